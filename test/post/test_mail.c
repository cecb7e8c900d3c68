/* SPDX-License-Identifier: Apache-2.0 */
/* Mail of a desk, both ways: a real desk, a real letter printed by comity-paper, a folder, and a
 * wire that does what the test says; with src/post/letter.c. */

#include "net/net.h"
#include "post_test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the wire was given, and what it answers. */
struct wired {
    unsigned sent;
    bool holds; /* tells nothing yet */
    err e;
    int code;
    const char *said;
    char to[128];
    struct bytes message; /* the last, in the test's arena */
    struct arena *arena;
    void (*done)(void *job, err e, int code, const char *said);
    void *job;
};
struct scene {
    struct world w;
    struct world_node *us;
    struct wired wire;
    struct post_mail *mail;
    char folder[64];
    struct arena *a;
    unsigned refuse; /* so many answers of the desk are ERR_BUSY */
};

static err wire_send(void *ctx, struct turn *t, struct str to, struct bytes message,
                     void (*done)(void *job, err e, int code, const char *said), void *job)
{
    struct wired *x = ctx;
    (void)t;
    x->sent++;
    snprintf(x->to, sizeof x->to, STR_FMT, STR_ARG(to));
    x->message = bytes_dup(x->arena, message);
    x->done = done;
    x->job = job;
    return ERR_OK;
}

static void wire_tell(struct wired *x)
{
    void (*done)(void *job, err e, int code, const char *said) = x->done;
    x->done = NULL;
    if (done) done(x->job, x->e, x->code, x->said);
}

static void ask(void *ctx, struct desk_turn *dt, void (*done)(struct desk_turn *dt))
{
    struct scene *s = ctx;
    if (s->refuse) {
        s->refuse--;
        dt->result = turn_fail(&dt->t, ERR_BUSY, "test", NULL, "The desk is busy.");
        done(dt);
        return;
    }
    desk_submit(s->us->desk, dt, done);
}

/* Rounds of the loop, until nothing moves. */
static void rounds(struct scene *s)
{
    for (int i = 0; i < 8; i++) {
        post_mail_work(s->mail);
        if (!s->wire.holds) wire_tell(&s->wire);
        desk_work(s->us->desk);
    }
}

static void look_again(struct scene *s)
{
    s->w.now_ms += POST_MAIL_LOOK_MS;
    rounds(s);
}

static int up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    world_open(&s->w, 1, 71, &suite_1, NULL);
    s->us = &s->w.node[0];
    s->a = arena_new();
    s->wire = (struct wired){.arena = s->a, .said = "250 2.0.0 Ok: queued as 4711", .code = 250};
    snprintf(s->folder, sizeof s->folder, "/tmp/comity-post-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    s->mail = post_mail_open(&(struct post_mail_options){.ask = ask,
                                                         .ask_ctx = s,
                                                         .wire = {wire_send, &s->wire},
                                                         .maildir = s->folder,
                                                         .clock = &s->w.clock,
                                                         .chance = &s->w.chance});
    const struct tree *v = view_of(
        s->us, s->a, DESK_NEW,
        world_args(s->a, "kind=preservation", "to=XL/pgo",
                   "particulars.authority_seeking=Cybercrime Bureau",
                   "particulars.offence=Illegal access", "particulars.facts=A hospital was hit.",
                   "particulars.data=Server 203.0.113.7", "particulars.relation=It holds the loot.",
                   "particulars.necessity=The rental ends.", "particulars.mla_intended=true",
                   NULL));
    struct str d = str_printf(s->a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    view_of(s->us, s->a, DESK_SEND, world_args(s->a, str_c(s->a, d), NULL));
    *state = s;
    return 0;
}

static int down(void **state)
{
    struct scene *s = *state;
    s->wire.holds = false;
    for (int i = 0; i < 4 && post_mail_is_busy(s->mail); i++) rounds(s);
    post_mail_close(s->mail);
    world_close(&s->w);
    assert_int_equal(system(str_printf(s->a, "rm -rf %s%c", s->folder, 0).p), 0);
    arena_free(s->a);
    free(s);
    return 0;
}

static const struct tree *letter(struct scene *s)
{
    return view_of(s->us, s->a, DESK_LETTER,
                   world_args(s->a, "ref=XA-CSB-2026-0001", "lang=en", NULL));
}

