/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the readers of base. What is accepted must be written again as the same text. */

#include "base/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct str s = {(const char *)data, size};
    struct bytes b;
    int64_t v;
    if (str_to_int(s, &v)) must(str_eq(str_printf(a, "%lld", (long long)v), s));
    if (day_read(s, &v)) must(str_eq(day_text(a, v), s));
    if (time_read(s, &v)) must(str_starts(time_text(a, v), "") && (v % 1000 == 0 || size == 24));
    if (time_read(s, &v) && size == 24) must(str_eq(time_text(a, v), s));
    if (base64_read(a, s, &b)) must(str_eq(base64(a, b), s));
    uint8_t *out = arena_take(a, size / 2);
    if (hex_read(s, out, size / 2)) must(str_eq(hex(a, (struct bytes){out, size / 2}), s));
    must(str_is_utf8(str_printable(a, s)) && str_printable(a, s).n == size);
    if (str_is_utf8(s)) {
        struct turn t = {.arena = a};
        err e = turn_fail_at(&t, ERR_REJECTED, "fuzz", NULL, s, STR_FMT, STR_ARG(s));
        must(e == ERR_REJECTED && str_is_utf8(str_of(t.fault.sentence)));
    }
    return 0;
}
