// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold, whatever happens. The module tells of its changes as it would
 * tell user space; what it says is compared with what is so.
 */
#include <stdarg.h>
#include "sim.h"

struct sim sim;
bool sim_trace;
bool sim_hard;
const char *sim_refusal;

static const char *const node_states[] = { "init", "up", "late", "dead", "left" };
static const char *const group_states[] = {
	"standby", "acquiring", "active", "releasing", "failed",
};
static const char *const cluster_states[] = { "down", "joining", "running", "leaving" };

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

/* The first violation counts; what follows from it is of no interest. */
void violated(const char *fmt, ...)
{
	va_list ap;

	if (sim.violation[0])
		return;
	va_start(ap, fmt);
	vsnprintf(sim.violation, sizeof(sim.violation), fmt, ap);
	va_end(ap);
	trace("VIOLATION: %s", sim.violation);
}

void sim_bug(const char *what, const char *file, int line)
{
	printf("seed %llu: %s:%d: BUG: %s\n", (unsigned long long)sim.seed, file, line, what);
	exit(1);
}

int group_index(u32 id)
{
	unsigned int i;

	for (i = 0; i < sim.n_groups; i++)
		if (hbkm_name_id(sim_group_names[i]) == id)
			return i;
	return -1;
}

static int machine_index(u32 id)
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

	if (hbkm_frame_parse(&f, p->frame, p->len) != HBKM_STAT_RX_GOOD)
		violated("%s sent a bad frame", from->name);
	if (!from->cl || from->cl->incarnation != f.incarnation ||
	    (a->incarnation == f.incarnation && a->seq >= f.seq))
		return;
	*a = (struct arrival){
		.incarnation = f.incarnation,
		.seq = f.seq,
		.keepalive_us = f.keepalive_us,
		.local_ns = machine_clock(p->to),
		.at = sim.now,
	};
}

/*
 * A node that was silent for its deadtime is buried by its peers: what it says
 * first must not be that it holds anything.
 */
void check_sent(struct sim_machine *m, const u8 *frame, size_t len)
{
	u64 now = machine_clock(m);
	struct hbkm_frame_group g;
	struct hbkm_frame f;
	unsigned int i;

	if (hbkm_frame_parse(&f, frame, len) != HBKM_STAT_RX_GOOD) {
		violated("%s sends a bad frame", m->name);
		return;
	}
	if (m->last_tx && now - m->last_tx > m->last_deadtime_us * US) {
		for (i = 0; i < f.nr_groups; i++) {
			hbkm_frame_group(&f, i, &g);
			if (hbkm_group_claimed(g.state))
				violated("%s claims a group after %llu us of silence", m->name,
					 (unsigned long long)((now - m->last_tx) / US));
		}
	}
	m->last_tx = now;
	m->last_deadtime_us = f.deadtime_us;
}

void check_life_begins(struct sim_machine *m)
{
	unsigned int i;

	m->last_tx = 0;
	m->slept = 0;
	m->woke = 0;
	for (i = 0; i < SIM_GROUPS; i++) {
		m->term[i] = 0;
		m->top_term[i] = 0;
		m->state[i] = HBKM_GROUP_STANDBY;
		m->claimed_since[i] = 0;
		m->since[i] = sim.now;
	}
	memset(m->peer_state, 0, sizeof(m->peer_state));
	memset(m->arrivals, 0, sizeof(m->arrivals));
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
		if (o->claimed_since[group] > from)
			from = o->claimed_since[group];
		if (m->contact_since[i] > from)
			from = m->contact_since[i];
		limit = beat_ns(m) + beat_ns(o) + 4 * tolerance() + 200 * US;
		if (sim.now - from > limit)
			violated("%s and %s both claim group %s for %llu us in contact", m->name,
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
		if (hbkm_group_claimed(o->state[group]) ||
		    o->state[group] == HBKM_GROUP_RELEASING)
			violated("%s acquires group %s while %s is %s", m->name,
				 sim_group_names[group], o->name, group_states[o->state[group]]);
	}
}

