// SPDX-License-Identifier: GPL-2.0
/* hbctl status: the cluster on one screen. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <json.h>

#include "hbctl.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "print.h"
#include "resources.h"

static const char help[] =
	"Usage: hbctl [-j [-p]] [-s] status\n\n"
	"Prints the cluster, its nodes, its links, who holds which resource group, and how\n"
	"its resources are on this node: started, stopped, failed, stuck (it does not stop),\n"
	"or silent (an address that the kernel keeps silent), and what went wrong last; and\n"
	"which ping nodes answer to this node, and which nodes a reload waits for.\n\n"
	"Exit status: 0 if a cluster is running here, 3 if not, 4 if the module is not\n"
	"loaded.\n";

static void print_json(const struct nl_snapshot *s, const struct json_object *resources)
{
	const char *name, *state;

	out_object_begin(NULL);
	out_object_begin("cluster");
	print_cluster(&s->cluster);
	out_object_end();
	out_array_begin("nodes");
	for (size_t i = 0; i < s->n_nodes; i++) {
		out_object_begin(NULL);
		print_node(s, &s->nodes[i]);
		out_object_end();
	}
	out_array_end();
	out_array_begin("links");
	for (size_t i = 0; i < s->n_links; i++) {
		out_object_begin(NULL);
		print_link(&s->links[i]);
		out_object_end();
	}
	out_array_end();
	out_array_begin("groups");
	for (size_t i = 0; i < s->n_groups; i++) {
		out_object_begin(NULL);
		print_group(s, &s->groups[i]);
		resources_print_json(resources, s->groups[i].name);
		out_object_end();
	}
	out_array_end();
	out_array_begin("awaited_nodes");
	for (size_t i = 0; resources_awaited(resources, i, &name, &state); i++) {
		out_object_begin(NULL);
		out_name("name", name);
		out_name("state", state);
		out_object_end();
	}
	out_array_end();
	out_array_begin("ping_nodes");
	for (size_t i = 0; resources_ping(resources, i, &name, &state); i++) {
		out_object_begin(NULL);
		out_name("name", name);
		out_name("state", state);
		out_object_end();
	}
	out_array_end();
	out_object_end();
}

static int widest(int width, const char *text)
{
	int n = (int)strlen(text);

	return n > width ? n : width;
}

/* Three digits are enough to look at. */
static const char *about(char *buf, size_t size, uint64_t ns)
{
	uint64_t unit = 1;

	while (ns / unit >= 1000)
		unit *= 10;
	return duration_format(buf, size, ns / unit * unit);
}

static void text_cluster(const struct nl_cluster *c)
{
	char a[32], b[32], d[32], e[32];

	printf("cluster %s: %s on %s%s%s\n", c->name, cluster_state_name(c->state), c->node,
	       c->flags & HBKM_CLUSTER_F_AGENT ? "" : ", no agent",
	       c->flags & HBKM_CLUSTER_F_ISOLATED ? ", isolated (every own link is down)" : "");
	printf("  keepalive %s, deadtime %s, warntime %s, initdead %s, auto_failback %s\n",
	       duration_format(a, sizeof(a), c->keepalive_us * 1000ULL),
	       duration_format(b, sizeof(b), c->deadtime_us * 1000ULL),
	       duration_format(d, sizeof(d), c->warntime_us * 1000ULL),
	       duration_format(e, sizeof(e), c->initdead_us * 1000ULL),
	       auto_failback_name(c->auto_failback));
	if (opts.stats)
		printf("  latest beat %s late\n", about(a, sizeof(a), c->late_max_ns));
}

static void text_paths(const struct nl_snapshot *s, const struct nl_node *n)
{
	const char *comma = ", paths ";

	for (unsigned int i = 0; i < HBKM_MAX_PATHS; i++) {
		const char *ifname = path_ifname(s, i);
		bool in = n->paths_heard & (1U << i), out = n->paths_echoed & (1U << i);

		if (!in && !out)
			continue;
		printf("%s%s%s", comma, ifname ? ifname : "?",
		       in && out ? "" : in ? " (inward only)" : " (outward only)");
		comma = ", ";
	}
}

/* What is not the same in its configuration. */
static const struct {
	uint32_t flag;
	const char *text;
} differences[] = {
	{ HBKM_NODE_F_OTHER_GROUPS, "has other groups" },
	{ HBKM_NODE_F_OTHER_TIMES, "has other times" },
	{ HBKM_NODE_F_OTHER_POLICY, "has another auto_failback" },
	{ HBKM_NODE_F_UNVERIFIED, "has other keys, it seems" },
	{ HBKM_NODE_F_UNHEARD, "beats, but has never heard us" },
	{ HBKM_NODE_F_TWIN, "another machine has its name" },
};

static void text_differences(const struct nl_node *n)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++)
		if (n->flags & differences[i].flag)
			printf(", %s", differences[i].text);
}

