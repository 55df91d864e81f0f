// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/configure.c tools/hbctl/agent/sequence.c */
/* The order in which nodes are to have a group: the same on every node. */
#include "hbctl_stub.h"

#include "agent/agent.h"
#include "agent/log.h"

UNREACHED(const char *, hbnl_error, const struct hbnl *nl)
UNREACHED(int, hbnl_cluster_set, struct hbnl *nl, const struct nl_params *p)
UNREACHED(int, hbnl_keys_set, struct hbnl *nl, const struct nl_key *keys, size_t n, uint8_t sign)
UNREACHED(int, hbnl_node_new, struct hbnl *nl, const char *name)
UNREACHED(int, hbnl_node_del, struct hbnl *nl, const char *name)
UNREACHED(int, hbnl_link_new, struct hbnl *nl, const struct nl_link *l)
UNREACHED(int, hbnl_link_del, struct hbnl *nl, uint8_t id)
UNREACHED(int, hbnl_group_new, struct hbnl *nl, const struct nl_group *g)
UNREACHED(int, hbnl_group_del, struct hbnl *nl, const char *name)
UNREACHED(int, hbnl_nodes_get, struct hbnl *nl, struct nl_node *v, size_t max, size_t *n)
UNREACHED(int, hbnl_snapshot_get, struct hbnl *nl, struct nl_snapshot *s)
void log_write(int priority, const char *fmt, ...)
{
	(void)priority;
	(void)fmt;
}

static const struct nl_node nodes[] = {
	{ .name = "alpha", .id = 300 },
	{ .name = "beta", .id = 100 },
	{ .name = "gamma", .id = 200 },
};

static void preferred_first_then_by_name(void **state)
{
	static struct config c, d;
	static struct config_group g;
	uint32_t order[HBKM_MAX_NODES], other[HBKM_MAX_NODES];

	(void)state;
	c.n_nodes = d.n_nodes = 3;
	strcpy(c.nodes[0].name, "gamma");
	strcpy(c.nodes[1].name, "alpha");
	strcpy(c.nodes[2].name, "beta");
	strcpy(d.nodes[0].name, "beta");
	strcpy(d.nodes[1].name, "gamma");
	strcpy(d.nodes[2].name, "alpha");
	strcpy(g.node, "beta");
	assert_int_equal(configure_order(&c, &g, nodes, 3, order), 3);
	assert_int_equal(order[0], 100);
	assert_int_equal(order[1], 300);
	assert_int_equal(order[2], 200);
	/* However the lines of ha.cf are sorted. */
	assert_int_equal(configure_order(&d, &g, nodes, 3, other), 3);
	assert_memory_equal(order, other, 3 * sizeof(order[0]));
	/* Not with a node missing in the kernel. */
	assert_int_equal(configure_order(&c, &g, nodes, 2, order), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(preferred_first_then_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
