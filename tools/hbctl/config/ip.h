/* SPDX-License-Identifier: GPL-2.0 */
/* An address of either family: IPv4 as IPv4-mapped IPv6, as the kernel's side has it. */
#ifndef HBCTL_IP_H
#define HBCTL_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

static inline bool ip_is_v4(const struct in6_addr *ip)
{
	return IN6_IS_ADDR_V4MAPPED(ip);
}

static inline bool ip_same(const struct in6_addr *a, const struct in6_addr *b)
{
	return IN6_ARE_ADDR_EQUAL(a, b);
}

/* The bits of a whole address of its family. */
static inline unsigned int ip_bits(const struct in6_addr *ip)
{
	return ip_is_v4(ip) ? 32 : 128;
}

/* Its bytes in its own family's form: 4 or 16 of them. */
static inline const void *ip_bytes(const struct in6_addr *ip)
{
	return &ip->s6_addr[ip_is_v4(ip) ? 12 : 0];
}

static inline bool ip_is_set(const struct in6_addr *ip)
{
	return !IN6_IS_ADDR_UNSPECIFIED(ip);
}

struct in6_addr ip_from_v4(struct in_addr v4);

struct sockaddr;

/* Return: false if that is of neither family, or NULL. */
bool ip_from_sockaddr(const struct sockaddr *from, struct in6_addr *ip);

/* What an IPv4-mapped address is in itself. */
struct in_addr ip_to_v4(const struct in6_addr *ip);

/* Is @ip, of the same family, within @net/@prefix_len? */
bool ip_within(const struct in6_addr *ip, const struct in6_addr *net, unsigned int prefix_len);

/* In words. Return: @text. */
const char *ip_text(const struct in6_addr *ip, char text[INET6_ADDRSTRLEN]);

#endif /* HBCTL_IP_H */
