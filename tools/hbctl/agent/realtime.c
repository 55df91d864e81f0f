// SPDX-License-Identifier: GPL-2.0
/* Being there at once, whatever else the machine is busy with. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent.h"
#include "log.h"

#define STACK_TOUCHED	(128 * 1024)

/* Stack pages that are there already when they are needed. */
static void __attribute__((noinline)) touch_stack(void)
{
	volatile char stack[STACK_TOUCHED];

	for (size_t i = 0; i < sizeof(stack); i += 4096)
		stack[i] = 1;
}

static void lock_memory(void)
{
	/* Memory once had is kept, so that having it again costs nothing. */
	mallopt(M_TRIM_THRESHOLD, -1);
	mallopt(M_MMAP_MAX, 0);
	touch_stack();
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		log_write(LOG_WARNING, "Cannot lock memory: %s", strerror(errno));
}

static void go_first(int rtprio)
{
	int min = sched_get_priority_min(SCHED_FIFO), max = sched_get_priority_max(SCHED_FIFO);
	struct sched_param param = { .sched_priority = rtprio };

	if (!rtprio)
		param.sched_priority = min + (max - min) / 2;
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param))
		log_write(LOG_WARNING, "Cannot run at real-time priority %d: %s",
			  param.sched_priority, strerror(errno));
}

static void survive_oom(void)
{
	static const char score[] = "-1000";
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, score, sizeof(score) - 1) < 0)
		log_write(LOG_WARNING, "Cannot ask to be spared when memory runs out: %s",
			  strerror(errno));
	if (fd >= 0)
		close(fd);
}

void realtime_stop(void)
{
	struct sched_param param = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &param);
}

void realtime_start(int rtprio)
{
	lock_memory();
	survive_oom();
	go_first(rtprio);
}
