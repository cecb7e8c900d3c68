/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/access.c: each way to a dossier, by hand. The 20,000 cells of roles, dossiers
 * and actions are in test/access. */

#include "store/store_test.h"

static const struct {
    uint8_t name;
    const char *ref, *ours, *theirs, *side;
    bool ended;
} samples[] = {
    {1, "XN-1", "XN/csb", "XM/dts", "requesting", false},
    {2, "XN-2", "XN/csb", "XL/pgo", "requested", false},
    {3, "XN-3", "XN/moj", "XM/dts", "requested", false},
    {4, "XN-4", "XN/csb", "XM/dts", "requested", true},
};

static void fill(struct rig *r)
{
    struct turn *t = &r->turn;
    for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
        struct store_dossier d = {.id = id_named(samples[k].name),
                                  .ref = str_of(samples[k].ref),
                                  .side = str_of(samples[k].side),
                                  .ours = str_of(samples[k].ours),
                                  .theirs = str_of(samples[k].theirs),
                                  .kind = STR("a"),
                                  .ended = samples[k].ended,
                                  .changed_leaf = samples[k].name * 10};
        struct store_clock c = {.dossier = d.id,
                                .clock = STR("reply"),
                                .running = !d.ended,
                                .end_ms = 1000 - samples[k].name};
        struct store_brief b = {.dossier = d.id, .touched_leaf = samples[k].name * 10 + 1};
        assert_ok(r, store_dossier_set(t, r->store, &d));
        assert_ok(r, store_clocks_set(t, r->store, &d.id, &c, 1));
        assert_ok(r, store_brief_set(t, r->store, &b));
        assert_ok(r, store_alias_add(t, r->store, str_printf(r->arena, "note %d", samples[k].name),
                                     &d.id));
    }
    struct id one = id_named(1), two = id_named(2), three = id_named(3);
    assert_ok(r, store_member_add(t, r->store, &two, STR("o-1")));
    assert_ok(r, store_member_add(t, r->store, &three, STR("o-1"))); /* the other authority's */
    assert_ok(r, store_competence_add(t, r->store, &one, STR("extradition")));
}

static struct store_reader reader(const char *roles, enum store_right right)
{
    struct store_officer o = {
        .officer = STR("o-1"), .authority = STR("XN/csb"), .roles = str_of(roles)};
    struct store_reader who;
    store_reader_of(&o, right, &who);
    return who;
}

/* The refs a list gives, with a blank behind each. */
static struct str listed(struct rig *r, const struct store_reader *who,
                         const struct store_filter *f)
{
    struct store_dossier *rows;
    struct buf b = buf_in(r->arena);
    size_t n;
    assert_ok(r, store_access_list(&r->turn, r->store, who, f, &rows, &n));
    for (size_t k = 0; k < n; k++) buf_printf(&b, STR_FMT " ", STR_ARG(rows[k].ref));
    return buf_as_str(&b);
}

static void each_role_lists_what_it_sees(void **state)
{
    static const struct {
        const char *roles, *refs;
    } rows[] = {
        {"duty", "XN-4 XN-2 XN-1 "},
        {"lawyer", "XN-4 XN-2 XN-1 "},
        {"supervisor", "XN-4 XN-2 XN-1 "},
        {"auditor", "XN-4 XN-2 XN-1 "},
        {"extradition", "XN-2 XN-1 "},
        {"executor", "XN-2 "},
        {"investigator", "XN-2 "},
        {"assist", ""},
        {"admin", ""},
        {"", ""},
        {"executor admin", "XN-2 "},
    };
    struct rig *r = *state;
    struct store_filter f = {.before = INT64_MAX, .limit = 10};
    fill(r);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct store_reader who = reader(rows[k].roles, RIGHT_READ);
        assert_str(listed(r, &who, &f), rows[k].refs);
    }
}

static void a_right_holds_within_what_its_role_sees(void **state)
{
    struct rig *r = *state;
    struct store_filter f = {.before = INT64_MAX, .limit = 10};
    fill(r);
    struct store_reader who = reader("executor auditor", RIGHT_ACT_INWARD);
    assert_str(listed(r, &who, &f), "XN-2 ");
    who = reader("executor auditor", RIGHT_READ);
    assert_str(listed(r, &who, &f), "XN-4 XN-2 XN-1 ");
    who = reader("executor auditor", RIGHT_ACT);
    assert_str(listed(r, &who, &f), "");
}

