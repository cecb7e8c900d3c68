/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict: made of a judged act, written as it is stored, and read again.
 *
 * There is one spelling of one verdict, so that a stored one can be compared byte for byte with one
 * decided anew: every key every time, but for the later ones (`back` and on), which stand only
 * where they say something. So a verdict stored before they came is still the one that is decided
 * now. */

#include "law/inner.h"

static struct str *particulars_where(const struct judge *j, bool missing, size_t *n_out);
static struct str *marks_of(const struct judge *j, size_t *n_out);
static struct str *clears_of(const struct judge *j, size_t *n_out);
static struct str outcome_of(const struct judge *j);
static struct str *attached_by(const struct judge *j, size_t *n_out);

const char *law_stream_word(enum law_stream s)
{
    switch (s) {
    case LAW_REQUESTING:
        return "requesting";
    case LAW_REQUESTED:
        return "requested";
    case LAW_INWARD:
        return "inward";
    }
    return "";
}

void law_verdict_of(const struct judge *j, struct law_verdict *out)
{
    const struct law_row *r = j->row;
    *out = (struct law_verdict){.known = r != NULL};
    out->tables = j->l->hash_hex;
    struct law_remark **last = &out->remarks;
    for (struct law_finding *f = j->findings; f; f = f->next) {
        *last = &f->remark;
        last = &f->remark.next;
    }
    if (!r) return;
    out->article = law_cite(j, r->article);
    out->source = r->source;
    out->crossed = r->takes_effect_crossed ? LAW_CROSSED_TAKES_EFFECT : LAW_CROSSED_NO_EFFECT;
    out->missing = particulars_where(j, true, &out->missing_n);
    if (j->misplaced) { /* no state to start from: it can never take effect */
        out->crossed = LAW_CROSSED_NO_EFFECT;
        return;
    }
    out->from = r->from;
    out->from_n = r->from_n;
    out->to = r->to;
    out->ends = r->ends;
    out->outcome = outcome_of(j);
    out->duty_done = r->duty_done;
    out->mark = r->mark;
    out->back = r->back;
    out->after_end = r->after_end;
    out->decision = r->decision && r->inward && r->by == LAW_REQUESTED;
    out->clears = clears_of(j, &out->clears_n);
    out->attaches = attached_by(j, &out->attaches_n);
    out->marks = marks_of(j, &out->marks_n);
    out->clocks = law_clock_rules(j);
    if (r->supplies) out->supplies = particulars_where(j, false, &out->supplies_n);
}

/* The mark of a dossier that is waited for, where the act names one. */
static void pending_add(const struct judge *j, struct law_list *marks, struct str particular)
{
    int64_t n = particular.n ? law_index_get(&j->row->names, particular) : LAW_NO_ROW;
    const struct tree *v = tree_get_s(j->act->particulars, particular);
    if (n == LAW_NO_ROW || !law_particular_given(j, &j->row->particulars[n], v)) return;
    struct str number = str_trim(law_text_of(v));
    law_list_add(marks, str_printf(j->t->arena, LAW_PENDING STR_FMT, STR_ARG(number)));
}

static struct str *clears_of(const struct judge *j, size_t *n_out)
{
    struct law_list marks = {.arena = j->t->arena};
    for (size_t i = 0; i < j->row->clears_n; i++) law_list_add(&marks, j->row->clears[i]);
    pending_add(j, &marks, j->row->settles);
    *n_out = marks.n;
    return marks.p;
}

/* What the act says may give its end another name. */
static struct str outcome_of(const struct judge *j)
{
    for (size_t i = 0; i < j->row->outcomes_n; i++)
        if (law_cond_ask(j, j->act->particulars, &j->row->outcomes[i].when) == LAW_YES)
            return j->row->outcomes[i].outcome;
    return j->row->outcome;
}

