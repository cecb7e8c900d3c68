/* SPDX-License-Identifier: Apache-2.0 */
/* Makes what made.h names, by the desk's own actions. Officers have each role alone and drawn sets
 * of them; some are ended. Each asks through a session of his own, as a browser does. */

#include "access/made.h"

#include "kit/rows.h"

#include "sim/fake_suite.h"
#include "law/law.h"

#include <stdlib.h>
#include <string.h>

static struct made *x;

void made_must(const struct made *m, err e, const char *what)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "%s: %s: %s\n", what, m->w.fault.code, m->w.fault.sentence);
    exit(2);
}

static bool is_second(const char *authority) { return strcmp(authority, "XA/moj") == 0; }

err made_do(struct made *m, const char *authority, struct arena *a, enum desk_action action,
            const struct tree *args, const struct tree **view_out)
{
    m->n->uid = is_second(authority);
    err e = world_do(m->n, a, action, args, view_out);
    m->n->uid = 0;
    return e;
}

static void must(err e, const char *what) { made_must(x, e, what); }

struct thing *made_thing(struct made *m, enum sort sort, const char *authority)
{
    if (m->things_n == THINGS) abort();
    struct thing *t = &m->things[m->things_n++];
    *t = (struct thing){.sort = sort, .authority = authority, .functions = ""};
    return t;
}

/* ---- the tables: one instrument more, whose kinds fall under extradition --------------------- */

static struct law_file *tables(struct arena *a, size_t *n_out)
{
    struct law_file *files = arena_take_many(a, law_embedded_n + 3, sizeof *files);
    size_t n = 0;
    static const char *const copied[][3] = {
        {"instruments/un-cybercrime.yaml", "instruments/surrender.yaml",
         "instrument: un-cybercrime\n"},
        {"instruments/un-cybercrime/preservation.yaml", "instruments/surrender/preservation.yaml",
         "part_of: un-cybercrime\n"},
        {"instruments/un-cybercrime/topics.yaml", "instruments/surrender/topics.yaml",
         "part_of: un-cybercrime\n"},
    };
    static const char *const other[][2] = {
        {"usual: {article: \"40(12)\", source: parent}\n", ""},
        {", kinds: [mla.stored-data]", ""},
        {", kinds: [mla.traffic-realtime]", ""},
        {", kinds: [mla.content]", ""},
        {"spawns: [{kind: traffic-disclosure, link: disclosed_from, by: requested}]", ""},
        {"party: requesting, function: contact", "party: requesting, function: extradition"},
        {"party: requesting, function: mla", "party: requesting, function: extradition"},
        {"party: requested, function: contact", "party: requested, function: extradition"},
        {"party: requested, function: mla", "party: requested, function: extradition"},
    };
    for (size_t k = 0; k < law_embedded_n; k++) {
        files[n++] = law_embedded[k];
        for (size_t c = 0; c < 3; c++) {
            if (strcmp(law_embedded[k].path, copied[c][0]) != 0) continue;
            struct str text = {(const char *)law_embedded[k].p, law_embedded[k].n};
            text = rows_exchanged(a, text, copied[c][2],
                                  c == 0 ? "instrument: surrender\n" : "part_of: surrender\n");
            for (size_t p = 0; p < sizeof other / sizeof *other; p++)
                text = rows_exchanged(a, text, other[p][0], other[p][1]);
            files[n++] = (struct law_file){copied[c][1], (const unsigned char *)text.p, text.n};
        }
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
    p->name = str_c(x->arena, str_printf(x->arena, "%s.p-%d", second ? "moj" : "csb", k));
    p->authority = second ? "XA/moj" : "XA/csb";
    if (within < STORE_ROLES)
        p->roles[within] = true;
    else
        for (uint64_t r = 0, n = 1 + world_draw(&x->w, 3); r < n; r++)
            p->roles[world_draw(&x->w, STORE_ROLES)] = true;
    p->ended = within == OFFICERS / 2 - 1;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "officer", str_of(p->name));
    tree_add_str(a, args, "post", STR("post"));
    roles_of(p, a, args);
    must(made_do(x, p->authority, a, DESK_USER_ADD, args, NULL), "user-add");
    must(made_do(x, p->authority, a, DESK_USER_LINK, args, &v), "user-link");
    struct tree *token = tree_map(a);
    tree_add_str(a, token, "token", tree_str(v, "token"));
    must(world_as(x->n, a, STR(""), DESK_ENTER, token, &v), "enter");
    p->session = str_dup(x->arena, tree_str(v, "session"));
    if (p->ended) must(made_do(x, p->authority, a, DESK_USER_END, args, NULL), "user-end");
}

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
        must(made_do(x, t->authority, a, DESK_MEMBER_ADD, args, NULL), "member-add");
        member_add(t, p->name);
    }
}

