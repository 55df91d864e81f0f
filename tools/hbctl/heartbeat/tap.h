/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A look at the datagrams to a port, as they pass by an interface.
 *
 * By a packet socket, not by one that is bound to the port: of a datagram to one machine
 * only one bound socket gets it, so that whoever listened beside a running Heartbeat
 * would take its peer's messages from it, until it held the peer for dead.
 */
#ifndef HBCTL_HEARTBEAT_TAP_H
#define HBCTL_HEARTBEAT_TAP_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_MAX_PORTS	64

/**
 * tap_open - start to look
 * @ports: the ports that datagrams are sent to
 * @n_ports: how many, at most TAP_MAX_PORTS
 * @ifindex: of the only interface, 0: all
 *
 * Return: the socket, or -1 with errno
 */
int tap_open(const uint16_t *ports, size_t n_ports, unsigned int ifindex);

/**
 * struct tap_packet - what passed by
 * @ifindex: where
 * @time_ns: when: wall clock
 * @data: from the IP header on
 * @len: how much of it
 */
struct tap_packet {
	unsigned int ifindex;
	uint64_t time_ns;
	uint8_t data[65536];
	size_t len;
};

/* Return: 1, 0 if there is none now, or -1 with errno */
int tap_receive(int tap, struct tap_packet *p);

/**
 * tap_join - have the interface receive what is sent to a group
 * @group: the group
 * @ifindex: of the interface
 *
 * Return: a socket to be closed when that is to end, or -1 with errno
 */
int tap_join(const struct in6_addr *group, unsigned int ifindex);

#endif /* HBCTL_HEARTBEAT_TAP_H */
