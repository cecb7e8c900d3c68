/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/post/mailbox.c: what is carried goes by mail, and a relay may do its worst. */

#include "net/net.h"
#include "post/post_internal.h"
#include "post_test.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AGAIN_MS = 5000 };
enum fate { ARRIVES, LOST, TWICE, CUT, ALTERED, REFUSED };

struct bench;
/* The relay of one node: what becomes of a mail that it gives away. */
struct relay {
    struct bench *b;
    int to;
    enum fate fate;
    int given;
    struct bytes last; /* in the bench's arena */
};
struct bench {
    struct rig r;
    struct arena *a;
    char folder[2][64], box[2][64];
    struct str peers[2], mailboxes[2];
    struct relay relay[2];
    int mails; /* names of mails */
};

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void mail_put(struct bench *b, int k, struct bytes message)
{
    struct turn t = {.arena = b->a};
    (void)mkdir(str_c(b->a, str_printf(b->a, "%s/new", b->box[k])), 0700);
    const char *path = str_c(b->a, str_printf(b->a, "%s/new/%d.mail", b->box[k], b->mails++));
    assert_int_equal(file_write(&t, path, message, 0600), ERR_OK);
}

static err relay_send(void *ctx, struct turn *t, struct str to, struct bytes message,
                      void (*done)(void *job, err e, int code, const char *said), void *job)
{
    struct relay *x = ctx;
    struct bench *b = x->b;
    (void)t;
    assert_true(str_eq(to, b->mailboxes[1 - x->to]));
    x->given++;
    x->last = bytes_dup(b->a, message);
    struct bytes half = {message.p, message.n / 2};
    if (x->fate == ALTERED) ((uint8_t *)(uintptr_t)x->last.p)[message.n / 2] ^= 1;
    if (x->fate == ARRIVES || x->fate == TWICE) mail_put(b, x->to, message);
    if (x->fate == TWICE) mail_put(b, x->to, message);
    if (x->fate == CUT) mail_put(b, x->to, half);
    if (x->fate == ALTERED) mail_put(b, x->to, x->last);
    done(job, x->fate == REFUSED ? ERR_BUSY : ERR_OK, x->fate == REFUSED ? 451 : 250, "said");
    return ERR_OK;
}

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    b->a = arena_new();
    world_open(&b->r.w, 2, 19, &suite_fake, NULL);
    b->mailboxes[0] = STR("node@b.example");
    b->mailboxes[1] = STR("node@a.example");
    for (int k = 0; k < 2; k++) {
        memcpy(b->folder[k], "/tmp/comity-carried-XXXXXX", sizeof "/tmp/comity-carried-XXXXXX");
        memcpy(b->box[k], "/tmp/comity-box-XXXXXX", sizeof "/tmp/comity-box-XXXXXX");
        assert_non_null(mkdtemp(b->folder[k]));
        assert_non_null(mkdtemp(b->box[k]));
        assert_int_equal(mkdir(str_c(b->a, str_printf(b->a, "%s/out", b->folder[k])), 0700), 0);
        assert_int_equal(mkdir(str_c(b->a, str_printf(b->a, "%s/new", b->folder[k])), 0700), 0);
        b->peers[k] = b->r.w.node[1 - k].address;
        b->relay[k] = (struct relay){.b = b, .to = 1 - k};
        b->r.carried[k] = (struct post_carriage){b->folder[k], &b->peers[k], 1};
        b->r.mailbox[k] = (struct post_mailbox){.peers = &b->peers[k],
                                                .mailboxes = &b->mailboxes[k],
                                                .peers_n = 1,
                                                .from = b->mailboxes[1 - k],
                                                .maildir = b->box[k],
                                                .again_ms = AGAIN_MS,
                                                .wire = {relay_send, &b->relay[k]}};
    }
    rig_open(&b->r);
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    rig_close(&b->r);
    world_close(&b->r.w);
    for (int k = 0; k < 2; k++) (void)nftw(b->folder[k], drop, 16, FTW_DEPTH | FTW_PHYS);
    for (int k = 0; k < 2; k++) (void)nftw(b->box[k], drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b->a);
    test_free(b);
    return 0;
}

static void go_on(struct bench *b, int seconds)
{
    for (int k = 0; k < seconds; k++) {
        rig_settle(&b->r);
        b->r.w.now_ms += 1000;
    }
}

