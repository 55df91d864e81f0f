// SPDX-License-Identifier: GPL-2.0
/* Does a ping node still answer? See reach.h. */
#include "reach.h"

void reach_asked(struct reach *r, uint64_t now)
{
	if (!r->asked_ns)
		r->asked_ns = now;
}

bool reach_answered(struct reach *r)
{
	bool is_new = r->state != REACH_UP;

	r->state = REACH_UP;
	r->asked_ns = 0;
	return is_new;
}

bool reach_judge(struct reach *r, uint64_t now, uint64_t deadping_ns)
{
	if (r->state == REACH_DEAD || !r->asked_ns || now - r->asked_ns < deadping_ns)
		return false;
	r->state = REACH_DEAD;
	return true;
}

int reach_count(const struct reach *v, size_t n)
{
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].state == REACH_UNKNOWN)
			return -1;
		count += v[i].state == REACH_UP;
	}
	return count;
}