static void check_group(struct sim_machine *m, const struct hbkm_group *g)
{
	int i = group_index(g->id);

	if (i < 0)
		return;
	if (hbkm_group_claimed(g->state) &&
	    (m->cl->state != HBKM_CLUSTER_RUNNING || !m->cl->agent_ok || m->cl->isolated))
		violated("%s claims group %s and may not", m->name, g->name);
	if (g->term < m->term[i] || g->top_term < m->top_term[i] || g->term > g->top_term)
		violated("%s: term of group %s goes back: %u, %u, were %u, %u", m->name, g->name,
			 g->term, g->top_term, m->term[i], m->top_term[i]);
	if (g->state == HBKM_GROUP_ACQUIRING && m->state[i] != HBKM_GROUP_ACQUIRING &&
	    g->term <= m->top_term[i] && m->top_term[i])
		violated("%s: group %s acquired with a term seen before: %u", m->name, g->name,
			 g->term);
	if (g->state != m->state[i]) {
		m->since[i] = sim.now;
		if (g->state == HBKM_GROUP_ACQUIRING)
			check_acquires(m, i);
		sim.changes += sim.quiet;
		if (sim.settled)
			violated("%s: group %s moves after the cluster has settled", m->name,
				 g->name);
	}
	m->term[i] = g->term;
	m->top_term[i] = g->top_term;
	m->state[i] = g->state;
	if (!hbkm_group_claimed(g->state))
		m->claimed_since[i] = 0;
	else if (!m->claimed_since[i])
		m->claimed_since[i] = sim.now;
	if (m->claimed_since[i])
		check_rivals(m, i);
}

/* After everything that happens on a machine. */
void check_machine(struct sim_machine *m)
{
	const struct hbkm_group *g;
	unsigned int i;

	since(&m->agent_since, m->cl && m->cl->agent_ok);
	if (m->cl) {
		list_for_each_entry(g, &m->cl->groups, list)
			check_group(m, g);
		return;
	}
	for (i = 0; i < SIM_GROUPS; i++)
		m->claimed_since[i] = 0;
}

/*
 * A verdict of death on a machine that lives. Three reasons make it wrong: a beat
 * of it came a short while ago; or it had no chance to come yet, since we slept;
 * or the two are in contact and have been for long enough.
 */
static void check_death(const struct sim_machine *m, const struct hbkm_node *node)
{
	int i = machine_index(node->id);
	const struct sim_machine *peer = &sim.machines[i];
	const struct arrival *a = &m->arrivals[i];
	const struct hbkm_detector *d = &node->detector;
	u64 deadtime = m->cl->params.deadtime_us * US;
	u64 beat = beat_ns(peer), both = beat > beat_ns(m) ? beat : beat_ns(m);
	bool early;

	if (!runs(peer))
		return;
	if (deadtime <= 2ULL * d->keepalive_us * US)
		deadtime = d->deadtime_us * US;
	/* If it waits unseen, it has to have come in time; if not, it has moved the deadline. */
	early = d->seq >= a->seq ? machine_clock(m) - a->local_ns + a->keepalive_us * US < deadtime :
		a->local_ns < d->fresh_ns + deadtime;
	if (m->peer_state[i] != HBKM_NODE_INIT && d->incarnation == peer->cl->incarnation &&
	    d->incarnation == a->incarnation && early)
		violated("%s: %s dead, %llu us after its beat", m->name, peer->name,
			 (unsigned long long)((machine_clock(m) - a->local_ns) / US));
	if (m->good_since[i] && sim.now - m->good_since[i] > 2 * beat + 2 * tolerance() &&
	    m->woke && m->slept > m->cl->params.deadtime_us * US / 4 + beat_ns(m) &&
	    sim.now - m->woke < beat && m->good_since[i] < m->woke &&
	    d->keepalive_us == peer->params.keepalive_us)	/* else it told us while we slept */
		violated("%s: %s dead, since we slept for %llu us", m->name, peer->name,
			 (unsigned long long)(m->slept / US));
	if (m->contact_since[i] && sim.now - m->contact_since[i] > 3 * both + 4 * tolerance())
		violated("%s: %s dead, in contact for %llu us", m->name, peer->name,
			 (unsigned long long)((sim.now - m->contact_since[i]) / US));
}

/* The same machine before and after a replay: all that may decide anything. */
static u8 photo[2][SIM_NODES * 2048];

