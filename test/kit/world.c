/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a test. Real desk, real SQL, real log; keys and suite by argument, time and chance
 * from the seed. */

#include "kit/world.h"

#include "law/law.h"
#include "seal/seal.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define START_MS INT64_C(1795489200000) /* 2026-11-24T03:00:00Z */
#define YEARS_MS (INT64_C(3650) * DAY_MS)

static void must(err e, const struct turn *t, const char *what)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "world: %s: %s: %s\n", what, t->fault.code, t->fault.sentence);
    abort();
}

static void must_in(const struct world *w, err e, const char *what)
{
    must(e, &(struct turn){.fault = w->fault}, what);
}

/* ---- clock and chance ------------------------------------------------------------------------ */

static int64_t world_ms(void *ctx) { return ((struct world *)ctx)->now_ms; }

static uint64_t world_next(struct world *w)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed * UINT64_C(0x2545F4914F6CDD1D);
}

uint64_t world_draw(struct world *w, uint64_t below) { return (world_next(w) >> 8) % below; }

static void world_fill(void *ctx, void *out, size_t n)
{
    uint8_t *p = out;
    for (size_t k = 0; k < n; k++) p[k] = (uint8_t)(world_next(ctx) >> 24);
}

static struct turn world_turn(struct world *w, struct arena *a)
{
    return (struct turn){.arena = a, .clock = &w->clock, .chance = &w->chance};
}

/* ---- keeper ---------------------------------------------------------------------------------- */

static err keep_sign(void *ctx, struct turn *t, struct str address, struct bytes content,
                     bool attached, int64_t at_ms, struct bytes *cms_out)
{
    struct world_node *n = ctx;
    struct bytes der = n->second.n && str_eq(address, n->second) ? n->second_seal_der : n->seal_der;
    return n->world->suite->sign(t, n->seal_key, der, content, attached, at_ms, cms_out);
}

static err keep_open(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                     struct bytes *plain_out)
{
    struct world_node *n = ctx;
    struct bytes der = n->second.n && str_eq(address, n->second) ? n->second_open_der : n->open_der;
    return n->world->suite->open(t, n->open_key, der, sealed, plain_out);
}

/* What it signed of an older incarnation is not the last head of this one. */
static bool is_of_this_life(const struct world_node *n)
{
    struct str name = str_printf(n->world->arena, "comity." STR_FMT, STR_ARG(n->address));
    return n->note.n && ledger_origin_incarnation(n->head.origin, name) == n->life;
}

static void vkey_of(const struct world_node *n, struct ledger_vkey *out)
{
    out->name = str_printf(n->world->arena, "comity." STR_FMT, STR_ARG(n->address));
    seal_ed25519_public(n->ledger_seed, out->key);
}

static err keep_head(void *ctx, struct turn *t, const struct ledger_checkpoint *head,
                     const struct ledger_proof *proof, struct str *note_out)
{
    struct world_node *n = ctx;
    if (n->no_head != ERR_OK)
        return turn_fail(t, n->no_head, "head-unwritten", NULL, "Keeper cannot write.");
    struct ledger_vkey key;
    vkey_of(n, &key);
    if (ledger_origin_incarnation(head->origin, key.name) != n->life)
        return turn_fail(t, ERR_INTEGRITY, "head-origin", "C2SP tlog-checkpoint",
                         "The head is of another incarnation's log.");
    if (is_of_this_life(n) &&
        !ledger_consistency_holds(proof, n->head.size, &n->head.root, head->size, &head->root))
        return turn_fail(t, ERR_INTEGRITY, "head-inconsistent", "C2SP tlog-checkpoint",
                         "The head does not extend the last one.");
    struct str text = ledger_checkpoint_text(t->arena, head);
    uint8_t signature[64];
    seal_ed25519_sign(n->ledger_seed, str_bytes(text), signature);
    *note_out = ledger_note_write(t->arena, text, &key, signature);
    n->head = *head;
    n->head.origin = str_dup(n->world->arena, head->origin);
    n->note = str_dup(n->world->arena, *note_out);
    return ERR_OK;
}

static uint64_t keep_last_size(void *ctx)
{
    struct world_node *n = ctx;
    return is_of_this_life(n) ? n->head.size : 0;
}

static struct str keep_last_note(void *ctx)
{
    struct world_node *n = ctx;
    return is_of_this_life(n) ? n->note : (struct str){0};
}

