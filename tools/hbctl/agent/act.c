// SPDX-License-Identifier: GPL-2.0
/*
 * What the agent does: addresses up and down, announced, acknowledged.
 *
 * The way from the kernel's decision to the address is act_group(), acquire():
 * one prepared message per address, then the prepared announcement. Everything
 * else, the log too, comes after.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "log.h"
#include "names.h"

#define RETRY_NS	1000000000ULL
/* An order older than this may have been overtaken: then ask first. */
#define STALE_NS	20000000ULL
/* The same failure is logged once in a minute. */
#define FAILED_NS	60000000000ULL
/* How often in a second an address is put back before it is left for a second. */
#define RESTORE_MAX	10

/* ---- groups and their addresses ---- */

struct agent_groups *act_groups_new(const struct config *c)
{
	struct agent_groups *groups = calloc(1, sizeof(*groups));

	if (!groups)
		return NULL;
	for (size_t i = 0; i < c->n_groups; i++) {
		const struct config_group *from = &c->groups[i];
		struct agent_group *g = &groups->v[groups->n++];

		memcpy(g->name, from->name, sizeof(g->name));
		memcpy(g->node, from->node, sizeof(g->node));
		g->text = strdup(from->text ? from->text : from->name);
		g->vips = calloc(from->n_addresses + 1, sizeof(*g->vips));
		g->pairs = calloc(from->n_addresses + 1, sizeof(*g->pairs));
		if (!g->text || !g->vips || !g->pairs) {
			act_groups_free(groups);
			return NULL;
		}
		for (size_t j = 0; j < from->n_addresses; j++) {
			vip_init(&g->vips[j], &from->addresses[j]);
			g->pairs[j] = &g->vips[j].arp;
		}
		g->n_vips = from->n_addresses;
	}
	return groups;
}

void act_groups_free(struct agent_groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->n; i++) {
		free(groups->v[i].text);
		free(groups->v[i].vips);
		free(groups->v[i].pairs);
	}
	free(groups);
}

static const char *text_of(const struct vip *v, char *buf, size_t size)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &v->addr, addr, sizeof(addr));
	if (!v->ifindex)
		snprintf(buf, size, "%s", addr);
	else if (*v->label)
		snprintf(buf, size, "%s/%u on %s (%s)", addr, v->prefix_len, v->ifname, v->label);
	else
		snprintf(buf, size, "%s/%u on %s", addr, v->prefix_len, v->ifname);
	return buf;
}

static bool sysctl_is_set(const char *ifname)
{
	char path[128], value = '0';
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/promote_secondaries", ifname);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &value, 1) != 1)
		value = '0';
	close(fd);
	return value != '0';
}

/*
 * If the host's own address was taken off and put on again beneath ours, then
 * ours is the first of its network, and taking it off takes the host's along,
 * unless the kernel was told to let that one step up.
 */
static void promote_secondaries(const struct vip *v)
{
	char path[128];
	int fd;

	if (sysctl_is_set("all") || sysctl_is_set(v->ifname))
		return;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/promote_secondaries", v->ifname);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		log_write(LOG_WARNING, "%s: promote_secondaries is off and cannot be set: should "
			  "the host's own address be removed and come back, it would go with ours",
			  v->ifname);
	if (fd >= 0)
		close(fd);
}

static int prepare(struct agent *a, struct vip *v)
{
	int ret = vip_prepare(a->rt, v);

	if (!ret)
		promote_secondaries(v);
	return ret;
}

void act_prepare(struct agent *a)
{
	char text[64];

	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++)
			if (!g->vips[j].ifindex && prepare(a, &g->vips[j]))
				log_write(LOG_WARNING, "Resource group %s: %s is not to be had: %s",
					  g->name, text_of(&g->vips[j], text, sizeof(text)),
					  vip_error(a->rt));
	}
}

