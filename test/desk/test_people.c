/* SPDX-License-Identifier: Apache-2.0 */
/* Officers, how they come in, what ends it, and what is written down of what they do. */

#include "desk/desk_test.h"

#include "kit/authenticator.h"

#include <stdlib.h>
#include <string.h>

static struct world w;
static struct world_node *n;
#define MINUTE INT64_C(60000)

static int up(void **state)
{
    (void)state;
    world_open_two(&w, 1, 11, &suite_fake);
    n = &w.node[0];
    return 0;
}

/* With another node to ask, or to be asked by. */
static int up_peer(void **state)
{
    (void)state;
    world_open_two(&w, 2, 11, &suite_fake);
    n = &w.node[0];
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* ---- what a test does ------------------------------------------------------------------------ */

static const struct tree *with_roles(struct arena *a, const struct tree *args, const char *roles)
{
    struct tree *m = tree_add_copy(a, tree_list(a), NULL, args);
    struct tree *list = tree_add_list(a, m, "roles");
    struct str rest = str_of(roles), one;
    while (rest.n) {
        str_split(rest, ' ', &one, &rest);
        tree_add_str(a, list, NULL, one);
    }
    return m;
}

static err add(struct arena *a, const char *name, const char *roles)
{
    struct str officer = str_printf(a, "officer=%s", name);
    return world_do(n, a, DESK_USER_ADD,
                    with_roles(a, world_args(a, str_c(a, officer), "post=post", NULL), roles),
                    NULL);
}

static struct str link_of(struct arena *a, const char *name)
{
    const struct tree *v;
    struct str officer = str_printf(a, "officer=%s", name);
    assert_ok(&w, world_do(n, a, DESK_USER_LINK, world_args(a, str_c(a, officer), NULL), &v));
    return tree_str(v, "token");
}

static err enter_by(struct arena *a, struct str token, struct str *session_out)
{
    const struct tree *v;
    struct str arg = str_printf(a, "token=" STR_FMT, STR_ARG(token));
    err e = world_as(n, a, STR(""), DESK_ENTER, world_args(a, str_c(a, arg), NULL), &v);
    if (e == ERR_OK) *session_out = tree_str(v, "session");
    return e;
}

static struct str enter(struct arena *a, const char *name)
{
    struct str session = {0};
    assert_ok(&w, enter_by(a, link_of(a, name), &session));
    assert_int_equal(session.n, 64);
    return session;
}

static err me(struct arena *a, struct str session)
{
    return world_as(n, a, session, DESK_ME, NULL, NULL);
}

static void refused(err got, err want, const char *code)
{
    assert_int_equal(got, want);
    assert_string_equal(w.fault.code, code);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void a_link_lets_one_in_once_and_within_the_hour(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str session;
    assert_ok(&w, add(a, "csb.amina", "duty"));
    struct str token = link_of(a, "csb.amina");
    assert_ok(&w, enter_by(a, token, &session));
    assert_ok(&w, me(a, session));
    refused(enter_by(a, token, &session), ERR_STRANGER, "enter-refused");
    token = link_of(a, "csb.amina");
    w.now_ms += 60 * MINUTE;
    refused(enter_by(a, token, &session), ERR_STRANGER, "enter-refused");
    refused(enter_by(a, STR("0123"), &session), ERR_STRANGER, "enter-refused");
    refused(me(a, STR("")), ERR_STRANGER, "session-none");
    refused(me(a, STR("0123")), ERR_STRANGER, "session-over");
}

static void a_session_ends_after_fifteen_idle_minutes_and_eight_hours(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_ok(&w, add(a, "csb.amina", "duty"));
    struct str session = enter(a, "csb.amina");
    for (int k = 0; k < 32; k++) {
        w.now_ms += 14 * MINUTE + 59000;
        assert_ok(&w, me(a, session));
    }
    w.now_ms += 30 * 1000; /* 8 h and a little since it began */
    w.now_ms += MINUTE;
    refused(me(a, session), ERR_STRANGER, "session-over");
    session = enter(a, "csb.amina");
    w.now_ms += 15 * MINUTE;
    refused(me(a, session), ERR_STRANGER, "session-over");
}

/* What was seen is kept by the chore that writes reads; a restart forgets no more than that. */
static void when_it_was_used_outlives_a_restart_once_written(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    world_close(&w);
    char made[] = "/tmp/comity-people-XXXXXX";
    assert_non_null(mkdtemp(made));
    world_open(&w, 1, 12, &suite_fake, made);
    n = &w.node[0];
    assert_ok(&w, add(a, "csb.amina", "duty"));
    struct str session = enter(a, "csb.amina");
    w.now_ms += 10 * MINUTE;
    assert_ok(&w, me(a, session));
    assert_true(desk_reads_due_ms(n->desk) < INT64_MAX);
    assert_ok(&w, world_do(n, a, DESK_READS, NULL, NULL));
    assert_int_equal(desk_reads_due_ms(n->desk), INT64_MAX);
    assert_ok(&w, world_restart(n));
    w.now_ms += 10 * MINUTE;
    assert_ok(&w, me(a, session));
    assert_ok(&w, world_restart(n));
    w.now_ms += 10 * MINUTE; /* what was seen last was not written: idle for twenty */
    refused(me(a, session), ERR_STRANGER, "session-over");
    w.made = str_of(made);
    w.made = str_dup(w.arena, w.made);
}

static void leaving_and_being_ended_end_it_at_once(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_ok(&w, add(a, "csb.amina", "duty"));
    struct str one = enter(a, "csb.amina"), two = enter(a, "csb.amina"), out;
    assert_ok(&w, world_as(n, a, one, DESK_LEAVE, NULL, NULL));
    refused(me(a, one), ERR_STRANGER, "session-over");
    assert_ok(&w, me(a, two));
    struct str link = link_of(a, "csb.amina");
    assert_ok(&w, world_do(n, a, DESK_USER_END, world_args(a, "officer=csb.amina", NULL), NULL));
    refused(me(a, two), ERR_STRANGER, "session-over");
    refused(enter_by(a, link, &out), ERR_STRANGER, "enter-refused");
    assert_int_equal(world_do(n, a, DESK_USER_LINK, world_args(a, "officer=csb.amina", NULL), NULL),
                     ERR_NOT_ALLOWED);
}

static void another_role_ends_the_sessions_that_had_the_old_one(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_ok(&w, add(a, "csb.amina", "duty"));
    struct str session = enter(a, "csb.amina");
    assert_ok(&w, add(a, "csb.amina", "auditor"));
    refused(me(a, session), ERR_STRANGER, "session-over");
}

static void no_token_stands_in_the_store(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct hash plain = {0};
    assert_ok(&w, add(a, "csb.amina", "duty"));
    struct str session = enter(a, "csb.amina");
    assert_true(hash_read(session, &plain));
    const struct tree *v;
    assert_ok(&w, world_as(n, a, session, DESK_ME, NULL, &v));
    struct str shown = json_write(a, v);
    assert_null(memmem(shown.p, shown.n, session.p, session.n));
}

/* ---- passkeys -------------------------------------------------------------------------------- */

static struct seal_site site(void)
{
    struct seal_site s;
    assert_true(seal_site_of(STR(WORLD_OFFICERS), &s));
    return s;
}

static struct tree *said_args(struct arena *a, const struct seal_said *said)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "client_data", base64url(a, said->client_data));
    tree_add_str(a, m, "authenticator_data", base64url(a, said->authenticator_data));
    tree_add_str(a, m, "signature", base64url(a, said->signature));
    return m;
}

