/* SPDX-License-Identifier: Apache-2.0 */
/* The preflight: what law_decide asks, answered in full, and what the other State is likely to
 * answer, as far as its file says.
 *
 * It foretells and never decides: a ground that is open to that State, a reservation, a line of its
 * profile, what its own law may call the conduct. What it has not said is shown as unknown. */

#include "law/days.h"

#include <string.h>

static void foretell(struct judge *j);
static struct law_line *line_of(const struct judge *j, const struct law_finding *f);

const char *law_grade_word(enum law_grade g)
{
    static const char *const words[] = {"must", "should", "fine"};
    return words[g];
}

static enum law_grade grade_of(const struct law_finding *f)
{
    return f->fine ? LAW_FINE : f->must ? LAW_MUST : LAW_SHOULD;
}

err law_preflight(struct turn *t, const struct law_tables *l, const struct law_state *dossier,
                  const struct law_who *who, const struct law_act *act, int64_t now_ms,
                  struct str lang, struct law_line **out, size_t *must_out)
{
    struct judge j = {.t = t,
                      .l = l,
                      .dossier = dossier,
                      .who = who,
                      .act = act,
                      .now_ms = now_ms,
                      .lang = lang,
                      .full = true};
    law_judge(&j);
    if (j.row && j.row->carries && who->side == LAW_REQUESTING && who->other.n) foretell(&j);
    struct law_line *first = NULL, **last = &first;
    size_t must = 0;
    for (unsigned g = LAW_MUST; g <= LAW_FINE; g++)
        for (const struct law_finding *f = j.findings; f; f = f->next) {
            if (grade_of(f) != (enum law_grade)g) continue;
            must += g == LAW_MUST;
            *last = line_of(&j, f);
            last = &(*last)->next;
        }
    *out = first;
    *must_out = must;
    return ERR_OK;
}

/* What to do about it; of a particular, which field to fill. */
static struct str remedy_of(const struct judge *j, const struct law_finding *f)
{
    const struct law_remark_row *row = law_remark_find(j->l, f->remark.code);
    struct arena *a = j->t->arena;
    if (f->fine || !row || !row->remedy) return STR("");
    struct str says = law_title(row->remedy, j->lang), title = {0};
    for (size_t i = 0; j->row && i < j->row->particulars_n && !f->foretold; i++)
        if (str_eq(j->row->particulars[i].name, f->remark.particular))
            title = law_title(tree_get(j->row->particulars[i].row, "titles"), j->lang);
    if (title.n == 0) return str_printf(a, STR_FMT ".", STR_ARG(says));
    return str_printf(a, STR_FMT ": " STR_FMT ".", STR_ARG(says), STR_ARG(title));
}

static struct law_line *line_of(const struct judge *j, const struct law_finding *f)
{
    struct law_line *line = arena_take(j->t->arena, sizeof *line);
    *line = (struct law_line){.grade = grade_of(f),
                              .foretold = f->foretold,
                              .code = f->remark.code,
                              .article = f->remark.article,
                              .source = f->source,
                              .particular = f->remark.particular,
                              .sentence = f->remark.sentence,
                              .remedy = remedy_of(j, f),
                              .rests = f->rests};
    return line;
}

/* ---- what an answer rests on ----------------------------------------------------------------- */

void law_rest_on(struct judge *j, struct str state, struct str field, struct str value,
                 const struct tree *row)
{
    struct str article = tree_str(row, "article"), instrument = tree_str(row, "instrument");
    struct arena *a = j->t->arena;
    j->rests = (struct law_rests){.state = state,
                                  .field = field,
                                  .value = value.n ? value : STR("unknown"),
                                  .source = tree_str(row, "source")};
    if (article.n)
        j->rests.article =
            str_printf(a, STR_FMT " " STR_FMT, STR_ARG(instrument), STR_ARG(article));
}

static struct str field_title(const struct judge *j, struct str field)
{
    return law_title(tree_get(law_profile_field(j->instrument, field), "titles"), j->lang);
}

void law_rest_profile(struct judge *j, struct str state, struct str field)
{
    const struct tree *row = law_state_profile(j->l, state, j->instrument->instrument, field);
    law_rest_on(j, state, field, tree_str(row, "value"), row);
    j->rests.title = field_title(j, field);
}

void law_rest_cond(struct judge *j, const struct law_cond *c)
{
    while (c && c->of != LAW_COND_PROFILE) c = c->also;
    if (!c) return;
    bool own = (j->who->side == LAW_REQUESTING) == c->of_requesting;
    law_rest_profile(j, own ? j->who->state : j->who->other, c->name);
}

const struct tree *law_state_rows(const struct judge *j, struct str state, const char *list)
{
    const struct law_state_row *s = law_state_find(j->l, state);
    const struct tree *rows = s ? tree_get(s->root, list) : NULL;
    return rows ? rows->child : NULL;
}

/* The day it came into force for the State, or where it stands with it; a law of the State's own
 * and reciprocity have neither. */
