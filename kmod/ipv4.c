// SPDX-License-Identifier: GPL-2.0
/*
 * Links over IPv4: routes, headers, multicast groups.
 */
#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/udp.h>
#include "hbkm.h"

static __be32 v4(const struct in6_addr *addr)
{
	return addr->s6_addr32[3];
}

static bool speaks(const struct net_device *dev)
{
	return __in_dev_get_rtnl(dev);
}

static bool is_on(const struct net_device *dev, const struct in6_addr *addr, bool chosen)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	/* Of 0 it would say if there is any. */
	return v4(addr) && in_dev &&
	       inet_confirm_addr(dev_net(dev), in_dev, 0, v4(addr), RT_SCOPE_HOST);
}

static struct dst_entry *cached(struct hbkm_link *link, struct in6_addr *saddr)
{
	struct rtable *rt;
	__be32 ip;

	rt = dst_cache_get_ip4(&link->route, &ip);
	if (!rt)
		return NULL;
	ipv6_addr_set_v4mapped(ip, saddr);
	return &rt->dst;
}

static struct dst_entry *look_up(const struct hbkm_link *link, const struct net_device *dev,
				 struct sock *sk, struct in6_addr *saddr)
{
	struct flowi4 fl4 = {
		.flowi4_oif = dev->ifindex,
		.flowi4_proto = IPPROTO_UDP,
		.saddr = v4(saddr),
		.daddr = v4(&link->addr),
		.fl4_dport = htons(link->number),
		.fl4_sport = htons(link->number),
	};
	struct rtable *rt;

	rt = ip_route_output_flow(dev_net(dev), &fl4, sk);
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	*saddr = in6addr_any;
	if (fl4.saddr)
		ipv6_addr_set_v4mapped(fl4.saddr, saddr);
	return &rt->dst;
}

/* The first one, or rather the first in the network that the link leads to. */
static bool unguarded_of(const struct hbkm_link *link, const struct net_device *dev,
			 struct in6_addr *saddr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	struct in6_addr addr;
	bool found = false;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		ipv6_addr_set_v4mapped(ifa->ifa_local, &addr);
		if (ifa->ifa_scope > RT_SCOPE_LINK || hbkm_guard_has(link->cl, &addr) ||
		    (found && !inet_ifa_match(v4(&link->addr), ifa)))
			continue;
		*saddr = addr;
		found = true;
		if (inet_ifa_match(v4(&link->addr), ifa))
			break;
	}
	return found;
}

/* As the kernel does, it takes one of another device for a device that has none. */
static bool unguarded(const struct hbkm_link *link, const struct net_device *dev,
		      struct in6_addr *saddr)
{
	int domain = l3mdev_master_ifindex_rcu(dev);
	const struct net_device *other;

	if (unguarded_of(link, dev, saddr))
		return true;
	for_each_netdev_rcu(dev_net(dev), other)
		if (l3mdev_master_ifindex_rcu(other) == domain && unguarded_of(link, other, saddr))
			return true;
	return false;
}

static void keep(struct hbkm_link *link, struct dst_entry *dst, const struct in6_addr *saddr)
{
	dst_cache_set_ip4(&link->route, dst, v4(saddr));
}

static struct neighbour *next_hop(const struct hbkm_link *link, struct net_device *dev,
				  const struct dst_entry *dst)
{
	const struct rtable *rt = container_of_const(dst, struct rtable, dst);

	return __ipv4_neigh_lookup_noref(dev, (__force u32)rt_nexthop(rt, v4(&link->addr)));
}

static void put_headers(struct sk_buff *skb, const struct hbkm_link *link,
			const struct in6_addr *saddr)
{
	struct udphdr *uh = hbkm_xmit_put_udp(skb, link);
	struct iphdr *ip;

	udp_set_csum(false, skb, v4(saddr), v4(&link->addr), ntohs(uh->len));
	ip = skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip->version = 4;
	ip->ihl = 5;
	ip->tos = HBKM_TOS;
	ip->tot_len = htons(skb->len);
	ip->id = 0;			/* needed by none that is never in pieces: RFC 6864 */
	ip->frag_off = htons(IP_DF);
	ip->ttl = link->ttl;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = v4(saddr);
	ip->daddr = v4(&link->addr);
	ip_send_check(ip);
}

static int out(struct sk_buff *skb, struct net *net, struct sock *sk)
{
	if (skb->len > dst_mtu(skb_dst(skb))) {		/* rather in pieces than not at all */
		ip_hdr(skb)->frag_off = 0;
		ip_select_ident(net, skb, NULL);
	}
	return ip_local_out(net, sk, skb);
}

static void addresses(const struct sk_buff *skb, struct in6_addr *saddr, struct in6_addr *daddr)
{
	ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, saddr);
	ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, daddr);
}

static struct ip_mreqn membership(const struct hbkm_link *link, int ifindex)
{
	return (struct ip_mreqn){
		.imr_multiaddr.s_addr = v4(&link->addr),
		.imr_ifindex = ifindex,
	};
}

static int join(const struct hbkm_link *link, struct sock *sk, int ifindex)
{
	struct ip_mreqn mreq = membership(link, ifindex);

	return ip_mc_join_group(sk, &mreq);
}

static void leave(const struct hbkm_link *link, struct sock *sk, int ifindex)
{
	struct ip_mreqn mreq = membership(link, ifindex);

	ip_mc_leave_group(sk, &mreq);
}

const struct hbkm_family hbkm_ipv4 = {
	.af = AF_INET,
	.ethertype = ETH_P_IP,
	.speaks = speaks,
	.is_on = is_on,
	.cached = cached,
	.look_up = look_up,
	.unguarded = unguarded,
	.keep = keep,
	.next_hop = next_hop,
	.put_headers = put_headers,
	.out = out,
	.addresses = addresses,
	.join = join,
	.leave = leave,
};