static struct bytes challenge_of(struct arena *a, struct str session, enum desk_action action)
{
    const struct tree *v;
    struct bytes c;
    assert_ok(&w, world_as(n, a, session, action, NULL, &v));
    assert_text(v, "rp_id", "norland.localhost");
    assert_true(base64url_read(a, tree_str(v, "challenge"), &c));
    assert_int_equal(c.n, 32);
    return c;
}

static err enter_with(struct turn *t, struct authenticator *k, struct bytes challenge,
                      struct str old, struct str *session_out)
{
    struct arena *a = t->arena;
    struct seal_site s = site();
    struct seal_said said;
    const struct tree *v;
    authenticator_get(t, k, &s, challenge, &said);
    struct tree *args = said_args(a, &said);
    tree_add_str(a, args, "passkey", base64url(a, (struct bytes){k->id, sizeof k->id}));
    err e = world_as(n, a, old, DESK_ENTER_KEY, args, &v);
    if (e == ERR_OK) *session_out = tree_str(v, "session");
    return e;
}

static void remember(struct turn *t, struct str session, struct authenticator *k)
{
    struct seal_site s = site();
    struct seal_said said;
    authenticator_make(t, k);
    authenticator_create(t, k, &s, challenge_of(t->arena, session, DESK_PASSKEY_BEGIN), &said);
    struct tree *args = said_args(t->arena, &said);
    tree_add_str(t->arena, args, "name", STR("blue key"));
    assert_ok(&w, world_as(n, t->arena, session, DESK_PASSKEY_ADD, args, NULL));
}

