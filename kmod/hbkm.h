/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The object model, and who may touch what.
 *
 * A network namespace has at most one cluster; a cluster has nodes (the own one
 * included), links, groups and a key ring.
 *
 * Locks, in this order:
 *
 *	RTNL		devices come and go; needed by links
 *	hbkm_net.lock	mutex: the configuration. Whoever adds or removes an object
 *			holds it. Never taken in softirq.
 *	tx_lock		spinlock: the frame buffer, sequence number. Held while
 *			sending; never taken when receiving.
 *	lock		spinlock: all that beats change: states of cluster, nodes
 *			and groups, flags, timing.
 *
 * The beat path (softirq) finds nodes, links and keys under RCU and takes the
 * spinlocks; it neither sleeps nor prints (a console may take seconds) nor
 * allocates anything that it cannot do without.
 *
 * Removal: unlink under the mutex and the spinlock (which also marks the object
 * removed), synchronize_net(), stop its alarm, drop what it holds, free. Alarms
 * are set again only under the spinlock and only if not removed.
 */
#ifndef HBKM_H
#define HBKM_H

#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/in6.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/udp.h>
#include <linux/workqueue.h>
#include <net/dst_cache.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include <hbkm/detector.h>
#include <hbkm/election.h>
#include <hbkm/frame.h>
#include "compat.h"
#include "stats.h"

#define HBKM_VERSION	"0.1.0"

/* What a frame has before it, the device's header apart. */
#define HBKM_XMIT_HEADERS	48	/* IPv6's and UDP's: IPv4's are shorter */

/* Network control (RFC 4594), as routing protocols and VRRP mark theirs. */
#define HBKM_TOS		0xc0

/* Within which a network card has sent a frame: a machine that goes waits for its last one. */
#define HBKM_SEND_MS	10

struct cred;
struct genl_info;
struct netpoll;
struct rtable;
struct hbkm_guard;
struct netlink_ext_ack;
struct nf_hook_ops;
struct shash_desc;
struct hbkm_cluster;

/**
 * struct hbkm_net - what hbkm keeps in a network namespace
 * @lock: the configuration
 * @cluster: the cluster, NULL if there is none
 * @generation: counts changes of the lists, so that a dump can tell it was interrupted
 */
struct hbkm_net {
	struct mutex lock;	/* the configuration */
	struct hbkm_cluster *cluster;
	unsigned int generation;
};

/**
 * struct hbkm_alarm - does something in softirq at a given time
 * @timer: goes off
 * @work: what is done
 * @due_ns: when that is due, or was (hbkm_cluster.lock)
 * @rang_ns: when the timer went off
 */
struct hbkm_alarm {
	struct hrtimer timer;
	struct tasklet_struct work;
	u64 due_ns;
	u64 rang_ns;
};

/**
 * struct hbkm_params - the times and policies
 * @keepalive_us: between two beats
 * @deadtime_us: silence that means death
 * @warntime_us: silence worth a warning
 * @initdead_us: how long to wait for nodes never heard, after the start
 * @agent_timeout_us: how long the agent may be silent
 * @auto_failback: enum hbkm_auto_failback
 * @reach: addresses outside that the agent reaches, plus one; 0: it does not say
 * @mark: the agent's word to the other agents; 0: none
 */
struct hbkm_params {
	u32 keepalive_us;
	u32 deadtime_us;
	u32 warntime_us;
	u32 initdead_us;
	u32 agent_timeout_us;
	u8 auto_failback;
	u16 reach;
	u32 mark;
};

/* In place of the slot of a node that is not configured here. */
#define HBKM_STRANGER	0xff

/**
 * struct hbkm_share - what a node says of a group
 * @known: it says anything
 * @state: enum hbkm_group_state
 * @news: bit i: it has heard @claimants[i] after we last did
 * @flags: HBKM_GROUP_F_*; HBKM_FRAME_GROUP_BY_ID()
 * @claimants: who else claims it, by their slots, the best claim first; 0: nobody
 * @term: of its latest claim; while standby, the highest that it knows of
 */
