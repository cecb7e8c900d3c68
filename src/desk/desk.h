/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_H
#define COMITY_DESK_H
/* The one door. Does what a person or a peer asks: reads, asks the law, applies the verdict, whole
 * or not at all. Whoever knocks (page, API, command line, foreign node) brings a `desk_turn`; up to
 * DESK_GROUP of them share one transaction, each deciding before it writes.
 *
 * One thread. Everything from outside comes in by `desk_options` and the turn: clock, randomness,
 * keys, suite, database, what to do when a COMMIT's outcome is unknown. */

#include "base/base.h"
#include "codec/codec.h"
#include "desk/action.h"
#include "desk/exhibit.h"
#include "desk/lines.h"
#include "law/law.h"
#include "ledger/ledger.h"
#include "proof/proof.h"
#include "seal/seal.h"

struct db_options;

/* ---- who holds the keys ---------------------------------------------------------------------- */

/* The only way to a private key. Each call is one message to `keeper`; every answer lives in the
 * turn. Addresses are those of this node's authorities ("XN/csb"). */
struct keeper {
    err (*sign)(void *ctx, struct turn *t, struct str address, struct bytes content, bool attached,
                int64_t at_ms, struct bytes *cms_out);
    /* ERR_NONE_SUCH when sealed to none of the authority's opening keys. */
    err (*open)(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                struct bytes *plain_out);
    /* Signs a checkpoint and remembers it as the last. `proof` is the consistency from the size it
     * signed last (`last_size`); an inconsistent or smaller head is refused with ERR_INTEGRITY. */
    err (*head)(void *ctx, struct turn *t, const struct ledger_checkpoint *head,
                const struct ledger_proof *proof, struct str *note_out);
    uint64_t (*last_size)(void *ctx);
    /* The last head it signed (note); empty when none: what fsck compares with. */
    struct str (*last_note)(void *ctx);
    /* As a witness of other logs. `seen` gives the last head it saw of an origin, as a note; empty:
     * none. `witness` takes the next one, by its log's key, if it follows (ledger_witness), and
     * remembers it; asked to cosign, it does so durably first and answers its line. */
    err (*seen)(void *ctx, struct turn *t, struct str origin, struct str *note_out);
    err (*witness)(void *ctx, struct turn *t, const struct ledger_vkey *log,
                   const struct ledger_add *x, bool cosign, struct str *line_out);
    uint64_t (*syncs)(void *ctx); /* durable syncs of its head so far, all in the background */
    err (*wrap)(void *ctx, struct turn *t, struct bytes key, struct bytes bound,
                struct bytes *wrapped_out);
    err (*unwrap)(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                  struct bytes *key_out);
    void *ctx;
};

/* ---- opening --------------------------------------------------------------------------------- */

struct desk_options {
    const struct db_options *db;
    const char *vault; /* folder of sealed documents */
    const char *log;   /* folder of tiles and checkpoint; NULL: none are written */
    struct keeper keeper;
    const struct suite *suite;
    const struct law_file *law; /* the table set to decide with */
    size_t law_n;
    struct zones zones;  /* by which a day begins where an authority sits */
    bool create;         /* make the tables and, by INIT, the first acts */
    struct id owner;     /* on a server: of this node's folder, see store.h */
    bool take_over;      /* from a node of another folder */
    bool restores;       /* the store comes from a backup, and RESTORE makes it a new life */
    struct str officers; /* origin of the officers' pages, "http://norland.localhost:8471"; empty:
                          * no passkeys */
    /* Bytes that are free, and all, where the store grows: of the place that has least. False, or
     * NULL: nobody can say, and nothing is kept back (doc/decision/0019). */
    bool (*room)(void *ctx, int64_t *free_out, int64_t *all_out);
    void *room_ctx;
    /* A COMMIT failed and nobody knows whether it holds: must not return (exit 111; the simulator
     * longjmps into a restart). */
    void (*die)(void *ctx, const char *why);
    void *die_ctx;
};
struct desk;
struct desk_peer;
#include "desk/witness.h"
/* Opens the store as it stands, reads our own profile, and holds keeper's last head against the
 * log: a head that leads it, disagrees or is missing is damage. A store that was altered still
 * opens, so that FSCK and REBUILD can speak; desk_whole then gives the fault, every other action
 * answers it, and nothing may be served. */
