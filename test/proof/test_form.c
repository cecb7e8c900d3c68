/* SPDX-License-Identifier: Apache-2.0 */
/* Entries that are added, removed, moved or not covered, with and without a seal over them. */

#include "proof_test.h"

#include <string.h>

static void an_entry_that_no_signature_covers_is_named(void **state)
{
    struct world *w = *state;
    static const char *const names[] = {"documents/late.pdf", "proof/extra.json", "notes.txt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct forge *f = forge_new(w);
        forge_put(f, names[i], str_bytes(STR("never signed")));
        assert_unsound(w, forge_leave(f), "uncovered", names[i]);
    }
}

/* The exporter's own seal does not make room for what has no place. */
static void a_covered_entry_without_a_place_is_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_put(f, "proof/extra.json", str_bytes(STR("{}")));
    assert_unsound(w, forge_seal(f), "surplus", "proof/extra.json");
}

static void each_entry_that_is_removed_is_missed(void **state)
{
    struct world *w = *state;
    const struct forge *all = forge_new(w);
    for (size_t i = 0; i < all->n; i++) {
        struct forge *f = forge_new(w);
        const char *name = str_c(w->t->arena, all->entries[i].name);
        forge_drop(f, name);
        struct proof_verdict v = kit_verify(w, forge_leave(f));
        assert_false(v.sound);
        assert_text(v.integrity->entry, name);
    }
}

static void each_proof_that_is_removed_under_a_new_seal_is_missed(void **state)
{
    struct world *w = *state;
    static const char *const names[] = {
        ENTRY_AUTHOR_ROOT,   ENTRY_AUTHOR_PROFILE,   ENTRY_ROOT,         ENTRY_PROFILE, ENTRY_LOG,
        ENTRY_RECEIPTS_ROOT, ENTRY_RECEIPTS_PROFILE, ENTRY_RECEIPTS_SEAL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct forge *f = forge_new(w);
        forge_drop(f, names[i]);
        assert_unsound(w, forge_seal(f), "missing", names[i]);
    }
}

/* Without its answer, what belongs to it is surplus. */
static void receipts_go_with_their_certificates_or_not_at_all(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_drop(f, "proof/receipt-001.json");
    assert_unsound(w, forge_seal(f), "surplus", ENTRY_RECEIPTS_ROOT);
}

static void entries_in_another_order_are_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_swap(f, ENTRY_ROOT, ENTRY_PROFILE);
    assert_unsound(w, forge_leave(f), "order", ENTRY_PROFILE);
    f = forge_new(w);
    forge_swap(f, ENTRY_ROOT, ENTRY_PROFILE);
    assert_unsound(w, forge_seal(f), "order", ENTRY_PROFILE);
    f = forge_new(w);
    forge_swap(f, ENTRY_ACT, ENTRY_CARRIAGE);
    assert_unsound(w, forge_leave(f), "order", ENTRY_CARRIAGE);
    f = forge_new(w);
    forge_swap(f, "documents/order.txt", "documents/annex.pdf");
    assert_false(kit_verify(w, forge_leave(f)).sound);
}

static struct bytes signed_manifest(struct world *w, struct bytes manifest)
{
    struct bytes bare, out;
    const struct bytes ders[] = {w->norland.seal_der, w->norland.root_der};
    assert_int_equal(kit_sign(&w->norland, w->t, manifest, &bare), ERR_OK);
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 2, &out), ERR_OK);
    return out;
}

/* Each entry is covered by some seal; the author's own seal is covered by none. */
static void a_second_manifest_that_covers_less_is_refused(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct zip_entry covered[16];
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (str_starts(f->entries[i].name, "proof/")) covered[n++] = f->entries[i];
    f->second.manifest = parcel_manifest(w->t->arena, 2, covered, n);
    f->second.signature = signed_manifest(w, f->second.manifest);
    assert_unsound(w, forge_leave(f), "manifest", ENTRY_MANIFEST_2);
}

/* What only the exporter sealed would look as if its author had. */
static void a_document_that_only_the_exporter_covers_is_refused(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct arena *a = w->t->arena;
    f->first.manifest = parcel_manifest(a, 1, f->entries, 3);
    f->first.signature = signed_manifest(w, f->first.manifest);
    struct zip_entry covered[16];
    size_t n = 0;
    for (size_t i = 3; i < f->n; i++) covered[n++] = f->entries[i];
    covered[n++] = (struct zip_entry){STR(ENTRY_MANIFEST_1), f->first.manifest};
    covered[n++] = (struct zip_entry){STR(ENTRY_SIGNATURE_1), f->first.signature};
    f->second.manifest = parcel_manifest(a, 2, covered, n);
    f->second.signature = signed_manifest(w, f->second.manifest);
    struct bytes in = forge_leave(f);
    assert_unsound(w, in, "manifest", ENTRY_MANIFEST_1);
    assert_unsound(w, in, "manifest", ENTRY_MANIFEST_2);
}

static void a_third_seal_has_no_place(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct bytes third = parcel_manifest(w->t->arena, 3, f->entries, f->n);
    const struct parcel_seal seals[] = {f->first, f->second, {third, w->signature}};
    struct bytes in = parcel_write(w->t->arena, f->entries, f->n, seals, 3);
    assert_unsound(w, in, "surplus", "META-INF/ASiCManifest003.xml");
}

static void seals_that_changed_places_are_refused(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct parcel_seal held = f->first;
    f->first = f->second;
    f->second = held;
    assert_false(kit_verify(w, forge_leave(f)).sound);
}

static void receipts_are_numbered_without_a_gap(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_entry(f, "proof/receipt-001.json")->name = STR("proof/receipt-002.json");
    assert_unsound(w, forge_seal(f), "surplus", "proof/receipt-002.json");
    assert_text(receipt_entry(w->t->arena, 7), "proof/receipt-007.json");
}

int form_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(an_entry_that_no_signature_covers_is_named),
        with_world(a_covered_entry_without_a_place_is_named),
        with_world(each_entry_that_is_removed_is_missed),
        with_world(each_proof_that_is_removed_under_a_new_seal_is_missed),
        with_world(receipts_go_with_their_certificates_or_not_at_all),
        with_world(entries_in_another_order_are_named),
        with_world(a_second_manifest_that_covers_less_is_refused),
        with_world(a_document_that_only_the_exporter_covers_is_refused),
        with_world(a_third_seal_has_no_place),
        with_world(seals_that_changed_places_are_refused),
        with_world(receipts_are_numbered_without_a_gap),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
