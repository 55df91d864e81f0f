// SPDX-License-Identifier: GPL-2.0
/* The clock, and how well a process is woken by it. */
#include "labtool.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int verb_mono(int argc, char **argv)
{
	struct timespec mono, real;

	(void)argv;
	if (argc != 1)
		usage();
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	printf("%llu %llu\n", mono.tv_sec * NS_PER_S + mono.tv_nsec, real.tv_sec * NS_PER_S + real.tv_nsec);
	return 0;
}

int verb_sleep_until(int argc, char **argv)
{
	if (argc != 2)
		usage();
	sleep_until_ns(number(argv[1]));
	return 0;
}

static int ascending(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

int verb_lateness(int argc, char **argv)
{
	uint64_t interval, count, next, *late;

	if (argc != 3)
		usage();
	interval = number(argv[1]) * NS_PER_US;
	count = number(argv[2]);
	late = calloc(count, sizeof(*late));
	if (!late || !count)
		usage();
	run_fifo(90);
	next = mono_ns();
	for (uint64_t i = 0; i < count; i++) {
		next += interval;
		sleep_until_ns(next);
		late[i] = mono_ns() - next;
	}
	qsort(late, count, sizeof(*late), ascending);
	printf("%llu %llu %llu\n", (unsigned long long)late[count / 2], (unsigned long long)late[count - 1 - count / 100],
	       (unsigned long long)late[count - 1]);
	return 0;
}
