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

/* ---- what people carry ----------------------------------------------------------------------- */

/* Of each thing one is ours and seen, one ours and of a dossier he does not see, and many of the
 * neighbour, which come first in every order. */
static void paper_fill(struct rig *r, int neighbours)
{
    struct turn *t = &r->turn;
    for (int k = 0; k < neighbours + 2; k++) {
        static const uint8_t within[] = {2, 1, 3};
        struct id dossier = id_named(within[k < 2 ? k : 2]);
        int64_t leaf = k < 2 ? 300 + k : 400 + k;
        struct str ours = k < 2 ? STR("XN/csb") : STR("XN/moj");
        struct store_entry e = {.id = id_named((uint8_t)(100 + k)),
                                .label = str_printf(r->arena, "IN-%d", k),
                                .ours = ours,
                                .stage = STR("open"),
                                .dossier = dossier,
                                .leaf = leaf};
        struct store_act a = {.id = id_named((uint8_t)(150 + k)),
                              .dossier = dossier,
                              .leaf = leaf,
                              .n = k,
                              .way = STR("out"),
                              .act = STR("send")};
        struct store_slip p = {.leaf = k < 2 ? 500 + k : 400 + k,
                               .kind = STR("instruction"),
                               .name = id_named((uint8_t)(200 + k)),
                               .ours = ours,
                               .dossier = k % 2 ? dossier : store_house,
                               .entry = e.id,
                               .due_ms = k < 2 ? 99 : k,
                               .open = true};
        struct store_alias n = {dossier, STR("Note 12/ab"), STR("note")};
        struct store_document x = {.sha256 = hash_named(1), .leaf = k < 2 ? 500 + k : k};
        x.entry = e.id;
        assert_ok(r, store_entry_set(t, r->store, &e));
        assert_ok(r, store_act_set(t, r->store, &a));
        assert_ok(r, store_slip_set(t, r->store, &p));
        assert_ok(r, store_alias_set(t, r->store, &n));
        assert_ok(r, store_document_add(t, r->store, &x));
        assert_ok(r, store_off_wire_set(t, r->store, &dossier));
    }
}

