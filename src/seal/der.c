/* SPDX-License-Identifier: Apache-2.0 */
/* DER (X.690): writing it, and a cursor that reads what the writer writes and nothing else.
 *
 * Why not libcrypto's: its messages and certificates have places that a reader of its interface
 * cannot see (versions, unused parameters), so a bit altered there would stay unnoticed, and it
 * decodes with far more than our one profile needs. Nothing here knows a message or a certificate.
 */

#include "seal/inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 5 }; /* a tag, and a length below 2^24 or so: see seal_der_take */

static size_t head_put(uint8_t to[HEAD_MAX], uint8_t tag, size_t n)
{
    assert(n <= 0xffffff);
    to[0] = tag;
    if (n < 0x80) {
        to[1] = (uint8_t)n;
        return 2;
    }
    size_t width = n > 0xffff ? 3 : n > 0xff ? 2 : 1;
    to[1] = (uint8_t)(0x80 | width);
    for (size_t i = 0; i < width; i++) to[2 + i] = (uint8_t)(n >> 8 * (width - 1 - i));
    return 2 + width;
}

struct bytes seal_der_head(struct arena *a, uint8_t tag, size_t n)
{
    uint8_t *p = arena_take(a, HEAD_MAX);
    return (struct bytes){p, head_put(p, tag, n)};
}

struct bytes seal_der(struct arena *a, uint8_t tag, const struct bytes *parts, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) total += parts[i].n;
    uint8_t *p = arena_take(a, HEAD_MAX + total);
    size_t at = head_put(p, tag, total);
    for (size_t i = 0; i < n; at += parts[i++].n)
        if (parts[i].n) memcpy(p + at, parts[i].p, parts[i].n);
    return (struct bytes){p, at};
}

struct bytes seal_join(struct arena *a, const struct bytes *parts, size_t n)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < n; i++) total += parts[i].n;
    uint8_t *p = arena_take(a, total);
    for (size_t i = 0; i < n; at += parts[i++].n)
        if (parts[i].n) memcpy(p + at, parts[i].p, parts[i].n);
    return (struct bytes){p, total};
}

struct bytes seal_der_time(struct arena *a, int64_t ms)
{
    /* "2026-11-24T03:07:14Z", of which the digits are wanted. */
    struct str s = time_text(a, ms);
    assert(s.n >= 20);
    static const uint8_t digits[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
    uint8_t text[sizeof digits + 1];
    for (size_t i = 0; i < sizeof digits; i++) text[i] = (uint8_t)s.p[digits[i]];
    text[sizeof digits] = 'Z';
    struct bytes whole = {text, sizeof text};
    if (str_cmp((struct str){s.p, 4}, STR("2050")) >= 0) return DER(a, DER_TIME, whole);
    struct bytes short_year = {text + 2, sizeof text - 2};
    return DER(a, DER_UTC, short_year);
}

int seal_der_cmp(struct bytes a, struct bytes b) { return str_cmp(bytes_str(a), bytes_str(b)); }

static int cmp(const void *a, const void *b)
{
    return seal_der_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

void seal_der_sort(struct bytes *values, size_t n)
{
    if (n) qsort(values, n, sizeof *values, cmp);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct der seal_der_of(struct bytes b) { return (struct der){b.p, b.n, false}; }

uint8_t seal_der_peek(const struct der *d) { return d->bad || d->n == 0 ? 0 : d->p[0]; }

static struct bytes spoil(struct der *d)
{
    d->bad = true;
    return (struct bytes){d->p, 0};
}

/* Where the content of the next value starts, and how long it is; false when there is none of this
 * tag whose length is spelled in the one way DER has. */
static bool head_read(const struct der *d, uint8_t tag, size_t *at, size_t *n)
{
    if (d->bad || d->n < 2 || d->p[0] != tag) return false;
    *at = 2;
    *n = d->p[1];
    if (*n >= 0x80) {
        size_t width = *n & 0x7f;
        if (width < 1 || width > 3 || d->n < 2 + width) return false;
        *at = 2 + width;
        *n = 0;
        for (size_t i = 0; i < width; i++) *n = *n << 8 | d->p[2 + i];
        if (*n < 0x80 || (width > 1 && *n >> 8 * (width - 1) == 0)) return false;
    }
    return *n <= d->n - *at;
}

struct bytes seal_der_take(struct der *d, uint8_t tag)
{
    size_t at, n;
    if (!head_read(d, tag, &at, &n)) return spoil(d);
    struct bytes content = {d->p + at, n};
    d->p += at + n;
    d->n -= at + n;
    return content;
}

struct bytes seal_der_whole(struct der *d, uint8_t tag)
{
    const uint8_t *from = d->p;
    struct bytes content = seal_der_take(d, tag);
    return d->bad ? content : (struct bytes){from, (size_t)(content.p - from) + content.n};
}

struct der seal_der_enter(struct der *d, uint8_t tag)
{
    struct der inner = seal_der_of(seal_der_take(d, tag));
    inner.bad = d->bad;
    return inner;
}

void seal_der_leave(struct der *d, const struct der *inner)
{
    if (inner->bad || inner->n) d->bad = true;
}

void seal_der_expect(struct der *d, struct bytes exact)
{
    if (d->bad || d->n < exact.n || memcmp(d->p, exact.p, exact.n) != 0) {
        spoil(d);
        return;
    }
    d->p += exact.n;
    d->n -= exact.n;
}

struct bytes seal_der_serial(struct der *d)
{
    enum { SERIAL_MAX = 20 }; /* RFC 5280 4.1.2.2 */
    struct der ahead = *d;
    struct bytes whole = seal_der_whole(d, DER_INT);
    struct bytes b = seal_der_take(&ahead, DER_INT);
    bool good = !ahead.bad && b.n >= 1 && b.n <= SERIAL_MAX && b.p[0] < 0x80 &&
                (b.p[0] != 0 || (b.n > 1 && b.p[1] >= 0x80));
    return good ? whole : spoil(d);
}

int64_t seal_der_take_time(struct arena *a, struct der *d)
{
    bool is_long = seal_der_peek(d) == DER_TIME;
    struct der ahead = *d;
    struct bytes whole = seal_der_whole(&ahead, is_long ? DER_TIME : DER_UTC);
    struct bytes s = seal_der_take(d, is_long ? DER_TIME : DER_UTC);
    size_t year = is_long ? 4 : 2;
    if (d->bad || s.n != year + 11 || s.p[s.n - 1] != 'Z') {
        spoil(d);
        return 0;
    }
    /* "2026-11-24T03:07:14Z", where the digits of the moment go. */
    char text[] = "20yy-mm-ddThh:mm:ssZ";
    static const uint8_t places[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
    size_t first = is_long ? 0 : 2;
    for (size_t k = 0; k + first < sizeof places; k++) text[places[k + first]] = (char)s.p[k];
    if (!is_long && s.p[0] >= '5') memcpy(text, "19", 2);
    int64_t ms;
    if (!time_read(str_of(text), &ms) || !bytes_eq(seal_der_time(a, ms), whole)) {
        spoil(d);
        return 0;
    }
    return ms;
}
