// SPDX-License-Identifier: GPL-2.0
/* The agent's life: start, loop, reload, stop. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "agent.h"
#include "hbctl.h"
#include "log.h"
#include "names.h"
#include "own.h"
#include "run.h"
#include "runner.h"

#define STOP_NS		5000000000ULL
/* Who asks again so soon does not do so because it takes too long. */
#define TWICE_NS	1000000000ULL
/* A peer that can take over has done so long before. */
#define LINGER_NS	200000000ULL
#define AGENT_MIN_NS	1000000ULL

/* ---- the end of what we are the agent of ---- */

void agent_quit(struct agent *a, int code)
{
	if (!a->quit)
		a->code = code;
	a->quit = true;
}

bool agent_gone(struct agent *a)
{
	struct nl_cluster c;
	bool absent;

	if (a->quit)
		return true;
	absent = !hbnl_present(a->nl);
	if (!absent && hbnl_cluster_get(a->nl, &c) != -ENOENT)
		return false;
	agent_quit(a, absent ? HBCTL_ABSENT : HBCTL_UNMET);
	a->gone = true;
	act_drop_all(a);
	log_write(LOG_CRIT, absent ? "Module hbkm was removed: nothing is held any more" :
		  "The cluster was deleted: nothing is held any more");
	return true;
}

/* ---- events ---- */

static bool has_come(const struct agent *a, const struct nl_node *n)
{
	if (n->state != HBKM_NODE_UP || n->flags & HBKM_NODE_F_SELF)
		return false;
	for (size_t i = 0; i < a->seen.n_nodes; i++)
		if (a->seen.nodes[i].id == n->id)
			return a->seen.nodes[i].state != HBKM_NODE_UP &&
			       a->seen.nodes[i].state != HBKM_NODE_LATE;
	return true;
}

static void set_period(struct agent *a, const struct nl_cluster *c)
{
	a->agent_period = c->agent_timeout_us * 1000ULL / 3;
	if (a->agent_period < AGENT_MIN_NS)
		a->agent_period = AGENT_MIN_NS;
}

/* A shorter time-out leaves less time until our next word. */
static void follow_timeout(struct agent *a, const struct nl_cluster *c)
{
	if (c->agent_timeout_us < a->seen.cluster.agent_timeout_us)
		a->agent_at = agent_now();
}

static void on_event(const struct nl_event *e, void *data)
{
	struct agent *a = data;
	char late[32];

	/* What a snapshot told already. */
	if (a->quit || (int32_t)(e->seq - a->seq) <= 0)
		return;
	if (e->seq != a->seq + 1)
		a->reconcile_due = true;
	a->seq = e->seq;
	switch (e->type) {
	case HBKM_EVENT_GROUP:
		act_group(a, &e->group, e->time_ns);
		report_group(a, &e->group);
		break;
	case HBKM_EVENT_CONFLICT:
		if (!e->has_node_id)
			act_announce_again(a, e->group.id);
		report_conflict(a, &e->group, e->has_node_id, e->node_id);
		break;
	case HBKM_EVENT_CLUSTER:
		if (e->cluster.state == HBKM_CLUSTER_DOWN && agent_gone(a))
			break;
		follow_timeout(a, &e->cluster);
		report_cluster(a, &e->cluster);
		lines_join(a, &a->seen);
		break;
	case HBKM_EVENT_NODE:
	case HBKM_EVENT_PATH:
		if (has_come(a, &e->node))
			act_announce_held(a);
		report_node(a, &e->node);
		break;
	case HBKM_EVENT_LINK:
		report_link(a, &e->link);
		break;
	case HBKM_EVENT_DUPLICATE:
		report_duplicate(e);
		break;
	case HBKM_EVENT_STALL:
		duration_format(late, sizeof(late), e->age_ns / 1000 * 1000);
		log_write(LOG_WARNING, "The kernel's own timer was %s late: no verdict was given "
			  "meanwhile", late);
		break;
	}
}

static void on_change(const struct vip_change *c, void *data)
{
	act_change(data, c);
}

