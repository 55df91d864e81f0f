// SPDX-License-Identifier: GPL-2.0
/*
 * cl_status, as Heartbeat 3.0.6 has it: words, sentences and exit codes to the
 * letter, its slips of spelling included, since scripts compare them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config/config.h"
#include "hbctl.h"
#include "names.h"
#include "nl.h"
#include "resources.h"
#include "rscstatus.h"

enum cl_exit {
	CL_OK = 0,
	CL_FAIL = 1,
	CL_PARAMETER = 11,
	CL_UNKNOWN = 13,
};

static const char help[] =
	"Usage: cl_status <sub-command> [<options>] [<parameters>]\n\n"
	"Sub-commands, with options and parameters in any order:\n"
	"  hbstatus [-v]            does the cluster run on this machine? -v: its nodes, too\n"
	"  listnodes [-n] [-p] [-v] the nodes; -n: normal ones, -p: those that are only pinged;\n"
	"                           -v: with status, type and links\n"
	"  nodestatus NODE          active, up (has not joined yet), init (never heard) or dead;\n"
	"                           ping: a ping node that answers\n"
	"  nodetype NODE            normal or ping\n"
	"  nodeweight NODE          100\n"
	"  nodesite NODE            an empty line\n"
	"  listhblinks NODE [-v]    the interfaces that beats travel on; -v: whether they do\n"
	"  hblinkstatus NODE LINK   up or dead\n"
	"  clientstatus NODE CLIENT [TIMEOUT]\n"
	"                           online or offline; the only client is hbctl, the agent\n"
	"  rscstatus                what this node holds: all, none, local, foreign, transition\n"
	"  hbparameter -p NAME      the value of a directive of ha.cf, or hbversion\n"
	"  parameter -p NAME        the same\n"
	"With -m they answer in sentences.\n\n"
	"Exit status: 0 yes, done; 1 no, dead, offline, not set, not running; 11 wrong usage, or\n"
	"no such node; 13 no such node, or link.\n\n"
	"This is hbctl (see hbctl --help).\n";

/* What the options of a sub-command said, and what is known. */
struct cl {
	bool sentence;		/* -m */
	bool verbose;		/* -v */
	bool normal;		/* -n */
	bool ping;		/* -p, of listnodes */
	bool bad;		/* an option that there is not */
	const char *parameter;	/* -p, of hbparameter */
	int argc;		/* what is left */
	char **argv;
	struct nl_snapshot s;
	struct json_object *agent;	/* what it tells; asked only where it matters */
};

static int errors(const char *what, const char *reason)
{
	fflush(stdout);
	fprintf(stderr, "ERROR: %s\nERROR: REASON: %s\n", what, reason);
	return CL_UNKNOWN;
}

static int say(enum cl_exit code, const char *text)
{
	fflush(stdout);
	fprintf(stderr, "%s\n", text);
	return code;
}

/* The bare answer, or with -m the sentence. */
__attribute__((format(printf, 3, 4)))
static void answer(const struct cl *c, const char *value, const char *sentence, ...)
{
	va_list ap;

	if (!c->sentence) {
		puts(value);
		return;
	}
	va_start(ap, sentence);
	vprintf(sentence, ap);
	va_end(ap);
	putchar('\n');
}

static const struct nl_node *find_node(const struct cl *c, const char *name)
{
	for (size_t i = 0; i < c->s.n_nodes; i++)
		if (!strcasecmp(c->s.nodes[i].name, name))
			return &c->s.nodes[i];
	return NULL;
}

static bool node_alive(const struct nl_node *n)
{
	return n->state == HBKM_NODE_UP || n->state == HBKM_NODE_LATE;
}

static const char *node_word(const struct nl_node *n)
{
	if (node_alive(n))
		return n->flags & HBKM_NODE_F_SETTLED ? "active" : "up";
	return n->state == HBKM_NODE_INIT ? "init" : "dead";
}

/* ---- links: to Heartbeat their names are the interfaces' ---- */

static bool link_up(const struct cl *c, const struct nl_node *n, const char *ifname)
{
	for (size_t i = 0; i < c->s.n_links; i++) {
		const struct nl_link *l = &c->s.links[i];

		if (strcmp(l->ifname, ifname))
			continue;
		if (n->flags & HBKM_NODE_F_SELF ? l->state == HBKM_LINK_UP :
		    node_alive(n) && n->paths_heard & (1U << l->path))
			return true;
	}
	return false;
}

