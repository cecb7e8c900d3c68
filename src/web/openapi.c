/* SPDX-License-Identifier: Apache-2.0 */
/* What the API is, said from its own tables: the OpenAPI 3.1 document for programs, and a page for
 * people. Nothing here names an address, a field or an action. */

#include "web/api.h"

#include <string.h>

#define SCHEMAS "#/components/schemas/"

/* ---- schemas --------------------------------------------------------------------------------- */

static void ref_put(struct arena *a, struct tree *m, struct str name)
{
    tree_add_str(a, m, "$ref", str_printf(a, SCHEMAS STR_FMT, STR_ARG(name)));
}

static void type_put(struct arena *a, struct tree *m, struct str type)
{
    static const struct {
        const char *word, *type, *key, *value;
    } types[] = {
        {"text", "string", NULL, NULL},      {"time", "string", "format", "date-time"},
        {"day", "string", "format", "date"}, {"base64", "string", "contentEncoding", "base64"},
        {"int", "integer", NULL, NULL},      {"bool", "boolean", NULL, NULL},
        {"map", "object", NULL, NULL},
    };
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        if (!str_is(type, types[k].word)) continue;
        tree_add_str(a, m, "type", str_of(types[k].type));
        if (types[k].key) tree_add_str(a, m, types[k].key, str_of(types[k].value));
        return;
    }
    if (!str_is(type, "any")) ref_put(a, m, type);
}

static void shape_put(struct arena *a, struct tree *schemas, const struct shape *s)
{
    struct tree *m = tree_add_map(a, schemas, s->name);
    struct tree *properties = tree_map(a), *required = tree_list(a);
    tree_add_str(a, m, "type", STR("object"));
    for (size_t k = 0; k < s->n; k++) {
        const struct shape_field *f = &s->fields[k];
        struct tree *one = tree_add_map(a, properties, str_c(a, f->name));
        if (f->is_list) tree_add_str(a, one, "type", STR("array"));
        type_put(a, f->is_list ? tree_add_map(a, one, "items") : one, f->type);
        if (!f->may_lack) tree_add_str(a, required, NULL, f->name);
    }
    tree_add_copy(a, m, "properties", properties);
    if (required->count) tree_add_copy(a, m, "required", required);
    /* Bodies are read whole or not at all; of answers, more may be said one day. */
    if (s->is_body) tree_add_bool(a, m, "additionalProperties", false);
    if (s->is_open) tree_add_bool(a, m, "additionalProperties", true);
}

static void text_schema(struct arena *a, struct tree *m, const struct tree *row)
{
    struct tree *either = tree_add_list(a, m, "anyOf"), *plain = tree_add_map(a, either, NULL);
    tree_add_str(a, plain, "type", STR("string"));
    if (tree_get(row, "max")) tree_add_int(a, plain, "maxLength", tree_int(row, "max", 0));
    struct tree *said = tree_add_map(a, either, NULL), *inner;
    tree_add_str(a, said, "type", STR("object"));
    inner = tree_add_map(a, said, "properties");
    tree_add_copy(a, inner, "text", plain);
    tree_add_str(a, tree_add_map(a, inner, "lang"), "type", STR("string"));
    inner = tree_add_list(a, said, "required");
    tree_add_str(a, inner, NULL, STR("text"));
    tree_add_str(a, inner, NULL, STR("lang"));
}

static void number_schema(struct arena *a, struct tree *m, const struct tree *row)
{
    tree_add_str(a, m, "type", STR("integer"));
    tree_add_int(a, m, "minimum", tree_int(row, "min", 0));
    if (tree_get(row, "max")) tree_add_int(a, m, "maximum", tree_int(row, "max", 0));
}

static void form_schema(struct arena *a, struct tree *m, const char *pattern)
{
    tree_add_str(a, m, "type", STR("string"));
    tree_add_str(a, m, "pattern", str_of(pattern));
}

