// SPDX-License-Identifier: GPL-2.0
/*
 * Links: the ways to send and to receive. A link waits for its device, sticks
 * to it while it exists, and shares a bound socket with the other links of the
 * same device and UDP port.
 */
#include <linux/cred.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/udp_tunnel.h>
#include "hbkm.h"

/**
 * hbkm_link_by_id() - find a link
 * @cl: the cluster
 * @id: of the link
 *
 * Context: process, hbkm_net.lock held. Return: the link or NULL.
 */
struct hbkm_link *hbkm_link_by_id(const struct hbkm_cluster *cl, u8 id)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list)
		if (link->id == id)
			return link;
	return NULL;
}

/* To one machine, not to many? */
static bool is_single(const struct in6_addr *addr)
{
	__be32 v4 = addr->s6_addr32[3];

	if (ipv6_addr_v4mapped(addr))
		return !ipv4_is_multicast(v4) && !ipv4_is_lbcast(v4);
	return !ipv6_addr_is_multicast(addr);
}

/**
 * hbkm_link_find() - to which link does a datagram belong?
 * @port: the socket on which it came
 * @saddr: its source
 * @daddr: its destination
 *
 * Context: softirq, RCU. Return: the link, or NULL if none expects it.
 */
struct hbkm_link *hbkm_link_find(struct hbkm_port *port, const struct in6_addr *saddr,
				 const struct in6_addr *daddr)
{
	struct hbkm_link *link;

	list_for_each_entry_rcu(link, &port->cl->links, list) {
		if (rcu_access_pointer(link->port) != port)
			continue;
		if (link->kind == HBKM_LINK_UCAST) {
			if (ipv6_addr_equal(&link->addr, saddr) && is_single(daddr))
				return link;
		} else if (ipv6_addr_equal(&link->addr, daddr)) {
			return link;
		}
	}
	return NULL;
}

/* By the right of whoever made the link: its device may come by the hand of one who has none. */
static int create_socket(const struct hbkm_link *link, struct udp_port_cfg *udp,
			 struct socket **sock)
{
	const struct cred *own = override_creds(link->cred);
	int ret = udp_sock_create(link->cl->net, udp, sock);

	revert_creds(own);
	return ret;
}

static struct hbkm_port *port_get(const struct hbkm_link *link, struct net_device *dev,
				  struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg tunnel = { .encap_type = 1, .encap_rcv = hbkm_recv };
	struct udp_port_cfg udp = {
		.family = link->family->af,
		.ipv6_v6only = true,
		.use_udp6_tx_checksums = true,
		.use_udp6_rx_checksums = true,
		.local_udp_port = htons(link->number),
		.bind_ifindex = dev->ifindex,
	};
	struct hbkm_cluster *cl = link->cl;
	struct hbkm_port *port;
	int ret;

	list_for_each_entry(port, &cl->ports, list) {
		if (port->ifindex == dev->ifindex && port->family == link->family &&
		    port->number == link->number) {
			port->users++;
			return port;
		}
	}
	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->cl = cl;
	port->family = link->family;
	port->ifindex = dev->ifindex;
	port->number = link->number;
	port->users = 1;
	ret = create_socket(link, &udp, &port->sock);
	if (ret) {
		NL_SET_ERR_MSG(extack, "cannot bind the UDP port: does another program use it?");
		kfree(port);
		return ERR_PTR(ret);
	}
	tunnel.sk_user_data = port;
	setup_udp_tunnel_sock(cl->net, hbkm_udp_tunnel_arg(port->sock), &tunnel);
	hbkm_lastword_open(port, dev);
	list_add(&port->list, &cl->ports);
	return port;
}

/* Nothing is received on it once this returns, if we were its last user. */
static void port_put(struct hbkm_port *port)
{
	if (--port->users)
		return;
	list_del(&port->list);
	udp_tunnel_sock_release(hbkm_udp_tunnel_arg(port->sock));
	synchronize_net();		/* not every kernel does so for us */
	hbkm_lastword_close(port);
	kfree(port);
}

static struct hbkm_port *link_port(const struct hbkm_link *link)
{
	return rcu_dereference_protected(link->port, lockdep_rtnl_is_held());
}

