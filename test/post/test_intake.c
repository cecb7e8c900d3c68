/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in: what is answered, what is recorded, and that others cannot fill our disk. */

#include "kit/faulty_vfs.h"
#include "post_test.h"

#include <stdlib.h>

static struct bytes good(struct rig *r, struct arena *a)
{
    struct craft c;
    craft_begin(&c, a, &r->w.node[0], &r->w.node[1]);
    return craft_end(&c);
}

static void a_parcel_is_answered_with_a_receipt(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 31, &suite_1);
    auto_arena a = arena_new();
    struct told told;
    rig_take(&r, 1, &r.w.node[0].tls, good(&r, a), &told);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.status, 200);
    assert_string_equal(told.type, "application/json");
    assert_true(told_member(a, &told, "receipt").n > 0);
    assert_int_equal(incidents_of(&r.w.node[1], a)->count, 0);
    rig_down(&r);
}

/* The receipt inside an answer, without its signature and head. */
static struct str receipt_in(struct rig *r, struct arena *a, const struct told *told)
{
    struct bytes cms, body;
    struct turn t = {.arena = a};
    assert_true(base64_read(a, told_member(a, told, "receipt"), &cms));
    assert_int_equal(r->w.suite->verify_attached(&t, r->w.node[1].seal_der, cms, &body), ERR_OK);
    return bytes_str(body);
}

static void a_duplicate_gets_the_same_receipt(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 32, &suite_1);
    auto_arena a = arena_new();
    struct bytes sealed = good(&r, a);
    struct told first, again;
    rig_take(&r, 1, &r.w.node[0].tls, sealed, &first);
    r.w.now_ms += DAY_MS;
    rig_take(&r, 1, &r.w.node[0].tls, sealed, &again);
    assert_int_equal(again.status, 200);
    assert_true(str_eq(receipt_in(&r, a, &first), receipt_in(&r, a, &again)));
    const struct tree *list = tree_get(view_of(&r.w.node[1], a, DESK_LIST, NULL), "dossiers");
    assert_int_equal(list->count, 1);
    rig_down(&r);
}

static void a_clock_ahead_is_flagged_and_taken(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 33, &suite_fake);
    auto_arena a = arena_new();
    struct craft c;
    craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
    craft_set_int(&c, c.act, "at", r.w.now_ms + 10 * 60 * 1000);
    struct told told;
    rig_take(&r, 1, &r.w.node[0].tls, craft_end(&c), &told);
    assert_int_equal(told.status, 200);
    assert_non_null(strstr(str_c(a, receipt_in(&r, a, &told)), "clock-ahead"));
    rig_down(&r);
}

/* With two gaps and more unknown particulars than a receipt has room for, it can still be read. */
static void a_receipt_full_of_remarks_is_read_and_tells_of_gaps_first(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 41, &suite_1);
    auto_arena a = arena_new();
    (void)world_request(&r.w.node[0], &r.w.node[1], a); /* has sequence 1, and stays away */
    for (int n = PROOF_REMARKS_MAX - 2; n < PROOF_REMARKS_MAX + 2; n++) {
        struct craft c;
        craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
        craft_set_int(&c, c.act, "n", 2);
        struct tree *particulars = craft_map(c.act, "particulars");
        for (int k = 0; k < n; k++)
            craft_set_str(&c, particulars, str_c(a, str_printf(a, "newer%02d", k)), "x");
        struct told told;
        rig_take(&r, 1, &r.w.node[0].tls, craft_end(&c), &told);
        assert_int_equal(told.status, 200);
        struct turn t = {.arena = a};
        struct receipt said;
        struct str body = receipt_in(&r, a, &told);
        if (receipt_read(&t, str_bytes(body), &said) != ERR_OK)
            fail_msg("%d: %s", n, t.fault.sentence);
        assert_int_equal(said.remarks->count, PROOF_REMARKS_MAX);
        assert_str(tree_str(said.remarks->child, "code"), "waits-for-act");
        assert_str(tree_str(said.remarks->child->next, "code"), "sequence-gap");
    }
    rig_down(&r);
}

