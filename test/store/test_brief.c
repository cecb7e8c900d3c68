/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/brief.c: titles that are sealed alike, words that fold alike. */

#include "store/store_test.h"

#include <string.h>

static struct bytes title_stored(struct rig *r)
{
    struct db_rows rows = db_ask(&r->turn, store_db(r->store), "SELECT title FROM brief", NULL, 0);
    assert_true(db_next(&rows));
    struct bytes stored = db_bytes_at(&rows, 0);
    assert_ok(r, db_done(&rows));
    return stored;
}

static void a_title_is_sealed_and_always_to_the_same_bytes(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_brief b = {.dossier = id_named(1),
                            .title = STR("two secret servers"),
                            .marks = STR("ordered"),
                            .missing = STR("data facts"),
                            .touched_leaf = 4},
                       got;
    assert_ok(r, store_brief_set(t, r->store, &b));
    struct bytes first = title_stored(r);
    assert_null(memmem(first.p, first.n, "secret", 6));
    assert_ok(r, store_brief_set(t, r->store, &b));
    assert_true(bytes_eq(first, title_stored(r)));
    assert_ok(r, store_brief_get(t, r->store, &b.dossier, &got));
    assert_str(got.title, "two secret servers");
    assert_str(got.missing, "data facts");
    b.title = STR("two secret serverz");
    assert_ok(r, store_brief_set(t, r->store, &b));
    assert_false(bytes_eq(first, title_stored(r)));
    assert_memory_not_equal(first.p, title_stored(r).p, 12); /* the nonce is another one */
    b.title = STR("");
    assert_ok(r, store_brief_set(t, r->store, &b));
    assert_ok(r, store_brief_get(t, r->store, &b.dossier, &got));
    assert_str(got.title, "");
}

static void a_touch_only_goes_forward(void **state)
{
    struct rig *r = *state;
    struct store_brief b = {.dossier = id_named(1), .touched_leaf = 4}, got;
    assert_ok(r, store_brief_set(&r->turn, r->store, &b));
    assert_ok(r, store_brief_touch(&r->turn, r->store, &b.dossier, 9));
    assert_ok(r, store_brief_touch(&r->turn, r->store, &b.dossier, 7));
    assert_ok(r, store_brief_get(&r->turn, r->store, &b.dossier, &got));
    assert_int_equal(got.touched_leaf, 9);
}

static void letters_that_look_alike_are_compared_alike(void **state)
{
    static const struct {
        const char *text, *folded;
    } rows[] = {
        {"Norlend\xC9\x99", "norlende"},
        {"\xC4\xB0Z\xC4\xB0 izi \xC4\xB1z\xC4\xB1 IZI", "izi izi izi izi"},
        {"X\xC9\x99z\xC9\x99r Host MMC", "xezer host mmc"},
        {"\xC6\x8F\xC9\x99", "ee"},
        {"\xC3\x96\xC3\x9C\xC5\x9E\xC3\x87\xC4\x9E \xC3\xB6\xC3\xBC\xC5\x9F\xC3\xA7\xC4\x9F",
         "ouscg ouscg"},
        {"ad@mail.example", "ad mail example"},
        {"\xD0\x9C\xD0\x9E\xD0\xA1\xD0\x9A\xD0\x92\xD0\x90", "москва"},
        {"\xD8\xA3\xD8\xAD\xD9\x85\xD9\x8E\xD8\xAF", "احمد"},
        {"\xD9\xA2\xD9\xA0\xDB\xB6", "206"},
        {"na\xC3\xAFve cafe\xCC\x81", "naive cafe"},
    };
    struct rig *r = *state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        assert_str(store_fold(&r->turn, str_of(rows[k].text)), rows[k].folded);
}

/* How many dossiers of csb have all the words. */
static size_t found(struct rig *r, const char *words)
{
    struct store_reader who = {.authority = STR("XN/csb"), .everything = true};
    struct store_filter f = {.before = INT64_MAX, .limit = 9};
    struct store_dossier *rows;
    size_t n;
    assert_ok(r, store_words_of(&r->turn, r->store, str_of(words), f.token, &f.words));
    assert_ok(r, store_access_list(&r->turn, r->store, &who, &f, &rows, &n));
    return n;
}

static void a_dossier_is_found_by_its_words_and_tells_none_of_them(void **state)
{
    struct rig *r = *state;
    struct store_dossier d = {
        .id = id_named(1), .ref = STR("XN-1"), .ours = STR("XN/csb"), .changed_leaf = 1};
    assert_ok(r, store_dossier_set(&r->turn, r->store, &d));
    assert_ok(r, store_words_add(&r->turn, r->store, &d.id,
                                 STR("Two servers in Meridiyada, rented by Tural")));
    assert_ok(r, store_words_add(&r->turn, r->store, &d.id, STR("servers again")));
    assert_int_equal(found(r, "meridiya"), 1);
    assert_int_equal(found(r, "SERVER tural"), 1);
    assert_int_equal(found(r, "server norland"), 0);
    assert_int_equal(found(r, "tur"), 0);
    assert_int_equal(rig_int(r, "SELECT count(*) FROM word"), 8);
    struct str *rows;
    size_t n;
    assert_ok(r, store_projection_dump(&r->turn, r->store, &rows, &n));
    for (size_t k = 0; k < n; k++)
        if (str_starts(rows[k], "word")) assert_null(memmem(rows[k].p, rows[k].n, "erver", 5));
}

int brief_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_title_is_sealed_and_always_to_the_same_bytes, rig),
        on_rig(a_touch_only_goes_forward, rig),
        on_rig(letters_that_look_alike_are_compared_alike, rig),
        on_rig(a_dossier_is_found_by_its_words_and_tells_none_of_them, rig),
    };
    return cmocka_run_group_tests_name("brief", tests, NULL, NULL);
}
