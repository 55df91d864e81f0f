// SPDX-License-Identifier: GPL-2.0
/* Loading the module, and telling people why it does not load. */
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libkmod.h>

#include "agent.h"
#include "hbctl.h"

/* What a user does about it; hbkm(4) has all of it, from the beginning. */
#define ENROL	"have the machine trust the key of DKMS: \"mokutil --import " \
		"/var/lib/dkms/mok.pub\", then reboot and enrol it there; see hbkm(4)"

static bool may_load(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, caps) &&
	       caps[CAP_TO_INDEX(CAP_SYS_MODULE)].effective & CAP_TO_MASK(CAP_SYS_MODULE);
}

static bool first_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool there = file && fgets(line, size, file);

	if (file)
		fclose(file);
	return there;
}

/*
 * The kernel says no more than EPERM. What would be refused to root, too, comes first, but for
 * Secure Boot: that has Debian's kernel locked down, and to it a module that nobody whom it
 * trusts has signed is a breach of the lockdown, not a wrong key; but it may be signed well.
 */
static void explain_forbidden(void)
{
	char line[64];

	if (first_line("/proc/sys/kernel/modules_disabled", line, sizeof(line)) && *line == '1')
		fail(HBCTL_ABSENT, "the kernel loads no module any more before the next reboot, as "
		     "kernel.modules_disabled=1: list hbkm in /etc/modules-load.d, to have it "
		     "loaded before that is set (EPERM)");
	else if (!may_load())
		fail(HBCTL_ABSENT, "loading module hbkm is not permitted: run \"modprobe hbkm\" as "
		     "root, or list it in /etc/modules-load.d (EPERM)");
	else if (!first_line("/sys/kernel/security/lockdown", line, sizeof(line)))
		fail(HBCTL_ABSENT, "the kernel refuses module hbkm: if it is locked down (Secure Boot; "
		     "dmesg says so), as no key that it trusts signed it: " ENROL "; else as a "
		     "container or a security module lets nobody load it here (EPERM)");
	else if (!strstr(line, "[none]"))
		fail(HBCTL_ABSENT, "the kernel refuses module hbkm, as it is locked down (Secure "
		     "Boot), and no key that it trusts signed it: " ENROL " (EPERM)");
	else
		fail(HBCTL_ABSENT, "loading module hbkm is not permitted here even to root: a "
		     "container, or a security module, forbids it; have the host load it at boot, "
		     "by /etc/modules-load.d (EPERM)");
}

static void explain(int err, const char *release)
{
	switch (err) {
	case -ENOENT:
		fail(HBCTL_ABSENT, "there is no module hbkm for the running kernel %s: install "
		     "linux-headers-%s, then \"dkms autoinstall\" builds it", release, release);
		break;
	case -ENOKEY:
	case -EKEYREJECTED:
		fail(HBCTL_ABSENT, "the kernel refuses module hbkm, as no key that it trusts "
		     "signed it: " ENROL " (%s)", strerrorname_np(-err));
		break;
	case -EPERM:
		explain_forbidden();
		break;
	case -ENOEXEC:
		fail(HBCTL_ABSENT, "module hbkm was built for another kernel than %s: \"dkms "
		     "autoinstall\" builds it anew (ENOEXEC)", release);
		break;
	default:
		fail(HBCTL_ABSENT, "loading module hbkm: %s (%s); dmesg may tell more",
		     strerror(-err), strerrorname_np(-err) ? strerrorname_np(-err) : "error");
	}
}

int module_insert(const char *name)
{
	struct kmod_list *list = NULL, *entry;
	struct kmod_ctx *ctx;
	int err = -ENOENT;

	/* modprobe.d is honoured: options, and a blacklist only against aliases. */
	ctx = kmod_new(NULL, NULL);
	if (!ctx)
		return -ENOMEM;
	kmod_set_log_priority(ctx, 0);
	kmod_load_resources(ctx);
	if (!kmod_module_new_from_lookup(ctx, name, &list) && list) {
		kmod_list_foreach(entry, list) {
			struct kmod_module *mod = kmod_module_get_module(entry);

			err = kmod_module_probe_insert_module(mod, 0, NULL, NULL, NULL, NULL);
			kmod_module_unref(mod);
			if (err)
				break;
		}
	}
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return err;
}

int module_load(void)
{
	int err = module_insert("hbkm");
	struct utsname u;

	if (!err)
		return HBCTL_OK;
	uname(&u);
	explain(err, u.release);
	return HBCTL_ABSENT;
}
