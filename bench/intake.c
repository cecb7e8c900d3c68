/* SPDX-License-Identifier: Apache-2.0 */
/* Intake, processor time for each request: open, verify, decide, record durably, sign the receipt.
 *
 * Ours is a real node (suite 1, SQLite, keys in this process) that is given sealed requests, 64 at
 * once and one alone. The peer and the limit run between its rounds, in the same process, so that
 * one neighbour disturbs all alike; each figure is the median of the rounds. */

#include "bench.h"

#include "post/post.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FLIGHT = 64, ALONE = 16, ROUNDS = 9, ROUNDS_MAX = 101 };

enum line {
    OURS_GROUP,
    OURS_ALONE,
    OURS_READ,
    OURS_RECORD,
    BEHIND,
    NAIVE,
    NAIVE_BARE,
    PRIMITIVES,
    PRIMITIVES_READ,
    PRIMITIVES_RECORD,
    STORING,
    LIMIT,
    LINES
};
static const struct {
    const char *key, *says;
} lines[LINES] = {
    [OURS_GROUP] = {"ours_64", "ours, 64 in flight"},
    [OURS_ALONE] = {"ours_alone", "ours, one alone"},
    [OURS_READ] = {"ours_read", "  of which opening and verifying"},
    [OURS_RECORD] = {"ours_record", "  of which deciding, storing, signing"},
    [BEHIND] = {"ours_behind", "apart: tiles and checkpoint, behind the answers"},
    [NAIVE] = {"naive", "peer: plain libcrypto, one commit each"},
    [NAIVE_BARE] = {"naive_bare", "peer: the same, storing nothing"},
    [PRIMITIVES] = {"primitives", "limit: the primitives"},
    [PRIMITIVES_READ] = {"primitives_read", "  of which opening and verifying"},
    [PRIMITIVES_RECORD] = {"primitives_record", "  of which locking, hashing, signing"},
    [STORING] = {"storing", "limit: the same rows, not synced"},
    [LIMIT] = {"limit", "limit: both"},
};

struct bench {
    struct world w;
    char folder[40];
    int rounds, round;
    double us[LINES][ROUNDS_MAX];
    uint64_t syncs_group, syncs_alone;
    size_t sealed, container, act;
    struct naive *naive;
    struct floor *floor;
    struct rows *rows;
};

void bench_must(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench: failed: %s\n", what);
    exit(1);
}

int64_t bench_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void note(struct bench *b, enum line line, int64_t ns, int n)
{
    b->us[line][b->round] = (double)ns / 1000.0 / n;
}

/* ---- ours ------------------------------------------------------------------------------------ */

struct intake {
    struct arena *arena;
    struct desk_turn turn;
    struct desk_parcel parcel;
};

/* One group, from sealed bytes to signed answers. */
static int64_t take(struct bench *b, struct intake *in, const struct desk_job *jobs, size_t n,
                    int64_t *read_ns)
{
    struct world_node *from = &b->w.node[0], *to = &b->w.node[1];
    struct desk_turn *list[FLIGHT];
    int64_t began = bench_cpu_ns();
    for (size_t k = 0; k < n; k++) {
        in[k].arena = arena_new();
        in[k].turn = (struct desk_turn){
            .t = {.arena = in[k].arena, .clock = &b->w.clock, .chance = &b->w.chance},
            .action = DESK_RECEIVE,
            .uid = -1,
            .parcel = &in[k].parcel};
        list[k] = &in[k].turn;
        bench_must(post_read(&in[k].turn.t, to->desk, &from->tls, jobs[k].sealed, &in[k].parcel) ==
                       ERR_OK,
                   in[k].turn.t.fault.sentence);
    }
    *read_ns += bench_cpu_ns() - began;
    desk_run(to->desk, list, n);
    return bench_cpu_ns() - began;
}

/* What a door does when it has answered. The answers go home, so that the sender has nothing left.
 */
static int64_t answered(struct bench *b, struct intake *in, const struct desk_job *jobs, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        bench_must(in[k].turn.result == ERR_OK, in[k].turn.t.fault.sentence);
        bench_must(world_receipt(&b->w.node[0], &jobs[k].act, in[k].turn.answer) == ERR_OK,
                   b->w.fault.sentence);
        b->container = in[k].parcel.container.n;
        b->act = in[k].parcel.act_json.n;
    }
    int64_t began = bench_cpu_ns();
    for (size_t k = 0; k < n; k++) arena_free(in[k].arena);
    return bench_cpu_ns() - began;
}

