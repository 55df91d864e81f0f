#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moving by hand: standby gives groups away, takeover has them, all, local, foreign or by name, and a wish that nobody can
# fulfil is refused with a reason and changes nothing. What a wish has moved stays there, with auto_failback on too; and when
# nodes die, who is left holds everything, wished or not.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101

# hold WHEN VIP-HOLDER [SECOND-HOLDER]: exactly those have the addresses, soon, and still after many beats.
hold() {
	wait_address "$2" "$vip"
	[[ -z ${3-} ]] || wait_address "$3" "$second"
	wait_until 2000 only "$vip" "$2"
	sleep_us 100000
	check_holders "$1: $2 has $vip" "$2"
	[[ -z ${3-} ]] || check_holders "$1: $3 has $second" "$3" "$second"
}

# only ADDR NODE
only() {
	holders "$1"
	[[ $HOLDERS == "$2" ]]
}

# words WHEN ALICE BOB: what rscstatus says on each.
words() {
	check_eq "$1: rscstatus of alice" "$2" "$(on alice hbctl rscstatus)"
	check_eq "$1: rscstatus of bob" "$3" "$(on bob hbctl rscstatus)"
}

# state: sets STATE to all that a move could change.
state() {
	local name
	STATE=''
	for name in "${members[@]}"; do
		STATE+="$name: $(on "$name" hbctl show groups 2>&1) "
	done
}

# refused TEXT REASON STATUS NODE COMMAND…: it fails with this message, and nothing is different.
refused() {
	local text=$1 reason=$2 status=$3 name=$4 before said
	shift 4
	state
	before=$STATE
	said=$(on "$name" "$@" 2>&1)
	check_eq "$text: fails" "$status" $?
	check_match "$text: says why" "$reason" "$said"
	sleep_us 50000
	state
	check_eq "$text: changes nothing" "$before" "$STATE"
}

# moved TEXT FROM TO COMMAND…: the command moves the address, and the client hardly notices.
moved() {
	local text=$1 from=$2 to=$3 before outage
	shift 3
	client_start client "$vip" 100
	sleep_us 5000
	before=$(mono_us)
	check "$text: $*" "$@"
	wait_address "$to" "$vip" 2000
	sleep_us 20000
	client_stop client
	outage=$(client_outage_us client "$before" $((before + 15000000)))
	measure "$text: client outage" "$outage" us
	limit "$text: costs the client little, us" "$outage" 2000
	hold "$text" "$to"
	check "$text: $from knows who has it" says "$from" "holder $to" groups "${members[0]}"
}

# log_addresses: of all members, by processes that run before all others, so that what they say is in its order.
log_addresses() {
	local name
	for name in "${members[@]}"; do
		address_log "$name"
		chrt -f -p 90 "${lab_pid[$name addresses]}"
	done
}

# never_both: by the logs of their addresses, alice and bob have never had the address at the same time.
never_both() {
	sort -n "$LAB_OUT/alice.addresses" "$LAB_OUT/bob.addresses" |
		awk -v address="$vip/" 'index($3, address) == 1 && $2 != "del" && ++n > 1 { bad = 1; print }
			index($3, address) == 1 && $2 == "del" { n-- } END { exit bad }'
}

