// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/hacf.c tools/hbctl/config/hacf_check.c tools/hbctl/config/media.c tools/hbctl/config/address.c tools/hbctl/config/ping.c tools/hbctl/config/client.c tools/hbctl/config/env.c tools/hbctl/config/facility.c tools/hbctl/config/value.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/lines.c kmod/frame.c tools/hbctl/config/ip.c */
/*
 * ha.cf: every directive, every default, every complaint and its line.
 */
#include <syslog.h>

#include "config_test.h"
#include "internal.h"

static struct problems problems;
static struct config *config;

static void done(void)
{
	free(config);
	config = NULL;
	problems_free(&problems);
}

static int teardown(void **state)
{
	(void)state;
	done();
	return 0;
}

static void parse_as(const char *self, const char *own, const char *text)
{
	struct config_own own_addr = { .ifname = "eth0" };
	char *exact;

	done();
	config = config_new(self);
	if (own)
		own_addr.addr = addr(own);
	/* to the byte, so that reading beyond it is caught */
	exact = malloc(strlen(text) ?: 1);
	assert_non_null(exact);
	memcpy(exact, text, strlen(text));
	hacf_parse(config, "ha.cf", exact, strlen(text), own ? &own_addr : NULL, !!own, &problems);
	free(exact);
}

static void parse(const char *text)
{
	parse_as("alpha", NULL, text);
}

/* Parses HACF_BASE and @tail, which begins with line 5. */
#define TAIL(tail, ...) do {							\
	parse(HACF_BASE tail);							\
	EXPECT(&problems, "ha.cf", ##__VA_ARGS__);				\
} while (0)

#define WHOLE(text, ...) do {							\
	parse(text);								\
	EXPECT(&problems, "ha.cf", ##__VA_ARGS__);				\
} while (0)

static void assert_link(size_t i, enum hbkm_link_kind kind, const char *ifname, const char *to,
			unsigned int port, unsigned int path, unsigned int line)
{
	const struct config_link *link = &config->links[i];

	assert_true(i < config->n_links);
	assert_int_equal(link->kind, kind);
	assert_string_equal(link->ifname, ifname);
	assert_addr(link->addr, to);
	assert_int_equal(link->port, port);
	assert_int_equal(link->path, path);
	assert_int_equal(link->line, line);
}

/* ---- the recipe, and what others write ---- */

static const char recipe[] =
	"autojoin none\nucast eth0 10.0.2.15\nucast eth0 10.0.2.16\nkeepalive 1\ndeadtime 10\n"
	"warntime 5\nudpport 694\nauto_failback on\nnode cookbook\nnode cookbook2\nuse_logd yes\n";

#define UDPPORT_NOTE	"note: udpport setting must precede media statements in Heartbeat; here it counts for those before it, too"

static void the_recipe(void **state)
{
	(void)state;
	parse_as("cookbook", "10.0.2.15", recipe);
	EXPECT(&problems, "ha.cf", "7: " UDPPORT_NOTE);
	assert_int_equal(config->keepalive_us, 1000000);
	assert_int_equal(config->deadtime_us, 10000000);
	assert_int_equal(config->warntime_us, 5000000);
	assert_int_equal(config->initdead_us, 20000000);
	assert_int_equal(config->said.initdead, 0);
	assert_int_equal(config->said.deadtime, 5);
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_ON);
	assert_string_equal(config->cluster, "linux-ha");
	assert_true(config->use_logd);
	assert_true(config->realtime);
	assert_int_equal(config->rtprio, 50);
	assert_int_equal(config->logfacility, -1);
	assert_int_equal(config->n_nodes, 2);
	assert_string_equal(config->nodes[0].name, "cookbook");
	assert_string_equal(config->nodes[1].name, "cookbook2");
	assert_int_equal(config->nodes[1].line, 10);
	assert_int_equal(config->n_links, 1);
	assert_link(0, HBKM_LINK_UCAST, "eth0", "10.0.2.16", 694, 0, 3);
	assert_int_equal(config->n_own_links, 1);
	assert_addr(config->own_links[0].addr, "10.0.2.15");

	/* the other node, from the same file */
	parse_as("cookbook2", "10.0.2.16", recipe);
	EXPECT(&problems, "ha.cf", "7: " UDPPORT_NOTE);
	assert_int_equal(config->n_links, 1);
	assert_link(0, HBKM_LINK_UCAST, "eth0", "10.0.2.15", 694, 0, 2);
}

static void habits(void **state)
{
	(void)state;
	/* CRLF, tabs, commas, remarks, upper case, blank lines, no last newline */
	parse("# a remark\r\n"
	      "\r\n"
	      "debugfile\t/var/log/ha-debug\r\n"
	      "logfile\t/var/log/ha-log\r\n"
	      "logfacility\tlocal0\r\n"
	      "  keepalive 2   # two seconds\r\n"
	      "\tdeadtime 30# half a minute\r\n"
	      "warntime 10\r\n"
	      "initdead 120\r\n"
	      "udpport\t694\r\n"
	      "bcast\teth0, eth1,eth2\t\t# Linux\r\n"
	      "mcast eth3 225.0.0.1 694 1 0\r\n"
	      "auto_failback YES\r\n"
	      "node\tAlpha,  BETA,gamma\r\n"
	      "node delta");
	EXPECT(&problems, "ha.cf");
	assert_int_equal(config->keepalive_us, 2000000);
	assert_int_equal(config->deadtime_us, 30000000);
	assert_int_equal(config->warntime_us, 10000000);
	assert_int_equal(config->initdead_us, 120000000);
	assert_string_equal(config->logfile, "/var/log/ha-log");
	assert_string_equal(config->debugfile, "/var/log/ha-debug");
	assert_int_equal(config->logfacility, LOG_LOCAL0);
	assert_false(config->use_logd);
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_ON);
	assert_int_equal(config->n_nodes, 4);
	assert_string_equal(config->nodes[0].name, "alpha");
	assert_string_equal(config->nodes[1].name, "beta");
	assert_string_equal(config->nodes[2].name, "gamma");
	assert_string_equal(config->nodes[3].name, "delta");
	assert_int_equal(config->n_links, 4);
	assert_link(0, HBKM_LINK_BCAST, "eth0", "::", 694, 0, 11);
	assert_link(1, HBKM_LINK_BCAST, "eth1", "::", 694, 1, 11);
	assert_link(2, HBKM_LINK_BCAST, "eth2", "::", 694, 2, 11);
	assert_link(3, HBKM_LINK_MCAST, "eth3", "225.0.0.1", 694, 3, 12);
	assert_int_equal(config->links[3].ttl, 1);
	assert_false(config->links[3].loop);
}

