/* SPDX-License-Identifier: Apache-2.0 */
/* Officers: each asks other States for something, and answers what is asked of him. He acts on what
 * he was told and never looks around. What he was not told the outcome of he asks again, with the
 * same key, until he is told. */

#include "sim/inner.h"

#include <assert.h>
#include <string.h>

/* What is done in a dossier, in this order, by which side; `text` is the particular that carries
 * the mark of the attempt. The one before need not have arrived where `follows` is false. */
static const struct move {
    const char *act, *text;
    bool by_asked;
    bool follows; /* only once the other side's act before it is here */
} moves[SIM_CASE_ACTS] = {
    {"send", "facts", false, false},  {"acknowledge", NULL, true, true},
    {"ask", "question", true, false}, {"answer", "answer", false, true},
    {"ask", "question", true, true},  {"answer", "answer", false, true},
    {"ask", "question", true, true},
};

enum { NEW_ONE_IN = 3 };

static uint64_t mark_new(struct world *w)
{
    if (w->marks_n == w->marks_room) {
        size_t room = w->marks_room ? w->marks_room * 2 : 1024;
        struct mark *more = arena_take_many(w->arena, room, sizeof *more);
        if (w->marks_n) memcpy(more, w->marks, w->marks_n * sizeof *more);
        w->marks = more;
        w->marks_room = room;
    }
    w->marks[w->marks_n] = (struct mark){.fact = -1};
    return ++w->marks_n; /* marks are counted from 1 */
}

static void todo_put(struct node *n, int32_t c)
{
    if (n->todo_n == SIM_TODO_MAX) return; /* he has enough to do */
    n->todo[(n->todo_first + n->todo_n++) % SIM_TODO_MAX] = c;
}

void officer_learns(struct node *n, int32_t c)
{
    const struct kase *k = &n->w->cases[c];
    if (k->moves >= SIM_CASE_ACTS) return;
    const struct move *m = &moves[k->moves];
    if ((m->by_asked ? k->b : k->a) == n->who) todo_put(n, c);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static struct str mark_text(struct arena *a, uint64_t mark)
{
    return str_printf(a, "mark %llu", (unsigned long long)mark);
}

static err draft(struct node *n, struct arena *a, struct attempt *x, struct fault *why)
{
    struct tree *args = tree_map(a), *p;
    const struct tree *view;
    tree_add_str(a, args, "kind", STR("preservation"));
    tree_add_str(a, args, "to", n->w->node[x->with].address);
    p = tree_add_map(a, args, "particulars");
    tree_add_str(a, p, "authority_seeking", STR("Cybercrime Bureau"));
    tree_add_str(a, p, "offence", STR("Illegal access"));
    tree_add_str(a, p, "facts", mark_text(a, x->mark));
    tree_add_str(a, p, "data", STR("Server 203.0.113.7"));
    tree_add_str(a, p, "relation", STR("It holds the loot."));
    tree_add_str(a, p, "necessity", STR("The rental ends."));
    tree_add_bool(a, p, "mla_intended", true);
    try(node_do(n, a, DESK_NEW, args, &view, why));
    struct str label = tree_str(view, "draft");
    assert(label.n < sizeof x->draft_room);
    memcpy(x->draft_room, label.p, label.n);
    x->draft = (struct str){x->draft_room, label.n};
    return ERR_OK;
}

static err ask(struct node *n, struct arena *a, struct attempt *x, const struct tree **view,
               struct fault *why)
{
    struct tree *args = tree_map(a);
    if (x->c < 0) {
        if (!x->draft.n) try(draft(n, a, x, why));
        tree_add_str(a, args, "draft", x->draft);
        return node_do(n, a, DESK_SEND, args, view, why);
    }
    const struct move *m = &moves[x->move];
    tree_add_str(a, args, "ref", hex(a, id_bytes(&n->w->cases[x->c].dossier)));
    tree_add_str(a, args, "act", str_of(m->act));
    tree_add_str(a, args, "idem", mark_text(a, x->mark));
    struct tree *p = tree_add_map(a, args, "particulars");
    if (m->text) tree_add_str(a, p, m->text, mark_text(a, x->mark));
    enum { DOCUMENT_ONE_IN = 4 };
    if (x->mark % DOCUMENT_ONE_IN == 0) {
        struct tree *d = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
        tree_add_str(a, d, "name", STR("note.txt"));
        tree_add_str(a, d, "type", STR("text/plain"));
        tree_add_str(a, d, "data", base64(a, str_bytes(mark_text(a, x->mark))));
    }
    return node_do(n, a, DESK_ACT, args, view, why);
}

static void told(struct node *n, struct attempt *x, const struct tree *view)
{
    struct world *w = n->w;
    int32_t c = x->c;
    if (c >= 0) w->cases[c].moves++;
    oracle_told(w, n->who, x->mark, tree_str(view, "id"));
    w->r.acts++;
    world_trace(w, "told", n->number, c);
    if (c >= 0 && w->cases[c].moves < SIM_CASE_ACTS && !moves[w->cases[c].moves].follows)
        officer_learns(n, c); /* the next move is his too */
    *x = (struct attempt){0};
}

/* What is certain not to have been done is given up, and never seen on the wire. */
static void told_failed(struct node *n, struct attempt *x, const struct fault *why)
{
    struct world *w = n->w;
    bool law = (why->err == ERR_NOT_ALLOWED || why->err == ERR_REJECTED) &&
               strcmp(why->code, "not-reconciled") != 0;
    w->r.refused += law;
    w->r.told_full += why->err == ERR_FULL;
    oracle_told_failed(w, n->who, x->mark);
    world_trace(w, "told-failed", n->number, (int64_t)why->err);
    if (x->c >= 0 && !law) todo_put(n, x->c); /* some other time */
    *x = (struct attempt){0};
}

static void begin(struct node *n, struct attempt *x)
{
    struct world *w = n->w;
    if (n->todo_n && world_draw(w, NEW_ONE_IN + 2) != 0) {
        x->c = n->todo[n->todo_first];
        n->todo_first = (n->todo_first + 1) % SIM_TODO_MAX;
        n->todo_n--;
        x->move = w->cases[x->c].moves;
        if (x->move >= SIM_CASE_ACTS) return;
    } else if (n->peers_n) {
        x->c = -1;
        x->with = n->peers[world_draw(w, (uint64_t)n->peers_n)];
    }
    x->mark = mark_new(w);
    w->r.asked++;
}

void officer_turn(struct node *n)
{
    struct attempt *x = &n->attempt;
    if (!x->mark) begin(n, x);
    if (!x->mark) return;
    auto_arena a = arena_new();
    const struct tree *view = NULL;
    struct fault why = {0};
    n->synced_now = false;
    err e = ask(n, a, x, &view, &why);
    /* A node that died says nothing; what nobody knows is asked again. */
    if (node_is_dead(n) || e == ERR_UNKNOWN) {
        x->doubt = true;
        if (e == ERR_UNKNOWN && mutant_is(n->w, MUTANT_COMMIT_FAILED)) told_failed(n, x, &why);
        return;
    }
    /* That there is no room now says nothing of the first time. */
    bool no = e == ERR_NOT_ALLOWED || e == ERR_REJECTED;
    if (e == ERR_OK)
        told(n, x, view);
    else if (no || !x->doubt)
        told_failed(n, x, &why);
}
