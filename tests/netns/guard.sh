#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guard: where a node does not own an address, the kernel keeps it silent, though it is on an interface and nobody takes
# it away. So the agent of the holder may hang or die: the peer takes over at once, and at every moment one machine and no
# more answers; who it was is read off the wire. Then: what is silent, of IPv4 and of IPv6, and what is not touched; and an
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

timeout=20000		# of the agents, in us

# said FILE MAC FROM_US TO_US [ADDR]: how often this machine has said by ARP, within that time, that this address, by default the
# virtual one, is its own.
said() {
	tcpdump -tt -n -e -r "$LAB_OUT/$1" arp 2>/dev/null | awk -v mac="$2" -v from="$3" -v to="$4" \
		-v offset="$lab_clock_offset" -v address="${5-$vip}" '
		$2 == mac && (index($0, "tell " address ",") || index($0, "Announcement " address ",") ||
			index($0, "Reply " address " is-at")) {
			split($1, t, ".")
			us = t[1] * 1000000 + substr(t[2] "000000", 1, 6) - offset
			n += us >= from && us <= to
		}
		END { print n + 0 }'
}

# silence HOLDER OTHER HOW: HOLDER's agent goes, by this signal, and its address stays where it is.
silence() {
	local holder=$1 other=$2 how=$3 text="agent gets SIG$3" pid start end taken old=${mac[$1]} new=${mac[$2]}
	check_holders "$text: $holder has it before" "$holder"
	agent_pid "$holder" pid
	rm -f "$LAB_OUT/wire"
	capture client eth0 wire 'arp or icmp'
	client_start client "$vip" 100
	sleep_us 20000
	mono_us start
	kill "-$how" "$pid"
	[[ $how != KILL ]] || wait "$pid" 2>/dev/null
	wait_new_event "$other" "\"object\":\"group\".*\"state\":\"active\",\"holder\":\"$other\"" "$start" 3000
	taken=$EVENT_US
	sleep_us 100000
	check_holders "$text: the address is on both" 'cookbook cookbook2'
	check "$text: $holder's kernel has given it up by itself" group_is "$holder" 'state standby'
	# Everybody forgets where it is, and asks.
	ip -n client neigh flush dev eth0
	sleep_us 100000
	mono_us end
	check_eq "$text: asked again, one answered, and it was $other" 1 "$(tcpdump -n -e -r "$LAB_OUT/wire" \
		"arp[6:2] == 2" 2>/dev/null | grep "Reply $vip is-at" | tail -n 1 | grep -c "^[0-9:.]* $new")"
	capture_stop client
	client_stop client
	measure "$text: from that to the takeover" $((taken - start)) us
	limit "$text: no later than the agent's time-out and 3 ms, us" $((taken - start)) $((timeout + 3000))
	measure "$text: client outage" "$(client_outage_us client "$start" "$end")" us
	limit "$text: the client missed at most 1 ms, us" "$(client_outage_us client "$start" "$end")" 1000
	check_match "$text: first $holder answered, then $other, never both in turns" "^$old\*[0-9]+ $new\*[0-9]+\$" "$(answered wire)"
	check_eq "$text: $holder says nothing of it any more" 0 "$(said wire "$old" "$taken" "$end")"
	check_ge "$text: $other does" "$(said wire "$new" "$taken" "$end")" 2
}

# pings NODE ADDR [OPTION…]: true if it gets an answer.
pings() {
	on "$1" ping -q -n -c 1 -W 0.05 "${@:3}" "$2" >/dev/null 2>&1
}

auto_failback=off
node cookbook eth0=10.0.2.15/24@br0
node cookbook2 eth0=10.0.2.16/24@br0
node client eth0=10.0.2.50/24@br0
node other eth0=10.0.2.60/24@br0
configure
start_members
check "the kernel knows the address" says cookbook2 "guard $vip" groups cookbook
for name in cookbook cookbook2; do
	on "$name" hbctl set agent_timeout "${timeout}us"
