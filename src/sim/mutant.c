/* SPDX-License-Identifier: Apache-2.0 */
/* The program broken on purpose, at run time, in comity-simulate alone: each row says what is
 * broken and which run must notice. Most are a function of the product with something left out,
 * which the linker puts in its place (wrap.h); the rest are asked for where they are (mutant_is).
 */

#include "sim/fake_suite.h"
#include "sim/inner.h"
#include "sim/wrap.h"

#include <string.h>

enum { MONTH_DAYS = 30, TRIES_FEW = 4, REFUSED = 4, HUNDRED = 100 };
#define NEVER_MS INT64_C(8000000000000) /* in the year 2223 */

#define ON(f) (UINT64_C(1) << SIM_##f)
#define DEATHS (ON(KILL) | ON(CUT) | ON(DROP) | ON(DUPLICATE) | ON(DELAY))
#define TWINS (ON(DROP) | ON(DUPLICATE) | ON(DELAY) | ON(KILL) | ON(CLONE))
#define LINES (ON(DROP) | ON(DUPLICATE) | ON(DELAY) | ON(KILL) | ON(PARTITION))

/* clang-format off */
static const struct sim_mutant mutants[] = {
    {1,  "receipt-before-sync", "a receipt leaves before the intake is synced", 4, 1,
     2000, DEATHS},
    {2,  "no-dedupe", "a parcel that came before is not found again", 4, 1,
     1000, LINES},
    {3,  "gives-up", "a parcel is not tried a fifth time", 4, 1,
     1500, LINES},
    {4,  "commit-failed", "a COMMIT with an error is told as failed", 4, 1,
     2000, DEATHS | ON(UNKNOWN)},
    {5,  "no-reconciliation", "nobody asks what the other holds", 4, 1,
     2000, LINES | ON(RESTORE)},
    {6,  "any-life", "a receipt of an older life of a node is believed", 4, 2,
     4000, TWINS},
    {7,  "receipts-uncompared", "what the other lacks although it gave a receipt stays away", 4, 1,
     2000, LINES | ON(RESTORE)},
    {8,  "head-unchecked", "heads are signed over what is there, consistent or not", 4, 1,
     3000, DEATHS},
    {9,  "same-life", "a node that is put back goes on under its old number", 4, 1,
     2000, LINES | ON(RESTORE)},
    {10, "dedupe-pruned", "parcels are forgotten after thirty days", 4, 2,
     3000, LINES | ON(CLOCK)},
    {11, "new-body", "a parcel that comes again gets a receipt with a new body", 4, 1,
     1000, LINES},
    {12, "believes-any", "an answer of status 200 is believed unread", 4, 1,
     1000, LINES | ON(CORRUPT) | ON(TRUNCATE)},
    {13, "retry-in-memory", "what was tried before a restart is tried no more", 4, 1,
     2000, DEATHS},
    {14, "refusal-is-final", "a refusal of altered bytes ends the attempts", 4, 2,
     1000, LINES | ON(CORRUPT)},
    {15, "pause-unbounded", "the pause between attempts has no upper bound", 4, 1,
     2000, LINES},
    {16, "told-before-sync", "an officer is told before his act is synced", 4, 4,
     2000, DEATHS},
    {17, "blob-unsynced", "a document is not synced before the row that names it", 4, 1,
     3000, DEATHS},
    {18, "head-in-memory", "keeper does not write down what it signed", 4, 1,
     1000, DEATHS},
    {19, "refusal-is-taken", "what is refused is answered as taken", 4, 1,
     1000, LINES | ON(CORRUPT)},
    {20, "sealed-anew", "an act leaves in other bytes each time", 4, 1,
     500, LINES},
    {21, "key-unread", "an officer's key is not looked for", 4, 1,
     2000, DEATHS | ON(UNKNOWN)},
    {22, "sync-of-pages", "pages are not synced before the log begins anew", 3, 1,
     6000, DEATHS},
    {23, "believes-the-log", "what a new life reads from the log is not made durable first", 4, 6,
     3000, DEATHS},
    {24, "adopts-nothing", "what comes back is not taken", 4, 1,
     2000, LINES | ON(RESTORE)},
    {25, "impatient", "a node that was put back acts before it heard what it lost", 4, 1,
     4000, LINES | ON(RESTORE)},
    {26, "fork-believed", "heads that contradict those before are believed", 4, 1,
     3000, TWINS},
};
/* clang-format on */
enum { MUTANTS = sizeof mutants / sizeof *mutants };

const struct sim_mutant *sim_mutant_at(size_t index)
{
    return index < MUTANTS ? &mutants[index] : NULL;
}

const struct sim_mutant *sim_mutant_find(int number)
{
    for (size_t k = 0; k < MUTANTS; k++)
        if (mutants[k].number == number) return &mutants[k];
    return NULL;
}

