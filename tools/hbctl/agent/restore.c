// SPDX-License-Identifier: GPL-2.0
/* What others do to interfaces and addresses, and how the addresses come back. */
#include <errno.h>
#include <string.h>

#include "act.h"
#include "log.h"

/* How often in a second an address is put back before it is left for a second. */
#define RESTORE_MAX	10

static bool is_wanted(const struct agent_group *g, const struct vip *v)
{
	return agent_vip_wanted(g, (size_t)(v - g->vips));
}

/* Once more in a second: the kernel tells of an interface before it has its routes. */
static void look_later(struct agent *a, struct vip *v)
{
	if (!a->retry_at)
		a->retry_at = v->looked_at + RETRY_NS;
	v->look_again = true;
}

/*
 * It has no place yet: is there one now? Where a route is to tell, all of them are
 * read, so not more often than once in a second, whatever happens on the machine.
 */
static bool find_place(struct agent *a, struct vip *v)
{
	uint64_t now = agent_now();

	if (!*v->want_ifname || v->want_prefix_len < 0) {
		if (v->looked_at && now - v->looked_at < RETRY_NS) {
			look_later(a, v);
			return false;
		}
		v->looked_at = now;
	}
	return !group_vip_prepare(a, v);
}

static void restore(struct agent *a, struct agent_group *g, struct vip *v)
{
	uint64_t now = agent_now();
	char text[64];
	int ret;

	if (now - v->restored_since > RETRY_NS) {
		v->restored_since = now;
		v->restored = 0;
	}
	if (++v->restored > RESTORE_MAX) {
		/* Somebody insists; then not more often than once in a second. */
		if (v->restored == RESTORE_MAX + 1)
			log_write(LOG_ERR, "Resource group %s: %s is removed again and again",
				  g->name, group_vip_text(v, text, sizeof(text)));
		if (!a->retry_at)
			a->retry_at = now + RETRY_NS;
		return;
	}
	ret = vip_restore(a->rt, v);
	if (ret < 0) {
		/* That the interface went is told next. */
		if (v->restored == 1 && ret != -ENODEV)
			log_write(LOG_ERR, "Resource group %s: %s cannot be put back: %s", g->name,
				  group_vip_text(v, text, sizeof(text)), vip_error(a->rt));
		if (!a->retry_at)
			a->retry_at = now + RETRY_NS;
	} else if (ret > 0) {
		if (agent_group_wants(g->state))
			announce_first(a, g);
		log_write(LOG_WARNING, "Resource group %s: %s was gone: put back", g->name,
			  group_vip_text(v, text, sizeof(text)));
		v->missing = false;
	}
}

static void address_gone(struct agent *a, struct agent_group *g, struct vip *v,
			 const struct vip_change *c)
{
	if (v->ifindex != c->ifindex || !ip_same(&v->addr, &c->addr))
		return;
	if (is_wanted(g, v))
		restore(a, g, v);
	else
		v->held = false;
}

static void link_gone(struct agent_group *g, struct vip *v, const struct vip_change *c)
{
	char text[64];

	if (v->ifindex != c->ifindex)
		return;
	if (agent_group_wants(g->state))
		log_write(LOG_ERR, "Resource group %s: %s is lost: the interface is gone", g->name,
			  group_vip_text(v, text, sizeof(text)));
	v->held = false;
	v->missing = false;
	v->ifindex = 0;
	v->up = v->running = false;
	v->notice.n = 0;
}

/* As far as can be told without trying: where its addresses go is up, and no script has failed. */
static bool can_be_had(const struct agent_group *g)
{
	for (size_t i = 0; i < g->n_vips; i++)
		if (!g->vips[i].ifindex || !g->vips[i].up)
			return false;
	for (size_t i = 0; i < g->sequence.n; i++)
		if (!g->sequence.items[i].native && *g->resources[i].start_error)
			return false;
	return true;
}

/*
 * What a group failed for may be gone. Where somebody holds it, it stays there: to have it
 * back is for who moves groups. With auto_failback legacy nobody can, so it goes back as
 * it would to a node that returns.
 */
static void try_again(struct agent *a, struct agent_group *g)
{
	if (!g->known || g->state != HBKM_GROUP_FAILED)
		return;
	if (g->has_holder && (a->seen.cluster.auto_failback != HBKM_FAILBACK_LEGACY ||
			      !can_be_had(g)))
		return;
	act_acknowledge(a, g, 0);
}

void act_try_again(struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++)
		try_again(a, &a->groups->v[i]);
}

/* Where it speaks it stays; so it does where it is by another's wish, or by its turn among scripts. */
static bool may_move(const struct agent_group *g, const struct vip *v)
{
	if (*v->want_ifname || agent_group_wants(g->state) || g->state == HBKM_GROUP_RELEASING)
		return false;
	return !v->held || (is_wanted(g, v) && !g->scripted);
}

void act_look_again(struct agent *a, struct agent_group *g, struct vip *v)
{
	struct vip new = *v;
	char text[64];
	bool found;

	v->look_again = new.look_again = false;
	if (!may_move(g, v))
		return;
	found = find_place(a, &new);
	v->looked_at = new.looked_at;
	v->look_again = new.look_again;
	if (!found || new.ifindex == v->ifindex)
		return;
	/* In warm standby it is still where it was: comparing everything takes it from there. */
	new.held = false;
	*v = new;
	log_write(LOG_INFO, "Resource group %s: %s, where its network is now", g->name,
		  group_vip_text(v, text, sizeof(text)));
	try_again(a, g);
	a->reconcile_due = true;
}

static void link_changed(struct agent *a, struct agent_group *g, struct vip *v,
			 const struct vip_change *c)
{
	bool was_up = v->up, was_running = v->running;
	char text[64];

	if (!v->ifindex) {
		if (*v->want_ifname && strcmp(v->want_ifname, c->ifname))
			return;
		if (!find_place(a, v))
			return;
		log_write(LOG_INFO, "Resource group %s: %s can be had now", g->name,
			  group_vip_text(v, text, sizeof(text)));
		v->up = c->up;
		v->running = c->running;
	} else if (v->ifindex != c->ifindex) {
		/* A default route has led to it, and its network may be there now, or soon. */
		if (c->up && !v->direct) {
			act_look_again(a, g, v);
			if (!v->direct && !*v->want_ifname)
				look_later(a, v);
		}
		return;
	} else {
		v->up = c->up;
		v->running = c->running;
		/* Its name or its MAC may be new. */
		vip_refresh(a->rt, v);
	}
	if (v->up && !was_up)
		try_again(a, g);
	if (!is_wanted(g, v))
		return;
	if (!v->held)
		restore(a, g, v);
	else if (v->running && !was_running && agent_group_wants(g->state))
		announce_first(a, g);
}

void act_change(struct agent *a, const struct vip_change *c)
{
	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++) {
			struct vip *v = &g->vips[j];

			switch (c->kind) {
			case VIP_ADDR_GONE:
				address_gone(a, g, v, c);
				break;
			case VIP_LINK_GONE:
				link_gone(g, v, c);
				break;
			case VIP_LINK:
				link_changed(a, g, v, c);
				break;
			case VIP_ADDR:
				/* A new network may be that of an address without a place, or in another. */
				if (v->ifindex && v->ifindex != c->ifindex &&
				    ip_within(&v->addr, &c->addr, c->prefix_len))
					act_look_again(a, g, v);
				if (v->ifindex || !find_place(a, v))
					break;
				try_again(a, g);
				if (is_wanted(g, v))
					restore(a, g, v);
				break;
			}
		}
	}
}
