/* SPDX-License-Identifier: Apache-2.0 */
/* Trust: which roots the reader holds, and chains that do not hold. */

#include "proof_test.h"

static struct proof_verdict verify_with(struct world *w, struct bytes in, const struct bytes *roots,
                                        size_t n)
{
    struct proof_verdict v;
    assert_int_equal(proof_verify(w->t, in, roots, n, &v), ERR_OK);
    return v;
}

static bool holds_text(struct str s, struct str what)
{
    for (size_t i = 0; i + what.n <= s.n; i++)
        if (str_eq((struct str){s.p + i, what.n}, what)) return true;
    return false;
}

static void without_any_root_the_print_of_each_is_told(void **state)
{
    struct world *w = *state;
    struct proof_verdict v = verify_with(w, w->container, NULL, 0);
    assert_true(v.sound && v.fit);
    assert_int_equal(v.trust, PROOF_ROOT_UNKNOWN);
    assert_remark(v.trusting, "root-unknown", ENTRY_AUTHOR_ROOT);
    assert_remark(v.trusting, "root-unknown", ENTRY_ROOT);
    assert_remark(v.trusting, "root-unknown", ENTRY_RECEIPTS_ROOT);
    struct hash print = seal_sha256_of(w->norland.root_der);
    struct str text = hex(w->t->arena, hash_bytes(&print));
    assert_true(holds_text(v.trusting->sentence, text));
}

static void another_root_is_not_this_root(void **state)
{
    struct world *w = *state;
    struct world *other = world_new(w->t, NULL, false);
    const struct bytes roots[] = {other->norland.root_der, w->meridia.root_der};
    struct proof_verdict v = verify_with(w, w->container, roots, 2);
    assert_true(v.sound);
    assert_int_equal(v.trust, PROOF_ROOT_UNKNOWN);
}

/* Whose root signed the receipt is told, and does not change what the parcel itself leads to. */
static void the_receivers_root_is_asked_for_and_does_not_decide(void **state)
{
    struct world *w = *state;
    struct proof_verdict v = verify_with(w, w->container, &w->norland.root_der, 1);
    assert_int_equal(v.trust, PROOF_TRUSTED);
    assert_remark(v.trusting, "root-unknown", ENTRY_RECEIPTS_ROOT);
    assert_null(v.trusting->next);
    assert_remark(v.policy, "receipt-not-proven", "proof/receipt-001.json");
    const struct bytes both[] = {w->norland.root_der, w->meridia.root_der};
    assert_no_remarks(verify_with(w, w->container, both, 2).policy);
}

static void author_and_exporter_must_both_be_known(void **state)
{
    struct world *w = *state;
    struct state *m = &w->meridia;
    struct bytes out;
    w->x.exporter_seal_der = m->seal_der;
    w->x.exporter_root_der = m->root_der;
    w->x.exporter_profile = m->profile_cms;
    w->x.by = str_of(m->address);
    w->x.log = kit_leaf(w->t, m, w->act, 5, 9);
    assert_int_equal(proof_export(w->t, &w->x, kit_sign, m, &out), ERR_OK);
    const struct bytes roots[] = {w->norland.root_der, m->root_der};
    assert_int_equal(verify_with(w, out, roots, 2).trust, PROOF_TRUSTED);
    assert_int_equal(verify_with(w, out, roots, 1).trust, PROOF_ROOT_UNKNOWN);
    assert_int_equal(verify_with(w, out, roots + 1, 1).trust, PROOF_ROOT_UNKNOWN);
}

/* XN/moj's seal under an act that says it is from XN/csb. */
static void a_seal_of_another_authority_is_untrusted(void **state)
{
    struct turn *t = *state;
    struct world *w = world_new(t, &(struct bend){.author_address = "XN/moj"}, false);
    struct bytes out;
    /* A profile must be right in itself: it names the seal's own authority. */
    w->x.author_profile = w->x.exporter_profile = kit_profile_of(w, "XN/moj");
    assert_int_equal(proof_export(t, &w->x, kit_sign, &w->norland, &out), ERR_OK);
    struct proof_verdict v = kit_verify(w, out);
    assert_true(v.sound);
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
    assert_remark(v.trusting, "address", ENTRY_SIGNATURE_1);
    assert_false(v.fit);
    assert_text(v.signer, "XN/moj");
}

