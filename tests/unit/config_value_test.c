// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/value.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/lines.c tools/hbctl/config/ip.c */
/*
 * Times, booleans, numbers, names, lines, and what becomes of odd bytes in messages.
 */
#include "config_test.h"
#include "internal.h"

static void times(void **state)
{
	static const struct {
		const char *text;
		uint32_t us;
	} good[] = {
		{ "2", 2000000 }, { "1", 1000000 }, { "0", 0 }, { "1.7", 1700000 },
		{ ".5", 500000 }, { "5.", 5000000 }, { "0.001", 1000 }, { "0.0005", 500 },
		{ "500ms", 500000 }, { "500 ms", 500000 }, { "1.5ms", 1500 }, { "30000ms", 30000000 },
		{ "500MS", 500000 }, { "500Ms", 500000 }, { "10msec", 10000 }, { "10msfoo", 10000 },
		{ "250us", 250 }, { "250usec", 250 }, { "250US", 250 }, { "400us", 400 },
		{ "100us", 100 }, { "0.6us", 1 }, { "0.4us", 0 }, { "  3", 3000000 },
		{ "3  ", 3000000 }, { "3\t", 3000000 }, { "1.0000004", 1000000 },
		{ "1.0000006", 1000001 }, { "1.00000000000000000000009", 1000000 },
		{ "4294", 4294000000U }, { "4294.967295", 4294967295U },
		{ "4294967295us", UINT32_MAX },
		/* whatever is longer */
		{ "4294.9672951", UINT32_MAX }, { "4295", UINT32_MAX }, { "4294967296us", UINT32_MAX },
		{ "4294968ms", UINT32_MAX }, { "18446744073709551616", UINT32_MAX },
		{ "99999999999999999999999999999999999999ms", UINT32_MAX },
		{ "18446744073710us", UINT32_MAX },
	};
	static const char * const bad[] = {
		"", " ", ".", "ms", "us", "10s", "10 s", "10sec", "10m", "1.2.3", "-1", "+1", "1e3",
		"0x10", "1,5", "two", "10 000", "1 .5", "ten ms", "10 xms",
	};
	uint32_t us;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		us = 12345;
		if (time_parse_us(good[i].text, &us) || us != good[i].us)
			fail_msg("[%s] is %u us", good[i].text, us);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		us = 12345;
		if (!time_parse_us(bad[i], &us))
			fail_msg("[%s] is %u us", bad[i], us);
		assert_int_equal(us, 12345);
	}
}

static void time_texts(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(time_text(10000000, buf), "10000");
	assert_string_equal(time_text(1000, buf), "1");
	assert_string_equal(time_text(250, buf), "0.25");
	assert_string_equal(time_text(1500, buf), "1.5");
	assert_string_equal(time_text(0, buf), "0");
	assert_string_equal(time_text(UINT32_MAX, buf), "4294967.295");
}

static void booleans(void **state)
{
	static const char * const on[] = { "on", "ON", "yes", "Yes", "y", "Y", "true", "TRUE", "1" };
	static const char * const off[] = { "off", "Off", "no", "NO", "n", "false", "0" };
	static const char * const bad[] = { "", "2", "ye", "yess", "enable", "01", "-1" };
	bool value;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(on); i++) {
		value = false;
		assert_int_equal(bool_parse(on[i], &value), 0);
		assert_true(value);
	}
	for (i = 0; i < ARRAY_SIZE(off); i++) {
		value = true;
		assert_int_equal(bool_parse(off[i], &value), 0);
		assert_false(value);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(bool_parse(bad[i], &value), -1);
}

