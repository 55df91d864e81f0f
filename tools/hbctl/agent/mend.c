// SPDX-License-Identifier: GPL-2.0
/*
 * So that all is as the kernel decided: everything is compared with it, and with
 * the interfaces, and what differs is put right.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "log.h"

/* What was taken over warm while events were lost, or before we came, is announced. */
static void take_group(struct agent_group *g, const struct nl_group *now)
{
	bool held = agent_group_wants(g->state);

	group_update(g, now);
	if (g->warm && !held && g->state == HBKM_GROUP_ACTIVE)
		announce_soon(g);
}

static void take_snapshot(struct agent *a, const struct nl_snapshot *s)
{
	for (size_t i = 0; i < a->groups->n; i++)
		a->groups->v[i].known = false;
	for (size_t i = 0; i < s->n_groups; i++)
		for (size_t j = 0; j < a->groups->n; j++)
			if (!strcmp(s->groups[i].name, a->groups->v[j].name))
				take_group(&a->groups->v[j], &s->groups[i]);
	for (size_t i = 0; i < a->groups->n; i++)
		if (!a->groups->v[i].known)
			a->groups->v[i].state = HBKM_GROUP_STANDBY;
	a->seq = a->promised_seq = s->cluster.event_seq;
}

/* The machine's own counts as held only where it is wanted: elsewhere there is nothing to take down. */
static void take_present(struct agent *a, const struct vip_present *present, size_t n)
{
	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++) {
			struct vip *v = &g->vips[j];
			bool there = false, own = false;

			for (size_t k = 0; k < n; k++) {
				there |= reconcile_match(v, &present[k]);
				own |= reconcile_same_place(v, &present[k]) && !present[k].ours;
			}
			v->left &= own;
			v->held = there && (!v->left || agent_vip_wanted(g, j));
		}
	}
}

/* Where nobody has looked yet: an address that is there has had its turn. */
static void take_natives(struct agent_group *g)
{
	for (size_t i = 0; i < g->sequence.n; i++) {
		struct sequence_item *item = &g->sequence.items[i];

		if (item->native && item->state == RESOURCE_UNKNOWN)
			item->state = g->vips[g->resources[i].what.address].held ?
				      RESOURCE_STARTED : RESOURCE_STOPPED;
	}
}

static void remove_present(struct agent *a, const struct vip_present *p)
{
	char addr[INET6_ADDRSTRLEN], ifname[IFNAMSIZ] = "?";
	int err = vip_remove_present(a->rt, p);
	bool expected = false;

	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++) {
			if (!reconcile_match(&g->vips[j], p))
				continue;
			if (!err)
				g->vips[j].held = false;
			expected |= g->state == HBKM_GROUP_RELEASING;
		}
	}
	/* An order to release that came this way is logged as such. */
	if (expected && !err)
		return;
	ip_text(&p->addr, addr);
	if_indextoname((unsigned int)p->ifindex, ifname);
	if (a->reloading && !err)
		log_write(LOG_INFO, "Resource %s/%u on %s: removed", addr, p->prefix_len, ifname);
	else
		log_write(err ? LOG_CRIT : LOG_WARNING,
			  "Resource %s/%u on %s is active, and should not be%s", addr,
			  p->prefix_len, ifname, err ? ", and cannot be removed!" : ": removed");
}

/* Taken off, it would take the machine from the network: that is for whoever put it there to decide. */
static void leave_present(struct agent *a, const struct vip_present *p)
{
	char addr[INET6_ADDRSTRLEN], ifname[IFNAMSIZ] = "?";

	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++) {
			struct vip *v = &g->vips[j];

			if (v->left || !reconcile_same_place(v, p))
				continue;
			v->left = true;
			v->held = false;
			ip_text(&p->addr, addr);
			if_indextoname((unsigned int)p->ifindex, ifname);
			log_write(LOG_CRIT, "Resource group %s: %s/%u is this machine's own address on %s, "
				  "and is left there: it is silenced while another node holds the group. "
				  "Configure an address that no machine has of its own", g->name, addr,
				  p->prefix_len, ifname);
		}
	}
}

void act_give_away(struct agent *a, struct agent_group *g, bool again)
{
	int ret = hbnl_group_move(a->nl, HBKM_MOVE_STANDBY, g->name);

	/* With auto_failback legacy nobody moves a group by wish, but one may fail with it. */
	if (ret == -EOPNOTSUPP)
		ret = hbnl_group_ack(a->nl, g->id, g->state, g->term, EIO);
	a->retry_at = agent_now() + RETRY_NS;
	if (!ret)
		log_write(LOG_ERR, "Resource group %s: given away, as it is not whole", g->name);
	else if (!again && ret != -ESTALE)
		log_write(LOG_ERR, "Resource group %s: not whole, and cannot be given away: %s",
			  g->name, hbnl_error(a->nl));
}

