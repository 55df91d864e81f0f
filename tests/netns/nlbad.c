// SPDX-License-Identifier: GPL-2.0
/*
 * Bad netlink input: every way to misuse the module's interface that we could
 * think of. Each request must be refused with the right error and with a text,
 * and must leave the cluster as it was. Speaks raw netlink, since a library
 * would not send what is malformed.
 *
 *	nlbad absent	there is no cluster in this network namespace
 *	nlbad present	there is one, started, with an agent, a group "cookbook",
 *			nodes cookbook (own) and cookbook2, one link, id 0
 *	nlbad nobody	the same, seen by an unprivileged user
 *	nlbad full	there is none; it makes one with all the nodes and groups that
 *			there may be, and removes it
 *	nlbad guard GROUP ID,ID ADDR...
 *			for once a good request, which hbctl has no words for:
 *			GROUP, with that order of nodes, has these addresses
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/hbkm.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "request.h"

static unsigned int bad, good;

/* ---- requests ---- */

static void put_addr(const char *bytes) { put(HBKM_A_ADDR, bytes, 4); }

/* A key: 0 leaves its part out. */
static void put_key(int id, int method, const char *secret)
{
	uint32_t start = NLMSG_ALIGN(out.hdr.nlmsg_len);
	struct nlattr *nest = (void *)(out.bytes + start);

	put(HBKM_A_KEY | NLA_F_NESTED, NULL, 0);
	if (id >= 0)
		put8(HBKM_A_KEY_ID, id);
	if (method >= 0)
		put8(HBKM_A_KEY_METHOD, method);
	if (secret)
		put(HBKM_A_KEY_SECRET, secret, strlen(secret));
	nest->nla_len = out.hdr.nlmsg_len - start;
}

/* Begins a nest of its own in what was begun; nest_end() with what it returned. */
static struct nlattr *nest_begin(int type)
{
	uint32_t start = NLMSG_ALIGN(out.hdr.nlmsg_len);

	put(type, NULL, 0);
	return (void *)(out.bytes + start);
}

static void nest_end(struct nlattr *nest)
{
	nest->nla_len = out.bytes + out.hdr.nlmsg_len - (uint8_t *)nest;
}

/* ---- answers ---- */

static char text[256];
static void take_text(const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = (const void *)((const uint8_t *)h + NLMSG_HDRLEN);
	size_t at = NLMSG_HDRLEN + sizeof(*e);

	*text = 0;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		at += e->msg.nlmsg_len - NLMSG_HDRLEN;
	for (at = NLMSG_ALIGN(at); at + NLA_HDRLEN <= h->nlmsg_len;) {
		const struct nlattr *a = (const void *)((const uint8_t *)h + at);

		if (a->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(text, sizeof(text), "%s", (const char *)a + NLA_HDRLEN);
		at += NLA_ALIGN(a->nla_len);
		if (!a->nla_len)
			break;
	}
}

/* Sends what was begun. Return: the errno of the answer, 0 if accepted. */
static int answer(void)
{
	ssize_t n;

	if (send(sock, &out, out.hdr.nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		n = recv(sock, in, sizeof(in), 0);
		if (n < 0)
			return errno;
		for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			take_text(h);
			return -((struct nlmsgerr *)((uint8_t *)h + NLMSG_HDRLEN))->error;
		}
	}
}

/* ---- what must not change ---- */

struct state {
	uint8_t bytes[BUFFER];
	size_t len;
};

/* Ages and counters go on by themselves, and events may come of beats. */
static bool lasting(int type)
{
	switch (type) {
	case HBKM_A_AGE_NS:
	case HBKM_A_RTT_NS:
	case HBKM_A_LATE_MAX_NS:
	case HBKM_A_LATE_HIST:
	case HBKM_A_EVENT_SEQ:
	case HBKM_A_TX:
	case HBKM_A_TX_ERRORS:
	case HBKM_A_RX:
		return false;
	default:
		return true;
	}
}

static uint32_t own_id;			/* of the first object, the cluster */

static void take_object(struct state *s, const struct nlmsghdr *h)
{
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;

	while (at + NLA_HDRLEN <= h->nlmsg_len) {
		const struct nlattr *a = (const void *)((const uint8_t *)h + at);

		if (a->nla_type == HBKM_A_NODE_ID && !own_id)
			memcpy(&own_id, a + 1, sizeof(own_id));
		if (lasting(a->nla_type) && s->len + a->nla_len <= sizeof(s->bytes)) {
			memcpy(s->bytes + s->len, a, a->nla_len);
			s->len += a->nla_len;
		}
		at += NLA_ALIGN(a->nla_len);
	}
}

static void take(struct state *s, uint8_t cmd, bool dump)
{
	bool done = false;
	ssize_t n;

	begin(cmd);
	if (dump)
		out.hdr.nlmsg_flags |= NLM_F_DUMP;
	send(sock, &out, out.hdr.nlmsg_len, 0);
	while (!done) {
		n = recv(sock, in, sizeof(in), 0);
		if (n <= 0)
			break;
		for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
				done = true;
			else
				take_object(s, h);
		}
	}
}

