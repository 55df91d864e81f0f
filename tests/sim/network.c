// SPDX-License-Identifier: GPL-2.0
/*
 * The network: what the module gives to hbkm_family.out() arrives elsewhere, late,
 * twice, out of order or not at all; and somebody records all of it, to send it
 * again when nobody expects it.
 */
#include "sim.h"

static struct packet *unused;

u64 sim_frames;

static void packet_happens(struct sim_event *e)
{
	network_arrive(container_of(e, struct packet, event));
}

static struct packet *packet_get(void)
{
	struct packet *p = unused;

	if (p)
		unused = p->next;
	else
		p = malloc(sizeof(*p));
	SIM_BUG_ON(!p);
	p->event.place = -1;
	p->event.then = 0;
	p->event.happen = packet_happens;
	p->next = NULL;
	return p;
}

static void packet_put(struct packet *p)
{
	p->next = unused;
	unused = p;
}

struct sk_buff *sim_skb(void)
{
	static struct sk_buff skb;

	skb.data = skb.room;
	skb.len = 0;
	return &skb;
}

static void send_to(struct sim_machine *from, struct sim_machine *to, u8 path, const u8 *frame,
		    size_t len)
{
	struct path *net = &sim.paths[path];
	struct packet *p;

	if (!net->open[from->index][to->index] || sim_chance(net->loss))
		return;
	p = packet_get();
	p->to = to;
	p->from = from->index;
	p->path = path;
	p->replay = false;
	p->harmless = false;
	p->life = from->life;
	p->len = len;
	memcpy(p->frame, frame, len);
	sim_queue(&p->event, sim.now + net->delay + sim_below(net->jitter));
	if (net->dup && sim_chance(net->dup))
		send_to(from, to, path, frame, len);
}

/* What was sent, whether it arrives or not. */
static void record(const struct sim_machine *from, u8 path, const u8 *frame, size_t len)
{
	struct packet *p = &sim.tape[sim.tape_len++ % SIM_TAPE];

	p->from = from->index;
	p->path = path;
	p->life = from->life;
	p->len = len;
	memcpy(p->frame, frame, len);
}

/* Every word of it, for who wants to read. */
static void tell(const char *who, const char *does, const char *whose, u8 path, const u8 *frame, size_t len)
{
	struct hbkm_frame_group g;
	struct hbkm_frame_node n;
	char text[600], *t = text;
	struct hbkm_frame f;
	unsigned int i;

	if (!sim_trace_frames || hbkm_frame_parse(&f, frame, len) != HBKM_STAT_RX_GOOD)
		return;
	*t = 0;
	for (i = 0; i < f.nr_nodes; i++) {
		hbkm_frame_node(&f, i, &n);
		t += sprintf(t, " [%s %08x:%llu%s]", sim.machines[machine_index(n.id)].name,
			     (u32)(n.incarnation >> 32), (unsigned long long)n.seq,
			     n.flags & HBKM_FRAME_NODE_F_DEAD ? " dead" : "");
	}
	for (i = 0; i < f.nr_groups; i++) {
		hbkm_frame_group(&f, i, &g);
		t += sprintf(t, " (%s %u)", group_states[g.state], g.term);
	}
	trace("%s %s%s%s %08x:%llu on path %u%s", who, does, whose,
	      f.type == HBKM_FRAME_LEAVE ? " leave" : "", (u32)(f.incarnation >> 32),
	      (unsigned long long)f.seq, path, text);
}

static int out(struct sk_buff *skb, struct net *net, struct sock *sk)
{
	struct sim_machine *from = sk->machine;
	const u8 *frame = skb->data;
	size_t len = skb->len;
	unsigned int i;

	if (from->silent)
		return 0;
	check_sent(from, frame, len);
	tell(from->name, "sends", "", sk->path, frame, len);
	if (sim_chance(frame[5] == HBKM_FRAME_LEAVE ? 1000 : 100))
		record(from, sk->path, frame, len);
	for (i = 0; i < sim.n; i++)
		if (i != from->index)
			send_to(from, &sim.machines[i], sk->path, frame, len);
	return 0;
}

/* A wire needs no route and no headers. */
static struct dst_entry *cached(struct hbkm_link *link, struct in6_addr *saddr)
{
	static struct dst_entry dst;

	return &dst;
}

static void put_headers(struct sk_buff *skb, const struct hbkm_link *link, const struct in6_addr *saddr)
{
}

static void addresses(const struct sk_buff *skb, struct in6_addr *saddr, struct in6_addr *daddr)
{
}

static struct neighbour *next_hop(const struct hbkm_link *link, struct net_device *dev,
				  const struct dst_entry *dst)
{
	(void)link;
	(void)dev;
	(void)dst;
	return NULL;
}

const struct hbkm_family sim_family = {
	.cached = cached,
	.next_hop = next_hop,
	.put_headers = put_headers,
	.out = out,
	.addresses = addresses,
};

