// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/heartbeat/message.c */
/* Heartbeat's messages: both forms, cut anywhere, and garbled. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "heartbeat/message.h"
#include "heartbeat_message_test.h"

/* What is there is in a place of its own, so that whoever reads on is found out. */
static enum message_verdict parse(struct message *m, const char *data, size_t len, char **copy)
{
	*copy = malloc(len ? len : 1);
	assert_non_null(*copy);
	memcpy(*copy, data, len);
	return message_parse(m, *copy, len);
}

static void is(enum message_verdict want, const char *data, size_t len)
{
	struct message m;
	char *copy;

	assert_int_equal(parse(&m, data, len, &copy), want);
	free(copy);
}

#define BYTES(text)	text, sizeof(text) - 1
#define IS(want, text)	is(want, BYTES(text))

static void same(struct text t, const char *want)
{
	assert_non_null(t.p);
	assert_int_equal(t.len, strlen(want));
	assert_memory_equal(t.p, want, t.len);
}

struct piece {
	char text[1024];
	size_t len;
};

static void take(void *arg, const void *p, size_t len)
{
	struct piece *all = arg;

	assert_true(all->len + len <= sizeof(all->text));
	memcpy(all->text + all->len, p, len);
	all->len += len;
}

static void check(const char *data, size_t len, bool netstring, const char *signs, size_t n_signs,
		  const char *auth)
{
	struct piece all = { .len = 0 };
	uint32_t deadtime;
	uint64_t seq;
	struct message m;
	char *copy;

	assert_int_equal(parse(&m, data, len, &copy), MESSAGE_GOOD);
	assert_int_equal(m.netstring, netstring);
	assert_false(m.compressed);
	assert_int_equal(m.fields, 12);
	same(m.type, "status");
	same(m.node, "cookbook");
	same(m.status, "init");
	same(m.generation, "6b04632b");
	same(m.load, "2.92 1.95 1.04 5/131 157");
	same(m.auth, auth);
	assert_null(m.to.p);
	assert_null(m.holds.p);
	assert_true(text_hex(m.seq, &seq));
	assert_int_equal(seq, 1);
	assert_true(message_deadtime(&m, &deadtime));
	assert_int_equal(deadtime, 12000);
	message_signed(&m, take, &all);
	assert_int_equal(all.len, n_signs);
	assert_memory_equal(all.text, signs, n_signs);
	free(copy);
}

static void both_forms(void **state)
{
	(void)state;
	check(NETSTRING, sizeof(NETSTRING) - 1, true, NETSTRING_SIGNED,
	      sizeof(NETSTRING_SIGNED) - 1, "1 869e80e715f1cfa754def3fb504d6c5528ed527d");
	check(LINES, sizeof(LINES) - 1, false, LINES_SIGNED, sizeof(LINES_SIGNED) - 1,
	      "1 779b20184cdeb7562edbf3c275e450694fa20ae7");
	/* with its zero, as Heartbeat sends these */
	check(LINES, sizeof(LINES), false, LINES_SIGNED, sizeof(LINES_SIGNED) - 1,
	      "1 779b20184cdeb7562edbf3c275e450694fa20ae7");
}

static void cut_anywhere(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(NETSTRING) - 1; len++)
		is(len < 4 ? MESSAGE_FOREIGN : len == sizeof(NETSTRING_SIGNED) - 1 ? MESSAGE_GOOD :
		   MESSAGE_CUT, NETSTRING, len);
	for (len = 0; len < sizeof(LINES) - 1; len++)
		is(len < 4 ? MESSAGE_FOREIGN : MESSAGE_CUT, LINES, len);
}

static void unsigned_ones(void **state)
{
	struct message m;

	(void)state;
	assert_int_equal(message_parse(&m, BYTES("###\n8:(0)src=,%%%\n")), MESSAGE_GARBLED);
	assert_int_equal(message_parse(&m, BYTES("###\n7:(0)src=,%%%\n")), MESSAGE_GOOD);
	assert_null(m.auth.p);
	same(m.node, "");
	assert_int_equal(message_parse(&m, BYTES("###\n%%%\n")), MESSAGE_GOOD);
	assert_null(m.node.p);
	assert_int_equal(message_parse(&m, BYTES(">>>\nsrc=a\n<<<\n")), MESSAGE_GOOD);
	assert_null(m.auth.p);
	same(m.node, "a");
}