struct hbkm_share {
	u8 known : 1;
	u8 state : 3;
	u8 news : HBKM_FRAME_CLAIMANTS;
	u8 flags;
	u8 claimants[HBKM_FRAME_CLAIMANTS];
	u32 term;
};

/**
 * struct hbkm_node - a node of the cluster, a peer or ourselves
 * @list: in hbkm_cluster.nodes (RCU)
 * @cl: its cluster
 * @id: from its name
 * @name: as configured
 * @slot: by which it is named in shorter, from 1
 * @removed: on its way out (lock)
 * @judging: its judge timer is armed or running (lock)
 * @said: flags of its newest frame, HBKM_FRAME_F_* (lock)
 * @digest: of its group list, as it says (lock)
 * @differs: what of its configuration is not ours, HBKM_NODE_F_*, as last told (lock)
 * @unverified: something in its name did not verify (written by anybody)
 * @reason: why it left (lock)
 * @reach: addresses outside that it reaches, plus one, as it says; 0: it does not (lock)
 * @mark: its agent's word to the other agents; 0: none (lock)
 * @echoed: paths on which it says it hears us (lock)
 * @named_seq: the number of the last frame of ours that it heeds, as it says, if @echoed;
 *	of these two only what counts of a number: its last 32 bits (lock)
 * @told_seq: the number that others have told of, when it was news that it claims a group (lock)
 * @rtt_ns: round trip, of the newest beat that allows to tell (lock)
 * @detector: is it alive? (lock)
 * @shares: what it says of the groups, by their slots (lock)
 * @judge: gives verdicts
 */
struct hbkm_node {
	struct list_head list;
	struct hbkm_cluster *cl;
	u32 id;
	char name[HBKM_NAME_MAX + 1];
	u8 slot;
	bool removed : 1;
	bool judging : 1;
	bool unverified;
	u8 reason;
	u16 said;
	u16 reach;
	u16 echoed;
	u16 differs;
	u32 mark;
	u32 digest;
	u32 named_seq;
	u32 told_seq;
	u64 rtt_ns;
	struct hbkm_detector detector;
	struct hbkm_share shares[HBKM_MAX_GROUPS];
	struct hbkm_alarm judge;
};

/**
 * struct hbkm_port - a bound socket, shared by the links of one device and UDP port
 * @list: in hbkm_cluster.ports (mutex)
 * @cl: its cluster
 * @sock: the socket
 * @ifindex: of the device it is bound to
 * @family: of the socket
 * @number: UDP port
 * @users: links that use it
 * @poll: to send a last word by, the same for all ports of a device; NULL: it cannot
 */
struct hbkm_port {
	struct list_head list;
	struct hbkm_cluster *cl;
	struct socket *sock;
	const struct hbkm_family *family;
	int ifindex;
	u16 number;
	unsigned int users;
	struct netpoll *poll;
};

struct hbkm_link;

/**
 * struct hbkm_family - what differs between links over IPv4 and over IPv6
 * @af: AF_INET or AF_INET6
 * @ethertype: ETH_P_*
 * @speaks: does the device speak it at all? (RTNL)
 * @is_on: has the device this address? (RCU) If it is to be chosen as a source: one that
 *	others are to know us by?
 * @cached: the route as it was last time, with a reference, and its source; NULL: there
 *	is none that is still good (tx_lock)
 * @look_up: the route, with a reference, or an error; @saddr is the source that is wished
 *	for, :: for any, and receives the one to be used (RCU)
 * @unguarded: the source to be used where that would be a group's address: another one,
 *	if there is any (RCU)
 * @keep: such a route is good for next time (tx_lock)
 * @next_hop: the neighbour that it leads to, or NULL (RCU)
 * @put_headers: put UDP's and IP's header before a frame, with HBKM_XMIT_HEADERS of
 *	headroom; UDP's checksum is left to the device (any context)
 * @out: send, by the route that it has. Return: as of ip_local_out(). Consumes it.
 * @addresses: from where to where did a datagram go? (softirq)
 * @join: receive what others send to the link's group (RTNL)
 * @leave: and no longer (RTNL)
 *
 * Addresses are IPv6's throughout; those of IPv4 are IPv4-mapped.
 */
