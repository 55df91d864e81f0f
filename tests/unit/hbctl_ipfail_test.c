// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/ipfail.c */
/* Who reaches more takes over, alone, after a while, and gives back what it took. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/ipfail.h"

#define PAUSE	100ULL
#define WORKS	(HBKM_NODE_F_AGENT | HBKM_NODE_F_SETTLED)

static struct ipfail f;
static struct nl_snapshot s;
static size_t take[HBKM_MAX_GROUPS];
static uint64_t next;

/* Nodes 1, 2 and 3 in this order of preference; this is node @self, and node 1 holds the group. */
static void setup(uint32_t self)
{
	f = (struct ipfail){ .pause_ns = PAUSE };
	memset(&s, 0, sizeof(s));
	s.cluster.node_id = self;
	s.cluster.state = HBKM_CLUSTER_RUNNING;
	s.cluster.flags = HBKM_CLUSTER_F_AGENT;
	s.cluster.auto_failback = HBKM_FAILBACK_ON;
	for (uint32_t id = 1; id <= 3; id++) {
		struct nl_node *n = &s.nodes[s.n_nodes++];

		n->id = id;
		n->state = HBKM_NODE_UP;
		n->flags = WORKS;
		n->has_reach = true;
		n->reach = 2;
	}
	s.n_groups = 1;
	s.groups[0] = (struct nl_group){
		.id = 7, .has_holder = true, .holder = 1, .order = { 1, 2, 3 }, .n_order = 3,
	};
}

static size_t run(int reach, uint64_t now)
{
	return ipfail_run(&f, &s, reach, now, take, &next);
}

/* Does it take the group, once the reason has stood for a while? */
static bool takes(int reach, uint64_t from)
{
	size_t n;

	/* whatever was before */
	assert_int_equal(run(-1, from - 1), 0);
	assert_int_equal(run(reach, from), 0);
	assert_int_equal(run(reach, from + PAUSE - 1), 0);
	n = run(reach, from + PAUSE);
	assert_in_range(n, 0, 1);
	return n;
}

static void balanced(void **state)
{
	(void)state;
	setup(2);
	assert_false(takes(2, 1000));
	assert_int_equal(next, 0);
	/* fewer here */
	assert_false(takes(1, 2000));
	assert_false(takes(0, 3000));
	/* nobody knows yet */
	s.nodes[0].reach = 0;
	assert_false(takes(-1, 4000));
}

static void fewer_there(void **state)
{
	(void)state;
	setup(2);
	s.nodes[0].reach = 1;
	assert_int_equal(run(2, 1000), 0);
	assert_int_equal(next, 1000 + PAUSE);
	/* a reason that goes and comes begins anew */
	assert_int_equal(run(1, 1050), 0);
	assert_int_equal(next, 0);
	assert_int_equal(run(2, 1060), 0);
	assert_int_equal(run(2, 1159), 0);
	assert_int_equal(run(2, 1160), 1);
	assert_int_equal(take[0], 0);
	/* if it does not come, it is asked for again, but not at once */
	assert_int_equal(run(2, 1161), 0);
	assert_int_equal(next, 1260);
	assert_int_equal(run(2, 1260), 1);
	/* it came */
	s.groups[0].holder = 2;
	assert_int_equal(run(2, 2000), 0);
	assert_int_equal(next, 0);
}

/* Of three only one takes it: who reaches most, among equals who is preferred. */
static void only_the_best(void **state)
{
	(void)state;
	setup(3);
	s.nodes[0].reach = 0;
	assert_false(takes(2, 1000));
	assert_true(takes(3, 2000));
	setup(2);
	s.nodes[0].reach = 0;
	assert_true(takes(2, 1000));
	s.nodes[2].reach = 3;
	assert_false(takes(2, 2000));
	/* not one that could not hold it */
	s.nodes[2].flags = HBKM_NODE_F_SETTLED;
	assert_true(takes(2, 3000));
	s.nodes[2].flags = WORKS;
	s.nodes[2].state = HBKM_NODE_DEAD;
	assert_true(takes(2, 4000));
	s.nodes[2].state = HBKM_NODE_UP;
	s.nodes[2].has_reach = false;
	assert_true(takes(2, 5000));
	/* this node is not among those that may hold it */
	s.groups[0].n_order = 1;
	assert_false(takes(2, 6000));
}

/* Of a holder that says nothing, or is not there, nothing is known. */
static void holder_unknown(void **state)
{
	(void)state;
	setup(2);
	s.nodes[0].reach = 0;
	s.nodes[0].has_reach = false;
	assert_false(takes(2, 1000));
	s.nodes[0].has_reach = true;
	s.nodes[0].state = HBKM_NODE_DEAD;
	assert_false(takes(2, 2000));
	s.nodes[0].state = HBKM_NODE_LATE;
	assert_true(takes(2, 3000));
	s.groups[0].has_holder = false;
	assert_false(takes(2, 4000));
}

static void not_able(void **state)
{
	(void)state;
	setup(2);
	s.nodes[0].reach = 0;
	s.cluster.auto_failback = HBKM_FAILBACK_LEGACY;
	assert_false(takes(2, 1000));
	s.cluster.auto_failback = HBKM_FAILBACK_OFF;
	assert_true(takes(2, 2000));
	s.cluster.flags |= HBKM_CLUSTER_F_ISOLATED;
	assert_false(takes(2, 3000));
	s.cluster.flags = 0;
	assert_false(takes(2, 4000));
	s.cluster.flags = HBKM_CLUSTER_F_AGENT;
	s.cluster.state = HBKM_CLUSTER_JOINING;
	assert_false(takes(2, 5000));
}

