/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/ed25519.c: the examples of RFC 8032 7.1, and refusals. */

#include "seal_test.h"

#include <string.h>

static const struct {
    const char *seed, *key, *message, *signature;
} rows[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void the_examples_of_rfc_8032_hold(void **state)
{
    struct turn *t = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t key[32], signature[64];
        struct bytes seed = from_hex(t, rows[i].seed), message = from_hex(t, rows[i].message);
        seal_ed25519_public(seed.p, key);
        assert_hex((struct bytes){key, 32}, rows[i].key);
        seal_ed25519_sign(seed.p, message, signature);
        assert_hex((struct bytes){signature, 64}, rows[i].signature);
        assert_true(seal_ed25519_holds(key, message, signature));
    }
}

static void an_empty_message_without_an_address_can_be_signed(void **state)
{
    struct turn *t = *state;
    uint8_t key[32], signature[64];
    struct bytes seed = from_hex(t, rows[0].seed), nothing = {NULL, 0};
    seal_ed25519_public(seed.p, key);
    seal_ed25519_sign(seed.p, nothing, signature);
    assert_hex((struct bytes){signature, 64}, rows[0].signature);
    assert_true(seal_ed25519_holds(key, nothing, signature));
}

static void no_altered_bit_is_accepted(void **state)
{
    struct turn *t = *state;
    uint8_t all[32 + 2 + 64];
    memcpy(all, from_hex(t, rows[2].key).p, 32);
    memcpy(all + 32, from_hex(t, rows[2].message).p, 2);
    memcpy(all + 34, from_hex(t, rows[2].signature).p, 64);
    assert_true(seal_ed25519_holds(all, (struct bytes){all + 32, 2}, all + 34));
    for (size_t bit = 0; bit < 8 * sizeof all; bit++) {
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(seal_ed25519_holds(all, (struct bytes){all + 32, 2}, all + 34));
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int ed25519_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(the_examples_of_rfc_8032_hold),
        with_turn(an_empty_message_without_an_address_can_be_signed),
        with_turn(no_altered_bit_is_accepted),
    };
    return cmocka_run_group_tests_name("ed25519", tests, NULL, NULL);
}
