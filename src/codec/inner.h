/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CODEC_INNER_H
#define COMITY_CODEC_INNER_H
/* What the readers and writers of codec share among themselves. Nobody else includes this. */

#include "codec/codec.h"

/* How deep a walk over a tree may go. An XML element costs two levels and its attributes one. */
enum { TREE_WALK_MAX = 3 * TREE_DEPTH_CAP };

struct tree *tree_new(struct arena *a, enum tree_kind kind);
/* Adds a child that has its key already; whether the key is new is not looked at. */
void tree_append(struct tree *to, struct tree *child);
/* The `count` members of a map by key, in the order of RFC 8785 3.2.3; members of one key by their
 * place in the source. */
const struct tree **tree_sorted(struct arena *a, const struct tree *map);

/* A quotation of hostile text for a sentence: at most 40 bytes of it. The fault makes it printable.
 */
struct str codec_quote(struct arena *a, struct str s);
/* The checks each reader makes before its library sees a byte: limits in range, size, UTF-8. `code`
 * is the stable word of the format, `clause` where its standard rules out NUL. */
MUST err codec_check(struct turn *t, const char *code, const char *clause, struct bytes in,
                     const struct tree_limits *limits);
/* Counts one more value of a document, against the limit. */
MUST err codec_count(struct turn *t, const struct tree_limits *limits, size_t *count);
/* `clause` is where the standard allows a reader this limit, or NULL. */
MUST err codec_too_deep(struct turn *t, const char *clause, const struct tree_limits *limits);

/* The work behind zip_write and zip_read. From `big` on, a size or an offset is written as zip64;
 * the public functions pass ZIP_BIG, a test may pass less. */
#define ZIP_BIG UINT64_C(0xffffffff)
struct bytes zip_write_at(struct arena *a, const struct zip_entry *entries, size_t n, uint64_t big);
MUST err zip_read_at(struct turn *t, struct bytes in, uint64_t big, struct zip_entry **entries_out,
                     size_t *n_out);

#endif
