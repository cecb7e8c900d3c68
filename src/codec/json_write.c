/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON: the canonical spelling of RFC 8785, and one for people.
 *
 * Signatures and hashes stand on the canonical spelling, so it is written here and not by a
 * library: there are no floats, and without them the standard is a sort and an escape. It cannot
 * fail. */

#include "codec/codec.h"

#include "codec/inner.h"

#include <assert.h>
#include <string.h>

static void value_put(struct buf *b, const struct tree *v, size_t depth);
static void pretty_put(struct buf *b, const struct tree *v, size_t depth);

struct str json_write(struct arena *a, const struct tree *value)
{
    struct buf b = buf_in(a);
    value_put(&b, value, 0);
    return buf_as_str(&b);
}

struct str json_write_pretty(struct arena *a, const struct tree *value)
{
    struct buf b = buf_in(a);
    pretty_put(&b, value, 0);
    buf_byte(&b, '\n');
    return buf_as_str(&b);
}

/* RFC 8785 3.2.2.2: five controls have a letter, the others a number, and nothing else changes. */
static void escape_put(struct buf *b, unsigned char c)
{
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char digits[] = "0123456789abcdef";
    char letter = c < 0x20 ? letters[c] : (char)c;
    if (letter)
        buf_put(b, (const char[]){'\\', letter}, 2);
    else
        buf_put(b, (const char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
}

static void text_put(struct buf *b, struct str s)
{
    buf_byte(b, '"');
    size_t from = 0; /* what is not yet written begins here */
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_put(b, s.p + from, i - from);
        escape_put(b, c);
        from = i + 1;
    }
    if (s.n) buf_put(b, s.p + from, s.n - from);
    buf_byte(b, '"');
}

static void int_put(struct buf *b, int64_t value)
{
    assert(value >= -TREE_INT_MAX && value <= TREE_INT_MAX);
    char digits[20];
    size_t at = sizeof digits;
    int64_t left = value < 0 ? -value : value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) digits[--at] = '-';
    buf_put(b, digits + at, sizeof digits - at);
}

static void scalar_put(struct buf *b, const struct tree *v)
{
    switch (v->kind) {
    case TREE_NULL:
        buf_str(b, STR("null"));
        return;
    case TREE_BOOL:
        buf_str(b, v->num ? STR("true") : STR("false"));
        return;
    case TREE_INT:
        int_put(b, v->num);
        return;
    case TREE_STR:
        text_put(b, v->str);
        return;
    case TREE_LIST:
        buf_str(b, STR("[]"));
        return;
    case TREE_MAP:
        buf_str(b, STR("{}"));
        return;
    }
}

static void map_put(struct buf *b, const struct tree *v, size_t depth)
{
    const struct tree **sorted = tree_sorted(b->arena, v);
    for (size_t i = 0; i < v->count; i++) {
        assert(i == 0 || !str_eq(sorted[i - 1]->key, sorted[i]->key));
        buf_byte(b, i ? ',' : '{');
        text_put(b, sorted[i]->key);
        buf_byte(b, ':');
        value_put(b, sorted[i], depth + 1);
    }
    buf_byte(b, '}');
}

static void value_put(struct buf *b, const struct tree *v, size_t depth)
{
    assert(depth <= TREE_WALK_MAX);
    if (!v->child) {
        scalar_put(b, v);
    } else if (v->kind == TREE_MAP) {
        map_put(b, v, depth);
    } else {
        for (const struct tree *c = v->child; c; c = c->next) {
            buf_byte(b, c == v->child ? '[' : ',');
            value_put(b, c, depth + 1);
        }
        buf_byte(b, ']');
    }
}

static void line_put(struct buf *b, size_t depth)
{
    buf_byte(b, '\n');
    for (size_t i = 0; i < depth; i++) buf_put(b, "  ", 2);
}

static void pretty_put(struct buf *b, const struct tree *v, size_t depth)
{
    assert(depth <= TREE_WALK_MAX);
    if (!v->child) {
        scalar_put(b, v);
        return;
    }
    bool map = v->kind == TREE_MAP;
    for (const struct tree *c = v->child; c; c = c->next) {
        buf_byte(b, c != v->child ? ',' : map ? '{' : '[');
        line_put(b, depth + 1);
        if (map) {
            text_put(b, c->key);
            buf_put(b, ": ", 2);
        }
        pretty_put(b, c, depth + 1);
    }
    line_put(b, depth);
    buf_byte(b, map ? '}' : ']');
}
