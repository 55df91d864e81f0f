// SPDX-License-Identifier: GPL-2.0
/* Things that keep the processor from others. */
#include "labtool.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void busy_until(uint64_t end)
{
	while (mono_ns() < end)
		;
}

int verb_hog(int argc, char **argv)
{
	uint64_t end;

	if (argc != 3)
		usage();
	end = mono_ns() + number(argv[2]) * NS_PER_S;
	for (uint64_t i = number(argv[1]); i; i--) {
		if (fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
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
	while (next < end) {
		busy_until(next + on);
		next += on + off;
		sleep_until_ns(next);
	}
	return 0;
}
