// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: include/uapi/linux/hbkm.h is its manual. Here is
 * every check on what user space sends, and the only building of messages.
 */
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "hbkm.h"

static struct genl_family hbkm_family;

/* Cleared before the family goes, so that no softirq sends to its old group. */
static bool events_wanted;

/* ---- objects to attributes; the lock is held ---- */

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, HBKM_A_PAD);
}

static int fill_cluster(struct sk_buff *skb, const struct hbkm_cluster *cl)
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
	       nla_put_u8(skb, HBKM_A_AUTO_FAILBACK, p->auto_failback);
}

static int fill_cluster_details(struct sk_buff *skb, const struct hbkm_cluster *cl)
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
		return flags;
	}
	if (!hbkm_detector_present(&node->detector))
		return 0;
	if (node->said & HBKM_FRAME_F_AGENT)
		flags |= HBKM_NODE_F_AGENT;
	if (node->said & HBKM_FRAME_F_SETTLED)
		flags |= HBKM_NODE_F_SETTLED;
	if (node->detector.oneway)
		flags |= HBKM_NODE_F_ONEWAY;
	return flags;
}

static int fill_node(struct sk_buff *skb, const struct hbkm_node *node, u64 now)
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
		       put_u64(skb, HBKM_A_INCARNATION, cl->incarnation);
	}
	if (nla_put_u8(skb, HBKM_A_NODE_STATE, state) ||
	    nla_put_u8(skb, HBKM_A_REASON, node->reason))
		return -EMSGSIZE;
	if (!d->incarnation)
		return 0;
	return put_u64(skb, HBKM_A_INCARNATION, d->incarnation) ||
	       put_u64(skb, HBKM_A_AGE_NS, now - d->heard_ns) ||
	       put_u64(skb, HBKM_A_RTT_NS, node->rtt_ns) ||
	       nla_put_u32(skb, HBKM_A_KEEPALIVE_US, d->keepalive_us) ||
	       nla_put_u32(skb, HBKM_A_DEADTIME_US, d->deadtime_us) ||
	       nla_put_u32(skb, HBKM_A_PATHS_HEARD, d->paths_up) ||
	       nla_put_u32(skb, HBKM_A_PATHS_ECHOED, node->echoed);
}

static int fill_link(struct sk_buff *skb, const struct hbkm_link *link)
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
	if (link->kind != HBKM_LINK_BCAST && nla_put_in_addr(skb, HBKM_A_ADDR, link->addr))
		return -EMSGSIZE;
	if (link->kind == HBKM_LINK_MCAST && nla_put_u8(skb, HBKM_A_TTL, link->ttl))
		return -EMSGSIZE;
	return 0;
}

static int fill_group(struct sk_buff *skb, const struct hbkm_group *group)
{
	if (nla_put_string(skb, HBKM_A_GROUP_NAME, group->name) ||
	    nla_put_u32(skb, HBKM_A_GROUP_ID, group->id) ||
	    nla_put_u8(skb, HBKM_A_GROUP_STATE, group->state) ||
	    nla_put_u32(skb, HBKM_A_GROUP_FLAGS, group->flags) ||
	    nla_put_u32(skb, HBKM_A_TERM, group->term) ||
	    nla_put(skb, HBKM_A_ORDER, group->n_order * sizeof(u32), group->order))
		return -EMSGSIZE;
	return group->holder ? nla_put_u32(skb, HBKM_A_HOLDER, group->holder) : 0;
}

/* ---- events; softirq or process, the lock held ---- */

static struct sk_buff *event_begin(struct hbkm_cluster *cl, u8 event, u64 now, void **hdr)
{
	struct sk_buff *skb;

	cl->event_seq++;
	if (!READ_ONCE(events_wanted) || !genl_has_listeners(&hbkm_family, cl->net, 0))
		return NULL;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
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
	if (genlmsg_multicast_netns(&hbkm_family, cl->net, skb, 0, 0, GFP_ATOMIC))
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
	skb = event_begin(cl, HBKM_EVENT_CLUSTER, now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, fill_cluster(skb, cl));
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