static void take_state(struct state *s)
{
	s->len = 0;
	take(s, HBKM_CMD_CLUSTER_GET, false);
	take(s, HBKM_CMD_NODE_GET, true);
	take(s, HBKM_CMD_LINK_GET, true);
	take(s, HBKM_CMD_GROUP_GET, true);
}

static struct state before, after;

static void report(bool right, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void report(bool right, const char *name, const char *fmt, ...)
{
	va_list args;

	printf("%s %s", right ? "good" : "bad", name);
	if (!right) {
		printf(": ");
		va_start(args, fmt);
		vprintf(fmt, args);
		va_end(args);
	}
	putchar('\n');
	right ? good++ : bad++;
}

static void refused_with(const char *name, int want, bool with_text)
{
	int got = answer();
	char said[sizeof(text)];

	snprintf(said, sizeof(said), "%s", text);
	take_state(&after);
	if (got != want)
		report(false, name, "%s (%s), not %s", strerror(got), said, strerror(want));
	else if (with_text && !*said)
		report(false, name, "no text");
	else if (after.len != before.len || memcmp(after.bytes, before.bytes, before.len))
		report(false, name, "refused (%s), but something changed", said);
	else
		report(true, name, " ");
	before = after;
}

/* What was begun must be refused so, with a text, and change nothing. */
static void refused(const char *name, int want)
{
	refused_with(name, want, true);
}

/* The same by generic netlink itself, which has no words for it. */
static void refused_before(const char *name, int want)
{
	refused_with(name, want, false);
}

/* ---- the cases ---- */

static const char eth0[] = "eth0";
static const char own[4] = { 10, 0, 2, 15 };
static const char peer[4] = { 10, 0, 2, 16 };
static const char group[4] = { (char)225, 0, 0, 1 };
static const char peer6[16] = { (char)0xfd, [15] = 0x16 };
static const char group6[16] = { (char)0xff, 2, [15] = 1 };
static const char own6[16] = { (char)0xff, 1, [15] = 1 };
static const char mapped6[16] = { [10] = (char)0xff, (char)0xff, 10, 0, 2, 16 };
static const char long6[17];

static void link_but(int without, uint8_t id, uint8_t kind, const char *addr)
{
	begin(HBKM_CMD_LINK_NEW);
	if (without != HBKM_A_LINK_ID)
		put8(HBKM_A_LINK_ID, id);
	if (without != HBKM_A_LINK_KIND)
		put8(HBKM_A_LINK_KIND, kind);
	if (without != HBKM_A_LINK_PATH)
		put8(HBKM_A_LINK_PATH, 1);
	if (without != HBKM_A_IFNAME)
		put_text(HBKM_A_IFNAME, eth0);
	if (without != HBKM_A_PORT)
		put16(HBKM_A_PORT, 694);
	if (addr)
		put_addr(addr);
}

static void malformed(void)
{
	struct nlattr *a;

	begin(99);
	refused_before("an unknown command", EOPNOTSUPP);
	begin(HBKM_CMD_NODE_NEW);
	put32(999, 1);
	refused("an attribute beyond all known", EINVAL);
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "x");
	put32(HBKM_A_KEEPALIVE_US, 1);
	refused("an attribute that is another command's", EINVAL);
	begin(HBKM_CMD_CLUSTER_SET);
	put16(HBKM_A_KEEPALIVE_US, 1000);
	refused("a time that is too short a number", EINVAL);
	begin(HBKM_CMD_CLUSTER_SET);
	put(HBKM_A_NODE_NAME, "no end", 6);
	refused("a name without an end", EINVAL);
	begin(HBKM_CMD_CLUSTER_SET);
	put32(HBKM_A_DEADTIME_US, 30000);
	a = (void *)(out.bytes + NLMSG_LENGTH(GENL_HDRLEN));
	a->nla_len = 200;
	refused("an attribute longer than its message", EINVAL);
	begin(HBKM_CMD_CLUSTER_GET);
	put32(HBKM_A_KEEPALIVE_US, 1);
	refused("a question with an attribute", EINVAL);
	begin(HBKM_CMD_CLUSTER_GET);
	out.hdr.nlmsg_flags |= NLM_F_DUMP;
	refused_before("a dump of what is not a list", EOPNOTSUPP);
	begin(HBKM_CMD_NODE_GET);
	refused_before("a list that is not dumped", EOPNOTSUPP);
}

