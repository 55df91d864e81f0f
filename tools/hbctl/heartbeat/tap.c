// SPDX-License-Identifier: GPL-2.0
/* A look at the datagrams to a port, as they pass by. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "heartbeat/tap.h"

/*
 * All packets of the machine come by: only those of IPv4 and UDP to the ports, and of
 * those that are in fragments only the first, which has the port in it, go further.
 */
static int filter_set(int fd, const uint16_t *ports, size_t n)
{
	struct sock_filter code[10 + TAP_MAX_PORTS];
	struct sock_fprog program = { .filter = code };
	/* how far it is from each test to the end, where the packet is refused */
	uint8_t left = (uint8_t)(7 + n);
	size_t i = 0;

	code[i++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
						 SKF_AD_OFF + SKF_AD_PROTOCOL);
	code[i++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 0, left - 1);
	code[i++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9);
	code[i++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, left - 3);
	code[i++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6);
	code[i++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, left - 5, 0);
	code[i++] = (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0);
	code[i++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2);
	for (size_t port = 0; port < n; port++)
		code[i++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[port],
							 (uint8_t)(n - port), 0);
	code[i++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	code[i++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0xffff);
	program.len = (unsigned short)i;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

int tap_open(const uint16_t *ports, size_t n_ports, unsigned int ifindex)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		/* of a certain protocol only what arrives would be seen, not what is sent */
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)ifindex,
	};
	int one = 1, saved;
	/* nothing arrives before it is bound, so nothing that the filter has not seen */
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (filter_set(fd, ports, n_ports) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&where, sizeof(where))) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static uint64_t stamp(struct msghdr *msg)
{
	struct timespec t;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS ||
		    c->cmsg_len < CMSG_LEN(sizeof(t)))
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	}
	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int tap_receive(int tap, struct tap_packet *p)
{
	_Alignas(struct cmsghdr) char control[256];
	struct sockaddr_ll from;
	struct iovec data = { p->data, sizeof(p->data) };
	ssize_t len;

	for (;;) {
		struct msghdr msg = {
			.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &data,
			.msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
		};

		len = recvmsg(tap, &msg, 0);
		if (len < 0 && errno == EINTR)
			continue;
		/* an interface that is down says so once, and may come back */
		if (len < 0 && (errno == EAGAIN || errno == ENETDOWN))
			return 0;
		if (len < 0)
			return -1;
		/* on loopback all is seen twice: leaving, and arriving */
		if (from.sll_hatype == ARPHRD_LOOPBACK && from.sll_pkttype == PACKET_OUTGOING)
			continue;
		p->ifindex = (unsigned int)from.sll_ifindex;
		p->time_ns = stamp(&msg);
		p->len = (size_t)len;
		return 1;
	}
}

int tap_join(struct in_addr group, unsigned int ifindex)
{
	struct ip_mreqn request = { .imr_multiaddr = group, .imr_ifindex = (int)ifindex };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request))) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}
