/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of text exchanged in files of the law's tables. */

#include "kit/rows.h"

#include <string.h>

struct str rows_exchanged(struct arena *a, struct str text, const char *from, const char *to)
{
    struct buf b = buf_in(a);
    for (size_t n = strlen(from); text.n;) {
        bool here = text.n >= n && memcmp(text.p, from, n) == 0;
        if (here)
            buf_str(&b, str_of(to));
        else
            buf_byte(&b, (uint8_t)text.p[0]);
        text = (struct str){text.p + (here ? n : 1), text.n - (here ? n : 1)};
    }
    return buf_as_str(&b);
}

struct law_file rows_file(struct arena *a, const struct law_file *f, const char *path,
                          const char *const *pairs, size_t n)
{
    struct str text = {(const char *)f->p, f->n};
    for (size_t k = 0; k < n; k++) text = rows_exchanged(a, text, pairs[2 * k], pairs[2 * k + 1]);
    return (struct law_file){path, (const unsigned char *)text.p, text.n};
}
