/* SPDX-License-Identifier: GPL-2.0 */
/* Where the hbctl processes of one network namespace find each other. */
#ifndef HBCTL_RUNTIME_H
#define HBCTL_RUNTIME_H

#include <stddef.h>

/**
 * runtime_path - a file that belongs to this network namespace
 * @what: "runner.lock", "agent.socket"
 * @path: receives the path, below /run/hbctl
 * @size: of it
 *
 * Return: 0, or -errno
 */
int runtime_path(const char *what, char *path, size_t size);

/* Makes sure of the directory. Return: 0, or -errno. */
int runtime_dir(void);

#endif /* HBCTL_RUNTIME_H */
