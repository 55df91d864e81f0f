// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/heartbeat/heard.c tools/hbctl/heartbeat/message.c tools/hbctl/config/ip.c */
/* Who was heard: status messages count once, however often they come; others do not time anything. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "config/ip.h"
#include "heartbeat/heard.h"

static struct heard h;

static int setup(void **state)
{
	(void)state;
	memset(&h, 0, sizeof(h));
	return 0;
}

static void say(const char *node, const char *type, const char *rest, uint64_t ns,
		enum auth_result result)
{
	struct auth a = { .result = result, .key = 3 };
	struct in6_addr from = ip_from_v4((struct in_addr){ htonl(0x0a000001 + (uint32_t)strlen(node)) });
	struct message m;
	char data[512];
	int len;

	len = snprintf(data, sizeof(data), ">>>\nsrc=%s\nt=%s\n%s<<<\n", node, type, rest);
	assert_int_equal(message_parse(&m, data, (size_t)len), MESSAGE_GOOD);
	heard_message(&h, &m, &a, &from, ns);
}

static void status(const char *node, unsigned int hg, unsigned int seq, uint64_t ns)
{
	char rest[64];

	snprintf(rest, sizeof(rest), "hg=%x\nseq=%x\ndt=%x\n", hg, seq, 1000 + seq);
	say(node, "status", rest, ns, AUTH_OK);
}

static void intervals(void **state)
{
	struct heard_node *n = &h.nodes[0];

	(void)state;
	status("a", 7, 9, 1000);
	assert_int_equal(heard_median(n), 0);
	/* on two paths; and, anew, an old one */
	status("a", 7, 10, 1100);
	status("a", 7, 10, 1101);
	status("a", 7, 9, 1150);
	status("a", 7, 12, 1400);
	/* what has no number in the row of status does not time it */
	say("a", "resource", "hg=7\nseq=d\n", 1450, AUTH_OK);
	say("a", "status", "hg=7\n", 1460, AUTH_OK);
	status("a", 7, 14, 1600);
	assert_int_equal(h.n_nodes, 1);
	assert_int_equal(n->status, 4);
	assert_int_equal(n->messages, 8);
	assert_int_equal(n->n_intervals, 3);
	assert_int_equal(n->min_ns, 100);
	assert_int_equal(n->max_ns, 300);
	assert_int_equal(heard_median(n), 200);
	assert_true(n->has_deadtime);
	assert_int_equal(n->deadtime_ms, 1014);
}

/* Between two lives it did not send; and a clock that is set back has no say. */
static void no_interval(void **state)
{
	struct heard_node *n = &h.nodes[0];

	(void)state;
	status("a", 7, 9, 1000);
	status("a", 8, 1, 5000);
	assert_int_equal(n->n_intervals, 0);
	status("a", 8, 2, 4000);
	assert_int_equal(n->n_intervals, 0);
	status("a", 8, 3, 4100);
	assert_int_equal(n->n_intervals, 1);
	assert_int_equal(n->max_ns, 100);
	assert_int_equal(n->status, 4);
}

static void many_intervals(void **state)
{
	struct heard_node *n = &h.nodes[0];
	uint64_t now = 0;
	unsigned int seq = 1;

	(void)state;
	status("a", 1, seq, now);
	for (int i = 0; i < 2 * HEARD_MAX_INTERVALS + 10; i++)
		status("a", 1, ++seq, now += i < HEARD_MAX_INTERVALS + 10 ? 5 : 3);
	assert_int_equal(n->n_intervals, 2 * HEARD_MAX_INTERVALS + 10);
	assert_int_equal(n->min_ns, 3);
	assert_int_equal(n->max_ns, 5);
	/* of the last ones */
	assert_int_equal(heard_median(n), 3);
}

static void many_nodes(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < HEARD_MAX_NODES + 3; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		say(name, "x", "", 0, i ? AUTH_OK : AUTH_BAD);
	}
	assert_int_equal(h.n_nodes, HEARD_MAX_NODES);
	assert_int_equal(h.messages, HEARD_MAX_NODES + 3);
	assert_int_equal(h.nameless, 3);
	assert_int_equal(h.auth[AUTH_OK], HEARD_MAX_NODES + 2);
	assert_int_equal(h.auth[AUTH_BAD], 1);
	assert_int_equal(h.nodes[0].auth[AUTH_BAD], 1);
	assert_int_equal(h.nodes[0].key, 3);
	/* as it is written, and one more time */
	say("N1", "x", "", 0, AUTH_OK);
	say("n1", "x", "", 0, AUTH_OK);
	assert_int_equal(h.nameless, 4);
	assert_int_equal(h.nodes[1].messages, 2);
}

static void addresses(void **state)
{
	struct auth a = { .result = AUTH_OK };
	struct message m;

	(void)state;
	assert_int_equal(message_parse(&m, ">>>\nsrc=a\n<<<\n", 14), MESSAGE_GOOD);
	for (uint8_t i = 0; i < 2 * (HEARD_MAX_ADDRS + 2); i++)
		heard_message(&h, &m, &a, &(struct in6_addr){ .s6_addr = { [0] = 0xfd, [15] = i / 2 + 1 } }, 0);
	assert_int_equal(h.nodes[0].n_addrs, HEARD_MAX_ADDRS);
	assert_int_equal(h.nodes[0].addrs[0].s6_addr[15], 1);
	assert_int_equal(h.nodes[0].addrs[1].s6_addr[15], 2);
	/* without a type and without a name */
	assert_int_equal(message_parse(&m, "###\n%%%\n", 8), MESSAGE_GOOD);
	heard_message(&h, &m, &a, &in6addr_loopback, 0);
	assert_int_equal(h.nameless, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(intervals, setup),
		cmocka_unit_test_setup(no_interval, setup),
		cmocka_unit_test_setup(many_intervals, setup),
		cmocka_unit_test_setup(many_nodes, setup),
		cmocka_unit_test_setup(addresses, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