/* One missing address of a group that is to be up. */
static int add_missing(struct agent *a, struct agent_group *g, size_t which)
{
	struct vip *v = &g->vips[which];
	char text[64];
	int err = group_vip_place(a, v);

	if (!err)
		err = vip_add(a->rt, v, 1, NULL);
	group_vip_text(v, text, sizeof(text));
	if (g->state != HBKM_GROUP_ACTIVE) {
		if (err && !agent_group_wants(g->state) && !v->missing)
			log_write(LOG_WARNING, "Resource group %s: %s cannot be kept ready: %s",
				  g->name, text, vip_error(a->rt));
		v->missing = err;
		return err;
	}
	if (!err && a->reloading)
		log_write(LOG_INFO, "Resource group %s: %s: added", g->name, text);
	else if (!err)
		log_write(LOG_WARNING, "Resource group %s: %s was missing: put back", g->name,
			  text);
	else if (!v->missing)
		log_write(LOG_ERR, "Resource group %s: %s is missing: %s", g->name, text,
			  vip_error(a->rt));
	if (err)
		act_give_away(a, g, v->missing);
	v->missing = err;
	return err;
}

/* An order that comes too late for acquire() is refused for the same reason as there. */
static int check_up(struct agent *a, const struct agent_group *g, size_t *failed)
{
	int err = 0;

	for (size_t i = 0; i < g->n_vips && !err; i++) {
		*failed = i;
		err = vip_check_up(a->rt, &g->vips[i]);
	}
	return err;
}

/*
 * Known before anything is done, and before an address in a line with scripts counts as
 * started for being there: what is the machine's own is never removed.
 */
static void leave_own(struct agent *a, struct reconcile_action *actions, size_t max,
		      const struct vip_present *present, size_t n_present)
{
	size_t n = reconcile_plan(a->groups, present, n_present, actions, max);

	for (size_t i = 0; i < n; i++)
		if (actions[i].kind == RECONCILE_LEAVE)
			leave_present(a, &present[actions[i].index]);
}

static void execute(struct agent *a, const struct reconcile_action *actions, size_t n,
		    const struct vip_present *present)
{
	struct agent_group *g, *added = NULL;
	size_t failed = 0;
	int err = 0;

	for (size_t i = 0; i < n && !a->quit; i++) {
		g = &a->groups->v[actions[i].group];
		switch (actions[i].kind) {
		case RECONCILE_REMOVE:
			remove_present(a, &present[actions[i].index]);
			break;
		case RECONCILE_LEAVE:
			break;
		case RECONCILE_RELEASED:
			act_release(a, g);
			break;
		case RECONCILE_ADD:
			if (g != added)
				err = 0;
			added = g;
			if (err)
				break;
			err = add_missing(a, g, actions[i].index);
			failed = actions[i].index;
			/* Several make several announcements: rare, and harmless. */
			if (!err && g->state == HBKM_GROUP_ACTIVE)
				announce_first(a, g);
			break;
		case RECONCILE_ACQUIRED:
			if (g != added)
				err = 0;
			if (!err)
				err = check_up(a, g, &failed);
			if (err)
				vip_remove(a->rt, g->vips, g->n_vips, NULL);
			else
				announce_first(a, g);
			act_acknowledge(a, g, err);
			if (err)
				act_log_failed(a, g, failed, err);
			else
				act_log_acquired(g, 0, 0);
			break;
		}
	}
}

/*
 * @all: of those that have a place, too, it is not known what became of it.
 * Return: true if one has a place that had none.
 */
static bool look_for_places(struct agent *a, bool all)
{
	bool found = false;

	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++)
			if (!g->vips[j].ifindex || (all && vip_refresh(a->rt, &g->vips[j])))
				found |= !group_vip_prepare(a, &g->vips[j]);
			else if (all || g->vips[j].look_again)
				act_look_again(a, g, &g->vips[j]);
	}
	a->places_due = false;
	return found;
}

void act_reconcile(struct agent *a)
{
	static struct nl_snapshot s;
	struct reconcile_action *actions;
	struct vip_present *present;
	bool all = a->places_due, found;
	size_t n, max;
	int ret;

	a->reconcile_due = false;
	a->retry_at = 0;
	ret = hbnl_snapshot_get(a->nl, &s);
	if (ret) {
		if (agent_gone(a))
			return;
		log_write(LOG_ERR, "Reading the state of the cluster: %s", hbnl_error(a->nl));
		a->retry_at = agent_now() + RETRY_NS;
		return;
	}
	if (lines_join(a, &s))
		return;
	take_snapshot(a, &s);
	ret = vip_list(a->rt, &present, &n);
	if (ret) {
		log_write(LOG_ERR, "Reading the addresses: %s", vip_error(a->rt));
		a->retry_at = agent_now() + RETRY_NS;
		return;
	}
	found = look_for_places(a, all);
	max = reconcile_max(a->groups, n);
	actions = calloc(max + 1, sizeof(*actions));
	if (actions)
		leave_own(a, actions, max, present, n);
	take_present(a, present, n);
	for (size_t i = 0; i < a->groups->n; i++)
		take_natives(&a->groups->v[i]);
	if (actions)
		execute(a, actions, reconcile_plan(a->groups, present, n, actions, max), present);
	else
		a->retry_at = agent_now() + RETRY_NS;
	free(actions);
	free(present);
	for (size_t i = 0; i < a->groups->n && !a->quit; i++)
		if (a->groups->v[i].scripted)
			resources_follow(a, &a->groups->v[i]);
	for (size_t i = 0; i < s.n_groups; i++)
		if (!group_find(a, s.groups[i].id))
			act_refuse(a, &s.groups[i]);
	report_snapshot(a, &s);
	if ((all || found) && !a->quit)
		act_try_again(a);
}