/* Is this link the first one on its interface? */
static bool link_first(const struct cl *c, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(c->s.links[j].ifname, c->s.links[i].ifname))
			return false;
	return true;
}

static void list_links(const struct cl *c, const struct nl_node *n)
{
	if (c->sentence)
		puts("\tthis node has the following heartbeat links:");
	for (size_t i = 0; i < c->s.n_links; i++) {
		const char *name = c->s.links[i].ifname;

		if (!link_first(c, i))
			continue;
		if (c->verbose)
			printf("\t%s\t%s\n", name, link_up(c, n, name) ? "up" : "dead");
		else
			printf("\t%s\n", name);
	}
}

/* ---- the sub-commands ---- */

static int listnodes(struct cl *c)
{
	const char *name, *state;

	if (c->sentence)
		puts("The nodes are as follow:");
	for (size_t i = 0; i < c->s.n_nodes && (c->normal || !c->ping); i++) {
		const struct nl_node *n = &c->s.nodes[i];

		if (c->verbose) {
			printf("\n%s\t%s\t(nodetype: normal)\n", n->name, node_word(n));
			list_links(c, n);
		} else {
			puts(n->name);
		}
	}
	c->agent = c->agent ?: resources_get();
	for (size_t i = 0; (c->ping || !c->normal) &&
	     resources_ping(c->agent, i, &name, &state); i++) {
		if (c->verbose)
			printf("\n%s\t%s\t(nodetype: ping)\n", name, state);
		else
			puts(name);
	}
	return CL_OK;
}

static int hbstatus(struct cl *c)
{
	if (!(c->s.cluster.flags & HBKM_CLUSTER_F_AGENT)) {
		puts("Heartbeat is apparently running on this machine, but refuses my connection");
		return CL_OK;
	}
	if (!c->verbose) {
		puts("Heartbeat is running on this machine.");
		return CL_OK;
	}
	if (c->sentence)
		puts("Heartbeat version " HBCTL_VERSION " (hbkm)\n"
		     "Resources controlled by \"haresources\"");
	else
		puts("version:\t" HBCTL_VERSION " (hbkm)\nmanaged by:\t\"haresources\"");
	return listnodes(c);
}

/* NULL: there is no such ping node. */
static const char *ping_state(struct cl *c, const char *wanted)
{
	const char *name, *state;

	c->agent = c->agent ?: resources_get();
	for (size_t i = 0; resources_ping(c->agent, i, &name, &state); i++)
		if (!strcasecmp(name, wanted))
			return state;
	return NULL;
}

static int nodestatus(struct cl *c)
{
	const struct nl_node *n;
	const char *ping;

	if (!c->argc)
		return say(CL_PARAMETER, "Not enough parameters.");
	n = find_node(c, c->argv[0]);
	ping = n ? NULL : ping_state(c, c->argv[0]);
	if (ping) {
		answer(c, ping, "The cluster node %s is %s", c->argv[0], ping);
		return strcmp(ping, "ping") ? CL_FAIL : CL_OK;
	}
	if (!n)
		return say(CL_PARAMETER, "Error. May be due to incorrect node name");
	answer(c, node_word(n), "The cluster node %s is %s", c->argv[0], node_word(n));
	return node_alive(n) ? CL_OK : CL_FAIL;
}

static int nodetype(struct cl *c)
{
	if (!c->argc)
		return say(CL_PARAMETER, "No enough parameter.");
	if (find_node(c, c->argv[0]))
		answer(c, "normal", "The node %s's type: normal", c->argv[0]);
	else if (ping_state(c, c->argv[0]))
		answer(c, "ping", "The node %s's type: ping", c->argv[0]);
	else
		return say(CL_PARAMETER, "Error. May be due to incorrect node name");
	return CL_OK;
}

static int nodeweight(struct cl *c)
{
	if (!c->argc)
		return say(CL_PARAMETER, "Not enough parameters.");
	if (!find_node(c, c->argv[0]))
		return say(CL_PARAMETER, "Error. Maybe due to incorrect node name.");
	answer(c, "100", "The weight of the cluster node %s is 100", c->argv[0]);
	return CL_OK;
}

static int nodesite(struct cl *c)
{
	if (!c->argc)
		return say(CL_PARAMETER, "Not enough parameters.");
	if (!find_node(c, c->argv[0]))
		return say(CL_PARAMETER, "Error. May be due to incorrect node name");
	answer(c, "", "The site of the cluster node %s is ", c->argv[0]);
	return CL_OK;
}

