#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An address whose interface is not given is on the interface of its network. While that is down, a default route may lead
# elsewhere: once it is up, the address comes there. And where it goes from under the address, the other node has the address,
# not the interface that the default route happens to lead to.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

service=10.0.3.100
resources=("cookbook $service/24")
auto_failback=off keepalive=10ms deadtime=30ms
node cookbook eth0=10.0.2.15/24@br0 eth1=10.0.3.15/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.3.16/24@br1
for name in cookbook cookbook2; do
	ip -n "$name" route add default via 10.0.2.1
done
configure

# is_on NODE DEV: the address is there, and nowhere else on that node.
is_on() {
	[[ $(ip -n "$1" -o -4 address show | awk -v a="$service/24" '$4 == a { print $2 }') == "$2" ]]
}

# start_service [OPTION]: eth1 of cookbook2 is down when its agent starts.
start_service() {
	local name
	ip -n cookbook2 link set eth1 down
	for name in cookbook cookbook2; do
		agent "$name" "$@"
	done
	wait_until 30000 joined cookbook cookbook2
	wait_until 5000 group_is cookbook 'state active'
}

# moved_to NODE DEV
moved_to() {
	on "$1" hbctl takeover -w 5s cookbook
	check "it is on $1" group_is "$1" 'state active'
	check "and on its $2" is_on "$1" "$2"
}

# ---- down at the start
start_service
check "cookbook has it on eth1" is_on cookbook eth1
ip -n cookbook2 link set eth1 up
moved_to cookbook2 eth1
moved_to cookbook eth1

# ---- a network that moves while the other holds it
ip -n cookbook2 address del 10.0.3.16/24 dev eth1
ip -n cookbook2 link add eth2 type dummy
ip -n cookbook2 link set eth2 up
ip -n cookbook2 address add 10.0.3.16/24 dev eth2
# Routes are read once in a second, at most.
sleep_us 1200000
moved_to cookbook2 eth2
moved_to cookbook eth1
ip -n cookbook2 link del eth2
ip -n cookbook2 address add 10.0.3.16/24 dev eth1
sleep_us 1200000
moved_to cookbook2 eth1

# ---- lost
ip -n cookbook2 link del eth1
wait_address cookbook "$service" 3000 && ok "the holder's interface has gone: the other has it"
check "on its interface" is_on cookbook eth1
sleep_us 2500000
check "nothing of it is on the one that lost it" is_on cookbook2 ''
check "which is not the holder" says cookbook2 'holder cookbook' groups cookbook
refuse "nor will it be, without the network" on cookbook2 hbctl takeover -w 2s cookbook
wait_until 3000 is_on cookbook eth1
check "the other has it" is_on cookbook eth1
ip -n cookbook2 link add eth1 type dummy
ip -n cookbook2 link set eth1 up
ip -n cookbook2 address add 10.0.3.16/24 dev eth1
sleep_us 1500000
moved_to cookbook2 eth1
agent_stop cookbook2
agent_stop cookbook

# ---- in warm standby it is there all the time, silent
start_service --warm
ip -n cookbook2 link set eth1 up
wait_until 3000 is_on cookbook2 eth1
wait_until 2000 both_ready
moved_to cookbook2 eth1
check "and cookbook has it ready" is_on cookbook eth1
moved_to cookbook eth1

# ---- with auto_failback legacy it comes back with its network, which may be found later than its interface
for name in cookbook cookbook2; do
	on "$name" hbctl set auto_failback legacy
done
ip -n cookbook link del eth1
wait_until 3000 group_is cookbook2 'state active' && ok "legacy: the other has it"
sleep_us 3000000
ip -n cookbook link add eth1 type dummy
ip -n cookbook link set eth1 up
ip -n cookbook address add 10.0.3.15/24 dev eth1
wait_until 3000 group_is cookbook 'state active' && ok "legacy: with its network it is back"
check "legacy: on its interface" is_on cookbook eth1
lab_done
