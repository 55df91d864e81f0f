#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Service addresses of IPv6, alone and together with one of IPv4: up at once, without a second of duplicate address detection,
# announced by neighbour advertisements, never the source of what the node itself begins; taken over when the holder dies,
# moved, guarded and kept warm as those of IPv4 are.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

vip6=fd00::100 second=fd00::101
vip=$vip6
auto_failback=off
resources=("cookbook IPv6addr::$vip6/64/eth0 IPaddr2::$second 10.0.2.100/24/eth0")

# advertised FILE MAC ADDR: how often that machine has said since the cut, unasked, in place of what was known and to all, that
# it has it.
advertised() {
	tcpdump -tt -n -r "$LAB_OUT/$1" "ether src $2 and src host $3 and dst host ff02::1 and icmp6 and ip6[40] == 136 and
		ip6[44] & 0x60 == 0x20" 2>/dev/null | awk -v cut="$CUT_US" -v offset="$lab_clock_offset" '{
		split($1, t, ".")
		n += t[1] * 1000000 + substr(t[2] "000000", 1, 6) - offset >= cut
	}
	END { print n + 0 }'
}

all_of() {
	has_address "$1" "$vip6" && has_address "$1" "$second" && has_address "$1" 10.0.2.100
}

none_of() {
	! has_address "$1" "$vip6" && ! has_address "$1" "$second" && ! has_address "$1" 10.0.2.100
}

# death HOLDER: cut, taken over, healed. Sets OUTAGE, of the client.
death() {
	other_of "$1"
	# What the holder repeats, 200 ms apart, of its own start is over: at the very moment of the healing it would count below.
	sleep_us 1000000
	rm -f "$LAB_OUT/wire"
	capture client eth0 wire icmp6
	client_start client "$vip6" 100
	sleep_us 20000
	cut_at $(($(mono_us) + 5000)) "$1"
	wait_until 1000 group_is "$OTHER" 'state active'
	sleep_us 20000
	OUTAGE=$(client_outage_us client "$CUT_US" $((CUT_US + 20000)))
	client_stop client
	heal "$1"
	wait_until 2000 joined cookbook cookbook2
	wait_until 2000 group_is "$1" 'state standby'
	capture_stop client
}

node cookbook eth0=10.0.2.15/24,fd00::15/64@br0
node cookbook2 eth0=10.0.2.16/24,fd00::16/64@br0
node client eth0=10.0.2.50/24,fd00::50/64@br0
# As on a host: whether an address is a duplicate is found out first, unless told otherwise.
for name in cookbook cookbook2; do
	on "$name" sysctl -q net.ipv6.conf.{all,default,eth0}.accept_dad=1
done
configure
start_members
check "the kernel guards them all" says cookbook2 "guard $vip6,$second,10.0.2.100" groups cookbook
check "the holder has them all" all_of cookbook
check "and the other none" none_of cookbook2

shown=$(ip -n cookbook -6 address show dev eth0 to "$vip6")
check_match "it is there with its prefix, and not tentative: $shown" "inet6 $vip6/64 scope global nodad deprecated" "$shown"
check_match "one without prefix and device has those of its route" "inet6 $second/64 " \
	"$(ip -n cookbook -6 address show dev eth0 to "$second")"
check_match "what the node begins comes from its own address" ' src fd00::15 ' "$(ip -n cookbook -6 route get fd00::50) "

# ---- the holder dies
death cookbook
check "the other has them all" all_of cookbook2
check "and the first, which is back, none" none_of cookbook
measure "client outage" "$OUTAGE" us
limit "no longer than deadtime and 1 ms, us" "$OUTAGE" 4000
check_ge "it was one, us" "$OUTAGE" 1000
check_ge "the new holder says so to all, unasked" "$(advertised wire "${mac[cookbook2]}" "$vip6")" 1
check_ge "and of the other address" "$(advertised wire "${mac[cookbook2]}" "$second")" 1
check_eq "the old one said nothing any more" 0 "$(advertised wire "${mac[cookbook]}" "$vip6")"

# ---- moved
client_start client "$vip6" 100
sleep_us 20000
mono_us start
on cookbook2 hbctl standby
wait_until 1000 all_of cookbook
wait_until 1000 none_of cookbook2
mono_us end
client_stop client
measure "moved: client outage" "$(client_outage_us client "$start" "$end")" us
limit "at most 2 ms, for three addresses, us" "$(client_outage_us client "$start" "$end")" 2000

# ---- somebody takes it off
ip -n cookbook address del "$vip6/64" dev eth0
wait_until 1000 has_address cookbook "$vip6"
check "it is put back" log_has cookbook "$vip6/64 on eth0 was gone: put back"