	skb = event_begin(node->cl, event, now, &hdr);
	if (skb)
		event_end(node->cl, skb, hdr, fill_node(skb, node, now));
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

	skb = event_begin(link->cl, HBKM_EVENT_LINK, now, &hdr);
	if (skb)
		event_end(link->cl, skb, hdr, fill_link(skb, link));
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

	skb = event_begin(cl, HBKM_EVENT_GROUP, now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, fill_group(skb, group));
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

	skb = event_begin(cl, HBKM_EVENT_CONFLICT, now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, fill_group(skb, group) ||
			  (group->rival && nla_put_u32(skb, HBKM_A_NODE_ID, group->rival)));
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

	skb = event_begin(cl, HBKM_EVENT_STALL, now, &hdr);
	if (skb)
		event_end(cl, skb, hdr, put_u64(skb, HBKM_A_AGE_NS, late_ns));
}

/* ---- requests ---- */

/* With the configuration locked: the cluster, or a refusal. */
static struct hbkm_cluster *lock_cluster(struct hbkm_net *hn, struct netlink_ext_ack *extack)
{
	mutex_lock(&hn->lock);
	if (hn->cluster)
		return hn->cluster;
	mutex_unlock(&hn->lock);
	NL_SET_ERR_MSG(extack, "there is no cluster in this network namespace");
	return NULL;
}

static struct hbkm_net *info_hn(struct genl_info *info)
{
	return hbkm_net(genl_info_net(info));
}

static bool missing(struct genl_info *info, int attr, const char *what)
{
	if (info->attrs[attr])
		return false;
	info->extack->_msg = what;
	return true;
}

/* Names are printed and compared: keep them to what host names may contain, and more. */
static int get_name(struct genl_info *info, int attr, char name[HBKM_NAME_MAX + 1])
{
	const char *c;

	nla_strscpy(name, info->attrs[attr], HBKM_NAME_MAX + 1);
	for (c = name; *c; c++) {
		if (*c <= ' ' || *c > '~') {
			NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
					    "a name has printable ASCII only, and no blanks");
			return -EINVAL;
		}
	}
	if (*name)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr], "an empty name");
	return -EINVAL;
}

static void get_u32(struct genl_info *info, int attr, u32 *value)
{
	if (info->attrs[attr])
		*value = nla_get_u32(info->attrs[attr]);
}

static void get_params(struct genl_info *info, struct hbkm_params *p)
{
	get_u32(info, HBKM_A_KEEPALIVE_US, &p->keepalive_us);
	get_u32(info, HBKM_A_DEADTIME_US, &p->deadtime_us);
	if (info->attrs[HBKM_A_DEADTIME_US])
		hbkm_params_follow(p);
	get_u32(info, HBKM_A_WARNTIME_US, &p->warntime_us);
	get_u32(info, HBKM_A_INITDEAD_US, &p->initdead_us);
	get_u32(info, HBKM_A_AGENT_TIMEOUT_US, &p->agent_timeout_us);
	if (info->attrs[HBKM_A_AUTO_FAILBACK])
		p->auto_failback = nla_get_u8(info->attrs[HBKM_A_AUTO_FAILBACK]);
}

static int create_cluster(struct hbkm_net *hn, struct genl_info *info)
{
	char name[HBKM_NAME_MAX + 1], node[HBKM_NAME_MAX + 1];
	struct hbkm_cluster *cl;
	struct hbkm_params p;
	int ret;

	if (missing(info, HBKM_A_CLUSTER_NAME,
		    "there is no cluster in this network namespace; a new one needs a name") ||
	    missing(info, HBKM_A_NODE_NAME, "a new cluster needs the own node's name"))
		return -ENOENT;
	ret = get_name(info, HBKM_A_CLUSTER_NAME, name) ?: get_name(info, HBKM_A_NODE_NAME, node);
	if (ret)
		return ret;
	hbkm_params_default(&p);
	get_params(info, &p);
	ret = hbkm_params_check(&p, info->extack);
	if (ret)
		return ret;
	cl = hbkm_cluster_create(genl_info_net(info), name, node, &p, info->extack);
	if (IS_ERR(cl))
		return PTR_ERR(cl);
	hn->cluster = cl;
	hn->generation++;
	return 0;
}

