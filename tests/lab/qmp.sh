# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: QEMU's own protocol, over the two pipes PATH.in and PATH.out that it was started with.

# qmp PATH COMMAND [ARGUMENTS]: sets REPLY to what QEMU answers, a line of JSON; false if that is an error, or no answer in 10 s.
# The first command must be qmp_capabilities.
qmp() {
	local in out end=$((SECONDS + 10))
	exec {in}<>"$1.in" {out}<>"$1.out"
	printf '{"execute":"%s","arguments":%s}\n' "$2" "${3-{\}}" >&"$in"
	REPLY='no answer'
	# Events come in between.
	while ((SECONDS < end)) && read -r -t 10 -u "$out" REPLY; do
		[[ $REPLY != *'"return"'* && $REPLY != *'"error"'* ]] || break
	done
	exec {in}>&- {out}>&-
	[[ $REPLY == *'"return"'* ]]
}
