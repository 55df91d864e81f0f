# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Heartbeat 3.0.6: its own init scripts, its log daemon, its resource scripts.
kind_processes='heartbeat|ha_logd'
# In the first five seconds it waits for two more before it holds a node for dead.
kind_settle_us=6000000

kind_prepare() {
	echo 'hacluster:x:89:90::/var/lib/heartbeat:/bin/false' >>/etc/passwd
}

kind_start() {
	# A node's own /etc/ha.d and /var/lib are empty; the packages' files are in the guest's.
	tar -C / -c etc/ha.d var/lib/heartbeat | on "$1" tar -C / -xm
	on "$1" chown -R hacluster:haclient /var/lib/heartbeat
	recipe "$1"
	[[ ! -e $files/ha.cf ]] || ha_cf "$1" <"$files/ha.cf"
	on "$1" mkdir -p /run/lock/subsys /run/heartbeat
	lab_start "$1" init sh -c '/etc/init.d/logd start; exec /etc/init.d/heartbeat start'
	wait "${lab_pid[$1 init]}" || fail "heartbeat on $1: $(tail -n 1 "$LAB_OUT/$1.init")"
}

# Each says of itself that it has what is its own.
kind_settled() {
	local name
	for name in cookbook cookbook2; do
		[[ $(on "$name" cl_status rscstatus) == local ]] || return
	done
	[[ $(on cookbook cl_status nodestatus cookbook2) == active && $(on cookbook2 cl_status nodestatus cookbook) == active ]]
}

kind_decided() { logged "$1" 'node cookbook: is dead|acquire|Taking over resource group'; }
kind_stop() { on "$1" /etc/init.d/heartbeat stop; }
kind_switch() { on "$1" /usr/share/heartbeat/hb_standby all; }
