/* SPDX-License-Identifier: Apache-2.0 */
/* How a date came about: the rule, what went into it, and each step on the way.
 *
 * It reckons again what law_decide and law_record reckoned, by the same functions, and writes down
 * what they only needed the end of. */

#include "law/days.h"
#include "law/expand.h"

struct explaining {
    struct turn *t;
    const struct law_clock_row *c;
    struct str lang;
    struct tree *skipped, *calendars;
};

static void row_said(const struct judge *j, const struct law_clock_row *c, struct tree *v);
static void reckoning_said(const struct judge *j, const struct law_clock_row *c, struct tree *v);

static const struct law_clock_row *started(const struct judge *j, struct str clock)
{
    for (size_t i = 0; j->row && !j->misplaced && i < j->row->starts_n; i++)
        if (str_eq(j->row->starts[i]->clock, clock)) return law_clock_between(j, j->row->starts[i]);
    return NULL;
}

err law_clock_explain(struct turn *t, const struct law_tables *l, const struct law_who *who,
                      const struct law_act *act, struct str clock, struct str lang,
                      const struct tree **view_out)
{
    struct judge j = {.t = t, .l = l, .who = who, .act = act, .now_ms = act->at_ms, .lang = lang};
    law_judge_place(&j);
    if (j.row && j.row->inward && j.row->by == who->side) j.misplaced = act->stream != LAW_INWARD;
    const struct law_clock_row *c = started(&j, clock);
    const struct law_clock_rule *rule = c ? law_clock_rules(&j) : NULL;
    while (rule && (rule->what != LAW_CLOCK_START || !str_eq(rule->clock, clock)))
        rule = rule->next;
    if (!rule)
        return turn_fail_at(t, ERR_NONE_SUCH, "clock-unknown", NULL, clock,
                            "By these tables the act starts no clock \"" STR_FMT "\".",
                            STR_ARG(clock));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "clock", clock);
    tree_add_str(t->arena, v, "title", law_title(tree_get(c->row, "titles"), lang));
    row_said(&j, c, v);
    tree_add_str(t->arena, v, "proof", rule->proof);
    tree_add_int(t->arena, v, "start_ms", rule->start_ms);
    tree_add_int(t->arena, v, "end_ms", rule->end_ms);
    if (rule->renew_ms) tree_add_int(t->arena, v, "renew_ms", rule->renew_ms);
    reckoning_said(&j, c, v);
    *view_out = v;
    return ERR_OK;
}

/* The row as the tables have it, and the particular that gave the start or the end. */
static void row_said(const struct judge *j, const struct law_clock_row *c, struct tree *v)
{
    static const char *const words[] = {"sort", "whose", "source", "bound", "setting", "on_end"};
    struct arena *a = j->t->arena;
    struct str path = law_path_of(j->l->paths, j->l->paths_n, c->row);
    tree_add_str(a, v, "article", law_cite_clock(j, c));
    const struct tree *treatys = law_clock_row_find(j->kind, c->clock)->row;
    tree_add_str(a, v, "row", str_printf(a, STR_FMT ":%u", STR_ARG(path), (unsigned)c->row->line));
    for (size_t n = 0; n < sizeof words / sizeof *words; n++)
        if (tree_get(c->row, words[n]))
            tree_add_str(a, v, words[n], tree_str(c->row, words[n]));
        else if (tree_get(treatys, words[n]))
            tree_add_str(a, v, words[n], tree_str(treatys, words[n]));
    tree_add_str(a, v, "count",
                 c->minutes   ? STR("minutes")
                 : c->working ? STR("working_days")
                 : c->months  ? STR("months")
                              : STR("days"));
    struct str start = law_value_text(j->act->particulars, c->start);
    struct str end = law_value_text(j->act->particulars, c->end_particular);
    if (start.n) {
        tree_add_str(a, v, "start_particular", c->start);
        tree_add_str(a, v, "start_day", start);
    }
    if (end.n) {
        tree_add_str(a, v, "end_particular", c->end_particular);
        tree_add_str(a, v, "end_day", end);
    }
}

/* ---- days ------------------------------------------------------------------------------------ */

static void calendar_used(struct explaining *x, const struct law_calendar *used)
{
    struct arena *a = x->t->arena;
    for (const struct tree *one = x->calendars->child; one; one = one->next)
        if (str_eq(tree_str(one, "path"), used->path)) return;
    struct tree *one = tree_add_map(a, x->calendars, NULL);
    tree_add_str(a, one, "state", used->state);
    tree_add_int(a, one, "version", used->version);
    tree_add_str(a, one, "from", tree_str(used->root, "from"));
    tree_add_str(a, one, "to", tree_str(used->root, "to"));
    tree_add_str(a, one, "source", tree_str(used->root, "source"));
    tree_add_str(a, one, "path", used->path);
}

