// SPDX-License-Identifier: GPL-2.0
/*
 * The only timers there are:
 *
 *	beat	(cluster) sends a beat at every keepalive, by absolute time: it
 *		does not drift. Set by START and when keepalive is shortened.
 *	extra	(cluster) sends a beat at once after a change, out of schedule,
 *		but not more often than every EXTRA_MIN_NS.
 *	announce (cluster) tells the neighbours of a group that was taken over warm,
 *		some times, one group at a time.
 *	judge	(node) is due when the node's next verdict is. Beats that come in
 *		do not touch it: it finds out and sets itself again, or our own
 *		next beat does so.
 *
 * All do their work in softirq. Each is set only under the cluster's lock; an
 * alarm that finds itself set anew under that lock leaves it to the later time.
 *
 * A hard timer and a tasklet, not a soft timer: before 6.4 all softirqs but
 * tasklets are left to ksoftirqd once that has been woken, an ordinary thread that
 * any busy process makes wait for milliseconds; and on PREEMPT_RT soft timers are
 * done by a thread of the lowest real-time priority (push.c has one of the highest).
 * Softirqs have an order: beats are sent by a tasklet of the first kind, verdicts
 * given by one of the last. All that has come to this CPU by then is looked at
 * between the two.
 */
#include "hbkm.h"
#include "trace.h"

#define EXTRA_MIN_NS	(50 * NSEC_PER_USEC)

#define ALARM_MODE	HRTIMER_MODE_ABS_HARD

static struct hbkm_alarm *rings(struct hrtimer *timer)
{
	struct hbkm_alarm *alarm = container_of(timer, struct hbkm_alarm, timer);

	alarm->rang_ns = ktime_get_ns();
	return alarm;
}

