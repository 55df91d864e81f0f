// SPDX-License-Identifier: GPL-2.0
/*
 * Groups: what one node holds at a time. Builds the view for the election and
 * carries out its decision; the agent does the rest and acknowledges.
 */
#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include "hbkm.h"
#include "trace.h"

/*
 * How long a failed acquisition rests: at first no less than this, then twice as
 * long each time, but no longer for that than a minute.
 */
#define RETRY_MIN_NS	(1000ULL * NSEC_PER_MSEC)
#define RETRY_MAX_NS	(60000ULL * NSEC_PER_MSEC)
#define RETRY_DOUBLED	6

/* How often we look whether the addresses of warm groups are still there. */
#define LOOK_NS		(1ULL * NSEC_PER_MSEC)

/*
 * A group taken over warm is announced at once and then again, after 0.3 ms, after
 * 1.2 more, 5, 20, 80, 320 and 1280: a frame may be lost, and the agent may be unable to do
 * its part.
 * The first two are for clients that have just lost an answer: to lose the first
 * frame should not cost them more than the verdict did. And each pushes what has
 * been received (timer.c), their questions among it.
 */
#define ANNOUNCEMENTS	8
#define ANNOUNCE_NS	(1280ULL * NSEC_PER_MSEC >> 2 * (ANNOUNCEMENTS - 2))

/**
 * hbkm_group_by_id() - find a group
 * @cl: the cluster
 * @id: of the group
 *
 * Context: hbkm_net.lock or the lock held. Return: the group or NULL.
 */
struct hbkm_group *hbkm_group_by_id(const struct hbkm_cluster *cl, u32 id)
{
	struct hbkm_group *group;

	list_for_each_entry(group, &cl->groups, list)
		if (group->id == id)
			return group;
	return NULL;
}

/*
 * So that nodes can tell whether they have the same groups with the same orders,
 * in whichever sequence these were configured.
 */
static void update_digest(struct hbkm_cluster *cl)
{
	struct hbkm_group *group;

	cl->digest = 0;
	list_for_each_entry(group, &cl->groups, list)
		cl->digest ^= jhash2(group->order, group->n_order, group->id);
}

static struct hbkm_group *create(struct hbkm_cluster *cl, const char *name,
				 struct netlink_ext_ack *extack)
{
	struct hbkm_group *group;
	int slot = ffs(~cl->slots) - 1;

	if (slot < 0) {
		NL_SET_ERR_MSG(extack, "too many groups (32)");
		return ERR_PTR(-ENOSPC);
	}
	group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	if (!group)
		return ERR_PTR(-ENOMEM);
	strscpy(group->name, name, sizeof(group->name));
	group->id = hbkm_name_id(name);
	group->slot = slot;
	cl->slots |= 1U << slot;
	return group;
}

static int check_order(const struct hbkm_cluster *cl, const u32 *order, unsigned int n,
		       struct netlink_ext_ack *extack)
{
	unsigned int i, j;

	for (i = 0; i < n; i++) {
		if (!hbkm_node_by_id(cl, order[i])) {
			NL_SET_ERR_MSG(extack, "the order names a node that is not configured");
			return -ENOENT;
		}
		for (j = 0; j < i; j++) {
			if (order[j] == order[i]) {
				NL_SET_ERR_MSG(extack, "the order names a node twice");
				return -EINVAL;
			}
		}
	}
	return 0;
}

/* What is not given stays as it is. */
static int set_guard(struct hbkm_cluster *cl, struct hbkm_group *group,
		     const struct hbkm_group_config *c, struct netlink_ext_ack *extack)
{
	bool warm = c->has_flags ? c->warm : group->warm;
	int ret;

	if (warm && !(c->has_guard ? c->n_guard : group->n_guard)) {
		NL_SET_ERR_MSG(extack, "a group without guarded addresses cannot be warm");
		return -EINVAL;
	}
	if (c->has_guard) {
		ret = hbkm_guard_set(cl, group, c->guard, c->n_guard, extack);
		if (ret)
			return ret;
	}
	spin_lock_bh(&cl->lock);
	if (c->has_guard) {
		memcpy(group->guard, c->guard, c->n_guard * sizeof(c->guard[0]));
		group->n_guard = c->n_guard;
	}
	group->warm = warm;
	spin_unlock_bh(&cl->lock);
	return 0;
}

