// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/haresources.c tools/hbctl/config/resource.c tools/hbctl/config/address.c tools/hbctl/config/value.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/lines.c kmod/frame.c tools/hbctl/config/ip.c */
/*
 * haresources: every form of an address, lines and their continuation, and what
 * cannot be.
 */
#include "config_test.h"
#include "internal.h"

static struct problems problems;
static struct config *config;

static void done(void)
{
	size_t i;

	for (i = 0; config && i < config->n_groups; i++)
		config_group_free(&config->groups[i]);
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

/* As after an ha.cf with nodes alpha and beta, and ucast lines to 10.0.0.1 (own) and .2. */
static void parse(const char *text)
{
	char *exact = malloc(strlen(text) ?: 1);

	assert_non_null(exact);
	memcpy(exact, text, strlen(text));
	done();
	config = config_new("alpha");
	strcpy(config->nodes[0].name, "alpha");
	strcpy(config->nodes[1].name, "beta");
	config->n_nodes = 2;
	config->own_links[0] = (struct config_link){ .kind = HBKM_LINK_UCAST, .line = 3,
						     .addr = addr("10.0.0.1") };
	config->n_own_links = 1;
	config->links[0] = (struct config_link){ .kind = HBKM_LINK_UCAST, .line = 4,
						 .addr = addr("10.0.0.2") };
	config->n_links = 1;
	haresources_parse(config, "haresources", exact, strlen(text), &problems);
	free(exact);
}

#define WHOLE(text, ...) do {							\
	parse(text);								\
	EXPECT(&problems, "haresources", ##__VA_ARGS__);			\
} while (0)

static void assert_address(size_t group, size_t i, const char *ip, int prefix_len,
			   const char *ifname, const char *label, const char *broadcast)
{
	const struct config_address *a;
	char text[INET6_ADDRSTRLEN];

	assert_true(group < config->n_groups);
	assert_true(i < config->groups[group].n_addresses);
	a = &config->groups[group].addresses[i];
	assert_string_equal(ip_text(&a->addr, text), ip);
	assert_int_equal(a->prefix_len, prefix_len);
	assert_string_equal(a->ifname, ifname);
	assert_string_equal(a->label, label);
	assert_string_equal(inet_ntoa(a->broadcast), broadcast);
}

static void the_recipe(void **state)
{
	(void)state;
	parse("alpha IPaddr::10.0.2.100/24/eth0:1\n");
	EXPECT(&problems, "haresources");
	assert_int_equal(config->n_groups, 1);
	assert_string_equal(config->groups[0].name, "alpha");
	assert_string_equal(config->groups[0].node, "alpha");
	assert_string_equal(config->groups[0].text, "alpha IPaddr::10.0.2.100/24/eth0:1");
	assert_int_equal(config->groups[0].line, 1);
	assert_int_equal(config->groups[0].n_addresses, 1);
	assert_address(0, 0, "10.0.2.100", 24, "eth0", "eth0:1", "0.0.0.0");
}

static void ipv6_forms(void **state)
{
	(void)state;
	parse("alpha IPv6addr::2001:db8::100 IPv6addr::2001:db8:0:0:0:0:0:101/64 IPaddr2::2001:db8::102/128/eth0 IPv6addr::fe80::9//eth1 10.1.1.1\n");
	EXPECT(&problems, "haresources");
	assert_int_equal(config->groups[0].n_addresses, 5);
	assert_address(0, 0, "2001:db8::100", -1, "", "", "0.0.0.0");
	assert_address(0, 1, "2001:db8::101", 64, "", "", "0.0.0.0");
	assert_address(0, 2, "2001:db8::102", 128, "eth0", "", "0.0.0.0");
	assert_address(0, 3, "fe80::9", -1, "eth1", "", "0.0.0.0");
	assert_address(0, 4, "10.1.1.1", -1, "", "", "0.0.0.0");
}

static void forms(void **state)
{
	static const struct {
		const char *text;
		int prefix_len;
		const char *ifname, *label, *broadcast;
	} tests[] = {
		{ "10.1.1.1", -1, "", "", "0.0.0.0" },
		{ "10.1.1.1/24", 24, "", "", "0.0.0.0" },
		{ "10.1.1.1/32", 32, "", "", "0.0.0.0" },
		{ "10.1.1.1/1", 1, "", "", "0.0.0.0" },
		{ "10.1.1.1/255.255.255.0", 24, "", "", "0.0.0.0" },
		{ "10.1.1.1/255.255.255.255", 32, "", "", "0.0.0.0" },
		{ "10.1.1.1/128.0.0.0", 1, "", "", "0.0.0.0" },
		{ "10.1.1.1/24/eth0", 24, "eth0", "", "0.0.0.0" },
		{ "10.1.1.1/255.255.0.0/bond0.100", 16, "bond0.100", "", "0.0.0.0" },
		{ "10.1.1.1/24/eth0:1", 24, "eth0", "eth0:1", "0.0.0.0" },
		{ "10.1.1.1/24/eth0:web", 24, "eth0", "eth0:web", "0.0.0.0" },
		{ "10.1.1.1/24/eth0:1234567890", 24, "eth0", "eth0:1234567890", "0.0.0.0" },
		{ "10.1.1.1/24/10.1.1.255", 24, "", "", "10.1.1.255" },
		{ "10.1.1.1/24/eth0/10.1.1.255", 24, "eth0", "", "10.1.1.255" },
		{ "10.1.1.1/24/eth0:1/10.1.1.255", 24, "eth0", "eth0:1", "10.1.1.255" },
		{ "10.1.1.1//eth0", -1, "eth0", "", "0.0.0.0" },
		{ "10.1.1.1/24/", 24, "", "", "0.0.0.0" },
		{ "10.1.1.1/24//10.1.1.255", 24, "", "", "10.1.1.255" },
	};
	static const char * const scripts[] = { "", "IPaddr::", "IPaddr2::" };
	char text[256];
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		for (j = 0; j < ARRAY_SIZE(scripts); j++) {
			snprintf(text, sizeof(text), "beta %s%s", scripts[j], tests[i].text);
			parse(text);
			EXPECT(&problems, "haresources");
			assert_address(0, 0, "10.1.1.1", tests[i].prefix_len, tests[i].ifname,
				       tests[i].label, tests[i].broadcast);
		}
	}
}

