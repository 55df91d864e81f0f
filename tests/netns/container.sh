#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cluster in a network namespace of a user namespace's, as in a container without privileges: its root may have one, but none
# that beats oftener than every 10 ms; what the machine's root sets there holds, and hinders nothing else. And a panic, which is
# the whole machine's, does not see its interfaces.
# lab: files common.sh
# lab: needs unshare setpriv nsenter
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# inside COMMAND…: as the container's root. outside COMMAND…: as the machine's, in its network.
inside() { nsenter -U -n -m -u -t "$container" "$@" 2>&1; }
outside() { nsenter -n -t "$container" "$@" 2>&1; }
now_is() { [[ " $(outside hbctl show cluster) " == *" $1 "* ]]; }

# Each device that is prepared for a panic.
trace=/sys/kernel/tracing
polls=0
if echo 'p:hbkm_netpoll __netpoll_setup' 2>/dev/null >>"$trace/kprobe_events"; then
	polls=1
	echo 1 >"$trace/events/kprobes/hbkm_netpoll/enable"
fi
prepared() { grep -c 'hbkm_netpoll:' "$trace/trace"; }

setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urnum sh -c '
	hostname alice
	mount -t sysfs none /sys && mount -t tmpfs none /tmp && mount -t tmpfs none /run
	ip link set lo up
	ip link add eth0 type veth peer name eth1
	ip address add 10.0.7.1/24 dev eth0
	ip link set eth0 up
	ip link set eth1 up
	mkdir /tmp/ha.d && cd /tmp/ha.d || exit
	printf "%s\n" "keepalive 10ms" "deadtime 50ms" "initdead 1" "auto_failback off" "bcast eth0" "node alice bob" "realtime off" >ha.cf
	printf "alice IPaddr::10.0.7.100/24/eth0\n" >haresources
	(umask 077; printf "auth 1\n1 sha256 secret\n" >authkeys)
	exec hbctl run -d /tmp/ha.d' >"$LAB_OUT/container.log" 2>&1 &
container=$!
sleep_us 1000000
wait_until 10000 now_is "holding 1"
check "a container's root has a cluster" now_is 'state running'
[[ $polls == 0 ]] || check_eq "no device of it is prepared for a panic" 0 "$(prepared)"

check_match "which may not beat that fast" 'keepalive below 10 ms is not for administrators of a user namespace' \
	"$(inside hbctl set keepalive 2ms)"
check_eq "the machine's root may have it do so" '' "$(outside hbctl set keepalive 1ms deadtime 40ms)"
check "and it does" now_is 'keepalive 1ms'
check_eq "whatever else the container's root sets is none of that" '' "$(inside hbctl set auto_failback on)"
check "and holds" now_is 'auto_failback on'
check "by sysfs as well" inside sh -c 'echo 30000 >/sys/class/hbkm/hb0/deadtime_us'
check "and holds, too" now_is 'deadtime 30ms'
check_eq "it may beat more seldom" '' "$(inside hbctl set keepalive 5ms)"
check_match "but not oftener again" 'keepalive below 10 ms' "$(inside hbctl set keepalive 4ms)"
kill "$container"
wait_until 10000 test ! -e "/proc/$container"

# The same in the machine's own: there it is prepared.
if [[ $polls == 1 ]]; then
	keepalive=10ms deadtime=50ms
	pair_of_nodes
	configure
	start_members
	check_ge "those of the machine's own are" "$(prepared)" 2
fi
lab_done
