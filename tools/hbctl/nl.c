// SPDX-License-Identifier: GPL-2.0
/*
 * hbctl's way to the module: generic netlink in, plain structs out.
 *
 * libnl opens the sockets, resolves the family and builds the messages. The
 * answers are read here: libnl 3.7 turns errno values into its own and knows
 * nothing of the texts that the kernel sends with a refusal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "hbctl.h"
#include "ip.h"
#include "nl.h"

#define RECEIVE_SIZE	(64 * 1024)
#define EVENT_BUFFER	(4 * 1024 * 1024)

struct hbnl {
	struct nl_sock *sk;
	int family;			/* < 0: not there */
	char error[512];
	char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
};

struct hbnl_events {
	struct nl_sock *sk;
	int family;
	char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
};

/* Lengths at least these, so that a stranger's message cannot make us read past its end. */
static struct nla_policy policy[HBKM_A_MAX + 1] = {
	[HBKM_A_CLUSTER_NAME] = { .type = NLA_STRING },
	[HBKM_A_CLUSTER_ID] = { .type = NLA_U32 },
	[HBKM_A_CLUSTER_STATE] = { .type = NLA_U8 },
	[HBKM_A_CLUSTER_FLAGS] = { .type = NLA_U32 },
	[HBKM_A_HOLDING] = { .type = NLA_U32 },
	[HBKM_A_KEEPALIVE_US] = { .type = NLA_U32 },
	[HBKM_A_DEADTIME_US] = { .type = NLA_U32 },
	[HBKM_A_WARNTIME_US] = { .type = NLA_U32 },
	[HBKM_A_INITDEAD_US] = { .type = NLA_U32 },
	[HBKM_A_AGENT_TIMEOUT_US] = { .type = NLA_U32 },
	[HBKM_A_AUTO_FAILBACK] = { .type = NLA_U8 },
	[HBKM_A_REACH] = { .type = NLA_U16 },
	[HBKM_A_MARK] = { .type = NLA_U32 },
	[HBKM_A_LATE_MAX_NS] = { .type = NLA_U64 },
	[HBKM_A_LATE_HIST] = { .type = NLA_UNSPEC },
	[HBKM_A_NODE_NAME] = { .type = NLA_STRING },
	[HBKM_A_NODE_ID] = { .type = NLA_U32 },
	[HBKM_A_NODE_STATE] = { .type = NLA_U8 },
	[HBKM_A_NODE_FLAGS] = { .type = NLA_U32 },
	[HBKM_A_REASON] = { .type = NLA_U8 },
	[HBKM_A_INCARNATION] = { .type = NLA_U64 },
	[HBKM_A_AGE_NS] = { .type = NLA_U64 },
	[HBKM_A_RTT_NS] = { .type = NLA_U64 },
	[HBKM_A_PATHS_HEARD] = { .type = NLA_U32 },
	[HBKM_A_PATHS_ECHOED] = { .type = NLA_U32 },
	[HBKM_A_LINK_ID] = { .type = NLA_U8 },
	[HBKM_A_LINK_KIND] = { .type = NLA_U8 },
	[HBKM_A_LINK_PATH] = { .type = NLA_U8 },
	[HBKM_A_LINK_STATE] = { .type = NLA_U8 },
	[HBKM_A_IFNAME] = { .type = NLA_STRING },
	[HBKM_A_IFINDEX] = { .type = NLA_U32 },
	[HBKM_A_ADDR] = { .type = NLA_UNSPEC },
	[HBKM_A_SADDR] = { .type = NLA_UNSPEC },
	[HBKM_A_PORT] = { .type = NLA_U16 },
	[HBKM_A_TTL] = { .type = NLA_U8 },
	[HBKM_A_TX] = { .type = NLA_U64 },
	[HBKM_A_TX_ERRORS] = { .type = NLA_U64 },
	[HBKM_A_RESULT] = { .type = NLA_U32 },
	[HBKM_A_RX] = { .type = NLA_U64 },
	[HBKM_A_GROUP_NAME] = { .type = NLA_STRING },
	[HBKM_A_GROUP_ID] = { .type = NLA_U32 },
	[HBKM_A_GROUP_STATE] = { .type = NLA_U8 },
	[HBKM_A_GROUP_FLAGS] = { .type = NLA_U32 },
	[HBKM_A_TERM] = { .type = NLA_U32 },
	[HBKM_A_HOLDER] = { .type = NLA_U32 },
	[HBKM_A_ORDER] = { .type = NLA_UNSPEC },
	[HBKM_A_STATS] = { .type = NLA_UNSPEC },
	[HBKM_A_EVENT] = { .type = NLA_U8 },
	[HBKM_A_EVENT_SEQ] = { .type = NLA_U32 },
	[HBKM_A_TIME_NS] = { .type = NLA_U64 },
	[HBKM_A_GUARD] = { .type = NLA_UNSPEC },
	[HBKM_A_HWADDR] = { .type = NLA_UNSPEC },
};

