// SPDX-License-Identifier: GPL-2.0
/*
 * Lines and words. Files come from all sorts of editors: CRLF, a byte order
 * mark and a missing last line end are nothing to complain about.
 */
#include <string.h>

#include "internal.h"

/**
 * lines_start - begin to read a text line by line
 * @l: large, and may get to hold secrets: lines_end() wipes it
 * @file: the name, for messages
 * @text: what to read
 * @len: its length
 * @p: receives problems
 */
void lines_start(struct lines *l, const char *file, const char *text, size_t len,
		 struct problems *p)
{
	static const char bom[] = "\xef\xbb\xbf";

	memset(l, 0, sizeof(*l));
	l->at.file = file;
	l->at.problems = p;
	l->next = text;
	l->end = text + len;
	if (len >= 3 && !memcmp(text, bom, 3))
		l->next += 3;
}

/**
 * lines_next - the next line that can be read
 * @l: receives it; lines that are too long or hold a zero byte are skipped,
 *	with an error
 *
 * Return: false at the end of the text.
 */
bool lines_next(struct lines *l)
{
	const char *start, *newline;
	size_t len;

	while (l->next < l->end) {
		start = l->next;
		newline = memchr(start, '\n', l->end - start);
		len = (newline ? newline : l->end) - start;
		l->next = newline ? newline + 1 : l->end;
		l->at.line++;

		while (len && strchr(BLANKS, start[len - 1]) && start[len - 1])
			len--;
		if (len > CONFIG_LINE_MAX) {
			place_error(&l->at, "the line is too long: %zu bytes, %d are allowed",
				    len, CONFIG_LINE_MAX);
			continue;
		}
		if (memchr(start, '\0', len)) {
			place_error(&l->at, "the line holds a zero byte: is this a text file?");
			continue;
		}
		memcpy(l->buf, start, len);
		l->buf[len] = '\0';
		return true;
	}
	return false;
}

/* Wipes @l: it has seen secrets. */
void lines_end(struct lines *l)
{
	explicit_bzero(l, sizeof(*l));
}

/**
 * word_next - cut off the next word
 * @rest: where to go on; moves behind the word
 * @delimiters: what stands between words, any number of them
 *
 * Return: the word, terminated, or NULL if there is none.
 */
char *word_next(char **rest, const char *delimiters)
{
	char *word = *rest + strspn(*rest, delimiters);

	*rest = word + strcspn(word, delimiters);
	if (**rest)
		*(*rest)++ = '\0';
	return *word ? word : NULL;
}
