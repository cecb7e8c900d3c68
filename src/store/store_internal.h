/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_INTERNAL_H
#define COMITY_STORE_INTERNAL_H
/* What the files of this folder share: the handle, the statements by name, and rows as structs. */

#include "seal/seal.h"
#include "store/store.h"

enum sql {
#define SQL(name, text) SQL_##name,
#include "store/statements.def"
#undef SQL
    SQL_COUNT
};
extern const char *const store_sql[SQL_COUNT];

enum { STORE_KEYS_CACHED = 64 };
struct store_cached_key {
    struct id dossier;
    uint8_t key[SEAL_KEY_SIZE];
    uint64_t used; /* 0: empty */
};
/* Nodes of the tree that were just read or made: the proofs of one group share most of theirs. */
enum { STORE_NODES_CACHED = 512 };
struct store_cached_node {
    uint64_t place; /* index + 1; 0: empty */
    int level;
    struct hash hash;
};
/* Rows that were opened lately (recent.c). */
enum { STORE_RECENT = 128 };
struct store_recent;
struct store {
    struct arena *arena;
    struct db *db;
    struct store_wrapper wrapper;
    struct ledger_edge edge, edge_before; /* the log's right edge now and at store_begin */
    int64_t epoch;                        /* of the writer; 0: a file, or opened to read */
    uint64_t changed_before;              /* rows, at store_begin */
    uint64_t uses;
    struct store_cached_key keys[STORE_KEYS_CACHED];
    struct store_cached_node nodes[STORE_NODES_CACHED];
    struct store_recent *recent[STORE_RECENT];
};
/* Forgets what was read or made and may not stand in the tables. */
void store_forget_cached(struct store *s);
void store_recent_forget(struct store *s, uint64_t from); /* the leaves from there on */
/* Reads a row, opens it and requires that it gives its leaf. */
MUST err store_record_open(struct turn *t, struct store *s, struct str kind, struct bytes subject,
                           struct store_record *out);

/* A column and where its value lives in a struct. Text and bytes are borrowed. */
enum field_kind { FIELD_INT, FIELD_BOOL, FIELD_STR, FIELD_BYTES, FIELD_ID, FIELD_HASH };
struct field {
    const char *column;
    enum field_kind kind;
    size_t offset;
};
#define FIELD(type, kind, member, column)                                                          \
    {                                                                                              \
        column, kind, offsetof(struct type, member)                                                \
    }

/* Runs a statement with the struct's fields as its parameters. */
MUST err row_put(struct turn *t, struct store *s, enum sql sql, const struct field *fields,
                 size_t n, const void *row);
/* Reads the current row of a cursor into a struct, columns in the order of the fields. */
void row_read(struct db_rows *r, const struct field *fields, size_t n, void *row_out);
/* The one row a statement answers, ERR_NONE_SUCH where it answers none; `what` says what was looked
 * for. */
MUST err row_one(struct turn *t, struct db_rows r, const struct field *fields, size_t n,
                 void *row_out, const char *what);
/* All rows, as an array of structs of `size`. */
MUST err row_all(struct turn *t, struct db_rows r, const struct field *fields, size_t n,
                 size_t size, void **rows_out, size_t *n_out);

/* A number as it is looked for. */
struct str store_alias_folded(struct turn *t, struct str s);
/* Of a cursor over those that bear a number: the one id; ERR_CONFLICT naming them when several. */
enum { STORE_SHOWN_MAX = 5 };
MUST err store_alias_pick(struct turn *t, struct db_rows r, struct str ref, bool *found_out,
                          struct id *out);
/* Rows of a cursor that names their columns in order. */
MUST err store_dossier_row(struct turn *t, struct db_rows r, struct store_dossier *out);
MUST err store_dossier_rows(struct turn *t, struct db_rows r, struct store_dossier **out,
                            size_t *n_out);
MUST err store_clock_rows(struct turn *t, struct db_rows r, struct store_clock **out,
                          size_t *n_out);
MUST err store_outgoing_rows(struct turn *t, struct db_rows r, struct store_outgoing **out,
                             size_t *n_out);
MUST err store_entry_row(struct turn *t, struct db_rows r, struct store_entry *out);
MUST err store_entry_rows(struct turn *t, struct db_rows r, struct store_entry **out,
                          size_t *n_out);
MUST err store_slip_rows(struct turn *t, struct db_rows r, struct store_slip **out, size_t *n_out);
MUST err store_act_rows(struct turn *t, struct db_rows r, struct store_act **out, size_t *n_out);
MUST err store_matter_rows(struct turn *t, struct db_rows r, struct store_matter **out,
                           size_t *n_out);
MUST err store_alias_rows(struct turn *t, struct db_rows r, struct store_alias **out,
                          size_t *n_out);
MUST err store_document_rows(struct turn *t, struct db_rows r, struct store_document **out,
                             size_t *n_out);
MUST err store_mail_rows(struct turn *t, struct db_rows r, struct store_mail **out, size_t *n_out);
/* The id of our ref, or an id in letters. */
MUST err store_dossier_id(struct turn *t, struct store *s, struct str ref, bool *found_out,
                          struct id *out);

/* The dossier's key, unwrapped through keeper or from the small cache. */
MUST err store_key(struct turn *t, struct store *s, const struct id *dossier,
                   uint8_t key_out[SEAL_KEY_SIZE]);
/* Appends a leaf's data to the tree and its new inner nodes to their table. */
MUST err store_log_append(struct turn *t, struct store *s, const struct hash *data);
/* Reads the tree's right edge from the inner nodes. */
MUST err store_edge_load(struct turn *t, struct store *s);

/* Becomes the writer of a database on a server; nothing to do for a file (writer.c). */
MUST err store_writer_take(struct turn *t, struct store *s, const struct store_options *o);
/* Just before a commit: ERR_UNKNOWN when another writes by now. */
MUST err store_writer_hold(struct turn *t, struct store *s);

#endif
