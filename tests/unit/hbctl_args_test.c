// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/set.c tools/hbctl/run.c tools/hbctl/options.c tools/hbctl/config/value.c tools/hbctl/config/problems.c tools/hbctl/move.c tools/hbctl/names.c tools/hbctl/config/ip.c */
/* Command lines: what they mean, and how they are refused. */
#include "hbctl_stub.h"

#include "move.h"
#include "run.h"
#include "set.h"

UNREACHED(int, agent_run, const struct run_options *o)
UNREACHED(int, check_files, const char *dir, const char *self)
UNREACHED(int, hbnl_connect, struct hbnl **out)
UNREACHED(int, hbnl_fail, struct hbnl *nl, const char *what, int err)
UNREACHED(int, hbnl_cluster_get, struct hbnl *nl, struct nl_cluster *c)
UNREACHED(const char *, hbnl_error, const struct hbnl *nl)
UNREACHED(int, hbnl_cluster_set, struct hbnl *nl, const struct nl_params *p)
UNREACHED(int, hbnl_group_move, struct hbnl *nl, enum hbkm_move move, const char *group)
UNREACHED(int, hbnl_snapshot_get, struct hbnl *nl, struct nl_snapshot *s)
UNREACHED(int, hbnl_events_open, struct hbnl *nl, struct hbnl_events **out)
UNREACHED(int, hbnl_events_fd, const struct hbnl_events *ev)
UNREACHED(int, hbnl_events_receive, struct hbnl_events *ev,
	  void (*handle)(const struct nl_event *e, void *data), void *data)
void hbnl_close(struct hbnl *nl) { (void)nl; }
void hbnl_events_close(struct hbnl_events *ev) { (void)ev; }

static void set_takes_several(void **state)
{
	VERB("set", "keepalive", "2ms", "deadtime", "6ms", "auto_failback", "off");
	struct nl_params p;

	(void)state;
	assert_int_equal(set_parse(argc, argv, &p), HBCTL_OK);
	assert_int_equal(p.set, NL_SET_KEEPALIVE | NL_SET_DEADTIME | NL_SET_AUTO_FAILBACK);
	assert_int_equal(p.keepalive_us, 2000);
	assert_int_equal(p.deadtime_us, 6000);
	assert_int_equal(p.auto_failback, HBKM_FAILBACK_OFF);
}

static void set_knows_every_time(void **state)
{
	VERB("set", "warntime", "3ms", "initdead", "1s", "agent_timeout", "200ms");
	struct nl_params p;

	(void)state;
	assert_int_equal(set_parse(argc, argv, &p), HBCTL_OK);
	assert_int_equal(p.set, NL_SET_WARNTIME | NL_SET_INITDEAD | NL_SET_AGENT_TIMEOUT);
	assert_int_equal(p.warntime_us, 3000);
	assert_int_equal(p.initdead_us, 1000000);
	assert_int_equal(p.agent_timeout_us, 200000);
}

static void set_refused(const char *key, const char *value, const char *expect)
{
	VERB("set", (char *)key, (char *)value);
	struct nl_params p;

	if (!value)
		argc--;
	assert_int_equal(set_parse(argc, argv, &p), HBCTL_USAGE);
	assert_string_equal(message, expect);
}

static void set_refuses(void **state)
{
	VERB("set");
	VERB_TWICE("set", "keepalive", "1ms", "keepalive", "2ms");
	struct nl_params p;

	(void)state;
	set_refused("keepalive", "10", "keepalive: \"10\" has no unit: say 10s, 10ms or 10us");
	set_refused("keepalive", NULL, "keepalive: value missing");
	set_refused("auto_failback", NULL, "auto_failback: value missing");
	set_refused("deadtime", "soon", "deadtime: \"soon\" is no time (as 10ms, 1s, 500us)");
	set_refused("deadtime", "0.1us", "deadtime: \"0.1us\" is out of range or finer than 1us");
	set_refused("keepaliv", "1ms", "unknown parameter \"keepaliv\" (see hbctl set --help)");
	set_refused("auto_failback", "x", "auto_failback: \"x\" is none of on, off, legacy");
	assert_int_equal(set_parse(argc, argv, &p), HBCTL_USAGE);
	assert_int_equal(set_parse(argc2, argv2, &p), HBCTL_USAGE);
	assert_string_equal(message, "keepalive: given twice");
}

/* The cluster has 20 ms and 50 ms. */
static void hint_is(uint32_t keepalive_us, uint32_t deadtime_us, const char *expect)
{
	const struct nl_cluster c = { .keepalive_us = 20000, .deadtime_us = 50000 };
	struct nl_params p = { .keepalive_us = keepalive_us, .deadtime_us = deadtime_us };
	char hint[128];

	p.set = (keepalive_us ? NL_SET_KEEPALIVE : 0) | (deadtime_us ? NL_SET_DEADTIME : 0);
	set_hint(&p, &c, hint, sizeof(hint));
	assert_string_equal(hint, expect);
}

static void set_hints(void **state)
{
	(void)state;
	hint_is(100000, 0, " (deadtime is 50ms: hbctl set keepalive 100ms deadtime 300ms)");
	hint_is(25000, 0, " (deadtime is 50ms: hbctl set keepalive 25ms deadtime 75ms)");
	hint_is(0, 30000, " (keepalive is 20ms: hbctl set keepalive 10ms deadtime 30ms)");
	hint_is(0, 40000, " (keepalive is 20ms: hbctl set keepalive 13.333ms deadtime 40ms)");
	/* what fits, what was said in full, and what nothing helps */
	hint_is(24000, 0, "");
	hint_is(0, 41000, "");
	hint_is(0, 0, "");
	hint_is(100000, 150000, "");
	hint_is(61000000, 0, "");
	hint_is(UINT32_MAX, 0, "");
	hint_is(0, 200, "");
}