void act_groups_swap(struct agent *a, struct agent_groups *groups)
{
	for (size_t i = 0; a->groups && i < a->groups->n; i++) {
		struct agent_group *old = &a->groups->v[i], *new;

		for (size_t j = 0; j < groups->n; j++) {
			new = &groups->v[j];
			if (strcmp(old->name, new->name))
				continue;
			new->id = old->id;
			new->known = old->known;
			new->state = old->state;
			new->warm = old->warm;
			new->term = old->term;
			new->has_holder = old->has_holder;
			new->holder = old->holder;
			new->failed_at = old->failed_at;
			new->announced = old->announced;
			new->announce_at = old->announce_at;
			for (size_t k = 0; k < new->n_vips; k++)
				for (size_t l = 0; l < old->n_vips; l++)
					if (vip_same(&new->vips[k], &old->vips[l]))
						new->vips[k] = old->vips[l];
		}
	}
	act_groups_free(a->groups);
	a->groups = groups;
	act_prepare(a);
}

static struct agent_group *find(struct agent *a, uint32_t id)
{
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].known && a->groups->v[i].id == id)
			return &a->groups->v[i];
	return NULL;
}

static void update(struct agent_group *g, const struct nl_group *now)
{
	g->known = true;
	g->id = now->id;
	g->state = now->state;
	g->warm = now->flags & HBKM_GROUP_F_WARM;
	g->term = now->term;
	g->has_holder = now->has_holder;
	g->holder = now->holder;
}

/* ---- announcing ---- */

static void announce(struct agent *a, struct agent_group *g)
{
	if (a->arp_fd >= 0)
		arp_send(a->arp_fd, g->pairs, (unsigned int)g->n_vips);
}

/* From the beginning: now, and again as often as it takes. */
static void announce_first(struct agent *a, struct agent_group *g)
{
	announce(a, g);
	g->announced = 1;
	g->announce_at = announce_next(1, agent_now());
}

/* The same by act_announce(), so after whatever else is to be done now. */
static void announce_soon(struct agent_group *g)
{
	g->announced = 0;
	g->announce_at = agent_now();
}

