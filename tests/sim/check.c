// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold, whatever happens, looked at after everything that happens on a
 * machine. What the module says of itself is compared with what is so. The names
 * are in sim.h; what must hold in peace is in settled.c.
 */
#include <stdarg.h>
#include <unistd.h>
#include "sim.h"

struct sim sim;
bool sim_trace;
bool sim_trace_frames;
bool sim_hard;
u64 sim_looked[N_INVARIANTS];

const char *const sim_invariants[] = {
#define X(id, name, says)	name,
	SIM_INVARIANTS(X)
#undef X
};

const char *const node_states[] = { "init", "up", "late", "dead", "left" };
const char *const group_states[] = {
	"standby", "acquiring", "active", "releasing", "failed",
};

void trace(const char *fmt, ...)
{
	va_list ap;

	if (!sim_trace)
		return;
	printf("%12.3f ms  ", sim.now / 1e6);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* How often was there a reason to look? What is never looked at always holds. */
void looked(enum sim_invariant at)
{
	sim_looked[at]++;
}

static size_t describe(char *to, size_t room, const struct sim_machine *m)
{
	static const char *const states[] = { "down", "joining", "running", "leaving" };
	size_t len = snprintf(to, room, "; %s %s%s", m->name,
			      !m->cl ? "off" : m->paused_until ? "paused, " : "",
			      m->cl ? states[m->cl->state] : "");
	unsigned int i;

	for (i = 0; m->cl && i < sim.n_groups && len < room; i++)
		len += snprintf(to + len, room - len, ", %s %s", sim_group_names[i],
				group_states[m->state[i]]);
	return len < room ? len : room - 1;
}

/* The first violation counts; what follows from it is of no interest. */
void violated(enum sim_invariant broken, const char *fmt, ...)
{
	char *to = sim.violation;
	size_t room = sizeof(sim.violation), len;
	unsigned int i;
	va_list ap;

	if (to[0])
		return;
	sim.broken = broken;
	len = snprintf(to, room, "at %.3f ms, %s: ", sim.now / 1e6, sim_invariants[broken]);
	va_start(ap, fmt);
	len += vsnprintf(to + len, room - len, fmt, ap);
	va_end(ap);
	for (i = 0; i < sim.n && len < room; i++)
		len += describe(to + len, room - len, &sim.machines[i]);
	trace("VIOLATION: %s", to);
}

void sim_bug(const char *what, const char *file, int line)
{
	printf("seed %llu: at %.3f ms, bug: %s:%d: %s\n", (unsigned long long)sim.seed,
	       sim.now / 1e6, file, line, what);
	fflush(stdout);
	_exit(1);
}

int group_index(u32 id)
{
	unsigned int i;

	for (i = 0; i < sim.n_groups; i++)
		if (hbkm_name_id(sim_group_names[i]) == id)
			return i;
	return -1;
}

int machine_index(u32 id)
{
	unsigned int i;

	for (i = 0; i < sim.n; i++)
		if (sim.machines[i].id == id)
			return i;
	SIM_BUG_ON(true);
	return -1;
}

static bool runs(const struct sim_machine *m)
{
	return m->cl && !m->paused_until && sim.now >= m->timers_until;
}

/* Is it configured there? */
bool can_hear(const struct sim_machine *m, const struct sim_machine *from)
{
	return m->cl && hbkm_node_by_id(m->cl, from->id);
}

/* Between two of its beats, at most. */
static u64 beat_ns(const struct sim_machine *m)
{
	u64 keepalive = m->params.keepalive_us * US;

	return m->cl && m->cl->interval_ns > keepalive ? m->cl->interval_ns : keepalive;
}

/* On a way this even, a beat in time arrives in time. */
static u64 tolerance(void)
{
	u64 least = beat_ns(&sim.machines[0]);
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		u64 keepalive = sim.machines[i].params.keepalive_us * US;

		if (keepalive < least)
			least = keepalive;
	}
	return least * 2 / 5;
}

