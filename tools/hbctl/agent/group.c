// SPDX-License-Identifier: GPL-2.0
/* The resource groups that the configuration has, and their addresses. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "log.h"

static void group_free(struct agent_group *g)
{
	for (size_t i = 0; i < g->sequence.n; i++)
		config_resource_free(&g->resources[i].what);
	free(g->resources);
	free(g->sequence.items);
	free(g->text);
	free(g->vips);
	memset(g, 0, sizeof(*g));
}

/* One more at the end of the line. Return: 0, or -1 without memory. */
static int add_resource(struct agent_group *g, const struct config_resource *what)
{
	size_t n = g->sequence.n;
	struct agent_resource *resources = reallocarray(g->resources, n + 1, sizeof(*resources));
	struct sequence_item *items;

	if (!resources)
		return -1;
	g->resources = resources;
	items = reallocarray(g->sequence.items, n + 1, sizeof(*items));
	if (!items)
		return -1;
	g->sequence.items = items;
	memset(&resources[n], 0, sizeof(*resources));
	memset(&items[n], 0, sizeof(*items));
	if (config_resource_copy(&resources[n].what, what))
		return -1;
	items[n].native = what->kind == RESOURCE_ADDRESS;
	g->scripted |= !items[n].native;
	g->sequence.n++;
	return 0;
}

static int group_fill(struct agent_group *g, const struct config_group *from)
{
	memcpy(g->name, from->name, sizeof(g->name));
	memcpy(g->node, from->node, sizeof(g->node));
	g->text = strdup(from->text ? from->text : from->name);
	g->vips = calloc(from->n_addresses + 1, sizeof(*g->vips));
	if (!g->text || !g->vips)
		return -1;
	for (size_t i = 0; i < from->n_addresses; i++)
		vip_init(&g->vips[i], &from->addresses[i]);
	g->n_vips = from->n_addresses;
	for (size_t i = 0; i < from->n_resources; i++)
		if (add_resource(g, &from->resources[i]))
			return -1;
	return 0;
}

struct agent_groups *groups_new(const struct config *c)
{
	struct agent_groups *groups = calloc(1, sizeof(*groups));

	for (size_t i = 0; groups && i < c->n_groups; i++) {
		if (group_fill(&groups->v[groups->n++], &c->groups[i])) {
			groups_free(groups);
			return NULL;
		}
	}
	return groups;
}

void groups_free(struct agent_groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->n; i++)
		group_free(&groups->v[i]);
	free(groups);
}

const char *group_vip_text(const struct vip *v, char *buf, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	ip_text(&v->addr, addr);
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

int group_vip_prepare(struct agent *a, struct vip *v)
{
	int ret = vip_prepare(a->rt, v);

	if (!ret && ip_is_v4(&v->addr))
		promote_secondaries(v);
	return ret;
}

int group_vip_place(struct agent *a, struct vip *v)
{
	struct vip new = *v;
	int ret;

	if (v->ifindex && (!v->look_again || v->held))
		return 0;
	new.look_again = false;
	ret = group_vip_prepare(a, &new);
	if (!ret || !v->ifindex)
		*v = new;
	return v->ifindex ? 0 : ret;
}

void groups_prepare(struct agent *a)
{
	char text[64];

	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->n_vips; j++)
			if (!g->vips[j].ifindex && group_vip_prepare(a, &g->vips[j]))
				log_write(LOG_WARNING, "Resource group %s: %s is not to be had: %s",
					  g->name, group_vip_text(&g->vips[j], text, sizeof(text)),
					  vip_error(a->rt));
	}
}

/* ---- from one configuration to the next ---- */

static struct agent_group *same_group(struct agent_groups *groups, const struct agent_group *old)
{
	for (size_t i = 0; i < groups->n; i++)
		if (!strcmp(groups->v[i].name, old->name))
			return &groups->v[i];
	return NULL;
}

static void carry_group(struct agent_group *new, const struct agent_group *old)
{
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
	new->sequence.goal = old->sequence.goal;
	new->sequence.gave_up = old->sequence.gave_up;
	new->wake_at = old->wake_at;
	for (size_t k = 0; k < new->n_vips; k++)
		for (size_t l = 0; l < old->n_vips; l++)
			if (vip_same(&new->vips[k], &old->vips[l]))
				new->vips[k] = old->vips[l];
}

