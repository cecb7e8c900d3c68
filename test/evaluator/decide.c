/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the law about histories: reads JSON lines and prints what law_decide, law_record and
 * law_fold answer, one line for a line. evaluator.py says what they should have answered.
 *
 * The first line is a table set (path -> text). Each other line is a history: `zones` says which
 * time zone of tzdata stands for one that a State's file names, `steps` lists what is done. A step
 * says who acts, what he sees of the steps before it (by number) and what he does; `keep` lets
 * the act stand, allowed or not. A step without an act only folds. */

#include "law/law.h"
#include "node/internal.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 256, FUNCTIONS_MAX = 64 };

static const struct tree_limits limits = {
    .size_max = 64u << 20, .depth_max = 32, .count_max = 1u << 22};

/* What an act that stands means: to its author's side, and to the other. */
struct kept {
    bool stands;
    enum law_stream side;
    struct law_act act;
    struct law_verdict own, theirs;
};

/* ---- what is printed ------------------------------------------------------------------------- */

static void put_strs(struct arena *a, struct tree *m, const char *key, const struct str *s,
                     size_t n)
{
    struct tree *list = tree_add_list(a, m, key);
    for (size_t k = 0; k < n; k++) tree_add_str(a, list, NULL, s[k]);
}

static void put_rules(struct arena *a, struct tree *m, const struct law_clock_rule *r)
{
    struct tree *list = tree_add_list(a, m, "clocks");
    for (; r; r = r->next) {
        struct tree *c = tree_add_map(a, list, NULL);
        tree_add_str(a, c, "clock", r->clock);
        tree_add_str(a, c, "article", r->article);
        tree_add_bool(a, c, "stop", r->what == LAW_CLOCK_STOP);
        tree_add_bool(a, c, "duty", r->duty);
        tree_add_int(a, c, "start", r->start_ms);
        tree_add_int(a, c, "end", r->end_ms);
        tree_add_int(a, c, "renew", r->renew_ms);
        tree_add_str(a, c, "on_end", r->on_end);
        put_strs(a, c, "stops_while", r->stops_while, r->stops_while_n);
        tree_add_str(a, c, "suspended_by", r->suspended_by);
    }
}

static void put_verdict(struct arena *a, struct tree *m, const char *key,
                        const struct law_verdict *v)
{
    struct tree *o = tree_add_map(a, m, key);
    tree_add_bool(a, o, "allowed", v->allowed);
    tree_add_bool(a, o, "known", v->known);
    tree_add_str(a, o, "article", v->article);
    tree_add_str(a, o, "source", v->source);
    put_strs(a, o, "from", v->from, v->from_n);
    tree_add_str(a, o, "to", v->to);
    tree_add_bool(a, o, "takes_effect", v->crossed == LAW_CROSSED_TAKES_EFFECT);
    tree_add_bool(a, o, "finding", v->decision);
    tree_add_bool(a, o, "ends", v->ends);
    tree_add_str(a, o, "outcome", v->outcome);
    tree_add_str(a, o, "duty_done", v->duty_done);
    tree_add_str(a, o, "mark", v->mark);
    tree_add_bool(a, o, "back", v->back);
    tree_add_bool(a, o, "after_end", v->after_end);
    put_strs(a, o, "marks", v->marks, v->marks_n);
    put_strs(a, o, "clears", v->clears, v->clears_n);
    put_strs(a, o, "attaches", v->attaches, v->attaches_n);
    put_rules(a, o, v->clocks);
    put_strs(a, o, "missing", v->missing, v->missing_n);
    put_strs(a, o, "supplies", v->supplies, v->supplies_n);
    struct tree *list = tree_add_list(a, o, "remarks");
    for (const struct law_remark *r = v->remarks; r; r = r->next) {
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "code", r->code);
        tree_add_str(a, one, "article", r->article);
        tree_add_str(a, one, "particular", r->particular);
    }
}

static void put_clocks(struct arena *a, struct tree *m, const struct law_state *s)
{
    struct tree *list = tree_add_list(a, m, "clocks");
    for (size_t k = 0; k < s->clocks_n; k++) {
        const struct law_clock *c = &s->clocks[k];
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "clock", c->clock);
        tree_add_str(a, one, "article", c->article);
        tree_add_str(a, one, "on_end", c->on_end);
        tree_add_int(a, one, "start", c->start_ms);
        tree_add_int(a, one, "end", c->end_ms);
        tree_add_int(a, one, "renew", c->renew_ms);
        tree_add_bool(a, one, "running", c->running);
        tree_add_bool(a, one, "duty", c->duty);
        tree_add_str(a, one, "by", str_of(law_stream_word(c->by)));
        tree_add_int(a, one, "by_n", c->by_n);
        tree_add_int(a, one, "still", c->still_ms);
    }
}

