/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_EXPAND_H
#define COMITY_LAW_EXPAND_H
/* From the files of an instrument to one tree of plain rows. Inside law only.
 *
 * A row that several kinds or instruments share is written once, in a pattern, and stands on a
 * topic instead of an article; each instrument binds its topics. Here patterns, topics, amendments
 * and parts are worked in, so that whatever reads rows afterwards meets none of them. Every row
 * keeps the file, line and column it was written at. */

#include "law/shape.h"

/* The files by the numbers their values carry, from 1; the patterns among them. */
struct law_sources {
    struct turn *t;
    const struct str *paths;
    size_t paths_n;
    const struct tree **patterns;
    size_t patterns_n;
};
struct str law_path_of(const struct str *paths, size_t n, const struct tree *at);
/* A fault of the value `at`, in the file it was read from. */
#define law_row_fail(s, at, ...)                                                                   \
    law_file_fail((s)->t, law_path_of((s)->paths, (s)->paths_n, at), at, __VA_ARGS__)

/* The whole instrument as its main file would say it without parts, patterns and topics. */
MUST err law_expand(const struct law_sources *s, const struct tree *main, const struct tree **parts,
                    size_t parts_n, struct tree **out);
#endif
