#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The holder's cables are out, and then its deadtime is made longer: its peers have not heard of that, and take over by the old
# one. So it gives up by the old one, too, and does not come back with a claim. And a peer that has heard of it, but has still a
# shorter one itself, goes by that.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# carrier STATE [NODE]: of its only cable, by default cookbook's.
carrier() { ip link set "${2-cookbook}.eth0" "$1"; }

keepalive=50ms deadtime=600ms auto_failback=off
pair_of_nodes
configure
start_members
watch cookbook cookbook2
before=$(mono_us)
carrier down
wait_new_event cookbook '"object":"link".*"state":"down"' "$before"
on cookbook hbctl set deadtime 6s
check_le "it was made longer in time, us" $(($(mono_us) - EVENT_US)) 200000
check "it holds on for a while" group_is cookbook 'state active'
wait_until 400 says cookbook 'isolated' cluster
check "before it is dead for the other, it knows that it is the isolated one" says cookbook 'isolated' cluster
refuse "and holds nothing" group_is cookbook 'state active'
wait_until 1000 group_is cookbook2 'state active'
check "the other one does" group_is cookbook2 'state active'
carrier up
wait_until 20000 joined cookbook cookbook2
check_holders "and goes on to" cookbook2

# ---- it is made longer on the holder first, and the peer knows
on cookbook hbctl set deadtime 600ms
on cookbook2 hbctl set deadtime 6s
sleep_us 300000
check "the peer has heard of it" says cookbook 'deadtime 6s' nodes cookbook2
carrier down cookbook2
wait_until 1000 group_is cookbook 'state active'
check "the peer takes over by its own" group_is cookbook 'state active'
check "by then the holder knows that it is the isolated one" says cookbook2 'isolated' cluster
refuse "and has given it up" group_is cookbook2 'state active'
carrier up cookbook2
wait_until 20000 joined cookbook cookbook2
check_holders "who took it over keeps it" cookbook
check_eq "there was no conflict" 0 "$(cat "$LAB_OUT"/cookbook{,2}.events | grep -c '"event":"conflict"')"
lab_done
