// SPDX-License-Identifier: GPL-2.0
/*
 * ha.cf. Every directive of Heartbeat 3.0.6 is a row of one table; one that is
 * to do more one day gets an apply function in its row.
 */
#include <ctype.h>
#include <string.h>

#include "hacf.h"

#define WORDS_MAX	256	/* in a line */

enum verdict {
	WORKS,		/* @apply does it */
	NO_EFFECT,	/* note: nothing is lost by it */
	MISSING,	/* warning: somebody might count on it */
	REFUSED,	/* error: going on without it would be dangerous */
};

enum value_kind {
	VALUE_ANY,	/* whatever the line holds */
	VALUE_LINE,	/* the same, but not word by word */
	VALUE_WORD,
	VALUE_BOOL,
	VALUE_TIME,
	VALUE_NUMBER,	/* min..max */
	VALUE_CHOICE,	/* one of choices, exactly */
	VALUE_FAILBACK,
	VALUE_AUTOJOIN,
	VALUE_PACEMAKER,
	VALUE_FACILITY,
	VALUE_NAME,
	VALUE_PATH,
};

/**
 * struct directive - one directive of ha.cf
 * @name: exactly so, case counts
 * @verdict: what is done about it
 * @kind: what its value must be; but for VALUE_ANY and VALUE_LINE there is only one
 * @why: to a verdict but WORKS
 * @bad: Heartbeat's words for a wrong value, NULL for ours
 * @min: of a VALUE_NUMBER
 * @max: of a VALUE_NUMBER
 * @choices: of a VALUE_CHOICE, with blanks between
 * @apply: called with the words, the first of which is valid
 * @field: offset in struct config of what @apply sets
 * @said: offset in struct config of the line that set it, 0: may be said repeatedly
 */
struct directive {
	const char *name;
	enum verdict verdict;
	enum value_kind kind;
	const char *why;
	const char *bad;
	unsigned int min, max;
	const char *choices;
	void (*apply)(struct hacf *h, const struct directive *d, char **words, size_t n);
	size_t field;
	size_t said;
};

static int failback_parse(const char *text, enum hbkm_auto_failback *failback)
{
	bool on;

	if (!strcasecmp(text, "legacy"))
		*failback = HBKM_FAILBACK_LEGACY;
	else if (!bool_parse(text, &on))
		*failback = on ? HBKM_FAILBACK_ON : HBKM_FAILBACK_OFF;
	else
		return -1;
	return 0;
}

/* Is @word among the @choices, which stand with blanks between? */
static bool is_choice(const char *choices, const char *word, bool any_case)
{
	size_t n, len = strlen(word);

	for (; *choices; choices += n + (choices[n] == ' ')) {
		n = strcspn(choices, " ");
		if (n == len && !(any_case ? strncasecmp : strncmp)(choices, word, n))
			return true;
	}
	return false;
}

static bool is_printable(const char *word)
{
	for (; *word; word++) {
		if (!isgraph((unsigned char)*word))
			return false;
	}
	return true;
}

/* ---- values ---- */

static bool value_valid(const struct directive *d, const char *word)
{
	enum hbkm_auto_failback failback;
	unsigned int number;
	int facility;
	uint32_t us;
	bool on;

	switch (d->kind) {
	case VALUE_ANY:
	case VALUE_LINE:
	case VALUE_WORD:
		return true;
	case VALUE_BOOL:
		return !bool_parse(word, &on);
	case VALUE_TIME:
		return !time_parse_us(word, &us);
	case VALUE_NUMBER:
		return !uint_parse(word, d->max, &number) && number >= d->min;
	case VALUE_CHOICE:
		return is_choice(d->choices, word, false);
	case VALUE_FAILBACK:
		return !failback_parse(word, &failback);
	case VALUE_AUTOJOIN:
		return is_choice("none other any", word, true);
	case VALUE_PACEMAKER:
		return !bool_parse(word, &on) ||
		       is_choice("minimal manual respawn ccm-only valgrind", word, true);
	case VALUE_FACILITY:
		return !facility_parse(word, &facility);
	case VALUE_NAME:
		return strlen(word) <= HBKM_NAME_MAX && is_printable(word);
	case VALUE_PATH:
		return word[0] == '/' && is_printable(word) &&
		       strlen(word) < sizeof(((struct config *)0)->logfile);
	}
	return false;
}

