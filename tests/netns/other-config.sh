#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A peer whose configuration is not this node's is told apart, by event, status and log, on both sides, and each difference by
# its own name: other groups, other times, another auto_failback, other keys, the same name. As far as the two agree they work: what both know
# is held by one of them and taken over, and the difference is gone, and told to be, once the files are the same again.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

second=10.0.2.101

# reload NODE
reload() {
	local pid
	configure_one "$1"
	agent_pid "$1" pid
	kill -HUP "$pid"
}

# differ FLAG LOG [NODE]: both nodes say so of each other, and so does the event, but on NODE; told by FLAG alone.
differ() {
	local name other word
	for name in cookbook cookbook2; do
		[[ $name == cookbook ]] && other=cookbook2 || other=cookbook
		wait_until 2000 says "$name" "$1" nodes "$other"
		if [[ $name != "${3-}" ]]; then
			wait_event "$name" "\"object\":\"node\".*\"name\":\"$other\".*\"$1\":true"
			check_match "$name tells by an event: $1" "\"$1\":true" "$EVENT"
		fi
		check "$name logs it: $2" log_has "$name" "node $other: $2"
		for word in other_groups other_times other_policy unverified; do
			[[ $word == "$1" ]] || refuse "$name does not say $word" says "$name" "$word" nodes "$other"
		done
	done
}

# agree FLAG LOG
agree() {
	local name other
	for name in cookbook cookbook2; do
		[[ $name == cookbook ]] && other=cookbook2 || other=cookbook
		wait_until 2000 hushed "$name" "$1" "$other"
		check "$name no longer says $1" hushed "$name" "$1" "$other"
		check "$name logs it: $2" log_has "$name" "node $other: $2"
	done
}

hushed() {
	! says "$1" "$2" nodes "$3"
}

keepalive=10ms deadtime=50ms auto_failback=on
settings=('initdead 1')
pair_of_nodes
configure
start_members
watch cookbook cookbook2
for word in other_groups other_times other_policy unverified; do
	refuse "the same files: cookbook does not say $word" says cookbook "$word" nodes cookbook2
	refuse "nor does cookbook2" says cookbook2 "$word" nodes cookbook
done

# ---- times
deadtime=200ms
reload cookbook2
differ other_times 'has another keepalive or deadtime than this node'
check_match "status says so" 'has other times' "$(on cookbook hbctl status)"
sleep_us 300000
check_holders "other times: the address stays" cookbook
deadtime=50ms
reload cookbook2
agree other_times 'has the same keepalive and deadtime as this node again'

# ---- policy
auto_failback=off
reload cookbook2
differ other_policy 'has auto_failback off and this node has not, or the reverse'
check_match "status says so" 'has another auto_failback' "$(on cookbook hbctl status)"
check_holders "another policy: the address stays" cookbook
auto_failback=on
reload cookbook2
agree other_policy 'has the same auto_failback as this node again'

# ---- groups
resources+=("cookbook2 IPaddr::$second/24/eth0:2")
reload cookbook2
differ other_groups 'has other resource groups, or another order of nodes, than this node: no failback'
check_match "status says so" 'has other groups' "$(on cookbook hbctl status)"
wait_address cookbook2 "$second"
check_holders "what both know is held by one" cookbook
check_holders "what only one knows, by that one" cookbook2 "$second"
mono_us now
cut_at $((now + 5000)) cookbook
wait_address cookbook2 "$vip" 1000
ok "and is taken over"
heal cookbook
wait_until 5000 joined cookbook cookbook2
sleep_us 300000
holders
check_match "and is with one of them when the other is back" '^cookbook2?$' "$HOLDERS"
reload cookbook
agree other_groups 'has the same resource groups as this node again'
wait_address cookbook "$vip"
wait_no_address cookbook2 "$vip"
check_holders "with the same files it goes to whom it belongs" cookbook

# ---- keys
keys=('auth 1' '1 sha1 anothersecret')
configure_one cookbook2
agent_stop cookbook2
agent cookbook2
differ unverified 'what comes in its name is signed by no key of this node: compare authkeys' cookbook2
check_match "status says so" 'has other keys, it seems' "$(on cookbook hbctl status)"
check "nor is it held to be alive" says cookbook 'state left' nodes cookbook2
keys=('auth 1' '1 sha1 topsecretpassword')
reload cookbook2
wait_until 5000 joined cookbook cookbook2
check "with the same keys again it is up" joined cookbook cookbook2
refuse "and no longer said to have others" says cookbook unverified nodes cookbook2
wait_no_address cookbook2 "$vip" 5000
check_holders "and what both took is held by one" cookbook

# ---- a name that two machines have, one a copy of the other
refuse "there is one cookbook" says cookbook twin nodes cookbook
node copy eth0=10.0.2.17/24@br0
on copy sh -c 'echo cookbook >/proc/sys/kernel/hostname'
configure_one copy
agent copy
wait_until 10000 says cookbook twin nodes cookbook
check "cookbook says that there are two" says cookbook twin nodes cookbook
check "and so does its log" log_has cookbook 'node cookbook: another machine beats under this very name'
check_match "and its status" 'another machine has its name' "$(on cookbook hbctl status)"
refuse "cookbook2 is the only one" says cookbook2 twin nodes cookbook2
power_off copy
wait_until 5000 hushed cookbook twin cookbook
check "and that there is one again" hushed cookbook twin cookbook
lab_done
