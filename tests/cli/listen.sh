#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `hbctl listen`: the messages of a real Heartbeat, recorded, are all good with its key and none with another; what is cut
# or garbled says so, and harms nothing; and it hears what is sent, beside a socket that goes on getting all of it.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
recorded=tests/unit/data/heartbeat-3.0.6.pcap

# same TEXT WANTED GOT
same() {
	[[ $2 == "$3" ]] && return
	echo "not ok - $1:"
	diff <(echo "$2") <(echo "$3")
	failed=1
}

# says TEXT WORDS: there is a line with them in $said
says() {
	grep -q -F -e "$2" <<<"$said" && return
	echo "not ok - $1: no line has '$2' in"
	echo "$said"
	failed=1
}

timeless() { sed 's/^[0-9]\{4\}-[^ ]* //'; }

# listens STATUS ARG...: $said is what it says, with the time taken out
listens() {
	local status
	said=$(build/hbctl listen -d "$dir" "${@:2}" 2>&1)
	status=$?
	said=$(timeless <<<"$said")
	same "status of listen ${*:2}" "$1" "$status"
}

keys() { (umask 077 && printf '%s\n' "$@" >"$dir/authkeys"); }

# A recording of datagrams from 10.0.2.15 to port 694 of 10.0.2.16, and nothing before their IP headers.
be16() { printf '%b' "$(printf '\\x%02x\\x%02x' $(($1 >> 8)) $(($1 & 255)))"; }
le32() { printf '%b' "$(printf '\\x%02x\\x%02x\\0\\0' $(($1 & 255)) $(($1 >> 8)))"; }	# small ones
record() {	# FILE...
	local file n second=0
	printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\x65\0\0\0'
	for file in "$@"; do
		n=$(stat -c %s "$file")
		second=$((second + 1))
		le32 "$second" && le32 0 && le32 $((n + 28)) && le32 $((n + 28))
		printf '\x45\0' && be16 $((n + 28)) && printf '\0\0\0\0\x40\x11\0\0\x0a\0\2\x0f\x0a\0\2\x10'
		printf '\x80\0\x02\xb6' && be16 $((n + 8)) && printf '\0\0'
		cat "$file"
	done
}

cp tests/unit/data/config/recipe/ha.cf "$dir"
keys 'auth 1' '1 sha1 topsecretpassword'

# ---- as it was recorded
listens 0 -r "$recorded"
same 'the first message' '10.0.2.15 cookbook status status:init seq:1 generation:6b04632b deadtime:12s load:2.92,1.95,1.04 auth sha1 ok' \
	"$(head -n 1 <<<"$said")"
same 'all of them' 60 "$(grep -c 'auth sha1 ok$' <<<"$said")"
says 'a message for one node' '10.0.2.16 cookbook2 NS_ackmsg to:cookbook2 generation:6b04632b auth sha1 ok'
says 'a message about resources' '10.0.2.15 cookbook resource holds:local seq:21 generation:6b04632b'
same 'the end' "\
heard datagrams:60 messages:60 nodes:2 auth_ok:60 hbkm:0 other:0
node cookbook addresses:10.0.2.15 messages:30 status:18 interval_min:10us interval_median:1.0005s interval_max:1.003s deadtime:10s auth_ok:30
node cookbook2 addresses:10.0.2.16 messages:30 status:18 interval_min:9us interval_median:998.8ms interval_max:1.001s deadtime:10s auth_ok:30" \
	"$(tail -n 3 <<<"$said")"
listens 0 -n 2 -r - <"$recorded"
same 'a few' 2 "$(grep -c '^10\.' <<<"$said")"
says 'its deadtime' 'hint cookbook: its deadtime is 12s, that of ha.cf 10s (Heartbeat says 2s more while it starts)'
says 'who is missing' 'hint cookbook2: it is in ha.cf, but was not heard'
same 'JSON of a message' '["message","10.0.2.15","cookbook","status","netstring","init",1,"6b04632b",12000000,"ok",1,"sha1"]' \
	"$(build/hbctl listen -j -d "$dir" -n 1 -r "$recorded" | jq -c 'select(.event == "message") |
		[.event, .source, .node, .type, .form, .status, .seq, .generation, .deadtime_us, .auth, .key, .method]')"
