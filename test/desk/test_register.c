/* SPDX-License-Identifier: Apache-2.0 */
/* The register on a desk: originals first, then what is known, then where it belongs. Lacunia (XL)
 * runs no node. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"

#include <string.h>

static struct world w;
static struct world_node *us;

static int up(void **state)
{
    (void)state;
    world_open(&w, 1, 31, &suite_fake, NULL);
    us = &w.node[0];
    return 0;
}

static int up_with_a_peer(void **state)
{
    (void)state;
    world_open(&w, 2, 32, &suite_fake, NULL);
    us = &w.node[0];
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct tree *with_file(struct arena *a, const struct tree *args, const char *name,
                              const char *bytes)
{
    struct tree *m = tree_map(a);
    for (const struct tree *c = args->child; c; c = c->next)
        tree_add_copy(a, m, str_c(a, c->key), c);
    struct tree *one = tree_add_map(a, tree_add_list(a, m, "documents"), NULL);
    tree_add_str(a, one, "name", str_of(name));
    tree_add_str(a, one, "type", STR("application/pdf"));
    tree_add_str(a, one, "data", base64(a, str_bytes(str_of(bytes))));
    return m;
}

static struct tree *numbered(struct arena *a, struct tree *args, const char *number)
{
    struct tree *one = tree_add_map(a, tree_add_list(a, args, "numbers"), NULL);
    tree_add_str(a, one, "number", str_of(number));
    tree_add_str(a, one, "sort", STR("theirs"));
    return args;
}

/* Registers it and answers its label. */
static const char *entry(struct arena *a, const char *bytes, const char *carriage,
                         const char *received, const char *number)
{
    const struct tree *v;
    struct str c = str_printf(a, "carriage=%s", carriage),
               r = str_printf(a, "received=%s", received);
    const struct tree *args =
        world_args(a, "from=XL/pgo", str_c(a, c), str_c(a, r), "kind=preservation", NULL);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                           numbered(a, with_file(a, args, "scan.pdf", bytes), number), &v));
    assert_null(tree_get(v, "not_taken"));
    return str_c(a, tree_str(v, "entry"));
}

static const struct tree *whole_request(struct arena *a, const char *label)
{
    struct str e = str_printf(a, "entry=%s", label);
    return world_args(a, str_c(a, e), "as=request", "particulars.authority_seeking=Prosecutor",
                      "particulars.offence=Illegal access", "particulars.facts=A bank was hit.",
                      "particulars.data=Server 203.0.113.9", "particulars.relation=The loot.",
                      "particulars.necessity=It ends.", "particulars.mla_intended=true", NULL);
}

static err file_copy(struct arena *a, const char *label, struct str ref, const struct tree **out)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "entry", str_of(label));
    tree_add_str(a, args, "as", STR("copy"));
    tree_add_str(a, args, "ref", ref);
    return world_do(us, a, DESK_ENTRY_FILE, args, out);
}

static const struct tree *act_of(const struct tree *v, const char *word)
{
    const struct tree *acts = tree_get(v, "acts");
    for (const struct tree *x = acts->child; x; x = x->next)
        if (str_is(tree_str(x, "act"), word)) return x;
    return NULL;
}

static size_t acts_n(const struct tree *v, const char *word)
{
    size_t n = 0;
    for (const struct tree *x = tree_get(v, "acts")->child; x; x = x->next)
        n += str_is(tree_str(x, "act"), word);
    return n;
}

static struct str clock_start(const struct tree *v, const char *clock)
{
    for (const struct tree *c = tree_get(v, "clocks")->child; c; c = c->next)
        if (str_is(tree_str(c, "clock"), clock)) return tree_str(c, "start");
    return STR("");
}

