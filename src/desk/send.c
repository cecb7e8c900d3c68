/* SPDX-License-Identifier: Apache-2.0 */
/* From acts held here to acts held by the other State: parcels are built once, stored, and only
 * stored bytes leave; what comes back is checked before it is believed. */

#include "desk/exhibits.h"

#include <string.h>

enum { BUILD_MAX = 16, ENTRIES_EXTRA = 2, BUILD_AGAIN_MS = 60000 };

/* ---- building -------------------------------------------------------------------------------- */

static err carriage_json(struct desk *d, struct turn *t, const struct store_outgoing *o,
                         const struct store_record *act, const struct tree *documents,
                         struct bytes *out)
{
    struct hash hash = seal_sha256_of(act->open);
    struct tree *m = tree_map(t->arena);
    tree_add_int(t->arena, m, "v", 1);
    tree_add_str(t->arena, m, "act", desk_hex_hash(t, &hash));
    tree_add_str(t->arena, m, "from", o->from);
    tree_add_str(t->arena, m, "to", o->peer);
    tree_add_int(t->arena, m, "incarnation", o->incarnation);
    tree_add_int(t->arena, m, "seq", o->sequence);
    tree_add_int(t->arena, m, "suite", d->suite->number);
    try(desk_exhibits_carry(d, t, act, documents, m));
    *out = str_bytes(json_write(t->arena, m));
    return ERR_OK;
}

static err document_entry(struct desk *d, struct turn *t, const struct store_record *r,
                          const struct tree *doc, struct zip_entry *out)
{
    struct str sha = tree_str(doc, "sha256");
    struct hash name;
    if (!hash_read(tree_str(tree_get(r->rest, "documents"), str_c(t->arena, sha)), &name))
        return turn_fail(t, ERR_INTEGRITY, "document-missing", NULL,
                         "The vault name of a document is not known.");
    struct bytes locked, plain;
    try(vault_get(t, d->vault, &name, 64 << 20, &locked));
    try(store_unlock(t, d->store, &r->dossier, sha, locked, &plain));
    *out = (struct zip_entry){
        str_printf(t->arena, "documents/" STR_FMT, STR_ARG(tree_str(doc, "name"))), plain};
    return ERR_OK;
}

static err container_build(struct desk *d, struct turn *t, const struct store_outgoing *o,
                           const struct store_record *r, struct bytes *out)
{
    const struct tree *act;
    try(store_record_shown(t, r, &act));
    const struct tree *docs = tree_get(act, "documents");
    size_t n = 0;
    struct zip_entry *entries =
        arena_take_many(t->arena, (docs ? docs->count : 0) + ENTRIES_EXTRA, sizeof *entries);
    entries[n++] = (struct zip_entry){STR("act.json"), r->open};
    entries[n++].name = STR("carriage.json");
    try(carriage_json(d, t, o, r, docs, &entries[n - 1].data));
    for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next)
        if (!desk_exhibit_where(r->rest, tree_str(f, "sha256")).n)
            try(document_entry(d, t, r, f, &entries[n++]));
    struct parcel_seal seal = {.manifest = parcel_manifest(t->arena, 1, entries, n)};
    try(d->keeper.sign(d->keeper.ctx, t, o->from, seal.manifest, false, turn_now_ms(t),
                       &seal.signature));
    *out = parcel_write(t->arena, entries, n, &seal, 1);
    return ERR_OK;
}

static err parcel_record(struct desk *d, struct turn *t, const struct store_outgoing *o,
                         struct bytes container, struct hash *digest_out)
{
    *digest_out = seal_sha256_of(container);
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "act", desk_hex_id(t, &o->act));
    tree_add_str(t->arena, rest, "by", o->from);
    tree_add_int(t->arena, rest, "incarnation", o->incarnation);
    tree_add_str(t->arena, rest, "peer", o->peer);
    tree_add_int(t->arena, rest, "sequence", o->sequence);
    tree_add_str(t->arena, rest, "way", STR("out"));
    struct store_record r = {.dossier = o->dossier,
                             .kind = STR("parcel"),
                             .subject = hash_bytes(digest_out),
                             .at_ms = turn_now_ms(t),
                             .open = hash_bytes(digest_out),
                             .rest = rest,
                             .bulk = container};
    return desk_record(d, t, &r);
}

/* Beside the wire an act has no place in a line: its own leaf names the parcel, in incarnation 0.
 */