static void a_passkey_lets_in_and_its_acts_say_so(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct authenticator k;
    struct str old, session;
    const struct tree *v;
    assert_ok(&w, add(a, "csb.amina", "duty"));
    old = enter(a, "csb.amina");
    remember(&t, old, &k);
    assert_ok(&w, enter_with(&t, &k, challenge_of(a, STR(""), DESK_ENTER_BEGIN), old, &session));
    refused(me(a, old), ERR_STRANGER, "session-over"); /* the token was exchanged */
    assert_ok(&w, world_as(n, a, session, DESK_ME, NULL, &v));
    const struct tree *key = tree_get(v, "passkeys")->child;
    assert_text(key, "name", "blue key");
    assert_text(tree_get(v, "sessions")->child, "method", "key");

    struct str ref = world_request(&w.node[1], n, a); /* of the other node, to us */
    (void)ref;
    world_settle(&w);
    assert_ok(&w, world_as(n, a, session, DESK_ACT,
                           world_args(a, "ref=XB-CSB-2026-0001", "act=acknowledge", NULL), NULL));
    assert_ok(&w,
              world_as(n, a, session, DESK_SHOW, world_args(a, "ref=XB-CSB-2026-0001", NULL), &v));
    const struct tree *act = tree_get(v, "acts")->last;
    assert_text(tree_get(act, "by"), "method", "key");
    assert_text(tree_get(act, "by"), "officer", "csb.amina");
}

static void what_is_wrong_with_a_passkey_lets_nobody_in(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct authenticator k, stranger;
    struct str session, out = {0};
    assert_ok(&w, add(a, "csb.amina", "duty"));
    session = enter(a, "csb.amina");
    remember(&t, session, &k);
    struct bytes used = challenge_of(a, STR(""), DESK_ENTER_BEGIN);
    assert_ok(&w, enter_with(&t, &k, used, STR(""), &out));
    refused(enter_with(&t, &k, used, STR(""), &out), ERR_STRANGER, "enter-refused");
    struct bytes old = challenge_of(a, STR(""), DESK_ENTER_BEGIN);
    w.now_ms += 5 * MINUTE;
    refused(enter_with(&t, &k, old, STR(""), &out), ERR_STRANGER, "enter-refused");
    struct bytes made_up = {k.point, 32};
    refused(enter_with(&t, &k, made_up, STR(""), &out), ERR_STRANGER, "enter-refused");
    struct bytes other = challenge_of(a, session, DESK_PASSKEY_BEGIN);
    refused(enter_with(&t, &k, other, STR(""), &out), ERR_STRANGER, "enter-refused");
    authenticator_make(&t, &stranger);
    memcpy(stranger.id, k.id, sizeof k.id);
    refused(enter_with(&t, &stranger, challenge_of(a, STR(""), DESK_ENTER_BEGIN), STR(""), &out),
            ERR_STRANGER, "enter-refused");
    k.flags = 1; /* somebody touched it, nobody was verified */
    refused(enter_with(&t, &k, challenge_of(a, STR(""), DESK_ENTER_BEGIN), STR(""), &out),
            ERR_STRANGER, "enter-refused");
    k.flags = 0;
    k.uses = 0; /* a copy counts from where it was copied */
    refused(enter_with(&t, &k, challenge_of(a, STR(""), DESK_ENTER_BEGIN), STR(""), &out),
            ERR_STRANGER, "enter-refused");
}

