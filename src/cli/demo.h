/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_CLI_DEMO_H
#define COMITY_CLI_DEMO_H
/* What the files of the demo share: two nodes under one roof, and the story's state. */

#include "cli/inner.h"

enum { DEMO_WAIT_MS = 20000, DEMO_POLL_MS = 5, DEMO_NOTES_MAX = 8 };

struct demo_node {
    const char *name, *folder, *state, *address; /* "Norland", "norland", "XN", "XN/csb" */
    const char *dir;
    int64_t port, pages; /* of the wire, and of the pages */
    int pid, out;        /* of the serving process; pid 0 when it does not run */
    struct str url;
    const struct tree *document; /* what GET /comity/1/profile answered */
    struct profile profile;
    struct bytes root;
    struct bytes exported;
    struct str exported_file, root_file;
    struct str notes[DEMO_NOTES_MAX]; /* heads of its log, seen at different times and places */
    size_t notes_n;
};
enum { NORLAND, MERIDIA, DEMO_NODES };

struct demo {
    struct cli *c;
    struct demo_node node[DEMO_NODES];
    const char *base;
    bool temporary;
    bool tell;         /* readable lines as it goes */
    int signals, lock; /* lock: on the temporary folder, -1 without one */
    int64_t began_ms, last_port;
    size_t watching; /* which of the news is looked for */
    /* the story */
    struct str draft, ref, their_ref, request_id, answer_id, until;
    int64_t send_ms; /* when the send began */
    /* the result */
    int64_t sent_ms, held_by_peer_ms;
    bool acknowledged, order_served, heads_consistent, exported, verified;
    struct str clock_until;
};

/* ---- demo.c: the story ----------------------------------------------------------------------- */

/* One line: seconds since the start, whose desk (-1: nobody's), what happened. */
void demo_tell(struct demo *d, int who, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
struct str demo_day(struct demo *d, int days); /* so many from today */
/* The arguments of a draft to an authority: the hospital's request, with other texts in place of
 * its own (name, value, …, NULL; an empty one is left out; NULL for none). */
struct tree *demo_request(struct demo *d, const char *to, const char *const *instead);
/* The other node has said of each act here that it holds it. */
bool demo_all_held(const struct demo *d, const struct tree *view);

/* ---- demo_live.c: for people at a screen ----------------------------------------------------- */

MUST err demo_live(struct demo *d);

/* ---- demo_node.c: folders, ports, processes, waiting ----------------------------------------- */

/* Makes the folder, and both nodes in it. */
MUST err demo_make(struct demo *d);
/* Starts both and waits until they listen. */
MUST err demo_start(struct demo *d);
/* Stops what runs, waits for it, and removes a folder that is not to be kept. */
void demo_end(struct demo *d);
int64_t demo_ms(const struct demo *d); /* since it began */
/* Waits that long, or until an interrupt: then it is ERR_BUSY, exit 9. */
MUST err demo_pause(struct demo *d, int ms);
MUST err demo_ask(struct demo *d, int who, enum desk_action action, const struct tree *args,
                  const struct tree **view_out);
/* Looks at a dossier once; `is_there` says what of. */
MUST err demo_look(struct demo *d, int who, struct str ref,
                   bool (*is_there)(const struct demo *d, const struct tree *view), bool *out);
/* Looks at a dossier again and again until `is_there` says yes. */
MUST err demo_until(struct demo *d, int who, struct str ref, const char *what,
                    bool (*is_there)(const struct demo *d, const struct tree *view));

/* ---- demo_heads.c: were the logs only ever added to? ----------------------------------------- */

/* Keeps the head a node shows in its folder now; with `whole` waits until it covers all leaves. */
MUST err demo_head_take(struct demo *d, int who, bool whole);
/* Takes the heads that stand in what was exported: the exporter's own and the receiver's. */
MUST err demo_heads_exported(struct demo *d, int exporter, int receiver);
/* Every head taken is signed by its node, and is the root over the leaves the node shows now. */
MUST err demo_heads_check(struct demo *d);

#endif
