#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An agent cannot add the address, for its interface is down, or is not there: it says so, the other has it back, and at the one
# that cannot nothing of it is left. Where nobody else lives it tries again and again, until it can; where neither can, both do,
# ever more seldom, but at once when the interface is up, or the files are read anew.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

events_of() { # STATE: of the group at cookbook2
	grep -c "\"object\":\"group\".*\"name\":\"cookbook\",\"state\":\"$1\"" "$LAB_OUT/cookbook2.events"
}

# The address is on another wire than the beats.
service=10.0.4.100
resources=("cookbook IPaddr::$service/24/eth1 IPaddr::10.0.2.101/24/eth0")
auto_failback=off keepalive=10ms deadtime=30ms
node cookbook eth0=10.0.2.15/24@br0 eth1=10.0.4.15/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.4.16/24@br1
node client eth1=10.0.4.50/24@br1
configure
for name in "${members[@]}"; do
	agent "$name"
done
wait_until 30000 joined "${members[@]}"
wait_address cookbook "$service"
watch cookbook cookbook2
address_log cookbook2

# handed_back HOW WHY: moved to cookbook2, which cannot.
handed_back() {
	local start end outage
	client_start client "$service" 1000
	mono_us start
	on cookbook hbctl standby cookbook
	wait_new_event cookbook2 '"object":"group".*"name":"cookbook","state":"failed"' "$start" && ok "$1: cookbook2 tells that it failed"
	wait_until 2000 group_is cookbook 'state active'
	sleep_us 300000
	mono_us end
	client_stop client
	outage=$(client_outage_us client "$start" "$end")
	check_holders "$1: cookbook has it back" cookbook "$service"
	check_holders "$1: with the other address of the line" cookbook 10.0.2.101
	check_eq "$1: cookbook2 had neither" '' "$(awk -v since="$start" '$1 >= since * 1000 && $2 == "add"' "$LAB_OUT/cookbook2.addresses")"
	check_match "$1: its log says which, and why" "Giving up resources due to failure of $service.*: $2" \
		"$(grep 'Giving up' "$LAB_OUT/cookbook2.log" | tail -n 1)"
	check "$1: its status says so, too" grep -q failed <(on cookbook2 hbctl status)
	mono_us start
	check "$1: who failed need not wait for what another holds already" on cookbook2 hbctl standby -w 2s
	mono_us end
	check_le "$1: nor does it, us" $((end - start)) 1000000
	measure "$1: the client was without it" "$outage" us
	limit "$1: and not for long, us" "$outage" 100000
}

ip -n cookbook2 link set eth1 down
handed_back "its interface is down" 'the interface eth1 is down'
refuse "moved to it once more: cookbook says that no other can take it" on cookbook hbctl standby cookbook
ip -n cookbook2 link set eth1 up
on cookbook2 hbctl takeover -w 5s cookbook
wait_address cookbook2 "$service" 5000 && ok "its interface is up: it can"
on cookbook2 hbctl standby -w 5s cookbook
wait_address cookbook "$service" 5000
ip -n cookbook2 link del eth1
handed_back "it has no such interface" 'no interface eth1'

# ---- the only one cannot
mono_us now
cut_at $((now + 1000)) cookbook
wait_new_event cookbook2 '"object":"node".*"name":"cookbook","state":"dead"' "$CUT_US"
sleep_us 3000000
refuse "the only one that lives cannot have it" group_is cookbook2 'state active'
tried=$(events_of failed)
sleep_us 8000000
check_ge "it tries again" "$(events_of failed)" $((tried + 1))
check_le "but not all the time" "$(events_of failed)" $((tried + 10))
check_le "nor does it fill its log" "$(grep -c 'Giving up' "$LAB_OUT/cookbook2.log")" 2
ip -n cookbook2 link add eth1 type dummy
ip -n cookbook2 link set eth1 up
wait_address cookbook2 "$service" 5000 && ok "its interface is there: it has the address"
wait_until 1000 group_is cookbook2 'state active'

# ---- neither can
# begin_anew: with the interface down on both.
begin_anew() {
	local name
	for name in cookbook cookbook2; do
		agent_stop "$name"
		ip -n "$name" link set eth1 down
	done
	for name in cookbook cookbook2; do
		agent "$name"
	done
	wait_until 30000 joined cookbook cookbook2
}

# at_once TEXT NODE: the address is there a beat or so after SINCE.
at_once() {
	wait_address "$2" "$service" 70000
	limit "$1, us" $((ADDRESS_US - SINCE)) 100000
}

heal cookbook
begin_anew
watch cookbook cookbook2
tries=()
for minute in 0 1 2 3; do
	for name in cookbook cookbook2; do
		tries+=("$(grep -c '"name":"cookbook","state":"acquiring"' "$LAB_OUT/$name.events")")
	done
	((minute == 3)) || sleep_us 60000000
done
for i in 0 1; do
	name=${members[i]}
	check_ge "neither can: in the first minute both try, $name" $((tries[i + 2] - tries[i])) 3
	check_le "but not all the time" $((tries[i + 2] - tries[i])) 8
	check_ge "in the third, too" $((tries[i + 6] - tries[i + 4])) 1
	check_le "once or twice" $((tries[i + 6] - tries[i + 4])) 2
done
mono_us SINCE
ip -n cookbook2 link set eth1 up
at_once "an interface is up: its node has the address" cookbook2
wait_until 1000 group_is cookbook2 'state active'
begin_anew
sleep_us 45000000
resources=("cookbook IPaddr::$service/24/eth0 IPaddr::10.0.2.101/24/eth0")
configure
mono_us SINCE
reload cookbook2
at_once "the files name another interface: read anew it has the address" cookbook2
lab_done