static void cluster(void)
{
	static const struct {
		const char *name;
		int attr;
		uint32_t value;
	} out_of_range[] = {
		{ "keepalive 0", HBKM_A_KEEPALIVE_US, 0 },
		{ "keepalive 99 us", HBKM_A_KEEPALIVE_US, 99 },
		{ "keepalive above a minute", HBKM_A_KEEPALIVE_US, 60000001 },
		{ "keepalive as large as can be", HBKM_A_KEEPALIVE_US, UINT32_MAX },
		{ "deadtime 0", HBKM_A_DEADTIME_US, 0 },
		{ "deadtime of two keepalives", HBKM_A_DEADTIME_US, 2000000 },
		{ "deadtime above an hour", HBKM_A_DEADTIME_US, 3600000001U },
		{ "warntime 0", HBKM_A_WARNTIME_US, 0 },
		{ "warntime above deadtime", HBKM_A_WARNTIME_US, 10000001 },
		{ "initdead below deadtime", HBKM_A_INITDEAD_US, 9999999 },
		{ "agent time-out 0", HBKM_A_AGENT_TIMEOUT_US, 0 },
	};

	for (size_t i = 0; i < sizeof(out_of_range) / sizeof(*out_of_range); i++) {
		begin(HBKM_CMD_CLUSTER_SET);
		put32(out_of_range[i].attr, out_of_range[i].value);
		refused(out_of_range[i].name, ERANGE);
	}
	begin(HBKM_CMD_CLUSTER_SET);
	put8(HBKM_A_AUTO_FAILBACK, 3);
	refused("a policy that is none", ERANGE);
	begin(HBKM_CMD_CLUSTER_SET);
	put32(HBKM_A_REACH, 3);
	refused("a reach of four bytes", EINVAL);
	begin(HBKM_CMD_CLUSTER_SET);
	put8(HBKM_A_MARK, 3);
	refused("a mark of one byte", EINVAL);
	begin(HBKM_CMD_CLUSTER_SET);
	put32(HBKM_A_KEEPALIVE_US, 2000);
	put32(HBKM_A_DEADTIME_US, 3000);
	refused("several times of which one is wrong", ERANGE);
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_CLUSTER_NAME, "other");
	refused("another cluster name", EBUSY);
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_NODE_NAME, "other");
	refused("another name for the own node", EBUSY);
	begin(HBKM_CMD_CLUSTER_DEL);
	put8(HBKM_A_REASON, 200);
	refused("a reason that is none", ERANGE);
	begin(HBKM_CMD_START);
	refused("START twice", EALREADY);
	begin(HBKM_CMD_AGENT);
	refused("a second agent", EBUSY);
}

