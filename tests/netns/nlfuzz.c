// SPDX-License-Identifier: GPL-2.0
/*
 * Random netlink input: every command with every attribute, with values from the
 * edge of what is allowed, from nowhere, cut off, nested and repeated. Whatever
 * comes, the answer must be an error that user space may see, or messages that
 * are well formed; and never a key. Seeded: the same seed sends the same requests.
 *
 *	nlfuzz SEED COUNT		run by who may do everything
 *	nlfuzz SEED COUNT nobody	run by an unprivileged user: no write may succeed
 *
 * Prints "requests N accepted N (writes N) refused N, told of N guards N warm
 * groups N IPv6 links", and what is wrong, if anything is.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/hbkm.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "request.h"

#define SECRET	"topsecretpassword"

static bool nobody;
static unsigned long accepted, writes, refused, wrong;
/* As answers tell, each as often as one does. */
static unsigned long guards, warm_groups, ipv6_links;

/* ---- chance ---- */

static uint64_t state;

static uint32_t chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static uint32_t below(uint32_t n)
{
	return chance() % n;
}

static bool one_in(uint32_t n)
{
	return !below(n);
}

/* Half of the requests are sensible as far as their parts go: else nothing is ever accepted. */
static bool sensible;

static bool odd(uint32_t n)
{
	return !sensible && one_in(n);
}

/* ---- requests ---- */

static void put_random(int type)
{
	uint8_t bytes[600];
	size_t len = one_in(4) ? below(sizeof(bytes)) : below(9);

	for (size_t i = 0; i < len; i++)
		bytes[i] = chance();
	put(type, bytes, len);
}

/* Numbers near which something changes. */
static uint64_t edge(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 15, 16, 31, 32, 63, 64, 99, 100, 127, 128, 255, 256, 694, 1000, 10000,
		30000, 65535, 65536, 1000000, 60000000, 60000001, 3600000000U, 3600000001U,
		0x7fffffff, 0x80000000U, 0xffffffffU,
	};

	return odd(8) ? chance() : edges[below(sizeof(edges) / sizeof(*edges))] + (odd(8) ? -1 : 0);
}

static uint32_t name_id(const char *name)
{
	uint32_t hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619U;
	return hash;
}

static const char *const names[] = { "cookbook", "cookbook2", "client", "Node3", "n4", "n5", "g1", "g2" };

static const char *name(void)
{
	return names[below(sizeof(names) / sizeof(*names))];
}

static void put_name(int type)
{
	char text[80];
	size_t len;

	if (!odd(6)) {
		snprintf(text, sizeof(text), "%s", name());
		len = strlen(text);
	} else {
		len = below(sizeof(text) - 1);
		for (size_t i = 0; i < len; i++)
			text[i] = one_in(8) ? chance() : 'a' + below(26);
	}
	text[len] = 0;
	put(type, text, len + !odd(10));
}

static void put_number(int type, size_t size)
{
	uint64_t v = edge();

	put(type, &v, odd(20) ? below(9) : size);
}

static void put_small(int type, uint32_t n)
{
	uint8_t v = odd(8) ? chance() : below(n);

	put(type, &v, 1);
}

static void put_order(int type)
{
	uint32_t order[40];
	size_t n = odd(8) ? below(40) : 1 + below(3), first = below(4);

	for (size_t i = 0; i < n; i++)
		order[i] = odd(8) ? chance() : name_id(names[(first + i) % 4]);
	put(type, order, n * 4 - (odd(20) && n ? 1 : 0));
}

/* The addresses that come next: those of one link must be of one family. */
static bool ipv6;

/* host: what can be guarded, and more of them than are known. */
static void put_address(int type, bool host)
{
	/* First hosts, then a group, then what no link takes, or hardly. */
	static const char *const known[2][7] = {
		{ "10.0.2.15", "10.0.2.16", "10.0.2.50", "225.0.0.1", "127.0.0.1",
		  "255.255.255.255", "0.0.0.0" },
		{ "fd00::15", "fd00::16", "fe80::50", "ff02::694", "::1",
		  "ff01::1", "::ffff:10.0.2.15" },
	};
	bool six = ipv6 != odd(8);
	size_t len = six ? 16 : 4;
	uint32_t n = host ? 3 : sensible ? 4 : 7;
	uint8_t v[16];

	for (size_t i = 0; i < sizeof(v); i++)
		v[i] = chance();
	if (!odd(4))
		inet_pton(six ? AF_INET6 : AF_INET, known[six][below(n)], v);
	if (host && one_in(2))
		v[len - 1] = chance();
	put(type, v, odd(10) ? below(17) : len);
}

