// SPDX-License-Identifier: GPL-2.0
/* Who was heard, how often, and how well it was signed. */
#include <stdlib.h>
#include <string.h>

#include "config/ip.h"
#include "heartbeat/heard.h"

static struct heard_node *node_get(struct heard *h, struct text name)
{
	char text[HEARD_NAME_SIZE];
	struct heard_node *n;

	if (!text_printable(text, sizeof(text), name))
		return NULL;
	for (size_t i = 0; i < h->n_nodes; i++)
		if (!strcmp(h->nodes[i].name, text))
			return &h->nodes[i];
	if (h->n_nodes == HEARD_MAX_NODES)
		return NULL;
	n = &h->nodes[h->n_nodes++];
	strcpy(n->name, text);
	return n;
}

static void addr_add(struct heard_node *n, const struct in6_addr *from)
{
	for (size_t i = 0; i < n->n_addrs; i++)
		if (ip_same(&n->addrs[i], from))
			return;
	if (n->n_addrs < HEARD_MAX_ADDRS)
		n->addrs[n->n_addrs++] = *from;
}

static void interval_add(struct heard_node *n, uint64_t ns)
{
	if (!n->n_intervals || ns < n->min_ns)
		n->min_ns = ns;
	if (ns > n->max_ns)
		n->max_ns = ns;
	n->intervals[n->n_intervals++ % HEARD_MAX_INTERVALS] = ns;
}

/*
 * The same status comes once on each path, and old ones come again where somebody has
 * missed them: only one that is newer than all before says how often they are sent.
 */
static void status_add(struct heard_node *n, const struct message *m, uint64_t time_ns)
{
	uint64_t seq, generation;

	if (!text_hex(m->seq, &seq) || !text_hex(m->generation, &generation))
		return;
	if (n->status && generation == n->generation) {
		if (seq <= n->seq)
			return;
		/* not if somebody has set the clock meanwhile */
		if (time_ns >= n->last_ns)
			interval_add(n, time_ns - n->last_ns);
	}
	n->status++;
	n->generation = generation;
	n->seq = seq;
	n->last_ns = time_ns;
	n->has_deadtime |= message_deadtime(m, &n->deadtime_ms);
}

void heard_message(struct heard *h, const struct message *m, const struct auth *a,
		   const struct in6_addr *from, uint64_t time_ns)
{
	struct heard_node *n = node_get(h, m->node);

	h->messages++;
	h->auth[a->result]++;
	if (!n) {
		h->nameless++;
		return;
	}
	addr_add(n, from);
	n->messages++;
	n->auth[a->result]++;
	if (a->result == AUTH_BAD || a->result == AUTH_NO_KEY)
		n->key = a->key;
	if (m->type.len == strlen("status") && !memcmp(m->type.p, "status", m->type.len))
		status_add(n, m, time_ns);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t heard_median(struct heard_node *n)
{
	size_t kept = n->n_intervals < HEARD_MAX_INTERVALS ? n->n_intervals : HEARD_MAX_INTERVALS;

	if (!kept)
		return 0;
	qsort(n->intervals, kept, sizeof(n->intervals[0]), compare);
	return n->intervals[kept / 2];
}
