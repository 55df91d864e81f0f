// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/agent/command.c */
/* What is run for a resource, and what counts as running. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/command.h"

static char *args[] = { "/dev/drbd0", "/data", NULL };
static char *named[] = { "device=/dev/drbd0", "directory=/data", NULL };
static struct config_resource script = {
	.kind = RESOURCE_SCRIPT, .text = "fs::/dev/drbd0::/data", .name = "fs", .args = args,
	.n_args = 2, .path = "/etc/ha.d/resource.d/fs",
};
static struct config_resource agent = {
	.kind = RESOURCE_OCF, .text = "Filesystem::/dev/drbd0::/data", .name = "Filesystem",
	.args = named, .n_args = 2, .path = "/usr/lib/ocf/resource.d/heartbeat/Filesystem",
};
static struct config_resource unit = {
	.kind = RESOURCE_UNIT, .text = "nginx", .name = "nginx", .path = "nginx.service",
};

static void join(char **words, char *out)
{
	*out = '\0';
	for (size_t i = 0; words[i]; i++)
		sprintf(out + strlen(out), "%s%s", i ? " " : "", words[i]);
}

static void runs(const struct config_resource *r, enum resource_op op, const char *command,
		 const char *environment)
{
	char **argv, **env, all[1024];

	assert_int_equal(command_build(r, op, &argv, &env), 0);
	join(argv, all);
	assert_string_equal(all, command);
	join(env, all);
	assert_string_equal(all, environment);
	command_free(argv);
	command_free(env);
}

static void commands(void **state)
{
	static const char ocf[] =
		"OCF_RA_VERSION_MAJOR=1 OCF_RA_VERSION_MINOR=0 OCF_RESOURCE_PROVIDER=heartbeat "
		"OCF_RESKEY_CRM_meta_interval=0 OCF_RESOURCE_INSTANCE=Filesystem__dev_drbd0 "
		"OCF_RESOURCE_TYPE=Filesystem OCF_RESKEY_device=/dev/drbd0 "
		"OCF_RESKEY_directory=/data";

	(void)state;
	runs(&script, RESOURCE_START, "/etc/ha.d/resource.d/fs /dev/drbd0 /data start", "");
	runs(&script, RESOURCE_STOP, "/etc/ha.d/resource.d/fs /dev/drbd0 /data stop", "");
	runs(&script, RESOURCE_STATUS, "/etc/ha.d/resource.d/fs /dev/drbd0 /data status", "");
	runs(&agent, RESOURCE_START, "/usr/lib/ocf/resource.d/heartbeat/Filesystem start", ocf);
	runs(&agent, RESOURCE_STATUS, "/usr/lib/ocf/resource.d/heartbeat/Filesystem monitor", ocf);
	runs(&unit, RESOURCE_STOP, "systemctl stop nginx.service", "");
	runs(&unit, RESOURCE_STATUS, "systemctl is-active nginx.service", "");
}

static void says(const char *output, enum resource_result result)
{
	/* Whatever the exit status is. */
	assert_int_equal(command_result(&script, RESOURCE_STATUS, 0, output), result);
	assert_int_equal(command_result(&script, RESOURCE_STATUS, 3, output), result);
}

/* The patterns of Heartbeat's ResourceManager. */
static void what_a_script_says(void **state)
{
	(void)state;
	says("running\n", RESOURCE_DONE);
	says("mysqld (pid 17) is running...\n", RESOURCE_DONE);
	says("Running\n", RESOURCE_DONE);
	says("INFO: Running OK\n", RESOURCE_DONE);
	says("OK", RESOURCE_DONE);
	says("   Active: active (running) since Mon\n", RESOURCE_DONE);
	says("", RESOURCE_NOT_RUNNING);
	says("stopped\n", RESOURCE_NOT_RUNNING);
	says("not running\n", RESOURCE_NOT_RUNNING);
	says("apache2 is Not Running.\n", RESOURCE_NOT_RUNNING);
	says("NOT currently\nrunning", RESOURCE_NOT_RUNNING);
	says("not OK", RESOURCE_DONE);
	says("ok, RUNNING", RESOURCE_NOT_RUNNING);
	says("unning", RESOURCE_NOT_RUNNING);
	says("running, but not well", RESOURCE_DONE);
	says("unning unning running", RESOURCE_DONE);
	says("knotty, running", RESOURCE_DONE);
}

