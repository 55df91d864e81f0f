// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/sequence.c */
/* In which order resources come and go, and what follows when one does not. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sequence.h"

#define SECOND	1000000000ULL

/* A disk, its file system, an address and a server: d f a s. */
static struct sequence_item items[6];
static struct sequence sequence = { .items = items };
static uint64_t now;

static int setup(void **state)
{
	(void)state;
	memset(items, 0, sizeof(items));
	items[2].native = true;
	sequence.n = 4;
	sequence.goal = SEQUENCE_IDLE;
	sequence.gave_up = false;
	now = 100 * SECOND;
	return 0;
}

static void states(enum resource_state d, enum resource_state f, enum resource_state a,
		   enum resource_state s)
{
	items[0].state = d;
	items[1].state = f;
	items[2].state = a;
	items[3].state = s;
}

static void all(enum resource_state state)
{
	states(state, state, state, state);
}

/* What comes next is this; it is done, with this result. */
static void expect(enum resource_op op, size_t index, enum resource_result result)
{
	struct sequence_next next = sequence_next(&sequence, now);

	assert_int_equal(next.what, SEQUENCE_DO);
	assert_int_equal(next.op, op);
	assert_int_equal(next.index, index);
	sequence_begin(&sequence, index, op);
	/* One thing at a time. */
	next = sequence_next(&sequence, now);
	assert_int_equal(next.what, SEQUENCE_WAIT);
	assert_int_equal(next.at, 0);
	sequence_result(&sequence, index, result, now);
}

static void is(enum sequence_what what)
{
	assert_int_equal(sequence_next(&sequence, now).what, what);
}

static void waits_until(uint64_t at)
{
	struct sequence_next next = sequence_next(&sequence, now);

	assert_int_equal(next.what, SEQUENCE_WAIT);
	assert_int_equal(next.at, at);
}

static void asks_then_starts_from_the_left(void **state)
{
	(void)state;
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_NOT_RUNNING);
	expect(RESOURCE_START, 0, RESOURCE_DONE);
	/* The file system is mounted already. */
	expect(RESOURCE_STATUS, 1, RESOURCE_DONE);
	/* An address is not asked, and has its place in the order. */
	expect(RESOURCE_START, 2, RESOURCE_DONE);
	expect(RESOURCE_STATUS, 3, RESOURCE_NOT_RUNNING);
	expect(RESOURCE_START, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
	assert_false(sequence.gave_up);
	assert_false(sequence_is_down(&sequence));
}

static void stops_from_the_right_without_asking(void **state)
{
	(void)state;
	all(RESOURCE_STARTED);
	/* Never asked: stopping what is stopped must succeed. */
	items[1].state = RESOURCE_UNKNOWN;
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
	expect(RESOURCE_STOP, 2, RESOURCE_DONE);
	expect(RESOURCE_STOP, 1, RESOURCE_DONE);
	assert_false(sequence_is_down(&sequence));
	expect(RESOURCE_STOP, 0, RESOURCE_DONE);
	is(SEQUENCE_IS_DOWN);
	assert_true(sequence_is_down(&sequence));
}

static void what_was_stopped_is_asked_again_before_a_start(void **state)
{
	(void)state;
	all(RESOURCE_STOPPED);
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_DONE);
	assert_int_equal(items[0].state, RESOURCE_STARTED);
}

static void a_failed_start_takes_all_down(void **state)
{
	(void)state;
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_DONE);
	expect(RESOURCE_STATUS, 1, RESOURCE_NOT_RUNNING);
	expect(RESOURCE_START, 1, RESOURCE_ERROR);
	assert_true(sequence.gave_up);
	/* As Heartbeat: all of the line, what failed, and what was not reached, too. */
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
	expect(RESOURCE_STOP, 2, RESOURCE_DONE);
	expect(RESOURCE_STOP, 1, RESOURCE_DONE);
	expect(RESOURCE_STOP, 0, RESOURCE_DONE);
	is(SEQUENCE_IS_DOWN);
	assert_true(sequence.gave_up);
	sequence_set_goal(&sequence, SEQUENCE_IDLE);
	is(SEQUENCE_IS_DOWN);
	/* The next attempt is a new one. */
	sequence_set_goal(&sequence, SEQUENCE_UP);
	assert_false(sequence.gave_up);
	expect(RESOURCE_STATUS, 0, RESOURCE_NOT_RUNNING);
}

