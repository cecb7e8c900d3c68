/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of logs on the wire (C2SP tlog-witness): ours to our peers to be cosigned, theirs from
 * them, and proofs between two heads.
 *
 * Ours leave after acts, one in flight for each peer and not oftener than POST_HEADS_MS; one that
 * cannot leave now is no loss, since the next carries all that it would have. What comes back and
 * what comes in is read by a reader and judged by the desk and keeper. */

#include "post/post_internal.h"

#include <assert.h>
#include <string.h>

#define HEAD_TYPE "text/plain; charset=utf-8"
enum { AGAIN_MAX = 3 };

/* ---- reading --------------------------------------------------------------------------------- */

err post_head_read(struct turn *t, const struct post_head_ask *ask, struct bytes body,
                   struct post_head *out)
{
    struct post_head h = {0};
    struct ledger_vkey key;
    struct ledger_cosignature c;
    struct str text = bytes_str(body);
    if (ask->sort == POST_HEAD_PROOF) {
        try(ledger_proof_read(t, text, &h.add.proof));
    } else {
        try(ledger_vkey_read(t, ask->vkey, &key));
        if (ask->sort == POST_HEAD_ADD) {
            try(ledger_add_read(t, text, &h.add));
            try(ledger_note_bare(t, h.add.note, &key, seal_ed25519_holds, &h.add.note));
        } else {
            try(ledger_cosign_find(t, text, &key, ask->text, seal_ed25519_holds, &c));
            h.line = ledger_cosign_line(t->arena, &key, &c);
        }
    }
    *out = h;
    return ERR_OK;
}

/* Reads here, where no reader is elsewhere. */
static void read_head(struct post *p, struct arena *a, const struct post_head_ask *ask,
                      struct bytes body,
                      void (*done)(void *job, const struct fault *f, const struct post_head *h),
                      void *job)
{
    if (p->o.reader.head) {
        p->o.reader.head(p->o.reader.ctx, ask, body, done, job);
        return;
    }
    struct turn t = post_turn(p, a);
    struct post_head h;
    err e = post_head_read(&t, ask, body, &h);
    done(job, e == ERR_OK ? NULL : &t.fault, e == ERR_OK ? &h : NULL);
}

/* ---- theirs ---------------------------------------------------------------------------------- */

/* One add-checkpoint of a peer, until it is answered. */
struct added {
    struct post *post;
    struct arena *arena;
    struct hash tls;
    struct str peer;
    struct bytes body;
    struct desk_head head;
    struct desk_turn dt;
    struct post_answer answer;
};

/* C2SP tlog-witness names the statuses; the rest are those of the fault. */
static int status_of(const struct fault *f)
{
    enum { FORBIDDEN = 403, BAD_REQUEST = 400 };
    if (strcmp(f->code, "note-signature") == 0) return FORBIDDEN;
    if (f->err == ERR_REJECTED) return BAD_REQUEST;
    return err_http_status(f->err);
}

static void added_tell(void *ctx, struct str receipt)
{
    (void)receipt; /* of parcels only */
    struct added *x = ctx;
    const struct fault *f = &x->dt.t.fault;
    if (f->err == ERR_OK)
        x->answer.tell(x->answer.ctx, err_http_status(ERR_OK), HEAD_TYPE, str_bytes(x->dt.answer),
                       -1);
    else if (strcmp(f->code, "witness-old") == 0)
        x->answer.tell(x->answer.ctx, status_of(f), "text/x.tlog.size", str_bytes(x->dt.answer),
                       -1);
    else
        x->answer.tell(x->answer.ctx, status_of(f), POST_PROBLEM,
                       str_bytes(post_problem(x->arena, f)), -1);
    arena_free(x->arena);
}

/* What a person has to know of; a size that is out of date is none of it. */
static void added_settle(struct added *x)
{
    const struct fault *f = &x->dt.t.fault;
    bool noted = x->dt.evidence || strcmp(f->code, "log-unproven") == 0 ||
                 strcmp(f->code, "note-signature") == 0 || f->err == ERR_REJECTED;
    struct incident i = {.tls = &x->tls, .peer = x->peer, .fault = f, .done = added_tell, .ctx = x};
    if (x->dt.evidence) post_freeze(x->post, x->peer, &x->dt);
    if (!noted || !post_incident(x->post, &i)) added_tell(x, (struct str){0});
}

