#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel refuses the module, for each of its reasons: hbctl run says which it is and what to do, and exits with 4. Secure Boot
# is what it does to Debian's kernel, a lockdown, for the lab's module is signed by nobody. The init script says where to look.
# lab: not uml-debug there are neither lockdown nor signatures
# lab: files common.sh
# lab: needs start-stop-daemon
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# refused TEXT REGEX [COMMAND…]: so says hbctl run, which COMMAND starts. A user has the files of its own, as it may not
# read root's.
refused() {
	local said dir=/etc/ha.d
	[[ $1 != *user ]] || dir=/run/ha.d
	said=$(on cookbook "${@:3}" hbctl run -d "$dir" 2>&1 >/dev/null)
	check_eq "$1: exit status" 4 $?
	check_match "$1: is said" "$2" "$said"
	refuse "$1: it is not loaded" test -d /sys/module/hbkm
}

user=(setpriv --reuid 65534 --clear-groups)
root_only='not permitted: run "modprobe hbkm" as root, .*\(EPERM\)$'
enrol='no key that it trusts signed it: have the machine trust the key of DKMS: "mokutil --import /var/lib/dkms/mok\.pub", then reboot'

pair_of_nodes
configure
on cookbook sh -c 'cp -r /etc/ha.d /run/ha.d && chown -R 65534 /run/ha.d'
# Else who may not load it has the kernel do it, by asking for it.
echo >/proc/sys/kernel/modprobe

refused "a user" "$root_only" "${user[@]}"
refused "root without the right to" "$root_only" setpriv --bounding-set -sys_module
refused "root of a user namespace, who may not know of a lockdown" 'if it is locked down .*; else as a container ' unshare -r
on cookbook mount -t securityfs securityfs /sys/kernel/security
refused "the same where there is none" 'even to root: a container, or a security module, forbids it; .*\(EPERM\)$' unshare -r

# As a kernel that Secure Boot has started is from the beginning.
on cookbook sh -c 'echo integrity >/sys/kernel/security/lockdown'
refused "locked down" "as it is locked down \(Secure Boot\), and $enrol.*\(EPERM\)$"
check_match "locked down: the init script fails" '^5\|.*\[rc=5\]\. Failed\..*not permitted Heartbeat not started: "hbctl run" tells why\.' \
	"$(on cookbook sh -c 'said=$(/etc/init.d/heartbeat start 2>&1); echo "$?|$said"' | tr '\n' ' ')"
refused "locked down, a user" "$root_only" "${user[@]}"
on cookbook umount /sys/kernel/security
refused "locked down, which cannot be seen" "if it is locked down \(Secure Boot; dmesg says so\), as $enrol.*\(EPERM\)$"
check "the kernel has said so, too" grep -q 'Lockdown: hbctl: unsigned module loading is restricted' <(dmesg)

echo 1 >/sys/module/module/parameters/sig_enforce
refused "signatures enforced" "as $enrol.*\(EKEYREJECTED\)$"
refused "signatures enforced, a user" "$root_only" "${user[@]}"

echo 1 >/proc/sys/kernel/modules_disabled
disabled='before the next reboot, as kernel\.modules_disabled=1: list hbkm in /etc/modules-load\.d, .*\(EPERM\)$'
refused "no module any more" "$disabled"
refused "no module any more, a user" "$disabled" "${user[@]}"
lab_done