static void a_byte_order_mark(void **state)
{
	(void)state;
	parse("\xef\xbb\xbf" HACF_BASE);
	EXPECT(&problems, "ha.cf");
}

/* ---- defaults and what is derived ---- */

static void defaults(void **state)
{
	(void)state;
	WHOLE("node alpha beta\nbcast eth0\n",
	      "warning: Deprecated 'legacy' auto_failback option selected.",
	      "note: No log entry found in ha.cf -- use logd (the log goes to the journal or syslog)");
	assert_int_equal(config->keepalive_us, 1000000);
	assert_int_equal(config->deadtime_us, 30000000);
	assert_int_equal(config->warntime_us, 15000000);
	assert_int_equal(config->initdead_us, 30000000);
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_LEGACY);
	assert_true(config->use_logd);
	assert_int_equal(config->links[0].port, 694);
}

static void initdead(void **state)
{
	static const struct {
		const char *text;
		uint32_t us;
	} tests[] = {
		{ HACF_BASE "deadtime 30\n", 30000000 },
		{ HACF_BASE "deadtime 10001ms\n", 10001000 },
		{ HACF_BASE "deadtime 10\n", 20000000 },
		{ HACF_BASE "deadtime 6\n", 12000000 },
		{ HACF_BASE "deadtime 5999ms\n", 12000000 },
		{ HACF_BASE "keepalive 1ms\ndeadtime 3ms\n", 12000000 },
		{ HACF_BASE "initdead 60\n", 60000000 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		parse(tests[i].text);
		EXPECT(&problems, "ha.cf");
		assert_int_equal(config->initdead_us, tests[i].us);
	}
	TAIL("keepalive 1\ndeadtime 3\ninitdead 3\n",
	     "7: warning: Initial dead time [3000 ms] may be too small!");
	TAIL("keepalive 1\ndeadtime 10\ninitdead 9999ms\n",
	     "7: error: Initial dead time [9999] is smaller than deadtime [10000]");
	/* in whatever order they are said */
	TAIL("initdead 5\ndeadtime 10\n",
	     "5: error: Initial dead time [5000] is smaller than deadtime [10000]");
}

/* ---- times ---- */

static void microseconds(void **state)
{
	(void)state;
	TAIL("keepalive 100us\ndeadtime 250us\n",
	     "5: note: keepalive of 0.1ms: Heartbeat counts whole milliseconds, and would refuse it");
	assert_int_equal(config->keepalive_us, 100);
	assert_int_equal(config->deadtime_us, 250);
	assert_int_equal(config->warntime_us, 125);
	TAIL("keepalive 0.5ms\ndeadtime 0.003\nwarntime 2000usec\n",
	     "5: note: keepalive of 0.5ms: Heartbeat counts whole milliseconds, and would take it for 1ms");
	assert_int_equal(config->keepalive_us, 500);
	assert_int_equal(config->deadtime_us, 3000);
	assert_int_equal(config->warntime_us, 2000);
	TAIL("keepalive 60\ndeadtime 120001ms\n");
	TAIL("keepalive 1\ndeadtime 3600\n");
}

static void wrong_times(void **state)
{
	(void)state;
	TAIL("keepalive 10s\n", "5: error: keepalive [10s] is not a time");
	TAIL("\ndeadtime ten\n", "6: error: deadtime [ten] is not a time");
	TAIL("warntime -1\n", "5: error: warntime [-1] is not a time");
	TAIL("initdead 1m\n", "5: error: initdead [1m] is not a time");
	TAIL("keepalive 0\n", "5: error: keepalive of 0ms is too short: it is at least 0.1ms");
	TAIL("keepalive 99us\ndeadtime 1\n",
	     "5: error: keepalive of 0.099ms is too short: it is at least 0.1ms");
	TAIL("keepalive 60001ms\ndeadtime 3600\n",
	     "5: error: keepalive of 60001ms is too long: it is at most 60000ms");
	TAIL("deadtime 3601\n", "5: error: deadtime of 3601000ms is too long: it is at most 3600000ms");
	TAIL("deadtime 99999999999999999999\n", "5: error: deadtime of more than 4294967.295ms is too long");
	TAIL("initdead 4000\n", "5: error: initdead of 4000000ms is too long");
	TAIL("warntime 4000\n", "5: error: warntime of 4000000ms is too long");
	TAIL("warntime 0\n", "5: error: Warn time [0] is invalid");
	/* one wrong time is not compared with the others */
	TAIL("keepalive x\ndeadtime 1ms\n", "5: error: keepalive [x] is not a time");
	/* units apart from their number */
	TAIL("keepalive 500 ms\n", "5: note: keepalive: read as 500ms");
	assert_int_equal(config->keepalive_us, 500000);
	TAIL("keepalive 2 s\n", "5: error: keepalive [2s] is not a time");
	TAIL("keepalive 2 sec\n", "5: error: keepalive [2sec] is not a time");
	/* a remark that would change the meaning */
	TAIL("deadtime 500 milliseconds\n", "5: error: deadtime: [milliseconds] behind the time");
	TAIL("deadtime 30 minutes\n", "5: error: deadtime: [minutes] behind the time");
	TAIL("deadtime 30 \xe7\xa7\x92\n", "5: error: deadtime: [\xe7\xa7\x92] behind the time");
	TAIL("deadtime 30 40\n", "5: error: deadtime: [40] behind the time");
}

static void times_together(void **state)
{
	(void)state;
	TAIL("keepalive 5\ndeadtime 10\n",
	     "6: error: Dead time [10000] is too small compared to keeplive [5000]");
	TAIL("deadtime 10\nkeepalive 5\n",
	     "5: error: Dead time [10000] is too small compared to keeplive [5000]");
	TAIL("keepalive 20\n",
	     "5: error: Dead time [30000] is too small compared to keeplive [20000]");
	TAIL("deadtime 0\n", "5: error: Dead time [0] is too small compared to keeplive [1000]");
	TAIL("keepalive 250us\ndeadtime 500us\n",
	     "5: note: keepalive of 0.25ms",
	     "6: error: Dead time [0.5] is too small compared to keeplive [0.25]");
	TAIL("keepalive 250us\ndeadtime 501us\n", "5: note: keepalive of 0.25ms");
	TAIL("deadtime 10\nwarntime 11\n",
	     "6: warning: warntime of 11000ms is longer than deadtime and never comes to pass: taken as 10000ms");
	assert_int_equal(config->warntime_us, 10000000);
	TAIL("keepalive 2\nwarntime 2\n",
	     "6: warning: warntime of 2000ms is not longer than keepalive");
}

/* ---- values in general ---- */

static void values(void **state)
{
	(void)state;
	TAIL("keepalive 1\nkeepalive 2\n", "6: warning: keepalive: line 5 said it already, and no longer counts");
	assert_int_equal(config->keepalive_us, 2000000);
	TAIL("keepalive\n", "5: warning: keepalive has no value");
	TAIL("node\n", "5: warning: node has no value");
	TAIL("realtime maybe\n", "5: error: realtime [maybe] is neither on nor off");
	TAIL("realtime off\n");
	assert_false(config->realtime);
	TAIL("realtime on // really\n", "5: warning: realtime: [//] and what follows is ignored");
	assert_true(config->realtime);
	TAIL("realtime on off\n", "5: error: realtime: two values, [on] and [off]");
	TAIL("rtprio 1\n");
	assert_int_equal(config->rtprio, 1);
	TAIL("rtprio 99\n");
	TAIL("rtprio 0\n", "5: error: Illegal realtime priority [0]: a number from 1 to 99 is wanted");
	TAIL("rtprio 100\n", "5: error: Illegal realtime priority [100]");
	TAIL("rtprio high\n", "5: error: Illegal realtime priority [high]");
	TAIL("cluster production\n");
	assert_string_equal(config->cluster, "production");
	TAIL("cluster 123456789012345678901234567890123456789012345678901234567890123\n");
	TAIL("cluster 1234567890123456789012345678901234567890123456789012345678901234\n",
	     "5: error: cluster [12345");
	TAIL("cluster \xc3\xa4\n", "5: error: cluster [\xc3\xa4] is not a name");
	TAIL("autojoin none\n");
	TAIL("autojoin NONE\n");
	TAIL("autojoin any\n", "5: error: R1 style resource management conflicts with  autojoin set");
	TAIL("autojoin other\n", "5: error: R1 style resource management conflicts with  autojoin set");
	TAIL("autojoin off\n", "5: error: Invalid autojoin directive [off]");
}

static void failback(void **state)
{
	(void)state;
#define FAILBACK(line)	"node alpha beta\nbcast eth0\nuse_logd on\n" line "\n"
	WHOLE(FAILBACK("auto_failback on"));
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_ON);
	WHOLE(FAILBACK("auto_failback no"));
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_OFF);
	WHOLE(FAILBACK("auto_failback Legacy"),
	      "4: warning: Deprecated 'legacy' auto_failback option selected. Please convert to 'auto_failback on'");
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_LEGACY);
	WHOLE(FAILBACK("auto_failback sometimes"), "4: error: auto_failback [sometimes]",
	      "warning: Deprecated 'legacy'");
	WHOLE(FAILBACK("nice_failback on"), "4: warning: nice_failback flag is obsolete. 'nice_failback on' has been changed to 'auto_failback off'");
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_OFF);
	WHOLE(FAILBACK("nice_failback off"), "4: warning: nice_failback flag is obsolete. 'nice_failback off' has been changed to 'auto_failback legacy'",
	      "4: warning: Deprecated 'legacy'");
	assert_int_equal(config->auto_failback, HBKM_FAILBACK_LEGACY);
}

