/* SPDX-License-Identifier: Apache-2.0 */
/* The files of law/, each time with one mistake in one place: every one is refused with its file,
 * line and column, and leaves nothing half loaded. The mistakes are made by the schema, which says
 * of each value what it must be, so that none of them is legitimate. SEED chooses other places. */

#include "law_test.h"

#include "law/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_MAX = 65536, DEPTH_MAX = 12, EACH = 9, ASKED_AT_LEAST = 200, TRIES_MAX = 200000 };

/* A value of a file, and what the schema says of it. */
struct place {
    size_t file;
    const struct tree *v;
    const struct law_field *field;
    const struct law_shape *shape; /* of the map it stands in */
    bool in_parts, in_list;        /* within `amend`; an item of a list */
};
struct mutated {
    struct kit *k;
    struct place *places;
    size_t places_n;
    uint64_t seed;
    struct str text; /* of the file, after the mistake */
};

static uint64_t draw(struct mutated *m, uint64_t below)
{
    m->seed ^= m->seed << 13;
    m->seed ^= m->seed >> 7;
    m->seed ^= m->seed << 17;
    return m->seed % below;
}

/* ---- where values stand ---------------------------------------------------------------------- */

static void place_add(struct mutated *m, struct place p)
{
    assert_true(m->places_n < PLACES_MAX);
    m->places[m->places_n++] = p;
}

static void map_places(struct mutated *m, size_t file, const struct tree *map,
                       const struct law_shape *shape, bool in_parts, int depth)
{
    if (depth > DEPTH_MAX || map->kind != TREE_MAP) return;
    for (const struct tree *v = map->child; v; v = v->next) {
        const struct law_field *f = shape->fields;
        while (f < shape->fields + shape->n && !str_is(v->key, f->key)) f++;
        if (f == shape->fields + shape->n) continue;
        place_add(m, (struct place){file, v, f, shape, in_parts, false});
        for (const struct tree *c = f->form == FORM_NUMBERS ? v->child : NULL; c; c = c->next)
            place_add(m, (struct place){file, c, f, shape, in_parts, false});
        bool parts = in_parts || f->form == FORM_PARTS;
        if (f->form == FORM_MAP) map_places(m, file, v, f->shape, parts, depth + 1);
        for (const struct tree *c = v->kind == TREE_LIST ? v->child : NULL; c; c = c->next) {
            place_add(m, (struct place){file, c, f, shape, parts, true});
            if (f->shape) map_places(m, file, c, f->shape, parts, depth + 1);
        }
    }
}

static const struct law_shape *shape_of(const char *path)
{
    if (strcmp(path, "remarks.yaml") == 0) return &law_shape_remarks;
    if (strncmp(path, "states/", 7) == 0) return &law_shape_state;
    if (strncmp(path, "patterns/", 9) == 0) return &law_shape_pattern;
    return strchr(path + strlen("instruments/"), '/') ? &law_shape_part : &law_shape_instrument;
}

static void places_find(struct mutated *m)
{
    static const struct tree_limits limits = {
        .size_max = LAW_FILE_SIZE_MAX, .depth_max = 14, .count_max = 65536};
    m->places = arena_take_many(m->k->t.arena, PLACES_MAX, sizeof *m->places);
    for (size_t i = 0; i < law_embedded_n; i++) {
        const struct law_file *f = &law_embedded[i];
        struct tree *root;
        assert_int_equal(yaml_read(&m->k->t, f->path, (struct bytes){f->p, f->n}, &limits, &root),
                         ERR_OK);
        map_places(m, i, root, shape_of(f->path), false, 0);
    }
}

/* ---- where they stand in the text ------------------------------------------------------------ */

struct piece {
    const char *all, *key, *from, *to, *line; /* the file, the key, the value, the line's begin */
    bool flow;                                /* between braces, on one line */
};