static void text_node(const struct nl_snapshot *s, const struct nl_node *n, int width)
{
	char a[32];

	printf("  %-*s  %-5s", width, n->name, node_state_name(n->state));
	if (n->flags & HBKM_NODE_F_SELF) {
		printf(" this node");
		text_differences(n);
		if (n->has_reach)
			printf(", reaches %u ping nodes", n->reach);
		putchar('\n');
		return;
	}
	if (n->has_age)
		printf(" heard %s ago", about(a, sizeof(a), n->age_ns));
	else
		printf(" never heard");
	if (n->reason)
		printf(", left: %s", reason_name(n->reason));
	if (n->flags & HBKM_NODE_F_ONEWAY)
		printf(", does not hear us");
	text_differences(n);
	if (n->has_reach)
		printf(", reaches %u ping nodes", n->reach);
	if (n->has_rtt && n->rtt_ns)
		printf(", round trip %s", about(a, sizeof(a), n->rtt_ns));
	if (n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE) {
		if (!(n->flags & HBKM_NODE_F_SETTLED))
			printf(", joining");
		if (!(n->flags & HBKM_NODE_F_AGENT))
			printf(", no agent");
	}
	/* What a node said of its paths before it went is of no use. */
	if (n->state != HBKM_NODE_DEAD && n->state != HBKM_NODE_LEFT)
		text_paths(s, n);
	putchar('\n');
}

static void text_group(const struct nl_snapshot *s, const struct nl_group *g, int width)
{
	const char *holder = g->has_holder ? hbnl_node_name(s, g->holder) : NULL;

	printf("  %-*s  %-9s", width, g->name, group_state_name(g->state));
	if (!g->has_holder)
		printf(" held by nobody");
	else
		printf(" held by %s", g->holder == s->cluster.node_id ? "this node" :
		       holder ? holder : "?");
	if (g->flags & HBKM_GROUP_F_STANDBY)
		printf(", standing by");
	if (g->flags & HBKM_GROUP_F_WANT)
		printf(", asked for");
	if (g->flags & HBKM_GROUP_F_WARM)
		printf(g->flags & HBKM_GROUP_F_READY ? ", warm" : ", warm but not ready");
	printf(", term %u\n", g->term);
}

static void print_text(const struct nl_snapshot *s, const struct json_object *resources)
{
	char address[INET6_ADDRSTRLEN];
	const char *name, *state;
	int width = 0;

	text_cluster(&s->cluster);
	for (size_t i = 0; i < s->n_nodes; i++)
		width = widest(width, s->nodes[i].name);
	for (size_t i = 0; i < s->n_links; i++)
		width = widest(width, s->links[i].ifname);
	for (size_t i = 0; i < s->n_groups; i++)
		width = widest(width, s->groups[i].name);
	printf("nodes\n");
	for (size_t i = 0; i < s->n_nodes; i++)
		text_node(s, &s->nodes[i], width);
	printf("links\n");
	for (size_t i = 0; i < s->n_links; i++) {
		const struct nl_link *l = &s->links[i];

		printf("  %-*s  %-6s %s %s%sport %u", width, l->ifname,
		       link_state_name(l->state), link_kind_name(l->kind),
		       link_address(l, address),
		       l->kind == HBKM_LINK_BCAST ? "" : " ", l->port);
		if (opts.stats)
			printf(", sent %llu, refused %llu, received %llu",
			       (unsigned long long)l->tx, (unsigned long long)l->tx_errors,
			       (unsigned long long)l->rx);
		if (l->error)
			printf(", cannot send: %s", send_error_name(l->error));
		putchar('\n');
	}
	printf("groups\n");
	for (size_t i = 0; i < s->n_groups; i++) {
		text_group(s, &s->groups[i], width);
		resources_print_text(resources, s->groups[i].name);
	}
	for (size_t i = 0; resources_awaited(resources, i, &name, &state); i++)
		printf("  haresources waits until %s %s\n", name, !strcmp(state, "reload") ?
		       "has reloaded" : "has given up what it moves");
	for (size_t i = 0; resources_ping(resources, i, &name, &state); i++)
		printf("%s  %-*s  %s\n", i ? "" : "ping nodes\n", width, name,
		       !strcmp(state, "ping") ? "answers" : !strcmp(state, "dead") ?
		       "does not answer" : "not known yet");
}

int cmd_status(int argc, char **argv)
{
	static struct nl_snapshot s;
	struct json_object *resources = NULL;
	struct hbnl *nl;
	int ret;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	if (argc > 1)
		return unexpected(argv[1]);
	ret = hbnl_connect(&nl);
	if (ret)
		return ret;
	ret = hbnl_snapshot_get(nl, &s);
	if (!ret)
		resources = resources_get();
	if (ret)
		ret = hbnl_fail(nl, NULL, ret);
	else if (opts.json)
		print_json(&s, resources);
	else
		print_text(&s, resources);
	json_object_put(resources);
	hbnl_close(nl);
	return ret;
}