static void a_number_of_another_state_is_remarked_and_names_nothing(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 3, 40, &suite_fake);
    auto_arena a = arena_new();
    struct craft c;
    craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
    craft_set_str(&c, c.act, "ref", "XC-CSB-2026-0001");
    struct told told;
    rig_take(&r, 1, &r.w.node[0].tls, craft_end(&c), &told);
    assert_int_equal(told.status, 200);
    assert_non_null(strstr(str_c(a, receipt_in(&r, a, &told)), "ref-of-another"));
    const struct tree *args = world_args(a, "ref=XC-CSB-2026-0001", NULL), *v;
    assert_int_equal(world_do(&r.w.node[1], a, DESK_SHOW, args, &v), ERR_NONE_SUCH);
    (void)world_request(&r.w.node[2], &r.w.node[1], a);
    rig_settle(&r);
    assert_str(tree_str(view_of(&r.w.node[1], a, DESK_SHOW, args), "theirs"), "XC/csb");
    rig_down(&r);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static const struct tree *only_incident(struct world_node *n, struct arena *a)
{
    const struct tree *list = incidents_of(n, a);
    assert_int_equal(list->count, 1);
    return list->child;
}

static void a_stranger_is_refused_and_noted_once_a_day(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 34, &suite_fake);
    auto_arena a = arena_new();
    struct hash unknown = seal_sha256_of(str_bytes(STR("nobody")));
    struct told told;
    for (int k = 0; k < 10; k++) {
        rig_take(&r, 1, &unknown, str_bytes(str_printf(a, "knock %d", k)), &told);
        assert_int_equal(told.status, 403);
        assert_str(told_member(a, &told, "code"), "peer-unknown");
        assert_str(told_member(a, &told, "article"), "comity wire 1: peers");
    }
    assert_str(tree_str(only_incident(&r.w.node[1], a), "code"), "peer-unknown");
    r.w.now_ms += DAY_MS;
    rig_take(&r, 1, &unknown, str_bytes(STR("x")), &told);
    assert_int_equal(incidents_of(&r.w.node[1], a)->count, 2);
    rig_down(&r);
}

/* Spoils a good parcel, and what is then told and recorded. */
struct spoiling {
    const char *name;
    void (*spoil)(struct craft *c, const struct rig *r);
    int status;
    const char *code, *article;
};
static void wrong_signer(struct craft *c, const struct rig *r) { c->signer = &r->w.node[2]; }
static void wrong_reader(struct craft *c, const struct rig *r) { c->sealed_to = &r->w.node[2]; }
static void double_keys(struct craft *c, const struct rig *r)
{
    (void)r;
    c->act_text = STR("{\"a\":1,\"a\":2}");
}
static void bad_utf8(struct craft *c, const struct rig *r)
{
    (void)r;
    c->act_text = STR("{\"a\":\"\xc0\xaf\"}");
}
static void used_number(struct craft *c, const struct rig *r)
{
    (void)r;
    craft_set_int(c, c->carriage, "seq", 1);
}
static void unseen(struct craft *c, const struct rig *r)
{
    (void)r;
    struct tree *seen = craft_map(c->act, "seen");
    craft_set_int(c, seen, "n", 5);
}
static void far_ahead(struct craft *c, const struct rig *r)
{
    (void)r;
    craft_set_int(c, c->act, "n", 65); /* sixty-four may be on their way */
}
static void other_suite(struct craft *c, const struct rig *r)
{
    (void)r;
    craft_set_int(c, c->act, "suite", 9);
    craft_set_int(c, c->carriage, "suite", 9);
}

static const struct spoiling spoilings[] = {
    {"wrong signer", wrong_signer, 422, "signature", "RFC 5652 5.6"},
    {"wrong reader", wrong_reader, 422, "sealed-to-other", "RFC 5652 6.2"},
    {"double keys", double_keys, 422, NULL, NULL},
    {"bad UTF-8", bad_utf8, 422, NULL, NULL},
    {"used number", used_number, 422, "sequence-taken", "comity wire 1: carriage.seq"},
    {"unseen", unseen, 422, "seen-unknown", "comity act 1: seen"},
    {"far ahead", far_ahead, 422, "number-ahead", "comity act 1: n"},
    {"other suite", other_suite, 422, "suite-unknown", "comity act 1: suite"},
};