struct hbkm_family {
	sa_family_t af;
	u16 ethertype;
	bool (*speaks)(const struct net_device *dev);
	bool (*is_on)(const struct net_device *dev, const struct in6_addr *addr, bool chosen);
	struct dst_entry *(*cached)(struct hbkm_link *link, struct in6_addr *saddr);
	struct dst_entry *(*look_up)(const struct hbkm_link *link, const struct net_device *dev,
				     struct sock *sk, struct in6_addr *saddr);
	bool (*unguarded)(const struct hbkm_link *link, const struct net_device *dev,
			  struct in6_addr *saddr);
	void (*keep)(struct hbkm_link *link, struct dst_entry *dst,
		     const struct in6_addr *saddr);
	struct neighbour *(*next_hop)(const struct hbkm_link *link, struct net_device *dev,
				      const struct dst_entry *dst);
	void (*put_headers)(struct sk_buff *skb, const struct hbkm_link *link,
			    const struct in6_addr *saddr);
	int (*out)(struct sk_buff *skb, struct net *net, struct sock *sk);
	void (*addresses)(const struct sk_buff *skb, struct in6_addr *saddr,
			  struct in6_addr *daddr);
	int (*join)(const struct hbkm_link *link, struct sock *sk, int ifindex);
	void (*leave)(const struct hbkm_link *link, struct sock *sk, int ifindex);
};

extern const struct hbkm_family hbkm_ipv4;
#if IS_ENABLED(CONFIG_IPV6)
extern const struct hbkm_family hbkm_ipv6;
#endif

/**
 * struct hbkm_link - a way to send and to receive
 * @list: in hbkm_cluster.links (RCU)
 * @cl: its cluster
 * @id: as the agent numbers it
 * @kind: enum hbkm_link_kind
 * @path: the cable's number, the same on both of its ends
 * @ifname: of its device (mutex; RTNL to change)
 * @cred: of who made it
 * @family: of its addresses
 * @addr: destination: a peer, a group, or all
 * @source: address to send from, ::: to be chosen
 * @saddr: the one chosen, ::: none yet (tx_lock)
 * @number: UDP port
 * @ttl: of what is sent
 * @state: enum hbkm_link_state (written under lock)
 * @refusals: frames refused in a row, as far as that matters (tx_lock)
 * @answered: since the last beat its other end has said that it hears us there (set under lock,
 *	cleared under tx_lock)
 * @refused: with which errno, if not just once or twice (written under tx_lock)
 * @error: errno with which frames are refused, as last told, 0: they are not (lock)
 * @dev: its device, NULL: absent (RTNL, read under RCU)
 * @dev_tracker: our reference to it
 * @port: its socket, NULL: absent (RTNL, read under RCU)
 * @route: cached
 * @lastword: to send the last word in (RTNL)
 * @hop: hardware address that the last beat went to (tx_lock)
 * @hop_saddr: and its source, ::: none known yet (tx_lock)
 * @tx: frames given to the network
 * @tx_errors: refused by it
 * @rx: frames verified
 */
struct hbkm_link {
	struct list_head list;
	struct hbkm_cluster *cl;
	u8 id;
	u8 kind;
	u8 path;
	char ifname[IFNAMSIZ];
	const struct cred *cred;
	const struct hbkm_family *family;
	struct in6_addr addr;
	struct in6_addr source;
	struct in6_addr saddr;
	u16 number;
	u8 ttl;
	u8 state;
	u8 refusals;
	bool answered;
	int refused;
	int error;
	struct net_device __rcu *dev;
	netdevice_tracker dev_tracker;
	struct hbkm_port __rcu *port;
	struct dst_cache route;
	struct sk_buff *lastword;
	u8 hop[MAX_ADDR_LEN] __aligned(8);
	struct in6_addr hop_saddr;
	atomic64_t tx;
	atomic64_t tx_errors;
	atomic64_t rx;
};