err desk_parcel_make(struct desk *d, struct turn *t, const struct store_record *act,
                     struct str from, struct str to)
{
    struct store_outgoing o = {
        .dossier = act->dossier, .peer = to, .from = from, .sequence = act->leaf};
    struct bytes container;
    struct hash digest;
    if (act->subject.n != sizeof o.act.b)
        return turn_fail(t, ERR_INTEGRITY, "act-id", NULL, "An act's id has a wrong size.");
    memcpy(o.act.b, act->subject.p, sizeof o.act.b);
    try(container_build(d, t, &o, act, &container));
    return parcel_record(d, t, &o, container, &digest);
}

/* Makes the parcel and its sealed form permanent; from here on only these bytes leave. */
static err parcel_keep(struct desk *d, struct turn *t, const struct store_outgoing *o,
                       struct bytes container, struct bytes sealed)
{
    struct hash digest, sealed_digest = seal_sha256_of(sealed);
    try(parcel_record(d, t, o, container, &digest));
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "act", desk_hex_id(t, &o->act));
    tree_add_str(t->arena, rest, "parcel", desk_hex_hash(t, &digest));
    struct store_record r = {.dossier = o->dossier,
                             .kind = STR("sealed"),
                             .subject = hash_bytes(&sealed_digest),
                             .at_ms = turn_now_ms(t),
                             .open = hash_bytes(&sealed_digest),
                             .rest = rest,
                             .bulk = sealed};
    return desk_record(d, t, &r);
}

static err peer_seal(struct desk *d, struct turn *t, struct str address, struct bytes container,
                     struct bytes *sealed_out)
{
    const struct desk_peer *peer = desk_peer(d, address);
    if (!peer)
        return turn_fail(t, ERR_NONE_SUCH, "peer-unknown", NULL,
                         "This node has not pinned " STR_FMT "; the act is held here until it has.",
                         STR_ARG(address));
    if (profile_is_revoked(peer->open_revoked_ms, turn_now_ms(t)))
        return turn_fail(t, ERR_NOT_ALLOWED, "open-revoked", "comity profile 1: revoked_since",
                         "The key that acts to " STR_FMT
                         " are sealed to is revoked. The act is held "
                         "here until its State's new profile is pinned.",
                         STR_ARG(address));
    try(seal_cert_check(t, peer->open_der, peer->root_der, SEAL_OPEN, turn_now_ms(t)));
    return d->suite->seal(t, &peer->open_der, 1, container, sealed_out);
}

/* An act that was numbered in an older life and not known to have left takes a number of this one:
 * the old number may be taken, by a parcel of it that was lost here. */
static err row_number(struct desk *d, struct turn *t, struct store_outgoing *o)
{
    if (o->incarnation == d->incarnation) return ERR_OK;
    const struct store_line line = {o->peer, o->from, d->incarnation};
    o->incarnation = d->incarnation;
    return store_line_next(t, d->store, &line, &o->sequence);
}

static err row_build(struct desk *d, struct turn *t, const struct store_outgoing *row)
{
    struct store_record r;
    struct bytes container, sealed;
    struct store_outgoing o = *row;
    try(row_number(d, t, &o));
    try(store_record_get(t, d->store, "act", id_bytes(&o.act), &r));
    try(container_build(d, t, &o, &r, &container));
    try(peer_seal(d, t, o.peer, container, &sealed));
    return parcel_keep(d, t, &o, container, sealed);
}

err desk_parcel_adopt(struct desk *d, struct turn *t, const struct store_outgoing *o,
                      struct bytes container)
{
    struct bytes sealed;
    struct hash digest;
    if (!str_is(o->stage, "held-here")) return parcel_record(d, t, o, container, &digest);
    try(peer_seal(d, t, o->peer, container, &sealed));
    return parcel_keep(d, t, o, container, sealed);
}

err desk_parcel_back(struct desk *d, struct turn *t, const struct hash *digest, struct str peer,
                     struct bytes *sealed_out)
{
    struct store_parcel p;
    struct store_record r;
    try(store_parcel_get(t, d->store, digest, &p));
    if (!str_is(p.way, "in") || !str_eq(p.peer, peer))
        return turn_fail(t, ERR_NONE_SUCH, "parcel-none-such", NULL,
                         "There is no such parcel of yours.");
    try(store_record_get(t, d->store, "parcel", hash_bytes(digest), &r));
    return peer_seal(d, t, peer, r.bulk, sealed_out);
}

