/* SPDX-License-Identifier: Apache-2.0 */
/* comity-simulate: several nodes in one process under one seed, a virtual clock and a virtual
 * network that delays, drops and repeats. Real desk, real SQL, real post; only keys, suite, clock,
 * chance and the network are given. Same seed, same trace.
 *
 * It prints how many events it ran and how many faults it injected, and fails when it injected
 * none, when two halves of a dossier differ after the faults stop, or when something acknowledged
 * is gone, there twice or different (kept.h). With --break something is made to be so. */

#include "kit/fake_suite.h"
#include "kit/officer.h"
#include "kit/world.h"
#include "post/post.h"
#include "sim/kept.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVENTS_MAX = 1 << 16, /* in the heap at once */
    STEP_MS = 1000,
    QUIET_HOURS = 200
};

/* ---- events ---------------------------------------------------------------------------------- */

enum event_kind { OFFICER, ARRIVE, ANSWER, WAKE, EVENT_KINDS };
static const char *const event_words[EVENT_KINDS] = {"officer", "arrive", "answer", "wake"};

struct flight {
    struct arena *arena;
    int from, to;
    struct post_letter letter;
    struct bytes reply;
    int status;
    int64_t retry_after_s;
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
    struct sim *sim;
    bool lost, copy; /* copy: a repeat that nobody waits for */
};

struct event {
    int64_t at_ms;
    uint64_t order; /* breaks ties the same way every time */
    enum event_kind kind;
    int node;
    struct flight *flight;
};

struct sim {
    struct world w;
    struct kept *kept;
    struct post *post[WORLD_NODES_MAX];
    struct sim_wire {
        struct sim *sim;
        int node;
    } wires[WORLD_NODES_MAX];
    struct event *heap;
    size_t n;
    uint64_t order, events, wakes, dropped, repeated, delayed, acts, answers;
    bool calm; /* faults have stopped */
    int64_t wake[WORLD_NODES_MAX];
    struct hash trace;
};

