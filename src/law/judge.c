/* SPDX-License-Identifier: Apache-2.0 */
/* One act before the tables: which row it is, and everything that stands in its way.
 *
 * The author's node, the receiver's node, the preflight and the options all ask the same questions
 * here; they differ in what they make of the findings. */

#include "law/inner.h"

#include <string.h>

static void find_row(struct judge *j);
static void judge_side(struct judge *j);
static void judge_function(struct judge *j);
static void judge_state(struct judge *j);
static void judge_ref(struct judge *j);
static void judge_time(struct judge *j);

void law_judge_place(struct judge *j)
{
    j->last = &j->findings;
    find_row(j);
    if (!j->row) return;
    judge_side(j);
    judge_function(j);
    if (!j->dossier) return;
    law_about(j, j->row->row);
    judge_state(j);
    law_judge_guards(j, true);
}

void law_judge(struct judge *j)
{
    law_judge_place(j);
    law_about(j, NULL);
    judge_time(j);
    judge_ref(j);
    if (!j->row) return;
    law_judge_given(j);
    law_judge_particulars(j);
    law_judge_guards(j, false);
    law_about(j, j->row->row);
    law_judge_clocks(j);
    law_judge_strangers(j);
    law_judge_addressee(j);
}

/* A preflight says more than a verdict keeps. */
static bool is_full(const struct judge *j)
{
    enum { LINES_MAX = 4 * LAW_REMARKS_MAX };
    return j->findings_n >= (j->full ? LINES_MAX : LAW_REMARKS_MAX);
}

static struct law_finding *put(struct judge *j, struct str code, const struct tree *titles,
                               struct str article, struct str particular, struct str detail)
{
    struct arena *a = j->t->arena;
    struct str says = titles ? law_title(titles, j->lang) : code;
    struct law_finding *f = arena_take(a, sizeof *f);
    f->foretold = j->foretells;
    f->source = tree_str(j->about, "source");
    f->rests = j->rests;
    f->remark.code = code;
    f->remark.article = law_cite(j, article);
    f->remark.particular = particular;
    f->remark.sentence =
        detail.n ? str_printf(a, STR_FMT ": " STR_FMT ".", STR_ARG(says), STR_ARG(detail))
                 : str_printf(a, STR_FMT ".", STR_ARG(says));
    *j->last = f;
    j->last = &f->next;
    j->findings_n++;
    return f;
}

struct law_finding *law_find(struct judge *j, err e, struct str code, struct str article,
                             struct str particular, struct str detail)
{
    if (is_full(j)) return NULL;
    const struct law_remark_row *row = law_remark_find(j->l, code);
    struct law_finding *f = put(j, code, row ? row->titles : NULL, article, particular, detail);
    f->err = e;
    f->must = !row || row->must;
    return f;
}

void law_find_fine(struct judge *j, struct str code, struct str article, struct str particular,
                   struct str detail)
{
    const struct law_remark_row *row = j->full ? law_remark_find(j->l, code) : NULL;
    if (!row || !row->fine || is_full(j)) return;
    put(j, code, row->fine, article, particular, detail)->fine = true;
}

void law_about(struct judge *j, const struct tree *row)
{
    j->about = row;
    j->rests = (struct law_rests){0};
    j->unsure = false;
}

struct str law_cite(const struct judge *j, struct str article)
{
    if (memchr(article.p ? article.p : "", ' ', article.n))
        return article; /* of a protocol, or ours */
    if (!j->instrument || article.n == 0) return STR("");
    return str_printf(j->t->arena, STR_FMT " " STR_FMT, STR_ARG(j->instrument->instrument),
                      STR_ARG(article));
}

const struct law_finding *law_first(const struct judge *j)
{
    for (const struct law_finding *f = j->findings; f; f = f->next)
        if (f->must) return f;
    return NULL;
}

/* ---- the questions --------------------------------------------------------------------------- */

/* What a peer wrote is quoted in sentences only as far as it can be read. */
static struct str quoted(const struct judge *j, struct str s)
{
    enum { QUOTED_MAX = 64 };
    if (s.n > QUOTED_MAX) s.n = QUOTED_MAX;
    return str_printable(j->t->arena, s);
}

static void find_row(struct judge *j)
{
    const struct str none = STR("");
    j->instrument = law_instrument_find(j->l, j->act->instrument);
    if (!j->instrument) {
        law_find(j, ERR_REJECTED, STR("instrument-unknown"), STR("comity act 1: law.instrument"),
                 none, quoted(j, j->act->instrument));
        return;
    }
    j->kind = law_kind_find(j->instrument, j->act->kind);
    if (!j->kind) {
        law_find(j, ERR_REJECTED, STR("unknown-kind"), STR("comity act 1: law.kind"), none,
                 quoted(j, j->act->kind));
        return;
    }
    j->row = law_row_find(j->kind, j->act->act);
    if (!j->row)
        law_find(j, ERR_REJECTED, STR("unknown-act"), j->kind->article, none,
                 quoted(j, j->act->act));
}

