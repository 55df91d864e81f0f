#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A switch that speaks STP gives a port its carrier at once, but lets nothing through before it has listened and learnt for
# a while. So a node that was cut off has its carrier back long before it hears anybody. Until it does, or initdead is
# over, it takes nothing that the other may hold; once the port forwards both see each other at once, and nothing moves. Nor
# does either of two that start together, as after a power failure that the switch had, too: first they hear each other, then
# one of them takes it. Is initdead shorter than that, then it is a cut as any other: both have the address until they hear
# each other.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

forward_delay=2000000	# us: to listen for so long, then to learn for as long. The kernel's STP takes no less.

port_is() { # NODE STATE: of its port: 1 listens, 2 learns, 3 forwards
	local state
	read -r state <"/sys/class/net/$1.eth0/brport/state"
	[[ $state == "$2" ]]
}

# both_had: how often both came to have the address at the same time, since `begin`.
both_had() {
	awk -v address="$vip/" 'index($3, address) == 1 { print $1, $2, FILENAME }' "$LAB_OUT"/cookbook{,2}.addresses |
		sort -n -s |
		awk -v since="$BEGUN" '{ n += ($2 != "del") - has[$3]; has[$3] = $2 != "del" }
			n == 2 && $1 >= since * 1000 { both++ } END { print both + 0 }'
}

conflicts() { echo $(($(counter cookbook conflict) + $(counter cookbook2 conflict))); }

# comes_back TEXT NODE: its carrier is lost for three deadtimes, and is back; its port listens. Sets OTHER, who has the
# address from then on, and BACK_US.
comes_back() {
	# What flaps is trusted later.
	sleep_us 11000000
	other_of "$2"
	begin
	client_start client "$vip" 1000
	carrier_off "$2"
	sleep_us 300000
	check_holders "$1: cut off, and the other has it" "$OTHER"
	mono_us BACK_US
	carrier_on "$2"
	wait_until 1000 says "$2" 'state up' links eth0
	check "$1: its carrier is back, but its port listens" port_is "$2" 1
}

# forwards TEXT NODE LIMIT_US: until its port does, then until both see each other (OTHER), which may take so long.
forwards() {
	local forwards_us seen_us
	sleep_until_us $((BACK_US + 2 * forward_delay - 50000))
	refuse "$1: its port blocks still" port_is "$2" 3
	wait_until 200 port_is "$2" 3
	mono_us forwards_us
	# One fork and exec for each look would be too coarse; the events say when.
	wait_new_event "$2" "\"object\":\"node\".*\"name\":\"$OTHER\",\"state\":\"up\"" "$BACK_US" 5000
	seen_us=$EVENT_US
	wait_new_event "$OTHER" "\"object\":\"node\".*\"name\":\"$2\",\"state\":\"up\"" "$BACK_US" 5000
	((EVENT_US < seen_us)) || seen_us=$EVENT_US
	limit "$1: from when it forwards until both see each other, us" $((seen_us - forwards_us)) "$3"
	wait_until 1000 joined cookbook cookbook2
	sleep_us 1000000
}

# waits TEXT NODE MOVES LIMIT_US [LAST]: initdead is longer. MOVES are those of the address to the other and to NODE; LAST
# has it in the end.
waits() {
	local before blocked
	before=$(conflicts)
	comes_back "$1" "$2"
	sleep_until_us $((BACK_US + 2 * forward_delay - 500000))
	check "$1: after $((2 * forward_delay / 1000 - 500)) ms it still joins" says "$2" 'state joining' cluster
	check "$1: and holds nothing" group_is "$2" 'state standby'
	check "$1: the other does" group_is "$OTHER" 'state active'
	check_eq "$1: it had nothing all the time" 0 "$(moves "$2")"
	forwards "$1" "$2" "$4"
	client_stop client
	check_holders "$1: in the end ${5-$OTHER} has it" "${5-$OTHER}"
	check_eq "$1: how often it moved, to the other and back" "$3" "$(moves "$OTHER") $(moves "$2")"
	check_eq "$1: as often each began to take it" "$3" "$(told "$OTHER" group acquiring) $(told "$2" group acquiring)"
	check_eq "$1: the other held it for dead once" 1 "$(told "$OTHER" node dead)"
	check_eq "$1: its link went once, and came back once" "1 1" "$(told "$2" link down) $(told "$2" link up)"
	check_eq "$1: never had both the address" 0 "$(both_had)"
	check_eq "$1: there was no conflict" "$before" "$(conflicts)"
	measure "$1: the client was without an answer" "$(client_outage_us client "$BEGUN" "$(mono_us)")" us
	limit "$1: nor did the client miss any but while the holder was cut off, us" \
		"$(client_outage_us client "$BACK_US" "$(mono_us)")" 5000
}

