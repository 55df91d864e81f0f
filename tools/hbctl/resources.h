/* SPDX-License-Identifier: GPL-2.0 */
/* How each resource is: the agent knows, and tells whoever asks. */
#ifndef HBCTL_RESOURCES_H
#define HBCTL_RESOURCES_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* No group has a name like this. */
#define RESOURCES_PINGS	"ping nodes"
#define RESOURCES_AWAITED "awaited nodes"

/**
 * resources_get - ask the agent of this network namespace
 *
 * Return: { GROUP: [ { "resource", "kind", "state", "error", … } … ] … } to be put;
 * or NULL if there is none that answers
 */
struct json_object *resources_get(void);

/* Those of one group, as out.h prints them. @resources may be NULL. */
void resources_print_json(const struct json_object *resources, const char *group);

/**
 * resources_ping - how a ping node is
 * @resources: what resources_get() gave, may be NULL
 * @i: which
 * @name: receives its name
 * @state: receives "ping" if it answers, "dead" if not, "init" if that is not yet known
 *
 * Return: false if there are not so many
 */
bool resources_ping(const struct json_object *resources, size_t i, const char **name,
		    const char **state);

/**
 * resources_awaited - for which node does a reload wait?
 * @resources: what resources_get() gave, may be NULL
 * @i: which
 * @name: receives its name
 * @state: receives "reload" if it has not, "stay" if it still has what is to go elsewhere
 *
 * Return: false if there are not so many
 */
bool resources_awaited(const struct json_object *resources, size_t i, const char **name,
		       const char **state);

/* One line each. */
void resources_print_text(const struct json_object *resources, const char *group);

#endif /* HBCTL_RESOURCES_H */
