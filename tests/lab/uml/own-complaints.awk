# SPDX-License-Identifier: GPL-2.0
# Host side: takes out of a dmesg what user-mode Linux complains of itself: it walks a process's memory map without the lock
# that PROVE_RCU wants to see in lib/maple_tree.c. Such a report is from its line of equal signs to the end of its stack. All
# else is passed on.

function pass(    i) {
	for (i = 0; i < lines && !own; i++)
		print line[i]
	lines = own = stack = 0
}

{ text = $0; sub(/^\[[ .0-9]+\] ?/, "", text) }

# A report ends where its stack does. What has no such end is none.
lines && stack && text !~ /^ / { pass() }
lines > 100 { own = 0; pass() }

lines || text ~ /^====+$/ {
	line[lines++] = $0
	own = own || text ~ /^lib\/maple_tree\.c:[0-9]+ suspicious rcu_dereference/
	stack = stack || text ~ /^Call Trace:/
	next
}

{ print }

END { pass() }
