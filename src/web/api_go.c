/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the API: views as JSON, with tags to compare, links to go on by, and the acts that can
 * be done now. */

#include "web/api.h"

#include <assert.h>
#include <string.h>

enum { HEADS = 20 };

/* ---- tags and links -------------------------------------------------------------------------- */

/* FNV-1a: tells versions of one answer apart, and guards nothing. */
static uint64_t print_of(struct str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t k = 0; k < s.n; k++) h = (h ^ (uint8_t)s.p[k]) * UINT64_C(0x100000001b3);
    return h;
}

/* "17-…": the version, and which answer of it (the acts that can be done change with the time, the
 * words with the language). */
static const char *tag_of(struct visit *v, const struct tree *view, struct str body)
{
    struct arena *a = v->t.arena;
    int64_t version = tree_int(view, "version", -1);
    bool got = v->api->method == GET;
    if (version < 0 && !got) return NULL;
    struct buf b = buf_in(a);
    buf_byte(&b, '"');
    if (version >= 0) buf_printf(&b, "%lld", (long long)version);
    if (got) buf_printf(&b, "-%016llx", (unsigned long long)print_of(body));
    buf_byte(&b, '"');
    return str_c(a, buf_as_str(&b));
}

static void value_put(struct buf *b, struct arena *a, struct str value)
{
    struct html_out o = {.arena = a, .b = *b};
    struct tree t = {.kind = TREE_STR, .str = value};
    html_url_part(&o, &t);
    *b = o.b;
}

/* This address, with its query; a key given by `cursor` has that value instead. */
static struct str address(struct visit *v, const char *cursor, int64_t value)
{
    struct arena *a = v->t.arena;
    struct buf b = buf_in(a);
    struct str path, keys, name, type;
    buf_str(&b, api_href(a, v->api->pattern, v->at));
    str_split(str_of(v->api->pattern), '?', &path, &keys);
    for (char before = '?'; api_key_next(&keys, &name, &type);) {
        bool turned = cursor && str_is(name, cursor);
        struct str said =
            turned ? str_printf(a, "%lld", (long long)value) : tree_str(v->at, str_c(a, name));
        if (!said.n) continue;
        buf_printf(&b, "%c" STR_FMT "=", before, STR_ARG(name));
        value_put(&b, a, said);
        before = '&';
    }
    return buf_as_str(&b);
}

static const char *links(struct visit *v)
{
    struct str self = address(v, NULL, 0);
    struct str more =
        v->next.n ? str_printf(v->t.arena, ", <" STR_FMT ">; rel=\"next\"", STR_ARG(v->next))
                  : STR("");
    return str_c(v->t.arena,
                 str_printf(v->t.arena,
                            "<" STR_FMT ">; rel=\"self\", </openapi.json>; rel=\"describedby\"; "
                            "type=\"application/json\"" STR_FMT,
                            STR_ARG(self), STR_ARG(more)));
}

static size_t heads_put(struct visit *v, const char *heads[HEADS], const char *tag)
{
    size_t n = 0;
    heads[n++] = "Link";
    heads[n++] = links(v);
    heads[n++] = "Vary";
    heads[n++] = "Accept-Language, Authorization, Cookie";
    heads[n++] = "Content-Language";
    heads[n++] = lang_word(v->lang);
    if (tag) {
        heads[n++] = "ETag";
        heads[n++] = tag;
    }
    heads[n] = NULL;
    return n;
}

void api_reply_unchanged(struct visit *v, const char *tag)
{
    const char *heads[HEADS];
    (void)heads_put(v, heads, tag);
    visit_bytes(v, 304, NULL, (struct bytes){0}, heads);
}

/* The desk gave a stamp with what this answer is made of: then who has it may ask by that. */
static void remember(struct visit *v, const char *tag)
{
    const struct web_ask *a = *v->api->action ? visit_asked(v, v->api->action) : NULL;
    if (a && tag && v->api->method == GET) known_put(v, str_of(tag), a->stamp);
}

void api_reply(struct visit *v, const struct tree *view, const char *const *extra)
{
    const char *heads[HEADS];
    struct str body = json_write(v->t.arena, view);
    const char *tag = tag_of(v, view, body);
    size_t n = heads_put(v, heads, tag);
    remember(v, tag);
    for (; extra && extra[0]; extra += 2) {
        heads[n++] = extra[0];
        heads[n++] = extra[1];
    }
    assert(n < HEADS);
    heads[n] = NULL;
    bool known = v->api->method == GET && tag &&
                 api_none_match(visit_header(v, "If-None-Match"), str_of(tag));
    if (known)
        visit_bytes(v, 304, NULL, (struct bytes){0}, heads);
    else
        visit_bytes(v, v->api->status, "application/json", str_bytes(body), heads);
}

static struct tree *view_copy(struct visit *v)
{
    return tree_add_copy(v->t.arena, tree_list(v->t.arena), NULL, v->view);
}

static void place_put(struct visit *v, struct tree *to, const char *key, const char *row)
{
    struct tree *one = tree_add_map(v->t.arena, to, key);
    const struct api_row *r = api_row_of(row);
    tree_add_str(v->t.arena, one, "href", api_href(v->t.arena, r->pattern, v->at));
    if (r->method != GET)
        tree_add_str(v->t.arena, one, "method", str_of(api_method_word(r->method)));
}

/* ---- answers --------------------------------------------------------------------------------- */

