/* SPDX-License-Identifier: Apache-2.0 */
/* No bit of an export is free: each one flipped alone is found, and where is said.
 *
 * A full run (FULL=1) takes every bit; otherwise a printed seed (SEED) picks a few thousand. */

#include "proof_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLE = 3000 };

/* ---- what may be told ------------------------------------------------------------------------ */

enum { LOCAL_SIZE = 30, NAME_LENGTH_AT = 26, END_SIZE = 22 };

/* A container as it was packed: its entries, where each lies, and where the directory begins. */
struct layout {
    struct zip_entry *entries;
    size_t n, size, directory;
    const uint8_t *base;
};

static struct layout layout_of(struct world *w)
{
    struct layout l = {.size = w->container.n, .base = w->container.p};
    assert_int_equal(zip_read(w->t, w->container, &l.entries, &l.n), ERR_OK);
    const struct zip_entry *last = &l.entries[l.n - 1];
    l.directory = (size_t)(last->data.p - l.base) + last->data.n;
    return l;
}

static size_t begin_of(const struct layout *l, size_t k)
{
    return (size_t)(l->entries[k].data.p - l->base) - l->entries[k].name.n - LOCAL_SIZE;
}

static bool is_entry_number(struct str told, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "entry %zu", number);
    return str_is(told, text);
}

/* The name with one bit of it flipped, as it is shown. */
static bool is_name_flipped(struct world *w, struct str name, size_t at, size_t bit,
                            struct str told)
{
    struct str now = str_dup(w->t->arena, name);
    ((char *)(uintptr_t)now.p)[at] = (char)(now.p[at] ^ 1 << bit % 8);
    return str_eq(told, str_printable(w->t->arena, now));
}

static bool is_told_in_entry(struct world *w, const struct layout *l, size_t k, size_t bit,
                             struct str told)
{
    struct str name = l->entries[k].name;
    size_t at = bit / 8 - begin_of(l, k);
    if (at < 4 || (at >= NAME_LENGTH_AT && at < NAME_LENGTH_AT + 2)) /* no header, or no name */
        return str_eq(told, name) || is_entry_number(told, k + 1);
    if (at >= LOCAL_SIZE && at < LOCAL_SIZE + name.n)
        return str_is(told, "central directory") ||
               is_name_flipped(w, name, at - LOCAL_SIZE, bit, told);
    return str_eq(told, name);
}

/* Where the bit lies says what must be named: the entry, by its name or where that was hit by what
 * is left of it, or the part of the packing. */
static bool is_told(struct world *w, const struct layout *l, size_t bit, struct str told)
{
    size_t at = bit / 8;
    if (at >= l->size - END_SIZE)
        return str_is(told, "end of directory") || str_is(told, "central directory") ||
               is_entry_number(told, l->n + 1);
    if (at >= l->directory) return str_is(told, "central directory");
    size_t k = l->n - 1;
    while (begin_of(l, k) > at) k--;
    return is_told_in_entry(w, l, k, bit, told);
}

/* With checksums mended, the signatures speak. A manifest says what is covered: where it was hit,
 * the name it now has for something, or the signature over it. */
static bool is_told_under(struct world *w, const struct zip_entry *hit, struct str told)
{
    if (str_eq(told, hit->name)) return true;
    bool first = str_is(hit->name, ENTRY_MANIFEST_1), second = str_is(hit->name, ENTRY_MANIFEST_2);
    if (!first && !second) return false;
    if (str_is(told, first ? ENTRY_SIGNATURE_1 : ENTRY_SIGNATURE_2)) return true;
    struct str shown = str_printable(w->t->arena, bytes_str(hit->data));
    return told.n && memmem(shown.p, shown.n, told.p, told.n) != NULL;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void flip(struct world *w, const struct layout *l, uint8_t *copy, size_t bit)
{
    auto_arena scratch = arena_new();
    struct turn *t = w->t;
    struct arena *kept = t->arena;
    t->arena = scratch;
    copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    struct proof_verdict v = kit_verify(w, (struct bytes){copy, w->container.n});
    copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    if (v.sound) fail_msg("bit %zu of byte %zu is free", bit % 8, bit / 8);
    if (!is_told(w, l, bit, v.integrity->entry))
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

/* Any bit; or one of a local header, since most bits are of the data. */
static size_t bit_drawn(const struct layout *l, uint64_t *seed, bool in_header)
{
    if (!in_header) return (size_t)(kit_random(seed) % (8 * l->size));
    size_t k = (size_t)(kit_random(seed) % l->n);
    size_t bits = 8 * (LOCAL_SIZE + l->entries[k].name.n);
    return 8 * begin_of(l, k) + (size_t)(kit_random(seed) % bits);
}

static void any_bit_flipped_anywhere_is_found_and_its_place_named(void **state)
{
    struct world *w = *state;
    struct layout l = layout_of(w);
    size_t bits = 8 * w->container.n, done = 0;
    uint64_t seed = seed_of();
    uint8_t *copy = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, w->container).p;
    if (is_full()) {
        for (; done < bits; done++) flip(w, &l, copy, done);
    } else {
        print_message("# SEED=%llu\n", (unsigned long long)seed);
        for (; done < SAMPLE; done++) flip(w, &l, copy, bit_drawn(&l, &seed, done % 2));
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
            if (!is_told_under(w, &all[i], v.integrity->entry))
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
