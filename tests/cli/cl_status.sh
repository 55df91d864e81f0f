#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Heartbeat's programs where no cluster runs, and no module is needed: their words, where they say them, and exit codes, as
# Heartbeat 3.0.6 has them.
set -u
cd "$(dirname "$0")/../.." || exit 1
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
failed=0
for name in cl_status hb_standby hb_takeover hb_addnode hb_delnode; do
	ln -s "$PWD/build/hbctl" "$bin/$name"
done

# says STATUS STDOUT STDERR PROGRAM ARG…
says() {
	local out err status
	out=$("$bin/$4" "${@:5}" 2>"$bin/err")
	status=$?
	err=$(<"$bin/err")
	[[ $status == "$1" && $out == "$2" && $err == "$3" ]] && return
	failed=1
	printf '%s gave %s, wanted %s\n-- its output:\n%s\n-- wanted:\n%s\n-- its errors:\n%s\n-- wanted:\n%s\n' \
		"${*:4}" "$status" "$1" "$out" "$2" "$err" "$3"
}

signon="ERROR: Cannot signon with heartbeat
ERROR: REASON: hb_api_signon: Can't initiate connection to heartbeat"
usage=$("$bin/cl_status")
[[ $usage == 'Usage: cl_status <sub-command> [<options>] [<parameters>]'* ]] || { echo "cl_status: $usage" && failed=1; }
says 0 "$usage" '' cl_status -h
says 0 "$usage" '' cl_status --help
says 11 '' 'ERROR: foo: invalid sub-command.' cl_status foo
says 11 '' 'ERROR: -m: invalid sub-command.' cl_status -m rscstatus
says 11 '' 'ERROR: hbstat: invalid sub-command.' cl_status hbstat
says 1 'Heartbeat is stopped on this machine.' '' cl_status hbstatus
says 1 'Heartbeat is stopped on this machine.' '' cl_status hbstatus -m
says 1 "Heartbeat is stopped on this machine.
(hb_api_signon: Can't initiate connection to heartbeat)" '' cl_status hbstatus -v
for sub in listnodes nodestatus nodetype nodeweight nodesite listhblinks hblinkstatus clientstatus rscstatus hbparameter parameter; do
	says 1 '' "$signon" cl_status "$sub"
	# The options are looked at later.
	says 1 '' "$signon" cl_status "$sub" -x
done

for name in hb_standby hb_takeover; do
	usage="$bin/$name [all|foreign|local|failback]"
	says 1 'usage:' "$usage" "$name" --help
	says 1 "$bin/$name: wrong resources(foo).
usage:" "$usage" "$name" foo
	says 1 "$bin/$name: wrong resources().
usage:" "$usage" "$name" ''
	says 1 "$bin/$name: too many arguments
usage:" "$usage" "$name" all local
done
absent='module hbkm is not loaded (modprobe hbkm)'
says 1 '' "Going standby [all].
hbctl: hb_standby: $absent" hb_standby
says 1 '' "Going standby [foreign].
hbctl: hb_standby: $absent" hb_standby failback
says 1 '' "hbctl: hb_takeover: $absent" hb_takeover local
for name in hb_addnode hb_delnode; do
	says 1 "usage: $name <node> <node> ..." '' "$name"
	says 1 "usage: $name <node> <node> ..." '' "$name" --help
	says 1 '' "hbctl: $name: $absent" "$name" dave
	says 1 '' "hbctl: $name: a node is named twice" "$name" dave Dave
done

# As verbs of hbctl they are the same.
ln -s "$PWD/build/hbctl" "$bin/hbctl"
says 1 '' "$signon" hbctl cl_status rscstatus -m
says 11 '' 'ERROR: foo: invalid sub-command.' hbctl cl_status foo
says 1 'usage: hb_addnode <node> <node> ...' '' hbctl hb_addnode
exit "$failed"