/* Columns count characters. */
static const char *at_of(const char *all, const struct tree *v)
{
    uint32_t col = 1;
    for (uint32_t line = 1; line < v->line; line++) all = strchr(all, '\n') + 1;
    while (col < v->col) col += ((unsigned char)*++all & 0xc0) != 0x80;
    return all;
}

static const char *scalar_end(const char *from, const struct tree *v)
{
    if (*from == '"' || *from == '\'') {
        const char *to = from + 1;
        while (*to && *to != *from) to += *to == '\\' ? 2 : 1;
        return *to ? to + 1 : NULL;
    }
    if (v->kind != TREE_STR) return from + strspn(from, "-0123456789truefalsn");
    return strncmp(from, v->str.p ? v->str.p : "", v->str.n) == 0 ? from + v->str.n : NULL;
}

/* The text of a word, number or flag; false where it goes over lines. */
static bool piece_of(struct mutated *m, const struct place *p, struct piece *out)
{
    const struct law_file *f = &law_embedded[p->file];
    if (p->v->kind == TREE_MAP || p->v->kind == TREE_LIST || p->v->kind == TREE_NULL) return false;
    out->all = str_c(m->k->t.arena, (struct str){(const char *)f->p, f->n});
    out->line = out->key = at_of(out->all, p->v);
    while (out->line > out->all && out->line[-1] != '\n') out->line--;
    /* A value in a map stands where its key does. */
    out->from = p->in_list ? out->key : out->key + p->v->key.n + 1;
    if (!p->in_list && out->from[-1] != ':') return false;
    while (*out->from == ' ') out->from++;
    if (p->in_list) out->key = NULL;
    out->to = scalar_end(out->from, p->v);
    if (!out->to || memchr(out->from, '\n', (size_t)(out->to - out->from))) return false;
    out->flow = *out->to != '\n' || memchr(out->line, '{', (size_t)(out->from - out->line));
    return true;
}

