#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtual machine that is put back to a snapshot goes on in a life of which its peers know later things: here, that its kernel
# panicked, which a program says for it. It begins a new life and joins again, on its own; what it would say in the old one is
# heard by nobody, for ever.
# lab: files common.sh ../../build/tests/lastword
# lab: modules af_alg algif_hash
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

text='was this machine put back to an earlier state, as to a snapshot, or copied?'

life_of() { on "$1" hbctl -s show cluster | grep -o 'incarnation [0-9a-f]*'; }

# put_back NODE: what the other one knows of it is of a time to come.
put_back() {
	other_of "$1"
	life=$(life_of "$1")
	mono_us since
	echo now | /build/tests/lastword 'hmac(sha1)' topsecretpassword "$1.eth0" "$OTHER.eth0" >/dev/null
	wait_new_event "$OTHER" "\"object\":\"node\".*\"name\":\"$1\",\"state\":\"left\"" "$since" && ok "$OTHER believes that $1 is gone"
	wait_until 5000 joined cookbook cookbook2 && ok "both have joined again"
	check_match "$1 had a life" '^incarnation ' "$life"
	refuse "and has a new one" test "$life" = "$(life_of "$1")"
	check "$1's agent tells it" log_has "$1" "$text"
	refuse "$OTHER's does not" log_has "$OTHER" "$text"
}

auto_failback=off keepalive=10ms deadtime=30ms
pair_of_nodes
configure
start_members
watch cookbook cookbook2
address_log cookbook
address_log cookbook2

put_back cookbook
# It had the address, and the other one took it.
wait_address cookbook2 "$vip" 2000
wait_no_address cookbook "$vip" 2000
sleep_us 200000
check_holders "cookbook2 alone has the address" cookbook2

: >"$LAB_OUT/cookbook.log"
put_back cookbook
sleep_us 200000
check_holders "a standby that was put back takes nothing" cookbook2
check_eq "nor had it the address meanwhile" 1 "$(awk '$2 == "add"' "$LAB_OUT/cookbook2.addresses" | wc -l)"
check_eq "at cookbook it came never again" 0 "$(awk '$2 == "add"' "$LAB_OUT/cookbook.addresses" | wc -l)"

on cookbook hbctl takeover -w 5s cookbook
wait_address cookbook "$vip" 2000
mono_us since
cut_at $((since + 20000)) cookbook
wait_address cookbook2 "$vip" 2000 && ok "its death is noticed as ever"
heal_at $((CUT_US + 500000)) cookbook
wait_until 10000 joined cookbook cookbook2
sleep_us 200000
check_holders "and there is one holder when it is over" cookbook2
lab_done
