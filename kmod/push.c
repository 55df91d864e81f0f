// SPDX-License-Identifier: GPL-2.0
/*
 * Softirqs that get done although ksoftirqd gets no time.
 *
 * Whatever the kernel does not finish at once when an interrupt ends, received
 * frames above all, is left to ksoftirqd, a thread that any busy process makes
 * wait, and a SCHED_FIFO one for as long as it likes. Before 6.4 that holds for
 * all that comes later, too, but for tasklets: when one of those is raised, all
 * that is pending is done at the end of that very interrupt. So a tasklet that
 * does nothing else is what pushes the rest.
 *
 * An interrupt that comes while softirqs are being served cannot have its own done
 * at its end, and who serves them leaves them to ksoftirqd as soon as the scheduler
 * wants the processor: until the next interrupt that is, and a fork or an exit
 * keeps those off for 100 us and more. So one is made, and another, until all is done.
 *
 * On PREEMPT_RT no softirq is done at the end of an interrupt: what it raises is
 * left to ksoftirqd or to ktimersd, whose priority is the lowest real-time one.
 * There a thread of our own for each CPU, of the highest priority, does them, as
 * every thread does that has had bottom halves off while softirqs were raised.
 */
#include <linux/netdevice.h>
#include <linux/smp.h>
#include <linux/smpboot.h>
#include <uapi/linux/sched/types.h>
#include "hbkm.h"

/**
 * struct push - of a CPU
 * @heard: a beat last came in here, jiffies
 * @asked: what waited here at that time has still to be looked at
 * @calling: bit 0: @call is on its way
 * @call: takes the push to it
 * @tasklet: pushes
 * @again: and does so again, so many times, if there is reason to
 * @reminder: an interrupt, for what was raised while softirqs were served
 * @thread: PREEMPT_RT: the thread
 * @wanted: PREEMPT_RT: it is to run
 */
struct push {
	unsigned long heard;
	bool asked;
	unsigned long calling;
	call_single_data_t call;
	struct tasklet_struct tasklet;
	unsigned int again;
	struct hrtimer reminder;
	struct task_struct *thread;
	bool wanted;
};

/* A pass looks at 300 frames or so, and a queue may have more: rings of 4096 are large ones. */
#define PASSES	16

#define REMIND_NS	(20 * NSEC_PER_USEC)
#define TASKLETS	(BIT(HI_SOFTIRQ) | BIT(TASKLET_SOFTIRQ))

/* A CPU that no beat has come to for so long is none of theirs any more. */
#define HEARS_JIFFIES	(600 * HZ)

static DEFINE_PER_CPU(struct push, pushes);
static struct cpumask hearing;
static bool stopped;

static bool frames_wait(unsigned int cpu)
{
	const struct softnet_data *sd = &per_cpu(softnet_data, cpu);

	return !list_empty(&sd->poll_list) || test_bit(NAPI_STATE_SCHED, &sd->backlog.state);
}

/* Context: hard interrupt, on the CPU that is pushed. */
static void called(void *unused)
{
	clear_bit(0, this_cpu_ptr(&pushes.calling));
	tasklet_schedule(this_cpu_ptr(&pushes.tasklet));
}

static int wanted(unsigned int cpu)
{
	return READ_ONCE(per_cpu(pushes.wanted, cpu));
}

static void work(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(pushes.wanted, cpu), false);
	local_bh_disable();
	tasklet_schedule(this_cpu_ptr(&pushes.tasklet));
	local_bh_enable();
}

/* Above every thread that could keep softirqs waiting: they are short, and are due now. */
static void go_first(unsigned int cpu)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_FIFO,
		.sched_priority = MAX_RT_PRIO - 1,
	};

	sched_setattr_nocheck(current, &attr);
}

static struct smp_hotplug_thread threads = {
	.store = &pushes.thread,
	.thread_should_run = wanted,
	.thread_fn = work,
	.setup = go_first,
	.thread_comm = "hbkm/%u",
};

static void push(unsigned int cpu)
{
	struct push *p = per_cpu_ptr(&pushes, cpu);

	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		WRITE_ONCE(p->wanted, true);
		wake_up_process(p->thread);
	} else if (cpu == smp_processor_id()) {
		tasklet_schedule(&p->tasklet);
	} else if (!test_and_set_bit(0, &p->calling)) {
		/* Clusters of several namespaces push: who queues is for us to serialise. */
		if (smp_call_function_single_async(cpu, &p->call))
			clear_bit(0, &p->calling);
	}
}

