/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits between two nodes: in segments, each once, and held only when all of them are.
 */

#include "exhibit_case.h"

#include "desk/exhibit.h"
#include "kit/stored.h"
#include "seal/seal.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS = 21, SIZE = (SEGMENTS - 1) * SEAL_SEGMENT_SIZE + 70 };

/* ---- handing in, sending, getting out -------------------------------------------------------- */

static void start(struct case_ *c, uint64_t seed, size_t size, const char *folder)
{
    memset(c, 0, sizeof *c);
    world_open(&c->r.w, 2, seed, &suite_fake, folder);
    rig_open(&c->r);
    c->a = arena_new();
    c->file = case_noise(c->a, size, seed);
    case_send(c, c->file);
    rig_work(&c->r);
}

static bool is_put(const struct letter *l)
{
    return str_starts(str_of(l->what.path), "/comity/1/segments/");
}

/* Carries a letter and counts what it was. */
static int carry(struct case_ *c, struct letter *l)
{
    bool put = is_put(l), parcel = str_is(str_of(l->what.path), POST_PARCELS);
    int status = rig_carry(l);
    c->puts += put;
    c->parcels += parcel;
    c->receipts += parcel && status == 200;
    return status;
}

/* Waits as the loop does, until a letter of the sender is on the wire. */
static struct letter *next_letter(struct case_ *c)
{
    for (int k = 0; k < 100000; k++) {
        rig_work(&c->r);
        if (c->r.first) return rig_letter(&c->r);
        int64_t next = post_next_ms(c->r.post[0]);
        assert_true(next != INT64_MAX);
        if (next > c->r.w.now_ms) c->r.w.now_ms = next;
    }
    fail_msg("nothing is sent any more");
    return NULL;
}

static size_t dossiers_there(struct case_ *c)
{
    return tree_get(view_of(&c->r.w.node[1], c->a, DESK_LIST, NULL), "dossiers")->count;
}

static const struct tree *arriving(struct case_ *c)
{
    return tree_get(view_of(&c->r.w.node[1], c->a, DESK_STATUS, NULL), "arriving")->child;
}

/* ---- the way through ------------------------------------------------------------------------- */

static void an_exhibit_is_held_when_every_segment_is(void **state)
{
    (void)state;
    struct case_ c;
    start(&c, 91, SIZE, NULL);
    assert_int_equal(carry(&c, rig_letter(&c.r)), 202);
    while (c.puts < SEGMENTS) {
        struct letter *l = next_letter(&c);
        assert_true(is_put(l));
        assert_true(c.r.letters < 4); /* with this one, four are on their way at most */
        assert_str(case_level(&c), "held-here");
        assert_int_equal(dossiers_there(&c), 0);
        assert_int_equal(tree_int(arriving(&c), "held", -1), c.puts);
        assert_int_equal(tree_int(arriving(&c), "segments", -1), SEGMENTS);
        assert_int_equal(carry(&c, l), 200);
    }
    assert_int_equal(c.receipts, 0);
    assert_str(case_level(&c), "held-here");
    assert_int_equal(dossiers_there(&c), 0);
    struct letter *l = next_letter(&c);
    assert_false(is_put(l));
    assert_int_equal(carry(&c, l), 200);
    assert_str(case_level(&c), "held");
    assert_null(arriving(&c));
    case_is_whole(&c, 0);
    case_is_whole(&c, 1);
    for (int k = 0; k < 2; k++) assert_int_equal(world_fsck(&c.r.w.node[k], c.a), ERR_OK);
    case_end(&c);
}

static void a_whole_exhibit_is_not_shown_in_one_piece(void **state)
{
    (void)state;
    struct case_ c;
    const struct tree *v;
    start(&c, 92, 100, NULL);
    rig_settle(&c.r);
    assert_str(case_level(&c), "held");
    struct tree *args = tree_map(c.a);
    tree_add_str(c.a, args, "ref", c.ref);
    tree_add_str(c.a, args, "sha256", c.sha256);
    assert_int_equal(world_do(&c.r.w.node[0], c.a, DESK_DOCUMENT, args, &v), ERR_TOO_LARGE);
    assert_string_equal(c.r.w.fault.code, "document-exhibit");
    case_is_whole(&c, 1);
    case_end(&c);
}

