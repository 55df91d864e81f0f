// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/hacf.c tools/hbctl/config/hacf_check.c tools/hbctl/config/media.c tools/hbctl/config/ping.c tools/hbctl/config/client.c tools/hbctl/config/env.c tools/hbctl/config/facility.c tools/hbctl/config/haresources.c tools/hbctl/config/resource.c tools/hbctl/config/address.c tools/hbctl/config/authkeys.c tools/hbctl/config/value.c tools/hbctl/config/ip.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/lines.c tools/hbctl/config/dump.c tools/hbctl/config/json.c tools/hbctl/names.c kmod/frame.c */
/* libs: json-c */
/*
 * The parsers of /etc/ha.d, fed with anything. The first byte selects which: '2' ha.cf,
 * '3' haresources, '4' authkeys, '0' ha.cf, a form feed and haresources, '1' a time.
 * What they accept must be within every bound that the kernel and the agent rely on,
 * and whatever they say about it must be printable.
 */
#include <arpa/inet.h>
#include <json.h>
#include <stdlib.h>
#include <string.h>

#include <hbkm/frame.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)	do { if (!(condition)) abort(); } while (0)

static void check_text(const char *text, size_t size)
{
	MUST(strnlen(text, size) < size);
}

static void check_problems(const struct problems *p)
{
	size_t i, errors = 0;

	for (i = 0; i < p->n; i++) {
		const unsigned char *c = (const unsigned char *)p->v[i].text;

		errors += p->v[i].level == PROBLEM_ERROR;
		MUST(*c);
		for (; *c; c++)
			MUST(*c >= 0x20 && *c != 0x7f);
	}
	MUST(p->dropped || errors == p->errors);
	MUST(p->n <= 1000);
}

/* What the kernel takes for a machine's address. */
static bool is_host(const struct in6_addr *addr)
{
	uint32_t v4 = ntohl(ip_to_v4(addr).s_addr);

	if (ip_is_v4(addr))
		return v4 >> 24 && v4 < 0xe0000000U;
	return ip_is_set(addr) && !IN6_IS_ADDR_MULTICAST(addr);
}

static bool is_group(const struct in6_addr *addr)
{
	return ip_is_v4(addr) ? IN_MULTICAST(ntohl(ip_to_v4(addr).s_addr)) :
				IN6_IS_ADDR_MULTICAST(addr);
}

static void check_links(const struct config_link *v, size_t n)
{
	size_t i;

	MUST(n <= HBKM_MAX_LINKS);
	for (i = 0; i < n; i++) {
		check_text(v[i].ifname, sizeof(v[i].ifname));
		MUST(ifname_valid(v[i].ifname));
		MUST(v[i].path < HBKM_MAX_PATHS);
		MUST(v[i].port);
		MUST(v[i].line);
		switch (v[i].kind) {
		case HBKM_LINK_UCAST:
			MUST(is_host(&v[i].addr));
			break;
		case HBKM_LINK_BCAST:
			MUST(!ip_is_set(&v[i].addr));
			break;
		case HBKM_LINK_MCAST:
			MUST(is_group(&v[i].addr));
			break;
		default:
			abort();
		}
	}
}

/* Without any error: what the kernel demands. */
static void check_hacf(const struct config *c, const struct config_own *own)
{
	bool self = false;
	size_t i, j;

	MUST(c->keepalive_us >= HBKM_KEEPALIVE_MIN_US && c->keepalive_us <= HBKM_KEEPALIVE_MAX_US);
	MUST(c->deadtime_us > 2 * c->keepalive_us && c->deadtime_us <= HBKM_TIME_MAX_US);
	MUST(c->warntime_us && c->warntime_us <= c->deadtime_us);
	MUST(c->initdead_us >= c->deadtime_us && c->initdead_us <= HBKM_TIME_MAX_US);
	MUST(c->auto_failback <= HBKM_FAILBACK_LEGACY);
	MUST(c->rtprio >= 1 && c->rtprio <= 99);
	MUST(c->use_logd || c->logfile[0] || c->debugfile[0] || c->logfacility > 0);
	check_text(c->cluster, sizeof(c->cluster));
	MUST(c->cluster[0]);

	MUST(c->n_nodes && c->n_nodes <= HBKM_MAX_NODES);
	for (i = 0; i < c->n_nodes; i++) {
		check_text(c->nodes[i].name, sizeof(c->nodes[i].name));
		MUST(c->nodes[i].name[0]);
		self |= !strcmp(c->nodes[i].name, c->self);
		for (j = 0; j < i; j++)
			MUST(hbkm_name_id(c->nodes[i].name) != hbkm_name_id(c->nodes[j].name));
	}
	MUST(self);
	MUST(c->n_links);
	for (i = 0; i < c->n_links; i++)
		MUST(c->links[i].kind != HBKM_LINK_UCAST || !ip_same(&c->links[i].addr, &own->addr));
}

