# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: user-mode Linux for the lab, from Debian's own sources; sourced by kernel, whose variables and cache it uses.
#
#   release, root/   as for other kernels; everything is built in, so root/ only says so
#   vmlinuz          the kernel: a program
#   source/, tree/   what of its sources and of its build modules are built with
#   key              what it was built from: it is built anew when that changes

# What is expensive to build is kept as long as this is the same. Make keeps absolute paths in it.
uml_key() {
	local source
	source=$(dpkg-query -W -f '${Version}' "$uml_source" 2>/dev/null) || return
	{
		echo "$source" "$dir"
		gcc --version
		cat "$lab/uml/kernel.sh" "$lab/uml/common.config" "$lab/uml/${uml_config[$name]}.config"
	} | sha256sum
}

uml_make() {
	make -s -C "$dir/source" O="$dir/tree" ARCH=um "$@"
}

# Kconfig drops what it does not like without a word: what was asked for must be there.
uml_config_holds() {
	local line missing=''
	while read -r line; do
		case $line in
		CONFIG_*) grep -qxF "$line" "$dir/tree/.config" || missing+=" $line" ;;
		'# CONFIG_'*' is not set') ! grep -q "^${line:2:-11}=" "$dir/tree/.config" || missing+=" no ${line:2:-11}" ;;
		esac
	done < <(cat "$@")
	[[ -z $missing ]] || lab_fail "the kernel cannot be configured so:$missing"
}

uml_get() {
	local key file log=$dir/log
	local -a configs=("$lab/uml/common.config" "$lab/uml/${uml_config[$name]}.config")
	key=$(uml_key) || lab_fail "no $uml_source here: tests/install-packages tests/packages-debug"
	if [[ -e $dir/release && $(<"$dir/key") == "$key" ]]; then
		return 0
	fi
	rm -rf "$dir"
	mkdir -p "$dir/source" "$dir/tree"
	echo "lab: building the kernel $name, once; that takes some minutes (${log#"$top/"})" >&2
	# Kconfig and make read every directory; nine tenths of the sources are of no use here.
	tar -C "$dir/source" --strip-components=1 \
		--exclude="linux-source-*/arch/"{a,csky,hexagon,ia64,loongarch,m,nios2,openrisc,p,riscv,s,xtensa}"*/*."{[chS],dts,dtsi} \
		--exclude="*/"{sound,samples,tools/perf,tools/testing,drivers/platform}/"*.[ch]" --exclude="*/Documentation/*."{rst,yaml,txt,svg} \
		--exclude="*/drivers/"{accessibility,gpu,media,staging,scsi,infiniband,iio,usb,mfd,clk,pinctrl,hwmon,mtd,gpio}"/*.[ch]" \
		--exclude="*/drivers/"{net/ethernet,net/wireless,nvme,soc,regulator,rtc,spi,i2c}"/*.[ch]" \
		-xJf "/usr/src/$uml_source.tar.xz"
	# KASAN's shadow, an eighth of memory, is private to each process of the host, and each process of the guest is one that
	# begins as a copy: so the kernel, on its next turns, would copy every page of the shadow that it writes to.
	sed -i '/^void kasan_map_memory/,/^}/s/MAP_PRIVATE/MAP_SHARED/' "$dir/source/arch/um/os-Linux/mem.c"
	# What a process has in registers is kept by the host's ptrace, as a whole or not at all: with AMX that is 11008 bytes.
	sed -i '/HOST_FP_SIZE/s/2696/12288/' "$dir/source/arch/x86/um/user-offsets.c"
	uml_make defconfig >"$log" 2>&1 || lab_fail "no defconfig: $log"
	cat "${configs[@]}" >>"$dir/tree/.config"
	uml_make olddefconfig >>"$log" 2>&1
	uml_config_holds "${configs[@]}"
	if ! uml_make -j"$(nproc)" linux modules >>"$log" 2>&1; then
		tail -n 20 "$log" >&2
		lab_fail "the kernel $name does not build"
	fi
	uml_make INSTALL_MOD_PATH="$dir/root" modules_install >>"$log" 2>&1
	uml_make kernelrelease >"$dir/kernelrelease"
	mv "$dir/tree/linux" "$dir/vmlinuz"
	# Modules need the headers and tools only; the rest is a gigabyte.
	for file in "$dir"/source/*; do
		case ${file##*/} in
		arch | include | scripts | tools | Makefile | Kbuild | Kconfig) ;;
		*) rm -rf "$file" ;;
		esac
	done
	find "$dir/source/arch" -mindepth 1 -maxdepth 1 ! -name um ! -name x86 ! -name Kconfig -exec rm -rf {} +
	find "$dir/tree" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name 'vmlinux*' \) ! -path '*/scripts/*' -delete
	echo "$key" >"$dir/key"
	mv "$dir/kernelrelease" "$dir/release"
}

# With everything on that the compiler can do for the module alone; a kernel that is not for debugging takes no notice.
uml_build() {	# SOURCE MAKE-ARG…
	make -C "$dir/source" O="$dir/tree" ARCH=um M="$1" GCOV_PROFILE=y UBSAN_SANITIZE=y "${@:2}" modules
}

# The unit tests of the pure cores, for KUnit.
uml_kunit() {	# DIR MAKE-ARG…
	local core name
	mkdir -p "$1/libc"
	cp "$top"/tests/kunit/* "$1"
	cp -r "$top/include" "$1"
	for core in detector election frame; do
		cp "$top/kmod/$core.c" "$top/tests/unit/${core}_test.c" "$1"
	done
	for name in setjmp stdarg stddef stdint stdio stdlib string; do
		: >"$1/libc/$name.h"
	done
	make -C "$dir/source" O="$dir/tree" ARCH=um M="$1" UBSAN_SANITIZE=y "${@:2}" modules
}
