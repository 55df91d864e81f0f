// SPDX-License-Identifier: GPL-2.0
/*
 * A schedule: a cluster by chance, a bad day by chance, and then peace, in which
 * it must find itself. Each seed draws from its own few kinds of mishap, so that
 * some come often enough together to matter.
 */
#include "sim.h"

static u64 between(u64 low, u64 high)
{
	return low + sim_below(high - low + 1);
}

static struct sim_machine *any(void)
{
	return &sim.machines[sim_below(sim.n)];
}

/* Good weather: even, and quick. */
static void clear_up(struct path *p)
{
	p->delay = between(sim.keepalive / 500, sim.keepalive / 10);
	p->jitter = between(0, sim.keepalive / 10);
	p->loss = 0;
	p->dup = 0;
}

static void cut_off_one_way(unsigned int from, unsigned int to, bool all)
{
	unsigned int i;

	trace("cut from n%u to n%u%s", from + 1, to + 1, all ? "" : ", one path");
	for (i = 0; i < sim.n_paths; i++)
		if (all || sim_chance(500))
			sim.paths[i].open[from][to] = false;
}

static void cut_one_way(void)
{
	cut_off_one_way(sim_below(sim.n), sim_below(sim.n), sim_chance(600));
}

static void cut_in_part(unsigned int one, unsigned int other)
{
	cut_off_one_way(one, other, true);
	if (sim_chance(500))
		cut_off_one_way(other, one, true);
}

static void partition(u64 side, bool all)
{
	unsigned int p, i, j;

	for (p = 0; p < sim.n_paths; p++)
		for (i = 0; i < sim.n; i++)
			for (j = 0; j < sim.n; j++)
				if ((side >> i & 1) != (side >> j & 1) && (all || sim_chance(700)))
					sim.paths[p].open[i][j] = false;
}

static void cut_in_two(void)
{
	u64 side = sim_random();

	trace("partition %#x", (unsigned int)(side & ((1U << sim.n) - 1)));
	partition(side, sim_chance(800));
}

static void heal(void)
{
	unsigned int p;

	trace("all cuts heal");
	for (p = 0; p < sim.n_paths; p++)
		memset(sim.paths[p].open, 1, sizeof(sim.paths[p].open));
}

static void weather(void)
{
	struct path *p = &sim.paths[sim_below(sim.n_paths)];

	clear_up(p);
	if (sim_chance(300))
		p->loss = between(1, 600);
	if (sim_chance(300))
		p->dup = between(1, 500);
	if (sim_chance(300)) {
		p->delay = between(0, 2 * sim.deadtime);
		p->jitter = between(0, sim_chance(500) ? sim.keepalive : 2 * sim.deadtime);
	}
	trace("path %d: delay %llu us + %llu us, loss %u, dup %u permille", (int)(p - sim.paths),
	      (unsigned long long)(p->delay / US), (unsigned long long)(p->jitter / US), p->loss,
	      p->dup);
}

static void pause_one(void)
{
	machine_pause(any(), sim_chance(500) ? between(1, 2 * sim.deadtime) :
		      between(1, 8 * sim.deadtime));
}

static void stall_one(void)
{
	u64 ns = between(1, 2 * sim.deadtime);

	if (sim_chance(500))
		machine_stall_rx(any(), ns);
	else
		machine_stall_timers(any(), ns);
}

static void crash_one(void)
{
	struct sim_machine *m = any();

	machine_crash(m);
	machine_start_later(m, sim_chance(500) ? between(0, sim.deadtime) :
			    between(0, 6 * sim.deadtime));
}

static void stop_one(void)
{
	machine_stop(any());
}

static void boot_all(void)
{
	unsigned int i;

	for (i = 0; i < sim.n; i++)
		machine_start_later(&sim.machines[i], between(0, 2 * sim.deadtime));
}

static void move_one(void)
{
	machine_move(any(), sim_below(sim.n_groups),
		     sim_chance(500) ? HBKM_MOVE_STANDBY : HBKM_MOVE_TAKEOVER);
}

/* A failure is tried again after a second: too long for a fast cluster's day. */
static void lose_some(void)
{
	if (sim.keepalive >= 10 * MS)
		agent_loses(any(), sim_below(sim.n_groups));
}

