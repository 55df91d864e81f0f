#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the kernel asks its neighbours who they are, and no question or answer gets through, as in a queue that is full: who hears
# our beats is there, so none of them waits for an answer. ARP, and its like of IPv6.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# known NODE ADDR: may it be sent to, without being asked for first?
known() { [[ $(ip -n "$1" neighbour show to "$2") =~ REACHABLE|STALE|DELAY|PROBE ]]; }

keepalive=10ms
deadtime=50ms
node cookbook eth0=10.0.2.15/24,fd00::15/64@br0
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0
node client eth0=10.0.2.50/24,fd00::50/64@br0
for name in cookbook cookbook2; do
	# Asked for again after a second or two, instead of half a minute.
	on "$name" sysctl -q net.ipv4.neigh.eth0.base_reachable_time_ms=1000 net.ipv6.neigh.eth0.base_reachable_time_ms=1000 \
		net.ipv4.neigh.eth0.delay_first_probe_time=1 net.ipv6.neigh.eth0.delay_first_probe_time=1
done
for family in ucast ucast6; do
	[[ $family == ucast ]] && net=10.0.2. || net=fd00::
	media=("$family eth0 ${net}15" "$family eth0 ${net}16")
	configure
	start_members
	watch cookbook cookbook2
	before=$(deaths_told)
	for name in cookbook cookbook2; do
		tc qdisc add dev "$name.eth0" clsact
		tc filter add dev "$name.eth0" ingress protocol arp matchall action drop
		tc filter add dev "$name.eth0" ingress protocol ipv6 u32 match ip6 protocol 58 0xff action drop
	done
	on_bg client asker ping -q -i 0.2 "${net}15"
	sleep_us 20000000
	check_eq "$family: nobody is held for dead" "$before" "$(deaths_told)"
	check "$family: both are up" joined cookbook cookbook2
	check "$family: cookbook knows where cookbook2 is" known cookbook "${net}16"
	check "$family: and is known to it" known cookbook2 "${net}15"
	refuse "$family: the client does not know where cookbook is, so questions are lost" known client "${net}15"
	for name in cookbook cookbook2; do
		tc qdisc del dev "$name.eth0" clsact
		agent_stop "$name"
	done
	# shellcheck disable=SC2154 # by on_bg
	bg_end "$asker"
done
lab_done