static bool same_name(const struct genl_info *info, int attr, const char *name)
{
	return !info->attrs[attr] || !nla_strcmp(info->attrs[attr], name);
}

static int change_cluster(struct hbkm_cluster *cl, struct genl_info *info)
{
	struct hbkm_params p = cl->params;
	int ret;

	if (!same_name(info, HBKM_A_CLUSTER_NAME, cl->name) ||
	    !same_name(info, HBKM_A_NODE_NAME, cl->self->name)) {
		NL_SET_ERR_MSG(info->extack,
			       "names of cluster and own node cannot be changed: stop it first");
		return -EBUSY;
	}
	get_params(info, &p);
	ret = hbkm_params_check(&p, info->extack);
	if (!ret && memcmp(&p, &cl->params, sizeof(p)))
		hbkm_cluster_set_params(cl, &p);
	return ret;
}

static int cluster_set(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	int ret;

	mutex_lock(&hn->lock);
	if (hn->cluster)
		ret = change_cluster(hn->cluster, info);
	else
		ret = create_cluster(hn, info);
	mutex_unlock(&hn->lock);
	return ret;
}

static int cluster_del(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	u8 reason = HBKM_REASON_STOP;

	if (info->attrs[HBKM_A_REASON])
		reason = nla_get_u8(info->attrs[HBKM_A_REASON]);
	rtnl_lock();
	if (!lock_cluster(hn, info->extack)) {
		rtnl_unlock();
		return -ENOENT;
	}
	hbkm_cluster_destroy(hn, reason);
	mutex_unlock(&hn->lock);
	rtnl_unlock();
	return 0;
}

static int reply_cluster(struct hbkm_cluster *cl, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;
	int failed;

	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &hbkm_family, 0, info->genlhdr->cmd);
	spin_lock_bh(&cl->lock);
	failed = !hdr || fill_cluster(reply, cl) || fill_cluster_details(reply, cl);
	spin_unlock_bh(&cl->lock);
	if (failed) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int cluster_get(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl = lock_cluster(hn, info->extack);
	int ret;

	if (!cl)
		return -ENOENT;
	ret = reply_cluster(cl, info);
	mutex_unlock(&hn->lock);
	return ret;
}

static int agent(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl = lock_cluster(hn, info->extack);
	int ret;

	if (!cl)
		return -ENOENT;
	ret = hbkm_agent_register(cl, info->snd_portid, info->extack) ?: reply_cluster(cl, info);
	mutex_unlock(&hn->lock);
	return ret;
}

/* Commands that take nothing but the cluster. */
static int plain(struct genl_info *info,
		 int (*run)(struct hbkm_cluster *, struct netlink_ext_ack *))
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl = lock_cluster(hn, info->extack);
	int ret;

	if (!cl)
		return -ENOENT;
	ret = run(cl, info->extack);
	mutex_unlock(&hn->lock);
	return ret;
}

static int start(struct sk_buff *skb, struct genl_info *info)
{
	return plain(info, hbkm_cluster_start);
}

static int leave(struct sk_buff *skb, struct genl_info *info)
{
	return plain(info, hbkm_cluster_leave);
}

static int node_new(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	char name[HBKM_NAME_MAX + 1];
	struct hbkm_cluster *cl;
	struct hbkm_node *node;
	int ret;

	if (missing(info, HBKM_A_NODE_NAME, "which node?"))
		return -EINVAL;
	ret = get_name(info, HBKM_A_NODE_NAME, name);
	if (ret)
		return ret;
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	node = hbkm_node_create(cl, name, info->extack);
	hn->generation++;
	mutex_unlock(&hn->lock);
	return PTR_ERR_OR_ZERO(node);
}

