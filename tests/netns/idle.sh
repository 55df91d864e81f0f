#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nothing happens, for a minute, at keepalive 1 ms and deadtime 3 ms if not told otherwise, in us: nobody is held for dead or late, no event comes, no frame
# is lost or dropped for whatever reason, every beat leaves in time, and no memory is eaten up.
#	tests/lab/run --timeout 3600 tests/netns/idle.sh 600 [250 1000]		ten minutes
# lab: not uml-debug KASAN keeps what was freed for a while, and memory is what is measured here
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

seconds=${1-60} keepalive_us=${2-1000} deadtime_us=${3-3000}
# shellcheck disable=SC2034 # configure takes them
keepalive=${keepalive_us}us deadtime=${deadtime_us}us

# sample NUMBER: COUNT[NUMBER NODE KEY] is each counter, MEMORY[NUMBER WHAT] some memory in KiB, and the cluster is kept in
# $LAB_OUT/NODE.NUMBER. At one moment, nearly: reading takes some milliseconds, so some beats.
declare -A COUNT=() MEMORY=() AGENT=()
sample() {
	local name key value links
	for name in cookbook cookbook2; do
		while read -r key value; do
			COUNT[$1 $name $key]=$value
		done < <(on "$name" hbctl show stats)
		links=" $(on "$name" hbctl -s show links) "
		for key in tx tx_errors rx; do
			value=${links#*" $key "}
			COUNT[$1 $name link_$key]=${value%%[!0-9]*}
		done
		on "$name" hbctl -j -s show cluster >"$LAB_OUT/$name.$1"
		while read -r key value _; do
			[[ $key != VmRSS: ]] || MEMORY[$1 the agent of $name]=$value
		done <"/proc/${AGENT[$name]}/status"
	done
	while read -r key value _; do
		[[ $key != Slab: && $key != SUnreclaim: && $key != Percpu: ]] || MEMORY[$1 ${key%:}]=$value
	done </proc/meminfo
}

# delta NODE KEY: sets DELTA to how much more that counter was the second time.
delta() {
	local from=${COUNT[1 $1 $2]} to=${COUNT[2 $1 $2]}
	DELTA=$((to - from))
}

# late NODE: how late its beats were: `less than so many us` for the half and for 999 of 1000 of those between the readings,
# as far as the histogram tells, and the worst since the start, in ns.
late() {
	jq -n -r --slurpfile a "$LAB_OUT/$1.1" --slurpfile b "$LAB_OUT/$1.2" '
		[$b[0].late_hist, $a[0].late_hist] | transpose | map(.[0] - .[1]) | . as $hist | add as $all |
		def below($part): reduce range(length) as $i ({sum: 0, at: null}; .sum += $hist[$i] |
			if .at == null and .sum * 1000 >= $all * $part then .at = $i else . end) | pow(2; .at);
		"\(below(500)) \(below(999)) \($b[0].late_max_ns)"'
}

pair_of_nodes
configure
start_members
for name in cookbook cookbook2; do
	agent_pid "$name" pid
	AGENT[$name]=$pid
done
# The joining, and the announcements after it.
sleep_us 5000000
watch cookbook cookbook2
address_log cookbook
address_log cookbook2
# The first reading makes room for the next.
sample 0
sample 1
started=$(mono_us)
sleep_us $((seconds * 1000000))
sample 2
took=$(($(mono_us) - started))

# ---- nothing happened
for name in cookbook cookbook2; do
	check_eq "$name: no event in $seconds s" '' "$(sed '1,/"event":"dumped"/d' "$LAB_OUT/$name.events")"
	refuse "$name: no address came or went" grep -E -q ' (add|del) ' "$LAB_OUT/$name.addresses"
done
check_holders "cookbook has the address" cookbook
check "all is as it was" joined cookbook cookbook2

# ---- frames
for name in cookbook cookbook2; do
	[[ $name == cookbook ]] && other=cookbook2 || other=cookbook
	while read -r key _; do
		[[ ' tx beat rx_good ' != *" $key "* ]] || continue
		delta "$name" "$key"
		check_eq "$name: $key" 0 "$DELTA"
	done < <(on "$name" hbctl show stats && echo link_tx_errors)
	# One each keepalive, in the time between two readings that took some beats themselves.
	delta "$name" beat
	beats=$DELTA
	check_ge "$name: beats" "$beats" $(((took - 40000) / keepalive_us))
	check_le "$name: beats" "$beats" $(((took + 40000) / keepalive_us))
	delta "$name" tx
	check_eq "$name: each beat is one frame" "$beats" "$DELTA"
	# The two were not read at the same moment, but with the same delay between them each time.
	for keys in 'tx rx_good' 'link_tx link_rx'; do
		delta "$name" "${keys% *}"
		lost=$DELTA
		delta "$other" "${keys#* }"
		lost=$((lost - DELTA))
		check_le "$name: ${keys% *}, but not ${keys#* } of $other" "${lost#-}" 3
	done
done

# ---- lateness
for name in cookbook cookbook2; do
	read -r half most worst < <(late "$name")
	measure "$name: half of its beats late by less than" "$half" us
	measure "$name: 999 of 1000 beats late by less than" "$most" us
	measure "$name: latest beat since the start" "$((worst / 1000))" us
	# Where both beat at the same instants, one waits for the other: they have one processor.
	limit "$name: half of its beats late by less than, us" "$half" 16
	limit "$name: 999 of 1000 beats late by less than, us" "$most" 64
	limit "$name: latest beat since the start, us" $((worst / 1000)) 700
done

# ---- memory
for key in "${!MEMORY[@]}"; do
	[[ $key == '1 '* ]] || continue
	from=${MEMORY[$key]} to=${MEMORY[2 ${key#* }]}
	measure "${key#* }: $from KiB, and $seconds s later" "$to" KiB
	check_le "${key#* }: grows by, KiB" $((to - from)) 200
done
lab_done
