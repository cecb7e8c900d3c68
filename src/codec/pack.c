/* SPDX-License-Identifier: Apache-2.0 */
/* The form of messages between our own processes: a tree of values in binary, and byte parts.
 *
 * JSON would do for the tree, but the processes that must stay small would then need a parser of
 * text, and bodies of megabytes would travel as base64. One value has one spelling here, so the
 * reader is short and strict: the other end may be a process that somebody took over. */

#include "codec/codec.h"

#include "codec/inner.h"

#include <assert.h>
#include <string.h>

/* The first byte of a value. Integers: 8 bytes; texts: length and bytes; lists and maps: how many,
 * then the values, each member of a map after its key. All numbers are big-endian. */
enum { IS_NULL, IS_FALSE, IS_TRUE, IS_INT, IS_STR, IS_LIST, IS_MAP };
enum { LENGTH = 4, NUMBER = 8 };

/* ---- writing --------------------------------------------------------------------------------- */

static void put_bytes(struct buf *b, struct bytes x)
{
    assert(x.n <= UINT32_MAX);
    buf_be(b, x.n, LENGTH);
    if (x.n) buf_put(b, x.p, x.n);
}

static void put_value(struct buf *b, const struct tree *v, int depth);

static void put_children(struct buf *b, const struct tree *v, int depth)
{
    assert(v->count <= UINT32_MAX && depth < TREE_WALK_MAX);
    buf_be(b, v->count, LENGTH);
    for (const struct tree *c = v->child; c; c = c->next) {
        if (v->kind == TREE_MAP) put_bytes(b, str_bytes(c->key));
        put_value(b, c, depth + 1);
    }
}

static void put_value(struct buf *b, const struct tree *v, int depth)
{
    switch (v->kind) {
    case TREE_NULL:
        buf_byte(b, IS_NULL);
        break;
    case TREE_BOOL:
        buf_byte(b, v->num ? IS_TRUE : IS_FALSE);
        break;
    case TREE_INT:
        assert(v->num >= -TREE_INT_MAX && v->num <= TREE_INT_MAX);
        buf_byte(b, IS_INT);
        buf_be(b, (uint64_t)v->num, NUMBER);
        break;
    case TREE_STR:
        buf_byte(b, IS_STR);
        put_bytes(b, str_bytes(v->str));
        break;
    case TREE_LIST:
        buf_byte(b, IS_LIST);
        put_children(b, v, depth);
        break;
    case TREE_MAP:
        buf_byte(b, IS_MAP);
        put_children(b, v, depth);
        break;
    }
}

