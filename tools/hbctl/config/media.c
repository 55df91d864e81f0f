// SPDX-License-Identifier: GPL-2.0
/*
 * ha.cf's media: over which devices, and to whom, beats go.
 */
#include <arpa/inet.h>
#include <string.h>

#include "hacf.h"

/* The number of the cable: the same on every node that has the same ha.cf. */
static int path_of(struct hacf *h, const char *ifname, uint8_t *path)
{
	size_t i;

	for (i = 0; i < h->n_devices; i++) {
		if (!strcmp(h->devices[i], ifname)) {
			*path = i;
			return 0;
		}
	}
	if (h->n_devices == HBKM_MAX_PATHS) {
		place_error(&h->at, "[%s] is one device too many: at most %d different ones carry heartbeats",
			    ifname, HBKM_MAX_PATHS);
		return -1;
	}
	memcpy(h->devices[h->n_devices], ifname, IFNAMSIZ);
	*path = h->n_devices++;
	return 0;
}

static const struct config_link *link_find(const struct config_link *v, size_t n,
					   const struct config_link *link)
{
	for (; n; n--, v++) {
		if (v->kind == link->kind && !strcmp(v->ifname, link->ifname) &&
		    ip_same(&v->addr, &link->addr) &&
		    (v->kind != HBKM_LINK_MCAST || v->port == link->port))
			return v;
	}
	return NULL;
}

static bool is_own(const struct hacf *h, const struct config_link *link)
{
	size_t i;

	if (link->kind != HBKM_LINK_UCAST)
		return false;
	for (i = 0; i < h->n_own; i++) {
		/* The same link-local address may be another machine's on another cable. */
		if (ip_same(&h->own[i].addr, &link->addr) &&
		    (!IN6_IS_ADDR_LINKLOCAL(&link->addr) ||
		     !strcmp(h->own[i].ifname, link->ifname)))
			return true;
	}
	return false;
}

static void link_add(struct hacf *h, struct config_link *link)
{
	struct config *c = h->c;
	const struct config_link *twin;
	struct config_link *v = c->links;
	size_t *n = &c->n_links;

	if (is_own(h, link)) {
		v = c->own_links;
		n = &c->n_own_links;
	}
	if (path_of(h, link->ifname, &link->path)) {
		h->bad_media = true;
		return;
	}
	twin = link_find(v, *n, link);
	if (twin) {
		place_warning(&h->at, "the same medium as on line %u: this line counts for nothing",
			      twin->line);
		return;
	}
	if (*n == HBKM_MAX_LINKS) {
		place_error(&h->at, "Too many media specified (> %d)", HBKM_MAX_LINKS);
		h->bad_media = true;
		return;
	}
	link->line = h->at.line;
	v[(*n)++] = *link;
}

/* bcast DEVICE… */
void media_bcast(struct hacf *h, const char *name, char **words, size_t n)
{
	size_t i;

	h->media++;
	for (i = 0; i < n; i++) {
		struct config_link link = { .kind = HBKM_LINK_BCAST };

		if (ifname_parse(&h->at, name, words[i], link.ifname))
			h->bad_media = true;
		else
			link_add(h, &link);
	}
}

static void ignore_rest(struct hacf *h, const char *name, char **words, size_t n, size_t used)
{
	if (n > used)
		place_warning(&h->at, "%s: [%s] and what follows is ignored; put a # before a remark",
			      name, words[used]);
}

/* The address of a peer. One of its link-local ones will do: the line has the device. */
static int peer_parse(struct hacf *h, const char *name, int family, const char *text,
		      struct in6_addr *addr)
{
	struct in_addr v4;

	if (family == AF_INET6)
		return host6_addr_parse(&h->at, name, text, addr);
	if (address_is_ipv6(text)) {
		place_error(&h->at, "%s: [%s] is an IPv6 address: write ucast6 DEVICE ADDRESS",
			    name, text);
		return -1;
	}
	if (host_addr_parse(&h->at, name, text, &v4))
		return -1;
	*addr = ip_from_v4(v4);
	return 0;
}

/* ucast DEVICE ADDRESS, ucast6 DEVICE ADDRESS */
void media_ucast(struct hacf *h, const char *name, int family, char **words, size_t n)
{
	struct config_link link = { .kind = HBKM_LINK_UCAST };

	h->media++;
	if (n < 2) {
		place_error(&h->at, "%s: [%s] missing target IP address: write %s DEVICE ADDRESS, as %s eth0 %s",
			    name, words[0], name, name,
			    family == AF_INET6 ? "2001:db8::15" : "10.0.2.15");
		h->bad_media = true;
		return;
	}
	if (ifname_parse(&h->at, name, words[0], link.ifname) ||
	    peer_parse(h, name, family, words[1], &link.addr)) {
		h->bad_media = true;
		return;
	}
	ignore_rest(h, name, words, n, 2);
	link_add(h, &link);
}

static int group_parse(struct hacf *h, const char *name, int family, char **words,
		       struct in6_addr *addr)
{
	struct in_addr v4;

