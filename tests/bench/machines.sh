#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Host side: two whole machines, and a third that asks the address every millisecond, in real time. The kernel of the one that
# has it panics, or its power is cut, COUNT times each: for how long is nobody there? A row for each, `EVENT US`.
#	tests/lab/pair --hosts cookbook,cookbook2 --client --mem 1024 tests/bench/machines.sh CONTESTANT COUNT
# lab: files machine.sh kinds contestants ../netns/common.sh ../load/trace.sh
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/pair-lib.sh
. "$LAB_LIB"

contestant=$1 count=$2
# shellcheck source=contestants/hbkm-1-3ms/contestant
. "${0%/*}/contestants/$contestant/contestant"
vip=10.0.2.100
declare -A own=([a]=10.0.2.15 [b]=10.0.2.16)
answers=/lab/out/answers

set_up() {
	guest "$1" "cd /lab/script && LAB_LIB=/lab/lib.sh LAB_OUT=/lab/out LAB_KERNEL='' bash ./machine.sh $contestant ${own[$1]} >/lab/out/machine 2>&1"
}

has() { guest "$1" ip -o address show to "$vip" | grep -q .; }

settled() { has a && ! has b; }

# wait_settled: and stays so until the contestant is as it would be after days.
wait_settled() {
	wait_until 120000 settled || return
	sleep 8
	wait_until 60000 settled
}

# asks: the client does, from now on. outage: sets OUTAGE to the longest time in which it had no answer.
asks() {
	guest c "labtool client $vip 1000 $answers >/lab/out/client 2>&1 & echo \$! >/lab/out/pid"
	sleep 2
}

outage() {
	guest c 'kill "$(cat /lab/out/pid)"; sleep 0.1'
	OUTAGE=$(guest c labtool outage "$answers")
}

# dies EVENT COMMAND…: the machine that has the address does, by this.
dies() {
	wait_settled || return
	asks
	"${@:2}"
	wait_until 60000 has b
	sleep $((4 + beat_us * 2 / 1000000))
	outage
	echo "row $1 $OUTAGE"
	ended=$((ended + 1))
}

# boots: both, anew: their clocks begin again, too, and Heartbeat takes who is younger than he was for his own ghost.
boots() {
	local each
	for each in a b; do
		[[ -z ${lab_machine[$each]-} ]] || power_cut "$each"
	done
	for each in a b; do
		power_on "$each" && set_up "$each"
	done
}

panics() {
	guest a 'echo c >/proc/sysrq-trigger' >/dev/null 2>&1 &
	ends a
	wait "$!" 2>/dev/null
}

guest c 'ip link set eth0 up; ip address add 10.0.2.50/24 dev eth0'
ended=0
for ((n = 0; n < count; n++)); do
	boots
	dies panic panics || break
	boots
	dies power power_cut a || break
done
for each in "${!lab_machine[@]}"; do
	guest "$each" 'cat /lab/out/*' >"$LAB_OUT/$each.log"
done
check_eq "$contestant: deaths" $((2 * count)) "$ended"
lab_done
