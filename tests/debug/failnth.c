// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation fails once: each request to the module is made again and again from a fresh start, and the first, the
 * second, the third ... allocation that it makes in the kernel fails (/proc/self/fail-nth), until there is none left to
 * fail. A request must then be refused for want of memory, or do without what it did not get; and the same set-up must
 * work afterwards. Speaks raw netlink, as a library would allocate, too.
 *
 * Likewise what the module does when a device changes for which its links wait: a link may then be left without it, but
 * not for longer than until the next change.
 *
 *	failnth requests	in a network namespace with the module and an eth0 with addresses of IPv4 and IPv6
 *	failnth devices		in such a namespace
 *	failnth load FILE	loads the module, which is not loaded, from FILE, and unloads it again
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/hbkm.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../netns/request.h"

/* No request comes near this many; one that does not end fails the test. */
#define TOO_MANY	3000
#define PASSES		3

static int fail_nth;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void arm(unsigned int nth)
{
	char number[16];
	int len = snprintf(number, sizeof(number), "%u", nth);

	if (pwrite(fail_nth, number, len, 0) != len)
		die("fail-nth");
}

/* Return: true if an allocation was refused since arm(). */
static bool disarm(void)
{
	char number[16] = "";

	if (pread(fail_nth, number, sizeof(number) - 1, 0) < 1)
		die("fail-nth");
	arm(0);
	return atoi(number) == 0;
}

static bool for_want_of_memory(int error)
{
	/* ENFILE is what a socket says that could not be allocated. */
	return error == ENOMEM || error == ENOBUFS || error == ENFILE;
}

/* ---- requests ---- */

static bool wordless;

/* Sends what was begun and reads to its end. Return: an errno, 0 if accepted. */
static int answer(int fd)
{
	ssize_t n;

	wordless = false;
	if (send(fd, &out, out.hdr.nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		n = recv(fd, in, sizeof(in), 0);
		if (n < 0)
			return errno;
		for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			const struct nlmsgerr *e = (const void *)((uint8_t *)h + NLMSG_HDRLEN);

			if (h->nlmsg_seq != out.hdr.nlmsg_seq)
				continue;
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			wordless = e->error && !(h->nlmsg_flags & NLM_F_ACK_TLVS);
			return -e->error;
		}
	}
}