/* Takes away a file of the vault that is as long as a whole segment, or alters it. */
static void spoil(struct world_node *n, struct arena *a, bool away)
{
    const char *folder = str_c(a, str_printf(a, STR_FMT "/vault", STR_ARG(n->folder)));
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *f; (f = readdir(d));) {
        const char *path = str_c(a, str_printf(a, "%s/%s", folder, f->d_name));
        struct stat st;
        if (stat(path, &st) != 0 || st.st_size != SEAL_SEGMENT_SIZE + SEAL_SEGMENT_TAG) continue;
        assert_int_equal(away ? unlink(path) : truncate(path, 100), 0);
        break;
    }
    closedir(d);
}

static void a_segment_that_is_missing_or_altered_is_named_by_fsck(void **state)
{
    (void)state;
    struct case_ c;
    start(&c, 98, 3 * SEAL_SEGMENT_SIZE, NULL);
    rig_settle(&c.r);
    for (int k = 0; k < 2; k++) {
        struct world_node *n = &c.r.w.node[k];
        assert_int_equal(world_fsck(n, c.a), ERR_OK);
        spoil(n, c.a, k == 0);
        assert_int_not_equal(world_fsck(n, c.a), ERR_OK);
    }
    case_end(&c);
}

/* ---- a bad wire ------------------------------------------------------------------------------ */

static struct letter *any_letter(struct case_ *c)
{
    struct letter *l = next_letter(c);
    for (uint64_t skip = world_draw(&c->r.w, c->r.letters + 1); skip > 0; skip--) {
        struct letter **last = &c->r.first; /* behind the others */
        while (*last) last = &(*last)->next;
        *last = l;
        l->next = NULL;
        c->r.letters++;
        l = rig_letter(&c->r);
    }
    return l;
}

static void hear(void *ctx, int status, const char *type, struct bytes body, int64_t retry_after_s)
{
    (void)type, (void)body, (void)retry_after_s;
    *(int *)ctx = status;
}

/* A letter arrives at node 1 over the connection of somebody, and nobody hears the answer. */
static int bring(struct case_ *c, const struct hash *tls, const struct letter *l)
{
    int status = 0;
    struct post_asked q = {str_of(l->what.path), *tls, l->what.body};
    post_serve(c->r.post[1], NULL, &q, (struct post_answer){hear, &status});
    while (desk_queued(c->r.w.node[1].desk)) desk_work(c->r.w.node[1].desk);
    return status;
}

static void lost_doubled_swapped_and_altered_segments_end_in_the_same_exhibit(void **state)
{
    (void)state;
    struct case_ c;
    int lost = 0, doubled = 0, altered = 0, refused = 0;
    start(&c, 93, SIZE, NULL);
    while (!c.receipts) {
        struct letter *l = any_letter(&c);
        uint64_t luck = world_draw(&c.r.w, 10);
        if (luck == 0) {
            lost++;
            rig_lose(l);
            continue;
        }
        if (luck == 1 && is_put(l)) { /* it arrives twice, and the first answer is lost */
            assert_int_equal(bring(&c, &c.r.w.node[0].tls, l), 200);
            doubled++;
        }
        if ((luck == 2 || (c.puts > 10 && !altered)) && is_put(l)) {
            uint8_t *p = (uint8_t *)(uintptr_t)l->what.body.p;
            size_t at = (size_t)world_draw(&c.r.w, l->what.body.n);
            p[at] ^= 0x10;
            altered++;
            refused += carry(&c, l) == 422;
            continue;
        }
        (void)carry(&c, l);
    }
    print_message("# %d lost, %d doubled, %d altered, %d segments put, %d parcels\n", lost, doubled,
                  altered, c.puts, c.parcels);
    assert_true(lost && doubled && altered);
    assert_int_equal(refused, altered);
    assert_str(case_level(&c), "held");
    case_is_whole(&c, 1);
    assert_int_equal(world_fsck(&c.r.w.node[1], c.a), ERR_OK);
    case_end(&c);
}

/* ---- kills ----------------------------------------------------------------------------------- */

