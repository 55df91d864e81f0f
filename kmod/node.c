// SPDX-License-Identifier: GPL-2.0
/* Nodes: the peers, and what each of them says. */
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include "hbkm.h"
#include "trace.h"

/**
 * hbkm_node_by_id() - find a node
 * @cl: the cluster
 * @id: of the node
 *
 * Context: RCU, hbkm_net.lock or the lock held. Return: the node or NULL.
 */
struct hbkm_node *hbkm_node_by_id(const struct hbkm_cluster *cl, u32 id)
{
	struct hbkm_node *node;

	list_for_each_entry_rcu(node, &cl->nodes, list, true)
		if (node->id == id)
			return node;
	return NULL;
}

/**
 * hbkm_node_create() - add a node; one that exists is left as it is
 * @cl: the cluster
 * @name: of the node
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: the node, or an ERR_PTR.
 */
struct hbkm_node *hbkm_node_create(struct hbkm_cluster *cl, const char *name,
				   struct netlink_ext_ack *extack)
{
	struct hbkm_node *node = hbkm_node_by_id(cl, hbkm_name_id(name));

	if (node) {
		if (!strcasecmp(node->name, name))
			return node;
		NL_SET_ERR_MSG(extack, "the name's id is that of another node: rename one");
		return ERR_PTR(-EEXIST);
	}
	if (cl->n_nodes >= HBKM_MAX_NODES) {
		NL_SET_ERR_MSG(extack, "too many nodes (32)");
		return ERR_PTR(-ENOSPC);
	}
	node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);
	if (!node)
		return ERR_PTR(-ENOMEM);
	node->cl = cl;
	node->id = hbkm_name_id(name);
	strscpy(node->name, name, sizeof(node->name));
	hbkm_detector_init(&node->detector);
	hbkm_timer_setup_node(node);

	node->slot = ffs(~cl->node_slots);
	cl->node_slots |= 1U << (node->slot - 1);

	spin_lock_bh(&cl->lock);
	list_add_tail_rcu(&node->list, &cl->nodes);
	spin_unlock_bh(&cl->lock);
	cl->n_nodes++;
	return node;
}

static void unlink_node(struct hbkm_node *node)
{
	struct hbkm_cluster *cl = node->cl;

	spin_lock_bh(&cl->lock);
	node->removed = true;
	list_del_rcu(&node->list);
	hbkm_group_forget_node(cl, node);
	hbkm_cluster_promise(cl);
	hbkm_cluster_elect(cl, ktime_get_ns());
	spin_unlock_bh(&cl->lock);
	cl->node_slots &= ~(1U << (node->slot - 1));
	cl->n_nodes--;
}

static void free_node(struct hbkm_node *node)
{
	hbkm_timer_stop_node(node);
	kfree(node);
}

/**
 * hbkm_node_remove() - take a node out and free it
 * @node: the node; no group's order names it
 *
 * Context: process, hbkm_net.lock held. Waits for whoever receives from it.
 */
void hbkm_node_remove(struct hbkm_node *node)
{
	unlink_node(node);
	synchronize_net();
	free_node(node);
}

/**
 * hbkm_node_remove_all() - the same for all, when nothing is received any longer
 * @cl: the cluster, state DOWN, without links
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_node_remove_all(struct hbkm_cluster *cl)
{
	struct hbkm_node *node, *next;

	list_for_each_entry_safe(node, next, &cl->nodes, list) {
		unlink_node(node);
		free_node(node);
	}
}

/**
 * hbkm_node_forget() - we begin anew; what was known of a node is of another time
 * @node: a peer
 * @now: monotonic time, ns
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_node_forget(struct hbkm_node *node, u64 now)
{
	bool known = node->detector.state != HBKM_NODE_INIT;

	hbkm_detector_init(&node->detector);
	memset(node->shares, 0, sizeof(node->shares));
	node->said = 0;
	node->digest = 0;
	node->reason = HBKM_REASON_NONE;
	node->reach = 0;
	node->mark = 0;
	node->echoed = 0;
	node->named_seq = 0;
	node->told_seq = 0;
	node->rtt_ns = 0;
	if (known)
		hbkm_notify_node(node, HBKM_EVENT_NODE, now);
}

/* What the frame says of us; nothing, if it never heard of us. */
static bool find_echo(const struct hbkm_frame *f, u32 self, struct hbkm_frame_node *echo)
{
	unsigned int i;

	for (i = 0; i < f->nr_nodes; i++) {
		hbkm_frame_node(f, i, echo);
		if (echo->id == self)
			return true;
	}
	return false;
}

