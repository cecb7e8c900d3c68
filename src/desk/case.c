/* SPDX-License-Identifier: Apache-2.0 */
/* A dossier as it stands: its acts with their stored verdicts, folded. The tables are not asked. */

#include "desk/desk_internal.h"

#include <string.h>

struct law_act desk_law_act(const struct tree *act, enum law_stream stream)
{
    const struct tree *law = tree_get(act, "law");
    int64_t at = tree_int(act, "at", 0);
    return (struct law_act){.act = tree_str(act, "act"),
                            .instrument = tree_str(law, "instrument"),
                            .kind = tree_str(law, "kind"),
                            .stream = stream,
                            .n = tree_int(act, "n", 0),
                            .seen = tree_int(tree_get(act, "seen"), "n", 0),
                            .at_ms = at,
                            .particulars = tree_get(act, "particulars"),
                            .ref = tree_str(act, "ref")};
}

int64_t desk_case_count(const struct desk_case *c, enum law_stream stream,
                        const struct desk_entry **last_out)
{
    int64_t count = 0;
    if (last_out) *last_out = NULL;
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        if (e->row.stream != (int64_t)stream || !e->in_reach) continue;
        if (e->row.n > count) {
            count = e->row.n;
            if (last_out) *last_out = e;
        }
    }
    return count;
}

/* A record of an act that need not be read again. */
struct fresh {
    const struct store_record *record;
    const struct tree *act;
};

static err entry_load(struct desk *d, struct turn *t, const struct fresh *fresh,
                      struct desk_entry *e)
{
    if (fresh && bytes_eq(fresh->record->subject, id_bytes(&e->row.id))) {
        e->act = fresh->act;
        e->rest = fresh->record->rest;
        return law_verdict_read(t, tree_get(e->rest, "verdict"), &e->verdict);
    }
    struct store_record r;
    try(store_record_get(t, d->store, "act", id_bytes(&e->row.id), &r));
    try(store_record_shown(t, &r, &e->act));
    e->rest = r.rest;
    return law_verdict_read(t, tree_get(r.rest, "verdict"), &e->verdict);
}

err desk_case_new(struct turn *t, struct desk_case *out)
{
    memset(out, 0, sizeof *out);
    out->side = LAW_REQUESTING;
    return law_fold(t, NULL, 0, &out->state);
}

static err case_load(struct desk *d, struct turn *t, const struct id *dossier, int64_t before,
                     const struct fresh *fresh, struct desk_case *out)
{
    struct desk_case c = {0};
    try(store_dossier_get(t, d->store, dossier, &c.row));
    c.side = str_is(c.row.side, "requesting") ? LAW_REQUESTING : LAW_REQUESTED;
    struct store_act *rows;
    size_t n;
    try(store_acts_of(t, d->store, dossier, &rows, &n));
    if (n > DESK_ACTS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "dossier-too-long", NULL,
                         "The dossier holds %zu acts; the limit is %d.", n, DESK_ACTS_MAX);
    c.entries = arena_take_many(t->arena, n + 1, sizeof *c.entries);
    struct law_entry *folded = arena_take_many(t->arena, n + 1, sizeof *folded);
    for (size_t k = 0; k < n; k++) {
        if (rows[k].leaf >= before) continue;
        struct desk_entry *e = &c.entries[c.n];
        e->row = rows[k];
        try(entry_load(d, t, fresh, e));
        folded[c.n].act = desk_law_act(e->act, (enum law_stream)e->row.stream);
        folded[c.n].verdict = &e->verdict;
        c.n++;
    }
    try(store_off_wire(t, d->store, dossier, &c.off_wire));
    if (c.off_wire) try(desk_case_moved(d, t, before, &c));
    try(law_fold(t, folded, c.n, &c.state));
    for (size_t k = 0; k < c.n; k++) {
        c.entries[k].effect = c.state.effects[k];
        c.entries[k].in_reach = c.state.effects[k] != LAW_WAITING;
    }
    *out = c;
    return ERR_OK;
}

err desk_case_load(struct desk *d, struct turn *t, const struct id *dossier, int64_t before,
                   struct desk_case *out)
{
    return case_load(d, t, dossier, before, NULL, out);
}

err desk_case_load_with(struct desk *d, struct turn *t, const struct store_record *fresh,
                        const struct tree *act, struct desk_case *out)
{
    struct fresh at_hand = {fresh, act};
    return case_load(d, t, &fresh->dossier, INT64_MAX, &at_hand, out);
}
