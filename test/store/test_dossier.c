/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/dossier.c: dossiers, their other names, their clocks. */

#include "store/store_test.h"

#include <string.h>

static struct store_dossier sample(uint8_t name, const char *ref, int64_t changed)
{
    return (struct store_dossier){.id = id_named(name),
                                  .ref = str_of(ref),
                                  .side = STR("requested"),
                                  .ours = STR("XN/csb"),
                                  .theirs = STR("XM/dts"),
                                  .instrument = STR("un-cybercrime"),
                                  .kind = STR("preservation"),
                                  .state = STR("new"),
                                  .opened_ms = 5,
                                  .changed_leaf = changed};
}

static void set(struct rig *r, struct store_dossier d)
{
    assert_ok(r, store_dossier_set(&r->turn, r->store, &d));
}

static void a_dossier_set_again_changes_its_state_and_keeps_its_name(void **state)
{
    struct rig *r = *state;
    struct store_dossier d = sample(1, "XN-CSB-2026-0001", 7), got;
    set(r, d);
    d.ref = STR("another");
    d.state = STR("closed");
    d.outcome = STR("executed");
    d.ended = true;
    d.missing = 3;
    d.changed_leaf = 9;
    d.requesting_n = 4;
    d.requested_n = 5;
    d.inward_n = 6;
    set(r, d);
    assert_ok(r, store_dossier_get(&r->turn, r->store, &d.id, &got));
    assert_str(got.ref, "XN-CSB-2026-0001");
    assert_str(got.side, "requested");
    assert_str(got.ours, "XN/csb");
    assert_str(got.theirs, "XM/dts");
    assert_str(got.instrument, "un-cybercrime");
    assert_str(got.kind, "preservation");
    assert_str(got.state, "closed");
    assert_str(got.outcome, "executed");
    assert_true(got.ended);
    assert_true(got.missing == 3 && got.opened_ms == 5 && got.changed_leaf == 9);
    assert_true(got.requesting_n == 4 && got.requested_n == 5 && got.inward_n == 6);
}

static void a_link_is_found_from_both_its_ends(void **state)
{
    struct rig *r = *state;
    struct store_link *got;
    size_t n;
    set(r, sample(1, "XN-1", 1));
    set(r, sample(2, "XN-2", 2));
    struct store_link l = {.dossier = id_named(2),
                           .target = id_named(1),
                           .particular = STR("preservation"),
                           .link = STR("kept"),
                           .number = STR("XM-7")},
                      nowhere = l;
    nowhere.number = STR("XM-8");
    nowhere.target = store_house;
    assert_ok(r, store_link_set(&r->turn, r->store, &l));
    assert_ok(r, store_link_set(&r->turn, r->store, &l));
    assert_ok(r, store_link_set(&r->turn, r->store, &nowhere));
    assert_ok(r, store_links_of(&r->turn, r->store, &l.target, &got, &n));
    assert_int_equal(n, 1);
    assert_true(id_eq(&got->dossier, &l.dossier) && id_eq(&got->target, &l.target));
    assert_str(got->particular, "preservation");
    assert_str(got->link, "kept");
    assert_str(got->number, "XM-7");
    assert_ok(r, store_links_of(&r->turn, r->store, &l.dossier, &got, &n));
    assert_int_equal(n, 2);
    assert_str(got[1].number, "XM-8");
    assert_true(id_eq(&got[1].target, &store_house));
}

/* However many name one dossier, what is read of them has a bound. */
static void of_the_dossiers_that_name_one_the_older_are_read(void **state)
{
    struct rig *r = *state;
    struct arena *a = r->turn.arena;
    struct store_link *got;
    size_t n;
    enum { NAMED = 1, FIRST = 2, LAST = FIRST + STORE_LINKS_MAX - 1, BEYOND = LAST + 2 };
    set(r, sample(NAMED, "XN-1", NAMED));
    for (uint8_t k = FIRST; k <= BEYOND; k++) {
        set(r, sample(k, str_c(a, str_printf(a, "XN-%03d", k)), k));
        struct store_link l = {.dossier = id_named(k),
                               .target = id_named(NAMED),
                               .particular = STR("preservation"),
                               .link = STR("kept"),
                               .number = STR("XN-1")};
        assert_ok(r, store_link_set(&r->turn, r->store, &l));
        assert_ok(r, store_links_of(&r->turn, r->store, &l.target, &got, &n));
        struct id first = id_named(FIRST), last = id_named(k < LAST ? k : LAST);
        assert_int_equal(n, k < LAST ? k - NAMED : STORE_LINKS_MAX);
        assert_true(id_eq(&got[0].dossier, &first) && id_eq(&got[n - 1].dossier, &last));
    }
}

