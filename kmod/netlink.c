// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: include/uapi/linux/hbkm.h is its manual. Here is
 * every check on what user space sends.
 */
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "hbkm.h"

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
	/* HBKM_REACH_NONE becomes 0. */
	if (info->attrs[HBKM_A_REACH])
		p->reach = nla_get_u16(info->attrs[HBKM_A_REACH]) + 1;
	get_u32(info, HBKM_A_MARK, &p->mark);
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
	ret = hbkm_params_check(&p, NULL, info->extack);
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
	ret = hbkm_params_check(&p, &cl->params, info->extack);
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
	failed = !hdr || hbkm_fill_cluster(reply, cl) || hbkm_fill_cluster_details(reply, cl);
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

/* 4 bytes, then IPv4-mapped, or 16. */
static int get_addr(const struct nlattr *attr, struct in6_addr *addr,
		    struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == sizeof(__be32)) {
		ipv6_addr_set_v4mapped(nla_get_in_addr(attr), addr);
		return 0;
	}
	if (nla_len(attr) == sizeof(*addr)) {
		*addr = nla_get_in6_addr(attr);
		if (!ipv6_addr_v4mapped(addr))
			return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 bytes, or 16 of IPv6");
	return -EINVAL;
}

/* Of a machine? */
static bool is_host(const struct in6_addr *addr)
{
	__be32 v4 = addr->s6_addr32[3];

	if (ipv6_addr_v4mapped(addr))
		return !ipv4_is_multicast(v4) && !ipv4_is_lbcast(v4) && !ipv4_is_zeronet(v4);
	return ipv6_addr_type(addr) & IPV6_ADDR_UNICAST;
}

static bool is_loopback(const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return ipv4_is_loopback(addr->s6_addr32[3]);
	return ipv6_addr_loopback(addr);
}

/* Of machines, and not one that never leaves its own? */
static bool is_group(const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return ipv4_is_multicast(addr->s6_addr32[3]);
	return ipv6_addr_is_multicast(addr) &&
	       IPV6_ADDR_MC_SCOPE(addr) > IPV6_ADDR_SCOPE_NODELOCAL;
}

