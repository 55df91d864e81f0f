/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a ping node still answer? Pure: questions, answers and the time in, a
 * verdict out.
 *
 * Silence counts from the first question that was not answered, not from the last
 * answer: one who does not ask has no reason to complain.
 */
#ifndef HBCTL_REACH_H
#define HBCTL_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reach_state {
	REACH_UNKNOWN,			/* asked, but not yet for long */
	REACH_UP,
	REACH_DEAD,
};

/**
 * struct reach - a ping node; zeroed: not yet asked
 * @state: enum reach_state
 * @asked_ns: the first question since its last answer, 0: none
 */
struct reach {
	uint8_t state;
	uint64_t asked_ns;
};

void reach_asked(struct reach *r, uint64_t now);

/* Return: true if it is new that it answers. */
bool reach_answered(struct reach *r);

/**
 * reach_judge - has it been silent for too long?
 * @r: the ping node
 * @now: monotonic time, ns: all that had come by then has been looked at
 * @deadping_ns: what is too long
 *
 * Return: true if it has just died
 */
bool reach_judge(struct reach *r, uint64_t now, uint64_t deadping_ns);

/* How many answer; -1: of some that is not known yet. */
int reach_count(const struct reach *v, size_t n);

#endif /* HBCTL_REACH_H */
