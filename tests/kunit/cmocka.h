/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of cmocka as the tests of the pure cores use, by KUnit: so the same
 * tests run in the kernel, compiled by its rules and under its sanitizers.
 */
#ifndef HBKM_KUNIT_CMOCKA_H
#define HBKM_KUNIT_CMOCKA_H

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

struct CMUnitTest {
	const char *name;
	void (*run)(void **state);
};

#define cmocka_unit_test(test)	{ #test, test }

/* A suite stays as long as the module does: debugfs shows it. */
#define cmocka_run_group_tests_name(group, tests, setup, teardown) ({		\
	static struct kunit_suite suite_ = { .name = group };			\
										\
	hbkm_kunit_run(&suite_, tests, sizeof(tests) / sizeof((tests)[0]));	\
})

/**
 * hbkm_kunit_run() - run a group of tests as a suite
 * @suite: with its name only
 * @tests: the group
 * @n: how many they are
 *
 * Context: process; sleeps.
 * Return: 0 or -ENOMEM. What failed is KUnit's to tell.
 */
int hbkm_kunit_run(struct kunit_suite *suite, const struct CMUnitTest *tests, unsigned int n);

/* The test that runs. */
extern struct kunit *hbkm_kunit_test;

#define assert_true(is)			KUNIT_ASSERT_TRUE(hbkm_kunit_test, is)
#define assert_false(is)		KUNIT_ASSERT_FALSE(hbkm_kunit_test, is)
#define assert_int_equal(a, b)		KUNIT_ASSERT_EQ(hbkm_kunit_test, (u64)(a), (u64)(b))
#define assert_int_not_equal(a, b)	KUNIT_ASSERT_NE(hbkm_kunit_test, (u64)(a), (u64)(b))
#define assert_ptr_equal(a, b)		KUNIT_ASSERT_PTR_EQ(hbkm_kunit_test, a, b)
#define assert_memory_equal(a, b, len)	KUNIT_ASSERT_EQ(hbkm_kunit_test, 0, memcmp(a, b, len))
#define fail_msg(...)			KUNIT_FAIL(hbkm_kunit_test, __VA_ARGS__)

/* libc's, for tests: repeatable, and of slabs, where a sanitizer sees the end of each. */
void srand(unsigned int seed);
int rand(void);

#define UINT64_MAX		U64_MAX
#define INT64_MAX		S64_MAX

#define malloc(size)		kmalloc(size, GFP_KERNEL)
#define calloc(n, size)		kcalloc(n, size, GFP_KERNEL)
#define free(p)			kfree(p)

/* The tests have their own. */
#undef ARRAY_SIZE

#endif /* HBKM_KUNIT_CMOCKA_H */
