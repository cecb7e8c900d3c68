/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/passkey.c, with an authenticator of the test's own. */

#include "seal_test.h"

#include "kit/authenticator.h"

#include <string.h>

static const uint8_t asked[32] = {1, 2, 3};
static const struct bytes challenge = {asked, sizeof asked};

static struct seal_site site(void)
{
    struct seal_site s;
    assert_true(seal_site_of(STR("https://norland.localhost:8443"), &s));
    return s;
}

static void a_site_is_a_name_over_https(void **state)
{
    (void)state;
    struct seal_site s;
    assert_true(seal_site_of(STR("https://norland.localhost:8443"), &s));
    assert_text(s.host, "norland.localhost");
    assert_true(seal_site_of(STR("https://node.example"), &s));
    assert_true(seal_site_of(STR("http://norland.localhost:8471"), &s));
    assert_true(seal_site_of(STR("http://localhost"), &s));
    assert_false(seal_site_of(STR("http://notlocalhost"), &s));
    static const char *const bad[] = {"",
                                      "norland.localhost",
                                      "http://node.example",
                                      "https://",
                                      "https://127.0.0.1:8443",
                                      "https://[::1]:8443",
                                      "https://Node.example",
                                      "https://node.example/",
                                      "https://a b"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        if (seal_site_of(str_of(bad[k]), &s)) fail_msg("accepted %s", bad[k]);
}

static void a_credential_is_read_and_answers_for_its_holder(void **state)
{
    struct turn *t = *state;
    struct seal_site s = site();
    struct authenticator a;
    struct seal_said said;
    struct seal_passkey p;
    int64_t uses;
    authenticator_make(t, &a);
    authenticator_create(t, &a, &s, challenge, &said);
    struct bytes told;
    assert_ok(t, seal_passkey_challenge(t, said.client_data, &told));
    assert_bytes(told, challenge);
    assert_ok(t, seal_passkey_read(t, &s, challenge, &said, &p));
    assert_bytes(p.id, (struct bytes){a.id, sizeof a.id});
    assert_bytes(p.key, (struct bytes){a.point, sizeof a.point});
    for (int k = 1; k < 4; k++) {
        authenticator_get(t, &a, &s, challenge, &said);
        assert_ok(t, seal_passkey_holds(t, &s, challenge, &said, p.key, &uses));
        assert_int_equal(uses, k);
    }
}

static void what_is_wrong_in_what_it_says_is_refused(void **state)
{
    struct turn *t = *state;
    struct seal_site s = site();
    const struct authenticator lies[] = {
        {.host = "meridia.localhost"},
        {.origin = "https://norland.localhost:9443"},
        {.origin = "http://norland.localhost:8443"},
        {.type = "webauthn.else"},
        {.flags = 1},
        {.flags = 4},
        {.cross_origin = true},
    };
    for (size_t k = 0; k < sizeof lies / sizeof *lies; k++) {
        struct authenticator a;
        struct seal_said said;
        struct seal_passkey p;
        int64_t uses;
        authenticator_make(t, &a);
        authenticator_create(t, &a, &s, challenge, &said);
        assert_ok(t, seal_passkey_read(t, &s, challenge, &said, &p));
        a.host = lies[k].host;
        a.origin = lies[k].origin;
        a.type = lies[k].type;
        a.flags = lies[k].flags;
        a.cross_origin = lies[k].cross_origin;
        authenticator_get(t, &a, &s, challenge, &said);
        assert_fault(t, seal_passkey_holds(t, &s, challenge, &said, p.key, &uses), ERR_INTEGRITY,
                     "passkey", NULL);
        authenticator_create(t, &a, &s, challenge, &said);
        assert_fault(t, seal_passkey_read(t, &s, challenge, &said, &p), ERR_INTEGRITY, "passkey",
                     NULL);
    }
}

static void another_challenge_key_or_byte_is_refused(void **state)
{
    struct turn *t = *state;
    struct seal_site s = site();
    struct authenticator a, b;
    struct seal_said said;
    struct seal_passkey p, q;
    int64_t uses;
    static const uint8_t other[32] = {9};
    authenticator_make(t, &a);
    authenticator_make(t, &b);
    authenticator_create(t, &a, &s, challenge, &said);
    assert_ok(t, seal_passkey_read(t, &s, challenge, &said, &p));
    authenticator_create(t, &b, &s, challenge, &said);
    assert_ok(t, seal_passkey_read(t, &s, challenge, &said, &q));
    authenticator_get(t, &a, &s, challenge, &said);
    assert_fault(t, seal_passkey_holds(t, &s, (struct bytes){other, 32}, &said, p.key, &uses),
                 ERR_INTEGRITY, "passkey", NULL);
    assert_fault(t, seal_passkey_holds(t, &s, challenge, &said, q.key, &uses), ERR_INTEGRITY,
                 "passkey", NULL);
    const struct bytes *parts[] = {&said.authenticator_data, &said.signature};
    size_t refused = 0;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < parts[k]->n; i++) {
            uint8_t *at = (uint8_t *)(uintptr_t)parts[k]->p + i;
            *at ^= 1;
            err e = seal_passkey_holds(t, &s, challenge, &said, p.key, &uses);
            assert_true(e == ERR_INTEGRITY || e == ERR_REJECTED);
            turn_forgive(t);
            refused++;
            *at ^= 1;
        }
    assert_true(refused > 100);
    assert_ok(t, seal_passkey_holds(t, &s, challenge, &said, p.key, &uses));
}

