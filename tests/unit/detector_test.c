// SPDX-License-Identifier: GPL-2.0
/* sources: kmod/detector.c */
/*
 * The detector: who is believed, for how long, and what cannot deceive it.
 *
 * Times are small and round: keepalive 10 ms, deadtime 30 ms, warntime 20 ms.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <hbkm/detector.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define US		1000ULL
#define MS		1000000ULL
#define SEC		1000000000ULL
#define START		(5 * SEC)

/* What the first beat of a life comes to, if it proves itself. */
#define FIRST		(HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS | \
			 HBKM_HEARD_REBORN | HBKM_HEARD_TIMES)

static const struct hbkm_timing own = { .deadtime_ns = 30 * MS, .warntime_ns = 20 * MS };

/* Life @life's beat @seq, by a clock that agrees with ours, sent at @sent. */
static struct hbkm_beat beat(u64 life, u64 seq, u64 sent)
{
	struct hbkm_beat b = {
		.incarnation = life,
		.seq = seq,
		.clock_ns = sent,
		.keepalive_us = 10000,
		.deadtime_us = 30000,
		.knows_us = true,
		.hears_us = true,
		.named_seq = seq + 1000,
		.our_seq = seq + 1000,
	};

	return b;
}

/* A peer, up in life @life: its beat 1 was sent and heard at START. */
static void up(struct hbkm_detector *d, u64 life)
{
	struct hbkm_beat b = beat(life, 1, START);

	hbkm_detector_init(d);
	assert_int_equal(hbkm_detector_heard(d, &b, START), FIRST);
	assert_int_equal(d->state, HBKM_NODE_UP);
}

/* Beat @seq of @life on time, up from beat 1 at START. */
static unsigned int on_time(struct hbkm_detector *d, u64 life, u64 seq)
{
	u64 t = START + (seq - 1) * 10 * MS;
	struct hbkm_beat b = beat(life, seq, t);

	return hbkm_detector_heard(d, &b, t);
}

static u8 judged(struct hbkm_detector *d, u64 now)
{
	u64 next;

	hbkm_detector_judge(d, &own, now, &next);
	return d->state;
}

/* All that may decide anything: what is refused must leave it as it was. */
static void assert_unmoved(const struct hbkm_detector *d, const struct hbkm_detector *before)
{
	assert_memory_equal(d, before, sizeof(*d));
}

static void begins_unknown(void **state)
{
	struct hbkm_detector d;
	u64 next = 1;

	(void)state;
	hbkm_detector_init(&d);
	assert_int_equal(d.state, HBKM_NODE_INIT);
	assert_false(hbkm_detector_alive(&d));
	assert_false(hbkm_detector_present(&d));
	assert_false(hbkm_detector_names_claim(&d));
	assert_false(hbkm_detector_judge(&d, &own, 1000 * SEC, &next));
	assert_true(next == 0);
	assert_int_equal(d.state, HBKM_NODE_INIT);
}

/* A stranger's beat only makes us name it; naming us makes it believed. */
static void shakes_hands(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	hbkm_detector_init(&d);
	b = beat(7, 41, START);
	b.knows_us = false;
	b.hears_us = false;
	b.named_seq = 0;
	b.our_seq = 12;
	assert_int_equal(hbkm_detector_heard(&d, &b, START), HBKM_HEARD_CLAIM);
	assert_int_equal(d.state, HBKM_NODE_INIT);
	assert_false(hbkm_detector_present(&d));
	assert_true(hbkm_detector_names_claim(&d));
	assert_true(d.claimed_incarnation == 7);
	assert_true(d.claimed_seq == 41);
	assert_int_equal(d.paths_up, 0);

	b = beat(7, 42, START + MS);
	b.named_seq = 12;
	b.our_seq = 13;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + MS), FIRST);
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_true(hbkm_detector_alive(&d));
	assert_false(hbkm_detector_names_claim(&d));
	assert_true(d.incarnation == 7);
	assert_true(d.seq == 42);
	assert_true(d.floor_seq == 13);
	assert_int_equal(d.keepalive_us, 10000);
	assert_int_equal(d.deadtime_us, 30000);
	assert_int_equal(d.paths_up, 1);
}

static void numbers_we_have_not_sent_prove_nothing(void **state)
{
	static const struct {
		bool knows;
		u64 named, ours;
		unsigned int want;
	} table[] = {
		{ true, 0, 0, HBKM_HEARD_CLAIM },	/* we have sent nothing */
		{ true, 0, 5, HBKM_HEARD_CLAIM },
		{ true, 6, 5, HBKM_HEARD_CLAIM },
		{ false, 5, 5, HBKM_HEARD_CLAIM },
		{ true, 5, 5, FIRST },
		{ true, 1, 5, FIRST },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hbkm_beat b = beat(7, 1, START);
		struct hbkm_detector d;

		b.knows_us = table[i].knows;
		b.named_seq = table[i].named;
		b.our_seq = table[i].ours;
		hbkm_detector_init(&d);
		assert_int_equal(hbkm_detector_heard(&d, &b, START), table[i].want);
	}
}

/* It names our life, but holds us for dead: present, no candidate. */
static void one_way_is_known_as_such(void **state)
{
	struct hbkm_beat b = beat(7, 1, START);
	struct hbkm_detector d;

	(void)state;
	hbkm_detector_init(&d);
	b.hears_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &b, START), FIRST);
	assert_int_equal(d.state, HBKM_NODE_INIT);
	assert_true(d.oneway);
	assert_true(d.oneway_ns == START);
	assert_true(hbkm_detector_present(&d));
	assert_false(hbkm_detector_alive(&d));
	/* What is present is not presumed dead, but dies as others do. */
	assert_false(hbkm_detector_presume_dead(&d));

	b = beat(7, 2, START + 10 * MS);
	b.hears_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS), HBKM_HEARD_NEW);
	assert_true(d.oneway_ns == START);	/* since it began */

	assert_int_equal(on_time(&d, 7, 3), HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_false(d.oneway);

	b = beat(7, 4, START + 30 * MS);
	b.hears_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 30 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_true(d.oneway);
	assert_true(d.oneway_ns == START + 30 * MS);
	assert_int_equal(judged(&d, START + 60 * MS - 1), HBKM_NODE_INIT);
	assert_int_equal(judged(&d, START + 60 * MS), HBKM_NODE_DEAD);
	assert_false(d.oneway);
}

