/* SPDX-License-Identifier: Apache-2.0 */
/* Roles by things by actions, asked of a real desk one by one. Prints what there is and what was
 * answered as JSON lines; oracle.py says what should have been. */

#include "access/made.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_LEAST = 20000, NOTHING_N = sizeof "zz-none" - 1 };
#define NOTHING "zz-none" /* names nothing: an action that comes to look for it was let so far */

static struct made *x;
/* Of the officer who asks: the things that some answer named. */
static bool named[THINGS];

/* ---- what is printed ------------------------------------------------------------------------- */

static void line(struct arena *a, const struct tree *m)
{
    struct str s = json_write(a, m);
    printf(STR_FMT "\n", STR_ARG(s));
}

static void print_people(void)
{
    auto_arena a = arena_new();
    for (int k = 0; k < OFFICERS; k++) {
        const struct person *p = &x->people[k];
        struct tree *m = tree_map(a);
        tree_add_str(a, m, "officer", str_of(p->name));
        tree_add_str(a, m, "authority", str_of(p->authority));
        tree_add_bool(a, m, "active", !p->ended);
        struct tree *list = tree_add_list(a, m, "roles");
        for (int r = 0; r < STORE_ROLES; r++)
            if (p->roles[r])
                tree_add_str(a, list, NULL, str_of(store_role_word((enum store_role)r)));
        line(a, m);
    }
}

static void print_things(void)
{
    static const char *const sorts[] = {"dossier",     "draft", "entry",   "matter",
                                        "instruction", "pair",  "officer", "house"};
    auto_arena a = arena_new();
    for (size_t k = 0; k < x->things_n; k++) {
        const struct thing *t = &x->things[k];
        struct tree *m = tree_map(a);
        tree_add_str(a, m, "thing", t->name);
        tree_add_str(a, m, "sort", str_of(sorts[t->sort]));
        tree_add_str(a, m, "authority", str_of(t->authority));
        tree_add_str(a, tree_add_list(a, m, "functions"), NULL, str_of(t->functions));
        struct tree *list = tree_add_list(a, m, "members");
        for (size_t j = 0; j < t->members_n; j++)
            tree_add_str(a, list, NULL, str_of(t->members[j]));
        list = tree_add_list(a, m, "within");
        for (size_t j = 0; j < t->within_n; j++) tree_add_str(a, list, NULL, t->within[j]->name);
        line(a, m);
    }
}

/* Every action there is, so that none is forgotten. */
static void print_table(void)
{
    static const struct {
        const char *word, *who;
    } rows[] = {
#define ACTION(name, word, writes, who, help) {word, #who},
#include "desk/action.def"
#undef ACTION
    };
    printf("{\"cells\":%d}\n", CELLS_LEAST);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        printf("{\"table\":\"%s\",\"who\":\"%s\"}\n", rows[k].word, rows[k].who);
}

