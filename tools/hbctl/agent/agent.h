/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The agent, hbctl run: one thread, one loop. The kernel decides who holds a
 * group; the agent brings its addresses up or takes them down, and says so.
 */
#ifndef HBCTL_AGENT_H
#define HBCTL_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "config.h"
#include "nl.h"
#include "sequence.h"
#include "vip.h"

/* How often an announcement is repeated, see announce_next(). */
#define ANNOUNCE_REPEATS	7

/* A resource in its place in the line: that of the same number in the sequence. */
struct agent_resource {
	struct config_resource what;
	uint32_t job;			/* the runner's number of what is under way; 0: nothing */
	enum resource_op op;		/* what that does */
	uint64_t since;			/* when its state changed */
	char error[128];		/* of what failed last; "": nothing did */
	char start_error[128];		/* why it could not be started; "": it could */
};

struct json_object;

struct agent_group {
	char name[HBKM_NAME_MAX + 1];
	char node[HBKM_NAME_MAX + 1];	/* whose it is by preference */
	char *text;			/* the line of haresources, for the log */
	uint32_t id;			/* the kernel's; valid if known */
	bool known;			/* the kernel has it */
	uint8_t state;			/* enum hbkm_group_state */
	bool warm;			/* the addresses stay, whatever the state */
	uint32_t term;
	bool has_holder;
	uint32_t holder;
	bool handing_over;		/* was held here when the agent was told to stop */
	struct vip *vips;
	size_t n_vips;
	struct agent_resource *resources;
	struct sequence sequence;
	bool scripted;			/* some are no addresses: the sequence rules */
	bool leaving;			/* no longer configured: goes when its scripts are stopped */
	uint64_t wake_at;		/* when to look at the sequence again; 0: not */
	uint64_t failed_at;		/* when its failure was last logged; 0: it did not fail */
	unsigned int announced;		/* announcements sent since it came here */
	uint64_t announce_at;		/* when the next is due; 0: no more */
};

struct agent_groups {
	/* Those that leave beside those that come. */
	struct agent_group v[2 * HBKM_MAX_GROUPS];
	size_t n;
};

/* Does this state mean that the group is ours, and to be announced? */
static inline bool agent_group_wants(uint8_t state)
{
	return state == HBKM_GROUP_ACQUIRING || state == HBKM_GROUP_ACTIVE;
}

/* Are its addresses to be on their interfaces? */
static inline bool agent_group_keeps(const struct agent_group *g)
{
	return agent_group_wants(g->state) || (g->known && g->warm);
}

/*
 * Is this address to be on its interface? Beside scripts from when it is its turn
 * to come until it is its turn to go, whatever the kernel says meanwhile.
 */
static inline bool agent_vip_wanted(const struct agent_group *g, size_t vip)
{
	if (!g->scripted)
		return agent_group_keeps(g);
	for (size_t i = 0; i < g->sequence.n; i++)
		if (g->sequence.items[i].native && g->resources[i].what.address == vip)
			return g->sequence.items[i].state == RESOURCE_STARTED;
	return false;
}

/* ---- module.c ---- */

/**
 * module_load - load hbkm, if it is not there
 *
 * Says what is wrong, and what to do about it.
 *
 * Return: HBCTL_OK, or HBCTL_ABSENT
 */
int module_load(void);

/* As modprobe does. Return: 0, or -errno: -ENOENT, there is none of this name. */
int module_insert(const char *name);

/* ---- watchdog.c ---- */

/* As ha.cf has it; loads softdog if there is no such device. Says what is wrong. */
void watchdog_open(const struct config *c);
/* The same, after a reload: loads nothing, for that may take its time. */
void watchdog_configure(const struct config *c);
/* Feeds it, when it is time. */
void watchdog_run(uint64_t now);
/* When that is; 0: never. */
uint64_t watchdog_next(void);
/* Disarms it: this end is meant. */
void watchdog_close(void);

/* ---- realtime.c ---- */

/**
 * realtime_start - lock memory, and go before others
 * @rtprio: of SCHED_FIFO; 0: halfway
 *
 * What cannot be had is logged, and done without.
 */
void realtime_start(int rtprio);

/* Nothing is urgent any more. */
void realtime_stop(void);

/* ---- configure.c ---- */

