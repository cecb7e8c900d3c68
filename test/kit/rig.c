/* SPDX-License-Identifier: Apache-2.0 */
/* Posts over a wire in memory, and the workshop for parcels. */

#include "kit/rig.h"

#include <stdlib.h>
#include <string.h>

static void must(err e, const struct turn *t, const char *what)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "rig: %s: %s: %s\n", what, t->fault.code, t->fault.sentence);
    abort();
}

static struct turn rig_turn(struct world *w, struct arena *a)
{
    return (struct turn){.arena = a, .clock = &w->clock, .chance = &w->chance};
}

/* ---- the wire -------------------------------------------------------------------------------- */

struct end {
    struct rig *rig;
    int from;
};

static err end_send(void *ctx, struct turn *t, const struct desk_peer *to,
                    const struct post_letter *what,
                    void (*done)(void *job, err e, int status, struct bytes reply,
                                 int64_t retry_after_s, const char *why),
                    void *job)
{
    struct end *end = ctx;
    struct rig *r = end->rig;
    r->started++;
    if (r->refuse != ERR_OK) return turn_fail(t, r->refuse, "wire", NULL, "the wire is down");
    struct arena *a = arena_new();
    struct letter *l = arena_take(a, sizeof *l);
    *l = (struct letter){.rig = r, .from = end->from, .arena = a, .done = done, .job = job};
    l->to = world_at(&r->w, to->address)->number;
    l->what = *what;
    l->what.path = str_c(a, str_of(what->path));
    l->what.type = what->type ? str_c(a, str_of(what->type)) : NULL;
    l->what.body = bytes_dup(a, what->body);
    struct letter **at = &r->first;
    while (*at) at = &(*at)->next;
    *at = l;
    r->letters++;
    return ERR_OK;
}

void rig_open(struct rig *r)
{
    for (int k = 0; k < r->w.n; k++) {
        struct end *end = arena_take(r->w.arena, sizeof *end);
        *end = (struct end){r, k};
        struct post_options o = {.desk = r->w.node[k].desk,
                                 .wire = {end_send, end},
                                 .clock = &r->w.clock,
                                 .chance = &r->w.chance,
                                 .carried = r->carried[k],
                                 .reader = r->reader[k],
                                 .mailbox = r->mailbox[k],
                                 .polls = r->polls[k],
                                 .reconcile_ms = r->reconcile_ms,
                                 .heads_ms = r->heads_ms ? r->heads_ms : -1};
        struct turn t = rig_turn(&r->w, r->w.arena);
        must(post_open(&t, &o, &r->post[k]), &t, "post");
    }
}

static void desk_empty(struct desk *d)
{
    while (desk_queued(d)) desk_work(d);
}

void rig_close(struct rig *r)
{
    for (int k = 0; k < r->w.n; k++) post_stop(r->post[k]);
    for (struct letter *l; (l = rig_letter(r));) rig_lose(l);
    for (int k = 0; k < r->w.n; k++) {
        desk_empty(r->w.node[k].desk);
        post_close(r->post[k]);
    }
}

void rig_work(struct rig *r)
{
    for (int k = 0; k < r->w.n; k++) {
        do {
            desk_empty(r->w.node[k].desk);
            post_work(r->post[k]);
        } while (desk_queued(r->w.node[k].desk));
    }
}

struct letter *rig_letter(struct rig *r)
{
    struct letter *l = r->first;
    if (!l) return NULL;
    r->first = l->next;
    r->letters--;
    return l;
}

struct letter *rig_newest(struct rig *r)
{
    struct letter **at = &r->first;
    while (*at && (*at)->next) at = &(*at)->next;
    struct letter *l = *at;
    *at = NULL;
    if (l) r->letters--;
    return l;
}

static void tell(void *ctx, int status, const char *type, struct bytes body, int64_t retry_after_s)
{
    struct told *out = ctx;
    out->times++;
    out->status = status;
    out->retry_after_s = retry_after_s;
    snprintf(out->type, sizeof out->type, "%s", type ? type : "");
    out->n = body.n < sizeof out->body ? body.n : sizeof out->body;
    if (out->n) memcpy(out->body, body.p, out->n);
}

void rig_take(struct rig *r, int to, const struct hash *tls, struct bytes sealed, struct told *out)
{
    *out = (struct told){0};
    post_take(r->post[to], tls, sealed, (struct post_answer){tell, out});
    desk_empty(r->w.node[to].desk);
}

void rig_ask(struct rig *r, int to, const struct post_asked *q, struct told *out)
{
    struct world_node *n = &r->w.node[to];
    *out = (struct told){0};
    post_serve(r->post[to], NULL, q, (struct post_answer){tell, out});
    desk_empty(n->desk);
}

struct str told_member(struct arena *a, const struct told *t, const char *key)
{
    struct turn turn = {.arena = a};
    struct tree *m;
    struct bytes body = {(const uint8_t *)t->body, t->n};
    if (json_read(&turn, body, &codec_limits, &m) != ERR_OK) return (struct str){0};
    return tree_str(m, key);
}

/* An answer of any length: kept whole until it is home. */
struct home {
    struct arena *arena;
    int status;
    struct bytes body;
    int64_t retry_after_s;
};

static void bring(void *ctx, int status, const char *type, struct bytes body, int64_t retry_after_s)
{
    (void)type;
    struct home *h = ctx;
    *h = (struct home){h->arena, status, bytes_dup(h->arena, body), retry_after_s};
}