static void print_cell(const struct person *p, enum desk_action asks, const char *action,
                       const struct thing *t, const char *answer)
{
    printf("{\"asks\":\"%s\",\"officer\":\"%s\",\"action\":\"%s\",\"thing\":\"" STR_FMT
           "\",\"answer\":\"%s\"}\n",
           desk_action_word(asks), p->name, action, STR_ARG(t->name), answer);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool has(struct str text, struct str piece)
{
    for (size_t k = 0; piece.n && k + piece.n <= text.n; k++)
        if (memcmp(text.p + k, piece.p, piece.n) == 0) return true;
    return false;
}

/* A view or a refusal names things; what the question named itself does not count. */
static void named_note(struct arena *a, struct str said, const struct tree *args)
{
    struct str asked = args ? json_write(a, args) : STR("");
    for (size_t k = 0; k < x->things_n; k++) {
        const struct thing *t = &x->things[k];
        if (t->sort == PAIR || t->sort == HOUSE || named[k]) continue;
        struct str name = t->name;
        if (t->sort == OFFICER) name = str_printf(a, "\"" STR_FMT "\"", STR_ARG(name));
        if (has(said, name) && !has(asked, name)) named[k] = true;
    }
}

static err ask(const struct person *p, struct arena *a, enum desk_action action,
               const struct tree *args, const struct tree **view_out)
{
    const struct tree *v = NULL;
    err e = world_as(x->n, a, p->session, action, args, &v);
    /* What is shown counts also where the question named it: he sees it then. */
    if (v) named_note(a, json_write(a, v), NULL);
    if (e != ERR_OK) named_note(a, str_of(x->w.fault.sentence), args);
    if (e != ERR_OK) named_note(a, str_of(x->w.fault.code), args);
    if (view_out) *view_out = v;
    return e;
}

static const char *answer_of(err e)
{
    const char *code = x->w.fault.code;
    if (e == ERR_STRANGER && strcmp(code, "enter-refused") != 0) return "stranger";
    if (e == ERR_BUSY || e == ERR_INTERNAL || e == ERR_INTEGRITY) return code;
    if (e == ERR_NONE_SUCH && strcmp(code, "officer-none-such") == 0) return "yes";
    if (e == ERR_NONE_SUCH && strcmp(code, "dossier-not-in-matter") == 0) return "yes";
    if (e == ERR_NONE_SUCH && strstr(x->w.fault.sentence, NOTHING)) return "yes";
    if (e == ERR_NONE_SUCH) return "no";
    if (e == ERR_NOT_ALLOWED && strcmp(code, "role-may-not") == 0) return "role";
    return "yes"; /* what is wrong now is no longer who asks */
}

static const char *const keys[] = {
    [DOSSIER] = "ref",   [DRAFT] = "draft",     [ENTRY] = "entry",
    [MATTER] = "matter", [OFFICER] = "officer", [INSTRUCTION] = "instruction"};

/* Asks for a thing with words "name=value", which make the action stop before it changes anything.
 */
static void cell(const struct person *p, const char *name, const struct thing *t,
                 enum desk_action action, const char *first, const char *second)
{
    auto_arena a = arena_new();
    const struct tree *v;
    struct tree *args =
        (struct tree *)(uintptr_t)world_args(a, first ? first : "version=-1", second, NULL);
    if (t->sort != HOUSE) tree_add_str(a, args, keys[t->sort], t->name);
    err e = ask(p, a, action, args, &v);
    const char *answer = answer_of(e);
    /* Under its name stands another: it is not there. */
    if (t->sort == DOSSIER && tree_str(v, "ref").n && !str_eq(tree_str(v, "ref"), t->name))
        answer = "no";
    if (t->sort == OFFICER && e == ERR_NONE_SUCH) answer = "no";
    print_cell(p, action, name, t, answer);
}

/* What lists answer tells of all things at once. */
static void lists(const struct person *p)
{
    static const struct {
        const char *name;
        enum desk_action action;
        const char *list, *key;
        enum sort sort;
    } rows[] = {
        {"list", DESK_LIST, "dossiers", "ref", DOSSIER},
        {"find", DESK_FIND, "dossiers", "ref", DOSSIER},
        {"changes", DESK_CHANGES, "refs", "ref", DOSSIER},
        {"drafts", DESK_DRAFTS, "drafts", "draft", DRAFT},
        {"entries", DESK_ENTRIES, "entries", "entry", ENTRY},
        {"matters", DESK_MATTERS, "matters", "matter", MATTER},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        auto_arena a = arena_new();
        const struct tree *v = NULL;
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "q", rows[k].action == DESK_FIND ? STR("hospital") : STR(""));
        tree_add_int(a, args, "after", 0);
        tree_add_int(a, args, "limit", 1000);
        err e = ask(p, a, rows[k].action, args, &v);
        /* A list that is not for the role at all shows nothing: what is not shown is not there. */
        const char *none = e == ERR_NOT_ALLOWED || e == ERR_OK ? "no" : answer_of(e);
        for (size_t j = 0; j < x->things_n; j++) {
            const struct thing *t = &x->things[j];
            const struct tree *list = tree_get(v, rows[k].list), *r = list ? list->child : NULL;
            if (t->sort != rows[k].sort || t->sent) continue;
            while (r && !str_eq(tree_str(r, rows[k].key), t->name)) r = r->next;
            print_cell(p, rows[k].action, rows[k].name, t, r ? "yes" : none);
        }
    }
}

