# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: what a guest's memory holds when it boots. Sourced by host.sh.
#
# Two archives, one after the other. The base has the programs; it depends on the host's packages only and is kept under
# build/lab/base-KEY. The overlay is made anew for each run, in some tenths of a second: the kernel's modules, hbkm,
# hbctl, the script and what that declares.

# All programs of these packages are in every guest.
base_packages=(bash dash coreutils util-linux procps iproute2 iputils-ping iputils-arping tcpdump kmod jq
	grep sed mawk findutils tar diffutils busybox-static)
# And these files, where they exist.
base_files=(/etc/services /etc/protocols /etc/iproute2 /usr/share/iproute2)

# These modules are loaded before any script starts, so that no run pays for loading them in the middle of a measurement.
# One that a kernel has built in, or does not have, is passed over.
base_modules=(virtio_pci virtio_console virtio_net virtio_rng af_packet veth bridge dummy macvlan 8021q
	udp_tunnel ip6_udp_tunnel sch_netem sch_ingress sch_prio sch_tbf cls_matchall cls_u32 act_gact act_mirred
	hmac md5 sha1_generic sha256_generic crc32_generic crc32c_generic)

# real_path FILE: sets REPLY to its path in merged /usr (Debian's /lib is a link to /usr/lib). Only directories are
# followed: a library keeps the name that programs ask for.
real_path() {
	case $1 in
	"${tree:-//}"/*) REPLY=${1#"$tree"} ;;
	/bin/* | /sbin/* | /lib/* | /lib64/*) REPLY=/usr$1 ;;
	*) REPLY=$1 ;;
	esac
}

# add_file ROOT FILE: copy FILE (or a directory) to the same place below ROOT, unless it is there or in the base.
add_file() {
	local REPLY
	real_path "$2"
	[[ -e ${base_root:-$1}$REPLY || -e $1$REPLY ]] || cp -rL --parents -t "$1" "$REPLY"
}

# add_libraries ROOT FILE...: the libraries that the ELF files among these are linked with. Programs that name the same
# libraries are looked up once: ldd takes its time.
add_libraries() {
	local root=$1 library
	shift
	{ readelf -d "$@" /dev/null 2>/dev/null || :; } |
		awk '/^File: / { file = substr($0, 7) } /NEEDED|RUNPATH|RPATH/ { names[file] = names[file] $NF }
			END { for (file in names) if (!seen[names[file]]++) print file }' |
		xargs -r -d '\n' ldd 2>/dev/null |
		awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' | sort -u |
		while read -r library; do
			add_file "$root" "$library"
		done
}

# add_program ROOT NAME|PATH: even where the base has an applet of that name.
add_program() {
	local path REPLY
	path=$(PATH=$PATH:/usr/sbin:/sbin type -P "$2") || return 1
	real_path "$path"
	cp -L --parents -t "$1" "$REPLY"
	add_libraries "$1" "$(realpath "$path")"
}

# add_tree ROOT DIR: what lies below DIR, as of packages that are not installed on the host, with the libraries it needs.
add_tree() {
	local root=$1 tree LD_LIBRARY_PATH
	local -a programs
	tree=$(realpath "$2")
	export LD_LIBRARY_PATH=$tree/usr/lib/x86_64-linux-gnu:$tree/usr/lib
	# What stands there in their place is replaced, a link of ours not followed.
	cp -a --remove-destination "$tree/." "$root/"
	mapfile -d "" programs < <(find "$tree" -type f \( -perm /111 -o -name "*.so*" \) -print0)
	add_libraries "$root" "${programs[@]}"
}

# packages_unpacked PACKAGE…: fetches these packages of Debian's, once, and sets REPLY to the directory where they lie unpacked. Nothing is
# installed: no daemon starts here. What they depend on is not looked for.
packages_unpacked() {
	local dir made link deb
	dir=$results/packages-$({ declare -f packages_unpacked && echo "$@"; } | sha256sum | cut -c1-16)
	REPLY=$dir/tree
	[[ ! -e $dir ]] || return 0
	made=$(mktemp -d "$results/.packages.XXXXXX")
	(cd "$made" && { apt-get download "$@" || { rm -f ./*.deb && apt-get update && apt-get download "$@"; }; }) >"$made/log" 2>&1 ||
		{ tail -n 5 "$made/log" >&2 && lab_fail "could not get the packages $*"; }
	# Debian's /bin, /sbin and /lib are links into /usr, in the guest too.
	mkdir -p "$made/tree/usr"/{bin,sbin,lib}
	for link in bin sbin lib; do
		ln -s "usr/$link" "$made/tree/$link"
	done
	for deb in "$made"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$made/tree" -x --keep-directory-symlink --no-same-owner \
			--exclude=./usr/share/{doc,man,locale,lintian,bug,info}
	done
	rm "$made/tree"/{bin,sbin,lib} "$made"/*.deb
	# Another run may have been quicker: then that one's is as good.
	mv -T "$made" "$dir" 2>/dev/null || rm -rf "$made"
}

# Without their times, which take the guest more or less long to read.
pack() {
	find "$1" -exec touch -h -d @1767225600 {} +
	(cd "$1" && find . -mindepth 1 -print0 | sort -z | cpio --null -o -H newc --reproducible --quiet -R 0:0)
}

base_build() {
	local root=$1 file REPLY
	local -a programs=()

	mkdir -p "$root"/{usr/bin,usr/sbin,usr/lib,usr/lib64,proc,sys,dev,run,tmp,root,etc/ha.d,var/lib,var/log,lab/out}
	for file in bin sbin lib lib64; do
		ln -s "usr/$file" "$root/$file"
	done
	ln -s /run "$root/var/run"
	# Applets first; a real program of the same name then takes the applet's place. Links stay links (awk, modprobe).
	cp "$(type -P busybox)" "$root/usr/bin/busybox"
	chroot "$root" /usr/bin/busybox --install -s /usr/bin
	while read -r file; do
		real_path "$file"
		programs+=("$REPLY")
	done < <(dpkg -L "${base_packages[@]}" | grep -E '^(/usr)?/s?bin/[^/]+$' | grep -v -x -e '.*/busybox')
	cp -d --parents --remove-destination -t "$root" "${programs[@]}"
	ln -sf dash "$root/usr/bin/sh"
	ln -sf mawk "$root/usr/bin/awk"
	add_libraries "$root" "${programs[@]}"
	for file in "${base_files[@]}"; do
		[[ ! -e $file ]] || add_file "$root" "$file"
	done

	# tcpdump gives up its privileges in favour of a user of its name; here that one is root too, so that it can write.
	printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' 'tcpdump:x:0:0::/root:/bin/false' >"$root/etc/passwd"
	printf '%s\n' 'root:x:0:' 'haclient:x:90:' >"$root/etc/group"
	printf '%s\n' 'passwd: files' 'group: files' 'hosts: files' 'services: files' 'protocols: files' \
		>"$root/etc/nsswitch.conf"
	printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
	printf '%s\n' 'include /etc/ld.so.conf.d/*.conf' >"$root/etc/ld.so.conf"
	# These make a device of their own as soon as they are loaded; scripts want only what they ask for.
	mkdir -p "$root/etc/modprobe.d"
	printf '%s\n' 'options bonding max_bonds=0' 'options dummy numdummies=0' >"$root/etc/modprobe.d/lab.conf"
	/sbin/ldconfig -r "$root"
}