/* A peer that is one-way known and alive, whose present life does not name ours at all. */
static void forgetting_our_life_is_one_way(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	b = beat(7, 2, START + 10 * MS);
	b.knows_us = false;
	b.hears_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_true(d.oneway);
	assert_int_equal(d.state, HBKM_NODE_INIT);
}

static void a_number_passes_once_on_a_path(void **state)
{
	struct hbkm_detector d, before;
	u64 seq;

	(void)state;
	up(&d, 7);
	for (seq = 2; seq <= 200; seq += 2)	/* the odd ones are on their way */
		assert_int_equal(on_time(&d, 7, seq), HBKM_HEARD_NEW);
	before = d;
	for (seq = 2; seq <= 200; seq += 2)
		assert_int_equal(on_time(&d, 7, seq), HBKM_HEARD_REPLAY);
	assert_unmoved(&d, &before);

	/* Out of order: each odd one inside the window passes once, older ones never. */
	for (seq = 199; seq > 200 - HBKM_REPLAY_WINDOW; seq -= 2) {
		assert_int_equal(on_time(&d, 7, seq), 0);
		assert_int_equal(on_time(&d, 7, seq), HBKM_HEARD_REPLAY);
	}
	assert_int_equal(seq, 135);
	for (; seq > 1; seq -= 2)
		assert_int_equal(on_time(&d, 7, seq), HBKM_HEARD_REPLAY);
	/* And none of it makes the node any fresher. */
	assert_true(d.seq == 200);
	assert_true(d.fresh_ns == before.fresh_ns);
	assert_true(d.heard_ns == before.heard_ns);
}

static void a_jump_forgets_the_window(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	b = beat(7, 2, START + 10 * MS);
	b.seq = 1000000;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS), HBKM_HEARD_NEW);
	b.seq = 1000000 - HBKM_REPLAY_WINDOW;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS), HBKM_HEARD_REPLAY);
	b.seq = 1000000 - HBKM_REPLAY_WINDOW + 1;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS), 0);
	b.seq = 2;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS), HBKM_HEARD_REPLAY);
}

/* The same beat comes on every path: the second one only shows that the path works. */
static void each_path_has_a_window(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	b = beat(7, 1, START);
	b.path = HBKM_MAX_PATHS - 1;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + MS), HBKM_HEARD_PATHS);
	assert_int_equal(d.paths_up, 1U | 1U << (HBKM_MAX_PATHS - 1));
	assert_int_equal(hbkm_detector_heard(&d, &b, START + MS), HBKM_HEARD_REPLAY);
	b.path = 3;
	b.seq = 2;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_PATHS);
	b.path = 0;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS), 0);
}

/* A path that was silent has an empty window: an old recording must not open it. */
static void a_recording_does_not_open_another_path(void **state)
{
	struct hbkm_detector d, before;
	struct hbkm_beat b;
	u64 seq;

	(void)state;
	up(&d, 7);
	for (seq = 2; seq <= 100; seq++)
		assert_int_equal(on_time(&d, 7, seq), HBKM_HEARD_NEW);
	before = d;
	for (seq = 1; seq <= 100 - HBKM_REPLAY_WINDOW; seq++) {
		b = beat(7, seq, START);
		b.path = 1;
		assert_int_equal(hbkm_detector_heard(&d, &b, START + SEC), HBKM_HEARD_REPLAY);
	}
	assert_unmoved(&d, &before);
}

static void paths_age_one_by_one(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 seq;

	(void)state;
	up(&d, 7);
	b = beat(7, 1, START);
	b.path = 1;
	hbkm_detector_heard(&d, &b, START);
	for (seq = 2; seq <= 4; seq++)
		on_time(&d, 7, seq);
	assert_int_equal(hbkm_detector_age_paths(&d, &own, START + 30 * MS), 0);
	assert_int_equal(hbkm_detector_age_paths(&d, &own, START + 30 * MS + 1), 2);
	assert_int_equal(d.paths_up, 1);
	assert_int_equal(hbkm_detector_age_paths(&d, &own, START + 30 * MS + 1), 0);
	assert_int_equal(d.state, HBKM_NODE_UP);

	b = beat(7, 5, START + 40 * MS);
	b.path = 1;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 40 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_PATHS);

	/* With its death all go. */
	assert_int_equal(judged(&d, START + 70 * MS), HBKM_NODE_DEAD);
	assert_int_equal(d.paths_up, 0);
	assert_int_equal(on_time(&d, 7, 9),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS);
}

static void paths_do_not_drop_because_we_slept(void **state)
{
	struct hbkm_detector d;

	(void)state;
	up(&d, 7);
	hbkm_detector_excuse(&d, &own, START + SEC);
	assert_int_equal(hbkm_detector_age_paths(&d, &own, START + SEC), 0);
	assert_int_equal(hbkm_detector_age_paths(&d, &own, START + SEC + 30 * MS), 1);
}

static void silence_is_late_then_dead(void **state)
{
	struct hbkm_detector d;
	u64 next;

	(void)state;
	up(&d, 7);
	assert_true(hbkm_detector_deadline(&d, &own) == START + 20 * MS);
	assert_false(hbkm_detector_judge(&d, &own, START + 20 * MS - 1, &next));
	assert_true(next == START + 20 * MS);

	assert_true(hbkm_detector_judge(&d, &own, START + 20 * MS, &next));
	assert_int_equal(d.state, HBKM_NODE_LATE);
	assert_true(hbkm_detector_alive(&d));
	assert_true(next == START + 30 * MS);
	assert_true(hbkm_detector_deadline(&d, &own) == START + 30 * MS);
	assert_false(hbkm_detector_judge(&d, &own, START + 30 * MS - 1, &next));

	assert_true(hbkm_detector_judge(&d, &own, START + 30 * MS, &next));
	assert_int_equal(d.state, HBKM_NODE_DEAD);
	assert_true(next == 0);
	assert_false(hbkm_detector_present(&d));
	assert_false(hbkm_detector_judge(&d, &own, START + SEC, &next));
}

