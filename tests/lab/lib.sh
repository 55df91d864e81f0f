# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Guest side: what lab scripts source, by `. "$LAB_LIB"`. README.md lists the functions.
#
# A fork and exec costs a script about a millisecond of the guest's time, so functions that may run in the middle of a
# measurement set a variable instead of printing, and wait without starting a process.

set -u
# shellcheck source=verdict.sh
. "${LAB_LIB%/*}/verdict.sh"

# ---- time ------------------------------------------------------------------------------------------------------------

# Nothing sets the guest's clock, so CLOCK_MONOTONIC is the shell's own clock less a constant. Rounded up, so that no
# moment seems later than what happens after it: in user-mode Linux that may be in the same nanosecond.
read -r lab_mono lab_real < <(labtool mono)
lab_clock_offset=$(((lab_real - lab_mono + 999) / 1000))

# mono_us [VAR]: CLOCK_MONOTONIC in microseconds, into VAR or printed.
mono_us() {
	local lab_now=$((${EPOCHREALTIME/./} - lab_clock_offset))
	if [[ $# -gt 0 ]]; then
		printf -v "$1" '%d' "$lab_now"
	else
		printf '%d\n' "$lab_now"
	fi
}

# A pipe that never has anything to read: waiting for it in vain is a sleep without a process.
exec {lab_silence}<> <(:)

# sleep_us N: from now. For an exact moment use at_us.
sleep_us() {
	local lab_seconds
	printf -v lab_seconds '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000))
	read -r -t "$lab_seconds" -u "$lab_silence" || :
}

# sleep_until_us WHEN: until CLOCK_MONOTONIC is WHEN, to some microseconds. Takes a process: about 2 ms ahead at least.
sleep_until_us() {
	labtool sleep-until "${1}000"
}

# wait_until TIMEOUT_MS COMMAND…: runs the command every millisecond (LAB_POLL_US), and more seldom the longer it has waited, until
# it succeeds. If not in time, that is a failure of the script, which goes on. In user-mode Linux processes take no time of the
# guest, but a lot of the host's: there it begins with ten milliseconds.
wait_until() {
	local lab_timeout=$1 lab_begin lab_waited lab_nap=${LAB_POLL_US:-1000}
	shift
	mono_us lab_begin
	until "$@" >/dev/null 2>&1; do
		mono_us lab_waited
		lab_waited=$((lab_waited - lab_begin))
		if ((lab_waited > lab_timeout * 1000)); then
			fail "waited $lab_timeout ms in vain for: $*"
			return 1
		fi
		if [[ $LAB_KERNEL == uml* ]]; then
			lab_nap=$((lab_waited < 80000 ? 10000 : lab_waited / 8))
		elif ((lab_nap < lab_waited / 16)); then
			lab_nap=$((lab_waited / 16))
		fi
		sleep_us "$lab_nap"
	done
}

# ---- wires and nodes -------------------------------------------------------------------------------------------------

# By node: the pid that holds its namespaces, its interfaces, and a number for its hardware addresses, which it keeps when
# it dies and returns. The name of a wire's port is NODE.IF. By "NODE WHAT": the pid of what runs there in the background.
declare -A lab_holder=() lab_interfaces=() lab_number=() lab_pid=()

# wire NAME…: a bridge in the root namespace, which the nodes' interfaces are plugged into. It only forwards.
wire() {
	local name
	for name; do
		ip link add "$name" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
		ip link set "$name" up
	done
}

# node NAME IF=[ADDR/LEN[,ADDR/LEN…]]@WIRE…: a machine named NAME. A wire that is not there yet is made. IPv6 is off but
# for nodes with an IPv6 address.
node() {
	local name=$1 spec dev addresses address bridge port index=0
	shift
	[[ -z ${lab_holder[$name]-} ]] || { fail "there is a node $name already" && return 1; }
	lab_number[$name]=${lab_number[$name]-$((${#lab_number[@]} + 1))}
	lab_holder[$name]=$(labtool node "$name") || return 1
	lab_interfaces[$name]=''
	# So that `ip -n NAME` and `hbctl -n NAME` know it by name from outside.
	ip netns attach "$name" "${lab_holder[$name]}"
	[[ $* != *:* ]] || on "$name" sysctl -q net.ipv6.conf.{all,default}.{disable_ipv6,accept_dad}=0
	ip -n "$name" link set lo up
	for spec; do
		dev=${spec%%=*} addresses=${spec#*=} bridge=${spec##*@}
		addresses=${addresses%@*} port=$name.$dev
		((${#port} < 16)) || { fail "the name $port is too long for an interface" && return 1; }
		[[ -d /sys/class/net/$bridge ]] || wire "$bridge"
		ip link add "$port" type veth peer name "$dev" netns "$name" \
			address "$(printf '02:00:00:00:%02x:%02x' "${lab_number[$name]}" "$index")"
		ip link set "$port" master "$bridge" up
		ip -n "$name" link set "$dev" up
		for address in ${addresses//,/ }; do
			ip -n "$name" address add "$address" dev "$dev"
		done
		lab_interfaces[$name]+=" $dev"
		index=$((index + 1))
	done
}

# on NODE COMMAND…: runs it there.
on() {
	labtool on "${lab_holder[$1]}" "${@:2}"
}

# lab_start NODE WHAT COMMAND…: starts it in the background, its output to $LAB_OUT/NODE.WHAT, after what is there already.
lab_start() {
	labtool on "${lab_holder[$1]}" "${@:3}" >>"$LAB_OUT/$1.$2" 2>&1 </dev/null &
	lab_pid[$1 $2]=$!
}

# on_bg NODE VAR COMMAND…: starts it there; VAR is the pid of the command itself. Its output goes to $LAB_OUT/NODE.VAR.
on_bg() {
	lab_start "$@"
	printf -v "$2" '%d' "${lab_pid[$1 $2]}"
}

# bg_end PID [SIGNAL]: ends what on_bg started, and gives its exit status.
bg_end() {
	kill "-${2-TERM}" "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# node_del NODE: without a word to anyone: its processes are killed, then its namespaces go, with all that is in them.
node_del() {
	local dev job
	# The shell would report each background command as killed.
	{
		labtool kill-node "${lab_holder[$1]}" 2>&"$lab_stderr"
		for job in "${!lab_pid[@]}"; do
			[[ $job != "$1 "* ]] || wait "${lab_pid[$job]}"
		done
	} {lab_stderr}>&2 2>/dev/null
	exec {lab_stderr}>&-
	ip netns del "$1"
	# The kernel takes namespaces down behind our back; it is done when the other ends of the cables are gone.
	for dev in ${lab_interfaces[$1]}; do
		wait_until 20000 lab_absent "/sys/class/net/$1.$dev"
	done
	unset "lab_holder[$1]" "lab_interfaces[$1]"
}

lab_absent() {
	[[ ! -e $1 ]]
}

# power_off NODE: its cables die, all at one instant, then the rest of it goes. Sets CUT_US.
power_off() {
	cut "$1"
	node_del "$1"
}

# ---- cables ----------------------------------------------------------------------------------------------------------

# lab_ports NODE [IF]: sets the array lab_found to the ports of that interface, or of all.
lab_ports() {
	local dev
	lab_found=()
	for dev in ${2-${lab_interfaces[$1]}}; do
		lab_found+=("$1.$dev")
	done
}

# cut NODE [IF], heal NODE [IF]: silent death of its cable and its revival: both directions, at one instant, without a
# change of carrier. cut_at WHEN_US …, heal_at WHEN_US …: at that moment, at least 3 ms ahead. They set CUT_US and HEAL_US
# to when it was, in CLOCK_MONOTONIC.
cut() { cut_at 0 "$@"; }
heal() { heal_at 0 "$@"; }

cut_at() {
	lab_ports "${@:2}"
	CUT_US=$(labtool port disabled "$(($1 * 1000))" "${lab_found[@]}")
}

heal_at() {
	lab_ports "${@:2}"
	HEAL_US=$(labtool port forwarding "$(($1 * 1000))" "${lab_found[@]}")
}

# cut_in NODE [IF]: nothing reaches it any more; cut_out NODE [IF]: nothing leaves it. uncut NODE [IF] undoes both.
cut_in() { lab_drop egress "$@"; }
cut_out() { lab_drop ingress "$@"; }

lab_drop() {
	local port
	lab_ports "${@:2}"
	for port in "${lab_found[@]}"; do
		tc qdisc show dev "$port" | grep -q clsact || tc qdisc add dev "$port" clsact
		tc filter add dev "$port" "$1" matchall action drop
	done
}

uncut() {
	local port
	lab_ports "$@"
	for port in "${lab_found[@]}"; do
		tc qdisc del dev "$port" clsact
	done
}

# carrier_off NODE [IF], carrier_on NODE [IF]: the plug is pulled out, and put in; the node sees that.
carrier_off() { lab_carrier down "$@"; }
carrier_on() { lab_carrier up "$@"; }

lab_carrier() {
	local port
	lab_ports "${@:2}"
	for port in "${lab_found[@]}"; do
		ip link set "$port" "$1"
	done
}

# ---- configuration ---------------------------------------------------------------------------------------------------

# recipe NODE: the recipe's three files, to the letter.
recipe() {
	on "$1" cp --preserve=mode "${LAB_LIB%/*}"/recipe/{ha.cf,haresources,authkeys} /etc/ha.d/
	on "$1" chmod 600 /etc/ha.d/authkeys
}

# put NODE FILE [MODE]: standard input into that file of the node.
put() {
	on "$1" sh -c 'cat >"$1" && chmod "$2" "$1"' put "$2" "${3-644}"
}

ha_cf() { put "$1" /etc/ha.d/ha.cf; }
haresources() { put "$1" /etc/ha.d/haresources; }
authkeys() { put "$1" /etc/ha.d/authkeys 600; }

# ---- the cluster's own programs --------------------------------------------------------------------------------------

declare -A lab_events=()

# agent NODE [OPTION…]: starts `hbctl run` there; its log is $LAB_OUT/NODE.log, which a later start goes on with.
agent() {
	lab_start "$1" log hbctl run "${@:2}"
}

# agent_pid NODE VAR
agent_pid() {
	printf -v "$2" '%d' "${lab_pid[$1 log]}"
}

# agent_stop NODE: SIGTERM, then waits; its exit status. agent_kill NODE: SIGKILL.
agent_stop() {
	bg_end "${lab_pid[$1 log]}" TERM
}

agent_kill() {
	bg_end "${lab_pid[$1 log]}" KILL
}

# events NODE: from now on what `hbctl monitor -j` says there is kept, in $LAB_OUT/NODE.events, for wait_event.
events() {
	local fd
	: >"$LAB_OUT/$1.events"
	lab_start "$1" events hbctl -j monitor
	exec {fd}<"$LAB_OUT/$1.events"
	lab_events[$1]=$fd
}

# wait_event NODE REGEX [TIMEOUT_MS]: reads on from the line that the last wait_event ended with, until one matches, and
# sets EVENT to it. Events in between are passed over.
wait_event() {
	local lab_line lab_part='' lab_end lab_time
	mono_us lab_end
	lab_end=$((lab_end + ${3-10000} * 1000))
	while :; do
		if read -r lab_line <&"${lab_events[$1]}"; then
			lab_line=$lab_part$lab_line lab_part=''
			if [[ $lab_line =~ $2 ]]; then
				EVENT=$lab_line
				return 0
			fi
			continue
		fi
		# The end of the file so far, perhaps within a line.
		lab_part+=$lab_line
		mono_us lab_time
		if ((lab_time > lab_end)); then
			fail "waited ${3-10000} ms in vain for an event of $1 like $2"
			return 1
		fi
		sleep_us 500
	done
}

# wait_address NODE ADDR [TIMEOUT_MS], wait_no_address …: until it has the address (or has not). ADDRESS_US is when that
# happened, or the time of the call where it was so already.
wait_address() { lab_wait_address -a "$@"; }
wait_no_address() { lab_wait_address -d "$@"; }

lab_wait_address() {
	ADDRESS_US=$(on "$2" labtool addresses "$1" "$3" -t "${4-10000}") && return
	fail "waited ${4-10000} ms in vain for $2 to $([[ $1 == -a ]] && echo have || echo lose) $3"
	return 1
}

# has_address NODE ADDR
has_address() {
	on "$1" labtool addresses -a "$2" -t 0 >/dev/null
}

# address_log NODE: keeps its addresses in $LAB_OUT/NODE.addresses: NS has ADDR/LEN DEV for each that it has, and then
# NS add|del ADDR/LEN DEV as they come and go.
address_log() {
	lab_start "$1" addresses labtool addresses
	wait_until 1000 test -s "$LAB_OUT/$1.addresses"
}

# address_us NODE ADDR SINCE_US: when it got the address, first after SINCE_US, by its address_log; in CLOCK_MONOTONIC. Unlike
# wait_address it tells of what happened before the question. Prints nothing where it did not.
address_us() {
	awk -v address="$2" -v since="$3" '$2 == "add" && index($3, address "/") == 1 && $1 >= since * 1000 {
		printf "%d\n", $1 / 1000; exit }' "$LAB_OUT/$1.addresses"
}

# capture NODE IF FILE [FILTER…]: what passes that interface goes to $LAB_OUT/FILE at once, not by the full buffer. labtool
# payloads and labtool replay read it. capture_stop NODE ends it.
capture() {
	lab_start "$1" capture tcpdump --immediate-mode -U --time-stamp-precision=nano -i "$2" -w "$LAB_OUT/$3" "${@:4}"
	wait_until 2000 test -s "$LAB_OUT/$3"
}

capture_stop() {
	bg_end "${lab_pid[$1 capture]}" INT
}

# counter NODE NAME: the value of a drop counter.
counter() {
	on "$1" hbctl -j show stats | jq -r --arg name "$2" '[.. | objects | select(has($name)) | .[$name] | numbers] | add // 0'
}

# ---- the client ------------------------------------------------------------------------------------------------------

# client_start NODE ADDR INTERVAL_US: asks ADDR for an echo at that interval; the record is $LAB_OUT/NODE.client.
client_start() {
	lab_start "$1" client-log labtool client "$2" "$3" "$LAB_OUT/$1.client"
	wait_until 1000 test -s "$LAB_OUT/$1.client"
}

client_stop() {
	bg_end "${lab_pid[$1 client-log]}" TERM
}

# client_gaps NODE THRESHOLD_US [FROM_US TO_US]: the gaps between answers that last so long: from, to, length.
client_gaps() {
	labtool gaps "$LAB_OUT/$1.client" "${@:2}"
}

# client_outage_us NODE [FROM_US TO_US]: the longest gap between consecutive answers that touches that time.
client_outage_us() {
	labtool outage "$LAB_OUT/$1.client" "${@:2}"
}

# client_unanswered_us NODE FROM_US TO_US: the same, but what there was of a gap before FROM_US is not counted.
client_unanswered_us() {
	client_gaps "$1" 0 "$2" "$3" | awk -v from="$2" '{
		gap = $2 - ($1 > from ? $1 : from)
		if (gap > longest) longest = gap
	} END { printf "%d\n", longest }'
}

# ---- load ------------------------------------------------------------------------------------------------------------

# rt_unlimited: lets SCHED_FIFO processes have all of the processor, as a machine tuned for them would.
rt_unlimited() {
	echo -1 >/proc/sys/kernel/sched_rt_runtime_us
}

trap 'lab_conclude $?' EXIT