/* Rebuild gives what stands, fsck finds nothing, and the law decides everything the same again. */
static void all_holds(struct arena *a)
{
    struct str *before, *after;
    size_t before_n, after_n;
    struct turn t = {.arena = a};
    const struct tree *v;
    assert_int_equal(store_projection_dump(&t, us->desk->store, &before, &before_n), ERR_OK);
    assert_ok(&w, world_do(us, a, DESK_REBUILD, NULL, NULL));
    assert_int_equal(store_projection_dump(&t, us->desk->store, &after, &after_n), ERR_OK);
    assert_int_equal(before_n, after_n);
    for (size_t k = 0; k < before_n; k++)
        if (!str_eq(before[k], after[k]))
            fail_msg("was " STR_FMT "\nnow " STR_FMT, STR_ARG(before[k]), STR_ARG(after[k]));
    assert_ok(&w, world_fsck(us, a));
    assert_ok(&w, world_do(us, a, DESK_REPLAY, NULL, &v));
    const struct tree *differences = tree_get(v, "differences");
    if (differences->count)
        fail_msg("differs: " STR_FMT, STR_ARG(json_write(a, differences->child)));
}

static void three_arrivals_of_one_request_end_as_one_act_and_one_order(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *x;
    w.now_ms += 12 * 3600000; /* 15:00 on the 24th */
    const char *interpol = entry(a, "by interpol", "interpol", "2026-11-24T14:00:00Z", "PGO 7/26");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, interpol), &v));
    assert_text(v, "state", "requested");
    struct str ref = tree_str(v, "ref");
    assert_true(str_is(ref, "XA-CSB-2026-0001"));
    v = show(us, a, ref);
    assert_true(str_is(clock_start(v, "acknowledge"), "2026-11-24T14:00:00.000Z"));

    const char *mail = entry(a, "by mail", "email", "2026-11-24T10:00:00Z", "pgo7/26");
    assert_ok(&w, file_copy(a, mail, ref, &v));
    v = show(us, a, ref);
    assert_true(str_is(clock_start(v, "acknowledge"), "2026-11-24T10:00:00.000Z"));

    assert_ok(&w,
              world_do(us, a, DESK_ACT,
                       world_args(a, "ref=XA-CSB-2026-0001", "act=order",
                                  "particulars.authority_ordering=Prosecutor",
                                  "particulars.order_number=1", "particulars.order_date=2026-11-24",
                                  "particulars.custodian=Host", NULL),
                       &v));
    w.now_ms += 21 * DAY_MS;
    const char *paper = entry(a, "by post", "post", "2026-12-15", "PGO 7/26");
    assert_ok(&w, file_copy(a, paper, ref, &v));
    v = show(us, a, ref);
    assert_true(str_is(clock_start(v, "acknowledge"), "2026-11-24T10:00:00.000Z"));
    assert_int_equal(acts_n(v, "send"), 1);
    assert_int_equal(acts_n(v, "order"), 1);
    x = act_of(v, "send");
    assert_int_equal(tree_get(x, "carriages")->count, 3);
    assert_text(tree_get(x, "carriages")->child, "what", "arrived");
    assert_true(tree_bool(tree_get(x, "carriages")->child->next, "drives", false));
    assert_text(tree_get(x, "carriages")->last, "what", "copy");
    assert_ok(&w, world_do(us, a, DESK_LIST, NULL, &v));
    assert_int_equal(tree_get(v, "dossiers")->count, 1);
    struct tree *get = tree_map(a);
    struct hash h = seal_sha256_of(str_bytes(STR("by interpol")));
    tree_add_str(a, get, "ref", ref);
    tree_add_str(a, get, "sha256", hex(a, hash_bytes(&h)));
    assert_ok(&w, world_do(us, a, DESK_DOCUMENT, get, &v));
    assert_true(str_eq(tree_str(v, "data"), base64(a, str_bytes(STR("by interpol")))));
    all_holds(a);
}