static void draw_params(struct sim_machine *m, u64 keepalive_us)
{
	static const unsigned int quarters[] = { 9, 10, 12, 12, 16, 20, 40 };
	u32 deadtime = keepalive_us * quarters[sim_below(ARRAY_SIZE(quarters))] / 4;

	m->params.keepalive_us = keepalive_us;
	m->params.deadtime_us = deadtime;
	m->params.warntime_us = sim_chance(300) ? deadtime : between(1, deadtime);
	m->params.initdead_us = deadtime + sim_below(2 * deadtime);
	m->params.agent_timeout_us = max(10000U, (u32)between(deadtime, 6 * deadtime));
}

static void reload_one(void)
{
	struct sim_machine *m = any();
	u64 keepalive_us = sim.keepalive / US;

	if (m->paused_until)
		return;
	draw_params(m, max(keepalive_us * between(1, 6) / 2, HBKM_KEEPALIVE_MIN_US));
	if (sim_chance(200))
		m->params.auto_failback = sim_below(3);
	machine_set_params(m);
}

/* A node goes out of the configuration of all that run, or of one; or comes back. */
static void change_members(void)
{
	unsigned int i, other = sim_below(sim.n), one = sim_below(sim.n);
	bool all = sim_chance(600), there = sim_chance(500);

	for (i = 0; i < sim.n; i++)
		if (all || i == one)
			machine_set_member(&sim.machines[i], other, there);
}

static void change_groups(void)
{
	unsigned int i, group = sim_below(sim.n_groups), one = sim_below(sim.n);
	bool all = sim_chance(500), there = sim_chance(600);

	for (i = 0; i < sim.n; i++)
		if (all || i == one)
			machine_set_group(&sim.machines[i], group, there);
}

static void unplug_one(void)
{
	struct sim_machine *m = any();

	machine_plug(m, sim_chance(500) ? 0 : sim_chance(500) ? 0xff : between(0, 7));
}

static void unplug_service(void)
{
	machine_plug_service(any(), sim_chance(500));
}

static void mood_of_one(void)
{
	static const u8 moods[] = {
		AGENT_WORKS, AGENT_WORKS, AGENT_LIES, AGENT_MUTE, AGENT_HANGS, AGENT_FAILS,
	};
	struct sim_machine *m = any();
	u8 mood = moods[sim_below(ARRAY_SIZE(moods))];

	/* A failure is tried again after a second: too long for a fast cluster's day. */
	if (mood == AGENT_FAILS && sim.keepalive < 10 * MS)
		mood = AGENT_WORKS;
	m->agent.slow = between(1, sim_chance(300) ? 4 * sim.deadtime : sim.keepalive);
	agent_mood(m, mood);
}

static void restart_agent(void)
{
	agent_restart(any());
}

static void replay_some(void)
{
	unsigned int i;

	for (i = 0; i < 20; i++)
		network_replay();
}

static void draw_order(u32 *order)
{
	unsigned int i, j;

	for (i = 0; i < sim.n; i++) {
		j = sim_below(i + 1);
		order[i] = order[j];
		order[j] = sim.machines[i].id;
	}
}

/* A new order reaches one after the other; or, where that is the mishap, not all. */
static void reorder(void)
{
	unsigned int i, group = sim_below(sim.n_groups);
	u32 order[SIM_NODES];

	draw_order(order);
	for (i = 0; i < sim.n; i++) {
		struct sim_machine *m = &sim.machines[i];

		if (sim.mixed && sim_chance(300))
			continue;
		if (m->paused_until && !sim.mixed)
			return;
	}
	for (i = 0; i < sim.n; i++) {
		struct sim_machine *m = &sim.machines[i];

		if (m->paused_until || (sim.mixed && sim_chance(300)))
			continue;
		memcpy(m->order[group], order, sizeof(order));
		machine_set_order(m, group);
	}
}

