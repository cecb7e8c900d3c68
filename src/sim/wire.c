/* SPDX-License-Identifier: Apache-2.0 */
/* The network between nodes: letters and answers that are lost, late, twice, overtaken, cut short
 * or changed on their way, and nodes that are out of reach. The caller hears of no answer after
 * SIM_TIMEOUT_MS, whatever becomes of what he sent. */

#include "sim/inner.h"

#include <assert.h>
#include <string.h>

enum {
    LATENCY_MS = 20,
    LATENCY_SPREAD_MS = 200,
    LATE_MS = 20000,
    LATER_MS = 600000,
    OVERTAKEN_MS = 3000
};

/* ---- flights --------------------------------------------------------------------------------- */

static struct flight *flight_new(struct world *w, int from, int to, const struct post_letter *l)
{
    struct arena *a = arena_new();
    struct flight *f = arena_take(a, sizeof *f);
    *f = (struct flight){.arena = a, .w = w, .from = from, .to = to, .at = to, .retry_after_s = -1};
    f->life = w->node[from].lives;
    f->restores = w->node[from].restores;
    f->fact = -1;
    f->asked = (struct post_asked){.path = str_dup(a, str_of(l->path)),
                                   .tls = w->node[from].tls,
                                   .body = bytes_dup(a, l->body)};
    f->reply_max = l->reply_max ? l->reply_max : POST_REPLY_MAX;
    w->flying++;
    return f;
}

void wire_free(struct flight *f)
{
    if (--f->holds > 0) return;
    f->w->flying--;
    arena_free(f->arena);
}

static bool is_parcel(const struct flight *f) { return str_is(f->asked.path, POST_PARCELS); }

/* The sender hears of it, once; a life that is over hears nothing. */
static bool hears(struct node *n, struct flight *f)
{
    for (size_t k = 0; k < SIM_FLIGHTS_MAX; k++) {
        if (n->flights[k] != f) continue;
        n->flights[k] = NULL;
        return true;
    }
    return false;
}

void wire_bury(struct node *n)
{
    for (size_t k = 0; k < SIM_FLIGHTS_MAX; k++) {
        struct flight *f = n->flights[k];
        n->flights[k] = NULL;
        if (f) f->done(f->job, ERR_PEER, 0, (struct bytes){0}, -1, "the node died");
    }
}

static int64_t latency(struct world *w, enum sim_step s)
{
    int64_t ms = LATENCY_MS + (int64_t)world_draw(w, LATENCY_SPREAD_MS);
    /* Of what is late a quarter comes after the caller went. */
    if (fault_on_wire(w, SIM_DELAY, s))
        ms += (int64_t)world_draw(w, world_draw(w, 4) ? LATE_MS : LATER_MS);
    if (fault_on_wire(w, SIM_REORDER, s)) ms += (int64_t)world_draw(w, OVERTAKEN_MS);
    return ms;
}

/* What is cut short or changed on its way shows where it is read; of a proof, which bears no
 * signature, in that it does not hold. */
static struct bytes spoil(struct flight *f, struct bytes b, bool *spoilt_out,
                          enum sim_fault *how_out)
{
    struct world *w = f->w;
    bool cut = fault_on_wire(w, SIM_TRUNCATE, SIM_STEPS);
    bool changed = !cut && fault_on_wire(w, SIM_CORRUPT, SIM_STEPS);
    *spoilt_out = (cut || changed) && b.n;
    if (!*spoilt_out) return b;
    *how_out = cut ? SIM_TRUNCATE : SIM_CORRUPT;
    b = bytes_dup(f->arena, b);
    if (cut)
        b.n = world_draw(w, b.n);
    else
        ((uint8_t *)(uintptr_t)b.p)[world_draw(w, b.n)] ^= (uint8_t)(1 + world_draw(w, 255));
    return b;
}

/* ---- there ----------------------------------------------------------------------------------- */

static int peer_at(const struct node *n, struct str address)
{
    int k = 0;
    while (k < n->peers_n && !str_eq(n->w->node[n->peers[k]].address, address)) k++;
    assert(k < n->peers_n);
    return n->peers[k];
}

static err wire_send(void *ctx, struct turn *t, const struct desk_peer *to,
                     const struct post_letter *l,
                     void (*done)(void *job, err e, int status, struct bytes reply,
                                  int64_t retry_after_s, const char *why),
                     void *job)
{
    struct node *n = ctx;
    struct world *w = n->w;
    if (node_is_dead(n)) return turn_fail(t, ERR_PEER, "dead", NULL, "The node died.");
    int target = peer_at(n, to->address);
    struct flight *f = flight_new(w, n->number, target, l);
    f->done = done;
    f->job = job;
    if (is_parcel(f) && !n->past) f->fact = oracle_leaves(n, target, l->body);
    w->r.messages++;
    world_trace(w, "leaves", n->number, target);
    size_t slot = 0;
    while (slot < SIM_FLIGHTS_MAX && n->flights[slot]) slot++;
    assert(slot < SIM_FLIGHTS_MAX);
    n->flights[slot] = f;
    world_put(w, w->now_ms + SIM_TIMEOUT_MS, EVENT_TIMEOUT, n->number, f);
    if (n->past) return ERR_OK;
    if (fault_parts(w, n->who, target, S5) || fault_on_wire(w, SIM_DROP, S5)) return ERR_OK;
    if (fault_on_wire(w, SIM_DUPLICATE, S5)) {
        struct flight *again = flight_new(w, n->number, target, l);
        again->again = true;
        again->fact = f->fact;
        world_put(w, w->now_ms + latency(w, S5), EVENT_ARRIVE, target, again);
    }
    f->asked.body = spoil(f, f->asked.body, &f->spoilt, &f->spoils);
    world_put(w, w->now_ms + latency(w, S5), EVENT_ARRIVE, target, f);
    return ERR_OK;
}

