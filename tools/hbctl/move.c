// SPDX-License-Identifier: GPL-2.0
/* hbctl standby, hbctl takeover: move resource groups by hand. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hbctl.h"
#include "move.h"
#include "names.h"
#include "nl.h"

static const char standby_help[] =
	"Usage: hbctl standby [-w, --wait TIME] [all | local | foreign | GROUP...]\n\n"
	"Gives resource groups away: each is released here when another node can have it.\n"
	"all (the default), local: those that prefer this node, foreign: those that prefer\n"
	"another. Returns at once, or with -w when it is done, or exits with 3 after TIME.\n";

static const char takeover_help[] =
	"Usage: hbctl takeover [-w, --wait TIME] [all | local | foreign | GROUP...]\n\n"
	"Has resource groups: the node that holds one releases it, then this node acquires\n"
	"it. all (the default), local: those that prefer this node, foreign: those that\n"
	"prefer another. Returns at once, or with -w when it is done, or exits with 3 after\n"
	"TIME.\n";

int move_select(const struct nl_snapshot *s, int n_words, char **words, bool *chosen)
{
	const char *word = n_words ? words[0] : "all";
	bool class = !strcmp(word, "all") || !strcmp(word, "local") || !strcmp(word, "foreign");

	memset(chosen, 0, HBKM_MAX_GROUPS * sizeof(*chosen));
	if (class && n_words > 1)
		return usage_error("unexpected \"%s\" after %s", words[1], word);
	for (size_t i = 0; class && i < s->n_groups; i++) {
		bool local = s->groups[i].n_order &&
			     s->groups[i].order[0] == s->cluster.node_id;

		chosen[i] = !strcmp(word, "all") || local == !strcmp(word, "local");
	}
	for (int w = 0; !class && w < n_words; w++) {
		size_t i;

		for (i = 0; i < s->n_groups; i++)
			if (!strcmp(s->groups[i].name, words[w]))
				break;
		if (i == s->n_groups)
			return fail(HBCTL_UNMET, "there is no group %s", words[w]);
		chosen[i] = true;
	}
	return HBCTL_OK;
}

static bool arrived(const struct nl_snapshot *s, const struct nl_group *wanted, const bool *chosen,
		    size_t n, enum hbkm_move move)
{
	for (size_t i = 0; i < n; i++) {
		if (!chosen[i])
			continue;
		for (size_t j = 0; j < s->n_groups; j++) {
			const struct nl_group *g = &s->groups[j];

			if (g->id != wanted[i].id)
				continue;
			if (move == HBKM_MOVE_TAKEOVER && g->state != HBKM_GROUP_ACTIVE)
				return false;
			/*
			 * Away means that somebody else has it, not only that we let go. Then
			 * it is all one whether we could have it.
			 */
			if (move == HBKM_MOVE_STANDBY &&
			    ((g->state != HBKM_GROUP_STANDBY && g->state != HBKM_GROUP_FAILED) ||
			     !g->has_holder || g->holder == s->cluster.node_id))
				return false;
		}
	}
	return true;
}

static void ignore_event(const struct nl_event *e, void *data)
{
	(void)e;
	(void)data;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int wait_for(struct hbnl *nl, struct hbnl_events *ev, const struct nl_snapshot *wanted,
		    const bool *chosen, enum hbkm_move move, uint32_t wait_us)
{
	static struct nl_snapshot s;
	int64_t end = now_ms() + (wait_us + 999) / 1000, left;
	struct pollfd p = { .fd = hbnl_events_fd(ev), .events = POLLIN };
	char text[32];
	int ret;

	for (;;) {
		ret = hbnl_events_receive(ev, ignore_event, NULL);
		if (ret && ret != -ENOBUFS)
			return hbnl_fail(nl, NULL, ret);
		ret = hbnl_snapshot_get(nl, &s);
		if (ret)
			return hbnl_fail(nl, NULL, ret);
		if (arrived(&s, wanted->groups, chosen, wanted->n_groups, move))
			return HBCTL_OK;
		left = end - now_ms();
		if (left <= 0)
			return fail(HBCTL_UNMET, "not done after %s",
				    duration_format(text, sizeof(text), wait_us * 1000ULL));
		poll(&p, 1, (int)left);
	}
}

static int move_groups(int argc, char **argv, enum hbkm_move move, const char *help)
{
	static struct nl_snapshot s;
	bool chosen[HBKM_MAX_GROUPS];
	static const struct option longopts[] = {
		{ "wait", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 }
	};
	struct hbnl_events *ev = NULL;
	uint32_t wait_us = 0;
	bool wait = false;
	struct hbnl *nl;
	int ret, c;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":w:", longopts, NULL)) != -1) {
		if (c != 'w')
			return option_error(c, argv, longopts);
		if (duration_parse(optarg, &wait_us))
			return usage_error("--wait needs a time, as 5s or 100ms");
		wait = true;
	}
	/* The options come first now, wherever they stood. */
	argc -= optind;
	argv += optind;
	ret = hbnl_connect(&nl);
	if (ret)
		return ret;
	if (wait && hbnl_events_open(nl, &ev)) {
		ret = hbnl_fail(nl, "events", -EIO);
		goto out;
	}
	ret = hbnl_snapshot_get(nl, &s);
	if (ret) {
		ret = hbnl_fail(nl, NULL, ret);
		goto out;
	}
	ret = move_select(&s, argc, argv, chosen);
	if (ret)
		goto out;
	/* "all" is one request: the kernel's moment, and its one word of refusal. */
	if (!argc || !strcmp(argv[0], "all")) {
		ret = hbnl_group_move(nl, move, NULL);
		if (ret) {
			ret = hbnl_fail(nl, NULL, ret);
			goto out;
		}
	} else {
		for (size_t i = 0; i < s.n_groups; i++) {
			if (!chosen[i])
				continue;
			ret = hbnl_group_move(nl, move, s.groups[i].name);
			if (ret) {
				ret = hbnl_fail(nl, s.groups[i].name, ret);
				goto out;
			}
		}
	}
	if (wait)
		ret = wait_for(nl, ev, &s, chosen, move, wait_us);
out:
	hbnl_events_close(ev);
	hbnl_close(nl);
	return ret;
}

int cmd_standby(int argc, char **argv)
{
	return move_groups(argc, argv, HBKM_MOVE_STANDBY, standby_help);
}

int cmd_takeover(int argc, char **argv)
{
	return move_groups(argc, argv, HBKM_MOVE_TAKEOVER, takeover_help);
}
