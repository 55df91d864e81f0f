// SPDX-License-Identifier: GPL-2.0
/*
 * Machines: how a node is set up, started, paused, crashed and stopped, as hbctl
 * and fate would; and its agent, who answers late, wrongly or never.
 */
#include "sim.h"

const char *const sim_group_names[SIM_GROUPS] = { "one", "two", "three" };

static void wakes(struct sim_event *e);
static void boots(struct sim_event *e);
static void stops(struct sim_event *e);
static void registers(struct sim_event *e);
static void answers(struct sim_event *e);

static void event_init(struct sim_event *e, void (*happen)(struct sim_event *))
{
	memset(e, 0, sizeof(*e));
	e->place = -1;
	e->happen = happen;
}

void machine_init(struct sim_machine *m, unsigned int index)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->index = index;
	snprintf(m->name, sizeof(m->name), "n%u", index + 1);
	m->id = hbkm_name_id(m->name);
	m->offset_ns = 1000 + sim_below(100 * SEC);
	m->ppm = (int)sim_below(401) - 200;
	m->jitter = 1 + sim_below(sim.keepalive / 50 < 50 * US ? sim.keepalive / 50 : 50 * US);
	m->net.machine = m;
	for (i = 0; i < SIM_PATHS; i++) {
		m->dev[i].ifindex = i + 1;
		m->dev[i].net = &m->net;
		m->sk[i].machine = m;
		m->sk[i].path = i;
		m->socket[i].sk = &m->sk[i];
	}
	m->members = 0xff;
	m->groups = 0xff;
	m->backlog_end = &m->backlog;
	event_init(&m->wake, wakes);
	event_init(&m->boot, boots);
	event_init(&m->stop, stops);
	event_init(&m->agent.event, registers);
	m->agent.portid = 1000 * (index + 1);
	for (i = 0; i < SIM_GROUPS; i++) {
		event_init(&m->agent.jobs[i].event, answers);
		m->agent.jobs[i].machine = m;
		m->agent.jobs[i].group = i;
	}
}

/* Each path is one multicast link; the device is there from the beginning. */
static void add_link(struct sim_machine *m, unsigned int path)
{
	struct hbkm_link *link = calloc(1, sizeof(*link));
	struct hbkm_port *port = calloc(1, sizeof(*port));

	SIM_BUG_ON(!link || !port);
	link->cl = m->cl;
	link->id = path;
	link->kind = HBKM_LINK_MCAST;
	link->family = &sim_family;
	link->path = path;
	link->state = m->unplugged & 1U << path ? HBKM_LINK_DOWN : HBKM_LINK_UP;
	link->dev = &m->dev[path];
	link->port = port;
	port->cl = m->cl;
	port->family = &sim_family;
	port->sock = &m->socket[path];
	m->sk[path].sk_user_data = port;
	list_add_tail(&link->list, &m->cl->links);
}

bool hbkm_link_tick(struct hbkm_link *link, u64 now)
{
	return link->state == HBKM_LINK_UP;
}

void hbkm_link_remove(struct hbkm_link *link)
{
	link->port->sock->sk->sk_user_data = NULL;
	list_del(&link->list);
	free(link->port);
	free(link);
}

/* A machine that crashes here does so without a word. */
void hbkm_lastword_learn(struct hbkm_link *link, struct net_device *dev,
			 const struct neighbour *hop, const struct in6_addr *saddr)
{
}

void hbkm_lastword_prepare(struct hbkm_cluster *cl)
{
}

void hbkm_lastword_renew(struct hbkm_cluster *cl)
{
}

/* Which addresses are guarded is nobody's business here; who may speak is checked. */
int hbkm_guard_set(struct hbkm_cluster *cl, const struct hbkm_group *group,
		   const struct in6_addr *addrs, unsigned int n, struct netlink_ext_ack *extack)
{
	return 0;
}

