/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Raw generic netlink requests, for programs that send what a library would not.
 * One request at a time, on one socket.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <linux/genetlink.h>
#include <linux/hbkm.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER	65536

static int sock;
static uint16_t family;
static uint32_t event_group;

static union {
	struct nlmsghdr hdr;
	uint8_t bytes[BUFFER];
} out;

static uint8_t in[BUFFER];

static inline void begin(uint8_t cmd)
{
	struct genlmsghdr *genl = (void *)(out.bytes + NLMSG_HDRLEN);

	memset(&out, 0, 2048);	/* more than any sound request; a byte left over from another does no harm */
	out.hdr.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	out.hdr.nlmsg_type = family;
	out.hdr.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl->cmd = cmd;
	genl->version = HBKM_GENL_VERSION;
}

static inline void put(int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)(out.bytes + NLMSG_ALIGN(out.hdr.nlmsg_len));

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((uint8_t *)a + NLA_HDRLEN, data, len);
	out.hdr.nlmsg_len = NLMSG_ALIGN(out.hdr.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

static inline void put8(int type, uint8_t v) { put(type, &v, sizeof(v)); }
static inline void put16(int type, uint16_t v) { put(type, &v, sizeof(v)); }
static inline void put32(int type, uint32_t v) { put(type, &v, sizeof(v)); }
static inline void put_text(int type, const char *text) { put(type, text, strlen(text) + 1); }

/* Which numbers the family and its one group have now. Ends the program where there is none. */
static inline void resolve(void)
{
	ssize_t n;

	family = GENL_ID_CTRL;
	begin(CTRL_CMD_GETFAMILY);
	put_text(CTRL_ATTR_FAMILY_NAME, HBKM_GENL_NAME);
	if (send(sock, &out, out.hdr.nlmsg_len, 0) < 0) {
		perror("send");
		exit(2);
	}
	n = recv(sock, in, sizeof(in), 0);
	family = 0;
	for (ssize_t at = NLMSG_LENGTH(GENL_HDRLEN); at + NLA_HDRLEN <= n;) {
		const struct nlattr *a = (const void *)(in + at);

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, (const uint8_t *)a + NLA_HDRLEN, sizeof(family));
		/* A list of groups, and the id is the first that is said of one. */
		if (a->nla_type == CTRL_ATTR_MCAST_GROUPS)
			memcpy(&event_group, (const uint8_t *)a + 3 * NLA_HDRLEN, sizeof(event_group));
		if (!a->nla_len)
			break;
		at += NLA_ALIGN(a->nla_len);
	}
	recv(sock, in, sizeof(in), 0);		/* the acknowledgement */
	if (!family) {
		fprintf(stderr, "there is no family " HBKM_GENL_NAME "\n");
		exit(2);
	}
}

#endif /* REQUEST_H */