struct tree *openapi_particulars(struct arena *a, const struct tree *rows)
{
    struct tree *m = tree_map(a), *properties, *required = tree_list(a);
    tree_add_str(a, m, "$schema", STR("https://json-schema.org/draft/2020-12/schema"));
    tree_add_str(a, m, "type", STR("object"));
    properties = tree_add_map(a, m, "properties");
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        struct tree *one = tree_add_map(a, properties, str_c(a, tree_str(r, "name")));
        struct str type = tree_str(r, "type");
        const struct tree *choices = tree_get(r, "choices");
        tree_add_copy(a, one, "title", tree_get(r, "title"));
        if (tree_str(r, "help").n) tree_add_copy(a, one, "description", tree_get(r, "help"));
        if (str_is(type, "number") || str_is(type, "days")) {
            number_schema(a, one, r);
        } else if (str_is(type, "dossier")) {
            form_schema(a, one, "^[!-~]{1,128}$");
        } else if (choices) {
            struct tree *list = tree_add_list(a, one, "enum");
            for (const struct tree *c = choices->child; c; c = c->next)
                tree_add_copy(a, list, NULL, tree_get(c, "value"));
        } else if (str_is(type, "text")) {
            text_schema(a, one, r);
        } else if (str_is(type, "state")) {
            form_schema(a, one, "^[A-Z]{2}$");
        } else if (str_is(type, "language")) {
            form_schema(a, one, "^[a-z]{2}[A-Za-z-]{0,14}$");
        } else {
            bool typed = str_is(type, "flag") || str_is(type, "day");
            type_put(a, one, !typed ? STR("text") : str_is(type, "flag") ? STR("bool") : type);
        }
        if (str_is(tree_str(r, "required"), "always"))
            tree_add_str(a, required, NULL, tree_str(r, "name"));
    }
    if (required->count) tree_add_copy(a, m, "required", required);
    tree_add_bool(a, m, "additionalProperties", false);
    return m;
}

/* ---- one address ----------------------------------------------------------------------------- */

static struct tree *parameter(struct arena *a, struct tree *list, const char *in, struct str name,
                              bool required, struct str type)
{
    struct tree *one = tree_add_map(a, list, NULL);
    tree_add_str(a, one, "name", name);
    tree_add_str(a, one, "in", str_of(in));
    tree_add_bool(a, one, "required", required);
    type_put(a, tree_add_map(a, one, "schema"), type);
    return one;
}

static void parameters_put(struct arena *a, struct tree *m, const struct api_row *r)
{
    struct str path, keys, step, name, type;
    struct tree *list = tree_list(a);
    str_split(str_of(r->pattern), '?', &path, &keys);
    for (bool more = true; more;) {
        more = str_split(path, '/', &step, &path);
        if (step.n > 2 && step.p[0] == '{')
            parameter(a, list, "path", (struct str){step.p + 1, step.n - 2}, true, STR("text"));
    }
    while (api_key_next(&keys, &name, &type)) parameter(a, list, "query", name, false, type);
    if (r->needs & MATCH) parameter(a, list, "header", STR("If-Match"), true, STR("text"));
    if (r->method != GET && r->who == OFFICER)
        parameter(a, list, "header", STR("Idempotency-Key"), (r->needs & KEY) != 0, STR("text"));
    if (r->method == GET) parameter(a, list, "header", STR("If-None-Match"), false, STR("text"));
    if (list->count) tree_add_copy(a, m, "parameters", list);
}

static void content_put(struct arena *a, struct tree *m, const char *media, const char *shape)
{
    struct tree *content = tree_add_map(a, m, "content");
    struct tree *schema = tree_add_map(a, tree_add_map(a, content, media), "schema");
    if (*shape) ref_put(a, schema, str_of(shape));
}

static void refusal_put(struct arena *a, struct tree *responses, int status)
{
    const char *key = str_c(a, status ? str_printf(a, "%d", status) : STR("default"));
    struct tree *one = tree_add_map(a, responses, key);
    tree_add_str(a, one, "description", status ? STR("Refused") : STR("Refused, for any reason"));
    content_put(a, one, "application/problem+json", "Problem");
}

static void responses_put(struct arena *a, struct tree *m, const struct api_row *r)
{
    struct tree *all = tree_add_map(a, m, "responses");
    struct tree *good = tree_add_map(a, all, str_c(a, str_printf(a, "%d", r->status)));
    bool writes = r->method != GET, has_body = *r->body != 0;
    tree_add_str(a, good, "description", str_of(r->summary));
    if (strcmp(r->view, "bytes") == 0)
        content_put(a, good, "application/octet-stream", "");
    else if (strcmp(r->view, "events") == 0)
        content_put(a, good, "text/event-stream", "");
    else
        content_put(a, good, "application/json", r->view);
    if (!writes)
        tree_add_str(a, tree_add_map(a, all, "304"), "description", STR("You have it already"));
    const struct {
        int status;
        bool may;
    } refusals[] = {
        {400, true},   {401, r->who == OFFICER || writes}, {403, writes},   {404, true},
        {409, writes}, {412, (r->needs & MATCH) != 0},     {413, has_body}, {415, has_body},
        {422, writes}, {428, (r->needs & MATCH) != 0},     {0, true},
    };
    for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++)
        if (refusals[k].may) refusal_put(a, all, refusals[k].status);
}

