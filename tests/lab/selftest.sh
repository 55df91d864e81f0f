#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The lab tests itself, without hbkm: tests/lab/run --no-hbkm tests/lab/selftest.sh
# lab: modules bonding
# lab: files recipe/ha.cf
# shellcheck source=lib.sh
. "$LAB_LIB"

reaches() { on "$1" ping -q -c 1 -W 0.2 "$2"; }
carrier() { on "$1" cat "/sys/class/net/$2/carrier"; }

# exact TEXT VALUE LIMIT: a bound that holds in virtual time only.
exact() {
	if [[ $LAB_EXACT == 1 ]]; then
		check_le "$@"
	else
		measure "$1" "$2" "(in real time)"
	fi
}

# ---- the machine
check "a declared module is loaded" test -d /sys/module/bonding
check "a declared file is beside the script" cmp recipe/ha.cf /lab/recipe/ha.cf
check_eq "the arguments arrive" "" "$*"
for program in ip tc bridge ss ping arping tcpdump jq nsenter unshare setsid timeout modprobe sysctl; do
	check "there is $program" type -P "$program"
done
read -r _ _ worst < <(labtool lateness 1000 1000)
exact "a process is woken in time, worst of 1000 in ns" "$worst" 20000

# ---- time
mono_us before
sleep_us 5000
mono_us after
exact "sleep_us 5000 takes 5 ms, more in us" "$((after - before - 5000))" 500
read -r ns _ < <(labtool mono)
mono_us after
exact "mono_us is CLOCK_MONOTONIC, within a fork" "$((after - ns / 1000))" 3000
check_ge "mono_us is not before CLOCK_MONOTONIC" "$((after - ns / 1000))" 0

# ---- nodes
node a eth0=10.0.2.15/24@br0 eth1=10.0.3.15/24@br1
node b eth0=10.0.2.16/24@br0 eth1=10.0.3.16/24@br1
node c eth0=10.0.2.50/24,fd00::50/64@br0
check_eq "a node has its name" a "$(on a uname -n)"
check_eq "a node has its interfaces only" "eth0 eth1 lo" "$(on a sh -c 'cd /sys/class/net && echo [el]*')"
check "nodes reach each other" reaches a 10.0.2.16
check "on the second wire too" reaches b 10.0.3.15
check "a third node too" reaches c 10.0.2.15
check_eq "IPv6 is off" 0 "$(ip -n a -6 -j address | jq length)"
check "IPv6 is on where asked for" on c ping -q -c 1 -W 0.2 fd00::50
recipe a
check_eq "the recipe's key is secret" 600 "$(on a stat -c %a /etc/ha.d/authkeys)"
check "the recipe is there to the letter" on a diff -r /etc/ha.d /lab/recipe
refuse "another node has its own /etc/ha.d" on b test -e /etc/ha.d/ha.cf
ha_cf b <<<'node b'
check_eq "ha_cf writes it" "node b" "$(on b cat /etc/ha.d/ha.cf)"
refuse "the root has not" test -e /etc/ha.d/ha.cf
on a sh -c 'exit 42'
check_eq "on gives the exit status" 42 $?
on_bg a sleeper sleep 1000
wait_until 100 grep -qx sleep "/proc/$sleeper/comm" && ok "on_bg gives the command's own pid"
bg_end "$sleeper"
check_eq "bg_end ends it" 143 $?

# ---- addresses
address_log b
on b ip address add 10.0.2.100/24 dev eth0 label eth0:1
check "wait_address sees one that is there" wait_address b 10.0.2.100 100
check "has_address" has_address b 10.0.2.100
refuse "has_address of none" has_address a 10.0.2.100
(sleep_us 20000 && ip -n b address del 10.0.2.100/24 dev eth0) &
deleter=$!
mono_us before
wait_no_address b 10.0.2.100 1000
check_ge "wait_no_address waits" "$((ADDRESS_US - before))" 20000
wait "$deleter"
check_eq "address_log tells" "add del" "$(awk '$3 == "10.0.2.100/24" { print $2 }' "$LAB_OUT/b.addresses" | paste -sd ' ')"
check_le "address_us tells when it came" "$(address_us b 10.0.2.100 0)" "$before"

