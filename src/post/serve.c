/* SPDX-License-Identifier: Apache-2.0 */
/* What the wire answers: parcels taken and given, the profile, the log as it lies on disk.
 *
 * The door before it is believed about nothing but bytes and the certificate shown: who may ask
 * what is looked at here again. It opens nothing: bodies go to post_take. */

#include "post/post_internal.h"

#include <string.h>

enum { TILE_MAX = 64 << 10, NOTE_MAX = 64 << 10 };

/* One request, until it is answered. */
struct visit {
    struct post *post;
    const char *log;
    struct arena *arena;
    const struct post_asked *asked;
    const struct route *route;
    struct post_answer answer;
};

static void parcel_take(struct visit *v);
static void parcel_give(struct visit *v);
static void segment_put(struct visit *v);
static void summary_answer(struct visit *v);
static void profile_give(struct visit *v);
static void checkpoint_give(struct visit *v);
static void tile_give(struct visit *v);
static void consistency_give(struct visit *v);
static void head_take(struct visit *v);
static void waiting_give(struct visit *v);
static void waiting_answered(struct visit *v);

/* clang-format off */
static const struct route routes[] = {
    {"POST", POST_PARCELS,         false, false, parcel_take},
    {"GET",  POST_PARCELS "/",     true,  false, parcel_give},
    {"PUT",  POST_SEGMENTS,        true,  false, segment_put},
    {"POST", POST_SUMMARY,         false, false, summary_answer},
    {"GET",  POST_PROFILE,         false, true,  profile_give},
    {"GET",  "/ledger/checkpoint", false, false, checkpoint_give},
    {"GET",  "/ledger/tile/",      true,  false, tile_give},
    {"GET",  POST_CONSISTENCY,     true,  false, consistency_give},
    {"POST", POST_ADD_CHECKPOINT,  false, false, head_take},
    {"GET",  POST_WAITING,         false, false, waiting_give},
    {"POST", POST_ANSWERS,         true,  false, waiting_answered},
};
/* clang-format on */
enum { ROUTES = sizeof routes / sizeof *routes };

const struct route *route_find(struct str path)
{
    for (size_t k = 0; k < ROUTES; k++)
        if (routes[k].is_prefix ? str_starts(path, routes[k].path) : str_is(path, routes[k].path))
            return &routes[k];
    return NULL;
}

bool route_takes(const struct route *r) { return r && strcmp(r->method, "GET") != 0; }

/* ---- answers --------------------------------------------------------------------------------- */

static void tell(struct visit *v, int status, const char *type, struct bytes body)
{
    v->answer.tell(v->answer.ctx, status, type, body, -1);
}

static void reply_fault(struct visit *v, const struct turn *t)
{
    tell(v, err_http_status(t->fault.err), POST_PROBLEM,
         str_bytes(post_problem(v->arena, &t->fault)));
}

static void reply_none_such(struct visit *v)
{
    struct turn t = post_turn(v->post, v->arena);
    err e = turn_fail(&t, ERR_NONE_SUCH, "none-such", "comity wire 1: paths",
                      "There is nothing at this path.");
    (void)e; /* told by the fault */
    reply_fault(v, &t);
}

static void reply_stranger(struct visit *v)
{
    struct turn t = post_turn(v->post, v->arena);
    err e = turn_fail(&t, ERR_STRANGER, "peer-unknown", POST_CLAUSE_PEERS,
                      "This node has pinned nobody with the TLS certificate shown.");
    (void)e; /* told by the fault */
    reply_fault(v, &t);
}

/* Pinned by hand, since no ceremony pins one whose training flag is not ours. */
static void reply_other_kind(struct visit *v, struct str address)
{
    struct turn t = post_turn(v->post, v->arena);
    err e = turn_fail(&t, ERR_STRANGER, "training", POST_CLAUSE_TRAINING, POST_OTHER_KIND);
    (void)e; /* told by the fault */
    post_refused(v->post, &v->asked->tls, address, &t.fault);
    reply_fault(v, &t);
}