/* When did we send @seq? 0: too long ago to remember, or never. */
static u64 when_sent(const struct hbkm_cluster *cl, u64 seq)
{
	if (!seq || seq > cl->seq || cl->seq - seq >= HBKM_SENT_RING)
		return 0;
	return cl->sent_ns[seq % HBKM_SENT_RING];
}

/* A beat that names a number we sent just now cannot be a recording. */
static bool names_recent(const struct hbkm_cluster *cl, const struct hbkm_frame *f,
			 const struct hbkm_frame_node *echo, u64 now)
{
	u64 sent = when_sent(cl, echo->seq);
	u64 deadtime_us = max(cl->params.deadtime_us, f->deadtime_us);

	return sent && hbkm_since(sent, now) <= deadtime_us * HBKM_NS_PER_US;
}

/*
 * Does it name a number of this life that was never sent? The frame is verified, and a
 * peer learns numbers from us alone: then it is we who have forgotten.
 */
static bool names_unsent(const struct hbkm_cluster *cl, const struct hbkm_frame_node *echo)
{
	return echo && echo->incarnation == cl->incarnation && echo->seq > cl->seq;
}

static struct hbkm_beat beat_of(const struct hbkm_cluster *cl, const struct hbkm_link *link,
				const struct hbkm_frame *f, const struct hbkm_frame_node *echo,
				u64 now)
{
	bool knows_us = echo && echo->incarnation == cl->incarnation;

	return (struct hbkm_beat){
		.incarnation = f->incarnation,
		.seq = f->seq,
		.clock_ns = f->clock_ns,
		.keepalive_us = f->keepalive_us,
		.deadtime_us = f->deadtime_us,
		.path = link->path,
		.knows_us = knows_us,
		.hears_us = knows_us && !(echo->flags & HBKM_FRAME_NODE_F_DEAD),
		.named_seq = knows_us && names_recent(cl, f, echo, now) ? echo->seq : 0,
		.our_seq = cl->seq,
	};
}

/*
 * Has the sender heard @node after we last did? Of one that has died everybody knows the
 * same, or a beat more, and some find it dead sooner: that it lives must be news, and no
 * older than we would wait ourselves.
 */
static bool is_news(const struct hbkm_node *node, const struct hbkm_frame_node *entry)
{
	const struct hbkm_detector *d = &node->detector;
	struct hbkm_timing own = hbkm_timing(node->cl);

	if (d->incarnation && entry->age_us * HBKM_NS_PER_US > hbkm_detector_deadtime_ns(d, &own))
		return false;
	return entry->incarnation != d->incarnation || entry->seq > d->seq;
}

/* Who else claims it? True if that is another than before, or is news to us of one that is silent. */
static bool take_claimants(const struct hbkm_cluster *cl, struct hbkm_share *share,
			   const struct hbkm_frame *f, const struct hbkm_frame_group *fg)
{
	u8 slots[HBKM_FRAME_CLAIMANTS] = {}, news = 0;
	struct hbkm_node *node;
	struct hbkm_frame_node entry;
	bool changed = false;
	unsigned int i;

	for (i = 0; i < HBKM_FRAME_CLAIMANTS; i++) {
		if (!fg->claimants[i])
			continue;
		hbkm_frame_node(f, fg->claimants[i] - 1, &entry);
		node = hbkm_node_by_id(cl, entry.id);
		slots[i] = node ? node->slot : HBKM_STRANGER;
		if (!node) {
			news |= 1U << i;
		} else if (node != cl->self && is_news(node, &entry)) {
			news |= 1U << i;
			/* Of another life any frame will do. */
			node->told_seq = entry.incarnation == node->detector.incarnation ?
					 entry.seq : node->detector.seq + 1;
		}
		if (!node || !hbkm_detector_present(&node->detector))
			changed |= (news ^ share->news) & 1U << i;
	}
	changed |= memcmp(slots, share->claimants, sizeof(slots)) != 0;
	memcpy(share->claimants, slots, sizeof(slots));
	share->news = news;
	return changed;
}

