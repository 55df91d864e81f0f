// SPDX-License-Identifier: GPL-2.0
/*
 * hbctl listen: what nodes with Linux-HA's Heartbeat say to each other, and whether the
 * keys here would do. For whoever is about to move a cluster from there to here: nothing
 * is sent, nothing is changed, and no module is needed.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "config/config.h"
#include "config/show.h"
#include "hbctl.h"
#include "heartbeat/capture.h"
#include "heartbeat/heard.h"
#include "heartbeat/packet.h"
#include "heartbeat/tap.h"
#include "names.h"
#include "out.h"

#define HEARTBEAT_PORT	694

static const char help[] =
	"Usage: hbctl [-j] listen [-d DIR] [-p PORT] [-i INTERFACE] [-n COUNT]\n"
	"       hbctl [-j] listen [-d DIR] [-p PORT] [-n COUNT] -r FILE\n\n"
	"Shows what nodes with Linux-HA's Heartbeat send, a line for each message, and whether\n"
	"it is signed with a key of authkeys; at the end (an interrupt, COUNT or the end of FILE)\n"
	"which nodes were heard, how often they send, and what does not go with ha.cf. It only\n"
	"looks on: nothing is taken from a Heartbeat that runs here, and nothing is sent but the\n"
	"request to have the multicast groups of ha.cf.\n\n"
	"  -d, --dir DIR          where ha.cf and authkeys are (default " HBCTL_CONFIG_DIR ")\n"
	"  -p, --port PORT        the port that messages are sent to (default: those of ha.cf,\n"
	"                         or 694)\n"
	"  -i, --interface NAME   look at this interface only (default: those of ha.cf, or all)\n"
	"  -n, --count COUNT      end after so many datagrams\n"
	"  -r, --read FILE        read what tcpdump -w wrote; -: from standard input. Anybody may;\n"
	"                         else only root\n"
	"  -j, --json             a JSON object for each line\n"
	"  -h, --help             print this\n\n"
	"Exit status: 0 all messages were signed with a key of authkeys, 1 wrong usage, 2 the\n"
	"system refused, 3 no message came, or one that is not signed so or was not whole.\n";

/**
 * struct listen - what it was told, and what has come of it
 * @config: ha.cf and authkeys, as far as they are there
 * @heard: all messages
 * @ports: that messages are sent to
 * @n_ports: how many
 * @ifindexes: of the interfaces to look at; none: all
 * @n_ifindexes: how many
 * @count: end after so many datagrams; 0: never
 */