/* The author may act on his own side only, and an act travels in the stream its row says. */
static void judge_side(struct judge *j)
{
    const struct law_row *r = j->row;
    law_about(j, r->row);
    if (j->dossier && r->by != j->who->side)
        law_find(j, ERR_NOT_ALLOWED, STR("not-your-side"), r->article, STR(""), STR(""));
    enum law_stream due = j->dossier && r->inward ? LAW_INWARD : r->by;
    j->misplaced = j->act->stream != due || (!j->dossier && r->inward);
    if (!j->misplaced || (j->dossier && r->by != j->who->side)) return;
    struct law_finding *f = law_find(j, ERR_REJECTED, STR("out-of-place"), r->article, STR(""),
                                     str_of(law_stream_word(j->act->stream)));
    if (f) f->must = true;
}

static bool matches(struct str held, struct str needed)
{
    return held.n == 0 || str_is(held, "*") || str_eq(held, needed);
}

bool law_function_fits(const struct judge *j, const struct law_function *f,
                       const struct law_role *r)
{
    return matches(f->instrument, j->instrument->instrument) && str_eq(f->function, r->function) &&
           matches(f->direction, r->direction) && matches(f->kind, r->kind);
}

static bool holds(const struct judge *j, const struct law_role *r)
{
    for (size_t i = 0; i < j->who->functions_n; i++)
        if (law_function_fits(j, &j->who->functions[i], r)) return true;
    return false;
}

/* One of the functions that stand on this side of the kind is enough. What a clock or a
 * linked dossier brings about needs none: the node does it for whoever is responsible. */
static void judge_function(struct judge *j)
{
    struct str article = {0};
    struct str title = law_title(tree_get(j->kind->row, "titles"), j->lang);
    bool by_node = j->row->system || (j->row->linked && j->who->system);
    if (by_node != j->who->system && j->dossier)
        law_find(j, ERR_NOT_ALLOWED, STR("system-only"), j->row->article, STR(""), STR(""));
    if (j->who->system || j->row->functionless) return;
    for (size_t i = 0; i < j->kind->roles_n; i++) {
        const struct law_role *r = &j->kind->roles[i];
        if (r->party != j->who->side) continue;
        bool held = holds(j, r);
        if (held || article.n == 0) law_about(j, r->row);
        if (held) law_find_fine(j, STR("function-missing"), r->article, STR(""), title);
        if (held) return;
        if (article.n == 0) article = r->article;
    }
    if (article.n == 0) article = j->kind->article; /* nobody stands on this side */
    j->functionless =
        law_find(j, ERR_NOT_ALLOWED, STR("function-missing"), article, STR(""), title);
}

static void judge_state(struct judge *j)
{
    const struct law_row *r = j->row;
    struct str state = j->dossier->state.n ? j->dossier->state : STR("new");
    for (size_t i = 0; i < r->from_n; i++)
        if (str_eq(r->from[i], state) || (str_is(r->from[i], "*") && !j->dossier->ended)) return;
    struct str says = state;
    for (const struct tree *s = tree_get(j->kind->row, "states")->child; s; s = s->next)
        if (str_eq(tree_str(s, "state"), state)) says = law_title(tree_get(s, "titles"), j->lang);
    law_find(j, ERR_NOT_ALLOWED, STR("act-not-now"), r->article, STR(""), says);
}

bool law_ref_is_foreign(struct str ref, struct str state)
{
    bool of_state = ref.n > 3 && ref.p[0] >= 'A' && ref.p[0] <= 'Z' && ref.p[1] >= 'A' &&
                    ref.p[1] <= 'Z' && ref.p[2] == '-';
    return of_state && !str_eq((struct str){ref.p, 2}, state);
}

/* Who numbers like another State is found by that number only where somebody looks twice. */
static void judge_ref(struct judge *j)
{
    if (!j->dossier && law_ref_is_foreign(j->act->ref, j->who->state))
        law_find(j, ERR_OK, STR("ref-of-another"), STR("comity act 1: ref"), STR(""), j->act->ref);
}

static void judge_time(struct judge *j)
{
    struct arena *a = j->t->arena;
    if (!law_time_is_usable(j->act->at_ms)) {
        law_find(j, ERR_REJECTED, STR("time-out-of-range"), STR("comity act 1: at"), STR(""),
                 STR(""));
        return;
    }
    int64_t ahead_ms = j->act->at_ms - j->now_ms;
    if (ahead_ms > LAW_CLOCK_AHEAD_MAX_MS)
        law_find(j, ERR_OK, STR("clock-ahead"), STR("comity act 1: at"), STR(""),
                 time_text(a, j->act->at_ms));
    if (!j->dossier && ahead_ms < -LAW_CLOCK_BEHIND_MAX_MS)
        law_find(j, ERR_OK, STR("clock-behind"), STR("comity act 1: at"), STR(""),
                 time_text(a, j->act->at_ms));
}