/* Take over what the frame says of the groups; true if anything is new. */
static bool take_shares(struct hbkm_node *node, const struct hbkm_frame *f)
{
	struct hbkm_cluster *cl = node->cl;
	struct hbkm_frame_group fg;
	struct hbkm_group *group;
	bool changed = false;
	u32 told = 0;
	unsigned int i;

	for (i = 0; i < f->nr_groups; i++) {
		struct hbkm_share *share;

		hbkm_frame_group(f, i, &fg);
		group = hbkm_group_by_id(cl, fg.id);
		if (!group)
			continue;
		share = &node->shares[group->slot];
		told |= 1U << group->slot;
		changed |= take_claimants(cl, share, f, &fg);
		if (share->known && share->state == fg.state && share->flags == fg.flags &&
		    share->term == fg.term)
			continue;
		share->known = true;
		share->state = fg.state;
		share->flags = fg.flags;
		share->term = fg.term;
		group->top_term = max(group->top_term, fg.term);
		changed = true;
	}
	list_for_each_entry(group, &cl->groups, list) {
		struct hbkm_share *share = &node->shares[group->slot];

		if (share->known && !(told & 1U << group->slot)) {
			memset(share, 0, sizeof(*share));
			changed = true;
		}
	}
	return changed;
}

static void take_round_trip(struct hbkm_node *node, const struct hbkm_frame_node *echo, u64 now)
{
	const struct hbkm_cluster *cl = node->cl;
	u64 sent = when_sent(cl, echo->seq);
	u64 held = echo->age_us * HBKM_NS_PER_US;

	if (sent && sent + held < now)
		node->rtt_ns = now - sent - held;
}

/* The newest frame of a present node: true if the groups need a look. */
static bool take_content(struct hbkm_node *node, const struct hbkm_frame *f,
			 const struct hbkm_frame_node *echo, bool knows_us, u64 now)
{
	bool changed = take_shares(node, f);
	u16 echoed = knows_us ? echo->paths : 0;

	/* Of a life that has still to prove itself it names no path, and heeds nothing. */
	if (echoed)
		node->named_seq = echo->seq;
	if (knows_us)
		take_round_trip(node, echo, now);
	if (node->said != f->flags || node->digest != f->groups_digest) {
		node->said = f->flags;
		node->digest = f->groups_digest;
		hbkm_notify_node(node, HBKM_EVENT_NODE, now);
		changed = true;
	}
	if (node->reach != f->reach || node->mark != f->mark) {
		node->reach = f->reach;
		node->mark = f->mark;
		hbkm_notify_node(node, HBKM_EVENT_NODE, now);
	}
	if (node->echoed != echoed) {
		node->echoed = echoed;
		hbkm_notify_node(node, HBKM_EVENT_PATH, now);
	}
	return changed;
}

/**
 * hbkm_node_heard() - a verified frame has come from a node
 * @node: the sender
 * @link: on which link
 * @f: the frame
 * @now: monotonic time, ns
 *
 * Context: softirq, RCU. Takes the lock. Return: the counter it belongs to.
 */