/* Drafted by somebody, who may or may not be let; else by the first officer. */
static const char *draft_by(struct arena *a, const char *authority, const struct tree *m,
                            struct str *label_out)
{
    struct person *p = someone(authority);
    const struct tree *v;
    const char *who = p->name;
    if (world_as(x->n, a, p->session, DESK_NEW, m, &v) != ERR_OK) {
        must(made_do(x, authority, a, DESK_NEW, m, &v), "new");
        who = is_second(authority) ? "o-2" : "o-1";
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
    struct thing *draft = made_thing(x, DRAFT, t->authority);
    draft->functions = t->functions;
    draft->sent = true;
    complete(a, x->n, m);
    const char *who = draft_by(a, t->authority, m, &draft->name);
    member_add(draft, who);
    member_add(t, who);
    struct tree *which = tree_map(a);
    tree_add_str(a, which, "draft", draft->name);
    must(made_do(x, t->authority, a, DESK_SEND, which, &v), "send");
    member_add(t, second ? "o-2" : "o-1");
    t->name = str_dup(x->arena, tree_str(v, "ref"));
    tree_add_str(a, which, "ref", t->name); /* before it is built: the suite signs no container */
    must(made_do(x, t->authority, a, DESK_LETTER, which, &v), "letter");
    t->token = str_dup(x->arena, tree_str(v, "token"));
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
    must(made_do(x, t->authority, a, DESK_SHOW, ref, &v), "show");
    t->name = str_dup(x->arena, tree_str(v, "ref"));
}

/* One number for two dossiers, one of each authority: everybody finds his own by it. */
static void number_add(struct thing *t, int nth)
{
    auto_arena a = arena_new();
    t->number = str_printf(x->arena, "N-%04d/26", nth);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", t->name);
    tree_add_str(a, args, "number", t->number);
    must(made_do(x, t->authority, a, DESK_NUMBER_ADD, args, NULL), "number-add");
}

static void dossiers_make(void)
{
    int numbers[2] = {0, 0};
    for (int k = 0; k < DOSSIERS + DRAFTS; k++) {
        bool surrender = world_draw(&x->w, 3) == 0, draft = k >= DOSSIERS;
        struct thing *t =
            made_thing(x, draft ? DRAFT : DOSSIER, world_draw(&x->w, 2) ? "XA/moj" : "XA/csb");
        t->functions = surrender ? "extradition" : "contact mla";
        t->requested = !draft && k % 2;
        if (draft) {
            auto_arena a = arena_new();
            member_add(t, draft_by(a, t->authority, request(a, surrender, "XZ/no"), &t->name));
            continue;
        }
        if (t->requested)
            dossier_received(t, surrender);
        else
            dossier_sent(t, surrender);
        members_draw(t);
        number_add(t, numbers[is_second(t->authority)]++);
    }
    world_settle(&x->w);
}

/* A thing of a sort and authority, drawn; for an instruction's executor its functions matter not.
 */
static struct thing *drawn(enum sort sort, const char *authority)
{
    for (;;) {
        struct thing *t = &x->things[world_draw(&x->w, x->things_n)];
        if (t->sort == sort && !t->sent && strcmp(t->authority, authority) == 0) return t;
    }
}

/* ---- the register ---------------------------------------------------------------------------- */

static struct tree *numbers_of(struct arena *a, struct tree *args)
{
    struct tree *list = tree_add_list(a, args, "numbers");
    for (size_t k = 0; k < x->things_n; k++) {
        struct tree *one;
        if (x->things[k].sort != DOSSIER || list->count == 32) continue;
        one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "number", x->things[k].number);
        tree_add_str(a, one, "sort", STR("theirs"));
    }
    return args;
}

