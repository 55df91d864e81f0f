// SPDX-License-Identifier: GPL-2.0
/*
 * What happens around us: devices come, go, are renamed, lose their carrier;
 * netlink sockets close.
 */
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include "hbkm.h"

/*
 * A device of this name, or alternative name, has come: links may wait for it. What
 * fails now is tried again whenever something changes about the device.
 */
static void device_came(struct hbkm_cluster *cl, struct net_device *dev)
{
	struct hbkm_link *link;
	int ret;

	list_for_each_entry(link, &cl->links, list) {
		if (rtnl_dereference(link->dev) || __dev_get_by_name(cl->net, link->ifname) != dev)
			continue;
		ret = hbkm_link_attach(link, dev, NULL);
		/* Whoever may take a device up and down may have this over and over. */
		if (ret && net_ratelimit())
			netdev_warn(dev, "hbkm: cannot be used for heartbeats now: error %d\n",
				    ret);
	}
}

static void device_goes(struct hbkm_cluster *cl, struct net_device *dev)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list)
		if (rtnl_dereference(link->dev) == dev)
			hbkm_link_detach(link);
}

static void device_changed(struct hbkm_cluster *cl, struct net_device *dev)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list)
		if (rtnl_dereference(link->dev) == dev)
			hbkm_link_look(link);
}

static void mtu_changed(struct hbkm_cluster *cl, struct net_device *dev)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list)
		if (rtnl_dereference(link->dev) == dev)
			hbkm_link_mtu_changed(link);
	device_came(cl, dev);
}

/*
 * A link stays with its device when that is renamed, and goes by the new name
 * from then on: the cable is the same.
 */
static void device_renamed(struct hbkm_cluster *cl, struct net_device *dev)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list) {
		if (rtnl_dereference(link->dev) != dev)
			continue;
		spin_lock_bh(&cl->lock);
		strscpy(link->ifname, dev->name, sizeof(link->ifname));
		hbkm_notify_link(link, ktime_get_ns());
		spin_unlock_bh(&cl->lock);
	}
	device_came(cl, dev);
}

static bool has_links(const struct hbkm_cluster *cl, const struct net_device *dev)
{
	const struct hbkm_link *link;

	list_for_each_entry(link, &cl->links, list)
		if (rtnl_dereference(link->dev) == dev)
			return true;
	return false;
}

/* Context: process, RTNL held. */
static int netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct hbkm_net *hn = hbkm_net(dev_net(dev));
	struct hbkm_cluster *cl;
	bool moved = false;

	mutex_lock(&hn->lock);
	cl = hn->cluster;
	if (!cl)
		goto unlock;
	switch (event) {
	case NETDEV_REGISTER:
		device_came(cl, dev);
		break;
	case NETDEV_UNREGISTER:
		device_goes(cl, dev);
		break;
	case NETDEV_CHANGENAME:
		device_renamed(cl, dev);
		break;
	case NETDEV_CHANGEMTU:
		mtu_changed(cl, dev);
		break;
	case NETDEV_CHANGEADDR:
		moved = has_links(cl, dev);
		break;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		device_changed(cl, dev);
		device_came(cl, dev);
		break;
	}
unlock:
	mutex_unlock(&hn->lock);
	/* Else peers' beats go to the old hardware address for as long as they remember it. */
	if (moved)
		__netdev_notify_peers(dev);
	return NOTIFY_DONE;
}

static struct notifier_block netdev_block = { .notifier_call = netdev_event };

/* Context: process. */
static int netlink_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct netlink_notify *n = ptr;
	struct hbkm_net *hn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	hn = hbkm_net(n->net);
	mutex_lock(&hn->lock);
	if (hn->cluster)
		hbkm_agent_closed(hn->cluster, n->portid);
	mutex_unlock(&hn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_block = { .notifier_call = netlink_event };

/**
 * hbkm_notifier_init() - begin to listen
 *
 * Context: process, module init. Return: 0 or an error.
 */
int hbkm_notifier_init(void)
{
	int ret;

	ret = register_netdevice_notifier(&netdev_block);
	if (ret)
		return ret;
	ret = netlink_register_notifier(&netlink_block);
	if (ret)
		unregister_netdevice_notifier(&netdev_block);
	return ret;
}

/**
 * hbkm_notifier_exit() - listen no longer
 *
 * Context: process, module exit.
 */
void hbkm_notifier_exit(void)
{
	netlink_unregister_notifier(&netlink_block);
	unregister_netdevice_notifier(&netdev_block);
}