enum hbkm_stat hbkm_node_heard(struct hbkm_node *node, struct hbkm_link *link,
			       const struct hbkm_frame *f, u64 now)
{
	struct hbkm_cluster *cl = node->cl;
	enum hbkm_stat stat = HBKM_STAT_RX_GOOD;
	struct hbkm_frame_node entry;
	const struct hbkm_frame_node *echo = NULL;
	struct hbkm_beat beat;
	unsigned int heard;
	bool elect = false;

	spin_lock(&cl->lock);
	if (node->removed || cl->state == HBKM_CLUSTER_DOWN) {
		stat = HBKM_STAT_RX_IDLE;
		goto unlock;
	}
	if (find_echo(f, cl->self->id, &entry))
		echo = &entry;
	if (names_unsent(cl, echo)) {
		hbkm_cluster_put_back(cl, now);
		stat = HBKM_STAT_RX_STALE;
		goto unlock;
	}
	beat = beat_of(cl, link, f, echo, now);
	if (f->type == HBKM_FRAME_LEAVE)
		heard = hbkm_detector_left(&node->detector, &beat, now);
	else
		heard = hbkm_detector_heard(&node->detector, &beat, now);

	trace_hbkm_heard(node->id, f->seq, link->path, heard);
	if (heard & HBKM_HEARD_REFUSED) {
		stat = heard & HBKM_HEARD_STALE ? HBKM_STAT_RX_STALE : HBKM_STAT_RX_REPLAY;
		goto unlock;
	}
	if (beat.knows_us && echo->paths & 1U << link->path)
		WRITE_ONCE(link->answered, true);
	if (heard & HBKM_HEARD_REBORN) {
		memset(node->shares, 0, sizeof(node->shares));
		node->said = 0;
		node->told_seq = 0;
	}
	if (heard & HBKM_HEARD_NEW) {
		node->reason = f->type == HBKM_FRAME_LEAVE ? f->reason : HBKM_REASON_NONE;
		elect = take_content(node, f, echo, beat.knows_us, now);
	}
	if (heard & (HBKM_HEARD_STATE | HBKM_HEARD_TIMES)) {
		struct hbkm_timing timing = hbkm_timing(cl);

		hbkm_cluster_promise(cl);
		hbkm_timer_beat_now(cl, now);
		if (hbkm_detector_present(&node->detector))
			hbkm_timer_judge_at(node, hbkm_detector_deadline(&node->detector, &timing),
					    now);
	}
	if (heard & HBKM_HEARD_STATE) {
		trace_hbkm_node(node->id, node->detector.state, now);
		hbkm_notify_node(node, HBKM_EVENT_NODE, now);
		elect = true;
	}
	if (heard & HBKM_HEARD_PATHS)
		hbkm_notify_node(node, HBKM_EVENT_PATH, now);
	if (elect)
		hbkm_cluster_elect(cl, now);
unlock:
	spin_unlock(&cl->lock);
	return stat;
}

/*
 * No verdict while frames wait that may be word of it: they are pushed, and looked
 * at before the next turn. When it is late already, though not yet for death: so
 * that a queue that is held up is known in time.
 */
static void listen_first(struct hbkm_node *node, const struct hbkm_timing *timing, u64 now,
			 u64 late_ns)
{
	struct hbkm_detector *d = &node->detector;
	bool late = hbkm_detector_present(d) && now >= hbkm_detector_deadline(d, timing);
	bool waiting = late && hbkm_push_receive();
	bool doomed = d->state != HBKM_NODE_UP;

	if (hbkm_detector_look_again(d, timing, now, late_ns, waiting) && waiting && doomed) {
		hbkm_count(node->cl->stats, HBKM_STAT_STALL);
		hbkm_notify_stall(node->cl, late_ns, now);
	}
}

/**
 * hbkm_node_judge() - the judge's timer is due
 * @node: to be judged
 * @now: monotonic time, ns
 * @late_ns: how late the timer is
 * @next: receives when to judge again, 0: not before it is heard again
 *
 * Context: softirq, lock held.
 */
void hbkm_node_judge(struct hbkm_node *node, u64 now, u64 late_ns, u64 *next)
{
	struct hbkm_cluster *cl = node->cl;
	struct hbkm_timing timing = hbkm_timing(cl);

	lockdep_assert_held(&cl->lock);
	hbkm_cluster_late(cl, now, late_ns);
	listen_first(node, &timing, now, late_ns);
	if (!hbkm_detector_judge(&node->detector, &timing, now, next))
		return;
	trace_hbkm_node(node->id, node->detector.state, now);
	if (node->detector.state == HBKM_NODE_DEAD) {
		hbkm_cluster_promise(cl);
		hbkm_cluster_elect(cl, now);
	}
	hbkm_notify_node(node, HBKM_EVENT_NODE, now);
	if (node->detector.state == HBKM_NODE_DEAD)
		hbkm_timer_beat_now(cl, now);
}

