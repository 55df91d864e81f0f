#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `hbctl check` and the resources of haresources: what is found where, in Heartbeat's order, and what is refused, with the
# line. In a mount namespace of its own, where the directories that are searched hold what the test puts there.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [[ ${1-} != inside ]]; then
	exec unshare --map-root-user --mount "$0" inside
fi
failed=0
hbctl=$PWD/build/hbctl
dir=$(mktemp -d)
layers=$(mktemp -d)
mount -t tmpfs tmpfs "$layers"
trap 'rm -rf "$dir"; umount -l "$layers" && rmdir "$layers"' EXIT

# program PATH: one that can be executed.
program() {
	printf '#!/bin/sh\n' >"$1"
	chmod 755 "$1"
}

# fill DIR: empty, for the test only. What is not there is made in a layer over the directory above it.
fill() {
	local at=$1
	while [[ ! -d $at ]]; do
		at=${at%/*}
	done
	if [[ $at != "$1" ]]; then
		mkdir -p "$layers$at"/{upper,work}
		mount -t overlay overlay -o "lowerdir=$at,upperdir=$layers$at/upper,workdir=$layers$at/work" "$at"
		mkdir -p "$1"
	fi
	mount -t tmpfs tmpfs "$1"
}

fill /etc/init.d
fill /usr/lib/ocf/resource.d/heartbeat
fill /usr/lib/systemd/system
mkdir "$dir/resource.d"
printf '%s\n' 'node alice bob' 'ucast eth0 10.99.0.2' 'keepalive 1' 'deadtime 10' 'auto_failback on' 'use_logd on' \
	>"$dir/ha.cf"
(umask 077 && printf 'auth 1\n1 sha1 topsecretpassword\n' >"$dir/authkeys")
program "$dir/resource.d/drbddisk"
program "$dir/resource.d/both"
program /etc/init.d/both
program /etc/init.d/apache2
program /etc/init.d/nginx
touch "$dir/resource.d/noprogram"
program /usr/lib/ocf/resource.d/heartbeat/Filesystem
program /usr/lib/ocf/resource.d/heartbeat/nginx
program /usr/lib/ocf/resource.d/heartbeat/tomcat
touch /usr/lib/systemd/system/{nginx,tomcat,redis@}.service /usr/lib/systemd/system/srv.mount

# accepts RESOURCE LINE: and hbctl check says this of it.
accepts() {
	local said
	printf 'alice 10.1.1.1/24 %s\n' "$1" >"$dir/haresources"
	said=$("$hbctl" check -d "$dir" --self alice 2>&1) && [[ $'\n'$said$'\n' == *$'\n'"  $2"$'\n'* ]] && return
	echo "not ok - $1: wanted '$2', got: $said"
	failed=1
}

# refuses RESOURCE TEXT: an error of that line.
refuses() {
	local said status
	printf '# one\nalice 10.1.1.1/24 \\\n\t%s\n' "$1" >"$dir/haresources"
	said=$("$hbctl" check -d "$dir" --self alice 2>&1)
	status=$?
	[[ $status == 3 && $said == *"$dir/haresources:3: error: $2"* ]] && return
	echo "not ok - $1: wanted status 3 and '$2', got status $status and: $said"
	failed=1
}

accepts drbddisk::r0 "script $dir/resource.d/drbddisk r0"
accepts both "script $dir/resource.d/both"
accepts apache2 'script /etc/init.d/apache2'
accepts nginx 'script /etc/init.d/nginx'
accepts Filesystem::/dev/drbd0::/data::ext3 \
	'ocf /usr/lib/ocf/resource.d/heartbeat/Filesystem device=/dev/drbd0 directory=/data fstype=ext3'
accepts tomcat::catalina_home=/srv 'ocf /usr/lib/ocf/resource.d/heartbeat/tomcat catalina_home=/srv'
accepts tomcat 'unit tomcat.service'
accepts nginx.service 'unit nginx.service'
accepts redis@one 'unit redis@one.service'
accepts srv.mount 'unit srv.mount'
accepts '10.1.1.2' 'address 10.1.1.2 (mask and device as the route says)'

refuses nosuch::thing "Cannot locate resource script [nosuch]: it is neither in $dir/resource.d nor in /etc/init.d"
refuses noprogram "Cannot locate resource script [noprogram]: $dir/resource.d/noprogram is no program: run chmod 755"
refuses tomcat::conf 'Cannot locate resource script [tomcat]'
refuses Filesystem::/dev/drbd0 'resource [Filesystem::/dev/drbd0]: 1 arguments, but Filesystem takes 2 to 4'
refuses redis@ 'Cannot locate resource script [redis@]'
refuses IPAddr::10.1.1.2 'resource [IPAddr::10.1.1.2]: write IPaddr::'
refuses IPV6addr::2001:db8::1 'resource [IPV6addr::2001:db8::1]: write IPv6addr::'

printf 'alice drbddisk::r0 apache2\n' >"$dir/haresources"
said=$("$hbctl" -j check -d "$dir" --self alice | jq -c '.config.groups[0].resources')
want='[{"resource":"drbddisk::r0","kind":"script","path":"'$dir'/resource.d/drbddisk","arguments":["r0"]},'
want+='{"resource":"apache2","kind":"script","path":"/etc/init.d/apache2","arguments":[]}]'
[[ $said == "$want" ]] || { echo "not ok - JSON: $said" && failed=1; }
exit "$failed"
