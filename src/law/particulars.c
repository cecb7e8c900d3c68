/* SPDX-License-Identifier: Apache-2.0 */
/* What an act carries, against the rows that say what it may and must carry.
 *
 * Values come from people and from peers alike: nothing is assumed of their kind. A text may come
 * with its language, as a map of `lang` and `text`. */

#include "law/inner.h"

enum { WORD_VALUE_MAX = 64 };

static void one_judge(struct judge *j, const struct law_particular *p,
                      const struct tree *particulars, bool own);

void law_judge_particulars(struct judge *j)
{
    const struct tree *carried = j->act->particulars;
    if (carried && carried->kind != TREE_MAP) {
        law_find(j, ERR_REJECTED, STR("particular-form"), j->row->article, STR(""), STR(""));
        carried = NULL;
    }
    for (size_t i = 0; i < j->row->particulars_n; i++)
        one_judge(j, &j->row->particulars[i], carried, i < j->row->own_n);
}

void law_judge_strangers(struct judge *j)
{
    const struct law_row *r = j->row;
    const struct tree *particulars = j->act->particulars;
    if (particulars && particulars->kind != TREE_MAP) return;
    for (const struct tree *v = particulars ? particulars->child : NULL; v; v = v->next) {
        bool there = false;
        for (size_t i = 0; i < r->particulars_n && !there; i++)
            there = str_eq(r->particulars[i].name, v->key);
        if (there) continue;
        struct str name = v->key;
        if (name.n > WORD_VALUE_MAX) name.n = WORD_VALUE_MAX;
        name = str_printable(j->t->arena, name);
        if (!law_find(j, ERR_REJECTED, STR("particular-unknown"), r->article, name, name)) return;
    }
}

/* ---- values ------------------------------------------------------------------------------------
 */

static struct str value_text(const struct tree *v)
{
    if (v && v->kind == TREE_MAP) v = tree_get(v, "text");
    return v && v->kind == TREE_STR ? v->str : STR("");
}

struct str law_value_text(const struct tree *particulars, struct str name)
{
    return value_text(tree_get_s(particulars, name));
}

/* Nothing, null and a text of blanks are the same: not there. */
static bool is_absent(const struct tree *v)
{
    if (!v || v->kind == TREE_NULL) return true;
    if (v->kind == TREE_MAP && v->count == 0) return true;
    return v->kind == TREE_STR && str_trim(v->str).n == 0;
}

bool law_cond_holds(const struct tree *particulars, const struct law_cond *c)
{
    const struct tree *v = tree_get_s(particulars, c->particular);
    if (is_absent(v)) return false;
    if (c->equals.n == 0) return true;
    if (v->kind == TREE_BOOL) return str_is(c->equals, v->num ? "true" : "false");
    return str_eq(value_text(v), c->equals);
}

static bool row_there(const struct tree *rows, const char *key, struct str name)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, key), name)) return true;
    return false;
}

static bool is_text(const struct tree *v)
{
    if (v->kind == TREE_STR) return true;
    if (v->kind != TREE_MAP || str_trim(tree_str(v, "text")).n == 0) return false;
    return v->count == 1 || (v->count == 2 && tree_str(v, "lang").n > 0);
}

/* Is the value, which is there, of the form its row asks for? A length is asked about elsewhere. */
static bool form_fits(const struct law_kind *k, const struct law_particular *p,
                      const struct tree *v)
{
    int64_t day;
    switch (p->type) {
    case LAW_TEXT:
        return is_text(v);
    case LAW_DAY:
        return v->kind == TREE_STR && day_read(v->str, &day);
    case LAW_FLAG:
        return v->kind == TREE_BOOL;
    case LAW_CHOICE:
        return v->kind == TREE_STR && row_there(tree_get(p->row, "choices"), "choice", v->str);
    case LAW_GROUND:
        return v->kind == TREE_STR && v->str.n <= WORD_VALUE_MAX;
    case LAW_CODE:
        return v->kind == TREE_STR && row_there(tree_get(k->row, "not_executable"), "code", v->str);
    }
    return false;
}

bool law_particular_given(const struct law_kind *k, const struct law_particular *p,
                          const struct tree *particulars)
{
    const struct tree *v = tree_get_s(particulars, p->name);
    if (is_absent(v) || !form_fits(k, p, v)) return false;
    return !p->must_be || v->num;
}

bool law_particular_due(const struct law_particular *p, const struct tree *particulars)
{
    switch (p->required) {
    case LAW_ALWAYS:
        return true;
    case LAW_CONDITIONAL:
        return law_cond_holds(particulars, &p->when);
    case LAW_WHERE_AVAILABLE:
    case LAW_OPTIONAL:
        return false;
    }
    return false;
}

/* ---- one particular -------------------------------------------------------------------------- */

/* Characters, not bytes: a limit must not be shorter in one script than in another. */
static int64_t characters(struct str s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static void one_judge(struct judge *j, const struct law_particular *p,
                      const struct tree *particulars, bool own)
{
    const struct tree *v = tree_get_s(particulars, p->name);
    struct str title = law_title(tree_get(p->row, "titles"), j->lang);
    bool absent = is_absent(v);
    if (!absent && !form_fits(j->kind, p, v)) {
        law_find(j, ERR_REJECTED, STR("particular-form"), p->article, p->name, title);
        return;
    }
    if (!absent && p->type == LAW_TEXT && characters(value_text(v)) > p->max)
        law_find(j, ERR_REJECTED, STR("particular-too-long"), p->article, p->name, title);
    if (!own || law_particular_given(j->kind, p, particulars)) return;
    if (law_particular_due(p, particulars))
        law_find(j, ERR_REJECTED, STR("particular-missing"), p->article, p->name, title);
    else if (p->required == LAW_WHERE_AVAILABLE && j->dossier)
        law_find(j, ERR_OK, STR("particular-advised"), p->article, p->name, title);
}
