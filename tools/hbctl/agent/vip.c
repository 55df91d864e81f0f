// SPDX-License-Identifier: GPL-2.0
/* Service addresses on interfaces, by rtnetlink. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/socket.h>

#include "vip.h"

#define BATCH		32		/* messages in a system call */
#define RECEIVE_SIZE	(64 * 1024)

struct rtnl {
	struct nl_sock *sk;		/* requests that libnl makes */
	struct nl_sock *fast;		/* prepared messages */
	struct nl_sock *watch;
	uint32_t seq;
	char error[256];
	char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
};

/* ---- opening ---- */

static struct nl_sock *open_socket(void)
{
	struct timeval patience = { .tv_sec = 2 };
	struct nl_sock *sk = nl_socket_alloc();
	int fd, on = 1;

	if (!sk)
		return NULL;
	if (nl_connect(sk, NETLINK_ROUTE)) {
		nl_socket_free(sk);
		return NULL;
	}
	nl_socket_disable_seq_check(sk);
	fd = nl_socket_get_fd(sk);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return sk;
}

int vip_open(struct rtnl **out)
{
	struct rtnl *rt = calloc(1, sizeof(*rt));
	int size = 1024 * 1024, fd;

	*out = rt;
	if (!rt)
		return -ENOMEM;
	rt->sk = open_socket();
	rt->fast = open_socket();
	rt->watch = open_socket();
	if (!rt->sk || !rt->fast || !rt->watch)
		goto err;
	fd = nl_socket_get_fd(rt->watch);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (nl_socket_add_memberships(rt->watch, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
				      RTNLGRP_IPV6_IFADDR, 0))
		goto err;
	return 0;
err:
	vip_close(rt);
	*out = NULL;
	return -EIO;
}

void vip_close(struct rtnl *rt)
{
	if (!rt)
		return;
	nl_socket_free(rt->sk);
	nl_socket_free(rt->fast);
	nl_socket_free(rt->watch);
	free(rt);
}

const char *vip_error(const struct rtnl *rt)
{
	return rt->error;
}

/* ---- messages ---- */

static void put(struct vip_message *m, unsigned short type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)m + NLMSG_ALIGN(m->h.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	m->h.nlmsg_len = NLMSG_ALIGN(m->h.nlmsg_len) + (uint32_t)RTA_SPACE(len);
}

static unsigned char scope(const struct in6_addr *addr)
{
	if (ip_is_v4(addr))
		return *(const uint8_t *)ip_bytes(addr) == 127 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	return IN6_IS_ADDR_LINKLOCAL(addr) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

static void begin(struct vip_message *m, uint16_t type, uint16_t flags, int ifindex,
		  uint8_t prefix_len, const struct in6_addr *addr)
{
	memset(m, 0, sizeof(*m));
	m->h.nlmsg_len = NLMSG_LENGTH(sizeof(m->ifa));
	m->h.nlmsg_type = type;
	m->h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	m->ifa.ifa_family = ip_is_v4(addr) ? AF_INET : AF_INET6;
	m->ifa.ifa_prefixlen = prefix_len;
	m->ifa.ifa_index = (uint32_t)ifindex;
	m->ifa.ifa_scope = scope(addr);
	put(m, IFA_LOCAL, ip_bytes(addr), ip_bits(addr) / 8);
	put(m, IFA_ADDRESS, ip_bytes(addr), ip_bits(addr) / 8);
}

static void put_v4(struct vip_message *m, const struct vip *v)
{
	struct in_addr broadcast = v->want_broadcast;

	if (!broadcast.s_addr && v->prefix_len < 31)
		broadcast.s_addr = ip_to_v4(&v->addr).s_addr | htonl(UINT32_MAX >> v->prefix_len);
	if (broadcast.s_addr)
		put(m, IFA_BROADCAST, &broadcast, sizeof(broadcast));
	if (*v->label)
		put(m, IFA_LABEL, v->label, strlen(v->label) + 1);
}

/*
 * Usable at once: whether another has it is not for the network to find out, which
 * takes a second. And never preferred, so that no connection of the host's own
 * begins from an address that may go: what being a secondary one is in IPv4.
 */
static void put_v6(struct vip_message *m)
{
	const struct ifa_cacheinfo lifetime = { .ifa_prefered = 0, .ifa_valid = UINT32_MAX };
	const uint32_t flags = IFA_F_NODAD;

	put(m, IFA_FLAGS, &flags, sizeof(flags));
	put(m, IFA_CACHEINFO, &lifetime, sizeof(lifetime));
}

static void build_messages(struct vip *v)
{
	const uint8_t mark = VIP_MARK;

	begin(&v->add, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, v->ifindex, v->prefix_len, &v->addr);
	if (ip_is_v4(&v->addr))
		put_v4(&v->add, v);
	else
		put_v6(&v->add);
	put(&v->add, IFA_PROTO, &mark, sizeof(mark));

	begin(&v->del, RTM_DELADDR, 0, v->ifindex, v->prefix_len, &v->addr);
}

static void take_text(struct rtnl *rt, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	size_t fixed = sizeof(*e);
	struct nlattr *text;
	int len;

	snprintf(rt->error, sizeof(rt->error), "%s", strerror(-e->error));
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		fixed += e->msg.nlmsg_len - NLMSG_HDRLEN;
	len = (int)h->nlmsg_len - (int)(NLMSG_HDRLEN + NLMSG_ALIGN(fixed));
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS) || len <= 0)
		return;
	text = nla_find((struct nlattr *)((char *)h + NLMSG_HDRLEN + NLMSG_ALIGN(fixed)), len,
			NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(rt->error, sizeof(rt->error), "%.*s", nla_len(text),
			 (const char *)nla_data(text));
}