/* Every resource has a name, and addresses are counted once, in their order. */
static void check_resources(const struct config_group *g)
{
	size_t addresses = 0, i, j;

	for (i = 0; i < g->n_resources; i++) {
		const struct config_resource *r = &g->resources[i];

		MUST(r->line && r->text && *r->text);
		if (r->kind == RESOURCE_ADDRESS) {
			MUST(r->address == addresses++);
			continue;
		}
		MUST(r->kind == RESOURCE_SCRIPT && r->name && *r->name && !r->path);
		for (j = 0; j < r->n_args; j++)
			MUST(*r->args[j] && !strstr(r->args[j], "::"));
	}
	MUST(addresses == g->n_addresses);
}

static void check_groups(const struct config *c)
{
	size_t i, j;

	MUST(c->n_groups <= HBKM_MAX_GROUPS);
	for (i = 0; i < c->n_groups; i++) {
		const struct config_group *g = &c->groups[i];

		check_text(g->name, sizeof(g->name));
		check_text(g->node, sizeof(g->node));
		MUST(g->name[0] && g->node[0] && g->text && g->line);
		MUST(g->n_resources && g->n_resources <= CONFIG_MAX_RESOURCES);
		check_resources(g);
		for (j = 0; j < i; j++)
			MUST(hbkm_name_id(g->name) != hbkm_name_id(c->groups[j].name));
		for (j = 0; j < g->n_addresses; j++) {
			const struct config_address *a = &g->addresses[j];

			check_text(a->ifname, sizeof(a->ifname));
			check_text(a->label, sizeof(a->label));
			MUST(!a->ifname[0] || ifname_valid(a->ifname));
			MUST(!a->label[0] || !strncmp(a->label, a->ifname, strlen(a->ifname)));
			MUST(a->prefix_len == -1 ||
			     (a->prefix_len >= 1 && a->prefix_len <= (int)ip_bits(&a->addr)));
			MUST(is_host(&a->addr));
		}
	}
}

static void check_keys(const struct config *c, bool good)
{
	bool signs = false;
	size_t i, j;

	MUST(c->n_keys <= HBKM_MAX_KEYS);
	for (i = 0; i < c->n_keys; i++) {
		const struct config_key *k = &c->keys[i];

		MUST(k->id < HBKM_MAX_KEYS && k->secret_len <= HBKM_SECRET_MAX);
		MUST((k->method == HBKM_METHOD_CRC) == !k->secret_len);
		MUST(k->method >= HBKM_METHOD_CRC && k->method <= HBKM_METHOD_SHA256);
		signs |= k->id == c->sign_key;
		for (j = 0; j < i; j++)
			MUST(k->id != c->keys[j].id);
	}
	MUST(!good || signs);
}

static void show(const struct config *c)
{
	struct json_object *o = config_json(c);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	MUST(o && out);
	MUST(json_object_to_json_string(o));
	json_object_put(o);
	config_print(c, out);
	fclose(out);
	free(text);
}

static void free_groups(struct config *c)
{
	size_t i;

	for (i = 0; i < c->n_groups; i++)
		config_group_free(&c->groups[i]);
}

static void fuzz_time(const char *text, size_t len)
{
	char copy[64];
	uint32_t us;

	if (len >= sizeof(copy))
		return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	time_parse_us(copy, &us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config_own own = {
		.addr = ip_from_v4((struct in_addr){ htonl(0x0a00020fU) }),
		.ifname = "eth0",
	};
	const char *text, *rest;
	struct problems p = { 0 };
	struct config *c;
	size_t len;

	if (!size)
		return 0;
	text = (const char *)data + 1;
	len = size - 1;
	if (data[0] % 5 == 4) {
		fuzz_time(text, len);
		return 0;
	}

	c = calloc(1, sizeof(*c));
	MUST(c);
	strcpy(c->self, "cookbook");
	switch (data[0] % 5) {
	case 0:
		hacf_parse(c, "ha.cf", text, len, &own, 1, &p);
		if (!p.errors)
			check_hacf(c, &own);
		break;
	case 1:
		haresources_parse(c, "haresources", text, len, &p);
		break;
	case 2:
		authkeys_parse(c, "authkeys", text, len, &p);
		break;
	case 3:
		/* a form feed between the two */
		rest = len ? memchr(text, '\f', len) : NULL;
		if (!rest)
			break;
		hacf_parse(c, "ha.cf", text, rest - text, &own, 1, &p);
		haresources_parse(c, "haresources", rest + 1, text + len - rest - 1, &p);
		if (!p.errors)
			check_hacf(c, &own);
		break;
	}
	check_links(c->links, c->n_links);
	check_links(c->own_links, c->n_own_links);
	check_groups(c);
	check_keys(c, data[0] % 5 == 2 && !p.errors);
	check_problems(&p);
	if (!p.errors)
		show(c);

	problems_free(&p);
	free_groups(c);
	free(c);
	return 0;
}
