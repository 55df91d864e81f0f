#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The end of a warm standby, at any moment and under traffic to the address that it keeps silent: the address taken away, the
# agent told to stop, the module and the namespace gone. Each time it comes back, and the holder goes on.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

not_ready() {
	group_is "$1" warm && ! group_is "$1" 'warm ready'
}

auto_failback=off
keepalive=10ms
deadtime=30ms
pair_of_nodes
node other eth0=10.0.2.60/24@br0
configure
start_warm cookbook cookbook2
wait_until 5000 group_is cookbook 'state active'
holder=cookbook

# ---- an address that is not there is not taken over by the kernel
other_of "$holder"
agent_pid "$OTHER" pid
kill -STOP "$pid"
ip -n "$OTHER" address del "$vip/24" dev eth0
wait_until 2000 not_ready "$OTHER"
kill -CONT "$pid"
wait_until 2000 both_ready
ok "one that is taken away is put back, and the kernel knows both times"

# ---- and once it is there, nobody waits for an agent that hangs, be that known or not
for seen in acquiring failed; do
	other_of "$holder"
	agent_pid "$OTHER" pid
	kill -STOP "$pid"
	ip -n "$OTHER" address del "$vip/24" dev eth0
	wait_until 2000 not_ready "$OTHER"
	cut "$holder"
	wait_until 5000 group_is "$OTHER" "state $seen"
	ip -n "$OTHER" address add "$vip/24" dev eth0
	wait_until 200 group_is "$OTHER" 'state active'
	check "an agent hangs, and the group is $seen until the address comes: then it is active" group_is "$OTHER" 'state active'
	heal "$holder"
	kill -CONT "$pid"
	wait_until 10000 joined cookbook cookbook2
	wait_until 2000 both_ready
	group_is cookbook 'state active' && holder=cookbook || holder=cookbook2
done

# ---- the end, under traffic to the silent address
for name in cookbook cookbook2; do
	on "$name" hbctl set agent_timeout 2s
done
other_of "$holder"
ip -n other neigh replace "$vip" lladdr "${mac[$OTHER]}" dev eth0
on_bg other flood labtool udp-send -n 100000000 -i 100 "$vip" 9 random:64
dropped=$(counter "$OTHER" guard_drop)
sleep_us 50000
check_ge "what is sent to the silent address is dropped" "$(counter "$OTHER" guard_drop)" $((dropped + 100))
agent_stop "$OTHER"
check_holders "an orderly stop takes it off" "$holder"
for i in 1 2 3 4 5; do
	start_warm "$OTHER"
	sleep_us $((i * 777))
	if ((i % 2)); then
		rmmod hbkm
		wait_no_address "$OTHER" "$vip" 3000
		wait_no_address "$holder" "$vip" 3000
		agent_kill cookbook
		agent_kill cookbook2
		start_warm "$holder" "$OTHER"
		wait_until 5000 group_is "$holder" 'state active'
	fi
	agent_stop "$OTHER"
done
for i in 1 2 3 4 5; do
	start_warm "$OTHER"
	sleep_us $((i * 777))
	node_del "$OTHER"
	node "$OTHER" "eth0=10.0.2.1$([[ $OTHER == cookbook ]] && echo 5 || echo 6)/24@br0"
	configure_one "$OTHER"
done
start_warm "$OTHER"
check "module and namespaces go and come under it" group_is "$holder" 'state active'
bg_end "$flood" KILL
lab_done