static void what_is_wrong_is_answered_and_recorded_with_its_clause(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 3, 35, &suite_1);
    auto_arena a = arena_new();
    struct told told;
    rig_take(&r, 1, &r.w.node[0].tls, good(&r, a), &told); /* takes number 1 */
    assert_int_equal(told.status, 200);
    size_t rows = sizeof spoilings / sizeof *spoilings;
    for (size_t k = 0; k < rows; k++) {
        const struct spoiling *s = &spoilings[k];
        struct craft c;
        craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
        s->spoil(&c, &r);
        r.w.now_ms += 1000;
        rig_take(&r, 1, &r.w.node[0].tls, craft_end(&c), &told);
        if (told.times != 1 || told.status != s->status)
            fail_msg("%s: told %d times, %d: %.*s", s->name, told.times, told.status, (int)told.n,
                     told.body);
        assert_string_equal(told.type, POST_PROBLEM);
        if (s->code) assert_str(told_member(a, &told, "code"), s->code);
        if (s->article) assert_str(told_member(a, &told, "article"), s->article);
        assert_true(told_member(a, &told, "detail").n > 0);
        const struct tree *incidents = incidents_of(&r.w.node[1], a);
        assert_int_equal(incidents->count, k + 1);
        const struct tree *newest = incidents->child;
        for (const struct tree *i = newest; i; i = i->next)
            if (str_cmp(tree_str(i, "at"), tree_str(newest, "at")) > 0) newest = i;
        assert_true(str_eq(tree_str(newest, "code"), told_member(a, &told, "code")));
        assert_true(str_eq(tree_str(newest, "article"), told_member(a, &told, "article")));
        assert_str(tree_str(newest, "peer"), "XA/csb");
    }
    assert_int_equal(tree_get(view_of(&r.w.node[1], a, DESK_LIST, NULL), "dossiers")->count, 1);
    rig_down(&r);
}

static void the_same_wrong_bytes_are_one_incident(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 3, 36, &suite_fake);
    auto_arena a = arena_new();
    struct craft c;
    craft_begin(&c, a, &r.w.node[0], &r.w.node[1]);
    c.signer = &r.w.node[2];
    struct bytes sealed = craft_end(&c);
    for (int k = 0; k < 5; k++) {
        struct told told;
        rig_take(&r, 1, &r.w.node[0].tls, sealed, &told);
        assert_int_equal(told.status, 422);
    }
    (void)only_incident(&r.w.node[1], a);
    rig_down(&r);
}

static void a_day_holds_so_many_incidents_and_no_more(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 37, &suite_fake);
    struct desk *d = r.w.node[1].desk;
    uint64_t turns = desk_counted(d).turns;
    for (int k = 0; k < POST_INCIDENTS_DAY_MAX + 50; k++) {
        auto_arena a = arena_new();
        struct told told;
        struct hash print = seal_sha256_of(str_bytes(str_printf(a, "stranger %d", k)));
        rig_take(&r, 1, &print, str_bytes(STR("x")), &told);
        assert_int_equal(told.status, 403);
    }
    assert_int_equal(desk_counted(d).turns - turns, POST_INCIDENTS_DAY_MAX);
    struct told told; /* a peer's are counted apart */
    rig_take(&r, 1, &r.w.node[0].tls, str_bytes(STR("x")), &told);
    assert_int_equal(desk_counted(d).turns - turns, POST_INCIDENTS_DAY_MAX + 1);
    r.w.now_ms += DAY_MS;
    struct hash print = seal_sha256_of(str_bytes(STR("another")));
    rig_take(&r, 1, &print, str_bytes(STR("x")), &told);
    assert_int_equal(desk_counted(d).turns - turns, POST_INCIDENTS_DAY_MAX + 2);
    rig_down(&r);
}