/* The log that a note is of. */
static struct str origin_of(struct str note)
{
    struct str origin, rest;
    str_split(note, '\n', &origin, &rest);
    return origin;
}

/* Where keeper has the head of a log: one a node, for of its lives only the newest is shown. */
static struct str *seen_slot(struct world_node *n, struct str origin)
{
    struct ledger_vkey key;
    for (int k = 0; k < n->world->n; k++) {
        vkey_of(&n->world->node[k], &key);
        if (ledger_origin_incarnation(origin, key.name)) return &n->seen[k];
    }
    return &n->seen[n->number];
}

static err keep_seen(void *ctx, struct turn *t, struct str origin, struct str *note_out)
{
    struct str note = *seen_slot(ctx, origin);
    (void)t; /* nothing fails here */
    *note_out = str_eq(origin_of(note), origin) ? note : (struct str){0};
    return ERR_OK;
}

static err keep_witness(void *ctx, struct turn *t, const struct ledger_vkey *log,
                        const struct ledger_add *x, bool cosign, struct str *line_out)
{
    struct world_node *n = ctx;
    struct str *slot = seen_slot(n, log->name), text, last;
    struct ledger_checkpoint head;
    struct ledger_vkey ours;
    try(keep_seen(n, t, origin_of(x->note), &last));
    if (!n->credulous) try(ledger_witness(t, log, last, x, seal_ed25519_holds, &head));
    *slot = str_dup(n->world->arena, x->note);
    *line_out = (struct str){0};
    if (!cosign) return ERR_OK;
    struct ledger_cosignature c = {.time_s = n->world->now_ms / 1000};
    try(ledger_note_open(t, x->note, log, seal_ed25519_holds, &text));
    struct str said = ledger_cosign_text(t->arena, c.time_s, text);
    seal_ed25519_sign(n->ledger_seed, str_bytes(said), c.signature);
    vkey_of(n, &ours);
    *line_out = ledger_cosign_line(t->arena, &ours, &c);
    return ERR_OK;
}

static uint64_t keep_syncs(void *ctx)
{
    (void)ctx;
    return 0;
}

static err keep_wrap(void *ctx, struct turn *t, struct bytes key, struct bytes bound,
                     struct bytes *out)
{
    *out = seal_lock(t, ((struct world_node *)ctx)->storage, bound, key);
    return ERR_OK;
}

static err keep_unwrap(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                       struct bytes *out)
{
    return seal_unlock(t, ((struct world_node *)ctx)->storage, bound, wrapped, out);
}

/* ---- making ---------------------------------------------------------------------------------- */

static struct bytes cert_of(struct world_node *n, struct turn *t, enum seal_role role,
                            struct str address, const struct seal_key *key)
{
    struct seal_cert says = {.state = n->state,
                             .address = role == SEAL_ROOT ? (struct str){0} : address,
                             .role = role,
                             .training = role == SEAL_ROOT && !n->world->real,
                             .from_ms = START_MS - YEARS_MS, /* real TLS asks the real clock */
                             .to_ms = START_MS + YEARS_MS};
    struct bytes der;
    must(seal_cert_issue(t, &says, STR("Test"), key, n->root_key,
                         role == SEAL_ROOT ? (struct bytes){0} : n->root_der, &der),
         t, "certificate");
    return der;
}

static struct bytes cert(struct world_node *n, struct turn *t, enum seal_role role,
                         const struct seal_key *key)
{
    return cert_of(n, t, role, n->address, key);
}