static void late_is_over_with_a_beat(void **state)
{
	struct hbkm_detector d;

	(void)state;
	up(&d, 7);
	assert_int_equal(judged(&d, START + 25 * MS), HBKM_NODE_LATE);
	assert_int_equal(on_time(&d, 7, 4), HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_int_equal(d.state, HBKM_NODE_UP);
}

/* Both verdicts at once, if nobody asked in between; warntime may equal deadtime. */
static void judging_late_gives_the_last_verdict(void **state)
{
	static const struct hbkm_timing same = { 30 * MS, 30 * MS };
	struct hbkm_detector d;
	u64 next;

	(void)state;
	up(&d, 7);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_DEAD);
	up(&d, 7);
	assert_true(hbkm_detector_judge(&d, &same, START + 30 * MS, &next));
	assert_int_equal(d.state, HBKM_NODE_DEAD);
}

static void the_dead_may_return_in_the_same_life(void **state)
{
	struct hbkm_detector d;

	(void)state;
	up(&d, 7);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_DEAD);
	/* but not by what was heard before */
	assert_int_equal(on_time(&d, 7, 1), HBKM_HEARD_CLAIM);
	assert_int_equal(d.state, HBKM_NODE_DEAD);
	assert_int_equal(on_time(&d, 7, 200),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS);
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_false(d.oneway);
	assert_false(hbkm_detector_names_claim(&d));
}

/*
 * Beats that were on their way, or recorded where we could not hear them, when it
 * died: they are new to us, but have not heard us since. So is all that a node
 * says which does not hear us: it may hold what it likes, we cannot tell it from
 * a recording.
 */
static void the_dead_do_not_return_by_unheard_recordings(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 seq;

	(void)state;
	up(&d, 7);
	on_time(&d, 7, 2);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_DEAD);
	for (seq = 3; seq < 100; seq++) {
		b = beat(7, seq, START + seq * 10 * MS);
		b.named_seq = d.floor_seq;
		b.our_seq = 2000;
		b.hears_us = seq % 2;
		assert_int_equal(hbkm_detector_heard(&d, &b, START + SEC), HBKM_HEARD_CLAIM);
		assert_int_equal(d.state, HBKM_NODE_DEAD);
		assert_false(hbkm_detector_present(&d));
		assert_true(hbkm_detector_names_claim(&d));
	}
	assert_true(d.seq == 2);
	/* Now it has heard us: with the very next number. */
	b = beat(7, 100, START + SEC);
	b.named_seq = d.floor_seq + 1;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + SEC),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS);
	assert_int_equal(d.state, HBKM_NODE_UP);
}

/*
 * The peer lived twice within our one life. What it said in its first life named
 * our life too, with numbers that we had sent by then: none of it may revive it.
 */
static void an_earlier_life_stays_dead(void **state)
{
	struct hbkm_detector d, before;
	struct hbkm_beat old[4], b;
	unsigned int i, round;

	(void)state;
	hbkm_detector_init(&d);
	for (i = 0; i < ARRAY_SIZE(old); i++) {
		old[i] = beat(7, i + 1, START + i * 10 * MS);
		old[i].our_seq = 50 + i;
		old[i].named_seq = 50 + i;
		hbkm_detector_heard(&d, &old[i], START + i * 10 * MS);
	}
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_true(d.floor_seq == 53);

	/* Its second life, while the first still counts: refused until it proves itself. */
	b = beat(8, 1, START + 40 * MS);
	b.knows_us = false;
	b.hears_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 40 * MS), HBKM_HEARD_STALE);
	b = beat(8, 2, START + 41 * MS);
	b.named_seq = 53;	/* its former life could have heard that */
	b.our_seq = 55;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 41 * MS), HBKM_HEARD_STALE);
	b.seq = 3;
	b.named_seq = 54;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 41 * MS), FIRST);
	assert_true(d.floor_seq == 55);

	before = d;
	for (i = 0; i < ARRAY_SIZE(old); i++) {
		old[i].our_seq = 60;
		assert_int_equal(hbkm_detector_heard(&d, &old[i], START + 42 * MS),
				 HBKM_HEARD_STALE);
		assert_int_equal(hbkm_detector_left(&d, &old[i], START + 42 * MS),
				 HBKM_HEARD_STALE);
	}
	assert_unmoved(&d, &before);

	/* Nor when the second life is over, by silence or with good-bye. */
	for (round = 0; round < 2; round++) {
		if (round) {
			b.incarnation = 9;
			b.seq = 1;
			b.named_seq = 70;
			b.our_seq = 71;
			assert_int_equal(hbkm_detector_heard(&d, &b, START + 50 * MS), FIRST);
			b.seq = 2;
			hbkm_detector_left(&d, &b, START + 51 * MS);
			assert_int_equal(d.state, HBKM_NODE_LEFT);
		} else {
			assert_int_equal(judged(&d, START + SEC), HBKM_NODE_DEAD);
		}
		for (i = 0; i < ARRAY_SIZE(old); i++) {
			u8 was = d.state;

			old[i].our_seq = 1000;
			assert_int_equal(hbkm_detector_heard(&d, &old[i], START + SEC),
					 HBKM_HEARD_CLAIM);
			assert_int_equal(d.state, was);
			assert_false(hbkm_detector_present(&d));
		}
	}
}

/* Our restart: what peers said to our former life names that, and proves nothing. */
static void our_own_earlier_life_proves_nothing(void **state)
{
	struct hbkm_beat b = beat(7, 500, START);
	struct hbkm_detector d;

	(void)state;
	hbkm_detector_init(&d);
	b.knows_us = false;	/* as the caller finds: it names another life of ours */
	b.hears_us = false;
	b.named_seq = 3;
	b.our_seq = 5;
	assert_int_equal(hbkm_detector_heard(&d, &b, START), HBKM_HEARD_CLAIM);
	assert_int_equal(hbkm_detector_heard(&d, &b, START), HBKM_HEARD_CLAIM);
	assert_int_equal(hbkm_detector_left(&d, &b, START), HBKM_HEARD_STALE);
	assert_int_equal(d.state, HBKM_NODE_INIT);
	assert_true(hbkm_detector_presume_dead(&d));
	assert_int_equal(hbkm_detector_heard(&d, &b, START), HBKM_HEARD_CLAIM);
	assert_int_equal(d.state, HBKM_NODE_DEAD);
}