/* A call: of nobody, of all numbers, or of a State that no dossier is with. */
static void entry_call(struct thing *e, int nth)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args = tree_map(a);
    struct str note = str_printf(a, "The call no. %d.", nth);
    struct hash h = seal_sha256_of(str_bytes(note));
    e->sha256 = hex(x->arena, hash_bytes(&h));
    tree_add_str(a, args, "note", note);
    tree_add_str(a, args, "carriage", STR("telephone"));
    if (e->sorted) tree_add_str(a, args, "state", STR("XL"));
    if (e->likely) numbers_of(a, args);
    must(made_do(x, e->authority, a, DESK_ENTRY_ADD, args, &v), "entry-add");
    e->name = str_dup(x->arena, tree_str(v, "entry"));
}

static void entry_filed(struct thing *e)
{
    auto_arena a = arena_new();
    struct tree *args = tree_map(a);
    e->within[e->within_n++] = drawn(DOSSIER, e->authority);
    tree_add_str(a, args, "entry", e->name);
    tree_add_str(a, args, "as", STR("note"));
    tree_add_str(a, args, "ref", e->within[0]->name);
    must(made_do(x, e->authority, a, DESK_ENTRY_FILE, args, NULL), "entry-file");
}

/* A mail that bears the token of an act of ours, whichever mailbox it came to. */
static void entry_mail(struct thing *e, int nth)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *mail = tree_map(a);
    struct thing *t = drawn(DOSSIER, e->authority);
    while (t->requested) t = drawn(DOSSIER, e->authority);
    e->within[e->within_n++] = t;
    struct str bytes = str_printf(a, "Subject: answer %d\r\n\r\nHere.", nth);
    struct hash h = seal_sha256_of(str_bytes(bytes));
    e->sha256 = hex(x->arena, hash_bytes(&h));
    tree_add_str(a, mail, "original", base64(a, str_bytes(bytes)));
    tree_add_str(a, mail, "message_id", str_printf(a, "<%d@xl.example>", nth));
    tree_add_str(a, mail, "from", STR("desk@xl.example"));
    tree_add_str(a, mail, "subject", str_printf(a, "Re: [" STR_FMT "]", STR_ARG(t->token)));
    tree_add_str(a, mail, "text", STR("Here."));
    must(world_do(x->n, a, DESK_MAIL_IN, mail, &v), "mail-in");
    v = tree_get(v, "entries")->child;
    if (!tree_bool(v, "linked", false)) made_must(x, ERR_INTERNAL, "a mail was not linked");
    e->name = str_dup(x->arena, tree_str(v, "entry"));
}

static void entries_make(void)
{
    for (int k = 0; k < ENTRIES; k++) {
        struct thing *e = made_thing(x, ENTRY, k / 4 % 2 ? "XA/moj" : "XA/csb");
        e->likely = k < 16 && k % 4 == 1;
        e->sorted = k < 8 && k % 4 == 2;
        if (k % 4 == 3)
            entry_mail(e, k);
        else
            entry_call(e, k);
        if (k >= 8 && k % 4 == 2) entry_filed(e);
    }
}

/* ---- matters and instructions ---------------------------------------------------------------- */

