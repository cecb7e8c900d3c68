/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/der.c: each value has one spelling, and the cursor takes no other. */

#include "seal_test.h"

#include <string.h>

static void values_of_any_length_come_back(void **state)
{
    struct turn *t = *state;
    static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 70000};
    static const char *const heads[] = {"0400",     "0401",     "047f",       "048180",    "0481ff",
                                        "04820100", "0482ffff", "0483010000", "0483011170"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bytes content = {arena_take(t->arena, sizes[i]), sizes[i]};
        struct bytes value = DER(t->arena, DER_OCTETS, content);
        assert_hex((struct bytes){value.p, value.n - sizes[i]}, heads[i]);
        assert_bytes(seal_der_head(t->arena, DER_OCTETS, sizes[i]),
                     (struct bytes){value.p, value.n - sizes[i]});
        struct der d = seal_der_of(value), e = d;
        assert_int_equal(seal_der_take(&d, DER_OCTETS).n, sizes[i]);
        assert_true(!d.bad && d.n == 0);
        assert_bytes(seal_der_whole(&e, DER_OCTETS), value);
    }
}

static void other_spellings_of_a_length_are_refused(void **state)
{
    struct turn *t = *state;
    static const char *const bad[] = {"",
                                      "04",
                                      "0401",
                                      "048100",
                                      "04810100",
                                      "04817f",
                                      "0480",
                                      "04800000",
                                      "0482000100",
                                      "048200ff",
                                      "0481",
                                      "0482",
                                      "04820100",
                                      "0483000100",
                                      "04840000000100",
                                      "04ff",
                                      "048500000000010000",
                                      "0500",
                                      "0483ffffff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct der d = seal_der_of(from_hex(t, bad[i]));
        struct bytes b = seal_der_take(&d, DER_OCTETS);
        if (!d.bad || b.n) fail_msg("accepted %s", bad[i]);
    }
}

static void a_cursor_remembers_its_first_mistake(void **state)
{
    struct turn *t = *state;
    struct der d = seal_der_of(from_hex(t, "0401aa0401bb"));
    seal_der_take(&d, DER_INT);
    assert_true(d.bad);
    assert_int_equal(seal_der_take(&d, DER_OCTETS).n, 0);
    assert_int_equal(seal_der_peek(&d), 0);
    struct der inner = seal_der_enter(&d, DER_OCTETS);
    assert_true(inner.bad);
    struct der e = seal_der_of(from_hex(t, "3003020100")), f = seal_der_enter(&e, DER_SEQ);
    seal_der_leave(&e, &f);
    assert_true(e.bad); /* something was left */
}

static void what_is_expected_must_be_there_whole(void **state)
{
    struct turn *t = *state;
    struct der d = seal_der_of(from_hex(t, "020100"));
    seal_der_expect(&d, BYTES("\x02\x01\x00"));
    assert_true(!d.bad && d.n == 0);
    d = seal_der_of(from_hex(t, "0201"));
    seal_der_expect(&d, BYTES("\x02\x01\x00"));
    assert_true(d.bad);
    d = seal_der_of(from_hex(t, "020101"));
    seal_der_expect(&d, BYTES("\x02\x01\x00"));
    assert_true(d.bad);
}

static void numbers_are_positive_short_and_spelled_shortest(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *hex;
        bool good;
    } rows[] = {
        {"020101", true},
        {"02017f", true},
        {"02020080", true},
        {"020100", false},
        {"020180", false},
        {"0202007f", false},
        {"0200", false},
        {"02147f00000000000000000000000000000000000000", true},
        {"02157f0000000000000000000000000000000000000000", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct der d = seal_der_of(from_hex(t, rows[i].hex));
        struct bytes b = seal_der_serial(&d);
        if (d.bad == rows[i].good) fail_msg("%s", rows[i].hex);
        assert_int_equal(b.n, rows[i].good ? strlen(rows[i].hex) / 2 : 0);
    }
}

static void times_change_their_spelling_in_2050(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *text, *der;
    } rows[] = {
        {"1970-01-01T00:00:00Z", "170d3730303130313030303030305a"},
        {"2026-11-24T03:07:14Z", "170d3236313132343033303731345a"},
        {"2049-12-31T23:59:59Z", "170d3439313233313233353935395a"},
        {"2050-01-01T00:00:00Z", "180f32303530303130313030303030305a"},
        {"9999-12-31T23:59:59Z", "180f39393939313233313233353935395a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms;
        assert_true(time_read(str_of(rows[i].text), &ms));
        struct bytes der = seal_der_time(t->arena, ms + 999);
        assert_hex(der, rows[i].der);
        struct der d = seal_der_of(der);
        assert_int_equal(seal_der_take_time(t->arena, &d), ms);
        assert_true(!d.bad && d.n == 0);
    }
}

static void times_that_are_none_are_refused(void **state)
{
    struct turn *t = *state;
    static const struct {
        uint8_t tag;
        const char *text;
    } rows[] = {
        {DER_UTC, "261324030714Z"},
        {DER_UTC, "260230030714Z"},
        {DER_UTC, "261124240000Z"},
        {DER_UTC, "2611240307Z"},
        {DER_UTC, "261124030714+0000"},
        {DER_UTC, "2611240307140"},
        {DER_UTC, "500101000000Z"},
        {DER_UTC, "691231235959Z"},
        {DER_UTC, ""},
        {DER_UTC, "26112403071 Z"},
        {DER_TIME, "20261124030714Z"},
        {DER_TIME, "20491231235959Z"},
        {DER_TIME, "205001010000Z"},
        {DER_TIME, "20500101000000.5Z"},
        {DER_TIME, "Z"},
        {DER_OCTETS, "261124030714Z"},
        {DER_UTC, "26112403:714Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct der d = seal_der_of(DER(t->arena, rows[i].tag, str_bytes(str_of(rows[i].text))));
        assert_int_equal(seal_der_take_time(t->arena, &d), 0);
        if (!d.bad) fail_msg("accepted %s", rows[i].text);
    }
}

static void a_set_is_sorted_by_its_bytes(void **state)
{
    (void)state;
    struct bytes v[] = {BYTES("\x30\x02"), BYTES("\x30"), BYTES("\x04\xff"), BYTES("\x30\x01\xff")};
    seal_der_sort(v, 4);
    assert_hex(v[0], "04ff");
    assert_hex(v[1], "30");
    assert_hex(v[2], "3001ff");
    assert_hex(v[3], "3002");
    seal_der_sort(NULL, 0);
}

int der_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(values_of_any_length_come_back),
        with_turn(other_spellings_of_a_length_are_refused),
        with_turn(a_cursor_remembers_its_first_mistake),
        with_turn(what_is_expected_must_be_there_whole),
        with_turn(numbers_are_positive_short_and_spelled_shortest),
        with_turn(times_change_their_spelling_in_2050),
        with_turn(times_that_are_none_are_refused),
        with_turn(a_set_is_sorted_by_its_bytes),
    };
    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