/**
 * hbkm_group_set() - add a group, or change one that exists
 * @cl: the cluster
 * @c: its configuration, addresses checked
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: 0 or an error: nothing changed.
 */
int hbkm_group_set(struct hbkm_cluster *cl, const struct hbkm_group_config *c,
		   struct netlink_ext_ack *extack)
{
	struct hbkm_group *group = hbkm_group_by_id(cl, hbkm_name_id(c->name));
	bool fresh = !group;
	int ret;
	u64 now;

	if (group && strcasecmp(group->name, c->name)) {
		NL_SET_ERR_MSG(extack, "the name's id is that of another group: rename one");
		return -EEXIST;
	}
	ret = check_order(cl, c->order, c->n_order, extack);
	if (ret)
		return ret;
	if (fresh) {
		group = create(cl, c->name, extack);
		if (IS_ERR(group))
			return PTR_ERR(group);
	}
	ret = set_guard(cl, group, c, extack);
	if (ret) {
		if (fresh) {
			cl->slots &= ~(1U << group->slot);
			kfree(group);
		}
		return ret;
	}

	spin_lock_bh(&cl->lock);
	now = ktime_get_ns();
	memcpy(group->order, c->order, c->n_order * sizeof(*c->order));
	group->n_order = c->n_order;
	if (fresh) {
		if (cl->state != HBKM_CLUSTER_DOWN)
			group->added_ns = now;
		list_add_tail(&group->list, &cl->groups);
	}
	update_digest(cl);
	hbkm_cluster_elect(cl, now);
	spin_unlock_bh(&cl->lock);
	return 0;
}

/**
 * hbkm_group_remove() - take a group out and free it
 * @cl: the cluster
 * @group: the group
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_group_remove(struct hbkm_cluster *cl, struct hbkm_group *group)
{
	struct hbkm_node *node;

	spin_lock_bh(&cl->lock);
	list_del(&group->list);
	list_for_each_entry(node, &cl->nodes, list)
		memset(&node->shares[group->slot], 0, sizeof(node->shares[0]));
	update_digest(cl);
	spin_unlock_bh(&cl->lock);
	hbkm_guard_forget(cl, group);
	/* Only now: silence is for those who come after it in this slot. */
	spin_lock_bh(&cl->lock);
	WRITE_ONCE(cl->speaks, cl->speaks & ~(1U << group->slot));
	spin_unlock_bh(&cl->lock);
	hbkm_sysfs_changed(cl);		/* what is held may be less */
	cl->slots &= ~(1U << group->slot);
	kfree(group);
}

/*
 * What the peers said of a group before we had it, we did not heed: each that
 * lives has to say it again before we claim anything.
 */
static bool told_by_all(const struct hbkm_cluster *cl, const struct hbkm_group *group)
{
	const struct hbkm_node *node;

	if (!group->added_ns)
		return true;
	list_for_each_entry(node, &cl->nodes, list)
		if (node != cl->self && hbkm_detector_present(&node->detector) &&
		    node->detector.heard_ns < group->added_ns)
			return false;
	return true;
}

static void self_voter(const struct hbkm_cluster *cl, const struct hbkm_group *group,
		       struct hbkm_voter *v)
{
	*v = (struct hbkm_voter){
		.id = cl->self->id,
		.present = true,
		.able = cl->state == HBKM_CLUSTER_RUNNING && !cl->isolated &&
			(cl->agent_ok || group->ready) && told_by_all(cl, group),
		.agent = cl->agent_ok,
		.agrees = true,
		.state = group->state,
		.flags = group->flags,
		.term = group->term,
	};
}

static void add_voter(const struct hbkm_cluster *cl, const struct hbkm_group *group,
		      const struct hbkm_node *node, u64 now, struct hbkm_ballot *b)
{
	struct hbkm_voter *v = &b->voters[b->n];

	if (node == cl->self) {
		b->self = b->n;
		self_voter(cl, group, v);
	} else {
		hbkm_node_voter(node, group, now, v);
	}
	v->preference = b->n++;
}

