// SPDX-License-Identifier: GPL-2.0
/* hbctl show: one kind of object, one a line. */
#include <stdio.h>
#include <string.h>

#include "hbctl.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "print.h"

static const char help[] =
	"Usage: hbctl [-j [-p]] [-s] show { cluster | nodes | links | groups | stats } [NAME]\n\n"
	"  cluster  parameters and state; with -s how late the beats left: late_hist counts\n"
	"           those less than 1 us late, then less than 2, 4, 8 us and so on\n"
	"  nodes    the members as this node sees them\n"
	"  links    what the beats travel on; with -s the counters of each\n"
	"  groups   resource groups: the state here, and who holds them\n"
	"  stats    the module's counters\n\n"
	"NAME, of a node, an interface or a group, limits the list to it; exit status 3 if\n"
	"there is none of that name.\n";

static struct nl_snapshot snapshot;

static int show_cluster(struct hbnl *nl)
{
	int ret = hbnl_cluster_get(nl, &snapshot.cluster);

	if (ret)
		return hbnl_fail(nl, NULL, ret);
	out_object_begin(NULL);
	print_cluster(&snapshot.cluster);
	out_object_end();
	return HBCTL_OK;
}

static int show_stats(struct hbnl *nl)
{
	uint64_t stats[HBKM_STAT_MAX + 1];
	int ret = hbnl_stats_get(nl, stats, ARRAY_SIZE(stats));

	if (ret)
		return hbnl_fail(nl, NULL, ret);
	out_object_begin(NULL);
	for (unsigned int i = 1; i <= HBKM_STAT_MAX; i++) {
		out_uint(stat_name(i), stats[i]);
		/* In text a counter a line: nobody reads two dozen in one. */
		if (!opts.json)
			out_object_end();
	}
	if (opts.json)
		out_object_end();
	return HBCTL_OK;
}

static void show_one_node(size_t i)
{
	print_node(&snapshot, &snapshot.nodes[i]);
}

static void show_one_link(size_t i)
{
	print_link(&snapshot.links[i]);
}

static void show_one_group(size_t i)
{
	print_group(&snapshot, &snapshot.groups[i]);
}

static int show_list(struct hbnl *nl, const char *what, const char *name)
{
	struct nl_snapshot *s = &snapshot;
	const char *object, *found;
	size_t n, shown = 0;
	void (*one)(size_t i);
	int ret;

	ret = hbnl_snapshot_get(nl, s);
	if (ret)
		return hbnl_fail(nl, NULL, ret);
	if (!strcmp(what, "nodes")) {
		n = s->n_nodes;
		one = show_one_node;
		object = "node";
	} else if (!strcmp(what, "links")) {
		n = s->n_links;
		one = show_one_link;
		object = "link on";
	} else {
		n = s->n_groups;
		one = show_one_group;
		object = "group";
	}
	out_array_begin(NULL);
	for (size_t i = 0; i < n; i++) {
		found = one == show_one_node ? s->nodes[i].name :
			one == show_one_link ? s->links[i].ifname : s->groups[i].name;
		if (name && strcmp(name, found))
			continue;
		shown++;
		out_object_begin(NULL);
		one(i);
		out_object_end();
	}
	out_array_end();
	if (name && !shown)
		return fail(HBCTL_UNMET, "there is no %s %s", object, name);
	return HBCTL_OK;
}

int cmd_show(int argc, char **argv)
{
	const char *what;
	struct hbnl *nl;
	int ret;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	if (argc < 2)
		return usage_error("of what? cluster, nodes, links, groups or stats");
	what = argv[1];
	if (strcmp(what, "cluster") && strcmp(what, "nodes") && strcmp(what, "links") &&
	    strcmp(what, "groups") && strcmp(what, "stats"))
		return usage_error("unknown object \"%s\": cluster, nodes, links, groups or stats",
				   what);
	if (argc > 3 || (argc == 3 && (!strcmp(what, "cluster") || !strcmp(what, "stats"))))
		return unexpected(argv[argc - 1]);
	ret = hbnl_connect(&nl);
	if (ret)
		return ret;
	if (!strcmp(what, "cluster"))
		ret = show_cluster(nl);
	else if (!strcmp(what, "stats"))
		ret = show_stats(nl);
	else
		ret = show_list(nl, what, argc == 3 ? argv[2] : NULL);
	hbnl_close(nl);
	return ret;
}
