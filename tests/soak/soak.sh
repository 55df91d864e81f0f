#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A day of nothing, in user-mode Linux, where it takes two minutes (lossy) to a quarter of an hour: nobody is held for dead,
# every counter is exactly what arithmetic says, and no memory is eaten up. An hour is let pass first, for memory to settle.
#	tests/lab/run --kernel uml --timeout 86400 tests/soak/soak.sh steady [HOURS]	keepalive 1 ms, deadtime 3 ms
#	tests/lab/run --kernel uml --timeout 86400 tests/soak/soak.sh lossy [HOURS]	10 ms, 100 ms; 1 % loss, 1 to 3 ms delay
# lab: files ../netns/common.sh
# lab: limit 360000
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

kind=$1 hours=${2-24}
case $kind in
steady) keepalive=1ms deadtime=3ms keepalive_us=1000 ;;
lossy) keepalive=10ms deadtime=100ms keepalive_us=10000 ;;
*) fail "steady or lossy?"; exit 1 ;;
esac

# sample NUMBER: COUNT[NUMBER NODE KEY] is each counter, MEMORY[NUMBER WHAT] some memory in KiB. Reading takes no time here,
# so it is all of one moment. Memory first, since what our own processes leave behind is freed some time after their end.
declare -A COUNT=() MEMORY=() AGENT=()
sample() {
	local name key value said
	while read -r key value _; do
		[[ $key != Slab: && $key != SUnreclaim: && $key != Percpu: ]] || MEMORY[$1 ${key%:}]=$value
	done </proc/meminfo
	for name in cookbook cookbook2; do
		while read -r key value; do
			COUNT[$1 $name $key]=$value
		done < <(on "$name" hbctl show stats)
		said=$(tc -s qdisc show dev "$name.eth0" root)
		said=${said#*dropped }
		COUNT[$1 $name lost]=${said%%,*}
		while read -r key value _; do
			[[ $key != VmRSS: ]] || MEMORY[$1 the agent of $name]=$value
		done <"/proc/${AGENT[$name]}/status"
	done
}

# delta NODE KEY: sets DELTA to how much more that counter was the second time.
delta() {
	local from=${COUNT[1 $1 $2]} to=${COUNT[2 $1 $2]}
	DELTA=$((to - from))
}

pair_of_nodes
# Nothing but beats on the wire.
for name in cookbook cookbook2 client; do
	for other in cookbook cookbook2 client; do
		[[ $name == "$other" ]] || ip -n "$name" neighbour replace dev eth0 nud permanent \
			"$(ip -n "$other" -br address show dev eth0 | sed -n 's/.* \(10\.0\.2\.[0-9]*\).*/\1/p')" \
			lladdr "$(on "$other" cat /sys/class/net/eth0/address)"
	done
done
if [[ $kind == lossy ]]; then
	for name in cookbook cookbook2; do
		tc qdisc add dev "$name.eth0" root netem loss 1% delay 2ms 1ms
	done
fi
configure
start_members
for name in cookbook cookbook2; do
	agent_pid "$name" pid
	AGENT[$name]=$pid
done
watch cookbook cookbook2
sample 0
sleep_us 3600000000
sample 1
started=$(mono_us)
for ((hour = 1; hour <= hours; hour++)); do
	sleep_us $((started + hour * 3600000000 - $(mono_us)))
	[[ $hour != "$hours" ]] || sample 2
	printf '# %d of %d hours: %s beats, %s events\n' "$hour" "$hours" "$(on cookbook hbctl show stats | sed -n 's/^beat //p')" \
		"$(sed '1,/"event":"dumped"/d' "$LAB_OUT/cookbook.events" | wc -l)"
done
took=$(($(mono_us) - started))

for name in cookbook cookbook2; do
	[[ $name == cookbook ]] && other=cookbook2 || other=cookbook
	sed '1,/"event":"dumped"/d' "$LAB_OUT/$name.events" >"$LAB_OUT/$name.happened"
	# Where one of a hundred is lost, four in a row are now and then in a day: that makes a node late, and no more.
	allowed=0
	[[ $kind == steady ]] || allowed=$(grep -c -E '"object":"node".*"state":"(late|up)"' "$LAB_OUT/$name.happened")
	measure "$name: events of lateness" "$allowed" ''
	check_eq "$name: else nothing happened in $hours h" "$allowed" "$(wc -l <"$LAB_OUT/$name.happened")"
	delta "$name" beat_extra
	extra=$DELTA
	check_le "$name: beats out of turn, one for each of these at most" "$extra" "$allowed"
	while read -r key _; do
		[[ ' tx beat beat_extra rx_good ' != *" $key "* ]] || continue
		delta "$name" "$key"
		check_eq "$name: $key" 0 "$DELTA"
	done < <(on "$name" hbctl show stats)
	delta "$name" beat
	beats=$DELTA
	away=$((beats - took / keepalive_us))
	check_le "$name: beats sent: $beats, as many as keepalives in $took us, but for" "${away#-}" 1
	delta "$name" tx
	check_eq "$name: each is one frame" $((beats + extra)) "$DELTA"
	delta "$other" lost
	lost=$DELTA
	delta "$other" rx_good
	# One may be under way.
	away=$((beats + extra - lost - DELTA))
	if [[ $kind == steady ]]; then
		check_eq "$other received each" $((beats + extra)) "$DELTA"
	else
		check_le "$other received each but $lost that were lost, and but for" "${away#-}" 1
		check_ge "and some were" "$lost" $((beats / 200))
	fi
done
check_holders "cookbook has the address" cookbook
for key in "${!MEMORY[@]}"; do
	[[ $key == '1 '* ]] || continue
	from=${MEMORY[$key]} to=${MEMORY[2 ${key#* }]}
	measure "${key#* }: $from KiB, and $hours h later" "$to" KiB
	check_le "${key#* }: grows by, KiB" $((to - from)) 64
done
lab_done
