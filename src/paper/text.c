/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in a printed text.
 *
 * A page that is signed must read as it is written: no letter may be invisible, and none may turn
 * the order of others about. Such letters are not dropped, because what is dropped cannot be seen
 * to be missing; they are printed by their number. Ordinary right-to-left text needs none of them.
 */

#include "paper/inner.h"

#include <string.h>

bool paper_lang_turns(struct str lang)
{
    static const char *const list[] = {"ar", "fa", "he", "ur", "ps", "yi", "dv", "ug", "ckb"};
    struct str head, rest;
    str_split(lang, '-', &head, &rest);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (str_is(head, list[i])) return true;
    }
    return false;
}

bool paper_lang_is_tag(struct str lang)
{
    if (lang.n < 2 || lang.n > 35) return false;
    for (size_t i = 0, run = 0; i < lang.n; i++) {
        char c = lang.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        run = c == '-' ? 0 : run + 1;
        if (c == '-' && (i == 0 || i == lang.n - 1 || lang.p[i - 1] == '-')) return false;
        if ((!letter && !digit && c != '-') || run > 8) return false;
    }
    return true;
}

uint32_t paper_char_next(struct str *s)
{
    const uint8_t *p = (const uint8_t *)s->p;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n && i < s->n; i++) c = c << 6 | (p[i] & 0x3f);
    if (n > s->n) n = s->n;
    s->p += n;
    s->n -= n;
    return c;
}

/* Letters that show nothing or move others: Unicode's Default_Ignorable_Code_Point and Bidi_Control
 * without the joiners (U+200C, U+200D) and the marks (U+061C, U+200E, U+200F), which some
 * languages are written with. */
static bool is_hidden(uint32_t c)
{
    static const uint32_t range[][2] = {
        {0x00ad, 0x00ad},   {0x034f, 0x034f}, {0x115f, 0x1160},   {0x17b4, 0x17b5},
        {0x180b, 0x180f},   {0x200b, 0x200b}, {0x202a, 0x202e},   {0x2060, 0x206f},
        {0x3164, 0x3164},   {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb},   {0xfffe, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        if (c >= range[i][0] && c <= range[i][1]) return true;
    }
    return false;
}

static bool is_control(uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

err paper_text_clean(struct turn *t, struct str where, struct str in, struct str *out)
{
    if (in.n > PAPER_TEXT_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "paper-text", NULL, where,
                            "The text has %zu bytes, and at most %d are printed in one place.",
                            in.n, PAPER_TEXT_MAX);
    struct buf b = buf_in(t->arena);
    while (in.n) {
        struct str letter = in;
        uint32_t c = paper_char_next(&in);
        letter.n -= in.n;
        if (c == '\r' && in.n && *in.p == '\n') continue; /* as forms send line ends */
        if (c == '\t') {
            buf_byte(&b, ' ');
        } else if (c == 0x2028 || c == 0x2029 || c == '\n') {
            buf_byte(&b, '\n');
        } else if (is_control(c)) {
            return turn_fail_at(t, ERR_REJECTED, "paper-control", NULL, where,
                                "The text holds the control character U+%04X, which cannot be "
                                "printed. Take it out and print again.",
                                (unsigned)c);
        } else if (is_hidden(c)) {
            buf_printf(&b, "<U+%04X>", (unsigned)c);
        } else {
            buf_str(&b, letter);
        }
    }
    *out = buf_as_str(&b);
    return ERR_OK;
}
