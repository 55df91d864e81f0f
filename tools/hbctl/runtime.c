// SPDX-License-Identifier: GPL-2.0
/* Where the hbctl processes of one network namespace find each other. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "runtime.h"

#define RUNTIME_DIR	"/run/hbctl"

int runtime_path(const char *what, char *path, size_t size)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		return -errno;
	if ((size_t)snprintf(path, size, RUNTIME_DIR "/%s.%llu", what,
			     (unsigned long long)st.st_ino) >= size)
		return -ENAMETOOLONG;
	return 0;
}

int runtime_dir(void)
{
	struct stat st;

	if (mkdir(RUNTIME_DIR, 0755) && errno != EEXIST)
		return -errno;
	/* Whoever could write there, could stand in for an agent. */
	if (lstat(RUNTIME_DIR, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid)
		return -ENOTDIR;
	return chmod(RUNTIME_DIR, 0755) ? -errno : 0;
}
