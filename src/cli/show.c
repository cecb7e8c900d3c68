/* SPDX-License-Identifier: Apache-2.0 */
/* Views for people: names and values aligned, lists as tables, by the rows of label.def.
 *
 * It knows no view by name: what has no row is shown as it is called, so nothing a view says is
 * lost. Times are absolute and name their zone. */

#include "cli/inner.h"

#include <string.h>

enum { DEPTH_MAX = 6, COLUMNS_MAX = 16, SHORT_N = 16, INDENT = 2 };

enum style { PLAIN, WORD, TIME, LEFT, SHORT, HIDE };
struct label_row {
    const char *key, *label;
    enum style style;
};
static const struct label_row labels[] = {
#define LABEL(key, label, style) {key, label, style},
#define TABLE(key, columns, nothing)
#include "cli/label.def"
#undef LABEL
#undef TABLE
};
struct table_row {
    const char *key, *columns, *nothing;
};
static const struct table_row tables[] = {
#define LABEL(key, label, style)
#define TABLE(key, columns, nothing) {key, columns, nothing},
#include "cli/label.def"
#undef LABEL
#undef TABLE
};

struct shown {
    struct arena *a;
    struct buf b;
    int64_t now_ms;
    bool color;
};

static void map_put(struct shown *s, const struct tree *map, int depth);
static void list_put(struct shown *s, const struct tree *list, int depth);

struct str cli_view_text(struct arena *a, const struct tree *view, int64_t now_ms, bool color)
{
    struct shown s = {a, buf_in(a), now_ms, color};
    map_put(&s, view, 0);
    return buf_as_str(&s.b);
}

static struct label_row label_of(const struct shown *s, struct str key)
{
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++)
        if (str_is(key, labels[k].key)) return labels[k];
    return (struct label_row){str_c(s->a, key), str_c(s->a, key), PLAIN};
}

static const struct table_row *table_of(struct str key)
{
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
        if (str_is(key, tables[k].key)) return &tables[k];
    return NULL;
}

/* Characters, not bytes; good enough for alignment in the scripts of the texts shown. */
static size_t width_of(struct str s)
{
    size_t n = 0;
    for (size_t k = 0; k < s.n; k++) n += ((uint8_t)s.p[k] & 0xc0) != 0x80;
    return n;
}

static void blanks(struct shown *s, size_t n)
{
    while (n--) buf_byte(&s->b, ' ');
}

/* ---- values ---------------------------------------------------------------------------------- */

struct str cli_time_text(struct arena *a, struct str time)
{
    int64_t ms;
    if (!time_read(time, &ms)) return time;
    struct str text = time_text(a, ms);
    return str_printf(a, "%.10s %.8s UTC", text.p, text.p + 11);
}

/* "2027-01-23 00:00:00 UTC, 59 d 20 h left". */
static struct str left_text(struct shown *s, struct str time)
{
    int64_t ms;
    struct str at = cli_time_text(s->a, time);
    if (!time_read(time, &ms)) return at;
    int64_t left = ms - s->now_ms, minutes = (left < 0 ? -left : left) / 60000;
    long long d = minutes / 1440, h = minutes / 60 % 24, m = minutes % 60;
    const char *word = left < 0 ? "over" : "left";
    return d ? str_printf(s->a, STR_FMT ", %lld d %lld h %s", STR_ARG(at), d, h, word)
             : str_printf(s->a, STR_FMT ", %lld h %lld min %s", STR_ARG(at), h, m, word);
}

static struct str words_text(struct arena *a, struct str s)
{
    struct buf b = buf_in(a);
    for (size_t k = 0; k < s.n; k++)
        buf_byte(&b, (uint8_t)(s.p[k] == '_' || s.p[k] == '-' ? ' ' : s.p[k]));
    return buf_as_str(&b);
}

/* A text with its language is shown as the text; what came from elsewhere is made fit for a
 * terminal. */
static struct str value_text(struct shown *s, const struct tree *v, enum style style)
{
    if (!v) return STR("");
    if (v->kind == TREE_MAP && tree_get(v, "text")) v = tree_get(v, "text");
    if (v->kind == TREE_BOOL) return v->num ? STR("yes") : STR("no");
    if (v->kind == TREE_INT && style == TIME) return cli_time_text(s->a, time_text(s->a, v->num));
    if (v->kind == TREE_INT) return str_printf(s->a, "%lld", (long long)v->num);
    if (v->kind == TREE_LIST && v->count) return str_printf(s->a, "%zu", v->count);
    if (v->kind != TREE_STR) return STR("");
    struct str text = str_printable(s->a, v->str);
    if (style == TIME) return cli_time_text(s->a, text);
    if (style == LEFT) return left_text(s, text);
    if (style == WORD) return words_text(s->a, text);
    if (style == SHORT && text.n > SHORT_N && !str_starts(text, "/")) text.n = SHORT_N;
    return text;
}

static bool is_value(const struct tree *v)
{
    return (v->kind != TREE_MAP && v->kind != TREE_LIST) ||
           (v->kind == TREE_MAP && tree_get(v, "text") && v->count == 2);
}

/* ---- maps ------------------------------------------------------------------------------------ */