void api_go_view(struct visit *v) { api_reply(v, v->view ? v->view : tree_map(v->t.arena), NULL); }

void api_go_list(struct visit *v)
{
    int64_t before = tree_int(v->view, "before", -1);
    if (before >= 0) v->next = address(v, "before", before);
    api_reply(v, v->view, NULL);
}

void api_go_changes(struct visit *v)
{
    v->next = address(v, "after", tree_int(v->view, "position", 0));
    api_reply(v, v->view, NULL);
}

/* Whether there is a session was asked before; the stream itself only says what changed. */
void api_go_events(struct visit *v) { events_open(v); }

void api_acts_put(struct visit *v, struct tree *to, const char *key, const struct tree *view)
{
    static const char *const said[] = {"act", "title", "article", "next", "inward"};
    struct arena *a = v->t.arena;
    const struct api_row *row = api_row_of("DOSSIER_ACT");
    const struct tree *options = tree_get(view, "options");
    struct tree *list = tree_add_list(a, to, key);
    for (const struct tree *o = options ? options->child : NULL; o; o = o->next) {
        if (!option_is_possible(o)) continue;
        struct tree *one = tree_add_map(a, list, NULL);
        for (size_t k = 0; k < sizeof said / sizeof *said; k++)
            tree_add_copy(a, one, said[k], tree_get(o, said[k]));
        tree_add_str(a, one, "href", api_href(a, row->pattern, v->at));
        tree_add_str(a, one, "method", str_of(api_method_word(row->method)));
    }
}

void api_go_dossier(struct visit *v)
{
    struct tree *m = view_copy(v), *links = tree_add_map(v->t.arena, m, "_links");
    place_put(v, links, "self", "DOSSIER");
    place_put(v, links, "log", "DOSSIER_LOG");
    api_acts_put(v, links, "acts", v->view);
    api_reply(v, m, NULL);
}

static void made(struct visit *v, const char *row)
{
    struct str where = api_href(v->t.arena, api_row_of(row)->pattern, v->view);
    const char *const extra[] = {"Location", str_c(v->t.arena, where), NULL};
    api_reply(v, v->view, extra);
}

void api_go_act(struct visit *v) { made(v, "DOSSIER"); }

void api_go_draft_new(struct visit *v) { made(v, "DRAFT"); }

void api_go_draft(struct visit *v)
{
    struct tree *m = view_copy(v), *links = tree_add_map(v->t.arena, m, "_links");
    place_put(v, links, "self", "DRAFT");
    place_put(v, links, "check", "DRAFT_CHECK");
    place_put(v, links, "send", "DRAFT_SEND");
    api_reply(v, m, NULL);
}

void api_go_form(struct visit *v)
{
    struct tree *m = view_copy(v);
    tree_add_copy(v->t.arena, m, "schema",
                  openapi_particulars(v->t.arena, tree_get(v->view, "particulars")));
    api_reply(v, m, NULL);
}

/* ---- the API itself -------------------------------------------------------------------------- */

/* "/v1/dossiers{?box,q}" (RFC 6570), and the word of the row with small letters. */
static void index_add(struct arena *a, struct tree *to, const struct api_row *r)
{
    struct str path, keys, name, type;
    struct buf href = buf_in(a), word = buf_in(a);
    str_split(str_of(r->pattern), '?', &path, &keys);
    bool templated = keys.n > 0;
    for (size_t k = 0; k < path.n; k++) templated = templated || path.p[k] == '{';
    buf_str(&href, path);
    for (const char *before = "{?"; api_key_next(&keys, &name, &type); before = ",")
        buf_printf(&href, "%s" STR_FMT, before, STR_ARG(name));
    if (str_of(r->pattern).n > path.n) buf_byte(&href, '}');
    for (const char *c = r->name; *c; c++) buf_byte(&word, (uint8_t)(*c == '_' ? '-' : *c | 0x20));
    struct tree *one = tree_add_map(a, to, str_c(a, buf_as_str(&word)));
    tree_add_str(a, one, "href", buf_as_str(&href));
    tree_add_str(a, one, "title", str_of(r->summary));
    if (r->method != GET) tree_add_str(a, one, "method", str_of(api_method_word(r->method)));
    if (templated) tree_add_bool(a, one, "templated", true);
}

void api_go_index(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct tree *m = tree_map(a), *links = tree_add_map(a, m, "_links");
    place_put(v, links, "self", "INDEX");
    for (size_t k = 0; k < api_rows_n; k++) index_add(a, links, &api_rows[k]);
    api_reply(v, m, NULL);
}

void api_go_openapi(struct visit *v) { api_reply(v, openapi_make(v->t.arena), NULL); }

static void health_said(struct visit *v)
{
    const struct fault *f = visit_fault(v, "law");
    if (f && f->err != ERR_NONE_SUCH) {
        visit_refuse(v, f->err, f);
        return;
    }
    struct tree *m = tree_map(v->t.arena);
    tree_add_str(v->t.arena, m, "status", STR("ok"));
    tree_add_str(v->t.arena, m, "time", time_text(v->t.arena, turn_now_ms(&v->t)));
    api_reply(v, m, NULL);
}

/* The smallest question that the desk answers to anybody: about a row that is none. */
void api_go_health(struct visit *v)
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "what", STR("-"));
    visit_try(v, "law", args);
    visit_then(v, health_said);
}
