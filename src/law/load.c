/* SPDX-License-Identifier: Apache-2.0 */
/* From a checked tree to rows: one instrument at a time.
 *
 * The shape has been checked, so nothing here fails but for what one row says about its neighbour:
 * an act that starts a clock no row describes, a guard without what it asks about. What rows say
 * across the whole file or set is in link.c. */

#include "law/inner.h"

struct loading {
    struct turn *t;
    struct str path;
    struct law_kind *kind;
};

static err kind_load(struct loading *l, const struct tree *row, struct law_kind *out);

static enum law_stream party_of(struct str word)
{
    return str_is(word, "requesting") ? LAW_REQUESTING : LAW_REQUESTED;
}

static void *rows_take(struct turn *t, const struct tree *rows, size_t size, size_t *n_out)
{
    *n_out = rows ? rows->count : 0;
    return arena_take_many(t->arena, *n_out ? *n_out : 1, size);
}

err law_instrument_load(struct turn *t, struct str path, const struct tree *root,
                        struct law_instrument *out)
{
    struct loading l = {.t = t, .path = path};
    out->instrument = tree_str(root, "instrument");
    out->path = path;
    out->root = root;
    const struct tree *roles = tree_get(root, "roles"), *kinds = tree_get(root, "kinds");
    out->roles = rows_take(t, roles, sizeof *out->roles, &out->roles_n);
    size_t i = 0;
    for (const struct tree *r = roles->child; r; r = r->next)
        out->roles[i++] = (struct law_role){
            .kind = tree_str(r, "kind"),
            .function = tree_str(r, "function"),
            .direction = tree_str(r, "direction"),
            .article = tree_str(r, "article"),
            .party = party_of(tree_str(r, "party")),
        };
    out->kinds = rows_take(t, kinds, sizeof *out->kinds, &out->kinds_n);
    i = 0;
    for (const struct tree *k = kinds->child; k; k = k->next)
        try(kind_load(&l, k, &out->kinds[i++]));
    return ERR_OK;
}

/* ---- particulars, grounds, clocks ------------------------------------------------------------ */

static size_t word_index(const char *words, struct str s)
{
    struct str head, rest = str_of(words);
    size_t i = 0;
    for (bool more = true; more; i++) {
        more = str_split(rest, ' ', &head, &rest);
        if (str_eq(head, s)) return i;
    }
    return 0; /* the shape allows no other word */
}

static struct law_cond cond_load(const struct tree *row)
{
    const struct tree *when = tree_get(row, "when");
    return (struct law_cond){tree_str(when, "particular"), tree_str(when, "equals")};
}

static err particular_load(struct loading *l, const struct tree *row, struct law_particular *out)
{
    *out = (struct law_particular){
        .name = tree_str(row, "name"),
        .article = tree_str(row, "article"),
        .required = (enum law_required)word_index("always where_available optional conditional",
                                                  tree_str(row, "required")),
        .type =
            (enum law_type)word_index("text day flag choice ground code", tree_str(row, "type")),
        .when = cond_load(row),
        .max = tree_int(row, "max", 0),
        .must_be = tree_bool(row, "must_be", false),
        .row = row,
    };
    const struct tree *choices = tree_get(row, "choices");
    if ((out->type == LAW_TEXT) != (out->max > 0))
        return law_file_fail(l->t, l->path, row, "expected `max` in a text, and only there");
    if ((out->type == LAW_CHOICE) != (choices && choices->count))
        return law_file_fail(l->t, l->path, row, "expected `choices` in a choice, and only there");
    if ((out->required == LAW_CONDITIONAL) != (out->when.particular.n > 0))
        return law_file_fail(l->t, l->path, row,
                             "expected `when` where `required` is conditional, and only there");
    return ERR_OK;
}

static err particulars_load(struct loading *l, const struct tree *rows, struct law_particular *out)
{
    if (!rows) return ERR_OK;
    for (const struct tree *r = rows->child; r; r = r->next) try(particular_load(l, r, out++));
    return ERR_OK;
}

static void ground_load(const struct tree *row, bool forbidden, struct law_ground *out)
{
    const struct tree *pre = tree_get(row, "pre_duty");
    *out = (struct law_ground){
        .ground = tree_str(row, "ground"),
        .article = tree_str(row, "article"),
        .reservation = tree_str(row, "reservation"),
        .when = cond_load(row),
        .pre_duty = tree_str(pre, "duty"),
        .pre_duty_article = tree_str(pre, "article"),
        .pre_duty_strict = tree_bool(pre, "strict", false),
        .forbidden = forbidden,
        .row = row,
    };
}

