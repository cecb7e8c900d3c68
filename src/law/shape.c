/* SPDX-License-Identifier: Apache-2.0 */
/* The checker of law files: one walk over a tree beside the table that says what it must look like.
 *
 * A file is mended by a lawyer, so a fault names the line and column and lists what may stand
 * there. What one row says about another is not checked here but in load.c. */

#include "law/shape.h"

#include "law/law.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

enum { WORD_MAX = 64, ARTICLE_MAX = 32, SHAPE_DEPTH_MAX = 14, SAID_MAX = 360, KEYS_SAID_MAX = 24 };

struct check {
    struct turn *t;
    const char *code;
    struct str path;
    bool in_parts;  /* within rows that need not be whole */
    bool of_people; /* a file that a lawyer writes, not what the program stored */
};
static err map_check(const struct check *c, const struct tree *map, const struct law_shape *shape,
                     int depth);

err law_shape_check(struct turn *t, const char *code, struct str path, const struct tree *root,
                    const struct law_shape *shape)
{
    struct check c = {t, code, path, false, strcmp(code, "law-file") == 0};
    return map_check(&c, root, shape, 0);
}

static err fail_said(const struct check *c, const struct tree *at, const char *said)
{
    struct str place = str_printf(c->t->arena, STR_FMT ":%u:%u", STR_ARG(c->path),
                                  at ? at->line : 1, at ? at->col : 1);
    return turn_fail_at(c->t, ERR_REJECTED, c->code, NULL, place, STR_FMT ": %s.", STR_ARG(place),
                        said);
}

