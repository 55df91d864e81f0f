/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one shim that lets the pure cores (frame, detector, election) compile in
 * the kernel, in the tests and in the tools from the same source.
 */
#ifndef HBKM_PURE_H
#define HBKM_PURE_H

#ifdef __KERNEL__
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
#ifndef U32_MAX
#define U32_MAX UINT32_MAX
#endif
#endif

#define HBKM_NS_PER_US	1000ULL

/**
 * hbkm_since() - how long ago was that?
 * @then: a time
 * @now: taken on this CPU, perhaps a little before another CPU wrote @then
 *
 * Return: the time between them, 0 if @then is the later.
 */
static inline u64 hbkm_since(u64 then, u64 now)
{
	return now > then ? now - then : 0;
}

#endif /* HBKM_PURE_H */
