/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: the beat path as it is, for perf, ftrace and bpftrace. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hbkm

#if !defined(HBKM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define HBKM_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(hbkm_beat,
	TP_PROTO(u64 seq, u64 late_ns),
	TP_ARGS(seq, late_ns),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, late_ns)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->late_ns = late_ns;
	),
	TP_printk("seq=%llu late_ns=%llu", __entry->seq, __entry->late_ns)
);

TRACE_EVENT(hbkm_heard,
	TP_PROTO(u32 node, u64 seq, u8 path, unsigned int heard),
	TP_ARGS(node, seq, path, heard),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u32, node)
		__field(u32, heard)
		__field(u8, path)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->node = node;
		__entry->heard = heard;
		__entry->path = path;
	),
	TP_printk("node=%08x seq=%llu path=%u heard=%#x", __entry->node, __entry->seq,
		  __entry->path, __entry->heard)
);

TRACE_EVENT(hbkm_drop,
	TP_PROTO(unsigned int stat, size_t len),
	TP_ARGS(stat, len),
	TP_STRUCT__entry(
		__field(u32, stat)
		__field(u32, len)
	),
	TP_fast_assign(
		__entry->stat = stat;
		__entry->len = len;
	),
	TP_printk("stat=%u len=%u", __entry->stat, __entry->len)
);

TRACE_EVENT(hbkm_node,
	TP_PROTO(u32 node, u8 state, u64 now),
	TP_ARGS(node, state, now),
	TP_STRUCT__entry(
		__field(u64, now)
		__field(u32, node)
		__field(u8, state)
	),
	TP_fast_assign(
		__entry->now = now;
		__entry->node = node;
		__entry->state = state;
	),
	TP_printk("node=%08x state=%u now=%llu", __entry->node, __entry->state, __entry->now)
);

TRACE_EVENT(hbkm_group,
	TP_PROTO(u32 group, u8 state, u32 term, u64 now),
	TP_ARGS(group, state, term, now),
	TP_STRUCT__entry(
		__field(u64, now)
		__field(u32, group)
		__field(u32, term)
		__field(u8, state)
	),
	TP_fast_assign(
		__entry->now = now;
		__entry->group = group;
		__entry->term = term;
		__entry->state = state;
	),
	TP_printk("group=%08x state=%u term=%u now=%llu", __entry->group, __entry->state,
		  __entry->term, __entry->now)
);

#endif /* HBKM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
