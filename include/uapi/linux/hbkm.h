/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * hbkm: the generic netlink interface. This comment is its manual.
 *
 * Family "hbkm", version 1. There is at most one cluster in a network
 * namespace; every command speaks to that of the socket's namespace. Reads are
 * open to everybody (keys are never read back), writes need CAP_NET_ADMIN in
 * the user namespace that owns the network namespace. A refusal changes nothing,
 * and carries a text (NLMSGERR_ATTR_MSG), but for one for want of memory, and
 * those of generic netlink itself (such as EPERM). Attributes are strictly
 * checked: one that a command does not list is refused. All times are in
 * microseconds unless the name ends in _NS.
 *
 * Set-up order: CLUSTER_SET (with both names), NODE_NEW, LINK_NEW,
 * GROUP_NEW, KEYS_SET in any order, AGENT, then START. All of them but START
 * may be sent again at any later time, so a reload is a series of differences.
 *
 * HBKM_CMD_CLUSTER_SET    creates the cluster or changes it.
 *	CLUSTER_NAME, NODE_NAME: needed to create, cannot be changed (EBUSY).
 *	KEEPALIVE_US, DEADTIME_US, WARNTIME_US, INITDEAD_US, AGENT_TIMEOUT_US,
 *	AUTO_FAILBACK, REACH, MARK: what is absent stays, or at creation takes its default.
 *	They are checked together: deadtime > 2 * keepalive, warntime <=
 *	deadtime, initdead >= deadtime. With a new DEADTIME_US alone, warntime and
 *	initdead follow as far as they must. REACH is how many addresses outside the
 *	cluster the agent finds to answer: the beats tell it to the peers, whose
 *	agents may make something of it. The module does not, nor are its nodes
 *	asked by it. HBKM_REACH_NONE, the default: nothing is told. MARK is another
 *	word of the agent's to the agents of the peers, told in the same way, at once
 *	when it changes; 0, the default: none.
 * HBKM_CMD_CLUSTER_DEL    sends a leave frame (REASON, default STOP) and takes
 *	everything down. Groups still held are given up as they are: use LEAVE
 *	first for an orderly stop.
 * HBKM_CMD_CLUSTER_GET    answers with everything that CLUSTER_SET takes and
 *	CLUSTER_ID, NODE_ID, INCARNATION, CLUSTER_STATE, CLUSTER_FLAGS,
 *	HOLDING, LATE_MAX_NS, LATE_HIST, EVENT_SEQ.
 *
 * HBKM_CMD_NODE_NEW       NODE_NAME. A peer, or (no effect) the own node.
 * HBKM_CMD_NODE_DEL       NODE_NAME. Not the own node, nor one in a group's order.
 * HBKM_CMD_NODE_GET       dump. NODE_NAME, NODE_ID, NODE_STATE, REASON,
 *	NODE_FLAGS, INCARNATION, AGE_NS (since last heard), RTT_NS, KEEPALIVE_US,
 *	DEADTIME_US (as the node says), PATHS_HEARD, PATHS_ECHOED, REACH, MARK (absent: it
 *	does not say). What tells that its
 *	configuration is not this node's is in NODE_FLAGS, with an event when it changes.
 *
 * HBKM_CMD_LINK_NEW       LINK_ID (0..63), LINK_KIND, LINK_PATH (0..15), IFNAME,
 *	ADDR (ucast: the peer; mcast: the group), PORT, TTL (mcast, default 1).
 *	SADDR, the own address to send from, by which ucast peers know this node:
 *	nothing is sent while the device does not have it. Without it, one of the
 *	device's is taken and kept for as long as the device has it.
 *	The device may be absent: the link then waits
 *	for it. The path is what both ends call this cable: the bits of
 *	PATHS_HEARD and PATHS_ECHOED.
 * HBKM_CMD_LINK_DEL       LINK_ID.
 * HBKM_CMD_LINK_GET       dump. As LINK_NEW, and IFINDEX, LINK_STATE, TX, TX_ERRORS, RX, and
 *	RESULT, an errno: the last frames were refused with it (absent: they were not).
 *	A frame longer than the device's MTU goes in fragments.
 *
 * HBKM_CMD_GROUP_NEW      GROUP_NAME, ORDER (array of u32 node ids, the preferred
 *	first), GUARD, GROUP_FLAGS (WARM or none). For a group that exists, changes
 *	it; GUARD and GROUP_FLAGS that are absent stay as they are.
 *	GUARD (nested; ADDR, 4 or 16 bytes, up to HBKM_MAX_GUARD times) replaces the
 *	group's addresses as a whole. The kernel keeps them silent wherever the
 *	group is neither ACQUIRING nor ACTIVE: no ARP, no neighbour advertisement is
 *	sent for them, and nothing that this node sends or receives by them passes,
 *	but for its loopback. What it forwards, and what is sent by a packet socket,
 *	is not looked at. Such a group needs no agent to be given up: without one it
 *	goes from ACQUIRING to FAILED, and else to STANDBY, at once. The guard ends
 *	with GROUP_DEL, CLUSTER_DEL and the module.
 *	WARM: the addresses are on their interfaces everywhere. Then the group
 *	goes from STANDBY to ACTIVE, and back, without the agent, if it is READY:
 *	all of them are on devices that work. The kernel announces it by itself.
 * HBKM_CMD_GROUP_DEL      GROUP_NAME. The agent is expected to have cleaned up.
 * HBKM_CMD_GROUP_GET      dump. GROUP_NAME, GROUP_ID, GROUP_STATE, GROUP_FLAGS, TERM,
 *	HOLDER (node id, absent if nobody; where no holder is heard, one that claims it, as
 *	another tells), ORDER, GUARD (absent if none).
 *
 * HBKM_CMD_KEYS_SET       KEY (nested, 1..16 times): KEY_ID 0..15, KEY_METHOD,
 *	KEY_SECRET (not for crc); and KEY_SIGN, the id that signs. Replaces the
 *	whole ring at once; every key in it verifies.
 *
 * HBKM_CMD_AGENT          makes the sending socket the agent; sent again at least
 *	every AGENT_TIMEOUT_US it stays so. If another socket is the agent and
 *	alive, refused with EBUSY. Answers as CLUSTER_GET.
 * HBKM_CMD_START          begins to beat and to judge. Needs one link and a key.
 * HBKM_CMD_LEAVE          begins an orderly stop: every group is released, and no
 *	other is acquired. When the last one is STANDBY, send CLUSTER_DEL.
 * HBKM_CMD_GROUP_ACK      from the agent: GROUP_ID, GROUP_STATE (ACQUIRING or RELEASING),
 *	TERM, RESULT (0, or an errno): what this state with this term asked for is
 *	done. EINPROGRESS: it is not, but is being worked at; to be sent again within
 *	AGENT_TIMEOUT_US, as an agent that is asked for something and does not answer
 *	is taken for dead. FAILED, with RESULT 0: what was in the way is gone, so it is
 *	STANDBY, and need not wait until it would be tried again, which is later each
 *	time, up to a minute (or ten deadtimes, if that is longer). ACTIVE, with an
 *	errno: it is not whole any more, so it is released, then FAILED, for another
 *	node to have; refused with EHOSTUNREACH if none can. Refused with ESTALE when
 *	the group has moved on.
 * HBKM_CMD_GROUP_MOVE     MOVE (STANDBY: give it away; TAKEOVER: have it), GROUP_NAME
 *	(absent: all groups). Refused with EOPNOTSUPP where AUTO_FAILBACK is legacy.
 *
 * HBKM_CMD_STATS_GET      STATS (nested; attribute number = enum hbkm_stat, u64).
 *
 * HBKM_CMD_EVENT          is only sent by the kernel, to multicast group "event":
 *	EVENT, EVENT_SEQ (counts by one: a gap means lost events, so dump
 *	again), TIME_NS (CLOCK_MONOTONIC, when the cause was found), and the
 *	attributes of the object concerned as its GET gives them. CONFLICT is told
 *	when two nodes claim a group (NODE_ID: the other one, of which a third may have
 *	told) and again, without NODE_ID, when that has ended: if the group is ACTIVE
 *	here, announce it anew.
 *	STALL has AGE_NS. DUPLICATE has the group's attributes, ADDR and HWADDR:
 *	another machine says by ARP that it has this address, while the group is
 *	held here; once in a second for each address. The last event of a cluster
 *	is CLUSTER with state DOWN.
 *
 * What the machine does, the kernel does to the cluster. Before a reboot, halt,
 * power-off or suspend: as LEAVE; when all is STANDBY, or after 2 s, the leave
 * frame (REBOOT, SUSPEND) and state DOWN. The agent has nothing to do but what it
 * is asked, as ever; the cluster stays. After a suspend: as START, a new life.
 * In a panic: a leave frame (PANIC), without an event.
 */