static void a_passkey_that_was_dropped_or_whose_holder_was_ended_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct authenticator k, l;
    struct str session, out;
    assert_ok(&w, add(a, "csb.amina", "duty"));
    assert_ok(&w, add(a, "csb.bora", "duty"));
    session = enter(a, "csb.amina");
    struct str other = enter(a, "csb.bora");
    remember(&t, session, &k);
    remember(&t, session, &l);
    struct str id = hex(a, (struct bytes){k.id, sizeof k.id});
    const char *arg = str_c(a, str_printf(a, "passkey=" STR_FMT, STR_ARG(id)));
    refused(world_as(n, a, other, DESK_PASSKEY_DROP, world_args(a, arg, NULL), NULL), ERR_NONE_SUCH,
            "passkey-none-such");
    assert_ok(&w, world_as(n, a, session, DESK_PASSKEY_DROP, world_args(a, arg, NULL), NULL));
    refused(enter_with(&t, &k, challenge_of(a, STR(""), DESK_ENTER_BEGIN), STR(""), &out),
            ERR_STRANGER, "enter-refused");
    assert_ok(&w, enter_with(&t, &l, challenge_of(a, STR(""), DESK_ENTER_BEGIN), STR(""), &out));
    assert_ok(&w, world_do(n, a, DESK_USER_END, world_args(a, "officer=csb.amina", NULL), NULL));
    refused(enter_with(&t, &l, challenge_of(a, STR(""), DESK_ENTER_BEGIN), STR(""), &out),
            ERR_STRANGER, "enter-refused");
}

static void a_challenge_of_one_officer_remembers_no_passkey_for_another(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct seal_site s = site();
    struct authenticator k;
    struct seal_said said;
    assert_ok(&w, add(a, "csb.amina", "duty"));
    assert_ok(&w, add(a, "csb.bora", "duty"));
    struct str one = enter(a, "csb.amina"), two = enter(a, "csb.bora");
    authenticator_make(&t, &k);
    authenticator_create(&t, &k, &s, challenge_of(a, one, DESK_PASSKEY_BEGIN), &said);
    refused(world_as(n, a, two, DESK_PASSKEY_ADD, said_args(a, &said), NULL), ERR_STRANGER,
            "enter-refused");
}

static void a_certificate_lets_its_officer_in_through_the_door_alone(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const char *cert = "cert=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const struct tree *v;
    assert_ok(&w, world_do(n, a, DESK_USER_ADD,
                           with_roles(a, world_args(a, "officer=csb.amina", "post=p", cert, NULL),
                                      "duty"),
                           NULL));
    assert_true(desk_action_is_door(DESK_ENTER_CERT));
    assert_ok(&w, world_as(n, a, STR(""), DESK_ENTER_CERT, world_args(a, cert, NULL), &v));
    assert_ok(&w, me(a, tree_str(v, "session")));
    refused(world_as(n, a, STR(""), DESK_ENTER_CERT, world_args(a, "cert=bb", NULL), &v),
            ERR_STRANGER, "enter-refused");
    refused(world_do(n, a, DESK_USER_ADD,
                     with_roles(a, world_args(a, "officer=csb.bora", "post=p", cert, NULL), "duty"),
                     NULL),
            ERR_REJECTED, "cert-taken");
}

/* ---- who may add whom ------------------------------------------------------------------------ */