/**
 * struct hbkm_group - addresses that one node holds at a time
 * @list: in hbkm_cluster.groups (written under mutex and lock, read under either)
 * @id: from its name
 * @name: as configured
 * @slot: its index in hbkm_node.shares
 * @n_order: nodes in @order
 * @order: node ids, the preferred first
 * @state: enum hbkm_group_state, here (lock)
 * @flags: HBKM_GROUP_F_*, here (lock)
 * @term: of our latest claim (lock)
 * @top_term: the highest seen (lock)
 * @asked_ns: since when the agent is to act, 0: it is not (lock)
 * @failed_ns: when it failed here, and nobody could hold it since, 0: not (lock)
 * @added_ns: when it was added while we ran already, 0: before (lock)
 * @rival: with which node there is a conflict, 0: with none (lock)
 * @claimants: who else claims it, of those that we hear, by their slots, the best claim
 *	first; 0: nobody (lock)
 * @claimed_seq: the first frame that tells of our present claim (lock)
 * @outvoted_ns: when we gave up what a third had told us to, 0: not so (lock)
 * @by_id: ids decide, as is told by HBKM_FRAME_GROUP_BY_ID(), 0: its order does (lock)
 * @holder: who holds it, as last told, 0: nobody (lock)
 * @warm: its addresses stay on their interfaces while we do not hold it (lock)
 * @ready: they are all there, as last looked (lock)
 * @gave_up: RELEASING, since the agent did not bring it up in time (lock)
 * @failed_again: how often it failed before @failed_ns already (lock)
 * @announced: how often we have announced it since it is ours (lock)
 * @announce_ns: when to announce it next, 0: not (lock)
 * @n_guard: addresses in @guard (written under mutex and lock)
 * @guard: its addresses, IPv4 as IPv4-mapped (written under mutex and lock)
 */
struct hbkm_group {
	struct list_head list;
	u32 id;
	char name[HBKM_NAME_MAX + 1];
	u8 slot;
	u8 n_order;
	u32 order[HBKM_MAX_NODES];
	u8 state;
	u8 flags;
	u32 term;
	u32 top_term;
	u64 asked_ns;
	u64 failed_ns;
	u64 added_ns;
	u32 rival;
	u32 holder;
	u64 claimed_seq;
	u64 outvoted_ns;
	u8 claimants[HBKM_FRAME_CLAIMANTS];
	u8 by_id;
	bool warm;
	bool ready;
	bool gave_up;
	u8 failed_again;
	u8 announced;
	u64 announce_ns;
	u8 n_guard;
	struct in6_addr guard[HBKM_MAX_GUARD];
};

/* Sending times of the last beats, to tell round trips by. */
#define HBKM_SENT_RING	1024

