// SPDX-License-Identifier: GPL-2.0
/*
 * ha.cf's ping nodes: addresses outside the cluster, that answer whoever asks.
 */
#include <arpa/inet.h>
#include <string.h>

#include "hacf.h"

static struct config_ping *ping_new(struct hacf *h, const char *what, const char *name)
{
	struct config *c = h->c;
	struct config_ping *ping;
	size_t i;

	for (i = 0; i < c->n_pings; i++) {
		if (strcasecmp(c->pings[i].name, name))
			continue;
		place_warning(&h->at, "%s: [%s] is on line %u already: it counts once", what, name,
			      c->pings[i].line);
		return NULL;
	}
	if (c->n_pings == CONFIG_MAX_PINGS) {
		place_error(&h->at, "%s: [%s] is one ping node too many: %d are supported", what, name,
			    CONFIG_MAX_PINGS);
		h->bad_pings = true;
		return NULL;
	}
	ping = &c->pings[c->n_pings];
	memset(ping, 0, sizeof(*ping));
	ping->line = h->at.line;
	snprintf(ping->name, sizeof(ping->name), "%s", name);
	return ping;
}

/* ping ADDRESS…: each is a ping node of its own. */
void ping_each(struct hacf *h, const char *name, char **words, size_t n, int family)
{
	struct config_ping *ping;
	struct in6_addr addr;
	size_t i;

	for (i = 0; i < n; i++) {
		if (outside_addr_parse(&h->at, name, words[i], family, &addr)) {
			h->bad_pings = true;
			continue;
		}
		ping = ping_new(h, name, words[i]);
		if (!ping)
			continue;
		ping->addrs[ping->n_addrs++] = addr;
		h->c->n_pings++;
	}
}

/* ping_group NAME ADDRESS…: one ping node, which is there while any of them is. */
void ping_group(struct hacf *h, const char *name, char **words, size_t n)
{
	struct config_ping *ping;
	size_t i;

	if (n < 2) {
		place_error(&h->at, "%s: write ping_group NAME ADDRESS..., as ping_group gateways 10.0.2.1 10.0.2.2",
			    name);
		h->bad_pings = true;
		return;
	}
	if (strlen(words[0]) > HBKM_NAME_MAX) {
		place_error(&h->at, "%s: [%s] is too long a name: %d letters are possible", name,
			    words[0], HBKM_NAME_MAX);
		h->bad_pings = true;
		return;
	}
	ping = ping_new(h, name, words[0]);
	if (!ping)
		return;
	for (i = 1; i < n; i++) {
		if (ping->n_addrs == CONFIG_MAX_PING_ADDRS) {
			place_error(&h->at, "%s: [%s] is one address too many: %d are possible in a group",
				    name, words[i], CONFIG_MAX_PING_ADDRS);
			h->bad_pings = true;
			return;
		}
		if (outside_addr_parse(&h->at, name, words[i], AF_INET,
				       &ping->addrs[ping->n_addrs])) {
			h->bad_pings = true;
			return;
		}
		ping->n_addrs++;
	}
	h->c->n_pings++;
}
