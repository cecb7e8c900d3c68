/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict as a whole: what a good export gets, and what is no export. */

#include "proof_test.h"

#include <string.h>

static void a_good_export_is_sound_trusted_and_fit_without_a_remark(void **state)
{
    struct world *w = *state;
    struct proof_verdict v = kit_verify(w, w->container);
    assert_no_remarks(v.integrity);
    assert_no_remarks(v.trusting);
    assert_no_remarks(v.policy);
    assert_true(v.sound && v.fit);
    assert_int_equal(v.trust, PROOF_TRUSTED);
    assert_text(v.signer, "XN/csb");
    struct hash root = seal_sha256_of(w->norland.root_der);
    assert_true(hash_eq(&v.root, &root));
    assert_text(tree_str(v.act, "to"), "XM/dts");
}

static void the_same_export_gets_the_same_verdict_twice(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct proof_verdict one = kit_verify(w, w->container), two = kit_verify(w, w->container);
    assert_true(str_eq(json_write(a, proof_verdict_view(a, &one)),
                       json_write(a, proof_verdict_view(a, &two))));
}

/* As it travels a parcel carries no certificate: nothing is said against it, and nothing for it. */
static void a_parcel_as_it_travels_is_told_to_be_exported_first(void **state)
{
    struct world *w = *state;
    struct proof_verdict v = kit_verify(w, w->parcel);
    assert_false(v.sound);
    assert_remark(v.integrity, "not-exported", "META-INF/ASiCManifest002.xml");
    assert_int_equal(v.trust, PROOF_UNTRUSTED);
}

static void bytes_that_are_no_container_get_a_verdict(void **state)
{
    struct world *w = *state;
    static const char *const rows[] = {"", "PK", "{}", "PK\003\004", "MIME-Version: 1.0\n\n"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct proof_verdict v = kit_verify(w, str_bytes(str_of(rows[i])));
        assert_false(v.sound || v.fit);
        assert_int_equal(v.trust, PROOF_UNTRUSTED);
        assert_true(v.integrity->entry.n && v.trusting && v.policy);
    }
}

static void a_container_cut_anywhere_gets_a_verdict(void **state)
{
    struct world *w = *state;
    struct arena *kept = w->t->arena;
    for (size_t n = 0; n < w->container.n; n += 41) {
        auto_arena scratch = arena_new();
        w->t->arena = scratch;
        struct proof_verdict v =
            kit_verify(w, bytes_dup(scratch, (struct bytes){w->container.p, n}));
        assert_false(v.sound);
        assert_true(v.integrity->entry.n);
        w->t->arena = kept;
    }
}

static void a_container_beyond_the_limit_is_not_read(void **state)
{
    struct world *w = *state;
    uint8_t *large = arena_take(w->t->arena, PROOF_CONTAINER_MAX + 1);
    struct bytes in = {large, PROOF_CONTAINER_MAX + 1};
    assert_unsound(w, in, "size", "container");
    in.n--;
    assert_unsound(w, in, "zip", NULL);
}

static void a_remark_shows_no_byte_that_a_terminal_would_obey(void **state)
{
    struct world *w = *state;
    struct forge *f = forge_new(w);
    forge_put(f, "documents/\xc3\xa9 order", str_bytes(STR("x")));
    struct proof_verdict v = kit_verify(w, forge_leave(f));
    assert_false(v.sound);
    for (const struct proof_remark *r = v.integrity; r; r = r->next)
        for (size_t i = 0; i < r->sentence.n; i++)
            assert_true((uint8_t)r->sentence.p[i] >= ' ' && r->sentence.p[i] != 0x7f);
}

/* The remarks of a verdict are bounded, whatever is wrong. */
static void a_thousand_surplus_entries_are_not_a_thousand_remarks(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct zip_entry entries[200];
    for (size_t i = 0; i < 200; i++)
        entries[i] = (struct zip_entry){str_printf(a, "surplus-%03zu.txt", i), w->act};
    struct parcel_seal seal = {parcel_manifest(a, 1, entries, 200), w->signature};
    struct proof_verdict v = kit_verify(w, parcel_write(a, entries, 200, &seal, 1));
    size_t n = 0;
    for (const struct proof_remark *r = v.integrity; r; r = r->next) n++;
    assert_int_equal(n, PROOF_REMARKS_MAX);
}

/* More than our writer would put there, though the reader of containers takes it. */
static void a_container_with_too_many_entries_gets_a_verdict(void **state)
{
    enum { N = PROOF_ENTRIES_MAX + 1 };
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct zip_entry *all = arena_take_many(a, N + 3, sizeof *all);
    all[0] = (struct zip_entry){STR("mimetype"), str_bytes(STR("application/vnd.etsi.asic-e+zip"))};
    for (size_t i = 1; i <= N; i++)
        all[i] = (struct zip_entry){str_printf(a, "documents/%04zu", i), w->act};
    all[N + 1] = (struct zip_entry){STR(ENTRY_MANIFEST_1), parcel_manifest(a, 1, all + 1, N)};
    all[N + 2] = (struct zip_entry){STR(ENTRY_SIGNATURE_1), w->signature};
    assert_unsound(w, zip_write(a, all, N + 3), "count", "container");
}

int verify_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(a_good_export_is_sound_trusted_and_fit_without_a_remark),
        with_world(the_same_export_gets_the_same_verdict_twice),
        with_world(a_parcel_as_it_travels_is_told_to_be_exported_first),
        with_world(bytes_that_are_no_container_get_a_verdict),
        with_world(a_container_cut_anywhere_gets_a_verdict),
        with_world(a_container_beyond_the_limit_is_not_read),
        with_world(a_container_with_too_many_entries_gets_a_verdict),
        with_world(a_remark_shows_no_byte_that_a_terminal_would_obey),
        with_world(a_thousand_surplus_entries_are_not_a_thousand_remarks),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