static void puts_between(struct mutated *m, const struct piece *p, const char *from,
                         const char *with, const char *to)
{
    m->text = str_printf(m->k->t.arena, "%.*s%s%s", (int)(from - p->all), p->all, with, to);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

static bool said_as(struct mutated *m, const struct place *p, const char *with)
{
    struct piece t;
    if (!piece_of(m, p, &t)) return false;
    puts_between(m, &t, t.from, with, t.to);
    return true;
}

static bool key_unknown(struct mutated *m, const struct place *p)
{
    struct piece t;
    if (!piece_of(m, p, &t) || !t.key) return false;
    puts_between(m, &t, t.key, "x", t.key);
    return true;
}

/* Only what is asked for: elsewhere a topic stands for the article, in `amend` names are enough. */
static bool key_deleted(struct mutated *m, const struct place *p)
{
    struct piece t;
    if (!p->field->required || p->in_parts || p->shape->cites) return false;
    if (!piece_of(m, p, &t) || !t.key) return false;
    if (t.flow && strncmp(t.to, ", ", 2) == 0) {
        puts_between(m, &t, t.key, "", t.to + 2);
        return true;
    }
    bool ends = t.flow && t.key - t.line > 2 && strncmp(t.key - 2, ", ", 2) == 0;
    bool alone = !t.flow && t.line + strspn(t.line, " ") == t.key;
    puts_between(m, &t, ends ? t.key - 2 : t.line, "", alone ? t.to + 1 : t.to);
    return ends || alone;
}

static bool key_twice(struct mutated *m, const struct place *p)
{
    struct piece t;
    if (!piece_of(m, p, &t) || !t.key) return false;
    struct str again = {t.key, (size_t)(t.to - t.key)};
    bool alone = !t.flow && t.line + strspn(t.line, " ") == t.key;
    if (!alone && !t.flow) return false;
    struct str with = t.flow ? str_printf(m->k->t.arena, STR_FMT ", ", STR_ARG(again))
                             : str_printf(m->k->t.arena, STR_FMT "\n%.*s", STR_ARG(again),
                                          (int)(t.key - t.line), t.line);
    puts_between(m, &t, t.key, str_c(m->k->t.arena, with), t.key);
    return true;
}

/* A row between braces on a line of its own. */
static bool row_twice(struct mutated *m, const struct place *p)
{
    const struct law_file *f = &law_embedded[p->file];
    struct piece t = {.all = str_c(m->k->t.arena, (struct str){(const char *)f->p, f->n})};
    if (!p->in_list || p->v->kind != TREE_MAP || !p->field->shape->unique) return false;
    t.from = at_of(t.all, p->v);
    const char *to = strchr(t.from, '\n');
    for (t.line = t.from; t.line > t.all && t.line[-1] != '\n';) t.line--;
    if (*t.from != '{' || !to || to[-1] != '}' || t.line + strspn(t.line, " ") + 2 != t.from)
        return false;
    struct str row = {t.line, (size_t)(to + 1 - t.line)};
    puts_between(m, &t, t.line, str_c(m->k->t.arena, row), t.line);
    return true;
}

static bool of_form(const struct place *p, enum law_form form) { return p->field->form == form; }

static bool word_is_none(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_WORD) && said_as(m, p, "Not A Word");
}
static bool item_is_none(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_WORDS) && p->in_list && said_as(m, p, "Not A Word");
}
static bool enum_is_none(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_ENUM) && said_as(m, p, "sometimes");
}
static bool number_is_none(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_INT) && said_as(m, p, "many");
}
static bool number_too_large(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_INT) && said_as(m, p, "2000000000");
}
static bool number_below(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_INT) && said_as(m, p, "-1");
}
static bool flag_is_none(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_FLAG) && said_as(m, p, "perhaps");
}
static bool no_such_day(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_DAY) && said_as(m, p, "2026-02-30");
}
static bool no_such_state(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_STATE) && said_as(m, p, "Xn");
}
static bool article_is_none(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_ARTICLE) && said_as(m, p, "\"forty-two\"");
}
/* What has an article of its own only tells where it stands. */
static bool no_such_article(struct mutated *m, const struct place *p)
{
    bool tells = strcmp(p->shape->what, "an article") == 0;
    return of_form(p, FORM_ARTICLE) && !tells && !p->in_parts && said_as(m, p, "\"998(9)\"");
}
static bool map_for_a_word(struct mutated *m, const struct place *p)
{
    return !p->in_list && said_as(m, p, "{a: b}");
}
static bool list_for_a_text(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_TEXT) && said_as(m, p, "[a]");
}
static bool text_is_empty(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_TEXT) && said_as(m, p, "\"\"");
}
static bool not_utf8(struct mutated *m, const struct place *p) { return said_as(m, p, "\xff"); }
static bool bracket_left_open(struct mutated *m, const struct place *p)
{
    return !p->in_list && said_as(m, p, "[");
}
static bool anchored(struct mutated *m, const struct place *p) { return said_as(m, p, "&a x"); }
static bool tagged(struct mutated *m, const struct place *p) { return said_as(m, p, "!a x"); }
static bool language_missing(struct mutated *m, const struct place *p)
{
    return p->shape == &law_shape_titles && key_deleted(m, p);
}
static bool language_unknown(struct mutated *m, const struct place *p)
{
    return p->shape == &law_shape_titles && key_unknown(m, p);
}