/* What it lost by reaching less, its preferred node takes back; and nothing else. */
static void comes_back(void **state)
{
	(void)state;
	setup(1);
	run(2, 100);
	/* lost it: for a moment nobody has it */
	s.groups[0].has_holder = false;
	run(0, 200);
	s.groups[0].has_holder = true;
	s.groups[0].holder = 2;
	run(0, 300);
	assert_false(takes(0, 1000));
	assert_false(takes(1, 2000));
	assert_true(takes(2, 3000));
	s.groups[0].holder = 1;
	run(2, 4000);

	/* with auto_failback off it stays */
	s.groups[0].holder = 2;
	run(1, 5000);
	s.cluster.auto_failback = HBKM_FAILBACK_OFF;
	assert_false(takes(2, 6000));
	s.cluster.auto_failback = HBKM_FAILBACK_ON;
	assert_true(takes(2, 7000));
	s.groups[0].holder = 1;
	run(2, 8000);

	/* moved by hand, while both reached the same */
	s.groups[0].holder = 2;
	run(2, 8100);
	assert_false(takes(2, 9000));
	/* and one that is not its preferred node does not want it back */
	setup(2);
	s.groups[0].holder = 2;
	run(2, 100);
	s.groups[0].holder = 1;
	s.nodes[0].reach = 3;
	run(2, 200);
	s.nodes[0].reach = 2;
	assert_false(takes(2, 1000));
}

/* What was found just now, the holder may not have found yet. */
static void waits_after_a_rise(void **state)
{
	(void)state;
	setup(2);
	f.calm_ns = 1000;
	run(1, 10000);
	s.nodes[0].reach = 1;
	assert_int_equal(run(2, 20000), 0);
	assert_int_equal(next, 21000);
	assert_int_equal(run(2, 20999), 0);
	assert_int_equal(run(2, 21000), 1);
	/* not when it is the holder that finds fewer */
	s.nodes[0].reach = 2;
	assert_int_equal(run(2, 30000), 0);
	s.nodes[0].reach = 1;
	assert_int_equal(run(2, 31000), 0);
	assert_int_equal(next, 31000 + PAUSE);
	assert_int_equal(run(2, 31000 + PAUSE), 1);
	/* nor when fewer are found here, of which the holder finds fewer still */
	s.nodes[2].reach = 1;
	s.nodes[0].reach = 0;
	assert_int_equal(run(1, 31001 + 2 * PAUSE), 1);
}

static void groups_come_and_go(void **state)
{
	(void)state;
	setup(2);
	s.nodes[0].reach = 0;
	run(2, 100);
	for (uint32_t i = 0; i < 1000; i++) {
		s.groups[0].id = 1000 + i;
		assert_int_equal(run(2, 200 + i), 0);
		assert_int_equal(f.n, 1);
	}
	assert_int_equal(run(2, 1199 + PAUSE), 1);
}

static void failed_here(void **state)
{
	(void)state;
	setup(2);
	s.nodes[0].reach = 1;
	s.groups[0].state = HBKM_GROUP_FAILED;
	assert_false(takes(2, 1000));
	s.groups[0].state = HBKM_GROUP_STANDBY;
	assert_true(takes(2, 2000));
}

/* By hand, or because something failed: what was so then is no reason, what changes later is. */
static void given_away(void **state)
{
	(void)state;
	setup(2);
	s.nodes[0].reach = 1;
	s.groups[0].holder = 2;
	assert_int_equal(run(2, 1000), 0);
	s.groups[0].has_holder = false;
	assert_int_equal(run(2, 1100), 0);
	s.groups[0].has_holder = true;
	s.groups[0].holder = 1;
	assert_false(takes(2, 2000));
	s.nodes[0].reach = 2;
	assert_false(takes(2, 3000));
	s.nodes[0].reach = 1;
	assert_true(takes(2, 4000));
}

/* What takes long to stop is lost for the reason that there was when it began to. */
static void lost_slowly(void **state)
{
	(void)state;
	setup(1);
	s.nodes[1].reach = 2;
	assert_int_equal(run(1, 1000), 0);
	s.groups[0].has_holder = false;
	assert_int_equal(run(1, 1100), 0);
	assert_int_equal(run(2, 5000), 0);
	s.groups[0].has_holder = true;
	s.groups[0].holder = 2;
	assert_true(takes(2, 6000));
}

/* It came when another had it already, and reached more: that is why, as far as can be told. */
static void came_later(void **state)
{
	(void)state;
	setup(1);
	s.groups[0].holder = 2;
	run(-1, 100);
	run(1, 200);
	assert_true(takes(2, 1000));

	/* it reached as many: by hand */
	setup(1);
	s.groups[0].holder = 2;
	run(-1, 100);
	run(2, 200);
	run(1, 300);
	assert_false(takes(2, 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failed_here),
		cmocka_unit_test(given_away),
		cmocka_unit_test(lost_slowly),
		cmocka_unit_test(balanced),
		cmocka_unit_test(fewer_there),
		cmocka_unit_test(only_the_best),
		cmocka_unit_test(holder_unknown),
		cmocka_unit_test(not_able),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(waits_after_a_rise),
		cmocka_unit_test(groups_come_and_go),
		cmocka_unit_test(came_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
