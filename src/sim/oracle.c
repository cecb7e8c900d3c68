/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold, judged from outside: by what officers were told, what left and arrived on the
 * wire, which heads were signed, and what every node answers when it was opened again. Nothing here
 * asks the parts of the product that it judges. */

#include "sim/inner.h"
#include "sim/fake_suite.h"

#include <stdarg.h>
#include <string.h>

void oracle_says(struct world *w, int oracle, const char *fmt, ...)
{
    w->r.violations[oracle]++;
    if (w->r.said[0]) return;
    va_list list;
    int n = snprintf(w->r.said, sizeof w->r.said, "O%d: ", oracle);
    va_start(list, fmt);
    vsnprintf(w->r.said + n, sizeof w->r.said - (size_t)n, fmt, list);
    va_end(list);
}

/* ---- tables ---------------------------------------------------------------------------------- */

void table_open(struct table *x, struct arena *a)
{
    enum { ROOM = 1 << 12 };
    *x = (struct table){.arena = a, .room = ROOM};
    x->rows = arena_take_many(a, x->room, sizeof *x->rows);
    for (size_t k = 0; k < x->room; k++) x->rows[k].value = -1;
}

static struct table_row *row_of(const struct table *x, const uint8_t key[16])
{
    uint64_t h;
    memcpy(&h, key, sizeof h);
    h *= UINT64_C(0x9E3779B97F4A7C15);
    size_t k = (size_t)(h >> 20) & (x->room - 1);
    while (x->rows[k].value >= 0 && memcmp(x->rows[k].key, key, 16) != 0)
        k = (k + 1) & (x->room - 1);
    return &x->rows[k];
}

int32_t table_get(const struct table *x, const uint8_t key[16]) { return row_of(x, key)->value; }

