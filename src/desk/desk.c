/* SPDX-License-Identifier: Apache-2.0 */
/* The door itself: opening, and turns in groups that share one transaction.
 *
 * A turn decides before it writes, so a refusal leaves nothing to take back. What fails in SQL
 * takes the whole group back, and its turns are done one by one. */

#include "db/db.h"
#include "desk/desk_internal.h"

#include <string.h>

enum { AGAIN_MAX = 5 };

struct action_row {
    const char *word;
    bool writes;
    enum who { who_officer, who_guest, who_any, who_door } who;
    desk_step *step;
};
static const struct action_row actions[DESK_ACTIONS] = {
#define ACTION(name, word, writes, who, help)                                                      \
    [DESK_##name] = {word, writes, who_##who, desk_do_##name},
#include "desk/action.def"
#undef ACTION
};

const char *desk_action_word(enum desk_action a) { return actions[a].word; }

bool desk_action_find(struct str word, enum desk_action *out)
{
    int k = 0;
    while (k < DESK_ACTIONS && !str_is(word, actions[k].word)) k++;
    if (k < DESK_ACTIONS) *out = (enum desk_action)k;
    return k < DESK_ACTIONS;
}
bool desk_action_writes(enum desk_action a) { return actions[a].writes; }
bool desk_action_is_door(enum desk_action a) { return actions[a].who == who_door; }
bool desk_action_is_guest(enum desk_action a) { return actions[a].who == who_guest; }

/* ---- opening --------------------------------------------------------------------------------- */

static void desk_forget(void *what)
{
    struct desk *d = what;
    store_close(d->store);
    vault_close(d->vault);
    arena_free(d->known);
    arena_free(d->head_arena);
}

/* Makes the table set permanent before anything is decided with it. */
static err desk_adopt(struct desk *d, struct turn *t)
{
    try(store_begin(t, d->store));
    err e = desk_tables_keep(d, t);
    if (e == ERR_OK) return store_commit(t, d->store);
    store_rollback(d->store);
    return e;
}

static err desk_ready(struct desk *d, struct turn *t, bool read_only)
{
    try(desk_known_load(d, t));
    if (!d->born) return ERR_OK;
    if (!d->restores) try(desk_heads_agree(d, t));
    if (read_only) return ERR_OK;
    try(desk_adopt(d, t));
    if (d->restores) return ERR_OK;
    /* After a power cut the log may lead keeper's head, and others have seen what it signed then.
     */
    d->owed = desk_head_sign(d, t) != ERR_OK;
    turn_forgive(t);
    return ERR_OK;
}

static err desk_start(struct desk *d, struct turn *t, const struct desk_options *o)
{
    struct turn life = *t;
    life.arena = d->arena;
    err e = law_load(&life, o->law, o->law_n, &d->tables);
    if (e == ERR_OK) e = vault_open(&life, o->vault, &d->vault);
    if (e == ERR_OK) {
        const struct keeper *k = &d->keeper;
        struct store_options so = {.db = *o->db,
                                   .wrapper = {k->wrap, k->unwrap, k->ctx},
                                   .create = o->create,
                                   .owner = o->owner,
                                   .take_over = o->take_over};
        e = store_open(&life, &so, &d->store);
    }
    t->fault = life.fault;
    try(e);
    d->packed = law_tables_pack(d->arena, o->law, o->law_n);
    e = store_blame(t, d->store, desk_ready(d, t, o->db->read_only));
    if (e != ERR_INTEGRITY && e != ERR_NONE_SUCH && e != ERR_REJECTED && e != ERR_CONFLICT)
        return e;
    d->damage = t->fault;
    turn_forgive(t);
    return ERR_OK;
}

err desk_whole(const struct desk *d, struct turn *t)
{
    if (d->damage.err == ERR_OK) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "store-damaged", NULL,
                     "What this node stored is not what it was: %s Nothing is served; see: comity "
                     "fsck.",
                     d->damage.sentence);
}

