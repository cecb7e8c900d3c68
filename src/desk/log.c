/* SPDX-License-Identifier: Apache-2.0 */
/* The log's public face: signed heads, proofs of single leaves, tiles on disk. Leaf rows are the
 * truth; tiles are made from them after the commit and can be made again. */

#include "db/db.h"
#include "desk/desk_internal.h"

#include <sys/stat.h>
#include <unistd.h>

enum { CHECKPOINT_PAGES = 1000, GONE_MAX = 1000 };

/* ---- heads ----------------------------------------------------------------------------------- */

struct str desk_log_name(struct str vkey)
{
    struct str name, rest;
    str_split(vkey, '+', &name, &rest);
    return name;
}

static struct str origin_of(const struct desk *d, struct arena *a)
{
    return ledger_origin(a, desk_log_name(d->profile.vkey), d->incarnation);
}

/* How much of this incarnation's log keeper signed; what it signed of an older one counts no more.
 */
static uint64_t last_of(const struct desk *d, struct arena *a)
{
    struct str line, rest;
    str_split(d->keeper.last_note(d->keeper.ctx), '\n', &line, &rest);
    return str_eq(line, origin_of(d, a)) ? d->keeper.last_size(d->keeper.ctx) : 0;
}

static err rewound(struct desk *d, struct turn *t, uint64_t last)
{
    return turn_fail(t, ERR_INTEGRITY, "log-rewound", "C2SP tlog-checkpoint",
                     "Keeper signed a head of %llu leaves, and the store holds %llu: an older "
                     "store stands in its place. Put the newer store back, or make this one a new "
                     "incarnation with comity restore.",
                     (unsigned long long)last, (unsigned long long)store_log_size(d->store));
}

static err another(struct desk *d, struct turn *t, uint64_t last)
{
    return turn_fail(t, ERR_INTEGRITY, "log-forked", "RFC 6962 2.1.2",
                     "Keeper's last head, of %llu leaves, is not the root over the first so many "
                     "of the %llu in the store: the store or its tree is another one. Make the "
                     "tree again with comity rebuild; if that is refused, put the store back.",
                     (unsigned long long)last, (unsigned long long)store_log_size(d->store));
}

static err of_another_life(struct desk *d, struct turn *t, struct str origin)
{
    return turn_fail(t, ERR_INTEGRITY, "head-incarnation", "C2SP tlog-checkpoint",
                     "Keeper's last head is of the log " STR_FMT ", and the store is of " STR_FMT
                     ": they do not belong together. Put the store back with comity restore.",
                     STR_ARG(origin), STR_ARG(origin_of(d, t->arena)));
}

/* A signed note, by the key in our own profile. */
static err note_read(struct desk *d, struct turn *t, struct str note, struct ledger_checkpoint *out)
{
    struct ledger_vkey key;
    struct str text;
    try(ledger_vkey_read(t, d->profile.vkey, &key));
    try(ledger_note_open(t, note, &key, seal_ed25519_holds, &text));
    return ledger_checkpoint_read(t, text, out);
}

static void note_set(struct desk *d, struct str note, const struct ledger_checkpoint *head)
{
    arena_reset(d->head_arena);
    d->note = str_dup(d->head_arena, note);
    d->note_size = head->size;
    d->note_root = head->root;
}

err desk_heads_agree(struct desk *d, struct turn *t)
{
    struct str last = d->keeper.last_note(d->keeper.ctx);
    struct ledger_source source = store_log_source(d->store);
    struct ledger_checkpoint head;
    struct hash root;
    if (!last.n)
        return turn_fail(t, ERR_INTEGRITY, "head-missing", "C2SP tlog-checkpoint",
                         "The store holds %llu leaves, and the head that keeper signed over them "
                         "is missing. Put keeper's files, head and head.kept, back.",
                         (unsigned long long)store_log_size(d->store));
    try(note_read(d, t, last, &head));
    if (!str_eq(head.origin, origin_of(d, t->arena))) return of_another_life(d, t, head.origin);
    if (head.size > store_log_size(d->store)) return rewound(d, t, head.size);
    try(ledger_root_at(t, &source, head.size, &root));
    if (!hash_eq(&root, &head.root)) return another(d, t, head.size);
    note_set(d, last, &head);
    return ERR_OK;
}

