// SPDX-License-Identifier: GPL-2.0
/*
 * The last word: a machine that panics says so, and its peers need not wait for
 * deadtime.
 *
 * In a panic the other processors have been stopped wherever they were. A lock
 * may be held for ever, memory may not be had, and what no RCU reader would see
 * may be half written. So all is made ready while there is time:
 *
 *	frame	signed when the life begins and when keys change, not at every
 *		beat: its number is the last there is, so it is newer than any
 *		beat, and it was never sent before, so nobody has recorded it.
 *		Of a leave frame nothing counts but who says it.
 *	way	each beat notes the hardware address that its link's frames go to.
 *	skb	one for each link.
 *	netpoll	one for each device, set up when that comes. It tries the device's
 *		locks and never waits for one, polls a device whose ring is full,
 *		and gives up after a tick. Then, as of netconsole's, a worker is
 *		to send what is left, which takes a lock of the workqueue's: the
 *		only one that a stopped processor might hold.
 *
 * Where two users of netpoll share a device, kernels before 6.18, the latest
 * stable ones apart, take it from both when one of them goes. So all our ports
 * there are one user; beside others, as netconsole, or a VLAN's on it, nothing is
 * sent then, and deadtime has to do.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netpoll.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/rtnetlink.h>
#include <linux/user_namespace.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include "hbkm.h"

static bool panic_leave = true;
module_param(panic_leave, bool, 0444);
MODULE_PARM_DESC(panic_leave, "tell the peers of a panic, by netpoll (default: Y)");

/* Return: what another port on the same device sends by, or NULL. */
static struct netpoll *shared(const struct hbkm_port *port)
{
	const struct hbkm_port *other;

	list_for_each_entry(other, &port->cl->ports, list)
		if (other != port && other->ifindex == port->ifindex && other->poll)
			return other->poll;
	return NULL;
}

/**
 * hbkm_lastword_open() - prepare a device for it
 * @port: a new port
 * @dev: its device
 *
 * Context: process, RTNL and hbkm_net.lock held. A device that netpoll cannot use goes
 * without, and so does one of a user namespace's.
 */
void hbkm_lastword_open(struct hbkm_port *port, struct net_device *dev)
{
	struct netpoll *np;
	int ret = -EOPNOTSUPP;

	/* A panic is the whole machine's: only its own administrators may add to what is done then. */
	if (!panic_leave || dev_net(dev)->user_ns != &init_user_ns)
		return;
	port->poll = shared(port);
	if (port->poll)
		return;
	np = kzalloc(sizeof(*np), GFP_KERNEL);
	if (!np)
		return;
	np->name = KBUILD_MODNAME;
	if (IS_ENABLED(CONFIG_NETPOLL))
		ret = __netpoll_setup(np, dev);
	if (ret) {
		netdev_info(dev, "hbkm: cannot tell of a panic here: error %d\n", ret);
		kfree(np);
		return;
	}
	port->poll = np;
}

/**
 * hbkm_lastword_close() - the port goes
 * @port: the port, not in the list any more
 *
 * Context: process, RTNL and hbkm_net.lock held. Sleeps.
 */
void hbkm_lastword_close(struct hbkm_port *port)
{
	if (IS_ENABLED(CONFIG_NETPOLL) && port->poll && !shared(port))
		__netpoll_free(port->poll);
}

/**
 * hbkm_lastword_attach() - prepare a link for it
 * @link: the link, with its device and port
 *
 * Context: process, RTNL held.
 */
void hbkm_lastword_attach(struct hbkm_link *link)
{
	struct net_device *dev = rtnl_dereference(link->dev);
	struct sk_buff *skb;

	if (!rtnl_dereference(link->port)->poll)
		return;
	skb = alloc_skb(LL_RESERVED_SPACE(dev) + HBKM_XMIT_HEADERS + HBKM_FRAME_MIN_LEN +
			dev->needed_tailroom, GFP_KERNEL);
	if (skb)
		skb_reserve(skb, LL_RESERVED_SPACE(dev) + HBKM_XMIT_HEADERS);
	link->lastword = skb;
}

/**
 * hbkm_lastword_detach() - the link's device goes
 * @link: the link
 *
 * Context: process, RTNL held.
 */
void hbkm_lastword_detach(struct hbkm_link *link)
{
	kfree_skb(link->lastword);
	link->lastword = NULL;
	memset(&link->hop_saddr, 0, sizeof(link->hop_saddr));
}

/**
 * hbkm_lastword_learn() - a beat goes this way; so would the last word
 * @link: on which
 * @dev: its device
 * @hop: the next one on its route, its address known; broadcast and multicast have
 *	 theirs, too, once something was sent
 * @saddr: its source
 *
 * Context: softirq, RCU, tx_lock held.
 */
