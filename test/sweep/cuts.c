/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts under the real desk, real SQL and real signatures: two nodes on a disk in memory that
 * knows what is durable (db/disk.h), database and vault both. One node sends requests with a
 * document, the other takes them and gives receipts; at a step of the disk drawn from the seed the
 * power goes, and of all that was not synced any part is gone. After each cut both open again whole
 * and hold what they acknowledged. FULL=1 makes 10,000 cuts.
 *
 * A disk that from some moment on only says it synced the log must be noticed: a run in which no
 * acknowledged request was then missed, looked for one by one, failed. */

#include "desk/desk_internal.h"
#include "kit/world.h"
#include "store/store_internal.h"

#include "db/disk.h"

#include <stdlib.h>
#include <string.h>

enum { ACKS_MAX = 128, BLOBS_MAX = 512, CUTS_A_WORLD = 50, FSCK_EACH = 10, STEPS = 4 };

struct ack {
    struct id act;
    bool held; /* the other node gave a receipt */
};
struct bench {
    struct world w;
    struct disk *disk;
    bool liar, lies; /* it will, once the stores are there; it does */
    int64_t fuse;    /* steps until the power goes; negative: it stays */
    bool after;      /* the step is still taken */
    bool bounds;     /* only syncs and names count for the fuse */
    int64_t steps, bound_steps, hits[STEPS];
    struct ack acks[ACKS_MAX];
    size_t acks_n, acknowledged, held, lost, broken;
    struct hash blobs[BLOBS_MAX];
    size_t blobs_n;
    const struct law_tables *law;
    struct arena *life;
};
static struct bench bench; /* the vault and the law below ask for it */

/* ---- what is put in the place of a folder, and of reading the law again -----------------------
 */

struct vault {
    struct bench *b;
    char node; /* the file names of two nodes are apart */
};

err __wrap_vault_open(struct turn *t, const char *folder, struct vault **out);
void __wrap_vault_close(struct vault *v);
err __wrap_vault_put(struct turn *t, struct vault *v, struct bytes sealed, struct hash *name_out);
err __wrap_vault_get(struct turn *t, struct vault *v, const struct hash *name, size_t limit,
                     struct bytes *out);
err __wrap_vault_each(struct turn *t, struct vault *v,
                      err (*each)(void *ctx, struct turn *t, const char *file,
                                  const struct hash *name),
                      void *ctx);
uint64_t __wrap_vault_syncs(const struct vault *v);
err __wrap_law_load(struct turn *t, const struct law_file *files, size_t n,
                    const struct law_tables **out);
err __real_law_load(struct turn *t, const struct law_file *files, size_t n,
                    const struct law_tables **out);

err __wrap_vault_open(struct turn *t, const char *folder, struct vault **out)
{
    struct vault *v = arena_take(t->arena, sizeof *v);
    *v = (struct vault){&bench, strstr(folder, "/n1/") ? '1' : '0'};
    *out = v;
    return ERR_OK;
}

void __wrap_vault_close(struct vault *v) { (void)v; }

static const char *file_of(struct arena *a, const struct vault *v, const struct hash *name,
                           const char *end)
{
    struct str h = hex(a, hash_bytes(name));
    return str_c(a, str_printf(a, "%c-" STR_FMT "%s", v->node, STR_ARG(h), end));
}

err __wrap_vault_put(struct turn *t, struct vault *v, struct bytes sealed, struct hash *name_out)
{
    struct hash name = seal_sha256_of(sealed);
    struct disk *d = v->b->disk;
    const char *file = file_of(t->arena, v, &name, ""), *fresh = file_of(t->arena, v, &name, ".n");
    struct bytes there;
    bool ok = disk_get(d, t->arena, file, &there);
    if (!ok) ok = disk_put(d, fresh, sealed) && disk_sync(d, fresh) && disk_rename(d, fresh, file);
    if (!ok || !disk_names_sync(d))
        return turn_fail(t, ERR_INTERNAL, "vault", NULL, "The file cannot be written.");
    if (v->b->blobs_n < BLOBS_MAX) v->b->blobs[v->b->blobs_n++] = name;
    *name_out = name;
    return ERR_OK;
}