static void wrong_forms(void **state)
{
	static const struct {
		const char *text, *error;
	} tests[] = {
		{ "IPaddr::10.1.1.1/0", "[0] is not a mask" },
		{ "IPaddr::10.1.1.1/33", "[33] is not a mask" },
		{ "IPaddr::10.1.1.1/eth0", "[eth0] is not a mask" },
		{ "IPaddr::10.1.1.1/255.0.255.0", "[255.0.255.0] is not a mask" },
		{ "IPaddr::10.1.1.1/0.0.0.0", "[0.0.0.0] is not a mask" },
		{ "IPaddr::10.1.1.1/24/averylongdevicename", "device: [averylongdevicename] is not a network device's name" },
		{ "IPaddr::10.1.1.1/24/eth0:12345678901", "[eth0:12345678901] is not a label" },
		{ "IPaddr::10.1.1.1/24/eth0:", "[eth0:] is not a label" },
		{ "IPaddr::10.1.1.1/24/:1", "device: [] is not a network device's name" },
		{ "IPaddr::10.1.1.1/24/eth0:\xc3\xa4", "[eth0:\xc3\xa4] is not a label" },
		{ "IPaddr::10.1.1.1/24/eth0/10.1.1", "[10.1.1] is not a broadcast address" },
		{ "IPaddr::10.1.1.1/24/10.1.1.x", "[10.1.1.x] is not a broadcast address" },
		{ "IPaddr::10.1.1.1/24/10.1.1.255/eth0", "[10.1.1.1/24/10.1.1.255/eth0]: nothing goes behind the broadcast address" },
		{ "IPaddr::10.1.1.1/24/eth0/10.1.1.255/x", "[10.1.1.1/24/eth0/10.1.1.255/x] has too many parts" },
		{ "IPaddr::", "resource [IPaddr::]: the address is missing" },
		{ "IPaddr", "resource [IPaddr]: the address is missing" },
		{ "IPaddr2", "resource [IPaddr2]: the address is missing" },
		{ "IPaddr::www", "resource: [www] is not an IPv4 address" },
		{ "IPaddr::10.1.1", "resource: [10.1.1] is not an IPv4 address" },
		{ "IPaddr::10.1.1.1::24", "resource [IPaddr::10.1.1.1::24]: one argument is wanted" },
		{ "IPaddr::224.0.0.1", "resource: [224.0.0.1] is not the address of a host" },
		{ "0.0.0.0", "resource: [0.0.0.0] is not the address of a host" },
		{ "10.1.1.256", "resource: [10.1.1.256] is not an IPv4 address" },
		{ "10.1.1.1,", "resource [10.1.1.1,]: addresses have blanks between them, no commas or quotes" },
		{ "10.1.1.1,10.1.1.2", "resource [10.1.1.1,10.1.1.2]: addresses have blanks" },
		{ "\"10.1.1.1/24\"", "resource [\"10.1.1.1/24\"]: addresses have blanks" },
		{ "'10.1.1.1", "resource ['10.1.1.1]: addresses have blanks" },
		{ "IPaddr::10.1.1.1,IPaddr::10.1.1.2", "resource [IPaddr::10.1.1.1,IPaddr::10.1.1.2]: addresses have blanks" },
		{ "IPv6addr::2001:db8::1,2001:db8::2", "resource [IPv6addr::2001:db8::1,2001:db8::2]: addresses have blanks" },
		{ "192.168.1.200>", "resource: [192.168.1.200>] is not an IPv4 address" },
		{ "10.1.1", "resource [10.1.1] is not an IPv4 address" },
		{ "01", "resource [01] is not an IPv4 address" },
		{ "IPv6addr", "resource [IPv6addr]: the address is missing, as IPv6addr::2001:db8::100/64/eth0" },
		{ "IPv6addr::10.1.1.1/24", "resource [10.1.1.1/24] is not an IPv6 address" },
		{ "IPv6addr::2001:db8::1/0", "[0] is not the length of a prefix" },
		{ "IPv6addr::2001:db8::1/129", "[129] is not the length of a prefix" },
		{ "IPv6addr::2001:db8::1/64/eth0:1", "[eth0:1]: IPv6 addresses have no label" },
		{ "IPv6addr::2001:db8::1/64/eth0/x", "[2001:db8::1/64/eth0/x] has too many parts" },
		{ "IPv6addr::2001:db8::1/64/eth0/x/y", "[2001:db8::1/64/eth0/x/y] has too many parts" },
		{ "IPv6addr::fe80::1", "[fe80::1] is a link-local address: it needs its device" },
		{ "IPv6addr::ff02::1/64", "resource: [ff02::1] is not the address of a host" },
		{ "IPv6addr::::1", "resource: [::1] is not the address of a host" },
		{ "IPv6addr::::ffff:10.1.1.1", "resource: [::ffff:10.1.1.1] is not the address of a host" },
		{ "\x1b[2J", "resource [?[2J] holds bytes that are no text" },
		{ "caf\xe9::1", "resource [caf?::1] holds bytes that are no text" },
		{ "::data", "resource [::data]: the name of a resource script is missing" },
	};
	char text[256], want[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		snprintf(text, sizeof(text), "# first\n\nalpha %s\nbeta 10.9.9.9\n", tests[i].text);
		snprintf(want, sizeof(want), "3: error: %s", tests[i].error);
		parse(text);
		EXPECT(&problems, "haresources", want);
		/* and goes on with what follows */
		assert_string_equal(config->groups[config->n_groups - 1].name, "beta");
	}
}