struct bytes pack_write(struct arena *a, const struct pack *m)
{
    assert(m->head && m->head->kind == TREE_MAP && m->n <= PACK_PARTS_MAX);
    struct buf b = buf_in(a);
    put_value(&b, m->head, 0);
    for (size_t k = 0; k < m->n; k++) put_bytes(&b, m->parts[k]);
    return buf_as_bytes(&b);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct packed {
    struct turn *t;
    const struct tree_limits *limits;
    struct bytes rest;
    size_t count; /* values so far */
};

static err wrong(struct turn *t, const char *what)
{
    return turn_fail(t, ERR_REJECTED, "pack", NULL, "A message between processes %s.", what);
}

static bool take(struct packed *r, size_t n, struct bytes *out)
{
    if (r->rest.n < n) return false;
    *out = (struct bytes){r->rest.p, n};
    r->rest = (struct bytes){r->rest.p + n, r->rest.n - n};
    return true;
}

static bool take_number(struct packed *r, size_t width, uint64_t *out)
{
    struct bytes b;
    if (!take(r, width, &b)) return false;
    *out = 0;
    for (size_t k = 0; k < width; k++) *out = *out << 8 | b.p[k];
    return true;
}

static bool take_bytes(struct packed *r, struct bytes *out)
{
    uint64_t n;
    return take_number(r, LENGTH, &n) && take(r, n, out);
}

static err take_text(struct packed *r, struct str *out)
{
    struct bytes b;
    if (!take_bytes(r, &b)) return wrong(r->t, "ends within a text");
    if (!str_is_utf8(bytes_str(b))) return wrong(r->t, "holds a text that is not UTF-8");
    *out = bytes_str(b);
    return ERR_OK;
}

static err take_value(struct packed *r, struct str key, size_t depth, struct tree **out);

static err keys_differ(struct packed *r, const struct tree *map)
{
    const struct tree **by_key = tree_sorted(r->t->arena, map);
    for (size_t k = 1; k < map->count; k++)
        if (str_eq(by_key[k - 1]->key, by_key[k]->key)) return wrong(r->t, "names a member twice");
    return ERR_OK;
}

static err take_children(struct packed *r, struct tree *v, size_t depth)
{
    uint64_t n;
    if (depth >= r->limits->depth_max) return codec_too_deep(r->t, NULL, r->limits);
    if (!take_number(r, LENGTH, &n)) return wrong(r->t, "ends within a count");
    for (uint64_t k = 0; k < n; k++) {
        struct str key = {0};
        struct tree *child;
        if (v->kind == TREE_MAP) try(take_text(r, &key));
        try(take_value(r, key, depth + 1, &child));
        tree_append(v, child);
    }
    return v->kind == TREE_MAP ? keys_differ(r, v) : ERR_OK;
}

static err take_int(struct packed *r, struct tree *v)
{
    uint64_t x;
    if (!take_number(r, NUMBER, &x)) return wrong(r->t, "ends within a number");
    v->num = (int64_t)x;
    if (v->num >= -TREE_INT_MAX && v->num <= TREE_INT_MAX) return ERR_OK;
    return wrong(r->t, "holds a number out of range");
}

static err take_value(struct packed *r, struct str key, size_t depth, struct tree **out)
{
    static const enum tree_kind kinds[] = {
        [IS_NULL] = TREE_NULL, [IS_FALSE] = TREE_BOOL, [IS_TRUE] = TREE_BOOL, [IS_INT] = TREE_INT,
        [IS_STR] = TREE_STR,   [IS_LIST] = TREE_LIST,  [IS_MAP] = TREE_MAP,
    };
    uint64_t is;
    if (!take_number(r, 1, &is)) return wrong(r->t, "ends before a value");
    if (is > IS_MAP) return wrong(r->t, "holds a value of no known kind");
    try(codec_count(r->t, r->limits, &r->count));
    struct tree *v = tree_new(r->t->arena, kinds[is]);
    v->key = key;
    v->num = is == IS_TRUE;
    if (is == IS_INT) try(take_int(r, v));
    if (is == IS_STR) try(take_text(r, &v->str));
    if (is == IS_LIST || is == IS_MAP) try(take_children(r, v, depth));
    *out = v;
    return ERR_OK;
}

err pack_read(struct turn *t, struct bytes in, const struct tree_limits *limits, struct pack *out)
{
    assert(limits->depth_max <= TREE_DEPTH_CAP);
    struct packed r = {.t = t, .limits = limits, .rest = in};
    struct pack m = {0};
    struct tree *head;
    if (!in.n || in.p[0] != IS_MAP) return wrong(t, "does not begin with a map");
    try(take_value(&r, (struct str){0}, 0, &head));
    if (in.n - r.rest.n > limits->size_max)
        return turn_fail(t, ERR_TOO_LARGE, "size", NULL,
                         "The map of a message has %zu bytes, more than %zu.", in.n - r.rest.n,
                         limits->size_max);
    m.head = head;
    while (r.rest.n) {
        if (m.n == PACK_PARTS_MAX) return wrong(t, "has too many parts");
        if (!take_bytes(&r, &m.parts[m.n++])) return wrong(t, "ends within a part");
    }
    *out = m;
    return ERR_OK;
}

struct bytes pack_part(const struct pack *m, size_t k)
{
    return k < m->n ? m->parts[k] : (struct bytes){0};
}