static bool before(const struct event *a, const struct event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void heap_swap(struct sim *s, size_t a, size_t b)
{
    struct event keep = s->heap[a];
    s->heap[a] = s->heap[b];
    s->heap[b] = keep;
}

static void heap_put(struct sim *s, struct event e)
{
    if (s->n == EVENTS_MAX) abort();
    e.order = s->order++;
    size_t k = s->n++;
    s->heap[k] = e;
    for (; k > 0 && before(&s->heap[k], &s->heap[(k - 1) / 2]); k = (k - 1) / 2)
        heap_swap(s, k, (k - 1) / 2);
}

static struct event heap_take(struct sim *s)
{
    struct event first = s->heap[0];
    s->heap[0] = s->heap[--s->n];
    for (size_t k = 0;;) {
        size_t small = k, left = 2 * k + 1;
        if (left < s->n && before(&s->heap[left], &s->heap[small])) small = left;
        if (left + 1 < s->n && before(&s->heap[left + 1], &s->heap[small])) small = left + 1;
        if (small == k) return first;
        heap_swap(s, k, small);
        k = small;
    }
}

static void trace(struct sim *s, const char *what, int node, int64_t value)
{
    char line[128];
    int n = snprintf(line, sizeof line, "%lld %s %d %lld\n", (long long)s->w.now_ms, what, node,
                     (long long)value);
    struct bytes parts[] = {hash_bytes(&s->trace), {(const uint8_t *)line, (size_t)n}};
    struct hash next;
    seal_sha256(parts, 2, &next);
    s->trace = next;
}

static struct turn sim_turn(struct sim *s, struct arena *a)
{
    return (struct turn){.arena = a, .clock = &s->w.clock, .chance = &s->w.chance};
}

/* ---- the network ----------------------------------------------------------------------------- */

static int64_t latency(struct sim *s)
{
    if (!s->calm && world_draw(&s->w, 10) == 0) {
        s->delayed++;
        return 10000 + (int64_t)world_draw(&s->w, 600000);
    }
    return 20 + (int64_t)world_draw(&s->w, 200);
}

static bool is_drawn(struct sim *s, uint64_t one_in, uint64_t *count)
{
    if (s->calm || world_draw(&s->w, one_in) != 0) return false;
    (*count)++;
    return true;
}

static struct flight *flight_new(struct sim *s, int from, int to, const struct post_letter *l)
{
    struct arena *a = arena_new();
    struct flight *f = arena_take(a, sizeof *f);
    f->arena = a;
    f->sim = s;
    f->from = from;
    f->to = to;
    f->letter = *l;
    f->letter.path = str_c(a, str_of(l->path));
    f->letter.body = bytes_dup(a, l->body);
    return f;
}

static err wire_send(void *ctx, struct turn *t, const struct desk_peer *to,
                     const struct post_letter *l,
                     void (*done)(void *job, err e, int status, struct bytes reply,
                                  int64_t retry_after_s, const char *why),
                     void *job)
{
    struct sim_wire *wire = ctx;
    struct sim *s = wire->sim;
    struct world_node *target = world_at(&s->w, to->address);
    (void)t;
    struct flight *f = flight_new(s, wire->node, target->number, l);
    f->done = done;
    f->job = job;
    if (is_drawn(s, 6, &s->dropped)) {
        f->lost = true;
        heap_put(s, (struct event){s->w.now_ms + 30000, 0, ANSWER, f->from, f});
        return ERR_OK;
    }
    if (is_drawn(s, 8, &s->repeated)) {
        struct flight *again = flight_new(s, wire->node, target->number, l);
        again->copy = true;
        heap_put(s, (struct event){s->w.now_ms + latency(s), 0, ARRIVE, again->to, again});
    }
    heap_put(s, (struct event){s->w.now_ms + latency(s), 0, ARRIVE, f->to, f});
    return ERR_OK;
}

static void arrived(void *ctx, int status, const char *type, struct bytes body,
                    int64_t retry_after_s)
{
    struct flight *f = ctx;
    struct sim *s = f->sim;
    (void)type;
    trace(s, "taken", f->to, status);
    enum { TAKEN = 200 };
    if (status == TAKEN && strcmp(f->letter.path, POST_PARCELS) == 0)
        kept_taken(s->kept, &s->w.node[f->to], f->letter.body);
    if (f->copy) {
        arena_free(f->arena);
        return;
    }
    f->status = status;
    f->reply = bytes_dup(f->arena, body);
    f->retry_after_s = retry_after_s;
    f->lost = is_drawn(s, 8, &s->dropped);
    heap_put(s, (struct event){s->w.now_ms + latency(s), 0, ANSWER, f->from, f});
}

/* ---- running --------------------------------------------------------------------------------- */

static void work(struct sim *s, int node)
{
    struct desk *d = s->w.node[node].desk;
    do {
        while (desk_queued(d)) desk_work(d);
        post_work(s->post[node]);
    } while (desk_queued(d));
    int64_t next = post_next_ms(s->post[node]);
    if (next == INT64_MAX) return;
    if (next < s->w.now_ms + STEP_MS) next = s->w.now_ms + STEP_MS;
    if (s->wake[node] > s->w.now_ms && s->wake[node] <= next) return;
    s->wake[node] = next;
    heap_put(s, (struct event){next, 0, WAKE, node, NULL});
}

static void officer(struct sim *s, int node)
{
    struct world_node *n = &s->w.node[node];
    if (world_draw(&s->w, 4) == 0) {
        auto_arena a = arena_new();
        int other = (node + 1 + (int)world_draw(&s->w, (uint64_t)s->w.n - 1)) % s->w.n;
        (void)world_request(n, &s->w.node[other], a);
        s->acts++;
        trace(s, "request", node, other);
    } else if (officer_act(n)) {
        s->acts++;
        trace(s, "act", node, (int64_t)s->acts);
    }
    if (!s->calm)
        heap_put(s, (struct event){s->w.now_ms + (int64_t)world_draw(&s->w, 120000), 0, OFFICER,
                                   node, NULL});
}

static void answered(struct sim *s, struct flight *f)
{
    s->answers++;
    if (f->lost)
        f->done(f->job, ERR_PEER, 0, (struct bytes){0}, 0, "no answer");
    else
        f->done(f->job, ERR_OK, f->status, f->reply, f->retry_after_s, NULL);
    arena_free(f->arena);
}

static void arrive(struct sim *s, struct flight *f)
{
    struct post_asked q = {str_of(f->letter.path), s->w.node[f->from].tls, f->letter.body};
    post_serve(s->post[f->to], NULL, &q, (struct post_answer){arrived, f});
}

static void step(struct sim *s)
{
    struct event e = heap_take(s);
    if (e.at_ms > s->w.now_ms) s->w.now_ms = e.at_ms;
    if (e.kind == WAKE)
        s->wakes++;
    else
        s->events++;
    trace(s, event_words[e.kind], e.node, e.flight ? e.flight->from : -1);
    if (e.kind == OFFICER) officer(s, e.node);
    if (e.kind == ARRIVE) arrive(s, e.flight);
    if (e.kind == ANSWER) answered(s, e.flight);
    work(s, e.node);
}

/* ---- what must hold at the end --------------------------------------------------------------- */

static int fail(const char *what)
{
    printf("not ok: %s\n", what);
    return 1;
}

/* Each dossier the node holds: both halves have one state, and nothing waits. */
static int halves_agree(struct sim *s, int node, size_t *compared)
{
    auto_arena a = arena_new();
    const struct tree *list, *mine, *theirs;
    struct world_node *n = &s->w.node[node];
    if (world_do(n, a, DESK_LIST, NULL, &list) != ERR_OK) return fail("list");
    for (const struct tree *d = tree_get(list, "dossiers")->child; d; d = d->next) {
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "ref", tree_str(d, "dossier"));
        struct world_node *other = world_at(&s->w, tree_str(d, "theirs"));
        if (world_do(n, a, DESK_SHOW, args, &mine) != ERR_OK ||
            world_do(other, a, DESK_SHOW, args, &theirs) != ERR_OK)
            return fail("a dossier is on one side only");
        if (!str_eq(tree_str(mine, "state"), tree_str(theirs, "state")))
            return fail("the two halves of a dossier differ");
        trace(s, str_c(a, tree_str(mine, "state")), node, (int64_t)*compared);
        (*compared)++;
    }
    return 0;
}