/*
 * Sends up to BATCH messages in one system call; the kernel has done them when
 * it returns. @results receives 0 or -errno for each.
 */
static int transact(struct rtnl *rt, struct vip_message *const *messages, size_t n, int *results)
{
	struct iovec iov[BATCH];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = n };
	int fd = nl_socket_get_fd(rt->fast);
	uint32_t first = rt->seq + 1;
	char buf[8192] __attribute__((aligned(8)));
	size_t answers = 0;
	struct nlmsghdr *h;
	ssize_t len;

	for (size_t i = 0; i < n; i++) {
		messages[i]->h.nlmsg_seq = ++rt->seq;
		iov[i].iov_base = messages[i];
		iov[i].iov_len = messages[i]->h.nlmsg_len;
		results[i] = -EIO;
	}
	while (sendmsg(fd, &msg, 0) < 0) {
		if (errno == EINTR)
			continue;
		snprintf(rt->error, sizeof(rt->error), "%s", strerror(errno));
		return -errno;
	}
	while (answers < n) {
		len = recv(fd, buf, sizeof(buf), 0);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0) {
			snprintf(rt->error, sizeof(rt->error), "no answer: %s", strerror(errno));
			return -errno;
		}
		for (h = (void *)buf; NLMSG_OK(h, (size_t)len); h = NLMSG_NEXT(h, len)) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			if (h->nlmsg_type != NLMSG_ERROR || h->nlmsg_seq - first >= n ||
			    h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
				continue;
			results[h->nlmsg_seq - first] = e->error;
			if (e->error)
				take_text(rt, h);
			answers++;
		}
	}
	return 0;
}

/*
 * Another hand may have put it there with another prefix. Of IPv6 the kernel has an address
 * once on an interface, so that serves as well; but it goes by its own prefix only.
 */
static int remove_by_its_prefix(struct rtnl *rt, const struct vip *v)
{
	struct vip_present *present;
	int ret, err = 0;
	size_t n;

	ret = vip_list(rt, &present, &n);
	if (ret)
		return ret;
	for (size_t i = 0; i < n && !err; i++)
		if (present[i].ifindex == v->ifindex && ip_same(&present[i].addr, &v->addr))
			err = vip_remove_present(rt, &present[i]);
	free(present);
	return err;
}