static bool in_order(const struct hbkm_group *group, u32 id)
{
	unsigned int i;

	for (i = 0; i < group->n_order; i++)
		if (group->order[i] == id)
			return true;
	return false;
}

/*
 * Nodes with other orders than ours would each hand the group to another, or
 * wait for each other. What all can agree on is the order of the ids, and to
 * leave things where they are. And so does who hears none of those, but one that does,
 * or hears of that one.
 */
static void settle_order(struct hbkm_ballot *b)
{
	struct hbkm_voter v;
	u32 self = b->voters[b->self].id;
	u8 told = 0;
	unsigned int i, j;

	for (i = 0; i < b->n; i++) {
		if (i == b->self || !b->voters[i].able)
			continue;
		told = max(told, (u8)HBKM_FRAME_GROUP_BY_ID(b->voters[i].flags));
		if (!b->voters[i].agrees)
			told = HBKM_FRAME_BY_ID_TOP + 1;
	}
	b->by_id = told ? told - 1 : 0;
	if (!told)
		return;
	b->failback = false;
	for (i = 1; i < b->n; i++) {
		v = b->voters[i];
		for (j = i; j > 0 && b->voters[j - 1].id > v.id; j--)
			b->voters[j] = b->voters[j - 1];
		b->voters[j] = v;
	}
	for (i = 0; i < b->n; i++)
		if (b->voters[i].id == self)
			b->self = i;
}

/* Was the frame of number @a sent before that of @b? Numbers that lie not too far apart. */
static bool is_before(u32 a, u32 b)
{
	return a - b > U32_MAX / 2;
}

/*
 * Does it heed a frame that tells of our present claim? That may have been the first of
 * very many, so it is counted from now on back.
 */
static bool knows_claim(const struct hbkm_cluster *cl, const struct hbkm_node *node,
			const struct hbkm_group *group)
{
	return hbkm_group_claimed(group->state) && node->echoed && group->claimed_seq <= cl->seq &&
	       (u32)(cl->seq - node->named_seq) <= cl->seq - group->claimed_seq;
}

static const struct hbkm_node *node_by_slot(const struct hbkm_cluster *cl, u8 slot)
{
	const struct hbkm_node *node;

	list_for_each_entry(node, &cl->nodes, list)
		if (node->slot == slot)
			return node;
	return NULL;
}

/* Of whom others tell that they claim a group, whom we do not hear: their ids, 0: of nobody. */
struct told {
	u32 holder;
	u32 rival;	/* and we claim it, too */
};

/*
 * Where two do not hear each other, who hears both keeps them from holding it both:
 * it tells each of the other, and the one whose claim it puts first keeps it.
 */
static struct told hear_witnesses(struct hbkm_cluster *cl, const struct hbkm_group *group,
				  struct hbkm_ballot *b, u64 now)
{
	u64 deadtime_ns = cl->params.deadtime_us * HBKM_NS_PER_US;
	const struct hbkm_node *node, *other;
	const struct hbkm_share *share;
	struct told told = {};
	unsigned int i;

	/*
	 * Who was put second leaves it to the other for a while, which may give it up at the
	 * same time, to one that it hears: else both would claim it again, and so on.
	 */
	if (group->outvoted_ns && hbkm_since(group->outvoted_ns, now) < deadtime_ns) {
		b->vouched = true;
		cl->recheck = true;
	}

	list_for_each_entry(node, &cl->nodes, list) {
		share = &node->shares[group->slot];
		if (!share->news || !hbkm_detector_present(&node->detector))
			continue;
		cl->recheck = true;	/* of our claim it may not know yet */
		for (i = 0; i < HBKM_FRAME_CLAIMANTS; i++) {
			if (!(share->news & 1U << i))
				continue;
			other = node_by_slot(cl, share->claimants[i]);
			/* What it says itself counts, once that is as new as what is told. */
			if (other && !is_before(other->detector.seq, other->told_seq))
				continue;
			b->vouched = true;
			if (!other || hbkm_detector_present(&other->detector))
				continue;
			if (i == 0)
				told.holder = other->id;
			/* Does it know of our claim, and weigh it against that one's? */
			if (!knows_claim(cl, node, group) ||
			    share->claimants[!i] != cl->self->slot)
				continue;
			told.rival = other->id;
			b->outvoted |= i == 0;
		}
	}
	return told;
}

