/* SPDX-License-Identifier: Apache-2.0 */
/* What rows must say together so that each does its work: a term that ends needs an act that waits
 * for its end, a refusal its ground and reasons, a day a particular that holds one, and what is to
 * follow or to be brought about in another dossier a link that leads there. */

#include "law/link.h"

#include <string.h>

static err clocks_sense(struct law_linking *k, const struct law_kind *kind);
static err act_sense(struct law_linking *k, const struct law_row *r);
static err on_link_sense(struct law_linking *k, const struct law_kind *kind);

err law_link_sense(struct law_linking *k, const struct law_kind *kind)
{
    try(clocks_sense(k, kind));
    for (size_t n = 0; n < kind->rows_n; n++) try(act_sense(k, &kind->rows[n]));
    return on_link_sense(k, kind);
}

static const struct law_particular *named(const struct law_row *r, struct str name)
{
    int64_t n = law_index_get(&r->names, name);
    return n == LAW_NO_ROW ? NULL : &r->particulars[n];
}

static bool is_guarded(const struct law_row *r, const char *guard, struct str clock,
                       struct str particular)
{
    for (size_t n = 0; n < r->guards_n; n++) {
        const struct law_guard *g = &r->guards[n];
        if (str_is(str_of(g->kind->name), guard) && str_eq(g->clock, clock) &&
            str_eq(g->particular, particular))
            return true;
    }
    return false;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static bool is_started(const struct law_kind *kind, const struct law_clock_row *c)
{
    for (size_t n = 0; n < kind->rows_n; n++)
        if (law_row_starts(&kind->rows[n], c)) return true;
    return false;
}

/* What the node does by itself when a time has ended, it does not do before. */
static err clocks_sense(struct law_linking *k, const struct law_kind *kind)
{
    for (size_t n = 0; n < kind->clocks_n; n++) {
        const struct law_clock_row *c = &kind->clocks[n];
        if (!is_started(kind, c))
            return law_row_fail(k, c->row,
                                "`clock`: \"" STR_FMT "\" of the kind " STR_FMT
                                ", expected an act that starts it",
                                STR_ARG(c->clock), STR_ARG(kind->kind));
        const struct law_row *r = c->on_end.n ? law_row_find(kind, c->on_end) : NULL;
        if (!r || !r->system || is_guarded(r, "after_clock_end", c->clock, STR(""))) continue;
        return law_row_fail(k, r->row,
                            "`" STR_FMT
                            "`: expected the guard after_clock_end of the clock " STR_FMT
                            ", for the node does it by itself at its end",
                            STR_ARG(r->act), STR_ARG(c->clock));
    }
    return ERR_OK;
}

/* A start or an end that is a particular is a day of each act that starts the clock. */
static err day_of_clock(struct law_linking *k, const struct law_row *r,
                        const struct law_clock_row *c, const char *key)
{
    const struct tree *at = tree_get(c->row, key);
    if (!at || str_is(at->str, "at")) return ERR_OK;
    const struct law_particular *p = named(r, at->str);
    if (p && p->type == LAW_DAY) return ERR_OK;
    return law_row_fail(k, at,
                        "`%s`: found \"" STR_FMT "\", expected %s of each act that starts the "
                        "clock; " STR_FMT " has %s",
                        key, STR_ARG(at->str), p ? "a day" : "a row of `particulars`",
                        STR_ARG(r->act), p ? "it as something else" : "none");
}

/* ---- acts ------------------------------------------------------------------------------------ */

/* The kind of particular that a guard can ask about. Those named day_… ask about a day. */
static err guards_sense(struct law_linking *k, const struct law_row *r)
{
    static const struct {
        const char *guard;
        bool begins;
        enum law_type type;
        const char *said;
    } rows[] = {{"day_", true, LAW_DAY, "day"},
                {"ground_listed", false, LAW_GROUND, "ground"},
                {"language_accepted", false, LAW_LANGUAGE, "language"}};
    for (size_t n = 0; n < r->guards_n; n++) {
        const struct law_guard *g = &r->guards[n];
        const struct law_particular *p = named(r, g->particular);
        struct str name = str_of(g->kind->name);
        for (size_t i = 0; p && i < sizeof rows / sizeof *rows; i++) {
            bool meant =
                rows[i].begins ? str_starts(name, rows[i].guard) : str_is(name, rows[i].guard);
            if (meant && p->type != rows[i].type)
                return law_row_fail(k, tree_get(g->row, "particular"),
                                    "`particular`: found \"" STR_FMT
                                    "\", expected a particular of the type %s beside %s",
                                    STR_ARG(p->name), rows[i].said, g->kind->name);
        }
    }
    return ERR_OK;
}

/* Two guards that never hold together make an act that nobody can ever do. */
static err guards_agree(struct law_linking *k, const struct law_row *r)
{
    static const char *const pairs[][2] = {{"after_clock_end", "before_clock_end"},
                                           {"has_mark", "no_mark"}};
    for (size_t n = 0; n < r->guards_n; n++)
        for (size_t m = 0; m < r->guards_n; m++)
            for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
                const struct law_guard *a = &r->guards[n], *b = &r->guards[m];
                if (strcmp(a->kind->name, pairs[i][0]) != 0 ||
                    strcmp(b->kind->name, pairs[i][1]) != 0 || !str_eq(a->clock, b->clock) ||
                    !str_eq(a->mark, b->mark) || a->only_when.row || b->only_when.row)
                    continue;
                return law_row_fail(k, b->row,
                                    "found %s beside %s of the same, expected one of them: they "
                                    "never hold together",
                                    b->kind->name, a->kind->name);
            }
    return ERR_OK;
}