# base_archive: makes the base where there is none for the host's packages as they are; sets base_root, base_cpio.
base_archive() {
	local key dir made old
	key=$(cat /var/lib/dpkg/status "$lab/initramfs.sh" | sha256sum | cut -c1-16)
	dir=$results/base-$key
	if [[ ! -e $dir ]]; then
		made=$(mktemp -d "$results/.base.XXXXXX")
		base_root=''
		strictly base_build "$made/root"
		pack "$made/root" >"$made/base.cpio"
		# Another run may have been quicker: then that one's is as good.
		mv -T "$made" "$dir" 2>/dev/null || rm -rf "$made"
		for old in "$results"/base-*; do
			[[ $old == "$dir" || -z $(find "$old" -maxdepth 0 -mmin +60) ]] || rm -rf "$old"
		done
	fi
	base_root=$dir/root
	base_cpio=$dir/base.cpio
}

# add_modules ROOT NAME...: modules with what they depend on, from the kernel that kernel_find chose. Uncompressed.
# False where that kernel lacks one.
add_modules() {
	local root=$1 line path name found=0 to=usr/lib/modules/$KVER
	local -a plain=()
	shift
	while read -r line path _; do
		if [[ $line == absent ]]; then
			found=1
		elif [[ $line == insmod && $path == *.xz ]]; then
			name=$to/${path##*/lib/modules/"$KVER"/}
			mkdir -p "$root/${name%/*}"
			xz -dc "$path" >"$root/${name%.xz}"
		elif [[ $line == insmod ]]; then
			plain+=("${path##*/lib/modules/"$KVER"/}")
		fi
	done < <({ modprobe -d "$KROOT" -S "$KVER" -q -a --show-depends "$@" || echo absent; } | sort -u)
	mkdir -p "$root/$to"
	[[ -z ${plain[*]} ]] || (cd "$KROOT/lib/modules/$KVER" && cp --parents -t "$root/$to" "${plain[@]}")
	return "$found"
}

# index_modules ROOT: so that modprobe finds them by name, hbkm included.
index_modules() {
	local to=$1/usr/lib/modules/$KVER
	mkdir -p "$to"
	cp "$KROOT/lib/modules/$KVER"/modules.{builtin,builtin.modinfo,order} "$to/"
	ln -s usr/lib "$1/lib"
	depmod -b "$1" "$KVER"
	rm "$1/lib"
}

# system_build ROOT: what a guest boots with, and what is loaded always.
system_build() {
	mkdir -p "$1"/{usr/bin,usr/sbin,lab/job,lab/script}
	cp "$lab/guest/init" "$1/init"
	cp "$top/build/labtool" "$1/usr/bin/labtool"
	add_modules "$1" "${base_modules[@]}" || :
}

# overlay_build ROOT SCRIPT: everything but the script itself. Reads KVER, KROOT, KTESTS, HBKM (empty: without the module).
overlay_build() {
	local root=$1 script=$2 name item REPLY
	local -a modules faster found
	system_build "$root"
	cp "$lab/lib.sh" "$lab/verdict.sh" "$root/lab/"
	cp -r "$lab/recipe" "$root/lab/recipe"
	mapfile -t modules < <(directive "$script" modules)
	if [[ -n $HBKM ]]; then
		mapfile -t -O "${#modules[@]}" modules < <(modinfo -F depends "$HBKM" | tr , '\n' | grep .)
		mkdir -p "$root/usr/lib/modules/$KVER/updates"
		# Nine tenths of it is for debuggers.
		strip --strip-debug -o "$root/usr/lib/modules/$KVER/updates/hbkm.ko" "$HBKM"
		while read -r name; do
			[[ -e $KTESTS/$name.ko ]] || lab_fail "no ${KTESTS#"$top/"}/$name.ko: build first: make build/modules/$name.ko"
			cp "$KTESTS/$name.ko" "$root/usr/lib/modules/$KVER/updates/"
		done < <(directive "$script" own-modules)
		# As it is installed. In a guest /lib is a link.
		make -s -C "$top" install-tools DESTDIR="$root" SYSTEMDUNITDIR=/usr/lib/systemd/system
		add_libraries "$root" "$top/build/hbctl"
	fi
	[[ ${#modules[@]} == 0 ]] || add_modules "$root" "${modules[@]}" ||
		lab_fail "kernel $KVER lacks one of the modules ${modules[*]}"
	mapfile -t faster < <(directive "$script" modules-if-any)
	[[ ${#faster[@]} == 0 ]] || add_modules "$root" "${faster[@]}" || :
	index_modules "$root"
	printf '%s\n' "${base_modules[@]}" "${modules[@]}" "${faster[@]}" >"$root/lab/job/modules"

	# What the script declares.
	while read -r item; do
		add_program "$root" "$item" || lab_fail "$script needs $item: add its package to tests/lab/packages"
	done < <(directive "$script" needs)
	mapfile -t found < <(directive "$script" packages)
	if [[ ${#found[@]} -gt 0 ]]; then
		packages_unpacked "${found[@]}"
		add_tree "$root" "$REPLY"
	fi
	while read -r item; do
		# Absolute: at the same place in the guest. Relative to the script: beside the script, there too.
		if [[ $item == /* ]]; then
			[[ -e $item ]] || lab_fail "$script needs the file $item"
			add_file "$root" "$item"
			mapfile -d '' found < <(find -L "$item" -type f -print0)
			add_libraries "$root" "${found[@]}"
		else
			mkdir -p "$root/lab/script/$(dirname "$item")"
			cp -r "$(dirname "$script")/$item" "$root/lab/script/$item"
		fi
	done < <(directive "$script" files)
}