static void a_second_arrival_does_not_open_a_second_dossier_unasked(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const char *one = entry(a, "the letter", "post", "2026-11-24", "PGO 1/26");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, one), &v));
    const char *same_number = entry(a, "another scan", "email", "2026-11-24", "pgo 1/26");
    assert_int_equal(world_do(us, a, DESK_ENTRY_FILE, whole_request(a, same_number), &v),
                     ERR_CONFLICT);
    assert_string_equal(w.fault.code, "likely-copy");
    assert_string_equal(w.fault.particular, "XA-CSB-2026-0001");
    const char *same_bytes = entry(a, "the letter", "courier", "2026-11-24", "PGO 99/26");
    assert_int_equal(world_do(us, a, DESK_ENTRY_FILE, whole_request(a, same_bytes), &v),
                     ERR_CONFLICT);
    struct tree *again = tree_map(a);
    const struct tree *args = whole_request(a, same_number);
    for (const struct tree *c = args->child; c; c = c->next)
        tree_add_copy(a, again, str_c(a, c->key), c);
    tree_add_bool(a, again, "again", true);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, again, &v));
    assert_text(v, "ref", "XA-CSB-2026-0002");
    /* Now the number names neither; our reference does. */
    assert_int_equal(world_do(us, a, DESK_SHOW, world_args(a, "ref=PGO1/26", NULL), &v),
                     ERR_CONFLICT);
    assert_string_equal(w.fault.code, "number-of-several");
}

static void an_entry_tells_what_it_may_be_a_copy_of_and_why(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const char *one = entry(a, "the letter", "post", "2026-11-24", "PGO 1/26");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, one), &v));
    static const struct {
        const char *bytes, *note, *why;
    } rows[] = {{"the letter", "note=nothing", "document"},
                {"x1", "note=see XL number PGO1/26.", "number"},
                {"x2", "note=see our XA-CSB-2026-0001, please", "number"},
                {"x3", "note=nothing", "state"}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                               with_file(a, world_args(a, "state=XL", rows[k].note, NULL), "s.pdf",
                                         rows[k].bytes),
                               &v));
        const struct tree *likely = tree_get(v, "likely");
        if (likely->count != 1) fail_msg("row %zu: %zu likely", k, likely->count);
        assert_text(likely->child, "ref", "XA-CSB-2026-0001");
        assert_text(likely->child, "why", rows[k].why);
    }
    assert_ok(&w,
              world_do(us, a, DESK_ENTRY_ADD,
                       with_file(a, world_args(a, "state=XM", "note=PGO1/26", NULL), "s.pdf", "x4"),
                       &v));
    assert_int_equal(tree_get(v, "likely")->count, 0); /* another State's number */
}

static void a_copy_from_another_state_is_refused_and_the_entry_stays(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const char *one = entry(a, "the letter", "post", "2026-11-24", "PGO 1/26");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, one), &v));
    struct str ref = tree_str(v, "ref");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                           with_file(a, world_args(a, "state=XM", NULL), "s.pdf", "other"), &v));
    const char *other = str_c(a, tree_str(v, "entry"));
    assert_int_equal(file_copy(a, other, ref, &v), ERR_REJECTED);
    assert_string_equal(w.fault.code, "other-state");
    assert_int_equal(file_copy(a, one, ref, &v), ERR_CONFLICT); /* filed already */
    struct str e = str_printf(a, "entry=%s", other);
    assert_ok(&w, world_do(us, a, DESK_ENTRY, world_args(a, str_c(a, e), NULL), &v));
    assert_text(v, "stage", "open");
}

/* What is known as a day is shown as that day: a moment of it is another day elsewhere. */
static void a_day_stays_a_day(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    static const char *const days[][2] = {{"received=2026-11-20", "2026-11-20"}, {"note=x", ""}};
    for (size_t k = 0; k < 2; k++) {
        assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                               with_file(a, world_args(a, days[k][0], NULL), "a.pdf", "a"), &v));
        assert_text(v, "received_day", days[k][1]);
    }
    /* 23:00 UTC: in Baku the next day has begun, and something comes in there. */
    w.now_ms += INT64_C(20) * 3600 * 1000;
    const struct tree *args = world_args(a, "received=2026-11-25", NULL);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD, with_file(a, args, "b.pdf", "b"), &v));
    assert_null(tree_get(v, "not_taken"));
    assert_text(v, "received", str_c(a, tree_str(v, "registered")));
}

