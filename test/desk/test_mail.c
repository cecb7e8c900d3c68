/* SPDX-License-Identifier: Apache-2.0 */
/* Mail both ways at the desk: filed by what we gave, never by what it says of itself. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"

#include <string.h>

static struct world w;
static struct world_node *us;
static struct str token;

static int up(void **state)
{
    (void)state;
    world_open(&w, 1, 61, &suite_1, NULL);
    us = &w.node[0];
    auto_arena a = arena_new();
    const struct tree *v;
    (void)world_request_to(us, STR("XL/pgo"), a);
    assert_ok(&w, world_do(us, a, DESK_LETTER, world_args(a, "ref=XA-CSB-2026-0001", NULL), &v));
    token = str_dup(w.arena, tree_str(v, "token"));
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct tree *mail(struct arena *a, const char *id, struct str subject, const char *original)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "message_id", str_of(id));
    tree_add_str(a, m, "from", STR("\"Prosecutor\" <a@lacunia.example>"));
    tree_add_str(a, m, "date", STR("Tue, 24 Nov 2026 01:00:00 +0000"));
    tree_add_str(a, m, "subject", subject);
    tree_add_str(a, m, "text", STR("It is preserved."));
    tree_add_list(a, m, "references");
    tree_add_list(a, m, "attachments");
    tree_add_str(a, m, "original", base64(a, str_bytes(str_of(original))));
    return m;
}

static const struct tree *taken(struct arena *a, const struct tree *m)
{
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_MAIL_IN, m, &v));
    assert_int_equal(tree_get(v, "entries")->count, 1);
    return tree_get(v, "entries")->child;
}

static const struct tree *entry_of(struct arena *a, struct str label)
{
    const struct tree *v;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "entry", label);
    assert_ok(&w, world_do(us, a, DESK_ENTRY, args, &v));
    return v;
}

static void an_answer_with_our_token_waits_in_its_dossier_for_a_person(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str subject = str_printf(a, "Re: [" STR_FMT "] Request", STR_ARG(token));
    const struct tree *v = taken(a, mail(a, "<1@x>", subject, "mail one"));
    assert_true(tree_bool(v, "linked", false));
    v = entry_of(a, tree_str(v, "entry"));
    assert_text(v, "ref", "XA-CSB-2026-0001");
    assert_text(v, "stage", "open");
    assert_null(tree_get(v, "state")); /* its From says nothing */
    assert_text(tree_get(v, "likely")->child, "why", "token");
    v = show(us, a, STR("XA-CSB-2026-0001"));
    assert_text(v, "state", "requested"); /* nothing was done by it */
    assert_text(tree_get(v, "entries")->child, "stage", "open");

    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "entry", tree_get(tree_get(v, "entries")->child, "entry"));
    tree_add_str(a, args, "as", STR("act"));
    tree_add_str(a, args, "ref", STR("XA-CSB-2026-0001"));
    tree_add_str(a, args, "act", STR("preserve"));
    tree_add_str(a, tree_add_map(a, args, "particulars"), "preserved_until", STR("2027-02-01"));
    assert_ok(&w, world_do(us, a, DESK_ENTRY_FILE, args, &v));
    assert_text(v, "state", "preserved");
    stands_again(us, a);
    assert_text(show(us, a, STR("XA-CSB-2026-0001")), "state", "preserved");
}

/* A message that the door read once and the desk refuses would be tried for ever. */
static void what_is_wrong_with_an_attachment_keeps_no_mail_away(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct tree *m = mail(a, "<attached@x>", STR("Files"), "mail with files"), *one;
    struct tree *list = tree_list(a);
    const size_t large = (16 << 20) + 1;
    char *bytes = arena_take(a, large);
    memset(bytes, 'x', large);
    const struct bytes data[] = {
        {0}, {(const uint8_t *)bytes, large}, {(const uint8_t *)"%PDF", 4}};
    for (size_t k = 0; k < 3; k++) {
        one = tree_add_map(a, list, NULL);
        tree_add_str(a, one, "name", str_printf(a, "%zu.pdf", k));
        tree_add_str(a, one, "type", STR("application/pdf"));
        tree_add_str(a, one, "data", base64(a, data[k]));
    }
    one = tree_add_map(a, list, NULL);
    tree_add_str(a, one, "name", STR("no.pdf"));
    tree_add_str(a, one, "data", STR("not base64"));
    tree_set(a, m, STR("attachments"), list);
    const struct tree *v = entry_of(a, tree_str(taken(a, m), "entry"));
    const struct tree *documents = tree_get(v, "documents");
    assert_int_equal(documents->count, 2);
    assert_text(documents->child, "name", "message.eml");
    assert_text(documents->child->next, "name", "2.pdf");
}

