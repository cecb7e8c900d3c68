/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/seal/envelope.c: who can open, who cannot, and that openssl reads and writes the
 * same. */

#include "seal_test.h"
#include "kit/fixed_keys.h"

#include <string.h>

struct scene {
    struct holder root, a, b, c;
    struct bytes plain, sealed; /* to a and b */
};

static struct scene scene_of(struct turn *t)
{
    struct scene s = {.root = root_of(t, "XN", false), .plain = str_bytes(STR("the parcel"))};
    s.a = holder_of(t, &s.root, "XN/csb", SEAL_OPEN);
    s.b = holder_of(t, &s.root, "XN/dag", SEAL_OPEN);
    s.c = holder_of(t, &s.root, "XN/csb", SEAL_OPEN);
    struct bytes to[] = {s.a.der, s.b.der};
    assert_ok(t, seal_envelope_close(t, to, 2, s.plain, &s.sealed));
    return s;
}

static void both_recipients_open_it(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes out;
    assert_ok(t, seal_envelope_open(t, s.a.key, s.a.der, s.sealed, &out));
    assert_bytes(out, s.plain);
    assert_ok(t, seal_envelope_open(t, s.b.key, s.b.der, s.sealed, &out));
    assert_bytes(out, s.plain);
    assert_null(memmem(s.sealed.p, s.sealed.n, s.plain.p, s.plain.n));
}

static void somebody_else_does_not(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes out = {NULL, 3};
    assert_fault(t, seal_envelope_open(t, s.c.key, s.c.der, s.sealed, &out), ERR_NONE_SUCH,
                 "recipient", "RFC 5652 6.2");
    /* The right certificate does not help without its key, whatever the key claims to be. */
    assert_fault(t, seal_envelope_open(t, s.c.key, s.a.der, s.sealed, &out), ERR_REJECTED, "key",
                 NULL);
    struct seal_key impostor = {.pkey = s.c.key->pkey};
    memcpy(impostor.point, s.a.key->point, P256_POINT);
    assert_fault(t, seal_envelope_open(t, &impostor, s.a.der, s.sealed, &out), ERR_INTEGRITY,
                 "envelope", "RFC 5083 2.2");
    assert_int_equal(out.n, 3);
}

static void only_opening_certificates_are_closed_for(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct holder sealer = holder_of(t, &s.root, "XN/csb", SEAL_SEAL);
    struct bytes out;
    const struct bytes bad[] = {sealer.der, s.root.der};
    for (size_t i = 0; i < 2; i++) {
        struct bytes to[] = {s.a.der, bad[i]};
        assert_fault(t, seal_envelope_close(t, to, 2, s.plain, &out), ERR_REJECTED, "role", NULL);
    }
    assert_fault(t, seal_envelope_open(t, sealer.key, sealer.der, s.sealed, &out), ERR_REJECTED,
                 "role", NULL);
}

static void contents_of_any_size_come_back(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 127, 128, 65535, 65536, 1000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *p = arena_take(t->arena, sizes[i]);
        struct bytes plain = {p, sizes[i]}, sealed, out;
        t->chance->fill(t->chance->ctx, p, sizes[i]);
        assert_ok(t, seal_envelope_close(t, &s.a.der, 1, plain, &sealed));
        assert_ok(t, seal_envelope_open(t, s.a.key, s.a.der, sealed, &out));
        assert_bytes(out, plain);
    }
}

static void sizes_and_counts_have_limits(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes to[SEAL_RECIPIENTS_MAX + 1], out, sealed;
    struct bytes large = {arena_take(t->arena, SEAL_SEALED_MAX + 1), SEAL_PLAIN_MAX};
    for (size_t i = 0; i <= SEAL_RECIPIENTS_MAX; i++) to[i] = i ? s.a.der : s.b.der;
    assert_ok(t, seal_envelope_close(t, to, SEAL_RECIPIENTS_MAX, large, &sealed));
    assert_true(sealed.n <= SEAL_SEALED_MAX);
    assert_ok(t, seal_envelope_open(t, s.b.key, s.b.der, sealed, &out));
    assert_int_equal(out.n, SEAL_PLAIN_MAX);
    assert_fault(t, seal_envelope_close(t, to, SEAL_RECIPIENTS_MAX + 1, s.plain, &out),
                 ERR_TOO_LARGE, "size", NULL);
    assert_fault(t, seal_envelope_close(t, to, 0, s.plain, &out), ERR_TOO_LARGE, "size", NULL);
    large.n = SEAL_PLAIN_MAX + 1;
    assert_fault(t, seal_envelope_close(t, to, 1, large, &out), ERR_TOO_LARGE, "size", NULL);
    large.n = SEAL_SEALED_MAX + 1;
    assert_fault(t, seal_envelope_open(t, s.a.key, s.a.der, large, &out), ERR_TOO_LARGE, "size",
                 NULL);
}