static void garbled(void **state)
{
	(void)state;
	IS(MESSAGE_GARBLED, "###\nx:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n-6:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n 6:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n6 (0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n6:(0)t=a;%%%\n");
	IS(MESSAGE_GARBLED, "###\n5:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n6:(x)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n6:[0]t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n4:(0)t,%%%\n");
	IS(MESSAGE_GARBLED, "###\n5:(0)=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n2:(0,%%%\n");
	IS(MESSAGE_GARBLED, "###\n0:,%%%\n");
	IS(MESSAGE_GARBLED, "###\n000006:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n4294967302:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n18446744073709551622:(0)t=a,%%%\n");
	IS(MESSAGE_CUT, "###\n99999:(0)t=a,%%%\n");
	IS(MESSAGE_GARBLED, "###\n6:(0)t=a,%%%\n3;1 x,");
	IS(MESSAGE_GARBLED, "###\n6:(0)t=a,%%%\n3:1 x;");
	IS(MESSAGE_CUT, "###\n6:(0)t=a,%%%\n4:1 x,");
	IS(MESSAGE_GARBLED, ">>>\nt\n<<<\n");
	IS(MESSAGE_GARBLED, ">>>\n=a\n<<<\n");
	IS(MESSAGE_GARBLED, ">>>\n(x)t=a\n<<<\n");
	IS(MESSAGE_GARBLED, ">>>\nt=\0a\n<<<\n");
	IS(MESSAGE_CUT, ">>>\nt=a\n<<<");
	IS(MESSAGE_FOREIGN, "");
	IS(MESSAGE_FOREIGN, "###");
	IS(MESSAGE_FOREIGN, "GET / HTTP/1.0\n");
	IS(MESSAGE_HBKM, "HBKM\1\1");
}

/* What hides in others is not taken for what is there; the first of two counts. */
static void others(void **state)
{
	struct piece all = { .len = 0 };
	struct message m;

	(void)state;
	assert_int_equal(message_parse(&m, BYTES("###\n6:(0)t=a,6:(0)t=b,8:(1)src=x,32:(2)in=###\n14:(0)src=no\n%%%\nx=y,,,7:(4)cdt=,%%%\n")),
			 MESSAGE_GOOD);
	same(m.type, "a");
	assert_null(m.node.p);
	assert_true(m.compressed);
	/* lines may end in any way, be empty, and stand in any order */
	assert_int_equal(message_parse(&m, BYTES(">>>\n\r\nauth=1 x\r\nt=a\r\n\r\nt=b\nauth=2 y\n<<<\nz")),
			 MESSAGE_GOOD);
	same(m.type, "a");
	same(m.auth, "2 y");
	message_signed(&m, take, &all);
	assert_int_equal(all.len, 8);
	assert_memory_equal(all.text, "t=a\nt=b\n", 8);
}

static bool hex(const char *s, uint64_t *value)
{
	return text_hex((struct text){ s, strlen(s) }, value);
}

static void numbers(void **state)
{
	struct message m = { .deadtime = { "100000000", 9 } };
	uint64_t v = 1;
	uint32_t ms;

	(void)state;
	assert_true(hex("0", &v));
	assert_int_equal(v, 0);
	assert_true(hex("ffffffffffffffff", &v));
	assert_true(v == UINT64_MAX);
	assert_false(hex("10000000000000000", &v));
	assert_false(hex("", &v));
	assert_false(hex("1G", &v));
	assert_false(hex("-1", &v));
	assert_false(text_hex((struct text){ NULL, 0 }, &v));
	assert_false(message_deadtime(&m, &ms));
	m.deadtime = (struct text){ "ffffffff", 8 };
	assert_true(message_deadtime(&m, &ms));
	assert_true(ms == UINT32_MAX);
}

static void words(void **state)
{
	struct text rest = { "  a bc ", 7 }, word;

	(void)state;
	assert_true(text_word(&rest, &word));
	same(word, "a");
	assert_true(text_word(&rest, &word));
	same(word, "bc");
	assert_false(text_word(&rest, &word));
}

static void printable(const char *bytes, size_t len, size_t size, const char *want)
{
	char *buf = malloc(size);

	assert_string_equal(text_printable(buf, size, (struct text){ bytes, len }), want);
	free(buf);
}

/* Nothing that a terminal would obey, and nothing that is not there. */
static void shown(void **state)
{
	char buf[8];

	(void)state;
	assert_null(text_printable(buf, sizeof(buf), (struct text){ NULL, 0 }));
	printable("", 0, 4, "");
	printable("abc", 3, 4, "abc");
	printable("abcd", 4, 4, "...");
	printable("abcdef", 6, 6, "ab...");
	printable("a\033[m", 4, 16, "a\\x1b[m");
	printable("\\ \0\xff", 4, 17, "\\x5c\\x20\\x00\\xff");
	printable("\\ \0\xff", 4, 16, "\\x5c\\x20\\x00...");
	printable("\\ \0\xff", 4, 15, "\\x5c\\x20...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(unsigned_ones),
		cmocka_unit_test(garbled),
		cmocka_unit_test(others),
		cmocka_unit_test(numbers),
		cmocka_unit_test(words),
		cmocka_unit_test(shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