/* What the choices of this act leave in the marks. */
static struct str *marks_of(const struct judge *j, size_t *n_out)
{
    struct law_list marks = {.arena = j->t->arena};
    pending_add(j, &marks, j->row->pends);
    for (size_t i = 0; i < j->row->marks_n; i++)
        if (law_cond_ask(j, j->act->particulars, &j->row->marks[i].when) == LAW_YES)
            law_list_add(&marks, j->row->marks[i].mark);
    *n_out = marks.n;
    return marks.p;
}

/* The obligations that this act attaches, by itself and by what it says. */
static struct str *attached_by(const struct judge *j, size_t *n_out)
{
    struct law_list names = {.arena = j->t->arena};
    for (size_t i = 0; i < j->row->attaches_n; i++) {
        const struct law_attach_row *a = &j->row->attaches[i];
        if (law_cond_ask(j, j->act->particulars, &a->when) == LAW_YES)
            law_list_add(&names, a->obligation);
    }
    *n_out = names.n;
    return names.p;
}

/* The names of what must be there and is not, or of what an earlier act is completed by. */
static struct str *particulars_where(const struct judge *j, bool missing, size_t *n_out)
{
    const struct law_row *r = j->row;
    struct law_list names = {.arena = j->t->arena};
    for (size_t i = 0; i < r->particulars_n; i++) {
        const struct law_particular *p = &r->particulars[i];
        bool own = i < r->own_n, given = law_particular_given(j, p, j->given[i]);
        if (missing ? own && !given && law_particular_due(j, p) : !own && given)
            law_list_add(&names, p->name);
    }
    *n_out = names.n;
    return names.p;
}

/* ---- the stored form ------------------------------------------------------------------------- */

static void texts_write(struct arena *a, struct tree *to, const char *key, const struct str *p,
                        size_t n)
{
    struct tree *list = tree_add_list(a, to, key);
    for (size_t i = 0; i < n; i++) tree_add_str(a, list, NULL, p[i]);
}

static void clocks_write(struct arena *a, struct tree *to, const struct law_clock_rule *c)
{
    struct tree *list = tree_add_list(a, to, "clocks");
    for (; c; c = c->next) {
        struct tree *row = tree_add_map(a, list, NULL);
        tree_add_str(a, row, "clock", c->clock);
        tree_add_str(a, row, "article", c->article);
        tree_add_str(a, row, "what", c->what == LAW_CLOCK_START ? STR("start") : STR("stop"));
        tree_add_bool(a, row, "duty", c->duty);
        tree_add_int(a, row, "start_ms", c->start_ms);
        tree_add_int(a, row, "end_ms", c->end_ms);
        tree_add_str(a, row, "on_end", c->on_end);
        tree_add_str(a, row, "proof", c->proof);
        if (c->stops_while_n) texts_write(a, row, "stops_while", c->stops_while, c->stops_while_n);
        if (c->suspended_by.n) tree_add_str(a, row, "suspended_by", c->suspended_by);
        if (c->renew_ms) tree_add_int(a, row, "renew_ms", c->renew_ms);
    }
}

static void remarks_write(struct arena *a, struct tree *to, const struct law_remark *r)
{
    struct tree *list = tree_add_list(a, to, "remarks");
    for (; r; r = r->next) {
        struct tree *row = tree_add_map(a, list, NULL);
        tree_add_str(a, row, "code", r->code);
        tree_add_str(a, row, "article", r->article);
        tree_add_str(a, row, "particular", r->particular);
        tree_add_str(a, row, "sentence", r->sentence);
    }
}

