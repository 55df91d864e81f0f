#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The unit tests of the pure cores once more, in the kernel: compiled as the module is, and under the sanitizers.
# lab: own-modules hbkm_kunit
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"

check "the tests are loaded" modprobe hbkm_kunit
for suite in detector election frame; do
	results=/sys/kernel/debug/kunit/$suite/results
	n=0
	while read -r verdict _ name; do
		case $verdict in
		ok) ok "$suite: ${name#- }" && n=$((n + 1)) ;;
		not) fail "$suite: $name" ;;
		esac
	done < <(sed -n 's/^    //p' "$results")
	cat "$results" >>"$LAB_OUT/results"
	measure "$suite: tests" "$n" ''
	check "$suite: has tests" test "$n" -gt 0
done
check "and unloaded" rmmod hbkm_kunit
lab_done
