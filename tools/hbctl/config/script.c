// SPDX-License-Identifier: GPL-2.0
/*
 * Where the programs of resources are. Heartbeat looks into resource.d, then
 * init.d, for a file that can be executed; what it does not find there may be an
 * OCF agent, or a unit of systemd's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define INIT_DIR	"/etc/init.d"
#define OCF_DIR		"/usr/lib/ocf/resource.d/heartbeat"

/* systemd's, in its order; /lib is /usr/lib where the two are merged. */
static const char *const unit_dirs[] = {
	"/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
};

/* What can be started and stopped as a service can. */
static const char *const unit_suffixes[] = { ".service", ".mount", ".socket", ".target" };

struct finder {
	struct place at;
	const char *dir;		/* /etc/ha.d */
	char unusable[4400];		/* a file that is there, but cannot be executed */
};

static bool is_program(struct finder *f, const char *path)
{
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	if (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))
		return true;
	snprintf(f->unusable, sizeof(f->unusable), "%s", path);
	return false;
}

/* Return: 1 if it is there, 0 if not, -1 without memory. */
static int try_program(struct finder *f, struct config_resource *r, const char *dir,
		       const char *below)
{
	char *path;

	if (asprintf(&path, "%s%s/%s", dir, below, r->name) < 0)
		return -1;
	if (!is_program(f, path)) {
		free(path);
		return 0;
	}
	r->path = path;
	return 1;
}

/* The file of name@instance.service is name@.service. */
static bool unit_exists(const char *unit)
{
	const char *instance = strchr(unit, '@'), *suffix = strrchr(unit, '.');
	char path[512];
	size_t i;

	/* The template itself is no unit. */
	if (instance && suffix == instance + 1)
		return false;

	for (i = 0; i < ARRAY_SIZE(unit_dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", unit_dirs[i], unit);
		if (!access(path, F_OK))
			return true;
		if (!instance || suffix <= instance + 1)
			continue;
		snprintf(path, sizeof(path), "%s/%.*s%s", unit_dirs[i],
			 (int)(instance + 1 - unit), unit, suffix);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

static bool has_suffix(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < ARRAY_SIZE(unit_suffixes); i++)
		if (!strcmp(dot, unit_suffixes[i]))
			return true;
	return false;
}

static int try_unit(struct config_resource *r)
{
	char *unit;

	/* An option would not be a unit, and a path none of the above directories. */
	if (r->n_args || *r->name == '-' || strchr(r->name, '/'))
		return 0;
	if (asprintf(&unit, "%s%s", r->name, has_suffix(r->name) ? "" : ".service") < 0)
		return -1;
	if (!unit_exists(unit)) {
		free(unit);
		return 0;
	}
	r->kind = RESOURCE_UNIT;
	r->path = unit;
	return 1;
}

static int try_ocf(struct finder *f, struct config_resource *r)
{
	int ret;

	if (!ocf_is_meant(r))
		return 0;
	ret = try_program(f, r, OCF_DIR, "");
	if (ret > 0) {
		r->kind = RESOURCE_OCF;
		ocf_name_args(&f->at, r);
	}
	return ret;
}

static const char *address_kind(size_t i, const void *arg)
{
	static const char *const kinds[] = { "IPaddr", "IPaddr2", "IPv6addr" };

	(void)arg;
	return i < ARRAY_SIZE(kinds) ? kinds[i] : NULL;
}

static void not_found(struct finder *f, const struct config_resource *r)
{
	char name[64];
	const char *meant;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(r->name, ":"), r->name);
	meant = suggest(name, address_kind, NULL);
	if (*f->unusable)
		place_error(&f->at, "Cannot locate resource script [%s]: %s is no program: run chmod 755 %s",
			    r->name, f->unusable, f->unusable);
	else if (address_is_ipv6(r->text))
		place_error(&f->at, "resource [%s]: write IPv6addr::%s", r->text, r->text);
	else if (strchr(r->text, ':') && meant)
		place_error(&f->at, "resource [%s]: write %s::, with just these letters and two colons",
			    r->text, meant);
	else
		place_error(&f->at, "Cannot locate resource script [%s]: it is neither in %s/resource.d nor in " INIT_DIR ", no OCF agent in " OCF_DIR "%s, and no unit of systemd's%s%s",
			    r->name, f->dir,
			    ocf_is_meant(r) ? " (package resource-agents)" :
			    " whose parameters are given as NAME=VALUE",
			    r->n_args ? ", which have no arguments" : "",
			    strpbrk(r->name, ",\"'") ?
			    ". Resources have blanks between them, no commas or quotes" : "");
}

static void script_find(struct finder *f, struct config_resource *r)
{
	int found;

	*f->unusable = '\0';
	found = try_program(f, r, f->dir, "/resource.d");
	if (!found)
		found = try_program(f, r, INIT_DIR, "");
	if (!found)
		found = try_ocf(f, r);
	if (!found)
		found = try_unit(r);
	if (found < 0)
		place_error(&f->at, "out of memory");
	else if (!found)
		not_found(f, r);
}

void scripts_find(struct config *c, const char *file, struct problems *p)
{
	struct finder f = { .at = { .file = file, .problems = p }, .dir = c->dir };
	size_t i, j;

	for (i = 0; i < c->n_groups; i++) {
		for (j = 0; j < c->groups[i].n_resources; j++) {
			struct config_resource *r = &c->groups[i].resources[j];

			f.at.line = r->line;
			if (r->kind == RESOURCE_SCRIPT && !r->path)
				script_find(&f, r);
		}
	}
}
