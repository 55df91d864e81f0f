// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/config.c tools/hbctl/config/here.c tools/hbctl/config/hacf.c tools/hbctl/config/hacf_check.c tools/hbctl/config/media.c tools/hbctl/config/ping.c tools/hbctl/config/client.c tools/hbctl/config/env.c tools/hbctl/config/facility.c tools/hbctl/config/haresources.c tools/hbctl/config/resource.c tools/hbctl/config/ocf.c tools/hbctl/config/script.c tools/hbctl/config/address.c tools/hbctl/config/authkeys.c tools/hbctl/config/value.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/lines.c tools/hbctl/config/dump.c tools/hbctl/config/json.c tools/hbctl/names.c kmod/frame.c tools/hbctl/config/ip.c */
/* libs: json-c */
/*
 * The three files together: reading them, what is refused, and what is shown.
 */
#include <fcntl.h>
#include <json.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config_test.h"
#include "internal.h"

static char dir[64];
static char hacf[96], haresources[96], authkeys[96];
static struct problems problems;
static struct config *config;

static void done(void)
{
	config_free(config);
	config = NULL;
	problems_free(&problems);
}

/* From a child, so that this process never has a key but by what is tested. */
static void put(const char *path, const char *text, size_t len, mode_t mode)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		int fd;

		unlink(path);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || write(fd, text, len) != (ssize_t)len || fchmod(fd, mode))
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void copy(const char *from, const char *name, const char *to)
{
	char path[256];
	char text[8192];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%s", CONFIG_TEST_DATA, from, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail_msg("%s: run this at the top of the tree", path);
	len = read(fd, text, sizeof(text));
	assert_true(len >= 0);
	close(fd);
	put(to, text, len, 0600);
	explicit_bzero(text, sizeof(text));
}

static void put_all(const char *from)
{
	copy(from, "ha.cf", hacf);
	copy(from, "haresources", haresources);
	copy(from, "authkeys", authkeys);
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/hbkm-config-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(hacf, sizeof(hacf), "%s/ha.cf", dir);
	snprintf(haresources, sizeof(haresources), "%s/haresources", dir);
	snprintf(authkeys, sizeof(authkeys), "%s/authkeys", dir);
	put_all("recipe");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	done();
	unlink(hacf);
	unlink(haresources);
	unlink(authkeys);
	rmdir(authkeys);
	rmdir(dir);
	return 0;
}

static void load(const char *self, const char *own)
{
	struct config_own own_addr = { .ifname = "eth0" };

	done();
	if (own)
		own_addr.addr = addr(own);
	config = config_load(dir, self, own ? &own_addr : NULL, !!own, &problems);
}

