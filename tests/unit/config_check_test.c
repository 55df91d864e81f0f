// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/check.c tools/hbctl/options.c tools/hbctl/own.c tools/hbctl/agent/vip.c tools/hbctl/agent/notice.c tools/hbctl/config/config.c tools/hbctl/config/here.c tools/hbctl/config/hacf.c tools/hbctl/config/hacf_check.c tools/hbctl/config/media.c tools/hbctl/config/ping.c tools/hbctl/config/client.c tools/hbctl/config/env.c tools/hbctl/config/facility.c tools/hbctl/config/haresources.c tools/hbctl/config/resource.c tools/hbctl/config/ocf.c tools/hbctl/config/script.c tools/hbctl/config/address.c tools/hbctl/config/authkeys.c tools/hbctl/config/value.c tools/hbctl/config/problems.c tools/hbctl/config/suggest.c tools/hbctl/config/lines.c tools/hbctl/config/dump.c tools/hbctl/config/json.c tools/hbctl/names.c kmod/frame.c tools/hbctl/config/ip.c */
/* libs: json-c libnl-3.0 libnl-route-3.0 */
/*
 * The verb check: its options, exit codes, and what goes where.
 */
#include <json.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* before cmocka.h, which has a macro fail() */
#include "hbctl.h"

#include "config_test.h"

/* What main.c has for every verb. */
struct hbctl_options opts;

static int report(int code, const char *fmt, va_list ap)
{
	fputs("hbctl: check: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	return code;
}

int usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(HBCTL_USAGE, fmt, ap);
	va_end(ap);
	return HBCTL_USAGE;
}

int (fail)(enum hbctl_exit code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(code, fmt, ap);
	va_end(ap);
	return code;
}

bool wants_help(int argc, char **argv)
{
	return argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
			    !strcmp(argv[1], "help"));
}

static char dir[64];
static char out[16384], err[16384];

static void slurp(FILE *f, char *text, size_t size)
{
	size_t len;

	rewind(f);
	len = fread(text, 1, size - 1, f);
	text[len] = '\0';
	fclose(f);
}

/* In a child, as a command is run: exit code, and what it said in @out and @err. */
static int run(char **argv, int argc)
{
	FILE *out_file = tmpfile(), *err_file = tmpfile();
	int status;
	pid_t pid;

	assert_non_null(out_file);
	assert_non_null(err_file);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fileno(out_file), STDOUT_FILENO);
		dup2(fileno(err_file), STDERR_FILENO);
		/* as main leaves it behind its own options */
		optind = 3;
		status = cmd_check(argc, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	slurp(out_file, out, sizeof(out));
	slurp(err_file, err, sizeof(err));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define RUN(...) ({								\
	char *argv_[] = { (char *)"check", ##__VA_ARGS__, NULL };		\
	run(argv_, sizeof(argv_) / sizeof(*argv_) - 1);				\
})

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0600), 0);
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/hbkm-check-XXXXXX");
	assert_non_null(mkdtemp(dir));
	put("ha.cf", "node alpha beta\nucast eth0 10.99.0.1\nucast eth0 10.99.0.2\n"
	    "auto_failback on\nuse_logd on\n");
	put("haresources", "alpha 10.99.0.100/24/eth0\n");
	put("authkeys", "auth 1\n1 sha256 a-good-secret\n");
	opts.verb = "check";
	return 0;
}

static int teardown(void **state)
{
	static const char * const names[] = { "ha.cf", "haresources", "authkeys" };
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	opts = (struct hbctl_options){ 0 };
	return 0;
}

static void good(void **state)
{
	(void)state;
	assert_int_equal(RUN("-d", dir, "--self", "alpha"), 0);
	assert_string_equal(err, "");
	assert_memory_equal(out, "cluster linux-ha (default)\nnode alpha (this one)\n", 49);
	assert_non_null(strstr(out, "link ucast eth0 10.99.0.2 port 694 path 0\n"));
	assert_int_equal(RUN("--self=beta", "--dir", dir), 0);
	assert_non_null(strstr(out, "node beta (this one)\n"));
}

static void bad(void **state)
{
	char want[512];

	(void)state;
	put("ha.cf", "node alpha beta\nucast eth0 10.99.0.2\nkeepalive 10s\nserial /dev/ttyS0\n"
	    "auto_failback on\nuse_logd on\nbaud 9600\n");
	put("haresources", "alpha httpd\n");
	assert_int_equal(RUN("-d", dir, "--self", "alpha"), 3);
	assert_string_equal(out, "");
	snprintf(want, sizeof(want), "%s/ha.cf:3: error: keepalive [10s] is not a time", dir);
	assert_memory_equal(err, want, strlen(want));
	snprintf(want, sizeof(want), "\n%s/ha.cf:4: warning: serial: not supported", dir);
	assert_non_null(strstr(err, want));
	snprintf(want, sizeof(want), "\n%s/ha.cf:7: note: baud: accepted, no effect", dir);
	assert_non_null(strstr(err, want));
	snprintf(want, sizeof(want), "\n%s/haresources:1: error: Cannot locate resource script [httpd]: it is neither in %s/resource.d nor", dir, dir);
	assert_non_null(strstr(err, want));
	/* warnings alone are no error */
	put("ha.cf", "node alpha beta\nucast eth0 10.99.0.2\nserial /dev/ttyS0\n"
	    "auto_failback on\nuse_logd on\n");
	put("haresources", "");
	assert_int_equal(RUN("-d", dir, "--self", "alpha"), 0);
	assert_non_null(strstr(err, "/ha.cf:3: warning: serial"));
	assert_non_null(strstr(out, "link ucast"));
}

