/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a program that has ended to be started again? As in Heartbeat. Pure.
 */
#ifndef HBCTL_RESPAWN_H
#define HBCTL_RESPAWN_H

#include <stdbool.h>
#include <stdint.h>

/* One that ends sooner than this was started in vain, */
#define RESPAWN_QUICK_NS	30000000000ULL
/* is given a moment before the next try, */
#define RESPAWN_PAUSE_NS	1000000000ULL
/* and so many tries in a row. */
#define RESPAWN_TRIES		10
/* The exit status of one that does not want to be started again. */
#define RESPAWN_NOT_AGAIN	100

/**
 * struct respawn - what became of a program so far; zeroed: it was never started
 * @start_at: when to start it, ns; 0: it runs, or is not to run again
 * @started_at: when it was started
 * @quick: how often in a row it ended too soon
 */
struct respawn {
	uint64_t start_at;
	uint64_t started_at;
	unsigned int quick;
};

enum respawn_verdict {
	RESPAWN_AGAIN,
	RESPAWN_ENOUGH,			/* it said so itself */
	RESPAWN_TOO_FAST,
};

void respawn_started(struct respawn *r, uint64_t now);

/**
 * respawn_ended - it has ended
 * @r: sets when to start it again, unless it is not to be
 * @code: exit status; < 0: killed
 * @now: monotonic time, ns
 */
enum respawn_verdict respawn_ended(struct respawn *r, int code, uint64_t now);


#endif /* HBCTL_RESPAWN_H */