/* ---- cells ----------------------------------------------------------------------------------- */

static void of_draft(const struct person *p, const struct thing *t)
{
    struct hash annex = seal_sha256_of(str_bytes(STR("annex")));
    auto_arena a = arena_new();
    struct str sha = str_printf(a, "sha256=" STR_FMT, STR_ARG(hex(a, hash_bytes(&annex))));
    cell(p, "draft", t, DESK_DRAFT, NULL, NULL);
    cell(p, "draft-document", t, DESK_DOCUMENT, str_c(a, sha), NULL);
    if (t->sent) {
        cell(p, "draft-drop", t, DESK_DRAFT_DROP, NULL, NULL);
        return;
    }
    cell(p, "draft-save", t, DESK_DRAFT_SAVE, "version=99", NULL);
    cell(p, "check", t, DESK_CHECK, NULL, NULL);
    cell(p, "send", t, DESK_SEND, NULL, NULL);
}

static void of_dossier(const struct person *p, const struct thing *t)
{
    struct hash annex = seal_sha256_of(str_bytes(STR("annex")));
    auto_arena a = arena_new();
    struct str sha = str_printf(a, "sha256=" STR_FMT, STR_ARG(hex(a, hash_bytes(&annex))));
    const char *act = t->requested ? "act=ask" : "act=withdraw";
    cell(p, "show", t, DESK_SHOW, NULL, NULL);
    cell(p, "log", t, DESK_LOG, NULL, NULL);
    cell(p, "clocks", t, DESK_CLOCKS, NULL, NULL);
    cell(p, "document", t, DESK_DOCUMENT, str_c(a, sha), NULL);
    cell(p, "export", t, DESK_EXPORT, NULL, NULL);
    cell(p, "member-add", t, DESK_MEMBER_ADD, "officer=nobody", NULL);
    cell(p, "member-drop", t, DESK_MEMBER_DROP, "officer=nobody", NULL);
    cell(p, "act-outward", t, DESK_ACT, act, "version=99");
    if (t->requested) cell(p, "act-inward", t, DESK_ACT, "act=order", "version=99");
    cell(p, "number-add", t, DESK_NUMBER_ADD, NULL, NULL);
    cell(p, "instruct", t, DESK_INSTRUCT, NULL, NULL);
    if (t->requested) return; /* nothing of ours is carried in it */
    cell(p, "letter", t, DESK_LETTER, NULL, NULL);
    cell(p, "dispatch", t, DESK_DISPATCH, NULL, NULL);
    cell(p, "confirm", t, DESK_CONFIRM, NULL, NULL);
    cell(p, "bind", t, DESK_BIND, NULL, NULL);
    cell(p, "mail-out", t, DESK_MAIL_OUT, NULL, NULL);
    cell(p, "mail-drop", t, DESK_MAIL_DROP, NULL, NULL);
}

/* What an entry may belong to: the dossiers whose numbers it names, each paired with it. */
static void likely(const struct person *p, const struct thing *t)
{
    auto_arena a = arena_new();
    const struct tree *v = NULL;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "entry", t->name);
    err e = ask(p, a, DESK_ENTRY, args, &v);
    const struct tree *list = tree_get(v, "likely");
    for (size_t k = 0; k < x->things_n; k++) {
        const struct thing *pair = &x->things[k];
        if (pair->sort != PAIR || pair->within[0] != t) continue;
        const struct tree *r = list ? list->child : NULL;
        while (r && !str_eq(tree_str(r, "ref"), pair->within[1]->name)) r = r->next;
        print_cell(p, DESK_ENTRY, "likely", pair, e == ERR_OK ? r ? "yes" : "no" : answer_of(e));
    }
}

static void of_entry(const struct person *p, const struct thing *t)
{
    auto_arena a = arena_new();
    struct str sha = str_printf(a, "sha256=" STR_FMT, STR_ARG(t->sha256));
    cell(p, "entry", t, DESK_ENTRY, NULL, NULL);
    cell(p, "entry-document", t, DESK_ENTRY_DOCUMENT, str_c(a, sha), NULL);
    cell(p, "entry-edit", t, DESK_ENTRY_EDIT, "carriage=balloon", NULL);
    cell(p, "entry-file", t, DESK_ENTRY_FILE, NULL, NULL);
    cell(p, "instruct", t, DESK_INSTRUCT, NULL, NULL);
    if (t->likely) likely(p, t);
}

