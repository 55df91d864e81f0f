// SPDX-License-Identifier: GPL-2.0
/*
 * Single values: times, numbers, booleans, names, addresses.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "internal.h"

/* @value * 10 + @digit; sticks at UINT64_MAX / 16 rather than overflow. */
static uint64_t append_digit(uint64_t value, char digit)
{
	const uint64_t limit = UINT64_MAX / 16;

	return value >= limit / 10 ? limit : value * 10 + (digit - '0');
}

int time_parse_us(const char *text, uint32_t *us)
{
	uint64_t whole = 0, part = 0, part_of = 1, unit, value;
	bool digits = false;

	text += strspn(text, BLANKS);
	for (; isdigit((unsigned char)*text); text++, digits = true)
		whole = append_digit(whole, *text);
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text); text++, digits = true) {
			/* digits beyond the ninth are below a nanosecond */
			if (part_of == 1000000000)
				continue;
			part = part * 10 + (*text - '0');
			part_of *= 10;
		}
	}
	if (!digits)
		return -1;

	text += strspn(text, BLANKS);
	if (!*text)
		unit = 1000000;
	else if (!strncasecmp(text, "ms", 2))
		unit = 1000;
	else if (!strncasecmp(text, "us", 2))
		unit = 1;
	else
		return -1;

	if (whole > UINT32_MAX / unit) {
		*us = UINT32_MAX;
		return 0;
	}
	value = whole * unit + (part * unit + part_of / 2) / part_of;
	*us = value > UINT32_MAX ? UINT32_MAX : value;
	return 0;
}

/**
 * time_text - a time in milliseconds, as Heartbeat's messages have it
 * @us: the time
 * @buf: receives it, with decimals only where needed: "1000", "0.25"
 *
 * Return: @buf
 */
const char *time_text(uint32_t us, char buf[32])
{
	int len = snprintf(buf, 32, "%u.%03u", us / 1000, us % 1000);

	while (buf[len - 1] == '0')
		buf[--len] = '\0';
	if (buf[len - 1] == '.')
		buf[--len] = '\0';
	return buf;
}

/**
 * bool_parse - Heartbeat's booleans, in either case
 * @text: on yes y true 1, off no n false 0
 * @value: receives it
 *
 * Return: 0, or -1 if it is none of these.
 */
int bool_parse(const char *text, bool *value)
{
	static const char * const words[][2] = {
		{ "off", "on" }, { "no", "yes" }, { "n", "y" }, { "false", "true" }, { "0", "1" },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		for (j = 0; j < 2; j++) {
			if (!strcasecmp(text, words[i][j])) {
				*value = j;
				return 0;
			}
		}
	}
	return -1;
}

/**
 * uint_parse - a decimal number, and nothing else
 * @text: digits
 * @max: the largest that is accepted
 * @value: receives it
 *
 * Return: 0, or -1 if it is no number or greater than @max.
 */
int uint_parse(const char *text, unsigned int max, unsigned int *value)
{
	uint64_t n = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return -1;
		n = append_digit(n, *text);
	}
	if (n > max)
		return -1;
	*value = n;
	return 0;
}

/* Would the kernel have a device of this name? */
bool ifname_valid(const char *text)
{
	size_t len = strnlen(text, IFNAMSIZ);

	if (!len || len >= IFNAMSIZ || !strcmp(text, ".") || !strcmp(text, ".."))
		return false;
	for (; *text; text++) {
		if (*text == '/' || *text == ':' || !isgraph((unsigned char)*text))
			return false;
	}
	return true;
}

/**
 * ifname_parse - the name of a network device
 * @at: where, for messages
 * @what: the directive, for messages
 * @text: the word
 * @ifname: receives it
 *
 * Return: 0, or -1 after an error.
 */
int ifname_parse(const struct place *at, const char *what, const char *text,
		 char ifname[IFNAMSIZ])
{
	if (!ifname_valid(text)) {
		if (strchr(text, ':'))
			place_error(at, "%s: [%s] is an alias: name the device itself, as %.*s",
				    what, text, (int)strcspn(text, ":"), text);
		else
			place_error(at, "%s: [%s] is not a network device's name (as eth0, at most %d letters)",
				    what, text, IFNAMSIZ - 1);
		return -1;
	}
	memset(ifname, 0, IFNAMSIZ);
	memcpy(ifname, text, strlen(text));
	return 0;
}