static bool good_way(const struct sim_machine *from, const struct sim_machine *to)
{
	unsigned int i;

	if (!can_hear(to, from))
		return false;
	for (i = 0; i < sim.n_paths; i++) {
		const struct path *p = &sim.paths[i];

		if (p->open[from->index][to->index] && !p->loss &&
		    p->delay + p->jitter <= tolerance() &&
		    !((from->unplugged | to->unplugged) & 1U << i))
			return true;
	}
	return false;
}

static void since(u64 *when, bool now)
{
	if (!now)
		*when = 0;
	else if (!*when)
		*when = sim.now ?: 1;
}

static bool longer_than(u64 when, u64 ns)
{
	return when && sim.now > when + ns;
}

/* Something about the ways, or who runs, has changed. */
void check_ways(void)
{
	unsigned int i, j;

	for (i = 0; i < sim.n; i++) {
		for (j = 0; j < sim.n; j++) {
			struct sim_machine *a = &sim.machines[i], *b = &sim.machines[j];
			bool there = runs(a) && good_way(a, b), back = runs(b) && good_way(b, a);

			if (i == j)
				continue;
			since(&b->good_since[i], there);
			since(&b->contact_since[i], there && back);
		}
	}
}

void check_arrival(const struct packet *p)
{
	const struct sim_machine *from = &sim.machines[p->from];
	struct arrival *a = &p->to->arrivals[p->from];
	struct hbkm_frame f;

	looked(GOOD_FRAME);
	if (hbkm_frame_parse(&f, p->frame, p->len) != HBKM_STAT_RX_GOOD)
		violated(GOOD_FRAME, "%s sent a bad frame", from->name);
	if (!can_hear(p->to, from))
		return;
	if (p->life < a->life)
		a->former_ns = machine_clock(p->to);
	if (p->life < a->life || (p->life == a->life && f.seq <= a->seq))
		return;
	p->to->heard_settled |= f.flags & HBKM_FRAME_F_SETTLED;
	*a = (struct arrival){
		.life = p->life,
		.incarnation = f.incarnation,
		.seq = f.seq,
		.keepalive_us = f.keepalive_us,
		.deadtime_us = f.deadtime_us,
		.flags = f.flags,
		.local_ns = machine_clock(p->to),
		.former_ns = p->life > a->life ? a->local_ns : a->former_ns,
	};
}

/*
 * A node that was silent for its deadtime, or for the shorter one of a peer, is buried
 * by its peers: what it says first must not be that it holds anything.
 */
void check_sent(struct sim_machine *m, const u8 *frame, size_t len)
{
	u64 now = machine_clock(m);
	const struct hbkm_node *node;
	struct hbkm_frame_group g;
	struct hbkm_frame f;
	unsigned int i;

	if (hbkm_frame_parse(&f, frame, len) != HBKM_STAT_RX_GOOD) {
		violated(GOOD_FRAME, "%s sends a bad frame", m->name);
		return;
	}
	if (m->last_tx && now - m->last_tx > m->last_deadtime_us * US) {
		looked(SILENCE);
		for (i = 0; i < f.nr_groups; i++) {
			hbkm_frame_group(&f, i, &g);
			if (hbkm_group_claimed(g.state))
				violated(SILENCE, "%s claims a group after %llu us of silence",
					 m->name, (unsigned long long)((now - m->last_tx) / US));
		}
	}
	m->last_tx = now;
	m->last_deadtime_us = f.deadtime_us;
	list_for_each_entry(node, &m->cl->nodes, list) {
		u32 other_us = m->arrivals[machine_index(node->id)].deadtime_us;

		if (node != m->cl->self && hbkm_detector_present(&node->detector) &&
		    other_us > 2 * f.keepalive_us && other_us < m->last_deadtime_us)
			m->last_deadtime_us = other_us;
	}
}