static void json(void **state)
{
	struct json_object *o, *problems;

	(void)state;
	opts.json = true;
	assert_int_equal(RUN("-d", dir, "--self", "alpha"), 0);
	assert_string_equal(err, "");
	o = json_tokener_parse(out);
	assert_non_null(o);
	assert_true(json_object_get_boolean(json_object_object_get(o, "valid")));
	assert_int_equal(json_object_array_length(json_object_object_get(o, "problems")), 0);
	assert_string_equal(json_object_get_string(json_object_object_get(
			json_object_object_get(o, "config"), "self")), "alpha");
	json_object_put(o);

	put("ha.cf", "node alpha beta\nucast eth0 10.99.0.2\nfr\"ob\x1b\xff\nauto_failback on\nuse_logd on\n");
	opts.pretty = true;
	assert_int_equal(RUN("-d", dir, "--self", "alpha"), 3);
	assert_string_equal(err, "");
	assert_non_null(strstr(out, "\n  \"valid\": false,\n"));
	o = json_tokener_parse(out);
	assert_non_null(o);
	assert_null(json_object_object_get(o, "config"));
	problems = json_object_object_get(o, "problems");
	assert_int_equal(json_object_array_length(problems), 1);
	assert_int_equal(json_object_get_int(json_object_object_get(
			json_object_array_get_idx(problems, 0), "line")), 3);
	assert_memory_equal(json_object_get_string(json_object_object_get(
			json_object_array_get_idx(problems, 0), "text")),
			"Illegal directive [fr\"ob??]", 26);
	json_object_put(o);
}

/* Without --self it is this machine, whose own addresses are left out. */
static void this_machine(void **state)
{
	struct utsname uts;
	char text[512];

	(void)state;
	assert_int_equal(uname(&uts), 0);
	snprintf(text, sizeof(text), "node %s beta\nucast lo 127.0.0.1\nucast lo 10.99.0.2\n"
		 "auto_failback on\nuse_logd on\n", uts.nodename);
	put("ha.cf", text);
	put("haresources", "beta 10.99.0.100\n");
	assert_int_equal(RUN("-d", dir), 0);
	assert_non_null(strstr(out, "(this one)\n"));
	/* a bare network namespace has its loopback down */
	if (!strstr(out, "127.0.0.1 port 694 path 0 (own address, not used)\n"))
		assert_int_equal(system("ip -4 addr show dev lo 2>/dev/null | grep -q 127.0.0.1"), 256);
	assert_int_equal(RUN("-d", dir, "--self", uts.nodename), 0);
	assert_int_equal(RUN("-d", dir, "--self", "beta"), 0);
	assert_null(strstr(out, "own address"));
}

static void usage(void **state)
{
	(void)state;
	assert_int_equal(RUN("--help"), 0);
	assert_non_null(strstr(out, "Usage: hbctl [-j [-p]] check [-d DIR] [--self NAME]\n"));
	assert_int_equal(RUN("-d", dir, "-h"), 0);
	assert_non_null(strstr(out, "Usage: "));
	assert_int_equal(RUN("--frob"), 1);
	assert_string_equal(err, "hbctl: check: unknown option --frob (see hbctl check --help)\n");
	assert_string_equal(out, "");
	assert_int_equal(RUN("-d"), 1);
	assert_string_equal(err, "hbctl: check: option -d needs a value (see hbctl check --help)\n");
	assert_int_equal(RUN("--self"), 1);
	assert_int_equal(RUN("-d", dir, "extra"), 1);
	assert_string_equal(err, "hbctl: check: unexpected \"extra\" (see hbctl check --help)\n");
	assert_int_equal(RUN("-d", "/nonexistent", "--self", "alpha"), 3);
	assert_non_null(strstr(err, "/nonexistent/ha.cf: error: Cannot open config file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good, setup, teardown),
		cmocka_unit_test_setup_teardown(bad, setup, teardown),
		cmocka_unit_test_setup_teardown(json, setup, teardown),
		cmocka_unit_test_setup_teardown(this_machine, setup, teardown),
		cmocka_unit_test_setup_teardown(usage, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
