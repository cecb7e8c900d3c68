/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NODE_SPLIT_H
#define COMITY_NODE_SPLIT_H
/* The node in several processes: what they were told before they were forked, what each has, and
 * how they speak. The broker (broker.c) forks them, holds the sockets that others knock at, starts
 * again what died, and takes part in nothing. */

#include "guard/guard.h"
#include "node/internal.h"
#include "post/post.h"

enum {
    NODE_UID_BASE = 59400,             /* the uids of a node's processes begin after it */
    NODE_LINK_MAX = 40 << 20,          /* bytes of a message between two processes */
    NODE_UNSENT_MAX = 64 << 20,        /* beyond it a door says "busy" */
    NODE_KEEPER_WAIT_MS = 60 * 1000,   /* for keeper to be there again */
    NODE_KEEPER_MESSAGE_MAX = 1 << 20, /* both ways */
    NODE_CRASHES_MAX = 2,              /* of a reader on the same bytes */
    NODE_AGAIN_S = 1,                  /* what a peer is told while the desk starts again */
    NODE_LINK_AGAIN_MS = 1000,         /* for the broker to replace a link whose end is gone */
    NODE_ENDING_MS = 3000              /* for processes whose broker was killed to be gone */
};
extern const struct tree_limits node_link_limits;

/* ---- what is known before a process is forked ------------------------------------------------ */

struct node_plan {
    const char *dir; /* as the processes of a node see it; see `inside` */
    struct node_config config;
    struct guard_ground ground;
    unsigned uid_base;
    struct id owner;      /* of the database, where it is on a server */
    const char *tls_cert; /* PEM */
    struct bytes tls_der;
    struct bytes seal_der[NODE_AUTHORITIES_MAX], open_der[NODE_AUTHORITIES_MAX];
    /* Held by the broker; the lock by all, the others by one. `pages` 0: none are served. */
    int lock, wire, local, pages;
    struct node_zones *zones; /* whole: read before anybody is confined */
    const char *press;        /* comity-paper's path; NULL: nothing is printed */
};
/* Everything that is made ready first. `dir` and `c` outlive it. ERR_BUSY when the port is taken,
 * ERR_NOT_ALLOWED when this machine cannot keep processes apart. */
MUST err node_plan_make(struct turn *t, const char *dir, int lock, const struct node_config *c,
                        struct node_plan **out);
/* Runs the processes until a signal ends it, or one cannot begin. */
MUST err node_broker_run(struct turn *life, struct node_plan *plan,
                         void (*ready)(void *ctx, uint16_t port), void *ctx);
/* A path in the node's folder as keeper and desk see it: their root is that folder when the node
 * was started as root. */
const char *node_inside(struct arena *a, const struct node_plan *p, const char *name);

/* ---- what each process has ------------------------------------------------------------------- */

struct node_child {
    enum guard_process self;
    struct turn *life; /* its arena lives as long as the process */
    struct net_loop *loop;
    const struct node_plan *plan;
    int control;                /* to the broker */
    int fresh[GUARD_PROCESSES]; /* ends of links that came and were not taken up; -1: none */
    int keeper; /* our end of the link to keeper, for questions that wait; -1: none */
    int64_t linked[GUARD_PROCESSES];  /* the broker's number of the last end that came */
    int64_t lost_ms[GUARD_PROCESSES]; /* since when that link is broken; 0: it is not */
    int pids[GUARD_PROCESSES + 1];    /* as the broker told, the broker's own last; for people */
    bool stop;
    void *own; /* the part's */
};
/* What a process does, in these steps. Members may be NULL. */
struct node_part {
    err (*before)(struct node_child *c); /* with all powers: no key and no hostile byte is there */
    err (*begin)(struct node_child *c);  /* within its row */
    err (*linked)(struct node_child *c, enum guard_process to, int fd); /* takes `fd` over */
    err (*round)(struct node_child *c, struct turn *t);                 /* after each loop turn */
    int (*wait_ms)(struct node_child *c);
    void (*end)(struct node_child *c);
};
extern const struct node_part node_part_keeper, node_part_reader, node_part_courier, node_part_desk,
    node_part_front_peers, node_part_front_officers, node_part_printer;
/* Runs a process from its fork to its end: enters its row, says that it is ready, and turns its
 * loop until it is told to stop or the broker is gone. Never comes back. */
