# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the scripts here share; sourced after lib.sh. They play the recipe: cookbook and cookbook2 with one address between
# them, and a client on the same wire.
#
# jq takes the guest a fifth of a second to start, an age for a cluster that beats every millisecond. Where JSON itself is
# not what is tested, the scripts read what `hbctl show` says in words.

vip=10.0.2.100
# What configure writes. Scripts change these first.
members=(cookbook cookbook2)
keepalive=1ms
deadtime=3ms
auto_failback=on
media=('ucast eth0 10.0.2.15' 'ucast eth0 10.0.2.16')
settings=()
resources=('cookbook IPaddr::10.0.2.100/24/eth0:1')
keys=('auth 1' '1 sha1 topsecretpassword')

# The hardware addresses that the recipe's two nodes get from the lab.
declare -A mac=([cookbook]=02:00:00:00:01:00 [cookbook2]=02:00:00:00:02:00)

# pair_of_nodes: the recipe's two nodes and the client.
pair_of_nodes() {
	node cookbook eth0=10.0.2.15/24@br0
	node cookbook2 eth0=10.0.2.16/24@br0
	node client eth0=10.0.2.50/24@br0
}

# configure: the three files of all members. configure_one NODE: those of one.
configure() {
	local name
	for name in "${members[@]}"; do
		configure_one "$name"
	done
}

configure_one() {
	printf '%s\n' 'autojoin none' "${media[@]}" "keepalive $keepalive" "deadtime $deadtime" \
		"auto_failback $auto_failback" "${members[@]/#/node }" 'use_logd yes' "${settings[@]}" | ha_cf "$1"
	printf '%s\n' "${resources[@]}" | haresources "$1"
	printf '%s\n' "${keys[@]}" | authkeys "$1"
}

# says NODE WORDS OBJECT [NAME]: true if `hbctl show OBJECT [NAME]` there has these words, as they follow each other.
says() {
	local line
	line=" $(on "$1" hbctl show "${@:3}" 2>&1) "
	[[ $line == *" $2 "* ]]
}

