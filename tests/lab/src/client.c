// SPDX-License-Identifier: GPL-2.0
/*
 * The client: an echo request every interval, and when each answer came. Its view is the one that counts: an outage
 * is the time from the last answer before to the first answer after.
 *
 * The record is a mapped file of pairs (sent, received), so that recording an answer is two stores, and others can
 * read it while it grows. A pair with sent 0 is a mark: the first is the start, one at the end says that it was ended.
 */
#define _GNU_SOURCE
#include "labtool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct answer {
	uint64_t sent;
	uint64_t received;
};

struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
	uint64_t sent;
};

#define RECORD_BYTES (1ull << 30)
#define ANSWERS_MAX (RECORD_BYTES / sizeof(struct answer))

static volatile sig_atomic_t stop;

static void on_stop(int signal)
{
	(void)signal;
	stop = 1;
}

static uint16_t checksum(const struct echo *echo)
{
	const uint16_t *word = (const void *)echo;
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof(*echo) / 2; i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void connect_to(int fd, const char *address, const void *peer, socklen_t len)
{
	int room = 4 << 20;

	if (fd < 0 || connect(fd, peer, len))
		die("%s: %s", address, strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
}

static int echo_socket(const char *address, bool *v6)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct sockaddr_in6 peer6 = { .sin6_family = AF_INET6 };
	struct icmp_filter filter = { .data = ~(1u << ICMP_ECHOREPLY) };
	struct icmp6_filter filter6;
	int fd;

	*v6 = inet_pton(AF_INET6, address, &peer6.sin6_addr) == 1;
	if (*v6) {
		fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMPV6);
		connect_to(fd, address, &peer6, sizeof(peer6));
		ICMP6_FILTER_SETBLOCKALL(&filter6);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
		setsockopt(fd, SOL_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6));
		return fd;
	}
	if (inet_pton(AF_INET, address, &peer.sin_addr) != 1)
		die("'%s' is not an address", address);
	fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
	connect_to(fd, address, &peer, sizeof(peer));
	setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	return fd;
}

int verb_client(int argc, char **argv)
{
	struct echo ask = { .type = ICMP_ECHO, .id = htons(getpid() & 0xffff) };
	struct sigaction action = { .sa_handler = on_stop };
	sigset_t blocked, open_mask;
	struct answer *record;
	uint64_t interval, next;
	size_t count = 0;
	uint16_t sequence = 0;
	bool v6;
	int fd, file;

	if (argc != 4)
		usage();
	fd = echo_socket(argv[1], &v6);
	if (v6)
		ask.type = ICMP6_ECHO_REQUEST;
	interval = number(argv[2]) * NS_PER_US;
	if (!interval)
		usage();
	file = open(argv[3], O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (file < 0 || ftruncate(file, RECORD_BYTES))
		die("%s: %s", argv[3], strerror(errno));
	record = mmap(NULL, RECORD_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
	if (record == MAP_FAILED)
		die("%s: %s", argv[3], strerror(errno));

	/* The signal is let in only while we wait, so that none is missed between the test and the wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &open_mask);
	sigdelset(&open_mask, SIGTERM);
	sigdelset(&open_mask, SIGINT);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	run_fifo(95);

	next = mono_ns();
	record[count++].received = next;
	while (!stop && count < ANSWERS_MAX - 1) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		uint64_t now = mono_ns();
		unsigned char packet[128];
		ssize_t length;

		if (now >= next) {
			ask.sequence = htons(sequence++);
			ask.sent = now;
			ask.checksum = 0;
			if (!v6)		/* else the kernel does it */
				ask.checksum = checksum(&ask);
			/* No route, no neighbour, no room: then there is no answer, which is what we record. */
			send(fd, &ask, sizeof(ask), MSG_DONTWAIT);
			next += interval;
			if (next <= now)
				next = now + interval;
		}
		while ((length = recv(fd, packet, sizeof(packet), 0)) > 0) {
			size_t header = v6 ? 0 : (packet[0] & 15) * 4;
			struct echo reply;

			if ((size_t)length < header + sizeof(reply))
				continue;
			memcpy(&reply, packet + header, sizeof(reply));
			if (reply.id != ask.id)
				continue;
			record[count].sent = reply.sent;
			record[count].received = mono_ns();
			if (++count == ANSWERS_MAX - 1)
				break;
		}
		now = mono_ns();
		if (now < next) {
			struct timespec left = { .tv_sec = (next - now) / NS_PER_S, .tv_nsec = (next - now) % NS_PER_S };

			ppoll(&wait, 1, &left, &open_mask);
		} else {
			/* Late: go on at once, but let a signal in. */
			sigprocmask(SIG_SETMASK, &open_mask, NULL);
			sigprocmask(SIG_BLOCK, &blocked, NULL);
		}
	}
	record[count++].received = mono_ns();
	if (ftruncate(file, count * sizeof(*record)))
		die("%s: %s", argv[3], strerror(errno));
	return 0;
}

struct gap {
	uint64_t from, to;
};

/* Calls back for every gap that touches the window; the last, open one ends at the end mark, or now. */
static void each_gap(const char *path, uint64_t from, uint64_t to, void (*seen)(struct gap gap, void *data), void *data)
{
	const struct answer *record;
	struct stat info;
	size_t count, i;
	struct gap gap;
	int file = open(path, O_RDONLY);

	if (file < 0 || fstat(file, &info))
		die("%s: %s", path, strerror(errno));
	count = info.st_size / sizeof(*record);
	if (!count)
		die("%s: no record", path);
	record = mmap(NULL, info.st_size, PROT_READ, MAP_SHARED, file, 0);
	if (record == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	gap.from = record[0].received;
	for (i = 1; i < count && record[i].received; i++) {
		gap.to = record[i].received;
		if (gap.to > from && gap.from < to)
			seen(gap, data);
		gap.from = gap.to;
	}
	if (i < count) {
		gap.to = mono_ns();
		if (gap.to > from && gap.from < to)
			seen(gap, data);
	}
}

static void window(int argc, char **argv, uint64_t *from, uint64_t *to)
{
	*from = 0;
	*to = UINT64_MAX;
	if (argc == 2) {
		*from = number(argv[0]) * NS_PER_US;
		*to = number(argv[1]) * NS_PER_US;
	} else if (argc) {
		usage();
	}
}

static void print_gap(struct gap gap, void *threshold)
{
	uint64_t length = gap.to - gap.from;

	if (length >= *(uint64_t *)threshold)
		printf("%llu %llu %llu\n", gap.from / NS_PER_US, gap.to / NS_PER_US, length / NS_PER_US);
}

int verb_gaps(int argc, char **argv)
{
	uint64_t threshold, from, to;

	if (argc < 3)
		usage();
	threshold = number(argv[2]) * NS_PER_US;
	window(argc - 3, argv + 3, &from, &to);
	each_gap(argv[1], from, to, print_gap, &threshold);
	return 0;
}

static void keep_longest(struct gap gap, void *longest)
{
	if (gap.to - gap.from > *(uint64_t *)longest)
		*(uint64_t *)longest = gap.to - gap.from;
}

int verb_outage(int argc, char **argv)
{
	uint64_t longest = 0, from, to;

	if (argc < 2)
		usage();
	window(argc - 2, argv + 2, &from, &to);
	each_gap(argv[1], from, to, keep_longest, &longest);
	printf("%llu\n", longest / NS_PER_US);
	return 0;
}
