// SPDX-License-Identifier: GPL-2.0
/*
 * The log of what the kernel says, in Heartbeat's sentences where it has one:
 * people and programs look for them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent.h"
#include "log.h"
#include "names.h"
#include "print.h"

void report_cluster(struct agent *a, const struct nl_cluster *c)
{
	struct nl_cluster *old = &a->seen.cluster;
	bool isolated = c->flags & HBKM_CLUSTER_F_ISOLATED;
	bool agent = c->flags & HBKM_CLUSTER_F_AGENT;
	char keepalive[32], deadtime[32];

	if (old->state != c->state)
		log_write(LOG_INFO, "Cluster %s: %s", c->name, cluster_state_name(c->state));
	/* In order it would have been down in between. */
	if (old->state != HBKM_CLUSTER_DOWN && old->incarnation &&
	    old->incarnation != c->incarnation)
		log_write(LOG_WARNING, "Peers know of later beats of this node than it has sent: "
			  "was this machine put back to an earlier state, as to a snapshot, or copied? "
			  "It begins anew");
	if (isolated != !!(old->flags & HBKM_CLUSTER_F_ISOLATED))
		log_write(isolated ? LOG_ERR : LOG_INFO, isolated ?
			  "Every own link is down: isolated, so this node gives up what it holds" :
			  "An own link is up again: this node is no longer isolated");
	if (!agent && old->flags & HBKM_CLUSTER_F_AGENT)
		log_write(LOG_WARNING, "The kernel missed this agent for %u ms: taken for dead",
			  c->agent_timeout_us / 1000);
	if (old->keepalive_us != c->keepalive_us || old->deadtime_us != c->deadtime_us)
		log_write(LOG_INFO, "Timing: keepalive %s, deadtime %s",
			  duration_format(keepalive, sizeof(keepalive), c->keepalive_us * 1000ULL),
			  duration_format(deadtime, sizeof(deadtime), c->deadtime_us * 1000ULL));
	*old = *c;
}

static const char *ifname_of_path(const struct agent *a, unsigned int path)
{
	for (size_t i = 0; i < a->seen.n_links; i++)
		if (a->seen.links[i].path == path)
			return a->seen.links[i].ifname;
	return "unknown";
}

/* Heartbeat's word: it tells a node that listens from one that takes part. */
static const char *heartbeat_status(const struct nl_node *n)
{
	switch (n->state) {
	case HBKM_NODE_UP:
	case HBKM_NODE_LATE:
		return n->flags & HBKM_NODE_F_SETTLED ? "active" : "up";
	case HBKM_NODE_DEAD:
	case HBKM_NODE_LEFT:
		return "dead";
	default:
		return "init";
	}
}

static bool is_up(const struct nl_node *n)
{
	return n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE;
}

static void report_node_state(struct agent *a, const struct nl_node *old, const struct nl_node *n)
{
	const char *before = heartbeat_status(old), *after = heartbeat_status(n);

	if (n->state == HBKM_NODE_LATE && old->state != HBKM_NODE_LATE)
		log_write(LOG_WARNING, "Late heartbeat: Node %s: interval %" PRIu64 " ms", n->name,
			  n->age_ns / 1000000);
	if (n->state == HBKM_NODE_DEAD && old->state != HBKM_NODE_DEAD)
		log_write(LOG_WARNING, "node %s: is dead", n->name);
	if (n->state == HBKM_NODE_LEFT && old->state != HBKM_NODE_LEFT)
		log_write(LOG_INFO, "Received shutdown notice from '%s' (%s).", n->name,
			  reason_name(n->reason));
	if (strcmp(before, after)) {
		log_write(LOG_INFO, "Status update for node %s: status %s", n->name, after);
		hooks_tell(a, "status", n->name, after, NULL);
	}
	if (old->incarnation && n->incarnation && old->incarnation != n->incarnation)
		log_write(LOG_INFO, "Heartbeat restart on node %s", n->name);
}

