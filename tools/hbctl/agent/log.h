/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The agent's log. Nothing in the agent ever waits for it: messages go into a
 * socket pair whose other end a small process reads; that one writes to the
 * journal, syslog, files or the terminal, and may block there as it likes.
 */
#ifndef HBCTL_LOG_H
#define HBCTL_LOG_H

#include <syslog.h>

struct config;

/**
 * log_start - start the process that writes
 *
 * Before that, and if it cannot be had, messages go to stderr directly.
 *
 * Return: 0, or -errno
 */
int log_start(void);

/**
 * log_configure - log where ha.cf says: journal or syslog, files
 * @c: the configuration
 *
 * stderr gets every message too, unless it is the journal.
 */
void log_configure(const struct config *c);

/* Everything down to LOG_DEBUG, or to LOG_INFO. */
void log_debug(int on);

/**
 * log_write - one message
 * @priority: LOG_ERR, LOG_INFO, ...
 * @fmt: what happened, without a newline
 */
void log_write(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * While messages are held they are only kept, with their time: handing one to the
 * writer costs as much as a step of a takeover.
 */
void log_hold(void);
void log_release(void);

/* Waits a moment for what is under way. */
void log_stop(void);

/* What Heartbeat calls a priority: "info", "WARN", "ERROR". */
const char *log_priority_name(int priority);

#endif /* HBCTL_LOG_H */
