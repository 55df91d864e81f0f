# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: what run, pair and kernel share. They set `lab` (this directory) and source this.

top=$(realpath "$lab/../..")
results=$top/build/lab
mkdir -p "$results"

# A failure of the lab itself, or of the guest as a whole, has its own exit status.
lab_fail() {
	printf 'lab: %s\n' "$*" >&2
	exit 125
}

# strictly COMMAND…: in a subshell that ends at the first failure. Not to be called as a condition: that would take it back.
strictly() {
	local status
	set +e
	(set -e; "$@")
	status=$?
	set -e
	[[ $status != 125 ]] || exit 125
	[[ $status == 0 ]] || lab_fail "$1 failed"
}

# shellcheck source=initramfs.sh
. "$lab/initramfs.sh"
# shellcheck source=qmp.sh
. "$lab/qmp.sh"
# shellcheck source=template.sh
. "$lab/template.sh"
# shellcheck source=uml/machine.sh
. "$lab/uml/machine.sh"

# kernel_find NAME|'' : where a kernel is. Sets KVER (its release), VMLINUZ, KROOT (lib/modules/KVER is below it),
# KMODULE (the hbkm.ko built for it), KTESTS (where the lab's own modules are), KUML (set for user-mode Linux). '' is the
# default, Debian's own kernel on this host.
kernel_find() {
	local dir=$top/build/kernels/$1
	KUML=''
	if [[ -z $1 || $1 == "$default_kernel" ]]; then
		KVER=$(host_kernel) || lab_fail "no kernel $default_kernel in /boot: install linux-image-amd64"
		VMLINUZ=/boot/vmlinuz-$KVER
		KROOT=/
		KMODULE=$top/hbkm.ko
		KTESTS=$top/build/modules
	else
		[[ -e $dir/release ]] || lab_fail "no kernel $1 here: run tests/lab/kernel $1"
		KVER=$(<"$dir/release")
		VMLINUZ=$dir/vmlinuz
		KROOT=$dir/root
		KMODULE=$dir/hbkm.ko
		KTESTS=$dir/modules
		[[ $1 != uml* ]] || KUML=yes
	fi
}

default_kernel=6.1

# The newest of the default series that is installed.
host_kernel() {
	local image
	image=$(printf '%s\n' /boot/vmlinuz-"$default_kernel".*-amd64 | grep -v -e '\*' -e -rt- -e -cloud- | sort -V | tail -n 1)
	[[ -n $image ]] && printf '%s\n' "${image#/boot/vmlinuz-}"
}

# kernel_image FILE: sets REPLY to the uncompressed kernel in FILE, a bzImage, kept under build/lab. The machine boots
# that directly: to decompress itself takes a guest longer than to boot.
kernel_image() {
	local setup offset length magic key
	key=$(stat -L -c '%s-%Y' "$1")
	REPLY=$results/vmlinux-$KVER-$key
	[[ ! -e $REPLY ]] || return 0
	# The header's fields, by the x86 boot protocol: setup_sects, payload_offset, payload_length.
	setup=$(od -An -tu1 -j $((0x1f1)) -N 1 "$1")
	offset=$(od -An -tu4 -j $((0x248)) -N 4 "$1")
	length=$(od -An -tu4 -j $((0x24c)) -N 4 "$1")
	# The payload's last four bytes are its uncompressed size.
	offset=$(((setup + 1) * 512 + offset))
	head -c $((offset + length - 4)) "$1" | tail -c $((length - 4)) >"$REPLY.$$"
	magic=$(od -An -tx1 -N 4 "$REPLY.$$")
	case $magic in
	' fd 37 7a 58') xz -dc --single-stream ;;
	' 28 b5 2f fd') zstd -dcq ;;
	*) lab_fail "$1 is compressed in an unknown way" ;;
	esac <"$REPLY.$$" >"$REPLY.$$.elf" || lab_fail "$1: cannot decompress"
	rm "$REPLY.$$"
	mv "$REPLY.$$.elf" "$REPLY"
}

# directive SCRIPT WORD: what a script's lines `# lab: WORD ...` say, one item a line.
directive() {
	sed -n "s/^# lab: $2 //p" "$1" | xargs -r -n 1 printf '%s\n'
}

# check_built: the module and hbctl must be there, and the module made for the kernel that will be booted.
check_built() {
	local made
	[[ -e $HBKM && -x $top/build/hbctl ]] || lab_fail "no ${HBKM#"$top/"} or build/hbctl: build first: make"
	made=$(modinfo -F vermagic "$HBKM")
	[[ ${made%% *} == "$KVER" ]] || lab_fail "${HBKM#"$top/"} is made for ${made%% *}, not for $KVER: build first: make"
}

