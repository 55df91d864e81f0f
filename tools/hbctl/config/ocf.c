// SPDX-License-Identifier: GPL-2.0
/*
 * OCF agents (Debian's resource-agents) take their parameters by name.
 * haresources gives them by position to those agents for which Heartbeat came
 * with a script in resource.d that gave them their names; this is what it did.
 * Any agent may be given NAME=VALUE instead, and all others must be.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define PARAMETERS_MAX	4

static const struct wrapper {
	const char *agent;
	size_t min, max;			/* arguments */
	const char *parameters[PARAMETERS_MAX];
	const char *usage;
} wrappers[] = {
	{ "Delay",	0, 2, { "startdelay", "stopdelay" }, "SECONDS::SECONDS" },
	{ "Filesystem",	2, 4, { "device", "directory", "fstype", "options" },
	  "DEVICE::DIRECTORY::TYPE::OPTIONS" },
	{ "ICP",	2, 2, { "driveid", "device" }, "ID::DEVICE" },
	{ "IPsrcaddr",	1, 1, { "ipaddress" }, "ADDRESS" },
	{ "LVM",	1, 1, { "volgrpname" }, "VOLUMEGROUP" },
	{ "LinuxSCSI",	1, 1, { "scsi" }, "HOST:CHANNEL:TARGET:LUN" },
	{ "MailTo",	1, 2, { "email", "subject" }, "ADDRESS::SUBJECT" },
	{ "Raid1",	2, 2, { "raidconf", "raiddev" }, "FILE::DEVICE" },
	{ "SendArp",	1, 1, { "ip" }, "ADDRESS/DEVICE" },
	{ "ServeRAID",	2, 2, { "serveraid", "mergegroup" }, "NUMBER::NUMBER" },
	{ "WinPopup",	0, 1, { "hostfile" }, "FILE" },
	{ "Xinetd",	1, 1, { "service" }, "SERVICE" },
	{ "apache",	0, 1, { "configfile" }, "FILE" },
	{ "db2",	1, 1, { "instance" }, "OWNER" },
	{ "ids",	0, 3, { "informixdir", "informixserver", "onconfig" },
	  "DIRECTORY::SERVER::FILE" },
	{ "portblock",	3, 3, { "protocol", "portno", "action" },
	  "udp|tcp::PORTS::block|unblock" },
};

static const struct wrapper *wrapper_find(const char *agent)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (!strcmp(wrappers[i].agent, agent))
			return &wrappers[i];
	return NULL;
}

static bool is_named(const char *arg)
{
	size_t i;

	for (i = 0; isalnum((unsigned char)arg[i]) || arg[i] == '_'; i++)
		;
	return i && arg[i] == '=' && !isdigit((unsigned char)*arg);
}

/* And is there one at all? */
static bool all_named(const struct config_resource *r)
{
	size_t i;

	for (i = 0; i < r->n_args; i++)
		if (!is_named(r->args[i]))
			return false;
	return r->n_args;
}

/**
 * ocf_is_meant - may this resource be an OCF agent?
 * @r: the resource, which is no script
 *
 * Return: true if Heartbeat would have made one of it, or if all arguments, and
 * at least one, are NAME=VALUE.
 */
bool ocf_is_meant(const struct config_resource *r)
{
	return wrapper_find(r->name) || all_named(r);
}

/* Which of the agent's parameters does an argument name? Return: w->max: none. */
static size_t parameter_named(const struct wrapper *w, const char *arg)
{
	size_t len = strcspn(arg, "=");
	size_t j;

	for (j = 0; j < w->max; j++)
		if (arg[len] && len == strlen(w->parameters[j]) &&
		    !strncmp(arg, w->parameters[j], len))
			break;
	return j;
}

/*
 * Heartbeat would take NAME=VALUE for the value of what stands there; but nobody
 * means that who names a parameter of the agent. An e-mail address may have a =.
 */
static bool names_parameters(const struct config_resource *r, const struct wrapper *w)
{
	for (size_t i = 0; i < r->n_args; i++)
		if (parameter_named(w, r->args[i]) < w->max)
			return all_named(r);
	return false;
}

/* Those that it cannot do without are there, and none is twice. */
static int check_named(const struct place *at, const struct config_resource *r,
		       const struct wrapper *w)
{
	unsigned int times[PARAMETERS_MAX] = { 0 };
	size_t i, j;

	for (i = 0; i < r->n_args; i++) {
		j = parameter_named(w, r->args[i]);
		if (j < w->max && times[j]++) {
			place_error(at, "resource [%s]: %s is there twice", r->text,
				    w->parameters[j]);
			return -1;
		}
	}
	for (j = 0; j < w->min; j++) {
		if (!times[j]) {
			place_error(at, "resource [%s]: %s needs %s=, too", r->text, w->agent,
				    w->parameters[j]);
			return -1;
		}
	}
	return 0;
}

static int rename_arg(char **arg, const char *name, const char *value, size_t len)
{
	char *new;

	if (asprintf(&new, "%s=%.*s", name, (int)len, value) < 0)
		return -1;
	free(*arg);
	*arg = new;
	return 0;
}

/* ADDRESS/DEVICE is one argument, but two parameters. */
static int split_device(struct config_resource *r)
{
	const char *slash = strchr(r->args[0], '/');

	if (!slash)
		return 0;
	if (rename_arg(&r->args[1], "nic", slash + 1, strlen(slash + 1)))
		return -1;
	r->n_args = 2;
	return rename_arg(&r->args[0], "ip", r->args[0], slash - r->args[0]);
}

/**
 * ocf_name_args - give the arguments of an agent their names
 * @at: where, for messages
 * @r: one that ocf_is_meant(); its arguments become NAME=VALUE
 *
 * Return: 0, or -1 after an error.
 */
int ocf_name_args(const struct place *at, struct config_resource *r)
{
	const struct wrapper *w = wrapper_find(r->name);
	size_t i;

	if (!w)
		return 0;
	if (names_parameters(r, w))
		return check_named(at, r, w);
	if (r->n_args < w->min || r->n_args > w->max) {
		place_error(at, "resource [%s]: %zu arguments, but %s takes %zu to %zu: %s::%s",
			    r->text, r->n_args, w->agent, w->min, w->max, w->agent, w->usage);
		return -1;
	}
	if (!strcmp(w->agent, "SendArp") && strchr(r->args[0], '/')) {
		if (!split_device(r))
			return 0;
		place_error(at, "out of memory");
		return -1;
	}
	for (i = 0; i < r->n_args; i++) {
		if (parameter_named(w, r->args[i]) < w->max)
			place_warning(at, "resource [%s]: [%s] is taken for the value of %s, as by Heartbeat: names count where every argument has one",
				      r->text, r->args[i], w->parameters[i]);
		if (rename_arg(&r->args[i], w->parameters[i], r->args[i], strlen(r->args[i]))) {
			place_error(at, "out of memory");
			return -1;
		}
	}
	return 0;
}
