/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HBCTL_MOVE_H
#define HBCTL_MOVE_H

#include "nl.h"

/**
 * move_select - which groups do the words of standby and takeover mean?
 * @s: what there is
 * @n_words: how many words; none is "all"
 * @words: all, local, foreign, or names of groups
 * @chosen: HBKM_MAX_GROUPS flags, for the groups of @s
 *
 * Return: HBCTL_OK, or an exit code after saying why
 */
int move_select(const struct nl_snapshot *s, int n_words, char **words, bool *chosen);

#endif /* HBCTL_MOVE_H */
