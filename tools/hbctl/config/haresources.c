// SPDX-License-Identifier: GPL-2.0
/*
 * haresources: NODE RESOURCE…, one group a line, \ at its end continues it. A
 * resource is an address, or a script, whose program is looked for afterwards.
 */
#include <ctype.h>
#include <hbkm/frame.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/**
 * struct haresources - haresources while it is being read
 * @at: where we are
 * @c: what becomes of it
 * @group: the group of the logical line we are in, NULL if in none
 * @lost: the group of a line that makes none, so that its resources are checked, too
 * @too_many: said so already
 */
struct haresources {
	struct place at;
	struct config *c;
	struct config_group *group;
	struct config_group lost;
	bool too_many;
};

static void no_memory(struct haresources *h)
{
	place_error(&h->at, "out of memory");
}

static void text_append(struct haresources *h, const char *word)
{
	struct config_group *g = h->group;
	size_t len = g->text ? strlen(g->text) : 0;
	char *text = realloc(g->text, len + strlen(word) + 2);

	if (!text) {
		no_memory(h);
		return;
	}
	g->text = text;
	sprintf(text + len, "%s%s", len ? " " : "", word);
}

/* ---- the node that a line begins with ---- */

static int group_name(struct haresources *h, struct config_group *g)
{
	const struct config *c = h->c;
	unsigned int nth = 1;
	size_t i;
	char name[sizeof(g->name) + 12];

	for (i = 0; i < c->n_groups; i++) {
		if (!strcmp(c->groups[i].node, g->node))
			nth++;
	}
	strcpy(name, g->node);
	if (nth > 1)
		sprintf(name + strlen(name), ":%u", nth);
	if (strlen(name) >= sizeof(g->name)) {
		place_error(&h->at, "[%s]: a node of so long a name can have one line only",
			    g->node);
		return -1;
	}
	strcpy(g->name, name);
	for (i = 0; i < c->n_groups; i++) {
		if (hbkm_name_id(c->groups[i].name) != hbkm_name_id(g->name))
			continue;
		place_error(&h->at, "groups [%s] and [%s] happen to have the same id, %08x: one of their nodes must be renamed",
			    c->groups[i].name, g->name, hbkm_name_id(g->name));
		return -1;
	}
	return 0;
}

static bool node_known(const struct config *c, const char *name)
{
	size_t i;

	/* without any, ha.cf is what is wrong, not this */
	if (!c->n_nodes)
		return true;
	for (i = 0; i < c->n_nodes; i++) {
		if (!strcmp(c->nodes[i].name, name))
			return true;
	}
	return false;
}

static void group_start(struct haresources *h, const char *word)
{
	struct config *c = h->c;
	struct config_group *g;
	const char *meant;
	char node[HBKM_NAME_MAX + 1];

	h->group = &h->lost;
	memset(h->group, 0, sizeof(*h->group));
	h->lost.line = h->at.line;
	if (node_name_parse(word, node) || !node_known(c, node)) {
		meant = suggest_node(c, word);
		place_error(&h->at, "Bad nodename in %s [%s]: a line begins with one of the nodes in ha.cf%s%s%s",
			    h->at.file, word, meant ? ". Is [" : "", meant ?: "",
			    meant ? "] meant?" : "");
		return;
	}
	if (c->n_groups == HBKM_MAX_GROUPS) {
		if (!h->too_many)
			place_error(&h->at, "too many resource groups (> %d): put several resources on one line",
				    HBKM_MAX_GROUPS);
		h->too_many = true;
		return;
	}
	g = &c->groups[c->n_groups];
	memset(g, 0, sizeof(*g));
	memcpy(g->node, node, sizeof(node));
	g->line = h->at.line;
	if (group_name(h, g))
		return;
	h->group = g;
	text_append(h, word);
}

static void group_end(struct haresources *h)
{
	struct config_group *g = h->group;
	struct place at = h->at;

	h->group = NULL;
	if (!g)
		return;
	if (g != &h->lost && g->n_resources) {
		h->c->n_groups++;
		return;
	}
	/* one word: the node. Else there are resources, but none that is any good. */
	at.line = g->line;
	if (g->text && !strchr(g->text, ' '))
		place_warning(&at, "[%s]: a node without any resource: the line counts for nothing",
			      g->node);
	config_group_free(g);
}

