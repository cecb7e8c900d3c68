/* SPDX-License-Identifier: Apache-2.0 */
/* How far an act has come: held here, dispatched by people, confirmed by a person there, or held by
 * the other State's node, which only its receipt says; and, while it is not, what came of the
 * attempts to bring it there. Nothing is given up, so whoever waits must be told why. */

#include "desk/desk_internal.h"

enum { UNDELIVERED_MAX = 50 };

static const struct desk_slip *said(const struct desk_slips *s, const struct store_act *a,
                                    const char *what)
{
    for (size_t k = 0; k < s->n; k++)
        if (str_is(s->p[k].row.kind, "carriage") && id_eq(&s->p[k].row.act, &a->id) &&
            str_is(tree_str(s->p[k].rest, "what"), what))
            return &s->p[k];
    return NULL;
}

struct str desk_level(struct desk *d, struct turn *t, const struct desk_slips *s,
                      const struct store_act *a)
{
    struct store_outgoing o;
    if (!str_is(a->way, "out")) return a->way;
    err e = store_outgoing_get(t, d->store, &a->id, &o);
    if (e == ERR_OK && !str_is(o.stage, "sealed") && !str_is(o.stage, "held-here")) return o.stage;
    if (e != ERR_OK) turn_forgive(t);
    if (said(s, a, "confirmed")) return STR("confirmed");
    return said(s, a, "dispatched") ? STR("dispatched") : STR("held-here");
}

/* What the other State's node refused under its seal: the newest refusal's event, code, time. */
static void refused_add(struct desk *d, struct turn *t, struct tree *m,
                        const struct store_outgoing *o)
{
    struct store_record r;
    struct receipt says;
    struct hash none = {{0}};
    if (hash_eq(&o->receipt, &none)) return;
    if (store_record_get(t, d->store, "receipt", hash_bytes(&o->receipt), &r) != ERR_OK ||
        receipt_read(t, r.open, &says) != ERR_OK || receipt_is_held(&says)) {
        turn_forgive(t);
        return;
    }
    tree_add_str(t->arena, m, "said", says.event);
    tree_add_str(t->arena, m, "code", tree_str(says.remarks ? says.remarks->child : NULL, "code"));
    tree_add_str(t->arena, m, "said_at", time_text(t->arena, says.at_ms));
}

/* People are called when it waits longer than this, or when it was refused. */
enum { URGENT_WAIT_MS = 5 * 60 * 1000, WAIT_MS = 4 * 60 * 60 * 1000 };

static void attempts_add(struct desk *d, struct turn *t, struct tree *m,
                         const struct store_outgoing *o, int64_t since_ms)
{
    bool urgent = o->precedence == 0;
    int64_t waits_ms = turn_now_ms(t) - since_ms;
    refused_add(d, t, m, o);
    bool late = waits_ms > (urgent ? URGENT_WAIT_MS : WAIT_MS);
    tree_add_bool(t->arena, m, "attention", late || tree_get(m, "said") != NULL);
    tree_add_bool(t->arena, m, "urgent", urgent);
    tree_add_str(t->arena, m, "since", time_text(t->arena, since_ms));
    tree_add_int(t->arena, m, "tries", o->tries);
    tree_add_str(t->arena, m, "tried", time_text(t->arena, o->tried_ms));
    tree_add_str(t->arena, m, "why", o->why);
    tree_add_str(t->arena, m, "next_try", time_text(t->arena, o->next_ms));
}

void desk_level_add(struct desk *d, struct turn *t, struct tree *m, const struct desk_slips *s,
                    const struct store_act *a)
{
    struct store_outgoing o;
    tree_add_str(t->arena, m, "level", desk_level(d, t, s, a));
    err e = str_is(a->way, "out") ? store_outgoing_get(t, d->store, &a->id, &o) : ERR_NONE_SUCH;
    if (e != ERR_OK)
        turn_forgive(t);
    else if (o.tries && !str_is(o.stage, "held"))
        attempts_add(d, t, tree_add_map(t->arena, m, "undelivered"), &o, a->at_ms);
}

err desk_undelivered_add(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_outgoing *rows;
    size_t n;
    int64_t attention = 0;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_tried(t, d->store, &who, UNDELIVERED_MAX, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "undelivered");
    for (size_t k = 0; k < n; k++) {
        struct store_dossier row;
        struct store_act act;
        try(store_access_get(t, d->store, &who, &rows[k].dossier, &row));
        try(store_act_get(t, d->store, &rows[k].act, &act));
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "ref", row.ref);
        tree_add_str(t->arena, one, "act", act.act);
        tree_add_str(t->arena, one, "peer", rows[k].peer);
        attempts_add(d, t, one, &rows[k], act.at_ms);
        if (tree_bool(one, "attention", false)) attention++;
    }
    tree_add_int(t->arena, v, "attention_n", attention);
    return ERR_OK;
}
