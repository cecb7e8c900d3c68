/* SPDX-License-Identifier: Apache-2.0 */
/* Keeper's last head against the store: an older store, another history and a lost head are not
 * served, and what does not extend the last head is not committed. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"
#include "store/store_internal.h"
#include "kit/stored.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench {
    struct world w;
    struct arena *a;
    const char *folder;
};

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    char *folder = arena_take(b->a, 64);
    snprintf(folder, 64, "/tmp/comity-heads-XXXXXX");
    b->folder = mkdtemp(folder);
    world_open(&b->w, 2, 5, &suite_fake, b->folder);
    (void)world_request(&b->w.node[0], &b->w.node[1], b->a);
    world_settle(&b->w);
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    world_close(&b->w);
    (void)nftw(b->folder, drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b->a);
    test_free(b);
    return 0;
}

static void restart(struct bench *b) { assert_ok(&b->w, world_restart(&b->w.node[0])); }

/* What the desk says of the store, with its damage; no person is served. */
static const char *refusal(struct bench *b)
{
    struct turn t = {.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    struct world_node *n = &b->w.node[0];
    assert_int_equal(desk_whole(n->desk, &t), ERR_INTEGRITY);
    assert_int_equal(world_do(n, b->a, DESK_LIST, NULL, NULL), ERR_INTEGRITY);
    assert_int_equal(world_do(n, b->a, DESK_NEW, NULL, NULL), ERR_INTEGRITY);
    assert_int_equal(world_do(n, b->a, DESK_REBUILD, NULL, NULL), ERR_INTEGRITY);
    assert_int_equal(desk_whole(n->desk, &t), ERR_INTEGRITY); /* rebuild mends none of it */
    return str_c(b->a, str_of(t.fault.sentence));
}

static void assert_says(const char *sentence, const char *part)
{
    if (!strstr(sentence, part)) fail_msg("\"%s\" does not say \"%s\"", sentence, part);
}

static bool fsck_names(struct bench *b, const char *what)
{
    const struct tree *v = NULL;
    (void)world_do(&b->w.node[0], b->a, DESK_FSCK, NULL, &v);
    for (const struct tree *f = tree_get(v, "findings")->child; f; f = f->next)
        if (str_is(tree_str(f, "what"), what)) return true;
    return false;
}

static size_t dossiers(struct bench *b)
{
    const struct tree *v = NULL;
    assert_ok(&b->w, world_do(&b->w.node[0], b->a, DESK_LIST, NULL, &v));
    return tree_get(v, "dossiers")->count;
}

/* ---- at opening ------------------------------------------------------------------------------ */

static void close_desk(struct bench *b)
{
    desk_close(b->w.node[0].desk);
    b->w.node[0].desk = NULL;
}

static void a_store_older_than_the_last_head_is_not_served(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->w.node[0];
    close_desk(b);
    stored_copy(b->a, b->folder, "n0.db", "old.db");
    restart(b);
    uint64_t old = store_log_size(n->desk->store);
    for (int k = 0; k < 2; k++) (void)world_request(n, &b->w.node[1], b->a);
    uint64_t newer = store_log_size(n->desk->store);
    close_desk(b);
    stored_copy(b->a, b->folder, "old.db", "n0.db");
    restart(b);
    const char *said = refusal(b);
    assert_says(said, str_c(b->a, str_printf(b->a, "%llu", (unsigned long long)old)));
    assert_says(said, str_c(b->a, str_printf(b->a, "%llu", (unsigned long long)newer)));
    assert_says(said, "newer store");
}

/* Keeper is made to sign a head the store never had. */
static void fork_head(struct bench *b, uint64_t size)
{
    struct world_node *n = &b->w.node[0];
    struct turn t = {.arena = b->w.arena};
    const struct keeper *k = desk_keeper(n->desk);
    struct ledger_checkpoint head = n->head;
    struct ledger_proof none = {0};
    struct str note;
    n->note = (struct str){0};
    head.size = size;
    head.root.b[0] ^= 1;
    assert_int_equal(k->head(k->ctx, &t, &head, &none, &note), ERR_OK);
}

static void a_store_of_another_history_is_not_served(void **state)
{
    struct bench *b = *state;
    fork_head(b, b->w.node[0].head.size);
    restart(b);
    assert_says(refusal(b), "another");
    assert_true(fsck_names(b, "head"));
}

static void a_store_whose_heads_are_gone_is_not_served(void **state)
{
    struct bench *b = *state;
    b->w.node[0].note = (struct str){0};
    restart(b);
    assert_says(refusal(b), "missing");
    assert_true(fsck_names(b, "head"));
}

/* A crash between commit and signature: the head lags, and that is no damage. */
static void a_head_that_lags_the_store_is_served_and_catches_up(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->w.node[0];
    struct ledger_checkpoint head = n->head;
    struct str note = n->note;
    (void)world_request(n, &b->w.node[1], b->a);
    n->head = head;
    n->note = note;
    restart(b); /* others may have seen the later head already: it is signed at once */
    assert_int_equal(n->head.size, store_log_size(n->desk->store));
    assert_int_equal(dossiers(b), 2);
    (void)world_request(n, &b->w.node[1], b->a);
    assert_int_equal(n->head.size, store_log_size(n->desk->store));
    assert_ok(&b->w, world_fsck(n, b->a));
}

/* ---- while it runs --------------------------------------------------------------------------- */

static struct str draft(struct bench *b)
{
    const struct tree *v = NULL;
    struct arena *a = b->a;
    assert_ok(&b->w, world_do(&b->w.node[0], a, DESK_NEW,
                              world_args(a, "kind=preservation", "to=XB/csb",
                                         "particulars.authority_seeking=Bureau",
                                         "particulars.offence=Access",
                                         "particulars.facts=A hospital.", "particulars.data=Server",
                                         "particulars.relation=Loot", "particulars.necessity=Soon",
                                         "particulars.mla_intended=true", NULL),
                              &v));
    return str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
}

static err send(struct bench *b, struct str draft_arg)
{
    return world_do(&b->w.node[0], b->a, DESK_SEND, world_args(b->a, str_c(b->a, draft_arg), NULL),
                    NULL);
}

static void an_act_that_does_not_extend_the_last_head_is_not_recorded(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->w.node[0];
    struct str d = draft(b);
    uint64_t size = store_log_size(n->desk->store);
    fork_head(b, size + 50); /* as if another store had been served meanwhile */
    assert_int_equal(send(b, d), ERR_INTEGRITY);
    assert_int_equal(store_log_size(n->desk->store), size);
    assert_says(refusal(b), "Keeper");
}

static void a_keeper_that_cannot_write_stops_the_node_after_one_group(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->w.node[0];
    struct str first = draft(b), second = draft(b);
    n->no_head = ERR_FULL;
    assert_ok(&b->w, send(b, first)); /* durable before keeper was asked */
    uint64_t size = store_log_size(n->desk->store);
    assert_int_equal(send(b, second), ERR_FULL);
    assert_int_equal(store_log_size(n->desk->store), size);
    n->no_head = ERR_OK;
    assert_ok(&b->w, send(b, second));
    assert_int_equal(n->head.size, store_log_size(n->desk->store));
    world_settle(&b->w);
    assert_ok(&b->w, world_fsck(n, b->a));
}

/* What is computed twice: a bit turned where the log is appended to, in memory, or in the store,
 * never comes under a head. */
static void a_bit_that_flips_before_a_head_is_signed_is_found(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->w.node[0];
    struct turn t = {.arena = b->a, .clock = &b->w.clock, .chance = &b->w.chance};
    enum { FLIPS = 2000 };
    size_t in_edge = 0, in_memory = 0;
    struct str d = draft(b);
    n->no_head = ERR_FULL;
    assert_ok(&b->w, send(b, d)); /* leaves that no head covers yet */
    struct ledger_edge *e = &n->desk->store->edge;
    assert_true(n->head.size < e->size);
    for (int k = 0; k < FLIPS; k++) {
        auto_arena scratch = arena_new();
        t.arena = scratch;
        int level = (int)world_draw(&b->w, 8);
        size_t byte = (size_t)world_draw(&b->w, 32);
        uint8_t bit = (uint8_t)(1 << world_draw(&b->w, 8));
        struct store_cached_node *c = &n->desk->store->nodes[world_draw(&b->w, STORE_NODES_CACHED)];
        bool covers = e->size >> level & 1;
        if (covers) {
            e->full[level].b[byte] ^= bit;
            assert_int_equal(desk_head_plan(n->desk, &t), ERR_INTEGRITY);
            e->full[level].b[byte] ^= bit;
            in_edge++;
        } else {
            c->hash.b[byte] ^= bit;
            assert_int_equal(desk_head_plan(n->desk, &t), ERR_OK);
            c->hash.b[byte] ^= bit;
            in_memory++;
        }
        turn_forgive(&t);
    }
    printf("# %zu bits turned in the edge, none signed; %zu in what is remembered, none used\n",
           in_edge, in_memory);
    assert_true(in_edge > 0 && in_memory > 0);
    /* And by the whole path: nothing is recorded over it. */
    t.arena = b->a;
    n->no_head = ERR_OK;
    d = draft(b); /* has the head signed that was owed */
    uint64_t size = e->size;
    assert_int_equal(n->head.size, size);
    e->full[__builtin_ctzll(size)].b[0] ^= 1;
    assert_int_equal(send(b, d), ERR_INTEGRITY);
    assert_int_equal(n->head.size, size);
    assert_int_equal(desk_whole(n->desk, &t), ERR_INTEGRITY); /* not served any more */
    turn_forgive(&t);
    restart(b); /* the store is sound */
    assert_int_equal(desk_whole(n->desk, &t), ERR_OK);
    assert_ok(&b->w, send(b, d));
    assert_ok(&b->w, world_fsck(n, b->a));
}

/* ---- heads of others (src/desk/check_heads.c) ------------------------------------------------ */

/* The slot in which the node's keeper has the last head of the other's log, as a copy to spoil. */
static struct str *seen_copy(struct bench *b)
{
    struct world_node *n = &b->w.node[0];
    struct str *slot = NULL;
    for (int k = 0; k < WORLD_NODES_MAX; k++)
        if (n->seen[k].n) slot = &n->seen[k];
    assert_non_null(slot);
    *slot = str_dup(b->w.arena, *slot);
    return slot;
}

static bool names_the_seen_head(struct bench *b)
{
    struct str origin, rest;
    str_split(b->w.node[1].note, '\n', &origin, &rest);
    return fsck_names(b, str_c(b->a, str_printf(b->a, "seen " STR_FMT, STR_ARG(origin))));
}

static void a_head_of_another_log_that_it_did_not_sign_is_named(void **state)
{
    struct bench *b = *state;
    struct str *seen = seen_copy(b);
    assert_false(names_the_seen_head(b));
    struct str text, rest;
    str_split(*seen, '\n', &text, &rest);
    ((char *)(uintptr_t)rest.p)[0] ^= 1; /* the size */
    assert_true(names_the_seen_head(b));
}

static void a_line_of_nobody_under_it_is_named(void **state)
{
    struct bench *b = *state;
    struct str *seen = seen_copy(b);
    struct ledger_vkey nobody = {.name = STR("nobody")};
    struct ledger_cosignature c = {.time_s = 1};
    struct str line = ledger_cosign_line(b->w.arena, &nobody, &c);
    *seen = str_printf(b->w.arena, STR_FMT STR_FMT, STR_ARG(*seen), STR_ARG(line));
    assert_true(names_the_seen_head(b));
}

/* ---- what a kill leaves ---------------------------------------------------------------------- */

static void put_into_the_vault(struct bench *b, const char *name)
{
    struct world_node *n = &b->w.node[0];
    struct turn t = {.arena = b->a};
    struct str path = str_printf(b->a, STR_FMT "/vault/%s", STR_ARG(n->folder), name);
    assert_int_equal(file_write(&t, str_c(b->a, path), str_bytes(STR("half")), 0600), ERR_OK);
}

#define NAME_64 "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"

static void a_write_that_was_cut_off_is_no_damage_and_any_other_stranger_is(void **state)
{
    struct bench *b = *state;
    put_into_the_vault(b, NAME_64 ".new");
    assert_ok(&b->w, world_fsck(&b->w.node[0], b->a));
    put_into_the_vault(b, "notes.new");
    assert_true(fsck_names(b, "vault notes.new"));
}

int test_heads(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(a_store_older_than_the_last_head_is_not_served),
        T(a_store_of_another_history_is_not_served),
        T(a_store_whose_heads_are_gone_is_not_served),
        T(a_head_that_lags_the_store_is_served_and_catches_up),
        T(an_act_that_does_not_extend_the_last_head_is_not_recorded),
        T(a_bit_that_flips_before_a_head_is_signed_is_found),
        T(a_keeper_that_cannot_write_stops_the_node_after_one_group),
        T(a_head_of_another_log_that_it_did_not_sign_is_named),
        T(a_line_of_nobody_under_it_is_named),
        T(a_write_that_was_cut_off_is_no_damage_and_any_other_stranger_is),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