static void only_an_admin_adds_people_and_only_to_his_authority(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_ok(&w, add(a, "csb.amina", "duty lawyer supervisor auditor"));
    struct str session = enter(a, "csb.amina");
    const struct tree *more =
        with_roles(a, world_args(a, "officer=csb.bora", "post=p", NULL), "duty");
    static const enum desk_action actions[] = {DESK_USER_ADD, DESK_USER_LINK, DESK_USER_END};
    for (size_t k = 0; k < 3; k++)
        refused(world_as(n, a, session, actions[k], more, NULL), ERR_NOT_ALLOWED, "role-may-not");
    refused(world_do(
                n, a, DESK_USER_ADD,
                with_roles(a, world_args(a, "officer=csb.bora", "post=p", "authority=XA/moj", NULL),
                           "duty"),
                NULL),
            ERR_NOT_ALLOWED, "authority-other");
    refused(
        world_do(n, a, DESK_USER_ADD,
                 with_roles(a, world_args(a, "officer=csb.bora", "post=p", "authority=XZ/no", NULL),
                            "duty"),
                 NULL),
        ERR_NONE_SUCH, "authority-none-such");
    static const char *const theirs[] = {"officer=o-2", "officer=nobody"};
    for (size_t k = 0; k < 2; k++) {
        refused(world_do(n, a, DESK_USER_END, world_args(a, theirs[k], NULL), NULL), ERR_NONE_SUCH,
                "officer-none-such");
        refused(world_do(n, a, DESK_USER_LINK, world_args(a, theirs[k], NULL), NULL), ERR_NONE_SUCH,
                "officer-none-such");
    }
}

/* What is answered depends on the name alone, not on whom the neighbour has. */
static void a_name_of_the_neighbours_is_refused_like_one_that_nobody_has(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const char *const names[] = {"o-2", "o-9", "moj.o-2", "csb.", "csb"};
    struct str first = {0};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        refused(add(a, names[k], "duty"), ERR_REJECTED, "officer-name");
        struct str said = str_dup(a, str_of(w.fault.sentence));
        if (k) assert_true(str_eq(said, first));
        first = said;
    }
    assert_ok(&w, add(a, "csb.o-2", "duty"));
    assert_ok(&w, add(a, "csb.o-2", "lawyer")); /* changed, as any of one's own */
    assert_ok(&w, add(a, "o-1", "duty admin")); /* who was there before has his name */
}

static void nobody_raises_himself_and_an_authority_keeps_an_admin(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    refused(add(a, "o-1", "duty supervisor admin auditor"), ERR_NOT_ALLOWED, "role-own");
    refused(add(a, "o-1", "duty"), ERR_NOT_ALLOWED, "last-admin");
    refused(world_do(n, a, DESK_USER_END, world_args(a, "officer=o-1", NULL), NULL),
            ERR_NOT_ALLOWED, "last-admin");
    assert_ok(&w, add(a, "csb.chief", "admin"));
    assert_ok(&w, world_do(n, a, DESK_USER_END, world_args(a, "officer=o-1", NULL), NULL));
    refused(world_do(n, a, DESK_STATUS, NULL, NULL), ERR_STRANGER, "officer-unknown");
}

static void what_does_not_fit_an_officer_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    refused(add(a, "Amina!", "duty"), ERR_REJECTED, "officer-name");
    refused(add(a, "", "duty"), ERR_REJECTED, "officer-name");
    refused(add(a, "csb.amina", "king"), ERR_REJECTED, "role-unknown");
    refused(world_do(n, a, DESK_USER_ADD, world_args(a, "officer=csb.amina", NULL), NULL),
            ERR_REJECTED, "officer-post");
    struct tree *args =
        tree_add_copy(a, tree_list(a), NULL, world_args(a, "officer=csb.amina", "post=p", NULL));
    tree_add_int(a, args, "uid", 0);
    refused(world_do(n, a, DESK_USER_ADD, args, NULL), ERR_REJECTED, "uid-taken");
}

/* ---- what is written down -------------------------------------------------------------------- */

static int64_t leaves(struct arena *a)
{
    const struct tree *v;
    assert_ok(&w, world_do(n, a, DESK_STATUS, NULL, &v));
    return tree_int(v, "log_size", -1);
}

