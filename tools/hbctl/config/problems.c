// SPDX-License-Identifier: GPL-2.0
/*
 * Problems found in the configuration: collected, so that one run shows them all.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* A file that is no configuration at all has one problem a line. */
#define PROBLEMS_MAX	1000
#define TEXT_MAX	1024
#define GROW_BY		64

/* Bytes of the valid, printable UTF-8 character at @s, or 0. */
static size_t printable(const unsigned char *s)
{
	if (s[0] >= 0x20 && s[0] < 0x7f)
		return 1;
	/* without C1 controls, overlong forms and surrogates */
	if (s[0] == 0xc2)
		return s[1] >= 0xa0 && s[1] <= 0xbf ? 2 : 0;
	if (s[0] >= 0xc3 && s[0] <= 0xdf)
		return (s[1] & 0xc0) == 0x80 ? 2 : 0;
	if ((s[0] & 0xf0) == 0xe0) {
		if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
			return 0;
		return (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80 ? 3 : 0;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
			return 0;
		return (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80 &&
		       (s[3] & 0xc0) == 0x80 ? 4 : 0;
	}
	return 0;
}

/*
 * Messages quote the file, and go to terminals, logs and JSON: no escape
 * sequence and no broken character may come through.
 */
void text_sanitise(char *text)
{
	unsigned char *s = (unsigned char *)text;
	size_t n;

	while (*s) {
		n = printable(s);
		if (!n) {
			*s = '?';
			n = 1;
		}
		s += n;
	}
}

void problems_add(struct problems *p, enum problem_level level, const char *file,
		  unsigned int line, const char *fmt, ...)
{
	struct problem *v = p->v, problem = { .level = level, .line = line };
	char text[TEXT_MAX];
	va_list ap;

	if (level == PROBLEM_ERROR)
		p->errors++;
	if (p->n >= PROBLEMS_MAX) {
		p->dropped++;
		return;
	}

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_sanitise(text);

	problem.file = strdup(file);
	problem.text = strdup(text);
	if (p->n % GROW_BY == 0) {
		v = reallocarray(p->v, p->n + GROW_BY, sizeof(*v));
		if (v)
			p->v = v;
	}
	if (!problem.file || !problem.text || !v) {
		free(problem.file);
		free(problem.text);
		p->dropped++;
		return;
	}
	text_sanitise(problem.file);
	v[p->n++] = problem;
}

/* Insertion sort: stable, and the parsers add almost in order. */
void problems_sort(struct problems *p, size_t from)
{
	struct problem problem;
	size_t i, j;

	for (i = from + 1; i < p->n; i++) {
		problem = p->v[i];
		if (!problem.line)
			continue;
		for (j = i; j > from; j--) {
			if (p->v[j - 1].line && p->v[j - 1].line <= problem.line)
				break;
			p->v[j] = p->v[j - 1];
		}
		p->v[j] = problem;
	}
}

const char *problem_level_name(enum problem_level level)
{
	switch (level) {
	case PROBLEM_ERROR:
		return "error";
	case PROBLEM_WARNING:
		return "warning";
	case PROBLEM_NOTE:
		return "note";
	}
	return "error";
}

void problems_print(const struct problems *p, FILE *out)
{
	const struct problem *problem;
	size_t i;

	for (i = 0; i < p->n; i++) {
		problem = &p->v[i];
		if (problem->line)
			fprintf(out, "%s:%u: ", problem->file, problem->line);
		else
			fprintf(out, "%s: ", problem->file);
		fprintf(out, "%s: %s\n", problem_level_name(problem->level), problem->text);
	}
	if (p->dropped)
		fprintf(out, "and %zu more problems that are not shown\n", p->dropped);
}

void problems_free(struct problems *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->v[i].file);
		free(p->v[i].text);
	}
	free(p->v);
	memset(p, 0, sizeof(*p));
}