/* Every problem, as one text; the directory is shown as DIR. */
static char *listed(void)
{
	static char text[16384];
	char *list, *p, *out = text;
	size_t size, len = strlen(dir);
	FILE *f = open_memstream(&list, &size);

	problems_print(&problems, f);
	fclose(f);
	for (p = list; *p && out < text + sizeof(text) - 4; ) {
		if (!strncmp(p, dir, len)) {
			out = stpcpy(out, "DIR");
			p += len;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
	free(list);
	return text;
}

static void assert_listed(const char *text)
{
	if (!strstr(listed(), text))
		fail_msg("[%s] is not in\n%s", text, listed());
}

static char *printed(void)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	config_print(config, f);
	fclose(f);
	return text;
}

/* ---- good ones ---- */

static void the_recipe(void **state)
{
	char *text;

	(void)state;
	load("cookbook", "10.0.2.15");
	assert_string_equal(listed(),
		"DIR/ha.cf:7: note: udpport setting must precede media statements in Heartbeat; "
		"here it counts for those before it, too\n");
	assert_non_null(config);
	assert_string_equal(config->dir, dir);
	assert_string_equal(config->self, "cookbook");
	text = printed();
	assert_string_equal(text,
		"cluster linux-ha (default)\n"
		"node cookbook (this one)\n"
		"node cookbook2\n"
		"keepalive 1s\n"
		"deadtime 10s\n"
		"warntime 5s\n"
		"initdead 20s (derived)\n"
		"auto_failback on\n"
		"realtime on priority 50 (default)\n"
		"log logd\n"
		"link ucast eth0 10.0.2.16 port 694 path 0\n"
		"link ucast eth0 10.0.2.15 port 694 path 0 (own address, not used)\n"
		"key 1 sha1 (signs)\n"
		"group cookbook prefers cookbook\n"
		"  address 10.0.2.100/24 dev eth0 label eth0:1\n");
	free(text);

	load("CookBook2", "10.0.2.16");
	assert_non_null(config);
	assert_string_equal(config->self, "cookbook2");
	assert_addr(config->links[0].addr, "10.0.2.15");
}

static void habits(void **state)
{
	char *text;

	(void)state;
	put_all("habits");
	load("web2.example.com", "192.168.50.2");
	assert_string_equal(listed(),
		"DIR/ha.cf:26: note: apiauth: accepted, no effect: everybody may read the state, and only root may change it\n"
		"DIR/ha.cf:27: note: compression: accepted, no effect: frames are too small to be compressed\n"
		"DIR/ha.cf:28: note: compression_threshold: accepted, no effect: frames are too small to be compressed\n"
		"DIR/ha.cf:29: note: traditional_compression: accepted, no effect: frames are too small to be compressed\n");
	assert_non_null(config);
	assert_int_equal(config->n_links, 3);
	assert_int_equal(config->links[2].path, 2);
	assert_int_equal(config->n_groups, 2);
	assert_int_equal(config->n_pings, 1);
	assert_true(config->ipfail);
	assert_int_equal(config->groups[0].n_addresses, 3);
	text = printed();
	assert_non_null(strstr(text, "log facility local0 file /var/log/ha-log debugfile /var/log/ha-debug\n"));
	assert_non_null(strstr(text, "  address 192.168.1.10/24 dev eth0 label eth0:0\n"
			       "  address 192.168.1.11 (mask and device as the route says)\n"
			       "  address 192.168.1.12/24 dev eth0 broadcast 192.168.1.255\n"));
	assert_non_null(strstr(text, "key 1 sha1\nkey 2 sha256 (signs)\n"));
	free(text);
}

static void an_empty_haresources(void **state)
{
	(void)state;
	put(haresources, "", 0, 0644);
	load("cookbook", NULL);
	assert_non_null(config);
	assert_int_equal(config->n_groups, 0);
}

/* ---- what is shown ---- */

static void json(void **state)
{
	static const char want[] =
		"{\"dir\":\"DIR\",\"self\":\"cookbook\",\"cluster\":\"linux-ha\","
		"\"nodes\":[{\"name\":\"cookbook\",\"self\":true},{\"name\":\"cookbook2\",\"self\":false}],"
		"\"keepalive_us\":1000000,\"deadtime_us\":10000000,\"warntime_us\":5000000,"
		"\"initdead_us\":20000000,\"deadping_us\":10000000,\"ping_us\":1000000,\"auto_failback\":\"on\",\"realtime\":true,\"rtprio\":50,"
		"\"use_logd\":true,\"logfacility\":null,\"logfile\":null,\"debugfile\":null,"
		"\"debug\":0,\"watchdog\":null,"
		"\"links\":[{\"kind\":\"ucast\",\"device\":\"eth0\",\"address\":\"10.0.2.16\",\"port\":694,\"path\":0}],"
		"\"own_links\":[{\"kind\":\"ucast\",\"device\":\"eth0\",\"address\":\"10.0.2.15\",\"port\":694,\"path\":0}],"
		"\"pings\":[],\"ipfail\":false,\"clients\":[],\"env\":[],"
		"\"keys\":[{\"id\":1,\"method\":\"sha1\",\"signs\":true}],"
		"\"groups\":[{\"name\":\"cookbook\",\"node\":\"cookbook\",\"line\":1,\"addresses\":["
		"{\"address\":\"10.0.2.100\",\"prefix_len\":24,\"device\":\"eth0\",\"label\":\"eth0:1\",\"broadcast\":null}],"
		"\"resources\":[{\"resource\":\"IPaddr::10.0.2.100\\/24\\/eth0:1\",\"kind\":\"address\"}]}],"
		"\"defaults\":[\"cluster\",\"initdead_us\",\"deadping_us\",\"realtime\",\"rtprio\"]}";
	struct json_object *o, *value;

	(void)state;
	load("cookbook", "10.0.2.15");
	o = config_json(config);
	assert_non_null(o);
	assert_true(json_object_object_get_ex(o, "dir", &value));
	assert_string_equal(json_object_get_string(value), dir);
	json_object_object_add(o, "dir", json_object_new_string("DIR"));
	/* where the key is does not matter to a program, but a fixed order is easier to read */
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), want);
	json_object_put(o);

	o = problems_json(&problems);
	assert_int_equal(json_object_array_length(o), 1);
	value = json_object_array_get_idx(o, 0);
	assert_string_equal(json_object_get_string(json_object_object_get(value, "level")), "note");
	assert_string_equal(json_object_get_string(json_object_object_get(value, "file")), hacf);
	assert_int_equal(json_object_get_int(json_object_object_get(value, "line")), 7);
	json_object_put(o);
}

