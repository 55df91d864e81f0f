// SPDX-License-Identifier: GPL-2.0
/*
 * The cluster of a network namespace: its parameters, start, leave, tear-down;
 * and what it looks at with every beat.
 */
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "hbkm.h"
#include "trace.h"

/* For how long a link must be up to end an isolation: 0, then twice as long each time. */
#define HOLD_MIN_NS	(1000ULL * NSEC_PER_MSEC)
#define HOLD_MAX_NS	(32 * HOLD_MIN_NS)

/* Whoever may make user namespaces administers those below them. */
#define KEEPALIVE_GUEST_US	10000

/* If it goes again within this time it flaps. */
#define CALM_NS		(10 * HOLD_MIN_NS)

/**
 * hbkm_params_default() - the parameters of a cluster that was told none
 * @p: receives them: Heartbeat's defaults
 */
void hbkm_params_default(struct hbkm_params *p)
{
	*p = (struct hbkm_params){
		.keepalive_us = 1000000,
		.deadtime_us = 30000000,
		.warntime_us = 15000000,
		.initdead_us = 30000000,
		.agent_timeout_us = 2000000,
		.auto_failback = HBKM_FAILBACK_LEGACY,
	};
}

/**
 * hbkm_params_follow() - let the times that were not given follow deadtime
 * @p: the parameters, with a new deadtime
 */
void hbkm_params_follow(struct hbkm_params *p)
{
	if (p->warntime_us > p->deadtime_us)
		p->warntime_us = p->deadtime_us / 2;
	if (p->initdead_us < p->deadtime_us)
		p->initdead_us = p->deadtime_us;
}

/**
 * hbkm_params_check() - do these parameters go together?
 * @p: the parameters, each already in its own range
 * @old: what holds now, NULL: nothing yet
 * @extack: receives the reason, may be NULL
 *
 * Context: process, of whoever asks for them. Return: 0, -ERANGE or -EPERM.
 */
int hbkm_params_check(const struct hbkm_params *p, const struct hbkm_params *old,
		      struct netlink_ext_ack *extack)
{
	if (p->keepalive_us < HBKM_KEEPALIVE_MIN_US || p->keepalive_us > HBKM_KEEPALIVE_MAX_US) {
		NL_SET_ERR_MSG(extack, "keepalive must be from 100 us to 60 s");
		return -ERANGE;
	}
	/* A beat is work that is charged to nobody. What it is already is nobody's doing here. */
	if (p->keepalive_us < KEEPALIVE_GUEST_US && (!old || p->keepalive_us < old->keepalive_us) &&
	    !capable(CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "keepalive below 10 ms is not for administrators of a user namespace");
		return -EPERM;
	}
	if (p->deadtime_us > HBKM_TIME_MAX_US || p->deadtime_us <= 2 * p->keepalive_us) {
		NL_SET_ERR_MSG(extack, "deadtime must exceed 2 * keepalive and be 1 h at most");
		return -ERANGE;
	}
	if (!p->warntime_us || p->warntime_us > p->deadtime_us) {
		NL_SET_ERR_MSG(extack, "warntime must be above 0 and not exceed deadtime");
		return -ERANGE;
	}
	if (p->initdead_us > HBKM_TIME_MAX_US || p->initdead_us < p->deadtime_us) {
		NL_SET_ERR_MSG(extack, "initdead must be at least deadtime and 1 h at most");
		return -ERANGE;
	}
	if (p->agent_timeout_us < 10000 || p->agent_timeout_us > HBKM_TIME_MAX_US) {
		NL_SET_ERR_MSG(extack, "agent timeout must be from 10 ms to 1 h");
		return -ERANGE;
	}
	if (p->auto_failback > HBKM_FAILBACK_LEGACY) {
		NL_SET_ERR_MSG(extack, "auto_failback must be off, on or legacy");
		return -ERANGE;
	}
	return 0;
}

