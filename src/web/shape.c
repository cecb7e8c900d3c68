/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of bodies and answers, as api_shape.def writes them, and whether a body fits its one. */

#include "web/api.h"

#include <assert.h>
#include <string.h>

enum { SHAPE_DEPTH = 4 }; /* of shapes that take over others, and of bodies in bodies */

static const struct {
    const char *name, *text;
    bool is_body;
} shapes[] = {
#define BODY(name, text) {#name, text, true},
#define VIEW(name, text) {#name, text, false},
#include "web/api_shape.def"
#undef BODY
#undef VIEW
};
const size_t shapes_n = sizeof shapes / sizeof *shapes;

/* ---- reading the table ----------------------------------------------------------------------- */

static bool is_cut(struct str *s, const char *ending)
{
    size_t n = strlen(ending);
    if (!str_ends(*s, ending)) return false;
    s->n -= n;
    return true;
}

static void field_read(struct str word, struct shape_field *out)
{
    struct shape_field f = {.may_lack = is_cut(&word, "?")};
    if (!str_split(word, ':', &f.name, &f.type)) f.type = STR("text");
    f.is_list = f.type.n > 2 && f.type.p[0] == '[';
    if (f.is_list) f.type = (struct str){f.type.p + 1, f.type.n - 2};
    *out = f;
}

static void fields_read_into(struct shape *s, struct str text, int depth)
{
    assert(depth < SHAPE_DEPTH);
    struct str word;
    while (text.n) {
        str_split(text, ' ', &word, &text);
        if (str_is(word, "...")) {
            s->is_open = true;
        } else if (word.n && word.p[0] == '+') {
            size_t k = 0;
            while (k < shapes_n && !str_is((struct str){word.p + 1, word.n - 1}, shapes[k].name))
                k++;
            assert(k < shapes_n);
            fields_read_into(s, str_of(shapes[k].text), depth + 1);
        } else {
            assert(word.n && s->n < SHAPE_FIELDS_MAX);
            field_read(word, &s->fields[s->n++]);
        }
    }
}

bool shape_nth(size_t k, struct shape *out)
{
    if (k >= shapes_n) return false;
    *out = (struct shape){
        .name = shapes[k].name, .text = shapes[k].text, .is_body = shapes[k].is_body};
    fields_read_into(out, str_of(shapes[k].text), 0);
    return true;
}

bool shape_find(struct str name, struct shape *out)
{
    for (size_t k = 0; k < shapes_n; k++)
        if (str_is(name, shapes[k].name)) return shape_nth(k, out);
    return false;
}

/* ---- checking a body ------------------------------------------------------------------------- */

struct str pointer_step(struct arena *a, struct str at, struct str name)
{
    struct buf b = buf_in(a);
    buf_str(&b, at);
    buf_byte(&b, '/');
    for (size_t k = 0; k < name.n; k++) {
        char c = name.p[k];
        if (c == '~' || c == '/')
            buf_str(&b, c == '~' ? STR("~0") : STR("~1"));
        else
            buf_byte(&b, (uint8_t)c);
    }
    return buf_as_str(&b);
}

static void wrong(struct arena *a, struct tree *errors, struct str at, const char *detail)
{
    if (errors->count >= PROBLEM_ERRORS_MAX) return;
    struct tree *one = tree_add_map(a, errors, NULL);
    tree_add_str(a, one, "pointer", at);
    tree_add_str(a, one, "detail", str_of(detail));
}

static const struct {
    const char *type;
    enum tree_kind kind;
    const char *detail;
} types[] = {
    {"text", TREE_STR, "This is to be a text."},
    {"time", TREE_STR, "This is to be a moment, as a text."},
    {"day", TREE_STR, "This is to be a day, as a text."},
    {"base64", TREE_STR, "This is to be base64, as a text."},
    {"int", TREE_INT, "This is to be a whole number."},
    {"bool", TREE_BOOL, "This is to be true or false."},
    {"map", TREE_MAP, "This is to be an object."},
};

static void body_check(struct arena *a, const struct shape *s, const struct tree *body,
                       struct str at, struct tree *errors, int depth);

static void value_check(struct arena *a, struct str type, const struct tree *value, struct str at,
                        struct tree *errors, int depth)
{
    struct shape inner;
    if (shape_find(type, &inner)) {
        body_check(a, &inner, value, at, errors, depth + 1);
        return;
    }
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (str_is(type, types[k].type) && value->kind != types[k].kind)
            wrong(a, errors, at, types[k].detail);
}

static void field_check(struct arena *a, const struct shape_field *f, const struct tree *value,
                        struct str at, struct tree *errors, int depth)
{
    if (!f->is_list) {
        value_check(a, f->type, value, at, errors, depth);
    } else if (value->kind != TREE_LIST) {
        wrong(a, errors, at, "This is to be a list.");
    } else {
        size_t k = 0;
        for (const struct tree *c = value->child; c && errors->count < PROBLEM_ERRORS_MAX;
             c = c->next, k++)
            value_check(a, f->type, c, pointer_step(a, at, str_printf(a, "%zu", k)), errors, depth);
    }
}

static void body_check(struct arena *a, const struct shape *s, const struct tree *body,
                       struct str at, struct tree *errors, int depth)
{
    assert(depth < SHAPE_DEPTH);
    if (body->kind != TREE_MAP) {
        wrong(a, errors, at, "This is to be an object.");
        return;
    }
    for (size_t k = 0; k < s->n; k++)
        if (!s->fields[k].may_lack && !tree_get_s(body, s->fields[k].name))
            wrong(a, errors, pointer_step(a, at, s->fields[k].name), "This is missing.");
    for (const struct tree *c = body->child; c && errors->count < PROBLEM_ERRORS_MAX; c = c->next) {
        const struct shape_field *f = s->fields, *end = s->fields + s->n;
        while (f < end && !str_eq(f->name, c->key)) f++;
        if (f < end)
            field_check(a, f, c, pointer_step(a, at, c->key), errors, depth);
        else if (!s->is_open)
            wrong(a, errors, pointer_step(a, at, c->key), "There is no such member.");
    }
}

void shape_check(struct arena *a, const struct shape *s, const struct tree *body, struct str at,
                 struct tree *errors)
{
    body_check(a, s, body, at, errors, 0);
}
