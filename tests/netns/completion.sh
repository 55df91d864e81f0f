#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Completion in bash, as it is installed: verbs and their words, and the nodes, links and groups of the running cluster.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

resources+=('cookbook IPaddr::10.0.2.101/24/eth0:2' 'cookbook2 IPaddr::10.0.2.102/24/eth0:3')

# completes LINE OFFERS: on cookbook, with the cursor at the end.
completes() {
	local said
	# shellcheck disable=SC2016 # the node's shell is to expand it
	said=$(on cookbook bash -c '. /usr/share/bash-completion/completions/hbctl
		COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
		_hbctl
		echo "${COMPREPLY[*]}"' _ "$1")
	check_eq "'$1'" "$2" "$said"
}

pair_of_nodes
configure

# ---- where nothing runs
completes 'hbctl s' 'status show set standby'
completes 'hbctl -j -n nowhere sho' show
completes 'hbctl show g' groups
completes 'hbctl show nodes ' ''
completes 'hbctl set auto_failback o' 'on off'
completes 'hbctl set keepalive 1ms dead' deadtime
completes 'hbctl set keepalive ' ''
completes 'hbctl check --d' --dir
completes 'hbctl listen --c' --count
completes 'hbctl listen -i eth' eth0
completes 'hbctl listen -n ' ''
completes 'hbctl listen -r /etc/ha.d/ha.c' /etc/ha.d/ha.cf
completes 'hbctl run -d /etc/ha' /etc/ha.d
completes 'cl_status list' 'listnodes listhblinks'
completes 'cl_status nodestatus c' ''
completes 'cl_status hbparameter -p dead' 'deadtime deadping'
completes '/usr/share/heartbeat/hb_standby f' 'foreign failback'
completes 'hbctl hb_takeover l' local

# ---- where a cluster runs
start_members
completes 'hbctl standby c' 'cookbook cookbook2 cookbook:2'
# Bash takes the colon for the end of a word.
completes 'hbctl standby cookbook:' 2
completes 'hbctl -s show nodes cookbook' 'cookbook cookbook2'
completes 'hbctl show links ' eth0
completes 'cl_status nodestatus cookbook' 'cookbook cookbook2'
completes 'cl_status hblinkstatus -m cookbook2 e' eth0
completes 'cl_status hblinkstatus cookbook2 ' '-m eth0'
completes 'cl_status clientstatus cookbook h' hbctl
completes 'hb_delnode cookbook2' cookbook2

# ---- every verb that hbctl has is offered
while read -r verb _; do
	completes "hbctl $verb" "$(on cookbook hbctl --help | sed -n '/^Verbs:/,/^$/s/^  \([^ ]*\).*/\1/p' | grep "^$verb")"
done < <(on cookbook hbctl --help | sed -n '/^Verbs:/,/^$/s/^  //p')
lab_done
