// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/reconcile.c tools/hbctl/config/ip.c */
/* Which addresses must go, which must come, and what is acknowledged. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "agent/agent.h"

#define ETH0	2
#define ETH1	3
#define MAX	32

static struct vip vips[4];
static struct agent_groups groups;
static struct vip_present present[8];
static size_t n_present;
static struct reconcile_action actions[MAX];
static size_t n_actions;

static struct in6_addr ip(const char *text)
{
	struct in_addr a;

	assert_int_equal(inet_pton(AF_INET, text, &a), 1);
	return ip_from_v4(a);
}

static int setup(void **state)
{
	static const char *const addr[] = { "10.0.2.100", "10.0.2.101", "10.0.2.102", "10.1.0.1" };

	(void)state;
	memset(vips, 0, sizeof(vips));
	memset(&groups, 0, sizeof(groups));
	n_present = 0;
	for (size_t i = 0; i < 4; i++) {
		vips[i].addr = ip(addr[i]);
		vips[i].ifindex = i == 3 ? ETH1 : ETH0;
		vips[i].prefix_len = 24;
	}
	strcpy(vips[0].label, "eth0:1");
	/* Group 0 has two addresses, group 1 the other two. */
	for (size_t i = 0; i < 2; i++) {
		groups.v[i].known = true;
		groups.v[i].id = (uint32_t)i + 1;
		groups.v[i].vips = &vips[2 * i];
		groups.v[i].n_vips = 2;
		groups.v[i].state = HBKM_GROUP_STANDBY;
	}
	groups.n = 2;
	return 0;
}

static void have(int ifindex, const char *addr, uint8_t prefix_len, const char *label, bool ours)
{
	struct vip_present *p = &present[n_present++];

	memset(p, 0, sizeof(*p));
	p->ifindex = ifindex;
	p->addr = ip(addr);
	p->prefix_len = prefix_len;
	p->ours = ours;
	strcpy(p->label, label);
}

static void plan(void)
{
	n_actions = reconcile_plan(&groups, present, n_present, actions, MAX);
	assert_true(n_actions <= reconcile_max(&groups, n_present));
}

static void is(size_t i, enum reconcile_kind kind, size_t group, size_t index)
{
	assert_true(i < n_actions);
	assert_int_equal(actions[i].kind, kind);
	if (kind != RECONCILE_REMOVE && kind != RECONCILE_LEAVE)
		assert_int_equal(actions[i].group, group);
	if (kind == RECONCILE_REMOVE || kind == RECONCILE_LEAVE || kind == RECONCILE_ADD)
		assert_int_equal(actions[i].index, index);
}

static void nothing_to_do(void **state)
{
	(void)state;
	have(ETH0, "10.0.2.15", 24, "eth0", false);
	plan();
	assert_int_equal(n_actions, 0);

	groups.v[0].state = HBKM_GROUP_ACTIVE;
	have(ETH0, "10.0.2.100", 24, "eth0:1", true);
	have(ETH0, "10.0.2.101", 24, "eth0", true);
	plan();
	assert_int_equal(n_actions, 0);
}

static void acquiring_adds_then_acknowledges(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACQUIRING;
	plan();
	assert_int_equal(n_actions, 3);
	is(0, RECONCILE_ADD, 0, 0);
	is(1, RECONCILE_ADD, 0, 1);
	is(2, RECONCILE_ACQUIRED, 0, 0);
}

static void acquiring_with_all_there_only_acknowledges(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACQUIRING;
	have(ETH0, "10.0.2.100", 24, "eth0:1", true);
	have(ETH0, "10.0.2.101", 24, "eth0", false);
	plan();
	assert_int_equal(n_actions, 2);
	/* Wanted now; but when that is over, it stays. */
	is(0, RECONCILE_LEAVE, 0, 1);
	is(1, RECONCILE_ACQUIRED, 0, 0);
}

static void active_with_a_hole_is_mended(void **state)
{
	(void)state;
	groups.v[1].state = HBKM_GROUP_ACTIVE;
	have(ETH0, "10.0.2.102", 24, "eth0", true);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_ADD, 1, 1);
}

static void releasing_removes_then_acknowledges(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_RELEASING;
	have(ETH0, "10.0.2.100", 24, "eth0:1", true);
	plan();
	assert_int_equal(n_actions, 2);
	is(0, RECONCILE_REMOVE, 0, 0);
	is(1, RECONCILE_RELEASED, 0, 0);
}

