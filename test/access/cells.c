/* SPDX-License-Identifier: Apache-2.0 */
/* Roles by dossiers and drafts by actions, asked of a real desk one by one. Prints what there is
 * and what was answered as JSON lines; oracle.py says what should have been.
 *
 * One node serves two authorities. Its officers have each role alone and drawn sets of them; some
 * are ended. Each asks through a session of his own, as a browser does. */

#include "kit/fake_suite.h"
#include "kit/world.h"
#include "law/law.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

enum { OFFICERS = 60, DOSSIERS = 32, DRAFTS = 12, MEMBERS = 6, CELLS_LEAST = 20000 };

struct person {
    const char *name, *authority;
    bool roles[STORE_ROLES], ended;
    struct str session;
};
struct thing {
    struct str name; /* a ref, or a draft's label */
    const char *authority, *functions;
    bool draft, sent, requested;
    const char *members[MEMBERS];
    size_t members_n;
};
static struct {
    struct world w;
    struct world_node *n;
    struct person people[OFFICERS];
    struct thing things[2 * DOSSIERS + DRAFTS];
    size_t things_n;
    struct arena *arena;
} * x;

static void must(err e, const char *what)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "%s: %s: %s\n", what, x->w.fault.code, x->w.fault.sentence);
    exit(2);
}

/* ---- the tables: one instrument more, whose kinds fall under extradition --------------------- */

static struct str replaced(struct arena *a, struct str text, const char *from, const char *to)
{
    struct buf b = buf_in(a);
    size_t n = strlen(from);
    while (text.n) {
        if (text.n >= n && memcmp(text.p, from, n) == 0) {
            buf_str(&b, str_of(to));
            text = (struct str){text.p + n, text.n - n};
            continue;
        }
        buf_byte(&b, (uint8_t)text.p[0]);
        text = (struct str){text.p + 1, text.n - 1};
    }
    return buf_as_str(&b);
}

static struct law_file *tables(struct arena *a, size_t *n_out)
{
    struct law_file *files = arena_take_many(a, law_embedded_n + 1, sizeof *files);
    size_t n = 0;
    for (size_t k = 0; k < law_embedded_n; k++) {
        files[n++] = law_embedded[k];
        if (strcmp(law_embedded[k].path, "instruments/un-cybercrime.yaml") != 0) continue;
        struct str text = {(const char *)law_embedded[k].p, law_embedded[k].n};
        text = replaced(a, text, "instrument: un-cybercrime\n", "instrument: surrender\n");
        text = replaced(a, text, "party: requesting, function: contact",
                        "party: requesting, function: extradition");
        text = replaced(a, text, "party: requesting, function: mla",
                        "party: requesting, function: extradition");
        text = replaced(a, text, "party: requested, function: contact",
                        "party: requested, function: extradition");
        text = replaced(a, text, "party: requested, function: mla",
                        "party: requested, function: extradition");
        files[n++] =
            (struct law_file){"instruments/surrender.yaml", (const unsigned char *)text.p, text.n};
    }
    *n_out = n;
    return files;
}

/* ---- people ---------------------------------------------------------------------------------- */

static struct tree *roles_of(const struct person *p, struct arena *a, struct tree *to)
{
    struct tree *list = tree_add_list(a, to, "roles");
    for (int r = 0; r < STORE_ROLES; r++)
        if (p->roles[r]) tree_add_str(a, list, NULL, str_of(store_role_word((enum store_role)r)));
    return list;
}

static void person_make(struct person *p, int k)
{
    auto_arena a = arena_new();
    const struct tree *v;
    int within = k % (OFFICERS / 2);
    bool second = k >= OFFICERS / 2;
    p->name = str_c(x->arena, str_printf(x->arena, "p-%d", k));
    p->authority = second ? "XA/moj" : "XA/csb";
    if (within < STORE_ROLES)
        p->roles[within] = true;
    else
        for (uint64_t r = 0, n = 1 + world_draw(&x->w, 3); r < n; r++)
            p->roles[world_draw(&x->w, STORE_ROLES)] = true;
    p->ended = within == OFFICERS / 2 - 1;
    x->n->uid = second;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "officer", str_of(p->name));
    tree_add_str(a, args, "post", STR("post"));
    roles_of(p, a, args);
    must(world_do(x->n, a, DESK_USER_ADD, args, NULL), "user-add");
    must(world_do(x->n, a, DESK_USER_LINK, args, &v), "user-link");
    struct tree *token = tree_map(a);
    tree_add_str(a, token, "token", tree_str(v, "token"));
    must(world_as(x->n, a, STR(""), DESK_ENTER, token, &v), "enter");
    p->session = str_dup(x->arena, tree_str(v, "session"));
    if (p->ended) must(world_do(x->n, a, DESK_USER_END, args, NULL), "user-end");
    x->n->uid = 0;
}