_Noreturn void node_child_run(struct node_child *c);
/* Takes what the broker says, waiting at most `wait_ms`. ERR_NONE_SUCH when it said nothing. */
MUST err node_told(struct node_child *c, struct turn *t, int wait_ms);
/* The link to that process broke. When it died, the broker sends the end of another soon; when both
 * live on, it does so because it is asked to, NODE_LINK_AGAIN_MS later, until one came. */
void node_link_lost(struct node_child *c, enum guard_process to);
/* Asks for each that is due. */
void node_links_ask(struct node_child *c);

/* ---- messages -------------------------------------------------------------------------------- */

/* {"err","code","article","particular","sentence"}, and back. */
void node_fault_put(struct arena *a, struct tree *to, const struct fault *f);
void node_fault_get(const struct tree *from, struct fault *out);
err node_err_of(struct str word);

/* Questions to a process that may die over them: each is asked again when it is there again, and
 * answered with a fault when it was there NODE_CRASHES_MAX times and each time died. */
struct node_line;
struct node_line_options {
    struct node_child *child;
    enum guard_process to;
    bool in_order; /* it does one at a time: of several, the first is what it died over */
    struct fault crashed;
};
MUST err node_line_open(struct turn *t, const struct node_line_options *o, struct node_line **out);
void node_line_close(struct node_line *l);
MUST err node_line_linked(struct node_line *l, struct turn *t, int fd);
/* `m` is copied; its head must be a map without "id". `done` is told once, from the loop, with an
 * answer or a fault; what it is given is borrowed for the call. */
void node_line_ask(struct node_line *l, const struct pack *m,
                   void (*done)(void *job, const struct fault *f, const struct pack *answer),
                   void *job);
/* The same for what must not be done twice: told of the first crash after it was sent. */
void node_line_ask_once(struct node_line *l, const struct pack *m,
                        void (*done)(void *job, const struct fault *f, const struct pack *answer),
                        void *job);
size_t node_line_waiting(const struct node_line *l);
/* The other end: answers with the id of the question. */
void node_line_answer(struct net_link *k, struct turn *t, const struct pack *question,
                      struct tree *head, const struct bytes *parts, size_t n);

/* ---- keeper, from elsewhere ------------------------------------------------------------------ */

/* One question to keeper and its answer, waiting while keeper is started again: all questions may
 * be repeated. */
MUST err node_keeper_ask(struct node_child *c, struct turn *t, const struct pack *question,
                         struct pack *answer);
/* The hooks a desk takes, over the link. */
struct node_remote;
MUST err node_remote_open(struct node_child *c, struct turn *t, const struct suite *suite,
                          struct node_remote **out);
struct keeper node_remote_hooks(struct node_remote *r);
/* Keys that are asked for over the link; they end with the turn's arena. */
MUST err node_remote_key(struct node_child *c, struct turn *t, enum seal_role role,
                         struct str address, struct bytes der, struct seal_key **out);
struct net_signer node_remote_signer(struct node_child *c);
/* Keeper's end: answers one message of the process named, who may ask only what is its own. */
struct bytes node_keeper_answer(struct turn *t, struct node_keeper *k, enum guard_process from,
                                struct bytes question);

/* ---- the desk's side of its doors ------------------------------------------------------------ */

/* A post_reader and a post_wire over lines. */
struct post_reader node_reader_over(struct node_line *l);
struct post_wire node_wire_over(struct arena *a, struct node_line *l);
/* A message that was read, as the head of an answer and its part, and back; false when that cannot
 * be one. What comes out lives in `a`. */
struct bytes node_mail_put(struct arena *a, const struct mail *m, struct tree *head);
MUST bool node_mail_get(struct arena *a, const struct tree *head, struct bytes data,
                        struct mail *out);
/* A post_mail_reader and a post_mail_wire over lines. */
struct post_mail_reader node_mail_reader_over(struct node_line *l);
struct post_mail_wire node_mail_wire_over(struct node_line *l);
struct node_doors;
/* The door for peers, in another process: `log` as in post_serve. */
MUST err node_doors_open(struct node_child *c, struct turn *t, struct post *post, struct desk *desk,
                         const char *log, struct node_doors **out);
MUST err node_doors_linked(struct node_doors *d, struct turn *t, int fd);
/* Tells the door whom it may let in, when that changed. */
void node_doors_work(struct node_doors *d);
size_t node_doors_unsent(const struct node_doors *d);
/* The door for officers, in another process. */
struct node_asks;
MUST err node_asks_open(struct node_child *c, struct turn *t, struct desk *desk,
                        struct node_asks **out);
MUST err node_asks_linked(struct node_asks *x, struct turn *t, int fd);
size_t node_asks_unsent(const struct node_asks *x);

#endif
