/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame on the wire, version 1: one UDP datagram, fixed offsets, big-endian.
 *
 *	offset	size	header
 *	0	4	magic "HBKM"
 *	4	1	version, 1
 *	5	1	type: beat 1, leave 2
 *	6	1	key id
 *	7	1	reason for leaving (enum hbkm_reason)
 *	8	4	cluster id, from the cluster's name
 *	12	4	node id, from the sender's name
 *	16	8	incarnation: random, new at every start, not 0
 *	24	8	sequence number: one a beat, the same on every link
 *	32	8	sender's CLOCK_MONOTONIC, ns
 *	40	4	sender's keepalive, us
 *	44	4	sender's deadtime, us
 *	48	2	flags
 *	50	1	number of node entries
 *	51	1	number of group entries
 *	52	4	digest of the sender's group list
 *	56	2	addresses outside the cluster that the sender's agent
 *			reaches, plus one; 0: it does not say
 *	58	4	mark of the sender's agent, which only agents read; 0: none
 *	62	2	reserved: sent as zero, ignored
 *
 *			node entry: what the sender knows of another node
 *	0	4	node id
 *	4	4	us since it was last heard, U32_MAX: never
 *	8	8	incarnation last heard
 *	16	8	sequence number last heard
 *	24	2	bitmap of the paths on which it is heard
 *	26	1	flags: dead
 *	27	1	reserved
 *
 *			group entry
 *	0	4	group id
 *	4	4	term of the sender's latest claim; while standby, the highest that
 *			it knows of
 *	8	1	state (enum hbkm_group_state)
 *	9	1	flags (HBKM_GROUP_F_*), and in its two highest bits whether ids
 *			decide (HBKM_FRAME_GROUP_BY_ID)
 *	10	1	which node entry, counted from 1, is of the other node that claims
 *			the group, or still takes it down, and that the sender hears and is
 *			heard by; of several, whose claim is best; 0: none, or it does not
 *			know yet whose is
 *	11	1	another one, likewise
 *
 *			trailer
 *	0	32	MAC over all that precedes, zero-padded
 *
 * 32 nodes (31 entries) and 32 groups make 1,348 bytes: one Ethernet MTU. A
 * receiver must find exactly the length that the counts give.
 */
#ifndef HBKM_FRAME_H
#define HBKM_FRAME_H

#include <linux/hbkm.h>
#include "pure.h"

#define HBKM_FRAME_MAGIC	0x48424b4dU
#define HBKM_FRAME_VERSION	1
#define HBKM_FRAME_HDR_LEN	64
#define HBKM_FRAME_NODE_LEN	28
#define HBKM_FRAME_GROUP_LEN	12
#define HBKM_FRAME_MAC_LEN	32
#define HBKM_FRAME_MIN_LEN	(HBKM_FRAME_HDR_LEN + HBKM_FRAME_MAC_LEN)
#define HBKM_FRAME_MAX_LEN	(HBKM_FRAME_MIN_LEN + \
				 (HBKM_MAX_NODES - 1) * HBKM_FRAME_NODE_LEN + \
				 HBKM_MAX_GROUPS * HBKM_FRAME_GROUP_LEN)

enum hbkm_frame_type {
	HBKM_FRAME_BEAT = 1,
	HBKM_FRAME_LEAVE,
};

#define HBKM_FRAME_F_AGENT	0x0001	/* the agent is there and answers */
#define HBKM_FRAME_F_SETTLED	0x0002	/* has joined: may hold groups */
#define HBKM_FRAME_F_LEAVING	0x0004	/* gives everything up */
#define HBKM_FRAME_F_ISOLATED	0x0008	/* its links are down, as far as it knows */
#define HBKM_FRAME_F_FAILBACK	0x0010	/* its auto_failback is not off */

#define HBKM_FRAME_NODE_F_DEAD	0x01	/* the sender believes it dead or gone */

/*
 * Ids decide, and not the orders, since a node has others: HBKM_FRAME_BY_ID_TOP if the sender
 * hears such a node itself, one less if it hears from one that does, and so on; 0: not so.
 */