void hbkm_guard_forget(struct hbkm_cluster *cl, const struct hbkm_group *group)
{
}

bool hbkm_guard_has(const struct hbkm_cluster *cl, const struct in6_addr *addr)
{
	return false;
}

bool hbkm_guard_ready(const struct hbkm_cluster *cl, const struct hbkm_group *group)
{
	return group->warm && !sim.here->service_out;
}

void hbkm_guard_announce(const struct hbkm_cluster *cl, u8 slot)
{
}

struct hbkm_link *hbkm_link_find(struct hbkm_port *port, const struct in6_addr *saddr,
				 const struct in6_addr *daddr)
{
	struct hbkm_link *link;

	list_for_each_entry(link, &port->cl->links, list)
		if (link->port == port)
			return link;
	return NULL;
}

void put_device(struct device *dev)
{
	struct hbkm_cluster *cl = container_of(dev, struct hbkm_cluster, dev);

	free_percpu(cl->stats);
	free(cl);
}

/* As configured; the order, of those that are. */
static void set_group(struct sim_machine *m, unsigned int group)
{
	u32 order[SIM_NODES];
	struct hbkm_group_config c = {
		.name = sim_group_names[group],
		.order = order,
		.has_guard = true,
		.n_guard = sim.guard != SIM_NO_GUARD,
		.has_flags = true,
		.warm = sim.guard == SIM_WARM,
	};
	unsigned int i;

	for (i = 0; i < sim.n_order[group]; i++)
		if (m->members & 1U << machine_index(m->order[group][i]))
			order[c.n_order++] = m->order[group][i];
	SIM_BUG_ON(hbkm_group_set(m->cl, &c, NULL));
}

void machine_start(struct sim_machine *m)
{
	static int key;
	unsigned int i;

	if (m->cl)
		return;
	sim_unqueue(&m->boot);
	sim.here = m;
	m->cl = hbkm_cluster_create(&m->net, "sim", m->name, &m->params, NULL);
	SIM_BUG_ON(IS_ERR(m->cl));
	m->hn.cluster = m->cl;
	for (i = 0; i < sim.n; i++)
		if (i != m->index && m->members & 1U << i)
			hbkm_node_create(m->cl, sim.machines[i].name, NULL);
	for (i = 0; i < sim.n_paths; i++)
		add_link(m, i);
	m->cl->keys = (void *)&key;
	for (i = 0; i < sim.n_groups; i++)
		if (m->groups & 1U << i)
			set_group(m, i);
	m->silent = false;
	m->life++;
	check_life_begins(m);
	SIM_BUG_ON(hbkm_cluster_start(m->cl, NULL));
	trace("%s starts, life %016llx", m->name, (unsigned long long)m->cl->incarnation);
	agent_mood(m, m->agent.mood);
	check_ways();
	check_machine(m);
}

static void goes_off(struct sim_machine *m, u8 reason)
{
	unsigned int i;

	sim.here = m;
	sim_unqueue(&m->wake);
	sim_unqueue(&m->stop);
	sim_unqueue(&m->agent.event);
	for (i = 0; i < SIM_GROUPS; i++)
		sim_unqueue(&m->agent.jobs[i].event);
	m->paused_until = 0;
	m->frozen = false;
	m->rx_until = 0;
	m->timers_until = 0;
	network_forget(m);
	m->hn.lock.held = true;
	hbkm_cluster_destroy(&m->hn, reason);
	m->hn.lock.held = false;
	m->cl = NULL;
	m->died_at = sim.now;
	check_machine(m);
	check_ways();
}

void machine_crash(struct sim_machine *m)
{
	if (!m->cl)
		return;
	trace("%s crashes", m->name);
	m->silent = true;
	goes_off(m, HBKM_REASON_NONE);
}

static void boots(struct sim_event *e)
{
	machine_start(container_of(e, struct sim_machine, boot));
}

