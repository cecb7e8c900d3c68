/* SPDX-License-Identifier: Apache-2.0 */
/* Parts: citations, moments, countdowns. */

#include "web/part.h"
#include "web_test.h"

static struct html_out reader(void **state)
{
    struct html_out o = {.arena = arena_of(state), .b = buf_in(arena_of(state))};
    assert_true(time_read(STR("2026-11-23T23:07:41Z"), &o.now_ms));
    o.offset_min = 240;
    o.has_zone = true;
    return o;
}

static struct tree text(const char *s) { return (struct tree){.kind = TREE_STR, .str = str_of(s)}; }

static void a_citation_leads_to_its_article(void **state)
{
    struct html_out o = reader(state);
    struct tree v = text("un-cybercrime 42(3)(c)");
    const struct tree *m = part_cite(&o, &v);
    assert_text(tree_str(m, "instrument"), "un-cybercrime");
    assert_text(tree_str(m, "article"), "42(3)(c)");
    assert_text(tree_str(m, "spaced"), "42 (3)(c)");
    assert_text(tree_str(m, "name"), "UN Cybercrime Convention");
    assert_null(tree_get(m, "other"));
}

static void another_instrument_is_named(void **state)
{
    struct html_out o = reader(state);
    struct tree v = text("budapest 29");
    const struct tree *m = part_cite(&o, &v);
    assert_text(tree_str(m, "other"), "budapest");
    assert_text(tree_str(m, "spaced"), "29");
}

static void a_clause_of_a_standard_is_no_link(void **state)
{
    static const char *const clauses[] = {"RFC 8785 3.1",   "ETSI EN 319 122", "un-cybercrime",
                                          "un-cybercrime ", "un-cybercrime x", "../a 42",
                                          "a/b 42"};
    struct html_out o = reader(state);
    for (size_t k = 0; k < sizeof clauses / sizeof *clauses; k++) {
        struct tree v = text(clauses[k]);
        const struct tree *m = part_cite(&o, &v);
        assert_text(tree_str(m, "plain"), clauses[k]);
        assert_null(tree_get(m, "article"));
    }
    struct tree none = text("");
    assert_null(part_cite(&o, &none));
    assert_null(part_cite(&o, NULL));
}

static void a_moment_names_both_clocks_and_the_other_day(void **state)
{
    struct html_out o = reader(state);
    struct tree v = text("2026-11-23T23:48:00.000Z");
    const struct tree *m = part_time(&o, &v);
    assert_text(tree_str(m, "day"), "2026-11-24");
    assert_text(tree_str(m, "here"), "03:48");
    assert_text(tree_str(m, "utc"), "23:48");
    assert_text(tree_str(m, "utc_day"), "11-23");
    assert_true(tree_bool(m, "today", false));
    o.has_zone = false;
    o.offset_min = 0;
    m = part_time(&o, &v);
    assert_text(tree_str(m, "day"), "2026-11-23");
    assert_null(tree_get(m, "utc_day"));
}

static void a_day_is_no_moment(void **state)
{
    struct html_out o = reader(state);
    struct tree day = text("2027-01-22"), broken = text("tomorrow");
    assert_true(tree_bool(part_time(&o, &day), "whole_day", false));
    o.offset_min = -180; /* west of Greenwich its midnight was the day before */
    assert_text(tree_str(part_time(&o, &day), "day"), "2027-01-22");
    assert_null(part_time(&o, &broken));
    assert_null(part_left(&o, NULL));
}

static void what_is_left_is_said_by_its_size(void **state)
{
    static const struct {
        const char *end, *clock, *tone, *sign;
        int days;
        bool ticks, only_days;
    } rows[] = {
        {"2026-11-23T23:27:41Z", "00:20:00", "hot", "", 0, true, false},
        {"2026-11-23T23:37:41Z", "00:30:00", "warm", "", 0, true, false},
        {"2026-11-23T23:07:40Z", "00:00:01", "hot", "\xe2\x88\x92", 0, true, false},
        {"2026-11-24T23:07:40Z", "23:59:59", "warm", "", 0, true, false},
        {"2026-11-26T03:07:41Z", "04:00", "warm", "", 2, false, false},
        {"2026-12-12T23:07:41Z", "00:00", "calm", "", 19, false, true},
    };
    struct html_out o = reader(state);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct tree v = text(rows[k].end);
        const struct tree *m = part_left(&o, &v);
        assert_text(tree_str(m, "clock"), rows[k].clock);
        assert_text(tree_str(m, "tone"), rows[k].tone);
        assert_text(tree_str(m, "sign"), rows[k].sign);
        assert_int_equal(tree_int(m, "days", 0), rows[k].days);
        assert_int_equal(tree_bool(m, "ticks", false), rows[k].ticks);
        assert_int_equal(tree_bool(m, "only_days", false), rows[k].only_days);
    }
}

static void sizes_and_digests_are_short(void **state)
{
    struct html_out o = reader(state);
    struct tree n = {.kind = TREE_INT, .num = 183021}, small = {.kind = TREE_INT, .num = 12};
    assert_text(tree_str(part_bytes(&o, &n), "text"), "183 kB");
    assert_text(tree_str(part_bytes(&o, &small), "text"), "12 B");
    assert_null(part_bytes(&o, NULL));
    struct tree hash = text("0123456789abcdef0123"), tiny = text("abc");
    assert_text(tree_str(part_hash(&o, &hash), "short"), "0123\xe2\x80\xa6"
                                                         "0123");
    assert_null(part_hash(&o, &tiny));
    assert_null(part_ref(&o, NULL));
}

int part_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(a_citation_leads_to_its_article),
        with_arena(another_instrument_is_named),
        with_arena(a_clause_of_a_standard_is_no_link),
        with_arena(a_moment_names_both_clocks_and_the_other_day),
        with_arena(a_day_is_no_moment),
        with_arena(what_is_left_is_said_by_its_size),
        with_arena(sizes_and_digests_are_short),
    };
    return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