/* The number of a matter's dossiers is of those that one sees. */
static void counted(const struct person *p, const struct thing *t)
{
    auto_arena a = arena_new();
    const struct tree *v = NULL;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "matter", t->name);
    err e = ask(p, a, DESK_MATTER, args, &v);
    char answer[24];
    snprintf(answer, sizeof answer, "%lld", (long long)tree_int(v, "count", -1));
    print_cell(p, DESK_MATTER, "counted", t, e == ERR_OK ? answer : answer_of(e));
}

static void of_matter(const struct person *p, const struct thing *t)
{
    cell(p, "matter", t, DESK_MATTER, NULL, NULL);
    cell(p, "matter-set", t, DESK_MATTER_SET, NULL, NULL);
    counted(p, t);
}

/* Two things at once: the second is followed by one that is not there, so nothing comes of it. */
static void of_pair(const struct person *p, const struct thing *t)
{
    const struct thing *first = t->within[0], *dossier = t->within[1];
    static const char *const ways[] = {"copy", "act", "note"};
    auto_arena a = arena_new();
    for (size_t k = 0; first->sorted && k < 3; k++) {
        struct str name = str_printf(a, "entry-%s", ways[k]);
        struct str as = str_printf(a, "as=%s", ways[k]);
        struct str ref = str_printf(a, "ref=" STR_FMT, STR_ARG(dossier->name));
        struct tree *args =
            (struct tree *)(uintptr_t)world_args(a, str_c(a, as), str_c(a, ref), NULL);
        tree_add_str(a, args, "entry", first->name);
        print_cell(p, DESK_ENTRY_FILE, str_c(a, name), t,
                   answer_of(ask(p, a, DESK_ENTRY_FILE, args, NULL)));
    }
    for (int drop = 0; first->sort == MATTER && drop < 2; drop++) {
        struct tree *args = tree_map(a);
        tree_add_str(a, args, "matter", first->name);
        struct tree *list = tree_add_list(a, args, drop ? "drop" : "add");
        tree_add_str(a, list, NULL, dossier->name);
        tree_add_str(a, list, NULL, STR(NOTHING));
        print_cell(p, DESK_MATTER_SET, drop ? "matter-take" : "matter-put", t,
                   answer_of(ask(p, a, DESK_MATTER_SET, args, NULL)));
    }
}

/* An officer's access; asked of those who have none any more, where it changes nothing. */
static void of_officer(const struct person *p, const struct thing *t)
{
    const struct person *who = x->people;
    while (!str_is(t->name, who->name)) who++;
    if (!who->ended) return;
    cell(p, "user-link", t, DESK_USER_LINK, NULL, NULL);
    cell(p, "user-end", t, DESK_USER_END, NULL, NULL);
}

