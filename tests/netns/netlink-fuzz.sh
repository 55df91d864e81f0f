#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Random input by netlink (nlfuzz.c) and by sysfs (sysfuzz.c), while a pair beats beside it: as root in a namespace of its own,
# as root of a user namespace, as an unprivileged user, and as root on a member of the pair. Nothing comes back but errors and
# well-formed answers, nobody unprivileged changes anything or reads a key, the pair does not notice, and what the kernel says
# of it (the lab looks at that) is nothing. SEEDS and COUNT, from the environment, make it longer.
# lab: files common.sh ../../build/tests/nlfuzz ../../build/tests/sysfuzz
# lab: needs unshare setpriv
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
nlfuzz=/build/tests/nlfuzz sysfuzz=/build/tests/sysfuzz
# Until netlink has by chance made a cluster.
cluster="n=0; until test -e /sys/class/hbkm/hb0; do n=\$((n + 1)); $nlfuzz \$n 50; done >/dev/null"
seeds=${SEEDS-"1 2 3"} count=${COUNT-2500}

# fuzz TEXT NODE COMMAND…: sets SAID.
fuzz() {
	local text=$1
	shift
	if SAID=$(on "$@" 2>&1); then
		ok "$text: $SAID"
	else
		fail "$text: $SAID"
	fi
}

keepalive=5ms deadtime=30ms auto_failback=off
pair_of_nodes
configure
start_members
watch cookbook cookbook2
address_log cookbook
# So that only the pair's own death, and no wish, could move anything.
seen=$(wc -l <"$LAB_OUT/cookbook.addresses")

told=''
for seed in $seeds; do
	fuzz "root beside the pair, seed $seed" client "$nlfuzz" "$seed" "$count"
	told+=" $SAID"
	# What is left may be stopped, half configured, or gone.
	on client "$nlfuzz" "$((seed + 1000))" 200 >/dev/null
	fuzz "nobody on a member, seed $seed" cookbook "${as_nobody[@]}" "$nlfuzz" "$seed" "$count" nobody
	fuzz "nobody in a user namespace on a member, seed $seed" cookbook "${as_nobody[@]}" \
		unshare -Ur "$nlfuzz" "$seed" $((count / 4)) nobody
	fuzz "root of a user and a network namespace, seed $seed" client "${as_nobody[@]}" \
		unshare -Urn "$nlfuzz" "$seed" $((count / 4))
done
# Else nothing of theirs was tried. Of the client alone: elsewhere they may be the pair's.
for what in guards 'warm groups' 'IPv6 links'; do
	check_match "there were $what beside the pair" " [1-9][0-9]* $what" "$told"
done
check "the pair did not notice" joined cookbook cookbook2
check_holders "nothing moved" cookbook
check_eq "nor did it for a moment" "$seen" "$(wc -l <"$LAB_OUT/cookbook.addresses")"
check_eq "nobody was dead" 0 "$(cat "$LAB_OUT"/cookbook{,2}.events | grep -c '"object":"node".*"state":"dead"')"

# ---- sysfs: on a cluster that is not the pair's, and, made by netlink, of whoever is root there
for seed in $seeds; do
	fuzz "sysfs, seed $seed" client sh -c "$cluster; $sysfuzz $seed $((count / 4))"
done
check "the pair did not notice" joined cookbook cookbook2
fuzz "sysfs of a user namespace's own root" client "${as_nobody[@]}" unshare -Urnm sh -c "
	mount -t sysfs none /sys || exit
	$cluster
	$sysfuzz 1 500"

# ---- as root on a member: anything may become of it, but not of the other
fuzz "root on a member" cookbook2 "$nlfuzz" 9 "$count"
fuzz "sysfs on the other" cookbook2 sh -c "$cluster; $sysfuzz 9 200"
agent_stop cookbook2
agent cookbook2
wait_until 30000 joined cookbook cookbook2
check "with its agent restarted it is a member as before" joined cookbook cookbook2
lab_done
