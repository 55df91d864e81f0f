// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/respawn.c */
/* When a program that has ended is started again, and when no more. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/respawn.h"

#define S	1000000000ULL

/* It runs for so long, then ends; what is made of that. */
static enum respawn_verdict run(struct respawn *r, uint64_t *now, uint64_t ns, int code)
{
	respawn_started(r, *now);
	assert_int_equal(r->start_at, 0);
	*now += ns;
	return respawn_ended(r, code, *now);
}

static void long_runs(void **state)
{
	struct respawn r = { 0 };
	uint64_t now = 5 * S;

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(run(&r, &now, 30 * S, i % 2 ? -9 : 1), RESPAWN_AGAIN);
		assert_int_equal(r.start_at, now);
	}
}

static void short_runs(void **state)
{
	struct respawn r = { 0 };
	uint64_t now = 5 * S;
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		assert_int_equal(run(&r, &now, S, 0), RESPAWN_AGAIN);
		assert_int_equal(r.start_at, now + S);
	}
	assert_int_equal(run(&r, &now, 30 * S - 1, 0), RESPAWN_TOO_FAST);
	assert_int_equal(r.start_at, 0);

	/* One long run in between, and all is forgiven. */
	r = (struct respawn){ 0 };
	for (i = 0; i < 10; i++)
		run(&r, &now, S, -11);
	assert_int_equal(run(&r, &now, 30 * S, 0), RESPAWN_AGAIN);
	for (i = 0; i < 10; i++)
		assert_int_equal(run(&r, &now, S, -11), RESPAWN_AGAIN);
	assert_int_equal(run(&r, &now, S, -11), RESPAWN_TOO_FAST);
}

static void not_again(void **state)
{
	struct respawn r = { 0 };
	uint64_t now = 5 * S;

	(void)state;
	assert_int_equal(run(&r, &now, 100 * S, 100), RESPAWN_ENOUGH);
	assert_int_equal(r.start_at, 0);
	assert_int_equal(run(&r, &now, 100 * S, 99), RESPAWN_AGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_runs),
		cmocka_unit_test(short_runs),
		cmocka_unit_test(not_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
