#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The recipe, as Puppet and systemd do it: see tests/deb/recipe, which prepares it. a is cookbook, b cookbook2, c the client.
# What Puppet says stays in build/lab/recipe, as GUEST.NAME.
# An emulated machine on a busy host takes its time; that a command hangs is found all the same.
LAB_PATIENCE=600
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"

vip=10.0.2.100
all='This node is holding all resources.'
none='This node is holding none resources.'
# The longest time that the client may go without an answer when the address is handed over in order, or kept: such a host
# stands a machine still for so long. The recipe's deadtime is 10 s, so nothing of this may wait for a death.
outage_limit_ms=5000

step() { printf '# %4d s: %s\n' $SECONDS "$*"; }

has() { guest "$1" ip -o address show to "$vip" | grep -q 'eth0:1'; }
has_not() { ! has "$1"; }
says() { [[ $(guest "$1" cl_status rscstatus -m) == "$2" ]]; }
peer() { guest "$1" hbctl -j status | jq -r ".nodes[] | select(.self | not) | .$2"; }
peer_is() { [[ $(peer "$1" state) == "$2" ]]; }
unit() { guest "$1" systemctl show --value -p "$2" heartbeat; }
unit_is() { [[ $(unit "$1" "$2") == "$3" ]]; }
answers() { guest "$1" ping -q -c 1 -W 5 "$vip"; }

# tells WHEN GUEST SENTENCE: within two minutes the recipe's command prints it, and nothing else.
tells() {
	wait_until 120000 says "$2" "$3"
	check_eq "$1, ${host[$2]}: cl_status rscstatus -m" "$3" "$(guest "$2" cl_status rscstatus -m)"
}

# patient GUEST: that a busy host keeps an agent from running is no reason to take its address away.
patient() { check "${host[$1]}'s agent has time" guest "$1" hbctl set agent_timeout 60s; }

# apply NAME STATUS OPTIONS GUEST…: puppet, on these at once. 2: it made changes, all of them well; 0: there was nothing to do.
apply() {
	local name=$1 wanted=$2 options=$3 each since=$SECONDS
	local -A started
	for each in "${@:4}"; do
		LAB_PATIENCE=3000 guest "$each" "puppet apply --color false --detailed-exitcodes $options" >"$LAB_OUT/$each.$name" 2>&1 &
		started[$each]=$!
	done
	for each in "${@:4}"; do
		wait "${started[$each]}"
		check_eq "${host[$each]}: puppet apply, $name" "$wanted" "$?"
	done
	measure "puppet apply, $name" $((SECONDS - since)) s
}

# done_by GUEST NAME TEXT REGEX: puppet said so.
done_by() {
	check "${host[$1]}: $3" grep -qE "$4" "$LAB_OUT/$1.$2"
}

# What the client has seen, from a moment of its clock on.
client_us() { guest c 'read -r up _ </proc/uptime; echo "${up/./}0000"'; }
longest_gap_ms() {
	echo $(($(guest c labtool outage /lab/out/client "$1" "$(client_us)") / 1000))
}

# answered TEXT SINCE_US: it is answered again, and was all the time but for this.
answered() {
	check "$1: the address answers the client" answers c
	check_le "$1: the client's longest wait for an answer, ms" "$(longest_gap_ms "$2")" $outage_limit_ms
}

# watch GUEST: what becomes of its addresses, from now on. never_left GUEST TEXT: the shared one has not been taken off since.
watch() {
	guest "$1" 'systemctl -q stop watch 2>/dev/null; systemd-run -q --collect -u watch sh -c "exec ip -o monitor address >/run/addresses"'
	wait_until 60000 guest "$1" systemctl -q is-active watch
}
never_left() {
	check "$2: the address is there" has "$1"
	check_eq "$2: and has never been gone" 0 "$(guest "$1" grep -c "Deleted.* $vip/" /run/addresses)"
}

both_up() {
	wait_until 120000 peer_is a up
	wait_until 120000 peer_is b up
}

# ---- two machines without it
for each in a b; do
	check_eq "${host[$each]}: systemd has booted it" running "$(guest "$each" systemctl is-system-running --wait)"
	guest_put "$each" "$RECIPE_PUT" /root/put.tar
	check "${host[$each]}: apt has our archive" guest "$each" 'tar -C / -xf /root/put.tar && apt-get -qq update'
	refuse "${host[$each]}: nothing of ours is installed" guest "$each" dpkg-query -W heartbeat hbctl hbkm-dkms
done
guest c 'ip link set eth0 up; ip address add 10.0.2.50/24 dev eth0'

