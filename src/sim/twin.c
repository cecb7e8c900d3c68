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
    fault_hit(w, SIM_CLONE, SIM_STEPS);
    world_trace(w, "twin", n->number, c->number);
    c->back_ms = w->now_ms + (int64_t)world_draw(w, SOON_MS);
    world_put(w, c->back_ms, EVENT_BACK, c->number, NULL);
    world_put(w, c->back_ms + SOON_MS, EVENT_OFFICER, c->number, NULL);
}

void twin_end(struct node *n)
{
    struct node *c = n->twin;
    n->twin = NULL;
    world_trace(n->w, "twin-ends", n->number, c->number);
    if (c->up) node_bury(c);
    c->gone = true;
    c->restores = UINT64_MAX; /* what it sent and did not arrive yet, arrives no more */
    c->attempt = (struct attempt){0};
    oracle_gone(c);
}

struct node *twin_reached(struct node *n) { return n->twin && world_draw(n->w, 2) ? n->twin : n; }
