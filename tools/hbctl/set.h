/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HBCTL_SET_H
#define HBCTL_SET_H

#include "nl.h"

/**
 * set_parse - the command line of "hbctl set"
 * @argc: as the verb got it
 * @argv: as the verb got it, NULL at its end
 * @p: receives what to change
 *
 * Return: HBCTL_OK, or HBCTL_USAGE after saying why
 */
int set_parse(int argc, char **argv, struct nl_params *p);

/**
 * set_hint - what to set as well, where keepalive and deadtime do not go together
 * @p: what was refused
 * @c: the cluster as it is
 * @buf: receives it, or nothing if it was refused for something else
 * @size: of @buf, 128 is enough
 */
void set_hint(const struct nl_params *p, const struct nl_cluster *c, char *buf, size_t size);

#endif /* HBCTL_SET_H */
