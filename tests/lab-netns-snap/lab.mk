# SPDX-License-Identifier: GPL-2.0
# The lab's own program. The top Makefile includes this; tests/lab/run also uses it alone, from the top of the tree.

LABTOOL_SOURCES := $(wildcard tests/lab/src/*.c)

# Static: it starts without a dynamic linker's work, and runs in any guest. Moved into place whole, for runs in parallel.
build/labtool: $(LABTOOL_SOURCES) tests/lab/src/labtool.h
	@mkdir -p build
	$(CC) -std=gnu11 -O2 -Wall -Wextra -static -o $@.$$$$ $(LABTOOL_SOURCES) && mv $@.$$$$ $@