static size_t take_photo(const struct sim_machine *m, u8 *to)
{
	const struct hbkm_cluster *cl = m->cl;
	const struct hbkm_group *group;
	const struct hbkm_node *node;
	u8 *p = to;

#define SHOOT(what)	do { memcpy(p, &(what), sizeof(what)); p += sizeof(what); } while (0)
	SHOOT(cl->state);
	SHOOT(cl->agent_ok);
	SHOOT(cl->isolated);
	SHOOT(cl->joined_ns);
	SHOOT(cl->listen_ns);
	list_for_each_entry(node, &cl->nodes, list) {
		struct hbkm_detector d = node->detector;

		/* Whom we name in our beats may change: it is how a life proves itself. */
		d.claimed_incarnation = 0;
		d.claimed_seq = 0;
		d.claimed_ns = 0;
		SHOOT(d);
		SHOOT(node->said);
		SHOOT(node->reason);
		SHOOT(node->echoed);
		SHOOT(node->rtt_ns);
		SHOOT(node->shares);
	}
	list_for_each_entry(group, &cl->groups, list)
		SHOOT(*group);
#undef SHOOT
	SIM_BUG_ON((size_t)(p - to) > sizeof(photo[0]));
	return p - to;
}

void check_replay_begins(struct sim_machine *m)
{
	take_photo(m, photo[0]);
}

void check_replay_ends(struct sim_machine *m, const struct packet *p)
{
	size_t len = take_photo(m, photo[1]);

	const struct hbkm_node *node = hbkm_node_by_id(m->cl, sim.machines[p->from].id);
	struct hbkm_frame f;

	if (!memcmp(photo[0], photo[1], len))
		return;
	hbkm_frame_parse(&f, p->frame, p->len);
	violated("%s: a replay of %s has an effect (life %016llx, number %llu, type %u; known: %016llx, %llu)",
		 m->name, node->name, (unsigned long long)f.incarnation, (unsigned long long)f.seq,
		 f.type, (unsigned long long)node->detector.incarnation,
		 (unsigned long long)node->detector.seq);
}

/* Once nothing happens any more: who should see whom, who should hold what? */
static bool together(const struct sim_machine *a, const struct sim_machine *b)
{
	return a == b || (a->contact_since[b->index] && b->contact_since[a->index]);
}

static bool unsettled(bool complain, const char *what, const char *who, const char *whom)
{
	if (complain)
		violated("not settled: %s %s %s", who, what, whom);
	return false;
}

static bool holder_is_right(const struct sim_machine *m, unsigned int group)
{
	const struct sim_machine *holder = NULL;
	bool marked = false;
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *o = &sim.machines[i];
		const struct hbkm_group *g;

		if (!o->cl || !together(m, o))
			continue;
		g = hbkm_group_by_id(o->cl, hbkm_name_id(sim_group_names[group]));
		marked |= g->flags || g->state == HBKM_GROUP_FAILED ||
			  o->params.auto_failback == HBKM_FAILBACK_OFF;
		if (g->state == HBKM_GROUP_ACTIVE)
			holder = o;
	}
	if (marked || sim.mixed)
		return true;
	for (i = 0; i < sim.n_order[group]; i++) {
		const struct sim_machine *o = &sim.machines[machine_index(m->order[group][i])];

		if (o->cl && together(m, o))
			return o == holder;
	}
	return true;
}

/* Is anybody here who may hold it? */
static bool has_heir(const struct sim_machine *m, unsigned int group)
{
	unsigned int i;

	for (i = 0; i < sim.n_order[group]; i++) {
		const struct sim_machine *o = &sim.machines[machine_index(m->order[group][i])];

		if (o->cl && together(m, o))
			return true;
	}
	return false;
}

static bool view_is_settled(const struct sim_machine *m, bool complain)
{
	const struct hbkm_node *node;

	if (m->cl->state != HBKM_CLUSTER_RUNNING || !m->cl->agent_ok)
		return unsettled(complain, "is", m->name, cluster_states[m->cl->state]);
	list_for_each_entry(node, &m->cl->nodes, list) {
		const struct sim_machine *o = &sim.machines[machine_index(node->id)];

		if (o == m)
			continue;
		if (o->cl && together(m, o) && !hbkm_detector_alive(&node->detector))
			return unsettled(complain, "does not see", m->name, o->name);
		if (!(o->cl && together(m, o)) && hbkm_detector_present(&node->detector))
			return unsettled(complain, "sees", m->name, o->name);
	}
	return true;
}

