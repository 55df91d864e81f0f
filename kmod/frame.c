// SPDX-License-Identifier: GPL-2.0
/*
 * Frames: bytes <-> struct hbkm_frame. Pure: no I/O, no locks, no allocation.
 * Every length and range check on received bytes is in hbkm_frame_parse().
 */
#include <hbkm/frame.h>

static u16 get16(const u8 *p)
{
	return (u16)p[0] << 8 | p[1];
}

static u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}

static u64 get64(const u8 *p)
{
	return (u64)get32(p) << 32 | get32(p + 4);
}

static void put16(u8 *p, u16 v)
{
	p[0] = v >> 8;
	p[1] = v & 0xff;
}

static void put32(u8 *p, u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static void put64(u8 *p, u64 v)
{
	put32(p, v >> 32);
	put32(p + 4, v & 0xffffffff);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/**
 * hbkm_name_id() - the id of a cluster, node or group of this name
 * @name: the name; upper and lower case count as the same, as in Heartbeat
 *
 * FNV-1a, so that every node finds the same id whatever the order of its
 * configuration. Two names may collide: whoever adds a name has to check.
 *
 * Return: the id, never 0.
 */
u32 hbkm_name_id(const char *name)
{
	u32 hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (u8)lower(*name)) * 16777619U;
	return hash ?: 1;
}

/* A deadtime that the sender could not have been configured with is no deadtime. */
static bool times_sane(const struct hbkm_frame *f)
{
	return f->keepalive_us >= HBKM_KEEPALIVE_MIN_US &&
	       f->keepalive_us <= HBKM_KEEPALIVE_MAX_US &&
	       f->deadtime_us <= HBKM_TIME_MAX_US &&
	       f->deadtime_us > 2 * f->keepalive_us;
}

static bool groups_sane(const struct hbkm_frame *f)
{
	struct hbkm_frame_group g;
	unsigned int i;

	for (i = 0; i < f->nr_groups; i++) {
		hbkm_frame_group(f, i, &g);
		if (g.state > HBKM_GROUP_FAILED || g.claimants[0] > f->nr_nodes ||
		    g.claimants[1] > f->nr_nodes)
			return false;
	}
	return true;
}

/**
 * hbkm_frame_parse() - check a datagram's shape and read its header
 * @f: receives the header and points into @buf
 * @buf: the UDP payload
 * @len: its length
 *
 * Looks at nothing but the bytes: the caller checks cluster, node, MAC and
 * sequence, in this order, before it believes any of it.
 *
 * Return: HBKM_STAT_RX_GOOD, or the counter that names what is wrong.
 */
enum hbkm_stat hbkm_frame_parse(struct hbkm_frame *f, const u8 *buf, size_t len)
{
	if (len < HBKM_FRAME_MIN_LEN)
		return HBKM_STAT_RX_SHORT;
	if (get32(buf) != HBKM_FRAME_MAGIC)
		return HBKM_STAT_RX_MAGIC;
	if (buf[4] != HBKM_FRAME_VERSION)
		return HBKM_STAT_RX_VERSION;

	f->type = buf[5];
	f->key_id = buf[6];
	f->reason = buf[7];
	f->cluster = get32(buf + 8);
	f->node = get32(buf + 12);
	f->incarnation = get64(buf + 16);
	f->seq = get64(buf + 24);
	f->clock_ns = get64(buf + 32);
	f->keepalive_us = get32(buf + 40);
	f->deadtime_us = get32(buf + 44);
	f->flags = get16(buf + 48);
	f->nr_nodes = buf[50];
	f->nr_groups = buf[51];
	f->groups_digest = get32(buf + 52);
	f->reach = get16(buf + 56);
	f->mark = get32(buf + 58);

	if (f->type != HBKM_FRAME_BEAT && f->type != HBKM_FRAME_LEAVE)
		return HBKM_STAT_RX_TYPE;
	if (f->nr_nodes > HBKM_MAX_NODES - 1 || f->nr_groups > HBKM_MAX_GROUPS ||
	    len != hbkm_frame_len(f))
		return HBKM_STAT_RX_LENGTH;

	f->nodes = buf + HBKM_FRAME_HDR_LEN;
	f->groups = f->nodes + f->nr_nodes * HBKM_FRAME_NODE_LEN;
	f->mac = buf + len - HBKM_FRAME_MAC_LEN;

	if (!f->incarnation || !f->seq || !times_sane(f) || !groups_sane(f))
		return HBKM_STAT_RX_FIELD;
	return HBKM_STAT_RX_GOOD;
}

/**
 * hbkm_frame_node() - read a node entry of a parsed frame
 * @f: the frame
 * @i: which, less than @f->nr_nodes
 * @n: receives it
 */
void hbkm_frame_node(const struct hbkm_frame *f, unsigned int i, struct hbkm_frame_node *n)
{
	const u8 *p = f->nodes + i * HBKM_FRAME_NODE_LEN;

	n->id = get32(p);
	n->age_us = get32(p + 4);
	n->incarnation = get64(p + 8);
	n->seq = get64(p + 16);
	n->paths = get16(p + 24);
	n->flags = p[26];
}

/**
 * hbkm_frame_group() - read a group entry of a parsed frame
 * @f: the frame
 * @i: which, less than @f->nr_groups
 * @g: receives it
 */
void hbkm_frame_group(const struct hbkm_frame *f, unsigned int i, struct hbkm_frame_group *g)
{
	const u8 *p = f->groups + i * HBKM_FRAME_GROUP_LEN;

	g->id = get32(p);
	g->term = get32(p + 4);
	g->state = p[8];
	g->flags = p[9];
	g->claimants[0] = p[10];
	g->claimants[1] = p[11];
}

/**
 * hbkm_frame_put_header() - write a frame's header
 * @buf: at least hbkm_frame_len(@f) bytes
 * @f: the header; type and counts in their range
 */
void hbkm_frame_put_header(u8 *buf, const struct hbkm_frame *f)
{
	put32(buf, HBKM_FRAME_MAGIC);
	buf[4] = HBKM_FRAME_VERSION;
	buf[5] = f->type;
	buf[6] = f->key_id;
	buf[7] = f->reason;
	put32(buf + 8, f->cluster);
	put32(buf + 12, f->node);
	put64(buf + 16, f->incarnation);
	put64(buf + 24, f->seq);
	put64(buf + 32, f->clock_ns);
	put32(buf + 40, f->keepalive_us);
	put32(buf + 44, f->deadtime_us);
	put16(buf + 48, f->flags);
	buf[50] = f->nr_nodes;
	buf[51] = f->nr_groups;
	put32(buf + 52, f->groups_digest);
	put16(buf + 56, f->reach);
	put32(buf + 58, f->mark);
	put16(buf + 62, 0);
}

/**
 * hbkm_frame_put_node() - write a node entry
 * @buf: the frame
 * @i: which entry
 * @n: what it says
 */
void hbkm_frame_put_node(u8 *buf, unsigned int i, const struct hbkm_frame_node *n)
{
	u8 *p = buf + HBKM_FRAME_HDR_LEN + i * HBKM_FRAME_NODE_LEN;

	put32(p, n->id);
	put32(p + 4, n->age_us);
	put64(p + 8, n->incarnation);
	put64(p + 16, n->seq);
	put16(p + 24, n->paths);
	p[26] = n->flags;
	p[27] = 0;
}

/**
 * hbkm_frame_put_group() - write a group entry
 * @buf: the frame
 * @f: its header, for the number of node entries that precede
 * @i: which entry
 * @g: what it says
 */
void hbkm_frame_put_group(u8 *buf, const struct hbkm_frame *f, unsigned int i,
			  const struct hbkm_frame_group *g)
{
	u8 *p = buf + HBKM_FRAME_HDR_LEN + f->nr_nodes * HBKM_FRAME_NODE_LEN +
		i * HBKM_FRAME_GROUP_LEN;

	put32(p, g->id);
	put32(p + 4, g->term);
	p[8] = g->state;
	p[9] = g->flags;
	p[10] = g->claimants[0];
	p[11] = g->claimants[1];
}
