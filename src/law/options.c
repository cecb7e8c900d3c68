/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in a dossier now, by which article, and why not the rest.
 *
 * The page, the API and the command line show this one list, so none of them can offer what the
 * desk would refuse. */

#include "law/inner.h"

static bool is_due(const struct judge *j);
static struct law_option option_of(struct judge *j, bool whole);

static err options(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                   const struct law_who *who, int64_t now_ms, struct str lang, bool whole,
                   struct law_option **out, size_t *n_out, size_t *next_out)
{
    const struct law_instrument *i = law_instrument_find(l, dossier->instrument);
    const struct law_kind *k = i ? law_kind_find(i, dossier->kind) : NULL;
    struct law_option *options = arena_take_many(t->arena, k ? k->rows_n + 1 : 1, sizeof *options);
    size_t n = 0, next = SIZE_MAX;
    int64_t rank = INT64_MAX;
    for (size_t r = 0; k && r < k->rows_n; r++) {
        const struct law_row *row = &k->rows[r];
        if (row->by != who->side) continue;
        struct law_act act = {.act = row->act,
                              .instrument = dossier->instrument,
                              .kind = dossier->kind,
                              .stream = row->inward ? LAW_INWARD : row->by,
                              .at_ms = now_ms};
        struct judge j = {.t = t,
                          .l = l,
                          .dossier = dossier,
                          .who = who,
                          .act = &act,
                          .now_ms = now_ms,
                          .lang = lang};
        law_judge_place(&j);
        options[n] = option_of(&j, whole);
        if (options[n].possible && row->rank < rank && is_due(&j)) {
            rank = row->rank;
            next = n;
        }
        n++;
    }
    if (next != SIZE_MAX) options[next].next = true;
    *out = options;
    *n_out = n;
    *next_out = next;
    return ERR_OK;
}

err law_options(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                const struct law_who *who, int64_t now_ms, struct str lang, struct law_option **out,
                size_t *n_out)
{
    size_t next;
    return options(t, l, dossier, who, now_ms, lang, true, out, n_out, &next);
}

err law_next(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
             const struct law_who *who, int64_t now_ms, struct str lang, bool *found_out,
             struct law_option *out)
{
    struct law_option *all;
    size_t n, next;
    try(options(t, l, dossier, who, now_ms, lang, false, &all, &n, &next));
    *found_out = next != SIZE_MAX;
    if (*found_out) *out = all[next];
    return ERR_OK;
}

/* A clock that it starts anew runs and is due to be renewed. */
static bool renews(const struct judge *j)
{
    for (size_t i = 0; i < j->dossier->clocks_n; i++) {
        const struct law_clock *c = &j->dossier->clocks[i];
        if (c->running && !c->still_ms && c->renew_ms && j->now_ms >= c->renew_ms &&
            str_eq(c->on_end, j->row->act))
            return true;
    }
    return false;
}

/* A row says in which states it is the step to take, and whether only while something is missing.
 */
static bool is_due(const struct judge *j)
{
    if (renews(j)) return true;
    bool states = false, here = false;
    struct str state = j->dossier->state.n ? j->dossier->state : STR("new");
    if (!j->row->next_when || j->row->next_when->count == 0) return false;
    for (const struct tree *w = j->row->next_when->child; w; w = w->next) {
        if (str_is(w->str, "missing")) {
            if (j->dossier->missing_n == 0) return false;
            continue;
        }
        states = true;
        here = here || str_eq(w->str, state);
    }
    return here || !states;
}

static struct law_option option_of(struct judge *j, bool whole)
{
    const struct law_finding *no = law_first(j);
    struct law_option o = {
        .act = j->row->act,
        .article = law_cite(j, j->row->article),
        .title = law_title(tree_get(j->row->row, "titles"), j->lang),
        .possible = !no,
        .inward = j->row->inward,
        .decision = tree_bool(j->row->row, "decision", false),
        .particulars = whole ? law_particulars_view(j) : NULL,
        .worksheet = whole ? law_worksheet_view(j) : NULL,
    };
    if (no) {
        o.why_not = no->remark.sentence;
        o.why_not_article = no->remark.article;
    }
    return o;
}

/* ---- what to ask for ------------------------------------------------------------------------- */

static void choice_add(const struct judge *j, struct tree *list, struct str value,
                       const struct tree *row)
{
    struct arena *a = j->t->arena;
    struct tree *c = tree_add_map(a, list, NULL);
    tree_add_str(a, c, "value", value);
    tree_add_str(a, c, "article", law_cite(j, tree_str(row, "article")));
    tree_add_str(a, c, "title", law_title(tree_get(row, "titles"), j->lang));
}

static void rows_as_choices(const struct judge *j, struct tree *list, const struct tree *rows,
                            const char *key)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        choice_add(j, list, tree_str(r, key), r);
}