static void who_reads_content_is_written_down_one_leaf_a_batch(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str ref = world_request(n, &w.node[1], a);
    const struct tree *which =
        world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ref))), NULL);
    assert_ok(&w, world_do(n, a, DESK_READS, NULL, NULL));
    assert_int_equal(desk_reads_due_ms(n->desk), INT64_MAX);
    int64_t before = leaves(a);
    for (int k = 0; k < 5; k++) assert_ok(&w, world_do(n, a, DESK_SHOW, which, NULL));
    assert_ok(&w, world_do(n, a, DESK_LOG, which, NULL));
    assert_int_equal(leaves(a), before); /* not in the way of the answer */
    int64_t due_ms = desk_reads_due_ms(n->desk);
    assert_true(due_ms > w.now_ms && due_ms <= w.now_ms + DESK_READS_LATE_MS);
    assert_ok(&w, world_do(n, a, DESK_READS, NULL, NULL));
    assert_int_equal(leaves(a), before + 1);
    assert_ok(&w, world_do(n, a, DESK_READS, NULL, NULL));
    assert_int_equal(leaves(a), before + 1);
    assert_ok(&w, world_fsck(n, a));
}

/* When writing is behind, nothing is shown: no read goes unwritten. */
static void what_cannot_be_written_down_is_not_shown(void **state)
{
    (void)state;
    enum { OFFICERS = 30, DOSSIERS = 9, BATCH = 512 };
    auto_arena a = arena_new();
    const struct tree *which[DOSSIERS];
    for (int k = 0; k < DOSSIERS; k++) {
        struct str ref = world_request(n, &w.node[1], a);
        which[k] = world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ref))), NULL);
    }
    assert_ok(&w, world_do(n, a, DESK_READS, NULL, NULL));
    err e = ERR_OK;
    int shown = 0;
    struct str session = {0};
    for (int k = 0; k < OFFICERS && e == ERR_OK; k++) {
        const char *name = str_c(a, str_printf(a, "csb.officer-%d", k));
        assert_ok(&w, add(a, name, "duty"));
        session = enter(a, name);
        for (int r = 0; r < 2 * DOSSIERS && e == ERR_OK; r++) {
            e = world_as(n, a, session, r % 2 ? DESK_SHOW : DESK_LOG, which[r / 2], NULL);
            if (e == ERR_OK) shown++;
        }
    }
    refused(e, ERR_BUSY, "reads-full");
    assert_int_equal(shown, BATCH);
    assert_ok(&w, world_do(n, a, DESK_READS, NULL, NULL));
    assert_ok(&w, world_as(n, a, session, DESK_SHOW, which[DOSSIERS - 1], NULL));
}

static void the_same_key_gets_the_same_answer_and_acts_once(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *first, *again,
        *args = world_args(a, "kind=preservation", "to=XB/csb", "particulars.offence=x", "idem=k",
                           NULL);
    assert_ok(&w, world_do(n, a, DESK_NEW, args, &first));
    assert_ok(&w, world_do(n, a, DESK_NEW, args, &again));
    assert_true(str_eq(tree_str(first, "draft"), tree_str(again, "draft")));
    refused(world_do(n, a, DESK_NEW,
                     world_args(a, "kind=preservation", "to=XB/csb", "particulars.offence=y",
                                "idem=k", NULL),
                     NULL),
            ERR_CONFLICT, "idem-other-body");
    refused(world_do(n, a, DESK_USER_LINK, world_args(a, "officer=o-1", "idem=k", NULL), NULL),
            ERR_CONFLICT, "idem-other-body");
    n->uid = 1; /* another officer's key is another key */
    const struct tree *other;
    assert_ok(&w, world_do(n, a, DESK_NEW, args, &other));
    assert_false(str_eq(tree_str(first, "draft"), tree_str(other, "draft")));
    n->uid = 0;
    w.now_ms += 7 * DAY_MS;
    assert_ok(&w, world_do(n, a, DESK_NEW, args, &other));
    assert_false(str_eq(tree_str(first, "draft"), tree_str(other, "draft")));
}