static void what_is_held_is_not_sent_again_after_a_restart_of_either_side(void **state)
{
    (void)state;
    char folder[] = "/tmp/segments-XXXXXX";
    struct case_ c;
    int restarts = 0, on_their_way = 0;
    assert_non_null(mkdtemp(folder));
    start(&c, 94, SIZE, folder);
    c.r.w.made = str_dup(c.r.w.arena, str_of(folder));
    while (!c.receipts) {
        (void)carry(&c, next_letter(&c));
        if (restarts < 4 && c.puts == 4 * (restarts + 1)) {
            on_their_way += (int)c.r.letters;
            case_restart(&c, restarts % 2);
            restarts++;
        }
    }
    print_message("# %d restarts, %d segments put of %d, %d were on their way and put again\n",
                  restarts, c.puts, SEGMENTS, on_their_way);
    assert_int_equal(restarts, 4);
    assert_true(on_their_way > 0);
    assert_int_equal(c.puts, SEGMENTS); /* each arrived once */
    assert_str(case_level(&c), "held");
    case_is_whole(&c, 1);
    case_end(&c);
}

/* ---- a node that was put back ---------------------------------------------------------------- */

static void a_segment_is_given_back_to_who_sent_its_parcel_alone(void **state)
{
    (void)state;
    struct case_ c;
    struct told told;
    struct desk_job *jobs;
    size_t n;
    memset(&c, 0, sizeof c);
    world_open(&c.r.w, 3, 100, &suite_fake, NULL);
    rig_open(&c.r);
    c.a = arena_new();
    case_send(&c, case_noise(c.a, 100, 100));
    rig_work(&c.r);
    assert_int_equal(world_jobs(&c.r.w.node[0], c.a, &jobs, &n), ERR_OK);
    struct str parcel = hex(c.a, hash_bytes(&jobs[0].parcel));
    rig_settle(&c.r);
    static const struct {
        const char *part;
        int from, status;
    } rows[] = {{"/0", 0, 200}, {"/1", 0, 404}, {"/-1", 0, 404},
                {"/x", 0, 404}, {"/", 0, 404},  {"/0", 2, 404}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const char *path = str_c(
            c.a, str_printf(c.a, POST_PARCELS "/" STR_FMT "%s", STR_ARG(parcel), rows[k].part));
        struct post_asked q = {str_of(path), c.r.w.node[rows[k].from].tls, {0}};
        rig_ask(&c.r, 1, &q, &told);
        if (told.status != rows[k].status) fail_msg("%s answered %d", path, told.status);
        if (told.status == 200) assert_int_equal(told.n, 100 + SEAL_SEGMENT_TAG);
    }
    case_end(&c);
}

/* ---- a broken build -------------------------------------------------------------------------- */

/* What must hold: what the sender calls held can be got out there. */
static bool is_honest(struct case_ *c)
{
    struct tree *args = tree_map(c->a);
    const struct tree *v;
    if (!str_is(case_level(c), "held")) return true;
    const struct tree *there =
        tree_get(view_of(&c->r.w.node[1], c->a, DESK_LIST, NULL), "dossiers");
    tree_add_str(c->a, args, "ref", tree_str(there->child, "ref"));
    tree_add_str(c->a, args, "sha256", c->sha256);
    tree_add_int(c->a, args, "segment", SEGMENTS - 1);
    return there->count && world_do(&c->r.w.node[1], c->a, DESK_DOCUMENT, args, &v) == ERR_OK;
}

static void a_node_that_gives_the_receipt_before_the_segments_is_caught(void **state)
{
    (void)state;
    struct case_ c;
    struct desk_parcel p;
    struct desk_job *jobs;
    size_t n;
    start(&c, 97, SIZE, NULL);
    rig_lose(rig_letter(&c.r));
    assert_true(is_honest(&c));
    c.r.w.now_ms += POST_RETRY_MAX_MS;
    assert_int_equal(world_jobs(&c.r.w.node[0], c.a, &jobs, &n), ERR_OK);
    assert_int_equal(n, 1);
    struct desk_turn dt = {.action = DESK_RECEIVE, .uid = -1, .parcel = &p};
    dt.t = (struct turn){.arena = c.a, .clock = &c.r.w.clock, .chance = &c.r.w.chance};
    assert_int_equal(world_parcel(&c.r.w.node[1], &dt.t, jobs[0].sealed, &p), ERR_OK);
    p.exhibits = NULL; /* it waits for nothing */
    desk_run(c.r.w.node[1].desk, (struct desk_turn *[]){&dt}, 1);
    assert_int_equal(dt.result, ERR_OK);
    assert_int_equal(world_receipt(&c.r.w.node[0], &jobs[0].act, dt.answer), ERR_OK);
    assert_false(is_honest(&c));
    case_end(&c);
}