/* What is wrong with one act, not with the disk or the database. */
static bool is_of_row(err e)
{
    return e != ERR_FULL && e != ERR_BUSY && e != ERR_UNKNOWN && e != ERR_CONFLICT;
}

/* One act that cannot be built holds up no other: it is put aside and tried again later, and stands
 * among what is not delivered. Nothing of it was written, since that is the last step. */
static err row_put_aside(struct desk *d, struct turn *t, const struct store_outgoing *o)
{
    struct store_outgoing later = *o;
    later.tried_ms = turn_now_ms(t);
    later.next_ms = later.tried_ms + BUILD_AGAIN_MS;
    later.tries++;
    later.status = 0;
    later.why = str_dup(t->arena, str_of(t->fault.sentence));
    turn_forgive(t);
    return store_retry_set(t, d->store, &later);
}

err desk_do_BUILD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_outgoing *rows;
    size_t n;
    try(store_outgoing_due(t, d->store, STR("held-here"), turn_now_ms(t), BUILD_MAX, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        err e = row_build(d, t, &rows[k]);
        if (e == ERR_OK) continue;
        if (!is_of_row(e)) return e;
        try(row_put_aside(d, t, &rows[k]));
    }
    return ERR_OK;
}

/* ---- leaving --------------------------------------------------------------------------------- */

static bool is_busy(const struct id *act, const struct id *busy, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (id_eq(act, &busy[k])) return true;
    return false;
}

/* What is known of the peer's log is the same as in the job `like`, where that is the peer's. */
static err job_of(struct desk *d, struct turn *t, const struct store_outgoing *row,
                  const struct desk_job *like, struct desk_job *out)
{
    struct store_record r;
    try(store_record_get(t, d->store, "sealed", hash_bytes(&row->sealed), &r));
    *out = (struct desk_job){.act = row->act,
                             .parcel = row->parcel,
                             .from = row->from,
                             .peer = row->peer,
                             .sequence = row->sequence,
                             .tries = row->tries,
                             .urgent = row->precedence == 0,
                             .sealed = r.bulk};
    if (!like || !str_eq(like->peer, row->peer))
        return desk_peer_log(d, t, row->peer, &out->log_life, &out->log_size);
    out->log_life = like->log_life;
    out->log_size = like->log_size;
    return ERR_OK;
}

static err jobs_of(struct desk *d, struct turn *t, const struct store_outgoing *rows, size_t n,
                   const struct id *busy, size_t busy_n, size_t limit, struct desk_job **out,
                   size_t *n_out)
{
    struct desk_job *jobs = arena_take_many(t->arena, n + 1, sizeof *jobs);
    size_t count = 0;
    for (size_t k = 0; k < n && count < limit; k++) {
        if (is_busy(&rows[k].act, busy, busy_n)) continue;
        try(job_of(d, t, &rows[k], count ? &jobs[count - 1] : NULL, &jobs[count]));
        count++;
    }
    *out = jobs;
    *n_out = count;
    return ERR_OK;
}

err desk_jobs(struct desk *d, struct turn *t, int64_t now_ms, const struct id *busy, size_t busy_n,
              size_t limit, struct desk_job **out, size_t *n_out)
{
    struct store_outgoing *rows;
    size_t n;
    int64_t most = (int64_t)(limit + busy_n);
    try(store_outgoing_due(t, d->store, STR("sealed"), now_ms, most, &rows, &n));
    return jobs_of(d, t, rows, n, busy, busy_n, limit, out, n_out);
}

err desk_jobs_to(struct desk *d, struct turn *t, struct str peer, int64_t now_ms,
                 const struct id *busy, size_t busy_n, size_t limit, struct desk_job **out,
                 size_t *n_out)
{
    struct store_outgoing *rows;
    size_t n;
    try(store_outgoing_to(t, d->store, peer, now_ms, (int64_t)(limit + busy_n), &rows, &n));
    return jobs_of(d, t, rows, n, busy, busy_n, limit, out, n_out);
}

err desk_job_of(struct desk *d, struct turn *t, const struct id *act, struct desk_job *out)
{
    struct store_outgoing row;
    try(store_outgoing_get(t, d->store, act, &row));
    if (str_is(row.stage, "sealed")) return job_of(d, t, &row, NULL, out);
    return turn_fail(t, ERR_NONE_SUCH, "not-waiting", NULL,
                     "No parcel of this act waits for its receipt.");
}

