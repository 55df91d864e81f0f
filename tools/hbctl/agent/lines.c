// SPDX-License-Identifier: GPL-2.0
/*
 * A reload may move a resource to another line of haresources, that is to another
 * group. Of that one a node that has not reloaded knows nothing; it may hold the
 * resource by the old one, or take it. So all nodes that live do such a reload together.
 *
 * Each that has read the file takes what moves out of the old lines, unless it holds
 * it: then that stays, and the group that is to have it is made, still empty. Nothing
 * else in haresources is new yet. By a mark in their beats the nodes tell each other
 * which file they have read, and that something stays. When all have read the same, who
 * has what stays goes over to the new lines; what falls to it there, too, has not noticed.
 * When nothing stays anywhere, the others go over.
 *
 * If something stays on several nodes, each would wait for the others: then all but one
 * of these stop what they have, first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "act.h"
#include "log.h"

#define PAUSE_MAX_NS	60000000000ULL

/* Groups of a configuration. */
struct groups {
	struct config_group v[HBKM_MAX_GROUPS];
	size_t n;
};

struct lines {
	struct groups was;		/* before the reload */
	struct groups to_be;		/* when all nodes have read the file */
	bool all;			/* of several files: each resource may be anywhere */
	bool stop;			/* what stays is to be stopped */
	bool away;			/* nothing is held: we came to nodes that work by another file */
	size_t staying;			/* resources that were left where they are */
	uint64_t again_at;		/* 0, or when what failed is tried again */
	uint64_t pause_ns;		/* the last one's length */
	char told[256];			/* who is waited for, as the log says */
};

/* ---- which resources move ---- */

static const struct config_group *group_of(const struct groups *groups, const char *name)
{
	for (size_t i = 0; i < groups->n; i++)
		if (!strcmp(groups->v[i].name, name))
			return &groups->v[i];
	return NULL;
}

/* Is @r of @of in this group, too? */
static bool has(const struct config_group *g, const struct config_group *of,
		const struct config_resource *r)
{
	for (size_t i = 0; i < g->n_resources; i++) {
		const struct config_resource *other = &g->resources[i];

		if (r->kind != other->kind)
			continue;
		if (r->kind == RESOURCE_ADDRESS ?
		    ip_same(&g->addresses[other->address].addr, &of->addresses[r->address].addr) :
		    config_resource_same(r, other))
			return true;
	}
	return false;
}

/* In which group is @r of @g to be? NULL: in none. */
static const struct config_group *place_of(const struct groups *groups,
					   const struct config_group *g,
					   const struct config_resource *r)
{
	const struct config_group *same = group_of(groups, g->name);

	if (same && has(same, g, r))
		return same;
	for (size_t i = 0; i < groups->n; i++)
		if (has(&groups->v[i], g, r))
			return &groups->v[i];
	return NULL;
}

static bool moves(const struct lines *l, const struct config_group *g,
		  const struct config_resource *r)
{
	const struct config_group *place = place_of(&l->to_be, g, r);

	return l->all || (place && strcmp(place->name, g->name));
}

static bool any_moves(const struct lines *l)
{
	for (size_t i = 0; i < l->was.n; i++)
		for (size_t j = 0; j < l->was.v[i].n_resources; j++)
			if (moves(l, &l->was.v[i], &l->was.v[i].resources[j]))
				return true;
	return false;
}

static const struct agent_group *agent_group_of(const struct agent *a, const char *name)
{
	for (size_t i = 0; a->groups && i < a->groups->n; i++)
		if (!strcmp(a->groups->v[i].name, name))
			return &a->groups->v[i];
	return NULL;
}

/* May anything of this group run here? */
static bool is_held(const struct agent *a, const char *name)
{
	const struct agent_group *g = agent_group_of(a, name);

	return g && (agent_group_wants(g->state) || g->state == HBKM_GROUP_RELEASING ||
		     (g->scripted && !sequence_is_down(&g->sequence)));
}

/* Is it still part of it? What was once taken out does not come back: others may have it. */
static bool is_there(const struct agent *a, const struct config_group *g,
		     const struct config_resource *r)
{
	for (size_t i = 0; i < a->config->n_groups; i++)
		if (!strcmp(a->config->groups[i].name, g->name))
			return has(&a->config->groups[i], g, r);
	return false;
}