/* Has another machine been beating under our name for so long that it is one? */
static bool has_twin(struct hbkm_cluster *cl, u64 now)
{
	u64 deadtime_ns = cl->params.deadtime_us * HBKM_NS_PER_US;
	u64 heard = READ_ONCE(cl->twin_ns);

	if (!heard || hbkm_since(heard, now) > deadtime_ns)
		cl->twin_since_ns = now;
	return hbkm_since(cl->twin_since_ns, now) >= max(deadtime_ns, HBKM_STEADY_NS);
}

/*
 * What of its configuration is not ours, as far as its frames say. Of one with
 * other keys we know only that what comes in its name is not signed by any of
 * ours; that may be forged, so it counts only until the node itself is heard.
 */
static u32 differences(struct hbkm_node *node, u64 now)
{
	const struct hbkm_detector *d = &node->detector;
	const struct hbkm_cluster *cl = node->cl;
	bool failback = cl->params.auto_failback != HBKM_FAILBACK_OFF;
	struct hbkm_timing timing = hbkm_timing(cl);
	u32 flags = 0;

	if (node == cl->self)
		return has_twin(node->cl, now) ? HBKM_NODE_F_TWIN : 0;
	if (!hbkm_detector_present(d)) {
		if (READ_ONCE(node->unverified))
			flags |= HBKM_NODE_F_UNVERIFIED;
		if (hbkm_detector_unheard(d, &timing, now))
			flags |= HBKM_NODE_F_UNHEARD;
		return flags;
	}
	WRITE_ONCE(node->unverified, false);
	if (node->digest != cl->digest)
		flags |= HBKM_NODE_F_OTHER_GROUPS;
	if (d->keepalive_us != cl->params.keepalive_us || d->deadtime_us != cl->params.deadtime_us)
		flags |= HBKM_NODE_F_OTHER_TIMES;
	if (!(node->said & HBKM_FRAME_F_FAILBACK) == failback)
		flags |= HBKM_NODE_F_OTHER_POLICY;
	return flags;
}

/**
 * hbkm_node_tick() - what is to be looked at before a beat: paths on which it has
 *	fallen silent, and whether its configuration is ours
 * @node: a peer; or ourselves, of whom there should not be two
 * @now: monotonic time, ns
 *
 * Context: softirq, lock held.
 */
void hbkm_node_tick(struct hbkm_node *node, u64 now)
{
	struct hbkm_timing timing = hbkm_timing(node->cl);
	u32 differs = differences(node, now);

	if (hbkm_detector_age_paths(&node->detector, &timing, now))
		hbkm_notify_node(node, HBKM_EVENT_PATH, now);
	if (differs != node->differs) {
		node->differs = differs;
		hbkm_notify_node(node, HBKM_EVENT_NODE, now);
	}
}

/**
 * hbkm_node_voter() - a node's relation to a group, for the election
 * @node: a peer
 * @group: the group
 * @now: monotonic time, ns
 * @v: receives it
 *
 * Context: lock held.
 */
void hbkm_node_voter(const struct hbkm_node *node, const struct hbkm_group *group, u64 now,
		     struct hbkm_voter *v)
{
	const struct hbkm_detector *d = &node->detector;
	const struct hbkm_share *share = &node->shares[group->slot];
	u64 deadtime_ns = node->cl->params.deadtime_us * HBKM_NS_PER_US;
	u64 deaf_ns = hbkm_since(d->oneway_ns, now);
	bool alive = hbkm_detector_alive(d) && share->known;
	bool agent = node->said & HBKM_FRAME_F_AGENT;
	bool can = agent || share->flags & HBKM_GROUP_F_READY;
	bool settled = node->said & HBKM_FRAME_F_SETTLED;
	bool leaves = node->said & (HBKM_FRAME_F_LEAVING | HBKM_FRAME_F_ISOLATED);

	*v = (struct hbkm_voter){
		.id = node->id,
		.present = hbkm_detector_present(d) && share->known,
		.able = alive && can && settled && !leaves,
		.joining = alive && can && !settled && !leaves,
		.entitled = d->oneway && hbkm_detector_present(d) && share->known && can &&
			    settled && !leaves,
		.agent = agent,
		.deaf = d->oneway && deaf_ns >= deadtime_ns,
		.unsure = d->oneway && deaf_ns < deadtime_ns,
		.agrees = node->digest == node->cl->digest,
		.state = share->state,
		.flags = share->flags,
		.term = share->term,
	};
}