/**
 * hbkm_cluster_create() - make the namespace's cluster
 * @net: the namespace
 * @name: of the cluster
 * @node: name of our own node
 * @p: checked parameters
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: the cluster, or an ERR_PTR.
 */
struct hbkm_cluster *hbkm_cluster_create(struct net *net, const char *name, const char *node,
					 const struct hbkm_params *p,
					 struct netlink_ext_ack *extack)
{
	struct hbkm_cluster *cl;
	int ret;

	cl = kzalloc(sizeof(*cl), GFP_KERNEL_ACCOUNT);
	if (!cl)
		return ERR_PTR(-ENOMEM);
	cl->net = net;
	strscpy(cl->name, name, sizeof(cl->name));
	cl->id = hbkm_name_id(name);
	cl->params = *p;
	cl->interval_ns = p->keepalive_us * HBKM_NS_PER_US;
	spin_lock_init(&cl->lock);
	spin_lock_init(&cl->tx_lock);
	INIT_LIST_HEAD(&cl->nodes);
	INIT_LIST_HEAD(&cl->links);
	INIT_LIST_HEAD(&cl->ports);
	INIT_LIST_HEAD(&cl->groups);
	hbkm_timer_setup_cluster(cl);
	hbkm_xmit_setup(cl);
	hbkm_sysfs_setup(cl);		/* from here on, put_device() frees */

	cl->stats = __netdev_alloc_pcpu_stats(struct hbkm_stats, GFP_KERNEL_ACCOUNT);
	if (!cl->stats) {
		ret = -ENOMEM;
		goto err_put;
	}
	cl->self = hbkm_node_create(cl, node, extack);
	if (IS_ERR(cl->self)) {
		ret = PTR_ERR(cl->self);
		goto err_put;
	}
	ret = hbkm_sysfs_add(cl);
	if (ret) {
		NL_SET_ERR_MSG(extack, "cannot make the device hb0");
		goto err_remove_self;
	}
	return cl;

err_remove_self:
	hbkm_node_remove(cl->self);
err_put:
	put_device(&cl->dev);
	return ERR_PTR(ret);
}

/**
 * hbkm_cluster_destroy() - say good-bye and take everything down
 * @hn: the namespace's
 * @reason: enum hbkm_reason, for the peers
 *
 * Context: process, RTNL and hbkm_net.lock held.
 */
void hbkm_cluster_destroy(struct hbkm_net *hn, u8 reason)
{
	struct hbkm_cluster *cl = hn->cluster;
	struct hbkm_group *group, *next_group;
	struct hbkm_link *link, *next_link;

	ASSERT_RTNL();
	lockdep_assert_held(&hn->lock);
	if (!cl)
		return;

	hbkm_cluster_go(cl, reason);
	spin_lock_bh(&cl->lock);
	cl->gone = true;
	spin_unlock_bh(&cl->lock);
	hn->cluster = NULL;
	hn->generation++;

	hbkm_timer_stop_cluster(cl);
	list_for_each_entry_safe(link, next_link, &cl->links, list)
		hbkm_link_remove(link);		/* from here on nothing comes in */
	list_for_each_entry_safe(group, next_group, &cl->groups, list)
		hbkm_group_remove(cl, group);
	hbkm_node_remove_all(cl);
	hbkm_keyring_set(cl, NULL);
	hbkm_sysfs_remove(cl);
	put_device(&cl->dev);
}

