/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LEDGER_TEST_H
#define COMITY_LEDGER_TEST_H
/* What the tests of the ledger share: a turn for each test, a log in memory, and a second, naive
 * implementation that follows the recursive definitions of RFC 6962 2.1 word by word. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/ledger.h"

/* Each runs its group and returns how many failed. */
int add_tests(void);
int checkpoint_tests(void);
int cosign_tests(void);
int fuzz_tests(void);
int leaf_tests(void);
int note_tests(void);
int origin_tests(void);
int proof_tests(void);
int second_tests(void);
int tile_tests(void);
int tree_tests(void);
int verify_tests(void);
int vkey_tests(void);

int turn_up(void **state);
int turn_down(void **state);
#define with_turn(test) cmocka_unit_test_setup_teardown(test, turn_up, turn_down)

void assert_text(struct str s, const char *expected);
void assert_hash(const struct hash *h, const char *expected_hex);
/* Asserts a refusal with its error, code and, where not NULL, article and particular; forgives it.
 */
void assert_refused(struct turn *t, err got, err e, const char *code, const char *article,
                    const char *particular);

/* ---- the log in memory ----------------------------------------------------------------------- */

enum { LOG_MAX = 300 };

/* A log of LOG_MAX leaves with every inner node the ledger made, and what the source gave out. */
struct log {
    struct ledger_edge edge;
    struct hash node[16][LOG_MAX];
    bool known[16][LOG_MAX];
    bool leaves_only;
    uint64_t asked;
    uint64_t missing; /* leaf that is not there; UINT64_MAX for none */
    err broken;       /* what the source answers to everything, unless ERR_OK */
};
/* The data of leaf `index`, different for each. */
struct hash leaf_data(uint64_t index);
struct log *log_new(struct arena *a, uint64_t size);
void log_append(struct log *l, const struct hash *data);
struct ledger_source log_source(struct log *l);

/* ---- the second implementation --------------------------------------------------------------- */

/* Leaf hashes, and the hash of each range met so far. */
struct naive {
    struct hash leaf[LOG_MAX];
    struct hash hash[LOG_MAX + 1][LOG_MAX + 1]; /* by begin and length */
    bool known[LOG_MAX + 1][LOG_MAX + 1];
};
struct naive *naive_new(struct arena *a);
/* MTH(D[begin:begin+n]) of RFC 6962 2.1. */
struct hash naive_hash(struct naive *d, uint64_t begin, uint64_t n);
/* PATH(m, D[begin:begin+n]), added to `p`. */
void naive_path(struct naive *d, uint64_t m, uint64_t begin, uint64_t n, struct ledger_proof *p);
/* SUBPROOF(m, D[begin:begin+n], b), added to `p`. */
void naive_subproof(struct naive *d, uint64_t m, uint64_t begin, uint64_t n, bool b,
                    struct ledger_proof *p);

#endif
