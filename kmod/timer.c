// SPDX-License-Identifier: GPL-2.0
/*
 * The only timers there are:
 *
 *	beat	(cluster) sends a beat at every keepalive, by absolute time: it
 *		does not drift. Started by START and when keepalive is shortened.
 *	extra	(cluster) sends a beat at once after a change, out of schedule,
 *		but not more often than every EXTRA_MIN_NS.
 *	judge	(node) is due when the node's next verdict is. Beats that come in
 *		do not touch it: it finds out and re-arms itself.
 *
 * All run in softirq. Each is started only under the cluster's lock; a callback
 * that finds its timer queued again under that lock leaves it alone.
 */
#include "hbkm.h"
#include "trace.h"

#define EXTRA_MIN_NS	(50 * NSEC_PER_USEC)

static u64 lateness(const struct hrtimer *timer, u64 now)
{
	u64 due = ktime_to_ns(hrtimer_get_expires(timer));

	return now > due ? now - due : 0;
}

static enum hrtimer_restart beat(struct hrtimer *timer)
{
	struct hbkm_cluster *cl = container_of(timer, struct hbkm_cluster, beat);
	enum hrtimer_restart restart = HRTIMER_NORESTART;
	u64 now = ktime_get_ns();
	u64 late_ns = lateness(timer, now);

	hbkm_count(cl->stats, HBKM_STAT_BEAT);
	hbkm_cluster_tick(cl, now, late_ns);
	hbkm_xmit_frame(cl, HBKM_FRAME_BEAT, HBKM_REASON_NONE, now);
	trace_hbkm_beat(cl->seq, late_ns);

	spin_lock(&cl->lock);
	if (cl->state != HBKM_CLUSTER_DOWN && !hrtimer_is_queued(timer)) {
		hrtimer_forward(timer, ns_to_ktime(now), ns_to_ktime(cl->interval_ns));
		restart = HRTIMER_RESTART;
	}
	spin_unlock(&cl->lock);
	return restart;
}

static enum hrtimer_restart extra(struct hrtimer *timer)
{
	struct hbkm_cluster *cl = container_of(timer, struct hbkm_cluster, extra);
	u64 now = ktime_get_ns();

	hbkm_count(cl->stats, HBKM_STAT_BEAT_EXTRA);
	spin_lock(&cl->lock);
	hbkm_cluster_late(cl, now, lateness(timer, now));
	spin_unlock(&cl->lock);
	hbkm_xmit_frame(cl, HBKM_FRAME_BEAT, HBKM_REASON_NONE, now);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart judge(struct hrtimer *timer)
{
	struct hbkm_node *node = container_of(timer, struct hbkm_node, judge);
	struct hbkm_cluster *cl = node->cl;
	enum hrtimer_restart restart = HRTIMER_NORESTART;
	u64 next = 0, now = ktime_get_ns();

	spin_lock(&cl->lock);
	if (cl->state == HBKM_CLUSTER_DOWN || node->removed || hrtimer_is_queued(timer))
		goto unlock;
	hbkm_node_judge(node, now, lateness(timer, now), &next);
	node->judging = next;
	if (next) {
		hrtimer_set_expires(timer, ns_to_ktime(next));
		restart = HRTIMER_RESTART;
	}
unlock:
	spin_unlock(&cl->lock);
	return restart;
}

/**
 * hbkm_timer_setup_cluster() - prepare a cluster's timers
 * @cl: a new cluster
 */
void hbkm_timer_setup_cluster(struct hbkm_cluster *cl)
{
	hrtimer_setup(&cl->beat, beat, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	hrtimer_setup(&cl->extra, extra, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
}

/**
 * hbkm_timer_setup_node() - prepare a node's timer
 * @node: a new node
 */
void hbkm_timer_setup_node(struct hbkm_node *node)
{
	hrtimer_setup(&node->judge, judge, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
}

/**
 * hbkm_timer_beat_start() - begin to beat now, and at every interval from now on
 * @cl: the cluster
 * @now: monotonic time, ns
 *
 * Context: lock held.
 */
void hbkm_timer_beat_start(struct hbkm_cluster *cl, u64 now)
{
	lockdep_assert_held(&cl->lock);
	hrtimer_start(&cl->beat, ns_to_ktime(now), HRTIMER_MODE_ABS_SOFT);
}

/**
 * hbkm_timer_beat_now() - something has changed: the peers should know at once
 * @cl: the cluster
 * @now: monotonic time, ns
 *
 * Context: lock held.
 */
void hbkm_timer_beat_now(struct hbkm_cluster *cl, u64 now)
{
	u64 due = max(now, cl->extra_ns + EXTRA_MIN_NS);

	lockdep_assert_held(&cl->lock);
	if (cl->state == HBKM_CLUSTER_DOWN || hrtimer_is_queued(&cl->extra))
		return;
	cl->extra_ns = due;
	hrtimer_start(&cl->extra, ns_to_ktime(due), HRTIMER_MODE_ABS_SOFT);
}

/**
 * hbkm_timer_judge_at() - give the next verdict then
 * @node: to be judged
 * @when: monotonic time, ns; what is past is due now, and not a stall of ours
 * @now: monotonic time, ns
 *
 * Context: lock held.
 */
void hbkm_timer_judge_at(struct hbkm_node *node, u64 when, u64 now)
{
	lockdep_assert_held(&node->cl->lock);
	if (node->removed)
		return;
	node->judging = true;
	hrtimer_start(&node->judge, ns_to_ktime(max(when, now)), HRTIMER_MODE_ABS_SOFT);
}

/**
 * hbkm_timer_stop_cluster() - no beat is sent once this returns
 * @cl: the cluster, its state DOWN
 *
 * Context: process. Waits for callbacks.
 */
void hbkm_timer_stop_cluster(struct hbkm_cluster *cl)
{
	hrtimer_cancel(&cl->beat);
	hrtimer_cancel(&cl->extra);
}

/**
 * hbkm_timer_stop_node() - no verdict is given once this returns
 * @node: the node, removed
 *
 * Context: process. Waits for the callback.
 */
void hbkm_timer_stop_node(struct hbkm_node *node)
{
	hrtimer_cancel(&node->judge);
}
