/* SPDX-License-Identifier: Apache-2.0 */
/* The second implementation, the log in memory, and the helpers of the ledger's tests.
 *
 * The naive functions recurse as RFC 6962 2.1 is written and hash with their own prefixes, so they
 * share nothing with the ledger but SHA-256. At most LOG_MAX leaves, so nine levels deep. */

#include "ledger_test.h"

#include "seal/seal.h"

int turn_up(void **state)
{
    struct arena *a = arena_new();
    struct turn *t = arena_take(a, sizeof *t);
    t->arena = a;
    *state = t;
    return 0;
}

int turn_down(void **state)
{
    struct turn *t = *state;
    arena_free(t->arena);
    return 0;
}

void assert_text(struct str s, const char *expected)
{
    struct str e = str_of(expected);
    assert_int_equal(s.n, e.n);
    if (e.n) assert_memory_equal(s.p, e.p, e.n);
}

void assert_hash(const struct hash *h, const char *expected_hex)
{
    auto_arena a = arena_new();
    assert_text(hex(a, hash_bytes(h)), expected_hex);
}

void assert_refused(struct turn *t, err got, err e, const char *code, const char *article,
                    const char *particular)
{
    assert_string_equal(err_word(got), err_word(e));
    assert_int_equal(t->fault.err, e);
    assert_string_equal(t->fault.code, code);
    if (article) assert_string_equal(t->fault.article, article);
    if (particular) assert_string_equal(t->fault.particular, particular);
    assert_true(t->fault.sentence[0]);
    turn_forgive(t);
}

struct hash leaf_data(uint64_t index)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++) b[i] = (uint8_t)(index >> 8 * i);
    return seal_sha256_of((struct bytes){b, 8});
}

static void keep(void *ctx, int level, uint64_t index, const struct hash *h)
{
    struct log *l = ctx;
    assert_in_range(level, 0, 15);
    assert_in_range(index, 0, LOG_MAX - 1);
    assert_false(l->known[level][index]);
    l->known[level][index] = true;
    l->node[level][index] = *h;
}

void log_append(struct log *l, const struct hash *data)
{
    struct hash h;
    ledger_leaf_hash(data, &h);
    ledger_append(&l->edge, &h, keep, l);
}

struct log *log_new(struct arena *a, uint64_t size)
{
    struct log *l = arena_take(a, sizeof *l);
    l->missing = UINT64_MAX;
    for (uint64_t i = 0; i < size; i++) {
        struct hash data = leaf_data(i);
        log_append(l, &data);
    }
    return l;
}

static err log_node(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    struct log *l = ctx;
    l->asked++;
    if (l->broken) return turn_fail(t, l->broken, "broken", NULL, "the source is broken");
    bool there = level < 16 && index < LOG_MAX && l->known[level][index];
    if (!there || (level && l->leaves_only) || (!level && index == l->missing))
        return turn_fail(t, ERR_NONE_SUCH, "node", NULL, "there is no such node");
    *out = l->node[level][index];
    return ERR_OK;
}

struct ledger_source log_source(struct log *l)
{
    return (struct ledger_source){.node = log_node, .ctx = l};
}

struct naive *naive_new(struct arena *a)
{
    struct naive *d = arena_take(a, sizeof *d);
    for (uint64_t i = 0; i < LOG_MAX; i++) {
        struct hash data = leaf_data(i);
        const struct bytes parts[] = {{(const uint8_t *)"\0", 1}, hash_bytes(&data)};
        seal_sha256(parts, 2, &d->leaf[i]);
    }
    return d;
}

/* The largest power of two smaller than n. */
static uint64_t largest_below(uint64_t n)
{
    uint64_t k = 1;
    while (2 * k < n) k *= 2;
    return k;
}

struct hash naive_hash(struct naive *d, uint64_t begin, uint64_t n)
{
    if (n == 0) return seal_sha256_of((struct bytes){NULL, 0});
    if (n == 1) return d->leaf[begin];
    struct hash *h = &d->hash[begin][n];
    if (!d->known[begin][n]) {
        uint64_t k = largest_below(n);
        struct hash left = naive_hash(d, begin, k), right = naive_hash(d, begin + k, n - k);
        const struct bytes parts[] = {
            {(const uint8_t *)"\1", 1}, hash_bytes(&left), hash_bytes(&right)};
        seal_sha256(parts, 3, h);
        d->known[begin][n] = true;
    }
    return *h;
}

void naive_path(struct naive *d, uint64_t m, uint64_t begin, uint64_t n, struct ledger_proof *p)
{
    if (n == 1) return;
    uint64_t k = largest_below(n);
    if (m < k) {
        naive_path(d, m, begin, k, p);
        p->path[p->n++] = naive_hash(d, begin + k, n - k);
    } else {
        naive_path(d, m - k, begin + k, n - k, p);
        p->path[p->n++] = naive_hash(d, begin, k);
    }
}

void naive_subproof(struct naive *d, uint64_t m, uint64_t begin, uint64_t n, bool b,
                    struct ledger_proof *p)
{
    if (m == n) {
        if (!b) p->path[p->n++] = naive_hash(d, begin, n);
        return;
    }
    uint64_t k = largest_below(n);
    if (m <= k) {
        naive_subproof(d, m, begin, k, b, p);
        p->path[p->n++] = naive_hash(d, begin + k, n - k);
    } else {
        naive_subproof(d, m - k, begin + k, n - k, false, p);
        p->path[p->n++] = naive_hash(d, begin, k);
    }
}
