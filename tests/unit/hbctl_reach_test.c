// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/reach.c */
/* When a ping node counts as dead, and when as there. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/reach.h"

#define DEADPING	100ULL

static void answers(void **state)
{
	struct reach r = { 0 };

	(void)state;
	reach_asked(&r, 1000);
	assert_false(reach_judge(&r, 1099, DEADPING));
	assert_true(reach_answered(&r));
	assert_int_equal(r.state, REACH_UP);
	/* nothing was asked since */
	assert_false(reach_judge(&r, 100000, DEADPING));
	reach_asked(&r, 100001);
	assert_false(reach_answered(&r));
	assert_false(reach_judge(&r, 200000, DEADPING));
}

static void silence(void **state)
{
	struct reach r = { 0 };

	(void)state;
	reach_asked(&r, 1000);
	/* the first question counts, not the last */
	reach_asked(&r, 1050);
	reach_asked(&r, 1090);
	assert_false(reach_judge(&r, 1099, DEADPING));
	assert_true(reach_judge(&r, 1100, DEADPING));
	assert_int_equal(r.state, REACH_DEAD);
	/* once */
	assert_false(reach_judge(&r, 1200, DEADPING));
	assert_true(reach_answered(&r));
	assert_int_equal(r.state, REACH_UP);
}

/* Stopped for long between an answer and the next question: no reason to complain. */
static void who_does_not_ask(void **state)
{
	struct reach r = { 0 };

	(void)state;
	reach_asked(&r, 1000);
	reach_answered(&r);
	assert_false(reach_judge(&r, 9000, DEADPING));
	reach_asked(&r, 9000);
	assert_false(reach_judge(&r, 9099, DEADPING));
	assert_true(reach_judge(&r, 9100, DEADPING));
}

static void counting(void **state)
{
	struct reach v[3] = { { 0 }, { 0 }, { 0 } };

	(void)state;
	assert_int_equal(reach_count(v, 0), 0);
	assert_int_equal(reach_count(v, 3), -1);
	for (size_t i = 0; i < 3; i++)
		reach_asked(&v[i], 1);
	reach_answered(&v[0]);
	reach_answered(&v[1]);
	assert_int_equal(reach_count(v, 3), -1);
	assert_true(reach_judge(&v[2], 101, DEADPING));
	assert_int_equal(reach_count(v, 3), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(silence),
		cmocka_unit_test(who_does_not_ask),
		cmocka_unit_test(counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
