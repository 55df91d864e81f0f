# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Guest side: what is the same for all contestants. Sourced after lib.sh, with the contestant's name as $1.
#
# contestants/NAME/contestant sets:
#	title		for people
#	kind		kinds/KIND.sh knows how to start, stop and question it
#	beat_us		the time between two of its beats
#	beats		what they are on the wire: IP protocol[:destination port]
#	measured	what tests/bench/bench measures of it, when nobody names it
#	longest_us	a client that is not answered so long after a death may be looked after again
#	detects_only	(not all) it moves no address
#	deaths		(not all) tests/bench/bench lets it die no more often than that, since one takes the host long
# and may set more, for its kind. Beside it lie its configuration files. kinds/KIND.sh defines:
#	kind_prepare		once in a guest
#	kind_start NODE		as an administrator of that machine would
#	kind_settled		both are up, and know each other, as far as they can tell
#	kind_decided NODE	the lines `US …` at which it took it upon itself to take the address over
#	kind_stop NODE		in order
#	kind_switch FROM TO	the address, by hand; false: it cannot do that
#	kind_address NODE US	(not all) when, after this, the address was its own to use
# and sets kind_processes, the names of its programs, kind_settle_us, how long it needs to be as it would be after days, and
# (not all) kind_one_mac: both machines answer to ARP from the same hardware address.
# shellcheck source-path=SCRIPTDIR source=../netns/common.sh
. ../netns/common.sh

# For those who source this.
# shellcheck disable=SC2034
contestant=$1
files=$PWD/contestants/$contestant
# shellcheck source=contestants/hbkm-1-3ms/contestant
. "$files/contestant"
# shellcheck source=kinds/hbkm.sh
. "kinds/$kind.sh"
declare -F kind_address >/dev/null || kind_address() { address_us "$1" "$vip" "$2"; }

# Fast ones are asked as often as the answer's own way allows; where seconds count, a millisecond is exact enough.
probe_us=100
((beat_us <= 10000)) || probe_us=1000

declare -A own_address=([cookbook]=10.0.2.15 [cookbook2]=10.0.2.16)

# boot NODE: the machine, its log, and the contestant on it. What is logged goes to $LAB_OUT/NODE.syslog, with its time.
boot() {
	node "$1" "eth0=${own_address[$1]}/24@br0"
	lab_start "$1" syslog labtool syslog /run/log
	address_log "$1"
	# They shall tell when it happened, not when those who go before ordinary processes had rested.
	chrt -f -p 98 "${lab_pid[$1 addresses]}"
	kind_start "$1"
}

# logged NODE REGEX: the lines of its log, `US TEXT`.
logged() {
	grep -E "$2" "$LAB_OUT/$1.syslog"
}

# settled: the preferred one has the address, the other has not, and the contestant says that all is well.
settled() {
	holders
	[[ $HOLDERS == cookbook ]] && kind_settled
}

# wait_settled: and stays so for as long as this kind needs. Looks rarely: each look costs the one processor some ms.
wait_settled() {
	local i
	for ((i = 0; i < 300; i++)); do
		if settled; then
			sleep_us "$kind_settle_us"
			! settled || return 0
		fi
		sleep_us 200000
	done
	fail "$contestant: waited in vain for cookbook to hold the address, and all to be well"
	return 1
}

# first_after SINCE_US: of lines `US …` the first one's time.
first_after() {
	awk -v since="$1" '$1 >= since { printf "%d\n", $1; exit }'
}

# gap FROM_US TO_US: the longest time without an answer that touches this: sets GAP_FROM, GAP_TO and GAP_US.
gap() {
	read -r GAP_FROM GAP_TO GAP_US < <(client_gaps client 0 "$@" | sort -k 3 -n | tail -n 1)
}

# answered: the client is, just now.
answered() {
	local now from
	mono_us now
	read -r from _ < <(client_gaps client 0 "$((now - 20 * probe_us))" "$now" | tail -n 1)
	((now - ${from:-0} < 20 * probe_us + 5000))
}

# ask: the client asks, and is answered.
ask() {
	client_start client "$vip" "$probe_us"
	sleep_us 20000
	wait_until 20000 answered
}

# keep WORD…: a row of what is measured, told at once: a guest that is given up has then said what it had until then.
keep() {
	printf '%s\n' "$*" >>"$LAB_OUT/rows"
	printf 'row %s\n' "$*"
}

# processes NODE: of the contestant there.
processes() {
	pgrep --ns "${lab_holder[$1]}" --nslist net -x "$kind_processes"
}

# The wire is softirq work of the one processor that all machines share. Left to an ordinary process, as ksoftirqd is, a
# frame would wait until all the daemons and the client of every machine rest, which no wire does.
chrt --fifo --pid 60 "$(pgrep -x ksoftirqd/0)"
ln -s /run/log /dev/log
kind_prepare
node client eth0=10.0.2.50/24@br0
for name in cookbook cookbook2; do
	boot "$name"
done
