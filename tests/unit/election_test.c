// SPDX-License-Identifier: GPL-2.0
/* sources: kmod/election.c */
/*
 * The election: each rule alone, and all of them together on every small
 * cluster: from any state, however its nodes take turns, exactly one ends up
 * holding the group, and then nothing moves any more.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <hbkm/election.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SB	HBKM_GROUP_STANDBY
#define AQ	HBKM_GROUP_ACQUIRING
#define AC	HBKM_GROUP_ACTIVE
#define RE	HBKM_GROUP_RELEASING
#define FA	HBKM_GROUP_FAILED

#define F_SB	HBKM_GROUP_F_STANDBY
#define F_WA	HBKM_GROUP_F_WANT

/* What a node may be to us, as bits. */
#define P	0x01	/* present */
#define A	0x02	/* able */
#define G	0x04	/* agent */
#define DEAF	0x08
#define UNSURE	0x10
#define OTHER	0x20	/* its configuration is another */
#define ENTITLED 0x40	/* able, but that it does not hear us */
#define JOINS	0x80	/* about to settle */
#define OK	(P | A | G)

/* What a table line asks of the ballot. */
#define FB	0x01	/* failback */
#define RT	0x02	/* retry */
#define VC	0x04	/* vouched: another claims it, as one tells */
#define OV	0x08	/* outvoted: and puts our claim second */

struct line {
	const char *what;
	enum hbkm_action want;
	u8 opt, n, self;
	struct {
		u8 is, state, flags;
		u32 term;
	} v[4];
};

static struct hbkm_ballot ballot(const struct line *l)
{
	struct hbkm_ballot b = {
		.n = l->n,
		.self = l->self,
		.failback = l->opt & FB,
		.retry = l->opt & RT,
		.vouched = l->opt & (VC | OV),
		.outvoted = l->opt & OV,
	};
	unsigned int i;

	for (i = 0; i < l->n; i++)
		b.voters[i] = (struct hbkm_voter){
			.id = 100 - i,	/* so that ids and preference contradict */
			.preference = i,
			.present = l->v[i].is & P,
			.able = l->v[i].is & A,
			.agent = l->v[i].is & G,
			.deaf = l->v[i].is & DEAF,
			.unsure = l->v[i].is & UNSURE,
			.entitled = l->v[i].is & ENTITLED,
			.joining = l->v[i].is & JOINS,
			.agrees = !(l->v[i].is & OTHER),
			.state = l->v[i].state,
			.flags = l->v[i].flags,
			.term = l->v[i].term,
		};
	return b;
}

static void check(const struct line *l, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct hbkm_ballot b = ballot(&l[i]);
		enum hbkm_action got = hbkm_election_run(&b);

		if (got != l[i].want)
			fail_msg("%s: action %d, not %d", l[i].what, got, l[i].want);
	}
}

#define KEEP		HBKM_ACTION_KEEP
#define ACQUIRE		HBKM_ACTION_ACQUIRE
#define RELEASE		HBKM_ACTION_RELEASE
#define HAND_OVER	HBKM_ACTION_HAND_OVER
#define YIELD		HBKM_ACTION_YIELD

