/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/sim/fake_suite.c: the suites of the simulator refuse what a suite must refuse, or
 * what is tried with them would prove nothing. */

#include "seal_test.h"
#include "sim/fake_suite.h"

static const struct suite *const suites[] = {&suite_fake, &suite_dummy};
static const struct bytes alice = {(const uint8_t *)"alice", 5}, bob = {(const uint8_t *)"bob", 3};

static void they_sign_without_keys_and_the_same_each_time(void **state)
{
    struct turn *t = *state;
    struct bytes content = str_bytes(STR("content")), cms, again, out;
    for (size_t i = 0; i < 2; i++) {
        const struct suite *s = suites[i];
        assert_ok(t, s->sign(t, NULL, alice, content, false, NOW_MS, &cms));
        assert_ok(t, s->sign(t, NULL, alice, content, false, NOW_MS, &again));
        assert_bytes(cms, again);
        assert_ok(t, s->verify(t, alice, content, cms));
        assert_fault(t, s->verify(t, bob, content, cms), ERR_INTEGRITY, "signature", NULL);
        assert_fault(t, s->verify(t, alice, alice, cms), ERR_INTEGRITY, "signature", NULL);
        assert_fault(t, s->verify_attached(t, alice, cms, &out), ERR_INTEGRITY, "signature", NULL);
        assert_ok(t, s->sign(t, NULL, alice, content, true, NOW_MS, &cms));
        assert_ok(t, s->verify_attached(t, alice, cms, &out));
        assert_bytes(out, content);
        assert_fault(t, s->verify(t, alice, content, cms), ERR_INTEGRITY, "signature", NULL);
        assert_fault(t, suites[1 - i]->verify_attached(t, alice, cms, &out),
                     i ? ERR_INTEGRITY : ERR_REJECTED, NULL, NULL);
    }
    assert_ok(t, suite_dummy.sign(t, NULL, alice, content, false, 0, &cms));
    assert_int_equal(cms.n, DUMMY_SIGNATURE);
}

static void they_notice_every_altered_bit(void **state)
{
    struct turn *t = *state;
    struct bytes content = str_bytes(STR("content")), cms, sealed, out;
    assert_ok(t, suite_fake.sign(t, NULL, alice, content, false, NOW_MS, &cms));
    assert_ok(t, suite_fake.seal(t, (struct bytes[]){alice, bob}, 2, content, &sealed));
    uint8_t *p = (uint8_t *)cms.p;
    for (size_t bit = 0; bit < 8 * cms.n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(suite_fake.verify(t, alice, content, cms), ERR_OK);
        turn_forgive(t);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    p = (uint8_t *)sealed.p;
    for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(suite_fake.open(t, NULL, alice, sealed, &out), ERR_OK);
        turn_forgive(t);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void they_open_for_their_recipients_alone(void **state)
{
    struct turn *t = *state;
    struct bytes plain = str_bytes(STR("a parcel, longer than a word")), sealed, out;
    for (size_t i = 0; i < 2; i++) {
        const struct suite *s = suites[i];
        assert_ok(t, s->seal(t, (struct bytes[]){alice, bob}, 2, plain, &sealed));
        assert_ok(t, s->open(t, NULL, alice, sealed, &out));
        assert_bytes(out, plain);
        assert_ok(t, s->open(t, NULL, bob, sealed, &out));
        assert_bytes(out, plain);
        assert_ok(t, s->seal(t, &alice, 1, plain, &sealed));
        assert_fault(t, s->open(t, NULL, bob, sealed, &out), ERR_NONE_SUCH, "recipient", NULL);
        for (size_t n = 0; n < sealed.n; n++) {
            assert_int_not_equal(s->open(t, NULL, alice, (struct bytes){sealed.p, n}, &out),
                                 ERR_OK);
            turn_forgive(t);
        }
    }
}

int fake_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(they_sign_without_keys_and_the_same_each_time),
        with_turn(they_notice_every_altered_bit),
        with_turn(they_open_for_their_recipients_alone),
    };
    return cmocka_run_group_tests_name("fake", tests, NULL, NULL);
}
