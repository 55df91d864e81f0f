# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: what scripts for two guests source, by `. "$LAB_LIB"`; `pair` has prepared $LAB_PAIR. Sourcing it boots the
# guests a and b. README.md lists the functions.

set -u
lab=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# shellcheck source=host.sh
. "$lab/host.sh"
# shellcheck source=verdict.sh
. "$lab/verdict.sh"

# By guest: the pid of its machine, while that is on.
declare -A lab_machine=()

# Sets wires, a number; client, whether there is a guest c; and host, the guests' host names.
declare -A host
# shellcheck disable=SC1091
. "$LAB_PAIR/settings"

# power_on GUEST: boots it, and waits until it can be talked to.
power_on() {
	lab_boot "$1" && lab_reach "$1"
}

# wire_to ID LOCAL REMOTE: one end. Datagrams: to a peer that is off they are lost, as on a cable; neither side sees the
# other's end.
wire_to() {
	echo "dgram,id=$1,local.type=unix,local.path=$LAB_PAIR/$2,remote.type=unix,remote.path=$LAB_PAIR/$3"
}

lab_boot() {
	local guest=$1 other i kind=$LAB_PAIR/machine
	local -A number=([a]=1 [b]=2 [c]=3) peer=([a]=b [b]=a)
	local -a machine
	[[ ! -e $LAB_PAIR/$guest.machine ]] || kind=$LAB_PAIR/$guest.machine
	mapfile -d '' machine <"$kind"
	machine[-1]+=" LAB_HOST=${host[$guest]} systemd.hostname=${host[$guest]}"
	rm -f "$LAB_PAIR/$guest".{wire*,control.*}
	if [[ $guest == c ]]; then
		# Its machine is the switch, too, which is always on.
		machine+=(-netdev "hubport,id=own,hubid=0" -device "virtio-net-pci,netdev=own,mac=02:00:00:00:03:00")
		for other in a b; do
			machine+=(-netdev "$(wire_to "plug$other" "c.wire0.$other" "$other.wire0")" -netdev "hubport,id=port$other,hubid=0,netdev=plug$other")
		done
	else
		for ((i = 0; i < wires; i++)); do
			other=${peer[$guest]}.wire$i
			[[ -z $client ]] || other=c.wire0.$guest
			machine+=(-netdev "$(wire_to "wire$i" "$guest.wire$i" "$other")"
				-device "virtio-net-pci,netdev=wire$i,mac=02:00:00:00:0${number[$guest]}:0$i")
		done
	fi
	mkfifo "$LAB_PAIR/$guest.control.in" "$LAB_PAIR/$guest.control.out"
	# It ends with this script, however that ends.
	setpriv --pdeathsig KILL "${machine[@]}" \
		-chardev "file,id=console,path=$LAB_OUT/$guest.console,append=on" -serial chardev:console \
		-chardev "socket,id=commands,path=$LAB_PAIR/$guest.commands,server=on,wait=off" \
		-device virtserialport,nr=1,chardev=commands \
		-chardev "pipe,id=control,path=$LAB_PAIR/$guest.control" -mon chardev=control,mode=control \
		</dev/null >>"$LAB_OUT/$guest.qemu" 2>&1 &
	lab_machine[$guest]=$!
}

lab_reach() {
	local i
	for ((i = 0; i < 100; i++)); do
		[[ ! -S $LAB_PAIR/$1.commands ]] || break
		kill -0 "${lab_machine[$1]}" 2>/dev/null || break
		sleep 0.05
	done
	control "$1" qmp_capabilities
	guest "$1" true
}