/* Taken out of its configuration; should it come back, it begins anew. */
void check_group_gone(struct sim_machine *m, unsigned int group)
{
	m->term[group] = 0;
	m->top_term[group] = 0;
	m->state[group] = HBKM_GROUP_STANDBY;
	m->told[group] = HBKM_GROUP_STANDBY;
	m->claimed_since[group] = 0;
	m->since[group] = sim.now;
}

void check_life_begins(struct sim_machine *m)
{
	unsigned int i;

	m->last_tx = 0;
	m->slept = 0;
	m->woke = 0;
	m->woke_ns = 0;
	m->reloaded = 0;
	m->joined_once = false;
	m->heard_settled = false;
	m->agent_heard_ns = 0;
	m->overdue_since = 0;
	m->cut_since = 0;
	m->cut_ns = 0;
	m->missed = 0;
	m->isolated = false;
	for (i = 0; i < SIM_GROUPS; i++)
		check_group_gone(m, i);
	memset(m->peer_state, 0, sizeof(m->peer_state));
	memset(m->arrivals, 0, sizeof(m->arrivals));
}

/* It becomes RUNNING. */
void check_joins(const struct sim_machine *m)
{
	const struct hbkm_node *node;

	if (m->joined_once)
		return;
	looked(INITDEAD);
	if (m->heard_settled ||
	    machine_clock(m) >= m->cl->joined_ns + m->cl->params.initdead_us * US)
		return;
	list_for_each_entry(node, &m->cl->nodes, list)
		if (node != m->cl->self && !m->arrivals[machine_index(node->id)].life)
			violated(INITDEAD, "%s has joined without a word from %s", m->name,
				 node->name);
}

/* It becomes RUNNING, having been cut off: those that lived then may live still. */
void check_returns(struct sim_machine *m)
{
	const struct hbkm_node *node;
	u8 missed = m->missed;

	if (!missed || m->cl->isolated)
		return;
	looked(CUT_JOIN);
	m->missed = 0;		/* with them or without: it has joined */
	if (machine_clock(m) >= m->cl->joined_ns + m->cl->params.initdead_us * US)
		return;
	list_for_each_entry(node, &m->cl->nodes, list)
		if (hbkm_detector_alive(&node->detector) && node->said & HBKM_FRAME_F_SETTLED &&
		    !(node->said & HBKM_FRAME_F_ISOLATED))
			return;
	list_for_each_entry(node, &m->cl->nodes, list)
		if (missed & 1U << machine_index(node->id) && node->detector.state == HBKM_NODE_DEAD)
			violated(CUT_JOIN, "%s counts on the death of %s", m->name, node->name);
}

/* Whom does it not hear because it is cut off? */
static void check_missed(struct sim_machine *m)
{
	const struct hbkm_node *node;

	if (m->cl->isolated && m->isolated)
		return;
	list_for_each_entry(node, &m->cl->nodes, list) {
		u8 bit = 1U << machine_index(node->id);

		if (!hbkm_detector_present(&node->detector))
			continue;
		if (m->cl->isolated)
			m->missed |= bit;
		else
			m->missed &= ~bit;
	}
	m->isolated = m->cl->isolated;
}

/* It says that it stalled: did it? */
void check_stall(const struct sim_machine *m)
{
	looked(NO_STALL);
	if (sim.now >= m->timers_until && (!m->woke || sim.now - m->woke > m->jitter + MS))
		violated(NO_STALL, "%s says that it stalled", m->name);
}

/*
 * While two can hear each other, no two claim a group for longer than two beats:
 * one of each, for the first may be what makes them known to each other.
 */