#ifndef _UAPI_LINUX_HBKM_H
#define _UAPI_LINUX_HBKM_H

#define HBKM_GENL_NAME		"hbkm"
#define HBKM_GENL_VERSION	1
#define HBKM_GENL_GROUP_EVENT	"event"

#define HBKM_NAME_MAX		63	/* bytes in a cluster, node or group name */
#define HBKM_MAX_NODES		32	/* the own node included */
#define HBKM_MAX_GROUPS		32
#define HBKM_MAX_LINKS		64	/* as Heartbeat's MAXMEDIA */
#define HBKM_MAX_PATHS		16
#define HBKM_MAX_KEYS		16
#define HBKM_MAX_GUARD		32	/* addresses in a group */
#define HBKM_SECRET_MAX		255	/* bytes in a key */

#define HBKM_KEEPALIVE_MIN_US	100
#define HBKM_KEEPALIVE_MAX_US	60000000
#define HBKM_TIME_MAX_US	3600000000U	/* any other time */
#define HBKM_PORT_DEFAULT	694	/* ha-cluster, as registered for Heartbeat */
#define HBKM_REACH_NONE		0xffff	/* nothing is said of it */

enum hbkm_cmd {
	HBKM_CMD_CLUSTER_SET = 1,
	HBKM_CMD_CLUSTER_DEL,
	HBKM_CMD_CLUSTER_GET,
	HBKM_CMD_NODE_NEW,
	HBKM_CMD_NODE_DEL,
	HBKM_CMD_NODE_GET,
	HBKM_CMD_LINK_NEW,
	HBKM_CMD_LINK_DEL,
	HBKM_CMD_LINK_GET,
	HBKM_CMD_GROUP_NEW,
	HBKM_CMD_GROUP_DEL,
	HBKM_CMD_GROUP_GET,
	HBKM_CMD_KEYS_SET,
	HBKM_CMD_AGENT,
	HBKM_CMD_START,
	HBKM_CMD_LEAVE,
	HBKM_CMD_GROUP_ACK,
	HBKM_CMD_GROUP_MOVE,
	HBKM_CMD_STATS_GET,
	HBKM_CMD_EVENT,

