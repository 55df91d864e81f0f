#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What README.md says of hbkm beside others is what was measured: its table is that of the chosen set in tests/bench/results,
# and the table and the pictures there are those of its result.json.
set -u
cd "$(dirname "$0")/../.." || exit 1
results=tests/bench/results
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

not_ok() {
	echo "not ok - $*"
	failed=1
}

cp $results/result.json "$dir/"
tests/bench/draw "$dir" || not_ok 'the set cannot be drawn'
diff -r $results "$dir" || not_ok "$results is not what tests/bench/draw makes of its result.json"
sed -n '/^<!-- bench: begin/,/^<!-- bench: end/{//!p}' README.md >"$dir/readme"
diff "$dir/readme" $results/table.md || not_ok "README.md's table is not that of the set: tests/bench/report -k"
for picture in "$results"/*.svg; do
	grep -q -F "($picture)" README.md || not_ok "README.md does not show $picture"
	if type -P rsvg-convert >/dev/null; then
		rsvg-convert "$picture" >/dev/null || not_ok "$picture is no picture"
	fi
done
exit "$failed"
