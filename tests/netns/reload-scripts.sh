#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP where lines have resource scripts: what is new on the line of a held group is started, what has gone is stopped, what
# stays is not touched, and the address least of all. What is under way with a script goes on, whatever the files say meanwhile;
# files with an error change nothing; and what fails that is no longer wanted does not move the group.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101
address="IPaddr::$vip/24/eth0:1"

# line RESOURCE…: from now on that is the group's line, on the other node first, as nobody is to take what it does not know.
line() {
	resources=("cookbook $*")
	configure
	reload cookbook2 cookbook
}

# check_account TEXT NODE WANT
check_account() { check_eq "$1" "$3" "$(account "$2")"; }

# settled: nothing is under way on either node, and no more comes.
settled() {
	local name
	sleep_us 200000
	for name in cookbook cookbook2; do
		wait_until 10000 idle "$name"
	done
}
idle() {
	local status
	status=$(on "$1" hbctl status) && ! grep -q -E ' (checking|starting|stopping|unknown)( |:|,|$)' <<<"$status"
}

group_is_of() { says "$1" "state $3" groups "$2"; }

begin() { mono_us BEGUN; }

# quiet TEXT: since begin cookbook has had the address, and the client its answers, and nothing runs on cookbook2.
quiet() {
	local end
	mono_us end
	check_holders "$1: the address is on cookbook" cookbook
	check_eq "$1: which never lost it" '' "$(awk -v since="$BEGUN" -v address="$vip/" \
		'$1 >= since * 1000 && index($3, address) == 1' "$LAB_OUT/cookbook.addresses" "$LAB_OUT/cookbook2.addresses")"
	check_le "$1: the client has always had answers, us" "$(client_outage_us client "$BEGUN" "$end")" 5000
	check_account "$1: on the other node nothing was done" cookbook2 ''
}

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
pair_of_nodes
for name in cookbook cookbook2; do
	for script in disk server extra; do
		script "$name" "$script"
	done
done
configure
start_members
address_log cookbook
address_log cookbook2
client_start client "$vip" 1000
sleep_us 1000000

# ---- an address gets company
begin
line disk::r0 "$address" server::a
settled
check_account "scripts beside a held address are started, from left to right" cookbook 'disk:r0 start, server:a start, '
quiet "scripts beside a held address"
begin
line disk::r0 "$address" extra::x server::a
settled
check_account "one more in the middle is started alone" cookbook 'extra:x start, '
quiet "one more in the middle"
reload cookbook cookbook2 cookbook
settled
check_account "unchanged files: nothing is done" cookbook ''

# ---- another argument, another order, none
begin
line disk::r0 "$address" extra::y server::a
settled
check_account "another argument: stopped with the old one, then started with the new" cookbook 'extra:x stop, extra:y start, '
quiet "another argument"
begin
line disk::r0 "$address" server::a
settled
check_account "one that is taken out is stopped" cookbook 'extra:y stop, '
check_match "those that stay are spoken of, and it is not" 'disk::r0 +started IPaddr::[^ ]+ +started server::a +started $' \
	"$(on cookbook hbctl status | grep '::' | tr -s ' \n' '  ')"
quiet "one that is taken out"
begin
line server::a "$address" disk::r0
settled
check_account "another order: nothing is done" cookbook ''
quiet "another order"
on cookbook hbctl standby -w 10s
wait_until 10000 group_is cookbook2 'state active'
check_account "but it counts when the group goes" cookbook 'disk:r0 stop, server:a stop, '
check "and the address was seen to go" grep -q " del $vip/" "$LAB_OUT/cookbook.addresses"
check_account "and where it comes" cookbook2 'server:a start, disk:r0 start, '
on cookbook2 hbctl standby -w 10s
wait_until 10000 group_is cookbook 'state active'
line disk::r0 "$address" server::a
settled
account cookbook >/dev/null
account cookbook2 >/dev/null

# ---- an error
begin
before=$(said cookbook 'nothing was changed')
resources=("cookbook extra::x $address nosuch::b")
configure_one cookbook
agent_pid cookbook pid
kill -HUP "$pid"
wait_until 2000 said_more cookbook 'nothing was changed' "$before"
settled
check_account "an error on the line: nothing is done" cookbook ''
check "an error on the line: what ran, runs" runs cookbook server
quiet "an error on the line"

# ---- while a script is at work
begin
does cookbook extra slow-start
line disk::r0 "$address" server::a extra::x
wait_until 2000 grep -q 'extra:x start' "$LAB_OUT/cookbook.account"
reload cookbook
line disk::r0 "$address" server::a extra::x
settled
check_account "reloaded while it starts: it is started once" cookbook 'extra:x start, '
check_match "and has started" 'extra::x +started' "$(on cookbook hbctl status)"
line disk::r0 "$address" server::a
settled
account cookbook >/dev/null
line disk::r0 "$address" server::a extra::x
wait_until 2000 grep -q 'extra:x start' "$LAB_OUT/cookbook.account"
line disk::r0 "$address" server::a
settled
check_account "taken out while it starts: it is stopped when it has" cookbook 'extra:x start, extra:x stop, '
does cookbook extra slow-stop
line disk::r0 "$address" server::a extra::x
settled
line disk::r0 "$address" server::a
wait_until 2000 grep -q 'extra:x stop' "$LAB_OUT/cookbook.account"
line disk::r0 "$address" server::a extra::x
settled
check_account "put back while it stops: it is started when it has" cookbook 'extra:x start, extra:x stop, extra:x start, '
line disk::r0 "$address" server::a
settled
account cookbook >/dev/null
quiet "while a script is at work"