/* The root is computed twice before a head is signed: as the log was appended to, in memory, and
 * from the store as it stands now. A bit that flipped on either way shows here and not in a head
 * that nobody can take back. */
static err root_again(struct turn *t, const struct ledger_source *source,
                      const struct ledger_checkpoint *head)
{
    struct hash root;
    try(ledger_root_at(t, source, head->size, &root));
    if (hash_eq(&root, &head->root)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "root-differs", "RFC 6962 2.1",
                     "The root over %llu leaves comes out differently when it is computed again "
                     "from the store: memory or disk is at fault. No head was signed. Start the "
                     "node again, and run comity fsck.",
                     (unsigned long long)head->size);
}

err desk_head_plan(struct desk *d, struct turn *t)
{
    struct desk_plan *p = &d->plan;
    uint64_t last = last_of(d, t->arena);
    struct ledger_source source = store_log_again(t, d->store, last);
    *p = (struct desk_plan){.last = last};
    p->head.size = store_log_size(d->store);
    store_log_root(d->store, &p->head.root);
    if (p->last > p->head.size) return rewound(d, t, p->last);
    if (p->last > 0 && p->last < p->head.size)
        try(ledger_consistency(t, &source, p->last, p->head.size, &p->proof));
    /* Keeper asks the same; here it is asked while what was added can still be taken back. */
    if (d->note.n && d->note_size == p->last &&
        !ledger_consistency_holds(&p->proof, p->last, &d->note_root, p->head.size, &p->head.root))
        return another(d, t, p->last);
    try(root_again(t, &source, &p->head));
    p->made = true;
    return ERR_OK;
}

err desk_head_sign(struct desk *d, struct turn *t)
{
    const struct desk_plan *p = &d->plan;
    uint64_t size = store_log_size(d->store);
    struct str note;
    if (d->note.n && d->note_size == size) return ERR_OK;
    if (!p->made || p->head.size != size || p->last != last_of(d, t->arena))
        try(desk_head_plan(d, t));
    struct ledger_checkpoint head = p->head;
    head.origin = origin_of(d, t->arena); /* our profile may just have changed */
    try(d->keeper.head(d->keeper.ctx, t, &head, &p->proof, &note));
    note_set(d, note, &head);
    return ERR_OK;
}

err desk_head(struct desk *d, struct turn *t, struct str *note_out)
{
    if (!d->note.n)
        return turn_fail(t, ERR_NONE_SUCH, "head-none-such", NULL, "No head was signed yet.");
    *note_out = str_dup(t->arena, d->note);
    return ERR_OK;
}

err desk_leaf_proof(struct desk *d, struct turn *t, const struct store_record *r,
                    struct proof_leaf *out)
{
    struct ledger_source source = store_log_source(d->store);
    *out = (struct proof_leaf){.checkpoint = str_dup(t->arena, d->note),
                               .index = r->leaf,
                               .salt = bytes_dup(t->arena, hash_bytes(&r->salt)),
                               .rest = r->opening.rest};
    return ledger_inclusion(t, &source, (uint64_t)r->leaf, d->note_size, &out->path);
}

/* ---- tiles ----------------------------------------------------------------------------------- */

/* The hashes of a tile: 256 nodes of level 8 * `level`; level -1 is the entry bundle. */
static err tile_bytes(struct desk *d, struct turn *t, int level, uint64_t index, int width,
                      struct bytes *out)
{
    struct buf b = buf_in(t->arena);
    struct ledger_source source = store_log_source(d->store);
    for (int k = 0; k < width; k++) {
        uint64_t at = index * LEDGER_TILE_WIDTH + (uint64_t)k;
        struct hash h;
        if (level < 0) {
            try(store_leaf(t, d->store, (int64_t)at, &h));
            ledger_entry_put(&b, &h);
        } else {
            try(source.node(source.ctx, t, level * 8, at, &h));
            buf_put(&b, h.b, sizeof h.b);
        }
    }
    *out = buf_as_bytes(&b);
    return ERR_OK;
}

/* Makes the folders of a path below `folder`, each name durable before anything is put in it. What
 * fails otherwise shows when the file is written. */
