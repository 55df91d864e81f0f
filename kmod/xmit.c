// SPDX-License-Identifier: GPL-2.0
/*
 * A frame out: build it once, sign it once, send it on every link.
 */
#include <linux/pkt_sched.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include "hbkm.h"
#include "trace.h"

/*
 * Frames that can still be sent when there is no memory to be had at all: some beats
 * of a pair, and two of each link where there are many.
 */
#define RESERVE		16
#define RESERVE_LINK	2

/* So many refusals in a row are told: one alone may be a queue that was full. */
#define REFUSALS	3

/* Enough for any device that we are likely to meet; more makes the stack reallocate. */
#define HEADROOM	(LL_MAX_HEADER + HBKM_XMIT_HEADERS)

static u16 frame_flags(const struct hbkm_cluster *cl)
{
	u16 flags = 0;

	if (cl->agent_ok)
		flags |= HBKM_FRAME_F_AGENT;
	if (cl->state == HBKM_CLUSTER_RUNNING)
		flags |= HBKM_FRAME_F_SETTLED;
	if (cl->state == HBKM_CLUSTER_LEAVING)
		flags |= HBKM_FRAME_F_LEAVING;
	if (cl->isolated)
		flags |= HBKM_FRAME_F_ISOLATED;
	if (cl->params.auto_failback != HBKM_FAILBACK_OFF)
		flags |= HBKM_FRAME_F_FAILBACK;
	return flags;
}

static u32 age_us(u64 then, u64 now)
{
	u64 age = div_u64(hbkm_since(then, now), HBKM_NS_PER_US);

	return age < U32_MAX ? age : U32_MAX;
}

static void describe_node(const struct hbkm_node *node, u64 now, struct hbkm_frame_node *n)
{
	const struct hbkm_detector *d = &node->detector;

	n->id = node->id;
	n->flags = 0;
	if (hbkm_detector_names_claim(d)) {
		n->incarnation = d->claimed_incarnation;
		n->seq = d->claimed_seq;
		n->age_us = age_us(d->claimed_ns, now);
		n->paths = 0;
		if (n->age_us > node->cl->params.deadtime_us)
			n->flags |= HBKM_FRAME_NODE_F_DEAD;
		return;
	}
	n->incarnation = d->incarnation;
	n->seq = d->seq;
	n->age_us = age_us(d->heard_ns, now);
	n->paths = d->paths_up;
	if (d->state == HBKM_NODE_DEAD || d->state == HBKM_NODE_LEFT)
		n->flags |= HBKM_FRAME_NODE_F_DEAD;
}

/* Of nodes never heard there is nothing to say. */
static bool worth_naming(const struct hbkm_cluster *cl, const struct hbkm_node *node)
{
	return node != cl->self &&
	       (node->detector.incarnation || hbkm_detector_names_claim(&node->detector));
}

/* Everything that a frame says, into cl->frame. Both spinlocks held. */
static size_t build(struct hbkm_cluster *cl, u8 type, u8 reason, u8 key_id, u64 now)
{
	struct hbkm_frame f = {
		.type = type,
		.key_id = key_id,
		.reason = reason,
		.flags = frame_flags(cl),
		.cluster = cl->id,
		.node = cl->self->id,
		.keepalive_us = cl->params.keepalive_us,
		.deadtime_us = cl->params.deadtime_us,
		.groups_digest = cl->digest,
		.reach = cl->params.reach,
		.mark = cl->params.mark,
		.incarnation = cl->incarnation,
		.seq = ++cl->seq,
		.clock_ns = now,
	};
	struct hbkm_frame_group fg = {};
	struct hbkm_frame_node fn;
	struct hbkm_group *group;
	struct hbkm_node *node;
	unsigned int i;

	cl->sent_ns[f.seq % HBKM_SENT_RING] = now;
	cl->promised_ns = cl->promise_ns;
	cl->slept_ns = hbkm_slept_ns();
	list_for_each_entry(node, &cl->nodes, list) {
		if (worth_naming(cl, node)) {
			describe_node(node, now, &fn);
			hbkm_frame_put_node(cl->frame, f.nr_nodes++, &fn);
			cl->entries[node->slot] = f.nr_nodes;
		}
	}
	list_for_each_entry(group, &cl->groups, list) {
		fg.id = group->id;
		/* Who claims nothing passes on what it has heard: the next claim goes above it. */
		fg.term = group->state == HBKM_GROUP_STANDBY ? group->top_term : group->term;
		fg.state = group->state;
		fg.flags = hbkm_group_flags(group) | group->by_id << 6;
		for (i = 0; i < HBKM_FRAME_CLAIMANTS; i++)
			fg.claimants[i] = cl->entries[group->claimants[i]];
		hbkm_frame_put_group(cl->frame, &f, f.nr_groups++, &fg);
	}
	hbkm_frame_put_header(cl->frame, &f);
	return hbkm_frame_len(&f);
}