const struct tree *law_verdict_write(struct arena *a, const struct law_verdict *v)
{
    struct tree *to = tree_map(a);
    tree_add_bool(a, to, "allowed", v->allowed);
    tree_add_bool(a, to, "known", v->known);
    tree_add_str(a, to, "article", v->article);
    tree_add_str(a, to, "source", v->source);
    texts_write(a, to, "from", v->from, v->from_n);
    tree_add_str(a, to, "to", v->to);
    tree_add_str(a, to, "crossed",
                 v->crossed == LAW_CROSSED_TAKES_EFFECT ? STR("takes_effect") : STR("no_effect"));
    tree_add_bool(a, to, "ends", v->ends);
    tree_add_str(a, to, "outcome", v->outcome);
    tree_add_str(a, to, "duty_done", v->duty_done);
    tree_add_str(a, to, "mark", v->mark);
    clocks_write(a, to, v->clocks);
    remarks_write(a, to, v->remarks);
    texts_write(a, to, "missing", v->missing, v->missing_n);
    texts_write(a, to, "supplies", v->supplies, v->supplies_n);
    tree_add_str(a, to, "tables", v->tables);
    if (v->back) tree_add_bool(a, to, "back", true);
    if (v->after_end) tree_add_bool(a, to, "after_end", true);
    if (v->decision) tree_add_bool(a, to, "decision", true);
    if (v->marks_n) texts_write(a, to, "marks", v->marks, v->marks_n);
    if (v->clears_n) texts_write(a, to, "clears", v->clears, v->clears_n);
    if (v->attaches_n) texts_write(a, to, "attaches", v->attaches, v->attaches_n);
    return to;
}

/* ---- reading it ------------------------------------------------------------------------------ */

/* clang-format off */
enum { STORED_TEXT_MAX = 4096 };
#define MS_MAX (INT64_C(1) << 53)
#define FIELD_TEXT(key)  {key, FORM_TEXT, true, NULL, NULL, 0, STORED_TEXT_MAX}
#define FIELD_TEXTS(key) {key, FORM_TEXTS, true, NULL, NULL, 0, STORED_TEXT_MAX}
#define FIELD_FLAG(key)  {key, FORM_FLAG, true, NULL, NULL, 0, 0}
#define FIELD_MS(key)    {key, FORM_INT, true, NULL, NULL, -MS_MAX, MS_MAX}
#define FIELD_ENUM(key, words) {key, FORM_ENUM, true, words, NULL, 0, 0}
#define FIELD_ROWS(key, of) {key, FORM_ROWS, true, NULL, &of, 0, 0}
#define LATER_TEXTS(key) {key, FORM_TEXTS, false, NULL, NULL, 0, STORED_TEXT_MAX}
#define LATER_FLAG(key)  {key, FORM_FLAG, false, NULL, NULL, 0, 0}
#define LATER_TEXT(key)  {key, FORM_TEXT, false, NULL, NULL, 1, STORED_TEXT_MAX}
#define LATER_MS(key)    {key, FORM_INT, false, NULL, NULL, -MS_MAX, MS_MAX}

static const struct law_field clock_fields[] = {
    FIELD_TEXT("clock"), FIELD_TEXT("article"), FIELD_ENUM("what", "start stop"),
    FIELD_FLAG("duty"), FIELD_MS("start_ms"), FIELD_MS("end_ms"), FIELD_TEXT("on_end"),
    FIELD_TEXT("proof"), LATER_TEXTS("stops_while"), LATER_TEXT("suspended_by"),
    LATER_MS("renew_ms")};
static const struct law_shape clock_shape = {
    "a clock rule", clock_fields, sizeof clock_fields / sizeof *clock_fields, NULL, false};
static const struct law_field remark_fields[] = {
    FIELD_TEXT("code"), FIELD_TEXT("article"), FIELD_TEXT("particular"), FIELD_TEXT("sentence")};
static const struct law_shape remark_shape = {
    "a remark", remark_fields, sizeof remark_fields / sizeof *remark_fields, NULL, false};
static const struct law_field verdict_fields[] = {
    FIELD_FLAG("allowed"), FIELD_FLAG("known"), FIELD_TEXT("article"), FIELD_TEXT("source"),
    FIELD_TEXTS("from"), FIELD_TEXT("to"), FIELD_ENUM("crossed", "takes_effect no_effect"),
    FIELD_FLAG("ends"), FIELD_TEXT("outcome"), FIELD_TEXT("duty_done"), FIELD_TEXT("mark"),
    FIELD_ROWS("clocks", clock_shape), FIELD_ROWS("remarks", remark_shape),
    FIELD_TEXTS("missing"), FIELD_TEXTS("supplies"), FIELD_TEXT("tables"),
    LATER_FLAG("back"), LATER_FLAG("after_end"), LATER_FLAG("decision"),
    LATER_TEXTS("marks"), LATER_TEXTS("clears"), LATER_TEXTS("attaches")};