/* They can be given to an interface, and are of no use there. */
static void no_hosts(void **state)
{
	(void)state;
	WHOLE("alpha 10.1.1.0/24 IPaddr::10.1.1.255/24/eth0\n",
	      "1: warning: [10.1.1.0] is the address of the network /24 itself",
	      "1: warning: [10.1.1.255] is the broadcast address of its network /24");
	WHOLE("alpha 10.1.1.128/25 10.1.1.131/30\n",
	      "1: warning: [10.1.1.128] is the address of the network /25 itself",
	      "1: warning: [10.1.1.131] is the broadcast address of its network /30");
	WHOLE("alpha 127.0.0.1 IPaddr::127.1.2.3/8\n", "1: warning: [127.0.0.1] is a loopback address",
	      "1: warning: [127.1.2.3] is a loopback address");
	assert_int_equal(config->groups[0].n_addresses, 2);
	WHOLE("alpha 10.1.1.0 10.1.2.255/23 10.1.1.2/31 10.1.1.3/32 128.0.0.1/1\n");
}

static void several(void **state)
{
	(void)state;
	parse("Alpha 10.1.1.1 IPaddr::10.1.1.2/24\tIPaddr2::10.1.1.3/24/eth0   10.1.1.4\n"
	      "beta 10.1.2.1\n"
	      "ALPHA 10.1.3.1\n"
	      "alpha 10.1.4.1\n"
	      "beta 10.1.5.1\n");
	EXPECT(&problems, "haresources");
	assert_int_equal(config->n_groups, 5);
	assert_int_equal(config->groups[0].n_addresses, 4);
	assert_address(0, 3, "10.1.1.4", -1, "", "", "0.0.0.0");
	assert_string_equal(config->groups[0].text,
			    "Alpha 10.1.1.1 IPaddr::10.1.1.2/24 IPaddr2::10.1.1.3/24/eth0 10.1.1.4");
	assert_string_equal(config->groups[0].name, "alpha");
	assert_string_equal(config->groups[1].name, "beta");
	assert_string_equal(config->groups[2].name, "alpha:2");
	assert_string_equal(config->groups[2].node, "alpha");
	assert_string_equal(config->groups[3].name, "alpha:3");
	assert_string_equal(config->groups[4].name, "beta:2");
	assert_int_equal(config->groups[4].line, 5);
}

