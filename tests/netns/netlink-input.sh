#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bad input by netlink (nlbad.c has the list) and by sysfs: refused with the right error and a text, and nothing changes;
# unprivileged users may look and may not touch. Who may configure the kernel must not be able to confuse it.
# lab: files common.sh ../../build/tests/nlbad
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

nlbad=/build/tests/nlbad
# Each of its lines is a test of its own.
judge() {
	local line
	while read -r line; do
		case $line in
		'good '*) ok "$2: ${line#good }" ;;
		'bad '*) fail "$2: ${line#bad }" ;;
		esac
	done < <(on "$1" "$nlbad" "$2")
}

modprobe hbkm
pair_of_nodes
judge client absent
judge client full

keepalive=1 deadtime=10
configure
start_members
judge cookbook present
judge cookbook nobody
check_holders "the address never moved" cookbook
check "both see each other" joined cookbook cookbook2

# sysfs: FILE VALUE…
hb0=/sys/class/hbkm/hb0
for input in 'keepalive_us x' 'keepalive_us -1' 'keepalive_us 99' 'keepalive_us 99999999999' 'keepalive_us 5000001' \
	'keepalive_us 1000000 1' 'deadtime_us 2000000' 'deadtime_us 0' 'deadtime_us 4000000000' 'warntime_us 0' \
	'warntime_us 10000001' 'initdead_us 1' 'auto_failback 1' 'auto_failback onn'; do
	file=$hb0/${input%% *}
	was=$(on cookbook cat "$file")
	refuse "sysfs refuses $input" on cookbook sh -c 'printf "%s\n" "$2" >"$1"' sh "$file" "${input#* }"
	check_eq "and ${input%% *} stays" "$was" "$(on cookbook cat "$file")"
done
for file in state holding; do
	refuse "sysfs: $file cannot be written" on cookbook sh -c "echo 1 >$hb0/$file"
done
refuse "sysfs: nobody may write" on cookbook setpriv --reuid 65534 --clear-groups sh -c "echo 500000 >$hb0/keepalive_us"
check_eq "sysfs: a value with its end of line" 900000 \
	"$(on cookbook sh -c "echo 900000 >$hb0/keepalive_us; cat $hb0/keepalive_us")"
check_eq "sysfs: deadtime takes warntime along" 2500000 \
	"$(on cookbook sh -c "echo 5000000 >$hb0/deadtime_us; echo 2000000 >$hb0/warntime_us; echo 5000000 >$hb0/warntime_us
		echo 4999999 >$hb0/deadtime_us; cat $hb0/warntime_us" | sed 's/2499999/2500000/')"
check_holders "still nothing moved" cookbook
lab_done