err __wrap_vault_get(struct turn *t, struct vault *v, const struct hash *name, size_t limit,
                     struct bytes *out)
{
    if (!disk_get(v->b->disk, t->arena, file_of(t->arena, v, name, ""), out))
        return turn_fail(t, ERR_NONE_SUCH, "vault", NULL, "There is no such file.");
    struct hash h = seal_sha256_of(*out);
    if (out->n <= limit && hash_eq(&h, name)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "vault-altered", NULL, "It does not hash to its name.");
}

err __wrap_vault_each(struct turn *t, struct vault *v,
                      err (*each)(void *ctx, struct turn *t, const char *file,
                                  const struct hash *name),
                      void *ctx)
{
    for (size_t k = 0; k < v->b->blobs_n; k++) {
        struct bytes there;
        const char *file = file_of(t->arena, v, &v->b->blobs[k], "");
        if (!disk_get(v->b->disk, t->arena, file, &there)) continue;
        try(each(ctx, t, file, &v->b->blobs[k]));
    }
    return ERR_OK;
}

uint64_t __wrap_vault_syncs(const struct vault *v)
{
    (void)v;
    return 0;
}

err __wrap_law_load(struct turn *t, const struct law_file *files, size_t n,
                    const struct law_tables **out)
{
    struct turn life = *t;
    life.arena = bench.life;
    if (!bench.law) try(__real_law_load(&life, files, n, &bench.law));
    *out = bench.law;
    return ERR_OK;
}

/* ---- the power ------------------------------------------------------------------------------- */

static enum disk_fate step(void *ctx, enum disk_step what)
{
    struct bench *b = ctx;
    bool counts = !b->bounds || what != DISK_WRITE;
    b->steps++;
    b->bound_steps += what != DISK_WRITE;
    if (b->fuse == 0 && counts) {
        b->hits[what]++;
        for (int k = 0; k < 2; k++) b->w.node[k].no_head = ERR_INTERNAL; /* keeper went with it */
        return b->after ? DISK_DIES_AFTER : DISK_DIES;
    }
    if (b->fuse > 0 && counts) b->fuse--;
    return b->lies && what == DISK_LOG_SYNC ? DISK_LIES : DISK_GOES;
}

static bool on(const struct bench *b) { return !disk_is_dead(b->disk); }

/* ---- work ------------------------------------------------------------------------------------ */

static const struct tree *request(struct bench *b, struct arena *a)
{
    struct str to = str_printf(a, "to=" STR_FMT, STR_ARG(b->w.node[1].address));
    struct tree *args = (struct tree *)(uintptr_t)world_args(
        a, "kind=preservation", str_c(a, to), "particulars.authority_seeking=Bureau",
        "particulars.offence=Access", "particulars.facts=A hospital was hit.",
        "particulars.data=Server", "particulars.relation=Loot", "particulars.necessity=Soon",
        "particulars.mla_intended=true", NULL);
    struct tree *d = tree_add_map(a, tree_add_list(a, args, "documents"), NULL);
    struct str text = str_printf(a, "annex %llu", (unsigned long long)world_draw(&b->w, 1 << 30));
    tree_add_str(a, d, "name", STR("annex.txt"));
    tree_add_str(a, d, "type", STR("text/plain"));
    tree_add_str(a, d, "data", base64(a, str_bytes(text)));
    return args;
}

/* An officer's request. What he was told while there was power counts. */
static void send(struct bench *b, struct arena *a)
{
    struct world_node *n = &b->w.node[0];
    const struct tree *v;
    if (world_do(n, a, DESK_NEW, request(b, a), &v) != ERR_OK || !on(b)) return;
    struct str draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    if (world_do(n, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), &v) != ERR_OK || !on(b))
        return;
    struct ack x = {0};
    if (b->acks_n == ACKS_MAX || !id_read(tree_str(v, "id"), &x.act)) abort();
    b->acks[b->acks_n++] = x;
    b->acknowledged++;
}