/* The root issued the seal, and no longer vouches for whom it was issued to. */
static void an_authority_that_its_profile_does_not_name_is_untrusted(void **state)
{
    struct world *w = *state;
    struct bytes out;
    w->x.author_profile = kit_profile_of(w, "XN/moj");
    assert_int_equal(proof_export(w->t, &w->x, kit_sign, &w->norland, &out), ERR_OK);
    struct proof_verdict v = kit_verify(w, out);
    assert_true(v.sound);
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
    assert_remark(v.trusting, "authority", ENTRY_SIGNATURE_1);
    assert_null(v.trusting->next);
}

/* The opening certificate signs: the keys differ in nothing but what they are for. */
static void a_certificate_for_opening_does_not_seal(void **state)
{
    struct world *w = *state;
    struct state n = w->norland;
    struct forge *f = forge_new(w);
    n.seal_key = n.open_key;
    n.seal_der = n.open_der;
    struct bytes bare;
    const struct bytes ders[] = {n.open_der, n.root_der};
    if (kit_sign(&n, w->t, f->second.manifest, &bare) != ERR_OK) {
        turn_forgive(w->t); /* the suite does not even sign with it */
        return;
    }
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 2, &f->second.signature), ERR_OK);
    struct proof_verdict v = kit_verify(w, forge_leave(f));
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
}

static void an_exporter_other_than_named_is_untrusted(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct zip_entry *log = forge_entry(f, ENTRY_LOG);
    log->data = forge_text(f, log->data, "by", "XN/moj");
    struct proof_verdict v = kit_verify(w, forge_seal(f));
    assert_true(v.sound);
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
    assert_remark(v.trusting, "address", ENTRY_SIGNATURE_2);
}

/* Somebody's own root calls itself Norland, and has a profile and a log for the same authority; the
 * seal is the real one, which that root did not issue. */
static void a_seal_under_a_root_that_did_not_issue_it_is_untrusted(void **state)
{
    struct world *w = *state;
    struct state *n = &w->norland, *false_n = &world_new(w->t, NULL, false)->norland;
    struct arena *a = w->t->arena;
    struct forge *f = forge_new(w);
    struct bytes bare;
    const struct bytes ders[] = {n->seal_der, false_n->root_der};
    forge_entry(f, ENTRY_ROOT)->data = str_bytes(seal_pem(a, "CERTIFICATE", false_n->root_der));
    forge_entry(f, ENTRY_PROFILE)->data = false_n->profile_cms;
    struct proof_leaf leaf = kit_leaf(w->t, false_n, w->act, 3, 6);
    struct tree *log = tree_map(a);
    for (const struct tree *e = proof_leaf_write(a, &leaf)->child; e; e = e->next)
        tree_set(a, log, e->key, e);
    tree_add_int(a, log, "at", KIT_AT_MS + DAY_MS);
    tree_add_str(a, log, "by", STR("XN/csb"));
    forge_entry(f, ENTRY_LOG)->data = str_bytes(json_write(a, log));
    forge_seal(f);
    assert_int_equal(signature_bare(w->t, f->second.signature, &bare), ERR_OK);
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 2, &f->second.signature), ERR_OK);
    struct proof_verdict v = kit_verify(w, forge_leave(f));
    assert_no_remarks(v.integrity);
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
    assert_text(v.trusting->entry, ENTRY_SIGNATURE_2);
}

static void each_trust_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(proof_trust_word(PROOF_TRUSTED), "trusted");
    assert_string_equal(proof_trust_word(PROOF_ROOT_UNKNOWN), "root-unknown");
    assert_string_equal(proof_trust_word(PROOF_UNTRUSTED), "untrusted");
}

int trust_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(without_any_root_the_print_of_each_is_told),
        with_world(another_root_is_not_this_root),
        with_world(the_receivers_root_is_asked_for_and_does_not_decide),
        with_world(author_and_exporter_must_both_be_known),
        with_turn(a_seal_of_another_authority_is_untrusted),
        with_world(an_authority_that_its_profile_does_not_name_is_untrusted),
        with_world(a_certificate_for_opening_does_not_seal),
        with_world(an_exporter_other_than_named_is_untrusted),
        with_world(a_seal_under_a_root_that_did_not_issue_it_is_untrusted),
        cmocka_unit_test(each_trust_has_its_word),
    };
    return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
