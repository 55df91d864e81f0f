# SPDX-License-Identifier: GPL-2.0
# The simulator: the module's own files, compiled against tests/sim/kernel.h. Included by
# the top Makefile; stands alone as well: make -f tests/sim/sim.mk build/sim/sim

SIM_MODULE := $(addprefix kmod/,detector.c election.c frame.c cluster.c group.c node.c timer.c xmit.c recv.c)
SIM_SOURCES := $(wildcard tests/sim/*.c)
SIM_CFLAGS ?= -O2 -g
SIM_CC := $(CC) -std=gnu11 $(SIM_CFLAGS) -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-include tests/sim/kernel.h -Ibuild/sim/shim -Iinclude -Iinclude/uapi -Ikmod -Itests/sim

build/sim/sim: $(SIM_SOURCES) $(wildcard tests/sim/*.h) $(SIM_MODULE) $(wildcard kmod/*.h include/hbkm/*.h)
	@mkdir -p build/sim/shim
	@grep -hoE '#include <(linux|net|trace)/[^>]+>' $(SIM_MODULE) kmod/*.h | \
		sed -e 's/.*<//' -e 's/>//' | sort -u | grep -v '^linux/hbkm.h$$' | \
		while read -r f; do mkdir -p "build/sim/shim/$${f%/*}" && : > "build/sim/shim/$$f"; done
	$(SIM_CC) -o $@.tmp $(SIM_SOURCES) $(SIM_MODULE) && mv $@.tmp $@
