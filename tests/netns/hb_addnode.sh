#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# hb_addnode and hb_delnode: a third node becomes a member of a running cluster, can hold what the others held, and goes
# again. All or nothing; what ha.cf does not say, a reload forgets.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

keepalive=10ms
deadtime=50ms
media=('bcast eth0')
bin=/usr/share/heartbeat

# refused NODE REASON PROGRAM NAME…: exit status 1, and nothing is different.
refused() {
	local before said
	before=$(on "$1" cl_status listnodes)
	said=$(on "$1" "$bin/$3" "${@:4}" 2>&1)
	check_eq "$1: ${*:3}" "1|hbctl: $3: $2" "$?|$said"
	check_eq "$1: and nothing changed" "$before" "$(on "$1" cl_status listnodes)"
}

order() { on "$1" hbctl -j show groups | jq -r '.[0].order | join(" ")'; }

pair_of_nodes
node another eth0=10.0.2.17/24@br0
configure
start_members

# The newcomer knows all three.
members=(cookbook cookbook2 another)
configure_one another
agent another
refused cookbook 'COOKBOOK2 is a member already: nothing was changed' hb_addnode another COOKBOOK2
sleep_us 200000
check_eq "a stranger is not heard" $'cookbook\ncookbook2' "$(on cookbook cl_status listnodes)"
for name in cookbook cookbook2; do
	check_match "$name: hb_addnode tells for how long" 'until the next start or reload.*/etc/ha.d/ha.cf' \
		"$(on "$name" "$bin/hb_addnode" Another 2>&1)"
done
check_eq "its name" $'cookbook\ncookbook2\nanother' "$(on cookbook cl_status listnodes)"
wait_until 30000 joined cookbook cookbook2 another
for name in "${members[@]}"; do
	check_eq "$name: the preferred one first, the others by name" 'cookbook another cookbook2' "$(order "$name")"
done
sleep_us 200000
check_eq "and all say the same of their groups" '' "$(on cookbook hbctl show nodes | grep other_groups)"
agent_stop cookbook
wait_address another "$vip"
check_holders "cookbook has stopped: the next in order has it" another
# It comes back with all three in its ha.cf: the others were told while they ran.
configure_one cookbook
agent cookbook
wait_until 30000 joined cookbook cookbook2 another
wait_address cookbook "$vip"

# ---- away again
refused cookbook 'nobody is not a member: nothing was changed' hb_delnode nobody cookbook2
refused cookbook 'cookbook is this node: nothing was changed' hb_delnode cookbook
refused cookbook2 'another is alive: stop it there first; nothing was changed' hb_delnode another
agent_stop another
is_gone() { [[ $(on "$1" cl_status nodestatus another) == dead ]]; }
for name in cookbook cookbook2; do
	wait_until 1000 is_gone "$name"
	on "$name" "$bin/hb_delnode" another 2>/dev/null
	check_eq "$name: hb_delnode" 0 $?
	check_eq "$name: two are left" $'cookbook\ncookbook2' "$(on "$name" cl_status listnodes | sort)"
	check_eq "$name: in the order, too" 'cookbook cookbook2' "$(order "$name")"
done
check_holders "cookbook has kept what it had" cookbook

# ---- one that haresources names stays; and what ha.cf does not say, a reload forgets
agent_stop cookbook
cookbook_gone() { [[ $(on cookbook2 cl_status nodestatus cookbook) == dead ]]; }
wait_until 1000 cookbook_gone
refused cookbook2 'haresources names cookbook, in group cookbook: nothing was changed' hb_delnode cookbook
on cookbook2 "$bin/hb_addnode" dave erin 2>/dev/null
check_eq "two at once" $'cookbook\ncookbook2\ndave\nerin' "$(on cookbook2 cl_status listnodes | sort)"
check_eq "never heard" init "$(on cookbook2 cl_status nodestatus dave)"
agent_pid cookbook2 pid
kill -HUP "$pid"
forgotten() { [[ $(on cookbook2 cl_status listnodes | sort) == $'cookbook\ncookbook2' ]]; }
wait_until 2000 forgotten
check_eq "after a reload" 'cookbook cookbook2' "$(order cookbook2)"
check_holders "cookbook2 has kept what it had" cookbook2
lab_done
