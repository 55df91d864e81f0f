// SPDX-License-Identifier: GPL-2.0
/*
 * The names of syslog's facilities.
 */
#include <string.h>
#include <syslog.h>

#include "internal.h"
#include "show.h"

/* Names that mean the same stand behind the usual one. */
static const struct {
	const char *name;
	int facility;
} facilities[] = {
	{ "auth", LOG_AUTH }, { "authpriv", LOG_AUTHPRIV }, { "cron", LOG_CRON },
	{ "daemon", LOG_DAEMON }, { "ftp", LOG_FTP }, { "kern", LOG_KERN },
	{ "lpr", LOG_LPR }, { "mail", LOG_MAIL }, { "news", LOG_NEWS },
	{ "none", -1 }, { "security", LOG_AUTH }, { "syslog", LOG_SYSLOG },
	{ "user", LOG_USER }, { "uucp", LOG_UUCP },
	{ "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
};

/**
 * facility_parse - a syslog facility, or none
 * @text: its name, in either case
 * @facility: receives it as syslog(3) takes it, -1 for none
 *
 * Return: 0, or -1 if there is no such facility.
 */
int facility_parse(const char *text, int *facility)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(facilities); i++) {
		if (!strcasecmp(text, facilities[i].name)) {
			*facility = facilities[i].facility;
			return 0;
		}
	}
	return -1;
}

const char *facility_name(int facility)
{
	size_t i;

	if (facility < 0)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(facilities); i++) {
		if (facilities[i].facility == facility)
			return facilities[i].name;
	}
	return NULL;
}
