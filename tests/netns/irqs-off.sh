#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Interrupts are kept off, with all that this stops: beats, judges, agents. Both nodes are in one kernel here, so both stand still, and
# whoever stood still has no verdict on anybody: nobody is declared dead, however long it was, and the holder still holds, or
# gives it up before it beats again, and takes it anew. (One of two machines standing still: pair/stall.)
# Softirqs alone are kept off, too: then judges ring in time, and may get their turn before the beats that waited with them.
# lab: files common.sh
# lab: own-modules irqs_off
# lab: not uml-debug what is computed takes no time there
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

keepalive=1ms deadtime=3ms warntime=2ms auto_failback=off
pair_of_nodes
configure
start_members
watch cookbook cookbook2
address_log cookbook
address_log cookbook2
modprobe irqs_off
sleep_us 200000

# hold PARAMETER WHAT US LEAST_US: those are off for so long, or by the kernel's calibrated loops a little less.
hold() {
	local before after
	mono_us before
	echo "$3" >"/sys/module/irqs_off/parameters/$1"
	mono_us after
	check_ge "$2 are off for $3 us" $((after - before)) "$4"
	sleep_us 200000
}

# oversleep PARAMETER WHAT US: longer than deadtime, and both know it.
oversleep() {
	local stalls stalls2
	stalls=$(counter cookbook stall) stalls2=$(counter cookbook2 stall)
	hold "$1" "$2" "$3" $(($3 * 98 / 100))
	check_holders "$2, $3 us: the holder has the address, again or still" cookbook
	# There softirqs are threads', which do not keep each other waiting.
	[[ $1 != hold_softirqs_us || $LAB_KERNEL != *-rt* ]] || return 0
	check_ge "$2, $3 us: the holder knows" "$(counter cookbook stall)" $((stalls + 1))
	check_ge "$2, $3 us: so does the other" "$(counter cookbook2 stall)" $((stalls2 + 1))
}

# gave_up: how often the holder has.
gave_up() { grep -c " del $vip/" "$LAB_OUT/cookbook.addresses"; }

# For less than deadtime nothing comes of it.
for us in 500 1000 1500; do
	hold hold_us interrupts "$us" "$us"
done
check_eq "the holder kept the address" '' "$(grep " del $vip/" "$LAB_OUT/cookbook.addresses")"

# For more, both know that they have slept.
for us in 4000 10000 50000 200000; do
	oversleep hold_us interrupts "$us"
done
before=$(gave_up)
check_le "the holder gave it up at most once each time" "$before" 4

hold hold_softirqs_us softirqs 1500 1470
check_holders "softirqs, 1500 us: the holder has the address, again or still" cookbook
for us in 4000 10000 50000 200000; do
	oversleep hold_softirqs_us softirqs "$us"
done

# For less than a deadtime, but from when the peer's next beat was nearly due: it would be overdue, were not ours, too.
on cookbook2 hbctl set keepalive 1400us
sleep_us 100000
for ((i = 0; i < 60; i++)); do
	echo 1900 >/sys/module/irqs_off/parameters/hold_softirqs_us
	sleep_us 20000
done
check_holders "1900 us of softirqs, again and again: the holder has the address" cookbook
check_eq "nobody was declared dead" 0 "$(deaths_told)"
check_eq "the other never took it" '' "$(grep " add $vip/" "$LAB_OUT/cookbook2.addresses")"
check_le "the holder gave it up at most once each time" "$(gave_up)" $((before + 4))
check_eq "no two claimed it" "0 0" "$(counter cookbook conflict) $(counter cookbook2 conflict)"
lab_done
