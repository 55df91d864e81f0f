// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration and its problems, for programs: snake_case keys, and every
 * time has its unit at the end of its name.
 */
#include <arpa/inet.h>
#include <json.h>
#include <string.h>

#include "../names.h"
#include "internal.h"
#include "show.h"

/* Adds, or frees @value and remembers that something is missing. */
static void add(struct json_object *o, bool *ok, const char *key, struct json_object *value)
{
	if (!o || !value || json_object_object_add(o, key, value)) {
		json_object_put(value);
		*ok = false;
	}
}

static void append(struct json_object *array, bool *ok, struct json_object *value)
{
	if (!array || !value || json_object_array_add(array, value)) {
		json_object_put(value);
		*ok = false;
	}
}

static void add_string(struct json_object *o, bool *ok, const char *key, const char *value)
{
	add(o, ok, key, json_object_new_string(value));
}

static void add_number(struct json_object *o, bool *ok, const char *key, int64_t value)
{
	add(o, ok, key, json_object_new_int64(value));
}

static void add_bool(struct json_object *o, bool *ok, const char *key, bool value)
{
	add(o, ok, key, json_object_new_boolean(value));
}

static void add_null(struct json_object *o, bool *ok, const char *key)
{
	if (!o || json_object_object_add(o, key, NULL))
		*ok = false;
}

/* An empty string stands for none. */
static void add_text(struct json_object *o, bool *ok, const char *key, const char *value)
{
	if (value && value[0])
		add_string(o, ok, key, value);
	else
		add_null(o, ok, key);
}

static void add_addr(struct json_object *o, bool *ok, const char *key, const struct in6_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	add_string(o, ok, key, ip_text(addr, text));
}

struct json_object *problems_json(const struct problems *p)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct problem *problem;
	bool ok = true;
	size_t i;

	for (i = 0; i < p->n; i++) {
		problem = &p->v[i];
		o = json_object_new_object();
		add_string(o, &ok, "level", problem_level_name(problem->level));
		add_string(o, &ok, "file", problem->file);
		if (problem->line)
			add_number(o, &ok, "line", problem->line);
		else
			add_null(o, &ok, "line");
		add_string(o, &ok, "text", problem->text);
		append(array, &ok, o);
	}
	if (ok)
		return array;
	json_object_put(array);
	return NULL;
}

static struct json_object *link_json(const struct config_link *link, bool *ok)
{
	struct json_object *o = json_object_new_object();

	add_string(o, ok, "kind", link_kind_name(link->kind));
	add_string(o, ok, "device", link->ifname);
	if (link->kind != HBKM_LINK_BCAST)
		add_addr(o, ok, "address", &link->addr);
	add_number(o, ok, "port", link->port);
	add_number(o, ok, "path", link->path);
	if (link->kind == HBKM_LINK_MCAST) {
		add_number(o, ok, "ttl", link->ttl);
		add_bool(o, ok, "loop", link->loop);
	}
	return o;
}

static struct json_object *links_json(const struct config_link *v, size_t n, bool *ok)
{
	struct json_object *array = json_object_new_array();

	for (; n; n--, v++)
		append(array, ok, link_json(v, ok));
	return array;
}

static struct json_object *nodes_json(const struct config *c, bool *ok)
{
	struct json_object *array = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < c->n_nodes; i++) {
		o = json_object_new_object();
		add_string(o, ok, "name", c->nodes[i].name);
		add_bool(o, ok, "self", !strcmp(c->nodes[i].name, c->self));
		append(array, ok, o);
	}
	return array;
}

/* Without the secrets, and without their lengths. */
static struct json_object *keys_json(const struct config *c, bool *ok)
{
	struct json_object *array = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < c->n_keys; i++) {
		o = json_object_new_object();
		add_number(o, ok, "id", c->keys[i].id);
		add_string(o, ok, "method", method_name(c->keys[i].method));
		add_bool(o, ok, "signs", c->keys[i].id == c->sign_key);
		append(array, ok, o);
	}
	return array;
}

static struct json_object *addresses_json(const struct config_group *g, bool *ok)
{
	struct json_object *array = json_object_new_array(), *o;
	const struct config_address *a;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < g->n_addresses; i++) {
		a = &g->addresses[i];
		o = json_object_new_object();
		add_string(o, ok, "address", ip_text(&a->addr, text));
		if (a->prefix_len >= 0)
			add_number(o, ok, "prefix_len", a->prefix_len);
		else
			add_null(o, ok, "prefix_len");
		add_text(o, ok, "device", a->ifname);
		add_text(o, ok, "label", a->label);
		if (a->broadcast.s_addr)
			add_string(o, ok, "broadcast", inet_ntop(AF_INET, &a->broadcast, text, sizeof(text)));
		else
			add_null(o, ok, "broadcast");
		append(array, ok, o);
	}
	return array;
}

/* In the order in which they are started. */
static struct json_object *resources_json(const struct config_group *g, bool *ok)
{
	struct json_object *array = json_object_new_array(), *args, *o;
	const struct config_resource *r;
	size_t i, j;

	for (i = 0; i < g->n_resources; i++) {
		r = &g->resources[i];
		o = json_object_new_object();
		add_string(o, ok, "resource", r->text);
		add_string(o, ok, "kind", resource_kind_name(r->kind));
		if (r->kind != RESOURCE_ADDRESS) {
			args = json_object_new_array();
			add_text(o, ok, "path", r->path);
			for (j = 0; j < r->n_args; j++)
				append(args, ok, json_object_new_string(r->args[j]));
			add(o, ok, "arguments", args);
		}
		append(array, ok, o);
	}
	return array;
}