void act_announce_again(struct agent *a, uint32_t group)
{
	struct agent_group *g = find(a, group);

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

/* ---- acting ---- */

static void acknowledge(struct agent *a, struct agent_group *g, int err)
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

static void log_acquired(struct agent_group *g, uint64_t up_ns, uint64_t cause_ns)
{
	char text[64];

	g->failed_at = 0;

	log_write(LOG_INFO, "Acquiring resource group: %s", g->text);
	for (size_t i = 0; i < g->n_vips; i++) {
		text_of(&g->vips[i], text, sizeof(text));
		if (cause_ns && up_ns > cause_ns)
			log_write(LOG_INFO, "Resource group %s: %s, up %llu us after the decision",
				  g->name, text, (unsigned long long)(up_ns - cause_ns) / 1000);
		else
			log_write(LOG_INFO, "Resource group %s: %s", g->name, text);
	}
}

static void log_failed(struct agent *a, struct agent_group *g, size_t which, int err)
{
	uint64_t now = agent_now();
	char text[64];

	/* The kernel has it tried again and again. */
	if (g->failed_at && now - g->failed_at < FAILED_NS)
		return;
	g->failed_at = now;

	log_write(LOG_INFO, "Acquiring resource group: %s", g->text);
	log_write(LOG_CRIT, "Giving up resources due to failure of %s: %s (%s)",
		  which < g->n_vips ? text_of(&g->vips[which], text, sizeof(text)) : g->name,
		  vip_error(a->rt), strerrorname_np(-err) ? strerrorname_np(-err) : "error");
}

static void acquire(struct agent *a, struct agent_group *g, uint64_t cause_ns)
{
	size_t failed = g->n_vips;
	uint64_t up_ns;
	int err = 0;

	for (size_t i = 0; i < g->n_vips && !err; i++) {
		failed = i;
		if (!g->vips[i].ifindex)
			err = prepare(a, &g->vips[i]);
		if (!err)
			err = vip_check_up(a->rt, &g->vips[i]);
	}
	if (!err)
		err = vip_add(a->rt, g->vips, g->n_vips, &failed);
	if (!err)
		announce_first(a, g);
	up_ns = agent_now();
	acknowledge(a, g, err);
	if (err)
		log_failed(a, g, failed, err);
	else
		log_acquired(g, up_ns, cause_ns);
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
			  text_of(&g->vips[failed], text, sizeof(text)), vip_error(a->rt));
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

static void release(struct agent *a, struct agent_group *g)
{
	int err = g->warm ? 0 : take_down(a, g);

	acknowledge(a, g, err);
	log_write(LOG_INFO, "Releasing resource group: %s", g->text);
}

/* A group that haresources does not have: said to be impossible, once. */
static void refuse(struct agent *a, const struct nl_group *now)
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
	struct agent_group *g = find(a, now->id);
	bool held;

	if (!g) {
		/* Its name may be known, though its number is not yet. */
		for (size_t i = 0; i < a->groups->n && !g; i++)
			if (!strcmp(a->groups->v[i].name, now->name))
				g = &a->groups->v[i];
		if (!g) {
			refuse(a, now);
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
	update(g, now);
	switch (g->state) {
	case HBKM_GROUP_ACQUIRING:
		acquire(a, g, cause_ns);
		break;
	case HBKM_GROUP_RELEASING:
		release(a, g);
		break;
	case HBKM_GROUP_ACTIVE:
		/* Taken over by the kernel itself, which has announced it, too. */
		if (!held) {
			announce_first(a, g);
			log_acquired(g, agent_now(), cause_ns);
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
	}
}

/* ---- reconciling ---- */

/* What was taken over warm while events were lost, or before we came, is announced. */
static void take_group(struct agent_group *g, const struct nl_group *now)
{
	bool held = agent_group_wants(g->state);

	update(g, now);
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

static void take_present(struct agent *a, const struct vip_present *present, size_t n)
{
	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++) {
			g->vips[j].held = false;
			for (size_t k = 0; k < n; k++)
				g->vips[j].held |= reconcile_match(&g->vips[j], &present[k]);
		}
	}
}

static void remove_present(struct agent *a, const struct vip_present *p)
{
	char addr[INET_ADDRSTRLEN], ifname[IFNAMSIZ] = "?";
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
	inet_ntop(AF_INET, &p->addr, addr, sizeof(addr));
	if_indextoname((unsigned int)p->ifindex, ifname);
	if (a->reloading && !err)
		log_write(LOG_INFO, "Resource %s/%u on %s: removed", addr, p->prefix_len, ifname);
	else
		log_write(err ? LOG_CRIT : LOG_WARNING,
			  "Resource %s/%u on %s is active, and should not be%s", addr,
			  p->prefix_len, ifname, err ? ", and cannot be removed!" : ": removed");
}

/*
 * What cannot be had here, another node may have. If none can, it stays, and is
 * tried again and again.
 */
static void give_away(struct agent *a, struct agent_group *g, const struct vip *v)
{
	int ret = hbnl_group_move(a->nl, HBKM_MOVE_STANDBY, g->name);

	a->retry_at = agent_now() + RETRY_NS;
	if (!ret)
		log_write(LOG_ERR, "Resource group %s: given away, as it is not whole", g->name);
	else if (!v->missing)
		log_write(LOG_ERR, "Resource group %s: not whole, and cannot be given away: %s",
			  g->name, hbnl_error(a->nl));
}

/* One missing address of a group that is to be up. */
static int add_missing(struct agent *a, struct agent_group *g, size_t which)
{
	struct vip *v = &g->vips[which];
	char text[64];
	int err = 0;

	if (!v->ifindex)
		err = prepare(a, v);
	if (!err)
		err = vip_add(a->rt, v, 1, NULL);
	text_of(v, text, sizeof(text));
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
		give_away(a, g, v);
	v->missing = err;
	return err;
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
		case RECONCILE_RELEASED:
			release(a, g);
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
			if (err)
				vip_remove(a->rt, g->vips, g->n_vips, NULL);
			else
				announce_first(a, g);
			acknowledge(a, g, err);
			if (err)
				log_failed(a, g, failed, err);
			else
				log_acquired(g, 0, 0);
			break;
		}
	}
}