static int new_socket(int protocol)
{
	static const int on = 1;
	struct timeval patience = { .tv_sec = 5 };
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* Without somebody who listens no event is made, and none needs memory. */
static void listen_to_events(void)
{
	static int listener;

	if (!listener) {
		listener = new_socket(NETLINK_GENERIC);
		if (setsockopt(listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &event_group, sizeof(event_group)))
			die("the group of events");
	}
	/* ENOBUFS says that there were too many, and then the rest can be read. */
	while (recv(listener, in, sizeof(in), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
}

static void open_socket(void)
{
	if (sock > 0)
		close(sock);
	sock = new_socket(NETLINK_GENERIC);
	if (!family)
		resolve();
	listen_to_events();
}

static uint32_t own_id;
static char device[IFNAMSIZ] = "eth0";

static void cluster_set(void)
{
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_CLUSTER_NAME, "scarce");
	put_text(HBKM_A_NODE_NAME, "cookbook");
	put32(HBKM_A_KEEPALIVE_US, 10000);
	put32(HBKM_A_DEADTIME_US, 30000);
	put32(HBKM_A_INITDEAD_US, 30000);
	put8(HBKM_A_AUTO_FAILBACK, HBKM_FAILBACK_ON);
}

static void cluster_change(void)
{
	begin(HBKM_CMD_CLUSTER_SET);
	put32(HBKM_A_DEADTIME_US, 40000);
}

static void cluster_get(void) { begin(HBKM_CMD_CLUSTER_GET); }
static void cluster_del(void) { begin(HBKM_CMD_CLUSTER_DEL); }
static void stats_get(void) { begin(HBKM_CMD_STATS_GET); }
static void agent(void) { begin(HBKM_CMD_AGENT); }
static void start(void) { begin(HBKM_CMD_START); }
static void leave(void) { begin(HBKM_CMD_LEAVE); }

static void node_new(void)
{
	begin(HBKM_CMD_NODE_NEW);
	put_text(HBKM_A_NODE_NAME, "cookbook2");
}

static void node_del(void)
{
	begin(HBKM_CMD_NODE_DEL);
	put_text(HBKM_A_NODE_NAME, "cookbook2");
}

static void group(const char *name, uint8_t last, bool warm)
{
	const uint8_t v4[4] = { 10, 0, 2, last }, v6[16] = { 0xfd, [15] = last };
	struct nlattr *nest;

	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, name);
	put(HBKM_A_ORDER, &own_id, sizeof(own_id));
	if (warm)
		put32(HBKM_A_GROUP_FLAGS, HBKM_GROUP_F_WARM);
	nest = (void *)(out.bytes + out.hdr.nlmsg_len);
	put(HBKM_A_GUARD | NLA_F_NESTED, NULL, 0);
	put(HBKM_A_ADDR, v4, sizeof(v4));
	if (warm)
		put(HBKM_A_ADDR, v6, sizeof(v6));
	nest->nla_len = out.bytes + out.hdr.nlmsg_len - (uint8_t *)nest;
}

static void group_new(void) { group("cookbook", 100, false); }
static void group_warm(void) { group("warm", 101, true); }
static void group_change(void) { group("cookbook", 102, true); }

/* Nobody ever had it before, and its addresses are nowhere: it is the agent's to acquire. */
static void group_ack(void)
{
	begin(HBKM_CMD_GROUP_ACK);
	put32(HBKM_A_GROUP_ID, own_id);
	put8(HBKM_A_GROUP_STATE, HBKM_GROUP_ACQUIRING);
	put32(HBKM_A_TERM, 1);
	put32(HBKM_A_RESULT, 0);
}

static void move_all(void)
{
	begin(HBKM_CMD_GROUP_MOVE);
	put8(HBKM_A_MOVE, HBKM_MOVE_TAKEOVER);
}

static void move_one(void)
{
	move_all();
	put_text(HBKM_A_GROUP_NAME, "cookbook");
}

static void group_del(void)
{
	begin(HBKM_CMD_GROUP_DEL);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
}

static void link_to(uint8_t id, uint8_t kind, const uint8_t *addr, size_t len)
{
	begin(HBKM_CMD_LINK_NEW);
	put8(HBKM_A_LINK_ID, id);
	put8(HBKM_A_LINK_KIND, kind);
	put8(HBKM_A_LINK_PATH, id);
	put_text(HBKM_A_IFNAME, device);
	put(HBKM_A_ADDR, addr, len);
	put16(HBKM_A_PORT, kind == HBKM_LINK_MCAST ? 695 : 694);
}

static void link_new(void) { link_to(0, HBKM_LINK_UCAST, (const uint8_t[4]){ 10, 0, 2, 16 }, 4); }
static void link_mcast(void) { link_to(1, HBKM_LINK_MCAST, (const uint8_t[4]){ 225, 0, 0, 1 }, 4); }
static void link6_new(void) { link_to(2, HBKM_LINK_UCAST, (const uint8_t[16]){ 0xfd, [15] = 0x16 }, 16); }
static void link6_mcast(void) { link_to(3, HBKM_LINK_MCAST, (const uint8_t[16]){ 0xff, 0x02, [14] = 6, 0x94 }, 16); }

#define N_LINKS	4

static void link_del(void)
{
	begin(HBKM_CMD_LINK_DEL);
	put8(HBKM_A_LINK_ID, 0);
}

static void keys_set(void)
{
	static const uint8_t methods[] = {
		HBKM_METHOD_CRC, HBKM_METHOD_MD5, HBKM_METHOD_SHA1, HBKM_METHOD_SHA256
	};

	begin(HBKM_CMD_KEYS_SET);
	for (uint8_t i = 0; i < sizeof(methods); i++) {
		uint32_t at = out.hdr.nlmsg_len;
		struct nlattr *nest = (void *)(out.bytes + at);

		put(HBKM_A_KEY | NLA_F_NESTED, NULL, 0);
		put8(HBKM_A_KEY_ID, i);
		put8(HBKM_A_KEY_METHOD, methods[i]);
		if (methods[i] != HBKM_METHOD_CRC)
			put(HBKM_A_KEY_SECRET, "top secret", 10);
		nest->nla_len = out.hdr.nlmsg_len - at;
	}
	put8(HBKM_A_KEY_SIGN, 2);
}

static void dump(uint8_t cmd)
{
	begin(cmd);
	out.hdr.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
}

static void node_get(void) { dump(HBKM_CMD_NODE_GET); }
static void link_get(void) { dump(HBKM_CMD_LINK_GET); }
static void group_get(void) { dump(HBKM_CMD_GROUP_GET); }

/* In this order they all succeed. */
static const struct step {
	const char *name;
	void (*make)(void);
} steps[] = {
	{ "cluster set", cluster_set },
	{ "node new", node_new },
	{ "link new, ucast", link_new },
	{ "link new, mcast", link_mcast },
	{ "link new, ucast of IPv6", link6_new },
	{ "link new, mcast of IPv6", link6_mcast },
	{ "group new", group_new },
	{ "group new, warm", group_warm },
	{ "group set, warm", group_change },
	{ "keys set", keys_set },
	{ "agent", agent },
	{ "start", start },
	{ "group ack", group_ack },
	{ "group move", move_one },
	{ "group move, all", move_all },
	{ "cluster set, later", cluster_change },
	{ "keys set, later", keys_set },
	{ "cluster get", cluster_get },
	{ "node get", node_get },
	{ "link get", link_get },
	{ "group get", group_get },
	{ "stats get", stats_get },
	{ "leave", leave },
	{ "group del", group_del },
	{ "link del", link_del },
	{ "node del", node_del },
	{ "cluster del", cluster_del },
};

#define N_STEPS	(sizeof(steps) / sizeof(*steps))

static int request_on(int fd, void (*make)(void), unsigned int nth, bool *refused)
{
	static uint32_t seq = 1000;
	int error;

	make();
	out.hdr.nlmsg_seq = ++seq;
	if (nth)
		arm(nth);
	error = answer(fd);
	if (nth)
		*refused = disarm();
	return error;
}

static int request(void (*make)(void), unsigned int nth, bool *refused)
{
	return request_on(sock, make, nth, refused);
}

/* Nothing there, then all steps before this one, with all the memory they want. */
static bool prepare(size_t step)
{
	int error;

	open_socket();
	request(cluster_del, 0, NULL);
	for (size_t i = 0; i < step; i++) {
		error = request(steps[i].make, 0, NULL);
		if (error) {
			printf("bad %s: afterwards, %s failed: %s\n", steps[step].name, steps[i].name,
			       strerror(error));
			return false;
		}
		/* initdead, and then the groups fall to this node. */
		if (steps[i].make == start)
			usleep(100000);
	}
	return true;
}

/* Return: false if a request ended otherwise than it may. */
static bool exhaust_once(size_t step, unsigned int *n, unsigned int *failed, unsigned int *mute)
{
	bool refused = true;
	unsigned int nth;
	int error = 0;

	for (nth = 1; nth < TOO_MANY; nth++) {
		if (!prepare(step))
			return false;
		error = request(steps[step].make, nth, &refused);
		if (!refused)
			break;
		if (for_want_of_memory(error)) {
			(*failed)++;
			*mute += wordless;
		} else if (error) {
			printf("bad %s: without its allocation %u it fails with: %s\n", steps[step].name, nth,
			       strerror(error));
			return false;
		}
	}
	*n += nth - 1;
	if (refused || error)
		printf("bad %s: %s\n", steps[step].name, refused ? "no end of allocations" : strerror(error));
	return !refused && !error;
}

/* The kernel's own bookkeeping allocates when it has to, so that one pass may count on to what another passes over. */
static bool exhaust(size_t step)
{
	unsigned int n = 0, failed = 0, mute = 0;

	for (int pass = 0; pass < PASSES; pass++)
		if (!exhaust_once(step, &n, &failed, &mute))
			return false;
	printf("%s %s: %u allocations, %u of them vital (%u refused without a text)\n", failed ? "good" : "bad",
	       steps[step].name, n, failed, mute);
	return failed > 0;
}

static int requests(void)
{
	bool good = true;

	for (size_t i = 0; i < N_STEPS; i++)
		good &= exhaust(i);
	good &= prepare(N_STEPS);
	puts(good ? "good afterwards everything works" : "bad in all");
	return !good;
}

/* ---- devices ---- */

static int route;
static char other[IFNAMSIZ];

static void begin_device(uint16_t type, uint16_t flags, const char *name)
{
	struct ifinfomsg *ifi = (void *)(out.bytes + NLMSG_HDRLEN);

	memset(&out, 0, 2048);
	out.hdr.nlmsg_len = NLMSG_LENGTH(sizeof(*ifi));
	out.hdr.nlmsg_type = type;
	out.hdr.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	ifi->ifi_index = flags & NLM_F_CREATE ? 0 : if_nametoindex(name);
}

static void begin_new(const char *name)
{
	struct nlattr *nest;

	begin_device(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name);
	put_text(IFLA_IFNAME, name);
	nest = (void *)(out.bytes + out.hdr.nlmsg_len);
	put(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	put_text(IFLA_INFO_KIND, "dummy");
	nest->nla_len = out.bytes + out.hdr.nlmsg_len - (uint8_t *)nest;
}

static void begin_flags(unsigned int flags)
{
	struct ifinfomsg *ifi = (void *)(out.bytes + NLMSG_HDRLEN);

	begin_device(RTM_NEWLINK, 0, device);
	ifi->ifi_flags = flags;
	ifi->ifi_change = IFF_UP;
}

static void begin_mtu(uint32_t mtu)
{
	begin_device(RTM_NEWLINK, 0, device);
	put32(IFLA_MTU, mtu);
}

static void begin_name(const char *from, const char *to)
{
	begin_device(RTM_NEWLINK, 0, from);
	put_text(IFLA_IFNAME, to);
}

static void device_new(void) { begin_new(device); }
static void device_del(void) { begin_device(RTM_DELLINK, 0, device); }
static void device_up(void) { begin_flags(IFF_UP); }
static void device_down(void) { begin_flags(0); }
static void device_small(void) { begin_mtu(1000); }
static void device_normal(void) { begin_mtu(1500); }
static void other_new(void) { begin_new(other); }
static void other_del(void) { begin_device(RTM_DELLINK, 0, other); }
static void rename_to(void) { begin_name(other, device); }
static void rename_from(void) { begin_name(device, other); }

static void change(void (*make)(void))
{
	int error = request_on(route, make, 0, NULL);

	if (error) {
		printf("bad a device cannot be changed: %s\n", strerror(error));
		exit(1);
	}
}

/* Its ports are taken when the device comes, perhaps goes up, too: so all links wait for what happens next. */
static void unusable(bool up)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int fd[2];

	for (int i = 0; i < 2; i++) {
		any.sin6_port = htons(694 + i);
		fd[i] = socket(AF_INET6, SOCK_DGRAM, 0);
		if (bind(fd[i], (void *)&any, sizeof(any)))
			die("bind");
	}
	change(device_new);
	if (up)
		change(device_up);
	for (int i = 0; i < 2; i++)
		close(fd[i]);
}

static void unusable_down(void) { unusable(false); }
static void unusable_up(void) { unusable(true); }
static void there(void) { change(device_new); }
static void other_there(void) { change(other_new); }

/* Too small for IPv6: its link to a group lets go of the device. */
static void small(void)
{
	change(device_new);
	change(device_small);
}

/* Return: how many links have a device, and name it so. */
static unsigned int attached(const char *name)
{
	static uint32_t seq = 1000000;
	unsigned int n = 0;
	ssize_t len;

	link_get();
	out.hdr.nlmsg_seq = ++seq;
	if (send(sock, &out, out.hdr.nlmsg_len, 0) < 0)
		die("links");
	for (;;) {
		len = recv(sock, in, sizeof(in), 0);
		if (len < 0)
			die("links");
		for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
			const uint8_t *end = (const uint8_t *)h + h->nlmsg_len;
			const struct nlattr *a;
			bool has = false, named = false;

			if (h->nlmsg_type == NLMSG_DONE)
				return n;
			for (a = (const void *)((uint8_t *)h + NLMSG_LENGTH(GENL_HDRLEN)); (const uint8_t *)a < end;
			     a = (const void *)((const uint8_t *)a + NLA_ALIGN(a->nla_len))) {
				if (a->nla_type == HBKM_A_LINK_STATE)
					has = *(const uint8_t *)(a + 1) != HBKM_LINK_ABSENT;
				if (a->nla_type == HBKM_A_IFNAME)
					named = !strcmp((const char *)(a + 1), name);
			}
			n += has && named;
		}
	}
}