static void numbers(void **state)
{
	unsigned int n = 7;

	(void)state;
	assert_int_equal(uint_parse("0", 10, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(uint_parse("0010", 10, &n), 0);
	assert_int_equal(n, 10);
	assert_int_equal(uint_parse("4294967295", UINT32_MAX, &n), 0);
	assert_int_equal(n, UINT32_MAX);
	n = 7;
	assert_int_equal(uint_parse("11", 10, &n), -1);
	assert_int_equal(uint_parse("4294967296", UINT32_MAX, &n), -1);
	assert_int_equal(uint_parse("18446744073709551617", UINT32_MAX, &n), -1);
	assert_int_equal(uint_parse("", 10, &n), -1);
	assert_int_equal(uint_parse("1x", 10, &n), -1);
	assert_int_equal(uint_parse(" 1", 10, &n), -1);
	assert_int_equal(uint_parse("-1", 10, &n), -1);
	assert_int_equal(n, 7);
}

static void names(void **state)
{
	char name[HBKM_NAME_MAX + 1], longest[HBKM_NAME_MAX + 2];

	(void)state;
	assert_int_equal(node_name_parse("Web-1.Example.COM", name), 0);
	assert_string_equal(name, "web-1.example.com");
	assert_int_equal(node_name_parse("db_2", name), 0);
	memset(longest, 'a', sizeof(longest));
	longest[HBKM_NAME_MAX] = '\0';
	assert_int_equal(node_name_parse(longest, name), 0);
	longest[HBKM_NAME_MAX] = 'a';
	longest[HBKM_NAME_MAX + 1] = '\0';
	assert_int_equal(node_name_parse(longest, name), -1);
	assert_int_equal(node_name_parse("", name), -1);
	assert_int_equal(node_name_parse("a b", name), -1);
	assert_int_equal(node_name_parse("a:2", name), -1);
	assert_int_equal(node_name_parse("a/b", name), -1);
	assert_int_equal(node_name_parse("\xc3\xa4", name), -1);

	assert_true(ifname_valid("eth0"));
	assert_true(ifname_valid("123456789012345"));
	assert_false(ifname_valid("1234567890123456"));
	assert_false(ifname_valid(""));
	assert_false(ifname_valid("."));
	assert_false(ifname_valid(".."));
	assert_false(ifname_valid("eth0:1"));
	assert_false(ifname_valid("a/b"));
	assert_false(ifname_valid("\xe2\x80\x9c"));
}

static const char *fruit(size_t i, const void *arg)
{
	const char * const *list = arg;

	return list[i];
}

static void suggestions(void **state)
{
	static const char * const list[] = { "keepalive", "deadtime", "warntime", "node", "ping", NULL };
	char longest[200];

	(void)state;
	assert_string_equal(suggest("keepalvie", fruit, list), "keepalive");
	assert_string_equal(suggest("keep_alive", fruit, list), "keepalive");
	assert_string_equal(suggest("KeepAlive", fruit, list), "keepalive");
	assert_string_equal(suggest("deattime", fruit, list), "deadtime");
	assert_string_equal(suggest("nodes", fruit, list), "node");
	assert_null(suggest("bananas", fruit, list));
	assert_string_equal(suggest("nod", fruit, list), "node");
	assert_null(suggest("abcd", fruit, list));
	assert_null(suggest("keepaaaave", fruit, list));
	assert_null(suggest("x", fruit, list));
	assert_null(suggest("", fruit, list));
	memset(longest, 'k', sizeof(longest));
	longest[199] = '\0';
	assert_null(suggest(longest, fruit, list));
}

static void all_lines(void **state)
{
	static const char text[] = "\xef\xbb\xbf" "one  \r\n\ntwo\0\n three\t\nlast";
	struct problems p = { 0 };
	struct lines l;

	(void)state;
	lines_start(&l, "f", text, sizeof(text) - 1, &p);
	assert_true(lines_next(&l));
	assert_string_equal(l.buf, "one");
	assert_int_equal(l.at.line, 1);
	assert_true(lines_next(&l));
	assert_string_equal(l.buf, "");
	/* line 3 has the zero byte */
	assert_true(lines_next(&l));
	assert_string_equal(l.buf, " three");
	assert_int_equal(l.at.line, 4);
	assert_true(lines_next(&l));
	assert_string_equal(l.buf, "last");
	assert_false(lines_next(&l));
	lines_end(&l);
	EXPECT(&p, "f", "3: error: the line holds a zero byte");
	problems_free(&p);
}

static void long_lines(void **state)
{
	char text[2 * CONFIG_LINE_MAX + 10];
	struct problems p = { 0 };
	struct lines l;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[CONFIG_LINE_MAX] = '\n';
	lines_start(&l, "f", text, 2 * CONFIG_LINE_MAX + 2, &p);
	assert_true(lines_next(&l));
	assert_int_equal(strlen(l.buf), CONFIG_LINE_MAX);
	assert_false(lines_next(&l));
	lines_end(&l);
	EXPECT(&p, "f", "2: error: the line is too long: 5120 bytes, 5119 are allowed");
	problems_free(&p);

	/* what a line held is not left behind */
	for (size_t i = 0; i < sizeof(l); i++)
		assert_int_equal(((unsigned char *)&l)[i], 0);
}

static void odd_bytes(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "plain", "plain" }, { "\x1b[31mred", "?[31mred" }, { "tab\there", "tab?here" },
		{ "\xc3\xa4 ok", "\xc3\xa4 ok" }, { "\xe6\xa0\x87", "\xe6\xa0\x87" },
		{ "\xf0\x9f\x92\x94", "\xf0\x9f\x92\x94" }, { "bad \xff", "bad ?" },
		{ "\xc3", "?" }, { "\xe6\xa0", "??" }, { "\xf0\x9f\x92", "???" },
		{ "\xc0\xaf", "??" }, { "\xe0\x80\xaf", "???" }, { "\xed\xa0\x80", "???" },
		{ "\xf4\x90\x80\x80", "????" }, { "\xc2\x9b" "31m", "??31m" }, { "\x7f", "?" },
	};
	struct problems p = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		problems_add(&p, PROBLEM_NOTE, texts[i].in, 1, "%s", texts[i].in);
		assert_string_equal(p.v[i].text, texts[i].out);
		assert_string_equal(p.v[i].file, texts[i].out);
	}
	problems_free(&p);
}