bool check_is_settled(bool complain)
{
	unsigned int i, j, k;

	for (i = 0; i < sim.n; i++) {
		struct sim_machine *m = &sim.machines[i];

		if (!m->cl)
			continue;
		if (!view_is_settled(m, complain))
			return false;
		for (k = 0; k < sim.n_groups; k++) {
			unsigned int holders = 0;

			for (j = 0; j < sim.n; j++) {
				struct sim_machine *o = &sim.machines[j];

				if (!o->cl || !together(m, o))
					continue;
				holders += o->state[k] == HBKM_GROUP_ACTIVE;
				if (o->state[k] == HBKM_GROUP_ACQUIRING ||
				    o->state[k] == HBKM_GROUP_RELEASING)
					return unsettled(complain, group_states[o->state[k]],
							 o->name, sim_group_names[k]);
			}
			if (holders != has_heir(m, k))
				return unsettled(complain,
						 holders ? "sees many hold" : "sees nobody hold",
						 m->name, sim_group_names[k]);
			if (!holder_is_right(m, k))
				return unsettled(complain, "sees the wrong one hold", m->name,
						 sim_group_names[k]);
		}
	}
	return true;
}

/* What the module tells. */

void hbkm_notify_cluster(struct hbkm_cluster *cl, u64 now)
{
	trace("%s %s%s%s", sim.here->name, cluster_states[cl->state],
	      cl->agent_ok ? "" : ", no agent", cl->isolated ? ", isolated" : "");
}

void hbkm_notify_node(struct hbkm_node *node, u8 event, u64 now)
{
	struct sim_machine *m = sim.here;
	const struct hbkm_detector *d = &node->detector;
	int i = machine_index(node->id);
	u8 state = d->state;

	if (event != HBKM_EVENT_NODE)
		return;
	trace("%s: %s is %s%s", m->name, node->name, node_states[state],
	      d->oneway ? ", does not hear us" : "");
	if (state == HBKM_NODE_DEAD && m->peer_state[i] != HBKM_NODE_DEAD)
		check_death(m, node);
	if (sim.settled && state != m->peer_state[i])
		violated("%s: %s becomes %s after the cluster has settled", m->name, node->name,
			 node_states[state]);
	m->peer_state[i] = state;
}

void hbkm_notify_link(struct hbkm_link *link, u64 now)
{
}

void hbkm_notify_group(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	trace("%s: group %s %s, term %u%s%s", sim.here->name, group->name,
	      group_states[group->state], group->term,
	      group->flags & HBKM_GROUP_F_STANDBY ? ", stands back" : "",
	      group->flags & HBKM_GROUP_F_WANT ? ", wants it" : "");
	agent_asked(sim.here, group);
}

void hbkm_notify_conflict(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	trace("%s: group %s: %s", sim.here->name, group->name,
	      group->rival ? sim.machines[machine_index(group->rival)].name : "no conflict");
}

void hbkm_notify_stall(struct hbkm_cluster *cl, u64 late_ns, u64 now)
{
	trace("%s: stalled for %llu us", sim.here->name, (unsigned long long)(late_ns / US));
}

/* What the module needs and the simulator does not have. */

void hbkm_sysfs_setup(struct hbkm_cluster *cl)
{
}

int hbkm_sysfs_add(struct hbkm_cluster *cl)
{
	return 0;
}

void hbkm_sysfs_remove(struct hbkm_cluster *cl)
{
}

void hbkm_sysfs_changed(struct hbkm_cluster *cl)
{
}

void hbkm_keyring_set(struct hbkm_cluster *cl, struct hbkm_keyring *ring)
{
}

u8 hbkm_keyring_sign_id(const struct hbkm_keyring *ring)
{
	return 1;
}

int hbkm_auth_sign(const struct hbkm_keyring *ring, u8 *buf, size_t len)
{
	return 0;
}

enum hbkm_stat hbkm_auth_verify(const struct hbkm_keyring *ring, const struct hbkm_frame *f,
				const u8 *buf, size_t len)
{
	return HBKM_STAT_RX_GOOD;
}
