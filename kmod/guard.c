// SPDX-License-Identifier: GPL-2.0
/*
 * The guard: on a node that does not own a group, the group's addresses are
 * silent, though they may be on an interface. Nothing of the ARP or neighbour
 * discovery kind is said for them, and nothing that this node itself sends or
 * receives by them passes; what it forwards for others, and its loopback, it
 * leaves alone.
 *
 * Which groups may speak is one word of the cluster, a bit a group slot, written
 * together with the group's state: the guard follows the decision in the same
 * instant, whatever user space does.
 *
 * The hooks are there only while a group has addresses to guard. The table that
 * they look into is replaced as a whole, and read under RCU.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include "hbkm.h"

/* A duplicate address is told this often, however many frames show it. */
#define TELL_EVERY	HZ

/**
 * struct hbkm_guard_entry - a guarded address
 * @addr: it; IPv4 as IPv4-mapped
 * @slots: of the groups that have it, as bits; 0: it is no longer guarded
 * @told: in jiffies, when it was last told that another machine has it, too
 */
struct hbkm_guard_entry {
	struct in6_addr addr;
	u32 slots;
	unsigned long told;
};

/**
 * struct hbkm_guard - all guarded addresses of a cluster
 * @rcu: to free it
 * @n: number of @entries
 * @entries: by address, the smallest first
 */
struct hbkm_guard {
	struct rcu_head rcu;
	unsigned int n;
	struct hbkm_guard_entry entries[];
};

/* Context: RCU, or the mutex. Return: the entry, or where it would be in @at. */
static struct hbkm_guard_entry *find(struct hbkm_guard *guard, const struct in6_addr *addr,
				     unsigned int *at)
{
	unsigned int low = 0, high = guard ? guard->n : 0;

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		int cmp = ipv6_addr_cmp(addr, &guard->entries[mid].addr);

		if (!cmp)
			return &guard->entries[mid];
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	if (at)
		*at = low;
	return NULL;
}

/* Context: RCU. */
static bool silent(const struct hbkm_cluster *cl, const struct in6_addr *addr)
{
	struct hbkm_guard_entry *e = find(rcu_dereference(cl->guard), addr, NULL);
	u32 slots = e ? READ_ONCE(e->slots) : 0;

	return slots && !(slots & READ_ONCE(cl->speaks));
}

static bool silent4(const struct hbkm_cluster *cl, __be32 ip)
{
	struct in6_addr addr;

	ipv6_addr_set_v4mapped(ip, &addr);
	return silent(cl, &addr);
}

/* ---- the hooks; RCU, bottom halves on or off ---- */

static unsigned int drop(const struct hbkm_cluster *cl)
{
	local_bh_disable();
	hbkm_count(cl->stats, HBKM_STAT_GUARD_DROP);
	local_bh_enable();
	return NF_DROP;
}

static bool on_loopback(const struct net_device *dev)
{
	return !dev || dev->flags & IFF_LOOPBACK;
}

/* Who says by ARP that an address is whose? Return: false if it is not about IPv4. */
static bool arp_sender(const struct sk_buff *skb, const struct net_device *dev, __be32 *ip,
		       u8 hw[MAX_ADDR_LEN])
{
	u8 buf[sizeof(struct arphdr) + MAX_ADDR_LEN + sizeof(*ip)];
	unsigned int len = sizeof(struct arphdr) + dev->addr_len + sizeof(*ip);
	const struct arphdr *arp;

	arp = skb_header_pointer(skb, skb_network_offset(skb), len, buf);
	if (!arp || arp->ar_pro != htons(ETH_P_IP) || arp->ar_pln != sizeof(*ip) ||
	    arp->ar_hln != dev->addr_len)
		return false;
	memcpy(hw, arp + 1, dev->addr_len);
	memcpy(ip, (const u8 *)(arp + 1) + dev->addr_len, sizeof(*ip));
	return true;
}

static unsigned int arp_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct hbkm_cluster *cl = priv;
	u8 hw[MAX_ADDR_LEN];
	__be32 ip;

	if (on_loopback(state->out) || !arp_sender(skb, state->out, &ip, hw) || !silent4(cl, ip))
		return NF_ACCEPT;
	return drop(cl);
}

/* Context: lock held. */
static struct hbkm_group *speaking_group(const struct hbkm_cluster *cl, u32 slots)
{
	struct hbkm_group *group;

