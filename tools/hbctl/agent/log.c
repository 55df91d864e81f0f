// SPDX-License-Identifier: GPL-2.0
/* The agent's log: a process of its own writes it, so that the agent never waits. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "log.h"

#define LOG_TEXT	1024
#define JOURNAL_SOCKET	"/run/systemd/journal/socket"
#define SYSLOG_SOCKET	"/dev/log"

/* What travels to the writer: a message, or with @priority -1 the targets. */
struct record {
	int priority;
	struct timespec time;
	union {
		char text[LOG_TEXT];
		struct targets {
			int facility;		/* -1: neither journal nor syslog */
			char logfile[sizeof(((struct config *)0)->logfile)];
			char debugfile[sizeof(((struct config *)0)->debugfile)];
		} targets;
	};
};

static struct {
	int fd;
	pid_t writer;
	struct timespec started;
	struct record targets;		/* for the next writer, should this one die */
	unsigned long lost;
	int level;
	bool holding;
	size_t n_held;
	struct record held[8];
} log_state = { .fd = -1, .level = LOG_INFO };

const char *log_priority_name(int priority)
{
	static const char *const names[] = {
		"EMERG", "ALERT", "CRIT", "ERROR", "WARN", "notice", "info", "debug"
	};

	return priority >= 0 && priority <= LOG_DEBUG ? names[priority] : "info";
}

/* ---- the writer ---- */

struct writer {
	pid_t agent;
	char host[256];
	bool stderr_is_journal;
	int facility;
	int journal, syslog;		/* sockets, -1: not there */
	struct file {
		const char *path;	/* "": none */
		int fd;
		int error;		/* of the last try to open it, so that it is told once */
	} logfile, debugfile;
	struct targets targets;
};

static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

