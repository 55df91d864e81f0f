# SPDX-License-Identifier: GPL-2.0
# target: make deps		install the Debian packages that building and tests need
# target: make check-kernels	the lab's scripts on Debian's 6.1, 6.1-rt, 6.12 and 7.3
# target: make fuzz		the parsers, fed with anything: a minute each; or make fuzz RUNS=N, SECONDS=N
# target: make check-debug	the lab's scripts, and allocations that fail, on a kernel that looks for faults (built once)
# target: make deb		our Debian packages, in build/deb
# target: make check-packages	they install in bare Debian 12 and 13, and go without a trace; the recipe with Puppet and systemd
# target: make check-smp		on two processors: the module goes and comes 200 times, a processor 50 times; one is isolated; loads
# target: make soak		a day of virtual time with 1 ms beats, and one with losses (20 minutes; HOURS=24)

PACKAGES := tests/packages tests/lab/packages
FUZZ_LIMIT = $(if $(RUNS),-runs=$(RUNS),-max_total_time=$(or $(SECONDS),60))
TEST_PROGRAMS := $(patsubst tests/netns/%.c,build/tests/%,$(wildcard tests/netns/*.c)) build/tests/lastword

deps:
	tests/install-packages $(PACKAGES) tests/packages-check

# The module for the lab is that of Debian's kernel, whatever kernel runs here.
check: deps
	$(MAKE) -j$$(nproc) module tools $(TEST_PROGRAMS) $(LAB_MODULES)
	tests/check

check-kernels: deps
	$(MAKE) -j$$(nproc) module tools $(TEST_PROGRAMS) $(LAB_MODULES)
	tests/check-kernels

fuzz:
	tests/install-packages $(PACKAGES) tests/packages-check
	tests/fuzz/fuzz frame $(FUZZ_LIMIT)
	tests/fuzz/fuzz config $(FUZZ_LIMIT)
	tests/fuzz/fuzz heartbeat $(FUZZ_LIMIT)

# Linux with everything on that finds faults, as a program of this machine.
check-debug: deps
	tests/install-packages tests/packages-debug
	$(MAKE) -j$$(nproc) tools $(TEST_PROGRAMS) build/tests/failnth
	tests/lab/kernel uml-debug build -s
	tests/check --kernel uml-debug

check-smp: deps
	$(MAKE) -j$$(nproc) module tools
	tests/lab/run --smp 2 --timeout 14400 tests/smp/load-unload.sh 200
	tests/lab/run --smp 2 --timeout 3600 tests/smp/hotplug.sh 50
	LAB_APPEND='isolcpus=1 nohz_full=1' tests/lab/run --smp 2 tests/smp/isolated.sh
	tests/lab/run --smp 2 --timeout 3600 tests/load/held-queue.sh
	tests/lab/run --smp 2 --timeout 3600 tests/load/load.sh -s 10 -d 1 -t 100000 \
		hogs forks rules txqueue frozen agent-stopped flood flood-other flood-hogs fifo fifo-flood flood-fifo

deb: deps
	tests/install-packages tests/packages-deb
	tests/deb/build

check-packages: deb
	$(MAKE) -j$$(nproc) module tools
	tests/deb/puppet
	tests/lab/run --timeout 1800 tests/deb/agents.sh
	tests/lab/run tests/deb/listen.sh
	tests/deb/check
	tests/deb/recipe

HOURS ?= 24

soak: deps
	tests/install-packages tests/packages-debug
	$(MAKE) -j$$(nproc) tools
	tests/lab/kernel uml build -s
	tests/lab/run --kernel uml --timeout 100000 --name soak-steady tests/soak/soak.sh steady $(HOURS)
	tests/lab/run --kernel uml --timeout 100000 --name soak-lossy tests/soak/soak.sh lossy $(HOURS)

demo:
	tests/install-packages $(PACKAGES)
	$(MAKE) -j$$(nproc) module tools
	tests/demo/demo

.PHONY: deps deb check-packages check check-kernels check-debug check-smp fuzz soak demo

# A program of the lab's scripts: static, as a guest has no libraries of ours.
build/tests/%: tests/netns/%.c tests/netns/request.h include/uapi/linux/hbkm.h
	@mkdir -p build/tests
	$(CC) -std=gnu11 -O2 -Wall -Wextra -static -Iinclude/uapi -o $@ $<

build/tests/%: tests/debug/%.c tests/netns/request.h include/uapi/linux/hbkm.h
	@mkdir -p build/tests
	$(CC) -std=gnu11 -O2 -Wall -Wextra -static -Iinclude/uapi -o $@ $<

build/tests/%: tests/bench/%.c kmod/frame.c include/hbkm/frame.h include/uapi/linux/hbkm.h
	@mkdir -p build/tests
	$(CC) -std=gnu11 -O2 -Wall -Wextra -static -Iinclude/uapi -Iinclude -o $@ $< kmod/frame.c
