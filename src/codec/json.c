/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON: jansson behind stricter doors.
 *
 * What jansson would accept but two programs may read differently is refused here: numbers with a
 * fraction, integers a double cannot hold, NUL in text. Nesting and the number of values are looked
 * at before jansson allocates anything. Writing is in json_write.c. */

#include "codec/codec.h"

#include "codec/inner.h"

#include <jansson.h>
#include <string.h>

struct reading {
    struct turn *t;
    const struct tree_limits *limits;
    size_t count;
};

static err check_shape(struct turn *t, struct bytes in, const struct tree_limits *limits);
static err syntax_fault(struct turn *t, const json_error_t *e);
static err value_read(struct reading *r, json_t *j, struct str key, size_t depth,
                      struct tree **out);

static void json_free_ptr(json_t **j) { json_decref(*j); }
#define auto_json __attribute__((cleanup(json_free_ptr))) json_t *

err json_read(struct turn *t, struct bytes in, const struct tree_limits *limits, struct tree **out)
{
    try(codec_check(t, "json", "RFC 8259 7", in, limits));
    if (str_starts(bytes_str(in), "\xef\xbb\xbf"))
        return turn_fail(t, ERR_REJECTED, "json", "RFC 8259 8.1",
                         "The document begins with a byte-order mark.");
    try(check_shape(t, in, limits));
    json_error_t e;
    auto_json root = json_loadb(in.n ? (const char *)in.p : "", in.n,
                                JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (!root) return syntax_fault(t, &e);
    struct reading r = {.t = t, .limits = limits};
    return value_read(&r, root, (struct str){NULL, 0}, 0, out);
}

err json_read_canonical(struct turn *t, struct bytes in, const struct tree_limits *limits,
                        struct tree **out)
{
    struct tree *read;
    try(json_read(t, in, limits, &read));
    auto_arena scratch = arena_new();
    struct bytes same = str_bytes(json_write(scratch, read));
    if (!bytes_eq(in, same)) {
        size_t at = 0;
        while (at < in.n && at < same.n && in.p[at] == same.p[at]) at++;
        return turn_fail(t, ERR_REJECTED, "json-canonical", "RFC 8785 3.2",
                         "The document is not spelled canonically: byte %zu differs.", at + 1);
    }
    *out = read;
    return ERR_OK;
}

static err too_deep(struct turn *t, const struct tree_limits *limits)
{
    return codec_too_deep(t, "RFC 8259 9", limits);
}

/* Brackets and commas outside texts. A comma stands between two values, so their number is a lower
 * bound of the values that jansson would make; value_read counts exactly. */
static err check_shape(struct turn *t, struct bytes in, const struct tree_limits *limits)
{
    size_t depth = 0;
    size_t commas = 0;
    bool in_text = false;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
            continue;
        }
        if (c == '"') in_text = true;
        if (c == ',') try(codec_count(t, limits, &commas));
        if ((c == '[' || c == '{') && ++depth > limits->depth_max) return too_deep(t, limits);
        if ((c == ']' || c == '}') && depth) depth--;
    }
    return ERR_OK;
}

static err syntax_fault(struct turn *t, const json_error_t *e)
{
    static const struct {
        enum json_error_code code;
        const char *article;
    } clauses[] = {
        {json_error_duplicate_key, "RFC 8259 4"},      {json_error_invalid_utf8, "RFC 3629"},
        {json_error_null_character, "RFC 8259 9"},     {json_error_null_byte_in_key, "RFC 8259 9"},
        {json_error_numeric_overflow, "RFC 7493 2.2"},
    };
    const char *article = "RFC 8259 2";
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++)
        if (clauses[i].code == json_error_code(e)) article = clauses[i].article;
    return turn_fail(t, ERR_REJECTED, "json", article, "Line %d, column %d: %s.", e->line,
                     e->column, e->text);
}

static err number_fault(struct reading *r, struct str key, const char *what)
{
    struct str shown = codec_quote(r->t->arena, key);
    return turn_fail_at(r->t, ERR_REJECTED, "json", "RFC 7493 2.2", key,
                        "The number \"" STR_FMT "\" %s.", STR_ARG(shown), what);
}

static err integer_read(struct reading *r, const json_t *j, struct str key, struct tree *made)
{
    made->num = json_integer_value(j);
    if (made->num >= -TREE_INT_MAX && made->num <= TREE_INT_MAX) return ERR_OK;
    return number_fault(r, key, "is beyond 2^53-1");
}

static err list_read(struct reading *r, const json_t *j, size_t depth, struct tree *made)
{
    for (size_t i = 0; i < json_array_size(j); i++) {
        struct tree *child;
        try(value_read(r, json_array_get(j, i), (struct str){NULL, 0}, depth + 1, &child));
        tree_append(made, child);
    }
    return ERR_OK;
}

static err map_read(struct reading *r, json_t *j, size_t depth, struct tree *made)
{
    for (void *at = json_object_iter(j); at; at = json_object_iter_next(j, at)) {
        struct str key = str_dup(r->t->arena, str_of(json_object_iter_key(at)));
        struct tree *child;
        try(value_read(r, json_object_iter_value(at), key, depth + 1, &child));
        tree_append(made, child);
    }
    return ERR_OK;
}

static err value_read(struct reading *r, json_t *j, struct str key, size_t depth, struct tree **out)
{
    static const enum tree_kind kinds[] = {
        [JSON_OBJECT] = TREE_MAP,  [JSON_ARRAY] = TREE_LIST, [JSON_STRING] = TREE_STR,
        [JSON_INTEGER] = TREE_INT, [JSON_REAL] = TREE_NULL,  [JSON_TRUE] = TREE_BOOL,
        [JSON_FALSE] = TREE_BOOL,  [JSON_NULL] = TREE_NULL};
    if (depth > r->limits->depth_max) return too_deep(r->t, r->limits);
    try(codec_count(r->t, r->limits, &r->count));
    struct arena *a = r->t->arena;
    struct tree *made = tree_new(a, kinds[json_typeof(j)]);
    made->key = key;
    switch (json_typeof(j)) {
    case JSON_OBJECT:
        try(map_read(r, j, depth, made));
        break;
    case JSON_ARRAY:
        try(list_read(r, j, depth, made));
        break;
    case JSON_STRING:
        made->str = str_dup(a, (struct str){json_string_value(j), json_string_length(j)});
        break;
    case JSON_INTEGER:
        try(integer_read(r, j, key, made));
        break;
    case JSON_REAL:
        return number_fault(r, key, "has a fraction or an exponent");
    case JSON_TRUE:
        made->num = 1;
        break;
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    *out = made;
    return ERR_OK;
}
