# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# hbkm: the module, and `hbctl run` on each node. A contestant that sets `warm` has that option of hbctl's.
# shellcheck source-path=SCRIPTDIR source=../../load/trace.sh
. ../load/trace.sh

kind_processes=hbctl
kind_settle_us=500000

kind_prepare() {
	modprobe hbkm
	trace_start hbkm_node hbkm_group
}

kind_start() {
	recipe "$1"
	[[ ! -e $files/ha.cf ]] || ha_cf "$1" <"$files/ha.cf"
	[[ ! -e $files/authkeys ]] || authkeys "$1" <"$files/authkeys"
	# shellcheck disable=SC2086 # none or one
	agent "$1" ${warm-}
}

kind_settled() { joined cookbook cookbook2 && { [[ -z ${warm-} ]] || both_ready; }; }

# When both are warm, both have the address, and one may use it.
if [[ -n ${warm-} ]]; then
	holders() {
		local name
		HOLDERS=''
		for name in cookbook cookbook2; do
			! group_is "$name" 'state active' || HOLDERS+="${HOLDERS:+ }$name"
		done
	}
	kind_address() {
		sed -n 's/.*hbkm_group: .* state=2 .*now=\([0-9]*\)[0-9]\{3\}$/\1/p' "$trace/trace" | first_after "$2"
	}
fi

# Who is cut off holds the other one for dead, too, and perhaps earlier: what counts is the death of the other one.
kind_decided() {
	other_of "$1"
	node_id "$OTHER"
	sed -n "s/.*hbkm_node: node=$NODE_ID state=3 .*now=\\([0-9]*\\)[0-9]\\{3\\}\$/\\1/p" "$trace/trace"
}

kind_stop() { agent_stop "$1"; }
kind_switch() { on "$1" hbctl standby; }