static bool node_in_use(const struct hbkm_cluster *cl, const struct hbkm_node *node)
{
	const struct hbkm_group *group;
	unsigned int i;

	list_for_each_entry(group, &cl->groups, list)
		for (i = 0; i < group->n_order; i++)
			if (group->order[i] == node->id)
				return true;
	return false;
}

static int node_del(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	char name[HBKM_NAME_MAX + 1];
	struct hbkm_cluster *cl;
	struct hbkm_node *node;
	int ret;

	if (missing(info, HBKM_A_NODE_NAME, "which node?"))
		return -EINVAL;
	ret = get_name(info, HBKM_A_NODE_NAME, name);
	if (ret)
		return ret;
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	node = hbkm_node_by_id(cl, hbkm_name_id(name));
	if (!node || strcasecmp(node->name, name)) {
		NL_SET_ERR_MSG(info->extack, "no such node");
		ret = -ENOENT;
	} else if (node == cl->self) {
		NL_SET_ERR_MSG(info->extack, "the own node cannot be removed");
		ret = -EBUSY;
	} else if (node_in_use(cl, node)) {
		NL_SET_ERR_MSG(info->extack, "a group's order names this node");
		ret = -EBUSY;
	} else {
		hbkm_node_remove(node);
		hn->generation++;
	}
	mutex_unlock(&hn->lock);
	return ret;
}

static int check_link(const struct hbkm_link_config *c, struct genl_info *info)
{
	bool has_addr = info->attrs[HBKM_A_ADDR];

	if (!dev_valid_name(c->ifname)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[HBKM_A_IFNAME],
				    "not a name for a device");
		return -EINVAL;
	}
	switch (c->kind) {
	case HBKM_LINK_UCAST:
		if (has_addr && !ipv4_is_multicast(c->addr) && !ipv4_is_lbcast(c->addr) &&
		    !ipv4_is_zeronet(c->addr))
			return 0;
		NL_SET_ERR_MSG(info->extack, "a ucast link needs the peer's own address");
		return -EINVAL;
	case HBKM_LINK_MCAST:
		if (has_addr && ipv4_is_multicast(c->addr))
			return 0;
		NL_SET_ERR_MSG(info->extack, "a mcast link needs a multicast group's address");
		return -EINVAL;
	default:
		if (!has_addr)
			return 0;
		NL_SET_ERR_MSG(info->extack, "a bcast link takes no address");
		return -EINVAL;
	}
}

static int get_link(struct genl_info *info, struct hbkm_link_config *c)
{
	if (missing(info, HBKM_A_LINK_ID, "a link needs an id") ||
	    missing(info, HBKM_A_LINK_KIND, "a link needs a kind") ||
	    missing(info, HBKM_A_LINK_PATH, "a link needs a path") ||
	    missing(info, HBKM_A_IFNAME, "a link needs a device") ||
	    missing(info, HBKM_A_PORT, "a link needs a UDP port"))
		return -EINVAL;
	c->id = nla_get_u8(info->attrs[HBKM_A_LINK_ID]);
	c->kind = nla_get_u8(info->attrs[HBKM_A_LINK_KIND]);
	c->path = nla_get_u8(info->attrs[HBKM_A_LINK_PATH]);
	c->number = nla_get_u16(info->attrs[HBKM_A_PORT]);
	c->ttl = c->kind == HBKM_LINK_MCAST ? 1 : 64;
	if (info->attrs[HBKM_A_TTL])
		c->ttl = nla_get_u8(info->attrs[HBKM_A_TTL]);
	c->addr = htonl(INADDR_BROADCAST);
	if (info->attrs[HBKM_A_ADDR])
		c->addr = nla_get_in_addr(info->attrs[HBKM_A_ADDR]);
	nla_strscpy(c->ifname, info->attrs[HBKM_A_IFNAME], sizeof(c->ifname));
	return check_link(c, info);
}