static void check_rivals(struct sim_machine *m, unsigned int group)
{
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		struct sim_machine *o = &sim.machines[i];
		u64 from = m->claimed_since[group], limit;

		if (o == m || !o->claimed_since[group] || !m->contact_since[i])
			continue;
		looked(ONE_CLAIM);
		if (o->claimed_since[group] > from)
			from = o->claimed_since[group];
		if (m->contact_since[i] > from)
			from = m->contact_since[i];
		limit = beat_ns(m) + beat_ns(o) + 4 * tolerance() + 200 * US;
		if (sim.now - from > limit)
			violated(ONE_CLAIM, "%s and %s both claim group %s for %llu us in contact", m->name,
				 o->name, sim_group_names[group],
				 (unsigned long long)((sim.now - from) / US));
	}
}

/* Nobody begins to bring up what another, known to all, has up or takes down yet. */
static void check_acquires(const struct sim_machine *m, unsigned int group)
{
	u64 known = 2 * tolerance() + 200 * US;
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *o = &sim.machines[i];
		u64 both = beat_ns(o) > beat_ns(m) ? beat_ns(o) : beat_ns(m);

		if (o == m || !m->contact_since[i] ||
		    sim.now - m->contact_since[i] < 3 * both + 4 * tolerance() ||
		    !o->agent_since || sim.now - o->agent_since < known ||
		    sim.now - o->since[group] < known)
			continue;
		looked(NO_STEAL);
		if (hbkm_group_claimed(o->state[group]) ||
		    o->state[group] == HBKM_GROUP_RELEASING)
			violated(NO_STEAL, "%s acquires group %s while %s is %s", m->name,
				 sim_group_names[group], o->name, group_states[o->state[group]]);
	}
}

/* Are they in contact for so long that each knows what the other is at? */
static bool acquainted(const struct sim_machine *m, const struct sim_machine *o)
{
	u64 both = max(beat_ns(o), beat_ns(m)), since = m->contact_since[o->index];

	return since && sim.now - since > 3 * both + 4 * tolerance();
}

/*
 * Who can tell @m that @o, which it does not hear, holds the group? In time, before it has
 * waited for its deadtime. NULL: nobody.
 */
static const struct sim_machine *voucher(const struct sim_machine *m, const struct sim_machine *o,
					 unsigned int group)
{
	unsigned int i;

	if (o == m || m->contact_since[o->index] || !hbkm_group_claimed(o->state[group]))
		return NULL;
	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *w = &sim.machines[i];
		u64 told = beat_ns(w) + beat_ns(o) + 4 * tolerance() + 200 * US;
		const struct hbkm_group *g;

		if (w == m || w == o || !acquainted(m, w) || !acquainted(w, o) ||
		    told >= m->params.deadtime_us * US || sim.now - o->since[group] <= told)
			continue;
		g = hbkm_group_by_id(w->cl, hbkm_name_id(sim_group_names[group]));
		if (g && !g->added_ns)
			return w;
	}
	return NULL;
}

/* Nor what another has that it does not hear itself, but a third that it does hear. */
static void check_vouched(const struct sim_machine *m, unsigned int group)
{
	const struct sim_machine *w;
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		w = voucher(m, &sim.machines[i], group);
		if (w)
			violated(VOUCHED, "%s acquires group %s, which %s holds, as %s can tell",
				 m->name, sim_group_names[group], sim.machines[i].name, w->name);
	}
}

static unsigned int place_of(const struct sim_machine *m, unsigned int group, u32 id)
{
	unsigned int i;

	for (i = 0; i < sim.n_order[group]; i++)
		if (m->order[group][i] == id)
			return i;
	return SIM_NODES;
}

