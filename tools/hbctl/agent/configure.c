// SPDX-License-Identifier: GPL-2.0
/*
 * Making the kernel have what the configuration says, by differences.
 *
 * Everything new is put in before anything old goes: a cluster that beats goes
 * on beating on some link to every node throughout. Where there is no room for
 * that, groups that are not held here go first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "log.h"

static int refused(struct hbnl *nl, int err, const char *what, const char *name)
{
	const char *symbol = strerrorname_np(-err);

	log_write(LOG_ERR, "%s%s%s: %s (%s)", what, name ? " " : "", name ? name : "",
		  hbnl_error(nl), symbol ? symbol : "error");
	return err;
}

/* One message for all, since the kernel checks the times together. */
static int apply_params(struct hbnl *nl, const struct config *c, const struct nl_cluster *have)
{
	struct nl_params p = {
		.cluster = c->cluster,
		.node = c->self,
		.keepalive_us = c->keepalive_us,
		.deadtime_us = c->deadtime_us,
		.warntime_us = c->warntime_us,
		.initdead_us = c->initdead_us,
		.auto_failback = (uint8_t)c->auto_failback,
	};
	int ret;

	if (!have)
		p.set = NL_SET_NAMES;
	if (!have || have->keepalive_us != p.keepalive_us)
		p.set |= NL_SET_KEEPALIVE;
	if (!have || have->deadtime_us != p.deadtime_us)
		p.set |= NL_SET_DEADTIME;
	if (!have || have->warntime_us != p.warntime_us)
		p.set |= NL_SET_WARNTIME;
	if (!have || have->initdead_us != p.initdead_us)
		p.set |= NL_SET_INITDEAD;
	if (!have || have->auto_failback != p.auto_failback)
		p.set |= NL_SET_AUTO_FAILBACK;
	if (!p.set)
		return 0;
	ret = hbnl_cluster_set(nl, &p);
	return ret ? refused(nl, ret, "cluster", c->cluster) : 0;
}

static int apply_keys(struct hbnl *nl, const struct config *c)
{
	struct nl_key keys[HBKM_MAX_KEYS];
	int ret;

	/* They cannot be read back, so they are sent each time. */
	for (size_t i = 0; i < c->n_keys; i++) {
		keys[i].id = c->keys[i].id;
		keys[i].method = (uint8_t)c->keys[i].method;
		keys[i].secret = c->keys[i].secret;
		keys[i].secret_len = c->keys[i].secret_len;
	}
	ret = hbnl_keys_set(nl, keys, c->n_keys, c->sign_key);
	return ret ? refused(nl, ret, "keys", NULL) : 0;
}

static int apply_nodes(struct hbnl *nl, const struct config *c, const struct nl_snapshot *have)
{
	int ret;

	for (size_t i = 0; i < c->n_nodes; i++) {
		size_t j;

		for (j = 0; j < have->n_nodes; j++)
			if (!strcmp(have->nodes[j].name, c->nodes[i].name))
				break;
		if (j < have->n_nodes)
			continue;
		ret = hbnl_node_new(nl, c->nodes[i].name);
		if (ret)
			return refused(nl, ret, "node", c->nodes[i].name);
	}
	return 0;
}

static bool same_link(const struct nl_link *l, const struct config_link *c)
{
	return l->kind == c->kind && l->path == c->path && !strcmp(l->ifname, c->ifname) &&
	       l->port == c->port &&
	       (!ip_is_set(&c->saddr) || ip_same(&l->saddr, &c->saddr)) &&
	       (c->kind == HBKM_LINK_BCAST || ip_same(&l->addr, &c->addr)) &&
	       (c->kind != HBKM_LINK_MCAST || l->ttl == c->ttl);
}

static bool in_config(const struct config *c, const struct nl_link *l)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (same_link(l, &c->links[i]))
			return true;
	return false;
}

static void fill_link(struct nl_link *l, const struct config_link *c, uint8_t id)
{
	memset(l, 0, sizeof(*l));
	l->id = id;
	l->kind = (uint8_t)c->kind;
	l->path = c->path;
	memcpy(l->ifname, c->ifname, sizeof(l->ifname));
	l->addr = c->addr;
	l->saddr = c->saddr;
	l->port = c->port;
	l->ttl = c->ttl;
}

/*
 * A changed link may clash with its old self, which then has to go first: one
 * with the same destination, or, when no number is free, any that goes.
 */
static bool clear_way(struct hbnl *nl, const struct config *c, struct nl_snapshot *have,
		      const struct config_link *link, bool any)
{
	for (size_t i = 0; i < have->n_links; i++) {
		const struct nl_link *l = &have->links[i];

		if (in_config(c, l))
			continue;
		if (!any && (l->kind != link->kind || strcmp(l->ifname, link->ifname)))
			continue;
		if (hbnl_link_del(nl, l->id))
			return false;
		have->links[i] = have->links[--have->n_links];
		return true;
	}
	return false;
}

