// SPDX-License-Identifier: GPL-2.0
/*
 * Going in order, as the whole machine does: for good when it reboots, halts or
 * is switched off; for a while when it is suspended. Everything held is given up,
 * as at LEAVE; then the peers are told.
 *
 * An agent that answers is waited for: after `reboot -f` it is alive, while the
 * devices may take seconds to go, and so would the addresses on them.
 */
#include <linux/delay.h>
#include <linux/reboot.h>
#include <linux/suspend.h>
#include "hbkm.h"

/* An agent that takes longer than this is no agent. */
#define WAIT_NS		(2 * NSEC_PER_SEC)

/* Does @what hold for the cluster of any namespace? All of them are asked. */
static bool everywhere(bool (*what)(struct hbkm_cluster *cl, u8 reason), u8 reason)
{
	struct net *net;
	bool any = false;

	down_read(&net_rwsem);
	for_each_net(net) {
		struct hbkm_net *hn = hbkm_net(net);

		mutex_lock(&hn->lock);
		if (hn->cluster)
			any |= what(hn->cluster, reason);
		mutex_unlock(&hn->lock);
	}
	up_read(&net_rwsem);
	return any;
}

static bool begin(struct hbkm_cluster *cl, u8 reason)
{
	/* One that was leaving for good is not to come back. */
	if (cl->state != HBKM_CLUSTER_DOWN)
		cl->asleep = reason == HBKM_REASON_SUSPEND && cl->state != HBKM_CLUSTER_LEAVING;
	return !hbkm_cluster_leave(cl, NULL);
}

static bool busy(struct hbkm_cluster *cl, u8 reason)
{
	const struct hbkm_group *group;
	bool held = false;

	spin_lock_bh(&cl->lock);
	if (cl->state == HBKM_CLUSTER_LEAVING && cl->agent_ok)
		list_for_each_entry(group, &cl->groups, list)
			held |= hbkm_group_claimed(group->state) ||
				group->state == HBKM_GROUP_RELEASING;
	spin_unlock_bh(&cl->lock);
	return held;
}

static bool go(struct hbkm_cluster *cl, u8 reason)
{
	if (cl->state == HBKM_CLUSTER_DOWN)
		return false;
	hbkm_cluster_go(cl, reason);
	return true;
}

static bool come_back(struct hbkm_cluster *cl, u8 reason)
{
	return cl->asleep && !hbkm_cluster_start(cl, NULL);
}

/* Context: process. Sleeps, WAIT_NS and HBKM_SEND_MS at most. */
static void leave_everywhere(u8 reason)
{
	u64 until = ktime_get_ns() + WAIT_NS;

	if (!everywhere(begin, reason))
		return;
	while (everywhere(busy, reason) && ktime_get_ns() < until)
		usleep_range(200, 500);
	/* Or the devices would go with what they still have to send: nobody would be told. */
	if (everywhere(go, reason))
		msleep(HBKM_SEND_MS);
}

/* Context: process. User space may live, or be gone already. */
static int reboot_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	leave_everywhere(HBKM_REASON_REBOOT);
	return NOTIFY_DONE;
}

/* Context: process, before user space is frozen, and after it was thawed. */
static int sleep_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		leave_everywhere(HBKM_REASON_SUSPEND);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		everywhere(come_back, HBKM_REASON_NONE);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = { .notifier_call = reboot_event };
static struct notifier_block sleep_block = { .notifier_call = sleep_event };

/**
 * hbkm_goodbye_init() - begin to listen
 *
 * Context: process, module init. Return: 0 or an error.
 */
int hbkm_goodbye_init(void)
{
	int ret;

	ret = register_reboot_notifier(&reboot_block);
	if (ret)
		return ret;
	ret = register_pm_notifier(&sleep_block);
	if (ret)
		unregister_reboot_notifier(&reboot_block);
	return ret;
}

/**
 * hbkm_goodbye_exit() - listen no longer
 *
 * Context: process, module exit.
 */
void hbkm_goodbye_exit(void)
{
	unregister_pm_notifier(&sleep_block);
	unregister_reboot_notifier(&reboot_block);
}
