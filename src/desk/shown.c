/* SPDX-License-Identifier: Apache-2.0 */
/* What views are put together from: each word of the law with its title in the language asked for,
 * and a dossier as a row of a list, from projections alone. */

#include "desk/desk_internal.h"

struct str desk_lang(const struct desk_turn *dt)
{
    struct str lang = tree_str(dt->args, "lang");
    return lang.n ? lang : STR("en");
}

struct str desk_address_title(struct desk *d, struct turn *t, struct str address, struct str lang)
{
    struct str title = law_authority_said(t->arena, d->tables, address, lang);
    if (title.n) return title;
    const struct desk_peer *p = desk_peer(d, address);
    if (p)
        return str_printf(t->arena, STR_FMT ", " STR_FMT, STR_ARG(p->state_name), STR_ARG(p->name));
    const struct profile_authority *ours = profile_find(&d->profile, address);
    return ours ? str_printf(t->arena, STR_FMT ", " STR_FMT, STR_ARG(d->profile.name),
                             STR_ARG(ours->name))
                : address;
}

struct str desk_particular_text(const struct tree *v)
{
    if (!v) return STR("");
    if (v->kind == TREE_MAP) return tree_str(v, "text");
    return v->kind == TREE_STR ? v->str : STR("");
}

/* ---- a dossier ------------------------------------------------------------------------------- */

static struct str said(struct desk *d, const struct store_dossier *row, enum law_noun noun,
                       struct str name, struct str lang)
{
    return law_said(d->tables, noun, row->instrument, row->kind, name, lang);
}

/* Nothing in it where the dossier has none. */
static err brief_of(struct desk *d, struct turn *t, const struct store_dossier *row,
                    struct store_brief *out)
{
    *out = (struct store_brief){0};
    err e = store_brief_get(t, d->store, &row->id, out);
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    return e == ERR_NONE_SUCH ? ERR_OK : e;
}

static void add_dossier(struct desk *d, struct turn *t, struct tree *m,
                        const struct store_dossier *row, const struct store_brief *brief,
                        struct str lang)
{
    struct str kind_title = said(d, row, LAW_SAYS_KIND, STR(""), lang);
    tree_add_str(t->arena, m, "ref", row->ref);
    tree_add_str(t->arena, m, "dossier", desk_hex_id(t, &row->id));
    tree_add_str(t->arena, m, "title", brief->title.n ? brief->title : kind_title);
    tree_add_str(t->arena, m, "side", row->side);
    tree_add_str(t->arena, m, "ours", row->ours);
    tree_add_str(t->arena, m, "ours_title", desk_address_title(d, t, row->ours, lang));
    tree_add_str(t->arena, m, "theirs", row->theirs);
    tree_add_str(t->arena, m, "theirs_title", desk_address_title(d, t, row->theirs, lang));
    tree_add_str(t->arena, m, "instrument", row->instrument);
    tree_add_str(t->arena, m, "instrument_title", said(d, row, LAW_SAYS_INSTRUMENT, STR(""), lang));
    tree_add_str(t->arena, m, "kind", row->kind);
    tree_add_str(t->arena, m, "kind_title", kind_title);
    tree_add_str(t->arena, m, "kind_article",
                 law_kind_cited(t->arena, d->tables, row->instrument, row->kind));
    tree_add_str(t->arena, m, "state", row->state);
    tree_add_str(t->arena, m, "state_title", said(d, row, LAW_SAYS_STATE, row->state, lang));
    tree_add_bool(t->arena, m, "ended", row->ended);
    if (row->outcome.n) {
        tree_add_str(t->arena, m, "outcome", row->outcome);
        tree_add_str(t->arena, m, "outcome_title",
                     said(d, row, LAW_SAYS_OUTCOME, row->outcome, lang));
    }
    tree_add_bool(t->arena, m, "incomplete", row->missing > 0);
    /* The requested State has said something: then the other one knows that somebody is there. */
    tree_add_bool(t->arena, m, "acknowledged", row->requested_n > 0);
    tree_add_str(t->arena, m, "opened", time_text(t->arena, row->opened_ms));
    tree_add_int(t->arena, m, "version", row->changed_leaf);
}

err desk_add_dossier(struct desk *d, struct turn *t, struct tree *m,
                     const struct store_dossier *row, struct str lang)
{
    struct store_brief brief;
    try(brief_of(d, t, row, &brief));
    add_dossier(d, t, m, row, &brief, lang);
    return ERR_OK;
}

void desk_add_clock(struct desk *d, struct turn *t, struct tree *m, const struct store_dossier *row,
                    const struct store_clock *c, struct str lang)
{
    tree_add_str(t->arena, m, "clock", c->clock);
    tree_add_str(t->arena, m, "clock_title", said(d, row, LAW_SAYS_CLOCK, c->clock, lang));
    tree_add_str(t->arena, m, "article", c->article);
    tree_add_bool(t->arena, m, "running", c->running);
    tree_add_str(t->arena, m, "start", time_text(t->arena, c->start_ms));
    if (c->end_ms) tree_add_str(t->arena, m, "end", time_text(t->arena, c->end_ms));
    if (c->renew_ms) tree_add_str(t->arena, m, "renew", time_text(t->arena, c->renew_ms));
    if (c->on_end.n) {
        tree_add_str(t->arena, m, "on_end", c->on_end);
        tree_add_str(t->arena, m, "on_end_title", said(d, row, LAW_SAYS_ACT, c->on_end, lang));
    }
    tree_add_str(t->arena, m, "proof", c->proof);
}