bool mutant_is(const struct world *w, int number) { return w->o->mutant == number; }

struct node *node_of(const struct turn *t) { return t->chance->ctx; }

static bool is(const struct turn *t, int number) { return mutant_is(node_of(t)->w, number); }

/* ---- disks that say they synced -------------------------------------------------------------- */

bool mutant_skips_sync(const struct node *n, enum disk_step step)
{
    const struct world *w = n->w;
    bool log = step == DISK_LOG_SYNC;
    if (log && n->write == R4) return mutant_is(w, 1) || mutant_is(w, 8);
    if (log && n->write == S2) return mutant_is(w, 16);
    if (log && n->write == SIM_STEPS && !n->up) return mutant_is(w, 23);
    return step == DISK_SYNC && mutant_is(w, 22);
}

/* ---- heads ----------------------------------------------------------------------------------- */

/* What keeper forgot in a power cut is asked of the log itself, once for each head that it is
 * behind (oracle_head). */
err __wrap_ledger_consistency(struct turn *t, const struct ledger_source *s, uint64_t old,
                              uint64_t size, struct ledger_proof *out)
{
    struct node *n = node_of(t);
    struct hash root;
    if (n->last.size && n->last.size != old && n->last.size <= size) {
        try(ledger_root_at(t, s, n->last.size, &root));
        n->proven = hash_eq(&root, &n->last.root);
    }
    return __real_ledger_consistency(t, s, old, size, out);
}

err __wrap_desk_heads_agree(struct desk *d, struct turn *t)
{
    if (!is(t, 8)) return __real_desk_heads_agree(d, t);
    /* Whatever keeper signed is forgotten, and nobody asks what it was. */
    struct node *n = node_of(t);
    n->note = (struct str){0};
    n->head = (struct ledger_checkpoint){0};
    return ERR_OK;
}

/* ---- what came before ------------------------------------------------------------------------ */

err __wrap_store_parcel_get(struct turn *t, struct store *s, const struct hash *digest,
                            struct store_parcel *out)
{
    try(__real_store_parcel_get(t, s, digest, out));
    int64_t age_ms = turn_now_ms(t) - out->at_ms;
    bool forgets = is(t, 2) || (is(t, 10) && age_ms > MONTH_DAYS * DAY_MS);
    if (!forgets || !str_is(out->way, "in")) return ERR_OK;
    return turn_fail(t, ERR_NONE_SUCH, "parcel", NULL, "It is forgotten.");
}

err __wrap_store_record_get(struct turn *t, struct store *s, const char *kind, struct bytes subject,
                            struct store_record *out)
{
    try(__real_store_record_get(t, s, kind, subject, out));
    if (!is(t, 11) || strcmp(kind, "parcel") != 0) return ERR_OK;
    struct str body = tree_str(out->rest, "receipt");
    struct tree *m, *rest;
    if (!body.n || json_read(t, str_bytes(body), &codec_limits, &m) != ERR_OK) return ERR_OK;
    tree_set(t->arena, m, STR("at"),
             tree_add_int(t->arena, tree_list(t->arena), NULL, turn_now_ms(t)));
    rest = tree_add_copy(t->arena, tree_list(t->arena), NULL, out->rest);
    tree_set(t->arena, rest, STR("receipt"),
             tree_add_str(t->arena, tree_list(t->arena), NULL, json_write(t->arena, m)));
    out->rest = rest;
    return ERR_OK;
}

err __wrap_store_act_by_idem(struct turn *t, struct store *s, struct bytes idem,
                             struct store_act *out)
{
    if (!is(t, 21)) return __real_store_act_by_idem(t, s, idem, out);
    return turn_fail(t, ERR_NONE_SUCH, "act", NULL, "Nobody looked.");
}

err __wrap_store_idem_get(struct turn *t, struct store *s, const struct hash *key, int64_t now_ms,
                          struct store_idem *out)
{
    if (!is(t, 21)) return __real_store_idem_get(t, s, key, now_ms, out);
    return turn_fail(t, ERR_NONE_SUCH, "idem", NULL, "Nobody looked.");
}

/* ---- after a restore ------------------------------------------------------------------------- */

err __wrap_desk_record(struct desk *d, struct turn *t, struct store_record *r)
{
    return is(t, 7) && str_is(r->kind, "unheld") ? ERR_OK : __real_desk_record(d, t, r);
}

err __wrap_desk_do_ADOPT(struct desk *d, struct desk_turn *dt)
{
    return is(&dt->t, 24) ? ERR_OK : __real_desk_do_ADOPT(d, dt);
}

/* It asks of which life the node is that answers, and is told of none but the first. */
err __wrap_desk_do_RECEIPT(struct desk *d, struct desk_turn *dt)
{
    struct node *n = node_of(&dt->t);
    n->any_life = is(&dt->t, 6);
    n->shown = (struct str){0};
    err e = __real_desk_do_RECEIPT(d, dt);
    n->any_life = false;
    if (e == ERR_OK && n->shown.n) oracle_believes(n, n->shown);
    return e;
}

