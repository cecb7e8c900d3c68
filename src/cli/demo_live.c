/* SPDX-License-Identifier: Apache-2.0 */
/* The demo for people at a screen: two desks that look lived-in, one alarm that waits for somebody,
 * and links to come in by. It stays until it is interrupted, and tells what people do meanwhile. */

#include "cli/demo.h"

#include <string.h>

enum { WATCH_MS = 300, SAYS_MAX = 10 };
static const char lacunia[] = "XL/pgo"; /* a State that runs no node */

/* ---- who sits at the desks ------------------------------------------------------------------- */

struct person {
    int who;
    const char *officer, *name, *post, *role;
    const char *greeting;
};
static const struct person people[] = {
    {MERIDIA, "leyla", "Leyla Qasimova", "Duty officer", "duty",
     "You are Leyla, on duty in Meridia at night. Acknowledge the alarm, then serve the order:"},
    {NORLAND, "marit", "Marit Solheim", "Inspector", "duty",
     "You are Marit in Norland, who sent it. Watch it arrive:"},
    {MERIDIA, "rashid", "Rashid Aliyev", "Head of service", "supervisor", NULL},
    {NORLAND, "ane", "Ane Lunde", "Legal adviser", "lawyer", NULL},
};
enum { PEOPLE = sizeof people / sizeof *people };

static struct tree *args_with(struct demo *d, const char *key, const char *value)
{
    struct tree *args = cli_arguments(d->c);
    if (value) tree_add_str(d->c->t.arena, args, key, str_of(value));
    return args;
}

static err person_add(struct demo *d, const struct person *p)
{
    struct arena *a = d->c->t.arena;
    const struct tree *view = NULL;
    struct tree *args = args_with(d, "officer", p->officer);
    tree_add_str(a, args, "name", str_of(p->name));
    tree_add_str(a, args, "post", str_of(p->post));
    tree_add_str(a, tree_add_list(a, args, "roles"), NULL, str_of(p->role));
    return demo_ask(d, p->who, DESK_USER_ADD, args, &view);
}

static err person_link(struct demo *d, const struct person *p)
{
    const struct tree *view = NULL;
    if (!p->greeting) return ERR_OK;
    try(demo_ask(d, p->who, DESK_USER_LINK, args_with(d, "officer", p->officer), &view));
    printf("\n  %s\n      " STR_FMT "\n", p->greeting, STR_ARG(tree_str(view, "enter")));
    return ERR_OK;
}

/* ---- what else lies there -------------------------------------------------------------------- */

struct step {
    int who;
    const char *act;            /* NULL: a request is sent */
    const char *says[SAYS_MAX]; /* name, value, … */
};
static const struct step steps[] = {
#define SIDE(from, facts, data, custodian)                                                         \
    {from, NULL, {"facts", facts, "data", data, "custodian", custodian}},
#define STEP(who, act, ...) {who, act, {__VA_ARGS__}},
#include "cli/demo_side.def"
#undef SIDE
#undef STEP
};

static void says_put(struct demo *d, struct tree *particulars, const char *const *says)
{
    struct arena *a = d->c->t.arena;
    for (; says[0]; says += 2) {
        int64_t days;
        struct str value = str_of(says[1]);
        if (value.p[0] == '+' && str_to_int((struct str){value.p + 1, value.n - 1}, &days))
            value = demo_day(d, (int)days);
        tree_add_str(a, particulars, says[0], value);
    }
}

static err send_one(struct demo *d, const struct step *s, struct str *ref_out)
{
    const struct tree *view = NULL;
    const char *to = d->node[s->who == NORLAND ? MERIDIA : NORLAND].address;
    try(demo_ask(d, s->who, DESK_NEW, demo_request(d, to, s->says), &view));
    struct tree *args = cli_arguments(d->c);
    tree_add_str(d->c->t.arena, args, "draft", tree_str(view, "draft"));
    try(demo_ask(d, s->who, DESK_SEND, args, &view));
    *ref_out = tree_str(view, "ref");
    return demo_until(d, s->who, *ref_out, "the other node holds the request", demo_all_held);
}

/* Each waits until the other side has what came before, so that the acts come in their order. */
static err act_one(struct demo *d, const struct step *s, struct str ref)
{
    const struct tree *view = NULL;
    struct tree *args = cli_arguments(d->c);
    tree_add_str(d->c->t.arena, args, "ref", ref);
    tree_add_str(d->c->t.arena, args, "act", str_of(s->act));
    says_put(d, tree_add_map(d->c->t.arena, args, "particulars"), s->says);
    try(demo_ask(d, s->who, DESK_ACT, args, &view));
    return demo_until(d, s->who, ref, "the other node holds the act", demo_all_held);
}

static err desks_fill(struct demo *d)
{
    struct str ref = STR("");
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        if (steps[k].act)
            try(act_one(d, &steps[k], ref));
        else
            try(send_one(d, &steps[k], &ref));
    }
    return ERR_OK;
}

/* ---- a State that runs no node --------------------------------------------------------------- */

