/* SPDX-License-Identifier: Apache-2.0 */
/* Policy: what makes a sound signature unfit, and what is only said. */

#include "proof_test.h"

static struct proof_verdict verdict_of(struct turn *t, const struct bend *b)
{
    struct world *w = world_new(t, b, true);
    struct proof_verdict v = kit_verify(w, w->container);
    assert_no_remarks(v.integrity);
    assert_int_equal(v.trust, PROOF_TRUSTED);
    return v;
}

static void training_is_said_and_leaves_the_rest_as_it_is(void **state)
{
    struct proof_verdict v = verdict_of(*state, &(struct bend){.training = true});
    assert_true(v.fit);
    assert_remark(v.policy, "training", ENTRY_AUTHOR_ROOT);
    assert_remark(v.policy, "training", ENTRY_ROOT);
}

static void a_missing_receipt_is_said_and_leaves_the_rest_as_it_is(void **state)
{
    struct proof_verdict v = verdict_of(*state, &(struct bend){.no_receipt = true});
    assert_true(v.fit);
    assert_remark(v.policy, "no-receipt", NULL);
    assert_null(v.policy->next);
}

static void an_author_without_the_function_is_unfit(void **state)
{
    struct proof_verdict v = verdict_of(*state, &(struct bend){.no_function = true});
    assert_false(v.fit);
    assert_remark(v.policy, "function", ENTRY_AUTHOR_PROFILE);
}

/* One hour before the act, the seal's certificate ended. */
static void a_seal_used_after_its_time_is_unfit(void **state)
{
    struct bend b = {.seal_to_ms = KIT_AT_MS - 3600 * 1000};
    struct proof_verdict v = verdict_of(*state, &b);
    assert_false(v.fit);
    assert_remark(v.policy, "expired", ENTRY_SIGNATURE_1);
    assert_remark(v.policy, "expired", ENTRY_SIGNATURE_2);
}

/* The act was in time; the export a day later was not. */
static void each_seal_is_judged_by_the_time_of_its_use(void **state)
{
    struct bend b = {.seal_to_ms = KIT_AT_MS + 3600 * 1000};
    struct proof_verdict v = verdict_of(*state, &b);
    assert_false(v.fit);
    assert_remark(v.policy, "expired", ENTRY_SIGNATURE_2);
    assert_null(v.policy->next);
}

static void a_root_out_of_its_time_is_unfit(void **state)
{
    struct bend b = {.root_to_ms = KIT_AT_MS - 3600 * 1000};
    struct proof_verdict v = verdict_of(*state, &b);
    assert_false(v.fit);
    assert_remark(v.policy, "expired", ENTRY_AUTHOR_ROOT);
    assert_remark(v.policy, "expired", ENTRY_ROOT);
}

/* No signature of such a kind is read today; when one is, it is judged here. */
static void algorithms_other_than_the_suites_are_weak(void **state)
{
    struct turn *t = *state;
    static const char *const rows[][2] = {{"SHA-1", "P-256"}, {"SHA-256", "P-192"}};
    for (size_t i = 0; i < 2; i++) {
        struct proof_verdict v = {.trust = PROOF_UNTRUSTED};
        struct seal_cms_facts weak = {str_of(rows[i][0]), str_of(rows[i][1]), 0};
        struct inspection in = {
            .t = t,
            .v = &v,
            .act = tree_map(t->arena),
            .author = {.signature_entry = ENTRY_SIGNATURE_1, .facts = weak},
            .exporter = {.signature_entry = ENTRY_SIGNATURE_2, .facts = weak},
        };
        judge_policy(&in);
        assert_false(v.fit);
        assert_remark(v.policy, "weak", ENTRY_SIGNATURE_1);
        assert_remark(v.policy, "weak", ENTRY_SIGNATURE_2);
    }
}

static void a_version_or_suite_that_is_not_known_is_unfit(void **state)
{
    struct proof_verdict v = verdict_of(*state, &(struct bend){.version = 2});
    assert_false(v.fit);
    assert_remark(v.policy, "version", ENTRY_ACT);
    v = verdict_of(*state, &(struct bend){.suite = 2});
    assert_false(v.fit);
    assert_remark(v.policy, "suite", ENTRY_ACT);
}

static void clocks_that_disagree_are_said_beyond_five_minutes(void **state)
{
    int64_t slack_ms = 5 * 60 * 1000;
    struct proof_verdict v =
        verdict_of(*state, &(struct bend){.receipt_at_ms = KIT_AT_MS - slack_ms});
    assert_true(v.fit && !v.policy);
    v = verdict_of(*state, &(struct bend){.receipt_at_ms = KIT_AT_MS - slack_ms - 1});
    assert_true(v.fit);
    assert_remark(v.policy, "clock-order", ENTRY_ACT);
    v = verdict_of(*state, &(struct bend){.export_at_ms = KIT_AT_MS - 2 * slack_ms});
    assert_true(v.fit);
    assert_remark(v.policy, "clock-order", ENTRY_LOG);
}

