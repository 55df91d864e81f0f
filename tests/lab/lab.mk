# SPDX-License-Identifier: GPL-2.0
# The lab's own program and modules. The top Makefile includes this; tests/lab/run also uses it alone, from the top of the
# tree, for the program.

LABTOOL_SOURCES := $(wildcard tests/lab/src/*.c)

# Static: it starts without a dynamic linker's work, and runs in any guest. Moved into place whole, for runs in parallel.
build/labtool: $(LABTOOL_SOURCES) tests/lab/src/labtool.h
	@mkdir -p build
	$(CC) -std=gnu11 -O2 -Wall -Wextra -static -o $@.$$$$ $(LABTOOL_SOURCES) && mv $@.$$$$ $@

# Its own modules, for the kernel that hbkm.ko is for; tests/lab/kernel builds them for others.
LAB_MODULES := build/modules/irqs_off.ko

$(LAB_MODULES): tests/lab/modules/Kbuild $(wildcard tests/lab/modules/*.c)
	@mkdir -p $(@D) && cp $^ $(@D)
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(@D) modules