struct post_wire wire_of(struct node *n) { return (struct post_wire){wire_send, n}; }

/* ---- and back -------------------------------------------------------------------------------- */

static void on_taken(void *ctx, int status, const char *type, struct bytes body,
                     int64_t retry_after_s)
{
    struct flight *f = ctx;
    struct world *w = f->w;
    struct node *n = &w->node[f->at];
    enum { TAKEN = 200 };
    (void)type;
    if (node_is_dead(n)) return; /* nobody hears it */
    world_trace(w, "taken", f->to, status);
    if (status != TAKEN && is_parcel(f) && mutant_is(w, MUTANT_REFUSAL_IS_TAKEN)) status = TAKEN;
    const struct fact *x = f->fact < 0 ? NULL : &w->facts[f->fact];
    if (status / 100 == 4 && !f->spoilt && x && x->abroad && x->by == f->at && !x->twice)
        oracle_says(w, 1, "%s refused a parcel that it had given a receipt for.", n->state.p);
    /* A node without room to note what it refuses does not sign that, and is asked again. */
    f->split = status / 100 == 4 && x && !f->spoilt && twin_is_at_work(&w->node[f->from]) &&
               memmem(body.p, body.n, "-taken", 6) && memmem(body.p, body.n, "\"receipt\"", 9);
    f->status = status;
    f->answers = n->restores;
    f->reply = bytes_dup(f->arena, body);
    f->retry_after_s = retry_after_s;
    if (status == TAKEN && is_parcel(f)) oracle_receipts(w, f);
    if (f->again || fault_parts(w, f->to, w->node[f->from].who, R6)) return;
    if (fault_on_wire(w, SIM_DROP, R6)) return;
    int64_t at = w->now_ms + latency(w, R6);
    if (f->fact >= 0) life_receipt_late(n, at - w->now_ms);
    if (n->slow_until_ms > w->now_ms) {
        at += SIM_TIMEOUT_MS;
        fault_period(w, SIM_SLOW, &n->slow_hit);
        fault_hit(w, SIM_SLOW, R6);
    }
    f->reply = spoil(f, f->reply, &f->spoilt_back, &f->spoils_back);
    world_put(w, at, EVENT_ANSWER, f->from, f);
}

/* Who calls a node that is off, or that dies while it is asked, hears so at once. */
static void hang_up(struct world *w, struct flight *f)
{
    if (!f->again)
        world_put(w, w->now_ms + LATENCY_MS + (int64_t)world_draw(w, LATENCY_SPREAD_MS),
                  EVENT_TIMEOUT, f->from, f);
}

void wire_arrive(struct world *w, struct flight *f)
{
    struct node *n = &w->node[f->at];
    /* A connection ends before the node that opened it is put back. */
    if (f->restores != w->node[f->from].restores) return;
    if (!n->up) {
        hang_up(w, f);
        if (w->calm) return;
        fault_period(w, SIM_DOWN, &n->down_hit);
        fault_hit(w, SIM_DOWN, S5);
        return;
    }
    if (f->spoilt) fault_hit(w, f->spoils, R1);
    f->holds++; /* until it is answered, which is before the work is done, or never */
    if (f->again && f->fact >= 0 && w->facts[f->fact].receipted) fault_hit(w, SIM_DUPLICATE, R3);
    post_serve(n->post, NULL, &f->asked, (struct post_answer){on_taken, f});
    world_work(n);
    if (n->up && f->split) twin_refused(n, f);
    if (!n->up && !f->status) hang_up(w, f);
    wire_free(f);
}

void wire_answer(struct world *w, struct flight *f)
{
    struct node *n = &w->node[f->from];
    enum { TAKEN = 200 };
    if (!n->up || !hears(n, f)) return;
    if (f->spoilt_back) fault_hit(w, f->spoils_back, S6);
    if (f->status == TAKEN && !f->spoilt_back && f->fact >= 0) {
        struct fact *x = &w->facts[f->fact];
        w->r.delivered += !x->known;
        x->known = true;
    }
    bool fits = f->reply.n <= f->reply_max, stale = oracle_stale(w, f);
    uint64_t faults = w->r.faults;
    f->done(f->job, fits ? ERR_OK : ERR_PEER, f->status, f->reply, f->retry_after_s, "too long");
    world_work(n);
    if (!n->up || w->r.faults != faults) return; /* nobody knows what became of it */
    if (stale) oracle_not_believed(w, f);
    if (f->split && !f->spoilt_back) twin_learnt(n, f);
    if (f->status == TAKEN && !f->spoilt_back && str_is(f->asked.path, POST_SUMMARY))
        oracle_hears(w, f);
}

void wire_timeout(struct world *w, struct flight *f)
{
    struct node *n = &w->node[f->from];
    if (!n->up || !hears(n, f)) return;
    f->done(f->job, ERR_PEER, 0, (struct bytes){0}, -1, "no answer");
    world_work(n);
}