void act_reconcile(struct agent *a)
{
	static struct nl_snapshot s;
	struct reconcile_action *actions;
	struct vip_present *present;
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
	take_snapshot(a, &s);
	ret = vip_list(a->rt, &present, &n);
	if (ret) {
		log_write(LOG_ERR, "Reading the addresses: %s", vip_error(a->rt));
		a->retry_at = agent_now() + RETRY_NS;
		return;
	}
	for (size_t i = 0; i < a->groups->n; i++)
		for (size_t j = 0; j < a->groups->v[i].n_vips; j++)
			if (!a->groups->v[i].vips[j].ifindex)
				prepare(a, &a->groups->v[i].vips[j]);
	take_present(a, present, n);
	max = reconcile_max(a->groups, n);
	actions = calloc(max + 1, sizeof(*actions));
	if (actions)
		execute(a, actions, reconcile_plan(a->groups, present, n, actions, max), present);
	else
		a->retry_at = agent_now() + RETRY_NS;
	free(actions);
	free(present);
	for (size_t i = 0; i < s.n_groups; i++)
		if (!find(a, s.groups[i].id))
			refuse(a, &s.groups[i]);
	report_snapshot(a, &s);
}

/* ---- what others do to interfaces and addresses ---- */

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
				  g->name, text_of(v, text, sizeof(text)));
		if (!a->retry_at)
			a->retry_at = now + RETRY_NS;
		return;
	}
	ret = vip_restore(a->rt, v);
	if (ret < 0) {
		/* That the interface went is told next. */
		if (v->restored == 1 && ret != -ENODEV)
			log_write(LOG_ERR, "Resource group %s: %s cannot be put back: %s", g->name,
				  text_of(v, text, sizeof(text)), vip_error(a->rt));
		if (!a->retry_at)
			a->retry_at = now + RETRY_NS;
	} else if (ret > 0) {
		if (agent_group_wants(g->state))
			announce_first(a, g);
		log_write(LOG_WARNING, "Resource group %s: %s was gone: put back", g->name,
			  text_of(v, text, sizeof(text)));
		v->missing = false;
	}
}

static void address_gone(struct agent *a, struct agent_group *g, struct vip *v,
			 const struct vip_change *c)
{
	if (v->ifindex != c->ifindex || v->addr.s_addr != c->addr.s_addr)
		return;
	if (agent_group_keeps(g))
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
			  text_of(v, text, sizeof(text)));
	v->held = false;
	v->ifindex = 0;
	v->up = v->running = false;
	v->arp.usable = false;
}

static void link_changed(struct agent *a, struct agent_group *g, struct vip *v,
			 const struct vip_change *c)
{
	bool was_running = v->running;
	char text[64];

	if (!v->ifindex) {
		if (*v->want_ifname && strcmp(v->want_ifname, c->ifname))
			return;
		if (prepare(a, v))
			return;
		log_write(LOG_INFO, "Resource group %s: %s can be had now", g->name,
			  text_of(v, text, sizeof(text)));
		v->up = c->up;
		v->running = c->running;
	} else if (v->ifindex != c->ifindex) {
		return;
	} else {
		v->up = c->up;
		v->running = c->running;
		/* Its name or its MAC may be new. */
		vip_refresh(a->rt, v);
	}
	if (!agent_group_keeps(g))
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
				/* A new network may be that of an address without a place. */
				if (!v->ifindex && !prepare(a, v) && agent_group_keeps(g))
					restore(a, g, v);
				break;
			}
		}
	}
}
