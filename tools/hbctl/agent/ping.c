// SPDX-License-Identifier: GPL-2.0
/*
 * Ping nodes: asked by ICMP echo, from the agent's loop, without waiting. What
 * becomes of them is logged; with ipfail, how many answer is told to the peers,
 * by way of the kernel's beats, and groups are asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <json.h>

#include "agent.h"
#include "ipfail.h"
#include "log.h"
#include "reach.h"

/* Answers that are taken at a time: a flood of others' must not keep the loop. */
#define ANSWERS_MAX	256
#define NOT_TOLD	-2

/* linux/icmp.h has it, and cannot be had beside net/if.h. */
#ifndef ICMP_FILTER
#define ICMP_FILTER	1
#endif

static struct {
	int fd[2];			/* IPv4, IPv6; -1: not needed, or not to be had */
	struct config_ping nodes[CONFIG_MAX_PINGS];
	struct reach reach[CONFIG_MAX_PINGS];
	size_t n;
	uint64_t period, deadping, at;	/* ns; at 0: nobody is to be asked */
	uint64_t judge_at;
	uint64_t ipfail_at;
	bool ipfail_on;
	int told;			/* to the kernel; -1: nothing is known */
	struct ipfail ipfail;
	uint64_t cookie;		/* whoever answers with another was not asked by us */
	uint16_t seq;
} ping = { .fd = { -1, -1 }, .told = NOT_TOLD };

struct echo {
	uint8_t type, code;
	uint16_t checksum;
	uint16_t id, seq;
	uint64_t cookie;
};

static uint16_t echo_id(void)
{
	return (uint16_t)getpid();
}

/* ---- sockets ---- */

static int open_socket(int family)
{
	struct icmp6_filter filter6;
	uint32_t filter4 = ~(1U << ICMP_ECHOREPLY);
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6);

	if (fd < 0)
		return -errno;
	ICMP6_FILTER_SETBLOCKALL(&filter6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
	if (family == AF_INET)
		setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter4, sizeof(filter4));
	else
		setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6));
	return fd;
}

/* Those that there is somebody to ask by, and no others. */
static void open_sockets(struct agent *a)
{
	for (int v6 = 0; v6 < 2; v6++) {
		bool wanted = false;

		for (size_t i = 0; i < ping.n; i++)
			for (size_t j = 0; j < ping.nodes[i].n_addrs; j++)
				wanted |= ip_is_v4(&ping.nodes[i].addrs[j]) == !v6;
		if (wanted && ping.fd[v6] < 0) {
			ping.fd[v6] = open_socket(v6 ? AF_INET6 : AF_INET);
			if (ping.fd[v6] < 0)
				log_write(LOG_ERR, "Ping nodes cannot be asked by IPv%d: %s",
					  v6 ? 6 : 4, strerror(-ping.fd[v6]));
			else
				agent_watch(a, ping.fd[v6]);
		} else if (!wanted && ping.fd[v6] >= 0) {
			close(ping.fd[v6]);
			ping.fd[v6] = -1;
		}
	}
}

/* ---- questions ---- */

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (; len > 1; len -= 2, p += 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* What comes of it is seen by whether there is an answer. */
static void ask(const struct in6_addr *addr)
{
	struct echo echo = {
		.id = htons(echo_id()), .seq = htons(ping.seq), .cookie = ping.cookie,
	};
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_addr = *addr };

	if (ip_is_v4(addr)) {
		memcpy(&to4.sin_addr, &addr->s6_addr[12], sizeof(to4.sin_addr));
		echo.type = ICMP_ECHO;
		echo.checksum = checksum(&echo, sizeof(echo));
		sendto(ping.fd[0], &echo, sizeof(echo), MSG_DONTWAIT, (struct sockaddr *)&to4,
		       sizeof(to4));
		return;
	}
	/* The kernel fills in the checksum. */
	echo.type = ICMP6_ECHO_REQUEST;
	sendto(ping.fd[1], &echo, sizeof(echo), MSG_DONTWAIT, (struct sockaddr *)&to6,
	       sizeof(to6));
}