static void of_house(const struct person *p, const struct thing *t)
{
    static const struct {
        const char *name;
        enum desk_action action;
        const char *first;
    } rows[] = {
        {"new", DESK_NEW, NULL},
        {"preflight", DESK_CHECK, NULL},
        {"entry-add", DESK_ENTRY_ADD, NULL},
        {"matter-add", DESK_MATTER_ADD, NULL},
        {"exhibit-add", DESK_EXHIBIT_ADD, NULL},
        {"replay", DESK_REPLAY, "tables=none"},
        {"peer-add", DESK_PEER_ADD, NULL},
        {"peer-remove", DESK_PEER_REMOVE, NULL},
        {"user-add", DESK_USER_ADD, NULL},
        {"users", DESK_USERS, NULL},
        {"status", DESK_STATUS, NULL},
        {"frame", DESK_FRAME, NULL},
        {"kinds", DESK_KINDS, NULL},
        {"form", DESK_FORM, "kind=preservation"},
        {"contacts", DESK_CONTACTS, NULL},
        {"law-accept", DESK_LAW_ACCEPT, NULL},
        {"profile", DESK_PROFILE, NULL},
        {"profile-set", DESK_PROFILE_SET, NULL},
        {"function-assign", DESK_FUNCTION_ASSIGN, NULL},
        {"peers", DESK_PEERS, NULL},
        {"ledger-head", DESK_LEDGER_HEAD, NULL},
        {"ledger-proof", DESK_LEDGER_PROOF, "leaf=0"},
        {"ledger-witness", DESK_LEDGER_WITNESS, NULL},
        {"ledger-resume", DESK_LEDGER_RESUME, NULL},
        {"me", DESK_ME, NULL},
        {"passkey-begin", DESK_PASSKEY_BEGIN, NULL},
        {"passkey-add", DESK_PASSKEY_ADD, NULL},
        {"passkey-drop", DESK_PASSKEY_DROP, NULL},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        cell(p, rows[k].name, t, rows[k].action, rows[k].first, NULL);
}

static void cells(const struct person *p)
{
    memset(named, 0, sizeof named);
    lists(p);
    for (size_t j = 0; j < x->things_n; j++) {
        const struct thing *t = &x->things[j];
        switch (t->sort) {
        case DRAFT:
            of_draft(p, t);
            break;
        case DOSSIER:
            of_dossier(p, t);
            break;
        case ENTRY:
            of_entry(p, t);
            break;
        case MATTER:
            of_matter(p, t);
            break;
        case INSTRUCTION:
            cell(p, "instructed", t, DESK_INSTRUCTED, NULL, NULL);
            break;
        case PAIR:
            of_pair(p, t);
            break;
        case OFFICER:
            of_officer(p, t);
            break;
        case HOUSE:
            of_house(p, t);
            break;
        }
    }
    for (size_t j = 0; !p->ended && j < x->things_n; j++) {
        const struct thing *t = &x->things[j];
        if (t->sort == PAIR || t->sort == HOUSE) continue;
        print_cell(p, DESK_STATUS, "named", t, named[j] ? "yes" : "no");
    }
    auto_arena a = arena_new();
    made_must(x, world_do(x->n, a, DESK_READS, NULL, NULL), "reads");
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* A dossier is given a number that is the reference of one behind the wall: who sees the first
 * finds it by that, as if the other did not exist; the other's officers find theirs. */
static void numbers(void)
{
    struct thing *one = NULL, *other = NULL;
    for (size_t k = 0; k < x->things_n; k++) {
        struct thing *t = &x->things[k];
        if (t->sort == DOSSIER && strcmp(t->authority, "XA/csb") == 0) one = t;
        if (t->sort == DOSSIER && strcmp(t->authority, "XA/moj") == 0) other = t;
    }
    auto_arena a = arena_new();
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", one->name);
    tree_add_str(a, args, "number", other->name);
    made_must(x, made_do(x, one->authority, a, DESK_NUMBER_ADD, args, NULL), "number-add");
    for (int k = 0; k < OFFICERS; k++) {
        for (int j = 0; j < 3; j++) {
            struct tree *by = tree_map(a);
            const struct thing *t = j == 1 ? other : one;
            const struct tree *v;
            tree_add_str(a, by, "ref", j == 2 ? one->number : other->name);
            err e = world_as(x->n, a, x->people[k].session, DESK_SHOW, by, &v);
            bool it = e != ERR_OK || str_eq(tree_str(v, "ref"), t->name);
            print_cell(&x->people[k], DESK_SHOW, "numbered", t, it ? answer_of(e) : "no");
        }
        made_must(x, world_do(x->n, a, DESK_READS, NULL, NULL), "reads");
    }
}

int main(int argc, char **argv)
{
    int64_t seed = 20261126;
    if (argc > 1 && argv[1][0] && !str_to_int(str_of(argv[1]), &seed)) return 2;
    struct arena *arena = arena_new();
    x = arena_take(arena, sizeof *x);
    x->arena = arena;
    made_open(x, seed);
    print_table();
    print_people();
    print_things();
    for (int k = 0; k < OFFICERS; k++) cells(&x->people[k]);
    numbers();
    world_close(&x->w);
    arena_free(arena);
    return 0;
}
