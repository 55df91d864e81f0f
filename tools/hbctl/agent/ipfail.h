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
 * find out in the same moment that a router is gone for both.
 */
#ifndef HBCTL_IPFAIL_H
#define HBCTL_IPFAIL_H

#include "nl.h"

struct ipfail_group {
	uint32_t id;
	bool held;			/* here, when last looked */
	bool lost;			/* to a node that reached more */
	uint64_t since;			/* when there began to be a reason to take it; 0: none */
};

/* Zeroed to begin with. */
struct ipfail {
	struct ipfail_group groups[HBKM_MAX_GROUPS];
	size_t n;
};

/**
 * ipfail_run - which groups should this node ask for?
 * @f: what is remembered
 * @s: the cluster
 * @reach: how many ping nodes this node reaches; -1: not known
 * @now: monotonic time, ns
 * @pause_ns: for how long there must be a reason
 * @take: receives their indices in @s->groups
 * @next: receives when to look again although nothing has changed, 0: never
 *
 * Return: how many
 */
size_t ipfail_run(struct ipfail *f, const struct nl_snapshot *s, int reach, uint64_t now,
		  uint64_t pause_ns, size_t take[HBKM_MAX_GROUPS], uint64_t *next);

#endif /* HBCTL_IPFAIL_H */