same 'JSON of the end' '[60,60,2] ["cookbook","10.0.2.15",1000494000,10000000,30,0] ["cookbook2","10.0.2.16",998828000,10000000,30,0]' \
	"$(build/hbctl -j listen -d "$dir" -r "$recorded" | jq -c 'if .event == "heard" then [.datagrams, .auth_ok, .nodes]
		elif .event == "node" then [.node, .addresses[0], .interval_median_ns, .deadtime_us, .auth_ok, .auth_bad]
		else empty end' | paste -s -d ' ')"

# ---- what does not go with it
keys 'auth 1' '1 sha1 otherpassword'
listens 3 -r "$recorded"
same 'none is good with another key' 60 "$(grep -c 'auth sha1 BAD (key 1 differs)$' <<<"$said")"
says 'that' 'hint cookbook: 30 of its 30 messages are not signed with key 1 of authkeys: is that the same on all nodes?'
keys 'auth 1' '1 md5 topsecretpassword'
listens 3 -n 1 -r "$recorded"
says 'nor with another method' 'auth sha1 BAD (key 1 is md5 here)'
keys 'auth 2' '2 sha1 topsecretpassword'
listens 3 -n 1 -r "$recorded"
says 'nor with a key of another number' 'auth no key 1 here'
keys 'auth 2' '2 sha1 different' '1 sha1 topsecretpassword'
listens 0 -n 9 -r "$recorded"
rm "$dir/authkeys"
listens 3 -n 1 -r "$recorded"
says 'nor without a file' 'messages are signed with a key that is not known: authkeys was not read'
same 'no secret is shown' '' "$(grep -e topsecret -e different <<<"$said")"
keys 'auth 1' '1 sha1 topsecretpassword'
sed -i -e 's/^node cookbook2/node other/; s/^keepalive.*/keepalive 500ms/' "$dir/ha.cf"
listens 0 -r "$recorded"
says 'a node that ha.cf lacks' 'hint cookbook2: ha.cf does not have it: write it into a node line'
says 'a node that is not there' 'hint other: it is in ha.cf, but was not heard'
says 'another keepalive' 'hint cookbook: it sends a status every 1s, but keepalive in ha.cf is 500ms'
cp tests/unit/data/config/recipe/ha.cf "$dir"
# What is at another port is nothing to it.
listens 3 -p 695 -r "$recorded"
says 'another port' 'heard datagrams:0 messages:0 nodes:0'

# ---- the other form, and what is none
# The first message of the recording in lines, with the signature for those that it has in it.
{
	printf '>>>\nt=status\nst=init\ndt=2ee0\nprotocol=1\nsrc=cookbook\n(1)srcuuid=jAcw3/1gSnK28t8Hwc1BcQ==\nseq=1\nhg=6b04632b\n'
	printf 'ts=6b04632a\nld=2.92 1.95 1.04 5/131 157\nttl=3\nauth=1 779b20184cdeb7562edbf3c275e450694fa20ae7\n<<<\n\0'
} >"$dir/lines"
sed 's/^st=init/st=dead/' "$dir/lines" >"$dir/forged"
sed '/^auth=/d; s/^src=.*/src=Cook\x1bbook/' "$dir/lines" >"$dir/unsigned"
head -c 100 "$dir/lines" >"$dir/cut"
sed 's/^seq=1/seq/' "$dir/lines" >"$dir/garbled"
tail -c +83 "$recorded" | head -c 310 >"$dir/netstring"
head -c 309 "$dir/netstring" >"$dir/netstring-cut"
sed 's/^11:/12:/' "$dir/netstring" >"$dir/netstring-garbled"
sed 's/,8:(0)seq=1,/,8:(0)seq=2,/' "$dir/netstring" >"$dir/netstring-forged"
printf 'HBKM\1\1' >"$dir/frame"
head -c 500 /dev/zero >"$dir/zeros"
: >"$dir/empty"
(cd "$dir" && record lines forged unsigned cut garbled netstring netstring-{cut,garbled,forged} frame zeros empty >recording)
listens 3 -r "$dir/recording"
start='status:init seq:1 generation:6b04632b deadtime:12s load:2.92,1.95,1.04 auth'
same 'what is good, and what is not' "\
10.0.2.15 cookbook status $start sha1 ok
10.0.2.15 cookbook status ${start/init/dead} sha1 BAD (key 1 differs)
10.0.2.15 Cook\\x1bbook status $start unsigned
10.0.2.15 - ? it ends too early (100 bytes)
10.0.2.15 - ? it is garbled ($(stat -c %s "$dir/garbled") bytes)
10.0.2.15 cookbook status $start sha1 ok
10.0.2.15 - ? it ends too early (309 bytes)
10.0.2.15 - ? it is garbled (310 bytes)
10.0.2.15 cookbook status ${start/seq:1/seq:2} sha1 BAD (key 1 differs)
10.0.2.15 - hbkm frame (of those hbctl show and hbctl monitor tell)
10.0.2.15 - ? no message of Heartbeat's (500 bytes)
10.0.2.15 - ? no message of Heartbeat's (0 bytes)
heard datagrams:12 messages:5 nodes:2 auth_ok:2 hbkm:1 other:6" "$(sed '/^heard/q' <<<"$said")"
says 'that hbkm is there' 'hint hbkm sends to this port, too'
same 'and in JSON' 'lines lines lines unknown unknown netstring unknown unknown netstring hbkm unknown unknown' \
	"$(build/hbctl -j listen -d "$dir" -r "$dir/recording" | jq -r 'select(.event == "message").form' | paste -s -d ' ')"
