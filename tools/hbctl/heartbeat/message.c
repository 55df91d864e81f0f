// SPDX-License-Identifier: GPL-2.0
/* Heartbeat's messages, in both forms: bytes in, places in them out. */
#include <stdio.h>
#include <string.h>

#include "heartbeat/message.h"

#define NETSTRING_START	"###\n"
#define NETSTRING_END	"%%%\n"
#define LINES_START	">>>\n"
#define LINES_END	"<<<\n"
#define HBKM_START	"HBKM"
#define MARK_LEN	4		/* of each of them */

#define LINE_ENDS	"\r\n"

/* What is looked at; a message has others, too. */
static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "t", offsetof(struct message, type) },
	{ "src", offsetof(struct message, node) },
	{ "dest", offsetof(struct message, to) },
	{ "st", offsetof(struct message, status) },
	{ "seq", offsetof(struct message, seq) },
	{ "hg", offsetof(struct message, generation) },
	{ "dt", offsetof(struct message, deadtime) },
	{ "ld", offsetof(struct message, load) },
	{ "rsc_hold", offsetof(struct message, holds) },
};

static bool text_is(struct text t, const char *word)
{
	return t.len == strlen(word) && !memcmp(t.p, word, t.len);
}

static bool begins(struct text t, const char *mark)
{
	return t.len >= MARK_LEN && !memcmp(t.p, mark, MARK_LEN);
}

static void skip(struct text *t, size_t n)
{
	t->p += n;
	t->len -= n;
}

/**
 * field_split - (TYPE)NAME=VALUE
 * @field: all of it
 * @type: receives the digit, '0' (text) if there is none
 * @name: receives the name
 * @value: receives what follows the first =
 *
 * Return: false if it is no field
 */
static bool field_split(struct text field, char *type, struct text *name, struct text *value)
{
	const char *equals;

	*type = '0';
	if (field.len >= 3 && field.p[0] == '(' && field.p[2] == ')') {
		*type = field.p[1];
		if (*type < '0' || *type > '9')
			return false;
		skip(&field, 3);
	}
	equals = field.len ? memchr(field.p, '=', field.len) : NULL;
	if (!equals || equals == field.p)
		return false;
	*name = (struct text){ field.p, (size_t)(equals - field.p) };
	skip(&field, name->len + 1);
	*value = field;
	return true;
}

static void field_take(struct message *m, char type, struct text name, struct text value)
{
	m->fields++;
	if (type > '3')
		m->compressed = true;
	if (type != '0')
		return;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct text *t = (struct text *)((char *)m + fields[i].offset);

		if (text_is(name, fields[i].name)) {
			if (!t->p)
				*t = value;
			return;
		}
	}
}

/* LENGTH:BYTES, at the start of @rest, which moves behind it. */
static enum message_verdict netstring_take(struct text *rest, struct text *bytes)
{
	size_t len = 0, digits = 0;

	/* five digits say more than any datagram holds */
	for (; digits < rest->len && rest->p[digits] >= '0' && rest->p[digits] <= '9'; digits++) {
		if (digits == 5)
			return MESSAGE_GARBLED;
		len = len * 10 + (size_t)(rest->p[digits] - '0');
	}
	if (digits == rest->len)
		return MESSAGE_CUT;
	if (!digits || rest->p[digits] != ':')
		return MESSAGE_GARBLED;
	skip(rest, digits + 1);
	if (len >= rest->len)
		return MESSAGE_CUT;
	if (rest->p[len] != ',')
		return MESSAGE_GARBLED;
	*bytes = (struct text){ rest->p, len };
	skip(rest, len + 1);
	return MESSAGE_GOOD;
}

static enum message_verdict netstrings_parse(struct message *m, struct text all)
{
	struct text rest = all, field, name, value;
	enum message_verdict v;
	char type;

	m->netstring = true;
	skip(&rest, MARK_LEN);
	while (!begins(rest, NETSTRING_END)) {
		if (rest.len < MARK_LEN)
			return MESSAGE_CUT;
		v = netstring_take(&rest, &field);
		if (v != MESSAGE_GOOD)
			return v;
		if (field.len < 3 || field.p[0] != '(' || field.p[2] != ')' ||
		    !field_split(field, &type, &name, &value))
			return MESSAGE_GARBLED;
		field_take(m, type, name, value);
	}
	skip(&rest, MARK_LEN);
	m->signs = (struct text){ all.p, all.len - rest.len };
	if (!rest.len)
		return MESSAGE_GOOD;
	return netstring_take(&rest, &m->auth);
}