/* Adds or removes; returns the first error that matters. */
static int apply(struct rtnl *rt, struct vip *vips, size_t n, bool add, size_t *failed)
{
	struct vip_message *messages[BATCH];
	size_t which[BATCH], used = 0;
	int results[BATCH], err = 0, ret;

	for (size_t i = 0; i < n; i++) {
		/* The machine's own, which it was before it was the group's. */
		if (!add && vips[i].left) {
			vips[i].held = false;
		} else if (vips[i].ifindex) {
			which[used] = i;
			messages[used++] = add ? &vips[i].add : &vips[i].del;
		} else if (add && !err) {
			err = -ENODEV;
			snprintf(rt->error, sizeof(rt->error), "no interface");
			if (failed)
				*failed = i;
		}
		if (!used || (used < BATCH && i < n - 1))
			continue;
		ret = transact(rt, messages, used, results);
		for (size_t j = 0; j < used; j++) {
			struct vip *v = &vips[which[j]];
			int result = ret ? ret : results[j];

			/* By our hand, so no longer. */
			if (add && !result)
				v->left = false;
			if (add && result == -EEXIST)
				result = 0;
			if (!add && result == -EADDRNOTAVAIL && !ip_is_v4(&v->addr))
				result = remove_by_its_prefix(rt, v);
			if (!add && (result == -EADDRNOTAVAIL || result == -ENODEV))
				result = 0;
			if (!result)
				v->held = add;
			if (result && !err) {
				err = result;
				if (failed)
					*failed = which[j];
			}
		}
		used = 0;
	}
	return err;
}

int vip_add(struct rtnl *rt, struct vip *vips, size_t n, size_t *failed)
{
	char keep[sizeof(rt->error)];
	int err = apply(rt, vips, n, true, failed);

	if (err) {
		memcpy(keep, rt->error, sizeof(keep));
		apply(rt, vips, n, false, NULL);
		memcpy(rt->error, keep, sizeof(keep));
	}
	return err;
}

int vip_remove(struct rtnl *rt, struct vip *vips, size_t n, size_t *failed)
{
	return apply(rt, vips, n, false, failed);
}

int vip_remove_present(struct rtnl *rt, const struct vip_present *p)
{
	struct vip_message m, *one = &m;
	int result, ret;

	begin(&m, RTM_DELADDR, 0, p->ifindex, p->prefix_len, &p->addr);
	if (*p->label)
		put(&m, IFA_LABEL, p->label, strlen(p->label) + 1);
	ret = transact(rt, &one, 1, &result);
	if (!ret)
		ret = result;
	return ret == -EADDRNOTAVAIL || ret == -ENODEV ? 0 : ret;
}

int vip_restore(struct rtnl *rt, struct vip *v)
{
	struct vip_message *m = &v->add;
	int result, ret;

	if (!v->ifindex) {
		snprintf(rt->error, sizeof(rt->error), "no interface");
		return -ENODEV;
	}
	ret = transact(rt, &m, 1, &result);
	if (!ret)
		ret = result;
	v->held = !ret || ret == -EEXIST;
	v->left &= ret != 0;
	return !ret ? 1 : ret == -EEXIST ? 0 : ret;
}

/* ---- preparing ---- */

void vip_init(struct vip *v, const struct config_address *a)
{
	memset(v, 0, sizeof(*v));
	v->addr = a->addr;
	v->want_prefix_len = a->prefix_len;
	v->want_broadcast = a->broadcast;
	memcpy(v->want_ifname, a->ifname, sizeof(v->want_ifname));
	memcpy(v->label, a->label, sizeof(v->label));
}

bool vip_same(const struct vip *a, const struct vip *b)
{
	return ip_same(&a->addr, &b->addr) && a->want_prefix_len == b->want_prefix_len &&
	       a->want_broadcast.s_addr == b->want_broadcast.s_addr &&
	       !strcmp(a->want_ifname, b->want_ifname) && !strcmp(a->label, b->label);
}

const struct vip_route *vip_pick_route(const struct vip_route *routes, size_t n,
				       const struct in6_addr *addr, bool any)
{
	const struct vip_route *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct vip_route *r = &routes[i];

		if (!ip_within(addr, &r->dst, r->prefix_len))
			continue;
		if (!any && (!r->direct || !r->prefix_len))
			continue;
		if (!best || r->prefix_len > best->prefix_len ||
		    (r->prefix_len == best->prefix_len && r->priority < best->priority))
			best = r;
	}
	return best;
}

struct collection {
	char *v;
	size_t size, n, max;
	void (*take)(struct nlmsghdr *h, struct collection *c);
	bool failed;
};

