/* SPDX-License-Identifier: Apache-2.0 */
/* Heads between two and three nodes: they are cosigned, and whatever shows two States different
 * histories is refused, told to people on both sides, and not believed again by itself.
 * Tries src/post/heads.c and src/desk/witness.c. */

#include "post_test.h"

#include <string.h>

#define assert_ok(w, e) assert_int_equal(e, ERR_OK)
enum { EVERY_MS = 1000 };

struct bench {
    struct rig r;
    struct arena *a;
};

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    world_open(&b->r.w, 3, 71, &suite_fake, NULL);
    b->r.heads_ms = EVERY_MS;
    rig_open(&b->r);
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    rig_down(&b->r);
    arena_free(b->a);
    test_free(b);
    return 0;
}

static void pass(struct bench *b)
{
    b->r.w.now_ms += 10 * EVERY_MS;
    rig_settle(&b->r);
}

static const struct tree *heads(struct bench *b, int node)
{
    return view_of(&b->r.w.node[node], b->a, DESK_LEDGER_HEAD, NULL);
}

static size_t incidents(struct bench *b, int node, const char *code)
{
    size_t n = 0;
    const struct tree *list = incidents_of(&b->r.w.node[node], b->a);
    for (const struct tree *i = list->child; i; i = i->next) n += str_is(tree_str(i, "code"), code);
    return n;
}

/* What node `by` holds of the log of node `of`: its size, and whether it is frozen. */
static int64_t held(struct bench *b, int by, int of, bool *frozen)
{
    const struct tree *v = view_of(&b->r.w.node[by], b->a, DESK_LEDGER_WITNESS, NULL);
    for (const struct tree *l = tree_get(v, "logs")->child; l; l = l->next) {
        if (!str_eq(tree_str(l, "state"), b->r.w.node[of].state)) continue;
        if (frozen) *frozen = tree_str(l, "frozen").n > 0;
        return tree_int(l, "size", -1);
    }
    if (frozen) *frozen = false;
    return 0;
}

/* ---- as it should be ------------------------------------------------------------------------- */

static void a_request_is_followed_by_cosignatures_of_all_peers(void **state)
{
    struct bench *b = *state;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    for (int k = 0; k < 3; k++) pass(b);
    const struct tree *v = heads(b, 0), *list = tree_get(v, "cosigned");
    assert_int_equal(list->count, 2);
    for (const struct tree *c = list->child; c; c = c->next) {
        assert_int_equal(tree_int(c, "size", -1), tree_int(v, "size", -2));
        assert_true(tree_bool(c, "newest", false));
    }
    assert_int_equal(held(b, 1, 0, NULL), tree_int(v, "size", -1));
    assert_int_equal(held(b, 2, 0, NULL), tree_int(v, "size", -1));
    /* The published head carries them, and still opens by the key of its log. */
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes file;
    struct str text, lines;
    struct world_node *n = &b->r.w.node[0];
    assert_int_equal(world_tidy(n), ERR_OK);
    const char *path = str_c(a, str_printf(a, STR_FMT "/log/checkpoint", STR_ARG(n->folder)));
    assert_int_equal(file_read(&t, path, 65536, &file), ERR_OK);
    assert_true(str_eq(bytes_str(file), tree_str(v, "note")));
    assert_int_equal(ledger_note_part(&t, bytes_str(file), &text, &lines), ERR_OK);
    size_t n_lines = 0;
    for (size_t k = 0; k < lines.n; k++) n_lines += lines.p[k] == '\n';
    assert_int_equal(n_lines, 3);
    assert_ok(&b->r.w, world_fsck(n, b->a));
    assert_int_equal(incidents_of(n, b->a)->count, 0);
}

static void two_nodes_do_not_answer_each_others_heads_for_ever(void **state)
{
    struct bench *b = *state;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    for (int k = 0; k < 3; k++) pass(b);
    size_t started = b->r.started;
    int64_t size = tree_int(heads(b, 0), "size", 0);
    for (int k = 0; k < 20; k++) pass(b);
    assert_int_equal(b->r.started, started);
    assert_int_equal(tree_int(heads(b, 0), "size", 0), size);
}

