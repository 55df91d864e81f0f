// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator: whole clusters on a bad day, in virtual time.
 *
 * It runs the module itself: detector.c, election.c, frame.c, and also cluster.c,
 * group.c, node.c, timer.c, xmit.c and recv.c, from the same source as the kernel
 * does, against a kernel that is just large enough (kernel.h). Around it are two to
 * seven machines, each with a clock of its own (any offset, up to 200 ppm of drift),
 * one to three networks, and an agent on each machine.
 *
 * A seed is a schedule: a cluster drawn by chance, a bad day (loss, delay,
 * reordering, duplication, one-way and full cuts, pauses with and without the clock,
 * crashes, restarts, orderly stops, cables out, agents that fail, lie, hang or
 * restart, standby, takeover, reload of times and orders, replays of recorded
 * frames), and then peace. Always the same for the same seed.
 *
 * What must hold, at every step (check.c):
 *
 *  - a node that beats over a working way is not judged dead, nor one whose beat
 *    came less than a deadtime ago, nor one that had no chance to be heard because
 *    the judge itself slept;
 *  - while two nodes can hear each other, they do not both claim a group for longer
 *    than two beats;
 *  - a node that was silent for its deadtime claims nothing when it speaks again;
 *  - terms do not go back, and an acquisition has a term above all seen;
 *  - a replayed frame changes nothing;
 *  - locks are held where they must be;
 *
 * and in peace:
 *
 *  - all who can hear each other see each other, in each part of the cluster each
 *    group has exactly one holder, with failback on it is the preferred one; a node
 *    left alone holds everything;
 *  - the number of changes until then is bounded, and afterwards nothing moves.
 *
 *	sim [--first N] [--count N]	runs that many schedules; stops at a violation
 *	sim --seed N [--trace]		runs one; with --trace tells what happens
 *	... --hard			with machines of two CPUs, of which one is held up
 *
 * Exit status 0: all held; 1: a violation, its seed is printed; 2: usage.
 *
 * mutate.sh breaks the module in several ways and expects to be told.
 */
#include <getopt.h>
#include <time.h>
#include <unistd.h>
#include "sim.h"

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(1, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: sim [--hard] [--first N] [--count N] | --seed N [--trace]\n");
	return status;
}

static bool run(u64 seed)
{
	schedule_run(seed);
	if (!sim.violation[0])
		return true;
	printf("seed %llu: %s\n", (unsigned long long)seed, sim.violation);
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "first", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "trace", no_argument, NULL, 't' },
		{ "hard", no_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	unsigned long long first = 1, count = 10000, i;
	bool tty = isatty(STDERR_FILENO);
	double start = seconds();
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			first = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			count = strtoull(optarg, NULL, 0);
			break;
		case 's':
			first = strtoull(optarg, NULL, 0);
			count = 1;
			break;
		case 't':
			sim_trace = true;
			break;
		case 'H':
			sim_hard = true;
			break;
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, 2);
		}
	}
	if (optind < argc)
		return usage(stderr, 2);

	for (i = 0; i < count; i++) {
		if (!run(first + i)) {
			printf("sim: a violation after %llu schedules; replay it: sim --seed %llu --trace\n",
			       i + 1, first + i);
			return 1;
		}
		if (tty && !(i % 500))
			fprintf(stderr, "\r%llu of %llu", i, count);
	}
	if (tty)
		fprintf(stderr, "\r");
	printf("sim: %llu schedules from seed %llu, %llu frames, %.1f s: no violation\n", count,
	       first, (unsigned long long)sim_frames, seconds() - start);
	return 0;
}
