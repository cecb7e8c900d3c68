/* SPDX-License-Identifier: Apache-2.0 */
/* What an act carries, against the rows that say what it may and must carry.
 *
 * Values come from people and from peers alike: nothing is assumed of their kind. A text may come
 * with its language, as a map of `lang` and `text`. */

#include "law/days.h"

enum {
    WORD_VALUE_MAX = 64,
    REF_VALUE_MAX = 128,
    NUMBER_DIGITS_MAX = 10,
    DAY_VALUE_MAX = 376199 /* 2999-12-31: no clock that starts or ends on a day runs for ever */
};

static void one_judge(struct judge *j, size_t i);

/* One walk over what is carried: each value to its row, so that no row has to look for it. */
void law_judge_given(struct judge *j)
{
    const struct law_row *r = j->row;
    const struct tree *carried = j->act->particulars;
    j->given = arena_take_many(j->t->arena, r->particulars_n + 1, sizeof *j->given);
    if (!carried || carried->kind != TREE_MAP) return;
    for (const struct tree *v = carried->child; v; v = v->next) {
        int64_t n = law_index_get(&r->names, v->key);
        if (n != LAW_NO_ROW) j->given[n] = v;
    }
}

void law_judge_particulars(struct judge *j)
{
    const struct tree *carried = j->act->particulars;
    if (carried && carried->kind != TREE_MAP)
        law_find(j, ERR_REJECTED, STR("particular-form"), j->row->article, STR(""), STR(""));
    for (size_t i = 0; i < j->row->particulars_n; i++) one_judge(j, i);
}

