#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The recipe, from its files to the letter: who holds what is said in its exact sentences, an orderly stop hands the address
# over, a return brings it back, and `auto_failback off` leaves it. In each state netlink, its JSON, sysfs and the sentences
# tell the same story, for people and programs read different ones of them.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

all='This node is holding all resources.'
none='This node is holding none resources.'
wanted=()

# tells WHEN NODE SENTENCE HOLDING STATE HOLDER: the same from every source. The JSON is kept, and read at the end.
tells() {
	local when="$1, $2" name=$2 said
	check_eq "$when: hbctl rscstatus -m" "$3" "$(on "$name" hbctl rscstatus -m)"
	check_eq "$when: cl_status rscstatus -m" "$3" "$(on "$name" cl_status rscstatus -m)"
	check_eq "$when: sysfs state" running "$(on "$name" cat /sys/class/hbkm/hb0/state)"
	check_eq "$when: sysfs holding" "$4" "$(on "$name" cat /sys/class/hbkm/hb0/holding)"
	on "$name" hbctl -j status >>"$LAB_OUT/json"
	wanted+=("$when: hbctl -j status|$name running $4 1 cookbook $5 $6")
	said=$(on "$name" hbctl status)
	check_match "$when: hbctl status, the cluster" "cluster linux-ha: running on $name"$'\n' "$said"
	if [[ $6 == "$name" ]]; then
		check_match "$when: hbctl status, the group" "cookbook +$5 +held by this node, term" "$said"
	else
		check_match "$when: hbctl status, the group" "cookbook +$5 +held by $6, term" "$said"
	fi
}

start_both() {
	agent cookbook
	agent cookbook2
	wait_address cookbook "$vip" 30000
	wait_until 10000 joined cookbook cookbook2
}

pair_of_nodes
recipe cookbook
recipe cookbook2
check "the recipe's files pass hbctl check" on cookbook hbctl check

# ---- before anything runs
for name in cookbook cookbook2; do
	on "$name" cl_status rscstatus -m >"$LAB_OUT/said" 2>/dev/null
	check_eq "before $name starts, cl_status fails" 1 $?
	check_eq "and prints no sentence" "" "$(<"$LAB_OUT/said")"
done

# ---- both up
start_both
tells "both up" cookbook "$all" 1 active cookbook
tells "both up" cookbook2 "$none" 0 standby cookbook
check_holders "the address is on cookbook only" cookbook
check_match "as the recipe's alias" ' inet 10.0.2.100/24 brd 10.0.2.255 scope global secondary (proto 0x[0-9a-f]+ )?eth0:1' \
	"$(ip -n cookbook address show dev eth0)"
check_eq "the recipe's keepalive" 1000000 "$(on cookbook cat /sys/class/hbkm/hb0/keepalive_us)"
check_eq "the recipe's deadtime" 10000000 "$(on cookbook cat /sys/class/hbkm/hb0/deadtime_us)"
check_eq "the recipe's warntime" 5000000 "$(on cookbook cat /sys/class/hbkm/hb0/warntime_us)"
check_eq "Heartbeat's initdead for it" 20000000 "$(on cookbook cat /sys/class/hbkm/hb0/initdead_us)"
check_eq "the recipe's auto_failback" on "$(on cookbook cat /sys/class/hbkm/hb0/auto_failback)"

# ---- cookbook stops in order
client_start client "$vip" 100
sleep_us 10000
before=$(mono_us)
agent_stop cookbook
check_eq "the agent ends well" 0 $?
wait_address cookbook2 "$vip"
sleep_us 20000
after=$(mono_us)
client_stop client
outage=$(client_outage_us client "$before" "$after")
measure "client outage of an orderly stop" "$outage" us
limit "an orderly stop costs the client little, us" "$outage" 2000
tells "cookbook stopped" cookbook2 "$all" 1 active cookbook2
check_holders "the address is on cookbook2 only" cookbook2
on cookbook hbctl status >/dev/null 2>&1
check_eq "cookbook runs no cluster: hbctl status" 3 $?
on cookbook cl_status rscstatus -m >/dev/null 2>&1
check_eq "cookbook runs no cluster: cl_status" 1 $?
check "nor has it a device" on cookbook sh -c '[ ! -e /sys/class/hbkm/hb0 ]'
check "cookbook2 knows why" says cookbook2 'state left reason stop' nodes cookbook

# ---- cookbook returns
client_start client "$vip" 300
before=$(mono_us)
agent cookbook
wait_address cookbook "$vip" 30000
wait_no_address cookbook2 "$vip"
sleep_us 20000
after=$(mono_us)
client_stop client
outage=$(client_outage_us client "$before" "$after")
measure "client outage of the failback" "$outage" us
limit "the failback costs the client little, us" "$outage" 2000
wait_until 10000 joined cookbook cookbook2
tells "cookbook back" cookbook "$all" 1 active cookbook
tells "cookbook back" cookbook2 "$none" 0 standby cookbook
check_holders "the address is on cookbook only, again" cookbook

# ---- auto_failback off
agent_stop cookbook2
agent_stop cookbook
for name in cookbook cookbook2; do
	on "$name" sed -i 's/^auto_failback on$/auto_failback off/' /etc/ha.d/ha.cf
done
start_both
check_eq "auto_failback off" off "$(on cookbook2 cat /sys/class/hbkm/hb0/auto_failback)"
agent_stop cookbook
wait_address cookbook2 "$vip"
address_log cookbook2
agent cookbook
wait_until 30000 joined cookbook cookbook2
# Much longer than a failback would take.
sleep_us 5000000
tells "off, cookbook back" cookbook2 "$all" 1 active cookbook2
tells "off, cookbook back" cookbook "$none" 0 standby cookbook2
check_holders "the address stays with cookbook2" cookbook2
refuse "and never left it" grep -q ' del 10.0.2.100/' "$LAB_OUT/cookbook2.addresses"
agent_stop cookbook2
wait_address cookbook "$vip"
check_holders "until cookbook2 stops" cookbook

# ---- what the JSON said
mapfile -t said < <(jq -r '[.cluster.node, .cluster.state, .cluster.holding, (.groups | length), .groups[0].name,
	.groups[0].state, .groups[0].holder] | map(tostring) | join(" ")' "$LAB_OUT/json")
for i in "${!wanted[@]}"; do
	check_eq "${wanted[i]%|*}" "${wanted[i]#*|}" "${said[i]-}"
done
lab_done