static void nodes(void)
{
	char name[HBKM_NAME_MAX + 3];

	begin(HBKM_CMD_NODE_NEW);
	refused("a node without a name", EINVAL);
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "");
	refused("an empty name", EINVAL);
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "two words");
	refused("a name with a blank", EINVAL);
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "bell\a");
	refused("a name with a control character", EINVAL);
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "caf\xc3\xa9");
	refused("a name that is not ASCII", EINVAL);
	memset(name, 'n', sizeof(name));
	name[HBKM_NAME_MAX + 1] = 0;
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, name);
	refused("a name of 64 bytes", EINVAL);
	begin(HBKM_CMD_NODE_DEL);
	put_text(HBKM_A_NODE_NAME, "nobody");
	refused("removing a node that is not there", ENOENT);
	begin(HBKM_CMD_NODE_DEL);
	put_text(HBKM_A_NODE_NAME, "cookbook");
	refused("removing the own node", EBUSY);
	begin(HBKM_CMD_NODE_DEL);
	put_text(HBKM_A_NODE_NAME, "COOKBOOK2");
	refused("removing a node that a group's order names", EBUSY);
}

static void links(void)
{
	static const struct {
		const char *name;
		int attr;
	} parts[] = {
		{ "a link without an id", HBKM_A_LINK_ID },
		{ "a link without a kind", HBKM_A_LINK_KIND },
		{ "a link without a path", HBKM_A_LINK_PATH },
		{ "a link without a device", HBKM_A_IFNAME },
		{ "a link without a port", HBKM_A_PORT },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		link_but(parts[i].attr, 9, HBKM_LINK_UCAST, peer);
		refused(parts[i].name, EINVAL);
	}
	link_but(0, HBKM_MAX_LINKS, HBKM_LINK_UCAST, peer);
	refused("a link id of 64", ERANGE);
	link_but(0, 9, 0, peer);
	refused("a link kind of 0", ERANGE);
	link_but(0, 9, HBKM_LINK_MCAST + 1, peer);
	refused("a link kind that is none", ERANGE);
	link_but(0, 9, HBKM_LINK_UCAST, NULL);
	refused("ucast without an address", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, group);
	refused("ucast to a multicast group", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, "\xff\xff\xff\xff");
	refused("ucast to all", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, "\0\0\0\0");
	refused("ucast to nobody", EINVAL);
	link_but(0, 9, HBKM_LINK_MCAST, peer);
	refused("mcast to a single address", EINVAL);
	link_but(0, 9, HBKM_LINK_BCAST, peer);
	refused("bcast with an address", EINVAL);
	link_but(HBKM_A_PORT, 9, HBKM_LINK_UCAST, peer);
	put16(HBKM_A_PORT, 0);
	refused("port 0", ERANGE);
	link_but(HBKM_A_LINK_PATH, 9, HBKM_LINK_UCAST, peer);
	put8(HBKM_A_LINK_PATH, HBKM_MAX_PATHS);
	refused("path 16", ERANGE);
	link_but(HBKM_A_IFNAME, 9, HBKM_LINK_UCAST, peer);
	put_text(HBKM_A_IFNAME, "a/b");
	refused("a device that cannot be", EINVAL);
	link_but(HBKM_A_IFNAME, 9, HBKM_LINK_UCAST, peer);
	put_text(HBKM_A_IFNAME, "sixteen-bytes-xx");
	refused("a device name of 16 bytes", EINVAL);
	for (size_t len = 0; len < sizeof(peer6); len++) {
		char name[64];

		if (len == sizeof(peer))
			continue;
		link_but(0, 9, HBKM_LINK_UCAST, NULL);
		put(HBKM_A_ADDR, peer6, len);
		snprintf(name, sizeof(name), "an address of %zu bytes", len);
		refused(name, EINVAL);
	}
	link_but(0, 9, HBKM_LINK_UCAST, NULL);
	put(HBKM_A_ADDR, long6, sizeof(long6));
	refused("an address of 17 bytes", ERANGE);
	link_but(0, 9, HBKM_LINK_UCAST, NULL);
	put(HBKM_A_ADDR, mapped6, sizeof(mapped6));
	refused("an IPv4 address as one of IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, NULL);
	put(HBKM_A_ADDR, long6, sizeof(peer6));
	refused("ucast to nobody, by IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, NULL);
	put(HBKM_A_ADDR, group6, sizeof(group6));
	refused("ucast to a multicast group of IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_MCAST, NULL);
	put(HBKM_A_ADDR, peer6, sizeof(peer6));
	refused("mcast to a single address of IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_MCAST, NULL);
	put(HBKM_A_ADDR, own6, sizeof(own6));
	refused("mcast to a group that never leaves the machine", EINVAL);
	link_but(0, 9, HBKM_LINK_BCAST, NULL);
	put(HBKM_A_ADDR, group6, sizeof(group6));
	refused("bcast with an address of IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, peer);
	put(HBKM_A_SADDR, peer6, sizeof(peer6));
	refused("to send to IPv4 from IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, NULL);
	put(HBKM_A_ADDR, peer6, sizeof(peer6));
	put(HBKM_A_SADDR, peer, sizeof(peer));
	refused("to send to IPv6 from IPv4", EINVAL);
	link_but(0, 9, HBKM_LINK_BCAST, NULL);
	put(HBKM_A_SADDR, peer6, sizeof(peer6));
	refused("to send to all from IPv6", EINVAL);
	link_but(0, 9, HBKM_LINK_UCAST, peer);
	put(HBKM_A_SADDR, group, 4);
	refused("to send from a multicast group", EINVAL);
	link_but(0, 0, HBKM_LINK_BCAST, NULL);
	refused("another link under an id that is in use", EEXIST);
	link_but(0, 9, HBKM_LINK_UCAST, peer);
	refused("the same link under another id", EEXIST);
	link_but(HBKM_A_LINK_PATH, 0, HBKM_LINK_UCAST, peer);
	put8(HBKM_A_LINK_PATH, 0);
	put(HBKM_A_SADDR, own, sizeof(own));
	refused_with("a link once more as it is: no error, and no change", 0, false);
	link_but(HBKM_A_LINK_PATH, 0, HBKM_LINK_UCAST, peer);
	put8(HBKM_A_LINK_PATH, 0);
	refused("the same, but for its source", EEXIST);
	begin(HBKM_CMD_LINK_DEL);
	refused("removing which link?", EINVAL);
	begin(HBKM_CMD_LINK_DEL);
	put8(HBKM_A_LINK_ID, 33);
	refused("removing a link that is not there", ENOENT);
}

/* The cluster's own group, unchanged but for one address @n times in its guard. */
static void guard_of(const void *addr, size_t len, unsigned int n)
{
	struct nlattr *nest;

	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
	put32(HBKM_A_ORDER, own_id);
	nest = nest_begin(HBKM_A_GUARD | NLA_F_NESTED);
	while (n--)
		put(HBKM_A_ADDR, addr, len);
	nest_end(nest);
}

static void guards(void)
{
	static const uint8_t v4[4] = { 10, 0, 2, 77 }, zero[16], ones[16] = {
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	static const uint8_t mapped[16] = { [10] = 255, 255, 10, 0, 2, 77 };
	static const uint8_t loop4[4] = { 127, 0, 0, 1 }, loop6[16] = { [15] = 1 };
	static const uint8_t mcast4[4] = { 224, 0, 0, 1 }, mcast6[16] = { 255, 2, [15] = 1 };
	static const struct {
		const uint8_t *addr;
		size_t len;
		const char *what;
	} bad_ones[] = {
		{ v4, 0, "an address of no bytes" }, { v4, 3, "of three bytes" },
		{ mapped, 5, "of five bytes" }, { mapped, 15, "of 15 bytes" },
		{ zero, 4, "0.0.0.0" }, { ones, 4, "255.255.255.255" },
		{ loop4, 4, "127.0.0.1" }, { mcast4, 4, "a multicast group" },
		{ zero, 16, "::" }, { loop6, 16, "::1" }, { mcast6, 16, "ff02::1" },
		{ mapped, 16, "an IPv4-mapped address" },
	};
	struct nlattr *nest;
	char what[64];

	for (size_t i = 0; i < sizeof(bad_ones) / sizeof(bad_ones[0]); i++) {
		guard_of(bad_ones[i].addr, bad_ones[i].len, 1);
		snprintf(what, sizeof(what), "to guard %s", bad_ones[i].what);
		refused(what, EINVAL);
	}
	guard_of(ones, 17, 1);
	refused("to guard an address of 17 bytes", ERANGE);
	guard_of(v4, 4, HBKM_MAX_GUARD + 1);
	refused("to guard 33 addresses", ENOSPC);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
	put32(HBKM_A_ORDER, own_id);
	put(HBKM_A_GUARD, v4, 4);
	refused("a guard that is no nest", EINVAL);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
	put32(HBKM_A_ORDER, own_id);
	nest = nest_begin(HBKM_A_GUARD | NLA_F_NESTED);
	put(HBKM_A_ADDR, v4, 4);
	put8(HBKM_A_TTL, 1);
	nest_end(nest);
	refused("a guard with something else in it", EINVAL);
	guard_of(NULL, 0, 0);
	put32(HBKM_A_GROUP_FLAGS, HBKM_GROUP_F_WARM);
	refused("a warm group without addresses", EINVAL);
	guard_of(v4, 4, 1);
	put32(HBKM_A_GROUP_FLAGS, HBKM_GROUP_F_WANT);
	refused("a group with flags that are not its own to have", EINVAL);
	guard_of(v4, 4, 1);
	put32(HBKM_A_GROUP_FLAGS, HBKM_GROUP_F_READY | HBKM_GROUP_F_WARM);
	refused("a group that says it is ready", EINVAL);
}

/* ID,ID ADDR...: what it says of the group is so from then on. */
static int set_guard(const char *group, char *ids, char **addrs, int n)
{
	uint32_t order[HBKM_MAX_NODES];
	struct nlattr *nest;
	uint8_t addr[16];
	size_t n_order = 0;

	for (char *id = strtok(ids, ","); id && n_order < HBKM_MAX_NODES; id = strtok(NULL, ","))
		order[n_order++] = strtoul(id, NULL, 10);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, group);
	put(HBKM_A_ORDER, order, n_order * sizeof(order[0]));
	nest = nest_begin(HBKM_A_GUARD | NLA_F_NESTED);
	for (int i = 0; i < n; i++) {
		if (inet_pton(AF_INET, addrs[i], addr) == 1)
			put(HBKM_A_ADDR, addr, 4);
		else if (inet_pton(AF_INET6, addrs[i], addr) == 1)
			put(HBKM_A_ADDR, addr, 16);
		else
			return 2;
	}
	nest_end(nest);
	if (answer()) {
		fprintf(stderr, "nlbad: %s\n", text);
		return 1;
	}
	return 0;
}

static void groups(void)
{
	uint32_t order[HBKM_MAX_NODES + 1] = { 12345, 12345 };

	guards();
	begin(HBKM_CMD_GROUP_NEW);
	put(HBKM_A_ORDER, order, 4);
	refused("a group without a name", EINVAL);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "g");
	refused("a group without an order", EINVAL);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "g");
	put(HBKM_A_ORDER, order, 0);
	refused("an empty order", EINVAL);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "g");
	put(HBKM_A_ORDER, order, 5);
	refused("an order of one node and a bit", EINVAL);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "g");
	put(HBKM_A_ORDER, order, sizeof(order));
	refused("an order of 33 nodes", ERANGE);
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "g");
	put(HBKM_A_ORDER, order, 4);
	refused("an order with an unknown node", ENOENT);
	order[0] = order[1] = own_id;
	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "g");
	put(HBKM_A_ORDER, order, 8);
	refused("an order that names a node twice", EINVAL);
	begin(HBKM_CMD_GROUP_DEL);
	put_text(HBKM_A_GROUP_NAME, "g");
	refused("removing a group that is not there", ENOENT);
	begin(HBKM_CMD_GROUP_ACK);
	refused("an acknowledgement of nothing", EINVAL);
	begin(HBKM_CMD_GROUP_ACK);
	put32(HBKM_A_GROUP_ID, 1);
	put8(HBKM_A_GROUP_STATE, HBKM_GROUP_ACQUIRING);
	put32(HBKM_A_TERM, 1);
	put32(HBKM_A_RESULT, 0);
	refused("an acknowledgement for no group", ENOENT);
	begin(HBKM_CMD_GROUP_MOVE);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
	refused("move it where?", EINVAL);
	begin(HBKM_CMD_GROUP_MOVE);
	put8(HBKM_A_MOVE, 3);
	refused("a move that is none", ERANGE);
	begin(HBKM_CMD_GROUP_MOVE);
	put8(HBKM_A_MOVE, HBKM_MOVE_STANDBY);
	put_text(HBKM_A_GROUP_NAME, "g");
	refused("moving a group that is not there", ENOENT);
}

