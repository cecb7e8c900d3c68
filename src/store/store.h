/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_H
#define COMITY_STORE_H
/* Keeps our nouns in the database and our bytes encrypted; knows no rule.
 *
 * Permanent: `record` (one row per leaf of the log: acts, parcels, receipts, table sets, profiles,
 * incidents), `leaf`, `dossier_key`. They never change shape; new needs add kinds of record.
 * Projection: everything else that a page shows, made from records alone and made again by
 * `rebuild`. Working: drafts, retry times: they carry no duty.
 *
 * All calls but store_open stand inside store_begin … store_commit; reading may do without. */

#include "base/base.h"
#include "codec/codec.h"
#include "db/db.h"
#include "ledger/ledger.h"
#include "store/access.h"
#include "store/check.h"
#include "store/people.h"

struct store;
/* Wraps and unwraps dossier keys with the node's storage key, which only keeper holds. */
struct store_wrapper {
    err (*wrap)(void *ctx, struct turn *t, struct bytes key, struct bytes bound,
                struct bytes *wrapped_out);
    err (*unwrap)(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                  struct bytes *key_out);
    void *ctx;
};
struct store_options {
    struct db_options db;
    struct store_wrapper wrapper;
    bool create;     /* make the database and its tables when they are not there */
    struct id owner; /* on a server: of the folder that writes; its last process alone may commit */
    bool take_over;  /* from another owner; else that is ERR_BUSY, "writer-other" */
};
MUST err store_open(struct turn *t, const struct store_options *o, struct store **out);
void store_close(struct store *s);
/* Errors as in db.h; ERR_UNKNOWN, "writer-lost": another writes now, this process must end. A
 * rollback also takes back the tree's edge and the keys made meanwhile. */
MUST err store_begin(struct turn *t, struct store *s);
MUST err store_commit(struct turn *t, struct store *s);
void store_rollback(struct store *s);
struct db *store_db(struct store *s); /* for counts and checkpoints only */
/* Every statement of this module, for the test that prepares them on both engines. */
extern const char *const store_schema_text;
void store_each_statement(void (*each)(void *ctx, const char *name, const char *sql), void *ctx);

/* ---- permanent ------------------------------------------------------------------------------- */

/* A dossier's key is made once, random, and stored wrapped. */
extern const struct id store_house;
MUST err store_key_make(struct turn *t, struct store *s, const struct id *dossier);

/* One permanent row. `subject` is its own name within `kind`: an act's id, a digest. `open` is what
 * may be shown with a proof, `rest` what stays (canonical JSON), `bulk` long bytes (their digest is
 * bound into rest). All three are encrypted under the dossier's key. */
struct store_record {
    int64_t leaf;
    struct id dossier;
    struct str kind;
    struct bytes subject;
    int64_t at_ms;
    struct bytes open;
    const struct tree *rest;
    struct bytes bulk;
    struct hash salt;              /* filled by put and get */
    struct ledger_opening opening; /* filled by put and get */
    struct store_recent *recent;   /* of the store */
};
/* Appends the row and its leaf; fills leaf, salt, opening. ERR_CONFLICT: (kind, subject) stands. */
MUST err store_record_put(struct turn *t, struct store *s, struct store_record *r);
/* ERR_NONE_SUCH; ERR_INTEGRITY when the row does not open or does not give its leaf. What was
 * opened lately is handed out again, read only, and stays until the turn ends. */
MUST err store_record_get(struct turn *t, struct store *s, const char *kind, struct bytes subject,
                          struct store_record *out);
/* `open` as the canonical JSON that an act's is, by codec_limits; it lives as long. */
MUST err store_record_shown(struct turn *t, const struct store_record *r, const struct tree **out);
MUST err store_record_at(struct turn *t, struct store *s, int64_t leaf, struct store_record *out);

/* The number of the next row at or after `from`. */
MUST err store_record_next(struct turn *t, struct store *s, int64_t from, bool *found_out,
                           int64_t *leaf_out);

/* The log: size, source for proofs, leaves. */
uint64_t store_log_size(const struct store *s);
void store_log_root(const struct store *s, struct hash *root_out);
struct ledger_source store_log_source(struct store *s);
MUST err store_leaf(struct turn *t, struct store *s, int64_t index, struct hash *data_out);

/* ---- projection ------------------------------------------------------------------------------ */

struct store_dossier {
    struct id id;
    struct str ref, side, ours, theirs, instrument, kind, state, outcome;
    bool ended;
    int64_t missing, opened_ms, changed_leaf;
    int64_t requesting_n, requested_n, inward_n; /* acts in reach, per stream */
};
MUST err store_dossier_set(struct turn *t, struct store *s, const struct store_dossier *d);
MUST err store_dossier_get(struct turn *t, struct store *s, const struct id *id,
                           struct store_dossier *out);
/* By our ref, its id, or another number, for the node itself; persons go through access.h.
 * ERR_NONE_SUCH; ERR_CONFLICT when several bear that. */
MUST err store_dossier_find(struct turn *t, struct store *s, struct str ref,
                            struct store_dossier *out);

/* A dossier that an act names by `number`, and what that means. `target` is zero where no dossier
 * of that State bears the number. */
struct store_link {
    struct id dossier, target;
    struct str particular, link, number;
};
MUST err store_link_set(struct turn *t, struct store *s, const struct store_link *l);
/* Those in which a dossier names or is named, the older first, and no more than that. */
enum { STORE_LINKS_MAX = 64 };
MUST err store_links_of(struct turn *t, struct store *s, const struct id *dossier,
                        struct store_link **out, size_t *n_out);

