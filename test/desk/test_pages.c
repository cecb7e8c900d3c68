/* SPDX-License-Identifier: Apache-2.0 */
/* What pages ask for: lists, drafts that two work on, search, documents, other States, changes. */

#include "desk/desk_test.h"

#include <string.h>

static struct world w;
static struct world_node *n;
static struct str ref, there; /* of a request that each test has for itself, here and there */

static int up_all(void **state)
{
    (void)state;
    world_open(&w, 2, 21, &suite_fake, NULL);
    n = &w.node[0];
    return 0;
}

static int up(void **state)
{
    (void)state;
    ref = world_request(n, &w.node[1], w.arena);
    world_settle(&w);
    there = tree_str(show(&w.node[1], w.arena, ref), "ref");
    return 0;
}

static int down_all(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static const struct tree *ask(struct world_node *at, struct arena *a, enum desk_action action,
                              const struct tree *args)
{
    const struct tree *v = NULL;
    assert_ok(&w, world_do(at, a, action, args, &v));
    return v;
}

static const struct tree *acting(struct arena *a, struct str r, const char *act)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "ref", r);
    tree_add_str(a, m, "act", str_of(act));
    return m;
}

/* The row of a list that is this dossier's. */
static const struct tree *row_of(const struct tree *view, const char *list, struct str r)
{
    const struct tree *row = tree_get(view, list)->child;
    while (row && !str_eq(tree_str(row, "ref"), r)) row = row->next;
    return row;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void a_row_has_its_titles_its_clock_and_the_next_step(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(&w.node[1], a, DESK_STATUS, world_args(a, "lang=az", NULL));
    const struct tree *row = row_of(v, "needs_a_person", there);
    assert_non_null(row);
    assert_text(row, "side", "requested");
    assert_text(row, "theirs_title", "XA, Authority");
    assert_text(row, "kind_title", "Elektron məlumatların təxirəsalınmaz mühafizəsi");
    assert_text(row, "state_title", "Sorğu göndərilib");
    assert_text(row, "kind_article", "un-cybercrime 42");
    assert_false(tree_bool(row, "acknowledged", true));
    assert_true(tree_str(row, "next").n && tree_str(row, "next_title").n &&
                tree_str(row, "next_article").n && tree_str(row, "end").n);
    assert_false(str_eq(tree_str(row, "title"), tree_str(row, "kind_title")));
    assert_text(tree_get(v, "officer"), "officer", "o-1");
    row = tree_get(v, "clocks")->child;
    assert_true(tree_str(row, "clock_title").n && tree_str(row, "title").n);
    /* What no language has is said in English. */
    v = ask(&w.node[1], a, DESK_STATUS, world_args(a, "lang=ar", NULL));
    assert_text(row_of(v, "needs_a_person", there), "state_title", "Requested");
}

/* The step a list names is the one the dossier's own page marks. */
static void the_next_step_of_a_list_is_that_of_the_dossier(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const char *const acts[] = {NULL, "acknowledge", "withdraw"};
    int named = 0;
    for (size_t k = 0; k < sizeof acts / sizeof *acts; k++) {
        struct world_node *by = k == 2 ? n : &w.node[1];
        if (acts[k]) ask(by, a, DESK_ACT, acting(a, k == 2 ? ref : there, acts[k]));
        world_settle(&w);
        for (int side = 0; side < 2; side++) {
            struct str r = side ? there : ref;
            const struct tree *row = row_of(ask(&w.node[side], a, DESK_LIST, NULL), "dossiers", r);
            const struct tree *o = tree_get(show(&w.node[side], a, r), "options")->child;
            while (o && !tree_bool(o, "next", false)) o = o->next;
            assert_true(str_eq(tree_str(row, "next"), tree_str(o, "act")));
            assert_true(str_eq(tree_str(row, "next_title"), tree_str(o, "title")));
            named += o != NULL;
        }
    }
    assert_true(named > 1);
}

static size_t listed(struct world_node *at, struct arena *a, const char *arg)
{
    return tree_get(ask(at, a, DESK_LIST, world_args(a, arg, NULL)), "dossiers")->count;
}

static void boxes_and_filters_narrow_a_list(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    size_t all = listed(n, a, "box=all"), sent = listed(n, a, "box=sent");
    size_t closed = listed(n, a, "box=closed");
    assert_true(sent >= 1);
    assert_int_equal(all, sent + closed);
    assert_int_equal(listed(n, a, "box=inbox"), 0);
    assert_true(listed(&w.node[1], a, "box=inbox") >= 1);
    assert_int_equal(listed(n, a, "state=XB"), all);
    assert_int_equal(listed(n, a, "state=XC"), 0);
    assert_int_equal(listed(n, a, "kind=preservation"), all);
    assert_int_equal(listed(n, a, "kind=extradition"), 0);
    assert_int_equal(world_do(n, a, DESK_LIST, world_args(a, "box=desk", NULL), NULL), ERR_USAGE);
    ask(n, a, DESK_ACT, acting(a, ref, "withdraw"));
    assert_int_equal(listed(n, a, "box=sent"), sent - 1);
    assert_int_equal(listed(n, a, "box=closed"), closed + 1);
}

static void changes_name_what_moved_since(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(n, a, DESK_CHANGES, NULL);
    int64_t position = tree_int(v, "position", -1);
    assert_int_equal(tree_get(v, "refs")->count, 0);
    struct tree *after = tree_map(a);
    tree_add_int(a, after, "after", position);
    ask(&w.node[1], a, DESK_ACT, acting(a, there, "acknowledge"));
    assert_int_equal(tree_get(ask(n, a, DESK_CHANGES, after), "refs")->count, 0);
    world_settle(&w);
    v = ask(n, a, DESK_CHANGES, after);
    assert_int_equal(tree_get(v, "refs")->count, 1);
    assert_true(str_eq(tree_str(tree_get(v, "refs")->child, "ref"), ref));
    assert_true(tree_int(v, "position", -1) > position);
    tree_set(a, after, STR("after"), tree_get(v, "position"));
    assert_int_equal(tree_get(ask(n, a, DESK_CHANGES, after), "refs")->count, 0);
}

/* ---- a dossier ------------------------------------------------------------------------------- */

static void a_dossier_shows_its_request_in_the_order_of_the_law(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = show(n, a, ref);
    const struct tree *r = tree_get(v, "request")->child;
    assert_text(r, "name", "authority_seeking");
    assert_text(r, "title", "Authority seeking the preservation");
    assert_text(r, "article", "un-cybercrime 42(3)(a)");
    assert_text(r, "lang", "en");
    assert_true(tree_str(r, "value").n > 0);
    assert_false(tree_bool(r, "missing", true));
    assert_text(tree_get(v, "acts")->child, "act_title", "Send the request");
    assert_text(tree_get(tree_get(v, "acts")->child, "by"), "officer", "o-1");
    assert_true(tree_int(v, "version", -1) > 0);
    const struct tree *theirs = show(&w.node[1], a, ref); /* found by our reference there */
    assert_true(str_eq(tree_get(theirs, "aliases")->child->str, ref));
}

static void an_act_on_what_has_changed_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct world_node *b = &w.node[1];
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", there);
    tree_add_str(a, args, "act", STR("acknowledge"));
    tree_add_int(a, args, "version", tree_int(show(b, a, there), "version", -1));
    struct tree *other = tree_add_copy(a, tree_list(a), NULL, args);
    ask(b, a, DESK_ACT, args);
    assert_int_equal(world_do(b, a, DESK_ACT, other, NULL), ERR_CONFLICT);
    assert_string_equal(w.fault.code, "stale-version");
}

