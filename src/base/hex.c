/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as hexadecimal and base64 text, and back.
 *
 * One value has one spelling: upper case, missing padding, stray bits and blanks are refused, so
 * two different texts never name the same bytes. Not constant-time: not for secrets on a path that
 * a stranger can time. */

#include "base/base.h"

#include <string.h>

struct str hex(struct arena *a, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";
    char *p = arena_take_many(a, b.n, 2);
    for (size_t i = 0; i < b.n; i++) {
        p[2 * i] = digits[b.p[i] >> 4];
        p[2 * i + 1] = digits[b.p[i] & 15];
    }
    return (struct str){p, 2 * b.n};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool hex_read(struct str s, void *out, size_t n)
{
    if (s.n / 2 != n || s.n % 2) return false;
    for (size_t i = 0; i < s.n; i++)
        if (hex_digit(s.p[i]) < 0) return false;
    uint8_t *p = out;
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(hex_digit(s.p[2 * i]) * 16 + hex_digit(s.p[2 * i + 1]));
    return true;
}

bool id_read(struct str s, struct id *out) { return hex_read(s, out->b, sizeof out->b); }

bool hash_read(struct str s, struct hash *out) { return hex_read(s, out->b, sizeof out->b); }

static const char base64_digits[64 + 1] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str base64(struct arena *a, struct bytes b)
{
    size_t groups = b.n / 3 + (b.n % 3 != 0);
    char *p = arena_take_many(a, groups, 4);
    for (size_t g = 0; g < groups; g++) {
        const uint8_t *in = b.p + 3 * g;
        size_t have = b.n - 3 * g < 3 ? b.n - 3 * g : 3;
        uint32_t v = (uint32_t)in[0] << 16;
        if (have > 1) v |= (uint32_t)in[1] << 8;
        if (have > 2) v |= in[2];
        p[4 * g] = base64_digits[v >> 18];
        p[4 * g + 1] = base64_digits[v >> 12 & 63];
        p[4 * g + 2] = have > 1 ? base64_digits[v >> 6 & 63] : '=';
        p[4 * g + 3] = have > 2 ? base64_digits[v & 63] : '=';
    }
    return (struct str){p, 4 * groups};
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_read(struct arena *a, struct str s, struct bytes *out)
{
    if (s.n % 4) return false;
    size_t pad = s.n && s.p[s.n - 1] == '=' ? 1 + (s.p[s.n - 2] == '=') : 0;
    size_t n = s.n / 4 * 3 - pad;
    uint8_t *p = arena_take(a, s.n / 4 * 3);
    for (size_t g = 0; g < s.n / 4; g++) {
        uint32_t v = 0;
        size_t real = 4 * g + 4 == s.n ? 4 - pad : 4;
        for (size_t i = 0; i < 4; i++) {
            int d = i < real ? base64_digit(s.p[4 * g + i]) : 0;
            if (d < 0) return false;
            v = v << 6 | (uint32_t)d;
        }
        p[3 * g] = (uint8_t)(v >> 16);
        p[3 * g + 1] = (uint8_t)(v >> 8);
        p[3 * g + 2] = (uint8_t)v;
    }
    /* Bits that padding cuts off must be zero (RFC 4648 3.5), or two texts give one value. */
    for (size_t i = n; i < n + pad; i++)
        if (p[i]) return false;
    *out = (struct bytes){p, n};
    return true;
}

struct str base64url(struct arena *a, struct bytes b)
{
    struct str s = base64(a, b);
    char *p = arena_take(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++)
        p[n++] = s.p[i] == '+' ? '-' : s.p[i] == '/' ? '_' : s.p[i];
    return (struct str){p, n};
}

bool base64url_read(struct arena *a, struct str s, struct bytes *out)
{
    char *p = arena_take(a, s.n + 4);
    size_t n = 0;
    if (s.n % 4 == 1) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+' || c == '/' || c == '=') return false;
        p[n++] = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    while (n % 4) p[n++] = '=';
    return base64_read(a, (struct str){p, n}, out);
}
