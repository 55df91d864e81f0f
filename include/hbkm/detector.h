/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is this node alive? The judgement of one peer, pure: beats and the time go in,
 * states come out.
 *
 * A life of a peer is believed in, and a dead peer believed in again, once it
 * has named *this life* of ours and a sequence number that we sent a short while
 * ago. That proves two-way reach and freshness, so no frame recorded earlier, in
 * whichever life of either side, can make a node look alive; and it needs no
 * common clock and no file. Inside a life, a window for each
 * path lets every sequence number pass once.
 *
 * Expiry follows freshness points (Chen, Toueg, Aguilera, IEEE ToC 51(5) 2002):
 * it counts from when the newest beat was *sent*, by the sender's clock and the
 * smallest offset seen of late, so one late beat does not stretch the deadline
 * of the next.
 */
#ifndef HBKM_DETECTOR_H
#define HBKM_DETECTOR_H

#include <linux/hbkm.h>
#include "pure.h"

/* Beats after which the older half of the offset's window is forgotten. */
#define HBKM_OFFSET_WINDOW	64

/* Beats in a row, late by more than a quarter of a keepalive, that are not late any more. */
#define HBKM_LAGGING		4

/* For how long somebody beats until that is more than a few frames gone astray, or repeated. */
#define HBKM_STEADY_NS		(5000000 * HBKM_NS_PER_US)

/* Sequence numbers that may come out of order on one path. */
#define HBKM_REPLAY_WINDOW	64

/**
 * struct hbkm_timing - our own times, by which we judge
 * @deadtime_ns: silence after which a node is dead
 * @warntime_ns: silence after which it is late
 */
struct hbkm_timing {
	u64 deadtime_ns;
	u64 warntime_ns;
};

/**
 * struct hbkm_beat - what the detector needs of a verified frame
 * @incarnation: the sender's life
 * @seq: its number
 * @clock_ns: the sender's clock at sending
 * @keepalive_us: what the sender says of its own times
 * @deadtime_us: likewise
 * @path: on which it came, less than HBKM_MAX_PATHS
 * @knows_us: it names our present life
 * @hears_us: and it does not believe us dead
 * @named_seq: and this sequence number of ours, as the last it heard; 0 if we
 *	sent that too long ago for it to prove anything
 * @our_seq: the last that we have sent
 */
struct hbkm_beat {
	u64 incarnation;
	u64 seq;
	u64 clock_ns;
	u32 keepalive_us;
	u32 deadtime_us;
	u8 path;
	bool knows_us;
	bool hears_us;
	u64 named_seq;
	u64 our_seq;
};

/**
 * struct hbkm_path - one peer on one path
 * @heard_ns: when last heard, 0: never in this life of it
 * @top: highest sequence number
 * @seen: bit i: @top - i was seen
 */
struct hbkm_path {
	u64 heard_ns;
	u64 top;
	u64 seen;
};

/**
 * struct hbkm_detector - what is known of one peer
 * @state: enum hbkm_node_state
 * @oneway: it is heard, but does not hear us
 * @gone: this life of it has said good-bye
 * @doubted: it lived when we were cut off from everybody: that it is silent says little
 * @offset_count: beats in the present half of the window of @offset_ns
 * @lagging: beats in a row that came more than a quarter of a keepalive late
 * @paths_up: bitmap of the paths on which it is heard
 * @oneway_ns: since when it does not hear us
 * @incarnation: the life of it that we believe in, 0: none yet
 * @seq: newest number heard of that life
 * @floor_seq: our own number when that was heard: whoever names a later one has
 *	spoken since
 * @heard_ns: when the newest beat came
 * @fresh_ns: when the newest beat was sent, on our clock
 * @excused_ns: no verdict before, since our own judge was stalled
 * @listened_ns: for so long in all, since it was last heard
 * @keepalive_us: as it says
 * @deadtime_us: as it says
 * @offset_ns: our clock minus its clock at best: in the last full half and in
 *	the present half of the window
 * @lagging_ns: our clock minus its clock at best among those of @lagging
 * @claimed_incarnation: a life that was heard and has still to prove itself, 0:
 *	none. Has no effect but that we name it, which lets it do so.
 * @claimed_seq: newest number heard of it
 * @claimed_ns: when
 * @claiming_ns: since when, without a pause of a deadtime
 * @paths: each of them
 */