static err grounds_load(struct loading *l, const struct tree *row, struct law_kind *out)
{
    const struct tree *yes = tree_get(row, "grounds"), *no = tree_get(row, "forbidden_grounds");
    size_t i = 0, n = yes->count + no->count;
    out->grounds = arena_take_many(l->t->arena, n ? n : 1, sizeof *out->grounds);
    for (const struct tree *r = yes->child; r; r = r->next)
        ground_load(r, false, &out->grounds[i++]);
    for (const struct tree *r = no->child; r; r = r->next) {
        ground_load(r, true, &out->grounds[i++]);
        for (const struct tree *q = yes->child; q; q = q->next)
            if (str_eq(tree_str(q, "ground"), tree_str(r, "ground")))
                return law_file_fail(l->t, l->path, r,
                                     "expected a ground that is not also allowed on line %u",
                                     q->line);
    }
    out->grounds_n = n;
    return ERR_OK;
}

static err clock_load(struct loading *l, const struct tree *row, struct law_clock_row *out)
{
    *out = (struct law_clock_row){
        .clock = tree_str(row, "clock"),
        .article = tree_str(row, "article"),
        .start = tree_str(row, "start"),
        .end_particular = tree_str(row, "end_particular"),
        .setting = tree_str(row, "setting"),
        .on_end = tree_str(row, "on_end"),
        .days = tree_int(row, "days", 0),
        .minutes = tree_int(row, "minutes", 0),
        .duty = str_is(tree_str(row, "sort"), "duty"),
        .at_most = str_is(tree_str(row, "bound"), "at_most"),
    };
    if ((out->days > 0) == (out->minutes > 0))
        return law_file_fail(l->t, l->path, row, "expected either `days` or `minutes`");
    if ((out->days > 0) != (tree_get(row, "bound") != NULL))
        return law_file_fail(l->t, l->path, row, "expected `bound` beside `days`, and only there");
    return ERR_OK;
}

/* ---- the lifecycle -----------------------------------------------------------------------------
 */

static err guard_load(struct loading *l, const struct tree *row, struct law_guard *out)
{
    *out = (struct law_guard){
        .kind = law_guard_kind_find(tree_str(row, "guard")),
        .mark = tree_str(row, "mark"),
        .clock = tree_str(row, "clock"),
        .particular = tree_str(row, "particular"),
        .remark = tree_str(row, "remark"),
        .article = tree_str(row, "article"),
    };
    if (!out->kind) {
        struct buf names = buf_in(l->t->arena);
        for (const struct law_guard_kind *k = law_guard_kinds; k->name; k++)
            buf_printf(&names, "%s%s", names.n ? ", " : "", k->name);
        return law_file_fail(l->t, l->path, row,
                             "`guard`: found \"" STR_FMT "\", expected one of: " STR_FMT,
                             STR_ARG(tree_str(row, "guard")), STR_ARG(buf_as_str(&names)));
    }
    bool fits = out->kind->needs_mark == (out->mark.n > 0) &&
                out->kind->needs_clock == (out->clock.n > 0) &&
                out->kind->needs_particular == (out->particular.n > 0);
    if (!fits)
        return law_file_fail(l->t, l->path, row, "`%s`: expected with it exactly these keys:%s%s%s",
                             out->kind->name, out->kind->needs_mark ? " mark" : "",
                             out->kind->needs_clock ? " clock" : "",
                             out->kind->needs_particular ? " particular" : "");
    if (out->clock.n && !law_clock_row_find(l->kind, out->clock))
        return law_file_fail(l->t, l->path, row, "`clock`: expected a row of `clocks`, found none");
    return ERR_OK;
}

/* What an act may carry: its own particulars, and the request's where it sends or supplies them. */
static err carried_load(struct loading *l, const struct tree *row, struct law_row *out)
{
    bool request = tree_bool(row, "carries_request", false);
    const struct tree *own = tree_get(row, "particulars");
    size_t own_n = own ? own->count : 0,
           more = request || out->supplies ? l->kind->particulars_n : 0;
    out->particulars_n = own_n + more;
    out->own_n = request ? out->particulars_n : own_n;
    out->particulars = arena_take_many(l->t->arena, out->particulars_n ? out->particulars_n : 1,
                                       sizeof *out->particulars);
    try(particulars_load(l, own, out->particulars));
    for (size_t i = 0; i < more; i++) {
        const struct law_particular *p = &l->kind->particulars[i];
        for (size_t k = 0; k < own_n; k++)
            if (str_eq(p->name, out->particulars[k].name))
                return law_file_fail(l->t, l->path, out->particulars[k].row,
                                     "expected a name the request does not use; it stands on "
                                     "line %u",
                                     p->row->line);
        out->particulars[own_n + i] = *p;
    }
    return ERR_OK;
}

