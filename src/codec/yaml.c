/* SPDX-License-Identifier: Apache-2.0 */
/* Reading YAML as plain data: libyaml's events into the bounded tree.
 *
 * Law files, profiles and configuration are written by people, so each fault names file, line and
 * column. What makes one text mean two things is refused: aliases, anchors, tags, directives, a
 * second document, a key twice. There is no writer: programs write JSON. */

#include "codec/codec.h"

#include "codec/inner.h"

#include <string.h>
#include <yaml.h>

/* A map or list still open, and the key of a map that waits for its value. */
struct frame {
    struct tree *node;
    struct str key;
    struct yaml_mark_s key_at;
    bool has_key;
};

struct reading {
    struct turn *t;
    const char *name;
    const struct tree_limits *limits;
    struct tree *root;
    struct frame open[TREE_DEPTH_CAP];
    size_t depth; /* of `open` in use */
    size_t count;
    bool ended; /* the last event was seen */
};

static err check_text(struct reading *r, struct bytes in);
static err check_directives(struct reading *r, struct bytes in);
static err take(struct reading *r, const yaml_event_t *e);
static err syntax_fault(struct reading *r, const yaml_parser_t *p, struct bytes in);

#define auto_parser __attribute__((cleanup(yaml_parser_delete))) yaml_parser_t

err yaml_read(struct turn *t, const char *name, struct bytes in, const struct tree_limits *limits,
              struct tree **out)
{
    struct reading r = {.t = t, .name = name, .limits = limits};
    if (in.n <= limits->size_max) try(check_text(&r, in));
    try(codec_check(t, "yaml", "YAML 1.2.2 5.1", in, limits));
    try(check_directives(&r, in));
    auto_parser parser;
    if (!yaml_parser_initialize(&parser))
        return turn_fail(t, ERR_INTERNAL, "memory", NULL, "No memory to read %s.", name);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, in.p, in.n);
    while (!r.ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) return syntax_fault(&r, &parser, in);
        err e = take(&r, &event);
        yaml_event_delete(&event);
        try(e);
    }
    *out = r.root;
    return ERR_OK;
}

/* ---- faults ---------------------------------------------------------------------------------- */

static err fault(struct reading *r, struct yaml_mark_s at, const char *article, struct str what)
{
    struct arena *a = r->t->arena;
    struct str place = str_printf(a, "%s:%zu:%zu", r->name, at.line + 1, at.column + 1);
    return turn_fail_at(r->t, ERR_REJECTED, "yaml", article, place, STR_FMT ": " STR_FMT,
                        STR_ARG(place), STR_ARG(what));
}

/* libyaml gives no line for a byte it cannot read, only an offset. */
static struct yaml_mark_s mark_of(struct bytes in, size_t offset)
{
    struct yaml_mark_s at = {0};
    for (size_t i = 0; i < in.n && i < offset; i++) {
        at.column += (in.p[i] & 0xc0) != 0x80; /* characters, as libyaml counts */
        if (in.p[i] != '\n') continue;
        at.line++;
        at.column = 0;
    }
    return at;
}

static err syntax_fault(struct reading *r, const yaml_parser_t *p, struct bytes in)
{
    if (p->error == YAML_MEMORY_ERROR)
        return turn_fail(r->t, ERR_INTERNAL, "memory", NULL, "No memory to read %s.", r->name);
    struct str what = str_printf(r->t->arena, "%s%s%s.", p->context ? p->context : "",
                                 p->context ? ", " : "", p->problem ? p->problem : "not readable");
    bool reader = p->error == YAML_READER_ERROR;
    return fault(r, reader ? mark_of(in, p->problem_offset) : p->problem_mark, "YAML 1.2.2 5",
                 what);
}

static err expected(struct reading *r, struct yaml_mark_s at, const char *article,
                    const char *sentence)
{
    return fault(r, at, article, str_of(sentence));
}