static void logging(void **state)
{
	(void)state;
#define LOGGING(lines)	"node alpha beta\nbcast eth0\nauto_failback on\n" lines
	WHOLE(LOGGING(""), "note: No log entry found in ha.cf -- use logd");
	assert_true(config->use_logd);
	WHOLE(LOGGING("use_logd off\n"),
	      "4: error: No log entry found in ha.cf and use_logd is set to off");
	WHOLE(LOGGING("use_logd off\nlogfile /var/log/ha-log\n"));
	WHOLE(LOGGING("logfacility none\n"), "note: No log entry found in ha.cf -- use logd");
	assert_int_equal(config->logfacility, -1);
	WHOLE(LOGGING("logfacility Daemon\n"));
	assert_int_equal(config->logfacility, LOG_DAEMON);
	assert_false(config->use_logd);
	WHOLE(LOGGING("use_logd yes\nlogfile /a\n"),
	      "4: warning: logd is enabled but logfile is still configured in ha.cf");
	WHOLE(LOGGING("use_logd yes\nlogfile /a\ndebugfile /b\nlogfacility user\n"),
	      "4: warning: logd is enabled but logfile/debugfile/logfacility is still configured in ha.cf");
	WHOLE(LOGGING("use_logd yes\ndebugfile /b\n"),
	      "4: warning: logd is enabled but debugfile is still configured in ha.cf");
	WHOLE(LOGGING("logfacility local8\nuse_logd on\n"), "4: error: Log facility(local8) not valid");
	WHOLE(LOGGING("logfile ha-log\nuse_logd on\n"), "4: error: logfile [ha-log] is not a plain path");
	WHOLE(LOGGING("debugfile ha-log\nuse_logd on\n"), "4: error: debugfile [ha-log] is not a plain path");
}

/* ---- nodes ---- */

