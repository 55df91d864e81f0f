/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels from 6.1 on that hbkm meets. The code is
 * written for the newest; each shim says since when that is so, and can go when
 * the floor is there. Kbuild finds out what a kernel has, by looking at its headers.
 */
#ifndef HBKM_COMPAT_H
#define HBKM_COMPAT_H

#include <linux/device/class.h>
#include <linux/hrtimer.h>
#include <linux/version.h>
#include <net/ndisc.h>
#include <net/udp_tunnel.h>

/* hrtimer_setup() came with 6.13 (908a1d775422), hrtimer_init() went with 6.15. */
#ifndef HBKM_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* UDP tunnel sockets are passed as struct sock since 7.x, as struct socket before. */
#ifdef HBKM_HAVE_UDP_TUNNEL_SOCK
#define hbkm_udp_tunnel_arg(sock)	((sock)->sk)
#else
#define hbkm_udp_tunnel_arg(sock)	(sock)
#endif

/* struct class methods take a const device since 6.2 (fa627348cfc7). */
#ifdef HBKM_HAVE_CLASS_CONST_DEVICE
#define HBKM_CLASS_CONST	const
#else
#define HBKM_CLASS_CONST
#endif

/* The namespace of a class device is a struct ns_common since 7.x. */
#ifdef HBKM_HAVE_CLASS_NS_COMMON
#define hbkm_class_ns_t		const struct ns_common
#define hbkm_class_ns(net)	(&(net)->ns)
#else
#define hbkm_class_ns_t		const void
#define hbkm_class_ns(net)	(net)
#endif

/* IPv6 cannot be a module since 7.x; before, what it does not export is called through a stub. */
#ifdef HBKM_HAVE_IPV6_STUB_NA
#include <net/ipv6_stubs.h>
#define hbkm_ndisc_send_na	ipv6_stub->ndisc_send_na
#else
#define hbkm_ndisc_send_na	ndisc_send_na
#endif

#endif /* HBKM_COMPAT_H */