/* ---- attributes to structs ---- */

static uint8_t get_u8(struct nlattr **tb, int attr)
{
	return tb[attr] ? nla_get_u8(tb[attr]) : 0;
}

static uint16_t get_u16(struct nlattr **tb, int attr)
{
	return tb[attr] ? nla_get_u16(tb[attr]) : 0;
}

static uint32_t get_u32(struct nlattr **tb, int attr)
{
	return tb[attr] ? nla_get_u32(tb[attr]) : 0;
}

static uint64_t get_u64(struct nlattr **tb, int attr)
{
	return tb[attr] ? nla_get_u64(tb[attr]) : 0;
}

static void get_string(struct nlattr **tb, int attr, char *to, size_t size)
{
	size_t len = 0;

	if (tb[attr]) {
		len = strnlen(nla_data(tb[attr]), (size_t)nla_len(tb[attr]));
		if (len >= size)
			len = size - 1;
		memcpy(to, nla_data(tb[attr]), len);
	}
	to[len] = 0;
}

static size_t get_array(struct nlattr **tb, int attr, void *to, size_t size, size_t element)
{
	size_t len;

	if (!tb[attr])
		return 0;
	len = (size_t)nla_len(tb[attr]);
	if (len > size)
		len = size;
	len -= len % element;
	memcpy(to, nla_data(tb[attr]), len);
	return len / element;
}

static void decode_cluster(struct nlattr **tb, struct nl_cluster *c)
{
	memset(c, 0, sizeof(*c));
	get_string(tb, HBKM_A_CLUSTER_NAME, c->name, sizeof(c->name));
	get_string(tb, HBKM_A_NODE_NAME, c->node, sizeof(c->node));
	c->id = get_u32(tb, HBKM_A_CLUSTER_ID);
	c->node_id = get_u32(tb, HBKM_A_NODE_ID);
	c->incarnation = get_u64(tb, HBKM_A_INCARNATION);
	c->state = get_u8(tb, HBKM_A_CLUSTER_STATE);
	c->auto_failback = get_u8(tb, HBKM_A_AUTO_FAILBACK);
	c->flags = get_u32(tb, HBKM_A_CLUSTER_FLAGS);
	c->holding = get_u32(tb, HBKM_A_HOLDING);
	c->keepalive_us = get_u32(tb, HBKM_A_KEEPALIVE_US);
	c->deadtime_us = get_u32(tb, HBKM_A_DEADTIME_US);
	c->warntime_us = get_u32(tb, HBKM_A_WARNTIME_US);
	c->initdead_us = get_u32(tb, HBKM_A_INITDEAD_US);
	c->agent_timeout_us = get_u32(tb, HBKM_A_AGENT_TIMEOUT_US);
	c->late_max_ns = get_u64(tb, HBKM_A_LATE_MAX_NS);
	get_array(tb, HBKM_A_LATE_HIST, c->late_hist, sizeof(c->late_hist),
		  sizeof(c->late_hist[0]));
	c->event_seq = get_u32(tb, HBKM_A_EVENT_SEQ);
}

static void decode_node(struct nlattr **tb, struct nl_node *n)
{
	memset(n, 0, sizeof(*n));
	get_string(tb, HBKM_A_NODE_NAME, n->name, sizeof(n->name));
	n->id = get_u32(tb, HBKM_A_NODE_ID);
	n->state = get_u8(tb, HBKM_A_NODE_STATE);
	n->reason = get_u8(tb, HBKM_A_REASON);
	n->flags = get_u32(tb, HBKM_A_NODE_FLAGS);
	n->incarnation = get_u64(tb, HBKM_A_INCARNATION);
	n->has_age = tb[HBKM_A_AGE_NS];
	n->age_ns = get_u64(tb, HBKM_A_AGE_NS);
	n->has_rtt = tb[HBKM_A_RTT_NS];
	n->rtt_ns = get_u64(tb, HBKM_A_RTT_NS);
	n->keepalive_us = get_u32(tb, HBKM_A_KEEPALIVE_US);
	n->deadtime_us = get_u32(tb, HBKM_A_DEADTIME_US);
	n->paths_heard = get_u32(tb, HBKM_A_PATHS_HEARD);
	n->paths_echoed = get_u32(tb, HBKM_A_PATHS_ECHOED);
	n->has_reach = tb[HBKM_A_REACH];
	n->reach = get_u16(tb, HBKM_A_REACH);
	n->mark = get_u32(tb, HBKM_A_MARK);
}

/* Either family's; false for what is neither. */
static bool get_addr(const struct nlattr *attr, struct in6_addr *to)
{
	memset(to, 0, sizeof(*to));
	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		*to = ip_from_v4(*(const struct in_addr *)nla_data(attr));
		return true;
	case sizeof(*to):
		memcpy(to, nla_data(attr), sizeof(*to));
		return true;
	}
	return false;
}

