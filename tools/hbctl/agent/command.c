// SPDX-License-Identifier: GPL-2.0
/* What is run for a resource. See command.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

/* OCF's exit status of monitor: runs, is not installed, does not run, or runs as what once was called master. */
#define OCF_SUCCESS		0
#define OCF_ERR_INSTALLED	5
#define OCF_NOT_RUNNING		7
#define OCF_RUNNING_MASTER	8

const char *command_word(const struct config_resource *r, enum resource_op op)
{
	switch (op) {
	case RESOURCE_START:
		return "start";
	case RESOURCE_STOP:
		return "stop";
	default:
		return r->kind == RESOURCE_OCF ? "monitor" :
		       r->kind == RESOURCE_UNIT ? "is-active" : "status";
	}
}

void command_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

static int add(char **words, size_t *n, const char *word)
{
	words[*n] = strdup(word);
	return words[*n] ? (*n)++, 0 : -1;
}

static int __attribute__((format(printf, 3, 4))) add_format(char **words, size_t *n,
							     const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vasprintf(&words[*n], fmt, ap);
	va_end(ap);
	if (ret < 0) {
		words[*n] = NULL;
		return -1;
	}
	(*n)++;
	return 0;
}

static bool is_set(char **env, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; *env; env++)
		if (!strncmp(*env, variable, len))
			return true;
	return false;
}

char **command_base_env(const struct config *c)
{
	char **env = calloc(16 + c->n_env, sizeof(*env));
	size_t n = 0;

	if (!env || add_format(env, &n, "HA_DIR=%s", c->dir) ||
	    add_format(env, &n, "HA_CF=%s/ha.cf", c->dir) ||
	    add_format(env, &n, "HA_FUNCS=%s/shellfuncs", c->dir) ||
	    add_format(env, &n, "HA_RCDIR=%s/rc.d", c->dir) ||
	    add_format(env, &n, "HA_RESOURCEDIR=%s/resource.d", c->dir) ||
	    add_format(env, &n, "HA_CURHOST=%s", c->self) ||
	    add_format(env, &n, "HA_LOGFILE=%s", c->logfile) ||
	    /* Scripts append to it, so that it must be there. */
	    add_format(env, &n, "HA_DEBUGLOG=%s", *c->debugfile ? c->debugfile : "/dev/null") ||
	    add_format(env, &n, "HA_DATEFMT=%%b %%d %%T ") ||
	    add_format(env, &n, "HA_BIN=/usr/lib/heartbeat") ||
	    add_format(env, &n, "OCF_ROOT=/usr/lib/ocf") ||
	    (c->debug && add_format(env, &n, "HA_debug=%d", c->debug))) {
		command_free(env);
		return NULL;
	}
	for (size_t i = 0; i < c->n_env; i++) {
		/* What is ours to say, ha.cf does not say otherwise. */
		if (is_set(env, c->env[i]))
			continue;
		if (add(env, &n, c->env[i])) {
			command_free(env);
			return NULL;
		}
	}
	return env;
}

/* As Heartbeat's wrappers name it, so that agents keep their state files apart. */
static int add_instance(char **env, size_t *n, const struct config_resource *r)
{
	const char *value = r->n_args ? strchr(r->args[0], '=') : NULL;

	if (add_format(env, n, "OCF_RESOURCE_INSTANCE=%s%s%s", r->name, value ? "_" : "",
		       value ? value + 1 : ""))
		return -1;
	/* It becomes part of a file's name. */
	for (char *c = strchr(env[*n - 1], '=') + 1; *c; c++)
		if (*c == '/')
			*c = '_';
	return 0;
}