static void no_answer_is_a_failed_start(void **state)
{
	(void)state;
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_ERROR);
	assert_true(sequence.gave_up);
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
}

/* On its way up, or half up: starting it makes it whole, and is it not wanted, it is stopped. */
static void an_unclear_answer_counts_as_neither(void **state)
{
	(void)state;
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_UNSURE);
	expect(RESOURCE_START, 0, RESOURCE_DONE);
	all(RESOURCE_STOPPED);
	items[3].state = RESOURCE_UNKNOWN;
	sequence.goal = SEQUENCE_IDLE;
	expect(RESOURCE_STATUS, 3, RESOURCE_UNSURE);
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_DOWN);
}

static void what_should_not_run_is_found_and_stopped(void **state)
{
	(void)state;
	expect(RESOURCE_STATUS, 3, RESOURCE_DONE);
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
	expect(RESOURCE_STOP, 2, RESOURCE_DONE);
	expect(RESOURCE_STATUS, 1, RESOURCE_NOT_RUNNING);
	/* One that does not answer may run. */
	expect(RESOURCE_STATUS, 0, RESOURCE_ERROR);
	expect(RESOURCE_STOP, 0, RESOURCE_DONE);
	is(SEQUENCE_IS_DOWN);
}

static void a_stop_that_fails_is_repeated_then_asked(void **state)
{
	(void)state;
	all(RESOURCE_STARTED);
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	expect(RESOURCE_STOP, 3, RESOURCE_ERROR);
	/* Meanwhile nobody is sent here any more, but the disk stays below the server. */
	expect(RESOURCE_STOP, 2, RESOURCE_DONE);
	for (int i = 0; i < SEQUENCE_STOP_RETRIES; i++) {
		waits_until(now + SEQUENCE_STOP_RETRY_NS);
		assert_false(sequence_is_down(&sequence));
		now += SEQUENCE_STOP_RETRY_NS;
		expect(RESOURCE_STOP, 3, RESOURCE_ERROR);
	}
	/* Heartbeat reboots the machine here. */
	expect(RESOURCE_STATUS, 3, RESOURCE_DONE);
	assert_int_equal(items[3].state, RESOURCE_STUCK);
	for (int i = 0; i < 3; i++) {
		waits_until(now + SEQUENCE_RETRY_NS);
		now += SEQUENCE_RETRY_NS;
		expect(RESOURCE_STOP, 3, RESOURCE_ERROR);
		expect(RESOURCE_STATUS, 3, i == 1 ? RESOURCE_ERROR : i == 2 ? RESOURCE_UNSURE :
					   RESOURCE_DONE);
	}
	now += SEQUENCE_RETRY_NS;
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
	expect(RESOURCE_STOP, 1, RESOURCE_DONE);
}

static void a_script_that_fails_to_stop_what_is_stopped(void **state)
{
	(void)state;
	all(RESOURCE_STOPPED);
	items[0].state = RESOURCE_STARTED;
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	for (int i = 0; i <= SEQUENCE_STOP_RETRIES; i++) {
		expect(RESOURCE_STOP, 0, RESOURCE_ERROR);
		now += SEQUENCE_STOP_RETRY_NS;
	}
	expect(RESOURCE_STATUS, 0, RESOURCE_NOT_RUNNING);
	is(SEQUENCE_IS_DOWN);
	assert_int_equal(items[0].stops_failed, 0);
}

static void an_address_that_stays_is_never_asked(void **state)
{
	(void)state;
	all(RESOURCE_STOPPED);
	items[2].state = RESOURCE_STARTED;
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	for (int i = 0; i < 3 * SEQUENCE_STOP_RETRIES; i++) {
		expect(RESOURCE_STOP, 2, RESOURCE_ERROR);
		now += SEQUENCE_STOP_RETRY_NS;
	}
	expect(RESOURCE_STOP, 2, RESOURCE_DONE);
	is(SEQUENCE_IS_DOWN);
}

