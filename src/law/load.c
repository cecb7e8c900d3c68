/* SPDX-License-Identifier: Apache-2.0 */
/* From an expanded tree to rows: one instrument at a time. The lifecycle is in load_act.c.
 *
 * The shape has been checked, so nothing here fails but for what one row says about its neighbour:
 * a text without a length, a clock without one. What rows say across the whole file or set is in
 * link.c. */

#include "law/load.h"

static enum law_stream party_of(struct str word)
{
    return str_is(word, "requesting") ? LAW_REQUESTING : LAW_REQUESTED;
}

void *law_rows_take(struct turn *t, const struct tree *rows, size_t size, size_t *n_out)
{
    *n_out = rows ? rows->count : 0;
    return arena_take_many(t->arena, *n_out ? *n_out : 1, size);
}

struct str *law_words_load(struct turn *t, const struct tree *words, size_t *n_out)
{
    struct str *out = law_rows_take(t, words, sizeof *out, n_out);
    size_t i = 0;
    for (const struct tree *w = words ? words->child : NULL; w; w = w->next) out[i++] = w->str;
    return out;
}

static void role_load(const struct tree *r, struct str kind, struct law_role *out)
{
    *out = (struct law_role){
        .kind = kind,
        .function = tree_str(r, "function"),
        .direction = tree_str(r, "direction"),
        .article = tree_str(r, "article"),
        .party = party_of(tree_str(r, "party")),
        .row = r,
    };
}

/* Those that stand in the instrument's list, and those that stand in a kind. */
static void roles_load(struct turn *t, const struct tree *root, struct law_instrument *out)
{
    const struct tree *rows = tree_get(root, "roles"), *kinds = tree_get(root, "kinds");
    size_t n = rows->count;
    for (const struct tree *k = kinds->child; k; k = k->next) {
        const struct tree *own = tree_get(k, "roles");
        n += own ? own->count : 0;
    }
    out->roles = arena_take_many(t->arena, n ? n : 1, sizeof *out->roles);
    for (const struct tree *r = rows->child; r; r = r->next)
        role_load(r, tree_str(r, "kind"), &out->roles[out->roles_n++]);
    for (const struct tree *k = kinds->child; k; k = k->next) {
        const struct tree *own = tree_get(k, "roles");
        for (const struct tree *r = own ? own->child : NULL; r; r = r->next)
            role_load(r, tree_str(k, "kind"), &out->roles[out->roles_n++]);
    }
}

static err cond_check(struct law_loading *l, const struct tree *when);

static err scopes_load(struct law_loading *l, const struct tree *root, struct law_instrument *out)
{
    const struct tree *rows = tree_get(root, "scopes");
    out->scopes = law_rows_take(l->t, rows, sizeof *out->scopes, &out->scopes_n);
    size_t i = 0;
    for (const struct tree *r = rows->child; r; r = r->next) {
        struct law_scope *s = &out->scopes[i++];
        const struct tree *accepts = tree_get(r, "accepts");
        *s = (struct law_scope){
            .scope = tree_str(r, "scope"), .article = tree_str(r, "article"), .row = r};
        s->accepts = law_rows_take(l->t, accepts, sizeof *s->accepts, &s->accepts_n);
        size_t n = 0;
        for (const struct tree *c = accepts->child; c; c = c->next) {
            try(cond_check(l, c));
            s->accepts[n++] = law_cond_load(l->t->arena, c);
        }
    }
    return ERR_OK;
}

/* From the first article to the last. */
static err accounts_check(struct law_loading *l, const struct tree *root)
{
    const struct tree *range = tree_get(root, "accounts_for");
    if (!range || tree_int(range, "from", 0) <= tree_int(range, "to", 0)) return ERR_OK;
    return law_row_fail(l, tree_get(range, "from"),
                        "`from`: expected a number no greater than that of `to`, %d",
                        (int)tree_int(range, "to", 0));
}

