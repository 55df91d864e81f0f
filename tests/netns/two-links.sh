#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two cables between two nodes: losing one is told and costs nothing, losing both is a death. A node whose own links are all
# down knows that it is the isolated one: it gives up and never takes over. And what people do to interfaces (pull the plug,
# rename, remove and recreate them) is noticed at once and survived.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# dead_events NODE: how often it held its peer for dead.
dead_events() {
	grep -c '"object":"node".*"state":"dead"' "$LAB_OUT/$1.events"
}

media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'ucast eth1 10.0.3.15' 'ucast eth1 10.0.3.16')
node cookbook eth0=10.0.2.15/24@br0 eth1=10.0.3.15/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.3.16/24@br1
node client eth0=10.0.2.50/24@br0
configure
start_members
watch cookbook cookbook2
address_log cookbook2
check "both paths work" says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook

# ---- one of two
cut cookbook eth1
wait_new_event cookbook2 '"object":"node".*"name":"cookbook".*"paths_heard":\[0\]' "$CUT_US"
limit "a dead path is found within deadtime and two beats, us" $((EVENT_US - CUT_US)) 5500
wait_until 1000 says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
check "cookbook2 says that it is not heard there either" says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
check "the link itself is up: nobody can see that the cable is dead" says cookbook2 'state up' links eth1
check "cookbook is up" says cookbook2 'state up' nodes cookbook
check "the log names the path" log_has cookbook2 'Link cookbook:eth1 dead.'
sleep_us 50000
check_holders "the address stays" cookbook
heal cookbook eth1
wait_until 2000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check "the path comes back" says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
cut cookbook eth0
wait_until 1000 says cookbook2 'paths_heard 1 paths_echoed 1' nodes cookbook
check "the other one may die as well" says cookbook2 'paths_heard 1 paths_echoed 1' nodes cookbook
heal cookbook eth0
wait_until 2000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
# ---- and who is at the other end of the dead one has to be asked for again: what could not be sent meanwhile is told no more
capture cookbook2 eth1 asked src 10.0.3.15 and udp
cut cookbook eth1
on cookbook ip neigh flush dev eth1
sleep_us 300000
heal cookbook eth1
wait_until 5000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
sleep_us 100000
capture_stop cookbook2
tcpdump -n -tt --nano -r "$LAB_OUT/asked" 2>/dev/null >"$LAB_OUT/asked.txt"
check_ge "the path comes back, beats come over it" "$(wc -l <"$LAB_OUT/asked.txt")" 50
check_le "of which so many at once" "$(awk '{ split($1, t, "."); now = t[1] % 1000000 * 1000000 + t[2] / 1000
	if (now - since > 500) { since = now; n = 0 }
	if (++n > most) most = n } END { print most + 0 }' "$LAB_OUT/asked.txt")" 3
check_eq "no death in all that, by cookbook" 0 "$(dead_events cookbook)"
check_eq "nor by cookbook2" 0 "$(dead_events cookbook2)"
refuse "and the address was never on cookbook2" grep -q " add $vip/" "$LAB_OUT/cookbook2.addresses"

# ---- both
cut cookbook
wait_new_event cookbook2 '"object":"node".*"name":"cookbook","state":"dead"' "$CUT_US"
limit "with both paths dead the node is, us" $((EVENT_US - CUT_US)) 3500
wait_address cookbook2 "$vip"
heal cookbook
wait_address cookbook "$vip"
wait_no_address cookbook2 "$vip"
wait_until 5000 joined cookbook cookbook2
check_holders "it comes back" cookbook

# ---- the plug
before=$(mono_us)
carrier_off cookbook eth1
wait_new_event cookbook '"object":"link","monotonic_ns":[0-9]*,"ifname":"eth1".*"state":"down"' "$before"
ok "a pulled plug is noticed"
check "the other link is up" says cookbook 'state up' links eth0
refuse "cookbook is not isolated" says cookbook isolated cluster
wait_until 1000 says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
carrier_on cookbook eth1
wait_until 1000 says cookbook 'state up' links eth1
wait_until 1000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check_holders "the address stays" cookbook