void machine_start_later(struct sim_machine *m, u64 ns)
{
	if (!m->cl && m->boot.place < 0)
		sim_queue(&m->boot, sim.now + ns);
}

static bool holds_anything(const struct sim_machine *m)
{
	const struct hbkm_group *group;

	list_for_each_entry(group, &m->cl->groups, list)
		if (group->state != HBKM_GROUP_STANDBY && group->state != HBKM_GROUP_FAILED)
			return true;
	return false;
}

/* An orderly stop has an end, even if the agent does not do its part. */
static void stops(struct sim_event *e)
{
	struct sim_machine *m = container_of(e, struct sim_machine, stop);

	if (m->paused_until) {
		sim_queue(e, m->paused_until + 1);
	} else if (holds_anything(m) && sim.now < e->then) {
		sim_queue(e, sim.now + sim.keepalive / 2);
	} else {
		trace("%s leaves", m->name);
		goes_off(m, HBKM_REASON_STOP);
	}
}

void machine_stop(struct sim_machine *m)
{
	if (!m->cl || m->paused_until || m->stop.place >= 0)
		return;
	trace("%s is asked to stop", m->name);
	sim.here = m;
	hbkm_cluster_leave(m->cl, NULL);
	m->stop.then = sim.now + 20 * sim.keepalive;
	sim_queue(&m->stop, sim.now + sim.keepalive / 10);
	check_machine(m);
}

/*
 * How long after its timers does it receive, having woken? They are queued for now + 1.
 * It may take a while more, as when a host hands over what came for its guest; but only
 * where a beat of ours was due meanwhile, else nothing could tell it that it slept.
 */
static u64 rx_lag(const struct sim_machine *m, u64 ns)
{
	u64 deadtime = m->params.deadtime_us * US, keepalive = m->params.keepalive_us * US;

	if (m->frozen || ns <= m->cl->interval_ns + deadtime / 64 + m->jitter || sim_chance(500))
		return 2;
	return 2 + sim_below(min(deadtime / 20, keepalive / 4));
}

/*
 * Nothing runs on it for a while. Its clock may stand still with it (a virtual
 * machine stopped), its frames may wait or be lost, and come before or after its
 * timers when it wakes.
 */
void machine_pause(struct sim_machine *m, u64 ns)
{
	if (!m->cl || m->wake.place >= 0)
		return;
	m->paused_at = sim.now;
	m->paused_until = sim.now + ns;
	m->frozen = sim_chance(250);
	m->loses = sim_chance(400);
	m->rx_lag = sim_chance(400) ? rx_lag(m, ns) : 0;
	trace("%s pauses for %llu us%s%s%s", m->name, (unsigned long long)(ns / US),
	      m->frozen ? ", its clock too" : "", m->loses ? ", frames are lost" : "",
	      m->rx_lag ? ", timers first" : "");
	sim_queue(&m->wake, m->paused_until);
	check_ways();
}

static void take_backlog(struct sim_machine *m)
{
	struct packet *p;

	while ((p = m->backlog)) {
		m->backlog = p->next;
		network_deliver(p);
	}
	m->backlog_end = &m->backlog;
	m->backlog_len = 0;
}

/* From here on it has no excuse. */
static void comes_to_itself(struct sim_machine *m)
{
	m->woke = sim.now;
	m->woke_ns = machine_clock(m);
	m->overdue_since = 0;
	m->cut_since = 0;
}

static void wakes(struct sim_event *e)
{
	struct sim_machine *m = container_of(e, struct sim_machine, wake);

	if (m->paused_until) {
		trace("%s wakes, %u frames wait", m->name, m->backlog_len);
		m->slept = m->frozen ? 0 : sim.now - m->paused_at;
		if (m->frozen)		/* to it, no time has passed */
			m->offset_ns = machine_clock(m) - sim.now -
				       (s64)sim.now * m->ppm / 1000000;
		m->frozen = false;
		m->paused_until = 0;
		comes_to_itself(m);
		check_ways();
		if (m->rx_lag) {
			m->rx_until = sim.now + m->rx_lag;
			sim_queue(e, m->rx_until);
			return;
		}
	}
	if (sim.now >= m->rx_until && sim.now >= m->timers_until)
		comes_to_itself(m);
	check_ways();
	if (sim.now >= m->rx_until)
		take_backlog(m);
	else
		sim_queue(e, m->rx_until);
}

