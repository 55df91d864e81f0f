#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Breaks the module in many ways, each in a copy, and demands that the simulator
# notices: which invariant did, and after how many schedules.
#
#	tests/sim/mutate.sh		all of tests/sim/mutations
#	tests/sim/mutate.sh NAME...	only these
#
# COUNT=n: schedules after which a fault counts as unnoticed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
out=build/sim/mutants
count=${COUNT:-400000}
names=("$@")
if [[ ${#names[@]} == 0 ]]; then
	for patch in tests/sim/mutations/*.patch; do
		names+=("$(basename "$patch" .patch)")
	done
fi

try() {		# NAME
	local dir=$out/$1 patch=tests/sim/mutations/$1.patch said status
	rm -rf "$dir"
	mkdir -p "$dir"
	cp -r kmod include "$dir"
	if ! patch -s -p1 -d "$dir" --no-backup-if-mismatch <"$patch" >"$dir/log" 2>&1; then
		printf 'not ok - %-26s the patch does not apply: see %s\n' "$1" "$dir/log"
		return 1
	fi
	if ! make -s -f tests/sim/sim.mk SIM_KMOD="$dir/kmod" SIM_INCLUDE="$dir/include" \
			SIM_OUT="$dir" "$dir/sim" >"$dir/log" 2>&1; then
		printf 'not ok - %-26s it does not build: see %s\n' "$1" "$dir/log"
		return 1
	fi
	"$dir/sim" --scenarios >"$dir/log" 2>/dev/null
	if [[ $? == 1 ]] && grep -q '^not ok' "$dir/log"; then
		printf 'ok - %-26s %-26s %s\n' "$1" "$(grep -c '^not ok' "$dir/log") of the scenarios" "$(sed -n 1p "$patch")"
		rm -rf "$dir"
		return
	fi
	"$dir/sim" --count "$count" >"$dir/log" 2>/dev/null
	status=$?
	said=$(sed -n '1s/^seed \([0-9]*\): at [0-9.]* ms, \([a-z-]*\): .*/\2 (seed \1)/p' "$dir/log")
	if [[ $status != 1 || -z $said ]]; then
		printf 'not ok - %-26s not noticed in %s schedules: %s\n' "$1" "$count" "$(sed -n 1p "$patch")"
		return 1
	fi
	printf 'ok - %-26s %-26s %s\n' "$1" "$said" "$(sed -n 1p "$patch")"
	rm -rf "$dir"
}

mkdir -p "$out"
export SIM_CFLAGS=${SIM_CFLAGS:--O1}
jobs=$(nproc) running=0 failed=0
for name in "${names[@]}"; do
	if ((running >= jobs)); then
		wait -n || failed=$((failed + 1))
		running=$((running - 1))
	fi
	try "$name" &
	running=$((running + 1))
done
while ((running > 0)); do
	wait -n || failed=$((failed + 1))
	running=$((running - 1))
done
echo "${#names[@]} mutations, $failed not noticed"
[[ $failed == 0 && ${#names[@]} != 0 ]]