MUST err desk_open(struct turn *t, const struct desk_options *o, struct desk **out);
MUST err desk_whole(const struct desk *d, struct turn *t);
/* Makes projections of another version of this program again. Whoever serves calls it first. */
MUST err desk_freshen(struct desk *d, struct turn *t);
void desk_close(struct desk *d);
/* A store as it is at one moment, into a file or schema that is not there yet; of either engine. */
MUST err desk_store_copy(struct turn *t, const struct db_options *from,
                         const struct db_options *to);

/* ---- a turn ---------------------------------------------------------------------------------- */

/* A parcel that `post` opened and verified: what it says, and the bytes. */
struct desk_parcel {
    struct bytes container; /* the signed parcel inside the envelope */
    struct hash digest;     /* of the container */
    struct bytes act_json;
    const struct tree *act; /* act_json, read */
    struct str from, to;    /* as the act says, equal to signer and recipient */
    int64_t incarnation, sequence;
    bool by_people;              /* brought as a file: segments cannot follow */
    const struct tree *exhibits; /* SHA-256 to key, of documents that come in segments; or NULL */
};

/* What the answer to a parcel of ours says, and the verified head of the log it stands in. */
struct desk_receipt {
    struct receipt says;
    struct ledger_checkpoint head;
    struct str note; /* the head, with its log's own line alone */
};

enum { DESK_GROUP = 64 };
struct desk_turn {
    struct turn t; /* arena, clock, chance set by the door */
    enum desk_action action;
    int64_t uid;                        /* of the person at the command line, else -1 */
    struct str session;                 /* the token a browser holds; stands before `uid` */
    const struct tree *args;            /* a bounded map of names and values; may be NULL */
    struct str unless;                  /* a stamp that a view of the same turn had; or empty */
    const struct desk_parcel *parcel;   /* RECEIVE; ADOPT: ours; INCIDENT: kept aside */
    const struct summary *summary;      /* ASKED, TOLD: signed by the peer that it names; TOLD's
                                         * "asked": the size of our log when the question left */
    const struct desk_receipt *receipt; /* RECEIPT: what a reader elsewhere found; or NULL */
    struct desk_proof proof;            /* RECEIPT */
    const struct desk_head *head;       /* HEAD */
    struct bytes segment;               /* SEGMENT: as it came */
    /* filled by desk_run: */
    err result;              /* ERR_OK or the fault in `t` */
    const struct tree *view; /* what to show */
    struct str stamp;  /* SHOW, LIST: the same turn gives the same view while this is the same */
    bool unchanged;    /* `unless` is that stamp: the view is not made again */
    bool arriving;     /* RECEIVE, ADOPT: exhibits are missing, and `answer` says which segments */
    struct str answer; /* RECEIVE, INCIDENT: the signed receipt to send; ASKED: what we hold; HEAD:
                        * as desk_head says */
    const struct tree *evidence;        /* HEAD, RECEIPT: with "log-forked", "log-rewound" */
    void *own;                          /* the door's */
    void (*done)(struct desk_turn *dt); /* set by desk_submit */
    struct desk_inside *inside;         /* the desk's, between commit and answer */
    const struct desk_person *person;   /* the desk's: who asks */
};
/* Does the turns: those that write share one transaction, and nothing is answered before it is
 * durable. What does not extend keeper's last head is not committed. Afterwards heads and receipts
 * are signed; as long as keeper did not sign the head of one group, the next is refused. A turn
 * that fails leaves no trace; when SQL failed, the group is rolled back and its turns are run one
 * by one. */
void desk_run(struct desk *d, struct desk_turn *const *turns, size_t n);

/* The same for doors that must not wait: puts a turn in the queue; `done` is told after its group
 * is durable. A full queue answers at once with ERR_BUSY. desk_work runs one group of what waits.
 */
enum { DESK_QUEUE_MAX = 1024 };
void desk_submit(struct desk *d, struct desk_turn *dt, void (*done)(struct desk_turn *dt));
size_t desk_queued(const struct desk *d);
void desk_work(struct desk *d);

/* When reads of content must be written down at the latest, by READS, a door's turn that whoever
 * serves then submits; INT64_MAX: none wait. */
enum { DESK_READS_LATE_MS = 1000 };
int64_t desk_reads_due_ms(const struct desk *d);

/* ---- for post -------------------------------------------------------------------------------- */

