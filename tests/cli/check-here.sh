#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `hbctl check` on the machine that the files are for says what they name that is not there, and which service addresses
# are there already. Of files for other machines it says nothing. In a network namespace of its own, of two interfaces.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [[ ${1-} != inside ]]; then
	exec unshare --map-root-user --net --uts --mount "$0" inside
fi
failed=0
dir=$(mktemp -d)
trap 'umount -q "$dir/log"; rm -rf "$dir"' EXIT
hostname alice
ip link add net0 type bridge
ip link add net1 type bridge
ip address add 10.0.2.15/24 dev net0
ip address add 10.0.3.15/24 dev net1
ip address add 10.0.3.16/24 dev net1

(umask 077 && printf 'auth 1\n1 sha1 topsecretpassword\n' >"$dir/authkeys")
files() {	# NODES HARESOURCES LINE-OF-HA.CF…
	printf '%s\n' "node $1" 'keepalive 1' 'deadtime 10' 'auto_failback on' "${@:3}" >"$dir/ha.cf"
	printf '%s\n' "$2" >"$dir/haresources"
}

# says STATUS TEXT ARG…: all of it that is no configuration, without the directory
says() {
	local said status
	said=$(build/hbctl check -d "$dir" "${@:3}" 2>&1 >/dev/null)
	status=$?
	said=${said//$dir\//}
	[[ $status == "$1" && $said == "$2" ]] && return
	echo "not ok - check ${*:3}: status $status, wanted $1:"
	diff <(echo "$2") <(echo "$said")
	failed=1
}

files 'alice bob' 'alice 10.0.2.100/24/net0' 'ucast net0 10.0.2.15' 'ucast net0 10.0.2.16' 'use_logd on'
says 0 ''

there='; there are: net0, net1'
files 'alice bob' 'alice 10.0.2.100/24/eth2 10.0.2.101' 'ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16' 'bcast eth1 net1' \
	'use_logd on'
missing="ha.cf:6: warning: there is no eth0 here$there
ha.cf:7: warning: there is no eth1 here$there
haresources:1: warning: there is no eth2 here$there"
says 0 "$missing"
says 0 "$missing" --self ALICE
says 0 '' --self bob
hostname carol
says 0 '' --self alice
hostname alice
# Nothing that is wrong hides it, and who is no node here has files of others.
files 'alice bob' 'alice 10.0.2.100/24/net0 nosuch,script' 'bcast eth0' 'use_logd on'
[[ $(build/hbctl check -d "$dir" 2>&1) == *'no eth0 here'*'Cannot locate'* ]] || { echo 'not ok - errors hide it' && failed=1; }
files 'bob carol' 'bob 10.0.2.100/24/eth0' 'bcast eth0' 'use_logd on'
[[ $(build/hbctl check -d "$dir" 2>&1) != *'here;'* ]] || { echo 'not ok - here, to one that is no node' && failed=1; }

files 'alice bob' 'alice 10.0.2.15/24/net0' 'bcast net0' 'use_logd on'
says 3 'haresources:1: error: [10.0.2.15] is this machine'\''s own address, the first one of net0: an address that moves must be a further one'
says 0 '' --self bob
files 'alice bob' 'bob 10.0.3.16/24/net1' 'bcast net0' 'use_logd on'
says 0 'haresources:1: warning: [10.0.3.16] is on net1 here, and not by hbkm: if it is this machine'\''s own, it must not move; if something else put it there (as Heartbeat, if that runs), take it off'

mkdir "$dir/log"
files 'alice bob' 'bob 10.0.2.100' 'bcast net0' "logfile $dir/log/ha" "debugfile $dir/log/ha-debug"
says 0 ''
# To root that is unwritable where the file system is.
mount -t tmpfs -o ro tmpfs "$dir/log"
files 'alice bob' 'bob 10.0.2.100' 'bcast net0' "logfile $dir/gone/ha" "debugfile $dir/log/ha"
says 0 "ha.cf:6: warning: nothing will be logged to [gone/ha]: there is no directory gone here
ha.cf:7: warning: nothing will be logged to [log/ha]: Read-only file system"
exit "$failed"