static int check_link(const struct hbkm_link_config *c, struct genl_info *info)
{
	struct nlattr *source = info->attrs[HBKM_A_SADDR];
	bool has_addr = info->attrs[HBKM_A_ADDR];

	if (!dev_valid_name(c->ifname)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[HBKM_A_IFNAME],
				    "not a name for a device");
		return -EINVAL;
	}
	if (source && (!is_host(&c->source) ||
		       ipv6_addr_v4mapped(&c->source) != ipv6_addr_v4mapped(&c->addr))) {
		NL_SET_ERR_MSG_ATTR(info->extack, source, "not an address to send from");
		return -EINVAL;
	}
	switch (c->kind) {
	case HBKM_LINK_UCAST:
		if (has_addr && is_host(&c->addr))
			return 0;
		NL_SET_ERR_MSG(info->extack, "a ucast link needs the peer's own address");
		return -EINVAL;
	case HBKM_LINK_MCAST:
		if (has_addr && is_group(&c->addr))
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
	struct nlattr *addr = info->attrs[HBKM_A_ADDR], *source = info->attrs[HBKM_A_SADDR];
	int ret = 0;

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
	ipv6_addr_set_v4mapped(htonl(INADDR_BROADCAST), &c->addr);
	if (addr)
		ret = get_addr(addr, &c->addr, info->extack);
	if (!ret && source)
		ret = get_addr(source, &c->source, info->extack);
	nla_strscpy(c->ifname, info->attrs[HBKM_A_IFNAME], sizeof(c->ifname));
	return ret ?: check_link(c, info);
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

/* An address that a machine can have on an interface, and lose to another. */
static int get_service_addr(const struct nlattr *attr, struct in6_addr *addr,
			    struct netlink_ext_ack *extack)
{
	int ret = get_addr(attr, addr, extack);

	if (ret)
		return ret;
	if (is_host(addr) && !is_loopback(addr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "not an address that can be guarded");
	return -EINVAL;
}

static const struct nla_policy guard_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_ADDR] = { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
};

static int get_guard(struct genl_info *info, struct hbkm_group_config *c)
{
	struct nlattr *guard = info->attrs[HBKM_A_GUARD], *a[HBKM_A_MAX + 1], *attr;
	int rem, ret;

	c->has_guard = guard;
	if (!guard)
		return 0;
	/* For the checks alone: of several addresses it shows the last. */
	ret = nla_parse_nested(a, HBKM_A_MAX, guard, guard_policy, info->extack);
	if (ret)
		return ret;
	nla_for_each_nested(attr, guard, rem) {
		if (c->n_guard == HBKM_MAX_GUARD) {
			NL_SET_ERR_MSG(info->extack, "too many addresses in a group (32)");
			return -ENOSPC;
		}
		ret = get_service_addr(attr, &c->guard[c->n_guard++], info->extack);
		if (ret)
			return ret;
	}
	return 0;
}

static int group_new(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_group_config c = {};
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
	ret = get_name(info, HBKM_A_GROUP_NAME, name) ?: get_guard(info, &c);
	if (ret)
		return ret;
	c.name = name;
	c.order = nla_data(order);
	c.n_order = nla_len(order) / sizeof(u32);
	c.has_flags = info->attrs[HBKM_A_GROUP_FLAGS];
	if (c.has_flags)
		c.warm = nla_get_u32(info->attrs[HBKM_A_GROUP_FLAGS]) & HBKM_GROUP_F_WARM;
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	ret = hbkm_group_set(cl, &c, info->extack);
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

/* All of them, or none. */
static int move_all(struct hbkm_cluster *cl, u8 move, struct netlink_ext_ack *extack)
{
	struct hbkm_group *group;
	int ret;

	list_for_each_entry(group, &cl->groups, list) {
		ret = hbkm_group_may_move(cl, group, move, extack);
		if (ret)
			return ret;
	}
	list_for_each_entry(group, &cl->groups, list)
		hbkm_group_move(cl, group, move);
	return 0;
}

static int move_one(struct hbkm_cluster *cl, u8 move, struct genl_info *info)
{
	struct hbkm_group *group = find_group(cl, info);
	int ret;

	if (!group)
		return -ENOENT;
	ret = hbkm_group_may_move(cl, group, move, info->extack);
	if (!ret)
		hbkm_group_move(cl, group, move);
	return ret;
}

static int group_move(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_cluster *cl;
	int ret;
	u8 move;

	if (missing(info, HBKM_A_MOVE, "move it where?"))
		return -EINVAL;
	move = nla_get_u8(info->attrs[HBKM_A_MOVE]);
	cl = lock_cluster(hn, info->extack);
	if (!cl)
		return -ENOENT;
	if (info->attrs[HBKM_A_GROUP_NAME])
		ret = move_one(cl, move, info);
	else
		ret = move_all(cl, move, info->extack);
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

static struct hbkm_keyring *get_keys(struct genl_info *info)
{
	struct hbkm_key_config keys[HBKM_MAX_KEYS];
	struct nlattr *nested;
	unsigned int n = 0;
	int rem, ret;

	if (missing(info, HBKM_A_KEY_SIGN, "which key signs?"))
		return ERR_PTR(-EINVAL);
	nlmsg_for_each_attr(nested, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nested) != HBKM_A_KEY)
			continue;
		if (n == HBKM_MAX_KEYS) {
			NL_SET_ERR_MSG(info->extack, "too many keys (16)");
			return ERR_PTR(-ENOSPC);
		}
		ret = get_key(&keys[n++], nested, key_policy, info->extack);
		if (ret)
			return ERR_PTR(ret);
	}
	return hbkm_keyring_create(keys, n, nla_get_u8(info->attrs[HBKM_A_KEY_SIGN]),
				   info->extack);
}

/* Refused or not: the message lives on until it is freed. */
static void wipe_keys(struct genl_info *info)
{
	struct nlattr *nested;
	int rem;

	nlmsg_for_each_attr(nested, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(nested) == HBKM_A_KEY)
			memzero_explicit(nla_data(nested), nla_len(nested));
}

static int keys_set(struct sk_buff *skb, struct genl_info *info)
{
	struct hbkm_net *hn = info_hn(info);
	struct hbkm_keyring *ring;
	struct hbkm_cluster *cl;

	if (missing(info, HBKM_A_KEY, "no key given"))
		return -EINVAL;
	ring = get_keys(info);
	wipe_keys(info);
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

/* Every object of a list that still fits, each as a message of its own. */
static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		struct list_head *(*list)(struct hbkm_cluster *),
		int (*fill)(struct sk_buff *, struct list_head *))
{
	struct hbkm_net *hn = hbkm_net(sock_net(skb->sk));
	struct hbkm_cluster *cl = lock_cluster(hn, cb->extack);
	struct list_head *entry;
	long i = 0;
	void *hdr;
	int full;

	if (!cl)
		return -ENOENT;
	cb->seq = hn->generation;
	list_for_each(entry, list(cl)) {
		if (i++ < cb->args[0])
			continue;
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				  &hbkm_family, NLM_F_MULTI, cmd);
		if (!hdr)
			break;
		genl_dump_check_consistent(cb, hdr);
		spin_lock_bh(&cl->lock);
		full = fill(skb, entry);
		spin_unlock_bh(&cl->lock);
		if (full) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[0] = i;
	}
	mutex_unlock(&hn->lock);
	return skb->len;
}

