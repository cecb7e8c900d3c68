/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes in an arena.
 *
 * It doubles when full; what it outgrew stays in the arena until that ends. Taking memory cannot
 * fail, so nothing here can. It does not terminate its bytes. */

#include "base/base.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64, PRINT_FIRST = 128 };

struct buf buf_in(struct arena *a) { return (struct buf){.arena = a}; }

static uint8_t *buf_room(struct buf *b, size_t n)
{
    size_t need;
    if (__builtin_add_overflow(b->n, n, &need) || need > SIZE_MAX / 4) abort();
    if (need > b->room) {
        size_t room = b->room ? b->room : ROOM_FIRST;
        while (room < need) room *= 2;
        uint8_t *p = arena_take(b->arena, room);
        if (b->n) memcpy(p, b->p, b->n);
        b->p = p;
        b->room = room;
    }
    return b->p + b->n;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    if (n == 0) return;
    memcpy(buf_room(b, n), p, n);
    b->n += n;
}

void buf_str(struct buf *b, struct str s) { buf_put(b, s.p, s.n); }

void buf_byte(struct buf *b, uint8_t byte) { buf_put(b, &byte, 1); }

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    char *p = (char *)buf_room(b, PRINT_FIRST);
    int n = vsnprintf(p, b->room - b->n, fmt, args);
    size_t wrote = n > 0 ? (size_t)n : 0;
    if (wrote >= b->room - b->n) {
        p = (char *)buf_room(b, wrote + 1);
        vsnprintf(p, wrote + 1, fmt, again);
    }
    b->n += wrote;
    va_end(again);
    va_end(args);
}

void buf_be(struct buf *b, uint64_t value, int width)
{
    assert(width >= 1 && width <= 8);
    assert(width == 8 || value >> (8 * width) == 0);
    for (int i = width - 1; i >= 0; i--) buf_byte(b, (uint8_t)(value >> (8 * i)));
}