# ---- both plugs: the isolated one gives up
before=$(mono_us)
ip link set cookbook.eth1 down
ip link set cookbook.eth0 down
wait_new_event cookbook '"object":"cluster".*"isolated":true' "$before"
wait_no_address cookbook "$vip" 1000
ok "the isolated holder drops the address"
check "and says why" log_has cookbook 'Every own link is down'
wait_address cookbook2 "$vip"
sleep_us 100000
check_holders "it does not take over again" cookbook2
check "though its peer is dead for it" says cookbook 'state dead' nodes cookbook2
check_eq "it holds nothing" 0 "$(on cookbook cat /sys/class/hbkm/hb0/holding)"
carrier_on cookbook
wait_address cookbook "$vip"
wait_no_address cookbook2 "$vip"
check_holders "with its links it comes back" cookbook
# The one that does not hold is isolated: it must not take over, though its peer falls silent.
wait_until 5000 joined cookbook cookbook2
carrier_off cookbook2
wait_until 1000 says cookbook2 isolated cluster
sleep_us 100000
check "cookbook is dead for the isolated cookbook2" says cookbook2 'state dead' nodes cookbook
check_holders "but it does not take over" cookbook
carrier_on cookbook2
wait_until 5000 joined cookbook cookbook2
check_holders "nor when it is back" cookbook

# ---- renamed, which older kernels allow only while it is down
before=$(grep -c 'state":"dead"' "$LAB_OUT/cookbook2.events")
rename() {
	ip -n cookbook link set "$1" down
	ip -n cookbook link set "$1" name "$2"
	ip -n cookbook link set "$2" up
}
rename eth1 eth7
wait_until 1000 says cookbook 'state up' links eth7
check "a renamed interface goes on as a link" says cookbook 'state up' links eth7
refuse "under its new name only" says cookbook 'kind ucast' links eth1
wait_until 1000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check "and its path works" says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
rename eth7 eth1
wait_until 1000 says cookbook 'state up' links eth1
wait_until 1000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check_eq "nobody died of it" "$before" "$(grep -c 'state":"dead"' "$LAB_OUT/cookbook2.events")"

# ---- removed, and made again
before=$(mono_us)
ip -n cookbook link del eth1
wait_new_event cookbook '"object":"link".*"ifname":"eth1".*"state":"absent"' "$before"
ok "a removed interface is noticed"
wait_until 1000 says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
check_holders "the address stays" cookbook
ip link add cookbook.eth1 type veth peer name eth1 netns cookbook address 02:00:00:00:01:01
ip link set cookbook.eth1 master br1 up
ip -n cookbook link set eth1 up
ip -n cookbook address add 10.0.3.15/24 dev eth1
wait_until 3000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check "one of the same name takes its place" says cookbook 'state up' links eth1
check_holders "and all is as before" cookbook

# ---- the same, by an alternative name
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'ucast cable1 10.0.3.15' 'ucast cable1 10.0.3.16')
for name in cookbook cookbook2; do
	ip -n "$name" link property add dev eth1 altname cable1
	configure_one "$name"
	check "a link goes by an alternative name of its interface" reload "$name"
done
wait_until 3000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
ip -n cookbook link del eth1
wait_until 1000 says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
ip link add cookbook.eth1 type veth peer name eth1 netns cookbook address 02:00:00:00:01:01
ip link set cookbook.eth1 master br1 up
ip -n cookbook link property add dev eth1 altname cable1
ip -n cookbook link set eth1 up
ip -n cookbook address add 10.0.3.15/24 dev eth1
wait_until 3000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check "and finds one that gets that name later" says cookbook 'state up' links cable1

# ---- the interface of the address is removed, with it
address_log cookbook
ip -n cookbook link del eth0
wait_address cookbook2 "$vip" 5000
check_holders "a holder whose interface is gone gives the group away" cookbook2
lab_done
