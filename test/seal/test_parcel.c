/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/parcel.c: what a container must be, and which entry is named when it is not. */

#include "seal_test.h"

#include <string.h>

#define MIMETYPE "application/vnd.etsi.asic-e+zip"

static struct zip_entry file(const char *name, const char *data)
{
    return (struct zip_entry){str_of(name), str_bytes(str_of(data))};
}

/* A container of our own over two entries; the signature is any bytes. */
static struct bytes plain_container(struct turn *t, struct zip_entry e[2])
{
    e[0] = file("act.json", "{}");
    e[1] = file("documents/a b.txt", "text");
    struct parcel_seal s = {parcel_manifest(t->arena, 1, e, 2), str_bytes(STR("signature"))};
    return parcel_write(t->arena, e, 2, &s, 1);
}

static void assert_named(struct turn *t, err got, err e, const char *code, const char *entry)
{
    assert_string_equal(t->fault.particular, entry);
    assert_fault(t, got, e, code, NULL);
}

static void what_was_put_in_is_taken_out(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[2];
    struct parcel p;
    assert_ok(t, parcel_read(t, plain_container(t, e), &p));
    assert_int_equal(p.n, 2);
    assert_int_equal(p.seals_n, 1);
    assert_text(bytes_str(p.seals[0].signature), "signature");
    assert_bytes(p.seals[0].manifest, parcel_manifest(t->arena, 1, e, 2));
    assert_ptr_equal(p.covered[0][0], &p.entries[0]);
    assert_ptr_equal(p.covered[0][1], &p.entries[1]);
    assert_null(p.covered[0][2]);
    assert_text(bytes_str(parcel_find(&p, "documents/a b.txt")->data), "text");
    assert_null(parcel_find(&p, "mimetype"));
    assert_null(parcel_find(&p, "act"));
}

static void the_mimetype_stands_where_tools_look_for_it(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[2];
    struct bytes c = plain_container(t, e);
    /* What tools look for at a fixed place (EN 319 162-1 A.1). */
    assert_memory_equal(c.p + 30, "mimetype" MIMETYPE, 8 + sizeof MIMETYPE - 1);
    assert_int_equal(c.p[8] | c.p[9], 0);
}

static void a_manifest_of_another_spelling_covers_as_well(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[2], swapped[2];
    struct parcel p;
    plain_container(t, e);
    swapped[0] = e[1];
    swapped[1] = e[0];
    struct parcel_seal s = {parcel_manifest(t->arena, 1, swapped, 2), {NULL, 0}};
    assert_ok(t, parcel_read(t, parcel_write(t->arena, e, 2, &s, 1), &p));
    assert_ptr_equal(p.covered[0][0], &p.entries[1]);
    assert_ptr_equal(p.covered[0][1], &p.entries[0]);
    assert_null(p.covered[0][2]);
}

/* Entries e with one manifest over the entries m. */
static err read_with(struct turn *t, const struct zip_entry *e, size_t n, const struct zip_entry *m,
                     size_t m_n)
{
    struct parcel p;
    struct parcel_seal s = {parcel_manifest(t->arena, 1, m, m_n), {NULL, 0}};
    return parcel_read(t, parcel_write(t->arena, e, n, &s, 1), &p);
}

static void the_entry_at_fault_is_named(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[] = {file("act.json", "{}"), file("b/ \xc3\xa9", "1"), file("c", "2")};
    struct zip_entry changed[] = {e[0], file("b/ \xc3\xa9", "one"), e[2]};
    struct zip_entry twice[] = {e[0], e[1], e[0], e[2]};
    assert_named(t, read_with(t, changed, 3, e, 3), ERR_INTEGRITY, "digest", "b/ \xc3\xa9");
    assert_named(t, read_with(t, e, 3, e, 2), ERR_INTEGRITY, "uncovered", "c");
    assert_named(t, read_with(t, e, 3, e + 1, 2), ERR_INTEGRITY, "uncovered", "act.json");
    assert_named(t, read_with(t, e, 3, e, 0), ERR_INTEGRITY, "uncovered", "act.json");
    assert_named(t, read_with(t, e, 2, e, 3), ERR_INTEGRITY, "missing", "c");
    assert_named(t, read_with(t, e, 3, twice, 4), ERR_INTEGRITY, "manifest",
                 "META-INF/ASiCManifest001.xml");
    assert_ok(t, read_with(t, NULL, 0, NULL, 0));
}

