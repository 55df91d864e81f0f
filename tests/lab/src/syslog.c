// SPDX-License-Identifier: GPL-2.0
/* What daemons say to /dev/log, each line with the moment at which it was said. */
#include "labtool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int verb_syslog(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char line[8192];
	ssize_t length;
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path))
		usage();
	strcpy(address.sun_path, argv[1]);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("%s: %s", argv[1], strerror(errno));
	run_fifo(97);
	while ((length = recv(fd, line, sizeof(line) - 1, 0)) >= 0) {
		line[length] = '\0';
		line[strcspn(line, "\n")] = '\0';
		printf("%llu %s\n", mono_ns() / NS_PER_US, line);
		fflush(stdout);
	}
	die("%s: %s", argv[1], strerror(errno));
}