err desk_waiting(struct desk *d, struct turn *t, int64_t *unbuilt_out, int64_t *unsent_out)
{
    struct store_outgoing *rows;
    size_t n;
    int64_t all;
    try(store_outgoing_due(t, d->store, STR("held-here"), turn_now_ms(t), BUILD_MAX, &rows, &n));
    try(store_outgoing_count(t, d->store, &all));
    *unbuilt_out = (int64_t)n;
    *unsent_out = all - (int64_t)n;
    return ERR_OK;
}

err desk_parcel_bytes(struct desk *d, struct turn *t, const struct hash *digest, struct str peer,
                      struct bytes *out)
{
    struct store_parcel p;
    struct store_outgoing o;
    struct store_record r;
    try(store_parcel_get(t, d->store, digest, &p));
    if (!str_is(p.way, "out") || !str_eq(p.peer, peer))
        return turn_fail(t, ERR_NONE_SUCH, "parcel-none-such", NULL,
                         "There is no such parcel for you.");
    try(store_outgoing_get(t, d->store, &p.act, &o));
    try(store_record_get(t, d->store, "sealed", hash_bytes(&o.sealed), &r));
    *out = r.bulk;
    return ERR_OK;
}

/* ---- what came back -------------------------------------------------------------------------- */

/* The last head that a peer's log showed us: "incarnation size root" under the log's own name. */
struct seen_head {
    int64_t incarnation, size;
    struct hash root;
};

static err head_seen(struct desk *d, struct turn *t, struct str log, struct seen_head *out)
{
    struct str text, incarnation, size;
    *out = (struct seen_head){0};
    struct str name = str_printf(t->arena, "head " STR_FMT, STR_ARG(log));
    err e = store_fact(t, d->store, str_c(t->arena, name), &text);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    str_split(text, ' ', &incarnation, &text);
    str_split(text, ' ', &size, &text);
    if (str_to_int(incarnation, &out->incarnation) && str_to_int(size, &out->size) &&
        hash_read(text, &out->root))
        return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "fact", NULL,
                     "The head seen of a peer's log is unreadable.");
}

err desk_head_seen_project(struct desk *d, struct turn *t, const struct tree *rest)
{
    struct str log = tree_str(rest, "log");
    struct seen_head last;
    int64_t incarnation = tree_int(rest, "log_incarnation", 0),
            size = tree_int(rest, "log_size", 0);
    if (!log.n) return ERR_OK; /* kept before heads were */
    try(head_seen(d, t, log, &last));
    if (incarnation < last.incarnation || (incarnation == last.incarnation && size <= last.size))
        return ERR_OK;
    return store_fact_set(t, d->store, str_printf(t->arena, "head " STR_FMT, STR_ARG(log)),
                          str_printf(t->arena, "%lld %lld " STR_FMT, (long long)incarnation,
                                     (long long)size, STR_ARG(tree_str(rest, "log_root"))));
}

err desk_peer_log(struct desk *d, struct turn *t, struct str address, int64_t *life_out,
                  int64_t *size_out)
{
    const struct desk_peer *peer = desk_peer(d, address);
    struct seen_head last = {0};
    int64_t kept = 0;
    *life_out = 1;
    if (peer) {
        try(desk_peer_life(d, t, peer, life_out));
        struct str log = ledger_origin(t->arena, desk_log_name(peer->vkey), *life_out);
        try(head_seen(d, t, log, &last));
        try(desk_log_seen(d, t, log, &kept));
    }
    *size_out = kept > last.size ? kept : last.size;
    return ERR_OK;
}

/* What an older life of the peer confirmed may be lost in the newer one: it is asked again. */
static err life_is_newest(struct desk *d, struct turn *t, const struct desk_peer *peer,
                          int64_t life)
{
    int64_t known;
    try(desk_peer_life(d, t, peer, &known));
    if (life >= known) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "receipt-stale", "comity receipt 1: incarnation",
                     "The receipt is of incarnation %lld of " STR_FMT
                     "'s node, which was put back from a backup since, as %lld: what it held then "
                     "may be lost. The parcel is sent again.",
                     (long long)life, STR_ARG(peer->address), (long long)known);
}

/* A log only grows: two heads of one size are one, and an answer to what left when a head was known
 * shows no smaller one. Each incarnation has a log of its own. */
