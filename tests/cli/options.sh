#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What hbctl's verbs say of a command line that they do not understand, and that -j, -p and -s may stand behind the verb.
# No cluster runs, and no module is needed.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# says STATUS TEXT ARG…
says() {
	local said status
	said=$(build/hbctl "${@:3}" 2>&1)
	status=$?
	[[ $status == "$1" && $said == "hbctl: $2" ]] && return
	echo "not ok - hbctl ${*:3}: status $status, wanted $1, and: $said"
	failed=1
}

says 1 'unknown option -x (see hbctl --help)' -xj
says 1 'unknown option -x (see hbctl --help)' -jx
says 1 'unknown option --frob (see hbctl --help)' --frob
says 1 'option -n needs a value (see hbctl --help)' -jn
says 1 'option --json takes no value (see hbctl --help)' --json=yes
says 1 'takeover: unknown option -x (see hbctl takeover --help)' takeover -xq
says 1 'standby: unknown option -x (see hbctl standby --help)' standby --wait=1s -xq
says 1 'standby: option --wait needs a value (see hbctl standby --help)' standby --wait
says 1 'listen: unknown option -x (see hbctl listen --help)' listen -xj
says 1 'listen: unexpected "foo" (see hbctl listen --help)' listen foo
says 1 'check: unknown option -x (see hbctl check --help)' check -xd
says 1 'show: unexpected "foo" (see hbctl show --help)' show cluster foo
for verb in status monitor rscstatus run check; do
	says 1 "$verb: unexpected \"foo\" (see hbctl $verb --help)" "$verb" foo
done

absent='module hbkm is not loaded (modprobe hbkm)'
says 4 "status: $absent" status -j
says 4 "status: $absent" status -jps
says 4 "show: $absent" show nodes -j --pretty --stats
says 4 "monitor: $absent" monitor -jt --now
says 4 "rscstatus: $absent" rscstatus -m -j
says 1 'status: unexpected "-n" (see hbctl status --help)' status -n
# These take effect, and the letters of listen are its own.
touch "$dir/ha.cf"
printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\x65\0\0\0' >"$dir/pcap"
[[ $(build/hbctl check -d "$dir" -jp | jq .valid) == false && $(build/hbctl check -d "$dir" -jp | wc -l) -gt 1 ]] ||
	{ echo 'not ok - check -jp' && failed=1; }
[[ $(build/hbctl listen -d "$dir" -r "$dir/pcap" -j -p 1000 2>/dev/null | jq -r .event | head -n 1) == heard ]] ||
	{ echo 'not ok - listen -j -p 1000' && failed=1; }
exit "$failed"