static void nodes(void **state)
{
	char text[4096];
	size_t i, n;

	(void)state;
	WHOLE("bcast eth0\nauto_failback on\nuse_logd on\n", "error: no nodes defined");
	WHOLE("node alpha\nbcast eth0\nauto_failback on\nuse_logd on\n", "warning: there is only one node");
	WHOLE("node beta gamma\nbcast eth0\nauto_failback on\nuse_logd on\n",
	      "error: Current node [alpha] not in configuration! By default, cluster nodes are named by `uname -n` and must be declared with a 'node' directive in the ha.cf file.");
	WHOLE("node beta alhpa\nbcast eth0\nauto_failback on\nuse_logd on\n",
	      "error: Current node [alpha] not in configuration! By default, cluster nodes are named by `uname -n` and must be declared with a 'node' directive in the ha.cf file. Is [alhpa] meant?");
	parse_as("web1.example.com", NULL, "node web1 web2\nbcast eth0\nauto_failback on\nuse_logd on\n");
	EXPECT(&problems, "ha.cf", "error: Current node [web1.example.com] not in configuration! By default, cluster nodes are named by `uname -n` and must be declared with a 'node' directive in the ha.cf file. Is [web1] meant?");
	/* nobody asks who we are */
	parse_as("", NULL, HACF_BASE);
	EXPECT(&problems, "ha.cf");

	TAIL("node Beta\n", "5: warning: node: [Beta] is named already on line 1");
	TAIL("node gamma gamma\n", "5: warning: node: [gamma] is named already on line 5");
	assert_int_equal(config->n_nodes, 3);
	TAIL("node a:b\n", "5: error: node: [a:b] is not a node's name");
	TAIL("node \xe4\xb8\xbb\n", "5: error: node: [\xe4\xb8\xbb] is not a node's name");
	TAIL("node 1234567890123456789012345678901234567890123456789012345678901234\n",
	     "5: error: node: [1234");
	/* a line that is wrong may have named this node */
	WHOLE("node beta alpha/\nbcast eth0\nauto_failback on\nuse_logd on\n",
	      "1: error: node: [alpha/] is not a node's name");

	/* two names that FNV-1a makes the same number */
	TAIL("node costarring\nnode liquid\n",
	     "6: error: node: [costarring] and [liquid] happen to have the same id, 5e4daa9d");

	n = sprintf(text, "auto_failback on\nuse_logd on\nbcast eth0\nnode alpha\n");
	for (i = 2; i <= HBKM_MAX_NODES; i++)
		n += sprintf(text + n, "node n%zu\n", i);
	parse(text);
	EXPECT(&problems, "ha.cf");
	assert_int_equal(config->n_nodes, HBKM_MAX_NODES);
	sprintf(text + n, "node one-more\n");
	parse(text);
	EXPECT(&problems, "ha.cf", "36: error: node: [one-more] is one node too many: 32 are supported");
}

/* ---- media ---- */

#define MEDIA(lines)	"node alpha beta\nauto_failback on\nuse_logd on\n" lines

static void media(void **state)
{
	(void)state;
	WHOLE(MEDIA(""), "error: No heartbeat media defined");
	WHOLE(MEDIA("bcast\n"), "4: warning: bcast has no value", "error: No heartbeat media defined");
	WHOLE(MEDIA("ucast\n"), "4: error: ucast: the device is missing");
	WHOLE(MEDIA("mcast\n"), "4: error: mcast: the device is missing");
	WHOLE(MEDIA("ucast eth0\n"), "4: error: ucast: [eth0] missing target IP address");
	WHOLE(MEDIA("ucast eth0 beta\n"), "4: error: ucast: [beta] is not an IPv4 address");
	WHOLE(MEDIA("ucast eth0 10.0.0\n"), "4: error: ucast: [10.0.0] is not an IPv4 address");
	WHOLE(MEDIA("ucast eth0 10.0.0.256\n"), "4: error: ucast: [10.0.0.256] is not an IPv4 address");
	WHOLE(MEDIA("ucast eth0 fe80::1%eth0\n"), "4: error: ucast: [fe80::1%eth0] is an IPv6 address");
	WHOLE(MEDIA("ucast eth0 0.0.0.0\n"), "4: error: ucast: [0.0.0.0] is not the address of a host");
	WHOLE(MEDIA("ucast eth0 255.255.255.255\n"), "4: error: ucast: [255.255.255.255] is not the address");
	WHOLE(MEDIA("ucast eth0 225.0.0.1\n"), "4: error: ucast: [225.0.0.1] is not the address of a host");
	WHOLE(MEDIA("ucast eth0:1 10.0.0.2\n"), "4: error: ucast: [eth0:1] is an alias: name the device itself, as eth0");
	WHOLE(MEDIA("ucast averylongdevicename 10.0.0.2\n"),
	      "4: error: ucast: [averylongdevicename] is not a network device's name");
	WHOLE(MEDIA("ucast eth0 10.0.0.2 the peer\n"), "4: warning: ucast: [the] and what follows is ignored");
	WHOLE(MEDIA("ucast eth0, 10.0.0.2\n"));
	WHOLE(MEDIA("udp eth0\n"), "4: warning: directive 'udp' replaced by 'bcast'");
	assert_link(0, HBKM_LINK_BCAST, "eth0", "::", 694, 0, 4);
	WHOLE(MEDIA("bcast eth0 a/b\n"), "4: error: bcast: [a/b] is not a network device's name");
	WHOLE(MEDIA("bcast eth0\nbcast eth0\n"), "5: warning: the same medium as on line 4");
	assert_int_equal(config->n_links, 1);
	WHOLE(MEDIA("ucast eth0 10.0.0.2\nucast eth0 10.0.0.2\nucast eth1 10.0.0.2\nucast eth0 10.0.0.3\n"),
	      "5: warning: the same medium as on line 4");
	assert_int_equal(config->n_links, 3);

	WHOLE(MEDIA("mcast eth0\n"), "4: error: mcast [eth0] missing mcast address");
	WHOLE(MEDIA("mcast eth0 225.0.0.1\n"), "4: error: mcast [eth0] missing port");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694\n"), "4: error: mcast [eth0] missing ttl");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694 1\n"), "4: error: mcast [eth0] missing loop");
	WHOLE(MEDIA("mcast eth0 10.0.0.1 694 1 0\n"), "4: error: mcast [eth0] bad addr [10.0.0.1]");
	WHOLE(MEDIA("mcast eth0 240.0.0.1 694 1 0\n"), "4: error: mcast [eth0] bad addr [240.0.0.1]");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 0 1 0\n"), "4: error: mcast [eth0] bad port [0]");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 65536 1 0\n"), "4: error: mcast [eth0] bad port [65536]");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694 256 0\n"), "4: error: mcast [eth0] bad ttl [256]");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694 1 2\n"), "4: error: mcast [eth0] bad loop [2]");
	WHOLE(MEDIA("mcast e:0 225.0.0.1 694 1 0\n"), "4: error: mcast: [e:0] is an alias");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694 0 0\n"), "4: warning: mcast [eth0] ttl 0 would keep beats on this very host: 1 is taken");
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694 1 0 x\n"), "4: warning: mcast: [x] and what follows is ignored");
	WHOLE(MEDIA("mcast bond0.100 239.255.255.255 6942 255 1\n"));
	assert_link(0, HBKM_LINK_MCAST, "bond0.100", "239.255.255.255", 6942, 0, 4);
	assert_int_equal(config->links[0].ttl, 255);
	assert_true(config->links[0].loop);
	/* a group may be used on several ports */
	WHOLE(MEDIA("mcast eth0 225.0.0.1 694 1 0\nmcast eth0 225.0.0.1 695 1 0\n"));
	assert_int_equal(config->n_links, 2);
}