static void decode_link(struct nlattr **tb, struct nl_link *l)
{
	memset(l, 0, sizeof(*l));
	l->id = get_u8(tb, HBKM_A_LINK_ID);
	l->kind = get_u8(tb, HBKM_A_LINK_KIND);
	l->path = get_u8(tb, HBKM_A_LINK_PATH);
	l->state = get_u8(tb, HBKM_A_LINK_STATE);
	get_string(tb, HBKM_A_IFNAME, l->ifname, sizeof(l->ifname));
	l->ifindex = get_u32(tb, HBKM_A_IFINDEX);
	if (tb[HBKM_A_ADDR])
		get_addr(tb[HBKM_A_ADDR], &l->addr);
	if (tb[HBKM_A_SADDR])
		get_addr(tb[HBKM_A_SADDR], &l->saddr);
	l->port = get_u16(tb, HBKM_A_PORT);
	l->ttl = get_u8(tb, HBKM_A_TTL);
	l->tx = get_u64(tb, HBKM_A_TX);
	l->tx_errors = get_u64(tb, HBKM_A_TX_ERRORS);
	l->error = get_u32(tb, HBKM_A_RESULT);
	l->rx = get_u64(tb, HBKM_A_RX);
}

static void decode_guard(const struct nlattr *guard, struct nl_group *g)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, guard, rem)
		if (nla_type(attr) == HBKM_A_ADDR && g->n_guard < HBKM_MAX_GUARD &&
		    get_addr(attr, &g->guard[g->n_guard]))
			g->n_guard++;
}

static void decode_group(struct nlattr **tb, struct nl_group *g)
{
	memset(g, 0, sizeof(*g));
	get_string(tb, HBKM_A_GROUP_NAME, g->name, sizeof(g->name));
	g->id = get_u32(tb, HBKM_A_GROUP_ID);
	g->state = get_u8(tb, HBKM_A_GROUP_STATE);
	g->flags = get_u32(tb, HBKM_A_GROUP_FLAGS);
	g->term = get_u32(tb, HBKM_A_TERM);
	g->has_holder = tb[HBKM_A_HOLDER];
	g->holder = get_u32(tb, HBKM_A_HOLDER);
	g->n_order = get_array(tb, HBKM_A_ORDER, g->order, sizeof(g->order), sizeof(g->order[0]));
	if (tb[HBKM_A_GUARD])
		decode_guard(tb[HBKM_A_GUARD], g);
}

static void decode_event(struct nlattr **tb, struct nl_event *e)
{
	e->type = get_u8(tb, HBKM_A_EVENT);
	e->seq = get_u32(tb, HBKM_A_EVENT_SEQ);
	e->time_ns = get_u64(tb, HBKM_A_TIME_NS);
	e->age_ns = get_u64(tb, HBKM_A_AGE_NS);
	e->has_node_id = tb[HBKM_A_NODE_ID];
	e->node_id = get_u32(tb, HBKM_A_NODE_ID);
	switch (e->type) {
	case HBKM_EVENT_CLUSTER:
		decode_cluster(tb, &e->cluster);
		break;
	case HBKM_EVENT_NODE:
	case HBKM_EVENT_PATH:
		decode_node(tb, &e->node);
		break;
	case HBKM_EVENT_LINK:
		decode_link(tb, &e->link);
		break;
	case HBKM_EVENT_GROUP:
	case HBKM_EVENT_CONFLICT:
		decode_group(tb, &e->group);
		break;
	case HBKM_EVENT_DUPLICATE:
		decode_group(tb, &e->group);
		memset(&e->addr, 0, sizeof(e->addr));
		if (tb[HBKM_A_ADDR])
			get_addr(tb[HBKM_A_ADDR], &e->addr);
		e->hwaddr_len = get_array(tb, HBKM_A_HWADDR, e->hwaddr, sizeof(e->hwaddr), 1);
		break;
	}
}

/* ---- one request and its answers ---- */

static int set_error(struct hbnl *nl, int err, const char *text)
{
	snprintf(nl->error, sizeof(nl->error), "%s", text && *text ? text : strerror(-err));
	/* Errors are one line, and end without a full stop, whoever wrote them. */
	nl->error[strcspn(nl->error, "\n")] = 0;
	return err;
}

/* The text in an error message; its place depends on what else was echoed. */
static int kernel_error(struct hbnl *nl, const struct nlmsghdr *h, int err, size_t fixed)
{
	static struct nla_policy tlv_policy[NLMSGERR_ATTR_MAX + 1] = {
		[NLMSGERR_ATTR_MSG] = { .type = NLA_STRING },
	};
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	char text[sizeof(nl->error)] = "";
	int len;

	len = (int)h->nlmsg_len - (int)(NLMSG_HDRLEN + NLMSG_ALIGN(fixed));
	if ((h->nlmsg_flags & NLM_F_ACK_TLVS) && len > 0) {
		struct nlattr *head = (void *)((char *)h + NLMSG_HDRLEN + NLMSG_ALIGN(fixed));

		if (!nla_parse(tb, NLMSGERR_ATTR_MAX, head, len, tlv_policy))
			get_string(tb, NLMSGERR_ATTR_MSG, text, sizeof(text));
	}
	return set_error(nl, err, text);
}

