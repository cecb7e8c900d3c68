/* SPDX-License-Identifier: Apache-2.0 */
/* Two of one node: a copy of its disk comes to work beside it, with the same keys under the same
 * address, as when a snapshot is started while the machine it was taken of still runs. Officers sit
 * at both, peers reach now one and now the other, and each goes on from the same numbers.
 *
 * People end it as the manual says: both are switched off, and the node is put back from what the
 * second was copied of, with a new incarnation (life.c). Of two acts with one number the other
 * State took one, and that one comes back from it, whichever of the two had sent it. What neither
 * had got across is lost with the two disks. */

#include "sim/inner.h"

#include <string.h>

err twin_rooms(struct world *w, struct turn *t)
{
    for (int k = w->n; k < w->n + SIM_TWINS_MAX; k++) {
        struct node *c = &w->node[k];
        c->w = w;
        c->number = c->who = k;
        c->gone = true;
        c->vfs = str_c(w->arena, str_printf(w->arena, "twin%d", k));
        c->disk = disk_new(c->vfs, (struct disk_hooks){fault_disk, c});
        c->todo = arena_take_many(w->arena, SIM_TODO_MAX, sizeof *c->todo);
        if (!c->disk)
            return turn_fail(t, ERR_INTERNAL, "disk", NULL, "SQLite takes no more disks.");
    }
    return ERR_OK;
}

/* The process and the disk are its own, all else is as the other's. */
static void become_like(struct node *c, const struct node *n)
{
    struct node own = *c;
    *c = *n;
    c->number = own.number;
    c->vfs = own.vfs;
    c->disk = own.disk;
    c->clock.ctx = c->chance.ctx = c;
    c->todo = memcpy(own.todo, n->todo, SIM_TODO_MAX * sizeof *n->todo);
    c->desk = NULL;
    c->post = NULL;
    c->image = NULL;
    c->twin = NULL;
    c->gone = c->past = false;
    c->up = c->late = c->torn = c->unknown = c->fuse_at_sync = c->fuse_cut = false;
    c->fuse = -1;
    c->attempt = (struct attempt){0};
    c->wake_ms = c->pause_ms = 0;
    memset(c->flights, 0, sizeof c->flights);
}

void twin_begin(struct node *n)
{
    enum { SOON_MS = 5000 };
    struct world *w = n->w;
    bool room = w->twins < SIM_TWINS_MAX && n->who == n->number;
    if (!room || !life_copies(n, false)) return;
    struct node *c = &w->node[w->n + w->twins++];
    become_like(c, n);
    disk_image_put(c->disk, n->image, NULL);
    disk_revive(c->disk, NULL);
    n->twin = c;
    n->forked = c->forked = n->last.size;
    fault_hit(w, SIM_CLONE, SIM_STEPS);
    world_trace(w, "twin", n->number, c->number);
    c->back_ms = w->now_ms + (int64_t)world_draw(w, SOON_MS);
    world_put(w, c->back_ms, EVENT_BACK, c->number, NULL);
    world_put(w, c->back_ms + SOON_MS, EVENT_OFFICER, c->number, NULL);
}

bool twin_is_at_work(const struct node *n)
{
    return n->number == n->who ? n->twin && !n->twin->past : !n->past && !n->gone;
}

/* Which of the second copies it is about. */
static int pair_of(const struct node *n)
{
    const struct world *w = n->w;
    return (n->number == n->who ? n->twin->number : n->number) - w->n;
}

/* ---- whether people are told ----------------------------------------------------------------- */

static const struct tree *status(struct node *n, struct arena *a)
{
    const struct tree *view = NULL;
    return node_do(n, a, DESK_STATUS, tree_map(a), &view, NULL) == ERR_OK ? view : NULL;
}

/* Once for each peer of each pair: it is noted as all that is refused is. */
void twin_refused(struct node *by, const struct flight *f)
{
    struct world *w = by->w;
    const struct node *n = &w->node[f->from];
    w->r.split++;
    if (!twin_is_at_work(n) || w->beliefs[pair_of(n)][by->number].told) return;
    w->beliefs[pair_of(n)][by->number].told = true;
    auto_arena a = arena_new();
    const struct tree *view = status(by, a), *list = view ? tree_get(view, "incidents") : NULL;
    for (const struct tree *x = list ? list->child : NULL; x; x = x->next) {
        struct str code = tree_str(x, "code");
        bool says = str_is(code, "sequence-taken") || str_is(code, "number-taken") ||
                    str_is(code, "incidents-limit");
        if (says && str_eq(tree_str(x, "peer"), n->address)) return;
    }
    if (view)
        oracle_says(w, 4, "%s refused one of two of %s and told nobody.", by->state.p, n->state.p);
}

