/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CODEC_H
#define COMITY_CODEC_H
/* Formats: JSON, YAML and XML in one bounded tree, the stored-only ZIP of ASiC containers, and
 * e-mail (codec/mail.h).
 *
 * Thin faces over jansson, libyaml, libxml2 and GMime. Everything here may be fed hostile bytes:
 * sizes, depths and counts have limits, and a reader accepts all of its input or none of it. */

#include "base/base.h"
#include "codec/mail.h"

/* ---- the tree -------------------------------------------------------------------------------- */

enum tree_kind { TREE_NULL, TREE_BOOL, TREE_INT, TREE_STR, TREE_LIST, TREE_MAP };

/* One value. A map keeps its members in the order read or added; keys are unique. `line` and `col`
 * start at 1 and are 0 where the source has no lines (JSON, built trees). A member of a YAML map
 * bears the place of its key. */
struct tree {
    enum tree_kind kind;
    uint32_t file;      /* for a caller that reads several: which one, by its own count */
    struct str key;     /* within a map: its name; else empty */
    struct str str;     /* TREE_STR: the text                 */
    int64_t num;        /* TREE_INT: the value; TREE_BOOL: 0 or 1 */
    struct tree *child; /* TREE_LIST, TREE_MAP: first, else NULL */
    struct tree *last;
    struct tree *next; /* the next sibling, else NULL */
    size_t count;      /* children */
    uint32_t line, col;
};

/* Limits of a reader; `codec_limits` is what peers get. */
struct tree_limits {
    size_t size_max;  /* bytes of input */
    size_t depth_max; /* nesting */
    size_t count_max; /* values in the whole tree */
};
extern const struct tree_limits codec_limits; /* 4 MiB, 16 deep, 65,536 values */
/* No `depth_max` may be beyond this, and a built tree deeper than three times it is a mistake. */
enum { TREE_DEPTH_CAP = 64 };
/* Integers reach from minus this to this (RFC 7493 2.2): no reader gives another, and writing
 * another is a mistake. */
#define TREE_INT_MAX INT64_C(9007199254740991)

/* Building, in the arena given; the new child is returned. Keys and texts are borrowed. Adding one
 * key twice is a mistake that the writers end the process for: keys from outside go by tree_set. */
struct tree *tree_map(struct arena *a);
struct tree *tree_list(struct arena *a);
struct tree *tree_add_str(struct arena *a, struct tree *to, const char *key, struct str value);
struct tree *tree_add_int(struct arena *a, struct tree *to, const char *key, int64_t value);
struct tree *tree_add_bool(struct arena *a, struct tree *to, const char *key, bool value);
struct tree *tree_add_null(struct arena *a, struct tree *to, const char *key);
struct tree *tree_add_map(struct arena *a, struct tree *to, const char *key);
struct tree *tree_add_list(struct arena *a, struct tree *to, const char *key);
/* Adds a deep copy of `value`, texts included (key NULL in lists). An absent value adds nothing and
 * gives NULL. */
struct tree *tree_add_copy(struct arena *a, struct tree *to, const char *key,
                           const struct tree *value);
/* Adds `value` without copying what is in it: it must live as long as `to`, and from then on
 * neither is changed. */
struct tree *tree_add_shared(struct arena *a, struct tree *to, const char *key,
                             const struct tree *value);
/* Sets or replaces a member of a map by a deep copy, key and texts included. A member replaced
 * keeps its place; an absent value changes nothing. */
void tree_set(struct arena *a, struct tree *map, struct str key, const struct tree *value);

/* Reading. NULL trees are allowed everywhere and answer "absent". */
const struct tree *tree_get(const struct tree *map, const char *key); /* NULL: no such member */
const struct tree *tree_get_s(const struct tree *map, struct str key);
/* A dotted path of map keys, "law.instrument"; NULL when any step is missing. */
const struct tree *tree_at(const struct tree *t, const char *dotted);
/* The text of a member, or the empty text when absent or of another kind. */
struct str tree_str(const struct tree *map, const char *key);
int64_t tree_int(const struct tree *map, const char *key, int64_t otherwise);
bool tree_bool(const struct tree *map, const char *key, bool otherwise);
/* True when a list holds the text. */
bool tree_has_str(const struct tree *list, struct str value);
/* The same value: lists in order, maps in any order, places in the source ignored. */
bool tree_eq(const struct tree *a, const struct tree *b);

/* ---- JSON ------------------------------------------------------------------------------------ */