/* The next line that is not empty; false: there is none that has an end. */
static bool line_take(struct text *rest, struct text *line)
{
	size_t len;

	while (rest->len && strchr(LINE_ENDS, rest->p[0]) && rest->p[0])
		skip(rest, 1);
	for (len = 0; len < rest->len && rest->p[len] != '\n' && rest->p[len] != '\r'; len++)
		;
	if (len == rest->len)
		return false;
	*line = (struct text){ rest->p, len };
	skip(rest, len + 1);
	return true;
}

static enum message_verdict lines_parse(struct message *m, struct text all)
{
	struct text rest = all, line, name, value;
	char type;

	skip(&rest, MARK_LEN);
	for (;;) {
		if (!line_take(&rest, &line))
			return MESSAGE_CUT;
		if (text_is(line, "<<<"))
			break;
		/* it was a string where it came from */
		if (memchr(line.p, '\0', line.len) || !field_split(line, &type, &name, &value))
			return MESSAGE_GARBLED;
		/* of these the last counts, as it does to Heartbeat */
		if (text_is(name, "auth"))
			m->auth = value;
		field_take(m, type, name, value);
	}
	m->signs = (struct text){ all.p + MARK_LEN, (size_t)(line.p - all.p) - MARK_LEN };
	return MESSAGE_GOOD;
}

enum message_verdict message_parse(struct message *m, const void *data, size_t len)
{
	struct text all = { data, len };

	*m = (struct message){ 0 };
	if (begins(all, NETSTRING_START))
		return netstrings_parse(m, all);
	if (begins(all, LINES_START))
		return lines_parse(m, all);
	return begins(all, HBKM_START) ? MESSAGE_HBKM : MESSAGE_FOREIGN;
}

const char *message_verdict_text(enum message_verdict v)
{
	static const char * const texts[MESSAGE_VERDICTS] = {
		[MESSAGE_GOOD] = "a message",
		[MESSAGE_HBKM] = "a frame of hbkm's",
		[MESSAGE_FOREIGN] = "no message of Heartbeat's",
		[MESSAGE_CUT] = "it ends too early",
		[MESSAGE_GARBLED] = "it is garbled",
	};

	return texts[v];
}

void message_signed(const struct message *m, void (*take)(void *arg, const void *p, size_t len),
		    void *arg)
{
	struct text rest = m->signs, line, name, value;
	char type;

	if (m->netstring) {
		take(arg, rest.p, rest.len);
		return;
	}
	/* Heartbeat writes the lines anew to sign them: each has one end, whatever it had. */
	while (line_take(&rest, &line)) {
		if (field_split(line, &type, &name, &value) && text_is(name, "auth"))
			continue;
		take(arg, line.p, line.len);
		take(arg, "\n", 1);
	}
}

bool text_hex(struct text t, uint64_t *value)
{
	uint64_t v = 0;

	if (!t.p || !t.len || t.len > 16)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		char c = t.p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*value = v;
	return true;
}

bool message_deadtime(const struct message *m, uint32_t *ms)
{
	uint64_t value;

	if (!text_hex(m->deadtime, &value) || value > UINT32_MAX)
		return false;
	*ms = (uint32_t)value;
	return true;
}

bool text_word(struct text *rest, struct text *word)
{
	size_t len = 0;

	while (rest->len && *rest->p == ' ')
		skip(rest, 1);
	while (len < rest->len && rest->p[len] != ' ')
		len++;
	*word = (struct text){ rest->p, len };
	if (len)
		skip(rest, len);
	return len;
}

const char *text_printable(char *buf, size_t size, struct text t)
{
	static const char more[] = "...";
	size_t at = 0, cut = 0;

	if (!t.p)
		return NULL;
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.p[i];
		bool plain = c > ' ' && c < 0x7f && c != '\\';

		/* the last place where what follows could still be left out */
		if (at + sizeof(more) <= size)
			cut = at;
		if (at + (plain ? 1 : 4) >= size) {
			snprintf(buf + cut, size - cut, "%s", more);
			return buf;
		}
		if (plain)
			buf[at++] = (char)c;
		else
			at += (size_t)sprintf(buf + at, "\\x%02x", c);
	}
	buf[at] = '\0';
	return buf;
}
