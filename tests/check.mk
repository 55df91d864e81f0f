# SPDX-License-Identifier: GPL-2.0
# target: make deps		install the Debian packages that building and tests need

deps:
	tests/install-packages tests/packages tests/lab/packages

check: deps
	$(MAKE) module tools
	tests/check

.PHONY: deps check
