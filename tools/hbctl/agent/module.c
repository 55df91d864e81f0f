// SPDX-License-Identifier: GPL-2.0
/* Loading the module, and telling people why it does not load. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <libkmod.h>

#include "agent.h"
#include "hbctl.h"

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
		     "signed it (Secure Boot): enrol the key of DKMS with \"mokutil --import "
		     "/var/lib/dkms/mok.pub\" and reboot (%s)", strerrorname_np(-err));
		break;
	case -EPERM:
		fail(HBCTL_ABSENT, "loading module hbkm is not permitted: run \"modprobe hbkm\" as "
		     "root, or list it in /etc/modules-load.d (EPERM)");
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