static void keys(void)
{
	begin(HBKM_CMD_KEYS_SET);
	put8(HBKM_A_KEY_SIGN, 1);
	refused("no key", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, HBKM_METHOD_SHA1, "secret");
	refused("no word of which key signs", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, HBKM_METHOD_SHA1, "secret");
	put8(HBKM_A_KEY_SIGN, 2);
	refused("a key that is not there signs", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, HBKM_METHOD_SHA1, NULL);
	put8(HBKM_A_KEY_SIGN, 1);
	refused("sha1 without a secret", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, HBKM_METHOD_CRC, "secret");
	put8(HBKM_A_KEY_SIGN, 1);
	refused("crc with a secret", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, 9, "secret");
	put8(HBKM_A_KEY_SIGN, 1);
	refused("a method that is none", ERANGE);
	begin(HBKM_CMD_KEYS_SET);
	put_key(16, HBKM_METHOD_SHA1, "secret");
	put8(HBKM_A_KEY_SIGN, 1);
	refused("key 16", ERANGE);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, -1, "secret");
	put8(HBKM_A_KEY_SIGN, 1);
	refused("a key without a method", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, HBKM_METHOD_SHA1, "secret");
	put_key(1, HBKM_METHOD_MD5, "secret");
	put8(HBKM_A_KEY_SIGN, 1);
	refused("two keys with the same id", EINVAL);
	begin(HBKM_CMD_KEYS_SET);
	for (int i = 0; i < 17; i++)
		put_key(i % 16, HBKM_METHOD_CRC, NULL);
	put8(HBKM_A_KEY_SIGN, 1);
	refused("17 keys", ENOSPC);
}

