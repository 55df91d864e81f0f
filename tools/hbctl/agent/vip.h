/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Service addresses on interfaces, by rtnetlink. Everything that takes time is
 * done in advance, by vip_prepare(): to bring an address up is then one message
 * to the kernel and its answer.
 *
 * Addresses put there by us carry a mark (IFA_PROTO), so that a later agent
 * knows them, whatever became of the configuration meanwhile.
 */
#ifndef HBCTL_VIP_H
#define HBCTL_VIP_H

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "ip.h"
#include "notice.h"

#define VIP_MARK	0x68		/* IFA_PROTO: 'h' */

struct vip_message {
	struct nlmsghdr h;
	struct ifaddrmsg ifa;
	uint8_t attrs[96];
};

struct vip {
	struct in6_addr addr;		/* IPv4 as IPv4-mapped, here as everywhere below */
	/* as configured */
	char want_ifname[IFNAMSIZ];	/* "": by route */
	int want_prefix_len;		/* -1: by route */
	struct in_addr want_broadcast;	/* IPv4; 0.0.0.0: the highest of the subnet */
	char label[IFNAMSIZ];		/* "": none */
	/* as found; ifindex 0: not (yet) to be found */
	int ifindex;
	char ifname[IFNAMSIZ];
	uint8_t prefix_len;
	struct vip_message add;
	struct vip_message del;
	struct notice notice;
	bool direct;			/* its network was found; from then on no other route will do */
	bool up;			/* the interface is */
	bool running;			/* the interface is up, with carrier */
	/* as far as we know */
	bool held;
	bool missing;			/* it should be there, but cannot: said so already */
	bool left;			/* it is the machine's own, and stays: said so already */
	uint64_t looked_at;		/* when its place was last looked for, for others' changes */
	bool look_again;		/* there was another change since, too soon to look */
	unsigned int restored;		/* times within restored_since's second */
	uint64_t restored_since;
};

/* An address that is on an interface. */
struct vip_present {
	int ifindex;
	struct in6_addr addr;
	uint8_t prefix_len;
	char label[IFNAMSIZ];
	bool ours;			/* it has our mark */
	bool secondary;			/* beside another of its network */
};

enum vip_change_kind {
	VIP_LINK,			/* interface: new, or anything about it changed */
	VIP_LINK_GONE,
	VIP_ADDR,			/* an address appeared */
	VIP_ADDR_GONE,
};

struct vip_change {
	enum vip_change_kind kind;
	int ifindex;
	char ifname[IFNAMSIZ];		/* LINK, LINK_GONE */
	bool up;			/* LINK */
	bool running;			/* LINK: up, with carrier */
	struct in6_addr addr;		/* ADDR, ADDR_GONE */
	uint8_t prefix_len;		/* the same */
};

/* A route, as far as it matters to find the interface of an address. */
struct vip_route {
	struct in6_addr dst;
	uint8_t prefix_len;		/* in bits of its family */
	int ifindex;
	bool direct;			/* no gateway */
	uint32_t priority;
};

struct rtnl;

int vip_open(struct rtnl **out);
void vip_close(struct rtnl *rt);
/* The kernel's words for the last failure. */
const char *vip_error(const struct rtnl *rt);

/* Takes the configuration of an address; nothing is asked of the system. */
void vip_init(struct vip *v, const struct config_address *a);

/* Do both mean the same address at the same place? */
bool vip_same(const struct vip *a, const struct vip *b);

/**
 * vip_prepare - find interface and prefix, build the messages and frames
 * @rt: of vip_open()
 * @v: the address
 *
 * May be repeated whenever the interface changed.
 *
 * Return: 0, or -errno, with @v->ifindex 0: -ENODEV no such interface,
 * -ENETUNREACH no route to the address tells its interface or prefix
 */
int vip_prepare(struct rtnl *rt, struct vip *v);

/* The kernel adds an address to an interface that is down, where it serves nobody: 0, or -ENETDOWN. */
int vip_check_up(struct rtnl *rt, const struct vip *v);

/* The same for an interface that was found already: its name or MAC changed. */
int vip_refresh(struct rtnl *rt, struct vip *v);

/**
 * vip_add - put addresses on their interfaces, all in one go
 * @rt: of vip_open()
 * @vips: prepared ones
 * @n: how many
 * @failed: receives the index of the first that failed; may be NULL
 *
 * One that is there already is fine. After a failure those that were added are
 * removed again.
 *
 * Return: 0, or -errno
 */
int vip_add(struct rtnl *rt, struct vip *vips, size_t n, size_t *failed);

/**
 * vip_remove - take addresses off their interfaces, all in one go
 * @rt: of vip_open()
 * @vips: those without an interface are left out
 * @n: how many
 * @failed: receives the index of the first that failed; may be NULL
 *
 * One that is not there is fine.
 *
 * Return: 0, or -errno
 */
int vip_remove(struct rtnl *rt, struct vip *vips, size_t n, size_t *failed);

/**
 * vip_restore - put back one that somebody may have removed
 * @rt: of vip_open()
 * @v: the address
 *
 * Return: 1 if it was missing, 0 if it was there, or -errno
 */
int vip_restore(struct rtnl *rt, struct vip *v);

/* Take exactly this address off, as found by vip_list(). */
int vip_remove_present(struct rtnl *rt, const struct vip_present *p);

/**
 * vip_list - all addresses on all interfaces
 * @rt: of vip_open()
 * @out: receives an array to free()
 * @n: receives its length
 */
int vip_list(struct rtnl *rt, struct vip_present **out, size_t *n);

/**
 * vip_pick_route - on which network is an address?
 * @routes: unicast routes of the main table
 * @n: how many
 * @addr: the address
 * @any: also routes through a gateway, and default routes
 *
 * Return: the route with the longest prefix, then with the smallest priority,
 * or NULL
 */
const struct vip_route *vip_pick_route(const struct vip_route *routes, size_t n,
				       const struct in6_addr *addr, bool any);

/* ---- changes made by anybody ---- */

/* For poll(). */
int vip_watch_fd(const struct rtnl *rt);

/**
 * vip_watch_receive - take what has changed, without waiting
 * @rt: of vip_open()
 * @handle: called for each change
 * @data: for @handle
 *
 * Return: 0 when there is no more, -ENOBUFS if some were lost, or -errno
 */
int vip_watch_receive(struct rtnl *rt, void (*handle)(const struct vip_change *c, void *data),
		      void *data);

#endif /* HBCTL_VIP_H */
