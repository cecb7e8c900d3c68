/* SPDX-License-Identifier: Apache-2.0 */
/* Matters: what a person calls the case. A dossier is in one at most; a matter decides nothing. */

#include "desk/desk_internal.h"

enum { TITLE_MAX = 300, REFS_MAX = 200, MATTERS_MAX = 500 };

/* How many of its dossiers one has the right to, and whether that is all there are. */
static err matter_within(struct desk *d, struct desk_turn *dt, const struct store_reader *who,
                         const struct store_matter *m, size_t *n_out, bool *empty_out)
{
    struct turn *t = &dt->t;
    struct id *ids;
    size_t n, within = 0;
    try(store_matter_dossiers(t, d->store, &m->id, &ids, &n));
    for (size_t k = 0; k < n; k++) {
        struct store_dossier row;
        err e = store_access_get(t, d->store, who, &ids[k], &row);
        if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
        turn_forgive(t);
        within += e == ERR_OK;
    }
    *n_out = within;
    *empty_out = n == 0;
    return ERR_OK;
}

/* A matter is seen with one of its dossiers; an empty one by who sees everything or keeps the
 * register, for he must be able to put something into it. */
static err matter_seen(struct desk *d, struct desk_turn *dt, enum store_right right,
                       const struct store_matter *m, bool *out)
{
    struct store_reader who;
    size_t within;
    bool empty;
    *out = false;
    desk_reader(dt, right, &who);
    if (!str_eq(m->ours, who.authority)) return ERR_OK;
    try(matter_within(d, dt, &who, m, &within, &empty));
    *out = who.everything || within > 0 || (empty && who.registers);
    return ERR_OK;
}

err desk_arg_matter(struct desk *d, struct desk_turn *dt, enum store_right right,
                    struct store_matter *out)
{
    struct turn *t = &dt->t;
    struct str label;
    bool seen = false, may = false;
    try(desk_arg(t, dt->args, "matter", &label));
    err e = store_matter_find(t, d->store, label, out);
    if (e == ERR_OK) try(matter_seen(d, dt, RIGHT_READ, out, &seen));
    if (seen) try(matter_seen(d, dt, right, out, &may));
    if (may) return ERR_OK;
    if (seen) return desk_may_not(t);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return turn_fail(t, ERR_NONE_SUCH, "matter-none-such", NULL, "There is no matter " STR_FMT ".",
                     STR_ARG(str_printable(t->arena, label)));
}

/* Puts a dossier into a matter, or, with NULL, out of it. */
static err group(struct desk *d, struct desk_turn *dt, struct str ref,
                 const struct store_matter *in, const struct store_matter *out_of)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    try(desk_dossier_find(d, dt, RIGHT_REGISTER, ref, &row));
    if (out_of) {
        struct store_matter now;
        err e = store_matter_of(t, d->store, &row.id, &now);
        if (e == ERR_NONE_SUCH || (e == ERR_OK && !id_eq(&now.id, &out_of->id))) {
            turn_forgive(t);
            return turn_fail(t, ERR_NONE_SUCH, "dossier-not-in-matter", NULL,
                             STR_FMT " is not in " STR_FMT ".", STR_ARG(row.ref),
                             STR_ARG(out_of->label));
        }
        try(e);
    }
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "officer", dt->person->officer.officer);
    if (in) tree_add_str(t->arena, rest, "matter", desk_hex_id(t, &in->id));
    struct desk_hang h = {.key = &row.id, .ours = row.ours, .dossier = row.id};
    return desk_slip_put(d, t, "grouped", &h, rest, NULL);
}

static err refs_group(struct desk *d, struct desk_turn *dt, const struct tree *refs,
                      const struct store_matter *in, const struct store_matter *out_of)
{
    struct turn *t = &dt->t;
    if (refs && refs->count > REFS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "refs-too-many", NULL,
                         "At most %d dossiers are named at once.", REFS_MAX);
    for (const struct tree *r = refs ? refs->child : NULL; r; r = r->next)
        try(group(d, dt, r->str, in, out_of));
    return ERR_OK;
}