static err foretold_load(struct law_loading *l, const struct tree *root, struct law_instrument *out)
{
    const struct tree *rows = tree_get(root, "foretold");
    out->foretold = law_rows_take(l->t, rows, sizeof *out->foretold, &out->foretold_n);
    struct law_foretold *f = out->foretold;
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next, f++) {
        *f = (struct law_foretold){.article = tree_str(r, "article"),
                                   .remark = tree_str(r, "remark"),
                                   .kinds = tree_get(r, "kinds"),
                                   .row = r};
        try(law_when_load(l, r, &f->when));
    }
    return ERR_OK;
}

err law_instrument_load(struct turn *t, struct law_tables *l, struct str path,
                        const struct tree *root, struct law_instrument *out)
{
    out->instrument = tree_str(root, "instrument");
    out->path = path;
    out->root = root;
    const struct tree *kinds = tree_get(root, "kinds");
    const struct tree *articles = tree_get(root, "articles");
    out->articles = law_index_new(t->arena, articles->count);
    for (const struct tree *r = articles->child; r; r = r->next)
        law_index_put(&out->articles, tree_str(r, "article"), 0);
    roles_load(t, root, out);
    struct law_loading loading = {.t = t, .paths = l->paths, .paths_n = l->paths_n};
    try(accounts_check(&loading, root));
    try(scopes_load(&loading, root, out));
    try(foretold_load(&loading, root, out));
    out->kinds = law_rows_take(t, kinds, sizeof *out->kinds, &out->kinds_n);
    out->kind_names = law_index_new(t->arena, out->kinds_n);
    size_t i = 0;
    for (const struct tree *k = kinds->child; k; k = k->next, i++) {
        try(law_kind_load(t, l, out, k, &out->kinds[i]));
        law_index_put(&out->kind_names, out->kinds[i].kind, i);
    }
    return ERR_OK;
}

/* ---- conditions ------------------------------------------------------------------------------ */

struct law_cond law_cond_load(struct arena *a, const struct tree *when)
{
    static const char *const keys[] = {"", "particular", "request", "profile", "mark"};
    struct law_cond c = {
        .equals = tree_str(when, "equals"), .one_of = tree_get(when, "one_of"), .row = when};
    for (unsigned of = LAW_COND_PARTICULAR; when && of <= LAW_COND_MARK; of++)
        if (tree_get(when, keys[of])) {
            c.of = (enum law_cond_of)of;
            c.name = tree_str(when, keys[of]);
        }
    c.has_least = tree_get(when, "at_least") != NULL;
    c.has_below = tree_get(when, "below") != NULL;
    c.least = tree_int(when, "at_least", 0);
    c.below = tree_int(when, "below", 0);
    c.negated = tree_bool(when, "not", false);
    c.of_requesting = str_is(tree_str(when, "of"), "requesting");
    const struct tree *also = tree_get(when, "also");
    if (also) {
        struct law_cond *more = arena_take(a, sizeof *more);
        *more = law_cond_load(a, also); /* as deep as the shape's check let it be */
        c.also = more;
    }
    return c;
}

/* Exactly one thing is asked about, in one way at most. */
static err cond_check(struct law_loading *l, const struct tree *when)
{
    for (; when; when = tree_get(when, "also")) {
        int about = !!tree_get(when, "particular") + !!tree_get(when, "request") +
                    !!tree_get(when, "profile") + !!tree_get(when, "mark");
        int asked = !!tree_get(when, "equals") + !!tree_get(when, "one_of") +
                    (tree_get(when, "at_least") || tree_get(when, "below"));
        if (about != 1)
            return law_row_fail(l, when,
                                "expected one of `particular`, `request`, `profile`, `mark`");
        if (asked > 1) return law_row_fail(l, when, "expected one of `equals`, `one_of`, a number");
        if (tree_get(when, "profile") && asked == 0)
            return law_row_fail(l, when, "expected `equals` or `one_of` beside `profile`");
        if (tree_get(when, "mark") && asked != 0)
            return law_row_fail(l, when, "expected nothing beside `mark` but `not` and `also`");
    }
    return ERR_OK;
}

err law_when_load(struct law_loading *l, const struct tree *row, struct law_cond *out)
{
    return law_when_load_of(l, row, "when", out);
}

