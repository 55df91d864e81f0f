/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every verb of hbctl shares: the global options, the exit codes and the
 * one form of error message. A verb is one function, one file, one line in
 * main.c's table.
 */
#ifndef HBCTL_H
#define HBCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef HBCTL_VERSION
#define HBCTL_VERSION	"0.1.0"
#endif

#define HBCTL_CONFIG_DIR	"/etc/ha.d"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * enum hbctl_exit - what a script may rely on
 * @HBCTL_OK: done
 * @HBCTL_USAGE: the command line is wrong (run: or a configuration file)
 * @HBCTL_REFUSED: the kernel, or the system, refused
 * @HBCTL_UNMET: the condition asked for does not hold; no cluster is running; check: a
 *	configuration file is wrong
 * @HBCTL_ABSENT: the module hbkm is not loaded
 */
enum hbctl_exit {
	HBCTL_OK,
	HBCTL_USAGE,
	HBCTL_REFUSED,
	HBCTL_UNMET,
	HBCTL_ABSENT,
};

/**
 * struct hbctl_options - the options before the verb, some of which may stand behind it
 * @json: -j, JSON instead of text
 * @pretty: -p, with @json: indented
 * @stats: -s, counters too
 * @timestamps: -t, with monitor: the time of each line
 * @netns: -n, the network namespace to work in, NULL for the own one
 * @verb: the word after the options, for error messages
 */
struct hbctl_options {
	bool json;
	bool pretty;
	bool stats;
	bool timestamps;
	const char *netns;
	const char *verb;
};

extern struct hbctl_options opts;

/**
 * usage_error - refuse a command line: "hbctl: VERB: ..." on stderr, one line
 * @fmt: what is wrong, without a newline
 *
 * Return: HBCTL_USAGE, so that a verb can return it
 */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * fail - report an error: "hbctl: VERB: ..." on stderr, one line
 * @code: the exit code, returned as it is
 * @fmt: what happened, without a newline
 *
 * Return: @code
 */
int fail(enum hbctl_exit code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * check_files - say all that is wrong with ha.cf, haresources and authkeys, and what they come to
 * @dir: where they are
 * @self: for which node, NULL for this one
 *
 * Return: HBCTL_OK; HBCTL_UNMET, there are errors; HBCTL_REFUSED
 */
int check_files(const char *dir, const char *self);

struct option;

/**
 * option_error - refuse an option that getopt_long() does not know, or lacks the value of
 * @c: what that returned: '?' or ':'
 * @argv: where it looked
 * @longopts: what it was looking for
 *
 * Return: HBCTL_USAGE, after saying which one
 */
int option_error(int c, char **argv, const struct option *longopts);

/* Refuses a word that a verb has no use for. Return: HBCTL_USAGE. */
int unexpected(const char *word);
/* Where errors go instead of stderr, while this is set: what the agent has to say belongs into its log. */
extern void (*report_instead)(const char *text);

/**
 * wants_help - does a verb's command line ask for help?
 * @argc: as the verb got it
 * @argv: as the verb got it, argv[0] is the verb
 *
 * Return: true if the first argument is --help, -h or help
 */
bool wants_help(int argc, char **argv);

/*
 * The verbs. argv[0] is the verb's own name, so getopt_long() works at once.
 * Each answers --help on stdout, and returns an exit code.
 */
int cmd_run(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_set(int argc, char **argv);
int cmd_standby(int argc, char **argv);
int cmd_takeover(int argc, char **argv);
int cmd_rscstatus(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_listen(int argc, char **argv);

/*
 * Heartbeat's own programs, called under their names or as verbs: to the letter,
 * and each with that program's exit codes.
 */
int cl_status_main(int argc, char **argv);
int hb_standby_main(int argc, char **argv);
int hb_takeover_main(int argc, char **argv);
int hb_addnode_main(int argc, char **argv);
int hb_delnode_main(int argc, char **argv);

#endif /* HBCTL_H */
