// SPDX-License-Identifier: GPL-2.0
/*
 * The three files of a directory become one configuration.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

/* Others who may read the key can forge heartbeats, others who may write can change it. */
static int keyfile_check(const struct place *at, const struct stat *st)
{
	if (st->st_mode & (S_IRWXG | S_IRWXO)) {
		place_error(at, "Bad permissions on keyfile [%s], 600 recommended. They are %03o: run chmod 600 %s%s",
			    at->file, st->st_mode & 07777, at->file,
			    st->st_mode & (S_IRGRP | S_IROTH) ? "" :
			    " (Heartbeat minds only who may read it)");
		return -1;
	}
	if (st->st_uid != 0 && st->st_uid != geteuid())
		place_warning(at, "the keyfile [%s] belongs to user %u, who can read and change it: run chown root %s",
			      at->file, (unsigned int)st->st_uid, at->file);
	return 0;
}

static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		len += n;
	}
	return len;
}

enum which { HACF, HARESOURCES, AUTHKEYS };

static const struct {
	const char *name;
	const char *cannot_open;	/* Heartbeat's words */
	const char *advice;
} files[] = {
	[HACF] = { "ha.cf", "Cannot open config file",
		   "it says which nodes there are, and how they reach each other" },
	[HARESOURCES] = { "haresources", "Cannot open resources file",
			  "it says which node prefers which resources, as NODE IPaddr::10.0.2.100/24/eth0" },
	[AUTHKEYS] = { "authkeys", "Cannot open keyfile",
		       "it has mode 600 and two lines, auth 1 and 1 sha256 SECRET" },
};

/*
 * Reads a file of at most CONFIG_FILE_MAX bytes into @buf, which has room for
 * one more. What is checked is the file that is open, not one put in its place.
 */
static ssize_t file_read(const struct place *at, enum which which, char *buf)
{
	struct stat st;
	ssize_t len = -1;
	int fd;

	/* non-blocking: a fifo must not make us wait for a writer */
	fd = open(at->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		place_error(at, "%s [%s]%s %s%s%s", files[which].cannot_open, at->file,
			    which == AUTHKEYS ? ".  Stop." : ":", strerror(errno),
			    errno == ENOENT ? ": " : errno == EACCES ? ": root may" : "",
			    errno == ENOENT ? files[which].advice : "");
		return -1;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		place_error(at, "[%s] is not a regular file", at->file);
		goto out;
	}
	if (which == AUTHKEYS && keyfile_check(at, &st))
		goto out;
	len = read_all(fd, buf, CONFIG_FILE_MAX + 1);
	if (len < 0) {
		place_error(at, "cannot read [%s]: %s", at->file, strerror(errno));
	} else if (len > CONFIG_FILE_MAX) {
		place_error(at, "[%s] is larger than %d bytes: that is no configuration",
			    at->file, CONFIG_FILE_MAX);
		len = -1;
	}
out:
	close(fd);
	return len;
}

/* What a configuration is made of, besides its files. */
struct origin {
	const struct config_own *own;
	size_t n_own;
	bool here;			/* this machine's: does it go with it? */
};

static void file_load(struct config *c, enum which which, const struct origin *from,
		      char *buf, struct problems *p)
{
	char path[sizeof(c->dir) + 16];
	struct place at = { .file = path, .problems = p };
	ssize_t len;
	size_t first;

	snprintf(path, sizeof(path), "%s/%s", c->dir, files[which].name);
	len = file_read(&at, which, buf);
	if (len < 0)
		return;
	switch (which) {
	case HACF:
		first = p->n;
		hacf_parse(c, path, buf, len, from->own, from->n_own, p);
		clients_find(c, path, p);
		if (from->here)
			here_hacf(c, path, p);
		problems_sort(p, first);
		break;
	case HARESOURCES:
		first = p->n;
		haresources_parse(c, path, buf, len, p);
		scripts_find(c, path, p);
		if (from->here)
			here_haresources(c, path, from->own, from->n_own, p);
		problems_sort(p, first);
		break;
	case AUTHKEYS:
		authkeys_parse(c, path, buf, len, p);
		break;
	}
}

static int dir_set(struct config *c, const char *dir, struct problems *p)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (!len || len >= sizeof(c->dir)) {
		problems_add(p, PROBLEM_ERROR, dir, 0, "this is not a directory's name");
		return -1;
	}
	memcpy(c->dir, dir, len);
	return 0;
}

/* Where the configuration is, and who reads it. */
static int identity_set(struct config *c, const char *dir, const char *self, struct problems *p)
{
	if (dir_set(c, dir, p))
		return -1;
	if (node_name_parse(self, c->self)) {
		problems_add(p, PROBLEM_ERROR, c->dir, 0, "this node's own name [%s] cannot be a node's: letters, digits, - . and _, at most %d (uname -n)",
			     self, HBKM_NAME_MAX);
		return -1;
	}
	return 0;
}

static struct config *load(const char *dir, const char *self, const struct origin *from,
			   struct problems *problems)
{
	size_t errors = problems->errors;
	struct config *c = calloc(1, sizeof(*c));
	char *buf = malloc(CONFIG_FILE_MAX + 1);
	enum which which;

	if (!c || !buf) {
		problems_add(problems, PROBLEM_ERROR, dir, 0, "out of memory");
		goto out;
	}
	if (identity_set(c, dir, self, problems))
		goto out;
	for (which = HACF; which <= AUTHKEYS; which++)
		file_load(c, which, from, buf, problems);
out:
	if (buf)
		explicit_bzero(buf, CONFIG_FILE_MAX + 1);
	free(buf);
	if (problems->errors == errors)
		return c;
	config_free(c);
	return NULL;
}

struct config *config_load(const char *dir, const char *self,
			   const struct config_own *own, size_t n_own,
			   struct problems *problems)
{
	return load(dir, self, &(struct origin){ own, n_own, false }, problems);
}

struct config *config_check(const char *dir, const char *self,
			    const struct config_own *own, size_t n_own,
			    struct problems *problems)
{
	return load(dir, self, &(struct origin){ own, n_own, true }, problems);
}

struct config *config_peek(const char *dir, struct problems *problems)
{
	struct config *c = calloc(1, sizeof(*c));
	char *buf = malloc(CONFIG_FILE_MAX + 1);
	struct origin from = { 0 };

	if (c && buf && !dir_set(c, dir, problems)) {
		file_load(c, HACF, &from, buf, problems);
		file_load(c, AUTHKEYS, &from, buf, problems);
	}
	if (buf)
		explicit_bzero(buf, CONFIG_FILE_MAX + 1);
	free(buf);
	return c;
}

void config_free(struct config *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->n_groups; i++)
		config_group_free(&c->groups[i]);
	explicit_bzero(c, sizeof(*c));
	free(c);
}
