#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cable between two living nodes is cut without a word, and comes back. Two nodes cannot tell that from a death, so both
# have the address meanwhile; what counts is the healing: within a few beats of hearing each other one of them gives it up,
# always the same one by the rule (the later claim stays), it is told as a conflict, the one that stays announces itself once
# more, and the client, whoever answered it before, has an answer again at once and keeps it.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

beat=10000		# keepalive, in us
declare -A mac=([cookbook]=02:00:00:00:01:00 [cookbook2]=02:00:00:00:02:00)

# stat NODE COUNTER
stat() {
	on "$1" hbctl show stats | awk -v name="$2" '$1 == name { print $2 }'
}

# announced FILE FROM_US TO_US: the announcements of the address that the client saw in that time, one a line: when, in us
# since FROM_US, and of whom.
announced() {
	tcpdump -tt -n -e -r "$LAB_OUT/$1" arp 2>/dev/null |
		awk -v from="$2" -v to="$3" -v offset="$lab_clock_offset" -v address="$vip" '
			index($0, "Request who-has " address " (ff:ff:ff:ff:ff:ff) tell " address ",") ||
			index($0, "Request who-has " address " tell " address ",") || index($0, "Reply " address " is-at") {
				split($1, t, ".")
				us = t[1] * 1000000 + substr(t[2] "000000", 1, 6) - offset
				if (us >= from && us <= to)
					printf "%d %s\n", us - from, $2
			}'
}

# one NODE: only this one has the address.
one() {
	holders
	[[ $HOLDERS == "$1" ]]
}

# partition TEXT CUT_US HOLDER CUT-NODE WINNER LAST: HOLDER has the address, CUT-NODE is cut off for so long, then WINNER
# is the one that stays when they hear each other, and LAST the one that has it in the end.
partition() {
	local text=$1 length=$2 holder=$3 away=$4 winner=$5 last=$6
	local other loser before outage gone kept lost
	[[ $holder == cookbook ]] && other=cookbook2 || other=cookbook
	[[ $winner == cookbook ]] && loser=cookbook2 || loser=cookbook
	check_holders "$text: $holder has it before" "$holder"
	kept=$(stat "$winner" conflict) lost=$(stat "$loser" conflict)
	: >"$LAB_OUT/arp"
	capture client eth0 arp arp
	client_start client "$vip" 200
	before=$(mono_us)
	cut_at $((before + 5000)) "$away"
	wait_new_event "$other" "\"object\":\"node\".*\"name\":\"$holder\",\"state\":\"dead\"" "$CUT_US"
	wait_address "$other" "$vip"
	check_holders "$text: cut off from each other both have it" 'cookbook cookbook2'
	heal_at $((CUT_US + length)) "$away"
	wait_new_event "$loser" '"event":"conflict".*"name":"cookbook".*"other":"'"$winner"'"' "$HEAL_US"
	limit "$text: from healing to the conflict, us" $((EVENT_US - HEAL_US)) $((3 * beat + 2000))
	wait_new_event "$loser" '"object":"group".*"name":"cookbook","state":"standby"' "$HEAL_US"
	gone=$((EVENT_US - HEAL_US))
	measure "$text: from healing until only one has it" "$gone" us
	limit "$text: from healing until only one has it, us" "$gone" $((3 * beat + 2000))
	wait_until 5000 joined cookbook cookbook2
	wait_until 1000 one "$last"
	sleep_until_us $((HEAL_US + 2000000))
	check_holders "$text: healed, in the end $last has it" "$last"
	client_stop client
	capture_stop client
	outage=$(client_outage_us client "$HEAL_US" $((HEAL_US + 2000000)))
	measure "$text: client outage after healing" "$outage" us
	limit "$text: client outage after healing, us" "$outage" $((2 * beat + 5000))
	check_eq "$text: and no gap of a beat later on" '' \
		"$(client_gaps client "$beat" $((HEAL_US + 4 * beat)) $((HEAL_US + 2000000)))"
	wait_new_event "$loser" '"event":"conflict".*"name":"cookbook".*"other":null' "$HEAL_US"
	check_eq "$text: $loser counted one conflict" $((lost + 1)) "$(stat "$loser" conflict)"
	check_le "$text: $winner at most one" $(($(stat "$winner" conflict) - kept)) 1
	check "$text: the log of $loser names it" log_has "$loser" "conflict"
	announced arp "$HEAL_US" $((HEAL_US + 2000000)) >"$LAB_OUT/announced"
	check "$text: $winner has announced itself again" grep -q "${mac[$winner]}" "$LAB_OUT/announced"
	check_eq "$text: the last word is that of $last" "${mac[$last]}" "$(awk 'END { print $2 }' "$LAB_OUT/announced")"
}

keepalive=10ms
deadtime=30ms
auto_failback=off
pair_of_nodes
configure
start_members
watch cookbook cookbook2

# ---- too short to be a death
for length in 8000 15000; do
	deaths=$(cat "$LAB_OUT"/*.events | grep -c '"state":"dead"')
	client_start client "$vip" 200
	now=$(mono_us)
	cut_at $((now + 5000)) cookbook2
	heal_at $((CUT_US + length)) cookbook2
	sleep_us 500000
	client_stop client
	check_eq "$length us: nobody dies" "$deaths" "$(cat "$LAB_OUT"/*.events | grep -c '"state":"dead"')"
	check_holders "$length us: and nothing moves" cookbook
	check_le "$length us: the client notices nothing, us" "$(client_outage_us client "$CUT_US" $((CUT_US + 500000)))" 2000
done

# ---- auto_failback off: the later claim stays
holder=cookbook other=cookbook2
for length in 45000 53000 100000 487000 1000000 3000000; do
	for away in holder other; do
		partition "off, ${!away} away for $((length / 1000)) ms" "$length" "$holder" "${!away}" "$other" "$other"
		[[ $holder == cookbook ]] && holder=cookbook2 other=cookbook || holder=cookbook other=cookbook2
	done
done
check_holders "an even number of partitions later" cookbook

# ---- on: the later claim stays, and then goes where it is preferred, in order
for name in cookbook cookbook2; do
	on "$name" hbctl set auto_failback on
done
for length in 45000 53000 487000 3000000; do
	for away in cookbook cookbook2; do
		partition "on, $away away for $((length / 1000)) ms" "$length" cookbook "$away" cookbook2 cookbook
	done
done
lab_done
