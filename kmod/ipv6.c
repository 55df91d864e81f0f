// SPDX-License-Identifier: GPL-2.0
/*
 * Links over IPv6: routes, headers, multicast groups.
 */
#include <linux/if_addr.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include "hbkm.h"

static bool speaks(const struct net_device *dev)
{
	return rtnl_dereference(dev->ip6_ptr);
}

/* Service addresses are deprecated, yet chosen where there is nothing better (RFC 6724). */
static bool is_on(const struct net_device *dev, const struct in6_addr *addr, bool chosen)
{
	return ipv6_chk_addr_and_flags(dev_net(dev), addr, dev, false, 1,
				       chosen ? IFA_F_TENTATIVE | IFA_F_DEPRECATED :
						IFA_F_TENTATIVE);
}

static struct dst_entry *cached(struct hbkm_link *link, struct in6_addr *saddr)
{
	return dst_cache_get_ip6(&link->route, saddr);
}

static struct dst_entry *look_up(const struct hbkm_link *link, const struct net_device *dev,
				 struct sock *sk, struct in6_addr *saddr)
{
	struct flowi6 fl6 = {
		.flowi6_oif = dev->ifindex,
		.flowi6_proto = IPPROTO_UDP,
		.saddr = *saddr,
		.daddr = link->addr,
		.fl6_dport = htons(link->number),
		.fl6_sport = htons(link->number),
	};
	struct dst_entry *dst;

	dst = ip6_dst_lookup_flow(dev_net(dev), sk, &fl6, NULL);
	if (!IS_ERR(dst))
		*saddr = fl6.saddr;
	return dst;
}

/* The one most like the destination, which so has its scope, too. */
static bool unguarded(const struct hbkm_link *link, const struct net_device *dev,
		      struct in6_addr *saddr)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);
	int scope = ipv6_addr_src_scope(&link->addr), best = -1, like;
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return false;
	list_for_each_entry_rcu(ifa, &idev->addr_list, if_list) {
		like = ipv6_addr_diff(&ifa->addr, &link->addr);
		if (like <= best || ipv6_addr_src_scope(&ifa->addr) < scope ||
		    !is_on(dev, &ifa->addr, true) || hbkm_guard_has(link->cl, &ifa->addr))
			continue;
		*saddr = ifa->addr;
		best = like;
	}
	return best >= 0;
}

static void keep(struct hbkm_link *link, struct dst_entry *dst, const struct in6_addr *saddr)
{
	dst_cache_set_ip6(&link->route, dst, saddr);
}

static struct neighbour *next_hop(const struct hbkm_link *link, struct net_device *dev,
				  const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of_const(dst, struct rt6_info, dst);

	return __ipv6_neigh_lookup_noref(dev, rt6_nexthop(rt, &link->addr));
}

static void put_headers(struct sk_buff *skb, const struct hbkm_link *link,
			const struct in6_addr *saddr)
{
	struct udphdr *uh = hbkm_xmit_put_udp(skb, link);
	struct ipv6hdr *ip;

	udp6_set_csum(false, skb, saddr, &link->addr, ntohs(uh->len));
	ip = skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip, HBKM_TOS, 0);
	ip->payload_len = uh->len;
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = link->ttl;
	ip->saddr = *saddr;
	ip->daddr = link->addr;
}

static int out(struct sk_buff *skb, struct net *net, struct sock *sk)
{
	skb->ignore_df = 1;			/* rather in pieces than not at all */
	return ip6_local_out(net, sk, skb);
}

static void addresses(const struct sk_buff *skb, struct in6_addr *saddr, struct in6_addr *daddr)
{
	*saddr = ipv6_hdr(skb)->saddr;
	*daddr = ipv6_hdr(skb)->daddr;
}

/* What we send is not for ourselves: udp_tunnel sees to that for IPv4 only. */
static int loop_off(struct sock *sk)
{
	struct socket *sock = sk->sk_socket;
	int off = 0;

	return sock->ops->setsockopt(sock, SOL_IPV6, IPV6_MULTICAST_LOOP, KERNEL_SOCKPTR(&off),
				     sizeof(off));
}

static int join(const struct hbkm_link *link, struct sock *sk, int ifindex)
{
	int ret = loop_off(sk);

	if (ret)
		return ret;
	lock_sock(sk);
	ret = ipv6_sock_mc_join(sk, ifindex, &link->addr);
	release_sock(sk);
	return ret;
}

static void leave(const struct hbkm_link *link, struct sock *sk, int ifindex)
{
	lock_sock(sk);
	ipv6_sock_mc_drop(sk, ifindex, &link->addr);
	release_sock(sk);
}

const struct hbkm_family hbkm_ipv6 = {
	.af = AF_INET6,
	.ethertype = ETH_P_IPV6,
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
