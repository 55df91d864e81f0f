// SPDX-License-Identifier: GPL-2.0
/*
 * authkeys: "auth N" says which key signs, "N METHOD [SECRET]" are the keys; all
 * of them verify. Messages repeat a word of the file only where it cannot be a
 * secret that has slipped into the wrong place.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define KEY_SHORT	8	/* bytes */

static const struct method {
	const char *name;
	enum hbkm_method method;
	bool secret;
} methods[] = {
	{ "crc", HBKM_METHOD_CRC, false },
	{ "md5", HBKM_METHOD_MD5, true },
	{ "sha1", HBKM_METHOD_SHA1, true },
	{ "sha256", HBKM_METHOD_SHA256, true },
};

/* Methods that others have, so that they may be named in the error. */
static const char * const others[] = {
	"sha", "sha224", "sha384", "sha512", "sha2", "sha3", "md4", "hmac", "none",
	"sha-1", "sha-256", "sha-512", "hmac-md5", "hmac-sha1", "hmac-sha256",
	"crc32", "aes", "aes128", "aes256", "plain", "psk",
};

/**
 * struct authkeys - authkeys while it is being read
 * @at: where we are
 * @c: what becomes of it
 * @auth: the last number behind auth, -1: none
 * @auth_line: its line
 * @signs: the key found behind it, -1: none
 * @bad: there was an error: a missing key may come of that
 * @lines: the line of every key, by number
 */
struct authkeys {
	struct place at;
	struct config *c;
	int auth;
	unsigned int auth_line;
	int signs;
	bool bad;
	unsigned int lines[HBKM_MAX_KEYS];
};

/* The number at the start of *@text, which moves behind it; -1: none, -2: too large. */
static int number_take(char **text)
{
	int number = -1;

	for (; isdigit((unsigned char)**text); (*text)++) {
		if (number >= 1000)
			continue;
		number = (number < 0 ? 0 : number) * 10 + (**text - '0');
	}
	return number >= HBKM_MAX_KEYS ? -2 : number;
}

/* The auth line. */
static void auth_line(struct authkeys *a, char *text)
{
	int number = -1;

	if (!strncmp(text, "auth", 4)) {
		text += 4;
		text += strspn(text, BLANKS);
		number = number_take(&text);
	}
	if (number == -2) {
		place_error(&a->at, "Invalid authnum in this auth line: 0 to %d are possible",
			    HBKM_MAX_KEYS - 1);
		a->bad = true;
		return;
	}
	if (number < 0) {
		place_error(&a->at, "Invalid auth line: auth NUMBER is wanted, the number of the key that signs");
		a->bad = true;
		return;
	}
	if (a->auth >= 0 && a->auth != number)
		place_warning(&a->at, "auth was said on line %u already; this line counts",
			      a->auth_line);
	a->auth = number;
	a->auth_line = a->at.line;
}

static const struct method *method_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!strcmp(methods[i].name, name))
			return &methods[i];
	}
	return NULL;
}

/* Says what is wrong with a method without giving away a key that stands there. */
static void method_wrong(struct authkeys *a, const char *word)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!strcasecmp(methods[i].name, word)) {
			place_error(&a->at, "Invalid authtype [%s]: write it %s, in lower case",
				    word, methods[i].name);
			return;
		}
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (!strcasecmp(others[i], word)) {
			place_error(&a->at, "Invalid authtype [%s]: crc, md5, sha1 and sha256 are known",
				    word);
			return;
		}
	}
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		len = strlen(methods[i].name);
		if (!strncmp(methods[i].name, word, len)) {
			place_error(&a->at, "Invalid authtype: a blank is missing between %s and the key",
				    methods[i].name);
			return;
		}
	}
	place_error(&a->at, "Invalid authtype: crc, md5, sha1 or sha256 is wanted between the number and the key (what stands there is not shown: it might be the key)");
}

static struct config_key *key_slot(struct authkeys *a, int id)
{
	struct config *c = a->c;
	size_t i;

	for (i = 0; i < c->n_keys; i++) {
		if (c->keys[i].id == id) {
			place_warning(&a->at, "key %d is on line %u already: that one no longer counts, give each key its own number",
				      id, a->lines[id]);
			return &c->keys[i];
		}
	}
	/* there are no more numbers than places */
	return &c->keys[c->n_keys++];
}

