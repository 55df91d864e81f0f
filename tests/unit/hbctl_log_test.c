// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/log.c */
/* Where messages come to be: through log files that are moved away, or cannot be had, and after the writer's death. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/log.h"
#include "config.h"

static char dir[] = "/tmp/log_test.XXXXXX";
static char said[64];			/* what is on standard error */
static struct config c = { .logfacility = -1 };

static const char *in_dir(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static bool has(const char *path, const char *text)
{
	char content[8192];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, content, sizeof(content) - 1);

	close(fd);
	content[n > 0 ? n : 0] = '\0';
	return strstr(content, text);
}

/* The writer takes its time. */
static void comes(const char *path, const char *text)
{
	for (int i = 0; i < 200 && !has(path, text); i++)
		usleep(10000);
	assert_true(has(path, text));
}

static void begins_a_new_file(void **state)
{
	char old[64];

	(void)state;
	snprintf(old, sizeof(old), "%s", in_dir("log.1"));
	log_write(LOG_INFO, "first");
	comes(in_dir("log"), "info: first\n");
	assert_int_equal(rename(in_dir("log"), old), 0);
	log_write(LOG_INFO, "second");
	comes(in_dir("log"), "info: second\n");
	assert_false(has(old, "second"));
}

/* The only child that we have. */
static pid_t writer(void)
{
	FILE *f = fopen("/proc/thread-self/children", "r");
	int pid = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	return pid;
}

static void outlives_its_writer(void **state)
{
	pid_t dead = writer();

	(void)state;
	sleep(2);
	kill(dead, SIGKILL);
	assert_int_equal(waitpid(dead, NULL, 0), dead);
	log_write(LOG_INFO, "to another");
	comes(in_dir("log"), "to another\n");
	/* Not one after the other. */
	dead = writer();
	kill(dead, SIGKILL);
	assert_int_equal(waitpid(dead, NULL, 0), dead);
	log_write(LOG_INFO, "to nobody");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	sleep(2);
	log_write(LOG_INFO, "to a third");
	comes(in_dir("log"), "1 log messages lost");
	comes(in_dir("log"), "to a third\n");
}

static void says_that_it_cannot_be_had(void **state)
{
	(void)state;
	snprintf(c.logfile, sizeof(c.logfile), "%s/no/log", dir);
	log_configure(&c);
	log_write(LOG_INFO, "one");
	log_write(LOG_INFO, "two");
	comes(said, "info: two\n");
	assert_true(has(said, "ERROR: Cannot open "));
	assert_true(has(said, "/no/log: No such file or directory: logging to the journal, or to syslog\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_a_new_file),
		cmocka_unit_test(outlives_its_writer),
		cmocka_unit_test(says_that_it_cannot_be_had),
	};
	int keep = dup(STDERR_FILENO), to, ret;

	if (!mkdtemp(dir))
		return 1;
	snprintf(said, sizeof(said), "%s", in_dir("said"));
	snprintf(c.logfile, sizeof(c.logfile), "%s", in_dir("log"));
	to = open(said, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (to < 0 || dup2(to, STDERR_FILENO) < 0 || log_start())
		return 1;
	log_configure(&c);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	log_stop();
	dup2(keep, STDERR_FILENO);
	unlink(in_dir("log"));
	unlink(in_dir("log.1"));
	unlink(said);
	rmdir(dir);
	return ret;
}