static bool is_second(const char *authority) { return strcmp(authority, "XA/moj") == 0; }

static struct person *someone(const char *authority)
{
    size_t half = is_second(authority) ? OFFICERS / 2 : 0;
    return &x->people[half + world_draw(&x->w, OFFICERS / 2 - 1)];
}

/* ---- dossiers and drafts --------------------------------------------------------------------- */

static struct tree *request(struct arena *a, bool surrender, const char *to)
{
    static const char *const texts[] = {"authority_seeking", "offence",   "facts",    "data",
                                        "relation",          "custodian", "necessity"};
    struct tree *m = tree_map(a), *d;
    tree_add_str(a, m, "instrument", surrender ? STR("surrender") : STR("un-cybercrime"));
    tree_add_str(a, m, "kind", STR("preservation"));
    tree_add_str(a, m, "to", str_of(to));
    struct tree *p = tree_add_map(a, m, "particulars");
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        tree_add_str(a, p, texts[k], STR("of the hospital"));
    d = tree_add_map(a, tree_add_list(a, m, "documents"), NULL);
    tree_add_str(a, d, "name", STR("annex.txt"));
    tree_add_str(a, d, "type", STR("text/plain"));
    tree_add_str(a, d, "data", base64(a, str_bytes(STR("annex"))));
    return m;
}

/* Fills what the law asks for beyond what is known here, from the node's own form. */
static void complete(struct arena *a, struct world_node *n, struct tree *m)
{
    const struct tree *form;
    struct tree *p = (struct tree *)(uintptr_t)tree_get(m, "particulars");
    must(world_do(n, a, DESK_FORM, m, &form), "form");
    for (const struct tree *r = tree_get(form, "particulars")->child; r; r = r->next) {
        const char *name = str_c(a, tree_str(r, "name"));
        if (tree_get(p, name)) continue;
        if (str_is(tree_str(r, "type"), "flag")) tree_add_bool(a, p, name, true);
        if (str_is(tree_str(r, "type"), "text") && str_is(tree_str(r, "required"), "always"))
            tree_add_str(a, p, name, STR("of the hospital"));
    }
    struct tree *known = tree_map(a);
    for (const struct tree *g = p->child; g; g = g->next) {
        const struct tree *r = tree_get(form, "particulars")->child;
        while (r && !str_eq(tree_str(r, "name"), g->key)) r = r->next;
        if (r) tree_set(a, known, g->key, g);
    }
    tree_set(a, m, STR("particulars"), known);
}

static void member_add(struct thing *t, const char *name)
{
    for (size_t k = 0; k < t->members_n; k++)
        if (strcmp(t->members[k], name) == 0) return;
    t->members[t->members_n++] = name;
}

static void members_draw(struct thing *t)
{
    auto_arena a = arena_new();
    for (uint64_t k = world_draw(&x->w, 4); k > 0; k--) {
        struct person *p = someone(t->authority);
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "ref", t->name);
        tree_add_str(a, args, "officer", str_of(p->name));
        x->n->uid = is_second(t->authority);
        must(world_do(x->n, a, DESK_MEMBER_ADD, args, NULL), "member-add");
        x->n->uid = 0;
        member_add(t, p->name);
    }
}

/* Drafted by somebody, who may or may not be let; else by the first officer. */
static const char *draft_by(struct arena *a, const char *authority, const struct tree *m,
                            struct str *label_out)
{
    struct person *p = someone(authority);
    const struct tree *v;
    bool second = is_second(authority);
    const char *who = p->name;
    if (world_as(x->n, a, p->session, DESK_NEW, m, &v) != ERR_OK) {
        x->n->uid = second;
        must(world_do(x->n, a, DESK_NEW, m, &v), "new");
        who = second ? "o-2" : "o-1";
        x->n->uid = 0;
    }
    *label_out = str_dup(x->arena, tree_str(v, "draft"));
    return who;
}

/* What was sent stays as a draft too: to be looked at, not to be dropped. */
static void dossier_sent(struct thing *t, bool surrender)
{
    auto_arena a = arena_new();
    struct tree *m = request(a, surrender, is_second(t->authority) ? "XC/csb" : "XB/csb");
    const struct tree *v;
    bool second = is_second(t->authority);
    struct thing *draft = &x->things[x->things_n++];
    *draft = (struct thing){
        .authority = t->authority, .functions = t->functions, .draft = true, .sent = true};
    complete(a, x->n, m);
    const char *who = draft_by(a, t->authority, m, &draft->name);
    member_add(draft, who);
    member_add(t, who);
    struct tree *which = tree_map(a);
    tree_add_str(a, which, "draft", draft->name);
    x->n->uid = second;
    must(world_do(x->n, a, DESK_SEND, which, &v), "send");
    x->n->uid = 0;
    member_add(t, second ? "o-2" : "o-1");
    t->name = str_dup(x->arena, tree_str(v, "ref"));
}

