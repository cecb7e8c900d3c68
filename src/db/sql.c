/* SPDX-License-Identifier: Apache-2.0 */
/* The text of statements: parameters by name become numbers, and {int} becomes an engine's type.
 *
 * One text serves both engines, so a parameter is written `:name`; SQLite is given `?1` and
 * PostgreSQL `$1`, always with the number written out, because numbers given by first appearance
 * differ between them. It knows where quotes and comments begin and end and nothing else of SQL. */

#include "db/db_internal.h"

#include <string.h>

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* How many bytes at `s` are one quoted text or one comment; 0 when neither begins here. What is not
 * closed goes to the end: the engine will say so. */
static size_t opaque(struct str s)
{
    const char *end = NULL;
    size_t open = 1;
    if (s.p[0] == '\'' || s.p[0] == '"') {
        end = s.p[0] == '\'' ? "'" : "\"";
    } else if (str_starts(s, "--")) {
        end = "\n";
        open = 2;
    } else if (str_starts(s, "/*")) {
        end = "*/";
        open = 2;
    } else {
        return 0;
    }
    struct str rest = {s.p + open, s.n - open};
    const char *found = memmem(rest.p, rest.n, end, strlen(end));
    return found ? (size_t)(found - s.p) + strlen(end) : s.n;
}

/* The number of a name, counted from 1; a new one is added. 0 when there is no room. */
static int number_of(struct db_sql *q, struct str name)
{
    for (int i = 0; i < q->names_n; i++)
        if (str_eq(q->names[i], name)) return i + 1;
    if (q->names_n == DB_BINDS_MAX) return 0;
    q->names[q->names_n++] = name;
    return q->names_n;
}

static struct str name_at(struct str s)
{
    size_t n = 0;
    while (n < s.n && is_name(s.p[n])) n++;
    return (struct str){s.p, n};
}

err db_sql_number(struct turn *t, struct arena *a, const char *sql, char mark, struct db_sql *out)
{
    struct str s = str_of(sql);
    if (s.n > DB_SQL_MAX)
        return turn_fail(t, ERR_INTERNAL, "db-sql", NULL,
                         "A statement of %zu bytes is longer than %d: " STR_FMT, s.n, DB_SQL_MAX,
                         STR_ARG(db_sql_gist(sql)));
    struct db_sql q = {0};
    struct buf b = buf_in(a);
    while (s.n) {
        size_t take = opaque(s);
        if (!take && str_starts(s, "::")) take = 2;
        if (!take && s.p[0] == ':') {
            struct str name = name_at((struct str){s.p + 1, s.n - 1});
            int number = name.n ? number_of(&q, name) : 0;
            if (!number)
                return turn_fail(t, ERR_INTERNAL, "db-sql", NULL,
                                 "A colon without a name, or more than %d names: " STR_FMT,
                                 DB_BINDS_MAX, STR_ARG(db_sql_gist(sql)));
            buf_printf(&b, "%c%d", mark, number);
            s = (struct str){name.p + name.n, s.n - 1 - name.n};
            continue;
        }
        if (!take) take = 1;
        buf_put(&b, s.p, take);
        s = (struct str){s.p + take, s.n - take};
    }
    q.text = str_c(a, buf_as_str(&b));
    *out = q;
    return ERR_OK;
}

/* Where the statement at the head of `s` ends: behind its ';', or at the end of all. */
static size_t statement_length(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        struct str rest = {s.p + i, s.n - i};
        size_t skip = opaque(rest);
        if (!skip && s.p[i] == ';' && (i + 1 == s.n || s.p[i + 1] == '\n')) return i + 1;
        i += skip ? skip : 1;
    }
    return s.n;
}

/* Writes `s` with the types filled in; false at a word in braces that is none of them. */
static bool fill(struct buf *b, struct str s, const struct db_types *types)
{
    while (s.n) {
        const char *type = NULL;
        size_t take = opaque(s);
        if (!take && s.p[0] == '{') {
            take = 0;
            if (str_starts(s, "{int}")) type = types->integer, take = 5;
            if (str_starts(s, "{bytes}")) type = types->bytes, take = 7;
            if (str_starts(s, "{strict}")) type = types->strict, take = 8;
            if (!type) return false;
            buf_str(b, str_of(type));
        } else {
            if (!take) take = 1;
            buf_put(b, s.p, take);
        }
        s = (struct str){s.p + take, s.n - take};
    }
    return true;
}

err db_sql_next(struct turn *t, struct str *rest, const struct db_types *types,
                const char **text_out, bool *done_out)
{
    *rest = str_trim(*rest);
    *done_out = rest->n == 0;
    if (*done_out) return ERR_OK;
    size_t n = statement_length(*rest);
    struct str statement = {rest->p, n};
    struct buf b = buf_in(t->arena);
    if (n > DB_SQL_MAX || !fill(&b, statement, types))
        return turn_fail(t, ERR_INTERNAL, "db-sql", NULL,
                         "A statement is longer than %d bytes, or names a type that is not {int}, "
                         "{bytes} or {strict}: %.40s",
                         DB_SQL_MAX, str_c(t->arena, statement));
    *rest = (struct str){rest->p + n, rest->n - n};
    *text_out = str_c(t->arena, buf_as_str(&b));
    return ERR_OK;
}

struct str db_sql_gist(const char *sql)
{
    size_t n = strnlen(sql, 80);
    return (struct str){sql, n};
}
