# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Heartbeat 3.0.6: its own init scripts, its log daemon, its resource scripts.
kind_processes='heartbeat|ha_logd'
kind_settle_us=8000000

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

kind_settled() {
	[[ $(on cookbook cl_status nodestatus cookbook2) == active && $(on cookbook2 cl_status nodestatus cookbook) == active ]] &&
		[[ $(on cookbook cl_status rscstatus) == all ]]
}

kind_decided() { logged "$1" 'node cookbook: is dead|acquire|Taking over resource group'; }
kind_stop() { on "$1" /etc/init.d/heartbeat stop; }
kind_switch() { on "$1" /usr/share/heartbeat/hb_standby all; }
