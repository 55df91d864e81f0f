#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A carrier that flaps. One that is back before the peers would notice moves nothing. One that stays away for longer is an
# isolation, which moves the address once; but coming back only to go again, the node is trusted later each time, so the address
# stays with the other until the link has been up for a while. A standby's link that flaps moves nothing. And there is no flood of events.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# flap NODE TIMES DOWN_US UP_US
flap() {
	local i
	for ((i = 0; i < $2; i++)); do
		carrier_off "$1"
		sleep_us "$3"
		carrier_on "$1"
		sleep_us "$4"
	done
}

isolated() {
	says "$1" isolated cluster
}

keepalive=10ms deadtime=100ms auto_failback=on
pair_of_nodes
configure
start_members
watch cookbook cookbook2
address_log cookbook
address_log cookbook2

# ---- short ones
begin
flap cookbook 10 15000 100000
sleep_us 500000
check_holders "10 short ones of the holder: it holds on" cookbook
check_eq "10 short ones: the other never had it" 0 "$(moves cookbook2)"
check_eq "10 short ones: nor was it taken from the holder" 0 "$(moves cookbook)"
check_eq "10 short ones: nothing is told of the group" 0 "$(told cookbook group)"
check_eq "10 short ones: nobody is isolated" 0 "$(told cookbook cluster)"
check_le "10 short ones: at most 40 events of the link" "$(told cookbook link)" 40

# ---- long ones
begin
flap cookbook 10 300000 300000
check_le "10 long ones: the holder had it back at most once" "$(moves cookbook)" 1
check_le "10 long ones: so the other took it over at most twice" "$(moves cookbook2)" 2
check_ge "10 long ones: and took it" "$(moves cookbook2)" 1
check "10 long ones: the flapping node is not trusted, though its link is up" isolated cookbook
check_holders "10 long ones: the other holds" cookbook2
# A flap that nobody trusts is four events, one that moves the address there and back up to fifteen; in user-mode Linux, where
# nodes act in the same instant, more of them are.
[[ $LAB_KERNEL == uml* ]] && most=100 || most=60
check_le "10 long ones: at most $most events on the flapping node" $(($(told cookbook link) + $(told cookbook cluster) + $(told cookbook group))) "$most"
begin
wait_address cookbook "$vip" 40000
wait_no_address cookbook2 "$vip"
measure "from its last flap until it has it back" $((ADDRESS_US - BEGUN)) us
check_holders "when its link has been up for a while it has it back" cookbook
check "and is not isolated" joined cookbook cookbook2

# ---- not quite so fast: for longer each time
sleep_us 11000000
begin
flap cookbook 8 300000 3000000
check_le "8 with three seconds between: the holder had it back at most 4 times" "$(moves cookbook)" 4
wait_address cookbook "$vip" 40000
wait_no_address cookbook2 "$vip"

# ---- the standby's
begin
flap cookbook2 10 300000 300000
sleep_us 500000
check_eq "the standby's: it never took it" 0 "$(moves cookbook2)"
check_eq "the standby's: the holder held on" 0 "$(moves cookbook)"
wait_until 40000 joined cookbook cookbook2
check "the standby's: it joins again" joined cookbook cookbook2
check_holders "and the address is where it was" cookbook
lab_done
