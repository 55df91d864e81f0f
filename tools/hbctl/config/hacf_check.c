// SPDX-License-Identifier: GPL-2.0
/*
 * ha.cf as a whole: what it leaves to defaults, what it derives, and what must
 * fit together. The texts are Heartbeat's where it has them.
 */
#include <hbkm/frame.h>
#include <string.h>

#include "hacf.h"

void hacf_defaults(struct config *c)
{
	snprintf(c->cluster, sizeof(c->cluster), "linux-ha");
	c->keepalive_us = 1000000;
	c->deadtime_us = 30000000;
	c->auto_failback = HBKM_FAILBACK_LEGACY;
	c->realtime = true;
	c->rtprio = 50;
	c->logfacility = -1;
}

/* The place of a line that may be absent: then the file as a whole. */
static struct place at_line(const struct hacf *h, unsigned int line)
{
	struct place at = h->at;

	at.line = line;
	return at;
}

static void check_time(struct hacf *h, const char *name, unsigned int line, uint32_t us,
		       uint32_t least, uint32_t most)
{
	struct place at = at_line(h, line);
	char value[32], limit[32];

	if (us >= least && us <= most)
		return;
	h->bad_times = true;
	if (us < least)
		place_error(&at, "%s of %sms is too short: it is at least %sms", name,
			    time_text(us, value), time_text(least, limit));
	else
		place_error(&at, "%s of %s%sms is too long: it is at most %sms", name,
			    us == UINT32_MAX ? "more than " : "",
			    time_text(us, value), time_text(most, limit));
}

static void check_times(struct hacf *h)
{
	struct config *c = h->c;
	struct place at;
	char a[32], b[32];

	check_time(h, "keepalive", c->said.keepalive, c->keepalive_us,
		   HBKM_KEEPALIVE_MIN_US, HBKM_KEEPALIVE_MAX_US);
	check_time(h, "deadtime", c->said.deadtime, c->deadtime_us, 0, HBKM_TIME_MAX_US);
	if (c->said.warntime) {
		at = at_line(h, c->said.warntime);
		if (!c->warntime_us) {
			place_error(&at, "Warn time [0] is invalid: it must be more than 0; leave it out for half of deadtime");
			h->bad_times = true;
		}
		check_time(h, "warntime", c->said.warntime, c->warntime_us, 0, HBKM_TIME_MAX_US);
	}
	if (c->said.initdead)
		check_time(h, "initdead", c->said.initdead, c->initdead_us, 0, HBKM_TIME_MAX_US);
	if (h->bad_times)
		return;

	if (c->keepalive_us < 1000) {
		at = at_line(h, c->said.keepalive);
		place_note(&at, "keepalive of %sms: Heartbeat counts whole milliseconds, and would %s",
			   time_text(c->keepalive_us, a),
			   c->keepalive_us < 500 ? "refuse it" : "take it for 1ms");
	}
	at = at_line(h, c->said.deadtime ?: c->said.keepalive);
	if (c->deadtime_us <= 2 * c->keepalive_us) {
		place_error(&at, "Dead time [%s] is too small compared to keeplive [%s]: deadtime must be more than twice keepalive (both in ms here)",
			    time_text(c->deadtime_us, a), time_text(c->keepalive_us, b));
		return;
	}

	if (!c->said.warntime)
		c->warntime_us = c->deadtime_us / 2;
	at = at_line(h, c->said.warntime);
	if (c->warntime_us > c->deadtime_us) {
		place_warning(&at, "warntime of %sms is longer than deadtime and never comes to pass: taken as %sms",
			      time_text(c->warntime_us, a), time_text(c->deadtime_us, b));
		c->warntime_us = c->deadtime_us;
	} else if (c->said.warntime && c->warntime_us <= c->keepalive_us) {
		place_warning(&at, "warntime of %sms is not longer than keepalive: every beat will be called late",
			      time_text(c->warntime_us, a));
	}

	if (!c->said.initdead) {
		if (c->deadtime_us > 10000000)
			c->initdead_us = c->deadtime_us;
		else if (c->deadtime_us < 6000000)
			c->initdead_us = 12000000;
		else
			c->initdead_us = 2 * c->deadtime_us;
	}
	at = at_line(h, c->said.initdead);
	if (c->initdead_us < c->deadtime_us)
		place_error(&at, "Initial dead time [%s] is smaller than deadtime [%s] (both in ms)",
			    time_text(c->initdead_us, a), time_text(c->deadtime_us, b));
	else if (c->initdead_us < 10000000)
		place_warning(&at, "Initial dead time [%s ms] may be too small! It accounts for slow network startup time: at least 10 s are advised",
			      time_text(c->initdead_us, a));
}

/*
 * A router is no heartbeat's peer: it may answer late, or not every time, where
 * keepalive is short. So unless ha.cf says otherwise, it is given a second, and
 * it is asked five times in deadping, but once in a keepalive at most.
 */
#define DEADPING_LEAST_US	1000000
#define PINGS_IN_DEADPING	5
#define PING_MOST_US		1000000

uint32_t config_deadping_us(uint32_t deadtime_us)
{
	return deadtime_us > DEADPING_LEAST_US ? deadtime_us : DEADPING_LEAST_US;
}