/* Names that must lead to a row, by what they stand in. */
static bool leads_nowhere(struct mutated *m, const struct place *p)
{
    static const char *const names[][2] = {
        {"a guard", "remark"},
        {"a guard", "clock"},
        {"a guard", "mark"},
        {"a guard", "particular"},
        {"a guard", "guard"},
        {"an act", "to"},
        {"an act", "outcome"},
        {"an act", "from"},
        {"an act", "starts"},
        {"an act", "stops"},
        {"an act", "duty_done"},
        {"an act", "attaches"},
        {"an act", "next_when"},
        {"a role", "function"},
        {"a clock", "on_end"},
        {"a clock", "stops_while"},
        {"a kind", "scope"},
        {"a kind", "patterns"},
        {"a kind", "obligations"},
        {"a kind", "form"},
        {"a function held", "kind"},
        {"a function held", "function"},
        {"a function held", "instrument"},
        {"a line of the profile", "field"},
        {"a condition", "profile"},
        {"a condition", "equals"},
        {"a condition", "one_of"},
        {"a clock", "start"},
        {"a clock", "end_particular"},
        {"a dossier that follows", "kind"},
        {"a dossier that follows", "link"},
        {"what a linked dossier brings about", "link"},
        {"what a linked dossier brings about", "act"},
        {"what a linked dossier brings about", "does"},
        {"what an act of the node says", "particular"},
        {"what an act of the node says", "of"},
    };
    if (p->in_parts) return false;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        if (!strcmp(p->shape->what, names[n][0]) && !strcmp(p->field->key, names[n][1]))
            return said_as(m, p, "nowhere");
    return false;
}

/* What the field of a profile has no value for. */
static bool no_such_value(struct mutated *m, const struct place *p)
{
    bool of_profile = !strcmp(p->shape->what, "a line of the profile");
    return of_profile && !strcmp(p->field->key, "value") && said_as(m, p, "perhaps so");
}

static bool no_such_language(struct mutated *m, const struct place *p)
{
    return of_form(p, FORM_LANGUAGES) && p->in_list && said_as(m, p, "xx");
}

static bool item_twice(struct mutated *m, const struct place *p)
{
    bool list = of_form(p, FORM_WORDS) || of_form(p, FORM_TEXTS) || of_form(p, FORM_LANGUAGES);
    struct str item = p->v->str, with;
    struct piece t;
    if (!list || !p->in_list || !piece_of(m, p, &t) || !t.flow) return false;
    with =
        str_printf(m->k->t.arena, "\"" STR_FMT "\", \"" STR_FMT "\"", STR_ARG(item), STR_ARG(item));
    return said_as(m, p, str_c(m->k->t.arena, with));
}

/* In force since no day. */
static bool in_force_since_never(struct mutated *m, const struct place *p)
{
    bool of_party = !strcmp(p->shape->what, "an instrument of the State");
    struct piece t;
    if (!of_party || strcmp(p->field->key, "in_force") != 0 || !piece_of(m, p, &t)) return false;
    puts_between(m, &t, t.key, "signed: 2020-01-01", t.to);
    return true;
}

/* A ground whose reservation stands elsewhere than the ground. */
static bool reserved_elsewhere(struct mutated *m, const struct place *p)
{
    bool of_ground = !strcmp(p->shape->what, "a ground") && !p->in_parts;
    return of_ground && !strcmp(p->field->key, "reservation") && said_as(m, p, "\"997\"");
}

/* A law of one State that is none of ours. */
static bool of_no_state(struct mutated *m, const struct place *p)
{
    return !strcmp(p->field->key, "of_state") && said_as(m, p, "QQ");
}

/* A guard whose particular is there and is of another type. */
static bool guard_gone(struct mutated *m, const struct place *p)
{
    static const char *const guards[] = {"ground_listed", "after_clock_end"};
    bool one = !strcmp(p->shape->what, "a guard") && !strcmp(p->field->key, "guard");
    for (size_t n = 0; n < sizeof guards / sizeof *guards; n++)
        if (one && !p->in_parts && str_is(p->v->str, guards[n])) return said_as(m, p, "in_scope");
    return false;
}

/* `*` as an instrument of the State's rows: it belongs to one. */
static bool no_such_instrument(struct mutated *m, const struct place *p)
{
    bool of_state = strncmp(law_embedded[p->file].path, "states/", 7) == 0;
    return of_state && !strcmp(p->field->key, "instrument") && said_as(m, p, "lex-nulla");
}