static void *collect(struct collection *c)
{
	if (c->n == c->max) {
		size_t max = c->max ? 2 * c->max : 64;
		char *v = reallocarray(c->v, max, c->size);

		if (!v) {
			c->failed = true;
			return NULL;
		}
		c->v = v;
		c->max = max;
	}
	memset(c->v + c->n * c->size, 0, c->size);
	return c->v + c->n++ * c->size;
}

static int dump(struct rtnl *rt, int type, const void *header, size_t header_len,
		struct collection *c)
{
	int fd = nl_socket_get_fd(rt->sk), tries = 0;
	struct nl_msg *msg;
	struct nlmsghdr *h;
	bool interrupted, done;
	uint32_t seq;
	ssize_t len;
	int ret;

again:
	c->n = 0;
	interrupted = done = false;
	msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_DUMP);
	if (!msg || nlmsg_append(msg, (void *)header, header_len, NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nl_complete_msg(rt->sk, msg);
	h = nlmsg_hdr(msg);
	seq = h->nlmsg_seq;
	ret = send(fd, h, h->nlmsg_len, 0) < 0 ? -errno : 0;
	nlmsg_free(msg);
	while (!ret && !done) {
		len = recv(fd, rt->buf, sizeof(rt->buf), 0);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		for (h = (void *)rt->buf; NLMSG_OK(h, (size_t)len); h = NLMSG_NEXT(h, len)) {
			if (h->nlmsg_seq != seq)
				continue;
			if (h->nlmsg_flags & NLM_F_DUMP_INTR)
				interrupted = true;
			if (h->nlmsg_type == NLMSG_DONE)
				done = true;
			else if (h->nlmsg_type == NLMSG_ERROR)
				return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
			else
				c->take(h, c);
		}
	}
	if (!ret && c->failed)
		ret = -ENOMEM;
	if (!ret && interrupted && ++tries < 5)
		goto again;
	return ret;
}

/* Of that family; none is all zeros. False for what is none of ours. */
static bool take_ip(struct in6_addr *to, uint8_t family, const struct nlattr *attr)
{
	size_t len = family == AF_INET ? sizeof(struct in_addr) : sizeof(*to);
	struct in_addr v4 = { 0 };

	memset(to, 0, sizeof(*to));
	if ((family != AF_INET && family != AF_INET6) || (attr && (size_t)nla_len(attr) != len))
		return false;
	if (attr)
		memcpy(family == AF_INET ? (void *)&v4 : to, nla_data(attr), len);
	if (family == AF_INET)
		*to = ip_from_v4(v4);
	return true;
}

static void take_route(struct nlmsghdr *h, struct collection *c)
{
	const struct rtmsg *rtm = NLMSG_DATA(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct in6_addr dst;
	struct vip_route *r;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*rtm), tb, RTA_MAX, NULL) < 0 || rtm->rtm_type != RTN_UNICAST ||
	    rtm->rtm_table != RT_TABLE_MAIN || !tb[RTA_OIF] ||
	    !take_ip(&dst, rtm->rtm_family, tb[RTA_DST]))
		return;
	r = collect(c);
	if (!r)
		return;
	r->dst = dst;
	r->prefix_len = rtm->rtm_dst_len;
	r->ifindex = (int)nla_get_u32(tb[RTA_OIF]);
	r->direct = !tb[RTA_GATEWAY];
	r->priority = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
}

/* Is it there only because an address of ours is, wherever that was put? */
static bool is_by_ours(const struct vip_route *r, const struct vip_present *present, size_t n)
{
	bool ours = false;

	for (size_t i = 0; i < n; i++) {
		const struct vip_present *p = &present[i];

		if (p->ifindex != r->ifindex || p->prefix_len != r->prefix_len ||
		    !ip_within(&p->addr, &r->dst, r->prefix_len))
			continue;
		if (!p->ours)
			return false;
		ours = true;
	}
	return ours;
}

/* Those of the machine's own networks come first. Return: how many, or -errno. */
static ssize_t sort_routes(struct rtnl *rt, struct vip_route *routes, size_t n)
{
	struct vip_present *present;
	size_t n_present, own = 0;
	int ret;

	ret = vip_list(rt, &present, &n_present);
	if (ret)
		return ret;
	for (size_t i = 0; i < n; i++) {
		struct vip_route r = routes[i];

		if (is_by_ours(&r, present, n_present))
			continue;
		routes[i] = routes[own];
		routes[own++] = r;
	}
	free(present);
	return (ssize_t)own;
}