# ---- what hangs, or fails, and is taken out
agent_kill cookbook
agent cookbook --script-timeout 1s
wait_until 10000 log_has cookbook 'Taking over the running cluster'
settled
begin
does cookbook extra hang-start
line disk::r0 "$address" server::a extra::x
wait_until 2000 grep -q 'extra:x start' "$LAB_OUT/cookbook.account"
line disk::r0 "$address" server::a extra::z
sleep_us 500000
does cookbook extra
settled
check_account "another argument while it hangs: it is killed, and stopped, then the other is started" cookbook \
	'extra:x start, extra:x stop, extra:z start, '
quiet "another argument while it hangs"
begin
line disk::r0 "$address" server::a
settled
account cookbook >/dev/null
does cookbook extra fail-stop
line disk::r0 "$address" server::a extra::x
settled
line disk::r0 "$address" server::a
wait_until 5000 log_has cookbook 'Retrying failed stop operation [extra::x]'
check "one that is taken out and does not stop: the group stays" group_is cookbook 'state active'
check_match "and it is told of" 'extra::x +stuck: stop: exit status 5' "$(on cookbook hbctl status)"
quiet "one that does not stop"
on cookbook hbctl standby
sleep_us 3000000
check "but it keeps the group from being released" group_is cookbook 'state releasing'
check_account "and the other node from starting anything" cookbook2 ''
does cookbook extra
wait_until 20000 group_is cookbook2 'state active'
check "until it stops: then the other has the group" runs cookbook2 server
on cookbook2 hbctl standby
wait_until 10000 group_is cookbook 'state active'
settled
account cookbook >/dev/null
account cookbook2 >/dev/null

# ---- one that is wanted, and cannot be started, gives the group away
does cookbook extra fail-start
line disk::r0 "$address" server::a extra::x
wait_until 10000 group_is cookbook2 'state active'
settled
check_account "one more that cannot be started: all of the line is stopped" cookbook \
	'extra:x start, extra:x stop, server:a stop, disk:r0 stop, '
check_account "and the other node has it" cookbook2 'disk:r0 start, server:a start, extra:x start, '
check_holders "with the address" cookbook2
does cookbook extra
agent_stop cookbook
agent cookbook
wait_until 20000 joined cookbook cookbook2
line disk::r0 "$address" server::a
settled
account cookbook2 >/dev/null
on cookbook hbctl takeover -w 10s
wait_until 10000 group_is cookbook 'state active'
settled
account cookbook >/dev/null
account cookbook2 >/dev/null

# ---- groups that come and go
begin
resources=("cookbook disk::r0 $address server::a" "cookbook2 extra::g $second/24/eth0")
configure
reload cookbook2 cookbook
wait_until 5000 group_is_of cookbook2 cookbook2 active
check_account "a second group is started where it was known first" cookbook2 'extra:g start, '
check_holders "with its address" cookbook2 "$second"
unset 'resources[1]'
configure
reload cookbook cookbook2
settled
check_account "and stopped when it has gone" cookbook2 'extra:g stop, '
check_holders "and its address" '' "$second"
wait_until 2000 log_has cookbook2 'Resource group cookbook2: gone'
said=$(on cookbook2 hbctl show groups cookbook2 2>&1)
check_eq "there is no such group any more" '3|hbctl: show: there is no group cookbook2' "$?|$said"
check_account "the first group has not noticed" cookbook ''
quiet "groups that come and go"

# ---- the line gets another owner: the old group goes everywhere, before the new one comes
resources=()
configure
reload cookbook2 cookbook
settled
check_account "no line: all of it is stopped" cookbook 'server:a stop, disk:r0 stop, '
check_holders "and the address is nowhere" ''
resources=("cookbook2 disk::r0 $address server::a")
configure
reload cookbook2 cookbook
wait_until 5000 group_is_of cookbook2 cookbook2 active
check_account "a line of another owner's: it is started there" cookbook2 'disk:r0 start, server:a start, '
check_account "and only there" cookbook ''
check_holders "with the address" cookbook2
client_stop client

check_eq "nothing was ever started twice" '' "$(grep -h twice "$LAB_OUT"/*.account)"
agent_stop cookbook
agent_stop cookbook2
for name in cookbook cookbook2; do
	check_eq "$name: nothing is left in the end" none "$(on "$name" sh -c 'ls /run/*.runs 2>/dev/null || echo none')"
done
lab_done