struct answer {
	void (*decode)(struct nlattr **tb, void *arg);
	void *arg;
	bool interrupted;
};

/* Return: 1 when the answer is complete, 0 when more is to come, or -errno. */
static int take_message(struct hbnl *nl, const struct nlmsghdr *h, struct answer *answer)
{
	struct nlattr *tb[HBKM_A_MAX + 1];
	const struct nlmsgerr *e;
	size_t fixed;
	int err = 0;

	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;
	switch (h->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_DONE:
		if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(int)))
			memcpy(&err, NLMSG_DATA(h), sizeof(err));
		return err < 0 ? kernel_error(nl, h, err, sizeof(int)) : 1;
	case NLMSG_ERROR:
		if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
			return set_error(nl, -EBADMSG, "short answer");
		e = NLMSG_DATA(h);
		if (!e->error)
			return 1;
		fixed = sizeof(*e);
		if (!(h->nlmsg_flags & NLM_F_CAPPED))
			fixed += e->msg.nlmsg_len - NLMSG_HDRLEN;
		return kernel_error(nl, h, e->error, fixed);
	}
	if (h->nlmsg_type != nl->family || !answer->decode)
		return 0;
	if (genlmsg_parse((struct nlmsghdr *)h, 0, tb, HBKM_A_MAX, policy) < 0)
		return set_error(nl, -EBADMSG, "answer not understood");
	answer->decode(tb, answer->arg);
	return 0;
}

static int receive(struct hbnl *nl, uint32_t seq, struct answer *answer)
{
	int fd = nl_socket_get_fd(nl->sk), ret;
	struct nlmsghdr *h;
	ssize_t len;

	for (;;) {
		len = recv(fd, nl->buf, sizeof(nl->buf), 0);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return set_error(nl, errno == EAGAIN ? -ETIMEDOUT : -errno, NULL);
		for (h = (void *)nl->buf; NLMSG_OK(h, (size_t)len); h = NLMSG_NEXT(h, len)) {
			/* Of an earlier request, given up. */
			if (h->nlmsg_seq != seq)
				continue;
			ret = take_message(nl, h, answer);
			if (ret)
				return ret < 0 ? ret : 0;
		}
	}
}

/*
 * The largest request but for keys, a group with all the nodes and addresses that it can have, needs less. libnl clears
 * all of a message first, and libnl's own size is a page: too much while the peer waits for a group to be let go.
 */
#define MESSAGE_ROOM	1024

/* The kernel's header has no name for it. */
#define CTRL_VERSION	2

static struct nl_msg *family_message(int family, int flags, uint8_t cmd, uint8_t version)
{
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_ROOM);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				NLM_F_REQUEST | NLM_F_ACK | flags, cmd, version)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

static struct nl_msg *new_message(struct hbnl *nl, int flags, uint8_t cmd)
{
	return family_message(nl->family, flags, cmd, HBKM_GENL_VERSION);
}

/* Sends and frees @msg. @put: what adding its attributes returned. */
static int request(struct hbnl *nl, struct nl_msg *msg, int put,
		   void (*decode)(struct nlattr **tb, void *arg), void *arg)
{
	struct answer answer = { .decode = decode, .arg = arg };
	struct nlmsghdr *h;
	int ret;

	if (!msg || put < 0) {
		nlmsg_free(msg);
		return set_error(nl, -ENOMEM, NULL);
	}
	if (nl->family < 0) {
		nlmsg_free(msg);
		return set_error(nl, -ENODEV, "module hbkm is not loaded");
	}
	nl_complete_msg(nl->sk, msg);
	h = nlmsg_hdr(msg);
	if (send(nl_socket_get_fd(nl->sk), h, h->nlmsg_len, 0) < 0)
		ret = set_error(nl, -errno, NULL);
	else
		ret = receive(nl, h->nlmsg_seq, &answer);
	nlmsg_free(msg);
	return ret ? ret : answer.interrupted ? -EINTR : 0;
}

/* A list that takes the answers of a dump. */
struct list {
	char *v;
	size_t size, max, n;
	void (*decode)(struct nlattr **tb, void *to);
};

static void list_take(struct nlattr **tb, void *arg)
{
	struct list *list = arg;

	if (list->n < list->max)
		list->decode(tb, list->v + list->size * list->n++);
}

static int dump(struct hbnl *nl, uint8_t cmd, struct list *list, size_t *n)
{
	int ret, tries = 0;

	do {
		list->n = 0;
		ret = request(nl, new_message(nl, NLM_F_DUMP, cmd), 0, list_take, list);
		/* Changed while we read it: what we have may never have been true. */
	} while (ret == -EINTR && ++tries < 10);
	if (ret == -EINTR)
		set_error(nl, ret, "the list changes faster than it can be read");
	*n = list->n;
	return ret;
}

/* ---- opening ---- */

