/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_POST_H
#define COMITY_POST_H
/* Turns parcels from any carriage into desk actions, and what waits to leave into parcels on their
 * way. It opens and verifies (hostile bytes), and never decides. How bytes travel is an argument:
 * HTTP between nodes, a virtual network in the simulator. */

#include "base/base.h"
#include "desk/desk.h"
#include "post/mailbox.h"

enum {
    POST_PARCEL_MAX = 16 << 20,               /* bytes of a sealed parcel */
    POST_FETCHED_MAX = POST_PARCEL_MAX + 512, /* bytes of a letter that is fetched */
    POST_FLIGHT_MAX = 64,                     /* parcels on their way at once */
    POST_FLIGHT_URGENT = 8,                   /* of these, kept for urgent ones */
    POST_REPLY_MAX = 256 << 10, /* bytes of what a letter is answered, unless it says more */
    POST_RETRY_FIRST_MS = 1000,
    POST_RETRY_MAX_MS = 30 * 60 * 1000,
    POST_RETRY_URGENT_MS = 60 * 1000, /* the longest pause of an urgent one */
    POST_RECONCILE_MS = 60 * 60 * 1000,
    POST_LOOK_MS = 1000,            /* how often retry times and clocks are looked at */
    POST_BUSY_RETRY_S = 5,          /* what a peer is told when there is no room */
    POST_ACT_MAX = 1 << 20,         /* bytes of act.json */
    POST_PARTICULARS_MAX = 256,     /* of one act */
    POST_DOCUMENTS_MAX = 32,        /* of one act */
    POST_TEXT_MAX = 512,            /* bytes of a short text of act.json: ref, officer, type */
    POST_INCIDENTS_DAY_MAX = 1024,  /* written in a day for all strangers together */
    POST_INCIDENTS_PEER_MAX = 128,  /* written in a day for one peer */
    POST_HEADS_MS = 10 * 60 * 1000, /* at least, between two heads of ours to one peer */
    POST_HEADS_AWAY_MAX = 8,        /* heads of ours on their way at once */
    POST_WITNESSES_MAX = 512
};
#define POST_PARCELS "/comity/1/parcels"
#define POST_SEGMENTS "/comity/1/segments/" /* {parcel}/{number}: put */
#define POST_PROFILE "/comity/1/profile"
#define POST_ADD_CHECKPOINT "/ledger/add-checkpoint"
#define POST_CONSISTENCY "/ledger/consistency/" /* and two sizes */
#define POST_SUMMARY "/comity/1/summary"

/* ---- reading --------------------------------------------------------------------------------- */

/* Opens sealed bytes from the holder of a pinned TLS certificate, takes the parcel apart and
 * verifies that the authority it names signed it and belongs to that node. Everything is checked
 * but numbers and law, which the desk knows. Faults name the clause: RFC 5083, EN 319 162-1, RFC
 * 8785, "comity act 1: from" … */
MUST err post_read(struct turn *t, struct desk *d, const struct hash *tls, struct bytes sealed,
                   struct desk_parcel *out);

/* What a reader has to know, so that it can be where there is no desk. */
enum { POST_OURS_MAX = 16, POST_SENDERS_MAX = 16 };
struct post_sender { /* an authority pinned with the node at the other end of the connection */
    struct str address;
    struct bytes seal_der, root_der;
    int64_t seal_revoked_ms; /* 0: not */
};
struct post_reading {
    struct str ours[POST_OURS_MAX]; /* addresses to open for */
    size_t ours_n;
    struct post_sender senders[POST_SENDERS_MAX];
    size_t senders_n;
    bool came_back; /* parcels of our own: opened by their sender, who is ours */
};
/* Of a connection; texts and bytes live as long as the desk's peers do. */
void post_reading_of(struct desk *d, const struct hash *tls, struct post_reading *out);
/* Opens what is sealed to an address of ours, as `struct keeper` says. */
struct post_opener {
    err (*open)(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                struct bytes *plain_out);
    void *ctx;
};
MUST err post_parcel_read(struct turn *t, const struct post_reading *r, const struct suite *suite,
                          const struct post_opener *opener, struct bytes sealed,
                          struct desk_parcel *out);
/* What an authority at the other end says it holds of one of ours, or asks: signed by it. */
MUST err post_summary_read(struct turn *t, const struct post_reading *r, const struct suite *suite,
                           struct bytes cms, struct summary *out);
