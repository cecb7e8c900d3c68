/* SPDX-License-Identifier: Apache-2.0 */
/* One world: its chance, its clock and its events in the order of their time, one at a time. What
 * happens in it comes from the seed alone, and a hash over all of it says whether it did. */

#include "sim/inner.h"

#include <assert.h>
#include <string.h>

#define START_MS INT64_C(1795489200000) /* 2026-11-24T03:00:00Z */
enum {
    WORK_MAX = 64,        /* rounds of one node at one time */
    LOOK_FIRST_MS = 1000, /* how long a node that waits for nothing but time lies still */
    LOOK_MAX_MS = 16000,
    LOOK_IDLE_MS = 300000,      /* when nothing of its own can be due before */
    QUIET_MS = 2 * 3600 * 1000, /* after the faults, by O5 */
    PEERS_USUAL = 5,
    ACQUAINT_MS = 10 * 60 * 1000,
    OFFICER_MS = 4000, /* between two things that an officer does, on average */
    CHECK_MS = 60000,  /* how often it is looked whether all is done, once it is calm */
    /* What a node may hold by O8: its log before it is moved, and for each act. */
    NODE_BYTES = 32 << 20,
    ACT_BYTES = 256 << 10
};

/* ---- chance and time ------------------------------------------------------------------------- */

uint64_t world_draw(struct world *w, uint64_t below)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    uint64_t x = w->seed * UINT64_C(0x2545F4914F6CDD1D);
    return below == UINT64_MAX ? x : (x >> 11) % below;
}

bool world_chance(struct world *w, uint32_t per_mille)
{
    enum { MILLE = 1000 };
    return per_mille && world_draw(w, MILLE) < per_mille;
}

static void seed_set(struct world *w, uint64_t seed)
{
    w->seed = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    if (!w->seed) w->seed = 1;
    for (int k = 0; k < 8; k++) (void)world_draw(w, 2);
}

/* ---- the trace ------------------------------------------------------------------------------- */

static void trace_flush(struct world *w)
{
    struct bytes parts[] = {hash_bytes(&w->trace), {w->line_room, w->line_n}};
    struct hash next;
    seal_sha256(parts, 2, &next);
    w->trace = next;
    w->line_n = 0;
}

void world_trace(struct world *w, const char *what, int node, int64_t value)
{
    enum { LINE = 96 };
    if (w->line_n + LINE > sizeof w->line_room) trace_flush(w);
    char *p = (char *)w->line_room + w->line_n;
    int n =
        snprintf(p, LINE, "%lld %s %d %lld\n", (long long)w->now_ms, what, node, (long long)value);
    assert(n > 0 && n < LINE);
    w->line_n += (size_t)n;
}

/* ---- events ---------------------------------------------------------------------------------- */

