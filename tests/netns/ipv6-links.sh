#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is particular to links over IPv6: what their frames look like on the wire; that they never come from a service address;
# that a device without IPv6, or without our address, refuses them, is told of, and is used again; that the groups of multicast
# are left in the end; and that what a link has chosen to send from is given up when it becomes a service address.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# says_error NODE LINK: its frames are refused. well NODE LINK: they are not.
says_error() { [[ $(on "$1" hbctl -s show links "$2") == *' error '* ]]; }
well() { ! says_error "$@"; }

# frames FILE FILTER: how many in it.
frames() {
	tcpdump -n -r "$LAB_OUT/$1" "$2" 2>/dev/null | wc -l
}

member_of() {
	on "$1" ip -6 maddress show dev "$2" | grep -q -w ff02::694
}

vip=fd00::100
keepalive=10ms
deadtime=50ms
auto_failback=off
resources=("cookbook IPv6addr::$vip/64/eth0")
node cookbook eth0=10.0.2.15/24,fd00::15/64@br0 eth1=fd01::15/64@br1
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0 eth1=fd01::16/64@br1
node client eth0=10.0.2.50/24,fd00::50/64@br0

# ---- on the wire
media=('ucast6 eth0 fd00::15' 'ucast6 eth0 fd00::16' 'mcast6 eth1 ff02::694 694 3 0')
configure
capture cookbook2 eth0 one udp
capture cookbook eth1 two udp
start_members
wait_address cookbook "$vip"
sleep_us 300000
capture_stop cookbook2
capture_stop cookbook
on client ping -6 -q -n -c 1 -W 1 "$vip" >/dev/null
check_eq "the service address answers" 0 $?
ours='udp port 694 and ip6 and (src fd00::15 or src fd00::16)'
check_ge "beats between the addresses of ha.cf" "$(frames one "$ours")" 60
check_eq "and none from elsewhere" 0 "$(frames one "udp port 694 and not ($ours)")"
check_eq "of the class for network control, with 64 hops" "$(frames one "$ours")" \
	"$(frames one "$ours and ip6[0:4] & 0x0ff00000 == 0x0c000000 and ip6[7] == 64")"
check_eq "multicast goes as far as it says" "$(frames two 'udp port 694 and dst ff02::694')" \
	"$(frames two 'udp port 694 and dst ff02::694 and ip6[7] == 3')"
check_ge "and goes" "$(frames two 'dst ff02::694 and src net fe80::/10')" 60
check_eq "status names them" 'fd00::16 ff02::694' "$(on cookbook hbctl -j status | jq -r '[.links[].address] | join(" ")')"
check_eq "no node hears itself" 0 "$(counter cookbook rx_self)"
check "the group is joined" member_of cookbook eth1

# ---- a link that is made while the service address is there
agent_kill cookbook
capture cookbook2 eth0 again udp
agent cookbook
wait_until 5000 joined cookbook cookbook2
sleep_us 300000
capture_stop cookbook2
check_eq "no beat comes from the service address" 0 "$(frames again "udp port 694 and src $vip")"
check_eq "nor is one taken for strange" 0 "$(counter cookbook2 rx_link)"

# ---- a device without IPv6; the other link keeps both alive
watch cookbook cookbook2
holders "$vip"
holder=$HOLDERS
on cookbook sysctl -q net.ipv6.conf.eth1.disable_ipv6=1
wait_until 2000 says_error cookbook eth1
check "without IPv6 on its device a link says that it cannot send" says_error cookbook eth1
check_eq "and nobody is dead for it" 0 "$(deaths_told)"
on cookbook sysctl -q net.ipv6.conf.eth1.disable_ipv6=0
wait_until 5000 well cookbook eth1
check "with IPv6 it sends again" well cookbook eth1
wait_until 5000 says cookbook2 'paths_heard 0,1' nodes cookbook
check "and is heard" says cookbook2 'paths_heard 0,1' nodes cookbook
wait_until 5000 says cookbook 'paths_heard 0,1' nodes cookbook2
check "and hears" says cookbook 'paths_heard 0,1' nodes cookbook2

# ---- an MTU that is less than IPv6 needs: the device forgets its groups
ip -n cookbook link set eth1 mtu 1200
wait_until 2000 says cookbook 'state absent' links eth1
check "with an MTU of 1200 a link to a group has no device" says cookbook 'state absent' links eth1
ip -n cookbook link set eth1 mtu 1500
wait_until 5000 says cookbook 'paths_heard 0,1' nodes cookbook2
check "with 1500 it hears again" says cookbook 'paths_heard 0,1' nodes cookbook2
wait_until 5000 says cookbook2 'paths_heard 0,1' nodes cookbook
check "and is heard" says cookbook2 'paths_heard 0,1' nodes cookbook

# ---- without the address that the peers know it by
ip -n cookbook address del fd00::15/64 dev eth0
wait_until 2000 says_error cookbook eth0
check "without its address a link does not send from another" says_error cookbook eth0
ip -n cookbook address add fd00::15/64 dev eth0 nodad
wait_until 2000 well cookbook eth0
check "with it, it does" well cookbook eth0
wait_until 2000 says cookbook2 'paths_heard 0,1' nodes cookbook
check "and is heard" says cookbook2 'paths_heard 0,1' nodes cookbook
check_eq "in all this nobody was held for dead" 0 "$(deaths_told)"
check_holders "and the address is where it was" "$holder"

# ---- stopped
agent_stop cookbook2
agent_stop cookbook
refuse "the group is left with the link" member_of cookbook eth1

# ---- the address that a link to a group has chosen itself becomes a service address
own=fd01::15 later=fd01::101 last=fd01::25
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'mcast6 eth1 ff05::694 694 1 0')
configure
printf 'address add %s/64 dev eth1 nodad\n' "$last" "$own" "$later" | ip -n cookbook -b -
start_members
capture cookbook eth1 before udp and src net fd01::/64
sleep_us 200000
capture_stop cookbook
check_ge "beats come from the one that the kernel takes" "$(frames before "src $later")" 15
resources+=("cookbook2 IPv6addr::$later/64/eth1")
configure
reload cookbook cookbook2
wait_until 2000 says cookbook "guard $later" groups cookbook2
watch cookbook cookbook2
capture cookbook2 eth1 after udp and src net fd01::/64
sleep_us 200000
capture_stop cookbook2
check_eq "when that is a service address, none does" 0 "$(frames after "src $later")"
check_ge "but from the other" "$(frames after "src $own")" 15
check "so both hear each other on this path" says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook

# ---- our agent deprecates it, so the kernel does not choose it; another's hand makes it the one that the kernel would choose
chosen() { on cookbook ip -6 route get ff05::694 oif eth1 | sed -n 's/.* src \([^ ]*\).*/\1/p'; }
check_eq "the kernel does not choose it" "$own" "$(chosen)"
ip -n cookbook address change "$later/64" dev eth1 preferred_lft forever valid_lft forever
ip -n cookbook address del "$own/64" dev eth1
check_eq "now it would" "$later" "$(chosen)"
capture cookbook2 eth1 preferred udp and src net fd01::/64
sleep_us 200000
capture_stop cookbook2
check_eq "but no beat comes from it" 0 "$(frames preferred "src $later")"
check_ge "but from the one that is left" "$(frames preferred "src $last")" 15
lab_done
