/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals of the API as problem details (RFC 9457), and the page that each `type` leads to. The
 * status is that of err.def, unless problem.def knows the code. */

#include "web/api.h"

#include <string.h>

struct problem_row {
    const char *code;
    int status;
    const char *title, *meaning;
};
static const struct problem_row problems[] = {
#define PROBLEM(code, status, title, meaning) {code, status, title, meaning},
#include "web/problem.def"
#undef PROBLEM
};

static const struct problem_row *row_of(struct str code)
{
    for (size_t k = 0; k < sizeof problems / sizeof *problems; k++)
        if (str_is(code, problems[k].code)) return &problems[k];
    return NULL;
}

int problem_status(err e, const char *code)
{
    const struct problem_row *row = row_of(str_of(code));
    /* Whoever is not known may enter (RFC 9110 15.5.2). */
    return row ? row->status : e == ERR_STRANGER ? 401 : err_http_status(e);
}

/* ---- which part ------------------------------------------------------------------------------ */

void problem_at(struct visit *v, const char *where, struct str name, const char *detail)
{
    if (v->errors->count >= PROBLEM_ERRORS_MAX) return;
    struct tree *one = tree_add_map(v->t.arena, v->errors, NULL);
    tree_add_str(v->t.arena, one, where, name);
    tree_add_str(v->t.arena, one, "detail", str_of(detail));
}

static bool has_field(const struct shape *s, struct str name)
{
    for (size_t k = 0; k < s->n; k++)
        if (str_eq(s->fields[k].name, name)) return true;
    return false;
}

/* A fault names a particular, a member of the body, a document or a key of the address. */
static void place_of(struct visit *v, const struct fault *f, struct tree *to)
{
    struct arena *a = v->t.arena;
    struct str name = str_of(f->particular);
    struct shape s = {.n = 0};
    bool has_body = v->api && shape_find(str_of(v->api->body), &s);
    if (v->at && tree_get_s(v->at, name))
        tree_add_str(a, to, "parameter", name);
    else if (has_body && has_field(&s, name))
        tree_add_str(a, to, "pointer", pointer_step(a, STR(""), name));
    else if (has_body && str_starts(str_of(f->code), "document-"))
        tree_add_str(a, to, "pointer", STR("/documents"));
    else if (has_body && has_field(&s, STR("particulars")))
        tree_add_str(a, to, "pointer", pointer_step(a, STR("/particulars"), name));
    else if (v->args && tree_get_s(v->args, name))
        tree_add_str(a, to, "parameter", name);
}

static void errors_put(struct visit *v, struct tree *m, const struct fault *f)
{
    struct arena *a = v->t.arena;
    if (v->errors && v->errors->count) {
        tree_add_copy(a, m, "errors", v->errors);
    } else if (f->particular[0]) {
        struct tree *one = tree_map(a);
        place_of(v, f, one);
        if (!one->count) return;
        tree_add_str(a, one, "detail", str_of(f->sentence));
        if (f->article[0]) tree_add_str(a, one, "cite", str_of(f->article));
        tree_add_copy(a, tree_add_list(a, m, "errors"), NULL, one);
    }
}

/* ---- the answer ------------------------------------------------------------------------------ */

static const char *const *heads_of(struct visit *v, int status)
{
    const char **h = arena_take_many(v->t.arena, 10, sizeof *h);
    size_t n = 0;
    h[n++] = "Content-Language";
    h[n++] = lang_word(v->lang);
    if (status == 401) {
        h[n++] = "WWW-Authenticate";
        h[n++] = v->session.n ? "Bearer realm=\"comity\", error=\"invalid_token\""
                              : "Bearer realm=\"comity\"";
    }
    if (status == 405 && v->allow) {
        h[n++] = "Allow";
        h[n++] = v->allow;
    }
    if (status == 503) {
        h[n++] = "Retry-After";
        h[n++] = "1";
    }
    return h;
}

void problem_reply(struct visit *v, err e, const struct fault *f)
{
    struct arena *a = v->t.arena;
    struct str code = str_of(f->code[0] ? f->code : err_word(e));
    const struct problem_row *row = row_of(code);
    int status = problem_status(e, f->code);
    const char *title = row                  ? row->title
                        : e == ERR_NONE_SUCH ? TEXT("There is no such thing here")
                                             : refusal_title(e);
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "type", str_printf(a, "/problems/" STR_FMT, STR_ARG(code)));
    tree_add_str(a, m, "title", text_of(v->lang, title));
    tree_add_int(a, m, "status", status);
    if (f->sentence[0]) tree_add_str(a, m, "detail", str_of(f->sentence));
    tree_add_str(a, m, "code", code);
    if (f->article[0]) tree_add_str(a, m, "article", str_of(f->article));
    errors_put(v, m, f);
    for (const struct tree *c = v->more ? v->more->child : NULL; c; c = c->next)
        tree_add_copy(a, m, str_c(a, c->key), c);
    tree_add_str(a, m, "trace", v->trace);
    log_event(turn_now_ms(&v->t), status >= 500 ? "error" : "info", "api-refused", "trace",
              str_c(a, v->trace), "call", v->api ? v->api->name : "-", "code", str_c(a, code),
              NULL);
    visit_bytes(v, status, "application/problem+json", str_bytes(json_write(a, m)),
                heads_of(v, status));
}

/* ---- its page -------------------------------------------------------------------------------- */

/* A code is a word of this program; whatever else stands there is no page. */
static bool is_code(struct str s)
{
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return s.n > 0 && s.n < sizeof((struct fault *)0)->code;
}

void web_do_PROBLEM(struct visit *v)
{
    struct str code = visit_at(v, "code");
    const struct problem_row *row = row_of(code);
    if (!is_code(code)) {
        visit_none(v);
        return;
    }
    visit_put(v, "code", code);
    visit_put(v, "problem_title",
              text_of(v->lang, row ? row->title : TEXT("A refusal of this node")));
    visit_put(v, "meaning",
              text_of(v->lang, row ? row->meaning
                                   : TEXT("The answer says in `detail` what happened and in "
                                          "`article` which rule says so; `errors` names the "
                                          "places.")));
    if (row) tree_add_int(v->t.arena, v->page, "status", row->status);
    visit_page(v, 200, page_problem);
}