err law_when_load_of(struct law_loading *l, const struct tree *row, const char *key,
                     struct law_cond *out)
{
    const struct tree *when = tree_get(row, key);
    *out = law_cond_load(l->t->arena, when);
    return cond_check(l, when);
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

static err particular_check(struct law_loading *l, const struct law_particular *p)
{
    const struct tree *row = p->row, *choices = tree_get(row, "choices");
    bool measured = p->type == LAW_NUMBER || p->type == LAW_DAYS;
    if ((p->type == LAW_TEXT || measured) != (p->max > 0) || (tree_get(row, "min") && !measured))
        return law_row_fail(l, row,
                            "expected `max` in a text, and only there; in a number or a "
                            "count of days `min` and `max`");
    if (measured && p->min > p->max)
        return law_row_fail(l, row, "expected `min` to be at most `max`, which is %lld",
                            (long long)p->max);
    if (p->type == LAW_TEXT && p->max > LAW_TEXT_MAX)
        return law_row_fail(l, row, "expected `max` in a text to be at most %d", LAW_TEXT_MAX);
    if ((p->type == LAW_CHOICE) != (choices && choices->count))
        return law_row_fail(l, row, "expected `choices` in a choice, and only there");
    if ((p->required == LAW_CONDITIONAL) != (tree_get(row, "when") != NULL))
        return law_row_fail(l, row,
                            "expected `when` where `required` is conditional, and only "
                            "there");
    if ((p->type == LAW_DOSSIER) != (p->link.n > 0))
        return law_row_fail(l, row, "expected `link` in a dossier, and only there");
    return ERR_OK;
}

/* What a day may say beside the day of the act, or beside another that is said. */
static err limits_load(struct law_loading *l, struct law_particular *out)
{
    const struct tree *rows = tree_get(out->row, "limits");
    out->limits = law_rows_take(l->t, rows, sizeof *out->limits, &out->limits_n);
    if (rows && out->type != LAW_DAY)
        return law_row_fail(l, rows, "expected `limits` in a day, and only there");
    struct law_limit *to = out->limits;
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next, to++) {
        struct str before = tree_str(r, "not_before"), after = tree_str(r, "not_after");
        if ((before.n > 0) == (after.n > 0))
            return law_row_fail(l, r, "expected one of `not_before`, `not_after`");
        if (before.n && tree_get(r, "days"))
            return law_row_fail(l, r, "expected `days` beside `not_after`, and only there");
        *to = (struct law_limit){.than = before.n ? before : after,
                                 .remark = tree_str(r, "remark"),
                                 .after = after.n > 0,
                                 .days = tree_int(r, "days", 0)};
    }
    return ERR_OK;
}

static err particular_load(struct law_loading *l, const struct tree *row,
                           struct law_particular *out)
{
    *out = (struct law_particular){
        .name = tree_str(row, "name"),
        .article = tree_str(row, "article"),
        .required = (enum law_required)word_index("always where_available optional conditional",
                                                  tree_str(row, "required")),
        .type = (enum law_type)word_index(
            "text day flag choice ground code number days state dossier article language",
            tree_str(row, "type")),
        .min = tree_int(row, "min", 0),
        .max = tree_int(row, "max", 0),
        .must_be = tree_bool(row, "must_be", false),
        .link = tree_str(row, "link"),
        .row = row,
    };
    try(law_when_load(l, row, &out->when));
    try(limits_load(l, out));
    return particular_check(l, out);
}

err law_particulars_load(struct law_loading *l, const struct tree *rows, struct law_particular *out)
{
    if (!rows) return ERR_OK;
    for (const struct tree *r = rows->child; r; r = r->next) try(particular_load(l, r, out++));
    return ERR_OK;
}

static err ground_load(struct law_loading *l, const struct tree *row, bool forbidden,
                       struct law_ground *out)
{
    const struct tree *pre = tree_get(row, "pre_duty");
    *out = (struct law_ground){
        .ground = tree_str(row, "ground"),
        .article = tree_str(row, "article"),
        .reservation = tree_str(row, "reservation"),
        .pre_duty = tree_str(pre, "duty"),
        .pre_duty_article = tree_str(pre, "article"),
        .pre_duty_remark = tree_get(pre, "remark") ? tree_str(pre, "remark") : STR("consult-first"),
        .pre_duty_strict = tree_bool(pre, "strict", false),
        .forbidden = forbidden,
        .row = row,
    };
    const struct tree *reserved = tree_get(row, "reservation");
    if (reserved && !str_eq(reserved->str, out->article) &&
        !str_eq(reserved->str, tree_str(row, "via")))
        return law_row_fail(l, reserved,
                            "`reservation`: found \"" STR_FMT
                            "\", expected the `article` of the ground or its `via`",
                            STR_ARG(reserved->str));
    return law_when_load(l, row, &out->when);
}

