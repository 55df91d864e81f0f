#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The manual pages: without a complaint of mandoc or man-db, found by their names, and complete: every verb, every counter,
# every file in sysfs, every directive that works, run's and check's options (which completion has, too).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
failed=0
complain() { failed=1 && echo "$*"; }

for page in tools/man/*; do
	# Whether other pages are installed is not our business.
	said=$(cd tools/man && mandoc -T lint -W style "${page##*/}" 2>&1 | grep -v 'outdated mandoc.db')
	said+=$(LC_ALL=C.UTF-8 man --warnings -l "$page" 2>&1 >/dev/null)
	name=$(basename "${page%.*}")
	lexgrog "$page" | grep -q -F "\"$name - " || said+="man-db does not find $name in it"
	[[ -z $said ]] || complain "$page: $said"
done

# has PAGE WORD WHAT
has() { grep -q -E "(^|[ .])$2( |\$)" "tools/man/$1" || complain "$1 lacks the $3 $2"; }

while read -r verb _; do
	has hbctl.8 "$verb" verb
done < <(build/hbctl --help | sed -n '/^Verbs:/,/^$/s/^  //p')
# What has a letter, too, goes by that in the manual. (run's --wait is not the one that has -w.)
for verb in run check; do
	while read -r option _; do
		grep -q -E "^\.It Cm $verb .*Fl ..$option( |\$)" tools/man/hbctl.8 || complain "hbctl.8: $verb lacks --$option"
		grep -q -E "^\s*$verb\) .*--$option " tools/completion/hbctl || complain "completion: $verb lacks --$option"
	done < <(build/hbctl "$verb" --help | sed -n 's/^      --//p')
done
for name in $(build/hbctl --help | sed -n '/own programs/{n;p}'); do
	has hbctl.8 "$name" program
done
for sub in $(build/hbctl cl_status | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	has hbctl.8 "$sub" sub-command
done
while read -r counter; do
	has hbkm.4 "$counter" counter
done < <(sed -n 's/.*\[HBKM_STAT_.*= "\(.*\)".*/\1/p' tools/hbctl/names.c)
while read -r file; do
	has hbkm.4 "$file" 'file of sysfs'
done < <(sed -n 's/^HBKM_TIME_ATTR(\(.*\));/\1_us/p; s/^static DEVICE_ATTR_R[OW](\([a-z_]*\));/\1/p' kmod/sysfs.c)
while read -r parameter; do
	has hbkm.4 "$parameter" 'module parameter'
done < <(modinfo -F parm hbkm.ko | cut -d : -f 1)
# nice_failback, udp, crm and pacemaker are there for old files' sake.
while read -r directive; do
	has hbkm-ha.cf.5 "$directive" directive
done < <({
	sed -n 's/^\t\(TIME\|LOGPATH\)(\(.*\)),/\2/p' tools/hbctl/config/hacf.c
	tr -s '\n\t ' ' ' <tools/hbctl/config/hacf.c | grep -o '{ \.name = "[a-z_]*",[^}]*\.apply = ' | cut -d '"' -f 2
} | grep -v -x -e nice_failback -e udp -e crm -e pacemaker)
while read -r method; do
	has hbkm-authkeys.5 "$method" method
done < <(sed -n 's/^\t{ "\(.*\)", HBKM_METHOD_.*/\1/p' tools/hbctl/config/authkeys.c)
exit "$failed"
