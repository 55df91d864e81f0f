// SPDX-License-Identifier: GPL-2.0
/*
 * The UDP datagram in a packet. Checksums are not looked at: of what this machine sends
 * itself they are not there yet, and every message has one of its own.
 */
#include <net/ethernet.h>
#include <string.h>

#include "heartbeat/packet.h"

#define ETHERNET_LEN	14
#define VLAN_LEN	4
#define COOKED_LEN	16
#define COOKED2_LEN	20
#define IP_LEN		20
#define UDP_LEN		8

#define FRAGMENT_MORE	0x2000
#define FRAGMENT_OFFSET	0x1fff

struct bytes {
	const uint8_t *p;
	size_t len;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

bool packet_link_known(uint32_t link)
{
	return link == PACKET_ETHERNET || link == PACKET_IP || link == PACKET_COOKED ||
	       link == PACKET_COOKED2;
}

static bool skip(struct bytes *b, size_t n)
{
	if (b->len < n)
		return false;
	b->p += n;
	b->len -= n;
	return true;
}

/* Leaves what follows the header in @b; *@type is the EtherType of that. */
static bool link_skip(struct bytes *b, enum packet_link link, uint16_t *type)
{
	const uint8_t *header = b->p;

	switch (link) {
	case PACKET_IP:
		*type = ETHERTYPE_IP;
		return true;
	case PACKET_ETHERNET:
		if (!skip(b, ETHERNET_LEN))
			return false;
		*type = get16(header + 12);
		break;
	case PACKET_COOKED:
		if (!skip(b, COOKED_LEN))
			return false;
		*type = get16(header + 14);
		break;
	case PACKET_COOKED2:
		if (!skip(b, COOKED2_LEN))
			return false;
		*type = get16(header);
		break;
	default:
		return false;
	}
	while (*type == ETHERTYPE_VLAN || *type == 0x88a8 /* 802.1ad */) {
		header = b->p;
		if (!skip(b, VLAN_LEN))
			return false;
		*type = get16(header + 2);
	}
	return true;
}

bool packet_parse(struct datagram *d, enum packet_link link, const uint8_t *p, size_t len)
{
	struct bytes b = { p, len };
	const uint8_t *ip, *udp;
	size_t header, total, udp_len;
	uint16_t type, fragment;

	if (!link_skip(&b, link, &type) || type != ETHERTYPE_IP || b.len < IP_LEN)
		return false;
	ip = b.p;
	header = (ip[0] & 0x0f) * 4U;
	total = get16(ip + 2);
	fragment = get16(ip + 6);
	if (ip[0] >> 4 != 4 || header < IP_LEN || ip[9] != IPPROTO_UDP ||
	    fragment & FRAGMENT_OFFSET)
		return false;
	/* short packets are padded; from here on nothing is longer than what IP says */
	if (b.len > total)
		b.len = total;
	if (!skip(&b, header) || b.len < UDP_LEN)
		return false;
	udp = b.p;
	udp_len = get16(udp + 4);
	if (udp_len < UDP_LEN || (udp_len > total - header && !(fragment & FRAGMENT_MORE)))
		return false;
	skip(&b, UDP_LEN);
	udp_len -= UDP_LEN;
	if (b.len > udp_len)
		b.len = udp_len;
	memcpy(&d->src, ip + 12, sizeof(d->src));
	memcpy(&d->dst, ip + 16, sizeof(d->dst));
	d->sport = get16(udp);
	d->dport = get16(udp + 2);
	d->data = b.p;
	d->len = b.len;
	d->missing = udp_len - b.len;
	return true;
}