static void node_profile(struct world_node *n, struct turn *t)
{
    struct tree *functions = tree_list(t->arena);
    struct tree *f = tree_add_map(t->arena, functions, NULL);
    bool all = n->world->law != law_embedded;
    tree_add_str(t->arena, f, "instrument", all ? STR("*") : STR("un-cybercrime"));
    tree_add_str(t->arena, f, "function", all ? STR("extradition") : STR("contact"));
    tree_add_str(t->arena, f, "direction", STR("*"));
    tree_add_str(t->arena, f, "kind", STR("*"));
    struct profile_authority authorities[] = {{.address = n->address,
                                               .name = STR("Authority"),
                                               .functions = functions,
                                               .seal_der = n->seal_der,
                                               .open_der = n->open_der,
                                               .seal_revoked_ms = n->seal_revoked_ms,
                                               .open_revoked_ms = n->open_revoked_ms},
                                              {.address = n->second,
                                               .name = STR("Ministry"),
                                               .functions = functions,
                                               .seal_der = n->second_seal_der,
                                               .open_der = n->second_open_der}};
    static const char *const more[] = {"contact", "mla"};
    size_t more_n = all ? (n->world->real ? 1 : 2) : 0;
    for (size_t k = 0; k < more_n; k++)
        tree_set(t->arena, tree_add_copy(t->arena, functions, NULL, f), STR("function"),
                 tree_add_str(t->arena, tree_list(t->arena), NULL, str_of(more[k])));
    struct ledger_vkey key;
    vkey_of(n, &key);
    struct profile p = {.state = n->state,
                        .name = n->state,
                        .training = !n->world->real,
                        .at_ms = n->world->now_ms,
                        .node = n->address,
                        .url = str_printf(t->arena, "https://" STR_FMT, STR_ARG(n->state)),
                        .vkey = ledger_vkey_text(t->arena, &key),
                        .tls_der = n->tls_der,
                        .tls_revoked_ms = n->tls_revoked_ms,
                        .authorities = authorities,
                        .authorities_n = n->second.n ? 2 : 1};
    must(n->world->suite->sign(t, n->root_key, n->root_der, str_bytes(profile_body(t->arena, &p)),
                               true, START_MS, &n->profile),
         t, "profile");
}

static void die(void *ctx, const char *why)
{
    (void)why;
    ((struct world_node *)ctx)->died++;
}

static int32_t offset(void *ctx, struct str zone, int64_t at_ms)
{
    const struct world *w = ctx;
    (void)zone, (void)at_ms;
    return w->offset_min ? w->offset_min : INT32_MAX;
}

static bool room(void *ctx, int64_t *free_out, int64_t *all_out)
{
    const struct world_node *n = ctx;
    *free_out = n->left;
    *all_out = n->all;
    return n->all > 0;
}

static err node_desk(struct world_node *n, struct turn *t, bool create, bool restores)
{
    struct world *w = n->world;
    struct db_options db = {
        .engine = DB_SQLITE, .where = n->db_path.n ? n->db_path.p : ":memory:", .vfs = n->vfs};
    struct desk_options o = {
        .db = &db,
        .vault = str_c(w->arena, str_printf(w->arena, STR_FMT "/vault", STR_ARG(n->folder))),
        .log = str_c(w->arena, str_printf(w->arena, STR_FMT "/log", STR_ARG(n->folder))),
        .keeper = {keep_sign, keep_open, keep_head, keep_last_size, keep_last_note, keep_seen,
                   keep_witness, keep_syncs, keep_wrap, keep_unwrap, n},
        .suite = w->suite,
        .law = w->law,
        .law_n = w->law_n,
        .zones = {offset, w},
        .create = create,
        .restores = restores,
        .officers = STR(WORLD_OFFICERS),
        .room = room,
        .room_ctx = n,
        .die = die,
        .die_ctx = n};
    return desk_open(t, &o, &n->desk);
}

static void node_init(struct world_node *n, struct turn *t)
{
    struct tree *args = tree_map(t->arena);
    tree_add_str(t->arena, args, "profile", base64(t->arena, n->profile));
    tree_add_str(t->arena, args, "root", base64(t->arena, n->root_der));
    struct tree *officers = tree_add_list(t->arena, args, "officers");
    for (int k = 0; k < (n->second.n ? 2 : 1); k++) {
        struct tree *o = tree_add_map(t->arena, officers, NULL);
        tree_add_str(t->arena, o, "officer", str_printf(t->arena, "o-%d", k + 1));
        tree_add_str(t->arena, o, "post", STR("duty officer"));
        tree_add_str(t->arena, o, "authority", k ? n->second : n->address);
        tree_add_int(t->arena, o, "uid", k);
    }
    const struct tree *view;
    must_in(n->world, world_do(n, t->arena, DESK_INIT, args, &view), "init");
}