static void without_cluster(void)
{
	static const uint8_t cmds[] = {
		HBKM_CMD_CLUSTER_SET, HBKM_CMD_CLUSTER_DEL, HBKM_CMD_CLUSTER_GET, HBKM_CMD_AGENT,
		HBKM_CMD_START, HBKM_CMD_LEAVE, HBKM_CMD_STATS_GET,
	};
	char name[32];

	for (size_t i = 0; i < sizeof(cmds); i++) {
		snprintf(name, sizeof(name), "command %d without a cluster", cmds[i]);
		begin(cmds[i]);
		refused(name, ENOENT);
	}
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "node");
	refused("a node without a cluster", ENOENT);
	link_but(0, 1, HBKM_LINK_UCAST, peer);
	refused("a link without a cluster", ENOENT);
	begin(HBKM_CMD_KEYS_SET);
	put_key(1, HBKM_METHOD_SHA1, "secret");
	put8(HBKM_A_KEY_SIGN, 1);
	refused("keys without a cluster", ENOENT);
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_CLUSTER_NAME, "c");
	refused("a new cluster without the own node's name", ENOENT);
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_CLUSTER_NAME, "c");
	put_text(HBKM_A_NODE_NAME, "n");
	put32(HBKM_A_KEEPALIVE_US, 1);
	refused("a new cluster with a wrong time", ERANGE);
}