static void one_peer_uses_up_its_own_share_of_a_day_alone(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 3, 42, &suite_fake);
    auto_arena a = arena_new();
    struct told told;
    for (int k = 0; k < POST_INCIDENTS_PEER_MAX + 20; k++) {
        struct bytes junk = str_bytes(str_printf(a, "junk %d", k));
        rig_take(&r, 1, &r.w.node[0].tls, junk, &told);
        assert_int_equal(told.status, 422);
    }
    assert_str(tree_str(incidents_of(&r.w.node[1], a)->child, "code"), "incidents-limit");
    assert_str(tree_str(incidents_of(&r.w.node[1], a)->child, "peer"), "XA/csb");
    rig_take(&r, 1, &r.w.node[2].tls, str_bytes(STR("junk")), &told);
    assert_str(tree_str(incidents_of(&r.w.node[1], a)->child, "peer"), "XC/csb");
    uint64_t turns = desk_counted(r.w.node[1].desk).turns;
    rig_take(&r, 1, &r.w.node[0].tls, str_bytes(STR("more")), &told);
    assert_int_equal(desk_counted(r.w.node[1].desk).turns, turns);
    r.w.now_ms += DAY_MS;
    rig_take(&r, 1, &r.w.node[0].tls, str_bytes(STR("more")), &told);
    assert_int_equal(desk_counted(r.w.node[1].desk).turns, turns + 1);
    rig_down(&r);
}

/* What was altered in our store is our trouble: no incident of the peer, and no word to it. */
static void our_own_damage_is_not_held_against_a_peer(void **state)
{
    enum { MORE_THAN_CACHED = 70 }; /* dossiers, so that the first one's key is opened anew */
    (void)state;
    struct rig r;
    rig_up(&r, 2, 43, &suite_fake);
    auto_arena a = arena_new();
    struct str ref = world_request(&r.w.node[0], &r.w.node[1], a);
    for (int k = 0; k < MORE_THAN_CACHED; k++) (void)world_request(&r.w.node[0], &r.w.node[1], a);
    rig_settle(&r);
    const struct tree *args =
        world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ref))), "act=withdraw",
                   "particulars.reasons=No longer needed.", NULL);
    (void)view_of(&r.w.node[0], a, DESK_ACT, args);
    rig_work(&r);
    struct letter *l = rig_letter(&r);
    r.w.node[1].storage[0] ^= 1;
    assert_int_equal(rig_carry(l), 500);
    r.w.node[1].storage[0] ^= 1;
    assert_int_equal(incidents_of(&r.w.node[1], a)->count, 0);
    rig_down(&r);
}

static void a_revoked_seal_is_refused_from_then_on(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 44, &suite_fake);
    auto_arena a = arena_new();
    struct told told;
    r.w.node[0].seal_revoked_ms = r.w.now_ms + 1000;
    world_reissue(&r.w.node[0]);
    assert_int_equal(world_pin(&r.w.node[1], &r.w.node[0]), ERR_OK);
    rig_take(&r, 1, &r.w.node[0].tls, good(&r, a), &told);
    assert_int_equal(told.status, 200);
    r.w.now_ms += 1000;
    rig_take(&r, 1, &r.w.node[0].tls, good(&r, a), &told);
    assert_int_equal(told.status, 422);
    assert_str(told_member(a, &told, "code"), "seal-revoked");
    rig_down(&r);
}

/* ---- no room --------------------------------------------------------------------------------- */