static void put_key(void);
static void put_guard(void);

static void put_any(int type)
{
	static const char *const devices[] = { "eth0", "eth1", "lo", "none0", "", "a/b" };

	if (odd(12)) {
		put_random(type);
		return;
	}
	switch (type) {
	case HBKM_A_CLUSTER_NAME:
	case HBKM_A_NODE_NAME:
	case HBKM_A_GROUP_NAME:
		put_name(type);
		break;
	case HBKM_A_IFNAME: {
		const char *device = devices[below(sensible ? 4 : 6)];

		put(type, device, strlen(device) + !odd(10));
		break;
	}
	case HBKM_A_AUTO_FAILBACK:
	case HBKM_A_KEY_METHOD:
	case HBKM_A_GROUP_STATE:
	case HBKM_A_REASON:
	case HBKM_A_MOVE:
		put_small(type, 6);
		break;
	case HBKM_A_LINK_KIND:
		put_small(type, sensible ? HBKM_LINK_MCAST + 1 : 6);
		break;
	case HBKM_A_LINK_ID:
	case HBKM_A_LINK_PATH:
	case HBKM_A_KEY_ID:
	case HBKM_A_KEY_SIGN:
		put_small(type, 3);
		break;
	case HBKM_A_TTL:
		put_small(type, 66);
		break;
	case HBKM_A_PORT:
	case HBKM_A_REACH:
		put_number(type, 2);
		break;
	case HBKM_A_ADDR:
	case HBKM_A_SADDR:
		put_address(type, false);
		break;
	case HBKM_A_ORDER:
		put_order(type);
		break;
	case HBKM_A_KEY:
		put_key();
		break;
	case HBKM_A_GUARD:
		put_guard();
		break;
	case HBKM_A_GROUP_FLAGS: {
		uint32_t flags = odd(4) ? chance() : below(2) * HBKM_GROUP_F_WARM;

		if (odd(4))
			flags = 1U << below(6);
		put(type, &flags, odd(20) ? below(5) : 4);
		break;
	}
	case HBKM_A_KEY_SECRET:
		put(type, SECRET, odd(4) ? below(sizeof(SECRET)) : sizeof(SECRET) - 1);
		break;
	case HBKM_A_GROUP_ID: {
		uint32_t id = name_id(name());

		put(type, &id, 4);
		break;
	}
	default:
		put_number(type, 4);
	}
}

static void put_key(void)
{
	uint32_t start = NLMSG_ALIGN(out.hdr.nlmsg_len);
	struct nlattr *nest = (void *)(out.bytes + start);

	put(HBKM_A_KEY | (odd(8) ? 0 : NLA_F_NESTED), NULL, 0);
	if (!odd(10))
		put_any(HBKM_A_KEY_ID);
	if (!odd(10))
		put_any(HBKM_A_KEY_METHOD);
	if (!odd(4))
		put_any(HBKM_A_KEY_SECRET);
	while (odd(6))
		put_any(1 + below(HBKM_A_MAX));
	nest->nla_len = out.hdr.nlmsg_len - start;
}

/* No address, a few, or up to one more than there may be. */
static void put_guard(void)
{
	uint32_t start = NLMSG_ALIGN(out.hdr.nlmsg_len);
	struct nlattr *nest = (void *)(out.bytes + start);

	put(HBKM_A_GUARD | (odd(8) ? 0 : NLA_F_NESTED), NULL, 0);
	for (uint32_t n = below(one_in(2) ? 4 : HBKM_MAX_GUARD + 2); n; n--) {
		ipv6 = one_in(2);
		put_address(HBKM_A_ADDR, true);
		if (odd(20))
			put_any(1 + below(HBKM_A_MAX));
	}
	nest->nla_len = out.hdr.nlmsg_len - start;
}

