#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each kind of link carries a cluster by itself: ucast, bcast and mcast, over IPv4 and IPv6. For each one both nodes find each other, a silent
# death is found in time, the dead one comes back, and a stop hands over. And nothing comes from elsewhere than it should: a
# link receives what is meant for its kind only.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# kind NAME KIND MEDIUM…
kind() {
	local name=$1 kind=$2
	shift 2
	media=("$@")
	configure
	start_members
	check_eq "$name: the kind" "$kind" "$(value cookbook kind links eth0)"
	check "$name: no link has errors" says_no_error cookbook
	check "$name: cookbook2 is heard and hears, on path 0" says cookbook 'paths_heard 0 paths_echoed 0' nodes cookbook2
	watch cookbook2
	now=$(mono_us)
	cut_at $((now + 5000)) cookbook
	wait_new_event cookbook2 '"object":"node".*"name":"cookbook","state":"dead"' "$CUT_US"
	limit "$name: death is found in time, us" $((EVENT_US - CUT_US)) 3500
	wait_address cookbook2 "$vip"
	heal cookbook
	wait_no_address cookbook2 "$vip"
	wait_address cookbook "$vip"
	wait_until 5000 joined cookbook cookbook2
	check_holders "$name: it comes back" cookbook
	check_eq "$name: nothing was dropped but what came from an earlier view" 0 "$(bad_frames cookbook)"
	agent_stop cookbook
	wait_address cookbook2 "$vip"
	check "$name: the leave frame arrives" says cookbook2 'state left reason stop' nodes cookbook
	agent_stop cookbook2
	check_holders "$name: nobody has it when both have stopped" ''
}

says_no_error() {
	[[ $(on "$1" hbctl -s show links eth0) == *' tx_errors 0 '* ]]
}

link_local() {
	ip -n "$1" -6 -br address show dev eth0 scope link | sed -n 's|.* \(fe80:[^ /]*\)/.*|\1|p'
}

# moved NODE COUNTER VALUE: it is more now.
moved() {
	(($(counter "$1" "$2") > $3))
}

# bad_frames NODE: what was dropped for what it was, and not for when it came.
bad_frames() {
	on "$1" hbctl show stats | awk '/^rx_(short|magic|version|type|length|field|cluster|link|node|key|mac) / { n += $2 } END { print n }'
}

node cookbook eth0=10.0.2.15/24,fd00::15/64@br0
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0
node client eth0=10.0.2.50/24@br0
kind ucast ucast 'ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16'
kind bcast bcast 'bcast eth0'
kind mcast mcast 'mcast eth0 225.0.0.1 694 1 0'
kind ucast6 ucast 'ucast6 eth0 fd00::15' 'ucast6 eth0 fd00::16'
kind "ucast6 between link-local addresses" ucast "ucast6 eth0 $(link_local cookbook)" "ucast6 eth0 $(link_local cookbook2)"
kind mcast6 mcast 'mcast6 eth0 ff02::694 694 1 0'
kind "both families on one port" ucast 'ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'ucast6 eth0 fd00::15' 'ucast6 eth0 fd00::16'
kind "another port" ucast 'udpport 12345' 'ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16'

# ---- what a link does not take
media=('mcast eth0 225.0.0.1 694 1 0')
configure
start_members
before=$(counter cookbook rx_link)
# A frame that was meant for another group, and one that was sent to cookbook alone.
dump=''
on_bg client dump tcpdump --immediate-mode -i eth0 -U -w /lab/out/mcast.pcap udp port 694
# shellcheck disable=SC2016
wait_until 2000 sh -c '[ "$(labtool payloads /lab/out/mcast.pcap 694 2>/dev/null | wc -l)" -ge 4 ]'
bg_end "$dump" INT
frame=$(labtool payloads "$LAB_OUT/mcast.pcap" 694 | awk '$2 ~ /^10.0.2.16:/ { print $4; exit }')
on client labtool udp-send -p 694 10.0.2.15 694 "$frame"
wait_until 1000 moved cookbook rx_link "$before"
ok "a mcast link takes nothing that was sent to the node alone"
check_holders "and nothing moves" cookbook
lab_done
