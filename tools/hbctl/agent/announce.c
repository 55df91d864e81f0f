// SPDX-License-Identifier: GPL-2.0
/* Telling the neighbours where the addresses are: now, and again as often as it takes. */
#include "act.h"

static void announce(struct agent *a, const struct agent_group *g)
{
	const struct notice *notices[CONFIG_MAX_RESOURCES];
	unsigned int n = 0;

	for (size_t i = 0; i < g->n_vips; i++)
		if (agent_vip_wanted(g, i))
			notices[n++] = &g->vips[i].notice;
	if (a->notice_fd >= 0)
		notice_send(a->notice_fd, notices, n);
}

void announce_first(struct agent *a, struct agent_group *g)
{
	announce(a, g);
	g->announced = 1;
	g->announce_at = announce_next(1, agent_now());
}

void announce_soon(struct agent_group *g)
{
	g->announced = 0;
	g->announce_at = agent_now();
}

void act_announce_again(struct agent *a, uint32_t group)
{
	struct agent_group *g = group_find(a, group);

	if (g && g->state == HBKM_GROUP_ACTIVE)
		announce_soon(g);
}

void act_announce_held(struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].state == HBKM_GROUP_ACTIVE)
			announce_soon(&a->groups->v[i]);
}

uint64_t act_announce(struct agent *a, uint64_t now)
{
	uint64_t next = 0;

	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		/* Never for an address that is no longer ours. */
		if (!agent_group_wants(g->state))
			g->announce_at = 0;
		if (g->announce_at && g->announce_at <= now) {
			announce(a, g);
			g->announce_at = announce_next(++g->announced, now);
		}
		if (g->announce_at && (!next || g->announce_at < next))
			next = g->announce_at;
	}
	return next;
}
