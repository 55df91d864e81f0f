#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With auto_failback on a group goes home, but not before it can start there: while the node that prefers it still stops what
# runs on it, or cannot stop it at all, the group stays where it is.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# told NODE WHAT: its script has been told so.
told() { grep -q -x "$2" "$LAB_OUT/$1.account"; }

# both_have_it: a cut, until each has started the group for itself.
both_have_it() {
	cut cookbook
	wait_until 5000 group_is cookbook2 'state active'
	check "cut off from each other, both have it" group_is cookbook 'state active'
	account cookbook >/dev/null
	account cookbook2 >/dev/null
	heal cookbook
	wait_until 5000 told cookbook 'disk:r0 stop'
}

keepalive=10ms deadtime=50ms
auto_failback=on
resources=('cookbook disk::r0')
pair_of_nodes
for name in cookbook cookbook2; do
	script "$name" disk
done
configure
agent cookbook
agent cookbook2
wait_until 30000 joined cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'

# ---- a slow stop: two seconds of it
does cookbook disk slow-stop
both_have_it
sleep_us 1000000
check "the one that yields still stops it" group_is cookbook 'state releasing'
check "and the other one has it meanwhile" group_is cookbook2 'state active'
check_eq "untouched" '' "$(account cookbook2)"
wait_until 10000 group_is cookbook 'state active'
check "then it goes home" group_is cookbook 'state active'
check_eq "and is stopped before that" 'disk:r0 stop, ' "$(account cookbook2)"
wait_until 5000 group_is cookbook2 'state standby'

# ---- a stop that fails, again and again
does cookbook disk fail-stop
both_have_it
sleep_us 15000000
check "nothing can stop it on the one that yields" group_is cookbook 'state releasing'
check "so the other one goes on to have it" group_is cookbook2 'state active'
check_eq "untouched" '' "$(account cookbook2)"
does cookbook disk
wait_until 20000 group_is cookbook 'state active'
check "until somebody has mended that: then it goes home" group_is cookbook 'state active'
lab_done