static bool stays(const struct agent *a, const struct lines *l, const struct config_group *g,
		  const struct config_resource *r)
{
	return !l->stop && moves(l, g, r) && is_held(a, g->name) && is_there(a, g, r);
}

/* @to: only groups that are to have some of it are counted; NULL: all. */
static size_t count_staying(const struct agent *a, const struct lines *l,
			    const struct config_group *to)
{
	size_t n = 0;

	for (size_t i = 0; i < l->was.n; i++) {
		const struct config_group *g = &l->was.v[i];

		for (size_t j = 0; j < g->n_resources; j++)
			if (stays(a, l, g, &g->resources[j]) &&
			    (!to || place_of(&l->to_be, g, &g->resources[j]) == to))
				n++;
	}
	return n;
}

/* ---- sets of groups ---- */

static void groups_clear(struct groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		config_group_free(&groups->v[i]);
	groups->n = 0;
}

/* The group without resources, with the room for all of them. Return: it, or NULL without memory. */
static struct config_group *add_group(struct groups *groups, const struct config_group *from,
				      const char *text)
{
	struct config_group *g = &groups->v[groups->n++];

	*g = *from;
	g->n_resources = g->n_addresses = 0;
	g->text = strdup(text);
	g->resources = calloc(from->n_resources + 1, sizeof(*g->resources));
	g->addresses = calloc(from->n_addresses + 1, sizeof(*g->addresses));
	return g->text && g->resources && g->addresses ? g : NULL;
}

static int add_resource(struct config_group *g, const struct config_group *from,
			const struct config_resource *r)
{
	struct config_resource *copy = &g->resources[g->n_resources];

	if (config_resource_copy(copy, r))
		return -1;
	g->n_resources++;
	if (r->kind == RESOURCE_ADDRESS) {
		copy->address = g->n_addresses;
		g->addresses[g->n_addresses++] = from->addresses[r->address];
	}
	return 0;
}

/* What is to be for as long as it waits. */
static int groups_meanwhile(const struct agent *a, const struct lines *l, struct groups *out)
{
	struct config_group *to;

	out->n = 0;
	for (size_t i = 0; i < l->was.n; i++) {
		const struct config_group *g = &l->was.v[i];

		to = add_group(out, g, g->text);
		for (size_t j = 0; to && j < g->n_resources; j++)
			if ((!moves(l, g, &g->resources[j]) || stays(a, l, g, &g->resources[j])) &&
			    add_resource(to, g, &g->resources[j]))
				to = NULL;
		if (!to)
			goto no_memory;
		if (!to->n_resources)
			config_group_free(&out->v[--out->n]);
	}
	for (size_t i = 0; i < l->to_be.n && out->n < HBKM_MAX_GROUPS; i++) {
		const struct config_group *g = &l->to_be.v[i];

		if (!group_of(out, g->name) && count_staying(a, l, g) &&
		    !add_group(out, g, g->name))
			goto no_memory;
	}
	return 0;
no_memory:
	groups_clear(out);
	return -1;
}

static void groups_exchange(struct groups *groups, struct config *c)
{
	struct groups before;

	memcpy(before.v, c->groups, sizeof(before.v));
	before.n = c->n_groups;
	memcpy(c->groups, groups->v, sizeof(groups->v));
	c->n_groups = groups->n;
	*groups = before;
}

static int groups_copy(struct groups *to, const struct config_group *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct config_group *g = add_group(to, &from[i], from[i].text);

		for (size_t j = 0; g && j < from[i].n_resources; j++)
			if (add_resource(g, &from[i], &from[i].resources[j]))
				g = NULL;
		if (!g)
			return -1;
	}
	return 0;
}

/* ---- a reload ---- */

void lines_free(struct lines *l)
{
	if (!l)
		return;
	groups_clear(&l->was);
	groups_clear(&l->to_be);
	free(l);
}

