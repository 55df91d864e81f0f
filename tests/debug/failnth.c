// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation fails once: each request to the module is made again and again from a fresh start, and the first, the
 * second, the third ... allocation that it makes in the kernel fails (/proc/self/fail-nth), until there is none left to
 * fail. A request must then be refused for want of memory, or do without what it did not get; and the same set-up must
 * work afterwards. Speaks raw netlink, as a library would allocate, too.
 *
 *	failnth requests	in a network namespace with the module and an eth0 with 10.0.2.15
 *	failnth load FILE	loads the module, which is not loaded, from FILE, and unloads it again
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/hbkm.h>
#include <linux/netlink.h>
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
static int answer(void)
{
	ssize_t n;

	wordless = false;
	if (send(sock, &out, out.hdr.nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		n = recv(sock, in, sizeof(in), 0);
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

static void open_socket(void)
{
	static const int on = 1;
	struct timeval patience = { .tv_sec = 5 };

	if (sock > 0)
		close(sock);
	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (sock < 0)
		die("socket");
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!family)
		resolve();
}

static uint32_t own_id;

static void cluster_set(void)
{
	begin(HBKM_CMD_CLUSTER_SET);
	put_text(HBKM_A_CLUSTER_NAME, "scarce");
	put_text(HBKM_A_NODE_NAME, "cookbook");
	put32(HBKM_A_KEEPALIVE_US, 10000);
	put32(HBKM_A_DEADTIME_US, 30000);
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

static void group_new(void)
{
	static const uint8_t address[4] = { 10, 0, 2, 100 };
	struct nlattr *nest;

	begin(HBKM_CMD_GROUP_NEW);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
	put(HBKM_A_ORDER, &own_id, sizeof(own_id));
	nest = (void *)(out.bytes + out.hdr.nlmsg_len);
	put(HBKM_A_GUARD | NLA_F_NESTED, NULL, 0);
	put(HBKM_A_ADDR, address, sizeof(address));
	nest->nla_len = out.bytes + out.hdr.nlmsg_len - (uint8_t *)nest;
}

static void group_del(void)
{
	begin(HBKM_CMD_GROUP_DEL);
	put_text(HBKM_A_GROUP_NAME, "cookbook");
}

static void link_new(void)
{
	static const uint8_t peer[4] = { 10, 0, 2, 16 };

	begin(HBKM_CMD_LINK_NEW);
	put8(HBKM_A_LINK_ID, 0);
	put8(HBKM_A_LINK_KIND, HBKM_LINK_UCAST);
	put8(HBKM_A_LINK_PATH, 0);
	put_text(HBKM_A_IFNAME, "eth0");
	put(HBKM_A_ADDR, peer, sizeof(peer));
	put16(HBKM_A_PORT, 694);
}

static void link_mcast(void)
{
	static const uint8_t group[4] = { 225, 0, 0, 1 };

	begin(HBKM_CMD_LINK_NEW);
	put8(HBKM_A_LINK_ID, 1);
	put8(HBKM_A_LINK_KIND, HBKM_LINK_MCAST);
	put8(HBKM_A_LINK_PATH, 1);
	put_text(HBKM_A_IFNAME, "eth0");
	put(HBKM_A_ADDR, group, sizeof(group));
	put16(HBKM_A_PORT, 695);
}

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
	{ "group new", group_new },
	{ "keys set", keys_set },
	{ "agent", agent },
	{ "start", start },
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

static int request(void (*make)(void), unsigned int nth, bool *refused)
{
	static uint32_t seq = 1000;
	int error;

	make();
	out.hdr.nlmsg_seq = ++seq;
	if (nth)
		arm(nth);
	error = answer();
	if (nth)
		*refused = disarm();
	return error;
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
	}
	return true;
}

static bool exhaust(size_t step)
{
	unsigned int nth, failed = 0, without = 0, mute = 0;
	bool refused = true;
	int error = 0;

	for (nth = 1; nth < TOO_MANY; nth++) {
		if (!prepare(step))
			return false;
		error = request(steps[step].make, nth, &refused);
		if (!refused)
			break;
		if (!error) {
			without++;
		} else if (for_want_of_memory(error)) {
			failed++;
			mute += wordless;
		} else {
			printf("bad %s: without its allocation %u it fails with: %s\n", steps[step].name, nth,
			       strerror(error));
			return false;
		}
	}
	if (refused || error) {
		printf("bad %s: %s\n", steps[step].name, refused ? "no end of allocations" : strerror(error));
		return false;
	}
	printf("good %s: %u allocations, %u of them vital (%u refused without a text)\n", steps[step].name, nth - 1,
	       failed, mute);
	return failed > 0;
}

static int requests(void)
{
	bool good = true;

	/* FNV-1a, as names become ids. */
	own_id = 2166136261U;
	for (const char *c = "cookbook"; *c; c++)
		own_id = (own_id ^ (uint8_t)*c) * 16777619U;
	for (size_t i = 0; i < N_STEPS; i++)
		good &= exhaust(i);
	good &= prepare(N_STEPS);
	puts(good ? "good afterwards everything works" : "bad in all");
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
	if (argc == 2 && !strcmp(argv[1], "requests"))
		return requests();
	if (argc == 3 && !strcmp(argv[1], "load"))
		return load(argv[2]);
	fprintf(stderr, "usage: failnth requests | load FILE\n");
	return 2;
}
