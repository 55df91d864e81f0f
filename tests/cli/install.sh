#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make install` and `make uninstall` into an empty tree: what is installed
# builds by DKMS, and nothing is left behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
kernel=$(modinfo -F vermagic hbkm.ko | cut -d ' ' -f 1)
version=$(modinfo -F version hbkm.ko)

nothing_left() {
	local left
	left=$(find "$1" ! -type d)
	[[ -z $left ]] || { echo "left behind: $left" && exit 1; }
}

mkdir "$tree/dkms"
make -s install DESTDIR="$tree/root"
"$tree/root/usr/sbin/hbctl" --version | grep -F "$version"
# Heartbeat's programs, where it has them; those scripts say by which name they were called.
"$tree/root/usr/bin/cl_status" --help | grep -q "^Usage: cl_status"
for name in hb_standby hb_takeover hb_addnode hb_delnode; do
	[[ $("$tree/root/usr/share/heartbeat/$name" --help 2>&1) == *"$name"* ]]
done
# The unit is right as far as systemd can tell, under both names; it looks for the program where it is not installed here.
for name in heartbeat hbctl; do
	said=$(systemd-analyze --man=no verify "$tree/root/lib/systemd/system/$name.service" 2>&1 |
		grep -v 'hbctl is not executable') || :
	[[ -z $said ]] || { echo "$said" && exit 1; }
done
bash -n "$tree/root/etc/init.d/heartbeat"
[[ -x $tree/root/etc/init.d/heartbeat ]]

dkms build --dkmstree "$tree/dkms" --sourcetree "$tree/root/usr/src" -m hbkm -v "$version" -k "$kernel"
built=$(find "$tree/dkms" -name 'hbkm.ko*')
[[ $(modinfo -F version "$built") == "$version" ]]
[[ $(modinfo -F license "$built") == GPL ]]
[[ -n $(modinfo -F description "$built") && -n $(modinfo -F author "$built") ]]
[[ $(modinfo -F alias "$built") == net-pf-16-proto-16-family-hbkm ]]
make -s uninstall DESTDIR="$tree/root"
nothing_left "$tree/root"

# Elsewhere: what starts the program starts it there.
make -s install DESTDIR="$tree/local" PREFIX=/usr/local
grep -q '^ExecStart=/usr/local/sbin/hbctl run' "$tree/local/lib/systemd/system/heartbeat.service"
grep -q '^hbctl=/usr/local/sbin/hbctl$' "$tree/local/etc/init.d/heartbeat"
"$tree/local/usr/local/bin/cl_status" --help >/dev/null
make -s uninstall DESTDIR="$tree/local" PREFIX=/usr/local
nothing_left "$tree/local"