static void run_takes_options(void **state)
{
	VERB("run", "-d", "/tmp/ha.d", "--self", "CookBook", "--wait", "--warm",
	     "--no-realtime", "--foreground", "--check");
	struct run_options o;

	(void)state;
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_OK);
	assert_string_equal(o.dir, "/tmp/ha.d");
	assert_string_equal(o.self, "cookbook");
	assert_true(o.wait);
	assert_true(o.warm);
	assert_true(o.no_realtime);
	assert_true(o.check);
	assert_false(o.debug);
}

static void script_timeout_is(const char *text, uint32_t ms)
{
	VERB("run", "--script-timeout", (char *)text);
	struct run_options o;

	assert_int_equal(run_parse(argc, argv, &o), ms ? HBCTL_OK : HBCTL_USAGE);
	if (ms)
		assert_int_equal(o.script_timeout_ms, ms);
}

static void run_takes_times(void **state)
{
	(void)state;
	script_timeout_is("90", 90000);
	script_timeout_is("1.5", 1500);
	script_timeout_is("10s", 10000);
	script_timeout_is("1.5s", 1500);
	script_timeout_is("500ms", 500);
	script_timeout_is("10m", 0);
	script_timeout_is("999us", 0);
	script_timeout_is("soon", 0);
	assert_string_equal(message, "--script-timeout soon is not a time, as 60, 10s or 500ms");
}

static void run_has_defaults(void **state)
{
	VERB("run");
	struct run_options o;

	(void)state;
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_OK);
	assert_string_equal(o.dir, "/etc/ha.d");
	assert_false(o.warm);
	assert_false(o.no_realtime);
}

static void run_refuses(void **state)
{
	VERB("run", "--fast");
	VERB_TWICE("run", "now");
	struct run_options o;

	(void)state;
	opts.verb = "run";
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_USAGE);
	assert_string_equal(message, "unknown option --fast (see hbctl run --help)");
	assert_int_equal(run_parse(argc2, argv2, &o), HBCTL_USAGE);
	assert_string_equal(message, "unexpected \"now\" (see hbctl run --help)");
	argv[1] = (char []){ "-d" };
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_USAGE);
	assert_string_equal(message, "option -d needs a value (see hbctl run --help)");
	argv[1] = (char []){ "--self" };
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_USAGE);
	assert_string_equal(message, "option --self needs a value (see hbctl run --help)");
	argv[1] = (char []){ "--warm=yes" };
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_USAGE);
	assert_string_equal(message, "option --warm takes no value (see hbctl run --help)");
	argv[1] = (char []){ "-xd" };
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_USAGE);
	assert_string_equal(message, "unknown option -x (see hbctl run --help)");
	argv[1] = (char []){ "--self=" };
	assert_int_equal(run_parse(argc, argv, &o), HBCTL_USAGE);
}

/* Two of ours, one of the other's. */
static const struct nl_snapshot three = {
	.cluster = { .node_id = 10 },
	.groups = {
		{ .name = "alice", .id = 1, .order = { 10, 20 }, .n_order = 2 },
		{ .name = "bob", .id = 2, .order = { 20, 10 }, .n_order = 2 },
		{ .name = "alice:2", .id = 3, .order = { 10, 20 }, .n_order = 2 },
	},
	.n_groups = 3,
};

static void select_is(int n, char **words, bool alice, bool bob, bool alice2)
{
	bool chosen[HBKM_MAX_GROUPS];

	assert_int_equal(move_select(&three, n, words, chosen), HBCTL_OK);
	assert_int_equal(chosen[0], alice);
	assert_int_equal(chosen[1], bob);
	assert_int_equal(chosen[2], alice2);
	assert_false(chosen[3]);
}

static void move_selects(void **state)
{
	VERB("all", "local", "foreign", "bob", "alice:2");

	(void)state;
	(void)argc;
	select_is(0, argv, true, true, true);
	select_is(1, argv, true, true, true);
	select_is(1, argv + 1, true, false, true);
	select_is(1, argv + 2, false, true, false);
	select_is(1, argv + 3, false, true, false);
	select_is(2, argv + 3, false, true, true);
}

static void move_refuses(void **state)
{
	VERB("local", "bob", "carol");
	bool chosen[HBKM_MAX_GROUPS];

	(void)state;
	(void)argc;
	assert_int_equal(move_select(&three, 2, argv, chosen), HBCTL_USAGE);
	assert_string_equal(message, "unexpected \"bob\" after local");
	assert_int_equal(move_select(&three, 2, argv + 1, chosen), HBCTL_UNMET);
	assert_string_equal(message, "there is no group carol");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_takes_several),
		cmocka_unit_test(set_knows_every_time),
		cmocka_unit_test(set_refuses),
		cmocka_unit_test(set_hints),
		cmocka_unit_test(run_takes_options),
		cmocka_unit_test(run_has_defaults),
		cmocka_unit_test(run_takes_times),
		cmocka_unit_test(run_refuses),
		cmocka_unit_test(move_selects),
		cmocka_unit_test(move_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
