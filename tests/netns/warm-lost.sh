#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Warm standby: what the kernel announces first, a request and an answer, is lost on its way to the client. The next ones
# come so soon that the client hardly notices.
# lab: not uml-debug its kernel cannot lose frames by their number
# lab: files common.sh
# lab: modules cls_flower act_gact
# shellcheck source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh

auto_failback=off
pair_of_nodes
configure
# Before anything depends on it: to attach it loses what is sent meanwhile, on PREEMPT_RT for 13 ms.
for name in cookbook cookbook2; do
	tc qdisc add dev "$name.eth0" clsact
done
start_warm cookbook cookbook2
wait_until 5000 both_ready
wait_until 5000 group_is cookbook 'state active'
client_start client "$vip" 100
holder=cookbook
for name in cookbook2 cookbook; do
	check "$name is to take over" group_is "$name" 'state standby'
	# Only the kernel announces.
	agent_pid "$name" pid
	kill -STOP "$pid"
	tc filter add dev "$name.eth0" ingress protocol arp flower arp_tip "$vip" action drop random determ pass 3
	sleep_us 100000
	now=$(mono_us)
	cut_at $((now + 5000)) "$holder"
	sleep_us 100000
	mono_us end
	lost=$(tc -s filter show dev "$name.eth0" ingress | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p')
	tc filter del dev "$name.eth0" ingress
	check_ge "its first frames are lost" "$lost" 2
	outage=$(client_outage_us client "$CUT_US" "$end")
	measure "client outage" "$outage" us
	limit "the next ones come at once, us" "$outage" 4500
	kill -CONT "$pid"
	heal "$holder"
	wait_until 2000 joined cookbook cookbook2
	wait_until 2000 group_is "$holder" 'state standby'
	wait_until 5000 both_ready
	holder=$name
done
client_stop client
lab_done
