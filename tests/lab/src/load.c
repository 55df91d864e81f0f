// SPDX-License-Identifier: GPL-2.0
/* Things that keep the processor, or what else is needed, from others. All end with their first process. */
#define _GNU_SOURCE
#include "labtool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void busy_until(uint64_t end)
{
	while (mono_ns() < end)
		;
}

/* A child that dies with us. */
static pid_t child(void)
{
	pid_t pid = fork();

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

int verb_hog(int argc, char **argv)
{
	uint64_t end;

	if (argc != 3)
		usage();
	end = mono_ns() + number(argv[2]) * NS_PER_S;
	for (uint64_t i = number(argv[1]); i; i--) {
		if (child())
			continue;
		busy_until(end);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

int verb_fifo_hog(int argc, char **argv)
{
	uint64_t on, off, next, end;

	if (argc != 5)
		usage();
	on = number(argv[2]) * NS_PER_MS;
	off = number(argv[3]) * NS_PER_MS;
	next = mono_ns();
	end = next + number(argv[4]) * NS_PER_S;
	run_fifo(number(argv[1]));
	/* All at the same time. */
	next += on + off - next % (on + off);
	for (; next < end; next += on + off) {
		sleep_until_ns(next);
		busy_until(next + on);
	}
	return 0;
}

/* As many at a time as asked for: each forks another and ends, so that processes come and go as fast as they can. */
int verb_fork_bomb(int argc, char **argv)
{
	uint64_t end;

	if (argc != 3)
		usage();
	end = mono_ns() + number(argv[2]) * NS_PER_S;
	for (uint64_t i = number(argv[1]); i; i--) {
		if (child())
			continue;
		while (mono_ns() < end) {
			pid_t pid = fork();

			if (!pid)
				_exit(0);
			/* Now and then it leaves them for others to clear away. */
			if (pid > 0 && pid % 8)
				waitpid(pid, NULL, 0);
			else
				while (waitpid(-1, NULL, WNOHANG) > 0)
					;
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

/* Takes and touches all memory that there is, until the kernel kills for it; then again. */
int verb_squeeze(int argc, char **argv)
{
	const size_t piece = 1 << 20;
	uint64_t end, killed = 0;

	if (argc != 2)
		usage();
	end = mono_ns() + number(argv[1]) * NS_PER_S;
	while (mono_ns() < end) {
		pid_t pid = child();
		int status;

		if (!pid) {
			int fd = open("/proc/self/oom_score_adj", O_WRONLY);

			if (fd >= 0)
				write_all(fd, "1000", 4);
			while (mono_ns() < end) {
				void *more = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

				if (more != MAP_FAILED)
					memset(more, 1, piece);
			}
			_exit(0);
		}
		if (pid > 0 && waitpid(pid, &status, 0) == pid)
			killed += WIFSIGNALED(status);
	}
	printf("%llu\n", (unsigned long long)killed);
	return 0;
}

/* Lines that the console must print at once, as a driver in trouble would. */
int verb_console_flood(int argc, char **argv)
{
	static const char line[] = "<2>labtool: a line for the console, as long as such lines are, and then another\n";
	uint64_t end;
	int fd;

	if (argc != 2)
		usage();
	end = mono_ns() + number(argv[1]) * NS_PER_S;
	fd = open("/dev/kmsg", O_WRONLY);
	if (fd < 0)
		die("/dev/kmsg: %s", strerror(errno));
	while (mono_ns() < end)
		write_all(fd, line, sizeof(line) - 1);
	return 0;
}

/* Writers to files, until that blocks, and for as long as it does. */
int verb_write(int argc, char **argv)
{
	static const char block[4096];
	uint64_t end;

	if (argc != 4)
		usage();
	end = mono_ns() + number(argv[3]) * NS_PER_S;
	for (uint64_t i = number(argv[2]); i; i--) {
		char path[4096];
		int fd;

		if (child())
			continue;
		snprintf(path, sizeof(path), "%s/%llu", argv[1], (unsigned long long)i);
		fd = open(path, O_WRONLY | O_CREAT, 0644);
		if (fd < 0)
			die("%s: %s", path, strerror(errno));
		while (mono_ns() < end && pwrite(fd, block, sizeof(block), 0) > 0)
			fdatasync(fd);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