/**
 * hbkm_cluster_promise() - own times have changed, or those of a peer, or whether it is there
 * @cl: the cluster
 *
 * The first of those who hear us to bury us does so after the deadtime that it has
 * of its own: while times are changed node by node, that may be less than ours. Who
 * would find us late by its own goes by what we told: so all this counts from the next
 * beat on.
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_cluster_promise(struct hbkm_cluster *cl)
{
	u64 least_ns = cl->params.deadtime_us * HBKM_NS_PER_US;
	const struct hbkm_node *node;

	lockdep_assert_held(&cl->lock);
	list_for_each_entry(node, &cl->nodes, list)
		if (node != cl->self && hbkm_detector_present(&node->detector) &&
		    node->detector.deadtime_us > 2 * cl->params.keepalive_us)
			least_ns = min(least_ns, node->detector.deadtime_us * HBKM_NS_PER_US);
	cl->promise_ns = least_ns;
}

static bool agent_is_overdue(const struct hbkm_cluster *cl, u64 now)
{
	u64 timeout = cl->params.agent_timeout_us * HBKM_NS_PER_US;

	return !cl->agent_ns || hbkm_since(cl->agent_ns, now) > timeout;
}

/* An agent that is registered but does not do what it was asked is no agent. */
static bool agent_answers(const struct hbkm_cluster *cl, u64 now)
{
	u64 timeout = cl->params.agent_timeout_us * HBKM_NS_PER_US;
	const struct hbkm_group *group;

	if (agent_is_overdue(cl, now))
		return false;
	list_for_each_entry(group, &cl->groups, list)
		if (group->asked_ns && hbkm_since(group->asked_ns, now) > timeout)
			return false;
	return true;
}

/**
 * hbkm_cluster_set_params() - change times and policies, live
 * @cl: the cluster
 * @p: checked parameters
 *
 * A shorter keepalive counts at once. A longer one is announced at the old rate
 * for an old deadtime first, so that no peer waits for a beat in vain.
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_cluster_set_params(struct hbkm_cluster *cl, const struct hbkm_params *p)
{
	u64 now, interval = p->keepalive_us * HBKM_NS_PER_US;
	struct hbkm_timing timing;
	struct hbkm_group *group;
	struct hbkm_node *node;

	spin_lock_bh(&cl->lock);
	now = ktime_get_ns();
	if (interval > cl->interval_ns)
		cl->slow_ns = now + cl->params.deadtime_us * HBKM_NS_PER_US;
	/* It could not know when to give its next word, of itself and of what it is at. */
	if (p->agent_timeout_us < cl->params.agent_timeout_us && agent_answers(cl, now)) {
		cl->agent_ns = now;
		list_for_each_entry(group, &cl->groups, list)
			if (group->asked_ns)
				group->asked_ns = now;
	}
	cl->params = *p;
	hbkm_cluster_promise(cl);
	timing = hbkm_timing(cl);
	if (cl->state != HBKM_CLUSTER_DOWN) {
		if (interval < cl->interval_ns) {
			cl->interval_ns = interval;
			hbkm_timer_beat_start(cl, now);
		}
		list_for_each_entry(node, &cl->nodes, list)
			if (node->judging)
				hbkm_timer_judge_at(node,
						    hbkm_detector_deadline(&node->detector,
									   &timing), now);
		hbkm_timer_beat_now(cl, now);
		hbkm_cluster_elect(cl, now);
	} else {
		cl->interval_ns = interval;
	}
	hbkm_notify_cluster(cl, now);
	spin_unlock_bh(&cl->lock);
}

/* Nothing of what was known, or sent, counts any more. Lock held. */
static void forget(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_node *node;
	u64 incarnation;

	do {
		incarnation = get_random_u64();
	} while (!incarnation);
	WRITE_ONCE(cl->incarnation, incarnation);	/* who receives compares it without the lock */
	cl->seq = 0;
	hbkm_group_forget_claimants(cl);
	list_for_each_entry(node, &cl->nodes, list)
		hbkm_node_forget(node, now);
	hbkm_cluster_promise(cl);
}

/**
 * hbkm_cluster_start() - begin to beat and to judge, in a new life
 * @cl: the cluster, in state DOWN
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: 0, -EALREADY or -EINVAL.
 */