static void the_token_counts_in_a_reference_and_in_the_text_and_whole_only(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str ref, hex_part;
    str_split(token, '/', &ref, &hex_part);
    struct tree *m = mail(a, "<1@x>", STR("Re: your letter"), "one");
    struct tree *references = (struct tree *)(uintptr_t)tree_get(m, "references");
    tree_add_str(
        a, references, NULL,
        str_printf(a, "<" STR_FMT "." STR_FMT "@node.invalid>", STR_ARG(ref), STR_ARG(hex_part)));
    assert_true(tree_bool(taken(a, m), "linked", false));
    m = mail(a, "<2@x>", STR("Re: your letter"), "two");
    tree_set(
        a, m, STR("text"),
        tree_add_str(a, tree_list(a), NULL, str_printf(a, "> keep [" STR_FMT "]", STR_ARG(token))));
    assert_true(tree_bool(taken(a, m), "linked", false));
    struct str guess[] = {
        str_printf(a, "[" STR_FMT "/000000000000]", STR_ARG(ref)),
        str_printf(a, "[" STR_FMT "/%.11s]", STR_ARG(ref), hex_part.p),
        str_printf(a, "[" STR_FMT "0/" STR_FMT "]", STR_ARG(ref), STR_ARG(hex_part)),
        str_printf(a, "[" STR_FMT "/" STR_FMT "0]", STR_ARG(ref), STR_ARG(hex_part)),
        str_printf(a, "[/" STR_FMT "]", STR_ARG(hex_part)),
        STR("/"),
        STR(""),
    };
    for (size_t k = 0; k < sizeof guess / sizeof *guess; k++) {
        struct str id = str_printf(a, "<g%zu@x>", k);
        assert_false(tree_bool(taken(a, mail(a, str_c(a, id), guess[k], "g")), "linked", true));
    }
}

static void one_message_is_one_entry_and_loses_no_bytes(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *first = taken(a, mail(a, "<1@x>", STR("Hello"), "the mail"));
    v = taken(a, mail(a, "<1@x>", STR("Hello"), "the mail"));
    assert_true(tree_bool(v, "again", false));
    assert_true(str_eq(tree_str(v, "entry"), tree_str(first, "entry")));
    assert_int_equal(tree_get(entry_of(a, tree_str(v, "entry")), "documents")->count, 1);
    /* Somebody else used the same name first: what came later is kept all the same. */
    v = taken(a, mail(a, "<1@x>", STR("Hello"), "another mail"));
    assert_true(str_eq(tree_str(v, "entry"), tree_str(first, "entry")));
    assert_int_equal(tree_get(entry_of(a, tree_str(v, "entry")), "documents")->count, 2);
    v = taken(a, mail(a, "", STR("Hello"), "without a name"));
    assert_false(str_eq(tree_str(v, "entry"), tree_str(first, "entry")));
    assert_ok(&w, world_do(us, a, DESK_REBUILD, NULL, NULL));
    assert_int_equal(tree_get(entry_of(a, tree_str(first, "entry")), "documents")->count, 2);
    assert_ok(&w, world_fsck(us, a));
}

/* ---- out ------------------------------------------------------------------------------------- */

static struct tree *outgoing(struct arena *a, const char *to)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "ref", STR("XA-CSB-2026-0001"));
    if (to) tree_add_str(a, m, "to", str_of(to));
    tree_add_str(a, m, "message", base64(a, str_bytes(STR("Subject: x\r\n\r\nbuilt"))));
    return m;
}

static const struct tree *jobs(struct arena *a)
{
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_MAIL_JOBS, NULL, &v));
    return tree_get(v, "mails");
}

static struct tree *ended(struct arena *a, const struct tree *job, const char *answer, bool ok)
{
    struct tree *m = tree_map(a);
    tree_add_copy(a, m, "mail", tree_get(job, "mail"));
    tree_add_str(a, m, "answer", str_of(answer));
    tree_add_bool(a, m, "ok", ok);
    return m;
}

static struct str level(struct arena *a)
{
    return tree_str(tree_get(show(us, a, STR("XA-CSB-2026-0001")), "acts")->child, "level");
}

