#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# No memory: every allocation that a request, or the load of the module, makes is refused once (failnth.c), and each time the
# answer is an error that says so, nothing leaks (kmemleak looks after each script), and the same works when there is memory.
# Then beats while nothing at all can be allocated in softirq: they leave from the reserve, and nobody is held for dead.
# lab: files ../netns/common.sh ../../build/tests/failnth
# lab: dmesg-allow FAULT_INJECTION
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

failnth=/build/tests/failnth
slab=/sys/kernel/debug/failslab
for where in failslab fail_page_alloc; do
	echo 0 >/sys/kernel/debug/$where/verbose
done
echo N >$slab/ignore-gfp-wait
echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order

# Each of its lines is a test of its own.
judge() {
	local line
	while read -r line; do
		case $line in
		'good '*) ok "${line#good }" ;;
		*) fail "$line" ;;
		esac
	done < <("$@" 2>&1 || echo "$* gave $?")
}

judge "$failnth" load "/lib/modules/$(uname -r)/updates/hbkm.ko"
refuse "the module is not left behind" test -d /sys/module/hbkm
modprobe hbkm
node scarce eth0=10.0.2.15/24@br0
judge on scarce "$failnth" requests
node_del scarce

# ---- beats without memory
pair_of_nodes
configure
start_members
watch cookbook cookbook2
echo Y >$slab/ignore-gfp-wait
before=$(value cookbook tx stats) beats=$(value cookbook beat stats)
echo -1 >$slab/times
echo 100 >$slab/probability
sleep_us 200000
echo 0 >$slab/probability
check_ge "for 200 ms, beats left from the reserve" "$(value cookbook tx_nomem stats)" 190
sent=$(($(value cookbook tx stats) - before)) due=$(($(value cookbook beat stats) - beats))
check_le "all of them: due, but not sent" $((due - sent)) 1
check_eq "none was refused" 0 "$(value cookbook tx_error stats)"
check "both are held for alive" joined cookbook cookbook2
refuse "and always were" grep -q '"state":"dead"' "$LAB_OUT/cookbook.events" "$LAB_OUT/cookbook2.events"
check_holders "the address never moved" cookbook
lab_done
