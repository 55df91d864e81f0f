#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ping nodes and ipfail: who reaches fewer of them loses its groups to who reaches more; a router that is gone for both moves
# nothing, nor does one that is back before deadping; and when all are back, so is the group, with auto_failback on only.
# Beats go by a cable of their own, on which nobody notices anything of that.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# reaches N NODE…: each of these says that it reaches so many, and the others have heard it.
reaches() {
	local n=$1 name
	shift
	for name; do
		other_of "$name"
		says "$name" "reach $n" nodes "$name" && says "$OTHER" "reach $n" nodes "$name" || return
	done
}

holds() { holders && [[ $HOLDERS == "$1" ]]; }

# moves_to NODE WITHIN_MS: the address goes there. MOVED_US: how long after BEFORE_US.
moves_to() {
	wait_address "$1" "$vip" "$2"
	MOVED_US=$((ADDRESS_US - before))
	wait_until 1000 holds "$1"
}

LAB_POLL_US=5000
keepalive=10ms
deadtime=50ms
media=('ucast eth1 10.1.1.1' 'ucast eth1 10.1.1.2')
settings=('ping 10.0.2.1' 'ping6 fd00::2' 'ping_group others 10.0.2.3 10.0.2.4' 'deadping 500ms'
	'respawn hacluster /usr/lib/heartbeat/ipfail')
resources=('cookbook IPaddr::10.0.2.100/24/eth0:1')
node cookbook eth0=10.0.2.15/24,fd00::15/64@br0 eth1=10.1.1.1/24@br1
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0 eth1=10.1.1.2/24@br1
node router eth0=10.0.2.1/24@br0
node router6 eth0=fd00::2/64@br0
node other3 eth0=10.0.2.3/24@br0
node other4 eth0=10.0.2.4/24@br0
node client eth0=10.0.2.50/24@br0
configure
capture router eth0 router.pcap icmp
start_members
wait_until 5000 reaches 3 cookbook cookbook2
check "both reach all three" reaches 3 cookbook cookbook2
check_match "hbctl status says it" 'cookbook2 +up .*reaches 3 ping nodes' "$(on cookbook hbctl status)"
check_eq "hbctl status tells of each" 'ping nodes|  10.0.2.1 answers|  fd00::2 answers|  others answers|' \
	"$(on cookbook hbctl status | sed -n '/^ping nodes/,$p' | sed 's/\([^ ]\)  */\1 /' | tr '\n' '|')"
check_eq "cl_status lists them" '10.0.2.1 fd00::2 others ' "$(on cookbook cl_status listnodes -p | tr '\n' ' ')"
check_eq "with those of the cluster" 5 "$(on cookbook cl_status listnodes | wc -l)"
check_eq "but not with -n" 2 "$(on cookbook cl_status listnodes -n | wc -l)"
check_eq "it knows their state" ping "$(on cookbook cl_status nodestatus 10.0.2.1)"
check_eq "and type" ping "$(on cookbook cl_status nodetype others)"
check "the log has Heartbeat's words" log_has cookbook 'Status update for node 10.0.2.1: status ping'

# ---- asked at the pace that was derived, and no more
sleep_us 2000000
asked=$(tcpdump -r "$LAB_OUT/router.pcap" -n 'icmp[icmptype] == icmp-echo and src 10.0.2.15' 2>/dev/null | wc -l)
sleep_us 10000000
asked=$(($(tcpdump -r "$LAB_OUT/router.pcap" -n 'icmp[icmptype] == icmp-echo and src 10.0.2.15' 2>/dev/null | wc -l) - asked))
check_ge "it is asked five times in deadping" "$asked" 98
check_le "and not more often" "$asked" 106
capture_stop router

# ---- one of a group answers for all of it
cut other3
sleep_us 2000000
check "a ping group lives while one of it does" reaches 3 cookbook cookbook2