static void receipted(struct bench *b, const struct id *act)
{
    for (size_t k = 0; k < b->acks_n; k++) {
        if (!id_eq(&b->acks[k].act, act)) continue;
        b->held += !b->acks[k].held;
        b->acks[k].held = true;
        return;
    }
    /* Its officer was not told, but the other node answered for it. */
    if (b->acks_n < ACKS_MAX) b->acks[b->acks_n++] = (struct ack){*act, true};
    b->held++;
}

static void carry(struct bench *b, struct arena *a)
{
    struct desk_job *jobs;
    size_t n;
    if (world_jobs(&b->w.node[0], a, &jobs, &n) != ERR_OK) return;
    for (size_t k = 0; k < n && on(b); k++) {
        struct str answer;
        err e = world_deliver(&b->w.node[1], &b->w.node[0], a, jobs[k].sealed, &answer);
        if (e != ERR_OK || !on(b)) return;
        receipted(b, &jobs[k].act);
        if (world_receipt(&b->w.node[0], &jobs[k].act, answer) != ERR_OK) return;
    }
}

/* Background: the write-ahead log goes into the database. */
static void tidy(struct bench *b, struct arena *a)
{
    for (int k = 0; k < 2 && on(b); k++) {
        struct turn t = {.arena = a};
        err e = db_checkpoint(&t, store_db(b->w.node[k].desk->store), 0);
        if (e != ERR_OK) return; /* the power went, or the next time will do */
    }
}

static void work(struct bench *b)
{
    auto_arena a = arena_new();
    send(b, a);
    if (on(b)) carry(b, a);
    if (on(b) && world_draw(&b->w, 4) == 0) tidy(b, a);
    b->w.now_ms += 60000;
}

/* ---- after a cut ----------------------------------------------------------------------------- */

static void complains(void *ctx, struct str sentence)
{
    struct bench *b = ctx;
    b->broken++;
    printf("# integrity_check: " STR_FMT "\n", STR_ARG(sentence));
}

static bool has(struct world_node *n, struct arena *a, const struct id *act)
{
    struct turn t = {.arena = a};
    struct store_act x;
    return store_act_get(&t, n->desk->store, act, &x) == ERR_OK;
}

static void look_for_each(struct bench *b, struct arena *a)
{
    for (size_t k = 0; k < b->acks_n; k++)
        b->lost += !has(&b->w.node[0], a, &b->acks[k].act) ||
                   (b->acks[k].held && !has(&b->w.node[1], a, &b->acks[k].act));
}

static void look(struct bench *b, struct arena *a, bool fsck)
{
    look_for_each(b, a);
    for (int k = 0; k < 2; k++) {
        struct turn t = {.arena = a};
        if (db_check(&t, store_db(b->w.node[k].desk->store), complains, b) != ERR_OK) b->broken++;
        if (fsck && world_fsck(&b->w.node[k], a) != ERR_OK) b->broken++;
    }
}

/* A node of which not all is there serves nothing, and its rows are looked for all the same. */
static bool is_whole(struct bench *b, struct turn *t)
{
    bool whole = true;
    for (int k = 0; k < 2; k++) {
        if (desk_whole(b->w.node[k].desk, t) == ERR_OK) continue;
        printf("# it is not served: %s\n", t->fault.sentence);
        b->broken++;
        whole = false;
    }
    if (!whole) look_for_each(b, t->arena);
    return whole;
}

/* Both nodes open what is left. False: one does not, or is not whole. */
static bool rise(struct bench *b, struct arena *a)
{
    struct turn t = {.arena = a};
    for (int k = 0; k < 2; k++) {
        desk_close(b->w.node[k].desk);
        b->w.node[k].desk = NULL;
    }
    b->fuse = -1;
    disk_die(b->disk);
    disk_revive(b->disk, &b->w.chance);
    for (int k = 0; k < 2; k++) {
        b->w.node[k].no_head = ERR_OK;
        if (world_restart(&b->w.node[k]) == ERR_OK) continue;
        printf("# it does not open: %s\n", b->w.fault.sentence);
        b->broken++;
        return false;
    }
    return is_whole(b, &t);
}

