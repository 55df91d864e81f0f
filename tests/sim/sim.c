// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator: whole clusters on a bad day, in virtual time. README.md says what
 * it is made of, what may happen and what must hold.
 *
 *	sim [--first N] [--count N]	runs that many schedules; stops at a violation
 *	    [--jobs N]			so many processes at a time
 *	sim --seed N [--trace]		runs one; with --trace tells what happens
 *	    [--frames]			and every frame
 *	sim --scenarios [--trace]	runs those that are written down
 *	sim --invariants		says what must hold
 *	... --hard			with machines of two CPUs, of which one is held up
 *
 * Exit status 0: all held; 1: a violation, its seed is printed; 2: usage.
 *
 * mutate.sh breaks the module in many ways and expects to be told.
 */
#include <getopt.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "sim.h"

/* What the processes tell each other: only counters, each written by one or for good. */
struct tally {
	unsigned long long next;
	unsigned long long done;
	unsigned long long frames;
	unsigned long long looked[N_INVARIANTS];
	bool stop;
};

static struct tally *tally;
/* So many schedules give reason to look for each invariant, or it is of no use any more. */
#define ENOUGH	10000

static unsigned long long first = 1, count = ENOUGH;
static double start;

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(1, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: sim [--hard] [--first N] [--count N] [--jobs N]\n"
		"       sim [--hard] --seed N [--trace] [--frames]\n"
		"       sim --scenarios [--trace] [--frames]\n"
		"       sim --invariants\n");
	return status;
}

static int say_invariants(void)
{
#define X(id, name, says)	printf("%-14s %s\n", name, says);
	SIM_INVARIANTS(X)
#undef X
	return 0;
}

static bool run(u64 seed)
{
	schedule_run(seed);
	if (!sim.violation[0])
		return true;
	printf("seed %llu: %s\n", (unsigned long long)seed, sim.violation);
	printf("sim: replay it, step by step: make sim SEED=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	return false;
}

/* Takes a few seeds at a time until there are none left, or one was bad. */
static int work(void)
{
	const unsigned long long share = 20;
	unsigned long long i, from;
	unsigned int k;
	int status = 0;

	while (!tally->stop && !status) {
		from = __sync_fetch_and_add(&tally->next, share);
		for (i = from; i < from + share && i < count && !status; i++) {
			status = !run(first + i);
			__sync_fetch_and_add(&tally->done, 1);
		}
		if (i >= count)
			break;
	}
	if (status)
		tally->stop = true;
	__sync_fetch_and_add(&tally->frames, sim_frames);
	for (k = 0; k < N_INVARIANTS; k++)
		__sync_fetch_and_add(&tally->looked[k], sim_looked[k]);
	return status;
}

static void progress(bool tty)
{
	double t = seconds() - start;

	fprintf(stderr, tty ? "\r%llu of %llu schedules, %.0f/s " : "%llu of %llu schedules, %.0f/s\n",
		tally->done, count, tally->done / (t > 0 ? t : 1));
}

/* Return: whether any of them found a violation, or died. */
static bool work_together(unsigned int jobs)
{
	bool tty = isatty(STDERR_FILENO), bad = false;
	double said = start;
	unsigned int i;
	int status;

	fflush(stdout);
	for (i = 0; i < jobs; i++) {
		pid_t pid = fork();

		SIM_BUG_ON(pid < 0);
		if (!pid)
			exit(work());
	}
	while (jobs) {
		if (waitpid(-1, &status, WNOHANG) > 0) {
			jobs--;
			if (status) {
				bad = true;
				tally->stop = true;
			}
			continue;
		}
		usleep(100000);
		if (seconds() - said >= (tty ? 0.5 : 30)) {
			said = seconds();
			progress(tty);
		}
	}
	if (tty)
		fprintf(stderr, "\r\033[K");
	return bad;
}

static int run_many(unsigned int jobs)
{
	bool bad = jobs > 1 || count > 1 ? work_together(jobs) : work();
	bool idle = false;
	unsigned int i;

	printf("sim: %llu schedules from seed %llu, %llu frames, %.1f s: %s\n", tally->done, first,
	       tally->frames, seconds() - start, bad ? "a violation" : "no violation");
	if (count < 1000)
		return bad;
	printf("sim: there was reason to look, for each invariant:");
	for (i = 0; i < N_INVARIANTS; i++) {
		printf("%s %s %llu", i ? "," : "", sim_invariants[i], tally->looked[i]);
		idle |= !tally->looked[i];
	}
	printf("\n");
	if (bad || !idle || count < ENOUGH)
		return bad;
	printf("sim: an invariant was never looked at\n");
	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "first", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "trace", no_argument, NULL, 't' },
		{ "frames", no_argument, NULL, 'F' },
		{ "hard", no_argument, NULL, 'H' },
		{ "scenarios", no_argument, NULL, 'S' },
		{ "invariants", no_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool scenarios = false;
	unsigned int jobs = 1;
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
		case 'j':
			jobs = strtoul(optarg, NULL, 0);
			break;
		case 'F':
			sim_trace_frames = true;
			sim_trace = true;
			break;
		case 't':
			sim_trace = true;
			break;
		case 'H':
			sim_hard = true;
			break;
		case 'S':
			scenarios = true;
			break;
		case 'i':
			return say_invariants();
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, 2);
		}
	}
	if (optind < argc || !jobs || jobs > 1024 || !count)
		return usage(stderr, 2);

	if (scenarios)
		return scenarios_run();
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	SIM_BUG_ON(tally == MAP_FAILED);
	start = seconds();
	return run_many(jobs);
}
