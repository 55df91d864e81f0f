#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP where more groups change their names than the kernel has room for beside those that are there: groups that are not held
# here go first. Where that is not enough it is refused, and what is held stays.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# lines OWNER NET [N]: from now on so many of its own, seventeen, are in the files, of that network.
lines() {
	local i
	resources=()
	for ((i = 1; i <= ${3-17}; i++)); do
		resources+=("$1 10.0.$2.$((100 + i))/24/eth0")
	done
	configure
}

# tries NODE TEXT: it is told to reload, and says this.
tries() {
	local pid before
	before=$(said "$1" "$2")
	agent_pid "$1" pid
	kill -HUP "$pid"
	wait_until 2000 said_more "$1" "$2" "$before"
}

# addresses NODE NET: how many of that network it has.
addresses() { on "$1" ip -4 -o address show dev eth0 | grep -c " 10\.0\.$2\.1[01][0-9]/"; }
have() { (($(addresses cookbook "$1") + $(addresses cookbook2 "$1") == $2)); }

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
settings=('initdead 1')
full='Too many resource groups change at once: the kernel has room for 32'
vip=10.0.3.101
pair_of_nodes
lines cookbook 3
start_members
wait_until 5000 have 3 17

# ---- who holds none has room, and the holder of all of them has not
lines cookbook2 4
reload cookbook2
wait_until 5000 have 4 17
check_eq "groups that are not held make room for others" 17 "$(addresses cookbook2 4)"
check_eq "the other keeps its own" 17 "$(addresses cookbook 3)"
tries cookbook "$full"
sleep_us 200000
check "too many for the holder: the log says that nothing came of it" log_has cookbook 'Configuration not reloaded as a whole'
check_eq "it keeps all" 17 "$(addresses cookbook 3)"
check "and no group is missing" says cookbook 'state active' groups cookbook:17

# ---- in two steps
lines cookbook2 4 8
reload cookbook
lines cookbook2 4
reload cookbook
check_eq "in two steps it can: the old ones are gone" 0 "$(addresses cookbook 3)"
check_eq "and the others are where they were" 17 "$(addresses cookbook2 4)"

# ---- what is held goes to other lines: the holder cannot go over, which it tries ever more seldom
before=$(said cookbook2 "$full")
lines cookbook 4
reload cookbook cookbook2
sleep_us 20000000
tried=$(($(said cookbook2 "$full") - before))
check_ge "it is told" "$tried" 1
check_le "but not all the time" "$tried" 6
check_eq "all stay where they are" 17 "$(addresses cookbook2 4)"
check "by the old lines" says cookbook2 'state active' groups cookbook2:17
lines cookbook2 4
reload cookbook cookbook2
sleep_us 500000
check_eq "with the old file again they still do" 17 "$(addresses cookbook2 4)"
check "and nobody waits" test -z "$(on cookbook hbctl status | grep 'waits until')$(on cookbook2 hbctl status | grep 'waits until')"
lab_done
