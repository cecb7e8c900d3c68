/* SPDX-License-Identifier: Apache-2.0 */
/* Five hundred random acts, and what must hold after them: projections are made again byte for
 * byte, every verdict is decided the same again, and one changed row of the tables changes just the
 * acts concerned. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"
#include "kit/officer.h"

#include <string.h>

enum { ACTS = 500 };

static struct world w;
static int done_acts;

static void five_hundred_acts(void)
{
    done_acts = 0;
    while (done_acts < ACTS) {
        w.now_ms += (int64_t)world_draw(&w, 3600 * 1000);
        int who = (int)world_draw(&w, 2);
        uint64_t what = world_draw(&w, 12);
        if (what == 0) {
            auto_arena a = arena_new();
            (void)world_request(&w.node[who], &w.node[1 - who], a);
            done_acts++;
        } else if (what == 1) {
            world_settle(&w);
        } else {
            if (officer_act(&w.node[who])) done_acts++;
        }
    }
    world_settle(&w);
}

static int up(void **state)
{
    (void)state;
    world_open(&w, 2, 77, &suite_fake, NULL);
    five_hundred_acts();
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* ---- what must hold
 * ------------------------------------------------------------------------------- */

static void dump(struct world_node *n, struct arena *a, struct str **rows, size_t *count)
{
    struct turn t = {.arena = a};
    assert_int_equal(store_projection_dump(&t, n->desk->store, rows, count), ERR_OK);
}

static void sql(struct world_node *n, const char *text)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    if (db_run(&t, store_db(n->desk->store), text, NULL, 0, NULL) != ERR_OK)
        fail_msg("%s: %s", text, t.fault.sentence);
}

static const char *const empty_all[] = {
#define PROJECTION_ROW(name) "DELETE FROM " #name,
#define PERMANENT_ROW(name)
#define WORKING_ROW(name)
#define TABLE(class, name, keys, definition) class##_ROW(name)
#define INDEX(name, on)
#include "store/schema.def"
#undef TABLE
#undef INDEX
};
/* A row altered, a row too many, a row too few: in tables of each kind. */
static const char *const spoil[] = {
    "UPDATE node SET hash = dossier.id FROM dossier",
    "UPDATE dossier SET state = 'spoilt', ended = 1 - ended",
    "UPDATE alias SET alias = 'spoilt ' || alias",
    "UPDATE clock SET end_ms = end_ms + 1",
    "UPDATE act SET effect = 'spoilt', remarks = remarks + 1",
    "UPDATE parcel SET at_ms = at_ms + 1",
    "UPDATE line SET contiguous = contiguous + 1",
    "DELETE FROM outgoing WHERE stage = 'held'",
    "UPDATE peer SET stage = 'spoilt'",
    "UPDATE officer SET uid = uid + 1",
    "INSERT INTO officer VALUES ('stray', 'post', 'XA/csb', 77, 'Stray', 'admin', NULL, 0)",
    "UPDATE passkey SET name = 'spoilt'",
    "UPDATE member SET officer = 'spoilt ' || officer",
    "UPDATE competence SET function = 'spoilt ' || function",
    "UPDATE brief SET title = NULL, touched_leaf = touched_leaf + 1",
    "DELETE FROM word",
    "INSERT INTO fact VALUES ('stray', '1')",
};

/* Rebuilds after the damage, and requires the rows that stood before it. */
static void rebuild_after(int k, const char *const *damage, size_t n, size_t left)
{
    auto_arena a = arena_new();
    struct str *before, *spoilt, *after;
    size_t before_n, spoilt_n, after_n;
    dump(&w.node[k], a, &before, &before_n);
    assert_true(before_n > ACTS);
    for (size_t j = 0; j < n; j++) sql(&w.node[k], damage[j]);
    dump(&w.node[k], a, &spoilt, &spoilt_n);
    size_t same = 0;
    for (size_t j = 0; j < before_n && j < spoilt_n; j++) same += str_eq(before[j], spoilt[j]);
    assert_true(same <= left);
    assert_ok(&w, world_do(&w.node[k], a, DESK_REBUILD, NULL, NULL));
    dump(&w.node[k], a, &after, &after_n);
    for (size_t j = 0; j < before_n && j < after_n; j++)
        if (!str_eq(before[j], after[j]))
            fail_msg("was " STR_FMT "\nnow " STR_FMT, STR_ARG(before[j]), STR_ARG(after[j]));
    assert_int_equal(before_n, after_n);
    print_message("# node %d: %zu rows made again, %zu had been left, after %d acts\n", k, after_n,
                  same, done_acts);
}