/* Must be accepted. */
static void accepted(const char *name)
{
	int got = answer();

	report(!got, name, "%s (%s)", strerror(got), text);
}

static void node_or_group(uint8_t cmd, const char *name)
{
	begin(cmd);
	if (cmd == HBKM_CMD_NODE_NEW) {
		put_text(HBKM_A_NODE_NAME, name);
	} else {
		put_text(HBKM_A_GROUP_NAME, name);
		put32(HBKM_A_ORDER, own_id);
	}
}

/* As many as there may be, and one more; and two whose names have the same id. */
static void crowd(uint8_t cmd, const char *what, unsigned int room)
{
	char name[32];

	node_or_group(cmd, "costarring");
	accepted(what);
	take_state(&before);
	node_or_group(cmd, "liquid");
	refused("another of the same id", EEXIST);
	for (unsigned int i = 1; i < room; i++) {
		snprintf(name, sizeof(name), "number%u", i);
		node_or_group(cmd, name);
		if (answer())
			report(false, what, "%s (%s)", name, text);
	}
	take_state(&before);
	node_or_group(cmd, "straw");
	refused("one too many", ENOSPC);
}

static void full(void)
{
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_CLUSTER_NAME, "crowded");
	put_text(HBKM_A_NODE_NAME, "cookbook");
	accepted("a cluster");
	take_state(&before);
	crowd(HBKM_CMD_NODE_NEW, "a node", HBKM_MAX_NODES - 1);
	crowd(HBKM_CMD_GROUP_NEW, "a group", HBKM_MAX_GROUPS);
	begin(HBKM_CMD_CLUSTER_DEL);
	accepted("an end");
}