	list_for_each_entry(group, &cl->groups, list)
		if (slots & cl->speaks & 1U << group->slot)
			return group;
	return NULL;
}

static void tell_duplicate(struct hbkm_cluster *cl, struct hbkm_guard_entry *e, const u8 *hw,
			   const struct net_device *dev)
{
	struct hbkm_group *group;

	spin_lock_bh(&cl->lock);
	hbkm_count(cl->stats, HBKM_STAT_DUPLICATE);
	if (time_is_before_eq_jiffies(e->told + TELL_EVERY)) {
		e->told = jiffies;
		group = speaking_group(cl, READ_ONCE(e->slots));
		if (group)
			hbkm_notify_duplicate(cl, group, &e->addr, hw, dev->addr_len,
					      ktime_get_ns());
	}
	spin_unlock_bh(&cl->lock);
}

/* Somebody says that he has an address; do we? */
static unsigned int arp_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct hbkm_cluster *cl = priv;
	struct hbkm_guard_entry *e;
	struct in6_addr addr;
	u8 hw[MAX_ADDR_LEN];
	__be32 ip;

	if (on_loopback(state->in) || !arp_sender(skb, state->in, &ip, hw))
		return NF_ACCEPT;
	ipv6_addr_set_v4mapped(ip, &addr);
	e = find(rcu_dereference(cl->guard), &addr, NULL);
	/* Our own may come back, by another of our devices as well. */
	if (e && READ_ONCE(e->slots) & READ_ONCE(cl->speaks) &&
	    !dev_getbyhwaddr_rcu(state->net, state->in->type, (const char *)hw))
		tell_duplicate(cl, e, hw, state->in);
	return NF_ACCEPT;
}

static unsigned int ip4_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (on_loopback(state->in) || !silent4(priv, ip_hdr(skb)->daddr))
		return NF_ACCEPT;
	return drop(priv);
}

static unsigned int ip4_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (on_loopback(state->out) || !silent4(priv, ip_hdr(skb)->saddr))
		return NF_ACCEPT;
	return drop(priv);
}

static unsigned int ip6_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (on_loopback(state->in) || !silent(priv, &ipv6_hdr(skb)->daddr))
		return NF_ACCEPT;
	return drop(priv);
}

/* An advertisement may have another sender than the address that it is about. */
static bool advertises_silent(const struct hbkm_cluster *cl, const struct sk_buff *skb)
{
	struct nd_msg buf;
	const struct nd_msg *msg;

	if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6)
		return false;
	msg = skb_header_pointer(skb, skb_network_offset(skb) + sizeof(struct ipv6hdr),
				 sizeof(buf), &buf);
	return msg && msg->icmph.icmp6_type == NDISC_NEIGHBOUR_ADVERTISEMENT &&
	       silent(cl, &msg->target);
}

static unsigned int ip6_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (on_loopback(state->out) ||
	    (!silent(priv, &ipv6_hdr(skb)->saddr) && !advertises_silent(priv, skb)))
		return NF_ACCEPT;
	return drop(priv);
}

#define HOOK(_pf, _num, _prio, _hook) {			\
	.hook = _hook,					\
	.pf = _pf,					\
	.hooknum = _num,				\
	.priority = _prio,				\
}

/* Before all others: what is silent leaves no trace in conntrack either. */
static const struct nf_hook_ops hooks[] = {
	HOOK(NFPROTO_ARP, NF_ARP_IN, NF_IP_PRI_FIRST, arp_in),
	HOOK(NFPROTO_ARP, NF_ARP_OUT, NF_IP_PRI_FIRST, arp_out),
	HOOK(NFPROTO_IPV4, NF_INET_LOCAL_IN, NF_IP_PRI_FIRST, ip4_in),
	HOOK(NFPROTO_IPV4, NF_INET_LOCAL_OUT, NF_IP_PRI_FIRST, ip4_out),
	HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, NF_IP6_PRI_FIRST, ip6_in),
	HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, NF_IP6_PRI_FIRST, ip6_out),
};

/* ---- which addresses ---- */

