#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The service heartbeat without systemd: the init script's actions, Heartbeat's sentences, and exit codes; what is held stays
# through a reload. And with systemd: what the agent tells it, and that a hung one no longer feeds the watchdog.
# lab: files common.sh
# lab: needs start-stop-daemon
# lab: needs socat
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

keepalive=10ms
deadtime=50ms
script=/etc/init.d/heartbeat

# service_on NODE STATUS STDOUT ACTION
service_on() {
	local said
	said=$(on "$1" "$script" "$4" 2>"$LAB_OUT/err")
	check_eq "$1: heartbeat $4" "$2|$3" "$?|$said"
}

stopped='heartbeat is stopped. No process'

pair_of_nodes
on cookbook rm -f /etc/ha.d/ha.cf
for action in start stop reload standby; do
	service_on cookbook 0 'Heartbeat not configured: /etc/ha.d/ha.cf not found. Heartbeat failure [rc=1]. Failed.' "$action"
done
service_on cookbook 3 'Heartbeat not configured: /etc/ha.d/ha.cf not found. Heartbeat failure [rc=1]. Failed.' status
configure
service_on cookbook 3 "$stopped" status
service_on cookbook 0 'Stopping High-Availability services: Done.' stop
service_on cookbook 1 'Heartbeat is not currently running.' standby
service_on cookbook 1 "Usage: $script {start|stop|status|restart|reload|force-reload}" nonsense

# ---- a slip in ha.cf
on cookbook sh -c 'echo bogus 1 >>/etc/ha.d/ha.cf'
service_on cookbook 6 'Starting High-Availability services:  Heartbeat failure [rc=6]. Failed.

/etc/ha.d/ha.cf:10: error: Illegal directive [bogus]
Heartbeat not started: configuration error.' start
service_on cookbook 3 "$stopped" status
on cookbook sed -i /bogus/d /etc/ha.d/ha.cf

# ---- where the agent's options name other files, those are looked at
mkdir -p /etc/default
echo 'HBCTL_OPTIONS="--warm -d /run/other.d"' >/etc/default/hbctl
on cookbook cp -a /etc/ha.d /run/other.d
on cookbook sh -c 'echo bogus 1 >>/run/other.d/ha.cf'
service_on cookbook 6 'Starting High-Availability services:  Heartbeat failure [rc=6]. Failed.

/run/other.d/ha.cf:10: error: Illegal directive [bogus]
Heartbeat not started: configuration error.' start
on cookbook sed -i /bogus/d /run/other.d/ha.cf
on cookbook mv /etc/ha.d/ha.cf /run/ha.cf
service_on cookbook 0 'Starting High-Availability services: Done.' start
service_on cookbook 0 'Reloading High-Availability services: Done.' reload
service_on cookbook 0 'Stopping High-Availability services: Done.' stop
on cookbook mv /run/ha.cf /etc/ha.d/ha.cf
rm /etc/default/hbctl

# ---- both run
service_on cookbook 0 'Starting High-Availability services: Done.' start
check_eq "it is ready when start returns" 'Heartbeat is running on this machine.' "$(on cookbook cl_status hbstatus)"
check_match "cookbook: heartbeat status" '^0\|heartbeat OK \[pid [0-9]+ et al\] is running on cookbook \[cookbook\]\.\.\.$' \
	"$(on cookbook sh -c "said=\$($script status); echo \"\$?|\$said\"")"
pid=$(on cookbook cat /run/heartbeat.pid)
service_on cookbook 0 'Starting High-Availability services: Done.' start
check_eq "the same still runs" "$pid" "$(on cookbook cat /run/heartbeat.pid)"
service_on cookbook2 0 'Reloading High-Availability services: Done.' reload
wait_until 30000 joined cookbook cookbook2
wait_address cookbook "$vip"

# An address that something else put there would be the machine's own, or a leftover.
check_eq "to hbctl check the address is the agent's" '' "$(on cookbook hbctl check 2>&1 >/dev/null | grep -F "$vip")"

# ---- a reload keeps what is held, and applies what is new
address_log cookbook
service_on cookbook 0 'Reloading High-Availability services: Done.' reload
service_on cookbook 0 'Reloading High-Availability services: Done.' force-reload
on cookbook sed -i 's/^keepalive .*/keepalive 5ms/' /etc/ha.d/ha.cf
service_on cookbook 0 'Reloading High-Availability services: Done.' reload
is_new() { [[ $(on cookbook cat /sys/class/hbkm/hb0/keepalive_us) == 5000 ]]; }
wait_until 2000 is_new
on cookbook sh -c 'echo bogus 1 >>/etc/ha.d/ha.cf'
service_on cookbook 6 'Reloading High-Availability services:  Heartbeat failure [rc=6]. Failed.

/etc/ha.d/ha.cf:10: error: Illegal directive [bogus]
Heartbeat not reloaded: configuration error.' reload
on cookbook sed -i /bogus/d /etc/ha.d/ha.cf
sleep_us 100000
refuse "the address never left" grep -q ' del 10.0.2.100/' "$LAB_OUT/cookbook.addresses"
check_eq "and it is the same agent" "$pid" "$(on cookbook cat /run/heartbeat.pid)"

# ---- a start that fails says so at once
on cookbook mv /run/heartbeat.pid /run/heartbeat.pid.away
mono_us before
check_match "a start beside another agent fails" '^2\|Starting High-Availability services: .*\[rc=2\].*its log, or syslog, tells why' \
	"$(on cookbook sh -c "said=\$($script start); echo \"\$?|\$said\"" | tr '\n' ' ')"
mono_us after
check_le "and does not wait for it to be ready, us" $((after - before)) 5000000
on cookbook mv /run/heartbeat.pid.away /run/heartbeat.pid