static const struct {
	void (*strikes)(void);
	unsigned int permille;	/* of the schedules */
	bool hard;
} mishaps[] = {
	{ cut_one_way, 350, false },
	{ cut_in_two, 400, false },
	{ heal, 800, false },
	{ weather, 400, false },
	{ pause_one, 400, false },
	{ crash_one, 500, false },
	{ stop_one, 300, false },
	{ boot_all, 900, false },
	{ move_one, 300, false },
	{ reload_one, 250, false },
	{ unplug_one, 250, false },
	{ unplug_service, 150, false },
	{ mood_of_one, 300, false },
	{ lose_some, 300, false },
	{ restart_agent, 200, false },
	{ replay_some, 500, false },
	{ reorder, 150, false },
	{ change_members, 120, false },
	{ change_groups, 150, false },
	{ stall_one, 500, true },
};

static u64 draw_keepalive(void)
{
	static const u32 us[] = { 100, 500, 1000, 3000, 10000, 100000, 1000000, 10000000 };

	return us[sim_below(ARRAY_SIZE(us))] * US;
}

static void build(void)
{
	unsigned int i, k;
	u8 failback;

	/* Many small ones: they are quicker, and two is what most people have. */
	sim.n = sim_chance(450) ? 2 : sim_chance(600) ? 3 : between(4, SIM_NODES);
	sim.n_paths = sim_chance(600) ? 1 : between(2, SIM_PATHS);
	sim.n_groups = sim_chance(600) ? 1 : between(2, SIM_GROUPS);
	sim.mixed = sim_chance(80);
	sim.keepalive = draw_keepalive();
	for (i = 0; i < sim.n; i++)
		machine_init(&sim.machines[i], i);
	failback = sim_below(3);
	draw_params(&sim.machines[0], sim.keepalive / US);
	sim.deadtime = sim.machines[0].params.deadtime_us * US;
	for (i = 0; i < sim.n; i++) {
		struct sim_machine *m = &sim.machines[i];

		m->params = sim.machines[0].params;
		m->params.auto_failback = failback;
		m->agent.slow = between(1, sim.keepalive);
	}
	for (k = 0; k < sim.n_groups; k++) {
		/* Not always may everybody hold it; who may not still votes. */
		sim.n_order[k] = !sim.mixed && sim_chance(200) ? between(1, sim.n) : sim.n;
		draw_order(sim.machines[0].order[k]);
		for (i = 1; i < sim.n; i++)
			memcpy(sim.machines[i].order[k], sim.machines[0].order[k],
			       sizeof(sim.machines[0].order[k]));
	}
	network_reset();
	for (i = 0; i < sim.n_paths; i++)
		clear_up(&sim.paths[i]);
	for (i = 0; i < sim.n; i++)
		machine_start_later(&sim.machines[i], sim_chance(700) ?
				    sim_below(sim.keepalive) : sim_below(10 * sim.deadtime));
}

static void run_until(u64 when)
{
	while (!sim.violation[0] && sim_step(when))
		;
}

static void bad_day(void)
{
	bool on[ARRAY_SIZE(mishaps)];
	unsigned int i, strokes = between(2, 25);
	u64 length = between(20, 100) * sim.keepalive;

	for (i = 0; i < ARRAY_SIZE(mishaps); i++)
		on[i] = sim_chance(mishaps[i].permille) && (sim_hard || !mishaps[i].hard);
	/* Let it come up first, more often than not. */
	if (sim_chance(600))
		run_until(4 * sim.deadtime);
	while (strokes-- && !sim.violation[0]) {
		run_until(sim.now + sim_below(2 * length / 12));
		i = sim_below(ARRAY_SIZE(mishaps));
		if (on[i]) {
			mishaps[i].strikes();
			check_ways();
		}
	}
}

/* Who could not hold a group tries again after a minute at most, or ten deadtimes. */
static bool any_rests(void)
{
	unsigned int i, k;

	for (i = 0; i < sim.n; i++)
		for (k = 0; k < sim.n_groups; k++)
			if (sim.machines[i].cl && sim.machines[i].state[k] == HBKM_GROUP_FAILED)
				return true;
	return false;
}