static int add_agent_env(char **env, const struct config_resource *r)
{
	size_t n = 0;

	if (add(env, &n, "OCF_RA_VERSION_MAJOR=1") || add(env, &n, "OCF_RA_VERSION_MINOR=0") ||
	    add(env, &n, "OCF_RESOURCE_PROVIDER=heartbeat") ||
	    /* Asked like this, an agent does not complain of what is just not running. */
	    add(env, &n, "OCF_RESKEY_CRM_meta_interval=0") || add_instance(env, &n, r) ||
	    add_format(env, &n, "OCF_RESOURCE_TYPE=%s", r->name))
		return -1;
	for (size_t i = 0; i < r->n_args; i++)
		if (add_format(env, &n, "OCF_RESKEY_%s", r->args[i]))
			return -1;
	return 0;
}

static int add_words(char **argv, const struct config_resource *r, enum resource_op op)
{
	const char *word = command_word(r, op);
	size_t n = 0;

	if (r->kind == RESOURCE_UNIT)
		return add(argv, &n, "systemctl") || add(argv, &n, word) || add(argv, &n, r->path);
	if (add(argv, &n, r->path))
		return -1;
	for (size_t i = 0; r->kind == RESOURCE_SCRIPT && i < r->n_args; i++)
		if (add(argv, &n, r->args[i]))
			return -1;
	return add(argv, &n, word);
}

int command_build(const struct config_resource *r, enum resource_op op, char ***argv, char ***env)
{
	*argv = calloc(r->n_args + 4, sizeof(**argv));
	*env = calloc(r->n_args + 8, sizeof(**env));
	if (*argv && *env && !add_words(*argv, r, op) &&
	    (r->kind != RESOURCE_OCF || !add_agent_env(*env, r)))
		return 0;
	command_free(*argv);
	command_free(*env);
	*argv = *env = NULL;
	return -1;
}

bool command_answers(const struct config_resource *r, enum resource_op op)
{
	return op == RESOURCE_STATUS && r->kind != RESOURCE_OCF;
}

/* *[Rr]unning* */
static const char *find_running(const char *text)
{
	const char *unning = text;

	while ((unning = strstr(unning, "unning"))) {
		if (unning > text && tolower((unsigned char)unning[-1]) == 'r')
			return unning - 1;
		unning++;
	}
	return NULL;
}

/* *[Nn][Oo][Tt]\ *[Rr]unning* */
static bool says_not_running(const char *text)
{
	const char *not;

	for (not = text; (not = strcasestr(not, "not ")); not++)
		if (find_running(not + 4))
			return true;
	return false;
}

static bool says_running(const char *text)
{
	return !says_not_running(text) && (find_running(text) || strstr(text, "OK"));
}

static enum resource_result ocf_result(int code)
{
	switch (code) {
	case OCF_SUCCESS:
	case OCF_RUNNING_MASTER:
		return RESOURCE_DONE;
	case OCF_NOT_RUNNING:
	case OCF_ERR_INSTALLED:
		return RESOURCE_NOT_RUNNING;
	default:
		return RESOURCE_UNSURE;
	}
}

static enum resource_result unit_result(int code, const char *word)
{
	static const char *const rests[] = { "inactive", "failed", "unknown" };
	size_t len = strcspn(word, "\n");

	if (!code)
		return RESOURCE_DONE;
	for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++)
		if (len == strlen(rests[i]) && !strncmp(word, rests[i], len))
			return RESOURCE_NOT_RUNNING;
	/* On its way, up or down. */
	return len ? RESOURCE_UNSURE : RESOURCE_ERROR;
}

enum resource_result command_result(const struct config_resource *r, enum resource_op op, int code,
				    const char *output)
{
	if (code < 0)
		return RESOURCE_ERROR;
	if (op != RESOURCE_STATUS)
		return code ? RESOURCE_ERROR : RESOURCE_DONE;
	if (r->kind == RESOURCE_OCF)
		return ocf_result(code);
	if (r->kind == RESOURCE_UNIT)
		return unit_result(code, output);
	return says_running(output) ? RESOURCE_DONE : RESOURCE_NOT_RUNNING;
}