static bool is_grouped(const struct thing *t)
{
    for (size_t k = 0; k < x->things_n; k++) {
        const struct thing *m = &x->things[k];
        for (size_t j = 0; m->sort == MATTER && j < m->within_n; j++)
            if (m->within[j] == t) return true;
    }
    return false;
}

/* An empty one, one with a dossier, and some with several. */
static void matter_make(struct thing *m, int nth)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "title", str_printf(a, "The matter no. %d", nth));
    struct tree *refs = tree_add_list(a, args, "refs");
    for (int k = 0, n = nth / 2 % 4; k < n; k++) {
        struct thing *t = drawn(DOSSIER, m->authority);
        if (is_grouped(t)) continue;
        m->within[m->within_n++] = t;
        tree_add_str(a, refs, NULL, t->name);
    }
    must(made_do(x, m->authority, a, DESK_MATTER_ADD, args, &v), "matter-add");
    m->name = str_dup(x->arena, tree_str(v, "matter"));
}

static void instruction_make(struct thing *i, struct thing *on)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args = tree_map(a);
    struct person *p = someone(i->authority);
    bool officer = on->sort == DOSSIER && world_draw(&x->w, 2);
    i->within[i->within_n++] = on;
    tree_add_str(a, args, on->sort == ENTRY ? "entry" : "ref", on->name);
    tree_add_str(a, args, "executor", officer ? str_of(p->name) : STR("the police"));
    tree_add_str(a, args, "by", STR("2027-01-31"));
    must(made_do(x, i->authority, a, DESK_INSTRUCT, args, &v), "instruct");
    i->name = str_dup(x->arena, tree_str(v, "instruction"));
    if (officer && on->members_n < MEMBERS) member_add(on, p->name);
}

static struct thing *unfull(const char *authority)
{
    for (;;) {
        struct thing *t = drawn(DOSSIER, authority);
        if (t->members_n < MEMBERS) return t;
    }
}

static void papers_make(void)
{
    entries_make();
    for (int k = 0; k < MATTERS; k++)
        matter_make(made_thing(x, MATTER, k % 2 ? "XA/moj" : "XA/csb"), k);
    for (int k = 0; k < INSTRUCTIONS; k++) {
        const char *authority = k % 2 ? "XA/moj" : "XA/csb";
        struct thing *on = k % 4 < 2 ? unfull(authority) : drawn(ENTRY, authority);
        instruction_make(made_thing(x, INSTRUCTION, authority), on);
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

struct thing *made_pair(struct made *m, struct thing *a, struct thing *b)
{
    struct thing *p = made_thing(m, PAIR, "");
    p->name = str_printf(m->arena, STR_FMT "+" STR_FMT, STR_ARG(a->name), STR_ARG(b->name));
    p->within[p->within_n++] = a;
    p->within[p->within_n++] = b;
    return p;
}

static void pairs_make(void)
{
    size_t n = x->things_n;
    for (size_t k = 0; k < n; k++) {
        struct thing *t = &x->things[k];
        bool few = t->sort == MATTER && t->within_n < 3;
        if (!few && !(t->sort == ENTRY && (t->likely || t->sorted))) continue;
        for (size_t j = 0; j < n; j++)
            if (x->things[j].sort == DOSSIER && (t->sort == ENTRY || j % 4 == 0))
                made_pair(x, t, &x->things[j])->likely = t->likely;
    }
}

void made_open(struct made *m, int64_t seed)
{
    size_t n;
    x = m;
    struct law_file *law = tables(m->arena, &n);
    world_open_law(&m->w, 3, (uint64_t)seed, &suite_fake, law, n);
    m->n = &m->w.node[0];
    for (int k = 0; k < OFFICERS; k++) person_make(&m->people[k], k);
    dossiers_make();
    papers_make();
    pairs_make();
    for (int k = 0; k < OFFICERS; k++) {
        struct thing *t = made_thing(m, OFFICER, m->people[k].authority);
        t->name = str_of(m->people[k].name);
    }
    made_thing(m, HOUSE, "")->name = STR("the house");
}