struct listen {
	struct config *config;
	struct heard *heard;
	uint16_t ports[TAP_MAX_PORTS];
	size_t n_ports;
	unsigned int ifindexes[HBKM_MAX_LINKS];
	size_t n_ifindexes;
	uint64_t count;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* ---- a message ---- */

static void print_text(const char *key, struct text t)
{
	char buf[256];

	if (text_printable(buf, sizeof(buf), t))
		out_string(key, buf);
}

/* Of /proc/loadavg only the averages. */
static void print_load(struct text rest)
{
	char buf[3][32];
	const char *words[3];
	struct text word;
	size_t n = 0;

	while (n < 3 && rest.p && text_word(&rest, &word)) {
		words[n] = text_printable(buf[n], sizeof(buf[n]), word);
		n++;
	}
	if (n)
		out_names("load", words, n);
}

/* A word that always has its place in the line. */
static void print_word(const char *key, struct text t)
{
	char buf[HEARD_NAME_SIZE];
	const char *word = text_printable(buf, sizeof(buf), t);

	if (opts.json)
		out_name(key, word);
	else
		out_head(key, word && *word ? word : "-");
}

static void print_auth(const struct auth *a)
{
	char text[96];

	if (!opts.json) {
		out_head("auth", "auth");
		out_head("auth", auth_text(text, sizeof(text), a));
		return;
	}
	out_string("auth", auth_result_name(a->result));
	if (a->result != AUTH_UNSIGNED && a->result != AUTH_MALFORMED)
		out_uint("key", a->key);
	if (a->method)
		out_string("method", method_name(a->method));
}

static void print_message(const struct message *m, const struct auth *a)
{
	uint32_t deadtime;
	uint64_t seq;

	print_word("node", m->node);
	print_word("type", m->type);
	if (opts.json)
		out_string("form", m->netstring ? "netstring" : "lines");
	print_text("to", m->to);
	print_text("status", m->status);
	print_text("holds", m->holds);
	if (text_hex(m->seq, &seq))
		out_uint("seq", seq);
	print_text("generation", m->generation);
	if (message_deadtime(m, &deadtime))
		out_us("deadtime", deadtime * 1000ULL);
	print_load(m->load);
	if (m->compressed)
		out_flag("compressed", true);
	print_auth(a);
}

/* What is no message, or not all of one. */
static void print_other(enum message_verdict v, const struct datagram *d)
{
	char text[128];

	if (opts.json) {
		out_string("form", v == MESSAGE_HBKM ? "hbkm" : "unknown");
		out_string("problem", message_verdict_text(v));
		out_uint("bytes", d->len);
		out_uint("missing", d->missing);
		return;
	}
	if (v == MESSAGE_HBKM)
		snprintf(text, sizeof(text), "- hbkm frame (of those hbctl show and hbctl monitor tell)");
	else if (d->missing)
		snprintf(text, sizeof(text), "- ? %s: only %zu of its %zu bytes are here",
			 message_verdict_text(v), d->len, d->len + d->missing);
	else
		snprintf(text, sizeof(text), "- ? %s (%zu bytes)", message_verdict_text(v), d->len);
	out_head("problem", text);
}

static bool port_wanted(const struct listen *l, uint16_t port)
{
	for (size_t i = 0; i < l->n_ports; i++)
		if (l->ports[i] == port)
			return true;
	return false;
}

static bool ifindex_wanted(const struct listen *l, unsigned int ifindex)
{
	for (size_t i = 0; i < l->n_ifindexes; i++)
		if (l->ifindexes[i] == ifindex)
			return true;
	return !l->n_ifindexes;
}

/* @ifindex 0: it is not known. */
static void take(struct listen *l, enum packet_link link, const uint8_t *p, size_t len,
		 uint64_t time_ns, unsigned int ifindex)
{
	char addr[INET6_ADDRSTRLEN], ifname[IFNAMSIZ];
	enum message_verdict v;
	struct datagram d;
	struct message m;
	struct auth a;

	if (!packet_parse(&d, link, p, len) || !port_wanted(l, d.dport))
		return;
	v = message_parse(&m, d.data, d.len);
	if (d.missing && v == MESSAGE_GOOD)
		v = MESSAGE_CUT;

	l->heard->datagrams++;
	out_object_begin(NULL);
	out_time(time_ns);
	if (opts.json)
		out_string("event", "message");
	out_head("source", ip_text(&d.src, addr));
	if (opts.json && if_indextoname(ifindex, ifname))
		out_string("interface", ifname);
	if (v == MESSAGE_GOOD) {
		auth_check(&a, &m, l->config->keys, l->config->n_keys);
		print_message(&m, &a);
		heard_message(l->heard, &m, &a, &d.src, time_ns);
	} else {
		print_other(v, &d);
		l->heard->verdicts[v]++;
	}
	out_object_end();
	fflush(stdout);
	if (l->heard->datagrams == l->count || ferror(stdout))
		stopped = 1;
}

/* ---- what all of them come to ---- */

static void hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void hint(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_object_begin(NULL);
	if (opts.json)
		out_string("event", "hint");
	else
		out_head("event", "hint");
	if (opts.json)
		out_string("text", text);
	else
		out_head("text", text);
	out_object_end();
}

static const char *ms_text(char buf[32], uint64_t ns)
{
	return duration_format(buf, 32, (ns + 500000) / 1000000 * 1000000);
}

/* Programs get it exactly; of what takes milliseconds people need no more than a tenth of one. */
static void print_interval(const char *key, uint64_t ns)
{
	uint64_t unit = opts.json ? 1 : ns < 1000000 ? 1000 : 100000;

	out_ns(key, (ns + unit / 2) / unit * unit);
}

static void print_node(struct heard_node *n)
{
	char addr[HEARD_MAX_ADDRS][INET6_ADDRSTRLEN];
	const char *addrs[HEARD_MAX_ADDRS];
	char key[32];

	for (size_t i = 0; i < n->n_addrs; i++)
		addrs[i] = ip_text(&n->addrs[i], addr[i]);
	out_object_begin(NULL);
	if (opts.json) {
		out_string("event", "node");
		out_string("node", n->name);
	} else {
		out_head("event", "node");
		out_head("node", n->name);
	}
	out_names("addresses", addrs, n->n_addrs);
	out_uint("messages", n->messages);
	out_uint("status", n->status);
	if (n->n_intervals) {
		print_interval("interval_min", n->min_ns);
		print_interval("interval_median", heard_median(n));
		print_interval("interval_max", n->max_ns);
	}
	if (n->has_deadtime)
		out_us("deadtime", n->deadtime_ms * 1000ULL);
	for (unsigned int r = 0; r < AUTH_RESULTS; r++) {
		snprintf(key, sizeof(key), "auth_%s", auth_result_name(r));
		if (opts.json || n->auth[r])
			out_uint(key, n->auth[r]);
	}
	out_object_end();
}

static const struct config_node *configured(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_nodes; i++)
		if (!strcasecmp(c->nodes[i].name, name))
			return &c->nodes[i];
	return NULL;
}

