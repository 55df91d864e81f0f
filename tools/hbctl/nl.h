/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hbctl's way to the module: generic netlink in, plain structs out. Nothing
 * outside nl.c sees an attribute. The functions are hbnl_*, as nl_* are libnl's.
 *
 * Every function that can fail returns 0 or -errno; what the kernel said about
 * it is hbnl_error()'s until the next call.
 */
#ifndef HBCTL_NL_H
#define HBCTL_NL_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/hbkm.h>

struct nl_cluster {
	char name[HBKM_NAME_MAX + 1];
	char node[HBKM_NAME_MAX + 1];
	uint32_t id;
	uint32_t node_id;
	uint64_t incarnation;
	uint8_t state;			/* enum hbkm_cluster_state */
	uint8_t auto_failback;		/* enum hbkm_auto_failback */
	uint32_t flags;			/* HBKM_CLUSTER_F_* */
	uint32_t holding;
	uint32_t keepalive_us;
	uint32_t deadtime_us;
	uint32_t warntime_us;
	uint32_t initdead_us;
	uint32_t agent_timeout_us;
	uint64_t late_max_ns;
	uint64_t late_hist[HBKM_LATE_BUCKETS];
	uint32_t event_seq;
};

struct nl_node {
	char name[HBKM_NAME_MAX + 1];
	uint32_t id;
	uint8_t state;			/* enum hbkm_node_state */
	uint8_t reason;			/* enum hbkm_reason */
	uint32_t flags;			/* HBKM_NODE_F_* */
	uint64_t incarnation;
	bool has_age;
	uint64_t age_ns;
	bool has_rtt;
	uint64_t rtt_ns;
	uint32_t keepalive_us;
	uint32_t deadtime_us;
	uint32_t paths_heard;
	uint32_t paths_echoed;
	bool has_reach;
	uint16_t reach;			/* addresses outside that it says it reaches */
	uint32_t mark;			/* its agent's word to the others; 0: none */
};

struct nl_link {
	uint8_t id;
	uint8_t kind;			/* enum hbkm_link_kind */
	uint8_t path;
	uint8_t state;			/* enum hbkm_link_state */
	char ifname[IFNAMSIZ];
	uint32_t ifindex;
	struct in6_addr addr;		/* :: with bcast */
	struct in6_addr saddr;		/* ::: the kernel's choice */
	uint16_t port;
	uint8_t ttl;
	uint64_t tx;
	uint64_t tx_errors;
	uint32_t error;
	uint64_t rx;
};

struct nl_group {
	char name[HBKM_NAME_MAX + 1];
	uint32_t id;
	uint8_t state;			/* enum hbkm_group_state */
	uint32_t flags;			/* HBKM_GROUP_F_* */
	uint32_t term;
	bool has_holder;
	uint32_t holder;
	uint32_t order[HBKM_MAX_NODES];
	size_t n_order;
	struct in6_addr guard[HBKM_MAX_GUARD];	/* IPv4 as IPv4-mapped */
	size_t n_guard;
};

/* Only the part that @type is about is filled in. */
struct nl_event {
	uint8_t type;			/* enum hbkm_event */
	uint32_t seq;
	uint64_t time_ns;
	uint64_t age_ns;		/* STALL: how late */
	bool has_node_id;		/* CONFLICT: has begun, or has ended */
	uint32_t node_id;		/* CONFLICT: the other node */
	struct nl_cluster cluster;	/* CLUSTER */
	struct nl_node node;		/* NODE, PATH */
	struct nl_link link;		/* LINK */
	struct nl_group group;		/* GROUP, CONFLICT, DUPLICATE */
	struct in6_addr addr;		/* DUPLICATE: of the group, IPv4 as IPv4-mapped */
	uint8_t hwaddr[32];		/* DUPLICATE: who else has it */
	size_t hwaddr_len;
};

struct nl_snapshot {
	struct nl_cluster cluster;
	struct nl_node nodes[HBKM_MAX_NODES];
	size_t n_nodes;
	struct nl_link links[HBKM_MAX_LINKS];
	size_t n_links;
	struct nl_group groups[HBKM_MAX_GROUPS];
	size_t n_groups;
};

/* What CLUSTER_SET may carry; a member is sent if its bit is in @set. */
#define NL_SET_KEEPALIVE	(1U << 0)
#define NL_SET_DEADTIME		(1U << 1)
#define NL_SET_WARNTIME		(1U << 2)
#define NL_SET_INITDEAD		(1U << 3)
#define NL_SET_AGENT_TIMEOUT	(1U << 4)
#define NL_SET_AUTO_FAILBACK	(1U << 5)
#define NL_SET_NAMES		(1U << 6)	/* cluster and node: only to create */
#define NL_SET_REACH		(1U << 7)
#define NL_SET_MARK		(1U << 8)

struct nl_params {
	uint32_t set;
	const char *cluster;
	const char *node;
	uint32_t keepalive_us;
	uint32_t deadtime_us;
	uint32_t warntime_us;
	uint32_t initdead_us;
	uint32_t agent_timeout_us;
	uint8_t auto_failback;
	uint16_t reach;			/* or HBKM_REACH_NONE */
	uint32_t mark;
};

