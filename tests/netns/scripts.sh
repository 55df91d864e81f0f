#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Resource scripts. What a line of haresources names starts from left to right and stops from right to left, addresses in their
# place among scripts; a script is asked first, as Heartbeat asks it. Beats and other groups go on whatever a script does, one
# that hangs is ended, a start that fails gives the group to the peer, and what does not stop is not given to anybody.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101

active() { group_is "$1" 'state active'; }
group_has() { says "$1" "$3" groups "$2"; }

# A script that polls takes time of the host, not only of the guest.
LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
resources=('cookbook disk::r0 IPaddr::10.0.2.100/24/eth0:1 server::a::b' "cookbook2 $second/24/eth0")
pair_of_nodes
for name in cookbook cookbook2; do
	for script in disk server; do
		script "$name" "$script"
	done
done
configure
address_log cookbook
address_log cookbook2
start_members
wait_until 5000 active cookbook

# ---- started from left to right, the address in its place
check_eq "started from left to right, and asked first" 'disk:r0 status, disk:r0 start, server:a status, server:a start, ' \
	"$(account_all cookbook | sed 's/^\(server:a status, \)\?\(disk:r0 status, \)\?disk:r0 status,/disk:r0 status,/')"
check_eq "the disk was started before the address" '' "$(on cookbook cat /run/disk.addresses)"
check_eq "the server after it" "$vip/" "$(on cookbook cat /run/server.addresses)"
check "what a script prints is logged" log_has cookbook 'server::a::b: server says start'
check "as Heartbeat logs it" log_has cookbook 'Running /etc/ha.d/resource.d/server a b start'
check_match "hbctl status tells of each" 'disk::r0 +started' "$(on cookbook hbctl status)"
check_eq "the same in JSON" "disk::r0 started, IPaddr::$vip/24/eth0:1 started, server::a::b started, " \
	"$(on cookbook hbctl -j status | jq -j '.groups[] | select(.name == "cookbook").resources[] | .resource, " ", .state, ", "')"
check_eq "on the other node it is stopped" 'stopped stopped stopped ' \
	"$(on cookbook2 hbctl -j status | jq -j '.groups[] | select(.name == "cookbook").resources[] | .state, " "')"
check_eq "where nothing was started" '' "$(account cookbook2)"

# ---- moved by hand: from right to left here, then from left to right there
on cookbook hbctl standby cookbook
wait_until 5000 active cookbook2
check_eq "stopped from right to left" 'server:a stop, disk:r0 stop, ' "$(account cookbook)"
check_eq "then started there" 'disk:r0 start, server:a start, ' "$(account cookbook2)"
check_holders "with the address" cookbook2

# ---- the holder dies: the other starts what is on the line, its address in its place
client_start client "$second" 1000
does cookbook2 server slow-stop
mono_us before
on cookbook hbctl takeover cookbook
wait_until 8000 active cookbook
mono_us after
check_ge "a slow stop is waited for, us" $((after - before)) 1900000
check_le "while it lasts another group goes on, us" "$(client_outage_us client "$before" "$after")" 5000
check_eq "and the kernel does not miss the agent" 0 "$(cat "$LAB_OUT"/*.log | grep -c 'missed this agent')"
client_stop client
does cookbook2 server
account cookbook >/dev/null
account cookbook2 >/dev/null
cut cookbook
agent_kill cookbook
wait_until 5000 active cookbook2
check_eq "the holder dies: what it had is started" 'disk:r0 start, server:a start, ' "$(account cookbook2)"
heal cookbook
agent cookbook
wait_until 10000 joined cookbook cookbook2
wait_until 5000 runs_not cookbook disk
check_eq "the next agent stops what should not run, without a start" 'server:a stop, disk:r0 stop, ' "$(account cookbook)"
check "and says so" log_has cookbook "Releasing resource group: ${resources[0]}"
check_holders "the address is on one node" cookbook2

# ---- an agent that comes back starts nothing twice
account_all cookbook2 >/dev/null
agent_kill cookbook2
agent cookbook2
wait_until 5000 log_has cookbook2 'Taking over the running cluster'
sleep_us 3000000
check_eq "a new agent asks, and starts nothing twice" 'disk:r0 status, server:a status, ' "$(account_all cookbook2)"
check "the group has stayed" active cookbook2
check_eq "and the address: it was added but twice" 2 "$(grep -c " add $vip/" "$LAB_OUT/cookbook2.addresses")"