/**
 * struct hbkm_cluster - the cluster in a network namespace
 * @dev: /sys/class/hbkm/hb0; its release frees the cluster
 * @net: the namespace
 * @name: as configured
 * @id: from @name
 * @self: our own node
 * @lock: see above
 * @params: times and policies (lock)
 * @state: enum hbkm_cluster_state (lock)
 * @reason: why we leave (lock)
 * @parted: the good-bye is said, and no beat may follow it (either lock; set under both)
 * @isolated: all links are down, and that counts (lock)
 * @cut: all links are down (lock)
 * @cut_ns: since when that is so, or not so (lock)
 * @cut_deadtime_ns: the least that a peer would wait for us then (lock)
 * @hold_ns: for how long a link must be up to end an isolation (lock)
 * @calm_ns: another isolation before this is a flapping link's (lock)
 * @gone: it is being taken down, and its last event was sent (lock)
 * @twin_ns: when a beat under our name last came that is not of this life, 0: never
 * @twin_since_ns: since when they come (lock)
 * @asleep: it was left to suspend the machine (mutex)
 * @agent_ok: the agent answers, as last looked (lock)
 * @recheck: a group needs a look at every beat (lock)
 * @speaks: groups whose addresses are not silent, by slot (lock to write)
 * @looked_ns: when the addresses of warm groups were last looked for (lock)
 * @incarnation: our present life
 * @agent_portid: netlink address of the agent, 0: none (lock)
 * @agent_ns: when it was last heard, 0: never (lock)
 * @joined_ns: when initdead began to run (lock)
 * @settled_ns: when we had joined (lock)
 * @listen_ns: no claims before, since we must listen first (lock)
 * @interval_ns: between two beats, now (lock)
 * @slow_ns: not to slow down to keepalive before (lock)
 * @event_seq: of the last event (lock)
 * @slots: group slots in use (mutex)
 * @node_slots: node slots in use, bit i: i + 1 (mutex)
 * @entries: by node slot, the node's entry in the frame that we sent last, counted from 1 (lock)
 * @digest: of the group list (lock)
 * @nodes: (mutex to change, RCU to read)
 * @links: (mutex to change, RCU to read)
 * @ports: (mutex)
 * @groups: (mutex and lock to change, either to read)
 * @n_nodes: nodes, ourselves included (mutex)
 * @keys: the key ring (mutex to change, RCU to read)
 * @guard: the guarded addresses (mutex to change, RCU to read)
 * @hooks: in netfilter, NULL: nothing is guarded (mutex)
 * @beat: sends at every keepalive
 * @extra: sends at once after a change
 * @announce: announces groups that were taken over warm
 * @tx_lock: see above
 * @seq: of the last frame sent (tx_lock)
 * @sent_ns: when the last frames were sent, by sequence number (lock)
 * @promise_ns: the least deadtime that the next one gives us, ours or that of a peer (lock)
 * @promised_ns: and the last one (lock)
 * @slept_ns: for how long the machine had slept when it was sent (lock)
 * @late_max_ns: latest beat (tx_lock)
 * @late: histogram of lateness (tx_lock)
 * @frame: buffer to build frames in (tx_lock)
 * @lastword: what to send in a panic (tx_lock)
 * @lastword_ready: it is signed, or about to be (lock; tx_lock to sign)
 * @first_link: number of the link that the next frame goes out on first (tx_lock)
 * @reserve: frames to send from when there is no memory
 * @n_reserve: how many there are to be (written under mutex)
 * @refill: fills @reserve again
 * @uevent: tells sysfs pollers and udev
 * @stats: counters
 */
struct hbkm_cluster {
	struct device dev;
	struct net *net;
	char name[HBKM_NAME_MAX + 1];
	u32 id;
	struct hbkm_node *self;

	spinlock_t lock;	/* what beats change */
	struct hbkm_params params;
	u8 state;
	u8 reason;
	bool isolated;
	bool parted;
	bool cut;
	bool gone;
	u64 twin_ns;
	u64 twin_since_ns;
	bool asleep;
	bool agent_ok;
	bool recheck;
	u32 speaks;
	u64 looked_ns;
	u64 incarnation;
	u32 agent_portid;
	u64 agent_ns;
	u64 joined_ns;
	u64 settled_ns;
	u64 listen_ns;
	u64 interval_ns;
	u64 slow_ns;
	u64 cut_ns;
	u64 cut_deadtime_ns;
	u64 hold_ns;
	u64 calm_ns;
	u32 event_seq;
	u32 slots;
	u32 node_slots;
	u8 entries[HBKM_MAX_NODES + 1];
	u32 digest;

	struct list_head nodes;
	struct list_head links;
	struct list_head ports;
	struct list_head groups;
	unsigned int n_nodes;
	struct hbkm_keyring __rcu *keys;
	struct hbkm_guard __rcu *guard;
	struct nf_hook_ops *hooks;

	struct hbkm_alarm beat;
	struct hbkm_alarm extra;
	struct hbkm_alarm announce;
	spinlock_t tx_lock;	/* the frame being sent */
	u64 seq;
	u64 sent_ns[HBKM_SENT_RING];
	u64 promise_ns;
	u64 promised_ns;
	u64 slept_ns;
	u64 late_max_ns;
	u64 late[HBKM_LATE_BUCKETS];
	u8 frame[HBKM_FRAME_MAX_LEN];
	u8 lastword[HBKM_FRAME_MIN_LEN];
	bool lastword_ready;
	u8 first_link;
	struct sk_buff_head reserve;
	unsigned int n_reserve;
	struct work_struct refill;