static void lists_are_narrowed_and_paged(void **state)
{
    struct rig *r = *state;
    fill(r);
    struct store_reader who = reader("duty", RIGHT_READ);
    struct store_filter f = {.before = INT64_MAX, .limit = 2};
    assert_str(listed(r, &who, &f), "XN-4 XN-2 ");
    f.before = 20;
    assert_str(listed(r, &who, &f), "XN-1 ");
    f = (struct store_filter){
        .before = INT64_MAX, .limit = 9, .side = STR("requested"), .open = true};
    assert_str(listed(r, &who, &f), "XN-2 ");
    f = (struct store_filter){.before = INT64_MAX, .limit = 9, .closed = true};
    assert_str(listed(r, &who, &f), "XN-4 ");
    f = (struct store_filter){.before = INT64_MAX, .limit = 9, .state = STR("XL/")};
    assert_str(listed(r, &who, &f), "XN-2 ");
    f = (struct store_filter){.before = INT64_MAX, .limit = 9, .kind = STR("b")};
    assert_str(listed(r, &who, &f), "");
}

static void what_may_not_be_seen_is_not_there(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_dossier got;
    fill(r);
    struct store_reader duty = reader("duty", RIGHT_READ), own = reader("executor", RIGHT_READ);
    struct store_reader nobody = {0};
    assert_ok(r, store_access_find(t, r->store, &duty, STR("XN-1"), &got));
    assert_ok(r, store_access_find(t, r->store, &duty, STR("note 1"), &got));
    assert_ok(r, store_access_find(t, r->store, &own, STR("XN-2"), &got));
    const struct {
        const struct store_reader *who;
        const char *ref;
    } refused[] = {
        {&duty, "XN-3"},    {&duty, "note 3"}, {&duty, "03030303030303030303030303030303"},
        {&duty, "nothing"}, {&own, "XN-1"},    {&own, "XN-3"},
        {&nobody, "XN-1"}};
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++)
        assert_fault(r,
                     store_access_find(t, r->store, refused[k].who, str_of(refused[k].ref), &got),
                     ERR_NONE_SUCH, "dossier-none-such");
}

static void a_number_is_found_whether_a_reference_behind_a_wall_is_the_same_or_not(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_dossier got;
    struct id one = id_named(1);
    fill(r);
    struct store_reader duty = reader("duty", RIGHT_READ), own = reader("executor", RIGHT_READ);
    static const char *const numbers[] = {"XN-3", "XN-9"}; /* the other authority's, and nobody's */
    for (size_t k = 0; k < 2; k++) {
        assert_ok(r, store_alias_add(t, r->store, str_of(numbers[k]), &one));
        assert_ok(r, store_access_find(t, r->store, &duty, str_of(numbers[k]), &got));
        assert_str(got.ref, "XN-1");
        assert_fault(r, store_access_find(t, r->store, &own, str_of(numbers[k]), &got),
                     ERR_NONE_SUCH, "dossier-none-such");
    }
    assert_ok(r, store_alias_add(t, r->store, STR("XN-2"), &one));
    assert_ok(r, store_access_find(t, r->store, &duty, STR("XN-2"), &got));
    assert_str(got.ref, "XN-2"); /* what he sees by its reference comes first */
}

static void clocks_open_dossiers_and_changes_keep_to_the_walls(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_clock *clocks;
    struct store_dossier *rows;
    struct store_change *changes;
    size_t n;
    fill(r);
    struct store_reader who = reader("duty", RIGHT_READ);
    assert_ok(r, store_access_clocks(t, r->store, &who, 2000, 9, &clocks, &n));
    assert_int_equal(n, 2);
    assert_int_equal(clocks[0].end_ms, 998);
    assert_ok(r, store_access_open(t, r->store, &who, 9, &rows, &n));
    assert_int_equal(n, 2);
    assert_str(rows[0].ref, "XN-2");
    assert_ok(r, store_access_changes(t, r->store, &who, 11, 9, &changes, &n));
    assert_int_equal(n, 2);
    assert_str(changes[0].ref, "XN-2");
    assert_int_equal(changes[1].leaf, 41);
}

static void who_was_ended_sees_nothing(void **state)
{
    struct rig *r = *state;
    struct store_officer o = {.officer = STR("o-1"),
                              .authority = STR("XN/csb"),
                              .roles = STR("supervisor"),
                              .ended = true};
    struct store_filter f = {.before = INT64_MAX, .limit = 10};
    struct store_reader who;
    fill(r);
    store_reader_of(&o, RIGHT_READ, &who);
    assert_str(listed(r, &who, &f), "");
}

int access_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(each_role_lists_what_it_sees, rig),
        on_rig(a_right_holds_within_what_its_role_sees, rig),
        on_rig(lists_are_narrowed_and_paged, rig),
        on_rig(what_may_not_be_seen_is_not_there, rig),
        on_rig(a_number_is_found_whether_a_reference_behind_a_wall_is_the_same_or_not, rig),
        on_rig(clocks_open_dossiers_and_changes_keep_to_the_walls, rig),
        on_rig(who_was_ended_sees_nothing, rig),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