/* A frame has reached the device; is anybody at home? */
void network_arrive(struct packet *p)
{
	struct sim_machine *to = p->to;

	if (!to->cl || to->unplugged & 1U << p->path) {
		packet_put(p);
		return;
	}
	if ((to->paused_until && to->loses) || to->backlog_len >= SIM_BACKLOG) {
		packet_put(p);
		return;
	}
	if (!p->replay)
		check_arrival(p);
	if (!to->paused_until && sim.now >= to->rx_until) {
		network_deliver(p);
		return;
	}
	*to->backlog_end = p;
	to->backlog_end = &p->next;
	to->backlog_len++;
}

static void check_replay(const struct sim_machine *to, const struct packet *p)
{
	struct hbkm_frame f;

	looked(REPLAY);
	if (check_unmoved(to))
		return;
	hbkm_frame_parse(&f, p->frame, p->len);
	violated(REPLAY, "%s: a replay of %s, its life %llu (now %llu), number %llu, type %u, has an effect",
		 to->name, sim.machines[p->from].name, (unsigned long long)p->life,
		 (unsigned long long)sim.machines[p->from].life, (unsigned long long)f.seq, f.type);
}

void network_deliver(struct packet *p)
{
	struct sim_machine *to = p->to;
	struct sk_buff *skb = sim_skb();

	sim_frames++;
	skb_reserve(skb, sizeof(struct udphdr));
	skb_put_data(skb, p->frame, p->len);
	skb_push(skb, sizeof(struct udphdr));
	tell(to->name, p->replay ? "gets a replay of " : "hears ", sim.machines[p->from].name, p->path,
	     p->frame, p->len);
	sim.here = to;
	if (p->harmless)
		check_before(to);
	hbkm_recv(&to->sk[p->path], skb);
	if (p->harmless)
		check_replay(to, p);
	check_machine(to);
	packet_put(p);
}

/* Its backlog dies with it. */
void network_forget(struct sim_machine *m)
{
	while (m->backlog) {
		struct packet *p = m->backlog;

		m->backlog = p->next;
		packet_put(p);
	}
	m->backlog_end = &m->backlog;
	m->backlog_len = 0;
}

/* What is still on its way when a schedule ends. */
void network_lose(struct sim_event *e)
{
	if (e->happen == packet_happens)
		packet_put(container_of(e, struct packet, event));
}

void network_reset(void)
{
	unsigned int p, i, j;

	sim.tape_len = 0;
	for (p = 0; p < SIM_PATHS; p++)
		for (i = 0; i < SIM_NODES; i++)
			for (j = 0; j < SIM_NODES; j++)
				sim.paths[p].open[i][j] = true;
}

/*
 * Must this recording change nothing at @to? Yes if it was sent in an earlier
 * life of its sender, whose later life @to has believed in or seen the end of;
 * or names another life of @to; or comes from a life that is over and buried.
 */
static bool harmless(const struct sim_machine *to, const struct packet *p)
{
	const struct sim_machine *from = &sim.machines[p->from];
	const struct hbkm_node *node = hbkm_node_by_id(to->cl, from->id);
	const struct hbkm_detector *d = node ? &node->detector : NULL;
	struct hbkm_frame_node echo;
	struct hbkm_frame f;
	unsigned int i;

	if (!d || hbkm_frame_parse(&f, p->frame, p->len) != HBKM_STAT_RX_GOOD)
		return true;
	/* Heard already, on that path: the window must know. */
	if (d->incarnation == f.incarnation && d->paths[p->path].top >= f.seq &&
	    (d->paths[p->path].top - f.seq >= HBKM_REPLAY_WINDOW ||
	     d->paths[p->path].seen & 1ULL << (d->paths[p->path].top - f.seq)))
		return true;
	if (d->incarnation != f.incarnation) {
		for (i = 0; i < f.nr_nodes; i++) {
			hbkm_frame_node(&f, i, &echo);
			if (echo.id == to->id && echo.incarnation == to->cl->incarnation)
				break;
		}
		if (i == f.nr_nodes)
			return true;
	}
	/* A good-bye of the life believed in may come late: it is true. */
	if (f.type == HBKM_FRAME_LEAVE)
		return d->incarnation != f.incarnation;
	/* Its life is over, here as in truth, and not only just now. */
	if ((p->life != from->life || !from->cl) &&
	    sim.now > from->died_at + 2 * max(f.deadtime_us, to->params.deadtime_us) * US)
		return d->state == HBKM_NODE_DEAD || d->state == HBKM_NODE_LEFT ||
		       (hbkm_detector_present(d) && d->incarnation != f.incarnation);
	return false;
}

/* Send something recorded again, to anybody, if we can tell what must come of it. */
void network_replay(void)
{
	struct sim_machine *to = &sim.machines[sim_below(sim.n)];
	struct packet *p, *from;
	unsigned int kept = sim.tape_len < SIM_TAPE ? sim.tape_len : SIM_TAPE;

	if (!kept || !to->cl || to->paused_until)
		return;
	from = &sim.tape[sim_below(kept)];
	if (from->from == to->index || !harmless(to, from))
		return;
	p = packet_get();
	p->to = to;
	p->from = from->from;
	p->path = from->path;
	p->replay = true;
	p->harmless = true;
	p->life = from->life;
	p->len = from->len;
	memcpy(p->frame, from->frame, from->len);
	network_arrive(p);
}