	struct work_struct uevent;
	struct hbkm_stats __percpu *stats;
};

/**
 * hbkm_group_flags() - what is told of a group besides its state
 * @group: the group
 *
 * Context: lock held. Return: HBKM_GROUP_F_*.
 */
static inline u8 hbkm_group_flags(const struct hbkm_group *group)
{
	return group->flags | (group->warm ? HBKM_GROUP_F_WARM : 0) |
	       (group->ready ? HBKM_GROUP_F_READY : 0);
}

static inline struct hbkm_timing hbkm_timing(const struct hbkm_cluster *cl)
{
	return (struct hbkm_timing){
		.deadtime_ns = cl->params.deadtime_us * HBKM_NS_PER_US,
		.warntime_ns = cl->params.warntime_us * HBKM_NS_PER_US,
	};
}

/* For how long this machine has slept: the monotonic clock stands still meanwhile. */
static inline u64 hbkm_slept_ns(void)
{
	return ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
}

/* main.c */
struct hbkm_net *hbkm_net(const struct net *net);

/* cluster.c */
void hbkm_params_default(struct hbkm_params *p);
void hbkm_params_follow(struct hbkm_params *p);
int hbkm_params_check(const struct hbkm_params *p, const struct hbkm_params *old,
		      struct netlink_ext_ack *extack);
struct hbkm_cluster *hbkm_cluster_create(struct net *net, const char *name, const char *node,
					 const struct hbkm_params *p,
					 struct netlink_ext_ack *extack);
void hbkm_cluster_destroy(struct hbkm_net *hn, u8 reason);
void hbkm_cluster_set_params(struct hbkm_cluster *cl, const struct hbkm_params *p);
int hbkm_cluster_start(struct hbkm_cluster *cl, struct netlink_ext_ack *extack);
int hbkm_cluster_leave(struct hbkm_cluster *cl, struct netlink_ext_ack *extack);
void hbkm_cluster_go(struct hbkm_cluster *cl, u8 reason);
void hbkm_cluster_tick(struct hbkm_cluster *cl, u64 now, u64 late_ns);
void hbkm_cluster_put_back(struct hbkm_cluster *cl, u64 now);
void hbkm_cluster_promise(struct hbkm_cluster *cl);
void hbkm_cluster_late(struct hbkm_cluster *cl, u64 now, u64 late_ns);
void hbkm_cluster_elect(struct hbkm_cluster *cl, u64 now);
void hbkm_cluster_links_changed(struct hbkm_cluster *cl);
unsigned int hbkm_cluster_holding(const struct hbkm_cluster *cl);
int hbkm_agent_register(struct hbkm_cluster *cl, u32 portid, struct netlink_ext_ack *extack);
void hbkm_agent_closed(struct hbkm_cluster *cl, u32 portid);

/* node.c */
struct hbkm_node *hbkm_node_by_id(const struct hbkm_cluster *cl, u32 id);
struct hbkm_node *hbkm_node_create(struct hbkm_cluster *cl, const char *name,
				   struct netlink_ext_ack *extack);
void hbkm_node_remove(struct hbkm_node *node);
void hbkm_node_remove_all(struct hbkm_cluster *cl);
void hbkm_node_forget(struct hbkm_node *node, u64 now);
enum hbkm_stat hbkm_node_heard(struct hbkm_node *node, struct hbkm_link *link,
			       const struct hbkm_frame *f, u64 now);
void hbkm_node_judge(struct hbkm_node *node, u64 now, u64 late_ns, u64 *next);
void hbkm_node_tick(struct hbkm_node *node, u64 now);
void hbkm_node_voter(const struct hbkm_node *node, const struct hbkm_group *group, u64 now,
		     struct hbkm_voter *v);

/* link.c */
struct hbkm_link_config {
	u8 id;
	u8 kind;
	u8 path;
	u8 ttl;
	u16 number;
	struct in6_addr addr;
	struct in6_addr source;
	char ifname[IFNAMSIZ];
};

