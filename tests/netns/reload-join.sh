#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nodes that come while others work by another haresources: they hold nothing, however late their agents are, and wait for nobody
# who holds nothing either. And who reloads again while it waits does not start again what others may have by now.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

x="IPaddr::$vip/24/eth0:1"
members=(cookbook cookbook2 cookbook3)
media=('mcast eth0 225.0.0.1 694 1 0')
auto_failback=off
settings=('initdead 1')

# file NODE LINE…: from now on that is in its file.
file() {
	resources=("${@:2}")
	configure_one "$1"
}

status_has() { on "$1" hbctl status | grep -q -e "$2"; }
waits() { status_has "$1" "haresources waits until $2 has reloaded"; }
waits_not() { ! status_has "$1" 'waits until'; }
id_of() { on cookbook hbctl -s show nodes "$1" | sed -n 's/.* id \([0-9]*\).*/\1/p'; }
exists() { says "$1" 'state joining' cluster; }
rejoined() { says "$1" 'state running' cluster && says "$2" 'state up agent settled' nodes "$1"; }

pair_of_nodes
node cookbook3 eth0=10.0.2.17/24@br0
configure
start_members

# ---- an agent that comes to look only when all is decided
agent_stop cookbook2
agent_stop cookbook3
file cookbook2 "cookbook2 $x"
cut_at 0 cookbook
agent cookbook2
wait_until 2000 exists cookbook2
sleep_us 20000
agent_pid cookbook2 pid
kill -STOP "$pid"
heal cookbook
sleep_us 8000
kill -CONT "$pid"
wait_until 5000 rejoined cookbook2 cookbook
sleep_us 100000
check_holders "an agent is late when its node joins with another file: one has the address" cookbook
wait_until 2000 waits cookbook2 cookbook
check "and the one that came waits" waits cookbook2 cookbook

# ---- one that holds nothing is no reason for others to hold nothing
file cookbook3 "cookbook $x"
agent cookbook3
wait_until 5000 rejoined cookbook3 cookbook
sleep_us 200000
check "a third has the holder's file: it waits for nobody" waits_not cookbook3
power_off cookbook
members=(cookbook2 cookbook3)
wait_address cookbook3 "$vip" 2000
check_holders "and takes over when the holder dies" cookbook3

# ---- nor do several such nodes wait for each other
agent_stop cookbook2
members=(cookbook cookbook2 cookbook3)
node cookbook eth0=10.0.2.15/24@br0
file cookbook "cookbook3 $x"
agent cookbook2
agent cookbook
wait_until 5000 rejoined cookbook2 cookbook3
wait_until 5000 rejoined cookbook cookbook3
wait_until 2000 waits cookbook cookbook3
check "one comes with another file" waits cookbook cookbook3
wait_until 2000 waits cookbook2 cookbook3
check "another one with yet another" waits cookbook2 cookbook3
check_holders "the address stays where it is" cookbook3
power_off cookbook3
members=(cookbook cookbook2)
held() { holders; [[ $HOLDERS ]]; }
wait_until 2000 held
sleep_us 200000
holders
check_match "the holder dies: one of them has it" '^cookbook2?$' "$HOLDERS"
file cookbook "cookbook2 $x"
file cookbook2 "cookbook2 $x"
reload cookbook cookbook2
wait_until 2000 waits_not cookbook
wait_until 2000 waits_not cookbook2
holders
check_match "with the same file again" '^cookbook2?$' "$HOLDERS"

# ---- one reloads again, while the other still stops what it has given away
agent_stop cookbook
agent_stop cookbook2
for name in cookbook cookbook2; do
	script "$name" keep
	script "$name" slow
	does "$name" slow slow-stop
	put "$name" /etc/ha.d/resource.d/shared 755 <<-END
		#!/bin/sh
		case \$1 in
		start) [ -e /run/shared ] || mkdir $LAB_OUT/shared || echo "on $name, too" >>$LAB_OUT/twice; touch /run/shared ;;
		stop) [ ! -e /run/shared ] || { rmdir $LAB_OUT/shared; rm /run/shared; } ;;
		status) [ -e /run/shared ] && echo running || exit 3 ;;
		esac
	END
	file "$name" 'cookbook keep shared' 'cookbook slow'
done
for name in cookbook cookbook2; do
	agent "$name"
done
wait_until 5000 joined cookbook cookbook2
first=cookbook
last=cookbook2
(($(id_of cookbook) < $(id_of cookbook2))) || { first=cookbook2; last=cookbook; }
on "$last" hbctl takeover -w 5s cookbook
on "$first" hbctl takeover -w 5s cookbook:2
for name in cookbook cookbook2; do
	file "$name" 'cookbook keep slow' 'cookbook shared'
done
: >"$LAB_OUT/$first.account"
reload "$first" "$last"
wait_until 2000 grep -q 'slow stop' "$LAB_OUT/$first.account"
sleep_us 300000
check "the other waits until what moves has been stopped" status_has "$last" 'waits until'
reload "$last"
wait_until 5000 waits_not "$first"
wait_until 5000 waits_not "$last"
sleep_us 2500000
check "reloaded again meanwhile: it runs" test -e "$LAB_OUT/shared"
refuse "and never on both" grep . "$LAB_OUT/twice"
lab_done
