# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: user-mode Linux as the machine that `run` boots. Sourced by host.sh.

# uml_pin: onto a processor of its own, if one is left. The guest's processes take turns with its kernel, at each system call and
# page fault, and never run at the same time: where they share a processor none has to be woken for that.
uml_pin() {
	local cpu lock
	for ((cpu = 0; cpu < $(nproc --all); cpu++)); do
		exec {lock}>"$results/.cpu$cpu"
		if taskset -c "$cpu" true 2>/dev/null && flock -n "$lock"; then
			machine=(taskset -c "$cpu" "${machine[@]}")
			return
		fi
		exec {lock}>&-
	done
}

# uml_arguments REALTIME MEM WORK: sets the array `machine` and the string `append`. The guest reaches the directory WORK
# of the host, and leaves there what others send through their ports.
uml_arguments() {
	local shm=/dev/shm
	# Its memory is a file, which a disk would be slow for. Some containers have next to no /dev/shm.
	[[ $(df --output=avail -m "$shm" 2>/dev/null | tail -n 1) -gt $(($2 + 64)) ]] || shm=$3
	# Addresses as they are each time, for the sake of repeatability.
	machine=(env TMPDIR="$shm" setarch -R "$VMLINUZ" "mem=${2}M" con=null con0=null,fd:1 ssl=null umid=lab "uml_dir=$3/")
	uml_pin
	append="quiet panic=-1 kasan_multi_shot ipv6.disable_ipv6=1 random.trust_cpu=on LAB_HOSTFS=$3 ${LAB_APPEND-}"
	# When the guest is idle its clock jumps to the next timer, and what it computes takes no time at all.
	[[ -n $1 ]] || append+=" time-travel=inf-cpu time-travel-start=1767225600000000000"
}