# ---- the holder is cut off from its clients, while the beats go on
client_start client "$vip" 1000
sleep_us 50000
mono_us before
cut cookbook eth0
moves_to cookbook2 5000
check_ge "cut off: not before deadping is over, us" "$MOVED_US" 490000
check_le "but soon after, us" "$MOVED_US" 1000000
check "the node was not dead" says cookbook2 'state up agent settled' nodes cookbook
check "it says how many it reaches" says cookbook2 'reach 0' nodes cookbook
check "and the log why the group moved" log_has cookbook2 'Taking resource group cookbook: the node that holds it reaches'
check_eq "cl_status knows it, too" dead "$(on cookbook cl_status nodestatus fd00::2)"
check_match "and hbctl in JSON" '"ping_nodes":\[\{"name":"10.0.2.1","state":"dead"\}' "$(on cookbook hbctl -j status | tr -d ' \n')"
check "and who is dead" log_has cookbook 'node 10.0.2.1: is dead'
sleep_us 3000000
check_holders "it stays" cookbook2
limit "the client was without an answer, us" "$(client_outage_us client "$before" $((before + 3000000)))" 1000000

# ---- and is back: with auto_failback on, so is the group
mono_us before
heal cookbook eth0
moves_to cookbook 5000
check_ge "back: not before the other could have found the routers, too, us" "$MOVED_US" 1500000
check_le "but soon, us" "$MOVED_US" 2600000
sleep_us 3000000
check_holders "it stays" cookbook

# ---- a short cut, and a router that is gone for both, move nothing
mono_us before
cut cookbook eth0
sleep_us 300000
heal cookbook eth0
sleep_us 2000000
check_holders "a cut shorter than deadping moves nothing" cookbook
cut router
wait_until 5000 reaches 2 cookbook cookbook2
sleep_us 3000000
check_holders "a router that is gone for both moves nothing" cookbook
cut router6
cut other4
wait_until 5000 reaches 0 cookbook cookbook2
sleep_us 3000000
check_holders "nor do all of them" cookbook
heal router
heal router6
heal other4
wait_until 5000 reaches 3 cookbook cookbook2
sleep_us 3000000
check_holders "nor their return" cookbook
check_eq "the address was held by the other node just once" 1 "$(grep -c 'Taking resource group' "$LAB_OUT/cookbook2.log")"

# ---- an agent that begins anew while it is cut off: it has it back, as one that has not would
cut cookbook eth0
wait_until 5000 holds cookbook2
agent_kill cookbook
sleep_us 200000
agent cookbook
wait_until 5000 reaches 0 cookbook
sleep_us 1000000
check_holders "an agent that begins anew while it is cut off: the other keeps it" cookbook2
heal cookbook eth0
wait_until 5000 holds cookbook
check_holders "when it is back, so is the group" cookbook
wait_until 5000 reaches 3 cookbook cookbook2
sleep_us 1000000

# ---- an agent that was stopped has heard nothing, and judges nobody for it
agent_pid cookbook pid
dead=$(grep -c 'is dead' "$LAB_OUT/cookbook.log")
kill -STOP "$pid"
sleep_us 1500000
kill -CONT "$pid"
sleep_us 1500000
check_holders "an agent that was stopped for longer than deadping holds nobody for dead" cookbook
check_eq "no ping node died meanwhile" "$dead" "$(grep -c 'is dead' "$LAB_OUT/cookbook.log")"

# ---- auto_failback off: it stays where it went; what a hand moved stays, too
for name in cookbook cookbook2; do
	on "$name" hbctl set auto_failback off
done
cut cookbook eth0
wait_until 5000 holds cookbook2
heal cookbook eth0
wait_until 5000 reaches 3 cookbook cookbook2
sleep_us 3000000
check_holders "auto_failback off: it does not come back" cookbook2
on cookbook hbctl takeover
wait_until 2000 holds cookbook
sleep_us 2000000
check_holders "moved by hand, it stays where it is" cookbook

# ---- without ipfail nothing moves
settings=('ping 10.0.2.1' 'deadping 500ms')
configure
for name in cookbook cookbook2; do
	agent_pid "$name" pid
	kill -HUP "$pid"
done
wait_until 5000 log_has cookbook2 'Configuration reloaded.'
sleep_us 100000
refuse "without ipfail nothing is told" reaches 1 cookbook
cut cookbook eth0
sleep_us 3000000
check_holders "and nothing moves" cookbook
check "but it is logged" log_has cookbook 'Status update for node 10.0.2.1: status dead'
client_stop client
check_eq "nobody was held for dead meanwhile" 0 "$(cat "$LAB_OUT"/cookbook*.log | grep -c 'node cookbook2\?: is dead')"
agent_stop cookbook2
agent_stop cookbook
lab_done