/* Nothing but what it says about itself may decide; claims must not stick in the way. */
static void claims_by_recordings_do_not_shut_out_the_living(void **state)
{
	struct hbkm_beat old = beat(3, 900, START), real = beat(7, 1, START);
	struct hbkm_detector d;

	(void)state;
	hbkm_detector_init(&d);
	old.knows_us = false;
	real.knows_us = false;
	real.our_seq = 1;
	assert_int_equal(hbkm_detector_heard(&d, &old, START), HBKM_HEARD_CLAIM);
	assert_int_equal(hbkm_detector_heard(&d, &real, START), HBKM_HEARD_CLAIM);
	assert_true(d.claimed_incarnation == 7);
	assert_int_equal(hbkm_detector_heard(&d, &old, START), HBKM_HEARD_CLAIM);
	assert_int_equal(on_time(&d, 7, 2), FIRST);
	/* In a claimed life the newest number counts, whatever comes late. */
	hbkm_detector_init(&d);
	old = beat(7, 20, START);
	old.knows_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &old, START), HBKM_HEARD_CLAIM);
	old.seq = 19;
	assert_int_equal(hbkm_detector_heard(&d, &old, START + MS), HBKM_HEARD_CLAIM);
	assert_true(d.claimed_seq == 20);
	assert_true(d.claimed_ns == START);
	assert_int_equal(on_time(&d, 7, 21), FIRST);
	/* Once it is dead again, we name the life that we know, until another speaks. */
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_DEAD);
	assert_false(hbkm_detector_names_claim(&d));
}

static void rebirth_forgets_the_former_life(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 seq;

	(void)state;
	up(&d, 7);
	for (seq = 2; seq < 100; seq++)
		on_time(&d, 7, seq);
	b = beat(8, 1, 0);	/* rebooted: clock and numbers begin again */
	b.clock_ns = 3 * MS;
	b.keepalive_us = 5000;
	b.path = 2;
	b.named_seq = 2000;
	b.our_seq = 2000;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + SEC), FIRST);
	assert_true(d.incarnation == 8);
	assert_true(d.seq == 1);
	assert_true(d.fresh_ns == START + SEC);
	assert_int_equal(d.paths_up, 4);
	assert_int_equal(d.keepalive_us, 5000);
	/* The last beat of the former life, late */
	b = beat(7, 100, START + 990 * MS);
	assert_int_equal(hbkm_detector_heard(&d, &b, START + SEC), HBKM_HEARD_STALE);
}

static void good_bye_counts_once(void **state)
{
	struct hbkm_detector d, before;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	on_time(&d, 7, 2);
	b = beat(7, 4, START + 25 * MS);
	assert_int_equal(hbkm_detector_left(&d, &b, START + 25 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS);
	assert_int_equal(d.state, HBKM_NODE_LEFT);
	assert_false(hbkm_detector_present(&d));
	assert_int_equal(d.paths_up, 0);
	assert_true(d.floor_seq == b.our_seq);

	/* The same on another path, and beats that it overtook, or that follow. */
	before = d;
	b.path = 1;
	assert_int_equal(hbkm_detector_left(&d, &b, START + 26 * MS), HBKM_HEARD_STALE);
	assert_int_equal(on_time(&d, 7, 3), HBKM_HEARD_STALE);
	assert_int_equal(on_time(&d, 7, 5), HBKM_HEARD_STALE);
	assert_unmoved(&d, &before);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_LEFT);
	assert_false(hbkm_detector_presume_dead(&d));

	/* It comes back in a new life, having heard us since. */
	b = beat(8, 1, START + SEC);
	b.knows_us = false;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + SEC), HBKM_HEARD_CLAIM);
	assert_true(hbkm_detector_names_claim(&d));
	assert_int_equal(d.state, HBKM_NODE_LEFT);
	b = beat(8, 2, START + SEC);
	b.named_seq = d.floor_seq + 1;
	b.our_seq = b.named_seq;
	assert_true(hbkm_detector_heard(&d, &b, START + SEC) & HBKM_HEARD_REBORN);
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_false(d.gone);
}

/* What a panic says was written before the beats that it follows, and names nobody. */
static void last_word_follows_every_beat(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	on_time(&d, 7, 2);
	b = beat(7, UINT64_MAX, 0);
	b.knows_us = false;
	b.hears_us = false;
	b.named_seq = 0;
	assert_int_equal(hbkm_detector_left(&d, &b, START + 25 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS);
	assert_int_equal(d.state, HBKM_NODE_LEFT);
	assert_int_equal(hbkm_detector_left(&d, &b, START + 26 * MS), HBKM_HEARD_STALE);
	assert_int_equal(on_time(&d, 7, 3), HBKM_HEARD_STALE);

	/* And its end is not the next life's. */
	b = beat(8, 1, START + SEC);
	b.named_seq = d.floor_seq + 1;
	b.our_seq = b.named_seq;
	assert_true(hbkm_detector_heard(&d, &b, START + SEC) & HBKM_HEARD_REBORN);
	assert_int_equal(d.state, HBKM_NODE_UP);
}

static void recorded_good_byes_end_nothing(void **state)
{
	struct hbkm_detector d, before;
	struct hbkm_beat b;

	(void)state;
	/* Of a stranger, of another life, of a number that has passed. */
	hbkm_detector_init(&d);
	b = beat(7, 9, START);
	assert_int_equal(hbkm_detector_left(&d, &b, START), HBKM_HEARD_STALE);
	assert_int_equal(d.state, HBKM_NODE_INIT);

	up(&d, 7);
	on_time(&d, 7, 2);
	before = d;
	b = beat(6, 99, START);
	assert_int_equal(hbkm_detector_left(&d, &b, START + 20 * MS), HBKM_HEARD_STALE);
	b = beat(7, 2, START);
	assert_int_equal(hbkm_detector_left(&d, &b, START + 20 * MS), HBKM_HEARD_REPLAY);
	b.path = 1;
	assert_int_equal(hbkm_detector_left(&d, &b, START + 20 * MS), HBKM_HEARD_REPLAY);
	assert_unmoved(&d, &before);
}

/* The dead and the one-way heard may say good-bye, too: the reason is news. */
static void good_bye_from_the_dead(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b = beat(7, 5, START);

	(void)state;
	up(&d, 7);
	judged(&d, START + SEC);
	assert_true(hbkm_detector_left(&d, &b, START + SEC) & HBKM_HEARD_STATE);
	assert_int_equal(d.state, HBKM_NODE_LEFT);

	hbkm_detector_init(&d);
	b = beat(7, 1, START);
	b.hears_us = false;
	hbkm_detector_heard(&d, &b, START);
	b.seq = 2;
	assert_true(hbkm_detector_left(&d, &b, START + MS) & HBKM_HEARD_STATE);
	assert_int_equal(d.state, HBKM_NODE_LEFT);
	assert_false(hbkm_detector_present(&d));
}

/* Freshness points: one beat that was 8 ms on its way leaves the deadline where it was. */
static void a_late_beat_does_not_stretch_the_deadline(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	on_time(&d, 7, 2);
	b = beat(7, 3, START + 20 * MS);
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 28 * MS), HBKM_HEARD_NEW);
	assert_true(d.heard_ns == START + 28 * MS);
	assert_true(d.fresh_ns == START + 20 * MS);
	assert_int_equal(judged(&d, START + 50 * MS - 1), HBKM_NODE_LATE);
	assert_int_equal(judged(&d, START + 50 * MS), HBKM_NODE_DEAD);
}

