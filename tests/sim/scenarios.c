// SPDX-License-Identifier: GPL-2.0
/*
 * What chance does not bring about, or not in a way that an invariant notices: told step
 * by step, with what must come of it. The machines are n1, n2 and so on, in this order of
 * preference.
 */
#include "sim.h"

static bool failed;

#define EXPECT(cond, ...)						\
	do {								\
		if (!(cond)) {						\
			printf("# " __VA_ARGS__);			\
			printf("\n");					\
			failed = true;					\
		}							\
	} while (0)

static void run_for(u64 ns)
{
	u64 until = sim.now + ns;

	while (!sim.violation[0] && sim_step(until))
		;
}

/* @n machines on one network, even and quick. */
static void cluster(unsigned int n, u64 keepalive, u64 deadtime, enum sim_guard guard)
{
	unsigned int i, j;

	schedule_clear(1);
	sim.n = n;
	sim.n_paths = 1;
	sim.n_groups = 1;
	sim.n_order[0] = n;
	sim.guard = guard;
	sim.mixed = true;
	sim.keepalive = keepalive;
	sim.deadtime = deadtime;
	for (i = 0; i < n; i++)
		machine_init(&sim.machines[i], i);
	for (i = 0; i < n; i++) {
		struct sim_machine *m = &sim.machines[i];

		m->jitter = 2;
		m->ppm = 0;
		m->params.keepalive_us = keepalive / US;
		m->params.deadtime_us = deadtime / US;
		m->params.warntime_us = deadtime / US / 2;
		m->params.initdead_us = 2 * deadtime / US;
		m->params.agent_timeout_us = 1000000;
		m->params.auto_failback = HBKM_FAILBACK_OFF;
		m->agent.slow = MS;
		for (j = 0; j < n; j++)
			m->order[0][j] = sim.machines[j].id;
	}
	network_reset();
	sim.paths[0].delay = 50 * US;
	sim.paths[0].jitter = 10 * US;
}

static void deadtime_of_one(unsigned int i, u64 keepalive, u64 deadtime)
{
	struct hbkm_params *p = &sim.machines[i].params;

	p->keepalive_us = keepalive / US;
	p->deadtime_us = deadtime / US;
	p->warntime_us = deadtime / US / 2;
	p->initdead_us = deadtime / US;
}

static void start_all(void)
{
	unsigned int i;

	for (i = 0; i < sim.n; i++)
		machine_start_later(&sim.machines[i], i * sim.keepalive / 10);
}

static void way(unsigned int from, unsigned int to, bool open)
{
	sim.paths[0].open[from][to] = open;
	check_ways();
}

static void both_ways(unsigned int a, unsigned int b, bool open)
{
	way(a, b, open);
	way(b, a, open);
}

static bool is_active(unsigned int i)
{
	return sim.machines[i].state[0] == HBKM_GROUP_ACTIVE;
}

static unsigned int holders(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < sim.n; i++)
		n += is_active(i);
	return n;
}

/* How long until it holds the group? */
static u64 until_active(unsigned int i, u64 most)
{
	u64 from = sim.now;

	while (!sim.violation[0] && !is_active(i) && sim.now < from + most)
		run_for(100 * US);
	return sim.now - from;
}

/* Until its next beat has left, looked for every @step. */
static void until_beat(unsigned int i, u64 step)
{
	u64 seq = sim.machines[i].cl->seq;

	while (!sim.violation[0] && sim.machines[i].cl->seq == seq)
		run_for(step);
}

static u64 in_ms(u64 ns)
{
	return ns / MS;
}

/*
 * n1 and n2 claim and do not hear each other; n3 hears both, and n4, too, but n1 does not
 * hear n4. So n4 puts n1 first, which cannot heed it, and n3 puts n2 first, whose term is higher.
 */
