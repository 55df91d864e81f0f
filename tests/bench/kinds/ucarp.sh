# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# ucarp: CARP in a process, started as its ifupdown script does; NODE.options are the options that come from
# /etc/network/interfaces there. The scripts do what ifup and ifdown of that interface's alias do.
kind_processes=ucarp
kind_settle_us=6000000

kind_prepare() { :; }

kind_start() {
	local -a options
	# shellcheck disable=SC2207 # words on purpose
	options=($(<"$files/$1.options"))
	on "$1" cp kinds/ucarp-up kinds/ucarp-down /run/
	lab_start "$1" daemon ucarp -i eth0 -s "${own_address[$1]}" -z -v 51 -p secret -a "$vip" -u /run/ucarp-up \
		-d /run/ucarp-down -f daemon "${options[@]}"
}

kind_settled() { :; }
kind_decided() { logged "$1" 'Switching to state: MASTER'; }
kind_stop() { bg_end "${lab_pid[$1 daemon]}" TERM; }

# SIGUSR2: to the backup's state.
kind_switch() { kill -USR2 "${lab_pid[$1 daemon]}"; }