/* What it was told by one that joins and precedes it should have made it wait. */
static void check_patience(const struct sim_machine *m, const struct hbkm_group *g)
{
	const u16 joins = HBKM_FRAME_F_AGENT, all = joins | HBKM_FRAME_F_SETTLED |
			  HBKM_FRAME_F_LEAVING | HBKM_FRAME_F_ISOLATED;
	const struct hbkm_node *node;
	int group = group_index(g->id);

	if (g->flags || machine_clock(m) >= m->cl->settled_ns + m->cl->params.deadtime_us * US)
		return;
	list_for_each_entry(node, &m->cl->nodes, list)
		if (node != m->cl->self && hbkm_detector_alive(&node->detector) &&
		    (node->digest != m->cl->digest ||
		     HBKM_FRAME_GROUP_BY_ID(node->shares[g->slot].flags)))
			return;
	list_for_each_entry(node, &m->cl->nodes, list) {
		const struct arrival *a = &m->arrivals[machine_index(node->id)];
		const struct hbkm_share *share = &node->shares[g->slot];

		if (node == m->cl->self || !hbkm_detector_alive(&node->detector) ||
		    node->detector.incarnation != a->incarnation || node->detector.seq != a->seq ||
		    (a->flags & all) != joins || !share->known || share->flags ||
		    share->state == HBKM_GROUP_FAILED)
			continue;
		looked(PATIENCE);
		if (place_of(m, group, node->id) < place_of(m, group, m->id))
			violated(PATIENCE, "%s acquires group %s, though %s is about to join",
				 m->name, g->name, node->name);
	}
}

/* Does @m hear from @node, which hears both, of another that has a claim as new as this? */
static bool told_of_rival(const struct sim_machine *m, const struct hbkm_node *node,
			  const struct hbkm_group *g)
{
	const struct hbkm_share *share = &node->shares[g->slot];
	const struct sim_machine *witness = &sim.machines[machine_index(node->id)], *other = NULL;
	const struct hbkm_node *seen, *named;
	const struct hbkm_group *theirs;

	if (node == m->cl->self || !hbkm_detector_present(&node->detector))
		return false;
	list_for_each_entry(named, &m->cl->nodes, list)
		if (named->slot == share->claimants[0])
			other = &sim.machines[machine_index(named->id)];
	if (!other)
		return false;
	seen = witness->cl ? hbkm_node_by_id(witness->cl, other->id) : NULL;
	theirs = witness->cl ? hbkm_group_by_id(witness->cl, g->id) : NULL;
	return other != m && (!seen || !theirs || seen->shares[theirs->slot].term >= g->term);
}

/* Who gives up before it has it has no right to it, or yields to a claim as new as its own. */
void check_gives_up(const struct sim_machine *m, const struct hbkm_group *g)
{
	const struct hbkm_node *node;
	bool rival = false;

	if (m->cl->state != HBKM_CLUSTER_RUNNING || !m->cl->agent_ok || m->cl->isolated ||
	    place_of(m, group_index(g->id), m->id) == SIM_NODES)
		return;
	looked(TERM_WINS);
	list_for_each_entry(node, &m->cl->nodes, list) {
		const struct hbkm_share *share = &node->shares[g->slot];

		rival |= node != m->cl->self && hbkm_detector_present(&node->detector) &&
			 hbkm_group_claimed(share->state) &&
			 (node->detector.oneway || share->term >= g->term);
		rival |= told_of_rival(m, node, g);
	}
	if (!rival)
		violated(TERM_WINS, "%s gives up group %s, term %u, and nobody has a newer claim",
			 m->name, g->name, g->term);
}

static bool cut_off(const struct sim_machine *m)
{
	u8 all = (1U << sim.n_paths) - 1;

	return (m->unplugged & all) == all;
}

static void check_may_claim(const struct sim_machine *m, const struct hbkm_group *g,
			    unsigned int group)
{
	u64 grace = 2 * beat_ns(m) + MS, timeout = m->params.agent_timeout_us * US;
	u64 asked = max(m->since[group], max(m->woke, m->reloaded));

	looked(JOINED);
	looked(AGENT);
	if (m->cl->state != HBKM_CLUSTER_RUNNING)
		violated(JOINED, "%s claims group %s and has not joined", m->name,
			 sim_group_names[group]);
	/* A carrier that is back at once moves nothing. Times that have become shorter begin anew. */
	if (m->cut_since && longer_than(max(m->cut_since, m->reloaded),
					m->params.deadtime_us * US / 2 + grace))
		violated(CUT_OFF, "%s claims group %s and is cut off", m->name,
			 sim_group_names[group]);
	if (longer_than(m->overdue_since, grace) && !g->ready)
		violated(AGENT, "%s claims group %s, its agent is overdue for %llu us", m->name,
			 sim_group_names[group],
			 (unsigned long long)((sim.now - m->overdue_since) / US));
	if (runs(m) && m->state[group] == HBKM_GROUP_ACQUIRING &&
	    sim.now > asked + timeout + timeout / 1000 + grace)
		violated(AGENT, "%s acquires group %s for %llu us", m->name, sim_group_names[group],
			 (unsigned long long)((sim.now - asked) / US));
}