static bool has_rested(const struct hbkm_cluster *cl, const struct hbkm_group *group, u64 now)
{
	u64 least = max(10ULL * cl->params.deadtime_us * HBKM_NS_PER_US, RETRY_MIN_NS);
	u64 rest = max(least, min(least << group->failed_again, RETRY_MAX_NS));

	return !group->failed_ns || now >= group->failed_ns + rest;
}

static void build_ballot(const struct hbkm_cluster *cl, const struct hbkm_group *group, u64 now,
			 struct hbkm_ballot *b)
{
	const struct hbkm_node *node;
	unsigned int i;

	b->n = 0;
	b->failback = cl->params.auto_failback != HBKM_FAILBACK_OFF;
	b->retry = has_rested(cl, group, now);
	b->vouched = false;
	b->outvoted = false;
	b->patient = now < cl->settled_ns + cl->params.deadtime_us * HBKM_NS_PER_US;
	for (i = 0; i < group->n_order; i++) {
		node = hbkm_node_by_id(cl, group->order[i]);
		if (node)
			add_voter(cl, group, node, now, b);
	}
	/* Who is not in the order is not to hold it, but if it does, that counts. */
	list_for_each_entry(node, &cl->nodes, list) {
		if (!in_order(group, node->id)) {
			add_voter(cl, group, node, now, b);
			b->voters[b->n - 1].able = false;
			b->voters[b->n - 1].entitled = false;
		}
	}
	settle_order(b);
}

static bool pending(u8 state)
{
	return state == HBKM_GROUP_ACQUIRING || state == HBKM_GROUP_RELEASING;
}

static void set_state(struct hbkm_cluster *cl, struct hbkm_group *group, u8 state, u64 now)
{
	u32 bit = 1U << group->slot;

	/* The guard first: from here on the addresses are silent, or no longer. */
	WRITE_ONCE(cl->speaks, hbkm_group_claimed(state) ? cl->speaks | bit : cl->speaks & ~bit);
	if (!pending(state))
		group->asked_ns = 0;
	else if (!group->asked_ns)
		group->asked_ns = now;
	group->gave_up &= state == HBKM_GROUP_RELEASING;
	if (hbkm_group_claimed(state) && !hbkm_group_claimed(group->state))
		group->claimed_seq = cl->seq + 1;
	group->state = state;
	trace_hbkm_group(group->id, state, group->term, now);
	hbkm_notify_group(cl, group, now);
	hbkm_sysfs_changed(cl);
}

static void fail(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	group->flags &= ~HBKM_GROUP_F_WANT;
	if (group->failed_ns && group->failed_again < RETRY_DOUBLED)
		group->failed_again++;
	group->failed_ns = now;
	set_state(cl, group, HBKM_GROUP_FAILED, now);
}

/* What it failed for before need not be in the way any more. */
static void forget_failures(struct hbkm_group *group)
{
	group->failed_ns = 0;
	group->failed_again = 0;
}

static void forgive(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	forget_failures(group);
	set_state(cl, group, HBKM_GROUP_STANDBY, now);
}

/* From the beginning: now, and again as often as it takes. */
static void announce(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	group->announced = 0;
	group->announce_ns = now;
	hbkm_timer_announce_at(cl, now, now);
}

/* The addresses are there already: to let them speak and to announce them is all. */
static void taken(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	group->flags = 0;
	group->holder = cl->self->id;
	set_state(cl, group, HBKM_GROUP_ACTIVE, now);
	announce(cl, group, now);
}

/*
 * It falls to us. Where the addresses are there already, to let them speak and to
 * announce them is all there is to do; otherwise it is for the agent.
 */
static void acquire(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	/* Nobody gets that far, but who says so must not make us begin at 0. */
	if (group->top_term < U32_MAX)
		group->top_term++;
	group->term = group->top_term;
	group->outvoted_ns = 0;
	if (!group->ready) {
		set_state(cl, group, HBKM_GROUP_ACQUIRING, now);
		return;
	}
	taken(cl, group, now);
}

/* Are the addresses as good as gone once they are silent, without the agent's word? */
static bool silence_will_do(const struct hbkm_cluster *cl, const struct hbkm_group *group)
{
	return group->warm || (group->n_guard && !cl->agent_ok);
}

