#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module and its namespaces may go at any moment, with agents at work, an address held and frames on the wire: ten times
# each, and after each it works again. The peer is told why and does not wait for deadtime; the agent notices that it has lost
# its kernel, takes its addresses down and ends with the status that says so. This is where a kernel module oopses.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# flood: datagrams to both, all the time, good and bad, while things go. Ends when the script does.
flood() {
	on_bg client flood_a labtool udp-send -n 100000000 -i 200 10.0.2.15 694 random:136
	on_bg client flood_b labtool udp-send -n 100000000 -i 200 10.0.2.16 694 random:136
}

deadtime=10000ms
keepalive=1ms
flood_a='' flood_b=''
pair_of_nodes
configure
start_members
flood
watch cookbook2

# ---- told why: cookbook's cluster goes with its namespace
address_log cookbook2
before=$(mono_us)
node_del cookbook
wait_new_event cookbook2 '"object":"node".*"name":"cookbook","state":"left".*"reason":"unload"' "$before" 3000 &&
	ok "the peer of a namespace that goes is told: left, unload"
left=$EVENT_US
wait_event cookbook2 '"object":"group".*"state":"acquiring"' && [[ $EVENT =~ \"monotonic_ns\":([0-9]+) ]]
check_le "the decision to take over is made at once, us" $((BASH_REMATCH[1] / 1000 - left)) 100
wait_address cookbook2 "$vip" 1000 && ok "and takes over long before deadtime"
read -r came _ < <(grep " add $vip/" "$LAB_OUT/cookbook2.addresses" | tail -n 1)
# All namespaces here are in one kernel, and that keeps its lock on addresses while one of them goes: for some grace periods of
# RCU, 40 to 55 ms, which PREEMPT_RT does not hurry.
measure "from the good-bye to the address" $((came / 1000 - left)) us
[[ $LAB_KERNEL == *-rt ]] && moments=150000 || moments=80000
limit "within moments, us" $((came / 1000 - left)) "$moments"

# ---- namespaces, ten times
before=$(grep -c ' add 10.0.2.100/' "$LAB_OUT/cookbook2.addresses")
for i in 2 3 4 5 6 7 8 9 10; do
	node cookbook eth0=10.0.2.15/24@br0
	configure_one cookbook
	agent cookbook
	wait_address cookbook "$vip"
	# Not always at the same point of what is going on.
	sleep_us $((i * 777))
	node_del cookbook
	wait_address cookbook2 "$vip" 2000
done
check_eq "a namespace went ten times while it held, and cookbook2 took over each time" $((before + 9)) \
	"$(grep -c ' add 10.0.2.100/' "$LAB_OUT/cookbook2.addresses")"
check_eq "it was never held for dead: it said good-bye" 0 "$(grep -c '"name":"cookbook","state":"dead"' "$LAB_OUT/cookbook2.events")"
node cookbook eth0=10.0.2.15/24@br0
configure_one cookbook
agent cookbook
wait_until 5000 joined cookbook cookbook2
wait_address cookbook "$vip"
check_holders "and it works" cookbook

# ---- both at once, one in the middle of its start
kill -KILL "$flood_a" "$flood_b"
node_del cookbook2
node_del client
node cookbook2 eth0=10.0.2.16/24@br0
node client eth0=10.0.2.50/24@br0
configure_one cookbook2
agent cookbook2
sleep_us 20000
node_del cookbook2
ok "a namespace goes while its agent starts"
agent_stop cookbook
node cookbook2 eth0=10.0.2.16/24@br0
configure_one cookbook2
flood

# ---- the module, ten times
start_members
statuses='' left_behind=''
for i in 1 2 3 4 5 6 7 8 9 10; do
	sleep_us $((i * 777))
	rmmod hbkm 2>"$LAB_OUT/rmmod" || fail "rmmod $i: $(<"$LAB_OUT/rmmod")"
	for name in cookbook cookbook2; do
		ended "$name"
		statuses+=" $STATUS"
	done
	holders
	left_behind+=$HOLDERS
	# Frames still come, to nobody.
	sleep_us 2000
	start_members
done
check_eq "both agents end, with the status for a module that is gone" "$(printf ' 4%.0s' {1..20})" "$statuses"
check_eq "and leave no address behind" '' "$left_behind"
check "each said why" log_has cookbook 'Module hbkm was removed: nothing is held any more'
check_eq "ten times" 10 "$(grep -c 'Module hbkm was removed' "$LAB_OUT/cookbook.log")"
wait_until 5000 joined cookbook cookbook2
check_holders "loaded again it works" cookbook

# ---- in the middle of its start, and with readers
for i in 1 2 3 4 5; do
	agent_stop cookbook
	agent cookbook
	sleep_us $((i * 9000))
	on cookbook2 sh -c 'for i in 1 2 3 4 5 6 7 8; do cat /sys/class/hbkm/hb0/* >/dev/null 2>&1; done' &
	reader=$!
	rmmod hbkm 2>"$LAB_OUT/rmmod" || fail "rmmod: $(<"$LAB_OUT/rmmod")"
	wait "$reader"
	ended cookbook2
	# Started a moment ago, it finds the module gone, or loads it once more.
	agent_kill cookbook
	rmmod hbkm 2>/dev/null
	start_members
done
check_holders "the module goes while an agent starts and sysfs is read, and works again" cookbook

# ---- in order, for comparison: nothing is held, nothing runs, it goes
agent_stop cookbook
agent_stop cookbook2
check "without a cluster it goes as well" rmmod hbkm
refuse "and is gone" test -d /sys/module/hbkm
kill -KILL "$flood_a" "$flood_b"
lab_done
