/* SPDX-License-Identifier: Apache-2.0 */
/* Making an export: what goes into it, and what is not handed out. */

#include "proof_test.h"

#include <string.h>

static err export_of(struct world *w, struct bytes *out)
{
    return proof_export(w->t, &w->x, kit_sign, &w->norland, out);
}

static void an_export_holds_the_parcel_and_all_that_proves_it(void **state)
{
    struct world *w = *state;
    struct parcel p;
    assert_int_equal(parcel_read(w->t, w->container, &p), ERR_OK);
    static const char *const names[] = {"act.json",
                                        "carriage.json",
                                        "documents/order.txt",
                                        "documents/annex.pdf",
                                        "proof/author-root.pem",
                                        "proof/author-profile.p7m",
                                        "proof/root.pem",
                                        "proof/profile.p7m",
                                        "proof/log.json",
                                        "proof/receipt-001.json",
                                        "proof/receipts-root.pem",
                                        "proof/receipts-profile.p7m",
                                        "proof/receipts-seal.pem"};
    assert_int_equal(p.n, sizeof names / sizeof *names);
    for (size_t i = 0; i < p.n; i++) assert_text(p.entries[i].name, names[i]);
    assert_int_equal(p.seals_n, 2);
}

static void the_author_signature_stays_what_it_was(void **state)
{
    struct world *w = *state;
    struct parcel p;
    struct bytes bare;
    assert_int_equal(parcel_read(w->t, w->container, &p), ERR_OK);
    assert_int_equal(signature_bare(w->t, p.seals[0].signature, &bare), ERR_OK);
    assert_true(bytes_eq(bare, w->signature));
}

/* The receiver exports what came to him: another State's act, his own receipt and log. */
static void the_receiver_may_export_too(void **state)
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
    struct proof_verdict v = kit_verify(w, out);
    assert_true(v.sound && v.fit && v.trust == PROOF_TRUSTED);
    assert_text(v.signer, "XN/csb");
}

static void several_receipts_go_along(void **state)
{
    struct world *w = *state;
    struct bytes out;
    struct receipt read = w->receipt;
    read.event = STR("read");
    read.at_ms += 60000;
    struct str answers[] = {w->answer, bytes_str(kit_answer(w, &w->meridia, &read))};
    w->x.answers = answers;
    w->x.answers_n = 2;
    assert_int_equal(export_of(w, &out), ERR_OK);
    assert_true(kit_verify(w, out).sound);
}

static void more_receipts_than_the_limit_are_refused(void **state)
{
    struct world *w = *state;
    struct bytes out;
    struct str answers[PROOF_RECEIPTS_MAX + 1];
    for (size_t i = 0; i <= PROOF_RECEIPTS_MAX; i++) answers[i] = w->answer;
    w->x.answers = answers;
    w->x.answers_n = PROOF_RECEIPTS_MAX + 1;
    assert_fault(w->t, export_of(w, &out), ERR_TOO_LARGE, "count");
    w->x.answers_n = PROOF_RECEIPTS_MAX;
    assert_int_equal(export_of(w, &out), ERR_OK);
}

static void a_parcel_that_leaves_no_room_for_proof_is_refused(void **state)
{
    enum { N = PROOF_ENTRIES_MAX };
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct bytes out;
    struct zip_entry *entries = arena_take_many(a, N, sizeof *entries);
    for (size_t i = 0; i < N; i++)
        entries[i] = (struct zip_entry){str_printf(a, "documents/%04zu", i), w->act};
    struct parcel_seal seal = {parcel_manifest(a, 1, entries, N), {NULL, 0}};
    assert_int_equal(kit_sign(&w->norland, w->t, seal.manifest, &seal.signature), ERR_OK);
    w->x.parcel = parcel_write(a, entries, N, &seal, 1);
    assert_fault(w->t, export_of(w, &out), ERR_TOO_LARGE, "count");
}

static void an_export_is_not_exported_again(void **state)
{
    struct world *w = *state;
    struct bytes out;
    w->x.parcel = w->container;
    assert_fault(w->t, export_of(w, &out), ERR_REJECTED, "seals");
}

/* An author who puts a file where the exporter's proof belongs gets no export from us. */
static void a_parcel_with_proof_of_its_own_is_refused(void **state)
{
    struct world *w = *state;
    struct bytes out;
    struct zip_entry entries[5];
    memcpy(entries, w->entries, sizeof w->entries);
    entries[4] = (struct zip_entry){STR("proof/log.json"), str_bytes(STR("{}"))};
    struct parcel_seal seal = {parcel_manifest(w->t->arena, 1, entries, 5), {NULL, 0}};
    assert_int_equal(kit_sign(&w->norland, w->t, seal.manifest, &seal.signature), ERR_OK);
    w->x.parcel = parcel_write(w->t->arena, entries, 5, &seal, 1);
    err e = export_of(w, &out);
    assert_string_equal(w->t->fault.particular, "proof/log.json");
    assert_fault(w->t, e, ERR_REJECTED, "surplus");
}

static void what_would_not_verify_is_not_handed_out(void **state)
{
    struct world *w = *state;
    struct bytes out = {NULL, 77};
    const struct proof_export x = w->x;
    w->x.author_profile = w->meridia.profile_cms;
    assert_fault(w->t, export_of(w, &out), ERR_INTEGRITY, "export");
    w->x = x;
    w->x.log = kit_leaf(w->t, &w->norland, w->carriage, 3, 6);
    assert_fault(w->t, export_of(w, &out), ERR_INTEGRITY, "export");
    w->x = x;
    w->x.receipts_der = w->meridia.open_der;
    assert_fault(w->t, export_of(w, &out), ERR_INTEGRITY, "export");
    w->x = x;
    w->x.author_seal_der = w->meridia.seal_der;
    assert_int_equal(export_of(w, &out), ERR_INTEGRITY);
    assert_int_equal(out.n, 77);
}

static err no_sign(void *ctx, struct turn *t, struct bytes content, struct bytes *cms_out)
{
    (void)ctx, (void)content, (void)cms_out;
    return turn_fail(t, ERR_BUSY, "token", NULL, "The token is not there.");
}

static void a_seal_that_does_not_answer_is_passed_up(void **state)
{
    struct world *w = *state;
    struct bytes out;
    err e = proof_export(w->t, &w->x, no_sign, NULL, &out);
    assert_fault(w->t, e, ERR_BUSY, "token");
}

static void what_is_no_parcel_is_not_exported(void **state)
{
    struct world *w = *state;
    struct bytes out;
    w->x.parcel = str_bytes(STR("PK"));
    assert_int_equal(export_of(w, &out), ERR_REJECTED);
}

int export_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(an_export_holds_the_parcel_and_all_that_proves_it),
        with_world(the_author_signature_stays_what_it_was),
        with_world(the_receiver_may_export_too),
        with_world(several_receipts_go_along),
        with_world(more_receipts_than_the_limit_are_refused),
        with_world(a_parcel_that_leaves_no_room_for_proof_is_refused),
        with_world(an_export_is_not_exported_again),
        with_world(a_parcel_with_proof_of_its_own_is_refused),
        with_world(what_would_not_verify_is_not_handed_out),
        with_world(a_seal_that_does_not_answer_is_passed_up),
        with_world(what_is_no_parcel_is_not_exported),
    };
    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
