// SPDX-License-Identifier: GPL-2.0
/*
 * hbctl check: what is wrong with the configuration, all of it at once, and
 * what it comes to.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/utsname.h>

#include <json.h>

#include "agent/vip.h"
#include "config/config.h"
#include "hbctl.h"
#include "own.h"

static const char help[] =
	"Usage: hbctl [-j [-p]] check [-d DIR] [--self NAME]\n\n"
	"Reads ha.cf, haresources and authkeys, changes nothing, and prints every problem\n"
	"as FILE:LINE: error|warning|note: TEXT on stderr. If there is no error, prints\n"
	"what the files come to, with defaults and derived values, on stdout. On the machine\n"
	"that they are for, it also says what they name that is not there.\n\n"
	"  -d, --dir DIR      where the files are (default " HBCTL_CONFIG_DIR ")\n"
	"      --self NAME    as the node NAME would see it (default: uname -n). For another\n"
	"                     node, its own ucast address is not known and is listed, too\n"
	"  -h, --help         print this\n"
	"With -j problems and configuration are one JSON object on stdout, with -p indented.\n\n"
	"Exit status: 0 no error, 1 wrong usage, 2 the system refused, 3 the configuration\n"
	"has errors.\n";

/* { "valid", "problems", "config" }: a program finds everything in one place. */
static int print_json(const struct config *c, const struct problems *problems)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = problems_json(problems);
	struct json_object *config = c ? config_json(c) : NULL;
	const char *text;
	int ret = 0;

	if (!o || !list || (c && !config) ||
	    json_object_object_add(o, "valid", json_object_new_boolean(c != NULL))) {
		json_object_put(list);
		json_object_put(config);
		json_object_put(o);
		return -1;
	}
	json_object_object_add(o, "problems", list);
	json_object_object_add(o, "config", config);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE |
					      (opts.pretty ? JSON_C_TO_STRING_PRETTY |
					       JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN));
	if (!text || puts(text) < 0)
		ret = -1;
	json_object_put(o);
	return ret;
}

/* What the kernel alone knows of them: whether an agent put them there, as it should be, and whether they are beside others. */
static int look_closer(struct config_own *own, size_t n_own)
{
	struct vip_present *present = NULL;
	struct rtnl *rt;
	size_t n = 0;
	int ret;

	ret = vip_open(&rt);
	if (!ret)
		ret = vip_list(rt, &present, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n_own; j++)
			if (ip_same(&own[j].addr, &present[i].addr)) {
				own[j].ours |= present[i].ours;
				own[j].secondary |= present[i].secondary;
			}
	free(present);
	vip_close(rt);
	errno = -ret;
	return ret;
}

/* @here: on this very machine, whose addresses are @own. */
static int check(const char *dir, const char *self, bool here, const struct config_own *own,
		 size_t n_own)
{
	struct problems problems = { 0 };
	struct config *c = here ? config_check(dir, self, own, n_own, &problems) :
				  config_load(dir, self, NULL, 0, &problems);
	int ret = c ? HBCTL_OK : HBCTL_UNMET;

	if (opts.json) {
		if (print_json(c, &problems))
			ret = fail(HBCTL_REFUSED, "cannot write the JSON");
	} else {
		problems_print(&problems, stderr);
		if (c)
			config_print(c, stdout);
	}
	config_free(c);
	problems_free(&problems);
	return ret;
}

int check_files(const char *dir, const char *self)
{
	struct config_own *own = NULL;
	ssize_t n_own = 0;
	struct utsname uts;
	bool here;
	int ret;

	if (uname(&uts))
		return fail(HBCTL_REFUSED, "uname: %m");
	/* another node's addresses cannot be known here */
	here = !self || !strcasecmp(self, uts.nodename);
	if (here) {
		n_own = own_list(&own);
		if (n_own < 0 || look_closer(own, n_own))
			return fail(HBCTL_REFUSED, "cannot list this node's addresses: %m");
	}
	ret = check(dir, self ?: uts.nodename, here, own, n_own);
	free(own);
	return ret;
}

/**
 * cmd_check - hbctl check [-d DIR] [--self NAME]
 * @argc: of @argv
 * @argv: the verb and its arguments
 *
 * Return: HBCTL_OK, HBCTL_USAGE, HBCTL_REFUSED, or HBCTL_UNMET if the
 * configuration has errors
 */
int cmd_check(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "self", required_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const char *dir = HBCTL_CONFIG_DIR, *self = NULL;
	int opt;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	/* main's getopt has come to its end: begin anew */
	optind = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":d:h", longopts, NULL)) != -1) {
		switch (opt) {
		case 'd':
			dir = optarg;
			break;
		case 'S':
			self = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return HBCTL_OK;
		default:
			return option_error(opt, argv, longopts);
		}
	}
	if (optind < argc)
		return unexpected(argv[optind]);
	return check_files(dir, self);
}
