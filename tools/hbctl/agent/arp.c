// SPDX-License-Identifier: GPL-2.0
/* Gratuitous ARP: telling the neighbours where an address is now. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/if_packet.h>

#include "arp.h"

#define BATCH	16			/* frames in a system call */

struct frame {
	struct ether_header eth;
	struct arphdr arp;
	uint8_t sender_mac[ETH_ALEN];
	uint8_t sender_ip[4];
	uint8_t target_mac[ETH_ALEN];
	uint8_t target_ip[4];
} __attribute__((packed));

_Static_assert(sizeof(struct frame) == ARP_FRAME_LEN, "an ARP frame has 42 bytes");

static void build(uint8_t *to, uint16_t op, const uint8_t *mac, struct in_addr addr)
{
	struct frame f = {
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
	memcpy(f.sender_ip, &addr, 4);
	/* Linux takes a gratuitous reply for one only if both MACs are the same. */
	if (op == ARPOP_REPLY)
		memcpy(f.target_mac, mac, ETH_ALEN);
	memcpy(f.target_ip, &addr, 4);
	memcpy(to, &f, sizeof(f));
}

void arp_build(struct arp_pair *pair, int ifindex, const uint8_t mac[ETH_ALEN],
	       struct in_addr addr)
{
	pair->usable = true;
	pair->ifindex = ifindex;
	build(pair->request, ARPOP_REQUEST, mac, addr);
	build(pair->reply, ARPOP_REPLY, mac, addr);
}

int arp_open(void)
{
	/* Protocol 0: it receives nothing. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int priority = 7;		/* TC_PRIO_CONTROL: first in the queue */

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
	return fd;
}

static int flush(int fd, struct mmsghdr *messages, unsigned int n)
{
	int err = 0, sent;

	for (unsigned int done = 0; done < n; ) {
		sent = sendmmsg(fd, messages + done, n - done, MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			/* One interface that refuses must not silence the others. */
			err = -errno;
			sent = 1;
		}
		done += (unsigned int)sent;
	}
	return err;
}

int arp_send(int fd, const struct arp_pair *const *pairs, unsigned int n)
{
	struct mmsghdr messages[BATCH];
	struct sockaddr_ll to[BATCH];
	struct iovec iov[BATCH];
	unsigned int used = 0;
	int err = 0, ret;

	for (unsigned int i = 0; i < 2 * n; i++) {
		const struct arp_pair *p = pairs[i / 2];

		if (!p->usable)
			continue;
		to[used] = (struct sockaddr_ll){
			.sll_family = AF_PACKET,
			.sll_protocol = htons(ETHERTYPE_ARP),
			.sll_ifindex = p->ifindex,
			.sll_halen = ETH_ALEN,
			.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		};
		iov[used].iov_base = (void *)(i % 2 ? p->reply : p->request);
		iov[used].iov_len = ARP_FRAME_LEN;
		messages[used].msg_hdr = (struct msghdr){
			.msg_name = &to[used], .msg_namelen = sizeof(to[used]),
			.msg_iov = &iov[used], .msg_iovlen = 1,
		};
		if (++used == BATCH || i == 2 * n - 1) {
			ret = flush(fd, messages, used);
			err = ret ? ret : err;
			used = 0;
		}
	}
	if (used) {
		ret = flush(fd, messages, used);
		err = ret ? ret : err;
	}
	return err;
}
