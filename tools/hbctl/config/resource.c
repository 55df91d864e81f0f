// SPDX-License-Identifier: GPL-2.0
/*
 * A resource of haresources: NAME, or NAME::ARGUMENT::ARGUMENT…
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void config_resource_free(struct config_resource *r)
{
	size_t i;

	for (i = 0; i < r->n_args; i++)
		free(r->args[i]);
	free(r->args);
	free(r->text);
	free(r->name);
	free(r->path);
	memset(r, 0, sizeof(*r));
}

void config_group_free(struct config_group *g)
{
	size_t i;

	for (i = 0; i < g->n_resources; i++)
		config_resource_free(&g->resources[i]);
	free(g->resources);
	free(g->addresses);
	free(g->text);
	memset(g, 0, sizeof(*g));
}

/* What is logged, and shown on terminals, must be text. */
static bool is_text(const char *word)
{
	char *copy = strdup(word);
	bool same;

	if (!copy)
		return true;
	text_sanitise(copy);
	same = !strcmp(copy, word);
	free(copy);
	return same;
}

/*
 * As Heartbeat, which puts a blank for every :: behind the first, and lets the
 * shell find the words: an argument that is empty is none.
 */
static int args_split(struct config_resource *r, const char *text)
{
	const char *end;

	r->args = calloc(strlen(text) / 2 + 2, sizeof(*r->args));
	if (!r->args)
		return -1;
	for (; *text; text = *end ? end + 2 : end) {
		end = strstr(text, "::") ?: text + strlen(text);
		if (end == text)
			continue;
		r->args[r->n_args] = strndup(text, end - text);
		if (!r->args[r->n_args])
			return -1;
		r->n_args++;
	}
	return 0;
}

/**
 * resource_parse - a resource that is no address: name and arguments
 * @at: where, for messages
 * @word: as written
 * @r: receives it; a script, as long as nobody has looked what there is
 *
 * Return: 0, or -1 after an error.
 */
int resource_parse(const struct place *at, const char *word, struct config_resource *r)
{
	const char *args = strstr(word, "::") ?: word + strlen(word);

	memset(r, 0, sizeof(*r));
	r->kind = RESOURCE_SCRIPT;
	r->line = at->line;
	if (!is_text(word)) {
		place_error(at, "resource [%s] holds bytes that are no text", word);
		return -1;
	}
	if (args == word) {
		place_error(at, "resource [%s]: the name of a resource script is missing in front of ::",
			    word);
		return -1;
	}
	r->text = strdup(word);
	r->name = strndup(word, args - word);
	if (!r->text || !r->name || args_split(r, *args ? args + 2 : args)) {
		place_error(at, "out of memory");
		config_resource_free(r);
		return -1;
	}
	return 0;
}

bool config_resource_same(const struct config_resource *a, const struct config_resource *b)
{
	size_t i;

	if (a->kind != b->kind || a->n_args != b->n_args || strcmp(a->path, b->path))
		return false;
	for (i = 0; i < a->n_args; i++)
		if (strcmp(a->args[i], b->args[i]))
			return false;
	return true;
}

static char *copy_text(const char *text, bool *ok)
{
	char *copy = text ? strdup(text) : NULL;

	*ok &= !text == !copy;
	return copy;
}

int config_resource_copy(struct config_resource *to, const struct config_resource *from)
{
	bool ok = true;

	*to = *from;
	to->text = copy_text(from->text, &ok);
	to->name = copy_text(from->name, &ok);
	to->path = copy_text(from->path, &ok);
	to->args = from->n_args ? calloc(from->n_args, sizeof(*to->args)) : NULL;
	for (to->n_args = 0; to->args && to->n_args < from->n_args; to->n_args++)
		to->args[to->n_args] = copy_text(from->args[to->n_args], &ok);
	if (ok && to->n_args == from->n_args)
		return 0;
	config_resource_free(to);
	return -1;
}
