/* SPDX-License-Identifier: GPL-2.0 */
/* Is a message of Heartbeat's signed by one of the keys in authkeys? */
#ifndef HBCTL_HEARTBEAT_AUTH_H
#define HBCTL_HEARTBEAT_AUTH_H

#include "config/config.h"
#include "heartbeat/message.h"

enum auth_result {
	AUTH_OK,
	AUTH_BAD,		/* the key of that number is not the one that signed it */
	AUTH_NO_KEY,		/* there is no key of that number */
	AUTH_UNSIGNED,
	AUTH_MALFORMED,		/* what stands in its place is no signature */
	AUTH_UNCHECKED,		/* the library would not compute it */
	AUTH_RESULTS
};

/**
 * struct auth - what became of a signature
 * @result: that
 * @key: its number, where there is one: AUTH_OK, AUTH_BAD, AUTH_NO_KEY, AUTH_UNCHECKED
 * @method: what authkeys says of that key, 0 if nothing
 * @theirs: what the length of the digest says of theirs, 0 if nothing
 */
struct auth {
	enum auth_result result;
	unsigned int key;
	enum hbkm_method method;
	enum hbkm_method theirs;
};

/**
 * auth_check - check a message's signature
 * @a: receives what became of it
 * @m: the message
 * @keys: of authkeys
 * @n_keys: how many
 */
void auth_check(struct auth *a, const struct message *m, const struct config_key *keys,
		size_t n_keys);

/* "ok", "bad", "no_key", ...: for programs. */
const char *auth_result_name(enum auth_result r);

/* "sha1 ok", "sha1 BAD (key 1 differs)", "no key 2 here", ...: for people. Return: @buf */
const char *auth_text(char *buf, size_t size, const struct auth *a);

#endif /* HBCTL_HEARTBEAT_AUTH_H */