# ---- puppet
class='--modulepath /root/recipe/modules -e "include heartbeat"'
step "the recipe's class is applied"
apply first 2 "$class" a b
for each in a b; do
	done_by "$each" first "the package is installed" "Package\[heartbeat\]/ensure: created"
	done_by "$each" first "the service is started" "Service\[heartbeat\]/ensure: ensure changed 'stopped' to 'running'"
	done_by "$each" first "three files, one reload" "Exec\[reload-heartbeat\]: Triggered 'refresh' from 3 events"
	check_match "${host[$each]}: the package is ours" '^1:3\.0\.6\+hbkm' "$(guest "$each" dpkg-query -W -f '${Version}' heartbeat)"
	check_eq "${host[$each]}: its files are the recipe's" "$(cat "$lab"/recipe/{authkeys,ha.cf,haresources})" \
		"$(guest "$each" 'cat /etc/ha.d/{authkeys,ha.cf,haresources}')"
	check_eq "${host[$each]}: authkeys is for root only" '600 root' "$(guest "$each" stat -c '%a %U' /etc/ha.d/authkeys)"
	check_eq "${host[$each]}: heartbeat and hbctl are active" $'active\nactive' "$(guest "$each" systemctl is-active heartbeat hbctl)"
	check_eq "${host[$each]}: and enabled" enabled "$(guest "$each" systemctl is-enabled heartbeat)"
	check "${host[$each]}: DKMS has installed the module" guest "$each" 'dkms status hbkm | grep -q ": installed" && lsmod | grep -q ^hbkm'
	wait_until 60000 guest "$each" test -e /sys/class/hbkm/hb0
done
both_up
patient a
patient b
wait_until 120000 has a
guest c "labtool client $vip 20000 /lab/out/client >/dev/null 2>&1 &"
wait_until 60000 guest c test -s /lab/out/client
watch a
since=$(client_us)
step "it is applied once more"
apply second 0 "$class" a b
never_left a "applied twice"
answered "applied twice" "$since"

# ---- the recipe's steps 7 to 10
step "the recipe's steps 7 to 10"
tells "step 7" a "$all"
tells "step 8" b "$none"
check "the address is on cookbook, as eth0:1" has a
check "and not on cookbook2" has_not b
check "where it answers cookbook2" answers b
since=$(client_us)
check "step 9: service heartbeat stop" guest a service heartbeat stop
tells "step 10" b "$all"
check "the address is on cookbook2, as eth0:1" has b
check "and not on cookbook" has_not a
check "where it answers cookbook" answers a
answered "stopped" "$since"
check_eq "cookbook2 knows why" stop "$(peer b reason)"
refuse "cookbook runs no cluster" guest a cl_status rscstatus -m
check_eq "which systemd calls inactive" inactive "$(guest a systemctl is-active heartbeat)"
since=$(client_us)
check "service heartbeat start" guest a service heartbeat start
wait_until 120000 has a
both_up
patient a
tells "started again" a "$all"
tells "started again" b "$none"
check "the address is not on cookbook2" has_not b
answered "started again" "$since"

# ---- systemd
step "what systemd does with it"
watch a
check_eq "the unit's type" notify "$(unit a Type)"
check_match "it tells its state" 'holding 1 of 1 resource groups, 1 of 1 peers up' "$(guest a systemctl status heartbeat)"
fed=$(unit a WatchdogTimestampMonotonic)
pid=$(unit a MainPID)
since=$(client_us)
check "systemctl reload heartbeat" guest a systemctl reload heartbeat
wait_until 60000 unit_is a SubState running
sleep 12
check_ge "the watchdog is fed" $((($(unit a WatchdogTimestampMonotonic) - fed) / 1000000)) 5
check_eq "the same agent runs, longer than its watchdog waits" "$pid 0" "$(unit a MainPID) $(unit a NRestarts)"
never_left a "reloaded"
answered "reloaded" "$since"

for each in a b; do
	guest "$each" 'printf "#!/bin/sh\necho \$* >>/run/hooks\n" >/etc/ha.d/resource.d/startstop; chmod +x /etc/ha.d/resource.d/startstop'
done
guest b 'echo "HBCTL_OPTIONS=\"-d /etc/ha.d/.\"" >>/etc/default/hbctl'
check "service heartbeat restart, on cookbook2" guest b service heartbeat restart
check_eq "Heartbeat's hook is called" $'pre-stop\npost-stop 0\npre-start\npost-start 0' "$(guest b cat /run/hooks)"
both_up
patient b
guest b 'cp /etc/ha.d/ha.cf /run/ha.cf; echo bogus 1 >>/etc/ha.d/ha.cf'
refuse "a reload of files with an error fails" guest b systemctl reload heartbeat
check_match "and says where, in those that the agent's options name" '/etc/ha\.d/\./ha\.cf:[0-9]*: error: Illegal directive' \
	"$(guest b journalctl -u heartbeat -n 20 -o cat)"