static int hooks_on(struct hbkm_cluster *cl, struct netlink_ext_ack *extack)
{
	unsigned int i;
	int ret;

	if (cl->hooks)
		return 0;
	if (!IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)) {
		NL_SET_ERR_MSG(extack, "this kernel cannot filter ARP: no address can be guarded");
		return -EOPNOTSUPP;
	}
	cl->hooks = kmemdup(hooks, sizeof(hooks), GFP_KERNEL_ACCOUNT);
	if (!cl->hooks)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		cl->hooks[i].priv = cl;
	ret = nf_register_net_hooks(cl->net, cl->hooks, ARRAY_SIZE(hooks));
	if (ret) {
		NL_SET_ERR_MSG(extack, "cannot hook into netfilter");
		kfree(cl->hooks);
		cl->hooks = NULL;
	}
	return ret;
}

static void hooks_off(struct hbkm_cluster *cl)
{
	if (!cl->hooks)
		return;
	nf_unregister_net_hooks(cl->net, cl->hooks, ARRAY_SIZE(hooks));
	synchronize_net();		/* whoever is in a hook leaves it */
	kfree(cl->hooks);
	cl->hooks = NULL;
}

static struct hbkm_guard *table(const struct hbkm_cluster *cl)
{
	return rcu_dereference_protected(cl->guard,
					 lockdep_is_held(&hbkm_net(cl->net)->lock));
}

static void replace(struct hbkm_cluster *cl, struct hbkm_guard *new)
{
	struct hbkm_guard *old = table(cl);

	rcu_assign_pointer(cl->guard, new);
	if (old)
		kfree_rcu(old, rcu);
}

static void add(struct hbkm_guard *guard, const struct in6_addr *addrs, unsigned int n, u8 slot)
{
	struct hbkm_guard_entry *e;
	unsigned int i, at;

	for (i = 0; i < n; i++) {
		e = find(guard, &addrs[i], &at);
		if (!e) {
			e = &guard->entries[at];
			memmove(e + 1, e, (guard->n++ - at) * sizeof(*e));
			*e = (struct hbkm_guard_entry){
				.addr = addrs[i], .told = jiffies - TELL_EVERY,
			};
		}
		e->slots |= 1U << slot;
	}
}

/* A beat from an address that is silent would never leave. */
static bool sent_from(const struct hbkm_cluster *cl, const struct in6_addr *addrs,
		      unsigned int n)
{
	const struct hbkm_link *link;
	unsigned int i;

	list_for_each_entry(link, &cl->links, list)
		for (i = 0; i < n; i++)
			if (ipv6_addr_equal(&addrs[i], &link->source))
				return true;
	return false;
}

/* Links that were not told otherwise may send from what is a group's only now. */
static void choose_anew(const struct hbkm_cluster *cl)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list)
		dst_cache_reset(&link->route);
}

/**
 * hbkm_guard_set() - guard these addresses of a group, and no others
 * @cl: the cluster
 * @group: the group, perhaps not yet in the list
 * @addrs: checked addresses
 * @n: how many, up to HBKM_MAX_GUARD
 * @extack: receives the reason of a refusal
 *
 * The caller keeps them in @group. Whether they may speak is @group's state.
 *
 * Context: process, hbkm_net.lock held. Return: 0 or an error: nothing changed.
 */
int hbkm_guard_set(struct hbkm_cluster *cl, const struct hbkm_group *group,
		   const struct in6_addr *addrs, unsigned int n, struct netlink_ext_ack *extack)
{
	const struct hbkm_group *other;
	struct hbkm_guard *guard;
	unsigned int total = n;
	int ret;

	if (sent_from(cl, addrs, n)) {
		NL_SET_ERR_MSG(extack, "a link sends from one of the addresses");
		return -EADDRINUSE;
	}

	list_for_each_entry(other, &cl->groups, list)
		if (other != group)
			total += other->n_guard;
	if (!total) {
		replace(cl, NULL);
		hooks_off(cl);
		return 0;
	}
	guard = kzalloc(struct_size(guard, entries, total), GFP_KERNEL_ACCOUNT);
	if (!guard)
		return -ENOMEM;
	list_for_each_entry(other, &cl->groups, list)
		if (other != group)
			add(guard, other->guard, other->n_guard, other->slot);
	add(guard, addrs, n, group->slot);
	ret = hooks_on(cl, extack);
	if (ret) {
		kfree(guard);
		return ret;
	}
	replace(cl, guard);
	choose_anew(cl);
	return 0;
}

/**
 * hbkm_guard_forget() - a group goes, and its addresses are guarded no longer
 * @cl: the cluster
 * @group: the group
 *
 * Context: process, hbkm_net.lock held. Needs no memory.
 */