static int resolve(struct hbnl *nl)
{
	nl->family = genl_ctrl_resolve(nl->sk, HBKM_GENL_NAME);
	if (nl->family < 0)
		return set_error(nl, -ENODEV, "module hbkm is not loaded");
	return 0;
}

static struct nl_sock *open_socket(void)
{
	struct timeval patience = { .tv_sec = 5 };
	struct nl_sock *sk = nl_socket_alloc();
	int fd, on = 1;

	if (!sk)
		return NULL;
	if (genl_connect(sk)) {
		nl_socket_free(sk);
		return NULL;
	}
	nl_socket_disable_seq_check(sk);
	fd = nl_socket_get_fd(sk);
	/* What an older kernel does not know of these, we do without. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return sk;
}

int hbnl_open(struct hbnl **out)
{
	struct hbnl *nl = calloc(1, sizeof(*nl));

	*out = nl;
	if (!nl)
		return -ENOMEM;
	nl->sk = open_socket();
	if (!nl->sk) {
		int err = errno ? -errno : -ENOMEM;

		free(nl);
		*out = NULL;
		return err;
	}
	return resolve(nl);
}

void hbnl_close(struct hbnl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sk);
	free(nl);
}

int hbnl_connect(struct hbnl **out)
{
	int ret = hbnl_open(out);

	if (!ret)
		return HBCTL_OK;
	if (ret == -ENODEV)
		fail(HBCTL_ABSENT, "module hbkm is not loaded (modprobe hbkm)");
	else
		fail(HBCTL_REFUSED, "netlink: %s (%s)", strerror(-ret), strerrorname_np(-ret));
	hbnl_close(*out);
	*out = NULL;
	return ret == -ENODEV ? HBCTL_ABSENT : HBCTL_REFUSED;
}

const char *hbnl_error(const struct hbnl *nl)
{
	return nl->error;
}

/*
 * By its number, which no other has soon: a module that went and came back is not
 * the one we spoke to. To ask for the name would have the kernel load it again, and
 * wait for that, while our addresses are still there.
 */
bool hbnl_present(struct hbnl *nl)
{
	char keep[sizeof(nl->error)];
	struct nl_msg *msg;
	int put, ret;

	memcpy(keep, nl->error, sizeof(keep));
	msg = family_message(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, CTRL_VERSION);
	put = msg ? nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, (uint16_t)nl->family) : 0;
	ret = request(nl, msg, put, NULL, NULL);
	memcpy(nl->error, keep, sizeof(keep));
	return ret != -ENOENT && ret != -ENODEV;
}

int hbnl_fail(struct hbnl *nl, const char *what, int err)
{
	char text[sizeof(nl->error)];
	struct nl_cluster c;

	memcpy(text, nl->error, sizeof(text));
	if (err == -ENODEV || !hbnl_present(nl))
		return fail(HBCTL_ABSENT, "module hbkm is not loaded (modprobe hbkm)");
	if (err == -ENOENT && hbnl_cluster_get(nl, &c) == -ENOENT)
		return fail(HBCTL_UNMET, "no cluster is running here (service heartbeat start, or "
			    "hbctl run)");
	/* The module's own reason is another one, and has a text. */
	if (err == -EPERM && !strcmp(text, strerror(EPERM)))
		return fail(HBCTL_REFUSED, "%s%sonly root may (EPERM)", what ?: "", what ? ": " : "");
	return fail(HBCTL_REFUSED, "%s%s%s (%s)", what ? what : "", what ? ": " : "", text,
		    strerrorname_np(-err) ? strerrorname_np(-err) : "error");
}

/* ---- reading ---- */

static void take_cluster(struct nlattr **tb, void *arg)
{
	decode_cluster(tb, arg);
}

static void take_node(struct nlattr **tb, void *arg)
{
	decode_node(tb, arg);
}

static void take_link(struct nlattr **tb, void *arg)
{
	decode_link(tb, arg);
}

static void take_group(struct nlattr **tb, void *arg)
{
	decode_group(tb, arg);
}

int hbnl_cluster_get(struct hbnl *nl, struct nl_cluster *c)
{
	memset(c, 0, sizeof(*c));
	return request(nl, new_message(nl, 0, HBKM_CMD_CLUSTER_GET), 0, take_cluster, c);
}

int hbnl_nodes_get(struct hbnl *nl, struct nl_node *nodes, size_t max, size_t *n)
{
	struct list list = { (char *)nodes, sizeof(*nodes), max, 0, take_node };

	return dump(nl, HBKM_CMD_NODE_GET, &list, n);
}

int hbnl_links_get(struct hbnl *nl, struct nl_link *links, size_t max, size_t *n)
{
	struct list list = { (char *)links, sizeof(*links), max, 0, take_link };

	return dump(nl, HBKM_CMD_LINK_GET, &list, n);
}

int hbnl_groups_get(struct hbnl *nl, struct nl_group *groups, size_t max, size_t *n)
{
	struct list list = { (char *)groups, sizeof(*groups), max, 0, take_group };

	return dump(nl, HBKM_CMD_GROUP_GET, &list, n);
}