static struct desk_job *requests(struct bench *b, struct arena *a, size_t n)
{
    for (size_t k = 0; k < n; k++) (void)world_request(&b->w.node[0], &b->w.node[1], a);
    struct desk_job *jobs;
    size_t got;
    bench_must(world_jobs(&b->w.node[0], a, &jobs, &got) == ERR_OK && got == n, "requests");
    b->sealed = jobs[0].sealed.n;
    return jobs;
}

static void ours(struct bench *b)
{
    auto_arena a = arena_new();
    struct intake *in = arena_take_many(a, FLIGHT, sizeof *in);
    struct desk *desk = b->w.node[1].desk;
    struct desk_job *jobs = requests(b, a, FLIGHT);
    int64_t read_ns = 0, other_ns = 0;
    uint64_t syncs = desk_counted(desk).answer_syncs;
    int64_t ns = take(b, in, jobs, FLIGHT, &read_ns);
    b->syncs_group = desk_counted(desk).answer_syncs - syncs;
    note(b, OURS_GROUP, ns + answered(b, in, jobs, FLIGHT), FLIGHT);
    note(b, OURS_READ, read_ns, FLIGHT);
    b->us[OURS_RECORD][b->round] = b->us[OURS_GROUP][b->round] - b->us[OURS_READ][b->round];

    struct turn t = {.arena = a, .clock = &b->w.clock, .chance = &b->w.chance};
    int64_t began = bench_cpu_ns();
    bench_must(desk_tidy(desk, &t) == ERR_OK, t.fault.sentence);
    note(b, BEHIND, bench_cpu_ns() - began, FLIGHT);

    jobs = requests(b, a, ALONE);
    syncs = desk_counted(desk).answer_syncs;
    ns = 0;
    for (size_t k = 0; k < ALONE; k++) {
        ns += take(b, in, &jobs[k], 1, &other_ns);
        ns += answered(b, in, &jobs[k], 1);
    }
    b->syncs_alone = desk_counted(desk).answer_syncs - syncs;
    note(b, OURS_ALONE, ns, ALONE);
}

/* ---- peer and limit -------------------------------------------------------------------------- */

static void others(struct bench *b)
{
    int64_t began = bench_cpu_ns();
    naive_round(b->naive, true);
    note(b, NAIVE, bench_cpu_ns() - began, FLIGHT);
    began = bench_cpu_ns();
    naive_round(b->naive, false);
    note(b, NAIVE_BARE, bench_cpu_ns() - began, FLIGHT);
    began = bench_cpu_ns();
    floor_read(b->floor, FLIGHT);
    int64_t read_ns = bench_cpu_ns() - began;
    floor_record(b->floor, FLIGHT);
    int64_t all_ns = bench_cpu_ns() - began;
    note(b, PRIMITIVES, all_ns, FLIGHT);
    note(b, PRIMITIVES_READ, read_ns, FLIGHT);
    note(b, PRIMITIVES_RECORD, all_ns - read_ns, FLIGHT);
    rows_empty(b->rows, b->folder);
    began = bench_cpu_ns();
    rows_write(b->rows);
    note(b, STORING, bench_cpu_ns() - began, FLIGHT);
    b->us[LIMIT][b->round] = b->us[PRIMITIVES][b->round] + b->us[STORING][b->round];
}

/* A first round of ours, not counted: it gives the rows and sizes that the others are measured
 * with. */
static void prepare(struct bench *b)
{
    struct world_node *from = &b->w.node[0], *to = &b->w.node[1];
    auto_arena a = arena_new();
    struct intake *in = arena_take_many(a, FLIGHT, sizeof *in);
    struct desk_job *jobs = requests(b, a, FLIGHT);
    const char *db = str_c(a, to->db_path);
    int64_t read_ns = 0;
    b->rows = rows_mark(b->w.arena, db);
    (void)take(b, in, jobs, FLIGHT, &read_ns);
    rows_take(b->rows, db);
    struct bytes content = bytes_dup(a, in[0].parcel.act_json);
    (void)answered(b, in, jobs, FLIGHT);
    b->naive = naive_open(b->w.arena, from, to, b->folder, content, FLIGHT);
    b->floor = floor_open(b->w.arena, b->sealed, b->container, b->act);
}

