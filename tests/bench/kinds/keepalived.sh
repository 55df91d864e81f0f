# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# keepalived: VRRP, started as its systemd unit does. The two nodes differ in their priority, so each has its own file.
kind_processes=keepalived
kind_settle_us=6000000

kind_prepare() { :; }

kind_start() {
	on "$1" cp "$files/$1.conf" /run/keepalived.conf
	lab_start "$1" daemon keepalived --dont-fork -f /run/keepalived.conf
}

kind_settled() { :; }
kind_decided() { logged "$1" 'Entering MASTER STATE'; }
kind_stop() { bg_end "${lab_pid[$1 daemon]}" TERM; }

# Its own way: another priority of the first one's, or its own again, and a reload.
kind_switch() {
	on cookbook cp "$files/cookbook.conf" /run/keepalived.conf
	[[ $1 != cookbook ]] || on cookbook sed -i 's/priority .*/priority 50/' /run/keepalived.conf
	kill -HUP "${lab_pid[cookbook daemon]}"
}
