// SPDX-License-Identifier: GPL-2.0
/*
 * Who owns this group? Pure: a view of the cluster in, an action out.
 */
#include <hbkm/election.h>

enum { WANTED, WILLING, STOOD_BACK, TRIED_AND_FAILED };

static unsigned int rank(const struct hbkm_voter *v)
{
	if (v->state == HBKM_GROUP_FAILED)
		return TRIED_AND_FAILED;
	if (v->flags & HBKM_GROUP_F_STANDBY)
		return STOOD_BACK;
	return v->flags & HBKM_GROUP_F_WANT ? WANTED : WILLING;
}

/*
 * Only among equals does the order of preference decide. Of those who failed, who did so
 * longer ago, or the same would try for ever: every try has a term of its own.
 */
static bool goes_before(const struct hbkm_voter *a, const struct hbkm_voter *b)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	return rank(a) == TRIED_AND_FAILED && a->term < b->term;
}

/**
 * hbkm_election_best() - to whom would the group fall?
 * @b: the view
 *
 * Who asked for it comes first, then the order of preference, then who stood
 * back from it, last who tried and failed: a lone node tries again, and several by turns.
 *
 * Return: index of the voter, or HBKM_NOBODY if none is able.
 */
unsigned int hbkm_election_best(const struct hbkm_ballot *b)
{
	unsigned int best = HBKM_NOBODY;
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		if (!b->voters[i].able)
			continue;
		if (best == HBKM_NOBODY || goes_before(&b->voters[i], &b->voters[best]))
			best = i;
	}
	return best;
}

/* Does @i hold it as far as anybody knows, so that we must wait? */
static bool occupies(const struct hbkm_voter *v)
{
	if (!v->present)
		return false;
	if (v->state == HBKM_GROUP_RELEASING)
		return v->agent;
	return hbkm_group_claimed(v->state);
}

/*
 * Of two who claim, the higher term is right, for it was given knowing of the
 * lower; among equals the order of preference decides, or the id where the two do
 * not have the same order. But one that cannot hear us cannot know of us: then only
 * we can yield. A node that has just come into view may not have heard us yet: unless
 * its term is the higher one, give it until it is deaf for certain.
 */
static bool outranks(const struct hbkm_ballot *b, unsigned int other)
{
	const struct hbkm_voter *me = &b->voters[b->self];
	const struct hbkm_voter *you = &b->voters[other];

	if (you->deaf || you->term > me->term)
		return true;
	if (you->unsure || you->term < me->term)
		return false;
	return you->agrees ? you->preference < me->preference : you->id < me->id;
}

/**
 * hbkm_election_rival() - who else claims the group while we do?
 * @b: the view
 *
 * Return: index of the strongest other claimant, or HBKM_NOBODY.
 */
unsigned int hbkm_election_rival(const struct hbkm_ballot *b)
{
	const struct hbkm_voter *v = b->voters;
	unsigned int rival = HBKM_NOBODY;
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		if (i == b->self || !v[i].present || !hbkm_group_claimed(v[i].state))
			continue;
		if (rival == HBKM_NOBODY || v[i].deaf > v[rival].deaf ||
		    (v[i].deaf == v[rival].deaf && v[i].term > v[rival].term))
			rival = i;
	}
	return rival;
}

/* Is this a better claim to the group than @other's, to one that hears both? */
static bool claims_before(const struct hbkm_voter *v, const struct hbkm_voter *other)
{
	if (hbkm_group_claimed(v->state) != hbkm_group_claimed(other->state))
		return hbkm_group_claimed(v->state);
	if (v->term != other->term)
		return v->term > other->term;
	return v->id < other->id;
}

/**
 * hbkm_election_claimant() - who else claims the group, or still takes it down?
 * @b: the view
 * @after: the one with the best claim next to this one's; HBKM_NOBODY: the best of all
 *
 * For those that do not hear it themselves: of two that claim and do not hear each
 * other, who hears both decides as they would; but among equals by the ids, for it need
 * not be the only one that hears both, and others may have other orders. Of one that
 * does not hear us nothing is told, for it would not be told of the others: each of
 * three might have to give way to the next, for ever.
 *
 * Return: index of the voter, or HBKM_NOBODY if there is none.
 */
unsigned int hbkm_election_claimant(const struct hbkm_ballot *b, unsigned int after)
{
	const struct hbkm_voter *v = b->voters;
	unsigned int best = HBKM_NOBODY;
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		if (i == b->self || i == after || v[i].deaf || v[i].unsure || !occupies(&v[i]))
			continue;
		if (best == HBKM_NOBODY || claims_before(&v[i], &v[best]))
			best = i;
	}
	return best;
}