/* Where they sit four hours ahead of UTC, a day of theirs began in our yesterday. */
static void a_day_is_one_where_the_authority_sits(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct {
        const char *given, *received;
        bool taken;
    } rows[] = {
        {"received=2026-11-20", "2026-11-19T20:00:00.000Z", true},
        {"received=2026-11-24", NULL, true},
        {"received=2026-11-26", NULL, false},
    };
    w.offset_min = 240;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const struct tree *args = world_args(a, rows[k].given, NULL);
        assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD, with_file(a, args, "a.pdf", "z"), &v));
        const char *received =
            rows[k].received ? rows[k].received : str_c(a, tree_str(v, "registered"));
        assert_text(v, "received", received);
        assert_int_equal(tree_get(v, "not_taken") == NULL, rows[k].taken);
    }
    w.offset_min = 0;
}

static void the_original_stays_whatever_is_wrong_with_the_rest(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const struct tree *args = world_args(a, "carriage=pigeon", "state=ZZ", "from=XL/nobody",
                                         "received=2027-01-01", "deadline=soon", "note=kept", NULL);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                           with_file(a, args, "../../x\u202egnp.exe", "bytes"), &v));
    assert_int_equal(tree_get(v, "not_taken")->count, 5);
    assert_text(v, "note", "kept");
    const struct tree *doc = tree_get(v, "documents")->child;
    assert_text(doc, "name", "x_gnp.exe");
    assert_text(doc, "sha256", "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9");
    struct tree *get = tree_map(a);
    tree_add_copy(a, get, "entry", tree_get(v, "entry"));
    tree_add_copy(a, get, "sha256", tree_get(doc, "sha256"));
    assert_ok(&w, world_do(us, a, DESK_ENTRY_DOCUMENT, get, &v));
    assert_true(str_eq(tree_str(v, "data"), base64(a, str_bytes(STR("bytes")))));
    struct tree *edit = tree_map(a);
    tree_add_copy(a, edit, "entry", tree_get(get, "entry"));
    tree_add_str(a, edit, "carriage", STR("pigeon"));
    assert_int_equal(world_do(us, a, DESK_ENTRY_EDIT, edit, &v), ERR_REJECTED);
    assert_string_equal(w.fault.particular, "carriage");
    struct tree *file = tree_map(a);
    tree_add_copy(a, file, "entry", tree_get(get, "entry"));
    tree_add_str(a, file, "as", STR("request"));
    assert_int_equal(world_do(us, a, DESK_ENTRY_FILE, file, &v), ERR_REJECTED);
    assert_string_equal(w.fault.code, "entry-incomplete");
    assert_ok(&w, world_do(us, a, DESK_ENTRY, file, &v));
    assert_text(v, "stage", "open");
    all_holds(a);
}

static void nothing_is_registered_without_an_original(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    assert_int_equal(world_do(us, a, DESK_ENTRY_ADD, world_args(a, "state=XL", NULL), &v),
                     ERR_USAGE);
    assert_string_equal(w.fault.code, "original-missing");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                           world_args(a, "carriage=telephone", "note=They called at nine.", NULL),
                           &v)); /* of a call, its note is the original */
    assert_text(tree_get(v, "documents")->child, "name", "note.txt");
    assert_text(v, "entry", "XA-CSB-IN-2026-0001");
    assert_text(v, "registry", "XA-CSB-IN-2026-0001");
    assert_ok(&w,
              world_do(us, a, DESK_ENTRY_ADD,
                       with_file(a, world_args(a, "registry=17/2026", NULL), "s.pdf", "x"), &v));
    assert_text(v, "entry", "XA-CSB-IN-2026-0002");
    assert_text(v, "registry", "17/2026");
}