guest b 'cat /run/ha.cf >/etc/ha.d/ha.cf'
check "mended, it succeeds" guest b systemctl reload heartbeat

since=$(client_us)
check "the agent is killed" guest a systemctl kill -s KILL --kill-who=main heartbeat
wait_until 120000 unit_is a NRestarts 1
wait_until 120000 unit_is a SubState running
both_up
tells "killed and restarted" a "$all"
never_left a "killed and restarted"
answered "killed and restarted" "$since"

check "the agent hangs" guest a systemctl kill -s STOP --kill-who=main heartbeat
wait_until 120000 unit_is a NRestarts 2
wait_until 120000 unit_is a SubState running
both_up
tells "hung and restarted by the watchdog" a "$all"
never_left a "hung and restarted by the watchdog"
answered "hung and restarted" "$since"
check_eq "no hook is called for that" '' "$(guest a 'cat /run/hooks 2>/dev/null')"

# What networkd does not know it may take away.
check "networkd is restarted" guest a systemctl restart systemd-networkd
wait_until 60000 has a
answered "networkd restarted" "$since"

# ---- reboot
step "cookbook is rebooted"
since=$(client_us)
guest a 'sleep 1; systemctl reboot' >/dev/null 2>&1 &
calling=$!
wait_until 300000 has b
check_eq "cookbook2 knows that it was told to stop" stop "$(peer b reason)"
ends a 600
kill "$calling" 2>/dev/null
wait "$calling" 2>/dev/null
tells "cookbook reboots" b "$all"
power_on a
wait_until 600000 has a
both_up
patient a
tells "rebooted" a "$all"
tells "rebooted" b "$none"
answered "rebooted" "$since"
check_eq "rebooted: systemd is content" running "$(guest a systemctl is-system-running --wait)"

# ---- upgrade, while it holds the address
step "cookbook is upgraded"
watch a
since=$(client_us)
pid=$(unit a MainPID)
former=$(guest a dpkg-query -W -f '${Version}' hbctl)
LAB_PATIENCE=3000 guest a 'echo "deb [trusted=yes] copy:/srv/deb-next ./" >>/etc/apt/sources.list; apt-get -qq update && apt-get -qq install -y heartbeat' \
	>"$LAB_OUT/a.upgrade" 2>&1
check_eq "apt upgrades it" 0 $?
check_eq "to the next version" "$former.1 hbctl $former.1" "$(guest a dpkg-query -W -f '${Version}' hbctl) $(guest a hbctl --version | head -n 1)"
check_eq "whose module is installed" "$former.1" "$(guest a modinfo -F version hbkm)"
check_eq "the former agent goes on" "$pid" "$(unit a MainPID)"
never_left a "upgraded"
answered "upgraded" "$since"
since=$(client_us)
check "systemctl restart heartbeat" guest a systemctl restart heartbeat
wait_until 120000 has a
both_up
patient a
check_match "the new one runs" '/usr/sbin/hbctl$' "$(guest a 'readlink /proc/$(systemctl show --value -p MainPID heartbeat)/exe')"
tells "upgraded and restarted" a "$all"
tells "upgraded and restarted" b "$none"
answered "upgraded and restarted" "$since"

# ---- our Puppet module, where the recipe was
step "our Puppet module, on cookbook"
module='--modulepath /root/puppet /root/puppet/heartbeat/examples/recipe.pp'
watch a
since=$(client_us)
pid=$(unit a MainPID)
apply module 2 "$module" a
done_by a module "of the files two are new, and reload it" "Exec\[reload-heartbeat\]: Triggered 'refresh' from 2 events"
refuse "the package and the service are as they are" grep -E '(Package|Service)\[heartbeat\]' "$LAB_OUT/a.module"
apply module-again 0 "$module" a
check_eq "the same agent runs" "$pid" "$(unit a MainPID)"
never_left a "our module applied"
answered "our module applied" "$since"
tells "our module applied" a "$all"

# ---- the end
step "both stop"
check "cookbook2 stops" guest b service heartbeat stop
check "cookbook stops" guest a service heartbeat stop
check "the address is gone from cookbook" has_not a
check "and from cookbook2" has_not b
for each in a b; do
	guest "$each" journalctl -b -u heartbeat --no-pager >"$LAB_OUT/$each.journal" 2>&1
done
lab_done
