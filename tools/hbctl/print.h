/* SPDX-License-Identifier: GPL-2.0 */
/* The fields of each kind of object, in the one order in which all verbs print them. */
#ifndef HBCTL_PRINT_H
#define HBCTL_PRINT_H

#include "nl.h"

/*
 * Within an object that the caller began and ends. @s names nodes and paths.
 * With the option -s, counters and details too.
 */
void print_cluster(const struct nl_cluster *c);
void print_node(const struct nl_snapshot *s, const struct nl_node *n);
void print_link(const struct nl_link *l);
void print_group(const struct nl_snapshot *s, const struct nl_group *g);

/* "10.0.2.16", or "" for bcast. */
const char *link_address(const struct nl_link *l, char buf[INET6_ADDRSTRLEN]);

/* "02:00:00:00:01:00" */
const char *hwaddr_text(const uint8_t *hw, size_t len, char *buf, size_t size);

/* The interface of a path, NULL if no link has it. */
const char *path_ifname(const struct nl_snapshot *s, unsigned int path);

#endif /* HBCTL_PRINT_H */
