// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: chance, true time, the queue of what will happen, and the timers
 * and clocks that the module gets in place of the kernel's.
 */
#include "sim.h"

/* chance: splitmix64, so that one number names the whole schedule */
static u64 chance;

void sim_seed(u64 seed)
{
	chance = seed * 0x9e3779b97f4a7c15ULL + 1;
}

u64 sim_random(void)
{
	u64 z = chance += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

u64 sim_below(u64 n)
{
	return n ? sim_random() % n : 0;
}

bool sim_chance(unsigned int permille)
{
	return sim_below(1000) < permille;
}

u64 get_random_u64(void)
{
	return sim_random();
}

/*
 * The queue: a binary heap. Of two events at the same time the one that was due
 * first (@then, for timers) comes first, then the one that was queued first.
 */
#define QUEUE_MAX	16384

static struct sim_event *queue[QUEUE_MAX];
static unsigned int queued;
static u64 orders;

static bool before(const struct sim_event *a, const struct sim_event *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->then != b->then)
		return a->then < b->then;
	return a->order < b->order;
}

static void put(unsigned int i, struct sim_event *e)
{
	queue[i] = e;
	e->place = i;
}

static void sift_up(unsigned int i, struct sim_event *e)
{
	for (; i && before(e, queue[(i - 1) / 2]); i = (i - 1) / 2)
		put(i, queue[(i - 1) / 2]);
	put(i, e);
}

static void sift_down(unsigned int i, struct sim_event *e)
{
	for (;;) {
		unsigned int child = 2 * i + 1;

		if (child >= queued)
			break;
		if (child + 1 < queued && before(queue[child + 1], queue[child]))
			child++;
		if (!before(queue[child], e))
			break;
		put(i, queue[child]);
		i = child;
	}
	put(i, e);
}

void sim_queue(struct sim_event *e, u64 at)
{
	SIM_BUG_ON(e->place >= 0 || queued == QUEUE_MAX);
	e->at = at > sim.now ? at : sim.now;
	e->order = orders++;
	sift_up(queued++, e);
}

void sim_unqueue(struct sim_event *e)
{
	unsigned int i = e->place;
	struct sim_event *last;

	if (e->place < 0)
		return;
	e->place = -1;
	last = queue[--queued];
	if (last == e)
		return;
	sift_down(i, last);
	sift_up(last->place, last);
}

void sim_queue_clear(void)
{
	while (queued)
		network_lose(queue[--queued]);
	orders = 0;
}

/* Let the next thing happen; false if nothing is left to happen before @until. */
bool sim_step(u64 until)
{
	struct sim_event *e;

	if (!queued || queue[0]->at > until) {
		sim.now = until;
		return false;
	}
	e = queue[0];
	sim_unqueue(e);
	sim.now = e->at;
	e->happen(e);
	sim.here = NULL;
	return true;
}

/* Each machine's own clock runs at its own rate, and stands still while it is frozen. */
u64 machine_clock(const struct sim_machine *m)
{
	u64 now = m->frozen ? m->paused_at : sim.now;

	return now + m->offset_ns + (s64)now * m->ppm / 1000000;
}

/* When will its clock show @local_ns? */
u64 machine_when(const struct sim_machine *m, u64 local_ns)
{
	s64 t = (s64)(local_ns - m->offset_ns);

	t -= t * m->ppm / (1000000 + m->ppm);
	while (t + t * m->ppm / 1000000 + m->offset_ns < (s64)local_ns)
		t++;
	return t > 0 ? t : 0;
}

u64 ktime_get_ns(void)
{
	SIM_BUG_ON(!sim.here);
	return machine_clock(sim.here);
}

static void timer_happens(struct sim_event *e)
{
	struct hrtimer *timer = container_of(e, struct hrtimer, event);
	struct sim_machine *m = timer->machine;

	if (m->paused_until) {
		sim_queue(e, m->paused_until + 1);
		return;
	}
	if (sim.now < m->timers_until && timer->armed < m->timers_from) {
		sim_queue(e, m->timers_until);
		return;
	}
	sim.here = m;
	if ((s64)machine_clock(m) < timer->expires) {	/* it was frozen */
		hrtimer_start(timer, timer->expires, HRTIMER_MODE_ABS_SOFT);
		return;
	}
	if (timer->function(timer) == HRTIMER_RESTART)
		hrtimer_start(timer, timer->expires, HRTIMER_MODE_ABS_SOFT);
	check_machine(m);
}

void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *),
		   int clock, enum hrtimer_mode mode)
{
	timer->event.place = -1;
	timer->event.happen = timer_happens;
	timer->machine = sim.here;
	timer->function = function;
}

/*
 * Timers are never early, and a little late, as anything is; and what is armed
 * only now does not overtake what has waited for the machine to wake.
 */
void hrtimer_start(struct hrtimer *timer, ktime_t expires, enum hrtimer_mode mode)
{
	u64 at;

	sim_unqueue(&timer->event);
	timer->expires = expires;
	timer->event.then = expires;
	timer->armed = sim.now;
	at = machine_when(timer->machine, expires) + sim_below(timer->machine->jitter);
	sim_queue(&timer->event, at > sim.now + 2 ? at : sim.now + 2);
}

int hrtimer_cancel(struct hrtimer *timer)
{
	int was = hrtimer_is_queued(timer);

	sim_unqueue(&timer->event);
	return was;
}

void hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)
{
	SIM_BUG_ON(interval <= 0);
	if (timer->expires <= now)
		timer->expires += ((now - timer->expires) / interval + 1) * interval;
}

static void tasklet_happens(struct sim_event *e)
{
	struct tasklet_struct *t = container_of(e, struct tasklet_struct, event);

	if (t->machine->paused_until) {
		sim_queue(e, t->machine->paused_until + 1);
		return;
	}
	sim.here = t->machine;
	t->callback(t);
	check_machine(t->machine);
}

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	t->event.place = -1;
	t->event.happen = tasklet_happens;
	t->machine = sim.here;
	t->callback = callback;
}

void tasklet_hi_schedule(struct tasklet_struct *t)
{
	if (t->event.place < 0)
		sim_queue(&t->event, sim.now);
}

/* A machine that wakes takes what waits for it two nanoseconds later: wakes(). */
void tasklet_schedule(struct tasklet_struct *t)
{
	if (t->event.place < 0)
		sim_queue(&t->event, sim.now + 3);
}

void tasklet_kill(struct tasklet_struct *t)
{
	sim_unqueue(&t->event);
}
