#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A node's own firewall has a rule against the beats. Of one against what it sends it is told: the link says that it cannot
# send, and why. One against what it receives makes it deaf, and no more. In either direction, on the holder and on the
# standby, both recognise it within deadtime, one has the address, only that one answers for it, and when the rule is gone
# it stays there. (A cable that carries in one direction only: one-way.sh.)
# lab: files common.sh
# lab: needs nft
# lab: modules nf_tables nft_reject nft_reject_ipv4 nft_reject_inet
# lab: not uml-debug it has no nf_tables
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

conflicts() { echo $(($(counter cookbook conflict) + $(counter cookbook2 conflict))); }

# wall ROLE HOOK VERDICT MOVES: the rule is there for a second. MOVES: 1: the address moves to the other one then; 0: it
# stays.
wall() {
	local text="$1, $2 $3" at stays goes mute deaf before rule_us dead_us told=0 logged
	local cannot='cannot send: Operation not permitted'
	holders
	other_of "$HOLDERS"
	stays=$HOLDERS goes=$OTHER at=$HOLDERS
	[[ $1 == holder ]] || at=$OTHER
	other_of "$at"
	[[ $2 == output ]] && mute=$at deaf=$OTHER || mute=$OTHER deaf=$at
	before=$(conflicts) logged=$(said "$at" "Link $at:eth0 $cannot")
	begin
	rm -f "$LAB_OUT/wire"
	capture client eth0 wire icmp
	client_start client "$vip" 500
	on "$at" nft "table inet lab { chain $2 { type filter hook $2 priority 0; udp dport 694 $3; }; }"
	mono_us rule_us
	if [[ $2 == output ]]; then
		told=2
		wait_new_event "$at" '"object":"link".*"error":"Operation not permitted"' "$BEGUN"
		limit "$text: $at tells that it cannot send, us" $((EVENT_US - rule_us)) 50000
	fi
	wait_new_event "$deaf" "\"object\":\"node\".*\"name\":\"$mute\",\"state\":\"dead\"" "$BEGUN"
	dead_us=$EVENT_US
	limit "$text: $deaf holds $mute for dead in time, us" $((dead_us - rule_us)) 103000
	wait_new_event "$mute" "\"object\":\"node\".*\"name\":\"$deaf\",\"state\":\"init\".*\"oneway\":true" "$BEGUN"
	limit "$text: which $mute knows at once, us" $((EVENT_US - dead_us)) 2000
	sleep_us 700000
	(($4 == 0)) || read -r stays goes <<<"$goes $stays"
	check_holders "$text: exactly one has the address, $stays" "$stays"
	check "$text: and knows it" group_is "$stays" 'state active'
	check "$text: the other knows, too" group_is "$goes" 'state standby'
	check_eq "$text: it did not move but so" "$4 0" "$(moves "$stays") $(moves "$goes")"
	if [[ $2 == output ]]; then
		check_match "$text: its status says that, and why" "eth0 .*$cannot" "$(on "$at" hbctl status)"
		check_eq "$text: so does its log, once" $((logged + 1)) "$(said "$at" "Link $at:eth0 $cannot")"
	fi
	on "$at" nft delete table inet lab
	wait_until 1000 joined cookbook cookbook2
	sleep_us 500000
	check "$text: without the rule both see each other" joined cookbook cookbook2
	check_holders "$text: and all stays where it is" "$stays"
	check_eq "$text: nothing else moved" "$4 0" "$(moves "$stays") $(moves "$goes")"
	check_eq "$text: events of its link: one that it cannot send, one that it can" "$told" "$(told "$at" link)"
	check_eq "$text: the other had none" 0 "$(told "$OTHER" link)"
	refuse "$text: its status says no more of that" grep -q "$cannot" <(on "$at" hbctl status)
	check_eq "$text: who gave it up was told of the claim, and nobody else" "$4" $(($(conflicts) - before))
	client_stop client
	capture_stop client
	if (($4)); then
		check_match "$text: the client was answered by one, then by the other, never in turns" \
			"^${mac[$goes]}\*[0-9]+ ${mac[$stays]}\*[0-9]+\$" "$(answered wire)"
	else
		check_match "$text: the client was answered by one only" "^${mac[$stays]}\*[0-9]+\$" "$(answered wire)"
	fi
	measure "$text: the client was without an answer" "$(client_outage_us client "$BEGUN" "$(mono_us)")" us
	limit "$text: and never for longer than this, us" "$(client_outage_us client "$BEGUN" "$(mono_us)")" 5000
}

keepalive=10ms deadtime=100ms auto_failback=off
pair_of_nodes
configure
start_members
watch cookbook cookbook2
address_log cookbook
address_log cookbook2
for verdict in drop reject; do
	wall holder output "$verdict" 1
	wall standby output "$verdict" 0
	# Who is deaf cannot know of the other's claim, so it is the other that yields.
	wall holder input "$verdict" 0
	wall standby input "$verdict" 1
done
lab_done
