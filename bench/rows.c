/* SPDX-License-Identifier: Apache-2.0 */
/* The rows that ours wrote, written again by nothing but SQLite: what storing the same bytes costs
 * when nothing is decided, read or synced. */

#include "bench.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

enum { TABLES_MAX = 64, COLUMNS_MAX = 32, ROWS_MAX = 8192 };

struct row {
    int table, columns;
    sqlite3_value *value[COLUMNS_MAX];
};
struct rows {
    struct arena *arena;
    int tables, n;
    char name[TABLES_MAX][32];
    int64_t top[TABLES_MAX];
    struct row *row;
    size_t bytes;
    sqlite3 *db;
    sqlite3_stmt *insert[TABLES_MAX];
    struct str schema;
};

static sqlite3 *open_db(const char *path, int flags)
{
    sqlite3 *db;
    bench_must(sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK, "opening a database");
    return db;
}

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    bench_must(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK, sqlite3_errmsg(db));
    return s;
}

static int64_t top_of(sqlite3 *db, const char *table)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT coalesce(max(rowid), -1) FROM %s", table);
    sqlite3_stmt *s = ask(db, sql);
    bench_must(sqlite3_step(s) == SQLITE_ROW, "a table's end");
    int64_t top = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return top;
}

struct rows *rows_mark(struct arena *a, const char *path)
{
    struct rows *r = arena_take(a, sizeof *r);
    r->arena = a;
    r->row = arena_take_many(a, ROWS_MAX, sizeof *r->row);
    sqlite3 *db = open_db(path, SQLITE_OPEN_READONLY);
    struct buf schema = buf_in(a);
    sqlite3_stmt *s = ask(db, "SELECT name, sql, type FROM sqlite_master WHERE sql IS NOT NULL "
                              "ORDER BY type DESC");
    while (sqlite3_step(s) == SQLITE_ROW) {
        buf_printf(&schema, "%s;\n", (const char *)sqlite3_column_text(s, 1));
        if (strcmp((const char *)sqlite3_column_text(s, 2), "table") != 0) continue;
        bench_must(r->tables < TABLES_MAX, "fewer tables");
        snprintf(r->name[r->tables], sizeof r->name[0], "%s",
                 (const char *)sqlite3_column_text(s, 0));
        r->top[r->tables] = top_of(db, r->name[r->tables]);
        r->tables++;
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    r->schema = buf_as_str(&schema);
    return r;
}

static void take_table(struct rows *r, sqlite3 *db, int table)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE rowid > ?", r->name[table]);
    sqlite3_stmt *s = ask(db, sql);
    sqlite3_bind_int64(s, 1, r->top[table]);
    while (sqlite3_step(s) == SQLITE_ROW) {
        bench_must(r->n < ROWS_MAX && sqlite3_column_count(s) <= COLUMNS_MAX, "fewer rows");
        struct row *one = &r->row[r->n++];
        one->table = table;
        one->columns = sqlite3_column_count(s);
        for (int c = 0; c < one->columns; c++) {
            one->value[c] = sqlite3_value_dup(sqlite3_column_value(s, c));
            r->bytes += sqlite3_column_type(s, c) == SQLITE_INTEGER
                            ? 8
                            : (size_t)sqlite3_column_bytes(s, c);
        }
    }
    sqlite3_finalize(s);
}

void rows_take(struct rows *r, const char *path)
{
    sqlite3 *db = open_db(path, SQLITE_OPEN_READONLY);
    for (int k = 0; k < r->tables; k++) take_table(r, db, k);
    sqlite3_close(db);
}

static void drop(struct rows *r)
{
    for (int k = 0; k < r->tables; k++) sqlite3_finalize(r->insert[k]);
    sqlite3_close(r->db);
    memset(r->insert, 0, sizeof r->insert);
    r->db = NULL;
}

void rows_empty(struct rows *r, const char *folder)
{
    drop(r);
    const char *path = str_c(r->arena, str_printf(r->arena, "%s/rows.db", folder));
    (void)unlink(path);
    r->db = open_db(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    bench_must(sqlite3_exec(r->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", NULL, NULL,
                            NULL) == SQLITE_OK &&
                   sqlite3_exec(r->db, str_c(r->arena, r->schema), NULL, NULL, NULL) == SQLITE_OK,
               "an empty copy");
    for (int k = 0; k < r->n; k++) {
        const struct row *one = &r->row[k];
        if (r->insert[one->table]) continue;
        struct buf sql = buf_in(r->arena);
        buf_printf(&sql, "INSERT INTO %s VALUES (?", r->name[one->table]);
        for (int c = 1; c < one->columns; c++) buf_printf(&sql, ", ?");
        buf_printf(&sql, ")");
        r->insert[one->table] = ask(r->db, str_c(r->arena, buf_as_str(&sql)));
    }
}

void rows_write(struct rows *r)
{
    bench_must(sqlite3_exec(r->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK, "begin");
    for (int k = 0; k < r->n; k++) {
        const struct row *one = &r->row[k];
        sqlite3_stmt *s = r->insert[one->table];
        for (int c = 0; c < one->columns; c++) sqlite3_bind_value(s, c + 1, one->value[c]);
        bench_must(sqlite3_step(s) == SQLITE_DONE, sqlite3_errmsg(r->db));
        sqlite3_reset(s);
    }
    bench_must(sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "commit");
}

void rows_close(struct rows *r)
{
    drop(r);
    for (int k = 0; k < r->n; k++)
        for (int c = 0; c < r->row[k].columns; c++) sqlite3_value_free(r->row[k].value[c]);
}

size_t rows_count(const struct rows *r) { return (size_t)r->n; }
size_t rows_bytes(const struct rows *r) { return r->bytes; }
