/* SPDX-License-Identifier: GPL-2.0 */
/* The words that stand for the kernel's numbers, and durations with units. */
#ifndef HBCTL_NAMES_H
#define HBCTL_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include <linux/hbkm.h>

/*
 * Each returns a lower-case word, or "unknown" for a number that this hbctl
 * does not know (a newer module).
 */
const char *cluster_state_name(unsigned int v);
const char *node_state_name(unsigned int v);
const char *link_state_name(unsigned int v);
const char *link_kind_name(unsigned int v);
const char *group_state_name(unsigned int v);
const char *resource_kind_name(unsigned int v);	/* enum resource_kind */
const char *reason_name(unsigned int v);
const char *auto_failback_name(unsigned int v);
const char *event_name(unsigned int v);
const char *stat_name(unsigned int v);

/* Why a link cannot send: an errno, and which of them it is. */
const char *send_error_name(int error);

/**
 * auto_failback_parse - on, off, legacy, or one of Heartbeat's booleans
 * @text: the word, in any case
 *
 * Return: an enum hbkm_auto_failback, or -1
 */
int auto_failback_parse(const char *text);

/**
 * duration_parse - "10ms", "1s", "500us", "1.5ms"
 * @text: a decimal number and its unit, nothing between
 * @us: receives microseconds
 *
 * A bare number is refused, as three different units would be natural for it:
 * ha.cf means seconds, sysfs and netlink microseconds, and people milliseconds.
 *
 * Return: 0, or -EINVAL (no duration), -EDOM (no unit), -ERANGE (does not fit,
 * or finer than a microsecond)
 */
int duration_parse(const char *text, uint32_t *us);

/**
 * duration_format - the shortest exact way to write a duration
 * @buf: receives "250us", "1.5ms", "10s"
 * @size: of @buf, 32 is enough
 * @ns: nanoseconds
 *
 * Return: @buf
 */
const char *duration_format(char *buf, size_t size, uint64_t ns);

#endif /* HBCTL_NAMES_H */