/* What each command takes, as far as it is worth trying. */
static const uint8_t takes[HBKM_CMD_MAX + 1][8] = {
	[HBKM_CMD_CLUSTER_SET] = { HBKM_A_KEEPALIVE_US, HBKM_A_DEADTIME_US, HBKM_A_WARNTIME_US,
				   HBKM_A_INITDEAD_US, HBKM_A_AGENT_TIMEOUT_US, HBKM_A_AUTO_FAILBACK,
				   HBKM_A_REACH, HBKM_A_MARK },
	[HBKM_CMD_CLUSTER_DEL] = { HBKM_A_REASON },
	[HBKM_CMD_NODE_NEW] = { HBKM_A_NODE_NAME },
	[HBKM_CMD_NODE_DEL] = { HBKM_A_NODE_NAME },
	[HBKM_CMD_LINK_NEW] = { HBKM_A_LINK_ID, HBKM_A_LINK_KIND, HBKM_A_LINK_PATH, HBKM_A_IFNAME,
				HBKM_A_PORT, HBKM_A_ADDR, HBKM_A_SADDR, HBKM_A_TTL },
	[HBKM_CMD_LINK_DEL] = { HBKM_A_LINK_ID },
	[HBKM_CMD_GROUP_NEW] = { HBKM_A_GROUP_NAME, HBKM_A_ORDER, HBKM_A_GUARD, HBKM_A_GROUP_FLAGS },
	[HBKM_CMD_GROUP_DEL] = { HBKM_A_GROUP_NAME },
	[HBKM_CMD_KEYS_SET] = { HBKM_A_KEY, HBKM_A_KEY_SIGN, HBKM_A_KEY },
	[HBKM_CMD_GROUP_ACK] = { HBKM_A_GROUP_ID, HBKM_A_GROUP_STATE, HBKM_A_TERM, HBKM_A_RESULT },
	[HBKM_CMD_GROUP_MOVE] = { HBKM_A_MOVE, HBKM_A_GROUP_NAME },
};

/* What a sensible request may lack it sometimes does: then something else is meant. */
static bool is_put(uint8_t cmd, int type)
{
	if (cmd == HBKM_CMD_CLUSTER_SET)
		return one_in(6);
	switch (type) {
	case HBKM_A_SADDR:
	case HBKM_A_GUARD:
	case HBKM_A_GROUP_FLAGS:
		return !one_in(4);
	default:
		return !odd(8);
	}
}

static bool is_read(uint8_t cmd)
{
	switch (cmd) {
	case HBKM_CMD_CLUSTER_GET:
	case HBKM_CMD_NODE_GET:
	case HBKM_CMD_LINK_GET:
	case HBKM_CMD_GROUP_GET:
	case HBKM_CMD_STATS_GET:
		return true;
	default:
		return false;
	}
}

/* A length that is not so: of one attribute, or of the whole. */
static void damage(void)
{
	struct nlattr *a = (void *)(out.bytes + NLMSG_LENGTH(GENL_HDRLEN));
	uint32_t len = out.hdr.nlmsg_len;

	if (len > NLMSG_LENGTH(GENL_HDRLEN) && one_in(2))
		a->nla_len = one_in(2) ? below(12) : chance();
	else if (len > NLMSG_LENGTH(GENL_HDRLEN) && one_in(2))
		out.hdr.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + below(len - NLMSG_LENGTH(GENL_HDRLEN));
	else
		out.bytes[NLMSG_HDRLEN + below(len - NLMSG_HDRLEN)] ^= 1U << below(8);
}

static void make(void)
{
	/* The end of the cluster only now and then: there is more to find within. */
	uint8_t cmd = one_in(40) ? chance() : 1 + below(HBKM_CMD_MAX);

	sensible = one_in(2);
	ipv6 = one_in(2);
	if (cmd == HBKM_CMD_CLUSTER_DEL && !one_in(30))
		cmd = HBKM_CMD_NODE_GET;
	begin(cmd);
	if (cmd == HBKM_CMD_NODE_GET || cmd == HBKM_CMD_LINK_GET || cmd == HBKM_CMD_GROUP_GET)
		out.hdr.nlmsg_flags |= NLM_F_DUMP;
	if (odd(20))
		out.hdr.nlmsg_flags ^= 1U << (4 + below(8));
	if (cmd <= HBKM_CMD_MAX) {
		if (cmd == HBKM_CMD_CLUSTER_SET && one_in(2)) {
			put(HBKM_A_CLUSTER_NAME, "fuzz", 5);
			put(HBKM_A_NODE_NAME, "client", 7);
		}
		for (int i = 0; i < 8 && takes[cmd][i]; i++)
			if (is_put(cmd, takes[cmd][i]))
				put_any(takes[cmd][i]);
	}
	while (odd(6))
		put_any(one_in(10) ? chance() & 0xffff : 1 + below(HBKM_A_MAX));
	if (odd(5))
		damage();
}

