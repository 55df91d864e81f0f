#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An agent that comes late to what the kernel has decided: it does not become active where the interface is down.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
auto_failback=off
settings=('initdead 1')
vip=10.9.0.100
resources=('cookbook 10.9.0.100/24/eth1')
node cookbook eth0=10.0.2.15/24@br0 eth1=10.9.0.1/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.9.0.2/24@br1
configure
start_members
agent_pid cookbook2 pid

# ---- the interface is down, and the agent comes to look when the order is old
on cookbook2 ip link set eth1 down
sleep_us 500000
on cookbook2 hbctl takeover
sleep_us 1000000
check_holders "the interface is down, and the agent in time: the other keeps it" cookbook
check "and the log says why" log_has cookbook2 'the interface eth1 is down'
sleep_us 2000000
kill -STOP "$pid"
on cookbook2 hbctl takeover
sleep_us 100000
kill -CONT "$pid"
sleep_us 1000000
check_holders "the agent is 100 ms late: the other has it all the same" cookbook
check "and is active" group_is cookbook 'state active'
lab_done
