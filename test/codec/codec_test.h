/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CODEC_TEST_H
#define COMITY_CODEC_TEST_H
/* What the tests of codec share: one group a file, a turn for each test, and how a refusal is
 * looked at. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/codec.h"

#include <string.h>

/* Each runs its group and returns how many failed. */
int corpus_tests(void);
int json_tests(void);
int json_write_tests(void);
int mail_name_tests(void);
int mail_read_tests(void);
int mail_write_tests(void);
int pack_tests(void);
int tree_tests(void);
int xml_tests(void);
int yaml_tests(void);
int zip_tests(void);

int turn_up(void **state);
int turn_down(void **state);
#define with_turn(test) cmocka_unit_test_setup_teardown(test, turn_up, turn_down)

/* Fails unless the call ended in this fault and said so in print; then forgives it. `article` NULL
 * means none. `of` is the input, for the message of the failing test. */
void assert_refused(struct turn *t, err got, err e, const char *code, const char *article,
                    const char *of);
void assert_text(struct str s, const char *expected);
/* The same text `n` times. */
struct str repeat(struct arena *a, const char *what, size_t n);
/* A generator for tests that must be the same each time (xorshift64). */
uint64_t next_of(uint64_t *seed);
static inline struct bytes bytes_of(const char *c) { return str_bytes(str_of(c)); }

#endif
