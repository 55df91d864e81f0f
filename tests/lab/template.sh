# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: a guest that has booted already. Sourced by host.sh.
#
# To boot takes a guest longer than a short script does, and every guest boots alike. So one boots with the base alone, stops
# itself at an exact instruction (it tells a device that it panicked, which makes QEMU stop) and is saved: its memory, and the
# state of its devices. Others go on from there, each with a view of that memory which is copied where it is written to. What a
# run has beyond the base comes as an archive in a second memory, which the guest sees as that of a device: whatever else a
# machine could read it from would take a time that is not exact.

# Sparse: it takes what is in it. A machine's addresses are given out in powers of two.
template_room_mb=256
template_devices_only='{"capabilities":[{"capability":"x-ignore-shared","state":true}]}'

# template_machine MEM RAM ROOM CONTROL SHARE: adds to the array `machine`, as qemu_arguments left it, both memories, by their
# files (SHARE off: what the guest writes is not kept), and QEMU's own protocol.
template_machine() {
	machine=("${machine[@]/#q35/q35,memory-backend=ram}"
		-object "memory-backend-file,id=ram,size=$1M,mem-path=$2,share=$5"
		-object "memory-backend-file,id=room,size=${template_room_mb}M,mem-path=$3,share=$5"
		-device "ivshmem-plain,memdev=room,master=on,addr=10" -device pvpanic
		-chardev "pipe,id=control,path=$4" -mon "chardev=control,mode=control")
	mkfifo "$4.in" "$4.out"
}

# template_say CONTROL PID COMMAND [ARGUMENTS]: false, after saying so, if QEMU refuses.
template_say() {
	qmp "$@" || { echo "lab: QEMU, asked for $3: $REPLY" >&2 && return 1; }
}

# template_wait CONTROL PID COMMAND REGEX: asks until the answer matches; false if it never will.
template_wait() {
	local end=$((SECONDS + 300))
	while template_say "$1" "$2" "$3"; do
		[[ ! $REPLY =~ $4 ]] || return 0
		if ((SECONDS >= end)) || [[ $REPLY == *'"status": "failed"'* ]]; then
			echo "lab: waited in vain for $4, QEMU says: $REPLY" >&2
			return 1
		fi
		sleep 0.02
	done
	return 1
}

