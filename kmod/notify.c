// SPDX-License-Identifier: GPL-2.0
/*
 * What user space is told: objects to attributes, and the events. Events are sent
 * from wherever things happen, mostly softirq; a lost one shows in the sequence.
 */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include "hbkm.h"

/* Cleared before the family goes, so that no softirq sends to its old group. */
bool hbkm_events_wanted;

/* ---- objects to attributes ---- */

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, HBKM_A_PAD);
}

static int put_reach(struct sk_buff *skb, u16 reach)
{
	return reach ? nla_put_u16(skb, HBKM_A_REACH, reach - 1) : 0;
}

static int put_mark(struct sk_buff *skb, u32 mark)
{
	return mark ? nla_put_u32(skb, HBKM_A_MARK, mark) : 0;
}

/**
 * hbkm_fill_cluster() - what a cluster is like
 * @skb: the message
 * @cl: the cluster
 *
 * Context: lock held. Return: 0, or not if the message is full.
 */
int hbkm_fill_cluster(struct sk_buff *skb, const struct hbkm_cluster *cl)
{
	const struct hbkm_params *p = &cl->params;
	u32 flags = 0;

	if (cl->agent_ok)
		flags |= HBKM_CLUSTER_F_AGENT;
	if (cl->isolated)
		flags |= HBKM_CLUSTER_F_ISOLATED;
	return nla_put_string(skb, HBKM_A_CLUSTER_NAME, cl->name) ||
	       nla_put_u32(skb, HBKM_A_CLUSTER_ID, cl->id) ||
	       nla_put_string(skb, HBKM_A_NODE_NAME, cl->self->name) ||
	       nla_put_u32(skb, HBKM_A_NODE_ID, cl->self->id) ||
	       nla_put_u8(skb, HBKM_A_CLUSTER_STATE, cl->state) ||
	       nla_put_u32(skb, HBKM_A_CLUSTER_FLAGS, flags) ||
	       nla_put_u32(skb, HBKM_A_HOLDING, hbkm_cluster_holding(cl)) ||
	       put_u64(skb, HBKM_A_INCARNATION, cl->incarnation) ||
	       nla_put_u32(skb, HBKM_A_KEEPALIVE_US, p->keepalive_us) ||
	       nla_put_u32(skb, HBKM_A_DEADTIME_US, p->deadtime_us) ||
	       nla_put_u32(skb, HBKM_A_WARNTIME_US, p->warntime_us) ||
	       nla_put_u32(skb, HBKM_A_INITDEAD_US, p->initdead_us) ||
	       nla_put_u32(skb, HBKM_A_AGENT_TIMEOUT_US, p->agent_timeout_us) ||
	       nla_put_u8(skb, HBKM_A_AUTO_FAILBACK, p->auto_failback) ||
	       put_reach(skb, p->reach) ||
	       put_mark(skb, p->mark);
}

/**
 * hbkm_fill_cluster_details() - what only those who ask want to know of a cluster
 * @skb: the message
 * @cl: the cluster
 *
 * Context: lock held. Return: 0, or not if the message is full.
 */
int hbkm_fill_cluster_details(struct sk_buff *skb, const struct hbkm_cluster *cl)
{
	return put_u64(skb, HBKM_A_LATE_MAX_NS, cl->late_max_ns) ||
	       nla_put_64bit(skb, HBKM_A_LATE_HIST, sizeof(cl->late), cl->late, HBKM_A_PAD) ||
	       nla_put_u32(skb, HBKM_A_EVENT_SEQ, cl->event_seq);
}

