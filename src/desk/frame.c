/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around every page: who is here, what node this is, and how much waits. The same
 * numbers as the lists of STATUS have, without the lists. Counting asks the law about each open
 * dossier, so a count holds until something is done here, and a second at most. */

#include "desk/desk_internal.h"

#include <string.h>

enum { COUNT_HOLDS_MS = 1000 };

void desk_frame_add(struct desk *d, struct desk_turn *dt, struct tree *v, int64_t position)
{
    struct turn *t = &dt->t;
    const struct store_officer *officer = &dt->person->officer;
    struct str title = law_state_said(d->tables, d->profile.state, desk_lang(dt));
    struct str zone = law_authority_zone(d->tables, officer->authority);
    tree_add_str(t->arena, v, "state", d->profile.state);
    tree_add_str(t->arena, v, "state_title", title.n ? title : d->profile.name);
    desk_add_officer(d, t, v, "officer", officer, desk_lang(dt));
    tree_add_str(t->arena, v, "name", d->profile.name);
    tree_add_str(t->arena, v, "node", d->profile.node);
    tree_add_bool(t->arena, v, "training", d->profile.training);
    tree_add_str(t->arena, v, "time_zone", zone.n ? zone : STR("UTC"));
    tree_add_int(t->arena, v, "position", position);
    if (desk_sees_node(d, dt))
        tree_add_int(t->arena, v, "log_size", (int64_t)store_log_size(d->store));
}

void desk_needs_add(struct turn *t, struct tree *v, const struct desk_needs *n)
{
    tree_add_int(t->arena, v, "needs_n", n->needs);
    tree_add_int(t->arena, v, "hot_n", n->hot);
    tree_add_int(t->arena, v, "entries_n", n->entries);
}

/* ---- whether it was shown already ------------------------------------------------------------ */

bool desk_is_unchanged(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    if (!d->life) t->chance->fill(t->chance->ctx, &d->life, sizeof d->life);
    dt->stamp = str_printf(t->arena, "%llx-%llx-%llx", (unsigned long long)d->life,
                           (unsigned long long)d->moves,
                           (unsigned long long)(turn_now_ms(t) / COUNT_HOLDS_MS));
    dt->unchanged = dt->unless.n && str_eq(dt->unless, dt->stamp);
    return dt->unchanged;
}

/* ---- counting -------------------------------------------------------------------------------- */

static void count_row(struct desk_needs *n, const struct store_dossier *row)
{
    n->needs++;
    n->hot += row->requested_n == 0;
}

static err count_open(struct desk *d, struct desk_turn *dt, const struct store_reader *who,
                      struct desk_needs *out)
{
    struct store_dossier *rows;
    size_t n, counted = 0;
    try(store_access_open(&dt->t, d->store, who, DESK_OPEN_MAX, &rows, &n));
    for (size_t k = 0; k < n && counted < DESK_NEEDS_MAX; k++) {
        bool next;
        try(desk_has_next(d, dt, &rows[k], &next));
        if (!next) continue;
        count_row(out, &rows[k]);
        counted++;
    }
    return ERR_OK;
}

static err count(struct desk *d, struct desk_turn *dt, struct desk_needs *out)
{
    struct store_reader who;
    struct desk_needs n = {0};
    desk_reader(dt, RIGHT_READ, &who);
    try(count_open(d, dt, &who, &n));
    try(desk_papers_count(d, dt, &who, &n));
    *out = n;
    return ERR_OK;
}

/* The one kept for an officer, else the oldest. */
static struct desk_waits *slot_of(struct desk *d, struct str officer)
{
    struct desk_waits *oldest = &d->waits[0];
    for (size_t k = 0; k < DESK_WAITS_MAX; k++) {
        struct desk_waits *c = &d->waits[k];
        if (str_is(officer, c->officer)) return c;
        if (c->at_ms < oldest->at_ms) oldest = c;
    }
    return oldest;
}

static err counted(struct desk *d, struct desk_turn *dt, struct desk_needs *out)
{
    struct str officer = dt->person->officer.officer;
    struct desk_waits *c = slot_of(d, officer);
    int64_t now_ms = turn_now_ms(&dt->t);
    bool holds = str_is(officer, c->officer) && c->moves == d->moves && now_ms >= c->at_ms &&
                 now_ms - c->at_ms < COUNT_HOLDS_MS;
    if (!holds) {
        struct desk_needs n;
        try(count(d, dt, &n));
        *c = (struct desk_waits){.moves = d->moves, .at_ms = now_ms, .needs = n};
        if (officer.n < sizeof c->officer) memcpy(c->officer, officer.p, officer.n);
    }
    *out = c->needs;
    return ERR_OK;
}

err desk_do_FRAME(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    struct store_reader who;
    struct desk_needs n;
    int64_t position;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_latest(t, d->store, &who, &position));
    try(counted(d, dt, &n));
    desk_frame_add(d, dt, v, position);
    desk_needs_add(t, v, &n);
    dt->view = v;
    return ERR_OK;
}
