// SPDX-License-Identifier: GPL-2.0
/*
 * A node: network, UTS and mount namespaces that one sleeping process holds. Commands enter it through that process's
 * pid with a single setns(), so entering costs no more than the exec that was needed anyway.
 */
#define _GNU_SOURCE
#include "labtool.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A node's own places: its configuration, what its daemons keep, its log. /var/run is /run by a link. */
static const char *const own_places[] = { "/etc/ha.d", "/run", "/var/lib", "/var/log" };

static void mount_or_die(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, MS_NOSUID | MS_NODEV, NULL))
		die("mount %s on %s: %s", type, where, strerror(errno));
}

int verb_node(int argc, char **argv)
{
	int ready[2];
	pid_t holder;
	char yes;

	if (argc != 2)
		usage();
	if (pipe(ready))
		die("pipe: %s", strerror(errno));
	holder = fork();
	if (holder < 0)
		die("fork: %s", strerror(errno));
	if (holder > 0) {
		close(ready[1]);
		if (read(ready[0], &yes, 1) != 1)
			return 1;
		printf("%d\n", holder);
		return 0;
	}

	setsid();
	if (unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWNS))
		die("unshare: %s", strerror(errno));
	if (sethostname(argv[1], strlen(argv[1])))
		die("hostname: %s", strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("private mounts: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(own_places) / sizeof(*own_places); i++)
		mount_or_die("tmpfs", own_places[i]);
	/* A sysfs mount shows the classes of the network namespace it was made in; debugfs and tracefs hang below it. */
	mount_or_die("sysfs", "/sys");
	mount_or_die("debugfs", "/sys/kernel/debug");
	if (!access("/sys/kernel/tracing", F_OK))	/* not every kernel can trace */
		mount_or_die("tracefs", "/sys/kernel/tracing");
	prctl(PR_SET_NAME, argv[1]);
	write_all(ready[1], "y", 1);
	/* Whoever waits for our output must not wait for as long as the node lives. */
	for (int fd = 0; fd < 1024; fd++)
		close(fd);
	for (;;)
		pause();
}

int verb_on(int argc, char **argv)
{
	char here[PATH_MAX];
	int holder;

	if (argc < 3)
		usage();
	if (!getcwd(here, sizeof(here)))
		strcpy(here, "/");
	holder = syscall(SYS_pidfd_open, (pid_t)number(argv[1]), 0);
	if (holder < 0)
		die("node held by %s: %s", argv[1], strerror(errno));
	if (setns(holder, CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWNS))
		die("node held by %s: %s", argv[1], strerror(errno));
	close(holder);
	if (chdir(here) && chdir("/"))
		die("chdir: %s", strerror(errno));
	execvp(argv[2], argv + 2);
	fprintf(stderr, "labtool on: %s: %s\n", argv[2], strerror(errno));
	return 127;
}

static ino_t net_namespace(const char *pid)
{
	char path[64];
	struct stat info;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	return stat(path, &info) ? 0 : info.st_ino;
}

int verb_kill_node(int argc, char **argv)
{
	const struct timespec moment = { .tv_nsec = 200 * NS_PER_US };
	ino_t node;
	int killed;

	if (argc != 2)
		usage();
	node = net_namespace(argv[1]);
	if (!node)
		die("no node is held by %s", argv[1]);
	/* Again until none is left: one may have been forking, and a killed one takes a moment to go. */
	do {
		struct dirent *entry;
		DIR *proc = opendir("/proc");

		killed = 0;
		while (proc && (entry = readdir(proc))) {
			if (!isdigit((unsigned char)*entry->d_name) || net_namespace(entry->d_name) != node)
				continue;
			kill(atoi(entry->d_name), SIGKILL);
			killed++;
		}
		closedir(proc);
		if (killed)
			nanosleep(&moment, NULL);
	} while (killed);
	return 0;
}
