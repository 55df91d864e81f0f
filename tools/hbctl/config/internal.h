/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parsers share among themselves: lines, words, values, messages.
 */
#ifndef HBCTL_CONFIG_INTERNAL_H
#define HBCTL_CONFIG_INTERNAL_H

#include "config.h"

#define CONFIG_FILE_MAX		(256 * 1024)
#define CONFIG_LINE_MAX		5119	/* as Heartbeat's MAXLINE */

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* Heartbeat's own sets */
#define BLANKS			" \t\r\f\v"
#define DELIMITERS		", \t\r\f\v"

/* ---- where we are, and messages about that place ---- */

struct place {
	const char *file;
	unsigned int line;
	struct problems *problems;
};

#define place_error(at, ...) \
	problems_add((at)->problems, PROBLEM_ERROR, (at)->file, (at)->line, __VA_ARGS__)
#define place_warning(at, ...) \
	problems_add((at)->problems, PROBLEM_WARNING, (at)->file, (at)->line, __VA_ARGS__)
#define place_note(at, ...) \
	problems_add((at)->problems, PROBLEM_NOTE, (at)->file, (at)->line, __VA_ARGS__)

/* Replaces what is not printable UTF-8 by question marks. */
void text_sanitise(char *text);

/* Puts the problems from the @from-th on in order of lines, the whole file's last. */
void problems_sort(struct problems *p, size_t from);

/* ---- lines.c ---- */

/**
 * struct lines - goes through a file line by line
 * @at: file and line of what is in @buf, for messages
 * @buf: the line, terminated, without its end and trailing blanks
 * @next: the rest of the file
 * @end: its end
 */
struct lines {
	struct place at;
	char buf[CONFIG_LINE_MAX + 1];
	const char *next;
	const char *end;
};

void lines_start(struct lines *l, const char *file, const char *text, size_t len,
		 struct problems *p);
bool lines_next(struct lines *l);
void lines_end(struct lines *l);
char *word_next(char **rest, const char *delimiters);

/* ---- value.c ---- */

int bool_parse(const char *text, bool *value);
int uint_parse(const char *text, unsigned int max, unsigned int *value);
bool ifname_valid(const char *text);
int ifname_parse(const struct place *at, const char *what, const char *text,
		 char ifname[IFNAMSIZ]);
int host_addr_parse(const struct place *at, const char *what, const char *text,
		    struct in_addr *addr);
int host6_addr_parse(const struct place *at, const char *what, const char *text,
		     struct in6_addr *addr);
int outside_addr_parse(const struct place *at, const char *what, const char *text, int family,
		       struct in6_addr *addr);
int node_name_parse(const char *text, char name[HBKM_NAME_MAX + 1]);
const char *time_text(uint32_t us, char buf[32]);

/* ---- facility.c ---- */

int facility_parse(const char *text, int *facility);

/* ---- suggest.c ---- */

/**
 * suggest - the word that was probably meant
 * @word: what was written
 * @get: gives the i-th known word, NULL after the last
 * @arg: for @get
 *
 * Return: a known word few slips away from @word, or NULL.
 */
const char *suggest(const char *word, const char *(*get)(size_t i, const void *arg),
		    const void *arg);
const char *suggest_node(const struct config *c, const char *word);

/* ---- address.c ---- */

int address_parse(const struct place *at, const char *text, bool v6, struct config_address *a);
bool address_is_ipv6(const char *text);

/* ---- here.c ---- */

void here_hacf(const struct config *c, const char *file, struct problems *p);
void here_haresources(const struct config *c, const char *file, const struct config_own *own,
		      size_t n_own, struct problems *p);

/* ---- resource.c ---- */

int resource_parse(const struct place *at, const char *word, struct config_resource *r);

/* ---- ocf.c ---- */

bool ocf_is_meant(const struct config_resource *r);
int ocf_name_args(const struct place *at, struct config_resource *r);

#endif /* HBCTL_CONFIG_INTERNAL_H */