static void continued(void **state)
{
	(void)state;
	parse("# all of it\r\n"
	      "alpha \\\r\n"
	      "\t10.1.1.1 \\   \n"
	      "   10.1.1.2\\\n"
	      "#  10.1.1.3 \\\n"
	      "   10.1.1.4 # the last \\\n"
	      "beta 10.1.2.1 \\\n");
	EXPECT(&problems, "haresources");
	assert_int_equal(config->n_groups, 2);
	assert_int_equal(config->groups[0].line, 2);
	assert_int_equal(config->groups[0].n_addresses, 3);
	assert_address(0, 2, "10.1.1.4", -1, "", "", "0.0.0.0");
	assert_string_equal(config->groups[0].text, "alpha 10.1.1.1 10.1.1.2 10.1.1.4");
	assert_string_equal(config->groups[1].text, "beta 10.1.2.1");

	/* errors have the line where they are, not where the group began */
	WHOLE("alpha 10.1.1.1 \\\n ::httpd \\\n 10.1.1.2 \\\n IPaddr::x\n",
	      "2: error: resource [::httpd]", "4: error: resource: [x] is not an IPv4");
	/* a remark or an empty line ends it; \ before the remark does not */
	WHOLE("alpha 10.1.1.1 \\\n# 10.1.1.2\nbeta 10.1.2.1\n");
	assert_int_equal(config->n_groups, 2);
	WHOLE("alpha 10.1.1.1 \\\n\nbeta 10.1.2.1\n");
	assert_int_equal(config->n_groups, 2);
	WHOLE("alpha 10.1.1.1 \\ # and\n10.1.1.2\n");
	assert_int_equal(config->groups[0].n_addresses, 2);
	WHOLE("alpha 10.1.1.1 \\\n\\\n10.1.1.2\n");
	assert_int_equal(config->groups[0].n_addresses, 2);
	/* no last newline, and \ at the very end */
	WHOLE("alpha 10.1.1.1 \\");
	assert_int_equal(config->n_groups, 1);
}

static void assert_script(size_t group, size_t i, const char *text, const char *name,
			  const char *args)
{
	const struct config_resource *r = &config->groups[group].resources[i];
	char all[512] = "";
	size_t j;

	assert_true(i < config->groups[group].n_resources);
	assert_int_equal(r->kind, RESOURCE_SCRIPT);
	assert_string_equal(r->text, text);
	assert_string_equal(r->name, name);
	assert_null(r->path);
	for (j = 0; j < r->n_args; j++)
		sprintf(all + strlen(all), "%s[%s]", j ? " " : "", r->args[j]);
	assert_string_equal(all, args);
}