/* Only grounds that could be taken here: an officer is not offered what would be refused. */
static void grounds_as_choices(const struct judge *j, struct tree *list)
{
    for (size_t i = 0; i < j->kind->grounds_n; i++) {
        const struct law_ground *g = &j->kind->grounds[i];
        if (!g->forbidden && law_ground_holds(j, g)) choice_add(j, list, g->ground, g->row);
    }
}

/* A real State and one for training never meet, in a list either. */
static void states_as_choices(const struct judge *j, struct tree *list)
{
    const struct law_state_row *own = law_state_find(j->l, j->who->state);
    bool training = own && tree_bool(own->root, "training", false);
    for (size_t i = 0; i < j->l->states_n; i++) {
        const struct law_state_row *s = &j->l->states[i];
        if (!own || tree_bool(s->root, "training", false) == training)
            choice_add(j, list, s->state, s->root);
    }
}

/* Those the requested State accepts, where it said so; else any may be typed. */
static void languages_as_choices(const struct judge *j, struct tree *to)
{
    struct str state = j->who->side == LAW_REQUESTING ? j->who->other : j->who->state;
    const struct law_state_row *s = law_state_find(j->l, state);
    const struct tree *languages = s ? tree_get(s->root, "languages") : NULL;
    if (!languages || languages->count == 0) return;
    struct tree *list = tree_add_list(j->t->arena, to, "choices");
    for (const struct tree *w = languages->child; w; w = w->next) {
        struct tree *c = tree_add_map(j->t->arena, list, NULL);
        tree_add_str(j->t->arena, c, "value", w->str);
        tree_add_str(j->t->arena, c, "article", STR(""));
        tree_add_str(j->t->arena, c, "title", w->str);
    }
}

static void choices_add(const struct judge *j, const struct law_particular *p, struct tree *to)
{
    struct arena *a = j->t->arena;
    switch (p->type) {
    case LAW_CHOICE:
        rows_as_choices(j, tree_add_list(a, to, "choices"), tree_get(p->row, "choices"), "choice");
        break;
    case LAW_GROUND:
        grounds_as_choices(j, tree_add_list(a, to, "choices"));
        break;
    case LAW_CODE:
        rows_as_choices(j, tree_add_list(a, to, "choices"),
                        tree_get(j->kind->row, "not_executable"), "code");
        break;
    case LAW_STATE:
        states_as_choices(j, tree_add_list(a, to, "choices"));
        break;
    case LAW_LANGUAGE:
        languages_as_choices(j, to);
        break;
    case LAW_ARTICLE:
        rows_as_choices(j, tree_add_list(a, to, "choices"),
                        tree_get(j->instrument->root, "offences"), "article");
        break;
    case LAW_TEXT:
    case LAW_DAY:
    case LAW_FLAG:
    case LAW_NUMBER:
    case LAW_DAYS:
    case LAW_DOSSIER:
        break;
    }
}

/* What a form may begin with: a day the door knows, the first day the guards let pass, or what the
 * request says by the same name. */
static void suggest_add(const struct judge *j, const struct law_particular *p, struct tree *to)
{
    struct arena *a = j->t->arena;
    struct str how = tree_str(p->row, "suggest"), value = {0};
    if (str_is(how, "today")) value = how;
    if (str_is(how, "request")) value = law_value_text(j->dossier->particulars, p->name);
    for (size_t k = 0; str_is(how, "least") && k < j->row->guards_n; k++) {
        const struct law_guard *g = &j->row->guards[k];
        const struct law_clock_row *c = law_clock_between(j, law_clock_row_find(j->kind, g->clock));
        if (str_eq(g->particular, p->name) && c && law_time_is_usable(j->act->at_ms))
            value = day_text(a, law_clock_least_day(j, c));
    }
    if (value.n) tree_add_str(a, to, "suggest", value);
}

const struct tree *law_particulars_view(const struct judge *j)
{
    struct arena *a = j->t->arena;
    struct tree *list = tree_list(a);
    for (size_t i = 0; i < j->row->particulars_n; i++) {
        const struct law_particular *p = &j->row->particulars[i];
        struct tree *row = tree_add_map(a, list, NULL);
        tree_add_str(a, row, "name", p->name);
        tree_add_str(a, row, "article", law_cite(j, p->article));
        tree_add_str(a, row, "source", tree_str(p->row, "source"));
        tree_add_str(a, row, "required",
                     i < j->row->own_n ? tree_str(p->row, "required") : STR("optional"));
        tree_add_str(a, row, "type", tree_str(p->row, "type"));
        if (tree_get(p->row, "min")) tree_add_int(a, row, "min", p->min);
        if (p->max) tree_add_int(a, row, "max", p->max);
        if (p->link.n) tree_add_str(a, row, "link", p->link);
        tree_add_str(a, row, "title", law_title(tree_get(p->row, "titles"), j->lang));
        tree_add_str(a, row, "help", law_title(tree_get(p->row, "help"), j->lang));
        choices_add(j, p, row);
        suggest_add(j, p, row);
    }
    return list;
}