static void no_secret_shown(void **state)
{
	struct json_object *o;
	char *text;

	(void)state;
	put_all("habits");
	load("web2.example.com", NULL);
	text = printed();
	assert_null(strstr(text, "year"));
	free(text);
	o = config_json(config);
	assert_null(strstr(json_object_to_json_string(o), "year"));
	json_object_put(o);
}

/* ---- what is refused ---- */

static void permissions(void **state)
{
	static const mode_t good[] = { 0600, 0400, 0700 };
	static const mode_t bad[] = { 0644, 0640, 0604, 0620, 0602, 0610, 0601, 0660, 0666, 0777 };
	char want[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(chmod(authkeys, good[i]), 0);
		load("cookbook", NULL);
		assert_non_null(config);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(chmod(authkeys, bad[i]), 0);
		load("cookbook", NULL);
		assert_null(config);
		assert_int_equal(problems.errors, 1);
		snprintf(want, sizeof(want), "DIR/authkeys: error: Bad permissions on keyfile [DIR/authkeys], 600 recommended. They are %03o: run chmod 600 DIR/authkeys%s\n",
			 bad[i], bad[i] & 044 ? "" : " (Heartbeat minds only who may read it)");
		assert_listed(want);
	}
	if (geteuid())
		return;
	assert_int_equal(chmod(authkeys, 0600), 0);
	assert_int_equal(chown(authkeys, 65534, -1), 0);
	load("cookbook", NULL);
	assert_non_null(config);
	assert_listed("DIR/authkeys: warning: the keyfile [DIR/authkeys] belongs to user 65534");
}

static void missing(void **state)
{
	(void)state;
	unlink(hacf);
	unlink(haresources);
	unlink(authkeys);
	load("cookbook", NULL);
	assert_null(config);
	assert_int_equal(problems.n, 3);
	assert_listed("DIR/ha.cf: error: Cannot open config file [DIR/ha.cf]: No such file or directory");
	assert_listed("DIR/haresources: error: Cannot open resources file [DIR/haresources]: No such file or directory");
	assert_listed("DIR/authkeys: error: Cannot open keyfile [DIR/authkeys].  Stop. No such file or directory");
}

static void not_files(void **state)
{
	(void)state;
	unlink(authkeys);
	assert_int_equal(mkdir(authkeys, 0700), 0);
	/* nobody ever writes into it: reading must not wait */
	unlink(haresources);
	assert_int_equal(mkfifo(haresources, 0600), 0);
	load("cookbook", NULL);
	assert_null(config);
	assert_listed("DIR/haresources: error: [DIR/haresources] is not a regular file\n");
	assert_listed("DIR/authkeys: error: [DIR/authkeys] is not a regular file\n");
}

static void a_link_is_followed(void **state)
{
	char real[96];

	(void)state;
	snprintf(real, sizeof(real), "%s/real", dir);
	assert_int_equal(rename(authkeys, real), 0);
	assert_int_equal(symlink("real", authkeys), 0);
	load("cookbook", NULL);
	assert_non_null(config);
	/* and what it points to is what is checked */
	assert_int_equal(chmod(real, 0644), 0);
	load("cookbook", NULL);
	assert_null(config);
	unlink(real);
}

static void too_large(void **state)
{
	char *text = malloc(CONFIG_FILE_MAX + 1);

	(void)state;
	memset(text, '\n', CONFIG_FILE_MAX + 1);
	put(haresources, text, CONFIG_FILE_MAX, 0644);
	load("cookbook", NULL);
	assert_non_null(config);
	put(haresources, text, CONFIG_FILE_MAX + 1, 0644);
	load("cookbook", NULL);
	assert_null(config);
	assert_listed("DIR/haresources: error: [DIR/haresources] is larger than 262144 bytes");
	free(text);
}