void hbkm_guard_forget(struct hbkm_cluster *cl, const struct hbkm_group *group)
{
	struct hbkm_guard *guard = table(cl);
	unsigned int i;
	u32 left = 0;

	for (i = 0; guard && i < guard->n; i++) {
		struct hbkm_guard_entry *e = &guard->entries[i];

		WRITE_ONCE(e->slots, e->slots & ~(1U << group->slot));
		left |= e->slots;
	}
	if (!left) {
		replace(cl, NULL);
		hooks_off(cl);
	}
}

/**
 * hbkm_guard_has() - is this address guarded?
 * @cl: the cluster
 * @addr: the address
 *
 * Context: any. Return: true if it is a group's.
 */
bool hbkm_guard_has(const struct hbkm_cluster *cl, const struct in6_addr *addr)
{
	struct hbkm_guard_entry *e;
	bool has;

	rcu_read_lock();
	e = find(rcu_dereference(cl->guard), addr, NULL);
	has = e && READ_ONCE(e->slots);
	rcu_read_unlock();
	return has;
}

/* ---- warm standby ---- */

/* On which device of ours is it? Context: RCU. */
static struct net_device *device_of(const struct hbkm_cluster *cl, const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return __ip_dev_find(cl->net, addr->s6_addr32[3], false);
#if IS_ENABLED(CONFIG_IPV6)
	if (ipv6_mod_enabled())
		return ipv6_dev_find(cl->net, addr, NULL);
#endif
	return NULL;
}

/**
 * hbkm_guard_ready() - are all addresses of a group on devices that work?
 * @cl: the cluster
 * @group: the group
 *
 * Context: bottom halves off, lock held. Return: true if it can be taken over
 * without the agent.
 */
bool hbkm_guard_ready(const struct hbkm_cluster *cl, const struct hbkm_group *group)
{
	const struct net_device *dev;
	bool ready = group->warm;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; ready && i < group->n_guard; i++) {
		dev = device_of(cl, &group->guard[i]);
		ready = dev && netif_running(dev) && netif_carrier_ok(dev);
	}
	rcu_read_unlock();
	return ready;
}

static void announce_arp(struct net_device *dev, int op, __be32 ip)
{
	const u8 *target = op == ARPOP_REPLY ? dev->dev_addr : NULL;
	struct sk_buff *skb;

	if (dev->flags & IFF_NOARP)
		return;
	skb = arp_create(op, ETH_P_ARP, ip, dev, ip, NULL, dev->dev_addr, target);
	if (!skb)
		return;
	skb->priority = TC_PRIO_CONTROL;
	arp_xmit(skb);
}

static void announce(const struct hbkm_cluster *cl, const struct in6_addr *addr)
{
	struct net_device *dev = device_of(cl, addr);
#if IS_ENABLED(CONFIG_IPV6)
	const struct inet6_dev *idev;
#endif

	if (!dev)
		return;
	if (ipv6_addr_v4mapped(addr)) {
		/* Some switches and hosts heed only the one or the other. */
		announce_arp(dev, ARPOP_REQUEST, addr->s6_addr32[3]);
		announce_arp(dev, ARPOP_REPLY, addr->s6_addr32[3]);
		return;
	}
#if IS_ENABLED(CONFIG_IPV6)
	/* Who hears that we are no router removes us from its routers. */
	idev = __in6_dev_get(dev);
	hbkm_ndisc_send_na(dev, &in6addr_linklocal_allnodes, addr,
			   idev && READ_ONCE(idev->cnf.forwarding), false, true, true);
#endif
}

/**
 * hbkm_guard_announce() - tell the neighbours where a group's addresses are
 * @cl: the cluster
 * @slot: of the group
 *
 * Says nothing of what is silent again by now.
 *
 * Context: bottom halves off, no lock held. Bounded by HBKM_MAX_GUARD.
 */
void hbkm_guard_announce(const struct hbkm_cluster *cl, u8 slot)
{
	struct hbkm_guard *guard;
	unsigned int i;

	rcu_read_lock();
	guard = rcu_dereference(cl->guard);
	for (i = 0; guard && i < guard->n; i++)
		if (READ_ONCE(guard->entries[i].slots) & READ_ONCE(cl->speaks) & 1U << slot)
			announce(cl, &guard->entries[i].addr);
	rcu_read_unlock();
}
