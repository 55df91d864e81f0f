// SPDX-License-Identifier: GPL-2.0
/* sources: kmod/frame.c */
/*
 * The frame: shape, order of the checks, and the very bytes, which two versions
 * of hbkm on two nodes must agree on.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hbkm/frame.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* What one Ethernet MTU leaves to a UDP datagram over IPv4. */
#define UDP_ROOM	(1500 - 20 - 8)

static const struct hbkm_frame sample = {
	.type = HBKM_FRAME_BEAT,
	.key_id = 0x0f,
	.reason = 0,
	.nr_nodes = 1,
	.nr_groups = 1,
	.flags = HBKM_FRAME_F_AGENT | HBKM_FRAME_F_SETTLED,
	.cluster = 0x11223344,
	.node = 0x55667788,
	.keepalive_us = 1000,
	.deadtime_us = 3000,
	.groups_digest = 0x99aabbcc,
	.reach = 0x5152,
	.mark = 0x61626364,
	.incarnation = 0x0102030405060708,
	.seq = 0x1112131415161718,
	.clock_ns = 0x2122232425262728,
};

static const struct hbkm_frame_node sample_node = {
	.id = 0xa1a2a3a4,
	.age_us = 0xb1b2b3b4,
	.incarnation = 0xc1c2c3c4c5c6c7c8,
	.seq = 0xd1d2d3d4d5d6d7d8,
	.paths = 0xe1e2,
	.flags = HBKM_FRAME_NODE_F_DEAD,
};

static const struct hbkm_frame_group sample_group = {
	.id = 0x31323334,
	.term = 0x41424344,
	.state = HBKM_GROUP_ACTIVE,
	.flags = HBKM_GROUP_F_WANT,
	.claimants = { 1, 0 },
};

static const u8 sample_bytes[] = {
	'H', 'B', 'K', 'M', 0x01, 0x01, 0x0f, 0x00,
	0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
	0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
	0x00, 0x00, 0x03, 0xe8, 0x00, 0x00, 0x0b, 0xb8,
	0x00, 0x03, 0x01, 0x01, 0x99, 0xaa, 0xbb, 0xcc,
	0x51, 0x52, 0x61, 0x62, 0x63, 0x64, 0x00, 0x00,
	/* node entry */
	0xa1, 0xa2, 0xa3, 0xa4, 0xb1, 0xb2, 0xb3, 0xb4,
	0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8,
	0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,
	0xe1, 0xe2, 0x01, 0x00,
	/* group entry */
	0x31, 0x32, 0x33, 0x34, 0x41, 0x42, 0x43, 0x44,
	0x02, 0x02, 0x01, 0x00,
	/* MAC, which frame.c leaves alone */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static void build_sample(u8 *buf)
{
	hbkm_frame_put_header(buf, &sample);
	hbkm_frame_put_node(buf, 0, &sample_node);
	hbkm_frame_put_group(buf, &sample, 0, &sample_group);
}

static void assert_same_header(const struct hbkm_frame *a, const struct hbkm_frame *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->key_id, b->key_id);
	assert_int_equal(a->reason, b->reason);
	assert_int_equal(a->nr_nodes, b->nr_nodes);
	assert_int_equal(a->nr_groups, b->nr_groups);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->cluster, b->cluster);
	assert_int_equal(a->node, b->node);
	assert_int_equal(a->keepalive_us, b->keepalive_us);
	assert_int_equal(a->deadtime_us, b->deadtime_us);
	assert_int_equal(a->groups_digest, b->groups_digest);
	assert_int_equal(a->reach, b->reach);
	assert_int_equal(a->mark, b->mark);
	assert_true(a->incarnation == b->incarnation);
	assert_true(a->seq == b->seq);
	assert_true(a->clock_ns == b->clock_ns);
}

static void assert_same_node(const struct hbkm_frame_node *a, const struct hbkm_frame_node *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->age_us, b->age_us);
	assert_true(a->incarnation == b->incarnation);
	assert_true(a->seq == b->seq);
	assert_int_equal(a->paths, b->paths);
	assert_int_equal(a->flags, b->flags);
}

static void assert_same_group(const struct hbkm_frame_group *a, const struct hbkm_frame_group *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->term, b->term);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->flags, b->flags);
	assert_memory_equal(a->claimants, b->claimants, sizeof(a->claimants));
}

