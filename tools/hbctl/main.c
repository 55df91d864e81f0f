// SPDX-License-Identifier: GPL-2.0
/*
 * hbctl: the global options, the table of verbs, and the names of Heartbeat's
 * own programs that it answers to.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hbctl.h"

struct hbctl_options opts;
void (*report_instead)(const char *text);

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} verbs[] = {
	{ "run",	cmd_run,	"the agent: configure the kernel, act on its decisions" },
	{ "status",	cmd_status,	"the cluster on one screen (the default)" },
	{ "show",	cmd_show,	"nodes, links, groups, stats or cluster, one a line" },
	{ "monitor",	cmd_monitor,	"print what exists, then every change as it happens" },
	{ "set",	cmd_set,	"change times and policy of the running cluster" },
	{ "standby",	cmd_standby,	"give resource groups away" },
	{ "takeover",	cmd_takeover,	"have resource groups" },
	{ "rscstatus",	cmd_rscstatus,	"which resources this node holds, in Heartbeat's words" },
	{ "check",	cmd_check,	"check the configuration, changing nothing" },
	{ "listen",	cmd_listen,	"show and verify what nodes with Linux-HA's Heartbeat send" },
};

/* Heartbeat's own programs, under their names or as verbs, to the letter. */
static const struct program {
	const char *name;
	int (*run)(int argc, char **argv);
} programs[] = {
	{ "cl_status",		cl_status_main },
	{ "hb_standby",		hb_standby_main },
	{ "hb_takeover",	hb_takeover_main },
	{ "hb_addnode",		hb_addnode_main },
	{ "hb_delnode",		hb_delnode_main },
};

