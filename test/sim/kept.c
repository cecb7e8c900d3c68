/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle of the simulation: see kept.h. It reads the nodes' rows by SQL of its own, not by the
 * views of the desk under test. */

#include "sim/kept.h"

#include "desk/desk_internal.h"

#include <stdlib.h>
#include <string.h>

/* One acknowledgement. */
struct word {
    int node;
    bool taken; /* by receipt; else told to an officer */
    struct id act;
};
/* One act as a node stores it. */
struct row {
    struct id act, dossier;
    int64_t stream, n;
    struct str way, effect;
    struct hash hash;
};
struct rows {
    struct row *p;
    size_t n;
};

struct kept {
    struct world *w;
    struct arena *arena;
    struct buf words;
    size_t n;
};

static void word_add(struct kept *k, struct word word)
{
    const struct word *all = (const struct word *)(const void *)k->words.p;
    for (size_t j = 0; j < k->n; j++)
        if (all[j].node == word.node && all[j].taken == word.taken && id_eq(&all[j].act, &word.act))
            return; /* told again: a repeat, or the same idempotency key */
    buf_put(&k->words, &word, sizeof word);
    k->n++;
}

static void told(void *ctx, struct world_node *n, struct str act)
{
    struct word word = {.node = n->number};
    if (!id_read(act, &word.act)) abort();
    word_add(ctx, word);
}

struct kept *kept_open(struct world *w)
{
    struct arena *a = arena_new();
    struct kept *k = arena_take(a, sizeof *k);
    *k = (struct kept){w, a, buf_in(a), 0};
    w->told = told;
    w->told_ctx = k;
    return k;
}

void kept_close(struct kept *k)
{
    if (k) arena_free(k->arena);
}

void kept_taken(struct kept *k, struct world_node *by, struct bytes sealed)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a, .clock = &k->w->clock, .chance = &k->w->chance};
    struct desk_parcel parcel;
    struct word word = {.node = by->number, .taken = true};
    if (world_parcel(by, &t, sealed, &parcel) != ERR_OK ||
        !id_read(tree_str(parcel.act, "id"), &word.act))
        abort();
    word_add(k, word);
}

size_t kept_count(const struct kept *k) { return k->n; }

/* ---- what the nodes store -------------------------------------------------------------------- */

static struct rows rows_of(struct kept *k, struct arena *a, int node)
{
    struct turn t = {.arena = a};
    struct buf b = buf_in(a);
    size_t n = 0;
    struct db_rows r =
        db_ask(&t, store_db(k->w->node[node].desk->store),
               "SELECT id, dossier, stream, n, way, effect, hash FROM act ORDER BY leaf", NULL, 0);
    for (; db_next(&r); n++) {
        struct row row = {.stream = db_int_at(&r, 2),
                          .n = db_int_at(&r, 3),
                          .way = str_dup(a, db_text_at(&r, 4)),
                          .effect = str_dup(a, db_text_at(&r, 5))};
        memcpy(row.act.b, db_bytes_at(&r, 0).p, sizeof row.act.b);
        memcpy(row.dossier.b, db_bytes_at(&r, 1).p, sizeof row.dossier.b);
        memcpy(row.hash.b, db_bytes_at(&r, 6).p, sizeof row.hash.b);
        buf_put(&b, &row, sizeof row);
    }
    if (db_done(&r) != ERR_OK) abort();
    return (struct rows){(struct row *)(void *)b.p, n};
}

static size_t count_of(const struct rows *all, const struct id *act, const struct row **first)
{
    size_t n = 0;
    for (size_t j = 0; j < all->n; j++) {
        if (!id_eq(&all->p[j].act, act)) continue;
        if (n++ == 0) *first = &all->p[j];
    }
    return n;
}

static bool no(const char *what, int node, const struct id *act)
{
    auto_arena a = arena_new();
    printf("not ok: %s (node %d, act " STR_FMT ")\n", what, node,
           STR_ARG(act ? hex(a, id_bytes(act)) : STR("-")));
    return false;
}

/* ---- the comparison -------------------------------------------------------------------------- */

static bool words_hold(const struct kept *k, const struct rows *all)
{
    const struct word *words = (const struct word *)(const void *)k->words.p;
    for (size_t j = 0; j < k->n; j++) {
        const struct row *row = NULL;
        size_t n = count_of(&all[words[j].node], &words[j].act, &row);
        if (n != 1)
            return no(n ? "an acknowledged act is there twice" : "an acknowledged act is gone",
                      words[j].node, &words[j].act);
        if (str_is(row->way, "in") != words[j].taken)
            return no("an act stands on the wrong side", words[j].node, &words[j].act);
    }
    return true;
}

