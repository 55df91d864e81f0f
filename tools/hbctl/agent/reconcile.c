// SPDX-License-Identifier: GPL-2.0
/*
 * What to do so that the addresses are as the kernel decided. Pure: the groups
 * and the addresses found go in, a list of actions comes out.
 */
#include <string.h>

#include "agent.h"

bool reconcile_match(const struct vip *v, const struct vip_present *p)
{
	/*
	 * Another hand's label stays, and of IPv6 its prefix, too: the kernel has no room for the
	 * same address twice.
	 */
	return v->ifindex == p->ifindex && ip_same(&v->addr, &p->addr) &&
	       (v->prefix_len == p->prefix_len || (!p->ours && !ip_is_v4(&v->addr))) &&
	       (!p->ours || !*v->label || !strcmp(v->label, p->label));
}

bool reconcile_same_place(const struct vip *v, const struct vip_present *p)
{
	return v->ifindex == p->ifindex && ip_same(&v->addr, &p->addr);
}

static bool must_go(const struct agent_groups *groups, const struct vip_present *p)
{
	bool wanted = false, configured = false;

	for (size_t i = 0; i < groups->n; i++) {
		const struct agent_group *g = &groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++) {
			bool up = agent_vip_wanted(g, j);

			if (up && reconcile_match(&g->vips[j], p))
				return false;
			if (reconcile_same_place(&g->vips[j], p)) {
				configured = true;
				wanted |= up;
			}
		}
	}
	/*
	 * With our mark it has no other reason to be here. Without it, it goes
	 * if it is a service address that this node is not to have; one that
	 * only differs from what we would put here is left to its owner.
	 */
	return p->ours || (configured && !wanted);
}

/* As a machine has it of its own: neither ours, nor beside another, nor an alias. */
static bool is_plain(const struct vip_present *p)
{
	return !p->ours && !p->secondary && !strchr(p->label, ':') &&
	       !IN6_IS_ADDR_LINKLOCAL(&p->addr);
}

/*
 * Is this one by which the machine itself is reached? What Heartbeat leaves behind is
 * an alias, or comes after the interface's own. The kernel lists those of IPv4 in the
 * order in which they came; of IPv6 it is certain only where there is no other.
 */
static bool is_machines_own(const struct vip_present *present, size_t n, size_t which)
{
	const struct vip_present *p = &present[which];
	bool v4 = ip_is_v4(&p->addr);

	for (size_t i = 0; i < (v4 ? which : n); i++)
		if (i != which && present[i].ifindex == p->ifindex && is_plain(&present[i]) &&
		    ip_is_v4(&present[i].addr) == v4)
			return false;
	return is_plain(p);
}

static bool is_anybodys(const struct agent_groups *groups, const struct vip_present *p)
{
	for (size_t i = 0; i < groups->n; i++)
		for (size_t j = 0; j < groups->v[i].n_vips; j++)
			if (reconcile_same_place(&groups->v[i].vips[j], p))
				return true;
	return false;
}

static bool is_present(const struct vip *v, const struct vip_present *present, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (reconcile_match(v, &present[i]))
			return true;
	return false;
}

size_t reconcile_max(const struct agent_groups *groups, size_t n_present)
{
	size_t max = n_present + groups->n;

	for (size_t i = 0; i < groups->n; i++)
		max += groups->v[i].n_vips;
	return max;
}

size_t reconcile_plan(const struct agent_groups *groups, const struct vip_present *present,
		      size_t n_present, struct reconcile_action *out, size_t max)
{
	size_t n = 0;

#define ACTION(k, g, i)							\
	do {								\
		if (n < max)						\
			out[n++] = (struct reconcile_action){ k, g, i };\
	} while (0)

	/* A peer waits for what we release, and two must not have one address. */
	for (size_t i = 0; i < n_present; i++)
		if (is_machines_own(present, n_present, i) && is_anybodys(groups, &present[i]))
			ACTION(RECONCILE_LEAVE, 0, i);	/* wanted now or not */
		else if (must_go(groups, &present[i]))
			ACTION(RECONCILE_REMOVE, 0, i);
	for (size_t i = 0; i < groups->n; i++)
		if (groups->v[i].known && groups->v[i].state == HBKM_GROUP_RELEASING &&
		    !groups->v[i].scripted)
			ACTION(RECONCILE_RELEASED, i, 0);
	for (size_t i = 0; i < groups->n; i++) {
		const struct agent_group *g = &groups->v[i];

		if (!g->known || !agent_group_keeps(g))
			continue;
		for (size_t j = 0; j < g->n_vips; j++)
			if (agent_vip_wanted(g, j) && !is_present(&g->vips[j], present, n_present))
				ACTION(RECONCILE_ADD, i, j);
		/* With scripts it takes more than addresses to be up, or down. */
		if (g->state == HBKM_GROUP_ACQUIRING && !g->scripted)
			ACTION(RECONCILE_ACQUIRED, i, 0);
	}
#undef ACTION
	return n;
}

uint64_t announce_next(unsigned int announced, uint64_t now)
{
	/*
	 * Soon, in case another had not yet given the address up and was asked
	 * in between; then 200 ms apart, as Heartbeat's IPaddr2 sends five; and
	 * a last one for switches that had yet to open their port.
	 */
	static const unsigned int after_ms[ANNOUNCE_REPEATS] = {
		5, 50, 200, 200, 200, 200, 5000,
	};

	if (announced > ANNOUNCE_REPEATS)
		return 0;
	return now + after_ms[announced - 1] * 1000000ULL;
}