void table_put(struct table *x, const uint8_t key[16], int32_t value)
{
    if (2 * (x->n + 1) > x->room) {
        struct table_row *old = x->rows;
        size_t room = x->room;
        x->room *= 2;
        x->rows = arena_take_many(x->arena, x->room, sizeof *x->rows);
        for (size_t k = 0; k < x->room; k++) x->rows[k].value = -1;
        for (size_t k = 0; k < room; k++)
            if (old[k].value >= 0) *row_of(x, old[k].key) = old[k];
    }
    struct table_row *r = row_of(x, key);
    x->n += r->value < 0;
    memcpy(r->key, key, 16);
    r->value = value;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static struct fact *fact_of(struct world *w, const struct id *act)
{
    int32_t k = table_get(&w->fact_of, act->b);
    if (k >= 0) return &w->facts[k];
    if (w->facts_n == w->facts_room) {
        size_t room = w->facts_room ? w->facts_room * 2 : 1024;
        struct fact *more = arena_take_many(w->arena, room, sizeof *more);
        if (w->facts_n) memcpy(more, w->facts, w->facts_n * sizeof *more);
        w->facts = more;
        w->facts_room = room;
    }
    struct fact *f = &w->facts[w->facts_n];
    *f = (struct fact){.act = *act, .from = -1, .to = -1};
    table_put(&w->fact_of, act->b, (int32_t)w->facts_n++);
    return f;
}

static const char *name_of(const struct world *w, int node)
{
    return node < 0 ? "?" : w->node[node].state.p;
}

void oracle_told(struct world *w, int node, uint64_t mark, struct str act)
{
    struct id id;
    if (!id_read(act, &id)) return;
    struct mark *m = &w->marks[mark - 1];
    struct fact *f = fact_of(w, &id);
    int32_t k = (int32_t)(f - w->facts);
    if (m->fact >= 0 && m->fact != k)
        oracle_says(w, 1, "What was asked of %s once is there as two acts.", name_of(w, node));
    if (f->told && f->mark != mark)
        oracle_says(w, 1, "Two things asked of %s are one act.", name_of(w, node));
    m->fact = k;
    m->state = MARK_TOLD;
    f->told = true;
    if (!f->home) f->home = w->r.events;
    f->lost = false;
    f->from = (int16_t)node;
    f->mark = mark;
}

void oracle_told_failed(struct world *w, int node, uint64_t mark)
{
    struct mark *m = &w->marks[mark - 1];
    m->state = MARK_FAILED;
    if (m->crossed)
        oracle_says(w, 3, "An officer of %s was told it failed, and it was on its way.",
                    name_of(w, node));
}

static uint64_t mark_in(const struct tree *act)
{
    static const char *const texts[] = {"facts", "question", "answer"};
    const struct tree *p = tree_get(act, "particulars");
    for (size_t k = 0; p && k < sizeof texts / sizeof *texts; k++) {
        const struct tree *value = tree_get(p, texts[k]);
        struct str s = value ? tree_str(p, texts[k]) : (struct str){0};
        if (!s.n && value) s = tree_str(value, "text");
        int64_t n;
        if (str_starts(s, "mark ") && str_to_int((struct str){s.p + 5, s.n - 5}, &n))
            return (uint64_t)n;
    }
    return 0;
}

/* Opens what is on the wire; the fake suite lets whoever knows a certificate do so. */
static const struct tree *act_in(struct world *w, struct turn *t, int to, struct bytes sealed)
{
    struct bytes container;
    struct parcel p;
    struct tree *act;
    if (suite_fake.open(t, NULL, w->node[to].open_der, sealed, &container) != ERR_OK ||
        parcel_read(t, container, &p) != ERR_OK)
        return NULL;
    const struct zip_entry *e = parcel_find(&p, "act.json");
    return e && json_read(t, e->data, &codec_limits, &act) == ERR_OK ? act : NULL;
}

/* A case is known from its first act on the wire. */
static void case_of(struct world *w, const struct fact *f)
{
    if (table_get(&w->case_of, f->dossier.b) >= 0) return;
    if (w->cases_n == w->cases_room) {
        size_t room = w->cases_room ? w->cases_room * 2 : 1024;
        struct kase *more = arena_take_many(w->arena, room, sizeof *more);
        if (w->cases_n) memcpy(more, w->cases, w->cases_n * sizeof *more);
        w->cases = more;
        w->cases_room = room;
    }
    w->cases[w->cases_n] =
        (struct kase){.dossier = f->dossier, .a = f->from, .b = f->to, .moves = 1};
    table_put(&w->case_of, f->dossier.b, (int32_t)w->cases_n++);
    w->r.dossiers++;
}

/* Whose disk has it from now on. */
static void stands_at(const struct world *w, struct fact *f, bool home)
{
    uint64_t *since = home ? &f->home : &f->abroad;
    if (!*since) *since = w->r.events;
    f->lost = false;
}

int32_t oracle_leaves(struct node *n, int to, struct bytes sealed)
{
    struct world *w = n->w;
    int from = n->who;
    struct hash digest = seal_sha256_of(sealed);
    int32_t known = table_get(&w->sealed_of, digest.b);
    if (known >= 0) {
        stands_at(w, &w->facts[known], true);
        return known;
    }
    auto_arena a = arena_new();
    struct turn t = node_turn(n, a);
    const struct tree *act = act_in(w, &t, to, sealed);
    struct id id;
    if (!act || !id_read(tree_str(act, "id"), &id)) {
        oracle_says(w, 6, "%s sent what cannot be read.", name_of(w, from));
        return -1;
    }
    struct fact *f = fact_of(w, &id);
    int32_t k = (int32_t)(f - w->facts);
    /* What came back to a node that was put back is sealed once more; what two copies had still to
     * seal, each seals. */
    f->twice = f->twice || (f->crossed && f->left_by != n->number);
    if (f->crossed && f->restores == n->restores && !f->twice)
        oracle_says(w, 1, "%s sent an act as two different parcels.", name_of(w, from));
    f->crossed = true;
    f->restores = n->restores;
    f->left_by = (int16_t)n->number;
    f->from = (int16_t)from;
    f->to = (int16_t)to;
    if (!id_read(tree_str(act, "dossier"), &f->dossier))
        oracle_says(w, 6, "%s sent an act without its dossier.", name_of(w, from));
    stands_at(w, f, true);
    table_put(&w->sealed_of, digest.b, k);
    case_of(w, f);
    uint64_t mark = mark_in(act);
    if (mark == 0 || mark > w->marks_n) return k;
    struct mark *m = &w->marks[mark - 1];
    m->crossed = true;
    if (m->fact >= 0 && m->fact != k)
        oracle_says(w, 1, "What was asked of %s once left as two acts.", name_of(w, from));
    m->fact = k;
    if (m->state == MARK_FAILED)
        oracle_says(w, 3, "%s sent what its officer was told had failed.", name_of(w, from));
    return k;
}

/* ---- receipts -------------------------------------------------------------------------------- */

/* The body that was signed: behind the fake suite's signature in the answer. */
static bool body_of(struct turn *t, struct bytes answer, struct bytes *out)
{
    enum { SIGNATURE = 48 };
    struct tree *m;
    struct bytes cms;
    if (json_read(t, answer, &codec_limits, &m) != ERR_OK ||
        !base64_read(t->arena, tree_str(m, "receipt"), &cms) || cms.n < SIGNATURE)
        return false;
    *out = (struct bytes){cms.p + SIGNATURE, cms.n - SIGNATURE};
    return true;
}

void oracle_receipts(struct world *w, struct flight *f)
{
    auto_arena a = arena_new();
    struct turn t = node_turn(&w->node[f->at], a);
    struct bytes body;
    if (f->fact < 0) return;
    struct fact *x = &w->facts[f->fact];
    if (!body_of(&t, f->reply, &body)) {
        oracle_says(w, 1, "%s answered without a receipt.", name_of(w, f->to));
        return;
    }
    struct hash h = seal_sha256_of(body);
    if (f->spoilt)
        oracle_says(w, 6, "%s gave a receipt for bytes that were altered on their way.",
                    name_of(w, f->to));
    if (x->abroad && x->by == f->at && !hash_eq(&h, &x->body))
        oracle_says(w, 1, "%s gave two different receipts for one parcel.", name_of(w, f->to));
    if (!x->receipted) {
        int32_t c = table_get(&w->case_of, x->dossier.b);
        if (c >= 0) officer_learns(&w->node[f->at], c);
    }
    x->receipted = true;
    if (w->node[f->at].past) return; /* the life that has it is over */
    x->body = h;
    x->by = (int16_t)f->at;
    stands_at(w, x, false);
}

/* ---- what a disk took with it ---------------------------------------------------------------- */

static void blobs_forget(struct node *n, uint64_t after)
{
    struct world *w = n->w;
    size_t kept = 0;
    for (size_t k = 0; k < w->blobs_n; k++)
        if (w->blobs[k].node != n->number || w->blobs[k].at <= after)
            w->blobs[kept++] = w->blobs[k];
    w->blobs_n = kept;
}

void oracle_lost(struct node *n, uint64_t image_at)
{
    struct world *w = n->w;
    for (size_t k = 0; k < w->facts_n; k++) {
        struct fact *f = &w->facts[k];
        if (f->from == n->number && f->home > image_at) f->home = 0;
        if (f->to == n->number && f->abroad > image_at) f->abroad = 0;
        f->lost = f->lost || (!f->home && !f->abroad);
    }
    blobs_forget(n, image_at);
}

void oracle_gone(struct node *n) { blobs_forget(n, 0); }

static uint64_t *heard_of(struct world *w, const struct flight *f)
{
    struct node *n = &w->node[f->from];
    int k = 0;
    while (k < n->peers_n && n->peers[k] != f->to) k++;
    return &n->heard[k < n->peers_n ? k : 0];
}

/* Whether the sender still waits for a receipt of the act. */
static bool waits(struct world *w, const struct flight *f)
{
    struct node *n = &w->node[f->from];
    auto_arena a = arena_new();
    struct turn t = node_turn(n, a);
    struct desk_job job;
    return desk_job_of(n->desk, &t, &w->facts[f->fact].act, &job) == ERR_OK;
}

bool oracle_stale(struct world *w, const struct flight *f)
{
    uint64_t now = w->node[f->to].restores;
    return f->fact >= 0 && f->status == 200 && !f->spoilt_back && f->answers != now &&
           !w->facts[f->fact].abroad && *heard_of(w, f) == now && waits(w, f);
}

void oracle_not_believed(struct world *w, const struct flight *f)
{
    w->r.stale++;
    if (!waits(w, f))
        oracle_says(w, 1, "%s believed a receipt that %s gave before it was put back.",
                    name_of(w, f->from), name_of(w, f->to));
}

/* A receipt may be believed later than it came: when its head was proven. */
void oracle_believes(struct node *by, struct str origin)
{
    struct world *w = by->w;
    for (int k = 0; k < by->peers_n; k++) {
        const struct node *n = &w->node[by->peers[k]];
        struct ledger_vkey key;
        auto_arena a = arena_new();
        keeper_vkey(n, a, &key);
        int64_t life = ledger_origin_incarnation(origin, key.name);
        if (life > 0 && life < n->incarnation && n->restores && by->heard[k] == n->restores)
            oracle_says(w, 1, "%s believed a receipt that %s gave before it was put back.",
                        by->state.p, n->state.p);
    }
}

void oracle_hears(struct world *w, const struct flight *f)
{
    if (f->answers == w->node[f->to].restores) *heard_of(w, f) = f->answers;
}

/* ---- heads ----------------------------------------------------------------------------------- */

static struct hash joined(const struct hash *l, const struct hash *r)
{
    static const uint8_t one = 1;
    struct hash h;
    struct bytes parts[] = {{&one, 1}, hash_bytes(l), hash_bytes(r)};
    seal_sha256(parts, 3, &h);
    return h;
}

/* RFC 9162 2.1.4.2: the proof leads from the old root to the new one. */
static bool extends(const struct signed_head *old, uint64_t size, const struct hash *root,
                    const struct ledger_proof *p)
{
    if (old->size == 0) return true;
    if (old->size == size) return hash_eq(&old->root, root);
    if (old->size > size || p->n == 0) return false;
    uint64_t fn = old->size - 1, sn = size - 1;
    size_t k = 0;
    for (; fn & 1; fn >>= 1) sn >>= 1;
    struct hash fr = fn == 0 ? old->root : p->path[k++];
    struct hash sr = fr;
    for (; k < p->n; k++) {
        const struct hash *c = &p->path[k];
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            fr = joined(c, &fr);
            sr = joined(c, &sr);
            for (; !(fn & 1) && fn; fn >>= 1) sn >>= 1;
        } else {
            sr = joined(&sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_eq(&fr, &old->root) && hash_eq(&sr, root);
}

void oracle_head(struct node *n, const struct ledger_checkpoint *head, uint64_t from,
                 const struct ledger_proof *proof)
{
    struct world *w = n->w;
    w->r.heads++;
    bool shown =
        from == n->last.size ? extends(&n->last, head->size, &head->root, proof) : n->proven;
    if (!shown)
        oracle_says(w, 4, "%s signed a head of %llu leaves that does not extend its last, of %llu.",
                    n->state.p, (unsigned long long)head->size, (unsigned long long)n->last.size);
    n->proven = false;
    n->last = (struct signed_head){head->size, head->root};
    twin_signed(n, head);
}

/* ---- documents ------------------------------------------------------------------------------- */

void oracle_blob(struct node *n, const struct hash *name)
{
    struct world *w = n->w;
    if (node_is_dead(n)) return;
    if (w->blobs_n == w->blobs_room) {
        size_t room = w->blobs_room ? w->blobs_room * 2 : 1024;
        struct blob *more = arena_take_many(w->arena, room, sizeof *more);
        if (w->blobs_n) memcpy(more, w->blobs, w->blobs_n * sizeof *more);
        w->blobs = more;
        w->blobs_room = room;
    }
    w->blobs[w->blobs_n++] = (struct blob){*name, n->number, w->r.events};
}

static void blobs_end(struct world *w)
{
    for (size_t k = 0; k < w->blobs_n; k++) {
        auto_arena a = arena_new();
        const struct blob *b = &w->blobs[k];
        struct bytes there;
        const char *file = str_c(a, hex(a, hash_bytes(&b->name)));
        bool found = disk_get(w->node[b->node].disk, a, file, &there);
        struct hash h = found ? seal_sha256_of(there) : (struct hash){0};
        if (!hash_eq(&h, &b->name))
            oracle_says(w, 2, "The vault of %s lost a document.", name_of(w, b->node));
    }
}

/* ---- what waits ------------------------------------------------------------------------------ */

/* The first that a node says it could not deliver. */
static bool act_waits(struct node *n)
{
    auto_arena a = arena_new();
    const struct tree *view = NULL, *list, *x;
    int64_t unbuilt, unsent;
    struct turn t = node_turn(n, a);
    if (desk_waiting(n->desk, &t, &unbuilt, &unsent) != ERR_OK || !(unbuilt + unsent)) return false;
    list = node_do(n, a, DESK_STATUS, tree_map(a), &view, NULL) == ERR_OK
               ? tree_get(view, "undelivered")
               : NULL;
    x = list ? list->child : NULL;
    if (x)
        oracle_says(n->w, 5,
                    "The act " STR_FMT " in " STR_FMT " at %s waits for " STR_FMT " since " STR_FMT
                    ", tried %lld times, last at " STR_FMT ": " STR_FMT " (" STR_FMT
                    "). %lld wait there.",
                    STR_ARG(tree_str(x, "act")), STR_ARG(tree_str(x, "ref")), n->state.p,
                    STR_ARG(tree_str(x, "peer")), STR_ARG(tree_str(x, "since")),
                    (long long)tree_int(x, "tries", 0), STR_ARG(tree_str(x, "tried")),
                    STR_ARG(tree_str(x, "why")), STR_ARG(tree_str(x, "said")),
                    (long long)(unbuilt + unsent));
    else
        oracle_says(n->w, 5, "At %s %lld acts wait to be built and %lld to leave, none was tried.",
                    n->state.p, (long long)unbuilt, (long long)unsent);
    return true;
}

void oracle_waits(struct world *w)
{
    for (int k = 0; k < w->n; k++) {
        struct node *n = &w->node[k];
        if (!n->up)
            oracle_says(w, 5, "%s is off two hours after the last fault.", n->state.p);
        else if (n->attempt.mark)
            oracle_says(w, 5, "An officer of %s is not told of what he asked, two hours after.",
                        n->state.p);
        else if (act_waits(n))
            return;
    }
    if (!w->r.said[0])
        oracle_says(w, 5, "%u letters are on their way two hours after the last fault.", w->flying);
}

/* ---- at the end ------------------------------------------------------------------------------ */

/* How often the act stands in what a node says of the dossier. */
static int stands(const struct tree *log, struct str act, const struct tree **row_out)
{
    int n = 0;
    const struct tree *acts = log ? tree_get(log, "acts") : NULL;
    for (const struct tree *x = acts ? acts->child : NULL; x; x = x->next) {
        if (!str_eq(tree_str(x, "id"), act)) continue;
        *row_out = x;
        n++;
    }
    return n;
}

static void act_end(struct world *w, const struct fact *f, struct str act, const struct tree *mine,
                    const struct tree *theirs)
{
    const struct tree *here = NULL, *there = NULL;
    int at_home = stands(mine, act, &here), abroad = stands(theirs, act, &there);
    /* Its only disk is gone, or both are: no protocol brings it back. */
    if (f->lost && !at_home && !abroad) {
        w->r.lost_one += !f->receipted;
        w->r.lost_both += f->receipted;
        return;
    }
    if (at_home != 1)
        oracle_says(w, 2, "An act that %s held stands there %d times.", name_of(w, f->from),
                    at_home);
    if (abroad > 1)
        oracle_says(w, 1, "An act from %s stands at %s %d times.", name_of(w, f->from),
                    name_of(w, f->to), abroad);
    if (f->receipted && abroad == 0)
        oracle_says(w, 1, "%s gave a receipt for an act from %s and has it no more.",
                    name_of(w, f->to), name_of(w, f->from));
    if (!f->receipted || abroad == 0)
        oracle_says(w, 5, "An act from %s never got to %s.", name_of(w, f->from),
                    name_of(w, f->to));
    if (f->crossed && !f->known)
        oracle_says(w, 1, "%s believed in a receipt that it was never given whole.",
                    name_of(w, f->from));
    if (f->crossed && !f->told)
        oracle_says(w, 6, "%s sent an act that no officer of it was told of.", name_of(w, f->from));
    if (here && there && !str_eq(tree_str(here, "effect"), tree_str(there, "effect")))
        oracle_says(w, 7, "An act has one effect at %s and another at %s.", name_of(w, f->from),
                    name_of(w, f->to));
    w->r.compared++;
}

static const struct tree *log_of(struct world *w, struct arena *a, int node, struct str dossier)
{
    struct node *n = &w->node[node];
    const struct tree *view = NULL;
    struct tree *args = tree_map(a);
    if (!n->up) return NULL;
    tree_add_str(a, args, "ref", dossier);
    return node_do(n, a, DESK_LOG, args, &view, NULL) == ERR_OK ? view : NULL;
}

void oracle_end(struct world *w)
{
    blobs_end(w);
    /* Facts of one case stand together: linked by the case, newest first. */
    int32_t *next = arena_take_many(w->arena, w->facts_n + 1, sizeof *next);
    int32_t *first = arena_take_many(w->arena, w->cases_n + 1, sizeof *first);
    for (size_t k = 0; k < w->cases_n; k++) first[k] = -1;
    for (size_t k = 0; k < w->facts_n; k++) {
        int32_t c = w->facts[k].crossed ? table_get(&w->case_of, w->facts[k].dossier.b) : -1;
        if (c < 0 && w->facts[k].lost) {
            w->r.lost_one++;
            continue;
        }
        if (c < 0) {
            oracle_says(w, 5, "An act that %s held never left it.", name_of(w, w->facts[k].from));
            continue;
        }
        next[k] = first[c];
        first[c] = (int32_t)k;
    }
    for (size_t c = 0; c < w->cases_n; c++) {
        auto_arena a = arena_new();
        const struct kase *x = &w->cases[c];
        struct str dossier = hex(a, id_bytes(&x->dossier));
        const struct tree *log_a = log_of(w, a, x->a, dossier);
        const struct tree *log_b = log_of(w, a, x->b, dossier);
        for (int32_t k = first[c]; k >= 0; k = next[k]) {
            const struct fact *f = &w->facts[k];
            bool by_a = f->from == x->a;
            struct fact whole = *f;
            if (f->to < 0) whole.to = by_a ? x->b : x->a;
            act_end(w, &whole, hex(a, id_bytes(&f->act)), by_a ? log_a : log_b,
                    by_a ? log_b : log_a);
        }
    }
}