static void a_ref_names_one_dossier(void **state)
{
    struct rig *r = *state;
    set(r, sample(1, "XN-1", 1));
    struct store_dossier other = sample(2, "XN-1", 2);
    assert_fault(r, store_dossier_set(&r->turn, r->store, &other), ERR_CONFLICT, "db-unique");
}

static void a_dossier_is_found_by_ref_by_alias_and_by_id(void **state)
{
    struct rig *r = *state;
    set(r, sample(1, "XN-1", 1));
    set(r, sample(2, "XN-2", 2));
    struct id one = id_named(1), two = id_named(2);
    struct turn *t = &r->turn;
    assert_ok(r, store_alias_add(t, r->store, STR("XM-77"), &one));
    assert_ok(r, store_alias_add(t, r->store, STR("XN-2"), &one)); /* a ref comes first */
    static const struct {
        const char *ref;
        uint8_t name;
    } rows[] = {{"XN-1", 1}, {"XM-77", 1}, {"XN-2", 2}, {"02020202020202020202020202020202", 2}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct store_dossier got;
        assert_ok(r, store_dossier_find(t, r->store, str_of(rows[k].ref), &got));
        assert_int_equal(got.id.b[0], rows[k].name);
    }
    assert_true(one.b[0] != two.b[0]);
}

static void a_number_of_several_dossiers_is_refused_and_names_them(void **state)
{
    struct rig *r = *state;
    set(r, sample(1, "XN-1", 1));
    set(r, sample(2, "XN-2", 2));
    struct id one = id_named(1), two = id_named(2);
    struct store_dossier got;
    assert_ok(r, store_alias_add(&r->turn, r->store, STR("note 5"), &one));
    assert_ok(r, store_alias_add(&r->turn, r->store, STR("note 5"), &one));
    assert_ok(r, store_dossier_find(&r->turn, r->store, STR("NOTE5"), &got));
    assert_true(id_eq(&got.id, &one));
    assert_ok(r, store_alias_add(&r->turn, r->store, STR("note 5"), &two));
    err e = store_dossier_find(&r->turn, r->store, STR("note 5"), &got);
    assert_int_equal(e, ERR_CONFLICT);
    assert_string_equal(r->turn.fault.code, "number-of-several");
    assert_non_null(strstr(r->turn.fault.sentence, "XN-1 (XM/dts), XN-2 (XM/dts)"));
    turn_forgive(&r->turn);
}

static void what_is_ours_is_found_before_a_number_of_theirs(void **state)
{
    struct rig *r = *state;
    set(r, sample(1, "XN-1", 1));
    set(r, sample(2, "XN-2", 2));
    struct id two = id_named(2);
    struct store_dossier got;
    static const char *const names[] = {"XN-1", "01010101010101010101010101010101"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        assert_ok(r, store_alias_add(&r->turn, r->store, str_of(names[k]), &two));
        assert_ok(r, store_dossier_find(&r->turn, r->store, str_of(names[k]), &got));
        assert_int_equal(got.id.b[0], 1);
    }
}