static struct str joined(struct arena *a, const struct tree *words)
{
    struct buf b = buf_in(a);
    for (const struct tree *w = words ? words->child : NULL; w; w = w->next)
        buf_printf(&b, "%s" STR_FMT, b.n ? " " : "", STR_ARG(w->str));
    return buf_as_str(&b);
}

static err starts_load(struct loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *starts = tree_get(row, "starts");
    out->starts = rows_take(l->t, starts, sizeof *out->starts, &out->starts_n);
    size_t i = 0;
    for (const struct tree *s = starts ? starts->child : NULL; s; s = s->next) {
        out->starts[i] = law_clock_row_find(l->kind, s->str);
        if (!out->starts[i++])
            return law_file_fail(l->t, l->path, s,
                                 "`starts`: expected a row of `clocks`, found \"" STR_FMT "\"",
                                 STR_ARG(s->str));
    }
    return ERR_OK;
}

static err act_load(struct loading *l, const struct tree *row, struct law_row *out)
{
    const struct tree *from = tree_get(row, "from"), *guards = tree_get(row, "guards");
    *out = (struct law_row){
        .act = tree_str(row, "act"),
        .article = tree_str(row, "article"),
        .source = tree_str(row, "source"),
        .to = tree_str(row, "to"),
        .outcome = tree_str(row, "outcome"),
        .mark = tree_str(row, "mark"),
        .duty_done = joined(l->t->arena, tree_get(row, "duty_done")),
        .by = party_of(tree_str(row, "by")),
        .inward = str_is(tree_str(row, "stream"), "inward"),
        .system = tree_bool(row, "system", false),
        .ends = tree_str(row, "outcome").n > 0,
        .takes_effect_crossed = str_is(tree_str(row, "crossed"), "takes_effect"),
        .supplies = tree_bool(row, "supplies_request", false),
        .rank = tree_int(row, "rank", 0),
        .next_when = tree_get(row, "next_when"),
        .stops = tree_get(row, "stops"),
        .row = row,
    };
    out->from = rows_take(l->t, from, sizeof *out->from, &out->from_n);
    size_t i = 0;
    for (const struct tree *f = from->child; f; f = f->next) out->from[i++] = f->str;
    try(carried_load(l, row, out));
    try(starts_load(l, row, out));
    out->guards = rows_take(l->t, guards, sizeof *out->guards, &out->guards_n);
    i = 0;
    for (const struct tree *g = guards ? guards->child : NULL; g; g = g->next)
        try(guard_load(l, g, &out->guards[i++]));
    return ERR_OK;
}

/* What names a request in lists is a text, and one. */
static err summary_check(struct loading *l, const struct law_kind *k)
{
    const struct law_particular *first = NULL;
    for (size_t n = 0; n < k->particulars_n; n++) {
        const struct law_particular *p = &k->particulars[n];
        if (!tree_bool(p->row, "summary", false)) continue;
        if (first || p->type != LAW_TEXT)
            return law_file_fail(l->t, l->path, p->row,
                                 "expected `summary` in one text of the kind at most");
        first = p;
    }
    return ERR_OK;
}

static err kind_load(struct loading *l, const struct tree *row, struct law_kind *out)
{
    const struct tree *particulars = tree_get(row, "particulars");
    const struct tree *clocks = tree_get(row, "clocks"), *acts = tree_get(row, "lifecycle");
    out->kind = tree_str(row, "kind");
    out->article = tree_str(row, "article");
    out->row = row;
    l->kind = out;
    out->particulars = rows_take(l->t, particulars, sizeof *out->particulars, &out->particulars_n);
    try(particulars_load(l, particulars, out->particulars));
    try(summary_check(l, out));
    try(grounds_load(l, row, out));
    out->clocks = rows_take(l->t, clocks, sizeof *out->clocks, &out->clocks_n);
    size_t i = 0;
    for (const struct tree *c = clocks->child; c; c = c->next)
        try(clock_load(l, c, &out->clocks[i++]));
    out->rows = rows_take(l->t, acts, sizeof *out->rows, &out->rows_n);
    i = 0;
    for (const struct tree *a = acts->child; a; a = a->next) try(act_load(l, a, &out->rows[i++]));
    return ERR_OK;
}