static void a_full_disk_is_told_to_come_back_and_works_again(void **state)
{
    (void)state;
    struct faulty_vfs disk;
    assert_true(faulty_vfs_up(&disk, "post-full"));
    char folder[] = "/tmp/comity-post-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct rig r = {0};
    world_open_on(&r.w, 2, 38, &suite_fake, folder, "post-full");
    rig_open(&r);
    {
        auto_arena a = arena_new();
        struct bytes sealed = good(&r, a);
        struct told told;
        disk.full_from = disk.writes + 1;
        rig_take(&r, 1, &r.w.node[0].tls, sealed, &told);
        assert_true(disk.failed_writes > 0);
        assert_int_equal(told.status, 503);
        assert_int_equal(told.retry_after_s, POST_BUSY_RETRY_S);
        assert_int_equal(r.w.node[1].died, 0);
        disk.full_from = 0;
        assert_int_equal(incidents_of(&r.w.node[1], a)->count, 0);
        rig_take(&r, 1, &r.w.node[0].tls, sealed, &told);
        assert_int_equal(told.status, 200);
    }
    rig_down(&r);
    faulty_vfs_down(&disk);
}

static void nothing(struct desk_turn *dt) { (void)dt; }

static void a_full_queue_is_told_to_come_back(void **state)
{
    (void)state;
    struct rig r;
    rig_up(&r, 2, 39, &suite_fake);
    auto_arena a = arena_new();
    struct bytes sealed = good(&r, a);
    struct desk *d = r.w.node[1].desk;
    struct desk_turn *fill = arena_take_many(a, DESK_QUEUE_MAX, sizeof *fill);
    for (size_t k = 0; k < DESK_QUEUE_MAX; k++) {
        fill[k] = (struct desk_turn){.t = {.arena = a, .clock = &r.w.clock, .chance = &r.w.chance},
                                     .action = DESK_LAW,
                                     .args = world_args(a, "what=42(8)", NULL)};
        desk_submit(d, &fill[k], nothing);
    }
    struct told told;
    rig_take(&r, 1, &r.w.node[0].tls, sealed, &told);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.status, 503);
    assert_int_equal(told.retry_after_s, POST_BUSY_RETRY_S);
    rig_take(&r, 1, &r.w.node[0].tls, sealed, &told);
    assert_int_equal(told.status, 200);
    rig_down(&r);
}

/* ---- problems -------------------------------------------------------------------------------- */

static void a_problem_tells_the_clause_and_nothing_of_ours(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct fault f = {.err = ERR_REJECTED,
                      .code = "signature",
                      .article = "RFC 5652 5.6",
                      .particular = "x",
                      .sentence = "It is not."};
    struct str p = post_problem(a, &f);
    assert_str(p, "{\"article\":\"RFC 5652 5.6\",\"code\":\"signature\",\"detail\":\"It is not.\","
                  "\"particular\":\"x\",\"status\":422,\"title\":\"rejected\","
                  "\"type\":\"about:blank\"}");
    f = (struct fault){.err = ERR_INTERNAL, .code = "file", .sentence = "cannot read /secret"};
    assert_null(strstr(str_c(a, post_problem(a, &f)), "secret"));
    assert_non_null(strstr(str_c(a, post_problem(a, &f)), "500"));
}

int test_intake(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parcel_is_answered_with_a_receipt),
        cmocka_unit_test(a_duplicate_gets_the_same_receipt),
        cmocka_unit_test(a_clock_ahead_is_flagged_and_taken),
        cmocka_unit_test(a_receipt_full_of_remarks_is_read_and_tells_of_gaps_first),
        cmocka_unit_test(a_number_of_another_state_is_remarked_and_names_nothing),
        cmocka_unit_test(a_stranger_is_refused_and_noted_once_a_day),
        cmocka_unit_test(what_is_wrong_is_answered_and_recorded_with_its_clause),
        cmocka_unit_test(the_same_wrong_bytes_are_one_incident),
        cmocka_unit_test(a_day_holds_so_many_incidents_and_no_more),
        cmocka_unit_test(one_peer_uses_up_its_own_share_of_a_day_alone),
        cmocka_unit_test(our_own_damage_is_not_held_against_a_peer),
        cmocka_unit_test(a_revoked_seal_is_refused_from_then_on),
        cmocka_unit_test(a_full_disk_is_told_to_come_back_and_works_again),
        cmocka_unit_test(a_full_queue_is_told_to_come_back),
        cmocka_unit_test(a_problem_tells_the_clause_and_nothing_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