static const struct event {
	const char *name;
	void (*prepare)(void);
	void (*make)(void);
	const char *called;	/* the device, after it */
	unsigned int links;	/* that have it then */
	bool attaches;
} events[] = {
	{ "a device comes", NULL, device_new, device, N_LINKS, true },
	{ "a device gets the name", other_there, rename_to, device, N_LINKS, true },
	{ "a device goes up", unusable_down, device_up, device, N_LINKS, true },
	{ "a device goes down", unusable_up, device_down, device, N_LINKS, true },
	{ "an MTU is large enough", small, device_normal, device, N_LINKS, true },
	{ "a device is renamed", there, rename_from, other, N_LINKS, false },
	{ "a device goes", there, device_del, device, 0, false },
};

#define N_EVENTS	(sizeof(events) / sizeof(*events))

/* Nothing there but links that wait, for a new name: one that Linux 6.1 failed to give to a device may stay taken for ever. */
static void renew(void)
{
	static void (*const make[])(void) = {
		cluster_set, node_new, link_new, link_mcast, link6_new, link6_mcast, keys_set, start
	};
	static unsigned int number;

	open_socket();
	request(cluster_del, 0, NULL);
	snprintf(device, sizeof(device), "hb%u", ++number);
	snprintf(other, sizeof(other), "other%u", number);
	for (size_t i = 0; i < sizeof(make) / sizeof(*make); i++) {
		int error = request(make[i], 0, NULL);

		if (error) {
			printf("bad devices: no set-up: %s\n", strerror(error));
			exit(1);
		}
	}
}

