/* SPDX-License-Identifier: Apache-2.0 */
/* What a forger cannot say though he holds the exporter's seal, and what no author may say. */

#include "proof_test.h"

#include <string.h>

#define RECEIPT "proof/receipt-001.json"

static void replace(struct world *w, const char *name, struct bytes data, const char *code,
                    const char *at)
{
    struct forge *f = forge_new(w);
    forge_entry(f, name)->data = data;
    assert_unsound(w, forge_seal(f), code, at ? at : name);
}

static void each_entry_altered_without_a_seal_is_named(void **state)
{
    struct world *w = *state;
    const struct forge *all = forge_new(w);
    for (size_t i = 0; i < all->n; i++) {
        struct forge *f = forge_new(w);
        struct bytes data = bytes_dup(w->t->arena, f->entries[i].data);
        ((uint8_t *)(uintptr_t)data.p)[data.n / 2] ^= 1;
        f->entries[i].data = data;
        struct proof_verdict v = kit_verify(w, forge_leave(f));
        assert_false(v.sound);
        assert_true(str_eq(v.integrity->entry, f->entries[i].name));
    }
}

static void a_root_or_profile_that_is_none_is_named(void **state)
{
    struct world *w = *state;
    struct bytes junk = str_bytes(STR("junk"));
    static const char *const names[] = {
        ENTRY_AUTHOR_ROOT,   ENTRY_AUTHOR_PROFILE,   ENTRY_ROOT,         ENTRY_PROFILE,
        ENTRY_RECEIPTS_ROOT, ENTRY_RECEIPTS_PROFILE, ENTRY_RECEIPTS_SEAL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct forge *f = forge_new(w);
        forge_entry(f, names[i])->data = junk;
        struct proof_verdict v = kit_verify(w, forge_seal(f));
        assert_false(v.sound);
        assert_remark(v.integrity, str_c(w->t->arena, v.integrity->code), names[i]);
    }
}

static void another_states_root_does_not_stand_in(void **state)
{
    struct world *w = *state;
    struct bytes pem = str_bytes(seal_pem(w->t->arena, "CERTIFICATE", w->meridia.root_der));
    struct forge *f = forge_new(w);
    forge_entry(f, ENTRY_AUTHOR_ROOT)->data = pem;
    struct proof_verdict v = kit_verify(w, forge_seal(f));
    assert_false(v.sound);
    assert_remark(v.integrity, "certificates", ENTRY_SIGNATURE_1);
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
}

static void another_states_profile_does_not_stand_in(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_entry(f, ENTRY_PROFILE)->data = w->meridia.profile_cms;
    struct proof_verdict v = kit_verify(w, forge_seal(f));
    assert_false(v.sound);
    assert_text(v.integrity->entry, ENTRY_PROFILE);
}

static void an_act_that_is_altered_breaks_its_manifest(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct zip_entry *act = forge_entry(f, ENTRY_ACT);
    act->data = forge_text(f, act->data, "to", "XM/moj");
    assert_false(kit_verify(w, forge_seal(f)).sound);
}

/* The author himself signs an act and another carriage. */
static struct bytes signed_anew(struct world *w, struct forge *f)
{
    struct arena *a = w->t->arena;
    struct bytes bare;
    size_t own = 0;
    while (!str_starts(f->entries[own].name, "proof/")) own++;
    const struct bytes ders[] = {w->norland.seal_der, w->norland.root_der};
    f->first.manifest = parcel_manifest(a, 1, f->entries, own);
    assert_int_equal(kit_sign(&w->norland, w->t, f->first.manifest, &bare), ERR_OK);
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 2, &f->first.signature), ERR_OK);
    return forge_seal(f);
}