/* And freshness never goes back, whatever comes in which order. */
static void an_extra_beat_does_not_shrink_the_deadline(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	on_time(&d, 7, 2);
	b = beat(7, 3, START + 2 * MS);	/* it says to have been sent before the last one */
	hbkm_detector_heard(&d, &b, START + 11 * MS);
	assert_true(d.fresh_ns == START + 10 * MS);
}

/* The way becomes 200 ms longer, for good: a beat in time is a beat in time. */
static void a_longer_way_does_not_kill(void **state)
{
	static const u64 ways[] = { 3 * MS, 8 * MS, 15 * MS, 200 * MS, 20 * SEC };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		struct hbkm_detector d;
		struct hbkm_beat b;
		u64 seq, now;

		up(&d, 7);
		for (seq = 2; seq <= 100; seq++)
			on_time(&d, 7, seq);
		/* the first of them is waited for; from then on they come every 10 ms */
		for (seq = 101; seq <= 400; seq++) {
			b = beat(7, seq, START + (seq - 1) * 10 * MS);
			now = b.clock_ns + ways[i];
			if (seq > 101) {
				assert_int_equal(judged(&d, now - 1), HBKM_NODE_UP);
				assert_int_equal(hbkm_detector_heard(&d, &b, now), HBKM_HEARD_NEW);
			} else {
				hbkm_detector_heard(&d, &b, now);
			}
			assert_true(d.fresh_ns + 10 * MS >= now);
			/* Soon the new way is the known way, and its beats count from their sending. */
			if (seq > 100 + HBKM_LAGGING)
				assert_true(d.fresh_ns == now);
		}
	}
}

/* A shorter way is believed at once. */
static void a_shorter_way_counts_at_once(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	hbkm_detector_init(&d);
	b = beat(7, 1, START);
	hbkm_detector_heard(&d, &b, START + 9 * MS);
	assert_true(d.fresh_ns == START + 9 * MS);
	b = beat(7, 2, START + 10 * MS);
	hbkm_detector_heard(&d, &b, START + 11 * MS);
	assert_true(d.fresh_ns == START + 11 * MS);
	b = beat(7, 3, START + 20 * MS);
	hbkm_detector_heard(&d, &b, START + 29 * MS);
	assert_true(d.fresh_ns == START + 21 * MS);
}

/* Days of drift, both ways: never late, and freshness stays close to the arrival. */
static void drift_is_followed(void **state)
{
	static const int ppms[] = { 200, -200, 400, -400 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ppms); i++) {
		struct hbkm_detector d;
		u64 seq, now = START;

		hbkm_detector_init(&d);
		for (seq = 1; seq <= 1000000; seq++, now += 10 * MS) {
			struct hbkm_beat b = beat(7, seq, 0);

			b.clock_ns = 3 * SEC + (now - START) + (s64)(now - START) / 1000000 * ppms[i];
			if (seq > 1 && judged(&d, now - 1) != HBKM_NODE_UP)
				fail_msg("%d ppm: late at beat %lu", ppms[i], (unsigned long)seq);
			hbkm_detector_heard(&d, &b, now);
			/* the oldest offset in the window is two halves old */
			if (now - d.fresh_ns > 2 * HBKM_OFFSET_WINDOW * 10 * MS / 1000000 * 400)
				fail_msg("%d ppm: %lu ns behind", ppms[i],
					 (unsigned long)(now - d.fresh_ns));
		}
	}
}

/* Its clock may stand anywhere, jump (suspend), and wrap: intervals are all that counts. */
static void any_clock_will_do(void **state)
{
	static const u64 clocks[] = { 0, 1, INT64_MAX, (u64)INT64_MAX + 1, UINT64_MAX, START };
	unsigned int i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		for (k = 0; k < ARRAY_SIZE(clocks); k++) {
			struct hbkm_detector d;
			u64 seq, now = START;

			hbkm_detector_init(&d);
			for (seq = 1; seq <= 300; seq++, now += 10 * MS) {
				struct hbkm_beat b = beat(7, seq, clocks[seq <= 100 ? i : k]);

				b.clock_ns += (seq - 1) * 10 * MS;
				if (seq > 1)
					assert_int_equal(judged(&d, now - 1), HBKM_NODE_UP);
				hbkm_detector_heard(&d, &b, now);
			}
			assert_true(d.fresh_ns == now - 10 * MS);
		}
	}
}

/* Near boot, "one keepalive ago" may lie before time began. */
static void early_times_do_not_wrap(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	hbkm_detector_init(&d);
	b = beat(7, 1, 0);
	hbkm_detector_heard(&d, &b, 1);
	b = beat(7, 2, 0);
	b.clock_ns = (u64)-SEC;
	hbkm_detector_heard(&d, &b, 2);
	assert_true(d.fresh_ns == 1);
	assert_int_equal(judged(&d, 3), HBKM_NODE_UP);
}

