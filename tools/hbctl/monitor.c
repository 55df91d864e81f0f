// SPDX-License-Identifier: GPL-2.0
/*
 * hbctl monitor: what exists, then every change, in one stream, so that its
 * reader needs no second source and misses nothing in between.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "hbctl.h"
#include "ip.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "print.h"

static const char help[] =
	"Usage: hbctl [-j] [-s] [-t] monitor [--now]\n\n"
	"Prints a line for each object that exists, then a line for every change:\n"
	"  exists OBJECT ...   what there is at the start, or after a resync\n"
	"  dumped              the end of that list\n"
	"  change OBJECT ...   what it is now\n"
	"  conflict group ...  two nodes claim it (other: which), or no longer do (other: none)\n"
	"  duplicate group ... another machine has this address of it, too (hwaddr: which)\n"
	"  stall cluster ...   the own timer was late, or frames waited: a verdict was put off\n"
	"  resync              events were lost: all that exists follows again\n"
	"OBJECT is cluster, node, link or group. With -j each line is a JSON object, with\n"
	"the members event and object. With -t each line begins with its time: for a change\n"
	"that of its cause. With --now it ends after the list.\n\n"
	"Exit status: 0 when interrupted, 3 if no cluster is running here or it ends, 4 if\n"
	"the module is not loaded or is removed.\n";

struct monitor {
	struct hbnl *nl;
	struct nl_snapshot s;
	uint32_t seq;			/* of the last event that is in what was printed */
	bool lost;
	bool ended;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The wall clock's reading at a moment of the monotonic clock, which ran meanwhile. */
static void print_time(uint64_t mono_ns)
{
	uint64_t ns = clock_ns(CLOCK_REALTIME);

	if (mono_ns)
		ns -= clock_ns(CLOCK_MONOTONIC) - mono_ns;
	out_time(ns);
}

static void begin(const char *event, const char *object, uint64_t mono_ns)
{
	out_object_begin(NULL);
	if (opts.timestamps)
		print_time(mono_ns);
	out_head("event", event);
	if (object)
		out_head("object", object);
	if (mono_ns && opts.json)
		out_uint("monotonic_ns", mono_ns);
}

static void end(void)
{
	out_object_end();
	fflush(stdout);
}

static void print_all(struct monitor *m)
{
	begin("exists", "cluster", 0);
	print_cluster(&m->s.cluster);
	end();
	for (size_t i = 0; i < m->s.n_nodes; i++) {
		begin("exists", "node", 0);
		print_node(&m->s, &m->s.nodes[i]);
		end();
	}
	for (size_t i = 0; i < m->s.n_links; i++) {
		begin("exists", "link", 0);
		print_link(&m->s.links[i]);
		end();
	}
	for (size_t i = 0; i < m->s.n_groups; i++) {
		begin("exists", "group", 0);
		print_group(&m->s, &m->s.groups[i]);
		end();
	}
	begin("dumped", NULL, 0);
	end();
}

static int dump(struct monitor *m)
{
	int ret = hbnl_snapshot_get(m->nl, &m->s);

	if (ret)
		return ret;
	m->seq = m->s.cluster.event_seq;
	m->lost = false;
	print_all(m);
	return 0;
}

/* A node that was added since the list was read gets its name in it. */
static void learn_node(struct nl_snapshot *s, const struct nl_node *n)
{
	size_t i;

	for (i = 0; i < s->n_nodes && s->nodes[i].id != n->id; i++)
		;
	if (i == HBKM_MAX_NODES)
		return;
	s->nodes[i] = *n;
	if (i == s->n_nodes)
		s->n_nodes++;
}

static void take_event(const struct nl_event *e, void *data)
{
	struct monitor *m = data;
	char addr[INET6_ADDRSTRLEN], hw[128];

	/* What the list has told already. */
	if (m->lost || (int32_t)(e->seq - m->seq) <= 0)
		return;
	if (e->seq != m->seq + 1) {
		m->lost = true;
		return;
	}
	m->seq = e->seq;
	switch (e->type) {
	case HBKM_EVENT_CLUSTER:
		begin("change", "cluster", e->time_ns);
		print_cluster(&e->cluster);
		if (e->cluster.state == HBKM_CLUSTER_DOWN)
			m->ended = true;
		break;
	case HBKM_EVENT_NODE:
	case HBKM_EVENT_PATH:
		learn_node(&m->s, &e->node);
		begin("change", "node", e->time_ns);
		print_node(&m->s, &e->node);
		break;
	case HBKM_EVENT_LINK:
		begin("change", "link", e->time_ns);
		print_link(&e->link);
		break;
	case HBKM_EVENT_GROUP:
		begin("change", "group", e->time_ns);
		print_group(&m->s, &e->group);
		break;
	case HBKM_EVENT_CONFLICT:
		begin("conflict", "group", e->time_ns);
		print_group(&m->s, &e->group);
		/* Absent when it has ended. */
		out_name("other", e->has_node_id ? hbnl_node_name(&m->s, e->node_id) : NULL);
		break;
	case HBKM_EVENT_DUPLICATE:
		begin("duplicate", "group", e->time_ns);
		print_group(&m->s, &e->group);
		out_string("address", ip_text(&e->addr, addr));
		out_string("hwaddr", hwaddr_text(e->hwaddr, e->hwaddr_len, hw, sizeof(hw)));
		break;
	case HBKM_EVENT_STALL:
		begin("stall", "cluster", e->time_ns);
		out_ns("late", e->age_ns);
		break;
	default:
		begin("change", event_name(e->type), e->time_ns);
		break;
	}
	end();
}

static int follow(struct monitor *m, struct hbnl_events *ev, int signals)
{
	struct pollfd p[] = {
		{ .fd = hbnl_events_fd(ev), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		/* Only to learn that the reader has gone. */
		{ .fd = STDOUT_FILENO, .events = 0 },
	};
	int ret;

	for (;;) {
		ret = hbnl_events_receive(ev, take_event, m);
		if (ret && ret != -ENOBUFS)
			return ret;
		if (m->ended) {
			/* Deleted, or only not started again yet? */
			m->ended = false;
			ret = hbnl_cluster_get(m->nl, &m->s.cluster);
			if (ret)
				return ret;
			ret = 0;
		}
		if (ret || m->lost) {
			begin("resync", NULL, 0);
			end();
			ret = dump(m);
			if (ret)
				return ret;
			continue;
		}
		if (ferror(stdout))
			return 0;
		poll(p, ARRAY_SIZE(p), -1);
		if (p[1].revents || p[2].revents & (POLLERR | POLLHUP))
			return 0;
	}
}

int cmd_monitor(int argc, char **argv)
{
	static struct monitor m;
	struct hbnl_events *ev = NULL;
	bool now = false;
	sigset_t set;
	int ret, signals;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	if (argc > 1 && !strcmp(argv[1], "--now"))
		now = true;
	if (argc > 1 + now)
		return unexpected(argv[1 + now]);
	opts.pretty = false;
	out_use_colons();
	ret = hbnl_connect(&m.nl);
	if (ret)
		return ret;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);

	/* Listen first, then read: what happens between is seen twice, not never. */
	ret = hbnl_events_open(m.nl, &ev);
	if (!ret)
		ret = dump(&m);
	if (!ret && !now)
		ret = follow(&m, ev, signals);
	if (ret)
		ret = hbnl_fail(m.nl, NULL, ret);
	close(signals);
	hbnl_events_close(ev);
	hbnl_close(m.nl);
	return ret;
}