static u32 node_flags(const struct hbkm_node *node)
{
	const struct hbkm_cluster *cl = node->cl;
	u32 flags = 0;

	if (node == cl->self) {
		flags |= HBKM_NODE_F_SELF;
		if (cl->agent_ok)
			flags |= HBKM_NODE_F_AGENT;
		if (cl->state == HBKM_CLUSTER_RUNNING)
			flags |= HBKM_NODE_F_SETTLED;
		return flags | node->differs;
	}
	if (!hbkm_detector_present(&node->detector))
		return node->differs;
	if (node->said & HBKM_FRAME_F_AGENT)
		flags |= HBKM_NODE_F_AGENT;
	if (node->said & HBKM_FRAME_F_SETTLED)
		flags |= HBKM_NODE_F_SETTLED;
	if (node->detector.oneway)
		flags |= HBKM_NODE_F_ONEWAY;
	return flags | node->differs;
}

/**
 * hbkm_fill_node() - what a node is like
 * @skb: the message
 * @node: the node
 * @now: monotonic time, ns
 *
 * Context: lock held. Return: 0, or not if the message is full.
 */
int hbkm_fill_node(struct sk_buff *skb, const struct hbkm_node *node, u64 now)
{
	const struct hbkm_detector *d = &node->detector;
	const struct hbkm_cluster *cl = node->cl;
	u8 state = d->state;

	if (nla_put_string(skb, HBKM_A_NODE_NAME, node->name) ||
	    nla_put_u32(skb, HBKM_A_NODE_ID, node->id) ||
	    nla_put_u32(skb, HBKM_A_NODE_FLAGS, node_flags(node)))
		return -EMSGSIZE;
	if (node == cl->self) {
		if (cl->state != HBKM_CLUSTER_DOWN)
			state = HBKM_NODE_UP;
		return nla_put_u8(skb, HBKM_A_NODE_STATE, state) ||
		       put_reach(skb, cl->params.reach) ||
		       put_mark(skb, cl->params.mark) ||
		       put_u64(skb, HBKM_A_INCARNATION, cl->incarnation);
	}
	if (nla_put_u8(skb, HBKM_A_NODE_STATE, state) ||
	    nla_put_u8(skb, HBKM_A_REASON, node->reason) ||
	    (hbkm_detector_present(d) &&
	     (put_reach(skb, node->reach) || put_mark(skb, node->mark))))
		return -EMSGSIZE;
	if (!d->incarnation)
		return 0;
	return put_u64(skb, HBKM_A_INCARNATION, d->incarnation) ||
	       put_u64(skb, HBKM_A_AGE_NS, hbkm_since(d->heard_ns, now)) ||
	       put_u64(skb, HBKM_A_RTT_NS, node->rtt_ns) ||
	       nla_put_u32(skb, HBKM_A_KEEPALIVE_US, d->keepalive_us) ||
	       nla_put_u32(skb, HBKM_A_DEADTIME_US, d->deadtime_us) ||
	       nla_put_u32(skb, HBKM_A_PATHS_HEARD, d->paths_up) ||
	       nla_put_u32(skb, HBKM_A_PATHS_ECHOED, node->echoed);
}

static int put_addr(struct sk_buff *skb, int type, const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return nla_put_in_addr(skb, type, addr->s6_addr32[3]);
	return nla_put_in6_addr(skb, type, addr);
}

/**
 * hbkm_fill_link() - what a link is like
 * @skb: the message
 * @link: the link
 *
 * Context: lock held. Return: 0, or not if the message is full.
 */
