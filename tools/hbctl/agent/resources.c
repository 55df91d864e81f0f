// SPDX-License-Identifier: GPL-2.0
/*
 * Groups with scripts: sequence.c says what comes next, the runner does it, and
 * the kernel is told when all of it is done. Addresses in the line are put up and
 * down here, in their place.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <systemd/sd-daemon.h>

#include "act.h"
#include "command.h"
#include "log.h"
#include "runner.h"

/* HA_RSCTMP in Debian's agents. */
#define OCF_STATE_DIR	"/run/resource-agents"

static const char *text_of(const struct agent_group *g, size_t i)
{
	return g->resources[i].what.text;
}

static void set_error(struct agent_resource *r, const char *error)
{
	snprintf(r->error, sizeof(r->error), "%s", error);
}

/* ---- results ---- */

static void log_stuck(struct agent_group *g, size_t i)
{
	log_write(LOG_CRIT, "Resource STOP failure. Reboot required!");
	log_write(LOG_CRIT, "Resource group %s: %s runs, and does not stop: the group is not "
		  "released, and no other node takes it. Stop it by hand, or reboot", g->name,
		  text_of(g, i));
}

static void log_result(struct agent_group *g, size_t i, const struct sequence_item *before)
{
	const struct sequence_item *item = &g->sequence.items[i];

	switch (item->state) {
	case RESOURCE_STUCK:
		if (before->state == RESOURCE_CHECKING)
			log_stuck(g, i);
		else if (item->stops_failed <= SEQUENCE_STOP_RETRIES)
			log_write(LOG_INFO, "Retrying failed stop operation [%s]", text_of(g, i));
		break;
	case RESOURCE_FAILED:
		if (!item->leaving)
			log_write(LOG_CRIT, "Giving up resources due to failure of %s",
				  text_of(g, i));
		break;
	case RESOURCE_STOPPED:
		if (before->state == RESOURCE_CHECKING && before->stops_failed) {
			log_write(LOG_ERR, "Resource script for %s probably not LSB-compliant.",
				  text_of(g, i));
			log_write(LOG_WARNING, "it (%s) MUST succeed on a stop when already stopped",
				  text_of(g, i));
		} else if (before->state == RESOURCE_CHECKING &&
			   g->sequence.goal == SEQUENCE_KEEP) {
			log_write(LOG_WARNING, "Resource group %s: %s does not run: starting it",
				  g->name, text_of(g, i));
		}
		break;
	case RESOURCE_STARTED:
		if (before->state == RESOURCE_CHECKING && g->sequence.goal == SEQUENCE_IDLE)
			log_write(LOG_CRIT, "Resource %s is active, and should not be: stopping it",
				  text_of(g, i));
		break;
	default:
		break;
	}
}

static void take_result(struct agent *a, struct agent_group *g, size_t i,
			enum resource_result result)
{
	struct sequence_item before = g->sequence.items[i];
	struct agent_resource *r = &g->resources[i];
	const struct sequence_item *item = &g->sequence.items[i];

	r->job = 0;
	r->since = agent_now();
	sequence_result(&g->sequence, i, result, r->since);
	/* Why it failed is of interest for as long as it does not run, longer than why it did not stop. */
	if (item->state == RESOURCE_STARTED)
		*r->error = *r->start_error = '\0';
	else if (item->state == RESOURCE_FAILED)
		memcpy(r->start_error, r->error, sizeof(r->start_error));
	else if (item->state == RESOURCE_STOPPED && before.stops_failed)
		memcpy(r->error, r->start_error, sizeof(r->error));
	log_result(g, i, &before);
	if (item->state == RESOURCE_FAILED && !item->leaving &&
	    g->sequence.goal == SEQUENCE_KEEP && !a->quit) {
		act_give_away(a, g, g->failed_at);
		g->failed_at = r->since;
	}
}

/* ---- addresses ---- */

