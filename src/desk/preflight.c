/* SPDX-License-Identifier: Apache-2.0 */
/* A draft before it leaves: held against the law and the profile of the State that is asked, or of
 * another one. What the preflight said when a draft was sent is kept with the act for good; it
 * stays at home, since nothing of what is kept beside an act ever travels. */

#include "desk/desk_internal.h"

/* A request that is not kept, only looked at: the same deed without a draft or documents. */
static err request_deed(struct desk *d, struct desk_turn *dt, struct desk_deed *out)
{
    struct turn *t = &dt->t;
    struct str instrument = tree_str(dt->args, "instrument");
    struct desk_deed x = {.opens = true,
                          .lang = tree_str(dt->args, "lang"),
                          .instrument = instrument.n ? instrument : law_usual(d->tables),
                          .kind = tree_str(dt->args, "kind"),
                          .act = tree_str(dt->args, "act"),
                          .from = dt->person->officer.authority,
                          .also = tree_get(dt->args, "also"),
                          .particulars = tree_get(dt->args, "particulars")};
    try(desk_arg(t, dt->args, "to", &x.to));
    struct desk_case *c = arena_take(t->arena, sizeof *c);
    try(desk_case_new(t, c));
    x.dossier = c;
    *out = x;
    return ERR_OK;
}

static void put_if(struct turn *t, struct tree *m, const char *key, struct str value)
{
    if (value.n) tree_add_str(t->arena, m, key, value);
}

static void add_rests(struct desk *d, struct turn *t, struct tree *m, const struct law_rests *r,
                      struct str lang)
{
    if (!r->field.n) return;
    struct tree *one = tree_add_map(t->arena, m, "rests");
    struct str title = law_state_said(d->tables, r->state, lang);
    tree_add_str(t->arena, one, "state", r->state);
    tree_add_str(t->arena, one, "state_title", title.n ? title : r->state);
    tree_add_str(t->arena, one, "field", r->field);
    put_if(t, one, "field_title", r->title);
    tree_add_str(t->arena, one, "value", r->value);
    put_if(t, one, "article", r->article);
    put_if(t, one, "source", r->source);
}

static void add_line(struct desk *d, struct turn *t, struct tree *list, const struct law_line *r,
                     struct str lang)
{
    struct tree *one = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, one, "grade", str_of(law_grade_word(r->grade)));
    tree_add_str(t->arena, one, "code", r->code);
    tree_add_str(t->arena, one, "article", r->article);
    put_if(t, one, "source", r->source);
    put_if(t, one, "particular", r->particular);
    tree_add_str(t->arena, one, "sentence", r->sentence);
    put_if(t, one, "remedy", r->remedy);
    if (r->foretold) tree_add_bool(t->arena, one, "foretold", true);
    add_rests(d, t, one, &r->rests, lang);
}

/* What stops the act beside the tables, as the fault of the turn says it. */
static void add_stop(struct turn *t, struct tree *list, const char *particular, const char *remedy)
{
    struct tree *one = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, one, "grade", STR("must"));
    tree_add_str(t->arena, one, "code", str_dup(t->arena, str_of(t->fault.code)));
    tree_add_str(t->arena, one, "article", str_dup(t->arena, str_of(t->fault.article)));
    tree_add_str(t->arena, one, "particular", str_of(particular));
    tree_add_str(t->arena, one, "sentence", str_dup(t->arena, str_of(t->fault.sentence)));
    if (*remedy) tree_add_str(t->arena, one, "remedy", str_of(remedy));
    turn_forgive(t);
}

/* An authority this node cannot reach, and tables that no lawyer accepted. */
static err add_stops(struct desk *d, struct turn *t, const struct desk_deed *x,
                     const struct law_who *who, struct tree *list)
{
    enum desk_reach reach;
    struct str state, name;
    err e = desk_tables_accepted(d, t);
    if (e != ERR_OK && e != ERR_NOT_ALLOWED) return e;
    if (e != ERR_OK) add_stop(t, list, "", "comity law accept");
    e = desk_deed_also(d, t, x, who);
    if (e != ERR_OK && e != ERR_REJECTED && e != ERR_TOO_LARGE) return e;
    if (e != ERR_OK) add_stop(t, list, "also", "");
    if (!str_split(x->to, '/', &state, &name)) return ERR_OK; /* a State, to compare with */
    e = desk_reach(d, t, x->to, false, &reach);
    if (e != ERR_OK && e != ERR_NOT_ALLOWED) return e;
    if (e != ERR_OK) add_stop(t, list, "to", "comity peer add");
    return ERR_OK;
}

struct looking {
    struct desk *d;
    struct turn *t;
    struct tree *list;
    struct str article, lang;
};

/* A dossier that is named and not known, or from which nothing follows. */
static void add_link(void *ctx, const struct law_link *l, struct str remark)
{
    struct looking *k = ctx;
    struct arena *a = k->t->arena;
    if (!remark.n) return;
    struct tree *one = tree_add_map(a, k->list, NULL);
    tree_add_str(a, one, "grade", STR("should"));
    tree_add_str(a, one, "code", remark);
    tree_add_str(a, one, "article", k->article);
    tree_add_str(a, one, "particular", l->particular);
    struct str says = law_remark_said(k->d->tables, remark, k->lang);
    tree_add_str(a, one, "sentence",
                 str_printf(a, STR_FMT ": " STR_FMT ".", STR_ARG(says), STR_ARG(l->number)));
    tree_add_str(a, one, "remedy", law_remark_remedy(a, k->d->tables, remark, k->lang));
}