static struct net_device *link_dev(const struct hbkm_link *link)
{
	return rcu_dereference_protected(link->dev, lockdep_rtnl_is_held());
}

static u8 look_at(const struct net_device *dev)
{
	if (!dev)
		return HBKM_LINK_ABSENT;
	return netif_running(dev) && netif_carrier_ok(dev) ? HBKM_LINK_UP : HBKM_LINK_DOWN;
}

/**
 * hbkm_link_look() - see how its device does, and tell if that has changed
 * @link: the link
 *
 * Context: process, RTNL and hbkm_net.lock held.
 */
void hbkm_link_look(struct hbkm_link *link)
{
	struct hbkm_cluster *cl = link->cl;
	u8 state = look_at(link_dev(link));

	if (state == link->state)
		return;
	spin_lock_bh(&cl->lock);
	WRITE_ONCE(link->state, state);
	hbkm_notify_link(link, ktime_get_ns());
	spin_unlock_bh(&cl->lock);
	hbkm_cluster_links_changed(cl);
}

/**
 * hbkm_link_tick() - what is to be looked at before a beat: can it send?
 * @link: the link
 * @now: monotonic time, ns
 *
 * Looks at the device itself, since the network core tells of a lost carrier
 * up to a second late; that it is back counts when the core knows it, for before
 * nothing is sent. Tells if frames are refused, or no longer.
 *
 * Context: bottom halves off or process, lock held. Return: its device is up.
 */
bool hbkm_link_tick(struct hbkm_link *link, u64 now)
{
	bool up;
	int error;

	lockdep_assert_held(&link->cl->lock);
	rcu_read_lock();
	up = look_at(rcu_dereference(link->dev)) == HBKM_LINK_UP && link->state == HBKM_LINK_UP;
	rcu_read_unlock();
	error = up ? READ_ONCE(link->refused) : 0;
	if (error != link->error) {
		link->error = error;
		hbkm_notify_link(link, now);
	}
	return up;
}

/**
 * hbkm_link_attach() - its device is there
 * @link: the link, without a device
 * @dev: the device
 * @extack: receives the reason of a refusal, may be NULL
 *
 * Context: process, RTNL and hbkm_net.lock held. Return: 0 or an error.
 */
int hbkm_link_attach(struct hbkm_link *link, struct net_device *dev,
		     struct netlink_ext_ack *extack)
{
	struct hbkm_port *port;
	int ret;

	ASSERT_RTNL();
	port = port_get(link, dev, extack);
	if (IS_ERR(port))
		return PTR_ERR(port);
	if (link->kind == HBKM_LINK_MCAST) {
		ret = link->family->join(link, port->sock->sk, dev->ifindex);
		if (ret) {
			NL_SET_ERR_MSG(extack, "cannot join the multicast group");
			port_put(port);
			return ret;
		}
	}
	netdev_hold(dev, &link->dev_tracker, GFP_KERNEL);
	dst_cache_reset(&link->route);
	rcu_assign_pointer(link->dev, dev);
	rcu_assign_pointer(link->port, port);
	hbkm_lastword_attach(link);
	hbkm_link_look(link);
	return 0;
}

/**
 * hbkm_link_detach() - its device goes
 * @link: the link, with a device
 *
 * Context: process, RTNL and hbkm_net.lock held. Waits for whoever sends on it or
 * receives from it.
 */
void hbkm_link_detach(struct hbkm_link *link)
{
	struct hbkm_port *port = link_port(link);
	struct net_device *dev = link_dev(link);

	ASSERT_RTNL();
	rcu_assign_pointer(link->port, NULL);
	rcu_assign_pointer(link->dev, NULL);
	hbkm_link_look(link);
	synchronize_net();
	hbkm_lastword_detach(link);

	/* The last user's socket must be in no group: closing it would take RTNL. */
	if (link->kind == HBKM_LINK_MCAST)
		link->family->leave(link, port->sock->sk, dev->ifindex);
	port_put(port);
	dst_cache_reset(&link->route);
	netdev_put(dev, &link->dev_tracker);
}

/**
 * hbkm_link_mtu_changed() - that of its device has
 * @link: the link, with a device
 *
 * A device whose MTU is too small for a family is left by it, and forgets the groups it
 * was in: so a link to a group gives it up then, until it is fit again.
 *
 * Context: process, RTNL and hbkm_net.lock held. Sleeps.
 */