/* Who else claims a group is named by an entry that is there; of either one. */
static void claimants_are_in_the_frame(void **state)
{
	static const struct {
		u8 claimants[HBKM_FRAME_CLAIMANTS];
		enum hbkm_stat want;
	} table[] = {
		{ { 0, 0 }, HBKM_STAT_RX_GOOD },
		{ { 1, 0 }, HBKM_STAT_RX_GOOD },
		{ { 1, 1 }, HBKM_STAT_RX_GOOD },
		{ { 2, 0 }, HBKM_STAT_RX_FIELD },
		{ { 1, 2 }, HBKM_STAT_RX_FIELD },
		{ { 0, 255 }, HBKM_STAT_RX_FIELD },
	};
	u8 buf[sizeof(sample_bytes)];
	struct hbkm_frame f;
	unsigned int i;

	(void)state;
	memcpy(buf, sample_bytes, sizeof(buf));
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		memcpy(buf + 92 + 10, table[i].claimants, HBKM_FRAME_CLAIMANTS);
		assert_int_equal(hbkm_frame_parse(&f, buf, sizeof(buf)), table[i].want);
	}
}

static void writes_the_documented_bytes(void **state)
{
	u8 buf[sizeof(sample_bytes)];

	(void)state;
	memset(buf, 0xee, sizeof(buf));
	assert_int_equal(hbkm_frame_len(&sample), sizeof(buf));
	build_sample(buf);

	/* Reserved bytes are zero, whatever the buffer held; the MAC is not ours to touch. */
	assert_memory_equal(buf, sample_bytes, sizeof(buf) - HBKM_FRAME_MAC_LEN);
	assert_int_equal(buf[sizeof(buf) - HBKM_FRAME_MAC_LEN], 0xee);
	assert_int_equal(buf[sizeof(buf) - 1], 0xee);
}

static void reads_the_documented_bytes(void **state)
{
	struct hbkm_frame_group g;
	struct hbkm_frame_node n;
	struct hbkm_frame f;

	(void)state;
	assert_int_equal(hbkm_frame_parse(&f, sample_bytes, sizeof(sample_bytes)),
			 HBKM_STAT_RX_GOOD);
	assert_same_header(&f, &sample);
	assert_ptr_equal(f.nodes, sample_bytes + 64);
	assert_ptr_equal(f.groups, sample_bytes + 64 + 28);
	assert_ptr_equal(f.mac, sample_bytes + 64 + 28 + 12);
	hbkm_frame_node(&f, 0, &n);
	assert_same_node(&n, &sample_node);
	hbkm_frame_group(&f, 0, &g);
	assert_same_group(&g, &sample_group);
}

static void reserved_bytes_are_ignored(void **state)
{
	static const unsigned int reserved[] = {
		62, 63, 64 + 27,
	};
	u8 buf[sizeof(sample_bytes)];
	struct hbkm_frame f;
	unsigned int i;

	(void)state;
	memcpy(buf, sample_bytes, sizeof(buf));
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		buf[reserved[i]] = 0xff;
	assert_int_equal(hbkm_frame_parse(&f, buf, sizeof(buf)), HBKM_STAT_RX_GOOD);
	assert_same_header(&f, &sample);
}

