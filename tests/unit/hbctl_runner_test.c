// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/runner.c tools/hbctl/runtime.c */
/* Programs that end, fail, hang, print too much, or cannot be run at all. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/runner.h"

static struct runner_report ended;
static char output[8192];
static bool has_ended;

static void handle(const struct runner_report *r, void *data)
{
	(void)data;
	if (r->kind == RUNNER_ENDED) {
		ended = *r;
		has_ended = true;
	} else if (strlen(output) + strlen(r->text) + 2 < sizeof(output)) {
		sprintf(output + strlen(output), "%s\n", r->text);
	}
}

static void receive(void)
{
	struct pollfd p = { .fd = runner_fd(), .events = POLLIN };

	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(runner_receive(handle, NULL), 0);
}

static void run_words(char **argv, uint32_t timeout_ms, bool answers)
{
	static uint32_t n;
	char *env[] = { "WORD=said", NULL };
	struct runner_job job = {
		.job = ++n, .label = "test", .argv = argv, .env = { env, NULL },
		.timeout_ms = timeout_ms, .answers = answers,
	};

	*output = '\0';
	has_ended = false;
	assert_int_equal(runner_run(&job), 0);
	while (!has_ended)
		receive();
	assert_int_equal(ended.job, n);
}

static void run(const char *script, uint32_t timeout_ms, bool answers)
{
	char *argv[] = { "/bin/sh", "-c", (char *)script, NULL };

	run_words(argv, timeout_ms, answers);
}

static void ends(void **state)
{
	(void)state;
	run("echo one; echo two >&2; printf three; exit 7", 5000, false);
	assert_int_equal(ended.code, 7);
	assert_false(ended.timed_out);
	assert_string_equal(output, "test: one\ntest: two\ntest: three\n");
	run("kill -9 $$", 5000, false);
	assert_int_equal(ended.code, -9);
	/* The answer is what is on standard output. */
	run("echo is running; echo not >&2", 5000, true);
	assert_string_equal(ended.text, "is running\n");
	assert_string_equal(output, "");
}

/* What a program finds: nothing of ours but what it is told. */
static void surroundings(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	assert_true(fd > 2);
	setenv("LC_ALL", "C", 1);
	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	run("echo $WORD; ls /proc/self/fd | tr '\\n' ' '", 5000, true);
	/* ls has one more open to read the directory. */
	assert_string_equal(ended.text, "said\n0 1 2 3 ");
	run("read x; echo $? $(ps -o pgid= -p $$) $$", 5000, true);
	assert_memory_equal(ended.text, "1 ", 2);
	run("[ $(ps -o pgid= -p $$) = $$ ] && grep -q 'SigBlk:.0000000000000000' /proc/self/status",
	    5000, true);
	assert_int_equal(ended.code, 0);
	run("cat /proc/self/oom_score_adj", 5000, true);
	assert_string_equal(ended.text, "0\n");
	close(fd);
}

