# SPDX-License-Identifier: GPL-2.0
#
#	make			the module and hbctl, for the running kernel
#	make install		both, the module by DKMS (as root)
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
TOOL_LIBS := libnl-3.0 libnl-genl-3.0 libnl-route-3.0 libkmod json-c libsystemd
TOOL_CPPFLAGS := -D_GNU_SOURCE -DHBCTL_VERSION='"$(VERSION)"' -Iinclude/uapi -Iinclude -Itools/hbctl \
		 -Itools/hbctl/config
TOOL_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
TOOL_SOURCES := $(wildcard tools/hbctl/*.c tools/hbctl/*/*.c)
TOOL_OBJECTS := $(TOOL_SOURCES:%.c=build/%.o) build/kmod/frame.o

tools: build/hbctl

build/hbctl: $(TOOL_OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $$(pkg-config --libs $(TOOL_LIBS))

build/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TOOL_CFLAGS) $(TOOL_CPPFLAGS) $$(pkg-config --cflags $(TOOL_LIBS)) -MMD -MP -c -o $@ $<

-include $(TOOL_OBJECTS:.o=.d)

# ---- onto this machine ----

DKMS_DIR = $(DESTDIR)/usr/src/hbkm-$(VERSION)

install: tools
	install -D -m 755 build/hbctl $(DESTDIR)$(PREFIX)/sbin/hbctl
	ln -sf ../sbin/hbctl $(DESTDIR)$(PREFIX)/sbin/cl_status
	install -D -m 644 tools/systemd/hbctl.service $(DESTDIR)$(SYSTEMDUNITDIR)/hbctl.service
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
	-systemctl disable --now hbctl.service
	-dkms remove hbkm/$(VERSION) --all
endif
	rm -rf $(DKMS_DIR)
	rm -f $(DESTDIR)$(SYSTEMDUNITDIR)/hbctl.service $(DESTDIR)$(PREFIX)/sbin/cl_status \
	      $(DESTDIR)$(PREFIX)/sbin/hbctl

# ---- the rest ----

clean:
	rm -rf build/tools build/kmod build/sim build/unit build/fuzz build/hbctl build/labtool build/demo
	rm -f hbkm.ko hbkm.mod hbkm.mod.c hbkm.o hbkm.mod.o modules.order Module.symvers kmod/*.o \
	      .*.cmd kmod/.*.cmd

help:
	@sed -n '3,/^$$/s/^#\t*//p' Makefile
	@sed -n 's/^# target: //p' tests/check.mk tests/sim/sim.mk tests/load/load.mk tests/bench/bench.mk

.PHONY: all module tools install uninstall clean help
