/* SPDX-License-Identifier: GPL-2.0 */
/* Counters: one set for each CPU, added up when read. */
#ifndef HBKM_STATS_H
#define HBKM_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <linux/hbkm.h>

struct hbkm_stats {
	struct u64_stats_sync syncp;
	u64_stats_t v[HBKM_STAT_MAX + 1];
};

/* Context: bottom halves off. */
static inline void hbkm_count(struct hbkm_stats __percpu *stats, enum hbkm_stat stat)
{
	struct hbkm_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->v[stat]);
	u64_stats_update_end(&s->syncp);
}

static inline u64 hbkm_stat_read(struct hbkm_stats __percpu *stats, enum hbkm_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct hbkm_stats *s = per_cpu_ptr(stats, cpu);
		unsigned int start;
		u64 v;

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			v = u64_stats_read(&s->v[stat]);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		sum += v;
	}
	return sum;
}

#endif /* HBKM_STATS_H */
