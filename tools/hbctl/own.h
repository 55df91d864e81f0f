/* SPDX-License-Identifier: GPL-2.0 */
/* This node's own addresses. */
#ifndef HBCTL_OWN_H
#define HBCTL_OWN_H

#include <sys/types.h>

#include "config.h"

/**
 * own_list - the addresses of this node
 * @own: receives them, to be freed; NULL if there are none
 *
 * Return: how many, or -1 with errno.
 */
ssize_t own_list(struct config_own **own);

#endif /* HBCTL_OWN_H */