static int open_datagram(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void swap_fd(int *fd, int new)
{
	if (*fd >= 0)
		close(*fd);
	*fd = new;
}

static void write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len && (n = write(fd, text, len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static bool to_journal(struct writer *w, const struct record *r)
{
	char text[LOG_TEXT + 256];
	int n;

	if (w->journal < 0)
		w->journal = open_datagram(JOURNAL_SOCKET);
	if (w->journal < 0)
		return false;
	n = snprintf(text, sizeof(text),
		     "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=hbctl\nSYSLOG_PID=%d\n"
		     "MESSAGE=%s\n", r->priority, w->facility >> 3, (int)w->agent, r->text);
	if (send(w->journal, text, (size_t)n, MSG_NOSIGNAL) >= 0)
		return true;
	/* The journal was restarted: a new socket next time. */
	swap_fd(&w->journal, -1);
	return false;
}

static void to_syslog(struct writer *w, const struct record *r, const struct tm *tm)
{
	char text[LOG_TEXT + 256], when[32];
	int n;

	if (w->syslog < 0)
		w->syslog = open_datagram(SYSLOG_SOCKET);
	if (w->syslog < 0)
		return;
	strftime(when, sizeof(when), "%b %e %H:%M:%S", tm);
	n = snprintf(text, sizeof(text), "<%d>%s hbctl[%d]: %s: %s", w->facility | r->priority,
		     when, (int)w->agent, log_priority_name(r->priority), r->text);
	if (send(w->syslog, text, (size_t)n, MSG_NOSIGNAL) < 0)
		swap_fd(&w->syslog, -1);
}

static void writer_write(struct writer *w, const struct record *r);

static void cannot_open(struct writer *w, const struct file *f)
{
	static struct record r;

	/* Where nothing else is asked for, nobody would learn of it, nor of anything. */
	if (w->facility < 0)
		w->facility = LOG_DAEMON;
	r.priority = LOG_ERR;
	clock_gettime(CLOCK_REALTIME, &r.time);
	snprintf(r.text, sizeof(r.text), "Cannot open %.800s: %s: logging to the journal, or to syslog",
		 f->path, strerror(f->error));
	writer_write(w, &r);
}

/* Opens it, and again when another is in its place: logrotate has moved it away. */
static void open_file(struct writer *w, struct file *f)
{
	struct stat is, was;

	if (!*f->path || (f->fd >= 0 && !fstat(f->fd, &was) && !stat(f->path, &is) &&
			  is.st_dev == was.st_dev && is.st_ino == was.st_ino))
		return;
	swap_fd(&f->fd, open(f->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640));
	if (f->fd >= 0) {
		f->error = 0;
	} else if (errno != f->error) {
		f->error = errno;
		cannot_open(w, f);
	}
}

static void writer_configure(struct writer *w, const struct targets *t)
{
	w->targets = *t;
	w->facility = t->facility;
	swap_fd(&w->journal, -1);
	swap_fd(&w->syslog, -1);
	swap_fd(&w->logfile.fd, -1);
	swap_fd(&w->debugfile.fd, -1);
	w->logfile = (struct file){ .path = w->targets.logfile, .fd = -1 };
	w->debugfile = (struct file){ .path = w->targets.debugfile, .fd = -1 };
}

static void writer_write(struct writer *w, const struct record *r)
{
	char text[LOG_TEXT + 512], when[64];
	bool journaled = false;
	struct tm tm;
	int n;

	open_file(w, &w->logfile);
	open_file(w, &w->debugfile);
	localtime_r(&r->time.tv_sec, &tm);
	if (w->facility >= 0) {
		journaled = to_journal(w, r);
		if (!journaled)
			to_syslog(w, r, &tm);
	}
	if (w->logfile.fd >= 0 || w->debugfile.fd >= 0) {
		strftime(when, sizeof(when), "%b %d %H:%M:%S", &tm);
		n = snprintf(text, sizeof(text), "%s %s hbctl: [%d]: %s: %s\n", when, w->host,
			     (int)w->agent, log_priority_name(r->priority), r->text);
		/* As in Heartbeat, the debug file holds everything, the log file no debug. */
		if (w->logfile.fd >= 0 && r->priority < LOG_DEBUG)
			write_all(w->logfile.fd, text, (size_t)n);
		if (w->debugfile.fd >= 0)
			write_all(w->debugfile.fd, text, (size_t)n);
	}
	if (w->stderr_is_journal) {
		if (journaled)
			return;
		n = snprintf(text, sizeof(text), "<%d>%s\n", r->priority, r->text);
	} else {
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
		n = snprintf(text, sizeof(text), "%s.%06ld hbctl: [%d]: %s: %s\n", when,
			     r->time.tv_nsec / 1000, (int)w->agent, log_priority_name(r->priority),
			     r->text);
	}
	write_all(STDERR_FILENO, text, (size_t)n);
}

static void __attribute__((noreturn)) writer_run(int fd, pid_t agent)
{
	static struct writer w = {
		.facility = -1, .journal = -1, .syslog = -1,
		.logfile = { "", -1, 0 }, .debugfile = { "", -1, 0 },
	};
	static struct record r;
	ssize_t n;

	w.agent = agent;
	w.stderr_is_journal = stderr_is_journal();
	/* Nothing of the agent's stays open here, least of all what tells that it lives. */
	if (dup2(fd, 3) != 3 || syscall(SYS_close_range, 4U, ~0U, 0U))
		_exit(1);
	fd = 3;

	gethostname(w.host, sizeof(w.host) - 1);
	/* It ends when the agent does, with the last message written, not before. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (;;) {
		n = recv(fd, &r, sizeof(r), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		if (r.priority < 0)
			writer_configure(&w, &r.targets);
		else
			writer_write(&w, &r);
	}
}

/* ---- the agent's end ---- */

int log_start(void)
{
	int fds[2], size = 1024 * 1024;
	pid_t agent = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	if (setsockopt(fds[0], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	log_state.writer = fork();
	if (log_state.writer < 0) {
		close(fds[0]);
		close(fds[1]);
		return -errno;
	}
	if (!log_state.writer) {
		close(fds[0]);
		writer_run(fds[1], agent);
	}
	close(fds[1]);
	log_state.fd = fds[0];
	clock_gettime(CLOCK_MONOTONIC, &log_state.started);
	return 0;
}

static void send_targets(void)
{
	if (send(log_state.fd, &log_state.targets, sizeof(log_state.targets),
		 MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_state.lost++;
}

void log_configure(const struct config *c)
{
	struct record *r = &log_state.targets;

	if (log_state.fd < 0)
		return;
	r->priority = -1;
	/* Heartbeat's log daemon hands on to syslog's facility daemon. */
	r->targets.facility = c->logfacility >= 0 ? c->logfacility :
			      c->use_logd || (!*c->logfile && !*c->debugfile) ? LOG_DAEMON : -1;
	memcpy(r->targets.logfile, c->logfile, sizeof(r->targets.logfile));
	memcpy(r->targets.debugfile, c->debugfile, sizeof(r->targets.debugfile));
	send_targets();
}

void log_debug(int on)
{
	log_state.level = on ? LOG_DEBUG : LOG_INFO;
}

/* The writer has died, or was killed: another one, but not more often than once in a second. */
static bool start_again(void)
{
	int old = log_state.fd;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - log_state.started.tv_sec < 2)
		return false;
	if (log_start()) {
		log_state.started = now;
		return false;
	}
	close(old);
	send_targets();
	return true;
}

static void fill(struct record *r, int priority, const char *text)
{
	r->priority = priority;
	clock_gettime(CLOCK_REALTIME, &r->time);
	memcpy(r->text, text, strlen(text) + 1);
}

static bool hand_over(const struct record *r)
{
	size_t len = offsetof(struct record, text) + strlen(r->text) + 1;
	ssize_t n;

	n = send(log_state.fd, r, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && (errno == EPIPE || errno == ECONNRESET) && start_again())
		n = send(log_state.fd, r, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n >= 0;
}

static void submit(const struct record *r)
{
	if (log_state.lost) {
		char text[64];
		struct record note;

		snprintf(text, sizeof(text), "%lu log messages lost: the log was blocked",
			 log_state.lost);
		fill(&note, LOG_WARNING, text);
		if (hand_over(&note))
			log_state.lost = 0;
	}
	if (!hand_over(r))
		log_state.lost++;
}

static void submit_held(void)
{
	for (size_t i = 0; i < log_state.n_held; i++)
		submit(&log_state.held[i]);
	log_state.n_held = 0;
}

void log_hold(void)
{
	log_state.holding = true;
}

void log_release(void)
{
	log_state.holding = false;
	submit_held();
}

void log_write(int priority, const char *fmt, ...)
{
	char text[LOG_TEXT];
	va_list ap;

	if (priority > log_state.level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (log_state.fd < 0) {
		fprintf(stderr, "hbctl: [%d]: %s: %s\n", (int)getpid(),
			log_priority_name(priority), text);
		return;
	}
	if (log_state.n_held == sizeof(log_state.held) / sizeof(*log_state.held))
		submit_held();
	fill(&log_state.held[log_state.n_held++], priority, text);
	if (!log_state.holding)
		submit_held();
}

void log_stop(void)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	if (log_state.fd < 0)
		return;
	log_release();
	close(log_state.fd);
	log_state.fd = -1;
	for (int i = 0; i < 100; i++) {
		if (waitpid(log_state.writer, NULL, WNOHANG))
			return;
		nanosleep(&moment, NULL);
	}
}
