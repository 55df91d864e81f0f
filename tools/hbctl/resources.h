/* SPDX-License-Identifier: GPL-2.0 */
/* How each resource is: the agent knows, and tells whoever asks. */
#ifndef HBCTL_RESOURCES_H
#define HBCTL_RESOURCES_H

struct json_object;

/**
 * resources_get - ask the agent of this network namespace
 *
 * Return: { GROUP: [ { "resource", "kind", "state", "error", … } … ] … } to be put;
 * or NULL if there is none that answers
 */
struct json_object *resources_get(void);

/* Those of one group, as out.h prints them. @resources may be NULL. */
void resources_print_json(const struct json_object *resources, const char *group);

/* One line each. */
void resources_print_text(const struct json_object *resources, const char *group);

#endif /* HBCTL_RESOURCES_H */