err law_file_fail(struct turn *t, struct str path, const struct tree *at, const char *fmt, ...)
{
    char said[SAID_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    return fail_said(&(struct check){t, "law-file", path, false, true}, at, said);
}

static err fail(const struct check *c, const struct tree *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static err fail(const struct check *c, const struct tree *at, const char *fmt, ...)
{
    char said[SAID_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    return fail_said(c, at, said);
}

/* ---- what a value looks like ----------------------------------------------------------------- */

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_word(struct str s)
{
    if (s.n == 0 || s.n > WORD_MAX) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool inside = i > 0 && (c == '_' || c == '.' || c == '-');
        if (!is_lower(c) && !is_digit(c) && !inside) return false;
    }
    return true;
}

/* A number, by its parts as national laws have them ("494.1", "273-1"), then any count of groups
 * like "(3)" or "(c)". */
bool law_is_article(struct str s)
{
    size_t i = 0, digits = 0;
    if (s.n > ARTICLE_MAX) return false;
    for (; i < s.n && (is_digit(s.p[i]) || (digits && (s.p[i] == '.' || s.p[i] == '-'))); i++)
        digits = is_digit(s.p[i]) ? digits + 1 : 0;
    if (digits == 0) return false;
    while (i < s.n) {
        if (s.p[i++] != '(') return false;
        size_t from = i;
        while (i < s.n && (is_lower(s.p[i]) || is_digit(s.p[i]))) i++;
        if (i == from || i == s.n || s.p[i++] != ')') return false;
    }
    return true;
}

static bool is_among(const char *words, struct str s)
{
    struct str head, rest = str_of(words);
    bool more = true;
    while (more) {
        more = str_split(rest, ' ', &head, &rest);
        if (str_eq(head, s)) return true;
    }
    return false;
}

static bool is_state(struct str s)
{
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static bool text_fits(const struct tree *v, const struct law_field *f)
{
    return v->kind == TREE_STR && v->str.n >= (size_t)f->min && v->str.n <= (size_t)f->max;
}

static bool list_fits(const struct tree *v, const struct law_field *f)
{
    if (v->kind != TREE_LIST || v->count > LAW_ROWS_MAX) return false;
    for (const struct tree *c = v->child; c; c = c->next) {
        if (c->kind != TREE_STR) return false;
        if (f->form == FORM_WORDS ? !is_word(c->str) : f->form == FORM_TEXTS && !text_fits(c, f))
            return false;
    }
    return true;
}

static bool numbers_fit(const struct tree *v, const struct law_field *f)
{
    if (v->kind != TREE_MAP) return false;
    for (const struct tree *c = v->child; c; c = c->next)
        if (!is_word(c->key) || c->kind != TREE_INT || c->num < f->min || c->num > f->max)
            return false;
    return true;
}

static bool value_fits(const struct tree *v, const struct law_field *f)
{
    int64_t day;
    bool text = v->kind == TREE_STR;
    switch (f->form) {
    case FORM_WORD:
        return text && is_word(v->str);
    case FORM_WORD_OR_ANY:
        return text && (is_word(v->str) || str_is(v->str, "*"));
    case FORM_TEXT:
        return text_fits(v, f);
    case FORM_ARTICLE:
        return text && law_is_article(v->str);
    case FORM_CITE:
        return text && (law_is_article(v->str) || is_word(v->str));
    case FORM_DAY:
        return text && day_read(v->str, &day);
    case FORM_STATE:
        return text && is_state(v->str);
    case FORM_ENUM:
        return text && is_among(f->words, v->str);
    case FORM_INT:
        return v->kind == TREE_INT && v->num >= f->min && v->num <= f->max;
    case FORM_FLAG:
        return v->kind == TREE_BOOL;
    case FORM_WORDS:
    case FORM_TEXTS:
    case FORM_LANGUAGES:
        return list_fits(v, f);
    case FORM_NUMBERS:
        return numbers_fit(v, f);
    case FORM_MAP:
        return v->kind == TREE_MAP;
    case FORM_ROWS:
    case FORM_PARTS:
        return v->kind == TREE_LIST && v->count <= LAW_ROWS_MAX;
    }
    return false;
}

static struct str form_said(struct arena *a, const struct law_field *f)
{
    switch (f->form) {
    case FORM_WORD:
        return STR("a word of lower-case letters, digits, _ . -");
    case FORM_WORD_OR_ANY:
        return STR("a word of lower-case letters, digits, _ . -, or \"*\"");
    case FORM_TEXT:
        return str_printf(a, "a text of %d to %d bytes", (int)f->min, (int)f->max);
    case FORM_ARTICLE:
        return STR("an article in quotes, like \"99(1)(a)\"");
    case FORM_CITE:
        return STR("an article in quotes, like \"99(1)(a)\", or a topic");
    case FORM_DAY:
        return STR("a day, like 2026-02-23");
    case FORM_STATE:
        return STR("a State: two capital letters");
    case FORM_ENUM:
        return str_printf(a, "one of: %s", f->words);
    case FORM_INT:
        return str_printf(a, "a number from %d to %d", (int)f->min, (int)f->max);
    case FORM_FLAG:
        return STR("true or false");
    case FORM_WORDS:
        return STR("a list of words");
    case FORM_TEXTS:
        return STR("a list of texts");
    case FORM_LANGUAGES:
        return STR("a list of languages");
    case FORM_NUMBERS:
        return str_printf(a, "a map of words to numbers from %d to %d", (int)f->min, (int)f->max);
    case FORM_MAP:
        return str_printf(a, "a map: %s", f->shape->what);
    case FORM_ROWS:
    case FORM_PARTS:
        return str_printf(a, "a list, each item %s", f->shape->what);
    }
    return STR("nothing");
}

/* ---- the walk -------------------------------------------------------------------------------- */

static const struct law_field *field_of(const struct law_shape *shape, struct str key)
{
    for (size_t i = 0; i < shape->n; i++)
        if (str_is(key, shape->fields[i].key)) return &shape->fields[i];
    return NULL;
}

static struct str keys_said(struct arena *a, const struct law_shape *shape)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < shape->n && i < KEYS_SAID_MAX; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", shape->fields[i].key);
    return buf_as_str(&b);
}

/* Two rows of one name would make a reader guess which of them holds. */
static err unique_check(const struct check *c, const struct tree *rows,
                        const struct law_shape *shape)
{
    if (!shape->unique) return ERR_OK;
    for (const struct tree *r = rows->child; r; r = r->next)
        for (const struct tree *q = rows->child; q != r; q = q->next)
            if (str_eq(tree_str(q, shape->unique), tree_str(r, shape->unique)))
                return fail(c, r,
                            "found a second %s \"" STR_FMT
                            "\", expected each once; the first is on line %u",
                            shape->unique, STR_ARG(tree_str(r, shape->unique)), q->line);
    return ERR_OK;
}

static err rows_check(const struct check *c, const struct tree *rows, const struct law_shape *shape,
                      int depth)
{
    for (const struct tree *r = rows->child; r; r = r->next) try(map_check(c, r, shape, depth));
    return unique_check(c, rows, shape);
}

/* The same word twice was meant to be another one. */
static err items_check(const struct check *c, const struct tree *list, const struct law_field *f)
{
    for (const struct tree *v = list->child; v; v = v->next) {
        if (f->form == FORM_LANGUAGES && !law_is_language(v->str))
            return fail(c, v,
                        "`%s`: found \"" STR_FMT "\", expected a language by its two letters of "
                        "ISO 639-1, like az or sr-Latn",
                        f->key, STR_ARG(v->str));
        for (const struct tree *w = list->child; w != v; w = w->next)
            if (str_eq(v->str, w->str))
                return fail(c, v, "`%s`: found \"" STR_FMT "\" a second time, expected each once",
                            f->key, STR_ARG(v->str));
    }
    return ERR_OK;
}

static err value_check(const struct check *c, const struct tree *v, const struct law_field *f,
                       int depth)
{
    if (!value_fits(v, f))
        return fail(c, v, "`%s`: expected " STR_FMT, f->key, STR_ARG(form_said(c->t->arena, f)));
    if (c->of_people && f->form == FORM_TEXT && (str_is_blank(v->str) || str_misleads(v->str)))
        return fail(c, v,
                    "`%s`: expected a text that shows, without controls and without what turns a "
                    "line about",
                    f->key);
    if (f->form == FORM_WORDS || f->form == FORM_TEXTS || f->form == FORM_LANGUAGES)
        return items_check(c, v, f);
    if (f->form == FORM_MAP) return map_check(c, v, f->shape, depth + 1);
    if (f->form == FORM_ROWS) return rows_check(c, v, f->shape, depth + 1);
    if (f->form == FORM_PARTS) {
        struct check parts = *c;
        parts.in_parts = true;
        return rows_check(&parts, v, f->shape, depth + 1);
    }
    return ERR_OK;
}

/* In parts of rows only the name is asked for; elsewhere a topic stands for article and source. */
static bool is_required(const struct check *c, const struct tree *map,
                        const struct law_shape *shape, const struct law_field *f)
{
    if (c->in_parts) return shape->unique && strcmp(shape->unique, f->key) == 0;
    if (shape->cites && (strcmp(f->key, "article") == 0 || strcmp(f->key, "source") == 0))
        return !tree_get(map, "topic");
    return f->required;
}

static err map_check(const struct check *c, const struct tree *map, const struct law_shape *shape,
                     int depth)
{
    assert(depth < SHAPE_DEPTH_MAX);
    if (!map || map->kind != TREE_MAP)
        return fail(c, map, "expected %s: a map with the keys " STR_FMT, shape->what,
                    STR_ARG(keys_said(c->t->arena, shape)));
    for (const struct tree *v = map->child; v; v = v->next) {
        const struct law_field *f = field_of(shape, v->key);
        if (!f)
            return fail(c, v, "found the key `" STR_FMT "` in %s, expected one of: " STR_FMT,
                        STR_ARG(v->key), shape->what, STR_ARG(keys_said(c->t->arena, shape)));
        try(value_check(c, v, f, depth));
    }
    for (size_t i = 0; i < shape->n; i++)
        if (is_required(c, map, shape, &shape->fields[i]) && !tree_get(map, shape->fields[i].key))
            return fail(c, map, "expected the key `%s` in %s (" STR_FMT ")", shape->fields[i].key,
                        shape->what, STR_ARG(form_said(c->t->arena, &shape->fields[i])));
    return ERR_OK;
}