/* Another name for the thing the file is called after. */
static bool another_file(struct mutated *m, const struct place *p)
{
    static const char *const names[] = {"instrument", "pattern", "part_of"};
    bool is_root = p->shape == shape_of(law_embedded[p->file].path);
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        if (is_root && !strcmp(p->field->key, names[n])) return said_as(m, p, "another");
    return is_root && !strcmp(p->field->key, "state") && said_as(m, p, "QQ");
}

/* A second row like one that is there, under a name to which nothing leads. */
static bool state_unreached(struct mutated *m, const struct place *p)
{
    if (strcmp(p->field->key, "states") != 0 || p->in_parts || !row_twice(m, p)) return false;
    const char *all = str_c(m->k->t.arena, m->text), *name = strstr(at_of(all, p->v), "state: ");
    if (!name || name - at_of(all, p->v) > 1) return false;
    m->text =
        str_printf(m->k->t.arena, "%.*slimbo%s", (int)(name + 7 - all), all, strchr(name, ','));
    return true;
}

static bool end_is_none(struct mutated *m, const struct place *p)
{
    bool is = !strcmp(p->shape->what, "a state") && !strcmp(p->field->key, "end");
    return is && !p->in_parts && said_as(m, p, "false");
}

/* One day on the wrong side of the instrument's number. */
static bool setting_too_easy(struct mutated *m, const struct place *p)
{
    if (p->field->form != FORM_NUMBERS || p->v->kind != TREE_INT) return false;
    for (size_t i = 0; i < m->k->l->instruments_n; i++)
        for (size_t n = 0; n < m->k->l->instruments[i].kinds_n; n++) {
            const struct law_kind *kind = &m->k->l->instruments[i].kinds[n];
            for (size_t c = 0; c < kind->clocks_n; c++) {
                const struct law_clock_row *row = &kind->clocks[c];
                if (!str_eq(row->setting, p->v->key) || !row->days) continue;
                int64_t days = row->at_most ? row->days + 1 : row->days - 1;
                struct str text = str_printf(m->k->t.arena, "%d", (int)days);
                return said_as(m, p, str_c(m->k->t.arena, text));
            }
        }
    return false;
}

static const struct mistake {
    const char *says;
    bool (*makes)(struct mutated *m, const struct place *p);
    bool elsewhere; /* it may be seen only where the name is looked for, or the list begins */
} mistakes[] = {
    {"a key nobody knows", key_unknown, false},
    {"a key left out", key_deleted, true},
    {"a key twice", key_twice, true},
    {"a row twice", row_twice, true},
    {"no word", word_is_none, false},
    {"no word in a list", item_is_none, true},
    {"a word that is none of the list", enum_is_none, false},
    {"no number", number_is_none, false},
    {"a number too large", number_too_large, false},
    {"a number below nought", number_below, false},
    {"neither yes nor no", flag_is_none, false},
    {"a day that does not exist", no_such_day, false},
    {"a State's letters in the wrong case", no_such_state, false},
    {"no article", article_is_none, false},
    {"an article that is not there", no_such_article, true},
    {"a map instead of a word", map_for_a_word, false},
    {"a list instead of a text", list_for_a_text, false},
    {"an empty text", text_is_empty, false},
    {"bytes that are no text", not_utf8, false},
    {"a bracket left open", bracket_left_open, true},
    {"an anchor", anchored, false},
    {"a tag", tagged, false},
    {"a title in one language", language_missing, true},
    {"a title in no language", language_unknown, false},
    {"a name that leads nowhere", leads_nowhere, true},
    {"an instrument that is not there", no_such_instrument, true},
    {"a file of another name", another_file, true},
    {"a state that nothing leads to", state_unreached, true},
    {"an end that is none", end_is_none, true},
    {"a State's number beyond the treaty's", setting_too_easy, false},
    {"a value that a profile cannot have", no_such_value, false},
    {"a language that is none", no_such_language, false},
    {"an item twice", item_twice, true},
    {"in force since no day", in_force_since_never, true},
    {"a reservation elsewhere", reserved_elsewhere, true},
    {"a law of no State", of_no_state, false},
    {"a guard that is another", guard_gone, true},
};

