#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guest side of the demo: plays the recipe, tells it as it happens, and leaves what it measured in $LAB_OUT:
#   facts    NAME VALUE: moments are nanoseconds of CLOCK_MONOTONIC
#   series   beat-sent NS · beat-heard NS · answer NS NODE, around the death, as captured
# The first step that is not as it should be is the last one.
# shellcheck disable=SC2154 # mono_us sets the variable that it is told the name of
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"

address=10.0.2.100
declare -A own=([cookbook]=10.0.2.15 [cookbook2]=10.0.2.16)
keepalive_us=1000
deadtime_us=3000
outage_limit_us=$((deadtime_us + 1500))
handover_limit_us=2000

# ---- telling ---------------------------------------------------------------------------------------------------------

mono_us start_us

# told_at NS TEXT: something that happened at that moment. tell TEXT: now.
told_at() {
	local us=$(($1 / 1000 - start_us))
	printf '%4d.%03d s  %s\n' $((us / 1000000)) $((us / 1000 % 1000)) "$2"
}

tell() {
	local now
	mono_us now
	told_at $((now * 1000)) "$1"
}

# ms_text US: sets REPLY, as in 2.931.
ms_text() {
	printf -v REPLY '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

# stop_here TEXT: what was expected, and what was seen.
stop_here() {
	fail "$1"
	lab_done
}

# expect TEXT WANTED GOT
expect() {
	[[ $2 == "$3" ]] || stop_here "$1: expected '$2', saw '$3'"
}

# expect_at_most TEXT LIMIT_US GOT_US
expect_at_most() {
	(($3 <= $2)) || stop_here "$1: expected at most $2 us, saw $3 us"
}

# expect_order TEXT FORMER_NS LATTER_NS: TEXT says what comes after what.
expect_order() {
	(($2 <= $3)) || stop_here "expected $1, saw it $((($2 - $3) / 1000)) us too early"
}

# must COMMAND…: one of lib.sh's waits, which says itself what it waited for in vain.
must() {
	"$@" || lab_done
}

fact() {
	printf '%s %s\n' "$1" "$2" >>"$LAB_OUT/facts"
}

# ---- asking ----------------------------------------------------------------------------------------------------------

# asked NODE ALL|NONE: within 5 s it says so, in the recipe's own words; SAID_NS is when. Not asked too often: each time
# costs the guest some milliseconds of its one processor. holds NODE ALL|NONE: and tells it.
asked() {
	local wanted="This node is holding $2 resources." said end now
	mono_us end
	end=$((end + 5000000))
	until
		said=$(on "$1" cl_status rscstatus -m)
		mono_us now
		[[ $said == "$wanted" ]] || ((now > end))
	do
		sleep_us 50000
	done
	expect "cl_status rscstatus -m on $1" "$wanted" "$said"
	SAID_NS=${now}000
	SAID="$1: cl_status rscstatus -m: $said"
}

holds() {
	asked "$1" "$2"
	told_at "$SAID_NS" "$SAID"
}

# labelled NODE: the address is there under the recipe's name for it.
labelled() {
	local got
	got=$(ip -n "$1" -json address show dev eth0 |
		jq -r '.[].addr_info[] | select(.label == "eth0:1") | "\(.local)/\(.prefixlen)"')
	expect "what eth0:1 is on $1" "$address/24" "$got"
}

# knows NODE PEER: it has heard of the peer's present timing.
knows() {
	on "$1" hbctl -j status | jq -e --arg peer "$2" --argjson keepalive $keepalive_us --argjson deadtime $deadtime_us \
		'.nodes[] | select(.name == $peer) | .state == "up" and .keepalive_us == $keepalive and .deadtime_us == $deadtime'
}

# answered_after US: the client has been, several times.
answered_after() {
	[[ $(client_gaps client 0 "$1" $(($1 + 600000000)) | head -n -1 | head -n 10 | wc -l) == 10 ]]
}

# outage FROM_US TO_US: the longest gap between answers in that time. Sets OUTAGE_US, and OUTAGE_FROM and OUTAGE_TO, the
# last answer before and the first one after.
outage() {
	read -r OUTAGE_FROM OUTAGE_TO OUTAGE_US < <(client_gaps client 0 "$1" "$2" | sort -k 3 -n | tail -n 1)
}

# moved NODE SINCE_US: the address has come to that node since then, and the client is answered; how long it was not.
moved() {
	local now
	must wait_address "$1" "$address" 10000
	address_since "$1" "$2"
	must wait_until 2000 answered_after $((ADDRESS_NS / 1000 + 1))
	mono_us now
	outage "$2" "$now"
}

# address_since NODE SINCE_US: sets ADDRESS_NS to when the address came to that node.
address_since() {
	ADDRESS_NS=$(awk -v since="${2}000" -v address="$address/24" \
		'$1 > since && $2 == "add" && $3 == address { print $1; exit }' "$LAB_OUT/$1.addresses")
	[[ -n $ADDRESS_NS ]] || stop_here "expected $address to come to $1, saw that it has not"
}

# capture NODE FILTER: of its eth0, in $LAB_OUT/NODE.pcap. capturing NODE: it does.
capture() {
	lab_start "$1" capture tcpdump -i eth0 -w "$LAB_OUT/$1.pcap" -s 96 --time-stamp-precision=nano "$2"
}

capturing() {
	grep -q 'listening on' "$LAB_OUT/$1.capture"
}

# captured NODE FILTER: SECONDS.NANOSECONDS and the rest of tcpdump's line, hardware addresses included.
captured() {
	tcpdump -r "$LAB_OUT/$1.pcap" -n -e -tt --time-stamp-precision=nano "$2" 2>/dev/null
}

# near AWK: runs it over such lines, where ns is the frame's moment, in CLOCK_MONOTONIC; only from some 8 ms before the cut
# on to some 9 ms after it. In awk's numbers the clock's nanoseconds since 1970 would lose their last digits, hence `second`.
near() {
	awk -v offset="$((lab_clock_offset / 1000000))" -v rest="$((lab_clock_offset % 1000000 * 1000))" -v cut="$CUT_NS" "
		{ split(\$1, second, \".\"); ns = (second[1] - offset) * 1e9 + second[2] - rest }
		ns > cut - 8e6 && ns < cut + 9e6 { $1 }"
}

mac() {
	ip -n "$1" -json link show dev eth0 | jq -r '.[].address'
}

# ---- the recipe ------------------------------------------------------------------------------------------------------

# The wire is softirq work, of the one processor that all three machines share. Left to an ordinary process, as ksoftirqd is,
# a frame would wait until the agents and the client of every machine rest, which no wire does.
chrt --fifo --pid 60 "$(pgrep -x ksoftirqd/0)"
fact kernel "$(uname -r)"
fact start $((start_us * 1000))
for name in cookbook cookbook2; do
	node "$name" "eth0=${own[$name]}/24@wire"
	recipe "$name"
	address_log "$name"
	# It shall tell when the address came, not when the agent, which goes before ordinary processes, had rested.
	chrt --fifo --pid 98 "${lab_pid[$name addresses]}"
done
node client eth0=10.0.2.50/24@wire
tell "three machines on a wire: cookbook ${own[cookbook]}, cookbook2 ${own[cookbook2]}, client 10.0.2.50"
for name in cookbook cookbook2; do
	agent "$name"
done
tell "hbctl run on cookbook and cookbook2, with the recipe's ha.cf, haresources and authkeys"
must wait_address cookbook "$address" 60000
labelled cookbook
told_at $((ADDRESS_US * 1000)) "both are up; cookbook has $address/24, as eth0:1"
fact up $((ADDRESS_US * 1000))
holds cookbook all
holds cookbook2 none
events cookbook2
client_start client "$address" 100
mono_us now
must wait_until 2000 answered_after "$now"
tell "the client asks $address every 100 us, and is answered"

tell "cookbook: service heartbeat stop"
mono_us stop_us
agent_stop cookbook
expect "exit status of hbctl run" 0 $?
moved cookbook2 "$stop_us"
labelled cookbook2
ms_text "$OUTAGE_US"
told_at "$ADDRESS_NS" "cookbook2 has $address; the client went $REPLY ms without an answer"
expect_at_most "outage at the stop" $handover_limit_us "$OUTAGE_US"
fact stop $((stop_us * 1000))
fact handover "$ADDRESS_NS"
fact handover_outage_us "$OUTAGE_US"
holds cookbook2 all

tell "cookbook: service heartbeat start"
mono_us return_us
agent cookbook
moved cookbook "$return_us"
labelled cookbook
ms_text "$OUTAGE_US"
told_at "$ADDRESS_NS" "cookbook has $address again (auto_failback on); the client went $REPLY ms without an answer"
expect_at_most "outage at the failback" $handover_limit_us "$OUTAGE_US"
fact return $((return_us * 1000))
fact failback "$ADDRESS_NS"
fact failback_outage_us "$OUTAGE_US"
holds cookbook all
holds cookbook2 none

# ---- faster ----------------------------------------------------------------------------------------------------------

# All keepalives first: a machine must beat at the new pace before the other judges by it.
for setting in keepalive_us=$keepalive_us deadtime_us=$deadtime_us; do
	for name in cookbook cookbook2; do
		file=/sys/class/hbkm/hb0/${setting%=*}
		on "$name" sh -c "echo ${setting#*=} >$file"
		expect "$file on $name" "${setting#*=}" "$(on "$name" cat "$file")"
		tell "$name: echo ${setting#*=} > $file"
	done
done
mono_us tuned_us
fact tuned $((tuned_us * 1000))
fact keepalive_us $keepalive_us
fact deadtime_us $deadtime_us
must wait_until 2000 knows cookbook cookbook2
must wait_until 2000 knows cookbook2 cookbook
holds cookbook all
holds cookbook2 none

# ---- the death -------------------------------------------------------------------------------------------------------

mac=$(mac cookbook)
mac2=$(mac cookbook2)
capture cookbook "udp and src ${own[cookbook]}"
capture cookbook2 "udp and src ${own[cookbook]}"
capture client "arp or icmp[icmptype] == icmp-echoreply"
for name in cookbook cookbook2 client; do
	must wait_until 2000 capturing "$name"
done
expect "how often cookbook2 judged cookbook dead, so far" 0 \
	"$(grep -c '"object":"node".*"name":"cookbook","state":"dead"' "$LAB_OUT/cookbook2.events")"
# Another seed is another moment between two beats.
RANDOM=$LAB_SEED
mono_us now
cut_at $((now + 20000 + RANDOM % 1000)) cookbook
CUT_NS=${CUT_US}000
told_at "$CUT_NS" "cookbook dies: both directions of its cable are dropped, and nobody is told"
must wait_event cookbook2 '"object":"node".*"name":"cookbook","state":"dead"' 5000
VERDICT_NS=$(jq .monotonic_ns <<<"$EVENT")
ms_text $(((VERDICT_NS - CUT_NS) / 1000))
told_at "$VERDICT_NS" "cookbook2 judges cookbook dead: $REPLY ms after its death"
expect_order "the verdict after the cut" "$CUT_NS" "$VERDICT_NS"
moved cookbook2 "$CUT_US"
asked cookbook2 all
ms_text $(((ADDRESS_NS - VERDICT_NS) / 1000))
told_at "$ADDRESS_NS" "cookbook2 has $address: $REPLY ms after its verdict"
expect_order "the address after the verdict" "$VERDICT_NS" "$ADDRESS_NS"
client_stop client
labelled cookbook2

# tcpdump is handed what was captured once in a second.
sleep_us 1200000
mono_us now
fact end $((now * 1000))
for name in cookbook cookbook2 client; do
	bg_end "${lab_pid[$name capture]}" INT
done
{
	captured cookbook udp | near 'printf "beat-sent %.0f\n", ns'
	captured cookbook2 udp | near 'printf "beat-heard %.0f\n", ns'
	captured client "icmp and src $address" |
		near "printf \"answer %.0f %s\\n\", ns, \$2 == \"$mac\" ? \"cookbook\" : \$2 == \"$mac2\" ? \"cookbook2\" : \$2"
	captured client "arp and arp[14:4] == arp[24:4] and ether src $mac2" | near 'printf "arp %.0f\n", ns'
} >"$LAB_OUT/series"

# first KIND FROM_NS, last KIND TO_NS: sets REPLY to that line of the series, without its kind.
first() { REPLY=$(awk -v kind="$1" -v from="$2" '$1 == kind && $2 > from { print $2, $3; exit }' "$LAB_OUT/series"); }
last() { REPLY=$(awk -v kind="$1" -v to="$2" '$1 == kind && $2 < to { line = $2 " " $3 } END { print line }' "$LAB_OUT/series"); }

last beat-heard "$((CUT_NS + 100000))"
[[ -n ${REPLY% } ]] || stop_here "expected beats of cookbook at cookbook2, saw none"
LAST_BEAT_NS=${REPLY% }
first beat-heard "$LAST_BEAT_NS"
expect "beats that came through the cut" '' "$REPLY"
first arp "$CUT_NS"
[[ -n ${REPLY% } ]] || stop_here "expected a gratuitous ARP for $address at the client, saw none"
ARP_NS=${REPLY% }
ms_text $(((ARP_NS - ADDRESS_NS) / 1000))
told_at "$ARP_NS" "the client hears so, by gratuitous ARP: $REPLY ms after that"
expect_order "the ARP after the address" "$ADDRESS_NS" "$ARP_NS"
ms_text "$OUTAGE_US"
told_at "${OUTAGE_TO}000" "the client is answered again, after $REPLY ms without an answer"
expect_order "the client's next answer after the ARP" "$ARP_NS" "${OUTAGE_TO}000"
last answer "$((OUTAGE_FROM * 1000 + 1000))"
expect "who gave the last answer before" cookbook "${REPLY#* }"
first answer "${OUTAGE_FROM}999"
expect "who gave the first answer after" cookbook2 "${REPLY#* }"
expect_at_most "outage at the death" $outage_limit_us "$OUTAGE_US"
expect "how often cookbook2 judged cookbook dead" 1 \
	"$(grep -c '"object":"node".*"name":"cookbook","state":"dead"' "$LAB_OUT/cookbook2.events")"
told_at "$SAID_NS" "$SAID"

interval_us=$(awk '$1 == "beat-heard" { if (!n++) first = $2; last = $2 }
	END { printf "%.0f", (n > 1) ? (last - first) / (n - 1) / 1000 : 1e9 }' "$LAB_OUT/series")
expect_at_most "the interval between beats" $((keepalive_us + 20)) "$interval_us"
fact beat_interval_us "$interval_us"
fact cut "$CUT_NS"
fact last_beat "$LAST_BEAT_NS"
fact verdict "$VERDICT_NS"
fact address "$ADDRESS_NS"
fact arp "$ARP_NS"
fact answer_before "${OUTAGE_FROM}000"
fact answer_after "${OUTAGE_TO}000"
fact outage_us "$OUTAGE_US"
lab_done
