#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nodes know each other by the address that beats come from, so a service address on the same interface must never become that:
# not when its prefix makes it the nearer one, not when it sorts first, not when the host's own address is put back beneath
# it, not after the agent or the interface was away, and not on a link that is made while it is there. Else the holder would
# fall silent for its peer by the very act of acquiring. And a link that chooses its source by itself never takes a group's, be it the first
# of its device, or become a group's later, or the only one there is.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# strange FILE ADDR: how many beats in that capture came from there.
strange() {
	tcpdump -n -r "$LAB_OUT/$1" "udp port 694 and src host $2" 2>/dev/null | grep -c .
}

# begin: what silent looks at comes after this.
begin() {
	local name
	DEATHS=$(deaths_told)
	for name in cookbook cookbook2; do
		rm -f "$LAB_OUT/$name.pcap"
		capture "$name" eth0 "$name.pcap" udp port 694
	done
}

# clean TEXT ADDR: no beat came from ADDR since begin, so none was dropped for it.
clean() {
	local name
	for name in cookbook cookbook2; do
		capture_stop "$name"
		check_ge "$1: $name has sent and received" "$(tcpdump -n -r "$LAB_OUT/$name.pcap" 2>/dev/null | grep -c .)" 20
		check_eq "$1: no beat from $2 at $name" 0 "$(strange "$name.pcap" "$2")"
		check_eq "$1: rx_link of $name" 0 "$(counter "$name" rx_link)"
	done
}

# alive TEXT ADDR HOLDER: and nobody was held for dead, and HOLDER has it.
alive() {
	check_eq "$1: nobody was held for dead" "$DEATHS" "$(deaths_told)"
	check_holders "$1: $3 has it" "$3" "$2"
	check "$1: both are up" joined cookbook cookbook2
}

# back NODE: its agent is at work.
back() {
	says "$1" 'state running agent' cluster
}

keepalive=5ms
deadtime=25ms
auto_failback=off
pair_of_nodes