static void scripts(void **state)
{
	(void)state;
	WHOLE("alpha drbddisk::r0 Filesystem::/dev/drbd0::/data::ext3 10.1.1.1/24 \\\n"
	      " mysql MailTo::root@example.com::all well \n"
	      "beta 10.1.1.2 apache2 IPaddr2::10.1.1.3\n");
	assert_int_equal(config->n_groups, 2);
	assert_int_equal(config->groups[0].n_resources, 6);
	assert_int_equal(config->groups[0].n_addresses, 1);
	assert_script(0, 0, "drbddisk::r0", "drbddisk", "[r0]");
	assert_script(0, 1, "Filesystem::/dev/drbd0::/data::ext3", "Filesystem",
		      "[/dev/drbd0] [/data] [ext3]");
	assert_int_equal(config->groups[0].resources[2].kind, RESOURCE_ADDRESS);
	assert_string_equal(config->groups[0].resources[2].text, "10.1.1.1/24");
	assert_script(0, 3, "mysql", "mysql", "");
	assert_int_equal(config->groups[0].resources[3].line, 2);
	assert_int_equal(config->groups[0].resources[0].line, 1);
	/* addresses have their numbers among the addresses */
	assert_int_equal(config->groups[1].resources[0].address, 0);
	assert_int_equal(config->groups[1].resources[2].address, 1);
	assert_string_equal(config->groups[0].text, "alpha drbddisk::r0 "
			    "Filesystem::/dev/drbd0::/data::ext3 10.1.1.1/24 mysql "
			    "MailTo::root@example.com::all well");

	/* a line without an address is a group, too */
	WHOLE("alpha httpd\n");
	assert_int_equal(config->n_groups, 1);
	assert_int_equal(config->groups[0].n_addresses, 0);

	/* as Heartbeat's sed and the shell take it apart */
	WHOLE("alpha a:: b::::c d:::e Filesystem::server:/data::/data::nfs\n");
	assert_script(0, 0, "a::", "a", "");
	assert_script(0, 1, "b::::c", "b", "[c]");
	assert_script(0, 2, "d:::e", "d", "[:e]");
	assert_script(0, 3, "Filesystem::server:/data::/data::nfs", "Filesystem",
		      "[server:/data] [/data] [nfs]");

	/* what is stopped here stops there */
	WHOLE("alpha mysql\n# no\nbeta mysql mysql::2\n",
	      "3: warning: resource [mysql] is on line 1 already");
	WHOLE("alpha mysql mysql\n", "1: warning: resource [mysql] is on line 1 already");
}

static void nodes(void **state)
{
	(void)state;
	WHOLE("gamma 10.1.1.1\n", "1: error: Bad nodename in haresources [gamma]");
	WHOLE("\nalhpa 10.1.1.1\n", "2: error: Bad nodename in haresources [alhpa]: a line begins with one of the nodes in ha.cf. Is [alpha] meant?");
	WHOLE("alpha.example.com 10.1.1.1\n", "1: error: Bad nodename in haresources [alpha.example.com]: a line begins with one of the nodes in ha.cf. Is [alpha] meant?");
	WHOLE("10.1.1.1 IPaddr::10.1.1.2\n", "1: error: Bad nodename in haresources [10.1.1.1]");
	/* its resources are looked at all the same */
	WHOLE("gamma 10.1.1.1 ::httpd\n", "1: error: Bad nodename in haresources [gamma]",
	      "1: error: resource [::httpd]");
	WHOLE("alpha\nbeta\n", "1: warning: [alpha]: a node without any resource",
	      "2: warning: [beta]: a node without any resource",
	      "note: no resources: this cluster holds nothing");
	assert_int_equal(config->n_groups, 0);
	/* a line that counts for nothing has no number */
	parse("alpha\nalpha 10.1.1.1\n");
	assert_string_equal(config->groups[0].name, "alpha");

	WHOLE("", "note: no resources: this cluster holds nothing");
	WHOLE("# nothing yet\n\n   \n", "note: no resources: this cluster holds nothing");
	assert_int_equal(config->n_groups, 0);

	/* ha.cf could not be read: then it is not this file's fault */
	done();
	config = config_new("alpha");
	haresources_parse(config, "haresources", "gamma 10.1.1.1\n", 15, &problems);
	EXPECT(&problems, "haresources");
}

