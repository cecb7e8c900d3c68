/* SPDX-License-Identifier: Apache-2.0 */
/* The kit of the law tests. */

#include "law_test.h"

#include <stdlib.h>
#include <string.h>

/* The embedded tables never change, so they are read once for all tests. */
static const struct law_tables *tables;
static struct arena *tables_arena;

static void tables_free(void) { arena_free(tables_arena); }

int kit_up(void **state)
{
    struct kit *k = calloc(1, sizeof *k);
    assert_non_null(k);
    k->t.arena = arena_new();
    if (!tables) {
        struct turn t = {.arena = tables_arena = arena_new()};
        atexit(tables_free);
        if (law_load(&t, law_embedded, law_embedded_n, &tables) != ERR_OK)
            fail_msg("the embedded tables: %s", t.fault.sentence);
    }
    k->l = tables;
    *state = k;
    return 0;
}

int kit_down(void **state)
{
    struct kit *k = *state;
    arena_free(k->t.arena);
    free(k);
    return 0;
}

static const struct law_function both_functions[] = {
    {.instrument = STR("un-cybercrime"),
     .function = STR("contact"),
     .direction = STR("*"),
     .kind = STR("*")},
    {.instrument = STR("un-cybercrime"),
     .function = STR("mla"),
     .direction = STR("*"),
     .kind = STR("*")},
};

struct law_who asking(void)
{
    return (struct law_who){
        .side = LAW_REQUESTING, .functions = both_functions, .functions_n = 2, .state = STR("XN")};
}

struct law_who asked(void)
{
    return (struct law_who){
        .side = LAW_REQUESTED, .functions = both_functions, .functions_n = 2, .state = STR("XM")};
}

struct law_who node_itself(void)
{
    return (struct law_who){.side = LAW_REQUESTED, .system = true, .state = STR("XM")};
}

/* ---- particulars ----------------------------------------------------------------------------- */

static void put(struct kit *k, struct tree *map, const char *name, const char *value)
{
    bool yes = strcmp(value, "true") == 0;
    if (yes || strcmp(value, "false") == 0)
        tree_add_bool(k->t.arena, map, name, yes);
    else
        tree_add_str(k->t.arena, map, name, str_of(value));
}

const struct tree *says(struct kit *k, const char *name, ...)
{
    struct tree *map = tree_map(k->t.arena);
    va_list args;
    va_start(args, name);
    for (; name; name = va_arg(args, const char *)) put(k, map, name, va_arg(args, const char *));
    va_end(args);
    return map;
}

static const char *const whole[][2] = {
    {"authority_seeking", "Cybercrime Bureau of Norland, duty officer"},
    {"offence", "Illegal access, section 12, up to six years"},
    {"offence_scope", "convention_offence"},
    {"facts", "A hospital was encrypted on 23 November."},
    {"data", "Two servers at 203.0.113.7 and 203.0.113.8, from 20 to 24 November UTC"},
    {"relation", "The stolen records were copied there."},
    {"custodian", "The hosting provider"},
    {"necessity", "The rental ends in forty minutes."},
    {"mla_intended", "true"},
    {"confidential", "true"},
};

static struct tree *request_but(struct kit *k, const char *without)
{
    struct tree *map = tree_map(k->t.arena);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (!without || strcmp(whole[i][0], without) != 0) put(k, map, whole[i][0], whole[i][1]);
    return map;
}

const struct tree *request(struct kit *k, const char *without) { return request_but(k, without); }

const struct tree *request_with(struct kit *k, const char *name, const char *value)
{
    struct tree *map = request_but(k, name);
    put(k, map, name, value);
    return map;
}

/* ---- acts ------------------------------------------------------------------------------------ */

struct law_act act_of(enum law_stream stream, const char *act, const struct tree *particulars)
{
    return (struct law_act){.act = str_of(act),
                            .instrument = STR("un-cybercrime"),
                            .kind = STR("preservation"),
                            .stream = stream,
                            .n = 1,
                            .at_ms = NOON,
                            .particulars = particulars};
}

static enum law_stream side_of(enum law_stream stream)
{
    return stream == LAW_REQUESTING ? LAW_REQUESTING : LAW_REQUESTED;
}

struct law_state view(struct kit *k, const struct dossier *d, enum law_stream side, int64_t seen)
{
    struct law_entry held[DOSSIER_MAX];
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        enum law_stream s = d->author[i].act.stream;
        bool own = side_of(s) == side;
        if (!own && s == LAW_INWARD) continue;
        if (own || d->author[i].act.n <= seen) held[n++] = own ? d->author[i] : d->receiver[i];
    }
    struct law_state s;
    assert_int_equal(law_fold(&k->t, held, n, &s), ERR_OK);
    if (s.instrument.n == 0) {
        s.instrument = STR("un-cybercrime");
        s.kind = STR("preservation");
    }
    return s;
}

