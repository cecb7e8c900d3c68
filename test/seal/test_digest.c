/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/digest.c: the published values, and that parts are joined. */

#include "seal_test.h"

#include <string.h>

static struct bytes text(const char *c) { return str_bytes(str_of(c)); }

static void the_examples_of_fips_180_hold(void **state)
{
    (void)state;
    struct hash h = seal_sha256_of((struct bytes){NULL, 0});
    assert_hex(hash_bytes(&h), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    h = seal_sha256_of(text("abc"));
    assert_hex(hash_bytes(&h), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    h = seal_sha256_of(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
    assert_hex(hash_bytes(&h), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void parts_are_hashed_as_if_joined(void **state)
{
    (void)state;
    struct hash whole = seal_sha256_of(text("comity")), parts;
    seal_sha256((struct bytes[]){text("com"), {NULL, 0}, text("i"), text("ty")}, 4, &parts);
    assert_true(hash_eq(&whole, &parts));
    seal_hmac(text("k"), (struct bytes[]){text("comity")}, 1, &whole);
    seal_hmac(text("k"), (struct bytes[]){text("c"), {NULL, 0}, text("omity")}, 3, &parts);
    assert_true(hash_eq(&whole, &parts));
    seal_sha256(NULL, 0, &parts);
    whole = seal_sha256_of((struct bytes){NULL, 0});
    assert_true(hash_eq(&whole, &parts));
}

static void the_examples_of_rfc_4231_hold(void **state)
{
    (void)state;
    struct hash h;
    uint8_t key[131];
    struct bytes data = text("Hi There");
    memset(key, 0x0b, 20);
    seal_hmac((struct bytes){key, 20}, &data, 1, &h);
    assert_hex(hash_bytes(&h), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    data = text("what do ya want for nothing?");
    seal_hmac(text("Jefe"), &data, 1, &h);
    assert_hex(hash_bytes(&h), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    data = text("Test Using Larger Than Block-Size Key - Hash Key First");
    seal_hmac((struct bytes){key, sizeof key}, &data, 1, &h);
    assert_hex(hash_bytes(&h), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void a_key_of_one_block_is_used_as_it_is(void **state)
{
    (void)state;
    uint8_t key[65] = {1};
    struct hash h64, h65, again;
    seal_hmac((struct bytes){key, 64}, NULL, 0, &h64);
    seal_hmac((struct bytes){key, 65}, NULL, 0, &h65);
    assert_false(hash_eq(&h64, &h65));
    /* Zeros at the end of a short key are what padding gives; the standard has it so. */
    seal_hmac((struct bytes){key, 1}, NULL, 0, &again);
    assert_true(hash_eq(&h64, &again));
}

static void the_third_example_of_rfc_5869_holds_at_every_length(void **state)
{
    (void)state;
    uint8_t key[22], out[SEAL_HKDF_MAX + 1], first[SEAL_HKDF_MAX];
    memset(key, 0x0b, sizeof key);
    struct bytes k = {key, sizeof key}, no_info = {NULL, 0};
    seal_hkdf(k, no_info, out, 42);
    assert_hex((struct bytes){out, 42},
               "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
               "9d201395faa4b61a96c8");
    seal_hkdf(k, no_info, first, sizeof first);
    for (size_t n = 0; n <= SEAL_HKDF_MAX; n++) {
        memset(out, 0x77, sizeof out);
        seal_hkdf(k, no_info, out, n);
        assert_memory_equal(out, first, n);
        assert_int_equal(out[n], 0x77);
    }
}

static void other_info_gives_another_key(void **state)
{
    (void)state;
    uint8_t a[32], b[32];
    seal_hkdf(text("key"), text("one"), a, 32);
    seal_hkdf(text("key"), text("two"), b, 32);
    assert_memory_not_equal(a, b, 32);
}

static void the_examples_of_rfc_7914_hold(void **state)
{
    struct turn *t = *state;
    uint8_t out[64];
    assert_ok(t, seal_stretch_at(t, 10, 8, 16, text("password"), text("NaCl"), out, 64));
    assert_hex((struct bytes){out, 64},
               "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
               "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    assert_ok(t,
              seal_stretch_at(t, 14, 8, 1, text("pleaseletmein"), text("SodiumChloride"), out, 64));
    assert_hex((struct bytes){out, 64},
               "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
               "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

/* The expected value is that of another implementation (Python's hashlib). */
static void words_are_stretched_with_the_cost_the_header_names(void **state)
{
    struct turn *t = *state;
    uint8_t out[32];
    assert_ok(t, seal_stretch(t, text("five words"), text("salt"), out, sizeof out));
    assert_hex((struct bytes){out, 32},
               "afa1bbe930222be36eb7f184a935c631b53c4598fb4e68671e5df649a8365533");
    assert_ok(t, seal_stretch(t, (struct bytes){NULL, 0}, (struct bytes){NULL, 0}, out, 16));
}

int digest_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_fips_180_hold),
        cmocka_unit_test(parts_are_hashed_as_if_joined),
        cmocka_unit_test(the_examples_of_rfc_4231_hold),
        cmocka_unit_test(a_key_of_one_block_is_used_as_it_is),
        cmocka_unit_test(the_third_example_of_rfc_5869_holds_at_every_length),
        cmocka_unit_test(other_info_gives_another_key),
        with_turn(the_examples_of_rfc_7914_hold),
        with_turn(words_are_stretched_with_the_cost_the_header_names),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