static bool before(const struct event *a, const struct event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

void world_put(struct world *w, int64_t at_ms, enum event_kind kind, int node, struct flight *f)
{
    assert(w->heap_n < SIM_HEAP_MAX);
    struct event e = {at_ms, w->order++, kind, node, f};
    size_t k = w->heap_n++;
    if (f) f->holds++;
    for (; k > 0 && before(&e, &w->heap[(k - 1) / 2]); k = (k - 1) / 2)
        w->heap[k] = w->heap[(k - 1) / 2];
    w->heap[k] = e;
}

static struct event heap_take(struct world *w)
{
    struct event first = w->heap[0], last = w->heap[--w->heap_n];
    size_t k = 0;
    for (;;) {
        size_t child = 2 * k + 1;
        if (child >= w->heap_n) break;
        if (child + 1 < w->heap_n && before(&w->heap[child + 1], &w->heap[child])) child++;
        if (!before(&w->heap[child], &last)) break;
        w->heap[k] = w->heap[child];
        k = child;
    }
    w->heap[k] = last;
    return first;
}

/* ---- what a node does ------------------------------------------------------------------------ */

/* A node that was buried comes back after a while, sooner or later. */
static void mourn(struct node *n)
{
    struct world *w = n->w;
    world_trace(w, "died", n->number, (int64_t)n->lives);
    node_bury(n);
    w->r.restarts++;
    n->back_ms = w->now_ms + 1000 + (int64_t)world_draw(w, world_draw(w, 2) ? 1000 : 60000);
    world_put(w, n->back_ms, EVENT_BACK, n->number, NULL);
}

/* Lies still for longer and longer while only time can change something. */
static void wake_set(struct node *n, bool moved)
{
    struct world *w = n->w;
    int64_t next = post_next_ms(n->post);
    if (next == INT64_MAX) {
        n->wake_ms = 0;
        return;
    }
    n->pause_ms = moved || !n->pause_ms ? LOOK_FIRST_MS : n->pause_ms * 2;
    if (n->pause_ms > LOOK_MAX_MS) n->pause_ms = LOOK_MAX_MS;
    /* Clocks of the law may wait a little; what is its own comes by its time. */
    int64_t pause_ms = next - n->skew_ms - w->now_ms;
    if (pause_ms > LOOK_IDLE_MS) pause_ms = LOOK_IDLE_MS;
    if (pause_ms < n->pause_ms) pause_ms = n->pause_ms;
    int64_t at = w->now_ms + pause_ms;
    if (n->wake_ms > w->now_ms && n->wake_ms <= at) return;
    n->wake_ms = at;
    world_put(w, at, EVENT_WAKE, n->number, NULL);
}

void world_work(struct node *n)
{
    uint64_t began = desk_counted(n->desk).groups;
    uint64_t flown = n->w->r.messages;
    for (int k = 0; k < WORK_MAX && !node_is_dead(n); k++) {
        while (desk_queued(n->desk) && !node_is_dead(n)) {
            n->synced_now = false;
            desk_work(n->desk);
        }
        if (node_is_dead(n)) break;
        n->write = n->sync = n->after = S5;
        post_work(n->post);
        if (!desk_queued(n->desk)) break;
    }
    if (node_is_dead(n)) {
        mourn(n);
        return;
    }
    if (desk_counted(n->desk).groups / 64 != n->groups / 64) {
        n->groups = desk_counted(n->desk).groups;
        node_tidy(n);
        if (node_is_dead(n)) {
            mourn(n);
            return;
        }
    }
    wake_set(n, desk_counted(n->desk).groups != began || n->w->r.messages != flown);
}

static void phase(struct node *n, enum sim_step write, enum sim_step sync, enum sim_step after)
{
    n->write = write;
    n->sync = sync;
    n->after = after;
    n->synced_now = false;
}

static void come_back(struct node *n)
{
    struct world *w = n->w;
    if (n->up || n->gone) return;
    if (w->now_ms < n->back_ms) {
        world_put(w, n->back_ms, EVENT_BACK, n->number, NULL);
        return;
    }
    if (!node_rise(n)) {
        n->back_ms = w->now_ms + 1000 + (int64_t)world_draw(w, 30000);
        world_put(w, n->back_ms, EVENT_BACK, n->number, NULL);
        return;
    }
    world_trace(w, "up", n->number, (int64_t)n->lives);
    n->wake_ms = 0;
    phase(n, S5, S5, S5);
    fault_again(n);
    world_work(n);
}

static void officer_event(struct node *n)
{
    struct world *w = n->w;
    if (n->gone || n->past) return;
    if (n->up && (!w->calm || n->attempt.mark)) {
        phase(n, S2, S3, S4);
        officer_turn(n);
        world_work(n);
    }
    if (!w->calm || n->attempt.mark)
        world_put(w, w->now_ms + 1 + (int64_t)world_draw(w, 2 * OFFICER_MS), EVENT_OFFICER,
                  n->number, NULL);
}

static void step(struct world *w)
{
    static const char *const words[EVENT_KINDS] = {"officer", "arrive", "answer",
                                                   "timeout", "wake",   "back"};
    struct event e = heap_take(w);
    struct node *n = &w->node[e.node];
    if (e.at_ms > w->now_ms) w->now_ms = e.at_ms;
    w->r.events++;
    world_trace(w, words[e.kind], e.node, e.flight ? e.flight->from : -1);
    switch (e.kind) {
    case EVENT_OFFICER:
        officer_event(n);
        break;
    case EVENT_ARRIVE:
        n = twin_reached(n);
        e.flight->at = n->number;
        phase(n, R4, R5, R6);
        wire_arrive(w, e.flight);
        break;
    case EVENT_ANSWER:
        phase(n, S6, S6, S6);
        wire_answer(w, e.flight);
        break;
    case EVENT_TIMEOUT:
        phase(n, S6, S6, S6);
        wire_timeout(w, e.flight);
        break;
    case EVENT_WAKE:
        if (n->up && n->wake_ms == e.at_ms) {
            phase(n, S5, S5, S5);
            n->wake_ms = 0;
            world_work(n);
        }
        break;
    case EVENT_BACK:
        come_back(n);
        break;
    case EVENT_KINDS:
        break;
    }
    if (e.flight) wire_free(e.flight);
}

/* ---- making ---------------------------------------------------------------------------------- */

static err pin_all(struct world *w, struct turn *t)
{
    int most = w->o->peers ? w->o->peers : PEERS_USUAL;
    if (most > w->n - 1) most = w->n - 1;
    for (int d = 1; d <= (most + 1) / 2; d++)
        for (int a = 0; a < w->n; a++) {
            /* The nearest, and some far away. */
            int b = (a + (d == 1 ? 1 : d * d * 3 + d)) % w->n;
            if (a == b || w->node[a].peers_n == SIM_PEERS_MAX ||
                w->node[b].peers_n == SIM_PEERS_MAX)
                continue;
            bool known = false;
            for (int k = 0; k < w->node[a].peers_n; k++) known |= w->node[a].peers[k] == b;
            if (known) continue;
            auto_arena scratch = arena_new();
            struct turn one = {.arena = scratch};
            one.clock = &w->node[a].clock;
            one.chance = &w->node[a].chance;
            err e = node_pin(&w->node[a], &w->node[b], &one);
            one.chance = &w->node[b].chance;
            if (e == ERR_OK) e = node_pin(&w->node[b], &w->node[a], &one);
            t->fault = one.fault;
            try(e);
        }
    return ERR_OK;
}

/* All have asked each other what they hold and cosigned each other's heads before anything goes
 * wrong. */
static void acquaint(struct world *w)
{
    for (int k = 0; k < w->n; k++) world_work(&w->node[k]);
    while (w->heap_n && w->now_ms < w->base_ms + ACQUAINT_MS) step(w);
    for (int k = 0; k < w->n; k++) node_tidy(&w->node[k]);
    w->base_ms = w->now_ms;
    w->r = (struct sim_result){0};
}

err world_make(struct turn *t, const struct sim_options *o, struct world **out)
{
    struct world *w = arena_take(t->arena, sizeof *w);
    w->arena = t->arena;
    w->o = o;
    w->calm = true;
    w->now_ms = w->base_ms = START_MS;
    w->n = o->states;
    seed_set(w, 1);
    w->node = arena_take_many(w->arena, (size_t)w->n + SIM_TWINS_MAX, sizeof *w->node);
    w->heap = arena_take_many(w->arena, SIM_HEAP_MAX, sizeof *w->heap);
    for (int k = 0; k < w->n; k++) {
        struct turn one = *t;
        err e = node_make(w, k, &one);
        t->fault = one.fault;
        try(e);
    }
    try(twin_rooms(w, t));
    try(pin_all(w, t));
    acquaint(w);
    table_open(&w->fact_of, w->arena);
    table_open(&w->case_of, w->arena);
    table_open(&w->sealed_of, w->arena);
    table_open(&w->head_by, w->arena);
    *out = w;
    return ERR_OK;
}

void world_free(struct world *w)
{
    /* Who waits for an answer is told before what he sent goes. */
    for (int k = 0; k < w->n + SIM_TWINS_MAX; k++) node_end(&w->node[k]);
    while (w->heap_n) {
        struct event e = heap_take(w);
        if (e.flight) wire_free(e.flight);
    }
}

/* ---- running --------------------------------------------------------------------------------- */

static bool is_idle(struct world *w)
{
    for (int k = 0; k < w->n; k++) {
        struct node *n = &w->node[k];
        auto_arena a = arena_new();
        struct turn t;
        int64_t unbuilt, unsent;
        if (!n->up || n->attempt.mark) return false;
        t = node_turn(n, a);
        if (desk_waiting(n->desk, &t, &unbuilt, &unsent) != ERR_OK || unbuilt || unsent)
            return false;
    }
    return w->flying == 0;
}

/* Every node once more from its disk: what it answers from here on is what it kept. */
static void open_again(struct world *w)
{
    for (int k = 0; k < w->n; k++) {
        struct node *n = &w->node[k];
        if (n->up) node_bury(n);
        n->fuse_cut = true; /* with the power gone at last */
        if (!node_rise(n))
            oracle_says(w, 2, "Node " STR_FMT " does not open at the end.", STR_ARG(n->state));
    }
}

static void sample(struct world *w)
{
    struct sim_result *r = &w->r;
    if (w->now_ms < w->sampled_ms + w->sample_ms) return;
    w->sampled_ms = w->now_ms;
    if (w->tell) w->tell(w->tell_ctx, r);
    if (r->samples_n == SIM_SAMPLES) {
        for (uint32_t k = 0; k < SIM_SAMPLES / 2; k++) r->samples[k] = r->samples[2 * k + 1];
        r->samples_n = SIM_SAMPLES / 2;
        w->sample_ms *= 2;
    }
    struct sim_sample s = {.at_ms = w->now_ms - w->base_ms,
                           .flying = w->flying,
                           .waiting = (uint32_t)(r->acts - r->delivered),
                           .faults = (uint32_t)r->faults};
    for (int k = 0; k < w->n; k++) s.down += !w->node[k].up;
    r->samples[r->samples_n++] = s;
}

void world_run(struct world *w, uint64_t seed, uint64_t faults)
{
    enum { SAMPLE_MS = 5000, EVENTS_PER_FAULT = 200, EVENTS_LEAST = 20000 };
    uint64_t most = faults * EVENTS_PER_FAULT + EVENTS_LEAST;
    seed_set(w, seed);
    w->calm = false;
    w->limit = faults;
    w->sample_ms = SAMPLE_MS;
    w->r.worlds = 1;
    for (int k = 0; k < w->n; k++)
        world_put(w, w->now_ms + (int64_t)world_draw(w, 2 * OFFICER_MS), EVENT_OFFICER, k, NULL);
    while (w->r.faults < faults && w->r.events < most && w->heap_n && !w->r.said[0]) {
        fault_season(w);
        fault_strike(w);
        step(w);
        sample(w);
    }
    fault_stop(w);
    int64_t stopped_ms = w->now_ms;
    /* Who lost something may not hear of it before everybody asked everybody again. */
    bool lost = w->r.hits[SIM_RESTORE][SIM_STEPS] || w->r.hits[SIM_CLONE][SIM_STEPS];
    int64_t least_ms = lost ? POST_RECONCILE_MS * 9 / 8 : 0;
    bool idle = false, was = false;
    int64_t look_ms = 0;
    while (w->heap_n && !w->r.said[0]) {
        if (w->now_ms > stopped_ms + QUIET_MS) break;
        step(w);
        sample(w);
        if (w->now_ms < look_ms && w->heap_n >= (size_t)w->n) continue;
        look_ms = w->now_ms + CHECK_MS;
        idle = is_idle(w);
        if (idle && !was) w->r.calm_ms_max = (uint64_t)(w->now_ms - stopped_ms);
        if (idle && w->now_ms >= stopped_ms + least_ms) break;
        was = idle;
    }
    if (!w->r.said[0] && !idle && !is_idle(w)) oracle_waits(w);
    w->r.virtual_ms = (uint64_t)(w->now_ms - w->base_ms);
    if (!w->r.said[0]) { /* a world that broke a promise is not looked at further */
        open_again(w);
        oracle_end(w);
    }
    trace_flush(w);
    memcpy(w->r.trace, w->trace.b, sizeof w->r.trace);
    for (int k = 0; k < w->n; k++) w->r.memory_max += disk_size(w->node[k].disk);
    bool much = w->r.memory_max > (uint64_t)w->n * NODE_BYTES + w->r.acts * ACT_BYTES;
    if (!w->r.said[0] && (much || w->flying))
        oracle_says(w, 8,
                    "%llu bytes are held for %llu acts, and %u messages are still on their way.",
                    (unsigned long long)w->r.memory_max, (unsigned long long)w->r.acts, w->flying);
}