static void what_is_missing_in_a_paper_request_is_asked_for_next(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const char *label = entry(a, "thin", "post", "2026-11-24", "PGO 2/26");
    struct str e = str_printf(a, "entry=%s", label);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE,
                           world_args(a, str_c(a, e), "as=request", "particulars.offence=x", NULL),
                           &v));
    assert_true(tree_bool(v, "incomplete", false));
    v = show(us, a, tree_str(v, "ref"));
    const struct tree *next = NULL;
    for (const struct tree *o = tree_get(v, "options")->child; o; o = o->next)
        if (tree_bool(o, "next", false)) next = o;
    assert_text(next, "act", "ask");
    const struct tree *by;
    assert_ok(&w, world_do(us, a, DESK_LOG, world_args(a, "ref=XA-CSB-2026-0001", NULL), &v));
    by = tree_get(tree_get(v, "acts")->child, "by");
    assert_text(by, "method", "paper");
    assert_text(by, "entry", label);

    /* We ask, they answer by letter: the letter is their act, and nothing is missing any more. */
    assert_ok(&w, world_do(us, a, DESK_ACT,
                           world_args(a, "ref=XA-CSB-2026-0001", "act=ask",
                                      "particulars.question=The rest, please.", NULL),
                           &v));
    w.now_ms += DAY_MS;
    const char *answer = entry(a, "the answer", "post", "2026-11-25", "PGO 3/26");
    e = str_printf(a, "entry=%s", answer);
    assert_ok(
        &w, world_do(us, a, DESK_ENTRY_FILE,
                     world_args(a, str_c(a, e), "as=act", "ref=XA-CSB-2026-0001", "act=answer",
                                "particulars.authority_seeking=Prosecutor",
                                "particulars.facts=A bank was hit.",
                                "particulars.data=Server 203.0.113.9",
                                "particulars.relation=The loot.", "particulars.necessity=It ends.",
                                "particulars.mla_intended=true", NULL),
                     &v));
    v = show(us, a, STR("XA-CSB-2026-0001"));
    assert_text(v, "state", "requested");
    assert_int_equal(tree_get(v, "missing")->count, 0);
    assert_text(act_of(v, "answer"), "effect", "took-effect");
    all_holds(a);
}

static void acts_of_a_state_with_a_node_are_not_written_by_hand(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct str ref = world_request(&w.node[1], us, a);
    world_settle(&w);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_ADD,
                           with_file(a, world_args(a, "state=XB", NULL), "s.pdf", "x"), &v));
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "entry", tree_get(v, "entry"));
    tree_add_str(a, args, "as", STR("act"));
    tree_add_str(a, args, "ref", ref);
    tree_add_str(a, args, "act", STR("withdraw"));
    assert_int_equal(world_do(us, a, DESK_ENTRY_FILE, args, &v), ERR_NOT_ALLOWED);
    assert_string_equal(w.fault.code, "dossier-on-wire");
    /* A paper copy of what came by the wire hangs on its act and moves no clock. */
    struct str start = clock_start(show(us, a, ref), "acknowledge");
    tree_set(a, args, STR("as"), tree_add_str(a, tree_list(a), NULL, STR("copy")));
    tree_set(a, args, STR("act"), tree_add_str(a, tree_list(a), NULL, STR("send")));
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, args, &v));
    v = show(us, a, ref);
    assert_int_equal(tree_get(act_of(v, "send"), "carriages")->count, 1);
    assert_true(str_eq(clock_start(v, "acknowledge"), start));
}

static void every_number_of_a_dossier_finds_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    const char *label = entry(a, "letter", "note-verbale", "2026-11-24", "PGO 2/26");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, label), &v));
    static const char *const sorts[] = {"interpol", "note", "court", "registry-out"};
    for (size_t k = 0; k < 4; k++) {
        struct str s = str_printf(a, "sort=%s", sorts[k]);
        struct str n = str_printf(a, "number=N %zu/2026", k);
        assert_ok(&w,
                  world_do(us, a, DESK_NUMBER_ADD,
                           world_args(a, "ref=XA-CSB-2026-0001", str_c(a, s), str_c(a, n), NULL),
                           &v));
        n = str_printf(a, "n%zu/2026", k);
        assert_text(show(us, a, n), "ref", "XA-CSB-2026-0001");
    }
    assert_text(show(us, a, str_of(label)), "ref", "XA-CSB-2026-0001");
    assert_text(show(us, a, STR("pgo2/26")), "ref", "XA-CSB-2026-0001");
    assert_int_equal(tree_get(show(us, a, STR("pgo2/26")), "aliases")->count, 6);
    assert_int_equal(world_do(us, a, DESK_NUMBER_ADD,
                              world_args(a, "ref=XA-CSB-2026-0001", "sort=lucky", "number=7", NULL),
                              &v),
                     ERR_REJECTED);
    all_holds(a);
}

