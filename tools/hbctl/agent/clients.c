// SPDX-License-Identifier: GPL-2.0
/*
 * The programs of respawn and failfast: the runner runs them, respawn.c says
 * whether again, and here is the list.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>

#include "agent.h"
#include "command.h"
#include "hbctl.h"
#include "log.h"
#include "respawn.h"
#include "runner.h"

/* Those that go beside those that come. */
#define CLIENTS_MAX	(2 * CONFIG_MAX_CLIENTS)

struct client {
	struct config_client what;
	uint32_t job;			/* the runner's number; 0: does not run */
	bool leaving;			/* no longer configured: goes when it has ended */
	struct respawn respawn;
};

static struct {
	struct client v[CLIENTS_MAX];
	size_t n;
} clients;

static bool same(const struct config_client *a, const struct config_client *b)
{
	return a->failfast == b->failfast && !strcmp(a->user, b->user) &&
	       !strcmp(a->command, b->command);
}

static void start(struct agent *a, struct client *c)
{
	static uint32_t jobs;
	char command[sizeof(c->what.command) + 5];
	char *argv[] = { "/bin/sh", "-c", command, NULL };
	struct runner_job job = {
		.job = AGENT_CLIENT_JOB | ++jobs, .label = c->what.command, .argv = argv,
		.user = c->what.user, .stays = true, .env = { command_base_env(a->config) },
	};
	int err;

	/* Where it is but one program, the shell need not wait for it. */
	snprintf(command, sizeof(command), "%s%s",
		 strpbrk(c->what.command, "|&;<>()`") ? "" : "exec ", c->what.command);
	err = job.env[0] ? runner_run(&job) : -ENOMEM;
	command_free(job.env[0]);
	respawn_started(&c->respawn, agent_now());
	if (!err) {
		c->job = job.job;
		log_write(LOG_INFO, "Starting \"%s\" as user %s", c->what.command, c->what.user);
		return;
	}
	log_write(LOG_ERR, "Client \"%s\" cannot be run: %s", c->what.command, strerror(-err));
	respawn_ended(&c->respawn, -1, agent_now());
}

static void end(struct client *c)
{
	c->leaving = true;
	c->respawn.start_at = 0;
	if (c->job)
		runner_end(c->job);
}

void clients_configure(struct agent *a)
{
	const struct config *c = a->config;
	bool stays[CLIENTS_MAX] = { false };
	size_t i, j, n = clients.n;

	for (i = 0; i < c->n_clients; i++) {
		/* One that was configured twice runs twice. */
		for (j = 0; j < n; j++)
			if (!stays[j] && !clients.v[j].leaving &&
			    same(&clients.v[j].what, &c->clients[i]))
				break;
		if (j < n) {
			stays[j] = true;
			continue;
		}
		if (clients.n == CLIENTS_MAX) {
			log_write(LOG_ERR, "Client \"%s\" is not started: too many have not ended yet",
				  c->clients[i].command);
			continue;
		}
		clients.v[clients.n] = (struct client){ .what = c->clients[i] };
		clients.v[clients.n++].respawn.start_at = agent_now();
	}
	for (j = 0; j < n; j++)
		if (!stays[j] && !clients.v[j].leaving)
			end(&clients.v[j]);
}

/* The machine is not fit to go on, and must not be in the way of one that is. */
static void reboot_machine(struct agent *a, const struct client *c)
{
	log_write(LOG_EMERG, "Rebooting system.  Reason: %s", c->what.command);
	/*
	 * What peers may have at once, they get at once. Where scripts run, they do
	 * not before the kernel itself says good-bye, at the very end.
	 */
	if (resources_are_down(a)) {
		act_drop_all(a);
		hbnl_cluster_del(a->nl, HBKM_REASON_REBOOT);
	}
	log_stop();
	reboot(RB_AUTOBOOT);
	log_write(LOG_CRIT, "Cannot reboot: %s", strerror(errno));
	a->gone = true;
	agent_quit(a, HBCTL_REFUSED);
}

static void log_end(const struct client *c, int code, const char *why)
{
	if (code == 127 && *why)
		log_write(LOG_ERR, "Client \"%s\" cannot be run: %s", c->what.command, why);
	else if (code < 0)
		log_write(LOG_ERR, "Client \"%s\" killed by signal %d.", c->what.command, -code);
	else
		log_write(code ? LOG_WARNING : LOG_INFO, "Client \"%s\" exited with return code %d.",
			  c->what.command, code);
}

static void ended(struct agent *a, struct client *c, int code, const char *why)
{
	c->job = 0;
	if (c->leaving || a->stopping) {
		c->respawn.start_at = 0;
		return;
	}
	log_end(c, code, why);
	/* One that could not even be started, by the shell neither, is no sign of a machine that is not fit. */
	if (c->what.failfast && code && !*why && code != 126 && code != 127) {
		reboot_machine(a, c);
		return;
	}
	switch (respawn_ended(&c->respawn, code, agent_now())) {
	case RESPAWN_AGAIN:
		log_write(LOG_ERR, "Respawning client \"%s\":", c->what.command);
		break;
	case RESPAWN_ENOUGH:
		log_write(LOG_INFO, "Client \"%s\" does not want to be started again", c->what.command);
		break;
	case RESPAWN_TOO_FAST:
		log_write(LOG_ERR, "Client \"%s\" respawning too fast: it is not started again before the next reload that changes its line, or start",
			  c->what.command);
		break;
	}
}

/* One that goes may be the same program, and have what the new one needs. */
static bool any_leaves(void)
{
	for (size_t i = 0; i < clients.n; i++)
		if (clients.v[i].leaving)
			return true;
	return false;
}

static void forget_left(void)
{
	size_t i, n = 0;

	for (i = 0; i < clients.n; i++)
		if (!clients.v[i].leaving || clients.v[i].job)
			clients.v[n++] = clients.v[i];
	clients.n = n;
}

void clients_report(struct agent *a, const struct runner_report *r)
{
	size_t i;

	if (r->kind == RUNNER_OUTPUT) {
		log_write(LOG_INFO, "%s", r->text);
		return;
	}
	for (i = 0; i < clients.n; i++)
		if (clients.v[i].job == r->job)
			ended(a, &clients.v[i], r->code, r->text);
}

void clients_lost(void)
{
	size_t i;

	for (i = 0; i < clients.n; i++) {
		if (!clients.v[i].job)
			continue;
		clients.v[i].job = 0;
		clients.v[i].respawn.start_at = agent_now() + RESPAWN_PAUSE_NS;
	}
}

void clients_run(struct agent *a)
{
	uint64_t now = agent_now();
	size_t i;

	forget_left();
	if (any_leaves())
		return;
	for (i = 0; i < clients.n && !a->stopping; i++)
		if (clients.v[i].respawn.start_at && clients.v[i].respawn.start_at <= now)
			start(a, &clients.v[i]);
}

uint64_t clients_next(const struct agent *a)
{
	uint64_t next = 0, at;
	size_t i;

	/* That its end is told is what wakes us then. */
	if (any_leaves())
		return 0;
	for (i = 0; i < clients.n && !a->stopping; i++) {
		at = clients.v[i].respawn.start_at;
		if (at && (!next || at < next))
			next = at;
	}
	return next;
}
