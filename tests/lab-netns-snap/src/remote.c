// SPDX-License-Identifier: GPL-2.0
/*
 * Commands from the host to a guest, over a serial port: `serve` in the guest, `call` on the host. One command at a
 * time (callers hold a lock on the socket's name). Every frame carries its call's id, so that what an abandoned call
 * still says cannot be taken for the answer to the next.
 *
 *   call  -> serve   COMMAND: the text for bash; INPUT: its standard input; an empty INPUT ends that
 *   serve -> call    OUT, ERR: what it said; EXIT: its status, one byte
 */
#define _GNU_SOURCE
#include "labtool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND = 1, INPUT, OUT, ERR, EXIT };

struct frame {
	uint32_t id;
	uint16_t type;
	uint16_t length;
};

#define CHUNK 32768

static void say(int fd, uint32_t id, int type, const void *data, size_t length)
{
	struct frame frame = { .id = id, .type = type, .length = length };

	write_all(fd, &frame, sizeof(frame));
	write_all(fd, data, length);
}

static bool hear(int fd, struct frame *frame, char *data)
{
	if (read_all(fd, frame, sizeof(*frame)) != sizeof(*frame))
		return false;
	if (frame->length > CHUNK)
		die("lost step with the other side");
	return read_all(fd, data, frame->length) == frame->length;
}

/* Passes on what is there; false at its end. */
static bool pump(int from, int to, uint32_t id, int type)
{
	static char data[CHUNK];
	ssize_t got = read(from, data, sizeof(data));

	if (got > 0)
		say(to, id, type, data, got);
	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static void serve_one(int line, uint32_t id, const char *command, int input)
{
	struct pollfd wait[4];
	int out[2], err[2], status = 0;
	unsigned char code;
	bool ended = false;
	pid_t child;

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		die("fork: %s", strerror(errno));
	if (!child) {
		setsid();
		dup2(input, 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execlp("bash", "bash", "-c", command, NULL);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);

	/* The command's end is what counts, not the end of its output: what it left running may hold the pipes. */
	wait[0] = (struct pollfd){ .fd = syscall(SYS_pidfd_open, child, 0), .events = POLLIN };
	wait[1] = (struct pollfd){ .fd = out[0], .events = POLLIN };
	wait[2] = (struct pollfd){ .fd = err[0], .events = POLLIN };
	wait[3] = (struct pollfd){ .fd = line };
	while (!ended) {
		poll(wait, 4, -1);
		ended = wait[0].revents;
		/* The caller went away: nobody wants this any more. */
		if (wait[3].revents & POLLHUP) {
			kill(-child, SIGKILL);
			wait[3].fd = -1;
		}
		if (wait[1].revents && !pump(out[0], line, id, OUT))
			wait[1].fd = -1;
		if (wait[2].revents && !pump(err[0], line, id, ERR))
			wait[2].fd = -1;
	}
	waitpid(child, &status, 0);
	for (int i = 1; i < 3; i++) {
		struct pollfd rest = { .fd = i == 1 ? out[0] : err[0], .events = POLLIN };

		while (wait[i].fd >= 0 && poll(&rest, 1, 0) > 0 && pump(rest.fd, line, id, i == 1 ? OUT : ERR))
			;
		close(rest.fd);
	}
	close(wait[0].fd);
	code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	say(line, id, EXIT, &code, 1);
}

/*
 * A command starts when its input is complete, and takes that from a file: so one that reads none of it cannot stall
 * the line, and a call that was given up half-way leaves nothing behind.
 */
int verb_serve(int argc, char **argv)
{
	static char data[CHUNK], command[CHUNK + 1];
	struct frame frame;
	uint32_t id = 0;
	int line, input = -1;

	if (argc != 2)
		usage();
	line = open(argv[1], O_RDWR | O_CLOEXEC);
	if (line < 0)
		die("%s: %s", argv[1], strerror(errno));
	for (;;) {
		if (!hear(line, &frame, data)) {
			/* Nobody is calling. */
			poll(NULL, 0, 10);
		} else if (frame.type == COMMAND) {
			id = frame.id;
			memcpy(command, data, frame.length);
			command[frame.length] = '\0';
			close(input);
			input = memfd_create("input", MFD_CLOEXEC);
		} else if (frame.type == INPUT && frame.id == id && frame.length) {
			write_all(input, data, frame.length);
		} else if (frame.type == INPUT && frame.id == id) {
			lseek(input, 0, SEEK_SET);
			serve_one(line, id, command, input);
		}
	}
}

static void on_alarm(int signal)
{
	static const char text[] = "labtool call: no answer in time\n";

	(void)signal;
	if (write(2, text, sizeof(text) - 1))
		_exit(125);
	_exit(125);
}

int verb_call(int argc, char **argv)
{
	static char data[CHUNK];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct frame frame;
	char lock_name[sizeof(address.sun_path) + 8];
	bool feed = false;
	unsigned int seconds = 60;
	uint32_t id = mono_ns() ^ getpid();
	int option, line, lock;

	while ((option = getopt(argc, argv, "it:")) != -1) {
		if (option == 'i')
			feed = true;
		else if (option == 't')
			seconds = number(optarg);
		else
			usage();
	}
	if (argc - optind != 2)
		usage();
	if (strlen(argv[optind]) >= sizeof(address.sun_path) || strlen(argv[optind + 1]) > CHUNK)
		die("argument too long");
	strcpy(address.sun_path, argv[optind]);

	signal(SIGALRM, on_alarm);
	alarm(seconds);
	snprintf(lock_name, sizeof(lock_name), "%s.lock", address.sun_path);
	lock = open(lock_name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX))
		die("%s: %s", lock_name, strerror(errno));
	line = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(line, (struct sockaddr *)&address, sizeof(address))) {
		fprintf(stderr, "labtool call: %s: %s\n", address.sun_path, strerror(errno));
		return 125;
	}

	say(line, id, COMMAND, argv[optind + 1], strlen(argv[optind + 1]));
	while (feed) {
		ssize_t got = read(0, data, sizeof(data));

		if (got <= 0)
			break;
		say(line, id, INPUT, data, got);
	}
	say(line, id, INPUT, "", 0);
	while (hear(line, &frame, data)) {
		if (frame.id != id)
			continue;
		if (frame.type == OUT || frame.type == ERR)
			write_all(frame.type == OUT ? 1 : 2, data, frame.length);
		if (frame.type == EXIT)
			return (unsigned char)data[0];
	}
	fprintf(stderr, "labtool call: the guest is gone\n");
	return 125;
}
