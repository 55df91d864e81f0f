/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a verb's file needs to link without the kernel: error messages kept for
 * the test to look at, and netlink functions that must not be reached.
 */
#ifndef HBCTL_STUB_H
#define HBCTL_STUB_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka has a macro of this name; hbctl's function is meant here. */
#undef fail

#include "hbctl.h"
#include "nl.h"

struct hbctl_options opts;
static char message[1024];

int usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return HBCTL_USAGE;
}

int fail(enum hbctl_exit code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return code;
}

bool wants_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return false;
}

/* An argument vector from words: VERB("set", "keepalive", "1ms"). */
#define VERB(...)							\
	char *argv[] = { __VA_ARGS__, NULL };				\
	int argc = (int)ARRAY_SIZE(argv) - 1

/* A second one in the same function. */
#define VERB_TWICE(...)							\
	char *argv2[] = { __VA_ARGS__, NULL };				\
	int argc2 = (int)ARRAY_SIZE(argv2) - 1

/* They use none of their arguments. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define UNREACHED(ret, name, ...)					\
	ret name(__VA_ARGS__);						\
	ret name(__VA_ARGS__)						\
	{								\
		abort();							\
		return 0;						\
	}

#endif /* HBCTL_STUB_H */
