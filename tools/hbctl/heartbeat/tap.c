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

#include "config/ip.h"
#include "heartbeat/tap.h"

static struct sock_filter load(uint16_t size, uint32_t at)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | size | BPF_ABS, at);
}

/* The instruction at @here: goes on at @yes or @no. */
static struct sock_filter test(size_t here, uint16_t how, uint32_t value, size_t yes, size_t no)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, value,
					    (uint8_t)(yes - here - 1), (uint8_t)(no - here - 1));
}

/*
 * All packets of the machine come by: only those of UDP to the ports, and of those that are
 * in fragments only the first, which has the port in it, go further. As packet_parse() has it.
 */
static int filter_set(int fd, const uint16_t *ports, size_t n)
{
	enum { IPV4 = 3, IPV6 = 9, FRAGMENT = 13, PORT = 18, PORTS };
	const size_t refuse = PORTS + n, accept = refuse + 1;
	struct sock_filter code[PORTS + TAP_MAX_PORTS + 2] = {
		[0] = load(BPF_H, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
		[1] = test(1, BPF_JEQ, ETHERTYPE_IP, IPV4, 2),
		[2] = test(2, BPF_JEQ, ETHERTYPE_IPV6, IPV6, refuse),

		[IPV4] = load(BPF_B, 9),
		[4] = test(4, BPF_JEQ, IPPROTO_UDP, 5, refuse),
		[5] = load(BPF_H, 6),
		[6] = test(6, BPF_JSET, 0x1fff, refuse, 7),
		[7] = BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		[8] = BPF_STMT(BPF_JMP | BPF_JA, PORT - 8 - 1),

		[IPV6] = load(BPF_B, 6),
		[10] = BPF_STMT(BPF_LDX | BPF_IMM, 40),
		[11] = test(11, BPF_JEQ, IPPROTO_UDP, PORT, 12),
		[12] = test(12, BPF_JEQ, IPPROTO_FRAGMENT, FRAGMENT, refuse),
		[FRAGMENT] = load(BPF_B, 40),
		[14] = test(14, BPF_JEQ, IPPROTO_UDP, 15, refuse),
		[15] = load(BPF_H, 42),
		[16] = test(16, BPF_JSET, 0xfff8, refuse, 17),
		[17] = BPF_STMT(BPF_LDX | BPF_IMM, 48),

		/* X is where the UDP header begins */
		[PORT] = BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
	};
	struct sock_fprog program = { .filter = code, .len = (unsigned short)(accept + 1) };

	for (size_t i = PORTS; i < refuse; i++)
		code[i] = test(i, BPF_JEQ, ports[i - PORTS], accept, i + 1);
	code[refuse] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	code[accept] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0xffff);
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

int tap_join(const struct in6_addr *group, unsigned int ifindex)
{
	struct group_req request = { .gr_interface = ifindex };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = *group };
	bool is_v4 = ip_is_v4(group);
	int fd;

	if (is_v4) {
		v4.sin_addr = ip_to_v4(group);
		memcpy(&request.gr_group, &v4, sizeof(v4));
	} else {
		memcpy(&request.gr_group, &v6, sizeof(v6));
	}
	fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, MCAST_JOIN_GROUP, &request,
				  sizeof(request))) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}
