#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP: the agent reads its files again and applies what differs, live. What still holds keeps holding: through changed times,
# new keys, more and fewer addresses, groups, nodes and links the address stays up, no beat is dropped and nobody is held for
# dead. Files with an error change nothing at all, and the log says where the error is.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101
third=10.0.2.102

# begin: what quiet looks at comes after this.
begin() {
	mono_us BEGUN
	DEATHS=$(deaths_told)
	DROPS=$(drops)
}

# drops: which frames, and how many, were not what they should have been, on both nodes.
drops() {
	local name
	for name in cookbook cookbook2; do
		on "$name" hbctl show stats | awk -v name="$name" '
			/^rx_(short|magic|version|type|length|field|cluster|self|link|node|key|mac|replay|stale) / && $2 { print name, $1, $2 }'
	done
}

# quiet TEXT [COUNTER]: since begin the address has been on cookbook, and nobody has noticed anything, but for this counter.
quiet() {
	local end
	sleep_us 300000
	mono_us end
	check_holders "$1: the address is on cookbook" cookbook
	check_eq "$1: which never lost it" '' "$(awk -v since="$BEGUN" -v address="$vip/" \
		'$1 >= since * 1000 && index($3, address) == 1' "$LAB_OUT/cookbook.addresses" "$LAB_OUT/cookbook2.addresses")"
	check_eq "$1: nobody was held for dead" "$DEATHS" "$(deaths_told)"
	check_eq "$1: no frame was dropped" "$DROPS" "$(drops | grep -v " ${2-nothing} ")"
	check_le "$1: the client has always had answers, us" "$(client_outage_us client "$BEGUN" "$end")" 5000
}

# story NODE: all that it has and holds, but for what changes with every beat.
story() {
	on "$1" hbctl show cluster
	on "$1" hbctl -s show cluster | grep -o -e 'incarnation [0-9a-f]*' -e 'event_seq [0-9]*'
	on "$1" hbctl show nodes | sed 's/ \(age\|rtt\) [^ ]*//g'
	on "$1" hbctl show links
	on "$1" hbctl show groups
	ip -n "$1" -o address
}

# bad TEXT FILE LINE REGEX: cookbook's files have this error: nothing changes, and its log says so, with the line.
bad() {
	local pid before count
	before=$(story cookbook)
	count=$(said cookbook 'nothing was changed')
	agent_pid cookbook pid
	kill -HUP "$pid"
	wait_until 2000 said_more cookbook 'nothing was changed' "$count"
	check_match "$1: the log says where" "/etc/ha.d/$2${3:+:$3}: $4" "$(tail -n 4 "$LAB_OUT/cookbook.log")"
	check_eq "$1: nothing is different" "$before" "$(story cookbook)"
}

# append FILE TEXT: to cookbook's; sets LINE.
append() {
	on cookbook sh -c 'echo "$2" >>"/etc/ha.d/$1"' append "$1" "$2"
	LINE=$(on cookbook wc -l "/etc/ha.d/$1")
	LINE=${LINE%% *}
}

keepalive=10ms
deadtime=30ms
auto_failback=off
node cookbook eth0=10.0.2.15/24@br0 eth1=10.0.3.15/24@br1
node cookbook2 eth0=10.0.2.16/24@br0 eth1=10.0.3.16/24@br1
node client eth0=10.0.2.50/24@br0
configure
start_members
watch cookbook cookbook2
address_log cookbook
address_log cookbook2
client_start client "$vip" 1000
sleep_us 1000000

# ---- nothing has changed
begin
before=$(story cookbook)
reload cookbook
check_eq "unchanged files: nothing is different" "$before" "$(story cookbook)"
reload cookbook cookbook2 cookbook
quiet "unchanged files"

# ---- what counts from the start on only
priority() { chrt -p "$pid" | sed -n 's/.*priority: //p'; }
agent_pid cookbook pid
was=$(priority)
told='realtime and rtprio: they count from the next start on'
for settings in 'rtprio 60' 'realtime off'; do
	before=$(said cookbook "$told")
	begin
	configure_one cookbook
	reload cookbook
	check "$settings: the log says that it comes later" said_more cookbook "$told" "$before"
	check_eq "$settings: nothing changes now" "$was" "$(priority)"
	quiet "$settings"