static void media_of_ipv6(void **state)
{
	(void)state;
	WHOLE(MEDIA("ucast6 eth0 fe80::2\nucast6 eth0 2001:DB8::2\nucast eth0 10.0.0.2\nmcast6 eth1 ff02::694 695 1 0\n"));
	assert_link(0, HBKM_LINK_UCAST, "eth0", "fe80::2", 694, 0, 4);
	assert_link(1, HBKM_LINK_UCAST, "eth0", "2001:db8::2", 694, 0, 5);
	assert_link(2, HBKM_LINK_UCAST, "eth0", "10.0.0.2", 694, 0, 6);
	assert_link(3, HBKM_LINK_MCAST, "eth1", "ff02::694", 695, 1, 7);
	assert_int_equal(config->links[3].ttl, 1);

	WHOLE(MEDIA("ucast6 eth0\n"), "4: error: ucast6: [eth0] missing target IP address: write ucast6 DEVICE ADDRESS, as ucast6 eth0 2001:db8::15");
	WHOLE(MEDIA("ucast6 eth0 10.0.0.2\n"), "4: error: ucast6: [10.0.0.2] is not an IPv6 address");
	WHOLE(MEDIA("ucast6 eth0 ::ffff:10.0.0.2\n"), "4: error: ucast6: [::ffff:10.0.0.2] is not the address of a host");
	WHOLE(MEDIA("ucast6 eth0 ff02::694\n"), "4: error: ucast6: [ff02::694] is not the address of a host");
	WHOLE(MEDIA("ucast6 eth0 ::\n"), "4: error: ucast6: [::] is not the address of a host");
	WHOLE(MEDIA("ucast eth0 2001:db8::2\n"), "4: error: ucast: [2001:db8::2] is an IPv6 address: write ucast6 DEVICE ADDRESS");
	WHOLE(MEDIA("mcast6 eth0 225.0.0.1 694 1 0\n"), "4: error: mcast6 [eth0] bad addr [225.0.0.1]");
	WHOLE(MEDIA("mcast6 eth0 fe80::1 694 1 0\n"), "4: error: mcast6 [eth0] bad addr [fe80::1]");
	WHOLE(MEDIA("mcast6 eth0 ff01::694 694 1 0\n"), "4: error: mcast6 [eth0] bad addr [ff01::694]");
	WHOLE(MEDIA("mcast6 eth0 ff02::694\n"), "4: error: mcast6 [eth0] missing port");
	WHOLE(MEDIA("mcast eth0 ff02::694 694 1 0\n"), "4: error: mcast [eth0] bad addr [ff02::694]");
	WHOLE(MEDIA("ucast6 eth0 fe80::2\nucast6 eth0 FE80:0::2\n"), "5: warning: the same medium as on line 4");
}

static void own_addresses(void **state)
{
	(void)state;
	parse_as("alpha", "10.0.0.2", MEDIA("ucast eth0 10.0.0.2\n"));
	EXPECT(&problems, "ha.cf", "4: error: No heartbeat media defined: every ucast line names this node itself");
	/* broadcast and multicast are nobody's own */
	parse_as("alpha", "225.0.0.1", MEDIA("mcast eth0 225.0.0.1 694 1 0\n"));
	EXPECT(&problems, "ha.cf");
	assert_int_equal(config->n_links, 1);

	parse_as("alpha", "2001:db8::1", MEDIA("ucast6 eth0 2001:db8::1\nucast6 eth0 2001:db8::2\n"));
	EXPECT(&problems, "ha.cf");
	assert_int_equal(config->n_links, 1);
	assert_link(0, HBKM_LINK_UCAST, "eth0", "2001:db8::2", 694, 0, 5);
	assert_addr(config->own_links[0].addr, "2001:db8::1");
	/* what is link-local is so by the link: that of eth0 is own, that of eth1 is another's */
	parse_as("alpha", "fe80::1", MEDIA("ucast6 eth0 fe80::1\nucast6 eth1 fe80::1\n"));
	EXPECT(&problems, "ha.cf");
	assert_int_equal(config->n_links, 1);
	assert_link(0, HBKM_LINK_UCAST, "eth1", "fe80::1", 694, 1, 5);
}

static void paths(void **state)
{
	static const char text[] = MEDIA("ucast eth1 10.0.1.1\nucast eth1 10.0.1.2\n"
					 "ucast eth0 10.0.0.1\nucast eth0 10.0.0.2\nbcast eth1 eth2\n");
	char lines[1024];
	size_t i, n;

	(void)state;
	/* own lines count, so both nodes number their devices alike */
	parse_as("alpha", "10.0.1.1", text);
	EXPECT(&problems, "ha.cf");
	assert_link(0, HBKM_LINK_UCAST, "eth1", "10.0.1.2", 694, 0, 5);
	assert_link(1, HBKM_LINK_UCAST, "eth0", "10.0.0.1", 694, 1, 6);
	assert_link(2, HBKM_LINK_UCAST, "eth0", "10.0.0.2", 694, 1, 7);
	assert_link(3, HBKM_LINK_BCAST, "eth1", "::", 694, 0, 8);
	assert_link(4, HBKM_LINK_BCAST, "eth2", "::", 694, 2, 8);
	parse_as("beta", "10.0.1.2", text);
	assert_link(0, HBKM_LINK_UCAST, "eth1", "10.0.1.1", 694, 0, 4);
	assert_link(1, HBKM_LINK_UCAST, "eth0", "10.0.0.1", 694, 1, 6);
	/* even if nothing but the own address is on a device */
	parse_as("alpha", "10.0.1.1", MEDIA("ucast eth1 10.0.1.1\nucast eth0 10.0.0.2\n"));
	assert_link(0, HBKM_LINK_UCAST, "eth0", "10.0.0.2", 694, 1, 5);

	n = sprintf(lines, MEDIA(""));
	for (i = 0; i < HBKM_MAX_PATHS; i++)
		n += sprintf(lines + n, "bcast eth%zu\n", i);
	parse(lines);
	EXPECT(&problems, "ha.cf");
	assert_link(15, HBKM_LINK_BCAST, "eth15", "::", 694, 15, 19);
	sprintf(lines + n, "bcast eth16\nbcast eth15\n");
	parse(lines);
	EXPECT(&problems, "ha.cf",
	       "20: error: [eth16] is one device too many: at most 16 different ones",
	       "21: warning: the same medium as on line 19");
}