static int listhblinks(struct cl *c)
{
	const struct nl_node *n;

	if (!c->argc)
		return say(CL_PARAMETER, "No enough parameter.");
	n = find_node(c, c->argv[0]);
	if (!n)
		return errors("Cannot start heartbeat link interface walk.", "EINVAL");
	list_links(c, n);
	return CL_OK;
}

static int hblinkstatus(struct cl *c)
{
	const struct nl_node *n;
	bool known = false, up;

	if (c->argc < 2)
		return say(CL_PARAMETER, "No enough parameter.");
	n = find_node(c, c->argv[0]);
	for (size_t i = 0; i < c->s.n_links; i++)
		known = known || !strcmp(c->s.links[i].ifname, c->argv[1]);
	if (!n || !known)
		return errors("Cannot get heartbeat link status", "");
	up = link_up(c, n, c->argv[1]);
	answer(c, up ? "up" : "dead", "The node %s's heartbeat link %s is %s", c->argv[0],
	       c->argv[1], up ? "up" : "dead");
	return up ? CL_OK : CL_FAIL;
}

/* Heartbeat's clients are programs that signed on to it. Here the agent has. */
static int clientstatus(struct cl *c)
{
	const struct nl_node *n;
	char what[256];
	bool online;

	if (c->argc < 2)
		return say(CL_PARAMETER, "No enough parameter.");
	n = find_node(c, c->argv[0]);
	if (!n) {
		snprintf(what, sizeof(what), "Cannot get heartbeat client %s's status", c->argv[1]);
		return errors(what, "No timely response.");
	}
	online = !strcmp(c->argv[1], "hbctl") && node_alive(n) && n->flags & HBKM_NODE_F_AGENT;
	puts(online ? "online" : "offline");
	return online ? CL_OK : CL_FAIL;
}

static int rscstatus(struct cl *c)
{
	const char *word = rsc_word(&c->s.cluster, c->s.groups, c->s.n_groups);

	answer(c, word, "This node is holding %s resources.", word);
	return CL_OK;
}

/* ---- parameters ---- */

/* A time as ha.cf has it, if that still holds; it may have been changed since. */
static void live_time(bool said, char *value, size_t size, uint32_t us)
{
	uint32_t written;

	if (said && !time_parse_us(value, &written) && written == us)
		return;
	if (us % 1000)
		snprintf(value, size, "%uus", us);
	else
		snprintf(value, size, "%ums", us / 1000);
}

/* Those with a value. Of the others only what ha.cf says is known. */
static bool parameter_get(const struct nl_cluster *c, const char *name, char *value, size_t size)
{
	static const char *const defaults[][2] = {
		{ "udpport", "694" }, { "baud", "19200" }, { "hopfudge", "1" }, { "debug", "0" },
		{ "msgfmt", "classic" }, { "realtime", "true" }, { "autojoin", "none" },
		{ "crm", "false" }, { "conn_logd_time", NULL }, { "debugfile", NULL },
		{ "logfacility", NULL }, { "logfile", NULL }, { "rtprio", NULL },
		{ "use_logd", NULL }, { "watchdog", NULL }, { "nice_failback", NULL },
	};
	FILE *file = fopen(HBCTL_CONFIG_DIR "/ha.cf", "re");
	bool said = file && parameter_said(file, name, value, size);

	if (file)
		fclose(file);
	if (!strcmp(name, "keepalive")) {
		live_time(said, value, size, c->keepalive_us);
	} else if (!strcmp(name, "deadtime")) {
		live_time(said, value, size, c->deadtime_us);
	} else if (!strcmp(name, "warntime")) {
		live_time(said, value, size, c->warntime_us);
	} else if (!strcmp(name, "initdead")) {
		live_time(said, value, size, c->initdead_us);
	} else if (!strcmp(name, "deadping")) {
		if (!said)
			live_time(false, value, size, config_deadping_us(c->deadtime_us));
	} else if (!strcmp(name, "auto_failback")) {
		if (!said || auto_failback_parse(value) != c->auto_failback)
			snprintf(value, size, "%s", auto_failback_name(c->auto_failback));
	} else if (!strcmp(name, "cluster")) {
		snprintf(value, size, "%s", c->name);
	} else if (!strcmp(name, "hbversion")) {
		snprintf(value, size, "%s", HBCTL_VERSION " (hbkm)");
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
			if (strcmp(name, defaults[i][0]))
				continue;
			if (!said && defaults[i][1])
				snprintf(value, size, "%s", defaults[i][1]);
			return said || defaults[i][1];
		}
		return false;
	}
	return true;
}