done
settings=()
configure_one cookbook
before=$(said cookbook "$told")
reload cookbook
check_eq "as at the start: nothing is said" "$before" "$(said cookbook "$told")"

# ---- times, shorter and longer
for times in 5ms/20ms 1ms/3ms 100ms/300ms 10ms/30ms; do
	keepalive=${times%/*} deadtime=${times#*/}
	begin
	configure
	reload cookbook
	check "$times: cookbook goes by it" says cookbook "keepalive $keepalive deadtime $deadtime" cluster
	wait_until 1000 says cookbook2 "keepalive $keepalive deadtime $deadtime" nodes cookbook
	check "$times: and says so" says cookbook2 "keepalive $keepalive deadtime $deadtime" nodes cookbook
	sleep_us 500000
	reload cookbook2
	check "$times: so does cookbook2" says cookbook2 "keepalive $keepalive deadtime $deadtime" cluster
	sleep_us 500000
	quiet "$times"
done

# ---- keys: the new one is added, then signs here, then there, then the old one goes
begin
keys=('auth 1' '1 sha1 topsecretpassword' '2 sha256 anotherpassword')
configure
reload cookbook cookbook2
keys[0]='auth 2'
configure_one cookbook
reload cookbook
sleep_us 200000
configure_one cookbook2
reload cookbook2
sleep_us 200000
keys=('auth 2' '2 sha256 anotherpassword')
configure
reload cookbook
sleep_us 200000
reload cookbook2
quiet "new keys, step by step"
check_eq "new keys: rx_key of cookbook" 0 "$(counter cookbook rx_key)"
check_eq "new keys: rx_mac of cookbook" 0 "$(counter cookbook rx_mac)"
check_eq "new keys: rx_key of cookbook2" 0 "$(counter cookbook2 rx_key)"
check_eq "new keys: rx_mac of cookbook2" 0 "$(counter cookbook2 rx_mac)"

# ---- a second address on the line
begin
resources=('cookbook IPaddr::10.0.2.100/24/eth0:1 IPaddr::10.0.2.101/24/eth0:2')
configure
reload cookbook2 cookbook
wait_address cookbook "$second" 1000
check_holders "a second address on the line is added" cookbook "$second"
check_match "with its label" ' eth0:2' "$(ip -n cookbook address show to "$second")"
check "and that is logged" log_has cookbook "$second/24 on eth0 (eth0:2): added"
resources=('cookbook IPaddr::10.0.2.100/24/eth0:1')
configure
reload cookbook2 cookbook
wait_no_address cookbook "$second" 1000
check_holders "and removed again" '' "$second"
check "and that is logged" log_has cookbook "Resource $second/24 on eth0: removed"
quiet "a second address on the line"

# ---- a second group
begin
resources+=('cookbook2 IPaddr::10.0.2.102/24/eth0:3')
configure
reload cookbook cookbook2
# One of them knew it first, and nothing fails back.
one_has_third() {
	holders "$third"
	[[ $HOLDERS == cookbook || $HOLDERS == cookbook2 ]]
}
wait_until 2000 one_has_third
one_has_third && ok "a second group is added, and $HOLDERS has it"
[[ $HOLDERS == cookbook ]] && taker=cookbook2 || taker=cookbook
quiet "a second group"
on "$taker" hbctl takeover -w 2s cookbook2
check_holders "it can be moved" "$taker" "$third"
unset 'resources[1]'
configure
reload cookbook2 cookbook
wait_no_address "$taker" "$third" 1000
check_holders "and is removed where it is held" '' "$third"
on cookbook hbctl show groups cookbook2 >/dev/null 2>&1
check_eq "cookbook has no such group any more" 3 $?
on cookbook2 hbctl show groups cookbook2 >/dev/null 2>&1
check_eq "nor has cookbook2" 3 $?
quiet "and removed"