/* Not root: may look, may not touch, and sees no key. */
static void as_nobody(void)
{
	static const uint8_t writes[] = {
		HBKM_CMD_CLUSTER_SET, HBKM_CMD_CLUSTER_DEL, HBKM_CMD_NODE_NEW, HBKM_CMD_NODE_DEL,
		HBKM_CMD_LINK_NEW, HBKM_CMD_LINK_DEL, HBKM_CMD_GROUP_NEW, HBKM_CMD_GROUP_DEL,
		HBKM_CMD_KEYS_SET, HBKM_CMD_AGENT, HBKM_CMD_START, HBKM_CMD_LEAVE,
		HBKM_CMD_GROUP_ACK, HBKM_CMD_GROUP_MOVE,
	};
	static const char secret[] = "topsecretpassword";
	char name[32];

	for (size_t i = 0; i < sizeof(writes); i++) {
		int got;

		snprintf(name, sizeof(name), "command %d by nobody", writes[i]);
		begin(writes[i]);
		got = answer();
		report(got == EPERM, name, "%s, not %s", strerror(got), strerror(EPERM));
	}
	report(before.len > 100, "nobody may look", "%zu bytes of state", before.len);
	report(!memmem(before.bytes, before.len, secret, strlen(secret)), "and sees no key",
	       "the secret is there");
}

/* ---- connecting ---- */

int main(int argc, char **argv)
{
	struct timeval patience = { .tv_sec = 5 };
	int on = 1;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	resolve();
	if (argc >= 4 && !strcmp(argv[1], "guard"))
		return set_guard(argv[2], argv[3], argv + 4, argc - 4);
	if (argc == 2 && !strcmp(argv[1], "nobody")) {
		/* The socket remembers who opened it: a new one. */
		close(sock);
		if (setgid(65534) || setuid(65534))
			return 1;
		sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
		setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		take_state(&before);
		as_nobody();
	} else if (argc == 2 && !strcmp(argv[1], "absent")) {
		take_state(&before);
		malformed();
		without_cluster();
	} else if (argc == 2 && !strcmp(argv[1], "present")) {
		take_state(&before);
		malformed();
		cluster();
		nodes();
		links();
		groups();
		keys();
	} else if (argc == 2 && !strcmp(argv[1], "full")) {
		full();
	} else {
		fprintf(stderr, "usage: nlbad { absent | present | nobody | full }\n");
		return 2;
	}
	printf("%u good, %u bad\n", good, bad);
	return bad || !good;
}
