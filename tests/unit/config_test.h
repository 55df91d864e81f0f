/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the tests of the configuration: parse a text, and compare every problem
 * found, by file, line, level and the start of its text.
 */
#ifndef CONFIG_TEST_H
#define CONFIG_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "config.h"

#ifndef CONFIG_TEST_DATA
#define CONFIG_TEST_DATA	"tests/unit/data/config"
#endif

/* Four lines that leave nothing to complain about. */
#define HACF_BASE	"node alpha beta\nucast eth0 10.0.0.2\nauto_failback on\nuse_logd on\n"

static inline struct config *config_new(const char *self)
{
	struct config *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	snprintf(c->self, sizeof(c->self), "%s", self);
	return c;
}

/*
 * Each expected problem is the start of "LINE: level: text", or of "level: text"
 * for the file as a whole; @n of them, and no others, in this order.
 */
static inline void expect_problems(const char *where, int at, const struct problems *p,
				   const char *file, const char * const *expected, size_t n)
{
	char line[2048];
	size_t i;

	for (i = 0; i < p->n || i < n; i++) {
		const char *want = i < n ? expected[i] : "(nothing)";

		snprintf(line, sizeof(line), "(nothing)");
		if (i < p->n) {
			const struct problem *problem = &p->v[i];

			assert_string_equal(problem->file, file);
			if (problem->line)
				snprintf(line, sizeof(line), "%u: %s: %s", problem->line,
					 problem_level_name(problem->level), problem->text);
			else
				snprintf(line, sizeof(line), "%s: %s",
					 problem_level_name(problem->level), problem->text);
		}
		if (strncmp(line, want, strlen(want))) {
			print_error("%s:%d: problem %zu\n  wanted %s\n  found  %s\n",
				    where, at, i + 1, want, line);
			fail();
		}
	}
}

#define EXPECT(p, file, ...) do {						\
	const char * const expected_[] = { "", ##__VA_ARGS__ };			\
	expect_problems(__FILE__, __LINE__, p, file, expected_ + 1,		\
			sizeof(expected_) / sizeof(*expected_) - 1);		\
} while (0)

static inline struct in6_addr addr(const char *text)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1)
		return ip_from_v4(v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6), 1);
	return v6;
}

static inline void assert_addr(struct in6_addr a, const char *text)
{
	char buf[INET6_ADDRSTRLEN];

	assert_string_equal(ip_text(&a, buf), text);
}

#endif /* CONFIG_TEST_H */
