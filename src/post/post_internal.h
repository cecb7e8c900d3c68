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
    FLIGHT_AWAY,     /* with the wire */
    FLIGHT_READING,  /* what came back is read elsewhere */
    FLIGHT_SEGMENTS, /* of its exhibits are put */
    FLIGHT_PROOF,    /* the peer is asked how two heads of its log belong together */
    FLIGHT_PARKED,   /* another one asks for a newer head of that log first */
    FLIGHT_TURN,     /* its receipt or next time is with the desk */
    FLIGHT_RESTING,  /* the desk could not note the next time; kept here until then */
};
struct flight {
    struct post *post;
    enum flight_stage stage;
    struct arena *arena; /* holds the sealed bytes */
    struct desk_job job;
    struct desk_turn dt;
    int64_t next_ms;
    struct bytes answer; /* that came back with it */
    bool refusal;        /* it stood in a problem document, with this code */
    struct str code;
    const struct desk_receipt *receipt; /* what a reader elsewhere found in it */
    struct desk_proof proof;
    int proofs; /* asked for so far */
    bool moved; /* segments of it were taken since the last attempt */
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
    struct desk_parcel *parcel; /* that came back, and what is missing of its exhibits */
    struct gaps *gaps;
    struct arena *piece; /* of one turn or segment of it */
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
    struct post_waiting *waiting;
    struct post_polling *polling;
    struct mailbox *mailbox; /* NULL: nothing is mailed */
    uint64_t groups;         /* of the desk at the last look */
    int64_t look_ms;         /* the next one, when nothing changes before */
    bool waits;              /* something is held here or sealed */
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
/* A doubling, jittered pause after so many tries, never longer than `most_ms`; what the other side
 * asked for first. */
int64_t post_pause_ms(const struct post *p, int64_t tries, int64_t most_ms, int64_t retry_after_s);

/* ---- what each side holds (lines.c) ---------------------------------------------------------- */

void post_lines_work(struct post *p);
/* Of a round: its next step, or a failure, after which it begins anew. */
void post_round_step(struct mate *m);
void post_round_broken(struct mate *m, int64_t retry_after_s, const char *why);
/* A parcel of ours that we lost is asked back and adopted; then the next step (back.c). */
void post_back_ask(struct mate *m, struct str digest);
int64_t post_lines_next_ms(const struct post *p);
/* A peer's question; answered as in post_take. `cms` is borrowed until then. */
void post_summary_take(struct post *p, const struct hash *tls, struct bytes cms,
                       struct post_answer answer);

/* Who could not be reached before is here: its round begins now. */
void post_lines_there(struct post *p, struct str peer);

/* ---- what waits to be fetched (waiting.c) ---------------------------------------------------- */

#define POST_WAITING "/comity/1/waiting"
#define POST_ANSWERS "/comity/1/answers/"
enum {
    POST_NOTHING = 204,          /* HTTP: there is nothing, or nothing to say */
    POST_WAITING_MAX = 256,      /* letters that wait to be fetched, for all peers */
    POST_WAITING_MS = 60 * 1000, /* a letter waits so long for its answer */
    POST_WAITING_LINE_MAX = POST_FETCHED_MAX - POST_PARCEL_MAX,
    POST_COMES_MS = 2 * 60 * 1000 /* one that polled so lately comes again */
};
struct post_waiting;
void post_waiting_open(struct post *p);
bool post_waiting_rest(const struct post *p); /* nothing waits */
/* As the wire's `send`; to a peer that polls the letter waits until it is fetched. */
MUST err post_send(struct post *p, struct turn *t, const struct desk_peer *to,
                   const struct post_letter *l,
                   void (*done)(void *job, err e, int status, struct bytes reply,
                                int64_t retry_after_s, const char *why),
                   void *job);
/* A peer comes for what waits. */
void post_waiting_give(struct post *p, const struct hash *tls, struct post_answer answer);
/* It brings an answer; `rest` is the path's end. False: no letter waits for that. */
MUST bool post_waiting_answered(struct post *p, const struct hash *tls, struct str rest,
                                struct bytes body);
/* "ID PATH", a line before the body. False: it is no such letter. Texts are borrowed. */
MUST bool post_waiting_read(struct bytes letter, struct str *id_out, struct str *path_out,
                            struct bytes *body_out);
void post_waiting_work(struct post *p, int64_t now_ms);
int64_t post_waiting_next_ms(const struct post *p);
void post_waiting_stop(struct post *p); /* what waits is told that it was not fetched */
/* Starts what there is for a peer that is here now. */
void post_jobs_to(struct post *p, struct str peer);

/* ---- fetching what waits elsewhere (polling.c) ----------------------------------------------- */

enum {
    POST_POLL_FIRST_MS = 500, /* after nothing was there, doubled each time, to the most */
    POST_POLL_MAX_MS = 8 * 1000,
    POST_POLL_AWAY_MS = 60 * 1000 /* the most, where the peer is not reached */
};
struct post_polling;
void post_polling_open(struct post *p);
bool post_polling_rest(const struct post *p); /* nobody is being asked */
void post_polling_work(struct post *p, int64_t now_ms);
int64_t post_polling_next_ms(const struct post *p);
/* ---- segments of exhibits (segments.c) ------------------------------------------------------- */

/* Which are missing, as an answer says. */
struct gap {
    int64_t from, to; /* both within */
};
struct gaps {
    struct gap gaps[DESK_MISSING_MAX];
    size_t n, at;
    int64_t next;
};
/* "12-39 41-41\n", each range after the one before it; "\n" when none is missing. */
MUST bool post_gaps_read(struct str told, struct gaps *out);
/* The next number; false when all were given. */
MUST bool post_gaps_next(struct gaps *g, int64_t *number_out);
/* Puts what the answer to a parcel says is missing, and sends the parcel again. */
void post_segments_send(struct flight *f, struct bytes reply);
/* Of a flight that is not with the wire: the parcel leaves, or is tried again later. */
void post_flight_send(struct flight *f);
void post_flight_retry(struct flight *f, int64_t retry_after_s, const char *why);
/* A segment that came, for "{parcel}/{number}"; answered as in post_take. `sealed` is borrowed
 * until then. */
void post_segment_take(struct post *p, const struct hash *tls, struct str place,
                       struct bytes sealed, struct post_answer answer);

/* ---- what people carry (carried.c) ----------------------------------------------------------- */

enum { POST_CARRIED_LOOK_MS = 1000, POST_CARRIED_AGAIN_S = 30 * 60 };
/* "XN_csb~XM_dts~0123….parcel": between whom, and about which act. */
MUST bool post_carried_name(struct arena *a, struct str name, struct carried *out,
                            struct str *sort_out);
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

/* By mail (mailbox.c). */
void post_mailbox_open(struct post *p);
bool post_mailbox_rest(const struct post *p); /* no mail is on its way or being read */
void post_mailbox_work(struct post *p, int64_t now_ms);
int64_t post_mailbox_next_ms(const struct post *p);

/* post_take of a parcel; `by_people`: as a file, which no segments follow. */
void post_brought(struct post *p, const struct hash *tls, struct bytes sealed, bool by_people,
                  struct post_answer answer);
/* An incident to be noted; `done` is told once it is durable, or failed. */
struct incident {
    const struct hash *tls;
    struct bytes what; /* makes it one of its own; empty: one a day for each code */
    struct str peer;   /* empty: a stranger */
    struct str ours;   /* the authority it was meant for; empty: nobody could tell, or the node */
    const struct fault *fault;
    void (*done)(void *ctx, struct str receipt);
    void *ctx;
    /* Of a parcel that is refused for good, what the signed receipt given to `done` says: event,
     * parcel, act, from, to, sequence; NULL: none is given. And bytes to keep with the row. */
    const struct tree *refusal;
    struct bytes aside;
};
/* Answers false, and tells nobody, when it was noted already and no receipt is wanted, or enough
 * was noted today. */
bool post_incident(struct post *p, const struct incident *i);

/* ---- heads of logs --------------------------------------------------------------------------- */

void post_heads_open(struct post *p);
bool post_heads_rest(const struct post *p); /* none is on its way */
void post_heads_work(struct post *p, int64_t now_ms);
int64_t post_heads_next_ms(const struct post *p);
/* Who could not be reached before is here: our head leaves now. */
void post_heads_there(struct post *p, const struct desk_peer *peer);
/* A body of add-checkpoint from a pinned peer; borrowed for the call. */
void post_head_take(struct post *p, const struct hash *tls, struct bytes body,
                    struct post_answer answer);
/* Asks a peer for the proof between two heads of its log, and tells `done` once: ERR_PEER when it
 * could not be asked or answered otherwise. What holds is for the desk to say. */
void post_prove(struct post *p, const struct desk_peer *peer, uint64_t from, uint64_t to,
                void (*done)(void *job, const struct fault *f, const struct ledger_proof *proof),
                void *job);
/* The peer's log contradicted itself, as the turn found: nothing of it is believed from here on. */
void post_freeze(struct post *p, struct str peer, const struct desk_turn *found);

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
