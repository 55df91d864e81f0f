#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A processor goes and comes back again and again, and with it its timers, tasklets and queues, while a pair beats on both and
# forged frames come in: nobody is held for dead, no beat stops for good, and the address stays where it is.
#	tests/lab/run --smp 2 --timeout 3600 tests/smp/hotplug.sh [TIMES]
# lab: files ../netns/common.sh
# lab: dmesg-allow smpboot|CPU 1 is now offline
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

times=${1-50}
RANDOM=$LAB_SEED
online=/sys/devices/system/cpu/cpu1/online

beats() {
	counter "$1" beat
}

# In real time, on a machine that may be busy.
keepalive=10ms deadtime=3000ms
pair_of_nodes
configure
start_members
wait_until 300000 joined cookbook cookbook2
holders
holder=$HOLDERS
watch cookbook cookbook2
# From both processors, so that the one that goes has frames in its queue.
for cpu in 0 1; do
	on_bg client "flood_$cpu" taskset -c "$cpu" labtool udp-send -n 100000000 -i 2000 10.0.2.15 694 random:136
done

gone=0
while ((gone < times)); do
	# Beats are sent where the cluster was started, or that processor's timers have gone to since: have both come and go.
	echo 0 >$online || break
	sleep_us $((RANDOM * 2))
	check_eq "$gone: one processor is left" 0 "$(</sys/devices/system/cpu/online)"
	for name in cookbook cookbook2; do
		before=$(beats "$name")
		sleep_us 200000
		check_ge "$gone: $name beats without it" "$(($(beats "$name") - before))" 1
	done
	echo 1 >$online || break
	gone=$((gone + 1))
	# What is set from there on may be set there.
	for name in cookbook cookbook2; do
		on "$name" taskset -c 1 hbctl set keepalive $((10 + gone % 2))ms
	done
	sleep_us $((RANDOM * 2))
done
check_eq "the processor went and came" "$times" "$gone"
check_eq "nobody was held for dead" 0 "$(cat "$LAB_OUT"/*.events | grep -c '"state":"dead"')"
check_holders "the address is where it was" "$holder"
for name in cookbook cookbook2; do
	before=$(beats "$name")
	sleep_us 1000000
	check_ge "$name beats as it did" "$(($(beats "$name") - before))" 20
done
bg_end "$flood_0"
bg_end "$flood_1"
for name in cookbook cookbook2; do
	agent_stop "$name"
done
check "and the module goes" rmmod hbkm
lab_done