static void held_already_only_asks(void **state)
{
	(void)state;
	/* An agent comes back: the group is active. */
	sequence_set_goal(&sequence, SEQUENCE_KEEP);
	expect(RESOURCE_STATUS, 0, RESOURCE_DONE);
	expect(RESOURCE_STATUS, 1, RESOURCE_DONE);
	expect(RESOURCE_START, 2, RESOURCE_DONE);
	expect(RESOURCE_STATUS, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
}

static void held_and_failing_tries_again(void **state)
{
	(void)state;
	states(RESOURCE_STARTED, RESOURCE_STOPPED, RESOURCE_STARTED, RESOURCE_STARTED);
	sequence.goal = SEQUENCE_UP;
	sequence_set_goal(&sequence, SEQUENCE_KEEP);
	expect(RESOURCE_STATUS, 1, RESOURCE_NOT_RUNNING);
	expect(RESOURCE_START, 1, RESOURCE_ERROR);
	assert_false(sequence.gave_up);
	waits_until(now + SEQUENCE_RETRY_NS);
	now += SEQUENCE_RETRY_NS;
	expect(RESOURCE_STATUS, 1, RESOURCE_NOT_RUNNING);
	expect(RESOURCE_START, 1, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
}

static void a_change_of_mind_waits_for_what_is_under_way(void **state)
{
	struct sequence_next next;

	(void)state;
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_NOT_RUNNING);
	sequence_begin(&sequence, 0, RESOURCE_START);
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	next = sequence_next(&sequence, now);
	assert_int_equal(next.what, SEQUENCE_WAIT);
	sequence_result(&sequence, 0, RESOURCE_ERROR, now);
	/* It was to go down anyway: nobody gave up. */
	assert_false(sequence.gave_up);
	expect(RESOURCE_STOP, 3, RESOURCE_DONE);
	expect(RESOURCE_STOP, 2, RESOURCE_DONE);
	expect(RESOURCE_STOP, 1, RESOURCE_DONE);
	expect(RESOURCE_STOP, 0, RESOURCE_DONE);

	/* And the other way round. */
	all(RESOURCE_STARTED);
	sequence_begin(&sequence, 3, RESOURCE_STOP);
	sequence_set_goal(&sequence, SEQUENCE_UP);
	sequence_result(&sequence, 3, RESOURCE_DONE, now);
	expect(RESOURCE_START, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
}

static void stuck_but_wanted_again(void **state)
{
	(void)state;
	all(RESOURCE_STOPPED);
	items[0].state = RESOURCE_STARTED;
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	expect(RESOURCE_STOP, 0, RESOURCE_ERROR);
	sequence_set_goal(&sequence, SEQUENCE_UP);
	expect(RESOURCE_STATUS, 0, RESOURCE_DONE);
	assert_int_equal(items[0].state, RESOURCE_STARTED);
}

static void what_left_the_line_goes_first_whatever_the_goal(void **state)
{
	(void)state;
	sequence.n = 6;
	all(RESOURCE_STARTED);
	items[3].state = RESOURCE_UNKNOWN;	/* new */
	items[4] = (struct sequence_item){ .state = RESOURCE_STARTED, .leaving = true };
	items[5] = (struct sequence_item){ .state = RESOURCE_UNKNOWN, .leaving = true };
	sequence.goal = SEQUENCE_KEEP;
	expect(RESOURCE_STOP, 5, RESOURCE_DONE);
	expect(RESOURCE_STOP, 4, RESOURCE_ERROR);
	/* One that does not go keeps nothing from coming. */
	expect(RESOURCE_STATUS, 3, RESOURCE_NOT_RUNNING);
	expect(RESOURCE_START, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
	assert_int_equal(sequence_next(&sequence, now).at, now + SEQUENCE_STOP_RETRY_NS);
	/* But the group from being down. */
	sequence_set_goal(&sequence, SEQUENCE_DOWN);
	for (size_t i = 4; i-- > 0;)
		expect(RESOURCE_STOP, i, RESOURCE_DONE);
	waits_until(now + SEQUENCE_STOP_RETRY_NS);
	assert_false(sequence_is_down(&sequence));
	now += SEQUENCE_STOP_RETRY_NS;
	expect(RESOURCE_STOP, 4, RESOURCE_DONE);
	is(SEQUENCE_IS_DOWN);
	/* And never comes back. */
	sequence_set_goal(&sequence, SEQUENCE_UP);
	assert_int_equal(items[4].state, RESOURCE_STOPPED);
}

/* Asked at once, and that it runs is what is wanted now: not asked for ever. */
static void a_stop_that_fails_when_it_is_wanted_again(void **state)
{
	(void)state;
	all(RESOURCE_STARTED);
	sequence.goal = SEQUENCE_DOWN;
	sequence_begin(&sequence, 3, RESOURCE_STOP);
	sequence_set_goal(&sequence, SEQUENCE_UP);
	sequence_result(&sequence, 3, RESOURCE_ERROR, now);
	expect(RESOURCE_STATUS, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
	assert_int_equal(items[3].stops_failed, 0);
	/* What left the line is still to be stopped. */
	items[3] = (struct sequence_item){ .state = RESOURCE_CHECKING, .leaving = true, .stops_failed = 11 };
	sequence_result(&sequence, 3, RESOURCE_DONE, now);
	assert_int_equal(items[3].state, RESOURCE_STUCK);
}

static void what_left_the_line_fails_alone(void **state)
{
	(void)state;
	sequence.n = 5;
	states(RESOURCE_STARTED, RESOURCE_STARTED, RESOURCE_STARTED, RESOURCE_STOPPED);
	items[4] = (struct sequence_item){ .state = RESOURCE_STARTING, .leaving = true };
	sequence.goal = SEQUENCE_UP;
	sequence_result(&sequence, 4, RESOURCE_ERROR, now);
	assert_false(sequence.gave_up);
	expect(RESOURCE_STOP, 4, RESOURCE_DONE);
	expect(RESOURCE_START, 3, RESOURCE_DONE);
	is(SEQUENCE_IS_UP);
	/* Another's failure is not forgotten for it. */
	sequence.gave_up = true;
	items[4].state = RESOURCE_STARTING;
	sequence_result(&sequence, 4, RESOURCE_ERROR, now);
	assert_true(sequence.gave_up);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(resource_state_name(RESOURCE_UNKNOWN), "unknown");
	assert_string_equal(resource_state_name(RESOURCE_STARTED), "started");
	assert_string_equal(resource_state_name(RESOURCE_STUCK), "stuck");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(asks_then_starts_from_the_left, setup),
		cmocka_unit_test_setup(stops_from_the_right_without_asking, setup),
		cmocka_unit_test_setup(what_was_stopped_is_asked_again_before_a_start, setup),
		cmocka_unit_test_setup(a_stop_that_fails_when_it_is_wanted_again, setup),
		cmocka_unit_test_setup(what_left_the_line_fails_alone, setup),
		cmocka_unit_test_setup(a_failed_start_takes_all_down, setup),
		cmocka_unit_test_setup(no_answer_is_a_failed_start, setup),
		cmocka_unit_test_setup(an_unclear_answer_counts_as_neither, setup),
		cmocka_unit_test_setup(what_should_not_run_is_found_and_stopped, setup),
		cmocka_unit_test_setup(a_stop_that_fails_is_repeated_then_asked, setup),
		cmocka_unit_test_setup(a_script_that_fails_to_stop_what_is_stopped, setup),
		cmocka_unit_test_setup(an_address_that_stays_is_never_asked, setup),
		cmocka_unit_test_setup(held_already_only_asks, setup),
		cmocka_unit_test_setup(held_and_failing_tries_again, setup),
		cmocka_unit_test_setup(a_change_of_mind_waits_for_what_is_under_way, setup),
		cmocka_unit_test_setup(stuck_but_wanted_again, setup),
		cmocka_unit_test_setup(what_left_the_line_goes_first_whatever_the_goal, setup),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
