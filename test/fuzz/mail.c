/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the mail reader: what it takes is within the limits and fit to be shown. */

#include "codec/codec.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void assert_shown(struct str s, size_t max)
{
    assert(s.n <= max && str_is_utf8(s));
    for (size_t i = 0; i < s.n; i++) assert((uint8_t)s.p[i] >= 0x20 && s.p[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct mail m;
    if (mail_read(&t, (struct bytes){p, n}, &m) != ERR_OK) {
        assert(t.fault.sentence[0]);
        return 0;
    }
    assert(m.to_n <= MAIL_TO_MAX && m.references_n <= MAIL_REFERENCES_MAX);
    assert(m.files_n <= MAIL_PARTS_MAX && m.text.n <= 3 * MAIL_BODY_MAX && str_is_utf8(m.text));
    assert_shown(m.subject, 3 * MAIL_LINE_MAX);
    assert_shown(m.from.name, 3 * MAIL_LINE_MAX);
    assert_shown(m.from.address, 3 * MAIL_LINE_MAX);
    for (size_t i = 0; i < m.files_n; i++) {
        const struct mail_file *f = &m.files[i];
        assert_shown(f->name, MAIL_NAME_MAX + 8);
        assert(f->name.n && f->name.p[0] != '.');
        for (size_t k = 0; k < f->name.n; k++) assert(f->name.p[k] != '/' && f->name.p[k] != '\\');
        for (size_t k = 0; k < i; k++) assert(!str_eq(f->name, m.files[k].name));
    }
    return 0;
}
