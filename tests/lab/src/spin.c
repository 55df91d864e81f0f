// SPDX-License-Identifier: GPL-2.0
/* How much of the processor is left to an ordinary process that wants all of it. */
#include "labtool.h"

#include <stdio.h>

/* So long that to read the clock costs little, so short that most are not interrupted. */
static void piece(void)
{
	for (unsigned int i = 0; i < 5000; i++)
		__asm__ volatile("");
}

int verb_spin(int argc, char **argv)
{
	uint64_t start, end, last, now, least = UINT64_MAX, pieces = 0;

	if (argc != 2)
		usage();
	start = last = mono_ns();
	end = start + number(argv[1]) * NS_PER_MS;
	while (last < end) {
		piece();
		now = mono_ns();
		if (now - last < least)
			least = now - last;
		last = now;
		pieces++;
	}
	/* What undisturbed pieces would have taken; the rest went to others. */
	printf("%llu %llu\n", (unsigned long long)(last - start), (unsigned long long)(last - start - pieces * least));
	return 0;
}
