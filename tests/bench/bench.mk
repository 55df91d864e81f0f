# SPDX-License-Identifier: GPL-2.0
# target: make bench		hbkm and its rivals at the same work, measured: a table, pictures, build/bench/result.json (half an hour of two processors)
# target: make bench-quick	the same with fewer deaths of fewer contestants (about 3 minutes)

# More deaths, longer loads, some steps, some contestants, other than those that belong to the steps:
#	make bench DEATHS=200 LOAD_SECONDS=60 STEPS="death loads" CONTESTANTS="hbkm-1-3ms keepalived-10ms"
DEATHS ?= 50
LOAD_SECONDS ?= 10

bench: deps
	$(MAKE) -j$$(nproc) module tools build/tests/lastword
	BENCH_COMMAND="$(strip make bench $(foreach v,DEATHS LOAD_SECONDS STEPS CONTESTANTS,$(if $(filter command environment,$(origin $v)),$v=\"$($v)\")))" \
		tests/bench/bench -n $(DEATHS) -l $(LOAD_SECONDS) $(if $(STEPS),-s "$(STEPS)") $(CONTESTANTS)

bench-quick: deps
	$(MAKE) -j$$(nproc) module tools build/tests/lastword
	BENCH_COMMAND="make bench-quick" tests/bench/bench -n 5 -s "death moves" hbkm-1-3ms hbkm-10-30ms keepalived-10ms ucarp-fast

.PHONY: bench bench-quick