/* A part meant for somebody else is theirs to check; all the rest is refused here, bit by bit. */
static void every_bit_that_is_altered_is_refused(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes sealed;
    assert_ok(t, seal_envelope_close(t, &s.a.der, 1, s.plain, &sealed));
    struct turn inner = *t;
    uint8_t *p = (uint8_t *)bytes_dup(t->arena, sealed).p;
    for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
        auto_arena a = arena_new();
        struct bytes out;
        inner.arena = a;
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        err e = seal_envelope_open(&inner, s.a.key, s.a.der, (struct bytes){p, sealed.n}, &out);
        if (e != ERR_REJECTED && e != ERR_INTEGRITY && e != ERR_NONE_SUCH)
            fail_msg("bit %zu of %zu: %s", bit, 8 * sealed.n, err_word(e));
        turn_forgive(&inner);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void every_cut_and_every_surplus_is_refused(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes out;
    for (size_t n = 0; n < s.sealed.n; n++)
        assert_fault(t,
                     seal_envelope_open(t, s.a.key, s.a.der,
                                        bytes_dup(t->arena, (struct bytes){s.sealed.p, n}), &out),
                     ERR_REJECTED, "envelope", "RFC 5083 2.1");
    assert_fault(
        t, seal_envelope_open(t, s.a.key, s.a.der, JOIN(t->arena, s.sealed, BYTES("\0")), &out),
        ERR_REJECTED, "envelope", NULL);
}

static void the_same_chance_makes_the_same_envelope(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    struct bytes one, two, three;
    reseed(t, 3);
    assert_ok(t, seal_envelope_close(t, &s.a.der, 1, s.plain, &one));
    assert_ok(t, seal_envelope_close(t, &s.a.der, 1, s.plain, &three));
    reseed(t, 3);
    assert_ok(t, seal_envelope_close(t, &s.a.der, 1, s.plain, &two));
    assert_bytes(one, two);
    assert_false(bytes_eq(one, three));
}

/* ---- the second opinion ---------------------------------------------------------------------- */

static void openssl_opens_what_we_close(void **state)
{
    struct turn *t = *state;
    struct scene s = scene_of(t);
    const char *folder = folder_of(t);
    const struct holder *each[] = {&s.a, &s.b};
    put_file(t, folder, "sealed", s.sealed);
    for (size_t i = 0; i < 2; i++) {
        put_pem(t, folder, "cert.pem", each[i]->der);
        put_key(t, folder, "key.pem", each[i]->key);
        assert_true(openssl(t, folder,
                            "cms -decrypt -binary -inform DER -in sealed -recip cert.pem "
                            "-inkey key.pem -out plain"));
        assert_bytes(get_file(t, folder, "plain"), s.plain);
    }
}

static const char close_line[] = "cms -encrypt -binary -outform DER %s -in plain -out sealed %s "
                                 "-recip cert.pem %s";

static struct bytes closed_by_openssl(struct turn *t, const char *cipher, const char *before,
                                      const char *after, struct bytes *cert)
{
    const char *folder = folder_of(t);
    assert_ok(t, seal_pem_read(t, str_of(fixed_open_pem), "CERTIFICATE", cert));
    put_file(t, folder, "cert.pem", str_bytes(str_of(fixed_open_pem)));
    put_file(t, folder, "plain", str_bytes(STR("by another program")));
    struct str line = str_printf(t->arena, close_line, cipher, before, after);
    if (!openssl(t, folder, str_c(t->arena, line)))
        fail_msg(STR_FMT, STR_ARG(bytes_str(get_file(t, folder, "said"))));
    return get_file(t, folder, "sealed");
}

static void we_open_what_openssl_closes(void **state)
{
    struct turn *t = *state;
    struct seal_key *key;
    struct bytes cert, out;
    struct bytes sealed =
        closed_by_openssl(t, "-aes-256-gcm", "", "-keyopt ecdh_kdf_md:sha256", &cert);
    assert_ok(t, seal_key_read(t, str_bytes(str_of(fixed_open_key)), &key));
    assert_ok(t, seal_envelope_open(t, key, cert, sealed, &out));
    assert_text(bytes_str(out), "by another program");
    seal_key_free(key);
}

static void other_algorithms_are_refused(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *cipher, *before, *after;
    } rows[] = {
        {"-aes-128-gcm", "", "-keyopt ecdh_kdf_md:sha256"},
        {"-aes-256-cbc", "", "-keyopt ecdh_kdf_md:sha256"},
        {"-aes-256-gcm", "", ""}, /* the KDF with SHA-1 */
        {"-aes-256-gcm", "", "-keyopt ecdh_kdf_md:sha512"},
        {"-aes-256-gcm", "", "-keyopt ecdh_kdf_md:sha256 -keyopt ecdh_cofactor_mode:1"},
        {"-aes-256-gcm", "-keyid", "-keyopt ecdh_kdf_md:sha256"},
    };
    struct seal_key *key;
    assert_ok(t, seal_key_read(t, str_bytes(str_of(fixed_open_key)), &key));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes cert, out;
        struct bytes sealed =
            closed_by_openssl(t, rows[i].cipher, rows[i].before, rows[i].after, &cert);
        assert_fault(t, seal_envelope_open(t, key, cert, sealed, &out), ERR_REJECTED, "envelope",
                     "RFC 5083 2.1");
    }
    seal_key_free(key);
}

int envelope_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(both_recipients_open_it),
        with_turn(somebody_else_does_not),
        with_turn(only_opening_certificates_are_closed_for),
        with_turn(contents_of_any_size_come_back),
        with_turn(sizes_and_counts_have_limits),
        with_turn(every_bit_that_is_altered_is_refused),
        with_turn(every_cut_and_every_surplus_is_refused),
        with_turn(the_same_chance_makes_the_same_envelope),
        with_turn(openssl_opens_what_we_close),
        with_turn(we_open_what_openssl_closes),
        with_turn(other_algorithms_are_refused),
    };
    return cmocka_run_group_tests_name("envelope", tests, NULL, NULL);
}
