/* SPDX-License-Identifier: Apache-2.0 */
/* A fresh store for each test: a folder of its own, or an emptied schema of the server. */

#include "store/store_test.h"

#include "seal/seal.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

static void draw(void *ctx, void *out, size_t n)
{
    struct rig *r = ctx;
    uint8_t *p = out;
    for (size_t k = 0; k < n; k++) {
        r->drawn = r->drawn * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        p[k] = (uint8_t)(r->drawn >> 56);
    }
}

static err wrap(void *ctx, struct turn *t, struct bytes key, struct bytes bound, struct bytes *out)
{
    struct rig *r = ctx;
    r->wraps++;
    if (r->refuse) return turn_fail(t, ERR_INTERNAL, "keeper-gone", NULL, "Keeper is gone.");
    *out = seal_lock(t, r->storage, bound, key);
    return ERR_OK;
}

static err unwrap(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                  struct bytes *out)
{
    struct rig *r = ctx;
    r->unwraps++;
    if (r->refuse) return turn_fail(t, ERR_INTERNAL, "keeper-gone", NULL, "Keeper is gone.");
    return seal_unlock(t, r->storage, bound, wrapped, out);
}

err rig_try_open(struct rig *r, const char *where, bool create, struct store **out)
{
    struct store_options o = {.db = {.engine = r->engine, .where = where},
                              .wrapper = {wrap, unwrap, r},
                              .create = create};
    return store_open(&r->turn, &o, out);
}

err rig_try_open_as(struct rig *r, const struct store_options *as, struct store **out)
{
    struct store_options o = *as;
    o.db.engine = r->engine;
    o.db.where = r->engine == DB_SQLITE ? r->where : r->server.conninfo;
    return rig_open_at(r, &o, out);
}

err rig_open_at(struct rig *r, const struct store_options *as, struct store **out)
{
    struct store_options o = *as;
    o.wrapper = (struct store_wrapper){wrap, unwrap, r};
    return store_open(&r->turn, &o, out);
}

static err rig_empty(struct rig *r)
{
    if (r->engine != DB_POSTGRES) return ERR_OK;
    struct db_options o = {.engine = DB_POSTGRES, .where = r->server.conninfo};
    struct db *db;
    try(db_open(&r->turn, &o, &db));
    err e = db_script(&r->turn, db, "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public");
    db_close(db);
    return e;
}

int rig_up(void **state)
{
    struct rig *r = *state;
    r->arena = arena_new();
    r->chance = (struct chance){draw, r};
    r->turn = (struct turn){.arena = r->arena, .chance = &r->chance};
    r->drawn = 1;
    r->wraps = r->unwraps = 0;
    r->refuse = false;
    r->store = NULL;
    memset(r->storage, 7, sizeof r->storage);
    r->dossier = id_named(0xd0);
    memcpy(r->folder, "/tmp/comity-store-XXXXXX", sizeof "/tmp/comity-store-XXXXXX");
    if (!mkdtemp(r->folder) || rig_empty(r) != ERR_OK) return -1;
    snprintf(r->where, sizeof r->where, "%s/node.db", r->folder);
    if (rig_try_open(r, r->engine == DB_SQLITE ? r->where : r->server.conninfo, true, &r->store))
        return -1;
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_key_make(&r->turn, r->store, &store_house));
    assert_ok(r, store_key_make(&r->turn, r->store, &r->dossier));
    assert_ok(r, store_commit(&r->turn, r->store));
    return 0;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s, (void)kind, (void)where;
    return remove(path);
}

int rig_down(void **state)
{
    struct rig *r = *state;
    store_close(r->store);
    r->store = NULL;
    nftw(r->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(r->arena);
    return 0;
}

void rig_reopen(struct rig *r)
{
    store_close(r->store);
    r->store = NULL;
    assert_ok(r, rig_try_open(r, r->engine == DB_SQLITE ? r->where : r->server.conninfo, false,
                              &r->store));
}

struct id id_named(uint8_t name)
{
    struct id id;
    memset(id.b, name, sizeof id.b);
    return id;
}

struct hash hash_named(uint8_t name)
{
    struct hash h;
    memset(h.b, name, sizeof h.b);
    return h;
}

struct store_record rig_record(struct rig *r, const struct id *dossier, const char *kind,
                               uint8_t name)
{
    struct id id = id_named(name);
    struct tree *rest = tree_map(r->arena);
    tree_add_int(r->arena, rest, "name", name);
    return (struct store_record){
        .dossier = *dossier,
        .kind = str_of(kind),
        .subject = bytes_dup(r->arena, id_bytes(&id)),
        .at_ms = 1000 + name,
        .open = str_bytes(str_printf(r->arena, "what may be shown of %d", name)),
        .rest = rest,
        .bulk = str_bytes(str_printf(r->arena, "long bytes of %d", name))};
}

void rig_put(struct rig *r, const struct id *dossier, uint8_t first, int n)
{
    assert_ok(r, store_begin(&r->turn, r->store));
    for (int k = 0; k < n; k++) {
        struct store_record one = rig_record(r, dossier, "act", (uint8_t)(first + k));
        assert_ok(r, store_record_put(&r->turn, r->store, &one));
    }
    assert_ok(r, store_commit(&r->turn, r->store));
}

int64_t rig_int(struct rig *r, const char *sql)
{
    struct db_rows rows = db_ask(&r->turn, store_db(r->store), sql, NULL, 0);
    int64_t n = db_next(&rows) ? db_int_at(&rows, 0) : -1;
    assert_ok(r, db_done(&rows));
    return n;
}

void assert_fault_(struct rig *r, err got, err expected, const char *code, const char *file,
                   int line)
{
    if (got != expected || (got != ERR_OK && strcmp(r->turn.fault.code, code) != 0)) {
        print_error("expected %s %s, got %s: %s: %s\n", err_word(expected), code, err_word(got),
                    r->turn.fault.code, r->turn.fault.sentence);
        _fail(file, line);
    }
    turn_forgive(&r->turn);
}

void assert_str_(struct str got, const char *expected, const char *file, int line)
{
    if (str_is(got, expected)) return;
    print_error("expected \"%s\", got \"" STR_FMT "\"\n", expected, STR_ARG(got));
    _fail(file, line);
}
