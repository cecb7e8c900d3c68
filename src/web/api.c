/* SPDX-License-Identifier: Apache-2.0 */
/* A call of the API, from its head and body to the question for the desk. What does not fit its row
 * of api.def is refused here, by the name of each thing that does not, before the desk hears of it.
 */

#include "web/api.h"

#include <assert.h>
#include <string.h>

static const struct tree_limits limits = {WEB_BODY_MAX, 12, 65536};

const struct api_row api_rows[] = {
#define API(name, method, pattern, who, action, body, needs, status, go, view, summary)            \
    {#name, method, pattern, who, action, body, needs, status, api_go_##go, view, summary},
#include "web/api.def"
#undef API
};
const size_t api_rows_n = sizeof api_rows / sizeof *api_rows;

const char *api_method_word(enum web_method m)
{
    static const char *const words[] = {
        [GET] = "GET", [POST] = "POST", [PATCH] = "PATCH", [DELETE] = "DELETE"};
    return words[m];
}

bool api_key_next(struct str *keys, struct str *name, struct str *type)
{
    struct str one;
    if (!keys->n) return false;
    str_split(*keys, '&', &one, keys);
    if (!str_split(one, ':', name, type)) *type = STR("text");
    return true;
}

const struct api_row *api_row_of(const char *name)
{
    size_t k = 0;
    while (k < api_rows_n && strcmp(api_rows[k].name, name) != 0) k++;
    assert(k < api_rows_n);
    return &api_rows[k];
}

static void step_put(struct buf *b, struct arena *a, struct str step, const struct tree *values)
{
    struct str name = {step.p + 1, step.n - 2};
    if (step.n > 2 && step.p[0] == '{') {
        struct html_out o = {.arena = a, .b = *b};
        struct tree value = {.kind = TREE_STR, .str = tree_str(values, str_c(a, name))};
        html_url_part(&o, &value);
        *b = o.b;
    } else {
        buf_str(b, step);
    }
}

struct str api_href(struct arena *a, const char *pattern, const struct tree *values)
{
    struct str path, keys, step;
    struct buf b = buf_in(a);
    str_split(str_of(pattern), '?', &path, &keys);
    for (bool more = true, first = true; more; first = false) {
        more = str_split(path, '/', &step, &path);
        if (!first) buf_byte(&b, '/');
        step_put(&b, a, step, values);
    }
    return buf_as_str(&b);
}

bool api_is(struct str path)
{
    return str_is(path, "/v1") || str_starts(path, "/v1/") || str_is(path, "/openapi.json");
}

/* ---- which row ------------------------------------------------------------------------------- */

static bool is_asked_by(const struct api_row *r, struct str method)
{
    if (str_is(method, "HEAD")) return r->method == GET;
    return str_is(method, api_method_word(r->method));
}

static void allow_add(struct buf *allow, const struct api_row *r)
{
    buf_printf(allow, "%s%s%s", allow->n ? ", " : "", api_method_word(r->method),
               r->method == GET ? ", HEAD" : "");
}

static err row_find(struct visit *v, const struct net_request_head *head)
{
    struct arena *a = v->t.arena;
    struct buf allow = buf_in(a);
    for (size_t k = 0; k < api_rows_n && !v->api; k++) {
        struct tree *at = tree_map(a);
        if (!web_path_fits(a, api_rows[k].pattern, head->path, at)) continue;
        allow_add(&allow, &api_rows[k]);
        if (!is_asked_by(&api_rows[k], head->method)) continue;
        v->api = &api_rows[k];
        v->at = at;
    }
    if (v->api) return ERR_OK;
    if (!allow.n)
        return turn_fail(&v->t, ERR_NONE_SUCH, "address-none-such", NULL,
                         "The API has no such address.");
    v->allow = str_c(a, buf_as_str(&allow));
    return turn_fail(&v->t, ERR_USAGE, "method", "RFC 9110 15.5.6",
                     "This address is not asked in that way.");
}

/* ---- who ------------------------------------------------------------------------------------- */

/* A token that is sent along cannot be sent by another site; a cookie can. */
static err who_is(struct visit *v)
{
    struct str authorization = visit_header(v, "Authorization");
    struct str token = api_bearer(authorization);
    if (authorization.n) v->session = token.n <= WEB_TOKEN_MAX ? token : STR("");
    if (!authorization.n && v->session.n && v->api->method != GET && !visit_is_same_origin(v))
        return turn_fail(&v->t, ERR_STRANGER, "other-origin", NULL,
                         "With a cookie, only a page of this node may write.");
    if (v->api->who == OFFICER && !v->session.n)
        return turn_fail(&v->t, ERR_STRANGER, "session-none", "RFC 6750 3",
                         "Nobody has entered. Enter first.");
    return ERR_OK;
}

/* ---- the query ------------------------------------------------------------------------------- */

static bool key_find(const char *pattern, struct str wanted, struct str *type)
{
    struct str path, keys, name;
    str_split(str_of(pattern), '?', &path, &keys);
    while (api_key_next(&keys, &name, type))
        if (str_eq(name, wanted)) return true;
    return false;
}

static void key_read(struct visit *v, const char *key, struct str type, struct str value)
{
    struct arena *a = v->t.arena;
    int64_t n;
    if (str_is(type, "int")) {
        if (str_to_int(value, &n) && n >= -TREE_INT_MAX && n <= TREE_INT_MAX)
            tree_add_int(a, v->args, key, n);
        else
            problem_at(v, "parameter", str_of(key), "This is to be a whole number.");
    } else if (str_is(type, "bool")) {
        if (str_is(value, "true") || str_is(value, "false"))
            tree_add_bool(a, v->args, key, str_is(value, "true"));
        else
            problem_at(v, "parameter", str_of(key), "This is to be true or false.");
    } else {
        tree_add_str(a, v->args, key, value);
    }
}

static err query_read(struct visit *v, struct str query)
{
    struct web_form f;
    struct str type;
    if (form_read(&v->t, query, &f) != ERR_OK) {
        turn_forgive(&v->t);
        return turn_fail(&v->t, ERR_USAGE, "parameter", "RFC 3986 3.4",
                         "The query is not readable.");
    }
    for (size_t k = 0; k < f.n; k++) {
        const char *key = str_c(v->t.arena, f.fields[k].name);
        if (!key_find(v->api->pattern, f.fields[k].name, &type))
            problem_at(v, "parameter", f.fields[k].name, "There is no such key.");
        else if (tree_get(v->at, key))
            problem_at(v, "parameter", f.fields[k].name, "This is said twice.");
        else
            tree_add_str(v->t.arena, v->at, key, f.fields[k].value);
        if (!v->errors->count && f.fields[k].value.n) key_read(v, key, type, f.fields[k].value);
    }
    if (!v->errors->count) return ERR_OK;
    return turn_fail(&v->t, ERR_USAGE, "parameter", NULL,
                     "The query holds what this address does not read.");
}

/* ---- the body -------------------------------------------------------------------------------- */

static bool is_json(const struct visit *v)
{
    struct str media, rest;
    str_split(visit_header(v, "Content-Type"), ';', &media, &rest);
    media = str_trim(media);
    const char *json = "application/json";
    if (media.n != strlen(json)) return false;
    for (size_t k = 0; k < media.n; k++)
        if ((media.p[k] | 0x20) != json[k] && media.p[k] != json[k]) return false;
    return true;
}

static err body_read(struct visit *v)
{
    struct shape shape = {.name = "Nothing", .is_body = true};
    struct tree *m = tree_map(v->t.arena);
    if (*v->api->body && !shape_find(str_of(v->api->body), &shape)) assert(false);
    if (v->body.n && !is_json(v))
        return turn_fail(&v->t, ERR_USAGE, "not-json", "RFC 9110 15.5.16",
                         "The body is not said to be application/json.");
    if (v->body.n) try(json_read(&v->t, v->body, &limits, &m));
    shape_check(v->t.arena, &shape, m, STR(""), v->errors);
    if (v->errors->count)
        return turn_fail(&v->t, ERR_REJECTED, "body", NULL,
                         "The body does not fit what this address takes.");
    /* What else is asked joins what was read: documents are large and are not copied. */
    for (const struct tree *c = v->args->child; c; c = c->next) tree_set(v->t.arena, m, c->key, c);
    v->args = m;
    return ERR_OK;
}

/* ---- versions and keys ----------------------------------------------------------------------- */

static err match_read(struct visit *v)
{
    struct str header = visit_header(v, "If-Match");
    int64_t version;
    if (!(v->api->needs & MATCH)) return ERR_OK;
    if (!header.n)
        return turn_fail(&v->t, ERR_USAGE, "if-match-missing", "RFC 6585 3",
                         "If-Match is missing: it says which version was looked at.");
    switch (api_match_read(header, &version)) {
    case API_MATCH_READ:
        tree_add_int(v->t.arena, v->args, "version", version);
        return ERR_OK;
    case API_MATCH_WEAK:
        return turn_fail(&v->t, ERR_CONFLICT, "stale-version", "RFC 9110 13.1.1",
                         "A weak ETag is never the version that stands. Nothing was done.");
    case API_MATCH_BROKEN:
        break;
    }
    return turn_fail(&v->t, ERR_USAGE, "if-match", "RFC 9110 13.1.1",
                     "If-Match is not one ETag as this node gives it.");
}

static err idem_read(struct visit *v)
{
    struct str header = visit_header(v, "Idempotency-Key"), key;
    if (v->api->method == GET) return ERR_OK;
    if (!header.n && (v->api->needs & KEY))
        return turn_fail(&v->t, ERR_USAGE, "idempotency-key-missing", NULL,
                         "Idempotency-Key is missing: it keeps a repeated call from doing a thing "
                         "twice.");
    if (!header.n) return ERR_OK;
    if (!api_key_read(header, &key))
        return turn_fail(&v->t, ERR_USAGE, "idempotency-key", NULL,
                         "Idempotency-Key is not between 1 and 128 visible ASCII characters.");
    tree_add_str(v->t.arena, v->args, "idem", key);
    return ERR_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Everything but the body. */
static err head_read(struct visit *v)
{
    const struct net_request_head *head = net_request_head(v->request);
    struct arena *a = v->t.arena;
    try(row_find(v, head));
    try(who_is(v));
    for (const struct tree *c = v->at->child; c; c = c->next)
        tree_add_copy(a, v->args, str_c(a, c->key), c);
    try(query_read(v, head->query));
    try(match_read(v));
    try(idem_read(v));
    return ERR_OK;
}

bool api_begin(struct visit *v, struct bytes body)
{
    v->is_api = true;
    v->body = body;
    v->args = tree_map(v->t.arena);
    v->errors = tree_list(v->t.arena);
    v->more = tree_map(v->t.arena);
    v->lang = lang_accepted(visit_header(v, "Accept-Language"));
    err e = head_read(v);
    if (e != ERR_OK) visit_refuse(v, e, &v->t.fault);
    return e == ERR_OK;
}

static void refused_with_acts(struct visit *v)
{
    const struct tree *view = visit_view(v, "show");
    if (view) api_acts_put(v, v->more, "allowed_acts", view);
    const struct fault *f = visit_fault(v, v->api->action);
    visit_refuse(v, f->err, f);
}

/* What stands beside a refusal: the other's text, and what could be done instead. */
static void refused(struct visit *v, const struct fault *f, const struct tree *view)
{
    static const char *const kept[] = {"draft", "version", "theirs", "yours"};
    for (size_t k = 0; tree_get(view, "theirs") && k < sizeof kept / sizeof *kept; k++)
        tree_add_copy(v->t.arena, v->more, kept[k], tree_get(view, kept[k]));
    bool acts = str_is(str_of(v->api->action), "act") &&
                (f->err == ERR_NOT_ALLOWED || f->err == ERR_CONFLICT);
    if (!acts) {
        visit_refuse(v, f->err, f);
        return;
    }
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "ref", visit_at(v, "ref"));
    visit_try(v, "show", args);
    visit_then(v, refused_with_acts);
}

static void asked(struct visit *v)
{
    const struct fault *f = visit_fault(v, v->api->action);
    v->view = visit_view(v, v->api->action);
    if (!f && v->has && visit_asked(v, v->api->action)->unchanged) {
        api_reply_unchanged(v, v->has);
        return;
    }
    /* "No" is an answer where the view says why. */
    if (f && (f->err != ERR_NO || !v->view))
        refused(v, f, v->view);
    else
        v->api->go(v);
}

/* A change changes only what it names: the reader's language is no change of the text's. */
static void ask_it(struct visit *v)
{
    err e = body_read(v);
    if (e != ERR_OK) {
        visit_refuse(v, e, &v->t.fault);
        return;
    }
    struct str lang = v->api->method == PATCH ? STR("") : str_of(lang_word(v->lang));
    if (!tree_get(v->args, "lang")) tree_add_str(v->t.arena, v->args, "lang", lang);
    visit_then(v, asked);
    if (v->api->method == GET) v->unless = known_stamp(v, &v->has);
    if (*v->api->action)
        visit_try(v, v->api->action, v->args);
    else
        visit_then(v, v->api->go);
}

static void known(struct visit *v)
{
    const struct fault *f = visit_fault(v, "me");
    if (f)
        visit_refuse(v, f->err, f);
    else
        ask_it(v);
}

void api_ask(struct visit *v)
{
    if (v->api->who == ANYBODY || v->body.n <= WEB_BODY_BARE_MAX) {
        ask_it(v);
        return;
    }
    /* A large body is read only when the desk knows who sent it. */
    visit_try(v, "me", NULL);
    visit_then(v, known);
}
