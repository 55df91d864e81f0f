#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nobody looks at the wall clock: set an hour ahead or back, at once or again and again, on a pair that waits 30 ms for a beat,
# it changes nothing and nobody notices. (Recordings of earlier lives, which clocks do not tell apart either: auth.sh.)
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# step SECONDS: the wall clock, and what the lab derives from it.
step() {
	local seconds now
	seconds=$(date +%s)
	date -s "@$((seconds + $1))" >/dev/null
	now=$(($(date +%s) - seconds))
	check "the clock was set by $1 s" test "$now" -ge "$1" -a "$now" -le $(($1 + 2))
	read -r lab_mono lab_real < <(labtool mono)
	# shellcheck disable=SC2034 # lib.sh's
	lab_clock_offset=$(((lab_real - lab_mono) / 1000))
}

# moved: what happened on both nodes that should not have.
moved() {
	local name
	for name in cookbook cookbook2; do
		on "$name" hbctl show stats | awk '/^(stall|conflict|event_lost|tx_error|rx_(replay|stale|field)) /'
		wc -l <"$LAB_OUT/$name.events"
		wc -l <"$LAB_OUT/$name.addresses"
	done
}

keepalive=10ms deadtime=30ms
pair_of_nodes
configure
start_members
watch cookbook cookbook2
address_log cookbook
address_log cookbook2
sleep_us 200000
client_start client "$vip" 1000
before=$(moved)
for seconds in 3600 -3600 -3600 3600 1 -1 86400 -86400; do
	step "$seconds"
	sleep_us 300000
	check_eq "by $seconds s: nothing happens" "$before" "$(moved)"
done
client_stop client
check_le "the longest time without an answer for the client, us" "$(client_outage_us client)" 10000
check "both see each other" joined cookbook cookbook2
check_holders "the address is where it was" cookbook

# ---- started in another time
agent_stop cookbook2
step -3600
agent cookbook2
wait_until 30000 joined cookbook cookbook2
check "one started an hour before the other joins" joined cookbook cookbook2
step 3600
cut cookbook
wait_address cookbook2 "$vip" 1000
check_holders "and a death is a death" 'cookbook cookbook2'
lab_done