/* Return: false if a link does not notice. */
static bool no_device(void)
{
	if (if_nametoindex(other))
		change(other_del);
	if (if_nametoindex(device))
		change(device_del);
	return !attached(device) && !attached(other);
}

static bool watch(const struct event *e)
{
	unsigned int nth, left, waits = 0;
	bool refused = true;
	int error = 0;

	for (nth = 1; nth < TOO_MANY; nth++) {
		if (e->make == rename_from || (e->make == rename_to && error))
			renew();
		if (e->prepare)
			e->prepare();
		error = request_on(route, e->make, nth, &refused);
		left = attached(e->called);
		/* Where there is an error it was not the module that went without, and perhaps there is no device. */
		if (refused && !error && left != e->links) {
			waits++;
			change(e->make == device_up ? device_down : device_up);
			left = attached(e->called);
		}
		if (!error && left != e->links) {
			printf("bad %s: without its allocation %u, %u links have the device, and not %u\n", e->name, nth,
			       left, e->links);
			return false;
		}
		if (!no_device()) {
			printf("bad %s: without its allocation %u, a link keeps what is gone\n", e->name, nth);
			return false;
		}
		if (!refused)
			break;
	}
	if (refused || error) {
		printf("bad %s: %s\n", e->name, refused ? "no end of allocations" : strerror(error));
		return false;
	}
	printf("%s %s: %u allocations, for want of %u of them a link had to wait\n",
	       !waits == e->attaches ? "bad" : "good", e->name, nth - 1, waits);
	return !waits != e->attaches;
}

