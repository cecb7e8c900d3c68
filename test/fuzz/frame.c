/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: messages of the local socket. The first byte says how many bytes come at a time; the
 * reader must find the same messages as one who sees all at once. */

#include "net/frame.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 5000 };

/* One message at the start of `b`, at most `step` bytes at a time. */
static enum frame_is read_one(struct frame *f, struct bytes b, size_t step, size_t *took_out)
{
    size_t took = 0;
    while (took < b.n) {
        size_t room;
        void *space = frame_space(f, &room);
        assert(room > 0);
        size_t n = b.n - took < room ? b.n - took : room;
        if (n > step) n = step;
        memcpy(space, b.p + took, n);
        took += n;
        *took_out = took;
        enum frame_is is = frame_took(f, n);
        if (is != FRAME_PART) return is;
    }
    return FRAME_PART;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    auto_arena a = arena_new();
    struct bytes rest = {data + 1, size - 1};
    while (rest.n) {
        size_t want = 0, took = 0;
        for (size_t i = 0; i < FRAME_HEAD && i < rest.n; i++) want = want << 8 | rest.p[i];
        struct frame f;
        frame_start(&f, a, MESSAGE_MAX);
        enum frame_is is = read_one(&f, rest, 1 + (size_t)data[0], &took);
        if (rest.n < FRAME_HEAD || (want <= MESSAGE_MAX && rest.n - FRAME_HEAD < want)) {
            assert(is == FRAME_PART && took == rest.n);
            return 0;
        }
        assert(is == (want > MESSAGE_MAX ? FRAME_TOO_LONG : FRAME_WHOLE));
        if (is == FRAME_TOO_LONG) return 0;
        struct bytes message = {f.p, f.n};
        assert(bytes_eq(message, (struct bytes){rest.p + FRAME_HEAD, want}));
        assert(bytes_eq(frame_make(a, message), (struct bytes){rest.p, took}));
        rest = (struct bytes){rest.p + took, rest.n - took};
    }
    return 0;
}
