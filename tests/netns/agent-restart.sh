#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The agent is a process, and processes end: killed, restarted by systemd, upgraded. The kernel goes on beating meanwhile, so
# a restart must not move the address, and the new agent must put right what happened while there was none: it adds what is
# missing, and removes what should not be there. Only when none comes back in time does the peer take over, in order.
# lab: files common.sh
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

stray=10.0.2.101

# back NODE: its agent has come back, and the kernel takes its word.
back() {
	says "$1" 'state running agent' cluster
}

keepalive=10ms
deadtime=30ms
resources+=('cookbook2 IPaddr::10.0.2.101/24/eth0:2')
pair_of_nodes
configure
start_members
wait_address cookbook2 "$stray"
wait_until 5000 joined cookbook cookbook2
watch cookbook2
address_log cookbook
address_log cookbook2
# The wire is softirq work of the one processor that all share: what ksoftirqd is left with must not wait for this script's.
chrt --fifo --pid 85 "$(pgrep -x ksoftirqd/0)"
client_start client "$vip" 1000
incarnation=$(value cookbook id cluster; on cookbook hbctl -s show cluster | grep -o 'incarnation [0-9a-f]*')
timeout=$(on cookbook hbctl -j show cluster | grep -o '"agent_timeout_us":[0-9]*')
timeout=${timeout#*:}

# ---- killed and restarted while holding
before=$(mono_us)
agent_kill cookbook
check "killed: the kernel still holds the group" says cookbook 'state active' groups cookbook
sleep_us 300000
check "for less than the time-out cookbook2 thinks nothing of it" says cookbook2 'state up agent' nodes cookbook
agent cookbook
wait_until 5000 back cookbook
sleep_us $((timeout + 500000))
after=$(mono_us)
check_holders "killed and restarted: the address is where it was" cookbook
refuse "and never left" grep -q " del $vip/" "$LAB_OUT/cookbook.addresses"
refuse "nor went to cookbook2" grep -q " add $vip/" "$LAB_OUT/cookbook2.addresses"
check_le "nor did the client notice, us" "$(client_outage_us client "$before" "$after")" 5000
check_eq "nor did the node begin a new life" "$incarnation" \
	"$(value cookbook id cluster; on cookbook hbctl -s show cluster | grep -o 'incarnation [0-9a-f]*')"
check "the log says that it took over the running cluster" log_has cookbook 'Taking over the running cluster'

# ---- what changed while there was none
agent_kill cookbook
ip -n cookbook address del "$vip/24" dev eth0
ip -n cookbook address add "$stray/24" dev eth0
sleep_us 100000
agent cookbook
wait_address cookbook "$vip" 2000
wait_no_address cookbook "$stray" 2000
wait_until 2000 back cookbook
check_holders "an address that was removed meanwhile is put back" cookbook
check_match "with its label" ' eth0:1' "$(ip -n cookbook address show to "$vip")"
check_holders "a stray one is removed at the start" cookbook2 "$stray"
check "the log says what was put back" log_has cookbook "$vip/24 on eth0 (eth0:1) was missing: put back"
check "and what should not have been there" log_has cookbook "Resource $stray/24 on eth0 is active, and should not be: removed"
check "nothing else was touched" has_address cookbook 10.0.2.15

# ---- removed under the agent's eyes
ip -n cookbook address del "$vip/24" dev eth0
wait_address cookbook "$vip" 2000
check "an address that is removed while the agent looks is put back" log_has cookbook 'was gone: put back'

# ---- a second agent
on cookbook hbctl run >"$LAB_OUT/second" 2>&1
check_eq "a second agent is refused" 2 $?
check_match "and says why" 'another agent' "$(<"$LAB_OUT/second")"
check_holders "and the first goes on" cookbook

# ---- killed, and nobody restarts it
before=$(mono_us)
agent_kill cookbook
wait_address cookbook2 "$vip" $((timeout / 1000 + 3000))
took=$((ADDRESS_US - before))
measure "from the agent's death to the takeover" "$took" us
check_ge "without an agent the peer takes over, but not before the time-out, us" "$took" $((timeout - timeout / 3 - 50000))
check_le "and soon after it, us" "$took" $((timeout + 200000))
wait_event cookbook2 '"object":"node".*"name":"cookbook","state":"up".*"agent":false'
ok "cookbook is alive for cookbook2, but without an agent"
refuse "it was not held for dead" grep -q '"name":"cookbook","state":"dead"' "$LAB_OUT/cookbook2.events"
check "cookbook's kernel says that it has none" says cookbook 'state running holding' cluster
# Its address has nobody to take it away: that is what the next agent does first.
agent cookbook
wait_until 5000 back cookbook
wait_no_address cookbook2 "$vip" 5000
wait_address cookbook "$vip" 5000
check_holders "a new agent gets it back in order" cookbook

# ---- hung for so long that another has taken its place; when it wakes, the address is that one's
agent_pid cookbook hung
kill -STOP "$hung"
wait_address cookbook2 "$vip" $((timeout / 1000 + 3000))
agent cookbook
wait_until 5000 back cookbook
wait_address cookbook "$vip" 5000
wait_no_address cookbook2 "$vip"
before=$(grep -c " del $vip/" "$LAB_OUT/cookbook.addresses")
started=$(mono_us)
kill -CONT "$hung"
wait "$hung"
check_eq "an agent whose place another took ends" 2 $?
check "and says so in the log" log_has cookbook "Another agent has taken this one's place"
sleep_us 500000
check_eq "it has not touched the address" "$before" "$(grep -c " del $vip/" "$LAB_OUT/cookbook.addresses")"
check_holders "which is where it was" cookbook
check_le "nor did the client notice, us" "$(client_outage_us client "$started" "$(mono_us)")" 5000
check "and the other goes on" joined cookbook cookbook2

# ---- in order
agent_stop cookbook
check_eq "SIGTERM: it ends well" 0 $?
wait_address cookbook2 "$vip"
check_holders "SIGTERM: cookbook2 has the address" cookbook2
check "and knows that cookbook left" says cookbook2 'state left reason stop' nodes cookbook
check "cookbook has left no address behind" has_address cookbook 10.0.2.15
refuse "of ours" on cookbook sh -c "ip -4 address | grep -q 'inet 10.0.2.10[01]/'"
client_stop client
lab_done
