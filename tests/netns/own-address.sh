#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# haresources names an address that a machine has of its own. That is wrong, and said so; but taking it off would take the machine
# from the network, so it stays there, whatever becomes of the group, alone or in a line with scripts.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

own=10.0.2.15

# stays TEXT: it is still where it was put, and was not taken off meanwhile.
stays() {
	check "$1: it is there" has_address cookbook "$own"
	refuse "$1: and was all the time" grep -q " del $own/" "$LAB_OUT/cookbook.addresses"
}

# lives TEXT: both nodes come, the group moves from one to the other and back, and they go.
lives() {
	agent cookbook
	agent cookbook2
	wait_until 30000 joined cookbook cookbook2
	wait_until 5000 group_is cookbook2 'state active'
	sleep_us 1000000
	stays "$1: another node has the group"
	check "$1: the log says so" log_has cookbook "$own/24 is this machine's own address on eth0, and is left there"
	on cookbook2 hbctl standby cookbook2 >/dev/null
	wait_until 10000 group_is cookbook 'state active'
	stays "$1: this one has it"
	agent_kill cookbook
	agent cookbook
	wait_until 30000 joined cookbook cookbook2
	wait_until 5000 group_is cookbook 'state active'
	stays "$1: and so has an agent that comes after one that died"
	on cookbook hbctl standby cookbook2 >/dev/null
	wait_until 10000 group_is cookbook2 'state active'
	stays "$1: it was given away again"
	check "$1: the other one has it, as it is told to" has_address cookbook2 "$own"
	agent_stop cookbook
	stays "$1: the agent has ended"
	agent_stop cookbook2
	wait_no_address cookbook2 "$own"
	check "$1: what was put on the other is gone" has_address cookbook2 10.0.2.16
}

group_is() { says "$1" "$2" groups cookbook2; }

keepalive=10ms
deadtime=50ms
auto_failback=off
media=('ucast eth1 10.0.3.15' 'ucast eth1 10.0.3.16')
resources=("cookbook2 $own/24/eth0")
node cookbook eth0=$own/24@br0 eth1=10.0.3.15/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.3.16/24@br1
configure
address_log cookbook
lives alone

resources=("cookbook2 $own/24/eth0 disk::r0")
for name in cookbook cookbook2; do
	script "$name" disk
done
configure
: >"$LAB_OUT/cookbook.log"
lives "with scripts"
lab_done
