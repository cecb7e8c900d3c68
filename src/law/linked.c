/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers that name each other: what a request names, and what an act in one brings about in the
 * other (`on_link`). */

#include "law/inner.h"

static const struct law_kind *kind_of(const struct law_tables *l, struct str instrument,
                                      struct str kind)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    return i ? law_kind_find(i, kind) : NULL;
}

err law_links(struct turn *t, const struct law_tables *l, const struct law_act *act,
              struct law_link **out, size_t *n_out)
{
    const struct law_kind *k = kind_of(l, act->instrument, act->kind);
    const struct law_row *r = k ? law_row_find(k, act->act) : NULL;
    size_t n = 0;
    *out = arena_take_many(t->arena, (r ? r->particulars_n : 0) + 1, sizeof **out);
    for (size_t i = 0; r && i < r->particulars_n; i++) {
        const struct law_particular *p = &r->particulars[i];
        struct str number = str_trim(law_value_text(act->particulars, p->name));
        if (p->type == LAW_DOSSIER && number.n)
            (*out)[n++] = (struct law_link){p->name, p->link, number};
    }
    *n_out = n;
    return ERR_OK;
}

/* What the act says there, or the number of the dossier it was done in. */
static const struct tree *says(struct arena *a, const struct tree *row, const struct law_act *done,
                               struct str number)
{
    struct tree *m = tree_map(a);
    const struct tree *list = tree_get(row, "says");
    for (const struct tree *s = list ? list->child : NULL; s; s = s->next) {
        struct str of = tree_str(s, "of");
        const char *name = str_c(a, tree_str(s, "particular"));
        const struct tree *value = of.n ? tree_get_s(done->particulars, of) : NULL;
        if (value)
            tree_add_copy(a, m, name, value);
        else if (!of.n)
            tree_add_str(a, m, name, number);
    }
    return m;
}

static const struct tree *on_link_of(const struct law_tables *l, struct str instrument,
                                     struct str kind)
{
    const struct law_kind *k = kind_of(l, instrument, kind);
    const struct tree *rows = k ? tree_get(k->row, "on_link") : NULL;
    return rows ? rows->child : NULL;
}

bool law_link_brings(struct arena *a, const struct law_tables *l, const struct law_act *done,
                     struct str link, struct str number, size_t nth, struct law_act *there)
{
    const struct tree *r = on_link_of(l, there->instrument, there->kind);
    for (; r; r = r->next) {
        if (!str_eq(tree_str(r, "link"), link) || !str_eq(tree_str(r, "act"), done->act)) continue;
        if (nth-- > 0) continue;
        there->act = tree_str(r, "does");
        there->particulars = says(a, r, done, number);
        return true;
    }
    return false;
}

void law_link_waits(const struct law_tables *l, const struct law_act *act, struct str *pends_out,
                    struct str *settles_out)
{
    const struct law_kind *k = kind_of(l, act->instrument, act->kind);
    const struct law_row *r = k ? law_row_find(k, act->act) : NULL;
    *pends_out = r ? r->pends : STR("");
    *settles_out = r ? r->settles : STR("");
}

static struct str named_by(const struct law_kind *k, struct str link)
{
    for (size_t i = 0; k && i < k->particulars_n; i++)
        if (k->particulars[i].type == LAW_DOSSIER && str_eq(k->particulars[i].link, link))
            return k->particulars[i].name;
    return STR("");
}

bool law_link_decides(const struct law_tables *l, const struct law_act *act, struct str instrument,
                      struct str named)
{
    const struct law_kind *k = kind_of(l, instrument, named);
    for (const struct tree *r = on_link_of(l, act->instrument, act->kind); k && r; r = r->next)
        if (named_by(k, tree_str(r, "link")).n) return true;
    return !k;
}

bool law_link_does(const struct law_tables *l, struct str instrument, struct str kind,
                   struct str act, struct str there)
{
    for (const struct tree *r = on_link_of(l, instrument, kind); r; r = r->next)
        if (str_eq(tree_str(r, "does"), act) && str_eq(tree_str(r, "act"), there)) return true;
    return false;
}

enum law_fit law_link_fits(const struct law_tables *l, const struct law_act *act, struct str link,
                           struct str instrument, struct str named)
{
    const struct law_kind *k = kind_of(l, instrument, named);
    if (!k || !str_eq(instrument, act->instrument)) return LAW_FITS;
    for (const struct tree *r = on_link_of(l, instrument, named); r; r = r->next)
        if (str_eq(tree_str(r, "link"), link)) return LAW_FITS;
    for (size_t i = 0; i < k->rows_n; i++)
        for (size_t n = 0; n < k->rows[i].spawns_n; n++)
            if (str_eq(k->rows[i].spawns[n].link, link) &&
                str_eq(k->rows[i].spawns[n].kind, act->kind))
                return LAW_FITS_WHAT_FOLLOWS;
    return LAW_UNFIT;
}

/* ---- what may follow ------------------------------------------------------------------------- */

bool law_follows(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                 const struct law_who *who, const struct law_act *done, size_t nth,
                 struct law_follow *out)
{
    struct judge j = {.t = t, .l = l, .dossier = dossier, .who = who, .act = done};
    j.instrument = law_instrument_find(l, done->instrument);
    j.kind = j.instrument ? law_kind_find(j.instrument, done->kind) : NULL;
    j.row = j.kind ? law_row_find(j.kind, done->act) : NULL;
    for (size_t n = 0; j.row && n < j.row->spawns_n; n++) {
        const struct law_spawn_row *s = &j.row->spawns[n];
        const struct law_kind *kind = law_kind_find(j.instrument, s->kind);
        if (s->by != who->side) continue;
        if (law_cond_ask(&j, done->particulars, &s->when) != LAW_YES || nth-- > 0) continue;
        *out = (struct law_follow){.kind = s->kind,
                                   .link = s->link,
                                   .particular = named_by(kind, s->link),
                                   .article = law_cite(&j, tree_str(kind->row, "article"))};
        return true;
    }
    return false;
}
