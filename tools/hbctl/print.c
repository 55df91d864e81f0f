// SPDX-License-Identifier: GPL-2.0
/* The fields of each kind of object, in the one order in which all verbs print them. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "hbctl.h"
#include "ip.h"
#include "names.h"
#include "out.h"
#include "print.h"

void print_cluster(const struct nl_cluster *c)
{
	out_string("name", c->name);
	out_string("node", c->node);
	out_string("state", cluster_state_name(c->state));
	out_flag("agent", c->flags & HBKM_CLUSTER_F_AGENT);
	out_flag("isolated", c->flags & HBKM_CLUSTER_F_ISOLATED);
	out_uint("holding", c->holding);
	out_us("keepalive", c->keepalive_us);
	out_us("deadtime", c->deadtime_us);
	out_us("warntime", c->warntime_us);
	out_us("initdead", c->initdead_us);
	out_us("agent_timeout", c->agent_timeout_us);
	out_string("auto_failback", auto_failback_name(c->auto_failback));
	if (!opts.stats)
		return;
	out_uint("id", c->id);
	out_uint("node_id", c->node_id);
	out_hex("incarnation", c->incarnation);
	out_uint("event_seq", c->event_seq);
	out_ns("late_max", c->late_max_ns);
	out_uints("late_hist", c->late_hist, HBKM_LATE_BUCKETS);
}

void print_node(const struct nl_snapshot *s, const struct nl_node *n)
{
	bool self = n->flags & HBKM_NODE_F_SELF;

	(void)s;
	out_head("name", n->name);
	out_string("state", node_state_name(n->state));
	out_flag("self", self);
	out_flag("agent", n->flags & HBKM_NODE_F_AGENT);
	out_flag("settled", n->flags & HBKM_NODE_F_SETTLED);
	out_flag("oneway", n->flags & HBKM_NODE_F_ONEWAY);
	out_flag("other_groups", n->flags & HBKM_NODE_F_OTHER_GROUPS);
	out_flag("other_times", n->flags & HBKM_NODE_F_OTHER_TIMES);
	out_flag("other_policy", n->flags & HBKM_NODE_F_OTHER_POLICY);
	out_flag("unverified", n->flags & HBKM_NODE_F_UNVERIFIED);
	out_flag("unheard", n->flags & HBKM_NODE_F_UNHEARD);
	out_flag("twin", n->flags & HBKM_NODE_F_TWIN);
	if (n->reason || opts.json)
		out_string("reason", reason_name(n->reason));
	if (!self) {
		if (n->has_age)
			out_ns("age", n->age_ns);
		if (n->has_rtt && n->rtt_ns)
			out_ns("rtt", n->rtt_ns);
		out_bits("paths_heard", n->paths_heard);
		out_bits("paths_echoed", n->paths_echoed);
	}
	if (n->has_reach)
		out_uint("reach", n->reach);
	if (n->keepalive_us)
		out_us("keepalive", n->keepalive_us);
	if (n->deadtime_us)
		out_us("deadtime", n->deadtime_us);
	if (!opts.stats)
		return;
	out_uint("id", n->id);
	out_hex("incarnation", n->incarnation);
	out_hex("mark", n->mark);
}

const char *link_address(const struct nl_link *l, char buf[INET6_ADDRSTRLEN])
{
	return l->kind == HBKM_LINK_BCAST ? "" : ip_text(&l->addr, buf);
}

const char *path_ifname(const struct nl_snapshot *s, unsigned int path)
{
	for (size_t i = 0; i < s->n_links; i++)
		if (s->links[i].path == path)
			return s->links[i].ifname;
	return NULL;
}

void print_link(const struct nl_link *l)
{
	char address[INET6_ADDRSTRLEN];

	out_head("ifname", l->ifname);
	out_string("kind", link_kind_name(l->kind));
	if (l->kind != HBKM_LINK_BCAST)
		out_string("address", link_address(l, address));
	out_uint("port", l->port);
	out_string("state", link_state_name(l->state));
	if (l->error)
		out_string("error", send_error_name(l->error));
	out_uint("path", l->path);
	out_uint("id", l->id);
	if (l->kind == HBKM_LINK_MCAST)
		out_uint("ttl", l->ttl);
	if (!opts.stats)
		return;
	out_uint("ifindex", l->ifindex);
	out_uint("tx", l->tx);
	out_uint("tx_errors", l->tx_errors);
	out_uint("rx", l->rx);
}

const char *hwaddr_text(const uint8_t *hw, size_t len, char *buf, size_t size)
{
	size_t at = 0;

	*buf = 0;
	for (size_t i = 0; i < len && at + 3 < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%02x", i ? ":" : "", hw[i]);
	return buf;
}

void print_group(const struct nl_snapshot *s, const struct nl_group *g)
{
	const char *order[HBKM_MAX_NODES], *guard[HBKM_MAX_GUARD];
	char text[HBKM_MAX_GUARD][INET6_ADDRSTRLEN];

	for (size_t i = 0; i < g->n_order; i++)
		order[i] = hbnl_node_name(s, g->order[i]);
	for (size_t i = 0; i < g->n_guard; i++)
		guard[i] = ip_text(&g->guard[i], text[i]);
	out_head("name", g->name);
	out_string("state", group_state_name(g->state));
	out_name("holder", g->has_holder ? hbnl_node_name(s, g->holder) : NULL);
	out_uint("term", g->term);
	out_flag("standby", g->flags & HBKM_GROUP_F_STANDBY);
	out_flag("wanted", g->flags & HBKM_GROUP_F_WANT);
	out_names("order", order, g->n_order);
	out_names("guard", guard, g->n_guard);
	out_flag("warm", g->flags & HBKM_GROUP_F_WARM);
	out_flag("ready", g->flags & HBKM_GROUP_F_READY);
	if (opts.stats)
		out_uint("id", g->id);
}