# outlasts TEXT NODE: initdead, a second, is shorter.
outlasts() {
	local claim_us before
	before=$(conflicts)
	comes_back "$1" "$2"
	wait_new_event "$2" '"object":"group".*"state":"acquiring"' "$BACK_US"
	claim_us=$EVENT_US
	check_ge "$1: it takes it, not before initdead is over, us" $((claim_us - BACK_US)) 1000000
	limit "$1: nor much later, us" $((claim_us - BACK_US)) 1030000
	sleep_us 500000
	check_holders "$1: then both have it" 'cookbook cookbook2'
	forwards "$1" "$2" 1020000
	client_stop client
	check_holders "$1: the later claim stays" "$2"
	check_eq "$1: both had it once" 1 "$(both_had)"
	check_ge "$1: which was told as a conflict" $(($(conflicts) - before)) 1
	check_eq "$1: nothing else moved" 1 "$(moves "$2")"
	limit "$1: the client missed nothing but for two beats, us" "$(client_outage_us client "$BACK_US" "$(mono_us)")" 25000
}

# boots TEXT LIMIT_US: both start while their ports listen or learn; initdead is longer.
boots() {
	local name
	for name in cookbook cookbook2; do
		carrier_off "$name"
	done
	sleep_us 300000
	begin
	mono_us BACK_US
	for name in cookbook cookbook2; do
		carrier_on "$name"
		agent "$name"
	done
	for name in cookbook cookbook2; do
		wait_until 1000 says "$name" 'state up' links eth0
		check "$1: $name has started, and its port listens" port_is "$name" 1
	done
	watch cookbook cookbook2
	sleep_until_us $((BACK_US + 2 * forward_delay - 500000))
	for name in cookbook cookbook2; do
		check "$1: after $((2 * forward_delay / 1000 - 500)) ms $name still joins" says "$name" 'state joining' cluster
		check "$1: and holds nothing" group_is "$name" 'state standby'
		check_eq "$1: it had nothing all the time" 0 "$(moves "$name")"
	done
	OTHER=cookbook
	# The last to be plugged in forwards last.
	forwards "$1" cookbook2 "$2"
	check_holders "$1: in the end the preferred one has it" cookbook
	check_ge "$1: which took it when they could hear each other, us" \
		$(($(address_us cookbook "$vip" "$BACK_US") - BACK_US)) $((2 * forward_delay - 20000))
	check_eq "$1: it moved once" "1 0" "$(moves cookbook) $(moves cookbook2)"
	check_eq "$1: nor did the other begin to take it" "1 0" "$(told cookbook group acquiring) $(told cookbook2 group acquiring)"
	check_eq "$1: nobody was held for dead" "0 0" "$(told cookbook node dead) $(told cookbook2 node dead)"
	check_eq "$1: never had both the address" 0 "$(both_had)"
	check_eq "$1: there was no conflict" 0 "$(conflicts)"
}

keepalive=10ms deadtime=100ms auto_failback=off
settings=('initdead 20')
pair_of_nodes
# What is plugged in already goes on to forward.
ip link set br0 type bridge forward_delay $((forward_delay / 10000)) stp_state 1
configure
address_log cookbook
address_log cookbook2

# ARP asks once a second.
boots "both's" 1020000
waits "the standby's" cookbook2 "0 0" 1020000
waits "the holder's" cookbook "1 0" 1020000
for name in cookbook cookbook2; do
	on "$name" hbctl set initdead 1s
done
outlasts "the standby's, for longer" cookbook
outlasts "the holder's, for longer" cookbook

# Broadcasts need no ARP.
for name in cookbook cookbook2; do
	agent_stop "$name"
done
media=('bcast eth0') auto_failback=on
configure
boots "both's, bcast" 22000
waits "the standby's, bcast" cookbook2 "0 0" 22000
waits "the holder's, bcast, failback" cookbook "1 1" 22000 cookbook
lab_done