int hbkm_cluster_start(struct hbkm_cluster *cl, struct netlink_ext_ack *extack)
{
	u64 now;

	if (cl->state != HBKM_CLUSTER_DOWN) {
		NL_SET_ERR_MSG(extack, "the cluster is already started");
		return -EALREADY;
	}
	if (list_empty(&cl->links)) {
		NL_SET_ERR_MSG(extack, "no link to send on");
		return -EINVAL;
	}
	if (!rcu_access_pointer(cl->keys)) {
		NL_SET_ERR_MSG(extack, "no keys to sign with");
		return -EINVAL;
	}
	hbkm_cluster_links_changed(cl);
	cl->asleep = false;

	spin_lock_bh(&cl->tx_lock);
	spin_lock(&cl->lock);
	now = ktime_get_ns();
	forget(cl, now);
	cl->state = HBKM_CLUSTER_JOINING;
	cl->parted = false;
	cl->twin_ns = 0;
	cl->joined_ns = now;
	cl->listen_ns = now;
	cl->interval_ns = cl->params.keepalive_us * HBKM_NS_PER_US;
	hbkm_timer_beat_start(cl, now);
	hbkm_notify_cluster(cl, now);
	spin_unlock(&cl->lock);
	spin_unlock_bh(&cl->tx_lock);
	hbkm_lastword_prepare(cl);
	return 0;
}

/**
 * hbkm_cluster_leave() - begin an orderly stop: give every group up
 * @cl: the cluster
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: 0 or -EINVAL.
 */
int hbkm_cluster_leave(struct hbkm_cluster *cl, struct netlink_ext_ack *extack)
{
	u64 now;

	if (cl->state == HBKM_CLUSTER_DOWN) {
		NL_SET_ERR_MSG(extack, "the cluster is not started");
		return -EINVAL;
	}
	spin_lock_bh(&cl->lock);
	now = ktime_get_ns();
	cl->state = HBKM_CLUSTER_LEAVING;
	hbkm_notify_cluster(cl, now);
	hbkm_cluster_elect(cl, now);
	spin_unlock_bh(&cl->lock);
	return 0;
}

/**
 * hbkm_cluster_go() - say good-bye, and be silent
 * @cl: the cluster; nothing is sent if it is not started
 * @reason: enum hbkm_reason, for the peers
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_cluster_go(struct hbkm_cluster *cl, u8 reason)
{
	if (cl->state != HBKM_CLUSTER_DOWN)
		hbkm_xmit_frame(cl, HBKM_FRAME_LEAVE, reason, ktime_get_ns());
	spin_lock_bh(&cl->lock);
	cl->state = HBKM_CLUSTER_DOWN;
	hbkm_notify_cluster(cl, ktime_get_ns());
	spin_unlock_bh(&cl->lock);
}

/* Has every node been heard of, or buried while we could have heard it? */
static bool all_known(const struct hbkm_cluster *cl)
{
	const struct hbkm_node *node;

	list_for_each_entry(node, &cl->nodes, list)
		if (node != cl->self && hbkm_detector_unknown(&node->detector))
			return false;
	return true;
}

/* A peer that has joined knows who holds what, unless it has just been cut off itself. */
static bool settled_peer(const struct hbkm_cluster *cl)
{
	const struct hbkm_node *node;

	list_for_each_entry(node, &cl->nodes, list)
		if (hbkm_detector_alive(&node->detector) &&
		    (node->said & (HBKM_FRAME_F_SETTLED | HBKM_FRAME_F_ISOLATED)) == HBKM_FRAME_F_SETTLED)
			return true;
	return false;
}

static bool presume_dead(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_node *node;

	if (now < cl->joined_ns + cl->params.initdead_us * HBKM_NS_PER_US)
		return false;
	list_for_each_entry(node, &cl->nodes, list)
		if (node != cl->self && hbkm_detector_presume_dead(&node->detector))
			hbkm_notify_node(node, HBKM_EVENT_NODE, now);
	return true;
}

/*
 * May we claim anything yet? Once all nodes are accounted for; or a peer that
 * has joined tells what is held, and whoever else lives had a deadtime to be
 * heard; or initdead is over. Cut off from everybody we join nobody.
 */