static void a_manifest_covers_only_what_stands_before_it(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[] = {file("a", "1"), file("META-INF/signature001.p7s", "")};
    assert_named(t, read_with(t, e, 1, e, 2), ERR_INTEGRITY, "missing",
                 "META-INF/signature001.p7s");
    struct zip_entry m[] = {e[0], file("mimetype", MIMETYPE)};
    assert_ok(t, read_with(t, e, 1, m, 2));
}

static void a_second_seal_covers_what_was_there_and_what_came(void **state)
{
    struct turn *t = *state;
    struct zip_entry e[] = {file("act.json", "{}"), file("proof/log.json", "[]")};
    struct parcel_seal s[2] = {{parcel_manifest(t->arena, 1, e, 1), str_bytes(STR("one"))}};
    struct zip_entry more[] = {e[1],
                               {STR("META-INF/ASiCManifest001.xml"), s[0].manifest},
                               {STR("META-INF/signature001.p7s"), s[0].signature}};
    struct parcel p;
    s[1] = (struct parcel_seal){parcel_manifest(t->arena, 2, more, 3), str_bytes(STR("two"))};
    assert_ok(t, parcel_read(t, parcel_write(t->arena, e, 2, s, 2), &p));
    assert_int_equal(p.n, 2);
    assert_int_equal(p.seals_n, 2);
    assert_ptr_equal(p.covered[0][0], &p.entries[0]);
    assert_null(p.covered[0][1]);
    assert_ptr_equal(p.covered[1][0], &p.entries[1]);
    assert_text(p.covered[1][1]->name, "META-INF/ASiCManifest001.xml");
    assert_text(p.covered[1][2]->name, "META-INF/signature001.p7s");
    assert_null(p.covered[1][3]);
    /* The first signature is replaced: the second seal tells. */
    s[0].signature = str_bytes(STR("six"));
    err got = parcel_read(t, parcel_write(t->arena, e, 2, s, 2), &p);
    assert_named(t, got, ERR_INTEGRITY, "digest", "META-INF/signature001.p7s");
}

