/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /etc/ha.d says: ha.cf, haresources and authkeys, parsed and checked.
 * Parsing does no I/O but reading the files; nothing here knows netlink.
 */
#ifndef HBCTL_CONFIG_H
#define HBCTL_CONFIG_H

#include <netinet/in.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/hbkm.h>

#include "ip.h"

struct json_object;

/* ---- problems found: every one, not only the first ---- */

enum problem_level { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE };

struct problem {
	enum problem_level level;
	char *file;
	unsigned int line;		/* 0: the file as a whole */
	char *text;			/* printable UTF-8, whatever the file held */
};

/* Start with { 0 }. */
struct problems {
	struct problem *v;
	size_t n;
	size_t errors;			/* counted even if too many to be kept */
	size_t dropped;			/* too many to be kept */
};

/**
 * problems_add - note one problem
 * @p: the list; an error counts even if there is no memory to keep its text
 * @level: error, warning or note
 * @file: where
 * @line: where in it, 0 for the file as a whole
 * @fmt: what is wrong, and what to do about it
 */
void problems_add(struct problems *p, enum problem_level level, const char *file,
		  unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* "FILE:LINE: error|warning|note: text", one a line. */
void problems_print(const struct problems *p, FILE *out);
void problems_free(struct problems *p);

/* "error", "warning" or "note" */
const char *problem_level_name(enum problem_level level);

/* An array of { level, file, line, text }; NULL if there is no memory. */
struct json_object *problems_json(const struct problems *p);

/* ---- ha.cf ---- */

/* An address of this node. */
struct config_own {
	struct in6_addr addr;
	char ifname[IFNAMSIZ];
	bool alias;			/* it has a label, as eth0:1 */
	bool ours;			/* an agent put it there; whoever calls config_check() sets it */
	bool secondary;			/* beside another of its network; the same */
};

struct config_link {
	enum hbkm_link_kind kind;
	unsigned int line;
	uint8_t path;			/* the same number for the same cable on every node */
	char ifname[IFNAMSIZ];
	struct in6_addr addr;		/* ucast: the peer; mcast: the group; bcast: :: */
	struct in6_addr saddr;		/* own address to send from, or ::; the agent sets it */
	uint16_t port;
	uint8_t ttl;
	bool loop;
};

struct config_node {
	char name[HBKM_NAME_MAX + 1];	/* lower case, as Heartbeat compares */
	unsigned int line;
};

#define CONFIG_MAX_PINGS	64	/* ping nodes; a group counts as one */
#define CONFIG_MAX_PING_ADDRS	16	/* in a group */

/* What is asked for an answer, to learn whether we still reach the world outside. */
struct config_ping {
	unsigned int line;
	char name[HBKM_NAME_MAX + 1];	/* the address, or what a group is called */
	struct in6_addr addrs[CONFIG_MAX_PING_ADDRS];	/* IPv4 as IPv4-mapped: one that answers will do */
	size_t n_addrs;
};

#define CONFIG_MAX_CLIENTS	32
#define CONFIG_COMMAND_MAX	1023
#define CONFIG_USER_MAX		63

/* A program that runs for as long as the agent does. */
struct config_client {
	unsigned int line;
	bool failfast;			/* if it fails, the machine is not fit to go on */
	char user[CONFIG_USER_MAX + 1];
	char command[CONFIG_COMMAND_MAX + 1];	/* a shell's, which begins with the program's path */
};

#define CONFIG_MAX_ENV		32
#define CONFIG_ENV_MAX		255	/* bytes in HA_NAME=VALUE */

/* The line of ha.cf that says it; 0: none does, so it is a default, or derived. */
struct config_said {
	unsigned int cluster;
	unsigned int keepalive;
	unsigned int deadtime;
	unsigned int warntime;
	unsigned int initdead;
	unsigned int deadping;
	unsigned int auto_failback;
	unsigned int autojoin;
	unsigned int udpport;		/* the last one */
	unsigned int realtime;
	unsigned int rtprio;
	unsigned int use_logd;
	unsigned int logfacility;
	unsigned int logfile;
	unsigned int debugfile;
	unsigned int debug;
	unsigned int watchdog;
	unsigned int ipfail;
};

/* ---- authkeys ---- */

struct config_key {
	uint8_t id;
	enum hbkm_method method;
	uint8_t secret[HBKM_SECRET_MAX];
	size_t secret_len;
};

/* ---- haresources ---- */

struct config_address {
	char ifname[IFNAMSIZ];		/* "": that of the route to the address */
	char label[IFNAMSIZ];		/* "": none */
	struct in6_addr addr;		/* IPv4 as IPv4-mapped */
	struct in_addr broadcast;	/* IPv4; 0.0.0.0: the highest of the subnet */
	int prefix_len;			/* -1: that of the route to the address */
};

enum resource_kind {
	RESOURCE_ADDRESS,		/* IPaddr, IPaddr2, IPv6addr, or bare: the agent's own doing */
	RESOURCE_SCRIPT,		/* of resource.d or init.d: PATH ARGUMENT... start */
	RESOURCE_OCF,			/* an OCF agent: what it needs to know is in its environment */
	RESOURCE_UNIT,			/* systemd's */
};

#define CONFIG_MAX_RESOURCES	128	/* in a group, addresses included */

struct config_resource {
	enum resource_kind kind;
	unsigned int line;
	char *text;			/* as written */
	char *name;			/* in front of the first :: */
	char **args;			/* SCRIPT: what follows; OCF: as NAME=VALUE */
	size_t n_args;
	char *path;			/* SCRIPT, OCF: the program; UNIT: the unit. NULL: not looked for */
	size_t address;			/* ADDRESS: which of the group's */
};

struct config_group {
	char name[HBKM_NAME_MAX + 1];	/* node, or node:2, node:3 … for its further lines */
	char node[HBKM_NAME_MAX + 1];	/* the preferred one */
	unsigned int line;
	char *text;			/* the line as written, blanks folded: for the log */
	struct config_address *addresses;
	size_t n_addresses;
	struct config_resource *resources;	/* in the order in which they are started */
	size_t n_resources;
};

struct config {
	char dir[4096];			/* /etc/ha.d */
	char self[HBKM_NAME_MAX + 1];	/* uname -n, lower case */
	char cluster[HBKM_NAME_MAX + 1];

	uint32_t keepalive_us;
	uint32_t deadtime_us;
	uint32_t warntime_us;
	uint32_t initdead_us;
	uint32_t deadping_us;
	uint32_t ping_us;		/* how often ping nodes are asked; derived */
	enum hbkm_auto_failback auto_failback;

	bool realtime;
	int rtprio;
	bool use_logd;
	int logfacility;		/* as syslog(3) takes it, -1: none */
	char logfile[4096];		/* "": none */
	char debugfile[4096];
	int debug;			/* 0: only what matters */
	char watchdog[4096];		/* a device, "": none */
	bool ipfail;			/* who reaches fewer ping nodes gives away what it holds */
	struct config_said said;

	struct config_node nodes[HBKM_MAX_NODES];
	size_t n_nodes;
	struct config_link links[HBKM_MAX_LINKS];
	size_t n_links;			/* without the own ucast addresses */
	struct config_link own_links[HBKM_MAX_LINKS];
	size_t n_own_links;		/* these: for information only */
	struct config_ping pings[CONFIG_MAX_PINGS];
	size_t n_pings;
	struct config_client clients[CONFIG_MAX_CLIENTS];
	size_t n_clients;
	char env[CONFIG_MAX_ENV][CONFIG_ENV_MAX + 1];	/* HA_NAME=VALUE, for all programs */
	size_t n_env;

	struct config_key keys[HBKM_MAX_KEYS];
	size_t n_keys;
	uint8_t sign_key;

	struct config_group groups[HBKM_MAX_GROUPS];
	size_t n_groups;
};

/**
 * config_load - read and check all three files of a directory
 * @dir: usually /etc/ha.d
 * @self: uname -n of this node
 * @own: the addresses of this node: a ucast line to one of them is the
 *	node's own and is left out, as Heartbeat ignores it
 * @n_own: how many
 * @problems: receives every problem, in the order file, line
 *
 * Return: a configuration to config_free(), or NULL if there is any error.
 */
struct config *config_load(const char *dir, const char *self,
			   const struct config_own *own, size_t n_own,
			   struct problems *problems);

/**
 * config_check - config_load(), and does it go with this machine?
 * @dir: usually /etc/ha.d
 * @self: uname -n, of this machine
 * @own: the addresses of this machine
 * @n_own: how many
 * @problems: receives every problem, in the order file, line
 *
 * For whoever wrote the files. An agent has to do with what there is: it may start
 * before its interfaces are there.
 *
 * Return: as config_load()
 */
struct config *config_check(const char *dir, const char *self,
			    const struct config_own *own, size_t n_own,
			    struct problems *problems);

/**
 * config_peek - what can be read of ha.cf and authkeys, by whoever looks on
 * @dir: usually /etc/ha.d
 * @problems: receives every problem
 *
 * For what neither runs a cluster nor need be a node of one: there may be errors, and
 * files may be missing, and what was not read is zero.
 *
 * Return: it, to config_free(), or NULL without memory
 */
struct config *config_peek(const char *dir, struct problems *problems);

/**
 * config_deadping_us - deadping where ha.cf does not say it
 * @deadtime_us: that of nodes
 *
 * Return: after how long without an answer a ping node is dead, us
 */
uint32_t config_deadping_us(uint32_t deadtime_us);

/**
 * config_watchdog_s - after how long without a sign of life the watchdog resets
 * @c: the configuration
 *
 * As in Heartbeat, when peers have held us for dead; but never so soon that it would
 * reset a machine that only is busy.
 *
 * Return: whole seconds, as watchdogs count
 */
unsigned int config_watchdog_s(const struct config *c);

/* Wipes the keys. */
void config_free(struct config *c);

/**
 * config_print - the effective values, derived ones included, for people
 * @c: what config_load() gave
 * @out: where to
 *
 * Key secrets are never shown, nor their lengths.
 */
void config_print(const struct config *c, FILE *out);

/* The same for programs; NULL if there is no memory. */
struct json_object *config_json(const struct config *c);

/* ---- the parsers, each pure: text in, problems out (units, fuzzers) ---- */

/**
 * hacf_parse - ha.cf: defaults, then the text, then what it derives, and cross-checks
 * @c: zeroed, but for @c->self (if that is empty, it need not be among the nodes)
 * @file: its name, for the problems
 * @text: not necessarily terminated
 * @len: its length
 * @own: as for config_load()
 * @n_own: how many
 * @p: receives the problems
 *
 * A link's path is the ordinal of its device among the distinct devices of all
 * bcast, ucast and mcast lines, in order of first appearance; own ucast
 * addresses count. So the same ha.cf on every node gives every cable the same
 * number everywhere, and where devices are named differently, the order of the
 * lines must be the same. More than HBKM_MAX_PATHS devices are an error.
 */
void hacf_parse(struct config *c, const char *file, const char *text, size_t len,
		const struct config_own *own, size_t n_own, struct problems *p);

/**
 * haresources_parse - haresources: who prefers which resources
 * @c: after hacf_parse(): its nodes are those that may be named; without any,
 *	every name may be
 * @file: its name, for the problems
 * @text: not necessarily terminated
 * @len: its length
 * @p: receives the problems
 */
void haresources_parse(struct config *c, const char *file, const char *text,
		       size_t len, struct problems *p);

/* Frees what a group has. */
void config_group_free(struct config_group *g);

/* Frees what a resource has. */
void config_resource_free(struct config_resource *r);

/* Return: 0, or -1 without memory, and @to has nothing to be freed. */
int config_resource_copy(struct config_resource *to, const struct config_resource *from);

/* Do both, which are no addresses, run the same program with the same arguments? */
bool config_resource_same(const struct config_resource *a, const struct config_resource *b);

/**
 * scripts_find - find the programs of all resources that are no addresses
 * @c: after haresources_parse()
 * @file: haresources' name, for the problems
 * @p: receives a problem for each that is nowhere, or cannot be used so
 *
 * Looks into the file system: first what Heartbeat looks at, then OCF agents,
 * then systemd's units.
 */
void scripts_find(struct config *c, const char *file, struct problems *p);

/**
 * clients_find - look whether the programs of respawn and failfast are there
 * @c: after hacf_parse()
 * @file: ha.cf's name, for the problems
 * @p: receives a problem for each whose user or program is not
 *
 * Looks into the file system, and into the list of users.
 */
void clients_find(const struct config *c, const char *file, struct problems *p);

/*
 * The list of users may be a server's, which takes its time. For whoever must not
 * wait: set, no user is looked for.
 */
extern bool clients_unasked;

/**
 * authkeys_parse - authkeys: the ring of keys, and which one signs
 * @c: receives them
 * @file: its name, for the problems, which never repeat anything from the file
 *	that may be a secret
 * @text: not necessarily terminated; wiping it is the caller's business
 * @len: its length
 * @p: receives the problems
 */
void authkeys_parse(struct config *c, const char *file, const char *text, size_t len,
		    struct problems *p);

/**
 * time_parse_us - Heartbeat's time values: "2", "1.7", "500ms", "250us"
 * @text: number, optional blanks, optional unit (none: seconds)
 * @us: receives microseconds, rounded; UINT32_MAX for whatever is longer
 *
 * As in Heartbeat, "ms" or "us" in either case may have more letters behind
 * ("msec"). Unlike it, microseconds are kept, not rounded to milliseconds.
 *
 * Return: 0, or -1 if it is not a time (as "10s": Heartbeat refuses it too).
 */
int time_parse_us(const char *text, uint32_t *us);

/**
 * parameter_said - what ha.cf says of one directive, word for word
 * @file: ha.cf
 * @name: the directive
 * @value: receives the first word of its last line
 * @size: of @value
 *
 * Return: false if there is no such line.
 */
bool parameter_said(FILE *file, const char *name, char *value, size_t size);

#endif /* HBCTL_CONFIG_H */
