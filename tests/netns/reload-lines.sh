#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP where a resource is on another line than before, and so in another group: of that one a node that has not reloaded yet
# knows nothing. Whoever reloads first, the holder, the other or only one of them, and whoever dies meanwhile: never do two have
# it, it is left alone where it may stay, and somebody has it in the end.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101
third=10.0.2.102
x="IPaddr::$vip/24/eth0:1"
y="IPaddr::$second/24/eth0:2"
z="IPaddr::$third/24/eth0:3"

# times SINCE_US ADDRESS: since then, for how long at a time have both nodes had it, and nobody? Sets BOTH_US and NOBODY_US.
times() {
	local now
	mono_us now
	read -r BOTH_US NOBODY_US < <(sort -n "$LAB_OUT/cookbook.addresses" "$LAB_OUT/cookbook2.addresses" |
		awk -v since="$1" -v now="$now" -v address="$2/" '
		function passed(until, from) {
			from = at > since ? at : since
			if (until > from && n > 1 && until - from > both) both = until - from
			if (until > from && n < 1 && until - from > nobody) nobody = until - from
			at = until
		}
		index($3, address) == 1 || index($2, address) == 1 { passed(int($1 / 1000)); n += $2 == "del" ? -1 : 1 }
		END { passed(now); printf "%d %d\n", both, nobody }')
}

begin() { mono_us BEGUN; }

# quiet TEXT [US [ADDRESS]]: since begin no two have had it, nor has nobody for longer than that (0).
quiet() {
	times "$BEGUN" "${3-$vip}"
	check_eq "$1: never on both, us" 0 "$BOTH_US"
	check_le "$1: nowhere, at most, us" "$NOBODY_US" "${2-0}"
}

# lines LINE…: from now on that is in the files.
lines() {
	resources=("$@")
	configure
}

group_is_of() { says "$1" "state $3" groups "$2"; }
status_has() { on "$1" hbctl status | grep -q -e "$2"; }

# waits NODE FOR: it does, and says so.
waits() {
	sleep_us 200000
	check "$1 waits, and says so" status_has "$1" "haresources waits until $2 has reloaded"
	check "$1 logs it" log_has "$1" "haresources waits until $2 has reloaded"
}

# done_with: no node waits any more, and none has other groups than the other.
done_with() {
	local name
	for name in cookbook cookbook2; do
		wait_until 5000 rests "$name"
		check "$name waits no longer" rests "$name"
	done
}
rests() { ! status_has "$1" 'waits until\|has other groups\| \(starting\|stopping\|checking\|unknown\)\( \|:\|,\|$\)'; }

# shared NODE: a resource script that knows of the other node, and takes its time to stop.
shared() {
	put "$1" /etc/ha.d/resource.d/shared 755 <<-END
		#!/bin/sh
		case \$1 in
		start) [ -e /run/shared ] || mkdir $LAB_OUT/shared || echo "on $1, too" >>$LAB_OUT/twice; touch /run/shared ;;
		stop) [ ! -e /run/shared ] || { sleep 1; rmdir $LAB_OUT/shared; rm /run/shared; } ;;
		status) [ -e /run/shared ] && echo running || exit 3 ;;
		esac
	END
}

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
settings=('initdead 1')
pair_of_nodes
for name in cookbook cookbook2; do
	for script in disk server; do
		script "$name" "$script"
	done
	shared "$name"
done
lines "cookbook $x"
start_members
for name in cookbook cookbook2; do
	address_log "$name"
	chrt -f -p 90 "${lab_pid[$name addresses]}"
done
sleep_us 300000

# ---- another owner; the holder is the last, and then the first, to reload
begin
lines "cookbook2 $x"
reload cookbook2
waits cookbook2 cookbook
reload cookbook
done_with
quiet "another owner, the holder last"
check "it stays where it is" group_is_of cookbook cookbook2 active
begin
lines "cookbook $x"
reload cookbook
waits cookbook cookbook2
reload cookbook cookbook2
done_with
quiet "another owner, the holder first"
check "it stays where it is" group_is_of cookbook cookbook active

# ---- a line above it
begin
lines "cookbook $y" "cookbook $x"
reload cookbook2
waits cookbook2 cookbook
reload cookbook
done_with
quiet "a line above, the holder last"
check_holders "the new one has come" cookbook "$second"
begin
lines "cookbook $x"
reload cookbook cookbook2
done_with
quiet "the line above is taken out, the holder first"
check_holders "and its address has gone" '' "$second"