static bool is_network(const struct vip_route *r)
{
	return r && r->direct && r->prefix_len;
}

/*
 * As Heartbeat does for an address that is given without interface or prefix. But
 * where its network was, and has gone, the default route does not lead to whoever
 * asks for it: then it is not to be had here.
 */
static int find_route(struct rtnl *rt, struct vip *v)
{
	struct rtmsg rtm = {
		.rtm_family = ip_is_v4(&v->addr) ? AF_INET : AF_INET6, .rtm_table = RT_TABLE_MAIN,
	};
	struct collection c = { .size = sizeof(struct vip_route), .take = take_route };
	const struct vip_route *r;
	int ret;

	ret = dump(rt, RTM_GETROUTE, &rtm, sizeof(rtm), &c);
	if (!ret) {
		struct vip_route *routes = (void *)c.v;
		bool any = v->want_prefix_len >= 0 && !v->direct;
		size_t n = c.n;
		ssize_t own;

		/* With the interface given, only what leads there can tell the prefix. */
		for (size_t i = 0; v->ifindex && i < n; )
			if (routes[i].ifindex != v->ifindex)
				routes[i] = routes[--n];
			else
				i++;
		own = sort_routes(rt, routes, n);
		if (own < 0) {
			free(c.v);
			return (int)own;
		}
		r = vip_pick_route(routes, (size_t)own, &v->addr, any);
		v->direct |= is_network(r);
		if (!is_network(r))
			r = vip_pick_route(routes, n, &v->addr, any);
		if (r) {
			v->ifindex = r->ifindex;
			if (v->want_prefix_len < 0)
				v->prefix_len = r->prefix_len;
		} else {
			ret = -ENETUNREACH;
			snprintf(rt->error, sizeof(rt->error), "no route tells its %s",
				 v->ifindex ? "prefix" : "interface");
		}
	}
	free(c.v);
	return ret;
}

static bool is_router(const char *ifname)
{
	char path[128];
	int value = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/forwarding", ifname);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%d", &value) != 1)
		value = 0;
	fclose(f);
	return value;
}

int vip_refresh(struct rtnl *rt, struct vip *v)
{
	struct rtnl_link *link = NULL;
	unsigned int flags;
	struct nl_addr *mac;

	v->notice.n = 0;
	if (rtnl_link_get_kernel(rt->sk, v->ifindex, NULL, &link) < 0) {
		snprintf(rt->error, sizeof(rt->error), "no interface with index %d", v->ifindex);
		return -ENODEV;
	}
	snprintf(v->ifname, sizeof(v->ifname), "%s", rtnl_link_get_name(link));
	mac = rtnl_link_get_addr(link);
	flags = rtnl_link_get_flags(link);
	v->up = flags & IFF_UP;
	v->running = v->up && (flags & IFF_RUNNING);
	if (rtnl_link_get_arptype(link) == ARPHRD_ETHER && mac &&
	    nl_addr_get_len(mac) == ETH_ALEN && !(flags & (IFF_NOARP | IFF_LOOPBACK)))
		notice_build(&v->notice, v->ifindex, nl_addr_get_binary_addr(mac), &v->addr,
			     !ip_is_v4(&v->addr) && is_router(v->ifname));
	rtnl_link_put(link);
	build_messages(v);
	return 0;
}

int vip_prepare(struct rtnl *rt, struct vip *v)
{
	int ret;

	v->ifindex = 0;
	v->prefix_len = v->want_prefix_len < 0 ? 0 : (uint8_t)v->want_prefix_len;
	if (*v->want_ifname) {
		v->ifindex = (int)if_nametoindex(v->want_ifname);
		if (!v->ifindex) {
			snprintf(rt->error, sizeof(rt->error), "no interface %s", v->want_ifname);
			return -ENODEV;
		}
	}
	ret = !v->ifindex || v->want_prefix_len < 0 ? find_route(rt, v) : 0;
	if (!ret)
		ret = vip_refresh(rt, v);
	if (ret)
		v->ifindex = 0;
	return ret;
}

int vip_check_up(struct rtnl *rt, const struct vip *v)
{
	if (v->up)
		return 0;
	snprintf(rt->error, sizeof(rt->error), "the interface %s is down", v->ifname);
	return -ENETDOWN;
}