/* Norland's letter to Lacunia is on its way by courier. */
static err letter_out(struct demo *d)
{
    static const char *const says[] = {
        "facts",
        "The ransom of the hospital was to be paid into an account opened by telephone.",
        "data",
        "Subscriber and log-ins of the wallet w-7731 at coin.example",
        "custodian",
        "Coin Example, Lacunia",
        NULL};
    struct arena *a = d->c->t.arena;
    const struct tree *view = NULL;
    try(demo_ask(d, NORLAND, DESK_NEW, demo_request(d, lacunia, says), &view));
    struct tree *args = args_with(d, "draft", str_c(a, tree_str(view, "draft")));
    try(demo_ask(d, NORLAND, DESK_SEND, args, &view));
    args = args_with(d, "ref", str_c(a, tree_str(view, "ref")));
    tree_add_str(a, args, "carriage", STR("courier"));
    tree_add_str(a, args, "proof", STR("Waybill 3301 of the courier"));
    return demo_ask(d, NORLAND, DESK_DISPATCH, args, &view);
}

/* And a letter of Lacunia's lies in Meridia's register; nobody has said yet what it is. */
static err letter_in(struct demo *d)
{
    static const char mail[] = "From: requests@pgo.lacunia.example\r\n"
                               "Subject: Request 41/26\r\n\r\n"
                               "Please preserve the mailbox night@postbox.example. Urgent.\r\n";
    struct arena *a = d->c->t.arena;
    const struct tree *view = NULL;
    struct tree *args = args_with(d, "from", lacunia);
    tree_add_str(a, args, "carriage", STR("email"));
    tree_add_str(a, args, "kind", STR("preservation"));
    struct tree *number = tree_add_map(a, tree_add_list(a, args, "numbers"), NULL);
    tree_add_str(a, number, "number", STR("PGO 41/26"));
    tree_add_str(a, number, "sort", STR("theirs"));
    cli_document_add(d->c, tree_add_list(a, args, "documents"), STR("request-41.eml"),
                     str_bytes(str_of(mail)));
    return demo_ask(d, MERIDIA, DESK_ENTRY_ADD, args, &view);
}

/* ---- what people do meanwhile ---------------------------------------------------------------- */

struct news {
    int who;
    const char *state, *mark; /* NULL: any */
    const char *says;
};
static const struct news all_news[] = {
    {NORLAND, NULL, "acknowledged", "A person in Meridia has acknowledged it; Norland knows."},
    {MERIDIA, NULL, "ordered", "The order is served. It stays at home: Norland does not see it."},
    {NORLAND, "asked", NULL, "Meridia asks something before it goes on."},
    {NORLAND, "preserved", NULL, "The data are preserved, and the clock runs on both desks."},
    {NORLAND, "refused", NULL, "Meridia refused it, with the article and the reasons."},
};
enum { NEWS = sizeof all_news / sizeof *all_news };

static bool is_so(const struct demo *d, const struct tree *view)
{
    const struct news *n = &all_news[d->watching];
    if (n->state && !str_is(tree_str(view, "state"), n->state)) return false;
    return !n->mark || tree_has_str(tree_get(view, "marks"), str_of(n->mark));
}

/* Ends when it is interrupted: that is how this demo ends well. */
static err watch(struct demo *d)
{
    bool told[NEWS] = {false};
    err e = ERR_OK;
    while (e == ERR_OK) {
        for (d->watching = 0; d->watching < NEWS && e == ERR_OK; d->watching++) {
            const struct news *n = &all_news[d->watching];
            bool now = false;
            if (told[d->watching]) continue;
            e = demo_look(d, n->who, d->ref, is_so, &now);
            if (now) demo_tell(d, n->who, "%s", n->says);
            told[d->watching] = now;
        }
        if (e == ERR_OK) e = demo_pause(d, WATCH_MS);
    }
    if (strcmp(d->c->t.fault.code, "interrupted") != 0) return e;
    turn_forgive(&d->c->t);
    return ERR_OK;
}

/* ---- from the first to the last -------------------------------------------------------------- */

err demo_live(struct demo *d)
{
    static const struct step alarm = {NORLAND, NULL, {NULL}};
    for (size_t k = 0; k < PEOPLE; k++) try(person_add(d, &people[k]));
    demo_tell(d, -1, "Both desks are being filled with work ...");
    try(desks_fill(d));
    try(letter_out(d));
    try(letter_in(d));
    demo_tell(d, -1, "Lacunia runs no node: its letters are in the register, ours go by courier.");
    try(send_one(d, &alarm, &d->ref));
    demo_tell(d, NORLAND, "The hospital's request " STR_FMT " is sent; Meridia's node holds it.",
              STR_ARG(d->ref));
    demo_tell(d, MERIDIA, "Nobody has acknowledged it yet, and the servers are wiped tomorrow.");
    for (size_t k = 0; k < PEOPLE; k++) try(person_link(d, &people[k]));
    printf("\n  Each link is good once; another: comity -C %s user link leyla\n"
           "  Other languages: add ?lang=az or ?lang=ar to an address.\n"
           "  It stays until you press Ctrl-C.\n\n",
           d->node[MERIDIA].dir);
    (void)fflush(stdout);
    return watch(d);
}
