#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# False failovers: nobody dies, but both machines have more to do than they can. For so many seconds of each load, how often the
# address moved, for how long both had it, and how late the holder's beats left, as seen on its cable by the kernel's own time
# stamps: the same way for all contestants.
#	tests/bench/loads.sh CONTESTANT [SECONDS]
# A line for each in $LAB_OUT/rows: LOAD, times that the address came to a node, us for which both had it, beats seen, us that
# half, 999 of 1000, and all of them were later than due after the one before.
# The flood of its own port is of UDP, so those that do not use it are flooded on another.
# lab: files common.sh ../netns/common.sh ../load/trace.sh ../load/loads.sh kinds contestants
# lab: modules-if-any sha1_ssse3 sha256_ssse3
# lab: dmesg-allow Out of memory|oom|Call Trace
# shellcheck source-path=SCRIPTDIR source=../lab/lib.sh
. "$LAB_LIB"
# shellcheck source=common.sh
. ./common.sh
# shellcheck source=../load/loads.sh
. ../load/loads.sh

seconds=${2:-60}

# The daemon of the one that does not hold stands still, and goes on when the time is over.
start_standby-stopped() { signal cookbook2 STOP; }
end_standby-stopped() { signal cookbook2 CONT; }

signal() {
	local pid
	processes "$1" | while read -r pid; do
		kill "-$2" "$pid"
	done
}

# moves FROM_US TO_US: sets MOVES and BOTH_US, by both nodes' logs of addresses.
moves() {
	read -r MOVES BOTH_US < <(sort -n -k 1,1 <(sed 's/$/ cookbook/' "$LAB_OUT/cookbook.addresses") \
		<(sed 's/$/ cookbook2/' "$LAB_OUT/cookbook2.addresses") | awk -v address="$vip/" -v from="$1" -v to="$2" '
		function now_is(at,	us) {
			if (holding > 1) {
				us = (at < to ? at : to) - (since > from ? since : from)
				if (us > 0) both += us
			}
			since = at
		}
		{ at = $1 / 1000 }
		$2 == "add" && index($3, address) == 1 || index($2, address) == 1 {
			if (!has[$NF]++) { now_is(at); holding++; if (at >= from && at <= to) moves++ }
		}
		$2 == "del" && index($3, address) == 1 && has[$NF] { now_is(at); has[$NF] = 0; holding-- }
		END { now_is(to); printf "%d %d\n", moves, both }')
}

# late FILE FROM_US TO_US: of the beats there, within that time: their number, and by how much half, 999 of 1000 and all were
# later than one beat after the last.
late() {
	tcpdump -tt -n -q -r "$LAB_OUT/$1" 2>/dev/null | awk -v beat="$beat_us" -v from="$2" -v to="$3" -v offset="$lab_clock_offset" '{
		split($1, t, ".")
		us = t[1] * 1000000 + substr(t[2] "000000", 1, 6) - offset
		if (us < from || us > to) next
		n++
		if (n > 1) { late = us - last - beat; print late < 0 ? 0 : late }
		last = us
	}' | sort -n | awk '{ v[NR] = $1 } END { print NR + 1, v[int((NR + 1) / 2)] + 0, v[int(NR * 0.999 + 0.5)] + 0, v[NR] + 0 }'
}

# watched LOAD
watched() {
	local from to n half most worst capture
	wait_settled || return
	rm -f "$LAB_OUT/beats"
	# In the middle of the wire, ahead of everything, with room for what comes while it waits.
	chrt -f 97 tcpdump --immediate-mode -B 65536 -U -i cookbook.eth0 -w "$LAB_OUT/beats" "src host ${own_address[cookbook]} and $wire" \
		>/dev/null 2>&1 &
	capture=$!
	wait_until 5000 test -s "$LAB_OUT/beats"
	mono_us from
	"start_$1"
	sleep_us $((seconds * 1000000))
	mono_us to
	end_load "$1"
	# Who stood still and goes on, or was starved, may claim what it should not only now.
	sleep_us 2000000
	bg_end "$capture" INT
	moves "$from" $((to + 2000000))
	read -r n half most worst < <(late beats "$from" "$to")
	keep "$1 $MOVES $BOTH_US $n $half $most $worst"
}

if [[ $beats == *:* ]]; then
	# None of a flood's.
	wire="ip proto ${beats%:*} and port ${beats#*:} and not udp[4:2] = $((flood_with + 8))"
else
	wire="ip proto $beats"
fi
[[ -z ${warm-} ]] || fail "$contestant: both have the address, so who has it does not tell who answers"
rt_unlimited
chrt -f -p 40 $$
for load in none hogs fifo flood fifo-flood memory standby-stopped; do
	watched "$load" || break
done
check_eq "$contestant: loads" 7 "$(wc -l <"$LAB_OUT/rows")"
lab_done
