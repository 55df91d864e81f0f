// SPDX-License-Identifier: GPL-2.0
/*
 * Is this node alive? Pure: no I/O, no locks, no clock of its own. The caller
 * serialises all calls for one detector.
 */
#include <hbkm/detector.h>

/* Deadtimes that are listened for in all, between stalls, until a silent peer has no excuse. */
#define EXCUSES		4

/* To have frames looked at that wait, a verdict is put off no longer, all turns together. */
#define LISTEN_MAX_NS	(20000 * HBKM_NS_PER_US)

static u64 later(u64 a, u64 b)
{
	return a > b ? a : b;
}

/**
 * hbkm_detector_init() - a peer of which nothing was heard yet
 * @d: the detector
 */
void hbkm_detector_init(struct hbkm_detector *d)
{
	memset(d, 0, sizeof(*d));
	d->state = HBKM_NODE_INIT;
}

/* Everything of the former life goes, but what no recording of it may undercut. */
static void begin_life(struct hbkm_detector *d, u64 incarnation)
{
	u64 floor_seq = d->floor_seq;

	hbkm_detector_init(d);
	d->incarnation = incarnation;
	d->floor_seq = floor_seq;
}

/*
 * A life to be believed in, or one to be believed in again, has heard us a short
 * while ago, and since the node was last heard.
 */
static bool proves_itself(const struct hbkm_detector *d, const struct hbkm_beat *b)
{
	return b->knows_us && b->named_seq > d->floor_seq && b->named_seq <= b->our_seq;
}

/*
 * Is @seq new on this path? A sliding window as IPsec's (RFC 4303, 3.4.3), so
 * that reordered beats pass once and nothing passes twice.
 */
static bool window_take(struct hbkm_path *p, u64 seq)
{
	u64 behind;

	if (seq > p->top) {
		u64 ahead = seq - p->top;

		p->seen = ahead < HBKM_REPLAY_WINDOW ? p->seen << ahead | 1 : 1;
		p->top = seq;
		return true;
	}
	behind = p->top - seq;
	if (behind >= HBKM_REPLAY_WINDOW || p->seen & 1ULL << behind)
		return false;
	p->seen |= 1ULL << behind;
	return true;
}

/*
 * When was this beat sent, on our clock? The smallest (our clock - its clock)
 * seen of late stands for the fastest way here. Two half windows, the older one
 * dropped in turn, let it follow drift. Never more than one keepalive before
 * its arrival: if the way becomes longer for good, beats that come in time
 * must still count as in time.
 */
static u64 sent_ns(struct hbkm_detector *d, const struct hbkm_beat *b, u64 now)
{
	u64 lag, keepalive = b->keepalive_us * HBKM_NS_PER_US;
	s64 offset = (s64)(now - b->clock_ns);
	s64 best;

	if (!d->seq) {
		d->offset_ns[0] = offset;
		d->offset_ns[1] = offset;
	} else if (++d->offset_count >= HBKM_OFFSET_WINDOW) {
		d->offset_ns[0] = d->offset_ns[1];
		d->offset_ns[1] = offset;
		d->offset_count = 0;
	} else if (offset < d->offset_ns[1]) {
		d->offset_ns[1] = offset;
	}
	best = d->offset_ns[0] < d->offset_ns[1] ? d->offset_ns[0] : d->offset_ns[1];
	if (offset <= best) {
		d->lagging = 0;
		return now;
	}
	lag = (u64)offset - (u64)best;
	if (lag <= keepalive / 4) {
		d->lagging = 0;
	} else if (d->lagging++ == 0 || offset < d->lagging_ns) {
		d->lagging_ns = offset;
	}
	if (d->lagging >= HBKM_LAGGING) {
		/* Not late, but longer on their way, or its clock stood still. */
		d->offset_ns[0] = d->lagging_ns;
		d->offset_ns[1] = d->lagging_ns;
		d->offset_count = 0;
		d->lagging = 0;
		lag = (u64)offset - (u64)d->lagging_ns;
	}
	if (lag > keepalive)
		lag = keepalive;
	return lag < now ? now - lag : 0;
}

/* The newest beat says whether the peer hears us: the state follows. */
static bool take_direction(struct hbkm_detector *d, const struct hbkm_beat *b, u64 now)
{
	u8 state = b->hears_us ? HBKM_NODE_UP : HBKM_NODE_INIT;
	bool changed = state != d->state || d->oneway == b->hears_us;

	if (!b->hears_us && !d->oneway)
		d->oneway_ns = now;
	d->oneway = !b->hears_us;
	d->state = state;
	return changed;
}

/**
 * hbkm_detector_heard() - a verified beat has come
 * @d: the sender's detector
 * @b: the beat
 * @now: monotonic time, ns
 *
 * Return: a set of HBKM_HEARD_ bits; if one of HBKM_HEARD_REFUSED, nothing changed.
 */