/* A turn by another officer than the one of the desk's tests. */
static err shown(struct arena *a, const char *ref, const struct tree **out)
{
    struct str r = str_printf(a, "ref=%s", ref);
    return world_do(us, a, DESK_SHOW, world_args(a, str_c(a, r), NULL), out);
}

/* A paper may bear what looks like our number: it is remarked, and names nothing here. */
static void a_number_in_the_form_of_another_state_names_nothing(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *x;
    const char *own = entry(a, "one", "post", "2026-11-24", "XL-PGO-7");
    const char *odd = entry(a, "two", "post", "2026-11-24", "XA-CSB-2026-0009");
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, own), NULL));
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, odd), &v));
    struct str ref = tree_str(v, "ref");
    assert_ok(&w, shown(a, "xl-pgo-7", &v));
    assert_null(tree_get(act_of(v, "send"), "remarks"));
    assert_int_equal(shown(a, "XA-CSB-2026-0009", &v), ERR_NONE_SUCH);
    assert_ok(&w, shown(a, str_c(a, ref), &v));
    x = tree_get(act_of(v, "send"), "remarks");
    assert_non_null(x);
    assert_true(str_is(tree_str(x->child, "code"), "ref-of-another"));
    all_holds(a);
}

/* Lacunia reserved 42(5), which is for other offences: what our request says rules it out. */
static void a_refusal_that_comes_in_is_held_against_what_we_asked(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *x;
    assert_ok(
        &w,
        world_do(
            us, a, DESK_NEW,
            world_args(a, "kind=preservation", "to=XL/pgo", "lang=en",
                       "particulars.authority_seeking=Bureau", "particulars.offence=Illegal access",
                       "particulars.offence_scope=convention_offence",
                       "particulars.facts=A bank was hit.", "particulars.data=Server 203.0.113.9",
                       "particulars.relation=The loot.", "particulars.necessity=It ends.",
                       "particulars.mla_intended=true", NULL),
            &v));
    struct str draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_ok(&w, world_do(us, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), &v));
    struct str ref = tree_str(v, "ref"), r = str_printf(a, "ref=" STR_FMT, STR_ARG(ref));
    w.now_ms += DAY_MS;
    /* What came before we asked answers nothing. */
    const char *early = entry(a, "early", "post", "2020-02-29", "PGO 1/20");
    struct str e = str_printf(a, "entry=%s", early);
    assert_int_equal(
        world_do(us, a, DESK_ENTRY_FILE,
                 world_args(a, str_c(a, e), "as=act", str_c(a, r), "act=acknowledge", NULL), &v),
        ERR_REJECTED);
    assert_string_equal(w.fault.code, "entry-before");
    const char *no = entry(a, "no", "post", "2026-11-25", "PGO 4/26");
    e = str_printf(a, "entry=%s", no);
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE,
                           world_args(a, str_c(a, e), "as=act", str_c(a, r), "act=refuse",
                                      "particulars.ground=dual_criminality_at_disclosure",
                                      "particulars.reasons=No such offence here.", NULL),
                           &v));
    assert_ok(&w, shown(a, str_c(a, ref), &v));
    assert_text(v, "state", "refused");
    x = tree_get(act_of(v, "refuse"), "remarks");
    assert_non_null(x);
    assert_text(x->child, "code", "ground-not-allowed");
    assert_text(x->child, "article", "un-cybercrime 42(5)");
    all_holds(a);
}

static err by(int64_t uid, struct arena *a, enum desk_action action, const struct tree *args,
              const struct tree **view_out)
{
    struct desk_turn dt = {.t = {.arena = a, .clock = &w.clock, .chance = &w.chance},
                           .action = action,
                           .args = args,
                           .uid = uid};
    struct desk_turn *one = &dt;
    desk_run(us->desk, &one, 1);
    w.fault = dt.t.fault;
    if (view_out) *view_out = dt.view;
    return dt.result;
}