static void many_problems(void **state)
{
	struct problems p = { 0 };
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int i;

	(void)state;
	for (i = 0; i < 1500; i++)
		problems_add(&p, PROBLEM_ERROR, "f", i + 1, "bad");
	assert_int_equal(p.errors, 1500);
	assert_int_equal(p.n, 1000);
	assert_int_equal(p.dropped, 500);
	out = open_memstream(&text, &size);
	problems_print(&p, out);
	fclose(out);
	assert_non_null(strstr(text, "f:1: error: bad\nf:2: error: bad\n"));
	assert_non_null(strstr(text, "and 500 more problems"));
	free(text);
	problems_free(&p);
	assert_int_equal(p.n + p.errors + p.dropped, 0);
	assert_null(p.v);
}

static void sorting(void **state)
{
	struct problems p = { 0 };

	(void)state;
	problems_add(&p, PROBLEM_NOTE, "f", 9, "stays first: before what is sorted");
	problems_add(&p, PROBLEM_NOTE, "f", 0, "whole");
	problems_add(&p, PROBLEM_NOTE, "f", 5, "five a");
	problems_add(&p, PROBLEM_NOTE, "f", 2, "two");
	problems_add(&p, PROBLEM_NOTE, "f", 5, "five b");
	problems_add(&p, PROBLEM_NOTE, "f", 0, "whole too");
	problems_add(&p, PROBLEM_NOTE, "f", 1, "one");
	problems_sort(&p, 1);
	EXPECT(&p, "f", "9: note: stays", "1: note: one", "2: note: two", "5: note: five a",
	       "5: note: five b", "note: whole", "note: whole too");
	problems_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(time_texts),
		cmocka_unit_test(booleans),
		cmocka_unit_test(numbers),
		cmocka_unit_test(names),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(all_lines),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(odd_bytes),
		cmocka_unit_test(many_problems),
		cmocka_unit_test(sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