static void on_headed(struct desk_turn *dt) { added_settle(dt->own); }

static void on_added_read(void *job, const struct fault *f, const struct post_head *h)
{
    struct added *x = job;
    if (f) {
        x->dt.t.fault = *f;
        added_settle(x);
        return;
    }
    x->head = (struct desk_head){x->peer, h->add};
    x->head.add.note = str_dup(x->arena, h->add.note);
    desk_submit(x->post->o.desk, &x->dt, on_headed);
}

void post_head_take(struct post *p, const struct hash *tls, struct bytes body,
                    struct post_answer answer)
{
    struct arena *a = arena_new();
    struct added *x = arena_take(a, sizeof *x);
    const struct desk_peer *peer = desk_peer_by_tls(p->o.desk, tls, 0);
    *x = (struct added){.post = p, .arena = a, .tls = *tls, .answer = answer};
    x->dt = (struct desk_turn){
        .t = post_turn(p, a), .action = DESK_HEAD, .uid = -1, .head = &x->head, .own = x};
    assert(peer); /* post_serve asked */
    x->peer = str_dup(a, peer->address);
    struct post_head_ask ask = {.sort = POST_HEAD_ADD, .vkey = str_dup(a, peer->vkey)};
    read_head(p, a, &ask, bytes_dup(a, body), on_added_read, x);
}

static void on_frozen(struct desk_turn *dt)
{
    if (dt->result != ERR_OK)
        log_event(turn_now_ms(&dt->t), "error", "freeze-failed", "code", dt->t.fault.code,
                  "sentence", dt->t.fault.sentence, NULL);
    arena_free(dt->t.arena);
}

void post_freeze(struct post *p, struct str peer, const struct desk_turn *found)
{
    struct arena *a = arena_new();
    struct desk_turn *dt = arena_take(a, sizeof *dt);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "peer", str_dup(a, peer));
    tree_add_str(a, args, "code", str_dup(a, str_of(found->t.fault.code)));
    tree_add_copy(a, args, "evidence", found->evidence);
    *dt = (struct desk_turn){
        .t = post_turn(p, a), .action = DESK_HEAD_FREEZE, .uid = -1, .args = args};
    desk_submit(p->o.desk, dt, on_frozen);
}

/* ---- a proof between two heads of theirs ----------------------------------------------------- */

struct proving {
    struct post *post;
    struct arena *arena;
    void (*done)(void *job, const struct fault *f, const struct ledger_proof *proof);
    void *job;
};

static void proving_end(struct proving *x, const struct fault *f, const struct ledger_proof *proof)
{
    x->done(x->job, f, proof);
    arena_free(x->arena);
}

static void on_proof_read(void *job, const struct fault *f, const struct post_head *h)
{
    proving_end(job, f, h ? &h->add.proof : NULL);
}

static void on_proof(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                     const char *why)
{
    struct proving *x = job;
    struct turn t = post_turn(x->post, x->arena);
    (void)retry_after_s;
    if (e == ERR_OK && status == err_http_status(ERR_OK)) {
        struct post_head_ask ask = {.sort = POST_HEAD_PROOF};
        read_head(x->post, x->arena, &ask, bytes_dup(x->arena, reply), on_proof_read, x);
        return;
    }
    err told = e == ERR_OK ? turn_fail(&t, ERR_PEER, "log-unproven", "RFC 6962 2.1.2",
                                       "The other node does not show that its log only grew: it "
                                       "answered %d.",
                                       status)
                           : turn_fail(&t, ERR_PEER, "head-unproven", NULL, "%s", why);
    (void)told; /* it is ERR_PEER */
    proving_end(x, &t.fault, NULL);
}

void post_prove(struct post *p, const struct desk_peer *peer, uint64_t from, uint64_t to,
                void (*done)(void *job, const struct fault *f, const struct ledger_proof *proof),
                void *job)
{
    struct arena *a = arena_new();
    struct proving *x = arena_take(a, sizeof *x);
    *x = (struct proving){p, a, done, job};
    struct turn t = post_turn(p, a);
    struct str path = str_printf(a, POST_CONSISTENCY "%llu/%llu", (unsigned long long)from,
                                 (unsigned long long)to);
    struct post_letter l = {.path = str_c(a, path)};
    err e = post_send(p, &t, peer, &l, on_proof, x);
    if (e != ERR_OK) on_proof(x, e, 0, (struct bytes){0}, -1, t.fault.sentence);
}

