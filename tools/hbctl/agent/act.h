/* SPDX-License-Identifier: GPL-2.0 */
/* What the files that act share: groups, acting, announcing, mending. */
#ifndef HBCTL_AGENT_ACT_H
#define HBCTL_AGENT_ACT_H

#include "agent.h"

/* How soon something that failed is tried again. */
#define RETRY_NS	1000000000ULL

/* ---- group.c ---- */

/* The group with this number of the kernel's, or NULL. */
struct agent_group *group_find(struct agent *a, uint32_t id);

/* Takes what the kernel says of it. */
void group_update(struct agent_group *g, const struct nl_group *now);

/* The address in words, with prefix, interface and label as far as they are known. */
const char *group_vip_text(const struct vip *v, char *buf, size_t size);

/* vip_prepare(), and the interface is made ready to lose the address again. */
int group_vip_prepare(struct agent *a, struct vip *v);

/*
 * Before it is brought up: its place is looked for if it has none, or if routes may have changed
 * since that was found; then it keeps what it has where none is found now.
 */
int group_vip_place(struct agent *a, struct vip *v);

/*
 * Forgets what has left the line of a group that stays, once all of that is stopped.
 * Return: true if it did; then the group may be one without scripts from here on.
 */
bool group_forget_left(struct agent_group *g);

/* ---- announce.c ---- */

/* From the beginning: now, and again as often as it takes. */
void announce_first(struct agent *a, struct agent_group *g);

/* The same by act_announce(), so after whatever else is to be done now. */
void announce_soon(struct agent_group *g);

/* ---- restore.c ---- */

/* Its interface was found by route: may it be another by now? Then it goes there, unless it is held here. */
void act_look_again(struct agent *a, struct agent_group *g, struct vip *v);

/* ---- act.c ---- */

/* Tells the kernel that what the group's state asks for is done, or that it cannot be: -errno. */
void act_acknowledge(struct agent *a, struct agent_group *g, int err);

void act_log_acquired(struct agent_group *g, uint64_t up_ns, uint64_t cause_ns);

/* @which: the address that failed; @err: -errno. */
void act_log_failed(struct agent *a, struct agent_group *g, size_t which, int err);

void act_release(struct agent *a, struct agent_group *g);

/*
 * What cannot be had here, another node may have. If none can, it stays, and is
 * tried again and again. @again: that it cannot was said already.
 */
void act_give_away(struct agent *a, struct agent_group *g, bool again);

/* A group that haresources does not have: said to be impossible, once. */
void act_refuse(struct agent *a, const struct nl_group *now);

#endif /* HBCTL_AGENT_ACT_H */
