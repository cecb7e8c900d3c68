/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as a tree for `--json` and the page. */

#include "proof_test.h"

static void a_good_verdict_shows_three_answers_and_the_act(void **state)
{
    struct world *w = *state;
    struct proof_verdict v = kit_verify(w, w->container);
    const struct tree *view = proof_verdict_view(w->t->arena, &v);
    assert_true(tree_bool(tree_get(view, "integrity"), "sound", false));
    assert_true(tree_bool(tree_get(view, "policy"), "fit", false));
    assert_text(tree_str(tree_get(view, "trust"), "answer"), "trusted");
    assert_text(tree_str(tree_get(view, "trust"), "signer"), "XN/csb");
    assert_text(tree_str(tree_get(view, "trust"), "exporter"), "XN/csb");
    assert_text(tree_str(tree_get(view, "act"), "act"), "send");
    assert_int_equal(tree_at(view, "integrity.remarks")->count, 0);
    assert_int_equal(tree_at(view, "trust.remarks")->count, 0);
    assert_int_equal(tree_at(view, "policy.remarks")->count, 0);
}

static void a_bad_verdict_shows_its_remarks_and_no_act(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_put(f, "notes.txt", w->act);
    struct proof_verdict v = kit_verify(w, forge_leave(f));
    const struct tree *view = proof_verdict_view(w->t->arena, &v);
    const struct tree *remark = tree_at(view, "integrity.remarks")->child;
    assert_text(tree_str(remark, "code"), "uncovered");
    assert_text(tree_str(remark, "entry"), "notes.txt");
    assert_true(tree_str(remark, "article").n && tree_str(remark, "sentence").n);
    assert_int_equal(tree_get(view, "act")->kind, TREE_NULL);
    assert_text(tree_str(tree_get(view, "trust"), "answer"), "untrusted");
}

static void a_view_is_json_that_is_read_back(void **state)
{
    struct world *w = *state;
    struct proof_verdict v = kit_verify(w, w->parcel);
    const struct tree *view = proof_verdict_view(w->t->arena, &v);
    struct tree *again;
    struct str text = json_write(w->t->arena, view);
    assert_int_equal(json_read_canonical(w->t, str_bytes(text), &codec_limits, &again), ERR_OK);
    assert_true(str_eq(json_write(w->t->arena, again), text));
}

int view_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(a_good_verdict_shows_three_answers_and_the_act),
        with_world(a_bad_verdict_shows_its_remarks_and_no_act),
        with_world(a_view_is_json_that_is_read_back),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