unsigned int hbkm_detector_heard(struct hbkm_detector *d, const struct hbkm_beat *b, u64 now)
{
	struct hbkm_path *path = &d->paths[b->path];
	unsigned int heard = 0;

	if (b->incarnation == d->incarnation && d->gone)
		return HBKM_HEARD_STALE;
	if (b->incarnation != d->incarnation || d->state == HBKM_NODE_DEAD) {
		if (!proves_itself(d, b)) {
			if (hbkm_detector_present(d))
				return HBKM_HEARD_STALE;
			/* What comes out of order must not undo what came before. */
			if (b->incarnation == d->claimed_incarnation && b->seq <= d->claimed_seq)
				return HBKM_HEARD_CLAIM;
			if (b->incarnation != d->claimed_incarnation ||
			    hbkm_since(d->claimed_ns, now) > b->deadtime_us * HBKM_NS_PER_US)
				d->claiming_ns = now;
			d->claimed_incarnation = b->incarnation;
			d->claimed_seq = b->seq;
			d->claimed_ns = now;
			return HBKM_HEARD_CLAIM;
		}
		d->claimed_incarnation = 0;
	}
	if (b->incarnation != d->incarnation) {
		begin_life(d, b->incarnation);
		heard |= HBKM_HEARD_REBORN | HBKM_HEARD_STATE;
	}
	/* Else a recording of one path would pass on another that is silent. */
	if (b->seq + HBKM_REPLAY_WINDOW <= d->seq)
		return HBKM_HEARD_REPLAY;
	if (!window_take(path, b->seq))
		return HBKM_HEARD_REPLAY;

	path->heard_ns = now;
	if (!(d->paths_up & 1U << b->path)) {
		d->paths_up |= 1U << b->path;
		heard |= HBKM_HEARD_PATHS;
	}
	if (b->seq <= d->seq)
		return heard;

	heard |= HBKM_HEARD_NEW;
	d->doubted = false;
	d->listened_ns = 0;
	d->fresh_ns = later(d->fresh_ns, sent_ns(d, b, now));
	d->heard_ns = now;
	d->seq = b->seq;
	d->floor_seq = b->our_seq;
	if (d->keepalive_us != b->keepalive_us || d->deadtime_us != b->deadtime_us) {
		heard |= HBKM_HEARD_TIMES;
		d->excused_ns = 0;	/* by its former times, and it has been heard again */
	}
	d->keepalive_us = b->keepalive_us;
	d->deadtime_us = b->deadtime_us;
	if (take_direction(d, b, now))
		heard |= HBKM_HEARD_STATE;
	return heard;
}

/**
 * hbkm_detector_left() - a verified leave frame has come
 * @d: the sender's detector
 * @b: the frame
 * @now: monotonic time, ns
 *
 * Believed only from the present life of a node, and only when new: a recorded
 * good-bye must not end a living node.
 *
 * Return: as hbkm_detector_heard().
 */
unsigned int hbkm_detector_left(struct hbkm_detector *d, const struct hbkm_beat *b, u64 now)
{
	if (b->incarnation != d->incarnation || d->gone)
		return HBKM_HEARD_STALE;
	if (b->seq <= d->seq || !window_take(&d->paths[b->path], b->seq))
		return HBKM_HEARD_REPLAY;
	d->seq = b->seq;
	d->floor_seq = b->our_seq;
	d->heard_ns = now;
	d->state = HBKM_NODE_LEFT;
	d->gone = true;
	d->oneway = false;
	d->paths_up = 0;
	return HBKM_HEARD_NEW | HBKM_HEARD_STATE | HBKM_HEARD_PATHS;
}

/*
 * The times that apply to this peer: ours, unless it beats too slowly for
 * them: then what it says of itself, for a node that is slow by configuration
 * must not be declared dead for it. Nor is it late before a beat is overdue.
 */
static struct hbkm_timing timing_for(const struct hbkm_detector *d, const struct hbkm_timing *own)
{
	u64 patience = d->keepalive_us * HBKM_NS_PER_US * 3 / 2;
	struct hbkm_timing t = *own;

	if (t.deadtime_ns <= 2 * d->keepalive_us * HBKM_NS_PER_US) {
		t.deadtime_ns = d->deadtime_us * HBKM_NS_PER_US;
		t.warntime_ns = t.deadtime_ns / 2;
	}
	if (t.warntime_ns < patience)
		t.warntime_ns = patience;
	return t;
}

/**
 * hbkm_detector_deadtime_ns() - for how long may it be silent?
 * @d: the peer
 * @own: our own times
 *
 * Return: the deadtime that applies to it, ours or, if it beats too slowly for that, its own.
 */
u64 hbkm_detector_deadtime_ns(const struct hbkm_detector *d, const struct hbkm_timing *own)
{
	return timing_for(d, own).deadtime_ns;
}

/**
 * hbkm_detector_deadline() - when is the next verdict due?
 * @d: the peer, present
 * @own: our own times
 *
 * Return: monotonic ns: of lateness while UP, else of death.
 */
u64 hbkm_detector_deadline(const struct hbkm_detector *d, const struct hbkm_timing *own)
{
	struct hbkm_timing t = timing_for(d, own);

	if (d->state == HBKM_NODE_UP)
		return d->fresh_ns + t.warntime_ns;
	return later(d->fresh_ns + t.deadtime_ns, d->excused_ns);
}