static void check_deadping(struct hacf *h)
{
	struct config *c = h->c;
	struct place at = at_line(h, c->said.deadping);
	char a[32], b[32];

	if (h->bad_times)
		return;
	if (!c->said.deadping)
		c->deadping_us = config_deadping_us(c->deadtime_us);
	check_time(h, "deadping", c->said.deadping, c->deadping_us, 0, HBKM_TIME_MAX_US);
	if (c->deadping_us <= 2 * c->keepalive_us && c->said.deadping)
		place_error(&at, "Ping dead time [%s] is too small compared to keeplive [%s]: deadping must be more than twice keepalive (both in ms here)",
			    time_text(c->deadping_us, a), time_text(c->keepalive_us, b));
	if (c->said.deadping && !c->n_pings && !h->bad_pings)
		place_note(&at, "deadping: there is no ping node that it would be for");
	c->ping_us = c->deadping_us / PINGS_IN_DEADPING;
	if (c->ping_us > PING_MOST_US)
		c->ping_us = PING_MOST_US;
	if (c->ping_us < c->keepalive_us)
		c->ping_us = c->keepalive_us;
}

static void check_ipfail(struct hacf *h)
{
	const struct config *c = h->c;
	struct place at = at_line(h, c->said.ipfail);

	if (!c->ipfail) {
		if (!c->n_pings)
			return;
		at.line = c->pings[0].line;
		place_note(&at, "ping nodes are watched, and what becomes of them is logged; to have resources go to who reaches more of them, write respawn hacluster /usr/lib/heartbeat/ipfail");
		return;
	}
	if (!c->n_pings && !h->bad_pings)
		place_warning(&at, "ipfail: there is no ping node, so it has nothing to compare");
	if (c->auto_failback == HBKM_FAILBACK_LEGACY)
		place_warning(&at, "ipfail does nothing with auto_failback legacy, here as in Heartbeat: write auto_failback on or off");
}

/* Names become numbers on the wire: two that become the same one cannot be told apart. */
static void check_ids(struct hacf *h)
{
	const struct config *c = h->c;
	struct place at;
	size_t i, j;

	for (i = 1; i < c->n_nodes; i++) {
		for (j = 0; j < i; j++) {
			if (hbkm_name_id(c->nodes[i].name) != hbkm_name_id(c->nodes[j].name))
				continue;
			at = at_line(h, c->nodes[i].line);
			place_error(&at, "node: [%s] and [%s] happen to have the same id, %08x: one of them must be renamed",
				    c->nodes[j].name, c->nodes[i].name,
				    hbkm_name_id(c->nodes[i].name));
		}
	}
}

static void check_nodes(struct hacf *h)
{
	const struct config *c = h->c;
	const char *meant;
	size_t i;

	check_ids(h);
	if (!c->n_nodes) {
		if (!h->bad_nodes)
			place_error(&h->at, "no nodes defined: give a node line for every machine, with what uname -n says there");
		return;
	}
	for (i = 0; i < c->n_nodes; i++) {
		if (!strcmp(c->nodes[i].name, c->self))
			break;
	}
	if (i == c->n_nodes && c->self[0] && !h->bad_nodes) {
		meant = suggest_node(c, c->self);
		place_error(&h->at, "Current node [%s] not in configuration! By default, cluster nodes are named by `uname -n` and must be declared with a 'node' directive in the ha.cf file.%s%s%s",
			    c->self, meant ? " Is [" : "", meant ?: "", meant ? "] meant?" : "");
	} else if (c->n_nodes == 1 && !h->bad_nodes) {
		place_warning(&h->at, "there is only one node: nobody can take over from it");
	}
}

static void check_media(struct hacf *h)
{
	const struct config *c = h->c;
	struct place at;

	if (c->n_links || h->bad_media)
		return;
	if (c->n_own_links) {
		at = at_line(h, c->own_links[0].line);
		place_error(&at, "No heartbeat media defined: every ucast line names this node itself; add one with the address of each other node");
	} else {
		place_error(&h->at, "No heartbeat media defined: say how the other nodes are reached, as bcast eth0 or ucast eth0 10.0.2.16");
	}
}

static void check_failback(struct hacf *h)
{
	struct place at = at_line(h, h->c->said.auto_failback);

	if (h->c->auto_failback == HBKM_FAILBACK_LEGACY)
		place_warning(&at, "Deprecated 'legacy' auto_failback option selected. Please convert to 'auto_failback on'%s",
			      at.line ? "." : ": legacy is what counts without such a line.");
}

static void check_logging(struct hacf *h)
{
	struct config *c = h->c;
	struct place at = at_line(h, c->said.use_logd);
	bool file = c->logfile[0], debug = c->debugfile[0], facility = c->logfacility > 0;

	if (!file && !debug && !facility) {
		if (!c->said.use_logd) {
			place_note(&h->at, "No log entry found in ha.cf -- use logd (the log goes to the journal or syslog)");
			c->use_logd = true;
		} else if (!c->use_logd) {
			place_error(&at, "No log entry found in ha.cf and use_logd is set to off: say where to log, as use_logd on or logfacility daemon");
		}
	} else if (c->use_logd) {
		place_warning(&at, "logd is enabled but %s%s%s%s%s is still configured in ha.cf",
			      file ? "logfile" : "", file && debug ? "/" : "",
			      debug ? "debugfile" : "", (file || debug) && facility ? "/" : "",
			      facility ? "logfacility" : "");
	}
}

/* Derives what is not said, and checks what goes across lines. */
void hacf_check(struct hacf *h)
{
	check_times(h);
	check_deadping(h);
	check_nodes(h);
	check_media(h);
	check_failback(h);
	check_ipfail(h);
	check_logging(h);
}

#define WATCHDOG_LEAST_S	5

unsigned int config_watchdog_s(const struct config *c)
{
	unsigned int s = (c->deadtime_us + 10000ULL + 999999) / 1000000;

	return s > WATCHDOG_LEAST_S ? s : WATCHDOG_LEAST_S;
}