static bool joined(struct hbkm_cluster *cl, u64 now)
{
	if (cl->isolated || now < cl->listen_ns)
		return false;
	if (all_known(cl))
		return true;
	if (settled_peer(cl) && now >= cl->joined_ns + cl->params.deadtime_us * HBKM_NS_PER_US)
		return true;
	return presume_dead(cl, now);
}

/*
 * We were away for longer than our peers wait: they have buried us, and what we
 * held is held by another. Drop it before the next beat claims otherwise, and
 * listen before we judge or claim anything again.
 */
static void rejoin(struct hbkm_cluster *cl, u64 now)
{
	/* Stall upon stall: initdead has an end none the less. */
	if (cl->state != HBKM_CLUSTER_JOINING)
		cl->joined_ns = now;
	cl->state = HBKM_CLUSTER_JOINING;
	cl->listen_ns = now + hbkm_timing(cl).deadtime_ns;
	hbkm_group_drop_all(cl, now);
	hbkm_notify_cluster(cl, now);
}

/**
 * hbkm_cluster_put_back() - a peer names a number of ours that we have not sent yet
 * @cl: the cluster, started
 * @now: monotonic time, ns
 *
 * So this machine was put back to an earlier state, as a virtual machine is to a
 * snapshot, or it is a copy of one that goes on. To the peers all that it would say
 * is old, or comes from one that has left. Only a new life is believed.
 *
 * Context: softirq, lock held.
 */
void hbkm_cluster_put_back(struct hbkm_cluster *cl, u64 now)
{
	lockdep_assert_held(&cl->lock);
	forget(cl, now);
	hbkm_lastword_renew(cl);
	if (cl->state == HBKM_CLUSTER_LEAVING)
		return;
	rejoin(cl, now);
	cl->joined_ns = now;
}

/*
 * Since our last frame; to the peers the time that this machine slept is silence
 * as well. Before a suspend we are told; not so when a Xen guest migrates.
 */
static u64 silence_ns(const struct hbkm_cluster *cl, u64 now)
{
	u64 sent = cl->sent_ns[cl->seq % HBKM_SENT_RING];

	return hbkm_since(sent, now) + hbkm_since(cl->slept_ns, hbkm_slept_ns());
}

/**
 * hbkm_cluster_late() - a timer of ours ran; was it in time?
 * @cl: the cluster
 * @now: monotonic time, ns
 * @late_ns: how late it ran
 *
 * A stalled judge gives no verdict: what was sent meanwhile may wait unseen or
 * be lost, so every node is given time to be heard again.
 *
 * Context: softirq, lock held.
 */
void hbkm_cluster_late(struct hbkm_cluster *cl, u64 now, u64 late_ns)
{
	/* Timers of one CPU may be on time while those of another are held up. */
	bool silent = cl->seq && silence_ns(cl, now) > cl->promised_ns;
	struct hbkm_timing timing = hbkm_timing(cl);
	struct hbkm_node *node;

	lockdep_assert_held(&cl->lock);
	/* In time, by any node's deadtime: it is ours, or longer. */
	if (late_ns <= timing.deadtime_ns / 64 && !silent)
		return;
	/* Of all our timers the one that was due first knows best how late we are. */
	list_for_each_entry(node, &cl->nodes, list)
		hbkm_detector_look_again(&node->detector, &timing, now, late_ns, false);
	if (late_ns <= timing.deadtime_ns / 4 && !silent)
		return;
	hbkm_count(cl->stats, HBKM_STAT_STALL);
	hbkm_notify_stall(cl, late_ns, now);
	list_for_each_entry(node, &cl->nodes, list)
		hbkm_detector_excuse(&node->detector, &timing, now);
	if (silent && (cl->state == HBKM_CLUSTER_RUNNING || cl->state == HBKM_CLUSTER_JOINING))
		rejoin(cl, now);
}

