/* SPDX-License-Identifier: Apache-2.0 */
/* The disk in memory: files as pages that what is written and what is synced share until they
 * differ. What SQLite calls on it stands in disk_vfs.c. */

#include "db/disk_inner.h"

#include <assert.h>
#include <string.h>

/* ---- pages ----------------------------------------------------------------------------------- */

static void page_drop(struct disk *d, struct disk_page *p)
{
    if (!p || --p->uses) return;
    p->next = d->idle;
    d->idle = p;
}

static struct disk_page *page_new(struct disk *d, const struct disk_page *like)
{
    struct disk_page *p = d->idle;
    if (p)
        d->idle = p->next;
    else
        p = arena_take(d->arena, sizeof *p);
    p->uses = 1;
    if (like)
        memcpy(p->b, like->b, sizeof p->b);
    else
        memset(p->b, 0, sizeof p->b);
    return p;
}

/* What it grew out of stays in the arena: as much again at most. */
static void *grown(struct disk *d, const void *old, size_t n, size_t *room, size_t least,
                   size_t size)
{
    size_t more = *room ? *room : 8;
    while (more < least) more *= 2;
    void *fresh = arena_take_many(d->arena, more, size);
    if (n) memcpy(fresh, old, n * size);
    *room = more;
    return fresh;
}

static void dirty(struct disk_file *f, size_t page, uint8_t sectors)
{
    struct disk_slot *s = &f->pages[page];
    if (!s->dirty) {
        if (f->dirty_n == f->dirty_room)
            f->dirty = grown(f->disk, f->dirty, f->dirty_n, &f->dirty_room, f->dirty_n + 1,
                             sizeof *f->dirty);
        f->dirty[f->dirty_n++] = page;
    }
    s->dirty |= sectors;
}

void disk_file_write(struct disk_file *f, const uint8_t *p, size_t n, size_t at)
{
    while (n) {
        size_t page = at / DISK_PAGE, from = at % DISK_PAGE, part = DISK_PAGE - from;
        if (part > n) part = n;
        if (page >= f->room)
            f->pages = grown(f->disk, f->pages, f->room, &f->room, page + 1, sizeof *f->pages);
        struct disk_slot *s = &f->pages[page];
        if (!s->live || s->live->uses > 1) {
            struct disk_page *fresh = page_new(f->disk, s->live);
            page_drop(f->disk, s->live);
            s->live = fresh;
        }
        memcpy(s->live->b + from, p, part);
        size_t first = from / DISK_SECTOR, last = (from + part - 1) / DISK_SECTOR;
        uint8_t mask = 0;
        for (size_t k = first; k <= last; k++) mask = (uint8_t)(mask | 1U << k);
        dirty(f, page, mask);
        p += part;
        at += part;
        n -= part;
    }
    if (at > f->size) f->size = at;
}

void disk_file_read(const struct disk_file *f, uint8_t *p, size_t n, size_t at)
{
    while (n) {
        size_t page = at / DISK_PAGE, from = at % DISK_PAGE, part = DISK_PAGE - from;
        if (part > n) part = n;
        if (page < f->room && f->pages[page].live)
            memcpy(p, f->pages[page].live->b + from, part);
        else
            memset(p, 0, part);
        p += part;
        at += part;
        n -= part;
    }
}

/* Pages beyond the new size read as zeros if the file grows again. */
void disk_file_truncate(struct disk_file *f, size_t size)
{
    uint8_t zero[DISK_PAGE] = {0};
    size_t end = f->size;
    for (size_t at = size; at < end;) {
        size_t part = DISK_PAGE - at % DISK_PAGE;
        if (part > end - at) part = end - at;
        disk_file_write(f, zero, part, at);
        at += part;
    }
    f->size = size;
}

void disk_file_sync(struct disk_file *f)
{
    for (size_t k = 0; k < f->dirty_n; k++) {
        struct disk_slot *s = &f->pages[f->dirty[k]];
        page_drop(f->disk, s->kept);
        s->kept = s->live;
        if (s->live) s->live->uses++;
        s->dirty = 0;
    }
    f->dirty_n = 0;
    f->kept_size = f->size;
}

static bool coin(const struct chance *c)
{
    uint8_t b;
    c->fill(c->ctx, &b, 1);
    return b & 1;
}

