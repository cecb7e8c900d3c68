/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_POST_INTERNAL_H
#define COMITY_POST_INTERNAL_H
/* What the files of this folder share: the post itself, and the forms of what it reads. */

#include "post/post.h"

#define POST_CLAUSE_PARCELS "comity wire 1: parcels"
#define POST_CLAUSE_SUMMARY "comity wire 1: summary"
#define POST_CMS "application/cms"
#define POST_CLAUSE_PEERS "comity wire 1: peers"
#define POST_CLAUSE_TRAINING "comity wire 1: training"
#define POST_OTHER_KIND                                                                            \
    "One of the two nodes is for training and the other is real: they never peer."

/* ---- the post -------------------------------------------------------------------------------- */

/* A parcel of ours on its way, from its start until what became of it is durable. */
enum flight_stage {
    FLIGHT_FREE,
    FLIGHT_AWAY,    /* with the wire */
    FLIGHT_READING, /* what came back is read elsewhere */
    FLIGHT_PROOF,   /* the peer is asked how two heads of its log belong together */
    FLIGHT_PARKED,  /* another one asks for a newer head of that log first */
    FLIGHT_TURN,    /* its receipt or next time is with the desk */
    FLIGHT_RESTING, /* the desk could not note the next time; kept here until then */
};
struct flight {
    struct post *post;
    enum flight_stage stage;
    struct arena *arena; /* holds the sealed bytes */
    struct desk_job job;
    struct desk_turn dt;
    int64_t next_ms;
    struct bytes answer;                /* that came back with it */
    const struct desk_receipt *receipt; /* what a reader elsewhere found in it */
    struct desk_proof proof;
    int proofs; /* asked for so far */
    bool leads; /* of those to this peer it alone brings a newer head */
    int status;
    int64_t retry_after_s;
};
/* A turn of the post's own: one BUILD and one TICK at a time. */
struct chore {
    struct post *post;
    struct arena *arena; /* NULL while none is under way */
    struct desk_turn dt;
    int64_t after_ms; /* not before */
};
/* An authority of ours and one of a peer, and the round in which the first asks the second what it
 * holds. */
struct mate {
    struct post *post;
    struct mate *next;
    struct str ours, peer;
    int64_t due_ms, tries;
    bool again; /* once more as soon as this round is over */
    enum mate_stage { MATE_IDLE, MATE_AWAY, MATE_READING, MATE_TURN } stage;
    /* Of a round: */
    struct arena *arena, *item; /* item: of one step */
    struct tree *asks, *wants;  /* what is still to be asked, and asked back */
    bool asked;                 /* the first question is answered */
    int64_t asked_size;         /* of our log, as the question left */
    bool lacks;                 /* something that came back could not be taken yet */
    struct desk_turn dt;
};
/* What was carried here and is being taken; one at a time. */
struct carried {
    struct arena *arena; /* NULL: nothing */
    struct post *post;
    struct str file, from, to; /* its name in the folder; and what that says */
    struct id act;
};
enum { POST_RECENT = 64, POST_BUDGETS = 512 };
/* What a peer, or all strangers together, brought about today. */
struct budget {
    struct hash tls; /* zero: strangers */
    int64_t n;       /* 0: free */
};
struct post {
    struct arena *arena;
    struct post_options o;
    struct flight flights[POST_FLIGHT_MAX];
    struct chore build, tick;
    struct post_heads *heads;
    uint64_t groups; /* of the desk at the last look */
    int64_t look_ms; /* the next one, when nothing changes before */
    bool waits;      /* something is held here or sealed */
    unsigned arriving;
    /* What was noted of late, so that repeats cost nothing; and how much today. */
    struct hash recent[POST_RECENT];
    size_t recent_next;
    struct carried carried;
    int64_t carried_ms; /* the next look into its folder */
    struct mate *mates;
    size_t rounds;  /* under way */
    bool stopped;   /* no step of a round begins any more */
    uint64_t lives; /* of peers, as last seen */
    int64_t incidents_day;
    struct budget budgets[POST_BUDGETS];
};
struct turn post_turn(const struct post *p, struct arena *a);
int64_t post_now_ms(const struct post *p);
int64_t post_chance_below(const struct post *p, int64_t below);
/* A doubling, jittered pause after so many tries; what the other side asked for first. */
int64_t post_pause_ms(const struct post *p, int64_t tries, int64_t retry_after_s);

