#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Beats come in, and wait in a queue of another processor than the one that judges. That processor's ksoftirqd was woken by a
# flood, and a SCHED_FIFO process does not let it run: so nothing that is received there is looked at, while our timers on
# the first are in time. Nobody is dead.
#	tests/lab/run --smp 2 tests/load/held-queue.sh
# In real time, so it needs a host with two idle processors: on a busy one the guest's own processors are held up for longer
# than deadtime, which nobody in the guest can tell from a death. Not part of make check for that.
# lab: files ../netns/common.sh
# lab: needs taskset
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

[[ $LAB_SMP -ge 2 ]] || { fail "this takes two processors: --smp 2" && lab_done; }
tracing=/sys/kernel/tracing
# In real time, on a host that may be busy itself: a burst is longer than deadtime by far, and that than what a host does.
keepalive=100ms deadtime=300ms
bursts=5
# Whatever we start, and so the timers, is on the first processor; they do not move where there is more to do.
taskset -cp 0 $$ >/dev/null
echo 0 >/proc/sys/kernel/timer_migration
rt_unlimited
pair_of_nodes
configure
start_members
for name in cookbook cookbook2; do
	# shellcheck disable=SC2016
	on "$name" sh -c 'mkdir -p /run/sys && mount -t sysfs sysfs /run/sys && echo 2 >/run/sys/class/net/eth0/queues/rx-0/rps_cpus'
done
echo 1 >$tracing/events/hbkm/hbkm_node/enable
sleep_us 1000000
read -r received_rps < <(awk 'NR == 2 { print $10 }' /proc/net/softnet_stat)
check "frames are taken to the second processor" test $((0x${received_rps:-0})) -gt 0
# Of late nodes, too, there should be few: what waits is pushed at every beat.
verdicts() {
	grep -c "hbkm_node: .* state=$1 " $tracing/trace
}

before=$(verdicts 3) late=$(verdicts 2)
on client labtool udp-flood 10.0.2.15 9 64 $((bursts * 3)) 900 100 >/dev/null &
on client labtool udp-flood 10.0.2.16 9 64 $((bursts * 3)) 900 100 >/dev/null &
# Both at the same time: the flood wakes ksoftirqd, and what comes after it waits, too.
taskset -c 1 labtool fifo-hog 90 2000 1000 $((bursts * 3)) &
hog=$!
ksoftirqd=$(pgrep -x ksoftirqd/1)
squeezed=0
for ((i = 0; i < bursts * 30; i++)); do
	sleep_us 100000
	# Is there a ksoftirqd that wants to run, and does not?
	read -r _ _ state _ <"/proc/$ksoftirqd/stat"
	[[ $state != R ]] || squeezed=$((squeezed + 1))
done
wait "$hog"
check_ge "ksoftirqd was kept waiting, times seen" "$squeezed" 3
cat $tracing/trace >"$LAB_OUT/trace"
check_eq "deaths" 0 $(($(verdicts 3) - before))
check_le "times that a node was late" $(($(verdicts 2) - late)) 30
for name in cookbook cookbook2; do
	while read -r key value; do
		[[ $key != stall ]] || measure "$name: stalls" "$value" ''
	done < <(on "$name" hbctl show stats)
done
check "all is as it was" joined cookbook cookbook2
lab_done
