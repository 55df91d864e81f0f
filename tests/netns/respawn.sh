#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs of respawn and failfast: they run as who they are to, with what env says, are started again when they end, but not
# for ever; they go with their line and with the agent, and one of failfast that dies takes the machine with it. Nothing of
# that keeps beats and addresses from going on.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

starts() { grep -c "^start" "$LAB_OUT/$1.starts" 2>/dev/null; }
started() { [[ $(starts "$1") -ge $2 ]]; }
runs() { on cookbook pgrep -f "/usr/local/bin/$1" >/dev/null; }
runs_not() { ! runs "$1"; }
reload() { on cookbook pkill -HUP -o -x hbctl; }

# ticks NODE: of processor time, 10 ms each, that its agent has had.
ticks() {
	local pid stat
	agent_pid "$1" pid
	read -r -a stat <"/proc/$pid/stat"
	echo $((stat[13] + stat[14]))
}

# restart TIMES: kills steady, waits for its start of that number, and sets TOOK_US.
restart() {
	local pid before after
	pid=$(on cookbook pgrep -o -f 'sleep 100000')
	mono_us before
	kill -KILL "$pid"
	wait_until 5000 started steady "$1"
	mono_us after
	TOOK_US=$((after - before))
}

# program NAME SCRIPT: one that keeps an account of its starts in $LAB_OUT/NAME.starts.
program() {
	printf '#!/bin/sh\necho start >>%s/%s.starts\n%s\n' "$LAB_OUT" "$1" "$2" >"/usr/local/bin/$1"
	chmod 755 "/usr/local/bin/$1"
	: >"$LAB_OUT/$1.starts"
	chmod 666 "$LAB_OUT/$1.starts"
}

LAB_POLL_US=20000
mkdir -p /usr/local/bin
echo 'walter:x:1000:1000::/:/bin/sh' >>/etc/passwd
echo 'walter:x:1000:' >>/etc/group
chmod 777 "$LAB_OUT"
# shellcheck disable=SC2016 # for the script itself
program steady 'echo "$(id -u) $(id -g) $(id -G) $HA_SITE $HA_CURHOST $*"; exec sleep 100000'
program quick 'exit 3'
program once 'exit 100'
program stubborn 'trap "" TERM; while :; do sleep 1; done'
program vital 'exec sleep 200000'

keepalive=10ms
deadtime=50ms
settings=('env SITE=north' 'respawn walter /usr/local/bin/steady a b' 'respawn root /usr/local/bin/quick'
	'respawn root /usr/local/bin/once')
pair_of_nodes
configure_one cookbook
settings=()
configure_one cookbook2
start_members
client_start client "$vip" 1000

# ---- as who, and with what
wait_until 5000 started steady 1
wait_until 2000 log_has cookbook '1000 1000 1000 north cookbook a b'
check "it runs as its user, with env's variables and its arguments" log_has cookbook '1000 1000 1000 north cookbook a b'

# ---- again and again, but not for ever
restart 2
check_ge "killed soon after its start: it starts again, but not at once, us" "$TOOK_US" 950000
check_le "but soon, us" "$TOOK_US" 1500000
check "the log has Heartbeat's words" log_has cookbook 'Respawning client "/usr/local/bin/steady a b"'
sleep_us 31000000
restart 3
check_le "killed after a long run: at once, us" "$TOOK_US" 500000
check "one that ends at once is given up" log_has cookbook 'Client "/usr/local/bin/quick" respawning too fast'
check_eq "after its eleventh run" 11 "$(starts quick)"
check_eq "one that says so is not started again" 1 "$(starts once)"

# ---- what is given up, or new, in ha.cf
settings=('respawn root /usr/local/bin/stubborn' 'respawn walter /usr/local/bin/steady a b')
configure_one cookbook
reload
wait_until 5000 started stubborn 1
check_eq "a reload leaves alone what stays" 3 "$(starts steady)"
settings=('respawn root /usr/local/bin/stubborn')
configure_one cookbook
reload
wait_until 5000 runs_not steady
check "what is no longer in ha.cf is ended" runs_not steady
sleep_us 2000000
check_eq "and not started again" 3 "$(starts steady)"

# ---- one that does not end for now: its successor waits, and so does the agent
settings=('respawn root /usr/local/bin/stubborn again')
configure_one cookbook
before=$(ticks cookbook)
reload
sleep_us 4000000
check_eq "one that takes its time to end is not joined by its successor" 1 "$(starts stubborn)"
check_le "nor does the agent work meanwhile, ticks" $(($(ticks cookbook) - before)) 10
wait_until 15000 started stubborn 2
check_eq "which starts then" 1 "$(on cookbook pgrep -c -f '^/bin/sh /usr/local/bin/stubborn')"
client_stop client
check_le "none of it kept the address from answering, us" "$(client_outage_us client)" 15000
check_eq "nor the agent from its word to the kernel" 0 "$(cat "$LAB_OUT"/*.log | grep -c 'missed this agent')"

# ---- an agent that is killed: its programs go, and those of the next do not run beside them
agent_kill cookbook
agent cookbook
wait_until 15000 started stubborn 3
check_eq "one of a kind" 1 "$(on cookbook pgrep -c -f '^/bin/sh /usr/local/bin/stubborn')"
wait_until 10000 joined cookbook cookbook2

# ---- stopped in order: they end with it
agent_stop cookbook
wait_until 10000 runs_not stubborn
check "told to stop, the agent takes its programs with it" runs_not stubborn
wait_address cookbook2 "$vip"

# ---- failfast: the machine is rebooted, which is to this one its process namespace
# Both nodes share one kernel here: interfaces that go with the one are waited for by the other, if it has an address to add.
# PREEMPT_RT has that take longer, for the sake of processes that are not to be interrupted.
[[ ! -w /sys/kernel/rcu_normal ]] || echo 0 >/sys/kernel/rcu_normal
settings=('failfast root /usr/local/bin/vital')
configure_one cookbook
on_bg cookbook machine unshare --pid --fork --kill-child hbctl run
wait_until 30000 joined cookbook cookbook2
wait_address cookbook "$vip"
wait_until 5000 started vital 1
client_start client "$vip" 1000
sleep_us 100000
pid=$(on cookbook pgrep -f 'sleep 200000')
# To find it took longer than what comes now.
mono_us before
kill -KILL "$pid"
wait_address cookbook2 "$vip" 5000
sleep_us 100000
client_stop client
check_le "failfast: the other node has the address at once, us" \
	"$(client_outage_us client "$before" $((before + 3000000)))" 40000
wait "$machine" 2>/dev/null
check_eq "the machine is rebooted" 129 $?
check "and the log says why" grep -q -F 'Rebooting system.  Reason: /usr/local/bin/vital' "$LAB_OUT/cookbook.machine"
check "the other node knows" says cookbook2 'reason reboot' nodes cookbook
agent_stop cookbook2
lab_done
