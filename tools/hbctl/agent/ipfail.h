/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Heartbeat's ipfail is for: a group goes from a holder that reaches fewer
 * ping nodes to the node that reaches most. Pure.
 *
 * It is that node which asks for the group, so that among any number of nodes
 * there is one to do it, and the group goes straight there. With auto_failback on
 * the node that prefers a group and lost it like this asks for it again when it
 * reaches as many as the holder.
 *
 * Nothing happens before all of that has been so for a while: two nodes do not
 * find out in the same moment that a router is gone for both. And a node that has
 * just found one that is back waits for longer: the other may have asked for its
 * hardware address a moment before, and asks again only after a second.
 */
#ifndef HBCTL_IPFAIL_H
#define HBCTL_IPFAIL_H

#include "nl.h"

struct ipfail_group {
	uint32_t id;
	bool held;			/* here, when last looked */
	bool lost;			/* to a node that reached more */
	bool given;			/* to one that did not: by hand, or for a failure */
	bool seen;			/* with a holder, when it was known what is reached here */
	uint64_t since;			/* when there began to be a reason to take it; 0: none */
};

/* After how long whoever can find a router that is back has found it. */
#define IPFAIL_CALM_NS	1500000000ULL

/* Zeroed to begin with, but for the first two. */
struct ipfail {
	uint64_t pause_ns;		/* for how long there must be a reason */
	uint64_t calm_ns;		/* how long to wait after more was found */
	int reach;			/* when last looked */
	uint64_t calm_at;		/* until then it is waited */
	struct ipfail_group groups[HBKM_MAX_GROUPS];
	size_t n;
};

/**
 * ipfail_run - which groups should this node ask for?
 * @f: what is remembered
 * @s: the cluster
 * @reach: how many ping nodes this node reaches; -1: not known
 * @now: monotonic time, ns
 * @take: receives their indices in @s->groups
 * @next: receives when to look again although nothing has changed, 0: never
 *
 * Return: how many
 */
size_t ipfail_run(struct ipfail *f, const struct nl_snapshot *s, int reach, uint64_t now,
		  size_t take[HBKM_MAX_GROUPS], uint64_t *next);

#endif /* HBCTL_IPFAIL_H */
