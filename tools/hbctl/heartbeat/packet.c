// SPDX-License-Identifier: GPL-2.0
/*
 * The UDP datagram in a packet. Checksums are not looked at: of what this machine sends
 * itself they are not there yet, and every message has one of its own.
 */
#include <net/ethernet.h>
#include <string.h>

#include "config/ip.h"
#include "heartbeat/packet.h"

#define ETHERNET_LEN	14
#define VLAN_LEN	4
#define COOKED_LEN	16
#define COOKED2_LEN	20
#define IPV4_LEN	20
#define IPV6_LEN	40
#define FRAGMENT_LEN	8
#define UDP_LEN		8

#define IPV4_MORE	0x2000
#define IPV4_OFFSET	0x1fff
#define IPV6_MORE	0x0001
#define IPV6_OFFSET	0xfff8

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
		*type = b->len && *b->p >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP;
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

/* Short packets are padded: nothing is longer than what IP says. */
static void shorten(struct bytes *b, size_t len)
{
	if (b->len > len)
		b->len = len;
}

/*
 * Leaves what follows the header in @b, as far as it is here. *@len is how long that is in
 * this packet, by what the header says, and *@more tells that other fragments have more of it.
 */
static bool ipv4_skip(struct bytes *b, struct datagram *d, size_t *len, bool *more)
{
	const uint8_t *ip = b->p;
	struct in_addr addr;
	uint16_t fragment;
	size_t header;

	if (b->len < IPV4_LEN)
		return false;
	header = (ip[0] & 0x0f) * 4U;
	*len = get16(ip + 2);
	fragment = get16(ip + 6);
	if (ip[0] >> 4 != 4 || header < IPV4_LEN || *len < header || ip[9] != IPPROTO_UDP ||
	    fragment & IPV4_OFFSET)
		return false;
	shorten(b, *len);
	*len -= header;
	*more = fragment & IPV4_MORE;
	memcpy(&addr, ip + 12, sizeof(addr));
	d->src = ip_from_v4(addr);
	memcpy(&addr, ip + 16, sizeof(addr));
	d->dst = ip_from_v4(addr);
	return skip(b, header);
}

static bool ipv6_skip(struct bytes *b, struct datagram *d, size_t *len, bool *more)
{
	const uint8_t *ip = b->p, *part;
	uint16_t fragment = 0;
	uint8_t next;

	if (!skip(b, IPV6_LEN) || ip[0] >> 4 != 6)
		return false;
	*len = get16(ip + 4);
	next = ip[6];
	shorten(b, *len);
	if (next == IPPROTO_FRAGMENT) {
		part = b->p;
		if (!skip(b, FRAGMENT_LEN))
			return false;
		*len -= FRAGMENT_LEN;
		next = part[0];
		fragment = get16(part + 2);
	}
	*more = fragment & IPV6_MORE;
	memcpy(&d->src, ip + 8, sizeof(d->src));
	memcpy(&d->dst, ip + 24, sizeof(d->dst));
	return next == IPPROTO_UDP && !(fragment & IPV6_OFFSET);
}

static bool ip_skip(struct bytes *b, uint16_t type, struct datagram *d, size_t *len, bool *more)
{
	switch (type) {
	case ETHERTYPE_IP:
		return ipv4_skip(b, d, len, more);
	case ETHERTYPE_IPV6:
		return ipv6_skip(b, d, len, more);
	default:
		return false;
	}
}

bool packet_parse(struct datagram *d, enum packet_link link, const uint8_t *p, size_t len)
{
	struct bytes b = { p, len };
	size_t carried, udp_len;
	const uint8_t *udp;
	uint16_t type;
	bool more;

	if (!link_skip(&b, link, &type) || !ip_skip(&b, type, d, &carried, &more))
		return false;
	udp = b.p;
	if (!skip(&b, UDP_LEN))
		return false;
	udp_len = get16(udp + 4);
	if (udp_len < UDP_LEN || (udp_len > carried && !more))
		return false;
	udp_len -= UDP_LEN;
	shorten(&b, udp_len);
	d->sport = get16(udp);
	d->dport = get16(udp + 2);
	d->data = b.p;
	d->len = b.len;
	d->missing = udp_len - b.len;
	return true;
}
