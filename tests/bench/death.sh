#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Silent death: both directions of the holder's cable die at one instant, and nobody is told. COUNT of them, at phases
# spread evenly over the holder's beat. What is left of the dead machine is then switched off, and it boots anew.
#	tests/bench/death.sh CONTESTANT COUNT
# A line for each in $LAB_OUT/rows, all in us of CLOCK_MONOTONIC: last beat, cut, decision, address, last answer before,
# first answer after; the latter three are 0 of those that only detect.
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# death PHASE_US
death() {
	local beat cut decided address i
	wait_settled || return
	[[ -n ${detects_only-} ]] || ask || return
	read -r beat cut < <(labtool cut-beat "${1}000" "$beats" cookbook.eth0)
	# No process is started before all is over: it would take its time from those who are at it.
	sleep_us "$longest_us"
	if [[ -n ${detects_only-} ]]; then
		decided=$(kind_decided cookbook2 | first_after "$cut")
		keep "$beat $cut ${decided:-0} 0 0 0"
	else
		for ((i = 0; i < 20; i++)); do
			! answered || break
			sleep_us 2000000
		done
		client_stop client
		gap "$cut" "$((cut + longest_us))"
		decided=$(kind_decided cookbook2 | first_after "$cut")
		address=$(kind_address cookbook2 "$cut")
		keep "$beat $cut ${decided:-0} ${address:-0} $GAP_FROM $GAP_TO"
		((i < 20)) || fail "$contestant: 40 s and more after the death nobody answers"
	fi
	power_off cookbook
	boot cookbook
}

for ((n = 0; n < $2; n++)); do
	# A beat later than the one that is waited for: so a phase of nearly nothing is one, too.
	death $((beat_us + 20 + beat_us * n / $2)) || break
done
check_eq "$contestant: deaths" "$2" "$(wc -l <"$LAB_OUT/rows")"
# Else the figures are of something else.
check_eq "$contestant: deaths where the beat, the cut, the decision, the address and the answer followed each other" "$2" \
	"$(awk -v only="${detects_only-}" '$1 <= $2 && $2 <= $3 && (only || ($3 <= $4 && $4 <= $6))' "$LAB_OUT/rows" | wc -l)"
lab_done