static void many_links(void **state)
{
	char text[8192];
	size_t i, n;

	(void)state;
	n = sprintf(text, MEDIA(""));
	for (i = 0; i < HBKM_MAX_LINKS; i++)
		n += sprintf(text + n, "ucast eth0 10.0.1.%zu\n", i + 1);
	parse(text);
	EXPECT(&problems, "ha.cf");
	assert_int_equal(config->n_links, HBKM_MAX_LINKS);
	sprintf(text + n, "ucast eth0 10.0.2.1\n");
	parse(text);
	EXPECT(&problems, "ha.cf", "68: error: Too many media specified (> 64)");
}

static void udpports(void **state)
{
	(void)state;
	WHOLE(MEDIA("udpport 6942\nbcast eth0\nucast eth1 10.0.0.2\nmcast eth2 225.0.0.1 694 1 0\n"));
	assert_int_equal(config->links[0].port, 6942);
	assert_int_equal(config->links[1].port, 6942);
	assert_int_equal(config->links[2].port, 694);
	WHOLE(MEDIA("bcast eth0\nucast eth1 10.0.0.2\nudpport 695\n"), "6: " UDPPORT_NOTE);
	assert_int_equal(config->links[0].port, 695);
	assert_int_equal(config->links[1].port, 695);
	/* one after the other, as in Heartbeat */
	WHOLE(MEDIA("udpport 695\nbcast eth0\nudpport 696\nbcast eth1\n"));
	assert_int_equal(config->links[0].port, 695);
	assert_int_equal(config->links[1].port, 696);
	WHOLE(MEDIA("bcast eth0\nudpport 696\nbcast eth1\n"), "5: " UDPPORT_NOTE);
	assert_int_equal(config->links[0].port, 696);
	assert_int_equal(config->links[1].port, 696);
	WHOLE(MEDIA("udpport 695\nbcast eth0\nudpport 696\n"),
	      "6: warning: udpport 696 counts for no medium");
	assert_int_equal(config->links[0].port, 695);
	WHOLE(MEDIA("udpport 695\nbcast eth0\nudpport 695\n"));
	WHOLE(MEDIA("bcast eth0\nudpport 0\n"), "5: error: invalid port [0]");
	WHOLE(MEDIA("bcast eth0\nudpport 65536\n"), "5: error: invalid port [65536]");
	WHOLE(MEDIA("bcast eth0\nudpport ha-cluster\n"), "5: error: invalid port [ha-cluster]");
	WHOLE(MEDIA("bcast eth0\nudpport 65535\n"), "5: " UDPPORT_NOTE);
	/* the own address has the port, too */
	parse_as("alpha", "10.0.0.1", MEDIA("udpport 7\nucast eth0 10.0.0.1\nucast eth0 10.0.0.2\n"));
	assert_int_equal(config->own_links[0].port, 7);
}

/* ---- directives that do nothing, or are missing ---- */

static void known(void **state)
{
	static const char * const no_effect[] = {
		"hopfudge 1", "baud 19200", "conn_logd_time 60", "hbgenmethod time",
		"normalpoll true", "msgfmt netstring", "use_apphbd no",
		"log_badpack true", "syslogmsgfmt yes", "coredumps true", "coreroot /var/lib",
		"crm_daemon_dir /usr/lib", "crmd_spawns_pengine on", "record_config_changes on",
		"record_pengine_inputs off", "enable_config_writes on", "uuidfrom nodename",
		"compression bz2", "compression_threshold 2", "traditional_compression no",
		"max_rexmit_delay 250", "memreserve 6500",
		"apiauth ipfail gid=haclient uid=hacluster",
	};
	static const char * const missing[] = {
		"serial /dev/ttyS0", "hbaping x", "tipc x", "rds x", "openais x", "quorum_server q",
	};
	static const char * const refused[] = {
		"crm on", "crm yes", "crm respawn", "pacemaker on", "pacemaker MANUAL", "crm 1",
		"stonith baytech /etc/ha.d/conf/stonith.baytech", "stonith_host * baytech 10.0.0.3 u p",
	};
	char text[256], want[128];
	size_t i;

	(void)state;
#define EACH(list, level, says) do {							\
	for (i = 0; i < ARRAY_SIZE(list); i++) {					\
		snprintf(text, sizeof(text), HACF_BASE "%s\n", list[i]);		\
		snprintf(want, sizeof(want), "5: " level ": %.*s%s",			\
			 (int)strcspn(list[i], " "), list[i], says);			\
		parse(text);								\
		EXPECT(&problems, "ha.cf", want);					\
	}										\
} while (0)
	EACH(no_effect, "note", ": accepted, no effect: ");
	EACH(missing, "warning", ": not supported: ");
	EACH(refused, "error", "");
	for (i = 0; i < problems.n; i++)
		assert_non_null(strstr(problems.v[i].text, "not supported: "));

	TAIL("crm off\npacemaker false\ncrm no\n");
	TAIL("crm perhaps\n", "5: error: crm [perhaps]: off is wanted");
	TAIL("hopfudge 256\n", "5: error: hopfudge [256]: a number from 0 to 255 is wanted");
	TAIL("debug -1\n", "5: error: debug [-1]");
	TAIL("memreserve 0\n", "5: error: memreserve [0]: a number from 1 on is wanted");
	TAIL("baud 300\n", "5: error: invalid baudrate [300]: one of these is wanted: 9600");
	TAIL("msgfmt Classic\n", "5: error: msgfmt [Classic]: one of these is wanted: classic netstring");
	TAIL("hbgenmethod dice\n", "5: error: Illegal hb generation method [dice]");
	TAIL("coredumps dunno\n", "5: error: coredumps [dunno] is neither on nor off");
	/* no medium that we have */
	WHOLE(MEDIA("serial /dev/ttyS0\n"), "4: warning: serial: not supported",
	      "error: No heartbeat media defined");
}

/* ---- what is outside the cluster ---- */

