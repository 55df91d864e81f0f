// SPDX-License-Identifier: GPL-2.0
/* Who reaches more is to hold the groups. See ipfail.h. */
#include <string.h>

#include "ipfail.h"

static struct ipfail_group *remembered(struct ipfail *f, uint32_t id)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->groups[i].id == id)
			return &f->groups[i];
	if (f->n == HBKM_MAX_GROUPS)
		return NULL;
	f->groups[f->n] = (struct ipfail_group){ .id = id };
	return &f->groups[f->n++];
}

/* Groups that are no longer there make room. */
static void forget(struct ipfail *f, const struct nl_snapshot *s)
{
	size_t n = 0, j;

	for (size_t i = 0; i < f->n; i++) {
		for (j = 0; j < s->n_groups && s->groups[j].id != f->groups[i].id; j++)
			;
		if (j < s->n_groups)
			f->groups[n++] = f->groups[i];
	}
	f->n = n;
}

static const struct nl_node *node_of(const struct nl_snapshot *s, uint32_t id)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].id == id)
			return &s->nodes[i];
	return NULL;
}

static bool is_up(const struct nl_node *n)
{
	return n && (n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE);
}

/* Could it hold a group, and does it say what it reaches? */
static bool competes(const struct nl_node *n)
{
	const uint32_t needed = HBKM_NODE_F_AGENT | HBKM_NODE_F_SETTLED;

	return is_up(n) && (n->flags & needed) == needed && n->has_reach &&
	       !(n->flags & HBKM_NODE_F_ONEWAY);
}

/* Nobody reaches more, and whoever reaches as many comes later in the group's order. */
static bool is_best(const struct nl_snapshot *s, const struct nl_group *g, int reach)
{
	bool before_us = true;

	for (size_t i = 0; i < g->n_order; i++) {
		const struct nl_node *n = node_of(s, g->order[i]);

		if (g->order[i] == s->cluster.node_id) {
			before_us = false;
			continue;
		}
		if (g->order[i] == g->holder || !competes(n))
			continue;
		if (n->reach > reach || (n->reach == reach && before_us))
			return false;
	}
	return !before_us;
}

static bool may_hold(const struct nl_snapshot *s)
{
	return s->cluster.state == HBKM_CLUSTER_RUNNING &&
	       s->cluster.flags & HBKM_CLUSTER_F_AGENT &&
	       !(s->cluster.flags & HBKM_CLUSTER_F_ISOLATED) &&
	       s->cluster.auto_failback != HBKM_FAILBACK_LEGACY;
}

static bool another_reaches_more(const struct nl_snapshot *s, const struct nl_group *g, int reach)
{
	for (size_t i = 0; i < g->n_order; i++) {
		const struct nl_node *n = node_of(s, g->order[i]);

		if (g->order[i] != s->cluster.node_id && competes(n) && n->reach > reach)
			return true;
	}
	return false;
}

/* How it came that we no longer hold it: as it was when we let it go, which may take a while. */
static void remember(struct ipfail_group *m, const struct nl_snapshot *s, const struct nl_group *g,
		     int reach)
{
	if (g->has_holder && g->holder == s->cluster.node_id) {
		m->held = true;
		m->lost = m->given = false;
	} else if (m->held) {
		m->held = false;
		m->lost = reach >= 0 && another_reaches_more(s, g, reach);
		m->given = !m->lost;
	} else if (!m->seen && reach >= 0 && g->has_holder) {
		/* It may be that only this agent is new: most likely its node lost it like this. */
		m->lost = another_reaches_more(s, g, reach);
	}
	m->seen |= reach >= 0 && g->has_holder;
}

static bool has_reason(const struct nl_snapshot *s, const struct nl_group *g,
		       const struct ipfail_group *m, const struct nl_node *holder, int reach)
{
	if (reach < 0 || !may_hold(s) || !is_up(holder) || !holder->has_reach)
		return false;
	/* Where it does not start it is of no use; and if it was given away, that was wanted. */
	if (g->state == HBKM_GROUP_FAILED || m->given)
		return false;
	if (reach > holder->reach)
		return is_best(s, g, reach);
	return m->lost && reach == holder->reach && is_best(s, g, reach) &&
	       g->order[0] == s->cluster.node_id &&
	       s->cluster.auto_failback == HBKM_FAILBACK_ON;
}

size_t ipfail_run(struct ipfail *f, const struct nl_snapshot *s, int reach, uint64_t now,
		  size_t take[HBKM_MAX_GROUPS], uint64_t *next)
{
	size_t n = 0;
	uint64_t at;

	*next = 0;
	if (reach > f->reach)
		f->calm_at = now + f->calm_ns;
	f->reach = reach;
	forget(f, s);
	for (size_t i = 0; i < s->n_groups; i++) {
		const struct nl_group *g = &s->groups[i];
		const struct nl_node *holder = g->has_holder ? node_of(s, g->holder) : NULL;
		struct ipfail_group *m = remembered(f, g->id);

		if (!m)
			continue;
		remember(m, s, g, reach);
		/* What becomes of ping nodes later was not known then. */
		if (reach >= 0 && holder && holder->has_reach && reach <= holder->reach)
			m->given = false;
		if (!g->has_holder || g->holder == s->cluster.node_id ||
		    !has_reason(s, g, m, holder, reach)) {
			m->since = 0;
			continue;
		}
		if (!m->since)
			m->since = now;
		at = m->since + f->pause_ns > f->calm_at ? m->since + f->pause_ns : f->calm_at;
		if (now >= at) {
			take[n++] = i;
			/* If it does not come, it is asked for again after as long. */
			m->since = now;
			at = now + f->pause_ns;
		}
		if (!*next || at < *next)
			*next = at;
	}
	return n;
}
