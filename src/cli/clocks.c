/* SPDX-License-Identifier: Apache-2.0 */
/* The dates of a dossier for people: each clock with its rule, what went into it, the steps, and
 * the end.
 *
 * Two States lay these texts side by side, so nothing stands in them that differs between them or
 * from one moment to the next. */

#include "cli/inner.h"

struct proof {
    struct arena *a;
    struct buf b;
};

static void clock_put(struct proof *p, const struct tree *c);

static struct str fit(struct proof *p, const struct tree *m, const char *key)
{
    return str_printable(p->a, tree_str(m, key));
}

static struct str time_of(struct proof *p, const struct tree *m, const char *key)
{
    return cli_time_text(p->a, tree_str(m, key));
}

/* The word of a line, or blanks in front of what belongs to the line before. */
static void line(struct proof *p, const char *word) { buf_printf(&p->b, "  %-9s ", word); }

struct str cli_clocks_text(struct arena *a, const struct tree *view)
{
    struct proof p = {a, buf_in(a)};
    const struct tree *clocks = tree_get(view, "clocks"), *inward = tree_get(view, "inward");
    buf_printf(&p.b, STR_FMT " (" STR_FMT " " STR_FMT "), dossier " STR_FMT "\n",
               STR_ARG(fit(&p, view, "kind_title")), STR_ARG(fit(&p, view, "instrument")),
               STR_ARG(fit(&p, view, "kind")), STR_ARG(fit(&p, view, "dossier")));
    buf_printf(&p.b, STR_FMT " asks " STR_FMT "; state: " STR_FMT "\n",
               STR_ARG(fit(&p, view, "requesting")), STR_ARG(fit(&p, view, "requested")),
               STR_ARG(fit(&p, view, "state")));
    for (const struct tree *c = clocks ? clocks->child : NULL; c; c = c->next) clock_put(&p, c);
    if (!clocks || clocks->count == 0) buf_printf(&p.b, "\nNo clock was started.\n");
    if (!inward) return buf_as_str(&p.b);
    buf_printf(&p.b, "\nOf this side alone\n");
    for (const struct tree *c = inward->child; c; c = c->next) clock_put(&p, c);
    if (inward->count == 0) buf_printf(&p.b, "\nNo clock was started.\n");
    return buf_as_str(&p.b);
}

/* ---- one clock ------------------------------------------------------------------------------- */

static void rule_put(struct proof *p, const struct tree *c)
{
    line(p, "rule");
    if (tree_str(c, "article").n)
        buf_printf(&p->b, STR_FMT ", source " STR_FMT ", " STR_FMT "\n",
                   STR_ARG(fit(p, c, "article")), STR_ARG(fit(p, c, "source")),
                   STR_ARG(fit(p, c, "row")));
    else
        buf_printf(&p->b, "these tables have none: it stands as it was decided\n");
    const struct tree *act = tree_get(c, "act");
    line(p, "act");
    buf_printf(&p->b, STR_FMT " (" STR_FMT "), " STR_FMT " %lld, " STR_FMT "\n",
               STR_ARG(fit(p, act, "act_title")), STR_ARG(fit(p, act, "act")),
               STR_ARG(fit(p, act, "party")), (long long)tree_int(act, "n", 0),
               STR_ARG(time_of(p, act, "at")));
    line(p, "start");
    buf_printf(&p->b, STR_FMT, STR_ARG(time_of(p, c, "start")));
    if (tree_str(c, "start_particular").n)
        buf_printf(&p->b, ", " STR_FMT " says " STR_FMT, STR_ARG(fit(p, c, "start_particular")),
                   STR_ARG(fit(p, c, "start_day")));
    buf_printf(&p->b, "\n");
}

static const char *unit_of(const struct tree *c)
{
    struct str count = tree_str(c, "count");
    if (str_is(count, "working_days")) return "working days";
    if (str_is(count, "months")) return "months";
    return str_is(count, "minutes") ? "minutes" : "days";
}

static void length_put(struct proof *p, const struct tree *c)
{
    struct str of = tree_str(c, "of");
    if (!tree_str(c, "count").n) return;
    line(p, "length");
    if (str_is(of, "particular"))
        buf_printf(&p->b, STR_FMT " says " STR_FMT, STR_ARG(fit(p, c, "end_particular")),
                   STR_ARG(fit(p, c, "end_day")));
    else
        buf_printf(&p->b, "%lld %s", (long long)tree_int(c, "length", 0), unit_of(c));
    if (str_is(of, "setting"))
        buf_printf(&p->b, ", as the State's " STR_FMT " says", STR_ARG(fit(p, c, "setting")));
    if (tree_str(c, "bound").n)
        buf_printf(&p->b, ", %s", str_is(tree_str(c, "bound"), "at_most") ? "at most" : "at least");
    buf_printf(&p->b, "\n");
    if (!tree_str(c, "last").n) return;
    line(p, "days");
    buf_printf(&p->b, "from " STR_FMT ", which %s, to " STR_FMT "\n", STR_ARG(fit(p, c, "first")),
               tree_bool(c, "first_counts", false) ? "counts" : "does not count",
               STR_ARG(fit(p, c, "last")));
}