static int native_do(struct agent *a, struct agent_group *g, size_t i, enum resource_op op)
{
	struct vip *v = &g->vips[g->resources[i].what.address];
	int err;

	if (op == RESOURCE_STOP)
		return vip_remove(a->rt, v, 1, NULL);
	err = group_vip_place(a, v);
	if (!err)
		err = vip_check_up(a->rt, v);
	return err ?: vip_add(a->rt, v, 1, NULL);
}

static void do_native(struct agent *a, struct agent_group *g, size_t i, enum resource_op op)
{
	struct vip *v = &g->vips[g->resources[i].what.address];
	bool was_held = v->held;
	char text[64];
	int err;

	sequence_begin(&g->sequence, i, op);
	err = native_do(a, g, i, op);
	group_vip_text(v, text, sizeof(text));
	if (err) {
		set_error(&g->resources[i], vip_error(a->rt));
		log_write(LOG_ERR, "Resource group %s: %s %s: %s", g->name,
			  op == RESOURCE_START ? "adding" : "removing", text, vip_error(a->rt));
	}
	take_result(a, g, i, err ? RESOURCE_ERROR : RESOURCE_DONE);
	if (err)
		return;
	if (op == RESOURCE_START)
		announce_first(a, g);
	if (op == RESOURCE_START || was_held)
		log_write(LOG_INFO, "Resource group %s: %s: %s", g->name, text,
			  op == RESOURCE_START ? "added" : "removed");
}

/* ---- scripts ---- */

/* "/etc/ha.d/resource.d/drbddisk r0 start" */
static const char *words_text(char **words, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (; *words && n < size; words++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "", *words);
	return buf;
}

static void do_script(struct agent *a, struct agent_group *g, size_t i, enum resource_op op)
{
	static uint32_t jobs;
	struct agent_resource *r = &g->resources[i];
	struct runner_job job = {
		.job = ++jobs, .label = r->what.text, .timeout_ms = a->script_timeout_ms,
		.answers = command_answers(&r->what, op),
	};
	int err = -ENOMEM;
	char text[512];

	sequence_begin(&g->sequence, i, op);
	r->job = job.job;
	r->op = op;
	r->since = agent_now();
	job.env[1] = command_base_env(a->config);
	if (job.env[1] && !command_build(&r->what, op, &job.argv, &job.env[0])) {
		log_write(op == RESOURCE_STATUS ? LOG_DEBUG : LOG_INFO, "Running %s",
			  words_text(job.argv, text, sizeof(text)));
		err = runner_run(&job);
		command_free(job.argv);
		command_free(job.env[0]);
	}
	command_free(job.env[1]);
	if (!err)
		return;
	set_error(r, strerror(-err));
	log_write(LOG_ERR, "Resource %s cannot be run: %s", r->what.text, strerror(-err));
	take_result(a, g, i, RESOURCE_ERROR);
}

static struct agent_resource *find_job(struct agent *a, uint32_t job, struct agent_group **group,
				       size_t *index)
{
	for (size_t i = 0; job && i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->sequence.n; j++) {
			if (g->resources[j].job != job)
				continue;
			*group = g;
			*index = j;
			return &g->resources[j];
		}
	}
	return NULL;
}

static void describe_end(struct agent *a, struct agent_resource *r,
			 const struct runner_report *report)
{
	const char *word = command_word(&r->what, r->op);
	char text[sizeof(r->error)];

	if (report->timed_out)
		snprintf(text, sizeof(text), "%s took longer than %u s: killed", word,
			 a->script_timeout_ms / 1000);
	else if (report->code < 0)
		snprintf(text, sizeof(text), "%s: killed by signal %d", word, -report->code);
	else if (report->code == 127 && *report->text)
		snprintf(text, sizeof(text), "%s: %.100s", word, report->text);
	else
		snprintf(text, sizeof(text), "%s: exit status %d", word, report->code);
	set_error(r, text);
	if (r->op == RESOURCE_STATUS || report->code <= 0)
		log_write(LOG_ERR, "Resource %s: %s", r->what.text, text);
	else
		log_write(LOG_ERR, "Return code %d from %s (%s)", report->code, r->what.path, text);
}

