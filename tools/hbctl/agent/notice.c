// SPDX-License-Identifier: GPL-2.0
/* Telling the neighbours where an address is now. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>

#include "ip.h"
#include "notice.h"

#define BATCH	16			/* frames in a system call */

struct arp_frame {
	struct ether_header eth;
	struct arphdr arp;
	uint8_t sender_mac[ETH_ALEN];
	uint8_t sender_ip[4];
	uint8_t target_mac[ETH_ALEN];
	uint8_t target_ip[4];
} __attribute__((packed));

struct advertisement {
	struct ether_header eth;
	struct ip6_hdr ip;
	struct nd_neighbor_advert na;
	struct nd_opt_hdr opt;
	uint8_t mac[ETH_ALEN];
} __attribute__((packed));

_Static_assert(sizeof(struct arp_frame) == 42, "an ARP frame has 42 bytes");
_Static_assert(sizeof(struct advertisement) == NOTICE_FRAME_MAX, "the longest there is");

static void build_arp(uint8_t *to, uint16_t op, const uint8_t *mac, const struct in6_addr *ip)
{
	struct arp_frame f = {
		.eth.ether_type = htons(ETHERTYPE_ARP),
		.arp = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETHERTYPE_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = 4,
			.ar_op = htons(op),
		},
	};

	memset(f.eth.ether_dhost, 0xff, ETH_ALEN);
	memcpy(f.eth.ether_shost, mac, ETH_ALEN);
	memcpy(f.sender_mac, mac, ETH_ALEN);
	memcpy(f.sender_ip, ip_bytes(ip), 4);
	/* Linux takes a gratuitous reply for one only if both MACs are the same. */
	if (op == ARPOP_REPLY)
		memcpy(f.target_mac, mac, ETH_ALEN);
	memcpy(f.target_ip, ip_bytes(ip), 4);
	memcpy(to, &f, sizeof(f));
}

/* Of an even number of bytes, in network order throughout. */
static uint32_t sum(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len; len -= 2, p += 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	return sum;
}

/* RFC 4443, 2.3: with a pseudo header of addresses, length and protocol. */
static uint16_t checksum(const struct advertisement *f)
{
	size_t len = sizeof(*f) - offsetof(struct advertisement, na);
	uint32_t s = sum((uint32_t)len + IPPROTO_ICMPV6, &f->ip.ip6_src, 2 * sizeof(f->ip.ip6_src));

	s = sum(s, &f->na, len);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons((uint16_t)~s);
}

/* RFC 4861, 7.2.6: to all nodes, not asked for, and in place of what they knew. */
static void build_advertisement(uint8_t *to, const uint8_t *mac, const struct in6_addr *ip, bool router)
{
	struct advertisement f = {
		.eth = {
			.ether_dhost = { 0x33, 0x33, 0, 0, 0, 1 },
			.ether_type = htons(ETHERTYPE_IPV6),
		},
		.ip = {
			.ip6_flow = htonl(6U << 28),
			.ip6_plen = htons(sizeof(f) - offsetof(struct advertisement, na)),
			.ip6_nxt = IPPROTO_ICMPV6,
			.ip6_hlim = 255,
			.ip6_src = *ip,
			.ip6_dst.s6_addr = { 0xff, 2, [15] = 1 },
		},
		.na = {
			.nd_na_type = ND_NEIGHBOR_ADVERT,
			.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE | (router ? ND_NA_FLAG_ROUTER : 0),
			.nd_na_target = *ip,
		},
		.opt = { .nd_opt_type = ND_OPT_TARGET_LINKADDR, .nd_opt_len = 1 },
	};

	memcpy(f.eth.ether_shost, mac, ETH_ALEN);
	memcpy(f.mac, mac, ETH_ALEN);
	f.na.nd_na_cksum = checksum(&f);
	memcpy(to, &f, sizeof(f));
}

void notice_build(struct notice *notice, int ifindex, const uint8_t mac[ETH_ALEN],
		  const struct in6_addr *ip, bool router)
{
	notice->ifindex = ifindex;
	if (ip_is_v4(ip)) {
		build_arp(notice->frames[0], ARPOP_REQUEST, mac, ip);
		build_arp(notice->frames[1], ARPOP_REPLY, mac, ip);
		notice->protocol = ETHERTYPE_ARP;
		notice->len = sizeof(struct arp_frame);
		notice->n = 2;
	} else {
		build_advertisement(notice->frames[0], mac, ip, router);
		notice->protocol = ETHERTYPE_IPV6;
		notice->len = sizeof(struct advertisement);
		notice->n = 1;
	}
	memcpy(notice->group, notice->frames[0], ETH_ALEN);
}

int notice_open(void)
{
	/* Protocol 0: it receives nothing. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int priority = 7;		/* TC_PRIO_CONTROL: first in the queue */

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
	return fd;
}

struct batch {
	unsigned int n;
	int err;
	struct mmsghdr messages[BATCH];
	struct sockaddr_ll to[BATCH];
	struct iovec iov[BATCH];
};

static void flush(int fd, struct batch *b)
{
	int sent;

	for (unsigned int done = 0; done < b->n; ) {
		sent = sendmmsg(fd, b->messages + done, b->n - done, MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			/* One interface that refuses must not silence the others. */
			b->err = -errno;
			sent = 1;
		}
		done += (unsigned int)sent;
	}
	b->n = 0;
}

static void add(int fd, struct batch *b, const struct notice *notice, unsigned int frame)
{
	unsigned int i = b->n++;

	b->to[i] = (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(notice->protocol),
		.sll_ifindex = notice->ifindex,
		.sll_halen = ETH_ALEN,
	};
	memcpy(b->to[i].sll_addr, notice->group, ETH_ALEN);
	b->iov[i].iov_base = (void *)notice->frames[frame];
	b->iov[i].iov_len = notice->len;
	b->messages[i].msg_hdr = (struct msghdr){
		.msg_name = &b->to[i], .msg_namelen = sizeof(b->to[i]),
		.msg_iov = &b->iov[i], .msg_iovlen = 1,
	};
	if (b->n == BATCH)
		flush(fd, b);
}

int notice_send(int fd, const struct notice *const *notices, unsigned int n)
{
	struct batch b = { 0 };

	for (unsigned int i = 0; i < n; i++)
		for (unsigned int j = 0; j < notices[i]->n; j++)
			add(fd, &b, notices[i], j);
	flush(fd, &b);
	return b.err;
}