# guest GUEST COMMAND…: runs it there, as root, through bash; its output and exit status. One word is taken as a script;
# several are a command and its arguments. 125 when there is no answer within 60 s, or as many as LAB_PATIENCE says.
guest() {
	local command=$2
	[[ $# -eq 2 ]] || printf -v command '%q ' "${@:2}"
	"$top/build/labtool" call -t "${LAB_PATIENCE-60}" "$LAB_PAIR/$1.commands" "$command" </dev/null
}

# guest_put GUEST FILE DESTINATION, guest_get GUEST SOURCE FILE: copy a file. A FILE of - is standard input or output.
guest_put() {
	"$top/build/labtool" call -i "$LAB_PAIR/$1.commands" "cat >$(printf %q "$3")" < <(cat -- "$2")
}

guest_get() {
	guest "$1" cat "$2" | if [[ $3 == - ]]; then cat; else cat >"$3"; fi
}

# console GUEST: what its kernel said on its console.
console() {
	cat "$LAB_OUT/$1.console"
}

# control GUEST COMMAND [ARGUMENTS]: a command of QEMU's own protocol, to the machine.
control() {
	local REPLY
	qmp "$LAB_PAIR/$1.control" "${lab_machine[$1]-0}" "${@:2}" || fail "$1: $2: $REPLY"
}

# power_cut GUEST: dead between two instructions, as by the plug.
power_cut() {
	kill -KILL "${lab_machine[$1]}"
	wait "${lab_machine[$1]}" 2>/dev/null
	unset "lab_machine[$1]"
}

# ends GUEST [SECONDS]: waits until its machine goes off by itself, as after a panic, a reboot or a poweroff.
ends() {
	local end=$((SECONDS + ${2-30}))
	while kill -0 "${lab_machine[$1]}" 2>/dev/null; do
		if ((SECONDS >= end)); then
			fail "waited ${2-30} s in vain for guest $1 to end"
			return 1
		fi
		sleep 0.05
	done
	wait "${lab_machine[$1]}" 2>/dev/null
	unset "lab_machine[$1]"
}

# pause GUEST, resume GUEST: the machine stands still, and its clock too: it cannot know. stall GUEST, go_on GUEST: it
# stands still, but its clock goes on, as on a host that has no time for it.
pause() { control "$1" stop; }
resume() { control "$1" cont; }
stall() { kill -STOP "${lab_machine[$1]}"; }
go_on() { kill -CONT "${lab_machine[$1]}"; }

# cut [WIRE], heal [WIRE]: silent death of the wire between the two (number 0, if not said), and its revival.
cut() {
	mv "$LAB_PAIR/a.wire${1-0}" "$LAB_PAIR/a.cut${1-0}"
	mv "$LAB_PAIR/b.wire${1-0}" "$LAB_PAIR/b.cut${1-0}"
}

heal() {
	mv "$LAB_PAIR/a.cut${1-0}" "$LAB_PAIR/a.wire${1-0}"
	mv "$LAB_PAIR/b.cut${1-0}" "$LAB_PAIR/b.wire${1-0}"
}

# carrier_off GUEST [WIRE], carrier_on GUEST [WIRE]: the plug out and in; the guest sees that.
carrier_off() { control "$1" set_link "{\"name\":\"wire${2-0}\",\"up\":false}"; }
carrier_on() { control "$1" set_link "{\"name\":\"wire${2-0}\",\"up\":true}"; }

# wait_until TIMEOUT_MS COMMAND…: until it succeeds; if it does not in time, that is a failure.
wait_until() {
	local lab_end=$((${EPOCHREALTIME/./} / 1000 + $1))
	until "${@:2}" >/dev/null 2>&1; do
		if ((${EPOCHREALTIME/./} / 1000 > lab_end)); then
			fail "waited $1 ms in vain for: ${*:2}"
			return 1
		fi
		sleep 0.05
	done
}

# A guest that is on at the end must be well: the module goes, and the kernel had nothing to complain of.
lab_examine() {
	local guest
	for guest in "${!lab_machine[@]}"; do
		if ! kill -0 "${lab_machine[$guest]}" 2>/dev/null; then
			fail "guest $guest is dead: see $guest.console"
			continue
		fi
		guest "$guest" '[ ! -d /sys/module/hbkm ] || rmmod hbkm' || fail "guest $guest: hbkm cannot be unloaded"
		guest "$guest" dmesg >"$LAB_OUT/$guest.dmesg" || fail "guest $guest does not answer"
		if dmesg_bad "$LAB_OUT/$guest.dmesg" "$LAB_SCRIPT"; then
			fail "the kernel of guest $guest complained: see $guest.dmesg"
		fi
		power_cut "$guest"
	done
}

lab_end() {
	lab_examine
	lab_conclude "$1"
}
trap 'lab_end $?' EXIT

if [[ -n $client ]]; then
	lab_boot c && lab_reach c || exit 125
fi
lab_boot a && lab_boot b && lab_reach a && lab_reach b || exit 125