static void calendars_put(struct proof *p, const struct tree *c)
{
    const struct tree *calendars = tree_get(c, "calendars"), *skipped = tree_get(c, "skipped");
    const struct tree *beyond = tree_get(c, "beyond");
    for (const struct tree *k = calendars ? calendars->child : NULL; k; k = k->next) {
        line(p, k == calendars->child ? "calendar" : "");
        buf_printf(&p->b,
                   STR_FMT " version %lld, " STR_FMT " to " STR_FMT ", source " STR_FMT ", " STR_FMT
                           "\n",
                   STR_ARG(fit(p, k, "state")), (long long)tree_int(k, "version", 0),
                   STR_ARG(fit(p, k, "from")), STR_ARG(fit(p, k, "to")),
                   STR_ARG(fit(p, k, "source")), STR_ARG(fit(p, k, "path")));
    }
    for (const struct tree *k = skipped ? skipped->child : NULL; k; k = k->next) {
        line(p, k == skipped->child ? "skipped" : "");
        buf_printf(&p->b, STR_FMT " " STR_FMT ": " STR_FMT "\n", STR_ARG(fit(p, k, "day")),
                   STR_ARG(fit(p, k, "state")), STR_ARG(fit(p, k, "why")));
    }
    for (const struct tree *k = beyond ? beyond->child : NULL; k; k = k->next) {
        line(p, k == beyond->child ? "beyond" : "");
        if (tree_str(k, "to").n)
            buf_printf(&p->b,
                       STR_FMT ": its calendar ends on " STR_FMT ", weekends only after it\n",
                       STR_ARG(fit(p, k, "state")), STR_ARG(fit(p, k, "to")));
        else
            buf_printf(&p->b, STR_FMT ": it has no calendar, weekends only\n",
                       STR_ARG(fit(p, k, "state")));
    }
}

static void stops_put(struct proof *p, const struct tree *c)
{
    const struct tree *stops = tree_get(c, "stops");
    for (const struct tree *k = stops ? stops->child : NULL; k; k = k->next) {
        line(p, k == stops->child ? "stopped" : "");
        if (tree_str(k, "to").n)
            buf_printf(&p->b, STR_FMT " to " STR_FMT ": " STR_FMT "\n",
                       STR_ARG(time_of(p, k, "from")), STR_ARG(time_of(p, k, "to")),
                       STR_ARG(fit(p, k, "why")));
        else
            buf_printf(&p->b, "since " STR_FMT ": " STR_FMT "; the end moves on\n",
                       STR_ARG(time_of(p, k, "from")), STR_ARG(fit(p, k, "why")));
    }
}

static void end_put(struct proof *p, const struct tree *c)
{
    const struct tree *ends = tree_get(c, "ends"), *other = tree_get(c, "decided_otherwise");
    line(p, "end");
    buf_printf(&p->b, STR_FMT "\n", STR_ARG(time_of(p, c, "end")));
    for (const struct tree *k = ends ? ends->child : NULL; k; k = k->next) {
        line(p, "");
        buf_printf(&p->b, STR_FMT " " STR_FMT " (" STR_FMT ")", STR_ARG(fit(p, k, "local")),
                   STR_ARG(fit(p, k, "zone")), STR_ARG(fit(p, k, "state")));
        if (tree_str(k, "last_day_over").n)
            buf_printf(&p->b, "; the last day is over there at " STR_FMT "%s",
                       STR_ARG(time_of(p, k, "last_day_over")),
                       tree_bool(k, "counts", true) ? "" : ", which does not count");
        buf_printf(&p->b, "\n");
    }
    if (tree_str(c, "renew").n) {
        line(p, "renewal");
        buf_printf(&p->b, "due from " STR_FMT "\n", STR_ARG(time_of(p, c, "renew")));
    }
    if (other) {
        line(p, "but");
        buf_printf(&p->b, "it was decided otherwise: " STR_FMT ", " STR_FMT "\n",
                   STR_ARG(fit(p, other, "proof")), STR_ARG(time_of(p, other, "end")));
    }
    line(p, "tables");
    buf_printf(&p->b, STR_FMT "\n", STR_ARG(fit(p, c, "tables")));
}

static void clock_put(struct proof *p, const struct tree *c)
{
    struct str title = fit(p, c, "title");
    if (!title.n) title = fit(p, c, "clock");
    buf_printf(&p->b, "\n" STR_FMT " [" STR_FMT "]%s\n", STR_ARG(title),
               STR_ARG(fit(p, c, "clock")),
               tree_bool(c, "running", false) ? "" : ", no longer running");
    rule_put(p, c);
    length_put(p, c);
    calendars_put(p, c);
    stops_put(p, c);
    end_put(p, c);
}