/*
 * The peer knows us by the address that we send from. If we were not told which,
 * it stays as first chosen, for as long as the device has it: a service address
 * that comes to the device later must not take its place. Nor is it one of those
 * from the start: it is silent where its group is not held, and who has it on an
 * interface, too, drops what comes from there.
 */
static struct in6_addr source(const struct hbkm_link *link, const struct net_device *dev)
{
	static const struct in6_addr any;

	if (!ipv6_addr_any(&link->source))
		return link->source;
	return link->family->is_on(dev, &link->saddr, true) &&
	       !hbkm_guard_has(link->cl, &link->saddr) ? link->saddr : any;
}

static struct dst_entry *choose(struct hbkm_link *link, const struct net_device *dev,
				struct sock *sk, struct in6_addr *saddr)
{
	const struct hbkm_family *family = link->family;
	struct dst_entry *dst;

	*saddr = source(link, dev);
	dst = family->look_up(link, dev, sk, saddr);
	if (IS_ERR(dst) || !hbkm_guard_has(link->cl, saddr))
		return dst;
	dst_release(dst);
	return family->unguarded(link, dev, saddr) ? family->look_up(link, dev, sk, saddr) :
						     ERR_PTR(-EADDRNOTAVAIL);
}

static struct dst_entry *route(struct hbkm_link *link, const struct net_device *dev,
			       struct sock *sk, struct in6_addr *saddr)
{
	const struct hbkm_family *family = link->family;
	struct dst_entry *dst;
	bool configured;

	dst = family->cached(link, saddr);
	if (dst)
		return dst;
	configured = !ipv6_addr_any(&link->source);
	if (configured && !family->is_on(dev, &link->source, false))
		return ERR_PTR(-EADDRNOTAVAIL);
	dst = choose(link, dev, sk, saddr);
	/* As long as the device has none of its own, nothing is chosen for good. */
	if (!IS_ERR(dst) && family->is_on(dev, saddr, !configured)) {
		link->saddr = *saddr;
		family->keep(link, dst, saddr);
	}
	return dst;
}

static struct sk_buff *take_skb(struct hbkm_cluster *cl, size_t len)
{
	struct sk_buff *skb = alloc_skb(HEADROOM + len, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb) {
		skb = skb_dequeue(&cl->reserve);
		hbkm_count(cl->stats, HBKM_STAT_TX_NOMEM);
		schedule_work(&cl->refill);
	}
	return skb;
}

/**
 * hbkm_xmit_put_udp() - put UDP's header before a frame, and how it is to be treated
 * @skb: the frame, with headroom
 * @link: on which it is to go
 *
 * Context: any. Return: the header, complete but for its checksum.
 */
struct udphdr *hbkm_xmit_put_udp(struct sk_buff *skb, const struct hbkm_link *link)
{
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = htons(link->number);
	uh->dest = htons(link->number);
	uh->len = htons(skb->len);

