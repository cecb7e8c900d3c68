/* SPDX-License-Identifier: Apache-2.0 */
/* The tree: building it, reading it, comparing it.
 *
 * One shape for whatever a format library read, so that no other module meets the library's own. A
 * lookup is a walk along the siblings: the maps of this program are small, and what must not be
 * slow on a hostile one (comparing, writing, finding duplicates) sorts first. It knows no format.
 */

#include "codec/codec.h"

#include "codec/inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct tree_limits codec_limits = {.size_max = 4 << 20, .depth_max = 16, .count_max = 65536};

/* ---- building -------------------------------------------------------------------------------- */

struct tree *tree_map(struct arena *a) { return tree_new(a, TREE_MAP); }

struct tree *tree_list(struct arena *a) { return tree_new(a, TREE_LIST); }

static struct tree *add(struct arena *a, struct tree *to, const char *key, enum tree_kind kind)
{
    assert((to->kind == TREE_MAP && key) || (to->kind == TREE_LIST && !key));
    struct tree *child = tree_new(a, kind);
    child->key = str_of(key);
    tree_append(to, child);
    return child;
}

struct tree *tree_add_str(struct arena *a, struct tree *to, const char *key, struct str value)
{
    struct tree *child = add(a, to, key, TREE_STR);
    child->str = value;
    return child;
}

struct tree *tree_add_int(struct arena *a, struct tree *to, const char *key, int64_t value)
{
    struct tree *child = add(a, to, key, TREE_INT);
    child->num = value;
    return child;
}

struct tree *tree_add_bool(struct arena *a, struct tree *to, const char *key, bool value)
{
    struct tree *child = add(a, to, key, TREE_BOOL);
    child->num = value;
    return child;
}

struct tree *tree_add_null(struct arena *a, struct tree *to, const char *key)
{
    return add(a, to, key, TREE_NULL);
}

struct tree *tree_add_map(struct arena *a, struct tree *to, const char *key)
{
    return add(a, to, key, TREE_MAP);
}

struct tree *tree_add_list(struct arena *a, struct tree *to, const char *key)
{
    return add(a, to, key, TREE_LIST);
}

static struct tree *copy_of(struct arena *a, const struct tree *value, size_t depth)
{
    assert(depth <= TREE_WALK_MAX);
    struct tree *made = tree_new(a, value->kind);
    made->str = str_dup(a, value->str);
    made->num = value->num;
    made->file = value->file;
    made->line = value->line;
    made->col = value->col;
    for (const struct tree *c = value->child; c; c = c->next) {
        struct tree *child = copy_of(a, c, depth + 1);
        child->key = str_dup(a, c->key);
        tree_append(made, child);
    }
    return made;
}

struct tree *tree_add_copy(struct arena *a, struct tree *to, const char *key,
                           const struct tree *value)
{
    assert((to->kind == TREE_MAP && key) || (to->kind == TREE_LIST && !key));
    if (!value) return NULL;
    struct tree *child = copy_of(a, value, 0);
    child->key = str_of(key);
    tree_append(to, child);
    return child;
}

struct tree *tree_add_shared(struct arena *a, struct tree *to, const char *key,
                             const struct tree *value)
{
    assert((to->kind == TREE_MAP && key) || (to->kind == TREE_LIST && !key));
    if (!value) return NULL;
    struct tree *child = tree_new(a, value->kind);
    *child = *value;
    child->key = str_of(key);
    child->next = NULL;
    tree_append(to, child);
    return child;
}

void tree_set(struct arena *a, struct tree *map, struct str key, const struct tree *value)
{
    assert(map->kind == TREE_MAP);
    if (!value) return;
    struct tree *made = copy_of(a, value, 0); /* first: `value` may stand in `map` */
    made->key = str_dup(a, key);
    struct tree *before = NULL;
    struct tree *old = map->child;
    while (old && !str_eq(old->key, key)) before = old, old = old->next;
    if (!old) {
        tree_append(map, made);
        return;
    }
    made->next = old->next;
    if (before)
        before->next = made;
    else
        map->child = made;
    if (map->last == old) map->last = made;
}

struct tree *tree_new(struct arena *a, enum tree_kind kind)
{
    struct tree *t = arena_take(a, sizeof *t);
    t->kind = kind;
    return t;
}

void tree_append(struct tree *to, struct tree *child)
{
    if (to->last)
        to->last->next = child;
    else
        to->child = child;
    to->last = child;
    to->count++;
}

/* ---- reading --------------------------------------------------------------------------------- */

const struct tree *tree_get(const struct tree *map, const char *key)
{
    return tree_get_s(map, str_of(key));
}

const struct tree *tree_get_s(const struct tree *map, struct str key)
{
    if (!map || map->kind != TREE_MAP) return NULL;
    const struct tree *c = map->child;
    while (c && !str_eq(c->key, key)) c = c->next;
    return c;
}

const struct tree *tree_at(const struct tree *t, const char *dotted)
{
    struct str step;
    struct str rest = str_of(dotted);
    bool more = true;
    while (t && more) {
        more = str_split(rest, '.', &step, &rest);
        t = tree_get_s(t, step);
    }
    return t;
}

struct str tree_str(const struct tree *map, const char *key)
{
    const struct tree *c = tree_get(map, key);
    return c && c->kind == TREE_STR ? c->str : (struct str){NULL, 0};
}

int64_t tree_int(const struct tree *map, const char *key, int64_t otherwise)
{
    const struct tree *c = tree_get(map, key);
    return c && c->kind == TREE_INT ? c->num : otherwise;
}

