// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the tests of the pure cores once, as the module is loaded.
 *
 *	cat /sys/kernel/debug/kunit/detector/results
 */
#include <linux/module.h>
#include <linux/prandom.h>
#include "cmocka.h"

int detector_tests(void);
int election_tests(void);
int frame_tests(void);

struct kunit *hbkm_kunit_test;

static struct kunit_suite *suites[3];
static unsigned int nr_suites;
/* What the suite that runs consists of. */
static const struct CMUnitTest *group;

static struct rnd_state random;

void srand(unsigned int seed)
{
	prandom_seed_state(&random, seed);
}

int rand(void)
{
	return prandom_u32_state(&random) >> 1;
}

static void run_case(struct kunit *test)
{
	const struct CMUnitTest *t = group;

	while (strcmp(t->name, test->name))
		t++;
	hbkm_kunit_test = test;
	t->run(NULL);
}

int hbkm_kunit_run(struct kunit_suite *suite, const struct CMUnitTest *tests, unsigned int n)
{
	unsigned int i;

	suite->test_cases = kcalloc(n + 1, sizeof(*suite->test_cases), GFP_KERNEL);
	if (!suite->test_cases)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		suite->test_cases[i].name = tests[i].name;
		suite->test_cases[i].run_case = run_case;
	}
	group = tests;
	suites[nr_suites++] = suite;
	return __kunit_test_suites_init(&suite, 1);
}

static void hbkm_kunit_exit(void)
{
	unsigned int i;

	__kunit_test_suites_exit(suites, nr_suites);
	for (i = 0; i < nr_suites; i++)
		kfree(suites[i]->test_cases);
}
module_exit(hbkm_kunit_exit);

static int __init hbkm_kunit_init(void)
{
	int ret = detector_tests() ?: election_tests() ?: frame_tests();

	if (ret)
		hbkm_kunit_exit();
	return ret;
}
module_init(hbkm_kunit_init);

MODULE_DESCRIPTION("Unit tests of hbkm's pure cores");
MODULE_LICENSE("GPL");
