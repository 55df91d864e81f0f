#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What happens between the kernel's decision to acquire and the agent's word that it is done: the node dies, or its agent
# hangs, or is killed. An agent that is stopped by a signal makes that moment as long as wished. The other node must take over as
# from any dead one, or when the agent's time-out is over, and when the agent goes on nothing that it was asked to do then
# may be done any more: no stray address, and never two holders that hear each other.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

# log_addresses NODE: by a process that runs before all others, so that what the logs say is in its order.
log_addresses() {
	address_log "$1"
	chrt -f -p 90 "${lab_pid[$1 addresses]}"
}

# never_both SINCE_US: since then the address has never been on two nodes at the same time.
never_both() {
	sort -n "$LAB_OUT/cookbook.addresses" "$LAB_OUT/cookbook2.addresses" |
		awk -v since="$1" -v address="$vip/" 'index($3, address) != 1 { next } $2 == "del" { n--; next }
			++n > 1 && $1 >= since * 1000 { bad = 1; print } END { exit bad }'
}

# got NODE SINCE_US: it has got the address since then.
got() {
	[[ -n $(address_us "$1" "$vip" "$2") ]]
}

# acquiring: cookbook2 has the address, cookbook's agent is stopped, and cookbook's kernel has told it to acquire it. SINCE
# is when it was stopped, STOPPED the agent.
acquiring() {
	wait_until 5000 joined cookbook cookbook2
	if ! has_address cookbook2 "$vip"; then
		# Not by standby: what was moved by a wish has no preference any more.
		agent_stop cookbook
		wait_address cookbook2 "$vip"
		agent cookbook
		wait_until 30000 joined cookbook cookbook2
		agent_timeouts
	fi
	agent_pid cookbook STOPPED
	SINCE=$(mono_us)
	kill -STOP "$STOPPED"
	on cookbook2 hbctl standby
	wait_no_address cookbook2 "$vip"
	wait_until 1000 says cookbook 'state acquiring' groups cookbook
}

# one NODE: only this one has the address.
one() {
	holders
	[[ $HOLDERS == "$1" ]]
}

# rests TEXT NODE: this one has the address, and a while later as well; all have joined, and the other's kernel holds nothing.
rests() {
	local other
	[[ $2 == cookbook ]] && other=cookbook2 || other=cookbook
	wait_until 2000 one "$2"
	wait_until 5000 joined cookbook cookbook2
	sleep_us 300000
	check_holders "$1: $2 has it" "$2"
	check "$1: and is its holder for $other" says "$other" "state standby holder $2" groups cookbook
}

# agent_timeouts: as $timeout says, on both. The agents go by it from their next word on.
agent_timeouts() {
	local name
	for name in cookbook cookbook2; do
		on "$name" hbctl set agent_timeout "$timeout"
	done
	sleep_us 2000000
}

timeout=2s
auto_failback=off
settings=('initdead 1')
pair_of_nodes
configure
start_members
watch cookbook cookbook2
log_addresses cookbook
log_addresses cookbook2

# ---- the node dies while it acquires
for order in 'heal first' 'agent first'; do
	text="dead, $order"
	acquiring
	check_holders "$text: nobody has it while cookbook acquires" ''
	now=$(mono_us)
	cut_at $((now + 5000)) cookbook
	wait_address cookbook2 "$vip" 1000
	took=$(($(address_us cookbook2 "$vip" "$CUT_US") - CUT_US))
	measure "$text: from the cut to the address" "$took" us
	limit "$text: the other has it within deadtime and a little, us" "$took" 3500
	check "$text: for the dead one's kernel it is still to be acquired" says cookbook 'state acquiring' groups cookbook
	if [[ $order == 'heal first' ]]; then
		heal cookbook
		wait_until 1000 says cookbook 'state releasing' groups cookbook
		check "$text: connected again, that gives it up" says cookbook 'state releasing' groups cookbook
		check_holders "$text: without the agent's doing" cookbook2
		kill -CONT "$STOPPED"
		rests "$text" cookbook2
		refuse "$text: the agent has done nothing that was overtaken" got cookbook "$SINCE"
		check "$text: the address was never on both" never_both "$SINCE"
	else
		# What it was asked to do holds as long as it is alone. That both have it then is what no two nodes can avoid.
		kill -CONT "$STOPPED"
		wait_address cookbook "$vip" 1000
		check "$text: cut off and going on, it has what it was asked for" says cookbook 'state active' groups cookbook
		heal cookbook
		rests "$text" cookbook2
	fi
