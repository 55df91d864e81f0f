/* SPDX-License-Identifier: GPL-2.0 */
/* Gratuitous ARP: telling the neighbours where an address is now. */
#ifndef HBCTL_ARP_H
#define HBCTL_ARP_H

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define ARP_FRAME_LEN	42		/* the driver pads */

/* A request and a reply: some switches and hosts heed only the one or the other. */
struct arp_pair {
	bool usable;			/* the device speaks ARP */
	int ifindex;
	uint8_t request[ARP_FRAME_LEN];
	uint8_t reply[ARP_FRAME_LEN];
};

/**
 * arp_build - prepare the announcement of an address
 * @pair: receives the frames
 * @ifindex: where it is sent
 * @mac: the interface's address
 * @addr: the address announced
 */
void arp_build(struct arp_pair *pair, int ifindex, const uint8_t mac[ETH_ALEN],
	       struct in_addr addr);

/* Return: a socket to send with, or -errno. */
int arp_open(void);

/**
 * arp_send - send pairs, all at once, without waiting
 * @fd: of arp_open()
 * @pairs: what to send; those not usable are left out
 * @n: how many
 *
 * Return: 0, or -errno if any was refused
 */
int arp_send(int fd, const struct arp_pair *const *pairs, unsigned int n);

#endif /* HBCTL_ARP_H */