	skb->protocol = htons(link->family->ethertype);
	skb->priority = TC_PRIO_CONTROL;
	return uh;
}

/* Sent no more seldom than so, what a beat says can wait for the next one. */
#define OFTEN_NS	(100 * NSEC_PER_MSEC)

/* A beat was not sent, and that is no error. */
#define HELD_BACK	1

/*
 * While an address is asked for, the stack keeps what is to go there, a hundred beats
 * and more where they are frequent, and they all come at once with the answer. So
 * nothing is added where something waits, but a good-bye.
 */
static bool is_held_back(const struct hbkm_cluster *cl, const struct neighbour *hop, u8 state)
{
	return unlikely(state & NUD_INCOMPLETE) && skb_queue_len_lockless(&hop->arp_queue) &&
	       data_race(cl->interval_ns) <= OFTEN_NS && !cl->parted;
}

/*
 * Who hears us is where we send to. The stack would ask for that now and then, and
 * where its questions are lost, as in a queue that is full, hold back what it is to
 * send (RFC 4861, 7.3.1).
 */
static void confirm(struct hbkm_link *link, struct neighbour *hop)
{
	if (!READ_ONCE(link->answered))
		return;
	WRITE_ONCE(link->answered, false);
	neigh_confirm(hop);
}

static int send(struct hbkm_link *link, struct net_device *dev, struct hbkm_port *port,
		const u8 *frame, size_t len)
{
	struct sock *sk = port->sock->sk;
	struct neighbour *hop;
	struct dst_entry *dst;
	struct in6_addr saddr;
	struct sk_buff *skb;
	u8 state;
	int ret;

	dst = route(link, dev, sk, &saddr);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	hop = link->family->next_hop(link, dev, dst);
	state = hop ? READ_ONCE(hop->nud_state) : NUD_NONE;
	if (is_held_back(link->cl, hop, state)) {
		dst_release(dst);
		return HELD_BACK;
	}
	confirm(link, hop);
	if (state & NUD_VALID)
		hbkm_lastword_learn(link, dev, hop, &saddr);
	skb = take_skb(link->cl, len);
	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	skb_reserve(skb, HEADROOM);
	skb_put_data(skb, frame, len);
	link->family->put_headers(skb, link, &saddr);
	skb_dst_set(skb, dst);
	ret = link->family->out(skb, dev_net(dev), sk);
	return ret > 0 ? net_xmit_errno(ret) : ret;
}

static int send_on_link(struct hbkm_link *link, const u8 *frame, size_t len)
{
	struct hbkm_port *port = rcu_dereference(link->port);
	struct net_device *dev = rcu_dereference(link->dev);
	int ret;

	if (!port || !dev || READ_ONCE(link->state) != HBKM_LINK_UP)
		return 0;
	ret = send(link, dev, port, frame, len);
	if (ret == HELD_BACK)
		return 0;
	if (ret) {
		atomic64_inc(&link->tx_errors);
		hbkm_count(link->cl->stats, HBKM_STAT_TX_ERROR);
		if (link->refusals < REFUSALS && ++link->refusals == REFUSALS)
			WRITE_ONCE(link->refused, -ret);
	} else {
		link->refusals = 0;
		WRITE_ONCE(link->refused, 0);
		atomic64_inc(&link->tx);
		hbkm_count(link->cl->stats, HBKM_STAT_TX);
	}
	return ret;
}

/* Where memory is short, the next frame begins with the first link that went without. */
static void send_on_links(struct hbkm_cluster *cl, size_t len)
{
	unsigned int first = cl->first_link, turn;
	struct hbkm_link *link;
	bool starved = false;

	for (turn = 0; turn <= !!first; turn++) {
		list_for_each_entry_rcu(link, &cl->links, list) {
			if ((link->id < first) != turn)
				continue;
			if (send_on_link(link, cl->frame, len) == -ENOMEM && !starved) {
				cl->first_link = link->id;
				starved = true;
			}
		}
	}
}

