/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and making length-prefixed messages.
 *
 * The reader says where the next bytes go, so that it never holds bytes of a following message and
 * the caller needs no buffer of its own. Memory follows what arrived, not what was announced: a
 * stranger who announces much and sends nothing costs one small block. It does no reading itself.
 */

#include "net/frame.h"

#include <assert.h>
#include <string.h>

enum { ROOM_FIRST = 4096 };

void frame_start(struct frame *f, struct arena *a, size_t max)
{
    *f = (struct frame){.arena = a, .max = max};
}

void *frame_space(struct frame *f, size_t *n_out)
{
    if (f->head_n < FRAME_HEAD) {
        *n_out = FRAME_HEAD - f->head_n;
        return f->head + f->head_n;
    }
    if (f->n == f->room) {
        size_t room = f->room ? f->room * 2 : ROOM_FIRST;
        if (room > f->want) room = f->want;
        uint8_t *p = arena_take(f->arena, room);
        if (f->n) memcpy(p, f->p, f->n);
        f->p = p;
        f->room = room;
    }
    *n_out = f->room - f->n;
    return f->p + f->n;
}

enum frame_is frame_took(struct frame *f, size_t n)
{
    if (f->head_n < FRAME_HEAD) {
        assert(n <= FRAME_HEAD - f->head_n);
        f->head_n += n;
        if (f->head_n < FRAME_HEAD) return FRAME_PART;
        for (int i = 0; i < FRAME_HEAD; i++) f->want = f->want << 8 | f->head[i];
        if (f->want > f->max) return FRAME_TOO_LONG;
    } else {
        assert(n <= f->room - f->n);
        f->n += n;
    }
    return f->n == f->want ? FRAME_WHOLE : FRAME_PART;
}

struct bytes frame_make(struct arena *a, struct bytes message)
{
    assert(message.n <= UINT32_MAX);
    uint8_t *p = arena_take(a, FRAME_HEAD + message.n);
    for (int i = 0; i < FRAME_HEAD; i++) p[i] = (uint8_t)(message.n >> (8 * (FRAME_HEAD - 1 - i)));
    if (message.n) memcpy(p + FRAME_HEAD, message.p, message.n);
    return (struct bytes){p, FRAME_HEAD + message.n};
}
