// SPDX-License-Identifier: GPL-2.0
/*
 * Does what a bad driver does: keeps interrupts off for long, or only softirqs, and
 * the processor with them.
 *
 *	echo 5000 >/sys/module/irqs_off/parameters/hold_us
 *	echo 5000 >/sys/module/irqs_off/parameters/hold_softirqs_us
 */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>

static unsigned int softirqs_us;

static void spin(unsigned int us)
{
	mdelay(us / USEC_PER_MSEC);
	udelay(us % USEC_PER_MSEC);
}

static int hold(const char *text, const struct kernel_param *param)
{
	unsigned long flags;
	unsigned int us;
	int ret;

	ret = kstrtouint(text, 0, &us);
	if (ret)
		return ret;
	local_irq_save(flags);
	spin(us);
	local_irq_restore(flags);
	return 0;
}

static void be_long(struct tasklet_struct *unused)
{
	spin(softirqs_us);
}
static DECLARE_TASKLET(first, be_long);

static void be_short(struct tasklet_struct *unused)
{
}
static DECLARE_TASKLET(last, be_short);

/*
 * The first softirq takes long, and the last is pending, too: what is raised
 * meanwhile waits for the next round if it is of the first kind, but of the last it
 * is done in this one.
 */
static int hold_softirqs(const char *text, const struct kernel_param *param)
{
	int ret;

	ret = kstrtouint(text, 0, &softirqs_us);
	if (ret)
		return ret;
	local_bh_disable();
	tasklet_hi_schedule(&first);
	tasklet_schedule(&last);
	local_bh_enable();
	return 0;
}

static void __exit go(void)
{
	tasklet_kill(&first);
	tasklet_kill(&last);
}
module_exit(go);

static const struct kernel_param_ops hold_ops = { .set = hold };
static const struct kernel_param_ops hold_softirqs_ops = { .set = hold_softirqs };

module_param_cb(hold_us, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold_us, "keeps interrupts off for so long, each time that it is written");

module_param_cb(hold_softirqs_us, &hold_softirqs_ops, NULL, 0200);
MODULE_PARM_DESC(hold_softirqs_us, "keeps softirqs off for so long, each time that it is written");

MODULE_DESCRIPTION("Keeps interrupts off, for the lab's tests");
MODULE_LICENSE("GPL");
