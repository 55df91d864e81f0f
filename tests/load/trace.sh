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

# died FROM_US TO_US: sets DIED to how many deaths were declared between, and DIED_US to when the first was.
died() {
	# shellcheck disable=SC2034 # for those who source this
	read -r DIED DIED_US < <(awk -v from="$1" -v to="$2" '/hbkm_node: .* state=3 / {
		sub(/.*now=/, ""); at = $0 / 1000
		if (at >= from && at < to) { n++; if (!first) first = at }
	} END { printf "%d %d\n", n, first }' $trace/trace)
}