/* ---- strangers and hostile peers ------------------------------------------------------------- */

static void a_segment_is_taken_from_the_parcels_sender_alone(void **state)
{
    (void)state;
    struct case_ c;
    start(&c, 95, SIZE, NULL);
    assert_int_equal(carry(&c, rig_letter(&c.r)), 202);
    struct letter *l = next_letter(&c);
    struct hash nobody = {{1}};
    assert_int_equal(bring(&c, &nobody, l), 403);
    assert_int_equal(bring(&c, &c.r.w.node[1].tls, l), 403); /* nobody pins himself */
    static const char *const places[] = {"",    "/",         "/x",
                                         "/-1", "/99999999", "/18446744073709551616"};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        struct letter other = *l;
        struct str path = str_of(l->what.path);
        path.n -= 2; /* "/0" */
        other.what.path = str_c(c.a, str_printf(c.a, STR_FMT "%s", STR_ARG(path), places[k]));
        int status = bring(&c, &c.r.w.node[0].tls, &other);
        assert_int_equal(status, 422);
    }
    assert_int_equal(tree_int(arriving(&c), "held", -1), 0);
    rig_lose(l);
    case_end(&c);
}

/* A parcel of its sender's own making, which names an exhibit of 5 bytes under a key. */
static void crafted(struct case_ *c, struct craft *x, struct str sha256)
{
    memset(c, 0, sizeof *c);
    rig_up(&c->r, 2, 96, &suite_fake);
    c->a = arena_new();
    craft_begin(x, c->a, &c->r.w.node[0], &c->r.w.node[1]);
    struct tree *doc = craft_map(x->act, "documents")->child;
    x->documents_n = 0;
    craft_set_str(x, doc, "sha256", str_c(c->a, sha256));
    craft_set_int(x, doc, "size", 5);
    struct tree *keys = tree_add_map(c->a, x->carriage, "exhibits");
    tree_add_str(c->a, keys, str_c(c->a, sha256), hex(c->a, (struct bytes){(uint8_t[32]){7}, 32}));
}

static void a_whole_that_is_not_what_the_act_names_is_refused(void **state)
{
    (void)state;
    struct case_ c;
    struct craft x;
    struct told told;
    struct hash other = seal_sha256_of(str_bytes(STR("hello")));
    auto_arena a = arena_new();
    crafted(&c, &x, hex(a, hash_bytes(&other)));
    struct bytes container = craft_container(&x), sealed = craft_seal(&x, container);
    struct hash parcel = seal_sha256_of(container);
    rig_take(&c.r, 1, &c.r.w.node[0].tls, sealed, &told);
    assert_int_equal(told.status, 202);
    assert_string_equal(told.body, "0-0\n");
    struct bytes segment = seal_segment(c.a, (uint8_t[32]){7}, 0, true, str_bytes(STR("HELLO")));
    struct letter l = {.what = {.body = segment}};
    l.what.path = str_c(
        c.a, str_printf(c.a, POST_SEGMENTS STR_FMT "/0", STR_ARG(hex(c.a, hash_bytes(&parcel)))));
    assert_int_equal(bring(&c, &c.r.w.node[0].tls, &l), 200);
    rig_take(&c.r, 1, &c.r.w.node[0].tls, sealed, &told);
    assert_int_equal(told.status, 422);
    assert_str(told_member(c.a, &told, "code"), "exhibit-differs");
    assert_int_equal(dossiers_there(&c), 0);
    case_end(&c);
}

/* ---- how much one peer opens ------------------------------------------------------------------
 */

/* The same parcel as another act of another dossier, with an exhibit of that size. */
static struct bytes another(struct case_ *c, struct craft *x, int number, int64_t size)
{
    const char *id = str_c(c->a, str_printf(c->a, "%032x", (unsigned)number + 1));
    craft_set_str(x, x->act, "id", id);
    craft_set_str(x, x->act, "dossier", id);
    craft_set_int(x, x->carriage, "seq", number + 1);
    craft_set_int(x, craft_map(x->act, "documents")->child, "size", size);
    return craft_container(x);
}