static err grounds_load(struct law_loading *l, const struct tree *row, struct law_kind *out)
{
    const struct tree *yes = tree_get(row, "grounds"), *no = tree_get(row, "forbidden_grounds");
    size_t i = 0, n = yes->count + no->count;
    out->grounds = arena_take_many(l->t->arena, n ? n : 1, sizeof *out->grounds);
    out->ground_names = law_index_new(l->t->arena, n);
    for (const struct tree *r = yes->child; r; r = r->next, i++) {
        try(ground_load(l, r, false, &out->grounds[i]));
        law_index_put(&out->ground_names, out->grounds[i].ground, i);
    }
    for (const struct tree *r = no->child; r; r = r->next, i++) {
        try(ground_load(l, r, true, &out->grounds[i]));
        int64_t old = law_index_get(&out->ground_names, out->grounds[i].ground);
        if (old != LAW_NO_ROW)
            return law_row_fail(l, r, "expected a ground that is not also allowed on line %u",
                                out->grounds[old].row->line);
        law_index_put(&out->ground_names, out->grounds[i].ground, i);
    }
    out->grounds_n = n;
    return ERR_OK;
}

/* Of one State, or of both: `both` where the row does not say and where it says so. */
static void states_load(struct str word, bool out[2])
{
    out[LAW_REQUESTING] = !str_is(word, "requested");
    out[LAW_REQUESTED] = !str_is(word, "requesting");
}

/* Working days stand beside days and a calendar beside them; only an end that is counted in days
 * can be renewed before it. */
static err clock_check(struct law_loading *l, const struct law_clock_row *c)
{
    if (c->working && !c->days)
        return law_row_fail(l, c->row, "expected `count: working_days` beside `days` only");
    if (tree_get(c->row, "calendar") && !c->working)
        return law_row_fail(l, c->row, "expected `calendar` beside `count: working_days` only");
    if (!c->renew_before) return ERR_OK;
    if (!c->days || c->renew_before >= c->days || c->on_end.n == 0)
        return law_row_fail(l, c->row,
                            "expected `renew_before` to be less than `days`, beside an `on_end` "
                            "that renews it");
    return ERR_OK;
}

static err clock_load(struct law_loading *l, const struct tree *row, struct law_clock_row *out)
{
    int64_t hours = tree_int(row, "hours", 0);
    *out = (struct law_clock_row){
        .clock = tree_str(row, "clock"),
        .article = tree_str(row, "article"),
        .start = tree_str(row, "start"),
        .end_particular = tree_str(row, "end_particular"),
        .setting = tree_str(row, "setting"),
        .on_end = tree_str(row, "on_end"),
        .days = tree_int(row, "days", 0),
        .minutes = hours ? 60 * hours : tree_int(row, "minutes", 0),
        .months = tree_int(row, "months", 0),
        .duty = str_is(tree_str(row, "sort"), "duty"),
        .at_most = str_is(tree_str(row, "bound"), "at_most"),
        .suspended_by = tree_str(row, "suspended_by"),
        .renew_before = tree_int(row, "renew_before", 0),
        .unit = hours ? 60 : 1,
        .whose = party_of(tree_str(row, "whose")),
        .working = tree_get(row, "count") != NULL,
        .row = row,
    };
    struct str calendar = tree_str(row, "calendar");
    states_load(calendar.n ? calendar : STR("requested"), out->calendar_of);
    states_load(tree_str(row, "zone"), out->zone_of);
    out->stops_while = law_words_load(l->t, tree_get(row, "stops_while"), &out->stops_while_n);
    try(law_when_load_of(l, row, "only_when", &out->only_when));
    int lengths =
        (out->days > 0) + (tree_get(row, "minutes") != NULL) + (hours > 0) + (out->months > 0);
    bool by_day = out->days > 0 || out->months > 0;
    if (lengths > 1 || (lengths == 0 && out->end_particular.n == 0))
        return law_row_fail(l, row,
                            "expected either `days` or `minutes`, or `hours`, or `months`, "
                            "or an `end_particular` alone");
    if ((by_day || lengths == 0) != (tree_get(row, "bound") != NULL))
        return law_row_fail(l, row, "expected `bound` beside `days`, and only there");
    return clock_check(l, out);
}

