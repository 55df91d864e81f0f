#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three cables, each with another kind of link: as long as one works nothing happens but that paths come and go, whichever it
# is; one that carries in one direction only is told as such on both sides. And on one cable that loses, delays, doubles and
# reorders, nobody dies of it in a minute.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

paths_are() {
	says cookbook2 "paths_heard $1 paths_echoed $2" nodes cookbook && says cookbook "paths_heard $2 paths_echoed $1" nodes cookbook2
}

# others: events of anything but links, and of a peer that is up, on both nodes.
others() {
	cat "$LAB_OUT"/cookbook{,2}.events | grep -c -v -e '"object":"link"' -e '"object":"node".*"state":"up"'
}

keepalive=10ms deadtime=100ms
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'bcast eth1' 'mcast eth2 225.0.0.1 694 1 0')
settings=('warntime 90ms')
for name in cookbook cookbook2; do
	[[ $name == cookbook ]] && i=15 || i=16
	node "$name" "eth0=10.0.2.$i/24@br0" "eth1=10.0.3.$i/24@br1" "eth2=10.0.4.$i/24@br2"
done
node client eth0=10.0.2.50/24@br0
configure
start_members
watch cookbook cookbook2
address_log cookbook
check "three kinds of links, three paths" paths_are 0,1,2 0,1,2
before=$(others)

# ---- all but one
for keep in 0 1 2; do
	for dev in eth0 eth1 eth2; do
		[[ $dev == "eth$keep" ]] || cut cookbook "$dev"
	done
	wait_until 2000 paths_are "$keep" "$keep"
	check "path $keep alone is left, and both know" paths_are "$keep" "$keep"
	sleep_us 300000
	for dev in eth0 eth1 eth2; do
		[[ $dev == "eth$keep" ]] || heal cookbook "$dev"
	done
	wait_until 2000 paths_are 0,1,2 0,1,2
done
# Carriers lost as well: links are told to be down.
carrier_off cookbook eth1
carrier_off cookbook2 eth2
wait_until 3000 says cookbook 'state down' links eth1
wait_until 3000 says cookbook2 'state down' links eth2
wait_until 2000 paths_are 0 0
carrier_on cookbook eth1
carrier_on cookbook2 eth2
wait_until 3000 paths_are 0,1,2 0,1,2
check_eq "and nothing else was told" "$before" "$(others)"
check_holders "the address stays" cookbook

# ---- one way
for cable in 0 1 2; do
	rest=${cable/0/1,2} rest=${rest/#1/0,2}
	[[ $cable == 0 ]] && rest=1,2
	[[ $cable == 2 ]] && rest=0,1
	cut_out cookbook "eth$cable"
	wait_until 2000 paths_are "$rest" 0,1,2
	check "cookbook is not heard on path $cable, and both know" paths_are "$rest" 0,1,2
	uncut cookbook "eth$cable"
	cut_in cookbook "eth$cable"
	wait_until 2000 paths_are 0,1,2 "$rest"
	check "cookbook is deaf on path $cable, and both know" paths_are 0,1,2 "$rest"
	uncut cookbook "eth$cable"
	wait_until 2000 paths_are 0,1,2 0,1,2
done
check_eq "and nothing else was told" "$before" "$(others)"
check_holders "the address stays" cookbook

# ---- a bad cable, alone
cut cookbook eth1
cut cookbook eth2
wait_until 2000 paths_are 0 0
for port in cookbook.eth0 cookbook2.eth0; do
	tc qdisc add dev "$port" root netem loss 10% delay 5ms 4ms duplicate 5% reorder 10%
done
seen=$(wc -l <"$LAB_OUT/cookbook.addresses")
sleep_us 60000000
check_eq "loss, delay, duplicates, disorder for a minute: no death" 0 "$(deaths_told)"
check_eq "and the address was never taken away" "$seen" "$(wc -l <"$LAB_OUT/cookbook.addresses")"
check_ge "duplicates were counted" "$(on cookbook2 hbctl show stats | awk '$1 == "rx_replay" { print $2 }')" 100
check_holders "the address stays" cookbook
lab_done