static int link_new(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_link_config c = {};
	struct hbkm_cluster *cl;
	struct hbkm_link *link;
	int ret = get_link(info, &c);

	if (ret)
		return ret;
	rtnl_lock();
	cl = lock_cluster(hn, info->extack);
	if (!cl) {
		ret = -ENOENT;
		goto unlock_rtnl;
	}
	link = hbkm_link_by_id(cl, c.id);
	if (!link) {
		ret = hbkm_link_create(cl, &c, info->extack);
		hn->generation++;
	} else if (!hbkm_link_same(link, &c)) {
		NL_SET_ERR_MSG(info->extack, "this id is another link's: delete that first");
		ret = -EEXIST;
	}
	mutex_unlock(&hn->lock);
unlock_rtnl:
	rtnl_unlock();
	return ret;
}

static int link_del(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl;
	struct hbkm_link *link;
	int ret = 0;

	if (missing(info, HBKM_A_LINK_ID, "which link?"))
		return -EINVAL;
	rtnl_lock();
	cl = lock_cluster(hn, info->extack);
	if (!cl) {
		ret = -ENOENT;
		goto unlock_rtnl;
	}
	link = hbkm_link_by_id(cl, nla_get_u8(info->attrs[HBKM_A_LINK_ID]));
	if (link) {
		hbkm_link_remove(link);
		hn->generation++;
	} else {
		NL_SET_ERR_MSG(info->extack, "no such link");
		ret = -ENOENT;
	}
	mutex_unlock(&hn->lock);
unlock_rtnl:
	rtnl_unlock();
	return ret;
}

static int group_new(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	char name[HBKM_NAME_MAX + 1];
	struct hbkm_cluster *cl;
	struct nlattr *order;
	int ret;

	if (missing(info, HBKM_A_GROUP_NAME, "which group?") ||
	    missing(info, HBKM_A_ORDER, "a group needs an order of nodes"))
		return -EINVAL;
	order = info->attrs[HBKM_A_ORDER];
	if (!nla_len(order) || nla_len(order) % sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(info->extack, order, "the order is an array of node ids");
		return -EINVAL;
	}
	ret = get_name(info, HBKM_A_GROUP_NAME, name);
	if (ret)
		return ret;
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	ret = hbkm_group_set(cl, name, nla_data(order), nla_len(order) / sizeof(u32),
			     info->extack);
	hn->generation++;
	mutex_unlock(&hn->lock);
	return ret;
}

static struct hbkm_group *find_group(struct hbkm_cluster *cl, struct genl_info *info)
{
	char name[HBKM_NAME_MAX + 1];
	struct hbkm_group *group;

	nla_strscpy(name, info->attrs[HBKM_A_GROUP_NAME], sizeof(name));
	group = hbkm_group_by_id(cl, hbkm_name_id(name));
	if (group && !strcasecmp(group->name, name))
		return group;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[HBKM_A_GROUP_NAME], "no such group");
	return NULL;
}

static int group_del(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl;
	struct hbkm_group *group;
	int ret = -ENOENT;

	if (missing(info, HBKM_A_GROUP_NAME, "which group?"))
		return -EINVAL;
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return ret;
	group = find_group(cl, info);
	if (group) {
		hbkm_group_remove(cl, group);
		hn->generation++;
		ret = 0;
	}
	mutex_unlock(&hn->lock);
	return ret;
}

static int group_ack(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl;
	int ret;

	if (missing(info, HBKM_A_GROUP_ID, "which group?") ||
	    missing(info, HBKM_A_GROUP_STATE, "which state is acknowledged?") ||
	    missing(info, HBKM_A_TERM, "of which term?") ||
	    missing(info, HBKM_A_RESULT, "with which result?"))
		return -EINVAL;
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	ret = hbkm_group_ack(cl, nla_get_u32(info->attrs[HBKM_A_GROUP_ID]),
			     nla_get_u8(info->attrs[HBKM_A_GROUP_STATE]),
			     nla_get_u32(info->attrs[HBKM_A_TERM]),
			     nla_get_u32(info->attrs[HBKM_A_RESULT]), info->extack);
	mutex_unlock(&hn->lock);
	return ret;
}