static int free_link_id(const struct nl_snapshot *have)
{
	uint64_t used = 0;

	for (size_t i = 0; i < have->n_links; i++)
		used |= 1ULL << (have->links[i].id % 64);
	return ~used ? __builtin_ctzll(~used) : -1;
}

static int apply_links(struct hbnl *nl, const struct config *c, struct nl_snapshot *have)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct config_link *link = &c->links[i];
		struct nl_link new;
		size_t j;
		int id, ret;

		for (j = 0; j < have->n_links; j++)
			if (same_link(&have->links[j], link))
				break;
		if (j < have->n_links)
			continue;
		id = free_link_id(have);
		if (id < 0 && clear_way(nl, c, have, link, true))
			id = free_link_id(have);
		if (id < 0) {
			log_write(LOG_ERR, "link on %s: there are too many links", link->ifname);
			return -ENOSPC;
		}
		fill_link(&new, link, (uint8_t)id);
		ret = hbnl_link_new(nl, &new);
		while ((ret == -EEXIST || ret == -EADDRINUSE) &&
		       clear_way(nl, c, have, link, false))
			ret = hbnl_link_new(nl, &new);
		if (ret)
			return refused(nl, ret, "link on", link->ifname);
		have->links[have->n_links++] = new;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct config_node *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

size_t configure_order(const struct config *c, const struct config_group *g,
		       const struct nl_node *nodes, size_t n, uint32_t order[HBKM_MAX_NODES])
{
	const struct config_node *sorted[HBKM_MAX_NODES];
	size_t n_order = 0;

	for (size_t i = 0; i < c->n_nodes; i++)
		sorted[i] = &c->nodes[i];
	qsort(sorted, c->n_nodes, sizeof(sorted[0]), by_name);
	/* First the preferred one, then the rest. */
	for (int rest = 0; rest < 2; rest++) {
		for (size_t i = 0; i < c->n_nodes; i++) {
			size_t j;

			if (!!strcmp(sorted[i]->name, g->node) != rest)
				continue;
			for (j = 0; j < n; j++)
				if (!strcmp(nodes[j].name, sorted[i]->name))
					break;
			if (j == n)
				return 0;
			order[n_order++] = nodes[j].id;
		}
	}
	return n_order;
}

/* What is more than addresses is not brought up by letting these speak. */
static bool has_scripts(const struct config_group *g)
{
	return g->n_resources > g->n_addresses;
}

/* What the kernel is to have of a group; an error, if it cannot. */
static int fill_group(const struct config *c, const struct config_group *from, bool warm,
		      const struct nl_node *nodes, size_t n_nodes, struct nl_group *g)
{
	memset(g, 0, sizeof(*g));
	memcpy(g->name, from->name, sizeof(g->name));
	g->n_order = configure_order(c, from, nodes, n_nodes, g->order);
	if (!g->n_order) {
		log_write(LOG_ERR, "group %s: the kernel lacks one of its nodes", g->name);
		return -ENOENT;
	}
	for (size_t i = 0; i < from->n_addresses; i++)
		g->guard[g->n_guard++] = from->addresses[i].addr;
	if (warm && g->n_guard && !has_scripts(from))
		g->flags = HBKM_GROUP_F_WARM;
	return 0;
}

static bool same_group(const struct nl_group *a, const struct nl_group *b)
{
	return a->n_order == b->n_order && a->n_guard == b->n_guard &&
	       !memcmp(a->order, b->order, a->n_order * sizeof(a->order[0])) &&
	       !memcmp(a->guard, b->guard, a->n_guard * sizeof(a->guard[0])) &&
	       !((a->flags ^ b->flags) & HBKM_GROUP_F_WARM);
}

static bool is_in(const struct nl_snapshot *have, const char *name)
{
	for (size_t i = 0; i < have->n_groups; i++)
		if (!strcmp(have->groups[i].name, name))
			return true;
	return false;
}

static bool stays(const struct config *c, const struct nl_group *g)
{
	for (size_t i = 0; i < c->n_groups; i++)
		if (!strcmp(c->groups[i].name, g->name))
			return true;
	return false;
}

static bool runs_here(const struct agent_groups *here, const struct nl_group *g)
{
	for (size_t i = 0; here && i < here->n; i++)
		if (!strcmp(here->v[i].name, g->name))
			return here->v[i].scripted && !sequence_is_down(&here->v[i].sequence);
	return false;
}

/* Without anything of it here that only the kernel keeps silent, or that is still to be stopped? */
static bool can_go(const struct config *c, const struct agent_groups *here,
		   const struct nl_group *g)
{
	return !stays(c, g) && g->state == HBKM_GROUP_STANDBY && !(g->flags & HBKM_GROUP_F_WARM) &&
	       !runs_here(here, g);
}

/*
 * The kernel may have no room for all that is new beside all that is there. Then as many as
 * it takes go first, of those that are not held here; and if these are too few, none.
 */
