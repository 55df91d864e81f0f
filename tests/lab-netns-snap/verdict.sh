# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What a script says about what it saw; the same in a guest (lib.sh) and on the host (pair-lib.sh), which source this.
#
# Each verdict is one line, `ok - TEXT` or `not ok - TEXT: why`. The exit status is 1 when there was a `not ok`, or when the
# script ended before lab_done.

lab_ok=0
lab_failed=0
lab_is_done=''

ok() {
	lab_ok=$((lab_ok + 1))
	printf 'ok - %s\n' "$*"
}

# fail TEXT: the text says why.
fail() {
	lab_failed=$((lab_failed + 1))
	printf 'not ok - %s\n' "$*"
}

# check TEXT COMMAND…: ok when the command succeeds; what it prints is shown when it fails.
check() {
	local text=$1 said status
	shift
	if said=$("$@" 2>&1); then
		ok "$text"
	else
		status=$?
		fail "$text: $* gave $status${said:+: ${said//$'\n'/ | }}"
	fi
}

# refuse TEXT COMMAND…: ok when the command fails.
refuse() {
	local text=$1 said
	shift
	if said=$("$@" 2>&1); then
		fail "$text: $* succeeded${said:+: ${said//$'\n'/ | }}"
	else
		ok "$text"
	fi
}

check_eq() {
	if [[ $2 == "$3" ]]; then
		ok "$1"
	else
		fail "$1: wanted '$2', got '$3'"
	fi
}

# check_match TEXT REGEX GOT
check_match() {
	if [[ $3 =~ $2 ]]; then
		ok "$1"
	else
		fail "$1: '$3' does not match '$2'"
	fi
}

# check_le TEXT VALUE LIMIT, check_ge TEXT VALUE LIMIT: whole numbers.
check_le() {
	if [[ $2 =~ ^-?[0-9]+$ ]] && (($2 <= $3)); then
		ok "$1 ($2, at most $3)"
	else
		fail "$1: '$2' is not a number up to $3"
	fi
}

check_ge() {
	if [[ $2 =~ ^-?[0-9]+$ ]] && (($2 >= $3)); then
		ok "$1 ($2, at least $3)"
	else
		fail "$1: '$2' is not a number from $3 on"
	fi
}

# measure NAME VALUE UNIT: prints it, and keeps it in $LAB_OUT/measures.
measure() {
	printf '# %s: %s %s\n' "$1" "$2" "$3"
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$LAB_OUT/measures"
}

# lab_done: the script came to its end.
lab_done() {
	lab_is_done=yes
	exit
}

# The exit status of a script that ended with this status, and the last line. For the EXIT trap.
lab_conclude() {
	local status=$1
	if [[ -z $lab_is_done ]]; then
		fail "${LAB_NAME}: ended before lab_done, with status $status"
	fi
	printf '# %s: %d ok, %d not ok\n' "$LAB_NAME" "$lab_ok" "$lab_failed"
	((lab_failed == 0)) && exit "$status"
	exit 1
}