static err head_extends(struct desk *d, struct desk_turn *dt, const struct desk_receipt *r,
                        int64_t life)
{
    struct turn *t = &dt->t;
    const struct ledger_checkpoint *head = &r->head;
    int64_t known_size = tree_int(dt->args, "log_size", 0);
    struct seen_head last;
    if (tree_int(dt->args, "log_life", 1) != life) known_size = 0;
    try(head_seen(d, t, head->origin, &last));
    const struct ledger_checkpoint held = {head->origin, (uint64_t)last.size, last.root};
    if ((int64_t)head->size == last.size && !hash_eq(&head->root, &last.root)) {
        try(desk_contradicted(d, dt, &held, r->note, NULL));
        return turn_fail(t, ERR_REJECTED, "log-forked", "C2SP tlog-checkpoint",
                         "The log " STR_FMT " shows two different heads of %lld leaves: it tells "
                         "one side what it does not tell the other.",
                         STR_ARG(head->origin), (long long)last.size);
    }
    if ((int64_t)head->size < known_size) {
        try(desk_contradicted(d, dt, &held, r->note, NULL));
        return turn_fail(t, ERR_REJECTED, "log-rewound", "C2SP tlog-checkpoint",
                         "The log " STR_FMT " had %lld leaves and now shows %llu.",
                         STR_ARG(head->origin), (long long)known_size,
                         (unsigned long long)head->size);
    }
    return ERR_OK;
}

/* The digest of its body. The same refusal comes with every attempt and is kept once (`again_out`);
 * a receipt that was kept, taken back by "unheld" and given again has its place in the log beside
 * it. */
static err receipt_name(struct desk *d, struct turn *t, const struct receipt *r, struct hash *out,
                        bool *again_out)
{
    struct store_record known;
    *out = seal_sha256_of(str_bytes(receipt_body(t->arena, r)));
    err e = store_record_get(t, d->store, "receipt", hash_bytes(out), &known);
    *again_out = e == ERR_OK && !receipt_is_held(r);
    if (e == ERR_OK && !*again_out) {
        struct str size =
            str_printf(t->arena, "%llu", (unsigned long long)store_log_size(d->store));
        struct hash first = *out;
        seal_sha256((struct bytes[]){hash_bytes(&first), str_bytes(size)}, 2, out);
    }
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return ERR_OK;
}

static err receipt_keep(struct desk *d, struct turn *t, const struct store_outgoing *o,
                        struct str answer, const struct desk_receipt *r, int64_t life)
{
    struct hash body;
    bool again;
    try(receipt_name(d, t, &r->says, &body, &again));
    if (again) return ERR_OK;
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "act", desk_hex_id(t, &o->act));
    bool held = receipt_is_held(&r->says); /* what was read is held */
    tree_add_str(t->arena, rest, "event", held ? STR("held") : r->says.event);
    tree_add_str(t->arena, rest, "log", r->head.origin);
    tree_add_int(t->arena, rest, "log_incarnation", life);
    tree_add_str(t->arena, rest, "log_root", desk_hex_hash(t, &r->head.root));
    tree_add_int(t->arena, rest, "log_size", (int64_t)r->head.size);
    tree_add_str(t->arena, rest, "parcel", desk_hex_hash(t, &o->parcel));
    struct store_record rec = {.dossier = o->dossier,
                               .kind = STR("receipt"),
                               .subject = bytes_dup(t->arena, hash_bytes(&body)),
                               .at_ms = turn_now_ms(t),
                               .open = str_bytes(receipt_body(t->arena, &r->says)),
                               .rest = rest,
                               .bulk = str_bytes(answer)};
    return desk_record(d, t, &rec);
}

static err expected(struct desk *d, struct turn *t, const struct store_outgoing *o,
                    struct receipt_expect *out)
{
    struct store_record rec;
    const struct desk_peer *peer = desk_peer(d, o->peer);
    if (!peer)
        return turn_fail(t, ERR_STRANGER, "peer-unknown", NULL, "The receiver is not pinned.");
    try(store_record_get(t, d->store, "act", id_bytes(&o->act), &rec));
    *out = (struct receipt_expect){.parcel = o->parcel,
                                   .sealed = o->sealed,
                                   .act = rec.open,
                                   .from = o->peer,
                                   .to = o->from,
                                   .vkey = peer->vkey,
                                   .signer_der = peer->seal_der};
    return ERR_OK;
}

err desk_receipt_expected(struct desk *d, struct turn *t, const struct id *act,
                          struct receipt_expect *out)
{
    struct store_outgoing o;
    try(store_outgoing_get(t, d->store, act, &o));
    return expected(d, t, &o, out);
}