struct hbkm_link *hbkm_link_by_id(const struct hbkm_cluster *cl, u8 id);
int hbkm_link_create(struct hbkm_cluster *cl, const struct hbkm_link_config *c,
		     struct netlink_ext_ack *extack);
bool hbkm_link_same(const struct hbkm_link *link, const struct hbkm_link_config *c);
void hbkm_link_remove(struct hbkm_link *link);
int hbkm_link_attach(struct hbkm_link *link, struct net_device *dev,
		     struct netlink_ext_ack *extack);
void hbkm_link_detach(struct hbkm_link *link);
void hbkm_link_mtu_changed(struct hbkm_link *link);
void hbkm_link_look(struct hbkm_link *link);
bool hbkm_link_tick(struct hbkm_link *link, u64 now);
struct hbkm_link *hbkm_link_find(struct hbkm_port *port, const struct in6_addr *saddr,
				 const struct in6_addr *daddr);

/* group.c */
struct hbkm_group_config {
	const char *name;
	const u32 *order;
	unsigned int n_order;
	bool has_guard;			/* otherwise these stay as they are */
	bool has_flags;
	bool warm;
	unsigned int n_guard;
	struct in6_addr guard[HBKM_MAX_GUARD];
};

struct hbkm_group *hbkm_group_by_id(const struct hbkm_cluster *cl, u32 id);
int hbkm_group_set(struct hbkm_cluster *cl, const struct hbkm_group_config *c,
		   struct netlink_ext_ack *extack);
void hbkm_group_remove(struct hbkm_cluster *cl, struct hbkm_group *group);
bool hbkm_group_elect(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now);
bool hbkm_group_look(struct hbkm_cluster *cl, u64 now);
struct hbkm_group *hbkm_group_to_announce(struct hbkm_cluster *cl, u64 now, u64 *next);
int hbkm_group_ack(struct hbkm_cluster *cl, u32 id, u8 state, u32 term, u32 result,
		   struct netlink_ext_ack *extack);
int hbkm_group_may_move(struct hbkm_cluster *cl, struct hbkm_group *group, u8 move,
			struct netlink_ext_ack *extack);
void hbkm_group_move(struct hbkm_cluster *cl, struct hbkm_group *group, u8 move);
void hbkm_group_drop_all(struct hbkm_cluster *cl, u64 now);
void hbkm_group_forgive_all(struct hbkm_cluster *cl, u64 now);
void hbkm_group_forget_claimants(struct hbkm_cluster *cl);
void hbkm_group_forget_node(struct hbkm_cluster *cl, const struct hbkm_node *node);

/* guard.c */
int hbkm_guard_set(struct hbkm_cluster *cl, const struct hbkm_group *group,
		   const struct in6_addr *addrs, unsigned int n, struct netlink_ext_ack *extack);
void hbkm_guard_forget(struct hbkm_cluster *cl, const struct hbkm_group *group);
bool hbkm_guard_has(const struct hbkm_cluster *cl, const struct in6_addr *addr);
bool hbkm_guard_ready(const struct hbkm_cluster *cl, const struct hbkm_group *group);
void hbkm_guard_announce(const struct hbkm_cluster *cl, u8 slot);

/* auth.c */
struct hbkm_key_config {
	u8 id;
	u8 method;
	u8 len;
	const u8 *secret;
};

struct hbkm_keyring;
struct hbkm_keyring *hbkm_keyring_create(const struct hbkm_key_config *keys, unsigned int n,
					 u8 sign, struct netlink_ext_ack *extack);
void hbkm_keyring_set(struct hbkm_cluster *cl, struct hbkm_keyring *ring);
void hbkm_keyring_free(struct hbkm_keyring *ring);
u8 hbkm_keyring_sign_id(const struct hbkm_keyring *ring);
int hbkm_auth_sign(const struct hbkm_keyring *ring, u8 *buf, size_t len);
enum hbkm_stat hbkm_auth_verify(const struct hbkm_keyring *ring, const struct hbkm_frame *f,
				const u8 *buf, size_t len);

