#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine is suspended: it gives its address up before it sleeps, and says so; it begins a new life when it wakes. It is the
# kernel's own test of suspend to memory, which does all of it, and waits instead of the last step, the firmware's.
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

auto_failback=off

suspend() {
	guest "$1" "echo core >/sys/power/pm_test; echo $2 >/sys/module/suspend/parameters/pm_test_delay; echo mem >/sys/power/state" \
		>/dev/null 2>&1 &
	suspending=$!
}

wakes() {
	wait "$suspending"
	wait_until 60000 settled
}

watched_pair

since=$(now_ms)
suspend a 20
takes_over b "$since"
check_eq "the other is left" left "$(peer b state)"
check_eq "with its reason" suspend "$(peer b reason)"
check_le "taken over long before deadtime, ms" "$TOOK_MS" $((deadtime_ms / 2))
wakes
check_eq "it did sleep" 1 "$(guest a cat /sys/power/suspend_stats/success)"
check "the other keeps the address" has b
refuse "it was given up" has a
check_eq "no two claimed it" "0 0" "$(counter a conflict) $(counter b conflict)"
check_eq "nobody was declared dead" "0 0" "$(told a '"state":"dead"') $(told b '"state":"dead"')"

suspend a 10
wait_until 10000 peer_is b left
check_eq "the standby says good-bye, too" suspend "$(peer b reason)"
wakes
check_eq "it did sleep again" 2 "$(guest a cat /sys/power/suspend_stats/success)"
check "the other keeps the address again" has b
check_eq "no one claimed anything" 1 "$(told b '"state":"acquiring"')"
lab_done
