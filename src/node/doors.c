/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's side of what is done in other processes: reading, carrying, and the door for peers.
 *
 * Each is the same hook that a node in one process has, spoken over a link. What comes back is
 * checked by whoever asked for it, as far as it can be without reading it again. */

#include "node/split.h"

#include <string.h>

/* ---- reading --------------------------------------------------------------------------------- */

struct read_job {
    struct arena *arena;
    void (*parcel)(void *job, const struct fault *f, const struct desk_parcel *p);
    void (*receipt)(void *job, const struct fault *f, const struct desk_receipt *r);
    void (*problem)(void *job, const struct post_told *told);
    void (*summary)(void *job, const struct fault *f, const struct summary *s);
    void (*head)(void *job, const struct fault *f, const struct post_head *h);
    enum post_head_sort sort;
    void *job;
};

static struct read_job *read_job(void *job)
{
    struct arena *a = arena_new();
    struct read_job *j = arena_take(a, sizeof *j);
    *j = (struct read_job){.arena = a, .job = job};
    return j;
}

static const struct fault garbled = {ERR_INTERNAL, "reader", "", "",
                                     "What reads parcels gave an answer that cannot be."};

static void on_parcel(void *own, const struct fault *f, const struct pack *a)
{
    struct read_job *j = own;
    struct desk_parcel p = {0};
    if (!f) {
        int64_t at = tree_int(a->head, "act_at", -1), n = tree_int(a->head, "act_n", -1);
        p = (struct desk_parcel){.container = pack_part(a, 0),
                                 .act = tree_get(a->head, "act"),
                                 .from = tree_str(a->head, "from"),
                                 .to = tree_str(a->head, "to"),
                                 .incarnation = tree_int(a->head, "incarnation", 0),
                                 .sequence = tree_int(a->head, "sequence", 0),
                                 .exhibits = tree_get(a->head, "exhibits")};
        size_t room = p.container.n;
        if (at < 0 || n < 0 || (size_t)at > room || (size_t)n > room - (size_t)at || !p.act)
            f = &garbled;
        else
            p.act_json = (struct bytes){p.container.p + at, (size_t)n};
    }
    j->parcel(j->job, f, f ? NULL : &p);
    arena_free(j->arena);
}

static struct tree *reading_put(struct arena *a, const char *op, const struct post_reading *r)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "op", str_of(op));
    tree_add_bool(a, m, "came_back", r->came_back);
    struct tree *ours = tree_add_list(a, m, "ours");
    for (size_t k = 0; k < r->ours_n; k++) tree_add_str(a, ours, NULL, r->ours[k]);
    struct tree *from = tree_add_list(a, m, "senders");
    for (size_t k = 0; k < r->senders_n; k++) {
        struct tree *s = tree_add_map(a, from, NULL);
        tree_add_str(a, s, "address", r->senders[k].address);
        tree_add_str(a, s, "seal", base64(a, r->senders[k].seal_der));
        tree_add_str(a, s, "root", base64(a, r->senders[k].root_der));
        tree_add_int(a, s, "revoked", r->senders[k].seal_revoked_ms);
    }
    return m;
}

static void read_parcel(void *ctx, const struct post_reading *r, struct bytes sealed,
                        void (*done)(void *job, const struct fault *f, const struct desk_parcel *p),
                        void *job)
{
    struct read_job *j = read_job(job);
    struct arena *a = j->arena;
    struct pack q = {.head = reading_put(a, "parcel", r), .parts = {sealed}, .n = 1};
    j->parcel = done;
    node_line_ask(ctx, &q, on_parcel, j);
}

static void on_summary(void *own, const struct fault *f, const struct pack *a)
{
    struct read_job *j = own;
    struct turn t = {.arena = j->arena};
    struct summary *s = arena_take(j->arena, sizeof *s);
    if (!f && summary_read(&t, tree_get(a->head, "summary"), s) != ERR_OK) f = &garbled;
    j->summary(j->job, f, f ? NULL : s);
    arena_free(j->arena);
}