static void append(struct kit *k, struct dossier *d, struct law_act act,
                   struct law_verdict *by_author)
{
    assert_true(d->n < DOSSIER_MAX);
    struct law_verdict *by_receiver = by_author;
    if (act.stream != LAW_INWARD) {
        struct law_who author = act.stream == LAW_REQUESTING ? asking() : asked();
        by_receiver = arena_take(k->t.arena, sizeof *by_receiver);
        if (law_record(&k->t, k->l, &author, &act, act.at_ms + 1000, by_receiver) != ERR_OK)
            fail_msg("record: %s", k->t.fault.sentence);
    }
    d->author[d->n] = (struct law_entry){act, by_author ? by_author : by_receiver};
    d->receiver[d->n++] = (struct law_entry){act, by_receiver};
    d->count[act.stream]++;
}

static struct law_act next_act(struct dossier *d, enum law_stream stream, const char *act,
                               int64_t seen, const struct tree *particulars)
{
    struct law_act a = act_of(stream, act, particulars);
    a.n = d->count[stream] + 1;
    a.seen = seen;
    a.at_ms = NOON + (int64_t)d->n * MINUTE;
    return a;
}

void does(struct kit *k, struct dossier *d, enum law_stream stream, const char *act, int64_t seen,
          const struct tree *particulars)
{
    struct law_act a = next_act(d, stream, act, seen, particulars);
    struct law_state s = view(k, d, side_of(stream), seen);
    struct law_who who = stream == LAW_REQUESTING ? asking() : asked();
    struct law_verdict *v = arena_take(k->t.arena, sizeof *v);
    if (str_is(a.act, "expire")) {
        who = node_itself();
        a.at_ms = NOON + 200 * DAY_MS;
    }
    if (law_decide(&k->t, k->l, &s, &who, &a, a.at_ms, v) != ERR_OK)
        fail_msg("%s: %s", act, k->t.fault.sentence);
    append(k, d, a, v);
}

void records(struct kit *k, struct dossier *d, enum law_stream stream, const char *act,
             int64_t seen, const struct tree *particulars)
{
    append(k, d, next_act(d, stream, act, seen, particulars), NULL);
}

static const struct tree *order_says(struct kit *k)
{
    return says(k, "authority_ordering", "Court of Meridia", "order_number", "17", "order_date",
                "2026-11-24", "custodian", "The hosting provider", NULL);
}

struct dossier dossier_in(struct kit *k, const char *state)
{
    static const struct {
        const char *state;
        enum law_stream stream;
        const char *act;
    } steps[] = {
        {"asked", LAW_REQUESTED, "ask"},
        {"preserved", LAW_INWARD, "order"},
        {"preserved", LAW_REQUESTED, "preserve"},
        {"refused", LAW_REQUESTED, "refuse"},
        {"not_executable", LAW_REQUESTED, "not_executable"},
        {"withdrawn", LAW_REQUESTING, "withdraw"},
        {"expired", LAW_INWARD, "order"},
        {"expired", LAW_REQUESTED, "preserve"},
        {"expired", LAW_REQUESTED, "expire"},
    };
    struct dossier d = {0};
    if (strcmp(state, "new") == 0) return d;
    does(k, &d, LAW_REQUESTING, "send", 0, request(k, NULL));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (strcmp(steps[i].state, state) != 0) continue;
        const struct tree *p = NULL;
        if (strcmp(steps[i].act, "ask") == 0) p = says(k, "question", "Which port?", NULL);
        if (strcmp(steps[i].act, "order") == 0) p = order_says(k);
        if (strcmp(steps[i].act, "preserve") == 0)
            p = says(k, "preserved_until", "2027-01-23", NULL);
        if (strcmp(steps[i].act, "refuse") == 0)
            p = says(k, "ground", "essential_interests", "reasons", "Because.", NULL);
        if (strcmp(steps[i].act, "not_executable") == 0)
            p = says(k, "code", "gone", "reasons", "Deleted.", NULL);
        does(k, &d, steps[i].stream, steps[i].act, steps[i].stream == LAW_REQUESTING ? 0 : 1, p);
    }
    struct law_state s = folded(k, &d);
    assert_text(s.state, state);
    return d;
}

struct law_state folded(struct kit *k, const struct dossier *d)
{
    struct law_state s;
    assert_int_equal(law_fold(&k->t, d->author, d->n, &s), ERR_OK);
    if (s.instrument.n == 0) {
        s.instrument = STR("un-cybercrime");
        s.kind = STR("preservation");
    }
    return s;
}

/* ---- a state as text ------------------------------------------------------------------------- */

