/* SPDX-License-Identifier: GPL-2.0 */
/* Telling the neighbours where an address is now: gratuitous ARP, or unsolicited neighbour advertisements. */
#ifndef HBCTL_NOTICE_H
#define HBCTL_NOTICE_H

#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTICE_FRAMES	2
#define NOTICE_FRAME_MAX 86		/* a neighbour advertisement; the driver pads what is short */

/* Of IPv4 a request and a reply: some switches and hosts heed only the one or the other. Of IPv6 one. */
struct notice {
	unsigned int n;			/* 0: none, the device has no neighbours to be told */
	int ifindex;
	uint16_t protocol;		/* ETHERTYPE_ */
	uint8_t group[ETH_ALEN];	/* to whom */
	size_t len;
	uint8_t frames[NOTICE_FRAMES][NOTICE_FRAME_MAX];
};

/**
 * notice_build - prepare the announcement of an address
 * @notice: receives the frames
 * @ifindex: where it is sent
 * @mac: the interface's address
 * @ip: the address announced
 * @router: IPv6: this host routes, and says so, lest its neighbours no longer use it as such
 */
void notice_build(struct notice *notice, int ifindex, const uint8_t mac[ETH_ALEN],
		  const struct in6_addr *ip, bool router);

/* Return: a socket to send with, or -errno. */
int notice_open(void);

/**
 * notice_send - send all frames of all notices at once, without waiting
 * @fd: of notice_open()
 * @notices: what to send
 * @n: how many
 *
 * Return: 0, or -errno if any was refused
 */
int notice_send(int fd, const struct notice *const *notices, unsigned int n);

#endif /* HBCTL_NOTICE_H */