static void rebuild_gives_every_projection_byte_for_byte(void **state)
{
    (void)state;
    enum { FACTS = 16 }; /* rows the damage below leaves as they were */
    for (int k = 0; k < 2; k++) {
        rebuild_after(k, empty_all, sizeof empty_all / sizeof *empty_all, 0);
        rebuild_after(k, spoil, sizeof spoil / sizeof *spoil, FACTS);
    }
}

static void both_sides_hold_one_state_of_each_dossier(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *list;
    assert_ok(&w, world_do(&w.node[0], a, DESK_LIST, NULL, &list));
    size_t compared = 0;
    for (const struct tree *d = tree_get(list, "dossiers")->child; d; d = d->next) {
        const struct tree *ours = show(&w.node[0], a, tree_str(d, "dossier"));
        const struct tree *theirs = show(&w.node[1], a, tree_str(d, "dossier"));
        assert_true(str_eq(tree_str(ours, "state"), tree_str(theirs, "state")));
        assert_true(str_eq(tree_str(ours, "outcome"), tree_str(theirs, "outcome")));
        assert_true(tree_eq(tree_get(ours, "particulars"), tree_get(theirs, "particulars")));
        compared++;
    }
    assert_true(compared > 10);
}

static void replay_decides_every_act_the_same(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        auto_arena a = arena_new();
        const struct tree *v;
        assert_ok(&w, world_do(&w.node[k], a, DESK_REPLAY, NULL, &v));
        const struct tree *differences = tree_get(v, "differences");
        if (differences->count)
            fail_msg("%zu differ, first: " STR_FMT, differences->count,
                     STR_ARG(json_write(a, differences->child)));
        assert_true(tree_int(v, "decided", 0) >= ACTS / 2);
    }
}

/* The table set with one row's article changed. */
static struct str changed_tables(struct arena *a)
{
    static const char row[] = "- act: ask\n    by: requested\n    stream: outward\n"
                              "    from: [requested, asked]\n    to: asked\n"
                              "    topic: additional_information";
    struct law_file *files = arena_take_many(a, w.law_n, sizeof *files);
    size_t changed = 0;
    for (size_t k = 0; k < w.law_n; k++) {
        files[k] = w.law[k];
        const char *text = (const char *)files[k].p, *end = text + files[k].n;
        const char *p = memmem(text, files[k].n, row, sizeof row - 1);
        if (!p) continue;
        const char *rest = memchr(p + sizeof row - 1, '\n', (size_t)(end - p) - sizeof row + 1);
        assert_non_null(rest);
        struct str by = str_printf(a, "%.*sprogress%.*s", (int)(p + sizeof row - 1 - 22 - text),
                                   text, (int)(end - rest), rest);
        files[k].p = (const unsigned char *)by.p;
        files[k].n = by.n;
        changed++;
    }
    assert_int_equal(changed, 1);
    return law_tables_pack(a, files, w.law_n);
}

static void one_changed_row_changes_just_the_acts_concerned(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "tables", changed_tables(a));
    const struct tree *v;
    assert_ok(&w, world_do(&w.node[0], a, DESK_REPLAY, args, &v));
    size_t concerned = 0;
    struct str *rows;
    size_t n;
    dump(&w.node[0], a, &rows, &n);
    for (size_t k = 0; k < n; k++)
        if (str_starts(rows[k], "act ") && memmem(rows[k].p, rows[k].n, " act=\"ask\"", 10))
            concerned++;
    const struct tree *differences = tree_get(v, "differences");
    assert_true(concerned > 5);
    assert_int_equal(differences->count, concerned);
    for (const struct tree *d = differences->child; d; d = d->next) assert_text(d, "act", "ask");
    print_message("# %zu acts concerned, %zu listed\n", concerned, differences->count);
}

static void a_sound_node_has_no_findings(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_ok(&w, world_fsck(&w.node[0], a));
}

int test_random(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebuild_gives_every_projection_byte_for_byte),
        cmocka_unit_test(both_sides_hold_one_state_of_each_dossier),
        cmocka_unit_test(replay_decides_every_act_the_same),
        cmocka_unit_test(one_changed_row_changes_just_the_acts_concerned),
        cmocka_unit_test(a_sound_node_has_no_findings),
    };
    return cmocka_run_group_tests(tests, up, down);
}