bool tree_bool(const struct tree *map, const char *key, bool otherwise)
{
    const struct tree *c = tree_get(map, key);
    return c && c->kind == TREE_BOOL ? c->num != 0 : otherwise;
}

bool tree_has_str(const struct tree *list, struct str value)
{
    if (!list || list->kind != TREE_LIST) return false;
    for (const struct tree *c = list->child; c; c = c->next)
        if (c->kind == TREE_STR && str_eq(c->str, value)) return true;
    return false;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool eq(const struct tree *a, const struct tree *b, size_t depth);

/* Members in the same order need no sorting; that is the usual case and costs no memory. */
static bool map_eq(const struct tree *a, const struct tree *b, size_t depth)
{
    const struct tree *x = a->child;
    const struct tree *y = b->child;
    for (; x && y && str_eq(x->key, y->key); x = x->next, y = y->next)
        if (!eq(x, y, depth)) return false;
    if (!x && !y) return true;
    auto_arena scratch = arena_new();
    const struct tree **left = tree_sorted(scratch, a);
    const struct tree **right = tree_sorted(scratch, b);
    for (size_t i = 0; i < a->count; i++)
        if (!str_eq(left[i]->key, right[i]->key) || !eq(left[i], right[i], depth)) return false;
    return true;
}

static bool list_eq(const struct tree *a, const struct tree *b, size_t depth)
{
    const struct tree *x = a->child;
    const struct tree *y = b->child;
    for (; x && y; x = x->next, y = y->next)
        if (!eq(x, y, depth)) return false;
    return !x && !y;
}

static bool eq(const struct tree *a, const struct tree *b, size_t depth)
{
    assert(depth <= TREE_WALK_MAX);
    if (a->kind != b->kind || a->count != b->count) return false;
    switch (a->kind) {
    case TREE_NULL:
        return true;
    case TREE_BOOL:
        return (a->num != 0) == (b->num != 0);
    case TREE_INT:
        return a->num == b->num;
    case TREE_STR:
        return str_eq(a->str, b->str);
    case TREE_LIST:
        return list_eq(a, b, depth + 1);
    case TREE_MAP:
        return map_eq(a, b, depth + 1);
    }
    return false;
}

bool tree_eq(const struct tree *a, const struct tree *b) { return a && b ? eq(a, b, 0) : a == b; }

/* UTF-8 sorts by code point and UTF-16 does not: there, surrogates (here the bytes F0 to F4) come
 * before U+E000 to U+FFFF (the bytes EE and EF). Lifting these two above F4 mends it. */
static int key_weight(char c)
{
    int b = (unsigned char)c;
    return b == 0xee || b == 0xef ? b + 0x10 : b;
}

static int key_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++)
        if (a.p[i] != b.p[i]) return key_weight(a.p[i]) - key_weight(b.p[i]);
    return (a.n > b.n) - (a.n < b.n);
}

static int member_cmp(const void *left, const void *right)
{
    const struct tree *a = *(const struct tree *const *)left;
    const struct tree *b = *(const struct tree *const *)right;
    int c = key_cmp(a->key, b->key);
    if (c == 0) c = (a->line > b->line) - (a->line < b->line);
    return c ? c : (a->col > b->col) - (a->col < b->col);
}

const struct tree **tree_sorted(struct arena *a, const struct tree *map)
{
    const struct tree **all = arena_take_many(a, map->count, sizeof(struct tree *));
    size_t n = 0;
    bool sorted = true;
    for (const struct tree *c = map->child; c; c = c->next) {
        all[n++] = c;
        if (sorted && n > 1 && member_cmp(&all[n - 2], &all[n - 1]) > 0) sorted = false;
    }
    assert(n == map->count);
    if (!sorted) qsort(all, n, sizeof(struct tree *), member_cmp);
    return all;
}

/* ---- what the readers share ------------------------------------------------------------------ */

struct str codec_quote(struct arena *a, struct str s)
{
    enum { QUOTE_MAX = 40 };
    if (s.n <= QUOTE_MAX) return s;
    struct buf b = buf_in(a);
    buf_put(&b, s.p, QUOTE_MAX - 3);
    buf_put(&b, "...", 3);
    return buf_as_str(&b);
}

err codec_check(struct turn *t, const char *code, const char *clause, struct bytes in,
                const struct tree_limits *limits)
{
    assert(limits && limits->depth_max <= TREE_DEPTH_CAP);
    if (in.n > limits->size_max)
        return turn_fail(t, ERR_TOO_LARGE, "size", NULL,
                         "The document has %zu bytes; at most %zu are read.", in.n,
                         limits->size_max);
    if (str_is_utf8(bytes_str(in))) return ERR_OK;
    if (in.n && memchr(in.p, 0, in.n))
        return turn_fail(t, ERR_REJECTED, code, clause, "The document holds a NUL byte.");
    return turn_fail(t, ERR_REJECTED, code, "RFC 3629", "The document is not well-formed UTF-8.");
}

err codec_count(struct turn *t, const struct tree_limits *limits, size_t *count)
{
    if (++*count <= limits->count_max) return ERR_OK;
    return turn_fail(t, ERR_TOO_LARGE, "count", NULL, "The document holds more than %zu values.",
                     limits->count_max);
}

err codec_too_deep(struct turn *t, const char *clause, const struct tree_limits *limits)
{
    return turn_fail(t, ERR_REJECTED, "depth", clause, "The document nests deeper than %zu.",
                     limits->depth_max);
}
