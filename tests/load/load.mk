# SPDX-License-Identifier: GPL-2.0
# target: make load		how late beats leave, and who is held for dead, under each load (takes hours)

# A minute each; then with a warm standby, for what a death costs there. `make check` has the worst of them, for some seconds.
load: deps
	$(MAKE) -j$$(nproc) module tools
	tests/load/matrix -s 60 -d 5
	tests/load/matrix -w -s 10 -d 5
	tests/load/matrix --kernel 6.1-rt -w -s 10 -d 2

.PHONY: load