static int group_move(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl;
	struct hbkm_group *group;
	int ret = 0;
	u8 move;

	if (missing(info, HBKM_A_MOVE, "move it where?"))
		return -EINVAL;
	move = nla_get_u8(info->attrs[HBKM_A_MOVE]);
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	if (info->attrs[HBKM_A_GROUP_NAME]) {
		group = find_group(cl, info);
		ret = group ? hbkm_group_move(cl, group, move, info->extack) : -ENOENT;
	} else {
		list_for_each_entry(group, &cl->groups, list)
			ret = ret ?: hbkm_group_move(cl, group, move, info->extack);
	}
	mutex_unlock(&hn->lock);
	return ret;
}

static int get_key(struct hbkm_key_config *key, const struct nlattr *nested,
		   const struct nla_policy *policy, struct netlink_ext_ack *extack)
{
	struct nlattr *a[HBKM_A_MAX + 1];
	int ret = nla_parse_nested(a, HBKM_A_MAX, nested, policy, extack);

	if (ret)
		return ret;
	if (!a[HBKM_A_KEY_ID] || !a[HBKM_A_KEY_METHOD]) {
		NL_SET_ERR_MSG_ATTR(extack, nested, "a key needs an id and a method");
		return -EINVAL;
	}
	key->id = nla_get_u8(a[HBKM_A_KEY_ID]);
	key->method = nla_get_u8(a[HBKM_A_KEY_METHOD]);
	key->len = 0;
	if (a[HBKM_A_KEY_SECRET]) {
		key->secret = nla_data(a[HBKM_A_KEY_SECRET]);
		key->len = nla_len(a[HBKM_A_KEY_SECRET]);
	}
	return 0;
}

static const struct nla_policy key_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_KEY_ID] = NLA_POLICY_MAX(NLA_U8, HBKM_MAX_KEYS - 1),
	[HBKM_A_KEY_METHOD] = NLA_POLICY_RANGE(NLA_U8, HBKM_METHOD_CRC, HBKM_METHOD_SHA256),
	[HBKM_A_KEY_SECRET] = { .type = NLA_BINARY, .len = HBKM_SECRET_MAX },
};

static int keys_set(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_key_config keys[HBKM_MAX_KEYS];
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_keyring *ring;
	struct hbkm_cluster *cl;
	struct nlattr *nested;
	unsigned int n = 0;
	int rem, ret;

	if (missing(info, HBKM_A_KEY, "no key given") ||
	    missing(info, HBKM_A_KEY_SIGN, "which key signs?"))
		return -EINVAL;
	nlmsg_for_each_attr(nested, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nested) != HBKM_A_KEY)
			continue;
		if (n == HBKM_MAX_KEYS) {
			NL_SET_ERR_MSG(info->extack, "too many keys (16)");
			return -ENOSPC;
		}
		ret = get_key(&keys[n++], nested, key_policy, info->extack);
		if (ret)
			return ret;
	}
	ring = hbkm_keyring_create(keys, n, nla_get_u8(info->attrs[HBKM_A_KEY_SIGN]),
				   info->extack);
	if (IS_ERR(ring))
		return PTR_ERR(ring);
	cl = lock_cluster(hn, info->extack);
	if (!cl) {
		hbkm_keyring_free(ring);
		return -ENOENT;
	}
	hbkm_keyring_set(cl, ring);
	mutex_unlock(&hn->lock);
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct hbkm_cluster *cl)
{
	struct nlattr *nest = nla_nest_start(skb, HBKM_A_STATS);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= HBKM_STAT_MAX; i++)
		if (nla_put_u64_64bit(skb, i, hbkm_stat_read(cl->stats, i), 0))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl;
	struct sk_buff *reply;
	int ret = -EMSGSIZE;
	void *hdr;

	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	cl = lock_cluster(hn, info->extack);
	if (!cl) {
		nlmsg_free(reply);
		return -ENOENT;
	}
	hdr = genlmsg_put_reply(reply, info, &hbkm_family, 0, info->genlhdr->cmd);
	if (hdr)
		ret = fill_stats(reply, cl);
	mutex_unlock(&hn->lock);
	if (ret) {
		nlmsg_free(reply);
		return ret;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/* ---- dumps ---- */

/* One object into a dump, as its own message. */
#define DUMP_LIST(_cmd, _type, _list, _fill)						\
	struct net *net = sock_net(skb->sk);						\
	struct hbkm_net *hn = hbkm_net(net);						\
	struct hbkm_cluster *cl = lock_cluster(hn, cb->extack);				\
	_type *object;									\
	long i = 0;									\
	void *hdr;									\
	int failed;									\
											\
	if (!cl)									\
		return -ENOENT;								\
	cb->seq = hn->generation;							\
	list_for_each_entry(object, &cl->_list, list) {					\
		if (i++ < cb->args[0])							\
			continue;							\
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,	\
				  &hbkm_family, NLM_F_MULTI, _cmd);			\
		if (!hdr)								\
			break;								\
		genl_dump_check_consistent(cb, hdr);					\
		spin_lock_bh(&cl->lock);						\
		failed = _fill;								\
		spin_unlock_bh(&cl->lock);						\
		if (failed) {								\
			genlmsg_cancel(skb, hdr);					\
			break;								\
		}									\
		genlmsg_end(skb, hdr);							\
		cb->args[0] = i;							\
	}										\
	mutex_unlock(&hn->lock);							\
	return skb->len

