# SPDX-License-Identifier: GPL-2.0
#
#	make			the module and hbctl, for the running kernel
#	make install		both, the module by DKMS (as root)
#	make uninstall		takes away what make install has put there
#	make demo		the recipe fails over, in a virtual machine
#	make check		every test
#	make help		everything else

VERSION := $(shell sed -n 's/^.define HBKM_VERSION.*"\(.*\)"/\1/p' kmod/hbkm.h)

# The running kernel, or, where that has no headers here, the newest that has.
KVER := $(shell uname -r)
ifeq ($(wildcard /lib/modules/$(KVER)/build/Makefile),)
KVER := $(shell ls -d /lib/modules/*/build 2>/dev/null | sort -V | tail -n 1 | cut -d / -f 4)
endif
KDIR ?= /lib/modules/$(KVER)/build

PREFIX ?= /usr
DESTDIR ?=
SYSTEMDUNITDIR ?= /lib/systemd/system
INITDIR ?= /etc/init.d

all: module tools

include tests/lab/lab.mk
include tests/sim/sim.mk
include tests/check.mk
include tests/load/load.mk
include tests/bench/bench.mk

# ---- the module ----

MODULE_SOURCES := Kbuild $(wildcard kmod/*.[ch] include/hbkm/*.h include/uapi/linux/*.h)

module: hbkm.ko

hbkm.ko: $(MODULE_SOURCES)
	@test -n "$(KVER)" || { echo "no kernel headers here: make deps, or install linux-headers" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
	@touch $@

# ---- hbctl ----

CFLAGS ?= -O2 -g
TOOL_LIBS := libnl-3.0 libnl-genl-3.0 libnl-route-3.0 libkmod json-c libsystemd libgcrypt
TOOL_CPPFLAGS := -D_GNU_SOURCE -DHBCTL_VERSION='"$(VERSION)"' -Iinclude/uapi -Iinclude -Itools/hbctl \
		 -Itools/hbctl/config
TOOL_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
# Every function is looked up when hbctl starts: not in the middle of a takeover.
TOOL_LDFLAGS := -Wl,-z,relro,-z,now
TOOL_SOURCES := $(wildcard tools/hbctl/*.c tools/hbctl/*/*.c)
TOOL_OBJECTS := $(TOOL_SOURCES:%.c=build/%.o) build/kmod/frame.o

tools: build/hbctl

build/hbctl: $(TOOL_OBJECTS)
	$(CC) $(TOOL_LDFLAGS) $(LDFLAGS) -o $@ $^ $$(pkg-config --libs $(TOOL_LIBS))

build/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TOOL_CFLAGS) $(TOOL_CPPFLAGS) $$(pkg-config --cflags $(TOOL_LIBS)) -MMD -MP -c -o $@ $<

-include $(TOOL_OBJECTS:.o=.d)

# ---- onto this machine ----

DKMS_DIR = $(DESTDIR)/usr/src/hbkm-$(VERSION)

# What links to hbctl, from where Heartbeat has these programs. The unit's other name works before it is enabled.
PROGRAMS := bin/cl_status share/heartbeat/hb_standby share/heartbeat/hb_takeover share/heartbeat/hb_addnode \
	    share/heartbeat/hb_delnode
MANUALS := man8/hbctl.8 man4/hbkm.4 man5/hbkm-ha.cf.5 man5/hbkm-haresources.5 man5/hbkm-authkeys.5
# By these names Heartbeat's users look for them.
MANUAL_NAMES := $(patsubst %,man1/%.1,$(notdir $(PROGRAMS)))
COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions

# Without the module, and without building: the lab's guests get this, too.
install-tools:
	install -D -m 755 build/hbctl $(DESTDIR)$(PREFIX)/sbin/hbctl
	set -e; for program in $(PROGRAMS); do \
		install -d $(DESTDIR)$(PREFIX)/$${program%/*}; \
		ln -sfr $(DESTDIR)$(PREFIX)/sbin/hbctl $(DESTDIR)$(PREFIX)/$$program; \
	done
	install -d $(DESTDIR)$(SYSTEMDUNITDIR)
	sed "s,/usr/sbin/,$(PREFIX)/sbin/,g" tools/systemd/heartbeat.service >$(DESTDIR)$(SYSTEMDUNITDIR)/heartbeat.service
	ln -sf heartbeat.service $(DESTDIR)$(SYSTEMDUNITDIR)/hbctl.service
	install -d $(DESTDIR)$(INITDIR)
	sed "s,/usr/sbin/,$(PREFIX)/sbin/," tools/init.d/heartbeat >$(DESTDIR)$(INITDIR)/heartbeat
	chmod 755 $(DESTDIR)$(INITDIR)/heartbeat
	set -e; for page in $(MANUALS); do \
		install -D -m 644 tools/man/$${page##*/} $(DESTDIR)$(PREFIX)/share/man/$$page; \
	done
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/man/,$(sort $(dir $(MANUAL_NAMES))))
	set -e; for page in $(MANUAL_NAMES); do \
		ln -sf ../man8/hbctl.8 $(DESTDIR)$(PREFIX)/share/man/$$page; \
	done
	install -D -m 644 tools/completion/hbctl $(COMPLETIONS)/hbctl
	set -e; for program in $(notdir $(PROGRAMS)); do ln -sf hbctl $(COMPLETIONS)/$$program; done

install: tools
ifeq ($(DESTDIR),)
	@! dpkg-query -W -f '$${db:Status-Status}\n' heartbeat 2>/dev/null | grep -qx installed || { \
		echo "Debian's heartbeat is installed: remove it first (apt-get remove heartbeat; /etc/ha.d stays)" >&2; \
		exit 1; }
endif
	$(MAKE) install-tools
	install -d $(DKMS_DIR)/kmod $(DKMS_DIR)/include/hbkm $(DKMS_DIR)/include/uapi/linux
	install -m 644 Kbuild dkms.conf LICENSE $(DKMS_DIR)
	sed -i 's/@VERSION@/$(VERSION)/' $(DKMS_DIR)/dkms.conf
	install -m 644 kmod/*.[ch] $(DKMS_DIR)/kmod
	install -m 644 include/hbkm/*.h $(DKMS_DIR)/include/hbkm
	install -m 644 include/uapi/linux/*.h $(DKMS_DIR)/include/uapi/linux
ifeq ($(DESTDIR),)
	dkms install --force hbkm/$(VERSION)
	-systemctl daemon-reload
endif

uninstall:
ifeq ($(DESTDIR),)
	-systemctl disable --now heartbeat.service
	-update-rc.d -f heartbeat remove
	-dkms remove hbkm/$(VERSION) --all
endif
	rm -rf $(DKMS_DIR)
	rm -f $(DESTDIR)$(INITDIR)/heartbeat \
	      $(DESTDIR)$(SYSTEMDUNITDIR)/heartbeat.service $(DESTDIR)$(SYSTEMDUNITDIR)/hbctl.service \
	      $(addprefix $(DESTDIR)$(PREFIX)/share/man/,$(MANUALS) $(MANUAL_NAMES)) \
	      $(addprefix $(COMPLETIONS)/,hbctl $(notdir $(PROGRAMS))) \
	      $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/%) $(DESTDIR)$(PREFIX)/sbin/hbctl
	-rmdir $(DESTDIR)$(PREFIX)/share/heartbeat 2>/dev/null

# ---- the rest ----

clean:
	rm -rf build/tools build/kmod build/sim build/unit build/fuzz build/hbctl build/labtool build/demo
	rm -f hbkm.ko hbkm.mod hbkm.mod.c hbkm.o hbkm.mod.o modules.order Module.symvers kmod/*.o \
	      .*.cmd kmod/.*.cmd

help:
	@sed -n '3,/^$$/s/^#\t*//p' Makefile
	@sed -n 's/^# target: //p' tests/check.mk tests/sim/sim.mk tests/load/load.mk tests/bench/bench.mk

.PHONY: all module tools install install-tools uninstall clean help