void hbkm_lastword_learn(struct hbkm_link *link, struct net_device *dev,
			 const struct neighbour *hop, const struct in6_addr *saddr)
{
	if (!link->lastword)
		return;
	/* Mostly nothing is new; what is read while it changes is seen with the next beat. */
	if (dev->addr_len == ETH_ALEN && data_race(ether_addr_equal_64bits(link->hop, hop->ha)) &&
	    ipv6_addr_equal(&link->hop_saddr, saddr))
		return;
	neigh_ha_snapshot(link->hop, hop, dev);
	link->hop_saddr = *saddr;
}

/**
 * hbkm_lastword_prepare() - write and sign the frame of this life
 * @cl: the cluster
 *
 * Context: process. Takes tx_lock. A panic that comes in between sends a frame
 * with a wrong MAC.
 */
void hbkm_lastword_prepare(struct hbkm_cluster *cl)
{
	struct hbkm_frame f = {
		.type = HBKM_FRAME_LEAVE,
		.reason = HBKM_REASON_PANIC,
		.flags = HBKM_FRAME_F_LEAVING,
		.cluster = cl->id,
		.node = cl->self->id,
		.seq = U64_MAX,
	};
	const struct hbkm_keyring *ring;

	rcu_read_lock();
	spin_lock_bh(&cl->tx_lock);
	ring = rcu_dereference(cl->keys);
	if (ring) {
		spin_lock(&cl->lock);
		f.keepalive_us = cl->params.keepalive_us;
		f.deadtime_us = cl->params.deadtime_us;
		f.incarnation = cl->incarnation;
		WRITE_ONCE(cl->lastword_ready, true);
		spin_unlock(&cl->lock);

		f.key_id = hbkm_keyring_sign_id(ring);
		hbkm_frame_put_header(cl->lastword, &f);
		if (hbkm_auth_sign(ring, cl->lastword, sizeof(cl->lastword)))
			WRITE_ONCE(cl->lastword_ready, false);
	}
	spin_unlock_bh(&cl->tx_lock);
	rcu_read_unlock();
}

/**
 * hbkm_lastword_renew() - a new life has begun: until its frame is signed there is none
 * @cl: the cluster, with a link
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_lastword_renew(struct hbkm_cluster *cl)
{
	WRITE_ONCE(cl->lastword_ready, false);
	schedule_work(&cl->refill);
}

/* Context: panic, RCU. */
static void say(struct hbkm_link *link, const u8 *frame)
{
	const struct hbkm_port *port = rcu_dereference(link->port);
	struct net_device *dev = rcu_dereference(link->dev);
	struct sk_buff *skb = link->lastword;

	if (!IS_ENABLED(CONFIG_NETPOLL) || !dev || !port || !skb ||
	    ipv6_addr_any(&link->hop_saddr) || READ_ONCE(link->state) != HBKM_LINK_UP)
		return;
	link->lastword = NULL;
	skb_put_data(skb, frame, HBKM_FRAME_MIN_LEN);
	link->family->put_headers(skb, link, &link->hop_saddr);
	if (skb_checksum_help(skb) || skb_headroom(skb) < LL_RESERVED_SPACE(dev))
		return;
	skb->dev = dev;
	if (dev_hard_header(skb, dev, link->family->ethertype, link->hop, NULL, skb->len) >= 0)
		netpoll_send_skb(port->poll, skb);
}

/*
 * Context: panic: interrupts off, the other processors stopped, or about to be.
 * Takes no lock of ours, allocates nothing; bounded by the number of links, and by
 * HBKM_SEND_MS before a reboot at once.
 */
static int panic_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	static bool called;
	bool said = false;
	struct net *net;

	if (called)		/* and the panic is of our making */
		return NOTIFY_DONE;
	called = true;
	/*
	 * For good. On x86 a panicked machine that does not reboot is deaf and dumb;
	 * others serve interrupts on, and with them timers, ARP and what else runs in
	 * softirq: it would go on to beat, and answer for addresses that are another
	 * node's. Nor does anything here wake ksoftirqd now, which takes locks.
	 */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		local_bh_disable();
	for_each_net_rcu(net) {
		struct hbkm_cluster *cl = READ_ONCE(hbkm_net(net)->cluster);
		struct hbkm_link *link;

		if (!cl || cl->state == HBKM_CLUSTER_DOWN)
			continue;
		WRITE_ONCE(cl->state, HBKM_CLUSTER_DOWN);
		if (!panic_leave || !READ_ONCE(cl->lastword_ready))
			continue;
		list_for_each_entry_rcu(link, &cl->links, list)
			say(link, cl->lastword);
		said = true;
	}
	/* A machine that reboots at once takes with it what its network card still has to send. */
	if (said && panic_timeout < 0)
		mdelay(HBKM_SEND_MS);
	return NOTIFY_DONE;
}

/* First: some of the others wait for what may never come, or stop the machine. */
static struct notifier_block panic_block = {
	.notifier_call = panic_event,
	.priority = INT_MAX,
};

/**
 * hbkm_lastword_init() - from now on a panic is told
 *
 * Context: process, module init.
 */
void hbkm_lastword_init(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
}

/**
 * hbkm_lastword_exit() - from now on it is not
 *
 * Context: process, module exit.
 */
void hbkm_lastword_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
}