# ---- standby, restart, stop
service_on cookbook 0 'auto_failback: on
Attempting to enter standby modeDone.' standby
wait_address cookbook2 "$vip"
on cookbook2 mkdir -p /etc/ha.d/resource.d
on cookbook2 sh -c 'printf "#!/bin/sh\necho hook \$* >>/run/hooks\n" >/etc/ha.d/resource.d/startstop; chmod +x /etc/ha.d/resource.d/startstop'
service_on cookbook2 0 'Stopping High-Availability services: Done.' stop
wait_address cookbook "$vip"
service_on cookbook2 3 "$stopped" status
service_on cookbook2 0 'Starting High-Availability services: Done.' start
check_eq "the hooks of start and stop" $'hook pre-stop\nhook post-stop 0\nhook pre-start\nhook post-start 0' \
	"$(on cookbook2 cat /run/hooks)"
wait_until 30000 joined cookbook cookbook2
service_on cookbook 0 'Stopping High-Availability services: Done.

Waiting to allow resource takeover to complete:Done.

Starting High-Availability services: Done.' restart
refuse "restart starts another" test "$pid" = "$(on cookbook cat /run/heartbeat.pid)"
wait_until 30000 joined cookbook cookbook2

# ---- killed: a pid file is left
on cookbook sh -c 'kill -KILL $(cat /run/heartbeat.pid)'
wait_until 1000 on cookbook sh -c "$script status; test \$? = 1"
service_on cookbook 1 "$stopped" status
service_on cookbook 0 'Starting High-Availability services: Done.' start
wait_until 10000 joined cookbook cookbook2
service_on cookbook 0 'Stopping High-Availability services: Done.' stop
service_on cookbook2 0 'Stopping High-Availability services: Done.' stop

# ---- a script that is slow to stop: it is waited for, and the agent never killed
on cookbook mkdir -p /etc/ha.d/resource.d
put cookbook /etc/ha.d/resource.d/slow 755 <<'END'
#!/bin/sh
case $1 in
start) touch /run/slow ;;
stop) [ ! -e /run/slow ] || sleep 15; rm -f /run/slow ;;
status) [ -e /run/slow ] && echo running || echo stopped ;;
esac
END
resources=("cookbook slow $vip")
configure_one cookbook
service_on cookbook 0 'Starting High-Availability services: Done.' start
wait_until 30000 on cookbook test -e /run/slow
wait_address cookbook "$vip" 30000
# Twice within a moment is not "once more".
on cookbook sh -c 'kill -INT $(cat /run/heartbeat.pid)'
check_match "what does not end in time fails, and is not started again" \
	'^2\|Stopping High-Availability services: .*\[rc=2\].*still stops its resources.*starts them, whether they run here or not\. *$' \
	"$(on cookbook sh -c "said=\$(HBCTL_STOP_SECONDS=2 $script restart); echo \"\$?|\$said\"" | tr '\n' ' ')"
check "the script is still at work" on cookbook test -e /run/slow
check "and so is the agent" on cookbook "$script" status
wait_until 30000 on cookbook sh -c "$script status; test \$? != 0"
refuse "which ends when the script has stopped" on cookbook test -e /run/slow
on cookbook rm -f /run/heartbeat.pid /etc/ha.d/resource.d/slow
resources=("cookbook $vip")
configure_one cookbook

# ---- with systemd, whose part is played here
on_bg cookbook notify socat -u UNIX-RECV:/run/notify -
wait_until 2000 on cookbook test -S /run/notify
# Started before its files are there, it waits for them.
on cookbook mv /etc/ha.d/ha.cf /etc/ha.d/ha.cf.away
on_bg cookbook agent env NOTIFY_SOCKET=/run/notify WATCHDOG_USEC=1000000 hbctl run --wait
# The messages come without line ends.
told() { grep -o "$1" "$LAB_OUT/cookbook.notify" | wc -l; }
has_told() { [[ $(told "$1") != 0 ]]; }
wait_until 5000 has_told READY=1
check "without its files the agent is ready, and says what it waits for" has_told 'STATUS=waiting for /etc/ha.d/ha.cf and a reload'
kill -HUP "$agent"
has_told_again() { (($(told READY=1) > $1)); }
wait_until 2000 has_told_again 1
before=$(told WATCHDOG=1)
sleep_us 3000000
check_ge "it feeds the watchdog" "$(($(told WATCHDOG=1) - before))" 5
on cookbook mv /etc/ha.d/ha.cf.away /etc/ha.d/ha.cf
sleep_us 1000000
refuse "files alone do not make it start" joined cookbook
kill -HUP "$agent"
wait_until 30000 joined cookbook
ready=$(told READY=1)
before=$(told WATCHDOG=1)
sleep_us 5000000
check_ge "the watchdog is fed twice as often as it must" "$(($(told WATCHDOG=1) - before))" 9
kill -STOP "$agent"
before=$(told WATCHDOG=1)
for n in {1..20}; do
	on cookbook timeout 10 hbctl status >/dev/null || echo "$n: $?"
done >"$LAB_OUT/asked"
check_eq "who asks a hung agent is told what the kernel knows, however many do" '' "$(<"$LAB_OUT/asked")"
sleep_us 5000000
check_eq "a hung agent does not feed it" "$before" "$(told WATCHDOG=1)"
kill -CONT "$agent"
sleep_us 100000
check_ge "it goes on when it wakes" "$(($(told WATCHDOG=1) - before))" 1
kill -HUP "$agent"
wait_until 2000 has_told RELOADING=1
wait_until 2000 has_told_again "$ready"
bg_end "$agent"
check_eq "the agent ends well" 0 $?
check "it told that it stops" has_told STOPPING=1
lab_done