static int node_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	DUMP_LIST(HBKM_CMD_NODE_GET, struct hbkm_node, nodes,
		  fill_node(skb, object, ktime_get_ns()));
}

static int link_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	DUMP_LIST(HBKM_CMD_LINK_GET, struct hbkm_link, links, fill_link(skb, object));
}

static int group_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	DUMP_LIST(HBKM_CMD_GROUP_GET, struct hbkm_group, groups, fill_group(skb, object));
}

/* ---- the family ---- */

#define NAME_POLICY	{ .type = NLA_NUL_STRING, .len = HBKM_NAME_MAX }

static const struct nla_policy cluster_set_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_CLUSTER_NAME] = NAME_POLICY,
	[HBKM_A_NODE_NAME] = NAME_POLICY,
	[HBKM_A_KEEPALIVE_US] = { .type = NLA_U32 },
	[HBKM_A_DEADTIME_US] = { .type = NLA_U32 },
	[HBKM_A_WARNTIME_US] = { .type = NLA_U32 },
	[HBKM_A_INITDEAD_US] = { .type = NLA_U32 },
	[HBKM_A_AGENT_TIMEOUT_US] = { .type = NLA_U32 },
	[HBKM_A_AUTO_FAILBACK] = { .type = NLA_U8 },
};

static const struct nla_policy cluster_del_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_REASON] = NLA_POLICY_MAX(NLA_U8, HBKM_REASON_SUSPEND),
};

static const struct nla_policy node_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_NODE_NAME] = NAME_POLICY,
};

static const struct nla_policy link_new_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_LINK_ID] = NLA_POLICY_MAX(NLA_U8, HBKM_MAX_LINKS - 1),
	[HBKM_A_LINK_KIND] = NLA_POLICY_RANGE(NLA_U8, HBKM_LINK_UCAST, HBKM_LINK_MCAST),
	[HBKM_A_LINK_PATH] = NLA_POLICY_MAX(NLA_U8, HBKM_MAX_PATHS - 1),
	[HBKM_A_IFNAME] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
	[HBKM_A_ADDR] = NLA_POLICY_EXACT_LEN(sizeof(__be32)),
	[HBKM_A_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[HBKM_A_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
};

static const struct nla_policy link_del_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_LINK_ID] = NLA_POLICY_MAX(NLA_U8, HBKM_MAX_LINKS - 1),
};

static const struct nla_policy group_new_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_GROUP_NAME] = NAME_POLICY,
	[HBKM_A_ORDER] = { .type = NLA_BINARY, .len = HBKM_MAX_NODES * sizeof(u32) },
};

static const struct nla_policy group_del_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_GROUP_NAME] = NAME_POLICY,
};

