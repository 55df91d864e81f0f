#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As stall.sh, but for about as long as deadtime, and a client asks all the while: one of two machines stands still,
# paused, so that its clock does, too, or stalled. However long it was, whoever slept declares nobody dead and claims
# nothing, and the address moves once at most. Half of deadtime moves nothing, twice deadtime is a death. In between it
# depends on when the last beat was, and on what the host does to both, whether the other has noticed; but who knows that
# it was silent for longer than deadtime gives up what it held.
# lab: client
# shellcheck source=../lab/pair-lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. "${0%/*}/common.sh"

deadtime_ms=1000 auto_failback=off
holder=a standby=b
declare -A ends_by=([pause]=resume [stall]=go_on) mac=([a]=02:00:00:00:01:00 [b]=02:00:00:00:02:00)
# So far, and since the count before that.
declare -A deaths claims conflicts died claimed met

count() {
	local who dead claim conflict
	for who in a b; do
		read -r dead claim conflict < <(guest "$who" "echo \$(grep -c '\"state\":\"dead\"' /tmp/events) \\
			\$(grep -c '\"state\":\"acquiring\"' /tmp/events) \\
			\$(hbctl show stats | awk '\$1 == \"conflict\" { print \$2 }')")
		died[$who]=$((dead - ${deaths[$who]-0})) claimed[$who]=$((claim - ${claims[$who]-0}))
		met[$who]=$((conflict - ${conflicts[$who]-0}))
		deaths[$who]=$dead claims[$who]=$claim conflicts[$who]=$conflict
	done
}

one_holder() {
	holder=a standby=b
	has a || holder=b standby=a
	has "$holder" && has_not "$standby"
}

# listen, answered: whose answers the client got since then, in order, each as often in a row as they came: MAC*COUNT…
listen() {
	guest c 'rm -f /tmp/wire; tcpdump --immediate-mode -U -i eth0 -w /tmp/wire icmp >/dev/null 2>&1 &
		until [ -s /tmp/wire ]; do sleep 0.05; done'
}
answered() {
	guest c "pkill tcpdump; tcpdump -n -e -r /tmp/wire 'icmp[icmptype] == icmp-echoreply and src $vip' 2>/dev/null" | awk '
		$2 != last { if (n) printf "%s*%d ", last, n; last = $2; n = 0 } { n++ } END { printf "%s*%d\n", last, n }'
}

# sleeps HOW ROLE MS DEAD MOVES: how often the other held it for dead, and the address has moved: 0, 1, or either: ?
sleeps() {
	local who=$holder other=$standby before=$holder what="$1 of the $2 for $3 ms" answers moved
	[[ $2 == holder ]] || who=$standby other=$holder
	listen
	"$1" "$who"
	sleep "$(($3 / 1000)).$(printf %03d $(($3 % 1000)))"
	"${ends_by[$1]}" "$who"
	sleep 1
	wait_until 60000 settled
	wait_until 60000 one_holder
	count
	answers=$(answered)
	measure "$what: whose answers the client had" "$answers" ''
	[[ $holder == "$before" ]] && moved=0 || moved=1
	check_eq "$what: it declares nobody dead, and claims nothing" "0 0" "${died[$who]} ${claimed[$who]}"
	check_match "$what: how often it was dead for the other" "^[${4/\?/01}]\$" "${died[$other]}"
	check_match "$what: how often the address moved" "^[${5/\?/01}]\$" "$moved"
	check_eq "$what: the other claimed it as often" "$moved" "${claimed[$other]}"
	if [[ $2 == standby ]]; then
		check_eq "$what: the holder alone answered" "${mac[$holder]}" "${answers%\**}"
		return
	fi
	check_ge "$what: it moved if it was a death" "$moved" "${died[$other]}"
	if ((moved == 0)); then
		check_eq "$what: the client was answered by the holder alone" "${mac[$holder]}" "${answers%\**}"
	else
		# In between come answers to what has waited at the door of one that was paused, and knows nothing yet.
		check_match "$what: the client was answered by the one, in the end by the other" \
			"^${mac[$before]}\*.* ${mac[$holder]}\*[0-9]+\$" "$answers"
	fi
	[[ $1 == pause && $moved == 1 ]] || check_eq "$what: no two claimed it" "0 0" "${met[a]} ${met[b]}"
}

watched_pair
# Nor shall an agent that slept be missed.
for each in a b; do
	guest "$each" hbctl set agent_timeout 10s
done
guest c "ip link set eth0 up; ip address add 10.0.2.50/24 dev eth0
	labtool client $vip 10000 /tmp/client >/tmp/client.log 2>&1 &"
sleep 1
count
for how in pause stall; do
	sleeps "$how" standby 500 0 0
	sleeps "$how" holder 500 0 0
	sleeps "$how" standby 950 '?' 0
	sleeps "$how" holder 950 '?' '?'
	sleeps "$how" standby 1100 '?' 0
	# Stalled, it knows.
	[[ $how == pause ]] && moves='?' || moves=1
	sleeps "$how" holder 1100 '?' "$moves"
	sleeps "$how" standby 2000 1 0
	sleeps "$how" holder 2000 1 1
done
lab_done