struct stats_arg {
	uint64_t *stats;
	size_t n;
};

static void take_stats(struct nlattr **tb, void *arg)
{
	struct stats_arg *s = arg;
	struct nlattr *a;
	int rest;

	if (!tb[HBKM_A_STATS])
		return;
	nla_for_each_nested(a, tb[HBKM_A_STATS], rest)
		if ((size_t)nla_type(a) < s->n && nla_len(a) >= (int)sizeof(uint64_t))
			s->stats[nla_type(a)] = nla_get_u64(a);
}

int hbnl_stats_get(struct hbnl *nl, uint64_t *stats, size_t n)
{
	struct stats_arg arg = { stats, n };

	memset(stats, 0, n * sizeof(*stats));
	return request(nl, new_message(nl, 0, HBKM_CMD_STATS_GET), 0, take_stats, &arg);
}

int hbnl_snapshot_get(struct hbnl *nl, struct nl_snapshot *s)
{
	struct nl_cluster before;
	int ret, tries = 0;

	ret = hbnl_cluster_get(nl, &before);
	while (!ret) {
		ret = hbnl_nodes_get(nl, s->nodes, HBKM_MAX_NODES, &s->n_nodes);
		if (!ret)
			ret = hbnl_links_get(nl, s->links, HBKM_MAX_LINKS, &s->n_links);
		if (!ret)
			ret = hbnl_groups_get(nl, s->groups, HBKM_MAX_GROUPS, &s->n_groups);
		if (!ret)
			ret = hbnl_cluster_get(nl, &s->cluster);
		if (ret)
			break;
		if (s->cluster.event_seq == before.event_seq)
			break;
		/*
		 * It never stands still: then say what was so before, so that
		 * the events since are looked at once more.
		 */
		if (++tries == 5) {
			s->cluster.event_seq = before.event_seq;
			break;
		}
		before = s->cluster;
	}
	return ret;
}

const char *hbnl_node_name(const struct nl_snapshot *s, uint32_t id)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].id == id)
			return s->nodes[i].name;
	return NULL;
}

/* ---- changing ---- */

int hbnl_cluster_set(struct hbnl *nl, const struct nl_params *p)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_CLUSTER_SET);
	int put = 0;

	if (msg && (p->set & NL_SET_NAMES)) {
		put |= nla_put_string(msg, HBKM_A_CLUSTER_NAME, p->cluster);
		put |= nla_put_string(msg, HBKM_A_NODE_NAME, p->node);
	}
	if (msg && (p->set & NL_SET_KEEPALIVE))
		put |= nla_put_u32(msg, HBKM_A_KEEPALIVE_US, p->keepalive_us);
	if (msg && (p->set & NL_SET_DEADTIME))
		put |= nla_put_u32(msg, HBKM_A_DEADTIME_US, p->deadtime_us);
	if (msg && (p->set & NL_SET_WARNTIME))
		put |= nla_put_u32(msg, HBKM_A_WARNTIME_US, p->warntime_us);
	if (msg && (p->set & NL_SET_INITDEAD))
		put |= nla_put_u32(msg, HBKM_A_INITDEAD_US, p->initdead_us);
	if (msg && (p->set & NL_SET_AGENT_TIMEOUT))
		put |= nla_put_u32(msg, HBKM_A_AGENT_TIMEOUT_US, p->agent_timeout_us);
	if (msg && (p->set & NL_SET_AUTO_FAILBACK))
		put |= nla_put_u8(msg, HBKM_A_AUTO_FAILBACK, p->auto_failback);
	if (msg && (p->set & NL_SET_REACH))
		put |= nla_put_u16(msg, HBKM_A_REACH, p->reach);
	if (msg && (p->set & NL_SET_MARK))
		put |= nla_put_u32(msg, HBKM_A_MARK, p->mark);
	return request(nl, msg, put, NULL, NULL);
}

int hbnl_cluster_del(struct hbnl *nl, enum hbkm_reason reason)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_CLUSTER_DEL);

	return request(nl, msg, msg ? nla_put_u8(msg, HBKM_A_REASON, (uint8_t)reason) : 0,
		       NULL, NULL);
}

static int request_string(struct hbnl *nl, uint8_t cmd, int attr, const char *text)
{
	struct nl_msg *msg = new_message(nl, 0, cmd);

	return request(nl, msg, msg ? nla_put_string(msg, attr, text) : 0, NULL, NULL);
}

int hbnl_node_new(struct hbnl *nl, const char *name)
{
	return request_string(nl, HBKM_CMD_NODE_NEW, HBKM_A_NODE_NAME, name);
}

int hbnl_node_del(struct hbnl *nl, const char *name)
{
	return request_string(nl, HBKM_CMD_NODE_DEL, HBKM_A_NODE_NAME, name);
}