static int devices(void)
{
	bool good = true;

	route = new_socket(NETLINK_ROUTE);
	for (size_t i = 0; i < N_EVENTS; i++) {
		renew();
		good &= watch(&events[i]);
	}
	return !good;
}

/* ---- the module itself ---- */

static int load(const char *file)
{
	unsigned int nth, failed = 0, without = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int error = 0;
	bool refused;

	if (fd < 0)
		die(file);
	for (nth = 1; nth < TOO_MANY; nth++) {
		arm(nth);
		error = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
		refused = disarm();
		if (!error && syscall(SYS_delete_module, "hbkm", O_NONBLOCK))
			die("delete_module");
		if (!refused)
			break;
		if (!error) {
			without++;
		} else if (for_want_of_memory(error)) {
			failed++;
		} else {
			printf("bad load: without its allocation %u it fails with: %s\n", nth, strerror(error));
			return 1;
		}
	}
	if (error || nth == TOO_MANY) {
		printf("bad load: %s\n", error ? strerror(error) : "no end of allocations");
		return 1;
	}
	printf("good load: %u allocations, %u of them vital\n", nth - 1, failed);
	return 0;
}

int main(int argc, char **argv)
{
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		die("/proc/thread-self/fail-nth");
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* FNV-1a, as names become ids. */
	own_id = 2166136261U;
	for (const char *c = "cookbook"; *c; c++)
		own_id = (own_id ^ (uint8_t)*c) * 16777619U;
	if (argc == 2 && !strcmp(argv[1], "requests"))
		return requests();
	if (argc == 2 && !strcmp(argv[1], "devices"))
		return devices();
	if (argc == 3 && !strcmp(argv[1], "load"))
		return load(argv[2]);
	fprintf(stderr, "usage: failnth requests | devices | load FILE\n");
	return 2;
}
