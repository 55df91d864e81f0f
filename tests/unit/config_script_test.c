// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/script.c tools/hbctl/config/ocf.c tools/hbctl/config/resource.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/address.c tools/hbctl/config/value.c tools/hbctl/config/ip.c */
/*
 * Where a resource's program is, and what an OCF agent is told. The real
 * directories may hold anything: only resource.d is the test's own.
 */
#include "config_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static struct problems problems;
static struct config *config;
static char dir[] = "/tmp/config_script_test.XXXXXX";

static void done(void)
{
	if (config)
		config_group_free(&config->groups[0]);
	free(config);
	config = NULL;
	problems_free(&problems);
}

static void put(const char *name, mode_t mode)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/resource.d/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

static int setup(void **state)
{
	char path[256];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/resource.d", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	put("drbddisk", 0755);
	put("Filesystem", 0755);
	put("noprogram", 0644);
	snprintf(path, sizeof(path), "%s/resource.d/directory", dir);
	return mkdir(path, 0755);
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	done();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static struct config_resource *parse(const char *word)
{
	const struct place at = { "haresources", 7, &problems };
	struct config_group *g;

	done();
	config = config_new("alpha");
	strcpy(config->dir, dir);
	g = &config->groups[0];
	g->resources = calloc(1, sizeof(*g->resources));
	assert_non_null(g->resources);
	g->n_resources = 1;
	config->n_groups = 1;
	assert_int_equal(resource_parse(&at, word, &g->resources[0]), 0);
	return &g->resources[0];
}

static struct config_resource *find(const char *word)
{
	struct config_resource *r = parse(word);

	scripts_find(config, "haresources", &problems);
	return r;
}

static void in_resource_d(void **state)
{
	struct config_resource *r = find("drbddisk::r0");
	char path[256];

	(void)state;
	EXPECT(&problems, "haresources");
	snprintf(path, sizeof(path), "%s/resource.d/drbddisk", dir);
	assert_string_equal(r->path, path);
	assert_int_equal(r->kind, RESOURCE_SCRIPT);
	assert_int_equal(r->n_args, 1);
	/* it goes before an OCF agent: its arguments are its own */
	r = find("Filesystem::a::b::c::d::e");
	EXPECT(&problems, "haresources");
	assert_int_equal(r->kind, RESOURCE_SCRIPT);
	assert_int_equal(r->n_args, 5);
}

static void nowhere(void **state)
{
	char want[512];

	(void)state;
	find("no-such-thing::1");
	snprintf(want, sizeof(want), "7: error: Cannot locate resource script [no-such-thing]: it is neither in %s/resource.d nor in /etc/init.d, no OCF agent in /usr/lib/ocf/resource.d/heartbeat whose parameters are given as NAME=VALUE, and no unit of systemd's, which have no arguments",
		 dir);
	EXPECT(&problems, "haresources", want);
	find("noprogram");
	snprintf(want, sizeof(want), "7: error: Cannot locate resource script [noprogram]: %s/resource.d/noprogram is no program: run chmod 755",
		 dir);
	EXPECT(&problems, "haresources", want);
	find("directory");
	EXPECT(&problems, "haresources", "7: error: Cannot locate resource script [directory]");
	find("-H");
	EXPECT(&problems, "haresources", "7: error: Cannot locate resource script [-H]");
	find("httpd,mysql");
	snprintf(want, sizeof(want), "7: error: Cannot locate resource script [httpd,mysql]: it is neither in %s/resource.d nor in /etc/init.d, no OCF agent in /usr/lib/ocf/resource.d/heartbeat whose parameters are given as NAME=VALUE, and no unit of systemd's. Resources have blanks between them, no commas or quotes",
		 dir);
	EXPECT(&problems, "haresources", want);
	find("2001:db8::1");
	EXPECT(&problems, "haresources", "7: error: resource [2001:db8::1]: write IPv6addr::2001:db8::1");
	/* what must have been meant */
	find("IPAddr::10.1.1.1");
	EXPECT(&problems, "haresources", "7: error: resource [IPAddr::10.1.1.1]: write IPaddr::");
	find("IPaddr:10.1.1.1");
	EXPECT(&problems, "haresources", "7: error: resource [IPaddr:10.1.1.1]: write IPaddr::");
	find("Ipaddr2::10.1.1.1");
	EXPECT(&problems, "haresources", "7: error: resource [Ipaddr2::10.1.1.1]: write IPaddr2::");
}

/* The arguments as an agent gets them, between blanks. */
static void assert_named(const char *word, const char *args)
{
	const struct place at = { "haresources", 7, &problems };
	struct config_resource *r = parse(word);
	char all[512] = "";
	size_t i;

	assert_true(ocf_is_meant(r));
	assert_int_equal(ocf_name_args(&at, r), 0);
	EXPECT(&problems, "haresources");
	for (i = 0; i < r->n_args; i++)
		sprintf(all + strlen(all), "%s%s", i ? " " : "", r->args[i]);
	assert_string_equal(all, args);
}

static void refused(const char *word, const char *error)
{
	const struct place at = { "haresources", 7, &problems };
	struct config_resource *r = parse(word);

	assert_true(ocf_is_meant(r));
	assert_int_equal(ocf_name_args(&at, r), -1);
	EXPECT(&problems, "haresources", error);
}

static void agents_arguments(void **state)
{
	(void)state;
	assert_named("Filesystem::/dev/sda1::/data", "device=/dev/sda1 directory=/data");
	assert_named("Filesystem::server:/data::/data::nfs::ro,intr",
		     "device=server:/data directory=/data fstype=nfs options=ro,intr");
	assert_named("MailTo::root::it=so", "email=root subject=it=so");
	assert_named("portblock::tcp::80::block", "protocol=tcp portno=80 action=block");
	assert_named("SendArp::10.1.1.1/eth0", "ip=10.1.1.1 nic=eth0");
	assert_named("SendArp::10.1.1.1", "ip=10.1.1.1");
	assert_named("apache", "");
	assert_named("nginx::configfile=/etc/nginx.conf::port=80",
		     "configfile=/etc/nginx.conf port=80");
	/* by name, though it need not be: so they can have more */
	assert_named("Filesystem::directory=/data::device=/dev/sda1",
		     "directory=/data device=/dev/sda1");
	assert_named("Delay::startdelay=1::stopdelay=2::mondelay=0",
		     "startdelay=1 stopdelay=2 mondelay=0");
	assert_named("MailTo::root=it@example.org", "email=root=it@example.org");
	assert_named("MailTo::ema=il", "email=ema=il");
	refused("Filesystem::device=/dev/sda1",
		"7: error: resource [Filesystem::device=/dev/sda1]: Filesystem needs directory=, too");
	refused("Filesystem::device=/a::device=/b",
		"7: error: resource [Filesystem::device=/a::device=/b]: device is there twice");
	refused("Filesystem::/dev/sda1",
		"7: error: resource [Filesystem::/dev/sda1]: 1 arguments, but Filesystem takes 2 to 4: Filesystem::DEVICE::DIRECTORY");
	refused("MailTo::a::b::c", "7: error: resource [MailTo::a::b::c]: 3 arguments");

	/* not clearly an agent */
	assert_false(ocf_is_meant(parse("nginx")));
	assert_false(ocf_is_meant(parse("nginx::a=b::c")));
	assert_false(ocf_is_meant(parse("nginx::=b")));
	assert_false(ocf_is_meant(parse("nginx::1a=b")));
	assert_false(ocf_is_meant(parse("nginx::a b=c")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_resource_d),
		cmocka_unit_test(nowhere),
		cmocka_unit_test(agents_arguments),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
