/* SPDX-License-Identifier: GPL-2.0 */
/* Who was heard, how often, and how well it was signed: what is left of many messages. */
#ifndef HBCTL_HEARTBEAT_HEARD_H
#define HBCTL_HEARTBEAT_HEARD_H

#include "heartbeat/auth.h"
#include "heartbeat/message.h"

#define HEARD_MAX_NODES		100	/* as many as Heartbeat has */
#define HEARD_MAX_ADDRS		4
#define HEARD_MAX_INTERVALS	1024
#define HEARD_NAME_SIZE		128

/**
 * struct heard_node - one that sends under this name
 * @name: as it writes it, printable
 * @addrs: where it sends from
 * @n_addrs: of @addrs; there may be more
 * @messages: of any type
 * @status: of type status, each counted once if it came on several paths
 * @auth: how many were signed how, by enum auth_result
 * @key: the number of the last key that did not do
 * @has_deadtime: it has said so
 * @deadtime_ms: and this is what it said last
 * @generation: of the last status
 * @seq: of the last status
 * @last_ns: when that came
 * @min_ns: the shortest time between one status and the next
 * @max_ns: the longest
 * @intervals: the last of them, from oldest to newest, or a ring if there are more
 * @n_intervals: how many there were; at most HEARD_MAX_INTERVALS are kept
 */
struct heard_node {
	char name[HEARD_NAME_SIZE];
	struct in6_addr addrs[HEARD_MAX_ADDRS];
	size_t n_addrs;
	uint64_t messages;
	uint64_t status;
	uint64_t auth[AUTH_RESULTS];
	unsigned int key;
	bool has_deadtime;
	uint32_t deadtime_ms;
	uint64_t generation;
	uint64_t seq;
	uint64_t last_ns;
	uint64_t min_ns;
	uint64_t max_ns;
	uint64_t intervals[HEARD_MAX_INTERVALS];
	uint64_t n_intervals;
};

/**
 * struct heard - all that was heard; starts as zeroes
 * @nodes: in the order in which they were heard first
 * @n_nodes: how many
 * @datagrams: all
 * @messages: those of Heartbeat's
 * @verdicts: the others, by enum message_verdict
 * @auth: how many messages were signed how, by enum auth_result
 * @nameless: messages without a sender's name, or of too many senders
 */
struct heard {
	struct heard_node nodes[HEARD_MAX_NODES];
	size_t n_nodes;
	uint64_t datagrams;
	uint64_t messages;
	uint64_t verdicts[MESSAGE_VERDICTS];
	uint64_t auth[AUTH_RESULTS];
	uint64_t nameless;
};

/**
 * heard_message - one more
 * @h: all
 * @m: the message
 * @a: how it is signed
 * @from: where it came from
 * @time_ns: when
 */
void heard_message(struct heard *h, const struct message *m, const struct auth *a,
		   const struct in6_addr *from, uint64_t time_ns);

/* Of the last intervals; 0 if there is none. Puts them in order: nothing can be added any more. */
uint64_t heard_median(struct heard_node *n);

#endif /* HBCTL_HEARTBEAT_HEARD_H */