static void value_wrong(struct hacf *h, const struct directive *d, const char *word)
{
	const char *what = d->bad ?: d->name;

	if (d->verdict == WORKS && d->kind == VALUE_TIME)
		h->bad_times = true;

	switch (d->kind) {
	case VALUE_BOOL:
		place_error(&h->at, "%s [%s] is neither on nor off (nor yes, no, true, false, y, n, 1, 0)",
			    what, word);
		break;
	case VALUE_TIME:
		place_error(&h->at, "%s [%s] is not a time: a bare number is seconds, ms or us right behind it make it milliseconds or microseconds (as 2, 500ms, 250us)",
			    what, word);
		break;
	case VALUE_NUMBER:
		if (d->max == UINT32_MAX)
			place_error(&h->at, "%s [%s]: a number from %u on is wanted",
				    what, word, d->min);
		else
			place_error(&h->at, "%s [%s]: a number from %u to %u is wanted",
				    what, word, d->min, d->max);
		break;
	case VALUE_CHOICE:
		place_error(&h->at, "%s [%s]: one of these is wanted: %s", what, word, d->choices);
		break;
	case VALUE_FAILBACK:
		place_error(&h->at, "%s [%s] is none of on, off and legacy", what, word);
		break;
	case VALUE_AUTOJOIN:
		place_error(&h->at, "Invalid autojoin directive [%s]: none is wanted", word);
		break;
	case VALUE_PACEMAKER:
		place_error(&h->at, "%s [%s]: off is wanted", what, word);
		break;
	case VALUE_FACILITY:
		place_error(&h->at, "Log facility(%s) not valid: daemon, local0 to local7 or none are usual",
			    word);
		break;
	case VALUE_NAME:
		place_error(&h->at, "%s [%s] is not a name of at most %d printable ASCII letters",
			    what, word, HBKM_NAME_MAX);
		break;
	case VALUE_PATH:
		place_error(&h->at, "%s [%s] is not a plain path from the root, as /var/log/ha-log",
			    what, word);
		break;
	case VALUE_ANY:
	case VALUE_LINE:
	case VALUE_WORD:
		break;
	}
}

/*
 * Words behind the value. Heartbeat takes each for a further value: the last
 * one counts, or a wrong one fails. We take no guess which of two is meant, but
 * read over a remark; not behind a time, since "30 minutes" is none.
 */
static int value_only_one(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	if (n < 2 || d->verdict != WORKS)
		return 0;
	if (d->kind == VALUE_TIME) {
		place_error(&h->at, "%s: [%s] behind the time: units are ms, us, and none for seconds; put a # before a remark",
			    d->name, words[1]);
		h->bad_times = true;
		return -1;
	}
	if (value_valid(d, words[1])) {
		place_error(&h->at, "%s: two values, [%s] and [%s]: one is wanted (Heartbeat takes the last)",
			    d->name, words[0], words[1]);
		return -1;
	}
	place_warning(&h->at, "%s: [%s] and what follows is ignored; put a # before a remark (Heartbeat refuses this line)",
		      d->name, words[1]);
	return 0;
}

/* "500 ms": the unit is not a word of its own */
static void join_unit(struct hacf *h, const struct directive *d, char **words, size_t *n,
		      char *joined, size_t size)
{
	size_t len = *n < 2 ? 0 : strlen(words[1]);
	uint32_t us;

	if (d->kind != VALUE_TIME || !len || len > 4 || time_parse_us(words[0], &us) ||
	    strspn(words[1], "msecuMSECU") != len)
		return;
	if (strlen(words[0]) + len >= size)
		return;
	snprintf(joined, size, "%s%s", words[0], words[1]);
	if (!time_parse_us(joined, &us))
		place_note(&h->at, "%s: read as %s; Heartbeat wants no blank before the unit",
			   d->name, joined);
	words[0] = joined;
	memmove(words + 1, words + 2, (*n - 2) * sizeof(*words));
	(*n)--;
}