/* Before all that has been received is looked at, or after that. */
static enum hrtimer_restart rings_first(struct hrtimer *timer)
{
	tasklet_hi_schedule(&rings(timer)->work);
	hbkm_push_softirq();
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart rings_last(struct hrtimer *timer)
{
	tasklet_schedule(&rings(timer)->work);
	hbkm_push_softirq();
	return HRTIMER_NORESTART;
}

static void alarm_setup(struct hbkm_alarm *alarm,
			enum hrtimer_restart (*rings)(struct hrtimer *timer),
			void (*work)(struct tasklet_struct *work))
{
	tasklet_setup(&alarm->work, work);
	hrtimer_setup(&alarm->timer, rings, CLOCK_MONOTONIC, ALARM_MODE);
}

/* Context: the cluster's lock held. */
static void alarm_set(struct hbkm_alarm *alarm, u64 when)
{
	alarm->due_ns = when;
	hrtimer_start(&alarm->timer, ns_to_ktime(when), ALARM_MODE);
}

/* Context: the cluster's lock held. Return: set for a time to come. */
static bool alarm_is_set(const struct hbkm_alarm *alarm)
{
	return hrtimer_is_queued((struct hrtimer *)&alarm->timer);
}

/* Context: process. It neither rings nor works once this returns. */
static void alarm_stop(struct hbkm_alarm *alarm)
{
	hrtimer_cancel(&alarm->timer);
	tasklet_kill(&alarm->work);
}

/*
 * Who was heard meanwhile is not to be judged yet: its judge need not ring before
 * the next beat only to find that out. Verdicts remain the judge's.
 *
 * Context: lock held.
 */
static void put_off_judges(struct hbkm_cluster *cl, u64 now, u64 next)
{
	struct hbkm_timing timing = hbkm_timing(cl);
	struct hbkm_node *node;
	u64 deadline;

	list_for_each_entry(node, &cl->nodes, list) {
		if (!alarm_is_set(&node->judge) || node->judge.due_ns <= now ||
		    node->judge.due_ns > next || !hbkm_detector_present(&node->detector))
			continue;
		deadline = hbkm_detector_deadline(&node->detector, &timing);
		if (deadline > node->judge.due_ns)
			alarm_set(&node->judge, deadline);
	}
}

static void beat(struct tasklet_struct *work)
{
	struct hbkm_cluster *cl = container_of(work, struct hbkm_cluster, beat.work);
	struct hbkm_alarm *alarm = &cl->beat;
	u64 now, late_ns, next;

	spin_lock(&cl->lock);
	now = ktime_get_ns();
	late_ns = hbkm_since(alarm->due_ns, now);
	if (cl->state == HBKM_CLUSTER_DOWN || alarm_is_set(alarm)) {
		spin_unlock(&cl->lock);
		return;
	}
	hbkm_count(cl->stats, HBKM_STAT_BEAT);
	hbkm_cluster_tick(cl, now, late_ns);
	/* On from when it was due, not from now: the beat must not drift. */
	next = alarm->due_ns + cl->interval_ns;
	if (next <= now)
		next += (div64_u64(now - next, cl->interval_ns) + 1) * cl->interval_ns;
	alarm_set(alarm, next);
	put_off_judges(cl, now, next);
	spin_unlock(&cl->lock);

	hbkm_xmit_frame(cl, HBKM_FRAME_BEAT, HBKM_REASON_NONE, now);
	trace_hbkm_beat(cl->seq, late_ns);
}

static void extra(struct tasklet_struct *work)
{
	struct hbkm_cluster *cl = container_of(work, struct hbkm_cluster, extra.work);
	u64 now;

	spin_lock(&cl->lock);
	now = ktime_get_ns();
	hbkm_count(cl->stats, HBKM_STAT_BEAT_EXTRA);
	hbkm_cluster_late(cl, now, hbkm_since(cl->extra.due_ns, now));
	spin_unlock(&cl->lock);
	hbkm_xmit_frame(cl, HBKM_FRAME_BEAT, HBKM_REASON_NONE, now);
}

static void announce(struct tasklet_struct *work)
{
	struct hbkm_cluster *cl = container_of(work, struct hbkm_cluster, announce.work);
	struct hbkm_group *group;
	u64 next = 0, now;
	u8 slot = 0;

	spin_lock(&cl->lock);
	now = ktime_get_ns();
	group = hbkm_group_to_announce(cl, now, &next);
	if (group)
		slot = group->slot;
	if (next)
		alarm_set(&cl->announce, next);
	spin_unlock(&cl->lock);
	if (group)
		hbkm_guard_announce(cl, slot);
}

static void judge(struct tasklet_struct *work)
{
	struct hbkm_node *node = container_of(work, struct hbkm_node, judge.work);
	struct hbkm_alarm *alarm = &node->judge;
	struct hbkm_cluster *cl = node->cl;
	u64 next = 0, now, late_ns;

	spin_lock(&cl->lock);
	now = ktime_get_ns();
	if (cl->state == HBKM_CLUSTER_DOWN || node->removed || alarm_is_set(alarm))
		goto unlock;
	/*
	 * Between its ring and now we have listened: that is no stall. But if so much
	 * was heard that a beat of ours is overdue, theirs may be, too.
	 */
	late_ns = max(hbkm_since(alarm->due_ns, alarm->rang_ns),
		      hbkm_since(cl->beat.due_ns, now));
	hbkm_node_judge(node, now, late_ns, &next);
	node->judging = next;
	if (next)
		alarm_set(alarm, next);
unlock:
	spin_unlock(&cl->lock);
}

/**
 * hbkm_timer_setup_cluster() - prepare a cluster's timers
 * @cl: a new cluster
 */
void hbkm_timer_setup_cluster(struct hbkm_cluster *cl)
{
	alarm_setup(&cl->beat, rings_first, beat);
	alarm_setup(&cl->extra, rings_first, extra);
	alarm_setup(&cl->announce, rings_first, announce);
}

/**
 * hbkm_timer_setup_node() - prepare a node's timer
 * @node: a new node
 */
void hbkm_timer_setup_node(struct hbkm_node *node)
{
	alarm_setup(&node->judge, rings_last, judge);
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
	alarm_set(&cl->beat, now);
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
	u64 due = max(now, cl->extra.due_ns + EXTRA_MIN_NS);

	lockdep_assert_held(&cl->lock);
	if (cl->state != HBKM_CLUSTER_DOWN && !alarm_is_set(&cl->extra))
		alarm_set(&cl->extra, due);
}

/**
 * hbkm_timer_announce_at() - announce what is to be announced then, or earlier
 * @cl: the cluster
 * @when: monotonic time, ns
 * @now: monotonic time, ns
 *
 * Context: lock held.
 */
void hbkm_timer_announce_at(struct hbkm_cluster *cl, u64 when, u64 now)
{
	lockdep_assert_held(&cl->lock);
	when = max(when, now);
	if (cl->state != HBKM_CLUSTER_DOWN &&
	    (!alarm_is_set(&cl->announce) || when < cl->announce.due_ns))
		alarm_set(&cl->announce, when);
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
	alarm_set(&node->judge, max(when, now));
}

/**
 * hbkm_timer_stop_cluster() - no beat is sent once this returns
 * @cl: the cluster, its state DOWN
 *
 * Context: process. Waits for what is running.
 */
void hbkm_timer_stop_cluster(struct hbkm_cluster *cl)
{
	alarm_stop(&cl->beat);
	alarm_stop(&cl->extra);
	alarm_stop(&cl->announce);
}

/**
 * hbkm_timer_stop_node() - no verdict is given once this returns
 * @node: the node, removed
 *
 * Context: process. Waits for what is running.
 */
void hbkm_timer_stop_node(struct hbkm_node *node)
{
	alarm_stop(&node->judge);
}