static void when_nobody_holds_it(void **state)
{
	static const struct line lines[] = {
		{ "alone", ACQUIRE, 0, 1, 0, { { OK, SB, 0, 0 } } },
		{ "first in order", ACQUIRE, 0, 2, 0, { { OK, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "second in order", KEEP, 0, 2, 1, { { OK, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "second, first is dead", ACQUIRE, 0, 2, 1,
		  { { 0, AC, 0, 9 }, { OK, SB, 0, 0 } } },
		{ "second, first has no agent", ACQUIRE, 0, 2, 1,
		  { { P, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "second, first is one-way", ACQUIRE, 0, 2, 1,
		  { { P | G | DEAF, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "we are not able", KEEP, 0, 2, 0, { { P | G, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "not able, and alone", KEEP, 0, 1, 0, { { P | G, SB, 0, 0 } } },
		{ "third of three, first two unable", ACQUIRE, 0, 3, 2,
		  { { P, SB, 0, 0 }, { 0, AC, 0, 1 }, { OK, SB, 0, 0 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

static void who_asked_comes_first_who_failed_last(void **state)
{
	static const struct line lines[] = {
		{ "second wants it", ACQUIRE, 0, 2, 1, { { OK, SB, 0, 0 }, { OK, SB, F_WA, 0 } } },
		{ "second wants it, seen by the first", KEEP, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { OK, SB, F_WA, 0 } } },
		{ "first stands back", ACQUIRE, 0, 2, 1, { { OK, SB, F_SB, 0 }, { OK, SB, 0, 0 } } },
		{ "first stands back, seen by itself", KEEP, 0, 2, 0,
		  { { OK, SB, F_SB, 0 }, { OK, SB, 0, 0 } } },
		{ "stands back, but is alone", ACQUIRE, 0, 2, 0,
		  { { OK, SB, F_SB, 0 }, { 0, SB, 0, 0 } } },
		{ "all stand back", ACQUIRE, 0, 2, 0, { { OK, SB, F_SB, 0 }, { OK, SB, F_SB, 0 } } },
		{ "first failed", ACQUIRE, 0, 2, 1, { { OK, FA, 0, 3 }, { OK, SB, 0, 0 } } },
		{ "first failed: second, even standing back", ACQUIRE, 0, 2, 1,
		  { { OK, FA, 0, 3 }, { OK, SB, F_SB, 0 } } },
		{ "failed, though it wants", ACQUIRE, 0, 2, 1,
		  { { OK, FA, F_WA, 3 }, { OK, SB, 0, 0 } } },
		{ "we failed, another can", KEEP, RT, 2, 0, { { OK, FA, 0, 3 }, { OK, SB, 0, 0 } } },
		{ "we failed, nobody can: not yet", KEEP, 0, 2, 0,
		  { { OK, FA, 0, 3 }, { 0, SB, 0, 0 } } },
		{ "we failed, nobody can: again", ACQUIRE, RT, 2, 0,
		  { { OK, FA, 0, 3 }, { 0, SB, 0, 0 } } },
		{ "all failed: who did so longer ago tries again", ACQUIRE, RT, 2, 0,
		  { { OK, FA, 0, 3 }, { OK, FA, 0, 4 } } },
		{ "all failed: the other does not", KEEP, RT, 2, 1,
		  { { OK, FA, 0, 3 }, { OK, FA, 0, 4 } } },
		{ "all failed: then it is the other's turn", ACQUIRE, RT, 2, 1,
		  { { OK, FA, 0, 5 }, { OK, FA, 0, 4 } } },
		{ "all failed: and the first one waits", KEEP, RT, 2, 0,
		  { { OK, FA, 0, 5 }, { OK, FA, 0, 4 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

static void while_another_holds_it_we_wait(void **state)
{
	static const struct line lines[] = {
		{ "active", KEEP, FB, 2, 0, { { OK, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "acquiring", KEEP, FB, 2, 0, { { OK, SB, 0, 0 }, { OK, AQ, 0, 1 } } },
		{ "releasing", KEEP, FB, 2, 0, { { OK, SB, 0, 0 }, { OK, RE, 0, 1 } } },
		{ "released", ACQUIRE, FB, 2, 0, { { OK, SB, 0, 0 }, { OK, SB, 0, 1 } } },
		{ "failed to release", ACQUIRE, FB, 2, 0, { { OK, SB, 0, 0 }, { OK, FA, 0, 1 } } },
		{ "releasing without an agent never ends", ACQUIRE, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { P, RE, 0, 1 } } },
		{ "releasing and dead", ACQUIRE, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { G, RE, 0, 1 } } },
		{ "active, its agent gone this moment", KEEP, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { P, AC, 0, 1 } } },
		{ "active, does not hear us: it holds it still", KEEP, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { P | G | DEAF, AC, 0, 1 } } },
		{ "active and dead", ACQUIRE, 0, 2, 0, { { OK, SB, 0, 0 }, { 0, AC, 0, 1 } } },
		{ "the worst of three holds it", KEEP, FB, 3, 0,
		  { { OK, SB, 0, 0 }, { OK, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "we failed, another holds it", KEEP, FB | RT, 2, 0,
		  { { OK, FA, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "we want it: the holder has to give it", KEEP, 0, 2, 0,
		  { { OK, SB, F_WA, 0 }, { OK, AC, 0, 1 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

static void the_holder_keeps_or_hands_over(void **state)
{
	static const struct line lines[] = {
		{ "best and active", KEEP, FB, 2, 0, { { OK, AC, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "failback on, better one there", HAND_OVER, FB, 2, 1,
		  { { OK, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "failback off", KEEP, 0, 2, 1, { { OK, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "better one not able", KEEP, FB, 2, 1, { { P | G, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "better one failed", KEEP, FB, 2, 1, { { OK, FA, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "better one stands back", KEEP, FB, 2, 1,
		  { { OK, SB, F_SB, 0 }, { OK, AC, 0, 1 } } },
		{ "better one still releases: it cannot take it yet", KEEP, FB, 2, 1,
		  { { OK, RE, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "better one claims it, too, and has to yield first", KEEP, FB, 2, 1,
		  { { OK, AC, 0, 1 }, { OK, AC, 0, 2 } } },
		{ "asked to stand back, while the other still releases", KEEP, 0, 2, 0,
		  { { OK, AC, F_SB, 1 }, { OK, RE, 0, 0 } } },
		{ "better one would leave it to one that joins", KEEP, FB, 3, 2,
		  { { JOINS, SB, 0, 0 }, { OK, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "better one, and one that joins behind it", HAND_OVER, FB, 3, 2,
		  { { OK, SB, 0, 0 }, { JOINS, SB, 0, 0 }, { OK, AC, 0, 1 } } },
		{ "acquisition comes to its end first", KEEP, FB, 2, 1,
		  { { OK, SB, 0, 0 }, { OK, AQ, 0, 1 } } },
		{ "asked to stand back", HAND_OVER, 0, 2, 0,
		  { { OK, AC, F_SB, 1 }, { OK, SB, 0, 0 } } },
		{ "asked to stand back, nobody else", KEEP, 0, 2, 0,
		  { { OK, AC, F_SB, 1 }, { P, SB, 0, 0 } } },
		{ "asked to stand back, the other failed", KEEP, 0, 2, 0,
		  { { OK, AC, F_SB, 1 }, { OK, FA, 0, 0 } } },
		{ "another wants it", HAND_OVER, 0, 2, 0,
		  { { OK, AC, 0, 1 }, { OK, SB, F_WA, 0 } } },
		{ "another wants it, but is not able", KEEP, 0, 2, 0,
		  { { OK, AC, 0, 1 }, { P | G, SB, F_WA, 0 } } },
		{ "both want it: by preference", KEEP, 0, 2, 0,
		  { { OK, AC, F_WA, 1 }, { OK, SB, F_WA, 0 } } },
		{ "nobody is able, we are", KEEP, FB, 3, 2,
		  { { 0, SB, 0, 0 }, { P, SB, 0, 0 }, { OK, AC, 0, 1 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

static void who_is_not_able_lets_go(void **state)
{
	static const struct line lines[] = {
		{ "active", RELEASE, 0, 2, 0, { { P | G, AC, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "active and alone", RELEASE, 0, 1, 0, { { P | G, AC, 0, 1 } } },
		{ "acquiring", RELEASE, 0, 1, 0, { { P, AQ, 0, 1 } } },
		{ "before any conflict", RELEASE, 0, 2, 0, { { P, AC, 0, 1 }, { OK, AC, 0, 2 } } },
		{ "releasing ends by the agent's word", KEEP, FB | RT, 2, 0,
		  { { OK, RE, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "releasing, whatever others claim", KEEP, 0, 2, 0,
		  { { OK, RE, 0, 1 }, { OK, AC, 0, 2 } } },
		{ "nonsense for a state", KEEP, FB | RT, 1, 0, { { OK, 77, 0, 1 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

static void of_two_claims_the_higher_term_wins(void **state)
{
	static const struct line lines[] = {
		{ "his is higher", YIELD, 0, 2, 0, { { OK, AC, 0, 1 }, { OK, AC, 0, 2 } } },
		{ "ours is higher", KEEP, 0, 2, 1, { { OK, AC, 0, 1 }, { OK, AC, 0, 2 } } },
		{ "equal: we are preferred", KEEP, 0, 2, 0, { { OK, AC, 0, 2 }, { OK, AC, 0, 2 } } },
		{ "equal: he is preferred", YIELD, 0, 2, 1, { { OK, AC, 0, 2 }, { OK, AC, 0, 2 } } },
		{ "equal, but he has another order: his id is lower", YIELD, 0, 2, 0,
		  { { OK, AC, 0, 2 }, { OK | OTHER, AC, 0, 2 } } },
		{ "equal, but he has another order: ours is lower", KEEP, 0, 2, 1,
		  { { OK | OTHER, AC, 0, 2 }, { OK, AC, 0, 2 } } },
		{ "another order, higher term", YIELD, 0, 2, 1,
		  { { OK | OTHER, AC, 0, 3 }, { OK, AC, 0, 2 } } },
		{ "he only acquires", YIELD, 0, 2, 0, { { OK, AC, 0, 1 }, { OK, AQ, 0, 2 } } },
		{ "we only acquire", YIELD, 0, 2, 0, { { OK, AQ, 0, 1 }, { OK, AC, 0, 2 } } },
		{ "both acquire", YIELD, 0, 2, 1, { { OK, AQ, 0, 1 }, { OK, AQ, 0, 1 } } },
		{ "he releases: no claim", KEEP, 0, 2, 0, { { OK, AC, 0, 1 }, { OK, RE, 0, 2 } } },
		{ "he is dead: no claim", KEEP, 0, 2, 0, { { OK, AC, 0, 1 }, { 0, AC, 0, 2 } } },
		{ "he is not able, but claims", YIELD, 0, 2, 0,
		  { { OK, AC, 0, 1 }, { P, AC, 0, 2 } } },
		{ "terms are not signed", YIELD, 0, 2, 0,
		  { { OK, AC, 0, 0x7fffffff }, { OK, AC, 0, 0x80000000 } } },
		{ "the conflict comes before failback", KEEP, FB, 2, 1,
		  { { OK, AC, 0, 1 }, { OK, AQ, 0, 2 } } },
		{ "middle of three: the highest yields to none", KEEP, 0, 3, 1,
		  { { OK, AC, 0, 1 }, { OK, AC, 0, 3 }, { OK, AC, 0, 2 } } },
		{ "middle of three: the last", YIELD, 0, 3, 2,
		  { { OK, AC, 0, 1 }, { OK, AC, 0, 3 }, { OK, AC, 0, 2 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

/*
 * Sorted by id, because a third node disagrees: the two still settle it between
 * them by the order that they share, or one that does not see the third would
 * settle it otherwise.
 */
static void a_third_node_does_not_change_who_wins(void **state)
{
	struct hbkm_ballot b = { .n = 2, .self = 1 };

	(void)state;
	b.voters[0] = (struct hbkm_voter){
		.id = 1, .preference = 1, .present = true, .able = true, .agent = true,
		.agrees = true, .state = AC, .term = 2,
	};
	b.voters[1] = (struct hbkm_voter){
		.id = 2, .preference = 0, .present = true, .able = true, .agent = true,
		.agrees = true, .state = AC, .term = 2,
	};
	assert_int_equal(hbkm_election_run(&b), HBKM_ACTION_KEEP);
	b.self = 0;
	assert_int_equal(hbkm_election_run(&b), HBKM_ACTION_YIELD);
}

static void who_cannot_hear_cannot_yield(void **state)
{
	static const struct line lines[] = {
		{ "deaf for certain, lower term", YIELD, 0, 2, 0,
		  { { OK, AC, 0, 9 }, { P | G | DEAF, AC, 0, 1 } } },
		{ "perhaps deaf, higher term", YIELD, 0, 2, 0,
		  { { OK, AC, 0, 1 }, { P | G | UNSURE, AC, 0, 9 } } },
		{ "perhaps deaf, the same term: wait", KEEP, 0, 2, 1,
		  { { P | G | UNSURE, AC, 0, 5 }, { OK, AC, 0, 5 } } },
		{ "perhaps deaf, lower term: wait", KEEP, 0, 2, 0,
		  { { OK, AC, 0, 9 }, { P | G | UNSURE, AC, 0, 1 } } },
		{ "deaf, but claims nothing", KEEP, 0, 2, 0,
		  { { OK, AC, 0, 1 }, { P | G | DEAF, SB, 0, 9 } } },
		{ "unsure of the strongest, sure of another", YIELD, 0, 3, 0,
		  { { OK, AC, 0, 5 }, { P | G | UNSURE, AC, 0, 5 }, { OK, AC, 0, 6 } } },
		{ "unsure of one, the other is weaker", KEEP, 0, 3, 0,
		  { { OK, AC, 0, 3 }, { P | G | UNSURE, AC, 0, 3 }, { OK, AC, 0, 2 } } },
		{ "stronger than one, the other is deaf", YIELD, 0, 3, 0,
		  { { OK, AC, 0, 9 }, { OK, AC, 0, 2 }, { P | G | DEAF, AC, 0, 1 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

/* What falls to one that cannot wait for us is not ours to take. */
static void who_does_not_hear_us_goes_first(void **state)
{
	static const struct line lines[] = {
		{ "it precedes us", KEEP, 0, 2, 1,
		  { { P | G | DEAF | ENTITLED, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "it may yet hear us", KEEP, 0, 2, 1,
		  { { P | G | UNSURE | ENTITLED, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "we precede it", ACQUIRE, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { P | G | DEAF | ENTITLED, SB, 0, 0 } } },
		{ "it is asked for it", KEEP, 0, 2, 0,
		  { { OK, SB, 0, 0 }, { P | G | DEAF | ENTITLED, SB, F_WA, 0 } } },
		{ "it stands back", ACQUIRE, 0, 2, 1,
		  { { P | G | DEAF | ENTITLED, SB, F_SB, 0 }, { OK, SB, 0, 0 } } },
		{ "it has failed", ACQUIRE, 0, 2, 1,
		  { { P | G | DEAF | ENTITLED, FA, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "it has another order", ACQUIRE, 0, 2, 1,
		  { { P | G | DEAF | ENTITLED | OTHER, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "we hold it", KEEP, 0, 2, 1,
		  { { P | G | DEAF | ENTITLED, SB, 0, 0 }, { OK, AC, 0, 1 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

/* One that we do not hear claims it, as one tells that we do hear. */
static void what_a_witness_tells_counts(void **state)
{
	static const struct line lines[] = {
		{ "it is not free", KEEP, VC, 2, 0, { { OK, SB, 0, 0 }, { OK, SB, 0, 0 } } },
		{ "nor to who failed before", KEEP, VC | RT, 2, 0,
		  { { OK, FA, 0, 1 }, { OK, SB, F_SB, 0 } } },
		{ "nor to who wants it", KEEP, VC, 2, 0, { { OK, SB, F_WA, 0 }, { OK, SB, 0, 0 } } },
		{ "ours is the better claim", KEEP, VC, 2, 0, { { OK, AC, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "the other's is", YIELD, OV, 2, 0, { { OK, AC, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "we only acquire", YIELD, OV, 2, 0, { { OK, AQ, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "who is not able lets go all the same", RELEASE, VC, 2, 0,
		  { { P | G, AC, 0, 1 }, { OK, SB, 0, 0 } } },
		{ "who waits may hand over", HAND_OVER, VC | FB, 2, 1,
		  { { OK, SB, 0, 0 }, { OK, AC, 0, 1 } } },
	};

	(void)state;
	check(lines, ARRAY_SIZE(lines));
}

/* Two claim it, and do not hear each other: who hears both tells each of the other. */
static void a_witness_tells_the_best_claims(void **state)
{
	static const struct {
		struct line l;
		unsigned int best, next;
	} table[] = {
		{ { "none", 0, 0, 2, 0, { { OK, AC, 0, 1 }, { OK, SB, 0, 5 } } },
		  HBKM_NOBODY, HBKM_NOBODY },
		{ { "nor we ourselves", 0, 0, 2, 0, { { OK, AC, 0, 1 }, { OK, AC, 0, 5 } } },
		  1, HBKM_NOBODY },
		{ { "nor a dead one", 0, 0, 3, 0, { { OK, SB, 0, 1 }, { 0, AC, 0, 5 }, { OK, AQ, 0, 3 } } },
		  2, HBKM_NOBODY },
		{ { "higher term", 0, 0, 3, 0, { { OK, SB, 0, 1 }, { OK, AC, 0, 5 }, { OK, AQ, 0, 6 } } },
		  2, 1 },
		{ { "equal terms: the lower id", 0, 0, 3, 0,
		    { { OK, SB, 0, 1 }, { OK, AC, 0, 5 }, { OK, AC, 0, 5 } } }, 2, 1 },
		{ { "a claim before what is only taken down", 0, 0, 3, 0,
		    { { OK, SB, 0, 1 }, { OK, RE, 0, 7 }, { OK, AC, 0, 5 } } }, 2, 1 },
		{ { "nor what nobody takes down", 0, 0, 2, 0, { { OK, SB, 0, 1 }, { P, RE, 0, 7 } } },
		  HBKM_NOBODY, HBKM_NOBODY },
		{ { "nor one that does not hear us, and so not of the other", 0, 0, 4, 0,
		    { { OK, SB, 0, 1 }, { P | G | UNSURE, AC, 0, 7 }, { OK, AC, 0, 5 }, { P | G | DEAF, AC, 0, 6 } } },
		  2, HBKM_NOBODY },
	};
	unsigned int i, best;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hbkm_ballot b = ballot(&table[i].l);

		best = hbkm_election_claimant(&b, HBKM_NOBODY);
		if (best != table[i].best ||
		    (best != HBKM_NOBODY && hbkm_election_claimant(&b, best) != table[i].next))
			fail_msg("%s", table[i].l.what);
	}
}

static void the_rival_is_the_strongest_claimant(void **state)
{
	static const struct {
		struct line l;
		unsigned int want;
	} table[] = {
		{ { "none", 0, 0, 2, 0, { { OK, AC, 0, 1 }, { OK, SB, 0, 5 } } }, HBKM_NOBODY },
		{ { "dead", 0, 0, 2, 0, { { OK, AC, 0, 1 }, { 0, AC, 0, 5 } } }, HBKM_NOBODY },
		{ { "one", 0, 0, 2, 1, { { OK, AC, 0, 1 }, { OK, AC, 0, 5 } } }, 0 },
		{ { "higher term", 0, 0, 3, 0,
		    { { OK, AC, 0, 1 }, { OK, AC, 0, 5 }, { OK, AQ, 0, 6 } } }, 2 },
		{ { "equal terms: preference", 0, 0, 3, 0,
		    { { OK, AC, 0, 1 }, { OK, AC, 0, 5 }, { OK, AC, 0, 5 } } }, 1 },
		{ { "deaf before all", 0, 0, 3, 0,
		    { { OK, AC, 0, 1 }, { OK, AC, 0, 5 }, { P | DEAF, AC, 0, 2 } } }, 2 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hbkm_ballot b = ballot(&table[i].l);

		if (hbkm_election_rival(&b) != table[i].want)
			fail_msg("%s", table[i].l.what);
	}
}

static void the_best_is_the_first_of_the_best_rank(void **state)
{
	static const struct {
		struct line l;
		unsigned int want;
	} table[] = {
		{ { "nobody at all", 0, 0, 0, 0, { { 0, 0, 0, 0 } } }, HBKM_NOBODY },
		{ { "nobody able", 0, 0, 2, 0, { { P, SB, 0, 0 }, { P, AC, 0, 0 } } }, HBKM_NOBODY },
		{ { "order", 0, 0, 3, 2,
		    { { P, SB, 0, 0 }, { OK, SB, 0, 0 }, { OK, AC, 0, 0 } } }, 1 },
		{ { "want", 0, 0, 3, 0,
		    { { OK, AC, 0, 0 }, { OK, SB, 0, 0 }, { OK, SB, F_WA, 0 } } }, 2 },
		{ { "want is more than stand back", 0, 0, 2, 0,
		    { { OK, SB, F_SB, 0 }, { OK, SB, F_WA, 0 } } }, 1 },
		{ { "stand back cancels want", 0, 0, 2, 0,
		    { { OK, SB, F_SB | F_WA, 0 }, { OK, SB, 0, 0 } } }, 1 },
		{ { "failed is last", 0, 0, 3, 0,
		    { { OK, FA, F_WA, 0 }, { OK, FA, 0, 0 }, { OK, SB, F_SB, 0 } } }, 2 },
		{ { "all failed: order", 0, 0, 2, 1, { { OK, FA, 0, 0 }, { OK, FA, 0, 0 } } }, 0 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hbkm_ballot b = ballot(&table[i].l);

		if (hbkm_election_best(&b) != table[i].want)
			fail_msg("%s", table[i].l.what);
	}
}

static void claims_are_acquiring_and_active(void **state)
{
	(void)state;
	assert_false(hbkm_group_claimed(SB));
	assert_true(hbkm_group_claimed(AQ));
	assert_true(hbkm_group_claimed(AC));
	assert_false(hbkm_group_claimed(RE));
	assert_false(hbkm_group_claimed(FA));
}

/*
 * All rules together. A cluster of up to three nodes in which everybody hears
 * everybody; each node's view of the others may be old by one round, and they
 * take turns at random. Agents do what they are asked, in time.
 */
#define SMALL	3

struct small {
	unsigned int n;
	bool failback;
	u32 top;
	struct hbkm_voter now[SMALL];	/* the truth */
	struct hbkm_voter said[SMALL];	/* what the others know of it */
	unsigned int moves;
};

static bool turn(struct small *c, unsigned int me)
{
	struct hbkm_ballot b = { .n = c->n, .self = me, .failback = c->failback, .retry = true };
	struct hbkm_voter *v = &c->now[me];
	unsigned int i;

	for (i = 0; i < c->n; i++)
		b.voters[i] = i == me ? c->now[i] : c->said[i];

	switch (v->state) {		/* the agent answers */
	case AQ:
		v->state = AC;
		v->flags = 0;
		return true;
	case RE:
		v->state = SB;
		return true;
	}
	switch (hbkm_election_run(&b)) {
	case HBKM_ACTION_ACQUIRE:
		v->state = AQ;
		v->term = ++c->top;
		break;
	case HBKM_ACTION_HAND_OVER:
		i = hbkm_election_best(&b);
		if (b.voters[i].flags & F_WA)
			v->flags |= F_SB;
		v->state = RE;
		break;
	case HBKM_ACTION_RELEASE:
	case HBKM_ACTION_YIELD:
		v->state = RE;
		break;
	case HBKM_ACTION_KEEP:
		return false;
	}
	c->moves++;
	return true;
}

static void settles(struct small *c, unsigned int code)
{
	unsigned int i, round, idle = 0, holders = 0;
	bool able = false;

	for (round = 0; round < 200 && idle < 4; round++) {
		unsigned int first = rand() % c->n;
		bool moved = false;

		for (i = 0; i < c->n; i++) {
			unsigned int me = (first + i) % c->n;

			moved |= turn(c, me);
			if (rand() % 2)
				c->said[me] = c->now[me];
		}
		for (i = 0; i < c->n; i++)
			c->said[i] = c->now[i];
		idle = moved ? 0 : idle + 1;
	}
	for (i = 0; i < c->n; i++) {
		holders += c->now[i].state == AC;
		able |= c->now[i].able;
		if (c->now[i].state == AQ || c->now[i].state == RE)
			fail_msg("case %u: node %u never finishes", code, i);
		if (c->now[i].state == AC && !c->now[i].able)
			fail_msg("case %u: node %u holds without being able", code, i);
	}
	if (idle < 4)
		fail_msg("case %u: never quiet, %u moves", code, c->moves);
	if (holders != able)
		fail_msg("case %u: %u holders", code, holders);
	if (c->moves > 4 * c->n)
		fail_msg("case %u: %u moves", code, c->moves);
}

static void every_small_cluster_settles(void **state)
{
	static const u8 flags[] = { 0, F_SB, F_WA };
	unsigned int n, code, codes, i, x, run;

	(void)state;
	srand(5);
	for (n = 1; n <= SMALL; n++) {
		/* each node: 5 states, 3 flags, able or not, 3 terms */
		for (codes = 2, i = 0; i < n; i++)
			codes *= 5 * 3 * 2 * 3;
		for (run = 0; run < (n < SMALL ? codes : 300000); run++) {
			struct small c = { .n = n, .top = 3 };

			code = n < SMALL ? run : (unsigned int)rand() % codes;
			x = code;
			c.failback = x % 2;
			x /= 2;
			for (i = 0; i < n; i++) {
				struct hbkm_voter *v = &c.now[i];

				v->id = i + 1;
				v->preference = i;
				v->present = true;
				v->agent = true;
				v->agrees = true;
				v->state = x % 5;
				x /= 5;
				v->flags = flags[x % 3];
				x /= 3;
				v->able = x % 2;
				x /= 2;
				v->term = x % 3 + 1;
				x /= 3;
				c.said[i] = *v;
			}
			settles(&c, code);
		}
	}
}

/*
 * A hears B, B hears C, C hears A, and nobody else anybody, whoever held it
 * before: one ends up with it and stays so. In both directions, as one of them
 * goes against the order of preference once, the other twice.
 */
static void a_ring_settles(void **state)
{
	unsigned int way, holder, round, me, i;

	(void)state;
	for (way = 1; way <= 2; way++) {
		for (holder = 0; holder <= 3; holder++) {
			struct hbkm_voter now[3] = {};
			unsigned int holders = 0, moved = 0;

			for (i = 0; i < 3; i++) {
				now[i].state = i == holder ? AC : SB;
				now[i].term = i == holder;
			}
			for (round = 0; round < 20; round++) {
				for (me = 0, moved = 0; me < 3; me++) {
					struct hbkm_ballot b = { .n = 3, .self = me };
					unsigned int other = (me + way) % 3;

					b.voters[me] = now[me];
					b.voters[me].present = true;
					b.voters[me].able = true;
					b.voters[other] = now[other];
					b.voters[other].present = true;
					b.voters[other].deaf = true;
					b.voters[other].agent = true;
					b.voters[other].agrees = true;
					b.voters[other].entitled = true;
					switch (hbkm_election_run(&b)) {
					case HBKM_ACTION_ACQUIRE:
						now[me].term = now[other].term + 1;
						now[me].state = AC;
						moved++;
						break;
					case HBKM_ACTION_KEEP:
						break;
					default:
						now[me].state = SB;
						moved++;
					}
				}
			}
			for (i = 0; i < 3; i++)
				holders += now[i].state == AC;
			if (moved || holders != 1)
				fail_msg("way %u, holder %u: %u holders, %u moves", way, holder, holders,
					 moved);
		}
	}
}

/* The largest ballot, the holder at its end, does not run over. */
static void thirty_two_nodes(void **state)
{
	struct hbkm_ballot b = { .n = HBKM_MAX_NODES, .self = HBKM_MAX_NODES - 1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < HBKM_MAX_NODES; i++)
		b.voters[i] = (struct hbkm_voter){
			.id = i, .preference = i, .present = true, .agent = true,
		};
	b.voters[HBKM_MAX_NODES - 1].able = true;
	assert_int_equal(hbkm_election_best(&b), HBKM_MAX_NODES - 1);
	assert_int_equal(hbkm_election_run(&b), HBKM_ACTION_ACQUIRE);
	b.voters[HBKM_MAX_NODES - 1].state = AC;
	assert_int_equal(hbkm_election_run(&b), HBKM_ACTION_KEEP);
	b.voters[0].state = AC;
	assert_int_equal(hbkm_election_run(&b), HBKM_ACTION_YIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_nobody_holds_it),
		cmocka_unit_test(who_asked_comes_first_who_failed_last),
		cmocka_unit_test(while_another_holds_it_we_wait),
		cmocka_unit_test(the_holder_keeps_or_hands_over),
		cmocka_unit_test(who_is_not_able_lets_go),
		cmocka_unit_test(of_two_claims_the_higher_term_wins),
		cmocka_unit_test(a_third_node_does_not_change_who_wins),
		cmocka_unit_test(who_cannot_hear_cannot_yield),
		cmocka_unit_test(who_does_not_hear_us_goes_first),
		cmocka_unit_test(what_a_witness_tells_counts),
		cmocka_unit_test(a_witness_tells_the_best_claims),
		cmocka_unit_test(the_rival_is_the_strongest_claimant),
		cmocka_unit_test(the_best_is_the_first_of_the_best_rank),
		cmocka_unit_test(claims_are_acquiring_and_active),
		cmocka_unit_test(every_small_cluster_settles),
		cmocka_unit_test(a_ring_settles),
		cmocka_unit_test(thirty_two_nodes),
	};

	return cmocka_run_group_tests_name("election", tests, NULL, NULL);
}