err desk_open(struct turn *t, const struct desk_options *o, struct desk **out)
{
    struct arena *arena = arena_new();
    struct desk *d = arena_take(arena, sizeof *d);
    d->arena = arena;
    d->known = arena_new();
    d->head_arena = arena_new();
    d->log = o->log;
    d->keeper = o->keeper;
    d->suite = o->suite;
    d->zones = o->zones;
    d->officers = str_dup(arena, o->officers);
    d->restores = o->restores;
    d->room = o->room;
    d->room_ctx = o->room_ctx;
    d->die = o->die;
    d->die_ctx = o->die_ctx;
    arena_on_free(arena, desk_forget, d);
    err e = desk_start(d, t, o);
    if (e != ERR_OK) {
        desk_close(d);
        return e;
    }
    *out = d;
    return ERR_OK;
}

void desk_close(struct desk *d)
{
    if (d) arena_free(d->arena);
}

/* True when the projections were made by this version of the program, or there is nothing yet. */
static err is_fresh(struct desk *d, struct turn *t, bool *fresh_out)
{
    struct str version;
    int64_t n = 0;
    *fresh_out = store_log_size(d->store) == 0;
    err e = store_fact(t, d->store, "projection", &version);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (str_to_int(version, &n) && n == DESK_PROJECTION_VERSION) *fresh_out = true;
    return ERR_OK;
}

err desk_freshen(struct desk *d, struct turn *t)
{
    bool fresh;
    try(is_fresh(d, t, &fresh));
    if (fresh) return ERR_OK;
    try(store_begin(t, d->store));
    err e = desk_rebuild(d, t);
    if (e != ERR_OK) {
        store_rollback(d->store);
        return e;
    }
    try(store_commit(t, d->store));
    d->damage = (struct fault){0};
    return desk_ready(d, t, false);
}

/* ---- turns ----------------------------------------------------------------------------------- */

/* A person's turn: who he is, what he may, and whether the same was asked before. */
static err person_do(struct desk *d, struct desk_turn *dt)
{
    try(desk_person_find(d, dt));
    try(desk_person_may(d, dt));
    if (!desk_idem_is(dt)) return actions[dt->action].step(d, dt);
    bool known;
    try(desk_idem_known(d, dt, &known));
    if (known) return ERR_OK;
    try(actions[dt->action].step(d, dt));
    return desk_idem_keep(d, dt);
}

static err turn_do(struct desk *d, struct desk_turn *dt)
{
    const struct action_row *a = &actions[dt->action];
    turn_forgive(&dt->t);
    dt->view = NULL;
    dt->inside = NULL;
    dt->answer = dt->stamp = (struct str){0};
    dt->evidence = NULL;
    dt->unchanged = false;
    bool mends = dt->action == DESK_FSCK || dt->action == DESK_REBUILD;
    if (!mends) try(desk_whole(d, &dt->t));
    if (!d->born && !mends && dt->action != DESK_INIT && dt->action != DESK_LAW)
        return turn_fail(&dt->t, ERR_NONE_SUCH, "node-not-made", NULL,
                         "This folder holds no node yet; make one with: comity init.");
    if (d->restores && !mends && dt->action != DESK_RESTORE)
        return turn_fail(&dt->t, ERR_BUSY, "restoring", NULL,
                         "This node is being put back from a backup.");
    dt->person = NULL;
    if (a->who == who_officer) return person_do(d, dt);
    if (a->who == who_any && dt->uid < 0)
        return turn_fail(&dt->t, ERR_STRANGER, "not-here", NULL,
                         "This is only done at the node's own computer: comity %s.", a->word);
    return a->step(d, dt);
}

/* True when the failure may have left writes behind that must be taken back. */
static bool is_dirty(err e)
{
    return e == ERR_FULL || e == ERR_BUSY || e == ERR_INTERNAL || e == ERR_CONFLICT ||
           e == ERR_UNKNOWN || e == ERR_INTEGRITY;
}

