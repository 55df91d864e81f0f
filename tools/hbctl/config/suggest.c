// SPDX-License-Identifier: GPL-2.0
/*
 * Did you mean …? For slips of the pen in directives and names.
 */
#include <ctype.h>
#include <string.h>

#include "internal.h"

#define WORD_MAX	HBKM_NAME_MAX

static int lower(char c)
{
	return tolower((unsigned char)c);
}

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Slips (missing, extra, wrong and swapped letters) between two short words, case aside. */
static unsigned int distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned int row[3][WORD_MAX + 1];
	unsigned int *before = row[0], *above = row[1], *now = row[2], *spare;
	size_t i, j;

	for (j = 0; j <= m; j++)
		above[j] = j;
	for (i = 1; i <= n; i++) {
		now[0] = i;
		for (j = 1; j <= m; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			now[j] = min(min(above[j] + 1, now[j - 1] + 1), above[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				now[j] = min(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = now;
		now = spare;
	}
	return above[m];
}

const char *suggest(const char *word, const char *(*get)(size_t i, const void *arg),
		    const void *arg)
{
	size_t i, len = strnlen(word, WORD_MAX + 1);
	const char *known, *best = NULL;
	unsigned int slips, least;

	if (len < 2 || len > WORD_MAX)
		return NULL;
	/* one slip in short words, two in longer ones: else anything resembles anything */
	least = (len < 5 ? 1 : 2) + 1;
	for (i = 0; (known = get(i, arg)); i++) {
		if (strlen(known) > WORD_MAX)
			continue;
		slips = distance(word, len, known, strlen(known));
		if (slips < least) {
			least = slips;
			best = known;
		}
	}
	return best;
}

static const char *node_get(size_t i, const void *arg)
{
	const struct config *c = arg;

	return i < c->n_nodes ? c->nodes[i].name : NULL;
}

/**
 * suggest_node - the node that was probably meant
 * @c: its nodes
 * @word: what was written; its host part alone may match, too
 *
 * Return: a node's name, or NULL.
 */
const char *suggest_node(const struct config *c, const char *word)
{
	size_t i, host = strcspn(word, ".");

	for (i = 0; i < c->n_nodes; i++) {
		const char *name = c->nodes[i].name;

		if (host && host == strcspn(name, ".") && !strncasecmp(name, word, host))
			return name;
	}
	return suggest(word, node_get, c);
}
