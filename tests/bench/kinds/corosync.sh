# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# corosync: who is a member. What is done about it is up to others, as Pacemaker, which act when a new membership has been formed.
kind_processes=corosync
kind_settle_us=2000000

kind_prepare() { :; }

kind_start() {
	on "$1" mkdir -p /run/corosync /var/lib/corosync
	on "$1" mount -t tmpfs tmpfs /dev/shm
	lab_start "$1" daemon corosync -f -c "$files/corosync.conf"
}

# It has no address to hold.
holders() { HOLDERS=cookbook; }

kind_settled() {
	local name
	for name in cookbook cookbook2; do
		[[ $(logged "$name" 'Members\[' | tail -n 1) == *'Members[2]'* ]] || return
	done
}

kind_decided() { logged "$1" 'A new membership .* Members left'; }
kind_stop() { bg_end "${lab_pid[$1 daemon]}" TERM; }
