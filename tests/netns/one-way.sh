#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cable that carries in one direction only is the failure that fools heartbeats that listen and do not ask: one side sees
# the other alive, the other sees it dead. Here every beat says whom its sender hears, so both sides recognise it, in either
# direction, exactly one holds the address soon after deadtime, and when it heals all is as before.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# one_way NAME CUT NODE HOLDER: `CUT NODE` is what breaks; who should hold the address then.
one_way() {
	local name=$1 hears=cookbook2 deaf=cookbook since
	# Which of the two hears nothing: the one that nothing reaches.
	[[ $2 == cut_in && $3 == cookbook2 || $2 == cut_out && $3 == cookbook ]] && hears=cookbook deaf=cookbook2
	since=$(mono_us)
	"$2" "$3"
	wait_until 1000 says "$deaf" 'state dead' nodes "$hears"
	check "$name: $deaf hears nothing of $hears" says "$deaf" 'state dead' nodes "$hears"
	wait_until 1000 says "$hears" oneway nodes "$deaf"
	check "$name: $hears knows that it is not heard" says "$hears" oneway nodes "$deaf"
	check "$name: and on which path it hears" says "$hears" 'paths_heard 0' nodes "$deaf"
	check "$name: its log says so" log_has "$hears" "node $deaf: is heard, but does not hear us"
	sleep_us 100000
	check_holders "$name: exactly one has the address" "$4"
	sleep_us 200000
	check_holders "$name: and keeps it" "$4"
	uncut "$3"
	wait_until 5000 joined cookbook cookbook2
	check "$name: healed, $hears is heard" says "$deaf" 'state up' nodes "$hears"
	refuse "$name: and knows that" says "$hears" oneway nodes "$deaf"
	wait_address cookbook "$vip"
	wait_no_address cookbook2 "$vip"
	check_holders "$name: healed, the preferred node has it" cookbook
	measure "$name: the whole" $(($(mono_us) - since)) us
}

keepalive=2ms
deadtime=10ms
pair_of_nodes
configure
start_members
# Who is deaf cannot know of the other's claim, so it is the other that yields.
one_way "holder not heard" cut_out cookbook cookbook2
one_way "holder deaf" cut_in cookbook cookbook
one_way "standby not heard" cut_out cookbook2 cookbook
one_way "standby deaf" cut_in cookbook2 cookbook2

# Deaf from its beginning on, it proves itself to nobody: a recording would look the same. But that is told.
agent_stop cookbook2
cut_in cookbook2
agent cookbook2
wait_until 10000 says cookbook unheard nodes cookbook2
check "deaf from the start: cookbook says so" says cookbook unheard nodes cookbook2
check "deaf from the start: and its log" log_has cookbook 'node cookbook2: it beats, but has never heard this node'
check_match "deaf from the start: and its status" 'beats, but has never heard us' "$(on cookbook hbctl status)"
uncut cookbook2
wait_until 5000 joined cookbook cookbook2
sleep_us 5000	# beats, at which that is looked at anew
refuse "healed, cookbook does not" says cookbook unheard nodes cookbook2
wait_no_address cookbook2 "$vip"
check_holders "healed, the preferred node has it" cookbook
lab_done
