/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of a verdict: one spelling, and back. */

#include "law_test.h"

#include <string.h>

static struct str text_of(struct kit *k, const struct law_verdict *v)
{
    return json_write(k->t.arena, law_verdict_write(k->t.arena, v));
}

static void goes_round(struct kit *k, const struct law_verdict *v)
{
    struct str once = text_of(k, v);
    struct tree *tree;
    struct law_verdict back;
    assert_int_equal(json_read_canonical(&k->t, str_bytes(once), &codec_limits, &tree), ERR_OK);
    if (law_verdict_read(&k->t, tree, &back) != ERR_OK) fail_msg("%s", k->t.fault.sentence);
    assert_text(text_of(k, &back), str_c(k->t.arena, once));
}

static void every_verdict_of_the_lifecycle_goes_round(void **state)
{
    static const char *const states[] = {"asked",          "preserved", "refused",
                                         "not_executable", "withdrawn", "expired"};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct dossier d = dossier_in(k, states[i]);
        for (size_t n = 0; n < d.n; n++) {
            goes_round(k, d.author[n].verdict);
            goes_round(k, d.receiver[n].verdict);
        }
    }
}

static void a_verdict_with_remarks_and_missing_particulars_goes_round(void **state)
{
    struct kit *k = *state;
    struct law_who author = asking();
    struct law_act act = act_of(LAW_REQUESTING, "send", says(k, "colour", "red", NULL));
    struct law_verdict v;
    assert_int_equal(law_record(&k->t, k->l, &author, &act, 0, &v), ERR_OK);
    assert_non_null(v.remarks);
    goes_round(k, &v);
    act = act_of(LAW_REQUESTING, "answer", says(k, "data", "x", NULL));
    assert_int_equal(law_record(&k->t, k->l, &author, &act, NOON, &v), ERR_OK);
    goes_round(k, &v);
}

static void a_clock_that_is_suspended_and_renewed_goes_round(void **state)
{
    struct kit *k = *state;
    struct law_clock_rule rule = {.clock = STR("term"),
                                  .what = LAW_CLOCK_START,
                                  .end_ms = 9,
                                  .renew_ms = 7,
                                  .suspended_by = STR("pending")};
    struct law_verdict v = {.known = true, .clocks = &rule};
    goes_round(k, &v);
    assert_non_null(strstr(str_c(k->t.arena, text_of(k, &v)), "\"renew_ms\":7"));
    rule.renew_ms = 0; /* as verdicts were stored before a clock could be renewed */
    rule.suspended_by = STR("");
    goes_round(k, &v);
    assert_null(strstr(str_c(k->t.arena, text_of(k, &v)), "renew_ms"));
    assert_null(strstr(str_c(k->t.arena, text_of(k, &v)), "suspended_by"));
}

static void the_empty_verdict_goes_round(void **state)
{
    struct law_verdict v = {0};
    goes_round(*state, &v);
}

static void a_fold_over_verdicts_read_again_is_the_same(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "expired"), again = d;
    for (size_t i = 0; i < d.n; i++) {
        struct law_verdict *v = arena_take(k->t.arena, sizeof *v);
        assert_int_equal(
            law_verdict_read(&k->t, law_verdict_write(k->t.arena, d.author[i].verdict), v), ERR_OK);
        again.author[i].verdict = v;
    }
    struct law_state a = folded(k, &d), b = folded(k, &again);
    assert_text(state_text(k->t.arena, d.author, d.n, &a),
                str_c(k->t.arena, state_text(k->t.arena, again.author, again.n, &b)));
}

static void broken_verdicts_are_refused(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    const struct tree *good = law_verdict_write(k->t.arena, d.author[1].verdict);
    struct law_verdict v;
    size_t refused = 0;
    for (const struct tree *key = good->child; key; key = key->next) {
        /* without the key, and with a value of another kind */
        for (int how = 0; how < 2; how++) {
            struct tree *bad = tree_map(k->t.arena);
            for (const struct tree *c = good->child; c; c = c->next) {
                if (c == key && how == 0) continue;
                if (c == key)
                    tree_add_int(k->t.arena, bad, str_c(k->t.arena, c->key), 7);
                else
                    tree_set(k->t.arena, bad, c->key, c);
            }
            assert_int_equal(law_verdict_read(&k->t, bad, &v), ERR_REJECTED);
            assert_string_equal(k->t.fault.code, "verdict");
            turn_forgive(&k->t);
            refused++;
        }
    }
    assert_int_equal(refused, 32);
    struct tree *more = tree_map(k->t.arena);
    for (const struct tree *c = good->child; c; c = c->next) tree_set(k->t.arena, more, c->key, c);
    tree_add_bool(k->t.arena, more, "extra", true);
    assert_int_equal(law_verdict_read(&k->t, more, &v), ERR_REJECTED);
    turn_forgive(&k->t);
    assert_int_equal(law_verdict_read(&k->t, NULL, &v), ERR_REJECTED);
    turn_forgive(&k->t);
}

static void streams_and_effects_have_words(void **state)
{
    (void)state;
    assert_string_equal(law_stream_word(LAW_REQUESTING), "requesting");
    assert_string_equal(law_stream_word(LAW_REQUESTED), "requested");
    assert_string_equal(law_stream_word(LAW_INWARD), "inward");
    assert_string_equal(law_effect_word(LAW_NO_EFFECT_CROSSED), "crossed");
}

static void what_an_act_says_may_give_its_end_another_name(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *partly, *outcome;
    } rows[] = {{"true", "executed_in_part"}, {"false", "executed"}, {"", "executed"}};
    struct str clear[] = {STR("human_rights_clear")};
    struct law_state s = {.state = STR("executing"),
                          .instrument = STR("un-cybercrime"),
                          .kind = STR("mla.service"),
                          .marks = clear,
                          .marks_n = 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct law_act act = act_of(LAW_REQUESTED, "deliver",
                                    says(k, "result", "Some.", "partly", rows[i].partly, NULL));
        struct law_verdict v;
        act.kind = s.kind;
        allows(k, &s, asked(), act, &v);
        assert_text(v.to, "executed");
        assert_text(v.outcome, rows[i].outcome);
    }
    const struct law_tables *l;
    const char *path = "patterns/assistance.yaml", *was = "{outcome: executed_in_part, when:";
    assert_int_equal(load_with(k, path, edited(k, path, was, "{outcome: halved, when:"), &l),
                     ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "\"halved\", expected a row of `outcomes`"));
    turn_forgive(&k->t);
}

int verdict_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_verdict_of_the_lifecycle_goes_round),
        with_kit(a_verdict_with_remarks_and_missing_particulars_goes_round),
        with_kit(a_clock_that_is_suspended_and_renewed_goes_round),
        with_kit(the_empty_verdict_goes_round),
        with_kit(a_fold_over_verdicts_read_again_is_the_same),
        with_kit(broken_verdicts_are_refused),
        with_kit(what_an_act_says_may_give_its_end_another_name),
        cmocka_unit_test(streams_and_effects_have_words),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
