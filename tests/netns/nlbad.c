// SPDX-License-Identifier: GPL-2.0
/*
 * nlbad: sends requests that the module must refuse, each broken in one way, and looks at the answer: the errno that was
 * expected, and a text (NLMSGERR_ATTR_MSG). After each one everything that can be read must be as it was before.
 *
 *	nlbad PHASE	none: there is no cluster; down: one that is not started; up: one that runs
 *	nlbad reads	as anybody: reads work, none of them tells a key, writes are refused
 *
 * The messages are made by hand: a library would not let us make them wrong.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/hbkm.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#define ROOM 65536

/* One attribute of a request. No data: a list ends at type 0. */
struct attribute {
	int type;
	int length;
	const void *data;
};

#define STRING(t, s) { t, sizeof(s), s }
#define U8(t, v) { t, 1, (const uint8_t[]){ v } }
#define U16(t, v) { t, 2, (const uint16_t[]){ v } }
#define U32(t, v) { t, 4, (const uint32_t[]){ v } }
#define BYTES(t, n) { t, n, many }
#define NAME63 "a234567890123456789012345678901234567890123456789012345678901234"

struct bad {
	const char *phase;		/* in which it is sent */
	const char *what;
	int command;
	int error;			/* what must come back, or 0: any but success */
	struct attribute attributes[8];
};

static const unsigned char many[1024];
static uint32_t twice[2], strangers[33];
static const uint32_t group_id_none = 0xdeadbeef;

/* A nested attribute as it lies in a message, all of u8 and strings: made by hand as well. */
static const unsigned char key_no_id[] = { 5, 0, HBKM_A_KEY_METHOD, 0, HBKM_METHOD_CRC, 0, 0, 0 };
static const unsigned char key_no_method[] = { 5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0 };
static const unsigned char key_bad_id[] = {
	5, 0, HBKM_A_KEY_ID, 0, 16, 0, 0, 0, 5, 0, HBKM_A_KEY_METHOD, 0, HBKM_METHOD_CRC, 0, 0, 0
};
static const unsigned char key_bad_method[] = {
	5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0, 5, 0, HBKM_A_KEY_METHOD, 0, 9, 0, 0, 0
};
static const unsigned char key_no_secret[] = {
	5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0, 5, 0, HBKM_A_KEY_METHOD, 0, HBKM_METHOD_SHA1, 0, 0, 0
};
static const unsigned char key_crc_secret[] = {
	5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0, 5, 0, HBKM_A_KEY_METHOD, 0, HBKM_METHOD_CRC, 0, 0, 0,
	8, 0, HBKM_A_KEY_SECRET, 0, 'a', 'b', 'c', 'd'
};
static const unsigned char key_stranger[] = {
	5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0, 5, 0, HBKM_A_KEY_METHOD, 0, HBKM_METHOD_CRC, 0, 0, 0,
	8, 0, HBKM_A_NODE_ID, 0, 1, 2, 3, 4
};
static const unsigned char key_good[] = {
	5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0, 5, 0, HBKM_A_KEY_METHOD, 0, HBKM_METHOD_CRC, 0, 0, 0
};
static const unsigned char key_cut[] = { 5, 0, HBKM_A_KEY_ID, 0, 1, 0, 0, 0, 40, 0, HBKM_A_KEY_METHOD, 0 };
#define KEY(k) { HBKM_A_KEY | NLA_F_NESTED, sizeof(k), k }

#define LINK(kind, id, path, ifname, port) \
	U8(HBKM_A_LINK_ID, id), U8(HBKM_A_LINK_KIND, kind), U8(HBKM_A_LINK_PATH, path), STRING(HBKM_A_IFNAME, ifname), \
	U16(HBKM_A_PORT, port)
#define ADDR(a, b, c, d) { HBKM_A_ADDR, 4, (const unsigned char[]){ a, b, c, d } }