static int put_addr(struct nl_msg *msg, int type, const struct in6_addr *addr)
{
	return nla_put(msg, type, (int)ip_bits(addr) / 8, ip_bytes(addr));
}

int hbnl_link_new(struct hbnl *nl, const struct nl_link *l)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_LINK_NEW);
	int put = 0;

	if (msg) {
		put |= nla_put_u8(msg, HBKM_A_LINK_ID, l->id);
		put |= nla_put_u8(msg, HBKM_A_LINK_KIND, l->kind);
		put |= nla_put_u8(msg, HBKM_A_LINK_PATH, l->path);
		put |= nla_put_string(msg, HBKM_A_IFNAME, l->ifname);
		if (l->kind != HBKM_LINK_BCAST)
			put |= put_addr(msg, HBKM_A_ADDR, &l->addr);
		if (ip_is_set(&l->saddr))
			put |= put_addr(msg, HBKM_A_SADDR, &l->saddr);
		put |= nla_put_u16(msg, HBKM_A_PORT, l->port);
		if (l->kind == HBKM_LINK_MCAST)
			put |= nla_put_u8(msg, HBKM_A_TTL, l->ttl);
	}
	return request(nl, msg, put, NULL, NULL);
}

int hbnl_link_del(struct hbnl *nl, uint8_t id)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_LINK_DEL);

	return request(nl, msg, msg ? nla_put_u8(msg, HBKM_A_LINK_ID, id) : 0, NULL, NULL);
}

static int put_guard(struct nl_msg *msg, const struct nl_group *g)
{
	struct nlattr *nest = nla_nest_start(msg, HBKM_A_GUARD | NLA_F_NESTED);
	int put = nest ? 0 : -1;

	for (size_t i = 0; i < g->n_guard && !put; i++)
		put |= nla_put(msg, HBKM_A_ADDR, (int)ip_bits(&g->guard[i]) / 8, ip_bytes(&g->guard[i]));
	/* Not nla_nest_end(): that leaves an empty one out, and it means: none. */
	if (!put)
		nest->nla_len = (uint16_t)((char *)nlmsg_tail(nlmsg_hdr(msg)) - (char *)nest);
	return put;
}

int hbnl_group_new(struct hbnl *nl, const struct nl_group *g)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_GROUP_NEW);
	int put = 0;

	if (msg) {
		put |= nla_put_string(msg, HBKM_A_GROUP_NAME, g->name);
		put |= nla_put(msg, HBKM_A_ORDER, (int)(g->n_order * sizeof(g->order[0])),
			       g->order);
		put |= put_guard(msg, g);
		put |= nla_put_u32(msg, HBKM_A_GROUP_FLAGS, g->flags & HBKM_GROUP_F_WARM);
	}
	return request(nl, msg, put, NULL, NULL);
}

int hbnl_group_del(struct hbnl *nl, const char *name)
{
	return request_string(nl, HBKM_CMD_GROUP_DEL, HBKM_A_GROUP_NAME, name);
}

int hbnl_keys_set(struct hbnl *nl, const struct nl_key *keys, size_t n, uint8_t sign)
{
	struct nl_msg *msg = nlmsg_alloc_size(HBKM_MAX_KEYS * (HBKM_SECRET_MAX + 64) + 256);
	struct nlmsghdr *h;
	struct nlattr *nest;
	int put = 0, ret;

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				 NLM_F_REQUEST | NLM_F_ACK, HBKM_CMD_KEYS_SET, HBKM_GENL_VERSION))
		put = -1;
	for (size_t i = 0; i < n && !put; i++) {
		nest = nla_nest_start(msg, HBKM_A_KEY | NLA_F_NESTED);
		if (!nest) {
			put = -1;
			break;
		}
		put |= nla_put_u8(msg, HBKM_A_KEY_ID, keys[i].id);
		put |= nla_put_u8(msg, HBKM_A_KEY_METHOD, keys[i].method);
		if (keys[i].secret_len)
			put |= nla_put(msg, HBKM_A_KEY_SECRET, (int)keys[i].secret_len,
				       keys[i].secret);
		nla_nest_end(msg, nest);
	}
	if (!put)
		put |= nla_put_u8(msg, HBKM_A_KEY_SIGN, sign);
	/* Keys leave no copy behind: send, wipe, then wait for the answer. */
	if (put) {
		ret = -ENOMEM;
	} else if (nl->family < 0) {
		ret = -ENODEV;
	} else {
		struct answer answer = { 0 };

		nl_complete_msg(nl->sk, msg);
		h = nlmsg_hdr(msg);
		ret = send(nl_socket_get_fd(nl->sk), h, h->nlmsg_len, 0) < 0 ? -errno : 0;
		explicit_bzero(nlmsg_data(h), (size_t)nlmsg_datalen(h));
		if (!ret) {
			ret = receive(nl, h->nlmsg_seq, &answer);
			nlmsg_free(msg);
			return ret;
		}
	}
	nlmsg_free(msg);
	return set_error(nl, ret, NULL);
}