static void check_group(struct sim_machine *m, const struct hbkm_group *g)
{
	int i = group_index(g->id);
	bool acquired;

	if (i < 0)
		return;
	looked(TERM_BACK);
	if (g->term < m->term[i] || g->top_term < m->top_term[i] || g->term > g->top_term)
		violated(TERM_BACK, "%s: term of group %s goes back: %u, %u, were %u, %u", m->name,
			 g->name, g->term, g->top_term, m->term[i], m->top_term[i]);
	acquired = hbkm_group_claimed(g->state) && !hbkm_group_claimed(m->state[i]);
	if (acquired) {
		looked(TERM_NEW);
		if (g->term <= m->top_term[i] && m->top_term[i])
			violated(TERM_NEW, "%s: group %s acquired with a term seen before: %u",
				 m->name, g->name, g->term);
	}
	if (hbkm_group_claimed(m->state[i]) && cut_off(m))
		looked(CUT_OFF);
	looked(SPEAKS);
	if (hbkm_group_claimed(g->state) != !!(m->cl->speaks & 1U << g->slot))
		violated(SPEAKS, "%s: the addresses of group %s, %s, %s", m->name, g->name,
			 group_states[g->state], m->cl->speaks & 1U << g->slot ? "speak" :
			 "are silent");
	if (g->warm && g->ready) {
		looked(WARM);
		if (g->state == HBKM_GROUP_ACQUIRING || g->state == HBKM_GROUP_RELEASING)
			violated(WARM, "%s: warm group %s waits for the agent", m->name, g->name);
	}
	if (g->state != m->state[i]) {
		m->since[i] = sim.now;
		if (acquired) {
			check_acquires(m, i);
			check_vouched(m, i);
			check_patience(m, g);
		}
		sim.changes += sim.quiet;
		if (sim.settled)
			violated(STILL, "%s: group %s moves after the cluster has settled", m->name,
				 g->name);
	}
	m->term[i] = g->term;
	m->top_term[i] = g->top_term;
	m->state[i] = g->state;
	since(&m->claimed_since[i], hbkm_group_claimed(g->state));
	if (m->claimed_since[i]) {
		check_may_claim(m, g, i);
		check_rivals(m, i);
	}
}

/* By which deadtime does @m judge this peer? */
static u64 deadtime_of(const struct sim_machine *m, const struct hbkm_detector *d)
{
	u64 deadtime = m->cl->params.deadtime_us * US;

	return deadtime <= 2ULL * d->keepalive_us * US ? d->deadtime_us * US : deadtime;
}

/*
 * Nothing has come from it for a deadtime and all that may excuse it: it is not
 * believed in any longer.
 */
static void check_buried(const struct sim_machine *m, const struct hbkm_node *node)
{
	const struct hbkm_detector *d = &node->detector;
	const struct arrival *a = &m->arrivals[machine_index(node->id)];
	u64 last = d->incarnation == a->incarnation ? a->local_ns : a->former_ns;
	u64 now = machine_clock(m);

	if (!runs(m) || sim.now < m->rx_until || !last || !hbkm_detector_present(d))
		return;
	looked(BURIED);
	last = max(last, max(m->woke_ns, m->cut_ns)) + deadtime_of(m, d) * 21 / 16 + 2 * m->jitter + MS;
	if (now > last && sim.now > m->reloaded + 2 * m->jitter + MS)
		violated(BURIED, "%s: %s is %s, %llu us after its last word", m->name, node->name,
			 node_states[d->state], (unsigned long long)((now - a->local_ns) / US));
}