make_labtool() {
	MAKEFLAGS='' make -s -C "$top" -f tests/lab/lab.mk build/labtool || lab_fail "build/labtool could not be built"
}

# What no kernel says when all is well. A script may allow more: `# lab: dmesg-allow REGEX`.
bad_dmesg='WARNING:|BUG:|Oops|kernel BUG|general protection|Call Trace|cut here|refcount_t|KASAN|UBSAN|kmemleak'
bad_dmesg+='|possible (circular|recursive) locking|inconsistent lock state|suspicious RCU|held lock|bad unlock'
bad_dmesg+='|unregister_netdevice: waiting|rcu.*(stall|self-detected)|soft lockup|blocked for more than|scheduling while atomic'
bad_dmesg+='|Kernel panic|Out of memory|leak detector disabled|page allocation failure|sleeping function called'

# dmesg_bad FILE SCRIPT: prints the bad lines from the script's start on; true if there is one.
dmesg_bad() {
	local allow='^$'
	allow+=$(sed -n 's/^# lab: dmesg-allow /|/p' "$2" | tr -d '\n')
	sed '1,/lab: the script starts/d' "$1" | grep -E "$bad_dmesg" | grep -Ev "$allow"
}

# kmemleak_bad FILE SCRIPT: prints its reports; true if there is one. A script may allow some: `# lab: kmemleak-allow REGEX`.
kmemleak_bad() {
	local allow='^$'
	[[ -s $1 ]] || return
	allow+=$(sed -n 's/^# lab: kmemleak-allow /|/p' "$2" | tr -d '\n')
	awk -v allow="$allow" '
		function pass() { if (report != "" && report !~ allow) { printf "%s", report; bad = 1 } report = "" }
		/^unreferenced/ { pass() }
		{ report = report $0 "\n" }
		END { pass(); exit !bad }' "$1"
}

# qemu_arguments SMP REALTIME MEM SEED: the machine, without its kernel, ports and network. Sets the array `machine`
# and the string `append`. Here a string instruction costs its repetitions, not its bytes: a kernel that believes that bytes are
# as fast as words (ERMS, FSRM) would spend a third of some runs in memset and memcpy, as no real processor does.
qemu_arguments() {
	machine=(qemu-system-x86_64 -M q35 -m "$3" -smp "$1" -cpu max,-erms,-fsrm -nodefaults -display none -no-reboot
		-rtc base=2026-01-01,clock=vm -seed "$4")
	append="console=ttyS0 quiet panic=-1 nokaslr norandmaps mitigations=off ipv6.disable_ipv6=1 log_buf_len=4M"
	append+=" cryptomgr.notests 8250.nr_uarts=1 random.trust_cpu=on audit=0 ${LAB_APPEND-}"
	if [[ -n $2 ]]; then
		machine+=(-accel "tcg,thread=multi")
		# On a busy host the guest may find no tick in the time that it waits for one, and panic.
		append+=" no_timer_check"
	else
		# One instruction is one nanosecond, and idle time passes at once. The TSC then counts nanoseconds too.
		# The local APIC's timer would be calibrated by seconds of busy waiting; the HPET's frequency is known.
		machine+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off")
		append+=" tsc=reliable nolapic_timer"
	fi
	# Without ioeventfd a write to a port is done when the instruction that rings for it ends: no race with the clock.
	machine+=(-device virtio-serial-pci,ioeventfd=off)
}

# prepare KERNEL HBKM SCRIPT NAME: what run and pair do first. Sets script, name, KVER … as kernel_find does, HBKM, work
# (a directory that the caller removes) and root, the overlay below it, ready for the job.
prepare() {
	script=$3 name=$4
	[[ -f $script ]] || lab_fail "no script $script"
	kernel_find "$1"
	if [[ -z $name ]]; then
		name=$(basename "$script" .sh)
		[[ -z $1 || $1 == "$default_kernel" ]] || name+=-$1
	fi
	HBKM=''
	if [[ -n $2 ]]; then
		HBKM=$KMODULE
		check_built
	fi
	make_labtool
	work=$(mktemp -d "$results/.run.XXXXXX")
	mkdir "$work/result"
	root=$work/root
	base_archive
	overlay_build "$root" "$script"
	printf '%s\n' LAB_LIB=/lab/lib.sh LAB_OUT=/lab/out "LAB_NAME=$name" "LAB_KERNEL=${1:-$default_kernel}" >"$root/lab/job/env"
}

# initrd FILE: the guest's memory, from the base and the overlay.
initrd() {
	{ cat "$base_cpio" && pack "$root"; } >"$1"
}

# keep_results: they take the place of an earlier run's. Sets dir.
keep_results() {
	dir=$results/$name
	rm -rf "$dir"
	mv -T "$work/result" "$dir"
}
