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

template_say() {
	qmp "$@" || lab_fail "QEMU, asked for $2, says: $REPLY"
}

# template_wait CONTROL COMMAND REGEX: asks until the answer matches.
template_wait() {
	local end=$((SECONDS + 300))
	until qmp "$1" "$2" && [[ $REPLY =~ $3 ]]; do
		((SECONDS < end)) || lab_fail "waited in vain for $3, QEMU says: $REPLY"
		sleep 0.02
	done
}

# template_build DIR MEM: boots one, and saves it below DIR.
template_build() {
	local dir=$1 root=$1/root HBKM='' machine append
	overlay_build "$root" /dev/null
	touch "$root/lab/job/env"
	echo wait >"$root/lab/job/mode"
	initrd "$dir/initrd"
	kernel_image "$VMLINUZ"
	qemu_arguments 1 '' "$2" 1
	truncate -s "$2M" "$dir/ram"
	truncate -s "${template_room_mb}M" "$dir/room"
	template_machine "$2" "$dir/ram" "$dir/room" "$dir/control" on
	# It ends with this shell, however that ends.
	setpriv --pdeathsig KILL "${machine[@]}" -kernel "$REPLY" -initrd "$dir/initrd" -append "$append LAB_HOST=lab" -action panic=pause \
		-serial "file:$dir/console" -chardev null,id=output -device virtserialport,nr=1,chardev=output \
		-chardev null,id=files -device virtserialport,nr=2,chardev=files </dev/null >"$dir/qemu" 2>&1 &
	template_say "$dir/control" qmp_capabilities
	template_wait "$dir/control" query-status guest-panicked
	# The memory is in its file.
	template_say "$dir/control" migrate-set-capabilities "$template_devices_only"
	template_say "$dir/control" migrate "{\"uri\":\"exec:cat >$dir/devices\"}"
	template_wait "$dir/control" query-migrate '"status": "completed"'
	template_say "$dir/control" quit
	wait "$!" || lab_fail "QEMU failed: see $dir/qemu"
	rm -r "$root" "$dir"/{room,control.in,control.out}
}

# template_find MEM: makes one where there is none for kernel, base and lab as they are. Sets template, its directory.
template_find() {
	local key work old
	kernel_image "$VMLINUZ"
	key=$({
		echo "$1" "$REPLY" "$base_cpio"
		cat "$lab"/{host,initramfs,template}.sh "$lab/guest/init" "$top/build/labtool"
	} | sha256sum | cut -c1-16)
	template=$results/template-$key
	[[ ! -e $template ]] || return 0
	work=$(mktemp -d "$results/.template.XXXXXX")
	(template_build "$work" "$1") || exit
	# Another run may have been quicker: then that one's is as good.
	mv -T "$work" "$template" 2>/dev/null || rm -rf "$work"
	for old in "$results"/{,.}template[-.]*; do
		[[ $old == "$template" || -z $(find "$old" -maxdepth 0 -mmin +60) ]] || rm -rf "$old"
	done
}

# template_job FILE: puts the overlay there, as a guest that waits for it expects it. False if it is too large.
template_job() {
	local length
	pack "$root" >"$work/archive"
	length=$(stat -c %s "$work/archive")
	((length + 4096 <= template_room_mb << 20)) || return 1
	{ printf '%-4095s\n' "$length" && cat "$work/archive"; } >"$1"
	truncate -s "${template_room_mb}M" "$1"
}

# template_go_on CONTROL: the machine, started with `-incoming defer`, takes up the template's state, and runs.
template_go_on() {
	template_say "$1" qmp_capabilities
	template_say "$1" migrate-set-capabilities "$template_devices_only"
	template_say "$1" migrate-incoming "{\"uri\":\"exec:cat $template/devices\"}"
	template_wait "$1" query-status guest-panicked
	template_say "$1" cont
}