static void node_make(struct world *w, int number, const char *folder)
{
    struct world_node *n = &w->node[number];
    struct turn t = world_turn(w, w->arena);
    n->world = w;
    n->number = number;
    n->life = 1;
    n->state = str_printf(w->arena, "X%c", 'A' + number);
    n->address = str_printf(w->arena, "X%c/csb", 'A' + number);
    n->folder = str_printf(w->arena, "%s/n%d", folder, number);
    (void)mkdir(str_c(w->arena, n->folder), 0700);
    world_fill(w, n->ledger_seed, sizeof n->ledger_seed);
    world_fill(w, n->storage, sizeof n->storage);
    struct seal_key **keys[] = {&n->root_key, &n->seal_key, &n->open_key, &n->tls_key};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        must(seal_key_make(&t, keys[k]), &t, "key");
    n->root_der = cert(n, &t, SEAL_ROOT, n->root_key);
    n->seal_der = cert(n, &t, SEAL_SEAL, n->seal_key);
    n->open_der = cert(n, &t, SEAL_OPEN, n->open_key);
    n->tls_der = cert(n, &t, SEAL_TLS, n->tls_key);
    n->tls = seal_sha256_of(n->tls_der);
    if (w->two) {
        n->second = str_printf(w->arena, "X%c/moj", 'A' + number);
        n->second_seal_der = cert_of(n, &t, SEAL_SEAL, n->second, n->seal_key);
        n->second_open_der = cert_of(n, &t, SEAL_OPEN, n->second, n->open_key);
    }
    node_profile(n, &t);
    must(node_desk(n, &t, true, false), &t, "desk");
    node_init(n, &t);
}

void world_reissue(struct world_node *n)
{
    struct turn t = world_turn(n->world, n->world->arena);
    node_profile(n, &t);
}

/* Pins a peer by the words it reads out: one slow hash for each root. */
err world_pin(struct world_node *n, struct world_node *peer)
{
    auto_arena a = arena_new();
    struct turn life = world_turn(n->world, n->world->arena);
    if (!peer->words.n) must(profile_words(&life, peer->root_der, &peer->words), &life, "words");
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "profile", base64(a, peer->profile));
    tree_add_str(a, args, "root", base64(a, peer->root_der));
    tree_add_str(a, args, "words", peer->words);
    return world_do(n, a, DESK_PEER_ADD, args, NULL);
}

static void pin_both(struct world_node *a, struct world_node *b)
{
    must_in(a->world, world_pin(a, b), "peer add");
    must_in(b->world, world_pin(b, a), "peer add");
}

void world_open(struct world *w, int n, uint64_t seed, const struct suite *suite,
                const char *folder)
{
    world_open_on(w, n, seed, suite, folder, NULL);
}

static void open_all(struct world *w, int n, uint64_t seed, const struct suite *suite,
                     const char *folder, const char *vfs)
{
    w->arena = arena_new();
    w->now_ms = START_MS;
    w->seed = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    w->clock = (struct clock){world_ms, world_ms, w};
    w->chance = (struct chance){world_fill, w};
    w->suite = suite;
    if (!w->law) w->law_n = law_embedded_n;
    if (!w->law) w->law = law_embedded;
    w->n = n;
    const char *base = folder;
    if (!base) {
        char *made = arena_take(w->arena, 64);
        snprintf(made, 64, "/tmp/comity-world-XXXXXX");
        base = mkdtemp(made);
        w->made = str_of(base);
    }
    for (int k = 0; k < n; k++) {
        struct world_node *node = &w->node[k];
        if (folder) node->db_path = str_printf(w->arena, "%s/n%d.db", folder, k);
        node->vfs = vfs;
        node_make(w, k, base);
    }
    for (int a = 0; a < n && !w->apart; a++)
        for (int b = a + 1; b < n; b++) pin_both(&w->node[a], &w->node[b]);
}

void world_open_on(struct world *w, int n, uint64_t seed, const struct suite *suite,
                   const char *folder, const char *vfs)
{
    memset(w, 0, sizeof *w);
    open_all(w, n, seed, suite, folder, vfs);
}

void world_open_two(struct world *w, int n, uint64_t seed, const struct suite *suite)
{
    world_open_law(w, n, seed, suite, NULL, 0);
}

void world_open_law(struct world *w, int n, uint64_t seed, const struct suite *suite,
                    const struct law_file *law, size_t law_n)
{
    memset(w, 0, sizeof *w);
    w->two = true;
    w->law = law;
    w->law_n = law_n;
    open_all(w, n, seed, suite, NULL, NULL);
}