/* ---- what directives do ---- */

static void *field(struct hacf *h, size_t offset)
{
	return (char *)h->c + offset;
}

static void apply_time(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	uint32_t *us = field(h, d->field);

	(void)n;
	time_parse_us(words[0], us);
}

static void apply_bool(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	bool *on = field(h, d->field);

	(void)n;
	bool_parse(words[0], on);
}

static void apply_int(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	int *value = field(h, d->field);
	unsigned int number;

	(void)n;
	if (!uint_parse(words[0], d->max, &number))
		*value = number;
}

static void apply_path(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)n;
	snprintf(field(h, d->field), sizeof(h->c->logfile), "%s", words[0]);
}

static void apply_cluster(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)d;
	(void)n;
	snprintf(h->c->cluster, sizeof(h->c->cluster), "%s", words[0]);
}

static void apply_facility(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)d;
	(void)n;
	facility_parse(words[0], &h->c->logfacility);
}

static void apply_auto_failback(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)d;
	(void)n;
	failback_parse(words[0], &h->c->auto_failback);
}

static void apply_nice_failback(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	bool nice = false;

	(void)n;
	bool_parse(words[0], &nice);
	place_warning(&h->at, "nice_failback flag is obsolete. '%s %s' has been changed to 'auto_failback %s': write that, or auto_failback on",
		      d->name, words[0], nice ? "off" : "legacy");
	h->c->auto_failback = nice ? HBKM_FAILBACK_OFF : HBKM_FAILBACK_LEGACY;
}

static void apply_autojoin(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)d;
	(void)n;
	if (strcasecmp(words[0], "none"))
		place_error(&h->at, "R1 style resource management conflicts with  autojoin set: name every node in a node line and write autojoin none");
}

static void apply_pacemaker(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	bool on = true;

	(void)n;
	bool_parse(words[0], &on);
	if (on)
		place_error(&h->at, "%s %s: not supported: Pacemaker would manage the resources then, and haresources be ignored; take the line out only if haresources is to count",
			    d->name, words[0]);
}

static void apply_node(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	struct config *c = h->c;
	char name[HBKM_NAME_MAX + 1];
	size_t i, j;

	for (i = 0; i < n; i++) {
		if (node_name_parse(words[i], name)) {
			place_error(&h->at, "%s: [%s] is not a node's name, as uname -n gives it: letters, digits, - . and _, at most %d",
				    d->name, words[i], HBKM_NAME_MAX);
			h->bad_nodes = true;
			continue;
		}
		for (j = 0; j < c->n_nodes && strcmp(c->nodes[j].name, name); j++)
			;
		if (j < c->n_nodes) {
			place_warning(&h->at, "%s: [%s] is named already on line %u",
				      d->name, words[i], c->nodes[j].line);
			continue;
		}
		if (c->n_nodes == HBKM_MAX_NODES) {
			place_error(&h->at, "%s: [%s] is one node too many: %d are supported",
				    d->name, words[i], HBKM_MAX_NODES);
			h->bad_nodes = true;
			return;
		}
		memcpy(c->nodes[c->n_nodes].name, name, sizeof(name));
		c->nodes[c->n_nodes++].line = h->at.line;
	}
}

static void apply_udpport(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	unsigned int port;

	(void)n;
	if (!uint_parse(words[0], d->max, &port))
		media_udpport(h, port);
	h->c->said.udpport = h->at.line;
}

static void apply_ping(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	ping_each(h, d->name, words, n, AF_INET);
}

static void apply_ping6(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	ping_each(h, d->name, words, n, AF_INET6);
}

static void apply_ping_group(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	ping_group(h, d->name, words, n);
}

static void apply_respawn(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)words;
	(void)n;
	client_add(h, d->name, false);
}

static void apply_failfast(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	(void)words;
	(void)n;
	client_add(h, d->name, true);
}

static void apply_env(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	env_add(h, d->name, words, n);
}

