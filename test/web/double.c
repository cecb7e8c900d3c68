/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that only answers what stands in a file, for pages before and beside the true one. */

#include "double.h"

#include <string.h>

enum { FIXTURE_MAX = 1 << 20 };

static const struct tree_limits limits = {1 << 20, 24, 20000};

/* ---- languages of a fixture ------------------------------------------------------------------ */

static void put(struct arena *a, struct tree *to, const char *key, const struct tree *v,
                struct str lang, int depth);

static void put_children(struct arena *a, struct tree *to, const struct tree *from, struct str lang,
                         int depth)
{
    for (const struct tree *c = from->child; c; c = c->next) {
        const char *key = from->kind == TREE_MAP ? str_c(a, c->key) : NULL;
        put(a, to, key && *key == '!' ? key + 1 : key, c, lang, depth);
    }
}

static void put(struct arena *a, struct tree *to, const char *key, const struct tree *v,
                struct str lang, int depth)
{
    bool is_text = v->kind == TREE_MAP && tree_get(v, "en") && tree_get(v, "az");
    if (depth > 24) return;
    if (is_text) {
        struct str own = tree_str(v, str_c(a, lang));
        tree_add_str(a, to, key, own.n ? own : tree_str(v, "en"));
    } else if (v->kind == TREE_MAP) {
        put_children(a, tree_add_map(a, to, key), v, lang, depth + 1);
    } else if (v->kind == TREE_LIST) {
        put_children(a, tree_add_list(a, to, key), v, lang, depth + 1);
    } else {
        tree_add_copy(a, to, key, v);
    }
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool is_guest(struct str action)
{
    return str_is(action, "law") || str_starts(action, "enter");
}

static err err_of(struct str word)
{
    for (int e = ERR_OK + 1; e <= ERR_UNKNOWN; e++)
        if (str_is(word, err_word((err)e))) return (err)e;
    return ERR_INTERNAL;
}

static err fixture(struct desk_double *d, struct web_ask *a)
{
    struct turn *t = &a->t;
    struct bytes text;
    struct tree *m;
    struct str path = str_printf(t->arena, "%s/" STR_FMT ".json", d->folder, STR_ARG(a->action));
    try(file_read(t, str_c(t->arena, path), FIXTURE_MAX, &text));
    try(json_read(t, text, &limits, &m));
    struct tree *whole = tree_map(t->arena);
    put_children(t->arena, whole, m, tree_str(a->args, "lang"), 0);
    const struct tree *fault = tree_get(whole, "fault");
    a->view = fault ? tree_get(whole, "view") : whole;
    if (!fault) return ERR_OK;
    return turn_fail(t, err_of(tree_str(fault, "err")), str_c(t->arena, tree_str(fault, "code")),
                     str_c(t->arena, tree_str(fault, "article")), STR_FMT,
                     STR_ARG(tree_str(fault, "sentence")));
}

static err let_in(struct web_ask *a)
{
    struct tree *v = tree_map(a->t.arena);
    tree_add_str(a->t.arena, v, "session", STR("good"));
    a->view = v;
    return ERR_OK;
}

static err enter(struct web_ask *a)
{
    if (!str_is(tree_str(a->args, "token"), "once"))
        return turn_fail(&a->t, ERR_NONE_SUCH, "link-used", NULL, "This link was used already.");
    return let_in(a);
}

static err answer(struct desk_double *d, struct web_ask *a)
{
    if (!is_guest(a->action) && !str_is(a->session, "good"))
        return turn_fail(&a->t, ERR_STRANGER, "session-ended", NULL, "This session has ended.");
    if (d->refuse && str_is(a->action, d->refuse)) { /* an err of ERR_OK: only another view */
        a->t.fault = d->fault;
        a->view = d->view;
        return d->fault.err;
    }
    return str_is(a->action, "enter")       ? enter(a)
           : str_is(a->action, "enter-key") ? let_in(a)
                                            : fixture(d, a);
}

static void on_ask(void *ctx, struct web_ask *a)
{
    struct desk_double *d = ctx;
    if (d->arena) {
        struct tree *one = tree_add_map(d->arena, d->asked, NULL);
        tree_add_str(d->arena, one, "action", str_dup(d->arena, a->action));
        tree_add_str(d->arena, one, "session", str_dup(d->arena, a->session));
        tree_add_copy(d->arena, one, "args", a->args);
    }
    a->stamp = d->stamp;
    a->unchanged = a->unless.n && str_eq(a->unless, d->stamp);
    a->result = a->unchanged ? ERR_OK : answer(d, a);
    if (d->holds && d->held_n < sizeof d->held / sizeof *d->held)
        d->held[d->held_n++] = a;
    else
        a->done(a);
}

struct web_desk double_desk(struct desk_double *d) { return (struct web_desk){on_ask, d}; }

void double_release(struct desk_double *d)
{
    size_t n = d->held_n;
    d->held_n = 0;
    for (size_t k = 0; k < n; k++) d->held[k]->done(d->held[k]);
}

const struct tree *double_args(const struct desk_double *d, const char *action)
{
    const struct tree *found = NULL;
    for (const struct tree *c = d->asked->child; c; c = c->next)
        if (str_is(tree_str(c, "action"), action)) found = tree_get(c, "args");
    return found;
}

size_t double_count(const struct desk_double *d, const char *action)
{
    size_t n = 0;
    for (const struct tree *c = d->asked->child; c; c = c->next)
        n += str_is(tree_str(c, "action"), action);
    return n;
}

/* ---- letters --------------------------------------------------------------------------------- */

void double_print(void *ctx, struct web_print *p)
{
    (void)ctx;
    p->result = ERR_OK;
    p->pdf = str_bytes(STR("%PDF-1.7"));
    p->done(p);
}

err double_make(void *ctx, struct turn *t, const struct tree *letter, struct bytes pdf,
                const struct str *to_pem, size_t n, struct bytes *message_out)
{
    (void)ctx, (void)t, (void)letter, (void)to_pem, (void)n;
    *message_out = pdf;
    return ERR_OK;
}
