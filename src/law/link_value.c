/* SPDX-License-Identifier: Apache-2.0 */
/* What a condition compares with: a value that can never be said makes a row that never holds, and
 * nobody would see it. */

#include "law/link.h"

static const struct law_particular *particular_of(const struct law_kind *kind,
                                                  const struct law_row *r, const struct law_cond *c)
{
    if (c->of == LAW_COND_PARTICULAR && r) {
        int64_t n = law_index_get(&r->names, c->name);
        return n == LAW_NO_ROW ? NULL : &r->particulars[n];
    }
    if (c->of != LAW_COND_PARTICULAR && c->of != LAW_COND_REQUEST) return NULL;
    for (size_t n = 0; n < kind->particulars_n; n++)
        if (str_eq(kind->particulars[n].name, c->name)) return &kind->particulars[n];
    return NULL;
}

/* The rows whose names are the values of such a particular; NULL: there are none. */
static const struct tree *values_of(const struct law_kind *kind, const struct law_particular *p,
                                    const char **key_out)
{
    switch (p->type) {
    case LAW_CHOICE:
        *key_out = "choice";
        return tree_get(p->row, "choices");
    case LAW_GROUND:
        *key_out = "ground";
        return tree_get(kind->row, "grounds");
    case LAW_CODE:
        *key_out = "code";
        return tree_get(kind->row, "not_executable");
    case LAW_ARTICLE:
        *key_out = "article";
        return tree_get(kind->instrument->root, "offences");
    case LAW_TEXT:
    case LAW_DAY:
    case LAW_FLAG:
    case LAW_NUMBER:
    case LAW_DAYS:
    case LAW_STATE:
    case LAW_DOSSIER:
    case LAW_LANGUAGE:
        break;
    }
    return NULL;
}

static struct str names_said(struct arena *a, const struct tree *rows, const char *key)
{
    struct buf b = buf_in(a);
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        struct str name = r->kind == TREE_STR ? r->str : tree_str(r, key);
        buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(name));
    }
    return buf_as_str(&b);
}

static err value_expected(struct law_linking *k, const struct tree *v, const struct law_cond *c,
                          struct str names)
{
    return law_row_fail(k, v, "found \"" STR_FMT "\", expected of `" STR_FMT "` one of: " STR_FMT,
                        STR_ARG(v->str), STR_ARG(c->name), STR_ARG(names));
}

/* One value that the condition compares with. */
static err particular_value(struct law_linking *k, const struct law_kind *kind,
                            const struct law_particular *p, const struct law_cond *c,
                            const struct tree *v)
{
    const char *key = "";
    const struct tree *rows = values_of(kind, p, &key);
    if (p->type == LAW_FLAG)
        return str_is(v->str, "true") || str_is(v->str, "false")
                   ? ERR_OK
                   : value_expected(k, v, c, STR("true, false"));
    if (!rows)
        return law_row_fail(k, v,
                            "expected `equals` and `one_of` of a choice, a flag, a ground, a code "
                            "or an article only; `" STR_FMT "` is none",
                            STR_ARG(c->name));
    if (law_row_there(rows, key, v->str)) return ERR_OK;
    return value_expected(k, v, c, names_said(k->t->arena, rows, key));
}

static err profile_value(struct law_linking *k, const struct tree *field, const struct law_cond *c,
                         const struct tree *v)
{
    const struct tree *values = tree_get(field, "values");
    if (str_is(v->str, "unknown") || tree_has_str(values, v->str)) return ERR_OK;
    return value_expected(k, v, c, names_said(k->t->arena, values, ""));
}

const struct tree *law_profile_field(const struct law_instrument *i, struct str field)
{
    const struct tree *rows = tree_get(i->root, "profile_fields");
    const struct tree *r = rows ? rows->child : NULL;
    while (r && !str_eq(tree_str(r, "field"), field)) r = r->next;
    return r;
}

err law_link_value(struct law_linking *k, const struct law_kind *kind, const struct law_row *r,
                   const struct law_cond *c)
{
    const struct law_particular *p = particular_of(kind, r, c);
    const struct tree *field = NULL, *equals = tree_get(c->row, "equals");
    if (c->of == LAW_COND_PROFILE) {
        field = law_profile_field(k->i, c->name);
        if (!field)
            return law_link_expected(k, tree_get(c->row, "profile"), "profile", c->name,
                                     "profile_fields");
    }
    bool measured = p && (p->type == LAW_NUMBER || p->type == LAW_DAYS);
    if ((c->has_least || c->has_below) && !measured)
        return law_row_fail(k, c->row,
                            "expected `at_least` and `below` of a number or a count of days only");
    for (const struct tree *v = equals      ? equals
                                : c->one_of ? c->one_of->child
                                            : NULL;
         v; v = equals ? NULL : v->next) {
        if (p) try(particular_value(k, kind, p, c, v));
        if (field) try(profile_value(k, field, c, v));
    }
    return ERR_OK;
}