/* Members that are empty, missing or "*" stand for any; another one does not. */
static void a_function_covers_what_it_leaves_open(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    static const struct {
        const char *instrument, *kind, *direction;
        bool covers;
    } rows[] = {
        {"un-cybercrime", "preservation", "send", true},
        {"un-cybercrime", "preservation", "receive", true},
        {"*", "*", "*", true},
        {"", "", "", true},
        {"un-cybercrime", "*", "send", true},
        {"ets-030", "preservation", "send", false},
        {"un-cybercrime", "preservation.more", "send", false},
        {"un-cybercrime", "preservation", "sideways", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world *w = world_new(t, NULL, false);
        struct state *n = &w->norland;
        struct profile_authority x = n->profile.authorities[0];
        struct tree *list = tree_list(a), *f = tree_add_map(a, list, NULL);
        struct bytes out;
        tree_add_str(a, f, "instrument", str_of(rows[i].instrument));
        tree_add_str(a, f, "kind", str_of(rows[i].kind));
        tree_add_str(a, f, "direction", str_of(rows[i].direction));
        x.functions = list;
        n->profile.authorities = &x;
        struct bytes body = str_bytes(profile_body(a, &n->profile));
        assert_int_equal(
            suite_1.sign(t, n->root_key, n->root_der, body, true, KIT_AT_MS, &n->profile_cms),
            ERR_OK);
        w->x.author_profile = w->x.exporter_profile = n->profile_cms;
        assert_int_equal(proof_export(t, &w->x, kit_sign, n, &out), ERR_OK);
        assert_int_equal(kit_verify(w, out).fit, rows[i].covers);
    }
}

/* The act says it was done in time; its signature says a time two years after the certificate's
 * end. */
static void a_signature_dated_after_its_certificate_is_unfit(void **state)
{
    struct turn *t = *state;
    struct world *w = world_new(t, &(struct bend){.no_receipt = true}, true);
    struct state *n = &w->norland;
    struct forge *f = forge_new(w);
    struct bytes bare;
    const struct bytes ders[] = {n->seal_der, n->root_der};
    assert_int_equal(suite_1.sign(t, n->seal_key, n->seal_der, f->first.manifest, false,
                                  KIT_AT_MS + 2 * KIT_YEAR_MS, &bare),
                     ERR_OK);
    assert_int_equal(seal_cms_add_certs(t, bare, ders, 2, &f->first.signature), ERR_OK);
    struct proof_verdict v = kit_verify(w, forge_seal(f));
    assert_no_remarks(v.integrity);
    assert_false(v.fit);
    assert_remark(v.policy, "expired", ENTRY_SIGNATURE_1);
}

/* That a parcel was refused is a receipt too, and not one that the act was taken. */
static void a_receipt_of_refusal_does_not_pass_for_one_that_holds(void **state)
{
    struct world *w = *state;
    static const char *const events[] = {"refused", "quarantined", "held", "read"};
    for (size_t k = 0; k < sizeof events / sizeof *events; k++) {
        struct forge *f = forge_new(w);
        struct receipt r = w->receipt;
        r.event = str_of(events[k]);
        forge_entry(f, "proof/receipt-001.json")->data = kit_answer(w, &w->meridia, &r);
        struct proof_verdict v = kit_verify(w, forge_seal(f));
        assert_no_remarks(v.integrity);
        if (k < 2)
            assert_remark(v.policy, "not-held", "proof/receipt-001.json");
        else
            assert_no_remarks(v.policy);
    }
}

static void another_profile_than_the_act_names_is_said(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct hash shown = seal_sha256_of(str_bytes(STR("a profile")));
    for (int same = 0; same < 2; same++) {
        struct tree *act = tree_map(a), *law = tree_add_map(a, act, "law");
        struct hash named = same ? shown : seal_sha256_of(str_bytes(STR("another")));
        tree_add_str(a, tree_add_map(a, law, "profiles"), "XN", hex(a, hash_bytes(&named)));
        struct proof_verdict v = {.trust = PROOF_UNTRUSTED};
        struct inspection in = {
            .t = t,
            .v = &v,
            .act = act,
            .author = {.has_profile = true, .profile = {.state = STR("XN"), .hash = shown}}};
        judge_policy(&in);
        bool told = false;
        for (const struct proof_remark *r = v.policy; r; r = r->next)
            told = told || str_is(r->code, "other-profile");
        assert_int_equal(told, !same);
    }
}

int policy_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(training_is_said_and_leaves_the_rest_as_it_is),
        with_turn(a_missing_receipt_is_said_and_leaves_the_rest_as_it_is),
        with_turn(an_author_without_the_function_is_unfit),
        with_turn(a_seal_used_after_its_time_is_unfit),
        with_turn(each_seal_is_judged_by_the_time_of_its_use),
        with_turn(a_root_out_of_its_time_is_unfit),
        with_turn(algorithms_other_than_the_suites_are_weak),
        with_turn(a_version_or_suite_that_is_not_known_is_unfit),
        with_turn(clocks_that_disagree_are_said_beyond_five_minutes),
        with_turn(a_function_covers_what_it_leaves_open),
        with_turn(a_signature_dated_after_its_certificate_is_unfit),
        with_world(a_receipt_of_refusal_does_not_pass_for_one_that_holds),
        with_turn(another_profile_than_the_act_names_is_said),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
