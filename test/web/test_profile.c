/* SPDX-License-Identifier: Apache-2.0 */
/* Our own State's page: the question the law left open, and the tables. */

#include "web_test.h"

static void a_question_is_for_a_lawyer_to_answer(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/profile");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "not answered");
    assert_has(h.body, "not accepted: nothing can be sent");
    assert_has(h.body, "40(12)(d)");
    assert_has(h.body, "A lawyer answers it, citing an order.");
    assert_lacks(h.body, "action=\"/profile/functions\"");
}

static void what_the_form_says_is_asked_of_the_desk(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/profile/functions",
                          "idem=k&instrument=un-cybercrime&function=mla&direction=send&kind=*&"
                          "authority=XM%2Fdts&order_number=17%2F2026&order_date=2026-11-20");
    assert_int_equal(h.status, 303);
    const struct tree *args = double_args(&d->desk, "function-assign");
    assert_text(tree_str(args, "authority"), "XM/dts");
    assert_text(tree_str(args, "order_number"), "17/2026");
    h = post(d, "/profile/acceptance", "idem=k2&tables=c0ffee&statement=Art+42");
    assert_int_equal(h.status, 303);
    assert_text(tree_str(double_args(&d->desk, "law-accept"), "statement"), "Art 42");
}

static void a_refusal_keeps_what_was_typed_of_the_order(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "function-assign";
    d->desk.fault = (struct fault){ERR_REJECTED, "order-missing", "un-cybercrime 40(12)(d)",
                                   "documents", "Cite the order."};
    struct heard h = post(d, "/profile/functions", "idem=k&order_number=17%2F2026");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "Cite the order.");
}

int profile_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_door(a_question_is_for_a_lawyer_to_answer),
        with_door(what_the_form_says_is_asked_of_the_desk),
        with_door(a_refusal_keeps_what_was_typed_of_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
