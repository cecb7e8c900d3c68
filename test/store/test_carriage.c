/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/carriage.c: slips, tokens, mail on its way. */

#include "store/store_test.h"

#include <string.h>

static struct store_slip slip(int64_t leaf, const char *kind)
{
    return (struct store_slip){.leaf = leaf,
                               .kind = str_of(kind),
                               .name = id_named((uint8_t)leaf),
                               .ours = STR("XN/csb"),
                               .entry = id_named(1),
                               .open = true};
}

static void slips_hang_where_they_were_put_and_may_move_and_close(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_slip p = slip(5, "instruction"), got, *all;
    struct id dossier = id_named(7);
    size_t n;
    assert_ok(r, store_slip_set(t, r->store, &p));
    p.dossier = dossier;
    p.open = false;
    assert_ok(r, store_slip_set(t, r->store, &p));
    assert_ok(r, store_slips_of_entry(t, r->store, &p.entry, &all, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_slips_of_dossier(t, r->store, &dossier, &all, &n));
    assert_int_equal(n, 1);
    assert_false(all[0].open);
    assert_ok(r, store_slip_get(t, r->store, &p.name, &got));
    assert_int_equal(got.leaf, 5);
    struct id none = id_named(99);
    assert_fault(r, store_slip_get(t, r->store, &none, &got), ERR_NONE_SUCH, "none-such");
}

static void a_token_is_the_same_each_time_and_another_for_each_act_and_dossier(void **state)
{
    struct rig *r = *state;
    struct id one = id_named(1), two = id_named(2);
    uint8_t a[8], b[8], c[8], d[8];
    assert_ok(r, store_token(&r->turn, r->store, &r->dossier, &one, a, sizeof a));
    assert_ok(r, store_token(&r->turn, r->store, &r->dossier, &one, b, sizeof b));
    assert_ok(r, store_token(&r->turn, r->store, &r->dossier, &two, c, sizeof c));
    assert_ok(r, store_token(&r->turn, r->store, &store_house, &one, d, sizeof d));
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    assert_memory_not_equal(a, d, sizeof a);
}

static void mail_waits_is_tried_later_and_goes(void **state)
{
    struct rig *r = *state;
    struct turn *t = &r->turn;
    struct store_mail m = {.id = id_named(1),
                           .dossier = id_named(2),
                           .officer = STR("o-1"),
                           .recipient = STR("a@b.example"),
                           .stage = STR("waiting"),
                           .size = 10},
                      got, *all;
    size_t n;
    assert_ok(r, store_mail_put(t, r->store, &m));
    assert_ok(r, store_mails_due(t, r->store, 0, 9, &all, &n));
    assert_int_equal(n, 1);
    m.next_ms = 50;
    m.tries = 1;
    m.answer = STR("451 try again");
    assert_ok(r, store_mail_put(t, r->store, &m));
    assert_ok(r, store_mails_due(t, r->store, 49, 9, &all, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_mails_due(t, r->store, 50, 9, &all, &n));
    assert_int_equal(n, 1);
    assert_str(all[0].answer, "451 try again");
    m.stage = STR("refused");
    assert_ok(r, store_mail_put(t, r->store, &m));
    assert_ok(r, store_mails_due(t, r->store, 500, 9, &all, &n));
    assert_int_equal(n, 0);
    assert_ok(r, store_mails_of(t, r->store, &m.dossier, &all, &n));
    assert_int_equal(n, 1);
    assert_ok(r, store_mail_drop(t, r->store, &m.id));
    assert_fault(r, store_mail_get(t, r->store, &m.id, &got), ERR_NONE_SUCH, "none-such");
}

int carriage_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(slips_hang_where_they_were_put_and_may_move_and_close, rig),
        on_rig(a_token_is_the_same_each_time_and_another_for_each_act_and_dossier, rig),
        on_rig(mail_waits_is_tried_later_and_goes, rig),
    };
    return cmocka_run_group_tests_name("carriage", tests, NULL, NULL);
}
