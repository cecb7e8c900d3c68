/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables call things. Pages, commands and lists show titles; machines get the names. */

#include "law/inner.h"

#include <string.h>

static struct str titled(const struct tree *row, struct str lang, struct str otherwise)
{
    struct str title = row ? law_title(tree_get(row, "titles"), lang) : (struct str){0};
    return title.n ? title : otherwise;
}

static const struct tree *row_of(const struct tree *rows, const char *key, struct str name)
{
    const struct tree *r = rows ? rows->child : NULL;
    while (r && !str_eq(tree_str(r, key), name)) r = r->next;
    return r;
}

/* An act may carry a particular of its own, beside those of the request. */
static const struct tree *particular_row(const struct tree *kind, struct str name)
{
    const struct tree *found = row_of(tree_get(kind, "particulars"), "name", name);
    const struct tree *acts = tree_get(kind, "lifecycle");
    for (const struct tree *a = acts ? acts->child : NULL; a && !found; a = a->next)
        found = row_of(tree_get(a, "particulars"), "name", name);
    return found;
}

static const struct law_kind *kind_of(const struct law_tables *l, struct str instrument,
                                      struct str kind)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    return i ? law_kind_find(i, kind) : NULL;
}

struct str law_said(const struct law_tables *l, enum law_noun noun, struct str instrument,
                    struct str kind, struct str name, struct str lang)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    const struct law_kind *k = i ? law_kind_find(i, kind) : NULL;
    const struct tree *row = k ? k->row : NULL;
    switch (noun) {
    case LAW_SAYS_INSTRUMENT:
        return i ? law_title(tree_get(i->root, "short"), lang) : instrument;
    case LAW_SAYS_FUNCTION:
        return titled(i ? row_of(tree_get(i->root, "functions"), "function", name) : NULL, lang,
                      name);
    case LAW_SAYS_OBLIGATION:
        return titled(i ? row_of(tree_get(i->root, "obligations"), "obligation", name) : NULL, lang,
                      name);
    case LAW_SAYS_KIND:
        return titled(row, lang, kind);
    case LAW_SAYS_STATE:
        return titled(row_of(tree_get(row, "states"), "state", name), lang, name);
    case LAW_SAYS_OUTCOME:
        return titled(row_of(tree_get(row, "outcomes"), "outcome", name), lang, name);
    case LAW_SAYS_CLOCK:
        return titled(row_of(tree_get(row, "clocks"), "clock", name), lang, name);
    case LAW_SAYS_ACT:
        return titled(row_of(tree_get(row, "lifecycle"), "act", name), lang, name);
    case LAW_SAYS_PARTICULAR:
        return titled(row ? particular_row(row, name) : NULL, lang, name);
    }
    return name;
}

struct str law_state_said(const struct law_tables *l, struct str state, struct str lang)
{
    const struct law_state_row *s = law_state_find(l, state);
    return titled(s ? s->root : NULL, lang, STR(""));
}

struct str law_authority_said(struct arena *a, const struct law_tables *l, struct str address,
                              struct str lang)
{
    struct str state, name;
    if (!str_split(address, '/', &state, &name)) return STR("");
    const struct law_state_row *s = law_state_find(l, state);
    const struct tree *row = s ? row_of(tree_get(s->root, "authorities"), "authority", name) : NULL;
    if (!row) return STR("");
    return str_printf(a, STR_FMT ", " STR_FMT, STR_ARG(titled(s->root, lang, state)),
                      STR_ARG(titled(row, lang, name)));
}

struct str law_authority_zone(const struct law_tables *l, struct str address)
{
    struct str state, name;
    str_split(address, '/', &state, &name);
    const struct law_state_row *s = law_state_find(l, state);
    const struct tree *row = s ? row_of(tree_get(s->root, "authorities"), "authority", name) : NULL;
    struct str zone = tree_str(row, "time_zone");
    return zone.n || !s ? zone : tree_str(s->root, "time_zone");
}

