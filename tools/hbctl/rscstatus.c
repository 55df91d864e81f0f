// SPDX-License-Identifier: GPL-2.0
/* hbctl rscstatus: what this node holds, in Heartbeat's words. */
#include <stdio.h>
#include <string.h>

#include "hbctl.h"
#include "nl.h"
#include "out.h"
#include "rscstatus.h"

static const char help[] =
	"Usage: hbctl [-j] rscstatus [-m]\n\n"
	"Prints which resource groups this node holds:\n"
	"  all         every one, or, of three nodes, some of both kinds below\n"
	"  none        none, or there are none\n"
	"  local       only groups that prefer this node\n"
	"  foreign     only groups that prefer another node\n"
	"  transition  a group is being acquired or released here, or the node still joins\n"
	"With -m a sentence: \"This node is holding all resources.\"\n\n"
	"Exit status: 0, or 3 if no cluster is running here.\n";

const char *rsc_word(const struct nl_cluster *c, const struct nl_group *groups, size_t n)
{
	size_t held = 0, local = 0;

	if (c->state == HBKM_CLUSTER_JOINING || c->state == HBKM_CLUSTER_DOWN)
		return "transition";
	for (size_t i = 0; i < n; i++) {
		const struct nl_group *g = &groups[i];

		if (g->state == HBKM_GROUP_ACQUIRING || g->state == HBKM_GROUP_RELEASING)
			return "transition";
		if (g->state != HBKM_GROUP_ACTIVE)
			continue;
		held++;
		local += g->n_order && g->order[0] == c->node_id;
	}
	if (!held)
		return "none";
	if (held == n || (local && local < held))
		return "all";
	return local ? "local" : "foreign";
}

/* Into @word. Return: 0 or -errno, with @nl open either way but for -ENOMEM. */
static int ask(struct hbnl *nl, const char **word)
{
	struct nl_group groups[HBKM_MAX_GROUPS];
	struct nl_cluster c;
	size_t n;
	int ret;

	ret = hbnl_cluster_get(nl, &c);
	if (!ret)
		ret = hbnl_groups_get(nl, groups, HBKM_MAX_GROUPS, &n);
	if (!ret)
		*word = rsc_word(&c, groups, n);
	return ret;
}

int cmd_rscstatus(int argc, char **argv)
{
	const char *word = NULL;
	bool sentence = false;
	struct hbnl *nl;
	int ret;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-m"))
			return unexpected(argv[i]);
		sentence = true;
	}
	ret = hbnl_connect(&nl);
	if (ret)
		return ret;
	ret = ask(nl, &word);
	if (ret) {
		ret = hbnl_fail(nl, NULL, ret);
	} else if (opts.json) {
		out_object_begin(NULL);
		out_string("holding", word);
		out_object_end();
	} else {
		printf(sentence ? "This node is holding %s resources.\n" : "%s\n", word);
	}
	hbnl_close(nl);
	return ret;
}