int lines_plan(struct agent *a, struct config *c, struct lines **next)
{
	const struct lines *l = a->lines;
	const struct config_group *was = l ? l->was.v : a->config->groups;
	struct groups meanwhile;
	int ret;

	*next = calloc(1, sizeof(**next));
	if (!*next || groups_copy(&(*next)->was, was, l ? l->was.n : a->config->n_groups) ||
	    groups_copy(&(*next)->to_be, c->groups, c->n_groups))
		return -1;
	(*next)->all = l && (l->all || lines_mark(c) != a->mark);
	(*next)->away = l && l->away;
	if (!l && !any_moves(*next)) {
		lines_free(*next);
		*next = NULL;
		return 0;
	}
	ret = groups_meanwhile(a, *next, &meanwhile);
	if (ret)
		return ret;
	(*next)->staying = count_staying(a, *next, NULL);
	groups_exchange(&meanwhile, c);
	groups_clear(&meanwhile);
	return 0;
}

void lines_wait(struct agent *a, struct lines *next)
{
	lines_free(a->lines);
	a->lines = next;
}

/* FNV-1a */
static uint32_t hash(uint32_t h, const void *data, size_t len)
{
	for (const unsigned char *p = data; len--; p++)
		h = (h ^ *p) * 16777619U;
	return h;
}

static uint32_t hash_text(uint32_t h, const char *text)
{
	return hash(h, text, strlen(text) + 1);
}

/* What makes a resource another one: has(). Interfaces may be called differently on each node. */
static uint32_t hash_group(const struct config_group *g)
{
	uint32_t h = hash_text(2166136261U, g->name);

	for (size_t i = 0; i < g->n_resources; i++) {
		const struct config_resource *r = &g->resources[i];

		if (r->kind == RESOURCE_ADDRESS) {
			h = hash(h, &g->addresses[r->address].addr, sizeof(struct in6_addr));
			continue;
		}
		h = hash_text(h, r->name);
		for (size_t j = 0; j < r->n_args; j++)
			h = hash_text(h, r->args[j]);
	}
	return h;
}

uint32_t lines_mark(const struct config *c)
{
	uint32_t mark = 0;

	for (size_t i = 0; i < c->n_groups; i++)
		mark ^= hash_group(&c->groups[i]);
	/* 0 would say nothing. */
	return mark & ~LINES_FLAGS ?: ~LINES_FLAGS;
}

/* ---- what the peers say ---- */

static bool is_here(const struct nl_node *n)
{
	return !(n->flags & HBKM_NODE_F_SELF) &&
	       (n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE);
}

/*
 * May it hold anything? A kernel without its agent has let go of all that is not warm, and an
 * agent that comes back defers to those that have gone on: lines_join().
 */
static bool counts(const struct agent *a, const struct nl_node *n)
{
	return is_here(n) && (a->warm || n->flags & HBKM_NODE_F_AGENT);
}

static bool has_read(const struct agent *a, const struct nl_node *n)
{
	return (n->mark & ~LINES_FLAGS) == a->mark;
}

/*
 * Is it to read the file? One that holds nothing until all others have read its own need
 * not. Of several such nodes, with different files, the one with the smallest id goes first.
 */
static bool has_to_read(const struct agent *a, const struct nl_node *n)
{
	if (!counts(a, n) || has_read(a, n))
		return false;
	return !(n->mark & LINES_AWAY) ||
	       (a->lines && a->lines->away && n->id < a->seen.cluster.node_id);
}

static bool all_have_read(const struct agent *a)
{
	for (size_t i = 0; i < a->seen.n_nodes; i++)
		if (has_to_read(a, &a->seen.nodes[i]))
			return false;
	return true;
}

/* Does anything stay on a peer whose id is no larger than that? */
static bool any_stays(const struct agent *a, uint32_t id)
{
	for (size_t i = 0; i < a->seen.n_nodes; i++) {
		const struct nl_node *n = &a->seen.nodes[i];

		if (counts(a, n) && n->id <= id && n->mark & LINES_STAY)
			return true;
	}
	return false;
}

/* Who is waited for, and for what? NULL: not for this one. */
static const char *awaited(const struct agent *a, const struct nl_node *n)
{
	if (!a->lines || !counts(a, n))
		return NULL;
	if (has_to_read(a, n))
		return "reload";
	return n->mark & LINES_STAY ? "stay" : NULL;
}

struct json_object *lines_json(const struct agent *a)
{
	struct json_object *list = json_object_new_array(), *o;

