/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a letter as a peer's node gives it to one that polls. What is accepted names a path
 * without blanks or controls, and its parts make the same bytes again. */

#include "post/post_internal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct bytes letter = {data, size}, body;
    struct str id, path;
    if (!post_waiting_read(letter, &id, &path, &body)) return 0;
    struct str again = str_printf(a, STR_FMT " " STR_FMT "\n" STR_FMT, STR_ARG(id), STR_ARG(path),
                                  STR_ARG(bytes_str(body)));
    assert(path.n && path.p[0] == '/' && str_is_plain(path));
    for (size_t k = 0; k < body.n; k++)
        if (!body.p[k]) return 0; /* printf ends there */
    assert(str_eq(again, bytes_str(letter)));
    return 0;
}
