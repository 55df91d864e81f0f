// SPDX-License-Identifier: GPL-2.0
/*
 * A frame in: parse, find cluster, link and node, verify, and only then believe.
 * Whatever is dropped is counted by its reason, and never logged.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>
#include "hbkm.h"
#include "trace.h"

/*
 * Our own, that came back to us; or those of another machine by our name, a copy of
 * this one: each would hold what the other holds. An earlier life of ours says the same.
 */
static void look_for_twin(struct hbkm_cluster *cl, const struct hbkm_frame *f, const u8 *buf,
			  size_t len, u64 now)
{
	const struct hbkm_keyring *ring = rcu_dereference(cl->keys);

	if (ring && f->incarnation != READ_ONCE(cl->incarnation) &&
	    hbkm_auth_verify(ring, f, buf, len) == HBKM_STAT_RX_GOOD)
		WRITE_ONCE(cl->twin_ns, now);
}

static enum hbkm_stat receive(struct hbkm_port *port, const struct sk_buff *skb, const u8 *buf,
			      size_t len, u64 now)
{
	struct hbkm_cluster *cl = port->cl;
	const struct hbkm_keyring *ring;
	struct in6_addr saddr, daddr;
	struct hbkm_link *link;
	struct hbkm_node *node;
	enum hbkm_stat stat;
	struct hbkm_frame f;

	stat = hbkm_frame_parse(&f, buf, len);
	if (stat != HBKM_STAT_RX_GOOD)
		return stat;
	if (f.cluster != cl->id)
		return HBKM_STAT_RX_CLUSTER;
	if (f.node == cl->self->id) {
		look_for_twin(cl, &f, buf, len, now);
		return HBKM_STAT_RX_SELF;
	}
	port->family->addresses(skb, &saddr, &daddr);
	link = hbkm_link_find(port, &saddr, &daddr);
	if (!link)
		return HBKM_STAT_RX_LINK;
	node = hbkm_node_by_id(cl, f.node);
	if (!node)
		return HBKM_STAT_RX_NODE;
	ring = rcu_dereference(cl->keys);
	if (!ring)
		return HBKM_STAT_RX_IDLE;
	stat = hbkm_auth_verify(ring, &f, buf, len);
	if (stat != HBKM_STAT_RX_GOOD) {
		WRITE_ONCE(node->unverified, true);
		return stat;
	}
	atomic64_inc(&link->rx);
	return hbkm_node_heard(node, link, &f, now);
}

/**
 * hbkm_recv() - a datagram has come to one of our sockets
 * @sk: the socket
 * @skb: the datagram, from the UDP header on, its checksum verified
 *
 * Context: softirq, RCU. Return: 0: it is always ours.
 */
int hbkm_recv(struct sock *sk, struct sk_buff *skb)
{
	struct hbkm_port *port = rcu_dereference_sk_user_data(sk);
	enum hbkm_stat stat;
	size_t len;

	if (!port)
		goto drop;
	len = skb->len - sizeof(struct udphdr);
	if (len > HBKM_FRAME_MAX_LEN)
		stat = HBKM_STAT_RX_LENGTH;
	else if (!pskb_may_pull(skb, skb->len))
		stat = HBKM_STAT_RX_NOMEM;
	else
		stat = receive(port, skb, skb->data + sizeof(struct udphdr), len,
			       ktime_get_ns());
	hbkm_count(port->cl->stats, stat);
	if (stat == HBKM_STAT_RX_GOOD) {
		hbkm_push_hears();
		consume_skb(skb);
		return 0;
	}
	trace_hbkm_drop(stat, len);
drop:
	kfree_skb(skb);
	return 0;
}
