#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP in warm standby, with a line that loses an address to another one: who does not hold it has it on its interface, and
# says nothing of it at any moment, though the line by which the guard keeps it silent no longer has it.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101
x="IPaddr::$vip/24/eth0:1"
y="IPaddr::$second/24/eth0:2"

auto_failback=off keepalive=10ms deadtime=30ms
resources=("cookbook $x $y")
pair_of_nodes
node other eth0=10.0.2.60/24@br0
configure
start_warm cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'
check_holders "both have it" 'cookbook cookbook2' "$second"

# What it should not hear at all it would refuse, by the address that it was sent to.
ip -n other neigh replace "$second" lladdr "${mac[cookbook2]}" dev eth0
on cookbook2 sysctl -q net.ipv4.icmp_ratemask=0
# Before the agent, which does all of it without a pause; and so must the wire be.
chrt --fifo --pid 85 "$(pgrep -x ksoftirqd/0)"
on_bg other flood chrt --fifo 90 labtool udp-send -n 100000000 -i 30 "$second" 9 random:8
capture other eth0 wire "src host $second"
sleep_us 20000
resources=("cookbook $x" "cookbook2 $y")
configure
reload cookbook2
sleep_us 50000
check_holders "while it waits for the holder it does not have the address" cookbook "$second"
reload cookbook
both_have_it() { says cookbook 'warm ready' groups cookbook2 && says cookbook2 'warm ready' groups cookbook2; }
wait_until 2000 both_have_it
check "then both have it again" both_have_it
check "cookbook holds it" says cookbook2 'holder cookbook' groups cookbook2
sleep_us 50000
bg_end "$flood" KILL
capture_stop other
check_eq "cookbook2 has said nothing by that address" 0 \
	"$(tcpdump -n -e -r "$LAB_OUT/wire" 2>/dev/null | grep -c "${mac[cookbook2]} >")"
lab_done
