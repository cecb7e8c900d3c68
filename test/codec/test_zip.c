/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/zip.c: one spelling of a container, and a refusal of every other. */

#include "codec_test.h"

#include "codec/inner.h"

static struct zip_entry entry(const char *name, const char *data)
{
    return (struct zip_entry){str_of(name), bytes_of(data)};
}

/* Four entries in about 600 bytes: one empty, one with a name beyond ASCII. */
static struct bytes sample(struct arena *a)
{
    const struct zip_entry all[] = {
        entry("mimetype", "application/vnd.etsi.asic-e+zip"),
        entry("META-INF/ASiCManifest1.xml", "<a/>"),
        entry("\xc9\x99/act.json", "{\"act\":\"request\"}"),
        entry("documents/empty.txt", ""),
    };
    return zip_write(a, all, 4);
}

static struct bytes changed(struct arena *a, struct bytes in, size_t at, uint8_t to)
{
    struct bytes copy = bytes_dup(a, in);
    ((uint8_t *)(uintptr_t)copy.p)[at] = to;
    return copy;
}

static size_t find(struct bytes in, const char *what, size_t from)
{
    struct str w = str_of(what);
    for (size_t i = from; i + w.n <= in.n; i++)
        if (memcmp(in.p + i, w.p, w.n) == 0) return i;
    fail_msg("no %s", what);
    return 0;
}

/* Where the local header of the entry begins. */
static size_t header_of(struct bytes in, const char *name) { return find(in, name, 0) - 30; }

static void assert_zip_refused(struct turn *t, struct bytes in, const char *code,
                               const char *article, const char *particular)
{
    struct zip_entry *entries;
    size_t n;
    err e = zip_read(t, in, &entries, &n);
    struct fault f = t->fault;
    assert_refused(t, e, ERR_REJECTED, code, article, particular);
    assert_string_equal(f.particular, particular);
}

static void one_entry_is_written_as_the_standard_lays_it_out(void **state)
{
    struct turn *t = *state;
    const struct zip_entry one = entry("a", "123456789");
    static const char expected[] = "PK\3\4"
                                   "\x14\0"
                                   "\0\0"
                                   "\0\0"
                                   "\0\0"
                                   "\x21\0"
                                   "\x26\x39\xf4\xcb"
                                   "\x09\0\0\0"
                                   "\x09\0\0\0"
                                   "\1\0"
                                   "\0\0"
                                   "a"
                                   "123456789"
                                   "PK\1\2"
                                   "\x14\0"
                                   "\x14\0"
                                   "\0\0"
                                   "\0\0"
                                   "\0\0"
                                   "\x21\0"
                                   "\x26\x39\xf4\xcb"
                                   "\x09\0\0\0"
                                   "\x09\0\0\0"
                                   "\1\0"
                                   "\0\0"
                                   "\0\0"
                                   "\0\0"
                                   "\0\0"
                                   "\0\0\0\0"
                                   "\0\0\0\0"
                                   "a"
                                   "PK\5\6"
                                   "\0\0"
                                   "\0\0"
                                   "\1\0"
                                   "\1\0"
                                   "\x2f\0\0\0"
                                   "\x28\0\0\0"
                                   "\0\0";
    struct bytes out = zip_write(t->arena, &one, 1);
    assert_int_equal(out.n, sizeof expected - 1);
    assert_memory_equal(out.p, expected, out.n);
}

static void what_is_written_is_read_and_written_the_same(void **state)
{
    struct turn *t = *state;
    struct zip_entry *entries;
    size_t n;
    struct bytes in = sample(t->arena);
    assert_int_equal(zip_read(t, in, &entries, &n), ERR_OK);
    assert_int_equal(n, 4);
    assert_text(entries[0].name, "mimetype");
    assert_text(bytes_str(entries[2].data), "{\"act\":\"request\"}");
    assert_int_equal(entries[3].data.n, 0);
    assert_true(entries[0].data.p > in.p && entries[0].data.p < in.p + in.n);
    assert_true(bytes_eq(zip_write(t->arena, entries, n), in));
    /* What libmagic and ASiC look for: the type at byte 38 of the file. */
    assert_memory_equal(in.p + 30, "mimetypeapplication/vnd.etsi.asic-e+zip", 39);
}

static void a_container_may_be_empty(void **state)
{
    struct turn *t = *state;
    struct zip_entry *entries;
    size_t n = 7;
    struct bytes in = zip_write(t->arena, NULL, 0);
    assert_int_equal(in.n, 22);
    assert_int_equal(zip_read(t, in, &entries, &n), ERR_OK);
    assert_int_equal(n, 0);
}