static void receive(struct agent *a)
{
	int ret;

	/* Of several events, none waits for what is said about another. */
	log_hold();
	ret = hbnl_events_receive(a->ev, on_event, a);
	log_release();
	if (ret == -ENODEV) {
		agent_gone(a);
		return;
	}
	if (ret == -ENOBUFS)
		log_write(LOG_WARNING, "Events were lost: looking at everything anew");
	else if (ret)
		log_write(LOG_ERR, "Receiving events: %s", strerror(-ret));
	if (ret || (int32_t)(a->promised_seq - a->seq) > 0)
		a->reconcile_due = true;
	ret = vip_watch_receive(a->rt, on_change, a);
	if (ret)
		a->reconcile_due = a->places_due = true;
}

/* ---- the configuration ---- */

static bool is_service(const struct config *c, const struct in6_addr *addr)
{
	for (size_t i = 0; i < c->n_groups; i++)
		for (size_t j = 0; j < c->groups[i].n_addresses; j++)
			if (ip_same(&c->groups[i].addresses[j].addr, addr))
				return true;
	return false;
}

static struct in6_addr first_own(const struct config *c, const char *ifname,
				 const struct config_own *own, size_t n)
{
	for (; n; n--, own++)
		if (ip_is_v4(&own->addr) && !strcmp(own->ifname, ifname) && !is_service(c, &own->addr))
			return own->addr;
	return in6addr_any;
}

/* Would beats from the one reach the other? */
static bool same_kind(const struct in6_addr *a, const struct in6_addr *b)
{
	return ip_is_v4(a) == ip_is_v4(b) && IN6_IS_ADDR_LINKLOCAL(a) == IN6_IS_ADDR_LINKLOCAL(b);
}

/*
 * By which address the peers know us: ha.cf's own ucast line for the interface,
 * or, with IPv4, its first address. Never one that moves: of IPv6 the module chooses
 * none that is deprecated for good.
 */
static void choose_sources(struct config *c, const struct config_own *list, size_t n)
{
	for (size_t i = 0; i < c->n_links; i++) {
		struct config_link *link = &c->links[i];

		if (link->kind == HBKM_LINK_BCAST || ip_is_v4(&link->addr))
			link->saddr = first_own(c, link->ifname, list, n);
		for (size_t j = 0; j < c->n_own_links; j++) {
			const struct config_link *own = &c->own_links[j];

			if (!strcmp(own->ifname, link->ifname) &&
			    (link->kind == HBKM_LINK_BCAST ? ip_is_v4(&own->addr) :
			     same_kind(&own->addr, &link->addr)))
				link->saddr = own->addr;
		}
	}
}

static struct config *load(const struct run_options *o, struct problems *problems)
{
	struct config_own *own;
	ssize_t n = own_list(&own);
	struct config *c;

	if (n < 0) {
		log_write(LOG_WARNING, "Cannot list this node's addresses: %m");
		n = 0;
	}
	c = config_load(o->dir, o->self, own, n, problems);
	if (c)
		choose_sources(c, own, n);
	free(own);
	return c;
}

static void log_problems(const struct problems *problems)
{
	static const int priority[] = {
		[PROBLEM_ERROR] = LOG_ERR, [PROBLEM_WARNING] = LOG_WARNING,
		[PROBLEM_NOTE] = LOG_INFO,
	};

	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *p = &problems->v[i];

		if (p->line)
			log_write(priority[p->level], "%s:%u: %s", p->file, p->line, p->text);
		else
			log_write(priority[p->level], "%s: %s", p->file, p->text);
	}
}

static void notify_status(struct agent *a)
{
	static char last[256];
	char text[256];
	size_t held = 0, up = 0, peers = 0;

	for (size_t i = 0; i < a->groups->n; i++)
		held += a->groups->v[i].state == HBKM_GROUP_ACTIVE;
	for (size_t i = 0; i < a->seen.n_nodes; i++) {
		const struct nl_node *n = &a->seen.nodes[i];

		if (n->flags & HBKM_NODE_F_SELF)
			continue;
		peers++;
		up += n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE;
	}
	snprintf(text, sizeof(text), "STATUS=%s%s: holding %zu of %zu resource groups, %zu of %zu "
		 "peers up", a->stopping ? "stopping, " : "", a->config->cluster, held,
		 a->groups->n, up, peers);
	if (!strcmp(text, last))
		return;
	memcpy(last, text, sizeof(last));
	sd_notify(0, text);
}

/* What the kernel has of groups that left goes when the last of their scripts has. */
static void forget_left(struct agent *a)
{
	a->left = false;
	if (groups_forget_left(a))
		configure_prune(a->nl, a->config);
}

