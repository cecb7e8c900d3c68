/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_ROWS_H
#define COMITY_KIT_ROWS_H
/* Files of the law's tables with pieces of text exchanged, for tests that need other rows. */

#include "law/law.h"

/* Each piece `from` replaced by `to` wherever it stands; the text is in `a`. */
struct str rows_exchanged(struct arena *a, struct str text, const char *from, const char *to);
/* A file under another path with `n` pieces exchanged: from, to, from, to, … */
struct law_file rows_file(struct arena *a, const struct law_file *f, const char *path,
                          const char *const *pairs, size_t n);

#endif