/* What a reader elsewhere found must at least be about this parcel; that it is signed is its word.
 */
static err receipt_believe(struct turn *t, const struct receipt *r, const struct receipt_expect *x)
{
    struct hash act = seal_sha256_of(x->act);
    bool same = hash_eq(&r->act, &act) && str_eq(r->to, x->to);
    if (receipt_is_of(r, x) && (same || !receipt_is_held(r)) && str_eq(r->from, x->from))
        return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "receipt", NULL, "The receipt is for another parcel.");
}

/* What it says must be of this parcel, and that it is held, unless a refusal is what came. */
static err receipt_fits(struct turn *t, const struct store_outgoing *o, const struct receipt *r,
                        bool refusal)
{
    if (refusal && !receipt_is_held(r)) return ERR_OK;
    if (r->sequence != o->sequence)
        return turn_fail(t, ERR_REJECTED, "receipt-sequence", "comity receipt 1",
                         "The receipt is of sequence %lld; the parcel has %lld.",
                         (long long)r->sequence, (long long)o->sequence);
    if (receipt_is_held(r) && !refusal) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "receipt-event", "EN 319 522-1 8",
                     "The receiver's node says of the parcel: " STR_FMT ". It does not hold it.",
                     STR_ARG(str_printable(t->arena, r->event)));
}

/* Reads an answer of the peer whom the parcel went to, or believes who read it. Nothing is written.
 */
static err receipt_take(struct desk *d, struct desk_turn *dt, const struct store_outgoing *o,
                        struct str answer, struct desk_receipt *out)
{
    struct turn *t = &dt->t;
    struct receipt_expect expect;
    struct bytes cms;
    try(expected(d, t, o, &expect));
    if (dt->receipt) *out = *dt->receipt;
    err e = dt->receipt ? receipt_believe(t, &out->says, &expect)
                        : receipt_check(t, d->suite, str_bytes(answer), &expect, &out->says, &cms,
                                        &out->head);
    if (e == ERR_OK && !dt->receipt)
        e = receipt_head(t, str_bytes(answer), expect.vkey, &out->note);
    if (e == ERR_INTEGRITY || e == ERR_REJECTED) return ERR_REJECTED;
    try(e);
    return receipt_fits(t, o, &out->says, tree_bool(dt->args, "refusal", false));
}

err desk_do_RECEIPT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct id act;
    struct str answer;
    struct store_outgoing o;
    struct desk_receipt r;
    try(desk_arg(t, dt->args, "answer", &answer));
    if (!id_read(tree_str(dt->args, "act"), &act))
        return turn_fail(t, ERR_USAGE, "argument", NULL, "A receipt needs the act's id.");
    try(store_outgoing_get(t, d->store, &act, &o));
    if (!str_is(o.stage, "sealed")) return ERR_OK; /* it is held already; the first receipt stays */
    try(receipt_take(d, dt, &o, answer, &r));
    const struct desk_peer *peer = desk_peer(d, o.peer);
    int64_t life = ledger_origin_incarnation(r.head.origin, desk_log_name(peer->vkey));
    try(life_is_newest(d, t, peer, life));
    try(head_extends(d, dt, &r, life));
    try(desk_head_take(d, dt, o.peer, r.note, &r.head));
    try(desk_peer_life_seen(d, dt, peer, life));
    try(receipt_keep(d, t, &o, answer, &r, life));
    if (r.says.contiguous >= o.sequence || !receipt_is_held(&r.says)) return ERR_OK;
    const struct store_line line = {o.peer, o.from, o.incarnation};
    return store_outgoing_wanted(t, d->store, &line, r.says.contiguous + 1);
}

err desk_do_RETRY(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct id act;
    struct store_outgoing o;
    if (!id_read(tree_str(dt->args, "act"), &act))
        return turn_fail(t, ERR_USAGE, "argument", NULL, "A retry needs the act's id.");
    try(store_outgoing_get(t, d->store, &act, &o));
    o.next_ms = tree_int(dt->args, "next_ms", 0);
    o.tries = tree_bool(dt->args, "moved", false) ? 1 : o.tries + 1;
    o.tried_ms = turn_now_ms(t);
    o.status = tree_int(dt->args, "status", 0);
    o.why = tree_str(dt->args, "why");
    return store_retry_set(t, d->store, &o);
}