static struct json_object *groups_json(const struct config *c, bool *ok)
{
	struct json_object *array = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < c->n_groups; i++) {
		o = json_object_new_object();
		add_string(o, ok, "name", c->groups[i].name);
		add_string(o, ok, "node", c->groups[i].node);
		add_number(o, ok, "line", c->groups[i].line);
		add(o, ok, "addresses", addresses_json(&c->groups[i], ok));
		add(o, ok, "resources", resources_json(&c->groups[i], ok));
		append(array, ok, o);
	}
	return array;
}

static struct json_object *pings_json(const struct config *c, bool *ok)
{
	struct json_object *array = json_object_new_array(), *o, *addrs;
	char text[INET6_ADDRSTRLEN];
	size_t i, j;

	for (i = 0; i < c->n_pings; i++) {
		o = json_object_new_object();
		add_string(o, ok, "name", c->pings[i].name);
		add_number(o, ok, "line", c->pings[i].line);
		addrs = json_object_new_array();
		for (j = 0; j < c->pings[i].n_addrs; j++)
			append(addrs, ok, json_object_new_string(
				       ip_text(&c->pings[i].addrs[j], text)));
		add(o, ok, "addresses", addrs);
		append(array, ok, o);
	}
	return array;
}

static struct json_object *clients_json(const struct config *c, bool *ok)
{
	struct json_object *array = json_object_new_array(), *o;
	char command[sizeof(c->clients[0].command)], user[sizeof(c->clients[0].user)];
	size_t i;

	for (i = 0; i < c->n_clients; i++) {
		o = json_object_new_object();
		strcpy(command, c->clients[i].command);
		text_sanitise(command);
		strcpy(user, c->clients[i].user);
		text_sanitise(user);
		add_string(o, ok, "command", command);
		add_string(o, ok, "user", user);
		add_bool(o, ok, "failfast", c->clients[i].failfast);
		add_number(o, ok, "line", c->clients[i].line);
		append(array, ok, o);
	}
	return array;
}

static struct json_object *env_json(const struct config *c, bool *ok)
{
	struct json_object *array = json_object_new_array();
	char text[sizeof(c->env[0])];
	size_t i;

	for (i = 0; i < c->n_env; i++) {
		strcpy(text, c->env[i]);
		text_sanitise(text);
		append(array, ok, json_object_new_string(text));
	}
	return array;
}

/* The keys whose values ha.cf does not give. */
static struct json_object *defaults_json(const struct config *c, bool *ok)
{
	const struct {
		const char *key;
		unsigned int line;
	} said[] = {
		{ "cluster", c->said.cluster }, { "keepalive_us", c->said.keepalive },
		{ "deadtime_us", c->said.deadtime }, { "warntime_us", c->said.warntime },
		{ "initdead_us", c->said.initdead }, { "deadping_us", c->said.deadping },
		{ "auto_failback", c->said.auto_failback },
		{ "realtime", c->said.realtime }, { "rtprio", c->said.rtprio },
		{ "use_logd", c->said.use_logd },
	};
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(said); i++) {
		if (!said[i].line)
			append(array, ok, json_object_new_string(said[i].key));
	}
	return array;
}

struct json_object *config_json(const struct config *c)
{
	struct json_object *o = json_object_new_object();
	char dir[sizeof(c->dir)];
	bool ok = true;

	strcpy(dir, c->dir);
	text_sanitise(dir);
	add_string(o, &ok, "dir", dir);
	add_string(o, &ok, "self", c->self);
	add_string(o, &ok, "cluster", c->cluster);
	add(o, &ok, "nodes", nodes_json(c, &ok));
	add_number(o, &ok, "keepalive_us", c->keepalive_us);
	add_number(o, &ok, "deadtime_us", c->deadtime_us);
	add_number(o, &ok, "warntime_us", c->warntime_us);
	add_number(o, &ok, "initdead_us", c->initdead_us);
	add_number(o, &ok, "deadping_us", c->deadping_us);
	add_number(o, &ok, "ping_us", c->ping_us);
	add_string(o, &ok, "auto_failback", auto_failback_name(c->auto_failback));
	add_bool(o, &ok, "realtime", c->realtime);
	add_number(o, &ok, "rtprio", c->rtprio);
	add_bool(o, &ok, "use_logd", c->use_logd);
	add_text(o, &ok, "logfacility", facility_name(c->logfacility));
	add_text(o, &ok, "logfile", c->logfile);
	add_text(o, &ok, "debugfile", c->debugfile);
	add_number(o, &ok, "debug", c->debug);
	add_text(o, &ok, "watchdog", c->watchdog);
	if (c->watchdog[0])
		add_number(o, &ok, "watchdog_timeout_us", config_watchdog_s(c) * 1000000LL);
	add(o, &ok, "links", links_json(c->links, c->n_links, &ok));
	add(o, &ok, "own_links", links_json(c->own_links, c->n_own_links, &ok));
	add(o, &ok, "pings", pings_json(c, &ok));
	add_bool(o, &ok, "ipfail", c->ipfail);
	add(o, &ok, "clients", clients_json(c, &ok));
	add(o, &ok, "env", env_json(c, &ok));
	add(o, &ok, "keys", keys_json(c, &ok));
	add(o, &ok, "groups", groups_json(c, &ok));
	add(o, &ok, "defaults", defaults_json(c, &ok));
	if (ok)
		return o;
	json_object_put(o);
	return NULL;
}
