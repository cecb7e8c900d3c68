/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/hex.c: one value, one spelling, in hexadecimal and in base64. */

#include "base_test.h"

#include <string.h>

static void bytes_of_any_length_come_back(void **state)
{
    uint8_t in[257];
    for (size_t i = 0; i < sizeof in; i++) in[i] = (uint8_t)(i * 151 + 3);
    for (size_t n = 0; n <= sizeof in; n++) {
        uint8_t out[257] = {0};
        struct bytes back;
        assert_true(hex_read(hex(*state, (struct bytes){in, n}), out, n));
        assert_memory_equal(out, in, n);
        assert_true(base64_read(*state, base64(*state, (struct bytes){in, n}), &back));
        assert_true(bytes_eq(back, (struct bytes){in, n}));
    }
}

static void the_examples_of_rfc_4648_hold(void **state)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes back;
        assert_text(base64(*state, str_bytes(str_of(rows[i][0]))), rows[i][1]);
        assert_true(base64_read(*state, str_of(rows[i][1]), &back));
        assert_text(bytes_str(back), rows[i][0]);
    }
}

static void base64url_is_base64_in_another_alphabet_without_padding(void **state)
{
    static const uint8_t in[] = {0xfb, 0xff, 0xbf, 0x00, 0x10};
    static const char *const bad[] = {"A", "+_8", "-/8", "-_-_AB==", "-_9", "- 8A", "AAAAA"};
    struct arena *a = *state;
    struct bytes back;
    assert_text(base64url(a, (struct bytes){in, 5}), "-_-_ABA");
    assert_text(base64url(a, (struct bytes){in, 0}), "");
    for (size_t n = 0; n <= sizeof in; n++) {
        assert_true(base64url_read(a, base64url(a, (struct bytes){in, n}), &back));
        assert_true(bytes_eq(back, (struct bytes){in, n}));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (base64url_read(a, str_of(bad[i]), &back)) fail_msg("accepted %s", bad[i]);
}

static void other_spellings_in_base64_are_refused(void **state)
{
    static const char *const bad[] = {"Zg",   "Zg=",     "Zh==",     "Zm9=",  "Zm8==", "====",
                                      "Z===", "=Zg=",    "Zg==Zg==", "Zm 9",  "Zm9\n", "Zm-_",
                                      "Z",    "Zm9vYg=", "Zm=v",     "Zm9v\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bytes out = {NULL, 7};
        if (base64_read(*state, str_of(bad[i]), &out)) fail_msg("accepted %s", bad[i]);
        assert_int_equal(out.n, 7);
    }
}

static void every_text_of_four_characters_that_is_read_is_written_the_same(void **state)
{
    static const char some[] = "ABQgw/+9=-";
    struct arena *a = *state;
    for (size_t i = 0; i < 10000; i++) {
        char text[4] = {some[i % 10], some[i / 10 % 10], some[i / 100 % 10], some[i / 1000]};
        struct bytes out;
        arena_reset(a);
        if (base64_read(a, (struct str){text, 4}, &out))
            assert_true(str_eq(base64(a, out), (struct str){text, 4}));
    }
}

static void other_spellings_in_hexadecimal_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"0A0b", "0a0",   "0a0b0", "0a 0b", "0a0g",  "0x0b",
                                      "",     "0a0b ", "+a0b",  "0a",    "0a0b0c"};
    uint8_t out[2] = {7, 7};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (hex_read(str_of(bad[i]), out, 2)) fail_msg("accepted %s", bad[i]);
        assert_int_equal(out[0], 7);
        assert_int_equal(out[1], 7);
    }
}

static void ids_and_hashes_have_exactly_their_length(void **state)
{
    struct id id;
    struct hash hash;
    struct bytes b = {(const uint8_t *)"0123456789abcdef0123456789abcdef", 32};
    assert_true(id_read(hex(*state, (struct bytes){b.p, 16}), &id));
    assert_true(hash_read(hex(*state, b), &hash));
    assert_true(bytes_eq(id_bytes(&id), (struct bytes){b.p, 16}));
    assert_true(bytes_eq(hash_bytes(&hash), b));
    assert_false(id_read(hex(*state, b), &id));
    assert_false(hash_read(hex(*state, (struct bytes){b.p, 31}), &hash));
    struct id other = id;
    assert_true(id_eq(&id, &other));
    other.b[15] ^= 1;
    assert_false(id_eq(&id, &other));
    struct hash another = hash;
    assert_true(hash_eq(&hash, &another));
    another.b[31] ^= 0x80;
    assert_false(hash_eq(&hash, &another));
}

int hex_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(bytes_of_any_length_come_back),
        with_arena(the_examples_of_rfc_4648_hold),
        with_arena(other_spellings_in_base64_are_refused),
        with_arena(base64url_is_base64_in_another_alphabet_without_padding),
        with_arena(every_text_of_four_characters_that_is_read_is_written_the_same),
        cmocka_unit_test(other_spellings_in_hexadecimal_are_refused),
        with_arena(ids_and_hashes_have_exactly_their_length),
    };
    return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