# value NODE KEY OBJECT [NAME]: what follows this word in what `hbctl show` says there; nothing if it is not said.
value() {
	local line
	line=" $(on "$1" hbctl show "${@:3}" 2>&1) "
	[[ $line == *" $2 "* ]] || return
	line=${line#*" $2 "}
	printf '%s\n' "${line%% *}"
}

# deaths_told: how often anybody was held for dead, as the events kept so far tell.
deaths_told() {
	cat "$LAB_OUT"/*.events | grep -c '"object":"node".*"state":"dead"'
}

# other_of NODE: sets OTHER to the other one of the two members.
other_of() {
	[[ $1 == cookbook ]] && OTHER=cookbook2 || OTHER=cookbook
}

# joined NODE…: each of these has joined, and sees each other one so, with its agent.
joined() {
	local name other
	for name; do
		says "$name" 'state running agent' cluster || return
		for other; do
			[[ $other == "$name" ]] || says "$name" 'state up agent settled' nodes "$other" || return
		done
	done
}

# start_members: their agents, until all have joined and the preferred one has the address.
start_members() {
	local name
	for name in "${members[@]}"; do
		agent "$name"
	done
	wait_until 30000 joined "${members[@]}"
	wait_address "${members[0]}" "$vip"
}

# start_warm NODE…: their agents, in warm standby, until both members could take the group over without an agent.
start_warm() {
	local name
	for name; do
		agent "$name" --warm
	done
	wait_until 30000 joined cookbook cookbook2
	wait_until 2000 both_ready
}

both_ready() {
	group_is cookbook 'warm ready' && group_is cookbook2 'warm ready'
}

# group_is NODE WORDS: of the recipe's group.
group_is() {
	says "$1" "$2" groups cookbook
}

# holders [ADDR [NODE…]]: sets HOLDERS to the members that have the address.
holders() {
	local name
	HOLDERS=''
	for name in "${members[@]}"; do
		! has_address "$name" "${1-$vip}" || HOLDERS+="${HOLDERS:+ }$name"
	done
}

# check_holders TEXT NODES [ADDR]
check_holders() {
	holders "${3-$vip}"
	check_eq "$1" "$2" "$HOLDERS"
}

# watch NODE…: as events, and from this moment on: what comes after it is an event.
watch() {
	local name
	for name; do
		events "$name"
		wait_event "$name" '"event":"dumped"'
	done
}

# begin, and what has happened since: moves NODE: how often it got the address, by its address_log; told NODE OBJECT [STATE]:
# changes of such an object, of those whose events are kept.
begin() {
	mono_us BEGUN
}

moves() {
	awk -v address="$vip/" -v since="$BEGUN" '$2 == "add" && index($3, address) == 1 && $1 >= since * 1000 { n++ } END { print n + 0 }' \
		"$LAB_OUT/$1.addresses"
}

told() {
	awk -v since="$BEGUN" -v wanted="\"event\":\"change\",\"object\":\"$2\".*\"state\":\"${3-}" '
		$0 ~ wanted && match($0, /"monotonic_ns":[0-9]+/) && substr($0, RSTART + 15, RLENGTH - 15) + 0 >= since * 1000 { n++ }
		END { print n + 0 }' "$LAB_OUT/$1.events"
}

# answered FILE: whose answers to the client are in the capture, in order, each as often in a row as they came: MAC*COUNT…
answered() {
	tcpdump -n -e -r "$LAB_OUT/$1" "icmp[icmptype] == icmp-echoreply and src $vip" 2>/dev/null | awk '
		$2 != last { if (n) printf "%s*%d ", last, n; last = $2; n = 0 } { n++ } END { printf "%s*%d\n", last, n }'
}

# wait_new_event NODE REGEX SINCE_US [TIMEOUT_MS]: as wait_event, but the cause must not be older. Sets EVENT_US to its time.
wait_new_event() {
	EVENT_US=0
	while ((EVENT_US < $3)); do
		wait_event "$1" "$2" "${4-10000}" || return
		[[ ! $EVENT =~ \"monotonic_ns\":([0-9]+) ]] || EVENT_US=$((BASH_REMATCH[1] / 1000))
	done
}

# log_has NODE TEXT: its agent has said that.
log_has() {
	grep -q -F -e "$2" "$LAB_OUT/$1.log"
}

# said NODE TEXT: how often its log has that.
said() {
	grep -c -F -e "$2" "$LAB_OUT/$1.log"
}

said_more() {
	(($(said "$1" "$2") > $3))
}

# reload NODE…: one after the other, as it is done by hand.
reload() {
	local name pid before
	for name; do
		before=$(said "$name" 'Configuration reloaded.')
		agent_pid "$name" pid
		kill -HUP "$pid"
		wait_until 2000 said_more "$name" 'Configuration reloaded.' "$before"
	done
}

# ended NODE [MS]: sets STATUS to the exit status of its agent, which has ended or will in MS (5000).
ended() {
	local pid
	agent_pid "$1" pid
	wait_until "${2-5000}" gone "$pid"
	wait "$pid"
	STATUS=$?
}

gone() {
	local _ state
	[[ ! -e /proc/$1 ]] || { read -r _ _ state _ <"/proc/$1/stat" && [[ $state == Z ]]; }
}

# script NODE NAME: a resource script that keeps an account of what it is told in $LAB_OUT/NODE.account, and does what it is
# told in /run/NAME.do: fail START|STOP, hang, be slow. What runs is a file, /run/NAME.runs.
script() {
	on "$1" mkdir -p /etc/ha.d/resource.d
	: >>"$LAB_OUT/$1.account"
	put "$1" "/etc/ha.d/resource.d/$2" 755 <<-END
		#!/bin/sh
		name=$2\${2:+:\$1}
		for op; do :; done
		behaviour=
		[ ! -e /run/$2.do ] || behaviour=\$(cat /run/$2.do)
		echo "\$name \$op" >>$LAB_OUT/$1.account
		echo "$2 says \$op"
		case \$op:\$behaviour in
		*:hang-\$op) sleep 1000 ;;
		*:slow-\$op) sleep 2 ;;
		*:fail-\$op) echo "cannot \$op" >&2; exit 5 ;;
		esac
		case \$op in
		start) [ ! -e /run/$2.runs ] || echo "\$name twice" >>$LAB_OUT/$1.account
			ip -4 -o address show dev eth0 | grep -o '10.0.2.1[0-9][0-9]/' >/run/$2.addresses
			touch /run/$2.runs ;;
		stop) rm -f /run/$2.runs ;;
		status) [ -e /run/$2.runs ] && echo "running" || { echo "not running"; exit 3; } ;;
		esac
	END
}

# does NODE NAME [WHAT]: from now on. runs NODE NAME.
does() { on "$1" sh -c 'echo "$2" >"/run/$1.do"' does "$2" "${3-}"; }
runs() { on "$1" test -e "/run/$2.runs"; }
runs_not() { ! runs "$@"; }

# account NODE: what its scripts have been told since the last time, on one line; status is not told, but for account_all.
account() { account_all "$1" | sed 's/[^, ]* status, //g'; }
account_all() {
	tr '\n' ',' <"$LAB_OUT/$1.account" | sed 's/,/, /g'
	: >"$LAB_OUT/$1.account"
}

# limit TEXT VALUE LIMIT: a bound on time, which holds in exact virtual time; in real time it is only told.
limit() {
	if [[ $LAB_EXACT == 1 ]]; then
		check_le "$@"
	else
		measure "$1" "$2" "(in real time; at most $3 in virtual time)"
	fi
}

# spread NAME VALUE…: measures the smallest, the median and the largest: LEAST, MEDIAN, WORST.
spread() {
	local name=$1
	local -a sorted
	shift
	mapfile -t sorted < <(printf '%s\n' "$@" | sort -n)
	LEAST=${sorted[0]} MEDIAN=${sorted[$# / 2]} WORST=${sorted[-1]}
	measure "$name, min / median / max of $#" "$LEAST / $MEDIAN / $WORST" us
}
