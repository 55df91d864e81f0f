#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the idle pair costs: processor time, in the lab's virtual time, where a nanosecond is an instruction; frames and bytes on
# the wire; memory. A busy loop takes all that is left of the one processor, with the contestant, and again when that has been
# stopped: the difference is the contestant's, kernel, wire, scheduler and all.
#	tests/bench/cost.sh CONTESTANT [SECONDS]
# A line in $LAB_OUT/rows: seconds, ns taken with it and without it, ns of that in its processes, frames and bytes that both nodes
# have sent, KiB resident of its processes on one node, of them locked, KiB of its module.
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants
# lab: modules sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

seconds=${2:-2}

# sent WHAT: packets or bytes, by both nodes.
sent() {
	local name n sum=0
	for name in cookbook cookbook2; do
		n=$(on "$name" cat "/sys/class/net/eth0/statistics/tx_$1")
		sum=$((sum + n))
	done
	echo "$sum"
}

# in_processes: ns that the contestant's have run, on both nodes.
in_processes() {
	local name pid ns _ sum=0
	for name in cookbook cookbook2; do
		for pid in $(processes "$name"); do
			for task in "/proc/$pid/task"/*; do
				read -r ns _ <"$task/schedstat"
				sum=$((sum + ns))
			done
		done
	done
	echo "$sum"
}

# memory KEY: of /proc/PID/status, KiB, of all processes on cookbook.
memory() {
	local pid
	for pid in $(processes cookbook); do
		awk -v key="$1:" '$1 == key { print $2 }' "/proc/$pid/status"
	done | awk '{ n += $1 } END { print n + 0 }'
}

spin() {
	labtool spin $((seconds * 1000)) | awk '{ print $2 }'
}

wait_settled || lab_done
mono_us from
packets=$(sent packets) bytes=$(sent bytes) run=$(in_processes)
taken=$(spin)
# The window of these is longer, by how long it takes to look.
mono_us to
run=$(($(in_processes) - run)) packets=$(($(sent packets) - packets)) bytes=$(($(sent bytes) - bytes))
for what in run packets bytes; do
	declare "$what=$((${!what} * seconds * 1000000 / (to - from)))"
done
module=0
[[ ! -e /sys/module/hbkm/coresize ]] || module=$(($(</sys/module/hbkm/coresize) / 1024))
resident=$(memory VmRSS) locked=$(memory VmLck)
for name in cookbook2 cookbook; do
	kind_stop "$name"
done
sleep_us 1000000
left=$(spin)
check_ge "$contestant: it takes more than nothing, ns" "$taken" "$left"
check_ge "$contestant: it beats" "$packets" 1
keep "$seconds $taken $left $run $packets $bytes $resident $locked $module"
lab_done