/* Of each unsynced sector either what was written or what was synced before. */
static void page_cut(struct disk *d, struct disk_slot *s, const struct chance *c)
{
    uint8_t lost = 0;
    c->fill(c->ctx, &lost, 1);
    lost &= s->dirty;
    s->dirty = 0;
    struct disk_page *fresh = page_new(d, s->live);
    for (size_t k = 0; k < DISK_PAGE / DISK_SECTOR; k++) {
        if (!(lost >> k & 1)) continue;
        if (s->kept)
            memcpy(fresh->b + k * DISK_SECTOR, s->kept->b + k * DISK_SECTOR, DISK_SECTOR);
        else
            memset(fresh->b + k * DISK_SECTOR, 0, DISK_SECTOR);
    }
    page_drop(d, s->live);
    page_drop(d, s->kept);
    s->live = s->kept = fresh;
    fresh->uses = 2;
}

static void file_cut(struct disk_file *f, const struct chance *c)
{
    if (f->size != f->kept_size && coin(c)) f->size = f->kept_size;
    f->kept_size = f->size;
    for (size_t k = 0; k < f->dirty_n; k++) page_cut(f->disk, &f->pages[f->dirty[k]], c);
    f->dirty_n = 0;
}

/* ---- files by name --------------------------------------------------------------------------- */

struct disk_file *disk_find(const struct disk *d, const char *name)
{
    for (size_t k = 0; k < d->files_n; k++)
        if (d->files[k]->named && strcmp(d->files[k]->name, name) == 0) return d->files[k];
    return NULL;
}