static err folders_make(struct turn *t, const char *folder, struct str path)
{
    for (size_t k = 0; k < path.n; k++) {
        if (path.p[k] != '/') continue;
        struct str sub = str_printf(t->arena, "%s/%.*s", folder, (int)k, path.p);
        if (mkdir(str_c(t->arena, sub), 0755) == 0) try(file_name_sync(t, str_c(t->arena, sub)));
    }
    return ERR_OK;
}

static err tile_write(struct desk *d, struct turn *t, int level, uint64_t index, int width)
{
    struct bytes data;
    struct str path = ledger_tile_path(t->arena, level, index, width);
    try(tile_bytes(d, t, level, index, width, &data));
    try(folders_make(t, d->log, path));
    struct str whole = str_printf(t->arena, "%s/" STR_FMT, d->log, STR_ARG(path));
    return file_write(t, str_c(t->arena, whole), data, 0644);
}

/* A partial tile that a wider one replaced goes, so that no unchecked copy stays behind. */
static void tile_drop(struct desk *d, struct turn *t, int level, uint64_t index, int width)
{
    struct str path = ledger_tile_path(t->arena, level, index, width);
    struct str whole = str_printf(t->arena, "%s/" STR_FMT, d->log, STR_ARG(path));
    (void)unlink(str_c(t->arena, whole));
}

/* Tiles of one level between two sizes: full ones that were not full before, and the partial one.
 */
static err level_write(struct desk *d, struct turn *t, int level, uint64_t before, uint64_t now)
{
    for (uint64_t k = before / LEDGER_TILE_WIDTH; k < now / LEDGER_TILE_WIDTH; k++)
        try(tile_write(d, t, level, k, LEDGER_TILE_WIDTH));
    if (now == before) return ERR_OK;
    int rest = (int)(now % LEDGER_TILE_WIDTH), old = (int)(before % LEDGER_TILE_WIDTH);
    if (rest) try(tile_write(d, t, level, now / LEDGER_TILE_WIDTH, rest));
    if (old) tile_drop(d, t, level, before / LEDGER_TILE_WIDTH, old);
    return ERR_OK;
}

static err checkpoint_write(struct desk *d, struct turn *t)
{
    struct str note, path = str_printf(t->arena, "%s/checkpoint", d->log);
    try(desk_note_cosigned(d, t, &note));
    try(file_write(t, str_c(t->arena, path), str_bytes(note), 0644));
    d->cosigned = false;
    return ERR_OK;
}

static err tiles_write(struct desk *d, struct turn *t, uint64_t before, uint64_t now)
{
    try(level_write(d, t, -1, before, now));
    for (int level = 0; now > 0 && level < 8; level++) {
        try(level_write(d, t, level, before, now));
        before /= LEDGER_TILE_WIDTH;
        now /= LEDGER_TILE_WIDTH;
    }
    return checkpoint_write(d, t);
}

/* What the checkpoint on disk says was written before this process. */
static uint64_t tiled_before(struct desk *d, struct turn *t)
{
    struct turn one = *t;
    struct bytes note;
    struct ledger_checkpoint c;
    struct str path = str_printf(t->arena, "%s/checkpoint", d->log);
    if (file_read(&one, str_c(t->arena, path), 65536, &note) != ERR_OK) return 0;
    struct str text = bytes_str(note);
    for (size_t k = 0; k + 1 < text.n; k++)
        if (text.p[k] == '\n' && text.p[k + 1] == '\n') text.n = k + 1;
    if (ledger_checkpoint_read(&one, text, &c) != ERR_OK) return 0;
    return c.size <= store_log_size(d->store) ? c.size : 0;
}

err desk_tidy(struct desk *d, struct turn *t)
{
    if (d->log && d->note.n && d->tiled != d->note_size) {
        (void)mkdir(d->log, 0755);
        if (!d->tiled) d->tiled = tiled_before(d, t);
        try(tiles_write(d, t, d->tiled, d->note_size));
        d->tiled = d->note_size;
    } else if (d->log && d->note.n && d->cosigned) {
        try(checkpoint_write(d, t));
    }
    return db_checkpoint(t, store_db(d->store), CHECKPOINT_PAGES);
}

