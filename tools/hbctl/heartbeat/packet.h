/* SPDX-License-Identifier: GPL-2.0 */
/* The UDP datagram in a packet, as it was recorded or tapped. Pure: bytes in, places in them out. */
#ifndef HBCTL_HEARTBEAT_PACKET_H
#define HBCTL_HEARTBEAT_PACKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands before the IP header: the numbers of pcap's LINKTYPE_*. */
enum packet_link {
	PACKET_ETHERNET = 1,
	PACKET_IP = 101,		/* nothing: of either version */
	PACKET_COOKED = 113,		/* tcpdump -i any */
	PACKET_COOKED2 = 276,		/* the same, by a newer one */
};

/**
 * struct datagram - a UDP datagram
 * @src: the sender's address
 * @dst: the receiver's
 * @sport: the sender's port
 * @dport: the receiver's
 * @data: what is there of it
 * @len: how much that is
 * @missing: how much is not there: cut off by who recorded it, or in another fragment
 */
struct datagram {
	struct in6_addr src;
	struct in6_addr dst;
	uint16_t sport;
	uint16_t dport;
	const uint8_t *data;
	size_t len;
	size_t missing;
};

bool packet_link_known(uint32_t link);

/**
 * packet_parse - find the datagram, behind an IPv4 header, or an IPv6 header and nothing else
 *                but one of fragments
 * @d: receives it, and points into @p
 * @link: what the packet begins with
 * @p: the packet
 * @len: how much there is of it
 *
 * Return: false if it is not of UDP and IP, or not the first of its fragments
 */
bool packet_parse(struct datagram *d, enum packet_link link, const uint8_t *p, size_t len);

#endif /* HBCTL_HEARTBEAT_PACKET_H */
