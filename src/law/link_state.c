/* SPDX-License-Identifier: Apache-2.0 */
/* What a State's file says that names alone do not settle: where it stands with an instrument, the
 * lines of its profile, whose law an instrument is, and its time zones. */

#include "law/clock.h"
#include "law/link.h"

/* What is in force is so since a day: on nothing else does a request rest. */
static err party_sense(struct law_linking *k, const struct tree *row)
{
    static const char *const days[] = {"in_force", "denounced"};
    const struct tree *status = tree_get(row, "status");
    const struct tree *end = tree_get(row, "denounced");
    bool denounced = str_is(status->str, "denounced");
    if (end && !denounced)
        return law_row_fail(k, end, "`denounced`: expected beside the status \"denounced\" only");
    if (!denounced && !str_is(status->str, "in_force")) return ERR_OK;
    for (int n = 0; n < 1 + denounced; n++)
        if (!tree_get(row, days[n]))
            return law_row_fail(k, status,
                                "`status`: expected beside \"" STR_FMT "\" the day, as `%s`",
                                STR_ARG(status->str), days[n]);
    if (!end || str_cmp(tree_str(row, "in_force"), end->str) < 0) return ERR_OK;
    return law_row_fail(k, end, "`denounced`: expected a day after `in_force`");
}

static const char *const held_by[] = {"instrument", "function", "direction", "kind"};
static const char *const reserved_by[] = {"instrument", "article"};

/* No row of the list is there already, among those before it or, if it is another list, at all. */
static err once(struct law_linking *k, const struct tree *rows, const struct tree *others,
                const char *const *keys, size_t keys_n, const char *what)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        for (const struct tree *o = others ? others->child : NULL; o && o != r; o = o->next) {
            bool same = true;
            for (size_t n = 0; n < keys_n; n++)
                same = same && str_eq(tree_str(r, keys[n]), tree_str(o, keys[n]));
            if (same)
                return law_row_fail(k, r, "found %s a second time, expected it once; see line %u",
                                    what, o->line);
        }
    return ERR_OK;
}

/* A function is held or left open, and each said once. */
static err rows_once(struct law_linking *k, const struct tree *root)
{
    const struct tree *open = tree_get(root, "unassigned");
    const struct tree *reserved = tree_get(root, "reservations");
    size_t n = sizeof held_by / sizeof *held_by;
    try(once(k, open, open, held_by, n, "an unassigned function"));
    for (const struct tree *a = tree_get(root, "authorities")->child; a; a = a->next) {
        const struct tree *held = tree_get(a, "functions");
        try(once(k, held, held, held_by, n, "a function of the authority"));
        try(once(k, open, held, held_by, n, "a function that an authority holds"));
    }
    return once(k, reserved, reserved, reserved_by, 2, "a reservation");
}

static struct str values_said(struct arena *a, const struct tree *values)
{
    struct buf b = buf_in(a);
    for (const struct tree *v = values->child; v; v = v->next)
        buf_printf(&b, STR_FMT ", ", STR_ARG(v->str));
    buf_printf(&b, "unknown");
    return buf_as_str(&b);
}

static err line_sense(struct law_linking *k, const struct tree *rows, const struct tree *row)
{
    struct str field = tree_str(row, "field"), instrument = tree_str(row, "instrument");
    const struct law_instrument *i = law_instrument_find(k->l, instrument);
    const struct tree *declared = law_profile_field(i, field), *value = tree_get(row, "value");
    if (!declared)
        return law_row_fail(k, tree_get(row, "field"),
                            "`field`: found \"" STR_FMT
                            "\", expected a row of `profile_fields` of " STR_FMT,
                            STR_ARG(field), STR_ARG(instrument));
    for (const struct tree *r = rows->child; r != row; r = r->next)
        if (str_eq(tree_str(r, "field"), field) && str_eq(tree_str(r, "instrument"), instrument))
            return law_row_fail(k, row,
                                "found a second line \"" STR_FMT
                                "\", expected each once; the first is on line %u",
                                STR_ARG(field), r->line);
    const struct tree *values = tree_get(declared, "values");
    if (str_is(value->str, "unknown") || tree_has_str(values, value->str)) return ERR_OK;
    return law_row_fail(
        k, value, "`value`: found \"" STR_FMT "\", expected of `" STR_FMT "` one of: " STR_FMT,
        STR_ARG(value->str), STR_ARG(field), STR_ARG(values_said(k->t->arena, values)));
}

err law_link_state(struct law_linking *k, const struct law_state_row *s)
{
    const struct tree *lines = tree_get(s->root, "profile");
    try(rows_once(k, s->root));
    for (const struct tree *r = tree_get(s->root, "instruments")->child; r; r = r->next)
        try(party_sense(k, r));
    for (const struct tree *r = lines ? lines->child : NULL; r; r = r->next)
        try(line_sense(k, lines, r));
    return ERR_OK;
}

/* A law of one State says whose, and only such a law. */
err law_link_layer(struct law_linking *k)
{
    const struct tree *layer = tree_get(k->i->root, "layer"),
                      *of = tree_get(k->i->root, "of_state");
    bool national = layer && str_is(layer->str, "national");
    if (national && !of)
        return law_row_fail(k, layer, "`layer`: expected `of_state` beside \"national\"");
    if (of && !national)
        return law_row_fail(k, of, "`of_state`: expected it beside `layer: national` only");
    if (!of || law_state_find(k->l, of->str)) return ERR_OK;
    return law_row_fail(k, of, "`of_state`: found \"" STR_FMT "\", expected a State of states/",
                        STR_ARG(of->str));
}

/* ---- time zones ------------------------------------------------------------------------------ */

static err zone_check(struct law_linking *k, const struct zones *zones, const struct tree *row)
{
    const struct tree *zone = tree_get(row, "time_zone");
    if (zones->offset_min(zones->ctx, zone->str, 0) != INT32_MAX) return ERR_OK;
    return law_row_fail(k, zone,
                        "`time_zone`: found \"" STR_FMT
                        "\", expected a time zone that this computer knows, like Asia/Baku",
                        STR_ARG(zone->str));
}

err law_zones_check(struct turn *t, const struct law_tables *l, const struct zones *zones)
{
    struct law_linking k = {.t = t, .l = l, .paths = l->paths, .paths_n = l->paths_n};
    if (!zones->offset_min) return ERR_OK;
    for (size_t n = 0; n < l->states_n; n++) {
        const struct tree *root = l->states[n].root;
        try(zone_check(&k, zones, root));
        for (const struct tree *a = tree_get(root, "authorities")->child; a; a = a->next)
            try(zone_check(&k, zones, a));
    }
    return ERR_OK;
}
