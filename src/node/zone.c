/* SPDX-License-Identifier: Apache-2.0 */
/* A time zone's offset from its TZif file, as Debian's tzdata brings it: the 64-bit block of RFC
 * 8536, whose transitions reach to 2037. What comes after the last of them stays at its offset; the
 * rule in the file's footer is not read. */

#include "node/internal.h"

#include <string.h>

enum { HEAD = 44, MAGIC = 4, COUNTS = 20 };

struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
};

static err refuse(struct turn *t, const char *clause)
{
    return turn_fail(t, ERR_REJECTED, "zone-file", clause, "This is no file of a time zone.");
}

static uint64_t big(const uint8_t *p, int n)
{
    uint64_t v = 0;
    for (int k = 0; k < n; k++) v = v << 8 | p[k];
    return v;
}

static bool head_read(struct bytes b, size_t at, struct counts *out)
{
    if (at > b.n || b.n - at < HEAD || memcmp(b.p + at, "TZif", MAGIC) != 0) return false;
    const uint8_t *p = b.p + at + COUNTS;
    *out = (struct counts){(uint32_t)big(p, 4),      (uint32_t)big(p + 4, 4),
                           (uint32_t)big(p + 8, 4),  (uint32_t)big(p + 12, 4),
                           (uint32_t)big(p + 16, 4), (uint32_t)big(p + 20, 4)};
    uint32_t most = 1 << 16;
    return out->isut < most && out->isstd < most && out->leap < most && out->time < most &&
           out->type > 0 && out->type < most && out->chars < most;
}

static size_t size_of(const struct counts *c, size_t time_size)
{
    return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
           c->isstd + c->isut;
}

err node_zone_offset(struct turn *t, struct bytes tzif, int64_t at_ms, int32_t *minutes_out)
{
    struct counts first, c;
    if (!head_read(tzif, 0, &first)) return refuse(t, "RFC 8536 3.1");
    if (tzif.p[MAGIC] < '2') return refuse(t, "RFC 8536 3.1");
    size_t at = HEAD + size_of(&first, 4);
    if (!head_read(tzif, at, &c)) return refuse(t, "RFC 8536 3.1");
    at += HEAD;
    if (tzif.n - at < size_of(&c, 8)) return refuse(t, "RFC 8536 3.2");
    const uint8_t *times = tzif.p + at, *kinds = times + c.time * 8, *types = kinds + c.time;
    uint8_t type = 0;
    int64_t at_s = at_ms / 1000;
    for (uint32_t k = 0; k < c.time && (int64_t)big(times + k * 8, 8) <= at_s; k++) type = kinds[k];
    if (type >= c.type) return refuse(t, "RFC 8536 3.2");
    int32_t offset_s = (int32_t)(uint32_t)big(types + type * 6, 4);
    if (offset_s < -86400 || offset_s > 86400) return refuse(t, "RFC 8536 3.2");
    *minutes_out = offset_s / 60;
    return ERR_OK;
}