static void any_flipped_bit_is_refused_and_something_is_named(void **state)
{
    struct turn *t = *state;
    struct bytes in = sample(t->arena);
    assert_in_range(in.n, 500, 800);
    for (size_t bit = 0; bit < in.n * 8; bit++) {
        auto_arena a = arena_new();
        struct turn one = {.arena = a};
        struct zip_entry *entries;
        size_t n;
        struct bytes bad = changed(a, in, bit / 8, in.p[bit / 8] ^ (uint8_t)(1u << bit % 8));
        if (zip_read(&one, bad, &entries, &n) == ERR_OK) fail_msg("accepted with bit %zu", bit);
        if (!one.fault.particular[0] || !one.fault.article[0]) fail_msg("unnamed: bit %zu", bit);
    }
}

static void any_cut_and_any_surplus_byte_is_refused(void **state)
{
    struct turn *t = *state;
    struct bytes in = sample(t->arena);
    for (size_t n = 0; n < in.n; n++) {
        auto_arena a = arena_new();
        struct turn one = {.arena = a};
        struct zip_entry *entries;
        size_t count;
        /* An exact copy, so that a sanitizer sees a step past the end. */
        struct bytes cut = bytes_dup(a, (struct bytes){in.p, n});
        if (zip_read(&one, cut, &entries, &count) == ERR_OK) fail_msg("accepted %zu bytes", n);
        struct buf more = buf_in(a);
        buf_put(&more, in.p, n);
        buf_byte(&more, 'P');
        buf_put(&more, in.p + n, in.n - n);
        turn_forgive(&one);
        if (zip_read(&one, buf_as_bytes(&more), &entries, &count) == ERR_OK)
            fail_msg("accepted with a byte at %zu", n);
        assert_true(one.fault.particular[0] != 0);
    }
}

static void a_changed_byte_of_data_names_the_entry(void **state)
{
    struct turn *t = *state;
    struct bytes in = sample(t->arena);
    size_t at = find(in, "request", 0);
    assert_zip_refused(t, changed(t->arena, in, at, 'R'), "zip-checksum", "APPNOTE 4.4.7",
                       "\xc9\x99/act.json");
}

/* What stands at the place of a name's length tells nothing of the name. */
static void an_altered_length_of_a_name_does_not_hide_the_entry(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct bytes in = sample(a);
    struct zip_entry *entries;
    struct turn whole = {.arena = a};
    size_t n, at = 0;
    assert_int_equal(zip_read(&whole, in, &entries, &n), ERR_OK);
    for (size_t k = 0; k < n; k++) {
        const char *name = str_c(a, entries[k].name);
        at = find(in, name, at) - 30;
        for (size_t bit = 0; bit < 16; bit++) {
            struct turn t = {.arena = a};
            size_t byte = at + 26 + bit / 8;
            struct bytes bad = changed(a, in, byte, in.p[byte] ^ (uint8_t)(1u << bit % 8));
            assert_int_equal(zip_read(&t, bad, &(struct zip_entry *){0}, &(size_t){0}),
                             ERR_REJECTED);
            /* Without data nothing but the directory tells where a name ends. */
            bool named = strcmp(t.fault.particular, name) == 0;
            bool bare = !entries[k].data.n && !strcmp(t.fault.particular, "central directory");
            if (!named && !bare) fail_msg("%s for %s", t.fault.particular, name);
        }
        at += 30 + entries[k].name.n + entries[k].data.n;
    }
}

static void compressed_and_encrypted_entries_are_refused(void **state)
{
    struct turn *t = *state;
    struct bytes in = sample(t->arena);
    const char *name = "META-INF/ASiCManifest1.xml";
    size_t at = header_of(in, name);
    assert_zip_refused(t, changed(t->arena, in, at + 8, 8), "zip-compressed", "EN 319 162-1 A.1",
                       name);
    assert_zip_refused(t, changed(t->arena, in, at + 8, 93), "zip-compressed", "EN 319 162-1 A.1",
                       name);
    assert_zip_refused(t, changed(t->arena, in, at + 6, 1), "zip-encrypted", "APPNOTE 4.4.4", name);
    assert_zip_refused(t, changed(t->arena, in, at + 6, 8), "zip", "APPNOTE 4.4.4", name);
    assert_zip_refused(t, changed(t->arena, in, at + 28, 4), "zip", "APPNOTE 4.3.7", name);
    assert_zip_refused(t, changed(t->arena, in, at + 10, 1), "zip", "APPNOTE 4.3.7", name);
}