/* A peer configured slower than we judge is judged by what it says of itself. */
static void a_slow_peer_has_its_own_deadtime(void **state)
{
	static const struct {
		u32 keepalive_us, deadtime_us;
		u64 late_ns, dead_ns;
	} table[] = {
		{ 10000, 30000, 20 * MS, 30 * MS },	/* as we */
		{ 1000, 2500, 20 * MS, 30 * MS },	/* faster: our times are right */
		{ 14999, 60000, 22498500, 30 * MS },	/* two beats fit into our deadtime */
		{ 15000, 60000, 30 * MS, 60 * MS },	/* and now they do not */
		{ 1000000, 4000000, 2 * SEC, 4 * SEC },
		{ HBKM_KEEPALIVE_MAX_US, HBKM_TIME_MAX_US, 1800 * SEC, 3600 * SEC },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hbkm_beat b = beat(7, 1, START);
		struct hbkm_detector d;

		hbkm_detector_init(&d);
		b.keepalive_us = table[i].keepalive_us;
		b.deadtime_us = table[i].deadtime_us;
		hbkm_detector_heard(&d, &b, START);
		assert_int_equal(judged(&d, START + table[i].late_ns - 1), HBKM_NODE_UP);
		assert_int_equal(judged(&d, START + table[i].late_ns), HBKM_NODE_LATE);
		assert_int_equal(hbkm_detector_age_paths(&d, &own, START + table[i].dead_ns), 0);
		assert_int_equal(judged(&d, START + table[i].dead_ns - 1), HBKM_NODE_LATE);
		assert_int_equal(judged(&d, START + table[i].dead_ns), HBKM_NODE_DEAD);
	}
}

/* With a warntime below its keepalive, each single beat would be late. */
static void no_beat_is_late_before_it_is_overdue(void **state)
{
	static const struct hbkm_timing hasty = { .deadtime_ns = 30 * MS, .warntime_ns = MS };
	struct hbkm_detector d;
	u64 next;

	(void)state;
	up(&d, 7);
	assert_false(hbkm_detector_judge(&d, &hasty, START + 15 * MS - 1, &next));
	assert_true(next == START + 15 * MS);
	assert_true(hbkm_detector_judge(&d, &hasty, START + 15 * MS, &next));
	assert_int_equal(d.state, HBKM_NODE_LATE);
	assert_true(next == START + 30 * MS);
}

/* It may change its pace at any time (reload): the newest beat tells. */
static void a_changed_pace_counts_at_once(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	up(&d, 7);
	b = beat(7, 2, START + 10 * MS);
	b.keepalive_us = 1000000;
	b.deadtime_us = 3000000;
	assert_int_equal(hbkm_detector_heard(&d, &b, START + 10 * MS),
			 HBKM_HEARD_NEW | HBKM_HEARD_TIMES);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_UP);
	/* An older beat, late on another path, does not turn it back. */
	b = beat(7, 1, START);
	b.path = 1;
	hbkm_detector_heard(&d, &b, START + 20 * MS);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_UP);
	/* Back to fast. */
	b = beat(7, 3, START + SEC);
	hbkm_detector_heard(&d, &b, START + SEC);
	assert_int_equal(judged(&d, START + SEC + 30 * MS), HBKM_NODE_DEAD);
}

/*
 * We slept from START on, and all that came meanwhile is lost. The peer's next
 * beat is due within one keepalive, and may be later than that by as much as any.
 */