/* ---- the next step, without opening the acts ------------------------------------------------- */

struct str desk_state_of(struct str address)
{
    struct str state, rest;
    str_split(address, '/', &state, &rest);
    return state;
}

err desk_who(struct desk *d, struct turn *t, struct str ours, struct str theirs,
             enum law_stream side, struct law_who *out)
{
    const struct profile_authority *authority;
    struct law_function *functions;
    size_t n;
    try(desk_own_authority(d, t, ours, &authority));
    try(desk_functions(t, authority->functions, &functions, &n));
    *out = (struct law_who){.side = side,
                            .functions = functions,
                            .functions_n = n,
                            .state = d->profile.state,
                            .other = desk_state_of(theirs),
                            .zones = &d->zones};
    return ERR_OK;
}

static void words_split(struct turn *t, struct str words, struct str **out, size_t *n_out)
{
    size_t n = 0;
    struct str one, *list = arena_take_many(t->arena, words.n / 2 + 1, sizeof *list);
    while (words.n) {
        str_split(words, ' ', &one, &words);
        if (one.n) list[n++] = one;
    }
    *out = list;
    *n_out = n;
}

/* As much of the fold's state as the question needs which step is due. */
static struct law_state state_of(struct turn *t, const struct store_dossier *row,
                                 const struct store_brief *brief, const struct store_clock *clocks,
                                 size_t n)
{
    struct law_state s = {.state = row->state,
                          .ended = row->ended,
                          .outcome = row->outcome,
                          .instrument = row->instrument,
                          .kind = row->kind};
    words_split(t, brief->marks, &s.marks, &s.marks_n);
    words_split(t, brief->missing, &s.missing, &s.missing_n);
    s.clocks = arena_take_many(t->arena, n + 1, sizeof *s.clocks);
    for (size_t k = 0; k < n; k++)
        s.clocks[s.clocks_n++] = (struct law_clock){.clock = clocks[k].clock,
                                                    .article = clocks[k].article,
                                                    .on_end = clocks[k].on_end,
                                                    .proof = clocks[k].proof,
                                                    .start_ms = clocks[k].start_ms,
                                                    .end_ms = clocks[k].end_ms,
                                                    .running = clocks[k].running,
                                                    .renew_ms = clocks[k].renew_ms};
    return s;
}

static const struct store_clock *soonest(const struct store_clock *clocks, size_t n)
{
    const struct store_clock *first = NULL;
    for (size_t k = 0; k < n; k++)
        if (clocks[k].running && clocks[k].end_ms && (!first || clocks[k].end_ms < first->end_ms))
            first = &clocks[k];
    return first;
}

static err next_of(struct desk *d, struct desk_turn *dt, const struct store_dossier *row,
                   const struct store_brief *brief, const struct store_clock *clocks, size_t n,
                   bool *found_out, struct law_option *next_out)
{
    struct turn *t = &dt->t;
    struct law_who who;
    bool requesting = str_is(row->side, "requesting");
    *found_out = false;
    if (row->ended) return ERR_OK;
    err e =
        desk_who(d, t, row->ours, row->theirs, requesting ? LAW_REQUESTING : LAW_REQUESTED, &who);
    if (e == ERR_NONE_SUCH) turn_forgive(t); /* an authority this node no longer serves */
    if (e == ERR_NONE_SUCH) return ERR_OK;
    try(e);
    struct law_state state = state_of(t, row, brief, clocks, n);
    return law_next(t, d->tables, &state, &who, turn_now_ms(t), desk_lang(dt), found_out, next_out);
}

err desk_has_next(struct desk *d, struct desk_turn *dt, const struct store_dossier *row,
                  bool *found_out)
{
    struct turn *t = &dt->t;
    struct store_clock *clocks;
    struct store_brief brief;
    struct law_option next;
    size_t n;
    try(brief_of(d, t, row, &brief));
    try(store_clocks_of(t, d->store, &row->id, &clocks, &n));
    return next_of(d, dt, row, &brief, clocks, n, found_out, &next);
}

static err add_next(struct desk *d, struct desk_turn *dt, struct tree *m,
                    const struct store_dossier *row, const struct store_brief *brief,
                    const struct store_clock *clocks, size_t n, bool *found_out)
{
    struct turn *t = &dt->t;
    struct law_option next;
    try(next_of(d, dt, row, brief, clocks, n, found_out, &next));
    if (!*found_out) return ERR_OK;
    tree_add_str(t->arena, m, "next", next.act);
    tree_add_str(t->arena, m, "next_title", next.title);
    tree_add_str(t->arena, m, "next_article", next.article);
    tree_add_str(t->arena, m, "article", next.article);
    return ERR_OK;
}

err desk_add_row(struct desk *d, struct desk_turn *dt, struct tree *m,
                 const struct store_dossier *row, bool *has_next_out)
{
    struct turn *t = &dt->t;
    struct store_clock *clocks;
    struct store_brief brief;
    size_t n;
    try(brief_of(d, t, row, &brief));
    add_dossier(d, t, m, row, &brief, desk_lang(dt));
    try(store_clocks_of(t, d->store, &row->id, &clocks, &n));
    const struct store_clock *first = soonest(clocks, n);
    if (first) {
        tree_add_str(t->arena, m, "clock", first->clock);
        tree_add_str(t->arena, m, "clock_title",
                     said(d, row, LAW_SAYS_CLOCK, first->clock, desk_lang(dt)));
        tree_add_str(t->arena, m, "end", time_text(t->arena, first->end_ms));
    }
    return add_next(d, dt, m, row, &brief, clocks, n, has_next_out);
}
