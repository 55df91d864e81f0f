#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel of the holder panics, as the other node sees it: a last word, and then silence. COUNT of them, at phases spread
# evenly over the holder's beat. In one guest no node can panic alone, so its cable is cut, and the word is said for it
# (lastword.c). That a kernel that panics says it is what tests/pair/panic.sh and machines.sh show, in real time.
#	tests/bench/lastword.sh CONTESTANT COUNT
# A line for each in $LAB_OUT/rows, all in us of CLOCK_MONOTONIC: cut, last word, address, first answer after.
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants ../../build/tests/lastword
# lab: modules af_alg algif_hash
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# panic PHASE_US
panic() {
	local cut word address method key
	wait_settled && ask || return
	read -r _ method key < <(on cookbook tail -n 1 /etc/ha.d/authkeys)
	read -r _ cut word < <(labtool cut-beat "${1}000" "$beats" cookbook.eth0 |
		/build/tests/lastword "hmac($method)" "$key" cookbook.eth0 cookbook2.eth0)
	# No process is started before all is over: it would take its time from those who are at it.
	sleep_us 100000
	wait_until 20000 answered
	client_stop client
	gap "$word" "$word"
	on cookbook2 hbctl -j status >"$LAB_OUT/status.$n"
	address=$(kind_address cookbook2 "$cut")
	keep "${cut:-0} ${word:-0} ${address:-0} $GAP_TO"
	power_off cookbook
	sleep_us "$longest_us"
	boot cookbook
}

for ((n = 0; n < $2; n++)); do
	panic $((beat_us + 20 + beat_us * n / $2)) || break
done
check_eq "$contestant: panics" "$2" "$(wc -l <"$LAB_OUT/rows")"
check_eq "$contestant: panics that were told as such" "$2" \
	"$(jq -r '.nodes[] | select(.name == "cookbook" and .state == "left" and .reason == "panic") | .name' "$LAB_OUT"/status.* | wc -l)"
check_eq "$contestant: panics where the cut, the word, the address and the answer followed each other" "$2" \
	"$(awk '$1 && $1 <= $2 && $2 <= $3 && $3 <= $4' "$LAB_OUT/rows" | wc -l)"
lab_done
