#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which instructions a beat takes: QEMU itself writes down each one that is executed, while the pair is idle.
#	tests/lab/run --monitor tests/bench/profile.sh CONTESTANT [MS]
# They are the result's file `trace`, the kernel's symbols $LAB_OUT/kallsyms; profile.awk counts.
# lab: files common.sh ../netns/common.sh ../load/trace.sh kinds contestants
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

ms=${2:-40}
exec {monitor}<>/dev/vport0p3

# qmp REQUEST: true when it has been done.
qmp() {
	local reply
	echo "$1" >&"$monitor"
	while read -r -t 10 -u "$monitor" reply; do
		[[ $reply != *'"return"'* ]] || return 0
	done
	fail "QEMU's monitor does not answer to $1"
	return 1
}

# monitor COMMAND: of the monitor for people.
monitor() {
	qmp '{"execute":"human-monitor-command","arguments":{"command-line":"'"$1"'"}}'
}

if ! qmp '{"execute":"qmp_capabilities"}' || ! wait_settled; then
	lab_done
fi
cat /proc/kallsyms >"$LAB_OUT/kallsyms"
echo 0 >"$trace/tracing_on"
# It is one or the other, by QEMU's version.
monitor 'singlestep on'
monitor 'one-insn-per-tb on'
monitor 'log exec,nochain'
sleep_us $((ms * 1000))
monitor 'log none'
lab_done