/* ---- drafts ---------------------------------------------------------------------------------- */

static const struct tree *save_args(struct arena *a, struct str draft, int64_t version,
                                    const char *name, const char *value)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "draft", draft);
    tree_add_int(a, m, "version", version);
    tree_add_str(a, tree_add_map(a, m, "particulars"), name, str_of(value));
    return m;
}

static const struct tree *draft_arg(struct arena *a, struct str draft)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "draft", draft);
    return m;
}

static void two_who_edit_one_draft_lose_nothing(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v =
        ask(n, a, DESK_NEW,
            world_args(a, "kind=preservation", "to=XB/csb", "particulars.offence=theft", NULL));
    struct str draft = str_dup(a, tree_str(v, "draft"));
    assert_int_equal(tree_int(v, "version", 0), 1);
    v = ask(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 1, "facts", "first"));
    assert_int_equal(tree_int(v, "version", 0), 2);
    /* The other one still has version 1 before him. */
    assert_int_equal(world_do(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 1, "facts", "second"), &v),
                     ERR_CONFLICT);
    assert_string_equal(w.fault.code, "stale-version");
    assert_int_equal(tree_int(v, "version", 0), 2);
    assert_text(tree_at(v, "theirs.particulars"), "facts", "first");
    assert_text(tree_at(v, "yours.particulars"), "facts", "second");
    assert_text(tree_get(v, "theirs"), "officer", "o-1");
    v = ask(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 2, "data", "both"));
    v = ask(n, a, DESK_DRAFT, draft_arg(a, draft));
    const struct tree *p = tree_at(v, "request.particulars");
    assert_text(p, "offence", "theft");
    assert_text(p, "facts", "first");
    assert_text(p, "data", "both");
    assert_text(v, "title", "both"); /* named by the particular that the law says */
    assert_true(tree_at(v, "form.particulars")->count > 5);
    ask(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 3, "facts", ""));
    v = ask(n, a, DESK_DRAFT, draft_arg(a, draft));
    assert_null(tree_get(tree_at(v, "request.particulars"), "facts"));
}

