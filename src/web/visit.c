/* SPDX-License-Identifier: Apache-2.0 */
/* A visit: from the request to its one answer, with the desk's answers in between.
 *
 * A page asks and says how to go on; here is who waits for whom, and what becomes of a fault that
 * no page expected. Nothing here knows a page. */

#include "web/api.h"
#include "web/asset.h"

#include <assert.h>
#include <string.h>

/* ---- asking ---------------------------------------------------------------------------------- */

static void go_on(struct visit *v);

static void on_done(struct web_ask *a)
{
    struct visit_question *q = a->own;
    struct visit *v = (struct visit *)(void *)((char *)(q - q->at) - offsetof(struct visit, asked));
    assert(q->open && v->open_n > 0);
    q->open = false;
    v->open_n--;
    v->web->asking--;
    /* These are answered to officers alone. */
    if (str_is(a->action, "frame") || str_is(a->action, "status") || str_is(a->action, "me"))
        session_seen(v->web, a->session, a->result == ERR_OK);
    if (!v->running && v->open_n == 0) go_on(v);
}

static void ask(struct visit *v, const char *action, const struct tree *args, bool may_fail)
{
    assert(v->asked_n < VISIT_ASKS_MAX && !v->answered);
    struct arena *a = v->t.arena;
    if (!tree_get(args, "lang")) {
        struct tree *with = tree_map(a);
        for (const struct tree *c = args ? args->child : NULL; c; c = c->next)
            tree_add_copy(a, with, str_c(a, c->key), c);
        tree_add_str(a, with, "lang", str_of(lang_word(v->lang)));
        args = with;
    }
    struct visit_question *q = &v->asked[v->asked_n];
    *q = (struct visit_question){.may_fail = may_fail, .open = true, .at = v->asked_n};
    v->asked_n++;
    v->open_n++;
    v->web->asking++;
    q->ask = (struct web_ask){.t = {.arena = a, .clock = v->t.clock, .chance = v->t.chance},
                              .action = str_of(action),
                              .session = v->session,
                              .args = args,
                              .unless = v->unless,
                              .done = on_done,
                              .own = q};
    v->unless = (struct str){0};
    v->web->o.desk.ask(v->web->o.desk.ctx, &q->ask);
}

void visit_ask(struct visit *v, const char *action, const struct tree *args)
{
    ask(v, action, args, false);
}

void visit_try(struct visit *v, const char *action, const struct tree *args)
{
    ask(v, action, args, true);
}

void visit_do(struct visit *v, const char *action, const struct tree *args)
{
    if (!v->restores) {
        visit_try(v, action, args);
        return;
    }
    assert(v->asked_n < VISIT_ASKS_MAX);
    struct visit_question *q = &v->asked[v->asked_n];
    *q = (struct visit_question){.may_fail = true, .at = v->asked_n};
    v->asked_n++;
    q->ask.action = str_of(action);
    q->ask.t.arena = v->t.arena;
    q->ask.result = turn_fail(&q->ask.t, ERR_NO, VISIT_CARRIED, NULL, STR_FMT,
                              STR_ARG(text_of(v->lang, TEXT("You are back. Nothing was done yet: "
                                                            "look at what you typed, then send "
                                                            "it."))));
}

void visit_then(struct visit *v, void (*then)(struct visit *v)) { v->then = then; }

static const struct visit_question *question(const struct visit *v, const char *action)
{
    for (size_t k = v->asked_n; k-- > 0;)
        if (str_is(v->asked[k].ask.action, action)) return &v->asked[k];
    return NULL;
}

const struct tree *visit_view(const struct visit *v, const char *action)
{
    const struct visit_question *q = question(v, action);
    return q && !q->open ? q->ask.view : NULL;
}

const struct web_ask *visit_asked(const struct visit *v, const char *action)
{
    const struct visit_question *q = question(v, action);
    return q && !q->open ? &q->ask : NULL;
}

const struct fault *visit_fault(const struct visit *v, const char *action)
{
    const struct visit_question *q = question(v, action);
    return q && q->ask.result != ERR_OK ? &q->ask.t.fault : NULL;
}

/* ---- going on -------------------------------------------------------------------------------- */

/* A session that the desk does not know, or no longer. */
static bool is_stranger(const struct visit *v)
{
    for (size_t k = 0; k < v->asked_n; k++)
        if (v->asked[k].ask.result == ERR_STRANGER && v->route && v->route->who == OFFICER)
            return true;
    return false;
}

static const struct visit_question *failed(const struct visit *v)
{
    for (size_t k = 0; k < v->asked_n; k++)
        if (v->asked[k].ask.result != ERR_OK && !v->asked[k].may_fail) return &v->asked[k];
    return NULL;
}

