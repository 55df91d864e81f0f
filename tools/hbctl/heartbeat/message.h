/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A message of Linux-HA's Heartbeat as it is on the wire: one UDP datagram, in one of
 * two forms. Heartbeat 3 sends netstrings; the last one is the signature of all that
 * precedes it, and TYPE is 0 for text, 1 for bytes, 2 and above for what is nested:
 *
 *	###\n LENGTH:(TYPE)NAME=VALUE, ... %%%\n LENGTH:KEY DIGEST,
 *
 * Older ones send lines, of which that of the name auth signs all others:
 *
 *	>>>\n NAME=VALUE\n ... auth=KEY DIGEST\n <<<\n
 *
 * Pure: bytes in, places in them out.
 */
#ifndef HBCTL_HEARTBEAT_MESSAGE_H
#define HBCTL_HEARTBEAT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the datagram, as it came: anything may be in them. @p NULL: not there. */
struct text {
	const char *p;
	size_t len;
};

enum message_verdict {
	MESSAGE_GOOD,
	MESSAGE_HBKM,		/* a frame of hbkm's: the port is the same */
	MESSAGE_FOREIGN,	/* begins like nothing that is known */
	MESSAGE_CUT,		/* ends before its end mark */
	MESSAGE_GARBLED,	/* a field is none */
	MESSAGE_VERDICTS
};

/**
 * struct message - where in the datagram is what
 * @netstring: the form
 * @compressed: a field is packed, perhaps with others in it that are not looked at
 * @fields: how many there are
 * @type: what it is about: status, NS_ackmsg, resource, ...
 * @node: the sender's name
 * @to: the node that it is for, if not for all
 * @status: what the sender is: init, up, active, dead
 * @seq: sequence number, in hexadecimal; not in messages whose type begins with NS_
 * @generation: which of the sender's lives, in hexadecimal
 * @deadtime: the sender's, milliseconds in hexadecimal
 * @load: the sender's /proc/loadavg
 * @holds: which resources the sender has: none, local, foreign, all
 * @signs: what the signature is over: all of it, or (not @netstring) its lines but auth
 * @auth: the signature: number of the key, blank, digest
 */
struct message {
	bool netstring;
	bool compressed;
	unsigned int fields;
	struct text type;
	struct text node;
	struct text to;
	struct text status;
	struct text seq;
	struct text generation;
	struct text deadtime;
	struct text load;
	struct text holds;
	struct text signs;
	struct text auth;
};

/**
 * message_parse - take a datagram apart
 * @m: receives where everything is
 * @data: the datagram; @m points into it
 * @len: its length
 *
 * As with Heartbeat, of fields with the same name the first counts, and what follows
 * the message is not looked at.
 *
 * Return: MESSAGE_GOOD, or what is wrong
 */
enum message_verdict message_parse(struct message *m, const void *data, size_t len);

/* For people, such as "it ends too early". */
const char *message_verdict_text(enum message_verdict v);

/**
 * message_signed - the bytes that the signature is over, in order
 * @m: what message_parse() found good
 * @take: is given them, some at a time
 * @arg: for @take
 */
void message_signed(const struct message *m, void (*take)(void *arg, const void *p, size_t len),
		    void *arg);

/* The sender's deadtime; false: it does not say, or nothing that one could have. */
bool message_deadtime(const struct message *m, uint32_t *ms);

/* Return: false if it is not there, no hexadecimal number, or too large. */
bool text_hex(struct text t, uint64_t *value);

/* The next of the words, which are separated by blanks; false: there is none. */
bool text_word(struct text *rest, struct text *word);

/**
 * text_printable - text that may be shown, on a terminal or as JSON
 * @buf: receives it: ASCII without blanks, all else and \ as \xNN
 * @size: of @buf; what does not fit is left out, and "..." put in its place
 * @t: the bytes
 *
 * Return: @buf, NULL if @t is not there
 */
const char *text_printable(char *buf, size_t size, struct text t);

#endif /* HBCTL_HEARTBEAT_MESSAGE_H */
