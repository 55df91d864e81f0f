// SPDX-License-Identifier: GPL-2.0
/*
 * ha.cf's respawn and failfast: programs that run beside the agent. Heartbeat's
 * own ipfail is not one of them: what it does, the agent does.
 */
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hacf.h"

/* The program's path is what a command begins with. */
static size_t path_len(const char *command)
{
	return strcspn(command, BLANKS);
}

/* Wherever Heartbeat was installed to: …/heartbeat/ipfail */
static bool is_ipfail(const char *command)
{
	static const char name[] = "/heartbeat/ipfail";
	size_t len = path_len(command);

	return len >= sizeof(name) - 1 &&
	       !strncmp(command + len - (sizeof(name) - 1), name, sizeof(name) - 1);
}

static void ipfail(struct hacf *h, const char *name)
{
	if (h->c->ipfail)
		place_warning(&h->at, "%s: ipfail is on line %u already", name, h->c->said.ipfail);
	h->c->ipfail = true;
	h->c->said.ipfail = h->at.line;
}

/* respawn USER COMMAND */
void client_add(struct hacf *h, const char *name, bool failfast)
{
	const char *user = h->rest + strspn(h->rest, BLANKS), *command;
	size_t user_len = strcspn(user, BLANKS), len;
	struct config *c = h->c;
	struct config_client *client;

	command = user + user_len;
	command += strspn(command, BLANKS);
	len = strlen(command);
	while (len && strchr(BLANKS, command[len - 1]))
		len--;
	if (!user_len || !len) {
		place_error(&h->at, "%s: write %s USER PROGRAM, as %s root /usr/local/sbin/monitor -v",
			    name, name, name);
		return;
	}
	if (*command != '/') {
		place_error(&h->at, "Client child command [%.*s] is not full pathname: %s USER /PATH/OF/PROGRAM is wanted",
			    (int)len, command, name);
		return;
	}
	if (is_ipfail(command)) {
		ipfail(h, name);
		return;
	}
	if (user_len > CONFIG_USER_MAX || len > CONFIG_COMMAND_MAX) {
		place_error(&h->at, "%s: the %s is too long: at most %d letters are possible", name,
			    len > CONFIG_COMMAND_MAX ? "command" : "user's name",
			    len > CONFIG_COMMAND_MAX ? CONFIG_COMMAND_MAX : CONFIG_USER_MAX);
		return;
	}
	if (c->n_clients == CONFIG_MAX_CLIENTS) {
		place_error(&h->at, "%s: one program too many: %d are supported", name,
			    CONFIG_MAX_CLIENTS);
		return;
	}
	client = &c->clients[c->n_clients++];
	*client = (struct config_client){ .line = h->at.line, .failfast = failfast };
	memcpy(client->user, user, user_len);
	memcpy(client->command, command, len);
}

static void program_check(const struct place *at, const struct config_client *client)
{
	char path[sizeof(client->command)];
	struct stat st;

	snprintf(path, sizeof(path), "%.*s", (int)path_len(client->command), client->command);
	if (!access(path, X_OK) && !stat(path, &st) && S_ISREG(st.st_mode))
		return;
	if (!strstr(path, "/heartbeat/") || !access(path, F_OK))
		place_error(at, "Client child command [%s] is not executable: %s", path,
			    access(path, F_OK) ? "there is no such file" : "run chmod 755");
	else
		place_error(at, "Client child command [%s] is not executable: there is no such file. Of Heartbeat's own programs only ipfail is known here; take the line out if nothing needs this one",
			    path);
}

bool clients_unasked;

void clients_find(const struct config *c, const char *file, struct problems *p)
{
	struct place at = { .file = file, .problems = p };
	size_t i;

	for (i = 0; i < c->n_clients; i++) {
		at.line = c->clients[i].line;
		if (!clients_unasked && !getpwnam(c->clients[i].user))
			place_error(&at, "Invalid uid [%s] specified for client child: there is no such user",
				    c->clients[i].user);
		program_check(&at, &c->clients[i]);
	}
}
