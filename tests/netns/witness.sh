#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three nodes, two of which do not hear each other, while the third hears both. It tells each of the other, so only one of
# them holds the address; whoever of them dies is succeeded as fast as ever. If both have it already, since the third was away,
# one of them gives it up when that is back.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# apart STATE: on: what is not isolated they still hear, but not each other. off: that, too.
apart() {
	local name
	for name in cookbook cookbook2; do
		ip link set dev "$name.eth0" type bridge_slave isolated "$1"
	done
}

apart_for_each_other() {
	! says cookbook 'state up' nodes cookbook2 && ! says cookbook2 'state up' nodes cookbook
}

# hears_both: cookbook3 does.
hears_both() {
	joined cookbook cookbook3 && joined cookbook2 cookbook3
}

conflicts() {
	local name sum=0
	for name in "${members[@]}"; do
		sum=$((sum + $(counter "$name" conflict)))
	done
	echo "$sum"
}

# fails TEXT NODE HEIR: the holder dies; its heir takes over in time, a beat later if the third has heard it last.
fails() {
	local outage
	client_start client "$vip" 500
	cut_at $(($(mono_us) + 12000)) "$2"
	wait_address "$3" "$vip" 1000
	sleep_us 200000
	client_stop client
	outage=$(client_outage_us client "$CUT_US" $((CUT_US + 200000)))
	measure "$1: client outage" "$outage" us
	limit "$1: deadtime, a beat, and 2 ms, us" "$outage" 42000
}

members=(cookbook cookbook2 cookbook3)
media=('mcast eth0 239.0.0.42 694 1 0')
keepalive=10ms deadtime=30ms auto_failback=off
settings=('initdead 1')
pair_of_nodes
node cookbook3 eth0=10.0.2.17/24@br0
configure
start_members
watch cookbook cookbook2

# ---- the holder and its heir do not hear each other
apart on
wait_until 1000 apart_for_each_other
sleep_us 1000000
check "the two hear each other no longer" apart_for_each_other
check "the third hears both" hears_both
check_holders "and only the one has it" cookbook
check "the other knows who" says cookbook2 'holder cookbook' groups cookbook
check_eq "nobody sees a conflict" 0 "$(conflicts)"

# ---- one of the two is able no longer, or again: the others see to it
agent_stop cookbook
wait_until 1000 has_address cookbook2 "$vip"
check_holders "it stops in order: the other one has it" cookbook2
agent cookbook
wait_until 5000 hears_both
sleep_us 500000
check_holders "it is back, and leaves it there" cookbook2

# ---- the holder dies
fails "the heir did not hear it" cookbook2 cookbook
heal cookbook2
wait_until 5000 hears_both
sleep_us 200000
check_holders "it is back, and hears of the holder" cookbook

# ---- the third is away: now there is nobody to tell them; until it is back
cut_at $(($(mono_us) + 5000)) cookbook3
wait_address cookbook2 "$vip" 1000
wait_address cookbook3 "$vip" 1000
before=$(conflicts)
heal_at $(($(mono_us) + 500000)) cookbook3
sleep_us 1500000
check "the third hears both again" hears_both
check "they hear each other no more than before" apart_for_each_other
holders
check_match "one of the three has it" '^cookbook[23]?$' "$HOLDERS"
last=$HOLDERS
check_ge "a conflict was counted" $(($(conflicts) - before)) 1
before=$(conflicts)

# ---- all is well again
apart off
wait_until 5000 joined "${members[@]}"
sleep_us 200000
check_holders "all hear each other: nothing moves" "$last"
check_eq "nor is there a conflict" "$before" "$(conflicts)"
# Who takes longer to find the holder dead tells nothing new of it; nor if it alone has heard its last beat.
check_match "not the first one" '^cookbook[23]$' "$last"
[[ $last == cookbook2 ]] && third=cookbook3 || third=cookbook2
on "$third" hbctl set deadtime 1s
sleep_us 100000
for name in cookbook "$last"; do
	ip link set dev "$name.eth0" type bridge_slave isolated on
done
fails "of three, one of which waits longer" "$last" cookbook
lab_done
