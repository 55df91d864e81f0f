// SPDX-License-Identifier: GPL-2.0
/* How each resource is: asked of the agent, by the socket of agent/publish.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <json.h>

#include "hbctl.h"
#include "out.h"
#include "resources.h"
#include "runtime.h"

#define ANSWER_MAX	(1024 * 1024)

/* One that hangs is not waited for any longer than that. */
static const struct timeval patience = { .tv_sec = 1 };

static int ask(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (runtime_path("agent.socket", sun.sun_path, sizeof(sun.sun_path)))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* Where too many wait already, connecting waits as sending does. */
	if (!setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) &&
	    !connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	close(fd);
	return -1;
}

struct json_object *resources_get(void)
{
	struct json_object *o = NULL;
	char *text = malloc(ANSWER_MAX + 1);
	int fd = ask();
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && text && len < ANSWER_MAX) {
		n = read(fd, text + len, ANSWER_MAX - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (!n && text) {
		text[len] = '\0';
		o = json_tokener_parse(text);
	}
	if (fd >= 0)
		close(fd);
	free(text);
	if (json_object_is_type(o, json_type_object))
		return o;
	json_object_put(o);
	return NULL;
}

static struct json_object *list_of(const struct json_object *resources, const char *group)
{
	struct json_object *list;

	if (!resources || !json_object_object_get_ex(resources, group, &list) ||
	    !json_object_is_type(list, json_type_array))
		return NULL;
	return list;
}

static const char *string_of(const struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : NULL;
}

static bool node_of(const struct json_object *resources, const char *key, size_t i,
		    const char **name, const char **state)
{
	const struct json_object *list = list_of(resources, key), *o;

	if (!list || i >= json_object_array_length(list))
		return false;
	o = json_object_array_get_idx(list, i);
	*name = string_of(o, "name");
	*state = string_of(o, "state");
	return *name && *state;
}

bool resources_ping(const struct json_object *resources, size_t i, const char **name,
		    const char **state)
{
	return node_of(resources, RESOURCES_PINGS, i, name, state);
}

bool resources_awaited(const struct json_object *resources, size_t i, const char **name,
		       const char **state)
{
	return node_of(resources, RESOURCES_AWAITED, i, name, state);
}

void resources_print_json(const struct json_object *resources, const char *group)
{
	const struct json_object *list = list_of(resources, group);
	struct json_object *age;

	if (!list) {
		out_name("resources", NULL);
		return;
	}
	out_array_begin("resources");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const struct json_object *o = json_object_array_get_idx(list, i);

		out_object_begin(NULL);
		out_name("resource", string_of(o, "resource"));
		out_name("kind", string_of(o, "kind"));
		out_name("state", string_of(o, "state"));
		out_name("error", string_of(o, "error"));
		if (json_object_object_get_ex(o, "age_ns", &age))
			out_ns("age", (uint64_t)json_object_get_int64(age));
		out_flag("leaving", json_object_object_get_ex(o, "leaving", NULL));
		out_object_end();
	}
	out_array_end();
}

void resources_print_text(const struct json_object *resources, const char *group)
{
	const struct json_object *list = list_of(resources, group);
	size_t i, n = list ? json_object_array_length(list) : 0;
	int width = 0;

	for (i = 0; i < n; i++) {
		const char *text = string_of(json_object_array_get_idx(list, i), "resource");

		if (text && (int)strlen(text) > width)
			width = (int)strlen(text);
	}
	for (i = 0; i < n; i++) {
		const struct json_object *o = json_object_array_get_idx(list, i);
		const char *error = string_of(o, "error");

		printf("    %-*s  %s%s%s%s\n", width, string_of(o, "resource") ?: "?",
		       string_of(o, "state") ?: "?", error ? ": " : "", error ?: "",
		       json_object_object_get_ex(o, "leaving", NULL) ?
		       ", no longer configured" : "");
	}
}
