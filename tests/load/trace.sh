# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What hbkm does, by its tracepoints, for they need no process that had to be scheduled. Sourced after lib.sh. Lines are
# `TASK-PID [CPU] FLAGS SECONDS.US: EVENT: …`.

trace=/sys/kernel/tracing

# trace_start [EVENT…]: default: beats, and what is thought of nodes.
trace_start() {
	local event
	[[ $# -gt 0 ]] || set -- hbkm_beat hbkm_node
	echo nop >$trace/current_tracer
	echo mono >$trace/trace_clock
	echo $((96 * 1024)) >$trace/buffer_size_kb
	echo 0 >$trace/options/irq-info
	for event; do
		echo 1 >"$trace/events/hbkm/$event/enable"
	done
}

# lateness FILE: of the beats in it: their number, the median, 999th of 1000, and the worst, in ns.
lateness() {
	sed -n 's/.*hbkm_beat: .*late_ns=//p' "$1" | sort -n | awk '{ v[NR] = $1 }
		END { print NR, v[int((NR + 1) / 2)], v[int(NR * 0.999 + 0.5)], v[NR] }'
}

# node_id NAME: sets NODE_ID to what tracepoints call it: the module's own hash of the name (FNV-1a).
node_id() {
	local i code hash=2166136261
	for ((i = 0; i < ${#1}; i++)); do
		printf -v code %d "'${1:i:1}"
		hash=$(((hash ^ code) * 16777619 & 0xffffffff))
	done
	printf -v NODE_ID %08x "$hash"
}

# died NODE FROM_US TO_US: sets DIED to how often this node, '' for any, was declared dead between, and DIED_US to when it first was.
# (Who is cut off holds the others for dead, too, and perhaps earlier than they do it: that says nothing of its own death.)
died() {
	NODE_ID=
	[[ -z $1 ]] || node_id "$1"
	# shellcheck disable=SC2034 # for those who source this
	read -r DIED DIED_US < <(awk -v node="node=$NODE_ID" -v from="$2" -v to="$3" '/hbkm_node: .* state=3 / && index($0, node) {
		sub(/.*now=/, ""); at = $0 / 1000
		if (at >= from && at < to) { n++; if (!first) first = at }
	} END { printf "%d %d\n", n, first }' $trace/trace)
}
