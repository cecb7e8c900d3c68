/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the XML reader: what it takes is an element with all five members, and its text,
 * escaped and read again, is the same; what it refuses it explains. */

#include "codec/codec.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *first, *second;
    if (xml_read(&t, (struct bytes){p, n}, &codec_limits, &first) != ERR_OK) {
        assert(t.fault.code[0] && t.fault.sentence[0]);
        return 0;
    }
    assert(first->count == 5 && tree_str(first, "name").n > 0);
    struct str text = tree_str(first, "text");
    /* A carriage return written plainly is read as a line end, by the standard. */
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\r') return 0;
    struct str escaped = xml_escape(a, text);
    struct str again = str_printf(a, "<a>" STR_FMT "</a>", STR_ARG(escaped));
    err e = xml_read(&t, str_bytes(again), &codec_limits, &second);
    assert(e == ERR_OK || e == ERR_TOO_LARGE);
    assert(e != ERR_OK || str_eq(tree_str(second, "text"), text));
    return 0;
}
