#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the idle pair costs: processor time, in the lab's virtual time, where a nanosecond is an instruction; frames and bytes on
# the wire; memory. A busy loop takes all that is left of the one processor, with the contestant, and again when that has been
# stopped: the difference is the contestant's, kernel, wire, scheduler and all.
#	tests/bench/cost.sh CONTESTANT [SECONDS]
# A line in $LAB_OUT/rows: seconds, ns taken with it and without it, ns of that in its processes, frames and bytes that both nodes
# have sent, KiB resident of its processes on one node, of them locked, KiB of its module, bytes of the kernel's memory for a peer
# more, with a link of its own (-: of rivals that is not known).
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants
# lab: modules-if-any sha1_ssse3 sha256_ssse3
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

# reloaded AGENT-PID: sets KEPT, the bytes that the kernel allocates for the agent meanwhile, and keeps.
reloaded() {
	local before
	before=$(grep -c 'Configuration reloaded.' "$LAB_OUT/cookbook.log")
	echo >"$trace/trace"
	echo 1 >"$trace/events/kmem/enable"
	kill -HUP "$1"
	wait_until 5000 reloaded_more "$before"
	sleep_us 500000
	echo 0 >"$trace/events/kmem/enable"
	KEPT=$(awk '
		{ split("", value); for (i = 1; i <= NF; i++) if (split($i, word, "=") == 2) value[word[1]] = word[2] }
		/ (kmalloc|kmem_cache_alloc)(_node)?: / { kept[value["ptr"]] = value["bytes_alloc"] }
		/ (kfree|kmem_cache_free): / { delete kept[value["ptr"]] }
		END { for (ptr in kept) sum += kept[ptr]; printf "%d", sum }' "$trace/trace")
}
reloaded_more() { (($(grep -c 'Configuration reloaded.' "$LAB_OUT/cookbook.log") > $1)); }

# peer_bytes: sets PEER_BYTES, by what eight nodes that are added take more than a reload without any.
peer_bytes() {
	local i agent event lines=''
	agent_pid cookbook agent
	for ((i = 1; i <= 8; i++)); do
		# Somebody has to answer to ARP: else beats wait in a queue for it, which is not a peer's memory.
		on cookbook2 ip address add "10.0.2.$((100 + i))/32" dev eth0
		lines+="node n$i"$'\n'"ucast eth0 10.0.2.$((100 + i))"$'\n'
	done
	for event in kmalloc kmalloc_node kmem_cache_alloc kmem_cache_alloc_node; do
		[[ ! -e $trace/events/kmem/$event ]] || echo "common_pid == $agent" >"$trace/events/kmem/$event/filter"
	done
	reloaded "$agent"
	PEER_BYTES=$KEPT
	on cookbook sh -c "echo '$lines' >>/etc/ha.d/ha.cf"
	reloaded "$agent"
	check_eq "nodes" 10 "$(on cookbook hbctl show nodes | wc -l)"
	PEER_BYTES=$(((KEPT - PEER_BYTES) / 8))
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
PEER_BYTES=-
[[ $kind != hbkm ]] || peer_bytes
for name in cookbook2 cookbook; do
	kind_stop "$name"
done
sleep_us 1000000
left=$(spin)
check_ge "$contestant: it takes more than nothing, ns" "$taken" "$left"
check_ge "$contestant: it beats" "$packets" 1
keep "$seconds $taken $left $run $packets $bytes $resident $locked $module $PEER_BYTES"
lab_done