static void what_the_server_took_is_proof_that_it_left(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *job;
    assert_ok(&w, world_do(us, a, DESK_MAIL_OUT, outgoing(a, NULL), &v));
    assert_text(v, "to", "requests@pgo.lacunia.example");
    assert_true(str_is(level(a), "held-here"));
    job = jobs(a)->child;
    struct bytes built;
    assert_true(base64_read(a, tree_str(job, "message"), &built));
    assert_true(str_is(bytes_str(built), "Subject: x\r\n\r\nbuilt"));
    assert_ok(&w, world_do(us, a, DESK_MAIL_DONE, ended(a, job, "451 busy", false), NULL));
    assert_int_equal(jobs(a)->count, 0);
    w.now_ms += 29000;
    assert_int_equal(jobs(a)->count, 0);
    w.now_ms += 1000;
    assert_int_equal(jobs(a)->count, 1);
    assert_true(str_is(level(a), "held-here"));
    struct tree *done = ended(a, job, "250 2.0.0 Ok: queued as 4XY", true);
    tree_add_str(a, done, "queue_id", STR("4XY"));
    assert_ok(&w, world_do(us, a, DESK_MAIL_DONE, done, NULL));
    assert_ok(&w, world_do(us, a, DESK_MAIL_DONE, done, NULL)); /* told twice */
    assert_true(str_is(level(a), "dispatched"));
    v = tree_get(tree_get(show(us, a, STR("XA-CSB-2026-0001")), "acts")->child, "carriages");
    assert_int_equal(v->count, 1);
    assert_text(v->child, "carriage", "email");
    assert_text(v->child, "proof", "250 2.0.0 Ok: queued as 4XY");
    assert_text(tree_get(v->child, "documents")->child, "name", "message.eml");
    assert_int_equal(jobs(a)->count, 0);
    assert_ok(&w, world_do(us, a, DESK_REBUILD, NULL, NULL));
    assert_true(str_is(level(a), "dispatched"));
    assert_ok(&w, world_fsck(us, a));
}

static void what_the_server_refuses_for_good_is_shown_and_not_tried_again(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_ok(&w, world_do(us, a, DESK_MAIL_OUT, outgoing(a, "other@lacunia.example"), NULL));
    struct tree *done = ended(a, jobs(a)->child, "550 no such user", false);
    tree_add_bool(a, done, "permanent", true);
    assert_ok(&w, world_do(us, a, DESK_MAIL_DONE, done, NULL));
    w.now_ms += 30 * DAY_MS;
    assert_int_equal(jobs(a)->count, 0);
    const struct tree *m = tree_get(show(us, a, STR("XA-CSB-2026-0001")), "mail")->child;
    assert_text(m, "stage", "refused");
    assert_text(m, "answer", "550 no such user");
    assert_true(str_is(level(a), "held-here"));
}

static const struct tree *needed(struct arena *a, const char *next)
{
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    v = tree_get(v, "needs_a_person")->child;
    while (v && !str_is(tree_str(v, "next"), next)) v = v->next;
    return v;
}

/* A mail to `to` that the server refuses for good; its id. */
static struct str refused_mail(struct arena *a, const char *to)
{
    const struct tree *v;
    assert_ok(&w, world_do(us, a, DESK_MAIL_OUT, outgoing(a, to), &v));
    struct tree *done = ended(a, jobs(a)->child, "550 no such user", false);
    tree_add_bool(a, done, "permanent", true);
    assert_ok(&w, world_do(us, a, DESK_MAIL_DONE, done, NULL));
    return tree_str(v, "mail");
}

static err dropped(struct arena *a, struct str mail)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "ref", STR("XA-CSB-2026-0001"));
    tree_add_str(a, m, "mail", mail);
    return world_do(us, a, DESK_MAIL_DROP, m, NULL);
}

static void a_refused_mail_stands_on_the_desk_until_somebody_has_dealt_with_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_null(needed(a, "mail"));
    assert_non_null(needed(a, "dispatch"));
    struct str mail = refused_mail(a, "gone@lacunia.example");
    const struct tree *row = needed(a, "mail");
    assert_text(row, "ref", "XA-CSB-2026-0001");
    assert_text(row, "act", "send");
    assert_text(row, "to", "gone@lacunia.example");
    assert_text(row, "officer", "o-1");
    assert_text(row, "answer", "550 no such user");
    assert_true(str_eq(tree_str(row, "mail"), mail));
    assert_null(needed(a, "dispatch")); /* one act, one row */
    assert_ok(&w, dropped(a, mail));
    assert_null(needed(a, "mail"));
    assert_non_null(needed(a, "dispatch"));
    assert_int_equal(tree_get(show(us, a, STR("XA-CSB-2026-0001")), "mail")->count, 0);
    assert_int_equal(dropped(a, mail), ERR_NONE_SUCH);
    assert_string_equal(w.fault.code, "mail-none-such");
    assert_int_equal(dropped(a, STR("no-id")), ERR_NONE_SUCH);
}

