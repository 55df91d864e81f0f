#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The README's page for a pair, pasted as it is, makes three files that hbctl has nothing against.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
page=$(sed -n '/^    mkdir -p \/etc\/ha.d$/,/\/authkeys)$/s/^    //p' README.md)
bash -ec "${page//\/etc\/ha.d/$dir}" || exit
failed=0
for name in alice bob; do
	said=$(build/hbctl check -d "$dir" --self "$name" 2>&1 >/dev/null) && ! grep -v ': note: ' <<<"$said" | grep . && continue
	echo "not ok - to $name: $said"
	failed=1
done
exit "$failed"