static void who_keeps_no_register_sees_only_what_was_filed_to_his_dossiers(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    static const struct {
        const char *officer, *role;
        int64_t uid;
    } people[] = {{"x-1", "executor", 71}, {"a-1", "admin", 72}, {"u-1", "auditor", 73}};
    for (size_t k = 0; k < 3; k++) {
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "officer", str_of(people[k].officer));
        tree_add_str(a, args, "post", STR("post"));
        tree_add_str(a, tree_add_list(a, args, "roles"), NULL, str_of(people[k].role));
        tree_add_int(a, args, "uid", people[k].uid);
        assert_ok(&w, world_do(us, a, DESK_USER_ADD, args, &v));
    }
    const char *label = entry(a, "letter", "post", "2026-11-24", "PGO 2/26");
    struct str e = str_printf(a, "entry=%s", label);
    const struct tree *args = world_args(a, str_c(a, e), NULL);
    assert_int_equal(by(71, a, DESK_ENTRY, args, &v), ERR_NONE_SUCH);
    assert_int_not_equal(by(72, a, DESK_ENTRY, args, &v), ERR_OK);
    assert_int_equal(by(73, a, DESK_ENTRY, args, &v), ERR_OK); /* looks, and changes nothing */
    assert_int_not_equal(by(73, a, DESK_ENTRY_EDIT, args, &v), ERR_OK);
    assert_int_not_equal(by(73, a, DESK_ENTRY_FILE, whole_request(a, label), &v), ERR_OK);
    assert_ok(&w, by(71, a, DESK_ENTRIES, NULL, &v));
    assert_int_equal(tree_get(v, "entries")->count, 0);

    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, whole_request(a, label), &v));
    assert_int_equal(by(71, a, DESK_ENTRY, args, &v), ERR_NONE_SUCH);
    assert_ok(&w,
              world_do(us, a, DESK_INSTRUCT,
                       world_args(a, "ref=XA-CSB-2026-0001", "executor=x-1", "by=2026-11-30", NULL),
                       &v)); /* told to do it, so he sees it */
    struct str i = str_printf(a, "instruction=" STR_FMT, STR_ARG(tree_str(v, "instruction")));
    assert_ok(&w, by(71, a, DESK_ENTRY, args, &v));
    assert_text(v, "ref", "XA-CSB-2026-0001");
    assert_ok(&w, by(71, a, DESK_STATUS, NULL, &v));
    assert_text(tree_get(v, "needs_a_person")->child, "next", "instruction");
    assert_int_not_equal(by(71, a, DESK_DISPATCH,
                            world_args(a, "ref=XA-CSB-2026-0001", "carriage=post", "proof=x", NULL),
                            &v),
                         ERR_OK);
    assert_int_equal(by(72, a, DESK_INSTRUCTED, world_args(a, str_c(a, i), NULL), &v),
                     ERR_NONE_SUCH); /* what he may not see is not there */
    assert_ok(&w, by(71, a, DESK_INSTRUCTED, world_args(a, str_c(a, i), NULL), &v));
    all_holds(a);
}

int test_register(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(three_arrivals_of_one_request_end_as_one_act_and_one_order),
        fresh(a_second_arrival_does_not_open_a_second_dossier_unasked),
        fresh(an_entry_tells_what_it_may_be_a_copy_of_and_why),
        fresh(a_copy_from_another_state_is_refused_and_the_entry_stays),
        fresh(a_day_stays_a_day),
        fresh(a_day_is_one_where_the_authority_sits),
        fresh(the_original_stays_whatever_is_wrong_with_the_rest),
        fresh(nothing_is_registered_without_an_original),
        fresh(what_is_missing_in_a_paper_request_is_asked_for_next),
        cmocka_unit_test_setup_teardown(acts_of_a_state_with_a_node_are_not_written_by_hand,
                                        up_with_a_peer, down),
        fresh(every_number_of_a_dossier_finds_it),
        fresh(a_number_in_the_form_of_another_state_names_nothing),
        fresh(a_refusal_that_comes_in_is_held_against_what_we_asked),
        fresh(who_keeps_no_register_sees_only_what_was_filed_to_his_dossiers),
#undef fresh
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