# ---- two lines that change places, held by different nodes: their groups stay, and each address goes
lines "cookbook $x" "cookbook $y"
reload cookbook cookbook2
done_with
wait_address cookbook "$second" 2000
on cookbook2 hbctl takeover -w 2s cookbook:2
begin
lines "cookbook $y" "cookbook $x"
reload cookbook2
waits cookbook2 cookbook
reload cookbook
done_with
quiet "two lines change places" 40000
measure "two lines change places: nobody had it" "$NOBODY_US" us
quiet "two lines change places, the other address" 40000 "$second"
holders
check_match "one has the one" '^cookbook2?$' "$HOLDERS"
holders "$second"
check_match "and one the other" '^cookbook2?$' "$HOLDERS"
lines "cookbook $x"
reload cookbook2 cookbook
done_with
[[ $(value cookbook holder groups cookbook) == cookbook ]] || on cookbook hbctl takeover -w 2s cookbook
check_holders "one line again" cookbook

# ---- the file is as before, after all
begin
lines "cookbook2 $x"
reload cookbook2
lines "cookbook $x"
reload cookbook2
sleep_us 200000
reload cookbook
done_with
quiet "the file is as before again"
check "and the group is, too" group_is_of cookbook cookbook active

# ---- only one has reloaded, and the other goes
begin
lines "cookbook2 $x"
reload cookbook
sleep_us 200000
agent_stop cookbook2
wait_until 2000 group_is_of cookbook cookbook2 active
done_waiting() { ! status_has cookbook 'waits until'; }
wait_until 2000 done_waiting
quiet "the other stops before it has reloaded"
agent cookbook2
wait_until 5000 joined cookbook cookbook2
done_with
begin
lines "cookbook $x"
reload cookbook2
sleep_us 200000
mono_us now
cut_at $((now + 10000)) cookbook
wait_address cookbook2 "$vip" 5000
BEFORE=$ADDRESS_US
measure "the holder dies before it has reloaded: taken over after" $((BEFORE - CUT_US)) us
limit "the holder dies before it has reloaded: taken over after, us" $((BEFORE - CUT_US)) 75000
check "by the new line" group_is_of cookbook2 cookbook active
agent_kill cookbook
heal cookbook
agent cookbook
wait_until 10000 joined cookbook cookbook2
done_with
holders
check_match "one of them has it" '^cookbook2?$' "$HOLDERS"
[[ $HOLDERS == cookbook ]] || on cookbook hbctl takeover -w 2s cookbook

# ---- one starts by a new file
agent_stop cookbook2
begin
lines "cookbook2 $x"
agent cookbook2
wait_until 5000 joined cookbook cookbook2
waits cookbook2 cookbook
reload cookbook
done_with
quiet "one starts by a new file"
check "the other still has it" group_is_of cookbook cookbook2 active
lines "cookbook $x"
reload cookbook cookbook2
done_with

# ---- moved by hand, while it waits
begin
lines "cookbook2 $x"
reload cookbook
sleep_us 200000
on cookbook hbctl standby -w 2s cookbook
wait_address cookbook2 "$vip" 1000
check_holders "given away before the other has reloaded" cookbook2
reload cookbook2
done_with
quiet "given away before the other has reloaded" 20000
check_holders "and it stays there" cookbook2
on cookbook hbctl takeover -w 2s cookbook2

# ---- it goes to whom it belongs
auto_failback=on
agent_stop cookbook
agent_stop cookbook2
lines "cookbook2 $x"
members=(cookbook2 cookbook)
start_members
begin
lines "cookbook $x"
reload cookbook2
sleep_us 200000
reload cookbook
wait_address cookbook "$vip" 2000
done_with
quiet "with auto_failback" 20000
check_holders "with auto_failback it goes to its new owner" cookbook
measure "with auto_failback: nobody had it" "$NOBODY_US" us
auto_failback=off

