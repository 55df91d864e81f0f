// SPDX-License-Identifier: GPL-2.0
/* One call prints a field for people and for programs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json.h>

#include "hbctl.h"
#include "names.h"
#include "out.h"

#define OUT_DEPTH	8

static struct json_object *stack[OUT_DEPTH];
static unsigned int depth;
static bool line_begun;
static char separator = ' ';

void out_use_colons(void)
{
	separator = ':';
}

static void add(const char *key, struct json_object *o)
{
	if (key)
		json_object_object_add(stack[depth - 1], key, o);
	else
		json_object_array_add(stack[depth - 1], o);
}

static void begin(const char *key, struct json_object *o)
{
	if (depth)
		add(key, o);
	if (depth == OUT_DEPTH)
		abort();
	stack[depth++] = o;
}

static void end(void)
{
	if (--depth)
		return;
	puts(json_object_to_json_string_ext(stack[0], opts.pretty ? JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN));
	json_object_put(stack[0]);
}

void out_array_begin(const char *key)
{
	if (opts.json)
		begin(key, json_object_new_array());
}

void out_array_end(void)
{
	if (opts.json)
		end();
}

void out_object_begin(const char *key)
{
	if (opts.json)
		begin(key, json_object_new_object());
}

void out_object_end(void)
{
	if (opts.json) {
		end();
	} else if (line_begun) {
		putchar('\n');
		line_begun = false;
	}
}

static void text_key(const char *key)
{
	if (line_begun)
		putchar(' ');
	line_begun = true;
	if (key)
		printf("%s%c", key, separator);
}

void out_head(const char *key, const char *value)
{
	if (opts.json) {
		add(key, json_object_new_string(value));
	} else {
		text_key(NULL);
		fputs(value, stdout);
	}
}

void out_time(uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char text[64], line[96];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(line, sizeof(line), "%s.%06u", text, (unsigned int)(ns % 1000000000 / 1000));
	strftime(text, sizeof(text), "%z", &tm);
	strncat(line, text, sizeof(line) - strlen(line) - 1);
	out_head("time", line);
}

void out_string(const char *key, const char *value)
{
	if (opts.json) {
		add(key, json_object_new_string(value));
	} else {
		text_key(key);
		fputs(value, stdout);
	}
}

void out_name(const char *key, const char *value)
{
	if (opts.json) {
		add(key, value ? json_object_new_string(value) : NULL);
	} else {
		text_key(key);
		fputs(value ? value : "-", stdout);
	}
}

void out_names(const char *key, const char *const *values, size_t n)
{
	if (opts.json) {
		struct json_object *a = json_object_new_array();

		for (size_t i = 0; i < n; i++)
			json_object_array_add(a, values[i] ? json_object_new_string(values[i]) :
					      NULL);
		add(key, a);
		return;
	}
	text_key(key);
	if (!n)
		putchar('-');
	for (size_t i = 0; i < n; i++)
		printf("%s%s", i ? "," : "", values[i] ? values[i] : "-");
}

void out_uint(const char *key, uint64_t value)
{
	if (opts.json) {
		add(key, json_object_new_uint64(value));
	} else {
		text_key(key);
		printf("%" PRIu64, value);
	}
}

void out_uints(const char *key, const uint64_t *values, size_t n)
{
	if (opts.json) {
		struct json_object *a = json_object_new_array();

		for (size_t i = 0; i < n; i++)
			json_object_array_add(a, json_object_new_uint64(values[i]));
		add(key, a);
		return;
	}
	text_key(key);
	for (size_t i = 0; i < n; i++)
		printf("%s%" PRIu64, i ? "," : "", values[i]);
}

/* A string in JSON too: a program's numbers may not hold 64 bits. */
void out_hex(const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%016" PRIx64, value);
	out_string(key, text);
}

void out_flag(const char *key, bool value)
{
	if (opts.json) {
		add(key, json_object_new_boolean(value));
	} else if (value) {
		if (separator == ' ') {
			text_key(NULL);
			fputs(key, stdout);
		} else {
			text_key(key);
			fputs("yes", stdout);
		}
	}
}

void out_bits(const char *key, uint32_t bits)
{
	uint64_t list[32];
	size_t n = 0;

	for (unsigned int i = 0; i < 32; i++)
		if (bits & (1U << i))
			list[n++] = i;
	if (!opts.json && !n) {
		text_key(key);
		putchar('-');
	} else {
		out_uints(key, list, n);
	}
}

static void unit(const char *key, const char *suffix, uint64_t value, uint64_t ns)
{
	char text[64];

	if (opts.json) {
		snprintf(text, sizeof(text), "%s_%s", key, suffix);
		add(text, json_object_new_uint64(value));
	} else {
		text_key(key);
		fputs(duration_format(text, sizeof(text), ns), stdout);
	}
}

void out_us(const char *key, uint64_t us)
{
	unit(key, "us", us, us * 1000);
}

void out_ns(const char *key, uint64_t ns)
{
	unit(key, "ns", ns, ns);
}