/* After everything that happens on a machine. */
void check_machine(struct sim_machine *m)
{
	const struct hbkm_group *g;
	const struct hbkm_node *node;
	unsigned int i;

	since(&m->agent_since, m->cl && m->cl->agent_ok);
	if (!m->cl) {
		for (i = 0; i < SIM_GROUPS; i++)
			check_group_gone(m, i);
		return;
	}
	/* A time-out that has become shorter begins anew. */
	since(&m->overdue_since, runs(m) && (!m->agent_heard_ns ||
	      (machine_clock(m) - m->agent_heard_ns > m->params.agent_timeout_us * US &&
	       (!m->reloaded || longer_than(m->reloaded, m->params.agent_timeout_us * US)))));
	since(&m->cut_since, runs(m) && cut_off(m));
	if (m->cut_since && !m->cl->isolated)
		m->cut_ns = machine_clock(m);
	check_missed(m);
	list_for_each_entry(g, &m->cl->groups, list)
		check_group(m, g);
	list_for_each_entry(node, &m->cl->nodes, list)
		if (node != m->cl->self)
			check_buried(m, node);
}

/*
 * A verdict of death on a machine that lives. Three reasons make it wrong: a beat
 * of it came a short while ago; or it had no chance to come yet, since we slept;
 * or the two are in contact and have been for long enough.
 */
void check_death(const struct sim_machine *m, const struct hbkm_node *node)
{
	int i = machine_index(node->id);
	const struct sim_machine *peer = &sim.machines[i];
	const struct arrival *a = &m->arrivals[i];
	const struct hbkm_detector *d = &node->detector;
	u64 deadtime = deadtime_of(m, d);
	u64 beat = beat_ns(peer), both = beat > beat_ns(m) ? beat : beat_ns(m);
	unsigned int k;
	bool early;

	if (!runs(peer))
		return;
	for (k = 0; k < sim.n_groups; k++)
		if (voucher(m, peer, k))
			looked(VOUCHED);
	looked(HEARD_LIVES);
	/* If it waits unseen, it has to have come in time; if not, it has moved the deadline. */
	early = d->seq >= a->seq ? machine_clock(m) - a->local_ns + a->keepalive_us * US < deadtime :
		a->local_ns < d->fresh_ns + deadtime;
	if (m->peer_state[i] != HBKM_NODE_INIT && d->incarnation == peer->cl->incarnation &&
	    d->incarnation == a->incarnation && early)
		violated(HEARD_LIVES, "%s: %s dead, %llu us after its beat", m->name, peer->name,
			 (unsigned long long)((machine_clock(m) - a->local_ns) / US));
	if (m->woke)
		looked(UNHEARD_LIVES);
	if (m->contact_since[i])
		looked(CONTACT_LIVES);
	if (m->good_since[i] && sim.now - m->good_since[i] > 2 * beat + 2 * tolerance() &&
	    m->woke && m->slept > m->cl->params.deadtime_us * US / 4 + beat_ns(m) &&
	    sim.now - m->woke < beat && m->good_since[i] < m->woke &&
	    d->keepalive_us == peer->params.keepalive_us)	/* else it told us while we slept */
		violated(UNHEARD_LIVES, "%s: %s dead, since we slept for %llu us", m->name, peer->name,
			 (unsigned long long)(m->slept / US));
	if (m->contact_since[i] && sim.now - m->contact_since[i] > 3 * both + 4 * tolerance())
		violated(CONTACT_LIVES, "%s: %s dead, in contact for %llu us", m->name, peer->name,
			 (unsigned long long)((sim.now - m->contact_since[i]) / US));
}