void world_open_real(struct world *w, int n, uint64_t seed, const struct suite *suite,
                     const struct law_file *law, size_t law_n)
{
    memset(w, 0, sizeof *w);
    w->real = true;
    w->law = law;
    w->law_n = law_n;
    open_all(w, n, seed, suite, NULL, NULL);
}

void world_open_apart(struct world *w, int n, uint64_t seed, const struct suite *suite,
                      const struct law_file *law, size_t law_n)
{
    memset(w, 0, sizeof *w);
    w->apart = true;
    w->law = law;
    w->law_n = law_n;
    open_all(w, n, seed, suite, NULL, NULL);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void world_close(struct world *w)
{
    for (int k = 0; k < w->n; k++) {
        struct world_node *n = &w->node[k];
        desk_close(n->desk);
        seal_key_free(n->root_key);
        seal_key_free(n->seal_key);
        seal_key_free(n->open_key);
        seal_key_free(n->tls_key);
    }
    if (w->made.n) (void)nftw(w->made.p, drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(w->arena);
}

err world_restart(struct world_node *n)
{
    struct turn t = world_turn(n->world, n->world->arena);
    desk_close(n->desk);
    n->desk = NULL;
    err e = node_desk(n, &t, false, false);
    n->world->fault = t.fault;
    return e;
}

err world_restore(struct world_node *n, bool lost)
{
    auto_arena a = arena_new();
    struct turn t = world_turn(n->world, n->world->arena);
    struct tree *args = tree_map(a);
    if (!lost) tree_add_str(a, args, "head", n->note);
    int64_t life = n->world->now_ms / 1000;
    n->life = life > n->life ? life : n->life + 1; /* as comity restore writes it for keeper */
    tree_add_int(a, args, "incarnation", n->life);
    err e = node_desk(n, &t, false, true);
    n->world->fault = t.fault;
    try(e);
    return world_do(n, a, DESK_RESTORE, args, NULL);
}

/* ---- turns ----------------------------------------------------------------------------------- */

err world_do(struct world_node *n, struct arena *a, enum desk_action action,
             const struct tree *args, const struct tree **view_out)
{
    struct desk_turn dt = {
        .t = world_turn(n->world, a), .action = action, .uid = n->uid, .args = args};
    struct desk_turn *one = &dt;
    desk_run(n->desk, &one, 1);
    n->world->fault = dt.t.fault;
    if (view_out) *view_out = dt.view;
    bool acted = dt.result == ERR_OK && (action == DESK_SEND || action == DESK_ACT);
    if (acted && n->world->told) n->world->told(n->world->told_ctx, n, tree_str(dt.view, "id"));
    return dt.result;
}

err world_as(struct world_node *n, struct arena *a, struct str session, enum desk_action action,
             const struct tree *args, const struct tree **view_out)
{
    struct desk_turn dt = {.t = world_turn(n->world, a),
                           .action = action,
                           .uid = -1,
                           .session = session,
                           .args = args};
    struct desk_turn *one = &dt;
    desk_run(n->desk, &one, 1);
    n->world->fault = dt.t.fault;
    if (view_out) *view_out = dt.view;
    return dt.result;
}

const struct tree *world_args(struct arena *a, const char *first, ...)
{
    struct tree *args = tree_map(a), *particulars = NULL;
    va_list list;
    va_start(list, first);
    for (const char *s = first; s; s = va_arg(list, const char *)) {
        struct str key, value;
        str_split(str_of(s), '=', &key, &value);
        struct tree *into = args;
        if (str_starts(key, "particulars.")) {
            if (!particulars) particulars = tree_add_map(a, args, "particulars");
            into = particulars;
            key.p += 12;
            key.n -= 12;
        }
        if (str_is(value, "true"))
            tree_add_bool(a, into, str_c(a, key), true);
        else
            tree_add_str(a, into, str_c(a, key), value);
    }
    va_end(list);
    return args;
}

err world_tidy(struct world_node *n)
{
    auto_arena a = arena_new();
    struct turn t = world_turn(n->world, a);
    err e = desk_tidy(n->desk, &t);
    n->world->fault = t.fault;
    return e;
}

err world_fsck(struct world_node *n, struct arena *a)
{
    const struct tree *v = NULL;
    try(world_tidy(n));
    err e = world_do(n, a, DESK_FSCK, NULL, &v);
    const struct tree *f = v ? tree_get(v, "findings")->child : NULL;
    for (; f; f = f->next) printf("# " STR_FMT "\n", STR_ARG(json_write(a, f)));
    return e;
}

err world_jobs(struct world_node *n, struct arena *a, struct desk_job **out, size_t *n_out)
{
    int64_t unbuilt, unsent;
    struct turn t = world_turn(n->world, a);
    try(desk_waiting(n->desk, &t, &unbuilt, &unsent));
    while (unbuilt > 0) {
        try(world_do(n, a, DESK_BUILD, NULL, NULL));
        try(desk_waiting(n->desk, &t, &unbuilt, &unsent));
    }
    return desk_jobs(n->desk, &t, INT64_MAX, NULL, 0, 256, out, n_out);
}

struct world_node *world_at(struct world *w, struct str address)
{
    for (int k = 0; k < w->n; k++)
        if (str_eq(w->node[k].address, address) || str_eq(w->node[k].second, address))
            return &w->node[k];
    return NULL;
}

err world_parcel(struct world_node *to, struct turn *t, struct bytes sealed,
                 struct desk_parcel *out)
{
    struct bytes container;
    struct parcel p;
    struct tree *act, *carriage;
    err e = to->world->suite->open(t, to->open_key, to->open_der, sealed, &container);
    if (e == ERR_NONE_SUCH && to->second.n) {
        turn_forgive(t);
        e = to->world->suite->open(t, to->open_key, to->second_open_der, sealed, &container);
    }
    try(e);
    try(parcel_read(t, container, &p));
    const struct zip_entry *a = parcel_find(&p, "act.json"), *c = parcel_find(&p, "carriage.json");
    try(json_read_canonical(t, a->data, &codec_limits, &act));
    try(json_read_canonical(t, c->data, &codec_limits, &carriage));
    *out = (struct desk_parcel){.container = container,
                                .digest = seal_sha256_of(container),
                                .act_json = a->data,
                                .act = act,
                                .from = tree_str(act, "from"),
                                .to = tree_str(act, "to"),
                                .incarnation = tree_int(carriage, "incarnation", 0),
                                .sequence = tree_int(carriage, "seq", 0),
                                .exhibits = tree_get(carriage, "exhibits")};
    return ERR_OK;
}

err world_deliver(struct world_node *to, const struct world_node *from, struct arena *a,
                  struct bytes sealed, struct str *answer_out)
{
    (void)from;
    struct desk_parcel parcel;
    struct desk_turn dt = {.t = world_turn(to->world, a), .action = DESK_RECEIVE, .uid = -1};
    struct desk_turn *one = &dt;
    err e = world_parcel(to, &dt.t, sealed, &parcel);
    if (e == ERR_OK) {
        dt.parcel = &parcel;
        desk_run(to->desk, &one, 1);
        e = dt.result;
    }
    to->world->fault = dt.t.fault;
    if (e == ERR_OK && answer_out) *answer_out = dt.answer;
    return e;
}

/* Asks whom the act went to for the proof that a turn needs, as the wire does. */
static bool world_proof(struct world_node *n, const struct id *act, struct desk_turn *dt)
{
    struct turn t = world_turn(n->world, dt->t.arena);
    struct receipt_expect x;
    if (desk_receipt_expected(n->desk, &t, act, &x) != ERR_OK) return false;
    struct world_node *peer = world_at(n->world, x.from);
    dt->proof.given =
        desk_consistency(peer->desk, &t, dt->proof.from, dt->proof.to, &dt->proof.path) == ERR_OK;
    return dt->proof.given;
}

err world_receipt(struct world_node *n, const struct id *act, struct str answer)
{
    return world_receipt_from(n, act, answer, 0);
}

err world_receipt_from(struct world_node *n, const struct id *act, struct str answer,
                       int64_t log_size)
{
    auto_arena a = arena_new();
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "act", hex(a, id_bytes(act)));
    tree_add_str(a, args, "answer", answer);
    tree_add_int(a, args, "log_size", log_size);
    struct desk_turn dt = {
        .t = world_turn(n->world, a), .action = DESK_RECEIPT, .uid = n->uid, .args = args};
    struct desk_turn *one = &dt;
    for (int asked = 0; asked < 2; asked++) {
        desk_run(n->desk, &one, 1);
        n->world->fault = dt.t.fault;
        if (dt.result == ERR_OK || strcmp(dt.t.fault.code, "head-unproven") != 0) break;
        if (!world_proof(n, act, &dt)) break;
        turn_forgive(&dt.t);
    }
    return dt.result;
}

/* ---- what was lost --------------------------------------------------------------------------- */

/* What `from` signed, as a reader of `to` finds it. */
static err summary_open(struct world_node *from, struct turn *t, struct bytes cms,
                        struct summary **out)
{
    struct bytes body;
    struct tree *m;
    *out = arena_take(t->arena, sizeof **out);
    try(from->world->suite->verify_attached(t, from->seal_der, cms, &body));
    try(json_read_canonical(t, body, &codec_limits, &m));
    return summary_read(t, m, *out);
}

static err turn_of(struct world_node *n, struct desk_turn *dt)
{
    struct desk_turn *one = dt;
    dt->uid = -1;
    desk_run(n->desk, &one, 1);
    n->world->fault = dt->t.fault;
    return dt->result;
}

static err ask_back(struct world_node *n, struct world_node *with, struct arena *a,
                    struct str digest, int *back)
{
    struct turn t = world_turn(n->world, a);
    struct hash h;
    struct bytes sealed;
    struct desk_parcel p;
    if (!hash_read(digest, &h)) return ERR_REJECTED;
    err e = desk_parcel_back(with->desk, &t, &h, n->address, &sealed);
    n->world->fault = t.fault;
    try(e);
    try(world_parcel(n, &t, sealed, &p));
    struct desk_turn dt = {.t = t, .action = DESK_ADOPT, .parcel = &p};
    e = turn_of(n, &dt);
    if (e == ERR_OK) (*back)++;
    return e == ERR_NONE_SUCH ? ERR_OK : e; /* its dossier is not here yet */
}

/* One question, its answer, and what it means. */
static err asked_once(struct world_node *n, struct world_node *with, struct arena *a,
                      const struct summary_range *ranges, size_t ranges_n, struct tree *asks,
                      int *back)
{
    struct bytes cms;
    struct summary *s;
    struct turn t = world_turn(n->world, a);
    try(desk_question(n->desk, &t, n->address, with->address, ranges, ranges_n, &cms));
    try(summary_open(n, &t, cms, &s));
    struct desk_turn asked = {.t = t, .action = DESK_ASKED, .summary = s};
    try(turn_of(with, &asked));
    try(summary_open(with, &t, str_bytes(asked.answer), &s));
    struct desk_turn told = {.t = t, .action = DESK_TOLD, .summary = s};
    try(turn_of(n, &told));
    for (const struct tree *m = tree_get(told.view, "asks")->child; m; m = m->next)
        tree_add_copy(a, asks, NULL, m);
    for (const struct tree *m = tree_get(told.view, "wants")->child; m; m = m->next)
        try(ask_back(n, with, a, m->str, back));
    return ERR_OK;
}

err world_reconcile(struct world_node *n, struct world_node *with, int *back_out)
{
    auto_arena a = arena_new();
    struct tree *asks = tree_list(a);
    *back_out = 0;
    try(asked_once(n, with, a, NULL, 0, asks, back_out));
    for (const struct tree *m = asks->child; m; m = m->next) {
        struct summary_range *r = arena_take(a, sizeof *r);
        *r = (struct summary_range){.incarnation = tree_int(m, "incarnation", 0),
                                    .first = tree_int(m, "first", 0),
                                    .unit = tree_int(m, "unit", 0)};
        try(asked_once(n, with, a, r, 1, asks, back_out));
    }
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ours", n->address);
    tree_add_str(a, args, "peer", with->address);
    return world_do(n, a, DESK_RECONCILED, args, NULL);
}

/* ---- settling -------------------------------------------------------------------------------- */

static bool settle_once(struct world *w)
{
    bool moved = false;
    for (int k = 0; k < w->n; k++) {
        auto_arena a = arena_new();
        struct desk_job *jobs;
        size_t n;
        must_in(w, world_jobs(&w->node[k], a, &jobs, &n), "jobs");
        for (size_t j = 0; j < n; j++) {
            struct str got;
            must_in(w,
                    world_deliver(world_at(w, jobs[j].peer), &w->node[k], a, jobs[j].sealed, &got),
                    "carry");
            must_in(w, world_receipt(&w->node[k], &jobs[j].act, got), "carry back");
            moved = true;
        }
    }
    return moved;
}

void world_settle(struct world *w)
{
    while (settle_once(w)) continue;
}
