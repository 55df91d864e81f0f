# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# FRR: VRRP by vrrpd, which has zebra take the interface up and down, started as its systemd unit does. The address is on a
# macvlan device with the virtual router's hardware address, as FRR's documentation makes it, on both nodes and all the time:
# whose device has a carrier may use it.
kind_processes='watchfrr|zebra|staticd|vrrpd'
kind_settle_us=1000000
# Both answer from the virtual router's own.
kind_one_mac=yes

vrid=51
device=vrrp4-2-$vrid

# What the packages do when they are installed.
kind_prepare() {
	mkdir -p /var/tmp
	touch /etc/pam.d/common-{auth,password,session}
	echo 'account required pam_permit.so' >/etc/pam.d/common-account
	echo 'frr:x:89:89::/nonexistent:/bin/false' >>/etc/passwd
	printf '%s\n' 'frr:x:89:' 'frrvty:x:91:frr' >>/etc/group
}

# frr_machine NODE: what its administrator has set up before FRR starts.
frr_machine() {
	tar -C / -c etc/frr | on "$1" sh -c 'mount -t tmpfs tmpfs /etc/frr && tar -C / -xm'
	on "$1" sed -i 's/^vrrpd=no/vrrpd=yes/' /etc/frr/daemons
	on "$1" cp "$files/$1.conf" /etc/frr/frr.conf
	on "$1" chown -R frr:frr /etc/frr
	on "$1" sysctl -q -p "$files/sysctl.conf"
	ip -n "$1" link add "$device" link eth0 type macvlan mode bridge
	ip -n "$1" link set dev "$device" address "$(printf 00:00:5e:00:01:%02x $vrid)"
	ip -n "$1" address add "$vip/24" dev "$device"
	ip -n "$1" link set dev "$device" up
	lab_start "$1" links chrt -f 98 ip -o -ts monitor link dev "$device"
}

kind_start() {
	on "$1" test -e "/sys/class/net/$device" || frr_machine "$1"
	lab_start "$1" init nice -n -5 /usr/lib/frr/frrinit.sh start
	wait "${lab_pid[$1 init]}" || fail "FRR on $1: $(tail -n 1 "$LAB_OUT/$1.init")"
}

# With a carrier: that is what zebra takes from it, and gives it.
holders() {
	local name
	HOLDERS=''
	for name in cookbook cookbook2; do
		[[ $(on "$name" cat "/sys/class/net/$device/carrier") != 1 ]] || HOLDERS+="${HOLDERS:+ }$name"
	done
}

kind_settled() { :; }
kind_decided() { logged "$1" 'Master_Down_Timer expired'; }

# When the device with its carrier may send, by the time of day, which nothing sets.
kind_address() {
	TZ=UTC awk -F '[][T.:-]' -v since="$2" -v offset="$lab_clock_offset" '/LOWER_UP/ && !/NO-CARRIER/ {
		us = mktime($2 " " $3 " " $4 " " $5 " " $6 " " $7) * 1000000 + $8 - offset
		if (us >= since) { printf "%d\n", us; exit } }' "$LAB_OUT/$1.links"
}

kind_stop() { on "$1" /usr/lib/frr/frrinit.sh stop; }

# Its own way: another priority of the first one's, or its own again.
kind_switch() {
	on cookbook vtysh -c 'configure terminal' -c 'interface eth0' -c "vrrp $vrid priority $([[ $1 == cookbook ]] && echo 50 || echo 150)"
}