struct disk_file *disk_make(struct disk *d, const char *name)
{
    if (d->files_n == DISK_FILES_MAX || strlen(name) >= DISK_NAME_MAX) return NULL;
    struct disk_file *f = arena_take(d->arena, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->named = true;
    f->disk = d;
    d->files[d->files_n++] = f;
    return f;
}

/* Its pages can be used again; itself stays in the arena. */
static void file_end(struct disk_file *f)
{
    for (size_t k = 0; k < f->room; k++) {
        page_drop(f->disk, f->pages[k].live);
        page_drop(f->disk, f->pages[k].kept);
    }
}

/* Those that have no name any more, written or durable. */
static void sweep(struct disk *d)
{
    size_t n = 0;
    for (size_t k = 0; k < d->files_n; k++) {
        struct disk_file *f = d->files[k];
        if (f->named || f->kept_named || f->open)
            d->files[n++] = f;
        else
            file_end(f);
    }
    d->files_n = n;
}

/* ---- steps ----------------------------------------------------------------------------------- */

enum disk_fate disk_step(struct disk *d, enum disk_step step)
{
    if (d->dead) return DISK_DIES;
    enum disk_fate fate = d->hooks.step ? d->hooks.step(d->hooks.ctx, step) : DISK_GOES;
    if (fate == DISK_DIES || fate == DISK_DIES_AFTER) d->dead = true;
    return fate;
}

bool disk_taken(enum disk_fate f)
{
    return f == DISK_GOES || f == DISK_FAILS_AFTER || f == DISK_DIES_AFTER;
}

void disk_die(struct disk *d) { d->dead = true; }

bool disk_is_dead(const struct disk *d) { return d->dead; }

void disk_revive(struct disk *d, const struct chance *cut)
{
    for (size_t k = 0; k < d->files_n; k++) {
        struct disk_file *f = d->files[k];
        assert(f->open == 0 && "files are closed before the next life");
        f->shared_n = 0;
        if (cut) file_cut(f, cut);
    }
    /* A rename is one change of the folder: it happened, or it did not. */
    if (cut && d->names_dirty) {
        bool back = coin(cut);
        for (size_t k = 0; k < d->files_n; k++) {
            struct disk_file *f = d->files[k];
            if (back) {
                memcpy(f->name, f->kept_named ? f->kept_name : f->name, sizeof f->name);
                f->named = f->kept_named;
            }
            memcpy(f->kept_name, f->name, sizeof f->name);
            f->kept_named = f->named;
        }
        d->names_dirty = false;
    }
    sweep(d);
    d->dead = false;
}

uint64_t disk_size(const struct disk *d)
{
    uint64_t n = 0;
    for (size_t k = 0; k < d->files_n; k++) n += d->files[k]->size;
    return n;
}

bool disk_is_unsynced(const struct disk *d)
{
    for (size_t k = 0; k < d->files_n; k++)
        if (d->files[k]->dirty_n || d->files[k]->size != d->files[k]->kept_size) return true;
    return d->names_dirty;
}

/* ---- plain files ----------------------------------------------------------------------------- */

bool disk_put(struct disk *d, const char *name, struct bytes data)
{
    enum disk_fate fate = disk_step(d, DISK_WRITE);
    struct disk_file *f = disk_find(d, name);
    if (disk_taken(fate)) {
        if (!f) {
            f = disk_make(d, name);
            if (!f) return false;
            d->names_dirty = true;
        }
        disk_file_truncate(f, 0);
        disk_file_write(f, data.p, data.n, 0);
    }
    return fate == DISK_GOES || fate == DISK_LIES;
}

bool disk_sync(struct disk *d, const char *name)
{
    enum disk_fate fate = disk_step(d, DISK_SYNC);
    struct disk_file *f = disk_find(d, name);
    if (f && disk_taken(fate)) disk_file_sync(f);
    return f && (fate == DISK_GOES || fate == DISK_LIES);
}

bool disk_rename(struct disk *d, const char *from, const char *to)
{
    enum disk_fate fate = disk_step(d, DISK_NAME);
    struct disk_file *f = disk_find(d, from), *old = disk_find(d, to);
    if (!f || strlen(to) >= sizeof f->name) return false;
    if (disk_taken(fate)) {
        if (old && old != f) old->named = false;
        snprintf(f->name, sizeof f->name, "%s", to);
        d->names_dirty = true;
    }
    return fate == DISK_GOES || fate == DISK_LIES;
}

bool disk_names_sync(struct disk *d)
{
    enum disk_fate fate = disk_step(d, DISK_SYNC);
    if (disk_taken(fate)) {
        for (size_t k = 0; k < d->files_n; k++) {
            struct disk_file *f = d->files[k];
            memcpy(f->kept_name, f->name, sizeof f->name);
            f->kept_named = f->named;
        }
        d->names_dirty = false;
        sweep(d);
    }
    return fate == DISK_GOES || fate == DISK_LIES;
}

bool disk_get(const struct disk *d, struct arena *a, const char *name, struct bytes *out)
{
    const struct disk_file *f = disk_find(d, name);
    if (!f) return false;
    uint8_t *p = arena_take(a, f->size + 1);
    disk_file_read(f, p, f->size, 0);
    *out = (struct bytes){p, f->size};
    return true;
}

/* ---- images ---------------------------------------------------------------------------------- */

struct disk_image {
    struct arena *arena;
    size_t n;
    struct image_file {
        const char *name;
        struct bytes data;
    } files[DISK_FILES_MAX];
};

struct disk_image *disk_image_take(const struct disk *d)
{
    struct arena *a = arena_new();
    struct disk_image *i = arena_take(a, sizeof *i);
    i->arena = a;
    for (size_t k = 0; k < d->files_n; k++) {
        const struct disk_file *f = d->files[k];
        struct image_file *to = &i->files[i->n];
        if (!f->named) continue;
        to->name = str_c(a, str_of(f->name));
        if (disk_get(d, a, f->name, &to->data)) i->n++;
    }
    return i;
}

void disk_image_free(struct disk_image *i)
{
    if (i) arena_free(i->arena);
}

void disk_image_put(struct disk *d, const struct disk_image *i, bool (*stays)(const char *name))
{
    for (size_t k = 0; k < d->files_n; k++) {
        struct disk_file *f = d->files[k];
        assert(f->open == 0 && "nothing is open on a disk that is replaced");
        f->named = f->kept_named = f->named && stays && stays(f->name);
    }
    sweep(d);
    for (size_t k = 0; k < i->n; k++) {
        const struct image_file *from = &i->files[k];
        struct disk_file *f = disk_find(d, from->name);
        if (f) continue; /* it stays */
        f = disk_make(d, from->name);
        if (!f) return;
        disk_file_write(f, from->data.p, from->data.n, 0);
    }
    for (size_t k = 0; k < d->files_n; k++) {
        struct disk_file *f = d->files[k];
        disk_file_sync(f);
        memcpy(f->kept_name, f->name, sizeof f->name);
        f->kept_named = f->named;
        f->shared_n = 0;
    }
    d->names_dirty = false;
}

/* ---- making ---------------------------------------------------------------------------------- */

struct disk *disk_new(const char *vfs, struct disk_hooks hooks)
{
    struct arena *a = arena_new();
    struct disk *d = arena_take(a, sizeof *d);
    d->arena = a;
    d->hooks = hooks;
    if (disk_vfs_add(d, vfs)) return d;
    arena_free(a);
    return NULL;
}

void disk_free(struct disk *d)
{
    if (!d) return;
    disk_vfs_drop(d);
    arena_free(d->arena);
}