int hbkm_fill_link(struct sk_buff *skb, const struct hbkm_link *link)
{
	const struct net_device *dev;
	int ifindex;

	rcu_read_lock();
	dev = rcu_dereference(link->dev);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();

	if (nla_put_u8(skb, HBKM_A_LINK_ID, link->id) ||
	    nla_put_u8(skb, HBKM_A_LINK_KIND, link->kind) ||
	    nla_put_u8(skb, HBKM_A_LINK_PATH, link->path) ||
	    nla_put_u8(skb, HBKM_A_LINK_STATE, link->state) ||
	    nla_put_string(skb, HBKM_A_IFNAME, link->ifname) ||
	    nla_put_u32(skb, HBKM_A_IFINDEX, ifindex) ||
	    nla_put_u16(skb, HBKM_A_PORT, link->number) ||
	    put_u64(skb, HBKM_A_TX, atomic64_read(&link->tx)) ||
	    put_u64(skb, HBKM_A_TX_ERRORS, atomic64_read(&link->tx_errors)) ||
	    put_u64(skb, HBKM_A_RX, atomic64_read(&link->rx)))
		return -EMSGSIZE;
	if (link->kind != HBKM_LINK_BCAST && put_addr(skb, HBKM_A_ADDR, &link->addr))
		return -EMSGSIZE;
	if (link->error && nla_put_u32(skb, HBKM_A_RESULT, link->error))
		return -EMSGSIZE;
	if (!ipv6_addr_any(&link->source) && put_addr(skb, HBKM_A_SADDR, &link->source))
		return -EMSGSIZE;
	if (link->kind == HBKM_LINK_MCAST && nla_put_u8(skb, HBKM_A_TTL, link->ttl))
		return -EMSGSIZE;
	return 0;
}