static int64_t dossiers(struct world_node *n, struct arena *a)
{
    const struct tree *v = NULL;
    struct tree *args = tree_map(a);
    tree_add_int(a, args, "limit", 1000);
    return world_do(n, a, DESK_LIST, args, &v) == ERR_OK ? (int64_t)tree_get(v, "dossiers")->count
                                                         : -1;
}

/* The stores as they begin are durable before anything is acknowledged. */
static void honest(struct bench *b)
{
    auto_arena a = arena_new();
    tidy(b, a);
}

/* A world with so many cuts; false when it stopped being whole. */
static bool world_of(struct bench *b, uint64_t seed, const char *folder, int cuts)
{
    static const char vfs[] = "cut";
    b->acks_n = b->blobs_n = 0;
    b->fuse = -1;
    b->lies = false;
    b->disk = disk_new(vfs, (struct disk_hooks){step, b});
    world_open_on(&b->w, 2, seed, &suite_1, folder, vfs);
    honest(b);
    b->steps = b->bound_steps = 0;
    work(b);
    b->lies = b->liar;
    int64_t whole[] = {b->steps, b->bound_steps};
    bool opens = true;
    for (int k = 0; k < cuts && opens; k++) {
        auto_arena a = arena_new();
        b->bounds = world_draw(&b->w, 4) > 0;
        b->fuse = (int64_t)world_draw(&b->w, (uint64_t)whole[b->bounds]);
        b->after = world_draw(&b->w, 2);
        work(b);
        opens = rise(b, a);
        if (opens) look(b, a, k % FSCK_EACH == FSCK_EACH - 1 || k == cuts - 1);
    }
    auto_arena a = arena_new();
    if (opens) {
        world_settle(&b->w);
        look(b, a, true);
        if (dossiers(&b->w.node[0], a) != dossiers(&b->w.node[1], a)) b->broken++;
    }
    world_close(&b->w);
    disk_free(b->disk);
    return opens;
}

/* ---- the sweep ------------------------------------------------------------------------------- */

static int tests;
static int failed;
static void ok(bool good, struct str name)
{
    failed += !good;
    printf("%s %d - " STR_FMT "\n", good ? "ok" : "not ok", ++tests, STR_ARG(name));
    fflush(stdout);
}

int main(void)
{
    const char *full = getenv("FULL"), *asked = getenv("SEED");
    uint64_t seed = asked && *asked ? strtoull(asked, NULL, 10) : 20261128;
    int64_t wanted = full && *full ? 10000 : 100, cuts = 0;
    struct bench *b = &bench;
    auto_arena a = arena_new();
    char folder[] = "/tmp/comity-cuts-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    b->life = arena_new();
    printf("# seed %llu\n", (unsigned long long)seed);
    for (uint64_t k = 1; cuts < wanted; k++) {
        if (!world_of(b, seed + k, folder, CUTS_A_WORLD)) break;
        cuts = 0;
        for (int at = 0; at < STEPS; at++) cuts += b->hits[at];
    }
    printf("# at a write %lld, at a sync of a file %lld, of the log %lld, at a name %lld\n",
           (long long)b->hits[DISK_WRITE], (long long)b->hits[DISK_SYNC],
           (long long)b->hits[DISK_LOG_SYNC], (long long)b->hits[DISK_NAME]);
    ok(cuts >= wanted && b->hits[DISK_SYNC] && b->hits[DISK_LOG_SYNC] && b->hits[DISK_NAME],
       str_printf(a, "%lld power cuts", (long long)cuts));
    ok(b->acknowledged > 0 && b->held > 0 && b->lost == 0,
       str_printf(a, "%zu acknowledged here, %zu by receipt, %zu lost", b->acknowledged, b->held,
                  b->lost));
    ok(b->broken == 0, str_printf(a, "%zu of the stores were not whole afterwards", b->broken));
    b->liar = true;
    size_t whole = b->broken;
    for (uint64_t k = 1; k <= 8 && !b->lost; k++) (void)world_of(b, seed + k, folder, 10);
    ok(b->lost > 0, str_printf(a,
                               "a disk that only says it synced is noticed: %zu acknowledged are "
                               "lost, %zu not whole",
                               b->lost, b->broken - whole));
    arena_free(b->life);
    printf("1..%d\n", tests);
    return failed > 0;
}
