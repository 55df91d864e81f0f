#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A busy node is not a dead node. Puts a load on both nodes (in one guest they share its processor), watches for SECONDS how
# late beats leave and whether anybody is held for dead, then lets the holder die under the same load.
#	tests/lab/run tests/load/load.sh [-w] [-s SECONDS] [-d DEATHS] [-t DEADTIME_US]... LOAD...
# With -w the standby is warm: it takes over without its agent, which then may come to run whenever it likes.
# A row of JSON for each load and deadtime is kept in $LAB_OUT/rows. tests/load/matrix runs them all.
# lab: files ../netns/common.sh trace.sh loads.sh
# lab: needs nft mkfs.ext4 fsfreeze
# lab: modules loop ext4 nf_tables nft_ct nft_limit nf_conntrack sch_tbf sch_prio
# lab: dmesg-allow Out of memory|oom|Call Trace|labtool: a line for the console
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh
# shellcheck source=trace.sh
. ./trace.sh
# shellcheck source=loads.sh
. ./loads.sh

seconds=5 deaths=2 deadtimes=() warm=''
while getopts ws:d:t: option; do
	case $option in
	w) warm=warm ;;
	s) seconds=$OPTARG ;;
	d) deaths=$OPTARG ;;
	t) deadtimes+=("$OPTARG") ;;
	*) exit 1 ;;
	esac
