# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Loads on both nodes of a pair, which in one guest share its processor. Sourced after lib.sh.
#
# start_NAME begins one, and end_NAME, where there is one, is what is left to do when its processes were ended, by end_load.

# What ends with the script's patience, should nobody end it before.
forever=3000
# What a flood of the beats' own port is made of: so many random bytes, or the file of that name (see `labtool udp-flood`); of
# each node $flood_with.NODE, if that is a file.
flood_with=200
loads=()

# load [NODE] COMMAND…: a process of a load, of ordinary priority but where it says otherwise. (The script's own is another.)
load() {
	local -a there=()
	[[ -z ${lab_holder[$1]-} ]] || { there=(labtool on "${lab_holder[$1]}") && shift; }
	"${there[@]}" chrt -o 0 "$@" >/dev/null 2>&1 </dev/null &
	loads+=($!)
}

# loaded: nothing of the load has come to an end.
loaded() {
	local pid
	for pid in "${loads[@]}"; do
		kill -0 "$pid" || return
	done
}

end_load() {	# NAME
	local pid
	for pid in "${loads[@]}"; do
		bg_end "$pid"
	done
	loads=()
	! declare -F "end_$1" >/dev/null || "end_$1"
}

flood() {	# RUN-AS PORT BYTES [ON_MS OFF_MS]: each node floods the other. @: what $flood_with says
	local name to bytes
	for name in cookbook cookbook2; do
		[[ $name == cookbook ]] && to=10.0.2.16 || to=10.0.2.15
		bytes=$3
		if [[ $bytes == @ ]]; then
			bytes=$flood_with
			[[ ! -e $flood_with.$name ]] || bytes=@$flood_with.$name
		fi
		# shellcheck disable=SC2086 # words on purpose
		load "$name" $1 labtool udp-flood "$to" "$2" "$bytes" "$forever" "${@:4}"
	done
}

start_none() { :; }
start_hogs() { load labtool hog 8 "$forever"; }
start_fifo() {
	load labtool fifo-hog 90 500 200 "$forever"
	load labtool fifo-hog 90 500 200 "$forever"
}
start_flood() { flood '' 694 @; }
start_flood-other() { flood '' 9 200; }
# ksoftirqd gets no time: neither do frames that were left to it.
start_fifo-flood() { start_fifo && start_flood; }
# Those that flood go before everything else, and the frames that wait for ksoftirqd are more and more.
start_flood-fifo() { flood 'chrt -r 90' 694 @ 500 200; }
start_flood-hogs() { start_hogs && start_flood; }
start_forks() { load labtool fork-bomb 40 "$forever"; }
killed() { sed -n 's/^oom_kill //p' /proc/vmstat; }
start_memory() {
	killed_before=$(killed)
	load labtool squeeze "$forever"
}
end_memory() {
	check_ge "memory: processes that the kernel killed for it" $(($(killed) - killed_before)) 1
}
start_console() {
	echo on >/proc/sys/kernel/printk_devkmsg
	load labtool console-flood "$forever"
}

start_rules() {
	local name i
	{
		printf '%s\n' 'flush ruleset' 'table inet filter {' 'chain input {' \
			'type filter hook input priority 0; policy accept;' 'ct state established,related accept'
		for ((i = 0; i < 200; i++)); do
			echo "ip saddr 192.0.2.$i udp dport $((1000 + i)) limit rate 10/second drop"
		done
		printf '%s\n' 'udp dport 694 accept' '}' '}'
	} >"$LAB_OUT/rules"
	for name in cookbook cookbook2; do
		# shellcheck disable=SC2016
		load "$name" bash -c 'while nft -f "$1"; do :; done' rules "$LAB_OUT/rules"
	done
}
end_rules() {
	local name
	for name in cookbook cookbook2; do
		on "$name" nft flush ruleset
	done
}
