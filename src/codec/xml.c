/* SPDX-License-Identifier: Apache-2.0 */
/* Reading XML: libxml2's events into the bounded tree.
 *
 * For ASiC manifests and ETSI lists. A document type ends the reading before its first declaration,
 * so there are no entities to expand and nothing to fetch; only UTF-8 is read, because a declared
 * encoding would let two readers see two texts. It keeps no comments, instructions or prefixes. */

#include "codec/codec.h"

#include "codec/inner.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

struct frame {
    struct tree *children;
    struct tree *text_node;
    struct buf text;
};

struct reading {
    struct turn *t;
    const struct tree_limits *limits;
    xmlParserCtxtPtr parser;
    struct tree *root;
    struct frame open[TREE_DEPTH_CAP];
    size_t depth;
    size_t count;
    err e; /* the first refusal; the parser is stopped with it */
};

static err check_encoding(struct turn *t, struct bytes in);
static err check_tags(struct turn *t, struct bytes in);
static err parse(struct reading *r, struct bytes in);

err xml_read(struct turn *t, struct bytes in, const struct tree_limits *limits, struct tree **out)
{
    try(codec_check(t, "xml", "XML 1.0 2.2", in, limits));
    if (in.n > INT_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "size", NULL, "The document has %zu bytes.", in.n);
    try(check_encoding(t, in));
    try(check_tags(t, in));
    struct reading r = {.t = t, .limits = limits};
    try(parse(&r, in));
    *out = r.root;
    return ERR_OK;
}

struct str xml_escape(struct arena *a, struct str s)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&':
            buf_str(&b, STR("&amp;"));
            break;
        case '<':
            buf_str(&b, STR("&lt;"));
            break;
        case '>':
            buf_str(&b, STR("&gt;"));
            break;
        case '"':
            buf_str(&b, STR("&quot;"));
            break;
        case '\'':
            buf_str(&b, STR("&apos;"));
            break;
        default:
            buf_byte(&b, (uint8_t)s.p[i]);
            break;
        }
    }
    return buf_as_str(&b);
}

/* The text after the first `what`, or the empty text. */
static struct str after(struct str s, const char *what)
{
    while (s.n && !str_starts(s, what)) s.p++, s.n--;
    size_t n = strlen(what);
    return s.n ? (struct str){s.p + n, s.n - n} : s;
}

/* The declaration may name UTF-8 or nothing. Looked at here because libxml2 would begin to convert
 * as soon as it has read it; whether the declaration is well-formed is left to libxml2. */
static err check_encoding(struct turn *t, struct bytes in)
{
    struct str s = bytes_str(in);
    if (str_starts(s, "\xef\xbb\xbf")) s.p += 3, s.n -= 3;
    if (!str_starts(s, "<?xml")) return ERR_OK;
    struct str tail = after(s, "?>");
    s.n -= tail.n;
    s = str_trim(after(s, "encoding"));
    if (s.n == 0) return ERR_OK;
    s = str_trim(after(s, "="));
    if (s.n > 6 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[6] == s.p[0] &&
        strncasecmp(s.p + 1, "UTF-8", 5) == 0)
        return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "xml", "XML 1.0 4.3.3",
                     "The document declares an encoding other than UTF-8.");
}

/* libxml2 compares each attribute of an element with all before it, so their number is limited
 * before it sees them. Each `<` starts anew, since none may stand in a value; that way text that
 * only looks like a tag is counted too, and a true tag is never missed. */
static err check_tags(struct turn *t, struct bytes in)
{
    bool in_tag = false;
    uint8_t quote = 0;
    size_t attributes = 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (c == '<') {
            in_tag = i + 1 < in.n && in.p[i + 1] != '!' && in.p[i + 1] != '?';
            quote = 0;
            attributes = 0;
        } else if (!in_tag) {
            continue;
        } else if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            in_tag = false;
        } else if (c == '=' && ++attributes > XML_ATTRIBUTES_MAX) {
            return turn_fail(t, ERR_TOO_LARGE, "count", NULL,
                             "An element has more than %d attributes.", XML_ATTRIBUTES_MAX);
        }
    }
    return ERR_OK;
}

/* ---- what the parser calls ------------------------------------------------------------------- */

static void stop(struct reading *r, err e)
{
    if (r->e == ERR_OK) r->e = e;
    xmlStopParser(r->parser);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
    (void)name, (void)public, (void)system;
    struct reading *r = ctx;
    stop(r, turn_fail(r->t, ERR_REJECTED, "xml-doctype", "XML 1.0 2.8",
                      "The document has a document type declaration."));
}

static void on_reference(void *ctx, const xmlChar *name)
{
    struct reading *r = ctx;
    stop(r, turn_fail_at(r->t, ERR_REJECTED, "xml", "XML 1.0 4.1", str_of((const char *)name),
                         "The document refers to an entity."));
}

static err add(struct reading *r, struct tree *to, struct str key, enum tree_kind kind,
               struct tree **out)
{
    try(codec_count(r->t, r->limits, &r->count));
    *out = tree_new(r->t->arena, kind);
    (*out)->key = key;
    tree_append(to, *out);
    return ERR_OK;
}

