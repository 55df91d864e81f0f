// SPDX-License-Identifier: GPL-2.0
/*
 * Random writes into the files of /sys/class/hbkm/hb0: numbers at the limits,
 * bytes, long strings, nothing. What is refused changes nothing; what is accepted
 * leaves times that go together. Seeded: the same seed writes the same.
 *
 *	sysfuzz SEED COUNT
 *
 * Prints "writes N accepted N refused N", and what is wrong, if anything is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIR	"/sys/class/hbkm/hb0/"
#define N	7	/* files, of which the last two are to be read only */

static const char *const files[N] = {
	"keepalive_us", "deadtime_us", "warntime_us", "initdead_us", "auto_failback", "state", "holding",
};

/* Root of a user namespace only: a keepalive below 10 ms is not for such. */
static bool of_user_ns;
static unsigned long accepted, refused, wrong;
static uint64_t state;

static uint32_t below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % n;
}

static void path(char *text, size_t size, int file)
{
	snprintf(text, size, DIR "%s", files[file]);
}

struct values {
	char text[N][64];
};

static void look(struct values *v)
{
	char name[128];
	ssize_t n;
	int fd;

	memset(v, 0, sizeof(*v));
	for (int i = 0; i < 5; i++) {
		path(name, sizeof(name), i);
		fd = open(name, O_RDONLY);
		n = read(fd, v->text[i], sizeof(v->text[i]) - 1);
		if (n <= 1 || v->text[i][n - 1] != '\n') {
			printf("wrong: %s reads as '%s'\n", files[i], v->text[i]);
			wrong++;
		}
		close(fd);
	}
}

static bool go_together(const struct values *v)
{
	unsigned long keepalive = strtoul(v->text[0], NULL, 10), dead = strtoul(v->text[1], NULL, 10);
	unsigned long warn = strtoul(v->text[2], NULL, 10), init = strtoul(v->text[3], NULL, 10);

	return keepalive >= (of_user_ns ? 10000 : 100) && keepalive <= 60000000 && dead > 2 * keepalive &&
	       dead <= 3600000000UL && warn && warn <= dead && init >= dead && init <= 3600000000UL;
}

static bool in_user_ns(void)
{
	unsigned long inside, outside, n;
	FILE *f = fopen("/proc/self/uid_map", "r");
	bool all = f && fscanf(f, "%lu %lu %lu", &inside, &outside, &n) == 3 && n == UINT32_MAX;

	if (f)
		fclose(f);
	return !all;
}

/* Return: how long it is. */
static size_t make(char *text, size_t size)
{
	static const char *const words[] = {
		"on", "off", "legacy", "ON\n", "on off", "legacyy", "", "\n", " 1000", "0x3e8", "0x3e8\n",
		"1e3", "1000us", "+1000", "-1", "1000\n\n", "1000\n1", "010000", "18446744073709551616",
	};
	static const unsigned long edges[] = {
		0, 1, 99, 100, 101, 1000, 10000, 30000, 1000000, 2000000, 5000000, 59999999, 60000000,
		60000001, 120000001, 3599999999UL, 3600000000UL, 3600000001UL, 4294967295UL, 4294967296UL,
	};
	size_t len;

	switch (below(6)) {
	case 0:
		return snprintf(text, size, "%s", words[below(sizeof(words) / sizeof(*words))]);
	case 1:
	case 2:
	case 3:
		return snprintf(text, size, "%lu%s", edges[below(sizeof(edges) / sizeof(*edges))] + below(2),
				below(2) ? "\n" : "");
	case 4:
		len = below(64);
		for (size_t i = 0; i < len; i++)
			text[i] = below(256);
		return len;
	default:
		len = below(size);
		memset(text, "019 x\n"[below(6)], len);
		return len;
	}
}

int main(int argc, char **argv)
{
	static char text[70000];
	struct values before, after;
	unsigned long count;
	char name[128];
	size_t len;
	ssize_t n;
	int file, fd;

	if (argc != 3) {
		fprintf(stderr, "usage: sysfuzz SEED COUNT\n");
		return 2;
	}
	state = strtoul(argv[1], NULL, 0) * 2654435761U + 1;
	count = strtoul(argv[2], NULL, 0);
	of_user_ns = in_user_ns();
	look(&before);
	for (unsigned long i = 0; i < count; i++) {
		file = below(N);
		path(name, sizeof(name), file);
		len = make(text, sizeof(text));
		fd = open(name, O_WRONLY);
		n = fd < 0 ? -1 : write(fd, text, len);
		/* A file to be read only may be opened by root, but not written. */
		if (n < 0 && errno != EINVAL && errno != ERANGE && errno != EIO && errno != EACCES &&
		    errno != EOVERFLOW && !(errno == EPERM && of_user_ns)) {
			printf("wrong: %s: %s\n", files[file], strerror(errno));
			wrong++;
		}
		if (fd >= 0)
			close(fd);
		look(&after);
		if (n > 0)
			accepted++;
		else
			refused++;
		if (n > 0 && (file >= 5 || !go_together(&after))) {
			printf("wrong: %s accepted %.20s, and now: %s%s%s%s", files[file], text, after.text[0],
			       after.text[1], after.text[2], after.text[3]);
			wrong++;
		}
		if (n <= 0 && memcmp(&before, &after, sizeof(before))) {
			printf("wrong: %s refused %.20s, but something changed\n", files[file], text);
			wrong++;
		}
		before = after;
	}
	printf("writes %lu accepted %lu refused %lu\n", count, accepted, refused);
	return wrong || !accepted || !refused;
}
