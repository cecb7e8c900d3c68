/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates taken out of a signature again. */

#include "proof_test.h"

#include <string.h>

static struct bytes with_certs(struct world *w)
{
    struct bytes out;
    const struct bytes ders[] = {w->norland.seal_der, w->norland.root_der};
    assert_int_equal(seal_cms_add_certs(w->t, w->signature, ders, 2, &out), ERR_OK);
    return out;
}

static void what_export_added_comes_out_again_byte_for_byte(void **state)
{
    struct world *w = *state;
    struct bytes bare;
    struct bytes full = with_certs(w);
    assert_true(full.n > w->signature.n);
    assert_int_equal(signature_bare(w->t, full, &bare), ERR_OK);
    assert_true(bytes_eq(bare, w->signature));
}

static void a_bare_signature_stays_as_it_is(void **state)
{
    struct world *w = *state;
    struct bytes bare;
    assert_int_equal(signature_bare(w->t, w->signature, &bare), ERR_OK);
    assert_true(bytes_eq(bare, w->signature));
}

static void a_signature_cut_anywhere_is_refused(void **state)
{
    struct world *w = *state;
    struct bytes bare, full = with_certs(w);
    for (size_t n = 0; n < full.n; n++) {
        struct bytes cut = bytes_dup(w->t->arena, (struct bytes){full.p, n});
        assert_fault(w->t, signature_bare(w->t, cut, &bare), ERR_REJECTED, "cms");
    }
}

static void surplus_bytes_after_the_signature_are_refused(void **state)
{
    struct world *w = *state;
    struct bytes bare;
    uint8_t *more = arena_take(w->t->arena, w->signature.n + 1);
    memcpy(more, w->signature.p, w->signature.n);
    err e = signature_bare(w->t, (struct bytes){more, w->signature.n + 1}, &bare);
    assert_fault(w->t, e, ERR_REJECTED, "cms");
}

/* Revocation lists, a second list of signers, or a length in more bytes than it takes. */
static void what_has_no_place_within_the_signature_is_refused(void **state)
{
    static const uint8_t plain[] = {0x30, 0x12, 0x06, 0x01, 0x2a, 0xa0, 0x0d, 0x30, 0x0b, 0x02,
                                    0x01, 0x01, 0x31, 0x00, 0x30, 0x00, 0x31, 0x02, 0x05, 0x00};
    static const uint8_t surplus[] = {0x30, 0x12, 0x06, 0x01, 0x2a, 0xa0, 0x0d, 0x30, 0x0b, 0x02,
                                      0x01, 0x01, 0x31, 0x00, 0x30, 0x00, 0x31, 0x00, 0x31, 0x00};
    static const uint8_t lists[] = {0x30, 0x12, 0x06, 0x01, 0x2a, 0xa0, 0x0d, 0x30, 0x0b, 0x02,
                                    0x01, 0x01, 0x31, 0x00, 0x30, 0x00, 0xa1, 0x00, 0x31, 0x00};
    static const uint8_t loose[] = {0x30, 0x81, 0x12, 0x06, 0x01, 0x2a, 0xa0,
                                    0x0d, 0x30, 0x0b, 0x02, 0x01, 0x01, 0x31,
                                    0x00, 0x30, 0x00, 0x31, 0x02, 0x05, 0x00};
    struct turn *t = *state;
    struct bytes bare;
    assert_int_equal(signature_bare(t, (struct bytes){plain, sizeof plain}, &bare), ERR_OK);
    assert_true(bytes_eq(bare, (struct bytes){plain, sizeof plain}));
    err e = signature_bare(t, (struct bytes){surplus, sizeof surplus}, &bare);
    assert_fault(t, e, ERR_REJECTED, "cms");
    e = signature_bare(t, (struct bytes){lists, sizeof lists}, &bare);
    assert_fault(t, e, ERR_REJECTED, "cms");
    e = signature_bare(t, (struct bytes){loose, sizeof loose}, &bare);
    assert_fault(t, e, ERR_REJECTED, "cms");
}

static void lengths_that_are_loose_indefinite_or_huge_are_refused(void **state)
{
    static const uint8_t loose[] = {0x30, 0x81, 0x02, 0x05, 0x00};
    static const uint8_t indefinite[] = {0x30, 0x80, 0x00, 0x00};
    static const uint8_t huge[] = {0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t beyond[] = {0x30, 0x84, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t padded[] = {0x30, 0x82, 0x00, 0x81, 0x00};
    static const struct bytes rows[] = {{loose, sizeof loose},
                                        {indefinite, sizeof indefinite},
                                        {huge, sizeof huge},
                                        {beyond, sizeof beyond},
                                        {padded, sizeof padded}};
    struct turn *t = *state;
    struct bytes bare;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_fault(t, signature_bare(t, rows[i], &bare), ERR_REJECTED, "cms");
}

static void an_attached_message_and_no_message_are_told_apart(void **state)
{
    struct world *w = *state;
    struct bytes bare;
    struct bytes pem = str_bytes(STR("-----BEGIN CMS-----\n"));
    assert_fault(w->t, signature_bare(w->t, pem, &bare), ERR_REJECTED, "cms");
    assert_int_equal(signature_bare(w->t, w->norland.profile_cms, &bare), ERR_OK);
    assert_true(bytes_eq(bare, w->norland.profile_cms));
    err e = signature_bare(w->t, w->norland.seal_der, &bare);
    assert_fault(w->t, e, ERR_REJECTED, "cms");
}

int bare_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(what_export_added_comes_out_again_byte_for_byte),
        with_world(a_bare_signature_stays_as_it_is),
        with_world(a_signature_cut_anywhere_is_refused),
        with_world(surplus_bytes_after_the_signature_are_refused),
        with_turn(what_has_no_place_within_the_signature_is_refused),
        with_turn(lengths_that_are_loose_indefinite_or_huge_are_refused),
        with_world(an_attached_message_and_no_message_are_told_apart),
    };
    return cmocka_run_group_tests_name("bare", tests, NULL, NULL);
}