static void read_summary(void *ctx, const struct post_reading *r, struct bytes cms,
                         void (*done)(void *job, const struct fault *f, const struct summary *s),
                         void *job)
{
    struct read_job *j = read_job(job);
    struct pack q = {.head = reading_put(j->arena, "summary", r), .parts = {cms}, .n = 1};
    j->summary = done;
    node_line_ask(ctx, &q, on_summary, j);
}

static bool receipt_of(const struct tree *m, struct desk_receipt *out)
{
    const struct tree *log = tree_get(m, "log");
    *out = (struct desk_receipt){
        .says = {.event = tree_str(m, "event"),
                 .from = tree_str(m, "from"),
                 .to = tree_str(m, "to"),
                 .at_ms = tree_int(m, "at", 0),
                 .incarnation = tree_int(m, "incarnation", 0),
                 .sequence = tree_int(m, "sequence", 0),
                 .contiguous = tree_int(m, "contiguous", 0),
                 .index = tree_int(m, "index", 0),
                 .remarks = tree_get(m, "remarks")},
        .head = {.origin = tree_str(log, "origin"), .size = (uint64_t)tree_int(log, "size", 0)}};
    return hash_read(tree_str(m, "parcel"), &out->says.parcel) &&
           hash_read(tree_str(m, "act"), &out->says.act) &&
           hash_read(tree_str(log, "root"), &out->head.root);
}

static void on_receipt(void *own, const struct fault *f, const struct pack *a)
{
    struct read_job *j = own;
    struct desk_receipt r = {0};
    if (!f && !receipt_of(tree_get(a->head, "receipt"), &r)) f = &garbled;
    if (!f) r.note = bytes_str(pack_part(a, 0));
    j->receipt(j->job, f, f ? NULL : &r);
    arena_free(j->arena);
}

static void read_receipt(void *ctx, const struct receipt_expect *x, struct bytes answer,
                         void (*done)(void *job, const struct fault *f,
                                      const struct desk_receipt *r),
                         void *job)
{
    struct read_job *j = read_job(job);
    struct arena *a = j->arena;
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "op", STR("receipt"));
    tree_add_str(a, m, "parcel", hex(a, hash_bytes(&x->parcel)));
    tree_add_str(a, m, "sealed", hex(a, hash_bytes(&x->sealed)));
    tree_add_str(a, m, "from", x->from);
    tree_add_str(a, m, "to", x->to);
    tree_add_str(a, m, "vkey", x->vkey);
    j->receipt = done;
    struct pack q = {.head = m, .parts = {answer, x->act, x->signer_der}, .n = 3};
    node_line_ask(ctx, &q, on_receipt, j);
}

static void on_problem(void *own, const struct fault *f, const struct pack *a)
{
    struct read_job *j = own;
    struct post_told told = {0};
    if (!f) told = (struct post_told){tree_str(a->head, "code"), bytes_str(pack_part(a, 0))};
    j->problem(j->job, &told);
    arena_free(j->arena);
}

static void read_problem(void *ctx, struct bytes problem,
                         void (*done)(void *job, const struct post_told *told), void *job)
{
    struct read_job *j = read_job(job);
    struct tree *m = tree_map(j->arena);
    tree_add_str(j->arena, m, "op", STR("problem"));
    j->problem = done;
    struct pack q = {.head = m, .parts = {problem}, .n = 1};
    node_line_ask(ctx, &q, on_problem, j);
}

/* Put together anew by what reads, and taken apart here once more. */
static err head_taken(struct turn *t, enum post_head_sort sort, const struct pack *a,
                      struct post_head *out)
{
    struct str body = bytes_str(pack_part(a, 0));
    *out = (struct post_head){.line = tree_str(a->head, "line")};
    if (sort == POST_HEAD_PROOF) return ledger_proof_read(t, body, &out->add.proof);
    return sort == POST_HEAD_ADD ? ledger_add_read(t, body, &out->add) : ERR_OK;
}

