// SPDX-License-Identifier: GPL-2.0
/* The resource groups that the configuration has, and their addresses. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "log.h"

struct agent_groups *groups_new(const struct config *c)
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
			groups_free(groups);
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

void groups_free(struct agent_groups *groups)
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

const char *group_vip_text(const struct vip *v, char *buf, size_t size)
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

int group_vip_prepare(struct agent *a, struct vip *v)
{
	int ret = vip_prepare(a->rt, v);

	if (!ret)
		promote_secondaries(v);
	return ret;
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

void groups_swap(struct agent *a, struct agent_groups *groups)
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
	groups_free(a->groups);
	a->groups = groups;
	groups_prepare(a);
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
