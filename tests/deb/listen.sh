#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# hbctl listen beside a real Heartbeat pair, as it comes from Debian, that talks over IPv6, to addresses and to a group, and over
# IPv4: on one of its nodes, where the port is Heartbeat's; on a machine that has only the group; and from a recording. It hears
# all of it, all is signed well, and Heartbeat misses nothing.
# lab: files ../netns/common.sh
# lab: packages heartbeat cluster-glue libheartbeat2 libpils2 libplumb2 libplumbgpl2 libstonith1 libltdl7
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

# listens TEXT NODE STATUS ARG…: sets SAID to what it says there.
listens() {
	local status
	SAID=$(on "$2" timeout 60 hbctl listen "${@:4}" 2>&1)
	status=$?
	check_eq "$1: exit status" "$3" "$status"
}

# hears TEXT NODE ADDRESSES: the messages of that node came from there, in any order, all of them signed well, and as often as
# they are sent.
hears() {
	local line addresses interval
	line=$(grep "^node $2 " <<<"$SAID")
	addresses=${line#*addresses:} addresses=${addresses%% *}
	check_eq "$1: where $2 sends from" "$3" "$(tr , '\n' <<<"$addresses" | sort | paste -s -d ,)"
	check_match "$1: all of $2's is signed well" 'messages:([0-9]+) .* auth_ok:\1$' "$line"
	interval=${line#*interval_median:} interval=${interval%%ms*}
	check_ge "$1: how often $2 sends, ms" "${interval%.*}" 190
	check_le "$1: and not more seldom" "${interval%.*}" 210
}

# What a real Heartbeat says when a message is missing, or late.
missed='[Ll]ate heartbeat|lost packet|is dead|Retransmi|bad packet|auth'

group=ff02::694
media=('ucast6 eth0 fd00::15' 'ucast6 eth0 fd00::16' "mcast6 eth1 $group 694 1 0" 'ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16')
keepalive=200ms deadtime=2
settings=('warntime 1' 'initdead 10' 'logfile /var/log/ha-log')
node cookbook eth0=10.0.2.15/24,fd00::15/64@br0 eth1=fd01::15/64@br1
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0 eth1=fd01::16/64@br1
node looker eth1=fd01::50/64@br1
echo 'hacluster:x:89:90::/var/lib/heartbeat:/bin/false' >>/etc/passwd
for name in cookbook cookbook2; do
	# A node's own /etc/ha.d and /var/lib are empty; the packages' files are in the guest's.
	tar -C / -c etc/ha.d var/lib/heartbeat | on "$name" tar -C / -xm
	on "$name" chown -R hacluster:haclient /var/lib/heartbeat
	on "$name" mkdir -p /run/heartbeat
	configure_one "$name"
	on "$name" sed -i '/^use_logd/d' /etc/ha.d/ha.cf
	on "$name" /usr/libexec/heartbeat/heartbeat >>"$LAB_OUT/$name.heartbeat" 2>&1 || fail "Heartbeat on $name"
done
active() { [[ $(on "$1" cl_status nodestatus "$2") == active ]]; }
wait_until 60000 active cookbook cookbook2
wait_until 60000 active cookbook2 cookbook
sleep_us 5000000
before=$(on cookbook grep -c '' /var/log/ha-log)

capture cookbook eth0 eth0.pcap udp port 694
listens "beside Heartbeat" cookbook 0 -n 150
capture_stop cookbook
hears "beside Heartbeat" cookbook 10.0.2.15,fd00::15,fe80::ff:fe00:101
hears "beside Heartbeat" cookbook2 10.0.2.16,fd00::16,fe80::ff:fe00:201
refuse "beside Heartbeat: it has nothing to remark" grep '^hint' <<<"$SAID"
listens "on one interface" cookbook 0 -n 60 -i eth1
hears "on one interface" cookbook2 fe80::ff:fe00:201
listens "a recording" cookbook 0 -r "$LAB_OUT/eth0.pcap"
hears "a recording" cookbook2 10.0.2.16,fd00::16
sleep_us 3000000
check_ge "Heartbeat has a log" "$before" 10
check_eq "Heartbeat misses nothing" '' "$(on cookbook tail -n "+$((before + 1))" /var/log/ha-log | grep -E "$missed")"
check "and each holds the other for alive" eval 'active cookbook cookbook2 && active cookbook2 cookbook'

configure_one looker
on_bg looker listener hbctl listen -n 60
wait_until 5000 eval 'on looker ip -6 maddress show dev eth1 | grep -q -w "$group"' && ok "elsewhere: it has the group"
wait_until 30000 gone "$listener"
SAID=$(<"$LAB_OUT/looker.listener")
hears "elsewhere" cookbook fe80::ff:fe00:101
hears "elsewhere" cookbook2 fe80::ff:fe00:201
refuse "and no longer when it has ended" eval 'on looker ip -6 maddress show dev eth1 | grep -q -w "$group"'
lab_done