/* ---- resources ---- */

/* As Heartbeat knows them: digits and a dot, three times, and a digit */
static bool looks_like_address(const char *word)
{
	unsigned int dots = 0;

	if (strspn(word, "0123456789") == 0)
		return false;
	for (; *word && *word != '/'; word++)
		dots += *word == '.';
	return dots == 3;
}

/* What is used elsewhere in the configuration cannot be moved about. */
static int address_check(struct haresources *h, const struct config_address *a)
{
	const struct config *c = h->c;
	const struct config_group *g;
	char text[INET6_ADDRSTRLEN];
	size_t i, j;

	ip_text(&a->addr, text);
	for (i = 0; i < c->n_links + c->n_own_links; i++) {
		const struct config_link *link = i < c->n_links ? &c->links[i] :
						 &c->own_links[i - c->n_links];

		if (link->kind == HBKM_LINK_UCAST && ip_same(&link->addr, &a->addr)) {
			place_error(&h->at, "[%s] is a node's own address, as line %u of ha.cf says: an address that moves must be a further one",
				    text, link->line);
			return -1;
		}
	}
	for (i = 0; i <= c->n_groups; i++) {
		g = i < c->n_groups ? &c->groups[i] : h->group;
		for (j = 0; j < g->n_addresses; j++) {
			if (!ip_same(&g->addresses[j].addr, &a->addr))
				continue;
			if (g == h->group) {
				place_warning(&h->at, "[%s] is on this line already", text);
				return -1;
			}
			place_error(&h->at, "[%s] is on line %u already: two nodes would hold it; one line is enough, the other nodes take it over by themselves",
				    text, g->line);
			return -1;
		}
	}
	return 0;
}

/* Room for one more in an array that grows by 16. Return: the array, NULL without memory. */
static void *grow(struct haresources *h, void *array, size_t n, size_t size)
{
	void *larger = n % 16 ? array : reallocarray(array, n + 16, size);

	if (!larger)
		no_memory(h);
	return larger;
}

static void resource_append(struct haresources *h, struct config_resource *r)
{
	struct config_group *g = h->group;
	struct config_resource *resources = grow(h, g->resources, g->n_resources, sizeof(*r));

	if (!resources) {
		config_resource_free(r);
		return;
	}
	g->resources = resources;
	g->resources[g->n_resources++] = *r;
}

static void address_add(struct haresources *h, const char *word, const char *text, bool v6)
{
	struct config_resource r = { .kind = RESOURCE_ADDRESS, .line = h->at.line };
	struct config_group *g = h->group;
	struct config_address a, *addresses;

	if (address_parse(&h->at, text, v6, &a) || address_check(h, &a))
		return;
	if (g->n_addresses == HBKM_MAX_GUARD) {
		place_error(&h->at, "[%s] is one address too many in a group: %d fit", word, HBKM_MAX_GUARD);
		return;
	}
	addresses = grow(h, g->addresses, g->n_addresses, sizeof(a));
	if (!addresses)
		return;
	g->addresses = addresses;
	r.text = strdup(word);
	if (!r.text) {
		no_memory(h);
		return;
	}
	r.address = g->n_addresses;
	g->addresses[g->n_addresses++] = a;
	resource_append(h, &r);
}

/* Stopped on one line, it would be stopped for the other, too. */
static void twice_warn(struct haresources *h, const char *word)
{
	const struct config *c = h->c;
	size_t i, j;

	for (i = 0; i <= c->n_groups; i++) {
		const struct config_group *g = i < c->n_groups ? &c->groups[i] : h->group;

		for (j = 0; j < g->n_resources; j++) {
			if (strcmp(g->resources[j].text, word))
				continue;
			place_warning(&h->at, "resource [%s] is on line %u already: whichever of the two is stopped stops the other, too",
				      word, g->resources[j].line);
			return;
		}
	}
}

