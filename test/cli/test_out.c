/* SPDX-License-Identifier: Apache-2.0 */
/* The one document, and faults in words. */

#include "cli_test.h"

#include <stdio.h>

static struct fault fault_of(err e)
{
    struct fault f = {.err = e};
    snprintf(f.code, sizeof f.code, "ground-not-allowed");
    snprintf(f.article, sizeof f.article, "un-cybercrime 42(6)");
    snprintf(f.particular, sizeof f.particular, "ground");
    snprintf(f.sentence, sizeof f.sentence, "The article does not allow it.");
    return f;
}

static void a_fault_stands_in_the_document_beside_what_there_is_to_see(void **state)
{
    struct arena *a = arena_of(state);
    struct turn t = {.arena = a};
    struct tree *view = tree_map(a), *m;
    struct fault f = fault_of(ERR_NO);
    tree_add_int(a, view, "must", 1);
    struct str s = cli_document(a, view, &f, CLI_WRITES);
    assert_int_equal(json_read(&t, str_bytes(s), &codec_limits, &m), ERR_OK);
    assert_int_equal(tree_int(m, "must", 0), 1);
    assert_true(str_is(tree_str(tree_get(m, "error"), "code"), "ground-not-allowed"));
    assert_true(str_is(tree_str(tree_get(m, "error"), "article"), "un-cybercrime 42(6)"));
    assert_int_equal(tree_int(tree_get(m, "error"), "exit", 0), 1);
    assert_null(tree_get(view, "error"));
    assert_true(str_is(tree_str(tree_get(m, "error"), "recorded"), "nothing; all is as it was"));
    f = fault_of(ERR_NOT_ALLOWED);
    const struct tree *read = cli_fault_tree(a, &f, CLI_READS);
    assert_null(tree_get(read, "recorded"));
    assert_true(holds(tree_str(read, "next"), "comity show REF"));
}

static void without_a_view_the_document_is_still_one(void **state)
{
    assert_text(cli_document(arena_of(state), NULL, NULL, CLI_READS), "{}\n");
}

static void people_are_told_what_by_which_article_what_was_saved_and_what_next(void **state)
{
    struct fault f = fault_of(ERR_NOT_ALLOWED);
    assert_text(cli_fault_text(arena_of(state), &f, CLI_WRITES, false),
                "comity: The article does not allow it.\n"
                "  article     un-cybercrime 42(6)\n"
                "  concerns    ground\n"
                "  recorded    nothing; all is as it was\n"
                "  what next   comity show REF lists what can be done now.\n");
}

static void an_unknown_outcome_is_not_told_as_nothing(void **state)
{
    struct fault f = fault_of(ERR_UNKNOWN);
    struct str s = cli_fault_text(arena_of(state), &f, CLI_WRITES, false);
    assert_true(holds(s, "recorded    not known"));
    assert_false(holds(s, "as it was"));
}

static void what_only_reads_says_nothing_of_recording(void **state)
{
    struct fault f = fault_of(ERR_NONE_SUCH);
    assert_false(holds(cli_fault_text(arena_of(state), &f, CLI_READS, false), "recorded"));
}

static void nobody_is_sent_to_the_check_that_just_spoke(void **state)
{
    struct fault f = fault_of(ERR_INTEGRITY);
    assert_true(holds(cli_fault_text(arena_of(state), &f, CLI_READS, false), "comity fsck"));
    struct str s = cli_fault_text(arena_of(state), &f, CLI_CHECKS, false);
    assert_false(holds(s, "comity fsck"));
    assert_true(holds(s, "what next"));
}

int out_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(a_fault_stands_in_the_document_beside_what_there_is_to_see),
        with_bench(without_a_view_the_document_is_still_one),
        with_bench(people_are_told_what_by_which_article_what_was_saved_and_what_next),
        with_bench(an_unknown_outcome_is_not_told_as_nothing),
        with_bench(what_only_reads_says_nothing_of_recording),
        with_bench(nobody_is_sent_to_the_check_that_just_spoke),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