static void operation_put(struct arena *a, struct tree *paths, const struct api_row *r)
{
    static const char *const words[] = {
        [GET] = "get", [POST] = "post", [PATCH] = "patch", [DELETE] = "delete"};
    struct str path, keys;
    struct buf name = buf_in(a);
    str_split(str_of(r->pattern), '?', &path, &keys);
    struct tree *at = NULL;
    for (struct tree *c = paths->child; c; c = c->next)
        if (str_eq(c->key, path)) at = c;
    if (!at) at = tree_add_map(a, paths, str_c(a, path));
    struct tree *m = tree_add_map(a, at, words[r->method]);
    for (const char *c = r->name; *c; c++) buf_byte(&name, (uint8_t)(*c == '_' ? '_' : *c | 0x20));
    tree_add_str(a, m, "operationId", buf_as_str(&name));
    tree_add_str(a, m, "summary", str_of(r->summary));
    if (r->who == ANYBODY) tree_add_list(a, m, "security");
    parameters_put(a, m, r);
    if (*r->body) {
        struct tree *body = tree_add_map(a, m, "requestBody");
        tree_add_bool(a, body, "required", true);
        content_put(a, body, "application/json", r->body);
    }
    responses_put(a, m, r);
}

/* ---- the document ---------------------------------------------------------------------------- */

static void security_put(struct arena *a, struct tree *m, struct tree *components)
{
    struct tree *schemes = tree_add_map(a, components, "securitySchemes");
    struct tree *bearer = tree_add_map(a, schemes, "session");
    tree_add_str(a, bearer, "type", STR("http"));
    tree_add_str(a, bearer, "scheme", STR("bearer"));
    tree_add_str(a, bearer, "description",
                 STR("The token of a session, from POST /v1/session. Pages of this node send their "
                     "cookie instead."));
    struct tree *list = tree_add_list(a, m, "security");
    tree_add_list(a, tree_add_map(a, list, NULL), "session");
}

struct tree *openapi_make(struct arena *a)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "openapi", STR("3.1.0"));
    struct tree *info = tree_add_map(a, m, "info");
    tree_add_str(a, info, "title", STR("Comity"));
    tree_add_str(a, info, "version", STR("1"));
    tree_add_str(a, info, "description",
                 STR("What the pages of this node do, for programs. Refusals are problem details "
                     "(RFC 9457). What has a version carries it as ETag, and is changed only with "
                     "If-Match; If-Match compares the number before the dash. Repeat a writing "
                     "call with the same Idempotency-Key and the same body, and you get the same "
                     "answer for seven days. Lists go on where Link says rel=next."));
    struct tree *paths = tree_add_map(a, m, "paths");
    for (size_t k = 0; k < api_rows_n; k++) operation_put(a, paths, &api_rows[k]);
    struct tree *components = tree_add_map(a, m, "components");
    struct tree *schemas = tree_add_map(a, components, "schemas");
    struct shape s;
    for (size_t k = 0; shape_nth(k, &s); k++) shape_put(a, schemas, &s);
    security_put(a, m, components);
    return m;
}

/* ---- the page -------------------------------------------------------------------------------- */

void web_do_API(struct visit *v)
{
    struct arena *a = v->t.arena;
    struct tree *list = tree_add_list(a, v->page, "rows");
    for (size_t k = 0; k < api_rows_n; k++) {
        const struct api_row *r = &api_rows[k];
        struct tree *one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "method", str_of(api_method_word(r->method)));
        tree_add_str(a, one, "path", str_of(r->pattern));
        tree_add_str(a, one, "summary", text_of(v->lang, r->summary));
        tree_add_str(a, one, "body", str_of(r->body));
        tree_add_bool(a, one, "match", (r->needs & MATCH) != 0);
        tree_add_bool(a, one, "key", (r->needs & KEY) != 0);
        tree_add_bool(a, one, "anybody", r->who == ANYBODY);
    }
    visit_page(v, 200, page_api);
}