struct store_clock {
    struct id dossier;
    struct str clock, article, on_end, proof;
    int64_t start_ms, end_ms;
    bool running;
    int64_t renew_ms; /* since then it is due to be renewed; 0: it need not be */
};
/* Replaces all clocks of a dossier. */
MUST err store_clocks_set(struct turn *t, struct store *s, const struct id *dossier,
                          const struct store_clock *clocks, size_t n);
MUST err store_clocks_of(struct turn *t, struct store *s, const struct id *dossier,
                         struct store_clock **out, size_t *n_out);
/* Running clocks that end at or before `by_ms` and name that act, soonest first. */
MUST err store_clocks_due(struct turn *t, struct store *s, struct str on_end, int64_t by_ms,
                          int64_t limit, struct store_clock **out, size_t *n_out);

struct store_act {
    struct id id, dossier;
    int64_t leaf, stream, n, at_ms, recorded_ms, remarks;
    struct str way; /* "out", "in", "inward", "house" */
    struct str act, effect;
    struct hash hash;
    struct bytes idem; /* empty: none */
};
/* ERR_CONFLICT when (dossier, stream, n) or the idempotency key stands already. */
MUST err store_act_set(struct turn *t, struct store *s, const struct store_act *a);
MUST err store_act_effect(struct turn *t, struct store *s, const struct id *act, struct str effect);
MUST err store_act_get(struct turn *t, struct store *s, const struct id *id, struct store_act *out);
MUST err store_act_by_idem(struct turn *t, struct store *s, struct bytes idem,
                           struct store_act *out);
/* Acts of a dossier in order of leaf. */
MUST err store_acts_of(struct turn *t, struct store *s, const struct id *dossier,
                       struct store_act **out, size_t *n_out);

/* Each way between two authorities is a line, with sequences of its own from 1 on. */
struct store_line {
    struct str peer, ours;
    int64_t incarnation; /* of the sender */
};
struct store_parcel {
    struct hash digest;
    int64_t leaf, incarnation, sequence, at_ms;
    struct id act;
    struct str way, peer, ours; /* "out" or "in"; the addresses of its line */
};
MUST err store_parcel_set(struct turn *t, struct store *s, const struct store_parcel *p);
MUST err store_parcel_get(struct turn *t, struct store *s, const struct hash *digest,
                          struct store_parcel *out);
MUST err store_parcel_of_act(struct turn *t, struct store *s, const struct id *act,
                             struct store_parcel *out);
MUST err store_parcel_at(struct turn *t, struct store *s, struct str way,
                         const struct store_line *line, int64_t sequence, struct store_parcel *out);
/* Highest sequence that came without a gap below, once `with` is there too (0: as it stands). */
MUST err store_line_contiguous(struct turn *t, struct store *s, const struct store_line *line,
                               int64_t with, int64_t *out);
MUST err store_line_set(struct turn *t, struct store *s, const struct store_line *line,
                        int64_t contiguous);

/* What waits to leave: stage is "held-here", "sealed", then "held" (by the other State). */
struct store_outgoing {
    struct id act, dossier;
    struct str peer, stage, from;
    int64_t precedence, sequence, incarnation; /* precedence 0: urgent, leaves first; else 1 */
    struct hash parcel, sealed;                /* zero before "sealed" */
    struct hash receipt; /* digest of the newest one's body: a refusal's before "held", or zero */
    /* Working, zero when never tried; status is the peer's (HTTP), 0 when it was not reached. */
    int64_t next_ms, tries, tried_ms, status;
    struct str why;
};
MUST err store_outgoing_add(struct turn *t, struct store *s, const struct store_outgoing *o);
MUST err store_outgoing_stage(struct turn *t, struct store *s, const struct store_outgoing *o);
MUST err store_outgoing_get(struct turn *t, struct store *s, const struct id *act,
                            struct store_outgoing *out);
/* Rows of the stage that are due by `now_ms`: urgent ones, then oldest sequence first per peer. */
MUST err store_outgoing_due(struct turn *t, struct store *s, struct str stage, int64_t now_ms,
                            int64_t limit, struct store_outgoing **out, size_t *n_out);
MUST err store_line_next(struct turn *t, struct store *s, const struct store_line *line,
                         int64_t *out); /* the next sequence towards a peer, 1 for the first */
MUST err store_outgoing_count(struct turn *t, struct store *s, int64_t *waiting_out);
/* Makes the row of that sequence due now: the first that the peer told it lacks. */
MUST err store_outgoing_wanted(struct turn *t, struct store *s, const struct store_line *line,
                               int64_t sequence);

#include "store/copy.h"
#include "store/held.h"
#include "store/house.h"
#include "store/papers.h"
#include "store/witness.h"
/* Makes every projection anew and empty, whatever shape it had; and the log's inner nodes. */
MUST err store_projection_clear(struct turn *t, struct store *s);
MUST err store_log_rebuild(struct turn *t, struct store *s);
/* Every row of every projection as "table key…: columns", in order. */
MUST err store_projection_dump(struct turn *t, struct store *s, struct str **rows_out,
                               size_t *n_out);

/* ---- working --------------------------------------------------------------------------------- */

/* Keeps what the last attempt left: next_ms, tries, tried_ms, status, why. */
MUST err store_retry_set(struct turn *t, struct store *s, const struct store_outgoing *o);

/* Bytes under a dossier's key for the vault, bound to `name`. */
MUST err store_lock(struct turn *t, struct store *s, const struct id *dossier, struct str name,
                    struct bytes plain, struct bytes *locked_out);
MUST err store_unlock(struct turn *t, struct store *s, const struct id *dossier, struct str name,
                      struct bytes locked, struct bytes *plain_out);

#endif
