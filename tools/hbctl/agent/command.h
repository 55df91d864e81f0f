/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is run to start, stop or ask a resource, and what its end means. Pure.
 */
#ifndef HBCTL_COMMAND_H
#define HBCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "sequence.h"

/**
 * command_build - program, arguments and environment
 * @r: a resource that is no address
 * @op: what to do with it
 * @argv: receives an array to command_free(), NULL at its end; [0] is the program
 * @env: the same; only what @op and @r need beyond the environment of all
 *
 * Return: 0, or -1 without memory
 */
int command_build(const struct config_resource *r, enum resource_op op, char ***argv, char ***env);
void command_free(char **words);

/**
 * command_base_env - what every script may rely on, as Heartbeat tells it
 * @c: the configuration
 *
 * Return: an array to command_free(), or NULL without memory
 */
char **command_base_env(const struct config *c);

/* Do we look at what it prints, and not only log it? */
bool command_answers(const struct config_resource *r, enum resource_op op);

/**
 * command_result - what its end means
 * @r: the resource
 * @op: what was done with it
 * @code: exit status; < 0: killed, or out of time
 * @output: what it printed on standard output, if command_answers()
 *
 * As in Heartbeat, what a script prints decides whether it runs ("running" or
 * "OK", but not "not running"), whatever its exit status is. So does systemctl's
 * word: without one, as when systemd cannot be asked, nothing is known.
 */
enum resource_result command_result(const struct config_resource *r, enum resource_op op, int code,
				    const char *output);

/* "start", "stop" or "status", as the script is told. */
const char *command_word(const struct config_resource *r, enum resource_op op);

#endif /* HBCTL_COMMAND_H */