static size_t mails_in(struct bench *b, int k)
{
    struct turn t = {.arena = b->a};
    struct net_maildir_entry *e;
    size_t n;
    assert_int_equal(net_maildir_list(&t, b->box[k], 100, &e, &n), ERR_OK);
    return n;
}

static void a_parcel_goes_by_mail_and_its_receipt_comes_back(void **state)
{
    struct bench *b = *state;
    struct str ref = world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    go_on(b, 8);
    assert_str(level_of(&b->r.w.node[0], b->a, ref), "held");
    assert_int_equal(b->r.started, 0); /* nothing was given to the wire */
    assert_int_equal(b->relay[1].given, 1);
    assert_int_equal(mails_in(b, 0) + mails_in(b, 1), 0);
    int given = b->relay[0].given;
    go_on(b, 600);
    assert_int_equal(b->relay[0].given, given); /* what is held is mailed no more */
}

static void it_is_an_s_mime_object(void **state)
{
    struct bench *b = *state;
    struct turn t = {.arena = b->a};
    struct mail m;
    (void)world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    b->relay[0].fate = LOST;
    go_on(b, 3);
    struct bytes raw = b->relay[0].last;
    assert_int_equal(mail_read(&t, raw, &m), ERR_OK);
    assert_int_equal(m.files_n, 1);
    assert_str(m.files[0].type, "application/pkcs7-mime");
    struct str kept = bytes_str(raw);
    static const char wanted[] = "smime-type=authEnveloped-data";
    bool found = false;
    for (size_t k = 0; k + sizeof wanted <= kept.n; k++)
        found |= memcmp(kept.p + k, wanted, sizeof wanted - 1) == 0;
    assert_true(found);
}

static void what_a_relay_harms_is_mailed_again_and_done_once(void **state)
{
    struct bench *b = *state;
    static const enum fate fates[] = {LOST, TWICE, CUT, ALTERED, REFUSED};
    for (size_t k = 0; k < sizeof fates / sizeof *fates; k++)
        for (int back = 0; back < 2; back++) {
            struct str ref = world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
            b->relay[back].fate = fates[k];
            int given = b->relay[back].given;
            go_on(b, 20);
            assert_true(b->relay[back].given > given);
            b->relay[back].fate = ARRIVES;
            go_on(b, 700);
            assert_str(level_of(&b->r.w.node[0], b->a, ref), "held");
        }
    const struct tree *list = tree_get(view_of(&b->r.w.node[1], b->a, DESK_LIST, NULL), "dossiers");
    assert_int_equal(list->count, 2 * sizeof fates / sizeof *fates);
}

static void mail_of_anything_else_is_left_alone(void **state)
{
    struct bench *b = *state;
    static const char *const others[] = {
        "From: a@x.example\r\nSubject: Lunch\r\n\r\nToday?\r\n", "no mail at all",
        "From: a@x.example\r\nContent-Type: text/plain; name=\"XZ_no~XB_csb~"
        "00000000000000000000000000000001.parcel\"\r\nContent-Disposition: attachment\r\n\r\nx",
        "From: a@x.example\r\nContent-Type: application/x; name=\"XA_csb~XZ_no~"
        "00000000000000000000000000000001.parcel\"\r\nContent-Disposition: attachment\r\n\r\nx",
        "From: a@x.example\r\nContent-Type: application/x; name=\"XA_csb~XB_csb~"
        "00000000000000000000000000000001.letter\"\r\nContent-Disposition: attachment\r\n\r\nx"};
    size_t n = sizeof others / sizeof *others;
    for (size_t k = 0; k < n; k++) mail_put(b, 1, str_bytes(str_of(others[k])));
    struct str ref = world_request(&b->r.w.node[0], &b->r.w.node[1], b->a);
    go_on(b, 20); /* and none stands in the way */
    assert_str(level_of(&b->r.w.node[0], b->a, ref), "held");
    assert_int_equal(mails_in(b, 1), n);
}

int test_mailbox(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_parcel_goes_by_mail_and_its_receipt_comes_back, up, down),
        cmocka_unit_test_setup_teardown(it_is_an_s_mime_object, up, down),
        cmocka_unit_test_setup_teardown(what_a_relay_harms_is_mailed_again_and_done_once, up, down),
        cmocka_unit_test_setup_teardown(mail_of_anything_else_is_left_alone, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