static void standby_and_failed_keep_nothing(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_FAILED;
	have(ETH0, "10.0.2.15", 24, "eth0", false);
	have(ETH0, "10.0.2.100", 24, "eth0:1", true);
	/* Not put there by us, but a service address all the same. */
	have(ETH0, "10.0.2.102", 24, "eth0", false);
	plan();
	assert_int_equal(n_actions, 2);
	is(0, RECONCILE_REMOVE, 0, 1);
	is(1, RECONCILE_REMOVE, 0, 2);
}

static void the_machines_own_stays(void **state)
{
	(void)state;
	/* The first of its interface, though others are there, even in its network. */
	have(ETH0, "10.0.2.102", 24, "eth0", false);
	have(ETH0, "10.0.2.100", 24, "eth0", false);
	present[1].secondary = true;
	have(ETH1, "10.1.0.1", 24, "eth1:0", false);
	plan();
	assert_int_equal(n_actions, 3);
	is(0, RECONCILE_LEAVE, 0, 0);
	is(1, RECONCILE_REMOVE, 0, 1);
	/* Heartbeat's alias, on an interface without anything else. */
	is(2, RECONCILE_REMOVE, 0, 2);

	/* Of another network, but after the interface's own. */
	n_present = 0;
	have(ETH1, "10.0.9.9", 24, "eth1", false);
	have(ETH1, "10.1.0.1", 24, "eth1", false);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_REMOVE, 0, 1);

	/* With our mark it goes, wherever it is. */
	n_present = 0;
	have(ETH0, "10.0.2.102", 24, "eth0", true);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_REMOVE, 0, 0);
}

static void the_machines_own_stays_with_ipv6(void **state)
{
	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "fd00::100", &vips[0].addr), 1);
	have(ETH0, "0.0.0.0", 64, "", false);
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", &present[0].addr), 1);
	have(ETH0, "0.0.0.0", 64, "", false);
	present[1].addr = vips[0].addr;
	have(ETH0, "10.0.2.15", 24, "eth0", false);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_LEAVE, 0, 1);
	/* The kernel lists the latest first. */
	have(ETH0, "0.0.0.0", 64, "", false);
	assert_int_equal(inet_pton(AF_INET6, "fd00::15", &present[3].addr), 1);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_REMOVE, 0, 1);
}

/* The kernel would not have it twice: that is as good as what we would put there. */
static void anothers_label_is_fine(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACTIVE;
	have(ETH0, "10.0.2.100", 24, "eth0:7", false);
	have(ETH0, "10.0.2.101", 24, "eth0:8", false);
	plan();
	assert_int_equal(n_actions, 0);
}

/* Nor has it room for it with another prefix; what is ours is put right. */
static void anothers_prefix_is_fine_with_ipv6(void **state)
{
	(void)state;
	groups.v[1].state = HBKM_GROUP_ACTIVE;
	groups.v[1].n_vips = 1;
	assert_int_equal(inet_pton(AF_INET6, "fd00::100", &vips[2].addr), 1);
	have(ETH0, "0.0.0.0", 64, "", false);
	present[0].addr = vips[2].addr;
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_LEAVE, 0, 0);
	present[0].ours = true;
	plan();
	assert_int_equal(n_actions, 2);
	is(0, RECONCILE_REMOVE, 1, 0);
	is(1, RECONCILE_ADD, 1, 0);
}

static void warm_keeps_and_adds_whatever_the_state(void **state)
{
	(void)state;
	groups.v[0].warm = true;
	have(ETH0, "10.0.2.100", 24, "eth0:1", true);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_ADD, 0, 1);

	groups.v[0].state = HBKM_GROUP_RELEASING;
	plan();
	assert_int_equal(n_actions, 2);
	is(0, RECONCILE_RELEASED, 0, 0);
	is(1, RECONCILE_ADD, 0, 1);

	/* One that the kernel does not have is guarded by nobody. */
	groups.v[0].state = HBKM_GROUP_STANDBY;
	groups.v[0].known = false;
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_REMOVE, 0, 0);
}

static void removal_comes_before_addition(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACQUIRING;
	groups.v[1].state = HBKM_GROUP_RELEASING;
	have(ETH0, "10.0.2.102", 24, "eth0", true);
	plan();
	assert_int_equal(n_actions, 5);
	is(0, RECONCILE_REMOVE, 0, 0);
	is(1, RECONCILE_RELEASED, 1, 0);
	is(2, RECONCILE_ADD, 0, 0);
	is(3, RECONCILE_ADD, 0, 1);
	is(4, RECONCILE_ACQUIRED, 0, 0);
}

