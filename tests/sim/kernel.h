/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of a kernel as the module's own files need to run in the simulator:
 * included before each of them, in place of <linux/...> and <net/...>, for
 * which the build lays out empty files. Time, timers and the network are the
 * simulator's (engine.c); locks are checked, since one thread can tell; the rest
 * does as little as possible.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <hbkm/pure.h>

/* types and compiler */
typedef u16 __be16;
typedef u32 __be32;
#define __percpu
#define __rcu
#define __aligned(n)		__attribute__((__aligned__(n)))
#define fallthrough		__attribute__((__fallthrough__))
#define unlikely(x)		(x)
#define data_race(x)		(x)
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define U64_MAX			UINT64_MAX
#define min_t(type, a, b)	({ type a__ = (a), b__ = (b); a__ < b__ ? a__ : b__; })
#define max_t(type, a, b)	({ type a__ = (a), b__ = (b); a__ > b__ ? a__ : b__; })
#define min(a, b)		({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define htons(x)		(x)

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static inline bool IS_ERR(const void *p)
{
	return (unsigned long)p >= (unsigned long)-4095;
}

#define ERR_PTR(e)		((void *)(long)(e))
#define PTR_ERR(p)		((int)(long)(p))

static inline long strscpy(char *to, const char *from, size_t size)
{
	return snprintf(to, size, "%s", from);
}

/* memory */
#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define GFP_ATOMIC		0
#define __GFP_NOWARN		0
#define kzalloc(size, gfp)	calloc(1, size)
#define kfree(p)		free(p)

/* locks: taken twice, given back twice, or missing, they stop the simulation */
void sim_bug(const char *what, const char *file, int line);

#define SIM_BUG_ON(cond)	do { if (cond) sim_bug(#cond, __FILE__, __LINE__); } while (0)

typedef struct {
	bool held;
} spinlock_t;

struct mutex {
	bool held;
};

#define spin_lock_init(l)	((l)->held = false)
#define spin_lock(l)		do { SIM_BUG_ON((l)->held); (l)->held = true; } while (0)
#define spin_unlock(l)		do { SIM_BUG_ON(!(l)->held); (l)->held = false; } while (0)
#define spin_lock_bh(l)		spin_lock(l)
#define spin_unlock_bh(l)	spin_unlock(l)
#define spin_lock_irqsave(l, f)	do { (f) = 0; spin_lock(l); } while (0)
#define spin_unlock_irqrestore(l, f) do { (void)(f); spin_unlock(l); } while (0)
#define lockdep_assert_held(l)	SIM_BUG_ON(!(l)->held)
#define ASSERT_RTNL()		do { } while (0)

#define rcu_read_lock()		do { } while (0)
#define rcu_read_unlock()	do { } while (0)
#define rcu_dereference(p)	(p)
#define rcu_dereference_protected(p, c)	(p)
#define rcu_access_pointer(p)	(p)
#define synchronize_net()	do { } while (0)
#define local_bh_disable()	do { } while (0)
#define local_bh_enable()	do { } while (0)

struct rcu_head {
	int unused;
};

/* lists */
struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}

static inline void list_add_tail(struct list_head *e, struct list_head *l)
{
	e->next = l;
	e->prev = l->prev;
	l->prev->next = e;
	l->prev = e;
}

static inline void list_del(struct list_head *e)
{
	e->prev->next = e->next;
	e->next->prev = e->prev;
}

#define list_add_tail_rcu	list_add_tail
#define list_del_rcu		list_del
#define list_empty(l)		((l)->next == (l))
#define list_entry(p, type, m)	container_of(p, type, m)
#define list_for_each_entry(p, l, m)						\
	for (p = list_entry((l)->next, __typeof__(*p), m); &p->m != (l);	\
	     p = list_entry(p->m.next, __typeof__(*p), m))