static int all_sound(struct sim *s, size_t *compared)
{
    if (!kept_holds(s->kept)) return 1;
    for (int k = 0; k < s->w.n; k++) {
        auto_arena a = arena_new();
        int64_t unbuilt, unsent;
        struct turn t = sim_turn(s, a);
        if (desk_waiting(s->w.node[k].desk, &t, &unbuilt, &unsent) != ERR_OK || unbuilt || unsent)
            return fail("something was not delivered after the faults stopped");
        if (halves_agree(s, k, compared)) return 1;
        if (world_fsck(&s->w.node[k], a) != ERR_OK) return fail("fsck found something");
    }
    return 0;
}

static bool all_delivered(struct sim *s)
{
    for (int k = 0; k < s->w.n; k++) {
        auto_arena a = arena_new();
        int64_t unbuilt, unsent;
        struct turn t = sim_turn(s, a);
        if (desk_waiting(s->w.node[k].desk, &t, &unbuilt, &unsent) != ERR_OK) return false;
        if (unbuilt || unsent) return false;
    }
    return true;
}

/* Nothing is on its way any more: what is left are nodes looking whether something is due. */
static bool only_wakes(const struct sim *s)
{
    for (size_t k = 0; k < s->n; k++)
        if (s->heap[k].kind != WAKE) return false;
    return true;
}

