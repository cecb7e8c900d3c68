/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/note.c: a note made elsewhere, every bit of it turned, and notes by others.
 */

#include "ledger_test.h"

#include "seal/seal.h"

#include <string.h>

/* Signed with Python, seed 00 01 02 ... 1f. */
#define TEXT "comity.xm/dts\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU=\n"
#define LINE                                                                                       \
    "\xe2\x80\x94 comity.xm/dts QOpyzobtKncIZg39yzYC63e0ACoJzwONc6vwEjRTEPPgIG5llg1DZiKxwKVX0UBU8" \
    "FLGIcKhcYTKag8WtW9rROf5Nw8=\n"
#define OTHER "\xe2\x80\x94 witness.example/w AAAAAAAAAAA=\n"

struct signer {
    uint8_t seed[32];
    struct ledger_vkey k;
};

static struct signer signer_of(uint8_t first, const char *name)
{
    struct signer s = {.k.name = str_of(name)};
    for (uint8_t i = 0; i < 32; i++) s.seed[i] = (uint8_t)(first + i);
    seal_ed25519_public(s.seed, s.k.key);
    return s;
}

static struct str sign(struct arena *a, const struct signer *s, struct str text)
{
    uint8_t signature[64];
    seal_ed25519_sign(s->seed, str_bytes(text), signature);
    return ledger_note_write(a, text, &s->k, signature);
}

static err open(struct turn *t, const struct signer *s, struct str note, struct str *out)
{
    return ledger_note_open(t, note, &s->k, seal_ed25519_holds, out);
}

static void a_note_is_written_as_other_tools_write_it(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    assert_text(sign(t->arena, &s, STR(TEXT)), TEXT "\n" LINE);
}

static void a_note_of_other_tools_opens(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str text;
    assert_int_equal(open(t, &s, STR(TEXT "\n" LINE), &text), ERR_OK);
    assert_text(text, TEXT);
}

static void no_bit_of_a_note_is_free(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct bytes note = bytes_dup(t->arena, str_bytes(STR(TEXT "\n" LINE)));
    uint8_t *p = arena_take(t->arena, note.n);
    for (size_t bit = 0; bit < 8 * note.n; bit++) {
        struct str text = STR("same");
        memcpy(p, note.p, note.n);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        err e = open(t, &s, (struct str){(char *)p, note.n}, &text);
        assert_true(e == ERR_REJECTED || e == ERR_INTEGRITY);
        assert_text(text, "same");
        turn_forgive(t);
    }
}

static void a_note_that_was_cut_short_is_refused(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str note = STR(TEXT "\n" LINE), text;
    while (note.n) {
        note.n--;
        assert_refused(t, open(t, &s, note, &text), ERR_REJECTED, "note", "C2SP signed-note", NULL);
    }
}

static void lines_by_others_do_not_matter(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts"), w = signer_of(7, "witness.example/w");
    struct str by_w = sign(t->arena, &w, STR(TEXT)), text;
    struct str line_w = {by_w.p + sizeof TEXT, by_w.n - sizeof TEXT};
    struct str note = str_printf(t->arena, TEXT "\n" LINE STR_FMT, STR_ARG(line_w));
    assert_int_equal(open(t, &s, note, &text), ERR_OK);
    assert_int_equal(open(t, &w, note, &text), ERR_OK);
    assert_int_equal(open(t, &s, STR(TEXT "\n" OTHER LINE), &text), ERR_OK);
    assert_int_equal(open(t, &s, STR(TEXT "\n" LINE OTHER), &text), ERR_OK);
    assert_int_equal(open(t, &s, STR(TEXT "\n" OTHER LINE OTHER), &text), ERR_OK);
}

static void a_note_without_our_line_is_not_believed(void **state)
{
    struct turn *t = *state;
    struct signer by_name = signer_of(7, "comity.xm/dts"), by_key = signer_of(0, "comity.xm/tds");
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str text = STR("same");
    const struct str notes[] = {STR(TEXT "\n" OTHER), sign(t->arena, &by_name, STR(TEXT)),
                                sign(t->arena, &by_key, STR(TEXT))};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        err e = open(t, &s, notes[i], &text);
        assert_refused(t, e, ERR_INTEGRITY, "note-signature", "C2SP signed-note", NULL);
        assert_text(text, "same");
    }
}

static void a_signature_over_another_text_does_not_hold(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str text;
    static const char *const texts[] = {"other\n", "\n" TEXT, TEXT TEXT, "x\n\n" TEXT};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str note = str_printf(t->arena, "%s\n%s", texts[i], LINE);
        err e = open(t, &s, note, &text);
        assert_refused(t, e, ERR_INTEGRITY, "note-signature", "C2SP signed-note", NULL);
    }
}

