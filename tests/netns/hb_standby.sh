#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# hb_standby and hb_takeover, where Heartbeat has them, with each of their words; and in every state what cl_status calls
# that which a node holds. Both nodes have a line in haresources, and each has its own address to begin with.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

keepalive=10ms
deadtime=50ms
second=10.0.2.101
resources=('cookbook IPaddr::10.0.2.100/24/eth0:1' 'cookbook2 IPaddr::10.0.2.101/24/eth0:2')
bin=/usr/share/heartbeat

# word NODE: what it holds.
word() { on "$1" cl_status rscstatus; }
is_word() { [[ $(word "$1") == "$2" ]]; }

# hold WHEN COOKBOOK COOKBOOK2 HOLDER SECOND-HOLDER: their words, and who has the addresses.
hold() {
	wait_address "$4" "$vip"
	wait_address "$5" "$second"
	wait_until 1000 is_word cookbook "$2"
	wait_until 1000 is_word cookbook2 "$3"
	check_eq "$1: cookbook" "This node is holding $2 resources." "$(on cookbook cl_status rscstatus -m)"
	check_eq "$1: cookbook2" "This node is holding $3 resources." "$(on cookbook2 cl_status rscstatus -m)"
	check_holders "$1: $vip" "$4"
	check_holders "$1: $second" "$5" "$second"
}

# run NODE STATUS STDERR PROGRAM [WORD]
run() {
	local said
	said=$(on "$1" "$bin/$4" "${@:5}" 2>&1)
	check_eq "$1: ${*:4}" "$2|$3" "$?|$said"
}

pair_of_nodes
auto_failback=off
configure
agent cookbook
wait_address cookbook "$second" 30000
hold_alone() {
	check_eq "alone: cookbook" all "$(word cookbook)"
}
hold_alone
run cookbook 1 'Going standby [all].
hbctl: hb_standby: no other node can take the group (EHOSTUNREACH)' hb_standby
hold_alone
agent cookbook2
wait_until 30000 joined cookbook cookbook2
hold "cookbook2 has come, off" all none cookbook cookbook

run cookbook 0 'Going standby [foreign].' hb_standby foreign
hold "foreign goes" local local cookbook cookbook2
run cookbook 0 'Going standby [local].' hb_standby local
hold "local goes, too" none all cookbook2 cookbook2
run cookbook 0 '' hb_takeover foreign
hold "foreign comes" foreign foreign cookbook2 cookbook
run cookbook2 0 'Going standby [foreign].' hb_standby failback
hold "what is foreign to cookbook2 fails back" all none cookbook cookbook
run cookbook2 0 '' hb_takeover failback
hold "cookbook2 has its own come back" local local cookbook cookbook2
run cookbook2 0 '' hb_takeover
hold "cookbook2 takes all" none all cookbook2 cookbook2
run cookbook 0 '' hb_takeover local
hold "cookbook takes its own" local local cookbook cookbook2
run cookbook2 0 'Going standby [all].' hb_standby all
hold "cookbook2 gives all" all none cookbook cookbook
run cookbook 0 'Going standby [all].' hb_standby
hold "cookbook gives all" none all cookbook2 cookbook2

# ---- while it moves: an agent that sleeps has not put the address up yet
agent_pid cookbook pid
kill -STOP "$pid"
run cookbook 0 '' hb_takeover
wait_until 1000 is_word cookbook transition
kill -CONT "$pid"
hold "cookbook has woken up" all none cookbook cookbook

# ---- as Heartbeat: not with legacy
on cookbook hbctl set auto_failback legacy
run cookbook 1 'Going standby [all].
hbctl: hb_standby: not with auto_failback legacy: set it to on or off (EOPNOTSUPP)' hb_standby
agent_stop cookbook
run cookbook 1 'Going standby [all].
hbctl: hb_standby: no cluster is running here (service heartbeat start, or hbctl run)' hb_standby
lab_done