/* ---- ours ------------------------------------------------------------------------------------ */

/* A peer's node as a witness of ours. */
struct witness {
    struct post *post;
    char vkey[512];
    struct arena *arena; /* of the letter in flight; NULL: none is */
    struct str peer;
    struct ledger_add add;
    struct desk_turn dt;
    uint64_t told, sent, old; /* sizes: it cosigned; on its way; it says it knows */
    bool knows;               /* `old` is its word */
    int again, fails;
    int64_t next_ms;
};
struct post_heads {
    struct witness *all[POST_WITNESSES_MAX];
    size_t n, away;
};

static int64_t every_ms(const struct post *p)
{
    return p->o.heads_ms ? p->o.heads_ms : POST_HEADS_MS;
}

static void witness_rest(struct witness *w)
{
    arena_free(w->arena);
    w->arena = NULL;
    w->next_ms = post_now_ms(w->post) + every_ms(w->post);
    w->post->heads->away--;
}

/* It was not reached, or does not know us yet: soon again, then less and less often. */
static void witness_failed(struct witness *w)
{
    enum { FIRST_MS = 15 * 1000, DOUBLINGS_MAX = 10 };
    int64_t pause_ms = (int64_t)FIRST_MS << (w->fails < DOUBLINGS_MAX ? w->fails : DOUBLINGS_MAX);
    w->fails++;
    witness_rest(w);
    int64_t next_ms = post_now_ms(w->post) + pause_ms;
    if (next_ms < w->next_ms) w->next_ms = next_ms;
}

static void witness_noted(struct witness *w, const struct fault *f)
{
    const struct desk_peer *peer = desk_peer(w->post->o.desk, w->peer);
    if (peer) {
        struct incident i = {.tls = &peer->tls, .peer = w->peer, .fault = f};
        (void)post_incident(w->post, &i);
    }
    witness_rest(w);
}

static void on_cosigned(struct desk_turn *dt)
{
    struct witness *w = dt->own;
    if (dt->result == ERR_OK) {
        w->told = (uint64_t)tree_int(dt->args, "size", 0);
        w->old = w->told;
        w->knows = true;
    }
    witness_rest(w);
}

static void on_line_read(void *job, const struct fault *f, const struct post_head *h)
{
    struct witness *w = job;
    struct arena *a = w->arena;
    if (f) {
        struct fault why = *f;
        witness_noted(w, &why);
        return;
    }
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "peer", w->peer);
    tree_add_int(a, args, "size", (int64_t)w->sent);
    tree_add_str(a, args, "line", str_dup(a, h->line));
    w->dt = (struct desk_turn){
        .t = post_turn(w->post, a), .action = DESK_COSIGNED, .uid = -1, .args = args, .own = w};
    desk_submit(w->post->o.desk, &w->dt, on_cosigned);
}

static void witness_start(struct witness *w, const struct desk_peer *peer);

/* It knows another head of ours: from there, unless that is more than we have. */
static void witness_corrected(struct witness *w, uint64_t size)
{
    const struct desk_peer *peer = desk_peer(w->post->o.desk, w->peer);
    w->old = size;
    w->knows = true;
    bool go = peer && w->again++ < AGAIN_MAX;
    witness_rest(w);
    if (go) witness_start(w, peer);
}

static void on_told(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                    const char *why)
{
    enum { FORBIDDEN = 403, CONFLICT = 409 };
    struct witness *w = job;
    struct str size_text, rest;
    int64_t size;
    (void)retry_after_s, (void)why;
    if (e != ERR_OK || status == err_http_status(ERR_BUSY) || status == FORBIDDEN) {
        witness_failed(w); /* the next head carries this one */
        return;
    }
    w->fails = 0;
    if (status == err_http_status(ERR_OK)) {
        struct turn t = post_turn(w->post, w->arena);
        struct post_head_ask ask = {.sort = POST_HEAD_LINE, .vkey = str_of(w->vkey)};
        struct str lines;
        if (ledger_note_part(&t, w->add.note, &ask.text, &lines) == ERR_OK)
            read_head(w->post, w->arena, &ask, bytes_dup(w->arena, reply), on_line_read, w);
        else
            witness_rest(w);
        return;
    }
    bool short_one = reply.n > 0 && reply.n < 24;
    if (status == CONFLICT && short_one && str_split(bytes_str(reply), '\n', &size_text, &rest) &&
        !rest.n && str_to_int(size_text, &size) && size >= 0) {
        witness_corrected(w, (uint64_t)size);
        return;
    }
    struct turn t = post_turn(w->post, w->arena);
    err refused = turn_fail(&t, ERR_REJECTED, "witness-refused", "C2SP tlog-witness",
                            "The node of " STR_FMT " does not cosign the head of our log, of %llu "
                            "leaves: it answered %d. Ask its people what they see: one of the "
                            "two holds another history.",
                            STR_ARG(w->peer), (unsigned long long)w->sent, status);
    (void)refused; /* told by the row */
    struct fault f = t.fault;
    witness_noted(w, &f);
}