static void dossier_received(struct thing *t, bool surrender)
{
    auto_arena a = arena_new();
    struct world_node *other = &x->w.node[is_second(t->authority) ? 2 : 1];
    struct tree *m = request(a, surrender, t->authority), *which = tree_map(a);
    const struct tree *v;
    complete(a, other, m);
    must(world_do(other, a, DESK_NEW, m, &v), "new");
    tree_add_str(a, which, "draft", tree_str(v, "draft"));
    must(world_do(other, a, DESK_SEND, which, &v), "send");
    struct str theirs = str_dup(a, tree_str(v, "ref"));
    world_settle(&x->w);
    struct tree *ref = tree_map(a);
    tree_add_str(a, ref, "ref", theirs);
    x->n->uid = is_second(t->authority);
    must(world_do(x->n, a, DESK_SHOW, ref, &v), "show");
    x->n->uid = 0;
    t->name = str_dup(x->arena, tree_str(v, "ref"));
}

static void things_make(void)
{
    for (int k = 0; k < DOSSIERS + DRAFTS; k++) {
        struct thing *t = &x->things[x->things_n++];
        bool surrender = world_draw(&x->w, 3) == 0;
        *t = (struct thing){.authority = world_draw(&x->w, 2) ? "XA/moj" : "XA/csb",
                            .functions = surrender ? "extradition" : "contact mla",
                            .draft = k >= DOSSIERS,
                            .requested = k < DOSSIERS && k % 2};
        if (t->draft) {
            auto_arena a = arena_new();
            member_add(t, draft_by(a, t->authority, request(a, surrender, "XZ/no"), &t->name));
            continue;
        }
        if (t->requested)
            dossier_received(t, surrender);
        else
            dossier_sent(t, surrender);
        members_draw(t);
    }
    world_settle(&x->w);
}

/* ---- what is printed ------------------------------------------------------------------------- */

static void line(struct arena *a, const struct tree *m)
{
    struct str s = json_write(a, m);
    printf(STR_FMT "\n", STR_ARG(s));
}

static void print_world(void)
{
    auto_arena a = arena_new();
    struct tree *m = tree_map(a);
    tree_add_int(a, m, "cells", CELLS_LEAST);
    line(a, m);
    for (int k = 0; k < OFFICERS; k++) {
        const struct person *p = &x->people[k];
        m = tree_map(a);
        tree_add_str(a, m, "officer", str_of(p->name));
        tree_add_str(a, m, "authority", str_of(p->authority));
        tree_add_bool(a, m, "active", !p->ended);
        roles_of(p, a, m);
        line(a, m);
    }
    for (size_t k = 0; k < x->things_n; k++) {
        const struct thing *t = &x->things[k];
        m = tree_map(a);
        tree_add_str(a, m, "thing", t->name);
        tree_add_str(a, m, "authority", str_of(t->authority));
        struct tree *functions = tree_add_list(a, m, "functions");
        tree_add_str(a, functions, NULL, str_of(t->functions));
        struct tree *members = tree_add_list(a, m, "members");
        for (size_t j = 0; j < t->members_n; j++)
            tree_add_str(a, members, NULL, str_of(t->members[j]));
        line(a, m);
    }
}

static void print_cell(const struct person *p, const char *action, const struct thing *t,
                       const char *answer)
{
    printf("{\"officer\":\"%s\",\"action\":\"%s\",\"thing\":\"" STR_FMT "\",\"answer\":\"%s\"}\n",
           p->name, action, STR_ARG(t->name), answer);
}

/* ---- cells ----------------------------------------------------------------------------------- */

static const char *answer_of(err e)
{
    const char *code = x->w.fault.code;
    if (e == ERR_STRANGER) return "stranger";
    if (e == ERR_NONE_SUCH && strcmp(code, "officer-none-such") != 0) return "no";
    if (e == ERR_NOT_ALLOWED && strcmp(code, "role-may-not") == 0) return "role";
    return "yes"; /* what is wrong now is no longer who asks */
}

