#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What becomes of the devices that links use: a smaller MTU, another hardware address, no address any more, another network
# namespace and back; links on a VLAN and on a bond whose slaves fail over. In each case the pair goes on or recovers, and says
# what it must. (Renamed, removed and made again: two-links.sh.)
# lab: files common.sh
# lab: modules bonding 8021q
# lab: needs setpriv
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

fragments() {
	# By name: later kernels have more columns.
	on "$1" awk '$1 == "Ip:" && !n { while (++n < NF && $n != "FragOKs"); next } $1 == "Ip:" { print $n }' /proc/net/snmp
}

path_works() {
	says cookbook2 "paths_heard $1 paths_echoed $1" nodes cookbook && says cookbook "paths_heard $1 paths_echoed $1" nodes cookbook2
}

all_log() {
	log_has cookbook "$1" && log_has cookbook2 "$1"
}

keepalive=10ms deadtime=60ms
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16')
# As many groups as can be, so that frames are long.
resources=('cookbook IPaddr::10.0.2.100/24/eth0')
for ((i = 1; i < 32; i++)); do
	resources+=("cookbook IPaddr::10.0.4.$i/32/eth0")
done
node cookbook eth0=10.0.2.15/24@br0 eth1=@br1 eth2=@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.3.16/24@br1
node client eth0=10.0.2.50/24@br0
# It is for the bond. Until then it must not answer for the address of eth1, which is on the same wire.
ip -n cookbook link set eth2 down
configure
start_members
wait_address cookbook 10.0.4.31
wait_until 10000 joined cookbook cookbook2
watch cookbook cookbook2
sleep_us 500000

# ---- MTU: the frames with their headers are longer than this
before=$(fragments cookbook)
for name in cookbook cookbook2; do
	ip -n "$name" link set eth0 mtu 300
done
sleep_us 1000000
check_eq "an MTU below the frames' length: nobody dies of it" 0 "$(deaths_told)"
check "and both are up" joined cookbook cookbook2
check_ge "since frames go in fragments" $(($(fragments cookbook) - before)) 80
for name in cookbook cookbook2; do
	ip -n "$name" link set eth0 mtu 1500
done
sleep_us 100000
before=$(fragments cookbook)
sleep_us 500000
check_eq "and in one piece where they fit" "$before" "$(fragments cookbook)"
check_eq "still nobody has died" 0 "$(deaths_told)"

# ---- another hardware address, while frames come for the old one
ip -n cookbook link set eth0 address 02:00:00:00:99:01
sleep_us 1000000
check_eq "another hardware address: nobody dies of it" 0 "$(deaths_told)"
check "and both hear each other" path_works 0
ip -n cookbook link set eth0 address 02:00:00:00:01:00
sleep_us 1000000
check "nor of the old one again" path_works 0

# ---- the own address is gone: told, and mended
resources=('cookbook IPaddr::10.0.2.100/24/eth0')
for name in cookbook cookbook2; do
	agent_stop "$name"
done
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'ucast eth1 10.0.3.15' 'ucast eth1 10.0.3.16')
ip -n cookbook address add 10.0.3.15/24 dev eth1
configure
start_members
watch cookbook cookbook2
wait_until 2000 path_works 0,1
check "two links" path_works 0,1
before=$(mono_us)
ip -n cookbook address del 10.0.3.15/24 dev eth1
wait_new_event cookbook '"object":"link".*"ifname":"eth1".*"error":' "$before"
check_match "a link without its address says that it cannot send" 'eth1.*cannot send: ' "$(on cookbook hbctl status)"
check "and the log does" log_has cookbook 'Link cookbook:eth1 cannot send: '
wait_until 1000 path_works 0
check_holders "the address stays" cookbook
ip -n cookbook address add 10.0.3.15/24 dev eth1
wait_until 2000 path_works 0,1
check "with its address it works again" path_works 0,1
check "and the log says so" log_has cookbook 'Link cookbook:eth1 sends again.'

# ---- to another namespace, and back
before=$(mono_us)
ip -n cookbook link set eth1 netns client
wait_new_event cookbook '"object":"link".*"ifname":"eth1".*"state":"absent"' "$before"
ok "an interface moved to another namespace is absent"
wait_until 1000 path_works 0
ip -n client link set eth1 netns cookbook
ip -n cookbook link set eth1 up
ip -n cookbook address add 10.0.3.15/24 dev eth1
wait_until 3000 path_works 0,1
check "moved back it works again" path_works 0,1
check_holders "the address stays" cookbook
check_eq "and nobody has died" 0 "$(deaths_told)"