static void apply_watchdog(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	if (*h->c->watchdog)
		place_error(&h->at, "Watchdog device multiply specified: [%s] on line %u, [%s] here",
			    h->c->watchdog, h->c->said.watchdog, words[0]);
	else
		apply_path(h, d, words, n);
	h->c->said.watchdog = h->at.line;
}

static void apply_bcast(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	media_bcast(h, d->name, words, n);
}

static void apply_udp(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	place_warning(&h->at, "directive 'udp' replaced by 'bcast', its new name");
	media_bcast(h, d->name, words, n);
}

static void apply_ucast(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	media_ucast(h, d->name, AF_INET, words, n);
}

static void apply_mcast(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	media_mcast(h, d->name, AF_INET, words, n);
}

static void apply_ucast6(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	media_ucast(h, d->name, AF_INET6, words, n);
}

static void apply_mcast6(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	media_mcast(h, d->name, AF_INET6, words, n);
}

/* ---- the table ---- */

#define SAID(m)		.said = offsetof(struct config, said.m)
#define FIELD(m)	.field = offsetof(struct config, m)
#define TIME(m)		{ .name = #m, .kind = VALUE_TIME, .apply = apply_time, \
			  FIELD(m ## _us), SAID(m) }
#define LOGPATH(m)	{ .name = #m, .kind = VALUE_PATH, .apply = apply_path, FIELD(m), SAID(m) }
#define NONE(n, k, w, ...) \
	{ .name = n, .verdict = NO_EFFECT, .kind = k, .why = w, ## __VA_ARGS__ }
#define MISS(n, w)	{ .name = n, .verdict = MISSING, .kind = VALUE_ANY, .why = w }
#define NOT_PACEMAKER	"Pacemaker is not run"
#define NOT_STONITH	"a dead node is not switched off before its resources are taken over, as Heartbeat would do; take the line out only if that is safe"
#define REFUSE(n, w)	{ .name = n, .verdict = REFUSED, .kind = VALUE_ANY, .why = w }

static const struct directive directives[] = {
	/* who */
	{ .name = "cluster", .kind = VALUE_NAME, .apply = apply_cluster, SAID(cluster) },
	{ .name = "node", .kind = VALUE_ANY, .apply = apply_node },
	{ .name = "autojoin", .kind = VALUE_AUTOJOIN, .apply = apply_autojoin, SAID(autojoin) },

	/* when */
	TIME(keepalive),
	TIME(deadtime),
	TIME(warntime),
	TIME(initdead),
	{ .name = "auto_failback", .kind = VALUE_FAILBACK, .apply = apply_auto_failback,
	  SAID(auto_failback) },
	{ .name = "nice_failback", .kind = VALUE_BOOL, .apply = apply_nice_failback,
	  SAID(auto_failback) },

	/* over what */
	{ .name = "bcast", .kind = VALUE_ANY, .apply = apply_bcast },
	{ .name = "udp", .kind = VALUE_ANY, .apply = apply_udp },
	{ .name = "ucast", .kind = VALUE_ANY, .apply = apply_ucast },
	{ .name = "mcast", .kind = VALUE_ANY, .apply = apply_mcast },
	{ .name = "ucast6", .kind = VALUE_ANY, .apply = apply_ucast6 },
	{ .name = "mcast6", .kind = VALUE_ANY, .apply = apply_mcast6 },
	{ .name = "udpport", .kind = VALUE_NUMBER, .min = 1, .max = UINT16_MAX,
	  .bad = "invalid port", .apply = apply_udpport },
	MISS("serial", "heartbeats do not go over serial lines; give this path a bcast, ucast or mcast line"),
	MISS("tipc", "heartbeats go over UDP only"),
	MISS("rds", "heartbeats go over UDP only"),
	MISS("openais", "heartbeats go over UDP only"),
	NONE("baud", VALUE_CHOICE, "serial lines are not used",
	     .choices = "9600 19200 38400 57600 115200 230400 460800", .bad = "invalid baudrate"),
	NONE("hopfudge", VALUE_NUMBER, "it was for rings of serial lines", .max = 255),

	/* who else is reachable */
	{ .name = "ping", .kind = VALUE_ANY, .apply = apply_ping },
	{ .name = "ping6", .kind = VALUE_ANY, .apply = apply_ping6 },
	{ .name = "ping_group", .kind = VALUE_ANY, .apply = apply_ping_group },
	MISS("hbaping", "fibre channel devices are not asked for an answer; ping an address that is behind the same switch"),
	TIME(deadping),

	/* logging */
	{ .name = "use_logd", .kind = VALUE_BOOL, .apply = apply_bool, FIELD(use_logd),
	  SAID(use_logd) },
	{ .name = "logfacility", .kind = VALUE_FACILITY, .apply = apply_facility,
	  SAID(logfacility) },
	LOGPATH(logfile),
	LOGPATH(debugfile),
	NONE("conn_logd_time", VALUE_TIME, "there is no connection to logd to be made again"),
	{ .name = "debug", .kind = VALUE_NUMBER, .max = 255, .apply = apply_int, FIELD(debug),
	  SAID(debug) },
	NONE("log_badpack", VALUE_BOOL, "bad packets are counted, not logged"),
	NONE("syslogmsgfmt", VALUE_BOOL, "log files have one format"),

	/* the process */
	{ .name = "realtime", .kind = VALUE_BOOL, .apply = apply_bool, FIELD(realtime),
	  SAID(realtime) },
	{ .name = "rtprio", .kind = VALUE_NUMBER, .min = 1, .max = 99,
	  .bad = "Illegal realtime priority", .apply = apply_int, FIELD(rtprio), SAID(rtprio) },
	NONE("memreserve", VALUE_NUMBER, "memory is reserved without it",
	     .min = 1, .max = UINT32_MAX),
	NONE("normalpoll", VALUE_BOOL, "there is one way of polling"),
	NONE("coredumps", VALUE_BOOL, "core dumps are the system's business"),
	NONE("coreroot", VALUE_WORD, "core dumps are the system's business"),
	NONE("use_apphbd", VALUE_BOOL, "apphbd is not used; let systemd watch the service"),
	{ .name = "watchdog", .kind = VALUE_PATH, .apply = apply_watchdog, FIELD(watchdog) },

	/* the old wire */
	NONE("msgfmt", VALUE_CHOICE, "frames have one format", .choices = "classic netstring"),
	NONE("hbgenmethod", VALUE_CHOICE, "every start has a random number of its own",
	     .choices = "file time", .bad = "Illegal hb generation method"),
	NONE("uuidfrom", VALUE_CHOICE, "nodes are known by their names",
	     .choices = "file nodename"),
	NONE("compression", VALUE_WORD, "frames are too small to be compressed"),
	NONE("compression_threshold", VALUE_NUMBER, "frames are too small to be compressed",
	     .min = 1, .max = UINT32_MAX),
	NONE("traditional_compression", VALUE_BOOL, "frames are too small to be compressed"),
	NONE("max_rexmit_delay", VALUE_NUMBER, "frames are never sent again",
	     .min = 1, .max = UINT32_MAX),

	/* other programs */
	NONE("apiauth", VALUE_ANY, "everybody may read the state, and only root may change it"),
	{ .name = "env", .kind = VALUE_ANY, .apply = apply_env },
	{ .name = "respawn", .kind = VALUE_LINE, .apply = apply_respawn },
	{ .name = "failfast", .kind = VALUE_LINE, .apply = apply_failfast },
	REFUSE("stonith", NOT_STONITH),
	REFUSE("stonith_host", NOT_STONITH),
	MISS("quorum_server", "no quorum server is asked"),

	/* the other resource manager */
	{ .name = "crm", .kind = VALUE_PACEMAKER, .apply = apply_pacemaker },
	{ .name = "pacemaker", .kind = VALUE_PACEMAKER, .apply = apply_pacemaker },
	NONE("crm_daemon_dir", VALUE_WORD, NOT_PACEMAKER),
	NONE("crmd_spawns_pengine", VALUE_BOOL, NOT_PACEMAKER),
	NONE("record_config_changes", VALUE_BOOL, NOT_PACEMAKER),
	NONE("record_pengine_inputs", VALUE_BOOL, NOT_PACEMAKER),
	NONE("enable_config_writes", VALUE_BOOL, NOT_PACEMAKER),
};

static const struct directive *directive_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directives); i++) {
		if (!strcmp(directives[i].name, name))
			return &directives[i];
	}
	return NULL;
}