static void go_on(struct visit *v)
{
    v->running = true;
    while (v->open_n == 0 && !v->answered) {
        if (!v->request) break;
        const struct visit_question *bad = failed(v);
        if (is_stranger(v)) {
            visit_enter_again(v);
        } else if (bad) {
            visit_refuse(v, bad->ask.result, &bad->ask.t.fault);
        } else {
            void (*then)(struct visit *) = v->then;
            assert(then); /* a page asks, answers, or says how to go on */
            v->then = NULL;
            then(v);
        }
    }
    v->running = false;
    if (v->open_n == 0 && !v->stays) visit_end(v);
}

static void print_done(struct web_print *p)
{
    struct visit *v = p->own;
    v->open_n--;
    v->web->asking--;
    if (!v->running && v->open_n == 0) go_on(v);
}

static void print_then(struct visit *v) { v->printed(v, &v->printing); }

void visit_print(struct visit *v, const struct tree *letter,
                 void (*printed)(struct visit *v, const struct web_print *p))
{
    const struct web_press *press = &v->web->o.press;
    if (!press->print || !letter) {
        visit_none(v);
        return;
    }
    v->printing =
        (struct web_print){.t = {.arena = v->t.arena, .clock = v->t.clock, .chance = v->t.chance},
                           .letter = letter,
                           .done = print_done,
                           .own = v};
    v->printed = printed;
    v->then = print_then;
    v->open_n++;
    v->web->asking++;
    press->print(press->ctx, &v->printing);
}

static void prepared(struct visit *v)
{
    v->desk = visit_view(v, "status") ? visit_view(v, "status") : visit_view(v, "frame");
    v->view = *v->route->action ? visit_view(v, v->route->action) : NULL;
    v->then = NULL;
    v->route->go(v);
}

static void page_ask(struct visit *v)
{
    v->then = prepared;
    /* Who is here and what waits for them stands on every page. */
    bool status = strcmp(v->route->action, "status") == 0; /* says that too */
    if (v->session.n && !status) ask(v, "frame", NULL, v->route->who == ANYBODY);
    if (*v->route->action) ask(v, v->route->action, v->at, false);
}

void visit_run(struct visit *v)
{
    v->running = true;
    if (v->is_api)
        api_ask(v);
    else
        page_ask(v);
    v->running = false;
    if (v->open_n == 0) go_on(v);
}

void visit_end(struct visit *v)
{
    assert(v->open_n == 0);
    if (v->request) net_request_set(v->request, NULL);
    arena_free(v->t.arena);
}

/* ---- small words for pages ------------------------------------------------------------------- */

void visit_put(struct visit *v, const char *key, struct str value)
{
    tree_add_str(v->t.arena, v->page, key, value);
}

void visit_flag(struct visit *v, const char *key, bool value)
{
    tree_add_bool(v->t.arena, v->page, key, value);
}

void visit_share(struct visit *v, const char *key, const struct tree *value)
{
    tree_add_shared(v->t.arena, v->page, key, value);
}

struct str visit_at(const struct visit *v, const char *name) { return tree_str(v->at, name); }

struct str visit_field(const struct visit *v, const char *name)
{
    return form_text(&v->form, name);
}

struct str visit_random(struct visit *v)
{
    uint8_t b[16];
    v->t.chance->fill(v->t.chance->ctx, b, sizeof b);
    return hex(v->t.arena, (struct bytes){b, sizeof b});
}

struct label_row {
    const char *table, *word, *name, *tone;
};
static const struct label_row labels[] = {
#define INSTRUMENT(word, name) {"instrument", word, name, ""},
#define LEVEL(word, name, tone) {"level", word, name, tone},
#define STREAM(word, name) {"stream", word, name, ""},
#define WAY(word, name) {"way", word, name, ""},
#define SORT(word, name) {"sort", word, name, ""},
#define FILED(word, name) {"filed", word, name, ""},
#define WHY(word, name) {"why", word, name, ""},
#define FIELD(word, name) {"field", word, name, ""},
#define NEED(word, name) {"need", word, name, ""},
#include "web/label.def"
};

struct str visit_label(const struct visit *v, const char *table, struct str word)
{
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++)
        if (strcmp(labels[k].table, table) == 0 && str_is(word, labels[k].word))
            return text_of(v->lang, labels[k].name);
    return word;
}

struct tree *visit_words(struct visit *v, struct tree *to, const char *key, const char *table,
                         struct str chosen)
{
    struct tree *list = tree_add_list(v->t.arena, to, key);
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++) {
        if (strcmp(labels[k].table, table) != 0) continue;
        struct tree *one = tree_add_map(v->t.arena, list, NULL);
        tree_add_str(v->t.arena, one, "word", str_of(labels[k].word));
        tree_add_str(v->t.arena, one, "title", text_of(v->lang, labels[k].name));
        tree_add_bool(v->t.arena, one, "chosen", str_is(chosen, labels[k].word));
    }
    return list;
}

struct str visit_tone(const char *table, struct str word)
{
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++)
        if (strcmp(labels[k].table, table) == 0 && str_is(word, labels[k].word))
            return str_of(labels[k].tone);
    return STR("");
}