/* ---- the table ------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct bench *b, enum line line)
{
    double sorted[ROUNDS_MAX];
    memcpy(sorted, b->us[line], sizeof sorted);
    qsort(sorted, (size_t)b->rounds, sizeof *sorted, by_size);
    return sorted[b->rounds / 2];
}

struct ratio {
    const char *key, *says;
    enum line of, to;
    double goal; /* at most; 0: none */
};
static const struct ratio ratios[] = {
    {"ours_to_limit", "ours / limit", OURS_GROUP, LIMIT, 2.0},
    {"read_to_limit", "  opening and verifying alone", OURS_READ, PRIMITIVES_READ, 0},
    {"ours_to_naive", "ours / peer", OURS_GROUP, NAIVE, 0.4},
    {"ours_to_naive_bare", "ours / peer storing nothing", OURS_GROUP, NAIVE_BARE, 0},
    {"alone_to_naive", "ours alone / peer", OURS_ALONE, NAIVE, 0},
};
enum { RATIOS = sizeof ratios / sizeof *ratios };

static void print_table(const struct bench *b)
{
    printf("intake, processor time for each request, median of %d rounds\n\n", b->rounds);
    for (int k = 0; k < LINES; k++)
        printf("  %-50s %8.1f us\n", lines[k].says, median(b, (enum line)k));
    printf("\n");
    for (int k = 0; k < RATIOS; k++) {
        const struct ratio *r = &ratios[k];
        double is = median(b, r->of) / median(b, r->to);
        printf("  %-50s %8.2f", r->says, is);
        if (r->goal > 0)
            printf("   goal at most %.1f: %s", r->goal, is <= r->goal ? "met" : "missed");
        printf("\n");
    }
    printf("\n  durable syncs before the answers: %.3f a request with %d in flight, %.2f alone\n",
           (double)b->syncs_group / FLIGHT, FLIGHT, (double)b->syncs_alone / ALONE);
    printf("  bytes: sealed %zu, parcel %zu, act %zu; peer's sealed %zu; rows %.1f of %.0f bytes\n",
           b->sealed, b->container, b->act, naive_sealed_size(b->naive),
           (double)rows_count(b->rows) / FLIGHT, (double)rows_bytes(b->rows) / FLIGHT);
}

static void print_json(const struct bench *b)
{
    printf("{\"bench\":\"intake\",\"rounds\":%d,\"cpu_us\":{", b->rounds);
    for (int k = 0; k < LINES; k++)
        printf("%s\"%s\":%.1f", k ? "," : "", lines[k].key, median(b, (enum line)k));
    printf("},\"ratios\":{");
    for (int k = 0; k < RATIOS; k++)
        printf("%s\"%s\":%.3f", k ? "," : "", ratios[k].key,
               median(b, ratios[k].of) / median(b, ratios[k].to));
    printf("},\"syncs\":{\"ours_64\":%.4f,\"ours_alone\":%.4f,\"naive\":1},",
           (double)b->syncs_group / FLIGHT, (double)b->syncs_alone / ALONE);
    printf("\"bytes\":{\"sealed\":%zu,\"parcel\":%zu,\"act\":%zu,\"naive_sealed\":%zu,"
           "\"rows\":%.0f},\"rows\":%.1f}\n",
           b->sealed, b->container, b->act, naive_sealed_size(b->naive),
           (double)rows_bytes(b->rows) / FLIGHT, (double)rows_count(b->rows) / FLIGHT);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s, (void)kind, (void)where;
    return remove(path);
}

int main(int argc, char **argv)
{
    struct bench b = {.folder = "/tmp/comity-bench-XXXXXX", .rounds = ROUNDS};
    bool json = false;
    for (int k = 1; k < argc; k++) {
        int64_t n;
        if (strcmp(argv[k], "--json") == 0)
            json = true;
        else if (str_to_int(str_of(argv[k]), &n) && n >= 1 && n <= ROUNDS_MAX)
            b.rounds = (int)n;
        else
            bench_must(false, "usage: run [--json] [ROUNDS, 1 to 101]");
    }
    arena_spare();
    bench_must(mkdtemp(b.folder) != NULL, "a folder");
    world_open(&b.w, 2, 64, &suite_1, b.folder);
    prepare(&b);
    for (b.round = 0; b.round < b.rounds; b.round++) {
        ours(&b);
        others(&b);
    }
    if (json)
        print_json(&b);
    else
        print_table(&b);
    naive_close(b.naive);
    floor_close(b.floor);
    rows_close(b.rows);
    world_close(&b.w);
    nftw(b.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