static void strange_names(void **state)
{
	char longest[5000];

	(void)state;
	problems_free(&problems);
	assert_null(config_load("", "cookbook", NULL, 0, &problems));
	assert_int_equal(problems.errors, 1);
	memset(longest, 'd', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_null(config_load(longest, "cookbook", NULL, 0, &problems));
	assert_int_equal(problems.errors, 2);
	assert_null(config_load(dir, "", NULL, 0, &problems));
	assert_null(config_load(dir, "a b", NULL, 0, &problems));
	assert_null(config_load(dir, longest, NULL, 0, &problems));
	assert_int_equal(problems.errors, 5);
	assert_listed("DIR: error: this node's own name [a b] cannot be a node's");
	problems_free(&problems);

	/* errors of before are not this configuration's */
	problems_add(&problems, PROBLEM_ERROR, "other", 1, "old");
	snprintf(longest, sizeof(longest), "%s///", dir);
	config = config_load(longest, "cookbook", NULL, 0, &problems);
	assert_non_null(config);
	assert_string_equal(config->dir, dir);
}

/* All of it at once, in the order in which one would go through it. */
static void every_problem(void **state)
{
	static const char bad_hacf[] = "ucast eth0 10.0.2.15\nkeepalive 5\ndeadtime 10\nfrob\n"
				       "node cookbook cookbook2\nauto_failback on\nuse_logd on\n";
	static const char bad_haresources[] = "cookbook3 10.0.2.100\ncookbook httpd\n";
	static const char bad_authkeys[] = "auth 1\n1 sha5 nothing\n";

	(void)state;
	put(hacf, bad_hacf, strlen(bad_hacf), 0600);
	put(haresources, bad_haresources, strlen(bad_haresources), 0600);
	put(authkeys, bad_authkeys, strlen(bad_authkeys), 0600);
	load("cookbook", NULL);
	assert_null(config);
	assert_int_equal(problems.n, 5);
	assert_string_equal(problems.v[0].file, hacf);
	assert_int_equal(problems.v[0].line, 3);
	assert_string_equal(problems.v[1].file, hacf);
	assert_int_equal(problems.v[1].line, 4);
	assert_string_equal(problems.v[2].file, haresources);
	assert_int_equal(problems.v[2].line, 1);
	assert_int_equal(problems.v[3].line, 2);
	assert_string_equal(problems.v[4].file, authkeys);
	assert_int_equal(problems.v[4].line, 2);
}

/* ---- nothing of a key is left in memory ---- */

/* The key of the recipe, so written that it is not found here. */
static size_t count_in(int mem, unsigned long at, unsigned long end)
{
	static const char disguised[] = "upqtfdsfuqbttxpse";
	static unsigned char block[1 << 16];
	const size_t len = sizeof(disguised) - 1;
	size_t i, j, found = 0;
	ssize_t n;

	/* blocks overlap, so that none is missed between two of them */
	for (; at < end; at += sizeof(block) - len) {
		n = pread(mem, block, end - at < sizeof(block) ? end - at : sizeof(block), at);
		for (i = 0; n > 0 && i + len <= (size_t)n; i++) {
			for (j = 0; j < len && block[i + j] == disguised[j] - 1; j++)
				;
			found += j == len;
		}
	}
	explicit_bzero(block, sizeof(block));
	return found;
}

static size_t count_in_memory(void)
{
	char line[512], perms[5];
	unsigned long start, end;
	size_t found = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);

	assert_non_null(maps);
	assert_true(mem >= 0);
	while (fgets(line, sizeof(line), maps)) {
		/* not the sanitizers' own, which are as large as the address space */
		if (sscanf(line, "%lx-%lx %4s", &start, &end, perms) == 3 &&
		    perms[0] == 'r' && perms[1] == 'w' && end - start <= 1UL << 28)
			found += count_in(mem, start, end);
	}
	fclose(maps);
	close(mem);
	return found;
}

static void wiped(void **state)
{
	(void)state;
	load("cookbook", NULL);
	assert_non_null(config);
	assert_int_equal(count_in_memory(), 1);
	done();
	assert_int_equal(count_in_memory(), 0);
	/* and if the configuration is refused */
	put(haresources, "x\n", 2, 0600);
	load("cookbook", NULL);
	assert_null(config);
	assert_int_equal(count_in_memory(), 0);
}