/* The longest time that anybody has to wait for anything. */
static u64 patience(void)
{
	u64 t = 0;
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		const struct hbkm_params *p = &sim.machines[i].params;
		u64 own = 2ULL * p->initdead_us + 14ULL * p->deadtime_us +
			  2ULL * p->agent_timeout_us + 20ULL * p->keepalive_us;

		t = max(t, own);
	}
	return t * US + (any_rests() ? 62 : 2) * SEC;
}

/* Peace: what is cut off stays so, what is dead stays dead, all the rest is well. */
static void make_peace(void)
{
	bool paused;
	unsigned int i;

	do {
		paused = false;
		for (i = 0; i < sim.n; i++)
			paused |= sim.machines[i].wake.place >= 0 || sim.machines[i].stop.place >= 0;
		if (paused)
			run_until(sim.now + sim.keepalive);
	} while (paused && !sim.violation[0]);

	trace("peace");
	heal();
	sim.crooked = sim.n > 2 && sim_chance(150);
	if (sim.crooked)
		for (i = between(1, sim.n * (sim.n - 1) / 2); i--;)
			cut_in_part(sim_below(sim.n), sim_below(sim.n));
	else if (sim_chance(200))
		partition(sim_random(), true);
	for (i = 0; i < sim.n_paths; i++)
		clear_up(&sim.paths[i]);
	for (i = 0; i < sim.n; i++) {
		struct sim_machine *m = &sim.machines[i];
		unsigned int k;

		machine_plug(m, 0);
		machine_plug_service(m, false);
		for (k = 0; k < sim.n; k++)
			machine_set_member(m, k, true);
		for (k = 0; k < sim.n_groups; k++)
			machine_set_group(m, k, true);
		if (sim_chance(100)) {
			machine_crash(m);
			sim_unqueue(&m->boot);
		} else {
			machine_start(m);
			m->agent.slow = between(1, sim.keepalive);
			agent_mood(m, AGENT_WORKS);
		}
	}
	check_ways();
	sim.quiet = true;
}

/* It has to come to rest: nothing moves for , which is long. */
static void crooked_peace(u64 end, u64 quiet)
{
	unsigned int changes;

	do {
		changes = sim.changes;
		run_until(sim.now + quiet);
	} while (!sim.violation[0] && sim.now < end + 4 * quiet &&
		 (sim.changes != changes || !check_crooked(false)));
	if (sim.changes != changes)
		violated(AT_REST, "%u changes, and no end", sim.changes);
	looked(AT_REST);
	check_crooked(true);
}

static void peace(void)
{
	u64 end = sim.now + patience();
	u64 step = sim.machines[0].params.keepalive_us * US, longest = 0;
	unsigned int i;

	for (i = 0; i < sim.n; i++)
		longest = max(longest, sim.machines[i].params.deadtime_us * US);
	run_until(sim.now + 4 * longest);
	if (sim.crooked) {
		crooked_peace(end, 8 * longest + 10 * step);
		return;
	}
	while (!sim.violation[0] && sim.now < end && !check_is_settled(false))
		run_until(sim.now + step);
	if (!check_is_settled(true) || sim.violation[0])
		return;
	looked(FEW_MOVES);
	if (sim.changes > 8 * sim.n * sim.n_groups + 8)
		violated(FEW_MOVES, "%u changes before it settled", sim.changes);
	trace("settled");
	sim.settled = true;
	run_until(sim.now + 3 * longest + 10 * step);
	check_is_settled(true);
	looked(STILL);
}

void schedule_tear_down(void)
{
	unsigned int i;

	sim.settled = false;
	sim_trace = false;
	for (i = 0; i < sim.n; i++)
		machine_crash(&sim.machines[i]);
	sim_queue_clear();
}

void schedule_clear(u64 seed)
{
	memset(&sim, 0, offsetof(struct sim, tape));
	sim.tape_len = 0;
	sim.violation[0] = '\0';
	sim.seed = seed;
	sim_seed(seed);
}

void schedule_run(u64 seed)
{
	bool traced = sim_trace;

	schedule_clear(seed);
	sim.guard = seed % SIM_GUARDS;
	build();
	bad_day();
	if (!sim.violation[0])
		make_peace();
	if (!sim.violation[0])
		peace();
	schedule_tear_down();
	sim_trace = traced;
}
