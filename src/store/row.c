/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as structs: a table of fields says which member stands for which column, so that a noun
 * needs its field table and its SQL, and no code that copies member by member. */

#include "store/store_internal.h"

#include <string.h>

static struct db_value field_value(const struct field *f, const void *row)
{
    const void *at = (const char *)row + f->offset;
    switch (f->kind) {
    case FIELD_INT:
        return db_int(*(const int64_t *)at);
    case FIELD_BOOL:
        return db_int(*(const bool *)at ? 1 : 0);
    case FIELD_STR:
        return db_text(*(const struct str *)at);
    case FIELD_BYTES: {
        struct bytes b = *(const struct bytes *)at;
        return b.n ? db_blob(b) : db_null();
    }
    case FIELD_ID:
        return db_id(at);
    case FIELD_HASH:
        return db_hash(at);
    }
    return db_null();
}

err row_put(struct turn *t, struct store *s, enum sql sql, const struct field *fields, size_t n,
            const void *row)
{
    struct db_bind binds[DB_BINDS_MAX];
    for (size_t k = 0; k < n && k < DB_BINDS_MAX; k++)
        binds[k] = (struct db_bind){fields[k].column, field_value(&fields[k], row)};
    return db_run(t, s->db, store_sql[sql], binds, n, NULL);
}

void row_read(struct db_rows *r, const struct field *fields, size_t n, void *row_out)
{
    for (size_t k = 0; k < n; k++) {
        void *at = (char *)row_out + fields[k].offset;
        int column = (int)k;
        switch (fields[k].kind) {
        case FIELD_INT:
            *(int64_t *)at = db_int_at(r, column);
            break;
        case FIELD_BOOL:
            *(bool *)at = db_int_at(r, column) != 0;
            break;
        case FIELD_STR:
            *(struct str *)at = db_text_at(r, column);
            break;
        case FIELD_BYTES:
            *(struct bytes *)at = db_bytes_at(r, column);
            break;
        case FIELD_ID:
            *(struct id *)at = db_id_at(r, column);
            break;
        case FIELD_HASH:
            *(struct hash *)at = db_hash_at(r, column);
            break;
        }
    }
}

err row_one(struct turn *t, struct db_rows r, const struct field *fields, size_t n, void *row_out,
            const char *what)
{
    bool found = db_next(&r);
    if (found) row_read(&r, fields, n, row_out);
    try(db_done(&r));
    if (!found) return turn_fail(t, ERR_NONE_SUCH, "none-such", NULL, "There is no such %s.", what);
    return ERR_OK;
}

err row_all(struct turn *t, struct db_rows r, const struct field *fields, size_t n, size_t size,
            void **rows_out, size_t *n_out)
{
    struct buf rows = buf_in(t->arena);
    size_t count = 0;
    void *row = arena_take(t->arena, size);
    while (db_next(&r)) {
        memset(row, 0, size);
        row_read(&r, fields, n, row);
        buf_put(&rows, row, size);
        count++;
    }
    try(db_done(&r));
    *rows_out = rows.p;
    *n_out = count;
    return ERR_OK;
}
