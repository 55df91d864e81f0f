#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A processor that its owner keeps for one task: isolated, without a tick, and that task, at SCHED_FIFO 90, never lets go of it. The
# kernel keeps our timers away from there; and where it must not, they go on. Nobody is held for dead who lives, and who dies
# is taken over.
#	LAB_APPEND='isolcpus=1 nohz_full=1' tests/lab/run --smp 2 tests/smp/isolated.sh
# In real time, so a host with two idle processors is needed. Not part of make check for that.
# lab: files ../netns/common.sh
# lab: needs taskset
# lab: dmesg-allow sched_tick_remote|Call Trace|cut here|end trace
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

# beats_on: of both nodes since the trace was emptied, by processor: sets BEATS[0], BEATS[1].
beats_on() {
	read -r "BEATS[0]" "BEATS[1]" < <(awk '/hbkm_beat: / { n[substr($2, 2, 3) + 0]++ } END { print n[0] + 0, n[1] + 0 }' $tracing/trace)
}

look() {	# WHAT
	echo >$tracing/trace
	sleep_us 5000000
	beats_on
	measure "$1: beats on processors 0 and 1" "${BEATS[*]}" ''
	# Two nodes, 5 s.
	check_ge "$1: beats" $((BEATS[0] + BEATS[1])) 900
	check_eq "$1: nobody was held for dead" 0 "$(cat "$LAB_OUT"/*.events | grep -c '"state":"dead"')"
	check "$1: and all are up" joined cookbook cookbook2
}

# The clusters begin on the isolated processor; their agents then go to the other, as they would not get any time there.
start_there() {
	local name pid
	taskset -cp 1 $$ >/dev/null
	start_members
	for name in cookbook cookbook2; do
		agent_pid "$name" pid
		taskset -cp 0 "$pid" >/dev/null
	done
	taskset -cp 0 $$ >/dev/null
	watch cookbook cookbook2
}

check_eq "processors that are isolated" 1 "$(</sys/devices/system/cpu/isolated)"
check_eq "and have no tick" 1 "$(</sys/devices/system/cpu/nohz_full)"
tracing=/sys/kernel/tracing
keepalive=10ms deadtime=300ms
rt_unlimited
pair_of_nodes
configure
echo 16384 >$tracing/buffer_size_kb
start_there
echo 1 >$tracing/events/hbkm/hbkm_beat/enable
look "started on the isolated processor"
check_eq "the kernel keeps our timers away from it: beats sent there" 0 "${BEATS[1]}"

for name in cookbook cookbook2; do
	agent_stop "$name"
done
echo 0 >/proc/sys/kernel/timer_migration
start_there
look "told to stay there"
check_ge "they are sent there" "${BEATS[1]}" 900
on_bg client hog taskset -c 1 labtool fifo-hog 90 900 1 3000
look "beside the task that has it"
check_ge "they are sent there" "${BEATS[1]}" 900

holders
holder=$HOLDERS
other_of "$holder"
mono_us now
cut_at $((now + 100000)) "$holder"
wait_event "$OTHER" '"state":"dead"'
wait_address "$OTHER" "$vip" 10000
ok "who dies is taken over"
# shellcheck disable=SC2154 # by on_bg
bg_end "$hog"
lab_done