int agent_take(struct agent *a, struct config *c)
{
	struct agent_groups *groups = groups_new(c);

	if (groups)
		groups_silence(a, groups);
	if (!groups || configure_apply(a->nl, c, a->warm, a->groups)) {
		groups_free(groups);
		return -1;
	}
	resources_prepare(c);
	groups_swap(a, groups);
	if (a->config != c)
		config_free(a->config);
	a->config = c;
	return 0;
}

void agent_settle(struct agent *a)
{
	/* Addresses of groups that go, go before the groups. */
	a->reloading = true;
	act_reconcile(a);
	a->reloading = false;
	if (!a->quit)
		forget_left(a);
}

/* The priority that it is to run at; 0: none of real time. */
static int priority(const struct config *c, const struct run_options *o)
{
	return c->realtime && !o->no_realtime ? c->rtprio : 0;
}

static void reload(struct agent *a, const struct run_options *o)
{
	struct problems problems = { 0 };
	struct lines *lines = NULL;
	struct config *c;
	uint32_t mark;

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, agent_now() / 1000);
	c = load(o, &problems);
	log_problems(&problems);
	problems_free(&problems);
	if (!c) {
		log_write(LOG_ERR, "Configuration not reloaded for errors: nothing was changed");
		goto out;
	}
	mark = lines_mark(c);
	if (lines_plan(a, c, &lines) || agent_take(a, c)) {
		log_write(LOG_ERR, "Configuration not reloaded as a whole");
		lines_free(lines);
		config_free(c);
		goto out;
	}
	a->mark = mark;
	lines_wait(a, lines);
	log_configure(c);
	log_debug(o->debug || c->debug);
	if (priority(c, o) != a->rtprio)
		log_write(LOG_WARNING, "Changed realtime and rtprio: they count from the next start on");
	watchdog_configure(c);
	clients_configure(a);
	hooks_configure(a);
	ping_configure(a);
	agent_settle(a);
	if (!a->quit)
		act_try_again(a);
	log_write(LOG_INFO, "Configuration reloaded.");
out:
	sd_notify(0, "READY=1");
}

/* ---- stopping ---- */

static bool all_down(const struct agent *a)
{
	for (size_t i = 0; i < a->groups->n; i++)
		if (a->groups->v[i].known && a->groups->v[i].state != HBKM_GROUP_STANDBY &&
		    a->groups->v[i].state != HBKM_GROUP_FAILED)
			return false;
	return resources_are_down(a);
}

static bool peer_is_able(const struct agent *a)
{
	for (size_t i = 0; i < a->seen.n_nodes; i++) {
		const struct nl_node *n = &a->seen.nodes[i];

		if (!(n->flags & HBKM_NODE_F_SELF) && n->flags & HBKM_NODE_F_AGENT &&
		    (n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE))
			return true;
	}
	return false;
}

/*
 * Going takes the kernel some work. While peers take over what was released,
 * nothing is to be in their way, and they may still have to be told again.
 */
static bool handed_over(struct agent *a)
{
	uint64_t now = agent_now();
	bool all = true;

	for (size_t i = 0; i < a->groups->n; i++) {
		const struct agent_group *g = &a->groups->v[i];

		if (g->handing_over &&
		    (!g->has_holder || g->holder == a->seen.cluster.node_id))
			all = false;
	}
	if (all || !peer_is_able(a))
		return true;
	if (!a->linger_at)
		a->linger_at = now + LINGER_NS;
	return now >= a->linger_at;
}

/* Nobody else may have what still runs here: whoever knows better asks twice to stop. */
static void wait_for_scripts(struct agent *a)
{
	a->stop_at += STOP_NS;
	log_write(LOG_INFO, "Waiting for resources to stop");
	sd_notify(0, "EXTEND_TIMEOUT_USEC=30000000");
}

static void finish(struct agent *a)
{
	int ret;

	/* All is handed over; whoever else has something urgent to do goes first. */
	realtime_stop();
	/* While the kernel still keeps silent what others have by now. */
	act_drop_all(a);
	ret = hbnl_cluster_del(a->nl, HBKM_REASON_STOP);
	if (ret)
		log_write(LOG_ERR, "Leaving the cluster: %s", hbnl_error(a->nl));
	log_write(LOG_INFO, "Heartbeat shutdown complete.");
	agent_quit(a, HBCTL_OK);
}