/* Who only looks on need not be a node, and has what there is. */
static void a_peek(void **state)
{
	(void)state;
	unlink(haresources);
	config = config_peek(dir, &problems);
	assert_non_null(config);
	assert_int_equal(problems.errors, 0);
	assert_int_equal(config->n_nodes, 2);
	/* both: neither is its own */
	assert_int_equal(config->n_links, 2);
	assert_int_equal(config->n_keys, 1);
	done();

	assert_int_equal(chmod(authkeys, 0644), 0);
	config = config_peek(dir, &problems);
	assert_non_null(config);
	assert_int_equal(problems.errors, 1);
	assert_int_equal(config->n_nodes, 2);
	assert_int_equal(config->n_keys, 0);
	done();

	unlink(hacf);
	assert_int_equal(chmod(authkeys, 0600), 0);
	config = config_peek(dir, &problems);
	assert_non_null(config);
	assert_int_equal(problems.errors, 1);
	assert_int_equal(config->n_nodes, 0);
	assert_int_equal(config->n_keys, 1);
	assert_int_equal(count_in_memory(), 1);
	done();
	assert_int_equal(count_in_memory(), 0);
}

/* ---- against the machine that they are for ---- */

/* What is said of a service address where that machine has these addresses. */
static void check_address(const char *text, const struct config_own *own, size_t n, const char *want)
{
	char line[128], *found;

	done();
	snprintf(line, sizeof(line), "cookbook %s\n", text);
	put(haresources, line, strlen(line), 0644);
	config = config_check(dir, "cookbook", own, n, &problems);
	found = strstr(listed(), "DIR/haresources:1: ");
	if (!want && found)
		fail_msg("%s", found);
	if (want && (!found || strncmp(found + strlen("DIR/haresources:1: "), want, strlen(want))))
		fail_msg("[%s] is not in\n%s", want, listed());
	assert_int_equal(!config, want && !strncmp(want, "error", 5));
}

static void own_addresses(void **state)
{
	struct config_own own[] = {
		{ addr("127.0.0.1"), "lo", false, false, false },
		{ addr("10.0.3.1"), "net0", false, false, false },
		{ addr("10.0.3.100"), "net0", false, true, false },
		{ addr("fe80::1"), "net0", false, false, false },
		{ addr("2001:db8::1"), "net0", false, false, false },
		{ addr("10.0.4.1"), "net1", false, false, false },
		{ addr("10.0.4.2"), "net1", false, false, false },
		{ addr("10.0.5.1"), "net2", true, false, false },
		{ addr("10.0.5.2"), "net2", false, false, true },
	};
	size_t n = ARRAY_SIZE(own);

	(void)state;
	check_address("10.0.9.1", own, n, NULL);
	/* an agent's, and what is not on the interface yet */
	check_address("10.0.3.100", own, n, NULL);
	check_address("10.0.3.100", NULL, 0, NULL);
	check_address("10.0.3.1", own, n, "error: [10.0.3.1] is this machine's own address, the first one of net0");
	check_address("IPv6addr::2001:db8::1", own, n, "error: [2001:db8::1] is this machine's own address, the only one");
	check_address("10.0.4.1", own, n, "error: [10.0.4.1] is this machine's own address, the first one of net1");
	check_address("10.0.4.2", own, n, "warning: [10.0.4.2] is on net1 here, and not by hbkm");
	/* as Heartbeat puts it */
	check_address("10.0.5.1", own, n, "warning: [10.0.5.1] is on net2 here, and not by hbkm");
	check_address("10.0.5.2", own, n, "warning: [10.0.5.2] is on net2 here, and not by hbkm");
	check_address("127.0.0.1", own, n, "warning: [127.0.0.1] is a loopback address");
	/* an agent has no such doubts, and other machines' are not known */
	config_free(config);
	config = config_load(dir, "cookbook", own, n, &problems);
	assert_non_null(config);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(wiped, setup, teardown),
		cmocka_unit_test_setup_teardown(the_recipe, setup, teardown),
		cmocka_unit_test_setup_teardown(habits, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_haresources, setup, teardown),
		cmocka_unit_test_setup_teardown(json, setup, teardown),
		cmocka_unit_test_setup_teardown(no_secret_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(permissions, setup, teardown),
		cmocka_unit_test_setup_teardown(missing, setup, teardown),
		cmocka_unit_test_setup_teardown(not_files, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_is_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(too_large, setup, teardown),
		cmocka_unit_test_setup_teardown(strange_names, setup, teardown),
		cmocka_unit_test_setup_teardown(every_problem, setup, teardown),
		cmocka_unit_test_setup_teardown(a_peek, setup, teardown),
		cmocka_unit_test_setup_teardown(own_addresses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
