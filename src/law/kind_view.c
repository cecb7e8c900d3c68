/* SPDX-License-Identifier: Apache-2.0 */
/* A kind as people read it: its life in states and acts, what it states, on which grounds it may be
 * refused, and its clocks. Pages and the manual show this one view. */

#include "law/inner.h"

struct viewing {
    struct arena *a;
    struct str lang, instrument;
};

/* The keys of a row as they stand, its title in the language, and its citation in full. */
static struct tree *row_put(const struct viewing *x, struct tree *list, const struct tree *row,
                            const char *const *keys)
{
    struct tree *m = tree_add_map(x->a, list, NULL);
    for (; *keys; keys++)
        if (tree_get(row, *keys)) tree_add_copy(x->a, m, *keys, tree_get(row, *keys));
    tree_add_str(x->a, m, "title", law_title(tree_get(row, "titles"), x->lang));
    struct str article = tree_str(row, "article");
    if (article.n)
        tree_add_str(
            x->a, m, "article",
            str_printf(x->a, STR_FMT " " STR_FMT, STR_ARG(x->instrument), STR_ARG(article)));
    return m;
}

static void rows_put(const struct viewing *x, struct tree *to, const struct tree *kind,
                     const char *list, const char *as, const char *const *keys)
{
    const struct tree *rows = tree_get(kind, list);
    struct tree *out = tree_add_list(x->a, to, as);
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) row_put(x, out, r, keys);
}

err law_kind_view(struct turn *t, const struct law_tables *l, struct str instrument,
                  struct str kind, struct str lang, const struct tree **view_out)
{
    static const char *const states[] = {"state", "end", NULL};
    static const char *const acts[] = {"act",  "source", "by",   "stream",    "system",  "decision",
                                       "from", "to",     "back", "after_end", "outcome", NULL};
    static const char *const particulars[] = {"name", "source", "required", "type",
                                              "min",  "max",    "choices",  NULL};
    static const char *const grounds[] = {"ground", "source", "via", "reservation", NULL};
    static const char *const clocks[] = {"clock",  "source",  "sort",           "whose",   "start",
                                         "days",   "months",  "hours",          "minutes", "bound",
                                         "on_end", "setting", "end_particular", NULL};
    static const char *const words[] = {"source", "force", "dual_criminality", "need"};
    const struct tree *row;
    try(law_kind_row(t, l, instrument, kind, &row));
    struct viewing x = {t->arena, lang, instrument};
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "instrument", instrument);
    tree_add_str(t->arena, v, "instrument_title",
                 law_said(l, LAW_SAYS_INSTRUMENT, instrument, kind, STR(""), lang));
    tree_add_str(t->arena, v, "kind", kind);
    tree_add_str(t->arena, v, "title", law_said(l, LAW_SAYS_KIND, instrument, kind, STR(""), lang));
    tree_add_str(t->arena, v, "article", law_kind_cited(t->arena, l, instrument, kind));
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        tree_add_str(t->arena, v, words[k], tree_str(row, words[k]));
    rows_put(&x, v, row, "states", "states", states);
    rows_put(&x, v, row, "lifecycle", "acts", acts);
    rows_put(&x, v, row, "particulars", "particulars", particulars);
    rows_put(&x, v, row, "grounds", "grounds", grounds);
    rows_put(&x, v, row, "forbidden_grounds", "forbidden_grounds", grounds);
    rows_put(&x, v, row, "clocks", "clocks", clocks);
    *view_out = v;
    return ERR_OK;
}
