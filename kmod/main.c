// SPDX-License-Identifier: GPL-2.0
/*
 * The module: what it registers, in order, and takes back in reverse order.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "hbkm.h"

static unsigned int hbkm_net_id __ro_after_init;

/**
 * hbkm_net() - what hbkm keeps in a network namespace
 * @net: the namespace
 *
 * Return: it.
 */
struct hbkm_net *hbkm_net(const struct net *net)
{
	return net_generic(net, hbkm_net_id);
}

static int __net_init hbkm_net_init(struct net *net)
{
	mutex_init(&hbkm_net(net)->lock);
	return 0;
}

/* While the devices are still there to send a good-bye on. */
static void __net_exit hbkm_net_pre_exit(struct net *net)
{
	struct hbkm_net *hn = hbkm_net(net);

	if (!READ_ONCE(hn->cluster))	/* and nobody is left to make one */
		return;
	rtnl_lock();
	mutex_lock(&hn->lock);
	hbkm_cluster_destroy(hn, HBKM_REASON_UNLOAD);
	mutex_unlock(&hn->lock);
	rtnl_unlock();
}

static struct pernet_operations hbkm_net_ops = {
	.init = hbkm_net_init,
	.pre_exit = hbkm_net_pre_exit,
	.id = &hbkm_net_id,
	.size = sizeof(struct hbkm_net),
};

/*
 * At unload: say good-bye everywhere while links still have their devices, which
 * the end of the device notifier takes from them.
 */
static void destroy_everywhere(void)
{
	struct net *net;

	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net(net) {
		struct hbkm_net *hn = hbkm_net(net);

		mutex_lock(&hn->lock);
		hbkm_cluster_destroy(hn, HBKM_REASON_UNLOAD);
		mutex_unlock(&hn->lock);
	}
	up_read(&net_rwsem);
	rtnl_unlock();
}

static int __init hbkm_init(void)
{
	int ret;

	ret = hbkm_push_init();
	if (ret)
		return ret;
	ret = hbkm_sysfs_init();
	if (ret)
		goto err_push;
	ret = register_pernet_subsys(&hbkm_net_ops);
	if (ret)
		goto err_sysfs;
	ret = hbkm_notifier_init();
	if (ret)
		goto err_pernet;
	ret = hbkm_goodbye_init();
	if (ret)
		goto err_notifier;
	hbkm_lastword_init();
	ret = hbkm_netlink_init();
	if (ret)
		goto err_lastword;
	return 0;

err_lastword:
	hbkm_lastword_exit();
	hbkm_goodbye_exit();
err_notifier:
	hbkm_notifier_exit();
err_pernet:
	unregister_pernet_subsys(&hbkm_net_ops);
err_sysfs:
	hbkm_sysfs_exit();
err_push:
	hbkm_push_exit();
	return ret;
}

static void __exit hbkm_exit(void)
{
	hbkm_netlink_exit();		/* no more requests, no more events */
	hbkm_lastword_exit();
	hbkm_goodbye_exit();
	destroy_everywhere();
	hbkm_notifier_exit();
	unregister_pernet_subsys(&hbkm_net_ops);
	hbkm_sysfs_exit();
	hbkm_push_exit();
	rcu_barrier();
}

module_init(hbkm_init);
module_exit(hbkm_exit);

MODULE_DESCRIPTION("Heartbeats between cluster nodes, sent and judged in the kernel");
MODULE_AUTHOR("The hbkm authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(HBKM_VERSION);
MODULE_ALIAS_GENL_FAMILY(HBKM_GENL_NAME);
MODULE_SOFTDEP("pre: hmac sha1 sha256 md5");