/* Two CPUs: one of them is kept busy, the other is not. */
void machine_stall_rx(struct sim_machine *m, u64 ns)
{
	if (!m->cl || m->wake.place >= 0)
		return;
	trace("%s receives nothing for %llu us", m->name, (unsigned long long)(ns / US));
	m->rx_until = sim.now + ns;
	sim_queue(&m->wake, m->rx_until);
}

void machine_stall_timers(struct sim_machine *m, u64 ns)
{
	if (!m->cl || m->wake.place >= 0)
		return;
	trace("%s: its timers are held up for %llu us", m->name, (unsigned long long)(ns / US));
	m->timers_from = sim.now;
	m->timers_until = sim.now + ns;
	sim_queue(&m->wake, m->timers_until);
	check_ways();
}

void machine_plug_service(struct sim_machine *m, bool out)
{
	if (m->paused_until || m->service_out == out)
		return;
	m->service_out = out;
	trace("%s: the device that has the addresses is %s", m->name, out ? "out" : "back");
}

void machine_plug(struct sim_machine *m, u8 unplugged)
{
	struct hbkm_link *link;

	if (m->paused_until)
		return;
	m->unplugged = unplugged;
	if (m->cl) {
		trace("%s: cables out: %#x", m->name, unplugged);
		sim.here = m;
		list_for_each_entry(link, &m->cl->links, list)
			link->state = unplugged & 1U << link->path ? HBKM_LINK_DOWN : HBKM_LINK_UP;
		hbkm_cluster_links_changed(m->cl);
		check_machine(m);
	}
	check_ways();
}

void machine_set_params(struct sim_machine *m)
{
	SIM_BUG_ON(hbkm_params_check(&m->params, NULL, NULL));
	if (!m->cl || m->paused_until)
		return;
	trace("%s reloads: keepalive %u deadtime %u warntime %u initdead %u failback %u", m->name,
	      m->params.keepalive_us, m->params.deadtime_us, m->params.warntime_us,
	      m->params.initdead_us, m->params.auto_failback);
	sim.here = m;
	m->reloaded = sim.now;
	hbkm_cluster_set_params(m->cl, &m->params);
	if (m->agent.event.place >= 0) {	/* it learns of its new time-out */
		sim_unqueue(&m->agent.event);
		sim_queue(&m->agent.event, sim.now + sim_below(sim.keepalive));
	}
	check_ways();
	check_machine(m);
}

void machine_set_order(struct sim_machine *m, unsigned int group)
{
	if (!m->cl || m->paused_until || !(m->groups & 1U << group))
		return;
	trace("%s reloads the order of group %s", m->name, sim_group_names[group]);
	sim.here = m;
	set_group(m, group);
	check_machine(m);
}

/* Would any group be left with nobody to hold it? Such a configuration is refused. */
static bool needs(const struct sim_machine *m, unsigned int other)
{
	unsigned int i, k;
	bool found;

	for (k = 0; k < sim.n_groups; k++) {
		found = false;
		for (i = 0; i < sim.n_order[k]; i++)
			found |= m->members & ~(1U << other) &
				 1U << machine_index(m->order[k][i]);
		if (!found)
			return true;
	}
	return false;
}