/**
 * hbkm_detector_judge() - give the verdicts that are due
 * @d: the peer
 * @own: our own times
 * @now: monotonic time, ns
 * @next: receives when to judge again, 0: not before it is heard again
 *
 * Return: true if the state has changed.
 */
bool hbkm_detector_judge(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now,
			 u64 *next)
{
	u8 before = d->state;

	while (hbkm_detector_present(d)) {
		*next = hbkm_detector_deadline(d, own);
		if (*next > now)
			return d->state != before;
		if (d->state == HBKM_NODE_UP) {
			d->state = HBKM_NODE_LATE;
			continue;
		}
		d->state = HBKM_NODE_DEAD;
		d->oneway = false;
		d->paths_up = 0;
	}
	*next = 0;
	return d->state != before;
}

/**
 * hbkm_detector_excuse() - our own judge was stalled: no death before it has listened
 * @d: the peer
 * @own: our own times
 * @now: monotonic time, ns
 *
 * What the peer sent meanwhile may still wait unseen in a queue of ours, or be
 * lost: its next beat is due within one keepalive, and may be as late as any.
 * A judge that is stalled again and again has listened for long enough in the end:
 * where every timer is late, the dead must be found dead none the less.
 */
void hbkm_detector_excuse(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now)
{
	u64 grace = 2 * d->keepalive_us * HBKM_NS_PER_US;
	struct hbkm_timing t = timing_for(d, own);
	u64 until = now + (grace < t.deadtime_ns ? grace : t.deadtime_ns);
	u64 more = hbkm_since(later(d->excused_ns, now), until);

	if (d->listened_ns + more > EXCUSES * t.deadtime_ns)
		return;
	d->listened_ns += more;
	d->excused_ns = later(d->excused_ns, until);
}

/**
 * hbkm_detector_look_again() - may there be word of it that we have not heard yet?
 * @d: the peer
 * @own: our own times
 * @now: monotonic time, ns
 * @late_ns: by how much our judge is late
 * @waiting: frames that were received wait to be handed to us
 *
 * A judge too little late for hbkm_detector_excuse() may still be ahead of a beat
 * that came in time, and one that is in time ahead of the queues. So let it have
 * another turn, a moment later; but within a quarter of deadtime, not for ever: where
 * frames come without end, there are always some that wait. To have those looked at
 * that wait takes no longer where deadtime is long, and as a rule no time at all.
 *
 * Return: true if the verdict is put off.
 */
bool hbkm_detector_look_again(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now,
			      u64 late_ns, bool waiting)
{
	struct hbkm_timing t = timing_for(d, own);
	u64 most = t.deadtime_ns / 4;

	if (!waiting && late_ns <= t.deadtime_ns / 64)
		return false;
	if (waiting && most > LISTEN_MAX_NS)
		most = LISTEN_MAX_NS;
	if (now >= d->fresh_ns + t.deadtime_ns + most)
		return false;
	most /= 4;
	if (waiting)
		most /= 4;
	d->excused_ns = later(d->excused_ns, now + most);
	return true;
}

/**
 * hbkm_detector_unheard() - does it go on beating without ever having heard us?
 * @d: the peer
 * @own: our own times
 * @now: monotonic time, ns
 *
 * A firewall that lets frames out and none in, say. Nothing of what it says counts,
 * for it may be a recording; but of what lasts somebody should be told.
 *
 * Return: true if it has done so for HBKM_STEADY_NS, and for a deadtime.
 */
bool hbkm_detector_unheard(const struct hbkm_detector *d, const struct hbkm_timing *own, u64 now)
{
	u64 patience = later(own->deadtime_ns, HBKM_STEADY_NS);

	return hbkm_detector_names_claim(d) &&
	       hbkm_since(d->claimed_ns, now) <= own->deadtime_ns &&
	       hbkm_since(d->claiming_ns, d->claimed_ns) >= patience;
}

/**
 * hbkm_detector_presume_dead() - initdead is over
 * @d: the peer
 *
 * Return: true if nothing is known of it, so that it counts as dead from now on.
 */
bool hbkm_detector_presume_dead(struct hbkm_detector *d)
{
	if (d->state != HBKM_NODE_INIT || d->oneway)
		return false;
	d->state = HBKM_NODE_DEAD;
	return true;
}

/**
 * hbkm_detector_age_paths() - drop the paths on which it has fallen silent
 * @d: the peer
 * @own: our own times
 * @now: monotonic time, ns
 *
 * Return: bitmap of the paths that went down.
 */
u16 hbkm_detector_age_paths(struct hbkm_detector *d, const struct hbkm_timing *own, u64 now)
{
	struct hbkm_timing t;
	unsigned int up, i;
	u16 down = 0;

	if (!d->paths_up || now < d->excused_ns)
		return 0;
	t = timing_for(d, own);
	for (i = 0, up = d->paths_up; up; i++, up >>= 1)
		if (up & 1 && hbkm_since(d->paths[i].heard_ns, now) > t.deadtime_ns)
			down |= 1U << i;
	d->paths_up &= ~down;
	return down;
}
