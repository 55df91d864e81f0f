#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The machine that holds the address is rebooted, halted or switched off past its user space, whose agent is alive still, or the
# module is removed from it: the address is given up in order, and the other has it long before deadtime.
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

set_up b
for how in reboot halt poweroff rmmod; do
	call="$how -f" reason=reboot
	[[ $how != rmmod ]] || call='rmmod hbkm' reason=unload
	[[ $how == reboot ]] || power_on a
	set_up a
	both_up
	since=$(now_ms)
	guest a "$call" >/dev/null 2>&1 &
	calling=$!
	takes_over b "$since"
	# It goes once it has seen that its agent gave up everything, which is when the other took over.
	wait_until 2000 peer_is b left
	check_eq "$how: the other is left" left "$(peer b state)"
	check_eq "$how: with its reason" "$reason" "$(peer b reason)"
	check_le "$how: taken over long before deadtime, ms" "$TOOK_MS" $((deadtime_ms / 2))
	[[ $how != rmmod ]] || check "$how: the address is off" has_not a
	if [[ $how == halt || $how == rmmod ]]; then
		power_cut a
	else
		ends a
	fi
	kill "$calling" 2>/dev/null
	wait "$calling" 2>/dev/null
done
check_eq "no two claimed it" 0 "$(counter b conflict)"
lab_done