static void differ(u64 keepalive, u64 deadtime, u64 delay, u64 phase)
{
	cluster(4, keepalive, deadtime, SIM_WARM);
	sim.paths[0].delay = delay;
	sim.machines[0].order[0][0] = sim.machines[1].id;
	sim.machines[0].order[0][1] = sim.machines[0].id;
	memcpy(sim.machines[1].order, sim.machines[0].order, sizeof(sim.machines[0].order));
	memcpy(sim.machines[2].order, sim.machines[0].order, sizeof(sim.machines[0].order));
	memcpy(sim.machines[3].order, sim.machines[0].order, sizeof(sim.machines[0].order));
	machine_start_later(&sim.machines[0], 2 * MS);
	machine_start_later(&sim.machines[2], 7 * MS);
	machine_start_later(&sim.machines[3], 7 * MS + phase);
	run_for(SEC);
	machine_start_later(&sim.machines[1], 4 * MS);
	run_for(SEC);
	both_ways(0, 1, false);
	both_ways(1, 2, false);
	both_ways(1, 3, false);
	way(3, 0, false);
	run_for(300 * MS);
	EXPECT(is_active(0) && is_active(1), "both are to have it before");
	both_ways(1, 2, true);
	both_ways(1, 3, true);
	sim.quiet = true;
	run_for(10 * SEC);
	EXPECT(sim.changes <= 8, "%u changes", sim.changes);
	EXPECT(holders() == 1, "%u hold it", holders());
}

static void witnesses_differ(void)
{
	u64 phase;

	differ(10 * MS, 30 * MS, 50 * US, 0);
	for (phase = 0; phase < 500; phase += 50) {
		schedule_tear_down();
		differ(500 * US, 2 * MS, 150 * US, phase * US);
	}
}

/* n1 and n2 do not hear each other, and n4, which has it, dies for both: n3, which beats once a second, tells them at once. */
static void told_at_once(void)
{
	cluster(4, 10 * MS, 30 * MS, SIM_WARM);
	deadtime_of_one(2, SEC, 10 * SEC);
	both_ways(0, 1, false);
	machine_start_later(&sim.machines[3], MS);
	run_for(10 * SEC);
	start_all();
	run_for(15 * SEC);
	EXPECT(is_active(3), "n4 is to have it before");
	machine_crash(&sim.machines[3]);
	check_ways();
	run_for(50 * MS);
	EXPECT(holders() == 1, "%u hold it", holders());
}

/* The last beat of n1 reaches n3 alone, which would wait for three seconds. */
static void one_beat_more(void)
{
	u64 taken;

	cluster(3, 10 * MS, 30 * MS, SIM_WARM);
	deadtime_of_one(2, 10 * MS, 3 * SEC);
	start_all();
	run_for(8 * SEC);
	EXPECT(is_active(0), "n1 is to have it before");
	way(0, 1, false);
	run_for(11 * MS);
	machine_crash(&sim.machines[0]);
	check_ways();
	taken = until_active(1, 10 * SEC);
	EXPECT(taken < 45 * MS, "n2 has it after %llu ms", (unsigned long long)in_ms(taken));
}

/* A beat of n1 reaches n3 alone, which tells of it and then nothing for a second; n2 hears n1 all the time. */
static void tell_and_hear(void)
{
	cluster(3, 10 * MS, 30 * MS, SIM_WARM);
	deadtime_of_one(2, SEC, 10 * SEC);
	start_all();
	run_for(40 * SEC);
	EXPECT(is_active(0), "n1 is to have it before");
	until_beat(2, 200 * US);
	run_for(988 * MS);
	way(0, 1, false);
	until_beat(2, 100 * US);
	run_for(300 * US);
	way(0, 1, true);
	run_for(100 * MS);
}

static void heard_since(void)
{
	u64 taken;

	tell_and_hear();
	machine_move(&sim.machines[0], 0, HBKM_MOVE_STANDBY);
	taken = until_active(1, 30 * SEC);
	EXPECT(taken < 30 * MS, "n2 has it after %llu ms", (unsigned long long)in_ms(taken));
}

