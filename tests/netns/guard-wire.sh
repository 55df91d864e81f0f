#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guard on the wire: it keeps an IPv6 address silent as it does an IPv4 one, lets all others be, and tells of a stranger
# who has an address that is held here.
# lab: files common.sh ../../build/tests/nlbad
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

vip6=fd00::100

# pings NODE ADDR [OPTION…]: true if it gets an answer.
pings() {
	on "$1" ping -q -n -c 1 -W 0.05 "${@:3}" "$2" >/dev/null 2>&1
}

auto_failback=off
keepalive=10ms
deadtime=30ms
node cookbook eth0=10.0.2.15/24,fd00::15/64@br0
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0
node client eth0=10.0.2.50/24,fd00::50/64@br0
node other eth0=10.0.2.60/24,fd00::60/64@br0
configure
start_members
watch cookbook cookbook2

# ---- IPv6, of which hbctl has no words yet
for name in cookbook cookbook2; do
	ids=$(for node in cookbook cookbook2; do on "$name" hbctl -s show nodes "$node" | grep -o ' id [0-9]*'; done)
	read -r _ first _ second <<<"${ids//$'\n'/ }"
	check "$name guards an IPv6 address" on "$name" /build/tests/nlbad guard cookbook "$first,$second" "$vip" "$vip6"
	ip -n "$name" address add "$vip6/64" dev eth0 nodad
done
check "and says so" says cookbook "guard $vip,$vip6" groups cookbook
sleep_us 1000000
capture client eth0 wire6 'icmp6'
check "IPv6: there is an answer" pings client "$vip6"
sleep_us 10000
dropped=$(counter cookbook2 guard_drop)
check_ge "IPv6: cookbook2 was asked, too, and kept silent" "$dropped" 1
refuse "IPv6: it cannot send from it" pings cookbook2 fd00::60 -I "$vip6"
check_ge "IPv6: as the guard dropped that" "$(counter cookbook2 guard_drop)" $((dropped + 1))
check "IPv6: its own address works" pings cookbook2 fd00::60 -I fd00::16
check "IPv6: and is found" pings other fd00::16
ip -n other neigh replace "$vip6" lladdr "${mac[cookbook2]}" dev eth0
refuse "IPv6: who sends to it gets no answer" pings other "$vip6"
ip -n other neigh del "$vip6" dev eth0
capture_stop client
check_eq "IPv6: cookbook alone has advertised it" "${mac[cookbook]}" "$(tcpdump -n -e -r "$LAB_OUT/wire6" 2>/dev/null |
	grep "neighbor advertisement, tgt is $vip6" | awk '{ print $2 }' | sort -u)"
on cookbook2 hbctl takeover >/dev/null
sleep_us 50000
ip -n client neigh flush dev eth0
check "IPv6: after a move the other one answers" pings client "$vip6"
check_match "IPv6: by its own hardware address" "${mac[cookbook2]}" "$(ip -n client neigh show "$vip6")"
for name in cookbook cookbook2; do
	ip -n "$name" address del "$vip6/64" dev eth0
done
wait_until 2000 group_is cookbook2 'state active'

# ---- a stranger has it, too
ip -n other address add "$vip/32" dev eth0
before=$(counter cookbook2 duplicate)
mono_us start
asked=()
for i in 1 2 3 4 5; do
	on other arping -q -U -c 1 -I eth0 "$vip" &
	asked+=($!)
done
sleep_us 300000
wait_new_event cookbook2 '"event":"duplicate"' "$start"
check_match "a duplicate is told with its address" "\"address\":\"$vip\"" "$EVENT"
check_match "and with whose it is" '"hwaddr":"02:00:00:00:04:00"' "$EVENT"
check_eq "each of its announcements is counted" $((before + 5)) "$(counter cookbook2 duplicate)"
check_eq "but it is told once in a second" 1 "$(grep -c '"event":"duplicate"' "$LAB_OUT/cookbook2.events")"
check "and logged" log_has cookbook2 'says that it has it, too'
wait "${asked[@]}"
sleep_us 1000000
on other arping -q -U -c 1 -I eth0 "$vip"
wait_new_event cookbook2 '"event":"duplicate"' $((start + 1000000)) && ok "after which it is told again"
check_eq "who does not hold it has nothing to tell" 0 "$(grep -c '"event":"duplicate"' "$LAB_OUT/cookbook.events")"
ip -n other address del "$vip/32" dev eth0
before=$(counter cookbook2 duplicate)
on other arping -q -U -c 1 -I eth0 10.0.2.60
check_eq "of other addresses it takes no notice" "$before" "$(counter cookbook2 duplicate)"
lab_done
