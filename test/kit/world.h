/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_WORLD_H
#define COMITY_KIT_WORLD_H
/* Several nodes in one process: each a desk with its own store, keys and clock skew, pinned to all
 * the others, under one seed and one virtual clock. No socket: the test carries sealed bytes
 * itself, in whatever order it likes. */

#include "db/db.h"
#include "desk/desk.h"

enum { WORLD_NODES_MAX = 8 };

struct world;
struct world_node {
    struct world *world;
    int number;
    struct str state, address; /* "XA", "XA/csb" */
    struct desk *desk;
    struct seal_key *root_key, *seal_key, *open_key, *tls_key;
    struct bytes root_der, seal_der, open_der, tls_der, profile;
    struct str words; /* it reads out; empty until somebody pins it */
    struct hash tls;
    /* A world of two authorities a node: the second, "XA/moj", has the same keys under other
     * certificates, and an officer with the uid 1. */
    struct str second;
    struct bytes second_seal_der, second_open_der;
    int64_t seal_revoked_ms, open_revoked_ms, tls_revoked_ms; /* for world_reissue */
    int64_t uid; /* who asks in world_do: 0 unless a test sets it */
    uint8_t ledger_seed[32], storage[32];
    struct ledger_checkpoint head; /* keeper's last */
    int64_t life;                  /* whose heads it signs: 1 until the node is restored */
    struct str note;
    struct str seen[WORLD_NODES_MAX]; /* keeper's last head of each other's log */
    struct str folder, db_path;
    const char *vfs;
    int died;          /* how often die() was called */
    int64_t left, all; /* bytes of its disk; all 0: nobody can say */
    bool credulous;    /* keeper cosigns whatever its log signed: a mutant */
    err no_head;       /* what keeper answers instead of signing a head; ERR_OK: it signs */
};
#define WORLD_OFFICERS "https://norland.localhost:8443" /* origin of every node's pages */

struct world {
    struct arena *arena;
    int64_t now_ms;
    uint64_t seed;
    struct clock clock;
    struct chance chance;
    const struct suite *suite;
    const struct law_file *law;
    size_t law_n;
    struct world_node node[WORLD_NODES_MAX];
    int n;
    bool two;           /* authorities in each node */
    bool real;          /* its States are no training States */
    bool apart;         /* nobody is pinned yet */
    int32_t offset_min; /* by which every zone is ahead of UTC; 0: none is known */
    struct str made;    /* a folder that goes with the world; set where world_open made one */
    struct fault fault; /* of the last world_do or world_deliver that failed */
    /* Hears which act an officer was told is held here, when one was; NULL: nobody listens. */
    void (*told)(void *ctx, struct world_node *n, struct str act);
    void *told_ctx;
};

/* Makes `n` nodes, all pinned to each other; with `folder` their stores are files below it, else in
 * memory (the vaults need a folder all the same: a fresh one below the temporary folder). Ends the
 * process when it cannot. */
void world_open(struct world *w, int n, uint64_t seed, const struct suite *suite,
                const char *folder);
/* The same with stores over a VFS of the test's. */
void world_open_on(struct world *w, int n, uint64_t seed, const struct suite *suite,
                   const char *folder, const char *vfs);
/* The same in memory, with two authorities in each node. */
void world_open_two(struct world *w, int n, uint64_t seed, const struct suite *suite);
/* The same with law files of the test's; each authority is for contact, assistance and extradition.
 */
void world_open_law(struct world *w, int n, uint64_t seed, const struct suite *suite,
                    const struct law_file *law, size_t law_n);
/* The same with one authority each, which is not for assistance; the States are real. */
void world_open_real(struct world *w, int n, uint64_t seed, const struct suite *suite,
                     const struct law_file *law, size_t law_n);
/* The same with one authority each; the States are for training, and nobody is pinned yet. */
void world_open_apart(struct world *w, int n, uint64_t seed, const struct suite *suite,
                      const struct law_file *law, size_t law_n);
void world_close(struct world *w);
/* Closes a node's desk and opens it again, as a restart does. */
err world_restart(struct world_node *n);
/* Opens a node that was closed and whose store was put in place from a backup, as a new
 * incarnation. `lost`: keeper's last head is gone, too. */
err world_restore(struct world_node *n, bool lost);
uint64_t world_draw(struct world *w, uint64_t below);

/* One turn by the node's officer (or a door). The view lives in `a`. */
err world_do(struct world_node *n, struct arena *a, enum desk_action action,
             const struct tree *args, const struct tree **view_out);
/* One turn by whoever holds a session's token (empty: nobody). */
err world_as(struct world_node *n, struct arena *a, struct str session, enum desk_action action,
             const struct tree *args, const struct tree **view_out);
/* Arguments as "name=value" texts ended by NULL; "particulars.x=y" goes into a map. */
const struct tree *world_args(struct arena *a, const char *first, ...) __attribute__((sentinel));
/* Signs the node's profile anew, as of now; others have the old one until they pin this. */
void world_reissue(struct world_node *n);
/* Pins a peer by the words it reads out. */
err world_pin(struct world_node *n, struct world_node *peer);
/* Tiles and checkpoint, as the background of a node does. */
err world_tidy(struct world_node *n);
/* FSCK after world_tidy; prints what was found. */
err world_fsck(struct world_node *n, struct arena *a);
/* Builds what is held here and lists what is due, sealed. */
err world_jobs(struct world_node *n, struct arena *a, struct desk_job **out, size_t *n_out);
/* What `post` makes of sealed bytes, without its checks. */
err world_parcel(struct world_node *to, struct turn *t, struct bytes sealed,
                 struct desk_parcel *out);
/* Gives sealed bytes to a node as if `from` had connected; the signed answer lives in `a`. */
err world_deliver(struct world_node *to, const struct world_node *from, struct arena *a,
                  struct bytes sealed, struct str *answer_out);
/* The answer goes home; what must be proven of its head is asked of whom it came from. */
err world_receipt(struct world_node *n, const struct id *act, struct str answer);
/* Asks a peer what it holds of this node's parcels, and does what follows: what the peer lacks is
 * due again, what this node lost comes back (`back_out` says how many). Once through; what waits
 * for something else comes the next time. */
err world_reconcile(struct world_node *n, struct world_node *with, int *back_out);
/* The same to an act that left when so large a log of theirs was known. */
err world_receipt_from(struct world_node *n, const struct id *act, struct str answer,
                       int64_t log_size);
/* Carries everything both ways until nothing is due. */
void world_settle(struct world *w);
/* A whole preservation request from node a to node b; answers the ref at a. */
struct str world_request(struct world_node *a, struct world_node *b, struct arena *arena);
/* The same from the officer's authority to an address. */
struct str world_request_to(struct world_node *a, struct str address, struct arena *arena);
/* One for assistance, of which nothing is urgent. */
struct str world_request_slow(struct world_node *a, struct world_node *b, struct arena *arena);
struct world_node *world_at(struct world *w, struct str address);

#endif