static void title_put(struct shown *s, const char *title, int depth)
{
    if (s->b.n && depth == 0) buf_byte(&s->b, '\n');
    blanks(s, (size_t)depth * INDENT);
    buf_printf(&s->b, s->color ? "\033[1m%s\033[0m\n" : "%s\n", title);
}

/* The members in the order of the labels; those without one come last, as they stand. A node's
 * answer has them by name, which is no order for people. */
static const struct tree **ordered(struct shown *s, const struct tree *map)
{
    size_t n = 0;
    const struct tree **out = arena_take_many(s->a, map->count + 1, sizeof *out);
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++) {
        const struct tree *v = tree_get(map, labels[k].key);
        if (v && n < map->count) out[n++] = v;
    }
    for (const struct tree *v = map->child; v; v = v->next) {
        size_t k = 0;
        while (k < n && out[k] != v) k++;
        if (k == n && n < map->count) out[n++] = v;
    }
    return out;
}

static void values_put(struct shown *s, const struct tree *map, int depth)
{
    size_t widest = 0;
    const struct tree *v, **members = ordered(s, map);
    for (size_t k = 0; (v = members[k]); k++) {
        struct label_row l = label_of(s, v->key);
        size_t n = width_of(str_of(l.label));
        if (is_value(v) && l.style != HIDE && n > widest) widest = n;
    }
    for (size_t k = 0; (v = members[k]); k++) {
        struct label_row l = label_of(s, v->key);
        struct str text = value_text(s, v, l.style);
        if (!is_value(v) || l.style == HIDE || !text.n) continue;
        blanks(s, (size_t)depth * INDENT);
        buf_printf(&s->b, "%s", l.label);
        blanks(s, widest - width_of(str_of(l.label)) + 2);
        buf_str(&s->b, text);
        buf_byte(&s->b, '\n');
    }
}

static void map_put(struct shown *s, const struct tree *map, int depth)
{
    if (depth > DEPTH_MAX) return;
    values_put(s, map, depth);
    const struct tree *v, **members = ordered(s, map);
    for (size_t k = 0; (v = members[k]); k++) {
        struct label_row l = label_of(s, v->key);
        if (is_value(v) || l.style == HIDE) continue;
        if (v->kind == TREE_MAP && v->count == 0) continue;
        title_put(s, l.label, depth);
        if (v->kind == TREE_MAP)
            map_put(s, v, depth + 1);
        else
            list_put(s, v, depth + 1);
    }
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct column {
    const char *path, *label;
    enum style style;
    size_t width;
};

/* Nothing is left of a clock that was stopped. */
static struct str cell_text(struct shown *s, const struct tree *row, const struct column *c)
{
    bool stopped = c->style == LEFT && !tree_bool(row, "running", true);
    return value_text(s, tree_at(row, c->path), stopped ? TIME : c->style);
}

/* The columns that say something in some row. */
static size_t columns_of(struct shown *s, const struct tree *list, const char *paths,
                         struct column *out)
{
    struct str rest = str_of(paths), one;
    size_t n = 0;
    while (rest.n && n < COLUMNS_MAX) {
        str_split(rest, ' ', &one, &rest);
        struct label_row l = label_of(s, one);
        struct column c = {str_c(s->a, one), l.label, l.style, 0};
        for (const struct tree *r = list->child; r; r = r->next) {
            size_t w = width_of(cell_text(s, r, &c));
            if (w > c.width) c.width = w;
        }
        if (!c.width) continue;
        if (width_of(str_of(c.label)) > c.width) c.width = width_of(str_of(c.label));
        out[n++] = c;
    }
    return n;
}

static void cell_put(struct shown *s, struct str text, size_t width, bool last)
{
    buf_str(&s->b, text);
    if (!last) blanks(s, width - width_of(text) + 2);
}

static void table_put(struct shown *s, const struct tree *list, const char *paths, int depth)
{
    struct column c[COLUMNS_MAX];
    size_t n = columns_of(s, list, paths, c);
    blanks(s, (size_t)depth * INDENT);
    for (size_t k = 0; k < n; k++) cell_put(s, str_of(c[k].label), c[k].width, k + 1 == n);
    buf_byte(&s->b, '\n');
    for (const struct tree *r = list->child; r; r = r->next) {
        blanks(s, (size_t)depth * INDENT);
        size_t last = n;
        while (last > 0 && !cell_text(s, r, &c[last - 1]).n) last--;
        for (size_t k = 0; k < last; k++)
            cell_put(s, cell_text(s, r, &c[k]), c[k].width, k + 1 == last);
        buf_byte(&s->b, '\n');
    }
}

static void list_put(struct shown *s, const struct tree *list, int depth)
{
    const struct table_row *t = table_of(list->key);
    if (!list->count) {
        blanks(s, (size_t)depth * INDENT);
        buf_printf(&s->b, "%s\n", t ? t->nothing : "None.");
        return;
    }
    if (list->child->kind == TREE_MAP && t && *t->columns) {
        table_put(s, list, t->columns, depth);
        return;
    }
    for (const struct tree *r = list->child; r; r = r->next) {
        if (r->kind == TREE_MAP) {
            map_put(s, r, depth);
            continue;
        }
        blanks(s, (size_t)depth * INDENT);
        buf_str(&s->b, value_text(s, r, PLAIN));
        buf_byte(&s->b, '\n');
    }
}