static void fail_all(struct desk_turn *const *turns, size_t n, err e, const struct fault *why)
{
    for (size_t k = 0; k < n; k++) {
        turns[k]->result = e;
        turns[k]->t.fault = *why;
        turns[k]->view = NULL;
    }
}

static void commit_group(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    struct turn t = turns[0]->t;
    turn_forgive(&t);
    err e = store_commit(&t, d->store);
    if (e == ERR_UNKNOWN) {
        d->die(d->die_ctx, t.fault.sentence);
        fail_all(turns, n, e, &t.fault);
    } else if (e != ERR_OK) {
        fail_all(turns, n, e, &t.fault);
    } else {
        d->counts.groups++;
        d->counts.turns += n;
        for (size_t k = 0; k < n; k++) d->moves += turns[k]->action != DESK_READS;
    }
}

static void take_back(struct desk *d)
{
    store_rollback(d->store);
    d->plan.made = false;
}

/* Before anything is durable: what was added to the log must extend what keeper signed. A store
 * that does not is served no longer. */
static bool extends_the_head(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    struct turn t = turns[0]->t;
    turn_forgive(&t);
    err e = desk_head_plan(d, &t);
    if (e == ERR_OK) return true;
    take_back(d);
    if (e == ERR_INTEGRITY) d->damage = t.fault;
    fail_all(turns, n, e, &t.fault);
    return false;
}

/* Keeper may be one group behind, no more: until it has signed that, nothing is added. */
static err group_begin(struct desk *d, struct turn *t)
{
    if (d->owed) try(desk_head_sign(d, t));
    d->owed = false;
    return store_begin(t, d->store);
}

/* Does the turns in one transaction. Answers false when it was taken back because of one of them.
 */
static bool try_group(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    struct turn t = turns[0]->t;
    turn_forgive(&t);
    err e = group_begin(d, &t);
    if (e != ERR_OK) {
        fail_all(turns, n, e, &t.fault);
        return true;
    }
    uint64_t changed = db_changed(store_db(d->store));
    uint64_t begun = store_log_size(d->store);
    for (size_t k = 0; k < n; k++) {
        turns[k]->result = turn_do(d, turns[k]);
        bool wrote = db_changed(store_db(d->store)) != changed;
        changed = db_changed(store_db(d->store));
        if (turns[k]->result != ERR_OK && (is_dirty(turns[k]->result) || wrote)) {
            take_back(d);
            return n == 1;
        }
    }
    if (d->born && store_log_size(d->store) != begun && !extends_the_head(d, turns, n)) return true;
    commit_group(d, turns, n);
    return true;
}

static err answer_receive(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct bytes cms;
    try(d->keeper.sign(d->keeper.ctx, t, dt->inside->by, str_bytes(dt->inside->receipt_body), true,
                       turn_now_ms(t), &cms));
    struct proof_leaf leaf;
    try(desk_leaf_proof(d, t, &dt->inside->act, &leaf));
    dt->answer = receipt_answer(t->arena, cms, &leaf);
    if (dt->action == DESK_RECEIVE) d->counts.receives++;
    return ERR_OK;
}

/* What follows a commit and is repeated after a crash: the head, and receipts for what was taken.
 */
static void after_group(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    struct turn t = turns[0]->t;
    turn_forgive(&t);
    if (d->stale) {
        err e = desk_known_load(d, &t);
        if (e != ERR_OK) {
            d->die(d->die_ctx, t.fault.sentence);
            return;
        }
        d->stale = false;
    }
    bool sound = d->born && d->damage.err == ERR_OK;
    err head = sound ? desk_head_sign(d, &t) : ERR_OK;
    d->plan.made = false;
    d->owed = head != ERR_OK;
    for (size_t k = 0; k < n; k++) {
        if (turns[k]->result != ERR_OK) continue;
        if (turns[k]->action == DESK_READS) desk_reads_written(d);
        if (!turns[k]->inside) continue;
        if (head != ERR_OK) {
            turns[k]->result = head;
            turns[k]->t.fault = t.fault;
            continue;
        }
        turns[k]->result = answer_receive(d, turns[k]);
    }
}