err __wrap_desk_peer_life(struct desk *d, struct turn *t, const struct desk_peer *peer,
                          int64_t *out)
{
    try(__real_desk_peer_life(d, t, peer, out));
    if (node_of(t)->any_life) *out = 1;
    return ERR_OK;
}

err __wrap_desk_line_whole(struct desk *d, struct turn *t, struct str ours, struct str peer,
                           bool *out)
{
    try(__real_desk_line_whole(d, t, ours, peer, out));
    if (is(t, 25)) *out = true;
    return ERR_OK;
}

/* ---- what leaves ----------------------------------------------------------------------------- */

err __wrap_store_retry_set(struct turn *t, struct store *s, const struct store_outgoing *o)
{
    struct store_outgoing x = *o;
    bool ends = (is(t, 3) && x.tries >= TRIES_FEW) || (is(t, 14) && x.status / HUNDRED == REFUSED);
    if (ends) x.next_ms = NEVER_MS;
    if (is(t, 15) && x.tries > 2) x.next_ms += (x.next_ms - x.tried_ms) * 4 << (2 * x.tries);
    return __real_store_retry_set(t, s, &x);
}

err __wrap_store_outgoing_due(struct turn *t, struct store *s, struct str stage, int64_t now_ms,
                              int64_t limit, struct store_outgoing **out, size_t *n_out)
{
    const struct node *n = node_of(t);
    try(__real_store_outgoing_due(t, s, stage, now_ms, limit, out, n_out));
    if (!is(t, 13) || !str_is(stage, "sealed")) return ERR_OK;
    size_t kept = 0;
    for (size_t k = 0; k < *n_out; k++)
        if ((*out)[k].tries == 0 || (*out)[k].tried_ms >= n->up_ms + n->skew_ms)
            (*out)[kept++] = (*out)[k];
    *n_out = kept;
    return ERR_OK;
}

err __wrap_store_outgoing_get(struct turn *t, struct store *s, const struct id *act,
                              struct store_outgoing *out)
{
    try(__real_store_outgoing_get(t, s, act, out));
    node_of(t)->asked_sequence = out->sequence;
    return ERR_OK;
}

err __wrap_receipt_check(struct turn *t, const struct suite *suite, struct bytes answer,
                         const struct receipt_expect *x, struct receipt *out, struct bytes *cms_out,
                         struct ledger_checkpoint *checkpoint_out)
{
    err e = __real_receipt_check(t, suite, answer, x, out, cms_out, checkpoint_out);
    if (e == ERR_OK) node_of(t)->shown = checkpoint_out->origin;
    if (e == ERR_OK || !is(t, 12)) return e;
    turn_forgive(t);
    *out = (struct receipt){.event = STR("held"),
                            .parcel = x->parcel,
                            .act = seal_sha256_of(x->act),
                            .from = x->from,
                            .to = x->to,
                            .incarnation = 1,
                            .sequence = node_of(t)->asked_sequence,
                            .contiguous = node_of(t)->asked_sequence};
    struct ledger_vkey key;
    try(ledger_vkey_read(t, x->vkey, &key));
    *checkpoint_out = (struct ledger_checkpoint){.origin = key.name, .size = UINT32_MAX};
    return ERR_OK;
}

err __wrap_receipt_head(struct turn *t, struct bytes answer, struct str vkey, struct str *note_out)
{
    return is(t, 12) ? ERR_OK : __real_receipt_head(t, answer, vkey, note_out);
}

err __wrap_desk_head_take(struct desk *d, struct desk_turn *dt, struct str address,
                          struct str head_note, const struct ledger_checkpoint *head)
{
    if (is(&dt->t, 12)) return ERR_OK;
    try(__real_desk_head_take(d, dt, address, head_note, head));
    twin_believed(node_of(&dt->t), head);
    return ERR_OK;
}

err __wrap_desk_jobs(struct desk *d, struct turn *t, int64_t now_ms, const struct id *busy,
                     size_t busy_n, size_t limit, struct desk_job **out, size_t *n_out)
{
    try(__real_desk_jobs(d, t, now_ms, busy, busy_n, limit, out, n_out));
    if (!is(t, 20)) return ERR_OK;
    for (size_t k = 0; k < *n_out; k++) {
        struct desk_job *j = &(*out)[k];
        const struct desk_peer *peer = desk_peer(d, j->peer);
        struct bytes plain;
        if (!peer) continue;
        try(suite_fake.open(t, NULL, peer->open_der, j->sealed, &plain));
        try(suite_fake.seal(t, &peer->open_der, 1, plain, &j->sealed));
    }
    return ERR_OK;
}