static const struct option longopts[] = {
	{ "json",	no_argument,		NULL, 'j' },
	{ "pretty",	no_argument,		NULL, 'p' },
	{ "stats",	no_argument,		NULL, 's' },
	{ "statistics",	no_argument,		NULL, 's' },
	{ "timestamps",	no_argument,		NULL, 't' },
	{ "netns",	required_argument,	NULL, 'n' },
	{ "version",	no_argument,		NULL, 'V' },
	{ "help",	no_argument,		NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static void usage(FILE *out)
{
	fputs("Usage: hbctl [OPTIONS] [VERB [ARG...]]\n"
	      "       hbctl VERB --help\n\n"
	      "Verbs:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "  %-11s%s\n", verbs[i].name, verbs[i].help);
	fputs("\nHeartbeat's own programs, also under these names:\n ", out);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		fprintf(out, " %s", programs[i].name);
	fputs("\n", out);
	fputs("\nOptions:\n"
	      "  -j, --json         print JSON\n"
	      "  -p, --pretty       with -j: indented\n"
	      "  -s, --stats        counters too\n"
	      "  -t, --timestamps   monitor: the time of each line\n"
	      "  -n, --netns NETNS  work in this network namespace (a name, or a path)\n"
	      "  -V, --version      print the version\n"
	      "  -h, --help         print this\n"
	      "Those of the output (-j, -p, -s, -t) may stand behind the verb as well, but for\n"
	      "listen.\n\n"
	      "Exit status: 0 done, 1 wrong usage (run: or configuration), 2 refused by the\n"
	      "kernel or the system, 3 condition not met (as: no cluster is running; check: the\n"
	      "configuration has errors), 4 module hbkm not loaded.\n", out);
}

static int vreport(int code, const char *fmt, va_list ap)
{
	/* One write, so that lines of two processes do not mix. */
	char line[1024];
	int n;

	n = snprintf(line, sizeof(line), "hbctl: %s%s", opts.verb ? opts.verb : "",
		     opts.verb ? ": " : "");
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	fflush(stdout);
	if (report_instead)
		report_instead(line + n);
	else
		fprintf(stderr, "%s\n", line);
	return code;
}

int usage_error(const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vreport(HBCTL_USAGE, fmt, ap);
	va_end(ap);
	return ret;
}

int fail(enum hbctl_exit code, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vreport(code, fmt, ap);
	va_end(ap);
	return ret;
}

bool wants_help(int argc, char **argv)
{
	return argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
			    !strcmp(argv[1], "help"));
}

/* As ip-netns(8) keeps them, or any file that stands for a namespace. */
static int enter_netns(const char *name)
{
	char path[4096];
	int fd, ret;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(HBCTL_REFUSED, "network namespace %s: %s (%s)", path,
			    strerror(errno), strerrorname_np(errno));
	ret = setns(fd, CLONE_NEWNET);
	if (ret)
		ret = fail(HBCTL_REFUSED, "entering network namespace %s: %s (%s)", path,
			   strerror(errno), strerrorname_np(errno));
	close(fd);
	return ret;
}

static const struct program *program_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (!strcmp(name, programs[i].name))
			return &programs[i];
	return NULL;
}

/* Takes one of the options that change what is printed. */
static bool output_option(int c)
{
	switch (c) {
	case 'j':
		opts.json = true;
		return true;
	case 'p':
		opts.pretty = true;
		return true;
	case 's':
		opts.stats = true;
		return true;
	case 't':
		opts.timestamps = true;
		return true;
	}
	return false;
}

/* Takes a word that is such an option, as --json or -j, or several, as -jp. */
static bool output_word(const char *word)
{
	if (!strncmp(word, "--", 2)) {
		for (const struct option *o = longopts; o->name; o++)
			if (!strcmp(word + 2, o->name))
				return output_option(o->val);
		return false;
	}
	if (*word != '-' || !word[1] || word[1 + strspn(word + 1, "jpst")])
		return false;
	while (*++word)
		output_option(*word);
	return true;
}

static int run_verb(int argc, char **argv)
{
	const struct program *program;
	int n = 1;

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[0], verbs[i].name))
			continue;
		opts.verb = verbs[i].name;
		for (int a = 1; a < argc; a++)
			/* where -p is a port */
			if (verbs[i].run == cmd_listen || !output_word(argv[a]))
				argv[n++] = argv[a];
		argv[n] = NULL;
		/* The verb parses its own options from the start. */
		optind = 0;
		return verbs[i].run(n, argv);
	}
	program = program_find(argv[0]);
	if (program)
		return program->run(argc, argv);
	return usage_error("unknown verb \"%s\" (see hbctl --help)", argv[0]);
}

static int hbctl_main(int argc, char **argv)
{
	static char status[] = "status";
	static char *just_status[] = { status, NULL };
	int c, ret;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:jpstn:Vh", longopts, NULL)) != -1) {
		if (output_option(c))
			continue;
		switch (c) {
		case 'n':
			opts.netns = optarg;
			break;
		case 'V':
			printf("hbctl %s\n", HBCTL_VERSION);
			return HBCTL_OK;
		case 'h':
			usage(stdout);
			return HBCTL_OK;
		default:
			return option_error(c, argv, longopts);
		}
	}
	argc -= optind;
	argv += optind;
	if (argc && !strcmp(argv[0], "help")) {
		usage(stdout);
		return HBCTL_OK;
	}
	if (!argc) {
		argc = 1;
		argv = just_status;
	}
	if (opts.netns) {
		ret = enter_netns(opts.netns);
		if (ret)
			return ret;
	}
	return run_verb(argc, argv);
}

int main(int argc, char **argv)
{
	const struct program *program;
	const char *name = strrchr(argv[0], '/');
	int ret;

	name = name ? name + 1 : argv[0];
	/* The reader of a pipe may go before us: that is no error worth a signal. */
	signal(SIGPIPE, SIG_IGN);
	program = program_find(name);
	ret = program ? program->run(argc, argv) : hbctl_main(argc, argv);
	if (fflush(stdout) && errno != EPIPE && ret == HBCTL_OK)
		ret = fail(HBCTL_REFUSED, "writing to standard output: %s", strerror(errno));
	return ret;
}
