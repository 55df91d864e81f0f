// SPDX-License-Identifier: GPL-2.0
/* The process that runs programs, and the agent's end of the line to it. See runner.h. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"
#include "runtime.h"

#define REQUEST_MAX	32768
#define WORDS_MAX	512
#define JOBS_MAX	128
/* A program that floods the log is cut off. */
#define LINES_MAX	1000
#define READS_MAX	64
#define LINES_MS	60000
#define LOCK_POLL_MS	20

/* Label, user, then argv, then env, each word with its zero byte. */
struct request {
	uint32_t job;
	uint32_t timeout_ms;
	uint16_t argc, envc;
	bool answers, stays;
	bool end;			/* of what runs already; no words */
	char words[];
};

struct job {
	bool used;
	uint32_t id;
	char label[256];
	bool answers, stays;
	pid_t pid;
	int pidfd;			/* -1: has ended */
	int out;			/* what it prints; open for as long as anybody may print */
	uint64_t deadline_ms;
	unsigned int kills;
	bool timed_out, reported;
	unsigned int lines;
	uint64_t lines_since_ms;	/* what stays may print so much again after a while */
	size_t len;
	char text[sizeof(((struct runner_report *)0)->text)];
};

static struct {
	int fd;				/* to the agent; -1: it has gone */
	int lock;			/* < 0: an earlier runner is still at work */
	bool reads;			/* does nothing any more but read what is printed */
	struct job jobs[JOBS_MAX];
} runner;

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- reports ---- */

static void report(struct runner_report *r, const char *text, int flags)
{
	snprintf(r->text, sizeof(r->text), "%s", text);
	if (runner.fd >= 0)
		send(runner.fd, r, offsetof(struct runner_report, text) + strlen(r->text) + 1,
		     flags | MSG_NOSIGNAL);
}

static void report_end(struct job *j, int code)
{
	struct runner_report r = {
		.kind = RUNNER_ENDED, .job = j->id, .code = code, .timed_out = j->timed_out
	};

	if (!j->reported)
		report(&r, j->answers ? j->text : "", 0);
	j->reported = true;
}

static void report_line(struct job *j, const char *line)
{
	struct runner_report r = { .kind = RUNNER_OUTPUT, .job = j->id };
	char text[sizeof(r.text)];

	if (!*line)
		return;
	if (j->stays && now_ms() - j->lines_since_ms >= LINES_MS) {
		j->lines_since_ms = now_ms();
		j->lines = 0;
	}
	if (++j->lines > LINES_MAX + 1)
		return;
	snprintf(text, sizeof(text), "%.255s: %.1700s", j->label,
		 j->lines > LINES_MAX ? "and more, which is not logged" : line);
	/* Rather lost than late. */
	report(&r, text, MSG_DONTWAIT);
}

static void report_lines(struct job *j, bool all)
{
	char *line = j->text, *end;

	j->text[j->len] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		report_line(j, line);
		line = end + 1;
	}
	j->len -= (size_t)(line - j->text);
	memmove(j->text, line, j->len + 1);
	if (all || j->len == sizeof(j->text) - 1) {
		report_line(j, j->text);
		j->len = 0;
	}
}

/* ---- what programs print ---- */

static void close_output(struct job *j)
{
	if (j->out >= 0)
		close(j->out);
	j->out = -1;
	if (!j->answers)
		report_lines(j, true);
	j->used = j->pidfd >= 0;
}

/* What there is now: one that prints without end must not keep the others waiting. */
static void read_output(struct job *j)
{
	unsigned int reads = READS_MAX;
	char waste[512];
	ssize_t n;

	while (j->out >= 0 && reads--) {
		size_t room = sizeof(j->text) - 1 - j->len;

		/* The end of a long answer is not looked at. */
		n = room ? read(j->out, j->text + j->len, room) :
		    read(j->out, waste, sizeof(waste));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close_output(j);
			return;
		}
		if (room)
			j->len += (size_t)n;
		for (char *c = j->text; room && c < j->text + j->len; c++)
			if (!*c)
				*c = '?';
		j->text[j->len] = '\0';
		if (!j->answers)
			report_lines(j, false);
	}
}

/* ---- programs ---- */

static int spawn(struct job *j, char **argv, char **env, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, every;
	int ret;

	sigemptyset(&none);
	sigfillset(&every);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &every);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	/* What is on standard error is no answer. */
	if (j->answers)
		posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	ret = posix_spawnp(&j->pid, argv[0], &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return -ret;
}

