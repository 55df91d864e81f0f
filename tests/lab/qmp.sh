# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: QEMU's own protocol, over the two pipes PATH.in and PATH.out that it was started with.

# qmp PATH PID COMMAND [ARGUMENTS]: sets REPLY to what QEMU, which is PID, answers: a line of JSON. False if that is an error, or
# QEMU ended, or did not answer in two minutes, on a host that may be busy. The first command must be qmp_capabilities.
qmp() {
	local in out part line='' end=$((SECONDS + 120)) id=$EPOCHREALTIME
	exec {in}<>"$1.in" {out}<>"$1.out"
	printf '{"execute":"%s","arguments":%s,"id":"%s"}\n' "$3" "${4-{\}}" "$id" >&"$in"
	REPLY='no answer'
	# Events come in between, and perhaps what was too late for an earlier command.
	while ((SECONDS < end)); do
		if read -r -t 1 -u "$out" part; then
			line+=$part
			[[ $line != *"\"$id\""* ]] || { REPLY=$line && break; }
			line=''
		else
			line+=$part
			kill -0 "$2" 2>/dev/null || { REPLY='it has ended' && break; }
		fi
	done
	exec {in}>&- {out}>&-
	[[ $REPLY == *'"return"'* ]]
}
