/* SPDX-License-Identifier: Apache-2.0 */
/* `law replay`: every verdict decided again, with the table set stored under its hash or with one
 * that is given, and the differences listed. It only looks. */

#include "desk/desk_internal.h"

struct replay {
    struct desk *d;
    struct turn *t;
    const struct law_tables *given, *last; /* given: instead of the stored ones */
    struct hash last_hash;
    struct store_reader who; /* only what he may see is told */
    struct tree *differences;
    int64_t decided;
};

/* The set a verdict was decided with (an act from abroad names its author's; the verdict names
 * ours). */
static err replay_tables(struct replay *p, struct str name, const struct law_tables **out)
{
    struct hash hash;
    *out = p->given;
    if (p->given) return ERR_OK;
    if (!hash_read(name, &hash))
        return turn_fail(p->t, ERR_INTEGRITY, "verdict-tables", NULL,
                         "A verdict names no table set.");
    if (p->last && hash_eq(&hash, &p->last_hash)) {
        *out = p->last;
        return ERR_OK;
    }
    try(desk_tables_of(p->d, p->t, name, &p->last));
    p->last_hash = hash;
    *out = p->last;
    return ERR_OK;
}

err desk_tables_of(struct desk *d, struct turn *t, struct str name, const struct law_tables **out)
{
    struct hash hash;
    struct store_record r;
    struct law_file *files;
    size_t n;
    if (!hash_read(name, &hash))
        return turn_fail(t, ERR_INTEGRITY, "verdict-tables", NULL, "A verdict names no table set.");
    *out = d->tables;
    if (hash_eq(&hash, law_tables_hash(d->tables))) return ERR_OK;
    try(store_record_get(t, d->store, "tables", hash_bytes(&hash), &r));
    try(law_tables_unpack(t, bytes_str(r.bulk), &files, &n));
    return law_load(t, files, n, out);
}

/* A verdict without the name of its table set, which is what differs when nothing else does. */
static struct str verdict_text(struct turn *t, const struct tree *v)
{
    struct tree *m = tree_map(t->arena);
    for (const struct tree *f = v ? v->child : NULL; f; f = f->next)
        if (!str_is(f->key, "tables")) tree_add_copy(t->arena, m, str_c(t->arena, f->key), f);
    return json_write(t->arena, m);
}

static err replay_said(struct turn *t, err done, const struct law_verdict *v, struct str *now_out);

static err replay_decide(struct replay *p, struct turn *t, const struct desk_case *c,
                         const struct desk_entry *e, struct str *now_out)
{
    const struct law_tables *tables;
    struct desk_author author;
    try(replay_tables(p, tree_str(tree_get(e->rest, "verdict"), "tables"), &tables));
    try(desk_author(p->d, t, tables, e->rest, tree_str(e->act, "from"), &author));
    struct law_act act = desk_law_act(e->act, (enum law_stream)e->row.stream);
    struct law_verdict v;
    struct str other = desk_state_of(tree_str(e->act, "to"));
    err done;
    if (str_is(e->row.way, "in") || tree_bool(e->rest, "adopted", false)) {
        struct law_who who = {.side = (enum law_stream)e->row.stream,
                              .functions = author.functions,
                              .functions_n = author.functions_n,
                              .state = author.state,
                              .other = other,
                              .zones = &p->d->zones};
        /* What came by people bears the time when it came. */
        int64_t came_ms = tree_get(e->rest, "entry") ? act.at_ms : e->row.recorded_ms;
        act.here = &c->state;
        done = law_record(t, tables, &who, &act, came_ms, &v);
    } else {
        bool system = str_is(tree_str(tree_get(e->act, "by"), "method"), "system");
        struct law_who who = {.side = c->side,
                              .functions = author.functions,
                              .functions_n = author.functions_n,
                              .system = system,
                              .state = author.state,
                              .other = other,
                              .zones = &p->d->zones};
        done = law_decide(t, tables, &c->state, &who, &act, e->row.recorded_ms, &v);
    }
    return replay_said(t, done, &v, now_out);
}