/* What lists answer tells of all things at once. */
static void lists(const struct person *p)
{
    static const struct {
        const char *name;
        enum desk_action action;
        const char *list, *key;
        bool drafts;
    } rows[] = {
        {"list", DESK_LIST, "dossiers", "ref", false},
        {"find", DESK_FIND, "dossiers", "ref", false},
        {"changes", DESK_CHANGES, "refs", "ref", false},
        {"drafts", DESK_DRAFTS, "drafts", "draft", true},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        auto_arena a = arena_new();
        const struct tree *v = NULL;
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "q", rows[k].action == DESK_FIND ? STR("hospital") : STR(""));
        tree_add_int(a, args, "after", 0);
        tree_add_int(a, args, "limit", 1000);
        err e = world_as(x->n, a, p->session, rows[k].action, args, &v);
        for (size_t j = 0; j < x->things_n; j++) {
            const struct thing *t = &x->things[j];
            const struct tree *list = tree_get(v, rows[k].list), *r = list ? list->child : NULL;
            if (t->draft != rows[k].drafts || t->sent) continue;
            while (r && !str_eq(tree_str(r, rows[k].key), t->name)) r = r->next;
            print_cell(p, rows[k].name, t, e != ERR_OK ? answer_of(e) : r ? "yes" : "no");
        }
    }
}

static void cell(const struct person *p, const char *name, const struct thing *t,
                 enum desk_action action, const char *act)
{
    auto_arena a = arena_new();
    struct hash annex = seal_sha256_of(str_bytes(STR("annex")));
    struct tree *args = tree_map(a);
    tree_add_str(a, args, t->draft ? "draft" : "ref", t->name);
    tree_add_str(a, args, "sha256", hex(a, hash_bytes(&annex)));
    tree_add_str(a, args, "officer", STR("nobody"));
    tree_add_int(a, args, "version", -1);
    if (act) tree_add_str(a, args, "act", str_of(act));
    if (action == DESK_EXPORT) args = tree_map(a);
    if (action == DESK_EXPORT) tree_add_str(a, args, "ref", t->name);
    print_cell(p, name, t, answer_of(world_as(x->n, a, p->session, action, args, NULL)));
}

static void cells(const struct person *p)
{
    lists(p);
    for (size_t j = 0; j < x->things_n; j++) {
        const struct thing *t = &x->things[j];
        if (t->draft) {
            cell(p, "draft", t, DESK_DRAFT, NULL);
            if (t->sent) cell(p, "draft-drop", t, DESK_DRAFT_DROP, NULL);
            if (t->sent) continue;
            cell(p, "draft-save", t, DESK_DRAFT_SAVE, NULL);
            cell(p, "check", t, DESK_CHECK, NULL);
            cell(p, "send", t, DESK_SEND, NULL);
            continue;
        }
        cell(p, "show", t, DESK_SHOW, NULL);
        cell(p, "log", t, DESK_LOG, NULL);
        cell(p, "document", t, DESK_DOCUMENT, NULL);
        cell(p, "export", t, DESK_EXPORT, NULL);
        cell(p, "member-add", t, DESK_MEMBER_ADD, NULL);
        cell(p, "act-outward", t, DESK_ACT, t->requested ? "ask" : "withdraw");
        if (t->requested) cell(p, "act-inward", t, DESK_ACT, "order");
        cell(p, "number-add", t, DESK_NUMBER_ADD, NULL);
        cell(p, "instruct", t, DESK_INSTRUCT, NULL);
        if (t->requested) continue; /* nothing of ours is carried in it */
        cell(p, "letter", t, DESK_LETTER, NULL);
        cell(p, "dispatch", t, DESK_DISPATCH, NULL);
        cell(p, "confirm", t, DESK_CONFIRM, NULL);
        cell(p, "bind", t, DESK_BIND, NULL);
        cell(p, "mail-out", t, DESK_MAIL_OUT, NULL);
    }
    auto_arena a = arena_new();
    must(world_do(x->n, a, DESK_READS, NULL, NULL), "reads");
}

int main(int argc, char **argv)
{
    int64_t seed = 20261126;
    if (argc > 1 && argv[1][0] && !str_to_int(str_of(argv[1]), &seed)) return 2;
    struct arena *arena = arena_new();
    x = arena_take(arena, sizeof *x);
    x->arena = arena;
    size_t n;
    struct law_file *law = tables(arena, &n);
    world_open_law(&x->w, 3, (uint64_t)seed, &suite_fake, law, n);
    x->n = &x->w.node[0];
    for (int k = 0; k < OFFICERS; k++) person_make(&x->people[k], k);
    things_make();
    print_world();
    for (int k = 0; k < OFFICERS; k++) cells(&x->people[k]);
    world_close(&x->w);
    arena_free(arena);
    return 0;
}
