/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/cosign.c: a line made elsewhere, every bit of it turned, and lines by others.
 */

#include "ledger_test.h"

#include "seal/seal.h"

#include <string.h>

/* Signed with Python, seed 07 08 09 ... 26. */
#define TEXT "comity.xm/dts\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU=\n"
#define LINE                                                                                       \
    "\xe2\x80\x94 comity.xa/csb "                                                                  \
    "nIQoQwAAAABkGFDL84ItlloQIOCv7bSS3kUUh03QDAfVZDwzrpGUbtC7i1Maaoa8qqvvb9aQ+dySWBhrFJrhNx4G7E6k" \
    "PuR1s8yTCg==\n"
#define OTHER "\xe2\x80\x94 witness.example/w AAAAAAAAAAA=\n"
#define VKEY "comity.xa/csb+9c842843+BADQWh0eolE5bVV6+9RYizxtmdvrly/tEKMlYuom3Nz6"
#define VKEY_LOG "comity.xa/csb+4a490251+AQDQWh0eolE5bVV6+9RYizxtmdvrly/tEKMlYuom3Nz6"
enum { TIME = 1679315147 };

static struct ledger_vkey witness(uint8_t seed[32])
{
    struct ledger_vkey k = {.name = STR("comity.xa/csb")};
    for (uint8_t i = 0; i < 32; i++) seed[i] = (uint8_t)(7 + i);
    seal_ed25519_public(seed, k.key);
    return k;
}

static err find(struct turn *t, struct str lines, struct str text, struct ledger_cosignature *out)
{
    uint8_t seed[32];
    struct ledger_vkey k = witness(seed);
    return ledger_cosign_find(t, lines, &k, text, seal_ed25519_holds, out);
}

static void a_cosignature_is_written_as_other_tools_write_it(void **state)
{
    struct turn *t = *state;
    uint8_t seed[32];
    struct ledger_vkey k = witness(seed);
    struct ledger_cosignature c = {.time_s = TIME};
    struct str said = ledger_cosign_text(t->arena, TIME, STR(TEXT));
    assert_text(said, "cosignature/v1\ntime 1679315147\n" TEXT);
    seal_ed25519_sign(seed, str_bytes(said), c.signature);
    assert_text(ledger_cosign_line(t->arena, &k, &c), LINE);
}

static void a_cosignature_of_other_tools_is_found(void **state)
{
    struct turn *t = *state;
    struct ledger_cosignature c;
    static const char *const lines[] = {LINE, OTHER LINE, LINE OTHER, LINE LINE};
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        assert_int_equal(find(t, str_of(lines[k]), STR(TEXT), &c), ERR_OK);
        assert_int_equal(c.time_s, TIME);
    }
}

static void no_bit_of_a_cosignature_is_free(void **state)
{
    struct turn *t = *state;
    struct bytes line = bytes_dup(t->arena, str_bytes(STR(LINE)));
    uint8_t *p = arena_take(t->arena, line.n);
    for (size_t bit = 0; bit < 8 * line.n; bit++) {
        struct ledger_cosignature c = {.time_s = -1};
        memcpy(p, line.p, line.n);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        err e = find(t, (struct str){(char *)p, line.n}, STR(TEXT), &c);
        assert_true(e == ERR_REJECTED || e == ERR_INTEGRITY);
        assert_int_equal(c.time_s, -1);
        turn_forgive(t);
    }
}

static void a_cosignature_of_another_head_time_or_key_does_not_hold(void **state)
{
    struct turn *t = *state;
    struct ledger_cosignature c;
    struct str other = STR("comity.xm/dts\n6\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU=\n");
    assert_refused(t, find(t, STR(LINE), other, &c), ERR_INTEGRITY, "cosignature",
                   "C2SP tlog-cosignature", NULL);
    assert_refused(t, find(t, STR(OTHER), STR(TEXT), &c), ERR_INTEGRITY, "cosignature", NULL, NULL);
    assert_refused(t, find(t, STR(""), STR(TEXT), &c), ERR_INTEGRITY, "cosignature", NULL, NULL);
    /* The same key signs heads of its own log; such a line is no cosignature. */
    uint8_t seed[32], signature[64];
    struct ledger_vkey k = witness(seed);
    seal_ed25519_sign(seed, str_bytes(STR(TEXT)), signature);
    struct str note = ledger_note_write(t->arena, STR(TEXT), &k, signature), text, lines;
    assert_int_equal(ledger_note_part(t, note, &text, &lines), ERR_OK);
    assert_refused(t, find(t, lines, STR(TEXT), &c), ERR_INTEGRITY, "cosignature", NULL, NULL);
}

static void a_note_with_cosignatures_opens_as_before(void **state)
{
    struct turn *t = *state;
    uint8_t seed[32], signature[64];
    struct ledger_vkey k = witness(seed);
    struct ledger_cosignature c;
    struct str text, lines;
    seal_ed25519_sign(seed, str_bytes(STR(TEXT)), signature);
    struct str note = ledger_note_write(t->arena, STR(TEXT), &k, signature);
    note = str_printf(t->arena, STR_FMT LINE, STR_ARG(note));
    assert_int_equal(ledger_note_open(t, note, &k, seal_ed25519_holds, &text), ERR_OK);
    assert_int_equal(ledger_note_part(t, note, &text, &lines), ERR_OK);
    assert_text(text, TEXT);
    assert_int_equal(find(t, lines, text, &c), ERR_OK);
}

static void keys_of_witnesses_and_of_logs_do_not_stand_for_each_other(void **state)
{
    struct turn *t = *state;
    uint8_t seed[32];
    struct ledger_vkey k = witness(seed), read;
    assert_text(ledger_cosigner_text(t->arena, &k), VKEY);
    assert_text(ledger_vkey_text(t->arena, &k), VKEY_LOG);
    assert_int_equal(ledger_cosigner_read(t, STR(VKEY), &read), ERR_OK);
    assert_memory_equal(read.key, k.key, sizeof k.key);
    assert_refused(t, ledger_cosigner_read(t, STR(VKEY_LOG), &read), ERR_REJECTED, "verifier-key",
                   "C2SP signed-note", "key");
    assert_refused(t, ledger_vkey_read(t, STR(VKEY), &read), ERR_REJECTED, "verifier-key",
                   "C2SP signed-note", "key");
}

int cosign_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_cosignature_is_written_as_other_tools_write_it),
        with_turn(a_cosignature_of_other_tools_is_found),
        with_turn(no_bit_of_a_cosignature_is_free),
        with_turn(a_cosignature_of_another_head_time_or_key_does_not_hold),
        with_turn(a_note_with_cosignatures_opens_as_before),
        with_turn(keys_of_witnesses_and_of_logs_do_not_stand_for_each_other),
    };
    return cmocka_run_group_tests_name("cosign", tests, NULL, NULL);
}
