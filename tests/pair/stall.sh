#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One of two machines stands still for a while: paused, its clock stands still too, so it cannot know; stalled, the clock goes
# on, and so it does when something in its kernel keeps interrupts off. Whoever slept declares nobody dead. Slept the holder for longer than deadtime, then the other keeps what it took over,
# and a holder that can know drops its claim before it beats again: there is no conflict.
# lab: own-modules irqs_off
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

deadtime_ms=5000 auto_failback=off
holder=a standby=b
declare -A ends_by=([pause]=resume [stall]=go_on [irqs_off]=irqs_on) deaths claims conflicts

count() {
	local who
	for who in a b; do
		deaths[$who]=$(told "$who" '"state":"dead"')
		claims[$who]=$(told "$who" '"state":"acquiring"')
		conflicts[$who]=$(counter "$who" conflict)
	done
}

one_holder() { has "$holder" && has_not "$standby"; }

irqs_off() {	# GUEST MS
	guest "$1" "echo $(($2 * 1000)) >/sys/module/irqs_off/parameters/hold_us" &
	holding=$!
}
irqs_on() { wait "$holding"; }

# sleeps HOW ROLE MS
sleeps() {
	local who=$holder other=$standby what="$1 of the $2 for $3 ms" taken=0
	[[ $2 == holder ]] || who=$standby other=$holder
	count
	local -a before=("${deaths[$who]}" "${deaths[$other]}" "${claims[$who]}" "${claims[$other]}" "${conflicts[$who]}" "${conflicts[$other]}")
	"$1" "$who" "$3"
	sleep "$(($3 / 1000)).$(($3 % 1000 / 100))"
	"${ends_by[$1]}" "$who"
	if (($3 > deadtime_ms)) && [[ $2 == holder ]]; then
		holder=$other standby=$who taken=1
	fi
	wait_until 60000 settled
	wait_until 60000 one_holder
	count
	check_eq "$what: it declares nobody dead" "${before[0]}" "${deaths[$who]}"
	check_eq "$what: it is dead for the other only after deadtime" \
		$((before[1] + ($3 > deadtime_ms))) "${deaths[$other]}"
	check_eq "$what: it claims nothing" "${before[2]}" "${claims[$who]}"
	check_eq "$what: the other does so once, if the holder is dead" $((before[3] + taken)) "${claims[$other]}"
	check "$what: there is one holder, $holder" one_holder
	if [[ $1 != pause || $taken == 0 ]]; then
		check_eq "$what: it claimed nothing that was the other's" "${before[4]} ${before[5]}" \
			"${conflicts[$who]} ${conflicts[$other]}"
	fi
}

watched_pair
guest a modprobe irqs_off
guest b modprobe irqs_off
for ms in 100 1000 10000; do
	for how in pause stall irqs_off; do
		sleeps "$how" standby "$ms"
		sleeps "$how" holder "$ms"
	done
done
lab_done