static void key_add(struct authkeys *a, int id, const struct method *method, const char *secret,
		    size_t len)
{
	struct config_key *key = key_slot(a, id);

	explicit_bzero(key, sizeof(*key));
	key->id = id;
	key->method = method->method;
	memcpy(key->secret, secret, len);
	key->secret_len = len;
	a->lines[id] = a->at.line;
	if (id == a->auth)
		a->signs = id;

	if (!method->secret)
		place_warning(&a->at, "crc finds damage only: anybody who can send to this node can forge heartbeats; use sha256 and a key");
	else if (len < KEY_SHORT)
		place_warning(&a->at, "the key is short enough to be guessed: at least %d letters are advised",
			   KEY_SHORT);
}

/* NUMBER METHOD [SECRET]: the secret is one word, and may hold a # */
static void key_line(struct authkeys *a, char *text)
{
	const struct method *method;
	char *word, *secret;
	int id = number_take(&text);

	a->bad = true;
	if (id == -2) {
		place_error(&a->at, "Invalid authnum: keys have numbers from 0 to %d",
			    HBKM_MAX_KEYS - 1);
		return;
	}
	word = word_next(&text, BLANKS);
	if (id < 0 || !word) {
		place_error(&a->at, "Auth line is invalid: NUMBER METHOD KEY is wanted, or auth NUMBER (the line is not shown: it may hold a key)");
		return;
	}
	method = method_find(word);
	if (!method) {
		method_wrong(a, word);
		return;
	}
	secret = word_next(&text, BLANKS);
	if (!method->secret) {
		if (secret && secret[0] != '#') {
			place_error(&a->at, "Auth method [%s] doesn't use a key: take it out, or use sha256",
				    method->name);
			return;
		}
		if (secret)
			place_note(&a->at, "Heartbeat would take the remark behind %s for a key, and refuse it",
				   method->name);
		secret = NULL;
	} else {
		if (!secret || !strcmp(secret, "#")) {
			place_error(&a->at, "Auth method [%s] requires a key: write it behind the method",
				    method->name);
			return;
		}
		if (strlen(secret) > HBKM_SECRET_MAX) {
			place_error(&a->at, "the key is too long: at most %d bytes are possible",
				    HBKM_SECRET_MAX);
			return;
		}
		text += strspn(text, BLANKS);
		if (*text && *text != '#')
			place_warning(&a->at, "a key is one word: what follows it is ignored, as in Heartbeat");
	}
	a->bad = false;
	key_add(a, id, method, secret ?: "", secret ? strlen(secret) : 0);
}

static void authkeys_finish(struct authkeys *a)
{
	struct place at = a->at;

	at.line = a->auth_line;
	if (a->auth < 0) {
		if (!a->bad)
			place_error(&at, "Missing auth directive in keyfile [%s]: auth NUMBER, before the keys, says which of them signs",
				    at.file);
		return;
	}
	if (a->signs == a->auth) {
		a->c->sign_key = a->signs;
		return;
	}
	if (a->lines[a->auth])
		place_error(&at, "Auth Key [%d] not found in keyfile [%s]: it is on line %u, but must stand behind the auth line",
			    a->auth, at.file, a->lines[a->auth]);
	else if (!a->bad)
		place_error(&at, "Auth Key [%d] not found in keyfile [%s]: add a line %d METHOD KEY",
			    a->auth, at.file, a->auth);
}

void authkeys_parse(struct config *c, const char *file, const char *text, size_t len,
		    struct problems *p)
{
	struct authkeys a = { .c = c, .auth = -1, .signs = -1 };
	size_t first = p->n;
	struct lines l;
	bool bad = false;
	char *line;

	lines_start(&l, file, text, len, p);
	while (lines_next(&l)) {
		a.at = l.at;
		line = l.buf + strspn(l.buf, BLANKS);
		/* only at the start: keys may hold a # */
		if (!*line || *line == '#')
			continue;
		if (*line == 'a')
			auth_line(&a, line);
		else
			key_line(&a, line);
		bad |= a.bad;
	}
	lines_end(&l);

	a.bad = bad;
	a.at = (struct place){ .file = file, .problems = p };
	authkeys_finish(&a);
	problems_sort(p, first);
}