static void act_and_carriage_must_agree_whoever_signed_them(void **state)
{
    struct world *w = *state;
    static const char *const texts[][2] = {
        {"from", "XN/moj"},
        {"to", "XM/moj"},
        {"act", "0000000000000000000000000000000000000000000000000000000000000000"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct forge *f = forge_new(w);
        struct zip_entry *c = forge_entry(f, ENTRY_CARRIAGE);
        c->data = forge_text(f, c->data, texts[i][0], texts[i][1]);
        assert_unsound(w, signed_anew(w, f), "carriage", ENTRY_CARRIAGE);
    }
    struct forge *f = forge_new(w);
    struct zip_entry *c = forge_entry(f, ENTRY_CARRIAGE);
    c->data = forge_int(f, c->data, "suite", 2);
    assert_unsound(w, signed_anew(w, f), "carriage", ENTRY_CARRIAGE);
    f = forge_new(w);
    c = forge_entry(f, ENTRY_CARRIAGE);
    c->data = forge_int(f, c->data, "priority", 2);
    assert_unsound(w, signed_anew(w, f), "form", ENTRY_CARRIAGE);
}

static void documents_are_those_the_act_lists_whoever_signed_them(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_entry(f, "documents/order.txt")->data = str_bytes(STR("Delete it all."));
    assert_unsound(w, signed_anew(w, f), "document", "documents/order.txt");
    f = forge_new(w);
    forge_drop(f, "documents/annex.pdf");
    assert_unsound(w, signed_anew(w, f), "missing", ENTRY_ACT);
    f = forge_new(w);
    forge_swap(f, "documents/order.txt", "documents/annex.pdf");
    assert_unsound(w, signed_anew(w, f), "document", "documents/annex.pdf");
    f = forge_new(w);
    forge_entry(f, "documents/annex.pdf")->name = STR("documents/annex2.pdf");
    assert_unsound(w, signed_anew(w, f), "document", "documents/annex2.pdf");
}

static void a_document_the_act_does_not_list_is_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    memmove(f->entries + 5, f->entries + 4, (f->n - 4) * sizeof *f->entries);
    f->entries[4] = (struct zip_entry){STR("documents/more.txt"), w->act};
    f->n++;
    assert_unsound(w, signed_anew(w, f), "surplus", "documents/more.txt");
}

static void an_act_that_is_no_act_is_named(void **state)
{
    struct world *w = *state;
    static const char *const rows[] = {"", "{}", "[]", "{\"v\":1}", "{\"v\": 1}", "\xff"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct forge *f = forge_new(w);
        forge_entry(f, ENTRY_ACT)->data = str_bytes(str_of(rows[i]));
        struct proof_verdict v = kit_verify(w, signed_anew(w, f));
        assert_false(v.sound);
        assert_remark(v.integrity, str_c(w->t->arena, v.integrity->code), ENTRY_ACT);
        assert_false(v.fit);
    }
}

/* The same values in another spelling, signed by the author himself. */
static void an_act_that_is_not_canonical_is_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct zip_entry *act = forge_entry(f, ENTRY_ACT), *c = forge_entry(f, ENTRY_CARRIAGE);
    struct str loose = str_printf(w->t->arena, STR_FMT "\n", STR_ARG(bytes_str(act->data)));
    struct hash h = seal_sha256_of(str_bytes(loose));
    act->data = str_bytes(loose);
    struct str print = hex(w->t->arena, hash_bytes(&h));
    c->data = forge_text(f, c->data, "act", str_c(w->t->arena, print));
    struct proof_verdict v = kit_verify(w, signed_anew(w, f));
    assert_text(v.integrity->entry, ENTRY_ACT);
    f = forge_new(w);
    c = forge_entry(f, ENTRY_CARRIAGE);
    c->data = str_bytes(str_printf(w->t->arena, STR_FMT "\n", STR_ARG(bytes_str(c->data))));
    v = kit_verify(w, signed_anew(w, f));
    assert_text(v.integrity->entry, ENTRY_CARRIAGE);
}

static void a_log_that_does_not_lead_to_the_act_is_named(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct forge *f = forge_new(w);
    struct bytes log = forge_entry(f, ENTRY_LOG)->data;
    replace(w, ENTRY_LOG, forge_int(f, log, "index", 2), "inclusion", NULL);
    replace(w, ENTRY_LOG, forge_text(f, log, "salt", "00"), "inclusion", NULL);
    replace(w, ENTRY_LOG, forge_text(f, log, "path", "x"), "form", NULL);
    replace(w, ENTRY_LOG, forge_text(f, log, "at", "x"), "form", NULL);
    replace(w, ENTRY_LOG, str_bytes(STR("{}")), "form", NULL);
    struct tree *map, *path = tree_list(a);
    assert_int_equal(json_read(w->t, log, &codec_limits, &map), ERR_OK);
    for (const struct tree *s = tree_get(map, "path")->child; s; s = s->next)
        tree_add_str(a, path, NULL, hex(a, hash_bytes(&w->receipt.act)));
    tree_set(a, map, STR("path"), path);
    replace(w, ENTRY_LOG, str_bytes(json_write(a, map)), "inclusion", NULL);
}

