/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The resources of a group come up from left to right and go down from right to
 * left, each when the one before is done. Pure: what is known goes in, what to
 * do next comes out; the same for what a result means.
 */
#ifndef HBCTL_SEQUENCE_H
#define HBCTL_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As Heartbeat: this often, once in a second; then it is asked whether it runs. */
#define SEQUENCE_STOP_RETRIES	10
#define SEQUENCE_STOP_RETRY_NS	1000000000ULL
/* It does run, or a start failed while nobody else can have it: tried again after this. */
#define SEQUENCE_RETRY_NS	10000000000ULL

enum resource_state {
	RESOURCE_UNKNOWN,		/* nobody has asked it */
	RESOURCE_STOPPED,
	RESOURCE_CHECKING,		/* is being asked whether it runs */
	RESOURCE_STARTING,
	RESOURCE_STARTED,
	RESOURCE_STOPPING,
	RESOURCE_FAILED,		/* could not be started; how much of it runs, is not known */
	RESOURCE_STUCK,			/* could not be stopped; will be tried again */
};

enum resource_op { RESOURCE_STATUS, RESOURCE_START, RESOURCE_STOP };

enum resource_result {
	RESOURCE_DONE,			/* started, or stopped; status: it runs */
	RESOURCE_NOT_RUNNING,		/* status only */
	RESOURCE_UNSURE,		/* the same: it does not run as it should, but something of it may */
	RESOURCE_ERROR,
};

enum sequence_goal {
	SEQUENCE_IDLE,			/* nothing is to run: ask, and stop what does */
	SEQUENCE_UP,			/* all is to run; what cannot be started ends it */
	SEQUENCE_KEEP,			/* all runs; what does not, is started again and again */
	SEQUENCE_DOWN,			/* stop everything, without asking */
};

struct sequence_item {
	enum resource_state state;
	bool native;			/* an address: takes no time, and is not asked */
	bool leaving;			/* no longer configured: only to be stopped */
	unsigned int stops_failed;	/* in a row */
	uint64_t retry_at;		/* of FAILED and STUCK */
};

struct sequence {
	enum sequence_goal goal;
	bool gave_up;			/* on the way up something failed: all goes down */
	struct sequence_item *items;
	size_t n;
};

enum sequence_what {
	SEQUENCE_WAIT,			/* for a result, or until @at */
	SEQUENCE_DO,			/* @op with item @index */
	SEQUENCE_IS_UP,
	SEQUENCE_IS_DOWN,
};

struct sequence_next {
	enum sequence_what what;
	enum resource_op op;
	size_t index;
	uint64_t at;			/* WAIT: until then; 0: for a result */
};

/* Sets what is to be; what comes next may be something else from here on. */
void sequence_set_goal(struct sequence *s, enum sequence_goal goal);

/**
 * sequence_next - what to do now
 * @s: the sequence
 * @now: the time
 *
 * Of SEQUENCE_DO the caller tells sequence_begin(), and of its end
 * sequence_result(), then asks again.
 */
struct sequence_next sequence_next(const struct sequence *s, uint64_t now);

void sequence_begin(struct sequence *s, size_t index, enum resource_op op);

/* @result of what was begun last with this item. */
void sequence_result(struct sequence *s, size_t index, enum resource_result result, uint64_t now);

/* Is nothing running any more, and is that certain? */
bool sequence_is_down(const struct sequence *s);

/* "started", "stuck", ... */
const char *resource_state_name(enum resource_state state);

#endif /* HBCTL_SEQUENCE_H */