static void stop(struct agent *a)
{
	int ret;

	if (a->stopping) {
		/* Several may ask at once, as a terminal and a supervisor do. */
		if (agent_now() - a->stopping_since < TWICE_NS)
			return;
		log_write(LOG_WARNING, "Asked twice to stop: going at once");
		finish(a);
		return;
	}
	a->stopping = true;
	a->stopping_since = agent_now();
	a->stop_at = a->stopping_since + STOP_NS;
	sd_notify(0, "STOPPING=1");
	for (size_t i = 0; i < a->groups->n; i++)
		a->groups->v[i].handing_over = agent_group_wants(a->groups->v[i].state);
	ret = hbnl_leave(a->nl);
	if (ret && !agent_gone(a)) {
		log_write(LOG_ERR, "Leaving the cluster: %s", hbnl_error(a->nl));
		finish(a);
		return;
	}
	/* The orders to release have come while we asked: no need to sleep first. */
	if (!a->quit)
		receive(a);
	log_write(LOG_INFO, "Heartbeat shutdown in progress.");
}

/* ---- signals and timers ---- */

static void take_signals(struct agent *a, int fd, const struct run_options *o)
{
	struct signalfd_siginfo si;
	bool hangup = false, end = false;

	while (read(fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo == SIGHUP)
			hangup = true;
		else
			end = true;
	}
	if (end)
		stop(a);
	if (hangup && !a->stopping)
		reload(a, o);
}

static void tell_kernel(struct agent *a, uint64_t now)
{
	struct nl_cluster c;
	int ret = hbnl_agent(a->nl, &c);

	if (!ret) {
		a->promised_seq = c.event_seq;
		set_period(a, &c);
	} else if (ret == -EBUSY) {
		/* Ours was silent for too long; the addresses are the other's now. */
		log_write(LOG_CRIT, "Another agent has taken this one's place");
		agent_quit(a, HBCTL_REFUSED);
	} else if (!agent_gone(a)) {
		log_write(LOG_ERR, "Telling the kernel that the agent works: %s",
			  hbnl_error(a->nl));
	}
	if (!a->quit)
		resources_still_at_work(a);
	a->agent_at = now + a->agent_period;
}