/* ---- what each side holds (lines.c) ---------------------------------------------------------- */

void post_lines_work(struct post *p);
int64_t post_lines_next_ms(const struct post *p);
/* A peer's question; answered as in post_take. `cms` is borrowed until then. */
void post_summary_take(struct post *p, const struct hash *tls, struct bytes cms,
                       struct post_answer answer);

/* ---- what people carry (carried.c) ----------------------------------------------------------- */

enum { POST_CARRIED_LOOK_MS = 1000, POST_CARRIED_AGAIN_S = 30 * 60 };
bool post_is_carried(const struct post *p, struct str peer);
/* Puts a parcel into the folder, unless it lies there. */
MUST err post_carried_put(const struct post *p, struct turn *t, const struct desk_job *job);
/* Its receipt is here. */
void post_carried_over(const struct post *p, const struct desk_job *job);
/* Takes what was brought, one after the other. */
void post_carried_work(struct post *p);
int64_t post_carried_next_ms(const struct post *p);
/* An answer to a parcel of ours that came by another way than the wire. ERR_BUSY: not now;
 * ERR_NONE_SUCH: nothing waits for it. `answer` is copied. */
MUST err post_answered(struct post *p, const struct id *act, int status, struct bytes answer);

/* An incident to be noted; `done` is told once it is durable, or failed. */
struct incident {
    const struct hash *tls;
    struct bytes what; /* makes it one of its own; empty: one a day for each code */
    struct str peer;   /* empty: a stranger */
    struct str ours;   /* the authority it was meant for; empty: nobody could tell, or the node */
    const struct fault *fault;
    void (*done)(void *ctx);
    void *ctx;
};
/* Answers false, and tells nobody, when it was noted already or enough was noted today. */
bool post_incident(struct post *p, const struct incident *i);

/* ---- heads of logs --------------------------------------------------------------------------- */

void post_heads_open(struct post *p);
bool post_heads_rest(const struct post *p); /* none is on its way */
void post_heads_work(struct post *p, int64_t now_ms);
int64_t post_heads_next_ms(const struct post *p);
/* A body of add-checkpoint from a pinned peer; borrowed for the call. */
void post_head_take(struct post *p, const struct hash *tls, struct bytes body,
                    struct post_answer answer);
/* Asks a peer for the proof between two heads of its log, and tells `done` once: ERR_PEER when it
 * could not be asked or answered otherwise. What holds is for the desk to say. */
void post_prove(struct post *p, const struct desk_peer *peer, uint64_t from, uint64_t to,
                void (*done)(void *job, const struct fault *f, const struct ledger_proof *proof),
                void *job);
/* The peer's log contradicted itself: nothing of it is believed from here on. */
void post_freeze(struct post *p, struct str peer, const char *code);

/* ---- paths of the wire ----------------------------------------------------------------------- */

struct visit;
struct route {
    const char *method, *path;
    bool is_prefix, open; /* open: to strangers too */
    void (*go)(struct visit *v);
};
/* NULL: nothing is there. */
const struct route *route_find(struct str path);
/* Whether it takes a body. */
bool route_takes(const struct route *r);

/* ---- forms ----------------------------------------------------------------------------------- */

/* Exactly the keys of version 1, each with a value of its form. ERR_REJECTED, naming the key in the
 * clause and the particular. */
MUST err form_act(struct turn *t, const struct tree *act);
MUST err form_carriage(struct turn *t, const struct tree *carriage);

#endif
