/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SIM_INNER_H
#define COMITY_SIM_INNER_H
/* What the files of this folder share: one world with its nodes, its heap of events and what is
 * known about it from outside. */

#include "codec/codec.h"
#include "db/db.h"
#include "desk/desk.h"
#include "post/post.h"
#include "sim/sim.h"

enum {
    SIM_HEAP_MAX = 1 << 18,
    SIM_FLIGHTS_MAX = 2 * POST_FLIGHT_MAX,
    SIM_CASE_ACTS = 7, /* in one dossier */
    SIM_TODO_MAX = 4096,
    SIM_PARTITIONS_MAX = 64,
    SIM_RESTORING_MAX = 16,
    SIM_TWINS_MAX = 4, /* in one world */
    SIM_TIMEOUT_MS = 30000
};

/* ---- one node -------------------------------------------------------------------------------- */

struct world;
struct flight;
/* A head that was signed, kept outside of all nodes. */
struct signed_head {
    uint64_t size;
    struct hash root;
};
/* What an officer asked for and was not told about yet: asked again until he is. */
struct attempt {
    uint64_t mark; /* stands in the act's text and is his idempotency key; 0: nothing is asked */
    int with;      /* the node he turns to */
    int32_t c;     /* the case, or -1: a new one */
    int move;
    struct str draft;
    char draft_room[40];
    bool doubt; /* he was not told what became of it */
};
struct node {
    struct world *w;
    int number;        /* its place in the world; a second copy of a node has one of its own */
    int who;           /* the node that it is, or is a copy of */
    struct node *twin; /* its second copy, at work; NULL: none */
    bool past;         /* the other was put back; this one hears and answers, and sends no more */
    int64_t until_ms;
    uint64_t forked; /* size of the last head before there were two */
    bool gone;       /* a second copy that was switched off for good */
    const char *vfs; /* what SQLite calls its disk */
    struct str state, address, vkey;
    struct desk *desk;
    struct post *post;
    struct disk *disk;
    struct arena *life; /* of this run of the node's process */
    uint64_t lives;
    struct clock clock; /* runs off the world's by `skew_ms` */
    int64_t skew_ms;
    struct chance chance;
    struct bytes root_der, seal_der, open_der, tls_der, profile;
    struct str words;
    struct hash tls;
    uint8_t ledger_seed[32], storage[32];
    /* keeper */
    int64_t incarnation;
    struct str note, before; /* the last head of this incarnation, and of an older one */
    char note_room[512], before_room[512];
    struct ledger_checkpoint head; /* without its origin */
    bool head_synced;
    struct signed_head last; /* signed, as the oracle keeps it */
    bool proven;             /* that the head to come extends `last` was shown otherwise */
    /* what goes wrong */
    struct disk_image *image; /* that it will be put back from; NULL: none */
    uint64_t image_at;        /* in events */
    int64_t restore_ms;
    bool late;         /* at once when a receipt of it is late */
    uint64_t restores; /* so far */
    bool up;
    int64_t up_ms, back_ms, full_until_ms, full_ms, slow_until_ms;
    bool full_hit, slow_hit, down_hit;
    int fuse;          /* steps of the disk until it dies; -1: none */
    bool fuse_at_sync; /* the fuse goes with the sync of a COMMIT, before anybody is told */
    bool fuse_before;  /* and before it comes about */
    bool fuse_cut;     /* with the power */
    bool torn;         /* it died between writing a COMMIT and syncing it */
    bool unknown;      /* the next COMMIT ends in nobody knows what */
    enum sim_step write, sync, after; /* what is under way, in three parts */
    bool synced_now;
    enum sim_step died_at;
    /* what is under way */
    struct flight *flights[SIM_FLIGHTS_MAX];
    int64_t wake_ms, pause_ms;
    uint64_t groups;
    int peers[SIM_PEERS_MAX], peers_n;
    uint64_t
        heard[SIM_PEERS_MAX]; /* how often each had been put back when it last said what it has */
    struct attempt attempt;
    struct str shown;       /* the log that the receipt is of that is being taken */
    bool any_life;          /* it takes a receipt, and knows of no newer life; for a mutant */
    int64_t asked_sequence; /* of the row of the outbox looked at last, for a mutant */
    int32_t *todo;          /* cases in which it is its turn; a ring */
    size_t todo_first, todo_n;
};

