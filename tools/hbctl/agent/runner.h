/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs are run by a process of its own, at ordinary priority: the agent never
 * waits for a fork, a script or a disk. It sends what is to be run, and is told
 * what came of it.
 *
 * If the agent dies, the runner sees to the end what it has begun, and ends what
 * would not end by itself; the runner of the next agent begins nothing before
 * that. So no program runs twice at a time. What a script has left running, a
 * server, is printed to the runner that started it, which goes on reading until
 * the last of them has gone: to print to nobody would be its end.
 */
#ifndef HBCTL_RUNNER_H
#define HBCTL_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A program that is out of time gets SIGTERM, after this SIGKILL. */
#define RUNNER_GRACE_MS		5000

enum runner_report_kind {
	RUNNER_OUTPUT,			/* a line that a program printed */
	RUNNER_ENDED,
};

struct runner_report {
	enum runner_report_kind kind;
	uint32_t job;
	int code;			/* exit status, -SIGNAL, or 127: could not be run */
	bool timed_out;
	char text[2048];		/* OUTPUT: label and line; ENDED: its answer, or an error */
};

struct runner_job {
	uint32_t job;			/* the caller's number for it */
	const char *label;		/* in front of what it prints */
	char **argv;
	char **env[2];			/* both; beyond what the agent itself has */
	uint32_t timeout_ms;
	bool answers;			/* what it prints is reported as a whole, at its end */
	const char *user;		/* to run it as; NULL: root, or who we are */
	bool stays;			/* has no time-out, and ends when the agent does */
};

/* Return: 0, or -errno. */
int runner_start(void);

/* For poll(); -1: there is none. */
int runner_fd(void);

/* Return: 0: there will be a report, or -errno. */
int runner_run(const struct runner_job *job);

/* It gets SIGTERM, after RUNNER_GRACE_MS SIGKILL; there will be a report. */
int runner_end(uint32_t job);

/**
 * runner_receive - take reports, without waiting
 * @handle: called for each
 * @data: for @handle
 *
 * Return: 0 when there is no more, or -EPIPE if the runner has died
 */
int runner_receive(void (*handle)(const struct runner_report *r, void *data), void *data);

/* It ends when nothing runs any more; nobody waits for that. */
void runner_stop(void);

#endif /* HBCTL_RUNNER_H */
