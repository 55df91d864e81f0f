// SPDX-License-Identifier: GPL-2.0
/*
 * Does what a bad driver does: keeps interrupts off for long, and the processor
 * with them.
 *
 *	echo 5000 >/sys/module/irqs_off/parameters/hold_us
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>

static int hold(const char *text, const struct kernel_param *param)
{
	unsigned long flags;
	unsigned int us;
	int ret;

	ret = kstrtouint(text, 0, &us);
	if (ret)
		return ret;
	local_irq_save(flags);
	mdelay(us / USEC_PER_MSEC);
	udelay(us % USEC_PER_MSEC);
	local_irq_restore(flags);
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = hold };

module_param_cb(hold_us, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold_us, "keeps interrupts off for so long, each time that it is written");

MODULE_DESCRIPTION("Keeps interrupts off, for the lab's tests");
MODULE_LICENSE("GPL");