	if (family == AF_INET6) {
		/* of the scopes below link-local nothing leaves the machine */
		if (inet_pton(AF_INET6, words[1], addr) == 1 && IN6_IS_ADDR_MULTICAST(addr) &&
		    (addr->s6_addr[1] & 0xf) >= 2)
			return 0;
		place_error(&h->at, "%s [%s] bad addr [%s]: a multicast group is wanted, as ff02::694",
			    name, words[0], words[1]);
		return -1;
	}
	if (inet_pton(AF_INET, words[1], &v4) == 1 && IN_MULTICAST(ntohl(v4.s_addr))) {
		*addr = ip_from_v4(v4);
		return 0;
	}
	place_error(&h->at, "%s [%s] bad addr [%s]: a multicast group is wanted, 224.0.0.0 to 239.255.255.255",
		    name, words[0], words[1]);
	return -1;
}

/* mcast DEVICE GROUP PORT TTL LOOP, mcast6 DEVICE GROUP PORT HOPS LOOP */
void media_mcast(struct hacf *h, const char *name, int family, char **words, size_t n)
{
	static const char * const parts[] = { "device", "mcast address", "port", "ttl", "loop" };
	struct config_link link = { .kind = HBKM_LINK_MCAST };
	unsigned int port, ttl, loop;

	h->media++;
	if (n < ARRAY_SIZE(parts)) {
		place_error(&h->at, "%s [%s] missing %s: write %s DEVICE GROUP PORT TTL LOOP, as %s eth0 %s 694 1 0",
			    name, words[0], parts[n], name, name,
			    family == AF_INET6 ? "ff02::694" : "225.0.0.1");
		goto bad;
	}
	if (ifname_parse(&h->at, name, words[0], link.ifname))
		goto bad;
	if (group_parse(h, name, family, words, &link.addr))
		goto bad;
	if (uint_parse(words[2], UINT16_MAX, &port) || !port) {
		place_error(&h->at, "%s [%s] bad port [%s]: 1 to 65535 is wanted",
			    name, words[0], words[2]);
		goto bad;
	}
	if (uint_parse(words[3], UINT8_MAX, &ttl)) {
		place_error(&h->at, "%s [%s] bad ttl [%s]: 0 to 255 is wanted, usually 1",
			    name, words[0], words[3]);
		goto bad;
	}
	if (uint_parse(words[4], 1, &loop)) {
		place_error(&h->at, "%s [%s] bad loop [%s]: 0 or 1 is wanted, usually 0",
			    name, words[0], words[4]);
		goto bad;
	}
	if (!ttl)
		place_warning(&h->at, "%s [%s] ttl 0 would keep beats on this very host: 1 is taken, which reaches the subnet",
			      name, words[0]);
	ignore_rest(h, name, words, n, ARRAY_SIZE(parts));
	link.port = port;
	link.ttl = ttl ? ttl : 1;
	link.loop = loop;
	link_add(h, &link);
	return;
bad:
	h->bad_media = true;
}

/* udpport: kept until all media are known, since it may stand before or after them. */
void media_udpport(struct hacf *h, unsigned int port)
{
	if (h->n_ports == ARRAY_SIZE(h->ports)) {
		place_error(&h->at, "too many udpport lines (> %zu)", ARRAY_SIZE(h->ports));
		return;
	}
	if (!h->n_ports && h->media)
		place_note(&h->at, "udpport setting must precede media statements in Heartbeat; here it counts for those before it, too");
	h->ports[h->n_ports].line = h->at.line;
	h->ports[h->n_ports].port = port;
	h->n_ports++;
}

/* The last udpport before a medium counts, as in Heartbeat, else the first one behind it. */
static uint16_t port_of(const struct hacf *h, unsigned int line)
{
	size_t i = 0;

	if (!h->n_ports)
		return HBKM_PORT_DEFAULT;
	while (i + 1 < h->n_ports && h->ports[i + 1].line < line)
		i++;
	return h->ports[i].port;
}

/* Gives every link its port. */
static void set_ports(const struct hacf *h, struct config_link *v, size_t n,
		      unsigned int *last_line)
{
	for (; n; n--, v++) {
		if (v->kind == HBKM_LINK_MCAST)
			continue;
		v->port = port_of(h, v->line);
		if (v->line > *last_line)
			*last_line = v->line;
	}
}

void media_finish(struct hacf *h)
{
	struct place at = h->at;
	unsigned int last_line = 0;
	size_t i;

	set_ports(h, h->c->links, h->c->n_links, &last_line);
	set_ports(h, h->c->own_links, h->c->n_own_links, &last_line);

	for (i = 1; i < h->n_ports; i++) {
		at.line = h->ports[i].line;
		if (at.line > last_line && h->ports[i].port != h->ports[i - 1].port)
			place_warning(&at, "udpport %u counts for no medium: all of them stand before it, and behind another udpport",
				      h->ports[i].port);
	}
}
