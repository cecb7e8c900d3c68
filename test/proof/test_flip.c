/* SPDX-License-Identifier: Apache-2.0 */
/* No bit of an export is free: each one flipped alone is found, and where is said.
 *
 * A full run (FULL=1) takes every bit; otherwise a printed seed (SEED) picks a few thousand. */

#include "proof_test.h"

#include <stdlib.h>
#include <time.h>

enum { SAMPLE = 3000 };

static bool is_known_place(const struct parcel *p, struct str entry)
{
    static const char *const places[] = {"central directory", "end of directory", "mimetype",
                                         "container",         ENTRY_MANIFEST_1,   ENTRY_MANIFEST_2,
                                         ENTRY_SIGNATURE_1,   ENTRY_SIGNATURE_2};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_is(entry, places[i])) return true;
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(entry, p->entries[i].name)) return true;
    return false;
}

/* A flip in the packing may leave nothing but the entry's number, or its name as it now is; one in
 * a manifest, the name of what it now refers to. */
static bool is_told(const struct parcel *p, const struct proof_remark *r)
{
    return is_known_place(p, r->entry) || str_starts(r->entry, "entry ") ||
           (r->entry.n && (str_starts(r->code, "zip") || str_is(r->code, "missing")));
}

static void flip(struct world *w, const struct parcel *p, uint8_t *copy, size_t bit)
{
    auto_arena scratch = arena_new();
    struct turn *t = w->t;
    struct arena *kept = t->arena;
    t->arena = scratch;
    copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    struct proof_verdict v = kit_verify(w, (struct bytes){copy, w->container.n});
    copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    if (v.sound) fail_msg("bit %zu of byte %zu is free", bit % 8, bit / 8);
    if (!is_told(p, v.integrity))
        fail_msg("bit %zu: " STR_FMT ", " STR_FMT, bit, STR_ARG(v.integrity->code),
                 STR_ARG(v.integrity->entry));
    t->arena = kept;
}

/* FULL=1 asks for every bit; an empty FULL does not. */
static bool is_full(void)
{
    const char *full = getenv("FULL");
    return full && *full;
}

static uint64_t seed_of(void)
{
    const char *given = getenv("SEED");
    return given && *given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
}

static void any_bit_flipped_anywhere_is_found_and_its_place_named(void **state)
{
    struct world *w = *state;
    struct parcel p;
    size_t bits = 8 * w->container.n, done = 0;
    uint64_t seed = seed_of();
    uint8_t *copy = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, w->container).p;
    assert_int_equal(parcel_read(w->t, w->container, &p), ERR_OK);
    if (is_full()) {
        for (; done < bits; done++) flip(w, &p, copy, done);
    } else {
        print_message("# SEED=%llu\n", (unsigned long long)seed);
        for (; done < SAMPLE; done++) flip(w, &p, copy, (size_t)(kit_random(&seed) % bits));
    }
    print_message("# %zu of %zu bits flipped\n", done, bits);
    assert_true(kit_verify(w, (struct bytes){copy, w->container.n}).sound);
}

/* Within the data of an entry the place is known exactly. */
static void a_bit_flipped_within_an_entry_names_that_entry(void **state)
{
    struct world *w = *state;
    struct parcel p;
    uint8_t *copy = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, w->container).p;
    assert_int_equal(parcel_read(w->t, w->container, &p), ERR_OK);
    for (size_t i = 0; i < p.n; i++) {
        size_t at = (size_t)(p.entries[i].data.p - w->container.p) + p.entries[i].data.n / 3;
        copy[at] ^= 0x10;
        struct proof_verdict v = kit_verify(w, (struct bytes){copy, w->container.n});
        copy[at] ^= 0x10;
        assert_true(str_eq(v.integrity->entry, p.entries[i].name));
    }
}

/* The checksums of the ZIP are made right again after each flip, so that what is asked is the
 * signatures and what they cover, not the packing. */
static void a_bit_flipped_under_a_mended_checksum_is_found(void **state)
{
    struct world *w = *state;
    struct parcel p;
    assert_int_equal(parcel_read(w->t, w->container, &p), ERR_OK);
    struct zip_entry *all;
    size_t n;
    assert_int_equal(zip_read(w->t, w->container, &all, &n), ERR_OK);
    size_t step = is_full() ? 1 : 97, done = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t *data = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, all[i].data).p;
        struct bytes was = all[i].data;
        all[i].data.p = data;
        for (size_t bit = 0; bit < 8 * was.n; bit += step, done++) {
            auto_arena scratch = arena_new();
            struct arena *kept = w->t->arena;
            w->t->arena = scratch;
            data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            struct bytes in = zip_write(scratch, all, n);
            struct proof_verdict v = kit_verify(w, in);
            if (v.sound) fail_msg("bit %zu of " STR_FMT " is free", bit, STR_ARG(all[i].name));
            if (!is_told(&p, v.integrity))
                fail_msg("bit %zu of " STR_FMT ": " STR_FMT " is named", bit, STR_ARG(all[i].name),
                         STR_ARG(v.integrity->entry));
            data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            w->t->arena = kept;
        }
        all[i].data = was;
    }
    assert_true(done > 500);
}

int flip_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(any_bit_flipped_anywhere_is_found_and_its_place_named),
        with_world(a_bit_flipped_within_an_entry_names_that_entry),
        with_world(a_bit_flipped_under_a_mended_checksum_is_found),
    };
    return cmocka_run_group_tests_name("flip", tests, NULL, NULL);
}