void hbkm_link_mtu_changed(struct hbkm_link *link)
{
	if (link->kind == HBKM_LINK_MCAST && !link->family->speaks(link_dev(link)))
		hbkm_link_detach(link);
}

/**
 * hbkm_link_same() - is the link as this configuration says?
 * @link: the link
 * @c: the configuration
 *
 * Return: true if nothing differs.
 */
bool hbkm_link_same(const struct hbkm_link *link, const struct hbkm_link_config *c)
{
	return link->kind == c->kind && link->path == c->path &&
	       ipv6_addr_equal(&link->addr, &c->addr) &&
	       ipv6_addr_equal(&link->source, &c->source) &&
	       link->number == c->number && link->ttl == c->ttl &&
	       !strcmp(link->ifname, c->ifname);
}

/* Return: NULL if this kernel does not speak it. */
static const struct hbkm_family *family_of(const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return &hbkm_ipv4;
#if IS_ENABLED(CONFIG_IPV6)
	if (ipv6_mod_enabled())
		return &hbkm_ipv6;
#endif
	return NULL;
}

/**
 * hbkm_link_create() - add a link; its device may be absent
 * @cl: the cluster
 * @c: checked configuration
 * @extack: receives the reason of a refusal
 *
 * Context: process, RTNL and hbkm_net.lock held. Return: 0 or an error.
 */
int hbkm_link_create(struct hbkm_cluster *cl, const struct hbkm_link_config *c,
		     struct netlink_ext_ack *extack)
{
	const struct hbkm_family *family = family_of(&c->addr);
	struct net_device *dev;
	struct hbkm_link *link;
	int ret;

	ASSERT_RTNL();
	if (!family) {
		NL_SET_ERR_MSG(extack, "this kernel has no IPv6, or was told not to use it");
		return -EAFNOSUPPORT;
	}
	list_for_each_entry(link, &cl->links, list) {
		if (link->kind == c->kind && ipv6_addr_equal(&link->addr, &c->addr) &&
		    link->number == c->number && !strcmp(link->ifname, c->ifname)) {
			NL_SET_ERR_MSG(extack, "there is such a link already");
			return -EEXIST;
		}
	}
	if (hbkm_guard_has(cl, &c->source)) {
		NL_SET_ERR_MSG(extack, "a link cannot send from a group's address");
		return -EADDRINUSE;
	}
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	if (!link)
		return -ENOMEM;
	link->cl = cl;
	link->id = c->id;
	link->kind = c->kind;
	link->path = c->path;
	link->family = family;
	link->addr = c->addr;
	link->source = c->source;
	link->number = c->number;
	link->ttl = c->ttl;
	link->cred = get_current_cred();
	strscpy(link->ifname, c->ifname, sizeof(link->ifname));
	hbkm_xmit_add_link(cl);
	ret = dst_cache_init(&link->route, GFP_KERNEL_ACCOUNT);
	if (ret)
		goto err_free;

	dev = __dev_get_by_name(cl->net, link->ifname);
	if (dev) {
		ret = hbkm_link_attach(link, dev, extack);
		if (ret)
			goto err_destroy;
	}
	list_add_tail_rcu(&link->list, &cl->links);
	hbkm_cluster_links_changed(cl);
	return 0;

err_destroy:
	dst_cache_destroy(&link->route);
err_free:
	hbkm_xmit_remove_link(cl);
	put_cred(link->cred);
	kfree(link);
	return ret;
}

/**
 * hbkm_link_remove() - take a link out and free it
 * @link: the link
 *
 * Context: process, RTNL and hbkm_net.lock held. Sleeps.
 */
void hbkm_link_remove(struct hbkm_link *link)
{
	struct hbkm_cluster *cl = link->cl;

	list_del_rcu(&link->list);
	if (link_dev(link))
		hbkm_link_detach(link);		/* waits for readers */
	else
		synchronize_net();
	hbkm_xmit_remove_link(cl);
	dst_cache_destroy(&link->route);
	put_cred(link->cred);
	kfree(link);
	hbkm_cluster_links_changed(cl);
}
