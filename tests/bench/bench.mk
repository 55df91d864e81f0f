# SPDX-License-Identifier: GPL-2.0
# target: make bench		hbkm and its rivals at the same work, measured: a table, pictures, build/bench/result.json (takes hours)

# Fewer deaths, some steps, some contestants: make bench DEATHS=10 STEPS=death CONTESTANTS="hbkm-1-3ms keepalived-10ms"
DEATHS ?= 50

bench: deps
	$(MAKE) module tools
	tests/bench/bench -n $(DEATHS) $(if $(STEPS),-s "$(STEPS)") $(CONTESTANTS)

.PHONY: bench