/* The letter's tree through the printing program. */
static struct bytes printed(struct scene *s, const struct tree *tree)
{
    struct turn t = {.arena = s->a};
    const char *build = getenv("BUILD");
    const char *in = str_printf(s->a, "%s/letter.json%c", s->folder, 0).p;
    const char *out = str_printf(s->a, "%s/letter.pdf%c", s->folder, 0).p;
    struct bytes pdf;
    assert_int_equal(file_write(&t, in, str_bytes(json_write(s->a, tree)), 0600), ERR_OK);
    const char *line =
        str_printf(s->a, "%s/comity-paper <%s >%s%c", build ? build : "build/test", in, out, 0).p;
    assert_int_equal(system(line), 0);
    assert_int_equal(file_read(&t, out, 1 << 24, &pdf), ERR_OK);
    return pdf;
}

static struct bytes message_of(struct scene *s, const struct tree *view, struct bytes pdf)
{
    struct turn t = {.arena = s->a, .clock = &s->w.clock, .chance = &s->w.chance};
    struct bytes message;
    if (post_letter_mail(&t, view, STR("desk@csb.arland.example"), pdf, NULL, 0, &message) !=
        ERR_OK)
        fail_msg("%s", t.fault.sentence);
    return message;
}

static void mail_out(struct scene *s, struct bytes message)
{
    struct tree *args = tree_map(s->a);
    tree_add_str(s->a, args, "ref", STR("XA-CSB-2026-0001"));
    tree_add_str(s->a, args, "message", base64(s->a, message));
    view_of(s->us, s->a, DESK_MAIL_OUT, args);
}

static struct str level(struct scene *s) { return level_of(s->us, s->a, STR("XA-CSB-2026-0001")); }

static size_t waiting(struct scene *s)
{
    struct turn t = {.arena = s->a};
    struct net_maildir_entry *all;
    size_t n;
    assert_int_equal(net_maildir_list(&t, s->folder, 100, &all, &n), ERR_OK);
    return n;
}

static void put(struct scene *s, const char *name, struct bytes message)
{
    struct turn t = {.arena = s->a};
    (void)waiting(s); /* makes the folder */
    const char *path = str_printf(s->a, "%s/new/%s%c", s->folder, name, 0).p;
    assert_int_equal(file_write(&t, path, message, 0600), ERR_OK);
}

static const struct tree *entries(struct scene *s)
{
    return tree_get(view_of(s->us, s->a, DESK_ENTRIES, tree_map(s->a)), "entries");
}

static void a_letter_leaves_and_its_answer_is_filed(void **state)
{
    struct scene *s = *state;
    const struct tree *view = letter(s);
    struct bytes pdf = printed(s, tree_get(view, "letter"));
    assert_memory_equal(pdf.p, "%PDF-", 5);
    struct bytes message = message_of(s, view, pdf);
    mail_out(s, message);
    assert_str(level(s), "held-here");
    look_again(s);
    assert_int_equal(s->wire.sent, 1);
    assert_string_equal(s->wire.to, "requests@pgo.lacunia.example");
    assert_true(bytes_eq(s->wire.message, message));
    assert_str(level(s), "dispatched");
    look_again(s);
    assert_int_equal(s->wire.sent, 1);

    struct turn t = {.arena = s->a};
    struct mail m;
    assert_int_equal(mail_read(&t, message, &m), ERR_OK);
    assert_true(m.files_n >= 1 && bytes_eq(m.files[0].data, pdf));
    struct mail_person us = m.from;
    struct mail reply = {.message_id = STR("r1@pgo.lacunia.example"),
                         .in_reply_to = m.message_id,
                         .from = {STR("Prosecutor"), STR("requests@pgo.lacunia.example")},
                         .to = &us,
                         .to_n = 1,
                         .subject = str_printf(s->a, "Re: " STR_FMT, STR_ARG(m.subject)),
                         .text = STR("It is preserved.")};
    struct bytes raw;
    assert_int_equal(mail_write(&t, &reply, &raw), ERR_OK);
    put(s, "1", raw);
    look_again(s);
    assert_int_equal(waiting(s), 0);
    const struct tree *list = entries(s);
    assert_int_equal(list->count, 1);
    const struct tree *show =
        view_of(s->us, s->a, DESK_SHOW, world_args(s->a, "ref=XA-CSB-2026-0001", NULL));
    assert_int_equal(tree_get(show, "entries")->count, 1); /* in its dossier, by the token */
}

