/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_RIG_H
#define COMITY_KIT_RIG_H
/* The nodes of a world with their post, joined by a wire in memory; and parcels made wrong on
 * purpose. The test says what becomes of each letter. */

#include "kit/world.h"
#include "post/post.h"

/* ---- the wire -------------------------------------------------------------------------------- */

struct letter {
    struct rig *rig;
    int from, to;
    struct arena *arena;
    struct post_letter what; /* the body of a parcel: its sealed bytes */
    void (*done)(void *job, err e, int status, struct bytes reply, int64_t retry_after_s,
                 const char *why);
    void *job;
    struct letter *next;
};
/* What the other side said to a parcel. */
struct told {
    int times, status;
    int64_t retry_after_s;
    char type[64];
    char body[32768]; /* cut when longer */
    size_t n;
};
struct rig {
    struct world w;
    struct post *post[WORLD_NODES_MAX];
    struct letter *first;                          /* on their way, oldest first */
    size_t letters, started;                       /* now; ever */
    struct post_carriage carried[WORLD_NODES_MAX]; /* set before rig_open */
    struct post_reader reader[WORLD_NODES_MAX];    /* set before rig_open; none: the post reads */
    struct post_mailbox mailbox[WORLD_NODES_MAX];  /* the same */
    bool polls[WORLD_NODES_MAX];                   /* set before rig_open */
    int64_t reconcile_ms; /* set before rig_open; 0: nobody asks what others hold */
    err refuse;           /* what the wire answers to a send; ERR_OK: it takes it */
    int64_t heads_ms;     /* 0: no heads leave to be cosigned; else how often */
};
/* A post for each node of a world that was opened. */
void rig_open(struct rig *r);
void rig_close(struct rig *r);
/* Lets each node build and send, without any letter arriving. */
void rig_work(struct rig *r);
/* Takes the oldest letter off the wire, or the newest; NULL when none. */
struct letter *rig_letter(struct rig *r);
struct letter *rig_newest(struct rig *r);
/* Brings it where it goes, and the answer home. Answers the HTTP status. */
int rig_carry(struct letter *l);
/* It never arrives, or is answered with this. */
void rig_lose(struct letter *l);
void rig_answer(struct letter *l, int status, const char *body, int64_t retry_after_s);
/* Everything is carried until nothing is due. */
void rig_settle(struct rig *r);
/* Gives sealed bytes to a node over the connection of `from`, and lets it work. */
void rig_take(struct rig *r, int to, const struct hash *tls, struct bytes sealed, struct told *out);
/* Asks a node through its door, and lets it work. */
void rig_ask(struct rig *r, int to, const struct post_asked *q, struct told *out);
/* The member of a problem document that was told. */
struct str told_member(struct arena *a, const struct told *t, const char *key);

/* ---- parcels --------------------------------------------------------------------------------- */

enum { CRAFT_ENTRIES_MAX = 8 };
/* A parcel before it is put together: begin with a good one, spoil it, seal it. */
struct craft {
    struct arena *arena;
    struct world_node *from, *to;
    struct tree *act, *carriage;
    struct str act_text, carriage_text; /* used instead when not empty */
    bool carriage_kept;                 /* its digest of the act is left as it is */
    struct zip_entry documents[CRAFT_ENTRIES_MAX];
    size_t documents_n;
    const struct world_node *signer, *sealed_to;
    size_t seals_n;
};
/* A preservation request of `from` to `to` that was not delivered, with one document. */
void craft_begin(struct craft *c, struct arena *a, struct world_node *from, struct world_node *to);
void craft_set_str(struct craft *c, struct tree *map, const char *key, const char *value);
void craft_set_int(struct craft *c, struct tree *map, const char *key, int64_t value);
/* A member that is a map, to be changed. */
struct tree *craft_map(struct tree *map, const char *key);
struct bytes craft_container(struct craft *c);
struct bytes craft_seal(struct craft *c, struct bytes container);
/* craft_container and craft_seal. */
struct bytes craft_end(struct craft *c);

#endif