static int make_room(struct hbnl *nl, const struct config *c, const struct agent_groups *here,
		     const struct nl_snapshot *have)
{
	size_t all = have->n_groups, spare = 0;
	int ret;

	for (size_t i = 0; i < c->n_groups; i++)
		all += !is_in(have, c->groups[i].name);
	for (size_t i = 0; i < have->n_groups; i++)
		spare += can_go(c, here, &have->groups[i]);
	if (all > HBKM_MAX_GROUPS + spare) {
		log_write(LOG_ERR, "Too many resource groups change at once: the kernel has room for %d, "
			  "and with those that are held here until then it would be %zu. Change them "
			  "in several steps", HBKM_MAX_GROUPS, all - spare);
		return -ENOSPC;
	}
	for (size_t i = 0; i < have->n_groups && all > HBKM_MAX_GROUPS; i++) {
		if (!can_go(c, here, &have->groups[i]))
			continue;
		ret = hbnl_group_del(nl, have->groups[i].name);
		if (ret)
			return refused(nl, ret, "removing group", have->groups[i].name);
		all--;
	}
	return 0;
}

static int apply_groups(struct hbnl *nl, const struct config *c, bool warm,
			const struct agent_groups *here, const struct nl_snapshot *have)
{
	struct nl_node nodes[HBKM_MAX_NODES];
	struct nl_group g;
	size_t n_nodes;
	int ret;

	ret = make_room(nl, c, here, have);
	if (ret)
		return ret;
	/* Not those of @have: the ids of new nodes are the kernel's to tell. */
	ret = hbnl_nodes_get(nl, nodes, HBKM_MAX_NODES, &n_nodes);
	if (ret)
		return refused(nl, ret, "nodes", NULL);
	for (size_t i = 0; i < c->n_groups; i++) {
		size_t j;

		ret = fill_group(c, &c->groups[i], warm, nodes, n_nodes, &g);
		if (ret)
			return ret;
		for (j = 0; j < have->n_groups; j++)
			if (!strcmp(have->groups[j].name, g.name))
				break;
		if (j < have->n_groups && same_group(&have->groups[j], &g))
			continue;
		ret = hbnl_group_new(nl, &g);
		if (ret)
			return refused(nl, ret, "group", g.name);
	}
	return 0;
}

int configure_apply(struct hbnl *nl, const struct config *c, bool warm,
		    const struct agent_groups *here)
{
	struct nl_snapshot *have = calloc(1, sizeof(*have));
	bool exists;
	int ret;

	if (!have)
		return -ENOMEM;
	ret = hbnl_snapshot_get(nl, have);
	exists = !ret;
	if (ret && ret != -ENOENT) {
		refused(nl, ret, "cluster", NULL);
		goto out;
	}
	if (exists && (strcmp(have->cluster.name, c->cluster) ||
		       strcmp(have->cluster.node, c->self))) {
		log_write(LOG_ERR, "The names of cluster and node, %s and %s, cannot change to %s "
			  "and %s without a restart", have->cluster.name, have->cluster.node,
			  c->cluster, c->self);
		ret = -EINVAL;
		goto out;
	}
	if (!exists)
		memset(have, 0, sizeof(*have));
	ret = apply_params(nl, c, exists ? &have->cluster : NULL);
	if (!ret)
		ret = apply_keys(nl, c);
	if (!ret)
		ret = apply_nodes(nl, c, have);
	if (!ret)
		ret = apply_links(nl, c, have);
	if (!ret)
		ret = apply_groups(nl, c, warm, here, have);
out:
	free(have);
	return ret;
}

int configure_prune(struct hbnl *nl, const struct config *c)
{
	struct nl_snapshot *have = calloc(1, sizeof(*have));
	int ret, err = 0;
	size_t j;

	if (!have)
		return -ENOMEM;
	ret = hbnl_snapshot_get(nl, have);
	if (ret) {
		err = refused(nl, ret, "cluster", NULL);
		goto out;
	}
	for (size_t i = 0; i < have->n_groups; i++) {
		if (stays(c, &have->groups[i]))
			continue;
		ret = hbnl_group_del(nl, have->groups[i].name);
		if (ret)
			err = refused(nl, ret, "removing group", have->groups[i].name);
	}
	for (size_t i = 0; i < have->n_links; i++) {
		if (in_config(c, &have->links[i]))
			continue;
		ret = hbnl_link_del(nl, have->links[i].id);
		if (ret)
			err = refused(nl, ret, "removing link on", have->links[i].ifname);
	}
	for (size_t i = 0; i < have->n_nodes; i++) {
		if (have->nodes[i].flags & HBKM_NODE_F_SELF)
			continue;
		for (j = 0; j < c->n_nodes; j++)
			if (!strcmp(c->nodes[j].name, have->nodes[i].name))
				break;
		if (j < c->n_nodes)
			continue;
		ret = hbnl_node_del(nl, have->nodes[i].name);
		if (ret)
			err = refused(nl, ret, "removing node", have->nodes[i].name);
	}
out:
	free(have);
	return err;
}
