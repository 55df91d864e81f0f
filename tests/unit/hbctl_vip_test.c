// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/vip.c tools/hbctl/agent/arp.c */
/* libs: libnl-3.0 libnl-route-3.0 */
/* The frames that announce an address, and on which network an address is. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "agent/arp.h"
#include "agent/vip.h"

static struct in_addr ip(const char *text)
{
	struct in_addr a;

	assert_int_equal(inet_pton(AF_INET, text, &a), 1);
	return a;
}

static void arp_frames(void **state)
{
	static const uint8_t mac[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	static const uint8_t request[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x06,
		0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,
		0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 10, 0, 2, 100,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 10, 0, 2, 100,
	};
	static const uint8_t reply[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x08, 0x06,
		0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02,
		0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 10, 0, 2, 100,
		0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 10, 0, 2, 100,
	};
	struct arp_pair pair;

	(void)state;
	memset(&pair, 0, sizeof(pair));
	arp_build(&pair, 7, mac, ip("10.0.2.100"));
	assert_true(pair.usable);
	assert_int_equal(pair.ifindex, 7);
	assert_int_equal(sizeof(request), ARP_FRAME_LEN);
	assert_memory_equal(pair.request, request, sizeof(request));
	assert_memory_equal(pair.reply, reply, sizeof(reply));
}

static void routes(void **state)
{
	const struct vip_route table[] = {
		{ { 0 }, 0, 2, false, 0 },			/* default via */
		{ ip("10.0.0.0"), 8, 3, false, 0 },		/* via a gateway */
		{ ip("10.0.2.0"), 24, 4, true, 100 },
		{ ip("10.0.2.0"), 24, 5, true, 50 },
		{ ip("10.0.2.128"), 25, 6, true, 500 },
	};
	const size_t n = sizeof(table) / sizeof(table[0]);

	(void)state;
	/* The smaller priority number, then the longer prefix. */
	assert_int_equal(vip_pick_route(table, n, ip("10.0.2.100"), false)->ifindex, 5);
	assert_int_equal(vip_pick_route(table, n, ip("10.0.2.200"), false)->ifindex, 6);
	/* A gateway tells neither interface nor prefix of an address of ours. */
	assert_null(vip_pick_route(table, n, ip("10.9.9.9"), false));
	assert_null(vip_pick_route(table, n, ip("192.0.2.1"), false));
	/* Unless the prefix is given, and only the interface asked for. */
	assert_int_equal(vip_pick_route(table, n, ip("10.9.9.9"), true)->ifindex, 3);
	assert_int_equal(vip_pick_route(table, n, ip("192.0.2.1"), true)->ifindex, 2);
	assert_null(vip_pick_route(table, 0, ip("10.0.2.1"), true));
}

static void sameness(void **state)
{
	struct config_address a = {
		.ifname = "eth0", .label = "eth0:1", .addr = ip("10.0.2.100"), .prefix_len = 24,
	};
	struct vip v, w;

	(void)state;
	vip_init(&v, &a);
	vip_init(&w, &a);
	assert_true(vip_same(&v, &w));
	a.prefix_len = 25;
	vip_init(&w, &a);
	assert_false(vip_same(&v, &w));
	a.prefix_len = 24;
	strcpy(a.label, "eth0:2");
	vip_init(&w, &a);
	assert_false(vip_same(&v, &w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_frames),
		cmocka_unit_test(routes),
		cmocka_unit_test(sameness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