static const struct nla_policy group_ack_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_GROUP_ID] = { .type = NLA_U32 },
	[HBKM_A_GROUP_STATE] = NLA_POLICY_MAX(NLA_U8, HBKM_GROUP_FAILED),
	[HBKM_A_TERM] = { .type = NLA_U32 },
	[HBKM_A_RESULT] = { .type = NLA_U32 },
};

static const struct nla_policy group_move_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_GROUP_NAME] = NAME_POLICY,
	[HBKM_A_MOVE] = NLA_POLICY_RANGE(NLA_U8, HBKM_MOVE_STANDBY, HBKM_MOVE_TAKEOVER),
};

static const struct nla_policy keys_set_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_KEY] = NLA_POLICY_NESTED(key_policy),
	[HBKM_A_KEY_SIGN] = NLA_POLICY_MAX(NLA_U8, HBKM_MAX_KEYS - 1),
};

/* For commands without attributes: whatever comes is refused. */
static const struct nla_policy no_policy[HBKM_A_MAX + 1] = {};

#define HBKM_WRITE(_cmd, _doit, _policy) {		\
	.cmd = HBKM_CMD_##_cmd,				\
	.doit = _doit,					\
	.policy = _policy,				\
	.maxattr = HBKM_A_MAX,				\
	.flags = GENL_UNS_ADMIN_PERM,			\
}

static const struct genl_ops hbkm_ops[] = {
	HBKM_WRITE(CLUSTER_SET, cluster_set, cluster_set_policy),
	HBKM_WRITE(CLUSTER_DEL, cluster_del, cluster_del_policy),
	HBKM_WRITE(NODE_NEW, node_new, node_policy),
	HBKM_WRITE(NODE_DEL, node_del, node_policy),
	HBKM_WRITE(LINK_NEW, link_new, link_new_policy),
	HBKM_WRITE(LINK_DEL, link_del, link_del_policy),
	HBKM_WRITE(GROUP_NEW, group_new, group_new_policy),
	HBKM_WRITE(GROUP_DEL, group_del, group_del_policy),
	HBKM_WRITE(KEYS_SET, keys_set, keys_set_policy),
	HBKM_WRITE(AGENT, agent, no_policy),
	HBKM_WRITE(START, start, no_policy),
	HBKM_WRITE(LEAVE, leave, no_policy),
	HBKM_WRITE(GROUP_ACK, group_ack, group_ack_policy),
	HBKM_WRITE(GROUP_MOVE, group_move, group_move_policy),
	/* Everybody may look. */
	{ .cmd = HBKM_CMD_CLUSTER_GET, .doit = cluster_get },
	{ .cmd = HBKM_CMD_NODE_GET, .dumpit = node_dump },
	{ .cmd = HBKM_CMD_LINK_GET, .dumpit = link_dump },
	{ .cmd = HBKM_CMD_GROUP_GET, .dumpit = group_dump },
	{ .cmd = HBKM_CMD_STATS_GET, .doit = stats_get },
};

static const struct genl_multicast_group hbkm_groups[] = {
	{ .name = HBKM_GENL_GROUP_EVENT },
};

static struct genl_family hbkm_family __ro_after_init = {
	.name = HBKM_GENL_NAME,
	.version = HBKM_GENL_VERSION,
	.maxattr = HBKM_A_MAX,
	.policy = no_policy,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = hbkm_ops,
	.n_ops = ARRAY_SIZE(hbkm_ops),
	.mcgrps = hbkm_groups,
	.n_mcgrps = ARRAY_SIZE(hbkm_groups),
};

/**
 * hbkm_netlink_init() - open the interface
 *
 * Context: process, module init, when all else is ready. Return: 0 or an error.
 */
int __init hbkm_netlink_init(void)
{
	int ret = genl_register_family(&hbkm_family);

	if (!ret)
		WRITE_ONCE(events_wanted, true);
	return ret;
}

/**
 * hbkm_netlink_exit() - close the interface: no request and no event after this
 *
 * Context: process, module exit.
 */
void hbkm_netlink_exit(void)
{
	WRITE_ONCE(events_wanted, false);
	synchronize_net();
	genl_unregister_family(&hbkm_family);
}