static err not_plain(struct reading *r, const yaml_event_t *e, const yaml_char_t *anchor,
                     const yaml_char_t *tag)
{
    if (anchor)
        return expected(r, e->start_mark, "YAML 1.2.2 3.2.2.2",
                        "found an anchor, expected a plain value.");
    if (tag)
        return expected(r, e->start_mark, "YAML 1.2.2 3.2.1.2",
                        "found a tag, expected a value without one.");
    return ERR_OK;
}

/* True when libyaml begins a new line with the byte at `i`; it knows five ends of a line. */
static bool begins_line(struct bytes in, size_t i)
{
    struct str before = {(const char *)in.p, i};
    return i == 0 || str_ends(before, "\n") || str_ends(before, "\r") ||
           str_ends(before, "\xc2\x85") || str_ends(before, "\xe2\x80\xa8") ||
           str_ends(before, "\xe2\x80\xa9");
}

/* How many bytes the character has that begins with this one, if it is one. */
static size_t char_size(uint8_t first)
{
    return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The first byte that is no text is named by its place, as every other fault is. */
static err check_text(struct reading *r, struct bytes in)
{
    for (size_t i = 0, n; i < in.n; i += n) {
        n = char_size(in.p[i]);
        if (in.p[i] == 0)
            return expected(r, mark_of(in, i), "YAML 1.2.2 5.1",
                            "found a byte of nought, expected text.");
        if (n > in.n - i || !str_is_utf8((struct str){(const char *)in.p + i, n}))
            return expected(r, mark_of(in, i), "RFC 3629",
                            "found a byte that is no text, expected well-formed UTF-8.");
    }
    return ERR_OK;
}

/* Refused before libyaml sees them: it compares each directive with all before it, and a file of
 * them would take minutes. A text that goes on with `%` at the edge of the file is refused too. */
static err check_directives(struct reading *r, struct bytes in)
{
    const uint8_t *p = in.n ? memchr(in.p, '%', in.n) : NULL;
    while (p) {
        size_t i = (size_t)(p - in.p);
        if (begins_line(in, i))
            return expected(r, mark_of(in, i), "YAML 1.2.2 6.8",
                            "found % at the beginning of a line, expected no directive.");
        p = memchr(p + 1, '%', in.n - i - 1);
    }
    return ERR_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A new value where the reading stands: the root, an item of a list or a member of a map. */
static err place(struct reading *r, const yaml_event_t *e, enum tree_kind kind, struct tree **out)
{
    try(codec_count(r->t, r->limits, &r->count));
    struct tree *made = tree_new(r->t->arena, kind);
    struct yaml_mark_s at = e->start_mark;
    if (r->depth == 0) {
        r->root = made;
    } else {
        struct frame *f = &r->open[r->depth - 1];
        if (f->node->kind == TREE_MAP) {
            if (!f->has_key)
                return expected(r, at, "YAML 1.2.2 3.2.1.1",
                                "found a map or list, expected a key of one line.");
            made->key = f->key;
            at = f->key_at;
            f->has_key = false;
        }
        tree_append(f->node, made);
    }
    made->line = (uint32_t)at.line + 1;
    made->col = (uint32_t)at.column + 1;
    *out = made;
    return ERR_OK;
}

static err open_one(struct reading *r, const yaml_event_t *e, enum tree_kind kind)
{
    if (r->depth >= r->limits->depth_max) return codec_too_deep(r->t, NULL, r->limits);
    struct tree *made;
    try(place(r, e, kind, &made));
    r->open[r->depth++] = (struct frame){.node = made};
    return ERR_OK;
}

/* Sorting finds a key twice in a map of any size; looking each key up would not end in time. */
static err close_map(struct reading *r)
{
    const struct tree *map = r->open[--r->depth].node;
    auto_arena scratch = arena_new();
    const struct tree **sorted = tree_sorted(scratch, map);
    for (size_t i = 1; i < map->count; i++) {
        const struct tree *c = sorted[i];
        if (!str_eq(sorted[i - 1]->key, c->key)) continue;
        struct str key = codec_quote(scratch, c->key);
        return fault(r, (struct yaml_mark_s){.line = c->line - 1, .column = c->col - 1},
                     "YAML 1.2.2 3.2.1.1",
                     str_printf(r->t->arena,
                                "found the key \"" STR_FMT "\" a second time; the "
                                "first is on line %u.",
                                STR_ARG(key), sorted[i - 1]->line));
    }
    return ERR_OK;
}

static err key_take(struct reading *r, const yaml_event_t *e, struct frame *f, struct str text)
{
    if (text.n == 0)
        return expected(r, e->start_mark, "YAML 1.2.2 3.2.1.1",
                        "found an empty key, expected a name.");
    f->key = str_dup(r->t->arena, text);
    f->key_at = e->start_mark;
    f->has_key = true;
    return ERR_OK;
}

static bool looks_like_int(struct str s)
{
    if (s.n && s.p[0] == '-') s.p++, s.n--;
    if (s.n == 0 || (s.p[0] == '0' && s.n > 1)) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

/* The kind a plain scalar has by its spelling. Nothing (`key:`) is null; `yes`, `~`, 1.5 and 007
 * are text, because a person who writes them means what stands there. */
static err plain_read(struct reading *r, const yaml_event_t *e, struct str text, struct tree *made)
{
    if (text.n == 0 || str_is(text, "null")) {
        made->kind = TREE_NULL;
    } else if (str_is(text, "true") || str_is(text, "false")) {
        made->kind = TREE_BOOL;
        made->num = str_is(text, "true");
    } else if (looks_like_int(text)) {
        made->kind = TREE_INT;
        if (str_is(text, "-0")) return ERR_OK;
        if (!str_to_int(text, &made->num) || made->num < -TREE_INT_MAX || made->num > TREE_INT_MAX)
            return expected(r, e->start_mark, "RFC 7493 2.2",
                            "found an integer beyond 2^53-1; a text needs quotes.");
    }
    return ERR_OK;
}

static err scalar_take(struct reading *r, const yaml_event_t *e)
{
    struct str text = {(const char *)e->data.scalar.value, e->data.scalar.length};
    bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    try(not_plain(r, e, e->data.scalar.anchor, e->data.scalar.tag));
    if (text.n && memchr(text.p, 0, text.n))
        return expected(r, e->start_mark, "YAML 1.2.2 5.1", "found NUL in a text.");
    if (r->depth) {
        struct frame *f = &r->open[r->depth - 1];
        if (f->node->kind == TREE_MAP && !f->has_key) return key_take(r, e, f, text);
    }
    struct tree *made;
    try(place(r, e, TREE_STR, &made));
    if (plain) try(plain_read(r, e, text, made));
    if (made->kind == TREE_STR) made->str = str_dup(r->t->arena, text);
    return ERR_OK;
}

static err document_take(struct reading *r, const yaml_event_t *e)
{
    if (!r->root) return ERR_OK;
    return expected(r, e->start_mark, "YAML 1.2.2 9.2",
                    "found a second document, expected the end of the file.");
}

static err take(struct reading *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return ERR_OK;
    case YAML_DOCUMENT_START_EVENT:
        return document_take(r, e);
    case YAML_ALIAS_EVENT:
        return expected(r, e->start_mark, "YAML 1.2.2 3.2.2.2",
                        "found an alias, expected a value written out.");
    case YAML_SCALAR_EVENT:
        return scalar_take(r, e);
    case YAML_SEQUENCE_START_EVENT:
        try(not_plain(r, e, e->data.sequence_start.anchor, e->data.sequence_start.tag));
        return open_one(r, e, TREE_LIST);
    case YAML_MAPPING_START_EVENT:
        try(not_plain(r, e, e->data.mapping_start.anchor, e->data.mapping_start.tag));
        return open_one(r, e, TREE_MAP);
    case YAML_SEQUENCE_END_EVENT:
        r->depth--;
        return ERR_OK;
    case YAML_MAPPING_END_EVENT:
        return close_map(r);
    case YAML_STREAM_END_EVENT:
        r->ended = true;
        if (!r->root) return expected(r, e->start_mark, "YAML 1.2.2 9", "found no document.");
        return ERR_OK;
    }
    return ERR_OK;
}