# stop_members: in the opposite order, so that nothing is handed to who goes next.
stop_members() {
	local i
	for ((i = ${#members[@]} - 1; i >= 0; i--)); do
		agent_stop "${members[i]}"
	done
}

# ---- two nodes, one address
members=(alice bob)
keepalive=2ms
deadtime=10ms
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16')
resources=('alice IPaddr::10.0.2.100/24/eth0:1')
node alice eth0=10.0.2.15/24@br0
node bob eth0=10.0.2.16/24@br0
node client eth0=10.0.2.50/24@br0
configure
start_members
hold "both up" alice
log_addresses

for name in alice bob; do
	on "$name" hbctl set auto_failback legacy
done
refused "legacy, standby" 'not with auto_failback legacy: set it to on or off' 2 alice hbctl standby
refused "legacy, standby of the group" 'not with auto_failback legacy' 2 alice hbctl standby alice
refused "legacy, takeover" 'not with auto_failback legacy' 2 bob hbctl takeover all
refused "legacy, takeover of the group" 'not with auto_failback legacy' 2 bob hbctl takeover alice
refuse "legacy: alice's address did not move" grep -q ' del ' "$LAB_OUT/alice.addresses"
refuse "legacy: nor did bob's" grep -q ' add ' "$LAB_OUT/bob.addresses"

for failback in on off; do
	for name in alice bob; do
		on "$name" hbctl set auto_failback "$failback"
	done
	moved "$failback, alice stands by" alice bob on alice hbctl standby
	words "$failback, alice stood by" none all
	moved "$failback, alice takes it back" bob alice on alice hbctl takeover
	words "$failback, alice took it back" all none
	moved "$failback, bob takes it" alice bob on bob hbctl takeover alice
	moved "$failback, bob stands by" bob alice on bob hbctl standby all
	moved "$failback, alice stands by after him" alice bob on alice hbctl standby alice
	moved "$failback, bob stands by again" bob alice on bob hbctl standby -w 2s
	check "$failback: standby of what is elsewhere" on bob hbctl standby
	hold "$failback, that moves nothing" alice
	check "$failback: takeover of what is here" on alice hbctl takeover -w 1s
	hold "$failback, nor does that" alice
done
check "in all this the address was never on both" never_both

# ---- what cannot be
refused "an unknown group" 'there is no group nonsense' 3 alice hbctl standby nonsense
refused "who is not root" 'only root may \(EPERM\)$' 2 alice setpriv --reuid 65534 --clear-groups hbctl takeover
refused "a keepalive beyond deadtime" '\(deadtime is [0-9a-z]*: hbctl set keepalive 50s deadtime 150s\)$' 2 alice \
	hbctl set keepalive 50s
refused "all and more" 'unexpected "alice" after all' 1 alice hbctl takeover all alice
agent_stop bob
wait_until 1000 says alice 'state left' nodes bob
refused "bob has left" 'no other node can take the group' 2 alice hbctl standby
agent bob
wait_until 30000 joined alice bob
cut bob
wait_until 1000 says alice 'state dead' nodes bob
refused "bob is dead" 'no other node can take the group' 2 alice hbctl standby
refused "bob is dead, by name" 'no other node can take the group' 2 alice hbctl standby alice
heal bob
wait_until 5000 joined alice bob
hold "bob is back" alice
for name in alice bob; do
	on "$name" hbctl set agent_timeout 200ms
done
# The agents go by the new time-out from their next word on.
sleep_us 1000000
agent_kill bob
wait_until 2000 says alice 'state up settled' nodes bob
refused "bob has no agent" 'no other node can take the group' 2 alice hbctl standby
agent bob
wait_until 5000 joined alice bob

# ---- a wish takes effect when it can
for name in alice bob; do
	on "$name" hbctl set agent_timeout 5s
done
sleep_us 1000000
pid=''
agent_pid alice pid
kill -STOP "$pid"
said=$(on bob hbctl takeover -w 100ms 2>&1)
check_eq "alice's agent is stopped: takeover -w 100ms" 3 $?
check_match "and that says so" 'not done after 100ms' "$said"
check_holders "nothing has moved yet" alice
kill -CONT "$pid"
hold "her agent goes on" bob
stop_members

# ---- two nodes, two groups, each preferred by one
auto_failback=off
resources+=('bob IPaddr::10.0.2.101/24/eth0:2')
configure
start_members
hold "two groups" alice bob
words "two groups" local local
on alice hbctl standby local
hold "alice: standby local" bob bob
words "alice: standby local" none all
on bob hbctl standby foreign
hold "bob: standby foreign" alice bob
words "bob: standby foreign" local local
on alice hbctl takeover foreign
hold "alice: takeover foreign" alice alice
words "alice: takeover foreign" all none
on bob hbctl takeover all
hold "bob: takeover all" bob bob
words "bob: takeover all" none all
on alice hbctl takeover local
hold "alice: takeover local" alice bob
on bob hbctl standby local
hold "bob: standby local" alice alice
on alice hbctl standby local
hold "alice: standby local, once more" bob alice
words "each has the other's" foreign foreign
on alice hbctl takeover alice
on bob hbctl takeover bob
hold "each takes its own by name" alice bob
on alice hbctl takeover alice bob
hold "alice takes both by name" alice alice
on alice hbctl standby all
hold "and gives all away" bob bob
# Who is left has everything, whatever was wished.
cut bob
wait_address alice "$vip"
wait_address alice "$second"
check_eq "bob is gone: alice has everything" all "$(on alice hbctl rscstatus)"
heal bob
wait_no_address bob "$vip"
wait_no_address bob "$second"
wait_until 5000 joined alice bob
hold "bob is back" alice alice
stop_members

# ---- three nodes
auto_failback=on
members+=(carol)
media+=('ucast eth0 10.0.2.17')
node carol eth0=10.0.2.17/24@br0
configure
start_members
hold "three" alice bob
on alice hbctl standby
hold "alice stands by: bob is next" bob bob
on carol hbctl takeover alice
hold "carol takes alice's" carol bob
check_eq "rscstatus of carol" foreign "$(on carol hbctl rscstatus)"
on carol hbctl standby
wait_until 2000 only "$vip" alice
hold "carol stands by" alice bob
cut alice
wait_address bob "$vip"
sleep_us 100000
holders "$vip" && check_eq "alice is dead: bob has hers" 'alice bob' "$HOLDERS"
check "and carol knows" says carol 'holder bob' groups alice
cut bob
wait_address carol "$vip"
wait_address carol "$second"
check_eq "bob is dead, too: carol has everything" all "$(on carol hbctl rscstatus)"
heal alice
heal bob
wait_until 5000 joined alice bob carol
hold "all are back" alice bob
address_log carol
# By then some frames of three nodes wait for the one processor: a verdict may be put off by a quarter of deadtime.
CUT_US=$(labtool port disabled 0 alice.eth0 bob.eth0)
wait_address carol "$vip"
wait_address carol "$second"
limit "two die at one instant: until carol has alice's, us" $(($(address_us carol "$vip" "$CUT_US") - CUT_US)) 13000
limit "and bob's, us" $(($(address_us carol "$second" "$CUT_US") - CUT_US)) 13000
check "alice is dead for carol" says carol 'state dead' nodes alice
check "bob is dead for carol" says carol 'state dead' nodes bob
refused "carol is alone" 'no other node can take the group' 2 carol hbctl standby
heal alice
heal bob
wait_until 5000 joined alice bob carol
hold "all are back, again" alice bob
lab_done