/* A verdict as it would be stored, or the refusal in its place. */
static err replay_said(struct turn *t, err done, const struct law_verdict *v, struct str *now_out)
{
    if (done == ERR_NOT_ALLOWED || done == ERR_REJECTED) {
        *now_out =
            str_printf(t->arena, "%s %s: %s", t->fault.article, t->fault.code, t->fault.sentence);
        turn_forgive(t);
        return ERR_OK;
    }
    try(done);
    *now_out = verdict_text(t, law_verdict_write(t->arena, v));
    return ERR_OK;
}

static void replay_differs(struct replay *p, const struct store_act *a, struct str was,
                           struct str now)
{
    struct arena *arena = p->t->arena;
    struct tree *one = tree_add_map(arena, p->differences, NULL);
    tree_add_str(arena, one, "id", desk_hex_id(p->t, &a->id));
    tree_add_str(arena, one, "act", str_dup(arena, a->act));
    tree_add_int(arena, one, "leaf", a->leaf);
    tree_add_str(arena, one, "was", str_dup(arena, was));
    tree_add_str(arena, one, "now", str_dup(arena, now));
}

/* An earlier arrival of an act that came by people was decided anew, with its own time. */
static err replay_moved(struct replay *p, struct turn *t, const struct store_record *r)
{
    const struct tree *verdict = tree_get(r->rest, "verdict");
    const struct law_tables *tables;
    struct law_verdict v;
    struct store_act row;
    struct id id;
    struct str now;
    if (!verdict) return ERR_OK;
    if (!id_read(tree_str(r->rest, "act"), &id))
        return turn_fail(t, ERR_INTEGRITY, "record-act", NULL, "A record names no act.");
    try(store_act_get(t, p->d->store, &id, &row));
    try(replay_tables(p, tree_str(verdict, "tables"), &tables));
    err done = desk_decide_moved(p->d, t, tables, &row, tree_int(r->rest, "at", 0), &v);
    try(replay_said(t, done, &v, &now));
    struct str was = verdict_text(t, verdict);
    p->decided++;
    if (!str_eq(was, now)) replay_differs(p, &row, was, now);
    return ERR_OK;
}

static err replay_one(struct replay *p, struct turn *t, int64_t leaf)
{
    struct store_record r;
    try(store_record_at(t, p->d->store, leaf, &r));
    bool moved = str_is(r.kind, "entry-filed");
    if ((!moved && !str_is(r.kind, "act")) || id_eq(&r.dossier, &store_house)) return ERR_OK;
    struct store_dossier row;
    err seen = store_access_get(t, p->d->store, &p->who, &r.dossier, &row);
    if (seen == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(seen);
    if (moved) return replay_moved(p, t, &r);
    struct desk_case before, with;
    try(desk_case_load(p->d, t, &r.dossier, leaf, &before));
    try(desk_case_load(p->d, t, &r.dossier, leaf + 1, &with));
    if (with.n == 0) return ERR_OK;
    const struct desk_entry *e = &with.entries[with.n - 1];
    struct str now;
    try(replay_decide(p, t, &before, e, &now));
    struct str was = verdict_text(t, tree_get(e->rest, "verdict"));
    p->decided++;
    if (!str_eq(was, now)) replay_differs(p, &e->row, was, now);
    return ERR_OK;
}

err desk_do_REPLAY(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    struct replay p = {.d = d, .t = t};
    desk_reader(dt, RIGHT_AUDIT, &p.who);
    struct str packed = tree_str(dt->args, "tables");
    if (packed.n) {
        struct law_file *files;
        size_t n;
        try(law_tables_unpack(t, packed, &files, &n));
        try(law_load(t, files, n, &p.given));
    }
    p.differences = tree_add_list(t->arena, v, "differences");
    bool found = true;
    for (int64_t leaf = 0; found && leaf < INT64_MAX; leaf++) {
        auto_arena scratch = arena_new();
        struct turn one = *t;
        one.arena = scratch;
        try(store_record_next(t, d->store, leaf, &found, &leaf));
        if (!found) break;
        err e = replay_one(&p, &one, leaf);
        if (t->fault.err == ERR_OK) t->fault = one.fault;
        try(e);
    }
    tree_add_int(t->arena, v, "decided", p.decided);
    dt->view = v;
    return ERR_OK;
}