struct hbkm_detector {
	u8 state;
	bool oneway;
	bool gone;
	bool doubted;
	u8 offset_count;
	u8 lagging;
	u16 paths_up;
	u64 oneway_ns;
	u64 incarnation;
	u64 seq;
	u64 floor_seq;
	u64 heard_ns;
	u64 fresh_ns;
	u64 excused_ns;
	u64 listened_ns;
	u32 keepalive_us;
	u32 deadtime_us;
	s64 offset_ns[2];
	s64 lagging_ns;
	u64 claimed_incarnation;
	u64 claimed_seq;
	u64 claimed_ns;
	u64 claiming_ns;
	struct hbkm_path paths[HBKM_MAX_PATHS];
};

/* What hearing a beat came to: a set of these, or one refusal. */
#define HBKM_HEARD_NEW		0x01	/* newer than all before: its content counts */
#define HBKM_HEARD_STATE	0x02	/* state or direction changed */
#define HBKM_HEARD_PATHS	0x04	/* a path came up */
#define HBKM_HEARD_REBORN	0x08	/* another life than before: forget what that one held */
#define HBKM_HEARD_CLAIM	0x10	/* an unproven life: nothing of it counts yet */
#define HBKM_HEARD_REPLAY	0x20	/* refused: seen before, or too old to tell */
#define HBKM_HEARD_STALE	0x40	/* refused: not of the present life */
#define HBKM_HEARD_TIMES	0x80	/* its keepalive or deadtime is another than before */
#define HBKM_HEARD_REFUSED	(HBKM_HEARD_REPLAY | HBKM_HEARD_STALE)

void hbkm_detector_init(struct hbkm_detector *d);
unsigned int hbkm_detector_heard(struct hbkm_detector *d, const struct hbkm_beat *b, u64 now);
unsigned int hbkm_detector_left(struct hbkm_detector *d, const struct hbkm_beat *b, u64 now);

u64 hbkm_detector_deadtime_ns(const struct hbkm_detector *d, const struct hbkm_timing *own);
u64 hbkm_detector_deadline(const struct hbkm_detector *d, const struct hbkm_timing *own);
bool hbkm_detector_judge(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now,
			 u64 *next);
void hbkm_detector_excuse(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now);
bool hbkm_detector_look_again(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now,
			      u64 late_ns, bool waiting);
bool hbkm_detector_unheard(const struct hbkm_detector *d, const struct hbkm_timing *own, u64 now);
bool hbkm_detector_presume_dead(struct hbkm_detector *d);
u16 hbkm_detector_age_paths(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now);

/**
 * hbkm_detector_alive() - is it two-way alive?
 * @d: the peer
 *
 * Return: true if it is UP or LATE.
 */
static inline bool hbkm_detector_alive(const struct hbkm_detector *d)
{
	return d->state == HBKM_NODE_UP || d->state == HBKM_NODE_LATE;
}

/**
 * hbkm_detector_present() - do its words count?
 * @d: the peer
 *
 * A node may be heard, in a proven life, while it does not hear us: it is no
 * candidate then, but what it holds, it holds.
 *
 * Return: true if what it says of itself is to be believed.
 */
static inline bool hbkm_detector_present(const struct hbkm_detector *d)
{
	return hbkm_detector_alive(d) || (d->state == HBKM_NODE_INIT && d->oneway);
}

/**
 * hbkm_detector_unknown() - may it live, and hold what we do not know of?
 * @d: the peer
 *
 * Return: true if it was not heard yet, or not again since we were cut off.
 */
static inline bool hbkm_detector_unknown(const struct hbkm_detector *d)
{
	return (d->state == HBKM_NODE_INIT && !d->oneway) ||
	       (d->state == HBKM_NODE_DEAD && d->doubted);
}

/**
 * hbkm_detector_doubt() - we are cut off from everybody
 * @d: the peer
 *
 * The verdict that is to come says nothing of it, if it lives now. When we are
 * back, it counts as unknown, as when we started, until it is heard again.
 */
static inline void hbkm_detector_doubt(struct hbkm_detector *d)
{
	d->doubted |= hbkm_detector_present(d);
}

/**
 * hbkm_detector_believe() - we have joined, with it or without it: no verdict is doubted any longer
 * @d: the peer
 */
static inline void hbkm_detector_believe(struct hbkm_detector *d)
{
	d->doubted = false;
}

/**
 * hbkm_detector_names_claim() - which life of it do we name in our beats?
 * @d: the peer
 *
 * Return: true for the one that has still to prove itself, false for the
 *	present one.
 */
static inline bool hbkm_detector_names_claim(const struct hbkm_detector *d)
{
	return d->claimed_incarnation && !hbkm_detector_present(d);
}

#endif /* HBKM_DETECTOR_H */
