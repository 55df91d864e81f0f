/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HBCTL_RUN_H
#define HBCTL_RUN_H

#include <stdbool.h>
#include <stdint.h>

/* Long enough for a database that has to clean up; Heartbeat waits for ever. */
#define SCRIPT_TIMEOUT_MS	60000

struct run_options {
	const char *dir;		/* of the configuration */
	char self[256];			/* this node's name */
	bool check;			/* only say what is wrong with it */
	bool wait;			/* until there is a configuration */
	bool warm;			/* addresses stay while another node has them */
	uint32_t script_timeout_ms;	/* a script that takes longer is killed, and has failed */
	bool no_realtime;
	bool debug;
};

/**
 * run_parse - the command line of "hbctl run"
 * @argc: as the verb got it
 * @argv: as the verb got it
 * @o: receives the options
 *
 * Return: HBCTL_OK, or HBCTL_USAGE after saying why
 */
int run_parse(int argc, char **argv, struct run_options *o);

/**
 * agent_run - be the agent until told to stop
 * @o: how
 *
 * Return: an exit code
 */
int agent_run(const struct run_options *o);

#endif /* HBCTL_RUN_H */
