#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With auto_failback legacy nobody can move a group; but a node that has lost an address of it gives it to one that can have it
# whole. It comes back as to a node that returns: once the interface is there again, one time, and not before.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

service=10.0.4.100
second=10.0.2.101
resources=("cookbook IPaddr::$service/24/eth1 IPaddr::$second/24/eth0")
auto_failback=legacy keepalive=10ms deadtime=30ms
node cookbook eth0=10.0.2.15/24@br0 eth1=10.0.4.15/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.4.16/24@br1
node client eth1=10.0.4.50/24@br1
configure

# back_again: cookbook's service interface, down.
back_again() {
	ip link add cookbook.eth1 type veth peer name eth1 netns cookbook
	ip link set cookbook.eth1 master br1 up
	ip -n cookbook address add 10.0.4.15/24 dev eth1
}

# term NODE: of the holder. Whoever acquires the group has a higher one, by one.
term() { value "$1" term groups cookbook; }

# lost_and_back HOW: in each kind of standby.
lost_and_back() {
	local start before
	before=$(term cookbook)
	client_start client "$service" 1000
	mono_us start
	ip -n cookbook link del eth1
	wait_until 3000 group_is cookbook2 'state active' && ok "$1: the other has what the holder has lost"
	sleep_us 20000
	measure "$1: the client was without it" "$(client_outage_us client "$start" "$(mono_us)")" us
	limit "$1: for a moment, us" "$(client_outage_us client "$start" "$(mono_us)")" 3000000
	sleep_us 5000000
	client_stop client
	check_match "$1: the one that lost it has failed" failed "$(on cookbook hbctl status)"
	back_again
	sleep_us 3000000
	check "$1: nor is it back while the interface is down" group_is cookbook2 'state active'
	check_eq "$1: all that time it came to nobody else" $((before + 1)) "$(term cookbook2)"
	ip -n cookbook link set eth1 up
	wait_until 3000 group_is cookbook 'state active' && ok "$1: once it is up, it has come home"
	sleep_us 5000000
	check "$1: it stays there" group_is cookbook 'state active'
	check_eq "$1: and came once" $((before + 2)) "$(term cookbook)"
	check "$1: with both its addresses" has_address cookbook "$service"
	check "$1: the other, too" has_address cookbook "$second"
}

for name in cookbook cookbook2; do
	agent "$name"
done
wait_until 30000 joined cookbook cookbook2
wait_address cookbook "$service" 5000
lost_and_back cold
check_holders "one has it" cookbook "$service"
refuse "by hand it cannot be moved, as ever" on cookbook hbctl standby

# ---- nobody else
agent_stop cookbook2
ip -n cookbook link del eth1
sleep_us 3000000
check "where nobody else can have it, it keeps what it has" group_is cookbook 'state active'
check_holders "it does" cookbook "$second"
check "and says so" log_has cookbook 'not whole, and cannot be given away: no other node can take the group'
agent cookbook2
wait_until 30000 joined cookbook cookbook2
wait_address cookbook2 "$service" 3000 && ok "until somebody can"
agent_stop cookbook
agent_stop cookbook2
back_again
ip -n cookbook link set eth1 up
start_warm cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'
lost_and_back warm
wait_until 3000 both_ready
check "and both have it ready" both_ready
lab_done