# ---- into a bond and a bridge while it has a link: what comes in there is theirs
enslave() {	# KIND
	ip -n cookbook link add master1 type "$1"
	ip -n cookbook link set eth1 down
	ip -n cookbook link set eth1 master master1
	ip -n cookbook link set eth1 up
	ip -n cookbook link set master1 up
	wait_until 2000 path_works 0
	sleep_us 500000
	check "an interface in a $1 hears nothing, and the other link goes on" path_works 0
	ip -n cookbook link set eth1 nomaster
	ip -n cookbook link del master1
	ip -n cookbook link set eth1 up
	ip -n cookbook address replace 10.0.3.15/24 dev eth1
	wait_until 3000 path_works 0,1
	check "out of the $1 it works again" path_works 0,1
}

enslave bond
enslave bridge
check_holders "the address stays" cookbook
check_eq "and nobody has died" 0 "$(deaths_told)"

# ---- a bond and a VLAN
for name in cookbook cookbook2; do
	agent_stop "$name"
done
ip -n cookbook address flush dev eth1
ip -n cookbook link add bond0 type bond mode active-backup miimon 10
for dev in eth1 eth2; do
	ip -n cookbook link set "$dev" down
	ip -n cookbook link set "$dev" master bond0
	ip -n cookbook link set "$dev" up
done
ip -n cookbook link set bond0 up
ip -n cookbook address add 10.0.3.15/24 dev bond0
ip -n cookbook2 link set eth1 down
ip -n cookbook2 link set eth1 name bond0
ip -n cookbook2 link set bond0 up
ip -n cookbook link add link eth0 name eth0.5 type vlan id 5
ip -n cookbook2 link add link eth0 name eth0.5 type vlan id 5
ip -n cookbook address add 10.0.5.15/24 dev eth0.5
ip -n cookbook2 address add 10.0.5.16/24 dev eth0.5
for name in cookbook cookbook2; do
	ip -n "$name" link set eth0.5 up
done
media=('ucast eth0.5 10.0.5.15' 'ucast eth0.5 10.0.5.16' 'ucast bond0 10.0.3.15' 'ucast bond0 10.0.3.16')
configure
start_members
watch cookbook cookbook2
wait_until 5000 path_works 0,1
check "a VLAN and a bond carry a cluster" path_works 0,1
active=$(on cookbook cat /sys/class/net/bond0/bonding/active_slave)
carrier_off cookbook "$active"
sleep_us 500000
refuse "the bond has failed over" test "$active" = "$(on cookbook cat /sys/class/net/bond0/bonding/active_slave)"
check "and its path works" path_works 0,1
check_eq "nobody has died" 0 "$(deaths_told)"
carrier_on cookbook "$active"
# Both slaves without a carrier: the bond has none.
before=$(mono_us)
carrier_off cookbook eth1
carrier_off cookbook eth2
wait_new_event cookbook '"object":"link".*"ifname":"bond0".*"state":"down"' "$before"
ok "a bond without slaves is down"
wait_until 1000 path_works 0
carrier_on cookbook eth1
carrier_on cookbook eth2
wait_until 5000 path_works 0,1
check "and works again with them" path_works 0,1
before=$(mono_us)
ip -n cookbook link del eth0.5
wait_new_event cookbook '"object":"link".*"ifname":"eth0.5".*"state":"absent"' "$before"
ok "a VLAN that is removed is absent"
wait_until 1000 path_works 1

# ---- made again by one who may do that, but could not bind our port
setpriv --bounding-set -net_bind_service --inh-caps -net_bind_service ip -n cookbook link add link eth0 name eth0.5 type vlan id 5
check "made again by such a hand the link has it at once" says cookbook 'state down' links eth0.5
ip -n cookbook address add 10.0.5.15/24 dev eth0.5
ip -n cookbook link set eth0.5 up
wait_until 3000 path_works 0,1
check "and its path works" path_works 0,1
sleep_us 200000
check_holders "the address stays" cookbook
check_eq "still nobody has died" 0 "$(deaths_told)"
lab_done
