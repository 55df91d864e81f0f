// SPDX-License-Identifier: GPL-2.0
/*
 * The effective configuration, for people.
 */
#include <arpa/inet.h>
#include <string.h>

#include "../names.h"
#include "internal.h"
#include "show.h"

const char *method_name(enum hbkm_method method)
{
	switch (method) {
	case HBKM_METHOD_CRC:
		return "crc";
	case HBKM_METHOD_MD5:
		return "md5";
	case HBKM_METHOD_SHA1:
		return "sha1";
	case HBKM_METHOD_SHA256:
		return "sha256";
	}
	return "unknown";
}

static void print_time(FILE *out, const char *name, uint32_t us, bool said, bool derived)
{
	char text[64];

	fprintf(out, "%s %s%s\n", name, duration_format(text, sizeof(text), us * 1000ULL),
		said ? "" : derived ? " (derived)" : " (default)");
}

static void print_link(FILE *out, const struct config_link *link, bool own)
{
	char addr[INET6_ADDRSTRLEN];

	fprintf(out, "link %s %s", link_kind_name(link->kind), link->ifname);
	if (link->kind != HBKM_LINK_BCAST)
		fprintf(out, " %s", ip_text(&link->addr, addr));
	fprintf(out, " port %u path %u", link->port, link->path);
	if (link->kind == HBKM_LINK_MCAST)
		fprintf(out, " ttl %u loop %u", link->ttl, link->loop);
	fputs(own ? " (own address, not used)\n" : "\n", out);
}

static void print_ping(FILE *out, const struct config_ping *ping)
{
	char text[INET6_ADDRSTRLEN];
	size_t i;

	fprintf(out, "ping %s", ping->name);
	for (i = 0; i < ping->n_addrs && ping->n_addrs > 1; i++)
		fprintf(out, "%s%s", i ? " or " : ": ", ip_text(&ping->addrs[i], text));
	fputc('\n', out);
}

static void print_pings(FILE *out, const struct config *c)
{
	char text[64];
	size_t i;

	if (!c->n_pings)
		return;
	print_time(out, "deadping", c->deadping_us, c->said.deadping, true);
	fprintf(out, "ping every %s (derived)\n",
		duration_format(text, sizeof(text), c->ping_us * 1000ULL));
	for (i = 0; i < c->n_pings; i++)
		print_ping(out, &c->pings[i]);
	fprintf(out, "ipfail %s\n", c->ipfail ? "on" : "off");
}

static void print_clients(FILE *out, const struct config *c)
{
	size_t i;

	for (i = 0; i < c->n_clients; i++)
		fprintf(out, "%s %s as %s\n", c->clients[i].failfast ? "failfast" : "respawn",
			c->clients[i].command, c->clients[i].user);
	for (i = 0; i < c->n_env; i++)
		fprintf(out, "env %s\n", c->env[i]);
	if (c->watchdog[0])
		fprintf(out, "watchdog %s timeout %u s (derived)\n", c->watchdog,
			config_watchdog_s(c));
}

static void print_address(FILE *out, const struct config_address *a)
{
	char text[INET6_ADDRSTRLEN];

	fprintf(out, "  address %s", ip_text(&a->addr, text));
	if (a->prefix_len >= 0)
		fprintf(out, "/%d", a->prefix_len);
	if (a->ifname[0])
		fprintf(out, " dev %s", a->ifname);
	if (a->label[0])
		fprintf(out, " label %s", a->label);
	if (a->broadcast.s_addr)
		fprintf(out, " broadcast %s",
			inet_ntop(AF_INET, &a->broadcast, text, sizeof(text)));
	if (a->prefix_len < 0 || !a->ifname[0])
		fprintf(out, " (%s%s%s as the route says)", a->prefix_len < 0 ? "mask" : "",
			a->prefix_len < 0 && !a->ifname[0] ? " and " : "",
			a->ifname[0] ? "" : "device");
	fputc('\n', out);
}

/* What is run, as it is run, but for the last argument. */
static void print_program(FILE *out, const struct config_resource *r)
{
	size_t i;

	fprintf(out, "  %s %s", resource_kind_name(r->kind), r->path ? r->path : r->name);
	for (i = 0; i < r->n_args; i++)
		fprintf(out, " %s", r->args[i]);
	fputc('\n', out);
}

static void print_group(FILE *out, const struct config_group *g)
{
	size_t i;

	fprintf(out, "group %s prefers %s\n", g->name, g->node);
	for (i = 0; i < g->n_resources; i++) {
		if (g->resources[i].kind == RESOURCE_ADDRESS)
			print_address(out, &g->addresses[g->resources[i].address]);
		else
			print_program(out, &g->resources[i]);
	}
}

static void print_logging(FILE *out, const struct config *c)
{
	fputs("log", out);
	if (c->use_logd)
		fprintf(out, " logd%s", c->said.use_logd ? "" : " (derived)");
	if (c->logfacility >= 0)
		fprintf(out, " facility %s", facility_name(c->logfacility));
	if (c->logfile[0])
		fprintf(out, " file %s", c->logfile);
	if (c->debugfile[0])
		fprintf(out, " debugfile %s", c->debugfile);
	if (c->debug)
		fprintf(out, " debug %d", c->debug);
	fputc('\n', out);
}

void config_print(const struct config *c, FILE *out)
{
	size_t i;

	fprintf(out, "cluster %s%s\n", c->cluster, c->said.cluster ? "" : " (default)");
	for (i = 0; i < c->n_nodes; i++)
		fprintf(out, "node %s%s\n", c->nodes[i].name,
			strcmp(c->nodes[i].name, c->self) ? "" : " (this one)");
	print_time(out, "keepalive", c->keepalive_us, c->said.keepalive, false);
	print_time(out, "deadtime", c->deadtime_us, c->said.deadtime, false);
	print_time(out, "warntime", c->warntime_us, c->said.warntime, true);
	print_time(out, "initdead", c->initdead_us, c->said.initdead, true);
	fprintf(out, "auto_failback %s%s\n", auto_failback_name(c->auto_failback),
		c->said.auto_failback ? "" : " (default)");
	if (c->realtime)
		fprintf(out, "realtime on priority %d%s\n", c->rtprio,
			c->said.rtprio ? "" : " (default)");
	else
		fputs("realtime off\n", out);
	print_logging(out, c);
	for (i = 0; i < c->n_links; i++)
		print_link(out, &c->links[i], false);
	for (i = 0; i < c->n_own_links; i++)
		print_link(out, &c->own_links[i], true);
	print_pings(out, c);
	print_clients(out, c);
	for (i = 0; i < c->n_keys; i++)
		fprintf(out, "key %u %s%s\n", c->keys[i].id, method_name(c->keys[i].method),
			c->keys[i].id == c->sign_key ? " (signs)" : "");
	for (i = 0; i < c->n_groups; i++)
		print_group(out, &c->groups[i]);
}
