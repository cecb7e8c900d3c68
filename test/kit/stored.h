/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_STORED_H
#define COMITY_KIT_STORED_H
/* A node's database as files, put aside and back by a test while nobody has it open. */

#include "base/base.h"

/* `folder`/`from` and its write-ahead log become those of `folder`/`to`. */
static inline void stored_copy(struct arena *a, const char *folder, const char *from,
                               const char *to)
{
    static const char *const ends[] = {"", "-wal"};
    struct turn t = {.arena = a};
    struct bytes data;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        const char *source = str_c(a, str_printf(a, "%s/%s%s", folder, from, ends[k]));
        const char *target = str_c(a, str_printf(a, "%s/%s%s", folder, to, ends[k]));
        assert_int_equal(file_read(&t, source, 64 << 20, &data), ERR_OK);
        assert_int_equal(file_write(&t, target, data, 0600), ERR_OK);
    }
}

#endif