static void ask_all(uint64_t now)
{
	ping.seq++;
	for (size_t i = 0; i < ping.n; i++) {
		for (size_t j = 0; j < ping.nodes[i].n_addrs; j++)
			ask(&ping.nodes[i].addrs[j]);
		reach_asked(&ping.reach[i], now);
	}
}

/* ---- answers ---- */

static void answered(const struct in6_addr *from)
{
	for (size_t i = 0; i < ping.n; i++)
		for (size_t j = 0; j < ping.nodes[i].n_addrs; j++)
			if (IN6_ARE_ADDR_EQUAL(&ping.nodes[i].addrs[j], from) &&
			    reach_answered(&ping.reach[i]))
				log_write(LOG_INFO, "Status update for node %s: status ping",
					  ping.nodes[i].name);
}

static bool is_ours(const uint8_t *packet, size_t len, int type)
{
	struct echo echo;

	if (len < sizeof(echo))
		return false;
	memcpy(&echo, packet, sizeof(echo));
	return echo.type == type && echo.id == htons(echo_id()) && echo.cookie == ping.cookie;
}

static void take_answer4(const uint8_t *packet, size_t len, const struct sockaddr_in *from)
{
	struct in6_addr addr = { 0 };
	size_t header = len ? (packet[0] & 0xfU) * 4 : 0;

	if (header < 20 || header > len || !is_ours(packet + header, len - header, ICMP_ECHOREPLY))
		return;
	addr.s6_addr[10] = addr.s6_addr[11] = 0xff;
	memcpy(&addr.s6_addr[12], &from->sin_addr, sizeof(from->sin_addr));
	answered(&addr);
}

static void receive(int v6)
{
	union {
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} from;
	uint8_t packet[256];
	socklen_t from_len;
	ssize_t n;

	for (int i = 0; i < ANSWERS_MAX && ping.fd[v6] >= 0; i++) {
		from_len = sizeof(from);
		n = recvfrom(ping.fd[v6], packet, sizeof(packet), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);
		/* What else went wrong is told of a question, and is no answer. */
		if (n < 0 && (errno == EAGAIN || errno == EBADF))
			return;
		if (n < 0)
			continue;
		if (!v6)
			take_answer4(packet, (size_t)n, &from.v4);
		else if (is_ours(packet, (size_t)n, ICMP6_ECHO_REPLY))
			answered(&from.v6.sin6_addr);
	}
}

static void judge(uint64_t now)
{
	uint64_t at;

	ping.judge_at = 0;
	for (size_t i = 0; i < ping.n; i++) {
		struct reach *r = &ping.reach[i];

		if (reach_judge(r, now, ping.deadping)) {
			log_write(LOG_WARNING, "node %s: is dead", ping.nodes[i].name);
			log_write(LOG_INFO, "Status update for node %s: status dead",
				  ping.nodes[i].name);
		}
		at = r->asked_ns && r->state != REACH_DEAD ? r->asked_ns + ping.deadping : 0;
		if (at && (!ping.judge_at || at < ping.judge_at))
			ping.judge_at = at;
	}
}

/* ---- what follows from it ---- */

static void tell(struct agent *a, int reach)
{
	struct nl_params p = {
		.set = NL_SET_REACH,
		.reach = reach < 0 ? HBKM_REACH_NONE : (uint16_t)reach,
	};

	if (reach == ping.told)
		return;
	if (hbnl_cluster_set(a->nl, &p))
		log_write(LOG_ERR, "Telling the peers how many ping nodes are reached: %s",
			  hbnl_error(a->nl));
	else if (reach >= 0)
		log_write(LOG_INFO, "Ping nodes reached: %d of %zu", reach, ping.n);
	/* Not again before it changes. */
	ping.told = reach;
}