static bool same_resource(const struct agent_group *g, size_t i, const struct agent_group *old,
			  size_t j)
{
	const struct config_resource *a = &g->resources[i].what, *b = &old->resources[j].what;

	if (a->kind != b->kind)
		return false;
	if (a->kind == RESOURCE_ADDRESS)
		return vip_same(&g->vips[a->address], &old->vips[b->address]);
	return config_resource_same(a, b);
}

/* One that stays is not touched, and what is under way with it goes on. */
static bool carry_into(struct agent_group *g, struct agent_group *old, size_t j)
{
	for (size_t i = 0; i < g->sequence.n; i++) {
		struct config_resource what = g->resources[i].what;

		/* An identical one may have been given the state of another. */
		if (g->sequence.items[i].state != RESOURCE_UNKNOWN ||
		    !same_resource(g, i, old, j))
			continue;
		/* Where there were no scripts nobody kept account: what is there is looked at. */
		if (old->scripted) {
			g->sequence.items[i] = old->sequence.items[j];
			g->sequence.items[i].leaving = false;
		}
		g->resources[i] = old->resources[j];
		g->resources[i].what = what;
		return true;
	}
	return false;
}

/* In the same line, or else in another one. */
static bool carry_resource(struct agent_groups *groups, struct agent_group *same,
			   struct agent_group *old, size_t j)
{
	if (same && carry_into(same, old, j))
		return true;
	for (size_t i = 0; i < groups->n; i++)
		if (&groups->v[i] != same && carry_into(&groups->v[i], old, j))
			return true;
	return false;
}

/* A group of its own, for what an old one leaves behind. */
static struct agent_group *group_leaving(struct agent_groups *groups, const struct agent_group *old)
{
	struct agent_group *g = &groups->v[groups->n];

	if (groups->n == sizeof(groups->v) / sizeof(groups->v[0]))
		return NULL;
	memcpy(g->name, old->name, sizeof(g->name));
	memcpy(g->node, old->node, sizeof(g->node));
	g->text = strdup(old->text);
	if (!g->text)
		return NULL;
	groups->n++;
	carry_group(g, old);
	g->leaving = true;
	return g;
}

/* One more, an address that the line does not have. */
static int add_native(struct agent_group *g, const struct config_resource *what,
		      const struct vip *v)
{
	struct vip *vips = reallocarray(g->vips, g->n_vips + 1, sizeof(*vips));

	if (!vips)
		return -1;
	g->vips = vips;
	if (add_resource(g, what))
		return -1;
	vips[g->n_vips] = *v;
	g->resources[g->sequence.n - 1].what.address = g->n_vips++;
	return 0;
}

/* It is no longer configured, but may run: it has to be stopped. */
static void keep_leaving(struct agent_groups *groups, struct agent_group **same,
			 struct agent_group *old, size_t j)
{
	const struct config_resource *what = &old->resources[j].what;
	struct agent_group *g = *same;
	size_t n;

	if (!g)
		g = *same = group_leaving(groups, old);
	if (!g || (what->kind == RESOURCE_ADDRESS ? add_native(g, what, &old->vips[what->address]) :
		   add_resource(g, what))) {
		log_write(LOG_ERR, "Resource %s is not stopped: out of memory", what->text);
		return;
	}
	n = g->sequence.n - 1;
	g->resources[n].job = old->resources[j].job;
	g->resources[n].op = old->resources[j].op;
	g->sequence.items[n] = old->sequence.items[j];
	g->sequence.items[n].leaving = true;
}

/* @old is of no further use. */
static void carry(struct agent_groups *groups, struct agent_group *old)
{
	struct agent_group *same = same_group(groups, old);
	size_t n = 0;

	if (same)
		carry_group(same, old);
	for (size_t j = 0; j < old->sequence.n; j++) {
		struct sequence_item *item = &old->sequence.items[j];

		if (carry_resource(groups, same, old, j))
			item->state = RESOURCE_STOPPED;
		else if (item->state != RESOURCE_STOPPED && !item->native)
			n = j + 1;
	}
	/* An address that has no script to wait for, on its right, goes at once. */
	for (size_t j = 0; j < n; j++)
		if (old->sequence.items[j].state != RESOURCE_STOPPED)
			keep_leaving(groups, &same, old, j);
}

