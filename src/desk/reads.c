/* SPDX-License-Identifier: Apache-2.0 */
/* Two things around a person's turn: who read content is written down, one leaf a batch and out of
 * the answer's way; and a request that comes again under its key gets its first answer. */

#include "desk/desk_internal.h"

#include <string.h>

#define IDEM_MS (INT64_C(7) * DAY_MS)

/* ---- who read what --------------------------------------------------------------------------- */

static bool same_read(const struct desk_read *r, const struct desk_read *x)
{
    return r->action == x->action && id_eq(&r->dossier, &x->dossier) &&
           strcmp(r->officer, x->officer) == 0;
}

err desk_read_note(struct desk *d, struct desk_turn *dt, const struct id *dossier)
{
    struct desk_read x = {.action = dt->action, .at_ms = turn_now_ms(&dt->t)};
    struct str officer = dt->person ? dt->person->officer.officer : STR("");
    if (dossier) x.dossier = *dossier;
    size_t n = officer.n < sizeof x.officer - 1 ? officer.n : sizeof x.officer - 1;
    if (n) memcpy(x.officer, officer.p, n);
    for (size_t k = 0; k < d->reads_n; k++)
        if (same_read(&d->reads[k], &x)) return ERR_OK;
    if (d->reads_n == DESK_READS_MAX)
        return turn_fail(&dt->t, ERR_BUSY, "reads-full", "comity officers 1: reads",
                         "What is read is written down, and that is behind. Try again shortly.");
    d->reads[d->reads_n++] = x;
    return ERR_OK;
}

int64_t desk_reads_due_ms(const struct desk *d)
{
    if (d->reads_n) return d->reads[0].at_ms + DESK_READS_LATE_MS / 2;
    for (size_t k = 0; k < DESK_SEEN_MAX; k++)
        if (d->seen[k].fresh) return d->seen[k].at_ms + DESK_SEEN_LATE_MS;
    return INT64_MAX;
}

err desk_do_READS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    try(desk_seen_write(d, t));
    d->reads_taken = d->reads_n;
    if (d->reads_n == 0) return ERR_OK;
    struct tree *rest = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, rest, "reads");
    for (size_t k = 0; k < d->reads_n; k++) {
        const struct desk_read *r = &d->reads[k];
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_int(t->arena, one, "at", r->at_ms);
        tree_add_str(t->arena, one, "dossier", desk_hex_id(t, &r->dossier));
        tree_add_str(t->arena, one, "officer", str_of(r->officer));
        tree_add_str(t->arena, one, "what", str_of(desk_action_word(r->action)));
    }
    struct id *id = arena_take(t->arena, sizeof *id);
    *id = desk_random_id(t);
    struct store_record r = {.dossier = store_house,
                             .kind = STR("reads"),
                             .subject = id_bytes(id),
                             .at_ms = turn_now_ms(t),
                             .open = id_bytes(id),
                             .rest = rest};
    return desk_record(d, t, &r);
}

void desk_reads_written(struct desk *d)
{
    memmove(d->reads, d->reads + d->reads_taken, (d->reads_n - d->reads_taken) * sizeof *d->reads);
    d->reads_n -= d->reads_taken;
    d->reads_taken = 0;
    desk_seen_written(d);
}

/* ---- the same request again ------------------------------------------------------------------ */

static const struct {
    enum desk_action action;
    const char *name;
} anew[] = {
#define ANEW(action, name) {DESK_##action, name},
#include "desk/anew.def"
#undef ANEW
};

static bool is_asked(const struct desk_turn *dt, struct str name)
{
    for (size_t k = 0; k < sizeof anew / sizeof *anew; k++)
        if (anew[k].action == dt->action && str_is(name, anew[k].name)) return false;
    return !str_is(name, "idem");
}

static void idem_of(struct desk_turn *dt, struct store_idem *out)
{
    struct turn *t = &dt->t;
    struct tree *m = tree_map(t->arena);
    struct bytes key[] = {str_bytes(dt->person->officer.officer), str_bytes(STR("\n")),
                          str_bytes(tree_str(dt->args, "idem"))};
    seal_sha256(key, 3, &out->key);
    for (const struct tree *a = dt->args->child; a; a = a->next)
        if (is_asked(dt, a->key)) tree_add_copy(t->arena, m, str_c(t->arena, a->key), a);
    struct bytes body[] = {str_bytes(str_of(desk_action_word(dt->action))), str_bytes(STR("\n")),
                           str_bytes(json_write(t->arena, m))};
    seal_sha256(body, 3, &out->body);
}

bool desk_idem_is(const struct desk_turn *dt)
{
    return dt->person && desk_action_writes(dt->action) && tree_str(dt->args, "idem").n;
}

/* It names what was made at first, so that the second wish finds its way there. */
static err idem_other(struct turn *t, const struct tree *first)
{
    static const char *const keys[] = {"entry", "draft", "ref"};
    struct str made = {0};
    for (size_t k = 0; k < 3 && !made.n; k++) made = tree_str(first, keys[k]);
    return turn_fail(t, ERR_CONFLICT, "idem-other-body", "comity officers 1: idem",
                     "This was sent before with other content; that was done%s" STR_FMT
                     " and stands. Now nothing was done: change that, or begin anew.",
                     made.n ? ": " : "", STR_ARG(made));
}

err desk_idem_known(struct desk *d, struct desk_turn *dt, bool *known_out)
{
    struct turn *t = &dt->t;
    struct store_idem asked, kept;
    struct tree *view;
    *known_out = false;
    idem_of(dt, &asked);
    err e = store_idem_get(t, d->store, &asked.key, turn_now_ms(t), &kept);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    try(json_read(t, kept.answer, &codec_limits, &view));
    if (!hash_eq(&kept.body, &asked.body)) return idem_other(t, view);
    dt->view = view;
    *known_out = true;
    return ERR_OK;
}

err desk_idem_keep(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_idem i = {.ends_ms = turn_now_ms(t) + IDEM_MS};
    idem_of(dt, &i);
    i.answer = str_bytes(json_write(t->arena, dt->view ? dt->view : tree_map(t->arena)));
    return store_idem_put(t, d->store, &i, turn_now_ms(t));
}