void law_judge_strangers(struct judge *j)
{
    const struct law_row *r = j->row;
    const struct tree *particulars = j->act->particulars;
    if (particulars && particulars->kind != TREE_MAP) return;
    for (const struct tree *v = particulars ? particulars->child : NULL; v; v = v->next) {
        if (law_index_get(&r->names, v->key) != LAW_NO_ROW) continue;
        struct str name = v->key;
        if (name.n > WORD_VALUE_MAX) name.n = WORD_VALUE_MAX;
        name = str_printable(j->t->arena, name);
        if (!law_find(j, ERR_REJECTED, STR("particular-unknown"), r->article, name, name)) return;
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

struct str law_text_of(const struct tree *v)
{
    if (v && v->kind == TREE_MAP) v = tree_get(v, "text");
    return v && v->kind == TREE_STR ? v->str : STR("");
}

struct str law_value_text(const struct tree *particulars, struct str name)
{
    return law_text_of(tree_get_s(particulars, name));
}

bool law_number_of(const struct tree *v, int64_t *out)
{
    if (v && v->kind == TREE_INT) {
        *out = v->num;
        return true;
    }
    if (!v || v->kind != TREE_STR || v->str.n == 0 || v->str.n > NUMBER_DIGITS_MAX) return false;
    int64_t n = 0;
    for (size_t i = 0; i < v->str.n; i++) {
        if (v->str.p[i] < '0' || v->str.p[i] > '9') return false;
        n = 10 * n + (v->str.p[i] - '0');
    }
    *out = n;
    return true;
}

bool law_is_absent(const struct tree *v)
{
    if (!v || v->kind == TREE_NULL) return true;
    if (v->kind == TREE_MAP && v->count == 0) return true;
    return v->kind == TREE_STR && str_is_blank(v->str);
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
    if (v->kind != TREE_MAP || str_is_blank(tree_str(v, "text"))) return false;
    return v->count == 1 || (v->count == 2 && tree_str(v, "lang").n > 0);
}

static bool is_state(struct str s)
{
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

/* A language tag as the States' files have them: "en", "az", "sr-Latn". */
static bool is_language(struct str s)
{
    if (s.n < 2 || s.n > 16 || s.p[0] < 'a' || s.p[0] > 'z' || s.p[1] < 'a') return false;
    for (size_t i = 2; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-') return false;
    }
    return s.p[1] <= 'z';
}

/* Another dossier's number: printable, without blanks. */
static bool is_ref(struct str s)
{
    if (s.n == 0 || s.n > REF_VALUE_MAX || str_misleads(s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f) return false;
    return true;
}

/* Is the value, which is there, of the form its row asks for? A length is asked about elsewhere. */
static bool form_fits(const struct judge *j, const struct law_particular *p, const struct tree *v)
{
    int64_t n;
    if (p->type == LAW_TEXT) return is_text(v);
    if (p->type == LAW_FLAG) return v->kind == TREE_BOOL;
    if (p->type == LAW_NUMBER || p->type == LAW_DAYS)
        return law_number_of(v, &n) && n >= p->min && n <= p->max;
    if (v->kind != TREE_STR) return false;
    switch (p->type) {
    case LAW_DAY:
        return day_read(v->str, &n) && n <= DAY_VALUE_MAX;
    case LAW_CHOICE:
        return row_there(tree_get(p->row, "choices"), "choice", v->str);
    case LAW_GROUND:
        return v->str.n <= WORD_VALUE_MAX;
    case LAW_CODE:
        return row_there(tree_get(j->kind->row, "not_executable"), "code", v->str);
    case LAW_STATE:
        return is_state(v->str);
    case LAW_DOSSIER:
        return is_ref(v->str);
    case LAW_ARTICLE:
        return row_there(tree_get(j->instrument->root, "offences"), "article", v->str);
    case LAW_LANGUAGE:
        return is_language(v->str);
    case LAW_TEXT:
    case LAW_FLAG:
    case LAW_NUMBER:
    case LAW_DAYS:
        break;
    }
    return false;
}

bool law_particular_given(const struct judge *j, const struct law_particular *p,
                          const struct tree *v)
{
    if (law_is_absent(v) || !form_fits(j, p, v)) return false;
    return !p->must_be || v->num;
}

bool law_particular_due(const struct judge *j, const struct law_particular *p)
{
    switch (p->required) {
    case LAW_ALWAYS:
        return true;
    case LAW_CONDITIONAL:
        return law_cond_ask(j, j->act->particulars, &p->when) == LAW_YES;
    case LAW_WHERE_AVAILABLE:
    case LAW_OPTIONAL:
        return false;
    }
    return false;
}

/* ---- what is wrong with a form --------------------------------------------------------------- */

static void names_put(struct buf *b, const struct tree *rows, const char *key)
{
    const char *before = ": ";
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next, before = ", ")
        buf_printf(b, "%s" STR_FMT, before, STR_ARG(tree_str(r, key)));
}

/* The title of the particular, what a value of its type looks like, and the values there are. */
static struct str form_detail(const struct judge *j, const struct law_particular *p)
{
    struct arena *a = j->t->arena;
    struct str type = tree_str(p->row, "type"),
               title = law_title(tree_get(p->row, "titles"), j->lang);
    const struct tree *form = j->l->forms ? j->l->forms->child : NULL;
    while (form && !str_eq(tree_str(form, "form"), type)) form = form->next;
    if (!form) return title;
    struct buf b = buf_in(a);
    buf_printf(&b, STR_FMT "; " STR_FMT, STR_ARG(title),
               STR_ARG(law_title(tree_get(form, "titles"), j->lang)));
    if (p->type == LAW_CHOICE) names_put(&b, tree_get(p->row, "choices"), "choice");
    if (p->type == LAW_CODE) names_put(&b, tree_get(j->kind->row, "not_executable"), "code");
    if (p->type == LAW_ARTICLE) names_put(&b, tree_get(j->instrument->root, "offences"), "article");
    if (p->type == LAW_NUMBER || p->type == LAW_DAYS)
        buf_printf(&b, ": %lld – %lld", (long long)p->min, (long long)p->max);
    return buf_as_str(&b);
}

/* ---- one particular -------------------------------------------------------------------------- */

/* Characters, not bytes: a limit must not be shorter in one script than in another. */
static int64_t characters(struct str s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* The day that a limit speaks of. The day of an act is one of either State: the later of them where
 * nothing may come after it, the earlier where nothing may come before. */
static bool limit_day(const struct judge *j, const struct law_limit *x, int64_t *out)
{
    static const bool both[] = {true, true};
    if (str_is(x->than, "at")) {
        if (!law_time_is_usable(j->act->at_ms)) return false;
        struct law_days d = law_days_of(j);
        *out = law_day_of(&d, both, j->act->at_ms, x->after);
        return true;
    }
    int64_t n = law_index_get(&j->row->names, x->than);
    const struct tree *v = n != LAW_NO_ROW ? j->given[n] : NULL;
    if (law_is_absent(v) && j->dossier) v = tree_get_s(j->dossier->particulars, x->than);
    return v && v->kind == TREE_STR && day_read(v->str, out);
}

static void limits_judge(struct judge *j, const struct law_particular *p, const struct tree *v)
{
    int64_t day, other;
    for (size_t i = 0; i < p->limits_n; i++) {
        const struct law_limit *x = &p->limits[i];
        if (!day_read(law_text_of(v), &day) || !limit_day(j, x, &other)) continue;
        other += x->days;
        if (x->after ? day <= other : day >= other) continue;
        law_find(j, ERR_REJECTED, x->remark, p->article, p->name, day_text(j->t->arena, other));
    }
}

/* What shows otherwise than it is read, or obeys a terminal: nobody signs that unseen. */
static bool misleads(const struct law_particular *p, const struct tree *v)
{
    return p->type == LAW_TEXT &&
           (str_misleads(law_text_of(v)) || str_misleads(tree_str(v, "lang")));
}

static void one_judge(struct judge *j, size_t i)
{
    const struct law_particular *p = &j->row->particulars[i];
    const struct tree *v = j->given[i], *titles = tree_get(p->row, "titles");
    bool absent = law_is_absent(v);
    law_about(j, p->row);
    if (!absent && !form_fits(j, p, v)) {
        law_find(j, ERR_REJECTED, STR("particular-form"), p->article, p->name, form_detail(j, p));
        return;
    }
    if (!absent && p->type == LAW_TEXT && characters(law_text_of(v)) > p->max)
        law_find(j, ERR_REJECTED, STR("particular-too-long"), p->article, p->name,
                 law_title(titles, j->lang));
    if (!absent && misleads(p, v))
        law_find(j, ERR_REJECTED, STR("text-misleads"), p->article, p->name,
                 law_title(titles, j->lang));
    if (!absent) limits_judge(j, p, v);
    bool given = law_particular_given(j, p, v);
    if (given)
        law_find_fine(j, STR("particular-missing"), p->article, p->name,
                      law_title(titles, j->lang));
    if (i >= j->row->own_n || given) return;
    if (law_particular_due(j, p))
        law_find(j, ERR_REJECTED, absent ? STR("particular-missing") : STR("yes-needed"),
                 p->article, p->name, law_title(titles, j->lang));
    else if (p->required == LAW_WHERE_AVAILABLE && j->dossier)
        law_find(j, ERR_OK, STR("particular-advised"), p->article, p->name,
                 law_title(titles, j->lang));
}
