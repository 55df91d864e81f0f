// SPDX-License-Identifier: GPL-2.0
/*
 * The last word of a machine that panics, said for a node that cannot panic alone, since in a guest all nodes have one kernel.
 * The frame is made as kmod/lastword.c makes it, of a beat of the node's, and signed with the cluster's key.
 *
 *	lastword HASH KEY FROM TO
 *
 * HASH is the kernel's name, as "hmac(sha1)". A beat is taken from FROM, the bridge's port of the node that dies. When a line
 * comes by standard input, which says that its cable is cut, the word goes out by TO, the port of the one that is to hear it.
 * Prints that line, and when the word went, in us of CLOCK_MONOTONIC.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <hbkm/frame.h>

#define PORT 694

/* As it comes, and goes. */
struct packet {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	unsigned char frame[HBKM_FRAME_MAX_LEN];
} __attribute__((packed));

static void die(const char *what)
{
	fprintf(stderr, "lastword: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_port(const char *name, int protocol)
{
	struct sockaddr_ll port = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (!port.sll_ifindex || fd < 0 || bind(fd, (struct sockaddr *)&port, sizeof(port)))
		die(name);
	return fd;
}

/* What the node sends comes in by its port. */
static void catch_beat(int port, struct packet *p, struct hbkm_frame *beat)
{
	for (;;) {
		struct sockaddr_ll from;
		socklen_t size = sizeof(from);
		ssize_t len = recvfrom(port, p, sizeof(*p), 0, (struct sockaddr *)&from, &size);

		if (len < 0)
			die("a beat");
		len -= offsetof(struct packet, frame);
		if (from.sll_pkttype != PACKET_OUTGOING && len > 0 && p->eth.h_proto == htons(ETH_P_IP) && p->ip.ihl == 5 &&
		    p->ip.protocol == IPPROTO_UDP && p->udp.dest == htons(PORT) &&
		    hbkm_frame_parse(beat, p->frame, len) == HBKM_STAT_RX_GOOD && beat->type == HBKM_FRAME_BEAT)
			return;
	}
}

static void sign(unsigned char *frame, size_t len, const char *hash, const char *key)
{
	struct sockaddr_alg name = { .salg_family = AF_ALG, .salg_type = "hash" };
	int tfm = socket(AF_ALG, SOCK_SEQPACKET, 0), fd;

	strncpy((char *)name.salg_name, hash, sizeof(name.salg_name) - 1);
	if (tfm < 0 || bind(tfm, (struct sockaddr *)&name, sizeof(name)) ||
	    setsockopt(tfm, SOL_ALG, ALG_SET_KEY, key, strlen(key)))
		die(hash);
	fd = accept(tfm, NULL, NULL);
	if (fd < 0 || send(fd, frame, len, 0) != (ssize_t)len || read(fd, frame + len, HBKM_FRAME_MAC_LEN) <= 0)
		die("the MAC");
}

/* @p: a packet of the node's; what it carries is replaced. Return: the new packet's length. */
static size_t put_word(struct packet *p, const struct hbkm_frame *beat, const char *hash, const char *key)
{
	const struct hbkm_frame word = {
		.type = HBKM_FRAME_LEAVE,
		.key_id = beat->key_id,
		.reason = HBKM_REASON_PANIC,
		.flags = HBKM_FRAME_F_LEAVING,
		.cluster = beat->cluster,
		.node = beat->node,
		.keepalive_us = beat->keepalive_us,
		.deadtime_us = beat->deadtime_us,
		.incarnation = beat->incarnation,
		.seq = UINT64_MAX,
	};
	size_t len = sizeof(p->ip) + sizeof(p->udp) + HBKM_FRAME_MIN_LEN;
	unsigned int sum = 0;
	unsigned short half;

	memset(p->frame, 0, sizeof(p->frame));
	hbkm_frame_put_header(p->frame, &word);
	sign(p->frame, HBKM_FRAME_HDR_LEN, hash, key);

	p->udp.len = htons(sizeof(p->udp) + HBKM_FRAME_MIN_LEN);
	p->udp.check = 0;		/* none */
	p->ip.tot_len = htons(len);
	p->ip.check = 0;
	for (size_t i = 0; i < sizeof(p->ip); i += sizeof(half)) {
		memcpy(&half, (char *)&p->ip + i, sizeof(half));
		sum += half;
	}
	sum = (sum & 0xffff) + (sum >> 16);
	p->ip.check = ~(sum + (sum >> 16));
	return sizeof(p->eth) + len;
}

int main(int argc, char **argv)
{
	struct hbkm_frame beat;
	struct packet p;
	struct timespec now;
	char line[128];
	size_t len;
	int to;

	if (argc != 5) {
		fputs("usage: lastword HASH KEY FROM TO\n", stderr);
		return 2;
	}
	to = open_port(argv[4], 0);
	catch_beat(open_port(argv[3], ETH_P_ALL), &p, &beat);
	len = put_word(&p, &beat, argv[1], argv[2]);
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 98 }))
		die("real time");
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (send(to, &p, len, 0) != (ssize_t)len)
		die(argv[4]);
	/* To end is a long job; not before those who wait for the processor. */
	sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ 0 });
	line[strcspn(line, "\n")] = '\0';
	printf("%s %llu\n", line, now.tv_sec * 1000000ULL + now.tv_nsec / 1000);
	return 0;
}