static void a_stalled_judge_gives_no_verdict(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 wake = START + 10 * SEC, next;

	(void)state;
	up(&d, 7);
	hbkm_detector_excuse(&d, &own, wake);
	hbkm_detector_judge(&d, &own, wake, &next);
	assert_int_equal(d.state, HBKM_NODE_LATE);
	assert_true(next > wake + 10 * MS);
	assert_int_equal(judged(&d, wake + 10 * MS + 500 * US), HBKM_NODE_LATE);
	b = beat(7, 1002, wake + 10 * MS);
	assert_int_equal(hbkm_detector_heard(&d, &b, wake + 10 * MS + 500 * US),
			 HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_int_equal(judged(&d, wake + 35 * MS), HBKM_NODE_LATE);
}

/* But a peer that died while we slept is found dead, soon. */
static void an_excuse_does_not_last(void **state)
{
	struct hbkm_detector d;
	u64 wake = START + 10 * SEC;

	(void)state;
	up(&d, 7);
	hbkm_detector_excuse(&d, &own, wake);
	assert_int_equal(judged(&d, wake + 30 * MS), HBKM_NODE_DEAD);

	/* Nor does it bring a death forward, or lengthen a deadline beyond it. */
	up(&d, 7);
	hbkm_detector_excuse(&d, &own, START);
	assert_int_equal(judged(&d, START + 30 * MS - 1), HBKM_NODE_LATE);
	assert_int_equal(judged(&d, START + 30 * MS), HBKM_NODE_DEAD);
}

/* Where every timer is late, each excuses everybody: no dead peer may live of that. */
static void excuses_come_to_an_end(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 t;

	(void)state;
	up(&d, 7);
	for (t = START + 30 * MS; t < START + 90 * MS; t += 10 * MS) {
		hbkm_detector_excuse(&d, &own, t);
		assert_int_equal(judged(&d, t), HBKM_NODE_LATE);
	}
	/* Who is heard in between has them all again. */
	b = beat(7, 2, t);
	hbkm_detector_heard(&d, &b, t);
	for (t += 30 * MS; t < START + SEC && d.state != HBKM_NODE_DEAD; t += 10 * MS) {
		hbkm_detector_excuse(&d, &own, t);
		judged(&d, t);
	}
	assert_true(t >= START + 210 * MS && t <= START + 260 * MS);

	/* Those of one stall count as one. */
	up(&d, 7);
	for (unsigned int i = 0; i < 1000; i++)
		hbkm_detector_excuse(&d, &own, START + SEC);
	assert_int_equal(judged(&d, START + SEC), HBKM_NODE_LATE);
	assert_int_equal(judged(&d, START + SEC + 20 * MS - 1), HBKM_NODE_LATE);
	assert_int_equal(judged(&d, START + SEC + 20 * MS), HBKM_NODE_DEAD);
}

static void who_never_hears_us_is_told_of(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 t = START;

	(void)state;
	hbkm_detector_init(&d);
	for (unsigned int i = 1; i <= 501; i++, t += 10 * MS) {
		assert_false(hbkm_detector_unheard(&d, &own, t));
		b = beat(7, i, t);
		b.knows_us = false;
		assert_int_equal(hbkm_detector_heard(&d, &b, t), HBKM_HEARD_CLAIM);
	}
	assert_true(hbkm_detector_unheard(&d, &own, t));
	/* It falls silent, and begins anew. */
	assert_false(hbkm_detector_unheard(&d, &own, t + 21 * MS));
	t += SEC;
	b = beat(7, 600, t);
	b.knows_us = false;
	hbkm_detector_heard(&d, &b, t);
	assert_false(hbkm_detector_unheard(&d, &own, t));
	/* It hears us. */
	b = beat(7, 601, t);
	assert_int_equal(hbkm_detector_heard(&d, &b, t), FIRST);
	assert_false(hbkm_detector_unheard(&d, &own, t));
}

static void a_slow_peer_is_excused_by_its_own_pace(void **state)
{
	struct hbkm_beat b = beat(7, 1, START);
	struct hbkm_detector d;
	u64 wake = START + 10 * SEC;

	(void)state;
	hbkm_detector_init(&d);
	b.keepalive_us = 1000000;
	b.deadtime_us = 3000000;
	hbkm_detector_heard(&d, &b, START);
	hbkm_detector_excuse(&d, &own, wake);
	assert_int_equal(judged(&d, wake + SEC + MS), HBKM_NODE_LATE);
	assert_int_equal(judged(&d, wake + 3 * SEC), HBKM_NODE_DEAD);
}

/* The judge was busy from just before the deadline on; the beat of then waits its turn. */
static void a_late_judge_looks_again(void **state)
{
	struct hbkm_detector d;
	u64 now = START + 32 * MS, next;

	(void)state;
	up(&d, 7);
	assert_true(hbkm_detector_look_again(&d, &own, now, 2 * MS, false));
	hbkm_detector_judge(&d, &own, now, &next);
	assert_int_equal(d.state, HBKM_NODE_LATE);
	assert_true(next > now && next <= now + 2 * MS);
	assert_int_equal(on_time(&d, 7, 4), HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_int_equal(judged(&d, next), HBKM_NODE_UP);

	/* In time it needs no second look; */
	up(&d, 7);
	assert_false(hbkm_detector_look_again(&d, &own, START + 30 * MS, 50 * US, false));
	assert_int_equal(judged(&d, START + 30 * MS), HBKM_NODE_DEAD);
	/* and late for ever it does not put the verdict off for ever. */
	up(&d, 7);
	for (now = START + 31 * MS; now < START + 40 * MS; now += MS) {
		hbkm_detector_look_again(&d, &own, now, MS, false);
		judged(&d, now);
	}
	assert_int_equal(d.state, HBKM_NODE_DEAD);
}

/* Frames wait in a queue: the judge, though in time, lets them come first. But a flood must not put it off for ever. */
static void a_judge_ahead_of_the_queues_looks_again(void **state)
{
	const struct hbkm_timing patient = { .deadtime_ns = 30 * SEC, .warntime_ns = 15 * SEC };
	struct hbkm_detector d;
	u64 now = START + 30 * MS, next;

	(void)state;
	up(&d, 7);
	assert_true(hbkm_detector_look_again(&d, &own, now, 0, true));
	hbkm_detector_judge(&d, &own, now, &next);
	assert_int_equal(d.state, HBKM_NODE_LATE);
	assert_true(next > now && next <= now + 500 * US);
	assert_int_equal(on_time(&d, 7, 4), HBKM_HEARD_NEW | HBKM_HEARD_STATE);
	assert_int_equal(judged(&d, next), HBKM_NODE_UP);

	up(&d, 7);
	while (hbkm_detector_look_again(&d, &own, now, 0, true)) {
		assert_true(now < START + 38 * MS);
		assert_int_equal(judged(&d, now), HBKM_NODE_LATE);
		now += MS;
	}
	assert_int_equal(judged(&d, now + 2 * MS), HBKM_NODE_DEAD);

	/* Nor for long where deadtime is. */
	up(&d, 7);
	assert_true(hbkm_detector_look_again(&d, &patient, START + 30 * SEC, 0, true));
	hbkm_detector_judge(&d, &patient, START + 30 * SEC, &next);
	assert_int_equal(d.state, HBKM_NODE_LATE);
	assert_true(next <= START + 30 * SEC + 5 * MS);
	assert_false(hbkm_detector_look_again(&d, &patient, START + 30 * SEC + 20 * MS, 0, true));
}

/* Who lived when we were cut off counts as unknown until heard again, or initdead is over. */
static void cut_off_the_dead_are_doubted(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;
	u64 next;

	(void)state;
	up(&d, 1);
	assert_false(hbkm_detector_unknown(&d));
	hbkm_detector_doubt(&d);
	assert_false(hbkm_detector_unknown(&d));
	assert_true(hbkm_detector_judge(&d, &own, START + 40 * MS, &next));
	assert_int_equal(d.state, HBKM_NODE_DEAD);
	assert_true(hbkm_detector_unknown(&d));
	/* Cut off again meanwhile: it is none the less unknown. */
	hbkm_detector_doubt(&d);
	assert_true(hbkm_detector_unknown(&d));
	b = beat(1, 5, START + 50 * MS);
	assert_true(hbkm_detector_heard(&d, &b, START + 50 * MS) & HBKM_HEARD_NEW);
	assert_false(hbkm_detector_unknown(&d));
	/* Heard again, it dies as any. */
	assert_true(hbkm_detector_judge(&d, &own, START + 90 * MS, &next));
	assert_false(hbkm_detector_unknown(&d));

	up(&d, 2);
	hbkm_detector_doubt(&d);
	assert_true(hbkm_detector_judge(&d, &own, START + 40 * MS, &next));
	assert_false(hbkm_detector_presume_dead(&d));
	assert_int_equal(d.state, HBKM_NODE_DEAD);
	hbkm_detector_believe(&d);
	assert_false(hbkm_detector_unknown(&d));
}

static void initdead_presumes_death_of_the_unknown_only(void **state)
{
	struct hbkm_detector d;
	struct hbkm_beat b;

	(void)state;
	hbkm_detector_init(&d);
	assert_true(hbkm_detector_presume_dead(&d));
	assert_int_equal(d.state, HBKM_NODE_DEAD);
	assert_false(hbkm_detector_presume_dead(&d));

	/* It may still come. */
	b = beat(7, 1, START);
	assert_true(hbkm_detector_heard(&d, &b, START) & HBKM_HEARD_STATE);
	assert_int_equal(d.state, HBKM_NODE_UP);
	assert_false(hbkm_detector_presume_dead(&d));
	judged(&d, START + 25 * MS);
	assert_false(hbkm_detector_presume_dead(&d));
	assert_int_equal(d.state, HBKM_NODE_LATE);
}

/* Lives are numbers: none is special, the highest counts as well as the lowest. */
static void lives_have_no_order(void **state)
{
	static const u64 lives[] = { 1, UINT64_MAX, 2, (u64)1 << 63 };
	struct hbkm_detector d;
	unsigned int i;

	(void)state;
	hbkm_detector_init(&d);
	for (i = 0; i < ARRAY_SIZE(lives); i++) {
		struct hbkm_beat b = beat(lives[i], 1, START);

		b.named_seq = 100 * (i + 1);
		b.our_seq = b.named_seq;
		assert_true(hbkm_detector_heard(&d, &b, START) & HBKM_HEARD_REBORN);
		assert_true(d.incarnation == lives[i]);
	}
}

/*
 * Two detectors back to back, as two nodes run them: whatever the earlier
 * verdicts of each, and whatever recordings said, they find each other within
 * three beats each way.
 */
struct side {
	u64 life, seq;
	struct hbkm_detector peer;
};

static void say(struct side *from, struct side *to, u64 now)
{
	const struct hbkm_detector *d = &from->peer;
	struct hbkm_beat b = beat(from->life, ++from->seq, now);
	u64 named = hbkm_detector_names_claim(d) ? d->claimed_incarnation : d->incarnation;

	b.knows_us = named == to->life;
	b.named_seq = hbkm_detector_names_claim(d) ? d->claimed_seq : d->seq;
	b.hears_us = b.knows_us && d->state != HBKM_NODE_DEAD && d->state != HBKM_NODE_LEFT;
	b.our_seq = to->seq;
	hbkm_detector_heard(&to->peer, &b, now);
}

static void whoever_can_hear_each_other_will(void **state)
{
	unsigned int i;

	(void)state;
	srand(3);
	for (i = 0; i < 20000; i++) {
		struct side a = { .life = 1 }, b = { .life = 1000001 };
		unsigned int steps = rand() % 40;
		u64 now = START;

		hbkm_detector_init(&a.peer);
		hbkm_detector_init(&b.peer);
		while (steps--) {
			struct hbkm_beat old = beat(rand() % 2 ? a.life + 5000 : b.life + 5000,
						    1 + rand() % 50, now);

			old.knows_us = false;
			old.hears_us = false;
			now += MS;
			switch (rand() % 8) {
			case 0:
			case 1:
				say(&a, &b, now);
				break;
			case 2:
			case 3:
				say(&b, &a, now);
				break;
			case 4:		/* silence */
				now += 40 * MS;
				judged(&a.peer, now);
				judged(&b.peer, now);
				break;
			case 5:		/* a restarts */
				a.life++;
				a.seq = 0;
				hbkm_detector_init(&a.peer);
				break;
			case 6:
				hbkm_detector_presume_dead(rand() % 2 ? &a.peer : &b.peer);
				break;
			case 7:		/* a recording of an unknown life */
				hbkm_detector_heard(rand() % 2 ? &a.peer : &b.peer, &old, now);
				break;
			}
		}
		for (steps = 0; steps < 3; steps++) {
			say(&a, &b, ++now);
			say(&b, &a, ++now);
		}
		assert_int_equal(a.peer.state, HBKM_NODE_UP);
		assert_int_equal(b.peer.state, HBKM_NODE_UP);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_unknown),
		cmocka_unit_test(shakes_hands),
		cmocka_unit_test(numbers_we_have_not_sent_prove_nothing),
		cmocka_unit_test(one_way_is_known_as_such),
		cmocka_unit_test(forgetting_our_life_is_one_way),
		cmocka_unit_test(a_number_passes_once_on_a_path),
		cmocka_unit_test(a_jump_forgets_the_window),
		cmocka_unit_test(each_path_has_a_window),
		cmocka_unit_test(a_recording_does_not_open_another_path),
		cmocka_unit_test(paths_age_one_by_one),
		cmocka_unit_test(paths_do_not_drop_because_we_slept),
		cmocka_unit_test(silence_is_late_then_dead),
		cmocka_unit_test(late_is_over_with_a_beat),
		cmocka_unit_test(judging_late_gives_the_last_verdict),
		cmocka_unit_test(the_dead_may_return_in_the_same_life),
		cmocka_unit_test(the_dead_do_not_return_by_unheard_recordings),
		cmocka_unit_test(an_earlier_life_stays_dead),
		cmocka_unit_test(our_own_earlier_life_proves_nothing),
		cmocka_unit_test(claims_by_recordings_do_not_shut_out_the_living),
		cmocka_unit_test(rebirth_forgets_the_former_life),
		cmocka_unit_test(good_bye_counts_once),
		cmocka_unit_test(last_word_follows_every_beat),
		cmocka_unit_test(recorded_good_byes_end_nothing),
		cmocka_unit_test(good_bye_from_the_dead),
		cmocka_unit_test(a_late_beat_does_not_stretch_the_deadline),
		cmocka_unit_test(an_extra_beat_does_not_shrink_the_deadline),
		cmocka_unit_test(a_longer_way_does_not_kill),
		cmocka_unit_test(a_shorter_way_counts_at_once),
		cmocka_unit_test(drift_is_followed),
		cmocka_unit_test(any_clock_will_do),
		cmocka_unit_test(early_times_do_not_wrap),
		cmocka_unit_test(a_slow_peer_has_its_own_deadtime),
		cmocka_unit_test(no_beat_is_late_before_it_is_overdue),
		cmocka_unit_test(a_changed_pace_counts_at_once),
		cmocka_unit_test(a_stalled_judge_gives_no_verdict),
		cmocka_unit_test(an_excuse_does_not_last),
		cmocka_unit_test(excuses_come_to_an_end),
		cmocka_unit_test(who_never_hears_us_is_told_of),
		cmocka_unit_test(a_slow_peer_is_excused_by_its_own_pace),
		cmocka_unit_test(a_late_judge_looks_again),
		cmocka_unit_test(a_judge_ahead_of_the_queues_looks_again),
		cmocka_unit_test(cut_off_the_dead_are_doubted),
		cmocka_unit_test(initdead_presumes_death_of_the_unknown_only),
		cmocka_unit_test(lives_have_no_order),
		cmocka_unit_test(whoever_can_hear_each_other_will),
	};

	return cmocka_run_group_tests_name("detector", tests, NULL, NULL);
}
