#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel of the node that holds the address panics: its last word makes the other take over long before deadtime.
# Without the last word, deadtime passes.
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

panic() {
	since=$(now_ms)
	guest a 'echo c >/proc/sysrq-trigger' >/dev/null 2>&1 &
	panicking=$!
	takes_over b "$since"
}

reboots() {
	kill "$panicking" 2>/dev/null
	wait "$panicking" 2>/dev/null
	power_on a
}

left() {
	check_eq "$1: the other is left" left "$(peer b state)"
	check_eq "$1: with its reason" panic "$(peer b reason)"
	check_le "$1: taken over long before deadtime, ms" "$TOOK_MS" $((deadtime_ms / 2))
}

check_match "modinfo knows the parameter" '^panic_leave:' "$(guest a modinfo -p hbkm)"
set_up a
set_up b
both_up
check_eq "on is the default" Y "$(guest a cat /sys/module/hbkm/parameters/panic_leave)"
panic
left "panic and reboot"
ends a

has_links() { [[ $(guest "$1" hbctl -j status | jq -r '[.links[].address] | unique | join(" ")') == "$2" ]]; }

# Some kernels would take netpoll from both, were there two: not all of ours, so that is counted.
probes=/sys/kernel/tracing/kprobe
called() { guest "$1" cat "${probes}_profile" | awk -v name="$2" '$1 == name { print $2 }'; }

# over_ipv6 GUEST: from now on its beats go so. What shares the device with them until then is gone before the panic.
over_ipv6() {
	local other=a
	[[ $1 == b ]] || other=b
	guest "$1" 'sysctl -q net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.eth0.disable_ipv6=0'
	guest "$1" "ip address add fd00::${own[$1]##*.}/64 dev eth0 nodad"
	guest "$1" "sed -i 's/^ucast eth0 10.0.2.\(.*\)/&\nucast6 eth0 fd00::\1/' /etc/ha.d/ha.cf"
	wait_until 60000 guest "$1" test -e /sys/class/hbkm/hb0/state
	guest "$1" 'pkill -HUP -o -x hbctl'
	wait_until 60000 has_links "$1" "${own[$other]} fd00::${own[$other]##*.}"
	guest "$1" "sed -i '/^ucast eth0/d' /etc/ha.d/ha.cf"
	guest "$1" 'pkill -HUP -o -x hbctl'
	wait_until 60000 has_links "$1" "fd00::${own[$other]##*.}"
}

reboots
guest a "printf 'p:%s __netpoll_%s\n' setup setup free free >${probes}_events; echo 1 >${probes%/*}/events/kprobes/enable"
set_up a
over_ipv6 a
check_eq "two links of a device have one netpoll" 1 "$(called a setup)"
check_eq "which stays for the one that is left" 0 "$(called a free)"
over_ipv6 b
both_up
check_eq "beats go over IPv6" fd00::15 "$(guest b hbctl -j status | jq -r '.links[].address')"
check_eq "back in a new life" none "$(peer b reason)"
guest a 'echo 0 >/proc/sys/kernel/panic'
panic
left "panic over IPv6, and stay on"
stale=$(counter b rx_stale)
sleep 5
check_eq "nothing more is heard of it" "$stale" "$(counter b rx_stale)"
power_cut a

reboots
set_up a panic_leave=0
over_ipv6 a
both_up
panic
check_eq "without a last word the other is dead" dead "$(peer b state)"
check_ge "and deadtime has passed, ms" "$TOOK_MS" $((deadtime_ms - 2 * keepalive_ms))
ends a
kill "$panicking" 2>/dev/null
check_eq "no two claimed it" 0 "$(counter b conflict)"
lab_done
