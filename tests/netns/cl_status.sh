#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cl_status on a running cluster: every sub-command with its words, sentences and exit codes, as Heartbeat 3.0.6 has them.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

keepalive=500ms
deadtime=2
settings=('initdead 3' 'logfile /var/log/ha-log')

# cl_on NODE STATUS STDOUT STDERR ARG…: of cl_status; `$'…'` for lines and tabs.
cl_on() {
	local out err status
	out=$(on "$1" cl_status "${@:5}" 2>"$LAB_OUT/err")
	status=$?
	err=$(<"$LAB_OUT/err")
	check_eq "$1: cl_status ${*:5}" "$2|$3|$4" "$status|$out|$err"
}
cl() { cl_on cookbook "$@"; }

is_active() { [[ $(on "$1" cl_status nodestatus "$2") == active ]]; }

pair_of_nodes
configure
start_members

# ---- the cluster
cl 0 'Heartbeat is running on this machine.' '' hbstatus
cl 0 'Heartbeat is running on this machine.' '' hbstatus -m
cl 0 'Heartbeat is running on this machine.' "hbstatus: invalid option -- 'x'" hbstatus -x
version=$(hbctl --version)
version="${version#hbctl } (hbkm)"
nodes=$'\ncookbook\tactive\t(nodetype: normal)\n\teth0\tup\n\ncookbook2\tactive\t(nodetype: normal)\n\teth0\tup'
cl 0 $'version:\t'"$version"$'\nmanaged by:\t"haresources"\n'"$nodes" '' hbstatus -v
heading=$'\tthis node has the following heartbeat links:'
sentences="The nodes are as follow:
${nodes//(nodetype: normal)/"(nodetype: normal)
$heading"}"
cl 0 "Heartbeat version $version
Resources controlled by \"haresources\"
$sentences" '' hbstatus -mv

# ---- nodes
names=$'cookbook\ncookbook2'
cl 0 "$names" '' listnodes
cl 0 "$names" '' listnodes -n
cl 0 "$names" '' listnodes -np
cl 0 '' '' listnodes -p
cl 0 $'The nodes are as follow:\n'"$names" '' listnodes -m
cl 0 "$nodes" '' listnodes -v
cl 0 "$sentences" '' listnodes -v -m
cl 11 '' $'listnodes: invalid option -- \'x\'\nERROR: Error: getopt returnedcharacter code ?.' listnodes -x
cl 0 active '' nodestatus cookbook
cl 0 active '' nodestatus COOKBOOK2
cl 0 'The cluster node cookbook2 is active' '' nodestatus -m cookbook2
cl 0 'The cluster node cookbook2 is active' '' nodestatus cookbook2 -m
cl 11 '' 'Error. May be due to incorrect node name' nodestatus nobody
cl 11 '' 'Not enough parameters.' nodestatus
cl 11 '' $'nodestatus: invalid option -- \'x\'\nERROR: Error: getopt returnedcharacter ?.' nodestatus -x cookbook
cl 0 normal '' nodetype cookbook2
cl 0 "The node cookbook's type: normal" '' nodetype cookbook -m
cl 11 '' 'Error. May be due to incorrect node name' nodetype nobody
cl 11 '' 'No enough parameter.' nodetype
cl 0 100 '' nodeweight cookbook
cl 0 'The weight of the cluster node cookbook is 100' '' nodeweight cookbook -m
cl 11 '' 'Error. Maybe due to incorrect node name.' nodeweight nobody
cl 0 '' '' nodesite cookbook
cl 0 'The site of the cluster node cookbook is ' '' nodesite cookbook -m
cl 11 '' 'Error. May be due to incorrect node name' nodesite nobody

# ---- links
cl 0 $'\teth0' '' listhblinks cookbook2
cl 0 "$heading"$'\n\teth0' '' listhblinks -m cookbook2
cl 0 $'\teth0\tup' '' listhblinks cookbook2 -v
cl 13 '' $'ERROR: Cannot start heartbeat link interface walk.\nERROR: REASON: EINVAL' listhblinks nobody
cl 11 '' $'listhblinks: invalid option -- \'x\'\nERROR: Error: getopt returnedcharacter code ?.' listhblinks -x cookbook
cl 0 up '' hblinkstatus cookbook2 eth0
cl 0 "The node cookbook2's heartbeat link eth0 is up" '' hblinkstatus -m cookbook2 eth0
cl 0 "The node cookbook's heartbeat link eth0 is up" '' hblinkstatus cookbook eth0 -m
cl 11 '' 'No enough parameter.' hblinkstatus cookbook2
cl 13 '' $'ERROR: Cannot get heartbeat link status\nERROR: REASON: ' hblinkstatus cookbook2 eth9
cl 13 '' $'ERROR: Cannot get heartbeat link status\nERROR: REASON: ' hblinkstatus nobody eth0

# ---- clients
cl 1 offline '' clientstatus cookbook ipfail
cl 1 offline '' clientstatus cookbook2 ipfail -m
cl 0 online '' clientstatus cookbook2 hbctl 100
cl 11 '' 'No enough parameter.' clientstatus cookbook
cl 13 '' $'ERROR: Cannot get heartbeat client ipfail\'s status\nERROR: REASON: No timely response.' clientstatus nobody ipfail

# ---- resources
cl 0 all '' rscstatus
cl 0 'This node is holding all resources.' '' rscstatus -m
cl 0 all '' rscstatus extra
cl 11 '' $'rscstatus: invalid option -- \'x\'\nERROR: Error: getopt returnedcharacter ?.' rscstatus -x
cl_on cookbook2 0 none '' rscstatus
cl_on cookbook2 0 'This node is holding none resources.' '' rscstatus -m

# ---- parameters: as ha.cf has them, while that holds
cl 0 500ms '' hbparameter -p keepalive
cl 0 "Heartbeat parameter keepalive's value: 500ms" '' hbparameter -p keepalive -m
cl 0 "Heartbeat parameter deadtime's value: 2" '' hbparameter -m -p deadtime
cl 0 2 '' parameter -p deadtime
cl 0 1000ms '' hbparameter -p warntime
cl 0 3 '' hbparameter -p initdead
cl 0 2000ms '' hbparameter -p deadping
cl 0 on '' hbparameter -p auto_failback
cl 0 694 '' hbparameter -p udpport
cl 0 linux-ha '' hbparameter -p cluster
cl 0 /var/log/ha-log '' hbparameter -p logfile
cl 0 yes '' hbparameter -p use_logd
cl 0 "$version" '' hbparameter -p hbversion
cl 1 '' $'ERROR: Cannot get parameter debugfile\'s value\nERROR: REASON: ' hbparameter -p debugfile
cl 1 '' $'ERROR: Cannot get parameter node\'s value\nERROR: REASON: ' hbparameter -p node
cl 1 '' $'ERROR: Cannot get parameter KEEPALIVE\'s value\nERROR: REASON: ' hbparameter -p KEEPALIVE
cl 11 '' 'ERROR: parameter name required' hbparameter
cl 11 '' 'ERROR: parameter name required' hbparameter keepalive
cl 11 '' $'hbparameter: option requires an argument -- \'p\'\nERROR: Error: getopt returnedcharacter code ?.' hbparameter -p
on cookbook sh -c 'echo 250 >/sys/class/hbkm/hb0/keepalive_us; echo 10000 >/sys/class/hbkm/hb0/deadtime_us'
cl 0 250us '' hbparameter -p keepalive
cl 0 10ms '' hbparameter -p deadtime
on cookbook hbctl set keepalive 500ms deadtime 2s auto_failback off
cl 0 2 '' hbparameter -p deadtime
cl 0 off '' hbparameter -p auto_failback
on cookbook hbctl set auto_failback on

# ---- an agent that is gone: the kernel beats on
agent_kill cookbook2
agent_offline() { [[ $(on cookbook cl_status clientstatus cookbook2 hbctl) == offline ]]; }
wait_until 5000 agent_offline
cl_on cookbook2 0 'Heartbeat is apparently running on this machine, but refuses my connection' '' hbstatus
cl 0 active '' nodestatus cookbook2

# ---- a death, and an orderly stop
agent cookbook2
wait_until 10000 joined cookbook cookbook2
cut cookbook2
is_dead() { [[ $(on "$1" cl_status nodestatus "$2") == dead ]]; }
wait_until 10000 is_dead cookbook cookbook2
cl 1 dead '' nodestatus cookbook2
cl 1 'The cluster node cookbook2 is dead' '' nodestatus cookbook2 -m
cl 1 dead '' hblinkstatus cookbook2 eth0
cl 1 "The node cookbook2's heartbeat link eth0 is dead" '' hblinkstatus cookbook2 eth0 -m
cl 0 $'\teth0\tdead' '' listhblinks cookbook2 -v
cl 1 offline '' clientstatus cookbook2 hbctl
heal cookbook2
wait_until 10000 is_active cookbook cookbook2
agent_stop cookbook2
wait_until 1000 is_dead cookbook cookbook2
cl 1 dead '' nodestatus cookbook2
cl_on cookbook2 1 'Heartbeat is stopped on this machine.' '' hbstatus

# ---- never heard
agent_stop cookbook
agent cookbook
is_running() { on cookbook cl_status hbstatus; }
wait_until 5000 is_running
cl 1 init '' nodestatus cookbook2
cl 0 up '' nodestatus cookbook
cl 0 transition '' rscstatus
cl 0 'This node is holding transition resources.' '' rscstatus -m
lab_done