static void on_head(void *own, const struct fault *f, const struct pack *a)
{
    struct read_job *j = own;
    struct turn t = {.arena = j->arena};
    struct post_head h = {0};
    if (!f && head_taken(&t, j->sort, a, &h) != ERR_OK) f = &garbled;
    j->head(j->job, f, f ? NULL : &h);
    arena_free(j->arena);
}

static void read_head(void *ctx, const struct post_head_ask *ask, struct bytes body,
                      void (*done)(void *job, const struct fault *f, const struct post_head *h),
                      void *job)
{
    struct read_job *j = read_job(job);
    struct tree *m = tree_map(j->arena);
    tree_add_str(j->arena, m, "op", STR("head"));
    tree_add_int(j->arena, m, "sort", ask->sort);
    tree_add_str(j->arena, m, "vkey", ask->vkey);
    tree_add_str(j->arena, m, "text", ask->text);
    j->head = done;
    j->sort = ask->sort;
    struct pack q = {.head = m, .parts = {body}, .n = 1};
    node_line_ask(ctx, &q, on_head, j);
}

struct post_reader node_reader_over(struct node_line *l)
{
    return (struct post_reader){read_parcel,  read_receipt, read_problem,
                                read_summary, read_head,    l};
}

/* ---- carrying -------------------------------------------------------------------------------- */

struct carry_job {
    struct arena *arena;
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
};

static void on_carried(void *own, const struct fault *f, const struct pack *a)
{
    struct carry_job *j = own;
    if (f)
        j->done(j->job, f->err, 0, (struct bytes){0}, -1, f->sentence);
    else
        j->done(j->job, ERR_OK, (int)tree_int(a->head, "status", 0), pack_part(a, 0),
                tree_int(a->head, "retry", -1), "");
    arena_free(j->arena);
}

static err carry(void *ctx, struct turn *t, const struct desk_peer *to, const struct post_letter *l,
                 void (*done)(void *job, err e, int status, struct bytes reply,
                              int64_t retry_after_s, const char *why),
                 void *job)
{
    (void)t; /* nothing fails here: what cannot be carried is told later */
    struct arena *a = arena_new();
    struct carry_job *j = arena_take(a, sizeof *j);
    *j = (struct carry_job){a, done, job};
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "op", STR("post"));
    tree_add_str(a, m, "url", to->url);
    tree_add_str(a, m, "path", str_of(l->path));
    if (l->type) tree_add_str(a, m, "type", str_of(l->type));
    tree_add_int(a, m, "reply_max", (int64_t)l->reply_max);
    struct pack q = {.head = m, .parts = {hash_bytes(&to->tls_key), to->root_der, l->body}, .n = 3};
    node_line_ask(ctx, &q, on_carried, j);
    return ERR_OK;
}

struct post_wire node_wire_over(struct arena *a, struct node_line *l)
{
    (void)a; /* the line is all it needs */
    return (struct post_wire){carry, l};
}

/* ---- the door for peers ---------------------------------------------------------------------- */

struct node_doors {
    struct node_child *child;
    struct post *post;
    struct desk *desk;
    const char *log;
    struct net_link *link;
    uint64_t generation; /* counts the links: an answer goes over the one it was asked by */
    struct hash told;    /* of what the door was told of peers */
    bool known;
};
/* One request of the door, until it is answered. */
struct knock {
    struct node_doors *doors;
    struct arena *arena;
    uint64_t generation;
    int64_t id;
    struct post_asked asked;
};

err node_doors_open(struct node_child *c, struct turn *t, struct post *post, struct desk *desk,
                    const char *log, struct node_doors **out)
{
    struct node_doors *d = arena_take(t->arena, sizeof *d);
    *d = (struct node_doors){.child = c, .post = post, .desk = desk, .log = log};
    *out = d;
    return ERR_OK;
}

size_t node_doors_unsent(const struct node_doors *d) { return d ? net_link_unsent(d->link) : 0; }

