// SPDX-License-Identifier: GPL-2.0
/* All of a machine that may decide anything, to tell whether something has moved it. */
#include "sim.h"

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
		d.claiming_ns = 0;
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

void check_before(const struct sim_machine *m)
{
	take_photo(m, photo[0]);
}

bool check_unmoved(const struct sim_machine *m)
{
	size_t len = take_photo(m, photo[1]);

	return !memcmp(photo[0], photo[1], len);
}
