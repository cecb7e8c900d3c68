/* SPDX-License-Identifier: Apache-2.0 */
/* The worksheet of a decision on dual criminality: the offence as the request states it, the
 * article of the instrument, and what the requested State's own law may call the conduct. It
 * proposes; the finding is a named person's, and nothing here suggests one. */

#include "law/inner.h"

static void stated(const struct judge *j, struct tree *to, const char *key, struct str name)
{
    struct arena *a = j->t->arena;
    const struct tree *value = tree_get_s(j->dossier->particulars, name);
    struct tree *one = tree_add_map(a, to, key);
    for (size_t i = 0; i < j->kind->particulars_n; i++) {
        const struct law_particular *p = &j->kind->particulars[i];
        if (!str_eq(p->name, name)) continue;
        tree_add_str(a, one, "title", law_title(tree_get(p->row, "titles"), j->lang));
        tree_add_str(a, one, "article", law_cite(j, p->article));
    }
    tree_add_str(a, one, "value", law_text_of(value));
    if (value && value->kind == TREE_MAP) tree_add_str(a, one, "lang", tree_str(value, "lang"));
}

/* The article of the instrument that the request names. */
static struct str article_named(const struct judge *j)
{
    for (size_t i = 0; i < j->kind->particulars_n; i++)
        if (j->kind->particulars[i].type == LAW_ARTICLE)
            return law_value_text(j->dossier->particulars, j->kind->particulars[i].name);
    return STR("");
}

static void cited(const struct judge *j, struct tree *to, const struct tree *row)
{
    struct arena *a = j->t->arena;
    tree_add_str(a, to, "article", law_cite(j, tree_str(row, "article")));
    tree_add_str(a, to, "source", tree_str(row, "source"));
    tree_add_str(a, to, "title", law_title(tree_get(row, "titles"), j->lang));
}

/* Of the article named; where none is, of every article, for the person to find it. */
static void proposed(const struct judge *j, struct tree *to, struct str state, struct str article)
{
    struct arena *a = j->t->arena;
    const struct law_state_row *s = law_state_find(j->l, state);
    const struct tree *rows = s ? tree_get(s->root, "offences") : NULL;
    struct tree *list = tree_add_list(a, to, "proposed");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        if (!str_eq(tree_str(r, "instrument"), j->instrument->instrument) ||
            (article.n && !str_eq(tree_str(r, "article"), article)))
            continue;
        struct tree *one = tree_add_map(a, list, NULL);
        cited(j, one, r);
        tree_add_str(a, one, "provision", tree_str(r, "provision"));
        tree_add_str(a, one, "certainty", tree_str(r, "certainty"));
        if (tree_get(r, "max_years"))
            tree_add_int(a, one, "max_years", tree_int(r, "max_years", 0));
    }
}

/* What the State does not punish under the article, by its own word. */
static void reserved(const struct judge *j, struct tree *to, struct str state, struct str article)
{
    const struct law_state_row *s = law_state_find(j->l, state);
    const struct tree *rows = s ? tree_get(s->root, "reservations") : NULL;
    struct tree *list = tree_add_list(j->t->arena, to, "reservations");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, "instrument"), j->instrument->instrument) &&
            law_article_within(tree_str(r, "article"), article))
            cited(j, tree_add_map(j->t->arena, list, NULL), r);
}

const struct tree *law_worksheet_view(const struct judge *j)
{
    const struct tree *asked = tree_get(j->row->row, "worksheet");
    struct arena *a = j->t->arena;
    if (!asked) return NULL;
    struct tree *v = tree_map(a);
    bool ours = j->who->side == LAW_REQUESTED;
    struct str state = ours ? j->who->state : j->who->other, article = article_named(j);
    tree_add_str(a, v, "state", state);
    tree_add_str(a, v, "dual_criminality", tree_str(j->kind->row, "dual_criminality"));
    stated(j, v, "offence", tree_str(asked, "offence"));
    stated(j, v, "conduct", tree_str(asked, "conduct"));
    const struct tree *offences = tree_get(j->instrument->root, "offences");
    for (const struct tree *r = offences ? offences->child : NULL; r && article.n; r = r->next)
        if (str_eq(tree_str(r, "article"), article)) cited(j, tree_add_map(a, v, "treaty"), r);
    proposed(j, v, state, article);
    if (article.n) reserved(j, v, state, article);
    return v;
}