static void hint_auth(const struct heard_node *n, const struct config *c)
{
	if (n->auth[AUTH_BAD])
		hint("%s: %" PRIu64 " of its %" PRIu64 " messages are not signed with key %u of authkeys: is that the same on all nodes?",
		     n->name, n->auth[AUTH_BAD], n->messages, n->key);
	if (n->auth[AUTH_NO_KEY])
		hint("%s: %" PRIu64 " of its %" PRIu64 " messages are signed with a key that %s",
		     n->name, n->auth[AUTH_NO_KEY], n->messages,
		     c->n_keys ? "authkeys has not" : "is not known: authkeys was not read");
	if (n->auth[AUTH_UNSIGNED] || n->auth[AUTH_MALFORMED])
		hint("%s: %" PRIu64 " of its %" PRIu64 " messages are not signed, Heartbeat would not take them",
		     n->name, n->auth[AUTH_UNSIGNED] + n->auth[AUTH_MALFORMED], n->messages);
	if (n->auth[AUTH_UNCHECKED])
		hint("%s: %" PRIu64 " of its %" PRIu64 " messages could not be checked: libgcrypt refuses the method",
		     n->name, n->auth[AUTH_UNCHECKED], n->messages);
}

static void hint_times(struct heard_node *n, const struct config *c)
{
	uint64_t median = n->n_intervals >= 3 ? heard_median(n) : 0;
	uint64_t keepalive = c->keepalive_us * 1000ULL;
	char there[32], here[32];

	if (!c->n_nodes)
		return;
	if (n->has_deadtime && n->deadtime_ms * 1000ULL != c->deadtime_us)
		hint("%s: its deadtime is %s, that of ha.cf %s%s", n->name,
		     ms_text(there, n->deadtime_ms * 1000000ULL),
		     duration_format(here, sizeof(here), c->deadtime_us * 1000ULL),
		     n->deadtime_ms == c->deadtime_us / 1000 + 2000 ?
		     " (Heartbeat says 2s more while it starts)" : "");
	if (median && (median > keepalive + keepalive / 4 || median < keepalive - keepalive / 4))
		hint("%s: it sends a status every %s, but keepalive in ha.cf is %s", n->name,
		     ms_text(there, median), duration_format(here, sizeof(here), keepalive));
}

static void hint_name(const struct heard *h, size_t at, const struct config *c)
{
	const struct heard_node *n = &h->nodes[at];
	const struct config_node *known = configured(c, n->name);

	if (c->n_nodes && !known)
		hint("%s: ha.cf does not have it: write it into a node line", n->name);
	else if (known && strcmp(known->name, n->name))
		hint("%s: to hbkm it is %s, as names are the same in capitals and small letters",
		     n->name, known->name);
	for (size_t i = 0; i < at; i++)
		if (!strcasecmp(h->nodes[i].name, n->name))
			hint("%s: %s was heard, too, and is the same name", n->name,
			     h->nodes[i].name);
}

/* That this node's own Heartbeat does not run is no surprise. */
static void hint_silent(const struct heard *h, const struct config *c)
{
	struct utsname uts = { .nodename = "" };
	size_t at;

	uname(&uts);
	for (size_t i = 0; i < c->n_nodes; i++) {
		for (at = 0; at < h->n_nodes; at++)
			if (!strcasecmp(h->nodes[at].name, c->nodes[i].name))
				break;
		if (at == h->n_nodes && strcasecmp(uts.nodename, c->nodes[i].name))
			hint("%s: it is in ha.cf, but was not heard", c->nodes[i].name);
	}
}