/* Of two transactions that read what the other writes a server lets one through and says so to the
 * other, which then finds things as they are now. */
static bool stood_in_the_way(const struct desk_turn *dt)
{
    return dt->result == ERR_BUSY && str_is(str_of(dt->t.fault.code), "db-busy");
}

static bool group_again(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    bool whole = try_group(d, turns, n);
    for (int k = 0; k < AGAIN_MAX && stood_in_the_way(turns[0]); k++)
        whole = try_group(d, turns, n);
    return whole;
}

static void run_group(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    if (!group_again(d, turns, n)) {
        for (size_t k = 0; k < n; k++) (void)group_again(d, &turns[k], 1);
    }
    after_group(d, turns, n);
}

void desk_run(struct desk *d, struct desk_turn *const *turns, size_t n)
{
    struct desk_turn *group[DESK_GROUP];
    size_t in_group = 0;
    for (size_t k = 0; k < n; k++) {
        if (!actions[turns[k]->action].writes) continue;
        group[in_group++] = turns[k];
        if (in_group == DESK_GROUP) {
            run_group(d, group, in_group);
            in_group = 0;
        }
    }
    if (in_group) run_group(d, group, in_group);
    db_view_begin(store_db(d->store));
    for (size_t k = 0; k < n; k++)
        if (!actions[turns[k]->action].writes) turns[k]->result = turn_do(d, turns[k]);
    db_view_end(store_db(d->store));
}

/* ---- the queue ------------------------------------------------------------------------------- */

void desk_submit(struct desk *d, struct desk_turn *dt, void (*done)(struct desk_turn *dt))
{
    dt->done = done;
    if (d->queue_n == DESK_QUEUE_MAX) {
        dt->result = turn_fail(&dt->t, ERR_BUSY, "busy", NULL,
                               "Too much waits to be done; nothing was taken. Try again shortly.");
        done(dt);
        return;
    }
    d->queue[(d->queue_first + d->queue_n++) % DESK_QUEUE_MAX] = dt;
}

size_t desk_queued(const struct desk *d) { return d->queue_n; }

void desk_work(struct desk *d)
{
    struct desk_turn *group[DESK_GROUP];
    size_t n = 0;
    while (n < DESK_GROUP && d->queue_n) {
        group[n++] = d->queue[d->queue_first];
        d->queue_first = (d->queue_first + 1) % DESK_QUEUE_MAX;
        d->queue_n--;
    }
    if (n) desk_run(d, group, n);
    for (size_t k = 0; k < n; k++) group[k]->done(group[k]);
}

struct desk_counts desk_counted(const struct desk *d)
{
    struct desk_counts c = d->counts;
    struct db_counts db = db_counted(store_db(d->store));
    c.answer_syncs = db.wal_syncs;
    c.checkpoint_syncs = db.main_syncs;
    c.vault_syncs = vault_syncs(d->vault);
    c.keeper_syncs = d->keeper.syncs(d->keeper.ctx);
    return c;
}

/* ---- small ----------------------------------------------------------------------------------- */

struct str desk_hex_id(struct turn *t, const struct id *id) { return hex(t->arena, id_bytes(id)); }

struct str desk_hex_hash(struct turn *t, const struct hash *h)
{
    return hex(t->arena, hash_bytes(h));
}

struct id desk_random_id(struct turn *t)
{
    struct id id;
    t->chance->fill(t->chance->ctx, id.b, sizeof id.b);
    return id;
}

err desk_arg(struct turn *t, const struct tree *args, const char *name, struct str *out)
{
    *out = tree_str(args, name);
    if (out->n) return ERR_OK;
    return turn_fail_at(t, ERR_USAGE, "argument-missing", NULL, str_of(name),
                        "The argument %s is missing.", name);
}