static void what_names_no_dossier_is_none_such(void **state)
{
    struct rig *r = *state;
    struct store_dossier got;
    struct id none = id_named(3);
    static const char *const refs[] = {
        "", "XN-1", "xn-1 ", "0303030303030303030303030303030", "%", "' OR '1'='1"};
    set(r, sample(1, "XN-2", 1));
    for (size_t k = 0; k < sizeof refs / sizeof *refs; k++)
        assert_fault(r, store_dossier_find(&r->turn, r->store, str_of(refs[k]), &got),
                     ERR_NONE_SUCH, "dossier-none-such");
    assert_fault(r, store_dossier_get(&r->turn, r->store, &none, &got), ERR_NONE_SUCH, "none-such");
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static struct store_clock clock_of(uint8_t dossier, const char *name, int64_t end_ms, bool running)
{
    return (struct store_clock){.dossier = id_named(dossier),
                                .clock = str_of(name),
                                .article = STR("42(2)"),
                                .on_end = STR("expire"),
                                .proof = STR("act 3"),
                                .start_ms = 10,
                                .end_ms = end_ms,
                                .running = running};
}

static void the_clocks_of_a_dossier_are_set_as_a_whole(void **state)
{
    struct rig *r = *state;
    struct id one = id_named(1), two = id_named(2);
    struct store_clock first[] = {clock_of(1, "preserve", 50, true), clock_of(1, "ask", 0, false)};
    struct store_clock other[] = {clock_of(2, "preserve", 60, true)};
    struct store_clock second[] = {clock_of(1, "extend", 70, true)};
    struct turn *t = &r->turn;
    struct store_clock *got;
    size_t n;
    assert_ok(r, store_clocks_set(t, r->store, &one, first, 2));
    assert_ok(r, store_clocks_set(t, r->store, &two, other, 1));
    assert_ok(r, store_clocks_of(t, r->store, &one, &got, &n));
    assert_int_equal(n, 2);
    assert_str(got[0].clock, "ask");
    assert_false(got[0].running);
    assert_str(got[1].clock, "preserve");
    assert_str(got[1].article, "42(2)");
    assert_str(got[1].on_end, "expire");
    assert_str(got[1].proof, "act 3");
    assert_true(got[1].start_ms == 10 && got[1].end_ms == 50 && got[1].running);
    assert_ok(r, store_clocks_set(t, r->store, &one, second, 1));
    assert_ok(r, store_clocks_of(t, r->store, &one, &got, &n));
    assert_int_equal(n, 1);
    assert_str(got[0].clock, "extend");
    assert_ok(r, store_clocks_set(t, r->store, &one, NULL, 0));
    assert_ok(r, store_clocks_of(t, r->store, &one, &got, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_clocks_of(t, r->store, &two, &got, &n));
    assert_int_equal(n, 1);
}

static void clocks_that_ran_out_are_told_soonest_first(void **state)
{
    struct rig *r = *state;
    struct id one = id_named(1), two = id_named(2);
    struct store_clock of_one[] = {clock_of(1, "a", 50, true), clock_of(1, "b", 40, false),
                                   clock_of(1, "c", 0, true), clock_of(1, "d", 51, true)};
    struct store_clock of_two[] = {clock_of(2, "a", 30, true)};
    struct store_clock *got;
    size_t n;
    assert_ok(r, store_clocks_set(&r->turn, r->store, &one, of_one, 4));
    assert_ok(r, store_clocks_set(&r->turn, r->store, &two, of_two, 1));
    assert_ok(r, store_clocks_due(&r->turn, r->store, STR("expire"), 50, 10, &got, &n));
    assert_int_equal(n, 2);
    assert_true(id_eq(&got[0].dossier, &two) && got[0].end_ms == 30);
    assert_true(id_eq(&got[1].dossier, &one) && got[1].end_ms == 50);
    assert_ok(r, store_clocks_due(&r->turn, r->store, STR("expire"), 50, 1, &got, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_clocks_due(&r->turn, r->store, STR("expire"), 29, 10, &got, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_clocks_due(&r->turn, r->store, STR("acknowledge"), 50, 10, &got, &n));
    assert_int_equal(n, 0);
}

int dossier_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_dossier_set_again_changes_its_state_and_keeps_its_name, rig),
        on_rig(a_link_is_found_from_both_its_ends, rig),
        on_rig(of_the_dossiers_that_name_one_the_older_are_read, rig),
        on_rig(a_ref_names_one_dossier, rig),
        on_rig(a_dossier_is_found_by_ref_by_alias_and_by_id, rig),
        on_rig(a_number_of_several_dossiers_is_refused_and_names_them, rig),
        on_rig(what_is_ours_is_found_before_a_number_of_theirs, rig),
        on_rig(what_names_no_dossier_is_none_such, rig),
        on_rig(the_clocks_of_a_dossier_are_set_as_a_whole, rig),
        on_rig(clocks_that_ran_out_are_told_soonest_first, rig),
    };
    return cmocka_run_group_tests_name("dossier", tests, NULL, NULL);
}