/* ---- checking -------------------------------------------------------------------------------- */

struct tiles_check {
    struct desk *d;
    struct turn *t;
    void (*found)(void *ctx, struct str what, struct str sentence);
    void *ctx;
};

static err tile_check(struct tiles_check *c, int level, uint64_t index, int width)
{
    auto_arena scratch = arena_new();
    struct turn one = *c->t;
    one.arena = scratch;
    struct str path = ledger_tile_path(scratch, level, index, width);
    struct str whole = str_printf(scratch, "%s/" STR_FMT, c->d->log, STR_ARG(path));
    struct bytes now, then;
    if (file_read(&one, str_c(scratch, whole), 65536, &now) != ERR_OK) {
        c->found(c->ctx, str_dup(c->t->arena, path), STR("The tile is missing."));
        return ERR_OK;
    }
    turn_forgive(&one);
    if (tile_bytes(c->d, &one, level, index, width, &then) != ERR_OK || !bytes_eq(now, then))
        c->found(c->ctx, str_dup(c->t->arena, path), STR("The tile differs from the leaves."));
    return ERR_OK;
}

static err level_check(struct tiles_check *c, int level, uint64_t size)
{
    for (uint64_t k = 0; k < size / LEDGER_TILE_WIDTH; k++)
        try(tile_check(c, level, k, LEDGER_TILE_WIDTH));
    int rest = (int)(size % LEDGER_TILE_WIDTH);
    return rest ? tile_check(c, level, size / LEDGER_TILE_WIDTH, rest) : ERR_OK;
}

/* A signed note against the leaves: its root at its size must be theirs. */
static err note_holds(struct tiles_check *c, struct str note, uint64_t *size_out)
{
    struct ledger_checkpoint head;
    struct hash root;
    struct ledger_source source = store_log_source(c->d->store);
    try(note_read(c->d, c->t, note, &head));
    if (head.size > store_log_size(c->d->store)) return ERR_INTEGRITY;
    try(ledger_root_at(c->t, &source, head.size, &root));
    if (!hash_eq(&root, &head.root)) return ERR_INTEGRITY;
    *size_out = head.size;
    return ERR_OK;
}

/* Tells a note that does not hold; `size` stays as it was then. */
static void note_check(struct tiles_check *c, struct str note, const char *what, uint64_t *size)
{
    if (!c->d->born) return; /* the key stands in our profile, which is not readable */
    if (note_holds(c, note, size) == ERR_OK) return;
    turn_forgive(c->t);
    c->found(c->ctx, str_of(what), STR("The signed head does not agree with the leaves."));
}

err desk_tiles_check(struct desk *d, struct turn *t,
                     void (*found)(void *ctx, struct str what, struct str sentence), void *ctx)
{
    struct tiles_check c = {d, t, found, ctx};
    struct str last = d->keeper.last_note(d->keeper.ctx);
    uint64_t size = d->keeper.last_size(d->keeper.ctx);
    if (d->restores) return ERR_OK; /* no head and no tile of it is there yet */
    for (uint64_t k = store_log_size(d->store), told = 0; k < size && told < GONE_MAX; k++, told++)
        found(ctx, str_printf(t->arena, "leaf %llu", (unsigned long long)k),
              STR("The leaf was deleted: keeper signed a longer log."));
    if (size > store_log_size(d->store)) size = store_log_size(d->store);
    uint64_t signed_size = size;
    if (last.n)
        note_check(&c, last, "head", &signed_size);
    else if (store_log_size(d->store))
        found(ctx, STR("head"), STR("The head that keeper signed is missing."));
    if (!d->log) return ERR_OK;
    struct str path = str_printf(t->arena, "%s/checkpoint", d->log);
    struct bytes note;
    if (file_read(t, str_c(t->arena, path), 65536, &note) == ERR_OK)
        note_check(&c, bytes_str(note), "checkpoint", &size);
    else if (store_log_size(d->store))
        found(ctx, STR("checkpoint"), STR("It is missing."));
    turn_forgive(t);
    try(level_check(&c, -1, size));
    for (int level = 0; size > 0 && level < 8; level++, size /= LEDGER_TILE_WIDTH)
        try(level_check(&c, level, size));
    return ERR_OK;
}