/* ---- events ---------------------------------------------------------------------------------- */

enum event_kind {
    EVENT_OFFICER,
    EVENT_ARRIVE,
    EVENT_ANSWER,
    EVENT_TIMEOUT,
    EVENT_WAKE,
    EVENT_BACK,
    EVENT_KINDS
};
struct event {
    int64_t at_ms;
    uint64_t order; /* breaks ties the same way every time */
    enum event_kind kind;
    int node;
    struct flight *flight;
};

/* A letter on its way, and its answer. Both events and the sender hold it; it ends with the last.
 */
struct flight {
    struct arena *arena;
    struct world *w;
    int from, to; /* who sends: this very copy; who is asked: any of that address */
    int at;       /* the copy it came to */
    uint64_t life, restores,
        answers; /* lives and restores of the sender; restores of who answers */
    int holds;
    int32_t fact; /* -1: no parcel */
    struct post_asked asked;
    size_t reply_max;
    struct bytes reply;
    int status;
    int64_t retry_after_s;
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
    bool split;               /* refused: one number, two parcels */
    bool again;               /* a repeat on the way there */
    bool spoilt, spoilt_back; /* on the way there, or back */
    enum sim_fault spoils, spoils_back;
};

/* ---- what is known from outside -------------------------------------------------------------- */

/* One act that was told of or seen on the wire. */
struct fact {
    struct id act, dossier;
    int16_t from, to; /* nodes; -1: not known yet */
    bool told, crossed, receipted,
        known;             /* known: the sender was given a receipt it could believe */
    uint64_t home, abroad; /* the event since which each side's disk has it; 0: it has not */
    bool lost;             /* neither has: what was is gone, by a disk or by both */
    uint64_t restores;     /* of the sender, when it left last */
    struct hash body;      /* of the first receipt that left since the receiver has it */
    int16_t by;            /* the copy that gave it */
    int16_t left_by;       /* the copy it left last */
    bool twice;            /* two copies of its sender sealed it, each in its own way */
    uint64_t mark;
};
struct kase {
    struct id dossier;
    int16_t a, b; /* who asked, and who is asked */
    int8_t moves; /* made so far */
};
enum mark_state { MARK_OPEN, MARK_TOLD, MARK_FAILED };
struct mark {
    int32_t fact; /* -1: not known yet */
    uint8_t state;
    bool crossed;
};
/* From 16 bytes to a number; open addressing. */
struct table {
    struct arena *arena;
    struct table_row {
        uint8_t key[16];
        int32_t value; /* -1: free */
    } * rows;
    size_t n, room;
};
void table_open(struct table *x, struct arena *a);
int32_t table_get(const struct table *x, const uint8_t key[16]); /* -1: not there */
void table_put(struct table *x, const uint8_t key[16], int32_t value);

struct partition {
    int a, b; /* b: -1, everybody */
    bool one_way, hit;
    int64_t until_ms;
};
/* Which faults are on in a season, and how often: of 1000 messages, or one in so many faults. */
struct mix {
    uint64_t on;
    uint32_t per_mille[SIM_FAULTS];
    uint64_t gap[SIM_FAULTS], next_at[SIM_FAULTS];
    uint64_t until; /* faults: the season ends */
};

