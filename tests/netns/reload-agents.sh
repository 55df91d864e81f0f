#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP where a resource goes to another line, and an agent that dies or hangs while its node or another waits: who comes back
# with a file that others have not read holds nothing of it, nobody waits for who cannot hold anything, and never do two answer.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

x="IPaddr::$vip/24/eth0:1"

# lines LINE…: from now on that is in the files.
lines() {
	resources=("$@")
	configure
}

status_has() { on "$1" hbctl status | grep -q -e "$2"; }
waits() { status_has "$1" "haresources waits until $2 has reloaded"; }
waits_not() { ! status_has "$1" 'waits until'; }
returned() { says "$1" 'state running agent' cluster && says "$2" 'state up agent' nodes "$1"; }

# both_us: for how long at a time both nodes have had the address since the start.
both_us() {
	local now
	mono_us now
	sort -n "$LAB_OUT/cookbook.addresses" "$LAB_OUT/cookbook2.addresses" | awk -v now="$now" -v address="$vip/" '
		function passed(until) { if (n > 1 && until - at > both) both = until - at; at = until }
		index($3, address) == 1 || index($2, address) == 1 { passed(int($1 / 1000)); n += $2 == "del" ? -1 : 1 }
		END { passed(now); printf "%d\n", both }'
}

# answers NODE: it is the one that the client finds under the address.
answers() {
	ip -n client neigh flush dev eth0
	on client ping -q -n -c 1 -W 1 "$vip" && [[ $(ip -n client neigh show "$vip") == *" lladdr ${mac[$1]} "* ]]
}

# agent_again NODE: it is killed, is away for a while, and comes back.
agent_again() {
	agent_kill "$1"
	sleep_us 200000
	agent "$1"
	other_of "$1"
	wait_until 5000 returned "$1" "$OTHER"
	sleep_us 1000000
}

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
settings=('initdead 1')
pair_of_nodes
lines "cookbook $x"
start_members
for name in cookbook cookbook2; do
	address_log "$name"
	chrt -f -p 90 "${lab_pid[$name addresses]}"
done
sleep_us 300000

# ---- the agent of a node that waits, and does not have it
lines "cookbook2 $x"
reload cookbook2
wait_until 2000 waits cookbook2 cookbook
agent_again cookbook2
check_holders "who waits, and begins anew, does not take it" cookbook
check "it still waits" waits cookbook2 cookbook
reload cookbook
wait_until 5000 waits_not cookbook2
wait_until 5000 waits_not cookbook
check_holders "all have reloaded: it stays" cookbook
check "by the new line" says cookbook 'state active' groups cookbook2

# ---- the agent of the holder, which waits
lines "cookbook $x"
reload cookbook
wait_until 2000 waits cookbook cookbook2
agent_again cookbook
check_holders "the holder begins anew with a file that the other has not read: that one has it" cookbook2
check "by the old line" says cookbook2 'state active' groups cookbook2
check "and the first waits" waits cookbook cookbook2
reload cookbook2
wait_until 5000 waits_not cookbook
wait_until 5000 waits_not cookbook2
check_holders "all have reloaded: it stays" cookbook2

# ---- nothing of that where nobody waits
on cookbook2 hbctl standby -w 2s
agent_again cookbook
holders
check_match "an agent that begins anew with the same file: one has it" '^cookbook2?$' "$HOLDERS"
check "and nobody waits" waits_not cookbook

check_eq "never on both, us" 0 "$(both_us)"

# ---- the agent of the holder, which has not read the file, while the other waits: then the address stays there, silent
holders
holder=$HOLDERS
other_of "$holder"
was=("${resources[@]}")
lines "$OTHER $x"
[[ ${was[*]} != "${resources[*]}" ]] || lines "$holder $x"
new=("${resources[@]}")
reload "$OTHER"
wait_until 2000 waits "$OTHER" "$holder"
agent_kill "$holder"
wait_address "$OTHER" "$vip" 5000
check "the holder's agent is gone: who waits for it goes on" answers "$OTHER"
check "and waits no longer" waits_not "$OTHER"
resources=("${was[@]}")
configure_one "$holder"
agent "$holder"
wait_until 5000 returned "$holder" "$OTHER"
sleep_us 1000000
check_holders "it comes back with the old file: it has nothing" "$OTHER"
check "and waits" waits "$holder" "$OTHER"
resources=("${new[@]}")
configure_one "$holder"
reload "$holder"
wait_until 5000 waits_not "$holder"
check_holders "it has reloaded, too: the other goes on" "$OTHER"

# ---- the same, but it hangs
holder=$OTHER
other_of "$holder"
lines "${was[@]}"
reload "$OTHER"
wait_until 2000 waits "$OTHER" "$holder"
agent_pid "$holder" pid
kill -STOP "$pid"
wait_address "$OTHER" "$vip" 5000
check "the holder's agent hangs: who waits for it goes on" answers "$OTHER"
kill -CONT "$pid"
wait_no_address "$holder" "$vip" 1000
wait_until 2000 waits "$holder" "$OTHER"
sleep_us 1000000
check_holders "it goes on: it has nothing any more" "$OTHER"
check "and waits" waits "$holder" "$OTHER"
reload "$holder"
wait_until 5000 waits_not "$holder"
check_holders "it has reloaded, too: the other goes on" "$OTHER"
lab_done
