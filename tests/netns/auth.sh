#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who has the key speaks, and nobody else, not even in the words of one who had it. Every method of authkeys carries a
# cluster; a wrong key and an unknown one do not. Then, on a running pair: forged, broken, random, oversized frames, and
# recordings of this life, of an earlier one, and of a node that is dead: nothing moves but the counter that is meant.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# What moves by itself in a pair that is well.
moving=' tx beat beat_extra rx_good '

# counters NODE: sets COUNTERS to NAME=VALUE…
counters() {
	local line
	COUNTERS=()
	while read -r line; do
		COUNTERS[${line% *}]=${line#* }
	done < <(on "$1" hbctl show stats)
}

declare -A COUNTERS=() was=()

event_lines() {
	cat "$LAB_OUT"/cookbook{,2}.events | wc -l
}

# only TEXT NODE WANTED COMMAND…: after the command only the counters wanted (NAME=COUNT or NAME, comma apart; none) have
# moved there, by so much, but for those that always do; and there was no event on either node.
only() {
	local text=$1 name=$2 wanted=",$3," counter moved bad='' events
	shift 3
	events=$(event_lines)
	counters "$name"
	was=()
	for counter in "${!COUNTERS[@]}"; do
		was[$counter]=${COUNTERS[$counter]}
	done
	"$@" >/dev/null
	sleep_us 20000
	counters "$name"
	for counter in "${!COUNTERS[@]}"; do
		moved=$((COUNTERS[$counter] - was[$counter]))
		if [[ $wanted == *",$counter="* ]]; then
			[[ $wanted == *",$counter=$moved,"* ]] || bad+=" $counter by $moved"
		elif [[ $wanted == *",$counter,"* ]]; then
			((moved > 0)) || bad+=" $counter by nothing"
		elif ((moved)) && [[ $moving != *" $counter "* ]]; then
			bad+=" $counter by $moved"
		fi
	done
	if [[ -n $bad ]]; then
		fail "$text: wanted ${wanted//,/ }, but what moved was$bad"
	elif (($(event_lines) != events)); then
		fail "$text: there was an event: $(tail -n 1 "$LAB_OUT/cookbook2.events")"
	else
		ok "$text: $name moves nothing but${wanted//,/ }"
	fi
}

# recording RECORD: it really does.
recording() {
	(($(stat -c %s "$LAB_OUT/$1.pcap") > 24))
}

# record VAR MILLISECONDS: VAR.pcap has what passed cookbook2's interface in that time.
record() {
	local dump=''
	on_bg cookbook2 dump tcpdump --immediate-mode -i eth0 -U -w "/lab/out/$1.pcap" udp port 694
	wait_until 2000 recording "$1"
	sleep_us $(($2 * 1000))
	bg_end "$dump" INT
}

# frames RECORD SOURCE: how many in it are from there.
frames() {
	labtool payloads "$LAB_OUT/$1.pcap" 694 | awk -v from="$2:694" '$2 == from { n++ } END { print n + 0 }'
}

# a_frame RECORD SOURCE: one of them, in hex.
a_frame() {
	labtool payloads "$LAB_OUT/$1.pcap" 694 | awk -v from="$2:694" '$2 == from { hex = $4 } END { print hex }'
}

# as FROM TO COMMAND…: while the client can speak as FROM to TO. Its hardware address is its own; nobody learns it by ARP.
as() {
	on client ip address add "$1/32" dev lo
	on client ip neighbor replace "$2" dev eth0 nud permanent lladdr "02:00:00:00:0$((${2##*.} - 14)):00"
	"${@:3}"
	on client ip address del "$1/32" dev lo
	on client ip neighbor del "$2" dev eth0
}

# again RECORD [FROM TO]: everything in it from there to there once more; from cookbook to cookbook2, if not said.
again() {
	local from=${2-10.0.2.15} to=${3-10.0.2.16} hex
	local -a all
	mapfile -t all < <(labtool payloads "$LAB_OUT/$1.pcap" 694 | awk -v from="$from:694" '$2 == from { print $4 }')
	# shellcheck disable=SC2317 # called by as
	send_all() {
		for hex in "${all[@]}"; do
			on client labtool udp-send -s "$from" -p 694 "$to" 694 "$hex"
		done
	}
	as "$from" "$to" send_all
}

# forge HEX: to cookbook2, as from cookbook.
forge() {
	on client labtool udp-send -s 10.0.2.15 -p 694 10.0.2.16 694 "$1"
}

forged() {
	as 10.0.2.15 10.0.2.16 forge "$1"
}

# plain WHAT [OPTION…]: to cookbook2, from the client itself.
plain() {
	on client labtool udp-send "${@:2}" -p 694 10.0.2.16 694 "$1"
}

# flipped HEX: the frame again and again, each time with another byte wrong.
flipped() {
	local hex=$1 i byte
	for ((i = 0; i < ${#hex}; i += 2)); do
		printf -v byte '%02x' $((16#${hex:i:2} ^ 1 << i / 2 % 8))
		forge "${hex:0:i}$byte${hex:i+2}"
	done
}

stop_both() {
	agent_stop cookbook2
	agent_stop cookbook
}

keepalive=10ms
deadtime=30ms
pair_of_nodes

# ---- every method
for method in crc 'md5 secret' 'sha1 topsecretpassword' 'sha256 a-rather-long-secret-of-no-particular-meaning-at-all'; do
	keys=('auth 3' "3 $method")
	configure
	start_members
	wait_until 1000 joined cookbook cookbook2
	check "method ${method%% *} carries a cluster" joined cookbook cookbook2
	check_eq "method ${method%% *}: no MAC was wrong" 0 "$(counter cookbook rx_mac)"
	stop_both
done

# ---- a wrong key, an unknown one, another method
keys=('auth 1' '1 sha1 topsecretpassword')
configure
# differs TEXT COUNTER KEY…: cookbook2 has other keys, and for both the other is not there.
differs() {
	local text=$1 which=$2
	keys=("${@:3}")
	configure_one cookbook2
	agent cookbook
	agent cookbook2
	wait_until 5000 says cookbook 'state joining' cluster
	wait_until 5000 says cookbook2 'state joining' cluster
	sleep_us 300000
	check_ge "$text: counted" "$(counter cookbook "$which")" 20
	check "$text: nobody is there for cookbook" says cookbook 'state init' nodes cookbook2
	check "$text: nor for cookbook2" says cookbook2 'state init' nodes cookbook
	check_eq "$text: nothing was good" 0 "$(counter cookbook2 rx_good)"
	stop_both
}
differs "a wrong secret" rx_mac 'auth 1' '1 sha1 topsecretpassword2'
differs "another method" rx_mac 'auth 1' '1 sha256 topsecretpassword'
differs "crc against sha1" rx_mac 'auth 1' '1 crc'
differs "an unknown key" rx_key 'auth 2' '2 sha1 topsecretpassword'

# ---- a pair that is well, and somebody on its wire
keys=('auth 1' '1 sha1 topsecretpassword')
auto_failback=off
configure
start_members
wait_until 1000 joined cookbook cookbook2
record life1 200
frame=$(a_frame life1 10.0.2.15)
# The leave frame of that life too; tcpdump is not told to end before it has written it.
leave_recorded() {
	leave=$(a_frame leave 10.0.2.15)
	[[ ${leave:10:2} == 02 ]]
}

record_leave() {
	local dump=''
	on_bg cookbook2 dump tcpdump --immediate-mode -i eth0 -U -w /lab/out/leave.pcap udp port 694 and src 10.0.2.15
	sleep_us 50000
	agent_stop cookbook
	wait_address cookbook2 "$vip"
	wait_until 5000 leave_recorded
	bg_end "$dump" INT
}
record_leave
check_eq "the leave frame of the first life is recorded" 02 "${leave:10:2}"
agent cookbook
wait_until 5000 joined cookbook cookbook2
holders
check_eq "one of them holds" cookbook2 "$HOLDERS"
# Whom the client speaks as, it does not answer for.
on client sysctl -q net.ipv4.conf.all.arp_ignore=1
watch cookbook cookbook2
sleep_us 100000

only "nothing at all" cookbook2 "" true
only "an empty datagram" cookbook2 rx_short=1 plain ''
only "one byte" cookbook2 rx_short=1 plain 48
only "a header without a MAC" cookbook2 rx_short=1 plain "${frame:0:128}"
only "one byte less than the shortest frame" cookbook2 rx_short=1 plain "${frame:0:190}"
only "a frame without its last byte" cookbook2 rx_length=1 plain "${frame:0:${#frame}-2}"
only "a frame with a byte too many" cookbook2 rx_length=1 plain "${frame}00"
only "another magic" cookbook2 rx_magic=1 plain "48424b4c${frame:8}"
only "another version" cookbook2 rx_version=1 plain "${frame:0:8}02${frame:10}"
only "another type" cookbook2 rx_type=1 plain "${frame:0:10}07${frame:12}"
only "more nodes than fit" cookbook2 rx_length=1 plain "${frame:0:100}ff${frame:102}"
only "more groups than fit" cookbook2 rx_length=1 plain "${frame:0:102}ff${frame:104}"
only "incarnation 0" cookbook2 rx_field=1 plain "${frame:0:32}0000000000000000${frame:48}"
only "sequence number 0" cookbook2 rx_field=1 plain "${frame:0:48}0000000000000000${frame:64}"
only "keepalive 0" cookbook2 rx_field=1 plain "${frame:0:80}00000000${frame:88}"
only "deadtime 0" cookbook2 rx_field=1 plain "${frame:0:88}00000000${frame:96}"
only "another cluster" cookbook2 rx_cluster=1 plain "${frame:0:16}12345678${frame:24}"
only "a good frame from a wrong address" cookbook2 rx_link=1 plain "$frame"
only "a node that is not configured" cookbook2 rx_node=1 forged "${frame:0:24}12345678${frame:32}"
own=$(a_frame life1 10.0.2.16)
only "its own frame, come back" cookbook2 rx_self=1 plain "$own"
only "an unknown key" cookbook2 rx_key=1 forged "${frame:0:12}05${frame:14}"
only "a key beyond all keys" cookbook2 rx_key=1 forged "${frame:0:12}ff${frame:14}"
only "a MAC of zeros" cookbook2 rx_mac=1 forged "${frame:0:${#frame}-64}$(printf '0%.0s' {1..64})"
only "a MAC with a byte beyond its end" cookbook2 rx_mac=1 forged "${frame:0:${#frame}-2}01"

before=$(on cookbook2 hbctl show stats | awk '/^rx_/ && !/good/ { n += $2 } END { print n }')
good=$(counter cookbook2 rx_replay)
lines=$(event_lines)
as 10.0.2.15 10.0.2.16 flipped "$frame"
sleep_us 20000
check_eq "a frame with one byte wrong, each in turn: every one is dropped" $((before + ${#frame} / 2)) \
	"$(on cookbook2 hbctl show stats | awk '/^rx_/ && !/good/ { n += $2 } END { print n }')"
check_eq "and none comes as far as the replay window" "$good" "$(counter cookbook2 rx_replay)"
check_eq "and there is no event" "$lines" "$(event_lines)"

for size in 1 95 96 136 500 1348; do
	if ((size < 96)); then which=rx_short; else which=rx_magic; fi
	only "20 random datagrams of $size bytes" cookbook2 "$which=20" plain "random:$size" -n 20 -r "$size"
done
only "random datagrams longer than any frame" cookbook2 rx_length=20 plain random:1400 -n 20
only "datagrams in fragments" cookbook2 rx_length=5 plain random:4000 -n 5
long=$frame$(printf 'ab%.0s' {1..1300})
only "a frame with much behind it" cookbook2 rx_length=1 plain "$long"

# ---- recordings
record life2 200
in=$(frames life2 10.0.2.15)
check_ge "a recording of this life" "$in" 15
only "this life's frames again" cookbook2 "rx_replay=$in" again life2
only "and to the other node" cookbook "rx_replay=$(frames life2 10.0.2.16)" again life2 10.0.2.16 10.0.2.15
only "an earlier life's frames" cookbook2 "rx_stale=$(frames life1 10.0.2.15)" again life1
only "an earlier life's good-bye" cookbook2 "rx_stale=$(frames leave 10.0.2.15)" again leave
check "cookbook is up for cookbook2 all the same" joined cookbook cookbook2
check_holders "and the address is where it was" cookbook2

# ---- of a node that is dead
record life3 100
agent_kill cookbook
cut cookbook
wait_new_event cookbook2 '"object":"node".*"name":"cookbook","state":"dead"' "$CUT_US"
# What it still said on its way, or after it, has been heard.
sleep_us 100000
only "the dead node's last life" cookbook2 "" again life3
only "and the life before" cookbook2 "" again life2
only "and the first" cookbook2 "" again life1
only "and its good-bye" cookbook2 rx_stale again leave
check "it stays dead" says cookbook2 'state dead' nodes cookbook
check "and holds nothing there" says cookbook2 'state active holder cookbook2' groups cookbook
check_holders "the address is where it was" 'cookbook2'

# ---- of lives before both were restarted, and before one was, which is alone
# What a killed agent leaves in the kernel lives on until the next one ends it.
heal cookbook
agent cookbook
wait_until 30000 joined cookbook cookbook2
stop_both
agent cookbook
agent cookbook2
wait_until 30000 joined cookbook cookbook2
watch cookbook cookbook2
sleep_us 100000
for life in life1 life2 life3; do
	only "both restarted: frames of $life" cookbook2 "rx_stale=$(frames "$life" 10.0.2.15)" again "$life"
	only "and to the other node" cookbook "rx_stale=$(frames "$life" 10.0.2.16)" again "$life" 10.0.2.16 10.0.2.15
done
only "both restarted: the good-bye" cookbook2 "rx_stale=$(frames leave 10.0.2.15)" again leave
check "both are up all the same" joined cookbook cookbook2
stop_both
settings=('initdead 3600')
configure
agent cookbook2
wait_until 5000 says cookbook2 'state joining' cluster
watch cookbook2
for life in life1 life2 life3; do
	only "one restarted, alone: frames of $life" cookbook2 "" again "$life"
done
only "one restarted, alone: the good-bye" cookbook2 rx_stale again leave
check "nobody is there for it" says cookbook2 'state init' nodes cookbook
check "and it waits for the other" says cookbook2 'state joining' cluster
lab_done