/*
 * In the child of a fork: what posix_spawn() would do, and to be another user, who
 * may have to be asked of a server that takes its time. Returns only if it cannot:
 * what failed, or NULL if there is no such user.
 */
static const char *become(const struct job *j, const char *user, char **argv, char **env, int out)
{
	struct sigaction deflt = { .sa_handler = SIG_DFL };
	const struct passwd *pw;
	sigset_t none;
	int in = open("/dev/null", O_RDONLY);

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &deflt, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	if (in < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		return "standard input and output";
	syscall(SYS_close_range, STDERR_FILENO + 1U, ~0U, 0U);
	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		return errno && errno != ENOENT && errno != ESRCH ? "asking for the user" : NULL;
	if ((geteuid() == 0 || pw->pw_uid != geteuid()) &&
	    (initgroups(pw->pw_name, pw->pw_gid) || setgid(pw->pw_gid) || setuid(pw->pw_uid)))
		return "becoming the user";
	/* Forgotten when the user changes, so not before. */
	if (j->stays)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	execve(argv[0], argv, env);
	return argv[0];
}

/* Nobody waits for what comes of it: it says so itself. */
static int spawn_as(struct job *j, const char *user, char **argv, char **env, int out)
{
	const char *what;

	j->pid = fork();
	if (j->pid < 0)
		return -errno;
	/* Here, too, so that it can be ended from the first moment on. */
	if (j->pid > 0) {
		setpgid(j->pid, j->pid);
		return 0;
	}
	what = become(j, user, argv, env, out);
	if (what)
		dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
	else
		dprintf(STDERR_FILENO, "there is no user %s\n", user);
	_exit(127);
}

/* A script without #!, which a shell would run: then a shell runs it. */
static int spawn_any(struct job *j, char **argv, size_t argc, char **env, int out)
{
	char *sh[WORDS_MAX + 2] = { "/bin/sh" };
	int ret = spawn(j, argv, env, out);

	if (ret != -ENOEXEC)
		return ret;
	memcpy(sh + 1, argv, (argc + 1) * sizeof(*argv));
	return spawn(j, sh, env, out);
}

/* What now only reads holds up nobody, and nothing of what it was started from. */
static void let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* The next runner may begin. */
	if (runner.lock >= 0)
		close(runner.lock);
	runner.lock = -1;
	runner.reads = true;
	if (null < 0 || chdir("/"))
		return;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	close(null);
}

static bool step(bool may_run);

/*
 * What prints to nobody is ended by SIGPIPE: so a process of its own goes on
 * reading, for as long as what was started long ago may print.
 */
static void read_elsewhere(struct job *j)
{
	pid_t pid = fork();

	/* Without it nobody is to be waited for: that would be a script, which is waited for elsewhere. */
	if (pid < 0)
		return;
	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	if (fork())
		_exit(0);
	close(runner.fd);
	runner.fd = -1;
	for (struct job *other = runner.jobs; other < runner.jobs + JOBS_MAX; other++) {
		if (!other->used || other == j)
			continue;
		if (other->pidfd >= 0)
			close(other->pidfd);
		if (other->out >= 0)
			close(other->out);
		other->used = false;
	}
	while (step(true))
		;
	_exit(0);
}

static struct job *job_new(void)
{
	struct job *old = NULL;

	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &runner.jobs[i];

		if (!j->used)
			return j;
		if (j->pidfd < 0 && (!old || j->id < old->id))
			old = j;
	}
	if (old) {
		read_elsewhere(old);
		close_output(old);
	}
	return old;
}

static void start(struct job *j, const struct request *q, const char *user, char **argv,
		  char **env)
{
	int fds[2], ret;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK)) {
		snprintf(j->text, sizeof(j->text), "pipe: %s", strerror(errno));
		j->answers = true;
		report_end(j, 127);
		return;
	}
	/* Programs expect to wait when the pipe is full. */
	fcntl(fds[1], F_SETFL, 0);
	if (*user)
		ret = spawn_as(j, user, argv, env, fds[1]);
	else
		ret = spawn_any(j, argv, q->argc, env, fds[1]);
	close(fds[1]);
	if (!ret) {
		j->pidfd = (int)syscall(SYS_pidfd_open, j->pid, 0);
		ret = j->pidfd < 0 ? -errno : 0;
	}
	if (ret) {
		close(fds[0]);
		snprintf(j->text, sizeof(j->text), "%s: %s", argv[0], strerror(-ret));
		j->answers = true;
		report_end(j, 127);
		return;
	}
	j->out = fds[0];
	j->used = true;
	j->deadline_ms = j->stays ? UINT64_MAX : now_ms() + q->timeout_ms;
}