static void on_told(void *ctx, int status, const char *type, struct bytes body,
                    int64_t retry_after_s)
{
    struct knock *k = ctx;
    if (k->generation == k->doors->generation) {
        struct tree *m = tree_map(k->arena);
        tree_add_str(k->arena, m, "op", STR("answer"));
        tree_add_int(k->arena, m, "id", k->id);
        tree_add_int(k->arena, m, "status", status);
        tree_add_str(k->arena, m, "type", str_of(type));
        tree_add_int(k->arena, m, "retry", retry_after_s);
        struct pack a = {.head = m, .parts = {body}, .n = 1};
        net_link_send(k->doors->link, pack_write(k->arena, &a));
    }
    arena_free(k->arena);
}

static void knock(struct node_doors *d, const struct pack *m)
{
    struct arena *a = arena_new();
    struct knock *k = arena_take(a, sizeof *k);
    *k = (struct knock){
        .doors = d, .arena = a, .generation = d->generation, .id = tree_int(m->head, "id", 0)};
    memcpy(k->asked.tls.b, pack_part(m, 0).p, sizeof k->asked.tls.b);
    k->asked.path = str_dup(a, tree_str(m->head, "path"));
    k->asked.body = bytes_dup(a, pack_part(m, 1));
    post_serve(d->post, d->log, &k->asked, (struct post_answer){on_told, k});
}

static void refused(struct node_doors *d, const struct pack *m)
{
    struct hash tls;
    struct fault f;
    memcpy(tls.b, pack_part(m, 0).p, sizeof tls.b);
    node_fault_get(tree_get(m->head, "fault"), &f);
    post_refused(d->post, &tls, tree_str(m->head, "peer"), &f);
}

static void on_message(void *ctx, struct bytes message)
{
    struct node_doors *d = ctx;
    auto_arena scratch = arena_new();
    struct turn t = {.arena = scratch};
    struct pack m;
    if (pack_read(&t, message, &node_link_limits, &m) != ERR_OK) return;
    if (pack_part(&m, 0).n != sizeof(struct hash)) return;
    if (str_is(tree_str(m.head, "op"), "ask")) knock(d, &m);
    if (str_is(tree_str(m.head, "op"), "refused")) refused(d, &m);
}

static void forget(struct node_doors *d)
{
    d->generation++;
    d->known = false;
}

static void on_closed(void *ctx)
{
    struct node_doors *d = ctx;
    forget(d);
    node_link_lost(d->child, GUARD_FRONT_PEERS);
}

err node_doors_linked(struct node_doors *d, struct turn *t, int fd)
{
    struct net_link_options o = {.fd = fd,
                                 .message_max = NODE_LINK_MAX,
                                 .message = on_message,
                                 .closed = on_closed,
                                 .ctx = d};
    net_link_close(d->link);
    d->link = NULL;
    forget(d);
    return net_link_open(t, d->child->loop, &o, &d->link);
}

void node_doors_work(struct node_doors *d)
{
    if (!net_link_lives(d->link)) return;
    auto_arena scratch = arena_new();
    size_t n;
    const struct desk_peer *peers = desk_peers(d->desk, &n);
    struct tree *m = tree_map(scratch), *list = (tree_add_str(scratch, m, "op", STR("peers")),
                                                 tree_add_list(scratch, m, "peers"));
    struct buf prints = buf_in(scratch);
    int64_t now_ms = node_clock.wall_ms(node_clock.ctx), may = 0;
    for (int barred = 0; barred < 2; barred++) { /* first those that may connect */
        for (size_t k = 0; k < n; k++) {
            if (desk_peer_may_connect(&peers[k], now_ms) == (bool)barred) continue;
            tree_add_str(scratch, list, NULL, peers[k].address);
            buf_put(&prints, peers[k].tls.b, sizeof peers[k].tls.b);
            may += !barred;
        }
    }
    tree_add_int(scratch, m, "may", may);
    struct pack a = {.head = m, .parts = {buf_as_bytes(&prints)}, .n = 1};
    struct bytes message = pack_write(scratch, &a);
    struct hash is = seal_sha256_of(message);
    if (d->known && hash_eq(&is, &d->told)) return;
    d->told = is;
    d->known = true;
    net_link_send(d->link, message);
}
