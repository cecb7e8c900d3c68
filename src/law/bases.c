/* SPDX-License-Identifier: Apache-2.0 */
/* Which instruments bind two States on a day: what a request between them may rest on. */

#include "law/inner.h"

static int64_t day_of(const struct tree *row, const char *key)
{
    int64_t day;
    return day_read(tree_str(row, key), &day) ? day : INT64_MAX;
}

void law_parties_load(struct arena *a, const struct tree *root, struct law_state_row *out)
{
    const struct tree *rows = tree_get(root, "instruments");
    size_t n = 0;
    out->parties = arena_take_many(a, rows->count + 1, sizeof *out->parties);
    out->party_names = law_index_new(a, rows->count);
    for (const struct tree *r = rows->child; r; r = r->next, n++) {
        struct str name = tree_str(r, "instrument");
        out->parties[n] = (struct law_party){.from = day_of(r, "in_force"),
                                             .until = day_of(r, "denounced"),
                                             .between = tree_get(r, "between")};
        if (law_index_get(&out->party_names, name) == LAW_NO_ROW)
            law_index_put(&out->party_names, name, n);
    }
}

/* Reciprocity binds by the assurance that a request gives, unless a State says where it stands. */
static bool is_bound(const struct law_tables *l, const struct law_instrument *i, struct str state,
                     struct str other, int64_t day)
{
    const struct law_state_row *s = law_state_find(l, state);
    int64_t n = s ? law_index_get(&s->party_names, i->instrument) : LAW_NO_ROW;
    if (n == LAW_NO_ROW) return str_is(tree_str(i->root, "layer"), "reciprocity");
    const struct law_party *p = &s->parties[n];
    return day >= p->from && day < p->until && (!p->between || tree_has_str(p->between, other));
}

/* The nearer to the pair of States, the earlier; what only fills gaps comes last. */
static const char *const layers[] = {"protocol", "bilateral", "treaty", "national", "reciprocity"};
enum { LAYERS_N = sizeof layers / sizeof *layers };

static struct law_base base_of(const struct law_tables *l, const struct law_instrument *i,
                               struct str requesting, struct str requested, int64_t day)
{
    struct law_base b = {.instrument = i->instrument, .layer = tree_str(i->root, "layer")};
    b.binds = law_binds(l, i, requesting, requested, day, &b.not_bound);
    if (b.binds) b.not_bound = STR("");
    if (b.layer.n == 0) b.layer = STR("treaty");
    return b;
}

bool law_base_of(const struct law_tables *l, struct str instrument, struct str requesting,
                 struct str requested, int64_t day, struct law_base *out)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    if (i) *out = base_of(l, i, requesting, requested, day);
    return i != NULL;
}

static struct str family_of(struct str kind)
{
    struct str first, rest;
    return str_split(kind, '.', &first, &rest) ? first : kind;
}

bool law_carries(const struct law_tables *l, struct str instrument, struct str kind)
{
    const struct law_instrument *i = law_instrument_find(l, instrument);
    for (size_t n = 0; i && n < i->kinds_n; n++)
        if (str_eq(family_of(i->kinds[n].kind), family_of(kind))) return true;
    const struct tree *changes = i ? tree_get(i->root, "changes") : NULL;
    for (const struct tree *c = changes ? changes->child : NULL; c; c = c->next)
        if (str_eq(tree_str(c, "kind"), kind)) return true;
    return false;
}

err law_bases(struct turn *t, const struct law_tables *l, struct str requesting,
              struct str requested, int64_t day, struct str kind, struct law_base **out,
              size_t *n_out)
{
    struct law_base *bases = arena_take_many(t->arena, l->instruments_n + 1, sizeof *bases);
    size_t n = 0;
    for (size_t layer = 0; layer < LAYERS_N; layer++)
        for (size_t i = 0; i < l->instruments_n; i++) {
            if (kind.n && !law_kind_find(&l->instruments[i], kind)) continue;
            struct law_base b = base_of(l, &l->instruments[i], requesting, requested, day);
            if (str_is(b.layer, layers[layer])) bases[n++] = b;
        }
    if (n == 0)
        return turn_fail_at(t, ERR_NONE_SUCH, "kind-unknown", NULL, kind,
                            "No instrument has the kind \"" STR_FMT "\".", STR_ARG(kind));
    *out = bases;
    *n_out = n;
    return ERR_OK;
}

/* A law of one State is what that State does when it is asked: nobody's request rests on his own.
 */
bool law_binds(const struct law_tables *l, const struct law_instrument *i, struct str requesting,
               struct str requested, int64_t day, struct str *why_out)
{
    struct str of = tree_str(i->root, "of_state");
    *why_out = of.n ? requested : requesting;
    if (of.n) return str_eq(of, requested);
    if (!is_bound(l, i, requesting, requested, day)) return false;
    *why_out = requested;
    return is_bound(l, i, requested, requesting, day);
}