static void a_limit_on_papers_counts_what_is_seen(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_reader who = reader("executor", RIGHT_READ);
    struct store_entry *entries, entry;
    struct store_slip *slips;
    struct store_act *acts;
    struct store_alias *numbers;
    struct store_document *places;
    struct hash digest = hash_named(1);
    struct id mine = id_named(100), hidden = id_named(101), theirs = id_named(102);
    int64_t leaf;
    size_t n;
    fill(r);
    paper_fill(r, STORE_PLACES_MAX - 5);
    assert_ok(r, store_access_entries(t, r->store, &who, false, INT64_MAX, 2, &entries, &n));
    assert_int_equal(n, 1);
    assert_str(entries[0].label, "IN-0");
    assert_ok(r, store_access_entries(t, r->store, &who, true, INT64_MAX, 2, &entries, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_access_entries(t, r->store, &who, true, 300, 2, &entries, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_access_entry(t, r->store, &who, &mine, &entry));
    assert_fault(r, store_access_entry(t, r->store, &who, &hidden, &entry), ERR_NONE_SUCH,
                 "none-such");
    assert_fault(r, store_access_entry(t, r->store, &who, &theirs, &entry), ERR_NONE_SUCH,
                 "none-such");
    assert_ok(r, store_access_uncarried(t, r->store, &who, 2, &acts, &n));
    assert_int_equal(n, 1);
    assert_int_equal(acts[0].leaf, 300);
    assert_ok(r, store_access_aliases(t, r->store, &who, STR("note12/AB"), &numbers, &n));
    assert_int_equal(n, 1);
    assert_str(numbers[0].alias, "Note 12/ab");
    assert_ok(r, store_access_aliases(t, r->store, &who, STR("note 13/ab"), &numbers, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_access_documents(t, r->store, &who, &digest, &hidden, &places, &n));
    assert_int_equal(n, 1);
    assert_int_equal(places[0].leaf, 500);
    assert_ok(r, store_access_documents(t, r->store, &who, &digest, &mine, &places, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_access_latest(t, r->store, &who, &leaf));
    assert_int_equal(leaf, 21);
    assert_ok(r, store_access_instructed(t, r->store, &who, 2, &slips, &n));
    assert_int_equal(n, 1);
    assert_int_equal(slips[0].leaf, 500);
}

static void what_is_filed_nowhere_is_for_who_keeps_the_register(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_reader lawyer = reader("lawyer", RIGHT_READ);
    struct store_reader executor = reader("executor", RIGHT_READ);
    struct store_reader assist = reader("assist", RIGHT_READ);
    struct store_entry e = {.id = id_named(100),
                            .label = STR("IN-1"),
                            .ours = STR("XN/csb"),
                            .stage = STR("open"),
                            .leaf = 300},
                       *entries;
    struct store_slip p = {.leaf = 301,
                           .kind = STR("instruction"),
                           .name = id_named(101),
                           .ours = e.ours,
                           .entry = e.id,
                           .open = true},
                      *slips;
    struct store_slip carriage = p, done = p, later = p, filed = p;
    size_t n;
    carriage.leaf = 302, carriage.kind = STR("carriage");
    done.leaf = 303, done.open = false;
    later.leaf = 299, later.due_ms = 9;
    filed.leaf = 305, filed.dossier = id_named(1);
    filed.entry = store_house;
    fill(r);
    assert_ok(r, store_entry_set(t, r->store, &e));
    struct store_slip *all[] = {&p, &carriage, &done, &later, &filed};
    for (size_t k = 0; k < 5; k++) assert_ok(r, store_slip_set(t, r->store, all[k]));
    assert_ok(r, store_access_entries(t, r->store, &lawyer, false, INT64_MAX, 9, &entries, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_access_instructed(t, r->store, &lawyer, 9, &slips, &n));
    assert_int_equal(n, 3);
    assert_int_equal(slips[0].leaf, 301);
    assert_int_equal(slips[2].leaf, 299); /* the soonest first */
    assert_ok(r, store_access_instructed(t, r->store, &executor, 9, &slips, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_access_entries(t, r->store, &executor, false, INT64_MAX, 9, &entries, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_access_entries(t, r->store, &assist, false, INT64_MAX, 9, &entries, &n));
    assert_int_equal(n, assist.registers ? 1 : 0);
}

static void an_act_waits_to_be_carried_until_somebody_carried_it(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_reader who = reader("lawyer", RIGHT_READ);
    struct store_act a = {.id = id_named(50),
                          .dossier = id_named(1),
                          .leaf = 1,
                          .n = 1,
                          .way = STR("out"),
                          .act = STR("send")},
                     *all;
    struct store_slip carried = {.leaf = 2, .kind = STR("carriage"), .act = a.id};
    size_t n;
    fill(r);
    assert_ok(r, store_act_set(t, r->store, &a));
    assert_ok(r, store_access_uncarried(t, r->store, &who, 9, &all, &n));
    assert_int_equal(n, 0); /* it travels by the wire */
    assert_ok(r, store_off_wire_set(t, r->store, &a.dossier));
    assert_ok(r, store_access_uncarried(t, r->store, &who, 9, &all, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_slip_set(t, r->store, &carried));
    assert_ok(r, store_access_uncarried(t, r->store, &who, 9, &all, &n));
    assert_int_equal(n, 0);
}

static void a_refused_mail_is_shown_to_who_sees_its_dossier(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_reader executor = reader("executor", RIGHT_READ);
    struct store_mail *all;
    size_t n;
    fill(r);
    for (uint8_t k = 1; k <= 4; k++) { /* of each dossier one refused, of one another on its way */
        struct store_mail m = {.id = id_named((uint8_t)(70 + k)),
                               .dossier = id_named(k),
                               .act = id_named(90),
                               .next_ms = -k,
                               .stage = STR("refused")};
        assert_ok(r, store_mail_put(t, r->store, &m));
        m.id = id_named(80);
        m.dossier = id_named(2);
        m.stage = STR("waiting");
        assert_ok(r, store_mail_put(t, r->store, &m));
    }
    assert_ok(r, store_access_refused(t, r->store, &executor, 1, &all, &n));
    assert_int_equal(n, 1);
    assert_true(str_is(all[0].stage, "refused"));
    struct id act = id_named(90), two = id_named(2);
    assert_true(id_eq(&all[0].dossier, &two));
    assert_ok(r, store_mail_drop_refused(t, r->store, &act));
    assert_ok(r, store_access_refused(t, r->store, &executor, 9, &all, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_mails_of(t, r->store, &two, &all, &n));
    assert_int_equal(n, 1); /* the one on its way */
}

static void a_matter_is_seen_with_one_of_its_dossiers(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    static const struct {
        const char *roles;
        size_t n;
    } rows[] = {{"supervisor", 3}, {"executor", 1}, {"admin", 0}};
    struct store_matter m[] = {{id_named(61), STR("M-1"), STR("XN/csb"), 1},
                               {id_named(62), STR("M-2"), STR("XN/csb"), 2},
                               {id_named(63), STR("M-3"), STR("XN/csb"), 3},
                               {id_named(64), STR("M-4"), STR("XN/moj"), 4}},
                        *all;
    struct id two = id_named(2), one = id_named(1);
    size_t n;
    fill(r);
    for (size_t k = 0; k < 4; k++) assert_ok(r, store_matter_set(t, r->store, &m[k]));
    assert_ok(r, store_group(t, r->store, &two, &m[0].id));
    assert_ok(r, store_group(t, r->store, &one, &m[1].id));
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct store_reader who = reader(rows[k].roles, RIGHT_READ);
        assert_ok(r, store_access_matters(t, r->store, &who, 9, &all, &n));
        assert_int_equal(n, rows[k].n);
    }
    struct store_reader who = reader("executor", RIGHT_READ);
    assert_ok(r, store_access_matters(t, r->store, &who, 1, &all, &n));
    assert_int_equal(n, 1);
    assert_str(all[0].label, "M-1");
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
        on_rig(a_limit_on_papers_counts_what_is_seen, rig),
        on_rig(what_is_filed_nowhere_is_for_who_keeps_the_register, rig),
        on_rig(an_act_waits_to_be_carried_until_somebody_carried_it, rig),
        on_rig(a_refused_mail_is_shown_to_who_sees_its_dossier, rig),
        on_rig(a_matter_is_seen_with_one_of_its_dossiers, rig),
        on_rig(who_was_ended_sees_nothing, rig),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
