# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the scripts here share; sourced after pair-lib.sh. The recipe on two whole machines in real time: keepalive 200 ms and
# a deadtime that what a busy host does to emulated machines does not reach. a is the preferred node.

vip=10.0.2.100
keepalive_ms=200 deadtime_ms=20000 auto_failback=on

declare -A own=([a]=10.0.2.15 [b]=10.0.2.16)

has() { guest "$1" ip -o address show to "$vip" | grep -q "eth0:1"; }
has_not() { ! has "$1"; }
says() { [[ $(guest "$1" cl_status rscstatus -m) == "This node is holding $2 resources." ]]; }
joined() { [[ $(guest "$1" cat /sys/class/hbkm/hb0/state 2>/dev/null) == running ]]; }

# peer GUEST KEY: what it says of the other node: its state, or the reason why it left.
peer() { guest "$1" hbctl -j status | jq -r ".nodes[] | select(.self | not) | .$2"; }
peer_is() { [[ $(peer "$1" state) == "$2" ]]; }

# counter GUEST NAME: one of the counters of `hbctl -j show stats`.
counter() { guest "$1" hbctl -j show stats | jq -r --arg name "$2" '[.. | objects | select(has($name)) | .[$name] | numbers] | add // 0'; }

# set_up GUEST [MODULE-PARAMETER…]: its network, the module, the recipe with the times above, the agent.
set_up() {
	guest "$1" "ip link set eth0 up; ip address add ${own[$1]}/24 dev eth0"
	guest "$1" 'cp --preserve=mode /lab/recipe/* /etc/ha.d/; chmod 600 /etc/ha.d/authkeys'
	guest "$1" "sed -i 's/^keepalive.*/keepalive ${keepalive_ms}ms/; s/^deadtime.*/deadtime ${deadtime_ms}ms/;
		s/^warntime.*/warntime $((deadtime_ms / 2))ms/; s/^auto_failback.*/auto_failback $auto_failback/' /etc/ha.d/ha.cf"
	guest "$1" modprobe hbkm "${@:2}"
	guest "$1" 'hbctl run >>/tmp/hbctl.log 2>&1 &'
}

# both_up: until both have joined, and the preferred node holds all. That a busy host keeps an agent from running, too, is no
# reason to take its address away.
both_up() {
	wait_until 60000 joined a
	wait_until 60000 joined b
	check "a's agent has the time of its peers" guest a hbctl set agent_timeout "${deadtime_ms}ms"
	check "b's agent, too" guest b hbctl set agent_timeout "${deadtime_ms}ms"
	wait_until 60000 has a
	wait_until 60000 peer_is a up
	wait_until 60000 peer_is b up
}

# settled: both have joined and see each other.
settled() { joined a && joined b && peer_is a up && peer_is b up; }

# watch GUEST: from now on its events are kept. told GUEST WORDS: how many of them have these words.
watch() { guest "$1" "hbctl -j monitor >/tmp/events 2>&1 &"; }
told() { guest "$1" "grep -c -F $(printf %q "$2") /tmp/events"; }

# watched_pair: both set up, both up, the events of both kept.
watched_pair() {
	set_up a
	set_up b
	both_up
	watch a
	watch b
	wait_until 10000 told a dumped
	wait_until 10000 told b dumped
}

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# takes_over GUEST SINCE_MS: sets TOOK_MS to how long that took until it has the address.
takes_over() {
	wait_until $((3 * deadtime_ms)) has "$1"
	TOOK_MS=$(($(now_ms) - $2))
}