/* A day that does not count, by each State in whose calendar it is not a working day. */
static void day_skipped(void *ctx, int64_t day, const struct law_days *d)
{
    struct explaining *x = ctx;
    struct arena *a = x->t->arena;
    for (int s = 0; s < 2; s++) {
        if (!x->c->calendar_of[s]) continue;
        struct law_day_said said = law_day_said(d->row[s], day);
        if (said.works || x->skipped->count >= LAW_SKIPPED_MAX) continue;
        struct tree *one = tree_add_map(a, x->skipped, NULL);
        tree_add_str(a, one, "day", day_text(a, day));
        tree_add_str(a, one, "state", d->state[s]);
        if (said.row) {
            tree_add_str(a, one, "why", law_title(tree_get(said.row, "titles"), x->lang));
            tree_add_str(a, one, "source", tree_str(said.row, "source"));
        } else {
            tree_add_str(a, one, "why", STR("weekend"));
        }
        if (said.calendar) tree_add_int(a, one, "version", said.calendar->version);
    }
}

/* Every version that was asked on the way, and where none holds a day. */
static void calendars_said(struct explaining *x, const struct law_reckoning *r, struct tree *v)
{
    struct arena *a = x->t->arena;
    for (int s = 0; s < 2; s++) {
        for (int64_t day = r->first; x->c->calendar_of[s] && day <= r->last; day++) {
            struct law_day_said said = law_day_said(r->d.row[s], day);
            if (said.calendar) calendar_used(x, said.calendar);
        }
    }
    struct tree *beyond = tree_add_list(a, v, "beyond");
    for (int s = 0; s < 2; s++) {
        if (!r->count.beyond[s]) continue;
        int64_t end = law_calendar_end(r->d.row[s]);
        struct tree *one = tree_add_map(a, beyond, NULL);
        tree_add_str(a, one, "state", r->d.state[s]);
        if (end != INT64_MIN) tree_add_str(a, one, "to", day_text(a, end));
    }
}

/* Where each State's clock stands; of a clock of days, when its last day is over there. */
static void zones_said(const struct judge *j, const struct law_clock_row *c,
                       const struct law_reckoning *r, struct tree *v)
{
    struct arena *a = j->t->arena;
    struct tree *zones = tree_add_list(a, v, "zones");
    for (int s = 0; s < 2; s++) {
        struct tree *one = tree_add_map(a, zones, NULL);
        bool known = law_zone_is_known(&r->d, (enum law_stream)s);
        tree_add_str(a, one, "party", str_of(law_stream_word((enum law_stream)s)));
        tree_add_str(a, one, "state", r->d.state[s]);
        tree_add_str(a, one, "zone", known ? r->d.zone[s] : STR("UTC"));
        tree_add_bool(a, one, "known", known);
        if (c->minutes) continue;
        tree_add_bool(a, one, "counts", c->zone_of[s]);
        tree_add_int(a, one, "over_ms", law_day_begins_in(&r->d, (enum law_stream)s, r->last + 1));
    }
}

static void reckoning_said(const struct judge *j, const struct law_clock_row *c, struct tree *v)
{
    struct arena *a = j->t->arena;
    struct explaining x = {.t = j->t, .c = c, .lang = j->lang};
    struct law_reckoning r = {0};
    if (c->working) {
        x.skipped = tree_list(a);
        x.calendars = tree_list(a);
        r.count.skipped = day_skipped;
        r.count.ctx = &x;
    }
    law_clock_reckon(j, c, &r);
    zones_said(j, c, &r, v);
    if (c->minutes) {
        tree_add_str(a, v, "of", r.own ? STR("setting") : STR("row"));
        tree_add_int(a, v, "length", r.length);
        return;
    }
    tree_add_str(a, v, "of", r.stated ? STR("particular") : r.own ? STR("setting") : STR("row"));
    if (!r.stated) tree_add_int(a, v, "length", c->months ? c->months : r.length);
    tree_add_str(a, v, "first", day_text(a, r.first));
    tree_add_bool(a, v, "first_counts", c->at_most);
    tree_add_str(a, v, "last", day_text(a, r.last));
    if (!c->working || r.stated) return;
    calendars_said(&x, &r, v);
    tree_set(a, v, STR("calendars"), x.calendars);
    tree_set(a, v, STR("skipped"), x.skipped);
}
