/* SPDX-License-Identifier: Apache-2.0 */
/* Queries, forms and cookies as browsers send them. Nothing is repaired: what is not well-formed is
 * refused whole, and every count and size has its limit before memory is taken for it. */

#include "web/form.h"

#include <string.h>

static err refuse(struct turn *t, const char *clause, const char *what)
{
    return turn_fail(t, ERR_REJECTED, "form", clause,
                     "What the browser sent is not a form: %s. Nothing was done.", what);
}

static err too_large(struct turn *t, struct str name, const char *what)
{
    return turn_fail_at(t, ERR_TOO_LARGE, "form-large", NULL, name,
                        "%s is more than is taken. Nothing was done.", what);
}

/* ---- percent-encoding ------------------------------------------------------------------------ */

static int nibble(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool form_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
    char *to = arena_take(a, s.n + 1);
    size_t n = 0;
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (c == '%') {
            bool whole = s.n - k >= 3;
            int high = whole ? nibble(s.p[k + 1]) : -1, low = whole ? nibble(s.p[k + 2]) : -1;
            if (high < 0 || low < 0) return false;
            c = (char)(high * 16 + low);
            k += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        to[n++] = c;
    }
    *out = (struct str){to, n};
    return str_is_utf8(*out);
}

/* Line ends of forms are CR LF (HTML, form submission); ours are LF. In place. */
static struct str lines_plain(struct arena *a, struct str s)
{
    char *to = arena_take(a, s.n + 1);
    size_t n = 0;
    for (size_t k = 0; k < s.n; k++) {
        if (s.p[k] == '\r' && k + 1 < s.n && s.p[k + 1] == '\n') continue;
        to[n++] = s.p[k] == '\r' ? '\n' : s.p[k];
    }
    return (struct str){to, n};
}

/* ---- urlencoded ------------------------------------------------------------------------------ */

static size_t count_of(struct str s, char c)
{
    size_t n = 0;
    for (size_t k = 0; k < s.n; k++) n += s.p[k] == c;
    return n;
}

err form_read(struct turn *t, struct str body, struct web_form *out)
{
    size_t most = body.n ? count_of(body, '&') + 1 : 0;
    if (most > FORM_FIELDS_MAX) return too_large(t, STR(""), "The number of fields");
    struct web_form f = {.fields = arena_take_many(t->arena, most + 1, sizeof *f.fields)};
    while (body.n) {
        struct str pair, name, value;
        str_split(body, '&', &pair, &body);
        if (!pair.n) continue;
        str_split(pair, '=', &name, &value);
        struct web_field *one = &f.fields[f.n++];
        if (name.n > 3 * FORM_NAME_MAX) return too_large(t, STR(""), "A field's name");
        if (value.n > 3 * FORM_TEXT_MAX) return too_large(t, STR(""), "A field's text");
        if (!form_decode(t->arena, name, true, &one->name) ||
            !form_decode(t->arena, value, true, &one->value))
            return refuse(t, "RFC 3986 2.1", "a character is not encoded as it should be");
        one->value = lines_plain(t->arena, one->value);
        if (one->name.n > FORM_NAME_MAX) return too_large(t, STR(""), "A field's name");
        if (one->value.n > FORM_TEXT_MAX) return too_large(t, one->name, "A field's text");
    }
    *out = f;
    return ERR_OK;
}

/* ---- multipart ------------------------------------------------------------------------------- */

static bool same_word(struct str s, const char *lower)
{
    if (s.n != strlen(lower)) return false;
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (c != lower[k]) return false;
    }
    return true;
}

/* The value of NAME= in "type; NAME=value; NAME="value"". Browsers write a quote within quotes as
 * %22 (HTML, multipart/form-data). */
static bool parameter(struct arena *a, struct str head, const char *name, struct str *out)
{
    struct str rest = head, one;
    str_split(rest, ';', &one, &rest);
    while (rest.n) {
        struct str key, value = {0};
        rest = str_trim(rest);
        size_t k = 0;
        while (k < rest.n && rest.p[k] != '=' && rest.p[k] != ';') k++;
        key = (struct str){rest.p, k};
        if (k < rest.n && rest.p[k] == '=') {
            size_t from = k + 1, to = from;
            bool quoted = from < rest.n && rest.p[from] == '"';
            if (quoted) {
                for (to = ++from; to < rest.n && rest.p[to] != '"';) to++;
                if (to == rest.n) return false;
            } else {
                while (to < rest.n && rest.p[to] != ';') to++;
            }
            value = (struct str){rest.p + from, to - from};
            k = quoted ? to + 1 : to;
        }
        if (same_word(str_trim(key), name)) {
            *out = str_dup(a, value);
            return true;
        }
        while (k < rest.n && rest.p[k] != ';') k++;
        rest = k < rest.n ? (struct str){rest.p + k + 1, rest.n - k - 1} : (struct str){0};
    }
    return false;
}

static bool boundary_read(struct turn *t, struct str type, struct str *out)
{
    struct str media, rest;
    str_split(type, ';', &media, &rest);
    if (!same_word(str_trim(media), "multipart/form-data")) return false;
    if (!parameter(t->arena, type, "boundary", out)) return false;
    return out->n >= 1 && out->n <= FORM_BOUNDARY_MAX;
}

