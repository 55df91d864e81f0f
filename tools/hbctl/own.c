// SPDX-License-Identifier: GPL-2.0
/* This node's own addresses: a ucast line to one of them is the node's own. */
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "own.h"

ssize_t own_list(struct config_own **own)
{
	struct config_own *v = NULL, *more, a;
	struct ifaddrs *list, *i;
	size_t n = 0;

	*own = NULL;
	if (getifaddrs(&list))
		return -1;
	for (i = list; i; i = i->ifa_next) {
		/* The name of an IPv4 address may be its label. */
		size_t len = strcspn(i->ifa_name, ":");

		memset(&a, 0, sizeof(a));
		if (!ip_from_sockaddr(i->ifa_addr, &a.addr) || len >= sizeof(a.ifname))
			continue;
		memcpy(a.ifname, i->ifa_name, len);
		a.alias = i->ifa_name[len];
		more = reallocarray(v, n + 1, sizeof(*v));
		if (!more) {
			free(v);
			freeifaddrs(list);
			return -1;
		}
		v = more;
		v[n++] = a;
	}
	freeifaddrs(list);
	*own = v;
	return n;
}
