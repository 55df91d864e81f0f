// SPDX-License-Identifier: GPL-2.0
/*
 * The administrator's own programs are told what has happened: /etc/ha.d/rc.d/status
 * of nodes, as Heartbeat does, and those in /etc/ha.d/notify.d of groups as well.
 * In the order in which it happened, and nothing waits for them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "command.h"
#include "log.h"
#include "runner.h"

/* So many may wait for those before them; a program that hangs costs the oldest. */
#define HOOKS_MAX	64
#define TIMEOUT_MS	60000

struct hook {
	char what[16];			/* status, group or conflict */
	char about[HBKM_NAME_MAX + 1];	/* the node, or the group */
	char state[16];
	char holder[HBKM_NAME_MAX + 1];	/* of a group; "": nobody */
};

static struct {
	struct hook v[HOOKS_MAX];
	size_t first, n;
	uint32_t job;			/* the runner's number of what is under way; 0: nothing */
	bool wanted;			/* there is somebody to tell */
	unsigned int lost;
} hooks;

/* The runner looks into the directories: a disk may hang. */
static const char script[] =
	"[ \"$HA_t\" != status ] || [ ! -x \"$1/rc.d/status\" ] || \"$1/rc.d/status\" status\n"
	"[ ! -d \"$1/notify.d\" ] || exec run-parts \"$1/notify.d\"\n";

static int run(struct agent *a, const struct hook *h)
{
	static uint32_t jobs;
	char what[sizeof("HA_t=") + sizeof(h->what)], state[sizeof("HA_st=") + sizeof(h->state)];
	char about[sizeof("HA_group=") + sizeof(h->about)];
	char holder[sizeof("HA_holder=") + sizeof(h->holder)];
	bool node = !strcmp(h->what, "status");
	char *env[] = { what, state, about, node ? NULL : holder, NULL };
	char *argv[] = { "/bin/sh", "-c", (char *)script, "notify", a->config->dir, NULL };
	struct runner_job job = {
		.job = AGENT_HOOK_JOB | (++jobs % AGENT_HOOK_JOB), .label = "notify",
		.argv = argv, .env = { command_base_env(a->config), env },
		.timeout_ms = TIMEOUT_MS,
	};
	int err;

	snprintf(what, sizeof(what), "HA_t=%s", h->what);
	snprintf(state, sizeof(state), "HA_st=%s", h->state);
	snprintf(about, sizeof(about), "%s=%s", node ? "HA_src" : "HA_group", h->about);
	snprintf(holder, sizeof(holder), "HA_holder=%s", h->holder);
	err = job.env[0] ? runner_run(&job) : -ENOMEM;
	command_free(job.env[0]);
	if (err)
		log_write(LOG_ERR, "Notification of %s %s (%s) cannot be run: %s", h->what, h->about,
			  h->state, strerror(-err));
	else
		hooks.job = job.job;
	return err;
}

static const struct hook *next(void)
{
	const struct hook *h = &hooks.v[hooks.first];

	hooks.first = (hooks.first + 1) % HOOKS_MAX;
	hooks.n--;
	return h;
}

static void go_on(struct agent *a)
{
	while (hooks.n && !hooks.job)
		run(a, next());
}

void hooks_finish(struct agent *a)
{
	while (hooks.n)
		run(a, next());
}

void hooks_configure(const struct agent *a)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/rc.d/status", a->config->dir);
	hooks.wanted = !access(path, X_OK);
	snprintf(path, sizeof(path), "%s/notify.d", a->config->dir);
	hooks.wanted |= !access(path, F_OK);
}

void hooks_tell(struct agent *a, const char *what, const char *about, const char *state,
		const char *holder)
{
	struct hook *h;

	if (!hooks.wanted)
		return;
	if (hooks.n == HOOKS_MAX) {
		if (!hooks.lost++)
			log_write(LOG_ERR, "Notifications are lost: the programs of rc.d and notify.d "
				  "are too slow");
		next();
	}
	h = &hooks.v[(hooks.first + hooks.n++) % HOOKS_MAX];
	snprintf(h->what, sizeof(h->what), "%s", what);
	snprintf(h->about, sizeof(h->about), "%s", about);
	snprintf(h->state, sizeof(h->state), "%s", state);
	snprintf(h->holder, sizeof(h->holder), "%s", holder ? holder : "");
	go_on(a);
}

void hooks_report(struct agent *a, const struct runner_report *r)
{
	if (r->kind == RUNNER_OUTPUT) {
		log_write(LOG_INFO, "%s", r->text);
		return;
	}
	if (r->job != hooks.job)
		return;
	hooks.job = 0;
	if (r->timed_out)
		log_write(LOG_ERR, "Notification took longer than %u s: killed", TIMEOUT_MS / 1000);
	else if (r->code)
		log_write(LOG_WARNING, "Notification ended with %d", r->code);
	if (!hooks.n)
		hooks.lost = 0;
	go_on(a);
}

void hooks_lost(struct agent *a)
{
	hooks.job = 0;
	go_on(a);
}
