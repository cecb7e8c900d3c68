/* SPDX-License-Identifier: Apache-2.0 */
/* Text and bytes with a length: compare, cut, copy, format, check.
 *
 * Nothing here depends on the locale. Text is compared by bytes; folding and plurals belong to
 * `codec`. The empty text may have a null pointer, and is never handed to memcmp or memcpy. */

#include "base/base.h"

#include <stdarg.h>
#include <string.h>

struct str str_of(const char *c) { return c ? (struct str){c, strlen(c)} : (struct str){NULL, 0}; }

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *c) { return str_eq(a, str_of(c)); }

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix)
{
    struct str p = str_of(prefix);
    return s.n >= p.n && str_eq((struct str){s.p, p.n}, p);
}

bool str_ends(struct str s, const char *suffix)
{
    struct str x = str_of(suffix);
    return x.n == 0 || (s.n >= x.n && str_eq((struct str){s.p + (s.n - x.n), x.n}, x));
}

bool str_split(struct str s, char sep, struct str *head, struct str *rest)
{
    const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;
    *head = at ? (struct str){s.p, (size_t)(at - s.p)} : s;
    *rest = at ? (struct str){at + 1, s.n - head->n - 1} : (struct str){NULL, 0};
    return at != NULL;
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct str str_trim(struct str s)
{
    while (s.n && is_blank(s.p[0])) s.p++, s.n--;
    while (s.n && is_blank(s.p[s.n - 1])) s.n--;
    return s;
}

struct str str_dup(struct arena *a, struct str s) { return bytes_str(bytes_dup(a, str_bytes(s))); }

const char *str_c(struct arena *a, struct str s)
{
    char *c = arena_take(a, s.n + 1);
    if (s.n) memcpy(c, s.p, s.n);
    return c;
}

struct str str_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    size_t room = n > 0 ? (size_t)n + 1 : 1;
    char *p = arena_take(a, room);
    if (n > 0) vsnprintf(p, room, fmt, again);
    va_end(again);
    va_end(args);
    return (struct str){p, room - 1};
}

bool str_to_int(struct str s, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    if (minus) s.p++, s.n--;
    if (s.n == 0 || (s.p[0] == '0' && (s.n > 1 || minus))) return false;
    int64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        int digit = s.p[i] - '0';
        /* Counted downwards, because the range has one more value below zero than above. */
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v)) return false;
    }
    if (!minus && v == INT64_MIN) return false;
    *out = minus ? v : -v;
    return true;
}

/* The length of the well-formed sequence at `p`, 0 where there is none (RFC 3629, section 4). */
static size_t utf8_sequence(const uint8_t *p, size_t n)
{
    if (p[0] < 0x80) return p[0] != 0;
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n < len) return 0;
    /* The second byte rules out long forms, surrogates and what lies beyond U+10FFFF. */
    uint8_t low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    uint8_t high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return len;
}

bool str_is_utf8(struct str s)
{
    for (size_t i = 0, len; i < s.n; i += len) {
        len = utf8_sequence((const uint8_t *)s.p + i, s.n - i);
        if (len == 0) return false;
    }
    return true;
}

/* The controls that turn text around (UAX 9): U+061C, U+200E, U+200F, U+202A to U+202E and U+2066
 * to U+2069. With them a line can be shown in another order than a program reads it. */
static bool turns_around(const uint8_t *p, size_t len)
{
    if (len == 2) return p[0] == 0xd8 && p[1] == 0x9c;
    if (len != 3 || p[0] != 0xe2) return false;
    if (p[1] == 0x80) return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae);
    return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

/* The length of the character at the front, and whether it is text that shows what it is. */
static size_t character(const char *front, size_t n, bool *plain_out)
{
    const uint8_t *p = (const uint8_t *)front;
    size_t len = utf8_sequence(p, n);
    /* U+0080 to U+009F are controls too, and some terminals obey them. */
    bool control = p[0] < 0x20 || p[0] == 0x7f || (len == 2 && p[0] == 0xc2 && p[1] < 0xa0);
    *plain_out = len > 0 && !control && !turns_around(p, len);
    return len ? len : 1;
}

bool str_is_plain(struct str s)
{
    bool plain = true;
    for (size_t i = 0; plain && i < s.n;) i += character(s.p + i, s.n - i, &plain);
    return plain;
}

struct str str_printable(struct arena *a, struct str s)
{
    char *p = arena_take(a, s.n + 1);
    for (size_t i = 0; i < s.n;) {
        bool plain;
        size_t step = character(s.p + i, s.n - i, &plain);
        if (plain)
            memcpy(p + i, s.p + i, step);
        else
            memset(p + i, '?', step);
        i += step;
    }
    return (struct str){p, s.n};
}

/* What prints nothing, by the Unicode Character Database 15: White_Space, Cc,
 * Default_Ignorable_Code_Point, and the empty pattern of Braille. */
static const struct {
    uint32_t from, to;
} unseen[] = {
    {0x00, 0x20},       {0x7f, 0xa0},       {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},
    {0x115f, 0x1160},   {0x1680, 0x1680},   {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f},
    {0x2028, 0x202f},   {0x205f, 0x206f},   {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfff8}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* The code point at the front; a byte that is no UTF-8 stands for U+FFFD. */
static uint32_t code_point(struct str s, size_t *len_out)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t len = utf8_sequence(p, s.n);
    *len_out = len ? len : 1;
    if (p[0] < 0x80) return p[0];
    if (len == 0) return 0xfffd;
    uint32_t c = p[0] & (0xff >> (len + 1));
    for (size_t i = 1; i < len; i++) c = c << 6 | (p[i] & 0x3f);
    return c;
}

static bool is_unseen(uint32_t c)
{
    size_t i = 0, n = sizeof unseen / sizeof *unseen;
    while (i < n && c > unseen[i].to) i++;
    return i < n && c >= unseen[i].from;
}

bool str_is_blank(struct str s)
{
    for (size_t len; s.n; s.p += len, s.n -= len)
        if (!is_unseen(code_point(s, &len))) return false;
    return true;
}

/* Embeddings, overrides and isolates turn a whole line about. The marks of one character's
 * direction (U+061C, U+200E, U+200F) do not, and Arabic is written with them. */
bool str_misleads(struct str s)
{
    for (size_t len = 1; s.n; s.p += len, s.n -= len) {
        uint8_t first = (uint8_t)s.p[0];
        len = 1;
        if (first >= 0x20 && first != 0x7f && first != 0xe2) continue; /* nothing of it below */
        uint32_t c = code_point(s, &len);
        bool line = c == '\t' || c == '\n' || c == '\r';
        if ((c < 0x20 && !line) || c == 0x7f || (c >= 0x202a && c <= 0x202e) ||
            (c >= 0x2066 && c <= 0x2069))
            return true;
    }
    return false;
}

bool bytes_eq(struct bytes a, struct bytes b) { return str_eq(bytes_str(a), bytes_str(b)); }

struct bytes bytes_dup(struct arena *a, struct bytes b)
{
    uint8_t *p = arena_take(a, b.n);
    if (b.n) memcpy(p, b.p, b.n);
    return (struct bytes){p, b.n};
}

bool id_eq(const struct id *a, const struct id *b) { return memcmp(a->b, b->b, sizeof a->b) == 0; }

bool hash_eq(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}
