#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An agent that learns late what became of an interface, or not at all: it does not become active where the interface is down,
# and finds out that it is up again even if so much happened meanwhile that it was not told.
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

# ---- it goes up, and the agent is not told, as too much has happened
on cookbook2 ip link add d0 type dummy
for ((i = 0; i < 1500; i++)); do
	printf 'link set d0 %s\n' up down
done >"$LAB_OUT/flaps"

# up_untold: eth1 of cookbook2, while its agent hangs and events are lost.
up_untold() {
	kill -STOP "$pid"
	on cookbook2 ip -batch "$LAB_OUT/flaps"
	on cookbook2 ip link set eth1 up
	kill -CONT "$pid"
	sleep_us 1000000
}

up_untold
check_ge "events were lost" "$(on cookbook2 awk '{ n += $9 } END { print n + 0 }' /proc/net/netlink)" 1
check "on cookbook2 it can be had again" on cookbook2 hbctl takeover -w 3s
check_holders "and is had" cookbook2
on cookbook2 hbctl standby -w 3s
on cookbook2 ip link set eth1 down
sleep_us 100000
agent_stop cookbook
# It tries again ever more seldom.
sleep_us 100000000
check_holders "where it alone is left, and the interface is down, nobody has it" ''
up_untold
check_holders "but at once when the interface is up" cookbook2
lab_done
