/* SPDX-License-Identifier: Apache-2.0 */
/* One node: a real desk and a real post over a disk in memory. What dies is not torn out of its
 * calls: its disk stands still, so nothing it does comes about, and what it says is not heard; then
 * it is closed and opened again. */

#include "sim/inner.h"

#include "sim/fake_suite.h"

#include <assert.h>
#include <string.h>

#define START_MS INT64_C(1795489200000) /* 2026-11-24T03:00:00Z */
#define YEARS_MS (INT64_C(36500) * DAY_MS)

struct turn node_turn(struct node *n, struct arena *a)
{
    return (struct turn){.arena = a, .clock = &n->clock, .chance = &n->chance};
}

bool node_is_dead(const struct node *n) { return !n->up || disk_is_dead(n->disk); }

void node_tidy(struct node *n)
{
    auto_arena a = arena_new();
    struct turn t = node_turn(n, a);
    n->write = n->sync = n->after = SIM_STEPS;
    err e = desk_tidy(n->desk, &t);
    (void)e; /* as a node does: the next time will do */
    (void)keeper_sync(n);
}

/* ---- one life -------------------------------------------------------------------------------- */

static void die(void *ctx, const char *why)
{
    struct node *n = ctx;
    (void)why;
    disk_die(n->disk);
}

static int32_t no_zone(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx, (void)zone, (void)at_ms;
    return INT32_MAX;
}

static int64_t node_ms(void *ctx)
{
    const struct node *n = ctx;
    return n->w->now_ms + n->skew_ms;
}
static int64_t node_mono_ms(void *ctx) { return ((struct node *)ctx)->w->now_ms; }

static void node_fill(void *ctx, void *out, size_t n)
{
    struct world *w = ((struct node *)ctx)->w;
    uint8_t *p = out;
    for (size_t k = 0; k < n; k += 8) {
        uint64_t x = world_draw(w, UINT64_MAX);
        memcpy(p + k, &x, n - k < 8 ? n - k : 8);
    }
}

err node_desk_up(struct node *n, struct turn *t, bool create, bool restores)
{
    struct db_options db = {.engine = DB_SQLITE, .where = "node.db", .vfs = n->vfs};
    struct desk_options o = {.db = &db,
                             .vault = n->vfs,
                             .keeper = keeper_hooks(n),
                             .suite = &suite_fake,
                             .law = law_embedded,
                             .law_n = law_embedded_n,
                             .zones = {no_zone, n},
                             .create = create,
                             .restores = restores,
                             .officers = STR("https://officers.localhost:8443"),
                             .die = die,
                             .die_ctx = n};
    return desk_open(t, &o, &n->desk);
}

static err post_up(struct node *n, struct turn *t)
{
    struct post_options o = {.desk = n->desk,
                             .wire = wire_of(n),
                             .clock = &n->clock,
                             .chance = &n->chance,
                             .reconcile_ms =
                                 mutant_is(n->w, MUTANT_UNRECONCILED) ? 0 : POST_RECONCILE_MS};
    return post_open(t, &o, &n->post);
}

void node_bury(struct node *n)
{
    disk_die(n->disk);
    n->up = false;
    post_stop(n->post);
    wire_bury(n);
    while (desk_queued(n->desk)) desk_work(n->desk);
    post_close(n->post);
    desk_close(n->desk);
    n->post = NULL;
    n->desk = NULL;
    n->lives++;
    n->fuse = -1;
    n->fuse_at_sync = n->unknown = n->down_hit = false;
}

bool node_rise(struct node *n)
{
    auto_arena a = arena_new();
    struct turn t = node_turn(n, a);
    disk_revive(n->disk, n->fuse_cut ? &n->chance : NULL);
    n->fuse_cut = false;
    n->write = n->sync = n->after = SIM_STEPS;
    keeper_load(n);
    err e = node_desk_up(n, &t, false, false);
    if (e == ERR_OK) e = desk_whole(n->desk, &t);
    if (e == ERR_OK) e = desk_freshen(n->desk, &t);
    if (e == ERR_OK && !disk_is_dead(n->disk)) {
        n->up = true;
        n->up_ms = n->w->now_ms;
        n->groups = UINT64_MAX;
        e = post_up(n, &t);
        return e == ERR_OK;
    }
    if (!disk_is_dead(n->disk) && e != ERR_FULL)
        oracle_says(n->w, 2, "Node " STR_FMT " does not open after a restart: %s",
                    STR_ARG(n->state), t.fault.sentence);
    desk_close(n->desk);
    n->desk = NULL;
    disk_die(n->disk);
    return false;
}

void node_end(struct node *n)
{
    if (n->up) node_bury(n);
    disk_free(n->disk);
    n->disk = NULL;
}

err node_do(struct node *n, struct arena *a, enum desk_action action, const struct tree *args,
            const struct tree **view_out, struct fault *fault_out)
{
    struct desk_turn dt = {.t = node_turn(n, a), .action = action, .uid = 0, .args = args};
    struct desk_turn *one = &dt;
    desk_run(n->desk, &one, 1);
    if (view_out) *view_out = dt.view;
    if (fault_out) *fault_out = dt.t.fault;
    return dt.result;
}