static bool linked(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_link *link;
	bool up = false;

	rcu_read_lock();
	list_for_each_entry_rcu(link, &cl->links, list)
		up |= hbkm_link_tick(link, now);
	rcu_read_unlock();
	return up;
}

/*
 * For how long must all links be down to count as isolation, or one up to end
 * it? Peers bury us a deadtime after our last beat, which is one that they have
 * heard of, or their own: we give up before they do, but do not move anything for a
 * carrier that is back at once. And a link that comes back only to go again is
 * trusted later each time.
 */
static u64 links_patience(const struct hbkm_cluster *cl)
{
	u64 deadtime_ns = cl->params.deadtime_us * HBKM_NS_PER_US;
	u64 keepalive_ns = cl->params.keepalive_us * HBKM_NS_PER_US;

	if (cl->state == HBKM_CLUSTER_DOWN)
		return 0;
	if (!cl->cut)
		return cl->hold_ns;
	deadtime_ns = min(deadtime_ns, cl->cut_deadtime_ns);
	return deadtime_ns / 2 - min(deadtime_ns / 2, keepalive_ns);
}

static void isolation_changes(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_node *node;
	u64 longer;

	cl->isolated = cl->cut;
	if (cl->isolated) {
		list_for_each_entry(node, &cl->nodes, list)
			hbkm_detector_doubt(&node->detector);
		longer = min(max(2 * cl->hold_ns, HOLD_MIN_NS), HOLD_MAX_NS);
		cl->hold_ns = now < cl->calm_ns ? longer : 0;
	} else if (cl->state == HBKM_CLUSTER_RUNNING || cl->state == HBKM_CLUSTER_JOINING) {
		cl->calm_ns = now + CALM_NS;
		/*
		 * Back again: who was silent may live, and hold what we gave up. A carrier
		 * does not say that frames get through: a switch may not pass them yet.
		 */
		rejoin(cl, now);
		cl->joined_ns = now;
	}
	hbkm_notify_cluster(cl, now);
	hbkm_cluster_elect(cl, now);
}

/* Are we cut off from everybody, as far as our own devices tell? */
static void watch_links(struct hbkm_cluster *cl, u64 now)
{
	bool cut = !linked(cl, now);
	struct hbkm_timing timing;
	struct hbkm_node *node;

	if (cut != cl->cut) {
		cl->cut = cut;
		cl->cut_ns = now;
		cl->cut_deadtime_ns = cl->promised_ns ?: U64_MAX;
	}
	if (cut == cl->isolated)
		return;
	if (hbkm_since(cl->cut_ns, now) >= links_patience(cl)) {
		isolation_changes(cl, now);
		return;
	}
	if (!cut)
		return;
	/* Until we know, and have listened again, nobody else's silence counts. */
	timing = hbkm_timing(cl);
	list_for_each_entry(node, &cl->nodes, list)
		hbkm_detector_excuse(&node->detector, &timing, now);
}

/**
 * hbkm_cluster_tick() - what is to be looked at before a beat
 * @cl: the cluster
 * @now: monotonic time, ns
 * @late_ns: how late this beat is
 *
 * Context: softirq, lock held.
 */