static void print_end(struct listen *l)
{
	struct heard *h = l->heard;

	out_object_begin(NULL);
	if (opts.json)
		out_string("event", "heard");
	else
		out_head("event", "heard");
	out_uint("datagrams", h->datagrams);
	out_uint("messages", h->messages);
	out_uint("nodes", h->n_nodes);
	out_uint("auth_ok", h->auth[AUTH_OK]);
	out_uint("hbkm", h->verdicts[MESSAGE_HBKM]);
	out_uint("other", h->datagrams - h->messages - h->verdicts[MESSAGE_HBKM]);
	out_object_end();
	for (size_t i = 0; i < h->n_nodes; i++)
		print_node(&h->nodes[i]);
	for (size_t i = 0; i < h->n_nodes; i++) {
		hint_name(h, i, l->config);
		hint_auth(&h->nodes[i], l->config);
		hint_times(&h->nodes[i], l->config);
	}
	hint_silent(h, l->config);
	if (h->nameless)
		hint("%" PRIu64 " messages name no sender, or one of more than %d",
		     h->nameless, HEARD_MAX_NODES);
	if (h->verdicts[MESSAGE_HBKM])
		hint("hbkm sends to this port, too: it and Heartbeat do not understand each other");
}

/* ---- where they come from ---- */

static int read_file(struct listen *l, const char *name)
{
	const char *wrong;
	struct capture c;
	FILE *file = stdin;
	int ret = 0;

	if (strcmp(name, "-"))
		file = fopen(name, "re");
	if (!file)
		return fail(HBCTL_REFUSED, "%s: %s", name, strerror(errno));
	wrong = capture_open(&c, file);
	if (wrong)
		ret = fail(HBCTL_REFUSED, "%s: %s", name, wrong);
	while (!ret && !stopped && capture_next(&c, &wrong))
		take(l, c.link, c.data, c.len, c.time_ns, 0);
	/* what came before is good: it may still be written to, or its writer was stopped */
	if (!ret && !stopped && wrong)
		fail(HBCTL_OK, "%s: %s", name, wrong);
	capture_close(&c);
	if (file != stdin)
		fclose(file);
	return ret;
}

/* The groups that ha.cf names; until this process ends. */
static void join_groups(const struct listen *l)
{
	const struct config *c = l->config;
	unsigned int ifindex;

	for (size_t i = 0; i < c->n_links; i++) {
		if (c->links[i].kind != HBKM_LINK_MCAST)
			continue;
		ifindex = if_nametoindex(c->links[i].ifname);
		if (ifindex && ifindex_wanted(l, ifindex) && tap_join(&c->links[i].addr, ifindex) < 0)
			fail(HBCTL_OK, "multicast on %s: %s", c->links[i].ifname, strerror(errno));
	}
}

static int follow(struct listen *l, int tap, struct tap_packet *p, const sigset_t *while_waiting)
{
	struct pollfd fds[] = {
		{ .fd = tap, .events = POLLIN },
		/* only to learn that the reader has gone */
		{ .fd = STDOUT_FILENO, .events = 0 },
	};
	unsigned int n;
	int ret;

	while (!stopped) {
		if (ppoll(fds, ARRAY_SIZE(fds), NULL, while_waiting) < 0)
			continue;
		if (fds[1].revents & (POLLERR | POLLHUP))
			break;
		/* Signals are let in between, however much there is to read. */
		for (n = 0; n < 64 && !stopped; n++) {
			ret = tap_receive(tap, p);
			if (ret < 0)
				return fail(HBCTL_REFUSED, "receiving: %s", strerror(errno));
			if (!ret)
				break;
			if (ifindex_wanted(l, p->ifindex))
				take(l, PACKET_IP, p->data, p->len, p->time_ns, p->ifindex);
		}
	}
	return 0;
}

static int look(struct listen *l, const sigset_t *while_waiting)
{
	/* not static: the agent locks what the program has of that in memory */
	struct tap_packet *p = malloc(sizeof(*p));
	int tap, ret;

	if (!p)
		return fail(HBCTL_REFUSED, "out of memory");
	tap = tap_open(l->ports, l->n_ports, l->n_ifindexes == 1 ? l->ifindexes[0] : 0);
	if (tap >= 0) {
		join_groups(l);
		ret = follow(l, tap, p, while_waiting);
		close(tap);
	} else if (errno == EPERM) {
		ret = fail(HBCTL_REFUSED, "only root (CAP_NET_RAW) may look at what others send: %s (anybody may read what root's tcpdump -w wrote, with -r)",
			   strerror(errno));
	} else {
		ret = fail(HBCTL_REFUSED, "cannot look at what is sent: %s (%s)", strerror(errno),
			   strerrorname_np(errno));
	}
	free(p);
	return ret;
}

/* ---- what is to be done ---- */