/* Each shorter or longer text is refused, and reading it breaks nothing. */
static void a_credential_cut_anywhere_is_refused(void **state)
{
    struct turn *t = *state;
    struct seal_site s = site();
    struct authenticator a;
    struct seal_said said, cut;
    struct seal_passkey p;
    authenticator_make(t, &a);
    authenticator_create(t, &a, &s, challenge, &said);
    for (size_t n = 0; n < said.authenticator_data.n; n++) {
        cut = said;
        cut.authenticator_data = bytes_dup(t->arena, (struct bytes){said.authenticator_data.p, n});
        err e = seal_passkey_read(t, &s, challenge, &cut, &p);
        if (e != ERR_REJECTED) fail_msg("cut at %zu: %d", n, (int)e);
        turn_forgive(t);
    }
    for (size_t n = 0; n < said.client_data.n; n++) {
        cut = said;
        cut.client_data.n = n;
        assert_int_equal(seal_passkey_read(t, &s, challenge, &cut, &p), ERR_REJECTED);
        turn_forgive(t);
    }
    a.point[40] ^= 1; /* no point of the curve */
    authenticator_create(t, &a, &s, challenge, &said);
    assert_fault(t, seal_passkey_read(t, &s, challenge, &said, &p), ERR_REJECTED, "passkey-form",
                 "WebAuthn 6.5.1");
}

static void an_act_is_signed_as_it_is_seen(void **state)
{
    struct turn *t = *state;
    struct seal_site s = site();
    struct authenticator a;
    struct seal_said said;
    struct seal_passkey p;
    int64_t uses;
    struct hash seen = seal_passkey_act(str_bytes(STR("{\"act\":\"disclose\"}")));
    struct hash other = seal_passkey_act(str_bytes(STR("{\"act\":\"disclosf\"}")));
    assert_hex(hash_bytes(&seen),
               "67c9b5b17204c736818ea12a73d45131613b477d89e31f8d489d94861e36124e");
    authenticator_make(t, &a);
    authenticator_create(t, &a, &s, challenge, &said);
    assert_ok(t, seal_passkey_read(t, &s, challenge, &said, &p));
    authenticator_get(t, &a, &s, hash_bytes(&seen), &said);
    assert_ok(t, seal_passkey_holds(t, &s, hash_bytes(&seen), &said, p.key, &uses));
    assert_fault(t, seal_passkey_holds(t, &s, hash_bytes(&other), &said, p.key, &uses),
                 ERR_INTEGRITY, "passkey", NULL);
}

int passkey_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_site_is_a_name_over_https),
        with_turn(a_credential_is_read_and_answers_for_its_holder),
        with_turn(what_is_wrong_in_what_it_says_is_refused),
        with_turn(another_challenge_key_or_byte_is_refused),
        with_turn(a_credential_cut_anywhere_is_refused),
        with_turn(an_act_is_signed_as_it_is_seen),
    };
    return cmocka_run_group_tests_name("passkey", tests, NULL, NULL);
}