# ---- killed in the middle of a start: its successor waits for the end of that
does cookbook disk slow-start
on_bg cookbook2 standby hbctl standby cookbook
wait_until 5000 grep -q 'disk:r0 start' "$LAB_OUT/cookbook.account"
agent_kill cookbook
agent cookbook
wait_until 10000 active cookbook
check_eq "killed while a script starts: it is not started again" 'disk:r0 start, server:a start, ' "$(account cookbook)"
does cookbook disk
bg_end "$standby"
account cookbook2 >/dev/null

# ---- a start that fails gives the group up, and the peer has it
does cookbook2 server fail-start
on cookbook hbctl standby cookbook
wait_until 5000 grep -q 'server:a start' "$LAB_OUT/cookbook2.account"
wait_until 5000 active cookbook
check_eq "a start that fails: all of the line is stopped there" \
	'disk:r0 start, server:a start, server:a stop, disk:r0 stop, ' "$(account cookbook2)"
check "the log has Heartbeat's words" log_has cookbook2 'Giving up resources due to failure of server::a::b'
check "the exit status" log_has cookbook2 'Return code 5 from /etc/ha.d/resource.d/server'
check "and what it said on standard error" log_has cookbook2 'server::a::b: cannot start'
check_holders "the peer has the address again" cookbook
check_match "hbctl status says what failed" 'server::a::b +stopped: start: exit status 5' "$(on cookbook2 hbctl status)"
does cookbook2 server
account cookbook >/dev/null

# ---- a stop that fails: nobody else gets the group
# What failed there may succeed with a new agent: else nobody is able, and cookbook keeps it.
agent_stop cookbook2
agent cookbook2
wait_until 10000 joined cookbook cookbook2
account cookbook2 >/dev/null
does cookbook server fail-stop
on cookbook hbctl standby cookbook
wait_until 5000 log_has cookbook 'Retrying failed stop operation [server::a::b]'
sleep_us 5000000
check "a stop that fails: the group is not released" group_is cookbook 'state releasing'
check "what is below stays" runs cookbook disk
check "the other node does not start it" runs_not cookbook2 disk
check_eq "has not even tried" '' "$(account cookbook2)"
check_holders "the address is nowhere" ''
check_match "hbctl status says it" 'server::a::b +stuck: stop: exit status 5' "$(on cookbook hbctl status)"
wait_until 20000 log_has cookbook 'Resource STOP failure. Reboot required!'
does cookbook server
wait_until 15000 active cookbook2
check "when it stops at last, the other node has it" runs cookbook2 server
check "and it is down here" runs_not cookbook disk

# ---- a script that hangs is ended
agent_stop cookbook
check_eq "told to stop it ends well" 0 $?
agent cookbook --script-timeout 500ms
wait_until 10000 joined cookbook cookbook2
does cookbook disk hang-start
account cookbook >/dev/null
on cookbook2 hbctl standby cookbook
wait_until 10000 grep -q 'disk:r0 start' "$LAB_OUT/cookbook.account"
wait_until 10000 active cookbook2
check "a script that hangs is out of time" log_has cookbook 'disk::r0: start took longer than 0 s: killed'
check_eq "and all of the line is stopped" 'disk:r0 start, server:a stop, disk:r0 stop, ' "$(account cookbook)"
check "the other node has the group" runs cookbook2 server
refuse "nothing of it is left" on cookbook pgrep -f 'sleep 1000'
does cookbook disk

# ---- an address that its own agent's death has left there, and that comes back before it was taken down: it is announced
on cookbook hbctl takeover cookbook
wait_until 10000 active cookbook
client_start client "$vip" 1000
agent_kill cookbook
wait_until 20000 active cookbook2
does cookbook server slow-stop
account cookbook >/dev/null
agent cookbook
wait_until 10000 grep -q 'server:a stop' "$LAB_OUT/cookbook.account"
mono_us before
on cookbook2 hbctl standby cookbook >/dev/null
wait_until 10000 active cookbook
sleep_us 4000000
client_stop client
check "what the earlier agent left was there all the time" has_address cookbook "$vip"
limit "the client follows at once, us" "$(client_outage_us client "$before" $((before + 6000000)))" 1000000
does cookbook server
on cookbook hbctl standby cookbook >/dev/null
wait_until 10000 active cookbook2
wait_until 5000 joined cookbook cookbook2

# ---- told to stop while a script is slow: the peer gets it when it is down
does cookbook2 disk slow-stop
does cookbook2 server slow-stop
agent_stop cookbook2
check_eq "told to stop it waits for slow scripts, and ends well" 0 $?
wait_until 5000 active cookbook
check "cookbook has it all" runs cookbook server
refuse "and cookbook2 nothing" runs cookbook2 disk
check_eq "nothing was ever started twice" '' "$(grep -h twice "$LAB_OUT"/*.account)"
agent_stop cookbook
refuse "nor is anything left in the end" runs cookbook disk
lab_done
