#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What else takes the address from cookbook, where it belongs: an orderly stop (and its start), a switch by hand (and back),
# a carrier that is lost, a daemon that is killed, a daemon that stands still for a while.
#	tests/bench/moves.sh CONTESTANT
# A line for each in $LAB_OUT/rows: WHAT, for how long the client had no answer, from that until the answer came back since
# it happened, and for how long two machines answered to ARP for the address; in us.
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

witness_us=2000
wait_us=$((longest_us > 200000 ? longest_us : 200000))
hang_us=$((longest_us > 3000000 ? longest_us : 3000000))

# both_answered SINCE_US: sets BOTH_US.
both_answered() {
	BOTH_US=$(awk -v since="$1" -v step=$witness_us -v one_mac="${kind_one_mac-}" '$1 >= since && (one_mac || !seen[$0]++) { n[$1]++ }
		END { for (at in n) if (n[at] > 1) us += step; print us + 0 }' "$LAB_OUT/witness.who")
}

# happens WHAT WAIT_US COMMAND…: with the client asking, the command, and what comes of it until so long after it.
happens() {
	local began over
	ask
	mono_us began
	"${@:3}"
	sleep_us "$2"
	mono_us over
	client_stop client
	gap "$began" "$over"
	both_answered "$began"
	keep "$1 $GAP_US $((GAP_TO - began)) $BOTH_US"
}

# new_cookbook power_off|node_del: a machine to which all of that has not happened. A cable without carrier needs no cut. No machine
# boots before the other one holds it for dead, and Heartbeat is not made for one that does.
new_cookbook() {
	"$1" cookbook
	sleep_us "$longest_us"
	boot cookbook
}

# moved NODE: whether it is now the only one to have the address.
moved() {
	holders
	[[ $HOLDERS == "$1" ]]
}

signal() {
	local pid
	processes "$1" | while read -r pid; do
		kill "-$2" "$pid"
	done
}

hang() {
	signal cookbook STOP
	sleep_us $hang_us
	signal cookbook CONT
}

node witness eth0=10.0.2.51/24@br0
: >"$LAB_OUT/witness.who"

wait_settled || lab_done
happens stop "$wait_us" kind_stop cookbook
happens start $((wait_us + 2000000)) kind_start cookbook
wait_settled || lab_done
happens switch "$wait_us" kind_switch cookbook cookbook2
if moved cookbook2; then
	sleep_us "$kind_settle_us"
	happens 'switch-back' "$wait_us" kind_switch cookbook2 cookbook
else
	# That is not what was measured: this row replaces the one before.
	keep "switch - - -"
fi
new_cookbook power_off
wait_settled || lab_done
happens carrier "$wait_us" carrier_off cookbook
new_cookbook node_del
lab_start witness who labtool who-has eth0 "$vip" $witness_us
wait_settled || lab_done
happens kill "$hang_us" signal cookbook KILL
new_cookbook power_off
wait_settled || lab_done
happens hang "$wait_us" hang
lab_done
