// SPDX-License-Identifier: GPL-2.0
/* Reads what tcpdump -w wrote. */
#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "heartbeat/capture.h"
#include "heartbeat/packet.h"

#define MAGIC_US	0xa1b2c3d4
#define MAGIC_NS	0xa1b23c4d
#define MAGIC_PCAPNG	0x0a0d0d0a	/* the same backwards */
#define VERSION_MAJOR	2

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy;
	uint32_t snaplen;
	uint32_t link;			/* the upper half says other things */
};

struct packet_header {
	uint32_t seconds, fraction;
	uint32_t len, whole;
};

static uint32_t number(const struct capture *c, uint32_t v)
{
	return c->swapped ? bswap_32(v) : v;
}

const char *capture_open(struct capture *c, FILE *file)
{
	struct file_header h;
	uint16_t major;
	uint32_t magic;

	*c = (struct capture){ .file = file, .unit_ns = 1000 };
	if (fread(&h, sizeof(h), 1, file) != 1)
		return "too short for a recording";
	if (h.magic == MAGIC_PCAPNG)
		return "it is pcapng: have it written anew by tcpdump -r FILE -w OTHER";
	c->swapped = bswap_32(h.magic) == MAGIC_US || bswap_32(h.magic) == MAGIC_NS;
	magic = number(c, h.magic);
	if (magic == MAGIC_NS)
		c->unit_ns = 1;
	else if (magic != MAGIC_US)
		return "it is not what tcpdump -w writes";
	major = c->swapped ? bswap_16(h.major) : h.major;
	if (major != VERSION_MAJOR)
		return "it is of an unknown version of pcap";
	c->link = number(c, h.link) & 0xffff;
	if (!packet_link_known(c->link))
		return "it is of neither Ethernet nor tcpdump -i any";
	c->data = malloc(CAPTURE_PACKET_MAX);
	if (!c->data)
		return "out of memory";
	return NULL;
}

bool capture_next(struct capture *c, const char **wrong)
{
	struct packet_header h;
	size_t n = fread(&h, 1, sizeof(h), c->file);

	*wrong = NULL;
	if (!n && feof(c->file))
		return false;
	*wrong = "the recording ends within a packet";
	if (n != sizeof(h))
		return false;
	c->len = number(c, h.len);
	c->time_ns = number(c, h.seconds) * 1000000000ULL +
		     number(c, h.fraction) * (uint64_t)c->unit_ns;
	if (c->len > CAPTURE_PACKET_MAX) {
		*wrong = "the recording has a packet that is longer than any: it is damaged";
		return false;
	}
	if (fread(c->data, 1, c->len, c->file) != c->len)
		return false;
	*wrong = NULL;
	return true;
}

void capture_close(struct capture *c)
{
	free(c->data);
	c->data = NULL;
}