void hbkm_cluster_tick(struct hbkm_cluster *cl, u64 now, u64 late_ns)
{
	struct hbkm_node *node;
	bool changed = false, late = false;
	bool agent;

	lockdep_assert_held(&cl->lock);
	cl->late[min(fls64(div_u64(late_ns, HBKM_NS_PER_US)), HBKM_LATE_BUCKETS - 1)]++;
	cl->late_max_ns = max(cl->late_max_ns, late_ns);

	hbkm_cluster_late(cl, now, late_ns);
	watch_links(cl, now);
	if (now >= cl->slow_ns)
		cl->interval_ns = cl->params.keepalive_us * HBKM_NS_PER_US;

	agent = agent_answers(cl, now);
	if (agent != cl->agent_ok) {
		cl->agent_ok = agent;
		changed = true;
	}
	if (cl->state == HBKM_CLUSTER_JOINING && joined(cl, now)) {
		cl->state = HBKM_CLUSTER_RUNNING;
		cl->settled_ns = now;
		changed = true;
		list_for_each_entry(node, &cl->nodes, list)
			hbkm_detector_believe(&node->detector);
	}
	list_for_each_entry(node, &cl->nodes, list) {
		late |= node->detector.state == HBKM_NODE_LATE;
		hbkm_node_tick(node, now);
	}
	if (late)
		hbkm_push_receive();	/* while there is still time */
	else
		hbkm_push_hearing();

	if (changed)
		hbkm_notify_cluster(cl, now);
	if (hbkm_group_look(cl, now) || changed || cl->recheck)
		hbkm_cluster_elect(cl, now);
}

/**
 * hbkm_cluster_elect() - look at every group anew, since something has changed
 * @cl: the cluster
 * @now: monotonic time, ns
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_cluster_elect(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_group *group;
	bool changed = false;

	lockdep_assert_held(&cl->lock);
	if (cl->state == HBKM_CLUSTER_DOWN)
		return;
	cl->recheck = false;
	list_for_each_entry(group, &cl->groups, list)
		changed |= hbkm_group_elect(cl, group, now);
	if (changed)
		hbkm_timer_beat_now(cl, now);
}

/**
 * hbkm_cluster_links_changed() - links have come, gone or changed
 * @cl: the cluster
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_cluster_links_changed(struct hbkm_cluster *cl)
{
	spin_lock_bh(&cl->lock);
	watch_links(cl, ktime_get_ns());
	spin_unlock_bh(&cl->lock);
}

/**
 * hbkm_cluster_holding() - how many groups are active here?
 * @cl: the cluster
 *
 * Context: hbkm_net.lock or the lock held. Return: the number.
 */
unsigned int hbkm_cluster_holding(const struct hbkm_cluster *cl)
{
	const struct hbkm_group *group;
	unsigned int n = 0;

	list_for_each_entry(group, &cl->groups, list)
		n += group->state == HBKM_GROUP_ACTIVE;
	return n;
}

/**
 * hbkm_agent_register() - this socket is the agent, or still is
 * @cl: the cluster
 * @portid: its netlink address
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: 0 or -EBUSY.
 */
int hbkm_agent_register(struct hbkm_cluster *cl, u32 portid, struct netlink_ext_ack *extack)
{
	int ret = 0;
	bool fresh;
	u64 now;

	spin_lock_bh(&cl->lock);
	now = ktime_get_ns();
	if (cl->agent_portid && cl->agent_portid != portid && agent_answers(cl, now)) {
		NL_SET_ERR_MSG(extack, "another agent is at work");
		ret = -EBUSY;
		goto unlock;
	}
	fresh = cl->agent_portid != portid || agent_is_overdue(cl, now);
	cl->agent_portid = portid;
	cl->agent_ns = now;
	if (fresh)
		hbkm_group_forgive_all(cl, now);
	if (!cl->agent_ok && agent_answers(cl, now)) {
		cl->agent_ok = true;
		hbkm_notify_cluster(cl, now);
		hbkm_cluster_elect(cl, now);
		if (cl->state != HBKM_CLUSTER_DOWN)
			hbkm_timer_beat_now(cl, now);
	}
unlock:
	spin_unlock_bh(&cl->lock);
	return ret;
}

/**
 * hbkm_agent_closed() - a netlink socket was closed; perhaps the agent's
 * @cl: the cluster
 * @portid: its netlink address
 *
 * A restarted agent has until the time-out to take its place; what is held
 * stays held until then.
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_agent_closed(struct hbkm_cluster *cl, u32 portid)
{
	spin_lock_bh(&cl->lock);
	if (cl->agent_portid == portid)
		cl->agent_portid = 0;
	spin_unlock_bh(&cl->lock);
}