/**
 * configure_apply - make the kernel have what the configuration says
 * @nl: the connection
 * @c: the configuration
 * @warm: the addresses stay on their interfaces while another node has them
 * @here: the groups so far, NULL: none; what their scripts run does not go
 *
 * Sends what differs from what the kernel has, and the keys. The same for the
 * first start, for an agent that finds the kernel still at work, and for a
 * reload. Nothing is removed but for want of room: that is for configure_prune(),
 * once the addresses of what goes are gone.
 *
 * Return: 0, or -errno after logging the kernel's words
 */
int configure_apply(struct hbnl *nl, const struct config *c, bool warm,
		    const struct agent_groups *here);

/* Removes from the kernel what the configuration does not have (any more). */
int configure_prune(struct hbnl *nl, const struct config *c);

/**
 * configure_order - the order in which nodes are to have a group
 * @c: the configuration
 * @g: the group
 * @nodes: the kernel's nodes
 * @n: how many
 * @order: receives node ids
 *
 * The node that haresources names comes first, then the others by name, so that
 * all nodes agree on it however their files are sorted.
 *
 * Return: how many, or 0 if the kernel lacks one of the nodes
 */
size_t configure_order(const struct config *c, const struct config_group *g,
		       const struct nl_node *nodes, size_t n, uint32_t order[HBKM_MAX_NODES]);

/* ---- reconcile.c ---- */

struct agent {
	struct hbnl *nl;
	struct hbnl_events *ev;
	struct rtnl *rt;
	int notice_fd;			/* < 0: nothing is announced */
	bool warm;			/* as the command line says */
	uint32_t script_timeout_ms;	/* the same */
	int rtprio;			/* at which it was started; 0: none of real time */
	int epoll;			/* what the loop waits for */
	int publish_fd;			/* where others ask how the resources are; < 0: nowhere */
	struct config *config;
	struct agent_groups *groups;
	struct lines *lines;		/* the reload that waits for other nodes', or NULL */
	uint32_t mark;			/* of the file that was read last */
	uint32_t told_mark;		/* the same as the peers know it, and LINES_FLAGS */
	uint32_t refused_mark;		/* what the kernel did not take, 0: nothing */
	uint64_t tell_at;		/* when to ask it again */
	bool joining;			/* which file the nodes that live work by is still to be seen */
	bool anew;			/* an earlier agent was killed while it stopped: end that first */
	bool settling;			/* what a reload has moved from here may still run */
	struct nl_snapshot seen;	/* what was last known, and logged */
	uint32_t seq;			/* of the last event that was taken in */
	uint32_t promised_seq;		/* the kernel said that it has sent this one */
	bool reconcile_due;		/* look at everything anew */
	bool places_due;		/* at the interfaces, too: what became of them was not told */
	bool reloading;			/* differences are by our own wish */
	uint64_t retry_at;		/* 0, or when reconcile_due becomes true */

	uint64_t agent_at, agent_period;	/* the word to the kernel that we live */
	uint64_t watchdog_at, watchdog_period;	/* the same to systemd; 0: not wanted */
	bool stopping;
	uint64_t stopping_since;
	uint64_t stop_at;		/* when stopping: go then, whatever is left */
	uint64_t linger_at;		/* all is released: go then, even if nobody took it */
	bool gone;			/* what we were the agent of is no more */
	bool left;			/* a group that leaves may go */
	bool quit;
	int code;			/* exit code */
};

static inline uint64_t agent_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/**
 * agent_gone - is there still something to be the agent of?
 * @a: the agent
 *
 * If the module, or the cluster, has gone, no address may stay: takes them
 * down, says so, and makes the loop end.
 */
bool agent_gone(struct agent *a);

/* The loop ends, with this exit code unless it is ending already. */
void agent_quit(struct agent *a, int code);

/*
 * Goes over to the groups of this configuration, which then is the agent's; @c may be
 * that already, its groups changed. Return: 0, or -1: nothing, or not all, has changed
 */
int agent_take(struct agent *a, struct config *c);
/* And does what follows: comes next, as soon as whatever is told of @c has been. */
void agent_settle(struct agent *a);

/* Adds to what the loop waits for. Return: 0, or -errno. */
int agent_watch(struct agent *a, int fd);

/* ---- group.c, announce.c, act.c, mend.c, restore.c: what is done, see act.h ---- */

/* The groups of a configuration; NULL without memory. */
struct agent_groups *groups_new(const struct config *c);
void groups_free(struct agent_groups *groups);

/* Finds interfaces, builds messages and frames, for those that lack them. */
void groups_prepare(struct agent *a);

