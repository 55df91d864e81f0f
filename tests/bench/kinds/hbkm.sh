# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# hbkm: the module, and `hbctl run` on each node.
# shellcheck source-path=SCRIPTDIR source=../../load/trace.sh
. ../load/trace.sh

kind_processes=hbctl
kind_settle_us=500000

kind_prepare() {
	modprobe hbkm
	trace_start hbkm_node
}

kind_start() {
	recipe "$1"
	[[ ! -e $files/ha.cf ]] || ha_cf "$1" <"$files/ha.cf"
	agent "$1"
}

kind_settled() { joined cookbook cookbook2; }

# Only one of the two can die here.
kind_decided() {
	sed -n 's/.*hbkm_node: .* state=3 .*now=\([0-9]*\)[0-9]\{3\}$/\1/p' "$trace/trace"
}

kind_stop() { agent_stop "$1"; }
kind_switch() { on "$1" hbctl standby; }