#define NO_IPFAIL	"note: ping nodes are watched, and what becomes of them is logged"
#define IPFAIL		"respawn hacluster /usr/lib64/heartbeat/ipfail\n"

static void assert_ping(size_t i, const char *name, size_t n_addrs, const char *last)
{
	char text[INET6_ADDRSTRLEN];

	assert_true(i < config->n_pings);
	assert_string_equal(config->pings[i].name, name);
	assert_int_equal(config->pings[i].n_addrs, n_addrs);
	assert_string_equal(ip_text(&config->pings[i].addrs[n_addrs - 1], text), last);
}

static void pings(void **state)
{
	char text[4096];
	size_t i, n;

	(void)state;
	TAIL("ping 10.0.0.254, 10.0.0.253\nping6 2001:db8::1\nping_group gw 10.0.0.1 10.0.0.2\n"
	     IPFAIL);
	assert_int_equal(config->n_pings, 4);
	assert_ping(0, "10.0.0.254", 1, "10.0.0.254");
	assert_ping(1, "10.0.0.253", 1, "10.0.0.253");
	assert_ping(2, "2001:db8::1", 1, "2001:db8::1");
	assert_ping(3, "gw", 2, "10.0.0.2");
	assert_int_equal(config->pings[3].line, 7);
	assert_true(config->ipfail);
	assert_int_equal(config->said.ipfail, 8);

	TAIL("ping 10.0.0.1\n", "5: " NO_IPFAIL);
	TAIL("ping 10.0.0.1\nping 10.0.0.1\n" IPFAIL,
	     "6: warning: ping: [10.0.0.1] is on line 5 already");
	TAIL("ping\n", "5: warning: ping has no value");
	TAIL(IPFAIL, "5: warning: ipfail: there is no ping node");
	TAIL("ping gateway\n" IPFAIL,
	     "5: error: ping: [gateway] is not an IPv4 address (as 10.0.2.15); names are not looked up");
	TAIL("ping 2001:db8::1\n" IPFAIL, "5: error: ping: [2001:db8::1] is an IPv6 address: write ping6");
	TAIL("ping 224.0.0.1\n" IPFAIL, "5: error: ping: [224.0.0.1] is not the address of a host");
	TAIL("ping6 10.0.0.1\n" IPFAIL, "5: error: ping6: [10.0.0.1] is not an IPv6 address");
	TAIL("ping6 fe80::1\n" IPFAIL, "5: error: ping6: [fe80::1] is a link-local address");
	TAIL("ping6 ff02::1\n" IPFAIL, "5: error: ping6: [ff02::1] is not the address of a host");
	TAIL("ping_group gw\n" IPFAIL, "5: error: ping_group: write ping_group NAME ADDRESS...");
	TAIL("ping_group gw 10.0.0.1 x\n" IPFAIL, "5: error: ping_group: [x] is not an IPv4 address");
	TAIL("ping_group gw 10.0.0.1\nping_group GW 10.0.0.2\n" IPFAIL,
	     "6: warning: ping_group: [GW] is on line 5 already");

	n = sprintf(text, HACF_BASE IPFAIL "ping_group gw");
	for (i = 0; i < CONFIG_MAX_PING_ADDRS + 1; i++)
		n += sprintf(text + n, " 10.0.0.%zu", i + 1);
	WHOLE(text, "6: error: ping_group: [10.0.0.17] is one address too many: 16");
	n = sprintf(text, HACF_BASE IPFAIL "ping");
	for (i = 0; i < CONFIG_MAX_PINGS + 1; i++)
		n += sprintf(text + n, " 10.0.0.%zu", i + 1);
	WHOLE(text, "6: error: ping: [10.0.0.65] is one ping node too many: 64");
}

/* Times of ping nodes: how long they may be silent, and how often they are asked. */
static void deadping(void **state)
{
	static const struct { const char *times; uint32_t deadping_us, ping_us; } good[] = {
		{ "keepalive 1\ndeadtime 10\n", 10000000, 1000000 },
		{ "keepalive 2\ndeadtime 10\n", 10000000, 2000000 },
		{ "keepalive 1\ndeadtime 10\ndeadping 3\n", 3000000, 1000000 },
		{ "keepalive 10ms\ndeadtime 50ms\ninitdead 20\n", 1000000, 200000 },
		{ "keepalive 10ms\ndeadtime 50ms\ninitdead 20\ndeadping 100ms\n", 100000, 20000 },
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof(text), HACF_BASE IPFAIL "ping 10.0.0.1\n%s", good[i].times);
		WHOLE(text);
		assert_int_equal(config->deadping_us, good[i].deadping_us);
		assert_int_equal(config->ping_us, good[i].ping_us);
	}
	TAIL("deadping 10s\n", "5: error: deadping [10s] is not a time");
	TAIL("deadping 30\n", "5: note: deadping: there is no ping node");
	TAIL("ping 10.0.0.1\n" IPFAIL "deadping 2\n",
	     "7: error: Ping dead time [2000] is too small compared to keeplive [1000]");
}

static void ipfail(void **state)
{
	(void)state;
	WHOLE("node alpha beta\nucast eth0 10.0.0.2\nuse_logd on\nping 10.0.0.1\n" IPFAIL,
	      "5: warning: ipfail does nothing with auto_failback legacy, here as in Heartbeat",
	      "warning: Deprecated 'legacy'");
	TAIL("ping 10.0.0.1\n" IPFAIL IPFAIL, "7: warning: respawn: ipfail is on line 6 already");
	/* another program of that name is another program */
	TAIL("respawn root /usr/local/bin/ipfail\n");
	assert_false(config->ipfail);
	assert_int_equal(config->n_clients, 1);
	TAIL("respawn root /usr/lib/heartbeat/ipfailed\n");
	assert_false(config->ipfail);
}

/* ---- programs, and what they see ---- */

static void clients(void **state)
{
	char text[2048], name[80];

	(void)state;
	TAIL("respawn hacluster /usr/lib/x -v,  a b # remark\n\tfailfast\troot\t/bin/y\n");
	assert_int_equal(config->n_clients, 2);
	assert_string_equal(config->clients[0].user, "hacluster");
	assert_string_equal(config->clients[0].command, "/usr/lib/x -v,  a b");
	assert_false(config->clients[0].failfast);
	assert_string_equal(config->clients[1].user, "root");
	assert_string_equal(config->clients[1].command, "/bin/y");
	assert_true(config->clients[1].failfast);
	assert_int_equal(config->clients[1].line, 6);
	TAIL("respawn\n", "5: error: respawn: write respawn USER PROGRAM");
	TAIL("failfast root\n", "5: error: failfast: write failfast USER PROGRAM");
	TAIL("respawn root x\n", "5: error: Client child command [x] is not full pathname");
	memset(name, 'u', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text), HACF_BASE "respawn %s /x\n", name);
	WHOLE(text, "5: error: respawn: the user's name is too long");
	snprintf(text, sizeof(text), HACF_BASE "respawn x /%01023d\n", 0);
	WHOLE(text, "5: error: respawn: the command is too long");
}