#define list_for_each_entry_rcu(p, l, m, ...) list_for_each_entry(p, l, m)
#define list_for_each_entry_safe(p, n, l, m)					\
	for (p = list_entry((l)->next, __typeof__(*p), m),			\
	     n = list_entry(p->m.next, __typeof__(*p), m); &p->m != (l);	\
	     p = n, n = list_entry(n->m.next, __typeof__(*n), m))

/* counters */
struct u64_stats_sync {
	int unused;
};

typedef struct {
	u64 v;
} u64_stats_t;

#define u64_stats_update_begin(s)	((void)(s))
#define u64_stats_update_end(s)		((void)(s))
#define u64_stats_fetch_begin(s)	((void)(s), 0)
#define u64_stats_fetch_retry(s, x)	((void)(x), false)
#define u64_stats_inc(p)		((p)->v++)
#define u64_stats_read(p)		((p)->v)
#define this_cpu_ptr(p)			(p)
#define per_cpu_ptr(p, cpu)		((void)(cpu), (p))
#define for_each_possible_cpu(cpu)	for (cpu = 0; cpu < 1; cpu++)
#define __netdev_alloc_pcpu_stats(type, gfp)	((type *)calloc(1, sizeof(type)))
#define free_percpu(p)			free(p)

typedef struct {
	s64 v;
} atomic64_t;

#define atomic64_inc(a)			((a)->v++)
#define atomic64_read(a)		((a)->v)

/* time and timers */
#define NSEC_PER_USEC		1000L
#define NSEC_PER_MSEC		1000000L
#define CLOCK_MONOTONIC		1
#define CAP_NET_ADMIN		12
#define HBKM_HAVE_HRTIMER_SETUP

typedef s64 ktime_t;

#define div_u64(a, b)		((u64)(a) / (u32)(b))
#define div64_u64(a, b)		((u64)(a) / (u64)(b))


/* Frames that wait are stalled by the simulator, and not to be pushed. */
static inline void hbkm_push_softirq(void)
{
}

static inline bool capable(int what)
{
	return true;
}

static inline void hbkm_push_hears(void)
{
}

static inline void hbkm_push_hearing(void)
{
}

static inline bool hbkm_push_receive(void)
{
	return false;
}

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
enum hrtimer_mode { HRTIMER_MODE_ABS_SOFT, HRTIMER_MODE_ABS_HARD };

/* Something that will happen: @place is its place in the queue, -1: nowhere. */
struct sim_event {
	u64 at;
	u64 then;
	u64 order;
	int place;
	void (*happen)(struct sim_event *e);
};

/*
 * Softirqs have an order: a tasklet of the first kind runs before what is received,
 * one of the other kind after it.
 */
#define CONFIG_PREEMPT_RT	0
#define IS_ENABLED(option)	(option)

struct sim_machine;

struct tasklet_struct {
	struct sim_event event;
	struct sim_machine *machine;
	void (*callback)(struct tasklet_struct *t);
};

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *));
void tasklet_hi_schedule(struct tasklet_struct *t);
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_kill(struct tasklet_struct *t);

struct hrtimer {
	struct sim_event event;
	struct sim_machine *machine;
	ktime_t expires;
	u64 armed;
	enum hrtimer_restart (*function)(struct hrtimer *timer);
};

u64 ktime_get_ns(void);
u64 get_random_u64(void);
void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *),
		   int clock, enum hrtimer_mode mode);
void hrtimer_start(struct hrtimer *timer, ktime_t expires, enum hrtimer_mode mode);
int hrtimer_cancel(struct hrtimer *timer);
void hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval);

#define ns_to_ktime(ns)			((ktime_t)(ns))
#define ktime_to_ns(t)			((s64)(t))
/* No machine here sleeps by its own will. */
#define ktime_mono_to_any(t, offset)	((ktime_t)(t))
#define hrtimer_is_queued(t)		((t)->event.place >= 0)
#define hrtimer_get_expires(t)		((t)->expires)
#define hrtimer_set_expires(t, x)	((t)->expires = (x))

struct work_struct {
	int unused;
};

