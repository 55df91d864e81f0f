// SPDX-License-Identifier: GPL-2.0
/*
 * Deaths at a chosen phase of a beat, whosever beats they are: they are known by their IP protocol, and port if they
 * have one, and seen on the wire, so nothing has to be known of the clock that they are sent by.
 */
#define _GNU_SOURCE
#include "labtool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct beats {
	unsigned int protocol;
	unsigned int port;	/* of the destination; 0: any */
};

static bool is_beat(const struct beats *beats, const unsigned char *packet, size_t length)
{
	const struct iphdr *ip = (const void *)packet;
	const struct udphdr *udp = (const void *)(packet + ip->ihl * 4);

	if (length < sizeof(*ip) || ip->version != 4 || ip->protocol != beats->protocol)
		return false;
	return !beats->port || (length >= ip->ihl * 4 + sizeof(*udp) && ntohs(udp->dest) == beats->port);
}

static struct beats beats_of(char *text)
{
	char *port = strchr(text, ':');
	struct beats beats = { 0 };

	if (port) {
		*port++ = '\0';
		beats.port = number(port);
	}
	beats.protocol = number(text);
	return beats;
}

/*
 * Waits until END (0: for ever) for a beat that came in by the port, and gives when it passed; 0 at the end. What waits to
 * be read is read after END, too.
 */
static uint64_t next_beat(int wire, const struct beats *beats, uint64_t end)
{
	unsigned char packet[128];
	char control[CMSG_SPACE(sizeof(struct timespec))] __attribute__((aligned(sizeof(size_t))));

	for (;;) {
		struct sockaddr_ll from;
		struct iovec data = { .iov_base = packet, .iov_len = sizeof(packet) };
		struct msghdr message = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &data, .msg_iovlen = 1,
					  .msg_control = control, .msg_controllen = sizeof(control) };
		struct pollfd wait = { .fd = wire, .events = POLLIN };
		uint64_t now = mono_ns(), rest = end > now ? end - now : 0;
		struct timespec left = { .tv_sec = rest / NS_PER_S, .tv_nsec = rest % NS_PER_S };
		struct timespec stamp, real;
		ssize_t length;

		if (end && !ppoll(&wait, 1, &left, NULL))
			return 0;
		length = recvmsg(wire, &message, 0);
		if (length < 0)
			die("packet: %s", strerror(errno));
		if (from.sll_pkttype == PACKET_OUTGOING || from.sll_protocol != htons(ETH_P_IP) ||
		    !is_beat(beats, packet, length))
			continue;
		/* The stamp is of the clock that nothing sets in the lab. */
		memcpy(&stamp, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(stamp));
		clock_gettime(CLOCK_REALTIME, &real);
		return mono_ns() - (real.tv_sec - stamp.tv_sec) * NS_PER_S - real.tv_nsec + stamp.tv_nsec;
	}
}

/* Waits for a beat that DEV, a port of a bridge, gets from its node, and disables the port PHASE_NS after it. */
int verb_cut_beat(int argc, char **argv)
{
	/* All protocols: a bridge takes frames before those who listen for one protocol. */
	struct sockaddr_ll port = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct beats beats;
	struct port_message disable;
	uint64_t phase, beat, last, stamped, when, cut;
	int wire, fd, on = 1;

	if (argc != 4)
		usage();
	phase = number(argv[1]);
	beats = beats_of(argv[2]);
	port_message(&disable, BR_STATE_DISABLED, argv[3]);
	port.sll_ifindex = if_nametoindex(argv[3]);
	fd = rtnl_open(0);
	wire = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (wire < 0 || setsockopt(wire, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    bind(wire, (struct sockaddr *)&port, sizeof(port)))
		die("%s: %s", argv[3], strerror(errno));
	/* A process of the kernel's begins to stamp frames; until then they are stamped when they are read. */
	stamped = mono_ns() + 20 * NS_PER_MS;
	while (mono_ns() < stamped)
		next_beat(wire, &beats, stamped);
	run_fifo(98);
	last = next_beat(wire, &beats, 0);
	when = last + phase;
	while (mono_ns() < when)
		if ((beat = next_beat(wire, &beats, when)))
			last = beat;
	cut = mono_ns();
	rtnl_send(fd, &disable.header);
	rtnl_ack(fd);
	while ((beat = next_beat(wire, &beats, cut)) && beat <= cut)
		last = beat;
	/* To end is a long job; not before those who wait for the processor. */
	sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ 0 });
	printf("%llu %llu\n", last / NS_PER_US, cut / NS_PER_US);
	return 0;
}
