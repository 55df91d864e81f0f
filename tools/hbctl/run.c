// SPDX-License-Identifier: GPL-2.0
/* hbctl run: the command line of the agent. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "hbctl.h"
#include "names.h"
#include "nl.h"
#include "run.h"

static const char help[] =
	"Usage: hbctl run [-d DIR] [--self NAME] [--wait] [--warm] [--script-timeout TIME]\n"
	"                 [--no-realtime] [--debug] [--check]\n\n"
	"Loads the module, configures it from DIR, and acts on its decisions: addresses up\n"
	"and down, announced to the neighbours. Stays in the foreground, as systemd and\n"
	"others that supervise want it.\n\n"
	"  -d, --dir DIR      where ha.cf, haresources and authkeys are (" HBCTL_CONFIG_DIR ")\n"
	"      --self NAME    this node's name (uname -n)\n"
	"      --wait         where there is no ha.cf, wait until a SIGHUP comes and there is:\n"
	"                     for what starts a service first and then writes its files\n"
	"      --warm         keep the addresses on their interfaces while another node has\n"
	"                     them, silenced by the kernel, which then takes them over and\n"
	"                     gives them up by itself, even while nothing else gets to run\n"
	"      --script-timeout TIME  how long a resource script may take to start, stop or\n"
	"                     tell its status (60; seconds, or as 10s, 500ms): then it is\n"
	"                     killed, and has failed\n"
	"      --no-realtime  neither lock memory nor run before others, whatever ha.cf says\n"
	"      --foreground   no effect: it always does\n"
	"      --debug        log more\n"
	"      --check        be no agent, but do what hbctl check does, for the node and the\n"
	"                     files that an agent with these options would be for\n\n"
	"SIGHUP reads the configuration again and applies what changed; with an error in it\n"
	"nothing changes. SIGTERM gives up all resources, tells the peers, and ends.\n\n"
	"An agent that is killed leaves the kernel beating; another that is started takes\n"
	"over what it finds. While this node does not hold a resource group, the kernel\n"
	"keeps the group's addresses silent, should they be on an interface; that ends when\n"
	"the agent is told to stop, and with the module.\n\n"
	"Exit status: 0 stopped, 1 configuration error, 2 refused (as: another agent works\n"
	"here), 3 the cluster was deleted, 4 the module is absent or was removed.\n";

int run_parse(int argc, char **argv, struct run_options *o)
{
	enum { SELF = 256, WAIT, WARM, SCRIPT_TIMEOUT, NO_REALTIME, FOREGROUND, DEBUG, CHECK };
	static const struct option longopts[] = {
		{ "dir",		required_argument,	NULL, 'd' },
		{ "self",		required_argument,	NULL, SELF },
		{ "wait",		no_argument,		NULL, WAIT },
		{ "warm",		no_argument,		NULL, WARM },
		{ "script-timeout",	required_argument,	NULL, SCRIPT_TIMEOUT },
		{ "no-realtime",	no_argument,		NULL, NO_REALTIME },
		{ "foreground",		no_argument,		NULL, FOREGROUND },
		{ "debug",		no_argument,		NULL, DEBUG },
		{ "check",		no_argument,		NULL, CHECK },
		{ NULL, 0, NULL, 0 }
	};
	const char *self = NULL;
	uint32_t us;
	int c;

	memset(o, 0, sizeof(*o));
	o->dir = HBCTL_CONFIG_DIR;
	o->script_timeout_ms = SCRIPT_TIMEOUT_MS;
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:d:", longopts, NULL)) != -1) {
		switch (c) {
		case 'd':
			o->dir = optarg;
			break;
		case SELF:
			self = optarg;
			break;
		case WAIT:
			o->wait = true;
			break;
		case WARM:
			o->warm = true;
			break;
		case SCRIPT_TIMEOUT:
			/* as in ha.cf, or as everywhere else in hbctl */
			if ((time_parse_us(optarg, &us) && duration_parse(optarg, &us)) || us < 1000)
				return usage_error("--script-timeout %s is not a time, as 60, 10s or 500ms",
						   optarg);
			o->script_timeout_ms = us / 1000;
			break;
		case NO_REALTIME:
			o->no_realtime = true;
			break;
		case FOREGROUND:
			break;
		case DEBUG:
			o->debug = true;
			break;
		case CHECK:
			o->check = true;
			break;
		default:
			return option_error(c, argv, longopts);
		}
	}
	if (optind < argc)
		return unexpected(argv[optind]);
	if (!self) {
		if (gethostname(o->self, sizeof(o->self) - 1))
			return usage_error("this node has no name: give --self NAME");
	} else {
		snprintf(o->self, sizeof(o->self), "%s", self);
	}
	if (!*o->self || strlen(o->self) > HBKM_NAME_MAX)
		return usage_error("a node's name has 1 to %d bytes", HBKM_NAME_MAX);
	/* As Heartbeat compares. */
	for (char *p = o->self; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return HBCTL_OK;
}

int cmd_run(int argc, char **argv)
{
	struct run_options o;
	int ret;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	ret = run_parse(argc, argv, &o);
	if (ret)
		return ret;
	if (!o.check)
		return agent_run(&o);
	ret = check_files(o.dir, o.self);
	return ret == HBCTL_UNMET ? HBCTL_USAGE : ret;
}
