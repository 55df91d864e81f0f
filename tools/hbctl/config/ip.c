// SPDX-License-Identifier: GPL-2.0
/* An address of either family. */
#include <arpa/inet.h>
#include <string.h>

#include "ip.h"

struct in6_addr ip_from_v4(struct in_addr v4)
{
	struct in6_addr ip = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(&ip.s6_addr[12], &v4, sizeof(v4));
	return ip;
}

bool ip_from_sockaddr(const struct sockaddr *from, struct in6_addr *ip)
{
	if (from && from->sa_family == AF_INET)
		*ip = ip_from_v4(((const struct sockaddr_in *)from)->sin_addr);
	else if (from && from->sa_family == AF_INET6)
		*ip = ((const struct sockaddr_in6 *)from)->sin6_addr;
	else
		return false;
	return true;
}

struct in_addr ip_to_v4(const struct in6_addr *ip)
{
	struct in_addr v4;

	memcpy(&v4, &ip->s6_addr[12], sizeof(v4));
	return v4;
}

bool ip_within(const struct in6_addr *ip, const struct in6_addr *net, unsigned int prefix_len)
{
	unsigned int bits = 128 - ip_bits(net) + prefix_len, whole = bits / 8;
	uint8_t rest = (uint8_t)(0xff00 >> bits % 8);

	return ip_is_v4(ip) == ip_is_v4(net) && !memcmp(ip, net, whole) &&
	       (whole == sizeof(*ip) || !((ip->s6_addr[whole] ^ net->s6_addr[whole]) & rest));
}

const char *ip_text(const struct in6_addr *ip, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(ip_is_v4(ip) ? AF_INET : AF_INET6, ip_bytes(ip), text, INET6_ADDRSTRLEN);
}