	for (size_t i = 0; i < a->seen.n_nodes; i++) {
		const char *state = awaited(a, &a->seen.nodes[i]);

		if (!state)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "name", json_object_new_string(a->seen.nodes[i].name));
		json_object_object_add(o, "state", json_object_new_string(state));
		json_object_array_add(list, o);
	}
	return list;
}

static void log_awaited(const struct agent *a, struct lines *l)
{
	char names[sizeof(l->told)] = "";
	size_t len = 0;

	for (size_t i = 0; i < a->seen.n_nodes && len < sizeof(names); i++)
		if (has_to_read(a, &a->seen.nodes[i]))
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
						len ? ", " : "", a->seen.nodes[i].name);
	if (!strcmp(names, l->told))
		return;
	memcpy(l->told, names, sizeof(names));
	if (*names)
		log_write(LOG_INFO, "Resources may be held by other lines than here: haresources "
			  "waits until %s has reloaded", names);
}

/* ---- going on ---- */

static int take_groups(struct agent *a, struct groups *groups)
{
	groups_exchange(groups, a->config);
	if (agent_take(a, a->config)) {
		groups_exchange(groups, a->config);
		return -1;
	}
	groups_clear(groups);
	agent_settle(a);
	return 0;
}

/* Ever more seldom: what the kernel has no room for may stay so for long. */
static void try_later(struct agent *a, struct lines *l)
{
	l->pause_ns = l->pause_ns ? 2 * l->pause_ns : RETRY_NS;
	if (l->pause_ns > PAUSE_MAX_NS)
		l->pause_ns = PAUSE_MAX_NS;
	l->again_at = agent_now() + l->pause_ns;
	if (!a->retry_at || a->retry_at > l->again_at)
		a->retry_at = l->again_at;
}

static void renew(struct agent *a, struct lines *l)
{
	size_t staying = count_staying(a, l, NULL);
	struct groups groups;

	if (groups_meanwhile(a, l, &groups) || take_groups(a, &groups)) {
		groups_clear(&groups);
		try_later(a, l);
		return;
	}
	l->staying = staying;
}

static void go_over(struct agent *a, struct lines *l)
{
	if (take_groups(a, &l->to_be)) {
		try_later(a, l);
		return;
	}
	a->settling |= l->staying > 0;
	lines_wait(a, NULL);
	log_write(LOG_INFO, "All nodes have reloaded: haresources is as it was read.");
}

/* Who has the groups to which something goes that stays here? */
static bool is_decided(const struct agent *a, const struct lines *l)
{
	for (size_t i = 0; i < l->to_be.n; i++) {
		const struct agent_group *g = agent_group_of(a, l->to_be.v[i].name);

		if (g && count_staying(a, l, &l->to_be.v[i]) && g->state != HBKM_GROUP_ACTIVE &&
		    g->state != HBKM_GROUP_FAILED &&
		    (!g->has_holder || g->holder == a->seen.cluster.node_id))
			return false;
	}
	return true;
}

/* Is anything still to be stopped? */
static bool is_restless(const struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++) {
		const struct agent_group *g = &a->groups->v[i];

		if (g->leaving || (g->scripted && !agent_group_wants(g->state) &&
				   !sequence_is_down(&g->sequence)))
			return true;
		for (size_t j = 0; j < g->sequence.n; j++)
			if (g->sequence.items[j].leaving &&
			    g->sequence.items[j].state != RESOURCE_STOPPED)
				return true;
	}
	return false;
}

static void follow(struct agent *a, struct lines *l)
{
	size_t staying = count_staying(a, l, NULL);

	log_awaited(a, l);
	if (agent_now() < l->again_at)
		return;
	if (staying && all_have_read(a) && any_stays(a, a->seen.cluster.node_id)) {
		l->stop = true;
		a->settling = true;
		renew(a, l);
	} else if (staying < l->staying) {
		/* The group has gone from here, and what moves with it. */
		renew(a, l);
	} else if (all_have_read(a) && !any_stays(a, UINT32_MAX) && !a->settling && is_decided(a, l)) {
		go_over(a, l);
	}
}