static void largest_frame_goes_round_in_one_datagram(void **state)
{
	struct hbkm_frame out = sample, in;
	struct hbkm_frame_group g, h;
	struct hbkm_frame_node n, m;
	unsigned int i;
	size_t len;
	u8 *buf;

	(void)state;
	out.nr_nodes = HBKM_MAX_NODES - 1;
	out.nr_groups = HBKM_MAX_GROUPS;
	len = hbkm_frame_len(&out);
	assert_int_equal(len, 1348);
	assert_int_equal(len, HBKM_FRAME_MAX_LEN);
	assert_true(len <= UDP_ROOM);

	/* From the heap, so that the sanitizer sees one byte too many. */
	buf = malloc(len);
	hbkm_frame_put_header(buf, &out);
	for (i = 0; i < out.nr_nodes; i++) {
		n = sample_node;
		n.id += i;
		n.seq -= i;
		hbkm_frame_put_node(buf, i, &n);
	}
	for (i = 0; i < out.nr_groups; i++) {
		g = sample_group;
		g.term += i;
		g.state = i % (HBKM_GROUP_FAILED + 1);
		hbkm_frame_put_group(buf, &out, i, &g);
	}
	memset(buf + len - HBKM_FRAME_MAC_LEN, 0x77, HBKM_FRAME_MAC_LEN);

	assert_int_equal(hbkm_frame_parse(&in, buf, len), HBKM_STAT_RX_GOOD);
	assert_same_header(&in, &out);
	for (i = 0; i < in.nr_nodes; i++) {
		n = sample_node;
		n.id += i;
		n.seq -= i;
		hbkm_frame_node(&in, i, &m);
		assert_same_node(&m, &n);
	}
	for (i = 0; i < in.nr_groups; i++) {
		g = sample_group;
		g.term += i;
		g.state = i % (HBKM_GROUP_FAILED + 1);
		hbkm_frame_group(&in, i, &h);
		assert_same_group(&h, &g);
	}
	assert_int_equal(in.mac[0], 0x77);
	assert_ptr_equal(in.mac + HBKM_FRAME_MAC_LEN, buf + len);
	free(buf);
}

static void smallest_frame_is_good(void **state)
{
	struct hbkm_frame out = sample, in;
	u8 buf[HBKM_FRAME_MIN_LEN] = { 0 };

	(void)state;
	out.type = HBKM_FRAME_LEAVE;
	out.reason = HBKM_REASON_PANIC;
	out.nr_nodes = 0;
	out.nr_groups = 0;
	assert_int_equal(hbkm_frame_len(&out), sizeof(buf));
	assert_int_equal(sizeof(buf), 96);
	hbkm_frame_put_header(buf, &out);
	assert_int_equal(hbkm_frame_parse(&in, buf, sizeof(buf)), HBKM_STAT_RX_GOOD);
	assert_same_header(&in, &out);
}

/* Every length is refused but the one that the counts give. */
static void only_the_exact_length_is_good(void **state)
{
	struct hbkm_frame f;
	size_t len;
	u8 *buf;

	(void)state;
	for (len = 0; len <= 2 * sizeof(sample_bytes); len++) {
		enum hbkm_stat want = HBKM_STAT_RX_LENGTH;

		if (len < HBKM_FRAME_MIN_LEN)
			want = HBKM_STAT_RX_SHORT;
		else if (len == sizeof(sample_bytes))
			want = HBKM_STAT_RX_GOOD;
		buf = malloc(len ?: 1);
		memset(buf, 0, len ?: 1);
		memcpy(buf, sample_bytes, len < sizeof(sample_bytes) ? len : sizeof(sample_bytes));
		assert_int_equal(hbkm_frame_parse(&f, buf, len), want);
		free(buf);
	}
}

static void counts_beyond_the_limits_are_refused(void **state)
{
	static const struct {
		u8 nodes, groups;
		enum hbkm_stat want;
	} table[] = {
		{ HBKM_MAX_NODES - 1, HBKM_MAX_GROUPS, HBKM_STAT_RX_GOOD },
		{ HBKM_MAX_NODES, 0, HBKM_STAT_RX_LENGTH },
		{ 0, HBKM_MAX_GROUPS + 1, HBKM_STAT_RX_LENGTH },
		{ 255, 255, HBKM_STAT_RX_LENGTH },
	};
	struct hbkm_frame f = sample;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		size_t len;
		u8 *buf;

		f.nr_nodes = table[i].nodes;
		f.nr_groups = table[i].groups;
		len = hbkm_frame_len(&f);	/* even where it fits the counts */
		buf = calloc(1, len);
		hbkm_frame_put_header(buf, &f);
		assert_int_equal(hbkm_frame_parse(&f, buf, len), table[i].want);
		free(buf);
	}
}

/*
 * One fault each, in the order of the checks. Put together from the last to the
 * first, the earliest fault in the order must name the frame every time.
 */