done
watch cookbook cookbook2
sleep_us 100000
check "a shorter time-out alone is no reason to take an agent for dead" joined cookbook cookbook2
check_holders "nor does anything move" cookbook

# ---- the holder's agent hangs
silence cookbook cookbook2 STOP

# ---- what is silent, and what is not
dropped=$(counter cookbook guard_drop)
ip -n other neigh replace "$vip" lladdr "${mac[cookbook]}" dev eth0
refuse "who still sends to the old one gets no answer" pings other "$vip"
check_eq "as the guard dropped it" $((dropped + 1)) "$(counter cookbook guard_drop)"
refuse "nor does the old one send from it" pings cookbook 10.0.2.60 -I "$vip"
check_eq "as the guard dropped that, too" $((dropped + 2)) "$(counter cookbook guard_drop)"
ip -n other neigh del "$vip" dev eth0
check "it speaks to itself by it" pings cookbook "$vip"
check "and to others by its own address" pings cookbook 10.0.2.60
ip -n other neigh flush dev eth0
check "which is found by ARP" pings other 10.0.2.15
check_eq "none of which was dropped" $((dropped + 2)) "$(counter cookbook guard_drop)"
check_eq "the one that has it drops nothing" 0 "$(counter cookbook2 guard_drop)"
# The kernel announces addresses by itself where it is told to, as when the interface has another MAC.
on cookbook sysctl -q net.ipv4.conf.eth0.arp_notify=1
rm -f "$LAB_OUT/renewed"
capture client eth0 renewed arp
on cookbook ip link set eth0 address 02:00:00:00:02:77
sleep_us 100000
capture_stop client
mono_us now
check_ge "the kernel announces what is its own" "$(said renewed 02:00:00:00:02:77 0 "$now" 10.0.2.15)" 1
check_eq "but not what is not" 0 "$(said renewed 02:00:00:00:02:77 0 "$now")"
check_ge "as the guard dropped it" "$(counter cookbook guard_drop)" $((dropped + 3))
on cookbook ip link set eth0 address "${mac[cookbook]}"
on cookbook sysctl -q net.ipv4.conf.eth0.arp_notify=0
refuse "a probe finds one machine" on other sh -c "arping -D -c 2 -w 1 -I eth0 $vip | grep -q ${mac[cookbook]}"

# ---- back: it takes its address off, and has nothing to say
agent_pid cookbook pid
kill -CONT "$pid"
wait_no_address cookbook "$vip"
wait_until 2000 joined cookbook cookbook2
check_holders "the agent goes on: it takes the address off" cookbook2

# ---- the holder's agent is killed, and nobody restarts it
silence cookbook2 cookbook KILL
agent cookbook2
wait_no_address cookbook2 "$vip" 2000
wait_until 2000 joined cookbook cookbook2
on cookbook2 hbctl set agent_timeout "${timeout}us"
check_holders "a new agent takes the address off" cookbook

# ---- the agent hangs that is to bring it up
timeout=300000		# time to call hbctl
for name in cookbook cookbook2; do
	on "$name" hbctl set agent_timeout "${timeout}us"
done
agent_pid cookbook2 pid
client_start client "$vip" 100
sleep_us 10000
mono_us start
kill -STOP "$pid"
on cookbook hbctl standby >/dev/null &
wait_until 1000 group_is cookbook2 'state failed'
wait_address cookbook "$vip" 1000
sleep_us 50000
mono_us end
client_stop client
wait $!
check "an agent that does not bring it up has failed to, and the other has it back" group_is cookbook 'state active'
measure "an agent that hangs when it is to take over: client outage" "$(client_outage_us client "$start" "$end")" us
limit "no longer than its time-out and 3 ms, us" "$(client_outage_us client "$start" "$end")" $((timeout + 3000))
kill -CONT "$pid"
wait_until 2000 joined cookbook cookbook2
check_holders "and keeps it" cookbook

lab_done
