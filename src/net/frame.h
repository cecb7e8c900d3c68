/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_FRAME_H
#define COMITY_NET_FRAME_H
/* Messages on a stream: 4 bytes of length, big-endian, then the message. */

#include "base/base.h"

enum { FRAME_HEAD = 4 };
enum frame_is { FRAME_PART, FRAME_WHOLE, FRAME_TOO_LONG };

/* A message on its way in. */
struct frame {
    struct arena *arena;
    size_t max;
    uint8_t head[FRAME_HEAD];
    size_t head_n;
    uint8_t *p; /* the message; whole when n == want */
    size_t n, room, want;
};
void frame_start(struct frame *f, struct arena *a, size_t max);
/* Where the next bytes go, and how many at most: never more than belong to this message. */
void *frame_space(struct frame *f, size_t *n_out);
/* `n` bytes were put there. */
enum frame_is frame_took(struct frame *f, size_t n);
/* A message with its length before it. At most UINT32_MAX bytes. */
struct bytes frame_make(struct arena *a, struct bytes message);

#endif