static void what_failed_under_a_key_may_be_mended_under_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_int_equal(world_do(n, a, DESK_NEW, world_args(a, "to=XB/csb", "idem=k", NULL), NULL),
                     ERR_USAGE);
    assert_ok(&w, world_do(n, a, DESK_NEW,
                           world_args(a, "kind=preservation", "to=XB/csb", "idem=k", NULL), NULL));
}

static void people_are_made_again_by_rebuild(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &w.clock, .chance = &w.chance};
    struct authenticator k;
    assert_ok(&w, add(a, "csb.amina", "investigator"));
    struct str session = enter(a, "csb.amina");
    remember(&t, session, &k);
    struct str ref = world_request(n, &w.node[1], a);
    struct str arg = str_printf(a, "ref=" STR_FMT, STR_ARG(ref));
    const struct tree *member = world_args(a, str_c(a, arg), "officer=csb.amina", NULL);
    refused(world_as(n, a, session, DESK_SHOW, member, NULL), ERR_NONE_SUCH, "dossier-none-such");
    assert_ok(&w, world_do(n, a, DESK_MEMBER_ADD, member, NULL));
    assert_ok(&w, world_fsck(n, a)); /* makes every projection again and compares */
    assert_ok(&w, world_do(n, a, DESK_REBUILD, NULL, NULL));
    assert_ok(&w, world_as(n, a, session, DESK_SHOW, member, NULL));
    assert_ok(&w, world_do(n, a, DESK_MEMBER_DROP, member, NULL));
    refused(world_as(n, a, session, DESK_SHOW, member, NULL), ERR_NONE_SUCH, "dossier-none-such");
}

static void what_is_done_at_the_computer_is_not_done_from_afar(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const enum desk_action here[] = {DESK_FSCK, DESK_REBUILD, DESK_INIT};
    assert_ok(&w, add(a, "csb.amina", "duty admin supervisor"));
    struct str session = enter(a, "csb.amina");
    for (size_t k = 0; k < sizeof here / sizeof *here; k++)
        refused(world_as(n, a, session, here[k], NULL, NULL), ERR_STRANGER, "not-here");
    assert_ok(&w, world_as(n, a, STR(""), DESK_LAW, NULL, NULL));
}

int test_people(void)
{
#define one(test) cmocka_unit_test_setup_teardown(test, up, down)
#define with_peer(test) cmocka_unit_test_setup_teardown(test, up_peer, down)
    const struct CMUnitTest tests[] = {
        one(a_link_lets_one_in_once_and_within_the_hour),
        one(a_session_ends_after_fifteen_idle_minutes_and_eight_hours),
        one(when_it_was_used_outlives_a_restart_once_written),
        one(leaving_and_being_ended_end_it_at_once),
        one(another_role_ends_the_sessions_that_had_the_old_one),
        one(no_token_stands_in_the_store),
        with_peer(a_passkey_lets_in_and_its_acts_say_so),
        one(what_is_wrong_with_a_passkey_lets_nobody_in),
        one(a_passkey_that_was_dropped_or_whose_holder_was_ended_is_refused),
        one(a_challenge_of_one_officer_remembers_no_passkey_for_another),
        one(a_certificate_lets_its_officer_in_through_the_door_alone),
        one(only_an_admin_adds_people_and_only_to_his_authority),
        one(a_name_of_the_neighbours_is_refused_like_one_that_nobody_has),
        one(nobody_raises_himself_and_an_authority_keeps_an_admin),
        one(what_does_not_fit_an_officer_is_refused),
        with_peer(who_reads_content_is_written_down_one_leaf_a_batch),
        with_peer(what_cannot_be_written_down_is_not_shown),
        one(the_same_key_gets_the_same_answer_and_acts_once),
        one(what_failed_under_a_key_may_be_mended_under_it),
        with_peer(people_are_made_again_by_rebuild),
        one(what_is_done_at_the_computer_is_not_done_from_afar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
