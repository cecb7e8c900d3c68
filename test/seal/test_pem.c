/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/pem.c: text for people's tools, and what of it is taken back. */

#include "seal_test.h"

#include <string.h>

static void bytes_of_any_length_come_back(void **state)
{
    struct turn *t = *state;
    uint8_t in[200];
    for (size_t i = 0; i < sizeof in; i++) in[i] = (uint8_t)(i * 7);
    for (size_t n = 1; n <= sizeof in; n++) {
        struct bytes out;
        assert_ok(
            t, seal_pem_read(t, seal_pem(t->arena, "THING", (struct bytes){in, n}), "THING", &out));
        assert_bytes(out, (struct bytes){in, n});
    }
}

static void lines_have_64_characters(void **state)
{
    struct turn *t = *state;
    uint8_t in[49] = {0};
    struct str s = seal_pem(t->arena, "X", (struct bytes){in, 49});
    /* 49 bytes are 68 characters: a line of 64 and one of 4. */
    assert_int_equal(s.n, strlen("-----BEGIN X-----\n") + 65 + 5 + strlen("-----END X-----\n"));
    assert_int_equal(s.p[strlen("-----BEGIN X-----\n") + 64], '\n');
}

static void what_editors_and_mail_do_to_it_is_allowed(void **state)
{
    struct turn *t = *state;
    struct bytes out;
    assert_ok(t, seal_pem_read(t, STR("\r\n-----BEGIN X-----\r\nAA\r\nAA\r\n-----END X-----\r\n\n"),
                               "X", &out));
    assert_int_equal(out.n, 3);
}

static void other_texts_are_refused(void **state)
{
    struct turn *t = *state;
    static const char *const bad[] = {
        "",
        "AAAA",
        "-----BEGIN X-----\n-----END X-----\n",
        "-----BEGIN Y-----\nAAAA\n-----END Y-----\n",
        "-----BEGIN X-----\nAAAA\n-----END Y-----\n",
        "-----BEGIN X-----\nAAA\n-----END X-----\n",
        "-----BEGIN X-----\nAA AA\n-----END X-----\n",
        "-----BEGIN X-----\nName: value\n\nAAAA\n-----END X-----\n",
        "note -----BEGIN X-----\nAAAA\n-----END X-----\n",
        "-----BEGIN X-----\nAAAA\n-----END X-----\nmore",
        "-----BEGIN X-----\nAAAA\n-----END X-----\n-----BEGIN X-----\nAAAA\n-----END X-----\n",
        "-----BEGIN X----------END X-----",
        "-----BEGIN X-----END X-----",
        "-----BEGIN X-----\nAAAB",
    };
    struct bytes out = {NULL, 9};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fault(t, seal_pem_read(t, str_of(bad[i]), "X", &out), ERR_REJECTED, "pem",
                     "RFC 7468 3");
    assert_int_equal(out.n, 9);
    size_t n = (4 << 20) + 1;
    assert_fault(t, seal_pem_read(t, (struct str){arena_take(t->arena, n), n}, "X", &out),
                 ERR_TOO_LARGE, "pem", NULL);
}

int pem_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(bytes_of_any_length_come_back),
        with_turn(lines_have_64_characters),
        with_turn(what_editors_and_mail_do_to_it_is_allowed),
        with_turn(other_texts_are_refused),
    };
    return cmocka_run_group_tests_name("pem", tests, NULL, NULL);
}