static void unit_says(int code, const char *word, enum resource_result result)
{
	assert_int_equal(command_result(&unit, RESOURCE_STATUS, code, word), result);
}

static void what_an_exit_status_says(void **state)
{
	(void)state;
	assert_int_equal(command_result(&script, RESOURCE_START, 0, ""), RESOURCE_DONE);
	assert_int_equal(command_result(&script, RESOURCE_START, 1, "OK"), RESOURCE_ERROR);
	assert_int_equal(command_result(&script, RESOURCE_STOP, 5, ""), RESOURCE_ERROR);
	assert_int_equal(command_result(&agent, RESOURCE_STATUS, 0, ""), RESOURCE_DONE);
	assert_int_equal(command_result(&agent, RESOURCE_STATUS, 7, ""), RESOURCE_NOT_RUNNING);
	assert_int_equal(command_result(&agent, RESOURCE_STATUS, 8, ""), RESOURCE_DONE);
	assert_int_equal(command_result(&agent, RESOURCE_STATUS, 5, ""), RESOURCE_NOT_RUNNING);
	assert_int_equal(command_result(&agent, RESOURCE_STATUS, 1, ""), RESOURCE_UNSURE);
	unit_says(0, "active\n", RESOURCE_DONE);
	unit_says(0, "reloading\n", RESOURCE_DONE);
	unit_says(3, "inactive\n", RESOURCE_NOT_RUNNING);
	unit_says(3, "failed\n", RESOURCE_NOT_RUNNING);
	unit_says(4, "unknown\n", RESOURCE_NOT_RUNNING);
	unit_says(3, "activating\n", RESOURCE_UNSURE);
	unit_says(3, "deactivating\n", RESOURCE_UNSURE);
	/* Nobody answers: systemctl complains, on standard error. */
	unit_says(1, "", RESOURCE_ERROR);
	/* Killed, or out of time. */
	assert_int_equal(command_result(&script, RESOURCE_STATUS, -1, "running"), RESOURCE_ERROR);
	assert_int_equal(command_result(&unit, RESOURCE_START, -1, ""), RESOURCE_ERROR);
	assert_true(command_answers(&script, RESOURCE_STATUS));
	assert_true(command_answers(&unit, RESOURCE_STATUS));
	assert_false(command_answers(&script, RESOURCE_START));
	assert_false(command_answers(&agent, RESOURCE_STATUS));
}

static void environment(void **state)
{
	static struct config c = { .dir = "/etc/ha.d", .self = "alice" };
	char **env = command_base_env(&c), all[1024];

	(void)state;
	assert_non_null(env);
	join(env, all);
	assert_string_equal(all, "HA_DIR=/etc/ha.d HA_CF=/etc/ha.d/ha.cf "
			    "HA_FUNCS=/etc/ha.d/shellfuncs HA_RCDIR=/etc/ha.d/rc.d "
			    "HA_RESOURCEDIR=/etc/ha.d/resource.d HA_CURHOST=alice HA_LOGFILE= "
			    "HA_DEBUGLOG=/dev/null HA_DATEFMT=%b %d %T  HA_BIN=/usr/lib/heartbeat "
			    "OCF_ROOT=/usr/lib/ocf");
	command_free(env);

	c.debug = 3;
	strcpy(c.env[0], "HA_NAME=a value");
	/* not for ha.cf to say */
	strcpy(c.env[1], "HA_CURHOST=bob");
	c.n_env = 2;
	env = command_base_env(&c);
	assert_non_null(env);
	join(env, all);
	assert_non_null(strstr(all, " OCF_ROOT=/usr/lib/ocf HA_debug=3 HA_NAME=a value"));
	assert_null(strstr(all, "bob"));
	command_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(environment),
		cmocka_unit_test(what_a_script_says),
		cmocka_unit_test(what_an_exit_status_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
