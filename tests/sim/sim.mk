# SPDX-License-Identifier: GPL-2.0
# The simulator: the module's own files, compiled against tests/sim/kernel.h. Included by
# the top Makefile; stands alone as well: make -f tests/sim/sim.mk build/sim/sim

SIM_KMOD ?= kmod
SIM_INCLUDE ?= include
SIM_OUT ?= build/sim
SIM_MODULE := $(addprefix $(SIM_KMOD)/,detector.c election.c frame.c cluster.c group.c node.c timer.c xmit.c recv.c)
SIM_SOURCES := $(wildcard tests/sim/*.c)
SIM_CFLAGS ?= -O2 -g
SIM_CC := $(CC) -std=gnu11 $(SIM_CFLAGS) -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-include tests/sim/kernel.h -I$(SIM_OUT)/shim -I$(SIM_INCLUDE) -I$(SIM_INCLUDE)/uapi -I$(SIM_KMOD) -Itests/sim

$(SIM_OUT)/sim: $(SIM_SOURCES) $(wildcard tests/sim/*.h $(SIM_KMOD)/*.h $(SIM_INCLUDE)/*/*.h) $(SIM_MODULE)
	@mkdir -p $(SIM_OUT)/shim
	@grep -hoE '#include <(linux|net|trace)/[^>]+>' $(SIM_MODULE) $(SIM_KMOD)/*.h | \
		sed -e 's/.*<//' -e 's/>//' | sort -u | grep -v '^linux/hbkm.h$$' | \
		while read -r f; do mkdir -p "$(SIM_OUT)/shim/$${f%/*}" && : > "$(SIM_OUT)/shim/$$f"; done
	$(SIM_CC) -o $@.tmp $(SIM_SOURCES) $(SIM_MODULE) && mv $@.tmp $@
