#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `hbctl check` and ha.cf: everything that is wrong with the three files is said at once, with the line, and what the files
# come to has every value, derived ones included.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# same TEXT WANTED GOT
same() {
	[[ $2 == "$3" ]] && return
	echo "not ok - $1:"
	diff <(echo "$2") <(echo "$3")
	failed=1
}

(umask 077 && printf 'auth 1\n1 sha1 topsecretpassword\n' >"$dir/authkeys")
echo 'alice 10.1.1.1/24/eth0' >"$dir/haresources"
cat >"$dir/ha.cf" <<-END
	use_logd on
	debug 1
	keepalive 500ms
	deadtime 4
	node Alice, BOB
	auto_failback off
	ucast eth0 10.99.0.2
	udpport 700
	mcast eth1 225.0.0.1 694 1 0
	ping 10.99.0.254
	ping6 2001:db8::1
	ping_group gw 10.99.0.250 10.99.0.251
	respawn hacluster /usr/lib/heartbeat/ipfail
	respawn root /bin/sleep 1d
	failfast root /bin/cat
	apiauth ipfail uid=hacluster
	watchdog /dev/watchdog
	env SITE=north
END
same 'effective values' "\
cluster linux-ha (default)
node alice (this one)
node bob
keepalive 500ms
deadtime 4s
warntime 2s (derived)
initdead 12s (derived)
auto_failback off
realtime on priority 50 (default)
log logd debug 1
link ucast eth0 10.99.0.2 port 700 path 0
link mcast eth1 225.0.0.1 port 694 path 1 ttl 1 loop 0
deadping 4s (derived)
ping every 800ms (derived)
ping 10.99.0.254
ping 2001:db8::1
ping gw: 10.99.0.250 or 10.99.0.251
ipfail on
respawn /bin/sleep 1d as root
failfast /bin/cat as root
env HA_SITE=north
watchdog /dev/watchdog timeout 5 s (derived)
key 1 sha1 (signs)
group alice prefers alice
  address 10.1.1.1/24 dev eth0" "$(build/hbctl check -d "$dir" --self ALICE 2>/dev/null)"
same 'and in JSON' '[4000000,800000,["10.99.0.250","10.99.0.251"],true,"/bin/cat","HA_SITE=north","/dev/watchdog"]' \
	"$(build/hbctl -j check -d "$dir" --self alice |
		jq -c '.config | [.deadping_us, .ping_us, .pings[2].addresses, .ipfail, .clients[1].command, .env[0], .watchdog]')"

# Nothing that is wrong hides anything else.
cat >"$dir/ha.cf" <<-END
	use_logd off
	keepalive 10s
	node alice alice
	ucast eth0 alice.example.com
	ucast6 eth0 10.0.0.2
	auto_failback maybe
	ping router
	respawn nosuchuser /nosuch/program
	respawn root /usr/lib/heartbeat/dopd
	failfast root cat
	watchdog watchdog
	env =north
	stonith ssh /etc/ha.d/stonith
	crm respawn
	udpprot 694
END
printf 'carol 10.1.1.1/24/eth0\nalice 10.1.1.2/99 nosuchscript\n' >"$dir/haresources"
printf '1 sha1 topsecretpassword\nauth 2\n2 sha257 secret\n' >"$dir/authkeys"
said=$(build/hbctl check -d "$dir" --self alice 2>&1)
same 'exit status' 3 $?
same 'every line that is wrong' "\
ha.cf:1:error ha.cf:2:error ha.cf:3:warning ha.cf:4:error ha.cf:5:error ha.cf:6:error ha.cf:7:error ha.cf:8:error \
ha.cf:8:error ha.cf:9:error ha.cf:10:error ha.cf:11:error ha.cf:12:error ha.cf:13:error ha.cf:14:error ha.cf:15:error \
ha.cf:warning ha.cf:warning haresources:1:error haresources:2:error haresources:2:error authkeys:3:error " \
	"$(sed -n "s|^$dir/\([^ ]*\): \([a-z]*\): .*|\1:\2|p" <<<"$said" | tr '\n' ' ')"

# says LINE TEXT
says() {
	[[ $'\n'$said == *$'\n'"$dir/$1: "*"$2"* ]] && return
	echo "not ok - $1 says '$2'"
	failed=1
}
says ha.cf:4 'names are not looked up, as Heartbeat would, so write the address itself'
says ha.cf:5 '10.0.0.2] is not an IPv6 address'
says ha.cf:8 'Invalid uid [nosuchuser] specified for client child: there is no such user'
says ha.cf:8 'Client child command [/nosuch/program] is not executable: there is no such file'
says ha.cf:9 "Of Heartbeat's own programs only ipfail is known here"
says ha.cf:13 'not switched off before its resources are taken over, as Heartbeat would do'
says ha.cf:15 'Illegal directive [udpprot]: did you mean udpport?'
same 'no secret is shown' '' "$(grep -e topsecretpassword <<<"$said")"
exit "$failed"