# A recording may end anywhere: what came before is shown.
head -c 1000 "$dir/recording" >"$dir/short"
listens 3 -r "$dir/short"
says 'where it ends' "$dir/short: the recording ends within a packet"
says 'what came before' "10.0.2.15 cookbook status $start sha1 ok"

# ---- what it refuses
listens 2 -r "$dir/ha.cf"
says 'that it is no recording' 'it is not what tcpdump -w writes'
listens 2 -r "$dir/nowhere"
listens 1 -p 65536
listens 1 -p 0
listens 1 -n x
listens 1 -i nosuch0
says 'that there is none' 'there is no interface nosuch0'
listens 1 -r "$recorded" -i lo
listens 1 "$recorded"

# ---- as it is sent. In a network of its own; not everybody may have one.
if ! unshare -n ip link set lo up 2>/dev/null; then
	echo '# not run: messages as they are sent: no network namespaces here'
	exit "$failed"
fi
# Something is bound to the port, as Heartbeat would be, and counts what it gets until it is told to end.
cat >"$dir/bound" <<'END'
use Socket;
my ($s, $data, $n);
socket($s, PF_INET6, SOCK_DGRAM, 0) && setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1) &&
	setsockopt($s, Socket::IPPROTO_IPV6, Socket::IPV6_V6ONLY, 0) &&
	bind($s, Socket::pack_sockaddr_in6(6940, Socket::IN6ADDR_ANY)) or die "$!";
$| = 1;
print "bound\n";
while (recv($s, $data, 65536, 0) && $data ne "end") { $n++; }
print "$n\n";
END
# Too long for a packet of the smallest size that IPv6 allows.
sed "s/^ttl=3/ttl=3\n$(head -c 2000 /dev/zero | tr '\0' x)=/" "$dir/lines" >"$dir/long"
cat >"$dir/send" <<'END'
ip link set lo up mtu 1280
exec 4< <(exec timeout 60 perl "$1/bound")
read -r -u 4 line
[[ $line == bound ]] || exit
exec 5< <(exec timeout 60 build/hbctl listen -d "$1" -i lo -p 6940 -n 5)
# It does not say when it has begun; what is for another port is not for it.
for ((sent = 1; sent < 200; sent++)); do
	cat "$1/netstring" >/dev/udp/127.0.0.1/6941
	cat "$1/netstring" >/dev/udp/127.0.0.1/6940
	read -r -t 0.2 -u 5 line && break
done
for file in forged long; do
	cat "$1/$file" >/dev/udp/::1/6940
	cat "$1/$file" >/dev/udp/127.0.0.1/6940
done
echo "$line"
cat <&5
printf end >/dev/udp/127.0.0.1/6940
read -r -u 4 got
echo "not taken away: $((sent + 4 - got)) less"
END
long=$(stat -c %s "$dir/long")
said=$(unshare -n bash "$dir/send" "$dir" 2>&1 | timeless)
same 'what was sent' "\
127.0.0.1 cookbook status $start sha1 ok
::1 cookbook status ${start/init/dead} sha1 BAD (key 1 differs)
127.0.0.1 cookbook status ${start/init/dead} sha1 BAD (key 1 differs)
::1 - ? it ends too early: only 1224 of its $long bytes are here
127.0.0.1 - ? it ends too early: only 1248 of its $long bytes are here
heard datagrams:5 messages:3 nodes:1 auth_ok:1 hbkm:0 other:2
not taken away: 0 less" "$(sed -n '1,6p; $p' <<<"$said")"
exit "$failed"