static void cannot_be_run(void **state)
{
	char *nothing[] = { "/nowhere/at/all", "start", NULL };
	char path[] = "/tmp/runner_test.XXXXXX", *plain[] = { path, "start", NULL };
	int fd = mkstemp(path);

	(void)state;
	run_words(nothing, 5000, false);
	assert_int_equal(ended.code, 127);
	assert_string_equal(ended.text, "/nowhere/at/all: No such file or directory");
	/* Without #! a shell runs it, as it would in Heartbeat. */
	assert_int_equal(write(fd, "echo $1\n", 8), 8);
	assert_int_equal(fchmod(fd, 0755), 0);
	close(fd);
	run_words(plain, 5000, false);
	assert_int_equal(ended.code, 0);
	assert_string_equal(output, "test: start\n");
	unlink(path);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void out_of_time(void **state)
{
	uint64_t before = now_ms();

	(void)state;
	run("sleep 31536.7 & sleep 31536.7", 200, false);
	assert_true(ended.timed_out);
	/* Asked to end, it did: that needed no SIGKILL. */
	assert_int_equal(ended.code, -15);
	assert_true(now_ms() - before >= 190);
	/* The whole group is gone. (Nobody else on this machine sleeps for so long.) */
	run("sleep 0.2; pgrep -f 'sleep [3]1536.7'", 5000, true);
	assert_int_equal(ended.code, 1);
	before = now_ms();
	run("trap '' TERM; while :; do sleep 0.1; done", 200, false);
	assert_true(ended.timed_out);
	assert_int_equal(ended.code, -9);
	assert_true(now_ms() - before >= 200 + RUNNER_GRACE_MS - 100);
}

/* A daemon keeps its standard output: its start has ended all the same, and it may go on printing. */
static void leaves_a_daemon(void **state)
{
	uint64_t before = now_ms();

	(void)state;
	run("(sleep 0.5; echo later) & echo started", 5000, false);
	assert_int_equal(ended.code, 0);
	assert_in_range(now_ms() - before, 0, 400);
	assert_string_equal(output, "test: started\n");
	receive();
	assert_string_equal(output, "test: started\ntest: later\n");
}

static void prints_too_much(void **state)
{
	size_t lines = 0;

	(void)state;
	run("yes | head -n 100000", 20000, true);
	assert_int_equal(ended.code, 0);
	assert_int_equal(strlen(ended.text), sizeof(ended.text) - 1);
	run("i=0; while [ $i -lt 1500 ]; do echo; i=$((i+1)); done; printf 'a\\0b\\n'", 20000, false);
	assert_string_equal(output, "test: a?b\n");
	run("seq 1200", 20000, false);
	for (char *c = output; (c = strchr(c, '\n')); c++)
		lines++;
	assert_true(lines > 100);
	assert_null(strstr(output, "test: 1001\n"));
}

/* Nobody looks at a clock, or turns in circles, while a program takes its time. */
static void waits_quietly(void **state)
{
	struct rusage before, after;
	long us;

	(void)state;
	getrusage(RUSAGE_CHILDREN, &before);
	run("exec 3</proc/$PPID/stat; read -r a b c d e f g h i j k l m u1 s1 rest <&3; sleep 1; "
	    "exec 3</proc/$PPID/stat; read -r a b c d e f g h i j k l m u2 s2 rest <&3; "
	    "echo $((u2 + s2 - u1 - s1))", 5000, true);
	getrusage(RUSAGE_CHILDREN, &after);
	/* In ticks of 10 ms, of one second. */
	us = atol(ended.text);
	assert_in_range(us, 0, 10);
}

static void start_staying(uint32_t id, const char *script, const char *user)
{
	char *argv[] = { "/bin/sh", "-c", (char *)script, NULL };
	struct runner_job job = {
		.job = id, .label = "stays", .argv = argv, .user = user, .stays = true,
	};

	*output = '\0';
	has_ended = false;
	assert_int_equal(runner_run(&job), 0);
}

static void receive_end(uint32_t id)
{
	while (!has_ended)
		receive();
	assert_int_equal(ended.job, id);
}

/* What stays has no time-out, is somebody else's, and goes when it is told to. */
static void stays(void **state)
{
	uint64_t before;

	(void)state;
	start_staying(1000, "echo here; read x; exec sleep 300", NULL);
	while (!*output)
		receive();
	assert_string_equal(output, "stays: here\n");
	before = now_ms();
	assert_int_equal(runner_end(1000), 0);
	receive_end(1000);
	assert_int_equal(ended.code, -15);
	assert_in_range(now_ms() - before, 0, 2000);
	/* Again, or what is not there: nothing comes of it. */
	assert_int_equal(runner_end(1000), 0);
	assert_int_equal(runner_end(4711), 0);

	start_staying(1001, "trap '' TERM; echo; echo here; while :; do sleep 0.1; done", "root");
	while (!*output)
		receive();
	before = now_ms();
	assert_int_equal(runner_end(1001), 0);
	receive_end(1001);
	assert_int_equal(ended.code, -9);
	assert_in_range(now_ms() - before, RUNNER_GRACE_MS - 100, RUNNER_GRACE_MS + 4000);

	/* One of its children that does not want to end does so all the same. */
	start_staying(1005, "(trap '' TERM; echo here; while :; do sleep 0.1; done # test-child\n) & wait",
		      NULL);
	while (!*output)
		receive();
	assert_int_equal(runner_end(1005), 0);
	receive_end(1005);
	assert_int_equal(system("sleep 0.2; pgrep -f '[#] test-child' >/dev/null"), 256);
}

static void another_user(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	start_staying(1002, "id -un; id -G; ls /proc/self/fd | tr '\\n' ' '; "
		      "[ $(ps -o pgid= -p $$) = $$ ] && "
		      "grep -q 'SigBlk:.0000000000000000' /proc/self/status && exit 7", "nobody");
	receive_end(1002);
	assert_int_equal(ended.code, 7);
	assert_string_equal(output, "stays: nobody\nstays: 65534\nstays: 0 1 2 3 \n");
	start_staying(1003, "true", "nosuchuser");
	receive_end(1003);
	assert_int_equal(ended.code, 127);
	assert_string_equal(output, "stays: there is no user nosuchuser\n");
}

/* When the agent dies, what stays goes, even if it does not want to. */
static void ends_with_the_agent(void **state)
{
	uint64_t before;
	int status;

	(void)state;
	start_staying(1004, "trap '' TERM; echo here; while :; do sleep 0.1; done # test-stubborn",
		      "root");
	while (!*output)
		receive();
	before = now_ms();
	runner_stop();
	while (!(status = system("pgrep -f '[#] test-stubborn' >/dev/null")) &&
	       now_ms() - before < RUNNER_GRACE_MS + 4000)
		usleep(100000);
	assert_int_equal(status, 256);
	assert_int_equal(runner_start(), 0);
}

static bool comes_to_be(const char *path)
{
	for (int i = 0; i < 100 && access(path, F_OK); i++)
		usleep(50000);
	return !unlink(path);
}

/* What would end them is not their own doing: that the agent dies, or that very many others were started. */
static void servers_outlive_it(void **state)
{
	static const char server[] = "(sleep 0.6; echo a; echo b; >%s) &";
	char path[] = "/tmp/runner_test.XXXXXX", script[128];
	uint64_t before;

	(void)state;
	close(mkstemp(path));
	unlink(path);
	snprintf(script, sizeof(script), server, path);
	run(script, 5000, false);
	runner_stop();
	assert_int_equal(runner_start(), 0);
	before = now_ms();
	run("true", 5000, false);
	/* The next runner does not wait for what only reads. */
	assert_in_range(now_ms() - before, 0, 500);
	assert_true(comes_to_be(path));

	snprintf(script, sizeof(script), server, path);
	memcpy(strstr(script, "0.6"), "2.5", 3);
	run(script, 5000, false);
	for (int i = 0; i < 128; i++)
		run("sleep 3 &", 5000, false);
	assert_true(comes_to_be(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(surroundings),
		cmocka_unit_test(cannot_be_run),
		cmocka_unit_test(out_of_time),
		cmocka_unit_test(leaves_a_daemon),
		cmocka_unit_test(prints_too_much),
		cmocka_unit_test(waits_quietly),
		cmocka_unit_test(stays),
		cmocka_unit_test(another_user),
		cmocka_unit_test(ends_with_the_agent),
		cmocka_unit_test(servers_outlive_it),
	};
	int ret;

	if (runner_start())
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	runner_stop();
	return ret;
}