void twin_learnt(const struct node *n, const struct flight *f)
{
    struct world *w = n->w;
    if (!twin_is_at_work(n)) return;
    int64_t *at_ms = &w->beliefs[pair_of(n)][f->to].learnt_ms[n->number != n->who];
    if (!*at_ms) *at_ms = w->now_ms;
}

/* What came meanwhile is not asked for: the answer has to be proven, in more letters. */
static void people_know(struct node *n)
{
    enum { PROVEN_MS = 10 * 60 * 1000 };
    struct world *w = n->w;
    auto_arena a = arena_new();
    const struct tree *view = n->up ? status(n, a) : NULL, *list;
    for (int k = 0; view && k < w->n; k++) {
        int64_t at_ms = w->beliefs[pair_of(n)][k].learnt_ms[n->number != n->who];
        if (!at_ms || w->now_ms < at_ms + PROVEN_MS || n->up_ms > at_ms) continue;
        bool says = false;
        list = tree_get(view, "undelivered");
        for (const struct tree *x = list->child; x; x = x->next)
            says |=
                str_eq(tree_str(x, "peer"), w->node[k].address) && tree_bool(x, "attention", false);
        if (!says)
            oracle_says(w, 4, "%s was told that %s has another parcel of it, and told nobody.",
                        n->state.p, w->node[k].state.p);
    }
}

/* ---- its end --------------------------------------------------------------------------------- */

static void switch_off(struct node *c)
{
    struct world *w = c->w;
    world_trace(w, "twin-off", c->who, c->number);
    if (c->up) node_bury(c);
    c->gone = true;
    c->restores = UINT64_MAX; /* what it sent and did not arrive yet, arrives no more */
    w->node[c->who].twin = NULL;
    oracle_gone(c);
}

void twin_end(struct node *n)
{
    enum { WHILE_MS = 10 * 60 * 1000 };
    struct world *w = n->w;
    struct node *c = n->twin;
    people_know(n);
    people_know(c);
    c->attempt = (struct attempt){0};
    c->past = true;
    c->until_ms = w->now_ms;
    if (world_draw(w, 2)) c->until_ms += (int64_t)world_draw(w, WHILE_MS);
    world_trace(w, "twin-ends", n->number, c->until_ms - w->now_ms);
    if (c->until_ms == w->now_ms) switch_off(c);
}

void twin_work(struct world *w)
{
    for (struct node *c = w->node + w->n; c < w->node + w->n + w->twins; c++)
        if (c->past && !c->gone && c->until_ms <= w->now_ms) switch_off(c);
}

void twin_stop(struct world *w)
{
    for (struct node *c = w->node + w->n; c < w->node + w->n + w->twins; c++)
        if (!c->gone) switch_off(c);
}

struct node *twin_reached(struct node *n) { return n->twin && world_draw(n->w, 2) ? n->twin : n; }

/* ---- heads of two histories ------------------------------------------------------------------ */

enum { HEAD_OF_BOTH = INT32_MAX };

void twin_signed(const struct node *n, const struct ledger_checkpoint *head)
{
    struct world *w = n->w;
    if (!(twin_is_at_work(n) || n->past) || head->size <= n->forked) return;
    int32_t mine = 2 * pair_of(n) + (n->number != n->who);
    int32_t known = table_get(&w->head_by, head->root.b);
    table_put(&w->head_by, head->root.b, known < 0 || known == mine ? mine : HEAD_OF_BOTH);
}

void twin_believed(const struct node *by, const struct ledger_checkpoint *head)
{
    struct world *w = by->w;
    if (!w->twins) return;
    int32_t of = table_get(&w->head_by, head->root.b);
    if (of < 0 || of == HEAD_OF_BOTH) return;
    struct belief *b = &w->beliefs[of / 2][by->number];
    bool second = of % 2;
    if (b->holds && b->restores == by->restores && b->second != second)
        oracle_says(w, 4, "%s believed heads of two histories of %s.", by->state.p,
                    w->node[w->n + of / 2].state.p);
    b->holds = true;
    b->second = second;
    b->restores = by->restores;
}
