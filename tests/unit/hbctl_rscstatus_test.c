// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/rscstatus.c tools/hbctl/options.c */
/* Heartbeat's words for what a node holds. */
#include "hbctl_stub.h"

#include "out.h"
#include "rscstatus.h"

UNREACHED(int, hbnl_connect, struct hbnl **out)
UNREACHED(int, hbnl_fail, struct hbnl *nl, const char *what, int err)
UNREACHED(int, hbnl_cluster_get, struct hbnl *nl, struct nl_cluster *c)
UNREACHED(int, hbnl_groups_get, struct hbnl *nl, struct nl_group *groups, size_t max, size_t *n)
void hbnl_close(struct hbnl *nl) { (void)nl; }
void out_object_begin(const char *key) { (void)key; }
void out_object_end(void) { }
void out_string(const char *key, const char *value) { (void)key; (void)value; }

#define ME	10
#define YOU	20

#define MINE(s)		{ .state = HBKM_GROUP_##s, .order = { ME, YOU }, .n_order = 2 }
#define YOURS(s)	{ .state = HBKM_GROUP_##s, .order = { YOU, ME }, .n_order = 2 }

#define WORD(expect, cluster_state, ...)					\
	do {									\
		const struct nl_group groups[] = { __VA_ARGS__ };		\
		const struct nl_cluster c = {					\
			.node_id = ME, .state = HBKM_CLUSTER_##cluster_state	\
		};								\
										\
		assert_string_equal(rsc_word(&c, groups, ARRAY_SIZE(groups)), expect); \
	} while (0)

static void the_recipe(void **state)
{
	(void)state;
	/* One group: its holder has all, the other none, whoever is preferred. */
	WORD("all", RUNNING, MINE(ACTIVE));
	WORD("none", RUNNING, MINE(STANDBY));
	WORD("all", RUNNING, YOURS(ACTIVE));
	WORD("none", RUNNING, YOURS(STANDBY));
}

static void both_nodes_have_lines(void **state)
{
	(void)state;
	WORD("local", RUNNING, MINE(ACTIVE), YOURS(STANDBY));
	WORD("foreign", RUNNING, MINE(STANDBY), YOURS(ACTIVE));
	WORD("all", RUNNING, MINE(ACTIVE), YOURS(ACTIVE));
	WORD("none", RUNNING, MINE(STANDBY), YOURS(STANDBY));
	WORD("none", RUNNING, MINE(FAILED), YOURS(STANDBY));
	WORD("local", RUNNING, MINE(ACTIVE), MINE(FAILED), YOURS(STANDBY));
	/* Of both kinds, as Heartbeat adds local and foreign up to all. */
	WORD("all", RUNNING, MINE(ACTIVE), YOURS(ACTIVE), YOURS(STANDBY));
}

static void moving(void **state)
{
	(void)state;
	WORD("transition", RUNNING, MINE(ACQUIRING));
	WORD("transition", RUNNING, MINE(ACTIVE), YOURS(RELEASING));
	WORD("transition", JOINING, MINE(STANDBY));
	WORD("transition", JOINING, MINE(ACTIVE));
	WORD("transition", DOWN, MINE(STANDBY));
	WORD("transition", LEAVING, MINE(RELEASING));
	WORD("none", LEAVING, MINE(STANDBY));
}

static void no_groups(void **state)
{
	const struct nl_cluster c = { .node_id = ME, .state = HBKM_CLUSTER_RUNNING };

	(void)state;
	assert_string_equal(rsc_word(&c, NULL, 0), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_recipe),
		cmocka_unit_test(both_nodes_have_lines),
		cmocka_unit_test(moving),
		cmocka_unit_test(no_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