static void put_state(struct arena *a, struct tree *m, const struct law_state *s, size_t n)
{
    struct tree *o = tree_add_map(a, m, "state");
    tree_add_str(a, o, "state", s->state);
    tree_add_bool(a, o, "ended", s->ended);
    tree_add_str(a, o, "outcome", s->outcome);
    tree_add_str(a, o, "before", s->before);
    put_strs(a, o, "missing", s->missing, s->missing_n);
    put_strs(a, o, "marks", s->marks, s->marks_n);
    put_clocks(a, o, s);
    struct tree *list = tree_add_list(a, o, "obligations");
    for (size_t k = 0; k < s->obligations_n; k++) {
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "obligation", s->obligations[k].obligation);
        tree_add_str(a, one, "by", str_of(law_stream_word(s->obligations[k].by)));
        tree_add_int(a, one, "by_n", s->obligations[k].by_n);
    }
    list = tree_add_list(a, o, "effects");
    for (size_t k = 0; k < n && s->effects; k++)
        tree_add_str(a, list, NULL, str_of(law_effect_word(s->effects[k])));
    tree_add_int(a, o, "applied", (int64_t)s->applied);
    tree_add_copy(a, o, "particulars", s->particulars);
}

static void put_answer(struct turn *t, struct tree *m, const char *key, err e)
{
    struct arena *a = t->arena;
    struct tree *o = tree_add_map(a, m, key);
    tree_add_str(a, o, "err", str_of(err_word(e)));
    tree_add_str(a, o, "code", str_dup(a, str_of(t->fault.code)));
    tree_add_str(a, o, "article", str_dup(a, str_of(t->fault.article)));
    tree_add_str(a, o, "particular", str_dup(a, str_of(t->fault.particular)));
    turn_forgive(t);
}

/* ---- what is read ---------------------------------------------------------------------------- */

static enum law_stream stream_read(struct str s)
{
    if (str_is(s, "inward")) return LAW_INWARD;
    return str_is(s, "requested") ? LAW_REQUESTED : LAW_REQUESTING;
}

static struct law_act act_read(const struct tree *m)
{
    return (struct law_act){
        .act = tree_str(m, "act"),
        .instrument = tree_str(m, "instrument"),
        .kind = tree_str(m, "kind"),
        .stream = stream_read(tree_str(m, "stream")),
        .n = tree_int(m, "n", 0),
        .seen = tree_int(m, "seen", 0),
        .at_ms = tree_int(m, "at", 0),
        .particulars = tree_get(m, "particulars"),
        .ref = tree_str(m, "ref"),
    };
}

/* The zones of tzdata, by the names that the history at hand gives them. */
struct named {
    struct zones real;
    const struct tree *names;
};

static int32_t offset_min(void *ctx, struct str zone, int64_t at_ms)
{
    const struct named *z = ctx;
    for (const struct tree *k = z->names ? z->names->child : NULL; k; k = k->next)
        if (str_eq(k->key, zone)) return z->real.offset_min(z->real.ctx, k->str, at_ms);
    return z->real.offset_min(z->real.ctx, zone, at_ms);
}

static struct law_who who_read(struct arena *a, const struct tree *m, const struct zones *zones)
{
    const struct tree *list = tree_get(m, "functions");
    struct law_function *f = arena_take_many(a, FUNCTIONS_MAX, sizeof *f);
    size_t n = 0;
    for (const struct tree *k = list ? list->child : NULL; k && n < FUNCTIONS_MAX; k = k->next)
        f[n++] = (struct law_function){tree_str(k, "instrument"), tree_str(k, "function"),
                                       tree_str(k, "direction"), tree_str(k, "kind")};
    return (struct law_who){.side = stream_read(tree_str(m, "side")),
                            .functions = f,
                            .functions_n = n,
                            .system = tree_bool(m, "system", false),
                            .state = tree_str(m, "state"),
                            .other = tree_str(m, "other"),
                            .zones = zones};
}

/* ---- one step -------------------------------------------------------------------------------- */