static void faults_are_named_in_a_fixed_order(void **state)
{
	static const struct {
		unsigned int at;
		u8 byte;
		enum hbkm_stat want;
	} table[] = {
		{ 3, 'X', HBKM_STAT_RX_MAGIC },
		{ 4, 2, HBKM_STAT_RX_VERSION },
		{ 5, 3, HBKM_STAT_RX_TYPE },
		{ 50, 2, HBKM_STAT_RX_LENGTH },
		{ 40, 0xff, HBKM_STAT_RX_FIELD },
	};
	u8 all[sizeof(sample_bytes)], one[sizeof(sample_bytes)];
	struct hbkm_frame f;
	int i;

	(void)state;
	memcpy(all, sample_bytes, sizeof(all));
	for (i = ARRAY_SIZE(table) - 1; i >= 0; i--) {
		memcpy(one, sample_bytes, sizeof(one));
		one[table[i].at] = table[i].byte;
		all[table[i].at] = table[i].byte;
		assert_int_equal(hbkm_frame_parse(&f, one, sizeof(one)), table[i].want);
		assert_int_equal(hbkm_frame_parse(&f, all, sizeof(all)), table[i].want);
	}
	assert_int_equal(hbkm_frame_parse(&f, all, HBKM_FRAME_MIN_LEN - 1), HBKM_STAT_RX_SHORT);
}

static void only_two_types_exist(void **state)
{
	u8 buf[sizeof(sample_bytes)];
	struct hbkm_frame f;
	unsigned int type;

	(void)state;
	memcpy(buf, sample_bytes, sizeof(buf));
	for (type = 0; type < 256; type++) {
		buf[5] = type;
		assert_int_equal(hbkm_frame_parse(&f, buf, sizeof(buf)),
				 type == HBKM_FRAME_BEAT || type == HBKM_FRAME_LEAVE ?
				 HBKM_STAT_RX_GOOD : HBKM_STAT_RX_TYPE);
	}
}

static void fields_out_of_range_are_refused(void **state)
{
	static const struct {
		u32 keepalive_us, deadtime_us;
		u64 incarnation, seq;
		u8 group_state;
		enum hbkm_stat want;
	} table[] = {
		{ 1000, 3000, 1, 1, 0, HBKM_STAT_RX_GOOD },
		{ 1000, 3000, 1, 0, 0, HBKM_STAT_RX_FIELD },
		{ 1000, 3000, 0, 1, 0, HBKM_STAT_RX_FIELD },
		{ 1000, 3000, UINT64_MAX, UINT64_MAX, 0, HBKM_STAT_RX_GOOD },
		{ 1000, 2001, 1, 1, 0, HBKM_STAT_RX_GOOD },
		{ 1000, 2000, 1, 1, 0, HBKM_STAT_RX_FIELD },
		{ 1000, 0, 1, 1, 0, HBKM_STAT_RX_FIELD },
		{ 0, 3000, 1, 1, 0, HBKM_STAT_RX_FIELD },
		{ HBKM_KEEPALIVE_MIN_US, 201, 1, 1, 0, HBKM_STAT_RX_GOOD },
		{ HBKM_KEEPALIVE_MIN_US - 1, 3000, 1, 1, 0, HBKM_STAT_RX_FIELD },
		{ HBKM_KEEPALIVE_MAX_US, HBKM_TIME_MAX_US, 1, 1, 0, HBKM_STAT_RX_GOOD },
		{ HBKM_KEEPALIVE_MAX_US + 1, HBKM_TIME_MAX_US, 1, 1, 0, HBKM_STAT_RX_FIELD },
		{ 1000, HBKM_TIME_MAX_US + 1, 1, 1, 0, HBKM_STAT_RX_FIELD },
		/* twice this keepalive, in 32 bits, is 0 */
		{ 0x80000000, 3000, 1, 1, 0, HBKM_STAT_RX_FIELD },
		{ 1000, 3000, 1, 1, HBKM_GROUP_FAILED, HBKM_STAT_RX_GOOD },
		{ 1000, 3000, 1, 1, HBKM_GROUP_FAILED + 1, HBKM_STAT_RX_FIELD },
		{ 1000, 3000, 1, 1, 255, HBKM_STAT_RX_FIELD },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hbkm_frame_group g = sample_group;
		struct hbkm_frame f = sample;
		u8 buf[sizeof(sample_bytes) + HBKM_FRAME_GROUP_LEN] = { 0 };
		enum hbkm_stat got;

		f.nr_groups = 2;	/* the last entry counts as the first does */
		f.keepalive_us = table[i].keepalive_us;
		f.deadtime_us = table[i].deadtime_us;
		f.incarnation = table[i].incarnation;
		f.seq = table[i].seq;
		hbkm_frame_put_header(buf, &f);
		hbkm_frame_put_node(buf, 0, &sample_node);
		hbkm_frame_put_group(buf, &f, 0, &g);
		g.state = table[i].group_state;
		hbkm_frame_put_group(buf, &f, 1, &g);
		got = hbkm_frame_parse(&f, buf, sizeof(buf));
		if (got != table[i].want)
			fail_msg("line %u: %d, not %d", i, got, table[i].want);
	}
}