static void on_report(const struct runner_report *report, void *data)
{
	struct agent *a = data;
	struct agent_resource *r;
	enum resource_result result;
	struct agent_group *g;
	size_t i;

	if (report->job & AGENT_CLIENT_JOB) {
		clients_report(a, report);
		return;
	}
	if (report->job & AGENT_HOOK_JOB) {
		hooks_report(a, report);
		return;
	}
	if (report->kind == RUNNER_OUTPUT) {
		log_write(LOG_INFO, "%s", report->text);
		return;
	}
	r = find_job(a, report->job, &g, &i);
	if (!r)
		return;
	result = command_result(&r->what, r->op, report->timed_out ? -1 : report->code,
				report->text);
	if (result == RESOURCE_ERROR)
		describe_end(a, r, report);
	take_result(a, g, i, result);
	resources_follow(a, g);
}

/* What it was doing may be done or not; that is what failing means. */
static void runner_lost(struct agent *a)
{
	int err = runner_start();

	log_write(LOG_CRIT, "The process that runs the scripts has died%s%s",
		  err ? ", and there is no other: " : ": started anew", err ? strerror(-err) : "");
	if (!err)
		agent_watch(a, runner_fd());
	clients_lost();
	hooks_lost(a);
	for (size_t i = 0; i < a->groups->n; i++) {
		struct agent_group *g = &a->groups->v[i];

		for (size_t j = 0; j < g->sequence.n; j++) {
			if (!g->resources[j].job)
				continue;
			set_error(&g->resources[j], "nobody knows what became of it");
			take_result(a, g, j, RESOURCE_ERROR);
		}
		if (g->scripted)
			resources_follow(a, g);
	}
}

/* ---- groups ---- */

static enum sequence_goal goal_of(const struct agent *a, const struct agent_group *g)
{
	if (g->leaving || a->gone)
		return SEQUENCE_DOWN;
	switch (g->state) {
	case HBKM_GROUP_ACQUIRING:
		return SEQUENCE_UP;
	case HBKM_GROUP_ACTIVE:
		return SEQUENCE_KEEP;
	case HBKM_GROUP_RELEASING:
		return SEQUENCE_DOWN;
	default:
		return SEQUENCE_IDLE;
	}
}

static bool has_native_started(const struct agent_group *g)
{
	for (size_t i = 0; i < g->sequence.n; i++)
		if (g->sequence.items[i].native && g->sequence.items[i].state == RESOURCE_STARTED)
			return true;
	return false;
}

static void set_goal(struct agent *a, struct agent_group *g)
{
	enum sequence_goal goal = goal_of(a, g), before = g->sequence.goal;

	if (goal == before)
		return;
	sequence_set_goal(&g->sequence, goal);
	if (goal == SEQUENCE_UP) {
		log_write(LOG_INFO, "Acquiring resource group: %s", g->text);
		/* What is there already is not put there: to the neighbours it is where it was last. */
		if (has_native_started(g))
			announce_first(a, g);
	}
	if (goal == SEQUENCE_DOWN ||
	    (goal == SEQUENCE_IDLE && before != SEQUENCE_DOWN && !sequence_is_down(&g->sequence)))
		log_write(LOG_INFO, "Releasing resource group: %s", g->text);
	if (goal != SEQUENCE_UP && goal != SEQUENCE_KEEP)
		g->announce_at = 0;
}

static void is_up(struct agent *a, struct agent_group *g)
{
	g->failed_at = 0;
	if (g->state != HBKM_GROUP_ACQUIRING || a->quit)
		return;
	act_acknowledge(a, g, 0);
	if (g->state == HBKM_GROUP_ACTIVE)
		log_write(LOG_INFO, "Resource group %s: all resources are started", g->name);
}