# template_warped CONTROL PID: whether the stopped guest's clock stands at its next timer's moment. Once the processor has stopped,
# but before the machine has, QEMU may see a machine that is idle, and pass over the time until then, or may not, as its threads
# happen to run: it does where the processor's thread is not interrupted. The HPET's counter and first comparator are the clock and that timer.
template_warped() {
	local word='0x([0-9a-f]{8})'
	template_say "$1" "$2" human-monitor-command '{"command-line":"xp /7wx 0xfed000f0"}' || return
	[[ $REPLY =~ 000f0:\ $word.*00100:\ $word\ $word\ $word ]] && ((16#${BASH_REMATCH[1]} >= 16#${BASH_REMATCH[4]}))
}

# template_save CONTROL PID: the stopped guest's devices go to the file that QEMU has as LAB_DEVICES in its environment: a shell of
# its own looks there, so that any name will do. The guest's memory is in its file. QEMU ends.
# shellcheck disable=SC2016 # that shell's
template_save() {
	template_say "$1" "$2" migrate-set-capabilities "$template_devices_only" &&
		template_say "$1" "$2" migrate '{"uri":"exec:cat >\"$LAB_DEVICES\""}' &&
		template_wait "$1" "$2" query-migrate '"status": "completed"' &&
		template_say "$1" "$2" quit
}

# template_boot DIR KERNEL: starts `machine`, which stops itself once it has booted. Sets qemu; false if it does not come so far.
template_boot() {
	# It ends with this shell, however that ends. In batches no thread interrupts another as it wakes up: see template_warped.
	LAB_DEVICES=$1/devices chrt --batch 0 setpriv --pdeathsig KILL "${machine[@]}" -kernel "$2" -initrd "$1/initrd" \
		-append "$append LAB_HOST=lab" -action panic=pause \
		-serial "file:$1/console" -chardev null,id=output -device virtserialport,nr=1,chardev=output \
		-chardev null,id=files -device virtserialport,nr=2,chardev=files </dev/null >"$1/qemu" 2>&1 &
	qemu=$!
	template_say "$1/control" "$qemu" qmp_capabilities && template_wait "$1/control" "$qemu" query-status guest-panicked
}

# template_build DIR MEM: boots one, and saves it below DIR.
template_build() {
	local dir=$1 root=$1/root image machine append qemu tries=0 failed=''
	system_build "$root"
	printf '%s\n' "${base_modules[@]}" >"$root/lab/job/modules"
	index_modules "$root"
	touch "$root/lab/job/env"
	echo wait >"$root/lab/job/mode"
	initrd "$dir/initrd"
	kernel_image "$VMLINUZ"
	image=$REPLY
	# Every template is alike: those whose clock stood still at the end are not kept.
	while ((tries++ < 50)); do
		rm -f "$dir"/{ram,room,control.in,control.out}
		qemu_arguments 1 '' "$2" 1
		truncate -s "$2M" "$dir/ram"
		truncate -s "${template_room_mb}M" "$dir/room"
		template_machine "$2" "$dir/ram" "$dir/room" "$dir/control" on
		template_boot "$dir" "$image" || { failed=yes && break; }
		! template_warped "$dir/control" "$qemu" || break
		kill "$qemu"
		wait "$qemu" || :
	done
	if [[ -n $failed ]] || ! template_save "$dir/control" "$qemu" || ! wait "$qemu"; then
		tail -n 20 "$dir"/{qemu,console} >&2
		lab_fail "a guest did not boot, or was not saved; see $dir"
	fi
	rm -r "$root" "$dir"/{room,control.in,control.out}
}

# template_find MEM: makes one where there is none for kernel, base and lab as they are. Sets template, its directory.
template_find() {
	local key made old
	kernel_image "$VMLINUZ"
	key=$({
		echo "$1" "$REPLY" "$base_cpio"
		stat -c %Y "$KROOT/lib/modules/$KVER/modules.dep"
		qemu-system-x86_64 --version
		cat "$lab"/{host,initramfs,template}.sh "$lab/guest/init" "$top/build/labtool"
	} | sha256sum | cut -c1-16)
	template=$results/template-$key
	# It was used: see below.
	[[ ! -e $template ]] || { touch "$template" && return; }
	made=$(mktemp -d "$results/.template.XXXXXX")
	strictly template_build "$made" "$1"
	# Another run may have been quicker: then that one's is as good.
	mv -T "$made" "$template" 2>/dev/null || rm -rf "$made"
	for old in "$results"/{,.}template[-.]*; do
		[[ ! -e $old || $old == "$template" || -z $(find "$old" -maxdepth 0 -mmin +60) ]] || rm -rf "$old"
	done
}

# template_job FILE ARCHIVE: puts the archive there as a guest that waits for it expects it.
template_job() {
	{ printf '%-4095s\n' "$(stat -c %s "$2")" && cat "$2"; } >"$1"
	truncate -s "${template_room_mb}M" "$1"
}

# template_go_on CONTROL PID: the machine, started with `-incoming defer` and LAB_DEVICES, takes up the template's state, and runs.
# shellcheck disable=SC2016 # as above
template_go_on() {
	template_say "$1" "$2" qmp_capabilities &&
		template_say "$1" "$2" migrate-set-capabilities "$template_devices_only" &&
		template_say "$1" "$2" migrate-incoming '{"uri":"exec:cat \"$LAB_DEVICES\""}' &&
		template_wait "$1" "$2" query-status guest-panicked &&
		template_say "$1" "$2" cont
}