static struct tree *draft_seen(struct arena *a, struct str draft, int64_t version)
{
    struct tree *m = tree_add_copy(a, tree_list(a), NULL, draft_arg(a, draft));
    tree_add_int(a, m, "version", version);
    return m;
}

static void a_draft_that_was_changed_since_is_neither_sent_nor_dropped(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v =
        ask(n, a, DESK_NEW, world_args(a, "kind=preservation", "to=XB/csb", NULL));
    struct str draft = str_dup(a, tree_str(v, "draft"));
    ask(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 1, "facts", "kept"));
    assert_int_equal(world_do(n, a, DESK_SEND, draft_seen(a, draft, 1), NULL), ERR_CONFLICT);
    assert_string_equal(w.fault.code, "stale-version");
    assert_int_equal(world_do(n, a, DESK_DRAFT_DROP, draft_seen(a, draft, 1), NULL), ERR_CONFLICT);
    assert_string_equal(w.fault.code, "stale-version");
    v = ask(n, a, DESK_DRAFT, draft_arg(a, draft));
    assert_text(tree_at(v, "request.particulars"), "facts", "kept");
    ask(n, a, DESK_DRAFT_DROP, draft_seen(a, draft, 2));
}

/* Kept, they would close the list of drafts to everybody. */
static void what_could_not_be_read_again_is_no_draft(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct tree *deep = tree_map(a), *at = tree_add_map(a, deep, "particulars");
    for (int k = 0; k < 16; k++) at = tree_add_map(a, at, "x");
    tree_add_str(a, deep, "kind", STR("preservation"));
    tree_add_str(a, deep, "to", STR("XB/csb"));
    assert_int_equal(world_do(n, a, DESK_NEW, deep, NULL), ERR_REJECTED);
    assert_string_equal(w.fault.code, "draft-form");
    const struct tree *v =
        ask(n, a, DESK_NEW, world_args(a, "kind=preservation", "to=XB/csb", NULL));
    struct str draft = str_dup(a, tree_str(v, "draft"));
    char *large = arena_take(a, (5 << 20) + 1);
    memset(large, 'x', 5 << 20);
    assert_int_equal(world_do(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 1, "facts", large), NULL),
                     ERR_TOO_LARGE);
    v = ask(n, a, DESK_DRAFTS, NULL);
    assert_true(tree_get(v, "drafts")->count > 0);
    ask(n, a, DESK_DRAFT_DROP, draft_arg(a, draft));
}

static void drafts_are_listed_until_they_are_sent_or_dropped(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct world_node *b = &w.node[1];
    assert_int_equal(tree_get(ask(b, a, DESK_DRAFTS, NULL), "drafts")->count, 0);
    const struct tree *v =
        ask(b, a, DESK_NEW, world_args(a, "kind=preservation", "to=XA/csb", NULL));
    struct str draft = str_dup(a, tree_str(v, "draft"));
    v = tree_get(ask(b, a, DESK_DRAFTS, NULL), "drafts")->child;
    assert_true(str_eq(tree_str(v, "draft"), draft));
    assert_text(v, "to_title", "XA, Authority");
    ask(b, a, DESK_DRAFT_DROP, draft_arg(a, draft));
    assert_int_equal(tree_get(ask(b, a, DESK_DRAFTS, NULL), "drafts")->count, 0);
    assert_int_equal(world_do(b, a, DESK_DRAFT, draft_arg(a, draft), NULL), ERR_NONE_SUCH);
}