static void is_down(struct agent *a, struct agent_group *g)
{
	if (a->quit)
		return;
	if (g->leaving)
		a->left = true;
	else if (g->state == HBKM_GROUP_RELEASING)
		act_acknowledge(a, g, 0);
	else if (g->state == HBKM_GROUP_ACQUIRING && g->sequence.gave_up)
		act_acknowledge(a, g, -EIO);
	else
		return;
	if (!agent_group_wants(g->state))
		log_write(LOG_INFO, "Resource group %s: all resources are stopped", g->name);
}

/* Scripts take their time; that they are at work keeps the kernel from taking the agent for dead. */
static void still_at_work(struct agent *a, const struct agent_group *g)
{
	if (g->known && !a->quit &&
	    (g->state == HBKM_GROUP_ACQUIRING || g->state == HBKM_GROUP_RELEASING) &&
	    hbnl_group_ack(a->nl, g->id, g->state, g->term, EINPROGRESS) == -ESTALE)
		a->reconcile_due = true;
}

void resources_still_at_work(struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].scripted)
			still_at_work(a, &a->groups->v[i]);
}

/* As it is in the agents' package, which leaves that to systemd-tmpfiles. */
void resources_prepare(const struct config *c)
{
	for (size_t i = 0; i < c->n_groups; i++)
		for (size_t j = 0; j < c->groups[i].n_resources; j++)
			if (c->groups[i].resources[j].kind == RESOURCE_OCF &&
			    mkdir(OCF_STATE_DIR, 01755) && errno != EEXIST)
				log_write(LOG_WARNING, "Agents of OCF keep what they know in %s: %s",
					  OCF_STATE_DIR, strerror(errno));
}

void resources_follow(struct agent *a, struct agent_group *g)
{
	struct sequence_next next;

	set_goal(a, g);
	g->wake_at = 0;
	for (;;) {
		next = sequence_next(&g->sequence, agent_now());
		if (next.what != SEQUENCE_DO)
			break;
		if (g->sequence.items[next.index].native)
			do_native(a, g, next.index, next.op);
		else
			do_script(a, g, next.index, next.op);
	}
	g->wake_at = next.at;
	if (next.what == SEQUENCE_IS_UP)
		is_up(a, g);
	else if (next.what == SEQUENCE_IS_DOWN)
		is_down(a, g);
	else
		still_at_work(a, g);
	/* What it was told may have made it something else. */
	set_goal(a, g);
	/* Addresses without scripts go by another rule: in warm standby they stay. */
	if (group_forget_left(g))
		a->reconcile_due = true;
}

void resources_run(struct agent *a)
{
	uint64_t now = agent_now();

	if (runner_receive(on_report, a))
		runner_lost(a);
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].wake_at && a->groups->v[i].wake_at <= now)
			resources_follow(a, &a->groups->v[i]);
}

uint64_t resources_next(const struct agent *a)
{
	uint64_t next = 0;

	for (size_t i = 0; i < a->groups->n; i++) {
		uint64_t at = a->groups->v[i].wake_at;

		if (at && (!next || at < next))
			next = at;
	}
	return next;
}

bool resources_are_down(const struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].scripted && !sequence_is_down(&a->groups->v[i].sequence))
			return false;
	return true;
}

/* Is there one that has been asked often enough? */
static bool any_stuck(const struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++)
		for (size_t j = 0; j < a->groups->v[i].sequence.n; j++)
			if (a->groups->v[i].sequence.items[j].stops_failed >= SEQUENCE_STOP_RETRIES)
				return true;
	return false;
}

void resources_drain(struct agent *a)
{
	struct pollfd p = { .fd = runner_fd(), .events = POLLIN };

	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].scripted)
			resources_follow(a, &a->groups->v[i]);
	while (!resources_are_down(a) && !any_stuck(a)) {
		poll(&p, 1, 200);
		sd_notify(0, "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=30000000");
		resources_run(a);
		p.fd = runner_fd();
	}
	if (!resources_are_down(a))
		log_write(LOG_CRIT, "Resources run that could not be stopped");
}
