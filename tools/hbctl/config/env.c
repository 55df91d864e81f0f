// SPDX-License-Identifier: GPL-2.0
/*
 * ha.cf's env: variables for the programs that are started, which see each of
 * them with HA_ before its name.
 */
#include <ctype.h>
#include <string.h>

#include "hacf.h"

static bool name_valid(const char *name, size_t len)
{
	size_t i;

	if (!len || isdigit((unsigned char)*name))
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

/* Where the variable goes: in the place of an earlier one of its name. */
static char *slot(struct hacf *h, const char *what, const char *name, size_t len)
{
	struct config *c = h->c;
	size_t i;

	for (i = 0; i < c->n_env; i++) {
		if (strncmp(c->env[i] + 3, name, len) || c->env[i][3 + len] != '=')
			continue;
		place_warning(&h->at, "%s: [%.*s] was set before: that no longer counts", what,
			      (int)len, name);
		return c->env[i];
	}
	if (c->n_env == CONFIG_MAX_ENV) {
		place_error(&h->at, "%s: [%.*s] is one variable too many: %d are supported", what,
			    (int)len, name, CONFIG_MAX_ENV);
		return NULL;
	}
	return c->env[c->n_env++];
}

static void set(struct hacf *h, const char *what, const char *name, size_t len, const char *value)
{
	char *to;

	if (!name_valid(name, len)) {
		place_error(&h->at, "%s: [%.*s] is not a variable's name: letters, digits and _ are possible",
			    what, (int)len, name);
		return;
	}
	if (len + strlen(value) + 4 > CONFIG_ENV_MAX) {
		place_error(&h->at, "%s: [%.*s] and its value are too long: %d letters are possible",
			    what, (int)len, name, CONFIG_ENV_MAX - 4);
		return;
	}
	to = slot(h, what, name, len);
	if (to)
		snprintf(to, CONFIG_ENV_MAX + 1, "HA_%.*s=%s", (int)len, name, value);
}

/* env NAME=VALUE…; NAME VALUE is understood, too */
void env_add(struct hacf *h, const char *name, char **words, size_t n)
{
	size_t i, len;

	if (n == 2 && !strchr(words[0], '=') && !strchr(words[1], '=')) {
		place_note(&h->at, "%s: read as %s=%s, which is what Heartbeat wants to see", name,
			   words[0], words[1]);
		set(h, name, words[0], strlen(words[0]), words[1]);
		return;
	}
	for (i = 0; i < n; i++) {
		len = strcspn(words[i], "=");
		if (words[i][len])
			set(h, name, words[i], len, words[i] + len + 1);
		else
			place_error(&h->at, "%s: invalid nvpair(%s): write NAME=VALUE, without blanks",
				    name, words[i]);
	}
}