struct nl_key {
	uint8_t id;
	uint8_t method;			/* enum hbkm_method */
	const uint8_t *secret;
	size_t secret_len;
};

struct hbnl;
struct hbnl_events;

/**
 * hbnl_open - connect to the module in the present network namespace
 * @out: receives the connection, also when the module is absent (its
 *	hbnl_error() tells), NULL only when memory or sockets are
 *
 * Return: 0, -ENODEV if the module is not loaded, or another -errno
 */
int hbnl_open(struct hbnl **out);
void hbnl_close(struct hbnl *nl);

/**
 * hbnl_connect - hbnl_open() for a verb: says what is wrong
 * @out: receives the connection
 *
 * Return: HBCTL_OK, or the exit code after the message was printed
 */
int hbnl_connect(struct hbnl **out);

/* The kernel's words for the last failure, without a newline. */
const char *hbnl_error(const struct hbnl *nl);

/**
 * hbnl_present - is the module still there?
 * @nl: the connection
 *
 * ENOENT says either that there is no cluster or that the module went away;
 * this asks the kernel which.
 */
bool hbnl_present(struct hbnl *nl);

/**
 * hbnl_fail - report a refused request of a verb
 * @nl: the connection
 * @what: what was asked for ("link eth0"), or NULL
 * @err: what the request returned
 *
 * Return: HBCTL_ABSENT, HBCTL_UNMET (there is no cluster) or HBCTL_REFUSED
 */
int hbnl_fail(struct hbnl *nl, const char *what, int err);

/* ---- reading ---- */

int hbnl_cluster_get(struct hbnl *nl, struct nl_cluster *c);
int hbnl_nodes_get(struct hbnl *nl, struct nl_node *nodes, size_t max, size_t *n);
int hbnl_links_get(struct hbnl *nl, struct nl_link *links, size_t max, size_t *n);
int hbnl_groups_get(struct hbnl *nl, struct nl_group *groups, size_t max, size_t *n);
/* @stats[i] is that of enum hbkm_stat i; what the kernel does not send stays 0. */
int hbnl_stats_get(struct hbnl *nl, uint64_t *stats, size_t n);

/**
 * hbnl_snapshot_get - everything, as of one moment if that can be had
 * @nl: the connection
 * @s: receives it; no event up to s->cluster.event_seq need be looked at
 */
int hbnl_snapshot_get(struct hbnl *nl, struct nl_snapshot *s);

/* The name of a node of the snapshot, NULL if there is none of this id. */
const char *hbnl_node_name(const struct nl_snapshot *s, uint32_t id);

/* ---- changing ---- */

/* With NL_SET_NAMES it creates the cluster, if there is none. */
int hbnl_cluster_set(struct hbnl *nl, const struct nl_params *p);
int hbnl_cluster_del(struct hbnl *nl, enum hbkm_reason reason);
int hbnl_node_new(struct hbnl *nl, const char *name);
int hbnl_node_del(struct hbnl *nl, const char *name);
int hbnl_link_new(struct hbnl *nl, const struct nl_link *l);
int hbnl_link_del(struct hbnl *nl, uint8_t id);
/* Of @g: name, order, guard, and of its flags WARM. */
int hbnl_group_new(struct hbnl *nl, const struct nl_group *g);
int hbnl_group_del(struct hbnl *nl, const char *name);
int hbnl_keys_set(struct hbnl *nl, const struct nl_key *keys, size_t n, uint8_t sign);
/* @c may be NULL. */
int hbnl_agent(struct hbnl *nl, struct nl_cluster *c);
int hbnl_start(struct hbnl *nl);
int hbnl_leave(struct hbnl *nl);
/* @state: what @result is about: ACQUIRING, RELEASING; FAILED, no more; ACTIVE, not whole any more. */
int hbnl_group_ack(struct hbnl *nl, uint32_t group, uint8_t state, uint32_t term, int result);
/* @group NULL: all of them. */
int hbnl_group_move(struct hbnl *nl, enum hbkm_move move, const char *group);

/* ---- events ---- */

/**
 * hbnl_events_open - listen to the module's events, and to its going away
 * @nl: a connection that is open
 * @out: receives the listener
 */
int hbnl_events_open(struct hbnl *nl, struct hbnl_events **out);
void hbnl_events_close(struct hbnl_events *ev);
/* For poll(). */
int hbnl_events_fd(const struct hbnl_events *ev);

/**
 * hbnl_events_receive - take what has arrived, without waiting
 * @ev: the listener
 * @handle: called for each event, in order. No memory is allocated on the way
 *	to it.
 * @data: for @handle
 *
 * Return: 0 when there is no more, -ENOBUFS if events were lost (take a
 * snapshot), -ENODEV if the module was removed, or another -errno
 */
int hbnl_events_receive(struct hbnl_events *ev,
			void (*handle)(const struct nl_event *e, void *data), void *data);

#endif /* HBCTL_NL_H */