static err add_text(struct reading *r, struct tree *to, struct str key, struct str value)
{
    struct tree *made;
    try(add(r, to, key, TREE_STR, &made));
    made->str = str_dup(r->t->arena, value);
    return ERR_OK;
}

/* libxml2 gives each attribute as five pointers: name, prefix, namespace, value and its end. */
static err add_attributes(struct reading *r, struct tree *to, const xmlChar **five, int n)
{
    for (int i = 0; i < n; i++, five += 5) {
        struct str name = str_dup(r->t->arena, str_of((const char *)five[0]));
        if (five[2]) /* one of a namespace never passes for the element's own */
            name = str_printf(r->t->arena, "{%s}" STR_FMT, (const char *)five[2], STR_ARG(name));
        if (tree_get_s(to, name)) {
            struct str shown = codec_quote(r->t->arena, name);
            return turn_fail_at(r->t, ERR_REJECTED, "xml", "XML-Names 6.3", name,
                                "Two attributes have the local name \"" STR_FMT "\".",
                                STR_ARG(shown));
        }
        struct str value = {(const char *)five[3], (size_t)(five[4] - five[3])};
        try(add_text(r, to, name, value));
    }
    return ERR_OK;
}

/* Line and column stand where the start tag ends. */
static void locate(const struct reading *r, struct tree *element)
{
    const xmlParserInput *at = r->parser->input;
    if (!at) return;
    element->line = at->line > 0 ? (uint32_t)at->line : 1;
    element->col = at->col > 0 ? (uint32_t)at->col : 1;
}

static err element_open(struct reading *r, const xmlChar *name, const xmlChar *uri,
                        const xmlChar **attributes, int n)
{
    if (r->depth >= r->limits->depth_max) return codec_too_deep(r->t, NULL, r->limits);
    struct tree *element, *held;
    if (r->depth) {
        try(add(r, r->open[r->depth - 1].children, STR(""), TREE_MAP, &element));
    } else {
        try(codec_count(r->t, r->limits, &r->count));
        element = r->root = tree_map(r->t->arena);
    }
    locate(r, element);
    struct frame *f = &r->open[r->depth++];
    f->text = buf_in(r->t->arena);
    try(add_text(r, element, STR("name"), str_of((const char *)name)));
    try(add_text(r, element, STR("ns"), str_of((const char *)uri)));
    try(add(r, element, STR("attributes"), TREE_MAP, &held));
    try(add_attributes(r, held, attributes, n));
    try(add(r, element, STR("children"), TREE_LIST, &f->children));
    return add(r, element, STR("text"), TREE_STR, &f->text_node);
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_spaces, const xmlChar **spaces, int n, int n_default,
                     const xmlChar **attributes)
{
    (void)prefix, (void)n_spaces, (void)spaces, (void)n_default;
    struct reading *r = ctx;
    if (r->e != ERR_OK) return;
    err e = element_open(r, name, uri, attributes, n);
    if (e != ERR_OK) stop(r, e);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)name, (void)prefix, (void)uri;
    struct reading *r = ctx;
    if (r->e != ERR_OK || r->depth == 0) return;
    struct frame *f = &r->open[--r->depth];
    f->text_node->str = buf_as_str(&f->text);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
    struct reading *r = ctx;
    if (r->e == ERR_OK && r->depth && n > 0) buf_put(&r->open[r->depth - 1].text, text, (size_t)n);
}

/* ---- the parser ------------------------------------------------------------------------------ */

static void parser_free(xmlParserCtxtPtr *p)
{
    if (*p) xmlFreeParserCtxt(*p);
}
#define auto_xml __attribute__((cleanup(parser_free))) xmlParserCtxtPtr

static err syntax_fault(struct reading *r)
{
    const xmlError *e = xmlCtxtGetLastError(r->parser);
    struct str what = str_trim(str_of(e && e->message ? e->message : "not well-formed"));
    if (what.n > 200) what.n = 200;
    return turn_fail(r->t, ERR_REJECTED, "xml", "XML 1.0 2.1", "Line %d: " STR_FMT ".",
                     e ? e->line : 0, STR_ARG(what));
}

static err parse(struct reading *r, struct bytes in)
{
    xmlSAXHandler calls = {.initialized = XML_SAX2_MAGIC,
                           .internalSubset = on_doctype,
                           .reference = on_reference,
                           .startElementNs = on_start,
                           .endElementNs = on_end,
                           .characters = on_text,
                           .ignorableWhitespace = on_text,
                           .cdataBlock = on_text};
    auto_xml parser = xmlCreatePushParserCtxt(&calls, r, NULL, 0, NULL);
    if (!parser) return turn_fail(r->t, ERR_INTERNAL, "memory", NULL, "No memory to read XML.");
    r->parser = parser;
    /* "No entities" would leave &amp; in attributes half decoded; the five built-in ones are the
     * only ones there can be. */
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                  XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    /* What the call returns counts warnings too; the two flags below do not. */
    (void)xmlParseChunk(parser, in.n ? (const char *)in.p : "", (int)in.n, 1);
    if (r->e != ERR_OK) return r->e;
    bool whole = parser->wellFormed && parser->nsWellFormed && r->root && r->depth == 0;
    return whole ? ERR_OK : syntax_fault(r);
}
