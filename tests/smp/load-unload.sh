#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module goes and comes back again and again, on two processors, while all of its users are at work: agents that start as
# soon as they have ended, beats and a flood of datagrams, `hbctl monitor`, dumps, writes by netlink, sysfs read and written.
#	tests/lab/run --smp 2 --timeout 3600 tests/smp/load-unload.sh [TIMES]
# lab: files ../netns/common.sh
# lab: needs nft
# lab: modules nf_tables
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=../netns/common.sh
. ../netns/common.sh

times=${1-200}
RANDOM=$LAB_SEED
users=''

# did WHAT: what a user says when a request of its was granted, as all could fail unseen.
did() {
	echo "$1" >>"$LAB_OUT/did"
}
export -f did

# user NODE WHAT SHELL-COMMAND: does that for ever.
user() {
	on_bg "$1" "$2" bash -c "while :; do $3; done"
	users+=" ${!2}"
}

loaded() {
	[[ -e /sys/module/hbkm/initstate && $(</sys/module/hbkm/initstate) == live ]]
} 2>/dev/null

running() {
	local name state
	for name in cookbook cookbook2; do
		state=$(on "$name" cat $hb0/state) && [[ $state == running || $state == joining ]] || return
	done
}

# The first netfilter hook of its kind, and the last, make the kernel change its own code, by a breakpoint first. This QEMU, with a
# thread for each processor, may go on executing that breakpoint when it has gone: both stand in ip_local_deliver() for ever. So
# hbkm's are never the first.
for family in ip arp ip6; do
	nft "add table $family lab
		add chain $family lab in { type filter hook input priority 0; }
		add chain $family lab out { type filter hook output priority 0; }"
done

hb0=/sys/class/hbkm/hb0
keepalive=10ms deadtime=3000ms
pair_of_nodes
configure
on_bg client flood_a labtool udp-send -n 100000000 -i 5000 10.0.2.15 694 random:136
on_bg client flood_b labtool udp-send -n 100000000 -i 5000 10.0.2.16 694 random:136
for name in cookbook cookbook2; do
	user "$name" agent 'hbctl run'
done
user cookbook monitor 'hbctl -j monitor; busybox usleep 100000'
user cookbook dumps 'hbctl show nodes && did nodes; hbctl show links && did links; hbctl -s show cluster && did cluster
	hbctl show stats && did stats; busybox usleep 100000'
user cookbook2 writes "hbctl set keepalive 11ms && did set; echo 10000 >$hb0/keepalive_us && did sysfs-write
	grep -s -d skip . $hb0/* && did sysfs-read; busybox usleep 100000"

gone=0 refused=0
while ((gone < times)); do
	wait_until 300000 loaded || break
	# One time in four both clusters are up, and all users at work for a while; else it is at any point of their start.
	if ((gone % 4 == 3)); then
		wait_until 300000 running || break
		sleep_us $((RANDOM * 60))
	else
		sleep_us $((RANDOM * 10))
	fi
	if rmmod hbkm 2>>"$LAB_OUT/rmmod"; then
		gone=$((gone + 1))
		((gone % 20)) || printf '# %d of %d times, %d s\n' "$gone" "$times" "$SECONDS"
	else
		# Somebody was in the middle of a request, or it is being loaded.
		refused=$((refused + 1))
	fi
done
check_eq "the module was removed" "$times" "$gone"
measure "attempts refused, as it was in use" "$refused" "of $((gone + refused))"
check "the flood of cookbook has not ended" kill -0 "$flood_a"
check "the flood of cookbook2 has not ended" kill -0 "$flood_b"
# Both clusters were up one time in four, for some turns of each user.
seldom=$((times / 20 + 1))
for request in nodes links cluster stats set sysfs-write sysfs-read; do
	check_ge "granted: $request" "$(grep -c -x "$request" "$LAB_OUT/did")" "$seldom"
done
for event in dumped change; do
	check_ge "told by monitors: $event" "$(grep -c "\"event\":\"$event\"" "$LAB_OUT/cookbook.monitor")" "$seldom"
done

# ---- and it works
wait_until 300000 joined cookbook cookbook2 && ok "both join"
wait_address cookbook "$vip" 300000 && ok "and cookbook has the address"
# shellcheck disable=SC2086 # a list of pids
kill -KILL $users "$flood_a" "$flood_b"
lab_done