/* Nothing of it is here any more. */
static void released(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	if (group->outvoted_ns)
		group->outvoted_ns = now;
	if (group->gave_up)
		fail(cl, group, now);
	else
		set_state(cl, group, HBKM_GROUP_STANDBY, now);
}

/*
 * We are not to hold it any longer. The agent takes the addresses down and says
 * so, unless it need not, or cannot: an agent that did not bring them up in time
 * has failed to, and is not to be asked again at once.
 */
static void release(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	group->gave_up |= group->state == HBKM_GROUP_ACQUIRING && !cl->agent_ok;
	if (!silence_will_do(cl, group))
		set_state(cl, group, HBKM_GROUP_RELEASING, now);
	else
		released(cl, group, now);
}

/* Which other node claims the group while we do? Its id, 0: none. */
static u32 rival_of(const struct hbkm_group *group, const struct hbkm_ballot *b)
{
	unsigned int i = HBKM_NOBODY;

	if (hbkm_group_claimed(group->state))
		i = hbkm_election_rival(b);
	return i == HBKM_NOBODY ? 0 : b->voters[i].id;
}

/* Two nodes claim the group: tell when it begins and when it has ended. */
static void watch_conflict(struct hbkm_cluster *cl, struct hbkm_group *group, u32 rival, u64 now)
{
	if (rival) {
		cl->recheck = true;	/* deafness comes with time alone */
		if (!group->rival)
			hbkm_count(cl->stats, HBKM_STAT_CONFLICT);
	}
	if (rival == group->rival)
		return;
	if (!rival && group->warm && group->state == HBKM_GROUP_ACTIVE)
		announce(cl, group, now);
	group->rival = rival;
	hbkm_notify_conflict(cl, group, now);
}

/*
 * What of it those are to know that do not hear all that we hear. True if that is new: they
 * are to know it at once, or they take what another has taken just before them.
 */
static bool take_view(const struct hbkm_cluster *cl, struct hbkm_group *group,
		      const struct hbkm_ballot *b)
{
	/* Before all have told us theirs, we know of no claim that it is the best. */
	unsigned int i = group->added_ns ? 1 : 0;
	u8 before[HBKM_FRAME_CLAIMANTS];
	unsigned int claimant = HBKM_NOBODY;
	const struct hbkm_node *node;

	group->by_id = b->by_id;
	memcpy(before, group->claimants, sizeof(before));
	memset(group->claimants, 0, sizeof(group->claimants));
	for (; i < HBKM_FRAME_CLAIMANTS; i++) {
		claimant = hbkm_election_claimant(b, claimant);
		if (claimant == HBKM_NOBODY)
			break;
		node = hbkm_node_by_id(cl, b->voters[claimant].id);
		group->claimants[i] = node->slot;
	}
	return memcmp(before, group->claimants, sizeof(before)) != 0;
}

static u32 holder_of(const struct hbkm_ballot *b)
{
	const struct hbkm_voter *holder = NULL;
	unsigned int i;

	for (i = 0; i < b->n; i++)
		if (b->voters[i].present && b->voters[i].state == HBKM_GROUP_ACTIVE &&
		    (!holder || b->voters[i].term > holder->term))
			holder = &b->voters[i];
	return holder ? holder->id : 0;
}

static void watch_holder(struct hbkm_cluster *cl, struct hbkm_group *group,
			 u32 holder, u64 now)
{
	if (holder == group->holder)
		return;
	group->holder = holder;
	hbkm_notify_group(cl, group, now);
}

/*
 * Somebody who holds the group wants to give it away: whatever was wished of us
 * before, that is the newer wish.
 */
static void heed_newer_wish(struct hbkm_group *group, struct hbkm_ballot *b)
{
	struct hbkm_voter *me = &b->voters[b->self];
	unsigned int i;

	if (!(me->flags & HBKM_GROUP_F_STANDBY) || hbkm_group_claimed(me->state))
		return;
	for (i = 0; i < b->n; i++) {
		const struct hbkm_voter *v = &b->voters[i];

		if (i != b->self && v->present && v->state == HBKM_GROUP_ACTIVE &&
		    v->flags & HBKM_GROUP_F_STANDBY) {
			group->flags &= ~HBKM_GROUP_F_STANDBY;
			me->flags = group->flags;
		}
	}
}