static void take(struct agent *a, const struct nl_group *g)
{
	log_write(LOG_INFO, "Taking resource group %s: %s", g->name,
		  "the node that holds it reaches no more ping nodes than this one");
	if (hbnl_group_move(a->nl, HBKM_MOVE_TAKEOVER, g->name))
		log_write(LOG_WARNING, "Taking resource group %s: %s", g->name,
			  hbnl_error(a->nl));
}

static void compare(struct agent *a, int reach, uint64_t now)
{
	size_t groups[HBKM_MAX_GROUPS], n;

	n = ipfail_run(&ping.ipfail, &a->seen, reach, now, groups, &ping.ipfail_at);
	for (size_t i = 0; i < n; i++)
		take(a, &a->seen.groups[groups[i]]);
}

/* ---- the agent's side ---- */

/* Heartbeat's words for a ping node that answers, and for others. */
struct json_object *ping_json(void)
{
	static const char *const words[] = {
		[REACH_UNKNOWN] = "init", [REACH_UP] = "ping", [REACH_DEAD] = "dead",
	};
	struct json_object *list = json_object_new_array(), *o;

	for (size_t i = 0; i < ping.n; i++) {
		o = json_object_new_object();
		json_object_object_add(o, "name", json_object_new_string(ping.nodes[i].name));
		json_object_object_add(o, "state",
				       json_object_new_string(words[ping.reach[i].state]));
		json_object_array_add(list, o);
	}
	return list;
}

void ping_configure(struct agent *a)
{
	static struct config_ping old[CONFIG_MAX_PINGS];
	static struct reach old_reach[CONFIG_MAX_PINGS];
	const struct config *c = a->config;
	size_t i, j, n_old = ping.n;

	memcpy(old, ping.nodes, sizeof(old));
	memcpy(old_reach, ping.reach, sizeof(old_reach));
	ping.n = c->n_pings;
	memset(ping.reach, 0, sizeof(ping.reach));
	for (i = 0; i < ping.n; i++) {
		ping.nodes[i] = c->pings[i];
		ping.nodes[i].line = 0;
		/* Of those that stay, what was known. */
		for (j = 0; j < n_old; j++)
			if (!memcmp(&old[j], &ping.nodes[i], sizeof(old[j])))
				ping.reach[i] = old_reach[j];
	}
	ping.period = c->ping_us * 1000ULL;
	ping.deadping = c->deadping_us * 1000ULL;
	ping.ipfail_on = c->ipfail && ping.n;
	ping.ipfail_at = 0;
	ping.ipfail.pause_ns = 2 * ping.period;
	ping.ipfail.calm_ns = IPFAIL_CALM_NS;
	if (!ping.cookie && getrandom(&ping.cookie, sizeof(ping.cookie), GRND_NONBLOCK) < 0)
		ping.cookie = agent_now();
	open_sockets(a);
	ping.at = ping.n ? agent_now() : 0;
	if (!ping.ipfail_on)
		tell(a, -1);
}

void ping_forget(void)
{
	ping.told = NOT_TOLD;
}

void ping_run(struct agent *a)
{
	uint64_t now;
	int reach;

	if (!ping.n)
		return;
	receive(0);
	receive(1);
	now = agent_now();
	judge(now);
	if (now >= ping.at) {
		ask_all(now);
		ping.at += ping.period;
		if (ping.at <= now)
			ping.at = now + ping.period;
	}
	if (!ping.ipfail_on || a->stopping) {
		ping.ipfail_at = 0;
		return;
	}
	reach = reach_count(ping.reach, ping.n);
	tell(a, reach);
	/* What was not heard of yet may be another reason than what was. */
	if (a->reconcile_due)
		return;
	compare(a, reach, now);
}

uint64_t ping_next(void)
{
	uint64_t next = ping.at;

	if (ping.judge_at && ping.judge_at < next)
		next = ping.judge_at;
	if (ping.ipfail_at && ping.ipfail_at < next)
		next = ping.ipfail_at;
	return next;
}