/* Does @env give this variable, so that the agent's own does not count? */
static bool is_given(char **env, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; *env; env++)
		if (!strncmp(*env, variable, len))
			return true;
	return false;
}

static void take_request(const struct request *q, size_t size)
{
	char *words[WORDS_MAX + 1], **argv = words + 2, *env[WORDS_MAX + 1];
	const char *end = (const char *)q + size, *word = q->words;
	struct job *j = job_new();
	size_t n = 0, n_env = 0;

	for (; word < end && n < WORDS_MAX; word += strlen(word) + 1)
		words[n++] = (char *)word;
	if (!j || n != 2U + q->argc + q->envc) {
		struct runner_report r = { .kind = RUNNER_ENDED, .job = q->job, .code = 127 };

		report(&r, j ? "too many words" : "too much runs already", 0);
		return;
	}
	for (size_t i = 0; i < q->envc; i++)
		env[n_env++] = words[2 + q->argc + i];
	env[n_env] = NULL;
	for (char **e = environ; *e && n_env < WORDS_MAX; e++)
		if (!is_given(env, *e))
			env[n_env++] = *e;
	env[n_env] = NULL;
	memset(j, 0, sizeof(*j));
	j->id = q->job;
	j->answers = q->answers;
	j->stays = q->stays;
	j->lines_since_ms = now_ms();
	j->out = j->pidfd = -1;
	snprintf(j->label, sizeof(j->label), "%s", words[0]);
	words[2 + q->argc] = NULL;
	start(j, q, words[1], argv, env);
}

static void reap(struct job *j)
{
	siginfo_t si = { 0 };

	/* Of what was to end, nothing is left behind; its group's number is not yet another's. */
	if (j->kills)
		kill(-j->pid, SIGKILL);
	if (waitid(P_PID, (id_t)j->pid, &si, WEXITED | WNOHANG) || !si.si_pid)
		return;
	close(j->pidfd);
	j->pidfd = -1;
	/* All that it has printed is in the pipe by now. */
	read_output(j);
	report_end(j, si.si_code == CLD_EXITED ? si.si_status : -si.si_status);
	j->used = j->out >= 0;
	if (j->answers && j->used)
		close_output(j);
}

/* Out of time: asked to end, made to end, and in the end no longer waited for. */
static void expire(struct job *j)
{
	j->timed_out = true;
	if (j->kills < 2)
		kill(-j->pid, j->kills ? SIGKILL : SIGTERM);
	else
		report_end(j, -SIGKILL);
	j->deadline_ms = ++j->kills > 2 ? UINT64_MAX : now_ms() + RUNNER_GRACE_MS;
}

/* ---- the loop ---- */

/* What stays, ends: this one, or with @id 0 all. */
static void end_staying(uint32_t id)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &runner.jobs[i];

		if (j->used && j->stays && j->pidfd >= 0 && !j->kills && (!id || j->id == id))
			expire(j);
	}
}

static void take_requests(void)
{
	static union {
		struct request q;
		char bytes[REQUEST_MAX + 1];
	} buf;
	ssize_t n;

	for (;;) {
		n = recv(runner.fd, buf.bytes, REQUEST_MAX, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close(runner.fd);
			runner.fd = -1;
			end_staying(0);
			return;
		}
		buf.bytes[n] = '\0';
		if ((size_t)n >= sizeof(struct request) && buf.q.end)
			end_staying(buf.q.job);
		else if ((size_t)n > sizeof(struct request))
			take_request(&buf.q, (size_t)n);
	}
}

/* Is nobody else running anything here? */
static bool locked(void)
{
	char path[128];

	if (runner.lock < 0 && !runtime_dir() && !runtime_path("runner.lock", path, sizeof(path)))
		runner.lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* Where no file can be had, there was none to be locked. */
	return runner.lock < 0 || !flock(runner.lock, LOCK_EX | LOCK_NB);
}