/* Does it work by another file than ours, or not yet by ours alone? */
static bool works_otherwise(const struct agent *a, const struct nl_node *n)
{
	if (!is_here(n) || !(n->flags & HBKM_NODE_F_SETTLED) || !n->mark)
		return false;
	return n->mark & LINES_STAY || (!has_read(a, n) && !(n->mark & LINES_AWAY));
}

/*
 * We have just come, to nodes that work by another file: what is in ours they may hold
 * by lines of which we know nothing. So nothing is ours until they have reloaded.
 */
static bool defer_to_others(struct agent *a, const struct nl_snapshot *s)
{
	struct groups none = { .n = 0 };
	struct lines *l;
	size_t i = 0;

	while (i < s->n_nodes && !works_otherwise(a, &s->nodes[i]))
		i++;
	if (a->lines || i == s->n_nodes)
		return false;
	l = calloc(1, sizeof(*l));
	if (!l || groups_copy(&l->to_be, a->config->groups, a->config->n_groups)) {
		lines_free(l);
		return false;
	}
	l->away = true;
	lines_wait(a, l);
	/* Of what a node has that was cut off until now, something may still run. */
	a->settling = true;
	if (take_groups(a, &none)) {
		lines_wait(a, NULL);
		return false;
	}
	return true;
}

static bool guards(const struct nl_group *g, const struct in6_addr *addr)
{
	for (size_t i = 0; i < g->n_guard; i++)
		if (ip_same(&g->guard[i], addr))
			return true;
	return false;
}

static bool is_in_kernel(const struct config_group *g, const struct nl_snapshot *s)
{
	size_t i = 0, j = 0;

	while (i < s->n_groups && strcmp(s->groups[i].name, g->name))
		i++;
	if (i == s->n_groups || s->groups[i].n_guard != g->n_addresses)
		return false;
	while (j < g->n_addresses && guards(&s->groups[i], &g->addresses[j].addr))
		j++;
	return j == g->n_addresses;
}

bool lines_are_those_of(const struct agent *a, const struct nl_snapshot *s)
{
	if (s->n_groups != a->config->n_groups)
		return false;
	for (size_t i = 0; i < s->n_groups; i++)
		if (!is_in_kernel(&a->config->groups[i], s))
			return false;
	/* What moves may be no address: that only the mark tells, which is the kernel's to keep. */
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].flags & HBKM_NODE_F_SELF && s->nodes[i].mark)
			return s->nodes[i].mark == a->mark;
	return true;
}

bool lines_join(struct agent *a, const struct nl_snapshot *s)
{
	/* While this agent was held for dead nobody has waited for it. */
	bool counted = s->cluster.flags & HBKM_CLUSTER_F_AGENT;

	if (a->stopping || a->quit)
		return false;
	if (s->cluster.state == HBKM_CLUSTER_JOINING || !counted)
		a->joining = true;
	if (!a->joining)
		return false;
	if (s->cluster.state == HBKM_CLUSTER_RUNNING && counted)
		a->joining = false;
	return defer_to_others(a, s);
}

static void tell(struct agent *a)
{
	struct nl_params p = {
		.set = NL_SET_MARK,
		.mark = a->mark | (a->settling || (a->lines && a->lines->staying) ? LINES_STAY : 0) |
			(a->lines && a->lines->away ? LINES_AWAY : 0),
	};

	if (p.mark == a->told_mark || agent_now() < a->tell_at)
		return;
	if (hbnl_cluster_set(a->nl, &p) && !agent_gone(a)) {
		/* An older module never takes it. */
		if (p.mark != a->refused_mark)
			log_write(LOG_ERR, "Telling the peers what was read: %s", hbnl_error(a->nl));
		a->refused_mark = p.mark;
		a->tell_at = a->retry_at = agent_now() + RETRY_NS;
		return;
	}
	a->refused_mark = 0;
	a->told_mark = p.mark;
}

void lines_run(struct agent *a)
{
	if (a->settling && !is_restless(a))
		a->settling = false;
	lines_join(a, &a->seen);
	if (a->lines)
		follow(a, a->lines);
	if (a->quit)
		return;
	/* What has just been stopped needs no further round. */
	if (a->settling && !is_restless(a))
		a->settling = false;
	tell(a);
}
