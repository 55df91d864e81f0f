// SPDX-License-Identifier: GPL-2.0
/* What the host has put into a device's memory: a page that begins with the length, and that many bytes. */
#include "labtool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 4096

int verb_memory(int argc, char **argv)
{
	struct stat st;
	uint64_t length;
	char *room;
	int fd;

	if (argc != 2)
		usage();
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		die("%s: %m", argv[1]);
	room = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (room == MAP_FAILED)
		die("%s: %m", argv[1]);
	length = strtoull(room, NULL, 10);
	if (!length || st.st_size <= HEAD || length > (uint64_t)st.st_size - HEAD)
		die("%s: nothing is in it", argv[1]);
	write_all(STDOUT_FILENO, room + HEAD, length);
	return 0;
}