/* Errors do not stop it: a look does no harm, and who is migrating may have files that are not done yet. */
static int load(struct listen *l, const char *dir)
{
	struct problems problems = { 0 };
	size_t others = 0;

	l->config = config_peek(dir, &problems);
	for (size_t i = 0; i < problems.n; i++) {
		if (problems.v[i].level != PROBLEM_ERROR)
			continue;
		/* of a file as a whole: such as that it is not there */
		if (problems.v[i].line)
			others++;
		else
			fail(HBCTL_OK, "%s: %s", problems.v[i].file, problems.v[i].text);
	}
	if (others)
		fail(HBCTL_OK, "%s has errors: hbctl check says which", dir);
	problems_free(&problems);
	if (!l->config)
		return fail(HBCTL_REFUSED, "out of memory");
	return 0;
}

static void ports_default(struct listen *l)
{
	const struct config *c = l->config;

	for (size_t i = 0; i < c->n_links; i++)
		if (!port_wanted(l, c->links[i].port))
			l->ports[l->n_ports++] = c->links[i].port;
	if (!l->n_ports)
		l->ports[l->n_ports++] = HEARTBEAT_PORT;
}

/* Those of ha.cf that are here; another machine's may have other names. */
static void interfaces_default(struct listen *l)
{
	const struct config *c = l->config;
	unsigned int ifindex;

	for (size_t i = 0; i < c->n_links; i++) {
		ifindex = if_nametoindex(c->links[i].ifname);
		if (ifindex && (!l->n_ifindexes || !ifindex_wanted(l, ifindex)))
			l->ifindexes[l->n_ifindexes++] = ifindex;
	}
}

static int run(struct listen *l, const char *dir, const char *file)
{
	struct sigaction act = { .sa_handler = stop };
	sigset_t set, before;
	int ret = load(l, dir);

	if (ret)
		return ret;
	if (!l->n_ports)
		ports_default(l);
	if (!file && !l->n_ifindexes)
		interfaces_default(l);
	l->heard = calloc(1, sizeof(*l->heard));
	if (!l->heard)
		return fail(HBCTL_REFUSED, "out of memory");

	/* Reading a file is interrupted, whence no SA_RESTART; looking only while it waits. */
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (file) {
		ret = read_file(l, file);
	} else {
		sigemptyset(&set);
		sigaddset(&set, SIGINT);
		sigaddset(&set, SIGTERM);
		sigprocmask(SIG_BLOCK, &set, &before);
		ret = look(l, &before);
	}
	if (ret)
		return ret;
	print_end(l);
	return l->heard->messages && l->heard->auth[AUTH_OK] == l->heard->messages &&
	       !l->heard->verdicts[MESSAGE_CUT] ? HBCTL_OK : HBCTL_UNMET;
}

static int number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text < '0' || *text > '9' || *end || errno || !*value || *value > max ? -1 : 0;
}

/**
 * cmd_listen - hbctl listen [-d DIR] [-p PORT] [-i INTERFACE] [-n COUNT] [-r FILE]
 * @argc: of @argv
 * @argv: the verb and its arguments
 *
 * Return: HBCTL_OK, HBCTL_USAGE, HBCTL_REFUSED, or HBCTL_UNMET if not all that was heard
 * was signed with a key of authkeys
 */
int cmd_listen(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "port", required_argument, NULL, 'p' },
		{ "interface", required_argument, NULL, 'i' },
		{ "count", required_argument, NULL, 'n' },
		{ "read", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const char *dir = HBCTL_CONFIG_DIR, *file = NULL;
	struct listen l = { 0 };
	uint64_t value;
	int opt, ret;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return HBCTL_OK;
	}
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":d:p:i:n:r:jh", longopts, NULL)) != -1) {
		switch (opt) {
		case 'd':
			dir = optarg;
			break;
		case 'p':
			if (number(optarg, UINT16_MAX, &value))
				return usage_error("%s is no port", optarg);
			l.ports[0] = (uint16_t)value;
			l.n_ports = 1;
			break;
		case 'i':
			l.ifindexes[0] = if_nametoindex(optarg);
			if (!l.ifindexes[0])
				return usage_error("there is no interface %s", optarg);
			l.n_ifindexes = 1;
			break;
		case 'n':
			if (number(optarg, UINT64_MAX, &l.count))
				return usage_error("%s is no count", optarg);
			break;
		case 'r':
			file = optarg;
			break;
		case 'j':
			opts.json = true;
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
	if (file && l.n_ifindexes)
		return usage_error("a file has no interfaces: -r or -i");
	opts.pretty = false;
	out_use_colons();
	ret = run(&l, dir, file);
	free(l.heard);
	/* wipes the keys */
	config_free(l.config);
	return ret;
}