static void the_directory_must_agree_with_the_entries(void **state)
{
    struct turn *t = *state;
    struct bytes in = sample(t->arena);
    size_t dir = find(in, "PK\1\2", 0);
    size_t end = in.n - 22;
    static const size_t fields[] = {4,  6,  8,  10, 12, 14, 16, 20, 24,
                                    28, 30, 32, 34, 36, 38, 42, 46};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t at = dir + fields[i];
        assert_zip_refused(t, changed(t->arena, in, at, in.p[at] ^ 1), "zip", "APPNOTE 4.3.12",
                           "central directory");
    }
    static const size_t ends[] = {4, 6, 8, 12, 16};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t at = end + ends[i];
        assert_zip_refused(t, changed(t->arena, in, at, in.p[at] ^ 1), "zip", "APPNOTE 4.3.16",
                           "end of directory");
    }
    assert_zip_refused(t, changed(t->arena, in, end, 0), "zip", "APPNOTE 4.3.16",
                       "end of directory");
    assert_zip_refused(t, changed(t->arena, in, end + 20, 1), "zip", "APPNOTE 4.3.16",
                       "end of directory");
    /* One entry less than there are, and one more. */
    assert_zip_refused(t, changed(t->arena, in, end + 10, 3), "zip", "APPNOTE 4.3.12",
                       "central directory");
    assert_zip_refused(t, changed(t->arena, in, end + 10, 5), "zip", "APPNOTE 4.3.7", "entry 5");
}

