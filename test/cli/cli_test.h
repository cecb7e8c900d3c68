/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CLI_TEST_H
#define COMITY_CLI_TEST_H
/* What the tests of cli share: one group a file, the program run as people run it, and a node that
 * only repeats what it was asked. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/inner.h"

/* Each runs its group and returns how many failed. */
int args_tests(void);
int ask_tests(void);
int casework_tests(void);
int cli_tests(void);
int demo_tests(void);
int demo_heads_tests(void);
int demo_node_tests(void);
int evidence_tests(void);
int exhibit_tests(void);
int help_tests(void);
int house_tests(void);
int ledger_tests(void);
int profile_tests(void);
int input_tests(void);
int out_tests(void);
int papers_tests(void);
int clocks_tests(void);
int show_tests(void);
int tables_tests(void);
int user_tests(void);

/* ---- the program ----------------------------------------------------------------------------- */

/* What a run of the program under test (COMITY in the environment) left behind. */
struct ran {
    int exit;
    struct str out, err;
    struct tree *json; /* `out` as one JSON document, NULL when it is none */
};
/* Runs it with these words, ended by NULL. */
struct ran run(struct arena *a, ...) __attribute__((sentinel));
/* Starts it with its output thrown away; the caller waits for it. */
int run_start(struct arena *a, ...) __attribute__((sentinel));

/* ---- a node that repeats --------------------------------------------------------------------- */

/* A command line in this process, beside a folder of its own and, when asked for, a node that
 * answers each action with {"action","args"} as its view. Some words bring out more: a ref FAULT is
 * refused with everything a refusal may say, a ref DROP ends the node without an answer; "show"
 * gives a dossier, "export" a container. */
struct bench {
    struct arena *arena;
    struct cli *c;
    const char *dir;
    int node; /* pid, 0 when none runs */
};
/* Words of a command line, ended by NULL, read into the bench's. */
err bench_args(struct bench *b, ...) __attribute__((sentinel));
/* Runs the command that was read. */
err bench_run(struct bench *b);
const char *bench_file(struct bench *b, const char *name, const char *content);
/* How often the folder's store was asked for, and whether for writing. */
int bench_opened(const struct bench *b, bool *write_out);
int bench_up(void **state);
int bench_serving(void **state);
int bench_down(void **state);
#define with_bench(test) cmocka_unit_test_setup_teardown(test, bench_up, bench_down)
#define with_node(test) cmocka_unit_test_setup_teardown(test, bench_serving, bench_down)

#define assert_text(is, should) assert_string_equal(str_c(arena_of(state), (is)), (should))
struct arena *arena_of(void **state);
bool holds(struct str text, const char *part);

#endif