/* timer.c */
void hbkm_timer_setup_cluster(struct hbkm_cluster *cl);
void hbkm_timer_setup_node(struct hbkm_node *node);
void hbkm_timer_beat_start(struct hbkm_cluster *cl, u64 now);
void hbkm_timer_beat_now(struct hbkm_cluster *cl, u64 now);
void hbkm_timer_announce_at(struct hbkm_cluster *cl, u64 when, u64 now);
void hbkm_timer_judge_at(struct hbkm_node *node, u64 when, u64 now);
void hbkm_timer_stop_cluster(struct hbkm_cluster *cl);
void hbkm_timer_stop_node(struct hbkm_node *node);

/* push.c */
int hbkm_push_init(void);
void hbkm_push_exit(void);
void hbkm_push_softirq(void);
void hbkm_push_hears(void);
void hbkm_push_hearing(void);
bool hbkm_push_receive(void);

/* xmit.c */
void hbkm_xmit_frame(struct hbkm_cluster *cl, u8 type, u8 reason, u64 now);
struct udphdr *hbkm_xmit_put_udp(struct sk_buff *skb, const struct hbkm_link *link);
void hbkm_xmit_setup(struct hbkm_cluster *cl);
void hbkm_xmit_add_link(struct hbkm_cluster *cl);
void hbkm_xmit_remove_link(struct hbkm_cluster *cl);

/* recv.c */
int hbkm_recv(struct sock *sk, struct sk_buff *skb);

/* netlink.c */
extern struct genl_family hbkm_family;
int hbkm_netlink_init(void);
void hbkm_netlink_exit(void);

/* notify.c */
extern bool hbkm_events_wanted;
int hbkm_fill_cluster(struct sk_buff *skb, const struct hbkm_cluster *cl);
int hbkm_fill_cluster_details(struct sk_buff *skb, const struct hbkm_cluster *cl);
int hbkm_fill_node(struct sk_buff *skb, const struct hbkm_node *node, u64 now);
int hbkm_fill_link(struct sk_buff *skb, const struct hbkm_link *link);
int hbkm_fill_group(struct sk_buff *skb, const struct hbkm_group *group);
void hbkm_notify_cluster(struct hbkm_cluster *cl, u64 now);
void hbkm_notify_node(struct hbkm_node *node, u8 event, u64 now);
void hbkm_notify_link(struct hbkm_link *link, u64 now);
void hbkm_notify_group(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now);
void hbkm_notify_conflict(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now);
void hbkm_notify_duplicate(struct hbkm_cluster *cl, struct hbkm_group *group,
			   const struct in6_addr *addr, const u8 *hw, unsigned int hw_len,
			   u64 now);
void hbkm_notify_stall(struct hbkm_cluster *cl, u64 late_ns, u64 now);

/* sysfs.c */
int hbkm_sysfs_init(void);
void hbkm_sysfs_exit(void);
void hbkm_sysfs_setup(struct hbkm_cluster *cl);
int hbkm_sysfs_add(struct hbkm_cluster *cl);
void hbkm_sysfs_remove(struct hbkm_cluster *cl);
void hbkm_sysfs_changed(struct hbkm_cluster *cl);

/* notifier.c */
int hbkm_notifier_init(void);
void hbkm_notifier_exit(void);

/* goodbye.c */
int hbkm_goodbye_init(void);
void hbkm_goodbye_exit(void);

/* lastword.c */
void hbkm_lastword_open(struct hbkm_port *port, struct net_device *dev);
void hbkm_lastword_close(struct hbkm_port *port);
void hbkm_lastword_attach(struct hbkm_link *link);
void hbkm_lastword_detach(struct hbkm_link *link);
void hbkm_lastword_learn(struct hbkm_link *link, struct net_device *dev,
			 const struct neighbour *hop, const struct in6_addr *saddr);
void hbkm_lastword_prepare(struct hbkm_cluster *cl);
void hbkm_lastword_renew(struct hbkm_cluster *cl);
void hbkm_lastword_init(void);
void hbkm_lastword_exit(void);

#endif /* HBKM_H */