/* Another node comes into its configuration, or goes. */
void machine_set_member(struct sim_machine *m, unsigned int other, bool there)
{
	struct sim_machine *o = &sim.machines[other];
	unsigned int k;

	if (m->paused_until || o == m || there == !!(m->members & 1U << other) ||
	    (!there && needs(m, other)))
		return;
	m->members ^= 1U << other;
	if (!m->cl)
		return;
	trace("%s reloads: %s %s", m->name, there ? "with" : "without", o->name);
	sim.here = m;
	memset(&m->arrivals[other], 0, sizeof(m->arrivals[other]));
	m->peer_state[other] = HBKM_NODE_INIT;
	if (there)
		SIM_BUG_ON(IS_ERR(hbkm_node_create(m->cl, o->name, NULL)));
	for (k = 0; k < sim.n_groups; k++)
		if (m->groups & 1U << k)
			set_group(m, k);
	if (!there)
		hbkm_node_remove(hbkm_node_by_id(m->cl, o->id));
	check_ways();
	check_machine(m);
}

/* A group comes into its configuration, or goes. */
void machine_set_group(struct sim_machine *m, unsigned int group, bool there)
{
	if (m->paused_until || there == !!(m->groups & 1U << group))
		return;
	m->groups ^= 1U << group;
	if (!m->cl)
		return;
	trace("%s reloads: %s group %s", m->name, there ? "with" : "without",
	      sim_group_names[group]);
	sim.here = m;
	if (there) {
		set_group(m, group);
	} else {
		hbkm_group_remove(m->cl, hbkm_group_by_id(m->cl, hbkm_name_id(sim_group_names[group])));
		check_group_gone(m, group);
	}
	check_machine(m);
}

void machine_move(struct sim_machine *m, unsigned int group, u8 move)
{
	struct hbkm_group *g;
	int ret;

	if (!m->cl || m->paused_until || !(m->groups & 1U << group))
		return;
	sim.here = m;
	g = hbkm_group_by_id(m->cl, hbkm_name_id(sim_group_names[group]));
	ret = hbkm_group_may_move(m->cl, g, move, NULL);
	if (!ret)
		hbkm_group_move(m->cl, g, move);
	trace("%s: %s of group %s: %s", m->name, move == HBKM_MOVE_STANDBY ? "standby" : "takeover",
	      g->name, ret ? sim_refusal : "done");
	check_machine(m);
}

/* The agent. */

static bool at_work(const struct sim_machine *m)
{
	return m->agent.mood != AGENT_HANGS;
}

static u64 answer_time(const struct sim_machine *m)
{
	return 1 + sim_below(m->agent.slow);
}

static void take_job(struct sim_machine *m, const struct hbkm_group *group)
{
	int i = group_index(group->id);
	struct job *job;

	if (i < 0)
		return;
	job = &m->agent.jobs[i];
	if (job->event.place >= 0 && job->state == group->state && job->term == group->term)
		return;
	sim_unqueue(&job->event);
	job->former_state = job->state;
	job->former_term = job->term;
	job->state = group->state;
	job->term = group->term;
	sim_queue(&job->event, sim.now + answer_time(m));
}

/* An event of the kernel's has come, or a dump tells of it. */
void agent_asked(struct sim_machine *m, const struct hbkm_group *group)
{
	if (!at_work(m) || m->agent.mood == AGENT_MUTE)
		return;
	if (group->state == HBKM_GROUP_ACQUIRING || group->state == HBKM_GROUP_RELEASING)
		take_job(m, group);
}

static void registers(struct sim_event *e)
{
	struct sim_machine *m = container_of(e, struct sim_machine, agent.event);
	struct hbkm_group *group;

	if (m->paused_until) {
		sim_queue(e, m->paused_until + 2);
		return;
	}
	sim_queue(e, sim.now + m->params.agent_timeout_us * US / 4);
	sim.here = m;
	if (hbkm_agent_register(m->cl, m->agent.portid, NULL))
		return;
	m->agent_heard_ns = machine_clock(m);
	/* Lost events do not matter: it looks at all there is. */
	list_for_each_entry(group, &m->cl->groups, list)
		agent_asked(m, group);
	check_machine(m);
}