	__HBKM_CMD_MAX,
	HBKM_CMD_MAX = __HBKM_CMD_MAX - 1
};

enum hbkm_attr {
	HBKM_A_PAD = 1,
	HBKM_A_CLUSTER_NAME,		/* string */
	HBKM_A_CLUSTER_ID,		/* u32 */
	HBKM_A_CLUSTER_STATE,		/* u8, enum hbkm_cluster_state */
	HBKM_A_CLUSTER_FLAGS,		/* u32, HBKM_CLUSTER_F_* */
	HBKM_A_HOLDING,			/* u32, number of groups ACTIVE here */
	HBKM_A_KEEPALIVE_US,		/* u32 */
	HBKM_A_DEADTIME_US,		/* u32 */
	HBKM_A_WARNTIME_US,		/* u32 */
	HBKM_A_INITDEAD_US,		/* u32 */
	HBKM_A_AGENT_TIMEOUT_US,	/* u32 */
	HBKM_A_AUTO_FAILBACK,		/* u8, enum hbkm_auto_failback */
	HBKM_A_LATE_MAX_NS,		/* u64, latest beat since the cluster was made */
	HBKM_A_LATE_HIST,		/* u64[HBKM_LATE_BUCKETS] */
	HBKM_A_NODE_NAME,		/* string */
	HBKM_A_NODE_ID,			/* u32 */
	HBKM_A_NODE_STATE,		/* u8, enum hbkm_node_state */
	HBKM_A_NODE_FLAGS,		/* u32, HBKM_NODE_F_* */
	HBKM_A_REASON,			/* u8, enum hbkm_reason */
	HBKM_A_INCARNATION,		/* u64 */
	HBKM_A_AGE_NS,			/* u64 */
	HBKM_A_RTT_NS,			/* u64 */
	HBKM_A_PATHS_HEARD,		/* u32 bitmap: on which we hear the node */
	HBKM_A_PATHS_ECHOED,		/* u32 bitmap: on which it says it hears us */
	HBKM_A_LINK_ID,			/* u8 */
	HBKM_A_LINK_KIND,		/* u8, enum hbkm_link_kind */
	HBKM_A_LINK_PATH,		/* u8 */
	HBKM_A_LINK_STATE,		/* u8, enum hbkm_link_state */
	HBKM_A_IFNAME,			/* string */
	HBKM_A_IFINDEX,			/* u32 */
	HBKM_A_ADDR,			/* 4 bytes, network order, or 16: IPv6 */
	HBKM_A_SADDR,			/* as HBKM_A_ADDR, and of the same family */
	HBKM_A_PORT,			/* u16, host order */
	HBKM_A_TTL,			/* u8 */
	HBKM_A_TX,			/* u64 */
	HBKM_A_TX_ERRORS,		/* u64 */
	HBKM_A_RX,			/* u64 */
	HBKM_A_GROUP_NAME,		/* string */
	HBKM_A_GROUP_ID,		/* u32 */
	HBKM_A_GROUP_STATE,		/* u8, enum hbkm_group_state */
	HBKM_A_GROUP_FLAGS,		/* u32, HBKM_GROUP_F_* */
	HBKM_A_TERM,			/* u32 */
	HBKM_A_HOLDER,			/* u32, node id */
	HBKM_A_ORDER,			/* u32[], node ids */
	HBKM_A_RESULT,			/* u32, 0 or an errno */
	HBKM_A_MOVE,			/* u8, enum hbkm_move */
	HBKM_A_KEY,			/* nested */
	HBKM_A_KEY_ID,			/* u8 */
	HBKM_A_KEY_METHOD,		/* u8, enum hbkm_method */
	HBKM_A_KEY_SECRET,		/* binary */
	HBKM_A_KEY_SIGN,		/* u8 */
	HBKM_A_STATS,			/* nested, by enum hbkm_stat, u64 */
	HBKM_A_EVENT,			/* u8, enum hbkm_event */
	HBKM_A_EVENT_SEQ,		/* u32 */
	HBKM_A_TIME_NS,			/* u64 */
	HBKM_A_GUARD,			/* nested, HBKM_A_ADDR for each address */
	HBKM_A_HWADDR,			/* hardware address, as long as the device's */
	HBKM_A_REACH,			/* u16, addresses outside that a node reaches */
	HBKM_A_MARK,			/* u32, what an agent tells the other agents */