static void env(void **state)
{
	(void)state;
	TAIL("env A=1 B=x=y\nenv C=\n");
	assert_int_equal(config->n_env, 3);
	assert_string_equal(config->env[0], "HA_A=1");
	assert_string_equal(config->env[1], "HA_B=x=y");
	assert_string_equal(config->env[2], "HA_C=");
	TAIL("env NAME value\n", "5: note: env: read as NAME=value");
	assert_string_equal(config->env[0], "HA_NAME=value");
	TAIL("env A=1\nenv A=2\nenv AB=3\n", "6: warning: env: [A] was set before");
	assert_int_equal(config->n_env, 2);
	assert_string_equal(config->env[0], "HA_A=2");
	TAIL("env A\n", "5: error: env: invalid nvpair(A): write NAME=VALUE");
	TAIL("env =1\n", "5: error: env: [] is not a variable's name");
	TAIL("env 1A=1\n", "5: error: env: [1A] is not a variable's name");
	TAIL("env A-B=1\n", "5: error: env: [A-B] is not a variable's name");
}

static void watchdog(void **state)
{
	(void)state;
	TAIL("watchdog /dev/watchdog\n");
	assert_string_equal(config->watchdog, "/dev/watchdog");
	assert_int_equal(config_watchdog_s(config), 31);
	TAIL("watchdog /dev/watchdog\ndeadtime 10\n");
	assert_int_equal(config_watchdog_s(config), 11);
	TAIL("watchdog /dev/watchdog\nkeepalive 1ms\ndeadtime 3ms\ninitdead 20\n");
	assert_int_equal(config_watchdog_s(config), 5);
	TAIL("watchdog watchdog\n", "5: error: watchdog [watchdog] is not a plain path");
	TAIL("watchdog /dev/a\nwatchdog /dev/b\n",
	     "6: error: Watchdog device multiply specified: [/dev/a] on line 5, [/dev/b] here");
}

static void unknown(void **state)
{
	(void)state;
	TAIL("keepalvie 2\n", "5: error: Illegal directive [keepalvie]: did you mean keepalive?");
	TAIL("KeepAlive 2\n", "5: error: Illegal directive [KeepAlive]: write it keepalive, in lower case");
	TAIL("# x\n\nfrobnicate 2\nnode gamma\n", "7: error: Illegal directive [frobnicate]");
	TAIL("keepalive\xc2\xa0" "2\n", "5: error: Illegal directive [keepalive\xc2\xa0" "2]: it holds characters that are not plain ASCII");
	TAIL("\xe2\x80\x9cnode\xe2\x80\x9d x\n", "5: error: Illegal directive [\xe2\x80\x9cnode\xe2\x80\x9d]: it holds characters");
	TAIL("keepalive=2\n", "5: error: Illegal directive [keepalive=2]: did you mean keepalive?");
	TAIL("keepalive,2\n", "5: error: Illegal directive [keepalive,2]");
	TAIL("node x\n!\n{% if x %}\n", "6: error: Illegal directive [!]", "7: error: Illegal directive [{%]");
	TAIL("\x1b[2Jevil\n", "5: error: Illegal directive [?[2Jevil]");
}

static void too_many_words(void **state)
{
	char text[2048];
	size_t i, n;

	(void)state;
	n = sprintf(text, HACF_BASE "apiauth");
	for (i = 0; i < 257; i++)
		n += sprintf(text + n, " x");
	parse(text);
	EXPECT(&problems, "ha.cf", "5: error: apiauth: more than 256 words");
	text[n - 2] = '\0';
	parse(text);
	EXPECT(&problems, "ha.cf", "5: note: apiauth: accepted");
}

static void all_at_once(void **state)
{
	(void)state;
	WHOLE("keepalive 5\nfoo\nnode a/b beta\ndeadtime 10\nucast eth0\nuse_logd off\n",
	      "2: error: Illegal directive [foo]",
	      "3: error: node: [a/b] is not a node's name",
	      "4: error: Dead time [10000] is too small",
	      "5: error: ucast: [eth0] missing target",
	      "6: error: No log entry found in ha.cf and use_logd is set to off",
	      "warning: Deprecated 'legacy'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_recipe, teardown),
		cmocka_unit_test_teardown(habits, teardown),
		cmocka_unit_test_teardown(a_byte_order_mark, teardown),
		cmocka_unit_test_teardown(defaults, teardown),
		cmocka_unit_test_teardown(initdead, teardown),
		cmocka_unit_test_teardown(microseconds, teardown),
		cmocka_unit_test_teardown(wrong_times, teardown),
		cmocka_unit_test_teardown(times_together, teardown),
		cmocka_unit_test_teardown(values, teardown),
		cmocka_unit_test_teardown(failback, teardown),
		cmocka_unit_test_teardown(logging, teardown),
		cmocka_unit_test_teardown(nodes, teardown),
		cmocka_unit_test_teardown(media, teardown),
		cmocka_unit_test_teardown(media_of_ipv6, teardown),
		cmocka_unit_test_teardown(own_addresses, teardown),
		cmocka_unit_test_teardown(paths, teardown),
		cmocka_unit_test_teardown(many_links, teardown),
		cmocka_unit_test_teardown(udpports, teardown),
		cmocka_unit_test_teardown(known, teardown),
		cmocka_unit_test_teardown(pings, teardown),
		cmocka_unit_test_teardown(deadping, teardown),
		cmocka_unit_test_teardown(ipfail, teardown),
		cmocka_unit_test_teardown(clients, teardown),
		cmocka_unit_test_teardown(env, teardown),
		cmocka_unit_test_teardown(watchdog, teardown),
		cmocka_unit_test_teardown(unknown, teardown),
		cmocka_unit_test_teardown(too_many_words, teardown),
		cmocka_unit_test_teardown(all_at_once, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