static void a_refused_mail_is_dealt_with_by_sending_again_or_by_another_way(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    (void)refused_mail(a, "gone@lacunia.example");
    assert_ok(&w, world_do(us, a, DESK_MAIL_OUT, outgoing(a, NULL), &v));
    assert_null(needed(a, "mail"));
    assert_int_equal(dropped(a, tree_str(v, "mail")), ERR_CONFLICT); /* that one is on its way */
    assert_string_equal(w.fault.code, "mail-waiting");
    assert_int_equal(jobs(a)->count, 1);
    assert_ok(&w, world_do(us, a, DESK_MAIL_DONE, ended(a, jobs(a)->child, "250 ok", true), NULL));
    (void)refused_mail(a, "gone@lacunia.example");
    assert_non_null(needed(a, "mail"));
    assert_ok(&w, world_do(us, a, DESK_DISPATCH,
                           world_args(a, "ref=XA-CSB-2026-0001", "carriage=post", "proof=7", NULL),
                           NULL));
    assert_null(needed(a, "mail"));
}

static void an_act_that_goes_by_the_wire_is_not_mailed(void **state)
{
    (void)state;
    struct world two;
    auto_arena a = arena_new();
    world_open(&two, 2, 62, &suite_1, NULL);
    struct str ref = world_request(&two.node[0], &two.node[1], a);
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "ref", ref);
    tree_add_str(a, m, "to", STR("desk@x.example"));
    tree_add_str(a, m, "message", base64(a, str_bytes(STR("built"))));
    assert_int_equal(world_do(&two.node[0], a, DESK_MAIL_OUT, m, NULL), ERR_NOT_ALLOWED);
    assert_string_equal(two.fault.code, "mail-wire");
    assert_non_null(strstr(two.fault.sentence, "XB/csb"));
    assert_int_equal(tree_get(show(&two.node[0], a, ref), "mail")->count, 0);
    world_close(&two);
}

/* Who asks again has built the message again, and its date is another. */
static void a_mail_asked_for_again_under_its_key_is_one_mail(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *first, *again;
    struct tree *m = outgoing(a, NULL), *other = outgoing(a, NULL);
    tree_add_str(a, m, "idem", STR("k1"));
    assert_ok(&w, world_do(us, a, DESK_MAIL_OUT, m, &first));
    m = tree_map(a);
    tree_add_str(a, m, "ref", STR("XA-CSB-2026-0001"));
    tree_add_str(a, m, "message", base64(a, str_bytes(STR("Subject: x\r\n\r\nbuilt again"))));
    tree_add_str(a, m, "idem", STR("k1"));
    assert_ok(&w, world_do(us, a, DESK_MAIL_OUT, m, &again));
    assert_text(again, "mail", str_c(a, tree_str(first, "mail")));
    assert_int_equal(jobs(a)->count, 1);
    tree_add_str(a, other, "to", STR("other@lacunia.example"));
    tree_add_str(a, other, "idem", STR("k1"));
    assert_int_equal(world_do(us, a, DESK_MAIL_OUT, other, NULL), ERR_CONFLICT);
    const struct tree *row = tree_get(show(us, a, STR("XA-CSB-2026-0001")), "mail")->child;
    assert_true(tree_str(row, "next_try").n > 0);
}

static void a_mailbox_that_is_none_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const char *const none[] = {"nobody", "@x", "a@", "a@b c", "a@b,c@d", "<a@b>", "a@b\n"};
    for (size_t k = 0; k < sizeof none / sizeof *none; k++) {
        err e = world_do(us, a, DESK_MAIL_OUT, outgoing(a, none[k]), NULL);
        if (k == 6) continue; /* a blank at the end is no part of it */
        assert_int_equal(e, ERR_REJECTED);
        assert_string_equal(w.fault.code, "recipient");
    }
}

int test_mail(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(an_answer_with_our_token_waits_in_its_dossier_for_a_person),
        fresh(the_token_counts_in_a_reference_and_in_the_text_and_whole_only),
        fresh(what_is_wrong_with_an_attachment_keeps_no_mail_away),
        fresh(one_message_is_one_entry_and_loses_no_bytes),
        fresh(what_the_server_took_is_proof_that_it_left),
        fresh(what_the_server_refuses_for_good_is_shown_and_not_tried_again),
        fresh(a_refused_mail_stands_on_the_desk_until_somebody_has_dealt_with_it),
        fresh(a_refused_mail_is_dealt_with_by_sending_again_or_by_another_way),
        fresh(an_act_that_goes_by_the_wire_is_not_mailed),
        fresh(a_mail_asked_for_again_under_its_key_is_one_mail),
        fresh(a_mailbox_that_is_none_is_refused),
#undef fresh
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