int hbnl_agent(struct hbnl *nl, struct nl_cluster *c)
{
	struct nl_cluster ignored;

	return request(nl, new_message(nl, 0, HBKM_CMD_AGENT), 0, take_cluster, c ? c : &ignored);
}

int hbnl_start(struct hbnl *nl)
{
	return request(nl, new_message(nl, 0, HBKM_CMD_START), 0, NULL, NULL);
}

int hbnl_leave(struct hbnl *nl)
{
	return request(nl, new_message(nl, 0, HBKM_CMD_LEAVE), 0, NULL, NULL);
}

int hbnl_group_ack(struct hbnl *nl, uint32_t group, uint8_t state, uint32_t term, int result)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_GROUP_ACK);
	int put = 0;

	if (msg) {
		put |= nla_put_u32(msg, HBKM_A_GROUP_ID, group);
		put |= nla_put_u8(msg, HBKM_A_GROUP_STATE, state);
		put |= nla_put_u32(msg, HBKM_A_TERM, term);
		put |= nla_put_u32(msg, HBKM_A_RESULT, (uint32_t)result);
	}
	return request(nl, msg, put, NULL, NULL);
}

int hbnl_group_move(struct hbnl *nl, enum hbkm_move move, const char *group)
{
	struct nl_msg *msg = new_message(nl, 0, HBKM_CMD_GROUP_MOVE);
	int put = 0;

	if (msg) {
		put |= nla_put_u8(msg, HBKM_A_MOVE, (uint8_t)move);
		if (group)
			put |= nla_put_string(msg, HBKM_A_GROUP_NAME, group);
	}
	return request(nl, msg, put, NULL, NULL);
}

/* ---- events ---- */

int hbnl_events_open(struct hbnl *nl, struct hbnl_events **out)
{
	struct hbnl_events *ev = calloc(1, sizeof(*ev));
	int event, notify, fd, size = EVENT_BUFFER;

	*out = NULL;
	if (!ev)
		return set_error(nl, -ENOMEM, NULL);
	ev->sk = open_socket();
	if (!ev->sk) {
		free(ev);
		return set_error(nl, -ENOMEM, NULL);
	}
	ev->family = nl->family;
	fd = nl_socket_get_fd(ev->sk);
	event = genl_ctrl_resolve_grp(ev->sk, HBKM_GENL_NAME, HBKM_GENL_GROUP_EVENT);
	notify = genl_ctrl_resolve_grp(ev->sk, "nlctrl", "notify");
	/* Not limited by rmem_max, where we may. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (event < 0 || notify < 0 || nl_socket_add_memberships(ev->sk, event, notify, 0)) {
		hbnl_events_close(ev);
		return set_error(nl, -ENODEV, "module hbkm has no events");
	}
	*out = ev;
	return 0;
}

void hbnl_events_close(struct hbnl_events *ev)
{
	if (!ev)
		return;
	nl_socket_free(ev->sk);
	free(ev);
}

int hbnl_events_fd(const struct hbnl_events *ev)
{
	return nl_socket_get_fd(ev->sk);
}

static bool is_our_end(const struct hbnl_events *ev, struct nlmsghdr *h)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct genlmsghdr *g = NLMSG_DATA(h);

	return h->nlmsg_len >= NLMSG_LENGTH(GENL_HDRLEN) && g->cmd == CTRL_CMD_DELFAMILY &&
	       !genlmsg_parse(h, 0, tb, CTRL_ATTR_MAX, NULL) && tb[CTRL_ATTR_FAMILY_ID] &&
	       nla_len(tb[CTRL_ATTR_FAMILY_ID]) >= (int)sizeof(uint16_t) &&
	       nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]) == ev->family;
}

int hbnl_events_receive(struct hbnl_events *ev,
			void (*handle)(const struct nl_event *e, void *data), void *data)
{
	int fd = nl_socket_get_fd(ev->sk);
	struct nlattr *tb[HBKM_A_MAX + 1];
	struct nl_event e;
	struct nlmsghdr *h;
	ssize_t len;

	for (;;) {
		struct sockaddr_nl from;
		socklen_t from_len = sizeof(from);

		len = recvfrom(fd, ev->buf, sizeof(ev->buf), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &from_len);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return errno == EAGAIN ? 0 : -errno;
		/* Anybody may send to a netlink socket; only the kernel is port 0. */
		if (from.nl_pid != 0)
			continue;
		for (h = (void *)ev->buf; NLMSG_OK(h, (size_t)len); h = NLMSG_NEXT(h, len)) {
			const struct genlmsghdr *g = NLMSG_DATA(h);

			if (h->nlmsg_type == GENL_ID_CTRL && is_our_end(ev, h))
				return -ENODEV;
			if (h->nlmsg_type != ev->family ||
			    h->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
			    g->cmd != HBKM_CMD_EVENT ||
			    genlmsg_parse(h, 0, tb, HBKM_A_MAX, policy) < 0)
				continue;
			decode_event(tb, &e);
			handle(&e, data);
		}
	}
}
