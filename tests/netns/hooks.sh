#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs in rc.d and notify.d are told what has happened: each change of a node's status and of a group's state once, in
# their order, with what Heartbeat gives them; and one that hangs keeps neither beats nor addresses from going on.
# lab: files common.sh
# lab: needs run-parts
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# hook NODE FILE SCRIPT
hook() {
	on "$1" mkdir -p "/etc/ha.d/${2%/*}"
	printf '#!/bin/sh\n%s\n' "$3" | on "$1" tee "/etc/ha.d/$2" >/dev/null
	on "$1" chmod 755 "/etc/ha.d/$2"
}

# told NODE LINE: has it been, since the last look?
told() {
	[[ -e $LAB_OUT/$1.told ]] && grep -qxF "$2" "$LAB_OUT/$1.told"
}

all_told() {
	tr '\n' ';' <"$LAB_OUT/$1.told"
}

forget() {
	local name
	for name in cookbook cookbook2; do
		: >"$LAB_OUT/$name.told"
	done
}

LAB_POLL_US=20000
keepalive=10ms
deadtime=50ms
pair_of_nodes
configure
# shellcheck disable=SC2016 # for the scripts themselves
for name in cookbook cookbook2; do
	hook "$name" rc.d/status "echo \"rc.d \$1 \$HA_t \$HA_src \$HA_st \$HA_CURHOST\" >>$LAB_OUT/$name.told"
	hook "$name" notify.d/10-first "echo \"first \$HA_t \$HA_src\$HA_group \$HA_st \$HA_holder\" >>$LAB_OUT/$name.told"
	hook "$name" notify.d/20-second 'exit 3'
	hook "$name" notify.d/30.ignored "echo ignored >>$LAB_OUT/$name.told"
done
forget
start_members
wait_until 5000 told cookbook 'first group cookbook active cookbook'
check "who takes a group is told so" told cookbook 'first group cookbook active cookbook'
wait_until 5000 told cookbook2 'first group cookbook standby cookbook'
check "and who does not, who has it" told cookbook2 'first group cookbook standby cookbook'
check_match "a node that comes into view is told of by its status, as Heartbeat does" \
	'rc\.d status status cookbook2 (up|active) cookbook;first status cookbook2 (up|active) ;' "$(all_told cookbook)"
check "a program that fails is logged" log_has cookbook 'Notification ended with'
refuse "files with other names are not run" grep -q ignored "$LAB_OUT/cookbook.told"
sleep_us 500000

# ---- a death, and a return
forget
cut cookbook
wait_until 5000 told cookbook2 'first group cookbook active cookbook2'
check_eq "a death: its status, then the group's state, each once" \
	'rc.d status status cookbook dead cookbook2;first status cookbook dead ;first group cookbook active cookbook2;' \
	"$(all_told cookbook2)"
heal cookbook
wait_address cookbook "$vip"
wait_until 5000 told cookbook2 'first group cookbook standby cookbook'
check_eq "its return" 1 "$(grep -c 'rc.d status status cookbook active cookbook2' "$LAB_OUT/cookbook2.told")"
sleep_us 500000

# ---- one that hangs
forget
late=$(grep -c 'Late heartbeat' "$LAB_OUT/cookbook.log")
hook cookbook2 notify.d/10-first "sleep 1000"
on cookbook hbctl standby
wait_address cookbook2 "$vip"
check "with a program that hangs the address goes on moving" has_address cookbook2 "$vip"
on cookbook hbctl takeover
wait_address cookbook "$vip"
check "and back" has_address cookbook "$vip"
check_eq "and no beat was late" "$late" "$(grep -c 'Late heartbeat' "$LAB_OUT/cookbook.log")"
sleep_us 55000000
wait_until 90000 log_has cookbook2 'Notification took longer than 60 s'
check "it is killed in the end" log_has cookbook2 'Notification took longer than 60 s'

# ---- none
on cookbook rm -r /etc/ha.d/rc.d /etc/ha.d/notify.d
on cookbook pkill -HUP -o -x hbctl
sleep_us 500000
forget
on cookbook hbctl standby
wait_address cookbook2 "$vip"
sleep_us 500000
check_eq "after a reload without them nobody is told" '' "$(all_told cookbook)"

# ---- the end
hook cookbook notify.d/last "sleep 0.3; echo \"last \$HA_t \$HA_group \$HA_st\" >>$LAB_OUT/cookbook.told"
on cookbook pkill -HUP -o -x hbctl
sleep_us 500000
on cookbook hbctl takeover
wait_address cookbook "$vip"
agent_stop cookbook
wait_until 5000 grep -q 'last group cookbook standby' "$LAB_OUT/cookbook.told"
check "what happens at the agent's end is told, too" grep -q 'last group cookbook standby' "$LAB_OUT/cookbook.told"
lab_done