/* A configuration that is not the same here and there: what it is, and what follows. */
static const struct {
	uint32_t flag;
	const char *differs, *agrees;
} differences[] = {
	{ HBKM_NODE_F_OTHER_GROUPS,
	  "has other resource groups, or another order of nodes, than this node: no failback",
	  "has the same resource groups as this node again" },
	{ HBKM_NODE_F_OTHER_TIMES, "has another keepalive or deadtime than this node",
	  "has the same keepalive and deadtime as this node again" },
	{ HBKM_NODE_F_OTHER_POLICY, "has auto_failback off and this node has not, or the reverse",
	  "has the same auto_failback as this node again" },
	{ HBKM_NODE_F_UNVERIFIED,
	  "what comes in its name is signed by no key of this node: compare authkeys", NULL },
	{ HBKM_NODE_F_UNHEARD,
	  "it beats, but has never heard this node: does a firewall keep our frames from it?", NULL },
	{ HBKM_NODE_F_TWIN,
	  "another machine beats under this very name: no two may have the same (uname -n)", NULL },
};

static void report_differences(const struct nl_node *n, uint32_t changed)
{
	size_t i;

	for (i = 0; i < sizeof(differences) / sizeof(*differences); i++) {
		if (!(changed & differences[i].flag))
			continue;
		if (n->flags & differences[i].flag)
			log_write(LOG_WARNING, "node %s: %s", n->name, differences[i].differs);
		else if (differences[i].agrees && is_up(n))
			log_write(LOG_INFO, "node %s: %s", n->name, differences[i].agrees);
	}
}

static void report_node_flags(const struct nl_node *old, const struct nl_node *n)
{
	bool up = is_up(n);
	uint32_t changed = old->flags ^ n->flags;
	bool oneway = n->flags & HBKM_NODE_F_ONEWAY;

	if (up && changed & HBKM_NODE_F_AGENT && old->state == n->state)
		log_write(n->flags & HBKM_NODE_F_AGENT ? LOG_INFO : LOG_WARNING,
			  n->flags & HBKM_NODE_F_AGENT ? "node %s: its agent works again" :
			  "node %s: lives, but its agent does not", n->name);
	if (changed & HBKM_NODE_F_ONEWAY)
		log_write(oneway ? LOG_WARNING : LOG_INFO, oneway ?
			  "node %s: is heard, but does not hear us" :
			  "node %s: hears us again", n->name);
	report_differences(n, changed);
}

void report_node(struct agent *a, const struct nl_node *n)
{
	struct nl_snapshot *s = &a->seen;
	static const struct nl_node blank;
	const struct nl_node *old = &blank;
	size_t i;

	for (i = 0; i < s->n_nodes && s->nodes[i].id != n->id; i++)
		;
	if (i < s->n_nodes)
		old = &s->nodes[i];
	if (!(n->flags & HBKM_NODE_F_SELF)) {
		uint32_t changed = old->paths_heard ^ n->paths_heard;

		for (unsigned int p = 0; p < HBKM_MAX_PATHS; p++)
			if (changed & (1U << p))
				log_write(n->paths_heard & (1U << p) ? LOG_INFO : LOG_WARNING,
					  "Link %s:%s %s.", n->name, ifname_of_path(a, p),
					  n->paths_heard & (1U << p) ? "up" : "dead");
		report_node_state(a, old, n);
		report_node_flags(old, n);
	} else {
		report_differences(n, old->flags ^ n->flags);
	}
	if (i < HBKM_MAX_NODES) {
		s->nodes[i] = *n;
		if (i == s->n_nodes)
			s->n_nodes++;
	}
}

