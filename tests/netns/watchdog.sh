#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The watchdog: the agent has softdog loaded, sets its time-out by deadtime and feeds it for as long as its loop goes round.
# Stopped in order it disarms it; killed it does not, and the next agent feeds it in its place; if the agent hangs, it bites.
# lab: not uml-debug softdog is not built there, and the agent is what is tested
# lab: modules softdog
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

dog=/sys/class/watchdog/watchdog0

dog_is() { [[ $(<"$dog/$1") == "$2" ]]; }
bites() { dmesg | grep -c 'softdog: Triggered'; }
bitten() { [[ $(bites) -gt $1 ]]; }

# What it would reset is this very machine; so it only says that it would.
modprobe -r softdog
echo 'options softdog soft_noboot=1' >/etc/modprobe.d/softdog.conf
check "there is no watchdog yet" test ! -e "$dog"
keepalive=100ms
deadtime=59
pair_of_nodes
settings=('watchdog /dev/nosuchdog')
configure_one cookbook2
settings=('watchdog /dev/watchdog')
configure_one cookbook
agent cookbook
agent cookbook2
wait_until 30000 joined cookbook cookbook2
wait_address cookbook "$vip" 30000
check "softdog was loaded" test -e "$dog"
check "the log names the device" log_has cookbook 'Using watchdog device: /dev/watchdog, timeout 60 s'
check_eq "the time-out is deadtime, rounded up" 60 "$(<"$dog/timeout")"
check "it is armed" dog_is state active
check "without a device: the log says what to do" \
	log_has cookbook2 'Cannot open watchdog device: /dev/nosuchdog: there is no such device: load its driver'
check_eq "but once only" 1 "$(grep -c nosuchdog "$LAB_OUT/cookbook2.log")"

# ---- fed
sleep_us 60000000
check_eq "fed for a minute it does not bite" 0 "$(bites)"

# ---- other values
deadtime=1
configure_one cookbook
on cookbook pkill -HUP -o -x hbctl
wait_until 5000 dog_is timeout 5
check "a reload sets another time-out, but none too short" log_has cookbook 'Using watchdog device: /dev/watchdog, timeout 5 s'
sleep_us 16000000
check_eq "and feeds it by that from then on" 0 "$(bites)"

# ---- killed: the next agent goes on
agent_kill cookbook
check "killed: it stays armed" dog_is state active
agent cookbook
wait_until 5000 joined cookbook cookbook2
sleep_us 20000000
check_eq "the next agent feeds it in time" 0 "$(bites)"

# ---- hanging: it bites
agent_pid cookbook pid
mono_us before
kill -STOP "$pid"
# Looked at more often than wait_until does after some seconds, as the time counts.
mono_us after
until bitten 0 || ((after - before > 10000000)); do
	sleep_us 20000
	mono_us after
done
mono_us after
check_ge "an agent that hangs: not before its time, us" $((after - before)) 3700000
check_le "but then, us" $((after - before)) 5200000
kill -CONT "$pid"
wait_until 10000 joined cookbook cookbook2
sleep_us 1000000
before=$(bites)

# ---- stopped: disarmed
agent_stop cookbook
check "stopped in order: it is disarmed" dog_is state inactive
sleep_us 20000000
check_eq "and does not bite" "$before" "$(bites)"
agent_stop cookbook2
lab_done