/* As many acts as were acknowledged, of each way; what a clock brought about was told to nobody. */
static bool counts_hold(const struct kept *k, const struct rows *all, int node)
{
    const struct word *words = (const struct word *)(const void *)k->words.p;
    size_t taken = 0, sent = 0, in = 0, out = 0;
    for (size_t j = 0; j < k->n; j++) {
        const struct row *row = NULL;
        if (words[j].node != node || count_of(&all[node], &words[j].act, &row) != 1) continue;
        taken += words[j].taken;
        sent += str_is(row->way, "out");
    }
    for (size_t j = 0; j < all[node].n; j++) {
        in += str_is(all[node].p[j].way, "in");
        out += str_is(all[node].p[j].way, "out");
    }
    if (in != taken) return no("it stores acts that it never receipted", node, NULL);
    if (out != sent) return no("it stores acts that no officer was told of", node, NULL);
    return true;
}

/* Numbers within a stream of a dossier run from 1 without a gap. */
static bool numbers_hold(const struct rows *all, int node)
{
    for (size_t j = 0; j < all->n; j++) {
        int64_t below = 0;
        for (size_t i = 0; i < all->n; i++)
            below += id_eq(&all->p[i].dossier, &all->p[j].dossier) &&
                     all->p[i].stream == all->p[j].stream && all->p[i].n < all->p[j].n;
        if (below != all->p[j].n - 1)
            return no("the acts of a stream have a gap", node, &all->p[j].act);
    }
    return true;
}

/* What left one node stands once at exactly one other, as it left, with the same effect. */
static bool crossed_once(const struct kept *k, const struct rows *all, int node)
{
    for (size_t j = 0; j < all[node].n; j++) {
        const struct row *mine = &all[node].p[j], *theirs = NULL;
        size_t n = 0;
        if (!str_is(mine->way, "out")) continue;
        for (int other = 0; other < k->w->n; other++)
            if (other != node) n += count_of(&all[other], &mine->act, &theirs);
        if (n != 1) return no("an act that was sent is not at one other node", node, &mine->act);
        if (!str_is(theirs->way, "in") || !hash_eq(&mine->hash, &theirs->hash) ||
            mine->n != theirs->n || mine->stream != theirs->stream ||
            !str_eq(mine->effect, theirs->effect))
            return no("the two sides of an act differ", node, &mine->act);
    }
    return true;
}

bool kept_holds(struct kept *k)
{
    auto_arena a = arena_new();
    struct rows all[WORLD_NODES_MAX];
    size_t in = 0, out = 0;
    for (int node = 0; node < k->w->n; node++) all[node] = rows_of(k, a, node);
    if (!words_hold(k, all)) return false;
    for (int node = 0; node < k->w->n; node++) {
        if (!counts_hold(k, all, node) || !numbers_hold(&all[node], node) ||
            !crossed_once(k, all, node))
            return false;
        for (size_t j = 0; j < all[node].n; j++) {
            in += str_is(all[node].p[j].way, "in");
            out += str_is(all[node].p[j].way, "out");
        }
    }
    return in == out || no("acts came that nobody sent", 0, NULL);
}

/* ---- shown to fail --------------------------------------------------------------------------- */

bool kept_break(struct kept *k, const char *how)
{
    static const struct {
        const char *how, *sql;
    } ways[] = {
        {"lose", "DELETE FROM act WHERE id IN (SELECT id FROM act WHERE way = 'in' ORDER BY leaf "
                 "DESC LIMIT 1)"},
        {"twice", "INSERT INTO act SELECT dossier.id, act.dossier, act.leaf, act.stream, act.n + "
                  "1000, act.at_ms, act.recorded_ms, act.remarks, act.way, act.act, act.effect, "
                  "act.hash, NULL FROM act, dossier WHERE act.way = 'in' LIMIT 1"},
        {"change", "UPDATE act SET effect = 'crossed' WHERE id IN (SELECT id FROM act WHERE way = "
                   "'in' AND effect = 'took-effect' ORDER BY leaf LIMIT 1)"},
    };
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    for (size_t j = 0; j < sizeof ways / sizeof *ways; j++)
        if (strcmp(how, ways[j].how) == 0)
            return db_run(&t, store_db(k->w->node[0].desk->store), ways[j].sql, NULL, 0, NULL) ==
                   ERR_OK;
    return false;
}
