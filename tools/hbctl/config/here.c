// SPDX-License-Identifier: GPL-2.0
/*
 * What the files say against what this machine has. Where they are for other
 * machines, nothing is said.
 */
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static bool is_here(const struct config *c)
{
	for (size_t i = 0; i < c->n_nodes; i++)
		if (!strcmp(c->nodes[i].name, c->self))
			return true;
	return false;
}

/* ---- interfaces ---- */

/* "; there are: eth0, eth1": all but the loopback, as far as there is room. */
static void list_interfaces(char *text, size_t size)
{
	struct if_nameindex *list = if_nameindex();
	size_t len = 0;

	*text = '\0';
	for (struct if_nameindex *i = list; i && i->if_name; i++) {
		if (strcmp(i->if_name, "lo") && len < size)
			len += snprintf(text + len, size - len, "%s%s", len ? ", " : "; there are: ",
					i->if_name);
	}
	if_freenameindex(list);
}

static void interface_check(const struct place *at, const char *ifname)
{
	char others[400];

	if (!*ifname || if_nametoindex(ifname) || errno != ENODEV)
		return;
	list_interfaces(others, sizeof(others));
	place_warning(at, "there is no %s here%s", ifname, others);
}

/* ---- log files ---- */

static void log_check(const struct place *at, const char *path)
{
	char copy[sizeof(((struct config *)0)->logfile)];
	const char *dir;

	if (!*path)
		return;
	strcpy(copy, path);
	dir = dirname(copy);
	/* What we may not write as somebody else, the agent may: it is root. */
	if (access(dir, F_OK))
		place_warning(at, "nothing will be logged to [%s]: there is no directory %s here", path,
			      dir);
	else if (!geteuid() && access(path, W_OK) && (errno != ENOENT || access(dir, W_OK)))
		place_warning(at, "nothing will be logged to [%s]: %s", path, strerror(errno));
}

/* Looks into the file system, and at the interfaces. */
void here_hacf(const struct config *c, const char *file, struct problems *p)
{
	struct place at = { .file = file, .problems = p };
	size_t i, j;

	if (!is_here(c))
		return;
	for (i = 0; i < c->n_links; i++) {
		/* once is enough */
		for (j = 0; j < i && strcmp(c->links[j].ifname, c->links[i].ifname); j++)
			;
		if (j < i)
			continue;
		at.line = c->links[i].line;
		interface_check(&at, c->links[i].ifname);
	}
	at.line = c->said.logfile;
	log_check(&at, c->logfile);
	at.line = c->said.debugfile;
	log_check(&at, c->debugfile);
}

/* ---- addresses ---- */

/* As a machine has it of its own: neither an agent's, nor an alias, nor beside another. */
static bool is_plain(const struct config_own *o)
{
	return !o->ours && !o->alias && !o->secondary && !IN6_IS_ADDR_LINKLOCAL(&o->addr);
}

/*
 * Is it one by which the machine itself is reached? By the rule by which the agent leaves
 * such an address alone (reconcile.c): of IPv4 the first of its interface, of IPv6 the only one.
 */
static bool is_machines(const struct config_own *own, size_t n_own, size_t which)
{
	const struct config_own *a = &own[which];
	bool v4 = ip_is_v4(&a->addr);

	for (size_t i = 0; i < (v4 ? which : n_own); i++)
		if (i != which && !strcmp(own[i].ifname, a->ifname) && is_plain(&own[i]) &&
		    ip_is_v4(&own[i].addr) == v4)
			return false;
	return is_plain(a);
}

static void address_check(const struct place *at, const struct in6_addr *addr,
			  const struct config_own *own, size_t n_own)
{
	char text[INET6_ADDRSTRLEN];

	/* said already: a loopback address */
	if (ip_is_v4(addr) && *(const uint8_t *)ip_bytes(addr) == 127)
		return;
	for (size_t i = 0; i < n_own; i++) {
		const struct config_own *o = &own[i];

		if (o->ours || !ip_same(&o->addr, addr))
			continue;
		if (is_machines(own, n_own, i))
			place_error(at, "[%s] is this machine's own address, the %s one of %s: an address that moves must be a further one",
				    ip_text(addr, text), ip_is_v4(addr) ? "first" : "only", o->ifname);
		else
			place_warning(at, "[%s] is on %s here, and not by hbkm: if it is this machine's own, it must not move; if something else put it there (as Heartbeat, if that runs), take it off",
				      ip_text(addr, text), o->ifname);
		return;
	}
}

/* Looks at the interfaces. */
void here_haresources(const struct config *c, const char *file, const struct config_own *own,
		      size_t n_own, struct problems *p)
{
	struct place at = { .file = file, .problems = p };
	size_t i, j;

	if (!is_here(c))
		return;
	for (i = 0; i < c->n_groups; i++) {
		const struct config_group *g = &c->groups[i];

		for (j = 0; j < g->n_resources; j++) {
			const struct config_resource *r = &g->resources[j];

			if (r->kind != RESOURCE_ADDRESS)
				continue;
			at.line = r->line;
			interface_check(&at, g->addresses[r->address].ifname);
			address_check(&at, &g->addresses[r->address].addr, own, n_own);
		}
	}
}
