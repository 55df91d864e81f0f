// SPDX-License-Identifier: GPL-2.0
/* sources: kmod/frame.c */
/*
 * libFuzzer harness for the frame: arbitrary bytes in; what the parser accepts
 * is taken apart, built anew from its parts, and must come out as it went in,
 * but for the reserved bytes, which are then zero.
 *
 * Build: clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude
 *	-Iinclude/uapi tests/fuzz/frame_fuzz.c kmod/frame.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hbkm/frame.h>

#define MUST(cond)	do { if (!(cond)) abort(); } while (0)

/* What a well-meaning sender would have sent in place of these bytes. */
static void blank_reserved(u8 *buf, const struct hbkm_frame *f)
{
	u8 *p = buf + HBKM_FRAME_HDR_LEN;
	unsigned int i;

	memset(buf + 62, 0, 2);
	for (i = 0; i < f->nr_nodes; i++, p += HBKM_FRAME_NODE_LEN)
		p[27] = 0;
}

static void must_be_sane(const struct hbkm_frame *f, const u8 *buf, size_t len)
{
	MUST(len >= HBKM_FRAME_MIN_LEN && len <= HBKM_FRAME_MAX_LEN);
	MUST(len == hbkm_frame_len(f));
	MUST(f->mac + HBKM_FRAME_MAC_LEN == buf + len);
	MUST(f->type == HBKM_FRAME_BEAT || f->type == HBKM_FRAME_LEAVE);
	MUST(f->incarnation && f->seq);
	MUST(f->keepalive_us >= HBKM_KEEPALIVE_MIN_US && f->keepalive_us <= HBKM_KEEPALIVE_MAX_US);
	MUST(f->deadtime_us > 2 * f->keepalive_us && f->deadtime_us <= HBKM_TIME_MAX_US);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 *copy, *built;
	struct hbkm_frame_group g;
	struct hbkm_frame_node n;
	struct hbkm_frame f;
	unsigned int i;

	if (hbkm_frame_parse(&f, data, size) != HBKM_STAT_RX_GOOD)
		return 0;
	must_be_sane(&f, data, size);

	copy = malloc(size);
	built = malloc(size);
	MUST(copy && built);
	memcpy(copy, data, size);
	blank_reserved(copy, &f);

	memset(built, 0xa5, size);
	for (i = 0; i < f.nr_groups; i++) {
		hbkm_frame_group(&f, i, &g);
		MUST(g.state <= HBKM_GROUP_FAILED);
		MUST(g.claimants[0] <= f.nr_nodes && g.claimants[1] <= f.nr_nodes);
		hbkm_frame_put_group(built, &f, i, &g);
	}
	for (i = 0; i < f.nr_nodes; i++) {
		hbkm_frame_node(&f, i, &n);
		hbkm_frame_put_node(built, i, &n);
	}
	hbkm_frame_put_header(built, &f);
	MUST(!memcmp(built, copy, size - HBKM_FRAME_MAC_LEN));
	/* The trailer is not the frame's own business. */
	for (i = 1; i <= HBKM_FRAME_MAC_LEN; i++)
		MUST(built[size - i] == 0xa5);
	free(built);
	free(copy);
	return 0;
}
