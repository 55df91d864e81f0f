#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How long a client is without answers when the holder dies silently, both directions of its cable dead at one instant. This
# is what hbkm is for, so it is measured at the client and bounded: 20 deaths at phases spread evenly over the holder's beat,
# at three settings. Each outage is split: until the verdict, from that to the address, from that to the client's answer.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# deaths COUNT KEEPALIVE_US: the holder of each one is cut and healed, and is not the holder of the next. Keeps of each
# when it was cut, when that was found, and when the address was there.
deaths() {
	local count=$1 keepalive=$2 i now when other found
	died=()
	for ((i = 0; i < count; i++)); do
		[[ $holder == cookbook ]] && other=cookbook2 || other=cookbook
		now=$(mono_us)
		# The next moment but 5 ms at this phase of the beat, whose times are a constant modulo keepalive.
		when=$((now + 5000 + keepalive))
		cut_at "$((when - when % keepalive + keepalive * i / count))" "$holder"
		wait_new_event "$other" "\"object\":\"node\".*\"name\":\"$holder\",\"state\":\"dead\"" "$CUT_US" || return
		found=$EVENT_US
		wait_new_event "$other" "\"object\":\"group\".*\"state\":\"active\",\"holder\":\"$other\"" "$CUT_US" || return
		died+=("$CUT_US $found $EVENT_US")
		# Time for the client's next answer.
		sleep_us 4000
		heal "$holder"
		# It hears of the winner's claim and drops its own, and the winner counts on it again.
		wait_new_event "$holder" '"object":"group".*"state":"standby"' "$HEAL_US" || return
		wait_new_event "$other" "\"object\":\"node\".*\"name\":\"$holder\",\"state\":\"up\".*\"agent\":true,\"settled\":true" \
			"$HEAL_US" || return
		wait_no_address "$holder" "$vip" || return
		holder=$other
	done
}

# setting COUNT KEEPALIVE_US DEADTIME_US WORST [MEDIAN]
setting() {
	local name="$(($2 / 1000))/$(($3 / 1000)) ms" node cut found there from to put_off=0
	local -a outages=() verdicts=() addresses=() answers=()
	for node in cookbook cookbook2; do
		check "$name can be set live on $node" on "$node" hbctl set keepalive "$2us" deadtime "$3us"
	done
	# A slower beat is announced for a deadtime before it comes to pass.
	sleep_us $((4 * $3))
	check_holders "$name: the change moves nothing" "$holder"
	client_start client "$vip" 100
	sleep_us 5000
	deaths "$1" "$2"
	client_stop client
	check_eq "$name: every death was seen" "$1" "${#died[@]}"
	for node in "${died[@]}"; do
		read -r cut found there <<<"$node"
		# The gap that the cut lies in, or that begins with the answers on their way then.
		read -r from to _ < <(client_gaps client 500 "$cut" $((cut + 500)))
		outages+=($((to - from)))
		verdicts+=($((found - cut)))
		addresses+=($((there - found)))
		answers+=($((to - there)))
	done
	# In user-mode Linux a node that joins anew does so in the very instant of the other's beat, and goes on like that. So a
	# verdict falls due as one's own beat is on its way to the other, through the queue of the one processor, and is put off once.
	[[ $LAB_KERNEL != uml* ]] || put_off=$(($3 / 16))
	spread "$name: client outage" "${outages[@]}"
	limit "$name: worst client outage, us" "$WORST" $(($4 + put_off))
	[[ -z ${5-} ]] || limit "$name: median client outage, us" "$MEDIAN" "$5"
	check_ge "$name: they were outages, us" "$LEAST" $(($3 - 2 * $2))
	spread "$name: from the cut to the verdict" "${verdicts[@]}"
	limit "$name: no verdict later than deadtime, us" "$WORST" $(($3 + 500 + put_off))
	(($1 < 20)) || limit "$name: the phases were spread, less than it should be in us" $(($2 - $2 / $1 - (WORST - LEAST))) $(($2 / 5))
	spread "$name: from the verdict to the address" "${addresses[@]}"
	spread "$name: from the address to the answer" "${answers[@]}"
}

auto_failback=off
pair_of_nodes
configure
start_members
holders
holder=$HOLDERS
watch cookbook cookbook2
setting 20 1000 3000 4500 3500
setting 20 10000 30000 31500
setting 3 100000 300000 305000
lab_done