/**
 * groups_silence - before the kernel is told of the groups of a new configuration
 * @a: the agent
 * @groups: the new groups
 *
 * In warm standby a line that loses an address would no longer keep it silent: it
 * goes from its interface first. Of groups that are held here nothing goes.
 */
void groups_silence(struct agent *a, struct agent_groups *groups);

/**
 * groups_swap - go over to the groups of a new configuration
 * @a: the agent
 * @groups: replace those of @a
 *
 * Nothing changes on any interface: act_reconcile() does that.
 */
void groups_swap(struct agent *a, struct agent_groups *groups);

/* Forgets groups that left and are down. Return: true if no other is leaving. */
bool groups_forget_left(struct agent *a);

/**
 * act_group - do what the state of a group asks for
 * @a: the agent
 * @now: what the kernel says of it
 * @cause_ns: when that came about
 */
void act_group(struct agent *a, const struct nl_group *now, uint64_t cause_ns);

/*
 * Two nodes claimed it, and this one kept it: tell the neighbours again, once
 * all events that have come are acted upon; the next may say that it goes.
 */
void act_announce_again(struct agent *a, uint32_t group);
/*
 * A node came into view: it may have held what we hold, and the neighbours may
 * still look for it there.
 */
void act_announce_held(struct agent *a);
/* What is due of announcements. Return: when the next is, or 0. */
uint64_t act_announce(struct agent *a, uint64_t now);

/* Compare everything with the kernel, and with the interfaces. */
void act_reconcile(struct agent *a);

/* Somebody changed an interface or an address. */
void act_change(struct agent *a, const struct vip_change *c);

/* What groups failed for may be gone: they need not wait until the kernel has them tried again. */
void act_try_again(struct agent *a);

/* No address stays. */
void act_drop_all(struct agent *a);

/* ---- lines.c: what a reload moves from one line to another ---- */

/* The lowest bit of a mark: what moves is still held here by its old group. */
#define LINES_STAY	1U
/* The next one: nothing is held here, as others work by another file. */
#define LINES_AWAY	2U
#define LINES_FLAGS	(LINES_STAY | LINES_AWAY)

/**
 * lines_plan - does this reload move resources?
 * @a: the agent, before it
 * @c: what was read; if so, receives the groups that are to be until all nodes have read it
 * @next: receives what is then to wait, for lines_wait(); NULL: nothing
 *
 * Return: 0, or -1 without memory
 */
int lines_plan(struct agent *a, struct config *c, struct lines **next);
/* From now on that is what waits; @next may be NULL. */
void lines_wait(struct agent *a, struct lines *next);
void lines_free(struct lines *l);

/* A word for all lines, whatever their order, without LINES_FLAGS. */
uint32_t lines_mark(const struct config *c);
/**
 * lines_join - before anything that the kernel has decided is done: may it be?
 * @a: the agent
 * @s: how the cluster is, and what the peers say
 *
 * Return: true if we have just come to nodes that work by another file: then nothing is
 * ours any more, and all has been looked at anew
 */
bool lines_join(struct agent *a, const struct nl_snapshot *s);
/*
 * Did the agent before this one work by the file that was read now, and by nothing else? If it
 * had read another, or still waited, others may hold what is in ours by other lines.
 */
bool lines_are_those_of(const struct agent *a, const struct nl_snapshot *s);
/* Goes on as far as the peers allow, and tells them. */
void lines_run(struct agent *a);

/* [ { "name", "state" } … ]: the nodes waited for: "reload", or "stay" */
struct json_object *lines_json(const struct agent *a);

/* ---- resources.c: what the groups with scripts do, in their order ---- */

/*
 * Makes the directory where OCF agents keep what they know, if there are any: who
 * calls them does that, and without systemd nobody else.
 */
void resources_prepare(const struct config *c);

/* Goes on as far as it can, after the group's state or a resource's has changed. */
void resources_follow(struct agent *a, struct agent_group *g);

/* What the runner says, and what is due by time. */
void resources_run(struct agent *a);

/* Tells the kernel, of each group that takes longer. */
void resources_still_at_work(struct agent *a);

/* When something is due next; 0: nothing is. */
uint64_t resources_next(const struct agent *a);
/* Does anything still run that is not to be left behind? */
bool resources_are_down(const struct agent *a);

/* Nobody decides any more: stops everything, and waits for it. */
void resources_drain(struct agent *a);