#define INIT_WORK(w, f)			((void)(w), (void)(f))
#define schedule_work(w)		((void)(w))
#define cancel_work_sync(w)		((void)(w))

/* devices */
#define MAX_ADDR_LEN			32

struct device {
	int unused;
};

void put_device(struct device *dev);

/* netlink: nobody reads the reason, but it must be given */
struct netlink_ext_ack {
	const char *text;
};

extern const char *sim_refusal;

#define NL_SET_ERR_MSG(ack, msg)	((void)(ack), (void)(sim_refusal = (msg)))

/* the network */
#define IFNAMSIZ		16
#define TC_PRIO_CONTROL		7
#define LL_MAX_HEADER		128

typedef struct {
	int unused;
} netdevice_tracker;

struct in6_addr {
	u8 s6_addr[16];
};

struct net {
	struct sim_machine *machine;
};

struct net_device {
	int ifindex;
	struct net *net;
};

struct sock {
	void *sk_user_data;
	struct sim_machine *machine;
	u8 path;
};

struct socket {
	struct sock *sk;
};

struct udphdr {
	u16 source, dest, len, check;
};

struct sk_buff {
	u8 *data;
	size_t len;
	u16 protocol;
	u32 priority;
	u8 room[LL_MAX_HEADER + 2048];
};

struct sk_buff_head {
	int unused;
};

struct dst_entry {
	int unused;
};

struct dst_cache {
	int unused;
};

/* The network has none: there are no addresses to be asked for. */
enum { NUD_NONE = 0, NUD_INCOMPLETE = 1, NUD_VALID = 2 };

struct neighbour {
	u8 nud_state;
	int arp_queue;
};

static inline void neigh_confirm(struct neighbour *n)
{
	(void)n;
}

typedef u16 sa_family_t;

struct sk_buff *sim_skb(void);

static inline bool ipv6_addr_any(const struct in6_addr *addr)
{
	static const struct in6_addr any;

	return !memcmp(addr, &any, sizeof(any));
}

static inline void skb_reserve(struct sk_buff *skb, size_t n)
{
	skb->data += n;
}

static inline void skb_put_data(struct sk_buff *skb, const void *p, size_t n)
{
	memcpy(skb->data + skb->len, p, n);
	skb->len += n;
}

static inline void *skb_push(struct sk_buff *skb, size_t n)
{
	skb->data -= n;
	skb->len += n;
	return skb->data;
}

#define alloc_skb(size, gfp)		((void)(gfp), (void)(size), sim_skb())
#define pskb_may_pull(skb, n)		((void)(skb), (void)(n), true)
#define consume_skb(skb)		((void)(skb))
#define kfree_skb(skb)			((void)(skb))
#define skb_reset_transport_header(s)	((void)(s))
#define skb_dst_set(skb, dst)		((void)(skb), (void)(dst))
#define skb_dequeue(q)			((void)(q), (struct sk_buff *)NULL)
#define skb_queue_head_init(q)		((void)(q))
#define skb_queue_len_lockless(q)	((void)(q), 1U << 30)
#define skb_queue_tail(q, skb)		((void)(q), (void)(skb))
#define skb_queue_purge(q)		((void)(q))
#define net_xmit_errno(x)		(-ENOBUFS)
#define dst_release(dst)		((void)(dst))
#define dev_net(dev)			((dev)->net)
#define rcu_dereference_sk_user_data(sk) ((sk)->sk_user_data)

/* A fair hash is all that is asked of it. */
static inline u32 jhash2(const u32 *k, u32 n, u32 seed)
{
	u64 h = seed ^ 0x9e3779b97f4a7c15ULL;

	while (n--)
		h = (h ^ *k++) * 0xff51afd7ed558ccdULL;
	return h >> 32;
}

/* tracepoints: named, and nothing more */
#define TP_PROTO(...)			__VA_ARGS__
#define TRACE_EVENT(name, proto, ...)	static inline void trace_##name(proto) { }

#endif /* SIM_KERNEL_H */
