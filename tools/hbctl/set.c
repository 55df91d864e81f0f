// SPDX-License-Identifier: GPL-2.0
/* hbctl set: change times and policy of the running cluster. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hbctl.h"
#include "names.h"
#include "nl.h"
#include "set.h"

static const char help[] =
	"Usage: hbctl set { keepalive TIME | deadtime TIME | warntime TIME | initdead TIME |\n"
	"                   agent_timeout TIME | auto_failback { on | off | legacy } }...\n\n"
	"Changes the running cluster, all of it or nothing: several values are checked\n"
	"together, so that any order will do. Set the same on every node. The files in\n"
	"/etc/ha.d are not touched: a reload or a restart goes back to them.\n\n"
	"TIME is a number with its unit, as 250us, 1.5ms, 10ms, 1s. A number without a\n"
	"unit is refused, for ha.cf means seconds by it and sysfs microseconds.\n\n"
	"Example: hbctl set keepalive 1ms deadtime 3ms\n";

int set_parse(int argc, char **argv, struct nl_params *p)
{
	static const struct {
		const char *name;
		uint32_t bit;
		size_t offset;
	} times[] = {
		{ "keepalive", NL_SET_KEEPALIVE, offsetof(struct nl_params, keepalive_us) },
		{ "deadtime", NL_SET_DEADTIME, offsetof(struct nl_params, deadtime_us) },
		{ "warntime", NL_SET_WARNTIME, offsetof(struct nl_params, warntime_us) },
		{ "initdead", NL_SET_INITDEAD, offsetof(struct nl_params, initdead_us) },
		{ "agent_timeout", NL_SET_AGENT_TIMEOUT,
		  offsetof(struct nl_params, agent_timeout_us) },
	};

	memset(p, 0, sizeof(*p));
	if (argc < 2)
		return usage_error("what? (see hbctl set --help)");
	for (int a = 1; a < argc; a += 2) {
		const char *key = argv[a], *value = argv[a + 1];
		uint32_t bit = 0, us;
		int v;

		for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
			if (strcmp(key, times[i].name))
				continue;
			if (!value)
				return usage_error("%s: value missing", key);
			switch (duration_parse(value, &us)) {
			case 0:
				break;
			case -EDOM:
				return usage_error("%s: \"%s\" has no unit: say %ss, %sms or %sus",
						   key, value, value, value, value);
			case -ERANGE:
				return usage_error("%s: \"%s\" is out of range or finer than 1us",
						   key, value);
			default:
				return usage_error("%s: \"%s\" is no time (as 10ms, 1s, 500us)",
						   key, value);
			}
			bit = times[i].bit;
			memcpy((char *)p + times[i].offset, &us, sizeof(us));
		}
		if (!strcmp(key, "auto_failback")) {
			if (!value)
				return usage_error("%s: value missing", key);
			v = auto_failback_parse(value);
			if (v < 0)
				return usage_error("%s: \"%s\" is none of on, off, legacy", key,
						   value);
			bit = NL_SET_AUTO_FAILBACK;
			p->auto_failback = (uint8_t)v;
		}
		if (!bit)
			return usage_error("unknown parameter \"%s\" (see hbctl set --help)", key);
		if (p->set & bit)
			return usage_error("%s: given twice", key);
		p->set |= bit;
	}
	return HBCTL_OK;
}

void set_hint(const struct nl_params *p, const struct nl_cluster *c, char *buf, size_t size)
{
	bool keepalive = p->set & NL_SET_KEEPALIVE, deadtime = p->set & NL_SET_DEADTIME;
	uint32_t k = keepalive ? p->keepalive_us : c->keepalive_us;
	uint32_t d = deadtime ? p->deadtime_us : c->deadtime_us;
	char now[32], a[32], b[32];

	*buf = '\0';
	/* Both or neither: all that matters was said. */
	if (keepalive == deadtime || d > 2 * (uint64_t)k)
		return;
	duration_format(now, sizeof(now), (keepalive ? d : k) * 1000ULL);
	if (keepalive)
		d = 3 * k;
	else
		k = d / 3;
	if (k < HBKM_KEEPALIVE_MIN_US || k > HBKM_KEEPALIVE_MAX_US)
		return;
	snprintf(buf, size, " (%s is %s: hbctl set keepalive %s deadtime %s)",
		 keepalive ? "deadtime" : "keepalive", now,
		 duration_format(a, sizeof(a), k * 1000ULL),
		 duration_format(b, sizeof(b), d * 1000ULL));
}

static int refused(struct hbnl *nl, const struct nl_params *p, int err)
{
	struct nl_cluster c;
	char said[256], hint[128];

	/* what the kernel says next is about the question that follows */
	snprintf(said, sizeof(said), "%s", hbnl_error(nl));
	if (err != -ERANGE || hbnl_cluster_get(nl, &c))
		return hbnl_fail(nl, NULL, err);
	set_hint(p, &c, hint, sizeof(hint));
	return fail(HBCTL_REFUSED, "%s (ERANGE)%s", said, hint);
}

int cmd_set(int argc, char **argv)
{
	struct nl_params p;
	struct hbnl *nl;
	int ret;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	ret = set_parse(argc, argv, &p);
	if (ret)
		return ret;
	ret = hbnl_connect(&nl);
	if (ret)
		return ret;
	ret = hbnl_cluster_set(nl, &p);
	if (ret)
		ret = refused(nl, &p, ret);
	hbnl_close(nl);
	return ret;
}