static void order_and_names_are_part_of_the_format(void **state)
{
    struct turn *t = *state;
    struct zip_entry mime = file("mimetype", MIMETYPE), a = file("a", "1");
    struct zip_entry wrong_mime = file("mimetype", "application/zip");
    struct zip_entry m1 = {STR("META-INF/ASiCManifest001.xml"),
                           parcel_manifest(t->arena, 1, &a, 1)};
    struct zip_entry m2 = {STR("META-INF/ASiCManifest002.xml"),
                           parcel_manifest(t->arena, 2, &a, 1)};
    struct zip_entry s1 = file("META-INF/signature001.p7s", "s");
    struct zip_entry s2 = file("META-INF/signature002.p7s", "s");
    struct zip_entry other = file("META-INF/container.xml", "<a/>");
    const struct {
        struct zip_entry files[7];
        size_t n;
        const char *code, *entry;
    } rows[] = {
        {{mime}, 0, "mimetype", "mimetype"},
        {{a, mime, m1, s1}, 4, "mimetype", "mimetype"},
        {{a, m1, s1}, 3, "mimetype", "mimetype"},
        {{wrong_mime, a, m1, s1}, 4, "mimetype", "mimetype"},
        {{mime, a}, 2, "unsealed", "META-INF/ASiCManifest001.xml"},
        {{mime}, 1, "unsealed", "META-INF/ASiCManifest001.xml"},
        {{mime, a, m1}, 3, "unsealed", "META-INF/signature001.p7s"},
        {{mime, a, m1, s1, m2}, 5, "unsealed", "META-INF/signature002.p7s"},
        {{mime, a, s1, m1}, 4, "misplaced", "META-INF/signature001.p7s"},
        {{mime, a, m2, s2}, 4, "misplaced", "META-INF/ASiCManifest002.xml"},
        {{mime, a, m1, s2}, 4, "misplaced", "META-INF/signature002.p7s"},
        {{mime, m1, s1, a}, 4, "misplaced", "a"},
        {{mime, a, m1, s1, other}, 5, "misplaced", "META-INF/container.xml"},
        {{mime, other, a, m1, s1}, 5, "misplaced", "META-INF/container.xml"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parcel p;
        struct bytes c = zip_write(t->arena, rows[i].files, rows[i].n);
        assert_named(t, parcel_read(t, c, &p), ERR_INTEGRITY, rows[i].code, rows[i].entry);
    }
}

static void seals_and_sizes_have_limits(void **state)
{
    struct turn *t = *state;
    struct zip_entry all[2 + 2 * (PARCEL_SEALS_MAX + 1)] = {file("mimetype", MIMETYPE),
                                                            file("a", "1")};
    struct parcel p;
    size_t n = 2;
    for (int k = 1; k <= PARCEL_SEALS_MAX + 1; k++) {
        struct bytes manifest = parcel_manifest(t->arena, k, all + 1, 1);
        all[n++] = (struct zip_entry){seal_manifest_name(t->arena, k), manifest};
        all[n++] = (struct zip_entry){seal_signature_name(t->arena, k), {NULL, 0}};
    }
    assert_ok(t, parcel_read(t, zip_write(t->arena, all, n - 2), &p));
    assert_int_equal(p.seals_n, PARCEL_SEALS_MAX);
    assert_named(t, parcel_read(t, zip_write(t->arena, all, n), &p), ERR_TOO_LARGE, "count",
                 "META-INF/ASiCManifest009.xml");
    struct bytes large = {arena_take(t->arena, PARCEL_MAX + 1), PARCEL_MAX + 1};
    assert_fault(t, parcel_read(t, large, &p), ERR_TOO_LARGE, "size", NULL);
}

static void a_thousand_entries_are_read_with_one_manifest_of_another_order(void **state)
{
    struct turn *t = *state;
    enum { MANY = 1000 };
    struct zip_entry e[MANY], reversed[MANY];
    for (size_t i = 0; i < MANY; i++)
        e[i] = (struct zip_entry){str_printf(t->arena, "documents/%zu", i), {NULL, 0}};
    for (size_t i = 0; i < MANY; i++) reversed[i] = e[MANY - 1 - i];
    assert_ok(t, read_with(t, e, MANY, reversed, MANY));
    assert_named(t, read_with(t, e, MANY, reversed, MANY - 1), ERR_INTEGRITY, "uncovered",
                 "documents/0");
}

/* The whole of it: each bit of a signed container is covered by ZIP, manifest or signature. */
static void every_bit_of_a_signed_container_is_refused_when_altered(void **state)
{
    struct turn *t = *state;
    struct holder root = root_of(t, "XN", false), by = holder_of(t, &root, "XN/csb", SEAL_SEAL);
    struct zip_entry e[2];
    plain_container(t, e);
    struct parcel_seal s = {.manifest = parcel_manifest(t->arena, 1, e, 2)};
    assert_ok(t, suite_1.sign(t, by.key, by.der, s.manifest, false, NOW_MS, &s.signature));
    struct bytes c = parcel_write(t->arena, e, 2, &s, 1);
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, c).p;
    struct turn inner = *t;
    size_t by_reading = 0, by_signature = 0;
    for (size_t bit = 0; bit <= 8 * c.n; bit++) {
        auto_arena a = arena_new();
        struct parcel got;
        inner.arena = a;
        if (bit < 8 * c.n) p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (parcel_read(&inner, (struct bytes){p, c.n}, &got) != ERR_OK) {
            if (!inner.fault.particular[0]) fail_msg("bit %zu names no entry", bit);
            by_reading++;
        } else if (suite_1.verify(&inner, by.der, got.seals[0].manifest, got.seals[0].signature) !=
                   ERR_OK) {
            by_signature++;
        } else if (bit < 8 * c.n) {
            fail_msg("bit %zu of %zu passed", bit, 8 * c.n);
        }
        turn_forgive(&inner);
        if (bit < 8 * c.n) p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    /* The container itself, at the end, was accepted. */
    assert_int_equal(by_reading + by_signature, 8 * c.n);
}

int parcel_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(what_was_put_in_is_taken_out),
        with_turn(the_mimetype_stands_where_tools_look_for_it),
        with_turn(a_manifest_of_another_spelling_covers_as_well),
        with_turn(the_entry_at_fault_is_named),
        with_turn(a_manifest_covers_only_what_stands_before_it),
        with_turn(a_second_seal_covers_what_was_there_and_what_came),
        with_turn(order_and_names_are_part_of_the_format),
        with_turn(seals_and_sizes_have_limits),
        with_turn(a_thousand_entries_are_read_with_one_manifest_of_another_order),
        with_turn(every_bit_of_a_signed_container_is_refused_when_altered),
    };
    return cmocka_run_group_tests_name("parcel", tests, NULL, NULL);
}