/**
 * host_addr_parse - the IPv4 address of one host
 * @at: where, for messages
 * @what: whose, for messages
 * @text: the word
 * @addr: receives it
 *
 * Return: 0, or -1 after an error.
 */
int host_addr_parse(const struct place *at, const char *what, const char *text,
		    struct in_addr *addr)
{
	char v6[INET6_ADDRSTRLEN + 1];
	struct in6_addr addr6;
	size_t len = strcspn(text, "%/");
	uint32_t host;

	if (inet_pton(AF_INET, text, addr) != 1) {
		if (len < sizeof(v6)) {
			memcpy(v6, text, len);
			v6[len] = '\0';
			if (inet_pton(AF_INET6, v6, &addr6) == 1) {
				place_error(at, "%s: [%s] is an IPv6 address; one of IPv4 is wanted",
					    what, text);
				return -1;
			}
		}
		place_error(at, "%s: [%s] is not an IPv4 address (as 10.0.2.15); names are not looked up, as Heartbeat would, so write the address itself",
			    what, text);
		return -1;
	}
	host = ntohl(addr->s_addr);
	if (host >> 24 == 0 || host >= 0xe0000000U) {
		place_error(at, "%s: [%s] is not the address of a host", what, text);
		return -1;
	}
	return 0;
}

/**
 * host6_addr_parse - the IPv6 address of one host
 * @at: where, for messages
 * @what: whose, for messages
 * @text: the word
 * @addr: receives it
 *
 * Return: 0, or -1 after an error.
 */
int host6_addr_parse(const struct place *at, const char *what, const char *text,
		     struct in6_addr *addr)
{
	if (inet_pton(AF_INET6, text, addr) != 1) {
		place_error(at, "%s: [%s] is not an IPv6 address (as 2001:db8::1); names are not looked up, as Heartbeat would, so write the address itself",
			    what, text);
		return -1;
	}
	if (IN6_IS_ADDR_MULTICAST(addr) || IN6_IS_ADDR_UNSPECIFIED(addr) ||
	    IN6_IS_ADDR_V4MAPPED(addr)) {
		place_error(at, "%s: [%s] is not the address of a host", what, text);
		return -1;
	}
	return 0;
}

/**
 * outside_addr_parse - the address of a host that is to answer pings
 * @at: where, for messages
 * @what: the directive, for messages
 * @text: the word
 * @family: AF_INET or AF_INET6
 * @addr: receives it, IPv4 as IPv4-mapped
 *
 * Return: 0, or -1 after an error.
 */
int outside_addr_parse(const struct place *at, const char *what, const char *text, int family,
		       struct in6_addr *addr)
{
	struct in_addr v4;

	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET) {
		if (inet_pton(AF_INET6, text, addr) == 1) {
			place_error(at, "%s: [%s] is an IPv6 address: write ping6 %s", what, text,
				    text);
			return -1;
		}
		if (host_addr_parse(at, what, text, &v4))
			return -1;
		*addr = ip_from_v4(v4);
		return 0;
	}
	if (host6_addr_parse(at, what, text, addr))
		return -1;
	if (IN6_IS_ADDR_LINKLOCAL(addr)) {
		place_error(at, "%s: [%s] is a link-local address, which does not say over which device: name another address of that host",
			    what, text);
		return -1;
	}
	return 0;
}

/**
 * node_name_parse - a node's name, made lower case as Heartbeat does
 * @text: the word
 * @name: receives it
 *
 * Return: 0, or -1 if no host can be named so.
 */
int node_name_parse(const char *text, char name[HBKM_NAME_MAX + 1])
{
	size_t i, len = strnlen(text, HBKM_NAME_MAX + 1);

	if (!len || len > HBKM_NAME_MAX)
		return -1;
	memset(name, 0, HBKM_NAME_MAX + 1);
	for (i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (c >= 0x80 || !(isalnum(c) || strchr("-._", c)))
			return -1;
		name[i] = tolower(c);
	}
	return 0;
}