static void what_was_sent_is_not_changed(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v =
        ask(n, a, DESK_NEW,
            world_args(a, "kind=preservation", "to=XB/csb", "particulars.authority_seeking=A",
                       "particulars.offence=B", "particulars.facts=C", "particulars.data=D",
                       "particulars.relation=E", "particulars.necessity=G",
                       "particulars.mla_intended=true", NULL));
    struct str draft = str_dup(a, tree_str(v, "draft"));
    size_t before = tree_get(ask(n, a, DESK_DRAFTS, NULL), "drafts")->count;
    ask(n, a, DESK_SEND, draft_arg(a, draft));
    assert_int_equal(tree_get(ask(n, a, DESK_DRAFTS, NULL), "drafts")->count, before - 1);
    assert_int_equal(world_do(n, a, DESK_DRAFT_SAVE, save_args(a, draft, 1, "data", "x"), NULL),
                     ERR_NOT_ALLOWED);
    assert_int_equal(world_do(n, a, DESK_DRAFT_DROP, draft_arg(a, draft), NULL), ERR_NOT_ALLOWED);
    ask(n, a, DESK_SEND, draft_arg(a, draft)); /* and sending it again is the same act */
}

static void a_form_is_drawn_from_the_tables(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(n, a, DESK_KINDS, NULL);
    const struct tree *k = tree_get(v, "kinds")->child;
    assert_true(tree_bool(k, "may_send", false)); /* what can be sent comes first */
    while (k && !str_is(tree_str(k, "kind"), "preservation")) k = k->next;
    assert_non_null(k);
    assert_true(tree_bool(k, "may_send", false));
    v = ask(n, a, DESK_FORM, world_args(a, "kind=preservation", "lang=az", NULL));
    assert_text(v, "kind_title", "Elektron məlumatların təxirəsalınmaz mühafizəsi");
    assert_true(tree_get(v, "particulars")->count > 5);
    const struct tree *to = tree_get(v, "to")->child;
    size_t nodes = 0;
    for (; to; to = to->next) nodes += tree_bool(to, "has_node", false);
    assert_int_equal(nodes, 1);
    assert_true(tree_get(v, "to")->count > 1); /* States of the tables that have none */
    assert_int_equal(world_do(n, a, DESK_FORM, world_args(a, "kind=dance", NULL), NULL),
                     ERR_NONE_SUCH);
}

static const struct tree *remark(const struct tree *v, const char *code, const char *grade)
{
    const struct tree *r = tree_get(v, "remarks")->child;
    while (r && !(str_is(tree_str(r, "code"), code) && str_is(tree_str(r, "grade"), grade)))
        r = r->next;
    return r;
}

