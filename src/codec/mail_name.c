/* SPDX-License-Identifier: Apache-2.0 */
/* Names and lines that somebody else chose, made fit to be shown.
 *
 * "invoice<U+202E>fdp.exe" is shown by a careless program as "invoiceexe.pdf", and a file named
 * "../../.ssh/key" goes where its name says. What is kept of such names cannot do either. */

#include "codec/mail_inner.h"

#include <string.h>

/* The next character of well-formed UTF-8. */
static uint32_t char_next(struct str *s)
{
    const uint8_t *p = (const uint8_t *)s->p;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3f);
    s->p += n;
    s->n -= n;
    return c;
}

/* Control characters, and what shows nothing or turns text about. Joiners that some languages are
 * written with stay. */
static bool is_trick(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x200b ||
           (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
           (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c <= 0xe0fff);
}

/* Cuts at a whole character. */
static struct str fit(struct str s, size_t max, bool *cut)
{
    if (s.n <= max) return s;
    if (cut) *cut = true;
    while (max && ((uint8_t)s.p[max] & 0xc0) == 0x80) max--;
    s.n = max;
    return s;
}

struct str mail_utf8(struct arena *a, struct str s)
{
    if (str_is_utf8(s)) return s;
    struct buf b = buf_in(a);
    while (s.n) {
        size_t n = 1;
        while (n < 4 && n < s.n && !str_is_utf8((struct str){s.p, n})) n++;
        struct str one = {s.p, n};
        bool good = str_is_utf8(one);
        if (!good) one.n = 1;
        if (good)
            buf_str(&b, one);
        else
            buf_str(&b, STR("\xef\xbf\xbd"));
        s.p += one.n;
        s.n -= one.n;
    }
    return buf_as_str(&b);
}

struct str mail_line(struct arena *a, struct str s, bool *cut)
{
    struct buf b = buf_in(a);
    s = fit(mail_utf8(a, s), MAIL_LINE_MAX, cut);
    while (s.n) {
        struct str one = s;
        uint32_t c = char_next(&s);
        one.n -= s.n;
        if (c == '\t' || c == '\n' || c == '\r')
            buf_byte(&b, ' ');
        else if (is_trick(c))
            buf_str(&b, STR("\xef\xbf\xbd"));
        else
            buf_str(&b, one);
    }
    return str_trim(buf_as_str(&b));
}

struct str mail_text(struct arena *a, struct str s, bool *cut)
{
    struct buf b = buf_in(a);
    s = fit(mail_utf8(a, s), MAIL_BODY_MAX, cut);
    while (s.n) {
        struct str one = s;
        uint32_t c = char_next(&s);
        one.n -= s.n;
        if (c == '\r') continue;
        if (is_trick(c) && c != '\n' && c != '\t')
            buf_str(&b, STR("\xef\xbf\xbd"));
        else
            buf_str(&b, one);
    }
    return buf_as_str(&b);
}

/* Shortens a name and keeps its ending, by which people judge it. */
static struct str name_fit(struct arena *a, struct str s)
{
    if (s.n <= MAIL_NAME_MAX) return s;
    size_t dot = s.n;
    while (dot && s.n - dot < 16 && s.p[dot - 1] != '.') dot--;
    struct str end = {s.p + dot, s.n - dot};
    if (!dot || s.p[dot - 1] != '.' || !end.n) return fit(s, MAIL_NAME_MAX, NULL);
    struct str head = fit(s, MAIL_NAME_MAX - end.n - 1, NULL);
    return str_printf(a, STR_FMT "." STR_FMT, STR_ARG(head), STR_ARG(end));
}

struct str mail_name_safe(struct arena *a, struct str name)
{
    struct buf b = buf_in(a);
    struct str s = mail_utf8(a, name);
    while (s.n) {
        struct str one = s;
        uint32_t c = char_next(&s);
        one.n -= s.n;
        if (c == '/' || c == '\\')
            b.n = 0; /* only the last step counts */
        else if (is_trick(c) || (c < 0x80 && strchr(":*?\"<>|%", (int)c)))
            buf_byte(&b, '_');
        else
            buf_str(&b, one);
    }
    struct str got = str_trim(buf_as_str(&b));
    while (got.n && (got.p[got.n - 1] == '.' || got.p[got.n - 1] == ' ')) got.n--;
    if (got.n && got.p[0] == '.') got = str_printf(a, "_" STR_FMT, STR_ARG(got));
    return got.n ? name_fit(a, got) : STR("file");
}

bool mail_is_address(struct str address)
{
    struct str local, domain;
    if (address.n > MAIL_ADDRESS_MAX || !str_split(address, '@', &local, &domain)) return false;
    if (!local.n || local.n > 64 || !domain.n || local.p[0] == '.' || local.p[local.n - 1] == '.' ||
        domain.p[0] == '.' || domain.p[0] == '-' || domain.p[domain.n - 1] == '.')
        return false;
    for (size_t i = 0; i < address.n; i++) {
        char c = address.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '-';
        bool in_local = i < local.n && c && strchr("!#$%&'*+/=?^_`{|}~", c);
        if (!plain && !in_local && i != local.n) return false;
        if (c == '.' && i && address.p[i - 1] == '.') return false;
    }
    return true;
}
