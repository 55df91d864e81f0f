#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The end while resource scripts are at work: the agent is told to stop, or the module goes, in the middle of a start, of a stop,
# and while one hangs. What was begun is waited for, and all is stopped; the agent ends with the status that says why.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

told() { grep -q -x "$2" "$LAB_OUT/$1.account"; }

# begin [SCRIPT WHAT]: both agents anew, the script on cookbook doing so from now on.
begin() {
	does cookbook disk
	does cookbook server
	[[ $# == 0 ]] || does cookbook "$@"
	account cookbook >/dev/null
	account cookbook2 >/dev/null
	agent cookbook --script-timeout 5s
	agent cookbook2
	wait_until 30000 joined cookbook cookbook2
}

# module_goes TEXT ACCOUNT: it is unloaded, and cookbook's scripts are told what ACCOUNT, a regex, says from the last begin on.
module_goes() {
	: >"$LAB_OUT/asked"
	rmmod hbkm 2>"$LAB_OUT/rmmod" || fail "rmmod: $(<"$LAB_OUT/rmmod")"
	sleep_us 20000
	check_holders "$1: the address goes at once" ''
	ended cookbook 20000
	check_eq "$1: the agent ends with the status for a module that is gone" 4 "$STATUS"
	check_match "$1: what was begun is ended, and all is stopped" "^$2\$" "$(account cookbook)"
	refuse "$1: nothing runs: disk" runs cookbook disk
	refuse "$1: nothing runs: server" runs cookbook server
	refuse "$1: nothing is left of them" on cookbook pgrep -f 'sleep 1000'
	ended cookbook2 20000
	check_eq "$1: the other agent ends, too" 4 "$STATUS"
	check_eq "$1: where nothing was done" '' "$(account cookbook2)"
	# Where it is installed, it would be there again, and the address until then.
	check_eq "$1: nobody has the kernel load it again" '' "$(grep hbkm "$LAB_OUT/asked")"
}

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
resources=('cookbook disk::r0 IPaddr::10.0.2.100/24/eth0:1 server::a')
pair_of_nodes
for name in cookbook cookbook2; do
	script "$name" disk
	script "$name" server
done
configure

# What the kernel asks for is written down.
printf '#!/bin/sh\necho "$*" >>%s\n' "$LAB_OUT/asked" >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe

# ---- the module
up='disk:r0 start, server:a start, ' down='server:a stop, disk:r0 stop, '
# Who had time to ask the server first knows that it does not run.
hung='disk:r0 start, (server:a stop, )?disk:r0 stop, '
begin server slow-stop
wait_until 5000 group_is cookbook 'state active'
module_goes "the module goes, and a stop is slow" "$up$down"

begin server slow-start
wait_until 5000 told cookbook 'server:a start'
module_goes "the module goes in the middle of a start" "$up$down"

begin disk hang-start
wait_until 5000 told cookbook 'disk:r0 start'
module_goes "the module goes while a start hangs" "$hung"

begin server slow-stop
wait_until 5000 group_is cookbook 'state active'
on_bg cookbook standby hbctl standby cookbook
wait_until 5000 told cookbook 'server:a stop'
module_goes "the module goes in the middle of a stop" "$up$down"
wait "$standby"

# ---- SIGTERM
begin server slow-start
wait_until 5000 told cookbook 'server:a start'
agent_stop cookbook
check_eq "told to stop in the middle of a start: it ends well" 0 $?
check_eq "what was begun is ended, and all is stopped" "$up$down" "$(account cookbook)"
wait_until 5000 group_is cookbook2 'state active'
check_eq "then the other has it" "$up" "$(account cookbook2)"
check_holders "with the address" cookbook2
agent_stop cookbook2

begin disk hang-start
wait_until 5000 told cookbook 'disk:r0 start'
agent_stop cookbook
check_eq "told to stop while a start hangs: it ends well" 0 $?
check_match "that is killed, and all is stopped" "^$hung\$" "$(account cookbook)"
wait_until 5000 group_is cookbook2 'state active'
# ---- SIGTERM, and SIGKILL before it is done
agent_stop cookbook2
begin server slow-stop
wait_until 5000 group_is cookbook 'state active'
agent_pid cookbook pid
kill -TERM "$pid"
wait_until 5000 told cookbook 'server:a stop'
agent_kill cookbook
agent cookbook
wait_until 20000 told cookbook2 'disk:r0 start'
refuse "killed in the middle of a stop: nothing runs any more where it was when the other starts it" runs cookbook disk
check_match "the next agent ends what was begun" "^$up(server:a stop, )+disk:r0 stop, \$" "$(account cookbook)"
wait_until 5000 joined cookbook cookbook2
check "and its node comes back" joined cookbook cookbook2
check_eq "where nothing is started" '' "$(account cookbook)"
agent_stop cookbook2
agent cookbook2
wait_until 10000 group_is cookbook 'state active'
check_eq "and can have all again" "$up" "$(account cookbook)"
check_holders "with the address" cookbook
does cookbook server
agent_stop cookbook
wait_until 5000 group_is cookbook2 'state active'

check_eq "nothing was ever started twice" '' "$(grep -h twice "$LAB_OUT"/*.account)"
agent_stop cookbook2
refuse "nothing is left in the end" runs cookbook2 disk
lab_done