/* Reads one JSON document (RFC 8259). Refused, each with its clause: duplicate keys, bad UTF-8,
 * a byte-order mark, floats, integers beyond 2^53-1 (RFC 7493 2.2), NUL in text, more than the
 * limits. The depth is checked before any parser sees the bytes. */
MUST err json_read(struct turn *t, struct bytes in, const struct tree_limits *limits,
                   struct tree **out);
/* The one canonical spelling (RFC 8785): keys sorted as UTF-16, no blanks, shortest escapes. */
struct str json_write(struct arena *a, const struct tree *value);
/* The same value for people: two blanks of indent, members in the tree's own order, a final line
 * end. */
struct str json_write_pretty(struct arena *a, const struct tree *value);
/* Reads and requires the canonical spelling: json_write(json_read(x)) is x, byte for byte. */
MUST err json_read_canonical(struct turn *t, struct bytes in, const struct tree_limits *limits,
                             struct tree **out);

/* ---- YAML ------------------------------------------------------------------------------------ */

/* Reads one YAML document as data: no aliases, anchors, tags or second document; duplicate keys are
 * refused. Plain scalars `true false null` and decimal integers get their kind; quoted ones are
 * text. A day (2026-02-23) is text. Errors name file, line, column and what was expected. `name` is
 * the file's name for messages. */
MUST err yaml_read(struct turn *t, const char *name, struct bytes in,
                   const struct tree_limits *limits, struct tree **out);

/* ---- XML ------------------------------------------------------------------------------------- */

/* Reads one XML document with no DTD, entities or network, as a tree: an element is a map with
 * "name" (local name), "ns" (namespace URI), "attributes" (map by name; by "{URI}name" where they
 * have a prefix), "children" (list), "text" (its own, concatenated); all five are always there.
 * Size and count are bounded by the limits, and `depth_max` counts elements. Only UTF-8 is read. */
enum { XML_ATTRIBUTES_MAX = 256 }; /* of one element, namespace declarations included */
MUST err xml_read(struct turn *t, struct bytes in, const struct tree_limits *limits,
                  struct tree **out);
/* Text with the five XML escapes applied, for writers. */
struct str xml_escape(struct arena *a, struct str s);

/* ---- ZIP, stored only ------------------------------------------------------------------------ */

/* One file of a container. Names are relative UTF-8 paths without `..`, `.`, empty steps, leading
 * slash, backslash, colon or control characters. */
struct zip_entry {
    struct str name;
    struct bytes data;
};
enum { ZIP_ENTRIES_MAX = 1024, ZIP_NAME_MAX = 255 };

/* Writes entries in the order given, stored, with fixed dates, no extra fields and no comment
 * (APPNOTE 4.3), zip64 only where sizes need it: the same entries give the same bytes. */
struct bytes zip_write(struct arena *a, const struct zip_entry *entries, size_t n);
/* True when the name is one that zip_write may be given: relative steps that are plain text. */
bool zip_name_is_safe(struct str name);
/* Reads exactly what zip_write writes: local headers, data and directory are walked in order and
 * must agree in every byte, so zip_write(zip_read(x)) is x. Compressed or encrypted entries,
 * surplus bytes, unsafe or duplicate names and wrong checksums are refused; the fault's
 * `particular` names the entry (or "central directory", "end of directory"). Data is borrowed from
 * `in`. */
MUST err zip_read(struct turn *t, struct bytes in, struct zip_entry **entries_out, size_t *n_out);

/* ---- messages between processes -------------------------------------------------------------- */

/* A map and byte parts beside it. Bodies travel as parts: they are never text, and no reader of
 * formats sees them. */
enum { PACK_PARTS_MAX = 16 };
struct pack {
    const struct tree *head; /* a map */
    struct bytes parts[PACK_PARTS_MAX];
    size_t n;
};
/* One value, one spelling: pack_write(pack_read(x)) is x. Map members keep their order; places in a
 * source are not written. More than 2^32 - 1 bytes of anything is a mistake. */
struct bytes pack_write(struct arena *a, const struct pack *m);
/* ERR_REJECTED ("pack", or "size", "depth", "count" for limits, where `size_max` bounds the map
 * alone) for anything else. Texts and parts are borrowed from `in`. */
MUST err pack_read(struct turn *t, struct bytes in, const struct tree_limits *limits,
                   struct pack *out);
/* A part, or nothing when there are fewer. */
struct bytes pack_part(const struct pack *m, size_t k);

#endif