void law_rest_party(struct judge *j, struct str state)
{
    const struct tree *i = j->instrument->root;
    if (tree_str(i, "of_state").n || str_is(tree_str(i, "layer"), "reciprocity")) return;
    const struct tree *r = law_state_rows(j, state, "instruments");
    while (r && !str_eq(tree_str(r, "instrument"), j->instrument->instrument)) r = r->next;
    struct str day = tree_str(r, "in_force");
    law_rest_on(j, state, day.n ? STR("in_force") : STR("status"),
                day.n ? day : tree_str(r, "status"), r);
}

/* The list of languages is the State's; where it stands in the instrument is a line of its profile.
 */
void law_rest_languages(struct judge *j, struct str state)
{
    const struct law_state_row *s = law_state_find(j->l, state);
    const struct tree *row =
        law_state_profile(j->l, state, j->instrument->instrument, STR("languages"));
    struct buf b = buf_in(j->t->arena);
    for (const struct tree *w = tree_get(s->root, "languages")->child; w; w = w->next)
        buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(w->str));
    law_rest_on(j, state, STR("languages"), buf_as_str(&b), row);
    j->rests.title = field_title(j, STR("languages"));
}

/* ---- what else is in force --------------------------------------------------------------------
 */

/* What else is in force between the two and has this kind, nearest first (40(7) and its likes). */
static void foretell_bases(struct judge *j)
{
    struct law_base *bases;
    size_t n;
    struct str kind = j->kind->kind;
    law_about(j, j->kind->row);
    if (law_bases(j->t, j->l, j->who->state, j->who->other, law_binding_day(j), kind, &bases, &n) !=
        ERR_OK)
        return; /* it has this one at least */
    for (size_t i = 0; i < n; i++) {
        if (!bases[i].binds || str_is(bases[i].layer, "reciprocity") ||
            str_eq(bases[i].instrument, j->instrument->instrument))
            continue;
        const struct law_instrument *other = law_instrument_find(j->l, bases[i].instrument);
        law_find_fine(j, STR("basis-other"), j->kind->article, STR(""),
                      law_title(tree_get(other->root, "titles"), j->lang));
    }
    for (size_t i = 0; i < j->instrument->changes_n; i++) {
        const struct law_change *x = &j->instrument->changes[i];
        if (x->kind != j->kind ||
            law_clock_between(j, law_clock_row_find(j->kind, x->clock.clock)) != &x->clock)
            continue;
        law_find_fine(j, STR("protocol-applies"), j->kind->article, STR(""),
                      str_printf(j->t->arena, STR_FMT ", " STR_FMT,
                                 STR_ARG(law_title(tree_get(x->protocol->root, "titles"), j->lang)),
                                 STR_ARG(law_title(tree_get(x->clock.row, "titles"), j->lang))));
    }
}

/* ---- what its law calls the conduct ---------------------------------------------------------- */

/* The article of the instrument that the request names for the offence. */
static const struct tree *offence_named(const struct judge *j, struct str *particular_out)
{
    for (size_t i = 0; i < j->row->particulars_n; i++) {
        const struct law_particular *p = &j->row->particulars[i];
        if (p->type != LAW_ARTICLE || !law_particular_given(j, p, j->given[i])) continue;
        *particular_out = p->name;
        return j->given[i];
    }
    return NULL;
}

static struct str provision_said(const struct judge *j, const struct tree *row)
{
    struct buf b = buf_in(j->t->arena);
    buf_printf(&b, STR_FMT ", certainty: " STR_FMT, STR_ARG(tree_str(row, "provision")),
               STR_ARG(tree_str(row, "certainty")));
    if (tree_get(row, "max_years"))
        buf_printf(&b, ", max_years: %lld", (long long)tree_int(row, "max_years", 0));
    return buf_as_str(&b);
}

/* Does a line of that code rest on such a field of the other State's file? */
static bool is_foretold(const struct judge *j, struct str code, struct str field)
{
    for (const struct law_finding *f = j->findings; f; f = f->next)
        if (str_eq(f->remark.code, code) && str_eq(f->rests.field, field)) return true;
    return false;
}