static bool step(bool may_run)
{
	struct pollfd p[1 + 2 * JOBS_MAX];
	uint64_t at = UINT64_MAX, now = now_ms();
	bool busy = false, open = false;
	int timeout = -1;

	p[0] = (struct pollfd){ .fd = runner.fd, .events = may_run ? POLLIN : 0 };
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &runner.jobs[i];

		p[1 + 2 * i] = (struct pollfd){ .fd = j->used ? j->pidfd : -1, .events = POLLIN };
		p[2 + 2 * i] = (struct pollfd){ .fd = j->used ? j->out : -1, .events = POLLIN };
		open |= j->used && j->out >= 0;
		/* One that cannot be killed holds up nobody. */
		if (!j->used || j->pidfd < 0 || j->reported)
			continue;
		busy = true;
		if (j->deadline_ms < at)
			at = j->deadline_ms;
	}
	if (runner.fd < 0 && !busy) {
		/* A server that a script has started prints here for as long as it lives. */
		if (!open)
			return false;
		if (!runner.reads)
			let_go();
	}
	if (at != UINT64_MAX)
		timeout = at > now ? (int)(at - now < 60000 ? at - now : 60000) : 0;
	if (!may_run)
		timeout = LOCK_POLL_MS;
	if (poll(p, 1 + 2 * JOBS_MAX, timeout) < 0 && errno != EINTR)
		return false;
	now = now_ms();
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &runner.jobs[i];

		if (p[2 + 2 * i].revents && j->used)
			read_output(j);
		if (p[1 + 2 * i].revents && j->used)
			reap(j);
		if (j->used && j->pidfd >= 0 && j->deadline_ms <= now)
			expire(j);
	}
	if (p[0].revents && may_run)
		take_requests();
	else if (p[0].revents & (POLLHUP | POLLERR))
		return false;
	return true;
}

static void __attribute__((noreturn)) run(int fd)
{
	static const char *const not_for_programs[] = {
		/* What ResourceManager takes out, and what speaks to the agent only. */
		"LC_ALL", "LANGUAGE", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
		"JOURNAL_STREAM", "INVOCATION_ID",
	};
	bool may_run = false;
	ssize_t said;
	int oom;

	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (size_t i = 0; i < sizeof(not_for_programs) / sizeof(*not_for_programs); i++)
		unsetenv(not_for_programs[i]);
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
	/* That the agent is spared when memory runs out does not go for what it starts. */
	oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (oom >= 0) {
		said = write(oom, "0", 1);
		(void)said;
		close(oom);
	}
	/* Nothing of the agent's stays open here, least of all what tells that it lives. */
	if (dup2(fd, 3) != 3 || fcntl(3, F_SETFD, FD_CLOEXEC) ||
	    syscall(SYS_close_range, 4U, ~0U, 0U))
		_exit(1);
	runner.fd = 3;
	runner.lock = -1;
	do {
		if (!may_run)
			may_run = locked();
	} while (step(may_run));
	_exit(0);
}

/* ---- the agent's end ---- */

static int line = -1;

int runner_start(void)
{
	int fds[2], size = 1024 * 1024;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	if (setsockopt(fds[0], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return -errno;
	}
	if (!pid)
		run(fds[1]);
	close(fds[1]);
	line = fds[0];
	return 0;
}

int runner_fd(void)
{
	return line;
}

static char *put_words(char *to, const char *end, char **words, uint16_t *n)
{
	size_t len;

	for (; to && words && *words; words++, (*n)++) {
		len = strlen(*words) + 1;
		if (len > (size_t)(end - to))
			return NULL;
		memcpy(to, *words, len);
		to += len;
	}
	return to;
}

int runner_run(const struct runner_job *job)
{
	static union {
		struct request q;
		char bytes[REQUEST_MAX];
	} buf;
	char *label[] = { (char *)job->label, (char *)(job->user ?: ""), NULL };
	char *end = buf.bytes + sizeof(buf), *to;
	uint16_t one = 0;

	if (line < 0)
		return -EPIPE;
	buf.q = (struct request){
		.job = job->job, .timeout_ms = job->timeout_ms, .answers = job->answers,
		.stays = job->stays,
	};
	to = put_words(buf.q.words, end, label, &one);
	to = put_words(to, end, job->argv, &buf.q.argc);
	to = put_words(to, end, job->env[0], &buf.q.envc);
	to = put_words(to, end, job->env[1], &buf.q.envc);
	if (!to || buf.q.argc + buf.q.envc + 1 >= WORDS_MAX)
		return -E2BIG;
	if (send(line, buf.bytes, (size_t)(to - buf.bytes), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

int runner_end(uint32_t job)
{
	struct request q = { .job = job, .end = true };

	if (line < 0)
		return -EPIPE;
	return send(line, &q, sizeof(q), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int runner_receive(void (*handle)(const struct runner_report *r, void *data), void *data)
{
	static struct runner_report r;
	ssize_t n;

	while (line >= 0) {
		n = recv(line, &r, sizeof(r), MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0) {
			runner_stop();
			return -EPIPE;
		}
		r.text[sizeof(r.text) - 1] = '\0';
		handle(&r, data);
	}
	return 0;
}

void runner_stop(void)
{
	if (line >= 0)
		close(line);
	line = -1;
}