/* What is cited beside the instrument binds, but knows no request of this kind. */
static void add_others(struct desk *d, struct turn *t, const struct desk_deed *x, struct str lang,
                       struct tree *list)
{
    static const char code[] = "also-other-kind";
    for (const struct tree *w = x->also ? x->also->child : NULL; w; w = w->next) {
        if (law_carries(d->tables, w->str, x->kind)) continue;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "grade", STR("should"));
        tree_add_str(t->arena, one, "code", str_of(code));
        tree_add_str(t->arena, one, "article",
                     law_kind_cited(t->arena, d->tables, x->instrument, x->kind));
        tree_add_str(t->arena, one, "particular", STR("also"));
        tree_add_str(t->arena, one, "sentence",
                     str_printf(t->arena, STR_FMT ": " STR_FMT ".",
                                STR_ARG(law_remark_said(d->tables, str_of(code), lang)),
                                STR_ARG(w->str)));
        tree_add_str(t->arena, one, "remedy",
                     law_remark_remedy(t->arena, d->tables, str_of(code), lang));
    }
}

static void add_counts(struct turn *t, struct tree *v, const struct tree *list)
{
    static const char *const grades[] = {"must", "should", "fine"};
    for (size_t g = 0; g < sizeof grades / sizeof *grades; g++) {
        int64_t n = 0;
        for (const struct tree *r = list->child; r; r = r->next)
            n += str_is(tree_str(r, "grade"), grades[g]);
        tree_add_int(t->arena, v, grades[g], n);
    }
}

/* Held against the law; `reaches` asks also whether it could leave from here. */
static err preflight(struct desk *d, struct desk_turn *dt, struct desk_deed *x, bool reaches,
                     struct tree *v)
{
    struct turn *t = &dt->t;
    struct str lang = desk_lang(dt);
    struct law_who who;
    enum law_stream stream;
    struct law_line *lines;
    size_t must;
    x->by = dt->person->officer;
    try(desk_deed_who(d, t, x, &who));
    try(desk_deed_row(d, t, x, &who, &stream));
    struct law_act act = {.act = x->act,
                          .instrument = x->instrument,
                          .kind = x->kind,
                          .stream = stream,
                          .n = 1,
                          .at_ms = turn_now_ms(t),
                          .particulars = x->particulars};
    try(law_preflight(t, d->tables, &x->dossier->state, &who, &act, act.at_ms, lang, &lines,
                      &must));
    struct tree *list = tree_list(t->arena);
    if (reaches) try(add_stops(d, t, x, &who, list));
    add_others(d, t, x, lang, list);
    for (; lines; lines = lines->next) {
        struct str holder = {0};
        if (lines->grade == LAW_MUST && str_is(lines->code, "function-missing"))
            try(desk_holder_said(d, t, x, lang, &holder));
        if (holder.n) lines->remedy = holder;
        add_line(d, t, list, lines, lang);
    }
    struct looking looking = {.d = d, .t = t, .list = list, .lang = lang};
    looking.article = law_kind_cited(t->arena, d->tables, act.instrument, act.kind);
    try(desk_links_each(d, t, x, &act, add_link, &looking));
    tree_add_str(t->arena, v, "tables", hex(t->arena, hash_bytes(law_tables_hash(d->tables))));
    add_counts(t, v, list);
    tree_add_copy(t->arena, v, "remarks", list);
    return ERR_OK;
}

err desk_preflight_keep(struct desk *d, struct desk_turn *dt, struct desk_deed *x)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    try(preflight(d, dt, x, false, v));
    tree_add_int(t->arena, v, "at", turn_now_ms(t));
    tree_add_str(t->arena, v, "officer", dt->person->officer.officer);
    x->preflight = v;
    return ERR_OK;
}

void desk_preflight_add(struct turn *t, struct tree *act, const struct tree *rest)
{
    const struct tree *kept = tree_get(rest, "preflight");
    if (!kept) return;
    struct tree *v = tree_add_copy(t->arena, act, "preflight", kept);
    struct tree *at = tree_map(t->arena);
    tree_add_str(t->arena, at, "at", time_text(t->arena, tree_int(kept, "at", 0)));
    tree_set(t->arena, v, STR("at"), at->child);
}

err desk_do_CHECK(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str to = tree_str(dt->args, "to");
    struct store_draft draft = {0};
    struct desk_deed x;
    if (tree_str(dt->args, "kind").n)
        try(request_deed(d, dt, &x));
    else
        try(desk_draft_deed(d, dt, RIGHT_DRAFT, &draft, &x));
    if (to.n) x.to = to;
    struct tree *v = tree_map(t->arena);
    struct str lang = desk_lang(dt), state, name;
    bool whole = str_split(x.to, '/', &state, &name);
    tree_add_str(t->arena, v, "draft", draft.label);
    tree_add_str(t->arena, v, "to", x.to);
    struct str title =
        whole ? desk_address_title(d, t, x.to, lang) : law_state_said(d->tables, x.to, lang);
    tree_add_str(t->arena, v, "to_title", title.n ? title : x.to);
    try(preflight(d, dt, &x, true, v));
    dt->view = v;
    int64_t must = tree_int(v, "must", 0);
    if (must == 0) return ERR_OK;
    return turn_fail(t, ERR_NO, "check-must", NULL, "%lld thing(s) must be mended before sending.",
                     (long long)must);
}
