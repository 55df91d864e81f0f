/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call prints a field for people and for programs: "age 1.5ms" in text is
 * "age_ns": 1500000 in JSON. Whoever prints an object does it once.
 *
 * In text an object is one line: its head, then "key value" pairs (monitor:
 * "key:value"). Objects and arrays nest in JSON only.
 */
#ifndef HBCTL_OUT_H
#define HBCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text pairs are "key:value" instead of "key value", from now on. */
void out_use_colons(void);

/* @key NULL: an element of an array, or the outermost one. */
void out_array_begin(const char *key);
void out_array_end(void);
void out_object_begin(const char *key);
void out_object_end(void);

/* First words of a line, without a key in text. */
void out_head(const char *key, const char *value);
/* Such a word, "time": of the wall clock, local. */
void out_time(uint64_t ns);

void out_string(const char *key, const char *value);
/* For names that may be absent: "-" in text, null in JSON. */
void out_name(const char *key, const char *value);
void out_names(const char *key, const char *const *values, size_t n);
void out_uint(const char *key, uint64_t value);
void out_uints(const char *key, const uint64_t *values, size_t n);
void out_hex(const char *key, uint64_t value);
/* In text only the key, and only if it is so. */
void out_flag(const char *key, bool value);
/* A bitmap as the list of its bits' numbers. */
void out_bits(const char *key, uint32_t bits);
/* With a unit in text, key_us or key_ns in JSON. */
void out_us(const char *key, uint64_t us);
void out_ns(const char *key, uint64_t ns);

#endif /* HBCTL_OUT_H */
