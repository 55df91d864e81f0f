// SPDX-License-Identifier: GPL-2.0
/*
 * labtool: what lab scripts need and the shell cannot do precisely or cheaply enough.
 *
 * In the lab's virtual time each instruction costs a nanosecond, so a fork and exec of an ordinary program is a
 * millisecond in which the cluster under test lives on. This is one static binary without start-up work, and whatever
 * must happen at an exact moment (a cut, a probe) happens inside one run of it.
 */
#include "labtool.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *purpose;
};

static const struct verb verbs[] = {
	{ "mono", verb_mono, "", "CLOCK_MONOTONIC and CLOCK_REALTIME, in nanoseconds" },
	{ "sleep-until", verb_sleep_until, "NS", "sleep until CLOCK_MONOTONIC is NS" },
	{ "lateness", verb_lateness, "INTERVAL_US COUNT", "of a FIFO process woken every INTERVAL_US: median, 99th of 100, worst, in ns" },
	{ "node", verb_node, "NAME", "make a node's namespaces, print the pid that holds them" },
	{ "on", verb_on, "PID COMMAND...", "become COMMAND inside the node held by PID" },
	{ "kill-node", verb_kill_node, "PID", "kill every process in the node held by PID" },
	{ "port", verb_port, "disabled|forwarding AT_NS DEV...", "set bridge ports' state (AT_NS 0: now), print when" },
	{ "cut-beat", verb_cut_beat, "PHASE_NS PROTOCOL[:PORT] DEV", "disable a bridge port PHASE_NS after a beat of its node, print when the last beat and that were" },
	{ "syslog", verb_syslog, "SOCKET", "log what is said to this socket, with the time in us" },
	{ "who-has", verb_who_has, "DEV ADDR INTERVAL_US", "ask by ARP who has ADDR, and print the time of each question and who answered it" },
	{ "addresses", verb_addresses, "[-a ADDR | -d ADDR] [-t MS]", "log addresses as they come and go, or until ADDR does" },
	{ "client", verb_client, "ADDR INTERVAL_US FILE", "ask ADDR for an echo every INTERVAL_US, record the answers" },
	{ "gaps", verb_gaps, "FILE THRESHOLD_US [FROM_US TO_US]", "list the gaps between answers: from, to, length in us" },
	{ "outage", verb_outage, "FILE [FROM_US TO_US]", "the longest gap between answers, in us" },
	{ "udp-send", verb_udp_send, "[-s ADDR] [-p PORT] [-n COUNT] [-i US] [-r SEED] ADDR PORT HEX|@FILE|random:BYTES",
	  "send UDP payloads" },
	{ "udp-flood", verb_udp_flood, "ADDR PORT BYTES|@FILE SECONDS [ON_MS OFF_MS]", "send UDP datagrams as fast as they go" },
	{ "payloads", verb_payloads, "PCAP [PORT]", "print a capture's UDP payloads: time in ns, source, destination, hex" },
	{ "replay", verb_replay, "[-f DEV] PCAP [PORT]", "send a capture's UDP payloads again (-f: whole frames, forged source)" },
	{ "hog", verb_hog, "PROCESSES SECONDS", "busy loops" },
	{ "spin", verb_spin, "MS", "a busy loop: print for how long, and for how much of that others had the processor, in ns" },
	{ "fifo-hog", verb_fifo_hog, "PRIORITY ON_MS OFF_MS SECONDS", "a SCHED_FIFO busy loop, on and off" },
	{ "fork-bomb", verb_fork_bomb, "PROCESSES SECONDS", "processes that fork as fast as they can" },
	{ "squeeze", verb_squeeze, "SECONDS", "take all memory until killed, again and again; print how often" },
	{ "console-flood", verb_console_flood, "SECONDS", "critical lines into the kernel log as fast as they go" },
	{ "write", verb_write, "DIRECTORY PROCESSES SECONDS", "write and sync files there" },
	{ "memory", verb_memory, "RESOURCE", "write out what the host has put into a device's memory" },
	{ "serve", verb_serve, "DEVICE", "run the commands that come in over a serial port" },
	{ "call", verb_call, "[-i] [-t SECONDS] SOCKET COMMAND", "run COMMAND in the guest that serves SOCKET (-i: feed it stdin)" },
};

static const struct verb *current;

void die(const char *format, ...)
{
	va_list list;

	fprintf(stderr, "labtool %s: ", current ? current->name : "");
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	exit(2);
}

void usage(void)
{
	fprintf(stderr, "usage: labtool %s %s\n", current->name, current->arguments);
	exit(2);
}

uint64_t number(const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-')
		die("'%s' is not a number", text);
	return value;
}

uint64_t mono_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

void sleep_until_ns(uint64_t when)
{
	struct timespec target = { .tv_sec = when / NS_PER_S, .tv_nsec = when % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &target, NULL) == EINTR)
		;
}

void run_fifo(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO %d: %s", priority, strerror(errno));
}

void write_all(int fd, const void *data, size_t length)
{
	const char *next = data;

	while (length) {
		ssize_t done = write(fd, next, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			die("write: %s", strerror(errno));
		next += done;
		length -= done;
	}
}

/* Returns less than length only where the other side ended. */
size_t read_all(int fd, void *data, size_t length)
{
	size_t have = 0;

	while (have < length) {
		ssize_t got = read(fd, (char *)data + have, length - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += got;
	}
	return have;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		current = &verbs[i];
		return current->run(argc - 1, argv + 1);
	}
	fprintf(stderr, "usage: labtool VERB ...\n");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		fprintf(stderr, "  %s %s\n        %s\n", verbs[i].name, verbs[i].arguments, verbs[i].purpose);
	return 2;
}
