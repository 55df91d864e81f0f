// SPDX-License-Identifier: GPL-2.0
/* The words that stand for the kernel's numbers, and durations with units. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "hbctl.h"
#include "names.h"

static const char *lookup(const char *const *words, size_t n, unsigned int v)
{
	return v < n && words[v] ? words[v] : "unknown";
}

#define NAME_FUNCTION(func, ...)					\
const char *func(unsigned int v)					\
{									\
	static const char *const words[] = { __VA_ARGS__ };		\
									\
	return lookup(words, ARRAY_SIZE(words), v);			\
}

NAME_FUNCTION(cluster_state_name,
	[HBKM_CLUSTER_DOWN] = "down",
	[HBKM_CLUSTER_JOINING] = "joining",
	[HBKM_CLUSTER_RUNNING] = "running",
	[HBKM_CLUSTER_LEAVING] = "leaving")

NAME_FUNCTION(node_state_name,
	[HBKM_NODE_INIT] = "init",
	[HBKM_NODE_UP] = "up",
	[HBKM_NODE_LATE] = "late",
	[HBKM_NODE_DEAD] = "dead",
	[HBKM_NODE_LEFT] = "left")

NAME_FUNCTION(link_state_name,
	[HBKM_LINK_ABSENT] = "absent",
	[HBKM_LINK_DOWN] = "down",
	[HBKM_LINK_UP] = "up")

NAME_FUNCTION(link_kind_name,
	[HBKM_LINK_UCAST] = "ucast",
	[HBKM_LINK_BCAST] = "bcast",
	[HBKM_LINK_MCAST] = "mcast")

NAME_FUNCTION(group_state_name,
	[HBKM_GROUP_STANDBY] = "standby",
	[HBKM_GROUP_ACQUIRING] = "acquiring",
	[HBKM_GROUP_ACTIVE] = "active",
	[HBKM_GROUP_RELEASING] = "releasing",
	[HBKM_GROUP_FAILED] = "failed")

NAME_FUNCTION(resource_kind_name,
	[RESOURCE_ADDRESS] = "address",
	[RESOURCE_SCRIPT] = "script",
	[RESOURCE_OCF] = "ocf",
	[RESOURCE_UNIT] = "unit")

NAME_FUNCTION(reason_name,
	[HBKM_REASON_NONE] = "none",
	[HBKM_REASON_STOP] = "stop",
	[HBKM_REASON_UNLOAD] = "unload",
	[HBKM_REASON_REBOOT] = "reboot",
	[HBKM_REASON_PANIC] = "panic",
	[HBKM_REASON_SUSPEND] = "suspend")

NAME_FUNCTION(auto_failback_name,
	[HBKM_FAILBACK_OFF] = "off",
	[HBKM_FAILBACK_ON] = "on",
	[HBKM_FAILBACK_LEGACY] = "legacy")

NAME_FUNCTION(event_name,
	[HBKM_EVENT_CLUSTER] = "cluster",
	[HBKM_EVENT_NODE] = "node",
	[HBKM_EVENT_PATH] = "path",
	[HBKM_EVENT_LINK] = "link",
	[HBKM_EVENT_GROUP] = "group",
	[HBKM_EVENT_CONFLICT] = "conflict",
	[HBKM_EVENT_STALL] = "stall",
	[HBKM_EVENT_DUPLICATE] = "duplicate")

NAME_FUNCTION(stat_name,
	[HBKM_STAT_TX] = "tx",
	[HBKM_STAT_TX_ERROR] = "tx_error",
	[HBKM_STAT_TX_NOMEM] = "tx_nomem",
	[HBKM_STAT_BEAT] = "beat",
	[HBKM_STAT_BEAT_EXTRA] = "beat_extra",
	[HBKM_STAT_RX_GOOD] = "rx_good",
	[HBKM_STAT_RX_SHORT] = "rx_short",
	[HBKM_STAT_RX_MAGIC] = "rx_magic",
	[HBKM_STAT_RX_VERSION] = "rx_version",
	[HBKM_STAT_RX_TYPE] = "rx_type",
	[HBKM_STAT_RX_LENGTH] = "rx_length",
	[HBKM_STAT_RX_FIELD] = "rx_field",
	[HBKM_STAT_RX_CLUSTER] = "rx_cluster",
	[HBKM_STAT_RX_SELF] = "rx_self",
	[HBKM_STAT_RX_LINK] = "rx_link",
	[HBKM_STAT_RX_NODE] = "rx_node",
	[HBKM_STAT_RX_KEY] = "rx_key",
	[HBKM_STAT_RX_MAC] = "rx_mac",
	[HBKM_STAT_RX_REPLAY] = "rx_replay",
	[HBKM_STAT_RX_STALE] = "rx_stale",
	[HBKM_STAT_RX_IDLE] = "rx_idle",
	[HBKM_STAT_RX_NOMEM] = "rx_nomem",
	[HBKM_STAT_STALL] = "stall",
	[HBKM_STAT_CONFLICT] = "conflict",
	[HBKM_STAT_EVENT_LOST] = "event_lost",
	[HBKM_STAT_GUARD_DROP] = "guard_drop",
	[HBKM_STAT_DUPLICATE] = "duplicate")

const char *send_error_name(int error)
{
	return error == EADDRNOTAVAIL ? "no address of its own to send from" : strerror(error);
}

int auto_failback_parse(const char *text)
{
	static const struct {
		const char *word;
		int value;
	} words[] = {
		{ "on", HBKM_FAILBACK_ON }, { "off", HBKM_FAILBACK_OFF },
		{ "legacy", HBKM_FAILBACK_LEGACY },
		{ "true", HBKM_FAILBACK_ON }, { "false", HBKM_FAILBACK_OFF },
		{ "yes", HBKM_FAILBACK_ON }, { "no", HBKM_FAILBACK_OFF },
		{ "y", HBKM_FAILBACK_ON }, { "n", HBKM_FAILBACK_OFF },
		{ "1", HBKM_FAILBACK_ON }, { "0", HBKM_FAILBACK_OFF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcasecmp(text, words[i].word))
			return words[i].value;
	return -1;
}

int duration_parse(const char *text, uint32_t *us)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
		{ "min", 60000000000 },
	};
	uint64_t number = 0, scale = 1, ns;
	bool point = false, digits = false;
	const char *p = text;

	for (; isdigit((unsigned char)*p) || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		digits = true;
		/* Ten digits hold every time in us, and nine of them a fraction. */
		if (number >= 10000000000 || (point && scale >= 1000000000))
			return -ERANGE;
		number = number * 10 + (uint64_t)(*p - '0');
		if (point)
			scale *= 10;
	}
	if (!digits)
		return -EINVAL;
	if (!*p)
		return -EDOM;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(p, units[i].name))
			continue;
		if (__builtin_mul_overflow(number, units[i].ns, &ns))
			return -ERANGE;
		if (ns % (scale * 1000) || ns / scale / 1000 > UINT32_MAX)
			return -ERANGE;
		*us = (uint32_t)(ns / scale / 1000);
		return 0;
	}
	return -EINVAL;
}

const char *duration_format(char *buf, size_t size, uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	};
	size_t i = 0;
	uint64_t rest;
	int width;
	char frac[16];
	size_t len;

	while (i < ARRAY_SIZE(units) - 1 && ns < units[i].ns)
		i++;
	rest = ns % units[i].ns;
	width = units[i].ns == 1000000000 ? 9 : units[i].ns == 1000000 ? 6 : 3;
	len = (size_t)snprintf(frac, sizeof(frac), "%0*llu", width, (unsigned long long)rest);
	while (len && frac[len - 1] == '0')
		frac[--len] = 0;
	if (ns == 0)
		snprintf(buf, size, "0s");
	else if (rest)
		snprintf(buf, size, "%llu.%s%s", (unsigned long long)(ns / units[i].ns), frac,
			 units[i].name);
	else
		snprintf(buf, size, "%llu%s", (unsigned long long)(ns / units[i].ns),
			 units[i].name);
	return buf;
}
