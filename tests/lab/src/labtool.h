/* SPDX-License-Identifier: GPL-2.0 */
/* What the lab's small tools share. Each verb is one function, listed in labtool.c. */
#ifndef LABTOOL_H
#define LABTOOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/rtnetlink.h>

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S 1000000000ull

/* the verbs */
int verb_mono(int argc, char **argv);
int verb_sleep_until(int argc, char **argv);
int verb_lateness(int argc, char **argv);
int verb_node(int argc, char **argv);
int verb_on(int argc, char **argv);
int verb_kill_node(int argc, char **argv);
int verb_port(int argc, char **argv);
int verb_cut_beat(int argc, char **argv);
int verb_syslog(int argc, char **argv);
int verb_who_has(int argc, char **argv);
int verb_addresses(int argc, char **argv);
int verb_client(int argc, char **argv);
int verb_gaps(int argc, char **argv);
int verb_outage(int argc, char **argv);
int verb_udp_send(int argc, char **argv);
int verb_udp_flood(int argc, char **argv);
int verb_payloads(int argc, char **argv);
int verb_replay(int argc, char **argv);
int verb_hog(int argc, char **argv);
int verb_spin(int argc, char **argv);
int verb_fifo_hog(int argc, char **argv);
int verb_fork_bomb(int argc, char **argv);
int verb_squeeze(int argc, char **argv);
int verb_console_flood(int argc, char **argv);
int verb_write(int argc, char **argv);
int verb_memory(int argc, char **argv);
int verb_serve(int argc, char **argv);
int verb_call(int argc, char **argv);

/* labtool.c */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void usage(void) __attribute__((noreturn));
uint64_t number(const char *text);
uint64_t mono_ns(void);
void sleep_until_ns(uint64_t when);
void run_fifo(int priority);
void write_all(int fd, const void *data, size_t length);
size_t read_all(int fd, void *data, size_t length);

/* netlink.c: one request or dump at a time over an rtnetlink socket */
struct port_message {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[64];
};
int rtnl_open(unsigned int groups);
void rtnl_send(int fd, struct nlmsghdr *message);
void rtnl_attribute(struct nlmsghdr *message, size_t room, int type, const void *data, size_t length);
void rtnl_ack(int fd);
/* The request that puts a port of a bridge into this state. */
void port_message(struct port_message *message, uint8_t state, const char *dev);

#endif