struct str law_summary(const struct law_tables *l, struct str instrument, struct str kind)
{
    const struct law_kind *k = kind_of(l, instrument, kind);
    for (size_t n = 0; k && n < k->particulars_n; n++)
        if (tree_bool(k->particulars[n].row, "summary", false)) return k->particulars[n].name;
    return STR("");
}

struct str law_competence(struct arena *a, const struct law_tables *l, struct str instrument,
                          struct str kind)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    struct buf b = buf_in(a);
    buf_byte(&b, ' ');
    for (size_t n = 0; i && n < i->roles_n; n++) {
        const struct law_role *r = &i->roles[n];
        struct str piece = str_printf(a, " " STR_FMT " ", STR_ARG(r->function));
        if (!str_eq(r->kind, kind) || memmem(b.p, b.n, piece.p, piece.n)) continue;
        buf_printf(&b, STR_FMT " ", STR_ARG(r->function));
    }
    return buf_as_str(&b);
}

struct str law_kind_cited(struct arena *a, const struct law_tables *l, struct str instrument,
                          struct str kind)
{
    const struct law_kind *k = kind_of(l, instrument, kind);
    if (!k) return STR("");
    return str_printf(a, STR_FMT " " STR_FMT, STR_ARG(instrument), STR_ARG(k->article));
}

struct str law_remark_said(const struct law_tables *l, struct str code, struct str lang)
{
    const struct law_remark_row *row = law_remark_find(l, code);
    struct str title = row ? law_title(row->titles, lang) : (struct str){0};
    return title.n ? title : code;
}

struct str law_remark_remedy(struct arena *a, const struct law_tables *l, struct str code,
                             struct str lang)
{
    const struct law_remark_row *row = law_remark_find(l, code);
    struct str says = row && row->remedy ? law_title(row->remedy, lang) : (struct str){0};
    return says.n ? str_printf(a, STR_FMT ".", STR_ARG(says)) : STR("");
}

bool law_remark_is_must(const struct law_tables *l, struct str code)
{
    const struct law_remark_row *row = law_remark_find(l, code);
    return !row || row->must;
}

err law_request_rows(struct turn *t, const struct law_tables *l, struct str instrument,
                     struct str kind, struct str lang, const struct tree **out)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    const struct law_kind *k = i ? law_kind_find(i, kind) : NULL;
    struct tree *list = tree_list(t->arena);
    for (size_t n = 0; k && n < k->particulars_n; n++) {
        const struct law_particular *p = &k->particulars[n];
        struct tree *row = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, row, "name", p->name);
        tree_add_str(t->arena, row, "title", titled(p->row, lang, p->name));
        tree_add_str(
            t->arena, row, "article",
            str_printf(t->arena, STR_FMT " " STR_FMT, STR_ARG(instrument), STR_ARG(p->article)));
        tree_add_str(t->arena, row, "type", tree_str(p->row, "type"));
        tree_add_str(t->arena, row, "required", tree_str(p->row, "required"));
        const struct tree *choices = tree_get(p->row, "choices");
        if (!choices) continue;
        struct tree *to = tree_add_list(t->arena, row, "choices");
        for (const struct tree *c = choices->child; c; c = c->next) {
            struct tree *one = tree_add_map(t->arena, to, NULL);
            tree_add_str(t->arena, one, "value", tree_str(c, "choice"));
            tree_add_str(t->arena, one, "title", titled(c, lang, tree_str(c, "choice")));
        }
    }
    *out = list;
    return ERR_OK;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* A kind can be sent when the act that opens its dossiers is possible for this side; without one,
 * the first act of this side says why not. */