	__HBKM_A_MAX,
	HBKM_A_MAX = __HBKM_A_MAX - 1
};

enum hbkm_cluster_state {
	HBKM_CLUSTER_DOWN,		/* configured, not started */
	HBKM_CLUSTER_JOINING,		/* beats, but waits to learn who else lives */
	HBKM_CLUSTER_RUNNING,		/* may hold groups */
	HBKM_CLUSTER_LEAVING,		/* gives everything up, then goes */
};

#define HBKM_CLUSTER_F_AGENT	(1U << 0)	/* the agent is there and answers */
#define HBKM_CLUSTER_F_ISOLATED	(1U << 1)	/* every own link is down, or flaps */

/* As Heartbeat's: auto_failback legacy is on, without standby and takeover. */
enum hbkm_auto_failback {
	HBKM_FAILBACK_OFF,
	HBKM_FAILBACK_ON,
	HBKM_FAILBACK_LEGACY,
};

enum hbkm_node_state {
	HBKM_NODE_INIT,			/* not known to be alive: never or one-way heard */
	HBKM_NODE_UP,			/* heard, and it hears us */
	HBKM_NODE_LATE,			/* up, but silent for warntime */
	HBKM_NODE_DEAD,			/* silent for deadtime */
	HBKM_NODE_LEFT,			/* said good-bye */
};

#define HBKM_NODE_F_SELF	(1U << 0)	/* this very node */
#define HBKM_NODE_F_AGENT	(1U << 1)	/* says that its agent works */
#define HBKM_NODE_F_SETTLED	(1U << 2)	/* says that it has joined */
#define HBKM_NODE_F_ONEWAY	(1U << 3)	/* heard, but it does not hear us */
#define HBKM_NODE_F_OTHER_GROUPS (1U << 4)	/* other groups or orders than here */
#define HBKM_NODE_F_OTHER_TIMES	(1U << 5)	/* another keepalive or deadtime */
#define HBKM_NODE_F_OTHER_POLICY (1U << 6)	/* auto_failback off here or there only */
#define HBKM_NODE_F_UNVERIFIED	(1U << 7)	/* not up; what came in its name was not signed
						   by any key here */
#define HBKM_NODE_F_UNHEARD	(1U << 8)	/* not up; beats of it come, for seconds now, but do
						   not say that it hears us */
#define HBKM_NODE_F_TWIN	(1U << 9)	/* this very node, and another machine beats under
						   its name, or somebody repeats an earlier life */

enum hbkm_reason {
	HBKM_REASON_NONE,
	HBKM_REASON_STOP,		/* orderly stop */
	HBKM_REASON_UNLOAD,		/* module or network namespace goes */
	HBKM_REASON_REBOOT,
	HBKM_REASON_PANIC,
	HBKM_REASON_SUSPEND,
};

enum hbkm_link_kind {
	HBKM_LINK_UCAST = 1,
	HBKM_LINK_BCAST,
	HBKM_LINK_MCAST,
};

