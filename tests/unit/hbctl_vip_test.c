// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/vip.c tools/hbctl/agent/notice.c tools/hbctl/config/ip.c */
/* libs: libnl-3.0 libnl-route-3.0 */
/* The frames that announce an address, the messages that bring it up, and on which network it is. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "agent/notice.h"
#include "agent/vip.h"

static struct in6_addr ip(const char *text)
{
	struct in6_addr a;
	struct in_addr v4;

	if (strchr(text, ':')) {
		assert_int_equal(inet_pton(AF_INET6, text, &a), 1);
		return a;
	}
	assert_int_equal(inet_pton(AF_INET, text, &v4), 1);
	return ip_from_v4(v4);
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
	const struct in6_addr addr = ip("10.0.2.100");
	struct notice notice = { 0 };

	(void)state;
	notice_build(&notice, 7, mac, &addr, false);
	assert_int_equal(notice.n, 2);
	assert_int_equal(notice.ifindex, 7);
	assert_int_equal(notice.protocol, ETHERTYPE_ARP);
	assert_memory_equal(notice.group, request, ETH_ALEN);
	assert_int_equal(notice.len, sizeof(request));
	assert_memory_equal(notice.frames[0], request, sizeof(request));
	assert_memory_equal(notice.frames[1], reply, sizeof(reply));
}

/* The checksum as another program computed it. */
static void advertisements(void **state)
{
	static const uint8_t mac[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	static const uint8_t frame[] = {
		0x33, 0x33, 0x00, 0x00, 0x00, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x86, 0xdd,
		0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
		0x88, 0x00, 0x72, 0x71, 0x20, 0x00, 0x00, 0x00,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
		0x02, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56,
	};
	const struct in6_addr addr = ip("2001:db8::100");
	struct notice notice = { 0 };

	(void)state;
	notice_build(&notice, 7, mac, &addr, false);
	assert_int_equal(notice.n, 1);
	assert_int_equal(notice.protocol, ETHERTYPE_IPV6);
	assert_memory_equal(notice.group, frame, ETH_ALEN);
	assert_int_equal(notice.len, sizeof(frame));
	assert_memory_equal(notice.frames[0], frame, sizeof(frame));
	notice_build(&notice, 7, mac, &addr, true);
	assert_int_equal(notice.frames[0][58], 0xa0);
}

static const struct vip_route *pick(const struct vip_route *table, size_t n, const char *text, bool any)
{
	const struct in6_addr addr = ip(text);

	return vip_pick_route(table, n, &addr, any);
}

static void routes(void **state)
{
	const struct vip_route table[] = {
		{ ip("0.0.0.0"), 0, 2, false, 0 },		/* default via */
		{ ip("10.0.0.0"), 8, 3, false, 0 },		/* via a gateway */
		{ ip("10.0.2.0"), 24, 4, true, 100 },
		{ ip("10.0.2.0"), 24, 5, true, 50 },
		{ ip("10.0.2.128"), 25, 6, true, 500 },
	};
	const size_t n = sizeof(table) / sizeof(table[0]);

	(void)state;
	/* The smaller priority number, then the longer prefix. */
	assert_int_equal(pick(table, n, "10.0.2.100", false)->ifindex, 5);
	assert_int_equal(pick(table, n, "10.0.2.200", false)->ifindex, 6);
	/* A gateway tells neither interface nor prefix of an address of ours. */
	assert_null(pick(table, n, "10.9.9.9", false));
	assert_null(pick(table, n, "192.0.2.1", false));
	/* Unless the prefix is given, and only the interface asked for. */
	assert_int_equal(pick(table, n, "10.9.9.9", true)->ifindex, 3);
	assert_int_equal(pick(table, n, "192.0.2.1", true)->ifindex, 2);
	assert_null(pick(table, 0, "10.0.2.1", true));
}

static void ipv6_routes(void **state)
{
	const struct vip_route table[] = {
		{ ip("::"), 0, 2, false, 0 },
		{ ip("2001:db8::"), 32, 3, false, 0 },
		{ ip("2001:db8:0:1::"), 64, 4, true, 256 },
		{ ip("2001:db8:0:1:8000::"), 65, 5, true, 256 },
		{ ip("2001:db8:0:1::7"), 128, 6, true, 256 },
	};
	const size_t n = sizeof(table) / sizeof(table[0]);

	(void)state;
	assert_int_equal(pick(table, n, "2001:db8:0:1::100", false)->ifindex, 4);
	assert_int_equal(pick(table, n, "2001:db8:0:1:8000::1", false)->ifindex, 5);
	assert_int_equal(pick(table, n, "2001:db8:0:1::7", false)->ifindex, 6);
	assert_null(pick(table, n, "2001:db8:0:2::1", false));
	assert_int_equal(pick(table, n, "2001:db8:0:2::1", true)->ifindex, 3);
	assert_int_equal(pick(table, n, "2001:db9::1", true)->ifindex, 2);
	assert_null(pick(table, n, "10.0.2.1", true));
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
		cmocka_unit_test(advertisements),
		cmocka_unit_test(routes),
		cmocka_unit_test(ipv6_routes),
		cmocka_unit_test(sameness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