/* What nobody asks for, or not any longer, is refused and moves nothing. */
static void acknowledge(struct sim_machine *m, u32 id, u8 state, u32 term, u32 result)
{
	const struct hbkm_group *g = hbkm_group_by_id(m->cl, id);
	bool asked = g && g->state == state && g->term == term &&
		     (state == HBKM_GROUP_ACQUIRING || state == HBKM_GROUP_RELEASING ||
		      (state == HBKM_GROUP_ACTIVE && result) ||
		      (state == HBKM_GROUP_FAILED && !result));
	int ret;

	check_before(m);
	ret = hbkm_group_ack(m->cl, id, state, term, result, NULL);
	if (asked)
		return;
	looked(STALE_ACK);
	if (!ret || !check_unmoved(m))
		violated(STALE_ACK, "%s: group %s, term %u: an acknowledgement of %s, term %u, counts",
			 m->name, g ? g->name : "unknown", g ? g->term : 0, group_states[state], term);
}

/* Something of it is lost: another is to have it. */
void agent_loses(struct sim_machine *m, unsigned int group)
{
	const struct hbkm_group *g;

	if (!m->cl || m->paused_until || !at_work(m) || !(m->groups & 1U << group))
		return;
	sim.here = m;
	g = hbkm_group_by_id(m->cl, hbkm_name_id(sim_group_names[group]));
	if (g->state != HBKM_GROUP_ACTIVE)
		return;
	trace("%s: group %s is not whole", m->name, g->name);
	acknowledge(m, g->id, g->state, g->term, EIO);
	check_machine(m);
}

static void answers(struct sim_event *e)
{
	struct job *job = container_of(e, struct job, event);
	struct sim_machine *m = job->machine;
	u32 id = hbkm_name_id(sim_group_names[job->group]);
	u32 result = 0;

	if (m->paused_until) {
		sim_queue(e, m->paused_until + 3);
		return;
	}
	sim.here = m;
	if (m->agent.mood == AGENT_LIES) {
		acknowledge(m, id, job->former_state, job->former_term, 0);
		acknowledge(m, id, job->state, job->term + 1, 0);
		acknowledge(m, id, job->state, job->term - 1, EIO);
		acknowledge(m, id, job->state ^ 2, job->term, 0);
		acknowledge(m, id + 1, job->state, job->term, 0);
	}
	if (m->agent.mood == AGENT_FAILS && job->state == HBKM_GROUP_ACQUIRING)
		result = EIO;
	acknowledge(m, id, job->state, job->term, result);
	if (m->agent.mood == AGENT_LIES)
		acknowledge(m, id, job->state, job->term, EIO);
	check_machine(m);
}

static const char *const moods[] = { "works", "fails", "lies", "is mute", "hangs" };

void agent_mood(struct sim_machine *m, u8 mood)
{
	unsigned int i;

	m->agent.mood = mood;
	if (!m->cl)
		return;
	trace("%s: agent %s", m->name, moods[mood]);
	if (!at_work(m) || mood == AGENT_MUTE)
		for (i = 0; i < SIM_GROUPS; i++)
			sim_unqueue(&m->agent.jobs[i].event);
	if (!at_work(m))
		sim_unqueue(&m->agent.event);
	else if (m->agent.event.place < 0)
		sim_queue(&m->agent.event, sim.now + sim_below(sim.keepalive));
}

/* A new agent knows nothing of what the old one was at. */
void agent_restart(struct sim_machine *m)
{
	unsigned int i;

	if (!m->cl || m->paused_until)
		return;
	trace("%s: agent restarts", m->name);
	sim.here = m;
	hbkm_agent_closed(m->cl, m->agent.portid);
	m->agent.portid++;
	for (i = 0; i < SIM_GROUPS; i++)
		sim_unqueue(&m->agent.jobs[i].event);
	sim_unqueue(&m->agent.event);
	agent_mood(m, m->agent.mood);
	check_machine(m);
}
