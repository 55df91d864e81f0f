/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who owns this group? A pure function from what one node sees of the cluster
 * to what it should do about one group.
 *
 *	standby -> acquiring -> active -> releasing -> standby, and failed
 *
 * Every node runs the same function on its own view; views differ for as long
 * as a frame takes, and terms and the order of preference settle what that leads to.
 */
#ifndef HBKM_ELECTION_H
#define HBKM_ELECTION_H

#include <linux/hbkm.h>
#include "pure.h"

/**
 * struct hbkm_voter - one node's relation to the group
 * @id: of the node
 * @preference: its place in our order, whatever the ballot is sorted by
 * @present: what it says counts (ourselves: always)
 * @able: may be chosen: two-way alive, settled, agent working or not needed, knows
 *	the group, not leaving and not isolated
 * @joining: will be able any moment: two-way alive, agent working or not needed, not
 *	yet settled
 * @entitled: would be able, but that it does not hear us
 * @agent: its agent works, so that what it releases comes to an end
 * @deaf: it has not heard us for deadtime, though we hear it
 * @unsure: it does not hear us, for less than deadtime
 * @agrees: its groups and their orders are ours
 * @state: enum hbkm_group_state
 * @flags: HBKM_GROUP_F_*; HBKM_FRAME_GROUP_BY_ID()
 * @term: of its latest claim; of another that is standby, the highest that it knows of
 */
struct hbkm_voter {
	u32 id;
	u8 preference;
	bool present;
	bool able;
	bool joining;
	bool entitled;
	bool agent;
	bool deaf;
	bool unsure;
	bool agrees;
	u8 state;
	u8 flags;
	u32 term;
};

/**
 * struct hbkm_ballot - what one node sees of one group
 * @n: number of voters
 * @self: which of them we are
 * @failback: a holder gives the group back to a preferred node
 * @retry: a failed acquisition may be tried again
 * @patient: we have only just settled ourselves: let the others do so, too
 * @by_id: ids decide, as we are to tell the others, 0: our order does
 * @vouched: another claims it, or takes it down, as one tells that has heard it after us
 * @outvoted: we do not hear that one, and who tells of it knows of our claim, and puts it second
 * @voters: in order of preference
 */
struct hbkm_ballot {
	u8 n;
	u8 self;
	bool failback;
	bool retry;
	bool patient;
	u8 by_id;
	bool vouched;
	bool outvoted;
	struct hbkm_voter voters[HBKM_MAX_NODES];
};

enum hbkm_action {
	HBKM_ACTION_KEEP,		/* nothing to do */
	HBKM_ACTION_ACQUIRE,		/* nobody holds it, and it falls to us */
	HBKM_ACTION_RELEASE,		/* we may not hold it any longer */
	HBKM_ACTION_HAND_OVER,		/* another is to have it */
	HBKM_ACTION_YIELD,		/* another holds it too, and rightly */
};

#define HBKM_NOBODY	0xff

enum hbkm_action hbkm_election_run(const struct hbkm_ballot *b);
unsigned int hbkm_election_rival(const struct hbkm_ballot *b);
unsigned int hbkm_election_claimant(const struct hbkm_ballot *b, unsigned int after);
unsigned int hbkm_election_best(const struct hbkm_ballot *b);

/**
 * hbkm_group_claimed() - does this state claim the group's addresses?
 * @state: enum hbkm_group_state
 *
 * Return: true while acquiring and while active.
 */
static inline bool hbkm_group_claimed(u8 state)
{
	return state == HBKM_GROUP_ACQUIRING || state == HBKM_GROUP_ACTIVE;
}

#endif /* HBKM_ELECTION_H */