static void what_the_server_puts_off_is_sent_later_and_what_it_refuses_is_not(void **state)
{
    struct scene *s = *state;
    mail_out(s, str_bytes(STR("From: a@b\r\n\r\nx")));
    s->wire.e = ERR_BUSY;
    s->wire.code = 451;
    s->wire.said = "451 4.7.1 later";
    look_again(s);
    assert_int_equal(s->wire.sent, 1);
    look_again(s);
    assert_int_equal(s->wire.sent, 1); /* not before the pause is over */
    s->w.now_ms += POST_MAIL_RETRY_FIRST_MS;
    s->wire.e = ERR_REJECTED;
    s->wire.said = "550 5.1.1 nobody";
    rounds(s);
    assert_int_equal(s->wire.sent, 2);
    assert_str(level(s), "held-here");
    s->w.now_ms += 30 * DAY_MS;
    rounds(s);
    assert_int_equal(s->wire.sent, 2);
}

static void a_mail_that_was_taken_is_not_sent_again_while_the_desk_cannot_be_told(void **state)
{
    struct scene *s = *state;
    mail_out(s, str_bytes(STR("From: a@b\r\n\r\nx")));
    s->wire.holds = true;
    look_again(s);
    assert_int_equal(s->wire.sent, 1);
    look_again(s);
    look_again(s);
    assert_int_equal(s->wire.sent, 1); /* still on its way */
    s->wire.holds = false;
    s->refuse = 1; /* the end is told, and the desk is busy */
    wire_tell(&s->wire);
    post_mail_work(s->mail);
    assert_int_equal(s->refuse, 0);
    assert_str(level(s), "held-here");
    look_again(s);
    look_again(s);
    assert_int_equal(s->wire.sent, 1);
    assert_str(level(s), "dispatched");
}

static void a_message_stays_until_the_desk_has_it_and_none_blocks_the_others(void **state)
{
    struct scene *s = *state;
    put(s, "1", str_bytes(STR("From: a@x.example\r\nMessage-ID: <1@x>\r\n\r\none")));
    put(s, "2", str_bytes(STR("no message at all")));
    put(s, "3", str_bytes(STR("From: b@x.example\r\n\r\nthree")));
    s->refuse = 2; /* what is due to leave, and the first message */
    look_again(s);
    assert_int_equal(waiting(s), 1); /* the first was refused; the others went by */
    assert_int_equal(entries(s)->count, 2);
    look_again(s);
    assert_int_equal(waiting(s), 0);
    assert_int_equal(entries(s)->count, 3);
    /* The same bytes again, by a move that was lost: known, by name or by hash. */
    put(s, "4", str_bytes(STR("From: a@x.example\r\nMessage-ID: <1@x>\r\n\r\none")));
    put(s, "5", str_bytes(STR("no message at all")));
    look_again(s);
    assert_int_equal(waiting(s), 0);
    assert_int_equal(entries(s)->count, 3);
}

static void a_letter_without_an_address_is_no_mail(void **state)
{
    struct scene *s = *state;
    struct turn t = {.arena = s->a, .clock = &s->w.clock};
    struct tree *view = tree_map(s->a), *mail = tree_add_map(s->a, view, "mail");
    struct bytes out;
    tree_add_str(s->a, mail, "message_id", STR("<a@b>"));
    tree_add_str(s->a, mail, "from", STR("a@b.example"));
    assert_int_equal(post_letter_mail(&t, view, STR(""), (struct bytes){0}, NULL, 0, &out),
                     ERR_REJECTED);
    assert_string_equal(t.fault.code, "mail-address");
    turn_forgive(&t);
    struct str none = STR("no certificate");
    assert_int_equal(
        post_letter_mail(&t, letter(s), STR("a@b.example"), (struct bytes){0}, &none, 1, &out),
        ERR_REJECTED);
    assert_string_equal(t.fault.code, "pem");
}

int test_mail(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(a_letter_leaves_and_its_answer_is_filed),
        fresh(what_the_server_puts_off_is_sent_later_and_what_it_refuses_is_not),
        fresh(a_mail_that_was_taken_is_not_sent_again_while_the_desk_cannot_be_told),
        fresh(a_message_stays_until_the_desk_has_it_and_none_blocks_the_others),
        fresh(a_letter_without_an_address_is_no_mail),
#undef fresh
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