/**
 * hbkm_xmit_frame() - send a frame on every link
 * @cl: the cluster, started
 * @type: enum hbkm_frame_type
 * @reason: enum hbkm_reason, for a leave frame
 * @now: monotonic time, ns
 *
 * A leave frame is the last one of a life: timers that are still about find that
 * they have nothing to send. With it, all that is guarded falls silent.
 *
 * Context: softirq or process. Takes tx_lock and the lock.
 */
void hbkm_xmit_frame(struct hbkm_cluster *cl, u8 type, u8 reason, u64 now)
{
	const struct hbkm_keyring *ring;
	size_t len;

	rcu_read_lock();
	spin_lock_bh(&cl->tx_lock);
	ring = rcu_dereference(cl->keys);
	if (!ring)
		goto unlock;

	spin_lock(&cl->lock);
	if (type == HBKM_FRAME_LEAVE) {
		cl->parted = true;
		WRITE_ONCE(cl->speaks, 0);	/* peers take over what we hold */
	}
	len = cl->state == HBKM_CLUSTER_DOWN || (cl->parted && type == HBKM_FRAME_BEAT) ? 0 :
	      build(cl, type, reason, hbkm_keyring_sign_id(ring), now);
	spin_unlock(&cl->lock);
	if (!len)
		goto unlock;

	if (hbkm_auth_sign(ring, cl->frame, len)) {
		hbkm_count(cl->stats, HBKM_STAT_TX_ERROR);
		goto unlock;
	}
	send_on_links(cl, len);
unlock:
	spin_unlock_bh(&cl->tx_lock);
	rcu_read_unlock();
}

static void fill_reserve(struct hbkm_cluster *cl)
{
	while (skb_queue_len_lockless(&cl->reserve) < READ_ONCE(cl->n_reserve)) {
		struct sk_buff *skb = alloc_skb(HEADROOM + HBKM_FRAME_MAX_LEN,
						GFP_KERNEL_ACCOUNT);

		if (!skb)
			break;
		skb_queue_tail(&cl->reserve, skb);
	}
}

/* What softirq leaves to a process. */
static void refill(struct work_struct *work)
{
	struct hbkm_cluster *cl = container_of(work, struct hbkm_cluster, refill);

	fill_reserve(cl);
	if (!READ_ONCE(cl->lastword_ready))
		hbkm_lastword_prepare(cl);
}

/**
 * hbkm_xmit_setup() - nothing is laid up yet to send from
 * @cl: a new cluster
 */
void hbkm_xmit_setup(struct hbkm_cluster *cl)
{
	skb_queue_head_init(&cl->reserve);
	INIT_WORK(&cl->refill, refill);
}

/**
 * hbkm_xmit_add_link() - lay up memory for a further link to send from
 * @cl: its cluster
 *
 * Context: process, hbkm_net.lock held. Sleeps.
 */
void hbkm_xmit_add_link(struct hbkm_cluster *cl)
{
	WRITE_ONCE(cl->n_reserve, cl->n_reserve + (cl->n_reserve ? 0 : RESERVE) + RESERVE_LINK);
	fill_reserve(cl);
}

/**
 * hbkm_xmit_remove_link() - give a link's share back; with the last link, all of it
 * @cl: its cluster
 *
 * Context: process, hbkm_net.lock held; the link sends no longer. Sleeps.
 */
void hbkm_xmit_remove_link(struct hbkm_cluster *cl)
{
	unsigned int left = cl->n_reserve - RESERVE_LINK;

	WRITE_ONCE(cl->n_reserve, left == RESERVE ? 0 : left);
	if (!cl->n_reserve)
		cancel_work_sync(&cl->refill);
	while (skb_queue_len_lockless(&cl->reserve) > cl->n_reserve)
		kfree_skb(skb_dequeue(&cl->reserve));
}