/* ---- listing ---- */

static bool parse_address(struct nlmsghdr *h, struct vip_present *p)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(h);
	struct nlattr *tb[IFA_MAX + 1];
	struct nlattr *local;

	if (nlmsg_parse(h, sizeof(*ifa), tb, IFA_MAX, NULL) < 0)
		return false;
	local = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	memset(p, 0, sizeof(*p));
	if (!local || !take_ip(&p->addr, ifa->ifa_family, local))
		return false;
	p->ifindex = (int)ifa->ifa_index;
	p->prefix_len = ifa->ifa_prefixlen;
	if (tb[IFA_LABEL])
		snprintf(p->label, sizeof(p->label), "%.*s", nla_len(tb[IFA_LABEL]),
			 (const char *)nla_data(tb[IFA_LABEL]));
	p->secondary = ifa->ifa_family == AF_INET && (ifa->ifa_flags & IFA_F_SECONDARY);
	p->ours = tb[IFA_PROTO] && nla_len(tb[IFA_PROTO]) >= 1 &&
		  nla_get_u8(tb[IFA_PROTO]) == VIP_MARK;
	return true;
}

static void take_address(struct nlmsghdr *h, struct collection *c)
{
	struct vip_present p, *to;

	if (h->nlmsg_type != RTM_NEWADDR || !parse_address(h, &p))
		return;
	to = collect(c);
	if (to)
		*to = p;
}

int vip_list(struct rtnl *rt, struct vip_present **out, size_t *n)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_UNSPEC };
	struct collection c = { .size = sizeof(struct vip_present), .take = take_address };
	int ret;

	*out = NULL;
	*n = 0;
	ret = dump(rt, RTM_GETADDR, &ifa, sizeof(ifa), &c);
	if (ret) {
		snprintf(rt->error, sizeof(rt->error), "%s", strerror(-ret));
		free(c.v);
		return ret;
	}
	*out = (void *)c.v;
	*n = c.n;
	return 0;
}

/* ---- watching ---- */

int vip_watch_fd(const struct rtnl *rt)
{
	return nl_socket_get_fd(rt->watch);
}

static bool parse_change(struct nlmsghdr *h, struct vip_change *c)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(h);
	struct nlattr *tb[IFLA_MAX + 1];
	struct vip_present p;

	memset(c, 0, sizeof(*c));
	switch (h->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (!parse_address(h, &p))
			return false;
		c->kind = h->nlmsg_type == RTM_NEWADDR ? VIP_ADDR : VIP_ADDR_GONE;
		c->ifindex = p.ifindex;
		c->addr = p.addr;
		c->prefix_len = p.prefix_len;
		return true;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		/* AF_BRIDGE tells of ports that leave a bridge, not of devices that go. */
		if (nlmsg_parse(h, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0 ||
		    ifi->ifi_family != AF_UNSPEC)
			return false;
		c->kind = h->nlmsg_type == RTM_NEWLINK ? VIP_LINK : VIP_LINK_GONE;
		c->ifindex = ifi->ifi_index;
		c->up = ifi->ifi_flags & IFF_UP;
		c->running = c->up && (ifi->ifi_flags & IFF_RUNNING);
		if (tb[IFLA_IFNAME])
			snprintf(c->ifname, sizeof(c->ifname), "%.*s", nla_len(tb[IFLA_IFNAME]),
				 (const char *)nla_data(tb[IFLA_IFNAME]));
		return true;
	}
	return false;
}

int vip_watch_receive(struct rtnl *rt, void (*handle)(const struct vip_change *c, void *data),
		      void *data)
{
	/* Not rt->buf: @handle may ask for lists. */
	static char buf[RECEIVE_SIZE] __attribute__((aligned(8)));
	int fd = nl_socket_get_fd(rt->watch);
	struct vip_change c;
	struct nlmsghdr *h;
	ssize_t len;

	for (;;) {
		struct sockaddr_nl from;
		socklen_t from_len = sizeof(from);

		len = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&from,
			       &from_len);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (from.nl_pid != 0)
			continue;
		for (h = (void *)buf; NLMSG_OK(h, (size_t)len); h = NLMSG_NEXT(h, len))
			if (parse_change(h, &c))
				handle(&c, data);
	}
}