static void one_bad_line_by_our_key_spoils_the_note(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str bad = sign(t->arena, &s, STR("other\n")), text;
    struct str line = {bad.p + sizeof "other\n", bad.n - sizeof "other\n"};
    const struct str notes[] = {
        str_printf(t->arena, TEXT "\n" LINE STR_FMT, STR_ARG(line)),
        str_printf(t->arena, TEXT "\n" STR_FMT LINE, STR_ARG(line)),
        /* Our name and id, and a signature that is too short. */
        STR(TEXT "\n" LINE "\xe2\x80\x94 comity.xm/dts QOpyzobt\n"),
    };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        err e = open(t, &s, notes[i], &text);
        assert_refused(t, e, ERR_INTEGRITY, "note-signature", "C2SP signed-note", NULL);
    }
    assert_int_equal(open(t, &s, STR(TEXT "\n" LINE LINE), &text), ERR_OK);
}

static void a_text_may_have_empty_lines(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    static const char *const texts[] = {"\n", "\n\n", "one\n\ntwo\n", "one\n\n", TEXT "\n" LINE};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str text;
        assert_int_equal(open(t, &s, sign(t->arena, &s, str_of(texts[i])), &text), ERR_OK);
        assert_text(text, texts[i]);
    }
}

static void a_malformed_note_is_refused(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str text = STR("same");
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        TEXT,
        TEXT "\n",
        TEXT LINE,
        TEXT "\n\n",
        TEXT "\n" LINE "\n",
        TEXT "\n" LINE "trailing\n",
        TEXT "\n" LINE "trailing",
        TEXT "\n" LINE "\xe2\x80\x94 \n",
        TEXT "\n" LINE "\xe2\x80\x94 witness\n",
        TEXT "\n" LINE "\xe2\x80\x94 witness \n",
        TEXT "\n" LINE "\xe2\x80\x94 witness AAAAAA==\n",
        TEXT "\n" LINE "\xe2\x80\x94 witness AAAAAAA\n",
        TEXT "\n" LINE "\xe2\x80\x94 witness  AAAAAAAA\n",
        TEXT "\n" LINE "\xe2\x80\x94 witness AAAAAAAA \n",
        TEXT "\n" LINE "\xe2\x80\x94 wit+ness AAAAAAAA\n",
        TEXT "\n" LINE "\xe2\x80\x94 wit\xc2\xa0ness AAAAAAAA\n",
        TEXT "\n" LINE "\xe2\x80\x94  AAAAAAAA\n",
        TEXT "\n" LINE "-- witness AAAAAAAA\n",
        TEXT "\n" LINE "\xe2\x80\x93 witness AAAAAAAA\n",
        "a\tb\n\n" LINE,
        "a\rb\n\n" LINE,
        "a\xff\n\n" LINE,
        TEXT "\r\n" LINE,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err e = open(t, &s, str_of(bad[i]), &text);
        assert_refused(t, e, ERR_REJECTED, "note", "C2SP signed-note", NULL);
        assert_text(text, "same");
    }
    err e = open(t, &s, STR("a\0b\n\n" LINE), &text);
    assert_refused(t, e, ERR_REJECTED, "note", "C2SP signed-note", NULL);
}

static void as_many_signatures_as_the_limit_and_no_more_are_read(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct buf b = buf_in(t->arena);
    struct str text;
    buf_str(&b, STR(TEXT "\n"));
    for (int i = 1; i < LEDGER_SIGNATURES_MAX; i++) buf_str(&b, STR(OTHER));
    buf_str(&b, STR(LINE));
    assert_int_equal(open(t, &s, buf_as_str(&b), &text), ERR_OK);
    buf_str(&b, STR(OTHER));
    err e = open(t, &s, buf_as_str(&b), &text);
    assert_refused(t, e, ERR_REJECTED, "note", "C2SP signed-note", NULL);
}

static void a_note_beyond_the_limit_is_not_read(void **state)
{
    struct turn *t = *state;
    struct signer s = signer_of(0, "comity.xm/dts");
    struct str empty = sign(t->arena, &s, STR("\n")), text;
    struct buf b = buf_in(t->arena);
    for (size_t i = empty.n; i < LEDGER_NOTE_MAX; i++) buf_byte(&b, 'x');
    buf_byte(&b, '\n');
    struct str full = sign(t->arena, &s, buf_as_str(&b));
    assert_int_equal(full.n, LEDGER_NOTE_MAX);
    assert_int_equal(open(t, &s, full, &text), ERR_OK);
    buf_byte(&b, '\n');
    full = sign(t->arena, &s, buf_as_str(&b));
    assert_refused(t, open(t, &s, full, &text), ERR_TOO_LARGE, "note", NULL, NULL);
}

int note_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_note_is_written_as_other_tools_write_it),
        with_turn(a_note_of_other_tools_opens),
        with_turn(no_bit_of_a_note_is_free),
        with_turn(a_note_that_was_cut_short_is_refused),
        with_turn(lines_by_others_do_not_matter),
        with_turn(a_note_without_our_line_is_not_believed),
        with_turn(a_signature_over_another_text_does_not_hold),
        with_turn(one_bad_line_by_our_key_spoils_the_note),
        with_turn(a_text_may_have_empty_lines),
        with_turn(a_malformed_note_is_refused),
        with_turn(as_many_signatures_as_the_limit_and_no_more_are_read),
        with_turn(a_note_beyond_the_limit_is_not_read),
    };
    return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