done

# ---- and comes back as another life
acquiring
cut cookbook
wait_address cookbook2 "$vip" 1000
# Not before: to take a node apart holds up all of the kernel that is the other one's, too.
node_del cookbook
took=$(($(address_us cookbook2 "$vip" "$CUT_US") - CUT_US))
limit "powered off: the other has it within deadtime and a little, us" "$took" 3500
node cookbook eth0=10.0.2.15/24@br0
configure_one cookbook
rm "$LAB_OUT/cookbook.addresses"
log_addresses cookbook
agent cookbook
wait_until 30000 joined cookbook cookbook2
watch cookbook
rests "powered off and on" cookbook2
refuse "powered off and on: it never had it" got cookbook "$SINCE"

# ---- its agent hangs
timeout=200ms
agent_timeouts
for failback in off on; do
	text="hangs, failback $failback"
	acquiring
	deaths=$(grep -c '"object":"node".*"state":"dead"' "$LAB_OUT/cookbook2.events")
	wait_address cookbook2 "$vip" 2000
	took=$(($(address_us cookbook2 "$vip" "$SINCE") - SINCE))
	measure "$text: from the agent's stop to the address" "$took" us
	check_le "$text: the other has it after the time-out, us" "$took" 215000
	check_ge "$text: and not before, us" "$took" 130000
	check "$text: it is not a death" says cookbook2 'state up settled' nodes cookbook
	check_eq "$text: nor was it" "$deaths" "$(grep -c '"object":"node".*"state":"dead"' "$LAB_OUT/cookbook2.events")"
	check "$text: the kernel says that there is no agent" says cookbook 'state running holding' cluster
	sleep_us 500000
	check_holders "$text: there it stays" cookbook2
	if [[ $failback == on ]]; then
		for name in cookbook cookbook2; do
			on "$name" hbctl set auto_failback on
		done
	fi
	now=$(mono_us)
	kill -CONT "$STOPPED"
	if [[ $failback == on ]]; then
		rests "$text" cookbook
		check "$text: it has it by a new decision" log_has cookbook2 'Releasing resource group: cookbook'
	else
		rests "$text" cookbook2
		refuse "$text: the agent has done nothing that was overtaken" got cookbook "$SINCE"
	fi
	check "$text: the address was never on both" never_both "$SINCE"
done

# ---- and the other's as well
for name in cookbook cookbook2; do
	on "$name" hbctl set auto_failback off
done
acquiring
other=''
agent_pid cookbook2 other
kill -STOP "$other"
wait_until 1000 says cookbook2 'state running holding' cluster
sleep_us 300000
check_holders "both agents hang: nobody has it" ''
kill -CONT "$other"
wait_address cookbook2 "$vip" 1000
kill -CONT "$STOPPED"
rests "both agents go on" cookbook2
check "both agents go on: the address was never on both" never_both "$SINCE"

# ---- it hangs while holding
on cookbook hbctl takeover -w 5s
rests "cookbook takes it" cookbook
agent_pid cookbook STOPPED
kill -STOP "$STOPPED"
wait_address cookbook2 "$vip" 2000
wait_until 100 says cookbook 'holder cookbook2' groups cookbook && ok "hangs, holding: for both kernels it is cookbook2's"
check_holders "hangs, holding: what it had, nobody takes away" 'cookbook cookbook2'
kill -CONT "$STOPPED"
wait_no_address cookbook "$vip" 1000
rests "hangs, holding, and goes on" cookbook2

# ---- it is killed, and another one started in time
timeout=5s
agent_timeouts
acquiring
agent_kill cookbook
check_holders "killed: nobody has it" ''
agent cookbook
wait_address cookbook "$vip" 2000
rests "killed: the new agent does what the old one was asked for" cookbook
check "killed: the address was never on both" never_both "$SINCE"
refuse "killed: nor did cookbook2 get it" got cookbook2 "$SINCE"
lab_done