/* A peer as pinned: what to believe of a connection and of a signature. Lives until the next write.
 */
struct desk_peer {
    struct str address, state, node, url, vkey;
    struct str name, state_name; /* in the words of its own profile */
    struct hash profile;         /* SHA-256 of that profile as signed */
    struct hash tls;             /* SHA-256 of its TLS certificate */
    struct hash tls_key;         /* SHA-256 of that certificate's SubjectPublicKeyInfo */
    struct bytes root_der, seal_der, open_der;
    int64_t tls_from_ms, tls_to_ms;
    int64_t tls_revoked_ms, seal_revoked_ms, open_revoked_ms; /* 0: not revoked */
    const struct tree *functions;
    bool training;
};
/* Whether its TLS certificate is in its time and not revoked. */
bool desk_peer_may_connect(const struct desk_peer *peer, int64_t now_ms);
/* The pinned peers. NULL: not known. One whose training flag is not ours is never given by its
 * address; by its certificate it is, so that the door can say why it is refused. */
const struct desk_peer *desk_peer_by_tls(struct desk *d, const struct hash *tls, size_t nth);
const struct desk_peer *desk_peer(struct desk *d, struct str address);
const struct desk_peer *desk_peers(const struct desk *d, size_t *n_out); /* all of them */
/* Our own profile, root and authorities, as signed. */
const struct profile *desk_profile(const struct desk *d);
struct bytes desk_profile_signed(const struct desk *d);
struct bytes desk_root_der(const struct desk *d);
const struct suite *desk_suite(const struct desk *d);
const struct keeper *desk_keeper(const struct desk *d);

/* A parcel that is due to leave: only stored bytes leave. */
struct desk_job {
    struct id act;
    struct hash parcel;
    struct str from, peer; /* our authority, and whose parcel it is */
    int64_t sequence, tries;
    bool urgent; /* leaves before others, and is tried again sooner */
    /* The peer's newest incarnation, and its log as known now: the answer shows no smaller one. */
    int64_t log_life, log_size;
    struct bytes sealed;
};
/* At most `limit` jobs due at `now_ms`: urgent ones, then lowest sequence first per peer, peers in
 * turn; skips those in `busy` (ids in flight). */
MUST err desk_jobs(struct desk *d, struct turn *t, int64_t now_ms, const struct id *busy,
                   size_t busy_n, size_t limit, struct desk_job **out, size_t *n_out);
/* The same to one peer that is there now, also what waits only because it was not reached. */
MUST err desk_jobs_to(struct desk *d, struct turn *t, struct str peer, int64_t now_ms,
                      const struct id *busy, size_t busy_n, size_t limit, struct desk_job **out,
                      size_t *n_out);
/* The job of one act, due or not. ERR_NONE_SUCH when none of ours waits for its receipt. */
MUST err desk_job_of(struct desk *d, struct turn *t, const struct id *act, struct desk_job *out);
/* How many acts are held here and not yet built; whether BUILD has work. */
MUST err desk_waiting(struct desk *d, struct turn *t, int64_t *unbuilt_out, int64_t *unsent_out);
/* True when a clock has run out that brings something about: TICK has work. */
MUST err desk_tick_due(struct desk *d, struct turn *t, int64_t now_ms, bool *due_out);
/* What the receipt for an act of ours must say, for a reader elsewhere. */
MUST err desk_receipt_expected(struct desk *d, struct turn *t, const struct id *act,
                               struct receipt_expect *out);
/* The sealed bytes of a parcel of ours, for GET /parcels/{digest}. */
MUST err desk_parcel_bytes(struct desk *d, struct turn *t, const struct hash *digest,
                           struct str peer, struct bytes *out);
/* Background: writes tiles and checkpoint that are behind, moves the write-ahead log. */
MUST err desk_tidy(struct desk *d, struct turn *t);
/* The newest signed checkpoint. ERR_NONE_SUCH before the first. */
MUST err desk_head(struct desk *d, struct turn *t, struct str *note_out);

/* ---- counts, for bench and the sync test ----------------------------------------------------- */

struct desk_counts {
    uint64_t groups, turns, receives; /* transactions with writes, turns in them, parcels taken */
    uint64_t answer_syncs, checkpoint_syncs, vault_syncs, keeper_syncs;
};
struct desk_counts desk_counted(const struct desk *d);

#endif