#define HBKM_FRAME_GROUP_BY_ID(flags)	((u8)(flags) >> 6)
#define HBKM_FRAME_BY_ID_TOP	3

#define HBKM_FRAME_CLAIMANTS	2

/**
 * struct hbkm_frame - a frame's header, in host order, and where its entries lie
 * @type: enum hbkm_frame_type
 * @key_id: the key that signed it
 * @reason: enum hbkm_reason, why the sender leaves
 * @nr_nodes: node entries
 * @nr_groups: group entries
 * @flags: HBKM_FRAME_F_*
 * @cluster: id of the cluster
 * @node: id of the sender
 * @keepalive_us: the sender's keepalive
 * @deadtime_us: the sender's deadtime
 * @groups_digest: of the sender's group list
 * @reach: addresses outside that it reaches, plus one; 0: not said
 * @mark: its agent's word to the other agents; 0: none
 * @incarnation: the sender's life
 * @seq: sequence number in that life
 * @clock_ns: the sender's CLOCK_MONOTONIC when it was built
 * @nodes: the node entries as on the wire (parse only)
 * @groups: the group entries as on the wire (parse only)
 * @mac: the trailer (parse only)
 */
struct hbkm_frame {
	u8 type;
	u8 key_id;
	u8 reason;
	u8 nr_nodes;
	u8 nr_groups;
	u16 flags;
	u32 cluster;
	u32 node;
	u32 keepalive_us;
	u32 deadtime_us;
	u32 groups_digest;
	u16 reach;
	u32 mark;
	u64 incarnation;
	u64 seq;
	u64 clock_ns;
	const u8 *nodes;
	const u8 *groups;
	const u8 *mac;
};

/**
 * struct hbkm_frame_node - what a frame says of another node
 * @id: of the node
 * @age_us: since the sender heard it last, U32_MAX: never
 * @incarnation: its life, as last heard
 * @seq: its sequence number, as last heard
 * @paths: on which the sender hears it
 * @flags: HBKM_FRAME_NODE_F_*
 */
struct hbkm_frame_node {
	u32 id;
	u32 age_us;
	u64 incarnation;
	u64 seq;
	u16 paths;
	u8 flags;
};

/**
 * struct hbkm_frame_group - what a frame says of a group
 * @id: of the group
 * @term: of the sender's latest claim; while standby, the highest that it knows of
 * @state: enum hbkm_group_state
 * @flags: HBKM_GROUP_F_*; HBKM_FRAME_GROUP_BY_ID()
 * @claimants: node entries, counted from 1, of others that the sender hears claim it, the
 *	best claim first; 0: none
 */
struct hbkm_frame_group {
	u32 id;
	u32 term;
	u8 state;
	u8 flags;
	u8 claimants[HBKM_FRAME_CLAIMANTS];
};

/**
 * hbkm_frame_len() - bytes that a frame with these counts takes, MAC included
 * @f: only @f->nr_nodes and @f->nr_groups are read
 *
 * Return: the length; the MAC begins HBKM_FRAME_MAC_LEN before it.
 */
static inline size_t hbkm_frame_len(const struct hbkm_frame *f)
{
	return HBKM_FRAME_MIN_LEN + f->nr_nodes * HBKM_FRAME_NODE_LEN +
	       f->nr_groups * HBKM_FRAME_GROUP_LEN;
}

u32 hbkm_name_id(const char *name);

enum hbkm_stat hbkm_frame_parse(struct hbkm_frame *f, const u8 *buf, size_t len);
void hbkm_frame_node(const struct hbkm_frame *f, unsigned int i, struct hbkm_frame_node *n);
void hbkm_frame_group(const struct hbkm_frame *f, unsigned int i, struct hbkm_frame_group *g);

void hbkm_frame_put_header(u8 *buf, const struct hbkm_frame *f);
void hbkm_frame_put_node(u8 *buf, unsigned int i, const struct hbkm_frame_node *n);
void hbkm_frame_put_group(u8 *buf, const struct hbkm_frame *f, unsigned int i,
			  const struct hbkm_frame_group *g);

#endif /* HBKM_FRAME_H */