static void run_timers(struct agent *a)
{
	uint64_t now = agent_now();

	if (now >= a->agent_at)
		tell_kernel(a, now);
	if (a->watchdog_period && now >= a->watchdog_at) {
		sd_notify(0, "WATCHDOG=1");
		a->watchdog_at = now + a->watchdog_period;
	}
	/* Runners, or writers of the log, that others have taken the place of. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	watchdog_run(now);
	if (a->retry_at && now >= a->retry_at) {
		a->retry_at = 0;
		a->reconcile_due = true;
	}
}

/* Of what waits for an agent that hung, some is for the one that took its place. */
static void ask_after_absence(struct agent *a)
{
	uint64_t now = agent_now();

	if (now >= a->agent_at + a->agent_period)
		tell_kernel(a, now);
}

static void earlier(uint64_t *at, uint64_t other)
{
	if (other && other < *at)
		*at = other;
}

static void arm(struct agent *a, int timer)
{
	struct itimerspec spec = { 0 };
	uint64_t at = a->agent_at;

	earlier(&at, act_announce(a, agent_now()));
	earlier(&at, resources_next(a));
	earlier(&at, clients_next(a));
	earlier(&at, ping_next());
	earlier(&at, a->retry_at);
	earlier(&at, watchdog_next());
	if (a->watchdog_period)
		earlier(&at, a->watchdog_at);
	if (a->stopping)
		earlier(&at, a->linger_at ? a->linger_at : a->stop_at);
	spec.it_value.tv_sec = (time_t)(at / 1000000000);
	spec.it_value.tv_nsec = (long)(at % 1000000000);
	timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* ---- the loop ---- */

int agent_watch(struct agent *a, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(a->epoll, EPOLL_CTL_ADD, fd, &e) ? -errno : 0;
}

static bool ready(const struct epoll_event *events, int n, int fd)
{
	for (int i = 0; i < n; i++)
		if (events[i].data.fd == fd)
			return true;
	return false;
}

static void begin_anew(struct agent *a);

static int loop(struct agent *a, int signals, const struct run_options *o)
{
	int n, timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct epoll_event events[16];
	uint64_t expired;

	if (a->epoll < 0 || timer < 0 || agent_watch(a, hbnl_events_fd(a->ev)) ||
	    agent_watch(a, vip_watch_fd(a->rt)) || agent_watch(a, signals) ||
	    agent_watch(a, timer) || (runner_fd() >= 0 && agent_watch(a, runner_fd())) ||
	    (a->publish_fd >= 0 && agent_watch(a, a->publish_fd)))
		return fail(HBCTL_REFUSED, "epoll: %s", strerror(errno));
	while (!a->quit) {
		if (a->anew && !a->stopping && !a->reconcile_due && all_down(a)) {
			begin_anew(a);
			continue;
		}
		arm(a, timer);
		n = epoll_wait(a->epoll, events, ARRAY_SIZE(events), -1);
		ask_after_absence(a);
		/* The kernel's decisions come first, whatever woke us. */
		if (!a->quit)
			receive(a);
		if (ready(events, n, timer) && read(timer, &expired, sizeof(expired)) > 0 &&
		    !a->quit)
			run_timers(a);
		if (!a->quit && ready(events, n, signals))
			take_signals(a, signals, o);
		if (!a->quit)
			resources_run(a);
		if (!a->quit)
			clients_run(a);
		if (!a->quit)
			ping_run(a);
		if (a->reconcile_due && !a->quit)
			act_reconcile(a);
		if (a->left && !a->quit)
			forget_left(a);
		if (!a->stopping && !a->quit)
			lines_run(a);
		if (a->stopping && !a->quit && !a->reconcile_due) {
			if (all_down(a)) {
				if (handed_over(a))
					finish(a);
			} else if (agent_now() >= a->stop_at && !resources_are_down(a)) {
				wait_for_scripts(a);
			} else if (agent_now() >= a->stop_at) {
				log_write(LOG_ERR, "Resources were not released within %llu s: "
					  "going anyway", STOP_NS / 1000000000);
				finish(a);
			}
		}
		if (ready(events, n, a->publish_fd))
			publish_serve(a);
		notify_status(a);
	}
	close(timer);
	close(a->epoll);
	return a->code;
}

/* ---- starting ---- */

static int refused(struct agent *a, int err, const char *what)
{
	if (err == -EBUSY)
		return fail(HBCTL_REFUSED, "another agent (hbctl run) is at work here (EBUSY)");
	return hbnl_fail(a->nl, what, err);
}

static void ignore_event(const struct nl_event *e, void *data)
{
	(void)e;
	(void)data;
}

/* What an earlier agent has put there, whatever its configuration was. */
static void drop_marked(struct agent *a)
{
	struct vip_present *present;
	size_t n;

	if (vip_list(a->rt, &present, &n)) {
		log_write(LOG_ERR, "Reading the addresses: %s", vip_error(a->rt));
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (present[i].ours && vip_remove_present(a->rt, &present[i]))
			log_write(LOG_CRIT, "An address of the former cluster cannot be removed: %s",
				  vip_error(a->rt));
	free(present);
}

/* A cluster that an earlier agent left behind is taken over, if it fits. */
static int adopt(struct agent *a)
{
	struct nl_cluster c;
	int ret = hbnl_cluster_get(a->nl, &c);

	a->joining = true;
	if (ret == -ENOENT)
		return HBCTL_OK;
	if (ret)
		return refused(a, ret, NULL);
	/* Before anything is changed: is it somebody else's? */
	ret = hbnl_agent(a->nl, NULL);
	if (ret)
		return refused(a, ret, "agent");
	if (!strcmp(c.name, a->config->cluster) && !strcmp(c.node, a->config->self)) {
		log_write(LOG_INFO, "Taking over the running cluster %s", c.name);
		/* Held for dead until now, others have not waited for it. */
		a->joining = !(c.flags & HBKM_CLUSTER_F_AGENT);
		a->anew = c.state == HBKM_CLUSTER_LEAVING;
		return HBCTL_OK;
	}
	log_write(LOG_WARNING, "Node %s of cluster %s was left behind here: replacing it", c.node,
		  c.name);
	/* While the kernel still keeps silent what others have by now. */
	drop_marked(a);
	ret = hbnl_cluster_del(a->nl, HBKM_REASON_STOP);
	if (ret)
		return refused(a, ret, "cluster");
	/* Its last events are none of the new one's. */
	hbnl_events_receive(a->ev, ignore_event, NULL);
	return HBCTL_OK;
}

static int open_all(struct agent *a)
{
	int ret;

	ret = hbnl_open(&a->nl);
	if (ret == -ENODEV) {
		hbnl_close(a->nl);
		a->nl = NULL;
		ret = module_load();
		if (ret)
			return ret;
		ret = hbnl_open(&a->nl);
	}
	if (ret == -ENODEV)
		return fail(HBCTL_ABSENT, "module hbkm is loaded, but does not answer here");
	if (ret)
		return fail(HBCTL_REFUSED, "netlink: %s", strerror(-ret));
	ret = hbnl_events_open(a->nl, &a->ev);
	if (ret)
		return hbnl_fail(a->nl, "events", ret);
	if (vip_open(&a->rt))
		return fail(HBCTL_REFUSED, "rtnetlink: %s", strerror(errno));
	a->notice_fd = notice_open();
	if (a->notice_fd < 0)
		log_write(LOG_ERR, "No address will be announced: %s", strerror(-a->notice_fd));
	return HBCTL_OK;
}

/* The kernel is to have what is configured, and knows whose word counts. */
static int take_part(struct agent *a)
{
	struct nl_cluster c;
	int ret;

	if (configure_apply(a->nl, a->config, a->warm, a->groups))
		return HBCTL_REFUSED;
	ret = hbnl_agent(a->nl, &c);
	if (ret)
		return refused(a, ret, "agent");
	set_period(a, &c);
	a->agent_at = agent_now() + a->agent_period;
	act_reconcile(a);
	if (!a->quit)
		forget_left(a);
	if (!a->quit)
		lines_run(a);
	return HBCTL_OK;
}

static int configure(struct agent *a)
{
	static struct nl_snapshot s;
	int ret;

	ret = adopt(a);
	if (ret)
		return ret;
	a->mark = lines_mark(a->config);
	a->groups = groups_new(a->config);
	if (!a->groups)
		return fail(HBCTL_REFUSED, "out of memory");
	groups_prepare(a);
	/* Before the kernel learns of these files: did the agent before us work by them? */
	if (!hbnl_snapshot_get(a->nl, &s)) {
		a->joining |= !lines_are_those_of(a, &s);
		lines_join(a, &s);
	}
	return a->quit ? HBCTL_OK : take_part(a);
}

/* To open all that is needed took its time: so the kernel is told anew that somebody is there. */
static int beat(struct agent *a)
{
	struct nl_cluster c;
	int ret = hbnl_agent(a->nl, &c);

	if (ret)
		return refused(a, ret, "agent");
	a->agent_at = agent_now() + a->agent_period;
	/* It starts by itself when this machine wakes up. */
	ret = c.state == HBKM_CLUSTER_DOWN ? hbnl_start(a->nl) : 0;
	return ret && ret != -EALREADY ? refused(a, ret, "start") : HBCTL_OK;
}

/*
 * What a stop has begun the kernel does not take back: once all is down, as whoever waits
 * for it expects, this node leaves, and comes as it does after a stop.
 */
static void begin_anew(struct agent *a)
{
	int ret;

	a->anew = false;
	log_write(LOG_INFO, "An earlier agent was stopping: that is done, and this one joins anew");
	/* While the kernel still keeps silent what others have by now. */
	act_drop_all(a);
	ret = hbnl_cluster_del(a->nl, HBKM_REASON_STOP);
	if (ret) {
		ret = refused(a, ret, "cluster");
	} else {
		/* Its last events are none of the new one's, which has been told nothing. */
		hbnl_events_receive(a->ev, ignore_event, NULL);
		memset(&a->seen, 0, sizeof(a->seen));
		a->joining = true;
		a->told_mark = 0;
		ping_forget();
		ret = take_part(a);
	}
	if (!ret && !a->quit) {
		ping_configure(a);
		ret = beat(a);
	}
	if (ret)
		agent_quit(a, ret);
}

static void log_failure(const char *text)
{
	log_write(LOG_CRIT, "%s", text);
}

static int start(struct agent *a, const struct run_options *o)
{
	struct problems problems = { 0 };
	uint64_t watchdog_us;
	int ret;

	a->warm = o->warm;
	a->script_timeout_ms = o->script_timeout_ms;
	a->config = load(o, &problems);
	if (!a->config) {
		problems_print(&problems, stderr);
		ret = fail(HBCTL_USAGE, "Heartbeat not started: configuration error.");
		problems_free(&problems);
		return ret;
	}
	if (!log_start())
		report_instead = log_failure;
	ret = runner_start();
	if (ret)
		log_write(LOG_ERR, "No script will be run: %s", strerror(-ret));
	resources_prepare(a->config);
	log_configure(a->config);
	log_debug(o->debug || a->config->debug);
	log_problems(&problems);
	problems_free(&problems);
	log_write(LOG_INFO, "Configuration validated. Starting heartbeat (hbctl %s)",
		  HBCTL_VERSION);
	ret = open_all(a);
	if (ret)
		return ret;
	a->rtprio = priority(a->config, o);
	if (a->rtprio)
		realtime_start(a->rtprio);
	ret = configure(a);
	if (ret)
		return ret;
	a->publish_fd = publish_open();
	if (a->publish_fd < 0)
		log_write(LOG_WARNING, "hbctl status will not tell of resources: %s",
			  strerror(-a->publish_fd));
	if (sd_watchdog_enabled(0, &watchdog_us) > 0) {
		a->watchdog_period = watchdog_us * 1000 / 2;
		a->watchdog_at = agent_now();
	}
	/* From here on nothing waits: a new line's user is looked for when it is to run. */
	clients_unasked = true;
	/* Whatever wants to be watched, from here on can. */
	a->epoll = epoll_create1(EPOLL_CLOEXEC);
	watchdog_open(a->config);
	clients_configure(a);
	hooks_configure(a);
	ping_configure(a);
	/* Last: who hears of us may let go at once what is ours, and nobody has it until we come to take it. */
	ret = a->quit ? HBCTL_OK : beat(a);
	if (!ret)
		sd_notify(0, "READY=1");
	return ret;
}

/* Looks only when it is told to: ha.cf may be there before the other files are. False: it is told to end. */
static bool await_configuration(const struct run_options *o, int signals)
{
	struct pollfd heard = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo si;
	uint64_t watchdog_us;
	int timeout = -1;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/ha.cf", o->dir);
	if (sd_watchdog_enabled(0, &watchdog_us) > 0)
		timeout = (int)(watchdog_us / 2000);
	while (access(path, F_OK) && errno == ENOENT) {
		fprintf(stderr, "There is no %s: waiting for it, and for a reload\n", path);
		sd_notifyf(0, "READY=1\nSTATUS=waiting for %s and a reload", path);
		do {
			sd_notify(0, "WATCHDOG=1");
		} while (poll(&heard, 1, timeout) <= 0);
		if (read(signals, &si, sizeof(si)) == sizeof(si) && si.ssi_signo != SIGHUP) {
			sd_notify(0, "STOPPING=1");
			return false;
		}
	}
	return true;
}

int agent_run(const struct run_options *o)
{
	static struct agent a = { .notice_fd = -1, .publish_fd = -1 };
	sigset_t set;
	int signals, ret;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return fail(HBCTL_REFUSED, "signalfd: %s", strerror(errno));
	if (o->wait && !await_configuration(o, signals))
		return HBCTL_OK;
	ret = start(&a, o);
	if (!ret)
		ret = a.quit ? a.code : loop(&a, signals, o);
	else
		/* Who waits for READY=1 need not wait any longer. */
		sd_notifyf(0, "ERRNO=%d", ECANCELED);
	/* Whatever the end is: who gets here does not hang. */
	watchdog_close();
	if (a.gone && a.groups)
		resources_drain(&a);
	if (a.config)
		hooks_finish(&a);
	groups_free(a.groups);
	lines_free(a.lines);
	if (a.config)
		config_free(a.config);
	if (a.notice_fd >= 0)
		close(a.notice_fd);
	publish_close(&a);
	vip_close(a.rt);
	hbnl_events_close(a.ev);
	hbnl_close(a.nl);
	runner_stop();
	close(signals);
	report_instead = NULL;
	log_stop();
	return ret;
}