void post_serve(struct post *p, const char *log, const struct post_asked *q,
                struct post_answer answer)
{
    auto_arena scratch = arena_new();
    struct visit v = {.post = p, .log = log, .arena = scratch, .asked = q, .answer = answer};
    v.route = route_find(q->path);
    const struct desk_peer *peer = desk_peer_by_tls(p->o.desk, &q->tls, 0);
    bool open = v.route && v.route->open;
    if (!peer && !open)
        reply_stranger(&v);
    else if (!open && peer->training != desk_profile(p->o.desk)->training)
        reply_other_kind(&v, peer->address);
    else if (v.route)
        v.route->go(&v);
    else
        reply_none_such(&v);
}

/* ---- parcels --------------------------------------------------------------------------------- */

static void parcel_take(struct visit *v)
{
    post_take(v->post, &v->asked->tls, v->asked->body, v->answer);
}

/* The parcel, sealed; or, of "{digest}/{number}", a segment of one that the peer sent. */
static err parcel_bytes(struct desk *d, struct turn *t, const struct hash *digest, int64_t number,
                        struct str peer, struct bytes *out)
{
    if (number >= 0) return desk_segment_back(d, t, digest, peer, number, out);
    err e = desk_parcel_bytes(d, t, digest, peer, out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return desk_parcel_back(d, t, digest, peer, out);
}

static void parcel_give(struct visit *v)
{
    struct desk *d = v->post->o.desk;
    struct turn t = post_turn(v->post, v->arena);
    struct hash digest;
    struct str name = {v->asked->path.p + strlen(v->route->path),
                       v->asked->path.n - strlen(v->route->path)};
    struct str part;
    int64_t number = -1;
    bool of_it = str_split(name, '/', &name, &part);
    const struct desk_peer *peer;
    if (!hash_read(name, &digest) || (of_it && (!str_to_int(part, &number) || number < 0))) {
        reply_none_such(v);
        return;
    }
    /* A node may serve several authorities; each gets what is addressed to it, and what it sent. */
    for (size_t k = 0; (peer = desk_peer_by_tls(d, &v->asked->tls, k)); k++) {
        struct bytes sealed;
        err e = parcel_bytes(d, &t, &digest, number, peer->address, &sealed);
        if (e == ERR_OK) {
            tell(v, err_http_status(ERR_OK), POST_CMS, sealed);
            return;
        }
        if (e != ERR_NONE_SUCH) {
            reply_fault(v, &t);
            return;
        }
        turn_forgive(&t);
    }
    reply_none_such(v);
}

static void segment_put(struct visit *v)
{
    struct str place = {v->asked->path.p + strlen(v->route->path),
                        v->asked->path.n - strlen(v->route->path)};
    post_segment_take(v->post, &v->asked->tls, place, v->asked->body, v->answer);
}

static void summary_answer(struct visit *v)
{
    post_summary_take(v->post, &v->asked->tls, v->asked->body, v->answer);
}

/* ---- what is public -------------------------------------------------------------------------- */

static void profile_give(struct visit *v)
{
    struct desk *d = v->post->o.desk;
    struct tree *m = tree_map(v->arena);
    tree_add_str(v->arena, m, "profile", base64(v->arena, desk_profile_signed(d)));
    tree_add_str(v->arena, m, "root", base64(v->arena, desk_root_der(d)));
    tell(v, err_http_status(ERR_OK), "application/json", str_bytes(json_write(v->arena, m)));
}

static void file_give(struct visit *v, struct str name, size_t limit, const char *type)
{
    struct turn t = post_turn(v->post, v->arena);
    struct bytes data;
    if (!v->log) {
        reply_none_such(v);
        return;
    }
    struct str path = str_printf(v->arena, "%s/" STR_FMT, v->log, STR_ARG(name));
    err e = file_read(&t, str_c(v->arena, path), limit, &data);
    if (e == ERR_NONE_SUCH)
        reply_none_such(v);
    else if (e != ERR_OK)
        reply_fault(v, &t);
    else
        tell(v, err_http_status(ERR_OK), type, data);
}

static void checkpoint_give(struct visit *v)
{
    file_give(v, STR("checkpoint"), NOTE_MAX, "text/plain; charset=utf-8");
}

/* Three digits, as tlog-tiles writes each group of an index. */
static bool digits_read(struct str s, uint64_t *index)
{
    if (s.n != 3) return false;
    uint64_t x = 0;
    for (size_t k = 0; k < s.n; k++) {
        if (s.p[k] < '0' || s.p[k] > '9') return false;
        x = x * 10 + (uint64_t)(s.p[k] - '0');
    }
    *index = *index * 1000 + x;
    return true;
}

/* "x001/x234/067" or "067.p/17": the index and width of a tile. */
static bool tile_place(struct str rest, uint64_t *index_out, int *width_out)
{
    enum { GROUPS_MAX = 6 }; /* beyond any log: 10^18 tiles */
    *index_out = 0;
    *width_out = LEDGER_TILE_WIDTH;
    struct str step, width;
    int64_t w;
    for (int k = 0; k < GROUPS_MAX; k++) {
        bool more = str_split(rest, '/', &step, &rest);
        if (more && str_starts(step, "x")) {
            if (!digits_read((struct str){step.p + 1, step.n - 1}, index_out)) return false;
            continue;
        }
        if (!more) return digits_read(step, index_out);
        width = rest;
        if (!str_ends(step, ".p") || !str_to_int(width, &w) || w < 1 || w >= LEDGER_TILE_WIDTH)
            return false;
        *width_out = (int)w;
        return digits_read((struct str){step.p, step.n - 2}, index_out);
    }
    return false;
}

/* A path is served only if it is the one spelling of a tile (C2SP tlog-tiles): nothing a peer
 * writes becomes part of a file name. */
static void tile_give(struct visit *v)
{
    struct str path = {v->asked->path.p + strlen("/ledger/"),
                       v->asked->path.n - strlen("/ledger/")};
    struct str tile, level, rest;
    int64_t number = -1;
    uint64_t index;
    int width;
    str_split(path, '/', &tile, &rest);
    str_split(rest, '/', &level, &rest);
    bool named = str_is(level, "entries") ||
                 (str_to_int(level, &number) && number >= 0 && number < LEDGER_LEVELS_MAX / 8);
    if (!named || !tile_place(rest, &index, &width)) {
        reply_none_such(v);
        return;
    }
    struct str ours = ledger_tile_path(v->arena, (int)number, index, width);
    if (str_eq(ours, path))
        file_give(v, ours, TILE_MAX, "application/octet-stream");
    else
        reply_none_such(v);
}

/* ---- heads ----------------------------------------------------------------------------------- */

static void head_take(struct visit *v)
{
    post_head_take(v->post, &v->asked->tls, v->asked->body, v->answer);
}

/* Two sizes in plain digits; the proof as lines, each a hash in base64. */
static void consistency_give(struct visit *v)
{
    struct turn t = post_turn(v->post, v->arena);
    struct str from, to = {v->asked->path.p + strlen(POST_CONSISTENCY),
                           v->asked->path.n - strlen(POST_CONSISTENCY)};
    struct ledger_proof proof;
    int64_t old, size;
    str_split(to, '/', &from, &to);
    if (!str_to_int(from, &old) || !str_to_int(to, &size) || old < 0 || size < 0) {
        reply_none_such(v);
        return;
    }
    err e = desk_consistency(v->post->o.desk, &t, (uint64_t)old, (uint64_t)size, &proof);
    if (e != ERR_OK)
        reply_fault(v, &t);
    else
        tell(v, err_http_status(ERR_OK), "text/plain; charset=utf-8",
             str_bytes(ledger_proof_write(v->arena, &proof)));
}

/* ---- what waits to be fetched ---------------------------------------------------------------- */

static void waiting_give(struct visit *v) { post_waiting_give(v->post, &v->asked->tls, v->answer); }

static void waiting_answered(struct visit *v)
{
    struct str rest = {v->asked->path.p + strlen(POST_ANSWERS),
                       v->asked->path.n - strlen(POST_ANSWERS)};
    if (post_waiting_answered(v->post, &v->asked->tls, rest, v->asked->body))
        tell(v, POST_NOTHING, NULL, (struct bytes){0});
    else
        reply_none_such(v);
}