/* ---- making ---------------------------------------------------------------------------------- */

static err cert(struct node *n, struct turn *t, enum seal_role role, struct bytes *out)
{
    struct seal_cert says = {.state = n->state,
                             .address = role == SEAL_ROOT ? (struct str){0} : n->address,
                             .role = role,
                             .training = role == SEAL_ROOT,
                             .from_ms = START_MS - YEARS_MS / 2,
                             .to_ms = START_MS + YEARS_MS};
    return seal_cert_issue(t, &says, STR("Simulated"), NULL, NULL, n->root_der, out);
}

static err profile_make(struct node *n, struct turn *t)
{
    struct tree *functions = tree_list(t->arena);
    struct tree *f = tree_add_map(t->arena, functions, NULL);
    tree_add_str(t->arena, f, "instrument", STR("un-cybercrime"));
    tree_add_str(t->arena, f, "function", STR("contact"));
    tree_add_str(t->arena, f, "direction", STR("*"));
    tree_add_str(t->arena, f, "kind", STR("*"));
    struct profile_authority authority = {.address = n->address,
                                          .name = STR("Authority"),
                                          .functions = functions,
                                          .seal_der = n->seal_der,
                                          .open_der = n->open_der};
    struct ledger_vkey key;
    keeper_vkey(n, n->w->arena, &key);
    n->vkey = ledger_vkey_text(n->w->arena, &key);
    struct profile p = {.state = n->state,
                        .name = n->state,
                        .training = true,
                        .at_ms = n->w->now_ms,
                        .node = n->address,
                        .url = str_printf(t->arena, "https://" STR_FMT, STR_ARG(n->state)),
                        .vkey = n->vkey,
                        .tls_der = n->tls_der,
                        .authorities = &authority,
                        .authorities_n = 1};
    struct str body = profile_body(t->arena, &p);
    return suite_fake.sign(t, NULL, n->root_der, str_bytes(body), true, START_MS, &n->profile);
}

static err init(struct node *n, struct turn *t)
{
    struct tree *args = tree_map(t->arena);
    tree_add_str(t->arena, args, "profile", base64(t->arena, n->profile));
    tree_add_str(t->arena, args, "root", base64(t->arena, n->root_der));
    struct tree *o = tree_add_map(t->arena, tree_add_list(t->arena, args, "officers"), NULL);
    tree_add_str(t->arena, o, "officer", STR("o-1"));
    tree_add_str(t->arena, o, "post", STR("duty officer"));
    tree_add_str(t->arena, o, "authority", n->address);
    tree_add_int(t->arena, o, "uid", 0);
    return node_do(n, t->arena, DESK_INIT, args, NULL, &t->fault);
}

err node_make(struct world *w, int number, struct turn *t)
{
    struct node *n = &w->node[number];
    n->w = w;
    n->number = n->who = number;
    n->fuse = -1;
    n->clock = (struct clock){node_ms, node_mono_ms, n};
    n->chance = (struct chance){node_fill, n};
    t->clock = &n->clock;
    t->chance = &n->chance;
    n->state = str_printf(w->arena, "%c%c", 'B' + number / 26, 'A' + number % 26);
    n->address = str_printf(w->arena, STR_FMT "/csb", STR_ARG(n->state));
    n->state.p = n->vfs = str_c(w->arena, n->state);
    n->todo = arena_take_many(w->arena, SIM_TODO_MAX, sizeof *n->todo);
    node_fill(n, n->ledger_seed, sizeof n->ledger_seed);
    node_fill(n, n->storage, sizeof n->storage);
    n->disk = disk_new(n->vfs, (struct disk_hooks){fault_disk, n});
    if (!n->disk) return turn_fail(t, ERR_INTERNAL, "disk", NULL, "SQLite takes no more disks.");
    try(cert(n, t, SEAL_ROOT, &n->root_der));
    try(cert(n, t, SEAL_SEAL, &n->seal_der));
    try(cert(n, t, SEAL_OPEN, &n->open_der));
    try(cert(n, t, SEAL_TLS, &n->tls_der));
    n->tls = seal_sha256_of(n->tls_der);
    try(profile_words(t, n->root_der, &n->words));
    try(profile_make(n, t));
    keeper_load(n);
    try(node_desk_up(n, t, true, false));
    n->up = true;
    try(init(n, t));
    return post_up(n, t);
}

err node_pin(struct node *n, struct node *peer, struct turn *t)
{
    struct tree *args = tree_map(t->arena);
    tree_add_str(t->arena, args, "profile", base64(t->arena, peer->profile));
    tree_add_str(t->arena, args, "root", base64(t->arena, peer->root_der));
    tree_add_str(t->arena, args, "words", peer->words);
    try(node_do(n, t->arena, DESK_PEER_ADD, args, NULL, &t->fault));
    n->peers[n->peers_n++] = peer->number;
    return ERR_OK;
}