/* A refusal says on which ground, one that the law lists, and why. */
static err ground_sense(struct law_linking *k, const struct law_row *r)
{
    for (size_t n = 0; n < r->own_n; n++) {
        const struct law_particular *p = &r->particulars[n];
        if (p->type != LAW_GROUND) continue;
        if (p->required != LAW_ALWAYS)
            return law_row_fail(k, p->row, "expected a ground to be always required");
        if (!is_guarded(r, "ground_listed", STR(""), p->name))
            return law_row_fail(k, r->row,
                                "`" STR_FMT "`: expected the guard ground_listed beside the "
                                "particular " STR_FMT ", which is a ground",
                                STR_ARG(r->act), STR_ARG(p->name));
        const struct law_particular *why = named(r, STR("reasons"));
        bool asked = why && (why->required == LAW_ALWAYS || why->required == LAW_CONDITIONAL);
        if (!asked || why->type != LAW_TEXT)
            return law_row_fail(k, why ? why->row : r->row,
                                "`" STR_FMT "`: expected beside a ground the particular `reasons`, "
                                "a text, required always or on a condition",
                                STR_ARG(r->act));
    }
    return ERR_OK;
}

static bool links_by(const struct law_particular *p, size_t n, struct str link)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].type == LAW_DOSSIER && str_eq(p[i].link, link)) return true;
    return false;
}

/* What follows names this dossier, so it has a particular for that. */
static err spawns_sense(struct law_linking *k, const struct law_row *r)
{
    for (size_t n = 0; n < r->spawns_n; n++) {
        const struct law_spawn_row *s = &r->spawns[n];
        const struct law_kind *kind = law_kind_find(k->i, s->kind);
        if (!kind || links_by(kind->particulars, kind->particulars_n, s->link)) continue;
        return law_row_fail(k, tree_get(s->row, "link"),
                            "`link`: found \"" STR_FMT "\", expected the `link` of a dossier among "
                            "the particulars of the kind " STR_FMT,
                            STR_ARG(s->link), STR_ARG(kind->kind));
    }
    return ERR_OK;
}

static err act_sense(struct law_linking *k, const struct law_row *r)
{
    for (size_t n = 0; n < r->starts_n; n++) {
        try(day_of_clock(k, r, r->starts[n], "start"));
        try(day_of_clock(k, r, r->starts[n], "end_particular"));
    }
    try(guards_sense(k, r));
    try(guards_agree(k, r));
    try(ground_sense(k, r));
    return spawns_sense(k, r);
}

/* ---- other dossiers -------------------------------------------------------------------------- */

/* The next kind of all instruments, after `was`, that names another dossier by the link. */
static const struct law_kind *naming_next(const struct law_tables *l, struct str link,
                                          const struct law_kind *was)
{
    bool past = !was;
    for (size_t i = 0; i < l->instruments_n; i++)
        for (size_t n = 0; n < l->instruments[i].kinds_n; n++) {
            const struct law_kind *kind = &l->instruments[i].kinds[n];
            bool names = false;
            for (size_t a = 0; past && a < kind->rows_n && !names; a++)
                names = links_by(kind->rows[a].particulars, kind->rows[a].particulars_n, link);
            if (names) return kind;
            past = past || kind == was;
        }
    return NULL;
}

/* What is brought about here is brought about by an act of a kind that can name this one. */
static err brought_sense(struct law_linking *k, const struct tree *row)
{
    const struct tree *link = tree_get(row, "link"), *act = tree_get(row, "act");
    const struct tree *says = tree_get(row, "says");
    const struct law_kind *first = naming_next(k->l, link->str, NULL);
    const struct law_row *done = NULL;
    if (!first)
        return law_row_fail(k, link,
                            "`link`: found \"" STR_FMT
                            "\", expected the `link` of a dossier that some kind names",
                            STR_ARG(link->str));
    for (const struct law_kind *kind = first; kind && act && !done;
         kind = naming_next(k->l, link->str, kind))
        done = law_row_find(kind, act->str);
    if (act && !done)
        return law_row_fail(k, act,
                            "`act`: found \"" STR_FMT "\", expected an act of a kind that names "
                            "another dossier by the link \"" STR_FMT "\"",
                            STR_ARG(act->str), STR_ARG(link->str));
    for (const struct tree *s = says ? says->child : NULL; s; s = s->next) {
        const struct tree *of = tree_get(s, "of");
        bool said = !of;
        for (const struct law_kind *kind = first; kind && act && !said;
             kind = naming_next(k->l, link->str, kind)) {
            const struct law_row *r = law_row_find(kind, act->str);
            said = r && named(r, of->str);
        }
        if (!said)
            return law_row_fail(k, of,
                                "`of`: found \"" STR_FMT "\", expected a particular of " STR_FMT,
                                STR_ARG(of->str), STR_ARG(act->str));
    }
    return ERR_OK;
}

static err on_link_sense(struct law_linking *k, const struct law_kind *kind)
{
    const struct tree *rows = tree_get(kind->row, "on_link");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) try(brought_sense(k, r));
    return ERR_OK;
}