# ---- with scripts
lines "cookbook disk::r0 $x server::a"
reload cookbook2 cookbook
done_with
account cookbook >/dev/null
begin
lines "cookbook2 disk::r0 $x server::a"
reload cookbook2
waits cookbook2 cookbook
reload cookbook
done_with
lines "cookbook $y" "cookbook disk::r0 $x server::a"
reload cookbook
sleep_us 200000
reload cookbook2
done_with
quiet "with scripts"
check_eq "what runs is not touched" '' "$(account cookbook)"
check_eq "nor is anything done elsewhere" '' "$(account cookbook2)"
check "it runs where the line is" group_is_of cookbook cookbook:2 active
lines "cookbook $y shared" "cookbook disk::r0 $x server::a"
reload cookbook2 cookbook
done_with
on cookbook2 hbctl takeover -w 5s cookbook
account cookbook >/dev/null
begin
lines "cookbook disk::r0 $x server::a" "cookbook $y shared"
reload cookbook
waits cookbook cookbook2
reload cookbook2
done_with
quiet "with scripts on two nodes, that change places: one stops" 100000
measure "with scripts on two nodes, that change places: nobody had the address" "$NOBODY_US" us
quiet "and the other does not" 0 "$second"
check "but runs" test -e "$LAB_OUT/shared"
refuse "and never ran on both" grep . "$LAB_OUT/twice"
on cookbook hbctl takeover -w 5s cookbook
on cookbook2 hbctl takeover -w 5s cookbook:2
account cookbook >/dev/null
account cookbook2 >/dev/null
begin
lines "cookbook $y shared" "cookbook disk::r0 $x server::a"
reload cookbook2 cookbook
done_with
refuse "and back: never on both" grep . "$LAB_OUT/twice"
quiet "and back" 1200000
quiet "and back, the other" 1200000 "$second"
measure "they change places: nobody had the slow one's address" "$NOBODY_US" us

# ---- a group that goes: its address goes in its turn
holders
holder=$HOLDERS
does "$holder" server slow-stop
account "$holder" >/dev/null
other_of "$holder"
lines "cookbook $y shared"
reload "$OTHER" "$holder"
wait_until 2000 grep -q 'server:a stop' "$LAB_OUT/$holder.account"
sleep_us 500000
check_holders "a line is taken out: its address stays until what is right of it has stopped" "$holder"
wait_no_address "$holder" "$vip" 5000
wait_until 5000 runs_not "$holder" disk
check_eq "from right to left" 'server:a stop, disk:r0 stop, ' "$(account "$holder")"
done_with
does "$holder" server slow-stop
lines "cookbook disk::r0 $x server::a"
reload "$OTHER" "$holder"
done_with
holders
does "$HOLDERS" server slow-stop
lines "cookbook $z"
holder=$HOLDERS
reload "$OTHER" "$holder"
sleep_us 500000
check_holders "a line becomes another: the address stays until what was right of it has stopped" "$holder"
wait_no_address "$holder" "$vip" 5000
wait_address "$holder" "$third" 5000
check_holders "then comes the new one" "$holder" "$third"

# ---- in warm standby the other has the address, too, but says nothing; while it waits it has not
agent_stop cookbook
agent_stop cookbook2
members=(cookbook cookbook2)
lines "cookbook $x"
start_warm cookbook cookbook2
client_start client "$vip" 1000
sleep_us 300000
begin
lines "cookbook2 $x"
reload cookbook2
waits cookbook2 cookbook
check_holders "in warm standby: while it waits it does not have the address" cookbook
reload cookbook
done_with
both_have_it() { says cookbook 'warm ready' groups cookbook2 && says cookbook2 'warm ready' groups cookbook2; }
wait_until 2000 both_have_it
check "in warm standby: then both can hold it" both_have_it
mono_us now
check_le "in warm standby: the client has always had answers, us" "$(client_outage_us client "$BEGUN" "$now")" 5000
client_stop client
holder=$(value cookbook holder groups cookbook2)
lines "cookbook2 $x server::a"
reload cookbook cookbook2
done_with
wait_until 2000 runs "$holder" server
refuse "with a script on the line it is not warm" says "$holder" warm groups cookbook2
lines "cookbook2 $x"
reload cookbook cookbook2
done_with
wait_until 2000 both_have_it
check "the script is taken out: both can hold it again" both_have_it
refuse "and it does not run" runs "$holder" server
on "$holder" hbctl standby -w 2s cookbook2
wait_until 2000 both_have_it
check "who was the holder can, too, once it has given it away" both_have_it
check_eq "nothing was ever started twice" '' "$(grep -h twice "$LAB_OUT"/*.account)"
lab_done
