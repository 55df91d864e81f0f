#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cable between two living nodes is cut without a word, and comes back. Two nodes cannot tell that from a death, so both
# have the address meanwhile; what counts is the healing: within a few beats of hearing each other one of them gives it up,
# always by the rule (the later claim stays, among equals the preferred node), it is told as a conflict, the one that stays
# announces itself once more, and the client, whoever answered it before, has an answer again at once and keeps it.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

beat=10000		# keepalive, in us

# event_us NODE SINCE_US TEXT…: when the first event with all these texts came after that time; nothing if none has.
event_us() {
	local name=$1 since=$2 line
	shift 2
	while read -r line; do
		if [[ $line =~ \"monotonic_ns\":([0-9]+) ]] && ((BASH_REMATCH[1] / 1000 >= since)) && has_all "$line" "$@"; then
			echo $((BASH_REMATCH[1] / 1000))
			return
		fi
	done <"$LAB_OUT/$name.events"
}

has_all() {
	local line=$1 text
	shift
	for text; do
		[[ $line == *"$text"* ]] || return
	done
}

# announced FROM_US TO_US: the announcements of the address that the client saw in that time, one a line: when, in us since
# FROM_US, and whose.
announced() {
	tcpdump -tt -n -e -r "$LAB_OUT/arp" arp 2>/dev/null |
		awk -v from="$1" -v to="$2" -v offset="$lab_clock_offset" -v address="$vip" '
			index($0, "Request who-has " address) && index($0, "tell " address ",") ||
			index($0, "Announcement " address ",") || index($0, "Reply " address " is-at") {
				split($1, t, ".")
				us = t[1] * 1000000 + substr(t[2] "000000", 1, 6) - offset
				if (us >= from && us <= to)
					printf "%d %s\n", us - from, $2
			}'
}

# first_gone SINCE_US: who was the first to lose the address then: LOSER, WINNER and GONE_US.
first_gone() {
	local line
	line=$(awk -v since="$1" -v address="$vip/" '$2 == "del" && index($3, address) == 1 && $1 >= since * 1000 {
		name = FILENAME; sub(".*/", "", name); sub("[.].*", "", name); print int($1 / 1000), name }' \
		"$LAB_OUT/cookbook.addresses" "$LAB_OUT/cookbook2.addresses" | sort -n | head -n 1)
	read -r GONE_US LOSER <<<"$line"
	[[ $LOSER == cookbook ]] && WINNER=cookbook2 || WINNER=cookbook
}

# healing TEXT HEAL_US LAST [ARP_US]: what is to be so, two seconds after they were connected again; ARP may need so long
# until they are in contact.
healing() {
	local text=$1 heal=$2 last=$3 arp=${4-0} end=$(($2 + 2000000)) found contact outage
	sleep_until_us "$end"
	check_holders "$text: in the end $last has it" "$last"
	check "$text: and both know" joined cookbook cookbook2
	first_gone "$heal"
	check_match "$text: one gave it up" cookbook "$LOSER"
	measure "$text: from healing until only $WINNER has it" $((GONE_US - heal)) us
	limit "$text: from healing until only one has it, us" $((GONE_US - heal)) $((arp + 2 * beat + 2000))
	# The first of either to hear the other: until then there is nothing that they could do.
	contact=$(printf '%s\n' "$(event_us cookbook "$heal" '"event":"change"' '"object":"node"')" \
		"$(event_us cookbook2 "$heal" '"event":"change"' '"object":"node"')" | sort -n | head -n 1)
	limit "$text: from contact until only one has it, us" $((GONE_US - contact)) $((2 * beat + 2000))
	found=$(event_us "$LOSER" "$heal" '"event":"conflict"' '"name":"cookbook"' "\"other\":\"$WINNER\"")
	check_ge "$text: before that $LOSER is told of the conflict, us" $((GONE_US - ${found:-$end})) 0
	found=$(event_us "$LOSER" "${found:-$end}" '"event":"conflict"' '"other":null')
	check_le "$text: and then of its end, us" $((${found:-$end} - GONE_US)) 1000
	client_stop client
	capture_stop client
	outage=$(client_outage_us client "$heal" "$end")
	measure "$text: client outage" "$outage" us
	limit "$text: the client has answers again in two beats and 5 ms, us" "$outage" $((2 * beat + 5000))
	check_eq "$text: and goes on to have them" '' "$(client_gaps client 3000 $(((arp ? GONE_US : heal) + 3 * beat)) "$end")"
	announced "$heal" "$end" >"$LAB_OUT/announced"
	check_eq "$text: the last announcement is of $last" "${mac[$last]}" "$(awk 'END { print $2 }' "$LAB_OUT/announced")"
	# In user-mode Linux that is the same instant.
	found=$(awk -v gone=$((GONE_US - heal)) -v mac="${mac[$last]}" '$2 == mac && $1 >= gone { print $1 - gone; exit }' \
		"$LAB_OUT/announced")
	limit "$text: which came soon after $LOSER had gone, us" "$found" 5000
}

# partition TEXT LENGTH_US HOLDER CUT-NODE LAST: HOLDER has the address, CUT-NODE is cut off for so long, and LAST is the
# one that has it in the end.
partition() {
	local text=$1 length=$2 holder=$3 away=$4 last=$5 other now conflicts
	[[ $holder == cookbook ]] && other=cookbook2 || other=cookbook
	check_holders "$text: $holder has it before" "$holder"
	conflicts=$(($(counter cookbook conflict) + $(counter cookbook2 conflict)))
	rm -f "$LAB_OUT/arp"
	capture client eth0 arp arp
	client_start client "$vip" 500
	now=$(mono_us)
	cut_at $((now + 5000)) "$away"
	wait_address "$other" "$vip" 1000
	check_holders "$text: cut off from each other both have it" 'cookbook cookbook2'
	heal_at $((CUT_US + length)) "$away"
	healing "$text" "$HEAL_US" "$last"
	check_ge "$text: a conflict was counted" $(($(counter cookbook conflict) + $(counter cookbook2 conflict) - conflicts)) 1
}

keepalive=10ms
deadtime=30ms
auto_failback=off
settings=('initdead 1')
pair_of_nodes
configure
start_members
watch cookbook cookbook2
for name in cookbook cookbook2; do
	address_log "$name"
	# Before all others, so that what they log is in its order.
	chrt -f -p 90 "${lab_pid[$name addresses]}"
done

# ---- too short to be a death
for length in 8000 10000 15000; do
	before=$(deaths_told)
	client_start client "$vip" 500
	now=$(mono_us)
	cut_at $((now + 5000)) cookbook2
	heal_at $((CUT_US + length)) cookbook2
	sleep_us 500000
	client_stop client
	check_eq "$length us: nobody dies" "$before" "$(deaths_told)"
	check_holders "$length us: and nothing moves" cookbook
	check_le "$length us: the client notices nothing, us" "$(client_outage_us client "$CUT_US" $((CUT_US + 500000)))" 3000
done

# ---- auto_failback off: the later claim stays, whoever is preferred
holder=cookbook other=cookbook2
for length in 45000 97000 1000000; do
	for away in cookbook cookbook2; do
		text="off, $away away for $((length / 1000)) ms from $holder"
		partition "$text" "$length" "$holder" "$away" "$other"
		check_eq "$text: the earlier claim was the one that went" "$holder" "$LOSER"
		check "$text: its log says so" log_has "$holder" "Resource group cookbook: claimed by $other too; this node gives it up"
		[[ $holder == cookbook ]] && holder=cookbook2 other=cookbook || holder=cookbook other=cookbook2
	done
done

# ---- minutes, but without the client meanwhile. By then ARP has given the other node up, and asks for it once a second.
cut cookbook2
sleep_us 120000000
check_holders "two minutes: both have it" 'cookbook cookbook2'
rm -f "$LAB_OUT/arp"
capture client eth0 arp arp
client_start client "$vip" 500
heal_at $(($(mono_us) + 5000)) cookbook2
healing "two minutes" "$HEAL_US" "$other" 1000000
[[ $holder == cookbook ]] && holder=cookbook2 other=cookbook || holder=cookbook other=cookbook2

# ---- on: then it goes where it is preferred, in order
for name in cookbook cookbook2; do
	on "$name" hbctl set auto_failback on
done
wait_address cookbook "$vip"
for length in 45000 503000; do
	for away in cookbook cookbook2; do
		partition "on, $away away for $((length / 1000)) ms" "$length" cookbook "$away" cookbook
	done
done

# ---- from the start: equal claims, so the preferred node stays
for name in cookbook cookbook2; do
	agent_stop "$name"
done
cut cookbook2
rm -f "$LAB_OUT/arp"
capture client eth0 arp arp
agent cookbook
agent cookbook2
wait_address cookbook "$vip" 30000
wait_address cookbook2 "$vip" 30000
watch cookbook cookbook2
client_start client "$vip" 500
heal cookbook2
healing "apart from the start" "$HEAL_US" cookbook
check_eq "apart from the start: who is not preferred went" cookbook2 "$LOSER"
lab_done