/* Could we take it over without the agent? True if that is new. */
static bool look(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	bool ready = hbkm_guard_ready(cl, group);

	if (ready == group->ready)
		return false;
	group->ready = ready;
	hbkm_notify_group(cl, group, now);
	return true;
}

/*
 * The addresses are there by now, as of a warm group whose device has its carrier
 * back: what waits for the agent need not, for it may hang, and what failed for
 * want of them is not in the way any more.
 */
static void go_on_without_agent(struct hbkm_cluster *cl, struct hbkm_group *group, bool new_here,
				u64 now)
{
	if (group->state == HBKM_GROUP_ACQUIRING)
		taken(cl, group, now);
	else if (group->state == HBKM_GROUP_FAILED && new_here)
		forgive(cl, group, now);
}

/**
 * hbkm_group_elect() - decide about one group and begin to act
 * @cl: the cluster
 * @group: the group
 * @now: monotonic time, ns
 *
 * Context: bottom halves off, lock held. Return: true if the state changed here.
 */
bool hbkm_group_elect(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	u8 before = group->state;
	struct hbkm_ballot b;
	struct told told;
	unsigned int best;
	u32 rival, holder;
	bool changed;

	changed = look(cl, group, now);
	if (group->ready)
		go_on_without_agent(cl, group, changed, now);
	if (group->state == HBKM_GROUP_RELEASING && silence_will_do(cl, group))
		released(cl, group, now);
	build_ballot(cl, group, now, &b);
	heed_newer_wish(group, &b);
	told = hear_witnesses(cl, group, &b, now);
	rival = rival_of(group, &b) ?: told.rival;
	if (group->added_ns && told_by_all(cl, group))
		group->added_ns = 0;
	changed |= take_view(cl, group, &b);
	/* A failed acquisition is tried again, and patience ends, by time alone. */
	if (group->state == HBKM_GROUP_FAILED || group->added_ns ||
	    (group->state == HBKM_GROUP_STANDBY && b.patient))
		cl->recheck = true;

	switch (hbkm_election_run(&b)) {
	case HBKM_ACTION_ACQUIRE:
		acquire(cl, group, now);
		break;
	case HBKM_ACTION_HAND_OVER:
		/* Moved by somebody's wish: do not take it back by preference. */
		best = hbkm_election_best(&b);
		if (best != HBKM_NOBODY && b.voters[best].flags & HBKM_GROUP_F_WANT)
			group->flags |= HBKM_GROUP_F_STANDBY;
		fallthrough;
	case HBKM_ACTION_RELEASE:
	case HBKM_ACTION_YIELD:
		group->outvoted_ns = b.outvoted ? now : 0;
		release(cl, group, now);
		break;
	case HBKM_ACTION_KEEP:
		holder = holder_of(&b);
		/* Where somebody could hold it, the next failure is a first one. */
		if (holder)
			forget_failures(group);
		watch_holder(cl, group, holder ?: told.holder, now);
		break;
	}
	watch_conflict(cl, group, rival, now);
	/* Who gave it up without the agent may see another holder, or take it again later. */
	if (group->state != before && !pending(group->state))
		cl->recheck = true;
	return changed || group->state != before;
}

/**
 * hbkm_group_look() - are the addresses of warm groups still there, or there by now?
 * @cl: the cluster
 * @now: monotonic time, ns
 *
 * Context: softirq, lock held. Return: true if the groups need a look.
 */
bool hbkm_group_look(struct hbkm_cluster *cl, u64 now)
{
	const struct hbkm_group *group;

	if (hbkm_since(cl->looked_ns, now) < LOOK_NS)
		return false;
	cl->looked_ns = now;
	list_for_each_entry(group, &cl->groups, list)
		if ((group->warm || group->ready) && hbkm_guard_ready(cl, group) != group->ready)
			return true;
	return false;
}

/**
 * hbkm_group_to_announce() - which group is to be announced to the neighbours?
 * @cl: the cluster
 * @now: monotonic time, ns
 * @next: receives when to ask again, 0: not
 *
 * Context: softirq, lock held. Return: the group, or NULL.
 */
