/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of what peers may say: a list of acts with any names, numbers and particulars is
 * recorded and folded, in the order given and in the reverse, and both give one state. */

#include "law/law.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ACTS_MAX = 32 };

static const struct law_function any_function[] = {
    {.function = STR("mla")},
    {.function = STR("contact")},
};

/* The tables are read once for all inputs; the arena is kept to the end of the process. */
static const struct law_tables *tables(void)
{
    static struct turn t;
    static const struct law_tables *l;
    if (l) return l;
    t.arena = arena_new();
    err e = law_load(&t, law_embedded, law_embedded_n, &l);
    assert(e == ERR_OK);
    return l;
}

static struct law_act act_read(const struct tree *from)
{
    struct str stream = tree_str(from, "stream");
    return (struct law_act){
        .act = tree_str(from, "act"),
        .instrument = tree_str(from, "instrument"),
        .kind = tree_str(from, "kind"),
        .stream = str_is(stream, "inward")      ? LAW_INWARD
                  : str_is(stream, "requested") ? LAW_REQUESTED
                                                : LAW_REQUESTING,
        .n = tree_int(from, "n", 1),
        .seen = tree_int(from, "seen", 0),
        .at_ms = tree_int(from, "at", 0),
        .particulars = tree_get(from, "particulars"),
    };
}

static void fold_both_ways(struct turn *t, const struct law_entry *entries, size_t n)
{
    struct law_entry back[ACTS_MAX];
    struct law_state one, other;
    for (size_t i = 0; i < n; i++) back[i] = entries[n - 1 - i];
    err e = law_fold(t, entries, n, &one), f = law_fold(t, back, n, &other);
    assert(e == f);
    if (e != ERR_OK) return;
    assert(str_eq(one.state, other.state) && one.applied == other.applied);
    assert(one.clocks_n == other.clocks_n && one.missing_n == other.missing_n);
    for (size_t i = 0; i < n; i++) assert(one.effects[i] == other.effects[n - 1 - i]);
    struct law_option *options;
    size_t options_n;
    for (int side = 0; side < 2; side++) {
        struct law_who who = {.side = side ? LAW_REQUESTED : LAW_REQUESTING,
                              .functions = any_function,
                              .functions_n = 2,
                              .state = STR("XL")};
        e = law_options(t, tables(), &one, &who, 0, STR("az"), &options, &options_n);
        assert(e == ERR_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *doc;
    struct law_entry entries[ACTS_MAX];
    size_t n = 0;
    if (json_read(&t, (struct bytes){data, size}, &codec_limits, &doc) != ERR_OK) return 0;
    const struct tree *from = tree_get(doc, "acts");
    for (from = from ? from->child : NULL; from && n < ACTS_MAX; from = from->next) {
        struct law_act act = act_read(from);
        struct law_who author = {.side =
                                     act.stream == LAW_REQUESTING ? LAW_REQUESTING : LAW_REQUESTED,
                                 .functions = any_function,
                                 .functions_n = 2,
                                 .state = tree_str(from, "state")};
        struct law_verdict *v = arena_take(a, sizeof *v);
        err e = law_record(&t, tables(), &author, &act, tree_int(from, "received", 0), v);
        if (e != ERR_OK) {
            assert(e == ERR_NOT_ALLOWED && t.fault.article[0]);
            turn_forgive(&t);
            continue;
        }
        struct law_verdict again;
        e = law_verdict_read(&t, law_verdict_write(a, v), &again);
        assert(e == ERR_OK);
        entries[n++] = (struct law_entry){act, v};
    }
    fold_both_ways(&t, entries, n);
    return 0;
}