/* It counts what who asks sees: how many there are beside is not his to know. */
static err matter_head(struct desk *d, struct desk_turn *dt, struct tree *v,
                       const struct store_matter *m)
{
    struct turn *t = &dt->t;
    struct store_record r;
    struct store_reader who;
    size_t n;
    bool empty;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_record_get(t, d->store, "matter", id_bytes(&m->id), &r));
    try(matter_within(d, dt, &who, m, &n, &empty));
    tree_add_str(t->arena, v, "matter", m->label);
    tree_add_str(t->arena, v, "title", tree_str(r.rest, "title"));
    tree_add_str(t->arena, v, "opened", time_text(t->arena, r.at_ms));
    tree_add_int(t->arena, v, "count", (int64_t)n);
    return ERR_OK;
}

static err matter_view(struct desk *d, struct desk_turn *dt, const struct store_matter *m)
{
    struct turn *t = &dt->t;
    struct id *ids;
    size_t n;
    struct tree *v = tree_map(t->arena);
    try(matter_head(d, dt, v, m));
    try(store_matter_dossiers(t, d->store, &m->id, &ids, &n));
    struct tree *list = tree_add_list(t->arena, v, "dossiers");
    struct store_reader who;
    desk_reader(dt, RIGHT_READ, &who);
    for (size_t k = 0; k < n; k++) {
        struct store_dossier row;
        err e = store_access_get(t, d->store, &who, &ids[k], &row);
        if (e == ERR_NONE_SUCH) {
            turn_forgive(t);
            continue;
        }
        try(e);
        try(desk_add_dossier(d, t, tree_add_map(t->arena, list, NULL), &row, desk_lang(dt)));
    }
    dt->view = v;
    return ERR_OK;
}

err desk_do_MATTER_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer officer;
    struct str title, label;
    struct store_matter m = {.id = desk_random_id(t)};
    try(desk_officer(d, dt, &officer));
    try(desk_arg(t, dt->args, "title", &title));
    if (title.n > TITLE_MAX)
        return turn_fail_at(t, ERR_REJECTED, "text-too-long", NULL, STR("title"),
                            "A title holds at most %d characters.", TITLE_MAX);
    struct tree *rest = tree_map(t->arena);
    try(desk_number_mint(d, t, officer.authority, "M", rest, &label));
    tree_add_str(t->arena, rest, "label", label);
    tree_add_str(t->arena, rest, "officer", officer.officer);
    tree_add_str(t->arena, rest, "ours", officer.authority);
    tree_add_str(t->arena, rest, "title", title);
    try(store_key_make(t, d->store, &m.id));
    struct store_record r = {.dossier = m.id,
                             .kind = STR("matter"),
                             .subject = id_bytes(&m.id),
                             .at_ms = turn_now_ms(t),
                             .open = id_bytes(&m.id),
                             .rest = rest};
    try(desk_record(d, t, &r));
    try(store_matter_get(t, d->store, &m.id, &m));
    try(refs_group(d, dt, tree_get(dt->args, "refs"), &m, NULL));
    return matter_view(d, dt, &m);
}

err desk_do_MATTER_SET(struct desk *d, struct desk_turn *dt)
{
    struct store_matter m;
    try(desk_arg_matter(d, dt, RIGHT_REGISTER, &m));
    try(refs_group(d, dt, tree_get(dt->args, "add"), &m, NULL));
    try(refs_group(d, dt, tree_get(dt->args, "drop"), NULL, &m));
    return matter_view(d, dt, &m);
}

err desk_do_MATTER(struct desk *d, struct desk_turn *dt)
{
    struct store_matter m;
    try(desk_arg_matter(d, dt, RIGHT_READ, &m));
    return matter_view(d, dt, &m);
}

err desk_do_MATTERS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_matter *rows;
    size_t n;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_matters(t, d->store, &who, MATTERS_MAX, &rows, &n));
    struct tree *v = tree_map(t->arena), *list = tree_add_list(t->arena, v, "matters");
    for (size_t k = 0; k < n; k++)
        try(matter_head(d, dt, tree_add_map(t->arena, list, NULL), &rows[k]));
    dt->view = v;
    return ERR_OK;
}