static struct list_head *nodes(struct hbkm_cluster *cl)
{
	return &cl->nodes;
}

static int fill_node_entry(struct sk_buff *skb, struct list_head *entry)
{
	return hbkm_fill_node(skb, list_entry(entry, struct hbkm_node, list), ktime_get_ns());
}

static int node_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, HBKM_CMD_NODE_GET, nodes, fill_node_entry);
}

static struct list_head *links(struct hbkm_cluster *cl)
{
	return &cl->links;
}

static int fill_link_entry(struct sk_buff *skb, struct list_head *entry)
{
	return hbkm_fill_link(skb, list_entry(entry, struct hbkm_link, list));
}

static int link_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, HBKM_CMD_LINK_GET, links, fill_link_entry);
}

static struct list_head *groups(struct hbkm_cluster *cl)
{
	return &cl->groups;
}

static int fill_group_entry(struct sk_buff *skb, struct list_head *entry)
{
	return hbkm_fill_group(skb, list_entry(entry, struct hbkm_group, list));
}

static int group_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, HBKM_CMD_GROUP_GET, groups, fill_group_entry);
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
	[HBKM_A_REACH] = { .type = NLA_U16 },
	[HBKM_A_MARK] = { .type = NLA_U32 },
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
	[HBKM_A_ADDR] = { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[HBKM_A_SADDR] = { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[HBKM_A_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[HBKM_A_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
};

static const struct nla_policy link_del_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_LINK_ID] = NLA_POLICY_MAX(NLA_U8, HBKM_MAX_LINKS - 1),
};

static const struct nla_policy group_new_policy[HBKM_A_MAX + 1] = {
	[HBKM_A_GROUP_NAME] = NAME_POLICY,
	[HBKM_A_ORDER] = { .type = NLA_BINARY, .len = HBKM_MAX_NODES * sizeof(u32) },
	[HBKM_A_GROUP_FLAGS] = NLA_POLICY_MASK(NLA_U32, HBKM_GROUP_F_WARM),
	[HBKM_A_GUARD] = NLA_POLICY_NESTED(guard_policy),
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

struct genl_family hbkm_family __ro_after_init = {
	.name = HBKM_GENL_NAME,
	.version = HBKM_GENL_VERSION,
	.maxattr = HBKM_A_MAX,
	.policy = no_policy,
	.netnsok = true,
	.parallel_ops = true,	/* each takes the lock of its namespace */
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
		WRITE_ONCE(hbkm_events_wanted, true);
	return ret;
}

/**
 * hbkm_netlink_exit() - close the interface: no request and no event after this
 *
 * Context: process, module exit.
 */
void hbkm_netlink_exit(void)
{
	WRITE_ONCE(hbkm_events_wanted, false);
	synchronize_net();
	genl_unregister_family(&hbkm_family);
}