struct world {
    struct arena *arena;
    const struct sim_options *o;
    int64_t now_ms, base_ms;
    uint64_t seed;
    const struct law_tables *tables;
    struct node *node;
    int n;
    struct event *heap;
    size_t heap_n;
    uint64_t order;
    uint32_t flying;
    bool calm;      /* no faults any more */
    uint64_t limit; /* of faults in this world */
    struct mix mix;
    struct partition partitions[SIM_PARTITIONS_MAX];
    size_t partitions_n;
    int twins;            /* second copies so far, behind the nodes */
    struct table head_by; /* of which of two a head is; by its root */
    struct belief {
        bool holds, second, told;
        uint64_t restores;
        int64_t learnt_ms[2]; /* when each of the two was first told of the other's parcel */
    } beliefs[SIM_TWINS_MAX][SIM_STATES_MAX + SIM_TWINS_MAX];
    int restoring[SIM_RESTORING_MAX];
    size_t restoring_n;
    struct fact *facts;
    size_t facts_n, facts_room;
    struct kase *cases;
    size_t cases_n, cases_room;
    struct mark *marks;
    size_t marks_n, marks_room;
    struct table fact_of, case_of, sealed_of;
    struct blob {
        struct hash name;
        int node;
        uint64_t at; /* event */
    } * blobs;       /* that a vault said it holds */
    size_t blobs_n, blobs_room;
    struct sim_result r;
    uint8_t line_room[8192]; /* of the trace, not hashed yet */
    size_t line_n;
    struct hash trace;
    int64_t sample_ms, sampled_ms;
    void (*tell)(void *ctx, const struct sim_result *r);
    void *tell_ctx;
};

/* ---- world.c --------------------------------------------------------------------------------- */

/* Makes and pins the nodes; all worlds of a run begin with a copy of it. */
MUST err world_make(struct turn *t, const struct sim_options *o, struct world **out);
void world_free(struct world *w);
/* Runs one world to its end and leaves what came of it in `w->r`. */
void world_run(struct world *w, uint64_t seed, uint64_t faults);
uint64_t world_draw(struct world *w, uint64_t below);
bool world_chance(struct world *w, uint32_t per_mille);
void world_put(struct world *w, int64_t at_ms, enum event_kind kind, int node, struct flight *f);
void world_trace(struct world *w, const char *what, int node, int64_t value);
/* Does what the node has to do, until nothing is left for now; buries it when it died meanwhile. */
void world_work(struct node *n);
struct turn node_turn(struct node *n, struct arena *a);

/* ---- node.c ---------------------------------------------------------------------------------- */

MUST err node_make(struct world *w, int number, struct turn *t);
MUST err node_pin(struct node *n, struct node *peer, struct turn *t);
/* Ends the process of a node that died: whatever waits is told, nothing it says is heard. */
void node_bury(struct node *n);
/* Starts it again. False: it died again meanwhile, or its disk is full. */
bool node_rise(struct node *n);
void node_end(struct node *n);
bool node_is_dead(const struct node *n);
/* Background: the head is made durable, the write-ahead log is moved. */
void node_tidy(struct node *n);
MUST err node_desk_up(struct node *n, struct turn *t, bool create, bool restores);
err node_do(struct node *n, struct arena *a, enum desk_action action, const struct tree *args,
            const struct tree **view_out, struct fault *fault_out);

/* ---- keeper.c -------------------------------------------------------------------------------- */

struct keeper keeper_hooks(struct node *n);
void keeper_vkey(const struct node *n, struct arena *a, struct ledger_vkey *out);
void keeper_load(struct node *n);  /* what stands on its disk */
bool keeper_sync(struct node *n);  /* makes its last head durable */
bool keeper_raise(struct node *n); /* takes an incarnation that it never had */

/* ---- life.c ---------------------------------------------------------------------------------- */

void life_copy(struct node *n);              /* of its disk, from which it will be put back */
bool life_copies(struct node *n, bool late); /* false: one is kept already */
void life_receipt_late(struct node *n, int64_t ms);
void life_work(struct world *w); /* puts back whose time has come */
void life_stop(struct world *w);

/* ---- twin.c ---------------------------------------------------------------------------------- */

/* Room for second copies, behind the nodes. */
MUST err twin_rooms(struct world *w, struct turn *t);
/* A copy of its disk comes to work beside it, under the same address and with the same keys. */
void twin_begin(struct node *n);
/* Both were found, and the caller puts the node back. The second is switched off, or goes on
 * answering for a while, as a machine that somebody turned on again. */