/* Context: softirq, after all that was pending. */
static void pushed(struct tasklet_struct *tasklet)
{
	struct push *p = container_of(tasklet, struct push, tasklet);
	unsigned int cpu = smp_processor_id();

	if (READ_ONCE(stopped) || !READ_ONCE(p->again) || !frames_wait(cpu)) {
		WRITE_ONCE(p->asked, false);
		return;
	}
	WRITE_ONCE(p->again, p->again - 1);
	push(cpu);
}

/*
 * Where no softirq is being served, what is pending is done at the end of this
 * interrupt, or when bottom halves are on again.
 */
static enum hrtimer_restart remind(struct hrtimer *timer)
{
	if (!in_serving_softirq() || !(local_softirq_pending() & TASKLETS))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(REMIND_NS));
	return HRTIMER_RESTART;
}

/**
 * hbkm_push_softirq() - what was raised by this interrupt is to be done now
 *
 * Or, if it came while softirqs were being served, as soon as they let it.
 *
 * Context: hard interrupt.
 */
void hbkm_push_softirq(void)
{
	struct push *p = this_cpu_ptr(&pushes);

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		push(smp_processor_id());
	else if (in_serving_softirq() && !hrtimer_is_queued(&p->reminder))
		hrtimer_start(&p->reminder, ns_to_ktime(REMIND_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static void ask(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(pushes.again, cpu), PASSES);
	WRITE_ONCE(per_cpu(pushes.asked, cpu), true);
	push(cpu);
}

/**
 * hbkm_push_hears() - a beat has come in on this CPU
 *
 * Context: softirq.
 */
void hbkm_push_hears(void)
{
	unsigned int cpu = smp_processor_id();

	this_cpu_write(pushes.heard, jiffies);
	if (!cpumask_test_cpu(cpu, &hearing))
		cpumask_set_cpu(cpu, &hearing);
}

/**
 * hbkm_push_hearing() - have those frames looked at that wait where beats come in
 *
 * At every beat, so that no queue in which they wait overflows meanwhile: what is
 * dropped there no verdict can wait for.
 *
 * Context: softirq.
 */
void hbkm_push_hearing(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &hearing) {
		unsigned long heard = READ_ONCE(per_cpu(pushes.heard, cpu));

		if (!cpu_online(cpu) || time_after(jiffies, heard + HEARS_JIFFIES))
			cpumask_clear_cpu(cpu, &hearing);
		else if (frames_wait(cpu))
			ask(cpu);
	}
}

/**
 * hbkm_push_receive() - have those frames looked at that wait in any CPU's queue
 *
 * NAPI has a list of devices to be polled for each CPU, and a backlog, which
 * frames from virtual devices and from other CPUs go through. Where either is in
 * use, NET_RX is pending, and perhaps held up. While it polls a device, though,
 * that is on no list: so those where beats come in are asked in any case, and have
 * frames waiting until they have answered, by a tasklet, which comes after NET_RX.
 *
 * Threaded NAPI is not looked at: what a device's own threads leave undone is a
 * matter of the priority that they were given.
 *
 * Context: softirq. Return: true if frames may wait; their CPUs were pushed.
 */
bool hbkm_push_receive(void)
{
	bool waiting = false;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		bool busy = frames_wait(cpu) || READ_ONCE(per_cpu(pushes.asked, cpu));

		if (busy || (cpumask_test_cpu(cpu, &hearing) && cpu != smp_processor_id()))
			ask(cpu);
		waiting |= busy;
	}
	return waiting;
}

/**
 * hbkm_push_init() - get ready to push
 *
 * Return: 0 or an error.
 */
int hbkm_push_init(void)
{
	struct push *p;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		p = per_cpu_ptr(&pushes, cpu);
		INIT_CSD(&p->call, called, NULL);
		tasklet_setup(&p->tasklet, pushed);
		hrtimer_setup(&p->reminder, remind, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	}
	return IS_ENABLED(CONFIG_PREEMPT_RT) ? smpboot_register_percpu_thread(&threads) : 0;
}

/**
 * hbkm_push_exit() - wait for the last pushes
 *
 * Context: process, with no cluster left.
 */
void hbkm_push_exit(void)
{
	unsigned int cpu;

	WRITE_ONCE(stopped, true);
	synchronize_rcu();		/* whoever was pushed is pushed no more */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		smpboot_unregister_percpu_thread(&threads);
	for_each_possible_cpu(cpu)
		while (READ_ONCE(per_cpu(pushes.call, cpu).node.u_flags) & CSD_FLAG_LOCK)
			cond_resched();
	synchronize_rcu();		/* a call is unlocked before it is done */
	for_each_possible_cpu(cpu)
		hrtimer_cancel(&per_cpu_ptr(&pushes, cpu)->reminder);
	for_each_possible_cpu(cpu)
		tasklet_kill(per_cpu_ptr(&pushes.tasklet, cpu));
}
