#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# hbkm with more nodes and groups: what an idle cluster costs, and for how long a client has no answer when the node that holds
# all groups dies silently. All nodes share the one processor, so with many of them keepalive must be longer: what they cost
# together must be less than it.
#	tests/bench/growth.sh NODES GROUPS ucast|mcast KEEPALIVE_MS [DEATHS]
# A line in $LAB_OUT/rows: nodes, groups, cast, us between beats, ns taken in a second, beats sent in it, outages in us.
# lab: files ../netns/common.sh
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

count=$1 groups=$2 cast=$3 keepalive_ms=$4 deaths=${5:-3}
probe_us=100 spin_ms=1000
members=() resources=() media=() settings=('warntime '$((2 * keepalive_ms))ms)
# shellcheck disable=SC2034 # configure takes them
keepalive=${keepalive_ms}ms deadtime=$((3 * keepalive_ms))ms
# Who does not hear of itself does not mind to be named: so the list is the same everywhere, as Heartbeat's users have it.
for ((i = 1; i <= count; i++)); do
	members+=("n$i")
	media+=("ucast eth0 10.0.2.$((100 + i))")
done
[[ $cast == ucast ]] || media=('mcast eth0 239.0.0.1 694 1 0')
for ((i = 1; i <= groups; i++)); do
	resources+=("n1 IPaddr::10.0.2.$((150 + i))/24/eth0")
done
# Of all that have to be taken over, the last.
vip=10.0.2.$((150 + groups))

# all_up: every node is sure of every other.
all_up() {
	local name
	for name in "${members[@]}"; do
		(($(on "$name" hbctl show nodes | grep -c 'state up agent settled') == count - 1)) || return
	done
	has_address n1 "$vip"
}

beats() {
	local name sum=0 n
	for name in "${members[@]}"; do
		n=$(counter "$name" tx)
		sum=$((sum + n))
	done
	echo "$sum"
}

taken() {
	labtool spin $spin_ms | awk '{ print $2 }'
}

# death PHASE_US: sets OUTAGE.
death() {
	local cut _
	client_start client "$vip" $probe_us
	sleep_us 20000
	read -r _ cut < <(labtool cut-beat "${1}000" 17:694 n1.eth0)
	sleep_us $((keepalive_ms * 5000 + 100000))
	client_stop client
	read -r _ _ OUTAGE < <(client_gaps client 0 "$cut" $((cut + 1000)) | sort -k 3 -n | tail -n 1)
	heal n1
	wait_until 60000 all_up
	sleep_us $((keepalive_ms * 20000))
}

chrt --fifo --pid 60 "$(pgrep -x ksoftirqd/0)"
node client eth0=10.0.2.50/24@br0
for ((i = 1; i <= count; i++)); do
	node "n$i" "eth0=10.0.2.$((100 + i))/24@br0"
done
configure
modprobe hbkm
idle=$(taken)
for name in "${members[@]}"; do
	agent "$name"
done
wait_until 120000 all_up
sleep_us $((keepalive_ms * 20000))
ns=$(taken)
mono_us from
sent=$(beats)
sleep_us $((spin_ms * 1000))
mono_us to
sent=$((($(beats) - sent) * 1000000 / (to - from)))
outages=()
for ((i = 0; i < deaths; i++)); do
	death $((keepalive_ms * 1000 + 20 + keepalive_ms * 1000 * i / deaths))
	outages+=("$OUTAGE")
	limit "$count nodes, $groups groups, $cast: outage, us" "$OUTAGE" $((keepalive_ms * 6000))
done
row="$count $groups $cast $((keepalive_ms * 1000)) $(((ns - idle) * 1000 / spin_ms)) $sent ${outages[*]}"
echo "$row" >"$LAB_OUT/rows"
echo "row $row"
lab_done
