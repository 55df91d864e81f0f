// SPDX-License-Identifier: GPL-2.0
/*
 * What the agent does: addresses up and down, announced, acknowledged.
 *
 * The way from the kernel's decision to the address is act_group(), acquire():
 * one prepared message per address, then the prepared announcement. Everything
 * else, the log too, comes after.
 */
#include <errno.h>
#include <string.h>

#include "act.h"
#include "log.h"

/* An order older than this may have been overtaken: then ask first. */
#define STALE_NS	5000000ULL
/* The same failure is logged once in a minute. */
#define FAILED_NS	60000000000ULL

void act_acknowledge(struct agent *a, struct agent_group *g, int err)
{
	int ret = hbnl_group_ack(a->nl, g->id, g->state, g->term, -err);

	if (!ret) {
		if (err)
			g->state = HBKM_GROUP_FAILED;
		else if (g->state == HBKM_GROUP_ACQUIRING)
			g->state = HBKM_GROUP_ACTIVE;
		else
			g->state = HBKM_GROUP_STANDBY;
		return;
	}
	if (ret == -ESTALE) {
		/* Decided otherwise meanwhile: see what. */
		a->reconcile_due = true;
	} else if (!agent_gone(a)) {
		log_write(LOG_ERR, "Resource group %s: acknowledgement refused: %s", g->name,
			  hbnl_error(a->nl));
		a->retry_at = agent_now() + RETRY_NS;
	}
}

void act_log_acquired(struct agent_group *g, uint64_t up_ns, uint64_t cause_ns)
{
	char text[64];

	g->failed_at = 0;

	log_write(LOG_INFO, "Acquiring resource group: %s", g->text);
	for (size_t i = 0; i < g->n_vips; i++) {
		group_vip_text(&g->vips[i], text, sizeof(text));
		if (cause_ns && up_ns > cause_ns)
			log_write(LOG_INFO, "Resource group %s: %s, up %llu us after the decision",
				  g->name, text, (unsigned long long)(up_ns - cause_ns) / 1000);
		else
			log_write(LOG_INFO, "Resource group %s: %s", g->name, text);
	}
}

void act_log_failed(struct agent *a, struct agent_group *g, size_t which, int err)
{
	uint64_t now = agent_now();
	char text[64];

	/* The kernel has it tried again and again. */
	if (g->failed_at && now - g->failed_at < FAILED_NS)
		return;
	g->failed_at = now;

	log_write(LOG_INFO, "Acquiring resource group: %s", g->text);
	log_write(LOG_CRIT, "Giving up resources due to failure of %s: %s (%s)",
		  which < g->n_vips ? group_vip_text(&g->vips[which], text, sizeof(text)) : g->name,
		  vip_error(a->rt), strerrorname_np(-err) ? strerrorname_np(-err) : "error");
}

static void acquire(struct agent *a, struct agent_group *g, uint64_t cause_ns)
{
	size_t failed = g->n_vips;
	uint64_t up_ns;
	int err = 0;

	for (size_t i = 0; i < g->n_vips && !err; i++) {
		failed = i;
		err = group_vip_place(a, &g->vips[i]);
		if (!err)
			err = vip_check_up(a->rt, &g->vips[i]);
	}
	if (!err)
		err = vip_add(a->rt, g->vips, g->n_vips, &failed);
	if (!err)
		announce_first(a, g);
	up_ns = agent_now();
	act_acknowledge(a, g, err);
	if (err)
		act_log_failed(a, g, failed, err);
	else
		act_log_acquired(g, up_ns, cause_ns);
}

static int take_down(struct agent *a, struct agent_group *g)
{
	size_t failed = 0;
	char text[64];
	int err;

	g->announce_at = 0;
	err = vip_remove(a->rt, g->vips, g->n_vips, &failed);
	if (err)
		log_write(LOG_CRIT, "Resource group %s: removing %s: %s", g->name,
			  group_vip_text(&g->vips[failed], text, sizeof(text)), vip_error(a->rt));
	return err;
}

static bool holds_any(const struct agent_group *g)
{
	for (size_t i = 0; i < g->n_vips; i++)
		if (g->vips[i].held)
			return true;
	return false;
}

static bool holds_all(const struct agent_group *g)
{
	for (size_t i = 0; i < g->n_vips; i++)
		if (!g->vips[i].held)
			return false;
	return true;
}

void act_release(struct agent *a, struct agent_group *g)
{
	int err = g->warm ? 0 : take_down(a, g);

	act_acknowledge(a, g, err);
	log_write(LOG_INFO, "Releasing resource group: %s", g->text);
}

void act_refuse(struct agent *a, const struct nl_group *now)
{
	if (now->state == HBKM_GROUP_ACQUIRING)
		hbnl_group_ack(a->nl, now->id, now->state, now->term, ENOENT);
	else if (now->state == HBKM_GROUP_RELEASING)
		hbnl_group_ack(a->nl, now->id, now->state, now->term, 0);
}

/*
 * An order that was carried out and acknowledged already: the kernel told it
 * again, because something else about the group changed, before it heard of us.
 */
static bool is_done(const struct agent_group *g, const struct nl_group *now)
{
	if (!g->known || g->term != now->term)
		return false;
	if (now->state == HBKM_GROUP_ACQUIRING)
		return g->state == HBKM_GROUP_ACTIVE || g->state == HBKM_GROUP_FAILED;
	return now->state == HBKM_GROUP_RELEASING &&
	       (g->state == HBKM_GROUP_STANDBY || g->state == HBKM_GROUP_FAILED);
}

void act_group(struct agent *a, const struct nl_group *now, uint64_t cause_ns)
{
	struct agent_group *g = group_find(a, now->id);
	bool held;

	if (!g) {
		/* Its name may be known, though its number is not yet. */
		for (size_t i = 0; i < a->groups->n && !g; i++)
			if (!strcmp(a->groups->v[i].name, now->name))
				g = &a->groups->v[i];
		if (!g) {
			act_refuse(a, now);
			return;
		}
	}
	if (is_done(g, now))
		return;
	if (now->state == HBKM_GROUP_ACQUIRING && agent_now() - cause_ns > STALE_NS) {
		a->reconcile_due = true;
		return;
	}
	held = g->known && agent_group_wants(g->state);
	group_update(g, now);
	if (g->scripted) {
		resources_follow(a, g);
		return;
	}
	switch (g->state) {
	case HBKM_GROUP_ACQUIRING:
		acquire(a, g, cause_ns);
		break;
	case HBKM_GROUP_RELEASING:
		act_release(a, g);
		break;
	case HBKM_GROUP_ACTIVE:
		/* Taken over by the kernel itself, which has announced it, too. */
		if (!held) {
			announce_first(a, g);
			act_log_acquired(g, agent_now(), cause_ns);
		}
		if (!holds_all(g))
			a->reconcile_due = true;
		break;
	default:
		if (!g->warm && holds_any(g))
			take_down(a, g);
		else if (!held)
			break;
		log_write(LOG_INFO, "Releasing resource group: %s", g->text);
		break;
	}
}

void act_drop_all(struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		if (holds_any(g)) {
			take_down(a, g);
			if (!g->warm || agent_group_wants(g->state))
				log_write(LOG_INFO, "Releasing resource group: %s", g->text);
		}
		g->state = HBKM_GROUP_STANDBY;
		g->warm = false;
		for (size_t j = 0; j < g->sequence.n; j++)
			if (g->sequence.items[j].native)
				g->sequence.items[j].state = RESOURCE_STOPPED;
	}
}