static void ids_come_from_names(void **state)
{
	/* FNV-1a, 32 bits, by its published vectors */
	static const struct {
		const char *name;
		u32 id;
	} table[] = {
		{ "", 0x811c9dc5 },
		{ "a", 0xe40c292c },
		{ "foobar", 0xbf9cf968 },
		{ "FooBar", 0xbf9cf968 },
		{ "chongo was here!\n", 0xd49930d5 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(hbkm_name_id(table[i].name), table[i].id);

	assert_int_not_equal(hbkm_name_id("node1"), hbkm_name_id("node2"));
	assert_int_not_equal(hbkm_name_id("ab"), hbkm_name_id("ba"));
	/* Only ASCII letters fold: '@' and '[' frame them, bytes above are bytes. */
	assert_int_not_equal(hbkm_name_id("@"), hbkm_name_id("`"));
	assert_int_not_equal(hbkm_name_id("["), hbkm_name_id("{"));
	assert_int_equal(hbkm_name_id("AZ"), hbkm_name_id("az"));
	assert_int_not_equal(hbkm_name_id("\xc3\x84"), hbkm_name_id("\xc3\xa4"));
}

/* A name of which FNV-1a makes 0 (published with the hash) must still give an id. */
static void no_name_has_id_zero(void **state)
{
	static const char zero[] = "\xcc\x24\x31\xc4";
	u32 hash = 2166136261U;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(zero) - 1; i++)
		hash = (hash ^ (u8)zero[i]) * 16777619U;
	assert_int_equal(hash, 0);
	assert_int_equal(hbkm_name_id(zero), 1);
}

/* Nothing may be read beyond the datagram, nor trusted, whatever it holds. */
static void random_bytes_do_no_harm(void **state)
{
	unsigned int i, k;

	(void)state;
	srand(1);
	for (i = 0; i < 20000; i++) {
		size_t len = rand() % (HBKM_FRAME_MAX_LEN + 32);
		u8 *buf = malloc(len ?: 1);
		struct hbkm_frame_group g;
		struct hbkm_frame_node n;
		struct hbkm_frame f;

		for (k = 0; k < len; k++)
			buf[k] = rand();
		if (len >= sizeof(sample_bytes) && i % 2)
			memcpy(buf, sample_bytes, 56);
		if (len >= HBKM_FRAME_MIN_LEN && i % 4 == 3) {
			buf[50] = rand() % 33;
			buf[51] = rand() % 34;
		}
		if (hbkm_frame_parse(&f, buf, len) == HBKM_STAT_RX_GOOD) {
			for (k = 0; k < f.nr_nodes; k++)
				hbkm_frame_node(&f, k, &n);
			for (k = 0; k < f.nr_groups; k++) {
				hbkm_frame_group(&f, k, &g);
				assert_true(g.state <= HBKM_GROUP_FAILED);
			}
			assert_ptr_equal(f.mac + HBKM_FRAME_MAC_LEN, buf + len);
		}
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_documented_bytes),
		cmocka_unit_test(reads_the_documented_bytes),
		cmocka_unit_test(reserved_bytes_are_ignored),
		cmocka_unit_test(claimants_are_in_the_frame),
		cmocka_unit_test(largest_frame_goes_round_in_one_datagram),
		cmocka_unit_test(smallest_frame_is_good),
		cmocka_unit_test(only_the_exact_length_is_good),
		cmocka_unit_test(counts_beyond_the_limits_are_refused),
		cmocka_unit_test(faults_are_named_in_a_fixed_order),
		cmocka_unit_test(only_two_types_exist),
		cmocka_unit_test(fields_out_of_range_are_refused),
		cmocka_unit_test(ids_come_from_names),
		cmocka_unit_test(no_name_has_id_zero),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