# ---- the interface goes down, and all addresses of IPv6 with it, and comes back
ip -n cookbook link set eth0 down
wait_until 1000 all_of cookbook2
ip -n cookbook link set eth0 up
ip -n cookbook address replace fd00::15/64 dev eth0
wait_until 2000 joined cookbook cookbook2
check "the first has none" none_of cookbook
check "the other keeps them" all_of cookbook2

# ---- another hand has put it there with another prefix: of IPv6 an interface has an address once, whatever its prefix
prefixes() { ip -n "$1" -6 -o address show dev eth0 to "$vip6" | sed 's/.*inet6 [^ ]*\(\/[0-9]*\) .*/\1/'; }
agent_pid cookbook2 pid
kill -STOP "$pid"
ip -n cookbook2 address del "$vip6/64" dev eth0
ip -n cookbook2 address add "$vip6/128" dev eth0 nodad
kill -CONT "$pid"
sleep_us 300000
check_eq "another prefix, while it is held: it stays so" /128 "$(prefixes cookbook2)"
on cookbook2 hbctl standby -w 2s
check "and goes when the group goes" none_of cookbook2
check "which the other has" all_of cookbook
ip -n cookbook2 address add "$vip6/128" dev eth0 nodad
on cookbook2 hbctl takeover -w 2s
check "another prefix, before it comes: it serves" all_of cookbook2
reload cookbook2
reload cookbook2
refuse "and is not missed" log_has cookbook2 "$vip6/64 on eth0: added"
check_eq "it stays so" /128 "$(prefixes cookbook2)"
on cookbook2 hbctl standby -w 2s
check "and goes when the group goes" none_of cookbook2
on cookbook2 hbctl takeover -w 2s
check_eq "the next time it comes as it is configured" /64 "$(prefixes cookbook2)"

# ---- its agent hangs: the kernel keeps it silent
for name in cookbook cookbook2; do
	on "$name" hbctl set agent_timeout 20ms
done
agent_pid cookbook2 pid
client_start client "$vip6" 100
sleep_us 20000
mono_us start
kill -STOP "$pid"
wait_until 1000 group_is cookbook 'state active'
sleep_us 20000
mono_us end
client_stop client
check "both have it" has_address cookbook2 "$vip6"
limit "the client missed at most 2 ms, for three addresses, us" "$(client_outage_us client "$start" "$end")" 2000
ip -n client neigh flush dev eth0
check "asked again, the new one answers" on client ping -q -n -c 1 -W 1 "$vip6"
check_match "and nobody else" "lladdr ${mac[cookbook]} " "$(ip -n client neigh show "$vip6")"
kill -CONT "$pid"
wait_until 2000 none_of cookbook2

# ---- stopped: nothing is left
agent_stop cookbook
wait_until 2000 all_of cookbook2
check "who stops has none" none_of cookbook
agent_stop cookbook2
check "nor has the last one" none_of cookbook2

# ---- warm
start_warm cookbook cookbook2
check "warm: both have them" all_of cookbook
check "warm: both have them" all_of cookbook2
holder=cookbook
group_is cookbook 'state active' || holder=cookbook2
on client ping -q -n -c 1 -W 1 "$vip6" >/dev/null
death "$holder"
measure "warm: client outage" "$OUTAGE" us
limit "warm: no longer than deadtime and 1 ms, us" "$OUTAGE" 4000
other_of "$holder"
check_ge "warm: the new holder says so to all" "$(advertised wire "${mac[$OTHER]}" "$vip6")" 1
check_eq "warm: the old one does not" 0 "$(advertised wire "${mac[$holder]}" "$vip6")"

# ---- warm, and another hand has put one there as addresses are put by default: that it is a duplicate, the holder's answer says
flags() { ip -n "$1" -6 -o address show dev eth0 to "$vip6"; }
unfit() { ! group_is "$1" 'warm ready'; }
failed() { [[ $(flags "$1") == *dadfailed* ]]; }
check "warm: who does not hold them is ready" group_is "$holder" 'warm ready'
agent_pid "$holder" pid
kill -STOP "$pid"
ip -n "$holder" address del "$vip6/64" dev eth0
ip -n "$holder" address add "$vip6/64" dev eth0
sleep_us 20000
check_match "warm: it is not known yet whether it is a duplicate" ' tentative' "$(flags "$holder")"
check "warm: so the node is not ready" unfit "$holder"
wait_until 3000 failed "$holder"
sleep_us 20000
check "warm: nor when it was found to be one" unfit "$holder"
ip -n "$holder" address del "$vip6/64" dev eth0
ip -n "$holder" address add "$vip6/64" dev eth0 nodad
kill -CONT "$pid"
wait_until 1000 group_is "$holder" 'warm ready'
check "warm: but is with one that can be used" group_is "$holder" 'warm ready'
agent_stop cookbook
agent_stop cookbook2
check "warm: nothing is left" none_of cookbook
check "warm: nothing is left" none_of cookbook2
lab_done