/* The same, but n1 dies; or it dies, and n2 hears that it is back, and n3 does not. */
static void heard_and_dies(bool back)
{
	u64 taken;

	tell_and_hear();
	machine_crash(&sim.machines[0]);
	check_ways();
	if (back) {
		sim.machines[0].params.initdead_us = 60000000;
		both_ways(0, 2, false);
		machine_start_later(&sim.machines[0], MS);
	}
	taken = until_active(1, 30 * SEC);
	EXPECT(taken < 45 * MS, "n2 has it after %llu ms", (unsigned long long)in_ms(taken));
}

static void heard_since_and_dies(void)
{
	heard_and_dies(false);
	schedule_tear_down();
	heard_and_dies(true);
}

/*
 * n1, which is preferred, hears n2, and n2 does not hear n1; n3 hears both. When n4 dies,
 * which had it, n1 gives way to n2, which is deaf to it, and n2 to n1, which n3 puts first.
 */
static void deaf_one_is_outvoted(u64 delay, u64 jitter, enum sim_guard guard)
{
	cluster(4, 10 * MS, 30 * MS, guard);
	sim.paths[0].delay = delay;
	sim.paths[0].jitter = jitter;
	machine_start_later(&sim.machines[3], MS);
	run_for(SEC);
	machine_start_later(&sim.machines[0], MS);
	machine_start_later(&sim.machines[1], 2 * MS);
	machine_start_later(&sim.machines[2], 4 * MS);
	run_for(SEC);
	way(0, 1, false);
	run_for(SEC);
	EXPECT(is_active(3), "n4 is to have it before");
	machine_crash(&sim.machines[3]);
	check_ways();
	sim.quiet = true;
	sim.changes = 0;
	run_for(10 * SEC);
	EXPECT(sim.changes <= 12, "%u changes", sim.changes);
	EXPECT(holders() == 1, "%u hold it", holders());
	schedule_tear_down();
}

static void gives_way_to_each_other(void)
{
	deaf_one_is_outvoted(20 * US, 0, SIM_WARM);
	deaf_one_is_outvoted(100 * US, 20 * US, SIM_WARM);
	deaf_one_is_outvoted(200 * US, 40 * US, SIM_WARM);
	deaf_one_is_outvoted(100 * US, 20 * US, SIM_NO_GUARD);
	deaf_one_is_outvoted(50 * US, 10 * US, SIM_COLD);
	cluster(2, 10 * MS, 30 * MS, SIM_WARM);
}

/* n1 has held it for very many beats; n2 claims it while it is cut off, and comes back where n3 hears both. */
static void old_claim(u64 beats)
{
	struct hbkm_cluster *cl;

	cluster(3, 10 * MS, 30 * MS, SIM_WARM);
	start_all();
	run_for(SEC);
	EXPECT(is_active(0), "n1 is to have it before");
	cl = sim.machines[0].cl;
	cl->seq += beats;
	memset(cl->sent_ns, 0, sizeof(cl->sent_ns));
	cl->sent_ns[cl->seq % HBKM_SENT_RING] = machine_clock(&sim.machines[0]);
	run_for(SEC);
	EXPECT(is_active(0), "n1 is to have it still");
	both_ways(0, 1, false);
	both_ways(1, 2, false);
	run_for(SEC);
	EXPECT(is_active(0) && is_active(1), "both are to have it");
	both_ways(1, 2, true);
	run_for(SEC);
	EXPECT(holders() == 1, "%u hold it", holders());
	schedule_tear_down();
}

static void old_claims(void)
{
	old_claim(1000);
	old_claim(1ULL << 31);
	old_claim(1ULL << 32);
	old_claim(3ULL << 31);
	cluster(2, 10 * MS, 30 * MS, SIM_WARM);
}

