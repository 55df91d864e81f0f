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

#endif /* HBCTL_SET_H */