void twin_end(struct node *n);
bool twin_is_at_work(const struct node *n); /* it, or the node that it is a copy of */
void twin_work(struct world *w);
void twin_stop(struct world *w);
/* A head was signed by one of two; a head was believed by another State's node. */
void twin_signed(const struct node *n, const struct ledger_checkpoint *head);
void twin_believed(const struct node *by, const struct ledger_checkpoint *head);
/* One of two was refused: people there are told, and people here once the answer was taken. */
void twin_refused(struct node *by, const struct flight *f);
void twin_learnt(const struct node *n, const struct flight *f);
/* Who of the two a caller reaches. */
struct node *twin_reached(struct node *n);

/* ---- fault.c --------------------------------------------------------------------------------- */

void fault_hit(struct world *w, enum sim_fault f, enum sim_step s);
void fault_period(struct world *w, enum sim_fault f, bool *hit);
void fault_season(struct world *w); /* draws what is on; begins a new one when the old is over */
void fault_strike(struct world *w); /* what is due by the count of faults */
bool fault_on_wire(struct world *w, enum sim_fault f, enum sim_step s); /* draws and counts it */
/* Whether a partition keeps a message from getting there; counts it. */
bool fault_parts(struct world *w, int from, int to, enum sim_step s);
enum disk_fate fault_disk(void *node, enum disk_step step);
void fault_again(struct node *n); /* it came back just now */
void fault_stop(struct world *w); /* all of it ends */

/* ---- wire.c ---------------------------------------------------------------------------------- */

struct post_wire wire_of(struct node *n);
void wire_arrive(struct world *w, struct flight *f);
void wire_answer(struct world *w, struct flight *f);
void wire_timeout(struct world *w, struct flight *f);
void wire_bury(struct node *n); /* tells all that is under way that no answer came */
void wire_free(struct flight *f);

/* ---- officer.c ------------------------------------------------------------------------------- */

void officer_turn(struct node *n);
void officer_learns(struct node *n, int32_t c); /* an act arrived in a dossier */

/* ---- oracle.c -------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) void oracle_says(struct world *w, int oracle, const char *fmt,
                                                       ...);
/* The act in sealed bytes, as they first left. */
int32_t oracle_leaves(struct node *n, int to, struct bytes sealed);
void oracle_receipts(struct world *w, struct flight *f); /* a receipt left the receiver */
void oracle_told(struct world *w, int node, uint64_t mark, struct str act);
void oracle_told_failed(struct world *w, int node, uint64_t mark);
/* An answer is about to be taken: whether it is a receipt that no longer holds, as the sender
 * knows; and once it was taken, whether he believed it. */
bool oracle_stale(struct world *w, const struct flight *f);
void oracle_not_believed(struct world *w, const struct flight *f);
void oracle_believes(struct node *by, struct str origin);   /* a receipt shown in that log */
void oracle_hears(struct world *w, const struct flight *f); /* what a peer has */
void oracle_head(struct node *n, const struct ledger_checkpoint *head, uint64_t from,
                 const struct ledger_proof *proof);
void oracle_blob(struct node *n, const struct hash *name); /* the vault said that it holds it */
/* The node was put back: what came after that event is gone from its disk. */
void oracle_lost(struct node *n, uint64_t image_at);
void oracle_gone(struct node *n);   /* its disk is there no more */
void oracle_waits(struct world *w); /* what still does, long after the last fault */
void oracle_end(struct world *w);   /* every node was opened again and nothing is under way */

/* ---- mutant.c -------------------------------------------------------------------------------- */

/* Those that are asked for by name elsewhere in this folder. */
enum {
    MUTANT_COMMIT_FAILED = 4,
    MUTANT_UNRECONCILED = 5,
    MUTANT_HEAD_UNCHECKED = 8,
    MUTANT_SAME_LIFE = 9,
    MUTANT_BLOB_UNSYNCED = 17,
    MUTANT_HEAD_IN_MEMORY = 18,
    MUTANT_REFUSAL_IS_TAKEN = 19,
    MUTANT_FORK_BELIEVED = 26
};
bool mutant_is(const struct world *w, int number);
/* Whether the disk of a broken program only says that it synced. */
bool mutant_skips_sync(const struct node *n, enum disk_step step);
/* The world that a turn of a node belongs to. */
struct node *node_of(const struct turn *t);

#endif