struct hbkm_group *hbkm_group_to_announce(struct hbkm_cluster *cl, u64 now, u64 *next)
{
	struct hbkm_group *group, *due = NULL;

	*next = 0;
	list_for_each_entry(group, &cl->groups, list) {
		if (group->state != HBKM_GROUP_ACTIVE || cl->state == HBKM_CLUSTER_DOWN)
			group->announce_ns = 0;
		if (!due && group->announce_ns && group->announce_ns <= now) {
			due = group;
			group->announce_ns = ++group->announced < ANNOUNCEMENTS ?
				now + (ANNOUNCE_NS << 2 * (group->announced - 1)) : 0;
		}
		if (group->announce_ns && (!*next || group->announce_ns < *next))
			*next = group->announce_ns;
	}
	return due;
}

/**
 * hbkm_group_drop_all() - give up every claim, whatever the others do
 * @cl: the cluster
 * @now: monotonic time, ns
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_group_drop_all(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_group *group;

	list_for_each_entry(group, &cl->groups, list)
		if (hbkm_group_claimed(group->state))
			release(cl, group, now);
}

/**
 * hbkm_group_forgive_all() - there is a new agent, or the old one is back: what
 *	failed before may succeed now
 * @cl: the cluster
 * @now: monotonic time, ns
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_group_forgive_all(struct hbkm_cluster *cl, u64 now)
{
	struct hbkm_group *group;

	list_for_each_entry(group, &cl->groups, list) {
		group->gave_up = false;
		if (group->state != HBKM_GROUP_FAILED)
			continue;
		forgive(cl, group, now);
		cl->recheck = true;
	}
}

/**
 * hbkm_group_forget_claimants() - nothing is known of the nodes any longer
 * @cl: the cluster
 *
 * Until the next election nobody is told who claims what.
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_group_forget_claimants(struct hbkm_cluster *cl)
{
	struct hbkm_group *group;

	list_for_each_entry(group, &cl->groups, list) {
		memset(group->claimants, 0, sizeof(group->claimants));
		group->outvoted_ns = 0;
	}
}

/**
 * hbkm_group_forget_node() - a node goes, and another may have its slot
 * @cl: the cluster
 * @gone: the node, no longer in the list
 *
 * What others tell of it goes on to count: it lives, and now we hear it no longer.
 *
 * Context: bottom halves off, lock held.
 */
void hbkm_group_forget_node(struct hbkm_cluster *cl, const struct hbkm_node *gone)
{
	struct hbkm_group *group;
	struct hbkm_node *node;
	unsigned int i;

	hbkm_group_forget_claimants(cl);
	list_for_each_entry(node, &cl->nodes, list) {
		list_for_each_entry(group, &cl->groups, list) {
			struct hbkm_share *share = &node->shares[group->slot];

			for (i = 0; i < HBKM_FRAME_CLAIMANTS; i++) {
				if (share->claimants[i] != gone->slot)
					continue;
				share->claimants[i] = HBKM_STRANGER;
				if (hbkm_detector_present(&gone->detector))
					share->news |= 1U << i;
			}
		}
	}
}

static bool another_is_able(const struct hbkm_cluster *cl, const struct hbkm_group *group, u64 now)
{
	struct hbkm_ballot b;
	unsigned int i;

	build_ballot(cl, group, now, &b);
	for (i = 0; i < b.n; i++)
		if (i != b.self && b.voters[i].able && b.voters[i].state != HBKM_GROUP_FAILED)
			return true;
	return false;
}

/* What is held may turn out not to be whole, without having been asked for. */
static bool may_ack(u8 state, u32 result)
{
	if (state == HBKM_GROUP_ACTIVE)
		return result && result != EINPROGRESS;
	return pending(state) || (state == HBKM_GROUP_FAILED && !result);
}

/**
 * hbkm_group_ack() - the agent has done what a state asked for
 * @cl: the cluster
 * @id: of the group
 * @state: which state it acted on
 * @term: and which term
 * @result: 0, or the errno with which it failed; EINPROGRESS: it is still being done
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held. Return: 0, -ENOENT, -ESTALE or -EHOSTUNREACH.
 */
