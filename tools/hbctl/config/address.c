// SPDX-License-Identifier: GPL-2.0
/*
 * The argument of IPaddr and IPaddr2: ADDRESS[/MASK[/DEVICE[:LABEL]][/BROADCAST]];
 * and that of IPv6addr, which IPaddr2 takes, too: ADDRESS[/PREFIX[/DEVICE]].
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "internal.h"

#define FIELDS_MAX	4

/* 24, or 255.255.255.0 */
static int mask_parse(const struct place *at, const char *text, int *prefix_len)
{
	struct in_addr addr;
	unsigned int bits;
	uint32_t mask;

	if (!uint_parse(text, 32, &bits) && bits) {
		*prefix_len = bits;
		return 0;
	}
	if (inet_pton(AF_INET, text, &addr) == 1) {
		mask = ntohl(addr.s_addr);
		/* ones, then zeros: what is not set is one less than a power of two */
		if (mask && !(~mask & (~mask + 1))) {
			*prefix_len = __builtin_popcount(mask);
			return 0;
		}
	}
	place_error(at, "[%s] is not a mask: 1 to 32, or as 255.255.255.0, is wanted behind the address (ADDRESS/MASK/DEVICE)",
		    text);
	return -1;
}

/* eth0, or eth0:1: then the address gets that label */
static int device_parse(const struct place *at, char *text, struct config_address *a)
{
	char *colon = strchr(text, ':'), *letter;
	size_t len = strlen(text);

	if (colon) {
		if (len >= IFNAMSIZ || !colon[1]) {
			place_error(at, "[%s] is not a label: DEVICE:NAME of at most %d letters is wanted, as eth0:1",
				    text, IFNAMSIZ - 1);
			return -1;
		}
		for (letter = colon + 1; *letter; letter++) {
			if (!isgraph((unsigned char)*letter)) {
				place_error(at, "[%s] is not a label: plain ASCII letters and digits are wanted",
					    text);
				return -1;
			}
		}
		memcpy(a->label, text, len + 1);
		*colon = '\0';
	}
	return ifname_parse(at, "device", text, a->ifname);
}

/* What a host of the network can have, but none should. */
static void v4_check(const struct place *at, const char *text, const struct config_address *a)
{
	uint32_t host = ntohl(ip_to_v4(&a->addr).s_addr), hosts;

	if (host >> 24 == 127) {
		place_warning(at, "[%s] is a loopback address: no other machine can reach it", text);
		return;
	}
	/* networks of one address or two have neither */
	if (a->prefix_len < 0 || a->prefix_len > 30)
		return;
	hosts = UINT32_MAX >> a->prefix_len;
	if (!(host & hosts))
		place_warning(at, "[%s] is the address of the network /%d itself, not that of a host in it",
			      text, a->prefix_len);
	else if ((host & hosts) == hosts)
		place_warning(at, "[%s] is the broadcast address of its network /%d, not that of a host in it",
			      text, a->prefix_len);
}

static int v4_parse(const struct place *at, const char *text, char **fields, size_t n,
		    struct config_address *a)
{
	const char *broadcast = NULL;
	struct in_addr v4;

	if (host_addr_parse(at, "resource", fields[0], &v4))
		return -1;
	a->addr = ip_from_v4(v4);
	if (n > 1 && fields[1][0] && mask_parse(at, fields[1], &a->prefix_len))
		return -1;
	if (n > 2) {
		/* Heartbeat's rule: a device's name does not begin with a digit */
		if (isdigit((unsigned char)fields[2][0]))
			broadcast = fields[2];
		else if (fields[2][0] && device_parse(at, fields[2], a))
			return -1;
	}
	if (n > 3) {
		if (broadcast) {
			place_error(at, "[%s]: nothing goes behind the broadcast address; the device goes before it (ADDRESS/MASK/DEVICE/BROADCAST)",
				    text);
			return -1;
		}
		if (fields[3][0])
			broadcast = fields[3];
	}
	if (broadcast && inet_pton(AF_INET, broadcast, &a->broadcast) != 1) {
		place_error(at, "[%s] is not a broadcast address, as 10.0.2.255; a device's name goes before it and begins with a letter",
			    broadcast);
		return -1;
	}
	v4_check(at, fields[0], a);
	return 0;
}

static int v6_parse(const struct place *at, const char *text, char **fields, size_t n,
		    struct config_address *a)
{
	unsigned int bits;

	if (inet_pton(AF_INET6, fields[0], &a->addr) != 1) {
		place_error(at, "resource [%s] is not an IPv6 address, as 2001:db8::100/64/eth0", text);
		return -1;
	}
	if (IN6_IS_ADDR_MULTICAST(&a->addr) || IN6_IS_ADDR_UNSPECIFIED(&a->addr) ||
	    IN6_IS_ADDR_LOOPBACK(&a->addr) || IN6_IS_ADDR_V4MAPPED(&a->addr)) {
		place_error(at, "resource: [%s] is not the address of a host", fields[0]);
		return -1;
	}
	if (n > 3) {
		place_error(at, "[%s] has too many parts: ADDRESS/PREFIX/DEVICE is all there can be", text);
		return -1;
	}
	if (n > 1 && fields[1][0]) {
		if (uint_parse(fields[1], 128, &bits) || !bits) {
			place_error(at, "[%s] is not the length of a prefix: 1 to 128 is wanted behind the address (ADDRESS/PREFIX/DEVICE)",
				    fields[1]);
			return -1;
		}
		a->prefix_len = (int)bits;
	}
	if (n > 2 && fields[2][0]) {
		if (strchr(fields[2], ':')) {
			place_error(at, "[%s]: IPv6 addresses have no label: the device alone is wanted", fields[2]);
			return -1;
		}
		return ifname_parse(at, "device", fields[2], a->ifname);
	}
	if (IN6_IS_ADDR_LINKLOCAL(&a->addr)) {
		place_error(at, "[%s] is a link-local address: it needs its device (ADDRESS/PREFIX/DEVICE)", text);
		return -1;
	}
	return 0;
}

/**
 * address_parse - an address with its mask, device, label and broadcast address
 * @at: where, for messages
 * @text: as behind IPaddr:: or IPv6addr::
 * @v6: it is to be an IPv6 address
 * @a: receives it
 *
 * Return: 0, or -1 after an error.
 */
int address_parse(const struct place *at, const char *text, bool v6, struct config_address *a)
{
	char copy[CONFIG_LINE_MAX + 1], *rest = copy, *fields[FIELDS_MAX], *part;
	size_t n = 0;

	memset(a, 0, sizeof(*a));
	a->prefix_len = -1;
	if (strlen(text) >= sizeof(copy))
		return -1;
	strcpy(copy, text);
	while ((part = strsep(&rest, "/"))) {
		if (n == FIELDS_MAX) {
			place_error(at, "[%s] has too many parts: %s is all there can be", text,
				    v6 ? "ADDRESS/PREFIX/DEVICE" : "ADDRESS/MASK/DEVICE/BROADCAST");
			return -1;
		}
		fields[n++] = part;
	}
	return v6 ? v6_parse(at, text, fields, n, a) : v4_parse(at, text, fields, n, a);
}

/* Is this an IPv6 address, whatever is behind it? */
bool address_is_ipv6(const char *text)
{
	struct in6_addr addr;
	char copy[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "/%");

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET6, copy, &addr) == 1;
}