static const struct bad table[] = {
	/* no cluster */
	{ "none", "read of no cluster", HBKM_CMD_CLUSTER_GET, ENOENT, { { 0 } } },
	{ "none", "counters of no cluster", HBKM_CMD_STATS_GET, ENOENT, { { 0 } } },
	{ "none", "delete no cluster", HBKM_CMD_CLUSTER_DEL, ENOENT, { { 0 } } },
	{ "none", "a node for no cluster", HBKM_CMD_NODE_NEW, ENOENT, { STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "delete a node of no cluster", HBKM_CMD_NODE_DEL, ENOENT, { STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "a link for no cluster", HBKM_CMD_LINK_NEW, ENOENT, { LINK(HBKM_LINK_BCAST, 1, 1, "eth0", 694) } },
	{ "none", "delete a link of no cluster", HBKM_CMD_LINK_DEL, ENOENT, { U8(HBKM_A_LINK_ID, 0) } },
	{ "none", "a group for no cluster", HBKM_CMD_GROUP_NEW, ENOENT,
	  { STRING(HBKM_A_GROUP_NAME, "g"), U32(HBKM_A_ORDER, 1) } },
	{ "none", "delete a group of no cluster", HBKM_CMD_GROUP_DEL, ENOENT, { STRING(HBKM_A_GROUP_NAME, "g") } },
	{ "none", "keys for no cluster", HBKM_CMD_KEYS_SET, ENOENT, { KEY(key_good), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "none", "an agent for no cluster", HBKM_CMD_AGENT, ENOENT, { { 0 } } },
	{ "none", "start no cluster", HBKM_CMD_START, ENOENT, { { 0 } } },
	{ "none", "leave no cluster", HBKM_CMD_LEAVE, ENOENT, { { 0 } } },
	{ "none", "acknowledge in no cluster", HBKM_CMD_GROUP_ACK, ENOENT,
	  { U32(HBKM_A_GROUP_ID, 1), U8(HBKM_A_GROUP_STATE, 1), U32(HBKM_A_TERM, 1), U32(HBKM_A_RESULT, 0) } },
	{ "none", "move in no cluster", HBKM_CMD_GROUP_MOVE, ENOENT, { U8(HBKM_A_MOVE, 1) } },
	{ "none", "a cluster without a name", HBKM_CMD_CLUSTER_SET, ENOENT, { STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "a cluster without a node", HBKM_CMD_CLUSTER_SET, ENOENT, { STRING(HBKM_A_CLUSTER_NAME, "c") } },
	{ "none", "a cluster with an empty name", HBKM_CMD_CLUSTER_SET, EINVAL,
	  { STRING(HBKM_A_CLUSTER_NAME, ""), STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "a cluster with a blank in its name", HBKM_CMD_CLUSTER_SET, EINVAL,
	  { STRING(HBKM_A_CLUSTER_NAME, "a b"), STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "a node with a newline in its name", HBKM_CMD_CLUSTER_SET, EINVAL,
	  { STRING(HBKM_A_CLUSTER_NAME, "c"), STRING(HBKM_A_NODE_NAME, "x\n") } },
	{ "none", "a node with an escape in its name", HBKM_CMD_CLUSTER_SET, EINVAL,
	  { STRING(HBKM_A_CLUSTER_NAME, "c"), STRING(HBKM_A_NODE_NAME, "\033[2J") } },
	{ "none", "a node whose name is not ASCII", HBKM_CMD_CLUSTER_SET, EINVAL,
	  { STRING(HBKM_A_CLUSTER_NAME, "c"), STRING(HBKM_A_NODE_NAME, "caf\303\251") } },
	{ "none", "a name of 64 bytes", HBKM_CMD_CLUSTER_SET, 0,
	  { STRING(HBKM_A_CLUSTER_NAME, NAME63), STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "a name without its NUL", HBKM_CMD_CLUSTER_SET, EINVAL,
	  { { HBKM_A_CLUSTER_NAME, 3, "abc" }, STRING(HBKM_A_NODE_NAME, "x") } },
	{ "none", "a cluster whose times do not fit", HBKM_CMD_CLUSTER_SET, ERANGE,
	  { STRING(HBKM_A_CLUSTER_NAME, "c"), STRING(HBKM_A_NODE_NAME, "x"), U32(HBKM_A_KEEPALIVE_US, 1000),
	    U32(HBKM_A_DEADTIME_US, 2000) } },

	/* not started */
	{ "down", "start without a link", HBKM_CMD_START, EINVAL, { { 0 } } },
	{ "down", "leave what is not started", HBKM_CMD_LEAVE, EINVAL, { { 0 } } },
	{ "down", "move in a cluster that has not joined", HBKM_CMD_GROUP_MOVE, 0,
	  { U8(HBKM_A_MOVE, HBKM_MOVE_TAKEOVER), STRING(HBKM_A_GROUP_NAME, "cookbook") } },

	/* running: the cluster */
	{ "up", "another cluster's name", HBKM_CMD_CLUSTER_SET, EBUSY, { STRING(HBKM_A_CLUSTER_NAME, "other") } },
	{ "up", "another node's name", HBKM_CMD_CLUSTER_SET, EBUSY, { STRING(HBKM_A_NODE_NAME, "other") } },
	{ "up", "keepalive 0", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_KEEPALIVE_US, 0) } },
	{ "up", "keepalive 99 us", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_KEEPALIVE_US, 99) } },
	{ "up", "keepalive above 60 s", HBKM_CMD_CLUSTER_SET, ERANGE,
	  { U32(HBKM_A_KEEPALIVE_US, 60000001), U32(HBKM_A_DEADTIME_US, 3600000000u) } },
	{ "up", "keepalive of half of deadtime", HBKM_CMD_CLUSTER_SET, ERANGE,
	  { U32(HBKM_A_KEEPALIVE_US, 15000), U32(HBKM_A_DEADTIME_US, 30000) } },
	{ "up", "deadtime 0", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_DEADTIME_US, 0) } },
	{ "up", "deadtime above an hour", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_DEADTIME_US, 3600000001u) } },
	{ "up", "deadtime of 2^32 - 1", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_DEADTIME_US, 0xffffffff) } },
	{ "up", "warntime 0", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_WARNTIME_US, 0) } },
	{ "up", "warntime above deadtime", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_WARNTIME_US, 30001) } },
	{ "up", "initdead below deadtime", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_INITDEAD_US, 29999) } },
	{ "up", "agent time-out 0", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_AGENT_TIMEOUT_US, 0) } },
	{ "up", "agent time-out above an hour", HBKM_CMD_CLUSTER_SET, ERANGE, { U32(HBKM_A_AGENT_TIMEOUT_US, 3600000001u) } },
	{ "up", "auto_failback 3", HBKM_CMD_CLUSTER_SET, ERANGE, { U8(HBKM_A_AUTO_FAILBACK, 3) } },
	{ "up", "one good value and one bad", HBKM_CMD_CLUSTER_SET, ERANGE,
	  { U32(HBKM_A_INITDEAD_US, 5000000), U32(HBKM_A_KEEPALIVE_US, 1) } },
	{ "up", "a u32 of 2 bytes", HBKM_CMD_CLUSTER_SET, 0, { U16(HBKM_A_KEEPALIVE_US, 1000) } },
	{ "up", "a u32 of 8 bytes", HBKM_CMD_CLUSTER_SET, 0, { BYTES(HBKM_A_KEEPALIVE_US, 8) } },
	{ "up", "a u8 of 4 bytes", HBKM_CMD_CLUSTER_SET, 0, { U32(HBKM_A_AUTO_FAILBACK, 1) } },
	{ "up", "an attribute of another command", HBKM_CMD_CLUSTER_SET, EINVAL, { U32(HBKM_A_NODE_ID, 1) } },
	{ "up", "what can only be read", HBKM_CMD_CLUSTER_SET, EINVAL, { U32(HBKM_A_HOLDING, 1) } },
	{ "up", "an attribute that does not exist", HBKM_CMD_CLUSTER_SET, EINVAL, { U32(HBKM_A_MAX + 1, 1) } },
	{ "up", "one far beyond", HBKM_CMD_CLUSTER_SET, EINVAL, { U32(16000, 1) } },
	{ "up", "delete for a reason that does not exist", HBKM_CMD_CLUSTER_DEL, ERANGE, { U8(HBKM_A_REASON, 200) } },
	{ "up", "start twice", HBKM_CMD_START, EALREADY, { { 0 } } },
	{ "up", "start with an attribute", HBKM_CMD_START, EINVAL, { U32(HBKM_A_KEEPALIVE_US, 1000) } },
	{ "up", "leave with an attribute", HBKM_CMD_LEAVE, EINVAL, { U8(HBKM_A_REASON, 1) } },
	{ "up", "a second agent", HBKM_CMD_AGENT, EBUSY, { { 0 } } },
	{ "up", "a command of number 0", 0, EOPNOTSUPP, { { 0 } } },
	{ "up", "the next command that does not exist", HBKM_CMD_MAX + 1, EOPNOTSUPP, { { 0 } } },
	{ "up", "command 255", 255, EOPNOTSUPP, { { 0 } } },
	{ "up", "an event, which only the kernel sends", HBKM_CMD_EVENT, EOPNOTSUPP, { { 0 } } },
	{ "up", "a read with an attribute", HBKM_CMD_CLUSTER_GET, EINVAL, { U32(HBKM_A_KEEPALIVE_US, 1) } },

	/* nodes */
	{ "up", "no node", HBKM_CMD_NODE_NEW, EINVAL, { { 0 } } },
	{ "up", "a node without a name", HBKM_CMD_NODE_NEW, EINVAL, { STRING(HBKM_A_NODE_NAME, "") } },
	{ "up", "a node with a tab", HBKM_CMD_NODE_NEW, EINVAL, { STRING(HBKM_A_NODE_NAME, "a\tb") } },
	{ "up", "a node with a DEL", HBKM_CMD_NODE_NEW, EINVAL, { STRING(HBKM_A_NODE_NAME, "a\177") } },
	{ "up", "a node whose name is too long", HBKM_CMD_NODE_NEW, 0, { STRING(HBKM_A_NODE_NAME, NAME63) } },
	{ "up", "a node with a state", HBKM_CMD_NODE_NEW, EINVAL, { STRING(HBKM_A_NODE_NAME, "x"), U8(HBKM_A_NODE_STATE, 1) } },
	{ "up", "delete no node", HBKM_CMD_NODE_DEL, EINVAL, { { 0 } } },
	{ "up", "delete a node that is not there", HBKM_CMD_NODE_DEL, ENOENT, { STRING(HBKM_A_NODE_NAME, "nobody") } },
	{ "up", "delete the own node", HBKM_CMD_NODE_DEL, EBUSY, { STRING(HBKM_A_NODE_NAME, "cookbook") } },
	{ "up", "delete a node of a group's order", HBKM_CMD_NODE_DEL, EBUSY, { STRING(HBKM_A_NODE_NAME, "cookbook2") } },

	/* links */
	{ "up", "no link", HBKM_CMD_LINK_NEW, EINVAL, { { 0 } } },
	{ "up", "a link without an id", HBKM_CMD_LINK_NEW, EINVAL,
	  { U8(HBKM_A_LINK_KIND, 2), U8(HBKM_A_LINK_PATH, 1), STRING(HBKM_A_IFNAME, "eth0"), U16(HBKM_A_PORT, 694) } },
	{ "up", "a link without a kind", HBKM_CMD_LINK_NEW, EINVAL,
	  { U8(HBKM_A_LINK_ID, 9), U8(HBKM_A_LINK_PATH, 1), STRING(HBKM_A_IFNAME, "eth0"), U16(HBKM_A_PORT, 694) } },
	{ "up", "a link without a path", HBKM_CMD_LINK_NEW, EINVAL,
	  { U8(HBKM_A_LINK_ID, 9), U8(HBKM_A_LINK_KIND, 2), STRING(HBKM_A_IFNAME, "eth0"), U16(HBKM_A_PORT, 694) } },
	{ "up", "a link without a device", HBKM_CMD_LINK_NEW, EINVAL,
	  { U8(HBKM_A_LINK_ID, 9), U8(HBKM_A_LINK_KIND, 2), U8(HBKM_A_LINK_PATH, 1), U16(HBKM_A_PORT, 694) } },
	{ "up", "a link without a port", HBKM_CMD_LINK_NEW, EINVAL,
	  { U8(HBKM_A_LINK_ID, 9), U8(HBKM_A_LINK_KIND, 2), U8(HBKM_A_LINK_PATH, 1), STRING(HBKM_A_IFNAME, "eth0") } },
	{ "up", "link 64", HBKM_CMD_LINK_NEW, ERANGE, { LINK(HBKM_LINK_BCAST, 64, 1, "eth0", 694) } },
	{ "up", "kind 0", HBKM_CMD_LINK_NEW, ERANGE, { LINK(0, 9, 1, "eth0", 694) } },
	{ "up", "kind 4", HBKM_CMD_LINK_NEW, ERANGE, { LINK(4, 9, 1, "eth0", 694) } },
	{ "up", "path 16", HBKM_CMD_LINK_NEW, ERANGE, { LINK(HBKM_LINK_BCAST, 9, 16, "eth0", 694) } },
	{ "up", "port 0", HBKM_CMD_LINK_NEW, ERANGE, { LINK(HBKM_LINK_BCAST, 9, 1, "eth0", 0) } },
	{ "up", "ttl 0", HBKM_CMD_LINK_NEW, ERANGE,
	  { LINK(HBKM_LINK_MCAST, 9, 1, "eth0", 694), ADDR(225, 0, 0, 1), U8(HBKM_A_TTL, 0) } },
	{ "up", "a device without a name", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_BCAST, 9, 1, "", 694) } },
	{ "up", "a device with a slash", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_BCAST, 9, 1, "a/b", 694) } },
	{ "up", "a device named ..", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_BCAST, 9, 1, "..", 694) } },
	{ "up", "a device's name of 16 bytes", HBKM_CMD_LINK_NEW, 0, { LINK(HBKM_LINK_BCAST, 9, 1, "abcdefghijklmnop", 694) } },
	{ "up", "ucast to nobody", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_UCAST, 9, 1, "eth0", 694) } },
	{ "up", "ucast to a group", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_UCAST, 9, 1, "eth0", 694), ADDR(225, 0, 0, 1) } },
	{ "up", "ucast to all", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_UCAST, 9, 1, "eth0", 694), ADDR(255, 255, 255, 255) } },
	{ "up", "ucast to 0.0.0.0", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_UCAST, 9, 1, "eth0", 694), ADDR(0, 0, 0, 0) } },
	{ "up", "mcast to nobody", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_MCAST, 9, 1, "eth0", 694) } },
	{ "up", "mcast to a host", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_MCAST, 9, 1, "eth0", 694), ADDR(10, 0, 2, 16) } },
	{ "up", "bcast to somebody", HBKM_CMD_LINK_NEW, EINVAL, { LINK(HBKM_LINK_BCAST, 9, 1, "eth0", 694), ADDR(10, 0, 2, 16) } },
	{ "up", "an address of 3 bytes", HBKM_CMD_LINK_NEW, 0, { LINK(HBKM_LINK_UCAST, 9, 1, "eth0", 694), BYTES(HBKM_A_ADDR, 3) } },
	{ "up", "an address of 16 bytes", HBKM_CMD_LINK_NEW, 0, { LINK(HBKM_LINK_UCAST, 9, 1, "eth0", 694), BYTES(HBKM_A_ADDR, 16) } },
	{ "up", "another link's id", HBKM_CMD_LINK_NEW, EEXIST, { LINK(HBKM_LINK_BCAST, 0, 1, "eth9", 694) } },
	{ "up", "delete no link", HBKM_CMD_LINK_DEL, EINVAL, { { 0 } } },
	{ "up", "delete a link that is not there", HBKM_CMD_LINK_DEL, ENOENT, { U8(HBKM_A_LINK_ID, 63) } },
	{ "up", "delete link 64", HBKM_CMD_LINK_DEL, ERANGE, { U8(HBKM_A_LINK_ID, 64) } },

	/* groups */
	{ "up", "no group", HBKM_CMD_GROUP_NEW, EINVAL, { { 0 } } },
	{ "up", "a group without an order", HBKM_CMD_GROUP_NEW, EINVAL, { STRING(HBKM_A_GROUP_NAME, "g") } },
	{ "up", "an order of nothing", HBKM_CMD_GROUP_NEW, EINVAL, { STRING(HBKM_A_GROUP_NAME, "g"), BYTES(HBKM_A_ORDER, 0) } },
	{ "up", "an order of 6 bytes", HBKM_CMD_GROUP_NEW, EINVAL, { STRING(HBKM_A_GROUP_NAME, "g"), BYTES(HBKM_A_ORDER, 6) } },
	{ "up", "an order of 33 nodes", HBKM_CMD_GROUP_NEW, 0,
	  { STRING(HBKM_A_GROUP_NAME, "g"), { HBKM_A_ORDER, sizeof(strangers), strangers } } },
	{ "up", "an order with a stranger", HBKM_CMD_GROUP_NEW, ENOENT,
	  { STRING(HBKM_A_GROUP_NAME, "g"), { HBKM_A_ORDER, 4, &group_id_none } } },
	{ "up", "an order with a node twice", HBKM_CMD_GROUP_NEW, EINVAL,
	  { STRING(HBKM_A_GROUP_NAME, "g"), { HBKM_A_ORDER, 8, twice } } },
	{ "up", "a bad order for a group that is there", HBKM_CMD_GROUP_NEW, EINVAL,
	  { STRING(HBKM_A_GROUP_NAME, "cookbook"), { HBKM_A_ORDER, 8, twice } } },
	{ "up", "a group with a blank", HBKM_CMD_GROUP_NEW, EINVAL,
	  { STRING(HBKM_A_GROUP_NAME, "a b"), { HBKM_A_ORDER, 4, twice } } },
	{ "up", "delete no group", HBKM_CMD_GROUP_DEL, EINVAL, { { 0 } } },
	{ "up", "delete a group that is not there", HBKM_CMD_GROUP_DEL, ENOENT, { STRING(HBKM_A_GROUP_NAME, "g") } },
	{ "up", "acknowledge nothing", HBKM_CMD_GROUP_ACK, EINVAL, { { 0 } } },
	{ "up", "acknowledge without a result", HBKM_CMD_GROUP_ACK, EINVAL,
	  { U32(HBKM_A_GROUP_ID, 1), U8(HBKM_A_GROUP_STATE, 1), U32(HBKM_A_TERM, 1) } },
	{ "up", "acknowledge a group that is not there", HBKM_CMD_GROUP_ACK, ENOENT,
	  { { HBKM_A_GROUP_ID, 4, &group_id_none }, U8(HBKM_A_GROUP_STATE, 1), U32(HBKM_A_TERM, 1), U32(HBKM_A_RESULT, 0) } },
	{ "up", "acknowledge a state that does not exist", HBKM_CMD_GROUP_ACK, ERANGE,
	  { { HBKM_A_GROUP_ID, 4, twice }, U8(HBKM_A_GROUP_STATE, 5), U32(HBKM_A_TERM, 1), U32(HBKM_A_RESULT, 0) } },
	{ "up", "acknowledge what is done already", HBKM_CMD_GROUP_ACK, ESTALE,
	  { { HBKM_A_GROUP_ID, 4, twice }, U8(HBKM_A_GROUP_STATE, HBKM_GROUP_ACQUIRING), U32(HBKM_A_TERM, 1),
	    U32(HBKM_A_RESULT, 0) } },
	{ "up", "acknowledge another term", HBKM_CMD_GROUP_ACK, ESTALE,
	  { { HBKM_A_GROUP_ID, 4, twice }, U8(HBKM_A_GROUP_STATE, HBKM_GROUP_ACTIVE), U32(HBKM_A_TERM, 77777),
	    U32(HBKM_A_RESULT, 0) } },
	{ "up", "move without a direction", HBKM_CMD_GROUP_MOVE, EINVAL, { { 0 } } },
	{ "up", "direction 0", HBKM_CMD_GROUP_MOVE, ERANGE, { U8(HBKM_A_MOVE, 0) } },
	{ "up", "direction 3", HBKM_CMD_GROUP_MOVE, ERANGE, { U8(HBKM_A_MOVE, 3) } },
	{ "up", "move a group that is not there", HBKM_CMD_GROUP_MOVE, ENOENT,
	  { U8(HBKM_A_MOVE, HBKM_MOVE_STANDBY), STRING(HBKM_A_GROUP_NAME, "g") } },
	{ "up", "move when nobody else is there", HBKM_CMD_GROUP_MOVE, EHOSTUNREACH, { U8(HBKM_A_MOVE, HBKM_MOVE_STANDBY) } },

	/* keys */
	{ "up", "no key", HBKM_CMD_KEYS_SET, EINVAL, { U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "no key that signs", HBKM_CMD_KEYS_SET, EINVAL, { KEY(key_good) } },
	{ "up", "a key without an id", HBKM_CMD_KEYS_SET, EINVAL, { KEY(key_no_id), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "a key without a method", HBKM_CMD_KEYS_SET, EINVAL, { KEY(key_no_method), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "key 16", HBKM_CMD_KEYS_SET, ERANGE, { KEY(key_bad_id), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "method 9", HBKM_CMD_KEYS_SET, ERANGE, { KEY(key_bad_method), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "sha1 without a secret", HBKM_CMD_KEYS_SET, EINVAL, { KEY(key_no_secret), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "crc with a secret", HBKM_CMD_KEYS_SET, EINVAL, { KEY(key_crc_secret), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "a key with a stranger's attribute", HBKM_CMD_KEYS_SET, EINVAL, { KEY(key_stranger), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "a key that is cut off", HBKM_CMD_KEYS_SET, 0, { KEY(key_cut), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "the same key twice", HBKM_CMD_KEYS_SET, 0, { KEY(key_good), KEY(key_good), U8(HBKM_A_KEY_SIGN, 1) } },
	{ "up", "a key that signs and is not there", HBKM_CMD_KEYS_SET, 0, { KEY(key_good), U8(HBKM_A_KEY_SIGN, 2) } },
	{ "up", "key 16 signs", HBKM_CMD_KEYS_SET, ERANGE, { KEY(key_good), U8(HBKM_A_KEY_SIGN, 16) } },
};

/* Every write there is; whoever may not write must be told so, whatever else is wrong. */
static const int writes[] = {
	HBKM_CMD_CLUSTER_SET, HBKM_CMD_CLUSTER_DEL, HBKM_CMD_NODE_NEW, HBKM_CMD_NODE_DEL, HBKM_CMD_LINK_NEW,
	HBKM_CMD_LINK_DEL, HBKM_CMD_GROUP_NEW, HBKM_CMD_GROUP_DEL, HBKM_CMD_KEYS_SET, HBKM_CMD_AGENT, HBKM_CMD_START,
	HBKM_CMD_LEAVE, HBKM_CMD_GROUP_ACK, HBKM_CMD_GROUP_MOVE,
};

static int fd, failed;
static uint32_t sequence;
static uint16_t family;
static union {
	struct nlmsghdr header;
	char bytes[ROOM];
} answer;

static void say(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
#include <stdarg.h>
static void say(bool good, const char *format, ...)
{
	va_list list;

	failed += !good;
	printf("%s - ", good ? "ok" : "not ok");
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
}

static void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

static void send_request(uint16_t type, int flags, int command, const struct attribute *attributes, size_t n)
{
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} m;
	struct genlmsghdr *genl = NLMSG_DATA(&m.header);

	memset(&m, 0, sizeof(m));
	m.header.nlmsg_type = type;
	m.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	m.header.nlmsg_seq = ++sequence;
	m.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	genl->cmd = command;
	genl->version = HBKM_GENL_VERSION;
	for (size_t i = 0; i < n && attributes[i].type; i++) {
		struct nlattr *a = (void *)(m.bytes + m.header.nlmsg_len);

		a->nla_type = attributes[i].type;
		a->nla_len = NLA_HDRLEN + attributes[i].length;
		memcpy((char *)a + NLA_HDRLEN, attributes[i].data, attributes[i].length);
		m.header.nlmsg_len += NLA_ALIGN(a->nla_len);
	}
	if (send(fd, &m, m.header.nlmsg_len, 0) < 0)
		die("send");
}

/* The text that came with an error, or NULL. */
static const char *text_of(const struct nlmsghdr *h, const struct nlmsgerr *e)
{
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(*e));

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	while (at + NLA_HDRLEN <= h->nlmsg_len) {
		const struct nlattr *a = (const void *)((const char *)h + at);

		if ((a->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			return (const char *)a + NLA_HDRLEN;
		at += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

/* Reads until the answer to the last request ends. Calls @seen for each message before that. */
static int receive(const char **text, void (*seen)(const struct nlmsghdr *, void *), void *data)
{
	for (;;) {
		ssize_t length = recv(fd, &answer, sizeof(answer), 0);

		if (length < 0)
			die("recv");
		for (struct nlmsghdr *h = &answer.header; NLMSG_OK(h, length); h = NLMSG_NEXT(h, length)) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			if (h->nlmsg_seq != sequence)
				continue;
			if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
				if (text)
					*text = text_of(h, e);
				return -*(const int *)NLMSG_DATA(h);
			}
			if (seen)
				seen(h, data);
		}
	}
}

static void take_family(const struct nlmsghdr *h, void *data)
{
	const char *at = (const char *)NLMSG_DATA(h) + GENL_HDRLEN, *end = (const char *)h + h->nlmsg_len;

	(void)data;
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *a = (const void *)at;

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			family = *(const uint16_t *)(at + NLA_HDRLEN);
		at += NLA_ALIGN(a->nla_len);
	}
}

/* What changes by itself from one reading to the next. */
static bool is_moving(int type)
{
	switch (type) {
	case HBKM_A_AGE_NS:
	case HBKM_A_RTT_NS:
	case HBKM_A_LATE_MAX_NS:
	case HBKM_A_LATE_HIST:
	case HBKM_A_TX:
	case HBKM_A_TX_ERRORS:
	case HBKM_A_RX:
		return true;
	}
	return false;
}

struct picture {
	size_t length;
	unsigned char bytes[ROOM];
};

static void take_picture(const struct nlmsghdr *h, void *data)
{
	const char *at = (const char *)NLMSG_DATA(h) + GENL_HDRLEN, *end = (const char *)h + h->nlmsg_len;
	struct picture *p = data;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *a = (const void *)at;

		if (!is_moving(a->nla_type & NLA_TYPE_MASK) && p->length + a->nla_len <= sizeof(p->bytes)) {
			memcpy(p->bytes + p->length, a, a->nla_len);
			p->length += a->nla_len;
		}
		at += NLA_ALIGN(a->nla_len);
	}
}

/* Everything that can be read, but for counters and clocks. */
static void look(struct picture *p)
{
	static const int dumps[] = { HBKM_CMD_NODE_GET, HBKM_CMD_LINK_GET, HBKM_CMD_GROUP_GET };

	memset(p, 0, sizeof(*p));
	send_request(family, 0, HBKM_CMD_CLUSTER_GET, NULL, 0);
	receive(NULL, take_picture, p);
	for (size_t i = 0; i < sizeof(dumps) / sizeof(*dumps); i++) {
		send_request(family, NLM_F_DUMP, dumps[i], NULL, 0);
		receive(NULL, take_picture, p);
	}
}

static void attempt(const struct bad *b)
{
	static struct picture before, after;
	const char *text = NULL;
	int error;

	look(&before);
	send_request(family, 0, b->command, b->attributes, 8);
	error = receive(&text, NULL, NULL);
	look(&after);
	if (!error)
		say(false, "%s: accepted", b->what);
	else if (b->error && error != b->error)
		say(false, "%s: wanted %s, got %s (%s)", b->what, strerror(b->error), strerror(error), text ? text : "no text");
	/* That a command does not exist is told by the kernel before we are asked. */
	else if (!text && error != EOPNOTSUPP)
		say(false, "%s: %s, but no text", b->what, strerror(error));
	else if (before.length != after.length || memcmp(before.bytes, after.bytes, before.length))
		say(false, "%s: refused, but something changed", b->what);
	else
		say(true, "%s: %s", b->what, text ? text : strerror(error));
}

/* What is too many, when many good ones come first. */
static void too_many(const char *what, int command, int attribute, const char *format, unsigned int free, bool order)
{
	static struct picture before, after;
	const char *text = NULL;
	int error = 0;
	char name[64];
	unsigned int i;

	for (i = 0; i <= free && !error; i++) {
		struct attribute a[3] = { { attribute, 0, name } };

		a[0].length = snprintf(name, sizeof(name), format, i) + 1;
		if (order)
			a[1] = (struct attribute){ HBKM_A_ORDER, 4, twice };
		look(&before);
		send_request(family, 0, command, a, 3);
		error = receive(&text, NULL, NULL);
	}
	look(&after);
	if (i != free + 1 || error != ENOSPC || !text)
		say(false, "too many %s: after %u: %s (%s)", what, i, strerror(error), text ? text : "no text");
	else if (before.length != after.length || memcmp(before.bytes, after.bytes, before.length))
		say(false, "too many %s: refused, but something changed", what);
	else
		say(true, "too many %s: %s", what, text);
}

static void too_many_keys(void)
{
	static struct attribute keys[HBKM_MAX_KEYS + 2];
	const char *text = NULL;
	int error;

	for (int i = 0; i <= HBKM_MAX_KEYS; i++)
		keys[i] = (struct attribute)KEY(key_good);
	keys[HBKM_MAX_KEYS + 1] = (struct attribute)U8(HBKM_A_KEY_SIGN, 1);
	send_request(family, 0, HBKM_CMD_KEYS_SET, keys, HBKM_MAX_KEYS + 2);
	error = receive(&text, NULL, NULL);
	say(error && text, "too many keys: %s", text ? text : strerror(error));
}

static void search(const struct nlmsghdr *h, void *found)
{
	const char *secret = "topsecretpassword";
	const char *at = (const char *)h;

	for (size_t i = 0; i + strlen(secret) <= h->nlmsg_len; i++)
		if (!memcmp(at + i, secret, strlen(secret)))
			*(bool *)found = true;
}

static void reads(void)
{
	static const int all[] = {
		HBKM_CMD_CLUSTER_GET, HBKM_CMD_NODE_GET, HBKM_CMD_LINK_GET, HBKM_CMD_GROUP_GET, HBKM_CMD_STATS_GET
	};

	say(geteuid() != 0, "we are not root");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		bool dump = all[i] != HBKM_CMD_CLUSTER_GET && all[i] != HBKM_CMD_STATS_GET, found = false;
		int error;

		send_request(family, dump ? NLM_F_DUMP : 0, all[i], NULL, 0);
		error = receive(NULL, search, &found);
		say(!error, "anybody may read by command %d: %s", all[i], strerror(error));
		say(!found, "command %d does not tell the key", all[i]);
	}
	for (size_t i = 0; i < sizeof(writes) / sizeof(*writes); i++) {
		static struct picture before, after;
		int error;

		look(&before);
		send_request(family, 0, writes[i], NULL, 0);
		error = receive(NULL, NULL, NULL);
		look(&after);
		say(error == EPERM && before.length == after.length && !memcmp(before.bytes, after.bytes, before.length),
		    "not anybody may write by command %d: %s", writes[i], strerror(error));
	}
}

static void take_first_group(const struct nlmsghdr *h, void *data)
{
	const char *at = (const char *)NLMSG_DATA(h) + GENL_HDRLEN, *end = (const char *)h + h->nlmsg_len;

	(void)data;
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *a = (const void *)at;

		if (a->nla_type == HBKM_A_GROUP_ID)
			memcpy(&twice[0], at + NLA_HDRLEN, 4);
		at += NLA_ALIGN(a->nla_len);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	const struct attribute name[] = { STRING(CTRL_ATTR_FAMILY_NAME, HBKM_GENL_NAME), { 0 } };
	int yes = 1;

	if (argc != 2)
		return 2;
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)))
		die("netlink");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof(yes));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &yes, sizeof(yes));
	send_request(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, name, 2);
	receive(NULL, take_family, NULL);
	if (!family)
		die("no family hbkm");
	/* The group cookbook has the id of the node cookbook: both come from the name. */
	send_request(family, NLM_F_DUMP, HBKM_CMD_GROUP_GET, NULL, 0);
	receive(NULL, take_first_group, NULL);
	twice[1] = twice[0];

	if (!strcmp(argv[1], "reads")) {
		reads();
		return failed != 0;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(table[i].phase, argv[1]))
			attempt(&table[i]);
	if (!strcmp(argv[1], "up")) {
		too_many_keys();
		/* Two nodes and one group are there. */
		too_many("nodes", HBKM_CMD_NODE_NEW, HBKM_A_NODE_NAME, "extra%u", HBKM_MAX_NODES - 2, false);
		too_many("groups", HBKM_CMD_GROUP_NEW, HBKM_A_GROUP_NAME, "extra%u", HBKM_MAX_GROUPS - 1, true);
	}
	return failed != 0;
}