/* Another State than the one a draft is for: its line is what answers then. */
static void a_draft_is_held_against_another_state(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(
        n, a, DESK_NEW, world_args(a, "kind=mla", "to=XB/csb", "particulars.language=fr", NULL));
    const char *draft = str_c(a, str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft"))));
    assert_int_equal(world_do(n, a, DESK_CHECK, world_args(a, draft, NULL), &v), ERR_NO);
    assert_text(v, "to", "XB/csb");
    assert_null(remark(v, "language-not-accepted", "must"));
    assert_int_equal(world_do(n, a, DESK_CHECK, world_args(a, draft, "to=XM", "lang=az", NULL), &v),
                     ERR_NO);
    assert_text(v, "to", "XM");
    assert_text(v, "to_title", "Meridiya");
    const struct tree *r = remark(v, "language-not-accepted", "must");
    assert_text(r, "sentence", "Sorğu edilən dövlət bu dili qəbul etmir: fr.");
    assert_true(tree_str(r, "remedy").n > 0);
    r = tree_get(r, "rests");
    assert_text(r, "state_title", "Meridiya");
    assert_text(r, "field", "languages");
    assert_text(r, "field_title", "Sorğuların qəbul edildiyi dillər");
    assert_text(r, "value", "en, az");
    assert_null(remark(v, "peer-unknown", "must")); /* it is only compared with */
    assert_non_null(remark(v, "dual-criminality-asked", "should"));
    v = ask(n, a, DESK_DRAFT, world_args(a, draft, NULL)); /* the draft stays as it was */
    assert_text(tree_get(v, "request"), "to", "XB/csb");
}

static void a_check_grades_what_it_finds(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = NULL;
    assert_int_equal(
        world_do(n, a, DESK_CHECK, world_args(a, "kind=preservation", "to=XZ/no", NULL), &v),
        ERR_NO);
    size_t must = 0, should = 0;
    for (const struct tree *r = tree_get(v, "remarks")->child; r; r = r->next) {
        must += str_is(tree_str(r, "grade"), "must");
        should += str_is(tree_str(r, "grade"), "should");
    }
    assert_int_equal(must, tree_int(v, "must", -1));
    assert_true(should > 0);
    assert_int_equal(should, tree_int(v, "should", -1));
    assert_null(remark(v, "particular-missing", "fine"));
    assert_int_equal(world_do(n, a, DESK_CHECK,
                              world_args(a, "kind=preservation", "to=XB/csb",
                                         "particulars.facts=They came at night.", NULL),
                              &v),
                     ERR_NO);
    assert_text(remark(v, "particular-missing", "fine"), "particular", "facts");
    assert_int_equal(tree_get(v, "remarks")->count,
                     tree_int(v, "must", 0) + tree_int(v, "should", 0) + tree_int(v, "fine", 0));
    v = ask(n, a, DESK_LAW, world_args(a, "what=42(8)", "lang=az", NULL));
    assert_text(tree_get(v, "rows")->child, "title", "Altmış gündən az olmamaqla");
}

/* Anybody may ask, so asking for nothing in particular costs little. */
static void the_law_as_a_whole_is_instruments_and_kinds(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(n, a, DESK_LAW, world_args(a, "lang=en", NULL));
    size_t instruments = 0;
    for (const struct tree *r = tree_get(v, "rows")->child; r; r = r->next) {
        bool is_kind = str_is(tree_str(r, "list"), "kinds");
        instruments += !is_kind;
        assert_true(is_kind || str_is(tree_str(r, "list"), "instruments"));
        assert_true(tree_str(r, "title").n > 0);
    }
    assert_true(instruments > 5);
    assert_true(tree_get(v, "rows")->count < 200);
    v = ask(n, a, DESK_LAW, world_args(a, "what=un-cybercrime preservation", NULL));
    assert_true(tree_get(v, "rows")->count > 20);
}

/* ---- documents ------------------------------------------------------------------------------- */

static struct tree *with_document(struct arena *a, struct tree *args, const char *name,
                                  struct bytes data)
{
    struct tree *d = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
    tree_add_str(a, d, "name", str_of(name));
    tree_add_str(a, d, "type", STR("text/plain"));
    tree_add_str(a, d, "data", base64(a, data));
    return args;
}

static void a_document_comes_back_from_draft_dossier_and_parcel(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct bytes data = str_bytes(STR("an annex"));
    struct hash h = seal_sha256_of(data);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", there);
    tree_add_str(a, args, "act", STR("ask"));
    tree_add_str(a, tree_add_map(a, args, "particulars"), "question", STR("Which?"));
    ask(&w.node[1], a, DESK_ACT, with_document(a, args, "annex.txt", data));
    world_settle(&w);
    struct tree *which = tree_map(a);
    tree_add_str(a, which, "ref", ref);
    tree_add_str(a, which, "sha256", hex(a, hash_bytes(&h)));
    for (int k = 0; k < 2; k++) {
        const struct tree *v = ask(&w.node[k], a, DESK_DOCUMENT, which);
        assert_text(v, "name", "annex.txt");
        assert_true(str_eq(tree_str(v, "data"), base64(a, data)));
        const struct tree *d = tree_get(show(&w.node[k], a, ref), "documents")->child;
        assert_text(d, "act", "ask");
    }
    const struct tree *v =
        ask(n, a, DESK_NEW,
            with_document(a,
                          tree_add_copy(a, tree_list(a), NULL,
                                        world_args(a, "kind=preservation", "to=XB/csb", NULL)),
                          "draft.txt", data));
    struct tree *of = tree_map(a);
    tree_add_str(a, of, "draft", tree_str(v, "draft"));
    tree_add_str(a, of, "sha256", hex(a, hash_bytes(&h)));
    assert_text(ask(n, a, DESK_DOCUMENT, of), "name", "draft.txt");
    tree_set(a, which, STR("sha256"), tree_get(tree_get(v, "request"), "kind"));
    assert_int_equal(world_do(n, a, DESK_DOCUMENT, which, NULL), ERR_NONE_SUCH);
}

/* ---- search and contacts --------------------------------------------------------------------- */

static void what_is_looked_for_is_found_whatever_its_letters(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(n, a, DESK_FIND, world_args(a, "q=azerbaycan", NULL));
    v = ask(n, a, DESK_FIND,
            world_args(a, str_c(a, str_printf(a, "q=" STR_FMT, STR_ARG(ref))), NULL));
    assert_int_equal(tree_get(v, "dossiers")->count, 1);
    const struct tree *r = tree_get(show(n, a, ref), "request")->child->next;
    struct str head, rest;
    str_split(tree_str(r, "value"), ' ', &head, &rest);
    v = ask(n, a, DESK_FIND,
            world_args(a, str_c(a, str_printf(a, "q=" STR_FMT, STR_ARG(head))), NULL));
    assert_non_null(row_of(v, "dossiers", ref));
    v = ask(n, a, DESK_FIND, world_args(a, "q=sixty", NULL));
    assert_int_equal(tree_get(v, "dossiers")->count, 0);
    const struct tree *article = tree_get(v, "articles")->child;
    while (article && !str_is(tree_str(article, "article"), "42(8)")) article = article->next;
    assert_non_null(article);
    v = ask(n, a, DESK_FIND,
            world_args(a,
                       "q=MER\xC4\xB0"
                       "D",
                       "lang=az", NULL));
    assert_text(tree_get(v, "states")->child, "state", "XM");
}

static void contacts_are_all_states_with_and_without_a_node(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v = ask(n, a, DESK_CONTACTS, NULL), *s = tree_get(v, "states")->child;
    size_t with = 0, without = 0;
    for (; s; s = s->next) {
        if (tree_bool(s, "has_node", false))
            with++;
        else
            without++;
        assert_true(tree_get(s, "authorities")->count > 0);
    }
    assert_int_equal(with, 1);
    assert_true(without >= 3);
    v = ask(n, a, DESK_CONTACTS, world_args(a, "state=XM", "lang=az", NULL));
    s = tree_get(v, "states")->child;
    assert_text(s, "title", "Meridiya");
    assert_text(tree_get(s, "authorities")->child, "title", "Meridiya, Rəqəmsal Etimad Xidməti");
    assert_int_equal(world_do(n, a, DESK_CONTACTS, world_args(a, "state=ZZ", NULL), NULL),
                     ERR_NONE_SUCH);
}

int test_pages(void)
{
#define one(test) cmocka_unit_test_setup(test, up)
    const struct CMUnitTest tests[] = {
        one(a_row_has_its_titles_its_clock_and_the_next_step),
        one(the_next_step_of_a_list_is_that_of_the_dossier),
        one(boxes_and_filters_narrow_a_list),
        one(changes_name_what_moved_since),
        one(a_dossier_shows_its_request_in_the_order_of_the_law),
        one(an_act_on_what_has_changed_is_refused),
        one(two_who_edit_one_draft_lose_nothing),
        one(a_draft_that_was_changed_since_is_neither_sent_nor_dropped),
        one(what_could_not_be_read_again_is_no_draft),
        one(drafts_are_listed_until_they_are_sent_or_dropped),
        one(what_was_sent_is_not_changed),
        one(a_form_is_drawn_from_the_tables),
        one(a_check_grades_what_it_finds),
        one(a_draft_is_held_against_another_state),
        one(the_law_as_a_whole_is_instruments_and_kinds),
        one(a_document_comes_back_from_draft_dossier_and_parcel),
        one(what_is_looked_for_is_found_whatever_its_letters),
        one(contacts_are_all_states_with_and_without_a_node),
    };
    return cmocka_run_group_tests(tests, up_all, down_all);
}