/* ---- clients.c: the programs of respawn and failfast ---- */

/* In a job's number: it is a client's. */
#define AGENT_CLIENT_JOB	0x80000000U

struct runner_report;

/* Starts those that a new configuration has, ends those that it has not, soon. */
void clients_configure(struct agent *a);
/* What the runner says of one. */
void clients_report(struct agent *a, const struct runner_report *r);
/* The runner has died, and they with it. */
void clients_lost(void);
/* What is due by time. */
void clients_run(struct agent *a);
/* When that is; 0: nothing is. */
uint64_t clients_next(const struct agent *a);

/* ---- hooks.c: programs that are told what has happened ---- */

/* The same for a notification. */
#define AGENT_HOOK_JOB		0x40000000U

/* Is there anybody to tell? Looks at the disk, as a reload does. */
void hooks_configure(const struct agent *a);
/*
 * @what: "status" of the node @about; "group" or "conflict": of the group @about,
 * with its holder, NULL: nobody
 */
void hooks_tell(struct agent *a, const char *what, const char *about, const char *state,
		const char *holder);
/* What the runner says of one. */
void hooks_report(struct agent *a, const struct runner_report *r);
/* The runner has died. */
void hooks_lost(struct agent *a);
/* What waits for others is told at once: the agent ends. */
void hooks_finish(struct agent *a);

/* ---- ping.c: what is outside the cluster, and who reaches more of it ---- */

/* As the configuration has it. */
void ping_configure(struct agent *a);
/* The kernel was told nothing yet. */
void ping_forget(void);
/* Takes answers, asks anew when it is time, and does what follows. */
void ping_run(struct agent *a);
/* When something is due; 0: never. */
uint64_t ping_next(void);
/* [ { "name", "state" } … ], state as cl_status has it: ping, dead, or init. */
struct json_object *ping_json(void);

/* ---- publish.c: hbctl status asks how the resources are ---- */

/* Return: a socket that listens, or -errno. */
int publish_open(void);

/* Answers whoever has asked. */
void publish_serve(struct agent *a);

void publish_close(struct agent *a);

/* ---- report.c: the log, in Heartbeat's sentences where it has one ---- */

/* Each compares with a->seen, and keeps what is new there. */
void report_cluster(struct agent *a, const struct nl_cluster *c);
void report_node(struct agent *a, const struct nl_node *n);
void report_link(struct agent *a, const struct nl_link *l);
void report_group(struct agent *a, const struct nl_group *g);
void report_snapshot(struct agent *a, const struct nl_snapshot *s);
/* Not with @has_other: it has ended. */
void report_conflict(struct agent *a, const struct nl_group *g, bool has_other, uint32_t other);

/* Another machine says that it has this address. */
void report_duplicate(const struct nl_event *e);

enum reconcile_kind {
	RECONCILE_REMOVE,		/* present[index] is not to be here */
	RECONCILE_LEAVE,		/* nor is this, but it is the machine's own */
	RECONCILE_RELEASED,		/* acknowledge: the group is down */
	RECONCILE_ADD,			/* vip of group is missing */
	RECONCILE_ACQUIRED,		/* acknowledge: the group is up, if it is */
};

struct reconcile_action {
	enum reconcile_kind kind;
	size_t group;			/* index in the groups; of REMOVE and LEAVE: none */
	size_t index;			/* of the vip, or of what is present */
};

/**
 * reconcile_plan - what to do so that the addresses are as the kernel decided
 * @groups: the groups, with the kernel's states
 * @present: the addresses on the interfaces
 * @n_present: how many
 * @out: receives the actions, in the order to take them: what must go first
 * @max: room in @out; reconcile_max() is enough
 *
 * Return: how many actions
 */
size_t reconcile_plan(const struct agent_groups *groups, const struct vip_present *present,
		      size_t n_present, struct reconcile_action *out, size_t max);

size_t reconcile_max(const struct agent_groups *groups, size_t n_present);

/* Is this address just what the vip asks for? */
bool reconcile_match(const struct vip *v, const struct vip_present *p);

/* Is it in the same place, whatever its prefix and label: put there for us by another hand? */
bool reconcile_same_place(const struct vip *v, const struct vip_present *p);

/**
 * announce_next - when is a group announced again?
 * @announced: how often it was
 * @now: the time
 *
 * Return: when, or 0 for never
 */
uint64_t announce_next(unsigned int announced, uint64_t now);

#endif /* HBCTL_AGENT_H */