static void one_peer_opens_so_many_parcels_and_goes_on_when_one_is_whole(void **state)
{
    (void)state;
    struct case_ c;
    struct craft x;
    struct told told;
    struct hash is = seal_sha256_of(str_bytes(STR("hello")));
    struct bytes first = {0}, sealed;
    auto_arena a = arena_new();
    crafted(&c, &x, hex(a, hash_bytes(&is)));
    for (int k = 0; k <= DESK_ARRIVING_MAX; k++) {
        struct bytes container = another(&c, &x, k, 5);
        if (k == 0) first = container;
        sealed = craft_seal(&x, container);
        rig_take(&c.r, 1, &c.r.w.node[0].tls, sealed, &told);
        assert_int_equal(told.status, k < DESK_ARRIVING_MAX ? 202 : 503);
    }
    assert_str(told_member(c.a, &told, "code"), "arriving-limit");
    assert_str(told_member(c.a, &told, "article"), "comity wire 1: segments");
    assert_int_equal(told.retry_after_s, POST_BUSY_RETRY_S);
    struct hash parcel = seal_sha256_of(first);
    struct bytes segment = seal_segment(c.a, (uint8_t[32]){7}, 0, true, str_bytes(STR("hello")));
    struct letter l = {.what = {.body = segment}};
    l.what.path = str_c(
        c.a, str_printf(c.a, POST_SEGMENTS STR_FMT "/0", STR_ARG(hex(c.a, hash_bytes(&parcel)))));
    assert_int_equal(bring(&c, &c.r.w.node[0].tls, &l), 200);
    rig_take(&c.r, 1, &c.r.w.node[0].tls, craft_seal(&x, first), &told);
    assert_int_equal(told.status, 200);
    rig_take(&c.r, 1, &c.r.w.node[0].tls, sealed, &told);
    assert_int_equal(told.status, 202);
    case_end(&c);
}

static void one_peer_announces_so_many_bytes(void **state)
{
    (void)state;
    struct case_ c;
    struct craft x;
    struct told told;
    const int64_t most = (int64_t)DESK_ARRIVING_SEGMENTS * SEAL_SEGMENT_SIZE;
    struct hash is = seal_sha256_of(str_bytes(STR("hello")));
    auto_arena a = arena_new();
    crafted(&c, &x, hex(a, hash_bytes(&is)));
    static const int statuses[] = {202, 503, 202};
    const int64_t sizes[] = {most - 5, 6, 5};
    for (int k = 0; k < 3; k++) {
        struct bytes sealed = craft_seal(&x, another(&c, &x, k, sizes[k]));
        rig_take(&c.r, 1, &c.r.w.node[0].tls, sealed, &told);
        assert_int_equal(told.status, statuses[k]);
        if (told.status != 503) continue;
        assert_str(told_member(c.a, &told, "code"), "arriving-size");
        assert_str(told_member(c.a, &told, "article"), "comity wire 1: segments");
        assert_int_equal(told.retry_after_s, POST_BUSY_RETRY_S);
    }
    case_end(&c);
}

/* ---- parcels that people carry --------------------------------------------------------------- */

/* What node `at` carries for the other lies in `folder`. */
static void start_carried(struct case_ *c, int at, char *folder, struct str *peer)
{
    memset(c, 0, sizeof *c);
    assert_non_null(mkdtemp(folder));
    world_open(&c->r.w, 2, 101, &suite_fake, NULL);
    c->r.w.made = str_dup(c->r.w.arena, str_of(folder));
    c->a = arena_new();
    assert_int_equal(mkdir(str_c(c->a, str_printf(c->a, "%s/out", folder)), 0700), 0);
    assert_int_equal(mkdir(str_c(c->a, str_printf(c->a, "%s/new", folder)), 0700), 0);
    *peer = c->r.w.node[1 - at].address;
    c->r.carried[at] = (struct post_carriage){folder, peer, 1};
    rig_open(&c->r);
    case_send(c, case_noise(c->a, 100, 101));
    rig_work(&c->r);
}

/* The one file that waits to be carried; empty: there is none. */
static struct str laid(struct case_ *c, const char *folder)
{
    struct str name = {0};
    DIR *d = opendir(str_c(c->a, str_printf(c->a, "%s/out", folder)));
    assert_non_null(d);
    for (const struct dirent *f; (f = readdir(d));)
        if (f->d_name[0] != '.') name = str_dup(c->a, str_of(f->d_name));
    closedir(d);
    return name;
}

