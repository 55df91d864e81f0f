#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The machine that holds the address is rebooted, halted or switched off past its user space, whose agent is alive still:
# the address is given up in order, and the other has it long before deadtime.
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

set_up b
for how in reboot halt poweroff; do
	[[ $how == reboot ]] || power_on a
	set_up a
	both_up
	since=$(now_ms)
	guest a "$how -f" >/dev/null 2>&1 &
	calling=$!
	takes_over b "$since"
	check_eq "$how: the other is left" left "$(peer b state)"
	check_eq "$how: with its reason" reboot "$(peer b reason)"
	check_le "$how: taken over long before deadtime, ms" "$TOOK_MS" $((deadtime_ms / 2))
	if [[ $how == halt ]]; then
		power_cut a
	else
		ends a
	fi
	kill "$calling" 2>/dev/null
	wait "$calling" 2>/dev/null
done
check_eq "no two claimed it" 0 "$(counter b conflict)"
lab_done
