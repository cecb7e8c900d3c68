/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: memory that belongs to a lifetime and goes all at once.
 *
 * The only file of the program that calls malloc. Items are never freed one by one; a large item
 * gets a block of its own so that it does not waste the rest of a shared one. AddressSanitizer is
 * told which bytes were not handed out, so reading past an item or after a reset is caught. It does
 * not account per owner and is not safe across threads. */

#include "base/base.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum {
    ALIGN = 16,
    RED_ZONE = 16, /* kept free after each item, so that a sanitizer sees a run past its end */
    FIRST_ROOM = 4096,
    BLOCK_ROOM = 65536,
    REUSED_BLOCKS = 4,
    OWN_BLOCK_MIN = BLOCK_ROOM / 4, /* from here on an item gets a block of its own */
};
_Static_assert(ALIGN >= alignof(max_align_t), "an item must suit any type");

struct block {
    struct block *next;
    size_t room, used;
    alignas(ALIGN) uint8_t b[];
};

struct undo {
    struct undo *older;
    void (*run)(void *what);
    void *what;
};

struct arena {
    struct block *first; /* kept by a reset */
    struct block *now;   /* where small items come from; reachable from `first` */
    struct undo *undo;   /* newest first; the records stand in the arena itself */
    size_t used;
};

static _Noreturn void out_of_memory(void)
{
    fputs("comity: out of memory\n", stderr);
    abort();
}

static struct block *block_new(size_t room)
{
    struct block *k = malloc(sizeof *k + room);
    if (!k) out_of_memory();
    k->next = NULL;
    k->room = room;
    k->used = 0;
    ASAN_POISON_MEMORY_REGION(k->b, room);
    return k;
}

static void block_free(struct block *k)
{
    ASAN_UNPOISON_MEMORY_REGION(k->b, k->room);
    free(k);
}

void arena_spare(void)
{
    /* Only the top of the heap is given back, so this bounds what a process keeps for nothing. What
     * is larger than MAPPED_MIN goes back at once. */
    enum { SPARE = 2 << 20, MAPPED_MIN = 512 << 10 };
    (void)mallopt(M_TRIM_THRESHOLD, SPARE);
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_MIN);
}

void arena_rest(void) { (void)malloc_trim(0); }

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a) out_of_memory();
    a->first = a->now = block_new(FIRST_ROOM);
    return a;
}

void arena_free(struct arena *a)
{
    if (!a) return;
    arena_reset(a);
    block_free(a->first);
    free(a);
}

static void block_clear(struct block *k)
{
    k->used = 0;
    ASAN_POISON_MEMORY_REGION(k->b, k->room);
}

/* Keeps the first block and so many of the ordinary ones. */
static void reset(struct arena *a, int keep)
{
    while (a->undo) {
        struct undo *u = a->undo;
        a->undo = u->older;
        u->run(u->what);
    }
    struct block *last = a->first;
    for (struct block *k = a->first->next, *next; k; k = next) {
        next = k->next;
        if (k->room != BLOCK_ROOM || keep-- <= 0) {
            block_free(k);
            continue;
        }
        block_clear(k);
        last->next = k;
        last = k;
    }
    last->next = NULL;
    block_clear(a->first);
    a->now = a->first;
    a->used = 0;
}

void arena_reset(struct arena *a) { reset(a, 0); }

void arena_reuse(struct arena *a) { reset(a, REUSED_BLOCKS); }

/* A block with `need` bytes free. A block for one large item goes behind the current one, which
 * stays current. */
static struct block *block_with(struct arena *a, size_t need)
{
    if (a->now->room - a->now->used >= need) return a->now;
    if (need < OWN_BLOCK_MIN) { /* one that was kept, behind those of large items */
        struct block *kept = a->now->next;
        while (kept && kept->used) kept = kept->next;
        if (kept) return a->now = kept;
    }
    struct block *k = block_new(need >= OWN_BLOCK_MIN ? need : BLOCK_ROOM);
    k->next = a->now->next;
    a->now->next = k;
    if (need < OWN_BLOCK_MIN) a->now = k;
    return k;
}

void *arena_take(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2) out_of_memory();
    size_t need = (size + RED_ZONE + ALIGN - 1) / ALIGN * ALIGN;
    struct block *k = block_with(a, need);
    uint8_t *p = k->b + k->used;
    k->used += need;
    a->used += size;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    if (size) memset(p, 0, size);
    return p;
}

void *arena_take_many(struct arena *a, size_t count, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(count, size, &all)) out_of_memory();
    return arena_take(a, all);
}

void arena_on_free(struct arena *a, void (*undo)(void *what), void *what)
{
    struct undo *u = arena_take(a, sizeof *u);
    *u = (struct undo){a->undo, undo, what};
    a->undo = u;
}

size_t arena_used(const struct arena *a) { return a->used; }

void secret_wipe(struct secret *s) { wipe(s, sizeof *s); }

void wipe(void *p, size_t n)
{
    if (n) explicit_bzero(p, n);
}