/* What is read of logs: a body of add-checkpoint, by the key of its log; the lines of a proof; the
 * cosignature of the witness with that key over a checkpoint's text. */
enum post_head_sort { POST_HEAD_ADD, POST_HEAD_PROOF, POST_HEAD_LINE };
struct post_head_ask {
    enum post_head_sort sort;
    struct str vkey, text;
};
struct post_head {
    struct ledger_add add; /* of a proof alone: its proof; the note has its log's line only */
    struct str line;
};
MUST err post_head_read(struct turn *t, const struct post_head_ask *ask, struct bytes body,
                        struct post_head *out);
/* What a problem document says: its code, empty when it is none, and in `receipt` the signed answer
 * of who refuses for good (as receipt_check takes it), or empty. */
struct post_told {
    struct str code, receipt;
};
struct post_told post_problem_read(struct turn *t, struct bytes problem);

/* Reads for a post in another process. Bytes are borrowed until `done`, which is told once, not
 * from inside the call; what it is given is borrowed for that call. */
struct post_reader {
    void (*parcel)(void *ctx, const struct post_reading *r, struct bytes sealed,
                   void (*done)(void *job, const struct fault *f, const struct desk_parcel *p),
                   void *job);
    void (*receipt)(void *ctx, const struct receipt_expect *x, struct bytes answer,
                    void (*done)(void *job, const struct fault *f, const struct desk_receipt *r),
                    void *job);
    void (*problem)(void *ctx, struct bytes problem,
                    void (*done)(void *job, const struct post_told *told), void *job);
    void (*summary)(void *ctx, const struct post_reading *r, struct bytes cms,
                    void (*done)(void *job, const struct fault *f, const struct summary *s),
                    void *job);
    void (*head)(void *ctx, const struct post_head_ask *ask, struct bytes body,
                 void (*done)(void *job, const struct fault *f, const struct post_head *h),
                 void *job);
    void *ctx;
};

/* ---- both ways ------------------------------------------------------------------------------- */

/* What is asked of a peer's node: a path below its address; with a type its body is posted, or put
 * where the path is of a segment; without one the path is only looked at. */
struct post_letter {
    const char *path, *type; /* borrowed for the call */
    struct bytes body;       /* borrowed until it is answered */
    size_t reply_max;        /* bytes; 0: POST_REPLY_MAX. A longer reply is ERR_PEER */
};
/* Brings a letter to a peer and tells `done` once, not from inside the call: status and reply,
 * which are hostile and borrowed for that call, or an err and why. */
struct post_wire {
    err (*send)(void *ctx, struct turn *t, const struct desk_peer *to, const struct post_letter *l,
                void (*done)(void *job, err e, int status, struct bytes reply,
                             int64_t retry_after_s, const char *why),
                void *job);
    void *ctx;
};
/* A folder that others carry to peers that are not reached over the wire, and what they bring back
 * from there: on a stick, by mail, however. The same sealed bytes and the same receipts. A file is
 * named FROM~TO~ACT.SORT: addresses with "_" for "/", the act's id, and "parcel", "receipt" or
 * "problem"; the name is believed in nothing. What leaves lies in `folder`/out, a parcel until its
 * receipt is here; what came lies in `folder`/new and is moved to `folder`/cur once it is taken. */
struct post_carriage {
    const char *folder;      /* NULL: nothing is carried; its parts are there (net_maildir_list) */
    const struct str *peers; /* whose parcels leave by it, never by the wire */
    size_t peers_n;
};
struct post_options {
    struct desk *desk;
    struct post_wire wire;
    const struct clock *clock;
    const struct chance *chance;
    struct post_reader reader; /* members NULL: the post reads itself */
    struct post_carriage carried;
    struct post_mailbox mailbox; /* brings what is carried by mail */
    bool polls;           /* nobody reaches this node: it asks its peers for what waits for it */
    const char *log;      /* as in post_serve, for what they ask so; NULL: none */
    int64_t reconcile_ms; /* how often peers are asked what they hold; 0: never */
    int64_t heads_ms;     /* between two heads to one peer; 0: POST_HEADS_MS, below 0: none leave */
};
struct post;
MUST err post_open(struct turn *t, const struct post_options *o, struct post **out);
/* Nothing is asked of peers any more; what was asked ends with its answer. Before the wire is
 * closed. NULL is allowed. */