static void start(struct sim *s, int nodes, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->heap = calloc(EVENTS_MAX, sizeof *s->heap);
    world_open(&s->w, nodes, seed, &suite_fake, NULL);
    s->kept = kept_open(&s->w);
    for (int k = 0; k < nodes; k++) {
        struct turn t = sim_turn(s, s->w.arena);
        s->wires[k] = (struct sim_wire){s, k};
        struct post_options o = {.desk = s->w.node[k].desk,
                                 .wire = {wire_send, &s->wires[k]},
                                 .heads_ms = -1,
                                 .clock = &s->w.clock,
                                 .chance = &s->w.chance};
        if (post_open(&t, &o, &s->post[k]) != ERR_OK) abort();
        heap_put(s, (struct event){s->w.now_ms + 100 * k, 0, OFFICER, k, NULL});
    }
}

static void stop(struct sim *s)
{
    while (s->n) {
        struct event e = heap_take(s);
        if (e.flight) answered(s, e.flight);
    }
    for (int k = 0; k < s->w.n; k++) post_close(s->post[k]);
    world_close(&s->w);
    kept_close(s->kept);
    free(s->heap);
}

static int run(int nodes, uint64_t seed, uint64_t events, const char *broken)
{
    struct sim *s = calloc(1, sizeof *s);
    start(s, nodes, seed);
    while (s->events < events && s->n) step(s);
    s->calm = true;
    int64_t until = s->w.now_ms + (int64_t)QUIET_HOURS * 3600 * 1000;
    while (s->n && s->w.now_ms < until &&
           !(s->events > events && all_delivered(s) && only_wakes(s)))
        step(s);
    size_t compared = 0;
    if (*broken && !kept_break(s->kept, broken)) abort();
    int failed = all_sound(s, &compared);
    uint64_t faults = s->dropped + s->repeated + s->delayed;
    if (!failed && faults == 0) failed = fail("no fault was injected");
    if (!failed && compared == 0) failed = fail("no dossier was compared");
    auto_arena a = arena_new();
    printf("{\"acknowledged\":%zu,\"acts\":%llu,\"compared\":%zu,\"delayed\":%llu,"
           "\"dropped\":%llu,\"events\":%llu,\"nodes\":%d,\"repeated\":%llu,\"seed\":%llu,"
           "\"trace\":\"" STR_FMT "\",\"wakes\":%llu}\n",
           kept_count(s->kept), (unsigned long long)s->acts, compared,
           (unsigned long long)s->delayed, (unsigned long long)s->dropped,
           (unsigned long long)s->events, nodes, (unsigned long long)s->repeated,
           (unsigned long long)seed, STR_ARG(hex(a, hash_bytes(&s->trace))),
           (unsigned long long)s->wakes);
    stop(s);
    free(s);
    return failed;
}

int main(int argc, char **argv)
{
    int64_t nodes = 5, seed = 1, events = 1000;
    const char *broken = "";
    struct {
        const char *name;
        int64_t *value, low, high;
    } options[] = {{"--nodes", &nodes, 2, WORLD_NODES_MAX},
                   {"--seed", &seed, 0, INT64_MAX},
                   {"--events", &events, 1, INT64_MAX}};
    for (int k = 1; k < argc; k += 2) {
        bool known = false;
        for (size_t j = 0; j < 3; j++) {
            if (strcmp(argv[k], options[j].name) != 0 || k + 1 >= argc) continue;
            known = str_to_int(str_of(argv[k + 1]), options[j].value) &&
                    *options[j].value >= options[j].low && *options[j].value <= options[j].high;
        }
        if (strcmp(argv[k], "--break") == 0 && k + 1 < argc) {
            broken = argv[k + 1];
            known = true;
        }
        if (!known) {
            fprintf(stderr,
                    "usage: comity-simulate [--nodes 2..%d] [--seed N] [--events N] "
                    "[--break lose|twice|change]\n",
                    WORLD_NODES_MAX);
            return 2;
        }
    }
    return run((int)nodes, (uint64_t)seed, (uint64_t)events, broken);
}