/* A cursor over the body. */
struct parts {
    struct turn *t;
    struct str rest;
    struct str edge; /* "\r\n--BOUNDARY" */
};

static bool take(struct parts *p, const char *what)
{
    if (!str_starts(p->rest, what)) return false;
    size_t n = strlen(what);
    p->rest = (struct str){p->rest.p + n, p->rest.n - n};
    return true;
}

/* One header line of a part. */
static err line_read(struct parts *p, struct web_field *f, struct str line)
{
    struct arena *a = p->t->arena;
    struct str name, value, text;
    if (!str_split(line, ':', &name, &value)) return refuse(p->t, "RFC 7578 4.8", "a broken head");
    value = str_trim(value);
    if (same_word(name, "content-type")) f->type = str_dup(a, value);
    if (!same_word(name, "content-disposition")) return ERR_OK;
    if (!parameter(a, value, "name", &f->name))
        return refuse(p->t, "RFC 7578 4.2", "a field without a name");
    f->is_file = parameter(a, value, "filename", &text);
    if (f->is_file) f->file_name = text;
    return ERR_OK;
}

static err head_read(struct parts *p, struct web_field *f)
{
    size_t budget = FORM_PART_HEAD_MAX;
    while (!take(p, "\r\n")) {
        const char *end = memmem(p->rest.p, p->rest.n, "\r\n", 2);
        size_t n = end ? (size_t)(end - p->rest.p) : p->rest.n;
        if (!end || n + 2 > budget) return refuse(p->t, "RFC 7578 4.8", "a broken head");
        budget -= n + 2;
        try(line_read(p, f, (struct str){p->rest.p, n}));
        p->rest = (struct str){end + 2, p->rest.n - n - 2};
    }
    if (!f->name.n || f->name.n > FORM_NAME_MAX || !str_is_utf8(f->name))
        return refuse(p->t, "RFC 7578 4.2", "a field without a proper name");
    if (f->file_name.n > FORM_FILE_NAME_MAX) return too_large(p->t, f->name, "A file's name");
    if (!str_is_utf8(f->file_name) || !str_is_utf8(f->type))
        return refuse(p->t, "RFC 7578 5.1", "a file's name is not text");
    return ERR_OK;
}

static err content_read(struct parts *p, struct web_field *f)
{
    const char *end = memmem(p->rest.p, p->rest.n, p->edge.p, p->edge.n);
    if (!end) return refuse(p->t, "RFC 2046 5.1.1", "a part has no end");
    size_t n = (size_t)(end - p->rest.p);
    struct str content = {p->rest.p, n};
    p->rest = (struct str){end + p->edge.n, p->rest.n - n - p->edge.n};
    if (f->is_file) {
        if (n > FORM_FILE_MAX) return too_large(p->t, f->name, "A file");
        f->data = str_bytes(content);
        return ERR_OK;
    }
    if (n > FORM_TEXT_MAX) return too_large(p->t, f->name, "A field's text");
    if (!str_is_utf8(content)) return refuse(p->t, "RFC 7578 5.1", "a field's value is not text");
    f->value = lines_plain(p->t->arena, content);
    return ERR_OK;
}

err form_multipart_read(struct turn *t, struct str type, struct bytes body, struct web_form *out)
{
    struct str boundary;
    if (!boundary_read(t, type, &boundary))
        return refuse(t, "RFC 7578 4.1", "it does not say where its parts end");
    struct web_field *fields = arena_take_many(t->arena, FORM_FIELDS_MAX, sizeof *fields);
    struct web_form f = {.fields = fields};
    struct parts p = {.t = t, .rest = bytes_str(body)};
    p.edge = str_printf(t->arena, "\r\n--" STR_FMT, STR_ARG(boundary));
    const char *first = str_c(t->arena, (struct str){p.edge.p + 2, p.edge.n - 2});
    if (!take(&p, first)) return refuse(t, "RFC 2046 5.1.1", "it begins with no part");
    while (!take(&p, "--")) {
        if (f.n == FORM_FIELDS_MAX) return too_large(t, STR(""), "The number of fields");
        if (!take(&p, "\r\n")) return refuse(t, "RFC 2046 5.1.1", "a part has no end");
        try(head_read(&p, &fields[f.n]));
        try(content_read(&p, &fields[f.n]));
        f.n++;
    }
    *out = f;
    return ERR_OK;
}

/* ---- looking --------------------------------------------------------------------------------- */

const struct web_field *form_get(const struct web_form *f, const char *name)
{
    for (size_t k = 0; k < f->n; k++)
        if (str_is(f->fields[k].name, name)) return &f->fields[k];
    return NULL;
}

struct str form_text(const struct web_form *f, const char *name)
{
    const struct web_field *one = form_get(f, name);
    return one && !one->is_file ? one->value : STR("");
}

struct str cookie_get(struct str header, struct str name)
{
    while (header.n) {
        struct str pair, key, value;
        str_split(header, ';', &pair, &header);
        str_split(str_trim(pair), '=', &key, &value);
        if (str_eq(key, name)) return value;
    }
    return STR("");
}
