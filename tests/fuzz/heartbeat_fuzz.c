// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/heartbeat/message.c tools/hbctl/heartbeat/packet.c tools/hbctl/heartbeat/capture.c tools/hbctl/heartbeat/heard.c tools/hbctl/config/ip.c */
/*
 * Heartbeat's messages, and recordings of them, fed with anything: what does not begin as
 * a recording is a datagram. Whatever is found must lie within what was given, and be fit
 * to be shown.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heartbeat/capture.h"
#include "heartbeat/heard.h"
#include "heartbeat/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)	do { if (!(condition)) abort(); } while (0)

struct range {
	const char *p;
	size_t len;
	size_t signed_len;
};

static void within(const struct range *all, struct text t)
{
	char buf[64];

	if (!t.p) {
		MUST(!text_printable(buf, sizeof(buf), t));
		return;
	}
	MUST(t.p >= all->p && t.len <= all->len && t.p + t.len <= all->p + all->len);
	MUST(text_printable(buf, sizeof(buf), t) == buf);
	MUST(strlen(buf) < sizeof(buf));
	for (const char *c = buf; *c; c++)
		MUST(*c > ' ' && *c < 0x7f);
}

static void take(void *arg, const void *p, size_t len)
{
	struct range *all = arg;

	/* a line end of its own */
	if (len != 1 || *(const char *)p != '\n')
		within(all, (struct text){ p, len });
	all->signed_len += len;
}

static void message(struct heard *h, const uint8_t *data, size_t size)
{
	struct range all = { (const char *)data, size, 0 };
	struct auth a = { .result = AUTH_OK };
	uint64_t n_before = h->messages;
	struct message m;

	if (message_parse(&m, data, size) != MESSAGE_GOOD)
		return;
	within(&all, m.type);
	within(&all, m.node);
	within(&all, m.to);
	within(&all, m.status);
	within(&all, m.seq);
	within(&all, m.generation);
	within(&all, m.deadtime);
	within(&all, m.load);
	within(&all, m.holds);
	within(&all, m.auth);
	message_signed(&m, take, &all);
	/* each line had an end */
	MUST(all.signed_len <= size);
	heard_message(h, &m, &a, &in6addr_loopback, size);
	MUST(h->messages == n_before + 1);
}

static void recording(struct heard *h, const uint8_t *data, size_t size)
{
	FILE *file = fmemopen((void *)data, size, "r");
	struct datagram d;
	struct capture c;
	const char *wrong;

	MUST(file);
	wrong = capture_open(&c, file);
	while (!wrong && capture_next(&c, &wrong)) {
		/* as much memory as there is packet, so that whoever reads on is found out */
		uint8_t *packet = malloc(c.len + 1);

		MUST(packet);
		memcpy(packet, c.data, c.len);
		if (packet_parse(&d, c.link, packet, c.len)) {
			MUST(d.data >= packet && d.data + d.len <= packet + c.len);
			message(h, d.data, d.len);
		}
		free(packet);
	}
	capture_close(&c);
	fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* large, and most of it is never used: only what was is cleared */
	static struct heard all;
	struct heard *h = &all;

	if (size >= 4 && data[0] != '#' && data[0] != '>')
		recording(h, data, size);
	else
		message(h, data, size);
	for (size_t i = 0; i < h->n_nodes; i++) {
		uint64_t median = heard_median(&h->nodes[i]);

		MUST(!h->nodes[i].n_intervals ||
		     (median >= h->nodes[i].min_ns && median <= h->nodes[i].max_ns));
	}
	memset(h->nodes, 0, h->n_nodes * sizeof(h->nodes[0]));
	memset((char *)h + sizeof(h->nodes), 0, sizeof(*h) - sizeof(h->nodes));
	return 0;
}
