#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# No memory: every allocation that a request, or the load of the module, makes is refused once (failnth.c), and each time the
# answer is an error that says so, nothing leaks (kmemleak looks after each script), and the same works when there is memory.
# Likewise what it makes when a device changes for which links wait: they have it with the next change.
# Then beats while nothing at all can be allocated in softirq: they leave from the reserve, and nobody is held for dead; and a
# death then, with agents that bring the address up, and in warm standby.
# lab: files ../netns/common.sh ../../build/tests/failnth
# Of others than hbkm: what the kernel says when modules cannot be loaded for want of memory, and a name that class_register() of
# Linux 6.1 forgets to free when it fails.
# lab: dmesg-allow FAULT_INJECTION|Call Trace|cut here|trace_events\.c|kmemleak: 
# lab: kmemleak-allow __class_register
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

failnth=/build/tests/failnth
slab=/sys/kernel/debug/failslab
for where in failslab fail_page_alloc; do
	echo 0 >/sys/kernel/debug/$where/verbose
done
echo N >$slab/ignore-gfp-wait
echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order

# Each of its lines is a test of its own.
judge() {
	local line
	while read -r line; do
		case $line in
		'good '*) ok "${line#good }" ;;
		*) fail "$line" ;;
		esac
	done < <("$@" 2>&1 || echo "$* gave $?")
}

# What a load allocates differs from one to the next by what is cached, so that one pass meets some allocations twice, others not.
for _ in 1 2 3 4; do
	judge "$failnth" load "/lib/modules/$(uname -r)/updates/hbkm.ko"
done
refuse "the module is not left behind" test -d /sys/module/hbkm
modprobe hbkm
node scarce eth0=10.0.2.15/24,fd00::15/64@br0
judge on scarce "$failnth" requests
judge on scarce "$failnth" devices
node_del scarce

# count NAME [NODE]: a counter of cookbook, or of that one.
count() {
	local said
	said=$(on "${2-cookbook}" hbctl show stats)
	[[ $said =~ (^|$'\n')"$1 "([0-9]+) ]] && echo "${BASH_REMATCH[2]}"
}

# ---- beats without memory
pair_of_nodes
configure
start_members
watch cookbook cookbook2
echo Y >$slab/ignore-gfp-wait
before=$(count tx) beats=$(($(count beat) + $(count beat_extra)))
echo -1 >$slab/times
echo 100 >$slab/probability
sleep_us 200000
echo 0 >$slab/probability
check_ge "for 200 ms, beats left from the reserve" "$(count tx_nomem)" 190
sent=$(($(count tx) - before)) due=$(($(count beat) + $(count beat_extra) - beats))
check_le "all of them: due, but not sent" $((due - sent)) 1
check_eq "none was refused" 0 "$(count tx_error)"
check "both are held for alive" joined cookbook cookbook2
refuse "and always were" grep -q '"state":"dead"' "$LAB_OUT/cookbook.events" "$LAB_OUT/cookbook2.events"
check_holders "the address never moved" cookbook

# ---- a death without memory: a verdict needs none, but the event does. The agent is told that it missed one.
lost=$(count event_lost cookbook2)
echo 100 >$slab/probability
cut cookbook
sleep_us 20000
echo 0 >$slab/probability
check_ge "of a death without memory there are no events" $(($(count event_lost cookbook2) - lost)) 1
wait_address cookbook2 "$vip" 5000 && ok "and yet the address moves"
check "its agent knows why" log_has cookbook2 'node cookbook: is dead'

# ---- the same with a warm standby: it has the address at once; to tell that needs memory, and is done again and again.
# announced SINCE_US UNTIL_US: how often cookbook2 has said so meanwhile, unasked.
announced() {
	tcpdump -tt -n -r "$LAB_OUT/wire" "arp and ether src ${mac[cookbook2]} and arp[14:4] = 0x0a000264 and
		arp[24:4] = 0x0a000264" 2>/dev/null | awk -v since="$1" -v until="$2" -v offset="$lab_clock_offset" '{
		split($1, t, ".")
		at = t[1] * 1000000 + substr(t[2] "000000", 1, 6) - offset
		n += at >= since && at < until
	}
	END { print n + 0 }'
}

# They are the second and third of the lab's here.
mac=([cookbook]=02:00:00:00:02:00 [cookbook2]=02:00:00:00:03:00)
agent_stop cookbook
agent_stop cookbook2
heal cookbook
auto_failback=off
configure
start_warm cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'
on client ping -q -c 1 "$vip" >/dev/null
check_match "the client knows who has the address" "${mac[cookbook]}" "$(ip -n client neigh show "$vip")"
capture client eth0 wire arp
# What its agent would tell is not meant.
agent_pid cookbook2 pid
kill -STOP "$pid"
echo 100 >$slab/probability
cut cookbook
sleep_us 20000
echo 0 >$slab/probability
mono_us again
check "warm: after a death without memory the other one holds the group" group_is cookbook2 'state active'
sleep_us 1900000
kill -CONT "$pid"
mono_us end
capture_stop client
check_eq "it could tell nobody" 0 "$(announced "$CUT_US" "$again")"
check_ge "but did so later" "$(announced "$again" "$end")" 2
check_match "and the client knows" "${mac[cookbook2]}" "$(ip -n client neigh show "$vip")"
lab_done