# ---- cables, as the client sees them
client_start c 10.0.2.15 100
sleep_us 20000
for length in 3000 50000; do
	mono_us now
	cut_at $((now + 20000)) a
	exact "the cut is at its moment" $((CUT_US - now - 20000)) 10
	check_eq "a cut leaves the carrier" "1 1" "$(carrier a eth0) $(carrier c eth0)"
	heal_at $((CUT_US + length + 20000)) a
	sleep_us 10000
	outage=$(client_outage_us c "$CUT_US" "$((HEAL_US + 5000))")
	exact "the client saw the outage, the difference in us" $((outage - (HEAL_US - CUT_US))) 200
	check_ge "and not less of it" $((outage - (HEAL_US - CUT_US))) 0
	check_eq "as one gap" 1 "$(client_gaps c 1000 "$CUT_US" "$HEAL_US" | wc -l)"
done
mono_us before
sleep_us 50000
mono_us after
exact "and no outage without a cut" "$(client_outage_us c "$before" "$after")" 300
client_stop c
check_eq "the client ends well" 0 $?

cut a eth0
refuse "a cut interface is cut" reaches a 10.0.2.16
check "the other is not" reaches a 10.0.3.16
heal a eth0
check "it heals" reaches a 10.0.2.16

# One way: c's question reaches a or not is seen by what a receives, in spite of answers that cannot come.
received() { on a cat /sys/class/net/eth0/statistics/rx_packets; }
cut_out a
before=$(received)
refuse "nothing comes out of cut_out" reaches c 10.0.2.15
check_ge "but things go in" "$(($(received) - before))" 1
uncut a
check "uncut undoes it" reaches c 10.0.2.15
cut_in a eth0
before=$(received)
refuse "nothing goes in of cut_in" reaches a 10.0.2.50
check_eq "nothing at all" 0 "$(($(received) - before))"
uncut a eth0
carrier_off a eth0
check_eq "carrier_off is seen" 0 "$(carrier a eth0)"
carrier_on a eth0
check_eq "carrier_on is seen" 1 "$(carrier a eth0)"
check "and works" reaches a 10.0.2.16

# ---- datagrams
capture b eth0 udp.pcap udp
on a labtool udp-send -p 694 -n 3 -i 1000 10.0.2.16 694 00112233
on a labtool udp-send -r 7 10.0.2.16 694 random:64
wait_until 1000 sh -c '[ "$(labtool payloads /lab/out/udp.pcap 694 | wc -l)" = 4 ]'
capture_stop b
check_eq "the payloads are captured" 3 "$(labtool payloads "$LAB_OUT/udp.pcap" 694 |
	grep -c ' 10.0.2.15:694 10.0.2.16:694 00112233$')"
capture b eth0 forged.pcap udp
check_eq "a capture is replayed" 4 "$(on c labtool replay -f eth0 "$LAB_OUT/udp.pcap" 694)"
wait_until 1000 sh -c '[ "$(labtool payloads /lab/out/forged.pcap 694 | wc -l)" = 4 ]'
capture_stop b
check_eq "as from its source" 4 "$(labtool payloads "$LAB_OUT/forged.pcap" 694 | grep -c ' 10.0.2.15:')"

# ---- death
on_bg b sleeper sleep 1000
power_off b
refuse "power_off leaves no process" kill -0 "$sleeper"
refuse "and no name" ip -n b link
refuse "nor a cable" test -e /sys/class/net/b.eth0
node b eth0=10.0.2.16/24@br0
check "it can come back" reaches a 10.0.2.16
rt_unlimited
measure "boot and test" "$(mono_us)" us
lab_done