static bool says(struct case_ *c, const struct tree *v, const char *what)
{
    return strstr(str_c(c->a, json_write(c->a, v)), what) != NULL;
}

static void who_sends_an_exhibit_that_would_be_carried_is_told(void **state)
{
    (void)state;
    char folder[] = "/tmp/segments-XXXXXX";
    struct case_ c;
    struct str peer;
    start_carried(&c, 0, folder, &peer);
    rig_settle(&c.r);
    assert_int_equal(laid(&c, folder).n, 0);
    assert_null(rig_letter(&c.r));
    struct tree *args = tree_map(c.a);
    tree_add_str(c.a, args, "ref", c.ref);
    const struct tree *v = view_of(&c.r.w.node[0], c.a, DESK_SHOW, args);
    assert_true(says(&c, v, "exhibits, which travel over the wire alone"));
    case_end(&c);
}

static void a_parcel_with_exhibits_that_was_carried_is_refused_in_plain_words(void **state)
{
    (void)state;
    char folder[] = "/tmp/segments-XXXXXX";
    struct case_ c;
    struct str peer;
    struct desk_job *jobs;
    size_t n;
    struct bytes said;
    struct tree *problem;
    start_carried(&c, 1, folder, &peer);
    struct turn t = {.arena = c.a, .clock = &c.r.w.clock, .chance = &c.r.w.chance};
    rig_lose(rig_letter(&c.r));
    c.r.w.now_ms += POST_RETRY_MAX_MS;
    assert_int_equal(world_jobs(&c.r.w.node[0], c.a, &jobs, &n), ERR_OK);
    const char *name = str_c(c.a, str_printf(c.a, "%s/new/XA_csb~XB_csb~" STR_FMT ".parcel", folder,
                                             STR_ARG(hex(c.a, id_bytes(&jobs[0].act)))));
    assert_int_equal(file_write(&t, name, jobs[0].sealed, 0600), ERR_OK);
    post_work(c.r.post[1]);
    while (desk_queued(c.r.w.node[1].desk)) desk_work(c.r.w.node[1].desk);
    struct str answer = laid(&c, folder);
    assert_true(str_ends(answer, ".problem"));
    const char *path = str_c(c.a, str_printf(c.a, "%s/out/" STR_FMT, folder, STR_ARG(answer)));
    assert_int_equal(file_read(&t, path, POST_REPLY_MAX, &said), ERR_OK);
    assert_int_equal(json_read(&t, said, &codec_limits, &problem), ERR_OK);
    assert_str(tree_str(problem, "code"), "exhibits-by-wire");
    assert_true(says(&c, problem, "come over the wire alone"));
    assert_null(arriving(&c));
    assert_true(says(&c, view_of(&c.r.w.node[1], c.a, DESK_STATUS, NULL), "exhibits-by-wire"));
    case_end(&c);
}

int test_segments(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exhibit_is_held_when_every_segment_is),
        cmocka_unit_test(a_whole_exhibit_is_not_shown_in_one_piece),
        cmocka_unit_test(a_segment_that_is_missing_or_altered_is_named_by_fsck),
        cmocka_unit_test(lost_doubled_swapped_and_altered_segments_end_in_the_same_exhibit),
        cmocka_unit_test(what_is_held_is_not_sent_again_after_a_restart_of_either_side),
        cmocka_unit_test(a_segment_is_given_back_to_who_sent_its_parcel_alone),
        cmocka_unit_test(a_node_that_gives_the_receipt_before_the_segments_is_caught),
        cmocka_unit_test(a_segment_is_taken_from_the_parcels_sender_alone),
        cmocka_unit_test(a_whole_that_is_not_what_the_act_names_is_refused),
        cmocka_unit_test(one_peer_opens_so_many_parcels_and_goes_on_when_one_is_whole),
        cmocka_unit_test(one_peer_announces_so_many_bytes),
        cmocka_unit_test(who_sends_an_exhibit_that_would_be_carried_is_told),
        cmocka_unit_test(a_parcel_with_exhibits_that_was_carried_is_refused_in_plain_words),
    };
    return cmocka_run_group_tests_name("segments", tests, NULL, NULL);
}
