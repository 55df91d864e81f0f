#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The pair tests itself, without hbkm: tests/lab/pair --no-hbkm --hosts cookbook,cookbook2 tests/lab/selftest-pair.sh
# shellcheck source=pair-lib.sh
. "$LAB_LIB"

reaches() { guest "$1" ping -q -c 1 -W 1 "$2"; }

check_eq "a has its name" "${host[a]}" "$(guest a uname -n)"
check_eq "b has its name" "${host[b]}" "$(guest b uname -n)"
guest a 'exit 42'
check_eq "the exit status comes through" 42 $?
check_eq "output and errors are two" "out" "$(guest a 'echo out; echo err >&2' 2>/dev/null)"
check_eq "and errors come" "err" "$(guest a 'echo out; echo err >&2' 2>&1 >/dev/null)"
check_eq "words stay words" "a  b|\$c" "$(guest a printf '%s|%s' 'a  b' "\$c")"
head -c 300000 /dev/urandom >"$LAB_OUT/sent"
guest_put a "$LAB_OUT/sent" /tmp/file
guest_get a /tmp/file "$LAB_OUT/received"
check "a file goes there and back" cmp "$LAB_OUT/sent" "$LAB_OUT/received"
guest a 'sleep 1000 >/dev/null 2>&1 &'
check "a command may leave another behind" guest a pidof sleep

guest a 'ip link set eth0 up; ip address add 10.0.2.15/24 dev eth0'
guest b 'ip link set eth0 up; ip address add 10.0.2.16/24 dev eth0'
check "they reach each other" reaches a 10.0.2.16
cut
refuse "a cut wire is cut" reaches a 10.0.2.16
check_eq "and tells nobody" 1 "$(guest a cat /sys/class/net/eth0/carrier)"
heal
check "it heals" reaches a 10.0.2.16
carrier_off b
check_eq "carrier_off is seen" 0 "$(guest b cat /sys/class/net/eth0/carrier)"
carrier_on b
check_eq "carrier_on is seen" 1 "$(guest b cat /sys/class/net/eth0/carrier)"

guest_ms() { guest "$1" 'read -r up _ </proc/uptime; echo $((${up/./} * 10))'; }
before=$(guest_ms a)
pause a
sleep 2
resume a
check_le "a paused machine does not know of the time, ms" "$(($(guest_ms a) - before))" 1500
before=$(guest_ms a)
stall a
sleep 2
go_on a
check_ge "a stalled one does" "$(($(guest_ms a) - before))" 2000

power_cut b
refuse "after the power cut b is dead" reaches a 10.0.2.16
check_eq "a does not see why" 1 "$(guest a cat /sys/class/net/eth0/carrier)"
power_on b
guest b 'ip link set eth0 up; ip address add 10.0.2.16/24 dev eth0'
check "b is back" reaches a 10.0.2.16
guest a 'echo c >/proc/sysrq-trigger' >/dev/null 2>&1
ends a
check "a panic is on the console" grep -q 'Kernel panic' <(console a)
lab_done
