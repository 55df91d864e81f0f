/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tcpdump -w writes: pcap, in either byte order, with micro- or nanoseconds.
 *
 * Not libpcap's doing: the file is two fixed headers, and a library that hbctl is linked
 * with is in the memory that its agent locks, with those that it brings along.
 */
#ifndef HBCTL_HEARTBEAT_CAPTURE_H
#define HBCTL_HEARTBEAT_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CAPTURE_PACKET_MAX	262144	/* as tcpdump's own limit */

/**
 * struct capture - a recording while it is being read
 * @file: where from
 * @link: what its packets begin with, enum packet_link
 * @time_ns: of the packet: wall clock
 * @len: of the packet, as far as it was recorded
 * @data: it
 * @swapped: numbers are in the other byte order
 * @unit_ns: of the fraction of a second
 */
struct capture {
	FILE *file;
	uint32_t link;
	uint64_t time_ns;
	uint32_t len;
	uint8_t *data;
	bool swapped;
	uint32_t unit_ns;
};

/**
 * capture_open - read the file's header
 * @c: is set up, to be closed even after an error
 * @file: where to read; it stays the caller's
 *
 * Return: NULL, or what is wrong with it
 */
const char *capture_open(struct capture *c, FILE *file);

/**
 * capture_next - read a packet into @c
 * @c: as capture_open() left it
 * @wrong: receives NULL at the end of the file, or what is wrong
 *
 * Return: false if there is none
 */
bool capture_next(struct capture *c, const char **wrong);

void capture_close(struct capture *c);

#endif /* HBCTL_HEARTBEAT_CAPTURE_H */