static void witness_start(struct witness *w, const struct desk_peer *peer)
{
    struct post *p = w->post;
    struct arena *a = arena_new();
    struct turn t = post_turn(p, a);
    w->arena = a;
    w->peer = str_dup(a, peer->address);
    p->heads->away++;
    err e = w->knows ? ERR_OK : desk_cosigned_size(p->o.desk, &t, peer, &w->old);
    if (e == ERR_OK) e = desk_head_add(p->o.desk, &t, w->old, &w->add);
    if (e != ERR_OK) {
        struct fault f = t.fault;
        w->knows = false; /* it is its word alone, and may have been changed on its way */
        if (strcmp(f.code, "log-behind") == 0)
            witness_noted(w, &f);
        else
            witness_rest(w);
        return;
    }
    w->sent = desk_head_size(p->o.desk);
    struct bytes body = str_bytes(ledger_add_write(a, &w->add));
    struct post_letter l = {.path = POST_ADD_CHECKPOINT, .type = HEAD_TYPE, .body = body};
    e = post_send(p, &t, peer, &l, on_told, w);
    if (e != ERR_OK) witness_failed(w);
}

static struct witness *witness_of(struct post *p, const struct desk_peer *peer)
{
    struct post_heads *h = p->heads;
    for (size_t k = 0; k < h->n; k++)
        if (str_is(peer->vkey, h->all[k]->vkey)) return h->all[k];
    if (h->n == POST_WITNESSES_MAX || !peer->vkey.n || peer->vkey.n >= sizeof h->all[0]->vkey)
        return NULL;
    struct witness *w = arena_take(p->arena, sizeof *w);
    w->post = p;
    memcpy(w->vkey, peer->vkey.p, peer->vkey.n);
    h->all[h->n++] = w;
    return w;
}

void post_heads_open(struct post *p) { p->heads = arena_take(p->arena, sizeof *p->heads); }

bool post_heads_rest(const struct post *p) { return p->heads->away == 0; }

/* Whether its time has come; also when the wall clock was set back. */
static bool is_due(const struct witness *w, int64_t now_ms)
{
    return now_ms >= w->next_ms || w->next_ms > now_ms + 2 * every_ms(w->post);
}

void post_heads_work(struct post *p, int64_t now_ms)
{
    size_t n;
    uint64_t size = desk_head_size(p->o.desk);
    const struct desk_peer *peers = desk_peers(p->o.desk, &n);
    if (p->o.heads_ms < 0) return;
    for (size_t k = 0; size && k < n && p->heads->away < POST_HEADS_AWAY_MAX; k++) {
        const struct desk_peer *peer = desk_peer(p->o.desk, peers[k].address);
        struct witness *w = peer ? witness_of(p, peer) : NULL;
        if (!w || w->arena || w->told == size || !is_due(w, now_ms)) continue;
        w->again = 0;
        witness_start(w, peer);
    }
}

void post_heads_there(struct post *p, const struct desk_peer *peer)
{
    struct witness *w = witness_of(p, peer);
    if (w && w->fails > 0) w->next_ms = 0;
}

int64_t post_heads_next_ms(const struct post *p)
{
    int64_t next_ms = INT64_MAX;
    uint64_t size = desk_head_size(p->o.desk);
    for (size_t k = 0; k < p->heads->n; k++) {
        const struct witness *w = p->heads->all[k];
        if (!w->arena && w->told != size && w->next_ms < next_ms) next_ms = w->next_ms;
    }
    return next_ms;
}