enum hbkm_link_state {
	HBKM_LINK_ABSENT,		/* no such device */
	HBKM_LINK_DOWN,			/* device down or without carrier */
	HBKM_LINK_UP,
};

enum hbkm_group_state {
	HBKM_GROUP_STANDBY,
	HBKM_GROUP_ACQUIRING,		/* the agent is to bring it up and acknowledge */
	HBKM_GROUP_ACTIVE,
	HBKM_GROUP_RELEASING,		/* the agent is to take it down and acknowledge */
	HBKM_GROUP_FAILED,		/* the agent could not bring it up, or keep it */
};

#define HBKM_GROUP_F_STANDBY	(1U << 0)	/* only if nobody else will */
#define HBKM_GROUP_F_WANT	(1U << 1)	/* asked to take it over */
#define HBKM_GROUP_F_WARM	(1U << 2)	/* addresses stay, silenced, where it is not held */
#define HBKM_GROUP_F_READY	(1U << 3)	/* warm, and they are there: no agent is needed */

enum hbkm_move {
	HBKM_MOVE_STANDBY = 1,
	HBKM_MOVE_TAKEOVER,
};

/* authkeys' methods */
enum hbkm_method {
	HBKM_METHOD_CRC = 1,		/* CRC-32: integrity only, no secret */
	HBKM_METHOD_MD5,		/* HMAC-MD5 */
	HBKM_METHOD_SHA1,		/* HMAC-SHA-1 */
	HBKM_METHOD_SHA256,		/* HMAC-SHA-256 */
};

enum hbkm_event {
	HBKM_EVENT_CLUSTER = 1,		/* parameters, state, agent, isolation */
	HBKM_EVENT_NODE,		/* node state or flags */
	HBKM_EVENT_PATH,		/* PATHS_HEARD or PATHS_ECHOED of a node */
	HBKM_EVENT_LINK,		/* state of an own link, or whether it can send */
	HBKM_EVENT_GROUP,		/* state of a group here, or its holder */
	HBKM_EVENT_CONFLICT,		/* two nodes claim a group (NODE_ID: the other) */
	HBKM_EVENT_STALL,		/* our own timer was late (AGE_NS: by how much) */
	HBKM_EVENT_DUPLICATE,		/* another machine has an address held here */
};

/* Counters. Every received frame ends in RX_GOOD or in one RX_ drop counter. */
enum hbkm_stat {
	HBKM_STAT_TX = 1,		/* frames given to the network */
	HBKM_STAT_TX_ERROR,		/* refused by it */
	HBKM_STAT_TX_NOMEM,		/* sent from the reserve: no memory */
	HBKM_STAT_BEAT,			/* beats due by the clock */
	HBKM_STAT_BEAT_EXTRA,		/* beats sent at once on a change */
	HBKM_STAT_RX_GOOD,
	HBKM_STAT_RX_SHORT,		/* shorter than a header */
	HBKM_STAT_RX_MAGIC,
	HBKM_STAT_RX_VERSION,
	HBKM_STAT_RX_TYPE,
	HBKM_STAT_RX_LENGTH,		/* length and counts disagree */
	HBKM_STAT_RX_FIELD,		/* a field out of its range */
	HBKM_STAT_RX_CLUSTER,		/* another cluster's */
	HBKM_STAT_RX_SELF,		/* our own, come back */
	HBKM_STAT_RX_LINK,		/* from an address that no link names */
	HBKM_STAT_RX_NODE,		/* a node not configured here */
	HBKM_STAT_RX_KEY,		/* signed by a key not in the ring */
	HBKM_STAT_RX_MAC,		/* the MAC does not match */
	HBKM_STAT_RX_REPLAY,		/* seen already, or too old */
	HBKM_STAT_RX_STALE,		/* of another life of a living node */
	HBKM_STAT_RX_IDLE,		/* cluster not started, or node just removed */
	HBKM_STAT_RX_NOMEM,		/* no memory to make it linear */
	HBKM_STAT_STALL,		/* our own timers were late, or frames waited */
	HBKM_STAT_CONFLICT,		/* two nodes claimed a group */
	HBKM_STAT_EVENT_LOST,		/* an event could not be built or delivered */
	HBKM_STAT_GUARD_DROP,		/* sent or received by a silent address: dropped */
	HBKM_STAT_DUPLICATE,		/* ARP of another machine for an address held here */

	__HBKM_STAT_MAX,
	HBKM_STAT_MAX = __HBKM_STAT_MAX - 1
};

/* Bucket i counts beats that left 2^(i-1) .. 2^i - 1 us late, bucket 0 less than 1 us. */
#define HBKM_LATE_BUCKETS	24

#endif /* _UAPI_LINUX_HBKM_H */
