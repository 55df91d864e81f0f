# SPDX-License-Identifier: GPL-2.0
# target: make deps		install the Debian packages that building and tests need
# target: make check-kernels	the lab's scripts on Debian's 6.1, 6.1-rt, 6.12 and 7.3
# target: make fuzz		the parsers, fed with anything: a minute each; or make fuzz RUNS=N, SECONDS=N

PACKAGES := tests/packages tests/lab/packages
FUZZ_LIMIT = $(if $(RUNS),-runs=$(RUNS),-max_total_time=$(or $(SECONDS),60))
TEST_PROGRAMS := $(patsubst tests/netns/%.c,build/tests/%,$(wildcard tests/netns/*.c))

deps:
	tests/install-packages $(PACKAGES) tests/packages-check

# The module for the lab is that of Debian's kernel, whatever kernel runs here.
check: deps
	$(MAKE) module tools $(TEST_PROGRAMS)
	tests/check

check-kernels: deps
	$(MAKE) module tools $(TEST_PROGRAMS)
	tests/check-kernels

fuzz:
	tests/install-packages $(PACKAGES) tests/packages-check
	tests/fuzz/fuzz frame $(FUZZ_LIMIT)
	tests/fuzz/fuzz config $(FUZZ_LIMIT)

demo:
	tests/install-packages $(PACKAGES)
	$(MAKE) module tools
	tests/demo/demo

.PHONY: deps check check-kernels fuzz demo

# A program of the lab's scripts: static, as a guest has no libraries of ours.
build/tests/%: tests/netns/%.c include/uapi/linux/hbkm.h
	@mkdir -p build/tests
	$(CC) -std=gnu11 -O2 -Wall -Wextra -static -Iinclude/uapi -o $@ $<