/* ---- a kind ---------------------------------------------------------------------------------- */

/* What names a request in lists is a text, and one. */
static err summary_check(struct law_loading *l, const struct law_kind *k)
{
    const struct law_particular *first = NULL;
    for (size_t n = 0; n < k->particulars_n; n++) {
        const struct law_particular *p = &k->particulars[n];
        if (!tree_bool(p->row, "summary", false)) continue;
        if (first || p->type != LAW_TEXT)
            return law_row_fail(l, p->row, "expected `summary` in one text of the kind at most");
        first = p;
    }
    return ERR_OK;
}

static void kind_roles(struct law_loading *l, const struct law_instrument *i, struct law_kind *out)
{
    out->roles = arena_take_many(l->t->arena, i->roles_n + 1, sizeof *out->roles);
    for (size_t n = 0; n < i->roles_n; n++)
        if (str_eq(i->roles[n].kind, out->kind)) out->roles[out->roles_n++] = i->roles[n];
}

static err kind_scope(struct law_loading *l, const struct law_instrument *i, struct law_kind *out)
{
    struct str name = tree_str(out->row, "scope");
    if (name.n == 0) return ERR_OK;
    for (size_t n = 0; n < i->scopes_n; n++)
        if (str_eq(i->scopes[n].scope, name)) out->scope = &i->scopes[n];
    if (out->scope) return ERR_OK;
    return law_row_fail(l, tree_get(out->row, "scope"),
                        "`scope`: found \"" STR_FMT "\", expected a row of `scopes`",
                        STR_ARG(name));
}

/* The acts that a dossier which names this one may bring about. */
static void linked_mark(const struct tree *row, struct law_kind *kind)
{
    const struct tree *rows = tree_get(row, "on_link");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        int64_t n = law_index_get(&kind->acts, tree_str(r, "does"));
        if (n != LAW_NO_ROW) kind->rows[n].linked = true;
    }
}

err law_kind_load(struct turn *t, const struct law_tables *tables, const struct law_instrument *i,
                  const struct tree *row, struct law_kind *out)
{
    struct law_loading l = {
        .t = t, .paths = tables->paths, .paths_n = tables->paths_n, .kind = out};
    const struct tree *particulars = tree_get(row, "particulars");
    const struct tree *clocks = tree_get(row, "clocks"), *acts = tree_get(row, "lifecycle");
    out->kind = tree_str(row, "kind");
    out->article = tree_str(row, "article");
    out->row = row;
    out->instrument = i;
    kind_roles(&l, i, out);
    try(kind_scope(&l, i, out));
    out->particulars = law_rows_take(t, particulars, sizeof *out->particulars, &out->particulars_n);
    try(law_particulars_load(&l, particulars, out->particulars));
    try(summary_check(&l, out));
    try(grounds_load(&l, row, out));
    out->clocks = law_rows_take(t, clocks, sizeof *out->clocks, &out->clocks_n);
    out->clock_names = law_index_new(t->arena, out->clocks_n);
    size_t n = 0;
    for (const struct tree *c = clocks->child; c; c = c->next, n++) {
        try(clock_load(&l, c, &out->clocks[n]));
        law_index_put(&out->clock_names, out->clocks[n].clock, n);
    }
    out->rows = law_rows_take(t, acts, sizeof *out->rows, &out->rows_n);
    out->acts = law_index_new(t->arena, out->rows_n);
    n = 0;
    for (const struct tree *a = acts->child; a; a = a->next, n++) {
        try(law_act_load(&l, a, &out->rows[n]));
        law_index_put(&out->acts, out->rows[n].act, n);
    }
    linked_mark(row, out);
    return ERR_OK;
}