static err kind_add(struct turn *t, const struct law_tables *l, const struct law_instrument *i,
                    const struct law_kind *k, const struct law_who *who, int64_t now_ms,
                    struct str lang, struct tree *list)
{
    struct law_state fresh;
    struct law_option *o;
    size_t n, pick = 0;
    try(law_fold(t, NULL, 0, &fresh));
    fresh.instrument = i->instrument;
    fresh.kind = k->kind;
    try(law_options(t, l, &fresh, who, now_ms, lang, &o, &n));
    while (pick < n && !o[pick].possible) pick++;
    struct tree *row = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, row, "instrument", i->instrument);
    tree_add_str(t->arena, row, "instrument_title", law_title(tree_get(i->root, "short"), lang));
    tree_add_str(t->arena, row, "kind", k->kind);
    tree_add_str(t->arena, row, "kind_title", titled(k->row, lang, k->kind));
    tree_add_str(
        t->arena, row, "article",
        str_printf(t->arena, STR_FMT " " STR_FMT, STR_ARG(i->instrument), STR_ARG(k->article)));
    tree_add_str(t->arena, row, "need", tree_str(k->row, "need"));
    tree_add_bool(t->arena, row, "may_send", pick < n);
    if (pick < n || n == 0) return ERR_OK;
    tree_add_str(t->arena, row, "why_not", o[0].why_not);
    tree_add_str(t->arena, row, "why_not_article", o[0].why_not_article);
    return ERR_OK;
}

err law_kinds_list(struct turn *t, const struct law_tables *l, const struct law_who *who,
                   int64_t now_ms, struct str lang, struct tree *list)
{
    struct tree *all = tree_list(t->arena);
    for (size_t i = 0; i < l->instruments_n; i++)
        for (size_t k = 0; k < l->instruments[i].kinds_n; k++)
            try(kind_add(t, l, &l->instruments[i], &l->instruments[i].kinds[k], who, now_ms, lang,
                         all));
    for (int may = 1; may >= 0; may--)
        for (const struct tree *row = all->child; row; row = row->next)
            if (tree_bool(row, "may_send", false) == (may == 1))
                tree_add_copy(t->arena, list, NULL, row);
    return ERR_OK;
}

static const struct law_instrument *usual(const struct law_tables *l)
{
    for (size_t i = 0; i < l->instruments_n; i++)
        if (tree_get(l->instruments[i].root, "usual")) return &l->instruments[i];
    return NULL;
}

struct str law_usual(const struct law_tables *l)
{
    const struct law_instrument *i = usual(l);
    if (i) return i->instrument;
    return l->instruments_n ? l->instruments[0].instrument : STR("");
}

const char *law_usual_cited(struct arena *a, const struct law_tables *l)
{
    const struct law_instrument *i = usual(l);
    if (!i) return NULL;
    struct str article = tree_str(tree_get(i->root, "usual"), "article");
    return str_c(a, str_printf(a, STR_FMT " " STR_FMT, STR_ARG(i->instrument), STR_ARG(article)));
}

static bool has_text(struct str s, struct str piece)
{
    return piece.n && s.n >= piece.n && memmem(s.p, s.n, piece.p, piece.n);
}

err law_articles_find(struct turn *t, const struct law_tables *l, struct str text, struct str lang,
                      size_t most, struct str (*fold)(struct turn *t, struct str s),
                      struct tree *list)
{
    struct str wanted = str_trim(fold(t, text)), number = str_trim(text);
    for (size_t i = 0; i < l->instruments_n; i++) {
        const struct tree *rows = tree_get(l->instruments[i].root, "articles");
        for (const struct tree *r = rows->child; r && list->count < most; r = r->next) {
            struct str title = titled(r, lang, STR("")), article = tree_str(r, "article");
            bool by_number =
                article.n >= number.n && number.n && memcmp(article.p, number.p, number.n) == 0;
            if (!by_number && !has_text(fold(t, title), wanted)) continue;
            struct tree *row = tree_add_map(t->arena, list, NULL);
            tree_add_str(t->arena, row, "instrument", l->instruments[i].instrument);
            tree_add_str(t->arena, row, "article", article);
            tree_add_str(t->arena, row, "title", title);
        }
    }
    return ERR_OK;
}

const struct tree *law_state_nth(const struct law_tables *l, size_t n)
{
    return n < l->states_n ? l->states[n].root : NULL;
}
