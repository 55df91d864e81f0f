// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/names.c */
/* The kernel's numbers as words, and durations with units. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "names.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		uint32_t us;
	} good[] = {
		{ "100us", 100 }, { "1ms", 1000 }, { "1.5ms", 1500 }, { "10ms", 10000 },
		{ "1s", 1000000 }, { "0.25s", 250000 }, { ".5s", 500000 }, { "2.s", 2000000 },
		{ "1min", 60000000 }, { "60min", 3600000000U }, { "0s", 0 },
		{ "0.000001s", 1 }, { "4294967295us", UINT32_MAX }, { "007ms", 7000 },
	};
	uint32_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		us = 0xdead;
		assert_int_equal(duration_parse(good[i].text, &us), 0);
		assert_int_equal(us, good[i].us);
	}
}

static void durations_are_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} bad[] = {
		{ "", -EINVAL }, { "ms", -EINVAL }, { "-1ms", -EINVAL }, { "1 ms", -EINVAL },
		{ "1h", -EINVAL }, { "1MS", -EINVAL }, { "1.2.3ms", -EINVAL }, { ".ms", -EINVAL },
		{ "1ms ", -EINVAL }, { "0x10ms", -EINVAL },
		{ "1", -EDOM }, { "1000", -EDOM }, { "1.5", -EDOM },
		{ "0.5us", -ERANGE }, { "1.0001ms", -ERANGE }, { "4294967296us", -ERANGE },
		{ "100000s", -ERANGE }, { "99999999999999999999s", -ERANGE },
		{ "1.0000000000000s", -ERANGE },
	};
	uint32_t us = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(duration_parse(bad[i].text, &us), bad[i].err);
		assert_int_equal(us, 42);
	}
}

static void durations_are_written(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0s" }, { 1, "1ns" }, { 999, "999ns" }, { 1000, "1us" }, { 1500, "1.5us" },
		{ 250000, "250us" }, { 1000000, "1ms" }, { 1500000, "1.5ms" },
		{ 1000001, "1.000001ms" }, { 1000000000, "1s" }, { 1050000000, "1.05s" },
		{ 10000000000, "10s" }, { 3600000000000, "3600s" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(duration_format(buf, sizeof(buf), cases[i].ns), cases[i].text);
}

static void what_is_written_reads_back(void **state)
{
	char buf[32];
	uint32_t us;

	(void)state;
	for (uint64_t v = 1; v <= UINT32_MAX; v = v * 7 / 3 + 1) {
		duration_format(buf, sizeof(buf), v * 1000);
		assert_int_equal(duration_parse(buf, &us), 0);
		assert_int_equal(us, v);
	}
}

static void numbers_have_words(void **state)
{
	(void)state;
	assert_string_equal(cluster_state_name(HBKM_CLUSTER_LEAVING), "leaving");
	assert_string_equal(node_state_name(HBKM_NODE_INIT), "init");
	assert_string_equal(node_state_name(HBKM_NODE_LEFT), "left");
	assert_string_equal(link_state_name(HBKM_LINK_UP), "up");
	assert_string_equal(link_kind_name(HBKM_LINK_MCAST), "mcast");
	assert_string_equal(group_state_name(HBKM_GROUP_FAILED), "failed");
	assert_string_equal(reason_name(HBKM_REASON_SUSPEND), "suspend");
	assert_string_equal(auto_failback_name(HBKM_FAILBACK_LEGACY), "legacy");
	assert_string_equal(event_name(HBKM_EVENT_STALL), "stall");
	assert_string_equal(event_name(HBKM_EVENT_DUPLICATE), "duplicate");
	for (unsigned int i = 1; i <= HBKM_STAT_MAX; i++)
		assert_string_not_equal(stat_name(i), "unknown");
	for (unsigned int i = 1; i <= HBKM_EVENT_STALL; i++)
		assert_string_not_equal(event_name(i), "unknown");
	/* Of a newer module. */
	assert_string_equal(link_kind_name(0), "unknown");
	assert_string_equal(node_state_name(200), "unknown");
	assert_string_equal(stat_name(HBKM_STAT_MAX + 1), "unknown");
}

static void failback_words(void **state)
{
	(void)state;
	assert_int_equal(auto_failback_parse("on"), HBKM_FAILBACK_ON);
	assert_int_equal(auto_failback_parse("OFF"), HBKM_FAILBACK_OFF);
	assert_int_equal(auto_failback_parse("Legacy"), HBKM_FAILBACK_LEGACY);
	assert_int_equal(auto_failback_parse("yes"), HBKM_FAILBACK_ON);
	assert_int_equal(auto_failback_parse("0"), HBKM_FAILBACK_OFF);
	assert_int_equal(auto_failback_parse("maybe"), -1);
	assert_int_equal(auto_failback_parse(""), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(durations_are_refused),
		cmocka_unit_test(durations_are_written),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(numbers_have_words),
		cmocka_unit_test(failback_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