static void list_text(struct arena *a, struct tree *to, const char *key, const struct str *p,
                      size_t n)
{
    struct tree *list = tree_add_list(a, to, key);
    for (size_t i = 0; i < n; i++) tree_add_str(a, list, NULL, p[i]);
}

struct str state_text(struct arena *a, const struct law_entry *entries, size_t n,
                      const struct law_state *s)
{
    struct tree *to = tree_map(a);
    tree_add_str(a, to, "state", s->state);
    tree_add_bool(a, to, "ended", s->ended);
    tree_add_str(a, to, "outcome", s->outcome);
    tree_add_str(a, to, "instrument", s->instrument);
    tree_add_str(a, to, "kind", s->kind);
    tree_add_int(a, to, "applied", (int64_t)s->applied);
    list_text(a, to, "missing", s->missing, s->missing_n);
    list_text(a, to, "marks", s->marks, s->marks_n);
    struct tree *clocks = tree_add_list(a, to, "clocks");
    for (size_t i = 0; i < s->clocks_n; i++) {
        const struct law_clock *c = &s->clocks[i];
        struct tree *row = tree_add_map(a, clocks, NULL);
        tree_add_str(a, row, "clock", c->clock);
        tree_add_str(a, row, "article", c->article);
        tree_add_str(a, row, "on_end", c->on_end);
        tree_add_str(a, row, "proof", c->proof);
        tree_add_int(a, row, "start_ms", c->start_ms);
        tree_add_int(a, row, "end_ms", c->end_ms);
        tree_add_bool(a, row, "running", c->running);
        tree_add_bool(a, row, "duty", c->duty);
        tree_add_int(a, row, "by", c->by);
        tree_add_int(a, row, "by_n", c->by_n);
    }
    struct tree *effects = tree_add_map(a, to, "effects");
    for (size_t i = 0; i < n; i++) {
        struct str name =
            str_printf(a, "%s_%04d", law_stream_word(entries[i].act.stream), (int)entries[i].act.n);
        tree_add_str(a, effects, str_c(a, name), str_of(law_effect_word(s->effects[i])));
    }
    if (s->particulars) tree_add_copy(a, to, "particulars", s->particulars);
    return json_write(a, to);
}

/* ---- deciding -------------------------------------------------------------------------------- */

void refuses(struct kit *k, const struct law_state *s, struct law_who who, struct law_act act,
             err expected, const char *code, const char *article, const char *particular)
{
    struct law_verdict v;
    err e = law_decide(&k->t, k->l, s, &who, &act, act.at_ms, &v);
    if (e == ERR_OK) fail_msg("allowed: %.*s", STR_ARG(act.act));
    assert_string_equal(k->t.fault.code, code);
    assert_string_equal(k->t.fault.article, article);
    assert_string_equal(k->t.fault.particular, particular);
    assert_int_equal(e, expected);
    assert_true(k->t.fault.sentence[0] != 0);
    assert_false(v.allowed);
    turn_forgive(&k->t);
}

void allows(struct kit *k, const struct law_state *s, struct law_who who, struct law_act act,
            struct law_verdict *out)
{
    if (law_decide(&k->t, k->l, s, &who, &act, act.at_ms, out) != ERR_OK)
        fail_msg("%.*s: %s", STR_ARG(act.act), k->t.fault.sentence);
    assert_true(out->allowed && out->known);
}

bool remarked(const struct law_remark *r, const char *code, const char *article,
              const char *particular)
{
    for (; r; r = r->next)
        if (str_is(r->code, code) && str_is(r->article, article) &&
            str_is(r->particular, particular))
            return r->sentence.n > 0;
    return false;
}

/* ---- files ----------------------------------------------------------------------------------- */

err load_with(struct kit *k, const char *path, struct str text, const struct law_tables **out)
{
    struct law_file *files = arena_take_many(k->t.arena, law_embedded_n + 1, sizeof *files);
    size_t n = 0;
    for (size_t i = 0; i < law_embedded_n; i++)
        if (strcmp(law_embedded[i].path, path) != 0) files[n++] = law_embedded[i];
    files[n++] = (struct law_file){path, (const unsigned char *)text.p, text.n};
    return law_load(&k->t, files, n, out);
}

struct str edited(struct kit *k, const char *path, const char *piece, const char *by)
{
    for (size_t i = 0; i < law_embedded_n; i++) {
        if (strcmp(law_embedded[i].path, path) != 0) continue;
        const char *text =
            str_c(k->t.arena, (struct str){(const char *)law_embedded[i].p, law_embedded[i].n});
        const char *at = strstr(text, piece);
        if (!at) fail_msg("%s has no \"%s\"", path, piece);
        return str_printf(k->t.arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(piece));
    }
    fail_msg("no %s", path);
    return STR("");
}