# ---- errors
begin
append ha.cf 'nonsense 17'
bad "an unknown directive" ha.cf "$LINE" '.*nonsense'
configure_one cookbook
append ha.cf 'deadtime soon'
bad "no time" ha.cf "$LINE" '.*soon'
keepalive=20ms deadtime=30ms
configure_one cookbook
bad "times that do not go together" ha.cf '[0-9]+' '.*deadtime'
keepalive=10ms
configure_one cookbook
append haresources 'cookbook apache::/etc/apache.conf'
bad "a script that is not supported" haresources "$LINE" '.*apache'
configure_one cookbook
append haresources 'cookbook9 IPaddr::10.0.2.109/24/eth0'
bad "an unknown node" haresources "$LINE" '.*cookbook9'
configure_one cookbook
append authkeys 'auth 9'
bad "auth twice" authkeys "$LINE" '.*'
configure_one cookbook
append authkeys '3 sha3 secret'
bad "an unknown method" authkeys "$LINE" '.*sha3'
configure_one cookbook
on cookbook chmod 644 /etc/ha.d/authkeys
bad "authkeys that anybody can read" authkeys '' '.*'
configure_one cookbook
on cookbook rm /etc/ha.d/haresources
bad "no haresources" haresources '' '.*'
configure_one cookbook
# Half an error is an error: what else is new in the same files is not applied.
append ha.cf 'warntime 7ms'
append haresources 'cookbook apache::/etc/apache.conf'
bad "an error in one file and news in another" haresources "$LINE" '.*apache'
configure_one cookbook
before=$(story cookbook)
reload cookbook
check_eq "put right: nothing is different" "$before" "$(story cookbook)"
quiet "files with errors"

# ---- a node more
begin
members+=(cookbook3)
media+=('ucast eth0 10.0.2.17')
node cookbook3 eth0=10.0.2.17/24@br0
configure
reload cookbook cookbook2
agent cookbook3
wait_until 30000 joined cookbook cookbook2 cookbook3
check "a node is added: cookbook3 knows who has the address" says cookbook3 'state standby holder cookbook' groups cookbook
check "and may have it" says cookbook 'order cookbook,cookbook2,cookbook3' groups cookbook
quiet "a node is added"
agent_stop cookbook3
wait_until 1000 says cookbook 'state left' nodes cookbook3
members=(cookbook cookbook2)
unset 'media[2]'
configure
begin
reload cookbook cookbook2
for name in cookbook cookbook2; do
	on "$name" hbctl show nodes cookbook3 >/dev/null 2>&1
	check_eq "a node is removed: $name does not know it any more" 3 $?
	check "a node is removed: nor is it in $name's order" says "$name" 'order cookbook,cookbook2' groups cookbook
	refuse "a node is removed: nor has $name a link to it" says "$name" 'address 10.0.2.17' links
done
quiet "a node is removed"

# ---- a link more
begin
media+=('ucast eth1 10.0.3.15' 'ucast eth1 10.0.3.16')
configure
reload cookbook cookbook2
wait_until 2000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
check "a link is added" says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
cut cookbook2 eth0
wait_until 1000 says cookbook2 'paths_heard 1 paths_echoed 1' nodes cookbook
check "a link is added: it carries the cluster alone" says cookbook2 'state up' nodes cookbook
heal cookbook2 eth0
wait_until 1000 says cookbook2 'paths_heard 0,1 paths_echoed 0,1' nodes cookbook
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16')
configure
reload cookbook cookbook2
wait_until 2000 says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
check "a link is removed" says cookbook2 'paths_heard 0 paths_echoed 0' nodes cookbook
# The one who has no such link any more may still get a beat of the other's, who has.
quiet "a link is added, and removed" rx_link

# ---- and what is not done step by step does show
keys=('auth 3' '3 sha1 yetanother')
configure_one cookbook2
begin
unknown=$(counter cookbook rx_key)
reload cookbook2
wait_until 1000 says cookbook 'state dead' nodes cookbook2
check_ge "a key that the others have not: frames are dropped" $(($(counter cookbook rx_key) - unknown)) 3
check_ge "and the node is held for dead" $(($(deaths_told) - DEATHS)) 1
configure_one cookbook
reload cookbook
wait_until 5000 joined cookbook cookbook2
holders
check_match "until they have the same: one has the address" '^cookbook2?$' "$HOLDERS"
lab_done
