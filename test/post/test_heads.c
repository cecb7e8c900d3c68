/* SPDX-License-Identifier: Apache-2.0 */
/* Heads between two and three nodes: they are cosigned, and whatever shows two States different
 * histories is refused, told to people on both sides, and not believed again by itself.
 * Tries src/post/heads.c and src/desk/witness.c. */

#include "desk/desk_internal.h"
#include "post_test.h"

#include <string.h>

#define assert_ok(w, e) assert_int_equal(e, ERR_OK)
enum { EVERY_MS = 1000 };

struct bench {
    struct rig r;
    struct arena *a;
    struct ledger_add last; /* that was shown by an attempt */
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

/* A third, with the log's key alone: two signed heads that cannot both be of one log. */
static void convinces(struct bench *b, const struct tree *e, const struct ledger_add *shown)
{
    struct turn t = {.arena = b->a};
    struct ledger_vkey key;
    struct ledger_checkpoint heads[2];
    struct ledger_proof path = {.n = 0};
    const struct desk_peer *p = desk_peer(b->r.w.node[0].desk, b->r.w.node[1].address);
    assert_non_null(e);
    assert_int_equal(ledger_vkey_read(&t, p->vkey, &key), ERR_OK);
    assert_true(str_eq(tree_str(e, "shown"), shown->note));
    for (int k = 0; k < 2; k++) {
        struct str text, note = tree_str(e, k ? "shown" : "held");
        assert_int_equal(ledger_note_open(&t, note, &key, seal_ed25519_holds, &text), ERR_OK);
        assert_int_equal(ledger_checkpoint_read(&t, text, &heads[k]), ERR_OK);
    }
    for (const struct tree *h = tree_get(e, "proof")->child; h; h = h->next) {
        struct bytes hash;
        assert_true(base64_read(b->a, h->str, &hash));
        memcpy(path.path[path.n++].b, hash.p, sizeof path.path[0].b);
    }
    assert_int_equal(path.n, shown->proof.n);
    bool older = heads[1].size < heads[0].size;
    const struct ledger_checkpoint *from = &heads[older], *to = &heads[!older];
    assert_true(ledger_fork_shown(&path, from->size, &from->root, to->size, &to->root));
}

static void evidence_convinces(struct bench *b, const struct ledger_add *shown)
{
    const struct tree *v = view_of(&b->r.w.node[0], b->a, DESK_LEDGER_WITNESS, NULL);
    const struct tree *e = NULL;
    for (const struct tree *l = tree_get(v, "logs")->child; l && !e; l = l->next)
        e = tree_get(l, "evidence");
    convinces(b, e, shown);
}

/* A receipt brings a head of before, of another history than the one that was seen since. */
static void an_older_head_of_another_history_is_evidence_with_its_path(void **state)
{
    struct bench *b = *state;
    struct world_node *n = &b->r.w.node[1];
    struct forged f;
    struct hash root;
    int64_t size;
    do {
        (void)world_request(n, &b->r.w.node[0], b->a);
        for (int k = 0; k < 3; k++) pass(b);
        size = held(b, 0, 1, NULL);
    } while (size < 8);
    uint64_t to = (uint64_t)size, old = to - 1;
    if ((old & (old - 1)) == 0) old--; /* of 2^k leaves a path leaves the root out */
    forge(b, &f, old);
    ledger_root(&f.edge, &root);
    struct desk_turn dt = {.t = {.arena = b->a, .clock = &b->r.w.clock, .chance = &b->r.w.chance}};
    dt.proof = (struct desk_proof){.given = true, .from = old, .to = to};
    assert_int_equal(desk_consistency(n->desk, &dt.t, old, to, &dt.proof.path), ERR_OK);
    struct ledger_add x = {.proof = dt.proof.path};
    x.note = signed_head(b, 1, &root, old, n->ledger_seed);
    struct ledger_checkpoint head = {.origin = STR("comity.XB/csb"), .size = old, .root = root};
    err e = desk_head_take(b->r.w.node[0].desk, &dt, n->address, x.note, &head);
    assert_int_equal(e, ERR_INTEGRITY);
    assert_string_equal(dt.t.fault.code, "log-forked");
    convinces(b, dt.evidence, &x);
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
    evidence_convinces(b, &x);
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

/* ---- what shows nothing ---------------------------------------------------------------------- */

/* The first head of node 1 that node 0 is shown, and one later; the proof between them as the peer
 * gives it. */
static struct ledger_add next_add(struct bench *b)
{
    struct turn t = {.arena = b->a};
    struct ledger_add x;
    struct world_node *n = &b->r.w.node[1];
    uint64_t size;
    do { /* of 2^k leaves a proof leaves the root out, and nothing can be shown */
        (void)world_request(n, &b->r.w.node[0], b->a);
        for (int k = 0; k < 3; k++) pass(b);
        size = (uint64_t)held(b, 0, 1, NULL);
    } while ((size & (size - 1)) == 0);
    (void)world_request(n, &b->r.w.node[2], b->a); /* its head has not left yet */
    assert_int_equal(desk_head_add(n->desk, &t, size, &x), ERR_OK);
    assert_true(x.proof.n > 0);
    return x;
}

static void a_proof_that_does_not_hold_freezes_nothing_and_people_are_told_once(void **state)
{
    struct bench *b = *state;
    struct ledger_add good = next_add(b), x = good;
    bool frozen;
    enum { UNPROVEN = 422, OK = 200 };
    for (size_t k = 0; k < good.proof.n; k++) {
        x = good;
        x.proof.path[k].b[k] ^= 4;
        assert_int_equal(add(b, 0, 1, &x).status, UNPROVEN);
    }
    x = good;
    x.proof.n--;
    assert_int_equal(add(b, 0, 1, &x).status, UNPROVEN);
    rig_work(&b->r);
    assert_int_equal(held(b, 0, 1, &frozen), (int64_t)good.old);
    assert_false(frozen);
    assert_int_equal(incidents(b, 0, "log-unproven"), 1);
    assert_int_equal(add(b, 0, 1, &good).status, OK); /* asked again, it is taken */
    assert_ok(&b->r.w, world_fsck(&b->r.w.node[0], b->a));
}

/* Receipts bring heads of node 1; each answer to "show that it follows" is spoilt or missing. */
static void a_proof_that_is_spoilt_or_missing_on_its_way_is_asked_for_again(void **state)
{
    struct bench *b = *state;
    enum { ANSWERS = 3, NOT_FOUND = 404, BUSY = 503 };
    size_t asked[ANSWERS] = {0}, all = 0;
    (void)next_add(b);
    struct str ref = world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    for (int round = 0; round < 9; round++) {
        struct letter *l;
        rig_work(&b->r);
        while ((l = rig_letter(&b->r))) {
            if (strcmp(l->what.path, POST_ADD_CHECKPOINT) == 0) {
                rig_answer(l, BUSY, "", -1);
                continue;
            }
            if (!str_starts(str_of(l->what.path), POST_CONSISTENCY)) {
                (void)rig_carry(l);
                continue;
            }
            size_t how = all++ % ANSWERS;
            asked[how]++;
            if (how == 0) rig_answer(l, NOT_FOUND, "", -1);
            if (how == 1) rig_answer(l, 200, "c2hvd3Mgbm90aGluZyBhdCBhbGwsIGFuZCBpcyAzMiA=\n", -1);
            if (how == 2) rig_answer(l, 200, "c2hvd3Mgbm90", -1);
        }
        b->r.w.now_ms += 5 * 60 * 1000;
    }
    bool frozen;
    (void)held(b, 0, 1, &frozen);
    assert_false(frozen);
    for (int k = 0; k < ANSWERS; k++) assert_true(asked[k] > 0);
    assert_str(level_of(&b->r.w.node[0], b->a, ref), "held-here");
    assert_int_equal(incidents(b, 0, "log-unproven"), 1);
    for (int k = 0; k < 100; k++) pass(b);
    assert_str(level_of(&b->r.w.node[0], b->a, ref), "held");
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
    b->last = x;
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
    size_t tried[ATTEMPTS] = {0}, froze = 0, cloned = 0, all = 0;
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
        if (frozen && !froze++) evidence_convinces(b, &b->last);
        if (how == CLONED && !cloned++) evidence_convinces(b, &b->last);
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
        T(an_older_head_of_another_history_is_evidence_with_its_path),
        T(a_proof_that_does_not_hold_freezes_nothing_and_people_are_told_once),
        T(a_proof_that_is_spoilt_or_missing_on_its_way_is_asked_for_again),
        T(a_witness_that_believes_everything_is_caught),
        T(a_thousand_attempts_at_two_histories_are_all_refused),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