static void script_add(struct haresources *h, const char *word)
{
	struct config_resource r;

	if (word[strspn(word, "0123456789./")] == '\0') {
		place_error(&h->at, "resource [%s] is not an IPv4 address, as 10.0.2.100 or 10.0.2.100/24/eth0",
			    word);
		return;
	}
	if (resource_parse(&h->at, word, &r))
		return;
	twice_warn(h, word);
	resource_append(h, &r);
}

static bool is_called(const char *word, size_t len, const char *name)
{
	return len == strlen(name) && !strncmp(word, name, len);
}

/* @arg: what is behind the name of IPaddr, IPaddr2 or IPv6addr. */
static void ip_add(struct haresources *h, const char *word, const char *arg, bool v6)
{
	const char *form = v6 ? "IPv6addr::2001:db8::100/64/eth0" : "IPaddr::10.0.2.100/24/eth0";

	if (!*arg || !strcmp(arg, "::"))
		place_error(&h->at, "resource [%s]: the address is missing, as %s", word, form);
	else if (strncmp(arg, "::", 2))
		script_add(h, word);
	else if (!v6 && strstr(arg + 2, "::"))
		place_error(&h->at, "resource [%s]: one argument is wanted, with / between its parts: ADDRESS/MASK/DEVICE/BROADCAST",
			    word);
	else
		address_add(h, word, arg + 2, v6);
}

/* Addresses that are listed or quoted, as elsewhere, but not here. Scripts may have such arguments. */
static bool is_list(const char *word, bool address)
{
	return strpbrk(word, ",\"'") && (address || isdigit((unsigned char)word[strspn(word, "\"'")]));
}

static void resource_add(struct haresources *h, const char *word)
{
	size_t name = strcspn(word, ":");
	const char *arg = word + name;
	bool v4 = is_called(word, name, "IPaddr") || is_called(word, name, "IPaddr2");
	bool v6 = is_called(word, name, "IPv6addr");

	if (h->group != &h->lost)
		text_append(h, word);
	if (h->group->n_resources == CONFIG_MAX_RESOURCES) {
		place_error(&h->at, "[%s] is one resource too many in a group: %d fit", word,
			    CONFIG_MAX_RESOURCES);
		return;
	}
	if (is_list(word, v4 || v6))
		place_error(&h->at, "resource [%s]: addresses have blanks between them, no commas or quotes",
			    word);
	else if (looks_like_address(word))
		address_add(h, word, word, false);
	else if (v6)
		ip_add(h, word, arg, true);
	else if (v4)
		ip_add(h, word, arg, address_is_ipv6(arg + strspn(arg, ":")));
	else
		script_add(h, word);
}

/* ---- lines ---- */

static void haresources_line(struct haresources *h, char *text)
{
	char *hash = strchr(text, '#'), *word;
	size_t len = strlen(text);
	bool continues = len && text[len - 1] == '\\';
	bool commented = false;

	if (hash) {
		/*
		 * A resource in the middle that was commented out, \ and all,
		 * does not end the line; but a \ at a remark's end is no \.
		 */
		commented = hash == text + strspn(text, BLANKS);
		*hash = '\0';
		if (!commented) {
			for (len = hash - text; len && strchr(BLANKS, text[len - 1]); len--)
				text[len - 1] = '\0';
			continues = len && text[len - 1] == '\\';
		}
	}
	if (continues && !commented)
		text[len - 1] = '\0';

	while ((word = word_next(&text, BLANKS))) {
		if (h->group)
			resource_add(h, word);
		else
			group_start(h, word);
	}
	if (!continues)
		group_end(h);
}

void haresources_parse(struct config *c, const char *file, const char *text,
		       size_t len, struct problems *p)
{
	struct haresources h = { .c = c };
	size_t first = p->n, errors = p->errors;
	struct place whole = { .file = file, .problems = p };
	struct lines l;

	lines_start(&l, file, text, len, p);
	while (lines_next(&l)) {
		h.at = l.at;
		haresources_line(&h, l.buf);
	}
	h.at = l.at;
	group_end(&h);
	lines_end(&l);
	if (!c->n_groups && p->errors == errors)
		place_note(&whole, "no resources: this cluster holds nothing");
	problems_sort(p, first);
}