# ---- each of these addresses: held, moved, its agent killed and started, its interface down and up
for address in 10.0.2.100/25 10.0.2.2/24 10.0.2.20/27 10.0.2.20/32 10.0.0.1/16; do
	vip=${address%/*}
	resources=("cookbook IPaddr::$address/eth0:1")
	configure
	start_members
	watch cookbook cookbook2
	begin
	sleep_us 200000
	alive "$address, held" "$vip" cookbook
	on cookbook2 hbctl takeover -w 2s
	sleep_us 200000
	alive "$address, on the other" "$vip" cookbook2
	on cookbook hbctl takeover -w 2s
	agent_kill cookbook
	sleep_us 100000
	agent cookbook
	wait_until 5000 back cookbook
	sleep_us 200000
	alive "$address, its agent killed and started" "$vip" cookbook
	clean "$address" "$vip"

	# The interface of the one that holds it. Its peer cannot but hold it for dead.
	begin
	ip -n cookbook link set eth0 down
	wait_address cookbook2 "$vip" 1000
	sleep_us 100000
	ip -n cookbook link set eth0 up
	wait_until 5000 joined cookbook cookbook2
	DEATHS=$(deaths_told)
	on cookbook hbctl takeover -w 2s
	sleep_us 200000
	alive "$address, its interface down and up" "$vip" cookbook
	clean "$address, its interface down and up" "$vip"
	agent_stop cookbook2
	agent_stop cookbook
done

# ---- the interface goes down and up with nobody to give it to: the address is there all along
vip=10.0.2.100
resources=("cookbook IPaddr::$vip/25/eth0:1")
settings=('initdead 1')
configure
agent cookbook
wait_address cookbook "$vip" 10000
ip -n cookbook link set eth0 down
sleep_us 100000
ip -n cookbook link set eth0 up
wait_address cookbook "$vip" 5000
rm -f "$LAB_OUT/cookbook.pcap"
capture cookbook eth0 cookbook.pcap udp port 694
agent cookbook2
wait_until 10000 joined cookbook cookbook2
capture_stop cookbook
check "alone, down and up: the peer that comes then hears it" joined cookbook cookbook2
check_eq "alone, down and up: no beat from $vip" 0 "$(strange cookbook.pcap "$vip")"
check_holders "alone, down and up: cookbook has it" cookbook

# ---- the agent is killed, the module's cluster goes, the address stays: the next life must not begin with it
watch cookbook cookbook2
agent_stop cookbook2
agent_stop cookbook
ip -n cookbook address add "$vip/25" dev eth0
rm -f "$LAB_OUT/cookbook.pcap"
capture cookbook eth0 cookbook.pcap udp port 694
agent cookbook2
agent cookbook
wait_until 10000 joined cookbook cookbook2
sleep_us 200000
capture_stop cookbook
check "left behind at the start: both hear each other" joined cookbook cookbook2
check_eq "left behind at the start: no beat from $vip" 0 "$(strange cookbook.pcap "$vip")"
wait_address cookbook "$vip"
check_holders "left behind at the start: cookbook has it" cookbook

# ---- the host's own address is taken away, and put back beneath it
for address in 10.0.2.100/25 10.0.2.100/24; do
	agent_stop cookbook2
	agent_stop cookbook
	resources=("cookbook IPaddr::$address/eth0:1")
	configure
	start_members
	watch cookbook cookbook2
	ip -n cookbook address del 10.0.2.15/24 dev eth0
	sleep_us 200000
	ip -n cookbook address add 10.0.2.15/24 dev eth0
	wait_until 5000 joined cookbook cookbook2
	check "$address, the host's own put back: both hear each other again" joined cookbook cookbook2
	sleep_us 200000
	begin
	sleep_us 200000
	for name in cookbook cookbook2; do
		capture_stop "$name"
	done
	check_eq "$address, the host's own put back: no beat from $vip" 0 "$(strange cookbook2.pcap "$vip")"
	holders
	check_match "$address, the host's own put back: one has it" '^cookbook2?$' "$HOLDERS"
done

# ---- a link that is made while the address is there
agent_stop cookbook2
agent_stop cookbook
resources=("cookbook IPaddr::$vip/25/eth0:1")
configure
start_members
watch cookbook cookbook2
node cookbook3 eth0=10.0.2.17/24@br0
members+=(cookbook3)
media+=('ucast eth0 10.0.2.17')
configure
begin
reload cookbook cookbook2
agent cookbook3
wait_until 10000 joined cookbook cookbook2 cookbook3
check "a new link: all hear each other" joined cookbook cookbook2 cookbook3
# Its own links are made one after the other, while both send already.
before=$(counter cookbook3 rx_link)
sleep_us 200000
alive "a new link" "$vip" cookbook
clean "a new link" "$vip"
check_eq "a new link: rx_link of cookbook3" "$before" "$(counter cookbook3 rx_link)"

# ---- links that are told no source, for when the agent starts their devices have no address but the group's: warm, so whether
# it is held or not
# addresses NODE ADDR…: of its interface, in this order.
addresses() {
	ip -n "$1" address flush dev eth0
	[[ $# == 1 ]] || printf 'address add %s/24 dev eth0\n' "${@:2}" | ip -n "$1" -b -
}
cannot_send() { [[ $(on "$1" hbctl show links eth0) == *' error '* ]]; }
sends() { ! cannot_send "$1"; }
from() { tcpdump -n -r "$LAB_OUT/$1.pcap" 2>/dev/null | sed 's/.* IP \([0-9.]*\)\.694 .*/\1/' | sort -u | paste -s -d ' '; }

for name in cookbook3 cookbook2 cookbook; do
	agent_stop "$name"
done
members=(cookbook cookbook2)
media=('bcast eth0')
resources=("cookbook IPaddr::$vip/24/eth0")
configure
for name in cookbook cookbook2; do
	addresses "$name" "$vip"
	agent "$name" --warm
	wait_until 5000 cannot_send "$name"
	check_match "none but a group's: $name says that it cannot send" 'eth0.*cannot send: no address of its own' "$(on "$name" hbctl status)"
done
check "none but a group's: so does the log" log_has cookbook 'cannot send: no address of its own to send from'
# Where the device has none, the kernel takes one of another device; so it is here.
ip -n cookbook address add 10.0.9.15/32 dev lo
wait_until 1000 sends cookbook
begin
sleep_us 100000
capture_stop cookbook
capture_stop cookbook2
check_eq "none but a group's, but another device has one: it is that" 10.0.9.15 "$(from cookbook)"
ip -n cookbook address del 10.0.9.15/32 dev lo
wait_until 1000 cannot_send cookbook
ip -n cookbook address add 10.0.2.15/24 dev eth0
ip -n cookbook2 address add 10.0.2.16/24 dev eth0
wait_until 5000 joined cookbook cookbook2
wait_until 1000 both_ready
watch cookbook cookbook2
begin
sleep_us 200000
check "after the group's: both hear each other" joined cookbook cookbook2
check_eq "after the group's: nobody was held for dead" "$DEATHS" "$(deaths_told)"
clean "after the group's" "$vip"

# ---- what such a link sends from becomes a group's
agent_stop cookbook2
agent_stop cookbook
later=10.0.2.101
addresses cookbook
addresses cookbook2 10.0.2.16
agent cookbook
agent cookbook2
wait_until 5000 joined cookbook cookbook2
ip -n cookbook address add "$later/24" dev eth0
sleep_us 50000
begin
sleep_us 100000
capture_stop cookbook
capture_stop cookbook2
check_eq "an address that came is taken" "$later 10.0.2.16" "$(from cookbook)"
resources+=("cookbook2 IPaddr::$later/24/eth0")
configure
reload cookbook cookbook2
wait_until 2000 cannot_send cookbook
check_match "it becomes a group's: the link cannot send" 'eth0.*cannot send: no address of its own' "$(on cookbook hbctl status)"
printf 'address add %s/24 dev eth0\n' 10.0.9.15 10.0.8.15 | ip -n cookbook -b -
wait_until 1000 sends cookbook
begin
sleep_us 100000
capture_stop cookbook
capture_stop cookbook2
check_eq "there are some of other networks: the first of them is taken" '10.0.2.16 10.0.9.15' "$(from cookbook)"
printf 'address del %s/24 dev eth0\n' 10.0.9.15 10.0.8.15 | ip -n cookbook -b -
ip -n cookbook address add 10.0.2.15/24 dev eth0
wait_until 5000 joined cookbook cookbook2
begin
sleep_us 200000
check "beside it there is another: both hear each other" joined cookbook cookbook2
clean "beside it there is another" "$later"
lab_done