static const struct law_shape verdict_shape = {
    "a verdict", verdict_fields, sizeof verdict_fields / sizeof *verdict_fields, NULL, false};
/* clang-format on */

static struct str *texts_read(struct arena *a, const struct tree *list, size_t *n_out)
{
    struct law_list texts = {.arena = a};
    for (const struct tree *s = list ? list->child : NULL; s; s = s->next)
        law_list_add(&texts, s->str);
    *n_out = texts.n;
    return texts.p;
}

static struct law_clock_rule *clocks_read(struct arena *a, const struct tree *list)
{
    struct law_clock_rule *first = NULL, **last = &first;
    for (const struct tree *row = list->child; row; row = row->next) {
        struct law_clock_rule *c = arena_take(a, sizeof *c);
        c->clock = tree_str(row, "clock");
        c->article = tree_str(row, "article");
        c->what = str_is(tree_str(row, "what"), "start") ? LAW_CLOCK_START : LAW_CLOCK_STOP;
        c->duty = tree_bool(row, "duty", false);
        c->start_ms = tree_int(row, "start_ms", 0);
        c->end_ms = tree_int(row, "end_ms", 0);
        c->on_end = tree_str(row, "on_end");
        c->proof = tree_str(row, "proof");
        c->stops_while = texts_read(a, tree_get(row, "stops_while"), &c->stops_while_n);
        c->suspended_by = tree_str(row, "suspended_by");
        c->renew_ms = tree_int(row, "renew_ms", 0);
        *last = c;
        last = &c->next;
    }
    return first;
}

static struct law_remark *remarks_read(struct arena *a, const struct tree *list)
{
    struct law_remark *first = NULL, **last = &first;
    for (const struct tree *row = list->child; row; row = row->next) {
        struct law_remark *r = arena_take(a, sizeof *r);
        r->code = tree_str(row, "code");
        r->article = tree_str(row, "article");
        r->particular = tree_str(row, "particular");
        r->sentence = tree_str(row, "sentence");
        *last = r;
        last = &r->next;
    }
    return first;
}

err law_verdict_read(struct turn *t, const struct tree *from, struct law_verdict *out)
{
    try(law_shape_check(t, "verdict", STR("verdict"), from, &verdict_shape));
    struct law_verdict v = {
        .allowed = tree_bool(from, "allowed", false),
        .known = tree_bool(from, "known", false),
        .article = tree_str(from, "article"),
        .source = tree_str(from, "source"),
        .to = tree_str(from, "to"),
        .ends = tree_bool(from, "ends", false),
        .outcome = tree_str(from, "outcome"),
        .duty_done = tree_str(from, "duty_done"),
        .mark = tree_str(from, "mark"),
        .clocks = clocks_read(t->arena, tree_get(from, "clocks")),
        .remarks = remarks_read(t->arena, tree_get(from, "remarks")),
        .tables = tree_str(from, "tables"),
        .back = tree_bool(from, "back", false),
        .after_end = tree_bool(from, "after_end", false),
        .decision = tree_bool(from, "decision", false),
    };
    if (str_is(tree_str(from, "crossed"), "takes_effect")) v.crossed = LAW_CROSSED_TAKES_EFFECT;
    v.from = texts_read(t->arena, tree_get(from, "from"), &v.from_n);
    v.missing = texts_read(t->arena, tree_get(from, "missing"), &v.missing_n);
    v.supplies = texts_read(t->arena, tree_get(from, "supplies"), &v.supplies_n);
    v.marks = texts_read(t->arena, tree_get(from, "marks"), &v.marks_n);
    v.clears = texts_read(t->arena, tree_get(from, "clears"), &v.clears_n);
    v.attaches = texts_read(t->arena, tree_get(from, "attaches"), &v.attaches_n);
    *out = v;
    return ERR_OK;
}