int hbkm_group_ack(struct hbkm_cluster *cl, u32 id, u8 state, u32 term, u32 result,
		   struct netlink_ext_ack *extack)
{
	struct hbkm_group *group;
	int ret = 0;
	u64 now;

	spin_lock_bh(&cl->lock);
	now = ktime_get_ns();
	group = hbkm_group_by_id(cl, id);
	if (!group) {
		NL_SET_ERR_MSG(extack, "no such group");
		ret = -ENOENT;
		goto unlock;
	}
	if (group->state != state || group->term != term || !may_ack(state, result)) {
		NL_SET_ERR_MSG(extack, "the group has moved on");
		ret = -ESTALE;
		goto unlock;
	}
	if (result == EINPROGRESS) {
		group->asked_ns = now;
		goto unlock;
	}
	/* What is left of it serves better than nothing. */
	if (state == HBKM_GROUP_ACTIVE && !another_is_able(cl, group, now)) {
		NL_SET_ERR_MSG(extack, "no other node can take the group");
		ret = -EHOSTUNREACH;
		goto unlock;
	}
	if (state == HBKM_GROUP_ACTIVE) {
		group->gave_up = true;
		release(cl, group, now);
	} else if (result) {
		fail(cl, group, now);
	} else if (state == HBKM_GROUP_FAILED) {
		forgive(cl, group, now);
	} else if (state == HBKM_GROUP_ACQUIRING) {
		group->flags = 0;
		set_state(cl, group, HBKM_GROUP_ACTIVE, now);
	} else {
		released(cl, group, now);
	}
	hbkm_cluster_elect(cl, now);
	hbkm_timer_beat_now(cl, now);
unlock:
	spin_unlock_bh(&cl->lock);
	return ret;
}

/**
 * hbkm_group_may_move() - could the group be moved as somebody wants?
 * @cl: the cluster
 * @group: the group
 * @move: enum hbkm_move
 * @extack: receives the reason of a refusal
 *
 * Context: process, hbkm_net.lock held.
 * Return: 0, -EOPNOTSUPP, -ENOTCONN or -EHOSTUNREACH.
 */
int hbkm_group_may_move(struct hbkm_cluster *cl, struct hbkm_group *group, u8 move,
			struct netlink_ext_ack *extack)
{
	int ret = 0;

	spin_lock_bh(&cl->lock);
	if (cl->params.auto_failback == HBKM_FAILBACK_LEGACY) {
		NL_SET_ERR_MSG(extack, "not with auto_failback legacy: set it to on or off");
		ret = -EOPNOTSUPP;
	} else if (cl->state != HBKM_CLUSTER_RUNNING) {
		NL_SET_ERR_MSG(extack, "this node has not joined the cluster");
		ret = -ENOTCONN;
	} else if (move == HBKM_MOVE_STANDBY && !another_is_able(cl, group, ktime_get_ns())) {
		NL_SET_ERR_MSG(extack, "no other node can take the group");
		ret = -EHOSTUNREACH;
	}
	spin_unlock_bh(&cl->lock);
	return ret;
}

/**
 * hbkm_group_move() - somebody wants the group to be elsewhere
 * @cl: the cluster
 * @group: the group
 * @move: enum hbkm_move, possible as far as hbkm_group_may_move() could tell
 *
 * Context: process, hbkm_net.lock held.
 */
void hbkm_group_move(struct hbkm_cluster *cl, struct hbkm_group *group, u8 move)
{
	u64 now;

	spin_lock_bh(&cl->lock);
	now = ktime_get_ns();
	if (move == HBKM_MOVE_STANDBY) {
		group->flags &= ~HBKM_GROUP_F_WANT;
		group->flags |= HBKM_GROUP_F_STANDBY;
	} else {
		group->flags &= ~HBKM_GROUP_F_STANDBY;
		if (group->state != HBKM_GROUP_ACTIVE)
			group->flags |= HBKM_GROUP_F_WANT;
		if (group->state == HBKM_GROUP_FAILED)
			group->state = HBKM_GROUP_STANDBY;
		group->outvoted_ns = 0;
		forget_failures(group);
	}
	hbkm_notify_group(cl, group, now);
	hbkm_cluster_elect(cl, now);
	hbkm_timer_beat_now(cl, now);
	spin_unlock_bh(&cl->lock);
}