static void twice(void **state)
{
	(void)state;
	WHOLE("alpha 10.1.1.1 10.1.1.1/24\n", "1: warning: [10.1.1.1] is on this line already");
	assert_int_equal(config->groups[0].n_addresses, 1);
	WHOLE("alpha 10.1.1.1\nbeta IPaddr::10.1.1.1/24\n",
	      "2: error: [10.1.1.1] is on line 1 already");
	WHOLE("alpha 10.0.0.2\n", "1: error: [10.0.0.2] is a node's own address, as line 4 of ha.cf says");
	WHOLE("alpha 10.0.0.1\n", "1: error: [10.0.0.1] is a node's own address, as line 3 of ha.cf says");
}

static void limits(void **state)
{
	char text[16384];
	size_t i, n;

	(void)state;
	for (n = 0, i = 0; i < HBKM_MAX_GROUPS; i++)
		n += sprintf(text + n, "alpha 10.1.%zu.1\n", i);
	parse(text);
	EXPECT(&problems, "haresources");
	assert_int_equal(config->n_groups, HBKM_MAX_GROUPS);
	assert_string_equal(config->groups[31].name, "alpha:32");
	sprintf(text + n, "alpha 10.2.0.1\nbeta 10.2.0.2\n");
	parse(text);
	EXPECT(&problems, "haresources", "33: error: too many resource groups (> 32)");

	n = sprintf(text, "alpha");
	for (i = 0; i < HBKM_MAX_GUARD; i++)
		n += sprintf(text + n, " 10.1.1.%zu", i);
	parse(text);
	EXPECT(&problems, "haresources");
	assert_int_equal(config->groups[0].n_addresses, HBKM_MAX_GUARD);
	sprintf(text + n, " 10.1.2.1\n");
	parse(text);
	EXPECT(&problems, "haresources", "1: error: [10.1.2.1] is one address too many in a group: 32 fit");

	n = sprintf(text, "alpha");
	for (i = 0; i < CONFIG_MAX_RESOURCES; i++)
		n += sprintf(text + n, " mail%zu::1", i);
	parse(text);
	assert_int_equal(config->groups[0].n_resources, CONFIG_MAX_RESOURCES);
	EXPECT(&problems, "haresources");
	sprintf(text + n, " one::1\n");
	parse(text);
	EXPECT(&problems, "haresources", "1: error: [one::1] is one resource too many in a group: 128 fit");
}

static void long_names(void **state)
{
	char text[512], name[HBKM_NAME_MAX + 1];

	(void)state;
	memset(name, 'n', HBKM_NAME_MAX);
	name[HBKM_NAME_MAX] = '\0';
	snprintf(text, sizeof(text), "%s 10.1.1.1\n%s 10.1.1.2\n", name, name);
	done();
	config = config_new("alpha");
	haresources_parse(config, "haresources", text, strlen(text), &problems);
	EXPECT(&problems, "haresources", "2: error: [nnnn");
	assert_int_equal(config->n_groups, 1);
	assert_string_equal(config->groups[0].name, name);

	/* FNV-1a makes these two the same number */
	problems_free(&problems);
	done();
	config = config_new("alpha");
	snprintf(text, sizeof(text), "costarring 10.1.1.1\nliquid 10.1.1.2\n");
	haresources_parse(config, "haresources", text, strlen(text), &problems);
	EXPECT(&problems, "haresources", "2: error: groups [costarring] and [liquid] happen to have the same id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_recipe, teardown),
		cmocka_unit_test_teardown(forms, teardown),
		cmocka_unit_test_teardown(ipv6_forms, teardown),
		cmocka_unit_test_teardown(wrong_forms, teardown),
		cmocka_unit_test_teardown(no_hosts, teardown),
		cmocka_unit_test_teardown(several, teardown),
		cmocka_unit_test_teardown(continued, teardown),
		cmocka_unit_test_teardown(scripts, teardown),
		cmocka_unit_test_teardown(nodes, teardown),
		cmocka_unit_test_teardown(twice, teardown),
		cmocka_unit_test_teardown(limits, teardown),
		cmocka_unit_test_teardown(long_names, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