int rig_carry(struct letter *l)
{
    struct rig *r = l->rig;
    struct home h = {.arena = l->arena};
    struct world_node *to = &r->w.node[l->to];
    struct str log = str_printf(l->arena, STR_FMT "/log", STR_ARG(to->folder));
    struct post_asked q = {str_of(l->what.path), r->w.node[l->from].tls, l->what.body};
    post_serve(r->post[l->to], str_c(l->arena, log), &q, (struct post_answer){bring, &h});
    desk_empty(to->desk);
    l->done(l->job, ERR_OK, h.status, h.body, h.retry_after_s, "");
    desk_empty(r->w.node[l->from].desk);
    arena_free(l->arena);
    return h.status;
}

void rig_lose(struct letter *l)
{
    struct desk *d = l->rig->w.node[l->from].desk;
    l->done(l->job, ERR_PEER, 0, (struct bytes){0}, -1, "it was lost");
    desk_empty(d);
    arena_free(l->arena);
}

void rig_answer(struct letter *l, int status, const char *body, int64_t retry_after_s)
{
    struct desk *d = l->rig->w.node[l->from].desk;
    l->done(l->job, ERR_OK, status, str_bytes(str_of(body)), retry_after_s, "");
    desk_empty(d);
    arena_free(l->arena);
}

void rig_settle(struct rig *r)
{
    struct letter *l;
    for (rig_work(r); (l = rig_letter(r)); rig_work(r)) (void)rig_carry(l);
}

/* ---- parcels --------------------------------------------------------------------------------- */

static struct bytes last_job(struct craft *c)
{
    struct desk_job *jobs;
    size_t n;
    struct turn t = {0};
    err e = world_jobs(c->from, c->arena, &jobs, &n);
    t.fault = c->from->world->fault;
    must(e, &t, "jobs");
    for (size_t k = n; k > 0; k--)
        if (str_eq(jobs[k - 1].peer, c->to->address)) return jobs[k - 1].sealed;
    abort();
}

static void add_document(struct craft *c)
{
    struct bytes data = str_bytes(STR("ink on paper"));
    struct hash h = seal_sha256_of(data);
    struct tree *docs = craft_map(c->act, "documents");
    struct tree *one = tree_add_map(c->arena, docs, NULL);
    tree_add_str(c->arena, one, "name", STR("note.txt"));
    tree_add_str(c->arena, one, "sha256", hex(c->arena, hash_bytes(&h)));
    tree_add_int(c->arena, one, "size", (int64_t)data.n);
    tree_add_str(c->arena, one, "type", STR("text/plain"));
    c->documents[c->documents_n++] = (struct zip_entry){STR("documents/note.txt"), data};
}

void craft_begin(struct craft *c, struct arena *a, struct world_node *from, struct world_node *to)
{
    *c = (struct craft){.arena = a, .from = from, .to = to, .signer = from, .sealed_to = to};
    c->seals_n = 1;
    struct turn t = rig_turn(from->world, a);
    struct desk_parcel good;
    struct parcel p;
    (void)world_request(from, to, a);
    must(world_parcel(to, &t, last_job(c), &good), &t, "a good parcel");
    must(parcel_read(&t, good.container, &p), &t, "a good parcel");
    must(json_read(&t, good.act_json, &codec_limits, &c->act), &t, "a good act");
    must(json_read(&t, parcel_find(&p, "carriage.json")->data, &codec_limits, &c->carriage), &t,
         "a good carriage");
    add_document(c);
}

void craft_set_str(struct craft *c, struct tree *map, const char *key, const char *value)
{
    struct tree *m = tree_map(c->arena);
    tree_set(c->arena, map, str_of(key), tree_add_str(c->arena, m, "x", str_of(value)));
}

void craft_set_int(struct craft *c, struct tree *map, const char *key, int64_t value)
{
    struct tree *m = tree_map(c->arena);
    tree_set(c->arena, map, str_of(key), tree_add_int(c->arena, m, "x", value));
}

struct tree *craft_map(struct tree *map, const char *key)
{
    for (struct tree *m = map->child; m; m = m->next)
        if (str_is(m->key, key)) return m;
    abort();
}

struct bytes craft_container(struct craft *c)
{
    struct turn t = rig_turn(c->from->world, c->arena);
    struct zip_entry entries[CRAFT_ENTRIES_MAX + 2];
    size_t n = 0;
    struct str act = c->act_text.n ? c->act_text : json_write(c->arena, c->act);
    struct hash h = seal_sha256_of(str_bytes(act));
    if (!c->carriage_kept)
        craft_set_str(c, c->carriage, "act", str_c(c->arena, hex(c->arena, hash_bytes(&h))));
    struct str carriage = c->carriage_text.n ? c->carriage_text : json_write(c->arena, c->carriage);
    entries[n++] = (struct zip_entry){STR("act.json"), str_bytes(act)};
    entries[n++] = (struct zip_entry){STR("carriage.json"), str_bytes(carriage)};
    for (size_t k = 0; k < c->documents_n; k++) entries[n++] = c->documents[k];
    struct parcel_seal seals[2];
    const struct world_node *s = c->signer;
    for (size_t k = 0; k < c->seals_n; k++) {
        seals[k].manifest = parcel_manifest(c->arena, (int)k + 1, entries, n);
        must(s->world->suite->sign(&t, s->seal_key, s->seal_der, seals[k].manifest, false,
                                   s->world->now_ms, &seals[k].signature),
             &t, "sign");
    }
    return parcel_write(c->arena, entries, n, seals, c->seals_n);
}

struct bytes craft_seal(struct craft *c, struct bytes container)
{
    struct turn t = rig_turn(c->from->world, c->arena);
    struct bytes sealed;
    must(c->from->world->suite->seal(&t, &c->sealed_to->open_der, 1, container, &sealed), &t,
         "seal");
    return sealed;
}

struct bytes craft_end(struct craft *c) { return craft_seal(c, craft_container(c)); }
