/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping by place. Nothing here decides what stands where: the template compiler knows the place
 * of each value and calls the function for it. */

#include "web/html.h"

#include "web/made.h"

#include <string.h>

static struct str value_text(struct arena *a, const struct tree *v)
{
    if (!v) return STR("");
    if (v->kind == TREE_STR) return v->str;
    if (v->kind == TREE_INT) return str_printf(a, "%lld", (long long)v->num);
    /* A text with its language. */
    if (v->kind == TREE_MAP && tree_get(v, "text")) return tree_str(v, "text");
    return STR("");
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Control characters but tab and line ends have no place in HTML. */
static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
}

static void escape(struct buf *b, struct str s)
{
    for (size_t k = 0; k < s.n; k++) {
        const char *e = entity(s.p[k]);
        if (e)
            buf_str(b, str_of(e));
        else if (!is_control(s.p[k]))
            buf_byte(b, (uint8_t)s.p[k]);
    }
}

void html_raw(struct html_out *o, struct html h) { buf_put(&o->b, h.p, h.n); }

void html_text(struct html_out *o, const struct tree *v) { escape(&o->b, value_text(o->arena, v)); }

void html_attr(struct html_out *o, const struct tree *v) { escape(&o->b, value_text(o->arena, v)); }

/* ---- addresses ------------------------------------------------------------------------------- */

/* "//other.example" and "/\other.example" are other hosts to a browser. */
static bool is_ours(struct str s)
{
    if (s.n == 0) return false;
    if (s.p[0] == '#' || s.p[0] == '?') return true;
    return s.p[0] == '/' && (s.n == 1 || (s.p[1] != '/' && s.p[1] != '\\'));
}

void html_url(struct html_out *o, const struct tree *v)
{
    struct str s = value_text(o->arena, v);
    bool fits = is_ours(s) || str_starts(s, "https://") || str_starts(s, "mailto:") ||
                str_starts(s, "tel:");
    for (size_t k = 0; k < s.n; k++)
        if ((unsigned char)s.p[k] <= 0x20 || s.p[k] == '\\') fits = false;
    escape(&o->b, fits ? s : STR("#"));
}

void html_url_part(struct html_out *o, const struct tree *v)
{
    static const char plain[] = "-._~()";
    struct str s = value_text(o->arena, v);
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        bool as_is = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr(plain, c));
        if (as_is)
            buf_byte(&o->b, (uint8_t)c);
        else
            buf_printf(&o->b, "%%%02X", (unsigned char)c);
    }
}

void html_json(struct html_out *o, const struct tree *v)
{
    if (v) escape(&o->b, json_write(o->arena, v));
}

/* ---- sentences ------------------------------------------------------------------------------- */

static const struct tree *arg_find(const struct html_arg *args, int n, struct str name)
{
    for (int k = 0; k < n; k++)
        if (str_is(name, args[k].name)) return args[k].value;
    return NULL;
}

/* What is filled in keeps its own direction: isolated in text; attributes have no elements. */
static void say(struct html_out *o, enum html_place place, struct str s, const struct tree *count,
                const struct html_arg *args, int n)
{
    while (s.n) {
        struct str before, name, after;
        bool opens = str_split(s, '{', &before, &after);
        escape(&o->b, before);
        if (!opens) return;
        str_split(after, '}', &name, &s);
        const struct tree *v = str_is(name, "n") && count ? count : arg_find(args, n, name);
        if (place == HTML_text) html_raw(o, HTML("<bdi>"));
        html_text(o, v);
        if (place == HTML_text) html_raw(o, HTML("</bdi>"));
    }
}

void html_say(struct html_out *o, enum html_place place, const char *one,
              const struct html_arg *args, int n)
{
    say(o, place, text_of(o->lang, one), NULL, args, n);
}

void html_say_n(struct html_out *o, enum html_place place, const struct tree *count,
                const char *one, const char *other, const struct html_arg *args, int n)
{
    struct tree zero = {.kind = TREE_INT};
    const struct tree *c = count && count->kind == TREE_INT ? count : &zero;
    say(o, place, text_of_n(o->lang, one, other, c->num), c, args, n);
}

/* ---- questions of templates ------------------------------------------------------------------ */

bool html_is(const struct tree *v)
{
    if (!v) return false;
    switch (v->kind) {
    case TREE_NULL:
        return false;
    case TREE_BOOL:
    case TREE_INT:
        return v->num != 0;
    case TREE_STR:
        return v->str.n > 0;
    case TREE_LIST:
    case TREE_MAP:
        return v->count > 0;
    }
    return false;
}

bool html_eq(const struct tree *v, const char *word)
{
    return v && v->kind == TREE_STR && str_is(v->str, word);
}

const struct tree *html_list(const struct tree *v)
{
    return v && (v->kind == TREE_LIST || v->kind == TREE_MAP) ? v->child : NULL;
}
