/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HBCTL_RSCSTATUS_H
#define HBCTL_RSCSTATUS_H

#include "nl.h"

/**
 * rsc_word - which resources this node holds, in Heartbeat's words
 * @c: the cluster
 * @groups: its resource groups
 * @n: how many
 *
 * Over the groups that exist: "all" for a node that holds every one, "none" for
 * one that holds none (also if there are no groups at all), "local" if it holds
 * only groups that prefer it, "foreign" if only groups that prefer others.
 * Some of both, though not every one, is "all", as to Heartbeat local and
 * foreign together are all. "transition" while something is being acquired or
 * released here, or the node has not yet learnt who else lives.
 *
 * Heartbeat itself says "local" on a node without any line of its own once the
 * cluster is stable; here that is "none".
 */
const char *rsc_word(const struct nl_cluster *c, const struct nl_group *groups, size_t n);

#endif /* HBCTL_RSCSTATUS_H */
