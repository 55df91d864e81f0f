#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two whole machines in real time, each with the module in its initial namespace:
# modprobe, the agent, sysfs as README shows them; then the holder loses its
# power. The deadtime allows for what a busy host does to emulated machines.
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"

address=10.0.2.100
own=([15]=a [16]=b)

has() { guest "$1" ip -o address show to "$address" | grep -q "eth0:1"; }
state() { guest "$1" cat /sys/class/hbkm/hb0/state 2>/dev/null; }
says() { [[ $(guest "$1" cl_status rscstatus -m) == "This node is holding $2 resources." ]]; }

for last in 15 16; do
	who=${own[$last]}
	guest "$who" "ip link set eth0 up; ip address add 10.0.2.$last/24 dev eth0"
	guest "$who" 'cp --preserve=mode /lab/recipe/* /etc/ha.d/; chmod 600 /etc/ha.d/authkeys'
	check "modprobe hbkm on ${host[$who]}" guest "$who" modprobe hbkm
	check_eq "modinfo tells the version that hbctl has" \
		"$(guest "$who" "hbctl -V" | sed 's/.* //')" "$(guest "$who" modinfo -F version hbkm)"
	guest "$who" 'hbctl run >/tmp/hbctl.log 2>&1 &'
done
wait_until 60000 says a all
wait_until 60000 says b none
check "the preferred node holds all" says a all
check "the other none" says b none
check "the address is there, labelled eth0:1" has a
refuse "and not on the other" has b

for who in a b; do guest "$who" 'echo 100000 >/sys/class/hbkm/hb0/keepalive_us'; done
for who in a b; do guest "$who" 'echo 1000000 >/sys/class/hbkm/hb0/deadtime_us'; done
check_eq "deadtime is tuned live" 1000000 "$(guest b cat /sys/class/hbkm/hb0/deadtime_us)"
check "and nobody died of it" says b none

power_cut a
wait_until 20000 has b
check "the survivor has the address" has b
check "and holds all" says b all
check_eq "its state in sysfs" running "$(state b)"
check_eq "what it holds in sysfs" 1 "$(guest b cat /sys/class/hbkm/hb0/holding)"
check_eq "it knows the other to be dead" dead \
	"$(guest b hbctl -j status | jq -r '.nodes[] | select(.self | not) | .state')"
lab_done