static void a_log_under_another_key_is_named(void **state)
{
    struct turn *t = *state;
    struct world *w = world_new(t, &(struct bend){.other_vkey = true}, false);
    struct bytes out;
    err e = proof_export(t, &w->x, kit_sign, &w->norland, &out);
    assert_string_equal(t->fault.particular, ENTRY_LOG);
    assert_fault(t, e, ERR_INTEGRITY, "export");
}

static void receipts_of_other_parcels_are_named(void **state)
{
    struct world *w = *state;
    struct receipt r = w->receipt;
    r.parcel.b[3] ^= 1;
    replace(w, RECEIPT, kit_answer(w, &w->meridia, &r), "other-receipt", NULL);
    r = w->receipt;
    r.act.b[3] ^= 1;
    replace(w, RECEIPT, kit_answer(w, &w->meridia, &r), "other-receipt", NULL);
    r = w->receipt;
    r.sequence = 8;
    replace(w, RECEIPT, kit_answer(w, &w->meridia, &r), "other-receipt", NULL);
    r = w->receipt;
    r.to = STR("XN/moj");
    replace(w, RECEIPT, kit_answer(w, &w->meridia, &r), "other-receipt", NULL);
    replace(w, RECEIPT, str_bytes(STR("{}")), "form", NULL);
}

/* Norland makes a receipt for its own parcel in Meridia's name. */
static void a_receipt_signed_by_the_sender_is_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_entry(f, RECEIPT)->data = kit_answer(w, &w->norland, &w->receipt);
    struct proof_verdict v = kit_verify(w, forge_seal(f));
    assert_false(v.sound);
    assert_text(v.integrity->entry, RECEIPT);
}

static void receipts_that_were_swapped_between_exports_are_named(void **state)
{
    struct world *w = *state;
    struct world *other = world_new(w->t, NULL, true);
    struct forge *f = forge_new(w), *g = forge_new(other);
    forge_entry(f, RECEIPT)->data = forge_entry(g, RECEIPT)->data;
    assert_unsound(w, forge_leave(f), "digest", RECEIPT);
    struct proof_verdict v = kit_verify(w, forge_seal(f));
    assert_false(v.sound);
    assert_text(v.integrity->entry, RECEIPT);
}

static void a_signature_with_another_certificate_is_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    struct bytes bare;
    const struct bytes ders[] = {w->norland.seal_der, w->norland.root_der, w->meridia.root_der};
    assert_int_equal(signature_bare(w->t, f->second.signature, &bare), ERR_OK);
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 3, &f->second.signature), ERR_OK);
    assert_unsound(w, forge_leave(f), "certificates", ENTRY_SIGNATURE_2);
    assert_int_equal(seal_cms_add_certs(w->t, bare, ders, 1, &f->second.signature), ERR_OK);
    assert_unsound(w, forge_leave(f), "certificates", ENTRY_SIGNATURE_2);
    f->second.signature = bare;
    assert_false(kit_verify(w, forge_leave(f)).sound);
}

static void a_signature_over_another_manifest_is_named(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    f->second.signature = f->first.signature;
    struct proof_verdict v = kit_verify(w, forge_leave(f));
    assert_false(v.sound);
    assert_text(v.integrity->entry, ENTRY_SIGNATURE_2);
}

int inside_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(each_entry_altered_without_a_seal_is_named),
        with_world(a_root_or_profile_that_is_none_is_named),
        with_world(another_states_root_does_not_stand_in),
        with_world(another_states_profile_does_not_stand_in),
        with_world(an_act_that_is_altered_breaks_its_manifest),
        with_world(act_and_carriage_must_agree_whoever_signed_them),
        with_world(documents_are_those_the_act_lists_whoever_signed_them),
        with_world(a_document_the_act_does_not_list_is_named),
        with_world(an_act_that_is_no_act_is_named),
        with_world(an_act_that_is_not_canonical_is_named),
        with_world(a_log_that_does_not_lead_to_the_act_is_named),
        with_turn(a_log_under_another_key_is_named),
        with_world(receipts_of_other_parcels_are_named),
        with_world(a_receipt_signed_by_the_sender_is_named),
        with_world(receipts_that_were_swapped_between_exports_are_named),
        with_world(a_signature_with_another_certificate_is_named),
        with_world(a_signature_over_another_manifest_is_named),
    };
    return cmocka_run_group_tests_name("inside", tests, NULL, NULL);
}