static void a_name_is_a_relative_path_and_nothing_else(void **state)
{
    struct turn *t = *state;
    static const char *const good[] = {
        "a", "mimetype", "META-INF/x.p7s", "a/b/c", "...",     "a..b", "..a/b",
        " ", "a b",      "\xc9\x99",       "-rf",   "\xc2\xa0"};
    static const char *const bad[] = {"",          "/",        "/a",   "a/",
                                      "a//b",      ".",        "..",   "../x",
                                      "../../x",   "a/../b",   "a/..", "./a",
                                      "a/./b",     "a/.",      "a\\b", "..\\x",
                                      "C:",        "C:/x",     "a:b",  "a\nb",
                                      "a\x7f",     "\x1b[m",   "\xff", "\xc0\xae\xc0\xae/x",
                                      "a\xc2\x85", "\xc2\x9b", "\t",   "x\u202ecod.exe",
                                      "a/\u2066b"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!zip_name_is_safe(str_of(good[i]))) fail_msg("unsafe: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zip_name_is_safe(str_of(bad[i]))) fail_msg("safe: %s", bad[i]);
    assert_false(zip_name_is_safe(STR("a\0b")));
    assert_true(zip_name_is_safe(repeat(t->arena, "n", ZIP_NAME_MAX)));
    assert_false(zip_name_is_safe(repeat(t->arena, "n", ZIP_NAME_MAX + 1)));
}

/* A name of the same length is put into both headers, so that only the name can be the reason. */
static struct bytes renamed(struct arena *a, const char *from, const char *to)
{
    const struct zip_entry two[] = {entry("first", "1"), entry(from, "2")};
    struct bytes in = zip_write(a, two, 2);
    struct bytes out = bytes_dup(a, in);
    size_t local = find(in, from, 0);
    size_t central = find(in, from, local + 1);
    for (size_t i = 0; i < strlen(to); i++) {
        ((uint8_t *)(uintptr_t)out.p)[local + i] = (uint8_t)to[i];
        ((uint8_t *)(uintptr_t)out.p)[central + i] = (uint8_t)to[i];
    }
    return out;
}

static void unsafe_and_double_names_are_refused(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    static const char *const bad[] = {"../../xx", "/etc/pas", "a/../../", "C:\\xxxxx", "a//bbbbb"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_zip_refused(t, renamed(a, "XXXXXXXX", bad[i]), "zip-name", "APPNOTE 4.4.17", bad[i]);
    assert_zip_refused(t, renamed(a, "XXXXX", "\x1b[31m"), "zip-name", "APPNOTE 4.4.17", "?[31m");
    assert_zip_refused(t, renamed(a, "XXXXX", "first"), "zip-name", "APPNOTE 4.4.17", "first");
    struct bytes in = sample(a);
    assert_zip_refused(t, changed(a, in, header_of(in, "mimetype") + 26, 0), "zip-name",
                       "APPNOTE 4.4.17", "mimetype");
}

static void as_many_entries_as_allowed_are_read_and_no_more(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct zip_entry *all = arena_take_many(a, ZIP_ENTRIES_MAX, sizeof *all);
    struct zip_entry *entries;
    size_t n;
    for (int i = 0; i < ZIP_ENTRIES_MAX; i++)
        all[i] = (struct zip_entry){str_printf(a, "d/%d", i), bytes_of("x")};
    struct bytes in = zip_write(a, all, ZIP_ENTRIES_MAX);
    assert_int_equal(zip_read(t, in, &entries, &n), ERR_OK);
    assert_int_equal(n, ZIP_ENTRIES_MAX);
    struct bytes more = changed(a, in, in.n - 12, 1); /* 1,025 */
    assert_refused(t, zip_read(t, more, &entries, &n), ERR_TOO_LARGE, "count", "APPNOTE 4.4.22",
                   "1,025 entries");
}

/* Four gigabytes are not needed to see the layout of zip64: a test may say what is big. */
static void sizes_beyond_the_limit_are_written_as_zip64(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    const struct zip_entry all[] = {entry("small", "1"), entry("large", "0123456789012345678"),
                                    entry("after", "2")};
    struct zip_entry *entries;
    size_t n;
    struct bytes plain = zip_write(a, all, 3);
    struct bytes wide = zip_write_at(a, all, 3, 19);
    assert_true(wide.n == plain.n + 20 + (4 + 24) + (4 + 8) + 56 + 20);
    assert_int_equal(zip_read_at(t, wide, 19, &entries, &n), ERR_OK);
    assert_int_equal(n, 3);
    assert_true(bytes_eq(entries[1].data, all[1].data));
    assert_true(bytes_eq(zip_write_at(a, entries, n, 19), wide));
    /* Small sizes spelled as zip64 are another spelling. */
    assert_int_equal(zip_read(t, wide, &entries, &n), ERR_REJECTED);
    assert_string_equal(t->fault.particular, "large");
    for (size_t bit = 0; bit < wide.n * 8; bit++) {
        auto_arena scratch = arena_new();
        struct turn one = {.arena = scratch};
        struct bytes bad =
            changed(scratch, wide, bit / 8, wide.p[bit / 8] ^ (uint8_t)(1u << bit % 8));
        if (zip_read_at(&one, bad, 19, &entries, &n) == ERR_OK)
            fail_msg("accepted with bit %zu", bit);
        assert_true(one.fault.particular[0] != 0);
    }
}

static void containers_of_pseudo_random_entries_come_back(void **state)
{
    (void)state;
    uint64_t seed = UINT64_C(0x243f6a8885a308d3);
    for (int i = 0; i < 300; i++) {
        auto_arena a = arena_new();
        struct turn t = {.arena = a};
        struct zip_entry all[20], *entries;
        size_t n = next_of(&seed) % 20, got;
        for (size_t j = 0; j < n; j++) {
            struct buf data = buf_in(a);
            for (uint64_t k = next_of(&seed) % 300; k > 0; k--) buf_be(&data, next_of(&seed), 8);
            all[j] = (struct zip_entry){
                str_printf(a, "%016lx/%zu", (unsigned long)next_of(&seed), j), buf_as_bytes(&data)};
        }
        struct bytes in = zip_write(a, all, n);
        assert_int_equal(zip_read(&t, in, &entries, &got), ERR_OK);
        assert_int_equal(got, n);
        for (size_t j = 0; j < n; j++) {
            assert_true(str_eq(entries[j].name, all[j].name));
            assert_true(bytes_eq(entries[j].data, all[j].data));
        }
        assert_true(bytes_eq(zip_write(a, entries, got), in));
    }
}

int zip_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(one_entry_is_written_as_the_standard_lays_it_out),
        with_turn(what_is_written_is_read_and_written_the_same),
        with_turn(a_container_may_be_empty),
        with_turn(any_flipped_bit_is_refused_and_something_is_named),
        with_turn(any_cut_and_any_surplus_byte_is_refused),
        with_turn(a_changed_byte_of_data_names_the_entry),
        with_turn(an_altered_length_of_a_name_does_not_hide_the_entry),
        with_turn(compressed_and_encrypted_entries_are_refused),
        with_turn(the_directory_must_agree_with_the_entries),
        with_turn(a_name_is_a_relative_path_and_nothing_else),
        with_turn(unsafe_and_double_names_are_refused),
        with_turn(as_many_entries_as_allowed_are_read_and_no_more),
        with_turn(sizes_beyond_the_limit_are_written_as_zip64),
        with_turn(containers_of_pseudo_random_entries_come_back),
    };
    return cmocka_run_group_tests_name("zip", tests, NULL, NULL);
}