/* ---- answers ---- */

static void complain(const char *what, long value)
{
	const struct genlmsghdr *genl = (const void *)(out.bytes + NLMSG_HDRLEN);

	printf("wrong: command %u: %s %ld\n", genl->cmd, what, value);
	wrong++;
}

/* What is told of is there, so a request for it was not only accepted, but heeded. */
static void tally(uint8_t cmd, const struct nlattr *a)
{
	uint32_t flags;

	switch (a->nla_type & NLA_TYPE_MASK) {
	case HBKM_A_GUARD:
		guards++;
		break;
	case HBKM_A_GROUP_FLAGS:
		memcpy(&flags, a + 1, sizeof(flags));
		if (flags & HBKM_GROUP_F_WARM)
			warm_groups++;
		break;
	case HBKM_A_ADDR:
		if (cmd == HBKM_CMD_LINK_GET && a->nla_len == NLA_HDRLEN + 16)
			ipv6_links++;
	}
}

static void check_message(const struct nlmsghdr *h)
{
	const struct genlmsghdr *genl = (const void *)((const uint8_t *)h + NLMSG_HDRLEN);
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;

	if (h->nlmsg_len < at) {
		complain("an answer too short:", h->nlmsg_len);
		return;
	}
	while (at < h->nlmsg_len) {
		const struct nlattr *a = (const void *)((const uint8_t *)h + at);
		int type = a->nla_type & NLA_TYPE_MASK;

		if (at + NLA_HDRLEN > h->nlmsg_len || a->nla_len < NLA_HDRLEN ||
		    at + a->nla_len > h->nlmsg_len) {
			complain("an attribute beyond its message:", type);
			return;
		}
		if (!type || type > HBKM_A_MAX || (type >= HBKM_A_KEY && type <= HBKM_A_KEY_SIGN))
			complain("an attribute that is none to be read:", type);
		tally(genl->cmd, a);
		at += NLA_ALIGN(a->nla_len);
	}
}

/* Errors that have no business in user space, such as ERESTARTSYS, are above all others. */
static void check_error(const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = (const void *)((const uint8_t *)h + NLMSG_HDRLEN);
	const struct genlmsghdr *genl = (const void *)(out.bytes + NLMSG_HDRLEN);

	if (e->error > 0 || e->error < -133)
		complain("an error that is none:", e->error);
	if (e->error) {
		refused++;
		return;
	}
	accepted++;
	if (is_read(genl->cmd))
		return;
	writes++;
	if (nobody)
		complain("accepted from nobody", 0);
}

/* Answers to one request end with an error, or with the end of a dump. */
static void ask(void)
{
	ssize_t n;

	if (send(sock, &out, out.hdr.nlmsg_len, 0) < 0) {
		complain("cannot be sent:", errno);
		return;
	}
	for (;;) {
		n = recv(sock, in, sizeof(in), 0);
		if (n < 0 && errno == EAGAIN) {
			/* Without the flag for it nothing is acknowledged. */
			return;
		}
		if (n < 0) {
			complain("no answer:", errno);
			return;
		}
		if (memmem(in, n, SECRET, strlen(SECRET)))
			complain("a key was read", 0);
		for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_ERROR) {
				check_error(h);
				return;
			}
			if (h->nlmsg_type == NLMSG_DONE) {
				accepted++;
				return;
			}
			if (h->nlmsg_type == family)
				check_message(h);
		}
	}
}

/* ---- connecting ---- */

static void open_socket(void)
{
	struct timeval patience = { .tv_usec = 20000 };
	int on = 1;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

int main(int argc, char **argv)
{
	unsigned long count;

	if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "nobody"))) {
		fprintf(stderr, "usage: nlfuzz SEED COUNT [nobody]\n");
		return 2;
	}
	state = strtoul(argv[1], NULL, 0) * 2654435761U + 1;
	count = strtoul(argv[2], NULL, 0);
	nobody = argc == 4;
	open_socket();
	resolve();
	for (unsigned long i = 0; i < count; i++) {
		/* Another socket is another agent. */
		if (one_in(500)) {
			close(sock);
			open_socket();
		}
		make();
		ask();
	}
	printf("requests %lu accepted %lu (writes %lu) refused %lu, ", count, accepted, writes, refused);
	printf("told of %lu guards %lu warm groups %lu IPv6 links\n", guards, warm_groups, ipv6_links);
	return wrong || !accepted || !refused || (!nobody && !writes);
}