/* It has not heard our words yet: it is asked again soon, and nobody is told. */
static void a_peer_that_does_not_know_us_yet_is_asked_again(void **state)
{
    struct bench *b = *state;
    enum { FORBIDDEN = 403, AGAIN_MS = 15 * 1000 };
    struct letter *l;
    size_t heads_sent = 0;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    rig_work(&b->r);
    while ((l = rig_letter(&b->r))) {
        bool is_head = strcmp(l->what.path, POST_ADD_CHECKPOINT) == 0;
        heads_sent += is_head;
        if (is_head)
            rig_answer(l, FORBIDDEN, "", -1);
        else
            (void)rig_carry(l);
    }
    assert_true(heads_sent > 0);
    assert_int_equal(tree_get(heads(b, 0), "cosigned")->count, 0);
    b->r.w.now_ms += AGAIN_MS;
    rig_settle(&b->r);
    assert_int_equal(tree_get(heads(b, 0), "cosigned")->count, 2);
    assert_int_equal(incidents_of(&b->r.w.node[0], b->a)->count, 0);
}

static void a_head_leaves_no_oftener_than_it_may(void **state)
{
    struct bench *b = *state;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    pass(b);
    size_t before = b->r.started;
    for (int k = 0; k < 20; k++) { /* twenty acts at one moment */
        (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
        rig_settle(&b->r);
    }
    /* A parcel and at most a proof each; and no head, since the time has not come. */
    assert_true(b->r.started - before <= 2 * 20 + 8);
}

/* ---- what is refused ------------------------------------------------------------------------- */

/* Another history under node 1's own key: so many leaves, none of them its own. */
struct forged {
    struct ledger_edge edge;
    struct hash leaves[512];
};

static err forged_node(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    if (level) return turn_fail(t, ERR_NONE_SUCH, "level", NULL, "leaves only");
    *out = ((struct forged *)ctx)->leaves[index];
    return ERR_OK;
}

static void forge(struct bench *b, struct forged *f, uint64_t size)
{
    *f = (struct forged){.edge = {.size = 0}};
    for (uint64_t k = 0; k < size; k++) {
        uint64_t x = world_draw(&b->r.w, UINT64_C(1) << 40);
        struct hash data = seal_sha256_of((struct bytes){(const uint8_t *)&x, sizeof x});
        ledger_leaf_hash(&data, &f->leaves[k]);
        ledger_append(&f->edge, &f->leaves[k], NULL, NULL);
    }
}

static struct str signed_head(struct bench *b, int node, const struct hash *root, uint64_t size,
                              const uint8_t seed[32])
{
    struct turn t = {.arena = b->a};
    struct ledger_vkey key;
    struct ledger_checkpoint head = {.size = size, .root = *root};
    uint8_t signature[64];
    const struct desk_peer *p = desk_peer(b->r.w.node[node == 0].desk, b->r.w.node[node].address);
    assert_int_equal(ledger_vkey_read(&t, p->vkey, &key), ERR_OK);
    head.origin = key.name;
    struct str text = ledger_checkpoint_text(b->a, &head);
    seal_ed25519_sign(seed, str_bytes(text), signature);
    return ledger_note_write(b->a, text, &key, signature);
}

static void tell(void *ctx, int status, const char *type, struct bytes body, int64_t retry_after_s)
{
    (void)retry_after_s;
    struct told *out = ctx;
    out->times++;
    out->status = status;
    snprintf(out->type, sizeof out->type, "%s", type);
    out->n = body.n < sizeof out->body ? body.n : sizeof out->body;
    if (out->n) memcpy(out->body, body.p, out->n);
}

static struct told add(struct bench *b, int to, int from, const struct ledger_add *x)
{
    struct told told = {0};
    struct post_asked q = {STR(POST_ADD_CHECKPOINT), b->r.w.node[from].tls,
                           str_bytes(ledger_add_write(b->a, x))};
    post_serve(b->r.post[to], NULL, &q, (struct post_answer){tell, &told});
    while (desk_queued(b->r.w.node[to].desk)) desk_work(b->r.w.node[to].desk);
    assert_int_equal(told.times, 1);
    return told;
}

static void each_wrong_body_gets_the_answer_that_the_standard_names(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->r.w.node[1];
    (void)world_request(n, &b->r.w.node[0], b->a);
    for (int k = 0; k < 3; k++) pass(b);
    struct turn t = {.arena = b->a};
    struct ledger_add good, x;
    uint64_t size = desk_head_size(n->desk);
    assert_int_equal(desk_head_add(n->desk, &t, size, &good), ERR_OK);
    struct told told = add(b, 0, 1, &good); /* the same again */
    assert_int_equal(told.status, 200);
    assert_true(told.n > 0 && told.body[told.n - 1] == '\n');
    assert_int_equal(desk_head_add(n->desk, &t, 0, &x), ERR_OK);
    told = add(b, 0, 1, &x); /* from a size that is not the last one seen */
    assert_int_equal(told.status, 409);
    assert_string_equal(told.type, "text/x.tlog.size");
    assert_str(bytes_str((struct bytes){(uint8_t *)told.body, told.n}),
               str_c(b->a, str_printf(b->a, "%llu\n", (unsigned long long)size)));
    x = good;
    x.old = size + 1;
    assert_int_equal(add(b, 0, 1, &x).status, 400);
    assert_int_equal(add(b, 0, 2, &good).status, 403); /* by a node whose key is another */
    uint8_t other[32] = {9};
    struct hash root = n->head.root;
    x.old = size;
    x.note = signed_head(b, 1, &root, size, other);
    assert_int_equal(add(b, 0, 1, &x).status, 403); /* of that log, and not signed by its key */
    struct post_asked q = {STR(POST_ADD_CHECKPOINT), n->tls, str_bytes(STR("old x\n"))};
    told = (struct told){0};
    post_serve(b->r.post[0], NULL, &q, (struct post_answer){tell, &told});
    while (desk_queued(b->r.w.node[0].desk)) desk_work(b->r.w.node[0].desk);
    assert_int_equal(told.status, 400);
    bool frozen;
    assert_int_equal(held(b, 0, 1, &frozen), size);
    assert_false(frozen); /* none of it is proof that a log contradicted itself */
}

static void a_fork_is_refused_told_and_not_believed_until_a_person_says_so(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->r.w.node[1];
    (void)world_request(&b->r.w.node[0], n, b->a);
    for (int k = 0; k < 3; k++) pass(b);
    struct forged f;
    uint64_t size = (uint64_t)held(b, 0, 1, NULL);
    forge(b, &f, size);
    struct hash root;
    ledger_root(&f.edge, &root);
    struct ledger_add x = {.old = size};
    x.note = signed_head(b, 1, &root, size, n->ledger_seed);
    assert_int_equal(add(b, 0, 1, &x).status, 409);
    rig_work(&b->r);
    bool frozen;
    assert_int_equal(held(b, 0, 1, &frozen), size);
    assert_true(frozen);
    assert_int_equal(incidents(b, 0, "log-forked"), 1);
    /* The other side learns with its next head; its acts go on coming, its receipts do not count.
     */
    (void)world_request(n, &b->r.w.node[0], b->a);
    struct str ref = world_request(&b->r.w.node[0], n, b->a);
    rig_settle(&b->r);
    assert_str(level_of(&b->r.w.node[0], b->a, ref), "held-here");
    pass(b);
    assert_int_equal(incidents(b, 1, "witness-refused"), 1);
    const struct tree *args = world_args(b->a, "origin=comity.XB/csb", NULL);
    assert_ok(&b->r.w, world_do(&b->r.w.node[0], b->a, DESK_LEDGER_RESUME, args, NULL));
    assert_int_equal(world_do(&b->r.w.node[0], b->a, DESK_LEDGER_RESUME, args, NULL),
                     ERR_NONE_SUCH);
    for (int k = 0; k < 400; k++) pass(b);
    assert_str(level_of(&b->r.w.node[0], b->a, ref), "held");
    (void)held(b, 0, 1, &frozen);
    assert_false(frozen);
    assert_ok(&b->r.w, world_fsck(&b->r.w.node[0], b->a));
}

/* ---- a thousand attempts --------------------------------------------------------------------- */

enum attempt { REWOUND, FORKED, CLONED, FORGED, ATTEMPTS };

/* One attempt of node 1 at showing node 0 another history than the one it holds. */
static int attempt(struct bench *b, enum attempt how, struct forged *f)
{
    struct world_node *n = &b->r.w.node[1];
    struct turn t = {.arena = b->a};
    uint64_t size = (uint64_t)held(b, 0, 1, NULL);
    uint64_t from = 1 + world_draw(&b->r.w, size - 1), to = size + 1 + world_draw(&b->r.w, 100);
    struct ledger_source s = {forged_node, f};
    struct ledger_add x = {.old = size};
    struct hash root;
    uint8_t other[32] = {(uint8_t)how, (uint8_t)size};
    if (how == REWOUND) to = from;
    if (how == FORKED) to = size;
    forge(b, f, to);
    ledger_root(&f->edge, &root);
    if (how == REWOUND) x.old = from;
    /* A clone shows a proof that holds within its own history. */
    if (how == CLONED && size < to)
        assert_int_equal(ledger_consistency(&t, &s, size, to, &x.proof), ERR_OK);
    x.note = signed_head(b, 1, &root, to, how == FORGED ? other : n->ledger_seed);
    return add(b, 0, 1, &x).status;
}

/* What the count below is worth: a witness that checks nothing is caught by the first attempt. */
static void a_witness_that_believes_everything_is_caught(void **state)
{
    struct bench *b = *state;
    struct forged *f = arena_take(b->a, sizeof *f);
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    for (int k = 0; k < 3; k++) pass(b);
    b->r.w.node[0].credulous = true;
    assert_int_equal(attempt(b, FORKED, f), 200);
    assert_int_equal(attempt(b, CLONED, f), 200);
}

static void a_thousand_attempts_at_two_histories_are_all_refused(void **state)
{
    struct bench *b = *state;
    enum { TRIES = 1000 };
    size_t tried[ATTEMPTS] = {0}, froze = 0, all = 0;
    struct forged *f = arena_take(b->a, sizeof *f);
    const struct tree *args = world_args(b->a, "origin=comity.XB/csb", NULL);
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    for (int k = 0; k < 3; k++) pass(b);
    int64_t size = held(b, 0, 1, NULL);
    for (int k = 0; k < TRIES; k++) {
        enum attempt how = (enum attempt)(k % ATTEMPTS);
        bool frozen;
        if (attempt(b, how, f) == 200) fail_msg("attempt %d: another history was cosigned", k);
        rig_work(&b->r);
        tried[how]++;
        all++;
        assert_int_equal(held(b, 0, 1, &frozen), size); /* what it holds is what it held */
        assert_int_equal(frozen, how == FORKED || how == CLONED);
        froze += frozen;
        if (frozen)
            assert_ok(&b->r.w, world_do(&b->r.w.node[0], b->a, DESK_LEDGER_RESUME, args, NULL));
    }
    printf("# %zu attempts at two histories: %zu rewound, %zu forked, %zu cloned, %zu forged; 0 "
           "accepted, %zu froze the log\n",
           all, tried[REWOUND], tried[FORKED], tried[CLONED], tried[FORGED], froze);
    for (int how = 0; how < ATTEMPTS; how++) assert_true(tried[how] > 0);
    assert_true(froze > 0);
    for (int k = 0; k < 3; k++) pass(b); /* the true log goes on */
    (void)world_request(&b->r.w.node[1], &b->r.w.node[0], b->a);
    for (int k = 0; k < 3; k++) pass(b);
    assert_true(held(b, 0, 1, NULL) > size);
}

int test_heads(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(a_request_is_followed_by_cosignatures_of_all_peers),
        T(two_nodes_do_not_answer_each_others_heads_for_ever),
        T(a_peer_that_does_not_know_us_yet_is_asked_again),
        T(a_head_leaves_no_oftener_than_it_may),
        T(each_wrong_body_gets_the_answer_that_the_standard_names),
        T(a_fork_is_refused_told_and_not_believed_until_a_person_says_so),
        T(a_witness_that_believes_everything_is_caught),
        T(a_thousand_attempts_at_two_histories_are_all_refused),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