/* Not only by the strongest: of that one we may be unsure. */
static bool outranked(const struct hbkm_ballot *b)
{
	const struct hbkm_voter *v = b->voters;
	unsigned int i;

	for (i = 0; i < b->n; i++)
		if (i != b->self && v[i].present && hbkm_group_claimed(v[i].state) &&
		    outranks(b, i))
			return true;
	return false;
}

/* Would it fall to @one rather than to @other, if both were able? */
static bool falls_before(const struct hbkm_ballot *b, unsigned int one, unsigned int other)
{
	const struct hbkm_voter *x = &b->voters[one], *y = &b->voters[other];

	return goes_before(x, y) || (!goes_before(y, x) && one < other);
}

/* Is one about to settle, to which it would fall rather than to @voter? */
static bool better_one_joins(const struct hbkm_ballot *b, unsigned int voter)
{
	unsigned int i;

	for (i = 0; i < b->n; i++)
		if (b->voters[i].joining && falls_before(b, i, voter))
			return true;
	return false;
}

/*
 * One that does not hear us does not wait for us, and once it claims we have to
 * yield, for it cannot. So what falls to it is not ours to take. Were it, then of
 * three that hear each other in a ring only, each would drive out the one that
 * it hears, for ever.
 */
static bool deaf_one_takes_it(const struct hbkm_ballot *b)
{
	unsigned int i;

	for (i = 0; i < b->n; i++)
		if (b->voters[i].entitled && b->voters[i].agrees && falls_before(b, i, b->self))
			return true;
	return false;
}

static enum hbkm_action when_free(const struct hbkm_ballot *b)
{
	const struct hbkm_voter *me = &b->voters[b->self];
	unsigned int i;

	if (!me->able || hbkm_election_best(b) != b->self)
		return HBKM_ACTION_KEEP;
	if (me->state == HBKM_GROUP_FAILED && !b->retry)
		return HBKM_ACTION_KEEP;
	/*
	 * At a cold start one node is the first to have settled. It must not take what
	 * falls to another that is about to.
	 */
	if ((b->patient && better_one_joins(b, b->self)) || deaf_one_takes_it(b))
		return HBKM_ACTION_KEEP;
	if (b->vouched)
		return HBKM_ACTION_KEEP;
	for (i = 0; i < b->n; i++)
		if (i != b->self && occupies(&b->voters[i]))
			return HBKM_ACTION_KEEP;
	return HBKM_ACTION_ACQUIRE;
}

/*
 * Will @best take at once what we let go? Not while it claims it itself or still
 * takes it down, which may last, or never end; nor while it leaves it to one that
 * joins. Until then it is better off with us than with nobody.
 */
static bool takes_at_once(const struct hbkm_ballot *b, unsigned int best)
{
	return b->voters[best].state == HBKM_GROUP_STANDBY && !better_one_joins(b, best);
}

static enum hbkm_action when_held(const struct hbkm_ballot *b)
{
	const struct hbkm_voter *me = &b->voters[b->self];
	unsigned int best;

	if (!me->able)
		return HBKM_ACTION_RELEASE;
	if (outranked(b) || b->outvoted)
		return HBKM_ACTION_YIELD;
	if (me->state != HBKM_GROUP_ACTIVE)
		return HBKM_ACTION_KEEP;

	best = hbkm_election_best(b);
	if (best == b->self || !takes_at_once(b, best))
		return HBKM_ACTION_KEEP;
	if (b->failback || me->flags & HBKM_GROUP_F_STANDBY ||
	    b->voters[best].flags & HBKM_GROUP_F_WANT)
		return HBKM_ACTION_HAND_OVER;
	return HBKM_ACTION_KEEP;
}

/**
 * hbkm_election_run() - what should we do about this group?
 * @b: the view; @b->voters[@b->self] is ourselves
 *
 * Return: the action; RELEASING ends by the agent's word, never by election.
 */
enum hbkm_action hbkm_election_run(const struct hbkm_ballot *b)
{
	switch (b->voters[b->self].state) {
	case HBKM_GROUP_STANDBY:
	case HBKM_GROUP_FAILED:
		return when_free(b);
	case HBKM_GROUP_ACQUIRING:
	case HBKM_GROUP_ACTIVE:
		return when_held(b);
	default:
		return HBKM_ACTION_KEEP;
	}
}