static bool has_address(const struct agent_group *g, const struct in6_addr *addr)
{
	for (size_t i = 0; i < g->n_vips; i++)
		if (ip_same(&g->vips[i].addr, addr))
			return true;
	return false;
}

/* With our mark: what the machine has of its own is not ours to take. */
static void remove_ours(struct agent *a, struct vip *v, const struct vip_present *present,
			size_t n)
{
	char text[64];

	for (size_t i = 0; i < n; i++) {
		if (!present[i].ours || !reconcile_same_place(v, &present[i]) ||
		    vip_remove_present(a->rt, &present[i]))
			continue;
		v->held = false;
		log_write(LOG_INFO, "Resource %s: removed",
			  group_vip_text(v, text, sizeof(text)));
	}
}

void groups_silence(struct agent *a, struct agent_groups *groups)
{
	struct vip_present *present = NULL;
	size_t n = 0;

	for (size_t i = 0; a->groups && i < a->groups->n; i++) {
		struct agent_group *old = &a->groups->v[i], *new = same_group(groups, old);

		if (!new || !old->known || !old->warm || agent_group_wants(old->state))
			continue;
		for (size_t j = 0; j < old->n_vips; j++) {
			struct vip *v = &old->vips[j];

			if (!v->held || has_address(new, &v->addr) ||
			    (!present && vip_list(a->rt, &present, &n)))
				continue;
			remove_ours(a, v, present, n);
		}
	}
	free(present);
}

void groups_swap(struct agent *a, struct agent_groups *groups)
{
	for (size_t i = 0; a->groups && i < a->groups->n; i++)
		carry(groups, &a->groups->v[i]);
	groups_free(a->groups);
	a->groups = groups;
	groups_prepare(a);
}

bool groups_forget_left(struct agent *a)
{
	struct agent_groups *groups = a->groups;
	bool leaving = false;

	for (size_t i = groups->n; i-- > 0;) {
		struct agent_group *g = &groups->v[i];

		if (!g->leaving)
			continue;
		if (!sequence_is_down(&g->sequence)) {
			leaving = true;
			continue;
		}
		log_write(LOG_INFO, "Resource group %s: gone", g->name);
		group_free(g);
		memmove(g, g + 1, (--groups->n - i) * sizeof(*g));
		memset(&groups->v[groups->n], 0, sizeof(*g));
	}
	return !leaving;
}

bool group_forget_left(struct agent_group *g)
{
	size_t n = g->sequence.n;

	/* They are the last, and so are their addresses: see keep_leaving(). */
	while (n && g->sequence.items[n - 1].leaving &&
	       g->sequence.items[n - 1].state == RESOURCE_STOPPED)
		n--;
	if (g->leaving || n == g->sequence.n || (n && g->sequence.items[n - 1].leaving))
		return false;
	g->scripted = false;
	for (size_t i = 0; i < n; i++)
		g->scripted |= !g->sequence.items[i].native;
	for (size_t i = n; i < g->sequence.n; i++) {
		g->n_vips -= g->sequence.items[i].native;
		config_resource_free(&g->resources[i].what);
	}
	g->sequence.n = n;
	/* Where only addresses are left, there is no sequence to go on with. */
	if (!g->scripted)
		g->wake_at = 0;
	return true;
}

struct agent_group *group_find(struct agent *a, uint32_t id)
{
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].known && a->groups->v[i].id == id)
			return &a->groups->v[i];
	return NULL;
}

void group_update(struct agent_group *g, const struct nl_group *now)
{
	g->known = true;
	g->id = now->id;
	g->state = now->state;
	g->warm = now->flags & HBKM_GROUP_F_WARM;
	g->term = now->term;
	g->has_holder = now->has_holder;
	g->holder = now->holder;
}