static void marked_strays_go(void **state)
{
	(void)state;
	/* Of a group that the configuration no longer has. */
	have(ETH1, "192.168.7.7", 24, "eth1", true);
	have(ETH1, "192.168.7.8", 24, "eth1", false);
	plan();
	assert_int_equal(n_actions, 1);
	is(0, RECONCILE_REMOVE, 0, 0);
}

static void other_interfaces_are_left_alone(void **state)
{
	(void)state;
	/* As with direct routing: the service address on the loopback. */
	have(1, "10.0.2.100", 32, "lo", false);
	plan();
	assert_int_equal(n_actions, 0);
}

static void changed_prefix_or_label_is_replaced(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACTIVE;
	have(ETH0, "10.0.2.100", 24, "eth0:2", true);
	have(ETH0, "10.0.2.101", 25, "eth0", true);
	plan();
	assert_int_equal(n_actions, 4);
	is(0, RECONCILE_REMOVE, 0, 0);
	is(1, RECONCILE_REMOVE, 0, 1);
	is(2, RECONCILE_ADD, 0, 0);
	is(3, RECONCILE_ADD, 0, 1);
}

static void an_administrators_variant_stays(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACTIVE;
	have(ETH0, "10.0.2.100", 24, "eth0:1", true);
	have(ETH0, "10.0.2.101", 24, "eth0", true);
	have(ETH0, "10.0.2.15", 24, "eth0", false);
	have(ETH0, "10.0.2.101", 32, "eth0", false);
	plan();
	assert_int_equal(n_actions, 0);
	/* But not when the group is elsewhere. */
	groups.v[0].state = HBKM_GROUP_STANDBY;
	plan();
	assert_int_equal(n_actions, 3);
}

static void unknown_groups_are_not_acted_on(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACQUIRING;
	groups.v[0].known = false;
	groups.v[1].state = HBKM_GROUP_RELEASING;
	groups.v[1].known = false;
	plan();
	assert_int_equal(n_actions, 0);
}

static void without_interface_it_is_still_tried(void **state)
{
	(void)state;
	groups.v[1].state = HBKM_GROUP_ACQUIRING;
	vips[3].ifindex = 0;
	have(ETH0, "10.0.2.102", 24, "eth0", true);
	plan();
	assert_int_equal(n_actions, 2);
	is(0, RECONCILE_ADD, 1, 1);
	is(1, RECONCILE_ACQUIRED, 1, 0);
}

static void room_is_respected(void **state)
{
	(void)state;
	groups.v[0].state = HBKM_GROUP_ACQUIRING;
	assert_int_equal(reconcile_plan(&groups, NULL, 0, actions, 2), 2);
	assert_int_equal(reconcile_plan(&groups, NULL, 0, actions, 0), 0);
}

static void announcements_end(void **state)
{
	uint64_t now = 1000, next;
	unsigned int sent = 1;

	(void)state;
	while ((next = announce_next(sent, now))) {
		assert_true(next > now);
		now = next;
		assert_true(++sent < 20);
	}
	assert_int_equal(sent, 1 + ANNOUNCE_REPEATS);
	assert_int_equal(now - 1000, 5855000000ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_to_do, setup),
		cmocka_unit_test_setup(acquiring_adds_then_acknowledges, setup),
		cmocka_unit_test_setup(acquiring_with_all_there_only_acknowledges, setup),
		cmocka_unit_test_setup(active_with_a_hole_is_mended, setup),
		cmocka_unit_test_setup(releasing_removes_then_acknowledges, setup),
		cmocka_unit_test_setup(standby_and_failed_keep_nothing, setup),
		cmocka_unit_test_setup(the_machines_own_stays, setup),
		cmocka_unit_test_setup(the_machines_own_stays_with_ipv6, setup),
		cmocka_unit_test_setup(anothers_label_is_fine, setup),
		cmocka_unit_test_setup(anothers_prefix_is_fine_with_ipv6, setup),
		cmocka_unit_test_setup(warm_keeps_and_adds_whatever_the_state, setup),
		cmocka_unit_test_setup(removal_comes_before_addition, setup),
		cmocka_unit_test_setup(marked_strays_go, setup),
		cmocka_unit_test_setup(other_interfaces_are_left_alone, setup),
		cmocka_unit_test_setup(changed_prefix_or_label_is_replaced, setup),
		cmocka_unit_test_setup(an_administrators_variant_stays, setup),
		cmocka_unit_test_setup(unknown_groups_are_not_acted_on, setup),
		cmocka_unit_test_setup(without_interface_it_is_still_tried, setup),
		cmocka_unit_test_setup(room_is_respected, setup),
		cmocka_unit_test(announcements_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