/* The dossier as the acting side sees it. */
static err view(struct turn *t, const struct tree *m, const struct kept *kept, size_t kept_n,
                struct law_state *out, size_t *n_out)
{
    struct law_entry *entries = arena_take_many(t->arena, STEPS_MAX, sizeof *entries);
    const struct tree *sees = tree_get(m, "sees");
    enum law_stream side = stream_read(tree_str(m, "side"));
    size_t n = 0;
    for (const struct tree *k = sees ? sees->child : NULL; k && n < STEPS_MAX; k = k->next) {
        const struct kept *one = &kept[k->num];
        if (k->num < 0 || (size_t)k->num >= kept_n || !one->stands) continue;
        entries[n++] = (struct law_entry){one->act, one->side == side ? &one->own : &one->theirs};
    }
    *n_out = n;
    return law_fold(t, entries, n, out);
}

static void step(struct turn *t, const struct law_tables *l, const struct zones *zones,
                 const struct tree *m, struct kept *kept, size_t n, struct tree *out)
{
    struct law_state dossier = {0};
    size_t entries_n = 0;
    put_answer(t, out, "fold", view(t, m, kept, n, &dossier, &entries_n));
    put_state(t->arena, out, &dossier, entries_n);
    const struct tree *does = tree_get(m, "act");
    if (!does) return;
    struct law_who who = who_read(t->arena, m, zones);
    struct kept *k = &kept[n];
    k->act = act_read(does);
    k->side = who.side;
    err e = law_decide(t, l, &dossier, &who, &k->act, tree_int(m, "now", 0), &k->own);
    put_answer(t, out, "decide", e);
    put_verdict(t->arena, out, "verdict", &k->own);
    if (!tree_bool(m, "keep", false)) return;
    bool allowed = e == ERR_OK;
    if (k->act.stream == LAW_INWARD) {
        k->stands = allowed;
        return;
    }
    e = law_record(t, l, &who, &k->act, tree_int(m, "received", 0), &k->theirs);
    put_answer(t, out, "record", e);
    put_verdict(t->arena, out, "recorded", &k->theirs);
    k->stands = e == ERR_OK;
    if (!allowed) k->own = k->theirs;
}

static void history(struct turn *t, const struct law_tables *l, struct zones real,
                    const struct tree *asked)
{
    struct named named = {real, tree_get(asked, "zones")};
    const struct zones zones = {offset_min, &named};
    const struct tree *steps = tree_get(asked, "steps");
    struct tree *out = tree_list(t->arena);
    struct kept *kept = arena_take_many(t->arena, STEPS_MAX, sizeof *kept);
    size_t n = 0;
    for (const struct tree *m = steps ? steps->child : NULL; m && n < STEPS_MAX; m = m->next, n++)
        step(t, l, &zones, m, kept, n, tree_add_map(t->arena, out, NULL));
    struct str s = json_write(t->arena, out);
    printf(STR_FMT "\n", STR_ARG(s));
}

/* ---- the lines ------------------------------------------------------------------------------- */

static int fail(struct turn *t, err e)
{
    struct tree *m = tree_map(t->arena);
    struct str sentence = str_of(t->fault.sentence);
    tree_add_str(t->arena, m, "sentence", str_dup(t->arena, sentence));
    put_answer(t, m, "fault", e);
    struct str s = json_write(t->arena, m);
    printf(STR_FMT "\n", STR_ARG(s));
    return 1;
}

static err tables_read(struct turn *t, struct str packed, const struct law_tables **out)
{
    struct law_file *files;
    size_t n;
    try(law_tables_unpack(t, packed, &files, &n));
    return law_load(t, files, n, out);
}

int main(void)
{
    arena_spare();
    auto_arena long_lived = arena_new();
    auto_arena scratch = arena_new();
    struct turn at_start = {.arena = long_lived};
    struct zones zones = node_zones_hook(node_zones_new(long_lived));
    const struct law_tables *tables = NULL;
    char *line = NULL;
    size_t room = 0;
    ssize_t got;
    int status = 0;
    while (!status && (got = getline(&line, &room, stdin)) > 0) {
        struct str s = str_trim((struct str){line, (size_t)got});
        arena_reset(scratch);
        struct turn t = {.arena = scratch};
        struct tree *asked = NULL;
        if (!tables) {
            err e = tables_read(&at_start, str_dup(long_lived, s), &tables);
            if (e != ERR_OK)
                status = fail(&at_start, e);
            else
                printf("{}\n");
        } else {
            err e = json_read(&t, str_bytes(s), &limits, &asked);
            if (e != ERR_OK)
                status = fail(&t, e);
            else
                history(&t, tables, zones, asked);
        }
        fflush(stdout);
    }
    free(line);
    return status;
}
