// SPDX-License-Identifier: GPL-2.0
/*
 * What the agent knows and the kernel does not: how each resource is. Whoever
 * connects gets all of it, as JSON, and nothing is read from him.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <json.h>

#include "act.h"
#include "log.h"
#include "names.h"
#include "resources.h"
#include "runtime.h"

/* At a time: anybody may ask, and nobody is to keep the loop from going on. */
#define SERVE_MAX	16

int publish_open(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, ret = runtime_dir() ?: runtime_path("agent.socket", sun.sun_path,
						   sizeof(sun.sun_path));

	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* The kernel lets only one agent work here; this is what the last one left. */
	unlink(sun.sun_path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) || listen(fd, 16) ||
	    chmod(sun.sun_path, 0666)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}

/* Where addresses are all there is, what is on the interface is their state. */
static const char *state_name(const struct agent_group *g, size_t i)
{
	const struct vip *v;

	if (g->scripted)
		return resource_state_name(g->sequence.items[i].state);
	v = &g->vips[g->resources[i].what.address];
	if (!v->held)
		return resource_state_name(RESOURCE_STOPPED);
	return agent_group_wants(g->state) ? resource_state_name(RESOURCE_STARTED) : "silent";
}

static struct json_object *resource_json(const struct agent_group *g, size_t i)
{
	const struct agent_resource *r = &g->resources[i];
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "resource", json_object_new_string(r->what.text));
	json_object_object_add(o, "kind",
			       json_object_new_string(resource_kind_name(r->what.kind)));
	json_object_object_add(o, "state", json_object_new_string(state_name(g, i)));
	if (r->since)
		json_object_object_add(o, "age_ns",
				       json_object_new_int64((int64_t)(agent_now() - r->since)));
	if (*r->error)
		json_object_object_add(o, "error", json_object_new_string(r->error));
	if (g->sequence.items[i].leaving)
		json_object_object_add(o, "leaving", json_object_new_boolean(true));
	return o;
}

/* { GROUP: [ { "resource", "kind", "state" … } … ] … } */
static struct json_object *groups_json(const struct agent_groups *groups)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < groups->n; i++) {
		const struct agent_group *g = &groups->v[i];
		struct json_object *list = json_object_new_array();

		for (size_t j = 0; j < g->sequence.n; j++)
			if (!g->sequence.items[j].leaving ||
			    g->sequence.items[j].state != RESOURCE_STOPPED)
				json_object_array_add(list, resource_json(g, j));
		json_object_object_add(o, g->name, list);
	}
	return o;
}

void publish_serve(struct agent *a)
{
	struct json_object *o = NULL;
	const char *text = NULL;
	int fd;

	for (unsigned int i = 0; i < SERVE_MAX && a->publish_fd >= 0; i++) {
		fd = accept4(a->publish_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		if (!o) {
			o = groups_json(a->groups);
			json_object_object_add(o, RESOURCES_PINGS, ping_json());
			json_object_object_add(o, RESOURCES_AWAITED, lines_json(a));
			text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
		}
		/* It fits into the socket's buffer, or else he gets no more than that. */
		if (text && send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			log_write(LOG_DEBUG, "Telling of the resources: %s", strerror(errno));
		close(fd);
	}
	json_object_put(o);
}

void publish_close(struct agent *a)
{
	if (a->publish_fd >= 0)
		close(a->publish_fd);
}