static const char *directive_get(size_t i, const void *arg)
{
	(void)arg;
	return i < ARRAY_SIZE(directives) ? directives[i].name : NULL;
}

static void illegal(struct hacf *h, const char *name)
{
	const char *meant = suggest(name, directive_get, NULL);

	if (meant && !strcasecmp(meant, name))
		place_error(&h->at, "Illegal directive [%s]: write it %s, in lower case",
			    name, meant);
	else if (meant)
		place_error(&h->at, "Illegal directive [%s]: did you mean %s?", name, meant);
	else if (!is_printable(name))
		place_error(&h->at, "Illegal directive [%s]: it holds characters that are not plain ASCII, pasted from a page?",
			    name);
	else
		place_error(&h->at, "Illegal directive [%s]", name);
}

static void directive_apply(struct hacf *h, const struct directive *d, char **words, size_t n)
{
	char joined[64];
	unsigned int *said = d->said ? field(h, d->said) : NULL;

	if (!n && d->verdict == WORKS && d->kind != VALUE_LINE) {
		if (d->apply == apply_ucast || d->apply == apply_mcast) {
			place_error(&h->at, "%s: the device is missing", d->name);
			h->bad_media = true;
		} else {
			place_warning(&h->at, "%s has no value: the line counts for nothing",
				      d->name);
		}
		return;
	}
	if (n && d->kind != VALUE_ANY && d->kind != VALUE_LINE) {
		join_unit(h, d, words, &n, joined, sizeof(joined));
		if (!value_valid(d, words[0])) {
			value_wrong(h, d, words[0]);
			return;
		}
		if (value_only_one(h, d, words, n))
			return;
	}

	switch (d->verdict) {
	case WORKS:
		if (said && *said)
			place_warning(&h->at, "%s: line %u said it already, and no longer counts",
				      d->name, *said);
		if (said)
			*said = h->at.line;
		d->apply(h, d, words, n);
		break;
	case NO_EFFECT:
		place_note(&h->at, "%s: accepted, no effect: %s", d->name, d->why);
		break;
	case MISSING:
		place_warning(&h->at, "%s: not supported: %s", d->name, d->why);
		break;
	case REFUSED:
		place_error(&h->at, "%s: not supported: %s", d->name, d->why);
		break;
	}
}