/* ---- all of them ----------------------------------------------------------------------------- */

/* "instruments/small.yaml:12:5", of a file that is there. */
static bool names_a_place(const char *said, char *file_out, size_t size, unsigned *line_out)
{
    unsigned col = 0;
    const char *colon = strchr(said, ':');
    if (!colon || (size_t)(colon - said) >= size) return false;
    snprintf(file_out, size, "%.*s", (int)(colon - said), said);
    if (sscanf(colon, ":%u:%u", line_out, &col) != 2 || !*line_out || !col) return false;
    for (size_t i = 0; i < law_embedded_n; i++)
        if (strcmp(law_embedded[i].path, file_out) == 0) return true;
    return false;
}

static void refused_with_its_place(struct mutated *m, const struct mistake *mistake,
                                   const struct place *p)
{
    static const struct law_tables *const untouched = (const struct law_tables *)&mistakes;
    const char *path = law_embedded[p->file].path;
    const struct law_tables *l = untouched;
    struct fault *f = &m->k->t.fault;
    char file[128];
    unsigned line = 0;
    err e = load_with(m->k, path, m->text, &l);
    if (e == ERR_OK)
        fail_msg("%s: it loads, at %s:%u:%u", mistake->says, path, p->v->line, p->v->col);
    assert_int_equal(e, ERR_REJECTED);
    assert_ptr_equal(l, untouched);
    if (!names_a_place(f->particular, file, sizeof file, &line))
        fail_msg("%s, at %s:%u: no place, \"%s\": %s", mistake->says, path, p->v->line,
                 f->particular, f->sentence);
    if (!mistake->elsewhere && (strcmp(file, path) != 0 || line != p->v->line))
        fail_msg("%s, at %s:%u, is said to be at %s", mistake->says, path, p->v->line,
                 f->particular);
    assert_true(f->sentence[0] != 0);
    turn_forgive(&m->k->t);
}

/* A few places of one sort of mistake, each another one; how many there were. */
static size_t mistake_try(struct mutated *m, const struct mistake *mistake)
{
    size_t made[EACH], n = 0;
    for (size_t tries = 0; tries < TRIES_MAX && n < EACH; tries++) {
        auto_arena a = arena_new();
        struct arena *kept = m->k->t.arena;
        size_t at = draw(m, m->places_n), known = 0;
        while (known < n && made[known] != at) known++;
        m->k->t.arena = a;
        if (known == n && mistake->makes(m, &m->places[at])) {
            refused_with_its_place(m, mistake, &m->places[at]);
            made[n++] = at;
        }
        m->k->t.arena = kept;
    }
    return n;
}

static void every_mistake_in_a_file_of_the_law_is_refused_at_its_place(void **state)
{
    struct mutated m = {.k = *state, .seed = 88172645463325252};
    const char *given = getenv("SEED");
    if (given && *given) m.seed = strtoull(given, NULL, 10) | 1;
    size_t refused = 0;
    places_find(&m);
    for (size_t n = 0; n < sizeof mistakes / sizeof *mistakes; n++) {
        size_t made = mistake_try(&m, &mistakes[n]);
        print_message("# %s: %zu refused\n", mistakes[n].says, made);
        if (made == 0) fail_msg("%s: nowhere", mistakes[n].says);
        refused += made;
    }
    print_message("# %zu files refused, of %zu values\n", refused, m.places_n);
    assert_true(refused >= ASKED_AT_LEAST);
    const struct law_tables *l;
    assert_int_equal(law_load(&m.k->t, law_embedded, law_embedded_n, &l), ERR_OK);
    assert_true(hash_eq(law_tables_hash(l), law_tables_hash(m.k->l)));
}

int mutated_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(every_mistake_in_a_file_of_the_law_is_refused_at_its_place),
    };
    return cmocka_run_group_tests_name("mutated", tests, NULL, NULL);
}
