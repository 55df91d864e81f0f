#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The machine is put to sleep, all nodes with it, under agents that live: each leaves, and comes back by itself when it wakes. It is
# the kernel's own test of suspend, which tells everybody, freezes all processes, waits and thaws them.
# lab: files common.sh
# lab: not uml-debug it cannot sleep
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

group_is() { says "$1" "$2" groups cookbook; }

keepalive=10ms
deadtime=50ms
pair_of_nodes
configure
agent cookbook
agent cookbook2
wait_until 30000 joined cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'

# It waits busily: the shorter the better.
echo 1 >/sys/module/suspend/parameters/pm_test_delay
for time in first second; do
	echo freezer >/sys/power/pm_test
	check "the $time time: it sleeps, and wakes" eval 'echo mem >/sys/power/state'
	wait_until 10000 joined cookbook cookbook2
	wait_until 5000 group_is cookbook 'state active'
	check_holders "all is as it was" cookbook
	for name in cookbook cookbook2; do
		refuse "$name: nobody took that for a stop" log_has "$name" 'An earlier agent was stopping'
	done
done
lab_done
