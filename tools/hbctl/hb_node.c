// SPDX-License-Identifier: GPL-2.0
/*
 * hb_addnode and hb_delnode, as Heartbeat has them: members come and go while
 * the cluster runs. As there, ha.cf is not written: it has the last word at the
 * next start, and here at the next reload.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hbctl.h"
#include "nl.h"

static struct nl_snapshot s;

static int usage(const char *name)
{
	printf("usage: %s <node> <node> ...\n", name);
	return 1;
}

static const struct nl_node *member(const char *name)
{
	for (size_t i = 0; i < s.n_nodes; i++)
		if (!strcasecmp(s.nodes[i].name, name))
			return &s.nodes[i];
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const char *x = hbnl_node_name(&s, *(const uint32_t *)a);
	const char *y = hbnl_node_name(&s, *(const uint32_t *)b);

	return strcmp(x ? x : "", y ? y : "");
}

static bool named_twice(int n, char **names)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			if (!strcasecmp(names[i], names[j]))
				return true;
	return false;
}

/* ---- adding ---- */

static int may_add(int n, char **names)
{
	for (int i = 0; i < n; i++) {
		if (member(names[i]))
			return fail(HBCTL_UNMET, "%s is a member already: nothing was changed",
				    names[i]);
		if (!*names[i] || strlen(names[i]) > HBKM_NAME_MAX)
			return usage_error("a node's name has 1 to %d bytes", HBKM_NAME_MAX);
		/* As Heartbeat, and ha.cf's parser, have them. */
		for (char *p = names[i]; *p; p++)
			*p = (char)tolower((unsigned char)*p);
	}
	return HBCTL_OK;
}

/* All may have every group: the preferred node first, the others by name, as everywhere. */
static int extend_orders(struct hbnl *nl, int n, char **names)
{
	int ret = hbnl_snapshot_get(nl, &s);

	for (size_t i = 0; !ret && i < s.n_groups; i++) {
		struct nl_group *g = &s.groups[i];

		for (int j = 0; j < n && g->n_order < HBKM_MAX_NODES; j++)
			if (member(names[j]))
				g->order[g->n_order++] = member(names[j])->id;
		qsort(g->order + 1, g->n_order - 1, sizeof(g->order[0]), by_name);
		ret = hbnl_group_new(nl, g);
	}
	return ret ? hbnl_fail(nl, "groups", ret) : HBCTL_OK;
}

static int add(struct hbnl *nl, int n, char **names)
{
	int ret = may_add(n, names);

	for (int i = 0; !ret && i < n; i++) {
		ret = hbnl_node_new(nl, names[i]);
		if (ret)
			ret = hbnl_fail(nl, names[i], ret);
	}
	return ret ? ret : extend_orders(nl, n, names);
}

/* ---- removing ---- */

static int may_remove(int n, char **names)
{
	for (int i = 0; i < n; i++) {
		const struct nl_node *node = member(names[i]);

		if (!node)
			return fail(HBCTL_UNMET, "%s is not a member: nothing was changed", names[i]);
		if (node->flags & HBKM_NODE_F_SELF)
			return fail(HBCTL_UNMET, "%s is this node: nothing was changed", names[i]);
		if (node->state == HBKM_NODE_UP || node->state == HBKM_NODE_LATE)
			return fail(HBCTL_UNMET, "%s is alive: stop it there first; nothing was changed",
				    names[i]);
		for (size_t j = 0; j < s.n_groups; j++)
			if (s.groups[j].n_order && s.groups[j].order[0] == node->id)
				return fail(HBCTL_UNMET, "haresources names %s, in group %s: nothing was "
					    "changed", names[i], s.groups[j].name);
	}
	return HBCTL_OK;
}

static int remove_from_orders(struct hbnl *nl, int n, char **names)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < s.n_groups; i++) {
		struct nl_group *g = &s.groups[i];
		size_t left = 0;

		for (size_t j = 0; j < g->n_order; j++) {
			bool goes = false;

			for (int k = 0; k < n; k++)
				goes = goes || member(names[k])->id == g->order[j];
			if (!goes)
				g->order[left++] = g->order[j];
		}
		g->n_order = left;
		ret = hbnl_group_new(nl, g);
	}
	return ret ? hbnl_fail(nl, "groups", ret) : HBCTL_OK;
}

static int del(struct hbnl *nl, int n, char **names)
{
	int ret = may_remove(n, names);

	if (!ret)
		ret = remove_from_orders(nl, n, names);
	for (int i = 0; !ret && i < n; i++) {
		ret = hbnl_node_del(nl, member(names[i])->name);
		if (ret)
			ret = hbnl_fail(nl, names[i], ret);
	}
	return ret;
}

/* ---- both ---- */

static int run(int argc, char **argv, int (*change)(struct hbnl *nl, int n, char **names),
	       const char *keep)
{
	struct hbnl *nl;
	int ret;

	if (argc < 2 || !strcmp(argv[1], "--help"))
		return usage(opts.verb);
	if (named_twice(argc - 1, argv + 1)) {
		usage_error("a node is named twice");
		return 1;
	}
	if (hbnl_connect(&nl))
		return 1;
	ret = hbnl_snapshot_get(nl, &s);
	if (ret)
		ret = hbnl_fail(nl, NULL, ret);
	else
		ret = change(nl, argc - 1, argv + 1);
	hbnl_close(nl);
	if (!ret)
		fprintf(stderr, "%s: done on this node, until the next start or reload. On every node, "
			"and to keep it: %s " HBCTL_CONFIG_DIR "/ha.cf, then reload\n", opts.verb, keep);
	return ret ? 1 : 0;
}

int hb_addnode_main(int argc, char **argv)
{
	opts.verb = "hb_addnode";
	return run(argc, argv, add, "put node lines (and ucast lines, if you use them) into");
}

int hb_delnode_main(int argc, char **argv)
{
	opts.verb = "hb_delnode";
	return run(argc, argv, del, "take the node lines out of");
}
