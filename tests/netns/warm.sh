#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Warm standby: both nodes have the address on their interface, and the guard keeps it silent where it is not owned. So a
# takeover is the kernel's alone: it lets the address speak and announces it, in the instant of the verdict, whatever user
# space does. Measured against the cold way, and then with no user space at all: the agent of the one that takes over is
# stopped, and starved by real-time tasks.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# deaths COUNT: the holder of each one is cut and healed. Sets the arrays outages (of the client), verdicts and switches (from
# the verdict until the group is active).
deaths() {
	local count=$1 i now when found from to died=()
	outages=() verdicts=() switches=()
	client_start client "$vip" 100
	sleep_us 5000
	for ((i = 0; i < count; i++)); do
		other_of "$holder"
		now=$(mono_us)
		when=$((now + 6000))
		cut_at "$((when - when % 1000 + 1000 * i / count))" "$holder"
		wait_new_event "$OTHER" "\"object\":\"node\".*\"name\":\"$holder\",\"state\":\"dead\"" "$CUT_US" || return
		found=$EVENT_US
		died+=("$CUT_US $found")
		sleep_us 10000
		heal "$holder"
		wait_new_event "$OTHER" "\"object\":\"node\".*\"name\":\"$holder\",\"state\":\"up\".*\"settled\":true" "$HEAL_US" || return
		wait_until 2000 group_is "$holder" 'state standby'
		holder=$OTHER
	done
	client_stop client
	for i in "${died[@]}"; do
		read -r when found <<<"$i"
		read -r from to _ < <(client_gaps client 500 "$when" $((when + 500)))
		outages+=($((to - from)))
		verdicts+=($((found - when)))
		switches+=($((to - found)))
	done
}

# death_while_stopped NODE TEXT: the holder's, while NODE's agent is stopped.
death_while_stopped() {
	local pid now end
	other_of "$holder"
	agent_pid "$1" pid
	kill -STOP "$pid"
	sleep_us 100000
	refuse "$2: as its kernel knows" says "$1" 'state running agent' cluster
	now=$(mono_us)
	cut_at $((now + 5000)) "$holder"
	sleep_us 100000
	mono_us end
	measure "$2: client outage" "$(client_outage_us client "$CUT_US" "$end")" us
	limit "$2: it is taken over all the same, us" "$(client_outage_us client "$CUT_US" "$end")" 4500
	check "$2: and $OTHER's kernel has it" group_is "$OTHER" 'state active'
	kill -CONT "$pid"
	heal "$holder"
	wait_until 2000 joined cookbook cookbook2
	wait_until 2000 group_is "$holder" 'state standby'
	holder=$OTHER
}

auto_failback=off
pair_of_nodes
node other eth0=10.0.2.60/24@br0
configure
# The wire is softirq work of the one processor that all share: what ksoftirqd is left with must not wait for processes.
chrt --fifo --pid 85 "$(pgrep -x ksoftirqd/0)"

# ---- cold, for comparison
start_members
holder=cookbook
watch cookbook cookbook2
deaths 6
spread "cold: client outage" "${outages[@]}"
spread "cold: from the verdict to the client's answer" "${switches[@]}"
cold=$MEDIAN
agent_stop cookbook
agent_stop cookbook2

# ---- warm
capture other eth0 wire arp
start_warm cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'
check_holders "warm: both have the address" 'cookbook cookbook2'
ip -n client neigh flush dev eth0
client_start client "$vip" 1000
sleep_us 100000
client_stop client
capture_stop other
check_eq "warm: one of them says so" 0 \
	"$(tcpdump -n -e -r "$LAB_OUT/wire" arp 2>/dev/null | grep "Reply $vip is-at" | grep -c "${mac[cookbook2]} >")"
check_match "warm: status says it, too" ', warm,' "$(on cookbook2 hbctl status)"
watch cookbook cookbook2
holder=cookbook
deaths 6
spread "warm: client outage" "${outages[@]}"
limit "warm: worst client outage, us" "$WORST" 4500
spread "warm: from the verdict to the client's answer" "${switches[@]}"
limit "warm: median, from the verdict to the answer, us" "$MEDIAN" 300
[[ $LAB_EXACT != 1 ]] || check_ge "warm: so much sooner than cold, in us" $((cold - MEDIAN)) 0
check_holders "warm: and both have it still" 'cookbook cookbook2'

# ---- moved by hand
client_start client "$vip" 100
sleep_us 10000
mono_us start
on "$holder" hbctl standby >/dev/null
other_of "$holder"
wait_until 2000 group_is "$OTHER" 'state active'
sleep_us 50000
mono_us end
client_stop client
measure "warm: client outage, moved by hand" "$(client_outage_us client "$start" "$end")" us
limit "warm: moved by hand the client notices next to nothing, us" "$(client_outage_us client "$start" "$end")" 500
holder=$OTHER

# ---- an agent that hangs costs nothing, and nothing moves
for name in cookbook cookbook2; do
	on "$name" hbctl set agent_timeout 20ms
done
client_start client "$vip" 100
mono_us start
agent_pid "$holder" pid
kill -STOP "$pid"
sleep_us 200000
mono_us end
check "warm: the holder's agent hangs, and it goes on to hold" group_is "$holder" 'state active'
check "though its kernel knows" says "$holder" 'state running holding' cluster
limit "the client does not notice, us" "$(client_outage_us client "$start" "$end")" 500
kill -CONT "$pid"
wait_until 2000 joined cookbook cookbook2

# ---- death, while the agent of the other one is stopped, or that of the holder itself
other_of "$holder"
death_while_stopped "$OTHER" "the agent is stopped that would take over"
death_while_stopped "$holder" "the agent of the one that dies is stopped"

# ---- death, while real-time tasks take the whole processor
rt_unlimited
other_of "$holder"
on_bg client hog labtool fifo-hog 80 1000 1 1
now=$(mono_us)
cut_at $((now + 20000)) "$holder"
sleep_us 1000000
mono_us end
wait "$hog"
client_stop client
# The client itself and its answers run at a higher priority than the hog.
measure "real-time tasks take the processor: client outage" "$(client_outage_us client "$CUT_US" "$end")" us
limit "it is taken over all the same, us" "$(client_outage_us client "$CUT_US" "$end")" 5000
check "by $OTHER" group_is "$OTHER" 'state active'
heal "$holder"
wait_until 5000 joined cookbook cookbook2
wait_until 2000 group_is "$holder" 'state standby'
holder=$OTHER

lab_done
