/* SPDX-License-Identifier: Apache-2.0 */
/* The whole story as a script reads it, and what it leaves behind as a court and an officer do.
 * How people meet it, src/cli/demo_live.c, is in test/journey/live.py. */

#include "cli_test.h"

#include <string.h>

static const char *kept(struct bench *b, const char *dir, const char *what)
{
    return str_c(b->arena, str_printf(b->arena, "%s/%s", dir, what));
}

static void expect_result(const struct tree *m)
{
    static const char *const keys[] = {
        "ref",          "sent_ms",     "held_by_peer_ms",         "acknowledged",
        "order_served", "clock_until", "ledger_heads_consistent", "exported",
        "verified"};
    static const char *const true_ones[] = {"acknowledged", "order_served",
                                            "ledger_heads_consistent", "exported", "verified"};
    int64_t day;
    assert_non_null(m);
    assert_int_equal(m->count, sizeof keys / sizeof *keys);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) assert_non_null(tree_get(m, keys[k]));
    for (size_t k = 0; k < sizeof true_ones / sizeof *true_ones; k++)
        assert_true(tree_bool(m, true_ones[k], false));
    assert_true(str_starts(tree_str(m, "ref"), "XN-CSB-"));
    assert_true(day_read(tree_str(m, "clock_until"), &day));
    assert_true(tree_int(m, "sent_ms", -1) >= 0);
    assert_true(tree_int(m, "held_by_peer_ms", -1) >= tree_int(m, "sent_ms", 0));
}

static void expect_evidence(struct bench *b, const char *dir, const char *file)
{
    const char *xn = kept(b, dir, "norland-root.pem"), *xm = kept(b, dir, "meridia-root.pem");
    assert_int_equal(run(b->arena, "verify", file, "--root", xn, "--root", xm, NULL).exit, 0);
    struct ran r = run(b->arena, "--json", "verify", file, NULL);
    assert_int_equal(r.exit, 1);
    assert_true(str_is(tree_str(tree_get(r.json, "error"), "code"), "root-unknown"));
    assert_int_equal(run(b->arena, "-C", kept(b, dir, "norland"), "verify", file, NULL).exit, 0);
    assert_int_equal(run(b->arena, "-C", kept(b, dir, "meridia"), "verify", file, NULL).exit, 0);
}

/* One bit, at places all over the file: always refused, and the entry named. */
static void expect_altered(struct bench *b, const char *dir, const char *file)
{
    enum { PLACES = 16 };
    struct bytes whole;
    assert_int_equal(file_read(&b->c->t, file, PROOF_CONTAINER_MAX, &whole), ERR_OK);
    const char *bad = kept(b, dir, "altered.asice");
    for (size_t k = 0; k < PLACES; k++) {
        struct bytes copy = bytes_dup(b->arena, whole);
        ((uint8_t *)(uintptr_t)copy.p)[k * (copy.n - 1) / (PLACES - 1)] ^= 1;
        assert_int_equal(file_write(&b->c->t, bad, copy, 0600), ERR_OK);
        struct ran r =
            run(b->arena, "--json", "verify", bad, "--root", kept(b, dir, "norland-root.pem"),
                "--root", kept(b, dir, "meridia-root.pem"), NULL);
        assert_int_equal(r.exit, 1);
        const struct tree *one = tree_get(r.json, "files")->child;
        const struct tree *remarks = tree_get(tree_get(one, "integrity"), "remarks");
        assert_true(str_is(tree_str(one, "answer"), "altered"));
        assert_true(remarks->count > 0);
        assert_true(tree_str(remarks->child, "entry").n > 0);
    }
}

static void the_story_holds_and_what_it_leaves_can_be_checked(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "kept", NULL);
    struct ran r = run(b->arena, "demo", "--check", "--json", "--keep", dir, NULL);
    if (r.exit != 0) fail_msg(STR_FMT STR_FMT, STR_ARG(r.out), STR_ARG(r.err));
    expect_result(r.json);
    const char *ref = str_c(b->arena, tree_str(r.json, "ref"));
    const char *file = kept(b, dir, str_c(b->arena, str_printf(b->arena, "%s.asice", ref)));
    expect_evidence(b, dir, file);
    expect_altered(b, dir, file);
    const char *norland = kept(b, dir, "norland");
    assert_int_equal(run(b->arena, "-C", norland, "fsck", NULL).exit, 0);
    assert_int_equal(run(b->arena, "-C", norland, "law", "replay", NULL).exit, 0);
    assert_int_equal(run(b->arena, "-C", norland, "show", ref, "withdraw", NULL).exit, 0);
    r = run(b->arena, "-C", norland, "--json", "log", ref, NULL);
    assert_int_equal(tree_get(r.json, "acts")->count, 3);
}

static void for_people_the_story_is_told_in_lines(void **state)
{
    struct bench *b = *state;
    struct ran r = run(b->arena, "demo", NULL);
    assert_int_equal(r.exit, 0);
    assert_true(holds(r.out, "Norland"));
    assert_true(holds(r.out, "un-cybercrime 42(3)(e)"));
    assert_true(holds(r.out, "preserved until"));
    assert_true(holds(r.out, "$ comity -C meridia act"));
    assert_int_equal(r.err.n, 0);
}

int demo_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(the_story_holds_and_what_it_leaves_can_be_checked),
        with_bench(for_people_the_story_is_told_in_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
