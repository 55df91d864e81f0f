// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/hbkm/hb0: the handy view of the cluster, of the network namespace
 * of whoever mounted sysfs. Netlink is the full interface.
 */
#include <linux/kstrtox.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "hbkm.h"

static struct hbkm_cluster *to_cluster(struct device *dev)
{
	return container_of(dev, struct hbkm_cluster, dev);
}

/*
 * Change one parameter: under the same lock and through the same check as
 * netlink. The lock is only tried for: who removes this file waits for us with
 * it held.
 */
static int change(struct device *dev, void (*set)(struct hbkm_params *, u32), u32 value)
{
	struct hbkm_cluster *cl = to_cluster(dev);
	struct hbkm_net *hn = hbkm_net(cl->net);
	struct hbkm_params p;
	int ret;

	if (!ns_capable(cl->net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (!mutex_trylock(&hn->lock))
		return restart_syscall();
	p = cl->params;
	set(&p, value);
	ret = hbkm_params_check(&p, &cl->params, NULL);
	if (!ret)
		hbkm_cluster_set_params(cl, &p);
	mutex_unlock(&hn->lock);
	return ret;
}

static void set_keepalive(struct hbkm_params *p, u32 value)
{
	p->keepalive_us = value;
}

static void set_deadtime(struct hbkm_params *p, u32 value)
{
	p->deadtime_us = value;
	hbkm_params_follow(p);
}

static void set_warntime(struct hbkm_params *p, u32 value)
{
	p->warntime_us = value;
}

static void set_initdead(struct hbkm_params *p, u32 value)
{
	p->initdead_us = value;
}

#define HBKM_TIME_ATTR(_name)							\
static ssize_t _name##_us_show(struct device *dev, struct device_attribute *attr,	\
			       char *buf)					\
{										\
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_cluster(dev)->params._name##_us));	\
}										\
static ssize_t _name##_us_store(struct device *dev, struct device_attribute *attr,	\
				const char *buf, size_t len)			\
{										\
	u32 value;								\
	int ret = kstrtou32(buf, 0, &value);					\
										\
	return ret ?: change(dev, set_##_name, value) ?: len;			\
}										\
static DEVICE_ATTR_RW(_name##_us)

HBKM_TIME_ATTR(keepalive);
HBKM_TIME_ATTR(deadtime);
HBKM_TIME_ATTR(warntime);
HBKM_TIME_ATTR(initdead);

static const char *const failback_words[] = {
	[HBKM_FAILBACK_OFF] = "off",
	[HBKM_FAILBACK_ON] = "on",
	[HBKM_FAILBACK_LEGACY] = "legacy",
};

static ssize_t auto_failback_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u8 failback = READ_ONCE(to_cluster(dev)->params.auto_failback);

	return sysfs_emit(buf, "%s\n", failback_words[failback]);
}

static void set_failback(struct hbkm_params *p, u32 value)
{
	p->auto_failback = value;
}

static ssize_t auto_failback_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t len)
{
	int i = sysfs_match_string(failback_words, buf);

	return i < 0 ? i : change(dev, set_failback, i) ?: len;
}
static DEVICE_ATTR_RW(auto_failback);

static const char *const state_words[] = {
	[HBKM_CLUSTER_DOWN] = "down",
	[HBKM_CLUSTER_JOINING] = "joining",
	[HBKM_CLUSTER_RUNNING] = "running",
	[HBKM_CLUSTER_LEAVING] = "leaving",
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", state_words[READ_ONCE(to_cluster(dev)->state)]);
}
static DEVICE_ATTR_RO(state);

static ssize_t holding_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct hbkm_cluster *cl = to_cluster(dev);
	unsigned int holding;

	spin_lock_bh(&cl->lock);
	holding = hbkm_cluster_holding(cl);
	spin_unlock_bh(&cl->lock);
	return sysfs_emit(buf, "%u\n", holding);
}
static DEVICE_ATTR_RO(holding);

static struct attribute *hbkm_attrs[] = {
	&dev_attr_keepalive_us.attr,
	&dev_attr_deadtime_us.attr,
	&dev_attr_warntime_us.attr,
	&dev_attr_initdead_us.attr,
	&dev_attr_auto_failback.attr,
	&dev_attr_state.attr,
	&dev_attr_holding.attr,
	NULL,
};
ATTRIBUTE_GROUPS(hbkm);

static hbkm_class_ns_t *class_namespace(HBKM_CLASS_CONST struct device *dev)
{
	const struct hbkm_cluster *cl = container_of(dev, struct hbkm_cluster, dev);

	return hbkm_class_ns(cl->net);
}

/* As those of the network devices beside them: root's in the namespace's own user namespace. */
static void get_ownership(HBKM_CLASS_CONST struct device *dev, kuid_t *uid, kgid_t *gid)
{
	const struct hbkm_cluster *cl = container_of(dev, struct hbkm_cluster, dev);

	net_ns_get_ownership(cl->net, uid, gid);
}

static struct class hbkm_class = {
	.name = "hbkm",
	.dev_groups = hbkm_groups,
	.ns_type = &net_ns_type_operations,
	.namespace = class_namespace,
	.get_ownership = get_ownership,
};

static void release(struct device *dev)
{
	struct hbkm_cluster *cl = to_cluster(dev);

	free_percpu(cl->stats);
	kfree(cl);
}

/* poll(2) on state and holding, and udev, hear of changes; both may sleep. */
static void tell(struct work_struct *work)
{
	struct hbkm_cluster *cl = container_of(work, struct hbkm_cluster, uevent);

	sysfs_notify(&cl->dev.kobj, NULL, "state");
	sysfs_notify(&cl->dev.kobj, NULL, "holding");
	kobject_uevent(&cl->dev.kobj, KOBJ_CHANGE);
}

/**
 * hbkm_sysfs_setup() - prepare a cluster's device
 * @cl: a new cluster; from now on only put_device() frees it
 */
void hbkm_sysfs_setup(struct hbkm_cluster *cl)
{
	INIT_WORK(&cl->uevent, tell);
	device_initialize(&cl->dev);
	cl->dev.class = &hbkm_class;
	cl->dev.release = release;
}

/**
 * hbkm_sysfs_add() - make a cluster's device visible
 * @cl: the cluster
 *
 * Context: process. Return: 0 or an error.
 */
int hbkm_sysfs_add(struct hbkm_cluster *cl)
{
	int ret = dev_set_name(&cl->dev, "hb0");

	return ret ?: device_add(&cl->dev);
}

/**
 * hbkm_sysfs_remove() - take a cluster's device away
 * @cl: the cluster, in which nothing happens any longer
 *
 * Context: process. Waits for readers and writers of its files.
 */
void hbkm_sysfs_remove(struct hbkm_cluster *cl)
{
	cancel_work_sync(&cl->uevent);
	device_del(&cl->dev);
}

/**
 * hbkm_sysfs_changed() - state or holding may have changed
 * @cl: the cluster
 *
 * Context: any.
 */
void hbkm_sysfs_changed(struct hbkm_cluster *cl)
{
	schedule_work(&cl->uevent);
}

/**
 * hbkm_sysfs_init() - make the class
 *
 * Return: 0 or an error.
 */
int hbkm_sysfs_init(void)
{
	return class_register(&hbkm_class);
}

/**
 * hbkm_sysfs_exit() - take the class away
 */
void hbkm_sysfs_exit(void)
{
	class_unregister(&hbkm_class);
}