static int put_guard(struct sk_buff *skb, const struct hbkm_group *group)
{
	struct nlattr *nest;
	unsigned int i;

	if (!group->n_guard)
		return 0;
	nest = nla_nest_start(skb, HBKM_A_GUARD);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < group->n_guard; i++)
		if (put_addr(skb, HBKM_A_ADDR, &group->guard[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * hbkm_fill_group() - what a group is like here
 * @skb: the message
 * @group: the group
 *
 * Context: lock held. Return: 0, or not if the message is full.
 */
int hbkm_fill_group(struct sk_buff *skb, const struct hbkm_group *group)
{
	if (nla_put_string(skb, HBKM_A_GROUP_NAME, group->name) ||
	    nla_put_u32(skb, HBKM_A_GROUP_ID, group->id) ||
	    nla_put_u8(skb, HBKM_A_GROUP_STATE, group->state) ||
	    nla_put_u32(skb, HBKM_A_GROUP_FLAGS, hbkm_group_flags(group)) ||
	    nla_put_u32(skb, HBKM_A_TERM, group->term) ||
	    nla_put(skb, HBKM_A_ORDER, group->n_order * sizeof(u32), group->order) ||
	    put_guard(skb, group))
		return -EMSGSIZE;
	return group->holder ? nla_put_u32(skb, HBKM_A_HOLDER, group->holder) : 0;
}

static size_t guard_room(const struct hbkm_group *group)
{
	return group->n_guard * nla_total_size(sizeof(struct in6_addr));
}

/* ---- events; softirq or process, the lock held ---- */

/*
 * Attributes of any object, but for a group's addresses. No more than that: the
 * kernel may clear all of it first, and netlink copies what is mostly empty, both
 * while the address waits to be taken.
 */
#define EVENT_ROOM	448

static struct sk_buff *event_begin(struct hbkm_cluster *cl, u8 event, size_t more, u64 now,
				   void **hdr)
{
	struct sk_buff *skb;

	if (cl->gone)
		return NULL;
	cl->event_seq++;
	if (!READ_ONCE(hbkm_events_wanted) || !genl_has_listeners(&hbkm_family, cl->net, 0))
		return NULL;
	skb = genlmsg_new(EVENT_ROOM + more, GFP_ATOMIC);
	if (!skb)
		goto lost;
	*hdr = genlmsg_put(skb, 0, 0, &hbkm_family, 0, HBKM_CMD_EVENT);
	if (*hdr && !nla_put_u8(skb, HBKM_A_EVENT, event) &&
	    !nla_put_u32(skb, HBKM_A_EVENT_SEQ, cl->event_seq) &&
	    !put_u64(skb, HBKM_A_TIME_NS, now))
		return skb;
	nlmsg_free(skb);
lost:
	hbkm_count(cl->stats, HBKM_STAT_EVENT_LOST);
	return NULL;
}

static void event_end(struct hbkm_cluster *cl, struct sk_buff *skb, void *hdr, int failed)
{
	if (failed) {
		nlmsg_free(skb);
		hbkm_count(cl->stats, HBKM_STAT_EVENT_LOST);
		return;
	}
	genlmsg_end(skb, hdr);
	/* That nobody listens in this very namespace is no loss. */
	failed = genlmsg_multicast_netns(&hbkm_family, cl->net, skb, 0, 0, GFP_ATOMIC);
	if (failed && failed != -ESRCH)
		hbkm_count(cl->stats, HBKM_STAT_EVENT_LOST);
}

/**
 * hbkm_notify_cluster() - tell that parameters, state or flags have changed
 * @cl: the cluster
 * @now: when, monotonic ns
 *
 * Context: bottom halves off, lock held; so for all hbkm_notify_ functions.
 */
void hbkm_notify_cluster(struct hbkm_cluster *cl, u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	hbkm_sysfs_changed(cl);
	skb = event_begin(cl, HBKM_EVENT_CLUSTER, 0, now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, hbkm_fill_cluster(skb, cl));
}

/**
 * hbkm_notify_node() - tell how a node is
 * @node: the node
 * @event: HBKM_EVENT_NODE or HBKM_EVENT_PATH
 * @now: when, monotonic ns
 */
void hbkm_notify_node(struct hbkm_node *node, u8 event, u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_begin(node->cl, event, 0, now, &hdr);
	if (skb)
		event_end(node->cl, skb, hdr, hbkm_fill_node(skb, node, now));
}

/**
 * hbkm_notify_link() - tell how a link is
 * @link: the link
 * @now: when, monotonic ns
 */
void hbkm_notify_link(struct hbkm_link *link, u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_begin(link->cl, HBKM_EVENT_LINK, 0, now, &hdr);
	if (skb)
		event_end(link->cl, skb, hdr, hbkm_fill_link(skb, link));
}

/**
 * hbkm_notify_group() - tell how a group is: this is what the agent acts on
 * @cl: the cluster
 * @group: the group
 * @now: when, monotonic ns
 */
void hbkm_notify_group(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_begin(cl, HBKM_EVENT_GROUP, guard_room(group), now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, hbkm_fill_group(skb, group));
}

/**
 * hbkm_notify_conflict() - tell that two nodes claim a group, or no longer do
 * @cl: the cluster
 * @group: the group; its rival, if any, is the other node
 * @now: when, monotonic ns
 */
void hbkm_notify_conflict(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_begin(cl, HBKM_EVENT_CONFLICT, guard_room(group), now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, hbkm_fill_group(skb, group) ||
			  (group->rival && nla_put_u32(skb, HBKM_A_NODE_ID, group->rival)));
}

/**
 * hbkm_notify_duplicate() - tell that another machine has an address of ours
 * @cl: the cluster
 * @group: the group, held here
 * @addr: the address, IPv4 as IPv4-mapped
 * @hw: the other's hardware address
 * @hw_len: its length
 * @now: when, monotonic ns
 */
void hbkm_notify_duplicate(struct hbkm_cluster *cl, struct hbkm_group *group,
			   const struct in6_addr *addr, const u8 *hw, unsigned int hw_len,
			   u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_begin(cl, HBKM_EVENT_DUPLICATE, guard_room(group), now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, hbkm_fill_group(skb, group) || put_addr(skb, HBKM_A_ADDR, addr) ||
			  nla_put(skb, HBKM_A_HWADDR, hw_len, hw));
}

/**
 * hbkm_notify_stall() - tell that a timer of ours was late
 * @cl: the cluster
 * @late_ns: how late
 * @now: when, monotonic ns
 */
void hbkm_notify_stall(struct hbkm_cluster *cl, u64 late_ns, u64 now)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_begin(cl, HBKM_EVENT_STALL, 0, now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, put_u64(skb, HBKM_A_AGE_NS, late_ns));
}