void report_link(struct agent *a, const struct nl_link *l)
{
	struct nl_snapshot *s = &a->seen;
	size_t i;

	for (i = 0; i < s->n_links && s->links[i].id != l->id; i++)
		;
	if (i == s->n_links || s->links[i].state != l->state)
		log_write(l->state == HBKM_LINK_UP ? LOG_INFO : LOG_WARNING, "Link %s:%s %s.",
			  a->config->self, l->ifname,
			  l->state == HBKM_LINK_UP ? "up" : link_state_name(l->state));
	if (l->error && (i == s->n_links || s->links[i].error != l->error))
		log_write(LOG_WARNING, "Link %s:%s cannot send: %s", a->config->self, l->ifname,
			  send_error_name(l->error));
	else if (!l->error && i < s->n_links && s->links[i].error && l->state == HBKM_LINK_UP)
		log_write(LOG_INFO, "Link %s:%s sends again.", a->config->self, l->ifname);
	if (i < HBKM_MAX_LINKS) {
		s->links[i] = *l;
		if (i == s->n_links)
			s->n_links++;
	}
}

/* Not on its way from one to the other. */
static bool is_at_rest(const struct nl_group *g)
{
	return g->state != HBKM_GROUP_ACQUIRING && g->state != HBKM_GROUP_RELEASING;
}

void report_group(struct agent *a, const struct nl_group *g)
{
	struct nl_snapshot *s = &a->seen;
	const char *holder = g->has_holder ? hbnl_node_name(s, g->holder) : NULL;
	const struct nl_group *old;
	size_t i;

	for (i = 0; i < s->n_groups && s->groups[i].id != g->id; i++)
		;
	old = i < s->n_groups ? &s->groups[i] : NULL;
	if (!old || old->has_holder != g->has_holder ||
	    (g->has_holder && old->holder != g->holder))
		log_write(LOG_INFO, "Resource group %s: held by %s", g->name,
			  holder ? holder : "nobody");
	/* Who has just become active is told so before it is told to be the holder. */
	if (g->state == HBKM_GROUP_ACTIVE)
		holder = a->config->self;
	if (is_at_rest(g) && (!old || old->state != g->state ||
			      (g->state != HBKM_GROUP_ACTIVE && old->holder != g->holder)))
		hooks_tell(a, "group", g->name, group_state_name(g->state), holder);
	if (i < HBKM_MAX_GROUPS) {
		s->groups[i] = *g;
		if (i == s->n_groups)
			s->n_groups++;
	}
}

void report_snapshot(struct agent *a, const struct nl_snapshot *s)
{
	/* Links first: they name the paths of nodes; then nodes: they hold groups. */
	report_cluster(a, &s->cluster);
	for (size_t i = 0; i < s->n_links; i++)
		report_link(a, &s->links[i]);
	for (size_t i = 0; i < s->n_nodes; i++)
		report_node(a, &s->nodes[i]);
	for (size_t i = 0; i < s->n_groups; i++)
		report_group(a, &s->groups[i]);
	/* And what is no more, is forgotten. */
	a->seen = *s;
}

void report_conflict(struct agent *a, const struct nl_group *g, bool has_other, uint32_t other)
{
	const char *name = hbnl_node_name(&a->seen, other);
	bool local = g->n_order && g->order[0] == a->seen.cluster.node_id;

	if (!has_other) {
		log_write(LOG_INFO, "Resource group %s: no longer claimed by two nodes", g->name);
		return;
	}
	hooks_tell(a, "conflict", g->name, group_state_name(g->state), name);
	log_write(LOG_ERR, "Both machines own %s resources!", local ? "our" : "foreign");
	log_write(LOG_ERR, "Resource group %s: claimed by %s too; %s", g->name,
		  name ? name : "another node",
		  agent_group_wants(g->state) ? "this node keeps it" : "this node gives it up");
}

void report_duplicate(const struct nl_event *e)
{
	char addr[INET6_ADDRSTRLEN], hw[128];

	log_write(LOG_ERR, "Resource group %s: %s is held here, but the machine with hardware "
		  "address %s says that it has it, too", e->group.name,
		  ip_text(&e->addr, addr),
		  hwaddr_text(e->hwaddr, e->hwaddr_len, hw, sizeof(hw)));
}