static void hacf_line(struct hacf *h, char *text)
{
	const struct directive *d;
	char *words[WORDS_MAX], *name, *word;
	char rest[CONFIG_LINE_MAX + 1];
	size_t n = 0;

	text[strcspn(text, "#")] = '\0';
	/* blanks only: a comma ends values, not the directive */
	name = word_next(&text, BLANKS);
	if (!name)
		return;
	d = directive_find(name);
	if (!d) {
		illegal(h, name);
		return;
	}
	strcpy(rest, text);
	h->rest = rest;
	while (d->kind != VALUE_LINE && (word = word_next(&text, DELIMITERS))) {
		if (n == WORDS_MAX) {
			place_error(&h->at, "%s: more than %d words", name, WORDS_MAX);
			return;
		}
		words[n++] = word;
	}
	directive_apply(h, d, words, n);
}

void hacf_parse(struct config *c, const char *file, const char *text, size_t len,
		const struct config_own *own, size_t n_own, struct problems *p)
{
	struct hacf h = { .c = c, .own = own, .n_own = n_own };
	size_t first = p->n;
	struct lines l;

	hacf_defaults(c);
	lines_start(&l, file, text, len, p);
	while (lines_next(&l)) {
		h.at = l.at;
		hacf_line(&h, l.buf);
	}
	lines_end(&l);

	h.at = (struct place){ .file = file, .problems = p };
	media_finish(&h);
	hacf_check(&h);
	problems_sort(p, first);
}
