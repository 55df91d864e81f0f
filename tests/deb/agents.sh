#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Other people's programs as resources, as they come from Debian: a file system on a disk that both machines have, by the agent
# Filesystem, as Heartbeat's recipes have it; a route whose source is the group's address, by Route; a server by its init
# script, which finds its configuration on that disk; and Delay, which takes its time. A client uses the server. They move by hand
# and on death, what cannot start gives the group to the peer, and what cannot stop keeps it.
# lab: files ../netns/common.sh /lib/lsb
# lab: needs mke2fs start-stop-daemon socat
# lab: packages resource-agents psmisc rinetd
# lab: modules loop ext4
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

disk='Filesystem::/dev/loop0::/data::ext4'
delay='Delay::startdelay=1::stopdelay=2::mondelay=0'
route="Route::destination=10.9.0.0/16::device=trunk::source=$vip"

# account NODE: what its agent has run since the last time, on one line.
declare -A accounted=([cookbook]=0 [cookbook2]=0)
account() {
	local line
	ACCOUNT=''
	while read -r line; do
		line=${line#*'Running '}
		ACCOUNT+="${line##*/}, "
	done < <(tail -n "+$((accounted[$1] + 1))" "$LAB_OUT/$1.log" | grep 'Running /')
	accounted[$1]=$(wc -l <"$LAB_OUT/$1.log")
}

# check_account TEXT NODE WANT
check_account() {
	account "$2"
	check_eq "$1" "$3" "$ACCOUNT"
}

up='Filesystem start, Route start, rinetd start, Delay start, '
down='Delay stop, rinetd stop, Route stop, Filesystem stop, '

active() { group_is "$1" 'state active'; }
mounted() { on "$1" grep -q '^/dev/loop0 /data ext4 ' /proc/mounts; }
served() { on "$1" sh -c 'kill -0 "$(cat /run/rinetd.pid)"' 2>/dev/null; }
routed() { [[ -n $(ip -n "$1" route show 10.9.0.0/16) ]]; }

# nothing_on NODE
nothing_on() { ! mounted "$1" && ! served "$1" && ! routed "$1" && ! has_address "$1" "$vip"; }
all_on() { mounted "$1" && served "$1" && routed "$1" && has_address "$1" "$vip"; }

# page: what the client gets from the service.
page() { on client socat -u -T 2 "TCP:$vip:80,connect-timeout=2" - 2>&1; }

# ready NODE: what a machine has that could run the group, but for the group.
ready() {
	ip -n "$1" link add trunk type dummy
	ip -n "$1" link set trunk up
	configure_one "$1"
}

LAB_POLL_US=50000
keepalive=10ms
deadtime=50ms
auto_failback=off
resources=("cookbook $disk $vip/24/eth0 $route rinetd $delay")

# The disk, and on it the server's configuration: what comes to the address goes on to the client's own server.
truncate -s 16M /disk
mke2fs -q -t ext4 /disk
losetup /dev/loop0 /disk
mkdir /data
mount /dev/loop0 /data
echo "$vip 80 10.0.2.50 7000" >/data/rinetd.conf
umount /data
ln -sf /data/rinetd.conf /etc/rinetd.conf

pair_of_nodes
ready cookbook
ready cookbook2
on_bg client behind socat TCP-LISTEN:7000,fork,reuseaddr SYSTEM:'echo a page'
mono_us before
start_members
wait_until 10000 active cookbook
mono_us after

# ---- started
check_match "hbctl check says what each is" 'ocf [^ ]*/Filesystem .* ocf [^ ]*/Route .* script /etc/init.d/rinetd .* ocf [^ ]*/Delay ' \
	"$(on cookbook hbctl check | tr '\n' ' ')"
check_account "they are started from left to right" cookbook "$up"
check "each runs" all_on cookbook
check_ge "Delay was given its first argument, us" $((after - before)) 1000000
check_match "the route has its source, and its device" "dev trunk .*src $vip" "$(ip -n cookbook route show 10.9.0.0/16)"
check_eq "the client is served" 'a page' "$(page)"
check_account "on the other node nothing is started" cookbook2 ''
check "nor does anything run there" nothing_on cookbook2
check "what an agent says is logged" log_has cookbook 'Running start for /dev/loop0 on /data'

# ---- by hand, to a node where the disk is mounted already: that is seen, and not started again
on cookbook touch /data/witness
on cookbook2 mount /dev/loop0 /data
mono_us before
on cookbook hbctl standby
wait_until 20000 active cookbook2
mono_us after
check_account "moved by hand: stopped from right to left" cookbook "$down"
check_account "and started there, but for what runs already" cookbook2 "${up#Filesystem start, }"
check_ge "Delay was given both its arguments, us" $((after - before)) 3000000
check "nothing is left behind" nothing_on cookbook
check "all of it runs there" all_on cookbook2
check_eq "the client is served there" 'a page' "$(page)"

# ---- an agent that comes back: it asks, and finds all running
agent_kill cookbook2
agent cookbook2
wait_until 5000 log_has cookbook2 'Taking over the running cluster'
sleep_us 3000000
check_account "a new agent of the holder starts nothing" cookbook2 ''
check "and keeps the group" active cookbook2

# ---- the holder dies
client_start client "$vip" 10000
mono_us before
power_off cookbook2
wait_until 20000 active cookbook
mono_us after
check_account "the holder dies: all of it is started here" cookbook "$up"
check "it runs" all_on cookbook
check "what was written to the disk is there" on cookbook test -e /data/witness
check_eq "the client is served again" 'a page' "$(page)"
check_le "the address did not wait for what comes after it, us" "$(client_outage_us client "$before" "$after")" 900000
client_stop client
node cookbook2 eth0=10.0.2.16/24@br0
ready cookbook2
agent cookbook2
wait_until 30000 joined cookbook cookbook2

# ---- a start that fails: where the route's device is missing, Route cannot even stop, which is found out by asking
ip -n cookbook2 link del trunk
account cookbook2
account cookbook
on cookbook hbctl standby
wait_until 5000 log_has cookbook2 "Giving up resources due to failure of $route"
check "a start that fails gives up the group" log_has cookbook2 'Return code 5 from /usr/lib/ocf/resource.d/heartbeat/Route'
check "with the agent's reason in the log" log_has cookbook2 'Network device trunk appears not to be available on this system.'
wait_until 30000 active cookbook
check "the peer has it again" all_on cookbook
check "and nothing is left there" nothing_on cookbook2
account cookbook2
check_match "started as far as it went, and stopped" \
	'^Filesystem start, Route start, Delay stop, rinetd stop, (Route stop, ){11}Filesystem stop, $' "$ACCOUNT"
check_account "stopped and started on the other node" cookbook "$down$up"
check_match "hbctl status says what failed" "Route.* start: exit status 5" "$(on cookbook2 hbctl status)"
ip -n cookbook2 link add trunk type dummy
ip -n cookbook2 link set trunk up
agent_stop cookbook2
agent cookbook2
wait_until 30000 joined cookbook cookbook2

# ---- a stop that fails: something that no signal ends is on the disk. The agent itself tries for six seconds.
on cookbook truncate -s 1M /data/image
on cookbook losetup /dev/loop1 /data/image
account cookbook2
on cookbook hbctl standby
wait_until 60000 log_has cookbook "Retrying failed stop operation [$disk]"
check "a stop that fails: the group is not released" group_is cookbook 'state releasing'
check "the disk is mounted" mounted cookbook
check_match "hbctl status says so" "Filesystem.* stuck: stop: exit status 1" "$(on cookbook hbctl status)"
check_holders "nobody has the address" ''
check_account "the other node has not even tried" cookbook2 ''
on cookbook losetup -d /dev/loop1
wait_until 60000 active cookbook2
check "when it stops at last, the other node has all of it" all_on cookbook2
check "and this one nothing" nothing_on cookbook
check_eq "the client is served there" 'a page' "$(page)"

# ---- the end
account cookbook2
agent_stop cookbook2
check_eq "told to stop the holder ends well" 0 $?
check_account "it has stopped all of it" cookbook2 "$down"
check "nothing is left there" nothing_on cookbook2
wait_until 20000 active cookbook
check "the other node has it" all_on cookbook
agent_stop cookbook
check "nor is anything left in the end" nothing_on cookbook
bg_end "$behind"
losetup -d /dev/loop0
lab_done