static void foretell_offence(struct judge *j)
{
    struct str asked = tree_str(j->kind->row, "dual_criminality"), particular = {0};
    const struct tree *named = offence_named(j, &particular);
    struct str other = j->who->other, article = j->kind->article;
    law_about(j, j->kind->row);
    if (str_is(asked, "never")) {
        if (!is_foretold(j, STR("ground-foretold"), STR("reservations")))
            law_find_fine(j, STR("dual-criminality-free"), article, STR(""), STR(""));
        return;
    }
    if (str_is(asked, "domestic") && !named) return;
    const struct tree *r = named ? law_state_rows(j, other, "offences") : NULL;
    while (r && !(str_eq(tree_str(r, "instrument"), j->instrument->instrument) &&
                  str_eq(tree_str(r, "article"), named->str)))
        r = r->next;
    if (r) law_about(j, r);
    law_rest_on(j, other, STR("offences"), r ? provision_said(j, r) : STR(""), r);
    if (!r || str_is(tree_str(r, "certainty"), "unknown")) {
        law_find(j, ERR_OK, STR("offence-unmapped"), named ? named->str : article, particular,
                 other);
        return;
    }
    struct str says =
        str_printf(j->t->arena, STR_FMT ", " STR_FMT, STR_ARG(tree_str(r, "provision")),
                   STR_ARG(law_title(tree_get(r, "titles"), j->lang)));
    if (str_is(tree_str(r, "certainty"), "sure"))
        law_find_fine(j, STR("offence-mapped"), named->str, particular, says);
    else
        law_find(j, ERR_OK, STR("offence-mapped"), named->str, particular, says);
}

bool law_article_within(struct str article, struct str whole)
{
    return article.n >= whole.n && memcmp(article.p, whole.p, whole.n) == 0 &&
           (article.n == whole.n || article.p[whole.n] == '(');
}

/* Reservations on the article of the offence narrow what that State punishes under it. */
static void foretell_reservations(struct judge *j)
{
    struct str particular = {0}, never = tree_str(j->kind->row, "dual_criminality");
    const struct tree *named = offence_named(j, &particular);
    const struct tree *r = named ? law_state_rows(j, j->who->other, "reservations") : NULL;
    for (; r && !str_is(never, "never"); r = r->next) {
        if (!str_eq(tree_str(r, "instrument"), j->instrument->instrument) ||
            !law_article_within(tree_str(r, "article"), named->str))
            continue;
        struct str title = law_title(tree_get(r, "titles"), j->lang);
        law_about(j, r);
        law_rest_on(j, j->who->other, STR("reservations"), tree_str(r, "article"), r);
        law_find(j, ERR_OK, STR("reservation-foretold"), tree_str(r, "article"), particular, title);
    }
}

/* ---- on which grounds it could refuse -------------------------------------------------------- */

static void rest_reservation(struct judge *j, const struct law_ground *g)
{
    const struct tree *r = law_state_rows(j, j->who->other, "reservations");
    while (r && !(str_eq(tree_str(r, "instrument"), j->instrument->instrument) &&
                  str_eq(tree_str(r, "article"), g->reservation)))
        r = r->next;
    if (r) law_rest_on(j, j->who->other, STR("reservations"), tree_str(r, "article"), r);
}

/* Grounds that lie open by what the request says or by a reservation; those that only the other
 * State can see, such as its essential interests, are not guessed at. */
static void foretell_grounds(struct judge *j)
{
    struct law_state then = *j->dossier;
    then.particulars = j->act->particulars;
    struct law_who theirs = {
        .side = LAW_REQUESTED, .state = j->who->other, .other = j->who->state, .elsewhere = true};
    struct judge asked = *j;
    asked.dossier = &then;
    asked.who = &theirs;
    for (size_t i = 0; i < j->kind->grounds_n; i++) {
        const struct law_ground *g = &j->kind->grounds[i];
        bool bare = g->reservation.n == 0 && g->when.of == LAW_COND_NONE;
        if (g->forbidden || bare || !law_ground_holds(&asked, g)) continue;
        law_about(j, g->row);
        law_rest_cond(j, &g->when);
        if (g->reservation.n) rest_reservation(j, g);
        law_find(j, ERR_OK, STR("ground-foretold"), g->article, STR(""),
                 law_title(tree_get(g->row, "titles"), j->lang));
    }
}

/* ---- what its profile says ------------------------------------------------------------------- */

static void foretell_profile(struct judge *j)
{
    for (size_t i = 0; i < j->instrument->foretold_n; i++) {
        const struct law_foretold *f = &j->instrument->foretold[i];
        if (!tree_has_str(f->kinds, j->kind->kind)) continue;
        law_about(j, f->row);
        law_rest_cond(j, &f->when);
        switch (law_cond_ask(j, j->act->particulars, &f->when)) {
        case LAW_YES:
            law_find(j, ERR_OK, f->remark, f->article, STR(""), STR(""));
            break;
        case LAW_NO:
            law_find_fine(j, f->remark, f->article, STR(""), STR(""));
            break;
        case LAW_UNKNOWN:
            if (j->rests.field.n)
                law_find(j, ERR_OK, STR("profile-unknown"), f->article, STR(""), j->rests.field);
            break;
        }
    }
}

static void foretell(struct judge *j)
{
    j->foretells = true;
    law_about(j, NULL);
    if (!law_state_find(j->l, j->who->other)) {
        law_find(j, ERR_OK, STR("state-unknown"), STR("comity officers 1: preflight"), STR(""),
                 j->who->other);
        return;
    }
    foretell_bases(j);
    law_foretell_receiver(j);
    foretell_grounds(j);
    foretell_offence(j);
    foretell_reservations(j);
    foretell_profile(j);
}
