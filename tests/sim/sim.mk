# SPDX-License-Identifier: GPL-2.0
# The simulator: the module's own files, compiled against tests/sim/kernel.h. Included by
# the top Makefile; stands alone as well: make -f tests/sim/sim.mk build/sim/sim
#
# target: make sim		a million schedules; make sim SEED=n tells what happens in one
# target: make sim-mutations	breaks the module in many ways: the simulator must notice each

SIM_KMOD ?= kmod
SIM_INCLUDE ?= include
SIM_OUT ?= build/sim
SIM_COUNT ?= 1000000
SIM_FIRST ?= 1
SIM_JOBS ?= $(shell nproc)
SIM_MODULE := $(addprefix $(SIM_KMOD)/,detector.c election.c frame.c cluster.c group.c node.c timer.c xmit.c recv.c)
SIM_SOURCES := $(wildcard tests/sim/*.c)
SIM_CFLAGS ?= -O2 -g
SIM_CC := $(CC) -std=gnu11 $(SIM_CFLAGS) -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-include tests/sim/kernel.h -I$(SIM_OUT)/shim -I$(SIM_INCLUDE) -I$(SIM_INCLUDE)/uapi -I$(SIM_KMOD) -Itests/sim

sim: build/sim/sim
	build/sim/sim $(if $(SEED),--seed $(SEED) --trace,--first $(SIM_FIRST) --count $(SIM_COUNT) --jobs $(SIM_JOBS))

sim-mutations: build/sim/sim
	tests/sim/mutate.sh

.PHONY: sim sim-mutations

$(SIM_OUT)/sim: $(SIM_SOURCES) $(wildcard tests/sim/*.h $(SIM_KMOD)/*.h $(SIM_INCLUDE)/*/*.h) $(SIM_MODULE)
	@mkdir -p $(SIM_OUT)/shim
	@grep -hoE '#include <(linux|net|trace)/[^>]+>' $(SIM_MODULE) $(SIM_KMOD)/*.h | \
		sed -e 's/.*<//' -e 's/>//' | sort -u | grep -v '^linux/hbkm.h$$' | \
		while read -r f; do mkdir -p "$(SIM_OUT)/shim/$${f%/*}" && : > "$(SIM_OUT)/shim/$$f"; done
	$(SIM_CC) -o $@.tmp $(SIM_SOURCES) $(SIM_MODULE) && mv $@.tmp $@
