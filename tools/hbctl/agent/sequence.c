// SPDX-License-Identifier: GPL-2.0
/* What comes next on a group's way up or down. See sequence.h. */
#include "sequence.h"

static bool is_busy(enum resource_state state)
{
	return state == RESOURCE_CHECKING || state == RESOURCE_STARTING ||
	       state == RESOURCE_STOPPING;
}

static bool goes_up(const struct sequence *s)
{
	return s->goal == SEQUENCE_KEEP || (s->goal == SEQUENCE_UP && !s->gave_up);
}

void sequence_set_goal(struct sequence *s, enum sequence_goal goal)
{
	if (s->goal == goal)
		return;
	s->goal = goal;
	s->gave_up = false;
	/* Heartbeat asks before every start: somebody may have started it by hand. */
	for (size_t i = 0; goes_up(s) && i < s->n; i++) {
		struct sequence_item *item = &s->items[i];

		if (item->leaving || is_busy(item->state) || item->state == RESOURCE_STARTED)
			continue;
		item->state = RESOURCE_UNKNOWN;
		item->stops_failed = 0;
	}
}

static struct sequence_next act(enum resource_op op, size_t index)
{
	return (struct sequence_next){ .what = SEQUENCE_DO, .op = op, .index = index };
}

static struct sequence_next wait_until(uint64_t at)
{
	return (struct sequence_next){ .what = SEQUENCE_WAIT, .at = at };
}

/* Up to now it did not stop. Stop it once more, or has it, whatever its script says? */
static enum resource_op after_failed_stop(const struct sequence_item *item)
{
	return item->stops_failed > SEQUENCE_STOP_RETRIES && !item->native ? RESOURCE_STATUS :
	       RESOURCE_STOP;
}

/*
 * From the right, the first that still runs. An address does not wait for a script
 * that does not stop: nobody is to be sent here any more.
 */
static struct sequence_next next_down(const struct sequence *s, bool leaving, uint64_t now)
{
	uint64_t at = 0;

	for (size_t i = s->n; i-- > 0;) {
		const struct sequence_item *item = &s->items[i];

		if (item->leaving != leaving || item->state == RESOURCE_STOPPED ||
		    (at && !item->native))
			continue;
		if (item->state == RESOURCE_STUCK) {
			if (item->retry_at <= now)
				return act(after_failed_stop(item), i);
			if (!at || item->retry_at < at)
				at = item->retry_at;
			continue;
		}
		if (item->state == RESOURCE_UNKNOWN && s->goal == SEQUENCE_IDLE && !item->native &&
		    !leaving)
			return act(RESOURCE_STATUS, i);
		return act(RESOURCE_STOP, i);
	}
	if (at)
		return wait_until(at);
	return (struct sequence_next){ .what = SEQUENCE_IS_DOWN };
}

/* From the left, the first that does not run yet. */
static struct sequence_next next_up(const struct sequence *s, uint64_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct sequence_item *item = &s->items[i];

		if (item->leaving || item->state == RESOURCE_STARTED)
			continue;
		if (item->state == RESOURCE_FAILED && item->retry_at > now)
			return wait_until(item->retry_at);
		if (item->state == RESOURCE_STOPPED || item->native)
			return act(RESOURCE_START, i);
		return act(RESOURCE_STATUS, i);
	}
	return (struct sequence_next){ .what = SEQUENCE_IS_UP };
}

struct sequence_next sequence_next(const struct sequence *s, uint64_t now)
{
	struct sequence_next leaving, next;

	for (size_t i = 0; i < s->n; i++)
		if (is_busy(s->items[i].state))
			return wait_until(0);
	leaving = next_down(s, true, now);
	if (leaving.what == SEQUENCE_DO)
		return leaving;
	next = goes_up(s) ? next_up(s, now) : next_down(s, false, now);
	if (leaving.what == SEQUENCE_IS_DOWN || next.what == SEQUENCE_DO)
		return next;
	/* One that left does not stop: that keeps nothing from running, but from being down. */
	if (next.what == SEQUENCE_IS_UP)
		next.at = leaving.at;
	else if (next.what == SEQUENCE_IS_DOWN || leaving.at < next.at)
		return leaving;
	return next;
}

void sequence_begin(struct sequence *s, size_t index, enum resource_op op)
{
	static const enum resource_state busy[] = {
		[RESOURCE_STATUS] = RESOURCE_CHECKING,
		[RESOURCE_START] = RESOURCE_STARTING,
		[RESOURCE_STOP] = RESOURCE_STOPPING,
	};

	s->items[index].state = busy[op];
}

static void start_failed(struct sequence *s, struct sequence_item *item, uint64_t now)
{
	item->state = RESOURCE_FAILED;
	item->retry_at = now + SEQUENCE_RETRY_NS;
	/* What is not wanted any more only has to be stopped. */
	s->gave_up |= s->goal == SEQUENCE_UP && !item->leaving;
}

static void stop_failed(struct sequence_item *item, uint64_t now)
{
	item->state = RESOURCE_STUCK;
	/* Often enough: now it is asked. */
	item->retry_at = ++item->stops_failed > SEQUENCE_STOP_RETRIES ? now :
			 now + SEQUENCE_STOP_RETRY_NS;
}

static void checked(struct sequence *s, struct sequence_item *item, enum resource_result result,
		    uint64_t now)
{
	if (result == RESOURCE_NOT_RUNNING) {
		item->state = RESOURCE_STOPPED;
		item->stops_failed = 0;
		return;
	}
	if (item->stops_failed && (item->leaving || !goes_up(s))) {
		item->state = RESOURCE_STUCK;
		item->stops_failed = SEQUENCE_STOP_RETRIES;
		item->retry_at = now + SEQUENCE_RETRY_NS;
		return;
	}
	/* It was to stop, and did not; now it need not. */
	item->stops_failed = 0;
	if (result == RESOURCE_ERROR && goes_up(s)) {
		start_failed(s, item, now);
	} else if (result == RESOURCE_UNSURE && goes_up(s)) {
		item->state = RESOURCE_STOPPED;
	} else {
		/* One that gives no answer, or no clear one, is stopped as if it ran. */
		item->state = RESOURCE_STARTED;
	}
}

void sequence_result(struct sequence *s, size_t index, enum resource_result result, uint64_t now)
{
	struct sequence_item *item = &s->items[index];

	switch (item->state) {
	case RESOURCE_CHECKING:
		checked(s, item, result, now);
		break;
	case RESOURCE_STARTING:
		if (result == RESOURCE_DONE)
			item->state = RESOURCE_STARTED;
		else
			start_failed(s, item, now);
		break;
	case RESOURCE_STOPPING:
		if (result == RESOURCE_DONE) {
			item->state = RESOURCE_STOPPED;
			item->stops_failed = 0;
		} else {
			stop_failed(item, now);
		}
		break;
	default:
		break;
	}
}

bool sequence_is_down(const struct sequence *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].state != RESOURCE_STOPPED)
			return false;
	return true;
}

const char *resource_state_name(enum resource_state state)
{
	static const char *const names[] = {
		"unknown", "stopped", "checking", "starting", "started", "stopping", "failed",
		"stuck"
	};

	return names[state];
}