static int hbparameter(struct cl *c)
{
	char value[4096], what[4200];

	if (!c->parameter)
		return say(CL_PARAMETER, "ERROR: parameter name required");
	if (!parameter_get(&c->s.cluster, c->parameter, value, sizeof(value))) {
		snprintf(what, sizeof(what), "Cannot get parameter %s's value", c->parameter);
		errors(what, "");
		return CL_FAIL;
	}
	answer(c, value, "Heartbeat parameter %s's value: %s", c->parameter, value);
	return CL_OK;
}

/* ---- the command line ---- */

/* @complaint: about an option that there is not; hbstatus does not mind. */
static const struct sub {
	const char *name;
	int (*run)(struct cl *c);
	const char *options;
	const char *complaint;
} subs[] = {
#define COMPLAINT	"ERROR: Error: getopt returnedcharacter "
	{ "hbstatus",		hbstatus,	"mv",	NULL },
	{ "listnodes",		listnodes,	"mpnv",	COMPLAINT "code ?." },
	{ "nodestatus",		nodestatus,	"m",	COMPLAINT "?." },
	{ "nodeweight",		nodeweight,	"m",	COMPLAINT "?." },
	{ "nodesite",		nodesite,	"m",	COMPLAINT "?." },
	{ "nodetype",		nodetype,	"m",	COMPLAINT "?." },
	{ "listhblinks",	listhblinks,	"mv",	COMPLAINT "code ?." },
	{ "hblinkstatus",	hblinkstatus,	"m",	COMPLAINT "?." },
	{ "clientstatus",	clientstatus,	"m",	COMPLAINT "?." },
	{ "rscstatus",		rscstatus,	"m",	COMPLAINT "?." },
	{ "hbparameter",	hbparameter,	"mp:",	COMPLAINT "code ?." },
	/* So Heartbeat's manual calls it, unlike its program. */
	{ "parameter",		hbparameter,	"mp:",	COMPLAINT "code ?." },
};

/* getopt names what it does not know, on stderr, as it does for Heartbeat. */
static void options(struct cl *c, const struct sub *sub, int argc, char **argv)
{
	int opt;

	optind = 0;
	opterr = 1;
	while ((opt = getopt(argc, argv, sub->options)) != -1) {
		if (opt == 'm')
			c->sentence = true;
		else if (opt == 'v')
			c->verbose = true;
		else if (opt == 'n')
			c->normal = true;
		else if (opt == 'p' && strchr(sub->options, ':'))
			c->parameter = optarg;
		else if (opt == 'p')
			c->ping = true;
		else
			c->bad = true;
	}
	c->argc = argc - optind;
	c->argv = argv + optind;
}

static int signon(struct cl *c)
{
	struct hbnl *nl;
	int ret = hbnl_open(&nl);

	if (!ret)
		ret = hbnl_snapshot_get(nl, &c->s);
	hbnl_close(nl);
	return ret;
}

static int stopped(const struct cl *c, const struct sub *sub)
{
	static const char reason[] = "hb_api_signon: Can't initiate connection to heartbeat";

	if (sub->run != hbstatus) {
		errors("Cannot signon with heartbeat", reason);
		return CL_FAIL;
	}
	puts("Heartbeat is stopped on this machine.");
	if (c->verbose)
		printf("(%s)\n", reason);
	return CL_FAIL;
}

int cl_status_main(int argc, char **argv)
{
	static struct cl c;
	size_t i;
	int ret;

	if (argc < 2 || !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
		return CL_OK;
	}
	for (i = 0; i < ARRAY_SIZE(subs); i++)
		if (!strcmp(argv[1], subs[i].name))
			break;
	if (i == ARRAY_SIZE(subs)) {
		fprintf(stderr, "ERROR: %s: invalid sub-command.\n", argv[1]);
		return CL_PARAMETER;
	}
	ret = signon(&c);
	/* Heartbeat looks at options only once it is signed on. */
	if (!ret || subs[i].run == hbstatus)
		options(&c, &subs[i], argc - 1, argv + 1);
	if (ret)
		return stopped(&c, &subs[i]);
	if (c.bad && subs[i].complaint)
		return say(CL_PARAMETER, subs[i].complaint);
	return subs[i].run(&c);
}