done
shift $((OPTIND - 1))
[[ ${#deadtimes[@]} -gt 0 ]] || deadtimes=(10000 3000)

# Under these loads a death is seen in time, but acted upon when agents, at SCHED_FIFO 50, come to run; or when an ordinary process
# that forks does, for it may hold the lock on the per-CPU memory that a route of the address takes; or the new holder's answers
# wait in the interface's queue.
unanswered=' fifo fifo-flood flood-fifo forks txqueue '
[[ -z $warm ]] || unanswered=' txqueue '
# And under these interrupts or softirqs are kept off for longer: a console prints with interrupts off, the kernel frees the memory
# of a killed process in batches with interrupts off, and received frames are looked at up to 300 at a time.
imprecise=' console memory flood-fifo '
# And under these the address may move, in order: a holder that stands still for longer than deadtime drops it, and so does one
# whose agent is stopped for longer than its time-out, but where the standby is warm.
moving=' memory agent-stopped '
[[ -z $warm ]] || moving=' memory '
forged=' flood flood-hogs fifo-flood flood-fifo '
# Frames as the module's own, but for the last byte.
# shellcheck disable=SC2034 # loads.sh reads it
flood_with=$LAB_OUT/forged

# ---- loads of this script only -----------------------------------------------------------------------------------------

# Both nodes send into an interface that is slower, and whose queue, with the kernel's usual three bands by priority, is full: of
# frames of the same band as the service's answers, or of those beneath.
start_txqueue() {
	local name band
	for name in cookbook cookbook2; do
		on "$name" tc qdisc add dev eth0 root handle 1: tbf rate 20mbit burst 20kb limit 1mb
		on "$name" tc qdisc add dev eth0 parent 1:1 handle 2: prio
		for band in 1 2 3; do
			on "$name" tc qdisc add dev eth0 parent "2:$band" handle "1$band:" pfifo limit 30
		done
	done
	flood '' 9 1400
}
end_txqueue() {
	local name full
	for name in cookbook cookbook2; do
		full=$(on "$name" tc -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p' | sort -n | tail -n 1)
		check_ge "txqueue: frames that found the queue of $name full" "$full" 1
		on "$name" tc qdisc del dev eth0 root
	done
}

start_txqueue-bulk() {
	local name
	start_txqueue
	for name in cookbook cookbook2; do
		on "$name" tc filter add dev eth0 parent 2: protocol ip u32 match ip dport 9 0xffff flowid 2:3
	done
}
end_txqueue-bulk() { end_txqueue; }

# Agents log to a file system that is frozen, and others write there.
frozen=/frozen
start_frozen() {
	load labtool write "$frozen" 8 "$forever"
	sleep_us 20000
	fsfreeze -f "$frozen"
}
end_frozen() {
	check_ge "frozen: processes that wait for it" "$(cat /proc/[0-9]*/stat | grep -c '^[0-9]* (labtool) D ')" 1
	fsfreeze -u "$frozen"
}

# The agent of the holder stands still for 5 s: the peer takes over in order, for nobody is dead; or, if it is warm, none has to.
start_agent-stopped() {
	local pid
	other_of "$HOLDER"
	agent_pid "$HOLDER" pid
	kill -STOP "$pid"
	sleep_us 5000000
	if [[ -z $warm ]]; then
		check "agent-stopped: the peer has taken it over, in order" group_is "$OTHER" 'state active'
	else
		check "agent-stopped: the holder goes on without it" group_is "$HOLDER" 'state active'
	fi
	kill -CONT "$pid"
}

# ---- what is seen ----------------------------------------------------------------------------------------------------

stalls() {
	local name key value
	STALLS=0
	for name in cookbook cookbook2; do
		while read -r key value; do
			[[ $key != stall ]] || STALLS=$((STALLS + value))
		done < <(on "$name" hbctl show stats)
	done
}

# one_holder: both are well, and one of them, HOLDER, has the address, or, if both are warm, may use it.
one_holder() {
	joined cookbook cookbook2 || return
	if [[ -z $warm ]]; then
		holders
		HOLDER=$HOLDERS
		[[ $HOLDER == cookbook || $HOLDER == cookbook2 ]]
	else
		HOLDER=cookbook
		group_is cookbook 'state active' || HOLDER=cookbook2
		other_of "$HOLDER"
		group_is "$HOLDER" 'state active' && group_is "$OTHER" 'state standby' && both_ready
	fi
}

# death: the holder dies, and lives again. Adds to the arrays verdicts, outages (from the last answer before it on), since (from the
# death itself on), and before (how long the load alone left the client without an answer, within 100 ms before it).
death() {
	local now
	one_holder
	mono_us now
	cut_at $((now + 200000)) "$HOLDER"
	sleep_us 300000
	# Until the address answers again, or never.
	wait_until 10000 answered
	died "$HOLDER" "$CUT_US" $((CUT_US + 10000000))
	check_ge "$HOLDER is dead" "$DIED" 1
	verdicts+=($((DIED_US - CUT_US)))
	outages+=("$(client_outage_us client "$CUT_US" $((CUT_US + 100000)))")
	since+=("$(client_unanswered_us client "$CUT_US" $((CUT_US + 100000)))")
	before+=("$(client_outage_us client $((CUT_US - 100000)) $((CUT_US - 5000)))")
	heal "$HOLDER"
	wait_until 60000 one_holder
}

answered() {
	local from to
	read -r from to _ < <(client_gaps client 400 "$CUT_US" $((CUT_US + 500)))
	(($(mono_us) - to > 2000))
}

# row LOAD DEADTIME_US
row() {
	local keepalive=$(($2 / 3)) slack=2000 from to stalled pid n half most worst wrong name verdict outage had term
	local -A rx_mac=()
	local -a verdicts=() outages=() since=() before=()
	for name in cookbook cookbook2; do
		on "$name" hbctl set keepalive 1ms deadtime 100ms
		on "$name" hbctl set keepalive "${keepalive}us" deadtime "$2us"
	done
	sleep_us 300000
	wait_until 20000 one_holder
	stalls
	stalled=$STALLS had=$HOLDER
	term=$(value "$had" term groups cookbook)
	for name in cookbook cookbook2; do
		rx_mac[$name]=$(counter "$name" rx_mac)
	done
	echo >$trace/trace
	mono_us from
	"start_$1"
	sleep_us 500000
	sleep_us $((seconds * 1000000))
	mono_us to
	cat $trace/trace >"$LAB_OUT/trace"
	stalls
	stalled=$((STALLS - stalled))
	died '' "$from" "$to"
	read -r n half most worst < <(lateness "$LAB_OUT/trace")
	wrong=$DIED
	check "$1: the load was there all the time" loaded
	check_eq "$1 at $2 us: deaths" 0 "$wrong"
	check_ge "$1 at $2 us: beats of both nodes that this is about" "$n" $(((to - from) * 19 / (keepalive * 10)))
	if [[ $moving == *" $1 "* || ($LAB_EXACT != 1 && $stalled != 0) ]]; then
		measure "$1 at $2 us: terms before and after" "$term $(value "$had" term groups cookbook)" ''
	else
		check_eq "$1 at $2 us: $had had the address all the time: term" "$term" "$(value "$had" term groups cookbook)"
		check "$1 at $2 us: and has it" group_is "$had" 'state active'
	fi
	if [[ $forged == *" $1 "* ]]; then
		for name in cookbook cookbook2; do
			check_ge "$1 at $2 us: forged beats that $name has looked at" $(($(counter "$name" rx_mac) - rx_mac[$name])) $((seconds * 100))
		done
	fi
	measure "$1 at $2 us: of $n beats, half / 999 of 1000 / all late by at most" \
		"$((half / 1000)) / $((most / 1000)) / $((worst / 1000))" us
	measure "$1 at $2 us: stalls" "$stalled" ''
	# There a question waits for its turn, too, and the answer: some are under way when the holder dies, and were lost already.
	[[ $1 != flood-fifo ]] || slack=3000
	[[ $imprecise == *" $1 "* ]] || limit "$1 at $2 us: 999 of 1000 beats late by, us" $((most / 1000)) 50
	if [[ $1 != agent-stopped ]]; then
		client_start client "$vip" 200
		for ((n = 0; n < deaths; n++)); do
			death
		done
		client_stop client
		measure "$1 at $2 us: verdicts" "${verdicts[*]}" us
		for verdict in "${verdicts[@]}"; do
			check_ge "$1 at $2 us: verdict, us, not before its time" "$verdict" $(($2 - 2 * keepalive))
			limit "$1 at $2 us: verdict, us" "$verdict" $(($2 + 2000))
		done
		measure "$1 at $2 us: outages" "${outages[*]}" us
		measure "$1 at $2 us: without an answer since the death" "${since[*]}" us
		measure "$1 at $2 us: without an answer before it" "${before[*]}" us
		if [[ $unanswered != *" $1 "* ]]; then
			for outage in "${outages[@]}"; do
				limit "$1 at $2 us: client outage, us" "$outage" $(($2 + slack))
			done
			for outage in "${since[@]}"; do
				limit "$1 at $2 us: without an answer since the death, us" "$outage" $(($2 + 2000))
			done
		fi
	fi
	end_load "$1"
	printf '{"kernel":"%s","load":"%s","standby":"%s","deadtime_us":%d,"seconds":%d,"deaths":%d,"stalls":%d,"late_ns":[%d,%d,%d],"verdict_us":[%s],"outage_us":[%s],"since_death_us":[%s],"before_us":[%s]}\n' \
		"$LAB_KERNEL" "$1" "${warm:-cold}" "$2" "$seconds" "$wrong" "$stalled" "$half" "$most" "$worst" \
		"$(IFS=,; echo "${verdicts[*]}")" "$(IFS=,; echo "${outages[*]}")" "$(IFS=,; echo "${since[*]}")" \
		"$(IFS=,; echo "${before[*]}")" >>"$LAB_OUT/rows"
	[[ $LAB_EXACT == 1 ]] || cp "$LAB_OUT/trace" "$LAB_OUT/trace.$1.$2"
}

# ---- the cluster -----------------------------------------------------------------------------------------------------

auto_failback=off
settings=('logfile /var/log/ha-log')
mkdir "$frozen"
truncate -s 32M /dev/shm/disk
mkfs.ext4 -q -F /dev/shm/disk
mount -o loop /dev/shm/disk "$frozen"
pair_of_nodes
for name in cookbook cookbook2; do
	mkdir "$frozen/$name"
	on "$name" mount --bind "$frozen/$name" /var/log
done
configure
if [[ -n $warm ]]; then
	start_warm cookbook cookbook2
else
	start_members
fi
for name in cookbook cookbook2; do
	[[ $name == cookbook ]] && to=10.0.2.16 || to=10.0.2.15
	capture "$name" eth0 "$name.pcap" udp port 694 and dst "$to"
	sleep_us 20000
	capture_stop "$name"
	# The last byte of the newest frame, and so its MAC, is another.
	frame=$(labtool payloads "$LAB_OUT/$name.pcap" | awk 'END { print $NF }')
	last=$((0x${frame: -2} ^ 1))
	for ((i = 0; i < ${#frame} - 2; i += 2)); do
		printf '%b' "\\x${frame:i:2}"
	done >"$LAB_OUT/forged.$name"
	printf '%b' "\\x$(printf %02x $last)" >>"$LAB_OUT/forged.$name"
done
trace_start
rt_unlimited
# Above the ordinary processes of the loads, and below the agents.
chrt -f -p 40 $$
for load in "$@"; do
	for deadtime in "${deadtimes[@]}"; do
		row "$load" "$deadtime"
	done
done
lab_done