void post_stop(struct post *p);
/* After the wire has told all it was given and the desk's queue is empty. NULL is allowed. */
void post_close(struct post *p);

/* Parcels that are being read elsewhere: a committer may wait a moment for them. */
unsigned post_arriving(const struct post *p);
/* Sealed bytes that came in, with the print of the TLS certificate shown. `answer` is told once,
 * after what was taken is durable: 200 and the receipt; 202 and which segments of its exhibits are
 * missing ("12-39 41-41" and a newline: no receipt yet); or a status and a problem document (RFC
 * 9457). `sealed` is borrowed until then. */
struct post_answer {
    void (*tell)(void *ctx, int status, const char *type, struct bytes body,
                 int64_t retry_after_s); /* -1: none; bytes are borrowed for the call */
    void *ctx;
};
void post_take(struct post *p, const struct hash *tls, struct bytes sealed,
               struct post_answer answer);
/* Refused at the door before any body: records the incident. */
void post_refused(struct post *p, const struct hash *tls, struct str peer, const struct fault *f);
/* Builds parcels for acts held here and starts what is due to leave. Call after each group and when
 * post_next_ms has come. */
void post_work(struct post *p);
/* When post_work has something to look at next, by the wall clock; INT64_MAX when nothing waits to
 * leave. What clocks bring about is looked at in any call, at most once in POST_LOOK_MS. */
int64_t post_next_ms(struct post *p);
/* A problem document (RFC 9457) for a fault; what is ours alone is not told. */
#define POST_PROBLEM "application/problem+json"
struct str post_problem(struct arena *a, const struct fault *f);

/* ---- HTTP between nodes ---------------------------------------------------------------------- */

/* One request that came through the door. */
struct post_asked {
    struct str path;
    struct hash tls;
    struct bytes body; /* borrowed until the answer */
};
/* Answers it: who may ask what is looked at again here, because a door may have been taken over.
 * `log` is the folder of tiles and checkpoint; NULL: none. */
void post_serve(struct post *p, const char *log, const struct post_asked *q,
                struct post_answer answer);
/* What a door asks when post and desk are in another process. */
struct post_door {
    /* Whether somebody is pinned with this certificate: ERR_OK and an address; ERR_INTEGRITY
     * and an address when the certificate is out of its time or revoked; ERR_STRANGER; or ERR_BUSY
     * when the desk cannot be asked now. Never waits. */
    err (*knows)(void *ctx, const struct hash *tls, struct str *address_out);
    void (*ask)(void *ctx, const struct post_asked *q, struct post_answer answer);
    void (*refused)(void *ctx, const struct hash *tls, struct str peer, const struct fault *f);
    void *ctx;
};

struct net_loop;
struct net_server;
struct net_signer;
struct post_http_options {
    struct post_door door; /* members NULL: post and desk are here */
    struct post *post;
    struct desk *desk;
    struct net_loop *loop;
    const struct clock *clock;
    const struct chance *chance;
    const char *log; /* folder of tiles and checkpoint */
    const char *address;
    uint16_t port;
    int listens; /* as in net_server_options, like what follows */
    const char *tls_key_pem, *tls_cert_pem;
    const struct net_signer *tls_signer;
};
/* Serves the wire from the turn's arena: POST /comity/1/parcels, PUT
 * /comity/1/segments/{parcel}/{number}, POST /comity/1/summary, GET
 * /comity/1/parcels/{digest}, with /{number} a segment of it, GET /comity/1/profile, GET
 * /ledger/checkpoint, /ledger/tile/… and /ledger/consistency/{from}/{to}, POST
 * /ledger/add-checkpoint, and for peers that poll GET /comity/1/waiting and POST
 * /comity/1/answers/{letter}/{status}/{wait}. Peers only, but for the profile, which a ceremony
 * needs before trust. */
MUST err post_http_start(struct turn *t, const struct post_http_options *o,
                         struct net_server **out);
/* A wire over HTTPS with pinned peers. */
struct net_client;
struct post_wire post_http_wire(struct arena *a, struct net_client *client);
/* The call that brings a letter, in the arena: all of it but whom to tell. Of the peer it reads
 * url, root and the key of its TLS certificate. */
struct net_call;
void post_letter_call(struct arena *a, const struct desk_peer *to, const struct post_letter *l,
                      struct net_call *out);

#endif
