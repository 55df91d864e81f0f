// SPDX-License-Identifier: GPL-2.0
/* The little rtnetlink that cannot be left to ip(8): a port's state at an exact time, and addresses as they change. */
#include "labtool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int rtnl_open(unsigned int groups)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int room = 1 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)))
		die("rtnetlink: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd;
}

void rtnl_send(int fd, struct nlmsghdr *message)
{
	if (send(fd, message, message->nlmsg_len, 0) < 0)
		die("rtnetlink: %s", strerror(errno));
}

void rtnl_attribute(struct nlmsghdr *message, size_t room, int type, const void *data, size_t length)
{
	struct rtattr *attribute = (void *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));

	if (NLMSG_ALIGN(message->nlmsg_len) + RTA_SPACE(length) > room)
		die("rtnetlink: message too long");
	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attribute), data, length);
	message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

void rtnl_ack(int fd)
{
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} answer;

	if (recv(fd, &answer, sizeof(answer), 0) < 0)
		die("rtnetlink: %s", strerror(errno));
	if (answer.header.nlmsg_type == NLMSG_ERROR) {
		struct nlmsgerr *error = NLMSG_DATA(&answer.header);

		if (error->error)
			die("rtnetlink: %s", strerror(-error->error));
	}
}

/*
 * A disabled bridge port drops both directions from one instant on and tells nobody: the carrier stays, which is what
 * makes the death silent. All is prepared before the moment comes, and each port costs one short message.
 */
void port_message(struct port_message *message, uint8_t state, const char *dev)
{
	struct nlmsghdr *header = &message->header;
	char nested[RTA_SPACE(sizeof(state))] = { 0 };
	struct rtattr *inner = (void *)nested;

	*message = (struct port_message){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_SETLINK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_family = AF_BRIDGE, .ifi_index = if_nametoindex(dev) },
	};
	if (!message->link.ifi_index)
		die("no interface %s", dev);
	inner->rta_type = IFLA_BRPORT_STATE;
	inner->rta_len = RTA_LENGTH(sizeof(state));
	memcpy(RTA_DATA(inner), &state, sizeof(state));
	rtnl_attribute(header, sizeof(*message), IFLA_PROTINFO | NLA_F_NESTED, nested, sizeof(nested));
}

int verb_port(int argc, char **argv)
{
	struct port_message *messages;
	uint64_t when, before;
	uint8_t state;
	int ports = argc - 3;
	int fd;

	if (argc < 4)
		usage();
	if (!strcmp(argv[1], "disabled"))
		state = BR_STATE_DISABLED;
	else if (!strcmp(argv[1], "forwarding"))
		state = BR_STATE_FORWARDING;
	else
		usage();
	when = number(argv[2]);

	messages = calloc(ports, sizeof(*messages));
	for (int i = 0; i < ports; i++)
		port_message(&messages[i], state, argv[3 + i]);
	fd = rtnl_open(0);
	run_fifo(98);
	if (when)
		sleep_until_ns(when);
	before = mono_ns();
	for (int i = 0; i < ports; i++) {
		rtnl_send(fd, &messages[i].header);
		rtnl_ack(fd);
	}
	/* To end is a long job; not before those who wait for the processor. */
	sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ 0 });
	printf("%llu\n", before / NS_PER_US);
	return 0;
}

/* One address message: printed, and whether it is the change that was waited for. */
static bool address_seen(struct nlmsghdr *message, uint64_t when, const char *wanted, bool want_new, bool quiet)
{
	struct ifaddrmsg *address = NLMSG_DATA(message);
	int length = IFA_PAYLOAD(message);
	const void *bytes = NULL;
	const char *label = NULL;
	char text[INET6_ADDRSTRLEN], device[IF_NAMESIZE] = "?";
	bool is_new = message->nlmsg_type == RTM_NEWADDR;
	bool dumped = message->nlmsg_flags & NLM_F_MULTI;

	for (struct rtattr *a = IFA_RTA(address); RTA_OK(a, length); a = RTA_NEXT(a, length))
		if (a->rta_type == IFA_LOCAL || (a->rta_type == IFA_ADDRESS && !bytes))
			bytes = RTA_DATA(a);
		else if (a->rta_type == IFA_LABEL)
			label = RTA_DATA(a);
	if (!bytes || !inet_ntop(address->ifa_family, bytes, text, sizeof(text)))
		return false;
	if (!quiet) {
		/* Three system calls less in the middle of what is measured. */
		if (label)
			snprintf(device, sizeof(device), "%.*s", (int)strcspn(label, ":"), label);
		else
			if_indextoname(address->ifa_index, device);
		printf("%llu %s %s/%d %s\n", (unsigned long long)when, !is_new ? "del" : dumped ? "has" : "add", text,
		       address->ifa_prefixlen, device);
		fflush(stdout);
	}
	return wanted && is_new == want_new && !strcmp(text, wanted);
}

/* Without -a or -d: a log of what it has and what comes and goes. With: silent, prints the time of the change in us; exit 1 on time-out. */
int verb_addresses(int argc, char **argv)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg address;
	} dump = {
		.header = { .nlmsg_len = sizeof(dump), .nlmsg_type = RTM_GETADDR,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	union {
		struct nlmsghdr header;
		char bytes[32768];
	} answer;
	const char *wanted = NULL;
	bool want_new = true, present = false, dumping = true;
	uint64_t end = 0;
	int option, fd;

	while ((option = getopt(argc, argv, "a:d:t:")) != -1) {
		if (option == 'a' || option == 'd') {
			wanted = optarg;
			want_new = option == 'a';
		} else if (option == 't') {
			end = mono_ns() + number(optarg) * NS_PER_MS;
		} else {
			usage();
		}
	}
	if (optind != argc)
		usage();

	fd = rtnl_open(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
	rtnl_send(fd, &dump.header);
	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		uint64_t now = mono_ns();
		int left = !end ? -1 : end > now ? (int)((end - now) / NS_PER_MS) + 1 : 0;
		int length;

		if (poll(&wait, 1, left) == 0)
			return 1;
		length = recv(fd, &answer, sizeof(answer), 0);
		now = mono_ns();
		if (length < 0)
			die("rtnetlink: %s", strerror(errno));
		for (struct nlmsghdr *m = &answer.header; NLMSG_OK(m, (unsigned int)length); m = NLMSG_NEXT(m, length)) {
			if (m->nlmsg_type == NLMSG_DONE) {
				dumping = false;
				/* Waiting for it to go, and it is not there: gone already. */
				if (wanted && !want_new && !present)
					goto found;
			} else if (m->nlmsg_type == RTM_NEWADDR || m->nlmsg_type == RTM_DELADDR) {
				if (address_seen(m, now, wanted, want_new, wanted != NULL))
					goto found;
				if (dumping && wanted && address_seen(m, now, wanted, true, true))
					present = true;
			}
		}
		continue;
found:
		printf("%llu\n", now / NS_PER_US);
		return 0;
	}
}
