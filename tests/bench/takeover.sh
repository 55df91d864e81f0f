#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the time goes: a takeover step by step, from the last beat of the one that dies to the first answer of the other, by
# tracepoints, of the kernel's and of hbkm's. COUNT deaths, one line of `step US WHAT` for each step of the one whose way from
# verdict to answer was the median, counted from the verdict.
#	tests/bench/takeover.sh CONTESTANT [COUNT]
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

count=${2:-5}

# tracepoint EVENT [FILTER]
tracepoint() {
	[[ -z ${2-} ]] || echo "$2" >"$trace/events/$1/filter"
	echo 1 >"$trace/events/$1/enable"
}

# steps CUT BEAT ANSWER AGENT-PID: the last takeover, from the trace: `US WHAT` lines.
steps() {
	node_id cookbook
	awk -v cut="$1" -v beat="$2" -v answer="$3" -v agent="$4" -v dies="node=$NODE_ID" '
		# Seconds do not fit into a float of microseconds for years: only these minutes matter.
		{ for (i = 1; i < 8 && $i !~ /^[0-9]+\.[0-9]+:$/; i++) ; split($i, t, /[.:]/); at = t[1] * 1000000 + t[2]; event = $(i + 1) }
		at < cut - 10000 { next }
		{ mine = $0 ~ "-" agent " " }
		function say(what) { if (!(what in told)) { told[what] = 1; printf "%d %s\n", at - verdict, what } }
		event == "hbkm_node:" && index($0, dies " state=2 ") && !verdict { late = at }
		event == "hbkm_node:" && index($0, dies " state=3 ") && !verdict {
			verdict = at
			printf "%d the last beat leaves\n%d the cable is cut\n", beat - verdict, cut - verdict
			if (late) printf "%d it is late\n", late - verdict
			say("verdict: it is dead")
		}
		!verdict { next }
		event == "hbkm_group:" && / state=1 / { say("the kernel asks hbctl for the address") }
		event == "sched_switch:" && index($0, " next_pid=" agent " ") && told["the kernel asks hbctl for the address"] { say("hbctl runs") }
		mine && /: sys_sendmsg\(/ && told["hbctl runs"] { say("hbctl has read the event, and asks for the address to be added") }
		mine && /: sys_sendmsg -> / && told["hbctl runs"] { say("the address is there") }
		mine && /: sys_sendmmsg\(/ { say("hbctl announces it") }
		mine && event == "net_dev_xmit:" && told["hbctl announces it"] { say("the first ARP frame is on the wire") }
		mine && /: sys_sendmmsg -> / { say("both are") }
		event == "hbkm_group:" && / state=2 / { say("hbctl has told the kernel: active") }
		END { if (verdict) printf "%d the client has its answer\n", answer - verdict }' "$trace/trace"
}

# death PHASE_US: its steps go to $LAB_OUT/steps.N.
death() {
	local beat cut agent
	wait_settled && ask || return
	agent_pid cookbook2 agent
	echo >"$trace/trace"
	read -r beat cut < <(labtool cut-beat "${1}000" "$beats" cookbook.eth0)
	sleep_us "$longest_us"
	wait_until 40000 answered
	client_stop client
	echo 0 >"$trace/tracing_on"
	gap "$cut" "$((cut + longest_us))"
	steps "$cut" "$beat" "$GAP_TO" "$agent" | sort -n -s >"$LAB_OUT/steps.$n"
	keep "$n $((GAP_TO - GAP_FROM)) $(awk '/ the client has its answer$/ { print $1 }' "$LAB_OUT/steps.$n")"
	echo 1 >"$trace/tracing_on"
	power_off cookbook
	boot cookbook
}

tracepoint sched/sched_switch 'next_comm == "hbctl"'
tracepoint syscalls/sys_enter_sendmsg 'common_pid != 0'
for event in sys_exit_sendmsg sys_enter_sendmmsg sys_exit_sendmmsg; do
	tracepoint "syscalls/$event"
done
tracepoint net/net_dev_xmit
for ((n = 0; n < count; n++)); do
	death $((beat_us + 20 + beat_us * n / count)) || break
done
check_eq "$contestant: takeovers" "$count" "$(wc -l <"$LAB_OUT/rows")"
median=$(sort -n -k 3 "$LAB_OUT/rows" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
check_ge "$contestant: steps that were seen" "$(wc -l <"$LAB_OUT/steps.${median:-0}")" 11
sed 's/^/row step /' "$LAB_OUT/steps.${median:-0}"
lab_done