/* n1 dies, and is back at once where n2 does not hear it: n2, which waits for long, still knows its former life only. */
static void reborn(void)
{
	unsigned int i;

	cluster(3, 10 * MS, 30 * MS, SIM_WARM);
	deadtime_of_one(1, 10 * MS, 3 * SEC);
	for (i = 0; i < sim.n; i++)
		sim.machines[i].params.auto_failback = HBKM_FAILBACK_ON;
	start_all();
	run_for(8 * SEC);
	machine_crash(&sim.machines[0]);
	both_ways(0, 1, false);
	run_for(5 * MS);
	machine_start_later(&sim.machines[0], MS);
	run_for(6 * SEC);
	EXPECT(is_active(0) && holders() == 1, "n1 has it no longer");
}

/* n1 and n2 try in turns what neither can, and hear of each other through n3 alone. */
static void back_off(void)
{
	const struct hbkm_group *g;
	u32 before;

	cluster(3, 10 * MS, 30 * MS, SIM_NO_GUARD);
	sim.n_order[0] = 2;
	sim.machines[0].agent.slow = 100 * MS;
	sim.machines[1].agent.slow = 100 * MS;
	sim.machines[0].agent.mood = AGENT_FAILS;
	sim.machines[1].agent.mood = AGENT_FAILS;
	start_all();
	both_ways(0, 1, false);
	run_for(300 * MS);
	g = hbkm_group_by_id(sim.machines[0].cl, hbkm_name_id(sim_group_names[0]));
	before = g->top_term;
	run_for(20 * SEC);
	EXPECT(g->top_term - before <= 16, "%u attempts", g->top_term - before);
}

/*
 * Four in a row, each of which hears its neighbours; the last has an order of its own. The
 * second, which is preferred, loses its agent for a while: the first has it meanwhile.
 */
static void by_id_from_afar(void)
{
	struct sim_machine *row[4];
	unsigned int i, j;

	cluster(4, 10 * MS, 30 * MS, SIM_NO_GUARD);
	for (i = 0; i < 4; i++) {
		struct sim_machine *m = &sim.machines[i];

		for (j = i; j > 0 && row[j - 1]->id > m->id; j--)
			row[j] = row[j - 1];
		row[j] = m;
		m->params.auto_failback = HBKM_FAILBACK_ON;
	}
	for (i = 0; i < 4; i++) {
		u32 *order = sim.machines[i].order[0];

		order[0] = row[1]->id;
		order[1] = row[0]->id;
		order[2] = row[2]->id;
		order[3] = row[3]->id;
	}
	row[3]->order[0][2] = row[3]->id;
	row[3]->order[0][3] = row[2]->id;
	both_ways(row[0]->index, row[2]->index, false);
	both_ways(row[0]->index, row[3]->index, false);
	both_ways(row[1]->index, row[3]->index, false);
	start_all();
	run_for(5 * SEC);
	agent_mood(row[1], AGENT_HANGS);
	run_for(4 * SEC);
	agent_mood(row[1], AGENT_WORKS);
	run_for(2 * SEC);
	EXPECT(holders() > 0, "nobody has it");
}

static const struct {
	const char *says;
	void (*run)(void);
} scenarios[] = {
	{ "two witnesses differ: one of two claims stays", witnesses_differ },
	{ "two that do not hear each other are told at once", told_at_once },
	{ "a beat that one alone has heard, who waits for long, delays nobody", one_beat_more },
	{ "what is told counts until the node is heard itself", heard_since },
	{ "nor after that, when it dies", heard_since_and_dies },
	{ "two that give way, each to the other, do not do so for ever", gives_way_to_each_other },
	{ "a claim is known, however old it is", old_claims },
	{ "a former life does not hide what is told of the present one", reborn },
	{ "who is told of one that tries has not seen it succeed", back_off },
	{ "a node with another order is heeded two hops away", by_id_from_afar },
};

/* Exit status 0: all came as it must. */
int scenarios_run(void)
{
	bool traced = sim_trace;
	unsigned int i, bad = 0;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		failed = false;
		sim_trace = traced;
		scenarios[i].run();
		EXPECT(!sim.violation[0], "%s", sim.violation);
		schedule_tear_down();
		printf("%s - %s\n", failed ? "not ok" : "ok", scenarios[i].says);
		bad += failed;
	}
	return bad ? 1 : 0;
}
